"""The bytes of tables and records: CSV by RFC 4180, JSON, and a SQLite file."""

from __future__ import annotations

import codecs
import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from casebook.data.tables import Column, DataTable, Row, name_in
from casebook.text import NO_TEXT, Languages

# The start of a formula for a spreadsheet, also in the widths of Chinese input methods.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# A number takes as little room as possible: 60000 is an integer, 0.8 a real.
_TYPES = {"string": "TEXT", "number": "NUMERIC", "date": "TEXT"}
# The bytes where a file names its SQLite version, and a fixed one to put there: 3.40.0.
_WRITTEN_BY = slice(96, 100)
_VERSION = (3_040_000).to_bytes(4, "big")


# Gives the texts of all cases under a name, in UTF-8 and in order, joined by some bytes.
ReadTexts = Callable[[str, bytes], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of open data: its path in the site and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DataStream:
    """A file of open data in pieces, so that it need not be in memory as a whole."""

    path: str
    chunks: Iterable[bytes]


def write_csv(rows: Iterable[Iterable[str]]) -> str:
    """Lines by RFC 4180, in which no cell can start a formula in a spreadsheet."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(map(disarm, row) for row in rows)
    return stream.getvalue()


def write_marked_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """A table to open with a click, with a byte order mark before its head."""
    # Without the mark Excel reads CSV in the encoding of its country, and Chinese is lost. The
    # tables of the whole site have no mark: pandas, R and DuckDB skip it, Python's csv does not.
    return codecs.BOM_UTF8 + write_csv(rows).encode("utf-8")


def disarm(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def rearm(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it as a formula."""
    bare = cell.removeprefix("'")
    return bare if disarm(bare) == cell else cell


def without_empty(described: Mapping[str, object]) -> dict[str, object]:
    """A JSON object without its empty members, at every depth."""
    members = ((key, _clear(inner)) for key, inner in described.items())
    # A zero is no empty value.
    return {key: inner for key, inner in members if inner not in (None, "", [], {})}


def _clear(value: object) -> object:
    if isinstance(value, list):
        return [_clear(one) for one in value]
    return without_empty(value) if isinstance(value, dict) else value


def encode_json(value: object) -> bytes:
    """The bytes of a JSON file, Chinese unescaped; raises ValueError for NaN and infinity."""
    return f"{json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)}\n".encode()


def write_sqlite(tables: Mapping[DataTable, Sequence[Row]], languages: Languages) -> bytes:
    """The bytes of a SQLite file, the same at any time and on any machine.

    Empty cells are NULL.
    """
    names = ("table", "column", *(languages.name("note", lang) for lang in languages))
    columns = DataTable(
        name="columns",
        columns=tuple(Column(name, NO_TEXT, required=True) for name in names),
        key=names[:2],
    )
    notes = [
        {"table": table.name, "column": one.name, **name_in(one.note, "note", languages)}
        for table in tables
        for one in table.columns
    ]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        # Other builds of SQLite may have another default, and the bytes would differ.
        database.execute("PRAGMA page_size = 4096")
        database.execute("BEGIN")
        for table, rows in {**tables, columns: notes}.items():
            database.execute(_create(table))
            marks = ", ".join("?" * len(table.columns))
            # A NUMERIC column turns the text of a number into the number.
            cells = (tuple(row[name] or None for name in table.names) for row in rows)
            database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', cells)
        database.execute("COMMIT")
        content = bytearray(database.serialize())
    content[_WRITTEN_BY] = _VERSION
    return bytes(content)


def _create(table: DataTable) -> str:
    lines = [
        f'"{column.name}" {_TYPES[column.type]}' + " NOT NULL" * column.required
        for column in table.columns
    ]
    if table.key:
        lines.append(f"PRIMARY KEY ({_quote(table.key)})")
    lines += [
        f'FOREIGN KEY ({_quote(other.key)}) REFERENCES "{other.name}" ({_quote(other.key)})'
        for other in table.points_to
    ]
    return f'CREATE TABLE "{table.name}" (' + ", ".join(lines) + ")"


def _quote(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
