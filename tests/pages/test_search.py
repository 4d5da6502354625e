"""The results of the search, its reading of numbers, and the loading of its index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page
from records import dataset_of, figure, record, tiny_dataset

from casebook.pages.search import (
    index_case,
    list_synonyms,
    split_sentences,
    write_entry,
    write_index,
)
from casebook.values.numerals import number_of
from casebook.values.quantity import plain

NUMBERS = (
    *("8000万", "八千万", "80,000,000", "８０００万", "80000000", "8000 万", " 4277万 "),
    *("四千二百七十七万", "4277", "1.5亿", "一亿五千万", "十", "十二", "二十", "一百零五", "两千"),
    *(
        "一千零一十",
        "三万亿",
        "1万亿",
        "亿",
        "万",
        "二〇一二",
        "一九九五",
        "三点五",
        "三点五亿",
        "0",
        "零",
    ),
    *(
        "0.5",
        "1.2345万",
        "12345678901234567",
        "一万零五",
        "1,000",
        "3亿5000万",
        "2千万",
        "百",
        "一百二十",
    ),
    # Texts that are not a number, or could be two numbers.
    *(
        "",
        "万万",
        "一万五",
        "三四",
        "五百二",
        "1,00",
        "012",
        "8000万元",
        "约8000万",
        "130余",
        "1e5",
    ),
    *(
        "一千二千",
        "二千一万",
        "一亿一亿",
        "零五",
        "一零零五千",
        "百千",
        "点五",
        "3.5.2",
        "1.23456",
        "-5",
    ),
    *(
        "十万八千",
        "一万二千三百四十五",
        "9999亿9999万",
        "一万亿零一",
        "5千6百",
        "5千600",
        "1.5千2百",
    ),
)


def indexed(dataset, lang="zh"):  # type: ignore[no-untyped-def]
    return [index_case(case, lang, dataset, stories=True) for case in dataset.cases]


def test_a_number_is_indexed_in_plain_digits_with_its_wording() -> None:
    dataset = dataset_of(record(figure("a", amount="约8000万元", quote="约8000万元")))
    passages = [passage for page in indexed(dataset) for passage in page.passages]
    found = {passage.anchor: passage.numbers for passage in passages if passage.numbers}

    assert found["figure-a"] == (("80000000", "约8000万元"),)


def test_a_range_is_found_by_either_end() -> None:
    dataset = dataset_of(record(figure("a", amount="800元至1000元", quote="800元至1000元")))
    page = indexed(dataset)[0]
    numbers = next(passage.numbers for passage in page.passages if passage.numbers)

    assert [value for value, _ in numbers] == ["800", "1000"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("一句。又一句！", ["一句。", "又一句！"]),
        ("One. Two, 4.5 of it.", ["One.", "Two, 4.5 of it."]),
        ("\n\n——\n", []),
    ],
)
def test_text_is_cut_at_the_ends_of_sentences(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_the_index_is_data_and_nothing_else() -> None:
    dataset = dataset_of(record(figure("a", amount="约8000万元", quote="约8000万元")))
    entries = b",".join(write_entry(page) for page in indexed(dataset))
    script = b"".join(write_index([entries], [["社工", "social worker"]]))
    index = json.loads(script.removeprefix(b"window.casebookIndex = ").removesuffix(b";"))

    assert set(index) == {"same", "pages"}
    assert [len(page) for page in index["pages"]] == [4]


def test_words_that_mean_the_same_are_those_of_the_vocabulary() -> None:
    vocabulary = replace(tiny_dataset().vocabulary, synonyms=("退役士兵、退役军人, veteran", "独"))
    groups = list_synonyms(vocabulary)

    assert groups[0] == ["退役士兵", "退役军人", "veteran"]
    assert ["招投标", "Tender"] in groups
    assert ["独"] not in groups


def test_a_passage_is_found_in_the_other_language_and_by_its_years() -> None:
    dataset = dataset_of(record(figure("a", label_en="Loans to readers", period="2011/2012")))
    (page,) = indexed(dataset)
    passage = next(one for one in page.passages if one.anchor == "figure-a")

    assert "Loans to readers" not in passage.words
    assert passage.also.startswith("Loans to readers")
    assert passage.years == (2011, 2012)


def test_a_latest_date_is_no_year_of_a_figure() -> None:
    dataset = dataset_of(record(figure("a", period="不晚于2012-12-07")))
    (page,) = indexed(dataset)
    passage = next(one for one in page.passages if one.anchor == "figure-a")

    assert passage.years == ()
    assert "2012" not in passage.words


# In a browser


@pytest.fixture(scope="module")
def address(built_site: Path, serve_directory) -> Iterator[str]:  # type: ignore[no-untyped-def]  # see conftest
    with serve_directory(built_site) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def look_for(page: Page, address: str, words: str, prefix: str = "") -> list[str]:
    page.goto(f"{address}/{prefix}search/")
    page.fill("#query", words)
    page.locator(".search__status:not(:empty)").wait_for()
    return page.locator(".search__hit").all_inner_texts()


@pytest.mark.browser
def test_the_script_reads_every_number_as_the_generator_does(page: Page, address: str) -> None:
    page.goto(f"{address}/search/")
    read = page.evaluate("texts => texts.map(casebookSearch.readNumber)", list(NUMBERS))
    expected = [None if (value := number_of(text)) is None else plain(value) for text in NUMBERS]

    assert dict(zip(NUMBERS, read, strict=True)) == dict(zip(NUMBERS, expected, strict=True))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("四千二百七十七万", "4277万元", id="Chinese numerals"),
        pytest.param("42,770,000", "4277万元", id="digits with commas"),
        pytest.param("4277", "4277万元", id="a part of the wording"),
        pytest.param("８０００万", "约8000万元", id="full width"),
        pytest.param("80000000元", "约8000万元", id="with its unit"),
        pytest.param("80 million", "约8000万元", id="English scale"),
        pytest.param("社工委", "社工委", id="part of a name"),
        pytest.param("社會組織", "社会组织", id="traditional characters"),
        pytest.param("Dongguan", "", id="English name of a place"),
        pytest.param("东莞 岗位", "岗位", id="two words"),
        pytest.param("退役军人", "退役士兵", id="a synonym"),
        pytest.param("退伍军人培训", "培训", id="two words without a space"),
        pytest.param("insurance", "保费", id="a word of the other language"),
        pytest.param("YMCA", "青年会", id="a name in the other language"),
        pytest.param("2011 北京 多少钱", "约8000万元", id="a question"),
        pytest.param("北京花了多少钱", "4277万元", id="a question without spaces"),
        pytest.param("图表", "同样的问题问每个地方", id="the page of charts"),
        pytest.param("更正", "发布以后", id="the page of corrections"),
        pytest.param("全部数字", "逐个地方", id="the page of all figures"),
    ],
)
def test_it_finds(page: Page, address: str, words: str, found: str) -> None:
    hits = look_for(page, address, words)

    assert hits
    assert any(found in hit for hit in hits)


@pytest.mark.browser
def test_every_notation_of_a_number_finds_the_same(page: Page, address: str) -> None:
    notations = ("8000万", "八千万", "80,000,000", "8,000万元", "80000000", "８０００万")

    found = {words: sorted(look_for(page, address, words)) for words in notations}

    assert any("约8000万元" in hit for hit in found["八千万"])
    assert {
        words for words in notations if not any("约8000万元" in h for h in found[words])
    } == set()


@pytest.mark.browser
@pytest.mark.parametrize("words", ["80,000,000", "八千万", "80 million"])
def test_it_finds_numbers_on_english_pages(page: Page, address: str, words: str) -> None:
    assert any("about 80 million yuan" in hit for hit in look_for(page, address, words, "en/"))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("社工", "social-work", id="Chinese"),
        pytest.param("social workers", "social worker", id="a plural"),
        pytest.param("dancing", "dancer", id="a form of a verb"),
        pytest.param("bidding", "tender", id="a synonym"),
        pytest.param("freedom of information", "letter", id="a synonym of several words"),
        pytest.param("how much did Beijing spend in 2011", "80 million", id="a question"),
    ],
)
def test_it_finds_on_english_pages(page: Page, address: str, words: str, found: str) -> None:
    assert any(found in hit for hit in look_for(page, address, words, "en/"))


@pytest.mark.browser
def test_a_latin_word_is_not_found_inside_another(page: Page, address: str) -> None:
    page.goto(f"{address}/search/")
    index = {"pages": [["a/", "甲", "", [["", "CANGO 的会员", []], ["", "三家 NGOs", []]]]]}
    found = page.evaluate("index => casebookSearch.find(index, 'NGO').map(hit => hit.text)", index)

    assert found == ["三家 NGOs"]


@pytest.mark.browser
def test_what_is_found_can_be_kept_to_one_year(page: Page, address: str) -> None:
    everything = look_for(page, address, "北京 社会组织")
    page.locator(".search__years").select_option("2011")
    kept = page.locator(".search__hit").all_inner_texts()

    assert 0 < len(kept) < len(everything)
    assert any("748家" in hit for hit in kept)


@pytest.mark.browser
def test_some_of_the_words_are_better_than_none(page: Page, address: str) -> None:
    hits = look_for(page, address, "东莞 社工 火星")

    assert any("社工" in hit for hit in hits)
    assert page.locator(".search__status").inner_text().startswith("没有一处同时有这几个词")


@pytest.mark.browser
@pytest.mark.parametrize("sign", ["#", "?"])
def test_an_address_holds_the_query(page: Page, address: str, sign: str) -> None:
    page.goto(f"{address}/search/{sign}q=4277")
    page.locator(".search__status:not(:empty)").wait_for()

    assert page.input_value("#query") == "4277"


@pytest.mark.browser
def test_a_number_is_not_found_inside_a_longer_one(page: Page, address: str) -> None:
    page.goto(f"{address}/search/")
    index = {
        "pages": [["a/", "甲", "", [["", "共18000万元", []], ["", "共8000万元", []]]]],
    }
    found = page.evaluate(
        "([index, query]) => casebookSearch.find(index, query).map(hit => hit.text)",
        [index, "8000万"],
    )

    assert found == ["共8000万元"]


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_a_hit_shows_its_words_marked_and_leads_to_its_place(page: Page, address: str) -> None:
    look_for(page, address, "4277")
    marked = page.locator(".search__hit mark").first.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/beijing/#figure-*")

    assert marked == "4277"


@pytest.mark.browser
def test_nothing_found_is_said(page: Page, address: str) -> None:
    assert look_for(page, address, "没有这样的词语") == []
    assert page.locator(".search__status").inner_text().startswith("没有找到")
    assert page.locator(".search__browse a:visible").count() > 10


@pytest.mark.browser
def test_the_index_is_asked_for_only_when_the_field_is_used(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}/search/")
    page.wait_for_load_state("networkidle")
    before = [url for url in asked if "index.js" in url]
    with page.expect_response("**/search/index.js"):
        page.focus("#query")

    assert before == []


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_the_field_in_the_masthead_leads_to_the_results(page: Page, address: str) -> None:
    page.goto(f"{address}/cases/beijing/")
    page.fill("#masthead-query", "领舞")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/search/#q={quote('领舞')}")
    page.wait_for_selector(".search__hit")

    assert "领舞" in page.locator(".search__hit").first.inner_text()


@pytest.mark.browser
def test_search_works_from_a_disk(page: Page, built_site: Path) -> None:
    page.goto((built_site / "timeline/index.html").as_uri())
    page.fill("#masthead-query", "八千万")
    page.keyboard.press("Enter")
    page.wait_for_selector(".search__hit")
    page.locator(".search__hit").first.click()
    page.wait_for_selector("h1.case__headline")

    assert page.url.endswith("index.html#figure-paid_2011")


@pytest.mark.browser
def test_without_scripts_the_cases_are_offered(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search/")
    shown = page.inner_text("main")
    fields = page.locator("input:visible").count()
    context.close()

    assert "没有脚本时不能搜索" in shown
    assert "马鞍山" in shown
    assert fields == 0
