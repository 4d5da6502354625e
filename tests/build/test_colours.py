"""The colours that charts take from tokens.css."""

from __future__ import annotations

import pytest
from palette import read_scheme

from casebook.build.theme import CHART_ROLES, find_colours, read_tokens
from casebook.problems import ContentError


def style_sheet(extra: str = "") -> str:
    light = "".join(f"--{role}: #0{index}0000;" for index, role in enumerate(CHART_ROLES))
    return f":root {{ {light} }} {extra}"


def test_the_tokens_of_the_theme_hold_every_role_in_both_schemes() -> None:
    assert set(read_scheme("light")) == set(CHART_ROLES)
    assert read_scheme("dark")["paper"] != read_scheme("light")["paper"]


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param("@media print { :root { --paper: #ffffff; } }", id="the print sheet"),
        pytest.param(
            "@media (prefers-color-scheme: dark) { :root { --paper: #fff; } }", id="the dark scheme"
        ),
        pytest.param(":root.dark { --paper: #fff; }", id="a dark class"),
        pytest.param("/* :root { --paper: #ffffff; } */", id="a comment"),
        pytest.param("@media (min-width: 48rem) { :root { --paper: #fff; } }", id="a screen width"),
        pytest.param(".figure { --paper: #ffffff; }", id="another selector"),
    ],
)
def test_colours_come_from_root_alone(extra: str) -> None:
    tokens = read_tokens(style_sheet(extra))

    assert find_colours(tokens)["paper"] == "#000000"


def test_a_property_may_be_named_after_another() -> None:
    colours = find_colours(read_tokens(style_sheet(":root { --accent: var(--ink); }")))

    assert colours["accent"] == colours["ink"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("red", id="a colour name"),
        pytest.param("var(--accent)", id="a circular reference"),
        pytest.param("#12345", id="five digits"),
    ],
)
def test_a_colour_that_cannot_be_read_is_named(value: str) -> None:
    tokens = read_tokens(style_sheet(f":root {{ --accent: {value}; }}"))

    with pytest.raises(ContentError) as refused:
        find_colours(tokens)

    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("theme/static/css/tokens.css", "E322")
    assert "--accent" in problem.text.en
