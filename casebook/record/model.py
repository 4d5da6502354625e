"""The records: a case with its figures, events, documents, conflicts and changes.

Places in the file are left out of what a record is written as: summaries are told apart by that,
and no list has to be made again where lines have moved.
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

# The most pixels across of a picture: a column of text on a screen twice as dense, and a phone.
WIDE, NARROW = 1600, 800


@described_class
class Report:
    """Words of this site for what one source says of a thing.

    `confirms` is false where a report beside a figure speaks of something near to it only.
    """

    source: str = described("source")
    says: Text = described("bilingual", role="prose")
    quote: str = described("quote", default="")
    line: int | None = described("number", default=None)
    confirms: bool = described("flag", default=True, blank=False)
    at: Position = field(default=START, repr=False)


@described_class
class Change:
    """One change of what was published: of a figure, or of what `about` names in the case.

    `before` and `after` are its words then and now, such as an amount, a period, a status or a
    title; `after` is empty where it was taken out.
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
        """The name of what has changed: a figure, a question, a title, a field."""
        return self.figure or self.about


@described_class
class Figure:
    """One number of a case: as printed, as understood, what it measures, when, and who says so.

    `per` holds keys of the vocabulary in a fixed order. `line` is the line of the quote in the
    source; `wording` says whether the source prints the amount, or why no quote holds it.
    `part_of` and `follows` name figures of the same case: the whole that this is a part of, and the
    figure that this one later replaced. `corroborated_by` are other publications that say the same.
    A figure with a `formula` is computed by this site from figures of one source: it has no quote,
    and its status is the least certain of theirs.
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
        """The figure's name across all cases."""
        return f"{self.case}.{self.id}"

    @property
    def is_planned(self) -> bool:
        """True of what has not happened yet."""
        return self.quantity.planned or self.status in PLANNED_STATUSES


@described_class
class Event:
    """One dated thing that happened or was announced in a case."""

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
    """A named official document, with the state that the source gives it."""

    title: Text = described("bilingual", role="official_title")
    state: str = described("term", words="document_states")
    source: str = described("source")
    # A document of several bodies names them all.
    issuer: Text = described("bilingual", default=NO_TEXT, role="name", limit=MAX_TEXT)
    date: Period | None = described("period", default=None)
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    file: str = described("file", default="")
    at: Position = field(default=START, repr=False)


@described_class
class Picture:
    """A picture that a story shows: what is to be seen on it, whose it is, who may use it."""

    file: str = described("picture")
    alt: Text = described("bilingual", role="note")
    credit: Text = described("bilingual", role="name")
    licence: Text = described("bilingual", role="name")
    caption: Text = described("bilingual", default=NO_TEXT, role="note")
    at: Position = field(default=START, repr=False)


@described_class
class Conflict:
    """Statements of sources about one thing that do not agree, side by side."""

    # A sentence rather than a heading: no drawing holds it.
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
    """One answer of the sources: terms of the vocabulary, or a wording, or silence.

    Where the case has a main source, the answer is what that one says, and `elsewhere` is what
    others say.
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
        """The state as readers see it, in which a silent main source is not the silence of all."""
        is_elsewhere = self.state == "not_stated" and self.elsewhere
        return "elsewhere" if is_elsewhere else self.state


@described_class
class Case:
    """One place where a local government buys a public service.

    `slug` is the name of the file and the address of the page, `aliases` are earlier ones.
    `updated` is the ISO date on which it last changed by its own word, or empty: dates of sources
    are theirs, and the clock would make each build another one; `published` is that on which it
    first was in the site. `withdrawn` are changes of figures
    that were taken out, and of what is no figure. `places` are those of all that is written in the
    file, as `find_places` lists them. `digest` is the version of the record: the SHA-256 of its
    text in hexadecimal, whatever ends its lines.
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
    # Of the names of the fields: a whole field, such as its length, is judged at its name.
    positions: Mapping[str, Position] | None = field(default=None, repr=False)
    places: str = field(default="", repr=False)
    digest: str = ""

    def __getstate__(self) -> dict[str, object]:
        # What was found out of the record takes longer to load than to be found out again.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @cached_property
    def inside(self) -> list[tuple[str, Any]]:
        """Every record inside the case, with its path and a dot."""
        return records_inside(self)

    @cached_property
    def texts(self) -> list[PlacedText]:
        """Every text of the case with its place."""
        return list(texts_of(self, self.place_by_path))

    @cached_property
    def media_inside(self) -> list[tuple[Any, str]]:
        """Every picture and file that the case names, each with the part that names it."""
        kinds = ("picture", "file")
        return [found for kind in kinds for found in values_inside(self.inside, kind)]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The ids of every source that it rests on, each once, in the order of first use."""
        return tuple(dict.fromkeys(name for _, name in values_inside(self.inside, "source")))

    @cached_property
    def place_by_path(self) -> Mapping[str, Position]:
        """Where each part of the record begins in its file, a text at its first character."""
        return read_places(self.places)

    @property
    def stories(self) -> tuple[WrittenText, ...]:
        """The story in each language that has one."""
        placed = (text for text in self.texts if text.path == "story")
        return tuple(text for one in placed for text in one.by_language(self.path))

    @property
    def printed_figures(self) -> tuple[Figure, ...]:
        """The figures that a source prints, without those that this site computes."""
        return tuple(figure for figure in self.figures.values() if not figure.formula)

    @property
    def taken_out(self) -> tuple[Change, ...]:
        """The changes by which figures were taken out, one for each that the case has no more."""
        changes = (change for change in self.withdrawn if change.figure and not change.after)
        return tuple({change.figure: change for change in changes}.values())

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of what was published of the case, in the order of the record."""
        own = (change for figure in self.figures.values() for change in figure.history)
        return (*own, *self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or a file of content/ as it was read; only a picture has a width and a height.

    `name` begins with its folder, `kind` is JPEG, PNG, WEBP or PDF, `size` counts its bytes.
    """

    name: str
    kind: str
    size: int
    digest: str
    width: int = 0
    height: int = 0

    def copies(self) -> Mapping[str, tuple[int, int]]:
        """The widths and heights at which a picture is published, by their paths in the site."""
        folder, _, name = self.name.partition("/")
        paths = {WIDE: f"data/{folder}/{name}", NARROW: f"data/{folder}/{NARROW}/{name}"}
        return {
            path: (min(self.width, most), max(1, round(self.height * min(1, most / self.width))))
            for most, path in paths.items()
            if most == WIDE or self.width > most
        }


class Outdated(NamedTuple):
    """A file whose translation is older than the site's own language in these parts.

    A part is a field of a record; a text of the editors is one part without a name.
    """

    path: str
    parts: tuple[str, ...]
