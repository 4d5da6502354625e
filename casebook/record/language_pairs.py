"""Digests of what a record says in each language, part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from casebook.record.description import texts_of
from casebook.record.model import Case
from casebook.text import Text

_DIGITS = 8


class Pair(NamedTuple):
    """What a part says in Chinese and in English, as a digest of each."""

    zh: str
    en: str


def pair_wordings(case: Case) -> Iterator[tuple[str, Pair]]:
    """Every part of a record that is in both languages, by the field of the case."""
    parts: dict[str, list[Text]] = {}
    for placed in texts_of(case):
        # What has no English is shown in Chinese, so that nothing of it can be older.
        if placed.text.zh and placed.text.en:
            parts.setdefault(placed.part, []).append(placed.text)
    for part, both in parts.items():
        zh = "\n".join(text.zh for text in both)
        en = "\n".join(text.en for text in both)
        yield part, Pair(sign_words(zh.encode()), sign_words(en.encode()))


def sign_words(text: bytes) -> str:
    """A short digest of words."""
    return hashlib.sha256(text).hexdigest()[:_DIGITS]
