"""Computations and comparisons that suggest themselves, each put to the guard."""

from __future__ import annotations

from itertools import pairwise

from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.derived import derive, why_not_spending
from casebook.record.model import Figure
from casebook.record.vocabulary import Refusal
from casebook.text import Text
from casebook.values.amounts import in_english
from casebook.values.comparability import why_not_comparable
from casebook.values.formula import names_of, parse_formula


def judge_refusal(refusal: Refusal, dataset: Dataset) -> tuple[Text, ...]:
    """The guard's own reasons against it; none where the guard would allow it.

    Every figure that it names must exist. Raises FormulaError.
    """
    vocabulary = dataset.vocabulary
    if refusal.spending:
        spending = [why_not_spending(f, vocabulary) for f in figures_of(refusal, dataset)]
        reasons = [reason for reason in spending if reason is not None]
        # Where one of them is spending after all, the refusal is not true of it.
        return tuple(reasons) if len(reasons) == len(spending) else ()
    if refusal.compare:
        pairs = pairwise(figures_of(refusal, dataset))
        compared = [why_not_comparable(one, other, vocabulary) for one, other in pairs]
        return tuple(reason for reason in compared if reason is not None)
    missing = missing_names(refusal, dataset)
    if missing:
        return tuple(_say_unknown(refusal.unknown[name], refusal, dataset) for name in missing)
    _, against = derive(refusal.formula, dataset.by_slug[refusal.case].figures, vocabulary)
    return against


def figures_of(refusal: Refusal, dataset: Dataset) -> tuple[Figure, ...]:
    """The figures that it is about, each once, in their order."""
    return tuple(
        dataset.figures[key] for key in keys_of(refusal, dataset) if key in dataset.figures
    )


def keys_of(refusal: Refusal, dataset: Dataset) -> tuple[str, ...]:
    """The figures that it names as `case.figure`, whether they exist or not."""
    if not refusal.formula:
        return refusal.compare or refusal.spending
    names = dict.fromkeys(name.id for name in names_of(parse_formula(refusal.formula)))
    missing = missing_names(refusal, dataset)
    return tuple(f"{refusal.case}.{name}" for name in names if name not in missing)


def missing_names(refusal: Refusal, dataset: Dataset) -> tuple[str, ...]:
    """The things in its formula that are declared as unknown and of which no figure exists."""
    known = f"{refusal.case}."
    names = dict.fromkeys(name.id for name in names_of(parse_formula(refusal.formula)))
    return tuple(
        name for name in names if name in refusal.unknown and known + name not in dataset.figures
    )


def _say_unknown(thing: Text, refusal: Refusal, dataset: Dataset) -> Text:
    figures = figures_of(refusal, dataset)
    worded = "、".join(f"“{figure.label.zh}”（{figure.quantity.text}）" for figure in figures)
    english = ", ".join(
        f"“{figure.label.inside('en')}” ({in_english(figure.quantity)})" for figure in figures
    )
    return say("record.unknown_thing", figures=Text(worded, english), thing=thing)
