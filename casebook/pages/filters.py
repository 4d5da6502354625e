"""Filters of the rows of a table: plain links, of which each leaves only some rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from casebook.record.vocabulary import Measure, Term
from casebook.text import Text

# The style sheets know this many filters; what is beyond them is not offered.
FILTER_LIMIT = 48

# What a filter asks, and an answer to it.
Value = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A link that leaves only some rows; `number` is the same in page and style sheet."""

    number: int
    value: str
    name: Text
    count: int


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Filters that ask one thing, of which one may be chosen."""

    key: str
    name: Text
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """All filters of a table, by what they ask, numbered through."""

    groups: tuple[FilterGroup, ...]
    numbers: Mapping[Value, int] = field(default_factory=dict)

    def keep(self, values: Iterable[Value]) -> tuple[int, ...]:
        """The numbers of the filters that keep a row of these values."""
        return tuple(sorted(self.numbers[value] for value in values if value in self.numbers))


def list_filters(
    questions: Iterable[tuple[str, Text, Mapping[str, Text]]], rows: Iterable[Set[Value]]
) -> Filters:
    """The filters that keep some of the rows, which are given by their values.

    A question comes with its name and with the name of each of its answers, by value.
    """
    counts = Counter(value for row in rows for value in row)
    groups = []
    numbers: dict[Value, int] = {}
    for key, name, answers in questions:
        filters = []
        for value, words in answers.items():
            if counts[key, value] and len(numbers) < FILTER_LIMIT:
                number = numbers[key, value] = len(numbers) + 1
                count = counts[key, value]
                filters.append(Filter(number=number, value=value, name=words, count=count))
        if filters:
            groups.append(FilterGroup(key, name, tuple(filters)))
    return Filters(tuple(groups), numbers)


def name_terms(terms: Mapping[str, Term] | Mapping[str, Measure]) -> dict[str, Text]:
    """The names of a closed list of the vocabulary, by key."""
    return {key: term.name for key, term in terms.items()}
