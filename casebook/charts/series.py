"""The amounts of one case over the years that its sources date, bars from zero, never a line.

What is only announced, or whose year is not certain, stands apart after a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

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
    join,
    legend_of,
    sources_of_figures,
    together_words,
)
from casebook.charts.symbols import mark_in
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Lang
from casebook.values.comparability import class_of, group_by_class, name_class


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A series for each class of money of which the case dates two periods or more."""
    count = 0
    for figures in group_by_class(_candidates(case, dataset)).values():
        dated = {figure.period.edtf for figure in figures if not is_apart(figure)}
        if len(dated) < 2 or len(figures) > MOST_ROWS or _periods_overlap(figures):
            continue
        count += 1
        name = f"{case.slug}-series" if count == 1 else f"{case.slug}-series-{count}"
        keys = tuple(figure.key for figure in _in_order(figures))
        yield Selected(chart=CHART.name, name=name, case=case.slug, figures=keys)


def is_apart(figure: Figure) -> bool:
    """Whether a figure may not join the dated ones: planned, or of no certain period."""
    return (
        figure.quantity.planned
        or figure.status in ("planned", "target")
        or figure.period.lane != "dated"
        or figure.period.latest is None
    )


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the series says and shows."""
    figures = [dataset.figures[key] for key in selected.figures]
    marks = {figure.key: mark_in(figure, dataset) for figure in figures}
    class_words = name_class(class_of(figures[0]), dataset.vocabulary).inside(lang)
    groups = _groups(figures)
    bars = tuple(
        Bar(
            key=figure.key,
            name=figure.period.words(lang),
            amount=amount_words(figure, lang),
            title=figure_title(figure, marks[figure.key], lang),
            mark=marks[figure.key],
            value=figure.quantity.magnitude,
            low=figure.quantity.low if figure.quantity.value is None else None,
            apart=is_apart(figure),
            together=groups.get(figure.key, 0),
        )
        for figure in figures
    )
    zh = lang == "zh"
    block = BarBlock(
        bars=bars,
        unit=figures[0].quantity.unit,
        lang=lang,
        apart_words="另立，不与各年相连：计划中的数，或年份不确定"
        if zh
        else "Set apart, not part of the series: planned, or of no certain year",
        together_words=together_words(lang),
        log_words=log_words(lang),
    )
    finding = find_words(figures, dataset, lang)
    notes = [
        *dict.fromkeys(
            f"{figure.period.words(lang)}：{figure.note.inside(lang)}"
            if zh
            else f"{figure.period.words(lang)}: {figure.note.inside(lang)}"
            for figure in figures
            if figure.note
        )
    ]
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case=selected.case,
        lang=lang,
        finding=finding,
        subtitle=class_words,
        header=figure_header(lang),
        rows=tuple(chart_row(figure, marks[figure.key], dataset, lang) for figure in figures),
        panels=(PanelTable("", finding, block),),
        notes=tuple(notes),
        sources=sources_of_figures(figures),
        legend=legend_of(marks.values()),
    )


def find_words(figures: list[Figure], dataset: Dataset, lang: Lang) -> str:
    """The finding: each dated period with its amount as worded, then what is set apart."""
    place = dataset.place(dataset.by_slug[figures[0].case]).inside(lang)
    dated = [figure for figure in figures if not is_apart(figure)]
    apart = [figure for figure in figures if is_apart(figure)]
    groups = _groups(figures)
    disputed = dict.fromkeys(f.period.words(lang) for f in dated if f.key in groups)
    if len(dated) > 4:
        dated = [dated[0], dated[-1]]
    if lang == "zh":
        clauses = [f"{f.period.words(lang)}{amount_words(f, lang)}" for f in dated]
        tails = [f"{'、'.join(disputed)}说法不一"] if disputed else []
        tails += [f"“{amount_words(f, lang)}”{_why_apart(f, lang)}" for f in apart[:2]]
        return "；".join([f"{place}：{join(clauses, lang)}", *tails])
    clauses = [f"{amount_words(f, lang)} in {f.period.words(lang)}" for f in dated]
    tails = [f"accounts of {', '.join(disputed)} differ"] if disputed else []
    tails += [f"{amount_words(f, lang)} {_why_apart(f, lang)}" for f in apart[:2]]
    return "; ".join([f"{place}: {join(clauses, lang)}", *tails])


def _why_apart(figure: Figure, lang: Lang) -> str:
    planned = figure.quantity.planned or figure.status in ("planned", "target")
    if planned and figure.period.lane != "dated":
        return "只是计划，年份不确定" if lang == "zh" else "is only planned, its year uncertain"
    if planned:
        return "只是计划" if lang == "zh" else "is only planned"
    return "年份不确定" if lang == "zh" else "is of no certain year"


def _candidates(case: Case, dataset: Dataset) -> list[Figure]:
    found = []
    for figure in dataset.money_figures(case):
        measure = dataset.vocabulary.measures[figure.measure]
        if not (figure.part_of or measure.cap or measure.mixed) and figure.quantity.magnitude >= 0:
            found.append(figure)
    return found


def _periods_overlap(figures: tuple[Figure, ...]) -> bool:
    # Amounts of 2010 to 2014 and of 2010 to 2015 hold the same money twice.
    periods = sorted(
        {figure.period for figure in figures if not is_apart(figure)},
        key=lambda period: period.sort_key,
    )
    return any(
        before.latest is not None and after.earliest is not None and after.earliest <= before.latest
        for before, after in pairwise(periods)
    )


def _in_order(figures: tuple[Figure, ...]) -> list[Figure]:
    return sorted(figures, key=lambda figure: (is_apart(figure), figure.period.sort_key))


def _groups(figures: list[Figure]) -> dict[str, int]:
    # Reports on one period disagree unless they give the same amount.
    by_period: dict[str, list[Figure]] = {}
    for figure in figures:
        if not is_apart(figure):
            by_period.setdefault(figure.period.edtf, []).append(figure)
    groups: dict[str, int] = {}
    number = 0
    for together in by_period.values():
        values: set[tuple[str, Decimal]] = {
            (figure.quantity.qualifier, figure.quantity.magnitude) for figure in together
        }
        if len(values) > 1:
            number += 1
            groups.update({figure.key: number for figure in together})
    return groups


def _paint(block: BarBlock, sheet: Sheet) -> None:
    paint_blocks((block,), sheet)


CHART = Chart(name="series", tabulate=tabulate, paint=_paint, find_in=find_in)
