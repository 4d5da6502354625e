"""Timeline of all cases: its three lanes, and the gaps in which the sources are silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from casebook.messages import say
from casebook.record.model import Case, Event
from casebook.record.summary import CaseSummary, EventSummary, summarise_event
from casebook.record.vocabulary import Source
from casebook.values.periods import Lane
from casebook.values.words import PLANNED_STATUSES

# The fewest silent years in a row that are shown as a gap.
GAP_YEARS = 5

LANES: tuple[Lane, ...] = ("dated", "uncertain", "latest_only")
Marker = Literal["known", "uncertain", "latest_only", "publication"]


class TimelineItem(NamedTuple):
    """One entry of the timeline: an event of a case, or the publication of a shared source."""

    event: Event
    case: Case | None

    @property
    def marker(self) -> Marker:
        """The mark that shows how well the date is known."""
        if self.case is None:
            return "publication"
        lane = self.event.date.lane
        return "known" if lane == "dated" else lane

    @property
    def is_planned(self) -> bool:
        """True if the event has not happened yet, even if its date is known."""
        return self.event.status in PLANNED_STATUSES

    @property
    def anchor(self) -> str:
        """The id of the entry in the page of its case, or ""."""
        return f"event-{self.case.events.index(self.event) + 1}" if self.case else ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Years in which the sources that cases share are silent, both ends included.

    `others` counts the entries of other sources that fall into these years.
    """

    first: int
    last: int
    others: int = 0
    lane: Lane = field(default="dated", init=False)


class TimelineEntry(NamedTuple):
    """A reference to an entry of the timeline: an event by its number in its case, or a source.

    `slug` is empty for the publication of a source that cases share.
    """

    slug: str
    number: int
    summary: EventSummary

    @property
    def lane(self) -> Lane:
        """The lane of the entry's date."""
        return self.summary.lane


def order_items(items: Iterable[TimelineItem]) -> list[TimelineItem]:
    """Entries by lane, and within a lane by time."""
    return sorted(
        items, key=lambda item: (LANES.index(item.event.date.lane), item.event.date.sort_key)
    )


def fill_timeline(
    cases: Iterable[CaseSummary], shared: Mapping[str, Source], main: Set[str]
) -> tuple[TimelineEntry | Gap, ...]:
    """The events of all cases and the publications of the sources they share, lane by lane.

    A gap is inserted where the `main` sources are silent for long; all gaps are in the first lane.
    """
    entries = [
        TimelineEntry(case.slug, number, event)
        for case in cases
        for number, event in enumerate(case.events)
    ]
    for source in shared.values():
        entries.append(TimelineEntry("", 0, summarise_event(publication_of(source).event)))
    entries.sort(key=lambda entry: (LANES.index(entry.summary.lane), entry.summary.sort_key))
    # Only between dated entries can years be silent.
    dated = sum(entry.summary.lane == "dated" for entry in entries)
    return (*_with_gaps(entries[:dated], main), *entries[dated:])


def publication_of(source: Source) -> TimelineItem:
    """The publication of a dated source as an entry of the timeline."""
    assert source.published is not None
    title = say("record.publication", publisher=source.publisher, title=source.title)
    return TimelineItem(Event(case="", date=source.published, title=title, source=source.id), None)


def _with_gaps(entries: list[TimelineEntry], main: Set[str]) -> Iterator[TimelineEntry | Gap]:
    """The entries, with a gap after each one that a long silence of the main sources follows."""
    known = [entry for entry in entries if entry.summary.source in main and entry.summary.years]
    gaps = {}
    # An interval may last beyond the starts of later entries, and its years are not silent.
    reached = 0
    for before, after in pairwise(known):
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
