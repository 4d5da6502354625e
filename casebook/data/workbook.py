"""All tables in one workbook for spreadsheets, with a sheet that explains the columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from casebook.data.tables import TITLE, DataTable, Row, list_words, replace_words
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.text import SEMICOLON, Languages

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# The earliest time that a zip can hold: the bytes may not depend on the day of the build.
WRITTEN: Final = datetime(1980, 1, 1)
# A cell holds no more than this.
LONGEST: Final = 32_767
WIDTHS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("label", "title", "title_en", "summary", "summary_en"), 40),
    **dict.fromkeys(("note", "note_en", "amount", "value", "class", "source", "quote"), 24),
}


def write_workbook(tables: Mapping[DataTable, Sequence[Row]], dataset: Dataset) -> bytes:
    """The bytes of an XLSX file: numbers as numbers, words as text and never as formulas.

    Every cell is written by its type, for XlsxWriter's `write` would guess it from the words.

    Beside a column of words of a closed list stands one with their names.
    """
    from xlsxwriter import Workbook

    languages, first = dataset.languages, dataset.languages.first
    names = _name_lists(dataset)
    # Thirty-one characters are the most, and the name of a table is English enough.
    titles = {one: one.name if first == "en" else f"{one.title.zh} {one.name}" for one in tables}
    stream = io.BytesIO()
    # Otherwise each sheet passes through a temporary file.
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN, "title": TITLE.inside(first)})
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
    """Some words of the program in all languages of the site."""
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
