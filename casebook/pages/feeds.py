"""The files for machines that follow the site: the feed, the site map, the note to robots."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from casebook.pages.page import (
    CONTENT_POLICY,
    Location,
    Page,
    PageType,
    Site,
    address,
    in_languages,
)
from casebook.pages.rows import link_case
from casebook.text import LANGS, Lang, Text

FEED_LENGTH = 50

# What one file may list by the protocol of site maps (sitemaps.org).
MOST_LOCATIONS = 50_000

# The format wants whole addresses; this one is reserved and can never lead to a stranger's site.
LOCAL_ADDRESS = "http://localhost"

# A name space of our own keeps ids the same whatever address the site has.
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "casebook")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed by its `name` there; `path` is below the language's root."""

    name: str
    path: str
    title: Text
    summary: Text
    updated: str


def name_entry(name: str, lang: Lang) -> str:
    """The stable id of an entry, or of a feed, in one language."""
    return uuid.uuid5(_IDS, f"{lang}/{name}").urn


def make_feed(site: Site) -> Iterator[Page]:
    """The Atom feed of cases in both languages, the newest first.

    Cases whose date is unknown are left out, because the format demands one.
    """
    dataset = site.dataset
    newest = sorted(dataset.summaries, key=lambda case: case.date, reverse=True)[:FEED_LENGTH]
    entries = []
    for case in newest:
        if case.date:
            link = link_case(dataset.by_slug[case.slug], dataset)
            entry = FeedEntry(
                name=case.slug,
                path=f"cases/{case.slug}/",
                title=link.name,
                summary=link.summary,
                updated=case.date,
            )
            entries.append(entry)
    yield from make_feed_pages("feed", site.settings.name, site.settings.tagline, entries)


def make_feed_pages(
    name: str, title: Text, subtitle: Text, entries: Sequence[FeedEntry]
) -> Iterator[Page]:
    """An Atom feed in each language, of entries of which the first is the newest."""
    updated = entries[0].updated if entries else ""
    yield from in_languages(
        Page(
            url=f"{name}.xml",
            template="feed.xml",
            title=title,
            description=subtitle,
            context=lambda: {
                "feed_name": name,
                "name_entry": name_entry,
                "entries": tuple(entries),
                "updated": updated,
            },
            indexed=False,
        )
    )


def cut_sitemap(
    locations: Sequence[Location], site: Site, most: int = MOST_LOCATIONS
) -> Iterator[Page]:
    """The site map, in parts behind a list of them where it would grow beyond what is allowed."""
    parts = [locations[start : start + most] for start in range(0, len(locations), most)]
    names = tuple(f"sitemap-{number}.xml" for number in range(1, len(parts) + 1))
    if len(parts) > 1:
        yield _make_map(site, "sitemap.xml", "sitemap-index.xml", {"names": names})
    else:
        names = ("sitemap.xml",)
    for name, part in zip(names, parts or [()], strict=True):
        named = {"locations": tuple(part), "address": address, "languages": LANGS}
        yield _make_map(site, name, "sitemap.xml", named)


def _make_map(site: Site, url: str, template: str, context: Mapping[str, object]) -> Page:
    context = {**context, "root": site.settings.siteurl or LOCAL_ADDRESS}
    return Page(url=url, template=template, context=lambda: context, indexed=False)


def make_headers(_site: Site) -> Iterator[Page]:
    """The headers that a host should send, in the form that several hosts read from `_headers`."""
    yield Page(
        url="_headers",
        template="headers.txt",
        context=partial(dict, policy=Markup(CONTENT_POLICY)),
        indexed=False,
    )


def make_robots(_site: Site) -> Iterator[Page]:
    """The note to robots, once for the whole site."""
    yield Page(url="robots.txt", template="robots.txt", indexed=False)


FEED = PageType("feed", make_feed)
ROBOTS = PageType("robots", make_robots)
HEADERS = PageType("headers", make_headers)
