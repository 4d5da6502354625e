"""All tables in one SQLite file, with their keys, their types and a table that explains them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from casebook.data.table_rows import Row
from casebook.data.tables import Column, DataTable, name_in
from casebook.text import NO_TEXT, Languages

# Numbers take as little room as they need: 60000 is an integer, 0.8 a real.
_TYPES = {"string": "TEXT", "number": "NUMERIC", "date": "TEXT"}
# Where the file says which SQLite wrote it, and a number to fill it with: 3.40.0.
_WRITTEN_BY = slice(96, 100)
_VERSION = (3_040_000).to_bytes(4, "big")


def write_sqlite(tables: Mapping[DataTable, Sequence[Row]], languages: Languages) -> bytes:
    """The bytes of a SQLite file, the same whenever and wherever it is written.

    Empty cells are NULL.
    """
    names = ("table", "column", *(languages.name("note", lang) for lang in languages))
    columns = DataTable(
        name="columns",
        title=NO_TEXT,
        note=NO_TEXT,
        columns=tuple(Column(name, NO_TEXT, required=True) for name in names),
        key=names[:2],
    )
    notes = [
        {"table": table.name, "column": one.name, **name_in(one.note, "note", languages)}
        for table in tables
        for one in table.columns
    ]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        # Another build of SQLite may have another default, and the bytes would differ.
        database.execute("PRAGMA page_size = 4096")
        database.execute("BEGIN")
        for table, rows in {**tables, columns: notes}.items():
            database.execute(_create(table))
            marks = ", ".join("?" * len(table.columns))
            # A column of numbers turns the text of a number into it.
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
