"""The pages of the site, one kind a module; this is their register."""

from __future__ import annotations

from casebook.pages.base import CasePageType, PageType
from casebook.pages.case import CASE_INDEX, CASES
from casebook.pages.charts import CHARTS
from casebook.pages.compare import COMPARE
from casebook.pages.corrections import CORRECTIONS, CORRECTIONS_FEED
from casebook.pages.data import DATA
from casebook.pages.feeds import FEED, HEADERS, ROBOTS, make_sitemap_of
from casebook.pages.figures import FIGURES
from casebook.pages.home import HOME
from casebook.pages.moved import MOVED, REDIRECTS
from casebook.pages.notfound import NOT_FOUND
from casebook.pages.prose import PROSE
from casebook.pages.search import SEARCH
from casebook.pages.timeline import TIMELINE
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
