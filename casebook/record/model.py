"""The records: a case, its figures, events and documents, and the lists that they draw on.

What a record is made of has no slots: thousands of records are read back from the store, and
without slots that takes a third of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from casebook.problems import START, Position
from casebook.text import NO_TEXT, Text
from casebook.values.amounts import Quantity
from casebook.values.dates import Period

AnswerState = Literal["stated", "partial", "not_stated", "not_applicable"]
State = Literal["published", "draft"]
ChangeKind = Literal["correction", "clarification", "update"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of the vocabulary: its key in the records, its names, and what it means.

    On a scope, `bought_by` is the scope of the money that bought the things which this one counts,
    and `per` what a price of one of them is per. On a kind of source, `primary` is true where such
    a publication is itself the document and not a report of it.
    """

    key: str
    name: Text
    note: Text = NO_TEXT
    bought_by: str = ""
    per: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked of every case.

    `terms` names the list of the vocabulary that answers come from, empty for free text.
    `ask` is the question as a citizen would put it to the purchaser. A `derived` question is
    answered from the figures of the case where the record does not answer it. `items` are the
    items of the official list of what must be published that the question asks for.
    """

    key: str
    name: Text
    ask: Text
    terms: str = ""
    derived: bool = False
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    disclosure_items: Mapping[str, Term] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication that figures, events and answers rest on.

    `published` is an EDTF date or empty; `url` is empty where no address may be linked.
    `characters` is the length of its text without blanks, where it is known.
    """

    id: str
    title: Text
    publisher: Text
    kind: str
    published: Period | None = None
    accessed: str = ""
    url: str = ""
    note: Text = NO_TEXT
    characters: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one source says of a thing, in the words of this site.

    `confirms` is false where a report beside a figure speaks of something near to it only.
    """

    source: str
    says: Text
    quote: str = ""
    line: int | None = None
    confirms: bool = True
    at: Position = START


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of what was published about a figure.

    `before` and `after` are an amount, a period or a qualifier; `after` is empty where the figure
    was taken out.
    """

    case: str
    figure: str
    date: Period
    kind: ChangeKind
    before: str
    after: str
    why: Text
    at: Position = START


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a case: as printed, as understood, what it measures, when, and who says so.

    `per` holds keys of the vocabulary in a fixed order. `line` is the line of the quote in the
    source. `part_of` and `follows` name figures of the same case: the whole that this is a part
    of, and the figure that this one later replaced. `corroborated_by` are other publications
    that say the same. A figure with a `formula` is computed by this site: it has no quote, its
    status is the least certain of those that it rests on, and `rests_on` are all their sources.
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
    formula: str = ""
    rests_on: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()

    @property
    def key(self) -> str:
        """The figure's name across all cases."""
        return f"{self.case}.{self.id}"

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that the figure rests on, one unless it is computed."""
        return self.rests_on or (self.source,)


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class Document:
    """A named official document, with the state that the source gives it."""

    title: Text
    state: str
    source: str
    issuer: Text = NO_TEXT
    date: Period | None = None
    note: Text = NO_TEXT
    at: Position = START


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Statements of sources about one thing that do not agree, side by side."""

    about: Text
    note: Text
    figures: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    at: Position = START


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the sources say to one question: terms of the vocabulary, or a wording, or silence."""

    question: str
    state: AnswerState
    terms: tuple[str, ...] = ()
    text: Text = NO_TEXT
    note: Text = NO_TEXT
    at: Position = START


@dataclass(frozen=True, kw_only=True)
class Case:
    """One place where a local government buys a public service.

    `slug` is the name of the file and the address of the page, `aliases` are earlier ones.
    `updated` is an ISO date or empty. `withdrawn` are changes of figures that were taken out.
    `story_at` and `summary_at` are where these texts begin in the file, in Chinese and in
    English. `digest` is the version of the record: the SHA-256 of its text in hexadecimal,
    whatever ends its lines.
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
    summary_at: tuple[Position, Position] = (START, START)
    updated: str = ""
    state: State = "published"
    positions: Mapping[str, Position] | None = None
    withdrawn: tuple[Change, ...] = ()
    digest: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def printed_figures(self) -> tuple[Figure, ...]:
        """The figures that a source prints, without those that this site computes."""
        return tuple(figure for figure in self.figures.values() if not figure.formula)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of what was published of the case, in the order of the record."""
        own = (change for figure in self.figures.values() for change in figure.history)
        return (*own, *self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A computation or comparison that suggests itself and that the guard refuses.

    Either a `formula` over the figures of `case`, in which `unknown` are names of things of which
    no source gives a number, or `compare`: figures set side by side, or `spending`: figures taken
    for amounts of purchases, both as `case.figure`.
    """

    id: str
    title: Text
    case: str = ""
    formula: str = ""
    compare: tuple[str, ...] = ()
    spending: tuple[str, ...] = ()
    unknown: Mapping[str, Text] = field(default_factory=dict)
    at: Position = START


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An address at which something stood: what it was, and why it is gone or where it is now.

    `address` and `moved_to` have no slash before them and no language; one of `why` and
    `moved_to` is given.
    """

    address: str
    title: Text
    why: Text = NO_TEXT
    date: Period | None = None
    moved_to: str = ""
    at: Position = START


@dataclass(frozen=True, slots=True)
class Outdated:
    """A file whose English is older than its Chinese in these parts.

    A part is a field of a record; a text of the editors is one part without a name.
    """

    path: str
    parts: tuple[str, ...]
