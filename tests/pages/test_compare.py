"""The pages that compare figures: their order, their filters and their refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from records import dataset_of, figure, record, tiny_dataset

from casebook.pages.compare import FILTER_LIMIT, ORDERS, list_entries, list_reasons, make_compare
from casebook.pages.page import Page as SitePage
from casebook.pages.page import Site
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset

PROJECT = Path(__file__).resolve().parents[2]


def pages_of(dataset: Dataset) -> dict[str, SitePage]:
    return {page.url: page for page in make_compare(Site(dataset=dataset, charts={}, prose={}))}


def test_every_order_has_an_address_of_its_own() -> None:
    assert list(pages_of(tiny_dataset())) == [
        "compare/",
        "compare/by-amount/",
        "compare/by-year/",
        "compare/by-place/",
    ]


def test_amounts_are_in_order_only_within_their_class() -> None:
    dataset = dataset_of(
        record(
            figure("a", amount="100万元", quote="100万元"),
            figure("b", amount="300万元", quote="300万元"),
            figure("c", amount="900元", quote="900元", measure="unit_price"),
        )
    )
    tables = pages_of(dataset)["compare/by-amount/"].show()["tables"]

    assert {
        table: [[row.figures[0].figure.id for row in group.rows] for group in groups]
        for table, groups in tables.items()
    } == {"alike": [["b", "a"]], "alone": [["c"]]}
    assert [group.name.zh != "" for groups in tables.values() for group in groups] == [True, False]


def test_shares_of_different_wholes_are_in_no_order() -> None:
    share = {"measure": "share", "per": None}
    dataset = dataset_of(
        record(
            figure("one", amount="100万元"),
            figure("other", amount="300万元", scope="clubs"),
            figure("a", amount="20%", part_of="one", **share),
            figure("b", amount="50%", part_of="one", **share),
            figure("c", amount="70%", part_of="other", **share),
        )
    )

    tables = pages_of(dataset)["compare/by-amount/"].show()["tables"]

    found = [[row.figures[0].figure.id for row in group.rows] for group in tables["alike"]]
    assert found == [["b", "a"]]
    assert class_of(dataset.figures["case-1.c"]).key == "share-ratio-case-1-other"


@pytest.mark.parametrize("url", ["compare/", "compare/by-amount/"])
def test_times_of_different_length_may_not_be_compared(url: str) -> None:
    dataset = dataset_of(
        record(
            figure("a", amount="100万元", period="2013"),
            figure("b", amount="300万元", period="2014"),
            figure("five", amount="5000万元", period="2010/2014"),
            figure("c", amount="9万元", period="2013-05", scope="clubs"),
            figure("d", amount="8万元", period="2013-06", scope="clubs"),
            figure("undated", amount="90万元", period='"[..2015]"', scope="books"),
        )
    )

    tables = pages_of(dataset)[url].show()["tables"]

    found = [
        (group.name.zh, {row.figures[0].figure.id for row in group.rows})
        for group in tables["alike"]
    ]
    assert found == [
        ("年度购买总额（全市），元，一年的", {"a", "b"}),
        ("年度购买总额（读书会），元", {"c", "d"}),
    ]
    (alone,) = tables["alone"]
    assert {row.figures[0].figure.id for row in alone.rows} == {"five", "undated"}


def test_why_two_classes_are_in_no_order_is_said() -> None:
    dataset = dataset_of(
        record(
            figure("a", amount="100万元", quote="100万元"),
            figure("c", amount="900元", quote="900元", measure="unit_price"),
        )
    )

    reasons = list_reasons(list_entries(dataset, {}), dataset)

    assert len(reasons) == 1
    assert "不同的东西" in reasons[0].zh


def test_every_figure_stands_in_every_order_once() -> None:
    dataset = tiny_dataset()
    for page in pages_of(dataset).values():
        shown = [
            shown.figure.key
            for groups in page.show()["tables"].values()
            for group in groups
            for row in group.rows
            for shown in row.figures
        ]

        assert sorted(shown) == sorted(dataset.figures)


@pytest.mark.parametrize(
    ("period", "years"),
    [
        pytest.param("2011", ["2011"], id="a year"),
        pytest.param("2012?", ["2012", "uncertain"], id="an inferred year counts as a year"),
        pytest.param("2009/2011", ["2011", "2010", "2009"], id="each year of a span"),
        pytest.param("2009/..", ["2009"], id="an open end names no later year"),
        pytest.param("不晚于2012-12-07", ["latest_only"], id="a latest date is no year"),
    ],
)
def test_a_figure_is_found_by_the_years_of_its_period(period: str, years: list[str]) -> None:
    page = pages_of(dataset_of(record(figure(period=period))))["compare/"]

    (group,) = (group for group in page.show()["filter_groups"] if group.key == "year")
    assert [option.value for option in group.filters if option.value != "dated"] == years


def test_every_filter_counts_the_rows_that_it_keeps() -> None:
    page = pages_of(tiny_dataset())["compare/"]
    tables = page.show()["tables"]
    rows = [row for groups in tables.values() for group in groups for row in group.rows]
    for group in page.show()["filter_groups"]:
        for option in group.filters:
            assert sum(option.number in row.filters for row in rows) == option.count > 0


def test_the_style_sheet_knows_every_filter() -> None:
    css = (PROJECT / "theme/static/css/filters.css").read_text(encoding="utf-8")

    for number in range(1, FILTER_LIMIT + 1):
        assert f".filters__target--{number}:target ~ .compare__section .compare__row" in css
        assert f".filters__target--{number}:target ~ .filters" in css


# In a browser


@pytest.fixture(scope="module")
def address(built_site: Path, serve_directory) -> Iterator[str]:  # type: ignore[no-untyped-def]  # see conftest
    with serve_directory(built_site) as url:
        yield url


def open_page(browser: Browser, **options: object) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]  # passed through
    return context.new_page()


def count_rows(page: Page) -> int:
    return page.locator(".compare__row:visible").count()


def announced(link: str) -> int:
    found = re.search("([0-9]+) *$", link)
    assert found is not None
    return int(found[1])


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("words", ["社工机构", "赔付上限", "没有写金额", "靠推断", "2011"])
def test_a_filter_leaves_as_many_rows_as_it_says(
    browser: Browser, address: str, scripts: bool, words: str
) -> None:
    page = open_page(browser, java_script_enabled=scripts)
    page.goto(f"{address}/compare/")
    link = page.locator(".filters__link", has_text=words)
    promised = announced(link.inner_text())
    link.click()
    shown = count_rows(page)
    empty = page.locator(".compare__group:visible").evaluate_all(
        "groups => groups.filter(g => ![...g.querySelectorAll('.compare__row')]"
        ".some(r => r.checkVisibility())).length"
    )
    page.context.close()

    assert shown == promised
    assert empty == 0


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_phone_shows_what_may_be_compared_and_unfolds_what_a_filter_asks_for(
    browser: Browser, address: str, scripts: bool
) -> None:
    phone = {"width": 390, "height": 844}
    context = browser.new_context(viewport=phone, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{address}/compare/")
    rows = [
        page.locator(f"[aria-labelledby={name}-title] .compare__row:visible")
        for name in ("alike", "alone")
    ]
    at_first = [found.count() for found in rows]
    page.locator(".filters__fold-name").click()
    page.locator(".filters__link", has_text="赔付上限").click()
    filtered = [found.count() for found in rows]
    context.close()

    assert at_first[0] > 1
    assert at_first[1] == 0
    assert filtered[0] == 0
    assert filtered[1] > 1


@pytest.mark.browser
def test_a_wide_screen_shows_who_provides_and_how(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}/compare/")
    first = page.locator(".compare__row").first
    cells = first.locator(":scope > *").all_inner_texts()
    shown = first.locator(":scope > *:visible").count()
    page.context.close()

    assert cells == ["北京", "4277万元", "2010年的投入", "2010年", "报道", "社会组织", "项目申报"]
    assert shown == 7


@pytest.mark.browser
@pytest.mark.parametrize("url", ["compare/", "en/compare/"])
def test_a_sheet_of_paper_holds_the_table_and_all_its_rows(
    browser: Browser, address: str, url: str
) -> None:
    page = open_page(browser)
    page.goto(f"{address}/{url}")
    on_screen = count_rows(page)
    page.emulate_media(media="print")
    # The width of A4 without its margins.
    page.set_viewport_size({"width": 660, "height": 990})
    widths = page.locator(".compare__section").evaluate_all(
        "found => found.map(one => one.scrollWidth - one.clientWidth)"
    )
    printed = count_rows(page)
    page.context.close()

    assert max(widths) <= 1
    assert printed == on_screen


@pytest.mark.browser
def test_two_filters_work_together_and_stand_in_the_address(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}/compare/")
    page.locator(".filters__link", has_text="社会组织").click()
    one = count_rows(page)
    page.locator(".filters__link", has_text="年度购买总额").click()
    both = count_rows(page)
    said = page.locator(".compare__status").inner_text()
    kept = page.url
    page.locator(".filters__order", has_text="按金额").click()
    page.wait_for_url("**/by-amount/**")
    carried, after = page.url, count_rows(page)
    page.goto("about:blank")
    page.goto(kept)
    again = count_rows(page)
    page.context.close()

    assert kept.endswith("#provider=social_organisation&measure=annual_total")
    assert 0 < both < one
    assert said == f"显示{both}行。"
    assert (
        carried == f"{address}/compare/by-amount/#provider=social_organisation&measure=annual_total"
    )
    assert (after, again) == (both, both)


@pytest.mark.browser
def test_counts_follow_the_choice_and_one_link_clears_it(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}/compare/#provider=individual")
    tender = page.locator(".filters__link", has_text="招投标")
    promised = announced(tender.inner_text())
    tender.click()
    left, sections = count_rows(page), page.locator(".compare__section:visible").count()
    page.locator(".filters__all").click()
    cleared, gone = count_rows(page), page.locator(".filters__all:visible").count()
    page.context.close()

    assert (promised, left, sections) == (0, 0, 0)
    assert cleared > 60
    assert gone == 0


@pytest.mark.browser
def test_the_other_language_keeps_the_filter(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}/compare/#provider=individual")
    shown = count_rows(page)
    page.locator(".masthead__language").click()
    page.wait_for_url("**/en/compare/#provider=individual")
    in_english = count_rows(page)
    page.context.close()

    assert in_english == shown > 0


@pytest.mark.browser
def test_an_order_by_amount_falls_within_each_class(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}/compare/by-amount/")
    groups = page.locator("#alike-title ~ table .compare__group").evaluate_all(
        "groups => groups.map(g => [...g.querySelectorAll('data.amount')].map(d => +d.value))"
    )
    refusal = page.locator(".compare__refusal").inner_text()
    page.context.close()

    for values in groups:
        assert all(before >= after for before, after in pairwise(values))
    assert "不同口径之间不排先后" in refusal


@pytest.mark.browser
@pytest.mark.parametrize("url", [url for _, url, _ in ORDERS])
def test_every_order_is_a_page_in_both_languages(built_site: Path, url: str) -> None:
    for prefix in ("", "en/"):
        assert (built_site / prefix / url / "index.html").is_file()


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_filters_are_folded_on_a_phone_and_open_where_there_is_room(
    browser: Browser, address: str, scripts: bool
) -> None:
    seen = {}
    for width in (390, 1280):
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=scripts
        )
        page = context.new_page()
        page.goto(f"{address}/compare/")
        seen[width] = page.locator(".filters__link").first.is_visible()
        if width == 390:
            page.locator(".filters__fold-name").click()
            unfolded = page.locator(".filters__link").first.is_visible()
        context.close()

    assert seen == {390: False, 1280: True}
    assert unfolded


@pytest.mark.browser
def test_filters_stand_open_for_whoever_comes_with_a_choice(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/compare/#provider=individual")
    shown = page.locator(".filters__link").first.is_visible()
    context.close()

    assert shown
