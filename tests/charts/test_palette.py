"""The colours and marks of charts can be told apart by everybody, in both schemes and in print.

Colour-vision deficiency is simulated with the matrices for severity 1.0 of Machado, Oliveira
and Fernandes, “A Physiologically-based Model for Simulation of Color Vision Deficiency”, IEEE
Transactions on Visualization and Computer Graphics 15 (6), 2009, doi:10.1109/TVCG.2009.113,
applied to linear sRGB. Distances are those of CIELAB (1976, white D65).
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import get_args

import pytest
from palette import read_scheme

from casebook.charts.canvas import Sheet, Style, write_svg
from casebook.charts.symbols import Kind, draw_kind

SCHEMES = ("light", "dark")
Matrix = tuple[tuple[float, float, float], ...]
VISIONS: dict[str, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    # Rec. 709 luminance, as on a black and white printer.
    "greyscale": ((0.2126, 0.7152, 0.0722),) * 3,
}


def seen(colour: str, vision: str) -> tuple[float, float, float]:
    """The colour in linear light as it looks with the given vision."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = (
        min(1.0, max(0.0, sum(factor * part for factor, part in zip(row, linear, strict=True))))
        for row in VISIONS[vision]
    )
    return red, green, blue


def contrast(one: str, other: str, vision: str) -> float:
    """The contrast ratio of two colours as WCAG defines it."""

    def luminance(colour: str) -> float:
        red, green, blue = seen(colour, vision)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str, vision: str) -> float:
    """The difference of two colours in CIELAB units; about two units are just visible."""

    def lab(colour: str) -> tuple[float, float, float]:
        red, green, blue = seen(colour, vision)
        x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
        y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
        fx, fy, fz = (
            t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)
        )
        return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)

    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("role", "least"),
    [
        pytest.param("ink", 4.5, id="text"),
        pytest.param("ink-muted", 4.5, id="small text"),
        pytest.param("accent", 4.5, id="warning text"),
        pytest.param("series-1", 3, id="marks"),
    ],
)
def test_everything_that_is_read_stands_out_from_the_paper(
    role: str, least: float, scheme: str, vision: str
) -> None:
    colours = read_scheme(scheme)

    assert contrast(colours[role], colours["paper"], vision) >= least


@pytest.mark.parametrize("vision", [name for name in VISIONS if name != "greyscale"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_colours_of_marks_differ_for_every_eye(scheme: str, vision: str) -> None:
    colours = read_scheme(scheme)

    assert distance(colours["series-1"], colours["accent"], vision) >= 20


def shape_of(kind: Kind) -> str:
    """The SVG of a mark without its colours, as in black and white."""
    sheet = Sheet(style=Style(width=60, size=14, small=14), height=24)
    draw_kind(sheet, kind, 8, 11)
    svg = write_svg(sheet, "x", "")
    return re.sub(r"var\(--[a-z0-9-]+\)|x-hatch-[a-z0-9-]+", "ink", svg)


def test_no_mark_is_told_by_its_colour_alone() -> None:
    # A rough number is never drawn.
    drawn = [kind for kind in get_args(Kind) if kind != "rough"]

    assert [pair for pair in combinations(drawn, 2) if shape_of(pair[0]) == shape_of(pair[1])] == []
