"""The amounts of one case over the years that its sources date, bars from zero, never a line.

What is only announced, or whose year is not certain, stands apart after a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from casebook.charts.bars import BarBlock, paint_block
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, Selected, one_panel, select_in
from casebook.charts.figures import ChartFigures
from casebook.charts.symbols import is_planned
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import COMMA, ENUMERATION, SEMICOLON, Lang
from casebook.values.comparability import group_by_class

_NAMED_IN_FINDING = 4
_APART_IN_FINDING = 2


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A series for each class of money of which the case dates two periods or more."""
    number = 0
    for figures in group_by_class(_candidates(case, dataset)).values():
        dated = {figure.period.edtf for figure in figures if not is_apart(figure)}
        if len(dated) < 2 or len(figures) > MOST_ROWS or _periods_overlap(figures):
            continue
        number += 1
        in_order = sorted(figures, key=lambda figure: (is_apart(figure), figure.period.sort_key))
        yield select_in(case, CHART.name, number, in_order)


def is_apart(figure: Figure) -> bool:
    """Whether a figure may not join the dated ones: planned, or of no certain period."""
    return is_planned(figure) or figure.period.lane != "dated" or figure.period.latest is None


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the series says and shows."""
    shown = ChartFigures.take(selected, dataset, lang)
    groups = _number_reports(shown.figures)
    bars = tuple(
        replace(
            shown.bar(figure, name=shown.when(figure), together=groups.get(figure.key, 0)),
            apart=is_apart(figure),
        )
        for figure in shown.figures
    )
    block = BarBlock(bars=bars, unit=shown.figures[0].quantity.unit, lang=lang)
    finding = _find_words(shown, groups)
    notes = (
        shown.say("charts.named", name=shown.when(figure), words=figure.note.inside(lang))
        for figure in shown.figures
        if figure.note
    )
    table = shown.tabulate(finding, one_panel(finding, block))
    return replace(table, notes=tuple(dict.fromkeys(notes)))


def _find_words(shown: ChartFigures, groups: dict[str, int]) -> str:
    """The finding: each dated period with its amount as worded, then what is set apart."""
    dated = [figure for figure in shown.figures if not is_apart(figure)]
    apart = [figure for figure in shown.figures if is_apart(figure)]
    disputed = dict.fromkeys(shown.when(figure) for figure in dated if figure.key in groups)
    if len(dated) > _NAMED_IN_FINDING:
        dated = [dated[0], dated[-1]]
    clauses = COMMA.inside(shown.lang).join(
        shown.say("charts.series.dated", when=shown.when(figure), amount=shown.amount(figure))
        for figure in dated
    )
    tails = [shown.say("charts.named", name=shown.place(), words=clauses)]
    if disputed:
        periods = ENUMERATION.inside(shown.lang).join(disputed)
        tails.append(shown.say("charts.series.disputed", periods=periods))
    tails += [_say_apart(figure, shown) for figure in apart[:_APART_IN_FINDING]]
    return SEMICOLON.inside(shown.lang).join(tails)


def _say_apart(figure: Figure, shown: ChartFigures) -> str:
    amount = shown.amount(figure)
    if not is_planned(figure):
        return shown.say("charts.series.undated", amount=amount)
    if figure.period.lane != "dated":
        return shown.say("charts.series.planned_undated", amount=amount)
    return shown.say("charts.series.planned", amount=amount)


def _candidates(case: Case, dataset: Dataset) -> list[Figure]:
    found = []
    for figure in dataset.money_figures(case):
        measure = dataset.vocabulary.measures[figure.measure]
        if not (figure.part_of or measure.cap or measure.mixed) and figure.quantity.magnitude >= 0:
            found.append(figure)
    return found


def _periods_overlap(figures: Sequence[Figure]) -> bool:
    # Amounts of 2010 to 2014 and of 2010 to 2015 hold the same money twice.
    periods = sorted(
        {figure.period for figure in figures if not is_apart(figure)},
        key=lambda period: period.sort_key,
    )
    return any(
        before.latest is not None and after.earliest is not None and after.earliest <= before.latest
        for before, after in pairwise(periods)
    )


def _number_reports(figures: Sequence[Figure]) -> dict[str, int]:
    """A number for each figure of a period on which reports give different amounts."""
    by_period: dict[str, list[Figure]] = {}
    for figure in figures:
        if not is_apart(figure):
            by_period.setdefault(figure.period.edtf, []).append(figure)
    disputed = (
        together
        for together in by_period.values()
        if len({(f.quantity.qualifier, f.quantity.magnitude) for f in together}) > 1
    )
    return {
        figure.key: number for number, together in enumerate(disputed, 1) for figure in together
    }


CHART = Chart(name="series", tabulate=tabulate, paint=paint_block, find_in=find_in)
