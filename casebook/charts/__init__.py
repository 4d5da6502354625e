"""Honest charts: which of them the data can have, what they say, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casebook.charts import counts, disclosure, mode_provider, ranges, series, split, timeline
from casebook.charts import difference as rise
from casebook.charts import money as panels
from casebook.charts.chart import Chart, ChartTable, Drawn, Selected, draw_table
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.text import Lang

__all__ = [
    "CHARTS",
    "NAMES_ACROSS",
    "Chart",
    "Drawn",
    "Selected",
    "Table",
    "chart_of",
    "draw_chart",
    "find_charts",
    "find_charts_across",
    "find_charts_of",
    "tabulate_chart",
]

CHARTS: Final[tuple[Chart, ...]] = (
    disclosure.CHART,
    panels.CHART,
    counts.CHART,
    mode_provider.CHART,
    timeline.CHART,
    series.CHART,
    split.CHART,
    rise.CHART,
    ranges.CHART,
)


# What the charts of all cases are called. Data may be too little for one of them, or too much: a
# strip of a thousand places cannot be read. A text that embeds it then goes without.
NAMES_ACROSS: Final = ("disclosure", "money", "counts", "mode-provider", "timeline")


def find_charts(dataset: Dataset) -> tuple[Selected, ...]:
    """Every chart that the data can honestly have: those of all cases, then case by case."""
    found = list(find_charts_across(dataset))
    for case in dataset.cases:
        found.extend(find_charts_of(case, dataset))
    return tuple(found)


def find_charts_across(dataset: Dataset) -> Iterator[Selected]:
    """The charts of all cases together."""
    for chart in CHARTS:
        if chart.find_across is not None:
            yield from chart.find_across(dataset)


def find_charts_of(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """The charts of one case."""
    for chart in CHARTS:
        if chart.find_in is not None:
            yield from chart.find_in(case, dataset)


def chart_of(selected: Selected | ChartTable) -> Chart:
    """The kind of chart that was selected."""
    return next(chart for chart in CHARTS if chart.name == selected.chart)


def tabulate_chart(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """All that a chart says and shows, computed but not drawn; its key tells when to redraw."""
    return chart_of(selected).tabulate(selected, dataset, lang)


def draw_chart(selected: Selected, dataset: Dataset, lang: Lang) -> Drawn:
    """A chart drawn at both widths."""
    return draw_table(chart_of(selected), tabulate_chart(selected, dataset, lang))
