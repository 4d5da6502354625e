"""List of figures, each with its mark and wording, on no scale at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Final

from casebook.charts.canvas import LEADING, Point, Sheet
from casebook.charts.symbols import ChartFigure, draw_bracket, draw_ring, draw_swatch
from casebook.charts.text_layout import clean, width_px

_GUTTER: Final = 28.0
_MARK: Final = 48.0
_RING: Final = 16.0
_MARK_HEIGHT: Final = 14.0
_GROUP_SPACE: Final = 14.0
_ITEM_SPACE: Final = 7.0


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Figures under one heading, each with what it is beside its wording or beneath."""

    heading: str
    items: tuple[ChartFigure, ...]


def paint_listing(listing: Sequence[ItemGroup], sheet: Sheet) -> None:
    """Write the groups one under the other, on a wide sheet in two columns of even height."""
    if sheet.style.is_narrow:
        sheet.height = round(paint_column(listing, sheet, (0, 2), sheet.width) + 6)
        return
    width = (sheet.width - _GUTTER) / 2
    first, second = _halve(listing, width, sheet)
    bottoms = [
        paint_column(groups, sheet, (left, 2), width)
        for groups, left in ((first, 0.0), (second, width + _GUTTER))
    ]
    if second:
        x = width + _GUTTER / 2
        sheet.line((x, 4), (x, max(bottoms)), stroke="grid")
    sheet.height = round(max(bottoms) + 6)


def _halve(
    groups: Sequence[ItemGroup], width: float, sheet: Sheet
) -> tuple[list[ItemGroup], list[ItemGroup]]:
    # The cut that leaves the shorter picture, between groups where that costs little.
    items = [(number, item) for number, group in enumerate(groups) for item in group.items]
    heights = [
        # Laid out on a sheet that nobody sees: a second reckoning would differ from the drawing.
        paint_column(
            [ItemGroup("" if index else group.heading, (item,))],
            Sheet(style=sheet.style),
            (0, 0 if index else _GROUP_SPACE - 3),
            width,
        )
        for group in groups
        for index, item in enumerate(group.items)
    ]

    def longer(cut: int) -> float:
        return max(sum(heights[:cut]), sum(heights[cut:]))

    def join(part: Sequence[tuple[int, ChartFigure]]) -> list[ItemGroup]:
        # What goes on in the second column has its heading there again.
        return [
            ItemGroup(groups[number].heading, tuple(item for _, item in found))
            for number, found in groupby(part, key=itemgetter(0))
        ]

    # Of two that are as good, the fuller first column.
    cut = min(reversed(range(len(items) + 1)), key=longer)
    between = list(accumulate(len(group.items) for group in groups[:-1]))
    if between and longer(best := min(between, key=longer)) < 1.12 * longer(cut):
        cut = best
    return join(items[:cut]), join(items[cut:])


def paint_column(groups: Sequence[ItemGroup], sheet: Sheet, corner: Point, width: float) -> float:
    """Write the groups one under the other from a corner down, and give the bottom edge."""
    (left, top), small = corner, sheet.style.small
    for index, group in enumerate(groups):
        if group.heading:
            if index:
                top += _GROUP_SPACE - _ITEM_SPACE
                sheet.line((left, top), (left + width, top), stroke="rule")
                top += 6
            top = sheet.paragraph(left, top, group.heading, width, size=small, bold=True) + 3
        for item in group.items:
            top = _paint_item(item, sheet, left, width, top) + _ITEM_SPACE
    return top


def _paint_item(item: ChartFigure, sheet: Sheet, left: float, width: float, top: float) -> float:
    style = sheet.style
    first = top
    words_left = left + _MARK
    room = width - _MARK
    with sheet.link(f"figure:{item.key}", item.title):
        mark_top = top + (style.size * LEADING - _MARK_HEIGHT) / 2
        corner = (left + 6, mark_top)
        draw_swatch(sheet, item.mark, corner, _MARK_HEIGHT, is_zero=item.value == 0)
        top = sheet.paragraph(words_left, top, item.amount, room, bold=True)
    beside = _room_beside(item, width, sheet)
    down = (style.size - style.small) * (LEADING / 2 + 0.35)
    if beside:
        words_left, room = left + width - beside, beside
        top -= style.size * LEADING - down
    if item.mark.uncertain:
        draw_ring(sheet, words_left + 5, top + style.small * LEADING / 2)
        words_left, room = words_left + _RING, room - _RING
    about = item.about
    top = sheet.paragraph(words_left, top, about, room + 0.5, **sheet.muted)
    if beside:
        top = max(top, first + style.size * LEADING)
    if item.mark.contradicted:
        draw_bracket(sheet, left, first + 2, top - 2)
    return top


def _room_beside(item: ChartFigure, width: float, sheet: Sheet) -> float:
    """The room right of the amount where what it is fits there on one line, else nothing."""
    style = sheet.style
    left = width - _MARK - width_px(clean(item.amount), style.size, True) - 12
    needed = width_px(clean(item.about), style.small) + (_RING if item.mark.uncertain else 0)
    return left if needed <= left else 0.0
