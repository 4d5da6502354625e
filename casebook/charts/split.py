"""The parts that a source gives of one amount, and the rest that it leaves unexplained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from casebook.charts.canvas import LEADING, Anchor, Sheet, baseline, widest
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
from casebook.charts.symbols import Mark, MarkArea, draw_mark, mark_in
from casebook.charts.text_layout import clean, wrap_text
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Lang
from casebook.values.amounts import compact
from casebook.values.comparability import class_of, name_class

_THICK = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPart:
    """One part of the whole, from where to where it lies along it."""

    key: str
    name: str
    amount: str
    title: str
    mark: Mark | None
    start: Decimal
    end: Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """A whole and its parts in the order of the record; the rest has no mark of its own."""

    whole: SplitPart
    parts: tuple[SplitPart, ...]
    lang: Lang


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A split for each amount of the case whose parts are given and fit into it."""
    count = 0
    for whole in dataset.money_figures(case):
        parts = [figure for figure in case.figures.values() if figure.part_of == whole.id]
        sized = [_size(part, whole) for part in parts]
        sizes = [size for size in sized if size is not None]
        value = whole.quantity.value
        if not parts or len(sizes) < len(parts) or value is None or len(parts) > MOST_ROWS:
            continue
        if whole.quantity.qualifier not in ("exact", "approx"):
            continue
        if value <= 0 or min(sizes) < 0 or sum(sizes) > value:
            continue
        count += 1
        name = f"{case.slug}-split" if count == 1 else f"{case.slug}-split-{count}"
        # The largest part first, so that what is left over stands at the end.
        parts.sort(key=lambda part: -(_size(part, whole) or Decimal(0)))
        yield Selected(
            chart=CHART.name,
            name=name,
            case=case.slug,
            figures=(whole.key, *(p.key for p in parts)),
        )


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the split says and shows; every computed number says so."""
    whole, *parts = (dataset.figures[key] for key in selected.figures)
    marks = {figure.key: mark_in(figure, dataset) for figure in (whole, *parts)}
    zh = lang == "zh"
    unit = whole.quantity.unit
    computed = "本站计算" if zh else "computed by this site"
    total = whole.quantity.magnitude
    place = dataset.place(dataset.by_slug[selected.case]).inside(lang)
    drawn: list[SplitPart] = []
    rows = [chart_row(whole, marks[whole.key], dataset, lang)]
    at = Decimal(0)
    is_about = whole.quantity.qualifier == "approx"
    for part in parts:
        size = _size(part, whole) or Decimal(0)
        words = amount_words(part, lang)
        if part.quantity.kind == "share":
            amount = compact(size, unit, lang)
            shown = (
                f"{words}，即{amount}（{computed}）" if zh else f"{words}: {amount} ({computed})"
            )
        else:
            shown = words
        is_about = is_about or part.quantity.qualifier == "approx"
        drawn.append(
            SplitPart(
                key=part.key,
                name=part.label.inside(lang),
                amount=shown,
                title=figure_title(part, marks[part.key], lang),
                mark=marks[part.key],
                start=at,
                end=at + size,
            )
        )
        row = chart_row(part, marks[part.key], dataset, lang)
        rows.append((*row[:2], shown, *row[3:]))
        at += size
    rest = total - at
    if rest > 0:
        hedge = ("约" if zh else "about ") if is_about else ""
        amount = f"{hedge}{compact(rest, unit, lang)}"
        name = "来源未说明的差额" if zh else "Left unexplained by the source"
        shown = f"{amount}（{computed}）" if zh else f"{amount} ({computed})"
        drawn.append(
            SplitPart(
                key="",
                name=name,
                amount=shown,
                title=f"{name}：{shown}",
                mark=None,
                start=at,
                end=total,
            )
        )
        rows.append((place, name, amount, computed, "", "", ""))
    worded = amount_words(whole, lang)
    label = whole.label.inside(lang)
    if zh:
        said = f"其中{amount}来源没有说明用途" if rest > 0 else f"分成{len(parts)}部分"
        finding = f"{place}：{label}{worded}，{said}"
    else:
        said = f"{amount} of it unexplained" if rest > 0 else f"in {len(parts)} parts"
        finding = f"{place}: {label[:1].lower()}{label[1:]}, {worded}, {said}"
    figures: list[Figure] = [whole, *parts]
    subtitle = name_class(class_of(whole), dataset.vocabulary).inside(lang)
    whole_part = SplitPart(
        key=whole.key,
        name=whole.label.inside(lang),
        amount=worded,
        title=figure_title(whole, marks[whole.key], lang),
        mark=marks[whole.key],
        start=Decimal(0),
        end=total,
    )
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case=selected.case,
        lang=lang,
        finding=finding,
        subtitle=subtitle,
        header=figure_header(lang),
        rows=tuple(rows),
        panels=(PanelTable("", finding, Split(whole_part, tuple(drawn), lang)),),
        notes=tuple(dict.fromkeys(f.note.inside(lang) for f in figures if f.note)),
        sources=sources_of_figures(figures),
        # No bracket embraces a part: what contradicts it stands elsewhere, and in the table.
        legend=legend_of(replace(mark, contradicted=False) for mark in marks.values()),
    )


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


def _paint(split: Split, sheet: Sheet) -> None:
    style = sheet.style
    # A soft end reaches beyond its value.
    is_soft = any(part.mark and part.mark.end == "approx" for part in split.parts[-1:])
    right = sheet.width - (10 if is_soft else 1)
    total = split.whole.end

    def x(value: Decimal) -> float:
        return 1 + float(value / total) * (right - 1)

    top = _paint_words(split.whole, sheet, 2, 0, right)
    # The whole once more as one bar made of its parts.
    sheet.mark(split.whole.key, x(Decimal(0)), x(total))
    for part in split.parts:
        _paint_part(part, sheet, x(part.start), x(part.end), top)
    for part in split.parts[1:]:
        start = x(part.start)
        sheet.line((start, top), (start, top + _THICK), stroke="paper", stroke_width=2)
    sheet.rectangle(x(Decimal(0)), top, right - 1, _THICK, stroke="ink-muted")
    bottom = top + _THICK
    for part in split.parts:
        start, end = x(part.start), x(part.end)
        top = bottom + 12
        top = _paint_words(part, sheet, top, start, right)
        if part.mark is None:
            _paint_part(part, sheet, start, end, top)
        else:
            with sheet.link(f"figure:{part.key}", part.title):
                sheet.mark(part.key, start, end)
                draw_mark(
                    sheet, part.mark, MarkArea(start=start, end=end, top=top, thickness=_THICK)
                )
        sheet.line((start, top - 3), (start, top + _THICK + 3), stroke="ink-muted")
        bottom = top + _THICK
    sheet.height = round(bottom + 8 + style.size * 0.1)


def _paint_part(part: SplitPart, sheet: Sheet, start: float, end: float, top: float) -> None:
    if part.mark is None:
        sheet.rectangle(
            start, top, end - start, _THICK, stroke="accent", stroke_width=1, hatch="accent"
        )
    else:
        draw_mark(sheet, part.mark, MarkArea(start=start, end=end, top=top, thickness=_THICK))


def _paint_words(part: SplitPart, sheet: Sheet, top: float, start: float, right: float) -> float:
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
        sheet.text(x, top + baseline(small), line, size=small, role="ink-muted", anchor=anchor)
        top += small * LEADING
    if part.mark is None:
        return _paint_amount(sheet, amount, x, top, "accent", anchor)
    with sheet.link(f"figure:{part.key}", part.title):
        return _paint_amount(sheet, amount, x, top, "ink", anchor)


def _paint_amount(
    sheet: Sheet, lines: Sequence[str], x: float, top: float, role: str, anchor: Anchor
) -> float:
    size = sheet.style.size
    for line in lines:
        sheet.text(x, top + baseline(size), line, role=role, bold=True, anchor=anchor)
        top += size * LEADING
    return top + 4


CHART = Chart(name="split", tabulate=tabulate, paint=_paint, find_in=find_in)
