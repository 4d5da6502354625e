"""Register of the kinds of pages, in the order of the site map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casebook.data.formats import DataStream
from casebook.pages.case_page import CASE_INDEX, CASES
from casebook.pages.chart_pages import CHARTS
from casebook.pages.citations import make_citation_file
from casebook.pages.compare import COMPARE
from casebook.pages.corrections import CORRECTIONS, CORRECTIONS_FEED
from casebook.pages.data_page import DATA, VERSIONS
from casebook.pages.feeds import FEED, HEADERS, ROBOTS, cut_sitemap
from casebook.pages.figure_pages import FIGURES
from casebook.pages.home import HOME, PROSE
from casebook.pages.page import CasePageType, Location, Page, PageType, Site
from casebook.pages.redirects import MOVED, NOT_FOUND, REDIRECTS
from casebook.pages.search import SEARCH, ReadParts, make_index_files
from casebook.pages.timeline_page import TIMELINE
from casebook.text import LANGS

CASE_PAGES: tuple[CasePageType, ...] = (CASES, FIGURES)

PAGES: tuple[PageType, ...] = (
    *(HOME, CASE_INDEX, TIMELINE, COMPARE, CHARTS, DATA),
    *(SEARCH, PROSE, CORRECTIONS, VERSIONS),
    *(NOT_FOUND, MOVED, REDIRECTS, FEED, CORRECTIONS_FEED, ROBOTS, HEADERS),
)


def make_sitemap(listed: Sequence[Location], site: Site) -> Iterator[Page]:
    """The site map: the indexed pages of all cases together, those of each case behind home."""
    # A map holds fifty thousand addresses at most, and the pages of figures would fill it.
    of_cases = [
        Location(url, lang, case.date)
        for case in site.dataset.summaries
        for url in CASES.locate(case)
        for lang in LANGS
    ]
    home = sum(not location.url for location in listed)
    yield from cut_sitemap((*listed[:home], *of_cases, *listed[home:]), site)


def make_site_files(site: Site, read: ReadParts | None = None) -> Iterator[DataStream]:
    """The files of the site that are no page: its citation, and the indexes of the search."""
    yield make_citation_file(site)
    yield from make_index_files(site, read)
