"""Glyphs as matplotlib's font engine sets them, each once, and lines of text made of them."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from casebook.messages import failure

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font
    from numpy import ndarray

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
    import numpy as np

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
    from matplotlib.ft2font import LoadFlags

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
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(find_font()))
    font.set_size(size, 72)
    return font
