"""What was published of each figure, and whether every change of it is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Change, Figure
from casebook.values.amounts import QuantityError, parse_quantity, plain
from casebook.values.dates import PeriodError, parse_period

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
        elif slug not in dataset.unread and not _is_told(slug, dataset):
            zh, en = (
                f"已发布过的案例 {slug} 现在没有了",
                f"the case {slug} was published and is gone",
            )
            place = f"data/cases/{slug}.yaml"
            problems.append(Problem(place, START, "W239", zh, en, severity="warning"))
    return problems


def _is_told(slug: str, dataset: Dataset) -> bool:
    """Whether the record says what became of a case."""
    return f"cases/{slug}/" in dataset.gone or any(
        slug in case.aliases for case in dataset.summaries
    )


def _check_case(case: Case, rows: Iterable[Published]) -> Iterator[Problem]:
    for row in rows:
        figure = case.figures.get(row.figure)
        if figure is None:
            if not any(change.figure == row.figure for change in case.withdrawn):
                yield _report_withdrawn(case, row)
            continue
        now = publish_figure(figure)
        # What is computed follows the figures that it rests on, which tell their own changes.
        if row.derived and row.derived == now.derived:
            continue
        for name, before, after in _differences(row, now):
            if not any(_tells(change, name, row, now) for change in figure.history):
                yield _report_changed(case, figure, name, before, after)


def _differences(row: Published, now: Published) -> Iterator[tuple[str, str, str]]:
    """What differs: the name of the column, what was published, what stands there now."""
    if (row.value, row.low, row.high, row.unit) != (now.value, now.low, now.high, now.unit):
        yield "amount", row.amount, now.amount
    elif row.qualifier != now.qualifier:
        # The same wording may be read in another way.
        same = row.amount == now.amount
        yield "qualifier", *((row.qualifier, now.qualifier) if same else (row.amount, now.amount))
    if row.period != now.period:
        yield "period", row.period, now.period


def _tells(change: Change, name: str, row: Published, now: Published) -> bool:
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
    told = tuple("" if number is None else plain(number) for number in numbers)
    same_unit = not quantity.unit or quantity.unit == state.unit
    return (
        told == tuple(map(_plain, (state.value, state.low, state.high)))
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


_NAMES: Mapping[str, tuple[str, str]] = {
    "amount": ("金额", "amount"),
    "qualifier": ("限定词", "qualifier"),
    "period": ("时期", "period"),
}


def _report_changed(case: Case, figure: Figure, name: str, before: str, after: str) -> Problem:
    zh, en = _NAMES[name]
    return Problem(
        case.path,
        figure.at,
        "E238",
        f"{figure.id} 的{zh}与已发布的不同：原为 {before}，现为 {after}，却没有更正记录",
        f"the {en} of {figure.id} differs from what was published, {before} then and {after} now, "
        "and no change is recorded",
        f"在 {figure.id} 下面加 history，写 date、kind（correction、clarification 或 update）、"
        f"from: {before}、to: {after} 和 why；上次的结果没有公开过，就删去 output 再构建",
        f"Add a history to {figure.id} with date, kind (correction, clarification or update), "
        f"from: {before}, to: {after} and why; if the last site was never made public, delete "
        "output and build again",
    )


def _report_withdrawn(case: Case, row: Published) -> Problem:
    return Problem(
        case.path,
        START,
        "E238",
        f"已发布的数字 {row.figure}（{row.amount}）不见了，却没有更正记录",
        f"the published figure {row.figure} ({row.amount}) is gone and no change is recorded",
        f"在案例的 history 里加一条，写 figure: {row.figure}、date、kind、from: {row.amount} 和 "
        "why；改名的数字也要写；上次的结果没有公开过，就删去 output 再构建",
        f"Add to the history of the case an entry with figure: {row.figure}, date, kind, from: "
        f"{row.amount} and why, also where it was renamed; if the last site was never made "
        "public, delete output and build again",
    )
