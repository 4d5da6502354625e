"""Arithmetic with the figures of a case, and the guard that may refuse it.

A result is no more certain than the figures that it is computed from:

- An exact figure counts as exact, a bound (more than, at least, at most) as a bound, and an
  approximate figure as known to two significant digits.
- A product or quotient keeps as many significant digits as its least certain part, a sum or
  difference the places of its least certain part.
- A quotient of exact figures that needs more than four significant digits is rounded to four and
  called approximate. A bound is rounded to the side on which it still holds.
- About and bounds are carried on; bounds that pull in different directions are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Protocol

from casebook.messages import say
from casebook.text import NO_TEXT, Text
from casebook.values.amounts import Quantity, Segment, compact, in_english, plain
from casebook.values.comparability import (
    ClassNames,
    ComparabilityClass,
    Comparable,
    Named,
    class_of,
    describe_difference,
)
from casebook.values.dates import Period, speak_of_same_time
from casebook.values.formula import Expression, FigureName, Number
from casebook.values.words import CURRENCIES, PLANNED_STATUSES, QUALIFIERS, Qualifier

MULTIPLE: Final = "倍"

_APPROX_DIGITS: Final = 2
_QUOTIENT_DIGITS: Final = 4
_CONTEXT: Final = Context(prec=50)
_REFUSALS: Final = {
    "+": "values.cannot_add",
    "-": "values.cannot_subtract",
    "*": "values.cannot_multiply",
    "/": "values.cannot_divide",
}
_REFUSALS_OF_NUMBERS: Final = {
    "+": "values.cannot_add.number",
    "-": "values.cannot_subtract.number",
    "*": "values.cannot_multiply.number",
    "/": "values.cannot_divide.number",
}
# No larger divisor or subtrahend makes a result larger: amounts are never negative.
_TURNED: Final[Mapping[Qualifier, Qualifier]] = {
    "more_than": "at_most",
    "at_least": "at_most",
    "at_most": "at_least",
}
_ROUNDINGS: Final[Mapping[Qualifier, str]] = {
    "more_than": ROUND_FLOOR,
    "at_least": ROUND_FLOOR,
    "at_most": ROUND_CEILING,
}


class Computable(Comparable, Protocol):
    """A figure as far as arithmetic needs it."""

    @property
    def id(self) -> str: ...
    @property
    def period(self) -> Period: ...
    @property
    def status(self) -> str: ...


class MeasureRule(Named, Protocol):
    """A measure with the reasons why it may not be computed with."""

    @property
    def compare(self) -> Text: ...
    @property
    def cap(self) -> bool: ...
    @property
    def mixed(self) -> bool: ...


class ScopeRule(Named, Protocol):
    """A scope with the money that buys the things which it counts."""

    @property
    def note(self) -> Text: ...
    @property
    def bought_by(self) -> str: ...
    @property
    def per(self) -> str: ...


class ComputingRules(ClassNames, Protocol):
    """The words of the vocabulary that settle the arithmetic."""

    @property
    def measures(self) -> Mapping[str, MeasureRule]: ...
    @property
    def scopes(self) -> Mapping[str, ScopeRule]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A number in a formula, with all that decides about its use.

    `place` is the exponent of the last digit that is known, None where all are. `root` is the
    figure that this is, or is the rest of; `whole` the figure that it is a part of.
    `figures` are those that it comes from; a number that was written has none.
    """

    amount: Decimal
    place: int | None = None
    qualifier: Qualifier = "exact"
    unit: str = ""
    per: tuple[str, ...] = ()
    group: ComparabilityClass | None = None
    root: str = ""
    whole: str = ""
    divided: bool = False
    figures: tuple[Computable, ...] = ()

    @property
    def digits(self) -> int | None:
        """How many significant digits are known, None where all are."""
        return None if self.place is None else self.amount.adjusted() - self.place + 1

    @property
    def is_money(self) -> bool:
        """True of an amount in a currency."""
        return self.unit in CURRENCIES

    @property
    def is_count(self) -> bool:
        """True of a number of things."""
        return not self.is_money and self.unit not in ("ratio", MULTIPLE)


def describe_figure(figure: Computable | Comparable) -> Text:
    """A figure by its label and its amount."""
    quantity = figure.quantity
    amount = Text(quantity.text, in_english(quantity))
    return say("values.figure", label=figure.label, amount=amount)


def explain_measure(measure: MeasureRule) -> Text:
    """The name of a measure with what it may be compared with."""
    name, compare = measure.name.inside("en"), measure.compare.inside("en").rstrip(".")
    named = Text(measure.name.zh, name[:1].lower() + name[1:])
    if not compare:
        return say("values.measure", name=named)
    compared = Text(measure.compare.zh.rstrip("。"), compare[:1].lower() + compare[1:])
    return say("values.measure_compared", name=named, compare=compared)


def printed_operand(figure: Computable, whole: str) -> Operand:
    """A printed figure as a formula takes it; `whole` is the figure that it is a part of."""
    quantity = figure.quantity
    amount = quantity.magnitude
    approx = quantity.qualifier == "approx" and amount
    return Operand(
        amount=amount,
        place=amount.adjusted() - _APPROX_DIGITS + 1 if approx else None,
        qualifier=quantity.qualifier,
        unit=quantity.unit,
        per=figure.per,
        group=class_of(figure),
        root=figure.id,
        whole=whole,
        figures=(figure,),
    )


class Computation:
    """One formula on its way to its value; a refusal is noted and the rest is still looked at."""

    def __init__(self, rules: ComputingRules, operand_of: Callable[[str], Operand]) -> None:
        self.rules = rules
        self.operand_of = operand_of
        self.reasons: list[Text] = []

    def evaluate(self, term: Expression) -> Operand:
        """The value of a formula or of a part of it."""
        if isinstance(term, Number):
            return Operand(amount=Decimal(term.value))
        if isinstance(term, FigureName):
            return self.operand_of(term.id)
        left, right = self.evaluate(term.left), self.evaluate(term.right)
        if not left.figures or not right.figures:
            return self._compute_with_number(term.sign, left, right)
        against = list(self._against_either(left, right))
        result = self._compute(term.sign, left, right, against)
        qualifier = _carry(term.sign, left.qualifier, right.qualifier)
        if qualifier is None and "range" not in (left.qualifier, right.qualifier):
            against.append(say("values.two_directions"))
        if against or result is None:
            one, other = describe_figure(left.figures[0]), describe_figure(right.figures[0])
            listed = dict.fromkeys(against)
            why = Text("；".join(text.zh for text in listed), "; ".join(text.en for text in listed))
            self.reasons.append(say(_REFUSALS[term.sign], one=one, other=other, why=why))
            return left
        return replace(
            result,
            qualifier=qualifier or "exact",
            divided=left.divided or right.divided or term.sign == "/",
            figures=left.figures + right.figures,
        )

    def _compute_with_number(self, sign: str, left: Operand, right: Operand) -> Operand:
        """A figure and a written number: only the change of a multiple, and the rest of a share."""
        if not left.figures and not right.figures:
            return Operand(amount=_operate(sign, left.amount, right.amount))
        value, number = (left, right) if left.figures else (right, left)
        is_one = number.amount == 1 and sign == "-"
        if is_one and number is right and value.unit == MULTIPLE:
            return replace(value, amount=value.amount - 1, unit="ratio")
        if is_one and number is left and value.unit == "ratio":
            flipped = _carry("-", "exact", value.qualifier) or "exact"
            return replace(value, amount=1 - value.amount, qualifier=flipped)
        self.reasons.append(
            say(
                _REFUSALS_OF_NUMBERS[sign],
                figure=describe_figure(value.figures[0]),
                number=plain(number.amount),
            )
        )
        return value

    def _against_either(self, left: Operand, right: Operand) -> Iterator[Text]:
        """The reasons against any computation with one of two values."""
        seen = set()
        for figure in (*left.figures, *right.figures):
            if figure.id in seen:
                continue
            seen.add(figure.id)
            measure = self.rules.measures[figure.measure]
            if measure.cap or measure.mixed:
                kind = explain_measure(measure)
                yield say("values.of_the_kind", label=figure.label, kind=kind)
            if figure.quantity.qualifier == "range":
                yield say("values.is_a_range", label=figure.label)
        plans = [
            {f.status in PLANNED_STATUSES or f.quantity.planned for f in value.figures}
            for value in (left, right)
        ]
        if plans[0] != plans[1]:
            yield say("values.one_is_planned")

    def _compute(
        self, sign: str, left: Operand, right: Operand, against: list[Text]
    ) -> Operand | None:
        methods = {"+": self._add, "-": self._subtract, "*": self._multiply, "/": self._divide}
        return methods[sign](left, right, against)

    def _add(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        if left.group is None or left.group != right.group:
            against.append(self._describe_difference(left, right))
        elif left.per or left.unit in ("ratio", MULTIPLE):
            against.append(say("values.not_added"))
        elif any(
            speak_of_same_time(one.period, other.period)
            for one in left.figures
            for other in right.figures
        ):
            against.append(say("values.counted_twice"))
        amount, place = left.amount + right.amount, _worse_place(left, right)
        return replace(left, amount=amount, place=place, root="", whole="")

    def _subtract(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        is_part = bool(left.root) and right.whole == left.root
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if not (is_part and same_unit) and (left.group is None or left.group != right.group):
            against.append(self._describe_difference(left, right))
        amount, place = left.amount - right.amount, _worse_place(left, right)
        root = left.root if is_part else ""
        return replace(left, amount=amount, place=place, root=root, whole=root)

    def _multiply(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        money, share = (right, left) if left.unit == "ratio" else (left, right)
        amount = left.amount * right.amount
        if share.unit != "ratio" or not money.is_money:
            against.extend(_against_bound(share))
            against.append(say("values.not_multiplied"))
        elif not money.root or share.whole != money.root:
            against.append(say("values.another_share"))
        place = _place_of_product(amount, left, right)
        return replace(money, amount=amount, place=place, group=None, root="", whole=money.root)

    def _divide(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        if right.amount == 0:
            against.append(say("values.divisor_is_zero"))
            return None
        amount = _operate("/", left.amount, right.amount)
        place = _place_of_product(amount, left, right)
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if same_unit and right.root and left.whole == right.root:
            return Operand(amount=amount, place=place, unit="ratio", whole=right.root)
        if left.group is not None and left.group == right.group:
            return Operand(amount=amount, place=place, unit=MULTIPLE)
        per = self._per_bought(left, right, against)
        return Operand(amount=amount, place=place, unit=left.unit, per=(*left.per, *per))

    def _per_bought(self, money: Operand, count: Operand, against: list[Text]) -> tuple[str, ...]:
        """The thing that an amount is divided by, where it bought just what was counted."""
        if not money.is_money or count.group is None or not count.is_count:
            against.append(self._describe_difference(money, count))
            return ()
        against.extend(_against_bound(count))
        scope = self.rules.scopes.get(count.group.scope)
        own = money.group.scope if money.group is not None else ""
        if scope is None or not own or scope.bought_by != own:
            label, note = count.figures[0].label, scope.note if scope is not None else NO_TEXT
            if note:
                against.append(say("values.not_bought_because", label=label, note=note))
            else:
                against.append(say("values.not_bought", label=label))
        elif {f.period.edtf for f in money.figures} != {f.period.edtf for f in count.figures}:
            against.append(say("values.other_periods"))
        return (scope.per,) if scope is not None and scope.per else ()

    def _describe_difference(self, left: Operand, right: Operand) -> Text:
        difference = describe_difference(left.figures[0], right.figures[0], self.rules)
        return difference or say("values.not_of_one_kind")


def _against_bound(count: Operand) -> Iterator[Text]:
    if count.is_count and count.qualifier in _TURNED:
        figure = count.figures[0]
        english = f"{QUALIFIERS[count.qualifier].name.en} {plain(count.amount)}"
        amount = Text(figure.quantity.text, english)
        yield say("values.only_a_bound", label=figure.label, amount=amount)


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    return _CONTEXT.divide(left, right) if right else Decimal(0)


def _carry(sign: str, left: Qualifier, right: Qualifier) -> Qualifier | None:
    """The qualifier of a result, or None where there is none that would be true."""
    if sign in ("-", "/"):
        right = _TURNED.get(right, right)
    if "range" in (left, right):
        return None
    if left == right or right == "exact":
        return left
    if left == "exact":
        return right
    return "more_than" if {left, right} == {"more_than", "at_least"} else None


def _worse_place(left: Operand, right: Operand) -> int | None:
    places = [value.place for value in (left, right) if value.place is not None]
    return max(places) if places else None


def _place_of_product(amount: Decimal, left: Operand, right: Operand) -> int | None:
    digits = [value.digits for value in (left, right) if value.digits is not None]
    return amount.adjusted() - max(min(digits), 1) + 1 if digits else None


def round_operand(value: Operand) -> Operand:
    """The value with no more digits than are known."""
    amount, qualifier, place = value.amount, value.qualifier, value.place
    if place is None:
        needed = len(plain(abs(amount)).replace(".", "").strip("0"))
        if not value.divided or needed <= _QUOTIENT_DIGITS:
            return value
        place = amount.adjusted() - _QUOTIENT_DIGITS + 1
        qualifier = "approx" if qualifier == "exact" else qualifier
    rounding = _ROUNDINGS.get(qualifier, ROUND_HALF_EVEN)
    rounded = amount.quantize(Decimal(1).scaleb(place), rounding, _CONTEXT)
    return replace(value, amount=rounded, qualifier=qualifier)


def word_operand(value: Operand) -> Quantity:
    """The computed amount in words, made as a printed one would be."""
    number = compact(value.amount, value.unit, "zh")
    found = re.fullmatch(r"(-?[0-9.,]+)(.*)", number)
    assert found is not None
    segments = [Segment("number", found[1])]
    if found[2]:
        segments.append(Segment("unit", found[2]))
    if value.qualifier != "exact":
        segments.insert(0, Segment("qualifier", QUALIFIERS[value.qualifier].name.zh))
    return Quantity(
        text="".join(segment.text for segment in segments),
        qualifier=value.qualifier,
        value=Decimal(plain(value.amount)),
        low=None,
        high=None,
        unit=value.unit,
        per=(),
        planned=False,
        segments=tuple(segments),
    )
