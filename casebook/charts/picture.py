"""A chart as one picture that stands alone: finding, subtitle, drawing and source in one frame."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from casebook.charts.base import Chart, Table, paint_panel
from casebook.charts.sheet import WIDE, Link, Shape, Sheet, Style, Words
from casebook.charts.svg import build_figure, paint_in, write_svg
from casebook.errors import CasebookError

_MARGIN: Final = 24.0
_FONT: Final = "NotoSansCJKjp-Regular.otf"


def compose_picture(chart: Chart, table: Table, sources: Sequence[str] = ()) -> Sheet:
    """The panels of a chart under its finding, with the titles of its sources beneath."""
    inside = WIDE.width
    sheet = Sheet(Style("wide", inside + 2 * _MARGIN, WIDE.size, WIDE.small))
    top = sheet.paragraph(_MARGIN, _MARGIN - 6, table.finding, inside, size=22, bold=True)
    top = sheet.paragraph(_MARGIN, top + 2, table.subtitle, inside, role="ink-muted") + 14
    for panel in table.panels:
        if panel.title:
            top = sheet.paragraph(_MARGIN, top, panel.title, inside, size=17, bold=True) + 4
        drawn = paint_panel(chart, panel, WIDE)
        sheet.parts.extend(_moved(part, _MARGIN, top) for part in drawn.parts)
        top += drawn.height + 16
    for words in sources:
        top = sheet.paragraph(_MARGIN, top, words, inside, size=WIDE.small, role="ink-muted")
    sheet.height = round(top + _MARGIN - 6)
    return sheet


def write_picture_svg(sheet: Sheet, name: str, label: str, colours: Mapping[str, str]) -> str:
    """A picture as an SVG file with its own colours."""
    return paint_in(write_svg(sheet, f"{name}-alone", label), colours)


def write_picture_png(sheet: Sheet, colours: Mapping[str, str], scale: float = 2) -> bytes:
    """A picture as PNG, `scale` dots to a pixel; same sheet and colours, same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import to_rgb

    real = {role: to_rgb(colour) for role, colour in colours.items()}
    figure = build_figure(sheet, real, scale=scale, font=str(find_font()))
    figure.set_frameon(True)
    figure.patch.set_facecolor(real["paper"])
    target = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(target, metadata={"Software": None})
    return target.getvalue()


def find_font() -> Path:
    """The file of the font that comes with the lock.

    Its package is found but not imported, because importing it changes matplotlib's settings.
    """
    spec = importlib.util.find_spec("notojp_matplotlib")
    if spec is not None and spec.origin is not None:
        for file in Path(spec.origin).parent.rglob(_FONT):
            return file
    raise CasebookError(
        f"找不到字体 {_FONT}；请删除 .venv 后重新运行 python3 build.py",
        f"the font {_FONT} is missing; remove .venv and run python3 build.py again",
    )


def _moved(part: Shape | Words | Link, right: float, down: float) -> Shape | Words | Link:
    if isinstance(part, Link):
        parts = []
        for item in part.parts:
            moved = _moved(item, right, down)
            assert not isinstance(moved, Link)
            parts.append(moved)
        return replace(part, parts=tuple(parts))
    if isinstance(part, Words):
        return replace(part, x=part.x + right, y=part.y + down)
    return replace(part, vertices=tuple((x + right, y + down) for x, y in part.vertices))
