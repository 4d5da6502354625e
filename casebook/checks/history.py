"""Published figures, and the check that every change of one is recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from casebook.checks.addresses import find_aliases
from casebook.messages import problem, say
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Change, Figure
from casebook.values.amounts import Quantity, parse_quantity, plain
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError, QuantityError


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure as the last published site has it, in the columns of figures.csv."""

    case: str
    figure: str
    amount: str
    value: str
    min: str
    max: str
    unit: str
    qualifier: str
    period: str
    derived: str = ""


_COLUMNS = tuple(field.name for field in fields(Published))


def parse_published(content: bytes, settled: Container[str] = ()) -> tuple[Published, ...]:
    """The figures of a published figures.csv; none where it is not one.

    Those of cases that are `settled` are passed over.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return ()
    header = rows[0] if rows else []
    if not {*_COLUMNS} - {"derived"} <= {*header}:
        return ()
    slug = header.index("case")
    found = []
    for row in rows[1:]:
        if row and not (slug < len(row) and row[slug] in settled):
            cells = dict(zip(header, row, strict=False))
            # A cell that could start a formula was published behind an apostrophe.
            values = {name: cells.get(name, "").removeprefix("'") for name in _COLUMNS}
            found.append(Published(**values))
    return tuple(found)


def publish_figure(figure: Figure) -> Published:
    """A figure as it would be published."""
    quantity = figure.quantity
    value, low, high = _write_numbers(quantity)
    return Published(
        case=figure.case,
        figure=figure.id,
        amount=quantity.text,
        value=value,
        min=low,
        max=high,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        period=figure.period.edtf,
        derived=figure.formula,
    )


def _write_numbers(quantity: Quantity) -> tuple[str, ...]:
    numbers = (quantity.value, quantity.low, quantity.high)
    return tuple("" if number is None else plain(number) for number in numbers)


def check_history(dataset: Dataset, published: Sequence[Published]) -> list[Problem]:
    """The figures that differ from what was published without a change that says so."""
    by_case: dict[str, list[Published]] = {}
    for row in published:
        by_case.setdefault(row.case, []).append(row)
    aliases = find_aliases(dataset)
    problems: list[Problem] = []
    for slug, rows in by_case.items():
        case = dataset.by_slug.get(slug)
        if case is not None:
            problems += _check_case(case, rows)
        elif not (slug in dataset.unread or slug in aliases or f"cases/{slug}/" in dataset.gone):
            problems.append(problem("W239", f"data/cases/{slug}.yaml", START, slug=slug))
    return problems


def _check_case(case: Case, rows: Iterable[Published]) -> Iterator[Problem]:
    for row in rows:
        figure = case.figures.get(row.figure)
        if figure is None:
            if not any(change.figure == row.figure for change in case.withdrawn):
                yield problem(
                    "E238.withdrawn", case.path, START, figure=row.figure, amount=row.amount
                )
            continue
        now = publish_figure(figure)
        # What is computed follows the figures that it rests on, which have changes of their own.
        if row.derived and row.derived == now.derived:
            continue
        for what, before, after in _differences(row, now):
            if not any(_explains(change, what, row, now) for change in figure.history):
                yield problem(
                    "E238.changed",
                    case.path,
                    figure.at,
                    figure=figure.id,
                    what=say(what),
                    before=before,
                    after=after,
                )


def _differences(row: Published, now: Published) -> Iterator[tuple[str, str, str]]:
    """The names of what differs, each with what was published and what it would be now."""
    if (row.value, row.min, row.max, row.unit) != (now.value, now.min, now.max, now.unit):
        yield "checks.amount", row.amount, now.amount
    elif row.qualifier != now.qualifier:
        # The same wording may be read in another way.
        same = row.amount == now.amount
        yield (
            "checks.qualifier",
            *((row.qualifier, now.qualifier) if same else (row.amount, now.amount)),
        )
    if row.period != now.period:
        yield "checks.period", row.period, now.period


def _explains(change: Change, what: str, row: Published, now: Published) -> bool:
    """Whether a change of the record is the one between what was published and what is now."""
    pairs = ((change.before, row), (change.after, now))
    if what == "checks.period":
        return all(_read_period(text) == state.period for text, state in pairs)
    if what == "checks.qualifier" and all(text == state.qualifier for text, state in pairs):
        return True
    return all(_is_amount(text, state) for text, state in pairs)


def _is_amount(text: str, state: Published) -> bool:
    """Whether a wording is the published amount, in whatever notation."""
    if text == state.amount:
        return True
    try:
        quantity = parse_quantity(text)
    except QuantityError:
        return False
    return (
        _write_numbers(quantity) == (state.value, state.min, state.max)
        and quantity.unit in ("", state.unit)
        and quantity.qualifier == state.qualifier
    )


def _read_period(text: str) -> str:
    try:
        return parse_period(text).edtf
    except PeriodError:
        return text
