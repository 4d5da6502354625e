"""Links and footnotes of texts: each leads somewhere, and none is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from records import case_of, dataset_of, figure, record, shown, written

from casebook.checks.links import (
    check_links,
    check_marks,
    check_references,
    plain_texts_hold_no_marks,
)
from casebook.pages import home
from casebook.record.references import SLOTS
from tests.conftest import make_tiny_project

MADE = {"", "cases/", "cases/haishu/", "cases/case-1/", "figures/case-1/", "method/"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[甲](https://example.org/a)", [], id="another site"),
        pytest.param("[甲](mailto:a@example.org)", [], id="a mail address"),
        pytest.param("[甲](/cases/haishu/)", [], id="a page as in the address bar"),
        pytest.param("[甲](#h-甲)", [], id="a heading of the same page"),
        pytest.param("[甲](../haishu/)", ["1:1 E306"], id="a relative address"),
        pytest.param("见[甲](www.example.org)", ["1:2 E306"], id="no https before www"),
        pytest.param("[甲](合同.pdf)", ["1:1 E306"], id="a file beside the text"),
        pytest.param("[甲]()", ["1:1 E306"], id="no address"),
        pytest.param("[甲]: 合同.pdf", ["1:6 E306"], id="an address below the text"),
        pytest.param("`[甲](合同.pdf)`", [], id="code"),
        pytest.param("一\n![甲](reading.jpg)", ["2:1 E307"], id="a picture"),
        pytest.param("一[^a]\n\n[^a]: 注", [], id="a footnote"),
        pytest.param("一[^a]二[^a]\n\n[^a]: 注", [], id="a footnote referred to twice"),
        pytest.param("一[^a]", ["1:2 E308"], id="a footnote without a text"),
        pytest.param("一\n\n[^a]: 注", ["3:1 E308"], id="a footnote that nothing refers to"),
        pytest.param("一[^a]\n\n[^a]: 注\n[^a]: 又", ["4:1 E308"], id="a footnote of two texts"),
        pytest.param("[甲](javascript:a(b))", ["1:1 E306"], id="a script with brackets"),
        pytest.param("[甲](https://example.org/A_(b))", [], id="an address with brackets"),
        pytest.param("见[甲]（/cases/haishu/）", ["1:2 E309"], id="wide brackets of an address"),
        pytest.param("［甲］(https://example.org/a)", ["1:1 E309"], id="wide brackets of words"),
        pytest.param("[甲] (/cases/haishu/)", ["1:1 E309"], id="a blank between"),
        pytest.param("[甲]（见表）", [], id="a remark in brackets"),
        pytest.param("＃＃ 标题", ["1:1 E309"], id="a heading with a wide mark"),
        pytest.param("甲&nbsp;乙", ["1:2 E309"], id="a blank of a web page"),
        pytest.param("• 甲", ["1:1 E309"], id="a bullet of a word processor"),
        pytest.param("－甲", ["1:1 E309"], id="a wide dash for a list"),
        pytest.param("——甲", [], id="a dash that begins a line"),
        pytest.param("九&#23478;机构", ["1:2 E309"], id="a character by its number"),
        pytest.param("R&D;甲", [], id="a sign and a semicolon"),
        pytest.param("见＃1", [], id="a wide mark in a line"),
    ],
)
def test_a_mark_that_would_be_lost_is_named(text: str, expected: list[str]) -> None:
    assert shown(list(check_marks(written(text)))) == expected


@pytest.mark.parametrize(
    ("text", "in_case", "in_page"),
    [
        pytest.param("[[overview]]", ["1:1 E252"], [], id="a block of a page"),
        pytest.param("[[overveiw]]", ["1:1 E252"], ["1:1 E252"], id="misspelt"),
        pytest.param("看[[overview]]。", ["1:2 E252"], ["1:2 E252"], id="inside a line"),
        pytest.param("［［money］］", ["1:1 E252"], ["1:1 E252"], id="wide brackets"),
        pytest.param("[[ money ]]", ["1:1 E252"], ["1:1 E252"], id="blanks"),
        pytest.param("［［chart：money］］", ["1:1 E252"], ["1:1 E252"], id="a chart"),
        pytest.param("[[refusal:nosuch]]", ["1:1 E252"], ["1:1 E252"], id="no such refusal"),
        pytest.param("见[[北京]]和`[[money]]`。", [], [], id="words and code"),
        pytest.param("[[chart:money]]", [], [], id="checked by the charts"),
    ],
)
def test_a_slot_is_filled_or_named(text: str, in_case: list[str], in_page: list[str]) -> None:
    dataset = dataset_of(record())

    assert shown(list(check_references(written(text), dataset.cases[0], dataset))) == in_case
    assert shown(list(check_references(written(text), None, dataset))) == in_page


def test_slots_are_those_that_pages_fill() -> None:
    assert set(SLOTS) == {*home._SHOWN, "downloads", "money"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("/cases/haishu/", [], id="a case"),
        pytest.param("/en/cases/haishu/#figures", [], id="a part of its English page"),
        pytest.param("site:/method/", [], id="a text"),
        pytest.param("figure:case-1.paid", [], id="a figure"),
        pytest.param("/figures/case-1/#figure-paid", [], id="the place of a figure"),
        pytest.param("/data/figures.csv", [], id="a file of the data"),
        pytest.param("/charts/case-1-rise/", [], id="a chart of a case"),
        pytest.param("/cases/haisu/", ["1:1 E306"], id="no such case"),
        pytest.param("zh:/nosuch/", ["1:1 E306"], id="no such page"),
        pytest.param("figure:case-1.payed", ["1:1 E306"], id="no such figure"),
        pytest.param("/figures/case-1/#figure-payed", ["1:1 E306"], id="no such place"),
        pytest.param("/en/cases/case-1/#figure-payed", ["1:1 E306"], id="no such row"),
        pytest.param("/charts/nosuch/", ["1:1 E306"], id="no such chart"),
        pytest.param("/figures/case-1/#figure-more", [], id="where a figure was taken out"),
        pytest.param("/cases/case-1/#figure-more", ["1:1 E306"], id="the row it had"),
        pytest.param("/figures/case-0.paid/", [], id="an address that a figure had"),
        pytest.param("/figures/case-1.paid", ["1:1 E306"], id="no file, though it has a dot"),
        pytest.param("/cases/case-0/#figure-payed", ["1:1 E306"], id="under a former name"),
        pytest.param("figure:case-0.paid", ["1:1 E306"], id="a figure by a former name"),
    ],
)
def test_a_link_leads_to_a_page_that_the_site_has(address: str, expected: list[str]) -> None:
    gone = "history:\n  - {figure: more, date: 2026-11-23, kind: correction, from: 1元, why: 误}\n"
    case = case_of("aliases: [case-0]\n" + record(figure(), rest=gone), "case-1")
    ledger = {"cases/case-0/": 1, "figures/case-0.paid/": 2}
    dataset = replace(dataset_of(record()), cases=(case,), ledger=ledger)

    assert shown(list(check_links(written(f"[甲]({address})"), MADE, dataset))) == expected


def test_nothing_is_said_of_links_to_a_case_that_cannot_be_read() -> None:
    dataset = replace(dataset_of(record(figure())), unread=frozenset({"case-9"}))
    addresses = ("/cases/case-9/", "/figures/case-9/#figure-paid", "figure:case-9.paid")
    text = " ".join(f"[甲]({address})" for address in (*addresses, "/charts/case-9-rise/"))

    assert list(check_links(written(text), MADE, dataset)) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("/figures/case-1.paid/", "/figures/case-1/#figure-paid", id="as it was"),
        pytest.param("figure:case-1.payed", "/figures/case-1/#figure-paid", id="misspelt"),
        pytest.param("/cases/case-11/", "/cases/case-1/", id="a case"),
    ],
)
def test_a_link_that_leads_nowhere_is_offered_the_address_that_was_meant(
    address: str, expected: str
) -> None:
    dataset = dataset_of(record(figure()))

    (problem,) = check_links(written(f"[甲]({address})"), MADE, dataset)

    assert problem.hint.en == f"Did you mean {expected}?"


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param("海曙区**重要**的一句。", ["4:10 E309"], id="bold words"),
        pytest.param("海曙区&amp;宁波。", ["4:13 E309"], id="a sign of web pages"),
        pytest.param("海曙区的[公告](https://example.org)。", ["4:10 E309"], id="a link"),
        pytest.param("海曙区的[公告]（原文）。", [], id="brackets"),
    ],
)
def test_a_text_that_prints_as_typed_holds_no_markdown(summary: str, expected: list[str]) -> None:
    text = re.sub("summary: .*", f"summary: {summary}", record())

    found = list(plain_texts_hold_no_marks(case_of(text), dataset_of(record())))

    assert shown(found) == expected


def test_a_story_that_links_to_no_page_is_named_by_check(tmp_path: Path) -> None:
    from casebook.build.checking import check_project

    make_tiny_project(tmp_path)
    path = tmp_path / "data/cases/haishu.yaml"
    text = path.read_text("utf-8").replace("story: |\n", "story: |\n  见[甲](/cases/nosuch/)。\n\n")
    path.write_text(text, "utf-8")

    assert "E306" in {one.code for one in check_project(tmp_path)}
