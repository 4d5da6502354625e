"""Sheets as pixels: the colours of the theme, marks in their places, whole letters."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from PIL import Image

from casebook.charts import matplotlib_renderers
from casebook.charts.canvas import WIDE, Sheet, Style
from casebook.charts.matplotlib_renderers import list_colours, write_png

PROJECT = Path(__file__).parents[2]
COLOURS = {"paper": "#faf6ee", "ink": "#1b1916", "accent": "#b3301c", "series-1": "#2d5469"}
PAPER, INK, BLUE = (250, 246, 238), (27, 25, 22), (45, 84, 105)


def small() -> Sheet:
    return Sheet(style=Style(width=60, size=WIDE.size, small=WIDE.small), height=40)


def paint(sheet: Sheet, scale: float = 1) -> Image.Image:
    content = write_png(sheet, COLOURS, scale)
    return Image.open(io.BytesIO(content)).convert("RGB")


def dots(image: Image.Image, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    places = ((x, y) for y in range(image.height) for x in range(image.width))
    return [place for place in places if image.getpixel(place) == colour]


def covered(image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the pixels that do not have the paper's colour."""
    found = [
        (x, y)
        for y in range(image.height)
        for x in range(image.width)
        if image.getpixel((x, y)) != PAPER
    ]
    xs, ys = zip(*found, strict=True)
    return min(xs), min(ys), max(xs) + 1, max(ys) + 1


@pytest.mark.parametrize("scale", [1, 2])
def test_a_bar_is_as_long_as_on_its_sheet_and_sharp(scale: int) -> None:
    sheet = small()
    sheet.rectangle(5, 10, 40, 12, fill="series-1")

    image = paint(sheet, scale)

    assert image.size == (60 * scale, 40 * scale)
    assert covered(image) == tuple(scale * side for side in (5, 10, 45, 22))
    assert {colour for _, colour in image.getcolors() or ()} == {PAPER, BLUE}


def test_a_soft_step_is_a_blend_with_the_paper() -> None:
    sheet = small()
    sheet.rectangle(20, 10, 20, 20, fill="series-1", opacity=0.5)

    # The nearest colour of the palette.
    assert paint(sheet).getpixel((35, 20)) == pytest.approx((148, 165, 172), abs=6)


def test_a_dashed_line_has_gaps() -> None:
    sheet = small()
    sheet.line((0, 10), (60, 10), stroke="ink", stroke_width=2, dash=(4, 2))

    image = paint(sheet)

    row = [image.getpixel((x, 10)) == INK for x in range(60)]
    assert row == [x % 6 < 4 for x in range(60)]


@pytest.mark.parametrize("scale", [1, 2])
def test_a_ring_is_closed_and_hollow(scale: int) -> None:
    sheet = small()
    sheet.disc(30, 20, 8, stroke="accent", stroke_width=2)

    image = paint(sheet, scale)

    for degrees in range(0, 360, 5):
        x, y = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        on = (math.floor((30 + 8 * x) * scale), math.floor((20 + 8 * y) * scale))
        assert image.getpixel(on)[1] < 150, f"gap at {degrees}"  # type: ignore[index]
    assert image.getpixel((30 * scale, 20 * scale)) == PAPER


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_words_stand_where_their_anchor_says(anchor: str, scale: int) -> None:
    sheet = small()
    sheet.text(30, 25, "国国", size=14, anchor=anchor)  # type: ignore[arg-type]

    left, top, right, bottom = (side / scale for side in covered(paint(sheet, scale)))

    start = {"start": 30, "middle": 16, "end": 2}[anchor]
    assert start <= left <= start + 2
    assert start + 26 <= right <= start + 28
    assert 25 - 14 <= top < bottom <= 25 + 2


def test_letters_have_their_chinese_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The font is Japanese; it has Chinese shapes only for a text whose language is Chinese."""
    sheet, mark = small(), small()
    sheet.text(10, 38, "直", size=40)
    mark.text(10, 38, "“国", size=40)
    chinese = paint(sheet).tobytes()
    # In Chinese an opening quotation mark is in the right half of its square.
    assert covered(paint(mark))[0] > 25

    monkeypatch.setattr(matplotlib_renderers, "_CHINESE", Text(language="ja"))

    assert paint(sheet).tobytes() != chinese


@pytest.mark.parametrize("text", ["北京，“约 8000 万元”", "Value (2011): AVA", "国" * 12])
@pytest.mark.parametrize("size", [26, 46])
def test_letters_stand_where_matplotlib_itself_sets_them(
    text: str, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Sheet(style=Style(width=600, size=WIDE.size, small=WIDE.small), height=80)
    sheet.text(10.4, 60.4, text, size=size)
    ours = covered(paint(sheet))

    monkeypatch.setattr(matplotlib_renderers, "RendererAgg", _AnotherRenderer)

    theirs = covered(paint(sheet))
    assert all(abs(one - other) <= 1 for one, other in zip(ours, theirs, strict=True))


class _AnotherRenderer(RendererAgg):
    """A class of which the renderer is no instance, so that matplotlib itself sets the letters."""

    def __new__(cls, *sizes: float) -> RendererAgg:  # type: ignore[misc]
        return RendererAgg(*sizes)


def test_the_palette_begins_with_the_colours_of_the_theme() -> None:
    found = list_colours(tuple(COLOURS.items()))

    assert len(found) <= 256 * 3
    assert [found[3 * place : 3 * place + 3].hex() for place in range(4)] == [
        colour[1:] for colour in COLOURS.values()
    ]


def test_settings_of_matplotlib_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = small()
    sheet.rectangle(5, 5, 20, 20, stroke="ink", hatch="ink")
    sheet.line((0, 30), (30, 38), (60, 30), stroke="ink", dash=(3, 2))
    sheet.text(30, 20, "约8000万元", size=7)
    plain = paint(sheet, 2).tobytes()
    hostile = {"hatch.linewidth": 5, "text.hinting": "none", "path.simplify_threshold": 1.0}
    hostile |= {"lines.antialiased": False, "text.antialiased": False, "figure.facecolor": "red"}
    for name, value in hostile.items():
        monkeypatch.setitem(matplotlib.rcParams, name, value)

    assert paint(sheet, 2).tobytes() == plain


_SCRIPT = """
import hashlib, sys
from casebook.charts.matplotlib_renderers import write_png
from casebook.charts.canvas import WIDE, Sheet

digests = []
for text in sys.argv[1:]:
    sheet = Sheet(style=WIDE, height=60)
    sheet.rectangle(0, 0, 90, 20, fill="ink", opacity=0.3)
    sheet.text(5, 30, text)
    sheet.disc(50, 20, 7, stroke="ink")
    colours = {"paper": "#ffffff", "ink": "#112233"}
    png = write_png(sheet, colours, 1)
    digests.append(hashlib.sha256(png).hexdigest())
heavy = {"matplotlib.figure", "matplotlib.pyplot", "matplotlib.axes"}
print(sorted(digests), sorted(heavy & set(sys.modules)))
"""


def test_pictures_do_not_depend_on_what_was_drawn_before_or_on_the_process() -> None:
    texts = ["东莞 7.2万元", "Beijing 约8000万元", "岗位/年"]
    outputs = set()
    for seed, order in (("1", texts), ("2", texts[::-1])):
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, *order],
            env={"PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        outputs.add(done.stdout)

    assert len(outputs) == 1
    assert outputs.pop().endswith("[]\n")
