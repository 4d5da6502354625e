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
    """The cases of these summaries in their order, as if all of them were in memory.

    To go through all of them loads each once; what has to be quick asks the summaries.
    """

    def __init__(
        self, summaries: tuple[CaseSummary, ...], load: Callable[[CaseSummary], Case]
    ) -> None:
        self.summaries = summaries
        self._load = load
        self._held: OrderedDict[str, Case] = OrderedDict()
        self.by_slug: Mapping[str, Case] = _BySlug(self)

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Case]: ...
    def __getitem__(self, index: int | slice) -> Case | Sequence[Case]:
        if isinstance(index, slice):
            return tuple(self.take(summary) for summary in self.summaries[index])
        return self.take(self.summaries[index])

    def __len__(self) -> int:
        return len(self.summaries)

    def __iter__(self) -> Iterator[Case]:
        return map(self.take, self.summaries)

    def without(self, state: State) -> LazyCases:
        """The cases that are not in a state."""
        left = tuple(summary for summary in self.summaries if summary.state != state)
        return LazyCases(left, self._load)

    def take(self, summary: CaseSummary) -> Case:
        """The record that a summary is of."""
        held = self._held
        if summary.slug in held:
            held.move_to_end(summary.slug)
            return held[summary.slug]
        case = held[summary.slug] = self._load(summary)
        if len(held) > _MOST_HELD:
            held.popitem(last=False)
        return case


class _BySlug(Mapping[str, Case]):
    """Lazy cases by slug."""

    def __init__(self, cases: LazyCases) -> None:
        self._cases = cases
        self._summaries = {summary.slug: summary for summary in cases.summaries}

    def __getitem__(self, slug: str) -> Case:
        return self._cases.take(self._summaries[slug])

    def __contains__(self, slug: object) -> bool:
        return slug in self._summaries

    def __iter__(self) -> Iterator[str]:
        return iter(self._summaries)

    def __len__(self) -> int:
        return len(self._summaries)
