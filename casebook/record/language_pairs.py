"""What stands in both languages, part by part, and a digest of each side of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from casebook.record.model import Case
from casebook.text import Text

_DIGITS = 8


class Pair(NamedTuple):
    """What a part says in Chinese and in English, as a digest of each."""

    zh: str
    en: str


def pair_wordings(case: Case) -> Iterator[tuple[str, Pair]]:
    """Every part of a record that stands in both languages, by the field that it stands in."""
    for part, wordings in list_wordings(case):
        # What has no English is shown in Chinese, so that nothing of it can be older.
        both = [text for text in wordings if text.zh and text.en]
        if both:
            zh = "\n".join(text.zh for text in both)
            en = "\n".join(text.en for text in both)
            yield part, Pair(sign_words(zh.encode()), sign_words(en.encode()))


def list_wordings(case: Case) -> Iterator[tuple[str, list[Text]]]:
    """Everything that a case says in words, by the field of the record that it stands in."""
    figures = case.figures.values()
    yield "title", [case.title]
    yield "summary", [case.summary]
    yield "story", [case.story]
    yield "answers", [t for answer in case.answers.values() for t in (answer.text, answer.note)]
    yield (
        "figures",
        [
            text
            for figure in figures
            for text in (
                figure.label,
                figure.note,
                *(report.says for report in figure.corroborated_by),
                *(change.why for change in figure.history),
            )
        ],
    )
    yield "events", [text for event in case.events for text in (event.title, event.note)]
    yield (
        "documents",
        [t for paper in case.documents for t in (paper.title, paper.issuer, paper.note)],
    )
    yield (
        "conflicts",
        [
            text
            for conflict in case.conflicts
            for text in (conflict.about, conflict.note, *(one.says for one in conflict.reports))
        ],
    )
    yield "history", [change.why for change in case.withdrawn]


def sign_words(text: bytes) -> str:
    """A short digest of words."""
    return hashlib.sha256(text).hexdigest()[:_DIGITS]
