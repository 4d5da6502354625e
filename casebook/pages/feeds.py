"""The files for machines that follow the site: the feed, the site map, the note to robots."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from casebook.pages.page import CONTENT_POLICY, LANGS, CasePageType, Page, PageType, Site
from casebook.pages.rows import date_dataset, link_case
from casebook.text import Lang, Text

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


@dataclass(frozen=True, slots=True)
class Location:
    """One page in the site map, by its address below the language's root."""

    url: str
    lang: Lang
    lastmod: str

    @property
    def path(self) -> str:
        """The path of the page from the root of the site."""
        return address(self.url, self.lang)

    @property
    def alternates(self) -> tuple[tuple[Lang, str], ...]:
        """The path of the page in each language."""
        return tuple((lang, address(self.url, lang)) for lang in LANGS)


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
            path = f"cases/{case.slug}/"
            entries.append(
                FeedEntry(
                    id=name_entry(case.slug, lang),
                    path=path,
                    title=link.name,
                    summary=link.summary,
                    updated=updated,
                )
            )
        yield Page(
            url="feed.xml",
            lang=lang,
            template="feed.xml",
            title=site.settings.name,
            description=site.settings.tagline,
            context={
                "feed_id": name_entry("feed", lang),
                "entries": tuple(entries),
                "updated": date_dataset(dataset),
            },
            indexed=False,
        )


def make_sitemap_of(
    before: Iterable[PageType], of_cases: Iterable[CasePageType], behind: Iterable[PageType]
) -> Callable[[Site], Iterator[Page]]:
    """What makes the site map of these kinds of pages, in their order."""
    before, of_cases, behind = tuple(before), tuple(of_cases), tuple(behind)

    def list_locations(site: Site) -> Iterator[Location]:
        yield from _locate_pages(before, site)
        for case_kind in of_cases:
            for case in site.dataset.summaries:
                for url, lang in case_kind.locate(case):
                    yield Location(url, lang, case.date)
        yield from _locate_pages(behind, site)

    def make_sitemap(site: Site) -> Iterator[Page]:
        """The site map, whose addresses are the local host's until the site has its own."""
        yield from cut_sitemap(tuple(list_locations(site)), site)

    return make_sitemap


def _locate_pages(kinds: Iterable[PageType], site: Site) -> Iterator[Location]:
    for kind in kinds:
        for page in (kind.outline or kind.make)(site):
            if page.indexed:
                yield Location(page.url, page.lang, page.lastmod)


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
        title=site.settings.name,
        description=site.settings.tagline,
        context={**context, "root": site.settings.siteurl or LOCAL_ADDRESS},
        indexed=False,
    )


def make_headers(site: Site) -> Iterator[Page]:
    """The headers that a host should send, in the form that several hosts read from `_headers`."""
    yield Page(
        url="_headers",
        lang=LANGS[0],
        template="headers.txt",
        title=site.settings.name,
        description=site.settings.tagline,
        context={"policy": Markup(CONTENT_POLICY)},
        indexed=False,
    )


def make_robots(site: Site) -> Iterator[Page]:
    """The note to robots, once for the whole site."""
    yield Page(
        url="robots.txt",
        lang=LANGS[0],
        template="robots.txt",
        title=site.settings.name,
        description=site.settings.tagline,
        indexed=False,
    )


def address(url: str, lang: Lang) -> str:
    """The path of a page of one language from the root of the site."""
    return f"/{url}" if lang == LANGS[0] else f"/{lang}/{url}"


FEED = PageType("feed", make_feed)
ROBOTS = PageType("robots", make_robots)
HEADERS = PageType("headers", make_headers)
