"""The performance goals of the project, and their comparison with measured values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.measure import Run, Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A goal relative to a peer: Casebook may take `most` of the peer's time, worded `words`."""

    size: int
    change: str
    peer: str
    most: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A goal in a unit of its own; `key` names the measured value."""

    key: str
    most: float
    unit: str
    words: str


GOALS: tuple[Ratio | Bound, ...] = (
    Bound(
        key="chart",
        most=1 / 8,
        unit="of pyplot",
        words="a chart of eight bars: at most 1/8 of pyplot",
    ),
    Ratio(size=10, change="cold", peer="Pelican, pyplot", most=1 / 2, words="1/2"),
    Ratio(size=10, change="one case edited", peer="Pelican", most=1 / 2, words="1/2"),
    Ratio(size=1000, change="cold", peer="Pelican", most=2, words="2 times"),
    Ratio(size=1000, change="cold", peer="Pelican, as many pages", most=1 / 4, words="1/4"),
    Ratio(size=10000, change="one case edited", peer="Hugo", most=1 / 8, words="1/8"),
    Ratio(size=10000, change="nothing changed", peer="Hugo", most=1 / 100, words="1/100"),
    Ratio(size=10, change="nothing changed", peer="Hugo", most=1 / 2, words="1/2"),
    Bound(key="reload 10", most=0.1, unit="s", words="preview, 10 cases: saved to shown in 0.1 s"),
    Bound(
        key="reload 10000",
        most=0.5,
        unit="s",
        words="preview, 10,000 cases: saved to shown in 0.5 s",
    ),
    Bound(key="first page", most=60, unit="kB", words="the reader's first page: at most 60 kB"),
    Bound(
        key="requests elsewhere",
        most=0,
        unit="",
        words="the reader's first page: no request elsewhere",
    ),
)


def judge_goals(measured: Mapping[int, Runs], bounds: Mapping[str, float]) -> str:
    """A Markdown table of every goal that was measured, empty if none was.

    Ratios are medians over the rounds, of wall time and of processor time; goals are judged by
    processor time, because on a shared machine wall time includes the work of others.
    """
    rows = []
    for goal in GOALS:
        if isinstance(goal, Bound):
            if goal.key in bounds:
                found = bounds[goal.key]
                told = f"{found:.3g} {goal.unit}".strip()
                if goal.unit == "of pyplot":
                    told = name_ratio(found)
                rows.append((goal.words, told, "", judge(found, goal.most)))
            continue
        runs = measured.get(goal.size, {})
        own = runs.get((goal.change, "Casebook"), [])
        peer = runs.get((goal.change, goal.peer), [])
        if own and peer:
            wall, cpu = ratio_of(own, peer)
            words = f"{goal.change}, {goal.size:,} cases: at most {goal.words} of {goal.peer}"
            rows.append((words, name_ratio(wall), name_ratio(cpu), judge(cpu, goal.most)))
    if not rows:
        return ""
    lines = ["| goal | measured | of the processor | |", "| --- | ---: | ---: | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def ratio_of(own: Sequence[Run], peer: Sequence[Run]) -> tuple[float, float]:
    """The median over the rounds of our time divided by the peer's, for wall and processor time."""
    pairs = list(zip(own, peer, strict=True))
    return (
        median(one.wall / other.wall for one, other in pairs),
        median(one.cpu / other.cpu for one, other in pairs),
    )


def name_ratio(ratio: float) -> str:
    """A ratio in words, such as 1/13 or 4.9 times."""
    return f"1/{1 / ratio:.3g}" if ratio < 1 else f"{ratio:.3g} times"


def judge(found: float, most: float) -> str:
    """The words "met", or "missed" with the ratio of the value to the goal."""
    if found <= most:
        return "met"
    return f"missed, {found / most:.2g} times the goal" if most else "missed"
