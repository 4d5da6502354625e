"""Charts embedded in texts exist, have a line of their own, and are shown once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import TEN_CASES

from casebook.build.checking import check_project, load_checked
from casebook.charts import NAMES_ACROSS, check_embedded, find_charts
from casebook.commands.cli import main
from casebook.record.references import find_chart_names

CASE = "data/cases/haishu.yaml"
LINE = "  读书会共有{{clubs}}。\n"


def embed(project: Path, line: str) -> None:
    path = project / CASE
    text = path.read_text("utf-8")
    assert LINE in text
    path.write_text(text.replace(LINE, f"{LINE}\n  {line}\n"), "utf-8")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("[[chart:haishu-series]]", [], id="a chart of the case"),
        pytest.param("[[chart:money]]", [], id="a chart of all cases"),
        pytest.param("写作 `[[chart:x]]`", [], id="quoted as code"),
        pytest.param(
            "[[chart:haishu-seris]]",
            [("E252", 3, "没有图 [[chart:haishu-seris]]。是不是 haishu-series？")],
            id="an unknown name",
        ),
        pytest.param(
            "[[chart：haishu-series]]",
            [
                (
                    "E252",
                    3,
                    "嵌入的图要写成 [[chart:名字]]，单独占一行。"
                    "改成单独一行的 [[chart:haishu-series]]，前后各空一行",
                )
            ],
            id="a full-width colon",
        ),
        pytest.param(
            "见 [[chart:money]]。",
            [
                (
                    "E252",
                    5,
                    "嵌入的图要写成 [[chart:名字]]，单独占一行。"
                    "改成单独一行的 [[chart:money]]，前后各空一行",
                )
            ],
            id="in the middle of a line",
        ),
    ],
)
def test_a_slip_in_an_embedded_chart_is_named_at_its_place(
    tiny_project: Path, line: str, found: list[tuple[str, int, str]]
) -> None:
    embed(tiny_project, line)

    problems = [p for p in check_project(tiny_project) if p.severity == "error"]

    assert [(p.code, p.at.column, p.message("zh")) for p in problems] == found


def test_prose_of_the_site_is_held_to_the_same_rule(tiny_project: Path) -> None:
    path = tiny_project / "content/stories/lead.md"
    path.write_text(
        path.read_text("utf-8").replace("[[chart:timeline]]", "[[chart:timeine]]"), "utf-8"
    )

    problems = [p for p in check_project(tiny_project) if p.code == "E252"]

    assert [p.path for p in problems] == ["content/stories/lead.md"]


def test_a_text_goes_without_a_chart_that_the_site_has_outgrown(tiny_project: Path) -> None:
    dataset, _ = load_checked(tiny_project)
    none = replace(dataset, cases=())
    lead = tiny_project / "content/stories/lead.md"
    lead.write_text("Title: x\n\n" + "\n\n".join(f"[[chart:{n}]]" for n in NAMES_ACROSS), "utf-8")

    assert [chart.name for chart in find_charts(none)] == []
    assert not list(check_embedded(tiny_project, none))


def test_every_chart_of_all_cases_is_known_by_name() -> None:
    dataset, _ = load_checked(TEN_CASES)
    names = {chart.name for chart in find_charts(dataset) if not chart.case}

    assert names == set(NAMES_ACROSS)


def test_only_names_on_lines_of_their_own_are_found() -> None:
    assert find_chart_names("甲\n\n[[chart:a-b]]\n\n见 [[chart:c]]\n  [[chart:d]] ") == ("a-b", "d")


def test_a_chart_in_a_story_is_shown_there_and_not_again(
    tiny_project: Path, tmp_path: Path
) -> None:
    embed(tiny_project, "[[chart:haishu-series]]")
    output = tmp_path / "site"

    assert main(["build", "--project", str(tiny_project), "--output", str(output)]) == 0

    page = (output / "cases/haishu/index.html").read_text("utf-8")
    story, after = page.split('id="figures-title"', 1)
    assert 'id="chart-haishu-series"' in story
    assert 'id="chart-haishu-series"' not in after
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
