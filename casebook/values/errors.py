"""Wordings that are no value of their kind."""

from __future__ import annotations

from casebook.text import NO_TEXT, Text


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


class QuantityError(WordingError):
    """A wording that is not an amount."""


class PeriodError(WordingError):
    """A wording that is not a date."""


class FormulaError(WordingError):
    """A wording that is not a formula."""
