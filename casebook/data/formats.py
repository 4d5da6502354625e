"""Bytes of tables and records: CSV by RFC 4180, and JSON."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Final

# What a spreadsheet takes for the start of a formula, also in the widths of Chinese input methods.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of open data: its path in the site and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DataStream:
    """A file of open data that is made piece by piece, and need not be in memory as a whole."""

    path: str
    chunks: Iterable[bytes]


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A table as RFC 4180 in UTF-8, in which no cell can start a spreadsheet's formula."""
    return b"".join(join_lines(columns, [write_lines(columns, rows).encode("utf-8")]))


def write_marked_csv(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    """A table that is opened by a click, with a byte order mark before its head."""
    # Without the mark Excel reads a CSV file in the encoding of its country, and Chinese is lost.
    # The tables of the whole site have none: pandas, R and DuckDB skip it, Python's csv does not.
    return codecs.BOM_UTF8 + _write((columns, *rows)).encode("utf-8")


def write_lines(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The lines of some rows, without the line of the columns."""
    return _write([row[column] for column in columns] for row in rows)


def _write(rows: Iterable[Iterable[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(map(disarm, row) for row in rows)
    return stream.getvalue()


def join_lines(columns: Sequence[str], lines: Iterable[bytes]) -> Iterator[bytes]:
    """A whole table from the lines of its parts; the names of columns need no quotes."""
    yield (",".join(columns) + "\r\n").encode("utf-8")
    yield from lines


def disarm(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def encode_json(value: object) -> bytes:
    """The bytes of a JSON file, Chinese as it is; raises ValueError where a number is none."""
    return f"{_indent_json(value)}\n".encode()


def _indent_json(value: object, start: str = "\n") -> str:
    """JSON as `json.dumps` writes it with an indent of one, which takes twice as long."""
    if isinstance(value, str):
        return encode_basestring(value)
    inner = f"{start} "
    if isinstance(value, dict) and value:
        members = (f"{encode_basestring(k)}: {_indent_json(v, inner)}" for k, v in value.items())
        return f"{{{inner}{f',{inner}'.join(members)}{start}}}"
    if isinstance(value, (list, tuple)) and value:
        return f"[{inner}{f',{inner}'.join([_indent_json(v, inner) for v in value])}{start}]"
    return json.dumps(value, allow_nan=False)


def write_members(members: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """An object of texts as the value of a member of a whole JSON file, piece by piece."""
    start = "{\n  "
    for name, text in members:
        yield f"{start}{encode_basestring(name)}: {encode_basestring(text)}".encode()
        start = ",\n  "
    yield b"{}" if start[0] == "{" else b"\n }"
