"""Charts of answers: the matrix of unanswered questions, and the grid of modes and providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, get_args

from casebook.charts.canvas import LEADING, Point, Sheet, baseline, height_of, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable
from casebook.charts.text_layout import clean, shorten_text, width_px, wrap_text
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure, ShownState
from casebook.record.vocabulary import Term
from casebook.text import COLON, ENUMERATION, Lang, Text

_RADIUS: Final = 7.0
_CHIP: Final = 26.0
_GAP: Final = 6.0
_MOST_CHIPS: Final = 400

# A case as a chart names it, with the address of its page.
Place = tuple[str, str]


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
        """Stated of applicable cases, such as 3/10: "not applicable" leaves no question open."""
        return f"{self.stated}/{len(self.states) - self.states.count('not_applicable')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The questions as columns and the cases as rows, each case with the address of its page."""

    columns: tuple[QuestionColumn, ...]
    places: tuple[Place, ...]
    words: Mapping[ShownState, str]
    lang: Lang


def find_matrix(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One empty selection, as the matrix shows no figures, if it is small enough to read."""
    questions = len(dataset.vocabulary.questions)
    if 0 < len(dataset.cases) <= MOST_ROWS and 0 < questions <= MOST_ROWS:
        yield ()


def tabulate_matrix(shown: ChartRecords) -> ChartTable:
    """The questions as columns, the most answered first, and a row for each case."""
    dataset, lang = shown.dataset, shown.lang
    main = {name for name, source in dataset.sources.items() if source.main}
    is_of_main = not any(main.isdisjoint(case.sources) for case in dataset.summaries)

    def find_state(case: Case, question: str) -> ShownState:
        state = dataset.answer(case, question).shown
        # If some cases lack a main source, an answer from any source counts as stated.
        return "stated" if state == "elsewhere" and not is_of_main else state

    columns = [
        QuestionColumn(
            question.name.inside(lang), tuple(find_state(case, key) for case in dataset.cases)
        )
        for key, question in dataset.vocabulary.questions.items()
    ]
    columns.sort(key=lambda column: -column.stated)
    places = tuple(
        (dataset.label(case).inside(lang), f"site:/cases/{case.slug}/") for case in dataset.cases
    )
    states: tuple[ShownState, ...] = get_args(ShownState)
    words = {state: shown.say(f"charts.state.{state}") for state in states}
    found = _find_silence(columns, len(places))
    if dataset.main and is_of_main:
        # With a main source, "not stated" may mean that source or all; the words say which.
        words["stated"] = shown.say("charts.state.stated_in", main=dataset.main)
        words["not_stated"] = shown.say("charts.state.nowhere")
        found = say("charts.disclosure.in_main", finding=found.mid_sentence, main=dataset.main)
    rows = [
        (place, *(words[column.states[index]] for column in columns))
        for index, (place, _) in enumerate(places)
    ]
    matrix = Matrix(columns=tuple(columns), places=places, words=words, lang=lang)
    counts = (shown.say("charts.disclosure.counts"), *(column.count for column in columns))
    return replace(
        shown.tabulate(found.inside(lang), matrix),
        subtitle=shown.say("charts.disclosure.subtitle"),
        header=(shown.say("charts.place"), *(column.question for column in columns)),
        rows=(*rows, counts),
        notes=(shown.say("charts.disclosure.note"),),
        by_column=True,
    )


def _find_silence(columns: Sequence[QuestionColumn], cases: int) -> Text:
    counts = {
        column.question: column.stated
        for column in columns
        if set(column.states) != {"not_applicable"}
    }
    if not counts:
        return say("charts.disclosure.nothing")
    fewest, most = min(counts.values()), max(counts.values())
    if most == fewest:
        return say("charts.disclosure.even", places=cases, count=most)
    names = [name for name, stated in counts.items() if stated == fewest]
    listed = _quote_all(names, "and" if fewest else "or")
    key = "charts.disclosure.few" if fewest else "charts.disclosure.none"
    key = key if cases > 1 else "charts.disclosure.none_of_one"
    return say(key, places=cases, names=listed, several=len(names), count=fewest)


def _quote_all(names: Sequence[str], last: str) -> Text:
    """Quoted names as a list in both languages; in English the last one follows the word `last`."""
    *others, end = quoted = [f"“{name}”" for name in names]
    listed = f"{', '.join(others)} {last} {end}" if others else end
    return Text("、".join(quoted), listed)


class _MatrixPainter:
    """Paints the matrix from the top down: the key, the questions, a row for each case, counts."""

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
        """Draw the whole matrix."""
        sheet = self.sheet
        shown = {state for column in self.matrix.columns for state in column.states}
        key = [
            (self.matrix.words[state], partial(_paint_state, sheet, state, 6))
            for state in self.matrix.words
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
        """Write the number of cases that state each answer, and of how many if there is room."""
        sheet = self.sheet
        counts = [column.count for column in self.matrix.columns]
        if widest(counts, self.small) + 4 > self.width:
            counts = [f"{column.stated}" for column in self.matrix.columns]
        if widest(counts, self.small) > 2 * self.width:
            return top
        # 20 beside 19 would read as 2019, so narrow columns alternate between two lines.
        lines = 1 if widest(counts, self.small) + 6 <= self.width else 2
        y = top + baseline(self.small)
        sheet.text(0, y, self.counts, role="ink-muted")
        for index, words in enumerate(counts):
            y_text = y + index % lines * self.small * LEADING
            sheet.text(self.middle(index), y_text, words, role="ink-muted", anchor="middle")
        return top + lines * self.small * LEADING

    def _paint_heads(self, top: float) -> float:
        """Write the questions over their columns: horizontally, vertically, or as stairs."""
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
        """Write the questions one below the other, each with a line to its column."""
        size, sheet = self.small, self.sheet
        # Start with the last column, so that no line crosses the words of another column.
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
        """Write horizontal lines over each column, with a common bottom edge."""
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
    """The horizontal lines of a name over its column, empty if they do not fit."""
    lines = wrap_text(name, width, size)
    # Make the lines equally long: a single character on the last line looks like a mistake.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of modes, columns of provider types, and the places in each cell."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[tuple[Place, ...], ...], ...]


def find_grid(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One empty selection if a case answers both questions and the grid is not too large."""
    known = any(case.modes and case.provider_types for case in dataset.summaries)
    if not known or len(dataset.cases) > MOST_ROWS:
        return
    chips = (len(case.modes or " ") * len(case.provider_types or " ") for case in dataset.summaries)
    if sum(chips) <= _MOST_CHIPS:
        yield ()


def tabulate_grid(shown: ChartRecords) -> ChartTable:
    """The places by mode and provider type; a place with several pairs stands in each cell."""
    dataset, lang = shown.dataset, shown.lang
    places: dict[tuple[str, str], list[Place]] = {}
    who, how = dataset.who_and_how
    for case in dataset.cases:
        chip = (dataset.label(case).inside(lang), f"site:/cases/{case.slug}/")
        for mode in dataset.answer(case, how).terms or ("",):
            for provider in dataset.answer(case, who).terms or ("",):
                places.setdefault((mode, provider), []).append(chip)
    modes = _name_terms(dataset.vocabulary.modes, {mode for mode, _ in places}, lang)
    kinds = _name_terms(dataset.vocabulary.provider_types, {kind for _, kind in places}, lang)
    cells = tuple(tuple(tuple(places.get((mode, kind), ())) for kind in kinds) for mode in modes)
    columns = tuple(kinds.values())
    grid = Grid(rows=tuple(modes.values()), columns=columns, cells=cells)
    return replace(
        shown.tabulate(_find_modes(dataset, lang).inside(lang), grid),
        subtitle=shown.say("charts.mode_provider.subtitle"),
        header=(shown.say("charts.mode_provider.mode"), *columns),
        rows=tuple(
            (name, *(ENUMERATION.inside(lang).join(place for place, _ in cell) for cell in line))
            for name, line in zip(grid.rows, cells, strict=True)
        ),
        notes=(shown.say("charts.mode_provider.note"),),
        by_column=True,
    )


def _name_terms(terms: Mapping[str, Term], used: Set[str], lang: Lang) -> dict[str, str]:
    """The names of the used terms in the order of the vocabulary, then that of "not stated"."""
    names = {key: term.name.inside(lang) for key, term in terms.items() if key in used}
    silent = {"": say("charts.mode_provider.silent").inside(lang)} if "" in used else {}
    return names | silent


def _find_modes(dataset: Dataset, lang: Lang) -> Text:
    """The finding: how many places state a mode, how many modes, and which several share."""
    _, how = dataset.who_and_how
    found = [dataset.answer(case, how).terms for case in dataset.cases]
    used = Counter(term for terms in found for term in terms)
    shared = [term.name for key, term in dataset.vocabulary.modes.items() if used[key] > 1]
    counted = say(
        "charts.mode_provider.counted",
        places=len(found),
        stated=sum(map(bool, found)),
        modes=len(used),
    )
    if not shared:
        alone = say("charts.mode_provider.none_shared", counted=counted)
        return alone if len(found) > 1 else counted
    names, count = _quote_all([name.inside(lang) for name in shared], "and"), len(shared)
    key = "charts.mode_provider.few_shared" if count < 3 else "charts.mode_provider.many_shared"
    return say(key, counted=counted, names=names, count=count)


def _paint_grid(grid: Grid, sheet: Sheet) -> None:
    """Write the grid as a list of mode, provider type and places, so that no cell is empty."""
    style = sheet.style
    kinds_left = 0.0 if style.is_narrow else 220.0
    widest_chip = widest([p for line in grid.cells for cell in line for p, _ in cell], style.small)
    chips_left = kinds_left + widest(grid.columns, style.small) + 14
    # Names of provider types may wrap; a chip is one line, shortened only if it does not fit.
    chips_left = max(min(chips_left, style.width - widest_chip - 16), kinds_left + 110)
    kind_width = chips_left - kinds_left - 14
    top = 2.0
    for name, line in zip(grid.rows, grid.cells, strict=True):
        if style.is_narrow:
            top = sheet.paragraph(0, top, name, style.width, bold=True) + 2
            reached = top
        else:
            reached = sheet.paragraph(0, top + 2, name, kinds_left - 14, bold=True)
        for kind, cell in zip(grid.columns, line, strict=True):
            if not cell:
                continue
            kind_top = top + (_CHIP - style.small * LEADING) / 2
            bottom = sheet.paragraph(kinds_left, kind_top, kind, kind_width, role="ink-muted")
            x = chips_left
            for place, href in cell:
                place = shorten_text(clean(place), style.width - chips_left - 15, style.small)
                needed = width_px(place, style.small) + 14
                if x > chips_left and x + needed > style.width:
                    x, top = chips_left, top + _CHIP + 4
                _paint_chip(place, href, sheet, x, top)
                x += needed + _GAP
            top = max(top + _CHIP + 6, bottom + 2)
        top = max(top, reached + 4)
        sheet.line((0, top), (style.width, top), stroke="rule")
        top += 6
    sheet.height = round(top)


def _paint_chip(place: str, href: str, sheet: Sheet, x: float, top: float) -> None:
    size = sheet.style.small
    width = width_px(clean(place), size) + 14
    with sheet.link(href, place):
        start, end = (x + 0.5, top + 0.5), (x + width - 0.5, top + _CHIP - 0.5)
        sheet.rounded(start, end, 4, fill="surface", stroke="rule")
        y = top + (_CHIP - size * LEADING) / 2 + baseline(size)
        sheet.text(x + width / 2, y, place, size=size, anchor="middle")


DISCLOSURE = Chart(
    name="disclosure",
    tabulate=tabulate_matrix,
    paint=lambda matrix, sheet: _MatrixPainter(matrix, sheet).paint(),
    find_across=find_matrix,
)
MODES = Chart(
    name="mode-provider", tabulate=tabulate_grid, paint=_paint_grid, find_across=find_grid
)
