"""The texts of the editors: the lead, which is the home page, and all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from markupsafe import Markup

from casebook.checks.content import LEAD
from casebook.messages import say
from casebook.pages import HOME_URL
from casebook.pages.blocks import Blocks
from casebook.pages.chart_pages import find_card
from casebook.pages.linked_data import describe_home, write_linked_data
from casebook.pages.markdown import split_slots
from casebook.pages.page import Context, Page, Prose, Section, Site, Slot
from casebook.pages.rows import show_figure
from casebook.text import Lang, Text
from casebook.values.dates import parse_period


def make_home(site: Site) -> Iterator[Page]:
    """The lead article in both languages."""
    blocks = Blocks(site)
    for lang in site.languages:
        lead = _find_text(LEAD, lang, site) or _plain_lead(lang, site)
        page = _make_page(lead, partial(_show_lead, lang, lead, blocks, site))
        updated = site.dataset.updated
        # A lead that is not translated stays the lead of both languages, marked as what it is.
        home = replace(page, url=HOME_URL, lang=lang, template="home.html", lastmod=updated)
        yield replace(home, published=lead.published)


def make_prose(site: Site) -> Iterator[Page]:
    """Every other text of the editors in both languages.

    A text that is not translated is shown as it is on the page of a translation, and marked so.
    """
    blocks = Blocks(site)
    for slug in dict.fromkeys(slug for slug, _ in site.prose if slug != LEAD):
        for lang in site.languages:
            prose = _find_text(slug, lang, site) or site.prose[slug, site.languages.first]
            yield replace(_make_page(prose, partial(_show_text, lang, prose, blocks)), lang=lang)


def _find_text(slug: str, lang: Lang, site: Site) -> Prose | None:
    """The text in the language, or in the site's own where it has no other."""
    return site.prose.get((slug, lang)) or site.prose.get((slug, site.languages.first))


def _make_page(prose: Prose, context: Context) -> Page:
    return Page(
        url=f"{prose.slug}/",
        template="prose.html",
        title=Text(**{prose.lang: prose.title}),
        description=Text(**{prose.lang: prose.summary}),
        context=context,
    )


def _show_text(lang: Lang, prose: Prose, blocks: Blocks) -> Mapping[str, object]:
    parts = split_slots(prose.body)
    return {"prose": prose, "blocks": tuple(blocks.fill(parts, lang))}


def _show_lead(lang: Lang, lead: Prose, blocks: Blocks, site: Site) -> Mapping[str, object]:
    """The context of the home page in one language."""
    figures, updated = site.dataset.figures, site.dataset.updated
    card = find_card(Page(url=HOME_URL, template="", lang=lang), site)
    filled = ((section, tuple(blocks.fill(section.parts, lang))) for section in lead.sections)
    return {
        "lead": lead,
        "sections": tuple((section, shown) for section, shown in filled if shown),
        "notes": tuple(show_figure(figures[key], site.dataset) for key in lead.figures),
        "published": lead.published and parse_period(lead.published),
        "updated": updated and parse_period(updated),
        "linked_data": write_linked_data(describe_home(lang, lead, card, site)),
    }


def _plain_lead(lang: Lang, site: Site) -> Prose:
    """The lead of a site whose editors have not written one."""
    titles = {
        "overview": say("pages.home.overview"),
        "money": say("pages.home.money"),
        "missing": say("pages.home.missing"),
        "cases": say("pages.cases"),
        "downloads": say("pages.home.downloads"),
    }
    summary = site.settings.tagline.inside(lang)
    sections = (Section(name, title.inside(lang), (Slot(name),)) for name, title in titles.items())
    return Prose(
        slug=LEAD,
        lang=lang,
        title=site.settings.name.inside(lang),
        summary=summary,
        body=Markup(""),
        sections=tuple(sections),
        standfirst=(Markup("<p>{}</p>").format(summary),),
    )
