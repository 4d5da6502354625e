"""The Frictionless Data Packages: of all tables, and of the figures of one case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casebook.data.dataset_description import DatasetDescription
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
from casebook.record.settings import Licence
from casebook.text import Languages
from casebook.values.digest import digest

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "PDF": "application/pdf",
}


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


def _package(
    name: str, description: DatasetDescription, resources: list[dict[str, object]]
) -> dict[str, object]:
    languages, contact = description.languages, description.contact
    publisher: dict[str, object] = {
        "title": description.publisher.inside(languages.first),
        "role": "publisher",
        "email" if "@" in contact else "path": contact,
    }
    keywords = [word.inside(lang) for lang in languages for word in description.keywords]
    package: dict[str, object] = {
        "name": name,
        "id": description.address,
        **name_in(description.name, "title", languages),
        **name_in(description.description, "description", languages),
        "homepage": description.address,
        "version": description.version,
        "keywords": list(dict.fromkeys(keywords)),
        "contributors": [_without_empty(publisher)] if publisher["title"] else [],
        "licenses": list(_list_licences(description.licence)),
        "profile": "tabular-data-package",
        "resources": resources,
    }
    return _without_empty(package)


def _list_licences(licence: Licence | None) -> Iterator[dict[str, object]]:
    # The standard knows a licence by its identifier or its address, and not by words.
    if licence and (licence.id or licence.url):
        named = {"name": licence.id, "path": licence.url.en, "title": licence.name}
        yield _without_empty(named)


def _without_empty(described: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in described.items() if value}


def _media_resource(media: Media) -> dict[str, object]:
    resource: dict[str, object] = {
        "name": re.sub(r"[^a-z0-9]+", "-", f"{media.name} {media.digest[:8]}".lower()),
        "path": media.name,
        "format": media.kind.lower(),
        "mediatype": MEDIA_TYPES[media.kind],
        "profile": "data-resource",
    }
    # A picture is published smaller than it is.
    return resource if media.width else resource | _measure(media)


def _resource(
    table: DataTable, path: str, words: Words, languages: Languages, *, alone: bool = False
) -> dict[str, object]:
    columns = table_in(table, languages).columns
    schema: dict[str, object] = {
        "fields": [_field(column, words, languages, alone) for column in columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.points_to and not alone:
        schema["foreignKeys"] = [
            {
                "fields": list(other.key),
                "reference": {"resource": other.name, "fields": list(other.key)},
            }
            for other in table.points_to
        ]
    return {
        "name": table.name,
        **name_in(table.title, "title", languages),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": schema,
    }


def _field(column: Column, words: Words, languages: Languages, alone: bool) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "type": column.type,
        **name_in(column.note, "description", languages),
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
            {"value": word.key, **name_in(word.name, "label", languages)} for word in listed
        ]
    return described
