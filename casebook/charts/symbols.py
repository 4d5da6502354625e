"""Marks: how a figure is known, shown the same in charts, tables and alt texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, cast, get_args

from casebook.charts.canvas import Paint, Point, Sheet
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import SEMICOLON, Lang
from casebook.values.words import WITHOUT_VALUE, Qualifier

# In the order of a legend; rough numbers are in tables only.
Kind = Literal[Qualifier, "planned", "mixed", "uncertain", "contradicted"]

_ROLE: Final = "series-1"
# The opacity of the body of a ceiling, and of a planned ceiling.
_PALE: Final = 0.3
_PALE_PLAN: Final = 0.14


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The visual properties of a figure, each shown by a channel of its own."""

    end: Qualifier
    # `mixed` and `planned` change the body of the bar; the qualifier then shows only at its end.
    mixed: bool = False
    planned: bool = False
    # True for a ceiling, also if it is worded as a range.
    cap: bool = False
    # True if the date is uncertain; this says nothing about the amount.
    uncertain: bool = False
    contradicted: bool = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that the mark shows, the most important first."""
        has_body = self.mixed or self.planned or self.cap
        kinds: dict[Kind, bool] = {
            "mixed": self.mixed,
            "planned": self.planned,
            "at_most": self.cap or self.end == "at_most",
            self.end: self.end != "exact" or not has_body,
            "uncertain": self.uncertain,
            "contradicted": self.contradicted,
        }
        return tuple(kind for kind, is_shown in kinds.items() if is_shown)

    def remark(self, lang: Lang) -> str:
        """The mark in words, or "" if it only says that the amount is exact."""
        return "" if self.kinds == ("exact",) else self.words(lang)

    def words(self, lang: Lang) -> str:
        """The mark in words, as in tables and alt texts."""
        named = (say(f"charts.mark.{kind}").inside(lang) for kind in self.kinds)
        return SEMICOLON.inside(lang).join(named)


def mark_of(figure: Figure, dataset: Dataset) -> Mark:
    """The mark of a figure, by its own fields, its measure and the conflicts of its case."""
    measure = dataset.vocabulary.measures[figure.measure]
    conflicts = dataset.by_slug[figure.case].conflicts
    end: Qualifier = figure.quantity.qualifier
    # A measure that is a ceiling makes its figures ceilings, however they are worded.
    if measure.cap and end not in WITHOUT_VALUE:
        end = "at_most"
    return Mark(
        end=end,
        mixed=measure.mixed,
        planned=figure.is_planned,
        cap=measure.cap,
        uncertain=figure.period.lane == "uncertain",
        contradicted=any(figure.id in about.figures for about in conflicts),
    )


def mark_of_kind(kind: Kind) -> Mark:
    """The plainest mark of a kind, as a legend shows it."""
    return Mark(
        end=cast(Qualifier, kind) if kind in get_args(Qualifier) else "exact",
        mixed=kind == "mixed",
        planned=kind == "planned",
        contradicted=kind == "contradicted",
    )


def legend_kinds(marks: Iterable[Mark]) -> tuple[Kind, ...]:
    """The kinds that a legend has to explain, in a fixed order; an exact mark explains itself."""
    shown = {kind for mark in marks for kind in mark.kinds} - {"exact", "rough"}
    return tuple(kind for kind in get_args(Kind) if kind in shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFigure:
    """One figure as a chart draws it, named by time or place."""

    # Empty for the rest of a whole, which is no figure.
    key: str
    name: str
    amount: str
    title: str
    mark: Mark
    value: Decimal
    # The lower end of a range, or the start of a part of a whole.
    low: Decimal | None = None
    about: str = ""
    # Words for the years before this figure that have no figure.
    missing: str = ""
    apart: bool = False
    # The number of its group of contradicting reports on one period, zero for none.
    together: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkArea:
    """The area of a mark, from the zero of its scale to its value; a range starts at `low`."""

    start: float
    end: float
    top: float
    thickness: float
    low: float | None = None

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.thickness


def draw_mark(sheet: Sheet, mark: Mark, area: MarkArea) -> None:
    """Draw the mark of a figure; arrows and soft ends reach at most `overhang` beyond its value."""
    start, end, top, thickness = area.start, area.end, area.top, area.thickness
    if mark.end == "range" and area.low is not None:
        return _draw_capsule(sheet, mark, area, area.low)
    if end <= start and area.low is None:
        # A value of zero has no length and is drawn as a line at the zero.
        sheet.line((start, top - 3), (start, area.bottom + 3), stroke=_ROLE, stroke_width=2.5)
    elif mark.mixed or mark.planned:
        if mark.mixed:
            # Dashes are hard to see at the edge of hatch strokes of the same colour.
            hatch = "rule" if mark.planned else _ROLE
            sheet.rectangle(start, top, end - start, thickness, hatch=hatch)
        elif mark.end == "at_most":
            sheet.rectangle(start, top, end - start, thickness, fill=_ROLE, opacity=_PALE_PLAN)
        _draw_outline(sheet, mark, area)
    elif mark.end == "at_most":
        sheet.rectangle(start, top, end - start, thickness, fill=_ROLE, opacity=_PALE)
    elif mark.end == "approx":
        _draw_soft(sheet, area)
    else:
        sheet.rectangle(start, top, max(end - start, 1), thickness, fill=_ROLE)
    _draw_end(sheet, mark, area)


def overhang(mark: Mark, thickness: float) -> float:
    """The distance that a mark reaches beyond its value, in pixels."""
    if mark.end in ("more_than", "at_least"):
        return 7 + thickness * 0.4
    return {"approx": 9.0, "at_most": 2.0}.get("at_most" if mark.cap else mark.end, 0.75)


def _draw_end(sheet: Sheet, mark: Mark, area: MarkArea) -> None:
    end, top, bottom = area.end, area.top, area.bottom
    if mark.end == "at_least":
        sheet.line((end + 1, top - 3), (end + 1, bottom + 3), stroke=_ROLE)
    if mark.end in ("more_than", "at_least"):
        tip = (end + 6 + area.thickness * 0.4, (top + bottom) / 2)
        sheet.line((end + 5, top + 2), tip, (end + 5, bottom - 2), stroke=_ROLE, stroke_width=2.5)
    elif mark.end == "at_most":
        _draw_ceiling(sheet, area)


def _draw_ceiling(sheet: Sheet, area: MarkArea) -> None:
    ends = (area.end, area.top - 4), (area.end, area.bottom + 4)
    sheet.line(*ends, stroke=_ROLE, stroke_width=3)


def _draw_soft(sheet: Sheet, area: MarkArea) -> None:
    # Three fading steps, the middle one centred on the value.
    start, top, thickness = area.start, area.top, area.thickness
    step = min(6.0, (area.end - start) / 3)
    solid = area.end - 1.5 * step
    sheet.rectangle(start, top, max(solid - start, 0.5), thickness, fill=_ROLE)
    for index, opacity in enumerate((0.62, 0.36, 0.16)):
        sheet.rectangle(solid + index * step, top, step, thickness, fill=_ROLE, opacity=opacity)


def _draw_outline(sheet: Sheet, mark: Mark, area: MarkArea) -> None:
    start, end, top, bottom = area.start, area.end, area.top, area.bottom
    corners = ((start, top), (end, top), (start, bottom), (end, bottom))
    upper_left, upper_right, lower_left, lower_right = corners
    sides = [(upper_left, upper_right), (lower_left, lower_right), (upper_left, lower_left)]
    # The end stays open if the amount is open-ended or approximate; a ceiling draws its own line.
    if mark.end not in ("more_than", "at_least", "approx", "at_most"):
        sides.append((upper_right, lower_right))
    for one, other in sides:
        if mark.planned:
            _draw_dashes(sheet, one, other)
        else:
            sheet.line(one, other, stroke=_ROLE, stroke_width=1.25)


def _draw_dashes(sheet: Sheet, one: Point, other: Point) -> None:
    # Each side begins and ends with a dash, so that corners are closed at any size.
    length = abs(other[0] - one[0]) + abs(other[1] - one[1])
    dash, gap = 4.0, 3.0
    pairs = max(round((length - dash) / (dash + gap)), 1)
    stretched = max(length - pairs * gap, 1.0) / (pairs + 1)
    sheet.line(one, other, stroke=_ROLE, stroke_width=1.5, dash=(stretched, gap))


def _draw_capsule(sheet: Sheet, mark: Mark, area: MarkArea, low: float) -> None:
    top, thickness = area.top, area.thickness
    middle = top + thickness / 2
    sheet.line((area.start, middle), (low, middle), stroke="rule", stroke_width=1.5)
    width = max(area.end - low, 3)
    edge = Paint(stroke=_ROLE, stroke_width=1.5, dash=(4.0, 3.0)) if mark.planned else Paint()
    if mark.mixed:
        paint = Paint(stroke=_ROLE, hatch="rule" if mark.planned else _ROLE) | edge
        return sheet.rectangle(low, top, width, thickness, **paint)
    if mark.cap:
        _draw_ceiling(sheet, area)
        edge |= Paint(fill=_ROLE, opacity=_PALE_PLAN if mark.planned else _PALE)
    sheet.capsule(low, top, width, thickness, **edge or Paint(fill=_ROLE))


def draw_kind(sheet: Sheet, kind: Kind, x: float, middle: float) -> None:
    """Draw the plainest mark of a kind for a legend, without a scale."""
    if kind == "uncertain":
        return draw_ring(sheet, x + 12, middle)
    mark = mark_of_kind(kind)
    if mark.contradicted:
        draw_bracket(sheet, x, middle - 9, middle + 9)
        x += 6
    low = x + 4 if mark.end == "range" else None
    draw_mark(sheet, mark, MarkArea(start=x, end=x + 24, top=middle - 6, thickness=12, low=low))


def draw_bracket(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    """Draw the bracket around figures on which sources disagree, open to the right."""
    points = ((x + 4, top), (x, top), (x, bottom), (x + 4, bottom))
    sheet.line(*points, stroke="accent", stroke_width=1.75)


def draw_ring(sheet: Sheet, x: float, y: float) -> None:
    """Draw the ring that marks an uncertain date."""
    sheet.disc(x, y, 4.5, stroke="accent", stroke_width=1.75)
