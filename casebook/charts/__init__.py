"""The charts of a site: find those that the data supports, draw them, check embedded ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from casebook.charts import answers, money, timeline
from casebook.charts.canvas import NARROW, WIDE, Sheet, Style, write_svg
from casebook.charts.chart import (
    Chart,
    ChartRecords,
    ChartTable,
    ChartWords,
    Drawn,
    LegendItem,
    Panel,
    PanelTable,
    Selected,
)
from casebook.charts.symbols import Kind, draw_kind
from casebook.checks.content import list_prose, read_content
from casebook.messages import problem, say
from casebook.problems import Position, Problem, find_in_lines
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.references import EMBEDDED, find_chart_names
from casebook.record.suggestions import suggest
from casebook.text import Lang, Text

# In the order of the site.
CHARTS: Final[tuple[Chart, ...]] = (
    answers.DISCLOSURE,
    money.CHART,
    answers.MODES,
    timeline.CHART,
    money.SERIES,
    money.SPLIT,
    money.CHANGE,
    money.RANGE,
)

# The names of the charts of all cases. The data may be too small or too large for one of them
# (a timeline of a thousand places is unreadable); a text that embeds it is then shown without.
NAMES_ACROSS: Final = tuple(chart.name for chart in CHARTS if chart.find_across is not None)

# Matches more than EMBEDDED, so that a misspelt embedding is reported instead of printed.
_WRITTEN = re.compile(r"\[\[\s*chart\s*[:：]([^\[\]\n]*)\]\]", re.IGNORECASE)


def find_charts(dataset: Dataset) -> tuple[Selected, ...]:
    """Every chart that the data supports: those of all cases, then those of each case."""
    of_cases = (chart for case in dataset.cases for chart in find_charts_of(case, dataset))
    return (*find_charts_across(dataset), *of_cases)


def find_charts_across(dataset: Dataset) -> Iterator[Selected]:
    """The charts of all cases together, each under the name of its kind."""
    for chart in CHARTS:
        for figures in chart.find_across(dataset) if chart.find_across else ():
            keys = tuple(figure.key for figure in figures)
            yield Selected(chart=chart.name, name=chart.name, figures=keys)


def find_charts_of(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """The charts of one case, named by case and kind, with a number from the second of a kind."""
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
    """The fixed title of a chart, which does not depend on the data; else a title with its name."""
    key = chart_of(found).title
    return say(key) if key else say("charts.title", name=found.name)


def tabulate_chart(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """The texts and values of a chart before drawing; a changed `key` causes a new drawing."""
    figures = tuple(dataset.figures[key] for key in selected.figures)
    records = ChartRecords(selected=selected, dataset=dataset, lang=lang, figures=figures)
    folder = dataset.languages.address(f"charts/{selected.name}/", lang)
    return replace(chart_of(selected).tabulate(records), folder=folder)


def paint_panel(table: ChartTable, panel: PanelTable, style: Style) -> Sheet:
    """One panel of a chart laid out at one width."""
    sheet = Sheet(style=style)
    chart_of(table).paint(panel.content, sheet)
    return sheet


def draw_chart(table: ChartTable) -> Drawn:
    """A chart drawn at both widths."""
    words: dict[str, Any] = {each.name: getattr(table, each.name) for each in fields(ChartWords)}
    return Drawn(
        **words,
        panels=tuple(_draw_panel(table, *numbered) for numbered in enumerate(table.panels, 1)),
        legend=tuple(_draw_legend(kind, table) for kind in table.legend),
    )


def _draw_panel(table: ChartTable, number: int, panel: PanelTable) -> Panel:
    wide, narrow = (paint_panel(table, panel, style) for style in (WIDE, NARROW))
    prefix = f"{table.name}-{number}"
    return Panel(
        title=panel.title,
        wide=write_svg(wide, f"{prefix}-{wide.width:.0f}", panel.alt),
        narrow=write_svg(narrow, f"{prefix}-{narrow.width:.0f}", panel.alt),
        height=wide.height,
        narrow_height=narrow.height,
    )


def _draw_legend(kind: Kind, table: ChartTable) -> LegendItem:
    sheet = Sheet(style=Style(width=40, size=14, small=14), height=22)
    draw_kind(sheet, kind, 2, 11)
    # The swatch has no label, because its words stand beside it for screen readers.
    swatch = write_svg(sheet, f"{table.name}-legend-{kind}", "")
    return LegendItem(kind, say(f"charts.legend.{kind}").inside(table.lang), swatch)


def find_embedded(project: Path, dataset: Dataset) -> frozenset[str]:
    """The names of the charts that are embedded in any text."""
    in_texts = (name for _, text in read_content(project) for name in find_chart_names(text))
    return frozenset({*in_texts, *(name for case in dataset.summaries for name in case.charts)})


def check_embedded(project: Path, dataset: Dataset) -> Iterator[Problem]:
    """A problem for each embedded chart that does not exist or is not alone on its line."""
    written = list(_find_written(project, dataset))
    names = list(NAMES_ACROSS)
    if not {match[1].strip() for _, _, match in written} <= set(names):
        # Only here, because finding the charts of each case loads every case. NAMES_ACROSS stay
        # allowed: if one more case makes a chart too large, the text is not at fault.
        names = list(dict.fromkeys([*(chart.name for chart in find_charts(dataset)), *names]))
    for path, at, match in written:
        name = match[1].strip()
        # The charts of a case that cannot be read are unknown.
        if any(name.startswith(f"{slug}-") for slug in dataset.unread):
            continue
        if name not in names:
            yield problem("E252", path, at, hint=suggest(name, names), written=match[0][:60])
        elif not EMBEDDED.fullmatch(match.string):
            yield problem("E252.alone", path, at, name=name)


def _find_written(project: Path, dataset: Dataset) -> Iterator[tuple[str, Position, re.Match[str]]]:
    """Each embedding, also a misspelt one, as a match in its line, with its path and place."""
    cases = (dataset.by_slug[case.slug] for case in dataset.summaries if case.has_slots)
    for text in list_prose(project, cases, dataset.languages):
        for match, at in find_in_lines(_WRITTEN, text.words, text.at):
            # An embedding inside code quotes is not a chart.
            if match.string[: match.start()].count("`") % 2 == 0:
                yield text.path, at, match
