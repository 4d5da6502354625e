"""Register of the kinds of pages, in the order of the site map, and the pages of no content.

Those are the site map itself, what hosts and robots read, and pages at addresses that there are
not: unknown, moved or withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from casebook.checks.addresses import follow_all, list_addresses
from casebook.data.formats import DataStream, ReadTexts
from casebook.messages import say
from casebook.pages import FIXED_ADDRESSES
from casebook.pages.case_pages import CASES, make_index
from casebook.pages.chart_pages import make_charts
from casebook.pages.citations import make_citation_file
from casebook.pages.compare import make_compare, make_timeline
from casebook.pages.data_page import make_data, make_versions
from casebook.pages.feeds import make_corrections, make_feed, make_feed_of_corrections
from casebook.pages.figure_pages import FIGURES, make_figure_index
from casebook.pages.home import make_home, make_prose
from casebook.pages.long_lists import with_cases
from casebook.pages.page import CasePageType, Location, MakePages, Page, Site, in_languages
from casebook.pages.search import make_index_files, make_search
from casebook.record.vocabulary import Gone
from casebook.text import Languages

# What one file may list by the protocol of site maps (sitemaps.org).
MOST_LOCATIONS = 50_000
# The format wants whole addresses; this one is reserved and can never lead to a stranger's site.
LOCAL_ADDRESS = "http://localhost"
# What a case offers beside its page is named after it.
_FILES = ("yaml", "json", "csv")


def make_not_found(site: Site) -> Iterator[Page]:
    """The page for unknown addresses in both languages, with a list of the cases."""
    page = Page(
        url="404.html",
        template="404.html",
        title=say("pages.not_found"),
        description=say("pages.not_found.description"),
        indexed=False,
    )
    yield from in_languages(with_cases(page, site), site)


def make_moved(site: Site) -> Iterator[Page]:
    """A page at every address that was published and is no more, in both languages.

    The moved ones are also in `_redirects`, in the form that several hosts read.
    """
    charts = dict.fromkeys(name for (name, _), drawn in site.charts.items() if drawn.offered)
    texts = (slug for slug, _ in site.prose)
    made = list_addresses(site.dataset, texts, FIXED_ADDRESSES, charts)
    redirects: list[tuple[str, str]] = []
    for address, fate in follow_all(site.dataset, made):
        if isinstance(fate, Gone):
            page = Page(
                url=address,
                template="gone.html",
                title=say("pages.gone", title=fate.title),
                description=say("pages.gone.description"),
            ).showing(gone=fate)
        else:
            # Both languages are as deep, so that one path leads from either to its own. It names
            # the file, because on a disk a folder would be listed.
            folder, mark, place = fate.partition("#")
            path = f"{'../' * address.count('/')}{folder}index.html{mark}{place}"
            page = Page(
                url=address,
                template="moved.html",
                title=say("pages.moved"),
                description=say("pages.moved.description"),
            ).showing(target=fate, path=path)
            page = replace(page, key=site.key("moved", fate, path))
            redirects += _redirect(address, fate, site.languages)
        yield from in_languages(replace(page, indexed=False), site)
    if redirects:
        yield _make_file("_redirects", "redirects.txt", site, redirects=tuple(redirects))


def _redirect(old: str, new: str, languages: Languages) -> Iterator[tuple[str, str]]:
    # Hosts read the lines in order, and the first that fits holds.
    for lang in languages:
        yield languages.address(old, lang), languages.address(new, lang)
    if old.startswith("cases/") and new.startswith("cases/"):
        before, after = old.split("/")[1], new.split("/")[1]
        for end in _FILES:
            yield f"/{old}{before}.{end}", f"/{new}{after}.{end}"


def cut_sitemap(
    locations: Sequence[Location], site: Site, most: int = MOST_LOCATIONS
) -> Iterator[Page]:
    """The site map, in parts behind a list of them where it would grow beyond what is allowed."""
    root = site.settings.siteurl or LOCAL_ADDRESS
    parts = [locations[start : start + most] for start in range(0, len(locations), most)] or [()]
    # Search engines were told of sitemap.xml; it stays the name of the list of parts.
    names = ["sitemap.xml"]
    if len(parts) > 1:
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        yield _make_file("sitemap.xml", "sitemap-index.xml", site, names=tuple(names), root=root)
    for name, part in zip(names, parts, strict=True):
        file = _make_file(name, "sitemap.xml", site, locations=tuple(part), root=root)
        # Most edits change no date, and thousands of addresses take long to print.
        yield replace(file, key=site.key(part, root))


def make_host_files(site: Site) -> Iterator[Page]:
    """The headers that a host should send, as several read them, and the note to robots."""
    yield _make_file("_headers", "headers.txt", site)
    yield _make_file("robots.txt", "robots.txt", site)


def _make_file(url: str, template: str, site: Site, **shown: object) -> Page:
    """A file that is none of a language."""
    page = Page(url=url, lang=site.languages.first, template=template, indexed=False)
    return page.showing(**shown)


CASE_PAGES: tuple[CasePageType, ...] = (CASES, FIGURES)

PAGES: tuple[MakePages, ...] = (
    *(make_home, make_index, make_timeline, make_compare, make_figure_index),
    *(make_charts, make_data, make_search, make_prose, make_corrections, make_versions),
    *(make_not_found, make_moved, make_host_files),
    *(make_feed, make_feed_of_corrections),
)
# These show nothing of a case but what its version is of.
VERSIONED: frozenset[MakePages] = frozenset({make_timeline, make_compare, make_figure_index})


def make_sitemap(listed: Sequence[Location], site: Site) -> Iterator[Page]:
    """The site map: the indexed pages of all cases together, those of each case behind home."""
    summaries, languages = site.dataset.summaries, site.languages
    # In a large site the page of a case leads to that of its figures.
    is_small = len(summaries) * len(languages) + len(listed) <= MOST_LOCATIONS // 4
    kinds = CASE_PAGES if is_small else (CASES,)
    of_cases = [
        Location(url, lang, case.date)
        for case in summaries
        for kind in kinds
        for url in kind.locate(case)
        for lang in languages
    ]
    home = sum(not location.url for location in listed)
    yield from cut_sitemap((*listed[:home], *of_cases, *listed[home:]), site)


def make_site_files(site: Site, read: ReadTexts | None = None) -> Iterator[DataStream]:
    """The files of the site that are no page: its citation, and the indexes of the search."""
    yield make_citation_file(site)
    yield from make_index_files(site, read)
