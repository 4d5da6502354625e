"""Timeline: when things happened, as far as it is known, with a row for each place.

Long silences are cut out of the axis and named. A year is a column, never its first of January;
what only has a latest date stands at a bracket that is open to the left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final

from casebook.charts.canvas import LEADING, Paint, Sheet, baseline, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, Selected, lower_first
from casebook.charts.text_layout import clean, width_px
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.lanes import GAP_YEARS, Gap, Marker, TimelineItem
from casebook.record.model import Case, Figure
from casebook.text import COLON, COMMA, NO_TEXT, SEMICOLON, Lang, Text

_MOST_EVENTS: Final = 150
# Room for the two strokes that cut the axis.
_CUT: Final = 30.0
_RADIUS: Final = 6.0
_LINE: Final = Paint(stroke="series-1", stroke_width=1.5)

# The words of the list of dates.
_MARKERS: Final[dict[Marker, str]] = {
    "known": "charts.marker.known",
    "uncertain": "charts.marker.uncertain",
    "latest_only": "charts.marker.latest_only",
    "planned": "charts.marker.planned",
    "publication": "charts.marker.publication",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event on the strip; years as decimals, `end` open where nothing says when it ended."""

    marker: Marker
    title: str
    first: float | None
    last: float | None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A place or an event, with what is marked in its row."""

    name: str
    href: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Years in runs between silences, the rows, and moments that concern them all."""

    runs: tuple[tuple[int, int], ...]
    rows: tuple[TimelineRow, ...]
    everywhere: tuple[Moment, ...]
    captions: tuple[str, ...]
    key: tuple[tuple[Marker, str], ...]


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
    entries: Sequence[TimelineItem] = (
        dataset.timeline_of(dataset.by_slug[selected.case])
        if selected.case
        else [dataset.item_of(place) for place in dataset.timeline if not isinstance(place, Gap)]
    )
    items = [item for item in entries if item.case is not None]
    shared = [item for item in entries if item.case is None]
    everything = [*items, *shared]
    runs = _find_runs(everything)
    markers = {item.marker for item in everything}
    silence, captions = _describe_gaps(selected, runs, bool(shared), dataset)
    strip = Strip(
        runs=runs,
        rows=tuple(_list_rows(items, shown)),
        everywhere=tuple(_moment(item, lang) for item in shared),
        captions=tuple(caption.inside(lang) for caption in captions),
        key=tuple((each, shown.say(key)) for each, key in _MARKERS.items() if each in markers),
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
        rows=tuple(_row(item, shown) for item in everything),
        sources=tuple(dict.fromkeys(item.event.source for item in everything)),
        # The strip of one case only says again what the list of its dates says.
        pictured=not selected.case,
    )


def _row(item: TimelineItem, shown: ChartRecords) -> tuple[str, ...]:
    place = shown.place(item.case.slug) if item.case else ""
    marker, title = shown.say(_MARKERS[item.marker]), item.event.title.inside(shown.lang)
    return item.event.date.words(shown.lang), place, title, marker


def _find_words(items: Sequence[TimelineItem], silence: str, lang: Lang) -> str:
    """How much is dated how well, and which years are silent."""
    lanes = Counter(item.event.date.lane for item in items)
    dated, uncertain, latest = lanes["dated"], lanes["uncertain"], lanes["latest_only"]
    few = "charts.timeline.dated_one" if dated else "charts.timeline.dated_none"
    clauses = [say("charts.timeline.dated", count=dated) if dated > 1 else say(few)]
    if uncertain:
        clauses.append(say("charts.timeline.uncertain", count=uncertain))
    if latest:
        clauses.append(say("charts.timeline.latest", count=latest))
    found = COMMA.join(clauses).inside(lang)
    return SEMICOLON.inside(lang).join(filter(None, (found, lower_first(silence))))


def _describe_gaps(
    selected: Selected, runs: Sequence[tuple[int, int]], is_shared: bool, dataset: Dataset
) -> tuple[Text, list[Text]]:
    """The silence in the finding, and a caption for each gap of the sources or of the axis."""
    cuts = [(before[1] + 1, after[0] - 1) for before, after in pairwise(runs)]
    if selected.case:
        gaps = [Gap(*cut) for cut in cuts]
    else:
        # Where no source is shared, the gaps are those of all.
        gaps = [gap for gap in dataset.timeline if isinstance(gap, Gap)]
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


def _list_rows(items: Sequence[TimelineItem], shown: ChartRecords) -> Iterator[TimelineRow]:
    """A row for each event of one case, else for each place."""
    if shown.selected.case:
        for item in items:
            moment = _moment(item, shown.lang)
            yield TimelineRow(moment.title, "", (moment,))
        return
    for case in shown.dataset.cases:
        moments = tuple(
            _moment(item, shown.lang) for item in items if item.case and item.case.slug == case.slug
        )
        if moments:
            yield TimelineRow(shown.place(case.slug), f"site:/cases/{case.slug}/", moments)


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


def _find_runs(items: Iterable[TimelineItem]) -> tuple[tuple[int, int], ...]:
    """The years to show in runs, without long spells in which nothing is marked."""
    years: set[int] = set()
    for item in items:
        period = item.event.date
        days = [day for day in (period.earliest, period.latest) if day is not None]
        if days:
            years.update(range(days[0].year, days[-1].year + 1))
    runs: list[tuple[int, int]] = []
    for year in sorted(years):
        if runs and year - runs[-1][1] <= GAP_YEARS:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return tuple(runs)


def paint_strip(strip: Strip, sheet: Sheet) -> None:
    """Draw the key, the years, the rows, and what concerns them all."""
    style = sheet.style
    if not strip.runs:
        sheet.height = 8
        return
    names = widest([row.name for row in strip.rows], style.size)
    # On a phone only short names of places stand beside their row.
    beside = names <= 76 if style.is_narrow else names < 180
    axis = _Axis(strip.runs, names + 14 if beside else 2.0, style.width - 2)
    axis_top = _paint_key(strip, sheet, 2) + 6
    top = body_top = _paint_years(axis, sheet, axis_top)
    bands = []
    for row in strip.rows:
        top, band = _paint_row(row, axis, sheet, top, beside)
        bands.append(band)
    # The line may not run through the names that stand between the rows.
    pieces = [(body_top - 4, top + 4)] if beside else [*bands, (top, top + 4)]
    for moment in strip.everywhere:
        x = axis.at(moment.last if moment.last is not None else moment.first or 0)
        for upper, lower in pieces:
            sheet.line((x, upper), (x, lower), stroke="accent", stroke_width=1.25)
        _paint_dot("publication", sheet, x, top + 6)
    top += 14 if strip.everywhere else 4
    for moment in strip.everywhere:
        _paint_dot("publication", sheet, 6, top + style.small * LEADING / 2)
        top = sheet.paragraph(18, top, moment.title, style.width - 18, **sheet.muted)
    for words in strip.captions:
        top = sheet.paragraph(0, top, words, style.width, **sheet.muted)
    for x in axis.cuts():
        for shift in (-4, 3):
            ends = (x + shift - 2, body_top - 4), (x + shift + 3, body_top - 16)
            sheet.line(*ends, stroke="ink-muted")
    sheet.height = round(top + 6)


@dataclass(frozen=True)
class _Axis:
    """The place of each year, the silences cut out."""

    runs: tuple[tuple[int, int], ...]
    left: float
    right: float

    @cached_property
    def year_width(self) -> float:
        count = sum(last - first + 1 for first, last in self.runs)
        return (self.right - self.left - _CUT * (len(self.runs) - 1)) / count

    def at(self, year: float) -> float:
        x = self.left
        for first, last in self.runs:
            if year < last + 1:
                return x + max(year - first, 0) * self.year_width
            x += (last - first + 1) * self.year_width + _CUT
        return self.right

    def cuts(self) -> list[float]:
        return [self.at(first) - _CUT / 2 for first, _ in self.runs[1:]]


def _paint_years(axis: _Axis, sheet: Sheet, top: float) -> float:
    size = sheet.style.small
    y = top + size * LEADING + 2
    room = width_px("2000", size) + 8
    half = (room - 6) / 2
    step = next((n for n in (1, 2, 5, 10, 20, 50) if n * axis.year_width >= room), 100)
    taken: list[float] = []
    for first, last in axis.runs:
        start, end = axis.at(first), axis.at(last) + axis.year_width
        sheet.line((start, y), (end, y), stroke="ink-muted")
        sheet.line((end, y), (end, y + 5), stroke="ink-muted")
        years = range(first, last + 1)
        for x in map(axis.at, years):
            sheet.line((x, y), (x, y + 5), stroke="ink-muted")
        for year in (first, *(year for year in years if year % step == 0), last):
            middle = axis.at(year) + axis.year_width / 2
            middle = min(max(middle, half), sheet.width - half)
            if all(abs(middle - other) >= 2 * half for other in taken):
                taken.append(middle)
                y_text = top + baseline(size)
                sheet.text(middle, y_text, str(year), anchor="middle", **sheet.muted)
    return y + 10


def _paint_row(
    row: TimelineRow, axis: _Axis, sheet: Sheet, top: float, beside: bool
) -> tuple[float, tuple[float, float]]:
    """Draw a row; give its bottom edge and the band that its marks stand in."""
    style = sheet.style
    stacks = _stack(row.moments, axis)
    lanes = max((lane for _, lane in stacks), default=0) + 1
    height = max(lanes * (2 * _RADIUS + 4), style.size * LEADING if beside else 0.0)
    if not beside:
        top = _paint_name(row, sheet, top + 4, style.width) + 1
    middle_first = top + height / 2 - (lanes - 1) * (_RADIUS + 2)
    if beside:
        _paint_name(row, sheet, top + (height - style.size * LEADING) / 2, 200)
    for moment, lane in stacks:
        with sheet.link(row.href, moment.title):
            _paint_moment(moment, axis, sheet, middle_first + lane * (2 * _RADIUS + 4))
    bottom = top + height + 5
    sheet.line((0, bottom), (style.width, bottom), stroke="grid")
    return bottom + 5, (top, bottom)


def _paint_name(row: TimelineRow, sheet: Sheet, top: float, width: float) -> float:
    with sheet.link(row.href, row.name) if row.href else nullcontext():
        return sheet.paragraph(0, top, row.name, width)


def _span(moment: Moment, axis: _Axis) -> tuple[float, float]:
    """From where to where a moment is drawn."""
    if moment.first is None:
        end = axis.at(moment.last or 0)
        return max(axis.left, end - 40), end + 2
    last = moment.last if moment.last is not None else moment.first
    centre = (axis.at(moment.first) + axis.at(last)) / 2
    if moment.goes_on:
        start = axis.at(int(moment.first)) + axis.year_width / 2
        return start - _RADIUS, axis.right
    if last - moment.first > 1:
        return axis.at(moment.first), axis.at(last)
    return centre - _RADIUS, centre + _RADIUS


def _stack(moments: Sequence[Moment], axis: _Axis) -> list[tuple[Moment, int]]:
    """Each moment with the first lane in which it covers no other."""
    spans = [(moment, *_span(moment, axis)) for moment in moments]
    ends: list[float] = []
    placed = []
    for moment, start, end in sorted(spans, key=lambda s: (s[0].marker == "latest_only", s[1])):
        lane = next((i for i, reached in enumerate(ends) if reached + 3 <= start), len(ends))
        ends[lane : lane + 1] = [end]
        placed.append((moment, lane))
    return placed


def _paint_moment(moment: Moment, axis: _Axis, sheet: Sheet, y: float) -> None:
    start, end = _span(moment, axis)
    if moment.marker == "latest_only":
        _paint_latest(sheet, start, end - 2, y)
    elif moment.goes_on:
        _paint_dot(moment.marker, sheet, start + _RADIUS, y)
        tip = axis.right - 1
        sheet.line((start + 2 * _RADIUS + 2, y), (tip, y), **_LINE)
        sheet.line((tip - 5, y - 4), (tip, y), (tip - 5, y + 4), **_LINE)
    elif end - start > 2 * _RADIUS + 1:
        dash = (4.0, 3.0) if moment.marker == "planned" else ()
        fill = "" if moment.marker in ("planned", "uncertain") else "series-1"
        sheet.capsule(start, y - 4, end - start, 8, **_LINE | Paint(fill=fill, dash=dash))
    else:
        _paint_dot(moment.marker, sheet, (start + end) / 2, y)


def _paint_latest(sheet: Sheet, start: float, end: float, y: float) -> None:
    # Open to the left: some day up to here.
    sheet.line((start, y), (end, y), **_LINE | Paint(dash=(2, 3)))
    upper, lower = y - _RADIUS, y + _RADIUS
    bracket = (end - 5, upper), (end, upper), (end, lower), (end - 5, lower)
    sheet.line(*bracket, stroke="series-1", stroke_width=2)


def _paint_dot(marker: Marker, sheet: Sheet, x: float, y: float) -> None:
    if marker == "known":
        sheet.disc(x, y, _RADIUS - 0.5, fill="series-1")
    elif marker == "planned":
        sheet.disc(x, y, _RADIUS - 1, stroke="series-1", stroke_width=1.5, dash=(3, 2.2))
    elif marker == "publication":
        sheet.rectangle(x - 4, y - 4, 8, 8, fill="accent")
    else:
        sheet.disc(x, y, _RADIUS - 1, stroke="accent", stroke_width=2)


def _paint_key(strip: Strip, sheet: Sheet, top: float) -> float:
    """Say what each mark means, in as many lines as that takes."""
    size = sheet.style.small
    x = 0.0
    for marker, words in strip.key:
        needed = 24 + width_px(clean(words), size)
        if x and x + needed > sheet.width:
            x, top = 0.0, top + size * LEADING
        y = top + size * LEADING / 2
        if marker == "latest_only":
            _paint_latest(sheet, x + 1, x + 14, y)
        else:
            _paint_dot(marker, sheet, x + 8, y)
        sheet.text(x + 22, top + baseline(size), words, **sheet.muted)
        x += needed + 18
    return top + size * LEADING


CHART = Chart(
    name="timeline", tabulate=tabulate, paint=paint_strip, find_across=find_across, find_in=find_in
)
