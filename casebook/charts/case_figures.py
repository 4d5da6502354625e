"""Charts of the figures of one case as bars: series of years, ranges, and what replaced what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from casebook.charts.bars import BarBlock, paint_blocks
from casebook.charts.chart import (
    MOST_ROWS,
    Chart,
    ChartRecords,
    ChartTable,
    compute,
    lower_first,
    word_amount,
)
from casebook.charts.symbols import ChartFigure
from casebook.messages import say
from casebook.record.comparability import are_comparable, group_by_class
from casebook.record.dataset import Dataset
from casebook.record.derived import is_planned
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Vocabulary
from casebook.text import COMMA, ENUMERATION, NO_TEXT, SEMICOLON, Text
from casebook.values.amounts import plain

# How many figures the finding of a chart names, of a series also of those that stand apart.
_RANGES_NAMED: Final = 3
_PERIODS_NAMED: Final = 4
_APART_NAMED: Final = 2


def find_series(case: Case, dataset: Dataset) -> Iterator[list[Figure]]:
    """A series for each class of money of which the case dates two periods or more."""
    candidates = []
    for figure in dataset.money_figures(case):
        measure = dataset.vocabulary.measures[figure.measure]
        if not (figure.part_of or measure.cap or measure.mixed) and figure.quantity.magnitude >= 0:
            candidates.append(figure)
    for figures in group_by_class(candidates).values():
        dated = {figure.period.edtf for figure in figures if not is_apart(figure)}
        if len(dated) >= 2 and len(figures) <= MOST_ROWS and not _periods_overlap(figures):
            yield sorted(figures, key=lambda figure: (is_apart(figure), figure.period.sort_key))


def is_apart(figure: Figure) -> bool:
    """Whether a figure may not join the dated ones: planned, or of no certain period."""
    return is_planned(figure) or figure.period.lane != "dated" or figure.period.latest is None


def _periods_overlap(figures: Sequence[Figure]) -> bool:
    # Amounts of 2010 to 2014 and of 2010 to 2015 hold the same money twice.
    periods = {figure.period for figure in figures if not is_apart(figure)}
    return any(
        before.latest is not None and after.earliest is not None and after.earliest <= before.latest
        for before, after in pairwise(sorted(periods, key=lambda period: period.sort_key))
    )


def tabulate_series(shown: ChartRecords) -> ChartTable:
    """The amounts over the years, bars from zero, never a line.

    What is only announced, or whose year is not certain, stands apart after a gap.
    """
    groups = shown.number_disputes([one for one in shown.figures if not is_apart(one)])
    bars = [
        replace(
            shown.draw(figure, shown.when(figure), together=groups.get(figure.key, 0)),
            apart=is_apart(figure),
        )
        for figure in shown.figures
    ]
    notes = (
        shown.say("charts.named", name=shown.when(figure), words=figure.note.inside(shown.lang))
        for figure in shown.figures
        if figure.note
    )
    table = _tabulate_bars(_describe_series(shown, groups), bars, shown)
    return replace(table, notes=tuple(dict.fromkeys(notes)))


def _tabulate_bars(
    finding: str, bars: Sequence[ChartFigure], shown: ChartRecords, change: str = ""
) -> ChartTable:
    block = BarBlock(bars=tuple(bars), lang=shown.lang, change=change)
    return shown.tabulate(finding, (block,))


def _describe_series(shown: ChartRecords, groups: dict[str, int]) -> str:
    """The finding: each dated period with its amount as worded, then what is set apart."""
    dated = [figure for figure in shown.figures if not is_apart(figure)]
    apart = [figure for figure in shown.figures if is_apart(figure)]
    disputed = dict.fromkeys(shown.when(figure) for figure in dated if figure.key in groups)
    if len(dated) > _PERIODS_NAMED:
        dated = [dated[0], dated[-1]]
    clauses = COMMA.inside(shown.lang).join(
        shown.say("charts.series.dated", when=shown.when(figure), amount=shown.amount(figure))
        for figure in dated
    )
    tails = [shown.say("charts.named", name=shown.place(), words=clauses)]
    if disputed:
        periods = ENUMERATION.inside(shown.lang).join(disputed)
        tails.append(shown.say("charts.series.disputed", periods=periods))
    for figure in apart[:_APART_NAMED]:
        key = "charts.series.undated"
        if is_planned(figure):
            is_dated = figure.period.lane == "dated"
            key = "charts.series.planned" if is_dated else "charts.series.planned_undated"
        tails.append(shown.say(key, amount=shown.amount(figure)))
    return SEMICOLON.inside(shown.lang).join(tails)


def find_ranges(case: Case, dataset: Dataset) -> Iterator[Sequence[Figure]]:
    """A drawing for each class of money of the case in which an amount is a range."""
    ranges = [
        figure
        for figure in dataset.money_figures(case)
        if figure.quantity.value is None and figure.per and not figure.part_of
    ]
    for figures in group_by_class(ranges).values():
        if len(figures) <= MOST_ROWS:
            yield figures


def tabulate_ranges(shown: ChartRecords) -> ChartTable:
    """The ranges as capsules from their lower to their upper end."""
    said = SEMICOLON.inside(shown.lang).join(
        shown.say("charts.range.amount", label=shown.label(figure), amount=shown.amount(figure))
        for figure in shown.figures[:_RANGES_NAMED]
    )
    finding = shown.say("charts.named", name=shown.place(), words=said)
    bars = [shown.draw(figure, shown.label(figure), shown.when(figure)) for figure in shown.figures]
    return _tabulate_bars(finding, bars, shown)


def find_changes(case: Case, dataset: Dataset) -> Iterator[tuple[Figure, Figure]]:
    """A pair for each amount of the case that names the one before it, where both compare."""
    for after in dataset.money_figures(case):
        before = case.figures.get(after.follows)
        if before is None or before.id == after.id or not are_comparable((before, after)):
            continue
        if before.quantity.value is not None and after.quantity.value is not None:
            yield before, after


def tabulate_change(shown: ChartRecords) -> ChartTable:
    """Before and after, with the computed difference."""
    before, after = shown.figures
    change = describe_change(before, after, shown.dataset.vocabulary).inside(shown.lang)
    label = shown.label(before)
    said = shown.say(
        "charts.difference.pair",
        label=Text(label, lower_first(label)),
        before=shown.amount(before),
        after=shown.amount(after),
    )
    finding = shown.say("charts.named", name=shown.place(), words=said)
    if change:
        finding = shown.say("charts.difference.changed", pair=finding, change=change)
    bars = (
        shown.draw(before, shown.say("charts.difference.before"), shown.when(before)),
        shown.draw(after, shown.say("charts.difference.after"), shown.when(after)),
    )
    table = _tabulate_bars(finding, bars, shown, change)
    if not change:
        return table
    computed = (shown.place(), change, "", shown.say("charts.computed"), "", "", "")
    return replace(table, rows=(*table.rows, computed))


def describe_change(before: Figure, after: Figure, vocabulary: Vocabulary) -> Text:
    """By how much an amount went up or down, or nothing where a formula could not have it."""
    figures = {figure.id: figure for figure in (before, after)}
    went_up = after.quantity.magnitude > before.quantity.magnitude
    high, low = (after.id, before.id) if went_up else (before.id, after.id)
    difference = compute(f"{high} - {low}", figures, vocabulary)
    share = compute(f"({high} - {low}) / {before.id}", figures, vocabulary)
    if difference is None or share is None or not difference.value:
        return NO_TEXT
    return say(
        "charts.difference.up" if went_up else "charts.difference.down",
        amount=word_amount(difference),
        about=say("charts.about") if share.qualifier == "approx" else "",
        percent=plain(share.magnitude * 100),
    )


SERIES = Chart(name="series", tabulate=tabulate_series, paint=paint_blocks, find_in=find_series)
RANGE = Chart(name="range", tabulate=tabulate_ranges, paint=paint_blocks, find_in=find_ranges)
CHANGE = Chart(name="rise", tabulate=tabulate_change, paint=paint_blocks, find_in=find_changes)
