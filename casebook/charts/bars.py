"""Figures of one comparability class as bars from zero, and lists of figures without a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from casebook.charts.canvas import LEADING, Point, Sheet, baseline, widest
from casebook.charts.symbols import (
    ChartFigure,
    Mark,
    MarkArea,
    draw_bracket,
    draw_mark,
    draw_ring,
    overhang,
)
from casebook.charts.text_layout import clean, width_px, wrap_text
from casebook.messages import say
from casebook.text import COMMA, Lang

# Beyond this ratio the smallest bar would be too short to see on a phone. A log scale is no way
# out: it has no zero, and lengths on it are not in proportion to the values.
_LARGEST_RATIO: Final = 80

_THICK: Final = 20.0
_GUTTER: Final = 28.0
_GROUP_SPACE: Final = 14.0
_ITEM_SPACE: Final = 7.0


class ItemGroup(NamedTuple):
    """Figures under one heading, each with its description beside or below its amount."""

    heading: str
    items: tuple[ChartFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarBlock:
    """Bars that share one scale."""

    bars: tuple[ChartFigure, ...]
    lang: Lang
    # A computed difference, drawn between the ends of the first and the last bar.
    change: str = ""
    # The end of the scale in words, for charts whose panels have different scales.
    scale: str = ""

    @property
    def is_spread(self) -> bool:
        """True if the values lie too far apart for bars."""
        ends = [end for bar in self.bars for end in (bar.value, bar.low) if end]
        return bool(ends) and max(ends) / min(ends) > _LARGEST_RATIO

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The drawn marks, which a legend has to explain."""
        return () if self.is_spread else tuple(bar.mark for bar in self.bars)


def paint_bars(block: BarBlock, sheet: Sheet) -> None:
    """Draw bars one below the other, or list their amounts if the values lie too far apart."""
    if block.is_spread:
        said = say("charts.bars.far_apart").inside(block.lang)
        top = sheet.paragraph(0, 4, said, sheet.width, role="ink-muted") + 6
        comma = COMMA.inside(block.lang)
        items = tuple(
            replace(
                bar,
                about=comma.join(filter(None, (bar.name, bar.about, bar.mark.remark(block.lang)))),
            )
            for bar in block.bars
        )
        bottom = _paint_column([ItemGroup("", items)], sheet, (0, top), sheet.width)
    else:
        bottom = _BlockPainter(block, sheet, 4).paint()
    sheet.height = round(bottom + 6)


class _BlockPainter:
    """Paints the bars of a block from the top down."""

    def __init__(self, block: BarBlock, sheet: Sheet, top: float) -> None:
        self.block, self.sheet = block, sheet
        self.style = style = sheet.style
        # The zero line is drawn in pieces, so that it does not cross words between bars.
        self.top = self.piece_top = self.group_top = top
        ends = [end for bar in block.bars for end in (bar.value, bar.low) if end is not None]
        self.high = max([*ends, Decimal(0)])
        beyond = max(overhang(bar.mark, _THICK) for bar in block.bars)
        if style.is_narrow:
            is_bracketed = any(bar.together or bar.mark.contradicted for bar in block.bars)
            self.left = 12.0 if is_bracketed else 0.0
            self.right = style.width - beyond - 1
            return
        names = widest([bar.name for bar in block.bars], style.size) + 16
        abouts = widest([bar.about for bar in block.bars], style.small)
        amounts = widest([bar.amount for bar in block.bars], style.size, True) + 2
        self.label_width = min(max(names, abouts), 232)
        self.amount_width = min(amounts, 230)
        self.left = self.label_width + 16
        self.right = style.width - beyond - self.amount_width - 10

    def x(self, value: Decimal) -> float:
        """The horizontal position of a value."""
        share = value / self.high if self.high else Decimal(0)
        return self.left + float(share) * (self.right - self.left)

    def paint(self) -> float:
        """Draw the bars with change and scale below them, and return the bottom edge."""
        bars = self.block.bars
        for before, bar, after in zip((None, *bars[:-1]), bars, (*bars[1:], None), strict=True):
            self._paint_bar(before, bar, after)
        self._draw_zero()
        if self.block.change:
            self._paint_change()
        # If all values are zero, the scale has no end to print.
        if self.block.scale and self.high:
            self._paint_scale()
        return self.top

    def _paint_bar(
        self, before: ChartFigure | None, bar: ChartFigure, after: ChartFigure | None
    ) -> None:
        goes_on = bar.together and before is not None and before.together == bar.together
        # The first bar is never set apart, because a series begins with dated figures.
        if bar.apart and before is not None and not before.apart:
            self._begin_apart()
        elif before is not None:
            if (bar.missing or bar.together) and not goes_on:
                self._draw_zero()
            self.top += 6 if goes_on else 10
        if not goes_on:
            if bar.missing:
                self._write(bar.missing, "ink-muted", 8)
            if bar.together:
                said = say("charts.bars.reports", name=bar.name)
                self._write(said.inside(self.block.lang), "accent", 4)
            self.group_top = self.top
        if self.style.is_narrow:
            self._paint_narrow_row(bar)
        else:
            self._paint_wide_row(bar)
        is_last = after is None or after.together != bar.together
        if is_last if bar.together else bar.mark.contradicted:
            # One bracket encloses all reports of a group; two that touch would read as one dispute.
            draw_bracket(self.sheet, self.left - 9, self.group_top + 2, self.top - 2)

    def _begin_apart(self) -> None:
        """Draw a rule and a heading before the bars that are set apart from the series."""
        self._draw_zero()
        self.top += 14
        self.sheet.line((0, self.top), (self.style.width, self.top), stroke="rule", dash=(2, 4))
        self.top += 6
        self._write(say("charts.bars.apart").inside(self.block.lang), "ink-muted", 8)

    def _write(self, words: str, role: str, space: float) -> None:
        """Write words between bars and start the next piece of the zero line below them."""
        small = self.style.small
        bottom = self.sheet.paragraph(0, self.top, words, self.style.width, size=small, role=role)
        self.top = self.piece_top = bottom + space

    def _draw_zero(self) -> None:
        # On a phone words cover the zero position, so each bar draws its own piece of the line.
        if not self.style.is_narrow:
            ends = (self.left, self.piece_top - 2), (self.left, self.top + 2)
            self.sheet.line(*ends, stroke="ink-muted")

    def _paint_wide_row(self, bar: ChartFigure) -> None:
        """Draw a bar between its name and its amount."""
        sheet, style, top = self.sheet, self.style, self.top
        # The name stands beside the bar at the middle of its height.
        name_top = bottom = top + (_THICK - style.size * LEADING) / 2
        if bar.name and not bar.together:
            left = self._draw_ring(bar, 0, name_top)
            bottom = sheet.paragraph(left, name_top, bar.name, self.label_width - left)
        bottom = sheet.paragraph(0, bottom, bar.about, self.label_width, role="ink-muted")
        with sheet.link(bar.key and f"figure:{bar.key}", bar.title):
            left = self._draw_bar(bar, top) + overhang(bar.mark, _THICK) + 8
            words_bottom = sheet.paragraph(left, name_top, bar.amount, self.amount_width, bold=True)
        self.top = max(bottom, words_bottom, top + _THICK)

    def _paint_narrow_row(self, bar: ChartFigure) -> None:
        """Draw a bar below its name and its amount."""
        sheet, style, left, top = self.sheet, self.style, self.left, self.top
        room = style.width - left
        if bar.name and not bar.together:
            name_left = self._draw_ring(bar, left, top)
            top = sheet.paragraph(name_left, top, bar.name, style.width - name_left)
        top = sheet.paragraph(left, top, bar.about, room, role="ink-muted")
        with sheet.link(bar.key and f"figure:{bar.key}", bar.title):
            top = sheet.paragraph(left, top, bar.amount, room, bold=True) + 3
            self._draw_bar(bar, top)
        self.top = top + _THICK
        sheet.line((left, top - 2), (left, self.top + 2), stroke="ink-muted")

    def _draw_ring(self, bar: ChartFigure, left: float, top: float) -> float:
        """Draw the ring of an uncertain date before a name; return the left edge of the name."""
        if not bar.mark.uncertain:
            return left
        draw_ring(self.sheet, left + 5, top + self.style.size * LEADING / 2)
        return left + 16

    def _draw_bar(self, bar: ChartFigure, top: float) -> float:
        """Draw the mark of a figure along the scale, and return the position of its value."""
        end, low = self.x(bar.value), None if bar.low is None else self.x(bar.low)
        # A part of a whole begins at the end of the part before it.
        start = self.left if low is None or bar.mark.end == "range" else low
        if bar.key:
            first = self.left if low is None else low
            self.sheet.target(first, top - 2, end - first, _THICK + 4)
            area = MarkArea(start=start, end=end, top=top, thickness=_THICK, low=low)
            draw_mark(self.sheet, bar.mark, area)
        else:
            self.sheet.rectangle(start, top, end - start, _THICK, stroke="accent", hatch="accent")
        return end

    def _paint_scale(self) -> None:
        """Print the scale with both of its ends below the bars."""
        sheet, y = self.sheet, self.top + 8
        sheet.line((self.left, y), (self.right, y), stroke="rule")
        for x in (self.left, self.right):
            sheet.line((x, y), (x, y + 5), stroke="ink-muted")
        y += 6
        at = y + baseline(self.style.small)
        sheet.text(self.left, at, "0", role="ink-muted")
        sheet.text(self.right, at, self.block.scale, anchor="end", role="ink-muted")
        self.top = y + self.style.small * LEADING

    def _paint_change(self) -> None:
        """Draw the span between the values of the first and the last bar with its difference."""
        sheet, size, width = self.sheet, self.style.size, self.style.width
        left, right = sorted(self.x(self.block.bars[end].value) for end in (0, -1))
        y = self.top + 12
        for x in (left, right):
            sheet.line((x, y - 5), (x, y + 5), stroke="accent", stroke_width=1.5)
        sheet.line((left, y), (right, y), stroke="accent", stroke_width=1.5)
        self.top = y + 8
        for line in wrap_text(clean(self.block.change), width - 4, size, True):
            x = max(min(right, width - 2), min(width_px(line, size, True) + 2, width))
            y = self.top + baseline(size)
            sheet.text(x, y, line, bold=True, anchor="end", role="accent")
            self.top += size * LEADING


def paint_listing(listing: Sequence[ItemGroup], sheet: Sheet) -> None:
    """Write the groups one below the other, on a wide sheet in two columns of similar height."""
    columns, width = [listing], sheet.width
    if not sheet.style.is_narrow:
        width = (sheet.width - _GUTTER) / 2
        # Measured by drawing on a scratch sheet, because a separate calculation could differ.
        heights = [
            _paint_column([group], Sheet(style=sheet.style), (0, 0), width) for group in listing
        ]
        cuts = range(len(listing), 0, -1)
        cut = min(cuts, key=lambda cut: max(sum(heights[:cut]), sum(heights[cut:])))
        columns = [part for part in (listing[:cut], listing[cut:]) if part]
    bottoms = [
        _paint_column(groups, sheet, (index * (width + _GUTTER), 2), width)
        for index, groups in enumerate(columns)
    ]
    if len(columns) > 1:
        x = width + _GUTTER / 2
        sheet.line((x, 4), (x, max(bottoms)), stroke="grid")
    sheet.height = round(max(bottoms) + 6)


def _paint_column(groups: Sequence[ItemGroup], sheet: Sheet, corner: Point, width: float) -> float:
    """Write the groups one below the other from a corner down, and return the bottom edge."""
    (left, top), small = corner, sheet.style.small
    for index, group in enumerate(groups):
        if group.heading:
            if index:
                top += _GROUP_SPACE - _ITEM_SPACE
                sheet.line((left, top), (left + width, top), stroke="rule")
                top += 6
            top = sheet.paragraph(left, top, group.heading, width, size=small, bold=True) + 3
        for item in group.items:
            top = _paint_item(item, sheet, (left, top), width) + _ITEM_SPACE
    return top


def _paint_item(item: ChartFigure, sheet: Sheet, corner: Point, width: float) -> float:
    (left, top), size = corner, sheet.style.size
    used = width_px(clean(item.amount), size, True) + 12
    with sheet.link(item.key and f"figure:{item.key}", item.title):
        bottom = sheet.paragraph(left, top, item.amount, width, bold=True)
    if used + width_px(clean(item.about), sheet.style.small) <= width:
        sheet.text(left + used, top + baseline(size), item.about, role="ink-muted")
        return bottom
    return sheet.paragraph(left, bottom, item.about, width + 0.5, role="ink-muted")
