"""Drawing of the strip of years: an axis without its silences, rows of marks, and their key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from casebook.charts.canvas import LEADING, Paint, Sheet, baseline, widest
from casebook.charts.text_layout import clean, width_px
from casebook.record.lanes import Marker

# Room for the two strokes that cut the axis.
_CUT: Final = 30.0
_RADIUS: Final = 6.0
_LINE: Final = Paint(stroke="series-1", stroke_width=1.5)


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
