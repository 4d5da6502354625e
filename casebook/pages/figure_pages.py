"""The page of each figure, which every link to it leads to, and the pages that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from casebook.charts import title_of
from casebook.checks.content import LEAD
from casebook.data.tables import FIXED_WORDS
from casebook.messages import say
from casebook.pages import CASES_URL, FIGURES_URL, HOME_URL
from casebook.pages.citations import cite
from casebook.pages.feeds import find_changes, show_changes
from casebook.pages.linked_data import describe_figure_page, write_linked_data
from casebook.pages.long_lists import ListPart, LongList, Target, cut_page
from casebook.pages.page import CasePageType, Page, Prose, Site, Use, Uses, in_languages
from casebook.pages.rows import (
    FigureRow,
    find_named,
    link_case,
    show_figure,
    word_figure,
    word_period,
)
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.summary import CaseSummary
from casebook.text import Lang, Text

if TYPE_CHECKING:
    from casebook.charts.chart import Drawn

_REVIEWS: Final = {word.key: word.name for word in FIXED_WORDS["reviews"]}


def make_figures(case: Case, site: Site) -> Iterator[Page]:
    """The page of every figure of a case in both languages."""
    dataset = site.dataset
    link = link_case(case, dataset)
    rows = {name: show_figure(figure, dataset) for name, figure in case.figures.items()}
    uses = _find_uses(case, site)
    updated = case.updated
    peers: dict[ComparabilityClass, list[FigureRow]] = {}
    for figure in case.printed_figures:
        peers.setdefault(class_of(figure), []).append(rows[figure.id])
    for row in rows.values():
        figure = row.figure
        # A computed figure has no class; to set it beside its own parts would compare them.
        alike = () if figure.formula else peers[class_of(figure)]
        shown: partial[dict[str, object]] = partial(
            dict,
            row=row,
            link=link,
            value=_show_value(figure),
            peers=tuple(peer for peer in alike if peer is not row),
            uses=uses[figure.id],
            conflicts=tuple(one for one in case.conflicts if figure.id in one.figures),
            rows=rows,
            review=_REVIEWS[row.review],
            changes=show_changes(find_changes((figure.key,), dataset), dataset),
        )
        name = say(
            "pages.figure",
            place=link.place,
            label=figure.label,
            amount=word_figure(figure, dataset),
        )
        description = say("pages.figure.description", name=name, when=word_period(figure.period))
        page = Page(
            url=f"figures/{figure.key}/",
            template="figure.html",
            title=name,
            description=description,
            published=case.published,
            lastmod=updated,
            trail=(
                (CASES_URL, say("pages.cases")),
                (f"cases/{case.slug}/", link.place),
            ),
        )
        yield from in_languages(page, site, partial(_show_in, figure, name, shown, site))


def _show_in(
    figure: Figure, name: Text, shown: Callable[[], dict[str, object]], site: Site, lang: Lang
) -> Mapping[str, object]:
    described = describe_figure_page(figure, lang, site)
    return {
        **shown(),
        "citation": cite(figure, name, lang, site),
        "linked_data": write_linked_data(described),
    }


def _find_uses(case: Case, site: Site) -> dict[str, tuple[Use, ...]]:
    """The pages that show each figure of a case, by its id, from the page of the case outwards."""
    page = f"cases/{case.slug}/"
    in_story = {
        figure.key
        for _, words, _ in case.stories
        for figure in find_named(words, site.dataset, case)
    }
    charts = site.charts_of
    first, *others = (charts.get((case.slug, lang), ()) for lang in site.languages)
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
        # A story may be among the texts of the site that name the figure.
        found[figure.id] = tuple(dict.fromkeys((*uses, *site.uses.get(figure.key, ()))))
    return found


def _show_value(figure: Figure) -> str:
    quantity = figure.quantity
    if quantity.low is not None and quantity.high is not None and not quantity.is_rough:
        return f"{quantity.low.normalize():,f}–{quantity.high.normalize():,f}"
    return "" if quantity.value is None else f"{quantity.value.normalize():,f}"


def make_figure_index(site: Site) -> Iterator[Page]:
    """The list of all figures by case, in both languages."""
    dataset = site.dataset
    page = Page(
        url=FIGURES_URL,
        template="figures.html",
        title=say("pages.figures"),
        description=say("pages.figures.description"),
        key=site.key(FIGURES_URL),
    )

    def sign(case: CaseSummary) -> object:
        return site.versions.get(case.slug)

    def name(case: CaseSummary) -> Target | None:
        province = dataset.province(case.region)
        return (f"#figures-{case.slug}", province.short) if case.figures else None

    show = partial(_show_part, dataset)
    listed = LongList(entries=dataset.summaries, show=show, sign=sign, name=name)
    yield from cut_page(in_languages(page, site), listed, site)


def _show_part(dataset: Dataset, part: ListPart[CaseSummary]) -> Mapping[str, object]:
    cases = (dataset.by_slug[summary.slug] for summary in part.entries)
    return {"cases": tuple((link_case(case, dataset), case.figures.values()) for case in cases)}


def find_uses(dataset: Dataset, charts: Iterable[Drawn], prose: Iterable[Prose]) -> Uses:
    """The backlinks of each figure from beyond its case: texts, charts, other stories."""
    found: dict[str, dict[Use, None]] = {}
    for key, use in (*_in_prose(prose), *_in_charts(charts), *_in_stories(dataset)):
        found.setdefault(key, {}).setdefault(use)
    return {key: tuple(uses) for key, uses in found.items()}


def _in_prose(prose: Iterable[Prose]) -> Iterator[tuple[str, Use]]:
    texts: dict[str, list[Prose]] = {}
    for text in prose:
        texts.setdefault(text.slug, []).append(text)
    for slug, written in texts.items():
        title = Text(**{text.lang: text.title for text in written})
        # The title of the lead changes with every edition of it.
        use = Use(HOME_URL, say("pages.uses.lead")) if slug == LEAD else Use(f"{slug}/", title)
        yield from ((key, use) for text in written for key in text.figures)


def _in_charts(charts: Iterable[Drawn]) -> Iterator[tuple[str, Use]]:
    for drawn in charts:
        if drawn.offered and not drawn.case:
            # A finding changes with every case that a chart shows; the page of a figure may not.
            use = Use(f"charts/{drawn.name}/", title_of(drawn))
            yield from ((key, use) for key in drawn.figures)


def _in_stories(dataset: Dataset) -> Iterator[tuple[str, Use]]:
    for case in dataset.summaries:
        for owner, figure in case.named_figures:
            key = f"{owner}.{figure}"
            if key in dataset.figures:
                name = link_case(dataset.by_slug[case.slug], dataset).name
                yield key, Use(f"cases/{case.slug}/#story", name)


FIGURES = CasePageType(
    name="figure",
    make=make_figures,
    locate=lambda case: [f"figures/{case.slug}.{figure.id}/" for figure in case.figures],
    templates=("figure.html",),
)
