"""A figure and the one that replaced it: before and after, with the computed difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from casebook.charts.bars import BarBlock, paint_block
from casebook.charts.chart import Chart, ChartTable, Selected, lower_first, one_panel, select_in
from casebook.charts.figures import ChartFigures
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import NO_TEXT, Lang, Text
from casebook.values.amounts import compact, plain
from casebook.values.comparability import are_comparable


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A pair for each amount of the case that names the one before it, where both compare."""
    number = 0
    for after in dataset.money_figures(case):
        before = case.figures.get(after.follows)
        if before is None or before.id == after.id or not are_comparable((before, after)):
            continue
        if before.quantity.value is None or after.quantity.value is None:
            continue
        number += 1
        yield select_in(case, CHART.name, number, (before, after))


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the pair says and shows."""
    shown = ChartFigures.take(selected, dataset, lang)
    before, after = shown.figures
    change = describe_change(before, after).inside(lang)
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
    block = BarBlock(
        bars=(
            shown.bar(before, shown.say("charts.difference.before"), shown.when(before)),
            shown.bar(after, shown.say("charts.difference.after"), shown.when(after)),
        ),
        unit=before.quantity.unit,
        lang=lang,
        change=change,
    )
    table = shown.tabulate(finding, one_panel(finding, block))
    if not change:
        return table
    computed = (shown.place(), change, "", shown.say("charts.computed"), "", "", "")
    return replace(table, rows=(*table.rows, computed))


def describe_change(before: Figure, after: Figure) -> Text:
    """By how much an amount went up or down, computed, or nothing where a bound forbids it."""
    quantities = (before.quantity, after.quantity)
    old, new = before.quantity.value, after.quantity.value
    if old is None or new is None or old <= 0 or new == old:
        return NO_TEXT
    if any(quantity.qualifier not in ("exact", "approx") for quantity in quantities):
        return NO_TEXT
    is_about = any(quantity.qualifier == "approx" for quantity in quantities)
    difference = abs(new - old)
    share = difference / old * 100
    # A quotient of an approximate number keeps two digits, of exact ones a tenth of a percent.
    step = Decimal(1).scaleb(share.adjusted() - 1) if is_about else Decimal("0.1")
    unit = before.quantity.unit
    return say(
        "charts.difference.up" if new > old else "charts.difference.down",
        about=say("charts.about") if is_about else "",
        amount=Text(compact(difference, unit, "zh"), compact(difference, unit, "en")),
        percent=plain(share.quantize(step, ROUND_HALF_EVEN)),
    )


CHART = Chart(name="rise", tabulate=tabulate, paint=paint_block, find_in=find_in)
