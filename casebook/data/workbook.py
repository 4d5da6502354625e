"""The workbook of all tables for readers, and the workbook for editing records.

Every cell of the second is text, so that no spreadsheet makes a date of 2012-12; `import` reads
it again. A hidden sheet has the rows as exported: cells that differ from them were edited, and
all others stay as they are in the record, even if the record has changed since.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.lists import Lists
from casebook.text import SEMICOLON, Lang, Languages

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
