"""Long lists: their parts, so that no page grows with the cases, and filters of their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Generic, TypeVar

from casebook.messages import say
from casebook.pages.page import Context, Page, Site
from casebook.record.dataset import Dataset
from casebook.record.vocabulary import Measure, Term
from casebook.text import Text

# A page of more entries than this is slow to load and is never read to its end.
MOST_LISTED = 200
# More entries than this are many screens of a phone.
_MOST_SCROLLED = 20
# The style sheets know this many filters; what is beyond them is not offered.
FILTER_LIMIT = 48

# What a filter asks, and an answer to it.
Value = tuple[str, str]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart(Generic[T]):
    """One part of a list: which of how many, and its entries; `first` counts from one."""

    number: int
    count: int
    first: int
    total: int
    entries: tuple[T, ...]

    @property
    def last(self) -> int:
        """The number of the last entry in the whole list."""
        return self.first + len(self.entries) - 1


def cut_list(entries: Sequence[T]) -> tuple[ListPart[T], ...]:
    """A list in parts that a page can hold; an empty list is one empty part."""
    starts = range(0, len(entries), MOST_LISTED) or range(1)
    return tuple(
        ListPart(
            number=number,
            count=len(starts),
            first=start + 1,
            total=len(entries),
            entries=tuple(entries[start : start + MOST_LISTED]),
        )
        for number, start in enumerate(starts, 1)
    )


def list_targets(
    targets: Iterable[tuple[str, Text]], part: ListPart[T]
) -> tuple[tuple[str, Text], ...]:
    """The places where the parts of a page begin, each once, if it is long enough to need them."""
    return tuple(dict.fromkeys(targets)) if len(part.entries) > _MOST_SCROLLED else ()


def sign_links(dataset: Dataset) -> Iterator[object]:
    """All that the first links to cases show, which say more where a place has several cases."""
    for case in dataset.summaries[:MOST_LISTED]:
        yield case.link, dataset.cases_in[case.region] > 1


def address_part(url: str, number: int) -> str:
    """The address of a part of the list at an address; that of the first is the list's own."""
    return url if number == 1 else f"{url}page/{number}/"


def cut_page(
    pages: Iterable[Page],
    entries: Sequence[T],
    show: Callable[[ListPart[T]], Mapping[str, object]],
    sign: Callable[[T], object],
    site: Site,
) -> Iterator[Page]:
    """Every part of a list as a page, in each language that its page is given in.

    `show` gives what a part adds to the context of its page, and `sign` all that the part shows
    of an entry, for the key.
    """
    pages = tuple(pages)
    for part in cut_list(entries):
        # An entry that moves to another part changes both parts.
        signed = [part.number, part.count, part.total, *map(sign, part.entries)]
        # All languages show the same entries, which are let go behind them.
        shown = cache(partial(show, part))
        for page in pages:
            yield replace(_name_part(page, part, shown), key=site.key(page.key, signed))


def _name_part(page: Page, part: ListPart[T], shown: Context) -> Page:
    """The page of a part: the first is the page itself, the others have a name of their own."""

    def context() -> Mapping[str, object]:
        return {**page.context(), **shown(), "part": part, "part_url": page.url}

    if part.number == 1:
        return replace(page, context=context)
    return replace(
        page,
        url=address_part(page.url, part.number),
        title=say("pages.part", title=page.title, number=part.number),
        context=context,
        indexed=False,
    )


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
    numbers: Mapping[Value, int]

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
            # A filter that keeps no row leads to an empty page.
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
