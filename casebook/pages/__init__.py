"""The pages of the site, one kind a module; this is their register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from casebook.data.formats import DataStream
from casebook.pages.case_page import CASE_INDEX, CASES
from casebook.pages.chart_pages import CHARTS
from casebook.pages.citations import make_citation_file
from casebook.pages.compare import COMPARE
from casebook.pages.corrections import CORRECTIONS, CORRECTIONS_FEED
from casebook.pages.data_page import DATA
from casebook.pages.feeds import FEED, HEADERS, ROBOTS, cut_sitemap, list_locations
from casebook.pages.figure_pages import FIGURES
from casebook.pages.home import HOME
from casebook.pages.page import CasePageType, Location, Page, PageType, Site
from casebook.pages.prose_pages import PROSE
from casebook.pages.redirects import make_moved, make_not_found, make_redirects
from casebook.pages.search import SEARCH, ReadParts, make_index_files
from casebook.pages.timeline_page import TIMELINE
from casebook.pages.versions import VERSIONS

CASE_PAGES: tuple[CasePageType, ...] = (CASES, FIGURES)

# The site map lists what is in it of these, in their order, the pages of cases behind the first.
_LISTED: tuple[PageType, ...] = (
    *(HOME, CASE_INDEX, TIMELINE, COMPARE, CHARTS, DATA),
    *(SEARCH, PROSE, CORRECTIONS, VERSIONS),
)
# The addresses that every site has, whatever it holds.
FIXED_ADDRESSES = tuple(url for kind in _LISTED for url in kind.addresses)

PAGES: tuple[PageType, ...] = (
    *_LISTED,
    PageType("not found", make_not_found),
    PageType("moved", partial(make_moved, FIXED_ADDRESSES)),
    PageType("redirects", partial(make_redirects, FIXED_ADDRESSES)),
    *(FEED, CORRECTIONS_FEED, ROBOTS, HEADERS),
)


def make_sitemap(listed: Sequence[Location], site: Site) -> Iterator[Page]:
    """The site map of the indexed pages of all cases together, and of those of each case."""
    # A map holds fifty thousand addresses at most, and the pages of figures would fill it.
    yield from cut_sitemap(list_locations(listed, (CASES,), site), site)


def make_site_files(site: Site, read: ReadParts | None = None) -> Iterator[DataStream]:
    """The files of the site that are no page: its citation, and the indexes of the search."""
    yield make_citation_file(site)
    yield from make_index_files(site, read)
