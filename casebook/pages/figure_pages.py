"""The page of each figure, which every link to it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from casebook.data.tables import FIXED_WORDS
from casebook.pages.citing import cite_figure
from casebook.pages.corrections import show_changes
from casebook.pages.linked_data import describe_figure_page, write_linked_data
from casebook.pages.page import CasePageType, Page, Site, Use
from casebook.pages.rows import CaseLink, FigureRow, link_case, show_figure
from casebook.problems import START
from casebook.record.evidence import date_case
from casebook.record.model import Case, Figure
from casebook.record.references import find_references
from casebook.record.summary import CaseSummary
from casebook.text import LANGS, Lang, Text
from casebook.values.amounts import in_english, plain
from casebook.values.comparability import class_of, name_class

if TYPE_CHECKING:
    from casebook.charts.chart import Drawn

_REVIEWS: Final = {word.value: word.name for word in FIXED_WORDS["reviews"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSheet:
    """What the page of a figure shows beside its row.

    `value` is the number in base units, both ends where it is a range. `peers` are the other
    figures of its case that it may be compared with; `uses` lead from the case page outwards.
    """

    row: FigureRow
    value: str
    class_name: Text
    peers: tuple[FigureRow, ...]
    uses: tuple[Use, ...]
    disputed: bool
    review: Text


def make_figures(case: Case, site: Site) -> Iterator[Page]:
    """The page of every figure of a case in both languages."""
    dataset = site.dataset
    link = link_case(case, dataset)
    rows = {name: show_figure(figure, dataset) for name, figure in case.figures.items()}
    told = _find_told(case)
    drawn = {lang: site.charts_of.get((case.slug, lang), ()) for lang in LANGS}
    shown = [(chart, frozenset(chart.figures)) for chart in drawn["zh"]]
    titles = {chart.name: chart.finding for chart in drawn["en"]}
    updated = date_case(case, dataset.sources)
    classes = {name: class_of(figure) for name, figure in case.figures.items()}
    for figure in case.figures.values():
        row = rows[figure.id]
        uses = (
            *_list_own_uses(figure, told),
            *(_use_chart(chart, titles, case) for chart, keys in shown if figure.key in keys),
            *site.uses.get(figure.key, ()),
        )
        sheet = FigureSheet(
            row=row,
            value=_show_value(figure),
            class_name=name_class(classes[figure.id], dataset.vocabulary),
            peers=tuple(
                rows[other.id]
                for other in case.printed_figures
                if other.id != figure.id
                and not figure.formula
                and classes[other.id] == classes[figure.id]
            ),
            uses=tuple(dict.fromkeys(uses)),
            disputed=any(figure.id in conflict.figures for conflict in case.conflicts),
            review=_REVIEWS[row.review],
        )
        changes = show_changes(figure.history, dataset)
        name, description = _name_figure(figure, link)
        for lang in LANGS:
            yield Page(
                url=f"figures/{figure.key}/",
                lang=lang,
                template="figure.html",
                title=name,
                description=description,
                context=partial(
                    dict,
                    sheet=sheet,
                    link=link,
                    changes=changes,
                    citation=cite_figure(figure, case, name, lang, site),
                    linked_data=write_linked_data(describe_figure_page(figure, lang, site)),
                ),
                lastmod=updated,
            )


def locate_figures(case: CaseSummary) -> Iterator[tuple[str, Lang]]:
    """The address of the page of every figure of a case in both languages."""
    for figure in case.figures:
        for lang in LANGS:
            yield f"figures/{case.slug}.{figure.id}/", lang


def _name_figure(figure: Figure, link: CaseLink) -> tuple[Text, Text]:
    """The title of a figure's page and its description."""
    place, label, quantity = link.place, figure.label, figure.quantity
    name = Text(
        f"{place.zh}：{label.zh}，{quantity.text}",
        f"{place.inside('en')}: {label.inside('en')}, {in_english(quantity)}",
    )
    when = figure.period
    return name, Text(f"{name.zh}（{when.words('zh')}）", f"{name.en}, {when.words('en')}")


def _find_told(case: Case) -> frozenset[str]:
    """The figures of a case that its story tells."""
    return frozenset(
        reference.name
        for text in (case.story.zh, case.story.en)
        for reference in find_references(text, START)
        if reference.case in ("", case.slug)
    )


def _list_own_uses(figure: Figure, told: frozenset[str]) -> Iterator[Use]:
    page = f"cases/{figure.case}/"
    yield Use(f"{page}#figure-{figure.id}", Text("案例的数字表", "The table of the case"))
    if figure.id in told:
        yield Use(f"{page}#story", Text("案例的经过", "The story of the case"))


def _use_chart(drawn: Drawn, titles: dict[str, str], case: Case) -> Use:
    url = f"charts/{drawn.name}/" if drawn.offered else f"cases/{case.slug}/"
    title = titles.get(drawn.name, "")
    return Use(url, Text(f"图：{drawn.finding}", f"Chart: {title}" if title else ""))


def _show_value(figure: Figure) -> str:
    quantity = figure.quantity
    if quantity.low is not None and quantity.high is not None:
        return f"{plain(quantity.low)}–{plain(quantity.high)}"
    return "" if quantity.value is None else plain(quantity.value)


FIGURES = CasePageType(
    name="figure", make=make_figures, locate=locate_figures, templates=("figure.html",)
)
