"""Long lists in parts, so that no page grows with the number of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from casebook.pages.page import Page
from casebook.text import Text

# A page of more entries than this is slow to load and is never read to its end.
MOST_LISTED = 200

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


def cut_list(entries: Sequence[T], most: int = MOST_LISTED) -> tuple[ListPart[T], ...]:
    """A list in parts of at most so many entries; an empty list is one empty part."""
    starts = range(0, len(entries), most) or range(1)
    return tuple(
        ListPart(
            number=number,
            count=len(starts),
            first=start + 1,
            total=len(entries),
            entries=tuple(entries[start : start + most]),
        )
        for number, start in enumerate(starts, 1)
    )


def address_part(url: str, number: int) -> str:
    """The address of a part of the list at an address; the first part stands there itself."""
    return url if number == 1 else f"{url}page/{number}/"


def name_part(page: Page, part: ListPart[T]) -> Page:
    """The page of a part: the first is the page itself, the others have a name of their own."""
    whole = {**page.context, "part": part, "part_url": page.url}
    if part.number == 1:
        return replace(page, context=whole)
    return replace(
        page,
        url=address_part(page.url, part.number),
        title=Text(
            f"{page.title.zh}（第{part.number}页）",
            f"{page.title.inside('en')} (page {part.number})",
        ),
        context=whole,
        indexed=False,
    )
