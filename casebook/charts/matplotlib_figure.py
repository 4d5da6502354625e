"""A sheet as a Figure of matplotlib, for the picture whose letters stay letters: PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from casebook.charts.canvas import Link, Shape, Sheet, Words
from casebook.charts.text_layout import width_em

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.text import Text

_ALIGNMENTS: Final[Mapping[str, Literal["left", "center", "right"]]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}


def build_figure(sheet: Sheet, colours: Mapping[str, str], font: str) -> Any:
    """A Figure that holds the parts of a sheet as artists, without their links.

    Colours are `#rrggbb` by role; `font` is the file to set text in.
    """
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    size = (sheet.width / 72, sheet.height / 72)
    figure = Figure(figsize=size, dpi=72, facecolor=colours["paper"])
    down = Affine2D().scale(1, -1).translate(0, sheet.height)
    for part in _flatten(sheet):
        artist = _artist(part, colours, font)
        artist.set_transform(down)
        figure.add_artist(artist)
    return figure


def _flatten(sheet: Sheet) -> Iterator[Shape | Words]:
    for part in sheet.parts:
        yield from part.parts if isinstance(part, Link) else (part,)


def _artist(part: Shape | Words, colours: Mapping[str, str], font: str) -> Artist:
    if isinstance(part, Words):
        from matplotlib.font_manager import FontProperties

        text: Text = _text_class()(
            part.x,
            part.y,
            part.text,
            color=colours[part.role],
            fontweight="bold" if part.bold else "normal",
            horizontalalignment=_ALIGNMENTS[part.anchor],
            verticalalignment="baseline",
            rotation=90 if part.turned else 0,
            rotation_mode="anchor",
            parse_math=False,
            zorder=1,
        )
        text.set_fontproperties(FontProperties(fname=font, size=part.size))
        # One code point has a Chinese and a Japanese shape.
        text.set_language("zh-Hans")
        return text
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    return PathPatch(
        Path(part.vertices, part.codes),
        facecolor=(colours[part.fill], part.opacity) if part.fill else "none",
        edgecolor=colours[part.stroke] if part.stroke else "none",
        linewidth=part.stroke_width if part.stroke else 0,
        # Dashes are given in pixels; matplotlib counts them in widths of the line.
        linestyle=(0, [length / part.stroke_width for length in part.dash])
        if part.dash
        else "solid",
        hatch="//" if part.hatch else None,
        hatchcolor=colours[part.hatch] if part.hatch else None,
        zorder=1,
    )


@lru_cache(maxsize=1)
def _text_class() -> Any:
    from matplotlib.text import Text

    class PlainText(Text):
        """One line on its baseline, set without matplotlib's measuring, which costs as much."""

        def draw(self, renderer: Any) -> None:
            """Draw the line; its width is known from the font of the lock."""
            gc = renderer.new_gc()
            gc.set_foreground(self.get_color())
            x, y = self.get_transform().transform(self.get_unitless_position())
            back = {"left": 0.0, "center": 0.5, "right": 1.0}[self.get_horizontalalignment()]
            figure = self.get_figure(root=True)
            assert figure is not None
            size = float(self.get_fontsize()) * figure.dpi / 72
            shift = back * width_em(self.get_text()) * size
            if self.get_rotation():
                y -= shift
            else:
                x -= shift
            if renderer.flipy():
                y = renderer.get_canvas_width_height()[1] - y
            font = self.get_fontproperties()
            turn = self.get_rotation()
            renderer.draw_text(gc, x, y, self.get_text(), font, turn, ismath=False, mtext=self)
            gc.restore()

    return PlainText
