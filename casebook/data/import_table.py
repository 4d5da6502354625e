"""Tables of records, as CSV or as a workbook, with the place of every cell in the file."""

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

from casebook.data.edit_tables import (
    DAYS,
    EXPORT_SHEET,
    LIST_SHEETS,
    ROW,
    EditTable,
    find_joined,
    list_edit_tables,
)
from casebook.data.formats import rearm
from casebook.data.tables import CASE_FIGURES, FIGURE_COLUMNS, TABLES, Word, Words
from casebook.data.workbook import ZIP, TableLine, TableProblems, WorkbookSheet, read_sheets
from casebook.messages import say
from casebook.problems import START, Position
from casebook.record.suggestions import suggest
from casebook.text import DEFAULT_LANGUAGES, ENUMERATION, Languages
from casebook.values.dates import write_seasons
from casebook.yaml.encoding import decode, show
from casebook.yaml.nodes import Scalar

REQUIRED = ("case", "figure")
# The columns of open data that are computed from the record; the CSV of a case has more columns
# for its figures.
_FOLLOWING = {table.name: table.names for table in TABLES} | {"figures": CASE_FIGURES.names}
# The size of a table of a hundred thousand figures; a record is much smaller.
MAX_BYTES = 50_000_000
# The most lines above the heads, such as a title.
_MOST_ABOVE = 6
_TOTAL = re.compile(r"(?:合计|总计|小计|共计|总和|(?:grand|sub)?total|sum)[:：]?(?:[(（].*)?", re.I)
# A unit after the head of a column, as in 金额（万元）, or above all heads, as in 单位：万元.
_UNIT_IN_HEAD = re.compile(r"[(（](?:单位[:：])?(?P<unit>[^()（）:：]*(?:元|RMB|人民币))[)）]$")
_UNIT_ABOVE = re.compile(r"单位[:：](?P<unit>[^()（）:：]*元)")
# The first bytes of workbooks of Excel 2003 and before, and of WPS.
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_TIMES = ("period", "date")
_AMOUNTS = ("amount", "value", "min", "max")
_OTHER_MARKS = {";": "E330.semicolons", "\t": "E330.tabs", "，": "E330.wide_commas"}
_NO_MAPPING: Mapping[str, str] = {}
# Other heads that people write above columns; open data has another name for the formula of a
# computed figure.
_OTHER_HEADS = {
    **{"金额": "amount", "数值": "value", "最小": "min", "最大": "max", "单位": "unit"},
    **{"限定词": "qualifier", "指标": "measure", "口径": "measure", "每": "per"},
    **{"日期": "period", "时间": "period", "年份": "period", "年度": "period"},
    **{"原话": "quote", "derived": "formula"},
}
# One cell of a CSV file, as written.
_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\n]*')


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a table: its non-empty cells by column.

    A row of a workbook has the `places` of all its cells. A row exported for editing has the texts
    `before`; its `cells` then include cells that were emptied since.
    """

    cells: Mapping[str, Scalar]
    at: Position
    table: EditTable
    places: Mapping[str, Position] = field(default_factory=dict, kw_only=True)
    before: Mapping[str, str] | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        """The name of its record: the id of a figure, the title of an event."""
        return self.text(self.table.key[-1])

    def text(self, column: str) -> str:
        """The text of a column, empty if its cell is."""
        cell = self.cells.get(column)
        return cell.text if cell is not None else ""

    def place(self, column: str) -> Position:
        """The place of a column's cell, or of the row if the cell is empty."""
        cell = self.cells.get(column)
        return cell.at if cell is not None else self.places.get(column, self.at)

    def was(self, column: str) -> str:
        """The text of a column when the row was exported."""
        return _clean(self.before.get(column, ""), column) if self.before else ""

    def key(self, column: str) -> str:
        """The text of a column that identifies the record: the exported one, if there is one."""
        return self.text(column) if self.before is None else self.was(column)

    @property
    def given(self) -> dict[str, str]:
        """The texts of the fields of its record."""
        names = (column.name for column in self.table.columns if column.field is not None)
        return {name: self.cells[name].text for name in names if name in self.cells}

    @property
    def is_as_exported(self) -> bool:
        """True if the row was exported and nothing in it was changed."""
        return self.before is not None and all(
            _is_same(cell.text, self.was(name)) for name, cell in self.cells.items()
        )


def read_table(
    data: bytes,
    problems: TableProblems,
    mapping: Mapping[str, str] = _NO_MAPPING,
    languages: Languages = DEFAULT_LANGUAGES,
) -> tuple[ImportRow, ...]:
    """The rows of a CSV file or a workbook; faults of the file are added to the problems.

    `mapping` gives heads of the table by columns of figures.csv; a head that begins with = is the
    text of the column in every row instead. Of a workbook, the first sheet of each table is read.
    """
    if data.startswith(ZIP):
        sheets = read_sheets(data, MAX_BYTES, problems)
    else:
        lines = tuple(one for one in _read_csv(data, problems) if not one.is_blank)
        sheets = (WorkbookSheet("", lines, {}),) if lines else ()
    export = next((one for one in sheets if one.name == EXPORT_SHEET), None)
    left = [one for one in sheets if one is not export]
    exported = _read_export(export.lines if export else ())
    reader = _TableReader(problems, mapping, languages, exported=exported)
    rows = [row for sheet in left for row in reader.read_sheet(sheet)]
    read = reader.tables.values()
    if read:
        others = [one.name for one in left if one.name not in read]
        if unread := [name for name in others if not (export and name in LIST_SHEETS)]:
            shown = (ENUMERATION.join(map(show, names)) for names in (read, unread))
            problems.report(
                "W331.sheets", START, **dict(zip(("name", "others"), shown, strict=True))
            )
    # A file that cannot be read has its problem already.
    elif not problems.has_errors:
        reader.report_columns(left[0].lines[0] if left else TableLine([], START))
    return tuple(rows)


def _read_export(lines: Iterable[TableLine]) -> dict[str, dict[str, Mapping[str, str]]]:
    """The rows of each table as exported, by their numbers."""
    columns: dict[str, Sequence[str]] = {}
    exported: dict[str, dict[str, Mapping[str, str]]] = {}
    for line in lines:
        table, number, *cells = (*line.texts, "", "")
        if number:
            row = dict(zip(columns.get(table, ()), chain(cells, repeat("")), strict=False))
            exported.setdefault(table, {})[number] = row
        else:
            columns[table] = [cell for cell in cells if cell]
    return exported


def find_changes(rows: Iterable[ImportRow], words: Words) -> Iterator[ImportRow]:
    """Rows with keys instead of names of words, and of exported rows only the changed cells.

    The cells that identify the record stay.
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
    """The keys of words by their names; a name of two words is left out."""
    called: dict[str, set[str]] = {}
    for word in words:
        for name in (word.name.zh, word.name.en):
            called.setdefault(_fold(name), set()).add(word.key)
    named = {name: keys.pop() for name, keys in called.items() if len(keys) == 1}
    return named | {_fold(word.key): word.key for word in words}


def _is_same(text: str, before: str) -> bool:
    """True if a spreadsheet may turn one text into the other: 01001 and 1001."""
    if unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", before):
        return True
    try:
        return Decimal(text) == Decimal(before)
    except InvalidOperation:
        return False


@dataclass(slots=True)
class _TableReader:
    """The reader of the sheets of one file; `tables` are the tables read, each with its sheet."""

    problems: TableProblems
    mapping: Mapping[str, str]
    languages: Languages
    exported: Mapping[str, Mapping[str, Mapping[str, str]]] = field(kw_only=True)
    tables: dict[EditTable, str] = field(default_factory=dict, kw_only=True)

    def read_sheet(self, sheet: WorkbookSheet) -> Iterator[ImportRow]:
        """The rows of a sheet, none if it has no table or one that an earlier sheet has."""
        constant = {column: head[1:] for column, head in self.mapping.items() if head[:1] == "="}
        given = constant.keys() | ({"figure"} if "case" in constant else set())
        fitting = (
            (number, *fit)
            for number, line in enumerate(sheet.lines[:_MOST_ABOVE])
            if (fit := self.find_table(sheet.name, line, given))
        )
        number, table, columns = next(fitting, (0, None, []))
        if table is None or table in self.tables:
            return
        self.tables[table] = sheet.name
        above, head, below = sheet.lines[:number], sheet.lines[number], sheet.lines[number + 1 :]
        unit = _find_unit(above, head.texts, columns)
        if unit and table.name == "figures" and "unit" not in columns:
            constant.setdefault("unit", unit)
        for line in above:
            shown = show(next(text for text in line.texts if text.strip()))
            if not (unit and _UNIT_ABOVE.search(shown)):
                self.problems.report("W331", line.at, words=shown)
        has_faults = self.report_heads(columns, table, head, below)
        for cells, (at, last) in sheet.merged.items():
            if last >= head.at.line:
                self.problems.report("E337.merged", at, range=cells)
                has_faults = True
        if not has_faults:
            rows = self.read_rows(below, columns, table, constant)
            yield from self.find_exported(rows, sheet.name) if ROW in columns else rows

    def find_table(
        self, sheet: str, line: TableLine, given: Collection[str]
    ) -> tuple[EditTable, list[str]] | None:
        """The table that fits the heads of a sheet, with the columns that the heads mean."""
        fits = []
        for table in list_edit_tables(self.languages):
            columns = self.name_columns(line, table)
            if table.known_by <= {*columns, *given}:
                is_called = sheet in (table.title.zh, table.title.en)
                fits.append(((is_called, len({*columns} & {*table.names})), table, columns))
        best = max(fits, key=lambda fit: fit[0], default=None)
        return best[1:] if best else None

    def name_columns(self, line: TableLine, table: EditTable) -> list[str]:
        """The columns that the heads of a table mean; a head that means none stays as written."""
        known, given = _known_heads(table), {h.strip(): name for name, h in self.mapping.items()}
        meant = []
        for head in line.texts:
            plain = _UNIT_IN_HEAD.sub("", unicodedata.normalize("NFKC", head).strip()).strip()
            folded = plain.casefold()
            found = known.get(folded.replace(" ", "_")) or known.get(folded, plain)
            meant.append(given.get(head.strip()) or found)
        return meant

    def report_heads(
        self, columns: list[str], table: EditTable, head: TableLine, rows: Sequence[TableLine]
    ) -> bool:
        """Report columns that are not of the table; True if a column is there twice."""
        known = _list_known(table)
        named = say("data.sheet.named")
        for number, (name, cell) in enumerate(zip(columns, head.cells, strict=True)):
            plain = name.removesuffix(f" {named.zh}").removesuffix(f" {named.en}")
            if not name:
                # Spreadsheets leave commas where a column was deleted.
                if any("".join(row.texts[number : number + 1]).strip() for row in rows):
                    self.problems.report("W330.no_name", cell.at, number=number + 1)
            elif name in columns[:number]:
                self.problems.report("E330.twice", cell.at, name=show(name))
                return True
            # An exported workbook has a column of names beside each column of words of a list.
            elif name not in known and plain not in known:
                self.problems.report("W330", cell.at, hint=suggest(name, known), name=show(name))
        return False

    def report_columns(self, head: TableLine) -> None:
        """Report the columns of figures that the first line of a file lacks."""
        figures = next(one for one in list_edit_tables(self.languages) if one.name == "figures")
        names = ENUMERATION.join(sorted({*REQUIRED} - {*self.name_columns(head, figures)}))
        marks = (key for mark, key in _OTHER_MARKS.items() if mark in head.texts[0])
        key = next(marks, "E330") if len(head.texts) == 1 else "E330"
        self.problems.report(key, head.at, names=names, columns=",".join(FIGURE_COLUMNS))

    def read_rows(
        self,
        lines: Iterable[TableLine],
        columns: Sequence[str],
        table: EditTable,
        constant: Mapping[str, str],
    ) -> Iterator[ImportRow]:
        """The rows of the lines below the heads."""
        known = _list_known(table)
        days = {one.name for one in table.columns if one.field and one.field.kind in DAYS}
        for number, line in enumerate(lines, 1):
            # A line of a sheet ends with its last filled cell, so it may be shorter.
            is_short = len(line.cells) < len(columns) and not line.at.sheet
            if is_short or any(line.texts[len(columns) :]):
                count, expected = len(line.cells), len(columns)
                key = "E331.short" if count < expected else "E331.count"
                self.problems.report(key, line.at, found=count, expected=expected)
                continue
            filled = {column: Scalar(text, line.at) for column, text in constant.items()}
            if "figure" not in columns and table.name == "figures":
                filled["figure"] = Scalar(f"row_{number}", line.at)
            places = {}
            for index, name in enumerate(columns):
                if name not in known:
                    continue
                at = Position(line.at.line, index + 1, line.at.sheet)
                cell = line.cells[index] if index < len(line.cells) else Scalar("", at)
                fault = line.faults.get(index, "")
                if fault and not (fault == "E337.day" and name in days):
                    self.problems.report(fault, cell.at, text=show(cell.text))
                    continue
                if line.at.sheet:
                    places[name] = at
                if cell.text.strip():
                    filled[name] = Scalar(_clean(cell.text, name), cell.at)
            row = ImportRow(filled, line.at, table, places=places)
            if not row.text(ROW) and _is_total(line.texts, row, "figure" in columns):
                self.problems.report("W332", line.at)
            else:
                yield row

    def find_exported(self, rows: Iterable[ImportRow], sheet: str) -> Iterator[ImportRow]:
        """The rows with their exported texts; rows that are missing now are reported."""
        left: dict[str, Mapping[str, str]] | None = None
        for row in rows:
            exported = self.exported.get(row.table.name, {})
            left = dict(exported) if left is None else left
            number = row.text(ROW)
            if not number or not exported:
                yield row
            elif number in left:
                yield replace(row, before=left.pop(number))
            else:
                self.problems.report("E337.row", row.place(ROW), text=show(number))
        if left:
            names = (show(" ".join(filter(None, one.values()))) for one in left.values())
            at, joined = Position(1, 1, sheet), ENUMERATION.join(names)
            self.problems.report("W337", at, sheet=show(sheet), rows=joined)


def _read_csv(data: bytes, problems: TableProblems) -> Iterator[TableLine]:
    if data.startswith(_OLD_WORKBOOK):
        # A text editor, the remedy for other files, cannot make a table of a workbook.
        problems.report("E331.workbook", START, reason=say("yaml.kind_old_office"))
        return
    text, faults = decode(data, problems.path, MAX_BYTES)
    problems += faults
    if text is None:
        return
    # A line for Excel only, which states the separator of cells.
    skipped = 1 if re.match(r"sep=.\r?\n", text, re.IGNORECASE) else 0
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    # Strict: otherwise a quotation mark that is never closed would swallow all that follows.
    reader = csv.reader(io.StringIO(text[starts[skipped] :], newline=""), strict=True)
    line = 1 + skipped
    try:
        for texts in reader:
            if texts:
                places = _find_cells(text, starts[line - 1], line)
                yield TableLine(list(map(Scalar, texts, places)), Position(line, 1))
            line = 1 + skipped + reader.line_num
    except csv.Error as error:
        problems.report("E331.unreadable", Position(line, 1), reason=error)


def _find_cells(text: str, start: int, line: int) -> Iterator[Position]:
    """The places of the cells of a CSV row; a quoted cell begins after its quotation mark."""
    # The CSV reader gives lines but no columns, so the text is read once more.
    begin = start
    while True:
        yield Position(line, start - begin + 1 + text.startswith('"', start))
        end = next(_CELL.finditer(text, start)).end()
        if breaks := text.count("\n", start, end):
            line, begin = line + breaks, text.rindex("\n", start, end) + 1
        start = end + 1


def _fold(head: str) -> str:
    return unicodedata.normalize("NFKC", head).strip().casefold()


def _list_known(table: EditTable) -> tuple[str, ...]:
    """The columns that a table may have, including columns of open data that are computed."""
    return (*table.names, *_FOLLOWING.get(table.name, ()), ROW)


@cache
def _known_heads(table: EditTable) -> Mapping[str, str]:
    """The columns of a table by their heads: names, and heads in both languages."""
    heads = {ROW: say("data.row")} | {column.name: column.head for column in table.columns}
    named = {_fold(word): name for name, head in heads.items() for word in (head.zh, head.en)}
    following = {name: name for name in _FOLLOWING.get(table.name, ())}
    return following | _OTHER_HEADS | named | {name: name for name in table.names}


def _find_unit(above: Iterable[TableLine], heads: Sequence[str], columns: Sequence[str]) -> str:
    """The unit that a table states once for all its rows, empty if there is none."""
    of_amounts = [heads[columns.index(name)] for name in _AMOUNTS if name in columns]
    looks = [(_UNIT_IN_HEAD, text) for text in of_amounts]
    looks += [(_UNIT_ABOVE, "".join(line.texts)) for line in above]
    found = (look.search("".join(text.split())) for look, text in looks)
    return next((unit["unit"] for unit in found if unit is not None), "")


def _is_total(cells: Iterable[str], row: ImportRow, has_names: bool) -> bool:
    """True for a row that sums up others: it begins with a word for a total and names no figure."""
    words = (next(cell for cell in cells if cell.strip()), row.name)
    begins = any(_TOTAL.fullmatch("".join(word.split())) for word in words)
    # A case or a figure may be named “total”.
    named = has_names and all(one and one.isascii() for one in (row.text("case"), row.name))
    return begins and not named


def _clean(cell: str, column: str) -> str:
    text = rearm(cell).strip()
    # An export has the code of a season, which no editor types.
    return write_seasons(text) if column in _TIMES else text
