"""The texts of the editors: the lead with what is computed from all cases, and all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any, TypeAlias

from markupsafe import Markup

from casebook.checks.content import LEAD
from casebook.messages import failure, say
from casebook.pages import HOME_URL
from casebook.pages.case_page import list_tiles
from casebook.pages.citations import cite_data
from casebook.pages.feeds import show_changes
from casebook.pages.linked_data import describe_home, write_linked_data
from casebook.pages.long_lists import MOST_LISTED, FilterGroup, Value, list_filters, name_terms
from casebook.pages.page import Context, Page, Prose, Section, Site, Slot
from casebook.pages.rows import (
    CaseRow,
    FormulaPart,
    Frame,
    date_dataset,
    frame_chart,
    link_case,
    list_amounts,
    show_document,
    show_facts,
    show_figure,
    show_formula,
)
from casebook.problems import Exit
from casebook.record.comparability import name_class
from casebook.record.dataset import MOST_NAMED, Dataset
from casebook.record.evidence import Review
from casebook.record.model import Case, ShownState
from casebook.record.refusals import figures_of, judge_refusal
from casebook.record.summary import CaseSummary
from casebook.record.vocabulary import Refusal
from casebook.text import LANGS, LISTED, Lang, Text

# More amounts than this in one row of the overview hide the others from the reader.
OVERVIEW_AMOUNTS = 3
REVIEWS: tuple[Review, ...] = ("single", "contradicted", "corroborated", "primary", "computed")

# The slots that have a partial of their own; `money` and `chart:NAME` are drawn by the chart macro.
SLOTS = (
    *("overview", "refusals", "missing", "documents", "cases"),
    *("method", "reviews", "downloads"),
)

# A part of the lead: `text`, `chart` or the name of a partial, with what it shows.
Block: TypeAlias = "tuple[str, Markup | Frame | None]"
# A computation or comparison that suggests itself, and the reasons against it. The words of a part
# that is a figure are those of its place.
Refused = tuple[Text, tuple[FormulaPart, ...], tuple[Text, ...]]


def make_home(site: Site) -> Iterator[Page]:
    """The lead article in both languages."""
    shared = cache(partial(_show_shared, site.dataset))
    for lang in LANGS:
        lead = _find_text(LEAD, lang, site) or _plain_lead(lang, site)
        page = _make_page(lead, partial(_show_in, lang, lead, shared, site))
        updated = date_dataset(site.dataset)
        # A lead without English stays the lead of both languages, marked as Chinese.
        yield replace(page, url=HOME_URL, lang=lang, template="home.html", lastmod=updated)


def make_prose(site: Site) -> Iterator[Page]:
    """Every other text of the editors in both languages.

    A text that has no English is shown in Chinese on the English page, and marked so.
    """
    for slug in dict.fromkeys(slug for slug, _ in site.prose if slug != LEAD):
        for lang in LANGS:
            prose = _find_text(slug, lang, site) or site.prose[slug, LANGS[0]]
            yield replace(_make_page(prose, partial(dict, prose=prose)), lang=lang)


def _find_text(slug: str, lang: Lang, site: Site) -> Prose | None:
    """The text in the language, or in Chinese where it has no other."""
    return site.prose.get((slug, lang)) or site.prose.get((slug, LANGS[0]))


def _make_page(prose: Prose, context: Context) -> Page:
    english = prose.lang == "en"
    return Page(
        url=f"{prose.slug}/",
        template="prose.html",
        title=Text(prose.title, prose.title if english else ""),
        description=Text(prose.summary, prose.summary if english else ""),
        context=context,
    )


def _show_shared(dataset: Dataset) -> dict[str, object]:
    """The context of the home page that both languages share."""
    listed = replace(dataset, cases=dataset.cases[:MOST_LISTED])
    return {
        "overview": list_overview(listed),
        "case_count": len(dataset.cases),
        "refusals": list_refused(dataset),
        "reviews": count_reviews(dataset),
        "changes": show_changes(dataset.changes, dataset),
        "comparables": list_comparables(dataset),
        "computed": tuple(
            show_figure(figure, listed) for figure in listed.figures.values() if figure.formula
        ),
        "silences": count_silences(dataset),
        "documents": tuple(
            show_document(case, document, listed)
            for case, document in listed.documents[:MOST_LISTED]
        ),
        "cases": tuple(link_case(case, listed) for case in listed.cases),
        "tiles": list_tiles(dataset),
        "source_count": len(dataset.used_sources),
        "updated": date_dataset(dataset),
    }


def _show_in(
    lang: Lang, lead: Prose, shared: Callable[[], dict[str, object]], site: Site
) -> dict[str, object]:
    """The context of the home page in one language; `shared` gives what both share."""
    figures = site.dataset.figures
    return {
        **shared(),
        "lead": lead,
        "sections": tuple(
            (section, tuple(_list_blocks(section, lang, site))) for section in lead.sections
        ),
        "notes": tuple(show_figure(figures[key], site.dataset) for key in lead.figures),
        "method": _find_text("method", lang, site),
        "citation": cite_data(lang, site),
        "linked_data": write_linked_data(describe_home(lang, lead.title, lead.summary, site)),
    }


def _list_blocks(section: Section, lang: Lang, site: Site) -> Iterator[Block]:
    """The parts of a section of the lead, without charts that there is nothing to draw for."""
    for part in section.parts:
        if not isinstance(part, Slot):
            yield "text", part
        elif part.name in SLOTS:
            yield part.name, None
        elif part.name != "money" and not part.name.startswith("chart:"):
            known = ", ".join((*SLOTS, "money", "chart:NAME"))
            raise failure("pages.unknown_slot", status=Exit.CONTENT, name=part.name, known=known)
        elif drawn := site.charts.get((part.name.removeprefix("chart:"), lang)):
            yield "chart", frame_chart(drawn, site.dataset)


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


def list_overview(dataset: Dataset) -> tuple[tuple[FilterGroup, ...], tuple[CaseRow, ...]]:
    """The filters by provider type, amount and year, and the rows in administrative order."""
    values = {case.slug: _value_case(case, dataset) for case in dataset.cases}
    states = {
        "stated": say("pages.filters.stated"),
        "partial": say("pages.filters.partial"),
        "elsewhere": say("pages.filters.elsewhere"),
        "not_stated": say("pages.filters.not_stated"),
    }
    providers = name_terms(dataset.vocabulary.provider_types)
    filters = list_filters(
        (
            ("provider", say("pages.filters.provider"), providers),
            ("amount", say("pages.filters.purchase"), states),
            ("year", say("pages.filters.year"), states),
        ),
        values.values(),
    )
    # The filters have to be numbered before the first row can name those that keep it.
    rows = (_overview_row(case, filters.keep(values[case.slug]), dataset) for case in dataset.cases)
    return filters.groups, tuple(rows)


def _value_case(case: Case, dataset: Dataset) -> frozenset[Value]:
    """The values of a case that the filters of the overview ask for."""
    providers = dataset.answer(case, "provider_type").terms
    states = ((name, dataset.answer(case, name).shown) for name in ("amount", "year"))
    return frozenset((*(("provider", term) for term in providers), *states))


def _overview_row(case: Case, filters: tuple[int, ...], dataset: Dataset) -> CaseRow:
    vocabulary = dataset.vocabulary
    # A ceiling of a payout is money, but none that was spent.
    shown = list_amounts(case, dataset)[:OVERVIEW_AMOUNTS]
    used = {figure.status for figure in case.figures.values()}
    used |= {event.status for event in case.events if event.status}
    return CaseRow(
        link=link_case(case, dataset),
        figures=tuple(show_figure(figure, dataset) for figure in shown),
        answers=show_facts(case, ("provider_type", "provider", "mode", "year"), dataset),
        filters=filters,
        topic=vocabulary.topics[case.topic].name,
        states=LISTED.join(term.name for key, term in vocabulary.statuses.items() if key in used),
        more=len(dataset.money_figures(case)) - len(shown),
    )


def list_refused(dataset: Dataset) -> tuple[Refused, ...]:
    """The refusals that the data declare, each with its figures and the reasons for it."""
    return tuple(
        (refusal.title, tuple(_list_parts(refusal, dataset)), judge_refusal(refusal, dataset))
        for refusal in dataset.refusals
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
    """The number of figures that are supported in each way, the weakest first."""
    counts = dataset.reviews
    return {review: counts[review] for review in REVIEWS if review in counts}


def list_comparables(dataset: Dataset) -> tuple[Mapping[str, Any], ...]:
    """The classes of money that have more than one figure: only these may share a scale."""
    found = []
    for group, keys in dataset.classes.items():
        if len(keys) > 1 and dataset.vocabulary.measures[group.measure].kind == "money":
            # A place with several figures of the class is named once.
            slugs = dict.fromkeys(key.partition(".")[0] for key in keys)
            cases = [dataset.summaries[dataset.positions[slug]] for slug in slugs]
            listed = (dataset.figures[key] for key in keys[:MOST_NAMED])
            comparable = {
                "name": name_class(group, dataset.vocabulary),
                "figures": tuple(show_figure(figure, dataset) for figure in listed),
                "places": dataset.name_places(cases),
                "more": max(0, len(keys) - MOST_NAMED),
            }
            found.append(comparable)
    return tuple(found)


def count_silences(dataset: Dataset) -> tuple[Mapping[str, Any], ...]:
    """For each question the places where no source answers, the most silent question first.

    `elsewhere` are the places of which another source than the main one answers.
    """
    order: tuple[ShownState, ...]
    # Dots of one kind lie together, so that a row can be read as a share.
    order = ("stated", "partial", "elsewhere", "not_applicable", "not_stated")
    silences = []
    for number, question in enumerate(dataset.vocabulary.questions.values()):
        cases: dict[ShownState, list[CaseSummary]] = {state: [] for state in order}
        for case in dataset.summaries:
            cases[case.states[number]].append(case)
        silence = {
            "question": question,
            "states": tuple(state for state in order for _ in cases[state]),
            "not_stated": len(cases["not_stated"]),
            "places": dataset.name_places(cases["not_stated"]),
            "elsewhere": cases["elsewhere"] and dataset.name_places(cases["elsewhere"]),
        }
        silences.append(silence)
    return tuple(sorted(silences, key=lambda silence: -silence["not_stated"]))
