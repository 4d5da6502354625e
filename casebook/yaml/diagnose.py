"""What ails a text that is not sound YAML: the true place, the cause, and the line that mends it.

A cause is named only where the text with that line replaced was parsed and is sound, at least as
far as the slip: the rows of the table of slips propose, the parser has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casebook.problems import Position, Problem
from casebook.yaml.encoding import MAX_SHOWN, offer, show
from casebook.yaml.notation import COLONS, name_blank
from casebook.yaml.parser import MIXED, NO_MAPPING, TOO_DEEP, TOO_LONG, Fault
from casebook.yaml.remedies import BARE_NAME, SILENT_SLIPS, SLIPS, WIDE_PIPE, Slip

# How much text the search for a cause may have parsed, all tries together: well under a second.
_BUDGET = 3_000_000
# Where several slips hide each other no cure makes the text sound at once.
_TRIES_MORE = 6
_LONGEST_LINE = 4_000
_LONGEST_NAME = 1_000


Judge = Callable[[str], Fault | None]


@dataclass(frozen=True, slots=True)
class _Cure:
    """A text with one slip mended, and the problem that names the slip."""

    lines: list[str]
    problems: tuple[Problem, ...]
    # Some cures are plausible only where nothing else is wrong with them.
    must_be_whole: bool = False


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
            if cure.must_be_whole:
                continue
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
        if self.may_go_on(cause):
            for cure in self.hang_line(cause):
                yield _Cure(cure.lines, cure.problems, must_be_whole=True)
        yield from self.mend_line(cause, cause, (BARE_NAME,))
        yield from self.mend_lines_above(cause)
        others = [n for n in (fault.at.line, self.heading_of(cause), above) if n != cause]
        numbers = [n for n in dict.fromkeys(others) if 1 <= n <= len(self.lines)]
        for number in numbers:
            yield from self.mend_line(number, cause)
        if above and _indent(self.lines[above - 1]) == _indent(self.lines[cause - 1]):
            yield from self.hang_line(cause)
        yield from self.align_first(cause)
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
            # A name by itself has lost its colon only where something hangs from it.
            if found is None or (slip is BARE_NAME and not self.has_hanging(number)):
                continue
            cures = [mended for mended in slip.cure(found) if mended != line]
            if slip.code in ("E115", "E116"):
                cures.sort(key=lambda mended: self.rank_indent(number, mended))
            for mended in cures:
                yield self.replace_line(number, mended, slip, found, cause)

    def may_go_on(self, number: int) -> bool:
        """Whether a line may be the end of the text above that lost its indentation."""
        above = self.line_above(number)
        line = self.lines[number - 1]
        return (
            above > 0
            and _indent(line) < _indent(self.lines[above - 1])
            and not re.search(f"[:{COLONS}]", line)
            and not self.is_text_below(self.heading_of(above))
        )

    def has_hanging(self, number: int) -> bool:
        """Whether the next line with text is indented further, or starts an item."""
        own = _indent(self.lines[number - 1])
        below = self.line_below(number)
        line = self.lines[below - 1] if below else ""
        return _indent(line) > own or (_indent(line) == own and line.lstrip().startswith("- "))

    def rank_indent(self, number: int, line: str) -> int:
        """How well the indentation of a line goes with its neighbours', 0 for well."""
        own = _indent(line)
        above, below = self.line_above(number), self.line_below(number)
        before = _indent(self.lines[above - 1]) if above else 0
        after = _indent(self.lines[below - 1]) if below else 0
        if line.rstrip().endswith(":"):
            # What hangs from a heading is indented further.
            return 2 if own >= after or own > before else int(own != before)
        if above and self.lines[above - 1].rstrip().endswith(":"):
            return 0 if own == after > before else 1 if own > before else 2
        return int(own != before)

    def line_below(self, number: int) -> int:
        """The nearest line below with text in it, 0 where there is none."""
        for below in range(number + 1, len(self.lines) + 1):
            text = self.lines[below - 1].strip()
            if text and not text.startswith("#"):
                return below
        return 0

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
        found = WIDE_PIPE.look.match(line)
        if found is None:
            return
        mended = next(iter(WIDE_PIPE.cure(found)))
        cure = self.replace_line(heading, mended, WIDE_PIPE, found, cause)
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
        below = self.line_below(number)
        inside = _indent(self.lines[below - 1]) if below else 0
        # The least that could have slipped is the likeliest.
        for level, sibling in sorted(
            self.open_levels(number), key=lambda found: abs(found[0] - own)
        ):
            if level == own:
                continue
            keeps_its_own = not line.rstrip().endswith(":") or not own < inside <= level
            for last in dict.fromkeys((number if keeps_its_own else hanging, hanging, together)):
                yield self._moved(number, last, level - own, sibling)

    def align_first(self, cause: int) -> Iterator[_Cure]:
        """The cure that moves the first line below a heading to where its neighbours begin.

        Of two lines nobody can say which is out of place, of three the one that stands alone is.
        """
        own = _indent(self.lines[cause - 1])
        after = self.line_below(self._end_of(cause, own + 1))
        if not after or _indent(self.lines[after - 1]) != own:
            return
        first = self.line_above(cause)
        while first:
            heading = self.heading_of(first)
            lead = re.match(r"[ ]*(?:-[ ]+)?", self.lines[first - 1])
            indent = lead.end() if lead else 0
            above = _indent(self.lines[heading - 1]) if heading else -1
            # The first line of a text may be indented as a paragraph is.
            leads = self.line_below(heading) == first and not self.is_text_below(heading)
            if leads and indent != own > above:
                last = first if indent < own else self._end_of(first, indent + 1)
                moved = self._moved(first, last, own - indent, cause)
                yield _Cure(moved.lines, moved.problems, must_be_whole=True)
            first = heading

    def is_text_below(self, heading: int) -> bool:
        """Whether a block of text hangs from a line."""
        return bool(heading) and self.lines[heading - 1].rstrip(" +-").endswith(("|", ">"))

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
