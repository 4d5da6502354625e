"""Counts of things, each with its own unit: a list, because bars of them would compare."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from casebook.charts.canvas import Sheet
from casebook.charts.chart import (
    MOST_ROWS,
    Chart,
    ChartTable,
    PanelTable,
    Selected,
    chart_row,
    figure_header,
    legend_of,
    sources_of_figures,
)
from casebook.charts.listing import ItemList, paint_listing
from casebook.charts.money import list_figures
from casebook.charts.symbols import mark_in
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import Lang


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """One list of every count, where it is short enough to be read."""
    printed = (figure for case in dataset.cases for figure in case.printed_figures)
    found = (figure for figure in printed if _is_count(figure, dataset))
    # One too many decides; no further case is looked at.
    counts = list(islice(found, 2 * MOST_ROWS + 1))
    if 0 < len(counts) <= 2 * MOST_ROWS:
        yield Selected(
            chart=CHART.name, name="counts", case="", figures=tuple(figure.key for figure in counts)
        )


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the list says and shows: the counts place by place, in the order of the records."""
    zh = lang == "zh"
    figures = [dataset.figures[key] for key in selected.figures]
    marks = {figure.key: mark_in(figure, dataset) for figure in figures}
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        groups.setdefault(figure.case, []).append(figure)
    listing = ItemList(
        tuple(
            list_figures(
                (dataset.place(dataset.by_slug[slug]).inside(lang),), members, dataset, lang
            )
            for slug, members in groups.items()
        ),
        lang,
    )
    units = len({figure.quantity.unit for figure in figures})
    count, places = len(figures), len(groups)
    if zh:
        finding = f"{places}个地方的{count}个计数用了{units}种量词，只列出，不画成条"
        subtitle = "数的是不同的东西；同一个量词也不等于同一口径"
    else:
        finding = (
            f"{_many(count, 'count')} from {_many(places, 'place')} in"
            f" {_many(units, 'unit')}: listed, not drawn as bars"
        )
        subtitle = "Different things are counted; even one unit does not mean one scope"
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case="",
        lang=lang,
        finding=finding,
        subtitle=subtitle,
        header=figure_header(lang),
        rows=tuple(chart_row(figure, marks[figure.key], dataset, lang) for figure in figures),
        panels=(PanelTable("", finding, listing),),
        notes=(),
        sources=sources_of_figures(figures),
        legend=legend_of(marks.values()),
        pictured=False,
    )


def _is_count(figure: Figure, dataset: Dataset) -> bool:
    return dataset.vocabulary.measures[figure.measure].kind == "count"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _paint(listing: ItemList, sheet: Sheet) -> None:
    paint_listing(listing, sheet)


CHART = Chart(name="counts", tabulate=tabulate, paint=_paint, find_across=find_across)
