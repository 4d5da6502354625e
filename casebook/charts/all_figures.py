"""Charts of the figures of all cases: money class by class, and counts as a list.

Each class of money has its own scale, never one axis with another. Counts have each a unit of
their own, and bars of them would compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Final

from casebook.charts.bars import BarBlock, paint_blocks
from casebook.charts.canvas import Sheet
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, PanelTable
from casebook.charts.listing import ItemGroup, paint_listing
from casebook.record.comparability import ComparabilityClass, class_of, group_by_class, name_class
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import COMMA, count_nouns

_MOST_AMOUNTS: Final = 120
_MOST_COUNTS: Final = 80

# The figures of one class that may share a scale.
Group = tuple[ComparabilityClass, tuple[Figure, ...]]


def find_money(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One chart of every amount of money that is not part of another."""
    found = (
        figure
        for case in dataset.cases
        for figure in dataset.money_figures(case)
        if not figure.part_of and figure.quantity.magnitude >= 0
    )
    return _take_few(found, _MOST_AMOUNTS)


def _take_few(found: Iterator[Figure], most: int) -> Iterator[tuple[Figure, ...]]:
    # One too many decides; no further case is looked at.
    figures = tuple(islice(found, most + 1))
    if 0 < len(figures) <= most:
        yield figures


def find_counts(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One list of every count, where it is short enough to be read."""
    measures = dataset.vocabulary.measures
    found = (
        figure
        for case in dataset.cases
        for figure in case.printed_figures
        if measures[figure.measure].kind == "count"
    )
    return _take_few(found, _MOST_COUNTS)


def tabulate_counts(shown: ChartRecords) -> ChartTable:
    """The counts place by place, in the order of the records."""
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
    subtitle = shown.say("charts.counts.subtitle")
    table = shown.tabulate(finding, groups)
    return replace(table, subtitle=subtitle, notes=(), pictured=False)


def tabulate_money(shown: ChartRecords) -> ChartTable:
    """What the panels say and show: one scale a class, and a list of what has none."""
    finding = _find_words(shown)
    groups = _group_figures(shown)
    shared = [group for group in groups if len(group[1]) > 1]
    lone = [figures[0] for _, figures in groups if len(figures) == 1]
    panels, drawn = [], [figure.key for figure in lone]
    if shared:
        blocks = tuple(_block(group, shown) for group in shared)
        drawn += [bar.key for block in blocks for bar in block.bars]
        panels.append(_panel(shown.say("charts.money.shared"), blocks))
    if lone:
        panel = _panel(shown.say("charts.money.alone"), _list_groups(lone, shown))
        panels.append(panel if shared else replace(panel, title=""))
    ordered = (*(figure for _, figures in shared for figure in figures), *lone)
    return replace(
        replace(shown, figures=ordered).tabulate(finding, None),
        panels=tuple(panels),
        subtitle=shown.say("charts.money.subtitle"),
        notes=_notes(shown, {key.measure for key, _ in shared}),
        figures=tuple(drawn),
    )


def _find_words(shown: ChartRecords) -> str:
    count, kinds = len(shown.figures), len(group_by_class(shown.figures))
    if count == 1:
        return shown.say("charts.money.single")
    if kinds == 1:
        return shown.say("charts.money.one_class", count=count)
    return shown.say("charts.money.finding", count=count, kinds=kinds)


def _order_measures(shown: ChartRecords) -> list[str]:
    # Ceilings and mixed programmes come last: they are no purchases.
    used = {figure.measure for figure in shown.figures}
    measures = [m for m in shown.dataset.vocabulary.measures.values() if m.key in used]
    return [m.key for m in sorted(measures, key=lambda measure: (measure.mixed, measure.cap))]


def _group_figures(shown: ChartRecords) -> list[Group]:
    # An amount over several years compares only with one over the same years.
    groups: dict[tuple[ComparabilityClass, str], list[Figure]] = {}
    for figure in shown.figures:
        spans = figure.period.precision == "interval" and figure.period.lane != "latest_only"
        key = class_of(figure), figure.period.edtf if spans else ""
        groups.setdefault(key, []).append(figure)
    order = _order_measures(shown)
    found = [(key, tuple(figures)) for (key, _), figures in groups.items()]
    return sorted(found, key=lambda group: order.index(group[0].measure))


def _panel(title: str, parts: Sequence[BarBlock | ItemGroup]) -> PanelTable:
    return PanelTable(title, f"{title}（{'；'.join(part.heading for part in parts)}）", parts)


def _notes(shown: ChartRecords, compared: set[str]) -> tuple[str, ...]:
    measures = (shown.dataset.vocabulary.measures[key] for key in _order_measures(shown))
    return tuple(
        shown.say(
            "charts.named",
            name=measure.name.inside(shown.lang),
            words=measure.compare.inside(shown.lang),
        )
        for measure in measures
        if measure.key in compared or measure.cap or measure.mixed
    )


def _list_groups(figures: Sequence[Figure], shown: ChartRecords) -> tuple[ItemGroup, ...]:
    """Lone figures, which come measure by measure, under the names of measures and places."""
    groups = []
    for (measure, slug), members in groupby(figures, key=lambda f: (f.measure, f.case)):
        found = tuple(members)
        dates = Counter(figure.period.edtf for figure in found)
        name = shown.dataset.vocabulary.measures[measure].name.inside(shown.lang)
        # Several of one date share a heading; else the date stands with each.
        parts = [found]
        if min(dates.values()) > 1:
            parts = [tuple(f for f in found if f.period.edtf == date) for date in dates]
        groups += [shown.group_items((name, shown.place(slug)), part) for part in parts]
    return tuple(groups)


def _block(group: Group, shown: ChartRecords) -> BarBlock:
    key, figures = group
    drawn = figures[:MOST_ROWS]
    disputes = shown.number_disputes(drawn)
    bars = tuple(
        shown.draw(
            figure,
            COMMA.inside(shown.lang).join((shown.place(figure.case), shown.when(figure))),
            shown.label(figure),
            disputes.get(figure.key, 0),
        )
        for figure in drawn
    )
    heading = name_class(key, shown.dataset.vocabulary).inside(shown.lang)
    if len(figures) > len(drawn):
        heading += shown.say("charts.money.more", count=len(figures) - len(drawn))
    return BarBlock(bars=bars, lang=shown.lang, heading=heading)


def _paint_money(parts: Sequence[BarBlock] | Sequence[ItemGroup], sheet: Sheet) -> None:
    blocks = [part for part in parts if isinstance(part, BarBlock)]
    if blocks:
        paint_blocks(blocks, sheet)
    else:
        paint_listing([part for part in parts if isinstance(part, ItemGroup)], sheet)


MONEY = Chart(
    name="money",
    tabulate=tabulate_money,
    paint=_paint_money,
    find_across=find_money,
    title="charts.money.title",
)
COUNTS = Chart(
    name="counts",
    tabulate=tabulate_counts,
    paint=paint_listing,
    find_across=find_counts,
    title="charts.counts.title",
)
