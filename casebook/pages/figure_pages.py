"""The page of each figure, which every link to it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from casebook.data.tables import FIXED_WORDS
from casebook.messages import say
from casebook.pages.citations import cite_figure
from casebook.pages.corrections import show_changes
from casebook.pages.format import word_period, word_quantity
from casebook.pages.linked_data import describe_figure_page, write_linked_data
from casebook.pages.page import CasePageType, Page, Site, Use
from casebook.pages.rows import FigureRow, find_named, link_case, show_figure
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.evidence import date_case
from casebook.record.model import Case, Figure
from casebook.record.summary import CaseSummary
from casebook.text import LANGS, Lang, Text
from casebook.values.amounts import plain

_REVIEWS: Final = {word.value: word.name for word in FIXED_WORDS["reviews"]}


def make_figures(case: Case, site: Site) -> Iterator[Page]:
    """The page of every figure of a case in both languages."""
    dataset = site.dataset
    link = link_case(case, dataset)
    rows = {name: show_figure(figure, dataset) for name, figure in case.figures.items()}
    uses = _find_uses(case, site)
    updated = date_case(case, dataset.sources)
    peers: dict[ComparabilityClass, list[FigureRow]] = {}
    for figure in case.printed_figures:
        peers.setdefault(class_of(figure), []).append(rows[figure.id])
    for row in rows.values():
        figure = row.figure
        alike = () if figure.formula else peers[class_of(figure)]
        shown: partial[dict[str, object]] = partial(
            dict,
            row=row,
            link=link,
            value=_show_value(figure),
            peers=tuple(peer for peer in alike if peer is not row),
            uses=uses[figure.id],
            disputed=any(figure.id in conflict.figures for conflict in case.conflicts),
            review=_REVIEWS[row.review],
            changes=show_changes(figure.history, dataset),
        )
        name = say(
            "pages.figure",
            place=link.place,
            label=figure.label,
            amount=word_quantity(figure.quantity),
        )
        description = say("pages.figure.description", name=name, when=word_period(figure.period))
        for lang in LANGS:
            yield Page(
                url=f"figures/{figure.key}/",
                lang=lang,
                template="figure.html",
                title=name,
                description=description,
                context=partial(
                    shown,
                    citation=cite_figure(figure, name, lang, site),
                    linked_data=write_linked_data(describe_figure_page(figure, lang, site)),
                ),
                lastmod=updated,
            )


def locate_figures(case: CaseSummary) -> Iterator[tuple[str, Lang]]:
    """The address of the page of every figure of a case in both languages."""
    for figure in case.figures:
        for lang in LANGS:
            yield f"figures/{case.slug}.{figure.id}/", lang


def _find_uses(case: Case, site: Site) -> dict[str, tuple[Use, ...]]:
    """The pages that show each figure of a case, by its id, from the page of the case outwards."""
    page = f"cases/{case.slug}/"
    in_story = {
        figure.key
        for lang in LANGS
        for figure in find_named(case.story.inside(lang), site.dataset, case)
    }
    charts = site.charts_of
    titles = {drawn.name: drawn.finding for drawn in charts.get((case.slug, "en"), ())}
    drawings = [
        (
            frozenset(drawn.figures),
            Use(
                f"charts/{drawn.name}/" if drawn.offered else page,
                say("pages.uses.chart", title=Text(drawn.finding, titles.get(drawn.name, ""))),
            ),
        )
        for drawn in charts.get((case.slug, "zh"), ())
    ]
    found = {}
    for figure in case.figures.values():
        uses = [Use(f"{page}#figure-{figure.id}", say("pages.uses.table"))]
        uses += [Use(f"{page}#story", say("pages.uses.story"))] if figure.key in in_story else []
        uses += [use for keys, use in drawings if figure.key in keys]
        found[figure.id] = tuple(dict.fromkeys((*uses, *site.uses.get(figure.key, ()))))
    return found


def _show_value(figure: Figure) -> str:
    quantity = figure.quantity
    if quantity.low is not None and quantity.high is not None:
        return f"{plain(quantity.low)}–{plain(quantity.high)}"
    return "" if quantity.value is None else plain(quantity.value)


FIGURES = CasePageType(
    name="figure", make=make_figures, locate=locate_figures, templates=("figure.html",)
)
