"""Arithmetic with the figures of a case, and the guard that may refuse it.

What is computed is no more certain than what it is computed from:

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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Protocol

from casebook.text import Text
from casebook.values.amounts import (
    QUALIFIER_WORDS,
    Qualifier,
    Quantity,
    Segment,
    compact,
    in_english,
    plain,
)
from casebook.values.comparability import (
    ComparabilityClass,
    Comparable,
    Named,
    class_of,
    describe_difference,
)
from casebook.values.dates import Period, speak_of_same_time
from casebook.values.formula import Expression, FigureName, Number

MULTIPLE: Final = "倍"

_APPROX_DIGITS: Final = 2
_QUOTIENT_DIGITS: Final = 4
_CONTEXT: Final = Context(prec=50)
_NOT_YET: Final = ("planned", "target")

_VERBS: Final = {
    "+": Text("相加", "added"),
    "-": Text("相减", "subtracted"),
    "*": Text("相乘", "multiplied"),
    "/": Text("相除", "divided"),
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


class ComputingRules(Protocol):
    """The words of the vocabulary that settle what may be computed."""

    @property
    def measures(self) -> Mapping[str, MeasureRule]: ...
    @property
    def scopes(self) -> Mapping[str, ScopeRule]: ...
    @property
    def per(self) -> Mapping[str, Named]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A number in a formula, with all that settles what it may be computed with.

    `place` is the exponent of the last digit that is known, None where all are. `root` is the
    figure that this is, or of which it is what is left; `whole` the figure that it is a part of.
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


def explain_measure(measure: MeasureRule) -> Text:
    """The name of a measure with what it may be compared with."""
    zh, en = measure.compare.zh.rstrip("。"), measure.compare.inside("en").rstrip(".")
    name = measure.name.inside("en")
    return Text(
        measure.name.zh + (f"：{zh}" if zh else ""),
        f"“{name[:1].lower()}{name[1:]}”" + (f": {en[:1].lower()}{en[1:]}" if en else ""),
    )


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


_Method = Callable[[Operand, Operand, list[Text]], Operand | None]


class Computation:
    """One formula on its way to its value; a refusal is noted and the rest is still looked at."""

    def __init__(self, rules: ComputingRules, operand_of: Callable[[str], Operand]) -> None:
        self.rules = rules
        self.operand_of = operand_of
        self.reasons: list[Text] = []
        self.methods: Mapping[str, _Method] = {
            "+": self.add,
            "-": self.subtract,
            "*": self.multiply,
            "/": self.divide,
        }

    def evaluate(self, term: Expression) -> Operand:
        if isinstance(term, Number):
            return Operand(amount=Decimal(term.value))
        if isinstance(term, FigureName):
            return self.operand_of(term.id)
        left, right = self.evaluate(term.left), self.evaluate(term.right)
        if not left.figures or not right.figures:
            return self.with_number(term.sign, left, right)
        against = list(self.against_either(term.sign, left, right))
        result = self.methods[term.sign](left, right, against)
        qualifier = _carry(term.sign, left.qualifier, right.qualifier)
        if qualifier is None and "range" not in (left.qualifier, right.qualifier):
            against.append(
                Text(
                    "约数和界限算在一起，结果既不是约数，也不是界限",
                    "an approximate number and a bound, or two bounds that pull in different "
                    "directions, give neither",
                )
            )
        if against or result is None:
            self.refuse(term.sign, left, right, against)
            return left
        return replace(
            result,
            qualifier=qualifier or "exact",
            divided=left.divided or right.divided or term.sign == "/",
            figures=left.figures + right.figures,
        )

    def with_number(self, sign: str, left: Operand, right: Operand) -> Operand:
        """A figure and a written number: only the change of a multiple, and what a share leaves."""
        if not left.figures and not right.figures:
            return Operand(amount=_operate(sign, left.amount, right.amount))
        value, number = (left, right) if left.figures else (right, left)
        is_one = number.amount == 1 and sign == "-"
        if is_one and number is right and value.unit == MULTIPLE:
            return replace(value, amount=value.amount - 1, unit="ratio")
        if is_one and number is left and value.unit == "ratio":
            flipped = _carry("-", "exact", value.qualifier) or "exact"
            return replace(value, amount=1 - value.amount, qualifier=flipped)
        figure = value.figures[0]
        verb = _VERBS[sign]
        self.reasons.append(
            Text(
                f"“{figure.label.zh}”（{figure.quantity.text}）不能与 {plain(number.amount)} "
                f"{verb.zh}：这个数没有来源",
                f"“{figure.label.inside('en')}” ({in_english(figure.quantity)}) and "
                f"{plain(number.amount)} cannot be {verb.en}: no source gives that number",
            )
        )
        return value

    def against_either(self, sign: str, left: Operand, right: Operand) -> Iterator[Text]:
        """What forbids any computation with one of two values."""
        seen = set()
        for value in (left, right):
            for figure in value.figures:
                measure = self.rules.measures[figure.measure]
                if (measure.cap or measure.mixed) and figure.id not in seen:
                    explained = explain_measure(measure)
                    yield Text(
                        f"“{figure.label.zh}”是{explained.zh}",
                        f"“{figure.label.inside('en')}” is of the kind {explained.en}",
                    )
                if figure.quantity.qualifier == "range" and figure.id not in seen:
                    yield Text(
                        f"“{figure.label.zh}”是区间，不是一个数",
                        f"“{figure.label.inside('en')}” is a range, not one number",
                    )
                seen.add(figure.id)
        plans = [
            {figure.status in _NOT_YET or figure.quantity.planned for figure in value.figures}
            for value in (left, right)
        ]
        if plans[0] != plans[1]:
            yield Text("一个是计划，一个不是", "one is a plan and the other is not")

    def add(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        if left.group is None or left.group != right.group:
            against.append(self.difference(left, right))
        elif left.per or left.unit in ("ratio", MULTIPLE):
            against.append(
                Text(
                    "单价、比例和倍数不能相加",
                    "prices per unit, shares and multiples are not added",
                )
            )
        elif any(
            speak_of_same_time(one.period, other.period)
            for one in left.figures
            for other in right.figures
        ):
            against.append(
                Text(
                    "两个数说的是同一段时间，相加会重复计算",
                    "both speak of the same time, so the sum would count twice",
                )
            )
        return replace(
            left,
            amount=left.amount + right.amount,
            place=_worse_place(left, right),
            root="",
            whole="",
        )

    def subtract(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        is_part = bool(left.root) and right.whole == left.root
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if not (is_part and same_unit) and (left.group is None or left.group != right.group):
            against.append(self.difference(left, right))
        return replace(
            left,
            amount=left.amount - right.amount,
            place=_worse_place(left, right),
            root=left.root if is_part else "",
            whole=left.root if is_part else "",
        )

    def multiply(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        money, share = (right, left) if left.unit == "ratio" else (left, right)
        amount = left.amount * right.amount
        if share.unit != "ratio" or not self.is_money(money):
            against.extend(self.against_count(money, share))
            against.append(
                Text(
                    "没有来源说前者按后者计付，可以相乘的只有一个金额和它自己的占比",
                    "no source says that the one is paid by the other; only an amount and its own "
                    "share are multiplied",
                )
            )
        elif not money.root or share.whole != money.root:
            against.append(
                Text("这个占比不是这个金额的占比", "the share is not a share of this amount")
            )
        return replace(
            money,
            amount=amount,
            place=_place_of_product(amount, left, right),
            group=None,
            root="",
            whole=money.root,
        )

    def divide(self, left: Operand, right: Operand, against: list[Text]) -> Operand | None:
        if right.amount == 0:
            against.append(Text("除数是 0", "the divisor is 0"))
            return None
        amount = _operate("/", left.amount, right.amount)
        place = _place_of_product(amount, left, right)
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if same_unit and right.root and left.whole == right.root:
            return Operand(amount=amount, place=place, unit="ratio", whole=right.root)
        if left.group is not None and left.group == right.group:
            return Operand(amount=amount, place=place, unit=MULTIPLE)
        per = self.per_bought(left, right, against)
        return Operand(amount=amount, place=place, unit=left.unit, per=(*left.per, *per))

    def per_bought(self, money: Operand, count: Operand, against: list[Text]) -> tuple[str, ...]:
        """What an amount is divided by, where the count is of the very things that it bought."""
        if not self.is_money(money) or count.group is None or not self.is_count(count):
            against.append(self.difference(money, count))
            return ()
        against.extend(self.against_count(money, count))
        scope = self.rules.scopes.get(count.group.scope)
        own = money.group.scope if money.group is not None else ""
        if scope is None or not own or scope.bought_by != own:
            figure = count.figures[0]
            label, note = figure.label, scope.note if scope is not None else Text("")
            against.append(
                Text(
                    f"“{label.zh}”数的不是这笔钱买下的东西" + (f"（{note.zh}）" if note else ""),
                    f"“{label.inside('en')}” does not count what this money bought"
                    + (f" ({note.inside('en')})" if note else ""),
                )
            )
        elif {f.period.edtf for f in money.figures} != {f.period.edtf for f in count.figures}:
            against.append(Text("两个数的时期不同", "the two are of different periods"))
        return (scope.per,) if scope is not None and scope.per else ()

    def against_count(self, money: Operand, count: Operand) -> Iterator[Text]:
        if self.is_count(count) and count.qualifier in ("more_than", "at_least", "at_most"):
            figure = count.figures[0]
            bound = QUALIFIER_WORDS[count.qualifier]
            yield Text(
                f"“{figure.label.zh}”只是一个界限（{figure.quantity.text}）",
                f"“{figure.label.inside('en')}” is only a bound ({bound['en']} "
                f"{plain(count.amount)})",
            )

    def is_money(self, value: Operand) -> bool:
        return value.unit in ("CNY", "HKD", "USD")

    def is_count(self, value: Operand) -> bool:
        return not self.is_money(value) and value.unit not in ("ratio", MULTIPLE)

    def difference(self, left: Operand, right: Operand) -> Text:
        """In which way two values are not of one kind."""
        difference = describe_difference(left.figures[0], right.figures[0], self.rules)
        return difference or Text("两者不属于同一口径", "the two are not of one kind")

    def refuse(self, sign: str, left: Operand, right: Operand, against: Iterable[Text]) -> None:
        one, other = left.figures[0], right.figures[0]
        listed = list(dict.fromkeys(against))
        verb = _VERBS[sign]
        self.reasons.append(
            Text(
                f"“{one.label.zh}”（{one.quantity.text}）与“{other.label.zh}”"
                f"（{other.quantity.text}）不能{verb.zh}：{'；'.join(text.zh for text in listed)}",
                f"“{one.label.inside('en')}” ({in_english(one.quantity)}) and "
                f"“{other.label.inside('en')}” ({in_english(other.quantity)}) cannot be "
                f"{verb.en}: {'; '.join(text.en for text in listed)}",
            )
        )


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    return _CONTEXT.divide(left, right) if right else Decimal(0)


def _carry(sign: str, left: Qualifier, right: Qualifier) -> Qualifier | None:
    """The qualifier of a result, or None where there is none that would be true.

    Amounts are never negative, so a larger divisor or subtrahend makes a result smaller.
    """
    if sign in ("-", "/"):
        turned: dict[Qualifier, Qualifier] = {
            "more_than": "at_most",
            "at_least": "at_most",
            "at_most": "at_least",
        }
        right = turned.get(right, right)
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
    rounding = {
        "more_than": ROUND_FLOOR,
        "at_least": ROUND_FLOOR,
        "at_most": ROUND_CEILING,
    }.get(qualifier, ROUND_HALF_EVEN)
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
        segments.insert(0, Segment("qualifier", QUALIFIER_WORDS[value.qualifier]["zh"]))
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
