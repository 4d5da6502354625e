"""What each case answers and what it leaves open: a matrix of cases and questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, PanelTable, Selected
from casebook.charts.text_layout import clean, width_px, wrap_text
from casebook.record.dataset import Dataset
from casebook.record.model import AnswerState
from casebook.text import Lang, Text

_STATES: Final[dict[AnswerState, Text]] = {
    "stated": Text("已说明", "stated"),
    "partial": Text("部分说明", "partly stated"),
    "not_stated": Text("未说明", "not stated"),
    "not_applicable": Text("不适用", "not applicable"),
}
_RADIUS: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The questions as columns, the cases as rows, and a state where they meet."""

    questions: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    states: tuple[tuple[AnswerState, ...], ...]
    counts: tuple[str, ...]
    counts_name: str
    lang: Lang


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """The matrix, where it is small enough to be read as one."""
    questions = len(dataset.vocabulary.questions)
    if 0 < len(dataset.cases) <= MOST_ROWS and 0 < questions <= MOST_ROWS:
        yield Selected(chart=CHART.name, name="disclosure")


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the matrix says and shows; the questions answered most often come first."""
    zh = lang == "zh"
    answers = {
        key: [dataset.answer(case, key).state for case in dataset.cases]
        for key in dataset.vocabulary.questions
    }
    # A question that does not apply to a case is not one that the case leaves open.
    asked = {
        key: sum(1 for state in states if state != "not_applicable")
        for key, states in answers.items()
    }
    stated = {key: states.count("stated") for key, states in answers.items()}
    keys = sorted(answers, key=lambda key: -stated[key])
    names = {key: dataset.vocabulary.questions[key].name.inside(lang) for key in keys}
    places = tuple(
        (dataset.place(case).inside(lang), f"site:/cases/{case.slug}/") for case in dataset.cases
    )
    rows = tuple(
        (place, *(_STATES[answers[key][index]].inside(lang) for key in keys))
        for index, (place, _) in enumerate(places)
    )
    counts = tuple(f"{stated[key]}/{asked[key]}" for key in keys)
    counts_name = "已说明" if zh else "Stated"
    matrix = Matrix(
        questions=tuple(names[key] for key in keys),
        places=places,
        states=tuple(tuple(answers[key][index] for key in keys) for index in range(len(places))),
        counts=counts,
        counts_name=counts_name,
        lang=lang,
    )
    finding = _finding(keys, names, stated, asked, len(places), lang)
    subtitle = (
        "每一行是一个地方，每一列是同一个问题；列按说明的多少排，行按行政区划代码排"
        if zh
        else "A row is a place, a column one question put to all; columns are ordered by how many"
        " state it, rows by administrative code"
    )
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case="",
        lang=lang,
        finding=finding,
        subtitle=subtitle,
        header=("地方" if zh else "Place", *(names[key] for key in keys)),
        rows=(*rows, (counts_name, *counts)),
        panels=(PanelTable("", finding, matrix),),
        notes=(
            "“未说明”指来源没有写，不等于没有做。"
            if zh
            else "“Not stated” means that the sources are silent, not that nothing was done.",
        ),
    )


def _finding(
    keys: list[str],
    names: dict[str, str],
    stated: dict[str, int],
    asked: dict[str, int],
    cases: int,
    lang: Lang,
) -> str:
    silent = [key for key in keys if asked[key]]
    if not silent:
        return "没有可比的回答" if lang == "zh" else "No answers to compare"
    fewest = min(stated[key] for key in silent)
    least = [names[key] for key in silent if stated[key] == fewest]
    most = max(stated[key] for key in silent)
    if most == fewest:
        return (
            f"{cases}个地方：每个问题都有{most}个地方说明"
            if lang == "zh"
            else f"{_places(cases)}: each question is answered by {most}"
        )
    if lang == "zh":
        which = "、".join(f"“{name}”" for name in least)
        how = "没有一个说明" if fewest == 0 else f"只有{fewest}个完整说明"
        return f"{cases}个地方里，{which}{how}"
    which = " and ".join(f"“{name}”" for name in least)
    if fewest == 0:
        return f"{f'None of {cases} places' if cases > 1 else 'No place'} states {which}"
    return f"Only {fewest} of {_places(cases)} fully {'states' if fewest == 1 else 'state'} {which}"


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _paint(matrix: Matrix, sheet: Sheet) -> None:
    style = sheet.style
    size = style.small
    count = len(matrix.questions)
    names = [place for place, _ in matrix.places]
    names_width = min(widest([*names, matrix.counts_name], style.size), style.width * 0.36)
    left = names_width + 10
    column = (style.width - left) / count
    top = _paint_key(matrix, sheet, 2) + 8
    top = _paint_heads(matrix, sheet, top, left, column)
    sheet.line((0, top + 2), (style.width, top + 2), stroke="ink-muted")
    top += 5
    radius = min(_RADIUS, column / 2 - 3)
    for (place, href), states in zip(matrix.places, matrix.states, strict=True):
        lines = wrap_text(clean(place), names_width, style.size)
        height = max(len(lines) * style.size * LEADING, 2 * radius + 10)
        with sheet.link(href, place):
            text_top = top + (height - len(lines) * style.size * LEADING) / 2
            sheet.paragraph(0, text_top, place, names_width)
        for index, state in enumerate(states):
            x = left + (index + 0.5) * column
            colon = "：" if matrix.lang == "zh" else ": "
            words = (
                f"{place} · {matrix.questions[index]}{colon}{_STATES[state].inside(matrix.lang)}"
            )
            with sheet.link("", words):
                _paint_state(state, sheet, x, top + height / 2, radius)
        top += height
        sheet.line((0, top), (style.width, top), stroke="grid")
    top += 3
    if widest(matrix.counts, size) + 4 <= column:
        sheet.text(0, top + baseline(size), matrix.counts_name, size=size, role="ink-muted")
        for index, words in enumerate(matrix.counts):
            x = left + (index + 0.5) * column
            sheet.text(x, top + baseline(size), words, size=size, role="ink-muted", anchor="middle")
        top += size * LEADING
    elif widest([words.split("/")[0] for words in matrix.counts], size) + 2 <= column:
        sheet.text(0, top + baseline(size), matrix.counts_name, size=size, role="ink-muted")
        for index, words in enumerate(matrix.counts):
            x = left + (index + 0.5) * column
            sheet.text(
                x,
                top + baseline(size),
                words.split("/")[0],
                size=size,
                role="ink-muted",
                anchor="middle",
            )
        top += size * LEADING
    sheet.height = round(top + 4)


def _paint_heads(matrix: Matrix, sheet: Sheet, top: float, left: float, column: float) -> float:
    """Write the questions over their columns: level, character by character, or turned."""
    size = sheet.style.small
    heads = [clean(name) for name in matrix.questions]
    lines = [_level(name, column - 6, size) for name in heads]
    if all(lines):
        height = max(len(found) for found in lines) * size * 1.2
        for index, found in enumerate(lines):
            x = left + (index + 0.5) * column
            y = top + height - len(found) * size * 1.2
            for line in found:
                sheet.text(x, y + size * 0.95, line, size=size, role="ink-muted", anchor="middle")
                y += size * 1.2
        return top + height + 2
    upright = matrix.lang == "zh" and all(_is_han(name) for name in heads)
    if upright and column >= size + 2:
        height = max(len(name) for name in heads) * size * 1.1
        for index, name in enumerate(heads):
            x = left + (index + 0.5) * column
            y = top + height - len(name) * size * 1.1
            for char in name:
                sheet.text(x, y + size * 0.9, char, size=size, role="ink-muted", anchor="middle")
                y += size * 1.1
        return top + height + 4
    fitting = max(1, int(column / (size * 1.15)))
    turned = [_turned_lines(name, fitting, size) for name in heads]
    height = max(width_px(line, size) for found in turned for line in found)
    for index, found in enumerate(turned):
        x = left + (index + 0.5) * column - (len(found) - 1) * size * 0.575
        for line in found:
            sheet.text(
                x + size * 0.35, top + height, line, size=size, role="ink-muted", turned=True
            )
            x += size * 1.15
    return top + height + 6


def _turned_lines(name: str, most: int, size: float) -> tuple[str, ...]:
    """The lines of a turned name: longer rather than more than stand over one column."""
    length = 150.0
    while len(lines := wrap_text(name, length, size)) > most:
        length *= 1.2
    return lines


def _level(name: str, width: float, size: float) -> tuple[str, ...]:
    """The lines of a name that stands level over its column, empty where it does not fit."""
    lines = wrap_text(name, width, size)
    # Lines of even length: a single character on the last one looks like a slip.
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
    shown = {state for row in matrix.states for state in row}
    x = 0.0
    for state, words in _STATES.items():
        if state not in shown:
            continue
        text = words.inside(matrix.lang)
        needed = 22 + width_px(text, size)
        if x and x + needed > sheet.width:
            x, top = 0.0, top + size * LEADING
        _paint_state(state, sheet, x + 8, top + size * LEADING / 2, 6)
        sheet.text(x + 20, top + baseline(size), text, size=size, role="ink-muted")
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
