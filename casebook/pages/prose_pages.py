"""The pages that editors write: method, glossary, about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from casebook.checks.content import LEAD
from casebook.pages.page import Page, PageType, Site
from casebook.text import LANGS, Text


def make_prose(site: Site) -> Iterator[Page]:
    """Every text of the editors but the lead, in both languages.

    A text that has no English is shown in Chinese on the English page, and marked so.
    """
    for slug in dict.fromkeys(slug for slug, _ in site.prose if slug != LEAD):
        for lang in LANGS:
            prose = site.prose.get((slug, lang)) or site.prose[(slug, LANGS[0])]
            english = prose.lang == "en"
            yield Page(
                url=f"{slug}/",
                lang=lang,
                template="prose.html",
                title=Text(prose.title, prose.title if english else ""),
                description=Text(prose.summary, prose.summary if english else ""),
                context=partial(dict, prose=prose),
            )


PROSE = PageType("prose", make_prose)
