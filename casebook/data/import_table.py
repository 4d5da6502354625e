"""A table of figures, as CSV or as a workbook, every cell with its place in the file."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from casebook.data.formats import disarm
from casebook.data.tables import (
    ANSWERS,
    DOCUMENTS,
    EVENTS,
    FIGURE_COLUMNS,
    FIGURES,
    PICTURES,
    SOURCES,
    DataTable,
    table_in,
)
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.fields import suggest
from casebook.text import DEFAULT_LANGUAGES, ENUMERATION, Languages
from casebook.values.dates import write_seasons
from casebook.yaml.encoding import decode, show
from casebook.yaml.nodes import Scalar

REQUIRED = ("case", "figure")
# The columns by which a table is known for one of those that an export writes. Documents come
# before events, for a document may have a date as well.
_REQUIRED_OF = {
    FIGURES: REQUIRED,
    ANSWERS: ("case", "question", "state"),
    DOCUMENTS: ("case", "title", "state"),
    EVENTS: ("case", "date", "title"),
    PICTURES: ("case", "file"),
    SOURCES: ("source", "title", "publisher"),
}
# What names a row beside its case, and tells it from the other rows.
KEYS = {
    FIGURES: ("figure",),
    ANSWERS: ("question",),
    DOCUMENTS: ("source", "title"),
    EVENTS: ("date", "title"),
    PICTURES: ("file",),
    SOURCES: ("source",),
}
# A table of a hundred thousand figures; a record is much smaller.
MAX_BYTES = 50_000_000
_ZIP = b"PK\x03\x04"
# A title and the like may stand above the heads.
_MOST_ABOVE = 6
_TOTAL = re.compile(r"(?:合计|总计|小计|共计|总和|(?:grand|sub)?total|sum)[:：]?(?:[(（].*)?", re.I)
# A unit behind the head of a column, as in 金额（万元）, or above all heads, as in 单位：万元.
_UNIT_IN_HEAD = re.compile(r"[(（](?:单位[:：])?(?P<unit>[^()（）:：]*(?:元|RMB|人民币))[)）]$")
_UNIT_ABOVE = re.compile(r"单位[:：](?P<unit>[^()（）:：]*元)")
_TIMES = ("period", "date")
_AMOUNTS = ("amount", "value", "min", "max")
_OTHER_MARKS = {";": "E330.semicolons", "\t": "E330.tabs", "，": "E330.wide_commas"}
_NO_MAPPING: Mapping[str, str] = {}
_CHINESE_COLUMNS = {
    **{"案例": "case", "数字": "figure", "名称": "label", "金额": "amount", "数值": "value"},
    **{"最小": "min", "最大": "max", "单位": "unit", "限定词": "qualifier", "指标": "measure"},
    **{"口径": "measure", "每": "per", "时期": "period", "日期": "period", "状态": "status"},
    **{"算式": "derived", "来源": "source", "原话": "quote", "引文": "quote"},
}
# One cell of a table that is one, as it is written.
_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\n]*')


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a table: its cells that hold something, by column."""

    cells: Mapping[str, Scalar]
    at: Position
    table: DataTable = FIGURES

    @property
    def name(self) -> str:
        """The name of what it is about: the id of a figure, the title of an event."""
        return self.text(KEYS[self.table][-1])

    def text(self, column: str) -> str:
        """The text of a column, empty where its cell is."""
        cell = self.cells.get(column)
        return cell.text if cell is not None else ""

    def place(self, column: str) -> Position:
        """The place of a column's cell, or of the row where the cell is empty."""
        return self.cells.get(column, self).at


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of a table: its cells with the place of each."""

    cells: Sequence[str]
    places: Sequence[Position]
    at: Position

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def read_table(
    data: bytes,
    path: str,
    problems: list[Problem],
    mapping: Mapping[str, str] = _NO_MAPPING,
    languages: Languages = DEFAULT_LANGUAGES,
) -> tuple[ImportRow, ...]:
    """The rows of a CSV file or a workbook; all that keeps it from being read is a problem.

    `mapping` gives heads of the table by the columns of figures.csv; a head that begins with = is
    no head but what the column says in every row.
    """
    read = _read_workbook if data.startswith(_ZIP) else _read_csv
    records = [one for one in read(data, path, problems) if not one.is_blank]
    if not records:
        # What cannot be read is named already.
        if not any(one.severity == "error" for one in problems):
            problems.append(_report_columns(path, _Record([], [], START), REQUIRED))
        return ()
    heads = {head.strip(): column for column, head in mapping.items()}
    constant = {column: head[1:] for column, head in mapping.items() if head.startswith("=")}
    given = constant.keys() | ({"figure"} if "case" in constant else set())
    found = [
        (number, table, columns)
        for number, record in enumerate(records[:_MOST_ABOVE])
        for table, required in _REQUIRED_OF.items()
        for columns in [_name_columns(record.cells, heads, table_in(table, languages).names)]
        if set(required) - given <= set(columns)
    ]
    if not found:
        missing = set(REQUIRED) - set(_name_columns(records[0].cells, heads))
        problems.append(_report_columns(path, records[0], sorted(missing)))
        return ()
    above_head, table, columns = found[0]
    names = table_in(table, languages).names
    head, below = records[above_head], records[above_head + 1 :]
    unit = _find_unit(records[:above_head], head.cells, columns)
    if unit and table is FIGURES and "unit" not in columns:
        constant.setdefault("unit", unit)
    for above in records[:above_head]:
        shown = show(next(cell for cell in above.cells if cell.strip()))
        if not (unit and _UNIT_ABOVE.search(shown)):
            problems.append(problem("W331", path, above.at, words=shown))
    problems += _name_faults(columns, names, head, below, path)
    if problems and problems[-1].severity == "error":
        return ()
    rows = []
    for number, record in enumerate(below, 1):
        if len(record.cells) < len(columns) or any(record.cells[len(columns) :]):
            count, expected = len(record.cells), len(columns)
            problems.append(problem("E331.count", path, record.at, found=count, expected=expected))
            continue
        filled = {column: Scalar(text, record.at) for column, text in constant.items()}
        if "figure" not in columns and table is FIGURES:
            filled["figure"] = Scalar(f"row_{number}", record.at)
        for name, cell, at in zip(columns, record.cells, record.places, strict=False):
            if name in names and cell.strip():
                text = rearm(cell).strip()
                # An export has the code of a season, which nobody may type.
                filled[name] = Scalar(write_seasons(text) if name in _TIMES else text, at)
        row = ImportRow(filled, record.at, table)
        if _is_total(record.cells, row, "figure" in columns):
            problems.append(problem("W332", path, record.at))
        else:
            rows.append(row)
    return tuple(rows)


def _read_csv(data: bytes, path: str, problems: list[Problem]) -> Iterator[_Record]:
    text, faults = decode(data, path, MAX_BYTES)
    problems += faults
    if text is None:
        return
    # A line for Excel alone, which says how the cells are parted.
    skipped = 1 if re.match(r"sep=.\r?\n", text, re.IGNORECASE) else 0
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    # Strict: a quotation mark that is never closed would swallow the rest in silence.
    reader = csv.reader(io.StringIO(text[starts[skipped] :], newline=""), strict=True)
    line = 1 + skipped
    try:
        for cells in reader:
            if cells:
                places = tuple(_find_cells(text, starts[line - 1], line, len(cells)))
                yield _Record(cells, places, Position(line, 1))
            line = 1 + skipped + reader.line_num
    except csv.Error as error:
        problems.append(problem("E331.unreadable", path, Position(line, 1), reason=error))


def _read_workbook(data: bytes, path: str, problems: list[Problem]) -> Iterator[_Record]:
    """The lines of the first sheet of figures, or else of the first, each cell at its column."""
    from openpyxl import load_workbook

    try:
        # The results of formulas and not the formulas; a long sheet is read row by row.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {
            sheet.title: [[*map(_write_cell, row)] for row in sheet.iter_rows(values_only=True)]
            for sheet in book
        }
    except Exception as error:  # the library raises whatever a damaged file makes it stumble over
        problems.append(problem("E331.workbook", path, START, reason=type(error).__name__))
        return
    of_figures = (
        name
        for name, rows in sheets.items()
        if any(set(REQUIRED) <= set(_name_columns(row, {})) for row in rows[:_MOST_ABOVE])
    )
    chosen = next(of_figures, next(iter(sheets), ""))
    if others := [name for name, rows in sheets.items() if name != chosen and any(map(any, rows))]:
        left = ENUMERATION.join(map(show, others))
        problems.append(problem("W331.sheets", path, START, name=show(chosen), others=left))
    for line, cells in enumerate(sheets.get(chosen, []), 1):
        places = [Position(line, column) for column in range(1, len(cells) + 1)]
        yield _Record(cells, places, Position(line, 1))


def _write_cell(value: object) -> str:
    """The text of a cell of a workbook, a day without its midnight and a number as it shows."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
    # Spreadsheets show fifteen digits; the seventeen of a float end in noise.
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _name_columns(
    heads: Iterable[str], mapping: Mapping[str, str], known: Sequence[str] = FIGURE_COLUMNS
) -> list[str]:
    """The columns that the heads of a table mean, each as it is written where it means none."""
    meant = []
    for head in heads:
        plain = _UNIT_IN_HEAD.sub("", unicodedata.normalize("NFKC", head).strip()).strip()
        folded = plain.casefold().replace(" ", "_")
        chinese = _CHINESE_COLUMNS.get(plain, plain)
        meant.append(mapping.get(head.strip()) or (folded if folded in known else chinese))
    return meant


def _find_unit(above: Iterable[_Record], heads: Sequence[str], columns: Sequence[str]) -> str:
    """The unit that a table gives once for all its rows, empty where it gives none."""
    of_amounts = [heads[columns.index(name)] for name in _AMOUNTS if name in columns]
    cells = ["".join(record.cells) for record in above]
    looks = [(_UNIT_IN_HEAD, text) for text in of_amounts] + [(_UNIT_ABOVE, one) for one in cells]
    found = (look.search("".join(text.split())) for look, text in looks)
    return next((unit["unit"] for unit in found if unit is not None), "")


def _is_total(cells: Iterable[str], row: ImportRow, has_names: bool) -> bool:
    """True for a row that sums up others: it begins with a word for that, and names no figure."""
    words = (next(cell for cell in cells if cell.strip()), row.name)
    begins = any(_TOTAL.fullmatch("".join(word.split())) for word in words)
    # A case or a figure may be called total.
    named = has_names and all(one and one.isascii() for one in (row.text("case"), row.name))
    return begins and not named


def rearm(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from running it as a formula."""
    bare = cell.removeprefix("'")
    return bare if disarm(bare) == cell else cell


def _find_cells(text: str, start: int, line: int, count: int) -> Iterator[Position]:
    """The places of the cells of a record, a quoted one behind its quotation mark."""
    # The reader of CSV gives lines but no columns, so that the text is walked once more.
    for _ in range(count):
        begin = text.rfind("\n", 0, start) + 1
        yield Position(line, start - begin + 1 + text.startswith('"', start))
        end = next(_CELL.finditer(text, start)).end()
        line += text.count("\n", start, end)
        start = end + 1


def _name_faults(
    columns: list[str], known: Sequence[str], head: _Record, rows: list[_Record], path: str
) -> Iterator[Problem]:
    """The columns that stand twice, have no name, or are none of the table."""
    for number, (name, at) in enumerate(zip(columns, head.places, strict=True)):
        if not name:
            # Spreadsheets leave commas behind where a column once was.
            if any(number < len(row.cells) and row.cells[number].strip() for row in rows):
                yield problem("W330.no_name", path, at, number=number + 1)
        elif name in columns[:number]:
            yield problem("E330.twice", path, at, name=show(name))
            return
        # Beside each word of a list the workbook of an export has its Chinese name.
        elif name not in known and name.removesuffix(" 中文") not in known:
            yield problem("W330", path, at, hint=suggest(name, known), name=show(name))


def _report_columns(path: str, head: _Record, missing: Sequence[str]) -> Problem:
    names = ENUMERATION.join(missing)
    if len(head.cells) == 1:
        for mark, key in _OTHER_MARKS.items():
            if mark in head.cells[0]:
                return problem(key, path, head.at, names=names)
    return problem("E330", path, head.at, names=names, columns=",".join(FIGURE_COLUMNS))
