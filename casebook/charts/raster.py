"""A sheet as dots of few colours, for the pictures that are PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from casebook.charts.letters import measure_text, set_line
from casebook.charts.outline import (
    Points,
    cut_dashes,
    flatten_shape,
    is_upright,
    outline_stroke,
)
from casebook.charts.sheet import Link, Shape, Sheet, Words

if TYPE_CHECKING:
    from PIL.Image import Image

Colour = tuple[int, int, int]

# So many steps from nothing to all of a dot are as smooth as more, and cost fewer bytes.
_STEPS: Final = 15
# Curves and slants are drawn in dots as much finer, which are then taken together.
_FINE: Final = 8
# What one byte a dot can tell apart.
_MOST_COLOURS: Final = 256
# The sixth step of zlib takes half as long again for a thirtieth of the bytes.
_COMPRESSION: Final = 4
# The hatch of the SVG: stripes so wide, so far from one to the next.
_STRIPE: Final = 2.5
_STRIPES_APART: Final = 6.0
_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


class Canvas:
    """An image whose dots are numbers of colours.

    It begins in the first of some colours, which all have a number; blends get theirs as they
    come about, so that none has to be looked for in the end, and a dot is one byte from the first
    stroke to the file.
    """

    def __init__(self, width: int, height: int, colours: Iterable[Colour]) -> None:
        from PIL import Image

        self._image = Image.new("L", (width, height))
        self._colours: list[Colour] = list(dict.fromkeys(colours))
        self._numbers = {colour: number for number, colour in enumerate(self._colours)}
        self._blends: dict[tuple[int, Colour, float, int], int] = {}

    def lay(self, cover: Cover, colour: Colour, opacity: float = 1) -> None:
        """Paint over what the cover covers; what lies outside of the image is left out."""
        from PIL import Image

        left, top = max(cover.left, 0), max(cover.top, 0)
        right = min(cover.left + cover.image.width, self._image.width)
        bottom = min(cover.top + cover.image.height, self._image.height)
        if left >= right or top >= bottom:
            return
        box = (left, top, right, bottom)
        within = (left - cover.left, top - cover.top, right - cover.left, bottom - cover.top)
        image = cover.image.crop(within)
        # How often each of 256 is covered.
        counts = image.histogram()
        steps = [step for step, (low, high) in enumerate(_BOUNDS) if any(counts[low:high])]
        if steps == [_STEPS] and opacity == 1:
            self._image.paste(self._number(colour), box)
            return
        covered = image.tobytes()
        beneath = self._image.crop(box)
        grounds = _list_present(beneath)
        for ground in grounds:
            table = bytearray(256)
            for step in steps:
                low, high = _BOUNDS[step]
                number = self._blend(ground, colour, opacity, step)
                table[low:high] = bytes([number]) * (high - low)
            # Pillow's own way through a table takes as long again to read the table.
            painted = Image.frombytes("L", image.size, covered.translate(table))
            here = beneath.point(_only(ground)) if len(grounds) > 1 else None
            self._image.paste(painted, box, here)

    def encode(self) -> bytes:
        """The image as PNG."""
        image = self._image.copy()
        image.putpalette(bytes(part for colour in self._colours for part in colour))
        target = io.BytesIO()
        image.save(target, "PNG", compress_level=_COMPRESSION)
        return target.getvalue()

    def _blend(self, ground: int, colour: Colour, opacity: float, step: int) -> int:
        key = (ground, colour, opacity, step)
        if key not in self._blends:
            part = opacity * step / _STEPS
            pairs = zip(colour, self._colours[ground], strict=True)
            red, green, blue = (round(over * part + under * (1 - part)) for over, under in pairs)
            self._blends[key] = self._number((red, green, blue))
        return self._blends[key]

    def _number(self, colour: Colour) -> int:
        """The number of a colour, or of the nearest one where there is no room for another."""
        if colour not in self._numbers:
            if len(self._colours) < _MOST_COLOURS:
                self._colours.append(colour)
                self._numbers[colour] = len(self._colours) - 1
            else:
                near = min(self._colours, key=lambda other: math.dist(colour, other))
                self._numbers[colour] = self._numbers[near]
        return self._numbers[colour]


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of each dot is covered, 0 to 255, from a dot of the canvas right and down."""

    image: Image
    left: int
    top: int


def paint_sheet(sheet: Sheet, colours: Mapping[str, str], scale: float) -> Canvas:
    """The sheet on paper, `scale` dots to a pixel; colours are `#rrggbb` by role."""
    real = {role: _parse_colour(colour) for role, colour in colours.items()}
    size = (round(sheet.width * scale), round(sheet.height * scale))
    canvas = Canvas(*size, (real["paper"], *real.values()))
    for part in sheet.parts:
        for item in part.parts if isinstance(part, Link) else (part,):
            if isinstance(item, Words):
                canvas.lay(_cover_words(item, scale), real[item.role])
            else:
                _paint_shape(canvas, item, real, scale)
    return canvas


def _parse_colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return (red, green, blue)


def _paint_shape(canvas: Canvas, shape: Shape, colours: Mapping[str, Colour], scale: float) -> None:
    lines = flatten_shape(shape, scale)
    if shape.fill:
        canvas.lay(_cover_area(lines), colours[shape.fill], shape.opacity)
    if shape.hatch:
        canvas.lay(_cover_stripes(_cover_area(lines), scale), colours[shape.hatch])
    if shape.stroke and shape.stroke_width:
        dash = [length * scale for length in shape.dash]
        pieces = [
            piece for line in lines for piece in (cut_dashes(line, dash) if dash else (line,))
        ]
        width = shape.stroke_width * scale
        upright = all(map(is_upright, lines))
        cover = _cover_upright(pieces, width) if upright else _cover_slanted(pieces, width)
        canvas.lay(cover, colours[shape.stroke])


def _cover_words(words: Words, scale: float) -> Cover:
    from PIL import Image

    size = words.size * scale
    line = set_line(words.text, size)
    back = _BACK[words.anchor] * measure_text(words.text, size)
    x, y = words.x * scale, words.y * scale
    if not words.turned:
        return Cover(line.coverage, _round(x - back) - line.x, _round(y) - line.y)
    turned = line.coverage.transpose(Image.Transpose.ROTATE_90)
    return Cover(turned, _round(x) - line.y, _round(y + back) + line.x - turned.height)


def _cover_area(lines: Sequence[Points]) -> Cover:
    from PIL import Image

    if len(lines) == 1 and len(lines[0]) == 5 and is_upright(lines[0]):
        # A rectangle has sharp sides, wherever between two dots they are.
        left, top, right, bottom = _span(lines)
        x, y = _round(left), _round(top)
        size = (max(_round(right) - x, 1), max(_round(bottom) - y, 1))
        return Cover(Image.new("L", size, 255), x, y)
    return _cover_rims([(line, 255) for line in lines])


def _cover_stripes(area: Cover, scale: float) -> Cover:
    """What stripes that rise to the right cover of an area."""
    from PIL import ImageChops

    apart, stripe = (length * scale * math.sqrt(2) for length in (_STRIPES_APART, _STRIPE))
    left, top = area.left, area.top
    right, bottom = left + area.image.width, top + area.image.height
    rims: list[tuple[Points, int]] = []
    # Stripes are counted from the corner of the sheet, where those of the SVG begin.
    for number in range(math.floor((left + top) / apart), math.ceil((right + bottom) / apart)):
        start = number * apart
        above, below = (
            (start - top, start + stripe - top),
            (start - bottom, start + stripe - bottom),
        )
        rims.append(
            (((above[0], top), (above[1], top), (below[1], bottom), (below[0], bottom)), 255)
        )
    stripes = _cover_rims(rims, (left, top, right, bottom))
    return Cover(ImageChops.multiply(stripes.image, area.image), left, top)


def _cover_upright(pieces: Sequence[Points], width: float) -> Cover:
    """Strokes that are level or plumb: as many whole dots wide as comes nearest."""
    from PIL import Image, ImageDraw

    whole = max(_round(width), 1)
    boxes = []
    for piece in pieces:
        closed = len(piece) > 2 and piece[0] == piece[-1]
        last = len(piece) - 2
        for index, (a, b) in enumerate(pairwise(piece)):
            # Where two strokes meet, each fills the corner.
            ends = (closed or index > 0, closed or index < last)
            level = a[1] == b[1]
            along = 0 if level else 1
            before, after = ends if a[along] <= b[along] else ends[::-1]
            start = _round(min(a[along], b[along]) - before * whole / 2)
            end = max(_round(max(a[along], b[along]) + after * whole / 2), start + 1)
            side = _round(a[1 - along] - whole / 2)
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


def _cover_slanted(pieces: Sequence[Points], width: float) -> Cover:
    rims: list[tuple[Points, int]] = []
    for piece in pieces:
        # Of a ring the larger rim is the outer one.
        outlines = sorted(outline_stroke(piece, width), key=_room, reverse=True)
        rims += zip(outlines, (255, 0), strict=False)
    return _cover_rims(rims)


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
            [(_round((x - left) * _FINE - 0.5), _round((y - top) * _FINE - 0.5)) for x, y in rim],
            fill=value,
        )
    return Cover(image.reduce(_FINE), left, top)


def _span(lines: Sequence[Points]) -> tuple[float, float, float, float]:
    xs, ys = zip(*(point for line in lines for point in line), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _room(rim: Points) -> float:
    left, top, right, bottom = _span([rim])
    return (right - left) * (bottom - top)


def _round(value: float) -> int:
    # Halves go up: Python's own rounding would make two equal gaps differ by a dot.
    return math.floor(value + 0.5)


def _list_present(image: Image) -> list[int]:
    return [number for number, count in enumerate(image.histogram()) if count]


@lru_cache(maxsize=_MOST_COLOURS)
def _only(number: int) -> list[int]:
    return [255 if other == number else 0 for other in range(256)]


# From which coverage up to which one each step reaches.
_EDGES: Final = [0, *(math.ceil((step - 0.5) * 255 / _STEPS) for step in range(1, _STEPS + 1)), 256]
_BOUNDS: Final = list(pairwise(_EDGES))
