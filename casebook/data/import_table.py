"""A table of figures, as CSV or as a workbook, every cell with its place in the file."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import chain, repeat
from typing import Any

from casebook.data.edit_tables import (
    DAYS,
    EXPORT_SHEET,
    LIST_SHEETS,
    ROW,
    EditTable,
    find_joined,
    list_edit_tables,
)
from casebook.data.formats import disarm
from casebook.data.import_workbook import ZIP, TableLine, WorkbookSheet, read_sheets
from casebook.data.tables import CASE_FIGURES, FIGURE_COLUMNS, TABLES, Word, Words
from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.fields import suggest
from casebook.text import DEFAULT_LANGUAGES, ENUMERATION, Languages
from casebook.values.dates import write_seasons
from casebook.yaml.encoding import decode, show
from casebook.yaml.nodes import Scalar

REQUIRED = ("case", "figure")
# The columns of open data beside those of the record, which follow from it; the CSV of a case
# joins more to its figures.
_FOLLOWING = {table.name: table.names for table in TABLES} | {"figures": CASE_FIGURES.names}
# A table of a hundred thousand figures; a record is much smaller.
MAX_BYTES = 50_000_000
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
    **{"口径": "measure", "每": "per", "时期": "period", "日期": "period", "时间": "period"},
    **{"年份": "period", "年度": "period", "状态": "status"},
    **{"算式": "formula", "来源": "source", "原话": "quote", "引文": "quote"},
    # What open data calls the formula of a figure that is computed.
    "derived": "formula",
}
# One cell of a table that is one, as it is written.
_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\n]*')


class TableProblems(list[Problem]):
    """The problems of one table, each at its cell."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def report(self, key: str, at: Position, /, **values: Any) -> None:
        """Add a problem of the table."""
        self.append(problem(key, self.path, at, **values))


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a table: its cells that hold something, by column.

    A row of a workbook has the `places` of all its cells, and one that was exported for editing
    their texts `before`; a cell that was emptied since is among its cells.
    """

    cells: Mapping[str, Scalar]
    at: Position
    table: EditTable
    places: Mapping[str, Position] = field(default_factory=dict, kw_only=True)
    before: Mapping[str, str] | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        """The name of what it is about: the id of a figure, the title of an event."""
        return self.text(self.table.key[-1])

    def text(self, column: str) -> str:
        """The text of a column, empty where its cell is."""
        cell = self.cells.get(column)
        return cell.text if cell is not None else ""

    def place(self, column: str) -> Position:
        """The place of a column's cell, or of the row where the cell is empty."""
        cell = self.cells.get(column)
        return cell.at if cell is not None else self.places.get(column, self.at)

    def was(self, column: str) -> str:
        """The text of a column when the row was exported."""
        return _clean(self.before.get(column, ""), column) if self.before else ""

    def key(self, column: str) -> str:
        """The text of a column by which the record is found."""
        return self.text(column) if self.before is None else self.was(column)

    @property
    def is_of_record(self) -> bool:
        """True of a row of a workbook for editing, which has nothing that follows from others."""
        return ROW in self.places

    @property
    def is_as_exported(self) -> bool:
        """True of a row of an export in which nothing was changed."""
        return self.before is not None and all(
            _is_same(cell.text, self.was(name)) for name, cell in self.cells.items()
        )


def read_table(
    data: bytes,
    path: str,
    problems: list[Problem],
    mapping: Mapping[str, str] = _NO_MAPPING,
    languages: Languages = DEFAULT_LANGUAGES,
) -> tuple[ImportRow, ...]:
    """The rows of a CSV file or a workbook; all that keeps it from being read is a problem.

    `mapping` gives heads of the table by the columns of figures.csv; a head that begins with = is
    no head but what the column says in every row. Of a workbook the first sheet of each table is
    read.
    """
    if data.startswith(ZIP):
        sheets = read_sheets(data, path, MAX_BYTES, problems)
    else:
        lines = tuple(one for one in _read_csv(data, path, problems) if not one.is_blank)
        sheets = (WorkbookSheet("", lines, {}),) if lines else ()
    export = next((one for one in sheets if one.name == EXPORT_SHEET), None)
    left = [one for one in sheets if one is not export]
    exported = _read_export(export.lines if export else ())
    reader = _TableReader(path, problems, mapping, languages=languages, exported=exported)
    rows = [row for sheet in left for row in reader.read_sheet(sheet)]
    if reader.tables:
        names = [one.name for one in left if one.name not in reader.tables.values()]
        if others := [name for name in names if not (export and name in LIST_SHEETS)]:
            read, unread = (
                ENUMERATION.join(map(show, x)) for x in (reader.tables.values(), others)
            )
            problems.append(problem("W331.sheets", path, START, name=read, others=unread))
    # What cannot be read is named already.
    elif not any(one.severity == "error" for one in problems):
        first = left[0].lines[0] if left else TableLine([], [], START)
        heads = _name_columns(first.cells, reader.heads, figures_table(languages))
        missing = set(REQUIRED) - set(heads)
        problems.append(_report_columns(path, first, sorted(missing)))
    return tuple(rows)


def figures_table(languages: Languages = DEFAULT_LANGUAGES) -> EditTable:
    """The table of figures, which a table without a name is taken for."""
    return next(one for one in list_edit_tables(languages) if one.name == "figures")


def _read_export(lines: Iterable[TableLine]) -> dict[str, dict[str, Mapping[str, str]]]:
    """The rows of each table as they were exported, by their number."""
    columns: dict[str, Sequence[str]] = {}
    exported: dict[str, dict[str, Mapping[str, str]]] = {}
    for line in lines:
        table, number, *cells = (*line.cells, "", "")
        if number:
            row = dict(zip(columns.get(table, ()), chain(cells, repeat("")), strict=False))
            exported.setdefault(table, {})[number] = row
        else:
            columns[table] = [cell for cell in cells if cell]
    return exported


def find_changes(rows: Iterable[ImportRow], words: Words) -> Iterator[ImportRow]:
    """Rows with the keys of the words that they give by name, and of an export what was changed.

    What names the record stays among the cells.
    """
    keys = {name: _keys_by_name(listed) for name, listed in words.items()}
    for row in rows:
        question = keys["questions"].get(_fold(row.text("question")), "")
        emptied = row.places if row.before is not None else {}
        cells = {name: Scalar("", at) for name, at in emptied.items()} | dict(row.cells)
        kept = {}
        for name in cells.keys() - {ROW}:
            listed = row.table.find_words(name, question, words)
            known, joined = keys.get(listed, {}), find_joined(listed)
            text, was = (
                joined.join(known.get(_fold(part), part) for part in one.split(joined))
                for one in (cells[name].text, row.was(name))
            )
            if row.before is None or name in row.table.named or not _is_same(text, was):
                kept[name] = Scalar(text, cells[name].at)
        yield replace(row, cells=kept)


def _keys_by_name(words: Iterable[Word]) -> dict[str, str]:
    """The keys of words by what they are called; a name of two words means neither."""
    called: dict[str, set[str]] = {}
    for word in words:
        for name in (word.name.zh, word.name.en):
            called.setdefault(_fold(name), set()).add(word.key)
    named = {name: keys.pop() for name, keys in called.items() if len(keys) == 1}
    return named | {_fold(word.key): word.key for word in words}


def _is_same(text: str, before: str) -> bool:
    """True for texts that a spreadsheet may make of each other: 01001 and 1001."""
    if unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", before):
        return True
    try:
        return Decimal(text) == Decimal(before)
    except InvalidOperation:
        return False


@dataclass(slots=True)
class _TableReader:
    """Reads the sheets of one file; `tables` are those that it read, with the sheet of each."""

    path: str
    problems: list[Problem]
    mapping: Mapping[str, str]
    languages: Languages = field(kw_only=True)
    exported: Mapping[str, Mapping[str, Mapping[str, str]]] = field(kw_only=True)
    tables: dict[EditTable, str] = field(default_factory=dict, kw_only=True)

    @property
    def heads(self) -> dict[str, str]:
        """The columns by the heads that were given for them."""
        return {head.strip(): column for column, head in self.mapping.items()}

    def report(self, key: str, at: Position, /, **values: object) -> None:
        """Add a problem of the file."""
        self.problems.append(problem(key, self.path, at, hint=None, **values))

    def read_sheet(self, sheet: WorkbookSheet) -> Iterator[ImportRow]:
        """The rows of a sheet, none where it has no table or one that was read before it."""
        constant = {column: head[1:] for column, head in self.mapping.items() if head[:1] == "="}
        given = constant.keys() | ({"figure"} if "case" in constant else set())
        fitting = (
            (number, *fit)
            for number, line in enumerate(sheet.lines[:_MOST_ABOVE])
            if (fit := self.find_table(sheet.name, line.cells, given))
        )
        above_head, table, columns = next(fitting, (0, None, []))
        if table is None or table in self.tables:
            return
        self.tables[table] = sheet.name
        above, head, below = (
            sheet.lines[:above_head],
            sheet.lines[above_head],
            sheet.lines[above_head + 1 :],
        )
        unit = _find_unit(above, head.cells, columns)
        if unit and table.name == "figures" and "unit" not in columns:
            constant.setdefault("unit", unit)
        for line in above:
            shown = show(next(cell for cell in line.cells if cell.strip()))
            if not (unit and _UNIT_ABOVE.search(shown)):
                self.report("W331", line.at, words=shown)
        already = len(self.problems)
        known = _list_known(table)
        self.problems += _name_faults(columns, known, head, below, self.path)
        for cells, (at, last) in sheet.merged.items():
            if last >= head.at.line:
                self.report("E337.merged", at, range=cells)
        if any(one.severity == "error" for one in self.problems[already:]):
            return
        rows = self.read_rows(below, columns, table, constant)
        yield from self.find_exported(rows, sheet.name) if ROW in columns else rows

    def find_table(
        self, sheet: str, heads: Sequence[str], given: Collection[str]
    ) -> tuple[EditTable, list[str]] | None:
        """The table that the heads of a sheet are of, and the columns that they mean."""
        fits = []
        for table in list_edit_tables(self.languages):
            columns = _name_columns(heads, self.heads, table)
            if table.known_by <= {*columns, *given}:
                is_called = sheet in (table.title.zh, table.title.en)
                fits.append(((is_called, len({*columns} & {*table.names})), table, columns))
        best = max(fits, key=lambda fit: fit[0], default=None)
        return best[1:] if best else None

    def read_rows(
        self,
        lines: Iterable[TableLine],
        columns: Sequence[str],
        table: EditTable,
        constant: Mapping[str, str],
    ) -> Iterator[ImportRow]:
        """The lines below the heads as rows."""
        known = _list_known(table)
        for number, line in enumerate(lines, 1):
            # The lines of a sheet end with their last cell.
            is_short = len(line.cells) < len(columns) and not line.at.sheet
            if is_short or any(line.cells[len(columns) :]):
                count, expected = len(line.cells), len(columns)
                self.report("E331.count", line.at, found=count, expected=expected)
                continue
            filled = {column: Scalar(text, line.at) for column, text in constant.items()}
            if "figure" not in columns and table.name == "figures":
                filled["figure"] = Scalar(f"row_{number}", line.at)
            places = {}
            for index, name in enumerate(columns):
                if name not in known:
                    continue
                if line.at.sheet:
                    places[name] = Position(line.at.line, index + 1, line.at.sheet)
                cell = line.cells[index] if index < len(line.cells) else ""
                fault = line.faults.get(index, "")
                if fault and not (fault == "E337.day" and table.kind_of(name) in DAYS):
                    self.report(fault, line.places[index], text=show(cell))
                    places.pop(name)
                elif cell.strip():
                    filled[name] = Scalar(_clean(cell, name), line.places[index])
            row = ImportRow(filled, line.at, table, places=places)
            if not row.text(ROW) and _is_total(line.cells, row, "figure" in columns):
                self.report("W332", line.at)
            else:
                yield row

    def find_exported(self, rows: Iterable[ImportRow], sheet: str) -> Iterator[ImportRow]:
        """Rows with what was exported of each; those that are not there any more are named."""
        left = None
        for row in rows:
            exported = self.exported.get(row.table.name, {})
            left = dict(exported) if left is None else left
            number = row.text(ROW)
            if not number or not exported:
                yield row
            elif number in left:
                yield replace(row, before=left.pop(number))
            else:
                self.report("E337.row", row.place(ROW), text=show(number))
        if left:
            names = [" ".join(filter(None, one.values())) for one in left.values()]
            self.report(
                "W337",
                Position(1, 1, sheet),
                sheet=show(sheet),
                rows=ENUMERATION.join(map(show, names)),
            )


def _read_csv(data: bytes, path: str, problems: list[Problem]) -> Iterator[TableLine]:
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
                yield TableLine(cells, places, Position(line, 1))
            line = 1 + skipped + reader.line_num
    except csv.Error as error:
        problems.append(problem("E331.unreadable", path, Position(line, 1), reason=error))


def _name_columns(heads: Iterable[str], mapping: Mapping[str, str], table: EditTable) -> list[str]:
    """The columns that the heads of a table mean, each as it is written where it means none."""
    known = _known_heads(table)
    meant = []
    for head in heads:
        plain = _UNIT_IN_HEAD.sub("", unicodedata.normalize("NFKC", head).strip()).strip()
        folded = plain.casefold()
        found = known.get(folded.replace(" ", "_")) or known.get(folded, plain)
        meant.append(mapping.get(head.strip()) or found)
    return meant


def _fold(head: str) -> str:
    return unicodedata.normalize("NFKC", head).strip().casefold()


def _list_known(table: EditTable) -> tuple[str, ...]:
    """The columns that a table may have, also those of open data that follow from others."""
    return (*table.names, *_FOLLOWING.get(table.name, ()), ROW)


@cache
def _known_heads(table: EditTable) -> Mapping[str, str]:
    """The columns of a table by what may stand above them: names, and heads of both languages."""
    named = {
        _fold(word): column.name
        for column in table.columns
        for word in (column.head.zh, column.head.en)
    }
    row = say("data.row")
    own = {name: name for name in table.names}
    following = {name: name for name in _FOLLOWING.get(table.name, ())}
    return {_fold(row.zh): ROW, _fold(row.en): ROW, **following, **_CHINESE_COLUMNS, **named, **own}


def _find_unit(above: Iterable[TableLine], heads: Sequence[str], columns: Sequence[str]) -> str:
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


def _clean(cell: str, column: str) -> str:
    text = rearm(cell).strip()
    # An export has the code of a season, which nobody may type.
    return write_seasons(text) if column in _TIMES else text


def rearm(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from running it as a formula."""
    bare = cell.removeprefix("'")
    return bare if disarm(bare) == cell else cell


def _find_cells(text: str, start: int, line: int, count: int) -> Iterator[Position]:
    """The places of the cells of a record, a quoted one behind its quotation mark."""
    # The reader of CSV gives lines but no columns, so that the text is walked once more.
    begin = start
    for _ in range(count):
        yield Position(line, start - begin + 1 + text.startswith('"', start))
        end = next(_CELL.finditer(text, start)).end()
        if breaks := text.count("\n", start, end):
            line, begin = line + breaks, text.rindex("\n", start, end) + 1
        start = end + 1


def _name_faults(
    columns: list[str], known: Sequence[str], head: TableLine, rows: Sequence[TableLine], path: str
) -> Iterator[Problem]:
    """The columns that stand twice, have no name, or are none of the table."""
    seen = set[str]()
    for number, (name, at) in enumerate(zip(columns, head.places, strict=True)):
        if not name:
            # Spreadsheets leave commas behind where a column once was.
            if any(number < len(row.cells) and row.cells[number].strip() for row in rows):
                yield problem("W330.no_name", path, at, number=number + 1)
        elif name in seen:
            yield problem("E330.twice", path, at, name=show(name))
            return
        # Beside each word of a list the workbook of an export has its Chinese name.
        elif name not in known and name.removesuffix(" 中文") not in known:
            yield problem("W330", path, at, hint=suggest(name, known), name=show(name))
        seen.add(name)


def _report_columns(path: str, head: TableLine, missing: Sequence[str]) -> Problem:
    names = ENUMERATION.join(missing)
    if len(head.cells) == 1:
        for mark, key in _OTHER_MARKS.items():
            if mark in head.cells[0]:
                return problem(key, path, head.at, names=names)
    return problem("E330", path, head.at, names=names, columns=",".join(FIGURE_COLUMNS))
