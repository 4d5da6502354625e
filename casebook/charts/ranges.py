"""Amounts that a source gives as a range, as capsules from their lower to their upper end."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.charts.bars import Bar, BarBlock, log_words, paint_blocks
from casebook.charts.canvas import Sheet
from casebook.charts.chart import (
    MOST_ROWS,
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
from casebook.record.model import Case
from casebook.text import Lang
from casebook.values.comparability import class_of, group_by_class, name_class


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A drawing for each class of money of the case in which an amount is a range."""
    ranges = [
        figure
        for figure in dataset.money_figures(case)
        if figure.quantity.value is None and figure.per and not figure.part_of
    ]
    for index, figures in enumerate(group_by_class(ranges).values()):
        if len(figures) <= MOST_ROWS:
            name = f"{case.slug}-range" + (f"-{index + 1}" if index else "")
            yield Selected(
                chart=CHART.name, name=name, case=case.slug, figures=tuple(f.key for f in figures)
            )


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the capsules say and show."""
    figures = [dataset.figures[key] for key in selected.figures]
    marks = {figure.key: mark_in(figure, dataset) for figure in figures}
    place = dataset.place(dataset.by_slug[selected.case]).inside(lang)
    bars = tuple(
        Bar(
            key=figure.key,
            name=figure.label.inside(lang),
            amount=amount_words(figure, lang),
            title=figure_title(figure, marks[figure.key], lang),
            mark=marks[figure.key],
            value=figure.quantity.magnitude,
            low=figure.quantity.low,
            about=figure.period.words(lang),
        )
        for figure in figures
    )
    said = ("；" if lang == "zh" else "; ").join(
        f"{f.label.inside(lang)}{'' if lang == 'zh' else ': '}{amount_words(f, lang)}"
        for f in figures[:3]
    )
    finding = f"{place}：{said}" if lang == "zh" else f"{place}: {said}"
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case=selected.case,
        lang=lang,
        finding=finding,
        subtitle=name_class(class_of(figures[0]), dataset.vocabulary).inside(lang),
        header=figure_header(lang),
        rows=tuple(chart_row(figure, marks[figure.key], dataset, lang) for figure in figures),
        panels=(
            PanelTable(
                "",
                finding,
                BarBlock(
                    bars=bars, unit=figures[0].quantity.unit, lang=lang, log_words=log_words(lang)
                ),
            ),
        ),
        notes=tuple(dict.fromkeys(f.note.inside(lang) for f in figures if f.note)),
        sources=sources_of_figures(figures),
        legend=legend_of(marks.values()),
    )


def _paint(block: BarBlock, sheet: Sheet) -> None:
    paint_blocks((block,), sheet)


CHART = Chart(name="range", tabulate=tabulate, paint=_paint, find_in=find_in)
