"""Long lists, cut into parts so that pages do not grow with the number of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Generic, TypeVar

from casebook.messages import say
from casebook.pages.page import Page, Site, in_languages
from casebook.pages.rows import link_cases
from casebook.text import Text

# A page of more entries than this loads slowly, and nobody reads it to its end.
MOST_LISTED = 200
# More entries than this fill many screens of a phone and need links to their names.
_MOST_SCROLLED = 20

# The #anchor of a place in a page, and its name.
Target = tuple[str, Text]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart(Generic[T]):
    """One part of a list: its number, the count of parts, its entries; `first` counts from one."""

    number: int
    count: int
    first: int
    total: int
    entries: tuple[T, ...]

    @property
    def last(self) -> int:
        """The number of the last entry in the whole list."""
        return self.first + len(self.entries) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LongList(Generic[T]):
    """A list in pages: `show` gives the context of a part, `sign` a value for the key of an entry.

    `name` gives the target of an entry: pages of a long list link to the first entry of each name.
    """

    entries: Sequence[T]
    show: Callable[[ListPart[T]], Mapping[str, object]]
    sign: Callable[[T], object]
    name: Callable[[T], Target | None] | None = None


def cut_list(entries: Sequence[T]) -> tuple[ListPart[T], ...]:
    """A list in parts of MOST_LISTED entries; an empty list is one empty part."""
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


def address_part(url: str, number: int) -> str:
    """The address of a part of the list at `url`; the first part has the address of the list."""
    return url if number == 1 else f"{url}page/{number}/"


def cut_page(whole: Page, listed: LongList[T], site: Site) -> Iterator[Page]:
    """The page of each part of a list in each language; the first is the page of the list."""
    # The part and the anchor of the first entry of each name.
    targets: dict[Text, tuple[int, str]] = {}
    named = listed.entries if listed.name and len(listed.entries) > _MOST_SCROLLED else ()
    for index, entry in enumerate(named):
        if listed.name and (target := listed.name(entry)):
            targets.setdefault(target[1], (1 + index // MOST_LISTED, target[0]))
    for part in cut_list(listed.entries):
        # An entry that moves to another part changes both parts.
        signed = [part.number, part.count, part.total, targets, *map(listed.sign, part.entries)]
        # Computed once for all languages, and freed after them.
        shown = cache(partial(listed.show, part))
        page = replace(
            whole,
            context=partial(_show_part, whole, part, shown, targets),
            key=site.key(whole.key, signed),
        )
        if part.number > 1:
            title = say("pages.part", title=whole.title, number=part.number)
            page = replace(page, url=address_part(whole.url, part.number), title=title)
        yield from in_languages(replace(page, indexed=whole.indexed and part.number == 1), site)


def _show_part(
    whole: Page,
    part: ListPart[T],
    shown: Callable[[], Mapping[str, object]],
    targets: Mapping[Text, tuple[int, str]],
    page: Page,
) -> Mapping[str, object]:
    """The context of a part, with the targets as addresses relative to this part."""
    reached = []
    for name, (number, anchor) in targets.items():
        before = "" if number == part.number else f"site:/{address_part(whole.url, number)}"
        reached.append((before + anchor, name))
    more = {"part": part, "part_url": whole.url, "targets": tuple(reached)}
    return {**whole.context(page), **shown(), **more}


def with_cases(page: Page, site: Site) -> Page:
    """The page with links to the first cases; labels are longer where a place has several."""
    dataset = site.dataset
    signed = [
        (case.link, dataset.cases_in[case.region] > 1) for case in dataset.summaries[:MOST_LISTED]
    ]
    cases = dataset.cases[:MOST_LISTED]
    return replace(
        page, context=lambda _: {"cases": link_cases(cases, dataset)}, key=site.key(*signed)
    )
