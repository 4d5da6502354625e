"""Every kind of chart can be drawn from awkward data without cut or covered parts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from chart_data import find_faults
from chart_gallery import awkward, write_gallery
from conftest import Serve

from casebook.charts import CHARTS, find_charts, tabulate_chart
from casebook.charts.bars import BarBlock
from casebook.text import LANGS, Lang, Text


def test_the_gallery_holds_every_kind_of_chart(tmp_path: Path) -> None:
    shown = write_gallery(tmp_path)
    kinds = {selected.chart for data in awkward().values() for selected in find_charts(data)}

    assert kinds == {chart.name for chart in CHARTS}
    assert shown["nothing"] == []
    for lang in LANGS:
        page = (tmp_path / f"{lang}.html").read_text("utf-8")
        drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        assert len(drawings) > 50
        for drawing in drawings:
            ElementTree.fromstring(drawing)
            assert "style" not in drawing


@pytest.mark.parametrize("place", ["甲地", "名字特别特别长的地方"])
@pytest.mark.parametrize("title", awkward())
def test_no_text_is_cut_or_covered(title: str, place: str) -> None:
    data = awkward()[title]
    region = replace(data.regions["110000"], short=Text(place, f"{place}, a Very Long Name Indeed"))

    assert find_faults(replace(data, regions={"110000": region})) == []


@pytest.mark.parametrize("title", awkward())
def test_a_legend_explains_what_the_marks_show_and_nothing_else(title: str) -> None:
    data = awkward()[title]
    for selected in find_charts(data):
        table = tabulate_chart(selected, data, "zh")
        if table.chart in ("series", "money", "range"):
            blocks = [
                panel.content for panel in table.panels if isinstance(panel.content, BarBlock)
            ]
            kinds = {kind for block in blocks for mark in block.marks for kind in mark.kinds}
            assert set(table.legend) == kinds - {"exact"}


_OUTSIDE = """() => [...document.querySelectorAll("svg.chart__svg")]
  .filter((svg) => svg.getBoundingClientRect().width > 0)
  .flatMap((svg) => [...svg.querySelectorAll("text")]
    .filter((text) => {
      const box = text.getBBox();
      const view = svg.viewBox.baseVal;
      return box.x < -1 || box.x + box.width > view.width + 1;
    })
    .map((text) => text.textContent))"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", LANGS)
def test_a_browser_sets_every_text_inside_its_drawing(
    lang: Lang, width: int, tmp_path: Path, serve_directory: Serve, browser: Any
) -> None:
    write_gallery(tmp_path)
    with serve_directory(tmp_path) as address:
        page = browser.new_page(viewport={"width": width, "height": 900})
        try:
            page.goto(f"{address}/{lang}.html")
            outside = page.evaluate(_OUTSIDE)
        finally:
            page.close()

    assert outside == []
