"""A build after an edit makes again only what the edit can have changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from processes import tree

from casebook.build import pelican_adapter
from casebook.build.steps import BuildOptions, BuildResult, build_site
from casebook.build.timings import Timings
from casebook.problems import ContentError

LEAD = "content/stories/lead.md"
HAISHU = "data/cases/haishu.yaml"
GUANGZHOU = "data/cases/guangzhou.yaml"


def build(project: Path, *, output: str = "output", timings: Timings | None = None) -> BuildResult:
    options = BuildOptions(project=project, output=project / output, timings=timings or Timings())
    return build_site(options)


def edit(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text("utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("path", "old", "new", "runs"),
    [
        pytest.param(HAISHU, "把读书会交给", "将读书会交给", 0, id="a summary"),
        pytest.param(HAISHU, "约150万元", "约151万元", 0, id="a figure not in the text"),
        pytest.param(HAISHU, "120万元", "121万元", 1, id="a figure in the text"),
        pytest.param(LEAD, "先看总表", "请先看总表", 1, id="the text itself"),
        pytest.param("pelicanconf.py", "FOOTER = ", "import os\n\nFOOTER = ", 1, id="the settings"),
    ],
)
def test_pelican_runs_only_where_its_texts_may_have_changed(
    tiny_project: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    old: str,
    new: str,
    runs: int,
) -> None:
    build(tiny_project)
    edit(tiny_project, path, old, new)
    ran = []
    run = pelican_adapter.run_pelican
    monkeypatch.setattr(pelican_adapter, "run_pelican", lambda *given: ran.append(1) or run(*given))

    build(tiny_project)

    assert len(ran) == runs


def test_an_edited_summary_leaves_neighbours_charts_and_lists_of_figures(
    tiny_project: Path,
) -> None:
    build(tiny_project)
    edit(tiny_project, HAISHU, "把读书会交给", "将读书会交给")
    timings = Timings()

    build(tiny_project, timings=timings)

    kinds = ("case", "compare", "timeline", "figure index")
    assert [timings.types[kind].made for kind in kinds] == [2, 0, 0, 0]
    after = tree(tiny_project / "output")
    assert "将读书会交给" in after["cases/haishu/index.html"].decode()
    build(tiny_project, output="clean")
    assert tree(tiny_project / "clean") == after


def test_a_chart_of_another_case_names_its_sources_and_follows_them(tiny_project: Path) -> None:
    of_gazette = "status: planned\n    source: gazette-2016\n  pay_said"
    edit(
        tiny_project,
        GUANGZHOU,
        "status: planned\n    source: evening-2015-03-02\n  pay_said",
        of_gazette,
    )
    edit(
        tiny_project,
        HAISHU,
        "  读书会共有{{clubs}}。\n",
        "  读书会共有{{clubs}}。\n\n  [[chart:guangzhou-range]]\n",
    )
    build(tiny_project)
    page = tiny_project / "output/cases/haishu/index.html"
    assert "读书会公告" in page.read_text("utf-8")

    edit(tiny_project, "data/sources.yaml", "读书会公告", "读书会的公告")
    build(tiny_project)

    assert "读书会的公告" in page.read_text("utf-8")


def test_a_preview_names_the_record_that_it_shows_in_the_place_of_a_faulty_one(
    tiny_project: Path,
) -> None:
    options = BuildOptions(
        project=tiny_project,
        output=tiny_project / ".cache" / "serve" / "8000",
        siteurl="",
        drafts=True,
    )
    first = build_site(options)
    manifest = options.output / "manifest.json"
    before = manifest.read_bytes()
    edit(tiny_project, HAISHU, "status: reported", "status: repotred")
    second = build_site(replace(options, built_from=first.built_from))
    shown = manifest.read_bytes()

    assert [*second.aside] == [HAISHU]
    assert shown == before


def test_a_story_that_names_its_own_case_does_not_pass_under_another_name(
    tiny_project: Path,
) -> None:
    edit(tiny_project, HAISHU, "{{clubs}}", "{{haishu.clubs}}")
    build(tiny_project)
    (tiny_project / HAISHU).rename(tiny_project / "data" / "cases" / "haishu-ningbo.yaml")

    with pytest.raises(ContentError) as refused:
        build(tiny_project)

    assert "E250" in {one.code for one in refused.value.problems}
