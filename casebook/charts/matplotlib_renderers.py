"""Sheets by matplotlib's renderers: as dots for PNG, and with letters as letters for PDF.

A Figure and its artists take longer to import and to make than to draw, so there are none.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from casebook.charts.canvas import Shape, Sheet, Words
from casebook.charts.glyphs import find_font, set_line
from casebook.charts.text_layout import width_em

if TYPE_CHECKING:
    from PIL.Image import Image

# The sixth step of zlib takes half as long again for a thirtieth of the bytes.
_COMPRESSION: Final = 4
# Pillow looks for the nearest colour of a cell of four values: closer ones it may mistake.
_APART: Final = 8.0

_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def paint_image(sheet: Sheet, colours: Mapping[str, str], scale: float) -> Image:
    """The sheet on paper as an image of Pillow in RGB, which matplotlib brings with it.

    Colours are `#rrggbb` by role; a pixel is `scale` dots.
    """
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.colors import to_rgb
    from PIL import Image

    width, height = round(sheet.width * scale), round(sheet.height * scale)
    renderer: Any = RendererAgg(width, height, 72 * scale)  # type: ignore[no-untyped-call]

    def paint_words(words: Words) -> None:
        _paint_dots(renderer, words, to_rgb(colours[words.role]), scale, height)

    _paint_parts(renderer, sheet, colours, scale, paint_words)
    return Image.frombuffer("RGBA", (width, height), renderer.buffer_rgba()).convert("RGB")


def encode_png(image: Image, colours: Mapping[str, str]) -> bytes:
    """An image as PNG of few colours: those of the roles, and steps from paper to each."""
    from PIL import Image

    palette = Image.new("P", (1, 1))
    palette.putpalette(list_colours(tuple(colours.items())))
    target = io.BytesIO()
    flat = image.quantize(palette=palette, dither=Image.Dither.NONE)
    flat.save(target, "PNG", compress_level=_COMPRESSION)
    return target.getvalue()


def write_pdf(sheet: Sheet, colours: Mapping[str, str]) -> bytes:
    """The sheet on paper as PDF, without date and program."""
    from matplotlib.backends.backend_pdf import PdfFile, RendererPdf
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    target = io.BytesIO()
    nameless = {"CreationDate": None, "Creator": None, "Producer": None}
    file: Any = PdfFile(target, metadata=nameless)  # type: ignore[no-untyped-call]
    width, height = sheet.width / 72, sheet.height / 72
    file.newPage(width, height)
    renderer: Any = RendererPdf(file, 72, height, width)  # type: ignore[no-untyped-call]
    # One code point has a Chinese and a Japanese shape.
    language = Text(language="zh-Hans")

    def paint_words(words: Words) -> None:
        gc = renderer.new_gc()
        gc.set_foreground(colours[words.role])
        x, y = words.x, sheet.height - words.y
        back = _BACK[words.anchor] * width_em(words.text) * words.size
        x, y = (x, y - back) if words.turned else (x - back, y)
        font = FontProperties(fname=str(find_font()), size=words.size)
        angle = 90 if words.turned else 0
        renderer.draw_text(gc, x, y, words.text, font, angle, ismath=False, mtext=language)
        gc.restore()

    _paint_parts(renderer, sheet, colours, 1, paint_words)
    renderer.finalize()
    file.finalize()
    file.close()
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


def _paint_parts(
    renderer: Any,
    sheet: Sheet,
    colours: Mapping[str, str],
    scale: float,
    paint_words: Callable[[Words], None],
) -> None:
    """Paint the ground and every part, a pixel as `scale` units of the renderer."""
    from matplotlib.colors import to_rgb
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    width, height = renderer.get_canvas_width_height()
    gc = renderer.new_gc()
    gc.set_foreground("white")
    gc.set_joinstyle("miter")
    gc.set_linewidth(0)
    page = Affine2D().scale(width, height)
    renderer.draw_path(gc, Path.unit_rectangle(), page, (*to_rgb(colours["paper"]), 1))
    gc.restore()
    down = Affine2D().scale(scale, -scale).translate(0, height)
    for part in sheet.flatten():
        if isinstance(part, Words):
            paint_words(part)
        else:
            _paint_shape(renderer, part, colours, down)


def _paint_shape(renderer: Any, shape: Shape, colours: Mapping[str, str], down: Any) -> None:
    from matplotlib.colors import to_rgb
    from matplotlib.path import Path

    gc = renderer.new_gc()
    gc.set_joinstyle("miter")
    if shape.stroke and shape.stroke_width:
        gc.set_foreground((*to_rgb(colours[shape.stroke]), 1.0), isRGBA=True)
        gc.set_linewidth(shape.stroke_width)
        if shape.dash:
            gc.set_dashes(0, shape.dash)
    else:
        gc.set_foreground((0, 0, 0, 0), isRGBA=True)
        gc.set_linewidth(0)
    if shape.hatch:
        gc.set_hatch("//")
        gc.set_hatch_color(to_rgb(colours[shape.hatch]))
        # Else it is what the settings of whoever builds say.
        gc.set_hatch_linewidth(1)
    fill = (*to_rgb(colours[shape.fill]), shape.opacity) if shape.fill else None
    renderer.draw_path(gc, Path(shape.vertices, shape.codes), down, fill)
    gc.restore()


def _paint_dots(
    renderer: Any, words: Words, colour: tuple[float, float, float], scale: float, height: int
) -> None:
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
