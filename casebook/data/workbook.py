"""The workbook of all tables for readers, the one for editing records, and reading of either.

Every cell of the second is text, so that no spreadsheet makes a date of 2012-12; `import` reads
it again. A hidden sheet has the rows as exported: cells that differ from them were edited, and
all others stay as they are in the record, even if the record has changed since.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZipFile

from casebook.data.edit_tables import (
    EXPORT_SHEET,
    EditTable,
    find_joined,
    list_edit_tables,
    list_edit_words,
    list_records,
)
from casebook.data.record_edit import RecordFile, open_cases
from casebook.data.record_rows import SOURCE_FILE, TypedRow
from casebook.data.tables import DataTable, Row, list_words, name_words, replace_words
from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import Lists
from casebook.text import SEMICOLON, Lang, Languages
from casebook.yaml.nodes import Scalar

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet


# The earliest time that a zip can hold; a fixed time keeps the bytes independent of the day.
WRITTEN: Final = datetime(1980, 1, 1)
# Empty rows for new records, which offer the closed lists as well.
_SPARE_ROWS: Final = 200
# A story is readable at this width; its row becomes as high as needed.
_STORY_WIDTH: Final = 80
# The most characters of a cell.
LONGEST: Final = 32_767
WIDTHS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("label", "title", "title_en", "summary", "summary_en"), 40),
    **dict.fromkeys(("note", "note_en", "amount", "value", "class", "source", "quote"), 24),
}


def write_workbook(tables: Mapping[DataTable, Sequence[Row]], dataset: Dataset) -> bytes:
    """The bytes of an XLSX file: numbers as numbers, words as text and never as formulas.

    Every cell is written by its type, because XlsxWriter's `write` would guess the type.

    Beside a column with words of a closed list is a column with their names.
    """
    from xlsxwriter import Workbook

    languages, first = dataset.languages, dataset.languages.first
    names = _name_lists(dataset)
    # A title may have 31 characters; the name of a table serves as its English title.
    titles = {one: one.name if first == "en" else f"{one.title.zh} {one.name}" for one in tables}
    stream = io.BytesIO()
    # Otherwise each sheet is written to a temporary file first.
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN, "title": dataset.settings.name.inside(first)})
    bold = book.add_format({"bold": True, "bottom": 1})
    about = book.add_worksheet(_say("data.sheet.about", " ", languages))
    about.set_column(0, 1, 18)
    about.set_column(2, len(languages) + 2, 48)
    about.freeze_panes(1, 0)
    heads = [say(name).inside(first) for name in ("data.sheet.table", "data.sheet.column")]
    heads += [say("data.sheet.meaning").inside(lang) for lang in languages]
    for at, head in enumerate((*heads, _say("data.sheet.words", " / ", languages))):
        about.write_string(0, at, head, bold)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for line, (table, column) in enumerate(((t, c) for t in tables for c in t.columns), 1):
        words = (f"{key} {name}" for key, name in names.get(column.words, {}).items())
        joined = SEMICOLON.inside(first).join(words)[:LONGEST]
        notes = map(column.note.inside, languages)
        for at, cell in enumerate((titles[table], column.name, *notes, joined)):
            about.write_string(line, at, cell, wrapped)
    for table, rows in tables.items():
        _fill_table(book.add_worksheet(titles[table]), table, rows, dataset, bold)
    book.close()
    return stream.getvalue()


def _say(name: str, between: str, languages: Languages) -> str:
    """A wording of the program in all languages of the site."""
    return between.join(map(say(name).inside, languages))


def _name_lists(dataset: Dataset) -> dict[str, dict[str, str]]:
    """The names of the words of each closed list by their keys."""
    first = dataset.languages.first
    listed = list_words(dataset.vocabulary).items()
    return {name: {word.key: word.name.inside(first) for word in words} for name, words in listed}


def _fill_table(
    sheet: Worksheet, table: DataTable, rows: Sequence[Row], dataset: Dataset, bold: Any
) -> None:
    at, names = 0, _name_lists(dataset)
    in_words = say("data.sheet.named").inside(dataset.languages.first)
    for column in table.columns:
        shown = {column.name: [row[column.name] for row in rows]}
        if column.words:
            known = names[column.words]
            named = [replace_words(cell, known, column.joined) for cell in shown[column.name]]
            shown[f"{column.name} {in_words}"] = named
        for head, cells in shown.items():
            sheet.set_column(at, at, WIDTHS.get(column.name, 16))
            sheet.write_string(0, at, head, bold)
            for line, cell in enumerate(cells, 1):
                if cell and column.type == "number":
                    sheet.write_number(line, at, float(cell))
                elif cell:
                    sheet.write_string(line, at, cell[:LONGEST])
            at += 1
    sheet.freeze_panes(1, len(table.key))
    sheet.autofilter(0, 0, max(len(rows), 1), at - 1)


def read_records(project: Path, lists: Lists) -> dict[str, TypedRow]:
    """The record of each case, drafts included, by slug, and of the sources by an empty slug."""
    files = chain(open_cases(project, lists), [("", RecordFile(project, SOURCE_FILE, lists))])
    return {slug: file.before for slug, file in files if not file.faults}


def write_editing_workbook(records: Mapping[str, TypedRow], lists: Lists, lang: Lang) -> bytes:
    """The bytes of a workbook with heads, words and remarks in an editor's language."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN})
    sources, *tables = list_edit_tables(lists.languages)
    writer = _WorkbookWriter(book, lang, records, lists)
    # The order in which people work.
    for table in (*tables, sources):
        writer.write_table(table)
    writer.write_lists()
    writer.write_export()
    book.close()
    return stream.getvalue()


class _WorkbookWriter:
    """The writer of one workbook; `names` are the names of the words of each closed list."""

    def __init__(
        self, book: Workbook, lang: Lang, records: Mapping[str, TypedRow], lists: Lists
    ) -> None:
        self.book = book
        self.lang = lang
        self.records = records
        self.words = list_edit_words(lists.vocabulary, lists.languages)
        self.names = {name: name_words(one, lang) for name, one in self.words.items()}
        # Names of records are not words of a closed list, but are chosen from a list as well.
        self.names["sources"] = {name: name for name in lists.sources}
        self.names["cases"] = {slug: slug for slug in records if slug}
        self.list_sheet = say("data.lists").inside(lang)
        self.exported: dict[EditTable, list[dict[str, str]]] = {}
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.head = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        self.grey = book.add_format({"num_format": "@", "font_color": "#767676", "valign": "top"})

    def write_table(self, table: EditTable) -> None:
        """Write a sheet, with its number before each row."""
        sheet = self.book.add_worksheet(table.title.inside(self.lang))
        sheet.write_string(0, 0, say("data.row").inside(self.lang), self.head)
        sheet.write_comment(0, 0, say("data.row_note").inside(self.lang))
        sheet.set_column(0, 0, 6, self.grey)
        slugs = [slug for slug in self.records if bool(slug) == table.is_of_case]
        rows = [row for slug in slugs for row in list_records(table, slug, self.records[slug])]
        self.exported[table] = rows
        for number, row in enumerate(rows, 1):
            sheet.write_string(number, 0, str(number), self.grey)
            for at, (name, cell) in enumerate(row.items(), 1):
                listed = table.find_words(name, row.get("question", ""), self.words)
                names, joined = self.names.get(listed, {}), find_joined(listed)
                shown = replace_words(cell, names, joined)[:LONGEST]
                sheet.write_string(number, at, shown, self.text)
        for at, column in enumerate(table.columns, 1):
            is_long = column.field is not None and column.field.kind == "block"
            width = _STORY_WIDTH if is_long else WIDTHS.get(column.name, 16)
            sheet.set_column(at, at, width, self.text)
            sheet.write_string(0, at, column.head.inside(self.lang), self.head)
            sheet.write_comment(0, at, column.note.inside(self.lang))
            if column.words and column.name not in (table.key if table.holds_named else ()):
                rule = self.choose_from(column.words)
                sheet.data_validation(1, at, len(rows) + _SPARE_ROWS, at, rule)
        sheet.freeze_panes(1, 1 + len(table.outer) + table.holds_named)
        sheet.autofilter(0, 0, max(len(rows), 1), len(table.columns))

    def choose_from(self, name: str) -> dict[str, object]:
        """The validation rule that offers a list, and refuses other words unless they are free."""
        from xlsxwriter.utility import xl_col_to_name

        column = xl_col_to_name(list(self.names).index(name))
        end = max(len(self.names[name]), 1) + 1
        # Several words together are not in the list, nor is the name of a new record.
        is_free = name in ("per", "sources", "cases")
        return {
            "validate": "list",
            "source": f"='{self.list_sheet}'!${column}$2:${column}${end}",
            "error_type": "information" if is_free else "stop",
            "error_message": say("data.write_words").inside(self.lang),
        }

    def write_lists(self) -> None:
        """Write the sheet of the closed lists, one list in each column."""
        sheet = self.book.add_worksheet(self.list_sheet)
        for at, (name, words) in enumerate(self.names.items()):
            sheet.set_column(at, at, 24)
            sheet.write_string(0, at, name, self.head)
            for number, word in enumerate(words.values(), 1):
                sheet.write_string(number, at, word)

    def write_export(self) -> None:
        """Write the hidden sheet of the rows as exported."""
        sheet = self.book.add_worksheet(EXPORT_SHEET)
        sheet.very_hidden()
        line = 0
        for table, rows in self.exported.items():
            for number, cells in enumerate((table.names, *(row.values() for row in rows))):
                written = (table.name, str(number) if number else "", *cells)
                for at, cell in enumerate(written):
                    sheet.write_string(line, at, cell[:LONGEST])
                line += 1


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

    return {
        sheet.title: {
            one.coord: (Position(one.min_row, one.min_col, sheet.title), one.max_row)
            for one in sheet.merged_cells.ranges
        }
        for sheet in load_workbook(io.BytesIO(data)).worksheets
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
