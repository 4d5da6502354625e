"""Sheets of a workbook as lines of cells, each cell as somebody reads it who looks at the sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final
from zipfile import ZipFile

from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.yaml.nodes import Scalar

ZIP: Final = b"PK\x03\x04"
# What is in quotation marks or brackets, or behind a stroke, is no part of a date.
_LITERAL: Final = re.compile(r'"[^"]*(?:"|\Z)|\[[^\]]*(?:\]|\Z)|\\.')
# From here on a float has lost digits, as of a long number of a document.
_TOO_LARGE: Final = 10**15


class TableProblems(list[Problem]):
    """The problems of one file with tables, each at its cell."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    @property
    def has_errors(self) -> bool:
        """True where one is more than a warning."""
        return any(one.severity == "error" for one in self)

    def report(self, key: str, at: Position, /, **values: Any) -> None:
        """Add a problem of the file."""
        self.append(problem(key, self.path, at, **values))


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of a table.

    `faults` are the messages about cells, by their number, of which a spreadsheet may have made
    something else than was typed; whether that matters depends on the column.
    """

    cells: Sequence[Scalar]
    at: Position
    faults: Mapping[int, str] = field(default_factory=dict, kw_only=True)

    @property
    def texts(self) -> list[str]:
        """The texts of its cells."""
        return [cell.text for cell in self.cells]

    @property
    def is_blank(self) -> bool:
        """True where no cell holds anything."""
        return not any(cell.text.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One sheet of a workbook; `merged` are its merged cells, as A3:A5, by the last row of each."""

    name: str
    lines: tuple[TableLine, ...]
    merged: Mapping[str, tuple[Position, int]]


def read_sheets(data: bytes, most: int, problems: TableProblems) -> tuple[WorkbookSheet, ...]:
    """The sheets of a workbook that hold something, in its order."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            # A small file may unpack to one that fills the memory.
            if sum(part.file_size for part in archive.infolist()) > most:
                reason = say("data.import.unpacked", most=most // 1_000_000)
                problems.report("E331.workbook", START, reason=reason)
                return ()
            sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
            has_merged = any(b"mergeCell " in archive.read(part) for part in sheets)
        return tuple(_read_sheets(data, has_merged))
    except Exception as error:  # the library raises whatever a damaged file makes it stumble over
        problems.report("E331.workbook", START, reason=type(error).__name__)
        return ()


def _read_sheets(data: bytes, has_merged: bool) -> Iterator[WorkbookSheet]:
    written = _list_cells(data, results=False)
    is_computed = any(
        cell.data_type == "f" for rows in written.values() for row in rows for cell in row
    )
    results = _list_cells(data, results=True) if is_computed else written
    merged = _find_merged(data) if has_merged else {}
    for name, rows in written.items():
        pairs = zip(rows, results[name], strict=True)
        lines = (_read_line(name, number, *pair) for number, pair in enumerate(pairs, 1))
        filled = tuple(line for line in lines if not line.is_blank)
        if filled:
            yield WorkbookSheet(name, filled, merged.get(name, {}))


def _list_cells(data: bytes, *, results: bool) -> dict[str, list[Sequence[Any]]]:
    """The cells of each sheet row by row, formulas as they are or as their last results."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=results)
    for sheet in book.worksheets:
        # A sheet may say that it is smaller than it is, or reach to its last row.
        sheet.reset_dimensions()
    return {sheet.title: list(sheet.iter_rows()) for sheet in book.worksheets}


def _find_merged(data: bytes) -> dict[str, dict[str, tuple[Position, int]]]:
    # Only a workbook that is read at once knows its merged cells.
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    return {
        sheet.title: {
            one.coord: (Position(one.min_row, one.min_col, sheet.title), one.max_row)
            for one in sheet.merged_cells.ranges
        }
        for sheet in book.worksheets
    }


def _read_line(
    sheet: str, number: int, written: Sequence[Any], results: Sequence[Any]
) -> TableLine:
    read = [_read_cell(*pair) for pair in zip(written, results, strict=True)]
    while read and not read[-1][0]:
        # A format may reach to the last column.
        read.pop()
    cells = [Scalar(text, Position(number, at, sheet)) for at, (text, _) in enumerate(read, 1)]
    faults = {column: fault for column, (_, fault) in enumerate(read) if fault}
    return TableLine(cells, Position(number, 1, sheet), faults=faults)


def _read_cell(cell: Any, result: Any) -> tuple[str, str]:
    """The text of a cell, and what is to be said of it where it may not be what was typed."""
    value = result.value
    if cell.data_type == "f" and value is None:
        # Programs that write workbooks leave it to a spreadsheet to compute them.
        return str(cell.value), "E337.formula"
    if value is None:
        return "", ""
    if isinstance(value, datetime):
        return _read_day(value, cell.number_format)
    if isinstance(value, bool) or cell.data_type == "e" or not isinstance(value, (str, int, float)):
        return str(value), "E337.kind"
    if isinstance(value, str):
        return value, ""
    if cell.number_format.endswith("%"):
        return f"{value * 100:.15g}%", ""
    # Spreadsheets show fifteen digits; the seventeen of a float end in noise.
    return f"{value:.15g}", "E337.large" if abs(value) >= _TOO_LARGE else ""


def _read_day(value: datetime, number_format: str) -> tuple[str, str]:
    """A day or a month as it shows; 7/1 becomes a day of the year in which it is typed."""
    shown = _LITERAL.sub("", number_format).lower()
    if value.time() != time.min or "y" not in shown:
        return value.isoformat(" "), "E337.guessed"
    if "d" in shown:
        return value.date().isoformat(), "E337.day"
    return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}", "E337.day"
