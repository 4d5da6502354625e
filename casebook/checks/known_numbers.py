"""The figures and dates that a text may state: those of its case, or of all cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from math import log10
from typing import Final

from casebook.checks.numbers_in_text import NumberMention
from casebook.record.dataset import Dataset
from casebook.record.description import values_inside
from casebook.record.evidence import sources_of
from casebook.record.lanes import Gap
from casebook.record.model import QUOTE_LIMIT, Case, Figure
from casebook.values.words import CURRENCIES

_MOST_NEAREST: Final = 3
# A quotation may be so long, as a page says of its own rules.
_OWN_NUMBER: Final = (Decimal(QUOTE_LIMIT), r"个?字|characters")
# A page counts its cases; the count is checked, so that it cannot drift.
_PLACES: Final = "个?(?:地方|案例|地区)|places|cases"


class KnownNumbers:
    """The figures and dates that a text of a case may state; without a case, those of all."""

    def __init__(self, home: Case | None, dataset: Dataset) -> None:
        self.home = home
        self.dataset = dataset

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures in the order of their cases."""
        cases = self.dataset.cases if self.home is None else (self.home,)
        return tuple(figure for case in cases for figure in case.figures.values())

    @cached_property
    def by_value(self) -> Mapping[Decimal, list[Figure]]:
        """The figures by value, ranges by each of their ends."""
        found: dict[Decimal, list[Figure]] = {}
        for figure in self.figures:
            quantity = figure.quantity
            # The bounds of a rough number are the site's reading, not words of the source.
            if quantity.is_rough:
                continue
            for value in {quantity.value, quantity.low, quantity.high} - {None}:
                assert value is not None
                found.setdefault(value, []).append(figure)
        return found

    @cached_property
    def dates(self) -> frozenset[str]:
        """Every date that may be written, in each of its precisions: 2012, 2012-12, 2012-12-07.

        A decade is 199X, a day without its year --12-07.
        """
        found: set[str] = set()
        for edtf in self._list_dates():
            found |= _dates_within(edtf)
        return frozenset(found)

    def _list_dates(self) -> Iterator[str]:
        """Every date that the cases and their sources name, in EDTF."""
        if self.home is not None:
            yield from (period.edtf for _, period in values_inside(self.home, "period"))
        else:
            yield from {edtf for case in self.dataset.summaries for edtf in case.dates}
            for item in self.dataset.timeline:
                if isinstance(item, Gap):
                    yield f"{item.first}/{item.last}"
        names = self.dataset.sources if self.home is None else sources_of(self.home)
        for name in names:
            source = self.dataset.sources.get(name)
            if source is not None and source.published is not None:
                yield source.published.edtf

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles with digits in them, in both languages."""
        if self.home is None:
            listed = [title for case in self.dataset.summaries for title in case.titles]
            texts = [source.title for source in self.dataset.sources.values()]
        else:
            listed = []
            texts = [document.title for document in self.home.documents]
            used = set(sources_of(self.home))
            texts += [s.title for name, s in self.dataset.sources.items() if name in used]
        found = (title for text in texts for title in (text.zh, text.en))
        return (*listed, *(title for title in found if re.search(r"\d", title)))

    def name(self, figure: Figure) -> str:
        """The reference to a figure, as a text of this home writes it."""
        return f"{{{{{figure.id if self.home is not None else figure.key}}}}}"

    def find_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures that have the value of a number and may have its unit."""
        if mention.value is None:
            rough = (figure for figure in self.figures if figure.quantity.is_rough)
            return [figure for figure in rough if mention.text in figure.quantity.text]
        found = self.by_value.get(mention.value, ())
        return [figure for figure in found if may_be(mention, figure)]

    def find_ranges(self, first: NumberMention, second: NumberMention) -> list[Figure]:
        """The ranges that have two numbers as their ends."""
        if first.value is None or second.value is None:
            return []
        lows = {first.value, *(first.value * scale for scale in second.scales)}
        if first.unit == "" and second.unit == "ratio":
            lows.add(first.value / 100)
        return [
            figure
            for figure in self.find_figures(second)
            if figure.quantity.high == second.value and figure.quantity.low in lows
        ]

    def is_own(self, value: Decimal | None, words: str) -> bool:
        """Whether a number of a page is one of the site itself: its rules and its cases."""
        cases = self.dataset.words.get("cases")
        counted = (Decimal(cases.zh) if cases else None, _PLACES)
        return value is not None and any(
            value == own and re.search(nouns, words) for own, nouns in (_OWN_NUMBER, counted)
        )

    def nearest_dates(self, date: str) -> list[str]:
        """The dates of the same precision that are nearest to one."""
        same = [known for known in self.dates if len(known) == len(date)]
        digits = int(re.sub("[^0-9]", "", date) or "0")
        same.sort(key=lambda known: (abs(int(re.sub("[^0-9]", "", known)) - digits), known))
        return same[:_MOST_NEAREST]

    def nearest_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures that a number may have meant: by value, then by the digits of its wording."""
        digits = re.sub(r"[^\d]", "", mention.text)
        by_digits = [
            figure
            for figure in self.figures
            if digits and re.sub(r"[^\d]", "", figure.quantity.text) == digits
        ]
        by_value: Sequence[Figure] = ()
        if (value := mention.value) is not None:
            by_value = [f for f in self.figures if may_be(mention, f)] or self.figures
            by_value = sorted(by_value, key=lambda f: _distance(value, f.quantity.magnitude))
        nearest = (*by_value[:1], *by_digits[:1], *by_value)
        return list({figure.key: figure for figure in nearest}.values())[:_MOST_NEAREST]


def may_be(mention: NumberMention, figure: Figure) -> bool:
    """Whether the unit of a number allows that a figure is meant."""
    quantity = figure.quantity
    if mention.unit in (*CURRENCIES, "ratio"):
        return quantity.unit == mention.unit
    if mention.unit == "":
        return quantity.unit != "ratio"
    if quantity.kind != "count":
        return False
    if mention.unit == "people":
        return bool(re.match("[人名位]", quantity.unit))
    if mention.unit == "time":
        return bool(re.match("小时|课时|学时|[天岁年月日周]|个?月", quantity.unit))
    return not re.match("[人名位]", quantity.unit) or mention.unit.startswith("个")


@cache
def _dates_within(edtf: str) -> frozenset[str]:
    """The ends of a period in each precision, with and without their year."""
    found: set[str] = set()
    for day in re.findall(r"[0-9]{4}(?:-[0-9]{2}){0,2}", edtf):
        parts = day.split("-")
        found.add(f"{parts[0][:3]}X")
        found |= {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
        found |= {"--" + "-".join(parts[1:length]) for length in range(2, len(parts) + 1)}
        found |= {f"---{part}" for part in parts[2:]}
    return frozenset(found)


def _distance(value: Decimal, other: Decimal) -> float:
    """How far two values are apart, as a ratio."""
    if not value or not other:
        return float("inf") if value != other else 0.0
    return abs(log10(float(value)) - log10(float(other)))
