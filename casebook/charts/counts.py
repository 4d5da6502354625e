"""Counts of things, each with its own unit: a list, because bars of them would compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice

from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, Selected, one_panel
from casebook.charts.figures import ChartFigures
from casebook.charts.listing import ItemList, paint_listing
from casebook.record.dataset import Dataset
from casebook.text import Lang, count_nouns

_MOST_COUNTS = 2 * MOST_ROWS


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """One list of every count, where it is short enough to be read."""
    measures = dataset.vocabulary.measures
    found = (
        figure.key
        for case in dataset.cases
        for figure in case.printed_figures
        if measures[figure.measure].kind == "count"
    )
    # One too many decides; no further case is looked at.
    counts = tuple(islice(found, _MOST_COUNTS + 1))
    if 0 < len(counts) <= _MOST_COUNTS:
        yield Selected(chart=CHART.name, name=CHART.name, figures=counts)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the list says and shows: the counts place by place, in the order of the records."""
    shown = ChartFigures.take(selected, dataset, lang)
    groups = tuple(
        shown.group_items((shown.place(slug),), tuple(figures))
        for slug, figures in groupby(shown.figures, key=lambda figure: figure.case)
    )
    units = len({figure.quantity.unit for figure in shown.figures})
    finding = shown.say(
        "charts.counts.finding",
        counts=count_nouns(len(shown.figures), "count"),
        places=count_nouns(len(groups), "place"),
        units=count_nouns(units, "unit"),
    )
    return replace(
        shown.tabulate(finding, one_panel(finding, ItemList(groups, lang))),
        subtitle=shown.say("charts.counts.subtitle"),
        notes=(),
        pictured=False,
    )


CHART = Chart(
    name="counts",
    tabulate=tabulate,
    paint=paint_listing,
    find_across=find_across,
    title="charts.counts.title",
)
