"""Types that all charts share: the records shown, the table, the drawing, the kind of chart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, NamedTuple

from casebook.charts.bars import BarBlock, ItemGroup
from casebook.charts.canvas import Sheet
from casebook.charts.symbols import ChartFigure, Kind, Mark, legend_kinds, mark_of
from casebook.messages import say
from casebook.record.comparability import class_of, name_class
from casebook.record.dataset import Dataset
from casebook.record.derived import derive
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Source, Vocabulary
from casebook.text import COLON, COMMA, Lang, Text
from casebook.values.formula import Expression
from casebook.values.periods import word_period
from casebook.values.quantity import Quantity, in_english, plain, word_quantity

Row = tuple[str, ...]

# A drawing with more rows than this would be a list, which reads better as a table.
MOST_ROWS: Final = 40

# The columns of a table of figures after the place.
COLUMNS: Final = (
    *("label", "amount", "mark", "when", "state", "source", "class", "per"),
    # The following are for programs and only in files: a page has the wording and links instead.
    *("id", "value", "min", "max", "unit", "address"),
)
_IN_FILES_ONLY: Final = 6
# How many cells of a row an alt text contains: with the class it would be twice as long.
_SAID: Final = 7

# An alt text describes at most this many rows, and then refers to the table.
_DESCRIBED_ROWS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A chart that the data supports: its kind, its name, its case if any, and its figures."""

    chart: str
    name: str
    case: str = ""
    figures: tuple[str, ...] = ()


class PanelTable(NamedTuple):
    """One panel of a chart as data; the type of `content` depends on the kind of chart."""

    title: str
    alt: str
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """The words and the table of a chart in one language, without its drawing."""

    chart: str
    name: str
    case: str
    lang: Lang
    finding: str
    subtitle: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    # The publications that the chart is based on.
    sources: tuple[Source, ...] = ()
    # The keys of the figures that the chart draws.
    figures: tuple[str, ...] = ()
    # The folder of its page and files, from the root of the site.
    folder: str = ""
    # The number of last columns that are in its files but not on its page.
    in_files_only: int = 0
    # True if alt texts name the column of each cell, because “stated” alone has no meaning.
    by_column: bool = False
    # False for charts that are unlikely to be shared: PNG takes far longer than SVG.
    pictured: bool = True
    # False if the chart has no page and files of its own, as on a site of a thousand cases.
    offered: bool = True

    @property
    def shown(self) -> int:
        """The number of columns of the table that a page shows."""
        return len(self.header) - self.in_files_only

    @property
    def description(self) -> str:
        """The alt text: the finding and the first rows of the table."""
        lang = self.lang
        stop, end = ("。", "。") if lang == "zh" else (". ", ".")
        sentences = [self.finding.rstrip("。. ")]
        for row in self.rows[:_DESCRIBED_ROWS]:
            said = row[:_SAID] if self.figures else row
            if self.by_column:
                pairs = zip(self.header[1:], row[1:], strict=True)
                named = [say("charts.cell", name=name, words=cell) for name, cell in pairs if cell]
                said = (row[0], *(words.inside(lang) for words in named))
            first, *others = [cell for cell in said if cell]
            words = COMMA.inside(lang).join(others)
            sentences.append(first + COLON.inside(lang) + words if words else first)
        left = len(self.rows) - _DESCRIBED_ROWS
        if left > 0:
            sentences.append(say("charts.more_rows", count=left).inside(lang))
        return stop.join(sentences) + end


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable(ChartWords):
    """All words and values of a chart in one language, as plain data."""

    panels: tuple[PanelTable, ...]
    legend: tuple[Kind, ...] = ()

    @property
    def key(self) -> str:
        """A digest of everything that the drawing depends on."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRecords:
    """The data set and the figures, if any, that one chart shows."""

    selected: Selected
    dataset: Dataset
    lang: Lang
    figures: tuple[Figure, ...]

    def say(self, key: str, /, **values: object) -> str:
        """A message in the language of the chart."""
        return say(key, **values).inside(self.lang)

    def place(self, slug: str = "") -> str:
        """The place of the case of the chart; in a chart of all cases the label of a given case."""
        case = self.dataset.by_slug[self.selected.case or slug]
        name = self.dataset.place if self.selected.case else self.dataset.label
        return name(case).inside(self.lang)

    def mark(self, figure: Figure) -> Mark:
        """The mark of a figure."""
        return mark_of(figure, self.dataset)

    def label(self, figure: Figure) -> str:
        """The label of a figure."""
        return figure.label.inside(self.lang)

    def named(self, words: str, name: str = "") -> str:
        """Words after a name, which by default is the place of the case of the chart."""
        return self.say("charts.named", name=name or self.place(), words=words)

    def label_within(self, figure: Figure) -> Text:
        """The label of a figure for the middle of a sentence, in English in lower case."""
        label = self.label(figure)
        return Text(label, label[:1].lower() + label[1:])

    def amount(self, figure: Figure, *, marks_plan: bool = True) -> str:
        """The amount of a figure as worded; in English in English words."""
        if self.lang == "en" and not marks_plan:
            return in_english(figure.quantity, marks_plan=False)
        return word_quantity(figure.quantity).inside(self.lang)

    def claim(self, figure: Figure) -> str:
        """The amount in a title or beside a bar, with the state of a plan or a target."""
        # A wording such as 将突破亿元 already says that it is a plan.
        if not figure.is_planned or figure.quantity.planned:
            return self.amount(figure)
        return self.say("charts.cell", name=self.amount(figure), words=self.state(figure.status))

    def state(self, key: str) -> str:
        """The name of the state of a figure or an event."""
        status = self.dataset.vocabulary.statuses.get(key)
        return status.name.inside(self.lang) if status else key

    def when(self, figure: Figure) -> str:
        """The time of a figure."""
        return figure.period.words(self.lang)

    def draw(
        self, figure: Figure, name: str = "", about: str = "", together: int = 0
    ) -> ChartFigure:
        """A figure with the words and numbers that a chart draws."""
        quantity, mark = figure.quantity, self.mark(figure)
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
            # A plan whose wording does not say so would look like a fact beside one that does.
            amount=self.claim(figure),
            title=title,
            mark=mark,
            value=quantity.magnitude,
            low=quantity.low if quantity.value is None else None,
            about=about,
            together=together,
        )

    def group_items(self, names: Sequence[str], figures: Sequence[Figure]) -> ItemGroup:
        """Figures as items under a heading, which includes their common time, if any."""
        periods = {self.when(figure) for figure in figures}
        shared = periods.pop() if len(periods) == 1 else ""
        drawn = [(self.draw(one, about=self._say_about(one, shared)), one) for one in figures]
        # `about` already says that a figure is planned, so the amount need not.
        items = tuple(replace(item, amount=self.amount(figure)) for item, figure in drawn)
        return ItemGroup(" · ".join((*names, shared) if shared else names), items)

    def _say_about(self, figure: Figure, said: str) -> str:
        """Label, per, time and mark of a figure, without what heading or label already says."""
        label, when = self.label(figure), self.when(figure)
        units = (self.dataset.vocabulary.per[key].name.inside(self.lang) for key in figure.per)
        per = ("" if self.lang == "zh" else " ").join(
            self.say("charts.per", unit=unit) for unit in units
        )
        parts = [label, "" if per in label else per, "" if when == said or when in label else when]
        parts.append(self.mark(figure).remark(self.lang))
        return COMMA.inside(self.lang).join(part for part in parts if part)

    def row(self, figure: Figure) -> Row:
        """The row of a figure in a table."""
        vocabulary = self.dataset.vocabulary
        source = self.dataset.sources.get(figure.source)
        return (
            self.place(figure.case),
            self.label(figure),
            self.amount(figure),
            self.mark(figure).words(self.lang),
            self.when(figure),
            self.state(figure.status),
            source.title.inside(self.lang) if source else figure.source,
            name_class(class_of(figure), vocabulary).inside(self.lang),
            "/".join(vocabulary.per[key].name.inside(self.lang) for key in figure.per),
            figure.key,
            *("" if number is None else plain(number) for number in figure.quantity.numbers),
            figure.quantity.unit,
            source.url if source else "",
        )

    def row_beside(self, label: str, amount: str = "", mark: str = "", when: str = "") -> Row:
        """A row of a table of figures that is no figure: a computed number, or a gap."""
        return (self.place(), label, amount, mark, when, *("" for _ in COLUMNS[4:]))

    def tabulate(self, finding: str, content: object) -> ChartTable:
        """The table of a chart with one panel: a row, a note and a source for each figure."""
        # Bars whose values lie too far apart are drawn as a list, without marks.
        marks = content.marks if isinstance(content, BarBlock) else map(self.mark, self.figures)
        columns = (self.say(f"charts.figures.{name}") for name in COLUMNS)
        classes = [name_class(class_of(one), self.dataset.vocabulary) for one in self.figures[:1]]
        return ChartTable(
            chart=self.selected.chart,
            name=self.selected.name,
            case=self.selected.case,
            lang=self.lang,
            finding=finding,
            subtitle="".join(name.inside(self.lang) for name in classes),
            header=(self.say("charts.place"), *columns) if self.figures else (),
            rows=tuple(self.row(figure) for figure in self.figures),
            panels=(PanelTable("", finding, content),),
            notes=tuple(dict.fromkeys(f.note.inside(self.lang) for f in self.figures if f.note)),
            sources=self.cite(figure.source for figure in self.figures),
            figures=tuple(figure.key for figure in self.figures),
            in_files_only=_IN_FILES_ONLY if self.figures else 0,
            legend=legend_kinds(marks),
        )

    def cite(self, names: Iterable[str]) -> tuple[Source, ...]:
        """The sources of these names, each once."""
        known = self.dataset.sources
        return tuple(known[name] for name in dict.fromkeys(names) if name in known)

    def number_disputes(self, figures: Sequence[Figure]) -> dict[str, int]:
        """A group number by key for each figure that a conflict sets against one beside it here."""
        numbers: dict[str, int] = {}
        # Only adjacent figures of one period can share a bracket and a name.
        for before, after in pairwise(figures):
            same = before.case == after.case and before.period.edtf == after.period.edtf
            conflicts = self.dataset.by_slug[before.case].conflicts
            if same and any({before.id, after.id} <= set(about.figures) for about in conflicts):
                number = numbers.get(before.key) or max(numbers.values(), default=0) + 1
                numbers[before.key] = numbers[after.key] = number
        return numbers


class LegendItem(NamedTuple):
    """One mark that a chart uses: its kind, its words, and the mark itself as inline SVG."""

    kind: str
    words: str
    swatch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawing of a chart, for wide screens and for phones, with the heights of both."""

    title: str
    wide: str
    narrow: str
    height: float
    narrow_height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(ChartWords):
    """A chart with its drawings, as a page shows it."""

    panels: tuple[Panel, ...]
    legend: tuple[LegendItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One kind of chart."""

    name: str
    # Computes everything, so that words, table and alt text have one source.
    tabulate: Callable[[ChartRecords], ChartTable]
    # Only puts the content of a panel on a sheet and sets its height.
    paint: Callable[[Any, Sheet], None]
    # The figures of each chart of all cases or of one case; () for a chart that shows no figures.
    find_across: Callable[[Dataset], Iterable[Sequence[Figure]]] | None = None
    find_in: Callable[[Case, Dataset], Iterable[Sequence[Figure]]] | None = None
    # The message key of a title that does not depend on the data.
    title: str = ""


def compute(
    formula: str | Expression, figures: Mapping[str, Figure], vocabulary: Vocabulary
) -> Quantity | None:
    """The result of a formula, or None if it is refused or neither exact nor approximate."""
    result, _ = derive(formula, figures, vocabulary)
    # The true value of a bound may lie any distance from the drawn end of a bar.
    if result is None or result.quantity.qualifier not in ("exact", "approx"):
        return None
    return result.quantity


def name_years(first: int, last: int) -> Text:
    """A year, or the years from the first to the last, in words."""
    return word_period(str(first) if first == last else f"{first}/{last}")
