"""The page of one case, and the index of all cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from operator import attrgetter

from casebook.messages import say
from casebook.pages.citing import cite_case
from casebook.pages.corrections import show_changes
from casebook.pages.linked_data import describe_case, write_linked_data
from casebook.pages.page import CasePageType, Page, PageType, Site
from casebook.pages.pagination import ListPart, cut_page
from casebook.pages.province_grid import INDEX, list_tiles
from casebook.pages.rows import (
    CaseLink,
    FigureRow,
    Statement,
    frame_chart,
    link_case,
    list_facts,
    list_sources,
    name_outdated,
    show_document,
    show_event,
    show_figure,
    show_reports,
)
from casebook.problems import START
from casebook.record.dataset import Dataset, TimelineItem, order_items
from casebook.record.evidence import date_case
from casebook.record.model import Case, Change, Figure, Region
from casebook.record.references import find_chart_names, find_references
from casebook.record.summary import CaseSummary
from casebook.text import LANGS, NO_TEXT, Lang, Text
from casebook.values.comparability import group_by_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Statements about one thing that do not agree, side by side."""

    about: Text
    note: Text
    figures: tuple[FigureRow, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class RegionGroup:
    """The cases of one province-level unit."""

    region: Region
    cases: tuple[CaseLink, ...]


def make_cases(case: Case, site: Site) -> Iterator[Page]:
    """The page of a case in both languages."""
    shown = cache(partial(show_case, case, site.dataset))
    for lang in LANGS:
        yield Page(
            url=f"cases/{case.slug}/",
            lang=lang,
            template="case.html",
            title=case.title,
            description=case.summary,
            context=partial(_show_in, lang, case, shown, site),
            lastmod=date_case(case, site.dataset.sources),
        )


def locate_cases(case: CaseSummary) -> Iterator[tuple[str, Lang]]:
    """The address of the page of a case in both languages."""
    for lang in LANGS:
        yield f"cases/{case.slug}/", lang


def show_case(case: Case, dataset: Dataset) -> dict[str, object]:
    """What the page of a case shows in either language."""
    before, after = dataset.neighbours(case)
    facts = list_facts(case, dataset)
    return {
        "case": case,
        "link": link_case(case, dataset),
        "region": dataset.regions[case.region],
        "within": _regions_above(case, dataset),
        "topic": dataset.vocabulary.topics[case.topic],
        "facts": facts,
        "figures": tuple(show_figure(figure, dataset) for figure in case.figures.values()),
        "events": tuple(show_event(item, dataset) for item in _order_events(case)),
        "documents": tuple(show_document(case, item, dataset) for item in case.documents),
        "disputes": list_disputes(case, dataset),
        "missing": tuple(
            fact.question for fact in facts if fact.state in ("not_stated", "partial")
        ),
        "sources": list_sources(case, dataset),
        "before": link_case(before, dataset) if before else None,
        "after": link_case(after, dataset) if after else None,
    }


def _show_in(
    lang: Lang, case: Case, shown: Callable[[], dict[str, object]], site: Site
) -> dict[str, object]:
    """What the page of a case shows in one language; `shown` is what it shows in either."""
    dataset = site.dataset
    drawings = list(site.charts_of.get((case.slug, lang), ()))
    # A drawing of dates stands with the dates; it says nothing about the figures.
    # A chart that the story shows is not shown again.
    told = find_chart_names(case.story.inside(lang))
    drawings = [drawn for drawn in drawings if drawn.name not in told]
    of_dates = [drawn for drawn in drawings if drawn.name.endswith("-timeline")]
    charts = tuple(frame_chart(drawn, dataset) for drawn in drawings if drawn not in of_dates)
    return {
        **shown(),
        "outdated": name_outdated(f"cases/{case.slug}/", lang, dataset),
        "charts": charts,
        "why_no_chart": NO_TEXT if charts or told else explain_no_chart(case, dataset),
        "date_charts": tuple(frame_chart(drawn, dataset) for drawn in of_dates),
        "changes": show_changes(list_changes(case, lang, dataset), dataset),
        "cited": list_cited(case, lang, dataset),
        "notes": list_notes(case, lang, dataset),
        "citation": cite_case(case, lang, site),
        "linked_data": write_linked_data(describe_case(case, lang, site)),
    }


def explain_no_chart(case: Case, dataset: Dataset) -> Text:
    """One sentence that says why the figures of the case are not drawn."""
    if not case.printed_figures:
        return Text(
            "来源没有给出任何数字，所以这里没有图。",
            "The sources give no number at all, so there is no chart here.",
        )
    if len(case.printed_figures) == 1:
        return Text(
            "来源只给出一个数字，没有可比的第二个，所以这里没有图。",
            "The sources give a single number and nothing to compare it with, "
            "so there is no chart here.",
        )
    classes = len(group_by_class(case.printed_figures))
    count = len(case.printed_figures)
    if classes == 1:
        return Text(
            f"这里的{count}个数字口径相同，但不足以画成一张不误导的图，所以只列在表中。",
            f"The {count} numbers are of one kind but not enough for a chart that does not "
            "mislead, so they stand in the table only.",
        )
    return Text(
        f"这里的{count}个数字分属{classes}种口径，彼此不能比较，放在一条轴上会误导，所以没有图。",
        f"The {count} numbers here are of {classes} kinds that cannot be compared; one axis for "
        "all would mislead, so there is no chart.",
    )


def list_disputes(case: Case, dataset: Dataset) -> tuple[Dispute, ...]:
    """The contradictions of a case with both sides spelled out."""
    return tuple(
        Dispute(
            about=conflict.about,
            note=conflict.note,
            figures=tuple(show_figure(case.figures[name], dataset) for name in conflict.figures),
            statements=show_reports(conflict.reports, dataset),
        )
        for conflict in case.conflicts
    )


def list_notes(case: Case, lang: Lang, dataset: Dataset) -> tuple[FigureRow, ...]:
    """The figures that the story names, as often and in the order as it does: its endnotes."""
    named = (
        dataset.find_figure(reference.case, reference.name, case)
        for reference in find_references(case.story.inside(lang), START)
    )
    return tuple(show_figure(figure, dataset) for figure in named if figure is not None)


def list_cited(case: Case, lang: Lang, dataset: Dataset) -> tuple[FigureRow, ...]:
    """The figures that the story names, each once, in the order of the text."""
    return tuple(show_figure(figure, dataset) for figure in _name_cited(case, lang, dataset))


def _name_cited(case: Case, lang: Lang, dataset: Dataset) -> tuple[Figure, ...]:
    named: dict[str, Figure] = {}
    for reference in find_references(case.story.inside(lang), START):
        figure = dataset.find_figure(reference.case, reference.name, case)
        if figure is not None:
            named.setdefault(figure.key, figure)
    return tuple(named.values())


def list_changes(case: Case, lang: Lang, dataset: Dataset) -> tuple[Change, ...]:
    """The changes of every figure that the page of a case shows, the newest first.

    A story may show figures of other cases.
    """
    shown = {figure.key for figure in _name_cited(case, lang, dataset)}
    return tuple(
        change
        for change in dataset.changes
        if change.case == case.slug or f"{change.case}.{change.figure}" in shown
    )


def make_index(site: Site) -> Iterator[Page]:
    """The list of all cases by region, in both languages."""
    dataset = site.dataset
    count = len(dataset.cases)
    tiles = list_tiles(dataset)
    pages = [
        Page(
            url=INDEX,
            lang=lang,
            template="cases.html",
            title=say("pages.cases"),
            description=say("pages.cases.description", count=count),
            context=partial(dict, count=count, tiles=tiles),
            key=site.key(tiles, count),
        )
        for lang in LANGS
    ]
    yield from cut_page(
        pages, dataset.summaries, partial(_show_part, dataset), attrgetter("link"), site
    )


def _show_part(dataset: Dataset, part: ListPart[CaseSummary]) -> Mapping[str, object]:
    return {"groups": group_by_region(part.entries, dataset)}


def group_by_region(cases: Iterable[CaseSummary], dataset: Dataset) -> tuple[RegionGroup, ...]:
    """Cases under the province-level unit that they lie in."""
    groups: dict[str, list[CaseLink]] = {}
    for summary in cases:
        case = dataset.by_slug[summary.slug]
        groups.setdefault(dataset.province(summary.region).code, []).append(
            link_case(case, dataset)
        )
    return tuple(RegionGroup(dataset.regions[code], tuple(links)) for code, links in groups.items())


def _order_events(case: Case) -> list[TimelineItem]:
    return order_items(TimelineItem(event, case) for event in case.events)


def _regions_above(case: Case, dataset: Dataset) -> tuple[Region, ...]:
    above: list[Region] = []
    code = dataset.regions[case.region].parent
    while code and code in dataset.regions:
        above.insert(0, dataset.regions[code])
        code = dataset.regions[code].parent
    return tuple(above)


CASES = CasePageType(name="case", make=make_cases, locate=locate_cases, templates=("case.html",))
CASE_INDEX = PageType("case index", make_index)
