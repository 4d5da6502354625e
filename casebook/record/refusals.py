"""Computations and comparisons that the site refuses, each judged by the guard."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from casebook.messages import say
from casebook.record.comparability import why_not_comparable
from casebook.record.dataset import Dataset
from casebook.record.derived import derive, name_with_amount, why_not_spending
from casebook.record.model import Figure
from casebook.record.vocabulary import Refusal
from casebook.text import ENUMERATION, Text
from casebook.values.formula import names_of, parse_formula


def judge_refusal(refusal: Refusal, dataset: Dataset) -> tuple[Text, ...]:
    """The reasons of the guard against a refused computation; none if the guard allows it.

    Every figure that the refusal names must exist. Raises WordingError.
    """
    vocabulary = dataset.vocabulary
    if refusal.spending:
        groups: dict[str, list[Figure]] = {}
        for figure in figures_of(refusal, dataset):
            groups.setdefault(figure.measure, []).append(figure)
        reasons = tuple(
            filter(None, (why_not_spending(group, vocabulary) for group in groups.values()))
        )
        # The refusal is wrong if one of the measures is spending after all.
        return reasons if len(reasons) == len(groups) else ()
    if refusal.compare:
        pairs = pairwise(figures_of(refusal, dataset))
        compared = (why_not_comparable(one, other, vocabulary) for one, other in pairs)
        return tuple(filter(None, compared))
    # A number that no source gives is refused here, as there is nothing to compute with.
    missing = _missing_names(refusal, dataset)
    if missing:
        named = ENUMERATION.join(map(name_with_amount, figures_of(refusal, dataset)))
        return tuple(
            say("record.unknown_thing", figures=named, thing=refusal.unknown[name])
            for name in missing
        )
    _, against = derive(refusal.formula, dataset.by_slug[refusal.case].figures, vocabulary)
    return against


def figures_of(refusal: Refusal, dataset: Dataset) -> tuple[Figure, ...]:
    """The figures that a refusal is about and that exist, in their order."""
    return tuple(
        dataset.figures[key] for key in keys_of(refusal, dataset) if key in dataset.figures
    )


def keys_of(refusal: Refusal, dataset: Dataset) -> tuple[str, ...]:
    """The figures that a refusal names as `case.figure`, each once, whether they exist or not."""
    if not refusal.formula:
        return tuple(dict.fromkeys(refusal.compare or refusal.spending))
    missing = _missing_names(refusal, dataset)
    return tuple(f"{refusal.case}.{name}" for name in _names_in(refusal) if name not in missing)


def _missing_names(refusal: Refusal, dataset: Dataset) -> tuple[str, ...]:
    """The names in the formula that are declared unknown and that are not figures."""
    return tuple(
        name
        for name in _names_in(refusal)
        if name in refusal.unknown and f"{refusal.case}.{name}" not in dataset.figures
    )


def _names_in(refusal: Refusal) -> Iterable[str]:
    return dict.fromkeys(name.id for name in names_of(parse_formula(refusal.formula)))
