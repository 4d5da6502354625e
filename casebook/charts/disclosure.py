"""Matrix of cases and questions: what each case answers and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from casebook.charts.canvas import LEADING, Point, Sheet, baseline, height_of, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, quote_all
from casebook.charts.text_layout import clean, width_px, wrap_text
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure, ShownState
from casebook.text import COLON, Lang, Text, count_nouns

_STATES: Final[dict[ShownState, str]] = {
    "stated": "charts.state.stated",
    "partial": "charts.state.partial",
    "elsewhere": "charts.state.elsewhere",
    "not_stated": "charts.state.not_stated",
    "not_applicable": "charts.state.not_applicable",
}
_RADIUS: Final = 7.0


@dataclass(frozen=True, slots=True)
class QuestionColumn:
    """A question with the state of its answer in each case."""

    question: str
    states: tuple[ShownState, ...]

    @property
    def stated(self) -> int:
        """The number of cases that answer."""
        return self.states.count("stated")

    @property
    def count(self) -> str:
        """That number, of all cases that the question applies to: the others leave nothing open."""
        return f"{self.stated}/{len(self.states) - self.states.count('not_applicable')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The questions as columns, and the cases as rows, each with the address of its page."""

    columns: tuple[QuestionColumn, ...]
    places: tuple[tuple[str, str], ...]
    words: Mapping[ShownState, str]
    lang: Lang


def find_across(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """The matrix, where it is small enough to be read as one."""
    questions = len(dataset.vocabulary.questions)
    if 0 < len(dataset.cases) <= MOST_ROWS and 0 < questions <= MOST_ROWS:
        yield ()


def tabulate(shown: ChartRecords) -> ChartTable:
    """The questions as columns, those answered most often first, and a row for each case."""
    dataset, lang = shown.dataset, shown.lang
    main = {name for name, source in dataset.sources.items() if source.main}
    is_of_main = not any(main.isdisjoint(case.sources) for case in dataset.summaries)
    columns = [
        QuestionColumn(
            question.name.inside(lang),
            tuple(_find_state(case, key, dataset, is_of_main) for case in dataset.cases),
        )
        for key, question in dataset.vocabulary.questions.items()
    ]
    columns.sort(key=lambda column: -column.stated)
    places = tuple(
        (dataset.label(case).inside(lang), f"site:/cases/{case.slug}/") for case in dataset.cases
    )
    words = {state: shown.say(key) for state, key in _STATES.items()}
    if dataset.main and is_of_main:
        # With a main source there are two kinds of silence, and a count has to say of which it is.
        words["stated"] = shown.say("charts.state.stated_in", main=dataset.main)
        words["not_stated"] = shown.say("charts.state.nowhere")
    rows = [
        (place, *(words[column.states[index]] for column in columns))
        for index, (place, _) in enumerate(places)
    ]
    counts = tuple(column.count for column in columns)
    found = _find_words(columns, len(places))
    if dataset.main and is_of_main:
        found = say("charts.disclosure.in_main", finding=found, main=dataset.main)
    finding = found.inside(lang)
    return replace(
        shown.tabulate(
            finding, Matrix(columns=tuple(columns), places=places, words=words, lang=lang)
        ),
        subtitle=shown.say("charts.disclosure.subtitle"),
        header=(shown.say("charts.place"), *(column.question for column in columns)),
        rows=(*rows, (shown.say("charts.disclosure.counts"), *counts)),
        notes=(shown.say("charts.disclosure.note"),),
        by_column=True,
    )


def _find_state(case: Case, question: str, dataset: Dataset, is_of_main: bool) -> ShownState:
    """The state of an answer; where only some cases have a main source, any source is one."""
    shown = dataset.answer(case, question).shown
    return "stated" if shown == "elsewhere" and not is_of_main else shown


def _find_words(columns: Sequence[QuestionColumn], cases: int) -> Text:
    counts = {
        column.question: column.stated
        for column in columns
        if set(column.states) != {"not_applicable"}
    }
    places = count_nouns(cases, "place")
    if not counts:
        return say("charts.disclosure.nothing")
    fewest, most = min(counts.values()), max(counts.values())
    if most == fewest:
        return say("charts.disclosure.even", places=places, count=most)
    names = quote_all(name for name, stated in counts.items() if stated == fewest)
    keys = {0: "charts.disclosure.none", 1: "charts.disclosure.one"}
    key = (
        keys.get(fewest, "charts.disclosure.few") if cases > 1 else "charts.disclosure.none_of_one"
    )
    return say(key, places=places, names=names, count=fewest)


class _MatrixPainter:
    """The matrix from the top down: its key, the questions over their columns, a row a case."""

    def __init__(self, matrix: Matrix, sheet: Sheet) -> None:
        self.matrix, self.sheet = matrix, sheet
        self.size, self.small = sheet.style.size, sheet.style.small
        self.counts = say("charts.disclosure.counts").inside(matrix.lang)
        names = [*(place for place, _ in matrix.places), self.counts]
        self.names_width = min(widest(names, self.size), sheet.width * 0.36)
        self.width = (sheet.width - self.names_width - 10) / len(matrix.columns)

    def middle(self, index: int) -> float:
        """The middle of a column."""
        return self.names_width + 10 + (index + 0.5) * self.width

    def paint(self) -> None:
        """Draw it all."""
        sheet = self.sheet
        shown = {state for column in self.matrix.columns for state in column.states}
        key = [
            (self.matrix.words[state], partial(_paint_state, sheet, state, 6))
            for state in _STATES
            if state in shown
        ]
        top = self._paint_heads(sheet.key(key, (0, 2), 20) + 8)
        sheet.line((0, top + 2), (sheet.width, top + 2), stroke="ink-muted")
        top += 5
        for index in range(len(self.matrix.places)):
            top = self._paint_row(index, top)
        sheet.height = round(self._paint_counts(top + 3) + 4)

    def _paint_row(self, index: int, top: float) -> float:
        sheet, (place, href) = self.sheet, self.matrix.places[index]
        radius = min(_RADIUS, self.width / 2 - 3)
        lines = height_of(place, self.names_width, self.size)
        height = max(lines, 2 * radius + 10)
        with sheet.link(href, place):
            sheet.paragraph(0, top + (height - lines) / 2, place, self.names_width)
        for number, column in enumerate(self.matrix.columns):
            state = column.states[index]
            words = f"{place} · {column.question}{COLON.inside(self.matrix.lang)}"
            with sheet.link("", words + self.matrix.words[state]):
                left = self.middle(number) - radius - 2
                _paint_state(sheet, state, radius, left, top + height / 2)
        bottom = top + height
        sheet.line((0, bottom), (sheet.width, bottom), stroke="grid")
        return bottom

    def _paint_counts(self, top: float) -> float:
        """Write how many state what, of how many where there is room for that."""
        sheet = self.sheet
        counts = [column.count for column in self.matrix.columns]
        if widest(counts, self.small) + 4 > self.width:
            counts = [f"{column.stated}" for column in self.matrix.columns]
        if widest(counts, self.small) > 2 * self.width:
            return top
        # 20 beside 19 reads as 2019, so that neighbours stand on two lines.
        lines = 1 if widest(counts, self.small) + 6 <= self.width else 2
        y = top + baseline(self.small)
        sheet.text(0, y, self.counts, role="ink-muted")
        for index, words in enumerate(counts):
            y_text = y + index % lines * self.small * LEADING
            sheet.text(self.middle(index), y_text, words, role="ink-muted", anchor="middle")
        return top + lines * self.small * LEADING

    def _paint_heads(self, top: float) -> float:
        """Write the questions over their columns: level, character by character, or as stairs."""
        size = self.small
        heads = [clean(column.question) for column in self.matrix.columns]
        level = [_level(name, self.width - 6, size) for name in heads]
        if all(level):
            return self._paint_lines(level, top, 1.2) + 2
        upright = self.matrix.lang == "zh" and all(_is_han(name) for name in heads)
        if upright and self.width >= size + 2:
            return self._paint_lines(heads, top, 1.1) + 4
        return self._paint_stairs(heads, top)

    def _paint_stairs(self, heads: Sequence[str], top: float) -> float:
        """Write the questions one below the other, each with a line down to its column."""
        size, sheet = self.small, self.sheet
        # The last column comes first: no line then passes the words of another column.
        hooks: list[Point] = []
        for index in reversed(range(len(heads))):
            middle = self.middle(index)
            hooks.append((middle, top + size * LEADING / 2))
            top = sheet.paragraph(
                middle - 6, top, heads[index], middle - 6, role="ink-muted", anchor="end"
            )
        for x, y in hooks:
            sheet.line((x - 4, y), (x, y), (x, top + 2), stroke="rule")
        return top

    def _paint_lines(self, heads: Sequence[Sequence[str]], top: float, leading: float) -> float:
        """Write level lines over each column, down to one bottom edge."""
        size, sheet = self.small, self.sheet
        bottom = top + max(map(len, heads)) * size * leading
        for index, lines in enumerate(heads):
            x, y = self.middle(index), bottom - len(lines) * size * leading
            for line in lines:
                at = y + size * (leading / 2 + 0.35)
                sheet.text(x, at, line, anchor="middle", role="ink-muted")
                y += size * leading
        return bottom


def _level(name: str, width: float, size: float) -> tuple[str, ...]:
    """The lines of a name set level over its column, empty where it does not fit."""
    lines = wrap_text(name, width, size)
    # Lines of even length: a single character on the last one looks like a mistake.
    even = width_px(name, size) / len(lines)
    while len(wrap_text(name, even, size)) > len(lines):
        even += size / 4
    lines = wrap_text(name, even, size)
    words = set(name.split())
    is_whole = _is_han(name) or all(piece in words for line in lines for piece in line.split())
    fits = all(width_px(line, size) <= width for line in lines)
    return lines if fits and is_whole and len(lines) <= 4 and width >= 3 * size else ()


def _is_han(name: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" or char in "、，（）" for char in name)


def _paint_state(sheet: Sheet, state: ShownState, radius: float, left: float, y: float) -> None:
    x = left + radius + 2
    if state == "not_applicable":
        sheet.line((x - radius, y), (x + radius, y), stroke="ink-muted", stroke_width=1.5)
    elif state == "stated":
        sheet.disc(x, y, radius, fill="series-1")
    else:
        stroke = "ink-muted" if state == "not_stated" else "series-1"
        sheet.disc(x, y, radius - 0.75, stroke=stroke, stroke_width=1.5)
    if state == "elsewhere":
        sheet.disc(x, y, radius / 2.5, fill="series-1")
    if state == "partial":
        sheet.half_disc(x, y, radius - 0.5, fill="series-1")


CHART = Chart(
    name="disclosure",
    tabulate=tabulate,
    paint=lambda matrix, sheet: _MatrixPainter(matrix, sheet).paint(),
    find_across=find_across,
)
