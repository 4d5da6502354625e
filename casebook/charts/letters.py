"""Letters as dots, in the font that comes with the lock."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from casebook.errors import CasebookError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_FONT: Final = "NotoSansSC-Regular.otf"
# A size in which dots are thousandths of an em, so that widths come out unrounded.
_EM: Final = 1000
# Letters stand on whole dots. Smaller ones than this would be spaced unevenly by that, so they are
# set twice as large and their dots taken together.
_EVEN: Final = 24
# No font has a letter for it, so what it looks like is what a missing one looks like.
_NO_LETTER: Final = "\U0010fffe"


def find_font() -> Path:
    """The file of the font that comes with the lock."""
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is not None and spec.origin is not None:
        file = Path(spec.origin).with_name(_FONT)
        if file.is_file():
            return file
    raise CasebookError(
        f"找不到字体 {_FONT}；请删除 .venv 后重新运行 python3 build.py",
        f"the font {_FONT} is missing; remove .venv and run python3 build.py again",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as coverage, 0 to 255 a dot, and the dot of it where its pen began."""

    coverage: Image
    x: int
    y: int

    def halve(self) -> Line:
        """The line at half its size."""
        from PIL import Image

        # The pen has to stay where four dots meet.
        width, height = self.coverage.size
        x, y = self.x % 2, self.y % 2
        even = Image.new("L", (width + x, height + y))
        even.paste(self.coverage, (x, y))
        return Line(even.reduce(2), (self.x + x) // 2, (self.y + y) // 2)


@lru_cache(maxsize=8192)
def has_letter(char: str) -> bool:
    """Whether the font has a letter for a character."""
    return _shape(char) != _shape(_NO_LETTER)


def measure_text(text: str, size: float) -> float:
    """The width of a text in the dots of its size."""
    return sum(_advance(char) for char in text) * size


@lru_cache(maxsize=1024)
def set_line(text: str, size: float) -> Line:
    """A line of text, letters as many dots large as its size says."""
    if size < _EVEN:
        return set_line(text, size * 2).halve()
    from PIL import Image, ImageDraw

    letters = []
    pen = 0.0
    for char in text:
        mask, x, y = _letter(char, size)
        letters.append((mask, round(pen) + x, y))
        pen += _advance(char) * size
    left = min(0, *(x for _, x, _ in letters))
    top = min(0, *(y for *_, y in letters))
    right = max(1, *(x + mask.size[0] for mask, x, _ in letters))
    bottom = max(1, *(y + mask.size[1] for mask, _, y in letters))
    image = Image.new("L", (right - left, bottom - top))
    lay_letter = ImageDraw.Draw(image).draw.draw_bitmap
    for mask, x, y in letters:
        lay_letter((x - left, y - top), mask, 255)
    return Line(image, -left, -top)


@lru_cache(maxsize=64)
def _face(size: float) -> FreeTypeFont:
    from PIL import ImageFont

    # The other engine asks the system for a library, and sets text otherwise where it is missing.
    return ImageFont.truetype(find_font(), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _letter(char: str, size: float) -> tuple[Any, int, int]:
    """The coverage of a letter, and where it begins, right of the pen and below the baseline."""
    mask, (x, y) = _face(size).getmask2(char, "L", anchor="ls")
    return mask, x, y


@lru_cache(maxsize=8192)
def _advance(char: str) -> float:
    return _face(_EM).getlength(char) / _EM


def _shape(char: str) -> tuple[bytes, int, int]:
    mask, x, y = _letter(char, 20)
    return bytes(mask), x, y
