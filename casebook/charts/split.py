"""The parts that a source gives of one amount, and the rest that it leaves unexplained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from decimal import Decimal

from casebook.charts.canvas import LEADING, Anchor, Sheet, TextStyle, baseline, widest
from casebook.charts.chart import (
    MOST_ROWS,
    Chart,
    ChartRecords,
    ChartTable,
    compute,
    lower_first,
    word_amount,
)
from casebook.charts.symbols import ChartFigure, MarkArea, draw_mark, legend_kinds, mark_of_kind
from casebook.charts.text_layout import clean, wrap_text
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Text
from casebook.values.amounts import Quantity
from casebook.values.formula import Expression, FigureName, Operation

_THICK = 24.0


def find_in(case: Case, dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """A split for each amount of the case whose parts are given and fit into it."""
    for whole in dataset.money_figures(case):
        parts = [figure for figure in case.figures.values() if figure.part_of == whole.id]
        sizes, _ = _compute(whole, parts, dataset) if 0 < len(parts) <= MOST_ROWS else ([], None)
        if sizes:
            # The largest part first, so that what is left over stands at the end.
            order = sorted(zip(sizes, parts, strict=True), key=lambda each: -each[0].magnitude)
            yield whole, *(part for _, part in order)


def tabulate(shown: ChartRecords) -> ChartTable:
    """What the split says and shows; every computed number says so."""
    whole, *figures = shown.figures
    sizes, rest = _compute(whole, figures, shown.dataset)
    end, parts = Decimal(0), []
    for figure, size in zip(figures, sizes, strict=True):
        part = shown.draw(figure, shown.label(figure))
        if figure.quantity.kind == "share":
            said = shown.say("charts.split.share", share=part.amount, amount=word_amount(size))
            part = replace(part, amount=said)
        parts.append(replace(part, low=end, value=end + size.magnitude))
        end += size.magnitude
    rows = [shown.row(whole)]
    rows += [
        (*row[:2], part.amount, *row[3:])
        for row, part in zip(map(shown.row, figures), parts, strict=True)
    ]
    if rest:
        name, amount = shown.say("charts.split.rest"), word_amount(rest).inside(shown.lang)
        said, mark = shown.say("charts.split.rest_amount", amount=amount), mark_of_kind("exact")
        parts.append(
            ChartFigure(
                key="",
                name=name,
                amount=said,
                title="",
                mark=mark,
                low=end,
                value=whole.quantity.magnitude,
            )
        )
        rows.append(shown.row_beside(name, amount, shown.say("charts.computed")))
    # No bracket embraces a part: what contradicts it stands elsewhere, and in the table.
    marks = (replace(mark, contradicted=False) for mark in shown.marks.values())
    table = shown.tabulate(
        _find_words(rest, shown), (shown.draw(whole, shown.label(whole)), *parts)
    )
    return replace(table, rows=tuple(rows), legend=legend_kinds(marks))


def _compute(
    whole: Figure, parts: Sequence[Figure], dataset: Dataset
) -> tuple[list[Quantity], Quantity | None]:
    """The size of each part and the rest, if any; no sizes where a formula could not have them."""
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
    left = whole.quantity.magnitude - sum(size.magnitude for size in sizes)
    computed = compute(rest, case.figures, dataset.vocabulary) if left else None
    if left < 0 or (left and computed is None):
        return [], None
    return sizes, computed


def _find_words(rest: Quantity | None, shown: ChartRecords) -> str:
    whole = shown.figures[0]
    label, amount = shown.label(whole), shown.claim(whole)
    said = shown.say(
        "charts.split.unexplained" if rest else "charts.split.parts",
        label=Text(label, lower_first(label)),
        amount=amount,
        rest=word_amount(rest) if rest else "",
        count=len(shown.figures) - 1,
    )
    return shown.say("charts.named", name=shown.place(), words=said)


def _paint(figures: Sequence[ChartFigure], sheet: Sheet) -> None:
    whole, *parts = figures
    # A soft end reaches beyond its value.
    right = sheet.width - (10 if parts[-1].mark.end == "approx" else 1)

    def x(value: Decimal | None) -> float:
        return 1 + float((value or 0) / whole.value) * (right - 1)

    top = _paint_words(whole, sheet, 2, 0, right)
    # The whole once more as one bar made of its parts.
    for part in parts:
        _paint_part(part, sheet, x(part.low), x(part.value), top)
    for part in parts[1:]:
        start = x(part.low)
        sheet.line((start, top), (start, top + _THICK), stroke="paper", stroke_width=2)
    sheet.rectangle(1, top, right - 1, _THICK, stroke="ink-muted")
    bottom = top + _THICK
    for part in parts:
        start, end = x(part.low), x(part.value)
        top = _paint_words(part, sheet, bottom + 12, start, right)
        with _link(part, sheet):
            _paint_part(part, sheet, start, end, top)
        sheet.line((start, top - 3), (start, top + _THICK + 3), stroke="ink-muted")
        bottom = top + _THICK
    sheet.height = round(bottom + 8 + sheet.style.size * 0.1)


def _link(part: ChartFigure, sheet: Sheet) -> AbstractContextManager[None]:
    return sheet.link(f"figure:{part.key}", part.title) if part.key else nullcontext()


def _paint_part(part: ChartFigure, sheet: Sheet, start: float, end: float, top: float) -> None:
    if part.key:
        draw_mark(sheet, part.mark, MarkArea(start=start, end=end, top=top, thickness=_THICK))
    else:
        sheet.rectangle(start, top, end - start, _THICK, stroke="accent", hatch="accent")


def _paint_words(part: ChartFigure, sheet: Sheet, top: float, start: float, right: float) -> float:
    # Words stand where the bar begins, or end at the right edge where there is no room for that.
    small, size = sheet.style.small, sheet.style.size
    name = wrap_text(clean(part.name), sheet.width - 2, small)
    amount = wrap_text(clean(part.amount), sheet.width - 2, size, True)
    needed = max(widest(name, small), widest(amount, size, True))
    at_start = start + needed <= sheet.width
    anchor: Anchor = "start" if at_start else "end"
    x = start if at_start else max(right, min(needed + 1, sheet.width))
    if start <= 1:
        anchor, x = "start", 0
    for line in name:
        sheet.text(x, top + baseline(small), line, **sheet.muted, anchor=anchor)
        top += small * LEADING
    look = TextStyle(role="ink" if part.key else "accent", bold=True, anchor=anchor)
    with _link(part, sheet):
        for line in amount:
            sheet.text(x, top + baseline(size), line, **look)
            top += size * LEADING
    return top + 4


CHART = Chart(name="split", tabulate=tabulate, paint=_paint, find_in=find_in)
