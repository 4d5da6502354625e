"""Sheets by matplotlib's renderers: as dots for PNG, and with letters as letters for PDF.

A Figure and its artists take longer to import and to make than to draw, so there are none. Whoever
imports this module pays for matplotlib: import it where a picture is made, not before.
"""

from __future__ import annotations

import importlib.util
import io
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D
from numpy import ndarray
from PIL import Image

from casebook.charts.canvas import Shape, Sheet, Words
from casebook.charts.text_layout import width_em
from casebook.messages import failure

Coverage = ndarray[Any, Any]

_FONT: Final = "NotoSansCJKjp-Regular.otf"
# One code point has a Chinese and a Japanese shape.
_LANGUAGE: Final = "zh-Hans"
# Words, whose letters stand closer to some than to others, and single signs of all else.
_PIECE: Final = re.compile(r"[A-Za-z\u00c0-\u024f]+|.", re.DOTALL)
_HAN: Final = "国"
# Pieces stand on whole dots. Smaller letters than this would be spaced unevenly by that, so they
# are set twice as large and their dots taken together.
_EVEN: Final = 24
# What Chinese printers set where a character is missing.
_MISSING: Final = "〓"

# The sixth step of zlib takes half as long again for a thirtieth of the bytes.
_COMPRESSION: Final = 4
# Pillow looks for the nearest colour of a cell of four values: closer ones it may mistake.
_APART: Final = 8.0

_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def paint_image(sheet: Sheet, colours: Mapping[str, str], scale: float) -> Image.Image:
    """The sheet on paper as an image of Pillow in RGB, which matplotlib brings with it.

    Colours are `#rrggbb` by role; a pixel is `scale` dots.
    """
    width, height = round(sheet.width * scale), round(sheet.height * scale)
    renderer: Any = RendererAgg(width, height, 72 * scale)  # type: ignore[no-untyped-call]

    def paint_words(words: Words) -> None:
        _paint_dots(renderer, words, to_rgb(colours[words.role]), scale, height)

    _paint_parts(renderer, sheet, colours, scale, paint_words)
    return Image.frombuffer("RGBA", (width, height), renderer.buffer_rgba()).convert("RGB")


def encode_png(image: Image.Image, colours: Mapping[str, str]) -> bytes:
    """An image as PNG of few colours: those of the roles, and steps from paper to each."""
    palette = Image.new("P", (1, 1))
    palette.putpalette(list_colours(tuple(colours.items())))
    target = io.BytesIO()
    flat = image.quantize(palette=palette, dither=Image.Dither.NONE)
    flat.save(target, "PNG", compress_level=_COMPRESSION)
    return target.getvalue()


def write_pdf(sheet: Sheet, colours: Mapping[str, str]) -> bytes:
    """The sheet on paper as PDF, without date and program."""
    # What PDF needs takes as long to import as everything else here, and most sites have none.
    from matplotlib.backends.backend_pdf import PdfFile, RendererPdf
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    target = io.BytesIO()
    nameless = dict.fromkeys(("CreationDate", "Creator", "Producer"))
    file: Any = PdfFile(target, metadata=nameless)  # type: ignore[no-untyped-call]
    width, height = sheet.width / 72, sheet.height / 72
    file.newPage(width, height)
    renderer: Any = RendererPdf(file, 72, height, width)  # type: ignore[no-untyped-call]
    language = Text(language=_LANGUAGE)

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
    width, height = renderer.get_canvas_width_height()
    gc = renderer.new_gc()
    gc.set_foreground("white")
    gc.set_joinstyle("miter")
    gc.set_linewidth(0)
    page = Affine2D().scale(width, height)
    renderer.draw_path(gc, Outline.unit_rectangle(), page, (*to_rgb(colours["paper"]), 1))
    gc.restore()
    down = Affine2D().scale(scale, -scale).translate(0, height)
    for part in sheet.flatten():
        if isinstance(part, Words):
            known = (char if char in list_characters() else _MISSING for char in part.text)
            paint_words(replace(part, text="".join(known)))
        else:
            _paint_shape(renderer, part, colours, down)


def _paint_shape(renderer: Any, shape: Shape, colours: Mapping[str, str], down: Any) -> None:
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
    renderer.draw_path(gc, Outline(shape.vertices, shape.codes), down, fill)
    gc.restore()


def _paint_dots(
    renderer: Any, words: Words, colour: tuple[float, float, float], scale: float, height: int
) -> None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text as coverage, 0 to 255 a dot, the dot of it where its pen began, and how far
    the pen went.
    """

    coverage: Coverage
    x: int
    y: int
    width: float


def find_font() -> Path:
    """The file of the font that comes with the lock.

    Its package is found but not imported, because importing it changes matplotlib's settings.
    """
    spec = importlib.util.find_spec("notojp_matplotlib")
    if spec is not None and spec.origin is not None:
        for file in Path(spec.origin).parent.rglob(_FONT):
            return file
    raise failure("charts.font", font=_FONT)


@lru_cache(maxsize=1)
def list_characters() -> frozenset[str]:
    """The characters that the font has."""
    return frozenset(map(chr, _face(_EVEN).get_charmap()))


def set_line(text: str, size: float) -> Line:
    """A line of text, an em as many dots as its size."""
    scale = 2 if size < _EVEN else 1
    pieces = []
    pen = 0.0
    for piece in _PIECE.findall(text):
        coverage, x, y, advance = _set_piece(piece, size * scale)
        pieces.append((coverage, round(pen) + x, y))
        pen += advance
    left = min([0, *(x for _, x, _ in pieces)]) // scale * scale
    top = min([0, *(y for *_, y in pieces)]) // scale * scale
    width = max([1, *(x + coverage.shape[1] for coverage, x, _ in pieces)]) - left
    height = max([1, *(y + coverage.shape[0] for coverage, _, y in pieces)]) - top
    line = np.zeros((height + height % scale, width + width % scale), np.uint8)
    for coverage, x, y in pieces:
        rows, columns = coverage.shape
        place = line[y - top : y - top + rows, x - left : x - left + columns]
        np.maximum(place, coverage, out=place)
    if scale == 2:
        wide = line.astype(np.uint16)
        line = (
            (wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2] + 2) >> 2
        ).astype(np.uint8)
    return Line(coverage=line, x=-left // scale, y=-top // scale, width=pen / scale)


@lru_cache(maxsize=8192)
def _set_piece(piece: str, size: float) -> tuple[Coverage, int, int, float]:
    """The coverage of a piece, where it begins, right of the pen and below the baseline, and how
    far it takes the pen.
    """
    font = _face(size)
    # Marks have their Chinese shapes among Chinese signs only.
    context = "" if piece[0].isalpha() else _HAN
    # The hints of the font itself, as matplotlib sets text.
    font.set_text(context + piece, 0, flags=LoadFlags.DEFAULT, language=_LANGUAGE)
    font.draw_glyphs_to_bitmap(antialiased=True)
    coverage = font.get_image()
    width, height = font.get_width_height()
    start = font.get_bitmap_offset()[0]
    top = -1 - (height - font.get_descent()) // 64
    # What reaches left of the pen is counted to the width.
    advance = (width + min(start, 0)) / 64
    left = start // 64
    if not context:
        return coverage, left, top, advance
    # What stands before the piece is cut off.
    before = _set_piece(_HAN, size)[3]
    cut = round(before)
    return coverage[:, max(cut - left, 0) :], max(left - cut, 0), top, advance - before


@lru_cache(maxsize=32)
def _face(size: float) -> FT2Font:
    font = FT2Font(str(find_font()))
    font.set_size(size, 72)
    return font
