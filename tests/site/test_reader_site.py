"""Languages, the grid of places, printing, page weight, addresses and hosting."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page
from records import tiny_dataset

from casebook.pages.case_pages import list_tiles
from casebook.pages.markdown import Renderer, mark_chinese
from casebook.pages.page import CONTENT_POLICY

FIRST_PAGE_BYTES = 100_000


@pytest.fixture(scope="module")
def address(built_site: Path, serve_directory) -> Iterator[str]:  # type: ignore[no-untyped-def]  # see conftest
    with serve_directory(built_site) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


# Languages


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "Called 政府购买服务 there.",
            '<p>Called <span lang="zh-Hans">政府购买服务</span> there.</p>',
        ),
        ("*广东省*, twice: 省。", None),
        ("`约`", "<p><code>约</code></p>"),
        ("Plain.", "<p>Plain.</p>"),
    ],
)
def test_chinese_in_english_prose_is_marked(text: str, html: str | None) -> None:
    expected = html or (
        '<p><em><span lang="zh-Hans">广东省</span></em>, twice: '
        '<span lang="zh-Hans">省。</span></p>'
    )

    assert Renderer("en").render(text, tiny_dataset()) == expected


def test_chinese_in_chinese_prose_is_not_marked() -> None:
    assert Renderer("zh").render("政府购买服务", tiny_dataset()) == "<p>政府购买服务</p>"


def test_marked_words_are_escaped() -> None:
    assert mark_chinese("<b>约") == '&lt;b&gt;<span lang="zh-Hans">约</span>'


@pytest.mark.of_cases("beijing")
def test_an_amount_that_is_called_planned_is_not_called_so_twice(built_site: Path) -> None:
    pages = (path.read_text("utf-8") for path in built_site.glob("en/cases/*/index.html"))
    items = [
        item for page in pages for item in re.findall(r"<li\b(?:(?!</li>).)*", page, re.DOTALL)
    ]
    planned = [item for item in items if "(planned)" in item]

    assert len(planned) > 4
    assert [item for item in planned if re.search(">planned<|, planned,", item)] == []


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_no_chinese_on_an_english_page_is_read_as_english(page: Page, address: str) -> None:
    unmarked = []
    for name in ("en/", "en/cases/beijing/", "en/method/", "en/glossary/", "en/compare/"):
        page.goto(f"{address}/{name}")
        unmarked += page.evaluate(
            """() => {
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                const found = [];
                while (walker.nextNode()) {
                    const node = walker.currentNode;
                    const parent = node.parentElement;
                    if (/[\\u3400-\\u9fff]/.test(node.data) && !parent.closest('script, noscript')
                        && !parent.closest('[lang]').lang.startsWith('zh')) {
                        found.push(node.data.trim().slice(0, 60));
                    }
                }
                return found;
            }"""
        )

    assert unmarked == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["", "compare/by-amount/", "search/", "method/"])
def test_the_switch_of_language_leads_to_the_same_page_and_back(
    page: Page, address: str, name: str
) -> None:
    page.goto(f"{address}/{name}")
    page.locator(".masthead__language").click()
    english = page.url
    page.locator(".masthead__language").click()

    assert english == f"{address}/en/{name}"
    assert page.url == f"{address}/{name}"


@pytest.mark.parametrize(
    ("name", "current"),
    [
        pytest.param("charts/index.html", "page", id="the section"),
        pytest.param("charts/disclosure/index.html", "true", id="a page below it"),
        pytest.param("compare/by-year/index.html", "true", id="another order"),
    ],
)
def test_the_navigation_marks_the_section_of_a_page(
    name: str, current: str, built_site: Path
) -> None:
    page = (built_site / name).read_text("utf-8")

    (link,) = re.findall(r'<a class="masthead__link"[^>]*aria-current="(\w+)"', page)
    assert link == current


# The grid of places


def test_every_unit_of_the_grid_has_a_place_of_its_own(project_root: Path) -> None:
    from casebook.build.reading import read_dataset

    tiles = list_tiles(read_dataset(project_root)[0])

    assert len(tiles) == 34
    places = [region.tile[::-1] for region, _, _ in tiles if region.tile]
    assert len(set(places)) == 34
    assert places == sorted(places)


@pytest.mark.browser
def test_a_tile_without_a_case_says_so_and_leads_nowhere(page: Page, address: str) -> None:
    page.goto(f"{address}/cases/")
    tiles = page.locator(".tiles__tile")
    without = page.locator(".tiles__tile:not(:has(a))")
    boxes = tiles.evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => `${r.x} ${r.y}`)"
    )

    assert tiles.count() == len(set(boxes)) == 34
    assert all("未收录" in words for words in without.all_inner_texts())
    assert "0" not in "".join(without.all_inner_texts())


@pytest.mark.browser
def test_a_tile_leads_to_the_cases_of_its_place(page: Page, address: str) -> None:
    page.goto(f"{address}/cases/")
    tiles = page.locator(".tiles__link").evaluate_all(
        """all => all.map(tile => [
            new URL(tile.href), parseInt(tile.querySelector('.tiles__count').innerText),
        ]).map(([url, count]) => [url.pathname, url.hash, count])"""
    )

    assert sum(count for _, _, count in tiles) == page.locator(".overview__row").count()
    for path, place, count in tiles:
        if count == 1:
            assert re.fullmatch(r"/cases/[a-z0-9-]+/", path)
        else:
            assert (path, page.locator(f"{place} .overview__row").count()) == ("/cases/", count)


# Printing


@pytest.mark.browser
@pytest.mark.parametrize("name", ["", "cases/beijing/", "en/cases/dongguan/"])
def test_paper_has_endnotes_for_every_figure_and_nothing_to_click(
    page: Page, address: str, name: str
) -> None:
    page.emulate_media(media="print")
    page.goto(f"{address}/{name}")
    inside = page.locator(
        ".lead__standfirst .figure, .lead .prose .figure, .case__section--story .prose .figure"
    )
    notes = page.locator(".endnotes__list > li")
    clickable = page.locator(
        "nav:visible, form:visible, .picker:visible, .chart__downloads:visible"
    ).count()

    assert inside.count() == notes.count() > 0
    for number in range(notes.count()):
        amount = inside.nth(number).inner_text().strip()
        assert notes.nth(number).inner_text().startswith(amount)
    assert clickable == 0


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_paper_is_black_on_white_in_either_scheme(browser: Browser, address: str) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
        page = context.new_page()
        page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]  # as above
        page.goto(f"{address}/cases/beijing/")
        colours = page.evaluate(
            """() => ['--paper', '--ink', '--accent'].map(
                name => getComputedStyle(document.documentElement).getPropertyValue(name))"""
        )
        context.close()

        assert colours == ["#ffffff", "#000000", "#000000"]


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_a_sheet_is_a4(page: Page, address: str) -> None:
    page.goto(f"{address}/cases/beijing/")
    pdf = page.pdf(prefer_css_page_size=True)
    sizes = set(re.findall(rb"/MediaBox *\[0 0 ([0-9.]+) ([0-9.]+)\]", pdf))

    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}


# Page weight, addresses, hosting


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_the_first_page_is_light(built_site: Path, prefix: str) -> None:
    html = (built_site / prefix / "index.html").read_text(encoding="utf-8")
    named = re.findall(
        r'<(?:link rel="(?:stylesheet|icon)"[^>]*href|script defer src)="([^"]+)"', html
    )
    files = [(built_site / prefix / name).resolve() for name in named]
    carried = [(built_site / prefix / "index.html"), *files]

    assert len(files) >= 2
    assert sum(len(gzip.compress(path.read_bytes())) for path in carried) <= FIRST_PAGE_BYTES


def test_an_asset_is_named_by_what_it_holds(built_site: Path) -> None:
    names = [path.name for path in (built_site / "assets").rglob("*") if path.is_file()]

    assert names
    assert all(re.fullmatch(r"[a-z]+\.[0-9a-f]{10}\.(?:css|js|svg)", name) for name in names)


def test_hosts_are_told_what_the_pages_say_of_themselves(built_site: Path) -> None:
    headers = (built_site / "_headers").read_text(encoding="utf-8")

    assert f"Content-Security-Policy: {CONTENT_POLICY}\n" in headers
    assert "Referrer-Policy: no-referrer" in headers
    assert "X-Content-Type-Options: nosniff" in headers
    assert headers.partition("/assets/*")[0].count("Access-Control-Allow-Origin: *\n") == 1
    assert "immutable" in headers.partition("/assets/*")[2]


@pytest.mark.of_cases("beijing")
def test_the_site_map_lists_every_page_that_is_to_be_found(built_site: Path) -> None:
    tree = ElementTree.parse(built_site / "sitemap.xml")
    listed = [element.text for element in tree.iter() if element.tag.endswith("}loc")]

    assert all(str(address).startswith("http://localhost/") for address in listed)
    assert "http://localhost/en/cases/beijing/" in listed
    assert len(listed) == len(set(listed))


def test_the_feed_without_an_address_links_relative_to_itself(built_site: Path) -> None:
    for prefix in ("", "en/"):
        tree = ElementTree.parse(built_site / prefix / "feed.xml")
        links = [e.get("href") for e in tree.iter() if e.tag.endswith("}link")]
        missing = [
            link for link in links if not (built_site / prefix / str(link) / "index.html").is_file()
        ]

        assert links
        assert missing == []


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_the_site_works_below_any_path(
    page: Page,
    built_site: Path,
    tmp_path: Path,
    serve_directory,  # type: ignore[no-untyped-def]  # see conftest
) -> None:
    shutil.copytree(built_site, tmp_path / "a" / "b")
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    with serve_directory(tmp_path) as url:
        page.goto(f"{url}/a/b/en/")
        page.locator(".masthead__language").click()
        page.get_by_role("link", name="案例", exact=True).click()
        page.locator(".overview__place a").first.click()
        end = page.url
        page.fill("#masthead-query", "4277")
        page.keyboard.press("Enter")
        page.wait_for_selector(".search__hit")

        assert end == f"{url}/a/b/cases/beijing/"
    assert failed == []


def test_linked_data_of_every_page_is_json(built_site: Path) -> None:
    for path in built_site.rglob("index.html"):
        html = path.read_text(encoding="utf-8")
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S):
            assert json.loads(text)["@context"] == "https://schema.org"


def test_the_guide_to_publishing_names_the_policy_of_the_pages(project_root: Path) -> None:
    guide = (project_root / "docs/publishing.md").read_text(encoding="utf-8")

    assert f'Content-Security-Policy "{CONTENT_POLICY}"' in guide
