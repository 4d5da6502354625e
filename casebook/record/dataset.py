"""All cases together: their order, their figures, answers, timeline and the lists they draw on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

from casebook.record.answers import find_answer
from casebook.record.evidence import Review, review_figure
from casebook.record.lazy_cases import LazyCases
from casebook.record.model import Answer, Case, Change, Document, Event, Figure, Outdated
from casebook.record.summary import CaseSummary, EventSummary, summarise_case, summarise_event
from casebook.record.vocabulary import Gone, Refusal, Region, Source, Vocabulary
from casebook.text import Text
from casebook.values.comparability import ComparabilityClass
from casebook.values.dates import Lane

# Fewer silent years than this are an ordinary interval, not a gap worth naming.
GAP_YEARS = 5
# Answers that are remembered; those of one page are asked for several times.
_MOST_ANSWERS = 5_000

LANES: tuple[Lane, ...] = ("dated", "uncertain", "latest_only")
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
class TimelineEntry:
    """The place of an entry of the timeline: an event by its number in its case, or a source.

    `slug` is empty for the publication of a source that cases share.
    """

    slug: str
    number: int
    summary: EventSummary


@dataclass(frozen=True, slots=True)
class Lanes:
    """The three lanes by the places of their entries, each in the order of time."""

    dated: tuple[TimelineEntry | Gap, ...]
    uncertain: tuple[TimelineEntry, ...]
    latest_only: tuple[TimelineEntry, ...]


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


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Every published case in administrative order, with vocabulary, regions and sources.

    The cases may be loaded as they are asked for; what needs something of
    all of them asks `summaries`.
    `unread` are the slugs of cases whose files have errors, of which nothing more can be said.
    `ledger` holds every address that was ever published, with its line in data/addresses.txt, and
    `gone` what is told of those that are no more. `outdated` tells of the pages whose
    English is older than their Chinese, by address. An excerpt says in `whole` what its cases
    show of the data set that it was taken from.
    """

    cases: Sequence[Case]
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
    def summaries(self) -> tuple[CaseSummary, ...]:
        """What lists need to know of each case, in the order of the cases."""
        if isinstance(self.cases, LazyCases):
            return self.cases.summaries
        return tuple(summarise_case(case, self.vocabulary, self.sources) for case in self.cases)

    @cached_property
    def by_slug(self) -> Mapping[str, Case]:
        """The cases by slug."""
        if isinstance(self.cases, LazyCases):
            return self.cases.by_slug
        return {case.slug: case for case in self.cases}

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each case in the order, by slug."""
        if isinstance(self.cases, LazyCases):
            return {summary.slug: index for index, summary in enumerate(self.summaries)}
        return {case.slug: index for index, case in enumerate(self.cases)}

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """Every figure by its `case.id` key, case after case."""
        return _Figures(self)

    @cached_property
    def classes(self) -> Mapping[ComparabilityClass, tuple[str, ...]]:
        """The keys of the printed figures by comparability class."""
        groups: dict[ComparabilityClass, list[str]] = {}
        for case in self.summaries:
            for figure in case.printed_figures:
                groups.setdefault(figure.group, []).append(f"{case.slug}.{figure.id}")
        return {group: tuple(keys) for group, keys in groups.items()}

    def review(self, figure: Figure) -> Review:
        """How well a figure is supported."""
        return review_figure(figure, self.by_slug[figure.case], self.vocabulary, self.sources)

    @cached_property
    def reviews(self) -> Mapping[Review, int]:
        """How many figures are supported in each way."""
        return Counter(figure.review for case in self.summaries for figure in case.figures)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every change of what was published, the newest first."""
        cases: Iterable[Case | CaseSummary] = self.cases
        if isinstance(self.cases, LazyCases):
            cases = self.cases.summaries
        changes = [change for case in cases for change in case.changes]
        return tuple(sorted(changes, key=lambda change: change.date.sort_key, reverse=True))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The counts of the whole site that a text may name as `{{site.…}}`."""
        if self.whole is not None:
            return self.whole.counts
        return {
            "cases": len(self.cases),
            "cases_with_amount": sum(case.has_amount for case in self.summaries),
            "figures": sum(len(case.printed_figures) for case in self.summaries),
            "sources": len(self.used_sources),
            "events": sum(len(case.events) for case in self.summaries),
        }

    @cached_property
    def shared_sources(self) -> tuple[str, ...]:
        """The ids of the dated sources that more than one case rests on."""
        if self.whole is not None:
            return self.whole.shared
        uses = Counter(name for case in self.summaries for name in case.sources)
        return tuple(
            name
            for name, source in self.sources.items()
            if uses[name] > 1 and source.published is not None
        )

    @cached_property
    def lanes(self) -> Lanes:
        """The places of all events, and of the shared sources, in the lanes of the timeline."""
        return _fill_lanes(self)

    @cached_property
    def timeline(self) -> Timeline:
        """All events in their lanes, each lane in the order of time."""
        lanes = self.lanes
        return Timeline(
            tuple(
                entry if isinstance(entry, Gap) else self.item_of(entry) for entry in lanes.dated
            ),
            tuple(map(self.item_of, lanes.uncertain)),
            tuple(map(self.item_of, lanes.latest_only)),
        )

    def item_of(self, entry: TimelineEntry) -> TimelineItem:
        """What stands at a place of the timeline."""
        if not entry.slug:
            return _publication(self.sources[entry.summary.source])
        case = self.by_slug[entry.slug]
        return TimelineItem(case.events[entry.number], case)

    def timeline_of(self, case: Case) -> tuple[TimelineItem, ...]:
        """What the timeline holds of a case: its events, then the shared sources of these."""
        told = {event.source for event in case.events}
        shared = [_publication(self.sources[name]) for name in self.shared_sources if name in told]
        return (
            *order_items(TimelineItem(event, case) for event in case.events),
            *order_items(shared),
        )

    @cached_property
    def used_sources(self) -> Mapping[str, Source]:
        """The sources that something rests on, by id, in the order of the list of sources."""
        used = {name for case in self.summaries for name in case.sources}
        return {name: source for name, source in self.sources.items() if name in used}

    @cached_property
    def documents(self) -> tuple[tuple[Case, Document], ...]:
        """Every named document with its case."""
        return tuple((case, document) for case in self.cases for document in case.documents)

    def place(self, case: Case | CaseSummary) -> Text:
        """The name of the place as readers know it: 北京, 上海浦东, 深圳宝安."""
        region = self.regions[case.region]
        if region.level != "county" or not region.parent:
            return region.short
        parent = self.regions[region.parent].short
        return Text(
            parent.zh + region.short.zh, f"{region.short.inside('en')}, {parent.inside('en')}"
        )

    def province(self, region: str) -> Region:
        """The province-level unit that a region is or lies in, by its code."""
        return self.regions[region[:2] + "0000"]

    def find_figure(self, case: str, name: str, home: Case | None) -> Figure | None:
        """The figure that a reference names, seen from a text of the case `home`."""
        if not case:
            return home.figures.get(name) if home is not None else None
        return self.figures.get(f"{case}.{name}")

    @cached_property
    def _answers(self) -> dict[tuple[str, str], Answer]:
        return {}

    def answer(self, case: Case, question: str) -> Answer:
        """The answer of the record, or for a derived question what the figures say."""
        key = case.slug, question
        if key not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[key] = find_answer(case, question, self.vocabulary)
        return self._answers[key]

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
        index = self.positions[case.slug]
        before = self.cases[index - 1] if index > 0 else None
        after = self.cases[index + 1] if index + 1 < len(self.cases) else None
        return before, after


def order_cases(cases: list[Case]) -> tuple[Case, ...]:
    """The cases in administrative order: by code of GB/T 2260, then by slug."""
    return tuple(sorted(cases, key=lambda case: (case.region, case.slug)))


class _Figures(Mapping[str, Figure]):
    """The figures of all cases by their `case.id` keys."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def __getitem__(self, key: str) -> Figure:
        slug, _, name = key.partition(".")
        return self._dataset.by_slug[slug].figures[name]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        cases = self._dataset.cases
        if isinstance(cases, LazyCases):
            return (
                f"{case.slug}.{figure.id}" for case in cases.summaries for figure in case.figures
            )
        return (figure.key for case in cases for figure in case.figures.values())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _fill_lanes(dataset: Dataset) -> Lanes:
    shared = dataset.shared_sources
    entries = [
        TimelineEntry(case.slug, number, event)
        for case in dataset.summaries
        for number, event in enumerate(case.events)
    ]
    for name in shared:
        entries.append(
            TimelineEntry("", 0, summarise_event(_publication(dataset.sources[name]).event))
        )
    entries.sort(key=lambda entry: entry.summary.sort_key)
    lanes: dict[str, list[TimelineEntry]] = {"dated": [], "uncertain": [], "latest_only": []}
    for entry in entries:
        lanes[entry.summary.lane].append(entry)
    return Lanes(
        tuple(_with_gaps(lanes["dated"], frozenset(shared or dataset.used_sources))),
        tuple(lanes["uncertain"]),
        tuple(lanes["latest_only"]),
    )


def order_items(items: Iterable[TimelineItem]) -> list[TimelineItem]:
    """Entries lane by lane, each lane in the order of time."""
    return sorted(
        items, key=lambda item: (LANES.index(item.event.date.lane), item.event.date.sort_key)
    )


def _publication(source: Source) -> TimelineItem:
    assert source.published is not None
    title = Text(
        f"{source.publisher.zh}刊出《{source.title.zh}》",
        f"{source.publisher.inside('en')} publishes “{source.title.inside('en')}”",
    )
    return TimelineItem(Event(case="", date=source.published, title=title, source=source.id), None)


def _with_gaps(entries: list[TimelineEntry], main: Set[str]) -> Iterator[TimelineEntry | Gap]:
    """The entries with a gap after each one that the main sources follow with long silence."""
    told = [entry for entry in entries if entry.summary.source in main and entry.summary.years]
    gaps = {}
    reached = 0
    for before, after in pairwise(told):
        assert before.summary.years is not None and after.summary.years is not None
        reached = max(reached, before.summary.years[1])
        first, last = reached + 1, after.summary.years[0] - 1
        if last - first + 1 >= GAP_YEARS:
            inside = [
                entry
                for entry in entries
                if entry.summary.years and first <= entry.summary.years[0] <= last
            ]
            gaps[id(before)] = Gap(first, last, len(inside))
    for entry in entries:
        yield entry
        if id(entry) in gaps:
            yield gaps[id(entry)]
