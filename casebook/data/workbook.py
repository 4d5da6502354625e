"""All tables in one workbook for spreadsheets, with a sheet that explains the columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from casebook.data.table_rows import Row
from casebook.data.tables import TITLE, Column, DataTable, Words
from casebook.messages import say
from casebook.text import SEMICOLON, Languages

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# The earliest time that a zip can hold: the bytes may not depend on the day of the build.
WRITTEN: Final = datetime(1980, 1, 1)
# A cell holds no more than this.
LONGEST: Final = 32_767
# A column of a sheet with its head, and the names of its words where it shows these.
_Shown: TypeAlias = "tuple[Column, str, Mapping[str, str] | None]"
WIDTHS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("label", "title", "title_en", "summary", "summary_en"), 40),
    **dict.fromkeys(("note", "note_en", "amount", "value", "class", "source", "quote"), 24),
}


def write_workbook(
    tables: Mapping[DataTable, Sequence[Row]], words: Words, languages: Languages
) -> bytes:
    """The bytes of an XLSX file: numbers as numbers, words as text and never as formulas.

    Every cell is written by its type, for XlsxWriter's `write` would guess it from the words.

    Beside a column of words of a closed list stands one with their names.
    """
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    # Otherwise each sheet passes through a temporary file.
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN, "title": TITLE.inside(languages.first)})
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_say("data.sheet.about", " ", languages))
    heads = [
        say(name).inside(languages.first) for name in ("data.sheet.table", "data.sheet.column")
    ]
    heads += [say("data.sheet.meaning").inside(lang) for lang in languages]
    heads.append(_say("data.sheet.words", " / ", languages))
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, len(heads) - 1, 48)
    sheet.freeze_panes(1, 0)
    for number, name in enumerate(heads):
        sheet.write_string(0, number, name, bold)
    for at, cells in enumerate(_explain(tables, words, languages), 1):
        for number, cell in enumerate(cells):
            sheet.write_string(at, number, cell, wrapped)
    for table, rows in tables.items():
        sheet = book.add_worksheet(_name_sheet(table, languages))
        _fill_table(sheet, table, rows, list(_list_columns(table, words, languages)), bold)
    book.close()
    return stream.getvalue()


def _say(name: str, between: str, languages: Languages) -> str:
    """Some words of the program in all languages of the site."""
    return between.join(map(say(name).inside, languages))


def _name_sheet(table: DataTable, languages: Languages) -> str:
    # Thirty-one characters are the most, and the name of a table is English enough.
    return table.name if languages.first == "en" else f"{table.title.zh} {table.name}"


def _explain(
    tables: Iterable[DataTable], words: Words, languages: Languages
) -> Iterator[tuple[str, ...]]:
    first = languages.first
    for table in tables:
        for column in table.columns:
            listed = words.get(column.words, ())
            names = (f"{word.key} {word.name.inside(first)}" for word in listed)
            named = SEMICOLON.inside(first).join(names)
            notes = map(column.note.inside, languages)
            yield _name_sheet(table, languages), column.name, *notes, named[:LONGEST]


def _fill_table(
    sheet: Worksheet, table: DataTable, rows: Sequence[Row], columns: Sequence[_Shown], bold: Any
) -> None:
    sheet.freeze_panes(1, len(table.key))
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    for number, (column, title, names) in enumerate(columns):
        sheet.set_column(number, number, WIDTHS.get(column.name, 16))
        sheet.write_string(0, number, title, bold)
        for at, row in enumerate(rows, 1):
            cell = row[column.name]
            if cell and names is not None:
                sheet.write_string(at, number, _name(cell, column, names))
            elif cell and column.type == "number":
                sheet.write_number(at, number, float(cell))
            elif cell:
                sheet.write_string(at, number, cell[:LONGEST])


def _list_columns(table: DataTable, words: Words, languages: Languages) -> Iterator[_Shown]:
    """Each column, and after one of a closed list the same once more with the list's names."""
    for column in table.columns:
        yield column, column.name, None
        if column.words:
            title = f"{column.name} {say('data.sheet.named').inside(languages.first)}"
            listed = words[column.words]
            yield column, title, {word.key: word.name.inside(languages.first) for word in listed}


def _name(cell: str, column: Column, names: Mapping[str, str]) -> str:
    parts = cell.split(column.joined) if column.joined else [cell]
    return column.joined.join(names.get(part, part) for part in parts)
