"""What ails a text that is not sound YAML: the true place, the cause, and the line that mends it.

A cause is a row of a table: how the slip looks on one line, and how the line reads without it. It
is named only where the text with that line replaced was parsed and is sound, at least as far as
the slip. So a row may be generous; the parser has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from casebook.encoding import MAX_SHOWN, offer, show
from casebook.errors import START, Position, Problem

# How much text the search for a cause may have parsed, all tries together: about one second.
_BUDGET = 4_000_000
# Where several slips hide each other no cure makes the text sound at once.
_TRIES_MORE = 6
_LONGEST_LINE = 4_000
_LONGEST_NAME = 1_000

# Blanks that are no blanks to YAML, and the marks that input methods give for plain ones.
BLANKS = "\u3000\u00a0\u1680\u2000-\u200a\u202f\u205f"
COLONS = "：﹕∶︰"
DASHES = "－—–−‐‑‒―﹣•·●○◆■▪"
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


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the parser gave up, what it said, and where the piece began that it was reading."""

    at: Position
    reason: str
    since: Position = START


# Reasons of our own beside those of the parser.
NO_MAPPING = "the root is no mapping"
TOO_DEEP = "nested too deep"
TOO_LONG = "a name too long"
MIXED = "a list among fields"

Judge = Callable[[str], Fault | None]


@dataclass(frozen=True, slots=True)
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


def quote(value: str) -> str:
    """A value as YAML text in quotes, with a comment behind it left outside."""
    value, gap, comment = _split_comment(value.strip())
    if '"' not in value and "\\" not in value:
        return f'"{value}"{gap}{comment}'
    return "'" + value.replace("'", "''") + f"'{gap}{comment}"


def _split_comment(value: str) -> tuple[str, str, str]:
    found = re.search(r"(\s+)(#\s.*)$", value)
    return (value[: found.start()], *found.groups()) if found else (value, "", "")  # type: ignore[return-value]  # two groups


def sound_value(value: str) -> str:
    """A value as it can stand behind a colon: quoted where YAML would misread it."""
    value = value.strip(" \t\u3000\u00a0")
    if re.fullmatch(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|\[.*\]|\{.*\}|[|>][+-]?", value):
        return value
    risky = re.match(r"[\[\]{},&*!|>%@`\"'#]|[?-](?:\s|$)", value)
    return quote(value) if risky or re.search(r":(?:\s|$)|\s#\S", value) else value


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
    for width in (2, 1, 4) if "\u3000" in found["at"] else (1, 2, 4):
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
    yield f"{found['before']}{quote(inner)}"


def _cure_tail(found: re.Match[str]) -> Iterator[str]:
    inner, tail = found["v"][1:-1], found["tail"]
    if found["v"][0] == "'" and tail.endswith("'") and tail != "'":
        inner = found["v"][1:] + tail[:-1]
        yield f"{found['before']}'{inner.replace(chr(39), chr(39) * 2)}'"
    if not tail.strip(" ,，;；、。"):
        yield f"{found['before']}{found['v']}"
    if tail.endswith('"') and found["v"][0] == '"' and re.search(r"[^\s\"]\s*\"$", tail):
        inner = found["v"][1:] + tail[:-1]
        yield f"{found['before']}{quote(inner)}"
    yield f"{found['before']}{quote(found['v'] + tail)}"


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
    value, _, _ = _split_comment(found["v"].rstrip())
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
    yield f"{found['before']}{quote(found['v'])}"


def _cure_nested_list(found: re.Match[str]) -> Iterator[str]:
    indent = " " * len(re.match(r"[ ]*", found["before"]).group())  # type: ignore[union-attr]  # matches nothing too
    yield f"{found['before'].rstrip()}\n{indent}  {found['v']}"


_VALUE = rf"^(?P<before>{_IN}(?:{_KEY}:[ ]+)?)"

_WIDE_PIPE = Slip(
    "E114",
    re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<at>[{''.join(PIPES)}])(?P<rest>[+-]?)[ ]*$"),
    lambda m: (f"{m['before']}{PIPES[m['at']]}{m['rest']}",),
    "文字块的标记“{at}”是全角的，要用半角的 | 或 >",
    "the marker “{at}” of a text block is full-width",
    "请改成半角",
    "Write the plain one",
)

SLIPS: tuple[Slip, ...] = (
    Slip(
        "E116",
        re.compile(r"^(?P<before>[ ]*(?:-[ ]*)*)(?P<at>\t[\t ]*)(?P<rest>.*)$"),
        _cure_tabs,
        "缩进里有 Tab（制表符）",
        "a tab stands in the indentation",
        "缩进只用空格",
        "Indent with spaces only",
    ),
    Slip(
        "E115",
        re.compile(rf"^(?P<before>[ ]*(?:-[ ]*)?)(?P<at>[{BLANKS}][{BLANKS} ]*)(?P<rest>.*)$"),
        _cure_blanks,
        "缩进里有{blank}",
        "the indentation holds {blank}",
        "请换成普通空格",
        "Use plain spaces",
    ),
    Slip(
        "E115",
        re.compile(rf"^{_IN}{_KEY}[:：][ \t]*(?P<at>[{BLANKS}])[{BLANKS} \t]*(?P<v>.*)$"),
        _cure_field,
        "冒号后面是{blank}，不是普通空格",
        "{blank} stands behind the colon instead of a plain space",
        "请换成普通空格",
        "Use a plain space",
    ),
    Slip(
        "E112",
        re.compile(rf"^{_IN}{_KEY}[ {BLANKS}]*(?P<at>[{COLONS}])[ {BLANKS}:]*(?P<v>.*)$"),
        _cure_field,
        "这里用了全角冒号“：”",
        "a full-width colon “：” stands here",
        "请改成半角冒号加一个空格",
        "Write a plain colon and a space",
    ),
    Slip(
        "E114",
        re.compile(
            rf"^(?P<in>[ ]*)(?P<at>[{DASHES}]|\*(?=[ ]))[ {BLANKS}]*(?P<v>[^\s{DASHES}].*)$"
        ),
        lambda m: (f"{m['in']}- {m['v']}",),
        "列表的标记“{at}”不是半角减号（-）",
        "the list marker “{at}” is not a plain dash",
        "请改成半角减号加一个空格",
        "Write a plain dash and a space",
    ),
    Slip(
        "E114",
        re.compile(rf"^(?P<in>)(?P<at>[{DASHES}-]{{2,4}})[ ]*$"),
        lambda m: ("---",),
        "这一行应当是三个半角减号 ---",
        "this line should be three plain dashes ---",
    ),
    _WIDE_PIPE,
    Slip(
        "E114",
        re.compile(r"^(?P<in>[ ]*)(?P<at>＃|//|;)[ ]*(?P<v>.*)$"),
        lambda m: (f"{m['in']}# {m['v']}",),
        "注释要用半角 # 开头，这里是“{at}”",
        "a comment starts with a plain #, here stands “{at}”",
    ),
    Slip(
        "E131",
        re.compile(r"^(?P<at>\.\.\.)[ ]*$"),
        lambda m: ("",),
        "文件结束标记 ... 后面还有多余的内容",
        "there is text after ..., which ends the file",
        "请删掉 ... 这一行",
        "Delete the line with ...",
        blames_cause=True,
    ),
    Slip(
        "E135",
        re.compile(r"^(?P<at>%).*$"),
        lambda m: (f"# {m.string}",),
        "行首的 % 会被当成 YAML 指令",
        "a line that starts with % is read as a YAML directive",
        "请删掉这一行，或在前面加 #",
        "Delete this line, or put # before it",
    ),
    Slip(
        "E114",
        re.compile(
            _VALUE + rf"(?P<v>(?=.*?(?P<at>[{''.join({**OPENERS, **CLOSERS})}]))"
            rf"[\[{{{''.join(OPENERS)}].*[\]}}{''.join(CLOSERS)}])[ ]*$"
        ),
        _cure_brackets,
        "这里的括号“{at}”是全角的",
        "the bracket “{at}” is full-width",
        "列表请用半角的 [ ] 和 ,",
        "Write lists with plain [ ] and ,",
    ),
    Slip(
        "E114",
        re.compile(_VALUE + r"(?P<v>(?=.*?(?P<at>[：，；“”]))[\[{].*[\]}])[ ]*$"),
        _cure_brackets,
        "括号里的“{at}”是全角的",
        "“{at}” inside the brackets is full-width",
        '括号里请用半角的 : , 和 "',
        "Use plain : , and quotes inside brackets",
    ),
    Slip(
        "E104",
        re.compile(
            _VALUE + r"\"(?P<v>[^\"]*?(?P<at>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]).*)$"
        ),
        _cure_surrogates,
        "转义 \\uD83D 这样的代理对（surrogate）在 YAML 里无效",
        "a pair of surrogate escapes such as \\uD83D is not valid in YAML",
        "请直接写这个字符，或用 \\U 加八位编码",
        "Write the character itself, or \\U and eight digits",
    ),
    Slip(
        "E119",
        re.compile(
            _VALUE + r"\"(?P<v>(?:[^\"\\]|\\[0abtnvfre \"/\\N_LPxuU])*?"
            r"(?P<at>\\(?:[^0abtnvfre \"/\\N_LPxuU]|x(?![0-9a-fA-F]{2})|u(?![0-9a-fA-F]{4})"
            r"|U(?!00[01][0-9a-fA-F]{5})))(?:[^\"\\]|\\.)*)\"(?P<rest>.*)$"
        ),
        _cure_escapes,
        "双引号里的反斜杠 \\ 是转义，这里的转义无效",
        "a backslash in double quotes is an escape, and this one is not valid",
        "请改用单引号",
        "Use single quotes",
    ),
    Slip(
        "E118",
        re.compile(
            _VALUE
            + rf"(?P<v>(?:\"[^\"]*(?P<at>[{_QUOTES[1:]}])|(?P<at2>[{_QUOTES[1:]}])[^\"]*\"))[ ]*$"
        ),
        _cure_mixed_quotes,
        '引号一边是半角的 "，一边是全角的',
        "one quote is plain, the other is full-width",
        '请都用半角的 "',
        "Use plain quotes on both sides",
    ),
    Slip(
        "E118",
        re.compile(
            _VALUE + r"(?P<v>\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')(?P<at>[ ]*)(?P<tail>[^\s#:：].*)$"
        ),
        _cure_tail,
        "右引号 {mark} 后面还有多余的文字",
        "there is text after the closing quote {mark}",
        "请给整个值加引号",
        "Put the whole value in quotes",
    ),
    Slip(
        "E119",
        re.compile(_VALUE + r"\"(?P<v>[^\"]*(?P<at>\\))\"(?P<rest>[ ]*)$"),
        _cure_escapes,
        "双引号里的反斜杠 \\ 会吃掉后面的引号",
        "a backslash in double quotes takes the closing quote with it",
        "请改用单引号",
        "Use single quotes",
    ),
    Slip(
        "E118",
        re.compile(_VALUE + r"(?P<at>\")(?P<v>(?:[^\"\\]|\\.)*)$"),
        _cure_unclosed_quote,
        '这里的引号 " 没有闭合',
        'the quote " that opens here is never closed',
        "请补上另一半引号",
        "Close it",
    ),
    Slip(
        "E118",
        re.compile(_VALUE + r"(?P<at>')(?P<v>(?:[^']|'')*)$"),
        _cure_unclosed_quote,
        "这里的引号 ' 没有闭合",
        "the quote ' that opens here is never closed",
        "请补上另一半引号",
        "Close it",
    ),
    Slip(
        "E120",
        re.compile(_VALUE + r"(?P<v>(?P<at>\{\{|\{%).*)$"),
        _cure_value,
        "值以 { 开头，会被当成“字段名: 值”的组，要加引号",
        "a value that starts with { is read as a mapping",
        "请给整个值加引号",
        "Put the whole value in quotes",
    ),
    Slip(
        "E118",
        re.compile(_VALUE + r"(?P<v>(?P<at>[\[{]).*)$"),
        _cure_open_bracket,
        "这里的括号 {at} 没有闭合",
        "the bracket {at} that opens here is never closed",
        "请补上另一半括号，或给整个值加引号",
        "Close it, or put the whole value in quotes",
    ),
    Slip(
        "E118",
        re.compile(_VALUE + r"(?P<v>(?P<at>[\[{]).*[\]}])[ ]*$"),
        _cure_surplus,
        "这里的括号 {at} 里多了或错了一个括号或逗号",
        "a bracket or a comma is wrong or too many behind this {at}",
        "请删掉多余的，或给整个值加引号",
        "Delete it, or put the whole value in quotes",
    ),
    Slip(
        "E125",
        re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<at>[|>][+-]?)[ ]+(?P<v>[^\s#].*)$"),
        _cure_block,
        "文字块的标记 {at} 后面要换行",
        "the text of a block starts on the line below {at}",
        "请把文字移到下一行并缩进",
        "Move the text to the next line and indent it",
    ),
    Slip(
        "E124",
        re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<v>(?P<at>-)[ ]+.*)$"),
        _cure_nested_list,
        "列表的“- ”要另起一行",
        "a list starts on a line of its own",
        "请把 - 移到下一行并缩进，或给整个值加引号",
        "Move the dash to the next line, or quote the value",
    ),
    Slip(
        "E120",
        re.compile(_VALUE + r"(?P<v>(?P<at>[*&!%@`|>\],}?]|[\[{](?!.*,[ ]*$)).*)$"),
        _cure_value,
        "值以 {at} 开头，要加引号",
        "a value that starts with {at} must be quoted",
        "请给整个值加引号",
        "Put the whole value in quotes",
    ),
    Slip(
        "E121",
        re.compile(rf"^(?P<before>{_IN}{_KEY}:[ ]+)(?P<v>[^\"'\s].*?(?P<at>:)(?:[ ].*)?)$"),
        _cure_value,
        "值里有“冒号加空格”（: ），要加引号",
        "the value holds a colon followed by a space",
        "请给整个值加引号",
        "Put the whole value in quotes",
    ),
    Slip(
        "E113",
        re.compile(rf"^{_IN}{_KEY}(?P<at>:)(?P<v>[^\s:/].*)$"),
        _cure_field,
        "冒号后面缺一个空格",
        "a space is missing behind the colon",
        "请在冒号后加一个空格",
        "Put a space behind the colon",
    ),
    Slip(
        "E123",
        re.compile(r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<at>-)(?P<v>[^\s-].*)$"),
        lambda m: (f"{m['in']}- {m['v']}",),
        "列表的减号后面缺一个空格",
        "a space is missing behind the dash of the list",
        "请在减号后加一个空格",
        "Put a space behind the dash",
    ),
    Slip(
        "E137",
        re.compile(r"^(?P<at>[ ]*)(?P<key>[^:\n]{100})[^:\n]{100,}:(?P<v>(?:[ ].*)?)$"),
        lambda m: (f"{m['at']}{m['key']}:{m['v']}",),
        "字段名太长",
        "the field name is too long",
        "请检查是不是漏了冒号或换行",
        "Check whether a colon or a line break is missing",
        offers=False,
    ),
    Slip(
        "E137",
        re.compile(r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<at>:)(?P<v>(?:[ ].*)?)$"),
        lambda m: (f"{m['in']}x:{m['v']}",),
        "冒号前面的字段名是空的",
        "the field name before the colon is empty",
        "请写上字段名，或删掉这一行",
        "Write the name, or delete the line",
        offers=False,
    ),
    Slip(
        "E113",
        re.compile(rf"^{_IN}{_KEY}[ ]*(?P<at>[=＝；;])[ ]*(?P<v>.*)$"),
        _cure_field,
        "字段名后面要用冒号，这里是“{at}”",
        "a field name is followed by a colon, here stands “{at}”",
    ),
    Slip(
        "E113",
        re.compile(r"^(?P<in>[ ]*(?:-[ ]+)*)(?P<key>[A-Za-z_]\w{0,30})(?P<at>)[ ]*$"),
        lambda m: (f"{m['in']}{m['key']}:",),
        "字段名后面缺冒号",
        "a colon is missing behind the field name",
        "请加冒号",
        "Put a colon",
    ),
    Slip(
        "E113",
        re.compile(
            rf"^{_IN}(?P<key>[A-Za-z_]\w{{0,30}}|[\u4e00-\u9fff]{{1,8}})"
            rf"(?P<at>[ {BLANKS}]+)(?P<v>\S.*)$"
        ),
        _cure_field,
        "字段名后面缺冒号",
        "a colon is missing behind the field name",
        "请加冒号和一个空格",
        "Put a colon and a space",
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


@dataclass(frozen=True, slots=True)
class _Cure:
    """A text with one slip mended, and the problem that names the slip."""

    lines: list[str]
    problems: tuple[Problem, ...]


class _GaveUp(Exception):
    """The budget of parsing is spent."""


class Doctor:
    """Names the slips of one text that is not sound, mending them one by one."""

    def __init__(self, text: str, path: str, judge: Judge) -> None:
        self.lines = text.split("\n")
        self.path = path
        self._judge = judge
        self._left = _BUDGET

    def judge(self, lines: list[str]) -> Fault | None:
        """What is wrong with a text, or nothing."""
        text = "\n".join(lines)
        if self._left < 0:
            raise _GaveUp
        fault = self._judge(text)
        # The parser reads no further than the fault, but the text was put together whole.
        read = 1.0 if fault is None else min(1.0, fault.at.line / len(lines) + 0.4)
        self._left -= int(len(text) * read) + 1_000
        return fault

    def diagnose(self) -> tuple[str | None, list[Problem]]:
        """The mended text where all slips could be named, and the problem of each slip."""
        problems: list[Problem] = []
        fault = self._judge("\n".join(self.lines))
        cause = 0
        try:
            while fault is not None:
                if len(problems) == MAX_SHOWN:
                    return None, problems
                cause = self.find_cause(fault)
                cure = self.find_cure(fault, cause)
                if cure is None:
                    problems.append(describe(fault, cause, self.lines, self.path))
                    return None, problems
                self.lines = cure.lines
                problems += cure.problems
                fault = self.judge(self.lines)
        except _GaveUp:
            if fault is not None and not problems:
                problems.append(describe(fault, cause, self.lines, self.path))
            return None, problems
        return "\n".join(self.lines), problems

    def find_cause(self, fault: Fault) -> int:
        """The number of the first line with which the text above it is no longer sound."""
        last = min(fault.at.line, len(self.lines))
        # The start of a file may be unsound throughout: leap, then close in.
        sound, unsound, step = 0, last, 1
        while unsound > 1:
            tried = max(unsound - step, 1)
            if self.judge(self.lines[:tried]) is None:
                sound = tried
                break
            unsound, step = tried, step * 2
        while unsound - sound > 1:
            tried = (sound + unsound) // 2
            if self.judge(self.lines[:tried]) is None:
                sound = tried
            else:
                unsound = tried
        return unsound

    def find_cure(self, fault: Fault, cause: int) -> _Cure | None:
        """The first cure that makes the text sound, else the first that mends it so far."""
        partial: _Cure | None = None
        more = _TRIES_MORE
        for cure in self.list_cures(fault, cause):
            left = self.judge(cure.lines)
            if left is None:
                return cure
            if partial is None and left.at.line > cause and self.is_sound_so_far(cure, cause):
                partial = cure
            if partial is not None:
                more -= 1
                if not more:
                    break
        return partial

    def is_sound_so_far(self, cure: _Cure, cause: int) -> bool:
        """Whether a mended text is sound up to the line that broke it."""
        grown = len(cure.lines) - len(self.lines)
        return self.judge(cure.lines[: cause + grown]) is None

    def list_cures(self, fault: Fault, cause: int) -> Iterator[_Cure]:
        """The cures to try, the likeliest first."""
        above = self.line_above(cause)
        yield from self.open_block(cause)
        yield from self.mend_line(cause, cause)
        yield from self.mend_lines_above(cause)
        others = [n for n in (fault.at.line, self.heading_of(cause), above) if n != cause]
        numbers = [n for n in dict.fromkeys(others) if 1 <= n <= len(self.lines)]
        for number in numbers:
            yield from self.mend_line(number, cause)
        if above and _indent(self.lines[above - 1]) == _indent(self.lines[cause - 1]):
            yield from self.hang_line(cause)
        # An item among fields is itself out of place, whatever moving its neighbours would do.
        is_item = self.lines[cause - 1].lstrip().startswith("- ")
        for number in (cause,) if is_item else (cause, *numbers):
            yield from self.reindent(number)
        for number in (cause, *numbers):
            yield from self.hang_line(number)

    def mend_line(
        self, number: int, cause: int, slips: tuple[Slip, ...] | None = None
    ) -> Iterator[_Cure]:
        """The cures of one line by itself."""
        line = self.lines[number - 1]
        if len(line) > _LONGEST_LINE:
            return
        for slip in SLIPS if slips is None else slips:
            found = slip.look.match(line)
            if found is not None:
                for mended in slip.cure(found):
                    if mended != line:
                        yield self.replace_line(number, mended, slip, found, cause)

    def mend_lines_above(self, cause: int) -> Iterator[_Cure]:
        """The cures of the nearest lines above whose slip the parser took for text."""
        number, own = self.line_above(cause), _indent(self.lines[cause - 1])
        for _ in range(20):
            if number < 1:
                return
            yield from self.mend_line(number, cause, SILENT_SLIPS)
            if _indent(self.lines[number - 1]) < own:
                return
            number = self.line_above(number)

    def replace_line(
        self, number: int, mended: str, slip: Slip, found: re.Match[str], cause: int
    ) -> _Cure:
        """The cure that puts a mended line in place of one."""
        lines = [*self.lines[: number - 1], *mended.split("\n"), *self.lines[number:]]
        groups = found.groupdict()
        start = found.start("at") if groups["at"] is not None else found.start("at2")
        at = groups["at"] if groups["at"] is not None else groups["at2"]
        names = {"at": show(at.strip()), "mark": (groups.get("v") or " ")[0]}
        names_zh = names | {"blank": name_blank(at[:1])[0]}
        names_en = names | {"blank": name_blank(at[:1])[1]}
        zh, en = _fill(slip.zh, names_zh), _fill(slip.en, names_en)
        hints = offer(mended) if slip.offers and not slip.blames_cause else ("", "")
        place = Position(cause, 1) if slip.blames_cause else Position(number, start + 1)
        hint_zh = hints[0] or slip.hint_zh or "请改这一行"
        hint_en = hints[1] or slip.hint_en or "Mend this line"
        return _Cure(lines, (Problem(self.path, place, slip.code, zh, en, hint_zh, hint_en),))

    def open_block(self, cause: int) -> Iterator[_Cure]:
        """The cure for a text block whose marker is full-width, so that its lines were parsed."""
        heading = self.heading_of(cause)
        if heading < 1:
            return
        line = self.lines[heading - 1]
        found = _WIDE_PIPE.look.match(line)
        if found is None:
            return
        mended = next(iter(_WIDE_PIPE.cure(found)))
        cure = self.replace_line(heading, mended, _WIDE_PIPE, found, cause)
        zh = f"第 {heading} 行的“{found['at']}”是全角的，所以这一行没有算作文字"
        en = f"“{found['at']}” on line {heading} is full-width, so this line is not read as text"
        at = Position(cause, _indent(self.lines[cause - 1]) + 1)
        follow = Problem(self.path, at, "E121", zh, en, "改好那一行就行", "Mend that line only")
        yield _Cure(cure.lines, (*cure.problems, follow))

    def reindent(self, number: int) -> Iterator[_Cure]:
        """The cures that move a line, with all that hangs from it, to a level that is open."""
        line = self.lines[number - 1]
        own = _indent(line)
        if not line.strip() or line.lstrip().startswith("#"):
            return
        hanging = self._end_of(number, own + 1)
        # Several lines of a text block, say, slip together.
        together = self._end_of(number, own) if own else hanging
        for level, sibling in self.open_levels(number):
            if level == own:
                continue
            for last in dict.fromkeys((hanging, together)):
                yield self._moved(number, last, level - own, sibling)

    def _end_of(self, number: int, least: int) -> int:
        """The last line of those below that are blank or indented so far at least."""
        last = number
        while last < len(self.lines) and (
            not self.lines[last].strip() or _indent(self.lines[last]) >= least
        ):
            last += 1
        return last

    def _moved(self, number: int, last: int, by: int, sibling: int) -> _Cure:
        own = _indent(self.lines[number - 1])
        moved = [_move(text, by) for text in self.lines[number - 1 : last]]
        lines = [*self.lines[: number - 1], *moved, *self.lines[last:]]
        slipped = [
            number + offset
            for offset, text in enumerate(self.lines[number - 1 : last])
            if text.strip() and _indent(text) == own
        ]
        zh = f"这一行的缩进与上面对不上，应当与第 {sibling} 行对齐"
        en = f"the indentation is off; the line should line up with line {sibling}"
        return _Cure(
            lines,
            tuple(
                Problem(
                    self.path, Position(n, own + 1), "E117", zh, en, *_offer_indent(lines[n - 1])
                )
                for n in slipped[:MAX_SHOWN]
            ),
        )

    def open_levels(self, number: int) -> Iterator[tuple[int, int]]:
        """The indentations that a line could have, and which line has each, the nearest first."""
        seen: set[int] = set()
        is_item = self.lines[number - 1].lstrip().startswith("- ")
        for above in range(number - 1, max(0, number - 200), -1):
            text = self.lines[above - 1]
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            start = re.match(r"[ ]*(?:-[ ]+)*", text)
            inside = start.end() if start else 0
            # An item goes with the dashes above, a field with the fields behind them.
            for level in (_indent(text), inside) if is_item else (inside, _indent(text)):
                if level not in seen:
                    seen.add(level)
                    yield level, above
        for below in range(number + 1, min(len(self.lines), number + 20)):
            text = self.lines[below - 1]
            if text.strip() and _indent(text) not in seen:
                seen.add(_indent(text))
                yield _indent(text), below

    def hang_line(self, number: int) -> Iterator[_Cure]:
        """The cure that makes a line go on with the text above it."""
        above = self.line_above(number)
        line = self.lines[number - 1]
        if above < 1 or not line.strip() or re.search(r":(?:\s|$)|^\s*-\s", line):
            return
        mended = " " * (_indent(self.lines[above - 1]) + 2) + line.strip()
        lines = [*self.lines[: number - 1], mended, *self.lines[number:]]
        zh = "这一行缺冒号，或者它接着上一行的文字而没有缩进"
        en = "a colon is missing, or the line goes on with the text above and is not indented"
        hints = _offer_indent(mended)
        at = Position(number, _indent(line) + 1)
        yield _Cure(lines, (Problem(self.path, at, "E117", zh, en, *hints),))

    def line_above(self, number: int) -> int:
        """The nearest line above with text in it, 0 where there is none."""
        number -= 1
        while number > 0 and (
            not self.lines[number - 1].strip() or self.lines[number - 1].lstrip().startswith("#")
        ):
            number -= 1
        return number

    def heading_of(self, number: int) -> int:
        """The nearest line above that is indented less, 0 where there is none."""
        own = _indent(self.lines[number - 1])
        above = self.line_above(number)
        while above > 0 and _indent(self.lines[above - 1]) >= own:
            above = self.line_above(above)
        return above


def _fill(template: str, names: dict[str, str]) -> str:
    # Not str.format: the wordings hold braces of their own.
    for name, value in names.items():
        template = template.replace("{" + name + "}", value)
    return template


def _offer_indent(line: str) -> tuple[str, str]:
    offered = offer(line)
    spaces = _indent(line)
    zh, en = f"行首留 {spaces} 个空格", f"start the line with {spaces} spaces"
    if not spaces:
        zh, en = "删掉行首的空格", "start the line without spaces"
    return offered[0] or f"请{zh}", offered[1] or en.capitalize()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _move(line: str, by: int) -> str:
    if by >= 0:
        return " " * by + line if line.strip() else line
    return line[min(-by, _indent(line)) :]


def name_blank(character: str) -> tuple[str, str]:
    """What a blank is called that YAML does not take for one."""
    if character == "\u3000":
        return "全角空格（U+3000）", "a full-width space (U+3000)"
    if character == "\u00a0":
        return "不间断空格（U+00A0）", "a no-break space (U+00A0)"
    name = f"U+{ord(character):04X}" if character else ""
    return f"特殊空格（{name}）", f"a special space ({name})"


def describe(fault: Fault, cause: int, lines: list[str], path: str) -> Problem:
    """The problem of a fault for which no cure was found."""
    reason = fault.reason
    at = fault.at
    if cause and cause < at.line and reason != TOO_DEEP:
        at = Position(cause, _indent(lines[cause - 1]) + 1)
    if "mapping values" in reason and at.column > _LONGEST_NAME:
        reason = TOO_LONG
        at = Position(at.line, 1)
    elif cause and reason != NO_MAPPING and re.match(r"\s*- ", lines[cause - 1]):
        reason = MIXED
    for sign, code, zh, en, hint_zh, hint_en in _FALLBACKS:
        if sign in reason:
            if code == "E118":
                at = fault.since
            elif code in ("E104", "E119"):
                column = lines[fault.at.line - 1].rfind("\\", 0, fault.at.column - 1) + 1
                at = Position(fault.at.line, column or fault.at.column)
            return Problem(path, at, code, zh, en, hint_zh, hint_en)
    zh, en = "这里不符合 YAML 写法", f"not valid YAML here: {reason}"
    return Problem(
        path, at, "E110", zh, en, "请检查冒号、引号和缩进", "Check colons, quotes, indentation"
    )


_FALLBACKS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        TOO_DEEP,
        "E136",
        "嵌套太深，超过 12 层",
        "nested more than 12 levels deep",
        "请把这里写得平一些",
        "Make it flatter",
    ),
    (
        MIXED,
        "E117",
        "“- ”列表与“字段: 值”混在同一层，或者缩进不对",
        "a list and fields stand on one level, or the indentation is off",
        "请让这一行与同类的行对齐",
        "Line it up with its like",
    ),
    (
        TOO_LONG,
        "E137",
        "字段名太长，或者这一行漏了换行",
        "the field name is too long, or a line break is missing",
        "请检查这一行的冒号和引号",
        "Check the colons and quotes of this line",
    ),
    (
        NO_MAPPING,
        "E132",
        "最外层应当是“字段: 值”的行",
        "the file should hold lines of “field: value”",
        "每个字段一行，写字段名、半角冒号、空格和值",
        "One field a line: its name, a plain colon, a space and the value",
    ),
    (
        "<document start>",
        "E131",
        "文件结束标记 ... 或 --- 后面还有多余的内容",
        "there is text after ... or ---, which ends the file",
        "请删掉多余的部分",
        "Delete what is not part of the record",
    ),
    (
        "Unicode character escape",
        "E104",
        "转义（\\u 或 \\U）写的不是有效的字符，例如代理字符 surrogate",
        "the escape is no valid character, such as a surrogate",
        "请直接写这个字符",
        "Write the character itself",
    ),
    (
        "escape",
        "E119",
        "双引号里的反斜杠 \\ 是转义，这里的转义无效",
        "a backslash in double quotes is an escape, and this one is not valid",
        "请改用单引号",
        "Use single quotes",
    ),
    (
        "hexdecimal",
        "E119",
        "双引号里的反斜杠 \\ 是转义，这里的转义无效",
        "a backslash in double quotes is an escape, and this one is not valid",
        "请改用单引号",
        "Use single quotes",
    ),
    (
        "quoted scalar: found unexpected end",
        "E118",
        "这里的引号没有闭合",
        "the quote that opens here is never closed",
        "请补上另一半引号",
        "Close it",
    ),
    (
        "flow sequence",
        "E118",
        "这里的括号 [ 没有闭合，或者里面少了逗号",
        "the bracket [ that opens here is never closed, or a comma is missing in it",
        "请补上，或给整个值加引号",
        "Close it, or put the whole value in quotes",
    ),
    (
        "flow mapping",
        "E118",
        "这里的括号 { 没有闭合，或者里面少了逗号",
        "the bracket { that opens here is never closed, or a comma is missing in it",
        "请补上，或给整个值加引号",
        "Close it, or put the whole value in quotes",
    ),
    (
        "mapping values are not allowed",
        "E121",
        "值里有“冒号加空格”，或者缩进不对（YAML 看不懂这一行）",
        "the value holds a colon followed by a space, or the indentation is off",
        "请给整个值加引号，或与上下行对齐",
        "Put the whole value in quotes, or line it up with its neighbours",
    ),
    (
        "cannot start any token",
        "E120",
        "值不能以这个符号开头，要加引号；也不能用 Tab（制表符）缩进",
        "a value cannot start with this character, nor a line with a tab",
        "请给整个值加引号；缩进只用空格",
        "Put the whole value in quotes; indent with spaces only",
    ),
)
