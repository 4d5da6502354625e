"""Records that one chart shows, and their words in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from casebook.charts.chart import ChartTable, PanelTable, Selected
from casebook.charts.listing import ItemGroup
from casebook.charts.symbols import ChartFigure, Mark, legend_kinds, mark_in
from casebook.messages import say
from casebook.record.comparability import class_of, name_class
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import COMMA, Lang
from casebook.values.amounts import in_english

# Keys of the headings of a table of figures.
_HEADER: Final = (
    "charts.place",
    "charts.figures.label",
    "charts.figures.amount",
    "charts.figures.mark",
    "charts.figures.when",
    "charts.figures.state",
    "charts.figures.source",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRecords:
    """What one chart is made of: its figures, if any, each with its mark, and their words."""

    selected: Selected
    dataset: Dataset
    lang: Lang
    figures: tuple[Figure, ...]
    marks: Mapping[str, Mark]

    @classmethod
    def take(cls, selected: Selected, dataset: Dataset, lang: Lang) -> ChartRecords:
        """The figures that were selected."""
        figures = tuple(dataset.figures[key] for key in selected.figures)
        marks = {figure.key: mark_in(figure, dataset) for figure in figures}
        return cls(selected=selected, dataset=dataset, lang=lang, figures=figures, marks=marks)

    def say(self, key: str, /, **values: object) -> str:
        """A message in the language of the chart."""
        return say(key, **values).inside(self.lang)

    def place(self, slug: str = "") -> str:
        """The name of the place of a case, of that of the chart where none is given."""
        case = self.dataset.by_slug[slug or self.selected.case]
        return self.dataset.place(case).inside(self.lang)

    def label(self, figure: Figure) -> str:
        """What a figure is called."""
        return figure.label.inside(self.lang)

    def amount(self, figure: Figure) -> str:
        """The amount of a figure as worded; in English its value in English words."""
        return figure.quantity.text if self.lang == "zh" else in_english(figure.quantity)

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
        items = tuple(self.draw(figure, "", self._say_about(figure, shared)) for figure in figures)
        return ItemGroup(" · ".join((*names, shared) if shared else names), items)

    def _say_about(self, figure: Figure, said: str) -> str:
        """What a figure is, without what the heading or the label says already."""
        label, when = self.label(figure), self.when(figure)
        units = (self.dataset.vocabulary.per[key].name.inside(self.lang) for key in figure.per)
        per = ("" if self.lang == "zh" else " ").join(
            self.say("charts.per", unit=unit) for unit in units
        )
        parts = [label, "" if per in label else per, "" if when == said or when in label else when]
        return COMMA.inside(self.lang).join(part for part in parts if part)

    def row(self, figure: Figure) -> tuple[str, ...]:
        """The row of a figure in a table."""
        status = self.dataset.vocabulary.statuses.get(figure.status)
        source = self.dataset.sources.get(figure.source)
        return (
            self.place(figure.case),
            self.label(figure),
            self.amount(figure),
            self.marks[figure.key].words(self.lang),
            self.when(figure),
            status.name.inside(self.lang) if status else figure.status,
            source.title.inside(self.lang) if source else figure.source,
        )

    def tabulate(self, finding: str, content: object) -> ChartTable:
        """The table of a chart with one panel: a row, a note and a source for each figure."""
        subtitle = ""
        if self.figures:
            compared = class_of(self.figures[0])
            subtitle = name_class(compared, self.dataset.vocabulary).inside(self.lang)
        return ChartTable(
            chart=self.selected.chart,
            name=self.selected.name,
            case=self.selected.case,
            lang=self.lang,
            finding=finding,
            subtitle=subtitle,
            header=tuple(self.say(key) for key in _HEADER),
            rows=tuple(self.row(figure) for figure in self.figures),
            panels=(PanelTable("", finding, content),),
            notes=tuple(dict.fromkeys(f.note.inside(self.lang) for f in self.figures if f.note)),
            sources=tuple(dict.fromkeys(figure.source for figure in self.figures)),
            figures=tuple(figure.key for figure in self.figures),
            legend=legend_kinds(self.marks.values()),
        )

    def number_disputes(self, figures: Sequence[Figure]) -> dict[str, int]:
        """A number for each figure that a conflict of its case sets against a neighbour here.

        Only neighbours of one period can stand in one bracket under one name.
        """
        numbers: dict[str, int] = {}
        for before, after in pairwise(figures):
            same = before.case == after.case and before.period.edtf == after.period.edtf
            conflicts = self.dataset.by_slug[before.case].conflicts
            if same and any({before.id, after.id} <= set(about.figures) for about in conflicts):
                number = numbers.get(before.key) or max(numbers.values(), default=0) + 1
                numbers[before.key] = numbers[after.key] = number
        return numbers
