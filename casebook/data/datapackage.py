"""The Frictionless Data Packages: of all tables, and of the figures of one case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from casebook.data.formats import encode_json
from casebook.data.tables import FIGURES, TABLES, TITLE, Column, DataTable, Words, list_words
from casebook.record.model import Case
from casebook.record.vocabulary import Vocabulary
from casebook.text import Text

_LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
# Stands for a slug in the text that all packages of cases share.
_SLUG = "casebook-slug"


def describe_package(words: Words) -> dict[str, object]:
    """A Frictionless Data Package over the tables; `words` are the closed lists."""
    resources = [_resource(table, f"{table.name}.csv", words) for table in TABLES]
    return _package("casebook", TITLE, resources)


def describe_case_package(case: Case, vocabulary: Vocabulary) -> bytes:
    """The package over the figures of one case, as the bytes of its file.

    The tables that its keys point to are not beside it, so it has no foreign keys.
    """
    # Ten thousand packages differ in the slug alone.
    return _case_template(_Same(vocabulary)).replace(_SLUG.encode(), case.slug.encode())


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A vocabulary, equal to itself alone: comparing two takes longer than writing a package."""

    vocabulary: Vocabulary

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.vocabulary is other.vocabulary

    def __hash__(self) -> int:
        return id(self.vocabulary)


@lru_cache(maxsize=1)
def _case_template(of: _Same) -> bytes:
    resource = _resource(FIGURES, f"{_SLUG}.csv", list_words(of.vocabulary), alone=True)
    return encode_json(_package(f"casebook-{_SLUG}", FIGURES.title, [resource]))


def _package(name: str, title: Text, resources: list[dict[str, object]]) -> dict[str, object]:
    return {
        "name": name,
        "title": title.zh,
        "title_en": title.en,
        "licenses": [_LICENCE],
        "profile": "tabular-data-package",
        "resources": resources,
    }


def _resource(
    table: DataTable, path: str, words: Words, *, alone: bool = False
) -> dict[str, object]:
    schema: dict[str, object] = {
        "fields": [_field(column, words, alone) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.foreign_keys and not alone:
        schema["foreignKeys"] = [
            {
                "fields": list(key.columns),
                "reference": {"resource": key.table, "fields": list(key.target)},
            }
            for key in table.foreign_keys
        ]
    return {
        "name": table.name,
        "title": table.title.zh,
        "title_en": table.title.en,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": schema,
    }


def _field(column: Column, words: Words, alone: bool) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "type": column.type,
        "description": column.note.zh,
        "description_en": column.note.en,
    }
    constraints: dict[str, object] = {}
    if column.required:
        constraints["required"] = True
    listed = words.get(column.words, ())
    keys = [word.key for word in listed]
    if column.joined:
        either = "|".join(map(re.escape, keys))
        constraints["pattern"] = f"({either})({re.escape(column.joined)}({either}))*"
    elif keys:
        constraints["enum"] = keys
    if constraints:
        described["constraints"] = constraints
    if listed and not alone:
        described["categories"] = [
            {"value": word.key, "label": word.name.zh, "label_en": word.name.inside("en")}
            for word in listed
        ]
    return described
