"""Markdown of the site: lists, lines, footnotes, headings and links that editors write."""

from __future__ import annotations

import re

import pytest
from records import dataset_of, record

from casebook.pages.markdown import Renderer, mark_chinese
from casebook.text import Lang, typeset


def render(text: str, lang: Lang = "zh") -> str:
    html = str(Renderer(lang).render(text, dataset_of(record())))
    return re.sub(r"\s*\n\s*", "", html)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "- 甲\n  - 乙\n    - 丙\n- 丁",
            "<ul><li>甲<ul><li>乙<ul><li>丙</li></ul></li></ul></li><li>丁</li></ul>",
            id="two spaces a level",
        ),
        pytest.param(
            "- 甲\n    - 乙\n- 丁",
            "<ul><li>甲<ul><li>乙</li></ul></li><li>丁</li></ul>",
            id="four spaces a level",
        ),
        pytest.param(
            "1. 甲\n   - 初审\n   - 复审\n2. 乙",
            "<ol><li>甲<ul><li>初审</li><li>复审</li></ul></li><li>乙</li></ol>",
            id="a list inside a numbered one",
        ),
        pytest.param(
            "1. 甲\n\n   第二段\n2. 乙",
            "<ol><li><p>甲</p><p>第二段</p></li><li><p>乙</p></li></ol>",
            id="a second paragraph of an item",
        ),
        pytest.param(
            "- 甲\n\n正文",
            "<ul><li>甲</li></ul><p>正文</p>",
            id="a paragraph after a list",
        ),
        pytest.param(
            "甲乙\n丙丁，\n**戊**己", "<p>甲乙丙丁，<strong>戊</strong>己</p>", id="joined"
        ),
        pytest.param(
            "甲 | 乙\n--- | ---\n一 | 二\n三 | 四",
            "<table><thead><tr><th>甲</th><th>乙</th></tr></thead><tbody><tr><td>一</td><td>二</td>"
            "</tr><tr><td>三</td><td>四</td></tr></tbody></table>",
            id="rows of a table stay apart",
        ),
        pytest.param("# 甲\n\n正文", '<h2 id="h-甲">甲</h2><p>正文</p>', id="no second h1"),
        pytest.param(
            "## 甲\n\n## 甲",
            '<h2 id="h-甲">甲</h2><h2 id="h-甲_1">甲</h2>',
            id="anchors of equal headings differ",
        ),
        pytest.param(
            "[甲](/cases/haishu/)", '<p><a href="site:/cases/haishu/">甲</a></p>', id="to a page"
        ),
        pytest.param(
            "[甲](/en/cases/haishu/)", '<p><a href="en:/cases/haishu/">甲</a></p>', id="in English"
        ),
        pytest.param(
            "[甲](/data/figures.csv)",
            '<p><a href="asset:/data/figures.csv">甲</a></p>',
            id="link to a file",
        ),
    ],
)
def test_markdown_shows_what_its_editor_meant(text: str, expected: str) -> None:
    assert render(text) == expected


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        pytest.param("Bao'an's plan", "Bao’an’s plan", id="apostrophes"),
        pytest.param('"about" and "more than"', "“about” and “more than”", id="quotation marks"),
        pytest.param('("so far") — "now"', "(“so far”) — “now”", id="after a bracket and a dash"),
        pytest.param("""he said "it is 'free'".""", "he said “it is ‘free’”.", id="nested marks"),
        pytest.param("“already so”", "“already so”", id="typographic marks stay"),
        pytest.param("the dancers' pay", "the dancers’ pay", id="an apostrophe at the end"),
    ],
)
def test_english_is_printed_with_the_marks_of_print(typed: str, printed: str) -> None:
    assert typeset(typed) == printed
    assert mark_chinese(typed) == printed


def test_marks_of_code_and_of_chinese_stay_as_they_are() -> None:
    page = render('`a "b"` and "[this](https://example.org)"', "en")

    assert '<code>a "b"</code>' in page
    assert "“<a" in page
    assert "this</a>”" in page
    assert "“" not in render('说"好"', "zh")


def test_lines_that_end_beside_latin_letters_keep_their_blank() -> None:
    assert "甲\nabc\n乙" in str(Renderer("zh").render("甲\nabc\n乙", dataset_of(record())))


def test_a_footnote_is_shown_below_the_text_and_linked_both_ways() -> None:
    html = render("一[^a]\n\n[^a]: 注的内容")

    assert '<a class="footnote-ref" href="#fn:a">1</a>' in html
    assert '<li id="fn:a"><p>注的内容' in html
    assert 'href="#fnref:a" title="回到正文"' in html
