"""Description of the tables of open data: their columns, types, keys and closed lists.

The CSV files, the data package, the SQLite file, the workbook and the data dictionary follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import cache
from typing import Final, Literal

from casebook.messages import read_catalogue, say
from casebook.patterns import read_words
from casebook.record.vocabulary import Measure, Question, Term, Vocabulary
from casebook.text import DEFAULT_LANGUAGES, Lang, Languages, Text
from casebook.values.words import QUALIFIERS

TITLE: Final = say("data.title")

ColumnType = Literal["string", "number", "date"]
Row = Mapping[str, str]
# A word that a column may hold, and all of them by the names of their lists.
Word = Term | Measure | Question
Words = Mapping[str, tuple[Word, ...]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `words` names the closed list that its cells are from.

    A column with a `joined` sign may hold several of the words at once.
    """

    name: str
    note: Text
    _: KW_ONLY
    type: ColumnType = "string"
    required: bool = False
    words: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """One table of open data; its file is `data/<name>.csv`.

    `points_to` are the tables whose keys are among its columns.
    """

    name: str
    title: Text
    note: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    points_to: tuple[DataTable, ...] = ()

    def __hash__(self) -> int:
        # No two have one name, and a table is looked up for each of its rows.
        return hash(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


@cache
def table_in(table: DataTable, languages: Languages) -> DataTable:
    """A table as a site has it: of what it translates, a column in each of its languages.

    What tables.yaml declares for English is there for the site's second language, if it has one.
    """
    if languages == DEFAULT_LANGUAGES:
        return table
    # The notes say of the first language that it is Chinese, as it mostly is.
    tail = say("data.in_chinese", what="")
    notes = {
        c.name: Text(c.note.zh.removesuffix(tail.zh), c.note.en.removesuffix(tail.en))
        for c in table.columns
    }
    columns: list[Column] = []
    for column in table.columns:
        base = column.name.removesuffix("_en")
        if base == column.name:
            own = column.note if languages.first == "zh" else notes[base]
            columns.append(replace(column, note=own))
        for lang in languages.others if base != column.name else ():
            name = languages.name(base, lang)
            note = column.note if lang == "en" else say("data.in_chinese", what=notes[base])
            columns.append(replace(column, name=name, note=note))
    return replace(table, columns=tuple(columns))


def name_in(text: Text, name: str, languages: Languages) -> dict[str, str]:
    """A text of the program in the languages of a site, under a name: `title`, `title_en`."""
    return {languages.name(name, lang): text.inside(lang) for lang in languages}


def _read_tables() -> dict[str, DataTable]:
    tables: dict[str, DataTable] = {}
    for name, one in read_words(__file__, "tables.yaml").items():
        tables[name] = DataTable(
            name=name,
            title=say(f"data.{name}"),
            note=say(f"data.{name}_note"),
            columns=tuple(
                Column(column, _find_note(name, column), **options)
                for column, options in one["columns"].items()
            ),
            key=tuple(one.get("key", ())),
            # A table stands behind those that it points to.
            points_to=tuple(tables[other] for other in one.get("points_to", ())),
        )
    return tables


def _find_note(table: str, column: str) -> Text:
    """The note of a column, which several tables may share."""
    keys = (f"data.{table}.{column}", f"data.{table.removeprefix('case_')}.{column}")
    return say(next((key for key in keys if key in read_catalogue()), f"data.{column}"))


def _name_words(name: str) -> tuple[Term, ...]:
    """A closed list that only the catalogue of messages holds, in the order that it has there."""
    start = f"data.{name}."
    keys = (key.removeprefix(start) for key in read_catalogue() if key.startswith(start))
    return tuple(Term(key=key, name=say(f"data.{name}.{key}")) for key in keys)


_TABLES: Final = _read_tables()
CASES, SOURCES, FIGURES, EVENTS, ANSWERS, DOCUMENTS, PICTURES, *_OTHERS = _TABLES.values()
COMPARABILITY, EVIDENCE, VOCABULARY, CASE_FIGURES = _OTHERS
# The three of the contract first, then what they point to and what explains them.
TABLES: Final = (
    *(FIGURES, EVENTS, ANSWERS, CASES, SOURCES),
    *(DOCUMENTS, PICTURES, COMPARABILITY, EVIDENCE, VOCABULARY),
)

FIGURE_COLUMNS: Final = FIGURES.names

# The closed lists that no file of the project holds.
FIXED_WORDS: Final[Words] = {
    "qualifiers": tuple(Term(key=key, name=words.name) for key, words in QUALIFIERS.items()),
    **{
        name: _name_words(name)
        for name in ("precisions", "answer_states", "wordings", "reviews", "relations")
    },
}


def list_words(vocabulary: Vocabulary) -> Words:
    """Every closed list by its name, those of the vocabulary and the fixed ones."""
    listed: dict[str, tuple[Word, ...]] = {
        name: tuple(getattr(vocabulary, name).values())
        for name in (
            *("questions", "topics", "provider_types", "modes", "measures", "statuses"),
            *("scopes", "per", "source_kinds", "document_states"),
        )
    }
    return {**listed, **FIXED_WORDS}


def name_words(words: tuple[Word, ...], lang: Lang) -> dict[str, str]:
    """The names of words by their keys; the key itself where another word is called the same."""
    called = Counter(
        one
        for word in words
        for one in {word.key, word.name.zh.casefold(), word.name.en.casefold()}
    )
    names = {word.key: word.name.inside(lang) for word in words}
    return {key: name if called[name.casefold()] == 1 else key for key, name in names.items()}


def replace_words(cell: str, names: Mapping[str, str], joined: str) -> str:
    """A cell with each of its words, or all of it as one word, as it is called."""
    parts = cell.split(joined) if joined else [cell]
    return joined.join(names.get(part, part) for part in parts)
