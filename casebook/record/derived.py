"""Figures that this site computes from others of a case, and the guard that refuses a formula.

A result is never more certain than its figures: it has only the digits that are known, and it takes
over qualifiers such as about and at least.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, NamedTuple

from casebook.messages import say
from casebook.record.comparability import ComparabilityClass, class_of, describe_difference, span_of
from casebook.record.model import Figure
from casebook.record.vocabulary import Measure, Vocabulary
from casebook.text import ENUMERATION, SEMICOLON, Text
from casebook.values.formula import Expression, FigureName, Number, parse_formula
from casebook.values.periods import Period, join_periods, speak_of_same_time
from casebook.values.quantity import Quantity, Segment, compact, plain, word_quantity
from casebook.values.words import CURRENCIES, QUALIFIERS, WITHOUT_VALUE, Qualifier

MULTIPLE: Final = "倍"

# 约8000万 is known to two digits; a quotient of exact figures is rounded to four and called about.
_APPROX_DIGITS: Final = 2
_QUOTIENT_DIGITS: Final = 4
_CONTEXT: Final = Context(prec=50)
# The refusals of two figures, and of a figure and a number.
_REFUSALS: Final = {
    "+": ("values.cannot_add", "values.cannot_add.number"),
    "-": ("values.cannot_subtract", "values.cannot_subtract.number"),
    "*": ("values.cannot_multiply", "values.cannot_multiply.number"),
    "/": ("values.cannot_divide", "values.cannot_divide.number"),
}
# A larger divisor or subtrahend makes a result smaller, as amounts are never negative.
_TURNED: Final[Mapping[Qualifier, Qualifier]] = {
    "more_than": "at_most",
    "at_least": "at_most",
    "at_most": "at_least",
}
# A bound is rounded to the side on which it still holds.
_ROUNDINGS: Final[Mapping[Qualifier, str]] = {
    "more_than": ROUND_FLOOR,
    "at_least": ROUND_FLOOR,
    "at_most": ROUND_CEILING,
}


class Derived(NamedTuple):
    """The result of a formula: its amount, and what it takes over from its figures.

    `measures` are the measures that it may have; if there are none, any measure is allowed.
    """

    quantity: Quantity
    per: tuple[str, ...]
    period: Period
    status: str
    source: str
    measures: tuple[Measure, ...]


def derive(
    formula: str | Expression, figures: Mapping[str, Figure], vocabulary: Vocabulary
) -> tuple[Derived | None, tuple[Text, ...]]:
    """The result of a formula over figures of one case, or the reasons why it is refused.

    Every name must be that of a figure. Raises WordingError.
    """
    computation = _Computation(figures, vocabulary)
    term = parse_formula(formula) if isinstance(formula, str) else formula
    value = computation.evaluate(term)
    reasons = computation.reasons
    # Two sources may report the same thing, so their figures are not combined.
    sources = tuple(dict.fromkeys(figure.source for figure in value.figures))
    if len(sources) > 1:
        reasons.append(say("values.several_sources", names=ENUMERATION.join(map(Text, sources))))
    rounded = _round(value)
    if not reasons and rounded.amount == 0 and value.place is not None:
        reasons.append(say("values.too_close"))
    period = join_periods(figure.period for figure in value.figures)
    if not reasons and period is None:
        names = ENUMERATION.join(dict.fromkeys(figure.id for figure in value.figures))
        reasons.append(say("values.periods_apart", names=names))
    if reasons or period is None:
        return None, tuple(dict.fromkeys(reasons))
    # The vocabulary lists statuses from the least certain to the most.
    statuses, order = list(vocabulary.statuses), list(vocabulary.per)
    return Derived(
        quantity=_word(rounded),
        per=tuple(sorted(value.per, key=order.index)),
        period=period,
        status=min((figure.status for figure in value.figures), key=statuses.index),
        source=sources[0],
        measures=_fitting(value, vocabulary),
    ), ()


def _fitting(value: _Operand, vocabulary: Vocabulary) -> tuple[Measure, ...]:
    """The measures that a result may have: that of its figures, or those for its kind of result."""
    own = vocabulary.measures[value.measure]
    # A sum of counts is a count, but a sum of annual totals is not an annual total.
    if not value.result or (value.result == "sum" and own.kind == "count"):
        return (own,)
    return tuple(one for one in vocabulary.measures.values() if one.result == value.result)


def why_not_spending(figures: Sequence[Figure], vocabulary: Vocabulary) -> Text | None:
    """The reason why figures of one measure are not spending on purchases, or None if they are."""
    measure = vocabulary.measures[figures[0].measure]
    if measure.spending:
        return None
    named = ENUMERATION.join(map(name_with_amount, figures))
    return say("values.no_spending", figure=named, count=len(figures), kind=_explain(measure))


def name_with_amount(figure: Figure) -> Text:
    """A figure by its label and its amount."""
    return say("values.figure", label=figure.label, amount=word_quantity(figure.quantity))


def _explain(measure: Measure) -> Text:
    """The name of a measure with what it may be compared with."""
    named, compare = measure.name.mid_sentence, measure.compare.mid_sentence
    if not compare:
        return say("values.measure", name=named)
    compared = Text(compare.zh.rstrip("。"), compare.inside("en").rstrip("."))
    return say("values.measure_compared", name=named, compare=compared)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operand:
    """A value in a formula, with the properties that decide how it may be used.

    `place` is the exponent of the last known digit, None if all are known. `root` is the id of the
    figure whose amount or remainder the value is, `whole` the id of the figure that it is a part
    of. `figures` are the figures it is computed from, none for a written number. `measure` is that
    of its first figure; `result` names the kind of a computed value, such as a sum or a share.
    """

    amount: Decimal = Decimal(0)
    place: int | None = None
    qualifier: Qualifier = "exact"
    unit: str = ""
    per: tuple[str, ...] = ()
    group: ComparabilityClass | None = None
    root: str = ""
    whole: str = ""
    divided: bool = False
    figures: tuple[Figure, ...] = ()
    measure: str = ""
    result: str = ""

    @property
    def is_money(self) -> bool:
        return self.unit in CURRENCIES

    @property
    def is_count(self) -> bool:
        return not self.is_money and self.unit not in ("ratio", MULTIPLE)


class _Computation:
    """The evaluation of one formula, which goes on after a refusal to collect all reasons."""

    def __init__(self, figures: Mapping[str, Figure], vocabulary: Vocabulary) -> None:
        self.figures = figures
        self.vocabulary = vocabulary
        self.reasons: list[Text] = []

    def evaluate(self, term: Expression) -> _Operand:
        if isinstance(term, Number):
            return _Operand(amount=Decimal(term.value))
        if isinstance(term, FigureName):
            return self._read_figure(self.figures[term.id])
        left, right = self.evaluate(term.left), self.evaluate(term.right)
        # A number written by an editor has no source, so few computations may use it.
        if not left.figures or not right.figures:
            return self._compute_with_number(term.sign, left, right)
        against = list(self._against_either(left, right))
        join = {"+": self._add, "-": self._subtract, "*": self._multiply, "/": self._divide}
        result = join[term.sign](left, right, against)
        amount = _OPERATIONS[term.sign](left.amount, right.amount)
        qualifier = _carry(term.sign, left.qualifier, right.qualifier)
        has_values = {left.qualifier, right.qualifier}.isdisjoint(WITHOUT_VALUE)
        if qualifier is None and has_values:
            against.append(say("values.two_directions"))
        if against:
            one, other = name_with_amount(left.figures[0]), name_with_amount(right.figures[0])
            why = SEMICOLON.join(dict.fromkeys(against))
            self.reasons.append(say(_REFUSALS[term.sign][0], one=one, other=other, why=why))
            return left
        return replace(
            result,
            amount=amount,
            place=_find_place(term.sign, amount, (left, right)),
            qualifier=qualifier or "exact",
            divided=left.divided or right.divided or term.sign == "/",
            figures=left.figures + right.figures,
        )

    def _read_figure(self, figure: Figure) -> _Operand:
        if figure.formula:
            # The formula is evaluated anew, because the result that is shown may be rounded.
            inside = self.evaluate(parse_formula(figure.formula))
            return replace(inside, root=inside.root or figure.id)
        quantity = figure.quantity
        amount = quantity.magnitude
        approx = quantity.qualifier == "approx" and amount
        return _Operand(
            amount=amount,
            place=amount.adjusted() - _APPROX_DIGITS + 1 if approx else None,
            qualifier=quantity.qualifier,
            unit=quantity.unit,
            per=figure.per,
            group=class_of(figure),
            root=figure.id,
            whole=figure.part_of,
            figures=(figure,),
            measure=figure.measure,
        )

    def _compute_with_number(self, sign: str, left: _Operand, right: _Operand) -> _Operand:
        """The result of a figure and a number: only a multiple minus 1, or 1 minus a share."""
        if not left.figures and not right.figures:
            return _Operand(amount=_OPERATIONS[sign](left.amount, right.amount))
        value, number = (left, right) if left.figures else (right, left)
        is_one = number.amount == 1 and sign == "-"
        if is_one and number is right and value.unit == MULTIPLE:
            return replace(value, amount=value.amount - 1, unit="ratio", result="change")
        if is_one and number is left and value.unit == "ratio":
            flipped = _carry("-", "exact", value.qualifier) or "exact"
            return replace(value, amount=1 - value.amount, qualifier=flipped)
        self.reasons.append(
            say(
                _REFUSALS[sign][1],
                figure=name_with_amount(value.figures[0]),
                number=plain(number.amount),
            )
        )
        return value

    def _against_either(self, left: _Operand, right: _Operand) -> Iterator[Text]:
        """The reasons against any computation with these two values."""
        for figure in {each.id: each for each in left.figures + right.figures}.values():
            measure = self.vocabulary.measures[figure.measure]
            if measure.cap or measure.mixed:
                yield say("values.of_the_kind", label=figure.label, kind=_explain(measure))
            if figure.quantity.value is None:
                rough = figure.quantity.is_rough
                key = "values.is_a_rough_number" if rough else "values.is_a_range"
                yield say(key, label=figure.label)
        plans = [{figure.is_planned for figure in value.figures} for value in (left, right)]
        # The result of two plans is a plan; that of a plan and a fact would be neither.
        if plans[0] != plans[1]:
            yield say("values.one_is_planned")
        pairs = ((left, right), (right, left))
        is_part = any(one.whole and one.whole == other.root for one, other in pairs)
        figures = left.figures + right.figures
        # Several years minus one of them are the other years, not an unexplained remainder.
        if is_part and len({figure.period.edtf for figure in figures}) > 1:
            yield say("values.other_periods")
        if left.group is None or left.group != right.group or is_part:
            return
        states = dict.fromkeys(figure.status for figure in figures)
        # The difference between planned and done was reported above.
        if len(states) > 1 and plans[0] == plans[1]:
            names = ENUMERATION.join(self.vocabulary.statuses[state].name for state in states)
            yield say("values.states_differ", names=names)
        if len({span_of(figure) for figure in figures}) > 1:
            yield say("values.spans_differ")

    def _add(self, left: _Operand, right: _Operand, against: list[Text]) -> _Operand:
        if left.group is None or left.group != right.group:
            against.append(self._tell_apart(left, right))
        elif left.per or left.unit in ("ratio", MULTIPLE):
            against.append(say("values.not_added"))
        elif any(
            speak_of_same_time(one.period, other.period)
            for one in left.figures
            for other in right.figures
        ):
            against.append(say("values.counted_twice"))
        return replace(left, root="", whole="", result="sum")

    def _subtract(self, left: _Operand, right: _Operand, against: list[Text]) -> _Operand:
        is_part = bool(left.root) and right.whole == left.root
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if not (is_part and same_unit) and (left.group is None or left.group != right.group):
            against.append(self._tell_apart(left, right))
        root = left.root if is_part else ""
        return replace(left, root=root, whole=root, result="" if is_part else "difference")

    def _multiply(self, left: _Operand, right: _Operand, against: list[Text]) -> _Operand:
        money, share = (right, left) if left.unit == "ratio" else (left, right)
        if share.unit != "ratio" or not money.is_money:
            against.extend(_against_bound(share))
            against.append(say("values.not_multiplied"))
        elif not money.root or share.whole != money.root:
            against.append(say("values.another_share"))
        return replace(money, group=None, root="", whole=money.root)

    def _divide(self, left: _Operand, right: _Operand, against: list[Text]) -> _Operand:
        if right.amount == 0:
            against.append(say("values.divisor_is_zero"))
            return left
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        quotient = replace(left, per=(), group=None, root="", whole="")
        if same_unit and right.root and left.whole == right.root:
            return replace(quotient, unit="ratio", whole=right.root, result="share")
        if left.group is not None and left.group == right.group:
            return replace(quotient, unit=MULTIPLE, result="multiple")
        per = self._per_bought(left, right, against)
        return replace(quotient, per=(*left.per, *per), result="average")

    def _per_bought(self, money: _Operand, count: _Operand, against: list[Text]) -> tuple[str, ...]:
        """The per of an average, if the money bought exactly the things that were counted."""
        if not money.is_money or count.group is None or not count.is_count:
            against.append(self._tell_apart(money, count))
            return ()
        against.extend(_against_bound(count))
        scope = self.vocabulary.scopes.get(count.group.scope)
        own = money.group.scope if money.group is not None else ""
        if scope is None or not own or scope.bought_by != own:
            label = count.figures[0].label
            if scope is not None and scope.note:
                against.append(
                    say("values.not_bought_because", label=label, note=scope.note.mid_sentence)
                )
            else:
                against.append(say("values.not_bought", label=label))
        elif {f.period.edtf for f in money.figures} != {f.period.edtf for f in count.figures}:
            against.append(say("values.other_periods"))
        return (scope.per,) if scope is not None and scope.per else ()

    def _tell_apart(self, left: _Operand, right: _Operand) -> Text:
        difference = describe_difference(left.figures[0], right.figures[0], self.vocabulary)
        return difference or say("values.not_of_one_kind")


def _against_bound(count: _Operand) -> Iterator[Text]:
    if count.is_count and count.qualifier in _TURNED:
        figure = count.figures[0]
        english = f"{QUALIFIERS[count.qualifier].name.en} {plain(count.amount)}"
        amount = Text(figure.quantity.text, english)
        yield say("values.only_a_bound", label=figure.label, amount=amount)


_OPERATIONS: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    # `_divide` has refused a divisor of zero; here it must only not raise.
    "/": lambda left, right: _CONTEXT.divide(left, right) if right else Decimal(0),
}


def _carry(sign: str, left: Qualifier, right: Qualifier) -> Qualifier | None:
    """The qualifier of a result, or None if no qualifier would be true."""
    if sign in ("-", "/"):
        right = _TURNED.get(right, right)
    if left in WITHOUT_VALUE or right in WITHOUT_VALUE:
        return None
    if left == right or right == "exact":
        return left
    if left == "exact":
        return right
    return "more_than" if {left, right} == {"more_than", "at_least"} else None


def _find_place(sign: str, amount: Decimal, parts: tuple[_Operand, _Operand]) -> int | None:
    """The exponent of the last known digit of a result, None if all digits are known.

    A sum has as many places as its least certain part, a product as many digits.
    """
    known = [(part.place, part.amount) for part in parts if part.place is not None]
    if not known:
        return None
    if sign in "+-":
        return max(place for place, _ in known)
    digits = min(of.adjusted() - place + 1 for place, of in known)
    return amount.adjusted() - max(digits, 1) + 1


def _round(value: _Operand) -> _Operand:
    """The value rounded to its known digits, a quotient to four."""
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


def _word(value: _Operand) -> Quantity:
    """The computed amount as a quantity with the wording of a printed one."""
    found = re.fullmatch(r"(-?[0-9.,]+)(.*)", compact(value.amount, value.unit, "zh"))
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
