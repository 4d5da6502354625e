"""Limits of texts and records, past which a page helps no reader and a build takes for ever."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.description import fields_of, texts_of
from casebook.record.model import Case

MAX_MARKDOWN = 50_000
MAX_LINE = 5_000
# Markdown takes time with the square of the open brackets: 0.1 s for 200, a minute for 5,000.
MAX_BRACKETS = 200
# Six lists within each other; some hundred would end in a RecursionError.
MAX_INDENT = 24


def check_limits(case: Case) -> Iterator[Problem]:
    """The problems of a record that holds too much."""
    for one in fields_of(type(case)):
        count = len(getattr(case, one.attribute)) if one.holds_records else 0
        if count > one.most > 0:
            at = (case.positions or {}).get(one.name, START)
            yield problem("E305", case.path, at, name=one.name, count=count, most=one.most)
    for placed in texts_of(case):
        if placed.field.kind == "block":
            continue
        for words in (placed.text.zh, placed.text.en):
            if len(words) > placed.field.most:
                yield _too_long(case.path, placed.at, len(words), placed.field.most)
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
        yield problem("E303", path, start, count=brackets, most=MAX_BRACKETS)
    for number, line in enumerate(text.split("\n")):
        at = Position(start.line + number, start.column)
        if len(line) > MAX_LINE:
            yield _too_long(path, at, len(line), MAX_LINE)
        indent = len(line) - len(line.lstrip())
        if indent > MAX_INDENT:
            yield problem("E304", path, at, indent=indent, most=MAX_INDENT)
            return


def _too_long(path: str, at: Position, found: int, most: int) -> Problem:
    return problem("E302", path, at, found=f"{found:,}", most=f"{most:,}")
