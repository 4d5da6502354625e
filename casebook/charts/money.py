"""All amounts of money, class by class: bars where figures compare, a list of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Final

from casebook.charts.bars import BarBlock, ItemGroup, paint_bars, paint_listing
from casebook.charts.canvas import Sheet
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, PanelTable
from casebook.charts.symbols import legend_kinds
from casebook.record.comparability import class_of, group_by_class, group_by_scale, name_class
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import COMMA, SEMICOLON, Lang
from casebook.values.amounts import compact

_MOST_AMOUNTS: Final = 120


def find_money(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One chart of every amount of money that is not part of another."""
    found = (
        figure
        for case in dataset.cases
        for figure in dataset.money_figures(case)
        if not figure.part_of and (figure.quantity.is_rough or figure.quantity.magnitude >= 0)
    )
    # One too many decides; no further case is looked at.
    figures = tuple(islice(found, _MOST_AMOUNTS + 1))
    if 0 < len(figures) <= _MOST_AMOUNTS:
        yield figures


def tabulate_money(shown: ChartRecords) -> ChartTable:
    """A panel with a scale of its own for each class of several figures, and a list of the rest."""
    order = _order_measures(shown)
    groups = group_by_scale(shown.figures)
    groups.sort(key=lambda group: (order.index(group[0].measure), shown.figures.index(group[0])))
    shared = [group for group in groups if len(group) > 1]
    lone = [figure for group in groups if len(group) == 1 for figure in group]
    panels = [_draw_group(group, shown) for group in shared]
    if lone:
        title = shown.say("charts.money.alone") if shared else ""
        listed = _list_groups(lone, shown)
        alt = _name_all(title, [group.heading for group in listed], shown.lang)
        panels.append(PanelTable(title, alt, listed))
    ordered = (*(figure for group in shared for figure in group), *lone)
    drawn = [figure for group in shared for figure in group[:MOST_ROWS]]
    return replace(
        replace(shown, figures=ordered).tabulate(_find_words(shown), None),
        panels=tuple(panels),
        subtitle=shown.say("charts.money.subtitle"),
        notes=_notes(shown, {group[0].measure for group in shared}),
        figures=tuple(figure.key for figure in (*drawn, *lone)),
        legend=legend_kinds(
            mark for panel in panels[: len(shared)] for mark in panel.content.marks
        ),
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


def _name_all(title: str, names: Sequence[str], lang: Lang) -> str:
    said = SEMICOLON.inside(lang).join(names)
    return f"{title}（{said}）" if lang == "zh" else f"{title} ({said})"


def _notes(shown: ChartRecords, compared: set[str]) -> tuple[str, ...]:
    measures = (shown.dataset.vocabulary.measures[key] for key in _order_measures(shown))
    return tuple(
        shown.named(measure.compare.inside(shown.lang), measure.name.inside(shown.lang))
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


def _draw_group(figures: Sequence[Figure], shown: ChartRecords) -> PanelTable:
    key, drawn = class_of(figures[0]), figures[:MOST_ROWS]
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
    title = name_class(key, shown.dataset.vocabulary).inside(shown.lang)
    if len(figures) > len(drawn):
        title += shown.say("charts.money.more", count=len(figures) - len(drawn))
    scale = compact(max(bar.value for bar in bars), key.unit, shown.lang)
    alt = _name_all(title, [f"{bar.name} {bar.amount}" for bar in bars], shown.lang)
    return PanelTable(title, alt, BarBlock(bars=bars, lang=shown.lang, scale=scale))


def _paint_money(content: BarBlock | Sequence[ItemGroup], sheet: Sheet) -> None:
    if isinstance(content, BarBlock):
        paint_bars(content, sheet)
    else:
        paint_listing(content, sheet)


CHART = Chart(
    name="money",
    tabulate=tabulate_money,
    paint=_paint_money,
    find_across=find_money,
    title="charts.money.title",
)
