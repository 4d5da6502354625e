"""The page of the figures of each case, the list of all figures, and the uses of each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Final

from casebook.charts import title_of
from casebook.charts.chart import Drawn
from casebook.checks.content import LEAD
from casebook.data.tables import FIXED_WORDS
from casebook.messages import say
from casebook.pages import HOME_URL
from casebook.pages.citations import Citation, cite
from casebook.pages.feeds import find_changes, show_changes
from casebook.pages.long_lists import ListPart, LongList, Target, cut_page
from casebook.pages.page import (
    CasePageType,
    Page,
    Prose,
    Site,
    Use,
    Uses,
    in_languages,
    section_page,
)
from casebook.pages.rows import (
    FigureRow,
    find_named,
    link_case,
    show_figure,
    word_figure,
)
from casebook.pages.sharing import describe_figure_alone, write_linked_data
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.summary import CaseSummary
from casebook.text import NO_TEXT, Lang, Text
from casebook.values.words import PLANNED_STATUSES, QUALIFIERS

_REVIEWS: Final = {word.key: word.name for word in FIXED_WORDS["reviews"]}


def make_figures(case: Case, site: Site) -> Iterator[Page]:
    """The page of the figures of a case in both languages, with every detail of each figure."""
    if not case.figures and not case.taken_out:
        return
    link = link_case(case, site.dataset)
    shared = cache(partial(_show_figures, case, site, link=link))
    page = Page(
        url=f"figures/{case.slug}/",
        template="case_figures.html",
        title=say("pages.case_figures", place=link.place),
        description=say("pages.case_figures.description", title=case.title),
        context=partial(_show_figures_in, case, shared, site),
        published=case.published,
        lastmod=case.updated,
        trail=(("cases/", say("pages.cases")), (f"cases/{case.slug}/", link.place)),
    )
    yield from in_languages(page, site)


def _show_figures(case: Case, site: Site, **shown: object) -> dict[str, object]:
    """The context of the page of the figures of a case that both languages share."""
    dataset = site.dataset
    rows = {name: show_figure(figure, dataset) for name, figure in case.figures.items()}
    uses = _find_uses(case, site)
    peers: dict[ComparabilityClass, list[FigureRow]] = {}
    for figure in case.printed_figures:
        peers.setdefault(class_of(figure), []).append(rows[figure.id])
    disputed = tuple(one for one in case.conflicts if one.figures)
    numbered = tuple(enumerate(disputed, 1))
    sheets = []
    for row in rows.values():
        figure = row.figure
        # A computed figure has no class; beside the parts of its formula it would look comparable.
        alike = () if figure.formula else peers[class_of(figure)]
        sheets.append(
            {
                "row": row,
                "value": _show_value(figure),
                "limit": _name_limit(figure),
                "peers": tuple(peer for peer in alike if peer is not row),
                "uses": uses[figure.id],
                "conflicts": [one for one in numbered if figure.id in one[1].figures],
                "review": _REVIEWS[row.review],
                "changes": show_changes(find_changes((figure.key,), dataset), dataset),
                "cite": partial(_cite_figure, figure, site),
            }
        )
    withdrawn = [
        show_changes((change for change in case.withdrawn if change.figure == one.figure), dataset)
        for one in case.taken_out
    ]
    known = {"sheets": sheets, "rows": rows, "conflicts": disputed, "withdrawn": withdrawn}
    return {**shown, **known, "states": _name_plans(dataset)}


def _cite_figure(figure: Figure, site: Site, lang: Lang) -> Citation:
    dataset = site.dataset
    place = link_case(dataset.by_slug[figure.case], dataset).place
    amount = word_figure(figure, dataset)
    title = say("pages.figure", place=place, label=figure.label, amount=amount)
    return cite(figure, title, lang, site)


def _show_figures_in(
    case: Case, shared: Callable[[], dict[str, object]], site: Site, page: Page
) -> Mapping[str, object]:
    """The context of the page of the figures of a case in one language."""
    lang = page.lang
    described = [describe_figure_alone(one, lang, site) for one in case.figures.values()]
    whole = cite(case, page.title, lang, site)
    return {
        **shared(),
        "citation": replace(whole, url=site.locate(page.url, lang)),
        "linked_data": write_linked_data({"@graph": described}) if described else "",
    }


def _find_uses(case: Case, site: Site) -> dict[str, tuple[Use, ...]]:
    """The pages that show each figure of a case, by figure id, those of the case first."""
    page = f"cases/{case.slug}/"
    in_story = {
        figure.key
        for story in case.stories
        for figure in find_named(story.words, site.dataset, case)
    }
    first, *others = (site.charts_of.get((case.slug, lang), ()) for lang in site.languages)
    titles = [{drawn.name: drawn.finding for drawn in drawings} for drawings in others]
    drawings = []
    for drawn in first:
        findings = (drawn.finding, *(title.get(drawn.name, "") for title in titles))
        said = say("pages.uses.chart", title=site.languages.text(findings))
        shown_at = f"charts/{drawn.name}/" if drawn.offered else page
        drawings.append((frozenset(drawn.figures), Use(shown_at, said)))
    found = {}
    for figure in case.figures.values():
        uses = [Use(f"{page}#figure-{figure.id}", say("pages.uses.table"))]
        uses += [Use(f"{page}#story", say("pages.uses.story"))] if figure.key in in_story else []
        uses += [use for keys, use in drawings if figure.key in keys]
        # Duplicates are dropped, because the story may be among the uses of the whole site too.
        found[figure.id] = tuple(dict.fromkeys((*uses, *site.uses.get(figure.key, ()))))
    return found


def _name_limit(figure: Figure) -> Text:
    """The name of the qualifier beside a value, or NO_TEXT if the value is exact."""
    qualifier = figure.quantity.qualifier
    return NO_TEXT if qualifier == "exact" else QUALIFIERS[qualifier].name


def _show_value(figure: Figure) -> str:
    quantity = figure.quantity
    if quantity.low is not None and quantity.high is not None and not quantity.is_rough:
        return f"{quantity.low.normalize():,f}–{quantity.high.normalize():,f}"
    return "" if quantity.value is None else f"{quantity.value.normalize():,f}"


def make_figure_index(site: Site) -> Iterator[Page]:
    """The list of all figures by case, in both languages."""
    dataset = site.dataset

    def show(part: ListPart[CaseSummary]) -> Mapping[str, object]:
        cases = (dataset.by_slug[summary.slug] for summary in part.entries)
        return {"cases": tuple((link_case(case, dataset), case.figures.values()) for case in cases)}

    def name(case: CaseSummary) -> Target | None:
        province = dataset.province(case.region)
        return (f"#figures-{case.slug}", province.short) if case.figures else None

    states = _name_plans(dataset)
    shown = section_page("figures").showing(states=states)
    page = replace(shown, key=site.key("figures", states))
    listed = LongList(
        entries=dataset.summaries,
        show=show,
        sign=lambda case: site.versions.get(case.slug),
        name=name,
    )
    yield from cut_page(page, listed, site)


def _name_plans(dataset: Dataset) -> dict[str, Text]:
    # Lists mark these, so that a plan does not look like a fact.
    statuses = dataset.vocabulary.statuses
    return {key: statuses[key].name for key in PLANNED_STATUSES if key in statuses}


def find_uses(dataset: Dataset, charts: Iterable[Drawn], prose: Iterable[Prose]) -> Uses:
    """The backlinks of each figure from outside its case: texts, charts, other stories."""
    found: dict[str, dict[Use, None]] = {}
    for key, use in _list_uses(dataset, charts, prose):
        found.setdefault(key, {}).setdefault(use)
    return {key: tuple(uses) for key, uses in found.items()}


def _list_uses(
    dataset: Dataset, charts: Iterable[Drawn], prose: Iterable[Prose]
) -> Iterator[tuple[str, Use]]:
    texts: dict[str, list[Prose]] = {}
    for text in prose:
        texts.setdefault(text.slug, []).append(text)
    for slug, written in texts.items():
        title = Text(**{text.lang: text.title for text in written})
        # A fixed title for home, because the title of the lead changes with every edition.
        use = Use(HOME_URL, say("pages.uses.lead")) if slug == LEAD else Use(f"{slug}/", title)
        yield from ((key, use) for text in written for key in text.figures)
    for drawn in charts:
        if drawn.offered and not drawn.case:
            # A fixed title: a finding changes with every case, but the page of figures may not.
            use = Use(f"charts/{drawn.name}/", title_of(drawn))
            yield from ((key, use) for key in drawn.figures)
    for case in dataset.summaries:
        for owner, figure in case.named_figures:
            key = f"{owner}.{figure}"
            if key in dataset.figures:
                name = link_case(dataset.by_slug[case.slug], dataset).name
                yield key, Use(f"cases/{case.slug}/#story", name)


FIGURES = CasePageType(
    name="case_figures",
    make=make_figures,
    locate=lambda case: [f"figures/{case.slug}/"] if case.has_figures else [],
)
