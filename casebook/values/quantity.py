"""An amount as understood: its value or bounds, its qualifier, its unit and its wording."""

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
    """A run of characters of a wording and its role."""

    role: Role
    text: str


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An amount as printed and as understood.

    `value` is in base units (元, not 万元; 0.8 for 80%) and None for a range or a rough number,
    whose bounds are `low` and `high` (None for a rough number without an upper bound). `unit` is
    the ISO code of a currency, "ratio", a counter with its noun (家艺术团体), or "" for none. `per`
    holds the printed words for what the amount is per, in their order. The segments joined are the
    wording, or the part of a longer `text` that states the amount.
    `is_read` is true if the qualifier is the editor's reading and not printed.
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
        # Every page looks up wordings by quantity; hashing all fields took longer than that.
        return hash(self.text)

    @property
    def worded(self) -> tuple[Segment, ...]:
        """The segments, with the editor's reading of the qualifier before the number.

        The reading replaces printed words of role "qualifier" such as 达; all others stay.
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
        """True if the wording has no Chinese characters."""
        return not has_han(self.text)

    @property
    def words(self) -> str:
        """The wording as printed, with the editor's reading of the qualifier."""
        return "".join(one.text for one in self.worded)

    @property
    def tax(self) -> str:
        """The word that says whether taxes are included (含税, 不含税), or ""."""
        text = self.text.translate(PLAIN_FORMS)
        return next((word for word in words.TAXES if word in text), "")

    @property
    def kind(self) -> Kind:
        """The kind of the amount: money, a share of a whole or a count of things."""
        if self.unit in CURRENCIES:
            return "money"
        return "share" if self.unit == "ratio" else "count"

    @property
    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The value and the two bounds, independent of the wording."""
        return (self.value, self.low, self.high)

    @property
    def statement(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Qualifier]:
        """The numbers with their qualifier, independent of the wording."""
        return (*self.numbers, self.qualifier)

    @property
    def is_rough(self) -> bool:
        """True if the amount is only an order of magnitude, such as 数万元."""
        return self.qualifier == "rough"

    @property
    def is_hedged(self) -> bool:
        """True if the amount is a range or rough number with a word such as 约."""
        if self.value is not None:
            return False
        printed = "".join(each.text for each in self.segments if each.role == "qualifier")
        return any(word in printed.translate(PLAIN_FORMS).lower() for word in _ABOUT)

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the printed value, or the high end of a range.

        A rough number has the magnitude 0: it is neither drawn nor compared.
        """
        if self.is_rough:
            return Decimal(0)
        found = self.high if self.value is None else self.value
        return Decimal(0) if found is None else found


def units_agree(one: str, other: str) -> bool:
    """True if units are equal, or one is the other's counter without its noun.

    家 agrees with 家艺术团体, posts with posts were funded.
    """
    short, full = sorted((one, other), key=len)
    if one == other or (short and full.startswith(f"{short} ")):
        return True
    counter = PATTERNS["counter"].match(full, 0)
    return bool(counter and full.startswith(short) and len(short) >= counter.end())


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount with the qualifier or unit that an editor reads into an undecided wording.

    Raises WordingError for a reading that contradicts the wording: a unit or qualifier
    other than the printed one, or `range` for a single value.
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
