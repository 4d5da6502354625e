"""Metadata of the tables of open data: Frictionless Data Packages, and CSVW."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from casebook.data.catalogues import (
    DatasetDescription,
    describe_case,
    describe_dataset,
    tag_text,
)
from casebook.data.formats import without_empty
from casebook.data.tables import (
    CASE_FIGURES,
    TABLES,
    Column,
    DataTable,
    Word,
    list_words,
    name_in,
    table_in,
)
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Media
from casebook.text import LANGUAGE_TAGS, Languages
from casebook.values.digest import digest

# The name under which the tools of W3C look for it, given the address of a table.
CSVW_NAME: Final = "csv-metadata.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The size in bytes, the SHA-256 and the media type of a file as written."""

    size: int
    digest: str
    media_type: str = ""


def describe_package(dataset: Dataset, written: Mapping[str, Measured]) -> dict[str, object]:
    """A Frictionless Data Package over all files of open data, which lie beside it by name."""
    tables = {f"{table.name}.csv": table for table in TABLES}
    resources = [
        _describe_table(tables[name], name, dataset) | _measure(file)
        if name in tables
        else _describe_file(name, file)
        for name, file in written.items()
    ]
    resources += map(_describe_media, dataset.media.values())
    described = _describe_package("casebook", describe_dataset(dataset), resources)
    return described | {"profile": "data-package"}


def describe_case_package(case: Case, dataset: Dataset, table: bytes) -> dict[str, object]:
    """The package over the figures of one case, of which the table is written."""
    resource = _describe_table(CASE_FIGURES, f"{case.slug}.csv", dataset)
    resource |= _measure(Measured(size=len(table), digest=digest(table)))
    return _describe_package(f"casebook-{case.slug}", describe_case(case, dataset), [resource])


def _describe_package(
    name: str, description: DatasetDescription, resources: Sequence[object]
) -> dict[str, object]:
    languages, contact, licence = description.languages, description.contact, description.licence
    publisher = {"title": description.publisher.inside(languages.first), "role": "publisher"}
    publisher["email" if "@" in contact else "path"] = contact
    keywords = [word.inside(lang) for lang in languages for word in description.keywords]
    # The standard knows a licence by its identifier or its address, and not by words.
    known = [licence] if licence and (licence.id or licence.url) else []
    return without_empty(
        {
            "name": name,
            "id": description.address,
            **name_in(description.name, "title", languages),
            **name_in(description.description, "description", languages),
            "homepage": description.address,
            "version": description.version,
            "keywords": list(dict.fromkeys(keywords)),
            "contributors": [publisher] if publisher["title"] else [],
            "licenses": [{"name": o.id, "path": o.url.en, "title": o.name} for o in known],
            "profile": "tabular-data-package",
            "resources": resources,
        }
    )


def _measure(file: Measured | Media) -> dict[str, object]:
    return {"bytes": file.size, "hash": f"sha256:{file.digest}"}


def _describe_file(path: str, measured: Measured) -> dict[str, object]:
    name, _, kind = path.rpartition(".")
    return {
        # A table and a file may have one name but for its end.
        "name": f"{name}-{kind}".lower().replace("_", "-"),
        "path": path,
        "format": kind,
        "mediatype": measured.media_type,
        # Else a program takes a workbook for one table, and JSON for rows.
        "type": "file",
        **_measure(measured),
    }


def _describe_media(media: Media) -> dict[str, object]:
    kind = media.kind.lower()
    return {
        "name": re.sub(r"[^a-z0-9]+", "-", f"{media.name} {media.digest[:8]}".lower()),
        "path": media.name,
        "format": kind,
        "mediatype": f"{'application' if kind == 'pdf' else 'image'}/{kind}",
        "profile": "data-resource",
        # A picture is published smaller than it is.
        **({} if media.width else _measure(media)),
    }


def _describe_table(table: DataTable, path: str, dataset: Dataset) -> dict[str, object]:
    """A table as a resource; beside that of one case are none of those that its keys point to."""
    languages, is_alone = dataset.languages, table is CASE_FIGURES
    words = list_words(dataset.vocabulary)
    fields = []
    for column in table_in(table, languages).columns:
        listed = words.get(column.words, ())
        fields.append(_describe_field(column, [word.key for word in listed], languages))
        if not is_alone:
            named = ({"value": w.key, **name_in(w.name, "label", languages)} for w in listed)
            fields[-1]["categories"] = list(named)
    return {
        "name": table.name,
        **name_in(table.title, "title", languages),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": {
            "fields": fields,
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": [] if is_alone else _list_keys(table, "fields"),
        },
    }


def _list_keys(table: DataTable, fields: str, end: str = "") -> list[dict[str, object]]:
    """The keys of other tables in a table, in the words of either standard."""
    return [
        {
            fields: list(other.key),
            "reference": {"resource": f"{other.name}{end}", fields: list(other.key)},
        }
        for other in table.points_to
    ]


def _describe_field(column: Column, keys: list[str], languages: Languages) -> dict[str, object]:
    constraints: dict[str, object] = {"required": column.required or None}
    if column.joined:
        either = "|".join(map(re.escape, keys))
        constraints["pattern"] = f"({either})({re.escape(column.joined)}({either}))*"
    else:
        constraints["enum"] = keys
    return {
        "name": column.name,
        "type": column.type,
        **name_in(column.note, "description", languages),
        "constraints": constraints,
    }


def describe_csvw(dataset: Dataset) -> dict[str, object]:
    """The tables as a group of tables of CSVW."""
    description = describe_dataset(dataset)
    languages, licence = description.languages, description.licence
    words = list_words(dataset.vocabulary)
    return without_empty(
        {
            "@context": [
                "http://www.w3.org/ns/csvw",
                {"@language": LANGUAGE_TAGS[languages.first]},
            ],
            "dc:title": tag_text(description.name, languages),
            "dc:description": tag_text(description.description, languages),
            "dc:license": {"@id": licence.url.en} if licence and licence.url else None,
            "tables": [
                {
                    "url": f"{table.name}.csv",
                    "dc:title": tag_text(table.title, languages),
                    "tableSchema": {
                        "columns": [
                            _describe_column(column, words.get(column.words, ()), languages)
                            for column in table_in(table, languages).columns
                        ],
                        "primaryKey": list(table.key),
                        "foreignKeys": _list_keys(table, "columnReference", ".csv"),
                    },
                }
                for table in TABLES
            ],
        }
    )


def _describe_column(
    column: Column, words: Sequence[Word], languages: Languages
) -> dict[str, object]:
    base = "decimal" if column.type == "number" else column.type
    keys = "|".join(re.escape(word.key) for word in words)
    return {
        "name": column.name,
        "titles": column.name,
        "dc:description": tag_text(column.note, languages),
        "datatype": {"base": base, "format": keys} if keys else base,
        "required": column.required or None,
        "separator": column.joined,
    }
