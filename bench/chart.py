"""The time of a chart of eight bars, compared with pyplot's savefig of the same bars.

Both are measured in one run as CPU time, in alternating pairs, so that other work of the machine
affects both; only the ratio has a meaning.

    python bench/chart.py [--pairs N]
"""

from __future__ import annotations

import argparse
import io
import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from casebook.charts.bars import BarBlock, paint_bars
from casebook.charts.canvas import NARROW, WIDE, Sheet, write_svg
from casebook.charts.symbols import ChartFigure, Mark

GOAL = 1 / 8
AMOUNTS = (4277, 8000, 5000, 6770, 4086, 10000, 3731, 5600)


def draw_own(first: int) -> int:
    """Our drawing for wide pages: each bar a link with its words, text as text."""
    sheet = Sheet(style=WIDE)
    paint_bars(_block(first), sheet)
    return len(write_svg(sheet, "bench", "八个年份的购买金额"))


def draw_own_twice(first: int) -> int:
    """Our drawings for wide pages and for phones."""
    sheet = Sheet(style=NARROW)
    paint_bars(_block(first), sheet)
    return draw_own(first) + len(write_svg(sheet, "bench", "八个年份的购买金额"))


def _block(first: int) -> BarBlock:
    # Other years each time, so that no cache helps that a build would not have.
    bars = tuple(
        ChartFigure(
            key=f"case.paid_{first + n}",
            name=f"{first + n}年",
            amount=f"{amount}万元",
            title=f"{first + n}年购买金额：{amount}万元",
            mark=Mark(end="exact"),
            value=Decimal(amount + first % 7) * 10000,
        )
        for n, amount in enumerate(AMOUNTS)
    )
    return BarBlock(bars=bars, lang="zh")


def draw_with_pyplot(first: int) -> int:
    """The same bars drawn as in most programs: pyplot, tight_layout, savefig as SVG."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 3.6))
    names = [f"{first + n}年" for n in range(len(AMOUNTS))]
    bars = axes.barh(names, [amount * 10000 for amount in AMOUNTS])
    axes.bar_label(bars, [f"{amount}万元" for amount in AMOUNTS])
    axes.invert_yaxis()
    figure.tight_layout()
    target = io.StringIO()
    figure.savefig(target, format="svg")
    plt.close(figure)
    return len(target.getvalue())


def time_pairs(
    one: Callable[[int], int], other: Callable[[int], int], pairs: int
) -> tuple[float, float, float]:
    """The median CPU seconds of each function, and the median of the ratios of the pairs."""
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(pairs):
        for draw, times in ((one, ours), (other, theirs)):
            start = time.process_time()
            draw(1000 + 10 * number)
            times.append(time.process_time() - start)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def main() -> int:
    """Print the ratios; the exit status is 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--ratio", action="store_true", help="print the ratio of one drawing alone")
    options = parser.parse_args()
    pairs = options.pairs
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    # Without a Chinese font pyplot warns for each letter, which must not be measured.
    warnings.simplefilter("ignore")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    for draw in (draw_own_twice, draw_with_pyplot):
        draw(1)
    own, peer, ratio = time_pairs(draw_own, draw_with_pyplot, pairs)
    if options.ratio:
        print(ratio)
        return 0
    both, _, ratio_of_both = time_pairs(draw_own_twice, draw_with_pyplot, pairs)
    print(f"pyplot, tight_layout, SVG   {peer * 1000:7.1f} ms   {draw_with_pyplot(1)} bytes")
    print(f"one drawing of ours         {own * 1000:7.1f} ms   {draw_own(1)} bytes")
    print(f"both drawings of ours       {both * 1000:7.1f} ms   {draw_own_twice(1)} bytes")
    met = ratio <= GOAL
    print(
        f"ratio {ratio:.3f}, 1/{1 / ratio:.1f} (goal 1/8: {'met' if met else 'missed'});", end=" "
    )
    print(f"for both drawings {ratio_of_both:.3f}, 1/{1 / ratio_of_both:.1f}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
