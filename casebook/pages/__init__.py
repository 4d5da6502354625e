"""The pages of the site, one kind a module; this is their register."""

from __future__ import annotations

from casebook.pages.case_page import CASE_INDEX, CASES
from casebook.pages.chart_pages import CHARTS
from casebook.pages.compare import COMPARE
from casebook.pages.corrections import CORRECTIONS, CORRECTIONS_FEED
from casebook.pages.data_page import DATA
from casebook.pages.feeds import FEED, HEADERS, ROBOTS, make_sitemap_of
from casebook.pages.figure_pages import FIGURES
from casebook.pages.home import HOME
from casebook.pages.not_found import NOT_FOUND
from casebook.pages.page import CasePageType, PageType
from casebook.pages.redirects import MOVED, REDIRECTS
from casebook.pages.search import SEARCH
from casebook.pages.texts import PROSE
from casebook.pages.timeline_page import TIMELINE
from casebook.pages.versions import VERSIONS

# What stands in the site map, in its order: the pages of each case follow the home page.
_BEFORE_CASES: tuple[PageType, ...] = (HOME,)
_BEHIND_CASES: tuple[PageType, ...] = (
    *(CASE_INDEX, TIMELINE, COMPARE, CHARTS, DATA),
    *(SEARCH, PROSE, CORRECTIONS, VERSIONS),
)

CASE_PAGES: tuple[CasePageType, ...] = (CASES, FIGURES)

PAGES: tuple[PageType, ...] = (
    *_BEFORE_CASES,
    *_BEHIND_CASES,
    NOT_FOUND,
    MOVED,
    REDIRECTS,
    FEED,
    CORRECTIONS_FEED,
    # A map holds fifty thousand addresses at most, and the pages of figures would fill it.
    PageType("site map", make_sitemap_of(_BEFORE_CASES, (CASES,), _BEHIND_CASES)),
    ROBOTS,
    HEADERS,
)
