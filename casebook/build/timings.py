"""Progress and timings of a build."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from casebook.build.workers import Batches, Executor
from casebook.messages import say
from casebook.text import Lang

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Spent:
    """Seconds of wall time and of processor time, and the numbers of files made and kept."""

    wall: float = 0.0
    cpu: float = 0.0
    made: int = 0
    kept: int = 0

    def add(self, other: Spent) -> None:
        """Add the numbers of another measurement."""
        self.wall += other.wall
        self.cpu += other.cpu
        self.made += other.made
        self.kept += other.kept


class Timings:
    """A recorder of one build: stages follow each other, and types of pages lie within stages.

    Processor time includes processes that were started and have ended, but no other machines.
    `stage` is the current stage; `done` of its `total` pieces of work are done. The total is 0 if
    the length of the stage is unknown.
    """

    def __init__(self) -> None:
        self.stages: dict[str, Spent] = {}
        self.types: dict[str, Spent] = {}
        self.stage = ""
        self.done = self.total = 0
        self._stage = Spent()
        self._since = (0.0, 0.0)

    def begin(self, stage: str) -> None:
        """End the current stage and begin another, named by the key of its message."""
        times = os.times()
        # The finer clock for this process; children have only the one of os.times.
        cpu = time.process_time() + times.children_user + times.children_system
        wall = time.perf_counter()
        self._stage.add(Spent(wall=wall - self._since[0], cpu=cpu - self._since[1]))
        self._stage = self.stages.setdefault(stage, Spent())
        self._since = (wall, cpu)
        self.stage = stage
        self.done = self.total = 0

    def track(self, items: Iterable[T], total: int = 0) -> Iterator[T]:
        """The items, each counted as done when the next one is asked for."""
        self.total += total
        for item in items:
            yield item
            self.done += 1

    def counting(self, executor: Executor) -> Executor:
        """An executor whose results are counted as they arrive."""

        def run(function: Callable[[list[Any]], Collection[Any]], batches: Batches[Any]) -> Any:
            # `batches.count` may be smaller than the number of items, as for pictures.
            items = batches.items
            count = len(items) if isinstance(items, Sized) else batches.count
            return self.track(executor(function, batches), count)

        return run

    def tell(self, lang: Lang) -> str:
        """The stage and its progress; no count before the first piece of work is done."""
        if not self.stage:
            return ""
        of_all = f"/{self.total:,}" if self.total else ""
        return say(self.stage).inside(lang) + (f" {self.done:,}{of_all}" if self.done else "")

    @contextmanager
    def measure(self, name: str) -> Iterator[Spent]:
        """Add the time of a block to a type of page; the block itself counts the pages."""
        spent = self.types.setdefault(name, Spent())
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield spent
        finally:
            spent.add(Spent(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu))

    def add(self, types: Mapping[str, Spent]) -> None:
        """Add the measurements of types of pages from another process."""
        for name, spent in types.items():
            self.types.setdefault(name, Spent()).add(spent)

    def describe(self, lang: Lang) -> Iterator[str]:
        """The lines of a table: stages in their order, then types of pages."""
        stages = dict(self.stages)
        self.begin("")
        total = Spent()
        wall, cpu = say("build.timings.wall").inside(lang), say("build.timings.cpu").inside(lang)
        yield f"{wall:>8} {cpu:>12}"
        for stage, spent in stages.items():
            yield f"{spent.wall:8.3f} {spent.cpu:12.3f}  {say(stage).inside(lang)}"
            total.add(spent)
        yield f"{total.wall:8.3f} {total.cpu:12.3f}  {say('build.timings.all').inside(lang)}"
        if self.types:
            yield f"{'':8} {'':12}  {say('build.timings.types').inside(lang)}"
        for name, spent in self.types.items():
            yield f"{spent.wall:8.3f} {spent.cpu:12.3f}  {name}  ({spent.made} / {spent.kept})"
