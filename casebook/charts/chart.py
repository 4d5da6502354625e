"""Base of every chart: the records that it shows, its table, and its drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from itertools import pairwise
from typing import Any, Final

from casebook.charts.bars import ItemGroup
from casebook.charts.canvas import NARROW, WIDE, Sheet, Style
from casebook.charts.svg import write_svg
from casebook.charts.symbols import (
    ChartFigure,
    Kind,
    Mark,
    draw_kind,
    legend_kinds,
    mark_of,
    words_of,
)
from casebook.messages import say
from casebook.record.comparability import class_of, name_class
from casebook.record.dataset import Dataset
from casebook.record.derived import derive
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Vocabulary
from casebook.text import COLON, COMMA, Lang, Text
from casebook.values.amounts import Quantity, plain, word_quantity
from casebook.values.dates import parse_period
from casebook.values.formula import Expression

Row = tuple[str, ...]

# A drawing with more rows than this is a list, and a list reads better as a table.
MOST_ROWS: Final = 40

# Keys of the headings of a table of figures.
_HEADER: Final = (
    "charts.place",
    "charts.figures.label",
    "charts.figures.amount",
    "charts.figures.mark",
    "charts.figures.when",
    "charts.figures.state",
    "charts.figures.source",
    "charts.figures.class",
    "charts.figures.per",
    # From here on in files only, for programs: a page has the wording, and links to the rest.
    "charts.figures.id",
    "charts.figures.value",
    "charts.figures.min",
    "charts.figures.max",
    "charts.figures.unit",
    "charts.figures.address",
)
_IN_FILES_ONLY: Final = 6
# How many cells of such a table an alt text says: the class of each would make it twice as long.
_SAID: Final = 7

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
    """The words and the table of a chart in one language, however it is drawn."""

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
    # The keys of the figures that it draws.
    figures: tuple[str, ...] = ()
    # Where its page and files are, from the root of the site.
    folder: str = ""
    # The last columns, that are in its files and not on its page.
    in_files_only: int = 0
    # PNG takes far longer than SVG, so a chart that nobody shares has none.
    pictured: bool = True
    # Of a thousand cases each chart would have its own page and files.
    offered: bool = True

    @property
    def shown(self) -> int:
        """How many columns of the table a page shows."""
        return len(self.header) - self.in_files_only


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable(ChartWords):
    """Everything that is said and drawn in a chart, in one language, as plain data."""

    panels: tuple[PanelTable, ...]
    # Cells such as “stated” say nothing in an alt text without the heading of their column.
    by_column: bool = False
    legend: tuple[Kind, ...] = ()

    @property
    def key(self) -> str:
        """A digest of all that the drawing depends on."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRecords:
    """The records that one chart shows: its figures, if any, each with its mark."""

    selected: Selected
    dataset: Dataset
    lang: Lang
    figures: tuple[Figure, ...]
    marks: Mapping[str, Mark]

    @classmethod
    def take(cls, selected: Selected, dataset: Dataset, lang: Lang) -> ChartRecords:
        """The figures that were selected."""
        figures = tuple(dataset.figures[key] for key in selected.figures)
        marks = {figure.key: mark_of(figure, dataset) for figure in figures}
        return cls(selected=selected, dataset=dataset, lang=lang, figures=figures, marks=marks)

    def say(self, key: str, /, **values: object) -> str:
        """A message in the language of the chart."""
        return say(key, **values).inside(self.lang)

    def place(self, slug: str = "") -> str:
        """The place of the case of the chart, or how charts of all cases name one of them."""
        case = self.dataset.by_slug[self.selected.case or slug]
        name = self.dataset.place if self.selected.case else self.dataset.label
        return name(case).inside(self.lang)

    def label(self, figure: Figure) -> str:
        """The label of a figure."""
        return figure.label.inside(self.lang)

    def amount(self, figure: Figure) -> str:
        """The amount of a figure as worded; in English its value in English words."""
        return word_quantity(figure.quantity).inside(self.lang)

    def claim(self, figure: Figure) -> str:
        """The amount in a title, with the state of a plan or a target."""
        # A wording such as 将突破亿元 says so itself.
        if not figure.is_planned or figure.quantity.planned:
            return self.amount(figure)
        state = self.dataset.vocabulary.statuses[figure.status].name
        return self.say("charts.cell", name=self.amount(figure), words=state)

    def when(self, figure: Figure) -> str:
        """The time of a figure."""
        return figure.period.words(self.lang)

    def draw(
        self, figure: Figure, name: str = "", about: str = "", together: int = 0
    ) -> ChartFigure:
        """A figure as it is drawn."""
        quantity, mark = figure.quantity, self.marks[figure.key]
        title = self.say(
            "charts.figure",
            label=self.label(figure),
            amount=self.amount(figure),
            when=self.when(figure),
            mark=mark.words(self.lang),
        )
        return ChartFigure(
            key=figure.key,
            name=name,
            amount=self.amount(figure),
            title=title,
            mark=mark,
            value=quantity.magnitude,
            low=quantity.low if quantity.value is None else None,
            about=about,
            together=together,
        )

    def group_items(self, names: Sequence[str], figures: Sequence[Figure]) -> ItemGroup:
        """Figures as items under a heading, which also says the time that they have in common."""
        periods = {self.when(figure) for figure in figures}
        shared = periods.pop() if len(periods) == 1 else ""
        items = tuple(
            self.draw(figure, about=self._say_about(figure, shared)) for figure in figures
        )
        return ItemGroup(" · ".join((*names, shared) if shared else names), items)

    def _say_about(self, figure: Figure, said: str) -> str:
        """Label, per and time of a figure, without what the heading or the label says already."""
        label, when = self.label(figure), self.when(figure)
        units = (self.dataset.vocabulary.per[key].name.inside(self.lang) for key in figure.per)
        per = ("" if self.lang == "zh" else " ").join(
            self.say("charts.per", unit=unit) for unit in units
        )
        parts = [label, "" if per in label else per, "" if when == said or when in label else when]
        parts.append(self.marks[figure.key].remark(self.lang))
        return COMMA.inside(self.lang).join(part for part in parts if part)

    def row(self, figure: Figure) -> Row:
        """The row of a figure in a table."""
        vocabulary = self.dataset.vocabulary
        status = vocabulary.statuses.get(figure.status)
        source = self.dataset.sources.get(figure.source)
        quantity = figure.quantity
        numbers = (quantity.value, quantity.low, quantity.high)
        return (
            self.place(figure.case),
            self.label(figure),
            self.amount(figure),
            self.marks[figure.key].words(self.lang),
            self.when(figure),
            status.name.inside(self.lang) if status else figure.status,
            source.title.inside(self.lang) if source else figure.source,
            name_class(class_of(figure), vocabulary).inside(self.lang),
            "/".join(vocabulary.per[key].name.inside(self.lang) for key in figure.per),
            figure.key,
            *("" if number is None else plain(number) for number in numbers),
            quantity.unit,
            source.url if source else "",
        )

    def row_beside(self, label: str, amount: str = "", mark: str = "", when: str = "") -> Row:
        """A row of a table of figures for what is no figure: a computed number, or none."""
        cells = (self.place(), label, amount, mark, when)
        return (*cells, *("" for _ in _HEADER[len(cells) :]))

    def tabulate(self, finding: str, content: object) -> ChartTable:
        """The table of a chart with one panel: a row, a note and a source for each figure."""
        classes = [name_class(class_of(one), self.dataset.vocabulary) for one in self.figures[:1]]
        return ChartTable(
            chart=self.selected.chart,
            name=self.selected.name,
            case=self.selected.case,
            lang=self.lang,
            finding=finding,
            subtitle="".join(name.inside(self.lang) for name in classes),
            header=tuple(self.say(key) for key in _HEADER if self.figures),
            rows=tuple(self.row(figure) for figure in self.figures),
            panels=(PanelTable("", finding, content),),
            notes=tuple(dict.fromkeys(f.note.inside(self.lang) for f in self.figures if f.note)),
            sources=tuple(dict.fromkeys(figure.source for figure in self.figures)),
            figures=tuple(figure.key for figure in self.figures),
            in_files_only=_IN_FILES_ONLY if self.figures else 0,
            legend=legend_kinds(self.marks.values()),
        )

    def number_disputes(self, figures: Sequence[Figure]) -> dict[str, int]:
        """A number for each figure that a conflict of its case sets against a neighbour here."""
        numbers: dict[str, int] = {}
        # Only neighbours of one period can stand in one bracket under one name.
        for before, after in pairwise(figures):
            same = before.case == after.case and before.period.edtf == after.period.edtf
            conflicts = self.dataset.by_slug[before.case].conflicts
            if same and any({before.id, after.id} <= set(about.figures) for about in conflicts):
                number = numbers.get(before.key) or max(numbers.values(), default=0) + 1
                numbers[before.key] = numbers[after.key] = number
        return numbers


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One mark that a chart uses: its kind, its words, and the mark itself as inline SVG."""

    kind: str
    words: str
    swatch: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing of a chart, for wide screens and for phones, with the heights of both."""

    title: str
    wide: str
    narrow: str
    _: KW_ONLY
    height: float
    narrow_height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(ChartWords):
    """A chart as a page shows it."""

    panels: tuple[Panel, ...]
    description: str
    legend: tuple[LegendItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One kind of chart."""

    name: str
    # Everything is computed here, so that words, table and alt text come from the same place ...
    tabulate: Callable[[ChartRecords], ChartTable]
    # ... and this only puts it on a sheet and sets the height.
    paint: Callable[[Any, Sheet], None]
    # The figures of each chart that all cases together, or one, can have; none of a chart without.
    find_across: Callable[[Dataset], Iterable[Sequence[Figure]]] | None = None
    find_in: Callable[[Case, Dataset], Iterable[Sequence[Figure]]] | None = None
    # The key of a name that does not change with what the cases hold.
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
        panels.append(
            Panel(panel.title, *drawings, height=wide.height, narrow_height=narrow.height)
        )
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
        said = row[:_SAID] if table.figures else row
        if table.by_column:
            pairs = zip(table.header[1:], row[1:], strict=True)
            named = [say("charts.cell", name=name, words=cell) for name, cell in pairs if cell]
            said = (row[0], *(words.inside(lang) for words in named))
        first, *others = [cell for cell in said if cell]
        words = COMMA.inside(lang).join(others)
        sentences.append(first + COLON.inside(lang) + words if words else first)
    left = len(table.rows) - _DESCRIBED_ROWS
    if left > 0:
        sentences.append(say("charts.more_rows", count=left).inside(lang))
    return stop.join(sentences) + end


def compute(
    formula: str | Expression, figures: Mapping[str, Figure], vocabulary: Vocabulary
) -> Quantity | None:
    """The result of a formula, or None where it is refused or more than about is uncertain."""
    result, _ = derive(formula, figures, vocabulary)
    # Of a bound nobody knows how far it lies from the drawn end of a bar.
    if result is None or result.quantity.qualifier not in ("exact", "approx"):
        return None
    return result.quantity


def name_years(first: int, last: int) -> Text:
    """A year, or the years from the first to the last, in words."""
    period = parse_period(str(first) if first == last else f"{first}/{last}")
    return Text(period.words("zh"), period.words("en"))


def lower_first(words: str) -> str:
    """Words as they go on inside a sentence."""
    return words[:1].lower() + words[1:]


def quote_all(names: Iterable[str]) -> Text:
    """Names in quotes, as both languages list them."""
    quoted = [f"“{name}”" for name in names]
    return Text("、".join(quoted), " and ".join(quoted))


def _draw_legend(kind: Kind, table: ChartTable) -> LegendItem:
    sheet = Sheet(style=Style(width=40, size=14, small=14), height=22)
    draw_kind(sheet, kind, 2, 11)
    # The words stand beside the swatch, which has nothing to add for those who hear the page.
    swatch = write_svg(sheet, f"{table.name}-legend-{kind}", "")
    return LegendItem(kind, words_of(kind)[1].inside(table.lang), swatch)
