"""Metadata of the tables of open data: Frictionless Data Packages, and CSVW."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from casebook.data.dataset_description import DatasetDescription, tag_text, without_empty
from casebook.data.tables import (
    CASE_FIGURES,
    TABLES,
    Column,
    DataTable,
    Words,
    name_in,
    table_in,
)
from casebook.record.model import Media
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


def describe_package(
    words: Words,
    description: DatasetDescription,
    written: Mapping[str, Measured],
    media: Iterable[Media] = (),
) -> dict[str, object]:
    """A Frictionless Data Package over the tables and files; `words` are the closed lists.

    `written` are the files beside it, by name; one that is no table is named and no more.
    """
    languages = description.languages
    tables = {f"{table.name}.csv": table for table in TABLES}
    resources = [
        _resource(table, path, words, languages) | _measure(written[path])
        for path, table in tables.items()
    ]
    resources += [_file_resource(*file) for file in written.items() if file[0] not in tables]
    resources += map(_media_resource, media)
    return _package("casebook", description, resources) | {"profile": "data-package"}


def describe_case_package(
    slug: str, words: Words, description: DatasetDescription, table: bytes
) -> dict[str, object]:
    """The package over the figures of one case, of which the table is written.

    The tables that its keys point to are not beside it, so it has no foreign keys.
    """
    resource = _resource(CASE_FIGURES, f"{slug}.csv", words, description.languages, alone=True)
    resource |= _measure(Measured(size=len(table), digest=digest(table)))
    return _package(f"casebook-{slug}", description, [resource])


def _measure(file: Measured | Media) -> dict[str, object]:
    return {"bytes": file.size, "hash": f"sha256:{file.digest}"}


def _file_resource(path: str, measured: Measured) -> dict[str, object]:
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


def _media_resource(media: Media) -> dict[str, object]:
    kind = media.kind.lower()
    resource: dict[str, object] = {
        "name": re.sub(r"[^a-z0-9]+", "-", f"{media.name} {media.digest[:8]}".lower()),
        "path": media.name,
        "format": kind,
        "mediatype": f"{'application' if kind == 'pdf' else 'image'}/{kind}",
        "profile": "data-resource",
    }
    # A picture is published smaller than it is.
    return resource if media.width else resource | _measure(media)


def _package(
    name: str, description: DatasetDescription, resources: list[dict[str, object]]
) -> dict[str, object]:
    languages, contact, licence = description.languages, description.contact, description.licence
    title = description.publisher.inside(languages.first)
    publisher = {"title": title, "role": "publisher"}
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
            "contributors": [without_empty(publisher)] if title else [],
            "licenses": [
                without_empty({"name": one.id, "path": one.url.en, "title": one.name})
                for one in known
            ],
            "profile": "tabular-data-package",
            "resources": resources,
        }
    )


def _resource(
    table: DataTable, path: str, words: Words, languages: Languages, *, alone: bool = False
) -> dict[str, object]:
    columns = table_in(table, languages).columns
    schema = {
        "fields": [_field(column, words, languages, alone) for column in columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [] if alone else _list_keys(table, "fields"),
    }
    return {
        "name": table.name,
        **name_in(table.title, "title", languages),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": without_empty(schema),
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


def _field(column: Column, words: Words, languages: Languages, alone: bool) -> dict[str, object]:
    listed = words.get(column.words, ())
    keys = [word.key for word in listed]
    constraints: dict[str, object] = {"required": column.required}
    if column.joined:
        either = "|".join(map(re.escape, keys))
        constraints["pattern"] = f"({either})({re.escape(column.joined)}({either}))*"
    else:
        constraints["enum"] = keys
    named = () if alone else listed
    return {
        "name": column.name,
        "type": column.type,
        **name_in(column.note, "description", languages),
        **without_empty(
            {
                "constraints": without_empty(constraints),
                "categories": [
                    {"value": word.key, **name_in(word.name, "label", languages)} for word in named
                ],
            }
        ),
    }


def describe_csvw(words: Words, description: DatasetDescription) -> dict[str, object]:
    """The tables as a group of tables of CSVW; `words` are the closed lists."""
    languages, licence = description.languages, description.licence
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": LANGUAGE_TAGS[languages.first]}],
        "dc:title": tag_text(description.name, languages),
        "dc:description": tag_text(description.description, languages),
        **({"dc:license": {"@id": licence.url.en}} if licence and licence.url else {}),
        "tables": [_describe_table(table, words, languages) for table in TABLES],
    }


def _describe_table(table: DataTable, words: Words, languages: Languages) -> dict[str, object]:
    columns = table_in(table, languages).columns
    schema = {
        "columns": [_describe_column(column, words, languages) for column in columns],
        "primaryKey": list(table.key),
        "foreignKeys": _list_keys(table, "columnReference", ".csv"),
    }
    return {
        "url": f"{table.name}.csv",
        "dc:title": tag_text(table.title, languages),
        "tableSchema": without_empty(schema),
    }


def _describe_column(column: Column, words: Words, languages: Languages) -> dict[str, object]:
    keys = [word.key for word in words.get(column.words, ())]
    base = "decimal" if column.type == "number" else column.type
    described = {
        "name": column.name,
        "titles": column.name,
        "dc:description": tag_text(column.note, languages),
        "datatype": {"base": base, "format": "|".join(map(re.escape, keys))} if keys else base,
        "required": column.required,
        "separator": column.joined,
    }
    return without_empty(described)
