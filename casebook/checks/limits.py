"""How much a record may hold: past these a page helps no reader and a build may take for ever."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.text import Text

MAX_TEXT = 2_000
# What stands in headings and in drawings. Forty labels of 2,000 characters were drawn once: a
# PNG of 190,000 rows, for which a build took 4.7 GB.
MAX_NAME = 200
MAX_MARKDOWN = 50_000
MAX_LINE = 5_000
# Markdown takes time with the square of the open brackets: 0.1 s for 200, a minute for 5,000.
MAX_BRACKETS = 200
# Six lists within each other; some hundred would end in a RecursionError.
MAX_INDENT = 24
MAX_ITEMS = {"figures": 200, "events": 500, "documents": 200, "conflicts": 100}


def check_limits(dataset: Dataset) -> list[Problem]:
    """The problems of records that hold too much."""
    return [problem for case in dataset.cases for problem in check_limits_of(case)]


def check_limits_of(case: Case) -> Iterator[Problem]:
    """The problems of a record that holds too much."""
    yield from _check_counts(case)
    for texts, most in ((_names(case), MAX_NAME), (_texts(case), MAX_TEXT)):
        for text, at in texts:
            for words in (text.zh, text.en):
                if len(words) > most:
                    yield _too_long(case.path, at, len(words), most)
    for words, at in zip((case.story.zh, case.story.en), case.story_at, strict=True):
        yield from check_markdown(words, at, case.path)


def check_markdown(text: str, start: Position, path: str) -> Iterator[Problem]:
    """The problems of a text of Markdown that would take too long to render.

    Every line of the text is taken to begin in the column of the first, at `start`.
    """
    if len(text) > MAX_MARKDOWN:
        yield _too_long(path, start, len(text), MAX_MARKDOWN)
    brackets = text.count("[")
    if brackets > MAX_BRACKETS:
        yield Problem(
            path,
            start,
            "E303",
            f"这段文字里有 {brackets} 个“[”，最多 {MAX_BRACKETS} 个",
            f"the text holds {brackets} brackets “[”, at most {MAX_BRACKETS} are allowed",
            "请删掉多余的，或分成几篇",
            "Delete those that are not needed, or split the text",
        )
    for number, line in enumerate(text.split("\n")):
        at = Position(start.line + number, start.column)
        if len(line) > MAX_LINE:
            yield _too_long(path, at, len(line), MAX_LINE)
        if len(line) - len(line.lstrip()) > MAX_INDENT:
            yield Problem(
                path,
                at,
                "E304",
                f"这一行缩进了 {len(line) - len(line.lstrip())} 格，最多 {MAX_INDENT} 格",
                f"the line is indented by {len(line) - len(line.lstrip())}, "
                f"at most {MAX_INDENT} is allowed",
                "列表最多套六层",
                "Lists nest six deep at most",
            )
            return


def _check_counts(case: Case) -> Iterator[Problem]:
    for name, most in MAX_ITEMS.items():
        count = len(getattr(case, name))
        if count > most:
            yield Problem(
                case.path,
                (case.positions or {}).get(name, START),
                "E305",
                f"{name} 有 {count} 项，一个案例最多 {most} 项",
                f"{name} holds {count} entries, a case has at most {most}",
                "请分成几个案例",
                "Split the case",
            )


def _names(case: Case) -> Iterator[tuple[Text, Position]]:
    """The texts that name what a page or a drawing shows, each with its place."""
    yield case.title, (case.positions or {}).get("title", START)
    for figure in case.figures.values():
        yield figure.label, figure.at
    for event in case.events:
        yield event.title, event.at


def _texts(case: Case) -> Iterator[tuple[Text, Position]]:
    """Every other text of one line with the place of what it belongs to."""
    yield case.summary, (case.positions or {}).get("summary", START)
    for answer in case.answers.values():
        yield answer.text, answer.at
        yield answer.note, answer.at
    for figure in case.figures.values():
        yield figure.note, figure.at
        for report in figure.corroborated_by:
            yield report.says, figure.at
    for event in case.events:
        yield event.note, event.at
    for document in case.documents:
        for text in (document.title, document.issuer, document.note):
            yield text, document.at
    for conflict in case.conflicts:
        yield conflict.about, conflict.at
        yield conflict.note, conflict.at
        for report in conflict.reports:
            yield report.says, conflict.at


def _too_long(path: str, at: Position, found: int, most: int) -> Problem:
    return Problem(
        path,
        at,
        "E302",
        f"文字太长（{found:,} 字，上限 {most:,}）",
        f"the text is too long ({found:,} characters, at most {most:,})",
        "请缩短，或分成几段",
        "Shorten it, or split it",
    )
