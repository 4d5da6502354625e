"""PNG and PDF files of sheets by matplotlib's renderers; PDF keeps text as text.

There is no Figure: it and its artists take longer to import and to make than to draw. This module
loads matplotlib, so import it only inside the functions that make a picture.
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
# A code point may have a Chinese and a Japanese shape; this selects the Chinese one.
_CHINESE: Final = Text(language="zh-Hans")
# The font makes curly quotes as wide as a Chinese character unless the text is English.
_ENGLISH: Final = Text(language="en")
_MARKS: Final = re.compile("[‘’“”]")
# The sign that Chinese printers set in place of a missing character.
_MISSING: Final = "〓"

# A font size large enough that rounding to whole pixels does not change the advances.
_EVEN: Final = 1000

# Level 6 of zlib takes half as long again and saves a thirtieth of the bytes.
_COMPRESSION: Final = 4
# Pillow finds the nearest colour by cells of four values, and may confuse closer colours.
_APART: Final = 8.0

# The colours of the words and of the line on a card.
_INKS: Final = ("ink", "ink-muted", "accent", "rule")
_SHADES: Final = 64
_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def write_png(sheet: Sheet, colours: Mapping[str, str], scale: float) -> bytes:
    """The sheet as PNG with a palette: the colours of the roles, and steps from paper to each.

    `colours` are `#rrggbb` by role; a pixel of the sheet is `scale` pixels of the PNG.
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
    """A sheet of words and horizontal lines as PNG, in a third of the time of `write_png`."""
    import numpy as np

    dots = np.zeros((round(sheet.height), round(sheet.width)), np.uint8)
    for part in sheet.parts:
        if not isinstance(part, Words):
            (left, top), *_, (right, _) = part.vertices
            dots[round(top), round(left) : round(right)] = _SHADES * len(_INKS) - 1
            continue
        known = _replace_missing(part.text)
        # The palette of 256 colours has _SHADES shades of each ink.
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
    # Most pixels are paper, which zlib's fastest level compresses as well as any other.
    image.save(target, "PNG", compress_level=1)
    return target.getvalue()


@lru_cache(maxsize=1)
def _list_shades(colours: tuple[tuple[str, str], ...]) -> bytes:
    """The palette of a picture of words: for each ink the steps from paper to ink."""
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
    """The sheet as PDF on a paper-coloured background, without date and program name."""
    # Imported here because it takes half as long as all other imports and PDF is rarely used.
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
    """Paint the background and every part; a pixel is `scale` units of the renderer."""
    width, height = renderer.get_canvas_width_height()
    gc = renderer.new_gc()
    gc.set_foreground("white")
    gc.set_joinstyle("miter")
    gc.set_linewidth(0)
    page = Affine2D().scale(width, height)
    renderer.draw_path(gc, Outline.unit_rectangle(), page, (*to_rgb(colours["paper"]), 1))
    gc.restore()
    down = Affine2D().scale(scale, -scale).translate(0, height)
    # Without this, the user's matplotlib settings would decide how letters are hinted.
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
        # Without this, the user's matplotlib settings would decide the width.
        gc.set_hatch_linewidth(1)
    fill = (*to_rgb(colours[shape.fill]), shape.opacity) if shape.fill else None
    renderer.draw_path(gc, Outline(shape.vertices, shape.codes), down, fill)
    gc.restore()


def _paint_words(renderer: Any, words: Words, colour: str, scale: float) -> None:
    x = words.x - _BACK[words.anchor] * width_em(words.text) * words.size
    _, height = renderer.get_canvas_width_height()
    # PDF measures y from the bottom up.
    y = words.y * scale if renderer.flipy() else height - words.y * scale
    font = FontProperties(fname=str(find_font()), size=words.size)
    gc = renderer.new_gc()
    gc.set_foreground(colour)
    if isinstance(renderer, RendererAgg):
        # Same result as draw_text, but with cached glyphs: a sheet repeats hundreds of characters,
        # and setting and drawing each of them would take a third of the time of a cold build.
        dots = words.size * scale
        for glyph, right in _lay_out(words.text, _setting_of(words.text).get_language()):
            letter, left, top = _render_glyph(glyph, dots)
            place = round(x * scale + right * dots) + left, round(y) - top + len(letter)
            renderer._renderer.draw_text_image(letter, *place, 0, gc)
    else:
        renderer.draw_text(gc, x * scale, y, words.text, font, 0, mtext=_setting_of(words.text))
    gc.restore()


def _replace_missing(text: str) -> str:
    return "".join(char if has_character(char) else _MISSING for char in text)


def _setting_of(text: str) -> Text:
    """A Text object with the language in which a line is set."""
    return _ENGLISH if _MARKS.search(text) and is_latin(text) else _CHINESE


@lru_cache(maxsize=4096)
def _lay_out(text: str, language: str) -> list[tuple[int, float]]:
    """The glyph indexes of a text, each with its distance from the start in ems."""
    items = _open_font(_EVEN)._layout(text, flags=LoadFlags.NO_HINTING, language=language)
    return [(item.glyph_index, item.x / _EVEN) for item in items]


@lru_cache(maxsize=8192)
def _render_glyph(glyph: int, size: float) -> tuple[Any, int, int]:
    """A glyph as a coverage bitmap, with the offsets of its left and top edge from its origin."""
    bitmap = _open_font(size)._render_glyph(glyph, LoadFlags.DEFAULT, RenderMode.NORMAL)
    return bitmap.buffer, bitmap.left, bitmap.top


@lru_cache(maxsize=32)
def _open_font(size: float) -> Any:
    font = FT2Font(str(find_font()))
    font.set_size(size, 72)
    return font


@lru_cache(maxsize=1)
def find_font() -> Path:
    """The file of the font in the package notojp_matplotlib, which requirements.lock lists.

    The package is found without importing it, because its import changes matplotlib's settings.
    """
    spec = importlib.util.find_spec("notojp_matplotlib")
    if spec is not None and spec.origin is not None:
        for file in Path(spec.origin).parent.rglob(_FONT):
            return file
    raise failure("charts.font", font=_FONT)


@cache
def has_character(char: str) -> bool:
    """True if the font has the character."""
    return bool(_open_font(_EVEN).get_char_index(ord(char)))
