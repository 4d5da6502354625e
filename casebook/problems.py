"""Problems of the content, wordings that are not understood, and the errors that end a command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, NamedTuple

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


# Thousands are made of each case, in a third of the time that a dataclass takes.
class Position(NamedTuple):
    """A place in a text, both numbers counted from one, columns in code points.

    Where it is a cell of a workbook, its `sheet` is named.
    """

    line: int
    column: int
    sheet: str = ""

    def __str__(self) -> str:
        if not self.sheet:
            return f"{self.line}:{self.column}"
        # As spreadsheets write it, with which one can go there: Sheet1!B7, 'My sheet'!B7.
        letters, left = "", self.column
        while left:
            left, letter = divmod(left - 1, 26)
            letters = chr(ord("A") + letter) + letters
        sheet = self.sheet if self.sheet.isidentifier() else f"'{self.sheet}'"
        return f"{sheet}!{letters}{self.line}"

    def inside(self, offset: int) -> Position:
        """The place of a character of what begins here; a cell has no places inside."""
        return self if self.sheet else Position(self.line, self.column + offset)


START = Position(1, 1)


def find_in_lines(
    pattern: re.Pattern[str], text: str, start: Position
) -> Iterator[tuple[re.Match[str], Position]]:
    """The matches of a pattern within each line of a text, with their places in its file.

    Every line of the text is taken to begin in the column of the first, at `start`.
    """
    for number, line in enumerate(text.split("\n")):
        for found in pattern.finditer(line):
            yield found, Position(start.line + number, start.column + found.start())


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One thing that is wrong with the content, where it is, and its remedy.

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
        """The words that the remedy offers to write in the place of what is there, or nothing."""
        return self.hint.offered if isinstance(self.hint, Hint) else ""

    def message(self, lang: Lang) -> str:
        """The message with its remedy in one language."""
        text, hint = self.text.inside(lang), self.hint.inside(lang)
        if hint:
            text = f"{text}。{hint}" if lang == "zh" else f"{text}. {hint}"
        return make_visible(text)


def make_visible(text: str) -> str:
    """A text in which what a Chinese console cannot show is named instead: U+200B."""
    return "".join(c if c.isprintable() and in_gbk(c) else name_of(c) for c in text)


def in_gbk(text: str) -> bool:
    """True for a text that a Chinese console can show."""
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def name_of(character: str) -> str:
    """The code point of a character, U+0000."""
    return f"U+{ord(character):04X}"


class WordingError(ValueError):
    """A wording that is not understood: the reason, the remedy and the place.

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
    """An expected end of a command: a message in two languages and the exit status."""

    def __init__(self, text: Text, exit_status: Exit = Exit.MACHINE) -> None:
        # From its arguments a process that reports makes the error of one that draws again.
        super().__init__(text, exit_status)
        self.text = text
        self.exit_status = exit_status

    def __str__(self) -> str:
        return self.text.en

    def message(self, lang: Lang) -> str:
        """The message in one language."""
        return self.text.inside(lang)


class ContentError(CasebookError):
    """Content that cannot be published, with every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        shown = "; ".join(f"{one.path}:{one.at.line}: {one.code}" for one in self.problems)
        super().__init__(Text(shown, shown), Exit.CONTENT)
        self.args = (self.problems,)
