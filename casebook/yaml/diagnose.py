"""Diagnosis of a text that cannot be parsed: the true place, the cause, and the fixed line.

A cause is reported only if the parser accepts the text with its fix, at least up to the mistake:
the table of mistakes proposes fixes, and the parser confirms them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from casebook.messages import problem, say
from casebook.problems import Position, Problem
from casebook.text import Text
from casebook.yaml.encoding import MAX_SHOWN, offer_line, show
from casebook.yaml.fixes import ODD_STARTS, WIDTHS, with_spaces_for
from casebook.yaml.indentation import (
    IndentedLines,
    has_text,
    indent_of_line,
    name_of_field,
    opens,
    shift_line,
)
from casebook.yaml.mistakes import (
    Mistake,
    mistakes_in,
    name_blank,
    read_table,
    silent_mistakes,
)
from casebook.yaml.nodes import NO_MAPPING, TOO_DEEP, Fault, find_fault, find_lost_indentation

_FENCE = re.compile(r"(?:`{3}|~{3})[`~\w ]*$")
# The most characters that all tries of a search may parse together: well under a second.
_BUDGET = 3_000_000
# A field with a text behind its colon, and the beginning of a field.
_HEADING = re.compile(
    r"(?<![ -])(?P<head>[ ]*+(?:-[ ]++)*+(?P<name>[^\s:#\"'][^:#]{0,60}):)[ ]+(?P<at>[^\s|>#].*)"
)
_NEXT = re.compile(r"[ ]*+(?:- )?[a-z][a-z0-9_]*:(?:\s|$)")
_NEXT_OR_ITEM = re.compile(r"[ ]*+(?:- |[a-z][a-z0-9_]*:(?:\s|$))")
_FIELD = re.compile(r"[ ]*[^\s:#\"'-][^:#]{0,60}:(?:\s|$)")
# The most partial fixes to see: with several mistakes, no single fix makes the text valid.
_TRIES_MORE = 6
_LONGEST_LINE = 4_000
_LONGEST_NAME = 1_000


@dataclass(frozen=True, slots=True)
class _Fix:
    """A text with one mistake fixed, and the problem that names the mistake."""

    lines: list[str]
    problems: list[Problem]
    # Some fixes are plausible only if they make the whole text valid.
    must_be_whole: bool = False


class _GaveUp(Exception):
    """Raised if the budget of parsing is spent."""


class Diagnosis(IndentedLines):
    """The search for the mistakes in a text that cannot be parsed, which fixes one by one."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text.split("\n"))
        self._written = self.lines
        self.path = path
        self._left = _BUDGET
        # The number of each line in the file, as a fix may split a line.
        self._numbers = [*range(1, len(self.lines) + 1)]

    def diagnose(self) -> tuple[str | None, list[Problem]]:
        """The fixed text if all mistakes could be named, else None, and the problem of each."""
        problems: list[Problem] = []
        if lost := find_lost_indentation("\n".join(self.lines)):
            return None, [problem("E117.lost", self.path, Position(lost, 1))]
        fault: Fault | None = None
        cause = 0
        try:
            problems += self._clear_chat()
            problems += self._clear_indentation()
            fault = self._parse(self.lines)
            while fault is not None:
                if len(problems) == MAX_SHOWN:
                    return None, problems
                cause = self._find_cause(fault)
                fix = self._find_fix(fault, cause)
                if fix is None:
                    problems.append(self._describe(fault, cause))
                    return None, problems
                problems += [replace(one, at=self.locate(one.at)) for one in fix.problems]
                self._take(fix.lines)
                fault = self._parse(self.lines)
        except _GaveUp:
            if fault is not None and not problems:
                problems.append(self._describe(fault, cause))
            return None, problems
        return "\n".join(self.lines), problems

    def _clear_chat(self) -> Iterator[Problem]:
        """Blank the words of a chat around its block of code, and yield a problem for each part."""
        fences = [n for n, line in enumerate(self.lines) if _FENCE.match(line)]
        written = [n for n, line in enumerate(self.lines) if line.strip()]
        if not fences or (fences[0] == written[0] and fences[-1] in (fences[0], written[-1])):
            return
        ends = [(written[0], fences[0]), *([(fences[-1], written[-1])] if fences[1:] else [])]
        for first, last in ends:
            self.lines = [*self.lines]
            self.lines[first : last + 1] = [""] * (last + 1 - first)
            yield problem("E114.around", self.path, Position(first + 1, 1), line=last + 1)

    def _clear_indentation(self) -> Iterator[Problem]:
        """Replace tabs or wide blanks before very many lines, and yield one problem for all."""
        odd = [n for n, line in enumerate(self.lines, 1) if ODD_STARTS.match(line)]
        if len(odd) <= MAX_SHOWN:
            return
        first = self.lines[odd[0] - 1][0]
        key, blank = "E116.all" if first == "\t" else "E115.all", name_blank(first)
        yield problem(key, self.path, Position(odd[0], 1), count=len(odd), blank=blank)
        tried = [[with_spaces_for(line, width) for line in self.lines] for width in WIDTHS]
        self._take(max(tried, key=self._count_valid))

    def _count_valid(self, lines: list[str]) -> int:
        """The number of lines before the one at which the parser gives up."""
        fault = self._parse(lines)
        return fault.at.line - 1 if fault else len(lines)

    def locate(self, at: Position) -> Position:
        """The place in the file of a place in the fixed text."""
        # A problem of something missing at the end may be behind the last line.
        index = min(at.line, len(self.lines)) - 1
        number = self._numbers[index]
        written, fixed = self._written[number - 1], self.lines[index]
        # A fix changes one piece of a line; the rest behind moves as far as the end of the line.
        moved = len(fixed) - len(written)
        before = _count_shared(written, fixed)
        if written != fixed and at.column > before + 1:
            behind = _count_shared(written[::-1], fixed[::-1])
            is_behind = at.column > max(len(fixed) - behind, before + moved)
            return Position(number, at.column - moved if is_behind else before + 1)
        return Position(number, at.column)

    def _take(self, lines: list[str]) -> None:
        grown = len(lines) - len(self.lines)
        pairs = zip(self.lines, lines, strict=False)
        first = next((n for n, (old, new) in enumerate(pairs) if old != new), 0)
        self._numbers[first:first] = [self._numbers[first]] * grown
        self.lines = lines

    def _describe(self, fault: Fault, cause: int) -> Problem:
        found = describe_fault(fault, cause, self.lines, self.path)
        return replace(found, at=self.locate(found.at))

    def _parse(self, lines: list[str]) -> Fault | None:
        text = "\n".join(lines)
        if self._left < 0:
            raise _GaveUp
        fault = find_fault(text)
        # The parser stops at the fault, but joining the lines costs their full length.
        read = 1.0 if fault is None else min(1.0, fault.at.line / len(lines) + 0.4)
        self._left -= int(len(text) * read) + 1_000
        return fault

    def _find_cause(self, fault: Fault) -> int:
        """The number of the first line up to which the text is no longer valid."""
        last = min(fault.at.line, len(self.lines))
        # Steps back that double, then bisection: many starts of the file may be invalid.
        invalid, step = last, 1
        while (tried := max(invalid - step, 1)) < invalid and self._parse(self.lines[:tried]):
            invalid, step = tried, step * 2
        rest = range(min(tried, invalid - 1) + 1, invalid)
        return rest.start + bisect_left(rest, True, key=lambda n: bool(self._parse(self.lines[:n])))

    def _find_fix(self, fault: Fault, cause: int) -> _Fix | None:
        """The first fix that makes the text valid, else the first that does up to the cause."""
        partial: _Fix | None = None
        more = _TRIES_MORE
        for fix in self._list_fixes(fault, cause):
            left = self._parse(fix.lines)
            if left is None:
                return fix
            if fix.must_be_whole:
                continue
            grown = len(fix.lines) - len(self.lines)
            if partial is None and left.at.line > cause:
                partial = fix if self._parse(fix.lines[: cause + grown]) is None else None
            if partial is not None:
                more -= 1
                if not more:
                    break
        return partial

    def _list_fixes(self, fault: Fault, cause: int) -> Iterator[_Fix]:
        """The fixes to try, the likeliest first."""
        above = self.line_above(cause)
        heading = self.heading_of(cause)
        for number in dict.fromkeys((cause, above, heading)):
            yield from self._move_back(number, cause)
        yield from self._indent_text(cause)
        yield from self._mark_text(heading, cause)
        if self.has_hanging(cause):
            yield from self._clear_heading(cause, only_fields=True)
            yield from self._fix_line(cause, cause, mistakes_in("block_mark"))
        if heading and self.indent_of(above) <= self.indent_of(cause):
            yield from self._fix_line(heading, cause, mistakes_in("block_mark"))
        yield from self._fix_line(cause, cause)
        if self.may_go_on(cause):
            yield from self._hang_line(cause, must_be_whole=True)
        # A bare name has lost its colon only if lines below belong to it.
        if self.has_hanging(cause):
            yield from self._fix_line(cause, cause, mistakes_in("bare_name"))
        yield from self._clear_heading(above)
        yield from self._fix_lines_above(cause)
        others = [n for n in (fault.at.line, heading, above) if n != cause]
        numbers = [n for n in dict.fromkeys(others) if 1 <= n <= len(self.lines)]
        for number in numbers:
            yield from self._fix_line(number, cause)
        yield from self._add_dash(cause)
        if above and self.indent_of(above) == self.indent_of(cause):
            yield from self._hang_line(cause)
        yield from self._align_first(cause)
        # An item among fields is out of place itself, so only the item is moved.
        is_item = self.lines[cause - 1].lstrip().startswith("- ")
        for number in (cause,) if is_item else (cause, *numbers):
            yield from self._reindent(number)
        for number in (cause, *numbers):
            yield from self._hang_line(number)

    def _fix_line(
        self, number: int, cause: int, mistakes: tuple[Mistake, ...] = ()
    ) -> Iterator[_Fix]:
        """The fixes of one line by itself."""
        line = self.lines[number - 1]
        if len(line) > _LONGEST_LINE:
            return
        for mistake in mistakes or mistakes_in("in_lines"):
            found = mistake.match(line)
            if found is None:
                continue
            fixed = mistake.fixes(found)
            if mistake.key in ("E115.colon", "E115.indentation", "E116"):
                fixed.sort(key=lambda tried: self.rank_indent(number, tried))
            at = Position(number, found.start("at") + 1)
            # An end mark shows on the line that became invalid.
            if mistake.key == "E131.end_mark":
                at = Position(cause, 1)
            for tried in fixed:
                named = [mistake.report(found, self.path, at, tried)]
                if mistake.key == "E114.block" and number < cause:
                    broke, mark = Position(cause, self.indent_of(cause) + 1), found["at"]
                    named.append(problem("E121.block", self.path, broke, line=number, mark=mark))
                yield _Fix(self._with(number, tried.split("\n")), named)

    def _fix_lines_above(self, cause: int) -> Iterator[_Fix]:
        """The fixes of the nearest lines above whose mistakes the parser read as text.

        Each line is fixed by itself, then together with the fixed lines below it.
        """
        above = (n for n in range(cause - 1, 0, -1) if has_text(self.lines[n - 1]))
        together = _Fix(self.lines, [])
        for number in islice(above, 20):
            found = [*self._fix_line(number, cause, silent_mistakes())]
            yield from found
            if found:
                # Lines typed with an input method left on are valid only if all are fixed.
                line = found[0].lines[number - 1]
                lines = [*together.lines[: number - 1], line, *together.lines[number:]]
                together = _Fix(lines, [*found[0].problems, *together.problems])
                yield together
            if self.indent_of(number) < self.indent_of(cause):
                return

    def _hang_line(self, number: int, must_be_whole: bool = False) -> Iterator[_Fix]:
        """The fix that makes a line continue the text above it."""
        above = self.line_above(number)
        line = self.lines[number - 1]
        if above < 1 or not line.strip() or re.search(r":(?:\s|$)|^\s*-\s", line):
            return
        fixed = " " * (self.indent_of(above) + 2) + line.strip()
        at = Position(number, indent_of_line(line) + 1)
        named = problem("E117.goes_on", self.path, at, hint=_offer_indent(fixed))
        yield _Fix(self._with(number, [fixed]), [named], must_be_whole)

    def _clear_heading(self, number: int, only_fields: bool = False) -> Iterator[_Fix]:
        """The fix of a heading that has both a text behind its colon and fields below it."""
        found = _HEADING.fullmatch(self.lines[number - 1]) if number else None
        first = self.line_below(number)
        own = self.indent_of(first)
        # Fields that are one blank further in have a heading out of place; a bullet is no name.
        if found is None or own < found.start("name") + 2 or _has_other_dash(found.string):
            return
        is_field = re.match(r"[a-z][a-z0-9_]*:[ ]", found["at"]) is not None
        block = self.lines[first - 1 : self.end_of(first, own)]
        fields = [line for line in block if indent_of_line(line) == own and _FIELD.match(line)]
        # One or two lines, or the rest of an item, may be indented too far instead.
        may_have_text = not only_fields and not found["head"].lstrip().startswith("-")
        if len(fields) < (1 if is_field else 3) or not (is_field or may_have_text):
            return
        at = Position(number, found.start("at") + 1)
        key, value = "E113.nested" if is_field else "E117.value", found["at"]
        fixed = [found["head"], *([" " * own + value] if is_field else [])]
        said = show(value.partition(":")[0] if is_field else value)
        named = problem(key, self.path, at, name=show(found["name"]), at=said)
        yield _Fix(self._with(number, fixed), [named])

    def _move_back(self, number: int, cause: int) -> Iterator[_Fix]:
        """The fix for a line that was moved to the left, out of the fields around it."""
        above, first = self.line_above(number), self.line_below(number)
        line, level = self.lines[number - 1], self.indent_of(first)
        is_field = _FIELD.match(line) is not None and not _has_other_dash(line)
        if not above or not is_field or indent_of_line(line) >= level:
            return
        own, before = indent_of_line(line), self.level_of(above)
        if opens(line):
            # Its own fields did not move; the line after them shows the right level.
            after = self.indent_of(cause)
            level = after if level <= before else before
            names = self.names_above(above, after)
            # Below a blank line begins a section, and children stand two spaces further in.
            begins = above < number - 1 or self.indent_of(first) < level + 2
            is_moved = own < after <= level and not begins
            is_moved = is_moved and names.isdisjoint(self.names_below(cause, after))
        elif opens(self.lines[above - 1]):
            is_moved = own <= before < level
        elif before > level > own:
            # Before the next group it is the last field of the group above.
            next_line = self.lines[first - 1]
            is_last = opens(next_line) or next_line.lstrip().startswith("- ")
            level, is_moved = before if is_last else level, True
        else:
            names = self.names_above(above, level) | {name_of_field(line)}
            is_moved = before == level and names.isdisjoint(self.names_below(first, level))
        if is_moved and not self.is_text_below(self.heading_of(above)):
            yield self._move(number, number, level - own, above)

    def _indent_text(self, cause: int) -> Iterator[_Fix]:
        """The fix that indents a text below the mark of its block, up to the next field."""
        mark = self.line_above(cause)
        while mark and self.indent_of(mark) >= self.indent_of(cause):
            if self.is_text_below(mark):
                break
            mark = self.line_above(mark)
        own, level = self.indent_of(mark), self.indent_of(self.line_below(mark))
        if not self.is_text_below(mark):
            return
        if level > own:
            # A single line in the middle of the text lost its indentation.
            goes_on = self.indent_of(self.line_below(cause)) >= level
            # What begins with Latin letters may be a field with another mistake.
            may_be_field = self.lines[cause - 1].strip()[:1].isascii()
            if goes_on and not may_be_field and self.end_of(mark, own + 1) == cause - 1:
                yield self._move(cause, cause, level - self.indent_of(cause), mark)
            return
        below = enumerate(self.lines[mark:], mark)
        last = next(
            (n for n, line in below if indent_of_line(line) <= own and _NEXT.match(line)),
            len(self.lines),
        )
        first, text = self.line_below(mark), self.lines[mark:last]
        lines = [shift_line(line, 2) if indent_of_line(line) <= own else line for line in text]
        is_one = sum(map(has_text, text)) == 1
        hint = _offer_indent(shift_line(self.lines[first - 1], 2)) if is_one else None
        at = Position(first, self.indent_of(first) + 1)
        named = problem("E117.text", self.path, at, hint=hint, line=mark)
        yield _Fix(self._with(mark + 1, lines, last), [named])

    def _add_dash(self, cause: int) -> Iterator[_Fix]:
        """The fix that begins the first item of a list with its dash, where the others have one."""
        first = self.line_below(self.heading_of(cause))
        line, own = self.lines[first - 1], self.indent_of(cause)
        is_item = self.lines[cause - 1][own:].startswith("- ")
        if is_item and first < cause and indent_of_line(line) == own + 2:
            fixed = f"{line[:own]}- {line[own + 2 :]}"
            at = Position(first, own + 3)
            named = problem("E117.dash", self.path, at, hint=offer_line(fixed))
            yield _Fix(self._with(first, [fixed]), [named])
        above, line = self.line_above(cause), self.lines[cause - 1]
        item = self.lines[above - 1] if above else ""
        if item[own:].startswith("- ") and indent_of_line(item) == own and ":" not in item + line:
            fixed = f"{line[:own]}- {line[own:]}"
            named = problem(
                "E117.dash", self.path, Position(cause, own + 1), hint=offer_line(fixed)
            )
            yield _Fix(self._with(cause, [fixed]), [named])

    def _mark_text(self, heading: int, cause: int) -> Iterator[_Fix]:
        """The fix that marks the lines below a heading as a text, if none of them is a field."""
        line = self.lines[heading - 1] if heading else ""
        below = self.lines[heading : self.end_of(heading, self.indent_of(heading) + 1)]
        is_text = sum(map(has_text, below)) > 1 and not any(map(_NEXT_OR_ITEM.match, below))
        if heading < cause and is_text and opens(line):
            fixed, at = f"{line.rstrip()} |", Position(heading, len(line.rstrip()) + 1)
            named = problem("E117.mark", self.path, at, hint=offer_line(fixed))
            yield _Fix(self._with(heading, [fixed]), [named])

    def _align_first(self, cause: int) -> Iterator[_Fix]:
        """The fix that moves the first line below a heading to the level of its neighbours.

        Of two lines either may be out of place; of three it is the one unlike the others.
        """
        own = self.indent_of(cause)
        after = self.line_below(self.end_of(cause, own + 1))
        if not after or self.indent_of(after) != own:
            return
        first = self.line_above(cause)
        while first:
            heading = self.heading_of(first)
            lead = re.match(r"[ ]*(?:-[ ]+)?", self.lines[first - 1])
            indent = lead.end() if lead else 0
            above = self.indent_of(heading) if heading else -1
            # The first line of a block of text may be indented as a paragraph.
            leads = self.line_below(heading) == first and not self.is_text_below(heading)
            if leads and indent != own > above:
                last = first if indent < own else self.end_of(first, indent + 1)
                yield replace(self._move(first, last, own - indent, cause), must_be_whole=True)
            first = heading

    def _reindent(self, number: int) -> Iterator[_Fix]:
        """The fixes that move a line, with the lines below it, to a possible level."""
        line = self.lines[number - 1]
        own = indent_of_line(line)
        if not has_text(line):
            return
        hanging = self.end_of(number, own + 1)
        # Lines of the same level, as of a block of text, are also moved together.
        together = self.end_of(number, own) if own else hanging
        below = self.line_below(number)
        inside = self.indent_of(below)
        # The shortest move is the likeliest, and an item goes with the next one.
        is_item = line.lstrip().startswith("- ") and self.lines[below - 1].lstrip().startswith("- ")
        levels = sorted(
            self.open_levels(number).items(),
            key=lambda found: (is_item and found[0] != inside, abs(found[0] - own)),
        )
        for level, sibling in levels:
            if level == own:
                continue
            keeps_its_own = not line.rstrip().endswith(":") or not own < inside <= level
            for last in dict.fromkeys((number if keeps_its_own else hanging, hanging, together)):
                yield self._move(number, last, level - own, sibling)

    def _move(self, number: int, last: int, by: int, sibling: int) -> _Fix:
        own = self.indent_of(number)
        moved = [shift_line(text, by) for text in self.lines[number - 1 : last]]
        named = [
            problem(
                "E117.level",
                self.path,
                Position(number + offset, own + 1),
                hint=_offer_indent(moved[offset]),
                line=self._numbers[sibling - 1],
            )
            for offset, text in enumerate(self.lines[number - 1 : last])
            if text.strip() and indent_of_line(text) == own
        ]
        return _Fix(self._with(number, moved, last), named[:MAX_SHOWN])

    def _with(self, number: int, lines: list[str], last: int = 0) -> list[str]:
        """The lines of the text, with line `number`, or all up to `last`, replaced."""
        return [*self.lines[: number - 1], *lines, *self.lines[max(number, last) :]]


def _count_shared(one: str, other: str) -> int:
    """The number of first characters that both share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _has_other_dash(line: str) -> bool:
    """True where an item begins with what is written for a dash."""
    return any(one.key == "E114.dash" and one.match(line) for one in mistakes_in("in_lines"))


def _offer_indent(line: str) -> Text:
    spaces = indent_of_line(line)
    key = "yaml.start_with_spaces" if spaces else "yaml.start_without_spaces"
    return offer_line(line) or say(key, count=spaces)


def describe_fault(fault: Fault, cause: int, lines: list[str], path: str) -> Problem:
    """The problem of a fault for which no fix was found."""
    reason, at = fault.reason, fault.at
    if cause and cause < at.line and reason != TOO_DEEP:
        at = Position(cause, indent_of_line(lines[cause - 1]) + 1)
    if "mapping values" in reason and at.column > _LONGEST_NAME:
        return problem("E137.line_break", path, Position(at.line, 1))
    if cause and reason != NO_MAPPING and re.match(r"\s*- ", lines[cause - 1]):
        return problem("E117.mixed", path, at)
    for sign, key in read_table()["reasons"].items():
        if sign in reason:
            if key.startswith("E118"):
                at = fault.since
            elif key in ("E104", "E119"):
                column = lines[fault.at.line - 1].rfind("\\", 0, fault.at.column - 1) + 1
                at = Position(fault.at.line, column or fault.at.column)
            return problem(key, path, at)
    # The parser's words are only in English and do not describe the mistake of the editor.
    return problem("E110", path, at)
