"""Progress and timings of a build: how far it has come, and where its seconds went."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from casebook.messages import say
from casebook.text import Lang


@dataclass(slots=True, kw_only=True)
class Spent:
    """Seconds on the wall and of the processor, and how many files were made and were kept."""

    wall: float = 0.0
    cpu: float = 0.0
    made: int = 0
    kept: int = 0

    def add(self, other: Spent) -> None:
        """Count what was spent elsewhere."""
        self.wall += other.wall
        self.cpu += other.cpu
        self.made += other.made
        self.kept += other.kept


@dataclass(slots=True)
class Progress:
    """Count of the cases that are made, of those to be made; empty before the first."""

    total: int = 0
    done: int = 0

    def __str__(self) -> str:
        return f" {self.done:,}/{self.total:,}" if self.total else ""


class Timings:
    """A recorder of one build: stages follow each other, types of pages lie within them.

    Time of the processor counts the processes that were started and have ended, but nothing of
    other machines.
    """

    def __init__(self, is_asked: bool = False) -> None:
        self.is_asked = is_asked
        self.stages: dict[str, Spent] = {}
        self.types: dict[str, Spent] = {}
        self._stage = Spent()
        self._since = (0.0, 0.0)

    def begin(self, stage: str) -> None:
        """End the stage before and begin this one, named by the key of its message."""
        times = os.times()
        # Of itself by the finer clock; of children there is only this one.
        cpu = time.process_time() + times.children_user + times.children_system
        wall = time.perf_counter()
        self._stage.add(Spent(wall=wall - self._since[0], cpu=cpu - self._since[1]))
        self._stage = self.stages.setdefault(stage, Spent())
        self._since = (wall, cpu)

    @contextmanager
    def measure(self, name: str) -> Iterator[Spent]:
        """Count the time of a block to a type of page, whose pages the block counts itself."""
        spent = self.types.setdefault(name, Spent())
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield spent
        finally:
            spent.add(Spent(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu))

    def add(self, types: Mapping[str, Spent]) -> None:
        """Count what was measured of types of pages in another process."""
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
