"""The grammar of references, and the HTML made of Markdown with references."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import copy_parts
from hypothesis import given
from hypothesis import strategies as st
from records import TINY, shown, tiny_dataset

from casebook.build.checking import check_project
from casebook.pages.markdown import Renderer, split_slots
from casebook.pages.page import Slot
from casebook.problems import Position
from casebook.record.references import find_references, split_key
from tests.conftest import make_tiny_project


def render(text: str, lang: str = "zh", home: str = "haishu") -> str:
    dataset = tiny_dataset()
    renderer = Renderer("en" if lang == "en" else "zh")
    return str(renderer.render(text, dataset, dataset.by_slug[home]))


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        pytest.param("paid", ("", "paid"), id="of this case"),
        pytest.param("paid_2013", ("", "paid_2013"), id="with digits"),
        pytest.param("shanghai-pudong.paid", ("shanghai-pudong", "paid"), id="of another case"),
        pytest.param("paid.paid.paid", ("", ""), id="too many parts"),
        pytest.param("7*7", ("", ""), id="arithmetic"),
        pytest.param("paid|safe", ("", ""), id="filter"),
        pytest.param("", ("", ""), id="empty"),
        pytest.param("已付", ("", ""), id="Chinese"),
    ],
)
def test_a_key_is_a_figure_or_a_case_and_a_figure(key: str, parts: tuple[str, str]) -> None:
    assert split_key(key) == parts


def test_a_reference_knows_its_line_and_column() -> None:
    text = "第一行{{a}}\n\n第三行和{{ b.c }}"

    found = list(find_references(text, Position(10, 3)))

    assert [(r.case, r.name, r.at) for r in found] == [
        ("", "a", Position(10, 6)),
        ("b", "c", Position(12, 7)),
    ]


def test_a_reference_becomes_the_wording_linked_to_the_figure() -> None:
    html = render("花去{{paid_2014}}。")

    assert 'href="figure:haishu.paid_2014"' in html
    assert '<data class="amount" value="1500000">' in html
    assert '<span class="amount__qualifier">约</span>' in html
    assert '<span class="amount__number">150</span>' in html
    assert '<span class="amount__unit">万元</span>' in html


def test_a_reference_in_english_is_given_in_words() -> None:
    assert "about 1.5 million yuan" in render("{{paid_2014}}", lang="en")


def test_a_range_has_no_single_value() -> None:
    html = render("{{pay}}", home="guangzhou")

    assert "value=" not in html
    assert '<span class="amount__number">800</span>' in html


def test_a_count_of_the_site_is_written_out() -> None:
    assert render("共{{site.cases}}处") == "<p>共2处</p>"


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("<img src=x onerror=alert(1)>", id="event handler"),
        pytest.param("[x](javascript:alert(1))", id="script address"),
        pytest.param("[x](JaVaScRiPt:alert(1))", id="script address in mixed case"),
        pytest.param("[x](data:text/html;base64,PHNjcmlwdD4=)", id="data address"),
        pytest.param("![x](javascript:alert(1))", id="image address"),
        pytest.param("<javascript:alert(1)>", id="automatic link"),
        pytest.param("a&lt;script&gt;", id="entities"),
        pytest.param("<div markdown=1>x</div>", id="Markdown in HTML"),
        pytest.param("x {: onclick=alert(1) }", id="attribute list"),
        pytest.param("<svg/onload=alert(1)>", id="svg"),
        pytest.param("</p><script>alert(1)</script>", id="closing tag"),
    ],
)
def test_no_html_and_no_script_address_passes(hostile: str) -> None:
    html = render(hostile)

    assert "<script" not in html
    assert "<img" not in html or "src" not in html
    assert "<svg" not in html
    assert "<div" not in html
    assert 'href="java' not in html.lower()
    assert 'href="data' not in html.lower()


@pytest.mark.parametrize("token", ["{{ 7*7 }}", "{% include 'x' %}", "{attach}x", "|filename|x"])
def test_what_looks_like_a_template_is_shown_as_written(token: str) -> None:
    html = render(token)

    assert "49" not in html
    assert token.replace("'", "'") in html


def test_links_to_the_web_and_to_the_site_stay() -> None:
    html = render("[a](https://example.org/?a=1&b=2) [b](site:/method/)")

    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert 'rel="noopener"' in html
    assert 'href="site:/method/"' in html


@given(st.text())
def test_any_text_becomes_html_without_a_script(text: str) -> None:
    assert "<script" not in render(text)


def test_a_slot_is_a_paragraph_of_its_own() -> None:
    pieces = split_slots("<p>前</p>\n<p>[[overview]]</p>\n<p>中[[x]]</p>\n<p>[[chart:a-b]]</p>")

    assert pieces == [
        "<p>前</p>\n",
        Slot("overview"),
        "<p>中[[x]]</p>\n",
        Slot("chart:a-b"),
    ]


@pytest.mark.parametrize(
    ("path", "slug", "expected"),
    [
        pytest.param("notes.en.md", "notes", ["content/pages/notes.en.md E301"], id="no original"),
        pytest.param("notes.md", "about", ["content/pages/notes.md E301"], id="one slug twice"),
        pytest.param(
            "about.md", "notes", ["content/pages/about.md E301"], id="a text of all sites"
        ),
        pytest.param("notes.md", "notes", [], id="another text"),
    ],
)
def test_each_slug_has_one_text_in_the_language_of_the_site(
    path: str, slug: str, expected: list[str], tmp_path: Path
) -> None:
    copy_parts(TINY, tmp_path, ("data", "content", "pelicanconf.py"))
    lang = "en" if ".en." in path else "zh"
    text = f"Title: 一\nSlug: {slug}\nLang: {lang}\nSummary: 二。\n\n三。\n"
    (tmp_path / "content" / "pages" / path).write_text(text, "utf-8")

    found = {f"{one.path} {one.code}" for one in check_project(tmp_path) if one.code == "E301"}

    assert sorted(found) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("Title: ", "Title：", ["1:6 E112"], id="a full-width colon"),
        pytest.param("Title: ", "标题: ", ["1:1 E201"], id="a name in Chinese"),
        pytest.param("\n\n", "\n", ["5:1 E112"], id="no empty line"),
        pytest.param("Title: ", "---\nTitle: ", ["1:1 E112"], id="as in YAML"),
        pytest.param("Title: ", "\nTitle: ", ["1:1 E112"], id="no empty line before it"),
        pytest.param("Slug: about", "Slug: 关于", ["2:7 E240"], id="a slug in Chinese"),
        pytest.param("Lang: zh", "Lang: zh-CN", ["3:7 E205"], id="another language"),
        pytest.param("Lang: zh", "Lang: zh\nLang: zh", ["4:1 E130"], id="a name twice"),
        pytest.param(
            "Lang: zh", "Lang: zh\nqwx: 1\nvbk: 2", ["4:1 E201", "5:1 E201"], id="names near none"
        ),
        pytest.param("Slug: about", "Slug: cases", ["2:7 E242"], id="a slug in use"),
        pytest.param("Lang: zh", "Lang: zh\nDate: 2026/1/5", ["4:7 E224"], id="no day"),
        pytest.param("说明", "说明\udcff", ["4:12 E101"], id="no UTF-8"),
        pytest.param("Slug: ", "Slug = ", ["2:5 E113"], id="an equals sign"),
        pytest.param("Slug: ", "Slug\t", ["2:5 E113"], id="a tab for the colon"),
        pytest.param("Slug: ", "  Slug: ", ["2:3 E117"], id="blanks before a name"),
        pytest.param("Slug: ", "\u3000Slug: ", ["2:2 E117"], id="a wide blank before a name"),
    ],
)
def test_what_is_wrong_above_a_text_is_named_at_its_place(
    tmp_path: Path, old: str, new: str, expected: list[str]
) -> None:
    make_tiny_project(tmp_path)
    path = tmp_path / "content/pages/about.md"
    text = path.read_text("utf-8").replace("Title: about 说明", "Title: 关于")
    path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogateescape"))
    found = [one for one in check_project(tmp_path) if one.path == "content/pages/about.md"]

    assert shown(found) == expected


@pytest.mark.parametrize("name", ["contact.MD", "contact.markdown", "contact.md.txt", "联系.docx"])
def test_a_text_under_another_ending_is_told(tmp_path: Path, name: str) -> None:
    make_tiny_project(tmp_path)
    (tmp_path / "content/pages" / name).write_bytes(b"Title: x\n")

    assert [(one.path, one.code) for one in check_project(tmp_path)] == [
        (f"content/pages/{name}", "W142")
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        pytest.param("vocabulary", "topics:", "主题:", "12:1 E201", id="a list by another name"),
        pytest.param("vocabulary", "", None, "1:1 E107", id="an empty vocabulary"),
        pytest.param("sources", "\n  ", "\n", "2:1 E117", id="sources without indentation"),
    ],
)
def test_a_list_that_cannot_be_read_is_not_missed_by_every_case(
    tmp_path: Path, name: str, old: str, new: str | None, place: str
) -> None:
    make_tiny_project(tmp_path)
    path = tmp_path / f"data/{name}.yaml"
    text = path.read_text("utf-8")
    path.write_text("" if new is None else text.replace(old, new), "utf-8")

    assert shown(check_project(tmp_path)) == [place]
