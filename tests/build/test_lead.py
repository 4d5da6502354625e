"""Every part of the article on the home page is printed, wherever it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook.build.steps import BuildOptions, build_site

HEAD = "Title: 读书会\nSlug: lead\nLang: zh\nSummary: 摘要。\n\n"


def home_with(text: str, project: Path) -> str:
    (project / "content/stories/lead.md").write_text(HEAD + text, "utf-8")
    build_site(BuildOptions(project=project, output=project / "output"))
    return (project / "output/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[[money]]\n\n一段话。\n\n## 后来\n\n另一段。\n", id="a chart comes first"),
        pytest.param("一段话。\n\n[[money]]\n\n另一段。\n\n## 后来\n\n文。\n", id="between"),
        pytest.param("一段话。\n\n[[money]]\n\n另一段。\n", id="no heading"),
    ],
)
def test_a_chart_before_the_first_heading_is_drawn(text: str, tiny_project: Path) -> None:
    home = home_with(text, tiny_project)

    assert "[[" not in home
    assert home.count('id="chart-money"') == 1
    assert home.count("一段话。") == home.count("另一段。") == 1
    assert ("lead__contents" in home) == ("##" in text)
    assert all(re.findall(r"<h2[^<>]*>([^<>]*)", home))


def test_a_list_and_a_quotation_before_the_first_heading_are_printed(tiny_project: Path) -> None:
    home = home_with("一段话。\n\n- 甲事\n- 乙事\n\n> 引文\n\n### 小题\n\n末段。\n", tiny_project)

    opening = home[home.index('class="lead__standfirst"') : home.index('class="lead__byline"')]
    words = re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^<>]*>", "", opening))
    assert words == ["一段话", "甲事", "乙事", "引文", "小题", "末段"]
