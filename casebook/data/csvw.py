"""CSVW metadata of the tables of open data: what W3C's tools look for beside a CSV file."""

from __future__ import annotations

import re

from casebook.data.dataset_description import DatasetDescription, tag_text
from casebook.data.tables import TABLES, Column, DataTable, Words, table_in
from casebook.text import LANGUAGE_TAGS, Languages

# The name under which tools look for it, given the address of a table.
CSVW_NAME = "csv-metadata.json"
_DATATYPES = {"number": "decimal", "date": "date", "string": "string"}


def describe_csvw(words: Words, description: DatasetDescription) -> dict[str, object]:
    """The tables as a group of tables of CSVW; `words` are the closed lists."""
    languages = description.languages
    licence = description.licence
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": LANGUAGE_TAGS[languages.first]}],
        "dc:title": tag_text(description.name, languages),
        "dc:description": tag_text(description.description, languages),
        **({"dc:license": {"@id": licence.url.en}} if licence and licence.url else {}),
        "tables": [_describe_table(table, words, languages) for table in TABLES],
    }


def _describe_table(table: DataTable, words: Words, languages: Languages) -> dict[str, object]:
    schema: dict[str, object] = {
        "columns": [
            _describe_column(column, words, languages)
            for column in table_in(table, languages).columns
        ]
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.points_to:
        schema["foreignKeys"] = [
            {
                "columnReference": list(other.key),
                "reference": {"resource": f"{other.name}.csv", "columnReference": list(other.key)},
            }
            for other in table.points_to
        ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": tag_text(table.title, languages),
        "tableSchema": schema,
    }


def _describe_column(column: Column, words: Words, languages: Languages) -> dict[str, object]:
    keys = [word.key for word in words.get(column.words, ())]
    base = _DATATYPES[column.type]
    described: dict[str, object] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": tag_text(column.note, languages),
        "datatype": {"base": base, "format": "|".join(map(re.escape, keys))} if keys else base,
    }
    if column.required:
        described["required"] = True
    if column.joined:
        described["separator"] = column.joined
    return described
