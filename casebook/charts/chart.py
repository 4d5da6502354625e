"""What every chart is made of: what it is about, its table, and its drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from casebook.charts.canvas import NARROW, WIDE, Sheet, Style
from casebook.charts.svg import write_svg
from casebook.charts.symbols import (
    LEGEND,
    Kind,
    Mark,
    draw_bracket,
    draw_swatch,
    legend_kinds,
    mark_of_kind,
)
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Lang, Text
from casebook.values.amounts import in_english

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
    """What one panel of a chart shows; `content` is known to the painter of its chart."""

    title: str
    alt: str
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable:
    """Everything that is said and drawn in a chart, in one language, as plain data.

    A chart that is not `pictured` is offered as SVG but not as PNG, which takes far longer; one
    that is not `offered` has neither files nor a page of its own.
    """

    chart: str
    name: str
    case: str
    lang: Lang
    finding: str
    subtitle: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    panels: tuple[PanelTable, ...]
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    legend: tuple[Kind, ...] = ()
    pictured: bool = True
    offered: bool = True

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
    """One drawing of a chart, for wide screens and for phones."""

    title: str
    wide: str
    narrow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart as a page shows it."""

    name: str
    case: str
    lang: Lang
    finding: str
    subtitle: str
    panels: tuple[Panel, ...]
    description: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    legend: tuple[LegendItem, ...]
    pictured: bool = True
    offered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One kind of chart.

    `find_across` looks at all cases together and `find_in` at one; either may be missing.
    `tabulate` computes everything, `paint` only puts it on a sheet and sets the height.
    """

    name: str
    tabulate: Callable[[Selected, Dataset, Lang], ChartTable]
    paint: Callable[[Any, Sheet], None]
    find_across: Callable[[Dataset], Iterable[Selected]] | None = None
    find_in: Callable[[Case, Dataset], Iterable[Selected]] | None = None


def paint_panel(chart: Chart, panel: PanelTable, style: Style) -> Sheet:
    """One panel laid out at one width."""
    sheet = Sheet(style=style)
    chart.paint(panel.content, sheet)
    return sheet


def draw_table(chart: Chart, table: ChartTable) -> Drawn:
    """A chart drawn at both widths."""
    panels = []
    for index, panel in enumerate(table.panels):
        drawings = [
            write_svg(
                paint_panel(chart, panel, style),
                f"{table.name}-{index + 1}-{style.width:.0f}",
                panel.alt,
            )
            for style in (WIDE, NARROW)
        ]
        panels.append(Panel(panel.title, *drawings))
    return Drawn(
        name=table.name,
        case=table.case,
        lang=table.lang,
        finding=table.finding,
        subtitle=table.subtitle,
        panels=tuple(panels),
        description=describe(table),
        header=table.header,
        rows=table.rows,
        notes=table.notes,
        sources=table.sources,
        legend=tuple(_legend_item(kind, table) for kind in table.legend),
        pictured=table.pictured,
        offered=table.offered,
    )


def describe(table: ChartTable) -> str:
    """The alt text of a chart, made of its finding and the rows of its table."""
    full, comma, colon = ("。", "，", "：") if table.lang == "zh" else (". ", ", ", ": ")
    sentences = [table.finding.rstrip("。. ")]
    for row in table.rows[:_DESCRIBED_ROWS]:
        cells = [cell for cell in row if cell]
        sentences.append(cells[0] + (colon + comma.join(cells[1:]) if len(cells) > 1 else ""))
    left = len(table.rows) - _DESCRIBED_ROWS
    if left > 0:
        sentences.append(
            f"另有{left}行，见表" if table.lang == "zh" else f"{left} more rows are in the table"
        )
    return full.join(sentences) + ("。" if table.lang == "zh" else ".")


def amount_words(figure: Figure, lang: Lang) -> str:
    """The amount of a figure as worded; in English its value in English words."""
    if lang == "zh":
        return figure.quantity.text
    words = in_english(figure.quantity)
    return words[:1] + words[1:]


def figure_title(figure: Figure, mark: Mark, lang: Lang) -> str:
    """What the mark of a figure says when it is pointed at."""
    parts = [
        figure.label.inside(lang),
        amount_words(figure, lang),
        figure.period.words(lang),
        mark.words(lang),
    ]
    if lang == "zh":
        return f"{parts[0]}：{parts[1]}（{parts[2]}；{parts[3]}）"
    return f"{parts[0]}: {parts[1]} ({parts[2]}; {parts[3]})"


FIGURE_HEADER: Final = (
    Text("地方", "Place"),
    Text("指标", "Figure"),
    Text("金额", "Amount"),
    Text("确切程度", "How exact"),
    Text("时间", "When"),
    Text("状态", "State"),
    Text("来源", "Source"),
)


def figure_header(lang: Lang) -> tuple[str, ...]:
    """The header of a table of figures."""
    return tuple(text.inside(lang) for text in FIGURE_HEADER)


def chart_row(figure: Figure, mark: Mark, dataset: Dataset, lang: Lang) -> tuple[str, ...]:
    """The row of a figure: place, label, amount as worded, how exact, when, state, source."""
    status = dataset.vocabulary.statuses.get(figure.status)
    source = dataset.sources.get(figure.source)
    return (
        dataset.place(dataset.by_slug[figure.case]).inside(lang),
        figure.label.inside(lang),
        amount_words(figure, lang),
        mark.words(lang),
        figure.period.words(lang),
        status.name.inside(lang) if status else figure.status,
        source.title.inside(lang) if source else figure.source,
    )


def sources_of_figures(figures: Sequence[Figure]) -> tuple[str, ...]:
    """The ids of the sources of some figures, each once."""
    return tuple(dict.fromkeys(figure.source for figure in figures))


def legend_of(marks: Iterable[Mark]) -> tuple[Kind, ...]:
    """The kinds of mark that the legend of a chart explains."""
    return legend_kinds(list(marks))


def together_words(lang: Lang) -> str:
    """What stands over figures that contradict each other."""
    return "说法不一" if lang == "zh" else "accounts differ"


def number_disputes(figures: Sequence[Figure], dataset: Dataset) -> dict[str, int]:
    """A number for each figure that a conflict of its case sets against a neighbour here.

    Only neighbours of one period can stand in one bracket under one name.
    """
    numbers: dict[str, int] = {}
    for before, after in pairwise(figures):
        same = before.case == after.case and before.period.edtf == after.period.edtf
        conflicts = dataset.by_slug[before.case].conflicts
        if same and any({before.id, after.id} <= set(about.figures) for about in conflicts):
            number = numbers.get(before.key) or max(numbers.values(), default=0) + 1
            numbers[before.key] = numbers[after.key] = number
    return numbers


def join(parts: Sequence[str], lang: Lang) -> str:
    """Clauses of one sentence, joined as the language joins them."""
    return ("，" if lang == "zh" else ", ").join(parts)


def _legend_item(kind: Kind, table: ChartTable) -> LegendItem:
    words = LEGEND[kind].inside(table.lang)
    # The words stand beside the swatch, which has nothing to add for those who hear the page.
    return LegendItem(kind, words, write_svg(_swatch(kind), f"{table.name}-legend-{kind}", ""))


@lru_cache
def _swatch(kind: Kind) -> Sheet:
    sheet = Sheet(style=Style(name="wide", width=40, size=14, small=14), height=22)
    mark = mark_of_kind(kind)
    draw_swatch(sheet, mark, (8 if mark.contradicted else 2, 5), 12)
    if mark.contradicted:
        draw_bracket(sheet, 2, 2, 20)
    return sheet
