"""Texts of records, of lists and of settings, each held to the records as its role asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.numbers_in_text import find_mentions
from casebook.checks.text_claims import check_passage, check_wording
from casebook.checks.text_reading import WrittenText
from casebook.messages import problem
from casebook.packaged import SETTINGS
from casebook.problems import Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import OWN_WORDS, PlacedText, texts_of
from casebook.record.lists import find_list_places
from casebook.record.model import Case
from casebook.record.references import find_references
from casebook.record.settings import parse_settings
from casebook.text import Languages
from casebook.values.words import CURRENCIES
from casebook.yaml.files import read_text

# The settings that pages print.
_NAME: Final = "SITENAME"
_PRINTED: Final = (_NAME, "TAGLINE", "FOOTER")


def texts_say_what_the_records_hold(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """No number is written without its figure, and no figure without the words it belongs to."""
    known = KnownNumbers(case, dataset)
    for placed in case.texts:
        yield from _check_text(placed, case.path, known)


def check_lists(project: Path, dataset: Dataset) -> Iterator[Problem]:
    """The texts of vocabulary, regions, sources and other lists that say what no record holds."""
    known = KnownNumbers(None, dataset)
    for name, records in _lists_of(dataset).items():
        path = f"data/{name}.yaml"
        texts = (each for under, one in records for each in texts_of(one, under=under))
        if any(_check_text(placed, path, known) for placed in texts):
            # A list may be long, and its file is read a second time only to name a place in it.
            places = find_list_places(project, name)
            for under, one in records:
                for placed in texts_of(one, places, under):
                    yield from _check_text(placed, path, known)


def names_of(setting: str, languages: Languages) -> Iterator[str]:
    """The names of a setting that is printed, in each language: SITENAME, SITENAME_EN."""
    return (languages.name(setting, lang).upper() for lang in languages)


def check_settings(project: Path, dataset: Dataset) -> Iterator[Problem]:
    """The settings that are printed and say what no record holds."""
    path = project / SETTINGS
    source = read_text(path, project, []) if path.exists() else None
    try:
        written = (source or "").encode()
        tree = parse_settings(written)
    except SyntaxError:
        # The build runs the file and names what is wrong with it; a project may have none.
        return
    languages = dataset.languages
    printed = {
        name: lang
        for setting in _PRINTED
        for lang, name in zip(languages, names_of(setting, languages), strict=True)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in printed:
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and not dataset.unread:
                        # Python counts columns in bytes; the text begins behind its mark.
                        before = written.split(b"\n")[part.lineno - 1][: part.col_offset]
                        at = Position(part.lineno, len(before.decode()) + 2)
                        words, lang = str(part.value), printed[name]
                        text = WrittenText(words=words, lang=lang, path=SETTINGS, at=at)
                        is_name = name.startswith(_NAME) and not _tells_money(words)
                        for found in check_wording(text, None, dataset):
                            if not (is_name and found.code == "E270"):
                                yield found


def _tells_money(words: str) -> bool:
    # 36氪 and 60 Minutes are names: a number is a claim there only as an amount or a share.
    units = {mention.unit for mention in find_mentions(words)}
    return not units.isdisjoint((*CURRENCIES, "ratio"))


def _lists_of(dataset: Dataset) -> dict[str, list[tuple[str, Any]]]:
    """The records of each list by the name of its file, each with its path there and a dot."""
    return {
        "vocabulary": [("", dataset.vocabulary)],
        "sources": [(f"{name}.", source) for name, source in dataset.sources.items()],
        "refusals": [(f"{refusal.id}.", refusal) for refusal in dataset.refusals],
        "gone": [(f"/{address}.", gone) for address, gone in dataset.gone.items()],
    }


def _check_text(placed: PlacedText, path: str, known: KnownNumbers) -> list[Problem]:
    """The problems of one text of a record, none where its role exempts it."""
    if placed.field.role not in OWN_WORDS:
        return []
    found: list[Problem] = []
    texts = [
        WrittenText(words=words, lang=lang, path=path, at=at)
        for lang, words, at in placed.by_language()
    ]
    if placed.field.kind != "block":
        # Only a story is put through the templates that resolve references.
        found += (
            problem("E250.place", path, each.at, name=each.written[:60], field=placed.path)
            for text in texts
            for each in find_references(text.words, text.at)
        )
    # A number may be that of a case that could not be read.
    if not known.dataset.unread:
        # A note is often for the readers of one language.
        passages = [texts] if placed.field.role == "prose" else [[text] for text in texts]
        found += (each for texts in passages for each in check_passage(texts, known))
    return found
