"""Lines that were probably meant, for mistakes that a pattern alone cannot fix."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Blanks that are not blanks in YAML, and the full-width marks that input methods type.
BLANKS = "\u3000\u00a0\u1680\u2000-\u200a\u202f\u205f"
# As many spaces may have been meant by a tab or a wide blank.
WIDTHS = (2, 4, 1)
# Lines that begin with other blanks than spaces.
ODD_STARTS = re.compile(f"^[\t{BLANKS}]+(?=[^\\s])", re.MULTILINE)
COLONS = "：﹕∶︰"
ALL_BLANKS = "".join(map(chr, (0x3000, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x20)))
OPENERS = {"［": "[", "｛": "{", "【": "[", "〔": "["}
CLOSERS = {"］": "]", "｝": "}", "】": "]", "〕": "]"}
BRACKETS = OPENERS | CLOSERS
PIPES = {"｜": "|", "＞": ">", "︱": "|"}
_PLAIN = str.maketrans(
    BRACKETS | {"，": ", ", "：": ": ", "、": ", ", "＂": '"', "“": '"', "”": '"', "；": ", "}
)
_BRACKETS_ONLY = str.maketrans({**BRACKETS})
_WHOLE_VALUE = re.compile(r"[a-z0-9_./-]+|\"[^\"]*\"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|.*[^\x00-\x7f]")
_PARTED = f"{ALL_BLANKS}\t,，;；、|/"
_SECOND_FIELD = re.compile(rf"(?<![{_PARTED}])[{_PARTED}]+(?=[a-z][a-z0-9_]{{1,30}}:(?:[ ]|$))")
# What ends a text in brackets: the next field, the next item, or the bracket.
_IN_BRACES = re.compile(r"(?<! )[ ]*(?:,[ ]*[a-z]\w*:[ ]|\})")
_IN_LIST = re.compile(r"(?<! )[ ]*[,\]]")
_HALF_ESCAPES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def quote_value(value: str) -> str:
    """A value as YAML text in quotes, with a comment behind it kept outside."""
    value, comment = _split_comment(value.strip())
    if '"' not in value and "\\" not in value:
        return f'"{value}"{comment}'
    return f"{_quote_singly(value)}{comment}"


def _quote_singly(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _split_comment(value: str) -> tuple[str, str]:
    """A value, and its comment with the blanks before it."""
    found = re.search(r"(?<!\s)\s+#\s.*$", value)
    return (value[: found.start()], found.group()) if found else (value, "")


def quote_where_needed(value: str) -> str:
    """A value as it can be written behind a colon, quoted if YAML would misread it."""
    value = value.strip(" \t\u3000\u00a0")
    if re.fullmatch(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|\[.*\]|\{.*\}|[|>][+-]?", value):
        return value
    risky = re.match(r"[\[\]{},&*!|>%@`\"'#]|[?-](?:\s|$)", value)
    return quote_value(value) if risky or re.search(r":(?:\s|$)|\s#\S", value) else value


def fill(pattern: str, found: re.Match[str]) -> str:
    """A line made from a pattern of `mistakes.yaml` and the parts of a match."""
    places = found.groupdict("")
    for name, group in (("lead", "at"), ("head", "key")):
        places[name] = found.string[: found.start(group)] if group in places else ""
    places["tail"] = found.string[found.start("v") :].lstrip() if "v" in places else ""
    places["value"] = f" {quote_where_needed(places['tail'])}".rstrip()
    places["quoted"] = quote_value(places.get("v", ""))
    places["in_single_quotes"] = _quote_singly(places.get("v", "").replace('\\"', '"'))
    places["plain"] = PIPES.get(places["at"], "")
    places["key"] = places.get("key", "").strip()
    return pattern.format_map(places)


def with_spaces(found: re.Match[str]) -> Iterator[str]:
    """The line with spaces for its odd blanks, in the numbers that may have been meant."""
    before, odd, rest = found["before"], found["at"], found["rest"]
    if before.strip():
        yield f"{before.rstrip()} {rest}"
        return
    for width in (2, 4, 8, 1, 0) if set("\t\u3000").intersection(odd) else (1, 2, 4, 0):
        spaces = re.sub(f"[{BLANKS}\t]", " " * width, odd)
        yield f"{before}{spaces}{rest}" if rest else ""


def with_spaces_for(line: str, width: int) -> str:
    """The line with that many spaces for each tab or wide blank before it, one for another one."""
    rest = line.lstrip(f"\t{ALL_BLANKS}")
    lead = line[: len(line) - len(rest)]
    return "".join(" " * (width if c in "\t\u3000" else 1) for c in lead) + rest


def with_whole_escapes(found: re.Match[str]) -> Iterator[str]:
    """The line with each pair of surrogate escapes as one escape."""

    def combine(pair: re.Match[str]) -> str:
        high, low = int(pair[1], 16), int(pair[2], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"

    yield _HALF_ESCAPES.sub(combine, found.string)


def with_tail_quoted(found: re.Match[str]) -> Iterator[str]:
    """The line with the text behind a closing quotation mark inside the quotes."""
    before, value, tail = found["before"], found["v"], found["tail"]
    if value == '""' and tail.endswith(value) and '"' not in tail[:-2]:
        # Spreadsheets and JSON write each quotation mark twice.
        yield f"{before}{tail[:-2].join(value)}"
    if value[0] == "'" and tail.endswith("'") and tail != "'":
        yield before + _quote_singly(value[1:] + tail[:-1])
    if not tail.strip(" ,，;；、。"):
        yield before + value
    if tail.endswith('"') and value[0] == '"' and re.search(r"[^\s\"]\s*\"$", tail):
        yield before + quote_value(value[1:] + tail[:-1])
    yield before + quote_value(value + tail)


def without_outer_quotes(found: re.Match[str]) -> Iterator[str]:
    """The line without the quotes that a spreadsheet put around it, and its doubled quotes."""
    yield f"{found['before']}{found['v']}".replace('""', '"')


def with_quote_closed(found: re.Match[str]) -> Iterator[str]:
    """The line with its quotation mark closed."""
    value = found["v"].rstrip()
    value = value.rstrip("”＂’＇") or value
    yield f"{found['before']}{found['at']}{value}{found['at']}"


def with_inner_quote_closed(found: re.Match[str]) -> Iterator[str]:
    """The line with a quotation mark closed before what follows in the brackets."""
    line, at = found.string, found.end("at")
    if end := (_IN_BRACES if found["v"][0] == "{" else _IN_LIST).search(line, at):
        yield f"{line[: end.start()]}{found['at']}{line[end.start() :]}"


def with_inner_value_quoted(found: re.Match[str]) -> Iterator[str]:
    """The line with one value of the fields in braces in quotes."""
    line, start, inside = found.string, found.start("inside"), found["inside"]
    end = re.search(r",[ ]*[a-z]\w*:[ ]", inside)
    value = inside[: end.start()] if end else inside
    yield f"{line[:start]}{quote_value(value)}{line[start + len(value) :]}"


def with_plain_brackets(found: re.Match[str]) -> Iterator[str]:
    """The line with plain brackets, and with plain marks inside them."""
    yield f"{found['before']}{re.sub(' +', ' ', found['v'].translate(_PLAIN))}"
    yield f"{found['before']}{found['v'].translate(_BRACKETS_ONLY)}"


def with_bracket_closed(found: re.Match[str]) -> Iterator[str]:
    """The line with its brackets closed."""
    value, _ = _split_comment(found["v"].rstrip())
    wanted: list[str] = []
    for character in value:
        if character in "[{":
            wanted.append("]" if character == "[" else "}")
        elif wanted and character == wanted[-1]:
            wanted.pop()
    # A list that continues on the next line is closed there.
    if wanted and not value.endswith((",", "[", "{")):
        yield f"{found['before']}{value.rstrip('，')}{''.join(reversed(wanted))}"


def without_surplus(found: re.Match[str]) -> Iterator[str]:
    """The line without an extra comma or bracket."""
    value = re.sub(r",\s*(?=[,\]}])", "", found["v"])
    yield f"{found['before']}{value}"
    yield f"{found['before']}{value[:-1].rstrip()}"
    yield f"{found['before']}{value[:-1]}{']' if value[0] == '[' else '}'}"


def as_block(found: re.Match[str]) -> Iterator[str]:
    """The line with its text below the mark of the block."""
    yield f"{found['before']}{found['at']}\n{' ' * (found.start('key') + 2)}{found['v']}"


def as_lines(found: re.Match[str]) -> Iterator[str]:
    """The line split into one for each field, if the first value is complete."""
    before, indent = found["before"], found.start("key")
    value, rest = found["v"].removesuffix(found["at"]), found.string[found.start("at") :]
    value = value.rstrip(_PARTED)
    # In a sentence, a word before a colon is not a field: Parks and libraries: who pays.
    if _WHOLE_VALUE.fullmatch(value):
        yield f"\n{' ' * indent}".join([f"{before}{value}", *_SECOND_FIELD.split(rest)])


def as_nested_list(found: re.Match[str]) -> Iterator[str]:
    """The line with the list below its name."""
    before = found["before"]
    indent = len(before) - len(before.lstrip(" "))
    yield f"{before.rstrip()}\n{' ' * (indent + 2)}{found['v']}"


def with_clean_name(found: re.Match[str]) -> Iterator[str]:
    """The line with a name without odd blanks."""
    name = found.group()
    inner = name.lstrip(ALL_BLANKS)
    lead = "".join("  " if c == "\u3000" else " " for c in name[: len(name) - len(inner)])
    name = re.sub(f"[{BLANKS}]", "", inner).rstrip()
    yield f"{found.string[: found.pos]}{lead}{name}{found.string[found.endpos :]}"


def with_plain_colon(found: re.Match[str]) -> Iterator[str]:
    """The line with a plain colon."""
    if "{" in found.string[: found.pos]:
        yield re.sub(f"[{COLONS}]", ": ", found.string).replace("，", ", ")
    else:
        yield fill("{head}{key}:{value}", found)


def with_plain_name(found: re.Match[str]) -> Iterator[str]:
    """The line with a name in plain characters."""
    name = unicodedata.normalize("NFKC", found.group())
    if re.fullmatch(r"[\w./-]+", name):
        yield f"{found.string[: found.pos]}{name}{found.string[found.endpos :]}"


def without_quotes(found: re.Match[str]) -> Iterator[str]:
    """The line with a name without quotation marks."""
    name = found.group().strip("“”＂「『』」‘’")
    yield f"{found.string[: found.pos]}{name}{found.string[found.endpos :]}"
