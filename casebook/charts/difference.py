"""A figure and the one that replaced it: before and after, with the computed difference."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from casebook.charts.bars import Bar, BarBlock, log_words, paint_blocks
from casebook.charts.canvas import Sheet
from casebook.charts.chart import (
    Chart,
    ChartTable,
    PanelTable,
    Selected,
    amount_words,
    chart_row,
    figure_header,
    figure_title,
    legend_of,
    sources_of_figures,
)
from casebook.charts.symbols import mark_in
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Lang
from casebook.values.amounts import compact, plain
from casebook.values.comparability import are_comparable, class_of, name_class


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A pair for each amount of the case that names the one before it, where both compare."""
    count = 0
    for after in dataset.money_figures(case):
        before = case.figures.get(after.follows)
        if before is None or before.id == after.id or not are_comparable((before, after)):
            continue
        if before.quantity.value is None or after.quantity.value is None:
            continue
        count += 1
        name = f"{case.slug}-rise" if count == 1 else f"{case.slug}-rise-{count}"
        yield Selected(chart=CHART.name, name=name, case=case.slug, figures=(before.key, after.key))


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the pair says and shows."""
    before, after = (dataset.figures[key] for key in selected.figures)
    marks = {figure.key: mark_in(figure, dataset) for figure in (before, after)}
    zh = lang == "zh"
    names = ("先前", "后来") if zh else ("Before", "Later")
    bars = tuple(
        Bar(
            key=figure.key,
            name=name,
            amount=amount_words(figure, lang),
            title=figure_title(figure, marks[figure.key], lang),
            mark=marks[figure.key],
            value=figure.quantity.magnitude,
            about=figure.period.words(lang),
        )
        for name, figure in zip(names, (before, after), strict=True)
    )
    change = change_words(before, after, lang)
    place = dataset.place(dataset.by_slug[selected.case]).inside(lang)
    amounts = (amount_words(before, lang), amount_words(after, lang))
    label = before.label.inside(lang)
    finding = (
        f"{place}：{label}从{amounts[0]}到{amounts[1]}"
        if zh
        else f"{place}: {label[:1].lower()}{label[1:]} from {amounts[0]} to {amounts[1]}"
    )
    rows = [chart_row(figure, marks[figure.key], dataset, lang) for figure in (before, after)]
    if change:
        finding += f"，{change}" if zh else f", {change}"
        computed = "本站计算" if zh else "computed by this site"
        rows.append((place, change, "", computed, "", "", ""))
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case=selected.case,
        lang=lang,
        finding=finding,
        subtitle=name_class(class_of(before), dataset.vocabulary).inside(lang),
        header=figure_header(lang),
        rows=tuple(rows),
        panels=(
            PanelTable(
                "",
                finding,
                BarBlock(
                    bars=bars,
                    unit=before.quantity.unit,
                    lang=lang,
                    change=change,
                    log_words=log_words(lang),
                ),
            ),
        ),
        notes=tuple(dict.fromkeys(f.note.inside(lang) for f in (before, after) if f.note)),
        sources=sources_of_figures((before, after)),
        legend=legend_of(marks.values()),
    )


def change_words(before: Figure, after: Figure, lang: Lang) -> str:
    """By how much an amount went up or down, computed, or nothing where a bound forbids it."""
    known = ("exact", "approx")
    quantities = (before.quantity, after.quantity)
    old, new = before.quantity.value, after.quantity.value
    if old is None or new is None or old <= 0 or new == old:
        return ""
    if any(quantity.qualifier not in known for quantity in quantities):
        return ""
    about = any(quantity.qualifier == "approx" for quantity in quantities)
    difference = abs(new - old)
    share = difference / old * 100
    # A quotient of an approximate number keeps two digits, of exact ones a tenth of a percent.
    step = Decimal(1).scaleb(share.adjusted() - 1) if about else Decimal("0.1")
    percent = plain(share.quantize(step, ROUND_HALF_EVEN))
    amount = compact(difference, before.quantity.unit, lang)
    if lang == "zh":
        verb = "提高" if new > old else "降低"
        hedge = "约" if about else ""
        return f"{verb}{hedge}{amount}，即{hedge}{percent}%（本站计算）"
    verb = "up" if new > old else "down"
    hedge = "about " if about else ""
    return f"{verb} {hedge}{amount}, or {hedge}{percent}% (computed by this site)"


def _paint(block: BarBlock, sheet: Sheet) -> None:
    paint_blocks((block,), sheet)


CHART = Chart(name="rise", tabulate=tabulate, paint=_paint, find_in=find_in)
