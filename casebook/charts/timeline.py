"""When things happened, as far as it is known: a strip of years with a row for each place.

Long silences are cut out of the axis and named. A year is a column, never its first of January;
what only has a latest date stands at a bracket that is open to the left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, widest
from casebook.charts.chart import (
    COLON,
    COMMA,
    MOST_ROWS,
    SEMICOLON,
    Chart,
    ChartTable,
    Selected,
    lower_first,
    one_panel,
    select_in,
)
from casebook.charts.text_layout import clean, width_px
from casebook.messages import say
from casebook.record.dataset import GAP_YEARS, Dataset, Gap, Marker, TimelineItem
from casebook.record.model import Case
from casebook.text import NO_TEXT, Lang, Text

# Room for the two strokes that cut the axis.
_CUT: Final = 30.0
_RADIUS: Final = 6.0
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
    lang: Lang


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """The timeline of all cases, where it is small enough to be read as a drawing."""
    events = sum(len(case.events) for case in dataset.summaries)
    with_events = [case for case in dataset.summaries if case.events]
    few = 0 < len(with_events) <= MOST_ROWS and events <= _MOST_EVENTS
    if few and len(dataset.shared_sources) <= MOST_ROWS:
        yield Selected(chart=CHART.name, name=CHART.name)


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A strip for a case with two events or more."""
    if 2 <= len(case.events) <= MOST_ROWS:
        yield select_in(case, CHART.name, 1)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the strip says and shows."""
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
    rows = _event_rows(items, lang) if selected.case else _place_rows(items, dataset, lang)
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
        lang=lang,
    )
    finding = _find_words(items, silence.inside(lang), lang)
    if selected.case:
        place = dataset.place(dataset.by_slug[selected.case]).inside(lang)
        finding = say("charts.named", name=place, words=finding).inside(lang)
    else:
        finding = finding[:1].upper() + finding[1:]
    header = (
        "charts.timeline.when",
        "charts.place",
        "charts.timeline.event",
        "charts.timeline.date",
    )
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case=selected.case,
        lang=lang,
        finding=finding,
        subtitle=say("charts.timeline.subtitle").inside(lang),
        header=tuple(say(key).inside(lang) for key in header),
        rows=tuple(_row(item, dataset, lang) for item in everything),
        panels=one_panel(finding, strip),
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
    inside = "年间" if any(gap.last > gap.first for gap in gaps) else "年"
    years = Text(
        "、".join(_years_of(gap, "—") for gap in gaps) + inside,
        " and ".join(_years_of(gap, "–") for gap in gaps),
    )
    key = "charts.timeline.silence_shared" if is_shared else "charts.timeline.silence"
    return say(key, years=years)


def _years_of(gap: Gap, dash: str) -> str:
    return str(gap.first) if gap.first == gap.last else f"{gap.first}{dash}{gap.last}"


def _place_rows(
    items: Sequence[TimelineItem], dataset: Dataset, lang: Lang
) -> tuple[TimelineRow, ...]:
    by_case: dict[str, list[TimelineItem]] = {case.slug: [] for case in dataset.cases}
    for item in items:
        if item.case is not None:
            by_case[item.case.slug].append(item)
    return tuple(
        TimelineRow(
            dataset.place(dataset.by_slug[slug]).inside(lang),
            f"site:/cases/{slug}/",
            tuple(_moment(item, lang) for item in mine),
        )
        for slug, mine in by_case.items()
        if mine
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


def _paint(strip: Strip, sheet: Sheet) -> None:
    style = sheet.style
    if not strip.runs:
        sheet.height = 8
        return
    beside = not style.is_narrow and all(width_px(row.name, style.size) < 180 for row in strip.rows)
    names = widest([row.name for row in strip.rows], style.size) if beside else 0.0
    # On a phone short names of places stand beside their row too.
    if style.is_narrow and widest([row.name for row in strip.rows], style.size) <= 76:
        beside, names = True, widest([row.name for row in strip.rows], style.size)
    axis = _Axis(strip.runs, names + 14 if beside else 2.0, style.width - 2)
    top = _paint_key(strip, sheet, 2)
    top += 6
    axis_top = top
    top = _paint_years(axis, sheet, top)
    body_top = top
    bands = []
    for row in strip.rows:
        top, band = _paint_row(row, axis, sheet, top, beside)
        bands.append(band)
    for moment in strip.everywhere:
        x = axis.at(moment.last if moment.last is not None else moment.first or 0)
        # The line may not run through the names that stand between the rows.
        whole = ((body_top - 4, top + 4),)
        for upper, lower in whole if beside else (*bands, (top, top + 4)):
            sheet.line((x, upper), (x, lower), stroke="accent", stroke_width=1.25)
        sheet.rectangle(x - 4, top + 2, 8, 8, fill="accent")
    top += 14 if strip.everywhere else 4
    for moment in strip.everywhere:
        sheet.rectangle(2, top + style.small * LEADING / 2 - 4, 8, 8, fill="accent")
        top = sheet.paragraph(
            18, top, moment.title, style.width - 18, size=style.small, role="ink-muted"
        )
    for words in strip.captions:
        top = sheet.paragraph(0, top, words, style.width, size=style.small, role="ink-muted")
    _paint_cuts(axis, sheet, axis_top + 4, body_top)
    sheet.height = round(top + 6)


@dataclass(frozen=True)
class _Axis:
    """Where a year stands when the silences are cut out."""

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
        x = self.left
        found = []
        for first, last in self.runs[:-1]:
            x += (last - first + 1) * self.year_width
            found.append(x + _CUT / 2)
            x += _CUT
        return found


def _paint_years(axis: _Axis, sheet: Sheet, top: float) -> float:
    size = sheet.style.small
    y = top + size * LEADING + 2
    room = width_px("2000", size) + 8
    step = next((n for n in (1, 2, 5, 10, 20, 50) if n * axis.year_width >= room), 100)
    taken: list[tuple[float, float]] = []
    for first, last in axis.runs:
        start, end = axis.at(first), axis.at(last) + axis.year_width
        sheet.line((start, y), (end, y), stroke="ink-muted")
        sheet.line((end, y), (end, y + 5), stroke="ink-muted")
        years = range(first, last + 1)
        for year in years:
            x = axis.at(year)
            sheet.line((x, y), (x, y + 5), stroke="ink-muted")
        round_years = [year for year in years if year % step == 0]
        for year in (first, *round_years, last):
            half = (room - 6) / 2
            middle = axis.at(year) + axis.year_width / 2
            middle = min(max(middle, half), sheet.width - half)
            if any(left < middle + half and middle - half < right for left, right in taken):
                continue
            taken.append((middle - half, middle + half))
            sheet.text(
                middle,
                top + baseline(size),
                str(year),
                size=size,
                role="ink-muted",
                anchor="middle",
            )
    return y + 10


def _paint_cuts(axis: _Axis, sheet: Sheet, top: float, bottom: float) -> None:
    for x in axis.cuts():
        y = bottom - 10
        for shift in (-4, 3):
            sheet.line((x + shift - 2, y + 6), (x + shift + 3, y - 6), stroke="ink-muted")


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
    if not row.href:
        return sheet.paragraph(0, top, row.name, width)
    with sheet.link(row.href, row.name):
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

    def _in_stack(moment: Moment) -> tuple[bool, float]:
        return moment.marker == "latest_only", _span(moment, axis)[0]

    ends: list[float] = []
    placed = []
    for moment in sorted(moments, key=_in_stack):
        start, end = _span(moment, axis)
        lane = next((i for i, reached in enumerate(ends) if reached + 3 <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        placed.append((moment, lane))
    return placed


def _paint_moment(moment: Moment, axis: _Axis, sheet: Sheet, y: float) -> None:
    start, end = _span(moment, axis)
    centre = (start + end) / 2
    if moment.marker == "latest_only":
        # Open to the left: some day up to here.
        sheet.line((start, y), (end - 2, y), stroke="series-1", stroke_width=1.5, dash=(2, 3))
        sheet.line(
            *((end - 7, y - _RADIUS), (end - 2, y - _RADIUS)),
            *((end - 2, y + _RADIUS), (end - 7, y + _RADIUS)),
            stroke="series-1",
            stroke_width=2,
        )
        return
    if moment.goes_on:
        _paint_dot(moment.marker, sheet, start + _RADIUS, y)
        tip = axis.right - 1
        sheet.line((start + 2 * _RADIUS + 2, y), (tip, y), stroke="series-1", stroke_width=1.5)
        sheet.line(
            (tip - 5, y - 4), (tip, y), (tip - 5, y + 4), stroke="series-1", stroke_width=1.5
        )
        return
    if end - start > 2 * _RADIUS + 1:
        dash = (4.0, 3.0) if moment.marker == "planned" else ()
        fill = "" if moment.marker in ("planned", "uncertain") else "series-1"
        sheet.capsule(
            start, y - 4, end - start, 8, fill=fill, stroke="series-1", stroke_width=1.5, dash=dash
        )
        return
    _paint_dot(moment.marker, sheet, centre, y)


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
            sheet.line((x + 1, y), (x + 14, y), stroke="series-1", stroke_width=1.5, dash=(2, 3))
            sheet.line(
                *((x + 9, y - 6), (x + 14, y - 6), (x + 14, y + 6), (x + 9, y + 6)),
                stroke="series-1",
                stroke_width=2,
            )
        else:
            _paint_dot(marker, sheet, x + 8, y)
        sheet.text(x + 22, top + baseline(size), words, size=size, role="ink-muted")
        x += needed + 18
    return top + size * LEADING


CHART = Chart(
    name="timeline", tabulate=tabulate, paint=_paint, find_across=find_across, find_in=find_in
)
