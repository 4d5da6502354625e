"""Amounts that a source gives as a range, as capsules from their lower to their upper end."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.charts.bars import BarBlock, paint_block
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, Selected, one_panel, select_in
from casebook.charts.figures import ChartFigures
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.text import SEMICOLON, Lang
from casebook.values.comparability import group_by_class

_NAMED_IN_FINDING = 3


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A drawing for each class of money of the case in which an amount is a range."""
    ranges = [
        figure
        for figure in dataset.money_figures(case)
        if figure.quantity.value is None and figure.per and not figure.part_of
    ]
    for number, figures in enumerate(group_by_class(ranges).values(), 1):
        if len(figures) <= MOST_ROWS:
            yield select_in(case, CHART.name, number, figures)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the capsules say and show."""
    shown = ChartFigures.take(selected, dataset, lang)
    said = SEMICOLON.inside(lang).join(
        shown.say("charts.range.amount", label=shown.label(figure), amount=shown.amount(figure))
        for figure in shown.figures[:_NAMED_IN_FINDING]
    )
    finding = shown.say("charts.named", name=shown.place(), words=said)
    bars = tuple(
        shown.bar(figure, name=shown.label(figure), about=shown.when(figure))
        for figure in shown.figures
    )
    block = BarBlock(bars=bars, unit=shown.figures[0].quantity.unit, lang=lang)
    return shown.tabulate(finding, one_panel(finding, block))


CHART = Chart(name="range", tabulate=tabulate, paint=paint_block, find_in=find_in)
