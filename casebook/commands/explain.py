"""Explanation of a case: how the amount and the date of each figure and event were read."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Vocabulary
from casebook.text import Lang
from casebook.values.amounts import plain
from casebook.values.dates import Period


def explain_case(case: Case, vocabulary: Vocabulary, lang: Lang) -> Iterator[str]:
    """The explanation of one case, each line with its place in the file."""
    for figure in case.figures.values():
        place = f"{case.path}:{figure.at.line}"
        amount = figure.quantity.text + (f" ({figure.formula})" if figure.formula else "")
        yield f"{place}: {figure.id}  {amount} = {explain_amount(figure)}"
        words = vocabulary.measures[figure.measure].name.inside(lang)
        status = vocabulary.statuses.get(figure.status)
        rest = [words, *([status.name.inside(lang)] if status else [])]
        yield f"    {explain_period(figure.period, lang)}; {', '.join(rest)}"
    for event in case.events:
        title = event.title.inside(lang)
        yield f"{case.path}:{event.at.line}: {explain_period(event.date, lang)}  {title}"


def explain_amount(figure: Figure) -> str:
    """An amount as plain decimals in base units, with its unit, what it is per, and qualifier."""
    quantity = figure.quantity
    if quantity.value is not None:
        number = plain(quantity.value)
    else:
        ends = (quantity.low, quantity.high)
        number = "..".join("" if end is None else plain(end) for end in ends)
    parts = [f"{number} {quantity.unit}".rstrip(), quantity.qualifier]
    if figure.per:
        parts.append("per " + "/".join(figure.per))
    if quantity.planned:
        parts.append("planned")
    return ", ".join(parts)


def explain_period(period: Period, lang: Lang) -> str:
    """A date as EDTF, and the days between which it lies."""
    ends = [end.isoformat() if end else ".." for end in (period.earliest, period.latest)]
    return f"{period.edtf} ({ends[0]} / {ends[1]}, {period.words(lang)})"
