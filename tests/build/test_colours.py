"""What colours the charts get from tokens.css."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.build.theme import CHART_ROLES, read_tokens
from casebook.problems import ContentError

PROJECT = Path(__file__).parents[2]


def style_sheet(dark: str = "", extra: str = "") -> str:
    light = "".join(f"--{role}: #0{index}0000;" for index, role in enumerate(CHART_ROLES))
    return (
        f":root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }} {extra}"
    )


def test_the_tokens_of_the_theme_hold_every_role_in_both_schemes() -> None:
    css = (PROJECT / "theme/static/css/tokens.css").read_text(encoding="utf-8")

    tokens = read_tokens(css)

    assert set(tokens.colours("light")) == set(CHART_ROLES)
    assert tokens.colours("dark")["paper"] != tokens.colours("light")["paper"]


def test_dark_takes_over_what_it_does_not_change() -> None:
    tokens = read_tokens(style_sheet(dark="--ink: #eee;"))

    assert tokens.colours("dark")["ink"] == "#eeeeee"
    assert tokens.colours("dark")["rule"] == tokens.colours("light")["rule"]


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param("@media print { :root { --paper: #ffffff; } }", id="the print sheet"),
        pytest.param("/* :root { --paper: #ffffff; } */", id="a comment"),
        pytest.param("@media (min-width: 48rem) { :root { --paper: #fff; } }", id="a width"),
        pytest.param(".figure { --paper: #ffffff; }", id="another selector"),
    ],
)
def test_colours_come_from_root_alone(extra: str) -> None:
    tokens = read_tokens(style_sheet(extra=extra))

    assert tokens.colours("light")["paper"] == "#000000"


def test_a_property_may_be_named_after_another() -> None:
    tokens = read_tokens(style_sheet(extra=":root { --accent: var(--ink); }"))

    assert tokens.colours("light")["accent"] == tokens.colours("light")["ink"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("red", id="a name"),
        pytest.param("var(--accent)", id="a circle"),
        pytest.param("#12345", id="five digits"),
    ],
)
def test_a_colour_that_cannot_be_read_is_named(value: str) -> None:
    tokens = read_tokens(style_sheet(extra=f":root {{ --accent: {value}; }}"))

    with pytest.raises(ContentError) as refused:
        tokens.colours("light")

    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("theme/static/css/tokens.css", "E322")
    assert "--accent" in problem.text.en
