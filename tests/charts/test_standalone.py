"""What a chart offers for reuse: pictures, table, words and citation, the same bytes each time."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from chart_data import case, dataset, event, faults_of, figure, table_of, tables_of
from conftest import Serve
from PIL import Image

from casebook.build.cache import Cache
from casebook.build.drawings import (
    draw_pictures,
    read_colours,
    select_charts,
    tabulate_charts,
    warn_of_letters,
)
from casebook.build.reading import read_dataset
from casebook.charts import chart_of, draw_chart, find_charts
from casebook.charts.canvas import WIDE, Sheet
from casebook.charts.chart import Drawn
from casebook.charts.colours import CHART_ROLES
from casebook.charts.standalone import (
    Pictures,
    compose_card,
    compose_picture,
    draw_standalone,
    find_missing,
    write_picture,
)
from casebook.commands.cli import main
from casebook.pages.citations import Citation
from casebook.pages.downloads import list_downloads, make_files, write_snippet
from casebook.record.dataset import Dataset
from casebook.text import Lang

PROJECT = Path(__file__).parents[2]
COLOURS = {role: f"#{index * 11:02x}4488" for index, role in enumerate(CHART_ROLES)}


def data() -> Dataset:
    figures = [figure("1万元", "2010", "a"), figure("约2万元", "2011", "b")]
    return dataset(case(figures, [event("2010"), event("2011")]))


def drawn_of(name: str, lang: Lang = "zh") -> Drawn:
    records = data()
    selected = next(found for found in find_charts(records) if found.name == name)
    return draw_chart(selected, records, lang)


def pictures_of(name: str) -> Pictures:
    table = table_of(name, data())
    return draw_standalone(chart_of(table), table, ["来源：社"], COLOURS)


def draw_all(records: Dataset) -> dict[tuple[str, Lang], Pictures]:
    tables = tabulate_charts(records, select_charts(records))
    return draw_pictures(tables, records, Cache(None), COLOURS)


CITATION = Citation(
    kind="chart",
    name="one-series",
    title="甲地：1万元 & 50%",
    site="案例簿",
    url="https://example.org/charts/one-series/",
    updated="2026-11-23",
    lang="zh",
)


def test_pictures_have_the_sizes_that_their_names_promise() -> None:
    pictures = pictures_of("one-series")
    normal, large, card = (
        Image.open(io.BytesIO(content))
        for content in (pictures.png, pictures.png_large, pictures.card)
    )

    assert normal.width == 768
    assert large.size == (2 * normal.width, 2 * normal.height)
    assert card.size == (1200, 630)


def test_the_same_chart_gives_the_same_pictures() -> None:
    assert pictures_of("one-series") == pictures_of("one-series")


def test_the_strip_of_one_case_has_no_png() -> None:
    pictures = pictures_of("one-timeline")

    assert pictures.svg
    assert (pictures.png, pictures.png_large, pictures.card) == (b"", b"", b"")
    assert [path.rpartition("/")[2] for path in list_downloads(drawn_of("one-timeline"))] == [
        "one-timeline.svg",
        "one-timeline.csv",
        "one-timeline.json",
        "one-timeline.zip",
    ]


def test_the_lone_svg_has_its_own_colours_and_well_formed_words() -> None:
    svg = pictures_of("one-series").svg.decode("utf-8")

    ElementTree.fromstring(svg)
    assert "var(" not in svg
    assert "style" not in svg
    assert "约2万元" in svg


def test_no_text_of_a_picture_or_card_is_cut_or_covered() -> None:
    records = read_dataset(PROJECT)[0]
    found = []
    for table in tables_of(records):
        for compose in (compose_picture, compose_card):
            sheet = compose(chart_of(table), table, ["来源：社"])
            found += [f"{table.name} {table.lang} {fault}" for fault in faults_of(sheet)]

    assert found == []


def test_the_bundled_font_has_every_character_of_the_records() -> None:
    records = read_dataset(PROJECT)[0]
    missing: set[str] = set()
    for table in tables_of(records):
        missing |= find_missing(compose_picture(chart_of(table), table))

    assert missing == set()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "text", ["$5 and $\\bad$", "a & b <c> %^_", "_开头", "😀 笑", "\U0002a6d6"]
)
def test_odd_characters_come_out_as_themselves_or_as_a_plain_mark(text: str) -> None:
    sheet = Sheet(style=WIDE, height=40)
    sheet.text(5, 25, text)

    assert write_picture(sheet, ".png", COLOURS).startswith(b"\x89PNG")
    assert write_picture(sheet, ".pdf", COLOURS).startswith(b"%PDF")


def test_a_character_that_pngs_lack_is_named_with_its_field(tmp_path: Path) -> None:
    figures = [figure("1万元", "2010", "a", label="名字😀"), figure("2万元", "2011", "b")]
    records = dataset(case(figures))

    pictures = draw_all(records)
    problems = warn_of_letters(pictures, records)

    assert [(p.path, p.code, p.severity) for p in problems] == [
        ("data/cases/one.yaml", "W310", "warning")
    ]
    # A console of Chinese Windows cannot show the character itself.
    assert problems[0].message("zh").startswith("figures.a.label 里的字符“U+1F600”")
    assert "😀" in pictures["one-series", "zh"].svg.decode("utf-8")


def test_an_ordinary_text_causes_no_warning() -> None:
    records = data()

    pictures = draw_all(records)

    assert warn_of_letters(pictures, records) == []


def test_of_very_many_charts_only_those_of_all_cases_have_files() -> None:
    figures = [figure("1万元", "2010", "a"), figure("约2万元", "2011", "b")]
    few, many = (
        dataset(
            *(
                case([replace(f, case=f"case-{n}") for f in figures], slug=f"case-{n}")
                for n in range(count)
            )
        )
        for count in (2, 201)
    )

    offered = [
        {t.name for t in tabulate_charts(data, select_charts(data)) if t.offered}
        for data in (few, many)
    ]

    assert offered[0] == {"disclosure", "money", "case-0-series", "case-1-series"}
    assert all("series" not in name for name in offered[1])


# Files


def test_a_chart_comes_as_files_and_as_one_archive_of_them() -> None:
    drawn = drawn_of("one-series")
    files = {
        file.path: file.content
        for file in make_files(drawn, pictures_of("one-series"), (), CITATION)
    }
    archive = zipfile.ZipFile(io.BytesIO(files["charts/one-series/one-series.zip"]))

    assert list(files) == [
        f"charts/one-series/{name}"
        for name in (
            "one-series.svg",
            "one-series.png",
            "one-series@2x.png",
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

    assert list_downloads(drawn)[0] == "/en/charts/one-series/one-series.svg"


def test_the_table_of_a_chart_is_a_table_that_no_spreadsheet_runs() -> None:
    drawn = replace(drawn_of("one-series"), header=("甲",), rows=(("=1+1",), ('a,"b"',)))
    files = {
        file.path: file.content for file in make_files(drawn, Pictures(svg=b"x"), (), CITATION)
    }

    assert files["charts/one-series/one-series.csv"].decode("utf-8") == (
        '甲\r\n\'=1+1\r\n"a,""b"""\r\n'
    )


def test_the_description_of_a_chart_is_plain_data() -> None:
    files = {
        file.path: file.content
        for file in make_files(drawn_of("one-series"), Pictures(svg=b"x"), (), CITATION)
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


def test_the_snippet_holds_no_style_and_escapes_what_it_quotes() -> None:
    drawn = replace(drawn_of("one-series"), finding='"甲" <b>')

    frame, script = write_snippet(drawn, "https://example.org/embed/").splitlines()

    assert 'title="&#34;甲&#34; &lt;b&gt;"' in frame
    assert "style" not in frame
    assert script.startswith("<script>addEventListener")


# The command


@pytest.mark.parametrize(
    ("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_one_chart_is_drawn_by_command_and_comes_out_the_same_twice(
    tiny_project: Path, tmp_path: Path, kind: str, start: bytes
) -> None:
    made = []
    for number in (1, 2):
        target = tmp_path / f"{number}.{kind}"
        asked = ["chart", "haishu-series", "--out", str(target), "--project", str(tiny_project)]

        assert main(asked) == 0
        made.append(target.read_bytes())

    assert made[0].startswith(start)
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("name", "out", "said"),
    [
        pytest.param("haishu-seris", "x.svg", "是不是 haishu-series？", id="an unknown chart"),
        pytest.param("haishu-series", "x.gif", ".svg .png .pdf", id="an unknown kind of file"),
    ],
)
def test_a_wrong_wish_is_told_and_writes_nothing(
    tiny_project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    out: str,
    said: str,
) -> None:
    target = tmp_path / out
    asked = ["chart", name, "--out", str(target), "--project", str(tiny_project), "--lang", "zh"]

    assert main(asked) == 2
    assert said in capsys.readouterr().err
    assert not target.exists()


def test_pictures_have_the_colours_of_the_light_scheme() -> None:
    assert read_colours(PROJECT)["paper"] == "#faf6ee"


def test_an_embedded_chart_gives_its_frame_the_height_it_needs(
    built_site: Path, tmp_path: Path, serve_directory: Serve, browser: Any
) -> None:
    drawn = replace(drawn_of("one-series"), name="beijing-series")
    with serve_directory(built_site) as site, serve_directory(tmp_path) as host:
        snippet = write_snippet(drawn, f"{site}/charts/beijing-series/embed/")
        # Before the page tells its height the frame has the one that the snippet guesses.
        guess = re.search(r'height="([0-9]+)"', snippet)[1]  # type: ignore[index]
        (tmp_path / "index.html").write_text(f"<!doctype html><body>{snippet}", "utf-8")
        page = browser.new_page(viewport={"width": 360, "height": 700})
        try:
            page.goto(host)
            frame = page.frames[1]
            page.wait_for_function(
                "guess => document.querySelector('iframe').height !== guess", arg=guess
            )
            needed, room, wide, width = frame.evaluate(
                "(() => { const r = document.documentElement;"
                " return [r.scrollHeight, innerHeight, r.scrollWidth, innerWidth] })()"
            )
        finally:
            page.close()

    assert needed <= room
    assert wide <= width
