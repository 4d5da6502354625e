"""An amount as it is understood: its value or its ends, its qualifier, its unit, its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from casebook.messages import say
from casebook.problems import WordingError
from casebook.text import has_han
from casebook.values import words
from casebook.values.numerals import PLAIN_FORMS
from casebook.values.words import (
    CURRENCIES,
    PATTERNS,
    QUALIFIERS,
    WITHOUT_VALUE,
    Qualifier,
    settle_currency,
)

Kind = Literal["money", "share", "count"]
Role = Literal["per", "planned", "qualifier", "reading", "number", "unit"]

_READINGS: Final = (
    words.UNITS | words.SIGNS | {code: code for code in (*CURRENCIES, "ratio")} | {"%": "ratio"}
)
_ABOUT: Final = [word for word, name in (words.BEFORE | words.AFTER).items() if name == "approx"]


class Segment(NamedTuple):
    """One run of a wording and the part that it plays."""

    role: Role
    text: str


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An amount as printed and as understood.

    `value` is in base units (元, not 万元; 0.8 for 80%) and None for a range, which has `low` and
    `high`, and for a rough number, of which they are the bounds (`high` may be None). `unit` is the
    ISO code of a currency, ratio, a counter with its noun (家艺术团体), or empty where the
    wording has none. `per` holds the words of the wording in printed order. The texts of the
    segments joined are the wording. Where it `is_read` its qualifier is not printed but the
    editor's reading.
    """

    text: str
    qualifier: Qualifier
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    per: tuple[str, ...]
    planned: bool
    segments: tuple[Segment, ...]
    is_read: bool = False

    def __hash__(self) -> int:
        # Its words are looked up on every page; to hash all fields took longer than to find them.
        return hash(self.text)

    @property
    def worded(self) -> tuple[Segment, ...]:
        """The wording with the qualifier that an editor reads into it before its number.

        What a source prints stays as it is printed; words such as 达 give way to the reading.
        """
        if not self.is_read:
            return self.segments
        kept = [one for one in self.segments if one.role != "qualifier"]
        at = next(at for at, one in enumerate(kept) if one.role in ("number", "unit"))
        name = QUALIFIERS[self.qualifier].name
        reading = f"{name.en} " if self.is_in_english else name.zh
        return (*kept[:at], Segment("reading", reading), *kept[at:])

    @property
    def is_in_english(self) -> bool:
        """True of a wording that says in English what it says in words."""
        return not has_han(self.text)

    @property
    def words(self) -> str:
        """The amount in Chinese words, as printed but for the reading of an editor."""
        return "".join(one.text for one in self.worded)

    @property
    def tax(self) -> str:
        """The word for the taxes that are in an amount or are not, nothing where it has none."""
        text = self.text.translate(PLAIN_FORMS)
        return next((word for word in words.TAXES if word in text), "")

    @property
    def kind(self) -> Kind:
        """An amount of money, a share of a whole, or a number of things."""
        if self.unit in CURRENCIES:
            return "money"
        return "share" if self.unit == "ratio" else "count"

    @property
    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The value and the two ends, however they are worded."""
        return (self.value, self.low, self.high)

    @property
    def statement(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Qualifier]:
        """The numbers with their qualifier, however they are worded."""
        return (*self.numbers, self.qualifier)

    @property
    def is_rough(self) -> bool:
        """True of an order of magnitude, as 数万元."""
        return self.qualifier == "rough"

    @property
    def is_hedged(self) -> bool:
        """True of a range with a word such as 约."""
        if self.value is not None:
            return False
        printed = "".join(each.text for each in self.segments if each.role == "qualifier")
        return any(word in printed.translate(PLAIN_FORMS).lower() for word in _ABOUT)

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the one that is printed, or the high end of a range.

        A rough number has none: nothing is drawn of it, and nothing compared.
        """
        if self.is_rough:
            return Decimal(0)
        found = self.high if self.value is None else self.value
        return Decimal(0) if found is None else found


def units_agree(one: str, other: str) -> bool:
    """True of equal units, and of a counter without what follows it.

    家 of 家艺术团体, posts of posts were funded.
    """
    short, full = sorted((one, other), key=len)
    if one == other or (short and full.startswith(f"{short} ")):
        return True
    counter = PATTERNS["counter"].match(full, 0)
    return bool(counter and full.startswith(short) and len(short) >= counter.end())


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount as an editor reads it where the wording alone is not decisive.

    Raises WordingError for a reading that contradicts the wording: another unit than the printed
    one, or a range that is not one.
    """
    if qualifier is not None and qualifier != quantity.qualifier:
        key = ""
        if qualifier not in QUALIFIERS:
            key = "values.no_qualifier"
        elif qualifier in WITHOUT_VALUE or quantity.value is None:
            key = "values.range_is_settled"
        elif quantity.qualifier != "exact":
            key = "values.qualifier_is_settled"
        if key:
            printed, known = QUALIFIERS[quantity.qualifier].name, "、".join(QUALIFIERS)
            said = {"wording": quantity.text, "printed": printed, "known": known}
            raise WordingError(say(key, qualifier=qualifier, **said))
        quantity = replace(quantity, qualifier=qualifier, is_read=True)
    if unit is None:
        return quantity
    wanted = unit.translate(PLAIN_FORMS).strip(" ")
    read = settle_currency(wanted, _READINGS.get(wanted, "")) or (
        wanted if PATTERNS["counter_with_noun"].fullmatch(wanted) else ""
    )
    if not read:
        raise WordingError(say("values.no_unit", unit=unit))
    if read == quantity.unit:
        return quantity
    if quantity.unit:
        said = {"wording": quantity.text, "printed": quantity.unit}
        raise WordingError(say("values.unit_is_settled", unit=unit, **said))
    whole = 100 if read == "ratio" else 1
    value, low, high = (None if one is None else one / whole for one in quantity.numbers)
    return replace(quantity, unit=read, value=value, low=low, high=high)
