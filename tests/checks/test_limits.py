"""Content that exceeds a limit is reported with the limit before time is spent on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from records import case_of, figure, record, shown, tiny_dataset, written

from casebook.checks.limits import check_limits, check_markdown
from casebook.pages.markdown import Renderer
from casebook.problems import Position, Problem
from tests.conftest import make_tiny_project

ROOT = Path(__file__).resolve().parents[2]


def limits_of(text: str) -> list[Problem]:
    return list(check_limits(case_of(text)))


def markdown(text: str) -> list[Problem]:
    return list(check_markdown(written(text, at=Position(3, 5))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("长" * 5_000, [], id="a long line"),
        pytest.param("长" * 5_001, ["3:5 E302"], id="too long a line"),
        pytest.param("a\n\n\n\n" * 10_000, [], id="a long text"),
        pytest.param("a\n\n\n\n" * 10_001, ["3:5 E302"], id="too long a text"),
        pytest.param("[" * 200, [], id="many brackets"),
        pytest.param("[" * 201, ["3:5 E303"], id="too many brackets"),
        pytest.param("x\n" + " " * 25 + "- a", ["4:5 E304"], id="too deep a list"),
        pytest.param("- " * 12 + "a", [], id="lists on a line"),
        pytest.param("- " * 13 + "a", ["3:5 E304"], id="too deep a list on a line"),
        pytest.param("> " + "1.\t" * 13 + "a", ["3:5 E304"], id="too deep a list in a quotation"),
        pytest.param("x\n\n" + "- " * 40 + "-", [], id="a rule"),
    ],
)
def test_markdown_has_limits(text: str, expected: list[str]) -> None:
    assert shown(markdown(text)) == expected


def test_a_case_has_a_limit_of_figures() -> None:
    figures = [figure(f"paid_{number}") for number in range(201)]
    problems = limits_of(record(*figures))

    assert [(p.code, p.text.en) for p in problems] == [
        ("E305", "figures has 201 entries; a case can have at most 200")
    ]


def test_a_text_of_one_line_has_a_limit() -> None:
    problems = limits_of(record(figure(note="长" * 2_001)))

    assert [p.code for p in problems] == ["E302"]
    assert "2,001" in problems[0].text.zh


@pytest.mark.parametrize(
    "holder",
    [
        pytest.param(record(figure()).replace("读书会", "长" * 194), id="title of a case"),
        pytest.param(record(figure(label="长" * 201)), id="label of a figure"),
        pytest.param(record(figure(label_en="a" * 201)), id="English label of a figure"),
    ],
)
def test_a_name_has_a_limit_of_its_own(holder: str) -> None:
    problems = limits_of(holder)

    assert [p.code for p in problems] == ["E302"]
    assert "201 characters; the limit is 200" in problems[0].text.en


def test_an_ordinary_record_is_within_the_limits() -> None:
    assert limits_of(record(figure())) == []


MANY = {
    "figures": "figures:\n" + "".join(figure(f"paid_{number}") for number in range(201)),
    "events": "events:\n" + "  - {date: 2013, title: 事, source: gazette-2016}\n" * 501,
    "documents": "documents:\n"
    + "  - {title: 文, issuer: 区, state: issued, source: gazette-2016}\n" * 201,
    "conflicts": "figures:\n"
    + figure("one")
    + figure("two", amount="130万元")
    + "conflicts:\n"
    + "  - {about: 钱, figures: [one, two], note: 话}\n" * 101,
}

# Files that exceed a limit, with the code and the numbers of the report.
BREAKING = {
    "bytes": (record() + "# " + "长" * 333_333, "E109", "1,000,", "1,000,000"),
    "depth": (record(rest="note: " + "[" * 20 + "]" * 20 + "\n"), "E136", "12", "12"),
    "title": (record().replace("读书会", "长" * 194), "E302", "201", "200"),
    "label": (record(figure(label="长" * 201)), "E302", "201", "200"),
    "summary": (record().replace("一句话", "长" * 2_000), "E302", "2,001", "2,000"),
    "story": (record(rest="story: |\n" + "  长\n" * 25_001), "E302", "50,00", "50,000"),
    "line": (record(rest="story: |\n  " + "长" * 5_001 + "\n"), "E302", "5,001", "5,000"),
    "brackets": (record(rest="story: |\n  " + "[" * 201 + "\n"), "E303", "201", "200"),
    "indent": (record(rest="story: |\n  话\n  " + " " * 25 + "- a\n"), "E304", "25", "24"),
    **{name: (record(rest=text), "E305", name, "at most") for name, text in MANY.items()},
}


def test_a_file_that_breaks_a_limit_names_which_and_by_how_much(tmp_path: Path) -> None:
    make_tiny_project(tmp_path)
    for name, (text, *_) in BREAKING.items():
        (tmp_path / "data" / "cases" / f"{name}.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "casebook", "--project", str(tmp_path), "check", "--lang", "en"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    reported: dict[str, list[str]] = {name: [] for name in BREAKING}
    for line in done.stderr.splitlines():
        path, _, message = line.partition(".yaml:")
        if (name := path.removeprefix("data/cases/")) in reported:
            reported[name].append(message)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for name, (_, code, found, most) in BREAKING.items():
        hits = [message for message in reported[name] if code in message]
        assert any(found in hit and most in hit for hit in hits), (name, reported[name][:5])


def test_a_text_is_parted_by_empty_lines() -> None:
    joined, parted = "a\n: b\n" * 201, ("a\n: b\n" * 200 + "\n") * 3

    assert [one.message("en") for one in markdown(joined)] == [
        "there are too many lines without an empty line between them (at most 400). "
        "Separate paragraphs with empty lines"
    ]
    assert markdown(parted) == []
    # 450 such entries ended in a RecursionError of the library.
    assert "<dt>a</dt>" in Renderer("zh").render(parted, tiny_dataset())
