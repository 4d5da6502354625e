"""A table of figures in the columns of figures.csv, every cell with its place in the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.data.formats import disarm
from casebook.data.tables import FIGURE_COLUMNS
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.fields import suggest
from casebook.text import Text
from casebook.yaml.encoding import decode, show

REQUIRED = ("case", "figure")
# A table of a hundred thousand figures; a record is much smaller.
MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, as it is read back, and its place."""

    text: str
    at: Position


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a table: its cells that hold something, by column."""

    cells: Mapping[str, Cell]
    at: Position

    def text(self, column: str) -> str:
        """The text of a column, empty where its cell is."""
        cell = self.cells.get(column)
        return cell.text if cell is not None else ""

    def place(self, column: str) -> Position:
        """The place of a column's cell, or of the row where the cell is empty."""
        cell = self.cells.get(column)
        return cell.at if cell is not None else self.at


def read_table(data: bytes, path: str, problems: list[Problem]) -> tuple[ImportRow, ...]:
    """The rows of a table; all that keeps it from being read is added to the problems."""
    text, faults = decode(data, path, MAX_BYTES)
    problems += faults
    if text is None:
        return ()
    lines = text.split("\n")
    try:
        records = list(_read_records(text))
    except csv.Error as error:
        at = Position(max(1, _line_reached(text)), 1)
        problems.append(problem("E331.unreadable", path, at, reason=error))
        return ()
    if not records:
        problems.append(_report_columns(path, "", REQUIRED))
        return ()
    columns = [name.strip() for name in records[0][1]]
    if not _are_columns(columns, path, lines[0], problems):
        return ()
    rows = []
    for line, cells in records[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            at, found, expected = Position(line, 1), len(cells), len(columns)
            problems.append(problem("E331.count", path, at, found=found, expected=expected))
            continue
        places = _find_cells(lines, line, len(cells))
        filled = {
            name: Cell(rearm(cell).strip(), at)
            for name, cell, at in zip(columns, cells, places, strict=True)
            if name in FIGURE_COLUMNS and cell.strip()
        }
        rows.append(ImportRow(filled, Position(line, 1)))
    return tuple(rows)


def rearm(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from running it as a formula."""
    bare = cell.removeprefix("'")
    return bare if disarm(bare) == cell else cell


def _read_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records with the number of the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin = 1
    for record in reader:
        if record:
            yield begin, record
        begin = reader.line_num + 1


def _line_reached(text: str) -> int:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin = 1
    try:
        for _ in reader:
            begin = reader.line_num + 1
    except csv.Error:
        pass
    return begin


def _find_cells(lines: list[str], begin: int, count: int) -> list[Position]:
    """The places of the cells of a record, a quoted one behind its quotation mark."""
    places: list[Position] = []
    line, column, quoted = begin, 0, False
    while len(places) < count:
        text = lines[line - 1]
        is_quoted = text[column : column + 1] == '"'
        places.append(Position(line, column + 1 + is_quoted))
        while True:
            if column >= len(lines[line - 1]):
                if not quoted:
                    break
                line, column = line + 1, 0
                continue
            character = lines[line - 1][column]
            column += 1
            if character == '"':
                quoted = not quoted
            elif character == "," and not quoted:
                break
    return places


def _are_columns(columns: list[str], path: str, header: str, problems: list[Problem]) -> bool:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        problems.append(_report_columns(path, header, missing))
        return False
    places = _find_cells([header], 1, len(columns))
    for number, (name, at) in enumerate(zip(columns, places, strict=True)):
        if name in columns[:number]:
            problems.append(problem("E330.twice", path, at, name=show(name)))
            return False
        if name not in FIGURE_COLUMNS:
            hint = suggest(name, FIGURE_COLUMNS)
            problems.append(problem("W330", path, at, hint=hint, name=show(name)))
    return True


def _report_columns(path: str, header: str, missing: Sequence[str]) -> Problem:
    names = Text("、".join(missing), ", ".join(missing))
    for mark, key in ((";", "E330.semicolons"), ("\t", "E330.tabs")):
        if mark in header and "," not in header:
            return problem(key, path, START, names=names)
    return problem("E330", path, START, names=names, columns=",".join(FIGURE_COLUMNS))
