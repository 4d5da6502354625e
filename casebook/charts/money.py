"""Money of all cases, class by class, each class on its own scale and never on one axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from casebook.charts.bars import BarBlock, paint_blocks
from casebook.charts.canvas import Sheet
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, PanelTable, Selected
from casebook.charts.figures import ChartFigures, number_disputes
from casebook.charts.listing import ItemGroup, ItemList, paint_listing
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import COMMA, Lang
from casebook.values.comparability import ComparabilityClass, class_of, group_by_class, name_class

_MOST_FIGURES = 120

# The figures of one class that may share a scale.
Group = tuple[ComparabilityClass, tuple[Figure, ...]]


@dataclass(frozen=True, slots=True)
class Money:
    """One panel: blocks of figures that compare, or a list of those that stand alone."""

    blocks: tuple[BarBlock, ...] = ()
    alone: ItemList | None = None


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """One chart of every amount of money that is not part of another."""
    found = (
        figure.key
        for case in dataset.cases
        for figure in dataset.money_figures(case)
        if not figure.part_of and figure.quantity.magnitude >= 0
    )
    # One too many decides; no further case is looked at.
    keys = tuple(islice(found, _MOST_FIGURES + 1))
    if 0 < len(keys) <= _MOST_FIGURES:
        yield Selected(chart=CHART.name, name=CHART.name, figures=keys)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the panels say and show: one scale a class, and a list of what has none."""
    shown = ChartFigures.take(selected, dataset, lang)
    finding = _find_words(shown)
    groups = _group_figures(shown)
    shared = [group for group in groups if len(group[1]) > 1]
    lone = [figures[0] for _, figures in groups if len(figures) == 1]
    panels, drawn = [], [figure.key for figure in lone]
    if shared:
        blocks = tuple(_block(group, shown) for group in shared)
        drawn += [bar.key for block in blocks for bar in block.bars]
        panels.append(_panel("charts.money.shared", blocks, Money(blocks), shown))
    if lone:
        listed = _list_groups(lone, shown)
        alone = Money(alone=ItemList(listed, lang))
        panel = _panel("charts.money.alone", listed, alone, shown)
        panels.append(panel if shared else replace(panel, title=""))
    ordered = (*(figure for _, figures in shared for figure in figures), *lone)
    return replace(
        replace(shown, figures=ordered).tabulate(finding, tuple(panels)),
        subtitle=shown.say("charts.money.subtitle"),
        notes=_notes(shown, {key.measure for key, _ in shared}),
        figures=tuple(drawn),
    )


def _find_words(shown: ChartFigures) -> str:
    count, kinds = len(shown.figures), len(group_by_class(shown.figures))
    if count == 1:
        return shown.say("charts.money.single")
    if kinds == 1:
        return shown.say("charts.money.one_class", count=count)
    return shown.say("charts.money.finding", count=count, kinds=kinds)


def _order_measures(shown: ChartFigures) -> list[str]:
    # Ceilings and mixed programmes come last: they are no purchases.
    used = {figure.measure for figure in shown.figures}
    measures = [m for m in shown.dataset.vocabulary.measures.values() if m.key in used]
    return [m.key for m in sorted(measures, key=lambda measure: (measure.mixed, measure.cap))]


def _group_figures(shown: ChartFigures) -> list[Group]:
    # An amount over several years compares only with one over the same years.
    groups: dict[tuple[ComparabilityClass, str], list[Figure]] = {}
    for figure in shown.figures:
        spans = figure.period.precision == "interval" and figure.period.lane != "latest_only"
        key = class_of(figure), figure.period.edtf if spans else ""
        groups.setdefault(key, []).append(figure)
    order = _order_measures(shown)
    found = [(key, tuple(figures)) for (key, _), figures in groups.items()]
    return sorted(found, key=lambda group: order.index(group[0].measure))


def _panel(
    key: str, parts: Iterable[BarBlock | ItemGroup], content: Money, shown: ChartFigures
) -> PanelTable:
    title = shown.say(key)
    return PanelTable(title, f"{title}（{'；'.join(part.heading for part in parts)}）", content)


def _notes(shown: ChartFigures, compared: set[str]) -> tuple[str, ...]:
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


def _list_groups(figures: Sequence[Figure], shown: ChartFigures) -> tuple[ItemGroup, ...]:
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


def _block(group: Group, shown: ChartFigures) -> BarBlock:
    key, figures = group
    drawn = figures[:MOST_ROWS]
    disputes = number_disputes(drawn, shown.dataset)
    bars = tuple(
        shown.bar(
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
    return BarBlock(bars=bars, unit=key.unit, lang=shown.lang, heading=heading)


def _paint(money: Money, sheet: Sheet) -> None:
    if money.alone is not None:
        paint_listing(money.alone, sheet)
    else:
        paint_blocks(money.blocks, sheet)


CHART = Chart(
    name="money",
    tabulate=tabulate,
    paint=_paint,
    find_across=find_across,
    title="charts.money.title",
)
