"""The money of all cases, class by class, each class on its own scale and never on one axis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

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
    number_disputes,
    sources_of_figures,
    together_words,
)
from casebook.charts.listing import Item, ItemGroup, ItemList, paint_listing
from casebook.charts.symbols import mark_in
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import Lang
from casebook.values.comparability import ComparabilityClass, class_of, group_by_class, name_class

_MOST_FIGURES = 120


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
        yield Selected(chart=CHART.name, name="money", case="", figures=keys)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the panels say and show: one scale a class, and a list of what has none."""
    vocabulary = dataset.vocabulary
    zh = lang == "zh"
    figures = [dataset.figures[key] for key in selected.figures]
    marks = {figure.key: mark_in(figure, dataset) for figure in figures}
    # Ceilings and mixed programmes come last: they are no purchases.
    measures = sorted(
        {figure.measure for figure in figures},
        key=lambda name: (
            vocabulary.measures[name].mixed,
            vocabulary.measures[name].cap,
            list(vocabulary.measures).index(name),
        ),
    )
    groups = sorted(_groups(figures), key=lambda item: measures.index(item[0].measure))
    shared = [(key, group) for key, group in groups if len(group) > 1]
    lone = [group[0] for _, group in groups if len(group) == 1]
    panels = []
    if shared:
        title = (
            "同一类里有几个数：各类用自己的刻度"
            if zh
            else "Classes with several figures, each on its own scale"
        )
        blocks = tuple(_block(key, group, dataset, lang) for key, group in shared)
        panels.append(PanelTable(title, _say(title, blocks), Money(blocks)))
    if lone:
        title = (
            "自成一类的数：没有可比的，只列原文措辞"
            if zh
            else "Figures alone in their class: nothing to compare with, listed as worded"
        )
        listed = _list(lone, measures, dataset, lang)
        said = _say(title, (group.heading for group in listed.groups))
        panels.append(PanelTable(title if shared else "", said, Money(alone=listed)))
    count, kinds = len(figures), len(group_by_class(figures))
    alone = f"{count}个金额都属一类" if zh else f"All {count} amounts are of one class"
    if count == 1:
        alone = "只有1个金额，没有可比的" if zh else "A single amount, nothing to compare with"
    finding = (
        f"{count}个金额分属{kinds}类，类与类之间不能相加，也不能排名"
        if zh
        else f"{count} amounts in {kinds} classes: across classes they can be neither added"
        " nor ranked"
    )
    subtitle = (
        "长短只在同一类里可比；单独一个数只画记号，记号的长短没有意义"
        if zh
        else "Lengths compare only within a class; a lone figure is shown by its mark alone, whose"
        " length means nothing"
    )
    told = {key.measure for key, _ in shared}
    notes = [
        f"{vocabulary.measures[name].name.inside(lang)}"
        f"{'：' if zh else ': '}{vocabulary.measures[name].compare.inside(lang)}"
        for name in measures
        if name in told or vocabulary.measures[name].cap or vocabulary.measures[name].mixed
    ]
    ordered = [figure for _, group in shared for figure in group] + lone
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case="",
        lang=lang,
        finding=finding if kinds > 1 else alone,
        subtitle=subtitle,
        header=figure_header(lang),
        rows=tuple(chart_row(figure, marks[figure.key], dataset, lang) for figure in ordered),
        panels=tuple(panels),
        notes=tuple(notes),
        sources=sources_of_figures(ordered),
        legend=legend_of(marks.values()),
    )


def _say(title: str, parts: Iterable[BarBlock | str]) -> str:
    names = [part if isinstance(part, str) else part.heading for part in parts]
    return f"{title}（{'；'.join(names)}）"


def _list(
    figures: Sequence[Figure], measures: Sequence[str], dataset: Dataset, lang: Lang
) -> ItemList:
    """The lone figures under the names of their measures and places."""
    together: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in sorted(figures, key=lambda figure: measures.index(figure.measure)):
        alike = [
            other.period.edtf
            for other in figures
            if (other.measure, other.case) == (figure.measure, figure.case)
        ]
        # Several of one date share a heading; else the date stands with each.
        when = figure.period.edtf if min(map(alike.count, alike)) > 1 else ""
        together.setdefault((figure.measure, figure.case, when), []).append(figure)
    groups = tuple(
        list_figures(
            (
                dataset.vocabulary.measures[measure].name.inside(lang),
                dataset.place(dataset.by_slug[slug]).inside(lang),
            ),
            members,
            dataset,
            lang,
        )
        for (measure, slug, _), members in together.items()
    )
    return ItemList(groups, lang)


def list_figures(
    names: Sequence[str], figures: Sequence[Figure], dataset: Dataset, lang: Lang
) -> ItemGroup:
    """Figures as items under a heading, which also says the time that they have in common."""
    periods = {figure.period.words(lang) for figure in figures}
    shared = periods.pop() if len(periods) == 1 else ""
    items = tuple(_item(figure, shared, dataset, lang) for figure in figures)
    return ItemGroup(" · ".join((*names, shared) if shared else names), items)


def _item(figure: Figure, said: str, dataset: Dataset, lang: Lang) -> Item:
    zh = lang == "zh"
    mark = mark_in(figure, dataset)
    label = figure.label.inside(lang)
    per = [dataset.vocabulary.per[key].name.inside(lang) for key in figure.per]
    counted = "".join(f"每{word}" for word in per) if zh else " ".join(f"per {w}" for w in per)
    when = figure.period.words(lang)
    # What the heading or the label says already is not said again.
    parts = [
        label,
        "" if counted in label else counted,
        "" if when == said or when in label else when,
    ]
    return Item(
        key=figure.key,
        amount=amount_words(figure, lang),
        about=("，" if zh else ", ").join(part for part in parts if part),
        title=figure_title(figure, mark, lang),
        mark=mark,
        value=figure.quantity.magnitude,
    )


def _block(
    key: ComparabilityClass, figures: tuple[Figure, ...], dataset: Dataset, lang: Lang
) -> BarBlock:
    shown = figures[:MOST_ROWS]
    disputes = number_disputes(shown, dataset)
    bars = []
    for figure in shown:
        mark = mark_in(figure, dataset)
        place = dataset.place(dataset.by_slug[figure.case]).inside(lang)
        when = figure.period.words(lang)
        about = figure.label.inside(lang)
        bars.append(
            Bar(
                key=figure.key,
                name=f"{place}，{when}" if lang == "zh" else f"{place}, {when}",
                amount=amount_words(figure, lang),
                title=figure_title(figure, mark, lang),
                mark=mark,
                value=figure.quantity.magnitude,
                low=figure.quantity.low if figure.quantity.value is None else None,
                about=about,
                together=disputes.get(figure.key, 0),
            )
        )
    heading = name_class(key, dataset.vocabulary).inside(lang)
    left = len(figures) - len(shown)
    if left:
        heading += f"（另有{left}个见表）" if lang == "zh" else f" ({left} more in the table)"
    return BarBlock(
        bars=tuple(bars),
        unit=key.unit,
        lang=lang,
        heading=heading,
        together_words=together_words(lang),
        log_words=log_words(lang),
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


def _paint(money: Money, sheet: Sheet) -> None:
    if money.alone is not None:
        paint_listing(money.alone, sheet)
    else:
        paint_blocks(money.blocks, sheet)


CHART = Chart(name="panels", tabulate=tabulate, paint=_paint, find_across=find_across)
