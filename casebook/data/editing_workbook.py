"""A workbook in which the records of a site are edited, and which `import` takes back.

Every cell is text, so that no spreadsheet makes a date of 2012-12. A hidden sheet has the rows as
they were exported: what differs from them was edited, and what does not is left alone, whatever
happened to the record meanwhile.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from casebook.data.edit_tables import (
    EXPORT_SHEET,
    EditTable,
    find_joined,
    list_edit_tables,
    list_edit_words,
    list_records,
)
from casebook.data.record_rows import CASE, SOURCE_FILE, SOURCES, TypedRow, read_row
from casebook.data.tables import name_words, replace_words
from casebook.data.workbook import LONGEST, WIDTHS, WRITTEN
from casebook.messages import say
from casebook.record.lists import Lists
from casebook.text import Lang
from casebook.yaml.files import find_case_files, read_bytes
from casebook.yaml.nodes import read_tree

if TYPE_CHECKING:
    from xlsxwriter import Workbook

# Rows for new records get their lists as well.
_SPARE_ROWS: Final = 200
# A story is read at this width, and its row grows with it.
_STORY_WIDTH: Final = 80


def read_records(project: Path, lists: Lists) -> dict[str, TypedRow]:
    """The record of each case by its slug, drafts among them, and that of the sources by none."""
    described = {path.stem: (path, CASE) for path in find_case_files(project)}
    described[""] = (project / SOURCE_FILE, SOURCES)
    records = {}
    for slug, (path, fields) in described.items():
        data = read_bytes(path, project, []) if path.exists() else b""
        node, faults = read_tree(data, "") if data else (None, [])
        if not any(one.severity == "error" for one in faults):
            records[slug] = read_row(node, fields, lists)
    return records


def write_editing_workbook(records: Mapping[str, TypedRow], lists: Lists, lang: Lang) -> bytes:
    """The bytes of a workbook with heads, words and remarks in the language of an editor."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN})
    sources, *tables = list_edit_tables(lists.languages)
    writer = _WorkbookWriter(book, lang, records, lists)
    # In the order in which people work.
    for table in (*tables, sources):
        writer.write_table(table)
    writer.write_lists()
    writer.write_export()
    book.close()
    return stream.getvalue()


class _WorkbookWriter:
    """Writes the sheets of one workbook; `names` are those of the words of each closed list."""

    def __init__(
        self, book: Workbook, lang: Lang, records: Mapping[str, TypedRow], lists: Lists
    ) -> None:
        self.book = book
        self.lang = lang
        self.records = records
        self.words = list_edit_words(lists.vocabulary, lists.languages)
        self.names = {name: name_words(one, lang) for name, one in self.words.items()}
        # Names of records are no words, but chosen from lists as well.
        self.names["sources"] = {name: name for name in lists.sources}
        self.names["cases"] = {slug: slug for slug in records if slug}
        self.list_sheet = say("data.lists").inside(lang)
        self.exported: dict[EditTable, list[dict[str, str]]] = {}
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.head = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        self.grey = book.add_format({"num_format": "@", "font_color": "#767676", "valign": "top"})

    def write_table(self, table: EditTable) -> None:
        """Write a sheet, each row behind its number."""
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
        """The rule of cells that offers a list, and refuses other words unless they are free."""
        from xlsxwriter.utility import xl_col_to_name

        column = xl_col_to_name(list(self.names).index(name))
        end = max(len(self.names[name]), 1) + 1
        # Several words at once are no word of the list, and a new record is none yet.
        is_free = name in ("per", "sources", "cases")
        return {
            "validate": "list",
            "source": f"='{self.list_sheet}'!${column}$2:${column}${end}",
            "error_type": "information" if is_free else "stop",
            "error_message": say("data.write_words").inside(self.lang),
        }

    def write_lists(self) -> None:
        """Write the sheet of the closed lists, each in a column."""
        sheet = self.book.add_worksheet(self.list_sheet)
        for at, (name, words) in enumerate(self.names.items()):
            sheet.set_column(at, at, 24)
            sheet.write_string(0, at, name, self.head)
            for number, word in enumerate(words.values(), 1):
                sheet.write_string(number, at, word)

    def write_export(self) -> None:
        """Write the hidden sheet of the rows as they are now."""
        sheet = self.book.add_worksheet(EXPORT_SHEET)
        sheet.very_hidden()
        line = 0
        for table, rows in self.exported.items():
            for number, cells in enumerate((table.names, *(row.values() for row in rows))):
                written = (table.name, str(number) if number else "", *cells)
                for at, cell in enumerate(written):
                    sheet.write_string(line, at, cell[:LONGEST])
                line += 1
