"""A sheet as dots, by matplotlib's renderer, for the pictures that are PNG.

A Figure and its artists take longer to import and to make than to draw, so there are none.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from casebook.charts.canvas import Link, Shape, Sheet, Words
from casebook.charts.glyphs import set_line

if TYPE_CHECKING:
    from PIL.Image import Image

Colour = tuple[float, float, float]

# The sixth step of zlib takes half as long again for a thirtieth of the bytes.
_COMPRESSION: Final = 4
# Pillow looks for the nearest colour of a cell of four values: closer ones it may mistake.
_APART: Final = 8.0

_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def paint_sheet(sheet: Sheet, colours: Mapping[str, str], scale: float) -> Image:
    """The sheet on paper as an image of Pillow in RGB, which matplotlib brings with it.

    Colours are `#rrggbb` by role; a pixel is `scale` dots.
    """
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.colors import to_rgb
    from matplotlib.transforms import Affine2D
    from PIL import Image

    real = {role: to_rgb(colour) for role, colour in colours.items()}
    width, height = round(sheet.width * scale), round(sheet.height * scale)
    renderer: Any = RendererAgg(width, height, 72 * scale)  # type: ignore[no-untyped-call]
    down = Affine2D().scale(scale, -scale).translate(0, height)
    # As much of it as there is, whatever part of a dot the sheet ends in.
    ground = Sheet(style=sheet.style)
    ground.rectangle(0, 0, sheet.width + 1, sheet.height + 1, fill="paper")
    for part in (*_flatten(ground), *_flatten(sheet)):
        if isinstance(part, Words):
            _paint_words(renderer, part, real[part.role], scale, height)
        else:
            _paint_shape(renderer, part, real, down)
    return Image.frombuffer("RGBA", (width, height), renderer.buffer_rgba()).convert("RGB")


def encode_image(image: Image, colours: Mapping[str, str]) -> bytes:
    """An image as PNG of few colours: those of the roles, and steps from paper to each."""
    from PIL import Image

    palette = Image.new("P", (1, 1))
    palette.putpalette(list_colours(tuple(colours.items())))
    target = io.BytesIO()
    flat = image.quantize(palette=palette, dither=Image.Dither.NONE)
    flat.save(target, "PNG", compress_level=_COMPRESSION)
    return target.getvalue()


@lru_cache(maxsize=8)
def list_colours(colours: tuple[tuple[str, str], ...]) -> bytes:
    """The palette of a picture: red, green and blue of at most 256 colours."""
    real = {role: bytes.fromhex(colour.removeprefix("#")) for role, colour in colours}
    steps = (256 - len(real)) // (len(real) - 1) + 1
    found = list(dict.fromkeys((real["paper"], *real.values())))
    for step in range(1, steps):
        for colour in real.values():
            pairs = zip(real["paper"], colour, strict=True)
            blend = bytes(round(under + (over - under) * step / steps) for under, over in pairs)
            if all(math.dist(blend, other) >= _APART for other in found):
                found.append(blend)
    return b"".join(found)


def _flatten(sheet: Sheet) -> Iterator[Shape | Words]:
    for part in sheet.parts:
        yield from part.parts if isinstance(part, Link) else (part,)


def _paint_shape(renderer: Any, shape: Shape, colours: Mapping[str, Colour], down: Any) -> None:
    from matplotlib.path import Path

    gc = renderer.new_gc()
    gc.set_joinstyle("miter")
    if shape.stroke and shape.stroke_width:
        gc.set_foreground(colours[shape.stroke])
        gc.set_linewidth(shape.stroke_width)
        if shape.dash:
            gc.set_dashes(0, shape.dash)
    else:
        gc.set_linewidth(0)
    if shape.hatch:
        gc.set_hatch("//")
        gc.set_hatch_color(colours[shape.hatch])
        # Else it is what the settings of whoever builds say.
        gc.set_hatch_linewidth(1)
    fill = (*colours[shape.fill], shape.opacity) if shape.fill else None
    renderer.draw_path(gc, Path(shape.vertices, shape.codes), down, fill)
    gc.restore()


def _paint_words(renderer: Any, words: Words, colour: Colour, scale: float, height: int) -> None:
    import numpy as np

    line = set_line(words.text, words.size * scale)
    back = _BACK[words.anchor] * line.width
    coverage, x, y = line.coverage, words.x * scale, words.y * scale
    if words.turned:
        left, top = round(x) - line.y, round(y + back) + line.x - coverage.shape[1]
        coverage = np.rot90(coverage)
    else:
        left, top = round(x - back) - line.x, round(y) - line.y
    dots = np.empty((*coverage.shape, 4), np.uint8)
    dots[..., :3] = [round(part * 255) for part in colour]
    dots[..., 3] = coverage
    gc = renderer.new_gc()
    renderer.draw_image(gc, left, height - top - coverage.shape[0], dots[::-1])
    gc.restore()
