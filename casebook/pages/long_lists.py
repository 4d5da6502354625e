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

# Where in a page something begins, as #anchor, and its name.
Target = tuple[str, Text]
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


def sign_links(dataset: Dataset) -> Iterator[object]:
    """All that the first links to cases show, which say more where a place has several cases."""
    for case in dataset.summaries[:MOST_LISTED]:
        yield case.link, dataset.cases_in[case.region] > 1


def address_part(url: str, number: int) -> str:
    """The address of a part of the list at an address; that of the first is the list's own."""
    return url if number == 1 else f"{url}page/{number}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LongList(Generic[T]):
    """A list and its pages: what they show of a part, and for the key all they show of an entry.

    Of a long one they lead to the first entry of each name.
    """

    entries: Sequence[T]
    show: Callable[[ListPart[T]], Mapping[str, object]]
    sign: Callable[[T], object]
    name: Callable[[T], Target | None] | None = None

    def find_targets(self) -> Mapping[Text, tuple[int, str]]:
        """The part and the anchor of the first entry of each name."""
        found: dict[Text, tuple[int, str]] = {}
        if self.name is None or len(self.entries) <= _MOST_SCROLLED:
            return found
        for index, entry in enumerate(self.entries):
            if target := self.name(entry):
                found.setdefault(target[1], (1 + index // MOST_LISTED, target[0]))
        return found


def cut_page(pages: Iterable[Page], listed: LongList[T], site: Site) -> Iterator[Page]:
    """Every part of a list as a page, in each language that its page is given in."""
    pages, targets = tuple(pages), listed.find_targets()
    for part in cut_list(listed.entries):
        # An entry that moves to another part changes both parts.
        signed = site.key(
            part.number, part.count, part.total, targets, *map(listed.sign, part.entries)
        )
        # All languages show the same entries, which are let go behind them.
        shown = cache(partial(listed.show, part))
        for page in pages:
            named = _name_part(page, part, partial(_show_part, page, part, shown, targets))
            yield replace(named, key=site.key(page.key, signed))


def _show_part(
    page: Page, part: ListPart[T], shown: Context, targets: Mapping[Text, tuple[int, str]]
) -> Mapping[str, object]:
    """The context of a part, with the addresses of the targets as it reaches them."""
    reached = []
    for name, (number, anchor) in targets.items():
        before = "" if number == part.number else f"site:/{address_part(page.url, number)}"
        reached.append((before + anchor, name))
    more = {"part": part, "part_url": page.url, "targets": tuple(reached)}
    return {**page.context(), **shown(), **more}


def _name_part(page: Page, part: ListPart[T], context: Context) -> Page:
    """The page of a part: the first is the page itself, the others have a name of their own."""

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
