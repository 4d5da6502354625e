"""Shapes as outlines: curves as lines, dashes as pieces, strokes as areas."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from casebook.charts.outline import Points, cut_dashes, flatten_shape, is_upright, outline_stroke
from casebook.charts.sheet import WIDE, Shape, Sheet


def shape_of(sheet: Sheet) -> Shape:
    (shape,) = sheet.parts
    assert isinstance(shape, Shape)
    return shape


def length_of(line: Points) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def test_a_disc_is_a_closed_line_at_its_radius() -> None:
    sheet = Sheet(WIDE)
    sheet.disc(10, 20, 4, fill="ink")

    (line,) = flatten_shape(shape_of(sheet), 2)

    assert line[0] == line[-1]
    assert all(math.dist(point, (20, 40)) == pytest.approx(8, rel=0.001) for point in line)
    # Points that fall together have no direction between them, and a stroke would gape there.
    assert all(math.dist(a, b) > 0.1 for a, b in pairwise(line))


@pytest.mark.parametrize(
    ("line", "dash", "pieces"),
    [
        pytest.param(((0, 0), (10, 0)), (4, 2), [(0, 4), (6, 10)], id="ends with a dash"),
        pytest.param(((0, 0), (8, 0)), (4, 2), [(0, 4), (6, 8)], id="cut short"),
        pytest.param(((0, 0), (6, 0)), (4, 2), [(0, 4)], id="ends with a gap"),
        pytest.param(((0, 0), (7, 0)), (1, 1, 3, 1), [(0, 1), (2, 5), (6, 7)], id="two lengths"),
    ],
)
def test_dashes_and_gaps_take_turns(
    line: Points, dash: tuple[float, ...], pieces: list[tuple[float, float]]
) -> None:
    cut = list(cut_dashes(line, dash))

    assert [(piece[0][0], piece[-1][0]) for piece in cut] == pieces


def test_a_dash_goes_around_a_corner() -> None:
    (piece,) = cut_dashes(((0, 0), (3, 0), (3, 4)), (5, 9))

    assert piece == ((0, 0), (3, 0), (3, 2))
    assert length_of(piece) == 5


def test_a_stroke_is_as_wide_as_asked_and_ends_where_its_line_ends() -> None:
    (rim,) = outline_stroke(((0, 0), (3, 4)), 2)

    for end in ((0, 0), (3, 4)):
        assert sorted(math.dist(point, end) for point in rim)[:2] == pytest.approx([1, 1])


def test_a_corner_of_a_stroke_is_pointed_and_a_needle_is_not_endless() -> None:
    (right_angle,) = outline_stroke(((0, 0), (10, 0), (10, 10)), 2)
    (needle,) = outline_stroke(((0, 0), (100, 1), (0, 2)), 2)

    assert (11, -1) in right_angle
    assert max(x for x, _ in needle) < 110


def test_a_closed_stroke_has_an_outer_and_an_inner_rim() -> None:
    square = ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))

    rims = outline_stroke(square, 2)

    assert sorted(max(x for x, _ in rim) for rim in rims) == [9, 11]


def test_only_level_and_plumb_lines_are_upright() -> None:
    assert is_upright(((0, 0), (5, 0), (5, 9)))
    assert not is_upright(((0, 0), (5, 0.5)))
