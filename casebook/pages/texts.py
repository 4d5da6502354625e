"""The pages that editors write: method, glossary, about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from casebook.checks.content import LEAD as LEAD
from casebook.pages.page import Page, PageType, Site
from casebook.pages.rows import name_outdated
from casebook.record.model import Measure, Term
from casebook.text import LANGS, Text


@dataclass(frozen=True, slots=True)
class Terms:
    """One closed list of the vocabulary with its heading."""

    id: str
    title: Text
    terms: tuple[Term, ...]


def make_prose(site: Site) -> Iterator[Page]:
    """Every text of the editors but the lead, in both languages.

    A text that has no English is shown in Chinese on the English page, and marked so.
    """
    slugs = dict.fromkeys(slug for slug, _ in site.prose if slug != LEAD)
    for slug in slugs:
        for lang in LANGS:
            prose = site.prose.get((slug, lang)) or site.prose[(slug, LANGS[0])]
            glossary = slug == "glossary"
            yield Page(
                url=f"{slug}/",
                lang=lang,
                template="prose.html",
                title=Text(prose.title, prose.title if prose.lang == "en" else ""),
                description=Text(prose.summary, prose.summary if prose.lang == "en" else ""),
                context=partial(
                    dict,
                    prose=prose,
                    outdated=name_outdated(f"{slug}/", lang, site.dataset),
                    measures=_measures(site) if glossary else (),
                    term_lists=_term_lists(site) if glossary else (),
                ),
            )


def _measures(site: Site) -> tuple[Measure, ...]:
    return tuple(site.dataset.vocabulary.measures.values())


def _term_lists(site: Site) -> tuple[Terms, ...]:
    vocabulary = site.dataset.vocabulary
    return tuple(
        Terms(name, title, tuple(terms.values()))
        for name, title, terms in (
            ("provider-types", Text("承接方类型", "Types of provider"), vocabulary.provider_types),
            ("modes", Text("购买方式", "Modes of purchase"), vocabulary.modes),
            (
                "statuses",
                Text("数字与事件的状态", "States of figures and events"),
                vocabulary.statuses,
            ),
            ("document-states", Text("文件的状态", "Document states"), vocabulary.document_states),
        )
    )


PROSE = PageType("prose", make_prose)
