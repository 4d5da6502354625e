"""A table of figures in the columns of figures.csv, every cell with its place in the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.data.formats import disarm
from casebook.data.tables import FIGURE_COLUMNS
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.fields import suggest
from casebook.text import ENUMERATION
from casebook.yaml.encoding import decode, show
from casebook.yaml.nodes import Scalar

REQUIRED = ("case", "figure")
# A table of a hundred thousand figures; a record is much smaller.
MAX_BYTES = 50_000_000
# One cell of a table that is one, as it is written.
_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\n]*')


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a table: its cells that hold something, by column."""

    cells: Mapping[str, Scalar]
    at: Position

    @property
    def name(self) -> str:
        """The id of the figure within its case."""
        return self.text("figure")

    def text(self, column: str) -> str:
        """The text of a column, empty where its cell is."""
        cell = self.cells.get(column)
        return cell.text if cell is not None else ""

    def place(self, column: str) -> Position:
        """The place of a column's cell, or of the row where the cell is empty."""
        return self.cells.get(column, self).at


def read_table(data: bytes, path: str, problems: list[Problem]) -> tuple[ImportRow, ...]:
    """The rows of a table; all that keeps it from being read is added to the problems."""
    text, faults = decode(data, path, MAX_BYTES)
    problems += faults
    if text is None:
        return ()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for record in reader:
            if record:
                records.append((line, record))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(problem("E331.unreadable", path, Position(line, 1), reason=error))
        return ()
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    line, header = records[0] if records else (1, [])
    columns = [name.strip() for name in header]
    places = list(_find_cells(text, starts[line - 1], line, len(columns)))
    if not _are_columns(columns, places, path, text.partition("\n")[0], problems):
        return ()
    rows = []
    for line, cells in records[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            at, found, expected = Position(line, 1), len(cells), len(columns)
            problems.append(problem("E331.count", path, at, found=found, expected=expected))
            continue
        found_at = _find_cells(text, starts[line - 1], line, len(cells))
        filled = {
            name: Scalar(rearm(cell).strip(), at)
            for name, cell, at in zip(columns, cells, found_at, strict=True)
            if name in FIGURE_COLUMNS and cell.strip()
        }
        rows.append(ImportRow(filled, Position(line, 1)))
    return tuple(rows)


def rearm(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from running it as a formula."""
    bare = cell.removeprefix("'")
    return bare if disarm(bare) == cell else cell


def _find_cells(text: str, start: int, line: int, count: int) -> Iterator[Position]:
    """The places of the cells of a record, a quoted one behind its quotation mark."""
    for _ in range(count):
        begin = text.rfind("\n", 0, start) + 1
        yield Position(line, start - begin + 1 + text.startswith('"', start))
        end = next(_CELL.finditer(text, start)).end()
        line += text.count("\n", start, end)
        start = end + 1


def _are_columns(
    columns: list[str], places: list[Position], path: str, first: str, problems: list[Problem]
) -> bool:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        problems.append(_report_columns(path, first, missing))
        return False
    for number, (name, at) in enumerate(zip(columns, places, strict=True)):
        if name in columns[:number]:
            problems.append(problem("E330.twice", path, at, name=show(name)))
            return False
        if name not in FIGURE_COLUMNS:
            hint = suggest(name, FIGURE_COLUMNS)
            problems.append(problem("W330", path, at, hint=hint, name=show(name)))
    return True


def _report_columns(path: str, header: str, missing: Sequence[str]) -> Problem:
    names = ENUMERATION.join(missing)
    for mark, key in ((";", "E330.semicolons"), ("\t", "E330.tabs")):
        if mark in header and "," not in header:
            return problem(key, path, START, names=names)
    return problem("E330", path, START, names=names, columns=",".join(FIGURE_COLUMNS))
