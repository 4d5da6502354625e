"""Records that are loaded when they are asked for, a few of which stay in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

from casebook.record.model import Case, State
from casebook.record.summary import CaseSummary

# Lists in other orders ask for the same records again and again; these take 150 MB.
_MOST_HELD = 5_000


class LazyCases(Sequence[Case]):
    """The cases of these briefs in their order, as if all of them were in memory.

    To go through all of them loads each once; what has to be quick asks the briefs.
    """

    def __init__(
        self, briefs: tuple[CaseSummary, ...], load: Callable[[CaseSummary], Case]
    ) -> None:
        self.briefs = briefs
        self._load = load
        self._held: OrderedDict[str, Case] = OrderedDict()
        self.by_slug: Mapping[str, Case] = _BySlug(self)

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Case]: ...
    def __getitem__(self, index: int | slice) -> Case | Sequence[Case]:
        if isinstance(index, slice):
            return tuple(self.take(brief) for brief in self.briefs[index])
        return self.take(self.briefs[index])

    def __len__(self) -> int:
        return len(self.briefs)

    def __iter__(self) -> Iterator[Case]:
        return map(self.take, self.briefs)

    def without(self, state: State) -> LazyCases:
        """The cases that are not in a state."""
        left = tuple(brief for brief in self.briefs if brief.state != state)
        return LazyCases(left, self._load)

    def take(self, brief: CaseSummary) -> Case:
        """The record that a brief is of."""
        held = self._held
        if brief.slug in held:
            held.move_to_end(brief.slug)
            return held[brief.slug]
        case = held[brief.slug] = self._load(brief)
        if len(held) > _MOST_HELD:
            held.popitem(last=False)
        return case


class _BySlug(Mapping[str, Case]):
    """The cases of a shelf by slug."""

    def __init__(self, shelf: LazyCases) -> None:
        self._shelf = shelf
        self._briefs = {brief.slug: brief for brief in shelf.briefs}

    def __getitem__(self, slug: str) -> Case:
        return self._shelf.take(self._briefs[slug])

    def __contains__(self, slug: object) -> bool:
        return slug in self._briefs

    def __iter__(self) -> Iterator[str]:
        return iter(self._briefs)

    def __len__(self) -> int:
        return len(self._briefs)
