"""Honest charts: which of them the data can have, what they say, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from casebook.charts import (
    case_figures,
    disclosure,
    mode_provider,
    money,
    timeline,
)
from casebook.charts.chart import (
    Chart,
    ChartRecords,
    ChartTable,
    ChartWords,
    Drawn,
    Selected,
    draw_table,
)
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.text import Lang, Text

# In the order of the site.
CHARTS: Final[tuple[Chart, ...]] = (
    disclosure.CHART,
    money.CHART,
    mode_provider.CHART,
    timeline.CHART,
    case_figures.SERIES,
    case_figures.SPLIT,
    case_figures.CHANGE,
    case_figures.RANGE,
)

# What the charts of all cases are called. Data may be too little for one of them, or too much: a
# strip of a thousand places cannot be read. A text that embeds it then goes without.
NAMES_ACROSS: Final = tuple(chart.name for chart in CHARTS if chart.find_across is not None)


def find_charts(dataset: Dataset) -> tuple[Selected, ...]:
    """Every chart that the data can honestly have: those of all cases, then case by case."""
    of_cases = (chart for case in dataset.cases for chart in find_charts_of(case, dataset))
    return (*find_charts_across(dataset), *of_cases)


def find_charts_across(dataset: Dataset) -> Iterator[Selected]:
    """The charts of all cases together, each under the name of its kind."""
    for chart in CHARTS:
        for figures in chart.find_across(dataset) if chart.find_across else ():
            keys = tuple(figure.key for figure in figures)
            yield Selected(chart=chart.name, name=chart.name, figures=keys)


def find_charts_of(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """The charts of one case, named by case and kind, and numbered from the second of a kind."""
    for chart in CHARTS:
        found = chart.find_in(case, dataset) if chart.find_in else ()
        for number, figures in enumerate(found, 1):
            name = f"{case.slug}-{chart.name}" + (f"-{number}" if number > 1 else "")
            keys = tuple(figure.key for figure in figures)
            yield Selected(chart=chart.name, name=name, case=case.slug, figures=keys)


def chart_of(found: Selected | ChartWords) -> Chart:
    """The kind of a chart."""
    return next(chart for chart in CHARTS if chart.name == found.chart)


def title_of(found: Selected | ChartWords) -> Text:
    """The title of a chart of all cases, which does not change with what the cases hold."""
    key = chart_of(found).title
    return say(key) if key else say("charts.title", name=found.name)


def tabulate_chart(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """All that a chart says and shows, computed but not drawn; it is drawn anew by its key."""
    table = chart_of(selected).tabulate(ChartRecords.take(selected, dataset, lang))
    folder = dataset.languages.address(f"charts/{selected.name}/", lang)
    return replace(table, folder=folder)


def draw_chart(table: ChartTable) -> Drawn:
    """A chart drawn at both widths."""
    return draw_table(chart_of(table), table)
