"""The pages of the site, one kind a module; this is their register."""

from __future__ import annotations

from casebook.pages.base import PageType
from casebook.pages.case import CASE_INDEX, CASES
from casebook.pages.charts import CHARTS
from casebook.pages.compare import COMPARE
from casebook.pages.corrections import CORRECTIONS, CORRECTIONS_FEED
from casebook.pages.feeds import FEED, HEADERS, ROBOTS, make_sitemap_of
from casebook.pages.home import HOME
from casebook.pages.moved import MOVED, REDIRECTS
from casebook.pages.notfound import NOT_FOUND
from casebook.pages.prose import PROSE
from casebook.pages.search import SEARCH
from casebook.pages.timeline import TIMELINE

_INDEXED: tuple[PageType, ...] = (
    *(HOME, CASES, CASE_INDEX, TIMELINE, COMPARE, CHARTS),
    *(SEARCH, PROSE, CORRECTIONS),
)

PAGES: tuple[PageType, ...] = (
    *_INDEXED,
    NOT_FOUND,
    MOVED,
    REDIRECTS,
    FEED,
    CORRECTIONS_FEED,
    PageType("site map", make_sitemap_of(_INDEXED)),
    ROBOTS,
    HEADERS,
)
