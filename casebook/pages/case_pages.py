"""The page of each case, and the list of all cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from operator import attrgetter

from casebook.messages import say
from casebook.pages.citations import cite
from casebook.pages.feeds import show_changes
from casebook.pages.home import list_overview, list_provinces
from casebook.pages.long_lists import MOST_LISTED, ListPart, LongList, Target, cut_page
from casebook.pages.page import (
    CasePageType,
    Page,
    Site,
    in_languages,
    section_page,
)
from casebook.pages.rows import (
    CaseLink,
    find_named,
    link_case,
    list_facts,
    list_sources,
    show_document,
    show_event,
    show_figure,
)
from casebook.pages.sharing import describe_case, write_linked_data
from casebook.record.comparability import group_by_class
from casebook.record.dataset import Dataset
from casebook.record.evidence import main_source
from casebook.record.lanes import TimelineItem, order_items
from casebook.record.model import Case
from casebook.record.references import find_chart_names
from casebook.record.summary import CaseSummary
from casebook.record.vocabulary import Region
from casebook.text import NO_TEXT, Lang, Text

# A province-level unit of the grid, its number of cases, and the address where they are listed.
Tile = tuple[Region, int, str]


def make_cases(case: Case, site: Site) -> Iterator[Page]:
    """The page of a case in both languages."""
    # Computed once for both languages, and only if a page is written.
    shared = cache(partial(_show_case, case, site.dataset))
    page = Page(
        url=f"cases/{case.slug}/",
        template="case.html",
        title=case.title,
        description=case.summary,
        context=partial(_show_case_in, case, shared, site),
        published=case.published,
        lastmod=case.updated,
        trail=(("cases/", say("pages.cases")),),
    )
    yield from in_languages(page, site)


def _show_case(case: Case, dataset: Dataset) -> dict[str, object]:
    """The context of the page of a case that both languages share."""
    before, after = dataset.neighbours(case)
    facts = list_facts(case, dataset)
    main = main_source(case, dataset.sources)
    above: list[Region] = []
    code = dataset.regions[case.region].parent
    # A list of regions of another country may lack some parents.
    while code and code in dataset.regions:
        above.insert(0, dataset.regions[code])
        code = dataset.regions[code].parent
    return {
        "main": main.main if main else NO_TEXT,
        "case": case,
        "link": link_case(case, dataset),
        "region": dataset.regions[case.region],
        "within": tuple(above),
        "topic": dataset.vocabulary.topics[case.topic],
        "facts": facts,
        "figures": {name: show_figure(figure, dataset) for name, figure in case.figures.items()},
        "events": tuple(
            show_event(item, dataset)
            for item in order_items(TimelineItem(event, case) for event in case.events)
        ),
        "documents": tuple(show_document(case, item, dataset) for item in case.documents),
        # Answers that another source gives are not missing.
        "missing": tuple(
            fact.question for fact in facts if fact.answer.shown in ("not_stated", "partial")
        ),
        "sources": list_sources(case, dataset),
        "before": link_case(before, dataset) if before else None,
        "after": link_case(after, dataset) if after else None,
    }


def _show_case_in(
    case: Case, shared: Callable[[], dict[str, object]], site: Site, page: Page
) -> dict[str, object]:
    """The context of the page of a case in one language, with the `shared` context of both."""
    dataset, lang = site.dataset, page.lang
    embedded = find_chart_names(case.story.inside(lang))
    drawings = site.charts_of.get((case.slug, lang), ())
    # Charts that the story embeds are not shown again.
    charts = [drawn for drawn in drawings if drawn.name not in embedded]
    named = find_named(case.story.inside(lang), dataset, case)
    notes = tuple(show_figure(figure, dataset) for figure in named)
    cited = {row.figure.key: row for row in notes}
    changes = [
        change
        for change in dataset.changes
        if change.case == case.slug or f"{change.case}.{change.figure}" in cited
    ]
    return {
        **shared(),
        "letter": write_letter(case, lang, dataset),
        "charts": charts,
        "why_no_chart": NO_TEXT if charts or embedded else explain_no_chart(case),
        "changes": show_changes(changes, dataset),
        "cited": tuple(cited.values()),
        "notes": notes,
        "citation": cite(case, link_case(case, dataset).name, lang, site),
        "linked_data": write_linked_data(describe_case(case, page, site)),
    }


def write_letter(case: Case, lang: Lang, dataset: Dataset) -> tuple[str, ...]:
    """The paragraphs of the letter with its blanks filled in; the page adds the questions."""
    letter = dataset.vocabulary.letter
    known = {
        "{place}": dataset.regions[case.region].name,
        "{topic}": dataset.vocabulary.topics[case.topic].name,
    }
    written = letter.inside(lang)
    # Blanks are filled in the language that the letter is written in, not that of the page.
    own = letter.written(lang)
    for blank, words in known.items():
        written = written.replace(blank, words.inside(own))
    return tuple(filter(None, (part.strip() for part in written.split("\n\n"))))


def explain_no_chart(case: Case) -> Text:
    """One sentence that says why the figures of the case are not drawn."""
    figures = case.printed_figures
    classes = len(group_by_class(figures))
    if not figures:
        return say("pages.no_chart.no_figure")
    if len(figures) == 1:
        return say("pages.no_chart.one_figure")
    if classes == 1:
        return say("pages.no_chart.one_class", count=len(figures))
    return say("pages.no_chart.classes", count=len(figures), classes=classes)


def make_index(site: Site) -> Iterator[Page]:
    """The list of all cases by region, in both languages."""
    dataset = site.dataset
    count = len(dataset.cases)
    tiles = list_tiles(dataset)
    # Nobody would compare thousands of cases in a table; a long list is only grouped by region.
    is_short = count <= MOST_LISTED
    table = cache(partial(list_overview, dataset)) if is_short else lambda: None

    def show(part: ListPart[CaseSummary]) -> Mapping[str, object]:
        groups: dict[str, list[CaseLink]] = {}
        for summary in part.entries:
            link = link_case(dataset.by_slug[summary.slug], dataset)
            groups.setdefault(dataset.province(summary.region).code, []).append(link)
        return {"groups": [(dataset.regions[code], links) for code, links in groups.items()]}

    def name(case: CaseSummary) -> Target:
        province = dataset.province(case.region)
        return f"#region-{province.code}", province.short

    page = replace(
        section_page("cases", count=count),
        context=lambda _: {"count": count, "tiles": tiles, "overview": table()},
        key=site.key(tiles, count, *(sorted(site.versions.items()) if is_short else ())),
    )
    listed = LongList(entries=dataset.summaries, show=show, sign=attrgetter("link"), name=name)
    yield from cut_page(page, listed, site)


def list_tiles(dataset: Dataset) -> tuple[Tile, ...]:
    """Every province-level unit, row by row from the north, in the order of reading and tabbing."""
    covered = {region.code: (count, address) for region, count, address in list_provinces(dataset)}
    placed = [region for region in dataset.regions.values() if region.tile is not None]
    return tuple(
        (region, *covered.get(region.code, (0, "")))
        for region in sorted(placed, key=lambda region: (region.tile or ())[::-1])
    )


CASES = CasePageType(name="case", make=make_cases, locate=lambda case: [f"cases/{case.slug}/"])
