"""Figures of one comparability class as bars from zero, or on a marked log scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, widest
from casebook.charts.symbols import Mark, MarkArea, draw_bracket, draw_mark, draw_ring, overhang
from casebook.charts.text_layout import clean, width_px, wrap_text
from casebook.messages import say
from casebook.text import Lang
from casebook.values.amounts import compact

# Beyond this ratio the smallest bar would be too thin to see on a phone.
LARGEST_RATIO: Final = 80

_THICK: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure of a block.

    `name` is when or where, `about` what exactly it is. `together` numbers the group of
    reports on one period that do not agree, zero for none.
    """

    key: str
    name: str
    amount: str
    title: str
    mark: Mark
    value: Decimal
    low: Decimal | None = None
    about: str = ""
    apart: bool = False
    together: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BarBlock:
    """Bars that share one scale, under a heading of their own.

    `change` is a computed difference that stands between the first and the last bar.
    """

    bars: tuple[Bar, ...]
    unit: str
    lang: Lang
    heading: str = ""
    change: str = ""

    @property
    def values(self) -> list[Decimal]:
        """Every value that the scale has to hold."""
        found = [bar.value for bar in self.bars]
        return found + [bar.low for bar in self.bars if bar.low is not None]

    @property
    def is_log(self) -> bool:
        """Whether the values lie too far apart for a linear scale."""
        values = [value for value in self.values if value > 0]
        return bool(values) and max(values) / min(values) > LARGEST_RATIO


def paint_blocks(blocks: Sequence[BarBlock], sheet: Sheet) -> None:
    """Draw blocks one under the other, each on its own scale."""
    top = 4.0
    for index, block in enumerate(blocks):
        if index:
            top += 10
            sheet.line((0, top), (sheet.width, top), stroke="rule")
            top += 6
        top = _paint_under_heading(block, sheet, top)
    sheet.height = round(top + 6)


def paint_block(block: BarBlock, sheet: Sheet) -> None:
    """Draw a block by itself."""
    paint_blocks((block,), sheet)


def _paint_under_heading(block: BarBlock, sheet: Sheet, top: float) -> float:
    small = sheet.style.small
    if block.heading:
        top = sheet.paragraph(0, top, block.heading, sheet.width, size=small, role="ink-muted") + 4
    return _BlockPainter(block, sheet, top).paint() if block.bars else top


class _BlockPainter:
    """The bars of a block from the top down.

    The line of the zero is drawn in pieces, from `piece_top` on, so that no words stand on it.
    """

    def __init__(self, block: BarBlock, sheet: Sheet, top: float) -> None:
        self.block = block
        self.sheet = sheet
        self.scale = _Scale.of(block, sheet)
        self.top = self.piece_top = self.group_top = top

    def paint(self) -> float:
        """Draw the bars and what stands beneath them, and give the bottom edge."""
        bars = self.block.bars
        for before, bar, after in zip((None, *bars[:-1]), bars, (*bars[1:], None), strict=True):
            self._paint_bar(before, bar, after)
        self._draw_zero()
        if self.block.change:
            self.top = _paint_change(self.block, self.sheet, self.scale, self.top)
        if self.scale.is_log:
            self.top = _paint_log_axis(self.block, self.sheet, self.scale, self.top)
        return self.top

    def _paint_bar(self, before: Bar | None, bar: Bar, after: Bar | None) -> None:
        goes_on = bar.together and before is not None and before.together == bar.together
        if bar.apart and (before is None or not before.apart):
            self._begin_apart(is_first=before is None)
        elif before is not None:
            self.top += 6 if goes_on else 10
        if not goes_on:
            if bar.together:
                self._begin_reports(bar)
            self.group_top = self.top
        self.top = self.scale.paint_row(bar, self.top)
        is_last = after is None or after.together != bar.together
        if (bar.together and is_last) or (bar.mark.contradicted and not bar.together):
            # One bracket embraces all the reports, across the space between their bars.
            draw_bracket(self.sheet, self.scale.left - 9, self.group_top - 1, self.top + 1)

    def _begin_apart(self, *, is_first: bool) -> None:
        """Part what does not belong to the series from it."""
        if not is_first:
            self._draw_zero()
            self.top += 14
            self.sheet.line((0, self.top), (self.sheet.width, self.top), stroke="rule", dash=(2, 4))
            self.top += 6
        self._write(say("charts.bars.apart").inside(self.block.lang), "ink-muted", 8)

    def _begin_reports(self, bar: Bar) -> None:
        """Say that reports on one period differ."""
        if self.top > self.piece_top:
            self._draw_zero()
        self._write(say("charts.bars.reports", name=bar.name).inside(self.block.lang), "accent", 4)

    def _write(self, words: str, role: str, space: float) -> None:
        sheet = self.sheet
        bottom = sheet.paragraph(0, self.top, words, sheet.width, size=sheet.style.small, role=role)
        self.top = self.piece_top = bottom + space

    def _draw_zero(self) -> None:
        # On a phone words stand over the zero, so each bar has its own piece of the line.
        if self.scale.has_axis and not self.sheet.style.is_narrow:
            x = self.scale.left
            self.sheet.line((x, self.piece_top - 2), (x, self.top + 2), stroke="ink-muted")


def _paint_change(block: BarBlock, sheet: Sheet, scale: _Scale, top: float) -> float:
    ends = [scale.x(block.bars[0].value), scale.x(block.bars[-1].value)]
    left, right = min(ends), max(ends)
    y = top + 12
    for x in (left, right):
        sheet.line((x, y - 5), (x, y + 5), stroke="accent", stroke_width=1.5)
    sheet.line((left, y), (right, y), stroke="accent", stroke_width=1.5)
    size = sheet.style.size
    lines = wrap_text(clean(block.change), sheet.width - 4, size, True)
    y += 8
    for line in lines:
        width = width_px(line, size, True)
        x = min(right, sheet.width - 2)
        x = max(x, min(width + 2, sheet.width))
        sheet.text(x, y + baseline(size), line, bold=True, anchor="end", role="accent")
        y += size * LEADING
    return y


def _paint_log_axis(block: BarBlock, sheet: Sheet, scale: _Scale, top: float) -> float:
    size = sheet.style.small
    y = top + 8
    sheet.line((scale.left, y), (scale.right, y), stroke="rule")
    reached = 0.0
    for power in range(scale.low_power, scale.high_power + 1):
        value = Decimal(10) ** power
        x = scale.x(value)
        sheet.line((x, y), (x, y + 5), stroke="ink-muted")
        words = clean(compact(value, block.unit, block.lang))
        half = width_px(words, size) / 2
        centre = min(max(x, half), sheet.width - half)
        if centre - half >= reached:
            sheet.text(
                centre, y + 6 + baseline(size), words, size=size, role="ink-muted", anchor="middle"
            )
            reached = centre + half + 10
    y += 8 + size * LEADING
    words = say("charts.bars.log").inside(block.lang)
    return sheet.paragraph(0, y, words, sheet.width, size=size, role="ink-muted")


@dataclass(kw_only=True)
class _Scale:
    """Where a value of a block stands, and how its rows are laid out."""

    sheet: Sheet
    block: BarBlock
    left: float
    right: float
    label_width: float
    amount_width: float
    high: Decimal
    low_power: int = 0
    high_power: int = 0

    @classmethod
    def of(cls, block: BarBlock, sheet: Sheet) -> _Scale:
        style = sheet.style
        names = [clean(bar.name) for bar in block.bars]
        abouts = [clean(bar.about) for bar in block.bars]
        amounts = [clean(bar.amount) for bar in block.bars]
        label_width = amount_width = 0.0
        is_bracketed = any(bar.together or bar.mark.contradicted for bar in block.bars)
        indent = 12.0 if is_bracketed and style.is_narrow else 0.0
        beyond = max(overhang(bar.mark, _THICK) for bar in block.bars)
        left, right = indent, style.width - beyond - 1
        if not style.is_narrow:
            label_width = min(max(widest(names, style.size) + 16, widest(abouts, style.small)), 232)
            amount_width = min(widest(amounts, style.size, True) + 2, 230)
            left = indent + label_width + 16
            right = style.width - beyond - amount_width - 10
        values = block.values
        scale = cls(
            sheet=sheet,
            block=block,
            left=left,
            right=right,
            label_width=label_width,
            amount_width=amount_width,
            high=max([*values, Decimal(0)]),
        )
        positive = [value for value in values if value > 0]
        if positive:
            scale.low_power = min(positive).adjusted()
            scale.high_power = max(positive).adjusted() + 1
        return scale

    @cached_property
    def is_log(self) -> bool:
        return self.block.is_log

    @property
    def has_axis(self) -> bool:
        return not self.is_log

    def x(self, value: Decimal) -> float:
        """Where a value stands."""
        if self.is_log:
            if value <= 0:
                return self.left
            steps = Decimal(self.high_power - self.low_power)
            share = (value.log10() - self.low_power) / steps
        else:
            share = value / self.high if self.high else Decimal(0)
        return self.left + float(share) * (self.right - self.left)

    def paint_row(self, bar: Bar, top: float) -> float:
        """Draw one bar with its words and give the bottom edge of the row."""
        if self.sheet.style.is_narrow:
            return self._paint_narrow_row(bar, top)
        style, sheet = self.sheet.style, self.sheet
        indent = self.left - self.label_width - 16
        name_left = indent
        name_width = self.label_width
        # Beside the bar, the name stands at the middle of the bar's height.
        name_top = top + (_THICK - style.size * LEADING) / 2
        bottom = name_top
        if bar.name and not bar.together:
            if bar.mark.uncertain:
                draw_ring(sheet, name_left + 5, name_top + style.size * LEADING / 2)
                name_left, name_width = name_left + 16, name_width - 16
            bottom = sheet.paragraph(name_left, name_top, bar.name, name_width)
        if bar.about:
            bottom = sheet.paragraph(
                indent, bottom, bar.about, self.label_width, size=style.small, role="ink-muted"
            )
        with sheet.link(f"figure:{bar.key}", bar.title):
            end = self._draw(bar, top)
            words_left = end + overhang(bar.mark, _THICK) + 8
            words_bottom = sheet.paragraph(
                words_left, name_top, bar.amount, self.amount_width, bold=True
            )
        return max(bottom, words_bottom, top + _THICK)

    def _paint_narrow_row(self, bar: Bar, top: float) -> float:
        style, sheet = self.sheet.style, self.sheet
        left = self.left
        name_left = left
        room = style.width - left
        name = "" if bar.together else clean(bar.name)
        if name:
            if bar.mark.uncertain:
                draw_ring(sheet, left + 5, top + style.size * LEADING / 2)
                name_left += 16
            top = sheet.paragraph(name_left, top, name, style.width - name_left)
        if bar.about:
            top = sheet.paragraph(left, top, bar.about, room, role="ink-muted")
        with sheet.link(f"figure:{bar.key}", bar.title):
            amount = clean(bar.amount)
            last = sheet.words[-1] if name and not bar.about else None
            beside = last.box.right + 12 if last is not None else 0
            if last is not None and beside + width_px(amount, style.size, True) <= style.width:
                sheet.text(beside, last.y, amount, bold=True)
            else:
                top = sheet.paragraph(left, top, amount, room, bold=True)
            top += 3
            self._draw(bar, top)
        if self.has_axis:
            bottom = top + _THICK + 2
            sheet.line((left, top - 2), (left, bottom), stroke="ink-muted")
        return top + _THICK

    def _draw(self, bar: Bar, top: float) -> float:
        sheet = self.sheet
        end = self.x(bar.value)
        start = self.left if bar.low is None or not self.is_log else self.x(bar.low)
        sheet.mark(bar.key, self.x(bar.low) if bar.low is not None else self.left, end)
        if self.is_log:
            middle = top + _THICK / 2
            sheet.line((self.left, middle), (self.right, middle), stroke="grid")
            if bar.low is not None:
                sheet.line((start, middle), (end, middle), stroke="series-1", stroke_width=5)
            if bar.mark.kind == "planned":
                sheet.disc(end, middle, 6, stroke="series-1", stroke_width=1.5, dash=(3, 2))
            else:
                sheet.disc(end, middle, 6, fill="series-1")
            if bar.mark.end in ("more_than", "at_least"):
                sheet.line(
                    (end + 9, middle - 5),
                    (end + 14, middle),
                    (end + 9, middle + 5),
                    stroke="series-1",
                    stroke_width=2,
                )
            return end
        low = self.x(bar.low) if bar.low is not None else None
        area = MarkArea(start=self.left, end=end, top=top, thickness=_THICK, low=low)
        draw_mark(sheet, bar.mark, area)
        return end
