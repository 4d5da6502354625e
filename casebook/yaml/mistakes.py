"""Mistakes that editors make in YAML: how each looks, what it is called, what was meant.

There are three places to look for them: lines of a file that cannot be parsed, where a look may
be generous, since a mistake is named only where the fixed text was parsed; and names and texts of
a file that was parsed, where it must be sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from casebook.messages import problem, say
from casebook.problems import Position, Problem
from casebook.text import Text
from casebook.yaml.encoding import offer, show

# Blanks that are no blanks to YAML, and the marks that input methods give for plain ones.
BLANKS = "\u3000\u00a0\u1680\u2000-\u200a\u202f\u205f"
_BLANK_NAMES = {"\u3000": "yaml.blank_full_width", "\u00a0": "yaml.blank_no_break"}
COLONS = "：﹕∶︰"
DASHES = "－—–−‐‑‒―﹣•·●○◆■▪"
ALL_BLANKS = "".join(map(chr, (0x3000, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x20)))
_OPENERS = {"［": "[", "｛": "{", "【": "[", "〔": "["}
_CLOSERS = {"］": "]", "｝": "}", "】": "]", "〕": "]"}
_BRACKETS = _OPENERS | _CLOSERS
_PIPES = {"｜": "|", "＞": ">", "︱": "|"}
_PLAIN = str.maketrans(
    _BRACKETS | {"，": ", ", "：": ": ", "、": ", ", "＂": '"', "“": '"', "”": '"', "；": ", "}
)
_BRACKETS_ONLY = str.maketrans({**_BRACKETS})
_QUOTES = "“”＂„‟"
# Full-width characters and others that stand for plain ones, as in ｉｄ and ①.
_WIDE = "！-～ª²³¹º⁰-₎Ⅰ-ⅿ①-⓿㍱-㏿﹐-﹫"

_LEAD = r"[ ]*(?:-[ ]+)*"
_OPENING = r"(?P<before>[ ]*(?:-[ ]*)*)"
_WORD = r"[A-Za-z_]\w{0,30}"
_HAN = r"[\u4e00-\u9fff]{1,8}"
_KEY = (
    r"(?P<key>\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'"
    rf"|[^\s{COLONS}:#\"'\[\]{{}},&*!|>%@`\-－][^{COLONS}:#\n]{{0,60}}?)"
)
_V = "(?P<v>.*)"
_FIELD = rf"(?P<before>{_LEAD}{_KEY}:[ ]+)"
_VALUE = rf"(?P<before>{_LEAD}(?:{_KEY}:[ ]+)?)"
_OWN_KEY = r"(?P<key>[A-Za-z_][A-Za-z0-9_]{0,30})[ ]*"
_KEY_IN_TEXT = r"(?P<key>[A-Za-z_][A-Za-z0-9_]{0,30}|[\u4e00-\u9fff]{1,8})"
_FIELD_IN_TEXT = r"(?P<key>[a-z][a-z0-9_]{0,30})"


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake: its message, how it looks, and the lines that may have been meant.

    A look is at a line or a part of it; the group `at` is the place of the mistake, and what
    follows the group `v` belongs to it. A fix is a pattern, or a function where there are several
    or what was written has to be changed; a pattern has the groups of the look in its places, and
    `lead` for the text before `at`, `head` for that before `key`, `tail` for that from `v` on,
    `value` for the tail behind a colon, and `quoted` for `v` in quotes.
    """

    key: str
    look: str
    fix: str | Callable[[re.Match[str]], Iterable[str]]
    # A line that only shows where the mistake was must not be offered for pasting.
    is_offered: bool = field(default=True, kw_only=True)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Most runs meet no mistake, and to compile all looks takes longer than to read a file.
        return re.compile(self.look)

    def match(self, line: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The match of a line, or of its part from `start` to `end`, where it has this mistake."""
        return self._pattern.fullmatch(line, start, len(line) if end is None else end)

    def fixes(self, found: re.Match[str]) -> list[str]:
        """The lines that may have been meant, the likeliest first."""
        fixed = [_fill(self.fix, found)] if isinstance(self.fix, str) else self.fix(found)
        return [line for line in fixed if line != found.string]

    def report(self, found: re.Match[str], path: str, at: Position, fixed: str = "") -> Problem:
        """The problem that names the mistake and offers the fixed line."""
        mark = found["at"]
        return problem(
            self.key,
            path,
            at,
            hint=offer(fixed) if self.is_offered else None,
            at=show(mark.strip()),
            mark=(found.groupdict().get("v") or " ")[0],
            blank=name_blank(mark[:1]),
        )


def name_blank(character: str) -> Text:
    """The name of a blank that YAML does not take for one."""
    key = _BLANK_NAMES.get(character, "yaml.blank_special")
    return say(key, code=f"U+{ord(character):04X}" if character else "")


def quote_value(value: str) -> str:
    """A value as YAML text in quotes, with a comment behind it left outside."""
    value, comment = _split_comment(value.strip())
    if '"' not in value and "\\" not in value:
        return f'"{value}"{comment}'
    return f"{_quote_singly(value)}{comment}"


def _quote_singly(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _split_comment(value: str) -> tuple[str, str]:
    """A value, and its comment with the blanks before it."""
    found = re.search(r"\s+#\s.*$", value)
    return (value[: found.start()], found.group()) if found else (value, "")


def quote_where_needed(value: str) -> str:
    """A value as it can be written behind a colon: quoted where YAML would misread it."""
    value = value.strip(" \t\u3000\u00a0")
    if re.fullmatch(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|\[.*\]|\{.*\}|[|>][+-]?", value):
        return value
    risky = re.match(r"[\[\]{},&*!|>%@`\"'#]|[?-](?:\s|$)", value)
    return quote_value(value) if risky or re.search(r":(?:\s|$)|\s#\S", value) else value


def quote_line(line: str) -> str:
    """A line whose value starts with *, &, ! or {{, with the value in quotes."""
    found = re.fullmatch(_VALUE + r"(?P<v>(?:(?:[*&]|!(?![!<]))[^\s\[{]|\{\{).*)", line)
    return f"{found['before']}{quote_value(found['v'])}" if found is not None else ""


def _fill(pattern: str, found: re.Match[str]) -> str:
    places = found.groupdict("")
    for name, group in (("lead", "at"), ("head", "key")):
        places[name] = found.string[: found.start(group)] if group in places else ""
    places["tail"] = found.string[found.start("v") :].lstrip() if "v" in places else ""
    places["value"] = f" {quote_where_needed(places['tail'])}".rstrip()
    places["quoted"] = quote_value(places.get("v", ""))
    places["key"] = places.get("key", "").strip()
    return pattern.format_map(places)


_AS_FIELD = "{head}{key}:{value}"
_AS_ITEM = "{lead}- {tail}"
_AS_COMMENT = "{lead}# {v}"
_QUOTED = "{before}{quoted}"


def _as_wide_pipe(found: re.Match[str]) -> Iterator[str]:
    yield f"{found['before']}{_PIPES[found['at']]}{found['rest']}"


def _with_spaces(found: re.Match[str]) -> Iterator[str]:
    before, odd, rest = found["before"], found["at"], found["rest"]
    if before.strip():
        yield f"{before.rstrip()} {rest}"
        return
    for width in (2, 4, 8, 1, 0) if set("\t\u3000").intersection(odd) else (1, 2, 4, 0):
        spaces = re.sub(f"[{BLANKS}\t]", " " * width, odd)
        yield f"{before}{spaces}{rest}" if rest else ""


def _in_single_quotes(found: re.Match[str]) -> Iterator[str]:
    inner = found["v"].replace('\\"', '"').replace("'", "''")
    yield f"{found['before']}'{inner}'{found['rest']}"


def _with_whole_escapes(found: re.Match[str]) -> Iterator[str]:
    def combine(pair: re.Match[str]) -> str:
        high, low = int(pair[1], 16), int(pair[2], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"

    pair = r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    yield re.sub(pair, combine, found.string)


def _with_equal_quotes(found: re.Match[str]) -> Iterator[str]:
    yield f"{found['before']}{quote_value(found['v'].strip()[1:-1])}"


def _with_tail_quoted(found: re.Match[str]) -> Iterator[str]:
    before, value, tail = found["before"], found["v"], found["tail"]
    if value[0] == "'" and tail.endswith("'") and tail != "'":
        yield before + _quote_singly(value[1:] + tail[:-1])
    if not tail.strip(" ,，;；、。"):
        yield before + value
    if tail.endswith('"') and value[0] == '"' and re.search(r"[^\s\"]\s*\"$", tail):
        yield before + quote_value(value[1:] + tail[:-1])
    yield before + quote_value(value + tail)


def _with_quote_closed(found: re.Match[str]) -> Iterator[str]:
    value = found["v"].rstrip()
    value = value.rstrip("”＂’＇") or value
    yield f"{found['before']}{found['at']}{value}{found['at']}"


def _with_plain_brackets(found: re.Match[str]) -> Iterator[str]:
    yield f"{found['before']}{re.sub(' +', ' ', found['v'].translate(_PLAIN))}"
    yield f"{found['before']}{found['v'].translate(_BRACKETS_ONLY)}"


def _with_bracket_closed(found: re.Match[str]) -> Iterator[str]:
    value, _ = _split_comment(found["v"].rstrip())
    wanted: list[str] = []
    for character in value:
        if character in "[{":
            wanted.append("]" if character == "[" else "}")
        elif wanted and character == wanted[-1]:
            wanted.pop()
    # A list that goes on below is closed there.
    if wanted and not value.endswith((",", "[", "{")):
        yield f"{found['before']}{value.rstrip('，')}{''.join(reversed(wanted))}"


def _without_surplus(found: re.Match[str]) -> Iterator[str]:
    value = re.sub(r",\s*(?=[,\]}])", "", found["v"])
    yield f"{found['before']}{value}"
    yield f"{found['before']}{value[:-1].rstrip()}"
    yield f"{found['before']}{value[:-1]}{']' if value[0] == '[' else '}'}"


def _as_block(found: re.Match[str]) -> Iterator[str]:
    yield f"{found['before']}{found['at']}\n{' ' * (found.start('key') + 2)}{found['v']}"


def _as_nested_list(found: re.Match[str]) -> Iterator[str]:
    before = found["before"]
    indent = len(before) - len(before.lstrip(" "))
    yield f"{before.rstrip()}\n{' ' * (indent + 2)}{found['v']}"


def _with_clean_name(found: re.Match[str]) -> Iterator[str]:
    name = found.group()
    inner = name.lstrip(ALL_BLANKS)
    lead = "".join("  " if c == "\u3000" else " " for c in name[: len(name) - len(inner)])
    name = re.sub(f"[{BLANKS}]", "", inner).rstrip()
    yield f"{found.string[: found.pos]}{lead}{name}{found.string[found.endpos :]}"


def _with_plain_colon(found: re.Match[str]) -> Iterator[str]:
    if "{" in found.string[: found.pos]:
        yield re.sub(f"[{COLONS}]", ": ", found.string).replace("，", ", ")
    else:
        yield _fill(_AS_FIELD, found)


def _with_plain_name(found: re.Match[str]) -> Iterator[str]:
    name = unicodedata.normalize("NFKC", found.group())
    if re.fullmatch(r"[\w-]+", name):
        yield f"{found.string[: found.pos]}{name}{found.string[found.endpos :]}"


def _without_quotes(found: re.Match[str]) -> Iterator[str]:
    name = found.group().strip("“”＂「『』」‘’")
    yield f"{found.string[: found.pos]}{name}{found.string[found.endpos :]}"


WIDE_PIPE = Mistake(
    "E114.block", _FIELD + rf"(?P<at>[{''.join(_PIPES)}])(?P<rest>[+-]?)[ ]*", _as_wide_pipe
)
BARE_NAME = Mistake("E113.missing", rf"{_LEAD}(?P<key>{_WORD})(?P<at>)[ ]*", "{lead}:")

# In a file that cannot be parsed, the likeliest first.
IN_LINES: tuple[Mistake, ...] = (
    Mistake("E116", _OPENING + r"(?P<at>\t[\t ]*)(?P<rest>.*)", _with_spaces),
    Mistake(
        "E115.indentation", rf"{_OPENING}(?P<at>[{BLANKS}][{BLANKS} ]*)(?P<rest>.*)", _with_spaces
    ),
    Mistake(
        "E115.colon", rf"{_LEAD}{_KEY}[:：][ \t]*(?P<at>[{BLANKS}])[{BLANKS} \t]*{_V}", _AS_FIELD
    ),
    Mistake(
        "E113.other_mark", rf"{_LEAD}(?P<key>{_WORD}|{_HAN})[ ]*(?P<at>[=＝；;])[ ]*{_V}", _AS_FIELD
    ),
    Mistake(
        "E113.missing",
        rf"{_LEAD}(?P<key>[a-z][a-z_]{{1,30}})(?P<at>[ {BLANKS}]+)"
        r"(?P<v>[\u4e00-\u9fff\"'{\[].*[:：].*)",
        _AS_FIELD,
    ),
    Mistake("E112", rf"{_LEAD}{_KEY}[ {BLANKS}:]*(?P<at>[{COLONS}])[ {BLANKS}:]*{_V}", _AS_FIELD),
    Mistake(
        "E114.dash",
        rf"[ ]*(?P<at>[{DASHES}]|\*(?=[ ]))[ {BLANKS}]*(?P<v>[^\s{DASHES}].*)",
        _AS_ITEM,
    ),
    Mistake(
        "E114.dash",
        r"[ ]*(?P<at>[（(]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})[.、．)）]|[①-⑳])"
        rf"[ {BLANKS}]*(?P<v>{_WORD}[ ]*[:：].*)",
        _AS_ITEM,
    ),
    Mistake("E114.three_dashes", rf"(?P<at>[{DASHES}-]{{2,4}})[ ]*", "---"),
    WIDE_PIPE,
    Mistake("E114.comment", rf"[ ]*(?P<at>＃|//|;)[ ]*{_V}", _AS_COMMENT),
    Mistake("E131.end_mark", r"(?P<at>\.\.\.)[ ]*", "", is_offered=False),
    Mistake("E135.line", r"(?P<at>)(?P<v>%.*)", _AS_COMMENT),
    Mistake(
        "E114.bracket",
        _VALUE + rf"(?P<v>(?=.*?(?P<at>[{''.join(_BRACKETS)}]))"
        rf"[\[{{{''.join(_OPENERS)}].*[\]}}{''.join(_CLOSERS)}])[ ]*",
        _with_plain_brackets,
    ),
    Mistake(
        "E114.in_brackets",
        _VALUE + r"(?P<v>(?=.*?(?P<at>[：，；“”]))[\[{].*[\]}])[ ]*",
        _with_plain_brackets,
    ),
    Mistake(
        "E104.pair",
        _VALUE + r"\"(?P<v>[^\"]*?(?P<at>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]).*)",
        _with_whole_escapes,
    ),
    Mistake(
        "E119",
        _VALUE + r"\"(?P<v>(?:[^\"\\]|\\[0abtnvfre \"/\\N_LPxuU])*?"
        r"(?P<at>\\(?:[^0abtnvfre \"/\\N_LPxuU]|x(?![0-9a-fA-F]{2})|u(?![0-9a-fA-F]{4})"
        r"|U(?!00[01][0-9a-fA-F]{5})))(?:[^\"\\]|\\.)*)\"(?P<rest>.*)",
        _in_single_quotes,
    ),
    Mistake("E118.mixed", _VALUE + rf"(?P<v>\"[^\"]*(?P<at>[{_QUOTES}]))[ ]*", _with_equal_quotes),
    Mistake("E118.mixed", _VALUE + rf"(?P<v>(?P<at>[{_QUOTES}])[^\"]*\")[ ]*", _with_equal_quotes),
    Mistake(
        "E118.text_behind",
        (_VALUE + r"(?P<v>\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')(?P<at>[ ]*)(?P<tail>[^\s#:：].*)"),
        _with_tail_quoted,
    ),
    Mistake(
        "E119.takes_quote", _VALUE + r"\"(?P<v>[^\"]*(?P<at>\\))\"(?P<rest>[ ]*)", _in_single_quotes
    ),
    Mistake("E118.quote", _VALUE + r"(?P<at>\")(?P<v>(?:[^\"\\]|\\.)*)", _with_quote_closed),
    Mistake("E118.quote", _VALUE + r"(?P<at>')(?P<v>(?:[^']|'')*)", _with_quote_closed),
    Mistake("E120.braces", _VALUE + r"(?P<v>(?P<at>\{\{|\{%).*)", _QUOTED),
    Mistake("E118.bracket", _VALUE + r"(?P<v>(?P<at>[\[{]).*)", _with_bracket_closed),
    Mistake("E118.surplus", _VALUE + r"(?P<v>(?P<at>[\[{]).*[\]}])[ ]*", _without_surplus),
    Mistake("E125", _FIELD + r"(?P<at>[|>][+-]?)[ ]+(?P<v>[^\s#].*)", _as_block),
    Mistake("E124", _FIELD + r"(?P<v>(?P<at>-)[ ]+.*)", _as_nested_list),
    Mistake("E120", _VALUE + r"(?P<v>(?P<at>[*&!%@`|>\],}?]|[\[{](?!.*,[ ]*$)).*)", _QUOTED),
    Mistake("E121", _FIELD + r"(?P<v>[^\"'\s].*?(?P<at>:)(?:[ ].*)?)", _QUOTED),
    Mistake("E113.blank", rf"{_LEAD}{_KEY}(?P<at>:)(?P<v>[^\s:/].*)", _AS_FIELD),
    Mistake("E123", rf"{_LEAD}(?P<at>-)(?P<v>[^\s-].*)", _AS_ITEM),
    Mistake(
        "E137.long",
        r"(?P<at>[ ]*)(?P<key>[^:\n]{100})[^:\n]{100,}:(?P<v>(?:[ ].*)?)",
        "{at}{key}:{v}",
        is_offered=False,
    ),
    Mistake("E137.no_name", rf"{_LEAD}(?P<at>:)(?P<v>(?:[ ].*)?)", "{lead}x:{v}", is_offered=False),
    Mistake(
        "E113.missing", rf"{_LEAD}(?P<key>{_WORD}|{_HAN})(?P<at>[ {BLANKS}]+)(?P<v>\S.*)", _AS_FIELD
    ),
)

# The codes of mistakes of notation alone: colons, dashes, blanks, tabs and full-width marks. Their
# fix may be written without asking.
OF_NOTATION = frozenset({"E112", "E113", "E114", "E115", "E116", "E123"})

# What turns a line into text that the parser accepts, so that it blames a later line.
SILENT = tuple(
    mistake
    for mistake in IN_LINES
    if mistake.key in ("E112", "E113.blank", "E114.dash", "E115.colon", "E115.indentation", "E123")
)

# In the name of a field, where the parser took what follows for a part of it.
IN_NAMES: tuple[Mistake, ...] = (
    Mistake("E115.colon", _OWN_KEY + rf":(?P<at>[{BLANKS}])[{BLANKS}]*{_V}", _AS_FIELD),
    Mistake("E113.other_mark", _OWN_KEY + rf"(?P<at>[=＝;；]){_V}", _AS_FIELD),
    Mistake("E113.blank", _OWN_KEY + r"(?P<at>:)(?P<v>[\"'\[{].*)", _AS_FIELD),
    Mistake("E113.missing", _OWN_KEY + r"(?<=[ ])(?P<at>)(?P<v>[\"'\[{].*)", _AS_FIELD),
    Mistake("E115.dash", rf"-(?P<at>[{BLANKS}])[{BLANKS} ]*{_V}", "{lead} {tail}"),
    Mistake("E115.before_name", rf"(?P<at>[{BLANKS}]).*", _with_clean_name),
    Mistake("E115.name", rf"[^{BLANKS}]+(?P<at>[{BLANKS}]).*", _with_clean_name),
    Mistake("E112", rf"(?P<key>[^{COLONS}]*)(?P<at>[{COLONS}]){_V}", _with_plain_colon),
    Mistake("E114.dash", rf"(?P<at>[{DASHES}]){_V}", _AS_ITEM),
    Mistake("E123", rf"(?P<at>-){_V}", _AS_ITEM),
    Mistake("E114.name", rf"[ -~{_WIDE}]*?(?P<at>[！-～])[ -~{_WIDE}]*", _with_plain_name),
    Mistake("E114.quotes", r"(?P<at>)(?:[“”＂「『‘’].*|.*[”“＂」』‘’])", _without_quotes),
)

# In a line that the parser took for text; only a name that could be ours is surely meant for one.
IN_TEXTS: tuple[Mistake, ...] = (
    Mistake("E112.text", rf"{_FIELD_IN_TEXT}[ {BLANKS}]*(?P<at>[{COLONS}]){_V}", _AS_FIELD),
    Mistake("W112", rf"{_KEY_IN_TEXT}[ {BLANKS}]*(?P<at>[{COLONS}]){_V}", _AS_FIELD),
    Mistake("E113.text", rf"{_FIELD_IN_TEXT}[ {BLANKS}]*(?P<at>:)(?P<v>[^\s/:0-9].*)", _AS_FIELD),
    Mistake("W113", rf"{_KEY_IN_TEXT}[ {BLANKS}]*(?P<at>:)(?P<v>[^\s/:0-9].*)", _AS_FIELD),
    Mistake("W117.item", rf"(?P<at>-)[ ][ {BLANKS}]*(?P<v>.+)", ""),
    Mistake("W114.dash", rf"(?P<at>[{DASHES}])(?![{DASHES}])[ {BLANKS}]*(?P<v>.+)", _AS_ITEM),
    Mistake("W123", rf"(?P<at>-)(?=[^\s0-9.-]|[{BLANKS}])[ {BLANKS}]*(?P<v>.+)", _AS_ITEM),
)
