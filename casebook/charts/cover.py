"""Shapes as covers: how much of each dot they cover."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from casebook.charts.outline import Points, cut_dashes, flatten_path, is_upright, outline_stroke
from casebook.charts.sheet import CUBIC, Shape

if TYPE_CHECKING:
    from PIL.Image import Image

# Curves and slants are drawn in dots as much finer, which are then taken together.
_FINE: Final = 8
# The hatch of the SVG: stripes so wide, so far from one to the next.
_STRIPE: Final = 2.5
_STRIPES_APART: Final = 6.0


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of each dot is covered, 0 to 255, from a dot of the canvas right and down."""

    image: Image
    left: int
    top: int

    def moved(self, right: int, down: int) -> Cover:
        """The same cover elsewhere."""
        return Cover(self.image, self.left + right, self.top + down)


def cover_fill(shape: Shape, scale: float) -> Cover:
    """What the inside of a shape covers, `scale` dots to a pixel."""
    from PIL import Image

    points, left, top = _place(shape, scale)
    if len(points) == 5 and _is_upright(shape):
        # A rectangle has sharp sides, wherever between two dots they are.
        start, upper, end, lower = _span([points])
        x, y = round_half_up(start), round_half_up(upper)
        size = (max(round_half_up(end) - x, 1), max(round_half_up(lower) - y, 1))
        return Cover(Image.new("L", size, 255), left + x, top + y)
    return _cover_inside(points, shape.codes).moved(left, top)


def cover_stroke(shape: Shape, scale: float) -> Cover:
    """What the stroke of a shape covers, `scale` dots to a pixel."""
    points, left, top = _place(shape, scale)
    dash = tuple(length * scale for length in shape.dash)
    cover = _cover_upright if _is_upright(shape) else _cover_slanted
    return cover(points, shape.codes, shape.stroke_width * scale, dash).moved(left, top)


def cover_stripes(shape: Shape, scale: float) -> Cover:
    """What stripes that rise to the right cover of the inside of a shape."""
    from PIL import ImageChops

    area = cover_fill(shape, scale)
    apart, stripe = (length * scale * math.sqrt(2) for length in (_STRIPES_APART, _STRIPE))
    left, top = area.left, area.top
    right, bottom = left + area.image.width, top + area.image.height
    rims: list[tuple[Points, int]] = []
    # Stripes are counted from the corner of the sheet, where those of the SVG begin.
    for number in range(math.floor((left + top) / apart), math.ceil((right + bottom) / apart)):
        start, end = number * apart, number * apart + stripe
        rim = (
            (start - top, top),
            (end - top, top),
            (end - bottom, bottom),
            (start - bottom, bottom),
        )
        rims.append((rim, 255))
    stripes = _cover_rims(rims, (left, top, right, bottom))
    return Cover(ImageChops.multiply(stripes.image, area.image), left, top)


def round_half_up(value: float) -> int:
    """The nearest whole number; Python's own rounding would make two equal gaps differ by a dot."""
    return math.floor(value + 0.5)


def _place(shape: Shape, scale: float) -> tuple[Points, int, int]:
    """The vertices to a hundredth of a dot, as far as they lie from a whole dot, and that dot.

    So a shape that stands in many places is the same one but for whole dots.
    """
    left, top = (math.floor(part * scale) for part in shape.vertices[0])
    points = tuple(
        (round(x * scale - left, 2), round(y * scale - top, 2)) for x, y in shape.vertices
    )
    return points, left, top


def _is_upright(shape: Shape) -> bool:
    return CUBIC not in shape.codes and is_upright(shape.vertices)


@lru_cache(maxsize=128)
def _cover_inside(points: Points, codes: tuple[int, ...]) -> Cover:
    return _cover_rims([(line, 255) for line in flatten_path(points, codes)])


def _cover_upright(
    points: Points, codes: tuple[int, ...], width: float, dash: tuple[float, ...]
) -> Cover:
    """A stroke that is level or plumb: as many whole dots wide as comes nearest."""
    from PIL import Image, ImageDraw

    whole = max(round_half_up(width), 1)
    boxes = []
    for piece in _cut(points, codes, dash):
        closed = len(piece) > 2 and piece[0] == piece[-1]
        last = len(piece) - 2
        for index, (a, b) in enumerate(pairwise(piece)):
            # Where two strokes meet, each fills the corner.
            ends = (closed or index > 0, closed or index < last)
            level = a[1] == b[1]
            along = 0 if level else 1
            before, after = ends if a[along] <= b[along] else ends[::-1]
            start = round_half_up(min(a[along], b[along]) - before * whole / 2)
            end = max(round_half_up(max(a[along], b[along]) + after * whole / 2), start + 1)
            side = round_half_up(a[1 - along] - whole / 2)
            boxes.append(
                (start, side, end, side + whole) if level else (side, start, side + whole, end)
            )
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    image = Image.new("L", (right - left, bottom - top))
    draw = ImageDraw.Draw(image)
    for box in boxes:
        inside = (box[0] - left, box[1] - top, box[2] - left - 1, box[3] - top - 1)
        draw.rectangle(inside, fill=255)
    return Cover(image, left, top)


@lru_cache(maxsize=128)
def _cover_slanted(
    points: Points, codes: tuple[int, ...], width: float, dash: tuple[float, ...]
) -> Cover:
    rims: list[tuple[Points, int]] = []
    for piece in _cut(points, codes, dash):
        # Of a ring the larger rim is the outer one.
        outlines = sorted(outline_stroke(piece, width), key=_room, reverse=True)
        rims += zip(outlines, (255, 0), strict=False)
    return _cover_rims(rims)


def _cut(points: Points, codes: tuple[int, ...], dash: tuple[float, ...]) -> list[Points]:
    """The lines that are drawn of a path."""
    lines = flatten_path(points, codes)
    return [piece for line in lines for piece in cut_dashes(line, dash)] if dash else lines


def _cover_rims(
    rims: Sequence[tuple[Points, int]], bounds: tuple[float, float, float, float] | None = None
) -> Cover:
    """What areas within rims cover, each laid over those before it: 255 covers, 0 uncovers.

    Bounds are left, top, right and bottom in dots; without them all of the rims is in it.
    """
    from PIL import Image, ImageDraw

    bounds = bounds or _span([rim for rim, _ in rims])
    left, top = math.floor(bounds[0]), math.floor(bounds[1])
    width, height = max(math.ceil(bounds[2]) - left, 1), max(math.ceil(bounds[3]) - top, 1)
    image = Image.new("L", (width * _FINE, height * _FINE))
    draw = ImageDraw.Draw(image)
    for rim, value in rims:
        # Pillow counts a polygon's corners by whole dots, the last ones included.
        draw.polygon(
            [
                (round_half_up((x - left) * _FINE - 0.5), round_half_up((y - top) * _FINE - 0.5))
                for x, y in rim
            ],
            fill=value,
        )
    return Cover(image.reduce(_FINE), left, top)


def _span(lines: Sequence[Points]) -> tuple[float, float, float, float]:
    xs, ys = zip(*(point for line in lines for point in line), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _room(rim: Points) -> float:
    left, top, right, bottom = _span([rim])
    return (right - left) * (bottom - top)
