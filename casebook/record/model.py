"""The records: a case with its figures, events, documents, conflicts and changes.

The `repr` of a record leaves out places in the file: summaries hold a digest of it, and pages of
lists need no rebuild when lines have moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args

from casebook.problems import START, Position
from casebook.record.description import (
    MAX_TEXT,
    PlacedText,
    WrittenText,
    described,
    described_class,
    records_inside,
    texts_of,
    values_inside,
)
from casebook.record.places import read_places
from casebook.text import NO_TEXT, Text
from casebook.values.periods import Period
from casebook.values.quantity import Quantity
from casebook.values.words import PLANNED_STATUSES, Qualifier

AnswerState = Literal["stated", "partial", "not_stated", "not_applicable"]
ShownState = Literal["stated", "partial", "elsewhere", "not_stated", "not_applicable"]
State = Literal["published", "draft"]
ChangeKind = Literal["correction", "clarification", "update"]
Wording = Literal["printed", "counted", "retold", "copy_in_part", "data"]

# The most pixels across a picture: for a column of text on a screen of double density, and a phone.
WIDE, NARROW = 1600, 800


@described_class
class Report:
    """A statement of one source about a figure or conflict, in the words of this site.

    `confirms` is false if a report beside a figure is only about something similar.
    """

    source: str = described("source")
    says: Text = described("bilingual", role="prose")
    quote: str = described("quote", default="")
    line: int | None = described("number", default=None)
    confirms: bool = described("flag", default=True, blank=False)
    at: Position = field(default=START, repr=False)


@described_class
class Change:
    """One change of published content: of a figure, or of the part of the case that `about` names.

    `before` and `after` are the old and the new words, such as an amount, a period, a status or a
    title; `after` is empty if the content was withdrawn.
    """

    case: str
    date: Period = described("day")
    kind: ChangeKind = described("term", words=get_args(ChangeKind))
    before: str = described("line", name="from", role="quote")
    after: str = described("line", name="to", role="quote")
    why: Text = described("bilingual", role="note")
    figure: str = described("gone_figure")
    about: str = described("line", default="", role="word", blank=False)
    at: Position = field(default=START, repr=False)

    @property
    def name(self) -> str:
        """The name of the changed part: a figure, a question, a title or a field."""
        return self.figure or self.about


@described_class
class Figure:
    """One number of a case: as printed, as understood, its measure, its period and its source.

    `per` holds keys of the vocabulary in the order of its list. `line` is the line of the quote in
    the source; `wording` says whether the source prints the amount, or why no quote contains it.
    `part_of` and `follows` name figures of the same case: the whole that this figure is a part of,
    and the figure that it replaced later. `corroborated_by` are reports of other publications. The
    site computes a figure with a `formula` from figures of one source: it has no quote, and its
    status is the least certain of their statuses.
    """

    id: str
    case: str
    label: Text = described("bilingual", role="heading")
    quantity: Quantity = described("amount", name="amount", printed=True)
    measure: str = described("term", words="measures")
    per: tuple[str, ...] = described("per", default=(), printed=True)
    period: Period = described("period", printed=True)
    status: str = described("term", printed=True, words="statuses")
    source: str = described("source", printed=True)
    quote: str = described("quote", default="", printed=True, shown=True)
    line: int | None = described("number", default=None, printed=True)
    wording: Wording = described("term", default="printed", printed=True, words=get_args(Wording))
    scope: str = described("term", default="", shown=True, words="scopes")
    part_of: str = described("figure_name", default="", printed=True)
    follows: str = described("figure_name", default="", printed=True)
    read_qualifier: str = described(
        "term", name="qualifier", default="", printed=True, dumped=False, words=get_args(Qualifier)
    )
    read_unit: str = described(
        "text", name="unit", role="word", default="", printed=True, dumped=False
    )
    corroborated_by: tuple[Report, ...] = described(
        "list", default=(), printed=True, items=Report, key=("source",)
    )
    formula: str = described("formula", default="", dumped=False, blank=False)
    history: tuple[Change, ...] = described(
        "list",
        default=(),
        blank=False,
        items=Change,
        without=("figure", "about"),
        key=("date", "from"),
    )
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    at: Position = field(default=START, repr=False)

    @property
    def key(self) -> str:
        """The name of the figure across all cases: `case.id`."""
        return f"{self.case}.{self.id}"

    @property
    def is_planned(self) -> bool:
        """True if the figure is about something that has not happened yet."""
        return self.quantity.planned or self.status in PLANNED_STATUSES


@described_class
class Event:
    """Something dated that happened or was announced in a case."""

    case: str
    date: Period = described("period")
    title: Text = described("bilingual", role="heading")
    source: str = described("source")
    status: str = described("term", default="", words="statuses")
    quote: str = described("quote", default="", dumped=False)
    line: int | None = described("number", default=None, dumped=False)
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    at: Position = field(default=START, repr=False)


@described_class
class Document:
    """A named official document, with its state according to the source."""

    title: Text = described("bilingual", role="official_title")
    state: str = described("term", words="document_states")
    source: str = described("source")
    # Long, because a document may have several issuing bodies.
    issuer: Text = described("bilingual", default=NO_TEXT, role="name", limit=MAX_TEXT)
    date: Period | None = described("period", default=None)
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    file: str = described("file", default="")
    at: Position = field(default=START, repr=False)


@described_class
class Picture:
    """A picture that a story shows, with its description, its author and its licence."""

    file: str = described("picture")
    alt: Text = described("bilingual", role="note")
    credit: Text = described("bilingual", role="name")
    licence: Text = described("bilingual", role="name")
    caption: Text = described("bilingual", default=NO_TEXT, role="note")
    at: Position = field(default=START, repr=False)


@described_class
class Conflict:
    """Statements of sources about the same thing that disagree, side by side."""

    # A sentence rather than a heading, and in no drawing, so it may be longer.
    about: Text = described("bilingual", role="heading", limit=MAX_TEXT)
    figures: tuple[str, ...] = described("figure_names", default=())
    reports: tuple[Report, ...] = described("list", default=(), items=Report, key=("source",))
    note: Text = described("bilingual", role="note")
    at: Position = field(default=START, repr=False)


@described_class
class Elsewhere:
    """The answer of a source other than the main one of the case."""

    text: Text = described("bilingual", name="value", default=NO_TEXT, role="prose", shown=True)
    source: str = described("source")
    quote: str = described("quote", default="")
    line: int | None = described("number", default=None)
    terms: tuple[str, ...] = ()
    at: Position = field(default=START, repr=False)


@described_class
class Answer:
    """One answer of the sources: terms of the vocabulary, a wording, or silence.

    In a case with a main source, this is the answer of that source, and `elsewhere` holds the
    answers of others.
    """

    question: str
    text: Text = described("bilingual", name="value", default=NO_TEXT, role="prose", shown=True)
    state: AnswerState = described(
        "term", default="stated", words=get_args(AnswerState), shown=True
    )
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    elsewhere: tuple[Elsewhere, ...] = described(
        "list", default=(), items=Elsewhere, key=("source",), dumped=False
    )
    terms: tuple[str, ...] = ()
    at: Position = field(default=START, repr=False)

    @property
    def shown(self) -> ShownState:
        """The state for readers: `elsewhere` if only sources other than the main one answer."""
        is_elsewhere = self.state == "not_stated" and self.elsewhere
        return "elsewhere" if is_elsewhere else self.state


@described_class
class Case:
    """One place where a local government buys a public service.

    `slug` is the name of the file and the address of the page, `aliases` are earlier slugs.
    `updated` is the ISO date of the last change that the record itself states, or "": dates of
    sources are not dates of the record, and the clock would make each build differ. `published` is
    the date on which the case was first on the site. `withdrawn` are changes of figures that were
    taken out and of parts other than figures. `places` holds the places of all parts of the file,
    as `find_places` writes them. `digest` is the version of the record: the SHA-256 of its text in
    hexadecimal, independent of line ends.
    """

    slug: str
    path: str
    title: Text = described("bilingual", role="heading")
    region: str = described("region")
    topic: str = described("term", words="topics")
    summary: Text = described("bilingual", role="prose")
    updated: str = described("iso_day", default="", shown=True)
    published: str = described("iso_day", default="")
    state: State = described(
        "term", default="published", dumped=False, words=get_args(State), shown=True, filled="draft"
    )
    aliases: tuple[str, ...] = described("names", default=(), dumped=False, blank=False)
    answers: Mapping[str, Answer] = described("answers", items=Answer)
    figures: Mapping[str, Figure] = described("figures", items=Figure, limit=200)
    events: tuple[Event, ...] = described("list", items=Event, key=("date", "title"), limit=500)
    documents: tuple[Document, ...] = described(
        "list", default=(), items=Document, key=("source", "title"), limit=200
    )
    pictures: tuple[Picture, ...] = described(
        "list", default=(), items=Picture, key=("file",), limit=50
    )
    conflicts: tuple[Conflict, ...] = described(
        "list", default=(), items=Conflict, key=("about",), limit=100
    )
    withdrawn: tuple[Change, ...] = described(
        "list",
        name="history",
        default=(),
        dumped=False,
        blank=False,
        items=Change,
        optional=("to", "figure"),
        key=("date", "figure", "about", "from"),
    )
    story: Text = described("block", default=NO_TEXT, role="prose")
    # The places of names of fields, where problems of a whole field, as its length, are reported.
    positions: Mapping[str, Position] | None = field(default=None, repr=False)
    places: str = field(default="", repr=False)
    digest: str = ""

    def __getstate__(self) -> dict[str, object]:
        # Cached properties take longer to load than to compute again.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @cached_property
    def inside(self) -> list[tuple[str, Any]]:
        """Every record inside the case, with its path and a dot."""
        return list(records_inside(self))

    @cached_property
    def texts(self) -> list[PlacedText]:
        """Every text of the case with its place."""
        return list(texts_of(self, self.place_by_path))

    @cached_property
    def media_inside(self) -> list[tuple[Any, str]]:
        """Every picture and file that the case names, each after the record that names it."""
        kinds = ("picture", "file")
        return [found for kind in kinds for found in values_inside(self.inside, kind)]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The ids of all sources that the case uses, each once, in the order of first use."""
        return tuple(dict.fromkeys(name for _, name in values_inside(self.inside, "source")))

    @cached_property
    def place_by_path(self) -> Mapping[str, Position]:
        """The place where each part of the record begins in its file, by path."""
        return read_places(self.places)

    @property
    def stories(self) -> tuple[WrittenText, ...]:
        """The story in each language that has one."""
        placed = (text for text in self.texts if text.path == "story")
        return tuple(text for one in placed for text in one.by_language(self.path))

    @property
    def printed_figures(self) -> tuple[Figure, ...]:
        """The figures that a source prints, without the computed ones."""
        return tuple(figure for figure in self.figures.values() if not figure.formula)

    @property
    def taken_out(self) -> tuple[Change, ...]:
        """The changes that withdrew figures, the last one for each figure."""
        changes = (change for change in self.withdrawn if change.figure and not change.after)
        return tuple({change.figure: change for change in changes}.values())

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of published content of the case, in the order of the record."""
        own = (change for figure in self.figures.values() for change in figure.history)
        return (*own, *self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or file of content/ as it was read; only a picture has a width and a height.

    `name` begins with its folder, `kind` is JPEG, PNG, WEBP or PDF, `size` counts its bytes.
    """

    name: str
    kind: str
    size: int
    digest: str
    width: int = 0
    height: int = 0

    def copies(self) -> Mapping[str, tuple[int, int]]:
        """The width and height of each published copy of a picture, by its path in the site."""
        folder, _, name = self.name.partition("/")
        paths = {WIDE: f"data/{folder}/{name}", NARROW: f"data/{folder}/{NARROW}/{name}"}
        return {
            path: (min(self.width, most), max(1, round(self.height * min(1, most / self.width))))
            for most, path in paths.items()
            if most == WIDE or self.width > most
        }


class Outdated(NamedTuple):
    """A file in which the translation of these parts is older than their first language.

    A part is a field of a record; a text of content/ is a single part without a name.
    """

    path: str
    parts: tuple[str, ...]
