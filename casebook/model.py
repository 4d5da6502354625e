"""The records: a case, its figures, events and documents, and the lists that they draw on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from casebook.dates import Period
from casebook.errors import START, Lang, Position
from casebook.quantity import Quantity

AnswerState = Literal["stated", "partial", "not_stated", "not_applicable"]
State = Literal["published", "draft"]


@dataclass(frozen=True, slots=True)
class Text:
    """A wording in Chinese and, where there is one, in English."""

    zh: str
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh)

    def inside(self, lang: Lang) -> str:
        """The wording in the language, or in Chinese where there is no English."""
        return (self.en or self.zh) if lang == "en" else self.zh

    def lang(self, lang: Lang) -> str:
        """The BCP 47 tag of what `inside` gives."""
        return "en" if lang == "en" and self.en else "zh-Hans"


NO_TEXT = Text("")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the vocabulary: its key in the records, its names, and what it means."""

    key: str
    name: Text
    note: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked of every case.

    `terms` names the list of the vocabulary that answers come from, empty for free text.
    `ask` is the question as a citizen would put it to the purchaser. A `derived` question is
    answered from the figures of the case where the record does not answer it.
    """

    key: str
    name: Text
    ask: Text
    terms: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure measures, and what it may be compared with.

    `spending` is true where the amount is public money for purchases, so that a case with such
    a figure has an amount; `mixed` where purchase is only one of its uses; `cap` where it is a
    ceiling that somebody may be paid, not an expense.
    """

    key: str
    name: Text
    kind: Literal["money", "count", "share"]
    compare: Text
    spending: bool = False
    mixed: bool = False
    cap: bool = False
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The closed lists of data/vocabulary.yaml, in their order."""

    questions: Mapping[str, Question]
    topics: Mapping[str, Term]
    provider_types: Mapping[str, Term]
    modes: Mapping[str, Term]
    measures: Mapping[str, Measure]
    statuses: Mapping[str, Term]
    scopes: Mapping[str, Term]
    per: Mapping[str, Term]
    document_states: Mapping[str, Term]
    source_kinds: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Region:
    """A unit of GB/T 2260 (2012 edition).

    `tile` is the column and row of a province in the tile grid, counted from zero.
    """

    code: str
    name: Text
    short: Text
    level: Literal["province", "prefecture", "county"]
    parent: str = ""
    pinyin: str = ""
    tile: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that figures, events and answers rest on.

    `published` is an EDTF date or empty; `url` is empty where no address may be linked.
    """

    id: str
    title: Text
    publisher: Text
    kind: str
    published: Period | None = None
    accessed: str = ""
    url: str = ""
    note: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Report:
    """What one source says of a thing, in the words of this site."""

    source: str
    says: Text
    quote: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a case: as printed, as understood, what it measures, when, and who says so.

    `per` holds keys of the vocabulary in a fixed order. `line` is the line of the quote in the
    source. `part_of` and `follows` name figures of the same case: the whole that this is a part
    of, and the figure that this one later replaced. `corroborated_by` are other publications
    that say the same.
    """

    id: str
    case: str
    label: Text
    quantity: Quantity
    measure: str
    per: tuple[str, ...]
    period: Period
    status: str
    source: str
    quote: str = ""
    line: int | None = None
    scope: str = ""
    part_of: str = ""
    follows: str = ""
    note: Text = NO_TEXT
    corroborated_by: tuple[Report, ...] = ()
    at: Position = START

    @property
    def key(self) -> str:
        """The figure's name across all cases."""
        return f"{self.case}.{self.id}"


@dataclass(frozen=True, slots=True)
class Event:
    """One dated thing that happened or was announced in a case."""

    case: str
    date: Period
    title: Text
    source: str
    status: str = ""
    quote: str = ""
    line: int | None = None
    note: Text = NO_TEXT
    at: Position = START


@dataclass(frozen=True, slots=True)
class Document:
    """A named official document, with the state that the source gives it."""

    title: Text
    state: str
    source: str
    issuer: Text = NO_TEXT
    date: Period | None = None
    note: Text = NO_TEXT
    at: Position = START


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements of sources about one thing that do not agree, side by side."""

    about: Text
    note: Text
    figures: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    at: Position = START


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sources say to one question: terms of the vocabulary, or a wording, or silence."""

    question: str
    state: AnswerState
    terms: tuple[str, ...] = ()
    text: Text = NO_TEXT
    note: Text = NO_TEXT
    at: Position = START


@dataclass(frozen=True, slots=True)
class Case:
    """One place where a local government buys a public service.

    `slug` is the name of the file and the address of the page. `updated` is an ISO date or
    empty. `story_at` are the lines on which the texts of the stories begin in the file.
    """

    slug: str
    path: str
    title: Text
    region: str
    topic: str
    summary: Text
    answers: Mapping[str, Answer]
    figures: Mapping[str, Figure]
    events: tuple[Event, ...]
    documents: tuple[Document, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    story: Text = NO_TEXT
    story_at: tuple[Position, Position] = (START, START)
    updated: str = ""
    state: State = "published"
    positions: Mapping[str, Position] | None = None
