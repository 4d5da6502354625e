"""The pages of the editors' texts with their slots filled; the lead is the home page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import groupby
from typing import Any, Final

from markupsafe import Markup

from casebook.checks.content import LEAD
from casebook.messages import failure, say
from casebook.pages import HOME_URL
from casebook.pages.citations import cite_data
from casebook.pages.feeds import show_changes
from casebook.pages.long_lists import MOST_LISTED, address_part
from casebook.pages.markdown import split_slots
from casebook.pages.page import Page, Prose, Section, Site, Slot
from casebook.pages.rows import (
    CaseRow,
    FigureRow,
    FormulaPart,
    link_case,
    link_cases,
    list_amounts,
    show_document,
    show_facts,
    show_figure,
    show_formula,
)
from casebook.pages.sharing import describe_home, write_linked_data
from casebook.problems import Exit
from casebook.record.comparability import name_class
from casebook.record.dataset import MOST_NAMED, Dataset
from casebook.record.evidence import Review, main_source
from casebook.record.model import Case
from casebook.record.refusals import figures_of, judge_refusal
from casebook.record.vocabulary import Refusal, Region
from casebook.text import LISTED, NO_TEXT, Lang, Text
from casebook.values.dates import parse_period

# The most amounts in one row of the overview; with more, readers overlook some.
OVERVIEW_AMOUNTS = 3
# The most computed figures that are listed; more are on the pages of their cases.
_MOST_COMPUTED = 12
# The most figures of a class that are listed; more are on the page that compares them.
_MOST_COMPARED = 12
REVIEWS: tuple[Review, ...] = ("single", "contradicted", "corroborated", "primary", "computed")

# A part of a text: `text`, `chart` or the name of a partial, and the values for it.
Block = tuple[str, object]
# Rows by the code of the province; the number of cases listed, and of all cases.
Overview = tuple[tuple[tuple[str, tuple[CaseRow, ...]], ...], int, int]
# A refused computation or comparison: its title, its parts, and the reasons. The words of a part
# with a figure are those of its place.
Refused = tuple[Text, tuple[FormulaPart, ...], tuple[Text, ...]]


def make_home(site: Site) -> Iterator[Page]:
    """The lead article in both languages."""
    blocks = Blocks(site)
    for lang in site.languages:
        lead = _find_text(LEAD, lang, site) or _plain_lead(lang, site)
        page = _make_page(lead, lang, partial(_show_lead, lead, blocks))
        # A lead without a translation is the lead of both languages, marked with its language.
        home = replace(page, url=HOME_URL, template="home.html", lastmod=site.dataset.updated)
        yield replace(home, published=lead.published)


def make_prose(site: Site) -> Iterator[Page]:
    """The pages of the editors' texts except the lead, in both languages.

    A text without a translation is shown untranslated on the page of the translation, and marked.
    """
    blocks = Blocks(site)
    for slug in dict.fromkeys(slug for slug, _ in site.prose if slug != LEAD):
        for lang in site.languages:
            prose = _find_text(slug, lang, site) or site.prose[slug, site.languages.first]
            yield _make_page(prose, lang, partial(_show_text, prose, blocks))


def _find_text(slug: str, lang: Lang, site: Site) -> Prose | None:
    """The text in the language, or else in the first language of the site."""
    return site.prose.get((slug, lang)) or site.prose.get((slug, site.languages.first))


def _make_page(prose: Prose, lang: Lang, show: Callable[[Page], Mapping[str, object]]) -> Page:
    return Page(
        url=f"{prose.slug}/",
        lang=lang,
        template="prose.html",
        title=Text(**{prose.lang: prose.title}),
        description=Text(**{prose.lang: prose.summary}),
        context=show,
    )


def _show_text(prose: Prose, blocks: Blocks, page: Page) -> Mapping[str, object]:
    return {"prose": prose, "blocks": tuple(blocks.fill(split_slots(prose.body), page.lang))}


def _show_lead(lead: Prose, blocks: Blocks, page: Page) -> Mapping[str, object]:
    site, figures = blocks.site, blocks.site.dataset.figures
    filled = ((section, tuple(blocks.fill(section.parts, page.lang))) for section in lead.sections)
    return {
        "lead": lead,
        "sections": tuple((section, shown) for section, shown in filled if shown),
        "notes": tuple(show_figure(figures[key], site.dataset) for key in lead.figures),
        "published": lead.published and parse_period(lead.published),
        "updated": page.lastmod and parse_period(page.lastmod),
        "linked_data": write_linked_data(describe_home(page, site)),
    }


def _plain_lead(lang: Lang, site: Site) -> Prose:
    """The default lead of a site without a written one."""
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


class Blocks:
    """The contents of slots, computed once for all texts and both languages."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.show = cache(self._show)

    def fill(self, parts: Sequence[Markup | Slot], lang: Lang) -> Iterator[Block]:
        """The parts of a text with slots filled; slots without content are left out."""
        for part in parts:
            if not isinstance(part, Slot):
                yield "text", part
                continue
            kind, _, name = part.name.partition(":")
            if kind == "downloads":
                yield kind, cite_data(lang, self.site)
            elif kind in _SHOWN or (kind == "refusal" and name):
                if shown := self.show(kind, name):
                    yield kind, shown
            elif kind not in ("money", "chart"):
                known = ", ".join((*_SHOWN, "downloads", "money", "chart:NAME", "refusal:NAME"))
                raise failure(
                    "pages.unknown_slot", status=Exit.CONTENT, name=part.name, known=known
                )
            elif drawn := self.site.charts.get((name or kind, lang)):
                yield "chart", drawn

    def _show(self, kind: str, name: str) -> object:
        if kind == "refusal":
            return next(iter(list_refused(self.site.dataset, only=name)), None)
        return _SHOWN[kind](self.site.dataset)


def list_overview(dataset: Dataset) -> Overview:
    """The rows of the overview in administrative order, at most MOST_LISTED."""
    listed = replace(dataset, cases=dataset.cases[:MOST_LISTED])
    provinces = tuple(
        (code, tuple(_overview_row(case, listed) for case in cases))
        for code, cases in groupby(listed.cases, lambda case: dataset.province(case.region).code)
    )
    return provinces, len(listed.cases), len(dataset.cases)


def _overview_row(case: Case, dataset: Dataset) -> CaseRow:
    vocabulary = dataset.vocabulary
    # Ceilings of payouts are not among them, because they are not money spent.
    shown = list_amounts(case, dataset)[:OVERVIEW_AMOUNTS]
    used = {figure.status for figure in case.figures.values()}
    used |= {event.status for event in case.events if event.status}
    return CaseRow(
        link=link_case(case, dataset),
        figures=tuple(show_figure(figure, dataset) for figure in shown),
        answers=show_facts(case, (*dataset.who_and_how, "provider", "year"), dataset),
        topic=vocabulary.topics[case.topic].name,
        states=LISTED.join(term.name for key, term in vocabulary.statuses.items() if key in used),
        more=len(dataset.money_figures(case)) - len(shown),
        has_main=main_source(case, dataset.sources) is not None,
    )


def list_provinces(dataset: Dataset) -> Iterator[tuple[Region, int, str]]:
    """The province-level units with cases, each with their number and the address of the list."""
    before = 0
    for code, found in groupby(dataset.summaries, lambda case: dataset.province(case.region).code):
        slugs = [case.slug for case in found]
        # The index of cases may have several pages.
        page = address_part("cases/", 1 + before // MOST_LISTED)
        address = f"cases/{slugs[0]}/" if len(slugs) == 1 else f"{page}#region-{code}"
        yield dataset.regions[code], len(slugs), address
        before += len(slugs)


def _list_cases(dataset: Dataset) -> Mapping[str, Any]:
    """Links to the cases, or to the provinces if there are more than MOST_NAMED cases."""
    if len(dataset.cases) > MOST_NAMED:
        return {"links": (), "provinces": tuple(list_provinces(dataset))}
    return {"links": link_cases(dataset.cases, dataset), "provinces": ()}


def list_refused(dataset: Dataset, only: str = "") -> tuple[Refused, ...]:
    """The refusals that the data declare, or one of them, with their figures and reasons."""
    return tuple(
        (refusal.title, tuple(_list_parts(refusal, dataset)), judge_refusal(refusal, dataset))
        for refusal in dataset.refusals
        if only in ("", refusal.id)
    )


def _list_parts(refusal: Refusal, dataset: Dataset) -> Iterator[FormulaPart]:
    if refusal.formula:
        case = dataset.by_slug[refusal.case]
        for figure, words in show_formula(refusal.formula, case):
            named = refusal.unknown.get(words.zh, words)
            yield figure, dataset.place(case) if figure else named
        return
    for number, compared in enumerate(figures_of(refusal, dataset)):
        if number and refusal.compare:
            yield None, Text("≠")
        yield compared, dataset.place(dataset.by_slug[compared.case])


def count_reviews(dataset: Dataset) -> Mapping[Review, int]:
    """The number of figures by kind of support, the weakest first."""
    counts = dataset.reviews
    return {review: counts[review] for review in REVIEWS if review in counts}


def list_comparables(dataset: Dataset) -> tuple[Mapping[str, Any], ...]:
    """The classes of money with more than one figure; only their figures may share a scale."""
    found = []
    for group, keys in dataset.classes.items():
        if len(keys) > 1 and dataset.vocabulary.measures[group.measure].kind == "money":
            # A place with several figures of the class is named once.
            slugs = dict.fromkeys(key.partition(".")[0] for key in keys)
            regions = Counter(dataset.summaries[dataset.positions[slug]].region for slug in slugs)
            listed = [dataset.figures[key] for key in keys[:_MOST_COMPARED]]
            comparable = {
                "name": name_class(group, dataset.vocabulary),
                "figures": tuple(show_figure(figure, dataset) for figure in listed),
                # If the class has several places, each number needs the name of its place.
                "owners": tuple(
                    dataset.label(dataset.by_slug[figure.case]) if len(slugs) > 1 else NO_TEXT
                    for figure in listed
                ),
                "places": dataset.name_places(regions),
                "more": max(0, len(keys) - _MOST_COMPARED),
            }
            found.append(comparable)
    return tuple(found)


def _list_computed(dataset: Dataset) -> tuple[tuple[FigureRow, ...], int] | None:
    """The first figures that the site computes, and the number of further ones."""
    listed = replace(dataset, cases=dataset.cases[:MOST_LISTED])
    rows = [show_figure(figure, listed) for figure in listed.figures.values() if figure.formula]
    return (tuple(rows[:_MOST_COMPUTED]), len(rows[_MOST_COMPUTED:])) if rows else None


def count_silences(dataset: Dataset) -> tuple[Mapping[str, Any], ...]:
    """For each question the places where no source answers, most unanswered questions first.

    `elsewhere` are the places for which only a source other than the main one answers.
    """
    silences = [
        {
            "question": dataset.vocabulary.questions[question],
            "count": len(dataset.summaries),
            "not_stated": sum(places["not_stated"].values()),
            "places": dataset.name_places(places["not_stated"]),
            "elsewhere": places["elsewhere"] and dataset.name_places(places["elsewhere"]),
        }
        for question, places in dataset.count_places(dataset.summaries)
    ]
    return tuple(sorted(silences, key=lambda silence: silence["not_stated"], reverse=True))


_SHOWN: Final[Mapping[str, Callable[[Dataset], object]]] = {
    "overview": list_overview,
    "refusals": list_refused,
    "comparables": list_comparables,
    "computed": _list_computed,
    "missing": count_silences,
    "documents": lambda dataset: tuple(
        show_document(case, document, dataset) for case, document in dataset.documents[:MOST_LISTED]
    ),
    "cases": _list_cases,
    "reviews": lambda dataset: (count_reviews(dataset), show_changes(dataset.changes[:5], dataset)),
}
