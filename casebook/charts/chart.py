"""Base of every chart: what it is about, its table, and its drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from casebook.charts.canvas import NARROW, WIDE, Sheet, Style
from casebook.charts.svg import write_svg
from casebook.charts.symbols import Kind, draw_kind, explain_kind
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import COLON, COMMA, Lang, Text

if TYPE_CHECKING:
    from casebook.charts.records import ChartRecords

# A drawing with more rows than this is a list, and a list reads better as a table.
MOST_ROWS: Final = 40

# Alt texts that go on longer than this many rows send to the table.
_DESCRIBED_ROWS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A chart that the data can honestly have: which kind, under what name, of which figures."""

    chart: str
    name: str
    case: str = ""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelTable:
    """One panel of a chart as data; `content` is known to the painter of its chart."""

    title: str
    alt: str
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """The words and the table of a chart in one language, however it is drawn.

    `figures` are the keys of those that it draws. A chart that is not `pictured` is offered as SVG
    but not as PNG, which takes far longer; one that is not `offered` has neither files nor a page
    of its own.
    """

    chart: str
    name: str
    case: str
    lang: Lang
    finding: str
    subtitle: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    pictured: bool = True
    offered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable(ChartWords):
    """Everything that is said and drawn in a chart, in one language, as plain data."""

    panels: tuple[PanelTable, ...]
    legend: tuple[Kind, ...] = ()

    @property
    def key(self) -> str:
        """A digest of all that the drawing depends on."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One mark that a chart uses: its kind, its words, and the mark itself as inline SVG."""

    kind: str
    words: str
    swatch: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing of a chart, for wide screens and for phones; `height` is that of the wide one."""

    title: str
    wide: str
    narrow: str
    _: KW_ONLY
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(ChartWords):
    """A chart as a page shows it."""

    panels: tuple[Panel, ...]
    description: str
    legend: tuple[LegendItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One kind of chart.

    `find_across` looks at all cases together, `find_in` at one; either may be missing. They give
    the figures of each chart that can be had, none for a chart that is not of figures.
    `tabulate` computes everything, `paint` only puts it on a sheet and sets the height. `title`
    is the key of the message that names a chart of all cases whatever they hold.
    """

    name: str
    tabulate: Callable[[ChartRecords], ChartTable]
    paint: Callable[[Any, Sheet], None]
    find_across: Callable[[Dataset], Iterable[Sequence[Figure]]] | None = None
    find_in: Callable[[Case, Dataset], Iterable[Sequence[Figure]]] | None = None
    title: str = ""


def paint_panel(chart: Chart, panel: PanelTable, style: Style) -> Sheet:
    """One panel laid out at one width."""
    sheet = Sheet(style=style)
    chart.paint(panel.content, sheet)
    return sheet


def draw_table(chart: Chart, table: ChartTable) -> Drawn:
    """A chart drawn at both widths."""
    panels = []
    for index, panel in enumerate(table.panels):
        wide, narrow = (paint_panel(chart, panel, style) for style in (WIDE, NARROW))
        drawings = [
            write_svg(sheet, f"{table.name}-{index + 1}-{sheet.style.width:.0f}", panel.alt)
            for sheet in (wide, narrow)
        ]
        panels.append(Panel(panel.title, *drawings, height=wide.height))
    words: dict[str, Any] = {each.name: getattr(table, each.name) for each in fields(ChartWords)}
    return Drawn(
        **words,
        panels=tuple(panels),
        description=describe(table),
        legend=tuple(_draw_legend(kind, table) for kind in table.legend),
    )


def describe(table: ChartTable) -> str:
    """The alt text of a chart, made of its finding and the rows of its table."""
    lang = table.lang
    stop, end = ("。", "。") if lang == "zh" else (". ", ".")
    sentences = [table.finding.rstrip("。. ")]
    for row in table.rows[:_DESCRIBED_ROWS]:
        first, *others = [cell for cell in row if cell]
        words = COMMA.inside(lang).join(others)
        sentences.append(first + COLON.inside(lang) + words if words else first)
    left = len(table.rows) - _DESCRIBED_ROWS
    if left > 0:
        sentences.append(say("charts.more_rows", count=left).inside(lang))
    return stop.join(sentences) + end


def lower_first(words: str) -> str:
    """Words as they go on inside a sentence."""
    return words[:1].lower() + words[1:]


def quote_all(names: Iterable[str]) -> Text:
    """Names in quotes, as both languages list them."""
    quoted = [f"“{name}”" for name in names]
    return Text("、".join(quoted), " and ".join(quoted))


def _draw_legend(kind: Kind, table: ChartTable) -> LegendItem:
    sheet = Sheet(style=Style(name="wide", width=40, size=14, small=14), height=22)
    draw_kind(sheet, kind, 2, 11)
    # The words stand beside the swatch, which has nothing to add for those who hear the page.
    swatch = write_svg(sheet, f"{table.name}-legend-{kind}", "")
    return LegendItem(kind, explain_kind(kind).inside(table.lang), swatch)
