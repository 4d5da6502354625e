"""When things happened, as far as it is known: a strip of years with a row for each place.

Long silences are cut out of the axis and named. A year is a column, never its first of January;
what only has a latest date stands at a bracket that is open to the left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, PanelTable, Selected
from casebook.charts.text_layout import clean, width_px
from casebook.record.dataset import GAP_YEARS, Dataset, Gap, Marker, TimelineItem
from casebook.record.model import Case
from casebook.text import Lang, Text

# Room for the two strokes that cut the axis.
_CUT: Final = 30.0
_RADIUS: Final = 6.0
_MOST_EVENTS: Final = 150

_MARKER_WORDS: Final[dict[Marker, Text]] = {
    # The words of the list of dates.
    "known": Text("年份已写明", "date stated"),
    "uncertain": Text("年份靠推断", "date inferred"),
    "latest_only": Text("未注明日期", "no date given"),
    "planned": Text("计划", "planned"),
    "publication": Text("报道刊出", "publication"),
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
    lang: Lang


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """The timeline of all cases, where it is small enough to be read as a drawing."""
    events = sum(len(case.events) for case in dataset.summaries)
    with_events = [case for case in dataset.summaries if case.events]
    few = 0 < len(with_events) <= MOST_ROWS and events <= _MOST_EVENTS
    if few and len(dataset.shared_sources) <= MOST_ROWS:
        yield Selected(chart=CHART.name, name="timeline")


def find_in(case: Case, dataset: Dataset) -> Iterator[Selected]:
    """A strip for a case with two events or more."""
    if 2 <= len(case.events) <= MOST_ROWS:
        yield Selected(chart=CHART.name, name=f"{case.slug}-timeline", case=case.slug)


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the strip says and shows."""
    zh = lang == "zh"
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
    shown = [moment.marker for row in rows for moment in row.moments]
    shown += [_moment(item, lang).marker for item in shared]
    key = tuple(
        (marker, words.inside(lang)) for marker, words in _MARKER_WORDS.items() if marker in shown
    )
    cuts = [(before[1] + 1, after[0] - 1) for before, after in pairwise(runs)]
    if selected.case:
        silence = _say_silence([Gap(*cut) for cut in cuts], False, lang)
        captions = tuple(f"// {_say_silence([Gap(*cut)], False, lang)}" for cut in cuts)
    else:
        gaps = [gap for gap in dataset.lanes.dated if isinstance(gap, Gap)]
        # Where no source is shared, the gaps are those of all.
        silence = _say_silence(gaps, bool(shared), lang)
        captions = tuple(
            ("// " if (gap.first, gap.last) in cuts else "")
            + _say_silence([gap], bool(shared), lang)
            + _say_others(gap, lang)
            for gap in gaps
        )
        told = {(gap.first, gap.last) for gap in gaps}
        captions += tuple(_say_shortened(*cut, lang) for cut in cuts if cut not in told)
    strip = Strip(
        runs=runs,
        rows=rows,
        everywhere=tuple(_moment(item, lang) for item in shared),
        captions=captions,
        key=key,
        lang=lang,
    )
    counts = {
        lane: sum(1 for item in items if item.event.date.lane == lane)
        for lane in ("dated", "uncertain", "latest_only")
    }
    finding = _finding(selected, counts, silence, dataset, lang)
    header = ("时间", "地方", "事件", "日期的把握") if zh else ("When", "Place", "Event", "Date")
    table_rows = tuple(
        (
            item.event.date.words(lang),
            dataset.place(item.case).inside(lang) if item.case else "",
            item.event.title.inside(lang),
            _MARKER_WORDS[item.marker].inside(lang),
        )
        for item in everything
    )
    subtitle = (
        "每一列是一年；只知道年份的，放在那一年正中；长的空白从轴上剪去"
        if zh
        else "A column is a year; what is known by its year only stands in the middle of it; long"
        " silences are cut from the axis"
    )
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case=selected.case,
        lang=lang,
        finding=finding,
        subtitle=subtitle,
        header=header,
        rows=table_rows,
        panels=(PanelTable("", finding, strip),),
        notes=(),
        sources=tuple(dict.fromkeys(item.event.source for item in everything)),
        # The strip of one case only says again what the list of its dates says.
        pictured=not selected.case,
    )


def _finding(
    selected: Selected,
    counts: dict[str, int],
    silence: str,
    dataset: Dataset,
    lang: Lang,
) -> str:
    dated, uncertain, latest = counts["dated"], counts["uncertain"], counts["latest_only"]
    place = dataset.place(dataset.by_slug[selected.case]).inside(lang) if selected.case else ""
    if lang == "zh":
        clauses = [f"{dated}件事有明确年份"] if dated else ["没有一件事有明确年份"]
        clauses += [f"{uncertain}件年份不确定"] if uncertain else []
        clauses += [f"{latest}件只知道最晚日期"] if latest else []
        found = "，".join(clauses)
        found += f"；{silence}" if silence else ""
        return f"{place}：{found}" if place else found
    things = "event has" if dated == 1 else "events have"
    clauses = [f"{dated} {things} a known year"] if dated else ["no event has a known year"]
    clauses += [f"{uncertain} an uncertain one"] if uncertain else []
    clauses += [f"{latest} only a latest date"] if latest else []
    found = ", ".join(clauses)
    found += f"; {silence[:1].lower()}{silence[1:]}" if silence else ""
    return f"{place}: {found}" if place else found[:1].upper() + found[1:]


def _say_silence(gaps: Sequence[Gap], shared: bool, lang: Lang) -> str:
    """The years without a record, in the words of the list of dates; a few of them by name."""
    if not gaps:
        return ""
    who = "多案共用的来源" if shared else "来源"
    whose = "The shared sources have nothing for" if shared else "No record for"
    if len(gaps) > 2:
        if lang == "zh":
            return f"{who}有{len(gaps)}段时间没有记载"
        return f"{whose} {len(gaps)} spells of years"
    if lang == "zh":
        years = "、".join(_years_of(gap, "—") for gap in gaps)
        inside = "间" if any(gap.last > gap.first for gap in gaps) else ""
        return f"{who}在{years}年{inside}没有记载"
    return f"{whose} {' and '.join(_years_of(gap, '–') for gap in gaps)}"


def _years_of(gap: Gap, dash: str) -> str:
    return str(gap.first) if gap.first == gap.last else f"{gap.first}{dash}{gap.last}"


def _say_others(gap: Gap, lang: Lang) -> str:
    if not gap.others:
        return ""
    if lang == "zh":
        return f"；其间{gap.others}件见于别的来源"
    verb = "is" if gap.others == 1 else "are"
    return f"; {gap.others} of the entries here {verb} from other sources"


def _say_shortened(first: int, last: int, lang: Lang) -> str:
    # The axis leaves out only years without any mark, which a gap of some sources may have.
    if lang == "zh":
        return f"// {first}—{last}年没有任何事件，从轴上剪去"
    return f"// No event in {first}–{last}, cut from the axis"


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
    colon = "：" if lang == "zh" else ": "
    return tuple(
        TimelineRow(
            item.event.date.words(lang) + colon + item.event.title.inside(lang),
            "",
            (_moment(item, lang),),
        )
        for item in items
    )


def _moment(item: TimelineItem, lang: Lang) -> Moment:
    period = item.event.date
    colon = "：" if lang == "zh" else ": "
    title = period.words(lang) + colon + item.event.title.inside(lang)
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
