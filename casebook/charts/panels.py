"""The money of all cases, class by class, each class on its own scale and never on one axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from casebook.charts.bars import Bar, Block, log_words, paint_blocks
from casebook.charts.base import (
    MOST_ROWS,
    Chart,
    PanelTable,
    Selected,
    Table,
    amount_words,
    figure_header,
    figure_row,
    figure_title,
    legend_of,
    sources_of_figures,
)
from casebook.charts.marks import mark_of
from casebook.charts.sheet import Sheet
from casebook.comparability import (
    ComparabilityClass,
    class_of,
    group_by_class,
    name_class,
)
from casebook.dataset import Dataset
from casebook.errors import Lang
from casebook.model import Figure

_MOST_FIGURES = 120


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """One chart of every amount of money that is not part of another."""
    keys = tuple(
        figure.key
        for case in dataset.cases
        for figure in dataset.money_figures(case)
        if not figure.part_of and figure.quantity.magnitude >= 0
    )
    if 0 < len(keys) <= _MOST_FIGURES:
        yield Selected(CHART.name, "money", "", keys)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> Table:
    """What the panels say and show: one panel a measure, one scale a class."""
    vocabulary = dataset.vocabulary
    figures = [dataset.figures[key] for key in selected.figures]
    marks = {figure.key: mark_of(figure, vocabulary) for figure in figures}
    classes = _groups(figures)
    panels = []
    ordered: list[Figure] = []
    # Ceilings and mixed programmes come last: they are no purchases.
    measures = sorted(
        {figure.measure for figure in figures},
        key=lambda name: (
            vocabulary.measures[name].mixed,
            vocabulary.measures[name].cap,
            list(vocabulary.measures).index(name),
        ),
    )
    for name in measures:
        measure = vocabulary.measures[name]
        # Classes with something to compare come before lone figures.
        groups = sorted(
            ((key, group) for key, group in classes if key.measure == name),
            key=lambda item: len(item[1]) < 2,
        )
        blocks = tuple(_block(key, group, dataset, lang) for key, group in groups)
        ordered.extend(figure for _, group in groups for figure in group)
        title = measure.name.inside(lang)
        panels.append(PanelTable(title, f"{title}。{measure.compare.inside(lang)}", blocks))
    zh = lang == "zh"
    count, kinds = len(figures), len(group_by_class(figures))
    alone = f"{count}个金额都属一类" if zh else f"All {count} amounts are of one class"
    finding = (
        f"{count}个金额分属{kinds}类，类与类之间不能相加，也不能排名"
        if zh
        else f"{count} amounts in {kinds} classes: across classes they can be neither added"
        " nor ranked"
    )
    subtitle = (
        "按所量之物分栏，每一类各用自己的刻度，长短只在同一类里可比；单独一个数只画记号"
        if zh
        else "By what is measured; each class has its own scale, and lengths compare only within"
        " it. A lone figure is shown by its mark alone"
    )
    notes = [
        f"{vocabulary.measures[name].name.inside(lang)}"
        f"{'：' if zh else ': '}{vocabulary.measures[name].compare.inside(lang)}"
        for name in measures
    ]
    return Table(
        CHART.name,
        selected.name,
        "",
        lang,
        finding if kinds > 1 else alone,
        subtitle,
        figure_header(lang),
        tuple(figure_row(figure, marks[figure.key], dataset, lang) for figure in ordered),
        tuple(panels),
        tuple(notes),
        sources_of_figures(ordered),
        legend_of(marks.values()),
    )


def _block(
    key: ComparabilityClass, figures: tuple[Figure, ...], dataset: Dataset, lang: Lang
) -> Block:
    vocabulary = dataset.vocabulary
    shown = figures[:MOST_ROWS]
    bars = []
    for figure in shown:
        mark = mark_of(figure, vocabulary)
        place = dataset.place(dataset.by_slug[figure.case]).inside(lang)
        when = figure.period.words(lang)
        about = figure.label.inside(lang)
        bars.append(
            Bar(
                figure.key,
                f"{place}，{when}" if lang == "zh" else f"{place}, {when}",
                amount_words(figure, lang),
                figure_title(figure, mark, lang),
                mark,
                figure.quantity.magnitude,
                figure.quantity.low if figure.quantity.value is None else None,
                about=about,
            )
        )
    heading = _heading(key, dataset, lang)
    left = len(figures) - len(shown)
    if left:
        heading += f"（另有{left}个见表）" if lang == "zh" else f" ({left} more in the table)"
    return Block(
        tuple(bars),
        key.unit,
        lang,
        heading=heading,
        log_words=log_words(lang),
        lone_is_glyph=True,
    )


def _groups(
    figures: list[Figure],
) -> list[tuple[ComparabilityClass, tuple[Figure, ...]]]:
    # An amount over several years compares only with one over the same years.
    groups: dict[tuple[ComparabilityClass, str], list[Figure]] = {}
    for figure in figures:
        spans = figure.period.precision == "interval" and figure.period.lane != "latest_only"
        groups.setdefault((class_of(figure), figure.period.edtf if spans else ""), []).append(
            figure
        )
    return [(key, tuple(group)) for (key, _), group in groups.items()]


def _heading(key: ComparabilityClass, dataset: Dataset, lang: Lang) -> str:
    # The panel is named after the measure already; only scope and unit are left to say.
    vocabulary = dataset.vocabulary
    whole = name_class(replace(key, scope=""), vocabulary).inside(lang)
    unit = whole.removeprefix(vocabulary.measures[key.measure].name.inside(lang)).lstrip("，, ")
    scope = vocabulary.scopes[key.scope].name.inside(lang) if key.scope else ""
    if lang == "en":
        scope = scope[:1].upper() + scope[1:]
    parts = [part for part in (scope, unit) if part]
    return ("，" if lang == "zh" else ", ").join(parts)


def _paint(blocks: tuple[Block, ...], sheet: Sheet) -> None:
    paint_blocks(blocks, sheet)


CHART = Chart("panels", tabulate, _paint, find_across=find_across)
