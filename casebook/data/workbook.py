"""All tables in one workbook for spreadsheets, with a sheet that explains the columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from casebook.data.table_rows import Row
from casebook.data.tables import TITLE, Column, DataTable, Words

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# The earliest time that a zip can hold: the bytes may not depend on the day of the build.
_WRITTEN: Final = datetime(1980, 1, 1)
# A cell holds no more than this.
_LONGEST: Final = 32_767
_WIDTHS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("label", "title", "title_en", "summary", "summary_en"), 40),
    **dict.fromkeys(("note", "note_en", "amount", "value", "class", "source", "quote"), 24),
}
_EXPLANATION: Final = ("表", "列", "意思", "What it holds", "可能的词 / Words")


def write_workbook(tables: Mapping[DataTable, Sequence[Row]], words: Words) -> bytes:
    """The bytes of an XLSX file: numbers as numbers, words as text and never as formulas.

    Every cell is written by its type, for XlsxWriter's `write` would guess it from the words.

    Beside a column of words of a closed list stands one with their Chinese names.
    """
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    # Otherwise each sheet passes through a temporary file.
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _WRITTEN, "title": TITLE.zh})
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("说明 About")
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, len(_EXPLANATION) - 1, 48)
    sheet.freeze_panes(1, 0)
    for number, name in enumerate(_EXPLANATION):
        sheet.write_string(0, number, name, bold)
    for at, cells in enumerate(_explain(tables, words), 1):
        for number, cell in enumerate(cells):
            sheet.write_string(at, number, cell, wrapped)
    for table, rows in tables.items():
        sheet = book.add_worksheet(f"{table.title.zh} {table.name}")
        _fill_table(sheet, table, rows, words, bold)
    book.close()
    return stream.getvalue()


def _explain(tables: Iterable[DataTable], words: Words) -> Iterator[tuple[str, ...]]:
    for table in tables:
        for column in table.columns:
            listed = words.get(column.words, ())
            named = "；".join(f"{word.key} {word.name.zh}" for word in listed)
            place = (f"{table.title.zh} {table.name}", column.name)
            yield *place, column.note.zh, column.note.en, named[:_LONGEST]


def _fill_table(
    sheet: Worksheet, table: DataTable, rows: Sequence[Row], words: Words, bold: Any
) -> None:
    columns = list(_list_columns(table, words))
    sheet.freeze_panes(1, len(table.key))
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    for number, (column, names) in enumerate(columns):
        sheet.set_column(number, number, _WIDTHS.get(column.name, 16))
        title = column.name if names is None else f"{column.name} 中文"
        sheet.write_string(0, number, title, bold)
        for at, row in enumerate(rows, 1):
            cell = row[column.name]
            if cell and names is not None:
                sheet.write_string(at, number, _name(cell, column, names))
            elif cell and column.type == "number":
                sheet.write_number(at, number, float(cell))
            elif cell:
                sheet.write_string(at, number, cell[:_LONGEST])


def _list_columns(
    table: DataTable, words: Words
) -> Iterator[tuple[Column, Mapping[str, str] | None]]:
    """Each column, and after one of a closed list the same once more with the list's names."""
    for column in table.columns:
        yield column, None
        if column.words:
            yield column, {word.key: word.name.zh for word in words[column.words]}


def _name(cell: str, column: Column, names: Mapping[str, str]) -> str:
    parts = cell.split(column.joined) if column.joined else [cell]
    return column.joined.join(names.get(part, part) for part in parts)
