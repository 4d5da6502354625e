"""Limits on the size of records and texts; a build stops at larger ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casebook.checks.links import check_marks
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.description import WrittenText, fields_of
from casebook.record.model import Case

# Larger texts help no reader, and a build takes very long.
MAX_MARKDOWN = 50_000
MAX_LINE = 5_000
# Lines between two empty lines. Markdown reads a block line by line: the time for headings grows
# with the square of their number, and 450 definitions ended in a RecursionError.
MAX_BLOCK = 400
# The time of Markdown grows with the square of open brackets: 0.1 s for 200, a minute for 5,000.
MAX_BRACKETS = 200
# Six nested lists; some hundred would end in a RecursionError.
MAX_INDENT = 24
# Nested lists may begin on one line, also after the mark of a quotation or footnote. The marks
# of a horizontal rule stand alone on their line.
_NESTED = re.compile(r"(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+){13}")
_RULE = re.compile(r"[ >]*(?:(?:- {0,2})+|(?:\* {0,2})+)")


def check_limits(case: Case) -> Iterator[Problem]:
    """The problems of a record with too many records inside or with too long texts."""
    for one in fields_of(type(case)):
        count = len(getattr(case, one.attribute)) if one.holds_records else 0
        if count > one.most > 0:
            at = (case.positions or {}).get(one.name, START)
            yield problem("E305", case.path, at, name=one.name, count=count, most=one.most)
    for placed in case.texts:
        for text in placed.by_language(case.path):
            if placed.field.kind == "block":
                yield from check_markdown(text)
                yield from check_marks(text)
            # The record reader checks the length of quotes, in the words or characters of the site.
            elif placed.field.role != "quote" and len(text.words) > placed.field.most:
                yield _too_long(case.path, text.at, len(text.words), placed.field.most)


def check_markdown(text: WrittenText) -> Iterator[Problem]:
    """The problems of a Markdown text that would take too long to render."""
    words, path, start = text.words, text.path, text.at
    if len(words) > MAX_MARKDOWN:
        yield _too_long(path, start, len(words), MAX_MARKDOWN)
    brackets = words.count("[")
    if brackets > MAX_BRACKETS:
        yield problem("E303", path, start, count=brackets, most=MAX_BRACKETS)
    block = 0
    for number, line in enumerate(words.split("\n")):
        at = Position(start.line + number, start.column)
        block = block + 1 if line.strip() else 0
        if block == MAX_BLOCK + 1:
            yield problem("E302.block", path, at, most=MAX_BLOCK)
        if len(line) > MAX_LINE:
            yield _too_long(path, at, len(line), MAX_LINE)
        nested = None if _RULE.fullmatch(line) else _NESTED.search(line)
        indent = nested.end() if nested else len(line) - len(line.lstrip())
        if indent > MAX_INDENT:
            yield problem("E304", path, at, indent=indent, most=MAX_INDENT)
            return


def _too_long(path: str, at: Position, found: int, most: int) -> Problem:
    return problem("E302", path, at, found=f"{found:,}", most=f"{most:,}")
