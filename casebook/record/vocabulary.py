"""The lists that cases draw on: vocabulary, regions, sources, refusals, addresses that are gone."""

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

    On a scope, `bought_by` is the scope of the money that bought the things which this one counts,
    and `per` what a price of one of them is per. On a kind of source, `primary` is true where such
    a publication is itself the document and not a report of it. A mode with `direct` asks one
    provider alone, as OCDS knows a direct award.
    """

    key: str
    name: Text = described("bilingual", role="heading")
    note: Text = described("bilingual", default=NO_TEXT, role="note")
    bought_by: str = described("term", default="", words="scopes")
    per: str = described("term", default="", words="per")
    primary: bool = described("flag", default=False)
    direct: bool = described("flag", default=False)


@described_class
class Question:
    """One thing that is asked of every case.

    `terms` names the list of the vocabulary that answers come from, empty for free text.
    `ask` is the question as a citizen would put it to the purchaser. A `derived` question is
    answered from the figures of the case where the record does not answer it. `items` are the
    items of the official list of what must be published that the question asks for.
    """

    key: str
    name: Text = described("bilingual", role="heading")
    ask: Text = described("bilingual", default=NO_TEXT, role="prose")
    # The lists whose words can be an answer; a list of measures or statuses answers nothing.
    terms: str = described("term", default="", words=("provider_types", "modes", "topics"))
    derived: bool = described("flag", default=False)
    items: tuple[str, ...] = described("terms", default=(), words="disclosure_items")


# What a formula comes to, where its figure is of another measure than those in it.
RESULTS = ("sum", "difference", "share", "multiple", "average", "change")


@described_class
class Measure:
    """One thing that figures measure, with what it may be compared with.

    `spending` is true where the amount is public money for purchases, so that a case with such
    a figure has an amount; `mixed` where purchase is only one of its uses; `cap` where it is a
    ceiling that somebody may be paid, not an expense.
    """

    key: str
    name: Text = described("bilingual", role="heading")
    kind: Literal["money", "count", "share"] = described("term", words=("money", "count", "share"))
    compare: Text = described("bilingual", role="note")
    spending: bool = described("flag", default=False)
    mixed: bool = described("flag", default=False)
    cap: bool = described("flag", default=False)
    # Nothing was charged, but nobody reports that nothing was spent.
    zero: bool = described("flag", default=False)
    total: bool = described("flag", default=False)
    result: str = described("term", default="", words=RESULTS)
    words: tuple[str, ...] = described("names", default=())


LETTER_BLANKS = ("place", "topic", "questions")

# What only scopes or kinds of sources have: written elsewhere it would be read and mean nothing.
_OF_SOME_TERMS = ("bought_by", "per", "primary", "direct")


@described_class
class Vocabulary:
    """The closed lists of data/vocabulary.yaml, in their order.

    With `letter` readers ask a purchaser what the sources leave open: its paragraphs, in which
    `LETTER_BLANKS` in braces are filled in. `letter_note` tells readers about it. Each line of
    `synonyms` has words that mean the same to whoever searches.
    """

    # The one that 元, $ and ¥ stand for.
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
    # They cite laws by their numbers and say nothing of a case, so that no record has to hold them.
    letter: Text = described("block", role="official_title", default=NO_TEXT)
    letter_note: Text = described("bilingual", role="official_title", default=NO_TEXT)
    synonyms: tuple[str, ...] = described("names", default=(), dumped=False)

    def question_of(self, terms: str) -> str:
        """The first question that words of a list answer, empty where none does."""
        # A site calls its questions as it likes; what lists and charts need is who and how.
        return next((key for key, one in self.questions.items() if one.terms == terms), "")


# From the largest to the smallest.
Level = Literal["province", "prefecture", "county"]
LEVELS: tuple[Level, ...] = get_args(Level)


@described_class
class Region:
    """A unit of GB/T 2260 (2012 edition), which it is where it is `standard`, or of another list.

    `tile` is the column and row of a province in the tile grid, counted from zero. `same_as` is the
    address by which others know it, as that of its entry in Wikidata.
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
    """A publication that figures, events and answers rest on.

    `published` is an EDTF date or empty; `url` is empty where no address may be linked.
    A `repost` was seen in another place than its own, so that it is no primary document.
    `characters` is the length of its text without blanks, where it is known. A source with `main`,
    the short name by which pages speak of it, is the main source of the cases that rest on it.
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
    # Not published: it says more of the copy that was counted than of the source.
    characters: int | None = described("number", default=None, dumped=False)
    file: str = described("file", default="")


@described_class
class Refusal:
    """A computation or comparison that suggests itself and that the guard refuses.

    Either a `formula` over the figures of `case`, in which `unknown` are names of things of which
    no source gives a number, or `compare`: figures set side by side, or `spending`: figures taken
    for amounts of purchases, both as `case.figure`.
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
        """True where just one of formula, comparison and spending is given."""
        return sum(map(bool, (self.formula, self.compare, self.spending))) == 1


@described_class
class Gone:
    """An address at which something stood: what it was, and why it is gone or where it is now.

    `address` and `moved_to` have no slash before them and no language; one of `why` and
    `moved_to` is given.
    """

    address: str
    title: Text = described("bilingual", default=NO_TEXT, role="heading")
    why: Text = described("bilingual", default=NO_TEXT, role="note")
    date: Period | None = described("period", default=None)
    moved_to: str = described("line", role="word", default="")
    at: Position = field(default=START, repr=False)
