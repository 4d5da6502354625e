"""The timeline chart: dated events, with a row for each place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Final, Literal, NamedTuple, get_args

from casebook.charts.canvas import LEADING, NARROW, Paint, Sheet, baseline, height_of, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, name_years
from casebook.charts.text_layout import width_px
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.lanes import GAP_YEARS, Gap, Marker, TimelineItem
from casebook.record.model import Figure
from casebook.text import COLON, SEMICOLON, Text

_MOST_EVENTS: Final = 150
# The width of a cut in the axis, drawn as two strokes.
_CUT: Final = 30.0
# The widest names beside rows on a phone, and the width that remains for the years.
_NAMES: Final = 76
_LEAST_AXIS: Final = NARROW.width - _NAMES - 16
_RADIUS: Final = 6.0
# The smallest target that a finger hits, and the least distance between two of them.
_REACH: Final = 24.0
_LINE: Final = Paint(stroke="series-1", stroke_width=1.5)
_UNSURE: Final = Paint(stroke="accent", stroke_width=2.0)

# A sign that the key explains: a kind of date, or an open end.
Sign = Marker | Literal["goes_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event on the strip, with its dates as decimal years and the address of its entry.

    If `goes_on`, the end is open, and `last` is the latest date that its source can know.
    """

    marker: Marker
    planned: bool
    title: str
    href: str
    first: float | None
    last: float
    goes_on: bool = False


class TimelineRow(NamedTuple):
    """A place with the address of its page and the moments in its row."""

    name: str
    href: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Runs of years between gaps, the rows, and the moments that concern all rows."""

    runs: tuple[tuple[int, int], ...]
    rows: tuple[TimelineRow, ...]
    everywhere: tuple[Moment, ...]
    captions: tuple[str, ...]
    key: tuple[tuple[Sign, bool, str], ...]


def find_across(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """One empty selection if the timeline of all cases is small enough to be drawn."""
    events = sum(len(case.events) for case in dataset.summaries)
    with_events = [case for case in dataset.summaries if case.events]
    few = 0 < len(with_events) <= MOST_ROWS and events <= _MOST_EVENTS
    if few and len(dataset.shared_sources) <= MOST_ROWS:
        yield ()


def tabulate(shown: ChartRecords) -> ChartTable:
    """The timeline as words, as rows of a table, and as a strip of moments."""
    dataset, lang = shown.dataset, shown.lang
    entries = [dataset.item_of(place) for place in dataset.timeline if not isinstance(place, Gap)]
    # Events of cases come first; publications of shared sources concern all rows.
    everything = sorted(entries, key=lambda item: item.case is None)
    moments = [_moment(item, shown) for item in everything]
    of_cases: dict[str, list[Moment]] = {slug: [] for slug in (*dataset.positions, "")}
    for item, moment in zip(everything, moments, strict=True):
        of_cases[item.case.slug if item.case else ""].append(moment)
    everywhere = tuple(of_cases.pop(""))
    rows = [
        TimelineRow(shown.place(slug), f"site:/cases/{slug}/", tuple(own))
        for slug, own in of_cases.items()
        if own
    ]
    runs = _find_runs(moments)
    captions = _describe_gaps(runs, bool(everywhere), dataset)
    items = everything[: len(everything) - len(everywhere)]
    strip = Strip(
        runs=runs,
        rows=tuple(rows),
        everywhere=everywhere,
        captions=tuple(caption.inside(lang) for caption in captions),
        key=tuple(_list_key(moments, shown)),
    )
    return replace(
        shown.tabulate(_find_words(items, shown), strip),
        subtitle=shown.say("charts.timeline.subtitle"),
        header=(
            shown.say("charts.timeline.when"),
            shown.say("charts.place"),
            shown.say("charts.timeline.event"),
            shown.say("charts.timeline.date"),
            shown.say("charts.figures.state"),
        ),
        rows=tuple(
            (
                item.event.date.words(lang),
                shown.place(item.case.slug) if item.case else "",
                item.event.title.inside(lang),
                shown.say(f"charts.marker.{item.marker}"),
                shown.state(item.event.status),
            )
            for item in everything
        ),
        sources=shown.cite(item.event.source for item in everything),
    )


def _list_key(moments: Sequence[Moment], shown: ChartRecords) -> Iterator[tuple[Sign, bool, str]]:
    """The signs of the strip with their meanings, kinds of date first."""
    markers = {moment.marker for moment in moments}
    for marker in get_args(Marker):
        if marker in markers:
            # Only the key says that the length of the dots before a latest date has no meaning.
            name = "latest_key" if marker == "latest_only" else marker
            yield marker, False, shown.say(f"charts.marker.{name}")
    if any(moment.planned for moment in moments):
        yield "known", True, shown.say("charts.marker.planned")
    if any(moment.goes_on for moment in moments):
        yield "goes_on", False, shown.say("charts.marker.goes_on")


def _find_words(items: Sequence[TimelineItem], shown: ChartRecords) -> str:
    """The finding: the earliest event, and how many events are only planned."""
    known = [item for item in items if item.event.date.earliest]
    clauses = [shown.say("charts.timeline.dated_none")]
    if known:
        first = _moment(min(known, key=lambda item: item.event.date.sort_key), shown)
        # An event with only a latest date may be earlier.
        key = "charts.timeline.first" if known == [*items] else "charts.timeline.first_dated"
        clauses = [shown.say(key, count=len(items), event=first.title)]
    if planned := sum(item.is_planned for item in items):
        clauses.append(shown.say("charts.timeline.planned", count=planned))
    return SEMICOLON.inside(shown.lang).join(clauses)


def _describe_gaps(
    runs: Sequence[tuple[int, int]], is_shared: bool, dataset: Dataset
) -> list[Text]:
    """A caption for each gap of the sources or of the axis."""
    cuts = [(before[1] + 1, after[0] - 1) for before, after in pairwise(runs)]
    # Without a shared source, the gaps are those of all sources.
    gaps = [gap for gap in dataset.timeline if isinstance(gap, Gap)]
    captions = []
    key = "charts.timeline.silence"
    if is_shared:
        is_one = bool(dataset.main)
        key = "charts.timeline.silence_main" if is_one else "charts.timeline.silence_shared"
    for gap in gaps:
        silence = say(key, years=name_years(gap.first, gap.last), main=dataset.main)
        others = say("charts.timeline.others", silence=silence, count=gap.others)
        captions.append(others if gap.others else silence)
    # The axis cuts only years without marks, but gaps of shared sources may have other marks.
    named = {(gap.first, gap.last) for gap in gaps}
    for cut in cuts:
        if cut not in named:
            captions.append(say("charts.timeline.shortened", years=name_years(*cut)))
    return captions


def _moment(item: TimelineItem, shown: ChartRecords) -> Moment:
    period, lang = item.event.date, shown.lang
    title = period.words(lang) + COLON.inside(lang) + item.event.title.inside(lang)
    if item.is_planned:
        title = shown.say("charts.cell", name=title, words=shown.state(item.event.status))
    source = shown.dataset.sources.get(item.event.source)
    # An unstated end is open up to the date of its source, not up to today.
    seen = source.published.latest if source and source.published else None
    start = period.earliest or period.latest
    end = period.latest or max(filter(None, (seen, start)), default=None)
    assert start is not None and end is not None
    return Moment(
        marker=item.marker,
        planned=item.is_planned,
        title=title,
        href=f"site:/cases/{item.case.slug}/#{item.anchor}" if item.case else "",
        first=_decimal(start) if period.earliest else None,
        last=_decimal(end, end=True),
        goes_on=period.latest is None,
    )


def _decimal(day: date, *, end: bool = False) -> float:
    length = (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1
    return day.year + (day.timetuple().tm_yday - (0 if end else 1)) / length - (1e-6 if end else 0)


def _find_runs(moments: Sequence[Moment]) -> tuple[tuple[int, int], ...]:
    """The runs of years to show, without long spells that have no marks."""
    years: set[int] = set()
    for moment in moments:
        # An event with only a latest date is drawn before that date.
        first = moment.last - 1 if moment.first is None else moment.first
        years.update(range(int(first), int(moment.last) + 1))
    runs: list[tuple[int, int]] = []
    for year in sorted(years):
        if runs and year - runs[-1][1] <= GAP_YEARS:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    # A cut has to save room on a phone too; otherwise many cuts would leave none for the years.
    while len(runs) > 1:
        gaps = [after[0] - before[1] - 1 for before, after in pairwise(runs)]
        count = sum(last - first + 1 for first, last in runs)
        if min(gaps) * (_LEAST_AXIS - _CUT * len(gaps)) >= _CUT * count:
            break
        at = gaps.index(min(gaps))
        runs[at : at + 2] = [(runs[at][0], runs[at + 1][1])]
    return tuple(runs)


def paint_strip(strip: Strip, sheet: Sheet) -> None:
    """Draw the key, the years, the rows, and the moments that concern all rows."""
    style = sheet.style
    # Names stand beside their rows if at most a quarter are too wide; those are wrapped.
    most = _NAMES if style.is_narrow else 180
    long = [row for row in strip.rows if widest([row.name], style.size) > most]
    beside = 4 * len(long) <= len(strip.rows)
    names = min(widest([row.name for row in strip.rows], style.size), most)
    axis = _Axis(strip.runs, names + 14 if beside else 2.0, style.width - 2)
    key = [(words, partial(_paint_sign, sheet, sign, plan)) for sign, plan, words in strip.key]
    top = body_top = _paint_years(axis, sheet, sheet.key(key, (0, 2), 22) + 6)
    bands = []
    for row in strip.rows:
        top, band = _paint_row(row, axis, sheet, top, beside)
        bands.append(band)
    # The line may not cross names that stand between the rows.
    pieces = [(body_top - 4, top + 4)] if beside else [*bands, (top, top + 4)]
    for moment in strip.everywhere:
        x = axis.at(moment.last)
        for upper, lower in pieces:
            sheet.line((x, upper), (x, lower), stroke="accent", stroke_width=1.25)
        _paint_dot("publication", False, sheet, x, top + 6)
    top += 14 if strip.everywhere else 4
    for moment in strip.everywhere:
        _paint_dot("publication", False, sheet, 6, top + style.small * LEADING / 2)
        top = sheet.paragraph(18, top, moment.title, style.width - 18, role="ink-muted")
    for words in strip.captions:
        top = sheet.paragraph(0, top, words, style.width, role="ink-muted")
    for first, _ in axis.runs[1:]:
        x = axis.at(first) - _CUT / 2
        for shift in (-4, 3):
            ends = (x + shift - 2, body_top - 4), (x + shift + 3, body_top - 16)
            sheet.line(*ends, stroke="ink-muted")
    sheet.height = round(top + 6)


class _Axis:
    """The horizontal position of each year, with the gaps cut out."""

    # A year is a column, not a point at its first of January: most events have only a year.
    def __init__(self, runs: Sequence[tuple[int, int]], left: float, right: float) -> None:
        count = sum(last - first + 1 for first, last in runs)
        room = right - left - _CUT * (len(runs) - 1)
        # A mark in the middle of a narrow year is wider than its column.
        inset = max(_RADIUS - room / count / 2, 0)
        self.runs, self.left, self.right = runs, left + inset, right - inset
        self.year_width = (room - 2 * inset) / count

    def at(self, year: float) -> float:
        x = self.left
        for first, last in self.runs:
            if year < last + 1:
                return x + max(year - first, 0) * self.year_width
            x += (last - first + 1) * self.year_width + _CUT
        return self.right


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
        # Strokes closer than this would look like one black bar.
        for year in years[:: 1 if axis.year_width > 4 else step]:
            sheet.line((axis.at(year), y), (axis.at(year), y + 5), stroke="ink-muted")
        for year in (first, *(year for year in years if year % step == 0), last):
            middle = axis.at(year) + axis.year_width / 2
            middle = min(max(middle, half), sheet.width - half)
            if all(abs(middle - other) >= 2 * half for other in taken):
                taken.append(middle)
                y_text = top + baseline(size)
                sheet.text(middle, y_text, str(year), anchor="middle", role="ink-muted")
    return y + 10


def _paint_row(
    row: TimelineRow, axis: _Axis, sheet: Sheet, top: float, beside: bool
) -> tuple[float, tuple[float, float]]:
    """Draw a row, and return its bottom edge and the top and bottom of its marks."""
    style = sheet.style
    stacks = list(_stack(row.moments, axis))
    height = _REACH * max(lane + 1 for _, lane in stacks)
    name_width = axis.left - 14 if beside else style.width
    lines = height_of(row.name, name_width, style.size)
    height = max(height, lines) if beside else height
    name_top = top + (height - lines) / 2 if beside else top + 4
    with sheet.link(row.href, row.name):
        bottom = sheet.paragraph(0, name_top, row.name, name_width)
    if not beside:
        top = bottom + 1
    for moment, lane in stacks:
        with sheet.link(moment.href, moment.title):
            _paint_moment(moment, axis, sheet, top + (lane + 0.5) * _REACH)
    bottom = top + height + 2
    sheet.line((0, bottom), (style.width, bottom), stroke="grid")
    return bottom + 2, (top, bottom)


def _span(moment: Moment, axis: _Axis) -> tuple[float, float]:
    """The left and right end of the drawing of a moment."""
    end = axis.at(moment.last)
    if moment.first is None:
        return max(axis.left, end - 40), end + 2
    if moment.goes_on:
        start = axis.at(int(moment.first)) + axis.year_width / 2 - _RADIUS
        return start, max(end, start + 2 * _RADIUS)
    if moment.last - moment.first > 1:
        return axis.at(moment.first), end
    centre = (axis.at(moment.first) + end) / 2
    return centre - _RADIUS, centre + _RADIUS


def _reach(moment: Moment, axis: _Axis) -> tuple[float, float]:
    """The left and right end of the target of a moment."""
    start, end = _span(moment, axis)
    more = max(_REACH - (end - start), 0) / 2
    return start - more, end + more


def _stack(moments: Sequence[Moment], axis: _Axis) -> Iterator[tuple[Moment, int]]:
    """Each moment with the first lane in which its target overlaps no other."""
    spans = [(moment, *_reach(moment, axis)) for moment in moments]
    ends: list[float] = []
    for moment, start, end in sorted(spans, key=lambda s: (s[0].marker == "latest_only", s[1])):
        lane = next((i for i, reached in enumerate(ends) if reached <= start), len(ends))
        ends[lane : lane + 1] = [end]
        yield moment, lane


def _paint_moment(moment: Moment, axis: _Axis, sheet: Sheet, y: float) -> None:
    start, end = _span(moment, axis)
    left, right = _reach(moment, axis)
    sheet.target(left, y - _REACH / 2, right - left, _REACH)
    dash = (4.0, 3.0) if moment.planned else ()
    if moment.marker == "latest_only":
        _paint_latest(sheet, start, end - 2, y)
        if moment.planned:
            _paint_dot("known", True, sheet, end - 9 - _RADIUS, y)
    elif moment.goes_on:
        _paint_dot(moment.marker, moment.planned, sheet, start + _RADIUS, y)
        if end > (begin := start + 2 * _RADIUS + 2):
            sheet.line((begin, y), (end, y), **_LINE | Paint(dash=dash))
    elif end - start > 2 * _RADIUS + 1:
        is_sure = moment.marker != "uncertain"
        fill = "series-1" if is_sure and not moment.planned else ""
        look = _LINE if is_sure else _UNSURE
        sheet.capsule(start, y - 4, end - start, 8, **look | Paint(fill=fill, dash=dash))
    else:
        _paint_dot(moment.marker, moment.planned, sheet, (start + end) / 2, y)


def _paint_latest(sheet: Sheet, start: float, end: float, y: float) -> None:
    # Open to the left, because the date is some day up to here.
    sheet.line((start, y), (end, y), **_LINE | Paint(dash=(2, 3)))
    upper, lower = y - _RADIUS, y + _RADIUS
    bracket = (end - 5, upper), (end, upper), (end, lower), (end - 5, lower)
    sheet.line(*bracket, stroke="series-1", stroke_width=2)


def _paint_dot(marker: Marker, planned: bool, sheet: Sheet, x: float, y: float) -> None:
    # Colour shows how the date is known, dashes show a plan.
    if marker == "publication":
        sheet.rectangle(x - 4, y - 4, 8, 8, fill="accent")
    elif marker == "known" and not planned:
        sheet.disc(x, y, _RADIUS - 0.5, fill="series-1")
    else:
        look = _UNSURE if marker == "uncertain" else _LINE
        dash = (3, 2.2) if planned else ()
        sheet.disc(x, y, _RADIUS - 1, **look | Paint(dash=dash))


def _paint_sign(sheet: Sheet, sign: Sign, planned: bool, x: float, y: float) -> None:
    """Draw a sign of the key, from its left edge on."""
    if sign == "latest_only":
        _paint_latest(sheet, x + 1, x + 14, y)
    elif sign == "goes_on":
        sheet.line((x + 1, y), (x + 15, y), **_LINE)
    else:
        _paint_dot(sign, planned, sheet, x + 8, y)


CHART = Chart(name="timeline", tabulate=tabulate, paint=paint_strip, find_across=find_across)
