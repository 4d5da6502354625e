"""Description of the tables of open data: their columns, types, keys and closed lists.

The CSV files, the data package, the SQLite file, the workbook and the data dictionary follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Final, Literal

from casebook.messages import say
from casebook.record.vocabulary import Measure, Question, Term, Vocabulary
from casebook.text import Text
from casebook.values.words import QUALIFIERS

TITLE: Final = say("data.title")

ColumnType = Literal["string", "number", "date"]
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

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


_CASE: Final = Column("case", say("data.case"), required=True)
_FIGURE: Final = Column("figure", say("data.figure"), required=True)

CASES: Final = DataTable(
    name="cases",
    title=say("data.cases"),
    note=say("data.cases_note"),
    columns=(
        _CASE,
        Column("title", say("data.cases.title"), required=True),
        Column("title_en", say("data.cases.title_en")),
        Column("place", say("data.cases.place"), required=True),
        Column("place_en", say("data.cases.place_en")),
        Column("region", say("data.cases.region"), required=True),
        Column("topic", say("data.cases.topic"), required=True, words="topics"),
        Column("summary", say("data.cases.summary"), required=True),
        Column("summary_en", say("data.cases.summary_en")),
        Column("updated", say("data.cases.updated"), type="date"),
        Column("version", say("data.cases.version"), required=True),
    ),
    key=("case",),
)
SOURCES: Final = DataTable(
    name="sources",
    title=say("data.sources"),
    note=say("data.sources_note"),
    columns=(
        Column("source", say("data.sources.source"), required=True),
        Column("title", say("data.sources.title"), required=True),
        Column("title_en", say("data.sources.title_en")),
        Column("publisher", say("data.sources.publisher"), required=True),
        Column("publisher_en", say("data.sources.publisher_en")),
        Column("kind", say("data.sources.kind"), words="source_kinds"),
        Column("published", say("data.sources.published")),
        Column("accessed", say("data.sources.accessed")),
        Column("url", say("data.sources.url")),
        Column("note", say("data.sources.note")),
        Column("note_en", say("data.sources.note_en")),
    ),
    key=("source",),
)
FIGURES: Final = DataTable(
    name="figures",
    title=say("data.figures"),
    note=say("data.figures_note"),
    columns=(
        _CASE,
        _FIGURE,
        Column("label", say("data.figures.label"), required=True),
        Column("amount", say("data.figures.amount"), required=True),
        Column("value", say("data.figures.value"), type="number"),
        Column("min", say("data.figures.min"), type="number"),
        Column("max", say("data.figures.max"), type="number"),
        Column("unit", say("data.figures.unit")),
        Column("qualifier", say("data.figures.qualifier"), required=True, words="qualifiers"),
        Column("measure", say("data.figures.measure"), required=True, words="measures"),
        Column("per", say("data.figures.per"), words="per", joined="/"),
        Column("period", say("data.figures.period"), required=True),
        Column("status", say("data.figures.status"), required=True, words="statuses"),
        Column("derived", say("data.figures.derived")),
        Column("source", say("data.figures.source"), required=True),
        Column("quote", say("data.figures.quote")),
    ),
    key=("case", "figure"),
    points_to=(CASES,),
)
EVENTS: Final = DataTable(
    name="events",
    title=say("data.events"),
    note=say("data.events_note"),
    columns=(
        _CASE,
        Column("date", say("data.events.date"), required=True),
        Column("earliest", say("data.events.earliest"), type="date"),
        Column("latest", say("data.events.latest"), type="date"),
        Column("precision", say("data.events.precision"), required=True, words="precisions"),
        Column("title", say("data.events.title"), required=True),
        Column("source", say("data.events.source"), required=True),
    ),
    points_to=(CASES, SOURCES),
)
ANSWERS: Final = DataTable(
    name="answers",
    title=say("data.answers"),
    note=say("data.answers_note"),
    columns=(
        _CASE,
        Column("question", say("data.answers.question"), required=True, words="questions"),
        Column("state", say("data.answers.state"), required=True, words="answer_states"),
        Column("value", say("data.answers.value")),
    ),
    key=("case", "question"),
    points_to=(CASES,),
)
COMPARABILITY: Final = DataTable(
    name="comparability",
    title=say("data.comparability"),
    note=say("data.comparability_note"),
    columns=(
        _CASE,
        _FIGURE,
        Column("class", say("data.comparability.class")),
        Column("scope", say("data.comparability.scope"), words="scopes"),
        Column("part_of", say("data.comparability.part_of")),
        Column("follows", say("data.comparability.follows")),
        Column("conflicts_with", say("data.comparability.conflicts_with")),
        Column("review", say("data.comparability.review"), required=True, words="reviews"),
    ),
    key=("case", "figure"),
    points_to=(FIGURES,),
)
EVIDENCE: Final = DataTable(
    name="evidence",
    title=say("data.evidence"),
    note=say("data.evidence_note"),
    columns=(
        _CASE,
        _FIGURE,
        Column("source", say("data.evidence.source"), required=True),
        Column("relation", say("data.evidence.relation"), required=True, words="relations"),
        Column("quote", say("data.evidence.quote")),
        Column("line", say("data.evidence.line"), type="number"),
    ),
    points_to=(FIGURES, SOURCES),
)
VOCABULARY: Final = DataTable(
    name="vocabulary",
    title=say("data.vocabulary"),
    note=say("data.vocabulary_note"),
    columns=(
        Column("list", say("data.vocabulary.list"), required=True),
        Column("key", say("data.vocabulary.key"), required=True),
        Column("name", say("data.vocabulary.name"), required=True),
        Column("name_en", say("data.vocabulary.name_en")),
        Column("note", say("data.vocabulary.note")),
        Column("note_en", say("data.vocabulary.note_en")),
    ),
    key=("list", "key"),
)

# The three of the contract first, then what they point to and what explains them.
TABLES: Final = (
    *(FIGURES, EVENTS, ANSWERS, CASES, SOURCES),
    *(COMPARABILITY, EVIDENCE, VOCABULARY),
)

FIGURE_COLUMNS: Final = FIGURES.names

# The closed lists that no file of the project holds.
FIXED_WORDS: Final[Words] = {
    "qualifiers": tuple(Term(key=key, name=words.name) for key, words in QUALIFIERS.items()),
    "precisions": (
        Term(key="day", name=say("data.precisions.day")),
        Term(key="month", name=say("data.precisions.month")),
        Term(key="year", name=say("data.precisions.year")),
        Term(key="interval", name=say("data.precisions.interval")),
    ),
    "answer_states": (
        Term(key="stated", name=say("data.answer_states.stated")),
        Term(key="partial", name=say("data.answer_states.partial")),
        Term(key="not_stated", name=say("data.answer_states.not_stated")),
        Term(key="not_applicable", name=say("data.answer_states.not_applicable")),
    ),
    "reviews": (
        Term(key="single", name=say("data.reviews.single")),
        Term(key="corroborated", name=say("data.reviews.corroborated")),
        Term(key="contradicted", name=say("data.reviews.contradicted")),
        Term(key="primary", name=say("data.reviews.primary")),
        Term(key="computed", name=say("data.reviews.computed")),
    ),
    "relations": (
        Term(key="rests_on", name=say("data.relations.rests_on")),
        Term(key="confirms", name=say("data.relations.confirms")),
        Term(key="related", name=say("data.relations.related")),
        Term(key="disagrees", name=say("data.relations.disagrees")),
    ),
}


def list_words(vocabulary: Vocabulary) -> Words:
    """Every closed list by its name, those of the vocabulary and the fixed ones."""
    listed: dict[str, tuple[Word, ...]] = {
        name: tuple(getattr(vocabulary, name).values())
        for name in (
            *("questions", "topics", "provider_types", "modes", "measures", "statuses"),
            *("scopes", "per", "source_kinds"),
        )
    }
    return {**listed, **FIXED_WORDS}
