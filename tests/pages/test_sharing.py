"""What other programs read from a published site: metadata, feeds, the site map."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import make_tiny_project
from PIL import Image

from casebook.build.steps import BuildOptions, build_site

SITE = "https://example.org/paper"
ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny site with an address, a publisher, and a date of publication of one case."""
    project = tmp_path_factory.mktemp("shared") / "tiny"
    make_tiny_project(project)
    case = project / "data/cases/haishu.yaml"
    text = case.read_text("utf-8").replace("\nregion:", "\npublished: 2026-01-02\nregion:", 1)
    case.write_text(text, encoding="utf-8")
    settings = project / "pelicanconf.py"
    lines = 'PUBLISHER = "甲报"\nPUBLISHER_EN = "The Paper"\n'
    settings.write_text(settings.read_text("utf-8") + lines, encoding="utf-8")
    build_site(BuildOptions(project=project, output=project / "output", siteurl=SITE))
    return project / "output"


def head_of(site: Path, page: str) -> dict[str, str]:
    """The metadata of a page by name, and its canonical address."""
    text = (site / page).read_text("utf-8").partition("</head>")[0]
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', text))
    return found | dict(re.findall(r'<link rel="(canonical)" href="([^"]*)"', text))


def linked_data_of(site: Path, page: str) -> list[dict[str, Any]]:
    text = (site / page).read_text("utf-8")
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    values = [json.loads(script) for script in scripts]
    flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return [part for one in flat for part in one.get("@graph", [one])]


def test_every_page_that_may_be_found_names_its_address(shared: Path) -> None:
    unknown = ("404.html", "en/404.html")
    pages = [path.relative_to(shared).as_posix() for path in shared.rglob("*.html")]
    named = {page: head_of(shared, page).get("canonical", "") for page in pages}

    assert {page for page, at in named.items() if not at.startswith(SITE)} == {*unknown}
    assert named["compare/by-year/index.html"] == f"{SITE}/compare/"
    assert named["en/cases/haishu/index.html"] == f"{SITE}/en/cases/haishu/"


def test_a_case_is_an_article_of_its_publisher(shared: Path) -> None:
    head = head_of(shared, "en/cases/haishu/index.html")
    article = next(one for one in linked_data_of(shared, "en/cases/haishu/index.html"))

    assert head["og:type"] == "article"
    assert head["author"] == "The Paper"
    assert head["article:published_time"] == article["datePublished"] == "2026-01-02"
    assert article["@type"] == "Article"
    assert article["author"]["name"] == article["publisher"]["name"] == "The Paper"
    assert article["image"] == head["og:image"]
    assert head["og:image:alt"]


def test_every_card_that_a_page_names_is_there_and_no_two_cases_share_one(
    shared: Path,
) -> None:
    pages = [path.relative_to(shared).as_posix() for path in shared.rglob("index.html")]
    named = {page: head_of(shared, page).get("og:image", "") for page in pages}
    own = [at for page, at in named.items() if re.search(r"cases/.+/", page)]

    assert named["index.html"] == f"{SITE}/card.png"
    assert named["en/figures/haishu/index.html"] == f"{SITE}/en/cases/haishu/card.png"
    assert len({*own}) == len(own)
    for at in {*named.values()} - {""}:
        with Image.open(shared / at.removeprefix(f"{SITE}/")) as picture:
            assert picture.size == (1200, 630)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param("cases/haishu/index.html", ["/", "/cases/", "/cases/haishu/"], id="a case"),
        pytest.param("en/about/index.html", ["/en/", "/en/about/"], id="a text in English"),
        pytest.param(
            "figures/haishu/index.html",
            ["/", "/cases/", "/cases/haishu/", "/figures/haishu/"],
            id="figures of a case",
        ),
        pytest.param("index.html", [], id="home has no breadcrumbs"),
    ],
)
def test_the_way_to_a_page_is_told(shared: Path, page: str, expected: list[str]) -> None:
    ways = [one for one in linked_data_of(shared, page) if one["@type"] == "BreadcrumbList"]
    steps = [step for way in ways for step in way["itemListElement"]]

    assert [step["item"] for step in steps] == [f"{SITE}{path}" for path in expected]
    assert [step["position"] for step in steps] == list(range(1, len(expected) + 1))
    assert all(step["name"] for step in steps)


@pytest.mark.parametrize("lang", ["", "en/"])
def test_the_feed_holds_the_article_and_the_stories_whole(shared: Path, lang: str) -> None:
    feed = ElementTree.parse(shared / lang / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    contents = [str(one.text) for one in feed.iter(f"{ATOM}content")]
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    inside = [link for content in contents for link in re.findall(r'href="([^"]*)"', content)]

    assert links[:3] == [f"{SITE}/{lang}feed.xml", f"{SITE}/{lang}", f"{SITE}/{lang}"]
    assert all(content.startswith(("<p>", "<h", "<div")) for content in contents)
    assert inside
    assert [link for link in (*links, *inside) if not str(link).startswith(SITE)] == []
    assert "2026-01-02T00:00:00Z" in [one.text for one in feed.iter(f"{ATOM}published")]
    days = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert days == sorted(days, key=str, reverse=True)


def test_the_feed_of_corrections_leads_to_their_page(shared: Path) -> None:
    feed = ElementTree.parse(shared / "en/corrections.xml").getroot()
    (page,) = (link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "alternate")

    assert page.get("href") == f"{SITE}/en/corrections/"
    assert not str(feed.findtext(f"{ATOM}updated")).startswith("1970")


def test_the_site_map_lists_every_page_once_with_its_languages(shared: Path) -> None:
    urls = ElementTree.parse(shared / "sitemap.xml").getroot().findall(f"{MAP}url")
    listed = [str(url.findtext(f"{MAP}loc")) for url in urls]
    tags = [[link.get("hreflang") for link in url.findall(f"{XHTML}link")] for url in urls]
    pages = {
        head_of(shared, path.relative_to(shared).as_posix()).get("canonical")
        for path in shared.rglob("index.html")
    }

    assert len(listed) == len({*listed})
    assert {*listed} == pages
    assert {tuple(one) for one in tags} == {("zh-Hans", "en", "x-default")}
