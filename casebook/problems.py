"""Problems of the content, errors in wordings, and the errors that end a command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, NamedTuple
from unicodedata import category

from casebook.text import NO_TEXT, Hint, Lang, Text

Severity = Literal["error", "warning"]


class Exit(IntEnum):
    """The exit statuses of every command."""

    DONE = 0
    CONTENT = 1
    USAGE = 2
    MACHINE = 3
    FAULT = 4
    INTERRUPTED = 130


# A NamedTuple: thousands are made for each case, in a third of the time that a dataclass takes.
class Position(NamedTuple):
    """A place in a text; both numbers are counted from one, columns in code points.

    For a cell of a workbook, `sheet` is the name of its sheet.
    """

    line: int
    column: int
    sheet: str = ""

    def __str__(self) -> str:
        if not self.sheet:
            return f"{self.line}:{self.column}"
        # The notation with which spreadsheets go to a cell: Sheet1!B7, 'My sheet'!B7.
        letters, left = "", self.column
        while left:
            left, letter = divmod(left - 1, 26)
            letters = chr(ord("A") + letter) + letters
        sheet = self.sheet if self.sheet.isidentifier() else f"'{self.sheet}'"
        return f"{sheet}!{letters}{self.line}"

    def inside(self, offset: int) -> Position:
        """The place `offset` characters after this one; for a cell, the cell itself."""
        return self if self.sheet else Position(self.line, self.column + offset)


START = Position(1, 1)


def find_in_lines(
    pattern: re.Pattern[str], text: str, start: Position
) -> Iterator[tuple[re.Match[str], Position]]:
    """The matches of a pattern within each line of a text, with their places in its file.

    The first line begins at `start`; the others are assumed to begin in the same column.
    """
    for number, line in enumerate(text.split("\n")):
        for found in pattern.finditer(line):
            yield found, Position(start.line + number, start.column + found.start())


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One fault of the content, with its place and its remedy.

    `path` is relative to the project, with forward slashes.
    """

    path: str
    at: Position
    code: str
    text: Text = field(compare=False)
    hint: Text = field(default=NO_TEXT, compare=False)
    severity: Severity = field(default="error", compare=False)

    @property
    def offered(self) -> str:
        """The replacement that the remedy offers, empty if it offers none."""
        return self.hint.offered if isinstance(self.hint, Hint) else ""

    def message(self, lang: Lang) -> str:
        """The message with its remedy in one language."""
        text, hint = self.text.inside(lang), self.hint.inside(lang)
        if hint:
            text = f"{text}。{hint}" if lang == "zh" else f"{text}. {hint}"
        return make_visible(text)


def make_visible(text: str) -> str:
    """A text in which what a Chinese console cannot show, but money, is named instead: U+200B."""
    return "".join(
        c if c.isprintable() and (in_gbk(c) or category(c) == "Sc") else name_of(c) for c in text
    )


def in_gbk(text: str) -> bool:
    """True if a Chinese console can show a text."""
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def name_of(character: str) -> str:
    """The code point of a character, such as U+0000."""
    return f"U+{ord(character):04X}"


class WordingError(ValueError):
    """An error about a wording that is not understood: the reason, the remedy and the place.

    `column` counts from one and points at the first character that is not understood;
    `understood` is the text before it.
    """

    def __init__(
        self, message: Text, *, hint: Text = NO_TEXT, column: int = 1, understood: str = ""
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.hint = hint
        self.column = column
        self.understood = understood


class CasebookError(Exception):
    """An expected failure of a command: a message in two languages and the exit status."""

    def __init__(self, text: Text, exit_status: Exit = Exit.MACHINE) -> None:
        # From these arguments an error that a worker pickled is made again in the first process.
        super().__init__(text, exit_status)
        self.text = text
        self.exit_status = exit_status

    def __str__(self) -> str:
        return self.text.en

    def message(self, lang: Lang) -> str:
        """The message in one language."""
        return self.text.inside(lang)


class ContentError(CasebookError):
    """An error for content that cannot be published, with every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        shown = "; ".join(f"{one.path}:{one.at.line}: {one.code}" for one in self.problems)
        super().__init__(Text(shown, shown), Exit.CONTENT)
        self.args = (self.problems,)
