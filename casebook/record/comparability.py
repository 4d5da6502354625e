"""Comparability classes: the figures that may share an axis, a sum, a rank or a ratio."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from typing import NamedTuple

from casebook.messages import say
from casebook.record.model import Figure
from casebook.record.vocabulary import Vocabulary
from casebook.text import Text
from casebook.values.periods import MONTHS, word_period
from casebook.values.words import CURRENCIES, TAXES


class ComparabilityClass(NamedTuple):
    """The measure, unit, per, scope and taxes that two figures must share to be compared.

    Shares must also have the same `whole`: 70% of one thing is not more than 50% of another.
    """

    # Classes are sorted by these fields in this order, so that those of one measure are adjacent.
    measure: str
    unit: str
    per: tuple[str, ...]
    scope: str
    tax: str = ""
    whole: str = ""

    @property
    def key(self) -> str:
        """The class as one word that is valid as an id in a page."""
        tax = TAXES.get(self.tax, "").replace(" ", "_")
        parts = (self.measure, self.unit, *self.per, self.scope, tax, self.whole)
        return "-".join(part for part in parts if part)


def class_of(figure: Figure) -> ComparabilityClass:
    """The comparability class of a figure."""
    is_of_whole = figure.part_of and figure.quantity.unit == "ratio"
    return ComparabilityClass(
        measure=figure.measure,
        unit=figure.quantity.unit,
        per=figure.per,
        scope=figure.scope,
        tax=figure.quantity.tax,
        whole=f"{figure.case}-{figure.part_of}" if is_of_whole else "",
    )


def span_of(figure: Figure) -> str:
    """The length of time of an amount; only figures of equal length share a scale or formula."""
    period = figure.period
    is_known = period.lane != "latest_only"
    if is_known and period.precision == "interval":
        first, last = period.earliest, period.latest
        # Financial years are comparable with each other but not with a calendar year.
        if first and last and first.day == 1:
            end = first.year + 1, first.month - 1
            if (last.year, last.month) == end and last.day == monthrange(*end)[1]:
                return f"year-{first.month}"
        return period.edtf
    # A price per post is the same whether its day or its year is known; a total is not.
    if figure.per or figure.quantity.unit not in CURRENCIES:
        return ""
    return period.precision if is_known else period.lane


def group_by_class(figures: Iterable[Figure]) -> dict[ComparabilityClass, tuple[Figure, ...]]:
    """The figures of each comparability class; classes and figures keep their given order."""
    groups: dict[ComparabilityClass, list[Figure]] = {}
    for figure in figures:
        groups.setdefault(class_of(figure), []).append(figure)
    return {key: tuple(group) for key, group in groups.items()}


def group_by_scale(figures: Iterable[Figure]) -> list[tuple[Figure, ...]]:
    """The groups of figures that may share a scale: of one class, length of time and status.

    Plans join a group. A rough number is a group of its own, as it has no value to draw.
    """
    groups: dict[tuple[object, ...], list[Figure]] = {}
    # A plan is marked as a plan, so it may be drawn beside figures of any status.
    for figure in sorted(figures, key=lambda each: each.is_planned):
        key: tuple[object, ...] = class_of(figure), span_of(figure)
        same = [each for each in groups if each[:2] == key] if figure.is_planned else []
        # A plan joins the group with figures of its own case, if there is one.
        same.sort(key=lambda each: all(one.case != figure.case for one in groups[each]))
        key = same[0] if same else (*key, figure.status)
        key = (figure.key,) if figure.quantity.is_rough else key
        groups.setdefault(key, []).append(figure)
    return list(map(tuple, groups.values()))


def name_class(key: ComparabilityClass, words: Vocabulary) -> Text:
    """The name of a class as a reader sees it: measure, scope, unit and per."""
    measure = words.measures[key.measure].name
    # Without a scope there is no name for the counted things, and none must be invented.
    scope = words.scopes[key.scope].name if key.scope else None
    per = [words.per[part].name for part in key.per]
    if key.unit == "ratio":
        unit = say("values.ratio")
    else:
        unit = CURRENCIES[key.unit].name if key.unit in CURRENCIES else Text(key.unit)
    zh = measure.zh + (f"（{scope.zh}）" if scope else "")
    zh += "，" + "/".join([unit.zh, *(part.zh for part in per)])
    zh += f"，{key.tax}" if key.tax else ""
    en = measure.inside("en") + (f" ({scope.inside('en')})" if scope else "")
    counted = " ".join(filter(None, (unit.en, *(f"per {part.inside('en')}" for part in per))))
    counted += f", {TAXES[key.tax]}" if key.tax else ""
    return Text(zh, f"{en}, {counted}" if counted else en)


def name_scale(key: ComparabilityClass, span: str, words: Vocabulary) -> Text:
    """The name of a class with the length of time that all figures of one scale have."""
    if not span:
        return name_class(key, words)
    kind, _, month = span.partition("-")
    if kind == "year" and month:
        length = say("values.span.year_from", month=Text(month, MONTHS[int(month) - 1]))
    else:
        # An interval is named in full, as only figures of the same interval share a scale.
        length = say(f"values.span.{span}") if span.isidentifier() else word_period(span)
    return say("values.scale", name=name_class(key, words), length=length)


def why_not_comparable(one: Figure, other: Figure, words: Vocabulary) -> Text | None:
    """The reason, in words, why two figures may not be compared, or None if they may."""
    difference = describe_difference(one, other, words)
    return difference and say(
        "values.not_comparable", one=one.label, other=other.label, difference=difference
    )


def describe_difference(one: Figure, other: Figure, words: Vocabulary) -> Text | None:
    """The difference between the classes of two figures, or None if the classes are equal.

    Only the first difference is named, in the order measure, unit, per, taxes, whole, scope.
    """
    a, b = class_of(one), class_of(other)
    if a == b:
        return None
    if a.measure != b.measure:
        first, second = (words.measures[each.measure].name.mid_sentence for each in (a, b))
        return say("values.measures_differ", first=first, second=second)
    if a.unit != b.unit:
        return say("values.units_differ", first=a.unit, second=b.unit)
    if a.per != b.per:
        first, second = _word_per(a.per, words), _word_per(b.per, words)
        return say("values.per_differs", first=first, second=second)
    if a.tax != b.tax:
        first, second = (
            Text(tax or "没有写", TAXES.get(tax, "not told")) for tax in (a.tax, b.tax)
        )
        return say("values.taxes_differ", first=first, second=second)
    if a.whole != b.whole:
        return say("values.wholes_differ")
    first, second = _word_scope(a.scope, words), _word_scope(b.scope, words)
    return say("values.scopes_differ", first=first, second=second)


def _word_per(per: tuple[str, ...], words: Vocabulary) -> Text:
    if not per:
        return say("values.no_per")
    names = [words.per[key].name for key in per]
    return Text(
        "".join(f"每{name.zh}" for name in names),
        " ".join(f"per {name.inside('en')}" for name in names),
    )


def _word_scope(scope: str, words: Vocabulary) -> Text:
    return words.scopes[scope].name if scope else say("values.no_scope")
