"""Where the time of a build goes: seconds by stage and by type of page, where it is asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from casebook.text import Lang

# What stages are called; of page types the register's own names are shown.
_STAGES: Mapping[str, str] = {
    "look": "看文件有没有变动",
    "inputs": "输入文件的摘要",
    "read": "读记录",
    "check": "检查",
    "imports": "载入程序",
    "charts": "画图",
    "pictures": "图片文件",
    "prose": "正文与模板",
    "cases": "案例的页面",
    "lists": "其他页面",
    "exports": "数据与图的文件",
    "publish": "比较、落盘、替换",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds on the wall and of the processor, and how many files were made and were kept."""

    wall: float = 0.0
    cpu: float = 0.0
    made: int = 0
    kept: int = 0

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(
            wall=self.wall + other.wall,
            cpu=self.cpu + other.cpu,
            made=self.made + other.made,
            kept=self.kept + other.kept,
        )


class Timings:
    """A recorder of one build: stages follow each other, types of pages lie within them.

    Time of the processor counts the processes that were started and have ended, but nothing of
    other machines.
    """

    def __init__(self) -> None:
        self.stages: dict[str, Spent] = {}
        self.types: dict[str, Spent] = {}
        self._stage = ""
        self._since = (0.0, 0.0)

    def begin(self, stage: str) -> None:
        """Say that from here on time belongs to this stage; the empty one ends the last."""
        now = (time.perf_counter(), _processor())
        if self._stage:
            spent = Spent(wall=now[0] - self._since[0], cpu=now[1] - self._since[1])
            self.stages[self._stage] = self.stages.get(self._stage, Spent()).plus(spent)
        self._stage, self._since = stage, now

    def measure(self, name: str) -> AbstractContextManager[None]:
        """Count the time of a block to a type of page."""
        return self._measure(name)

    @contextmanager
    def _measure(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.add(name, Spent(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu))

    def add(self, name: str, spent: Spent) -> None:
        """Count what was measured elsewhere to a type of page."""
        self.types[name] = self.types.get(name, Spent()).plus(spent)

    def count(self, name: str, made: int = 0, kept: int = 0) -> None:
        """Count pages of a type."""
        self.add(name, Spent(made=made, kept=kept))

    def describe(self, lang: Lang) -> Iterator[str]:
        """The lines of a table: stages in their order, then types of pages."""
        self.begin("")
        names = [_name(stage, lang) for stage in self.stages]
        total = Spent()
        for spent in self.stages.values():
            total = total.plus(spent)
        zh = lang == "zh"
        yield f"{'墙上秒' if zh else 'wall s':>8} {'处理器秒' if zh else 'processor s':>12}"
        for name, spent in zip(names, self.stages.values(), strict=True):
            yield f"{spent.wall:8.3f} {spent.cpu:12.3f}  {name}"
        yield f"{total.wall:8.3f} {total.cpu:12.3f}  {'合计' if zh else 'all'}"
        if self.types:
            made, kept = ("新做", "沿用") if zh else ("made", "kept")
            within = "其中按页面类型" if zh else "within these, by type of page"
            yield f"{'':8} {'':12}  {within}  ({made} / {kept})"
        for name, spent in self.types.items():
            yield f"{spent.wall:8.3f} {spent.cpu:12.3f}  {name}  ({spent.made} / {spent.kept})"


class _Untimed(Timings):
    """Takes everything and records nothing."""

    def begin(self, stage: str) -> None:
        pass

    def measure(self, name: str) -> AbstractContextManager[None]:
        return _NOTHING

    def add(self, name: str, spent: Spent) -> None:
        pass


_NOTHING: AbstractContextManager[None] = nullcontext()
UNTIMED: Timings = _Untimed()


def _name(stage: str, lang: Lang) -> str:
    return _STAGES[stage] if lang == "zh" else stage


def _processor() -> float:
    times = os.times()
    # Of itself by the finer clock; of children there is only this one.
    return time.process_time() + times.children_user + times.children_system
