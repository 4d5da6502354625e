"""The measured times as bars, drawn by the charts of the site: docs/performance.svg."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import median

from bench.measure import Runs
from casebook.build.theme import find_colours, read_tokens
from casebook.charts.bars import BarBlock, paint_bars
from casebook.charts.canvas import WIDE, Sheet, write_svg
from casebook.charts.standalone import place_parts
from casebook.charts.symbols import ChartFigure, Mark

_TOKENS = Path(__file__).resolve().parent.parent / "theme" / "static" / "css" / "tokens.css"
_MARGIN = 24.0
_TITLE = "Processor seconds of one build, {size:,} cases, medians of {rounds}"


def draw_runs(runs: Runs, size: int) -> str:
    """An SVG of the processor time of each program, with a panel and a scale for each change."""
    sheet = Sheet(style=replace(WIDE, width=WIDE.width + 2 * _MARGIN))
    title = _TITLE.format(size=size, rounds=max(map(len, runs.values())))
    top = sheet.paragraph(_MARGIN, _MARGIN - 6, title, WIDE.width, size=20, bold=True) + 12
    for change in dict.fromkeys(change for change, _ in runs):
        top = sheet.paragraph(_MARGIN, top, change, WIDE.width, size=16, bold=True) + 4
        panel = Sheet(style=WIDE)
        paint_bars(BarBlock(bars=tuple(_list_bars(runs, change)), lang="en"), panel)
        place_parts(sheet, panel, _MARGIN, top)
        top += panel.height + 14
    sheet.height = round(top + _MARGIN - 14)
    colours = find_colours(read_tokens(_TOKENS.read_text("utf-8")))
    return write_svg(sheet, "bench", title, colours)


def _list_bars(runs: Runs, change: str) -> Iterator[ChartFigure]:
    for (about, name), measured in runs.items():
        if about == change:
            seconds = Decimal(f"{median(run.cpu for run in measured):.2f}")
            words = f"{seconds} s"
            # A bar of data needs a key; the SVG has no links.
            yield ChartFigure(
                key=name,
                name=name,
                amount=words,
                title=f"{change}, {name}: {words}",
                mark=Mark(end="exact"),
                value=seconds,
            )
