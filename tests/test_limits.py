"""What holds too much is told with its limit, before any time is spent on it."""

from __future__ import annotations

import pytest

from casebook.errors import Position, Problem
from casebook.limits import check_limits, check_markdown
from tests.records import dataset_of, figure, record, shown


def markdown(text: str) -> list[Problem]:
    return list(check_markdown(text, Position(3, 5), "a.md"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("长" * 5_000, [], id="a long line"),
        pytest.param("长" * 5_001, ["3:5 E302"], id="too long a line"),
        pytest.param("a\n" * 25_000, [], id="a long text"),
        pytest.param("a\n" * 25_001, ["3:5 E302"], id="too long a text"),
        pytest.param("[" * 200, [], id="many brackets"),
        pytest.param("[" * 201, ["3:5 E303"], id="too many brackets"),
        pytest.param("x\n" + " " * 25 + "- a", ["4:5 E304"], id="too deep a list"),
    ],
)
def test_markdown_has_limits(text: str, expected: list[str]) -> None:
    assert shown(markdown(text)) == expected


def test_a_case_has_a_limit_of_figures() -> None:
    figures = [figure(f"paid_{number}") for number in range(201)]
    problems = check_limits(dataset_of(record(*figures)))

    assert [(p.code, p.en) for p in problems] == [
        ("E305", "figures holds 201 entries, a case has at most 200")
    ]


def test_a_text_of_one_line_has_a_limit() -> None:
    problems = check_limits(dataset_of(record(figure(note="长" * 2_001))))

    assert [p.code for p in problems] == ["E302"]
    assert "2,001" in problems[0].zh


@pytest.mark.parametrize(
    "holder",
    [
        pytest.param(record(figure()).replace("读书会", "长" * 194), id="title of a case"),
        pytest.param(record(figure(label="长" * 201)), id="label of a figure"),
        pytest.param(record(figure(label_en="a" * 201)), id="English label of a figure"),
    ],
)
def test_a_name_has_a_limit_of_its_own(holder: str) -> None:
    problems = check_limits(dataset_of(holder))

    assert [p.code for p in problems] == ["E302"]
    assert "201 characters, at most 200" in problems[0].en


def test_an_ordinary_record_is_within_the_limits() -> None:
    assert check_limits(dataset_of(record(figure()))) == []
