"""List of figures, each with its wording and with what it is, on no scale at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from casebook.charts.canvas import Point, Sheet, baseline
from casebook.charts.symbols import ChartFigure
from casebook.charts.text_layout import clean, width_px

_GUTTER: Final = 28.0
_GROUP_SPACE: Final = 14.0
_ITEM_SPACE: Final = 7.0


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Figures under one heading, each with what it is beside its wording or beneath."""

    heading: str
    items: tuple[ChartFigure, ...]


def paint_listing(listing: Sequence[ItemGroup], sheet: Sheet) -> None:
    """Write the groups one under the other, on a wide sheet in two columns of even height."""
    columns = [list(listing)]
    width = sheet.width
    if not sheet.style.is_narrow:
        width = (sheet.width - _GUTTER) / 2
        columns = _halve(listing, width, sheet)
    lefts = (0.0, width + _GUTTER)
    bottoms = [
        paint_column(groups, sheet, (left, 2), width)
        for groups, left in zip(columns, lefts, strict=False)
    ]
    if len(columns) > 1:
        x = width + _GUTTER / 2
        sheet.line((x, 4), (x, max(bottoms)), stroke="grid")
    sheet.height = round(max(bottoms) + 6)


def _halve(groups: Sequence[ItemGroup], width: float, sheet: Sheet) -> list[list[ItemGroup]]:
    """The groups in two columns, cut where the picture is shortest."""
    items = [(number, item) for number, group in enumerate(groups) for item in group.items]

    def join(part: Sequence[tuple[int, ChartFigure]]) -> list[ItemGroup]:
        # What goes on in the second column has its heading there again.
        return [
            ItemGroup(groups[number].heading, tuple(item for _, item in found))
            for number, found in groupby(part, key=itemgetter(0))
        ]

    def measure(cut: int) -> float:
        # Laid out on sheets that nobody sees: a second reckoning would differ from the drawing.
        unseen = [Sheet(style=sheet.style) for _ in range(2)]
        parts = zip((items[:cut], items[cut:]), unseen, strict=True)
        return max(paint_column(join(part), each, (0, 2), width) for part, each in parts)

    cut = min(range(len(items), 0, -1), key=measure)
    return [join(part) for part in (items[:cut], items[cut:]) if part]


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
            top = _paint_item(item, sheet, (left, top), width) + _ITEM_SPACE
    return top


def _paint_item(item: ChartFigure, sheet: Sheet, corner: Point, width: float) -> float:
    (left, top), size = corner, sheet.style.size
    used = width_px(clean(item.amount), size, True) + 12
    with sheet.link(f"figure:{item.key}", item.title):
        bottom = sheet.paragraph(left, top, item.amount, width, bold=True)
    if used + width_px(clean(item.about), sheet.style.small) <= width:
        sheet.text(left + used, top + baseline(size), item.about, **sheet.muted)
        return bottom
    return sheet.paragraph(left, bottom, item.about, width + 0.5, **sheet.muted)
