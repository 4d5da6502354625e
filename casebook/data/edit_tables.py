"""Tables for editing records: one for each list of records, a column for each field.

They are made from the description of the record, so that each field has a place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from casebook.data.record_rows import CASE, JOINED, NAMED, SOURCES, Fields, TypedRow
from casebook.data.tables import Column, DataTable, Word, Words, list_words
from casebook.messages import read_catalogue, say
from casebook.record.description import FieldDescription
from casebook.record.vocabulary import Question, Term, Vocabulary
from casebook.text import DEFAULT_LANGUAGES, Languages, Text

# A workbook for editing: the column with the numbers of the rows of a sheet, the hidden sheet with
# the rows as exported, and the sheet of the closed lists in either language.
ROW: Final = "row"
EXPORT_SHEET: Final = "casebook"
LIST_SHEETS: Final = frozenset({say("data.lists").zh, say("data.lists").en})
# The lists whose words are in the program, by the field that holds a word.
_OWN_LISTS: Final = {
    "figure.wording": "wordings",
    "figure.qualifier": "qualifiers",
    "answer.state": "answer_states",
}
# The kinds of fields with a date, into which a spreadsheet may have changed the typed text.
DAYS: Final = ("period", "day", "iso_day")
_FLAGS: Final = {"yes": "form.yes", "no": "form.no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditColumn(Column):
    """A column for a field, or without a field for the name of the record itself."""

    head: Text
    field: FieldDescription | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class EditTable(DataTable):
    """The records of one list, or whole cases, one in each row, if `way` is empty.

    `way` are the fields that lead from the record of a file to the list, `outer` the columns that
    name the records around the list. A sheet with heads for the columns `known_by` fits the table.
    """

    columns: tuple[EditColumn, ...]
    way: Fields
    outer: tuple[str, ...]
    known_by: frozenset[str]

    @property
    def is_of_case(self) -> bool:
        """True if the records of the table are in the files of cases."""
        return "case" in self.names

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that identify a row on the whole site."""
        return (*self.outer, *self.key)

    @property
    def holds_named(self) -> bool:
        """True if the records of the table have names that other records refer to."""
        return not self.way or self.way[-1].kind in NAMED

    def find_words(self, column: str, question: str, words: Words) -> str:
        """The name of the closed list of a cell, empty if there is none.

        The list of an answer depends on its question.
        """
        if column == "value" and self.way and self.way[0].kind == "answers":
            asked = (one for one in words["questions"] if one.key == question)
            return next((one.terms for one in asked if isinstance(one, Question)), "")
        return next((one.words for one in self.columns if one.name == column), "")


def find_joined(listed: str) -> str:
    """The sign between several words of a list in one cell."""
    return "/" if listed == "per" else JOINED


@cache
def list_edit_tables(languages: Languages = DEFAULT_LANGUAGES) -> tuple[EditTable, ...]:
    """Every table of a site in some languages, in the order of reading.

    A figure may have a new source, and a correction may be about a new figure.
    """
    cases = _make_table("cases", (), (), languages)
    return (*_walk((), SOURCES, (), languages), cases, *_walk((), CASE, ("case",), languages))


def _walk(
    way: Fields, described: Fields, outer: tuple[str, ...], languages: Languages
) -> Iterator[EditTable]:
    for one in described:
        if one.holds_records:
            own = (*way, one)
            yield _make_table(".".join(step.name for step in own), own, outer, languages)
            yield from _walk(own, one.inner, (*outer, *list_keys(one)), languages)


def list_keys(one: FieldDescription) -> tuple[str, ...]:
    """The columns that identify the records of a field: their name, or some of their fields."""
    if one.kind in NAMED:
        return ("question" if one.kind == "answers" else one.name.removesuffix("s"),)
    own = {inner.name for inner in one.inner}
    return tuple(name for name in one.key if name in own)


def _make_table(name: str, way: Fields, outer: tuple[str, ...], languages: Languages) -> EditTable:
    key = list_keys(way[-1]) if way else ("case",)
    inner = way[-1].inner if way else CASE
    named = key if not way or way[-1].kind in NAMED else ()
    fields = [one for one in inner if not one.holds_records]
    columns = [_name_record(one, way) for one in (*outer, *named)]
    columns += [column for one in fields for column in _list_columns(one, languages)]
    # A name and two more columns identify a table; below a case, a name alone does.
    needed = [one.name for one in fields if one.required][: 0 if way and named and outer else 2]
    return EditTable(
        name=name,
        title=_name_table(name, way),
        columns=tuple(columns),
        way=way,
        outer=outer,
        key=key,
        known_by=frozenset((*outer, *named, *needed)),
    )


def _name_table(name: str, way: Fields) -> Text:
    if len(way) > 1:
        outer = _name_table(name.rpartition(".")[0], way[:-1])
        return Text("·", "·").join((outer, way[-1].label))
    return say(f"data.{name}") if f"data.{name}" in read_catalogue() else way[-1].label


def _name_record(name: str, way: Fields) -> EditColumn:
    """The column for the name of a record, or for a key of the record around it."""
    outer = next((inner for one in way[:-1] for inner in one.inner if inner.name == name), None)
    if outer is not None:
        return EditColumn(name=name, head=outer.label, note=outer.note)
    keys = (f"data.{name}", f"data.answers.{name}", f"data.sources.{name}")
    note = next(say(key) for key in keys if key in read_catalogue())
    words = {"question": "questions", "case": "cases"}.get(name, "")
    return EditColumn(name=name, head=say(f"labels.{name}"), note=note, words=words)


def _list_columns(one: FieldDescription, languages: Languages) -> Iterator[EditColumn]:
    note = one.note if one.note_key in read_catalogue() else one.label
    for name, lang in zip(one.names(languages), languages, strict=False):
        head = one.label
        if lang != languages.first:
            head = say("record.in_brackets", words=head, more=say(f"languages.{lang}"))
        yield EditColumn(name=name, head=head, note=note, words=_name_list(one), field=one)


def _name_list(one: FieldDescription) -> str:
    """The name of the closed list of a field, empty if there is none."""
    own = f"{one.holder}.{one.name}"
    match one.kind:
        case "term":
            return one.words if isinstance(one.words, str) else _OWN_LISTS.get(own, own)
        case "flag":
            return own
        case "source":
            return "sources"
    return one.kind if one.kind == "per" else ""


def list_choices(one: FieldDescription, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words that a field may hold, each with its name; empty if it may hold any text."""
    words = list_words(vocabulary)
    if one.kind == "flag":
        return tuple(Term(key=key, name=say(name)) for key, name in _FLAGS.items())
    if one.kind == "per":
        # A record holds the Chinese names of the `per` terms.
        return tuple(Term(key=word.name.inside("zh"), name=word.name) for word in words["per"])
    if one.kind != "term":
        return ()
    listed = words.get(_name_list(one), ())
    if isinstance(one.words, str):
        return listed
    names = {word.key: word for word in listed}
    return tuple(
        names.get(key) or Term(key=key, name=say(f"form.words.{key}")) for key in one.words
    )


def list_edit_words(vocabulary: Vocabulary, languages: Languages) -> Words:
    """The closed lists of the tables by their names."""
    listed = dict(list_words(vocabulary))
    for table in list_edit_tables(languages):
        for column in table.columns:
            if column.words and column.field and column.field.kind != "source":
                listed[column.words] = list_choices(column.field, vocabulary)
    return listed


def list_records(table: EditTable, slug: str, record: TypedRow) -> Iterator[dict[str, str]]:
    """The rows of a table for the record of one file."""
    found = [({"case": slug}, record)]
    for one in table.way:
        found = [
            (keys | name_row(one, row), row)
            for keys, outer in found
            for row in outer.rows.get(one.name, ())
        ]
    for keys, row in found:
        cells = keys | row.texts
        yield {name: cells.get(name, "") for name in table.names}


def name_row(one: FieldDescription, row: TypedRow) -> dict[str, str]:
    """The cells that identify a record of a field, by column."""
    is_named = one.kind in NAMED
    return {key: row.name if is_named else row.texts.get(key, "") for key in list_keys(one)}
