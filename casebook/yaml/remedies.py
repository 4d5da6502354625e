"""The slips that a line can show, each with the line that it was meant to be.

A slip is a row of a table: how it looks on one line, how the line reads without it, and what to
call it. A row may be generous, for a slip is named only where the mended text was parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from casebook.yaml.notation import BLANKS, COLONS, DASHES, quote_value, sound_value, split_comment

OPENERS = {"［": "[", "｛": "{", "【": "[", "〔": "["}
CLOSERS = {"］": "]", "｝": "}", "】": "]", "〕": "]"}
PIPES = {"｜": "|", "＞": ">", "︱": "|"}
_HALF = str.maketrans(
    OPENERS
    | CLOSERS
    | {"，": ", ", "：": ": ", "、": ", ", "＂": '"', "“": '"', "”": '"', "；": ", "}
)
_QUOTES = '"“”＂„‟'

_IN = r"(?P<in>[ ]*(?:-[ ]+)*)"
_KEY = (
    r"(?P<key>\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'"
    rf"|[^\s{COLONS}:#\"'\[\]{{}},&*!|>%@`\-－][^{COLONS}:#\n]{{0,60}}?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One kind of slip: how it looks, how the line reads without it, and what to call it.

    The group `at` of the look is the place of the slip. A cure gives the lines to try.
    """

    code: str
    look: re.Pattern[str]
    cure: Callable[[re.Match[str]], Iterable[str]]
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    # A line that only shows where the slip was must not be offered for pasting.
    offers: bool = True
    # The slip shows on the line that broke, not on the one that is mended.
    blames_cause: bool = False


def _field(found: re.Match[str]) -> str:
    return f"{found['in']}{found['key'].strip()}: {sound_value(found['v'])}".rstrip()


def _cure_field(found: re.Match[str]) -> Iterator[str]:
    yield _field(found)


def _cure_tabs(found: re.Match[str]) -> Iterator[str]:
    before, tabs, rest = found["before"], found["at"], found["rest"]
    if before.strip():
        yield f"{before.rstrip()} {rest}"
        return
    for width in (2, 4, 8, 1, 0):
        yield f"{before}{tabs.replace(chr(9), ' ' * width)}{rest}" if rest else ""


def _cure_blanks(found: re.Match[str]) -> Iterator[str]:
    before, rest = found["before"], found["rest"]
    if before.strip():
        yield f"{before.rstrip()} {rest}"
        return
    for width in (2, 1, 4, 0) if "\u3000" in found["at"] else (1, 2, 4, 0):
        yield f"{before}{re.sub(f'[{BLANKS}]', ' ' * width, found['at'])}{rest}"


def _cure_escapes(found: re.Match[str]) -> Iterator[str]:
    inner = found["v"].replace('\\"', '"').replace("'", "''")
    yield f"{found['before']}'{inner}'{found['rest']}"


def _cure_surrogates(found: re.Match[str]) -> Iterator[str]:
    def combine(pair: re.Match[str]) -> str:
        high, low = int(pair[1], 16), int(pair[2], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"

    pair = r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    yield re.sub(pair, combine, found.string)


def _cure_mixed_quotes(found: re.Match[str]) -> Iterator[str]:
    inner = found["v"].strip()[1:-1]
    yield f"{found['before']}{quote_value(inner)}"


def _cure_tail(found: re.Match[str]) -> Iterator[str]:
    inner, tail = found["v"][1:-1], found["tail"]
    if found["v"][0] == "'" and tail.endswith("'") and tail != "'":
        inner = found["v"][1:] + tail[:-1]
        yield f"{found['before']}'{inner.replace(chr(39), chr(39) * 2)}'"
    if not tail.strip(" ,，;；、。"):
        yield f"{found['before']}{found['v']}"
    if tail.endswith('"') and found["v"][0] == '"' and re.search(r"[^\s\"]\s*\"$", tail):
        inner = found["v"][1:] + tail[:-1]
        yield f"{found['before']}{quote_value(inner)}"
    yield f"{found['before']}{quote_value(found['v'] + tail)}"


def _cure_unclosed_quote(found: re.Match[str]) -> Iterator[str]:
    value = found["v"].rstrip()
    value = value.rstrip("”＂’＇") or value
    yield f"{found['before']}{found['at']}{value}{found['at']}"


def _cure_brackets(found: re.Match[str]) -> Iterator[str]:
    value = found["v"]
    yield f"{found['before']}{re.sub(' +', ' ', value.translate(_HALF))}"
    closers = {**OPENERS, **CLOSERS}
    yield f"{found['before']}{''.join(closers.get(c, c) for c in value)}"


def _cure_open_bracket(found: re.Match[str]) -> Iterator[str]:
    value, _, _ = split_comment(found["v"].rstrip())
    wanted: list[str] = []
    for character in value:
        if character in "[{":
            wanted.append("]" if character == "[" else "}")
        elif wanted and character == wanted[-1]:
            wanted.pop()
    # A list that goes on below is closed there.
    if wanted and not value.endswith((",", "[", "{")):
        yield f"{found['before']}{value.rstrip('，')}{''.join(reversed(wanted))}"


def _cure_surplus(found: re.Match[str]) -> Iterator[str]:
    value = re.sub(r",\s*(?=[,\]}])", "", found["v"])
    yield f"{found['before']}{value}"
    yield f"{found['before']}{value[:-1].rstrip()}"
    yield f"{found['before']}{value[:-1]}{']' if value[0] == '[' else '}'}"


def _cure_block(found: re.Match[str]) -> Iterator[str]:
    indent = " " * (len(found["in"]) + 2)
    yield f"{found['before']}{found['at']}\n{indent}{found['v']}"


def _cure_value(found: re.Match[str]) -> Iterator[str]:
    yield f"{found['before']}{quote_value(found['v'])}"


def _cure_nested_list(found: re.Match[str]) -> Iterator[str]:
    indent = " " * len(re.match(r"[ ]*", found["before"]).group())  # type: ignore[union-attr]  # matches nothing too
    yield f"{found['before'].rstrip()}\n{indent}  {found['v']}"


_VALUE = rf"^(?P<before>{_IN}(?:{_KEY}:[ ]+)?)"

WIDE_PIPE = Slip(
    code="E114",
    look=re.compile(
        rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<at>[{''.join(PIPES)}])(?P<rest>[+-]?)[ ]*$"
    ),
    cure=lambda m: (f"{m['before']}{PIPES[m['at']]}{m['rest']}",),
    zh="文字块的标记“{at}”是全角的，要用半角的 | 或 >",
    en="the marker “{at}” of a text block is full-width",
    hint_zh="请改成半角",
    hint_en="Write the plain one",
)

BARE_NAME = Slip(
    code="E113",
    look=re.compile(r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<key>[A-Za-z_]\w{0,30})(?P<at>)[ ]*$"),
    cure=lambda m: (f"{m['in']}{m['key']}:",),
    zh="字段名后面缺冒号",
    en="a colon is missing behind the field name",
    hint_zh="请加冒号",
    hint_en="Put a colon",
)

SLIPS: tuple[Slip, ...] = (
    Slip(
        code="E116",
        look=re.compile(r"^(?P<before>[ ]*(?:-[ ]*)*)(?P<at>\t[\t ]*)(?P<rest>.*)$"),
        cure=_cure_tabs,
        zh="缩进里有 Tab（制表符）",
        en="a tab stands in the indentation",
        hint_zh="缩进只用空格",
        hint_en="Indent with spaces only",
    ),
    Slip(
        code="E115",
        look=re.compile(rf"^(?P<before>[ ]*(?:-[ ]*)?)(?P<at>[{BLANKS}][{BLANKS} ]*)(?P<rest>.*)$"),
        cure=_cure_blanks,
        zh="缩进里有{blank}",
        en="the indentation holds {blank}",
        hint_zh="请换成普通空格",
        hint_en="Use plain spaces",
    ),
    Slip(
        code="E115",
        look=re.compile(rf"^{_IN}{_KEY}[:：][ \t]*(?P<at>[{BLANKS}])[{BLANKS} \t]*(?P<v>.*)$"),
        cure=_cure_field,
        zh="冒号后面是{blank}，不是普通空格",
        en="{blank} stands behind the colon instead of a plain space",
        hint_zh="请换成普通空格",
        hint_en="Use a plain space",
    ),
    Slip(
        code="E113",
        look=re.compile(
            r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<key>[A-Za-z_]\w{0,30}|[\u4e00-\u9fff]{1,8})"
            r"[ ]*(?P<at>[=＝；;])[ ]*(?P<v>.*)$"
        ),
        cure=_cure_field,
        zh="字段名后面要用冒号，这里是“{at}”",
        en="a field name is followed by a colon, here stands “{at}”",
    ),
    Slip(
        code="E113",
        look=re.compile(
            rf"^(?P<in>[ ]*(?:-[ ]+)*)(?P<key>[a-z][a-z_]{{1,30}})(?P<at>[ {BLANKS}]+)"
            r"(?P<v>[\u4e00-\u9fff\"'{\[].*[:：].*)$"
        ),
        cure=_cure_field,
        zh="字段名后面缺冒号",
        en="a colon is missing behind the field name",
        hint_zh="请加冒号和一个空格",
        hint_en="Put a colon and a space",
    ),
    Slip(
        code="E112",
        look=re.compile(rf"^{_IN}{_KEY}[ {BLANKS}:]*(?P<at>[{COLONS}])[ {BLANKS}:]*(?P<v>.*)$"),
        cure=_cure_field,
        zh="这里用了全角冒号“：”",
        en="a full-width colon “：” stands here",
        hint_zh="请改成半角冒号加一个空格",
        hint_en="Write a plain colon and a space",
    ),
    Slip(
        code="E114",
        look=re.compile(
            rf"^(?P<in>[ ]*)(?P<at>[{DASHES}]|\*(?=[ ]))[ {BLANKS}]*(?P<v>[^\s{DASHES}].*)$"
        ),
        cure=lambda m: (f"{m['in']}- {m['v']}",),
        zh="列表的标记“{at}”不是半角减号（-）",
        en="the list marker “{at}” is not a plain dash",
        hint_zh="请改成半角减号加一个空格",
        hint_en="Write a plain dash and a space",
    ),
    Slip(
        code="E114",
        look=re.compile(
            rf"^(?P<in>[ ]*)(?P<at>[（(]?(?:[0-9]{{1,3}}|[一二三四五六七八九十]{{1,3}})[.、．)）]"
            rf"|[①-⑳])[ {BLANKS}]*(?P<v>[A-Za-z_]\w{{0,30}}[ ]*[:：].*)$"
        ),
        cure=lambda m: (f"{m['in']}- {m['v']}",),
        zh="列表的标记“{at}”不是半角减号（-）",
        en="the list marker “{at}” is not a plain dash",
        hint_zh="请改成半角减号加一个空格",
        hint_en="Write a plain dash and a space",
    ),
    Slip(
        code="E114",
        look=re.compile(rf"^(?P<in>)(?P<at>[{DASHES}-]{{2,4}})[ ]*$"),
        cure=lambda m: ("---",),
        zh="这一行应当是三个半角减号 ---",
        en="this line should be three plain dashes ---",
    ),
    WIDE_PIPE,
    Slip(
        code="E114",
        look=re.compile(r"^(?P<in>[ ]*)(?P<at>＃|//|;)[ ]*(?P<v>.*)$"),
        cure=lambda m: (f"{m['in']}# {m['v']}",),
        zh="注释要用半角 # 开头，这里是“{at}”",
        en="a comment starts with a plain #, here stands “{at}”",
    ),
    Slip(
        code="E131",
        look=re.compile(r"^(?P<at>\.\.\.)[ ]*$"),
        cure=lambda m: ("",),
        zh="文件结束标记 ... 后面还有多余的内容",
        en="there is text after ..., which ends the file",
        hint_zh="请删掉 ... 这一行",
        hint_en="Delete the line with ...",
        blames_cause=True,
    ),
    Slip(
        code="E135",
        look=re.compile(r"^(?P<at>%).*$"),
        cure=lambda m: (f"# {m.string}",),
        zh="行首的 % 会被当成 YAML 指令",
        en="a line that starts with % is read as a YAML directive",
        hint_zh="请删掉这一行，或在前面加 #",
        hint_en="Delete this line, or put # before it",
    ),
    Slip(
        code="E114",
        look=re.compile(
            _VALUE + rf"(?P<v>(?=.*?(?P<at>[{''.join({**OPENERS, **CLOSERS})}]))"
            rf"[\[{{{''.join(OPENERS)}].*[\]}}{''.join(CLOSERS)}])[ ]*$"
        ),
        cure=_cure_brackets,
        zh="这里的括号“{at}”是全角的",
        en="the bracket “{at}” is full-width",
        hint_zh="列表请用半角的 [ ] 和 ,",
        hint_en="Write lists with plain [ ] and ,",
    ),
    Slip(
        code="E114",
        look=re.compile(_VALUE + r"(?P<v>(?=.*?(?P<at>[：，；“”]))[\[{].*[\]}])[ ]*$"),
        cure=_cure_brackets,
        zh="括号里的“{at}”是全角的",
        en="“{at}” inside the brackets is full-width",
        hint_zh='括号里请用半角的 : , 和 "',
        hint_en="Use plain : , and quotes inside brackets",
    ),
    Slip(
        code="E104",
        look=re.compile(
            _VALUE + r"\"(?P<v>[^\"]*?(?P<at>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]).*)$"
        ),
        cure=_cure_surrogates,
        zh="转义 \\uD83D 这样的代理对（surrogate）在 YAML 里无效",
        en="a pair of surrogate escapes such as \\uD83D is not valid in YAML",
        hint_zh="请直接写这个字符，或用 \\U 加八位编码",
        hint_en="Write the character itself, or \\U and eight digits",
    ),
    Slip(
        code="E119",
        look=re.compile(
            _VALUE + r"\"(?P<v>(?:[^\"\\]|\\[0abtnvfre \"/\\N_LPxuU])*?"
            r"(?P<at>\\(?:[^0abtnvfre \"/\\N_LPxuU]|x(?![0-9a-fA-F]{2})|u(?![0-9a-fA-F]{4})"
            r"|U(?!00[01][0-9a-fA-F]{5})))(?:[^\"\\]|\\.)*)\"(?P<rest>.*)$"
        ),
        cure=_cure_escapes,
        zh="双引号里的反斜杠 \\ 是转义，这里的转义无效",
        en="a backslash in double quotes is an escape, and this one is not valid",
        hint_zh="请改用单引号",
        hint_en="Use single quotes",
    ),
    Slip(
        code="E118",
        look=re.compile(
            _VALUE
            + rf"(?P<v>(?:\"[^\"]*(?P<at>[{_QUOTES[1:]}])|(?P<at2>[{_QUOTES[1:]}])[^\"]*\"))[ ]*$"
        ),
        cure=_cure_mixed_quotes,
        zh='引号一边是半角的 "，一边是全角的',
        en="one quote is plain, the other is full-width",
        hint_zh='请都用半角的 "',
        hint_en="Use plain quotes on both sides",
    ),
    Slip(
        code="E118",
        look=re.compile(
            _VALUE + r"(?P<v>\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')(?P<at>[ ]*)(?P<tail>[^\s#:：].*)$"
        ),
        cure=_cure_tail,
        zh="右引号 {mark} 后面还有多余的文字",
        en="there is text after the closing quote {mark}",
        hint_zh="请给整个值加引号",
        hint_en="Put the whole value in quotes",
    ),
    Slip(
        code="E119",
        look=re.compile(_VALUE + r"\"(?P<v>[^\"]*(?P<at>\\))\"(?P<rest>[ ]*)$"),
        cure=_cure_escapes,
        zh="双引号里的反斜杠 \\ 会吃掉后面的引号",
        en="a backslash in double quotes takes the closing quote with it",
        hint_zh="请改用单引号",
        hint_en="Use single quotes",
    ),
    Slip(
        code="E118",
        look=re.compile(_VALUE + r"(?P<at>\")(?P<v>(?:[^\"\\]|\\.)*)$"),
        cure=_cure_unclosed_quote,
        zh='这里的引号 " 没有闭合',
        en='the quote " that opens here is never closed',
        hint_zh="请补上另一半引号",
        hint_en="Close it",
    ),
    Slip(
        code="E118",
        look=re.compile(_VALUE + r"(?P<at>')(?P<v>(?:[^']|'')*)$"),
        cure=_cure_unclosed_quote,
        zh="这里的引号 ' 没有闭合",
        en="the quote ' that opens here is never closed",
        hint_zh="请补上另一半引号",
        hint_en="Close it",
    ),
    Slip(
        code="E120",
        look=re.compile(_VALUE + r"(?P<v>(?P<at>\{\{|\{%).*)$"),
        cure=_cure_value,
        zh="值以 { 开头，会被当成“字段名: 值”的组，要加引号",
        en="a value that starts with { is read as a mapping",
        hint_zh="请给整个值加引号",
        hint_en="Put the whole value in quotes",
    ),
    Slip(
        code="E118",
        look=re.compile(_VALUE + r"(?P<v>(?P<at>[\[{]).*)$"),
        cure=_cure_open_bracket,
        zh="这里的括号 {at} 没有闭合",
        en="the bracket {at} that opens here is never closed",
        hint_zh="请补上另一半括号，或给整个值加引号",
        hint_en="Close it, or put the whole value in quotes",
    ),
    Slip(
        code="E118",
        look=re.compile(_VALUE + r"(?P<v>(?P<at>[\[{]).*[\]}])[ ]*$"),
        cure=_cure_surplus,
        zh="这里的括号 {at} 里多了或错了一个括号或逗号",
        en="a bracket or a comma is wrong or too many behind this {at}",
        hint_zh="请删掉多余的，或给整个值加引号",
        hint_en="Delete it, or put the whole value in quotes",
    ),
    Slip(
        code="E125",
        look=re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<at>[|>][+-]?)[ ]+(?P<v>[^\s#].*)$"),
        cure=_cure_block,
        zh="文字块的标记 {at} 后面要换行",
        en="the text of a block starts on the line below {at}",
        hint_zh="请把文字移到下一行并缩进",
        hint_en="Move the text to the next line and indent it",
    ),
    Slip(
        code="E124",
        look=re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<v>(?P<at>-)[ ]+.*)$"),
        cure=_cure_nested_list,
        zh="列表的“- ”要另起一行",
        en="a list starts on a line of its own",
        hint_zh="请把 - 移到下一行并缩进，或给整个值加引号",
        hint_en="Move the dash to the next line, or quote the value",
    ),
    Slip(
        code="E120",
        look=re.compile(_VALUE + r"(?P<v>(?P<at>[*&!%@`|>\],}?]|[\[{](?!.*,[ ]*$)).*)$"),
        cure=_cure_value,
        zh="值以 {at} 开头，要加引号",
        en="a value that starts with {at} must be quoted",
        hint_zh="请给整个值加引号",
        hint_en="Put the whole value in quotes",
    ),
    Slip(
        code="E121",
        look=re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<v>[^\"'\s].*?(?P<at>:)(?:[ ].*)?)$"),
        cure=_cure_value,
        zh="值里有“冒号加空格”（: ），要加引号",
        en="the value holds a colon followed by a space",
        hint_zh="请给整个值加引号",
        hint_en="Put the whole value in quotes",
    ),
    Slip(
        code="E113",
        look=re.compile(rf"^{_IN}{_KEY}(?P<at>:)(?P<v>[^\s:/].*)$"),
        cure=_cure_field,
        zh="冒号后面缺一个空格",
        en="a space is missing behind the colon",
        hint_zh="请在冒号后加一个空格",
        hint_en="Put a space behind the colon",
    ),
    Slip(
        code="E123",
        look=re.compile(r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<at>-)(?P<v>[^\s-].*)$"),
        cure=lambda m: (f"{m['in']}- {m['v']}",),
        zh="列表的减号后面缺一个空格",
        en="a space is missing behind the dash of the list",
        hint_zh="请在减号后加一个空格",
        hint_en="Put a space behind the dash",
    ),
    Slip(
        code="E137",
        look=re.compile(r"^(?P<at>[ ]*)(?P<key>[^:\n]{100})[^:\n]{100,}:(?P<v>(?:[ ].*)?)$"),
        cure=lambda m: (f"{m['at']}{m['key']}:{m['v']}",),
        zh="字段名太长",
        en="the field name is too long",
        hint_zh="请检查是不是漏了冒号或换行",
        hint_en="Check whether a colon or a line break is missing",
        offers=False,
    ),
    Slip(
        code="E137",
        look=re.compile(r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<at>:)(?P<v>(?:[ ].*)?)$"),
        cure=lambda m: (f"{m['in']}x:{m['v']}",),
        zh="冒号前面的字段名是空的",
        en="the field name before the colon is empty",
        hint_zh="请写上字段名，或删掉这一行",
        hint_en="Write the name, or delete the line",
        offers=False,
    ),
    Slip(
        code="E113",
        look=re.compile(
            rf"^{_IN}(?P<key>[A-Za-z_]\w{{0,30}}|[\u4e00-\u9fff]{{1,8}})"
            rf"(?P<at>[ {BLANKS}]+)(?P<v>\S.*)$"
        ),
        cure=_cure_field,
        zh="字段名后面缺冒号",
        en="a colon is missing behind the field name",
        hint_zh="请加冒号和一个空格",
        hint_en="Put a colon and a space",
    ),
)

_MARKED_VALUE = re.compile(_VALUE + r"(?P<v>(?:[*&]|!(?![!<]))[^\s\[{].*)$")


def quote_line(line: str) -> str:
    """A line whose value starts with *, & or !, with the value in quotes."""
    found = _MARKED_VALUE.match(line)
    return next(iter(_cure_value(found))) if found is not None else ""


# What turns a line into text that the parser accepts, so that it blames a later line.
SILENT_SLIPS: tuple[Slip, ...] = tuple(
    slip
    for slip in SLIPS
    if slip.code in ("E112", "E115", "E123")
    or (slip.code == "E113" and "缺一个空格" in slip.zh)
    or (slip.code == "E114" and "列表的标记" in slip.zh)
)
