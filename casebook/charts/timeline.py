"""Timeline: when things happened, as far as it is known, with a row for each place.

Long silences are cut out of the axis and named. A year is a column, never its first of January;
what only has a latest date stands at a bracket that is open to the left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final

from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, Selected, lower_first
from casebook.charts.timeline_strip import Moment, Strip, TimelineRow, paint_strip
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.lanes import GAP_YEARS, Gap, Marker, TimelineItem
from casebook.record.model import Case, Figure
from casebook.text import COLON, COMMA, NO_TEXT, SEMICOLON, Lang, Text

_MOST_EVENTS: Final = 150

# The words of the list of dates.
_MARKERS: Final[dict[Marker, str]] = {
    "known": "charts.marker.known",
    "uncertain": "charts.marker.uncertain",
    "latest_only": "charts.marker.latest_only",
    "planned": "charts.marker.planned",
    "publication": "charts.marker.publication",
}


@cache
def name_marker(marker: Marker) -> Text:
    """The words of the mark of an event."""
    return say(_MARKERS[marker])


def find_across(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """The timeline of all cases, where it is small enough to be read as a drawing."""
    events = sum(len(case.events) for case in dataset.summaries)
    with_events = [case for case in dataset.summaries if case.events]
    few = 0 < len(with_events) <= MOST_ROWS and events <= _MOST_EVENTS
    if few and len(dataset.shared_sources) <= MOST_ROWS:
        yield ()


def find_in(case: Case, dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """A strip for a case with two events or more."""
    if 2 <= len(case.events) <= MOST_ROWS:
        yield ()


def tabulate(shown: ChartRecords) -> ChartTable:
    """What the strip says and shows."""
    selected, dataset, lang = shown.selected, shown.dataset, shown.lang
    listed = (
        dataset.timeline_of(dataset.by_slug[selected.case])
        if selected.case
        else (*dataset.timeline.dated, *dataset.timeline.uncertain, *dataset.timeline.latest_only)
    )
    entries = [item for item in listed if isinstance(item, TimelineItem)]
    items = [item for item in entries if item.case is not None]
    shared = [item for item in entries if item.case is None]
    everything = [*items, *shared]
    runs = _runs(_years(everything))
    rows = _event_rows(items, lang) if selected.case else _place_rows(items, shown)
    markers = {item.marker for item in everything}
    silence, captions = _describe_gaps(selected, runs, bool(shared), dataset)
    strip = Strip(
        runs=runs,
        rows=rows,
        everywhere=tuple(_moment(item, lang) for item in shared),
        captions=tuple(caption.inside(lang) for caption in captions),
        key=tuple(
            (marker, name_marker(marker).inside(lang)) for marker in _MARKERS if marker in markers
        ),
    )
    finding = _find_words(items, silence.inside(lang), lang)
    if selected.case:
        finding = shown.say("charts.named", name=shown.place(), words=finding)
    else:
        finding = finding[:1].upper() + finding[1:]
    return replace(
        shown.tabulate(finding, strip),
        subtitle=shown.say("charts.timeline.subtitle"),
        header=(
            shown.say("charts.timeline.when"),
            shown.say("charts.place"),
            shown.say("charts.timeline.event"),
            shown.say("charts.timeline.date"),
        ),
        rows=tuple(_row(item, dataset, lang) for item in everything),
        sources=tuple(dict.fromkeys(item.event.source for item in everything)),
        # The strip of one case only says again what the list of its dates says.
        pictured=not selected.case,
    )


def _row(item: TimelineItem, dataset: Dataset, lang: Lang) -> tuple[str, ...]:
    return (
        item.event.date.words(lang),
        dataset.place(item.case).inside(lang) if item.case else "",
        item.event.title.inside(lang),
        name_marker(item.marker).inside(lang),
    )


def _find_words(items: Sequence[TimelineItem], silence: str, lang: Lang) -> str:
    """How much is dated how well, and which years are silent."""
    lanes = Counter(item.event.date.lane for item in items)
    dated, uncertain, latest = lanes["dated"], lanes["uncertain"], lanes["latest_only"]
    if dated > 1:
        clauses = [say("charts.timeline.dated", count=dated)]
    else:
        clauses = [say("charts.timeline.dated_one" if dated else "charts.timeline.dated_none")]
    if uncertain:
        clauses.append(say("charts.timeline.uncertain", count=uncertain))
    if latest:
        clauses.append(say("charts.timeline.latest", count=latest))
    found = COMMA.inside(lang).join(clause.inside(lang) for clause in clauses)
    return SEMICOLON.inside(lang).join([found, lower_first(silence)] if silence else [found])


def _describe_gaps(
    selected: Selected, runs: Sequence[tuple[int, int]], is_shared: bool, dataset: Dataset
) -> tuple[Text, list[Text]]:
    """The silence in the finding, and a caption for each gap of the sources or of the axis."""
    cuts = [(before[1] + 1, after[0] - 1) for before, after in pairwise(runs)]
    if selected.case:
        gaps = [Gap(*cut) for cut in cuts]
    else:
        # Where no source is shared, the gaps are those of all.
        gaps = [gap for gap in dataset.lanes.dated if isinstance(gap, Gap)]
    captions = []
    for gap in gaps:
        caption = _say_silence([gap], is_shared and not selected.case)
        if gap.others:
            key = "charts.timeline.others" if gap.others > 1 else "charts.timeline.other"
            caption = say(key, silence=caption, count=gap.others)
        is_cut = (gap.first, gap.last) in cuts
        captions.append(say("charts.timeline.cut", words=caption) if is_cut else caption)
    # The axis leaves out only years without any mark, which a gap of some sources may have.
    named = {(gap.first, gap.last) for gap in gaps}
    for first, last in cuts:
        if (first, last) not in named:
            shortened = say("charts.timeline.shortened", first=first, last=last)
            captions.append(say("charts.timeline.cut", words=shortened))
    return _say_silence(gaps, is_shared and not selected.case), captions


def _say_silence(gaps: Sequence[Gap], is_shared: bool) -> Text:
    """The years without a record, in the words of the list of dates; a few of them by name."""
    if not gaps:
        return NO_TEXT
    if len(gaps) > 2:
        key = "charts.timeline.silences_shared" if is_shared else "charts.timeline.silences"
        return say(key, count=len(gaps))
    is_spell = any(gap.last > gap.first for gap in gaps)
    years = say(
        "charts.timeline.spell" if is_spell else "charts.timeline.years",
        years=Text(
            "、".join(_years_of(gap, "—") for gap in gaps),
            " and ".join(_years_of(gap, "–") for gap in gaps),
        ),
    )
    key = "charts.timeline.silence_shared" if is_shared else "charts.timeline.silence"
    return say(key, years=years)


def _years_of(gap: Gap, dash: str) -> str:
    return str(gap.first) if gap.first == gap.last else f"{gap.first}{dash}{gap.last}"


def _place_rows(items: Sequence[TimelineItem], shown: ChartRecords) -> tuple[TimelineRow, ...]:
    moments: dict[str, list[Moment]] = {}
    for item in items:
        if item.case is not None:
            moments.setdefault(item.case.slug, []).append(_moment(item, shown.lang))
    slugs = (case.slug for case in shown.dataset.cases if case.slug in moments)
    return tuple(
        TimelineRow(shown.place(slug), f"site:/cases/{slug}/", tuple(moments[slug]))
        for slug in slugs
    )


def _event_rows(items: Sequence[TimelineItem], lang: Lang) -> tuple[TimelineRow, ...]:
    moments = (_moment(item, lang) for item in items)
    return tuple(TimelineRow(moment.title, "", (moment,)) for moment in moments)


def _moment(item: TimelineItem, lang: Lang) -> Moment:
    period = item.event.date
    title = period.words(lang) + COLON.inside(lang) + item.event.title.inside(lang)
    first = _decimal(period.earliest) if period.earliest else None
    last = _decimal(period.latest, end=True) if period.latest else None
    goes_on = period.latest is None and period.earliest is not None
    return Moment(marker=item.marker, title=title, first=first, last=last, goes_on=goes_on)


def _decimal(day: date, *, end: bool = False) -> float:
    length = (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1
    return day.year + (day.timetuple().tm_yday - (0 if end else 1)) / length - (1e-6 if end else 0)


def _years(items: Iterable[TimelineItem]) -> list[int]:
    years: set[int] = set()
    for item in items:
        period = item.event.date
        for day in (period.earliest, period.latest):
            if day is not None:
                years.add(day.year)
        if period.earliest and period.latest:
            years.update(range(period.earliest.year, period.latest.year + 1))
    return sorted(years)


def _runs(years: list[int]) -> tuple[tuple[int, int], ...]:
    """The years to show in runs, without long spells in which nothing is marked."""
    runs: list[tuple[int, int]] = []
    for year in years:
        if runs and year - runs[-1][1] <= GAP_YEARS:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return tuple(runs)


CHART = Chart(
    name="timeline", tabulate=tabulate, paint=paint_strip, find_across=find_across, find_in=find_in
)
