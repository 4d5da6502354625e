"""The files for machines that follow the site: the feed, the site map, the note to robots."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from casebook.pages.page import CONTENT_POLICY, CasePageType, Location, Page, PageType, Site
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
    """A case in the feed; `path` is below the language's root, `updated` an ISO date."""

    id: str
    path: str
    title: Text
    summary: Text
    updated: str


def name_entry(name: str, lang: Lang) -> str:
    """The stable id of a case in the feed of one language."""
    return uuid.uuid5(_IDS, f"{lang}/{name}").urn


def make_feed(site: Site) -> Iterator[Page]:
    """The Atom feed of cases in both languages, the newest first.

    Cases whose date is unknown are left out, because the format demands one.
    """
    dataset = site.dataset
    newest = sorted(dataset.summaries, key=lambda case: case.date, reverse=True)[:FEED_LENGTH]
    dated = [(summary.date, dataset.by_slug[summary.slug]) for summary in newest if summary.date]
    for lang in LANGS:
        entries = []
        for updated, case in dated:
            link = link_case(case, dataset)
            entries.append(
                FeedEntry(
                    id=name_entry(case.slug, lang),
                    path=f"cases/{case.slug}/",
                    title=link.name,
                    summary=link.summary,
                    updated=updated,
                )
            )
        yield make_feed_page("feed", lang, site.settings.name, site.settings.tagline, entries)


def make_feed_page(
    name: str, lang: Lang, title: Text, subtitle: Text, entries: Sequence[FeedEntry]
) -> Page:
    """An Atom feed in one language, of entries of which the first is the newest."""
    return Page(
        url=f"{name}.xml",
        lang=lang,
        template="feed.xml",
        title=title,
        description=subtitle,
        context=partial(
            dict,
            feed_id=name_entry(name, lang),
            entries=tuple(entries),
            updated=entries[0].updated if entries else "",
        ),
        indexed=False,
    )


def list_locations(
    of_site: Sequence[Location], kinds: Iterable[CasePageType], site: Site
) -> tuple[Location, ...]:
    """The locations of all pages: those of each case follow the home page."""
    of_cases = [
        Location(url, lang, case.date)
        for kind in kinds
        for case in site.dataset.summaries
        for url, lang in kind.locate(case)
    ]
    home = sum(not location.url for location in of_site)
    return (*of_site[:home], *of_cases, *of_site[home:])


def cut_sitemap(
    locations: Sequence[Location], site: Site, most: int = MOST_LOCATIONS
) -> Iterator[Page]:
    """The site map, in parts behind a list of them where it would grow beyond what is allowed."""
    parts = [locations[start : start + most] for start in range(0, len(locations), most)]
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    if len(parts) > 1:
        yield _make_map(site, "sitemap.xml", "sitemap-index.xml", {"names": tuple(names)})
    else:
        names = ["sitemap.xml"]
    for name, part in zip(names, parts or [()], strict=True):
        yield _make_map(site, name, "sitemap.xml", {"locations": tuple(part)})


def _make_map(site: Site, url: str, template: str, context: Mapping[str, object]) -> Page:
    return Page(
        url=url,
        lang=LANGS[0],
        template=template,
        context=partial(dict, context, root=site.settings.siteurl or LOCAL_ADDRESS),
        indexed=False,
    )


def make_headers(_site: Site) -> Iterator[Page]:
    """The headers that a host should send, in the form that several hosts read from `_headers`."""
    yield Page(
        url="_headers",
        lang=LANGS[0],
        template="headers.txt",
        context=partial(dict, policy=Markup(CONTENT_POLICY)),
        indexed=False,
    )


def make_robots(_site: Site) -> Iterator[Page]:
    """The note to robots, once for the whole site."""
    yield Page(
        url="robots.txt",
        lang=LANGS[0],
        template="robots.txt",
        indexed=False,
    )


FEED = PageType("feed", make_feed)
ROBOTS = PageType("robots", make_robots)
HEADERS = PageType("headers", make_headers)
