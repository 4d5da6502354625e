"""The outlines of shapes in dots: curves as short lines, strokes and their dashes as areas."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from casebook.charts.sheet import CLOSE, CUBIC, MOVE, Point, Shape

# Of the lines that stand for one cubic curve; ours are quarter circles of a few pixels.
_STEPS: Final = 12
# Points nearer to each other than this many dots are one: the way between them has no direction.
_NEAR: Final = 1e-6
# A corner sharper than this reaches no farther, as in SVG.
_MITER: Final = 4.0

Points = tuple[Point, ...]


def flatten_shape(shape: Shape, scale: float) -> list[Points]:
    """The lines of a shape, one for each of its parts; a closed one ends where it begins."""
    lines: list[list[Point]] = []
    curve: list[Point] = []
    for (x, y), code in zip(shape.vertices, shape.codes, strict=True):
        point = (x * scale, y * scale)
        if code == MOVE:
            lines.append([point])
        elif code == CLOSE:
            if math.dist(lines[-1][-1], lines[-1][0]) < _NEAR:
                lines[-1].pop()
            lines[-1].append(lines[-1][0])
        elif code == CUBIC:
            curve.append(point)
            if len(curve) == 3:
                lines[-1].extend(_curve(lines[-1][-1], *curve))
                curve = []
        elif math.dist(point, lines[-1][-1]) >= _NEAR:
            lines[-1].append(point)
    return [tuple(line) for line in lines]


def is_upright(line: Points) -> bool:
    """Whether every part of a line is level or plumb."""
    return all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line))


def cut_dashes(line: Points, dash: Sequence[float]) -> Iterator[Points]:
    """The pieces of a line that dashes of these lengths, drawn and left out in turn, leave."""
    ends = [0.0, *accumulate(math.dist(a, b) for a, b in pairwise(line))]
    period = sum(dash)
    starts = [0.0, *accumulate(dash)]
    for number in range(math.ceil(ends[-1] / period)):
        for index in range(0, len(dash), 2):
            start = number * period + starts[index]
            if start < ends[-1]:
                end = min(number * period + starts[index + 1], ends[-1])
                yield _between(line, ends, start, end)


def outline_stroke(line: Points, width: float) -> list[Points]:
    """The rims of a stroke along a line: one around it, or an outer and an inner one."""
    closed = len(line) > 2 and line[0] == line[-1]
    points = line[:-1] if closed else line
    if len(points) < 2:
        return []
    normals = [_normal(a, b) for a, b in pairwise((*points, points[0]) if closed else points)]
    left, right = [], []
    for index, (x, y) in enumerate(points):
        before = normals[index - 1] if index or closed else normals[0]
        after = normals[index] if index < len(normals) else normals[-1]
        away = 1 + before[0] * after[0] + before[1] * after[1]
        reach = width / 2 / max(away, 2 / _MITER**2)
        dx, dy = (before[0] + after[0]) * reach, (before[1] + after[1]) * reach
        left.append((x + dx, y + dy))
        right.append((x - dx, y - dy))
    if closed:
        return [tuple(left), tuple(right)]
    return [(*left, *reversed(right))]


def _normal(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    return ((end[1] - start[1]) / length, (start[0] - end[0]) / length)


def _curve(start: Point, one: Point, two: Point, end: Point) -> Iterator[Point]:
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield (
            a * start[0] + b * one[0] + c * two[0] + d * end[0],
            a * start[1] + b * one[1] + c * two[1] + d * end[1],
        )


def _between(line: Points, ends: Sequence[float], start: float, end: float) -> Points:
    inside = [point for point, at in zip(line, ends, strict=True) if start < at < end]
    return (_point_at(line, ends, start), *inside, _point_at(line, ends, end))


def _point_at(line: Points, ends: Sequence[float], at: float) -> Point:
    for (a, b), (low, high) in zip(pairwise(line), pairwise(ends), strict=True):
        if at <= high and high > low:
            part = (at - low) / (high - low)
            return (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)
    return line[-1]
