"""All cases together: their order, their figures, answers, timeline and the lists they draw on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

from casebook.comparability import ComparabilityClass, class_of, group_by_class
from casebook.model import (
    NO_TEXT,
    Answer,
    Case,
    Change,
    Document,
    Event,
    Figure,
    Gone,
    Outdated,
    Refusal,
    Region,
    Source,
    Text,
    Vocabulary,
)

# Fewer silent years than this are an ordinary interval, not a gap worth naming.
GAP_YEARS = 5

Review = Literal["single", "corroborated", "contradicted", "primary", "computed"]
Marker = Literal["known", "uncertain", "latest_only", "planned", "publication"]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One entry of the timeline: an event of a case, or the publication of a shared source."""

    event: Event
    case: Case | None

    @property
    def marker(self) -> Marker:
        """The mark that tells how well the date is known."""
        if self.case is None:
            return "publication"
        if self.event.date.lane == "latest_only":
            return "latest_only"
        if self.event.date.lane == "uncertain":
            return "uncertain"
        return "planned" if self.event.status == "planned" else "known"


@dataclass(frozen=True, slots=True)
class Gap:
    """Years of which the sources that cases share say nothing, both ends included.

    `others` counts the entries of other sources that fall into these years.
    """

    first: int
    last: int
    others: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The three lanes: what is dated, what is uncertain, what only has a latest date."""

    dated: tuple[TimelineItem | Gap, ...]
    uncertain: tuple[TimelineItem, ...]
    latest_only: tuple[TimelineItem, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """What pages of single cases show of the whole data set: its counts and shared sources."""

    counts: Mapping[str, int]
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """Every published case in administrative order, with vocabulary, regions and sources.

    `unread` are the slugs of cases whose files have errors, of which nothing more can be said.
    `ledger` holds every address that was ever published, with its line in data/addresses.txt, and
    `gone` what is told of those that are no more. `outdated` tells of the pages whose
    English is older than their Chinese, by address. An excerpt says in `whole` what its cases
    show of the data set that it was taken from.
    """

    cases: tuple[Case, ...]
    vocabulary: Vocabulary
    regions: Mapping[str, Region]
    sources: Mapping[str, Source]
    unread: frozenset[str] = frozenset()
    refusals: tuple[Refusal, ...] = ()
    ledger: Mapping[str, int] = field(default_factory=dict)
    gone: Mapping[str, Gone] = field(default_factory=dict)
    outdated: Mapping[str, Outdated] = field(default_factory=dict)
    whole: Whole | None = None

    @cached_property
    def by_slug(self) -> Mapping[str, Case]:
        """The cases by slug."""
        return {case.slug: case for case in self.cases}

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {case.slug: index for index, case in enumerate(self.cases)}

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """Every figure by its `case.id` key, case after case."""
        return {figure.key: figure for case in self.cases for figure in case.figures.values()}

    @cached_property
    def classes(self) -> Mapping[ComparabilityClass, tuple[Figure, ...]]:
        """The printed figures by comparability class."""
        return group_by_class(figure for figure in self.figures.values() if not figure.formula)

    @cached_property
    def reviews(self) -> Mapping[str, Review]:
        """How well each figure is supported, by its `case.id` key."""
        return {
            figure.key: review_figure(figure, case, self)
            for case in self.cases
            for figure in case.figures.values()
        }

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every change of what was published, the newest first."""
        changes = [change for case in self.cases for change in case.changes]
        return tuple(sorted(changes, key=lambda change: change.date.sort_key, reverse=True))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The counts of the whole site that a text may name as `{{site.…}}`."""
        if self.whole is not None:
            return self.whole.counts
        return {
            "cases": len(self.cases),
            "cases_with_amount": sum(self.has_amount(case) for case in self.cases),
            "figures": sum(len(case.printed_figures) for case in self.cases),
            "sources": len(self.used_sources),
            "events": sum(len(case.events) for case in self.cases),
        }

    @cached_property
    def shared_sources(self) -> tuple[str, ...]:
        """The ids of the dated sources that more than one case rests on."""
        if self.whole is not None:
            return self.whole.shared
        uses = Counter(name for case in self.cases for name in sources_of(case))
        return tuple(
            name
            for name, source in self.sources.items()
            if uses[name] > 1 and source.published is not None
        )

    @cached_property
    def timeline(self) -> Timeline:
        """All events in their lanes, each lane in the order of time."""
        return build_timeline(self)

    @cached_property
    def timeline_of(self) -> Mapping[str, tuple[TimelineItem, ...]]:
        """What the timeline holds of each case: its events, then the shared sources of these."""
        lanes = self.timeline
        items = [
            item
            for item in (*lanes.dated, *lanes.uncertain, *lanes.latest_only)
            if isinstance(item, TimelineItem)
        ]
        events: dict[str, list[TimelineItem]] = {case.slug: [] for case in self.cases}
        shared: dict[str, tuple[int, TimelineItem]] = {}
        for number, item in enumerate(items):
            if item.case is None:
                shared[item.event.source] = (number, item)
            else:
                events[item.case.slug].append(item)
        found = {}
        for slug, own in events.items():
            used = {item.event.source for item in own} & shared.keys()
            told = sorted((shared[name] for name in used), key=lambda pair: pair[0])
            found[slug] = (*own, *(item for _, item in told))
        return found

    @cached_property
    def used_sources(self) -> Mapping[str, Source]:
        """The sources that something rests on, by id, in the order of the list of sources."""
        used = {name for case in self.cases for name in sources_of(case)}
        return {name: source for name, source in self.sources.items() if name in used}

    @cached_property
    def documents(self) -> tuple[tuple[Case, Document], ...]:
        """Every named document with its case."""
        return tuple((case, document) for case in self.cases for document in case.documents)

    def place(self, case: Case) -> Text:
        """The name of the place as readers know it: 北京, 上海浦东, 深圳宝安."""
        region = self.regions[case.region]
        if region.level != "county" or not region.parent:
            return region.short
        parent = self.regions[region.parent].short
        return Text(
            parent.zh + region.short.zh, f"{region.short.inside('en')}, {parent.inside('en')}"
        )

    def province(self, case: Case) -> Region:
        """The province-level unit that the case lies in."""
        return self.regions[case.region[:2] + "0000"]

    @cached_property
    def _answers(self) -> dict[tuple[str, str], Answer]:
        return {}

    def answer(self, case: Case, question: str) -> Answer:
        """The answer of the record, or for a derived question what the figures say."""
        key = case.slug, question
        if key not in self._answers:
            self._answers[key] = self._find_answer(case, question)
        return self._answers[key]

    def _find_answer(self, case: Case, question: str) -> Answer:
        given = case.answers.get(question)
        if given is not None:
            return given
        if question == "amount":
            return _answer_amount(case, self.vocabulary)
        if question == "year":
            return _answer_year(case)
        return Answer(question, "not_stated")

    def answer_text(self, answer: Answer) -> Text:
        """What an answer says, in the names of the vocabulary; empty where nothing is stated."""
        question = self.vocabulary.questions[answer.question]
        if not answer.terms:
            return answer.text
        terms: Mapping[str, Text] = {
            term.key: term.name for term in getattr(self.vocabulary, question.terms).values()
        }
        names = [terms[key] for key in answer.terms]
        return Text(
            "、".join(name.zh for name in names), ", ".join(name.inside("en") for name in names)
        )

    def money_figures(self, case: Case) -> tuple[Figure, ...]:
        """The printed amounts of money of a case, in the order of the record."""
        return tuple(
            figure
            for figure in case.printed_figures
            if self.vocabulary.measures[figure.measure].kind == "money"
        )

    def has_amount(self, case: Case) -> bool:
        """Whether any figure of the case is public money for purchases."""
        return self.answer(case, "amount").state == "stated"

    def neighbours(self, case: Case) -> tuple[Case | None, Case | None]:
        """The cases before and after in administrative order."""
        index = self._positions[case.slug]
        before = self.cases[index - 1] if index > 0 else None
        after = self.cases[index + 1] if index + 1 < len(self.cases) else None
        return before, after


def order_cases(cases: list[Case]) -> tuple[Case, ...]:
    """The cases in administrative order: by code of GB/T 2260, then by slug."""
    return tuple(sorted(cases, key=lambda case: (case.region, case.slug)))


def sources_of(case: Case) -> tuple[str, ...]:
    """The ids of every source that a case rests on, each once, in the order of first use."""
    names: dict[str, None] = {}
    for figure in case.figures.values():
        for name in figure.sources:
            names.setdefault(name)
        for report in figure.corroborated_by:
            names.setdefault(report.source)
    for event in case.events:
        names.setdefault(event.source)
    for document in case.documents:
        names.setdefault(document.source)
    for conflict in case.conflicts:
        for report in conflict.reports:
            names.setdefault(report.source)
    return tuple(names)


def review_figure(figure: Figure, case: Case, dataset: Dataset) -> Review:
    """How well a figure is supported; what contradicts it weighs more than what supports it.

    Corroborated is what another publication says as well, in a report beside the figure or as a
    figure of its own; primary is what stands in such a document itself or is confirmed by one.
    """
    if figure.formula:
        return "computed"
    if any(figure.id in conflict.figures for conflict in case.conflicts):
        return "contradicted"
    kinds = dataset.vocabulary.source_kinds
    confirming = {report.source for report in figure.corroborated_by if report.confirms}
    confirming |= {
        other.source
        for other in case.printed_figures
        if other.source != figure.source and _say_the_same(figure, other)
    }
    if any(kinds[dataset.sources[name].kind].primary for name in {figure.source, *confirming}):
        return "primary"
    return "corroborated" if confirming else "single"


def _say_the_same(one: Figure, other: Figure) -> bool:
    quantities = [
        (f.quantity.value, f.quantity.low, f.quantity.high, f.quantity.qualifier)
        for f in (one, other)
    ]
    return (
        quantities[0] == quantities[1]
        and one.period.edtf == other.period.edtf
        and class_of(one) == class_of(other)
    )


def build_timeline(dataset: Dataset) -> Timeline:
    """The timeline of all cases, with the publication of sources that several cases share."""
    shared = dataset.shared_sources
    items = [TimelineItem(event, case) for case in dataset.cases for event in case.events]
    items.extend(_publication(dataset.sources[name]) for name in shared)
    items.sort(key=lambda item: item.event.date.sort_key)
    lanes: dict[str, list[TimelineItem]] = {"dated": [], "uncertain": [], "latest_only": []}
    for item in items:
        lanes[item.event.date.lane].append(item)
    return Timeline(
        tuple(_with_gaps(lanes["dated"], frozenset(shared or dataset.used_sources))),
        tuple(lanes["uncertain"]),
        tuple(lanes["latest_only"]),
    )


def _publication(source: Source) -> TimelineItem:
    assert source.published is not None
    title = Text(
        f"{source.publisher.zh}刊出《{source.title.zh}》",
        f"{source.publisher.inside('en')} publishes “{source.title.inside('en')}”",
    )
    return TimelineItem(Event("", source.published, title, source.id), None)


def _with_gaps(items: list[TimelineItem], main: Set[str]) -> Iterator[TimelineItem | Gap]:
    """The entries with a gap after each one that the main sources follow with long silence."""
    told = [item for item in items if item.event.source in main and item.event.date.earliest]
    gaps = {}
    reached = 0
    for before, after in pairwise(told):
        start, end = before.event.date.earliest, before.event.date.latest
        following = after.event.date.earliest
        assert start is not None and following is not None
        # An open end says nothing about the years after its start.
        reached = max(reached, (end or start).year)
        first, last = reached + 1, following.year - 1
        if last - first + 1 >= GAP_YEARS:
            inside = [
                item
                for item in items
                if item.event.date.earliest and first <= item.event.date.earliest.year <= last
            ]
            gaps[id(before)] = Gap(first, last, len(inside))
    for item in items:
        yield item
        if id(item) in gaps:
            yield gaps[id(item)]


def _answer_amount(case: Case, vocabulary: Vocabulary) -> Answer:
    measures = [(figure, vocabulary.measures[figure.measure]) for figure in case.printed_figures]
    spending = [figure for figure, measure in measures if measure.spending]
    mixed = [figure for figure, measure in measures if measure.mixed]
    if spending:
        names = dict.fromkeys(vocabulary.measures[figure.measure].key for figure in spending)
        return Answer("amount", "stated", text=_measure_names(names, vocabulary))
    if mixed:
        names = dict.fromkeys(vocabulary.measures[figure.measure].key for figure in mixed)
        return Answer("amount", "partial", text=_measure_names(names, vocabulary))
    return Answer("amount", "not_stated")


def _measure_names(keys: Mapping[str, None], vocabulary: Vocabulary) -> Text:
    names = [vocabulary.measures[key].name for key in keys]
    return Text(
        "、".join(name.zh for name in names), ", ".join(name.inside("en") for name in names)
    )


def _answer_year(case: Case) -> Answer:
    periods = [figure.period for figure in case.printed_figures]
    periods += [event.date for event in case.events]
    for state, lane in (("stated", "dated"), ("partial", "uncertain")):
        years = sorted({p.earliest.year for p in periods if p.lane == lane and p.earliest})
        if years:
            words = "、".join(str(year) for year in years)
            text = Text(words, words.replace("、", ", "))
            return Answer("year", "stated" if state == "stated" else "partial", text=text)
    return Answer("year", "not_stated", text=NO_TEXT)
