"""Files of a chart for reuse: pictures, table, texts and citation, the same bytes each time."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from chart_data import table_of, two_years
from conftest import Serve

from casebook.build.theme import CHART_ROLES
from casebook.charts import draw_chart
from casebook.charts.chart import Drawn
from casebook.charts.standalone import Pictures, draw_standalone
from casebook.pages.chart_pages import list_downloads, make_files, write_snippet
from casebook.pages.citations import Citation
from casebook.text import Lang

COLOURS = {role: f"#{index * 11:02x}4488" for index, role in enumerate(CHART_ROLES)}


def drawn_of(name: str, lang: Lang = "zh") -> Drawn:
    table = table_of(name, two_years(), lang)
    return draw_chart(table)


def pictures_of(name: str) -> Pictures:
    table = table_of(name, two_years())
    return draw_standalone(table, "来源：社", COLOURS, "站")


CITATION = Citation(
    kind="chart",
    name="one-series",
    title="甲地：1万元 & 50%",
    site="案例簿",
    url="https://example.org/charts/one-series/",
    updated="2026-11-23",
    lang="zh",
)


def test_a_chart_comes_as_files_and_as_one_archive_of_them() -> None:
    drawn = drawn_of("one-series")
    files = {
        file.path: file.content for file in make_files(drawn, pictures_of("one-series"), CITATION)
    }
    archive = zipfile.ZipFile(io.BytesIO(files["charts/one-series/one-series.zip"]))

    assert list(files) == [
        f"charts/one-series/{name}"
        for name in (
            "one-series.svg",
            "one-series.png",
            "one-series-card.png",
            "one-series.csv",
            "one-series.json",
            "description.txt",
            "citation.txt",
            "citation.bib",
            "citation.json",
            "one-series.zip",
        )
    ]
    assert archive.namelist() == [path.rsplit("/", 1)[1] for path in list(files)[:-1]]
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_english_files_stand_beside_the_english_page() -> None:
    drawn = drawn_of("one-series", "en")

    assert list_downloads(drawn, True)[0] == "/en/charts/one-series/one-series.svg"


def test_the_table_of_a_chart_is_a_table_that_no_spreadsheet_runs() -> None:
    drawn = replace(drawn_of("one-series"), header=("甲",), rows=(("=1+1",), ('a,"b"',)))
    files = {file.path: file.content for file in make_files(drawn, Pictures(svg=b"x"), CITATION)}

    assert files["charts/one-series/one-series.csv"].decode("utf-8") == (
        '\ufeff甲\r\n\'=1+1\r\n"a,""b"""\r\n'
    )


def test_the_description_of_a_chart_is_plain_data() -> None:
    files = {
        file.path: file.content
        for file in make_files(drawn_of("one-series"), Pictures(svg=b"x"), CITATION)
    }
    value = json.loads(files["charts/one-series/one-series.json"])

    assert value["finding"] == "甲地：2010年1万元，2011年约2万元"
    assert value["rows"][1][2:5] == ["约2万元", "约数", "2011年"]
    assert value["legend"] == [{"mark": "approx", "words": "渐淡的一端：约数"}]


def test_citations_follow_their_styles() -> None:
    assert CITATION.gb_t_7714 == (
        "案例簿. 甲地：1万元 & 50%[DB/OL]. (2026-11-23)[填写引用日期]. "
        "https://example.org/charts/one-series/."
    )
    assert CITATION.apa == (
        "案例簿. (2026, November 23). 甲地：1万元 & 50% [Chart]. "
        "https://example.org/charts/one-series/"
    )
    assert CITATION.bibtex == (
        "@misc{casebook-one-series-zh,\n"
        "  author = {{案例簿}},\n"
        "  title = {{甲地：1万元 \\& 50\\%}},\n"
        "  year = {2026},\n"
        "  date = {2026-11-23},\n"
        "  note = {Chart},\n"
        "  url = {https://example.org/charts/one-series/}\n"
        "}\n"
    )


def test_a_citation_without_address_or_date_leaves_them_out() -> None:
    bare = replace(CITATION, url="", updated="", lang="en")

    assert bare.gb_t_7714 == "案例簿. 甲地：1万元 & 50%[DB]. [date of access]."
    assert bare.apa == "案例簿. (n.d.). 甲地：1万元 & 50% [Chart]."
    assert "year" not in bare.bibtex


def test_the_frame_of_a_snippet_holds_no_style_and_escapes_what_it_quotes() -> None:
    drawn = replace(drawn_of("one-series"), finding='"甲" <b>')

    frame, style, script = write_snippet(drawn, "https://example.org/embed/").splitlines()

    assert 'title="&#34;甲&#34; &lt;b&gt;"' in frame
    assert "style" not in frame
    assert style.startswith("<style>.casebook-one-series{")
    assert script.startswith("<script>addEventListener")


@pytest.mark.parametrize("has_card", [True, False])
def test_a_card_is_offered_where_the_site_has_an_address(has_card: bool) -> None:
    paths = list_downloads(drawn_of("one-series"), has_card)

    assert ("/charts/one-series/one-series-card.png" in paths) is has_card


def test_a_chart_that_nobody_shares_offers_no_png() -> None:
    drawn = replace(drawn_of("one-series"), pictured=False)

    assert [path.rpartition("/")[2] for path in list_downloads(drawn, True)] == [
        "one-series.svg",
        "one-series.csv",
        "one-series.json",
        "one-series.zip",
    ]


@pytest.mark.of_cases("beijing")
def test_an_embedded_chart_gives_its_frame_the_height_it_needs(
    built_site: Path, tmp_path: Path, serve_directory: Serve, browser: Any
) -> None:
    drawn = replace(drawn_of("one-series"), name="beijing-series")
    with serve_directory(built_site) as site, serve_directory(tmp_path) as host:
        snippet = write_snippet(drawn, f"{site}/charts/beijing-series/embed/")
        (tmp_path / "index.html").write_text(f"<!doctype html><body>{snippet}", "utf-8")
        page = browser.new_page(viewport={"width": 360, "height": 700})
        try:
            page.goto(host)
            frame = page.frames[1]
            page.wait_for_function("document.querySelector('iframe').style.height")
            needed, room, wide, width = frame.evaluate(
                "(() => { const r = document.documentElement;"
                " return [r.scrollHeight, innerHeight, r.scrollWidth, innerWidth] })()"
            )
        finally:
            page.close()

    assert needed <= room
    assert wide <= width


@pytest.mark.parametrize("name", ["beijing-series", "dongguan-rise", "mode-provider", "timeline"])
@pytest.mark.parametrize("lang", ["", "en/"])
def test_without_its_script_a_frame_fits_its_chart_at_three_widths(
    built_site: Path, tmp_path: Path, serve_directory: Serve, browser: Any, name: str, lang: str
) -> None:
    html = (built_site / f"{lang}charts/{name}/index.html").read_text("utf-8")
    snippet = unescape(re.search(r"&lt;iframe.*?&lt;/style&gt;", html, re.DOTALL)[0])  # type: ignore[index]
    with serve_directory(built_site) as site, serve_directory(tmp_path) as host:
        shown = re.sub('src="[^"]*"', f'src="{site}/{lang}charts/{name}/embed/"', snippet)
        (tmp_path / "index.html").write_text(
            f"<!doctype html><body style='margin:0'>{shown}", "utf-8"
        )
        page = browser.new_page()
        try:
            spare = []
            for width in (1000, 600, 360):
                page.set_viewport_size({"width": width, "height": 700})
                page.goto(host)
                page.frame_locator("iframe").locator(".embed__from").wait_for()
                page.frames[1].wait_for_load_state("load")
                needs = "document.body.getBoundingClientRect().height"
                room, needed = page.frames[1].evaluate(f"[innerHeight, {needs}]")
                spare.append(room - needed)
        finally:
            page.close()

    assert min(spare) >= 0
    assert max(spare) <= 120
