"""The page for an address that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from casebook.messages import say
from casebook.pages.page import Page, PageType, Site
from casebook.pages.pagination import MOST_LISTED
from casebook.pages.rows import link_case
from casebook.text import LANGS


def make_notfound(site: Site) -> Iterator[Page]:
    """The page in both languages, with the list of what does exist."""
    cases = tuple(link_case(case, site.dataset) for case in site.dataset.cases[:MOST_LISTED])
    for lang in LANGS:
        yield Page(
            url="404.html",
            lang=lang,
            template="404.html",
            title=say("pages.not_found"),
            description=say("pages.not_found.description"),
            context=partial(dict, cases=cases),
            indexed=False,
        )


NOT_FOUND = PageType("not found", make_notfound)
