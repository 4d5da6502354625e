"""Published figures, and the check that every change of one is recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from casebook.messages import problem, say
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Change, Figure
from casebook.values.amounts import parse_quantity, plain
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError, QuantityError

_COLUMNS = ("case", "figure", "amount", "value", "min", "max", "unit", "qualifier", "period")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure as the last published site has it, in the columns of figures.csv."""

    case: str
    figure: str
    amount: str
    value: str
    low: str
    high: str
    unit: str
    qualifier: str
    period: str
    derived: str = ""


def parse_published(content: bytes, settled: Container[str] = ()) -> tuple[Published, ...]:
    """The figures of a published figures.csv; none where it is not one.

    Those of cases that are `settled` are passed over.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return ()
    header = {name: index for index, name in enumerate(rows[0])} if rows else {}
    if not set(_COLUMNS) <= header.keys():
        return ()
    columns = [header.get(name) for name in (*_COLUMNS, "derived")]
    slug = header["case"]
    found = []
    for row in rows[1:]:
        if row and not (slug < len(row) and row[slug] in settled):
            # A cell that could start a formula was published behind an apostrophe.
            cells = (row[at] if at is not None and at < len(row) else "" for at in columns)
            names = Published.__dataclass_fields__
            found.append(
                Published(**{n: c.removeprefix("'") for n, c in zip(names, cells, strict=True)})
            )
    return tuple(found)


def publish_figure(figure: Figure) -> Published:
    """A figure as it would be published."""
    quantity = figure.quantity
    numbers = (quantity.value, quantity.low, quantity.high)
    value, low, high = ("" if number is None else plain(number) for number in numbers)
    return Published(
        case=figure.case,
        figure=figure.id,
        amount=quantity.text,
        value=value,
        low=low,
        high=high,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        period=figure.period.edtf,
        derived=figure.formula,
    )


def check_history(dataset: Dataset, published: Sequence[Published]) -> list[Problem]:
    """The figures that differ from what was published without a change that says so."""
    by_case: dict[str, list[Published]] = {}
    for row in published:
        by_case.setdefault(row.case, []).append(row)
    problems: list[Problem] = []
    for slug, rows in by_case.items():
        case = dataset.by_slug.get(slug)
        if case is not None:
            problems += _check_case(case, rows)
        elif slug not in dataset.unread and not _is_explained(slug, dataset):
            problems.append(problem("W239", f"data/cases/{slug}.yaml", START, slug=slug))
    return problems


def _is_explained(slug: str, dataset: Dataset) -> bool:
    """Whether the record says what became of a case."""
    return f"cases/{slug}/" in dataset.gone or any(
        slug in case.aliases for case in dataset.summaries
    )


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
        for name, before, after in _differences(row, now):
            if not any(_explains(change, name, row, now) for change in figure.history):
                yield _report_changed(case, figure, name, before, after)


def _differences(row: Published, now: Published) -> Iterator[tuple[str, str, str]]:
    """The columns that differ, each with what was published and what it would be now."""
    if (row.value, row.low, row.high, row.unit) != (now.value, now.low, now.high, now.unit):
        yield "amount", row.amount, now.amount
    elif row.qualifier != now.qualifier:
        # The same wording may be read in another way.
        same = row.amount == now.amount
        yield "qualifier", *((row.qualifier, now.qualifier) if same else (row.amount, now.amount))
    if row.period != now.period:
        yield "period", row.period, now.period


def _explains(change: Change, name: str, row: Published, now: Published) -> bool:
    """Whether a change of the record is the one between what was published and what is now."""
    pairs = ((change.before, row), (change.after, now))
    if name == "period":
        return all(_read_period(text) == state.period for text, state in pairs)
    if name == "qualifier" and all(text == state.qualifier for text, state in pairs):
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
    numbers = (quantity.value, quantity.low, quantity.high)
    read = tuple("" if number is None else plain(number) for number in numbers)
    same_unit = not quantity.unit or quantity.unit == state.unit
    return (
        read == tuple(map(_plain, (state.value, state.low, state.high)))
        and same_unit
        and quantity.qualifier == state.qualifier
    )


def _plain(text: str) -> str:
    try:
        return plain(Decimal(text)) if text else ""
    except InvalidOperation:
        return text


def _read_period(text: str) -> str:
    try:
        return parse_period(text).edtf
    except PeriodError:
        return text


_NAMES: Mapping[str, str] = {
    "amount": "checks.amount",
    "qualifier": "checks.qualifier",
    "period": "checks.period",
}


def _report_changed(case: Case, figure: Figure, name: str, before: str, after: str) -> Problem:
    what = say(_NAMES[name])
    return problem(
        "E238.changed",
        case.path,
        figure.at,
        figure=figure.id,
        what=what,
        before=before,
        after=after,
    )
