"""The Frictionless Data Packages: of all tables, and of the figures of one case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casebook.data.tables import CASE_FIGURES, TABLES, TITLE, Column, DataTable, Words
from casebook.record.model import Media
from casebook.text import Text
from casebook.values.digest import digest

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "PDF": "application/pdf",
}
_LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The size in bytes, the SHA-256 and the media type of a file as written."""

    size: int
    digest: str
    media_type: str = ""


def describe_package(
    words: Words, written: Mapping[str, Measured], media: Iterable[Media] = ()
) -> dict[str, object]:
    """A Frictionless Data Package over the tables and files; `words` are the closed lists.

    `written` are the files beside it, by name; one that is no table is named and no more.
    """
    tables = {f"{table.name}.csv": table for table in TABLES}
    resources = [
        _resource(table, path, words) | _measure(written[path]) for path, table in tables.items()
    ]
    resources += [_file_resource(*file) for file in written.items() if file[0] not in tables]
    resources += map(_media_resource, media)
    return _package("casebook", TITLE, resources) | {"profile": "data-package"}


def describe_case_package(slug: str, words: Words, table: bytes) -> dict[str, object]:
    """The package over the figures of one case, of which the table is written.

    The tables that its keys point to are not beside it, so it has no foreign keys.
    """
    resource = _resource(CASE_FIGURES, f"{slug}.csv", words, alone=True)
    resource |= _measure(Measured(size=len(table), digest=digest(table)))
    return _package(f"casebook-{slug}", CASE_FIGURES.title, [resource])


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


def _package(name: str, title: Text, resources: list[dict[str, object]]) -> dict[str, object]:
    return {
        "name": name,
        "title": title.zh,
        "title_en": title.en,
        "licenses": [_LICENCE],
        "profile": "tabular-data-package",
        "resources": resources,
    }


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
    table: DataTable, path: str, words: Words, *, alone: bool = False
) -> dict[str, object]:
    schema: dict[str, object] = {
        "fields": [_field(column, words, alone) for column in table.columns],
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
