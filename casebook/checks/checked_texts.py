"""Checks that the texts of records, lists and settings agree with the records."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.numbers_in_text import blank, find_mentions
from casebook.checks.text_claims import check_passage
from casebook.checks.text_patterns import pattern
from casebook.messages import problem, say
from casebook.packaged import SETTINGS
from casebook.problems import Problem, find_in_lines
from casebook.record.dataset import Dataset
from casebook.record.description import OWN_WORDS, PlacedText, WrittenText, fields_of, texts_of
from casebook.record.lists import find_list_places
from casebook.record.model import Case
from casebook.record.references import find_references
from casebook.record.settings import Settings, find_values, locate_node
from casebook.text import has_han
from casebook.values.words import CURRENCIES
from casebook.yaml.files import read_text

_NAME: Final = "SITENAME"
# The units of amounts and shares.
_CLAIMED: Final = frozenset({*CURRENCIES, "ratio"})


def texts_say_what_the_records_hold(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Each number in a text has its figure, and each figure keeps the words that qualify it."""
    known = KnownNumbers(case, dataset)
    for placed in case.texts:
        yield from _check_text(placed, case.path, known)


def check_lists(project: Path, known: KnownNumbers) -> Iterator[Problem]:
    """The problems of the texts of the vocabulary, sources, refusals and removed addresses."""
    dataset = known.dataset
    # The records of each list by the name of its file, each with its path in the file and a dot.
    lists: dict[str, list[tuple[str, Any]]] = {
        "vocabulary": [("", dataset.vocabulary)],
        "sources": [(f"{name}.", source) for name, source in dataset.sources.items()],
        "refusals": [(f"{refusal.id}.", refusal) for refusal in dataset.refusals],
        "gone": [(f"/{address}.", gone) for address, gone in dataset.gone.items()],
    }
    for name, records in lists.items():
        path = f"data/{name}.yaml"
        texts = (each for under, one in records for each in texts_of(one, under=under))
        if any(_check_text(placed, path, known) for placed in texts):
            # A list may be long: its file is read again for the places only if it has problems.
            places = find_list_places(project, name)
            for under, one in records:
                for placed in texts_of(one, places, under):
                    yield from _check_text(placed, path, known)


def check_settings(project: Path, known: KnownNumbers) -> Iterator[Problem]:
    """The problems of printed settings, such as a number that no record holds."""
    languages = known.dataset.languages
    path = project / SETTINGS
    source = ((read_text(path, project, []) if path.exists() else None) or "").encode()
    # The names of printed settings, such as SITENAME and SITENAME_EN, with their languages.
    printed = {
        name.upper(): lang
        for one in fields_of(Settings)
        if one.role in OWN_WORDS
        for name, lang in zip(one.names(languages), languages, strict=True)
    }
    for name, value in find_values(source).items():
        for part in ast.walk(value) if name in printed else ():
            if isinstance(part, ast.Constant) and not known.dataset.unread:
                # The text begins after its opening quotation mark.
                at = locate_node(part, source).inside(1)
                words, lang = str(part.value), printed[name]
                text = WrittenText(words=words, lang=lang, path=SETTINGS, at=at)
                # 36氪 and 60 Minutes are names: in a site name only amounts and shares are claims.
                units = {mention.unit for mention in find_mentions(words)}
                is_name = name.startswith(_NAME) and units.isdisjoint(_CLAIMED)
                for found in check_passage((text,), known):
                    if not (is_name and found.code == "E270"):
                        yield found


def _find_other_language(text: WrittenText) -> Iterator[Problem]:
    """The problem of a word in another language outside names and quotations, if there is one."""
    read = pattern("set_apart").sub(blank, text.words)
    if not (text.lang == "zh" and has_han(read)):
        language = say(f"languages.{text.lang}")
        others = find_in_lines(pattern("of_other_language", text.lang), read, text.at)
        for other, at in islice(others, 1):
            yield problem("W277", text.path, at, word=other[0][:20], language=language)


def _check_text(placed: PlacedText, path: str, known: KnownNumbers) -> list[Problem]:
    """The problems of one text of a record, none if its role exempts it."""
    if placed.field.role not in OWN_WORDS:
        return []
    found: list[Problem] = []
    texts = placed.by_language(path)
    if placed.field.kind != "block":
        # Only texts of the kind “block” are rendered by the templates that resolve references.
        found += (
            problem("E250.place", path, each.at, name=each.written[:60], field=placed.path)
            for text in texts
            for each in find_references(text.words, text.at)
        )
    found += (each for text in texts for each in _find_other_language(text))
    # A number may belong to a case that could not be read.
    if not known.dataset.unread:
        # The languages of a note are checked apart: it is often for the readers of one language.
        passages = [texts] if placed.field.role == "prose" else [[text] for text in texts]
        found += (each for texts in passages for each in check_passage(texts, known))
    return found
