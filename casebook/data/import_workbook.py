"""The sheets of a workbook as lines of cells, each cell as the sheet shows it to a reader."""

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
# Parts of a format that are not part of a date: in quotation marks or brackets, or after `\`.
_LITERAL: Final = re.compile(r'"[^"]*(?:"|\Z)|\[[^\]]*(?:\]|\Z)|\\.')
# Above this a float has lost digits, for example those of a long document number.
_TOO_LARGE: Final = 10**15


class TableProblems(list[Problem]):
    """The problems of one file with tables, each at its cell."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    @property
    def has_errors(self) -> bool:
        """True if one of them is an error."""
        return any(one.severity == "error" for one in self)

    def report(self, key: str, at: Position, /, **values: Any) -> None:
        """Add a problem of the file."""
        self.append(problem(key, self.path, at, **values))


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of a table.

    `faults` are the messages about cells, by their number, that a spreadsheet may have changed
    from the typed text; the column decides whether this matters.
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
        """True if all cells are empty."""
        return not any(cell.text.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One sheet of a workbook; `merged` has its merged cells, such as A3:A5, with the last rows."""

    name: str
    lines: tuple[TableLine, ...]
    merged: Mapping[str, tuple[Position, int]]


def read_sheets(data: bytes, most: int, problems: TableProblems) -> tuple[WorkbookSheet, ...]:
    """The sheets of a workbook that are not empty, in its order."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            # A small file may unpack to a size that fills the memory.
            if sum(part.file_size for part in archive.infolist()) > most:
                reason = say("data.import.unpacked", most=most // 1_000_000)
                problems.report("E331.workbook", START, reason=reason)
                return ()
            sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
            has_merged = any(b"mergeCell " in archive.read(part) for part in sheets)
        return tuple(_read_sheets(data, has_merged))
    except Exception as error:  # the library raises errors of many kinds for a damaged file
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
    """The cells of each sheet row by row, with formulas or with their last results."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=results)
    for sheet in book.worksheets:
        # A sheet may state a wrong size: smaller than it is, or up to the last possible row.
        sheet.reset_dimensions()
    return {sheet.title: list(sheet.iter_rows()) for sheet in book.worksheets}


def _find_merged(data: bytes) -> dict[str, dict[str, tuple[Position, int]]]:
    # Only a workbook that is loaded as a whole knows its merged cells.
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
        # Empty cells with a format may reach to the last column.
        read.pop()
    cells = [Scalar(text, Position(number, at, sheet)) for at, (text, _) in enumerate(read, 1)]
    faults = {column: fault for column, (_, fault) in enumerate(read) if fault}
    return TableLine(cells, Position(number, 1, sheet), faults=faults)


def _read_cell(cell: Any, result: Any) -> tuple[str, str]:
    """The text of a cell, and the key of a message if it may differ from the typed text."""
    value = result.value
    if cell.data_type == "f" and value is None:
        # Programs that write workbooks may leave the result to a spreadsheet.
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
    # Spreadsheets show 15 digits; the last of the 17 digits of a float are noise.
    return f"{value:.15g}", "E337.large" if abs(value) >= _TOO_LARGE else ""


def _read_day(value: datetime, number_format: str) -> tuple[str, str]:
    """A day or a month as shown; a typed 7/1 became a day of the year in which it was typed."""
    shown = _LITERAL.sub("", number_format).lower()
    if value.time() != time.min or "y" not in shown:
        return value.isoformat(" "), "E337.guessed"
    if "d" in shown:
        return value.date().isoformat(), "E337.day"
    return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}", "E337.day"
