"""Feeds and site maps meet the requirements of their formats."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from records import tiny_dataset

from casebook.pages.page import Location, Page, Site
from casebook.pages.register import cut_sitemap

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
# A date of RFC 3339, as RFC 4287 (section 3.3) requires.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
FEEDS = ("feed.xml", "corrections.xml", "en/feed.xml", "en/corrections.xml")


@pytest.fixture(scope="module")
def feeds(built_site: Path) -> dict[str, ElementTree.Element]:
    return {name: ElementTree.parse(built_site / name).getroot() for name in FEEDS}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_has_what_rfc_4287_asks_of_it(
    feeds: dict[str, ElementTree.Element], name: str
) -> None:
    feed = feeds[name]
    entries = feed.findall(f"{ATOM}entry")

    assert feed.tag == f"{ATOM}feed"
    # Section 4.1.1: exactly one of each; the feed's author stands for entries without one.
    for child in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{child}")) == 1, child
    for part in (feed, *entries):
        for child in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{child}")) == 1, child
        assert str(part.findtext(f"{ATOM}id")).startswith("urn:uuid:")
        assert INSTANT.fullmatch(str(part.findtext(f"{ATOM}updated")))
        # Section 4.1.2: at most one alternate link of each type and language.
        kinds = [
            (link.get("rel"), link.get("type"))
            for link in part.findall(f"{ATOM}link")
            if link.get("rel") == "alternate"
        ]
        assert len(kinds) == len(set(kinds)) == 1


def test_no_two_entries_of_all_feeds_share_an_id(feeds: dict[str, ElementTree.Element]) -> None:
    ids = [str(element.text) for feed in feeds.values() for element in feed.iter(f"{ATOM}id")]

    assert len(ids) == len(set(ids))


def test_the_site_map_keeps_to_its_schema(built_site: Path) -> None:
    root = ElementTree.parse(built_site / "sitemap.xml").getroot()
    shapes = {
        tuple(child.tag.removeprefix(MAP) for child in url if child.tag.startswith(MAP))
        for url in root
    }
    days = [str(day.text) for day in root.iter(f"{MAP}lastmod")]

    assert root.tag == f"{MAP}urlset"
    assert {url.tag for url in root} == {f"{MAP}url"}
    assert shapes <= {("loc",), ("loc", "lastmod")}
    assert [day for day in days if not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", day)] == []


def test_a_site_map_that_grows_too_long_is_cut_and_lists_its_parts() -> None:
    site = Site(dataset=tiny_dataset(), charts={}, prose={})
    locations = [Location(f"{number}/", "zh", "") for number in range(5)]

    pages = list(cut_sitemap(locations, site, most=2))

    assert [page.url for page in pages] == [
        "sitemap.xml",
        "sitemap-1.xml",
        "sitemap-2.xml",
        "sitemap-3.xml",
    ]
    assert pages[0].show()["names"] == ("sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml")
    assert [part for page in pages[1:] for part in locations_of(page)] == locations
    assert [page.url for page in cut_sitemap(locations, site, most=5)] == ["sitemap.xml"]
    assert [page.url for page in cut_sitemap([], site)] == ["sitemap.xml"]


def locations_of(page: Page) -> tuple[Location, ...]:
    listed = page.show()["locations"]
    assert isinstance(listed, tuple)
    return listed
