"""Summaries of cases, small enough to keep those of all cases in memory.

A record takes nearly fifty thousand bytes in memory, and a build would spend its time loading ten
thousand records that it hardly uses. So summaries are cached beside the records, and a record is
loaded only to show its content. A summary holds everything that decides which cases, figures or
events are in a list and in which order, but not their content.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import NamedTuple, TypeVar

from casebook.record.comparability import ComparabilityClass, class_of, span_of
from casebook.record.description import texts_of, values_inside
from casebook.record.evidence import Review, find_answer, review_figure
from casebook.record.model import Case, Change, Event, Figure, ShownState, State
from casebook.record.references import LINK_TO_PAGE, SITE, find_chart_names, find_references
from casebook.record.vocabulary import Source, Vocabulary
from casebook.text import LANGS, NO_TEXT, Text
from casebook.values.digest import digest
from casebook.values.numerals import fold_text
from casebook.values.periods import Lane, Period

_DIGITS = 8
SortKey = tuple[int, int, int, str]
T = TypeVar("T", bound=Hashable)


class FigureSummary(NamedTuple):
    """Summary of a figure, which decides its place in lists; `group` is its comparability class.

    `span` is its length of time, and `years` are the first and the last year of its period, None if
    the start is open.
    """

    id: str
    group: ComparabilityClass
    span: str
    lane: Lane
    sort_key: SortKey
    years: tuple[int, int] | None
    magnitude: Decimal
    review: Review
    is_rough: bool


class EventSummary(NamedTuple):
    """Summary of an event or a publication, which decides its place in the timeline.

    `years` are the first and the last year that it is known to reach, None if its start is open.
    """

    source: str
    lane: Lane
    sort_key: SortKey
    years: tuple[int, int] | None


class Passage(NamedTuple):
    """A quote from a source, narrow and without white space, with its line in the source."""

    source: str
    line: int | None
    words: str


class CaseSummary(NamedTuple):
    """Summary of a case, with everything that lists need.

    `version` is the digest of the record, `listed` a digest of the record without summary and
    story, `link` a digest of what a link to the case shows. `states` are the states of its answers
    in the order of the vocabulary's questions. `dates` are all periods in the record, in EDTF,
    `titles` the titles of documents with digits. `named_figures` are the figures of other cases
    that the story names, each with its case, `charts` the charts that the story embeds.
    `counts_site` is true if the story names a count of the whole site, `has_slots` if it contains
    `[[`, `has_links` if it links to other pages. `media` are the pictures and files of the case.
    `pairs` has a line with two digests for each field that is in both languages.
    """

    slug: str
    path: str
    region: str
    topic: str
    state: State
    version: str
    listed: str
    link: str
    date: str
    aliases: tuple[str, ...]
    figures: tuple[FigureSummary, ...]
    events: tuple[EventSummary, ...]
    dates: tuple[str, ...]
    titles: tuple[str, ...]
    sources: tuple[str, ...]
    states: tuple[ShownState, ...]
    has_amount: bool
    provider_types: tuple[str, ...]
    modes: tuple[str, ...]
    named_figures: tuple[tuple[str, str], ...]
    counts_site: bool
    has_slots: bool
    has_links: bool
    charts: tuple[str, ...]
    media: tuple[str, ...]
    passages: tuple[Passage, ...]
    changes: tuple[Change, ...]
    pairs: str

    @property
    def has_figures(self) -> bool:
        """True if the case has figures, or had figures that were withdrawn."""
        return bool(self.figures) or any(one.figure and not one.after for one in self.changes)

    @property
    def printed_figures(self) -> tuple[FigureSummary, ...]:
        """The figures that a source prints."""
        return tuple(figure for figure in self.figures if figure.review != "computed")


def summarise_case(
    case: Case, vocabulary: Vocabulary, sources: Mapping[str, Source]
) -> CaseSummary:
    """The summary of a case, made only from the record, the vocabulary and its sources."""
    stories = tuple(filter(None, map(case.story.own, LANGS)))
    references = [
        (reference.case, reference.name)
        for text in stories
        for reference in find_references(text)
        if reference.case and reference.case != case.slug
    ]
    # A corrected figure must not rewrite the pages of all cases that link here.
    shown = (case.slug, case.region, case.title, case.summary)
    answer = cache(partial(find_answer, case, vocabulary=vocabulary, sources=sources))
    return CaseSummary(
        slug=case.slug,
        path=case.path,
        region=case.region,
        topic=case.topic,
        state=case.state,
        version=case.digest,
        # The most frequent edits do not change lists of figures, answers and events.
        listed=digest(repr(replace(case, summary=NO_TEXT, story=NO_TEXT, digest="")).encode())[:16],
        link=digest(repr(shown).encode())[:16],
        date=case.updated,
        aliases=case.aliases,
        figures=tuple(
            _summarise_figure(f, case, vocabulary, sources) for f in case.figures.values()
        ),
        events=tuple(summarise_event(event) for event in case.events),
        dates=tuple(
            dict.fromkeys(_share(period.edtf) for _, period in values_inside(case.inside, "period"))
        ),
        titles=tuple(
            title
            for document in case.documents
            for title in (document.title.zh, document.title.en)
            # Only numbers in texts are looked up among the titles.
            if re.search(r"\d", title)
        ),
        sources=_share(case.sources),
        states=_share(tuple(answer(key).shown for key in vocabulary.questions)),
        has_amount=answer("amount").state == "stated",
        provider_types=_share(answer(vocabulary.question_of("provider_types")).terms),
        modes=_share(answer(vocabulary.question_of("modes")).terms),
        named_figures=tuple(dict.fromkeys(pair for pair in references if pair[0] != SITE)),
        counts_site=any(owner == SITE for owner, _ in references),
        has_slots=any("[[" in text for text in stories),
        has_links=any(LINK_TO_PAGE.search(text) for text in stories),
        charts=tuple(dict.fromkeys(name for text in stories for name in find_chart_names(text))),
        media=tuple(dict.fromkeys(name for _, name in case.media_inside)),
        passages=tuple(
            Passage(_share(record.source), record.line, fold_text(quote))
            for record, quote in values_inside(case.inside, "quote")
        ),
        changes=case.changes,
        pairs="\n".join(f"{part} {pair.zh} {pair.en}" for part, pair in pair_wordings(case)),
    )


def _summarise_figure(
    figure: Figure, case: Case, vocabulary: Vocabulary, sources: Mapping[str, Source]
) -> FigureSummary:
    return FigureSummary(
        id=_share(figure.id),
        group=_share(class_of(figure)),
        span=_share(span_of(figure)),
        lane=figure.period.lane,
        sort_key=_share(figure.period.sort_key),
        years=_share(name_years(figure.period)),
        magnitude=figure.quantity.magnitude,
        review=review_figure(figure, case, vocabulary, sources),
        is_rough=figure.quantity.is_rough,
    )


def summarise_event(event: Event) -> EventSummary:
    """The summary of an event, or of a publication that is shown as one."""
    date = event.date
    return EventSummary(
        source=_share(event.source),
        lane=date.lane,
        sort_key=_share(date.sort_key),
        years=_share(name_years(date)),
    )


def name_years(date: Period) -> tuple[int, int] | None:
    """The first and the last year that a time is known to reach, None if its start is open."""
    if date.earliest is None:
        return None
    # An open end says nothing about the years after its start.
    return date.earliest.year, (date.latest or date.earliest).year


def pair_wordings(case: Case) -> Iterator[tuple[str, Text]]:
    """Each field of a record that is in both languages, with a digest of each language."""
    parts: dict[str, list[Text]] = {}
    for placed in texts_of(case):
        # A text without a translation is shown in Chinese, so it cannot be outdated.
        if placed.text.zh and placed.text.en:
            parts.setdefault(placed.part, []).append(placed.text)
    for part, both in parts.items():
        zh = "\n".join(text.zh for text in both)
        en = "\n".join(text.en for text in both)
        yield part, Text(sign_words(zh.encode()), sign_words(en.encode()))


def sign_words(text: bytes) -> str:
    """A short digest of words."""
    return digest(text)[:_DIGITS]


@lru_cache(maxsize=100_000)
def _share(value: T) -> T:
    """One shared object for equal values, which thousands of figures have."""
    return value
