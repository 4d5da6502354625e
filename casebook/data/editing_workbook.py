"""A workbook in which the records of a site are edited, and which `import` takes back.

Every cell is text, so that no spreadsheet makes a date of 2012-12. A hidden sheet has the rows as
they were exported: what differs from them was edited, and what does not is left alone, whatever
happened to the record meanwhile.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from casebook.data.table_rows import Row, list_rows, source_row
from casebook.data.tables import (
    ANSWERS,
    EDITED,
    EXPORT_SHEET,
    SOURCES,
    Column,
    DataTable,
    find_words,
    list_words,
    name_words,
    table_in,
)
from casebook.data.workbook import LONGEST, WIDTHS, WRITTEN
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.text import Lang

if TYPE_CHECKING:
    from xlsxwriter import Workbook

# Rows for new records get their lists as well.
_SPARE_ROWS: Final = 200
# Of the order in which people work.
_SHEETS: Final = (*(table for table in EDITED if table is not SOURCES), SOURCES)


def write_editing_workbook(dataset: Dataset, lang: Lang) -> bytes:
    """The bytes of a workbook with heads, words and remarks in the language of an editor."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN})
    writer = _WorkbookWriter(book, lang, dataset)
    for table in _SHEETS:
        writer.write_table(table)
    writer.write_lists()
    writer.write_export()
    book.close()
    return stream.getvalue()


class _WorkbookWriter:
    """Writes the sheets of one workbook; `names` are those of the words of each closed list."""

    def __init__(self, book: Workbook, lang: Lang, dataset: Dataset) -> None:
        self.book = book
        self.lang = lang
        self.dataset = dataset
        self.words = list_words(dataset.vocabulary)
        self.names = {name: name_words(one, lang) for name, one in self.words.items()}
        # Names of records are no words, but chosen from lists as well.
        self.names["sources"] = {name: name for name in dataset.sources}
        self.names["cases"] = {case.slug: case.slug for case in dataset.cases}
        self.list_sheet = say("data.lists").inside(lang)
        self.exported: dict[DataTable, list[Row]] = {}
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.head = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        self.grey = book.add_format({"num_format": "@", "font_color": "#767676", "valign": "top"})

    def list_columns(self, table: DataTable) -> tuple[Column, ...]:
        """The columns of a table in the languages of the site."""
        return table_in(table, self.dataset.languages).edited

    def list_rows(self, table: DataTable) -> Iterator[Row]:
        """The rows of a table; sources that nothing rests on are edited as well."""
        languages = self.dataset.languages
        if table is SOURCES:
            for source in self.dataset.sources.values():
                yield source_row(source, languages)
            return
        for row in list_rows(table, self.dataset):
            is_of_words = table is ANSWERS and find_words(table, "value", row, self.words)[0]
            # Words of a list are not translated beside them.
            others = (languages.name("value", lang) for lang in languages.others)
            yield {**row, **dict.fromkeys(others, "")} if is_of_words else row

    def write_table(self, table: DataTable) -> None:
        """Write a sheet, each row behind its number."""
        columns = self.list_columns(table)
        sheet = self.book.add_worksheet(table.title.inside(self.lang))
        sheet.write_string(0, 0, say("data.row").inside(self.lang), self.head)
        sheet.write_comment(0, 0, say("data.row_note").inside(self.lang))
        sheet.set_column(0, 0, 6, self.grey)
        rows = self.exported[table] = list(self.list_rows(table))
        for number, row in enumerate(rows, 1):
            sheet.write_string(number, 0, str(number), self.grey)
            for at, column in enumerate(columns, 1):
                listed, joined = find_words(table, column.name, row, self.words)
                names = self.names.get(listed, {})
                cell = row[column.name][:LONGEST]
                parts = cell.split(joined) if joined else [cell]
                shown = joined.join(names.get(part, part) for part in parts)
                sheet.write_string(number, at, shown, self.text)
        for at, column in enumerate(columns, 1):
            sheet.set_column(at, at, WIDTHS.get(column.name, 16), self.text)
            sheet.write_string(0, at, column.head.inside(self.lang), self.head)
            sheet.write_comment(0, at, column.note.inside(self.lang))
            name = column.words or {"case": "cases", "source": "sources"}.get(column.name, "")
            if name and column.name != table.name.removesuffix("s"):
                # Several words at once are no word of the list.
                rule = self.choose_from(name, is_free=bool(column.joined) or not column.words)
                sheet.data_validation(1, at, len(rows) + _SPARE_ROWS, at, rule)
        sheet.freeze_panes(1, 1 + len(table.key))
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns))

    def choose_from(self, name: str, *, is_free: bool) -> dict[str, object]:
        """The rule of cells that offers a list, and refuses other words unless they are free."""
        column = chr(ord("A") + list(self.names).index(name))
        end = max(len(self.names[name]), 1) + 1
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
            names = [column.name for column in self.list_columns(table)]
            for number, cells in enumerate((names, *([row[one] for one in names] for row in rows))):
                written = (table.name, str(number) if number else "", *cells)
                for at, cell in enumerate(written):
                    sheet.write_string(line, at, cell[:LONGEST])
                line += 1
