"""Figures that this site computes from others of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casebook.messages import say
from casebook.record.model import Figure
from casebook.record.vocabulary import Vocabulary
from casebook.text import Text
from casebook.values.amounts import Quantity
from casebook.values.computation import (
    Computation,
    Operand,
    describe_figure,
    explain_measure,
    printed_operand,
    round_operand,
    word_operand,
)
from casebook.values.dates import Period, join_periods
from casebook.values.formula import parse_formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """The result of a formula: its amount and all that it takes over from its figures."""

    quantity: Quantity
    per: tuple[str, ...]
    period: Period
    status: str
    sources: tuple[str, ...]


def derive(
    formula: str, figures: Mapping[str, Figure], vocabulary: Vocabulary
) -> tuple[Derived | None, tuple[Text, ...]]:
    """The result of a formula over figures of one case, or the reasons why it is refused.

    Every name must be that of a figure. Raises FormulaError.
    """

    def operand_of(name: str) -> Operand:
        figure = figures[name]
        if not figure.formula:
            return printed_operand(figure, figure.part_of)
        # A rounded number is not computed with: the formula is, from its start.
        inside = computation.evaluate(parse_formula(figure.formula))
        return replace(inside, root=inside.root or figure.id)

    computation = Computation(vocabulary, operand_of)
    value = computation.evaluate(parse_formula(formula))
    reasons = computation.reasons
    rounded = round_operand(value)
    if not reasons and (rounded.amount == 0 and value.place is not None):
        reasons.append(say("values.too_close"))
    used = [figures[figure.id] for figure in value.figures]
    period = join_periods(figure.period for figure in used)
    if not reasons and period is None:
        names = list(dict.fromkeys(figure.id for figure in used))
        listed = Text("、".join(names), ", ".join(names))
        reasons.append(say("values.periods_apart", names=listed))
    if reasons or period is None:
        return None, tuple(dict.fromkeys(reasons))
    statuses, order = list(vocabulary.statuses), list(vocabulary.per)
    return Derived(
        quantity=word_operand(rounded),
        per=tuple(sorted(value.per, key=order.index)),
        period=period,
        status=min((figure.status for figure in used), key=statuses.index),
        sources=tuple(dict.fromkeys(name for figure in used for name in figure.sources)),
    ), ()


def why_not_spending(figure: Figure, vocabulary: Vocabulary) -> Text | None:
    """The reason why a figure may not pass for an amount of purchases, or None where it may."""
    measure = vocabulary.measures[figure.measure]
    if measure.spending:
        return None
    return say("values.no_spending", figure=describe_figure(figure), kind=explain_measure(measure))
