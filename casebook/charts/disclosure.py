"""Matrix of cases and questions: what each case answers and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, quote_all
from casebook.charts.records import ChartRecords
from casebook.charts.text_layout import clean, width_px, wrap_text
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import AnswerState, Figure
from casebook.text import COLON, Lang, Text, count_nouns

_STATES: Final[dict[AnswerState, str]] = {
    "stated": "charts.state.stated",
    "partial": "charts.state.partial",
    "not_stated": "charts.state.not_stated",
    "not_applicable": "charts.state.not_applicable",
}
_RADIUS: Final = 7.0


@dataclass(frozen=True, slots=True)
class QuestionColumn:
    """A question with the state of its answer in each case."""

    question: str
    states: tuple[AnswerState, ...]

    @property
    def stated(self) -> int:
        """How many cases answer."""
        return self.states.count("stated")

    @property
    def asked(self) -> int:
        """How many cases the question applies to: the others do not leave it open."""
        return len(self.states) - self.states.count("not_applicable")


@dataclass(frozen=True, slots=True)
class Matrix:
    """The questions as columns, and the cases as rows, each with the address of its page."""

    columns: tuple[QuestionColumn, ...]
    places: tuple[tuple[str, str], ...]
    lang: Lang


@cache
def name_state(state: AnswerState) -> Text:
    """The words of the state of an answer."""
    return say(_STATES[state])


def find_across(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """The matrix, where it is small enough to be read as one."""
    questions = len(dataset.vocabulary.questions)
    if 0 < len(dataset.cases) <= MOST_ROWS and 0 < questions <= MOST_ROWS:
        yield ()


def tabulate(shown: ChartRecords) -> ChartTable:
    """What the matrix says and shows; the questions answered most often come first."""
    dataset, lang = shown.dataset, shown.lang
    columns = [
        QuestionColumn(
            question.name.inside(lang),
            tuple(dataset.answer(case, key).state for case in dataset.cases),
        )
        for key, question in dataset.vocabulary.questions.items()
    ]
    columns.sort(key=lambda column: -column.stated)
    places = tuple(
        (dataset.place(case).inside(lang), f"site:/cases/{case.slug}/") for case in dataset.cases
    )
    rows = [
        (place, *(name_state(column.states[index]).inside(lang) for column in columns))
        for index, (place, _) in enumerate(places)
    ]
    counts = tuple(f"{column.stated}/{column.asked}" for column in columns)
    finding = _find_words(columns, len(places)).inside(lang)
    return replace(
        shown.tabulate(finding, Matrix(tuple(columns), places, lang)),
        subtitle=shown.say("charts.disclosure.subtitle"),
        header=(shown.say("charts.place"), *(column.question for column in columns)),
        rows=(*rows, (shown.say("charts.disclosure.counts"), *counts)),
        notes=(shown.say("charts.disclosure.note"),),
    )


def _find_words(columns: Sequence[QuestionColumn], cases: int) -> Text:
    counts = {column.question: column.stated for column in columns if column.asked}
    places = count_nouns(cases, "place")
    if not counts:
        return say("charts.disclosure.nothing")
    fewest, most = min(counts.values()), max(counts.values())
    if most == fewest:
        return say("charts.disclosure.even", places=places, count=most)
    names = quote_all(name for name, stated in counts.items() if stated == fewest)
    if fewest == 0 and cases == 1:
        return say("charts.disclosure.none_of_one", names=names)
    if fewest == 0:
        return say("charts.disclosure.none", places=places, names=names)
    if fewest == 1:
        return say("charts.disclosure.one", places=places, names=names)
    return say("charts.disclosure.few", places=places, names=names, count=fewest)


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Where the columns of a matrix stand."""

    left: float
    width: float

    def middle(self, index: int) -> float:
        """The middle of a column."""
        return self.left + (index + 0.5) * self.width


def _paint(matrix: Matrix, sheet: Sheet) -> None:
    style = sheet.style
    texts = [*(place for place, _ in matrix.places), _name_counts(matrix)]
    names_width = min(widest(texts, style.size), style.width * 0.36)
    left = names_width + 10
    ruler = _Ruler(left, (style.width - left) / len(matrix.columns))
    top = _paint_key(matrix, sheet, 2) + 8
    top = _paint_heads(matrix, sheet, top, ruler)
    sheet.line((0, top + 2), (style.width, top + 2), stroke="ink-muted")
    top += 5
    for index in range(len(matrix.places)):
        top = _paint_row(matrix, index, sheet, top, ruler)
    top = _paint_counts(matrix, sheet, top + 3, ruler)
    sheet.height = round(top + 4)


def _paint_row(matrix: Matrix, index: int, sheet: Sheet, top: float, ruler: _Ruler) -> float:
    place, href = matrix.places[index]
    size, width = sheet.style.size, ruler.left - 10
    radius = min(_RADIUS, ruler.width / 2 - 3)
    lines = len(wrap_text(clean(place), width, size)) * size * LEADING
    height = max(lines, 2 * radius + 10)
    with sheet.link(href, place):
        sheet.paragraph(0, top + (height - lines) / 2, place, width)
    for number, column in enumerate(matrix.columns):
        state = column.states[index]
        words = f"{place} · {column.question}{COLON.inside(matrix.lang)}"
        with sheet.link("", words + name_state(state).inside(matrix.lang)):
            _paint_state(state, sheet, ruler.middle(number), top + height / 2, radius)
    bottom = top + height
    sheet.line((0, bottom), (sheet.width, bottom), stroke="grid")
    return bottom


def _paint_counts(matrix: Matrix, sheet: Sheet, top: float, ruler: _Ruler) -> float:
    """Write how many state what, of how many where there is room for that."""
    size = sheet.style.small
    whole = [f"{column.stated}/{column.asked}" for column in matrix.columns]
    short = [f"{column.stated}" for column in matrix.columns]
    for counts, space in ((whole, 4), (short, 2)):
        if widest(counts, size) + space <= ruler.width:
            y = top + baseline(size)
            sheet.text(0, y, _name_counts(matrix), **sheet.muted)
            for index, words in enumerate(counts):
                sheet.text(ruler.middle(index), y, words, **sheet.muted, anchor="middle")
            return top + size * LEADING
    return top


def _name_counts(matrix: Matrix) -> str:
    return say("charts.disclosure.counts").inside(matrix.lang)


def _paint_heads(matrix: Matrix, sheet: Sheet, top: float, ruler: _Ruler) -> float:
    """Write the questions over their columns: level, character by character, or turned."""
    size = sheet.style.small
    heads = [clean(column.question) for column in matrix.columns]
    level = [_level(name, ruler.width - 6, size) for name in heads]
    if all(level):
        return _paint_lines(level, sheet, top, ruler, 1.2) + 2
    upright = matrix.lang == "zh" and all(_is_han(name) for name in heads)
    if upright and ruler.width >= size + 2:
        return _paint_lines(heads, sheet, top, ruler, 1.1) + 4
    fitting = max(1, int(ruler.width / (size * 1.15)))
    turned = [_turned_lines(name, fitting, size) for name in heads]
    bottom = top + max(width_px(line, size) for lines in turned for line in lines)
    for index, lines in enumerate(turned):
        x = ruler.middle(index) - (len(lines) - 1) * size * 0.575
        for line in lines:
            sheet.text(x + size * 0.35, bottom, line, **sheet.muted, turned=True)
            x += size * 1.15
    return bottom + 6


def _paint_lines(
    heads: Sequence[Sequence[str]], sheet: Sheet, top: float, ruler: _Ruler, leading: float
) -> float:
    """Write level lines over each column, down to one bottom edge."""
    size = sheet.style.small
    bottom = top + max(map(len, heads)) * size * leading
    for index, lines in enumerate(heads):
        y = bottom - len(lines) * size * leading
        for line in lines:
            sheet.text(
                ruler.middle(index),
                y + size * (leading / 2 + 0.35),
                line,
                anchor="middle",
                **sheet.muted,
            )
            y += size * leading
    return bottom


def _turned_lines(name: str, most: int, size: float) -> tuple[str, ...]:
    """The lines of a turned name: longer rather than more than stand over one column."""
    length = 150.0
    while len(lines := wrap_text(name, length, size)) > most:
        length *= 1.2
    return lines


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


def _paint_key(matrix: Matrix, sheet: Sheet, top: float) -> float:
    size = sheet.style.small
    shown = {state for column in matrix.columns for state in column.states}
    x = 0.0
    for state in _STATES:
        if state not in shown:
            continue
        text = name_state(state).inside(matrix.lang)
        needed = 22 + width_px(text, size)
        if x and x + needed > sheet.width:
            x, top = 0.0, top + size * LEADING
        _paint_state(state, sheet, x + 8, top + size * LEADING / 2, 6)
        sheet.text(x + 20, top + baseline(size), text, **sheet.muted)
        x += needed + 16
    return top + size * LEADING


def _paint_state(state: AnswerState, sheet: Sheet, x: float, y: float, radius: float) -> None:
    if state == "not_applicable":
        sheet.line((x - radius, y), (x + radius, y), stroke="ink-muted", stroke_width=1.5)
        return
    role = "rule" if state == "not_stated" else "series-1"
    if state == "stated":
        sheet.disc(x, y, radius, fill=role)
        return
    sheet.disc(
        x, y, radius - 0.75, stroke="ink-muted" if role == "rule" else role, stroke_width=1.5
    )
    if state == "partial":
        sheet.half_disc(x, y, radius - 0.5, fill=role)


CHART = Chart(name="disclosure", tabulate=tabulate, paint=_paint, find_across=find_across)
