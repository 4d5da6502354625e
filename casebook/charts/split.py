"""The parts that a source gives of one amount, and the rest that it leaves unexplained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from decimal import Decimal

from casebook.charts.canvas import LEADING, Anchor, Sheet, TextStyle, baseline, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, lower_first
from casebook.charts.symbols import ChartFigure, MarkArea, draw_mark, legend_kinds, mark_of_kind
from casebook.charts.text_layout import clean, wrap_text
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Text
from casebook.values.amounts import compact

_THICK = 24.0


def find_in(case: Case, dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """A split for each amount of the case whose parts are given and fit into it."""
    for whole in dataset.money_figures(case):
        parts = [figure for figure in case.figures.values() if figure.part_of == whole.id]
        if parts and len(parts) <= MOST_ROWS and _fits(whole, parts):
            # The largest part first, so that what is left over stands at the end.
            parts.sort(key=lambda part: -(_size(part, whole) or Decimal(0)))
            yield whole, *parts


def tabulate(shown: ChartRecords) -> ChartTable:
    """What the split says and shows; every computed number says so."""
    whole, *figures = shown.figures
    total = whole.quantity.magnitude
    parts = _lay_out(whole, figures, shown)
    start = parts[-1].value
    rest = _say_rest(total - start, shown)
    drawn, name = parts, shown.say("charts.split.rest")
    if rest:
        amount, mark = shown.say("charts.split.rest_amount", amount=rest), mark_of_kind("exact")
        left = ChartFigure(
            key="", name=name, amount=amount, title="", mark=mark, low=start, value=total
        )
        drawn = [*parts, left]
    table = shown.tabulate(
        _find_words(rest, shown), (shown.draw(whole, shown.label(whole)), *drawn)
    )
    rows = [table.rows[0]]
    rows += [
        (*row[:2], part.amount, *row[3:]) for row, part in zip(table.rows[1:], parts, strict=True)
    ]
    if rest:
        rows.append((shown.place(), name, rest, shown.say("charts.computed"), "", "", ""))
    # No bracket embraces a part: what contradicts it stands elsewhere, and in the table.
    marks = (replace(mark, contradicted=False) for mark in shown.marks.values())
    return replace(table, rows=tuple(rows), legend=legend_kinds(marks))


def _lay_out(whole: Figure, figures: Sequence[Figure], shown: ChartRecords) -> list[ChartFigure]:
    """The parts one after the other along the whole."""
    parts = []
    at = Decimal(0)
    for figure in figures:
        size = _size(figure, whole) or Decimal(0)
        part = replace(shown.draw(figure, shown.label(figure)), low=at, value=at + size)
        if figure.quantity.kind == "share":
            amount = compact(size, whole.quantity.unit, shown.lang)
            said = shown.say("charts.split.share", share=part.amount, amount=amount)
            part = replace(part, amount=said)
        parts.append(part)
        at += size
    return parts


def _say_rest(rest: Decimal, shown: ChartRecords) -> str:
    """What is left of the whole in words, nothing where nothing is."""
    if rest <= 0:
        return ""
    is_about = any(figure.quantity.qualifier == "approx" for figure in shown.figures)
    amount = compact(rest, shown.figures[0].quantity.unit, shown.lang)
    return shown.say("charts.about") + amount if is_about else amount


def _find_words(rest: str, shown: ChartRecords) -> str:
    whole = shown.figures[0]
    label, amount = shown.label(whole), shown.amount(whole)
    name = Text(label, lower_first(label))
    if rest:
        said = shown.say("charts.split.unexplained", label=name, amount=amount, rest=rest)
    else:
        count = len(shown.figures) - 1
        said = shown.say("charts.split.parts", label=name, amount=amount, count=count)
    return shown.say("charts.named", name=shown.place(), words=said)


def _fits(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Whether the size of each part is known and they are no more than the whole."""
    total, sizes = _size(whole, whole), [_size(part, whole) for part in parts]
    known = [size for size in sizes if size is not None]
    fits = len(known) == len(sizes) and total is not None and sum(known) <= total
    return fits and total != 0 and min(known) >= 0


def _size(part: Figure, whole: Figure) -> Decimal | None:
    """How much of the whole a part is, in the unit of the whole, or None where unknown."""
    quantity, total = part.quantity, whole.quantity.value
    if quantity.value is None or total is None:
        return None
    if quantity.qualifier not in ("exact", "approx"):
        return None
    if quantity.kind == "share":
        return total * quantity.value
    same = quantity.unit == whole.quantity.unit and part.per == whole.per
    return quantity.value if same else None


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
