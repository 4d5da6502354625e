"""Dates as far as they are known: EDTF, and the Chinese forms that an editor writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casebook.errors import Lang

Precision = Literal["day", "month", "year", "interval"]
Lane = Literal["dated", "uncertain", "latest_only"]


class PeriodError(ValueError):
    """A wording that is not a date, and what to write instead."""

    def __init__(self, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.hint_zh = hint_zh
        self.hint_en = hint_en


@dataclass(frozen=True, slots=True)
class Period:
    """A time as far as it is known.

    `edtf` is its canonical form; `earliest` and `latest` are inclusive, None where open.
    """

    edtf: str
    earliest: date | None
    latest: date | None
    precision: Precision
    uncertain: bool = False
    approximate: bool = False

    @property
    def lane(self) -> Lane:
        """The lane of the timeline that it stands in."""
        raise NotImplementedError

    @property
    def sort_key(self) -> tuple[int, int, int, str]:
        """A key that puts any two periods in order."""
        raise NotImplementedError

    def words(self, lang: Lang) -> str:
        """The period as a reader says it."""
        raise NotImplementedError

    @property
    def datetime_attribute(self) -> str:
        """The value for the datetime attribute of HTML's time element, or nothing."""
        raise NotImplementedError


def parse_period(text: str) -> Period:
    """The period that a wording states."""
    raise NotImplementedError
