"""The register of the kinds of pages, in the order of the site map, and pages without content.

Pages without content are the site map, the files for hosts and robots, and the pages at unknown,
moved or withdrawn addresses.
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

# The most addresses in one file by the protocol of site maps (sitemaps.org).
MOST_LOCATIONS = 50_000
# The format requires whole addresses; this reserved one cannot lead to a stranger's site.
LOCAL_ADDRESS = "http://localhost"
# The files beside the page of a case, named after it.
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
    """A page at every address that was published and no longer exists, in both languages.

    Moved addresses are also in `_redirects`, in the form that several hosts read.
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
            # Relative, so that one path works in both languages. It names the file, because opened
            # from a disk a folder would be listed.
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
    # Hosts use the first line that matches.
    for lang in languages:
        yield languages.address(old, lang), languages.address(new, lang)
    if old.startswith("cases/") and new.startswith("cases/"):
        before, after = old.split("/")[1], new.split("/")[1]
        for end in _FILES:
            yield f"/{old}{before}.{end}", f"/{new}{after}.{end}"


def cut_sitemap(
    locations: Sequence[Location], site: Site, most: int = MOST_LOCATIONS
) -> Iterator[Page]:
    """The site map, or a list of parts and the parts if it has more than `most` addresses."""
    root = site.settings.siteurl or LOCAL_ADDRESS
    parts = [locations[start : start + most] for start in range(0, len(locations), most)] or [()]
    # Search engines know sitemap.xml, so the list of parts keeps this name.
    names = ["sitemap.xml"]
    if len(parts) > 1:
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        yield _make_file("sitemap.xml", "sitemap-index.xml", site, names=tuple(names), root=root)
    for name, part in zip(names, parts, strict=True):
        file = _make_file(name, "sitemap.xml", site, locations=tuple(part), root=root)
        # A key, because most edits change no date and printing thousands of addresses is slow.
        yield replace(file, key=site.key(part, root))


def make_host_files(site: Site) -> Iterator[Page]:
    """The headers that a host should send, in a form that several hosts read, and robots.txt."""
    yield _make_file("_headers", "headers.txt", site)
    yield _make_file("robots.txt", "robots.txt", site)


def _make_file(url: str, template: str, site: Site, **shown: object) -> Page:
    """A file that has no language."""
    page = Page(url=url, lang=site.languages.first, template=template, indexed=False)
    return page.showing(**shown)


CASE_PAGES: tuple[CasePageType, ...] = (CASES, FIGURES)

PAGES: tuple[MakePages, ...] = (
    *(make_home, make_index, make_timeline, make_compare, make_figure_index),
    *(make_charts, make_data, make_search, make_prose, make_corrections, make_versions),
    *(make_not_found, make_moved, make_host_files),
    *(make_feed, make_feed_of_corrections),
)
# These show only the parts of a case that its version covers.
VERSIONED: frozenset[MakePages] = frozenset({make_timeline, make_compare, make_figure_index})


def make_sitemap(listed: Sequence[Location], site: Site) -> Iterator[Page]:
    """The site map: home, the pages of each case, then the other indexed pages."""
    summaries, languages = site.dataset.summaries, site.languages
    # On a large site search engines find the page of figures by the page of the case.
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
    """The files of the site that are not pages: its citation and the search indexes."""
    yield make_citation_file(site)
    yield from make_index_files(site, read)
