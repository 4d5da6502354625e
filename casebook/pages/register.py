"""Register of the kinds of pages, in the order of the site map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casebook.data.formats import DataStream
from casebook.pages.case_page import CASES, make_index
from casebook.pages.chart_pages import make_charts
from casebook.pages.citations import make_citation_file
from casebook.pages.compare import make_compare, make_timeline
from casebook.pages.data_page import make_data, make_versions
from casebook.pages.feeds import (
    MOST_LOCATIONS,
    cut_sitemap,
    make_corrections,
    make_feed,
    make_feed_of_corrections,
    make_host_files,
)
from casebook.pages.figure_pages import FIGURES, make_figure_index
from casebook.pages.home import make_home, make_prose
from casebook.pages.page import CasePageType, Location, MakePages, Page, Site
from casebook.pages.redirects import make_moved, make_not_found, make_redirects
from casebook.pages.search import ReadParts, make_index_files, make_search

CASE_PAGES: tuple[CasePageType, ...] = (CASES, FIGURES)

PAGES: tuple[MakePages, ...] = (
    *(make_home, make_index, make_timeline, make_compare, make_figure_index),
    *(make_charts, make_data, make_search, make_prose, make_corrections, make_versions),
    *(make_not_found, make_moved, make_redirects),
    *(make_feed, make_feed_of_corrections, make_host_files),
)


def make_sitemap(listed: Sequence[Location], site: Site) -> Iterator[Page]:
    """The site map: the indexed pages of all cases together, those of each case behind home."""
    summaries, languages = site.dataset.summaries, site.languages
    figures = sum(len(case.figures) for case in summaries) * len(languages)
    # The pages of figures of a large site would fill a dozen maps, and the page of a case links
    # each of its own.
    kinds = CASE_PAGES if figures + len(listed) <= MOST_LOCATIONS // 2 else (CASES,)
    of_cases = [
        Location(url, lang, case.date)
        for case in summaries
        for kind in kinds
        for url in kind.locate(case)
        for lang in languages
    ]
    home = sum(not location.url for location in listed)
    yield from cut_sitemap((*listed[:home], *of_cases, *listed[home:]), site)


def make_site_files(site: Site, read: ReadParts | None = None) -> Iterator[DataStream]:
    """The files of the site that are no page: its citation, and the indexes of the search."""
    yield make_citation_file(site)
    yield from make_index_files(site, read)
