"""Amounts as printed: `约8000万元` read into a value, a qualifier, a unit and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from casebook.errors import Lang

Qualifier = Literal["exact", "approx", "more_than", "at_least", "at_most", "range"]
Kind = Literal["money", "share", "count"]
Role = Literal["per", "planned", "qualifier", "number", "unit"]

QUALIFIER_WORDS: Final[dict[str, dict[Lang, str]]] = {
    "exact": {"zh": "精确", "en": "exact"},
    "approx": {"zh": "约", "en": "about"},
    "more_than": {"zh": "超过", "en": "more than"},
    "at_least": {"zh": "至少", "en": "at least"},
    "at_most": {"zh": "至多", "en": "up to"},
    "range": {"zh": "区间", "en": "range"},
}


class QuantityError(ValueError):
    """A wording that is not an amount, with the place and what was understood before it."""

    def __init__(self, zh: str, en: str, column: int = 1, understood: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.column = column
        self.understood = understood


@dataclass(frozen=True, slots=True)
class Segment:
    """One run of a wording and the part that it plays."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as printed and as understood."""

    text: str
    qualifier: Qualifier
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    per: tuple[str, ...]
    planned: bool
    segments: tuple[Segment, ...]

    @property
    def kind(self) -> Kind:
        """Whether it is an amount of money, a share of a whole, or a number of things."""
        raise NotImplementedError

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the one that is printed, or the high end of a range."""
        raise NotImplementedError


def parse_quantity(text: str) -> Quantity:
    """The amount that a wording states."""
    raise NotImplementedError


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount as an editor reads it where the wording alone is not decisive."""
    raise NotImplementedError


def number_of(text: str) -> Decimal | None:
    """The value of a bare number in any notation, or None where it is not one."""
    raise NotImplementedError


def in_english(quantity: Quantity, per: Sequence[str] = ()) -> str:
    """The amount in English words."""
    raise NotImplementedError


def plain(value: Decimal) -> str:
    """The value in plain digits, without an exponent and without trailing zeros."""
    raise NotImplementedError


def compact(value: Decimal, unit: str, lang: Lang) -> str:
    """A computed value in the notation of the site."""
    raise NotImplementedError
