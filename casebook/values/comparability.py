"""The guard: which figures may stand on one axis, in one sum, one rank or one ratio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from casebook.text import Text
from casebook.values.amounts import Quantity


class Named(Protocol):
    """A word of the words."""

    @property
    def name(self) -> Text: ...


class ClassNames(Protocol):
    """The words of the vocabulary that name a comparability class."""

    @property
    def measures(self) -> Mapping[str, Named]: ...
    @property
    def scopes(self) -> Mapping[str, Named]: ...
    @property
    def per(self) -> Mapping[str, Named]: ...


class Comparable(Protocol):
    """A figure as far as its comparability class needs it."""

    @property
    def label(self) -> Text: ...
    @property
    def quantity(self) -> Quantity: ...
    @property
    def measure(self) -> str: ...
    @property
    def per(self) -> tuple[str, ...]: ...
    @property
    def scope(self) -> str: ...


AnyFigure = TypeVar("AnyFigure", bound=Comparable)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ComparabilityClass:
    """What two figures must share to be compared: what is measured, in what, per what, of what."""

    measure: str
    unit: str
    per: tuple[str, ...]
    scope: str

    @property
    def key(self) -> str:
        """One word for the class, fit for an id in a page."""
        return "-".join(part for part in (self.measure, self.unit, *self.per, self.scope) if part)


def class_of(figure: Comparable) -> ComparabilityClass:
    """The comparability class of a figure."""
    return ComparabilityClass(
        measure=figure.measure, unit=figure.quantity.unit, per=figure.per, scope=figure.scope
    )


def group_by_class(
    figures: Iterable[AnyFigure],
) -> dict[ComparabilityClass, tuple[AnyFigure, ...]]:
    """The figures of each comparability class, both in the order in which they came."""
    groups: dict[ComparabilityClass, list[AnyFigure]] = {}
    for figure in figures:
        groups.setdefault(class_of(figure), []).append(figure)
    return {key: tuple(group) for key, group in groups.items()}


def name_class(key: ComparabilityClass, words: ClassNames) -> Text:
    """The name of a class as a reader sees it: measure, unit, per what, of what."""
    measure = words.measures[key.measure].name
    scope = words.scopes[key.scope].name if key.scope else None
    per = [words.per[part].name for part in key.per]
    unit_zh = {"CNY": "元", "HKD": "港元", "USD": "美元", "ratio": "比例"}.get(key.unit, key.unit)
    unit_en = {"CNY": "yuan", "HKD": "Hong Kong dollars", "USD": "US dollars", "ratio": "share"}
    zh = measure.zh + (f"（{scope.zh}）" if scope else "")
    zh += "，" + "/".join([unit_zh, *(part.zh for part in per)])
    en = measure.inside("en") + (f" ({scope.inside('en')})" if scope else "")
    parts = [unit_en.get(key.unit, ""), *(f"per {part.inside('en')}" for part in per)]
    en += "".join(f", {word}" for word in [" ".join(word for word in parts if word)] if word)
    return Text(zh, en)


def why_not_comparable(one: Comparable, other: Comparable, words: ClassNames) -> Text | None:
    """The reason, in words, why two figures may not be compared, or None where they may."""
    difference = describe_difference(one, other, words)
    return difference and Text(
        f"“{one.label.zh}”与“{other.label.zh}”{difference.zh}",
        f"“{one.label.inside('en')}” and “{other.label.inside('en')}” {difference.en}",
    )


def describe_difference(one: Comparable, other: Comparable, words: ClassNames) -> Text | None:
    """The difference between the classes of two figures, or None where they are of one.

    The first that a reader would care about is named: measure, unit, per, scope.
    """
    a, b = class_of(one), class_of(other)
    if a == b:
        return None
    if a.measure != b.measure:
        first, second = words.measures[a.measure].name, words.measures[b.measure].name
        zh, en = "量的是不同的东西", "measure different things"
    elif a.unit != b.unit:
        first, second = Text(a.unit), Text(b.unit)
        zh, en = "单位不同", "have different units"
    elif a.per != b.per:
        first, second = _per_words(a.per, words), _per_words(b.per, words)
        zh, en = "计量的周期或对象不同", "are counted per different things"
    else:
        first, second = _scope_words(a.scope, words), _scope_words(b.scope, words)
        zh, en = "口径不同", "cover different scopes"
    return Text(
        f"{zh}：前者是{first.zh}，后者是{second.zh}",
        f"{en}: {first.inside('en')} against {second.inside('en')}",
    )


def are_comparable(figures: Sequence[Comparable]) -> bool:
    """Whether all the figures are of one class."""
    return len({class_of(figure) for figure in figures}) <= 1


def _per_words(per: tuple[str, ...], words: ClassNames) -> Text:
    if not per:
        return Text("未写明周期或对象", "no period or unit stated")
    names = [words.per[key].name for key in per]
    return Text(
        "每" + "每".join(name.zh for name in names),
        " ".join(f"per {name.inside('en')}" for name in names),
    )


def _scope_words(scope: str, words: ClassNames) -> Text:
    return words.scopes[scope].name if scope else Text("未限定口径", "no stated scope")
