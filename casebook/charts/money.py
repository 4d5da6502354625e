"""Charts of money: all amounts by class; series, splits, changes and ranges of one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby, islice, pairwise
from typing import Final

from casebook.charts.bars import BarBlock, ItemGroup, paint_bars, paint_listing
from casebook.charts.canvas import Sheet
from casebook.charts.chart import (
    MOST_ROWS,
    Chart,
    ChartRecords,
    ChartTable,
    PanelTable,
    compute,
    name_years,
)
from casebook.charts.symbols import legend_kinds, mark_of_kind
from casebook.messages import say
from casebook.record.comparability import (
    class_of,
    group_by_class,
    group_by_scale,
    name_class,
    name_scale,
    span_of,
)
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Vocabulary
from casebook.text import COMMA, ENUMERATION, NO_TEXT, SEMICOLON, Lang, Text
from casebook.values.formula import Expression, FigureName, Operation
from casebook.values.quantity import Quantity, compact, plain, word_quantity

_MOST_AMOUNTS: Final = 120
# How many figures the finding of a chart names; in a series also of figures set apart.
_RANGES_NAMED: Final = 3
_PERIODS_NAMED: Final = 4
_APART_NAMED: Final = 2


def find_money(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One chart of every amount of money that is not part of another."""
    found = (
        figure
        for case in dataset.cases
        for figure in dataset.money_figures(case)
        if not figure.part_of and (figure.quantity.is_rough or figure.quantity.magnitude >= 0)
    )
    # One figure too many rules the chart out, so no further case is loaded.
    figures = tuple(islice(found, _MOST_AMOUNTS + 1))
    if 0 < len(figures) <= _MOST_AMOUNTS:
        yield figures


def tabulate_money(shown: ChartRecords) -> ChartTable:
    """A panel with its own scale for each group of comparable figures, and a list of lone ones."""
    order = _order_measures(shown)
    groups = group_by_scale(shown.figures)
    groups.sort(key=lambda group: (order.index(group[0].measure), shown.figures.index(group[0])))
    shared = [group for group in groups if len(group) > 1]
    lone = [figure for group in groups if len(group) == 1 for figure in group]
    panels = [_draw_group(group, shown, shared) for group in shared]
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
        notes=tuple(_list_notes(shown, {group[0].measure for group in shared})),
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
    # Ceilings and mixed programmes come last, because they are not purchases.
    used = {figure.measure for figure in shown.figures}
    measures = [m for m in shown.dataset.vocabulary.measures.values() if m.key in used]
    return [m.key for m in sorted(measures, key=lambda measure: (measure.mixed, measure.cap))]


def _name_all(title: str, names: Sequence[str], lang: Lang) -> str:
    said = SEMICOLON.inside(lang).join(names)
    return say("record.in_brackets", words=title, more=said).inside(lang)


def _list_notes(shown: ChartRecords, compared: set[str]) -> Iterator[str]:
    """Notes: what amounts of each measure compare with, and how many parts are not drawn."""
    for key in _order_measures(shown):
        measure = shown.dataset.vocabulary.measures[key]
        if key in compared or measure.cap or measure.mixed:
            yield shown.named(measure.compare.inside(shown.lang), measure.name.inside(shown.lang))
    cases = (shown.dataset.by_slug[slug] for slug in {figure.case for figure in shown.figures})
    figures = (figure for case in cases for figure in shown.dataset.money_figures(case))
    if count := sum(bool(figure.part_of) for figure in figures):
        yield shown.say("charts.money.parts", count=count)


def _list_groups(figures: Sequence[Figure], shown: ChartRecords) -> tuple[ItemGroup, ...]:
    """Lone figures, given in the order of measures, under the names of measure and place."""
    groups = []
    for (measure, slug), members in groupby(figures, key=lambda f: (f.measure, f.case)):
        found = tuple(members)
        dates = Counter(figure.period.edtf for figure in found)
        name = shown.dataset.vocabulary.measures[measure].name.inside(shown.lang)
        # If every date has several figures, each date gets a heading of its own.
        parts = [found]
        if min(dates.values()) > 1:
            parts = [tuple(f for f in found if f.period.edtf == date) for date in dates]
        groups += [shown.group_items((name, shown.place(slug)), part) for part in parts]
    return tuple(groups)


def _draw_group(
    figures: Sequence[Figure], shown: ChartRecords, groups: Iterable[Sequence[Figure]]
) -> PanelTable:
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
    # Panels of one class differ in the length of the period or in status; the title says which.
    alike = [group[0] for group in groups if class_of(group[0]) == key]
    name = name_class(key, shown.dataset.vocabulary)
    if len({span_of(figure) for figure in alike}) > 1:
        name = name_scale(key, span_of(figures[0]), shown.dataset.vocabulary)
    title = name.inside(shown.lang)
    if len({figure.status for figure in alike}) > 1:
        title += COMMA.inside(shown.lang) + shown.state(figures[0].status)
    if len(figures) > len(drawn):
        title += shown.say("charts.money.more", count=len(figures) - len(drawn))
    scale = compact(max(bar.value for bar in bars), key.unit, shown.lang)
    # The alt text says what dashes or a pale bar show, such as a plan.
    said = (" ".join((bar.name, bar.amount, bar.mark.remark(shown.lang))).strip() for bar in bars)
    alt = _name_all(title, tuple(said), shown.lang)
    return PanelTable(title, alt, BarBlock(bars=bars, lang=shown.lang, scale=scale))


def _paint_money(content: BarBlock | Sequence[ItemGroup], sheet: Sheet) -> None:
    if isinstance(content, BarBlock):
        paint_bars(content, sheet)
    else:
        paint_listing(content, sheet)


def find_series(case: Case, dataset: Dataset) -> Iterator[list[Figure]]:
    """A series for each scale of money with two dated periods or more, dated figures first."""
    measures = dataset.vocabulary.measures
    candidates = [
        figure
        for figure in dataset.money_figures(case)
        if not (figure.part_of or measures[figure.measure].cap or measures[figure.measure].mixed)
        and figure.quantity.magnitude >= 0
        and not figure.quantity.is_rough
    ]
    for figures in group_by_scale(candidates):
        dated = {figure.period.edtf for figure in figures if not is_apart(figure)}
        if len(dated) >= 2 and len(figures) <= MOST_ROWS:
            yield sorted(figures, key=lambda figure: (is_apart(figure), figure.period.sort_key))


def is_apart(figure: Figure) -> bool:
    """True if a figure may not join the dated ones: planned, or its period uncertain or open."""
    return figure.is_planned or figure.period.lane != "dated" or figure.period.latest is None


def tabulate_series(shown: ChartRecords) -> ChartTable:
    """The amounts over the years, and the years without an amount."""
    # Bars, never a line, because nothing is known between two years.
    groups = shown.number_disputes([one for one in shown.figures if not is_apart(one)])
    gaps, bars, rows = _find_gaps(shown), [], []
    for figure in shown.figures:
        bar = shown.draw(figure, shown.when(figure), together=groups.get(figure.key, 0))
        missing, words = "", shown.say("charts.series.missing")
        if gap := gaps.get(figure.key):
            missing = shown.named(words, gap)
            rows.append(shown.row_beside(words, when=gap))
        bars.append(replace(bar, apart=is_apart(figure), missing=missing))
        rows.append(shown.row(figure))
    notes = (
        shown.named(figure.note.inside(shown.lang), shown.when(figure))
        for figure in shown.figures
        if figure.note
    )
    block = BarBlock(bars=tuple(bars), lang=shown.lang)
    table = shown.tabulate(_describe_series(shown, groups), block)
    return replace(table, rows=tuple(rows), notes=tuple(dict.fromkeys(notes)))


def _find_gaps(shown: ChartRecords) -> dict[str, str]:
    """The years without a figure of the class, in words, by the key of the figure after them."""
    key, case = class_of(shown.figures[0]), shown.dataset.by_slug[shown.selected.case]
    # Planned, rough and differently stated figures count too, wherever they are shown.
    alike = (figure for figure in shown.dataset.money_figures(case) if class_of(figure) == key)
    told = [
        (figure.period.earliest.year, (figure.period.latest or date.max).year)
        for figure in alike
        if figure.period.earliest
    ]
    gaps = {}
    for before, after in pairwise(shown.figures):
        if before.period.latest and after.period.earliest and not is_apart(after):
            spells: list[tuple[int, int]] = []
            for year in range(before.period.latest.year + 1, after.period.earliest.year):
                if any(first <= year <= last for first, last in told):
                    continue
                goes_on = spells and spells[-1][1] == year - 1
                spells.append((spells.pop()[0] if goes_on else year, year))
            named = (name_years(*spell).inside(shown.lang) for spell in spells)
            gaps[after.key] = ENUMERATION.inside(shown.lang).join(named)
    return gaps


def _describe_series(shown: ChartRecords, groups: dict[str, int]) -> str:
    """The finding: dated periods with their amounts as worded, then figures set apart."""
    dated = [figure for figure in shown.figures if not is_apart(figure)]
    apart = [figure for figure in shown.figures if is_apart(figure)]
    disputed = dict.fromkeys(shown.when(figure) for figure in dated if figure.key in groups)
    if len(dated) > _PERIODS_NAMED:
        dated = [dated[0], dated[-1]]
    clauses = COMMA.inside(shown.lang).join(
        shown.say("charts.series.dated", when=shown.when(figure), amount=shown.amount(figure))
        for figure in dated
    )
    tails = [shown.named(clauses)]
    if disputed:
        periods = ENUMERATION.inside(shown.lang).join(disputed)
        tails.append(shown.say("charts.series.disputed", periods=periods))
    for figure in apart[:_APART_NAMED]:
        key = "charts.series.undated"
        if figure.is_planned:
            is_dated = figure.period.lane == "dated"
            key = "charts.series.planned" if is_dated else "charts.series.planned_undated"
        # The words around the amount say that it is a plan.
        tails.append(shown.say(key, amount=shown.amount(figure, marks_plan=not figure.is_planned)))
    return SEMICOLON.inside(shown.lang).join(tails)


def find_ranges(case: Case, dataset: Dataset) -> Iterator[Sequence[Figure]]:
    """The amounts of the case that are ranges, by scale, unless a series shows them."""
    ranges = [
        figure
        for figure in dataset.money_figures(case)
        if figure.quantity.qualifier == "range" and figure.per and not figure.part_of
    ]
    in_series = {figure.id for series in find_series(case, dataset) for figure in series}
    for figures in group_by_scale(ranges):
        # A series also shows its ranges as capsules, each beside its year.
        is_shown = in_series.issuperset(figure.id for figure in figures)
        if len(figures) <= MOST_ROWS and not is_shown:
            yield figures


def tabulate_ranges(shown: ChartRecords) -> ChartTable:
    """The ranges as capsules from their lower to their upper end."""
    finding = shown.named(_list_amounts(shown, shown.figures[:_RANGES_NAMED]))
    bars = (shown.draw(figure, shown.label(figure), shown.when(figure)) for figure in shown.figures)
    return shown.tabulate(finding, BarBlock(bars=tuple(bars), lang=shown.lang))


def _list_amounts(shown: ChartRecords, figures: Sequence[Figure]) -> str:
    """The labels of figures, each with its amount."""
    key = "charts.range.amount"
    return SEMICOLON.inside(shown.lang).join(
        shown.say(key, label=shown.label_within(one), amount=shown.claim(one)) for one in figures
    )


def find_changes(case: Case, dataset: Dataset) -> Iterator[tuple[Figure, Figure]]:
    """A pair of earlier and later figure for each `follows` on the same scale."""
    for after in dataset.money_figures(case):
        before = case.figures.get(after.follows)
        if before is None or before.id == after.id or len(group_by_scale((before, after))) > 1:
            continue
        if before.quantity.value is not None and after.quantity.value is not None:
            yield before, after


def tabulate_change(shown: ChartRecords) -> ChartTable:
    """Before and after, with the computed difference."""
    before, after = shown.figures
    change = describe_change(before, after, shown.dataset.vocabulary).inside(shown.lang)
    names = shown.say("charts.difference.before"), shown.say("charts.difference.after")
    said = shown.say(
        "charts.difference.pair",
        label=shown.label_within(before),
        before=shown.claim(before),
        after=shown.claim(after),
    )
    if before.is_planned and not after.is_planned:
        # What came of a plan did not fall or rise from it: each has its own label.
        names = shown.label(before), shown.label(after)
        said = _list_amounts(shown, (before, after))
    finding = shown.named(said)
    if change:
        finding = shown.say("charts.difference.changed", pair=finding, change=change)
    bars = (
        shown.draw(before, names[0], shown.when(before)),
        shown.draw(after, names[1], shown.when(after)),
    )
    table = shown.tabulate(finding, BarBlock(bars=bars, lang=shown.lang, change=change))
    if not change:
        return table
    computed = shown.row_beside(change, mark=shown.say("charts.computed"))
    return replace(table, rows=(*table.rows, computed))


def describe_change(before: Figure, after: Figure, vocabulary: Vocabulary) -> Text:
    """The change of an amount in words, or NO_TEXT if it is zero or a formula is refused."""
    figures = {figure.id: figure for figure in (before, after)}
    went_up = after.quantity.magnitude > before.quantity.magnitude
    high, low = (after.id, before.id) if went_up else (before.id, after.id)
    difference = compute(f"{high} - {low}", figures, vocabulary)
    share = compute(f"({high} - {low}) / {before.id}", figures, vocabulary)
    if difference is None or share is None or not difference.value:
        return NO_TEXT
    return say(
        "charts.difference.up" if went_up else "charts.difference.down",
        amount=word_quantity(difference),
        about=say("charts.about") if share.qualifier == "approx" else "",
        percent=plain(share.magnitude * 100),
    )


def find_splits(case: Case, dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """The whole and its parts for each amount of the case whose parts fit into it."""
    for whole in dataset.money_figures(case):
        parts = [figure for figure in case.figures.values() if figure.part_of == whole.id]
        sizes, _ = _compute_parts(whole, parts[:MOST_ROWS], dataset)
        if sizes and len(parts) == len(sizes):
            # The largest part first, so that the rest stands at the end.
            order = sorted(zip(sizes, parts, strict=True), key=lambda each: -each[0].magnitude)
            yield whole, *(part for _, part in order)


def tabulate_split(shown: ChartRecords) -> ChartTable:
    """The whole, its parts one after the other, and the computed rest."""
    whole, *figures = shown.figures
    sizes, rest = _compute_parts(whole, figures, shown.dataset)
    end, parts, rows = Decimal(0), [shown.draw(whole, shown.label(whole))], [shown.row(whole)]
    for figure, size in zip(figures, sizes, strict=True):
        part = shown.draw(figure, shown.label(figure))
        row = shown.row(figure)
        if figure.quantity.kind == "share":
            said = shown.say("charts.split.share", share=part.amount, amount=word_quantity(size))
            part, row = replace(part, amount=said), (*row[:2], said, *row[3:])
        parts.append(replace(part, low=end, value=end + size.magnitude))
        end += size.magnitude
        rows.append(row)
    if rest:
        name, amount = shown.say("charts.split.rest"), word_quantity(rest).inside(shown.lang)
        said = shown.say("charts.split.rest_amount", amount=amount)
        left = replace(parts[0], key="", name=name, amount=said, title="", low=end)
        parts.append(replace(left, mark=mark_of_kind("exact")))
        rows.append(shown.row_beside(name, amount, shown.say("charts.computed")))
    block = BarBlock(bars=tuple(parts), lang=shown.lang)
    return replace(shown.tabulate(_describe_split(rest, shown), block), rows=tuple(rows))


def _compute_parts(
    whole: Figure, parts: Sequence[Figure], dataset: Dataset
) -> tuple[list[Quantity], Quantity | None]:
    """The size of each part, and the rest if any; no sizes if a formula is refused."""
    case = dataset.by_slug[whole.case]
    sizes = []
    rest: Expression = FigureName(whole.id, 0)
    for part in parts:
        term: Expression = FigureName(part.id, 0)
        size: Quantity | None = part.quantity
        if part.quantity.kind == "share":
            term = Operation("*", FigureName(whole.id, 0), term)
            size = compute(term, case.figures, dataset.vocabulary)
        if size is None or size.qualifier not in ("exact", "approx"):
            return [], None
        sizes.append(size)
        rest = Operation("-", rest, term)
    # Also if nothing is left: the parts may fill a drawn whole that is only a known bound.
    computed = compute(rest, case.figures, dataset.vocabulary)
    if computed is None or whole.quantity.magnitude < sum(size.magnitude for size in sizes):
        return [], None
    return sizes, computed if computed.value else None


def _describe_split(rest: Quantity | None, shown: ChartRecords) -> str:
    whole = shown.figures[0]
    said = shown.say(
        "charts.split.unexplained" if rest else "charts.split.parts",
        label=shown.label_within(whole),
        amount=shown.claim(whole),
        rest=word_quantity(rest) if rest else "",
        count=len(shown.figures) - 1,
    )
    return shown.named(said)


CHART = Chart(
    name="money",
    tabulate=tabulate_money,
    paint=_paint_money,
    find_across=find_money,
    title="charts.money.title",
)
SERIES = Chart(name="series", tabulate=tabulate_series, paint=paint_bars, find_in=find_series)
RANGE = Chart(name="range", tabulate=tabulate_ranges, paint=paint_bars, find_in=find_ranges)
CHANGE = Chart(name="rise", tabulate=tabulate_change, paint=paint_bars, find_in=find_changes)
SPLIT = Chart(name="split", tabulate=tabulate_split, paint=paint_bars, find_in=find_splits)
