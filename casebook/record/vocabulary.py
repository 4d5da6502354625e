"""The lists that cases use: vocabulary, regions, sources, refusals, lost addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, get_args

from casebook.problems import START, Position
from casebook.record.description import described, described_class
from casebook.text import NO_TEXT, Text
from casebook.values.periods import Period
from casebook.values.words import CURRENCIES


@described_class
class Term:
    """One word of the vocabulary: its key in the records, its names, and what it means.

    On a scope, `bought_by` is the scope of the money that bought the counted things, and `per` the
    term for the price of one of them. On a kind of source, `primary` is true if such a publication
    is the document itself and not a report on it. A mode with `direct` asks a single provider, as
    the method direct of OCDS does.
    """

    key: str
    name: Text = described("bilingual", role="heading")
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    bought_by: str = described("term", default="", words="scopes")
    per: str = described("term", default="", words="per")
    primary: bool = described("flag", default=False)
    direct: bool = described("flag", default=False)


# The questions that figures and events answer.
DERIVED_QUESTIONS = ("amount", "year")


@described_class
class Question:
    """One thing that is asked of every case.

    `terms` names the list of the vocabulary with the possible answers, empty for free text.
    `ask` is the question as a citizen would put it to the purchaser. A `derived` question is
    answered from the figures of the case if the record does not answer it. `items` are the items
    that the question covers in the official list of items to be disclosed.
    """

    key: str
    name: Text = described("bilingual", role="heading")
    ask: Text = described("bilingual", default=NO_TEXT, role="prose")
    # The lists whose words can be answers; measures or statuses cannot be.
    terms: str = described("term", default="", words=("provider_types", "modes", "topics"))
    derived: bool = described("flag", default=False)
    items: tuple[str, ...] = described("terms", default=(), words="disclosure_items")


# The kinds of results of a formula that have another measure than its figures.
RESULTS = ("sum", "difference", "share", "multiple", "average", "change")


@described_class
class Measure:
    """One thing that figures measure, with a note on its comparisons.

    `spending` is true if the amount is public money for purchases, so that a case with such a
    figure has an amount; `mixed` if purchase is only one of its uses; `cap` if it is a limit of
    payments, not an expense.
    """

    key: str
    name: Text = described("bilingual", role="heading")
    kind: Literal["money", "count", "share"] = described("term", words=("money", "count", "share"))
    compare: Text = described("bilingual", role="note")
    spending: bool = described("flag", default=False)
    mixed: bool = described("flag", default=False)
    cap: bool = described("flag", default=False)
    # True if 0 is plausible: a charge may be nothing, but nobody reports spending of nothing.
    zero: bool = described("flag", default=False)
    total: bool = described("flag", default=False)
    result: str = described("term", default="", words=RESULTS)
    words: tuple[str, ...] = described("names", default=())


LETTER_BLANKS = ("place", "topic", "questions")

# Fields of only some kinds of terms; on other terms they would have no effect.
_OF_SOME_TERMS = ("bought_by", "per", "primary", "direct")


@described_class
class Vocabulary:
    """The closed lists of data/vocabulary.yaml, in their order.

    `letter` is the text of a letter in which readers ask a purchaser for missing information, with
    the `LETTER_BLANKS` in braces. `letter_note` explains the letter to readers. Each line of
    `synonyms` has words that mean the same in a search.
    """

    # The currency that shared words such as 元, $ and ¥ mean.
    currency: str = described("term", words=tuple(CURRENCIES), default="CNY")
    questions: Mapping[str, Question] = described("mapping", items=Question)
    topics: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS)
    provider_types: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS)
    modes: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS[:-1])
    measures: Mapping[str, Measure] = described("mapping", items=Measure)
    statuses: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS)
    scopes: Mapping[str, Term] = described("mapping", items=Term, without=("primary", "direct"))
    per: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS)
    document_states: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS)
    source_kinds: Mapping[str, Term] = described(
        "mapping", items=Term, without=("bought_by", "per", "direct")
    )
    disclosure_items: Mapping[str, Term] = described("mapping", items=Term, without=_OF_SOME_TERMS)
    # Both cite laws by number and state nothing about a case, so no record has to confirm them.
    letter: Text = described("block", role="official_title", default=NO_TEXT)
    letter_note: Text = described("bilingual", role="official_title", default=NO_TEXT)
    synonyms: tuple[str, ...] = described("names", default=(), dumped=False)

    def question_of(self, terms: str) -> str:
        """The first question that words of a list answer, or ""."""
        # A site names its questions freely; lists and charts find provider and mode by list.
        return next((key for key, one in self.questions.items() if one.terms == terms), "")


# From the largest to the smallest.
Level = Literal["province", "prefecture", "county"]
LEVELS: tuple[Level, ...] = get_args(Level)


@described_class
class Region:
    """A place: a unit of GB/T 2260 (2012 edition) if it is `standard`, else of another list.

    `tile` is the column and row of a province in the tile grid, counted from zero. `same_as` is an
    address that identifies the place elsewhere, such as its entry in Wikidata.
    """

    code: str
    name: Text = described("bilingual", role="name")
    short: Text = described("bilingual", role="name")
    level: Level = described("term", words=LEVELS)
    parent: str = described("text", role="word", default="")
    pinyin: str = described("text", role="name", default="")
    tile: tuple[int, int] | None = described("tile", default=None)
    same_as: str = described("url", default="")
    standard: bool = False


@described_class
class Source:
    """A publication that gives figures, events and answers.

    `published` is None if unknown; `url` is "" if no address may be linked. A `repost` was seen at
    another place than its original, so it is not a primary document. `characters` is the length of
    its text without blanks, if known. `main` is the short name that pages use for a main source; a
    source with it is the main source of the cases that use it.
    """

    id: str
    title: Text = described("bilingual", role="official_title")
    publisher: Text = described("bilingual", role="name")
    kind: str = described("term", words="source_kinds")
    published: Period | None = described("period", default=None)
    accessed: str = described("iso_day", default="")
    url: str = described("url", default="")
    repost: bool = described("flag", default=False)
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    main: Text = described("bilingual", default=NO_TEXT, role="heading", dumped=False)
    # Not published, as it describes the counted copy rather than the source.
    characters: int | None = described("number", default=None, dumped=False)
    file: str = described("file", default="")


@described_class
class Refusal:
    """A computation or comparison that readers may try and that the guard refuses.

    Either a `formula` over the figures of `case`, in which `unknown` are names of things for which
    no source gives a number, or `compare`: figures side by side, or `spending`: figures taken for
    amounts of purchases, both as `case.figure`.
    """

    id: str
    title: Text = described("bilingual", role="heading")
    case: str = described("text", role="word", default="")
    formula: str = described("text", role="word", default="")
    compare: tuple[str, ...] = described("names", default=())
    spending: tuple[str, ...] = described("names", default=())
    unknown: Mapping[str, Text] = described("things", role="heading", default_factory=dict)
    at: Position = field(default=START, repr=False)

    @property
    def is_of_one_kind(self) -> bool:
        """True if exactly one of formula, compare and spending is given."""
        return sum(map(bool, (self.formula, self.compare, self.spending))) == 1


@described_class
class Gone:
    """A lost address: its former content, and why it is gone or where the content is now.

    `address` and `moved_to` have no leading slash and no language; one of `why` and `moved_to` is
    given.
    """

    address: str
    title: Text = described("bilingual", default=NO_TEXT, role="heading")
    why: Text = described("bilingual", default=NO_TEXT, role="note")
    date: Period | None = described("period", default=None)
    moved_to: str = described("line", role="word", default="")
    at: Position = field(default=START, repr=False)
