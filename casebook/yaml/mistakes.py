"""Mistakes that editors make in YAML: the pattern, the message and the fix of each.

`mistakes.yaml` lists them for three places: lines of a file that cannot be parsed, and names and
texts of a file that was parsed. Each check of a parsed file reads one piece of plain text and the
line around it, and accepts the same characters inside quotes, text blocks and prose.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from casebook.messages import problem, say
from casebook.patterns import Patterns, read_words
from casebook.problems import Position, Problem
from casebook.text import Text
from casebook.yaml import fixes
from casebook.yaml.encoding import describe_invisible, offer_line, show, unscramble
from casebook.yaml.fixes import ALL_BLANKS, quote_value

_BLANK_NAMES = {"\u3000": "yaml.blank_full_width", "\u00a0": "yaml.blank_no_break"}
DASHES = "－—–−‐‑‒―﹣•·●○◆■▪"
# The codes of mistakes in notation only: colons, dashes, blanks, tabs and full-width marks. Their
# fix may be written without asking the editor.
OF_NOTATION = frozenset({"E112", "E113", "E114", "E115", "E116", "E123"})


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake: its message, the name of its fix, and its pattern."""

    key: str
    fix: str
    look: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Compiling all patterns takes longer than reading a file, and most runs need none.
        return re.compile(self.look)

    def match(self, line: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The match if a line, or its part from `start` to `end`, has this mistake, else None."""
        return self._pattern.fullmatch(line, start, len(line) if end is None else end)

    def fixes(self, found: re.Match[str]) -> list[str]:
        """The lines that may have been meant, the likeliest first."""
        pattern = read_table()["fixes"].get(self.fix)
        fixed = getattr(fixes, self.fix)(found) if pattern is None else [fixes.fill(pattern, found)]
        return [line for line in fixed if line != found.string]

    def report(self, found: re.Match[str], path: str, at: Position, fixed: str = "") -> Problem:
        """The problem that names the mistake and offers the fixed line."""
        mark = found["at"]
        return problem(
            self.key,
            path,
            at,
            hint=None if self.key in read_table()["unoffered"] else offer_line(fixed),
            at=show(mark.strip()),
            name=show(found.groupdict().get("key") or ""),
            mark=(found.groupdict().get("v") or " ")[0],
            blank=name_blank(mark[:1]),
        )


@cache
def read_table() -> Mapping[str, Any]:
    """The lists of `mistakes.yaml`."""
    return read_words(__file__, "mistakes.yaml")


@cache
def mistakes_in(place: str) -> tuple[Mistake, ...]:
    """The mistakes to look for in a place, such as `in_lines` or `in_names`."""
    table = read_table()
    parts = Patterns(
        table["patterns"],
        blanks=fixes.BLANKS,
        colons=fixes.COLONS,
        dashes=DASHES,
        pipes="".join(fixes.PIPES),
        openers="".join(fixes.OPENERS),
        closers="".join(fixes.CLOSERS),
        brackets="".join(fixes.BRACKETS),
    )
    return tuple(Mistake(key, fix, parts.fill(look)) for key, fix, look in table[place])


@cache
def text_patterns() -> Patterns:
    """The patterns of oddities in and around a text, by name."""
    return Patterns(read_table()["text_patterns"])


@cache
def silent_mistakes() -> tuple[Mistake, ...]:
    """The mistakes that turn a line into text, so that the parser reports a later line."""
    silent = read_table()["silent"]
    return tuple(mistake for mistake in mistakes_in("in_lines") if mistake.key in silent)


def name_blank(character: str) -> Text:
    """The name of a blank character that is not a blank in YAML."""
    key = _BLANK_NAMES.get(character, "yaml.blank_special")
    return say(key, code=f"U+{ord(character):04X}" if character else "")


def quote_line(line: str) -> str:
    """A line whose value starts with *, &, ! or {{, with the value in quotes."""
    (quoted,) = mistakes_in("to_quote")
    found = quoted.match(line)
    return quoted.fixes(found)[0] if found is not None else ""


# The kind of brackets around a text, or "".
Flow = Literal["", "list", "mapping"]
# The most problems of a file in one run.
MAX_PROBLEMS = 100

# Marks behind a value, a habit from JSON or from lists in prose.
_TAIL = frozenset(",，;；、")
# A longer text is a sentence rather than a value before a second field.
_LONGEST_VALUE = 40
# Values that start with one of these are also checked line by line.
_ODD_STARTS = frozenset("｜＞［｛＃-" + DASHES)


class Inspector:
    """Checks the plain texts of one file and reports what an editor cannot have meant."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.problems: list[Problem] = []
        self._lines: list[str] = []
        self._has_hash = " #" in text
        self._has_tab = "\t" in text

    def note(self, found: Problem) -> None:
        """Keep a problem, unless more than MAX_PROBLEMS are kept."""
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(found)

    def report(self, key: str, at: Position, hint: Text | None = None, **values: Any) -> None:
        """Keep the problem with the key of a message."""
        self.note(problem(key, self.path, at, hint=hint, **values))

    def line(self, number: int) -> str:
        """One line of the text, or the start of a line that is too long to be offered."""
        if not self._lines:
            self._lines = self.text.split("\n")
        return self._lines[number - 1][:1_000]

    def inspect_value(self, event: Any, in_flow: Flow) -> None:
        """Report the mistakes in a plain text that is a value or an item."""
        if len(self.problems) > MAX_PROBLEMS:
            return
        value: str = event.value
        start, end = event.start_mark, event.end_mark
        if self._has_hash:
            self._inspect_hash(end)
        if not value:
            return
        # In {value: 甲，乙} the comma is part of a text; between fields it would be invalid YAML.
        if in_flow == "list" and not value.isascii():
            comma = text_patterns()["commas"].search(value)
            if comma is not None:
                at = Position(start.line + 1, start.column + 1 + comma.start())
                line = self.line(at.line)
                fixed = re.sub(r"(?:(?<!\s)\s+)?[，；]\s*", ", ", line)
                self._offer("W114.comma", at, fixed, mark=line[at.column - 1 : at.column] or "，")
        elif not in_flow and value[-1] in _TAIL:
            at, line = Position(end.line + 1, end.column), self.line(end.line + 1)
            fixed = f"{line[: at.column - 1]}{line[at.column :]}".rstrip()
            self._offer("W126", at, fixed, mark=value[-1])
        place = Position(start.line + 1, start.column + 1)
        before = self.text[start.index - start.column : start.index]
        if value[0] == "“" and text_patterns()["half_quoted"].fullmatch(value):
            fixed = f'{before}"{value[1:-1]}"' if "\n" not in value else ""
            self._offer("E118.half", place, fixed)
        if value[0] in ALL_BLANKS:
            fixed = before + self.line(place.line)[len(before) :].lstrip(ALL_BLANKS)
            self._offer("W115", place, fixed, blank=name_blank(value[0]))
        runs_on = start.line != end.line
        if not runs_on:
            self._inspect_signs(value, before, place, in_flow)
        if runs_on or value[0] in _ODD_STARTS or "：" in value or ":" in value:
            self._inspect_lines(value, before, place, self.text[start.index : end.index])

    def inspect_block(self, text: str, start: Any) -> None:
        """Report a field that is indented into a block of text and so became part of it."""
        found = text_patterns()["field_in_text"].search(text)
        if found is None:
            return
        number = start.line + 2 + text.count("\n", 0, found.start())
        line = self.line(number)
        column = len(line) - len(line.lstrip(" ")) + 1
        self._offer("W117.field", Position(number, column), name=found["key"])

    def inspect_tab(self, start: Any) -> None:
        """Report a tab before a value."""
        if not self._has_tab:
            return
        before = self.text[start.index - start.column : start.index]
        found = re.fullmatch(r"(.*[^ \t])([ ]*)\t[ \t]*", before)
        if found is not None:
            at = Position(start.line + 1, found.end(2) + 1)
            self._offer("W116", at, f"{found[1]} {self.line(at.line)[len(before) :]}")

    def inspect_name(self, name: str, start: Any) -> None:
        """Report the first mistake in a field name."""
        if (name.isascii() and name.isidentifier()) or len(self.problems) > MAX_PROBLEMS:
            return
        number, end = start.line + 1, start.column + len(name)
        line = self.line(number)
        line = f"{line[: start.column]}{name}{line[end:]}"
        if self._find_mistake("in_names", line, number, start.column, end):
            return
        joiner = text_patterns()["joiner"].search(name)
        if joiner is not None:
            at = Position(number, start.column + joiner.start() + 1)
            self.note(describe_invisible(joiner.group(), at, self.path))
        elif unscramble(name):
            self._offer("E106.garbled", Position(number, start.column + 1))

    def inspect_parted(self, event: Any, above: Any) -> Literal["", "name", "text"]:
        """Report a name without a value in braces; the result is "name" or "text" for its cause.

        Either the colon of the name lacks a blank, or a comma cut it off the text above.
        """
        name, start, line = event.value, event.start_mark, self.line(event.start_mark.line + 1)
        at = Position(start.line + 1, start.column + 1)
        if found := text_patterns()["tight_field"].match(name):
            fixed = text_patterns()["tight_colon"].sub(r"\g<0> ", line)
            self._offer("E113.blank", at.inside(found.end("key")), fixed)
            return "name"
        if event.style or above is None or not text_patterns()["no_name"].search(name):
            return ""
        column = above.start_mark.column
        end = text_patterns()["end_in_braces"].search(line, column)
        fixed = ""
        if end and end[0][0] in ",}" and above.start_mark.line == start.line and not above.style:
            quoted = quote_value(line[column : end.start()])
            fixed = f"{line[:column]}{quoted}{line[end.start() :]}"
        self._offer("E121.comma", at, fixed, name=show(name))
        return "text"

    def _offer(self, key: str, at: Position, fixed: str = "", **values: Any) -> None:
        self.report(key, at, offer_line(fixed), **values)

    def _find_mistake(self, place: str, line: str, number: int, start: int, end: int) -> bool:
        for mistake in mistakes_in(place):
            found = mistake.match(line, start, end)
            if found is not None:
                at = Position(number, found.start("at") + 1)
                fixed = next(iter(mistake.fixes(found)), "")
                self.note(mistake.report(found, self.path, at, fixed))
                return True
        return False

    def _inspect_hash(self, end: Any) -> None:
        # People write a comment with a blank behind its # or two blanks before it.
        if not re.match(r" #[^\s#!]", self.text[end.index : end.index + 4]):
            return
        line = self.line(end.line + 1)
        found = re.match(r"([ ]*(?:-[ ]+)*(?:[^:#]+:[ ]+)?)(.*)", line)
        fixed = f'{found[1]}"{found[2]}"' if found and '"' not in line and "\\" not in line else ""
        self._offer("W122", Position(end.line + 1, end.column + 2), fixed)

    def _inspect_signs(self, value: str, before: str, at: Position, in_flow: Flow) -> None:
        """Report full-width marks in a line that were meant to end a value."""
        if "＃" in value and (found := text_patterns()["wide_hash"].search(value)):
            kept, comment = value[: found.start()].rstrip(), value[found.end() :].strip()
            fixed = f"{before}{kept} # {comment}"
            self._offer("W122.wide", at.inside(found.start()), fixed)
        if in_flow or "：" not in value or "。" in value or value[0] in "［｛":
            return
        found = text_patterns()["second_field"].search(value)
        if found is not None and found.start() < _LONGEST_VALUE:
            place = at.inside(found.start("key"))
            name = before.strip(" -:")
            self.note(problem("E113.fields", self.path, place, at=found["key"], name=name))

    def _inspect_lines(self, value: str, before: str, at: Position, written: str) -> None:
        lines = written.split("\n")
        if value[0] in "｜＞" and (len(lines) > 1 or len(value) < 3):
            # Only | keeps paragraphs.
            fixed = before + (">" if value[0] == "＞" and "\n" not in value else "|")
            self._offer("E114.alone", at, fixed, mark=value[0])
            return
        if text_patterns()["wide_list"].fullmatch(value):
            plain = re.sub(r"([,:])\s*", r"\1 ", unicodedata.normalize("NFKC", value))
            fixed = before + plain.replace("、", ", ") if len(lines) == 1 else ""
            self._offer("W114.list", at, fixed, mark=value[0])
        opens_line = not before.strip(" -")
        starts = {re.match(r"[ ]*(?:- )?", line)[0] for line in lines[1:]}  # type: ignore[index]
        if len(lines) > 2 and before.strip() == "-" and len(starts) == 1:
            # Of several items the first is the one that stands elsewhere.
            start = min(starts)
            if start.endswith("- "):
                at, fixed = Position(at.line, before.index("-") + 1), f"{start}{lines[0]}"
                self._offer("E117.item", at, fixed, line=at.line + 1)
                return
        for offset, line in enumerate(lines):
            if len(self.problems) > MAX_PROBLEMS:
                return
            if offset == 0 and (not opens_line or line.startswith("- ")):
                continue
            lead = before if offset == 0 else line[: len(line) - len(line.lstrip())]
            whole = lead + line.strip()
            self._find_mistake("in_texts", whole, at.line + offset, len(lead), len(whole))
