"""The tables of open data: their columns, types, keys and closed lists, and their rows.

The CSV files, the data package, the SQLite file, the workbook and the data dictionary use them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import cache
from typing import Final, Literal

from casebook.checks.published import write_quantity, write_value
from casebook.messages import read_catalogue, say
from casebook.patterns import read_words
from casebook.record.agreement import support_of
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case, Elsewhere, Event, Figure, Report
from casebook.record.vocabulary import Measure, Question, Term, Vocabulary
from casebook.text import DEFAULT_LANGUAGES, LANGS, NO_TEXT, Lang, Languages, Text
from casebook.values.digest import digest
from casebook.values.words import QUALIFIERS

ColumnType = Literal["string", "number", "date"]
Row = Mapping[str, str]
# A word that a column may hold, and all words by the names of their lists.
Word = Term | Measure | Question
Words = Mapping[str, tuple[Word, ...]]
# Enough digits to tell all versions apart, few enough to cite.
VERSION_DIGITS: Final = 12
# The fields of its source that a row of a case's figure repeats.
_OF_SOURCE: Final = ("title", "publisher", "url")
# The records of a table, each with the values of the columns that are not its fields.
_Rows = Iterable[tuple[object, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `words` names the closed list of its cells.

    A cell of a column with a `joined` sign may hold several words.
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
    title: Text = NO_TEXT
    note: Text = NO_TEXT
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    points_to: tuple[DataTable, ...] = ()

    def __hash__(self) -> int:
        # Names are unique, and a table is looked up for each of its rows.
        return hash(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


@cache
def table_in(table: DataTable, languages: Languages) -> DataTable:
    """A table of a site, with a column in each of its languages for a translated text.

    The columns that tables.yaml declares for English stand for the other languages of the site.
    """
    if languages == DEFAULT_LANGUAGES:
        return table
    # The notes say that the first language is Chinese, as it mostly is.
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
    """A text of the program in the languages of a site, by name: `title`, `title_en`."""
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
            # A table is declared after the tables that it points to.
            points_to=tuple(tables[other] for other in one.get("points_to", ())),
        )
    return tables


def _find_note(table: str, column: str) -> Text:
    """The note of a column, which several tables may share."""
    keys = (f"data.{table}.{column}", f"data.{table.removeprefix('case_')}.{column}")
    return say(next((key for key in keys if key in read_catalogue()), f"data.{column}"))


def _name_words(name: str) -> tuple[Term, ...]:
    """A closed list that only the catalogue of messages holds, in its order there."""
    start = f"data.{name}."
    keys = (key.removeprefix(start) for key in read_catalogue() if key.startswith(start))
    return tuple(Term(key=key, name=say(f"data.{name}.{key}")) for key in keys)


_TABLES: Final = _read_tables()
CASES, SOURCES, FIGURES, EVENTS, ANSWERS, DOCUMENTS, PICTURES, *_OTHERS = _TABLES.values()
COMPARABILITY, EVIDENCE, VOCABULARY, CASE_FIGURES = _OTHERS
# The three tables of the contract, the tables that they point to, and those that explain them.
TABLES: Final = (
    *(FIGURES, EVENTS, ANSWERS, CASES, SOURCES),
    *(DOCUMENTS, PICTURES, COMPARABILITY, EVIDENCE, VOCABULARY),
)

FIGURE_COLUMNS: Final = FIGURES.names

# The closed lists that are in no file of the project.
FIXED_WORDS: Final[Words] = {
    "qualifiers": tuple(Term(key=key, name=words.name) for key, words in QUALIFIERS.items()),
    **{
        name: _name_words(name)
        for name in ("precisions", "answer_states", "wordings", "reviews", "relations")
    },
}


def list_words(vocabulary: Vocabulary) -> Words:
    """Every closed list by its name: the lists of the vocabulary and the fixed ones."""
    listed: dict[str, tuple[Word, ...]] = {
        name: tuple(getattr(vocabulary, name).values())
        for name in (
            *("questions", "topics", "provider_types", "modes", "measures", "statuses"),
            *("scopes", "per", "source_kinds", "document_states"),
        )
    }
    return {**listed, **FIXED_WORDS}


def name_words(words: tuple[Word, ...], lang: Lang) -> dict[str, str]:
    """The names of words by their keys; the key itself if another word has the same name."""
    called = Counter(
        one
        for word in words
        for one in {word.key, word.name.zh.casefold(), word.name.en.casefold()}
    )
    names = {word.key: word.name.inside(lang) for word in words}
    return {key: name if called[name.casefold()] == 1 else key for key, name in names.items()}


def replace_words(cell: str, names: Mapping[str, str], joined: str) -> str:
    """A cell with each of its words, or the whole cell as one word, replaced by its name."""
    parts = cell.split(joined) if joined else [cell]
    return joined.join(names.get(part, part) for part in parts)


def list_rows(table: DataTable, dataset: Dataset) -> Iterator[Row]:
    """Every row of a table, case by case for a table of cases."""
    if table in CASE_TABLES:
        return (row for case in dataset.cases for row in rows_of_case(table, case, dataset))
    rows = _list_sources(dataset) if table is SOURCES else _list_words(dataset)
    return (_write_row(table, dataset.languages, record, **given) for record, given in rows)


def rows_of_case(table: DataTable, case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of one case in a table."""
    for record, given in CASE_TABLES[table](case, dataset):
        yield _write_row(table, dataset.languages, record, case=case.slug, **given)


def _write_row(
    table: DataTable, languages: Languages, record: object, /, **given: object
) -> dict[str, str]:
    """One row of a table: the values `given` by column, else the fields of the record."""
    return {
        column: write_value(given[name] if name in given else getattr(record, name), lang)
        for column, name, lang in _list_cells(table, languages)
    }


@cache
def _list_cells(table: DataTable, languages: Languages) -> Sequence[tuple[str, str, Lang]]:
    """The columns of a table, each with the name of its value and the language of its words."""
    suffixes = {f"_{lang}": lang for lang in languages.others}
    # The translation of a text has a column of its own.
    return [
        (column, column[:-3], suffixes[column[-3:]])
        if column[-3:] in suffixes
        else (column, column, languages.first)
        for column in table_in(table, languages).names
    ]


def figure_row(figure: Figure, languages: Languages) -> dict[str, str]:
    """One row of figures.csv; amounts are plain decimals in base units."""
    return _write_row(FIGURES, languages, figure, **_describe_figure(figure))


def case_figure_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of the figures of one case, each with its place and the fields of its source."""
    for figure in case.figures.values():
        source = dataset.sources.get(figure.source)
        joined = {f"source_{name}": getattr(source, name, "") for name in _OF_SOURCE}
        joined |= {"place": dataset.place(case), **_describe_figure(figure)}
        yield _write_row(CASE_FIGURES, dataset.languages, figure, **joined)


def event_row(event: Event, languages: Languages) -> dict[str, str]:
    """One row of events.csv; an open end of a period is left empty."""
    return _write_row(EVENTS, languages, event, **_describe_event(event))


def version_of(case: Case) -> str:
    """The version of a record, which changes with that record only."""
    return case.digest[:VERSION_DIGITS]


def version_of_all(dataset: Dataset) -> str:
    """The version of the whole data set, which changes with any record."""
    versions = "\n".join(f"{case.slug} {case.version}" for case in dataset.summaries)
    return digest(versions.encode())[:VERSION_DIGITS]


def _describe_figure(figure: Figure) -> dict[str, object]:
    return {
        **write_quantity(figure.quantity),
        "figure": figure.id,
        "derived": figure.formula,
        "wording": "" if figure.wording == "printed" else figure.wording,
    }


def _describe_event(event: Event) -> dict[str, object]:
    date = event.date
    return {"precision": date.precision, "earliest": date.earliest, "latest": date.latest}


def _list_answers(case: Case, dataset: Dataset) -> _Rows:
    """The answers of one case, one for each question."""
    for question in dataset.vocabulary.questions:
        answer = dataset.answer(case, question)
        elsewhere = list(map(_word, answer.elsewhere))
        yield (
            answer,
            {
                "value": _word(answer),
                "elsewhere": Text(
                    *("|".join(text.own(lang) for text in elsewhere) for lang in LANGS)
                ),
                "elsewhere_source": "|".join(one.source for one in answer.elsewhere),
            },
        )


def _word(said: Answer | Elsewhere) -> Text:
    """The words of an answer: the terms by their keys, or its text."""
    terms = "|".join(said.terms)
    return Text(terms, terms) if terms else said.text


def _describe_case(case: Case, dataset: Dataset) -> dict[str, object]:
    same_as = dataset.regions[case.region].same_as
    return {"place": dataset.place(case), "version": version_of(case), "same_as": same_as}


def _list_comparable(case: Case, dataset: Dataset) -> _Rows:
    """The figures of one case, each with its comparability class."""
    for figure in case.figures.values():
        groups = [one.figures for one in case.conflicts if figure.id in one.figures]
        others = dict.fromkeys(name for group in groups for name in group if name != figure.id)
        yield (
            figure,
            {
                "figure": figure.id,
                "class": "" if figure.formula else class_of(figure).key,
                "conflicts_with": "|".join(others),
                "review": dataset.review(figure),
            },
        )


def _list_evidence(case: Case, dataset: Dataset) -> _Rows:
    """Each figure of one case with each source that supports or contradicts it."""
    found: list[tuple[str, str, Figure | Report]] = []
    for figure in case.figures.values():
        found.append((figure.id, "rests_on", figure))
        for report in figure.corroborated_by:
            found.append((figure.id, support_of(figure, report, dataset.vocabulary.per), report))
    for conflict in case.conflicts:
        for name in conflict.figures:
            found += [(name, "disagrees", report) for report in conflict.reports]
    return ((words, {"figure": name, "relation": how}) for name, how, words in found)


def _list_sources(dataset: Dataset) -> _Rows:
    return ((source, {"source": source.id}) for source in dataset.used_sources.values())


def _list_words(dataset: Dataset) -> _Rows:
    """Every word of every closed list."""
    for name, words in list_words(dataset.vocabulary).items():
        for word in words:
            yield word, {"list": name, "note": _explain(word)}


def _explain(word: Word) -> Text:
    if isinstance(word, Measure):
        return word.compare
    return word.ask if isinstance(word, Question) else word.note


# The tables with rows of cases, each with a function for the rows of one case.
CASE_TABLES: Final[Mapping[DataTable, Callable[[Case, Dataset], _Rows]]] = {
    FIGURES: lambda case, _: ((one, _describe_figure(one)) for one in case.figures.values()),
    EVENTS: lambda case, _: ((one, _describe_event(one)) for one in case.events),
    ANSWERS: _list_answers,
    DOCUMENTS: lambda case, _: ((one, {}) for one in case.documents),
    PICTURES: lambda case, _: ((one, {}) for one in case.pictures),
    CASES: lambda case, dataset: ((case, _describe_case(case, dataset)),),
    COMPARABILITY: _list_comparable,
    EVIDENCE: _list_evidence,
}
