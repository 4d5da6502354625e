"""Sheets by matplotlib's renderers: as dots for PNG, and with letters as letters for PDF.

A Figure and its artists take longer to import and to make than to draw, so there are none. Whoever
imports this module pays for matplotlib: import it where a picture is made, not before.
"""

from __future__ import annotations

import importlib.util
import io
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags, RenderMode
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from casebook.charts.canvas import Shape, Sheet, Words
from casebook.charts.text_layout import is_latin, width_em
from casebook.messages import failure

_FONT: Final = "NotoSansCJKjp-Regular.otf"
# One code point has a Chinese and a Japanese shape.
_CHINESE: Final = Text(language="zh-Hans")
# The font sets the marks of print as wide as a Chinese character unless a text is English.
_ENGLISH: Final = Text(language="en")
_MARKS: Final = re.compile("[‘’“”]")
# What Chinese printers set where a character is missing.
_MISSING: Final = "〓"

# Large enough that advances are not rounded to dots.
_EVEN: Final = 1000

# The sixth step of zlib takes half as long again for a thirtieth of the bytes.
_COMPRESSION: Final = 4
# Pillow looks for the nearest colour of a cell of four values: closer ones it may mistake.
_APART: Final = 8.0

# What words on a card are set in, and the line on it.
_INKS: Final = ("ink", "ink-muted", "accent", "rule")
_SHADES: Final = 64
_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def write_png(sheet: Sheet, colours: Mapping[str, str], scale: float) -> bytes:
    """The sheet on paper as PNG of few colours: those of the roles, and steps from paper to each.

    Colours are `#rrggbb` by role; a pixel is `scale` dots.
    """
    width, height = round(sheet.width * scale), round(sheet.height * scale)
    renderer: Any = RendererAgg(width, height, 72 * scale)  # type: ignore[no-untyped-call]
    _paint_parts(renderer, sheet, colours, scale)
    drawn = Image.frombuffer("RGBA", (width, height), renderer.buffer_rgba()).convert("RGB")
    palette = Image.new("P", (1, 1))
    palette.putpalette(list_colours(tuple(colours.items())))
    target = io.BytesIO()
    flat = drawn.quantize(palette=palette, dither=Image.Dither.NONE)
    flat.save(target, "PNG", compress_level=_COMPRESSION)
    return target.getvalue()


def paint_words(sheet: Sheet, colours: Mapping[str, str]) -> bytes:
    """A sheet of level words and lines as PNG, in a third of the time that a drawing takes."""
    import numpy as np

    dots = np.zeros((round(sheet.height), round(sheet.width)), np.uint8)
    for part in sheet.parts:
        if not isinstance(part, Words):
            (left, top), *_, (right, _) = part.vertices
            dots[round(top), round(left) : round(right)] = _SHADES * len(_INKS) - 1
            continue
        known = _replace_missing(part.text)
        # Of each ink there are as many shades as leave room for the others among 256.
        first = np.uint8(_SHADES * _INKS.index(part.role))
        for glyph, ahead in _lay_out(known, _setting_of(known).get_language()):
            letter, left, up = _render_glyph(glyph, part.size)
            across, down = round(part.x + ahead * part.size) + left, round(part.y) - up
            coverage = np.asarray(letter)
            place = dots[down : down + len(coverage), across : across + coverage.shape[-1]]
            shades = (coverage[: len(place), : place.shape[-1]] // 4).astype(np.uint8)
            np.maximum(place, np.where(shades > 0, shades + first, 0), out=place)
    image = Image.fromarray(dots, "P")
    image.putpalette(_list_shades(tuple(colours.items())))
    target = io.BytesIO()
    # Most of it is paper, which the fastest step of zlib makes as small as any.
    image.save(target, "PNG", compress_level=1)
    return target.getvalue()


@lru_cache(maxsize=1)
def _list_shades(colours: tuple[tuple[str, str], ...]) -> bytes:
    """The palette of a picture of words: for each ink the steps from the paper to it."""
    real = {role: bytes.fromhex(colour.removeprefix("#")) for role, colour in colours}
    pairs = [tuple(zip(real["paper"], real[ink], strict=True)) for ink in _INKS]
    most = _SHADES - 1
    return bytes(
        round(under + (over - under) * step / most)
        for ink in pairs
        for step in range(_SHADES)
        for under, over in ink
    )


def write_pdf(sheet: Sheet, colours: Mapping[str, str]) -> bytes:
    """The sheet on paper as PDF, without date and program."""
    # What PDF needs takes half as long to import as all the rest, and few ever ask for one.
    from matplotlib.backends.backend_pdf import PdfFile, RendererPdf

    target = io.BytesIO()
    nameless = dict.fromkeys(("CreationDate", "Creator", "Producer"))
    file: Any = PdfFile(target, metadata=nameless)  # type: ignore[no-untyped-call]
    width, height = sheet.width / 72, sheet.height / 72
    file.newPage(width, height)
    renderer: Any = RendererPdf(file, 72, height, width)  # type: ignore[no-untyped-call]
    _paint_parts(renderer, sheet, colours, 1)
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


def _paint_parts(renderer: Any, sheet: Sheet, colours: Mapping[str, str], scale: float) -> None:
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
    # Else letters are hinted as the settings of whoever builds say.
    with mpl.rc_context({"text.hinting": "default"}):
        for part in sheet.parts:
            if isinstance(part, Words):
                words = replace(part, text=_replace_missing(part.text))
                _paint_words(renderer, words, colours[part.role], scale)
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


def _paint_words(renderer: Any, words: Words, colour: str, scale: float) -> None:
    x = words.x - _BACK[words.anchor] * width_em(words.text) * words.size
    _, height = renderer.get_canvas_width_height()
    # PDF counts from the bottom up.
    y = words.y * scale if renderer.flipy() else height - words.y * scale
    font = FontProperties(fname=str(find_font()), size=words.size)
    gc = renderer.new_gc()
    gc.set_foreground(colour)
    if isinstance(renderer, RendererAgg):
        # The same, but a sheet has hundreds of signs many times, each of which takes the font's
        # program to set and to draw: by itself a third of all the time of a cold build.
        dots = words.size * scale
        for glyph, right in _lay_out(words.text, _setting_of(words.text).get_language()):
            letter, left, top = _render_glyph(glyph, dots)
            place = round(x * scale + right * dots) + left, round(y) - top + len(letter)
            renderer._renderer.draw_text_image(letter, *place, 0, gc)
    else:
        look = _setting_of(words.text)
        renderer.draw_text(gc, x * scale, y, words.text, font, 0, mtext=look)
    gc.restore()


def _replace_missing(text: str) -> str:
    return "".join(char if has_character(char) else _MISSING for char in text)


def _setting_of(text: str) -> Text:
    """The language in which a line is set."""
    return _ENGLISH if _MARKS.search(text) and is_latin(text) else _CHINESE


@lru_cache(maxsize=4096)
def _lay_out(text: str, language: str) -> list[tuple[int, float]]:
    """The glyphs of a text, each with its distance from the beginning in ems."""
    items = _open_font(_EVEN)._layout(text, flags=LoadFlags.NO_HINTING, language=language)
    return [(item.glyph_index, item.x / _EVEN) for item in items]


@lru_cache(maxsize=8192)
def _render_glyph(glyph: int, size: float) -> tuple[Any, int, int]:
    """A glyph as coverage, with its left and its top edge from where it is put."""
    bitmap = _open_font(size)._render_glyph(glyph, LoadFlags.DEFAULT, RenderMode.NORMAL)
    return bitmap.buffer, bitmap.left, bitmap.top


@lru_cache(maxsize=32)
def _open_font(size: float) -> Any:
    font = FT2Font(str(find_font()))
    font.set_size(size, 72)
    return font


@lru_cache(maxsize=1)
def find_font() -> Path:
    """The file of the font that comes with the lock.

    Its package is found but not imported, because importing it changes matplotlib's settings.
    """
    spec = importlib.util.find_spec("notojp_matplotlib")
    if spec is not None and spec.origin is not None:
        for file in Path(spec.origin).parent.rglob(_FONT):
            return file
    raise failure("charts.font", font=_FONT)


@cache
def has_character(char: str) -> bool:
    """True of a character that the font has."""
    return bool(_open_font(_EVEN).get_char_index(ord(char)))
