"""The page of each chart with all that can be taken from it, and the page that others embed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from casebook.data.formats import DataFile
from casebook.messages import say
from casebook.pages.citations import cite_chart
from casebook.pages.downloads import folder_of, list_downloads, make_files, write_snippet
from casebook.pages.page import Page, PageType, Site
from casebook.pages.rows import frame_chart, link_case
from casebook.text import LANGS, Lang, Text

if TYPE_CHECKING:
    from casebook.charts.chart import Drawn
    from casebook.charts.standalone import Pictures

URL = "charts/"
# The chart on the card of a page that has none of its own.
FACE = "disclosure"


def make_charts(site: Site) -> Iterator[Page]:
    """The index of charts, and the two pages of each, in both languages."""
    names = dict.fromkeys(name for (name, _), drawn in site.charts.items() if drawn.offered)
    for lang in LANGS:
        yield Page(
            url=URL,
            lang=lang,
            template="charts.html",
            title=say("pages.charts"),
            description=say("pages.charts.description"),
            context=partial(dict, charts=tuple(site.charts[name, lang] for name in names)),
        )
        for name in names:
            yield from _make_chart(site.charts[name, lang], site)


def _make_chart(drawn: Drawn, site: Site) -> Iterator[Page]:
    lang = drawn.lang
    frame = frame_chart(drawn, site.dataset)
    title = Text(site.charts[drawn.name, "zh"].finding, site.charts[drawn.name, "en"].finding)
    described = Text(site.charts[drawn.name, "zh"].subtitle, site.charts[drawn.name, "en"].subtitle)
    citation = cite_chart(drawn, site)
    case = site.dataset.by_slug.get(drawn.case)
    address = citation.url or f"…/{folder_of(drawn.name, lang)}"
    yield Page(
        url=f"charts/{drawn.name}/",
        lang=lang,
        template="chart.html",
        title=title,
        description=described,
        context=partial(
            dict,
            frame=frame,
            link=link_case(case, site.dataset) if case else None,
            downloads=list_downloads(drawn),
            citation=citation,
            snippet=write_snippet(drawn, f"{address}embed/"),
        ),
        lastmod=citation.updated,
    )
    yield Page(
        url=f"charts/{drawn.name}/embed/",
        lang=lang,
        template="embed.html",
        title=title,
        description=described,
        context=partial(dict, frame=frame),
        indexed=False,
    )


def make_chart_files(
    site: Site, pictures: Mapping[tuple[str, Lang], Pictures]
) -> Iterator[DataFile]:
    """Every file that the charts of the site offer."""
    for key, drawn in site.charts.items():
        if not drawn.offered:
            continue
        sources = tuple(site.dataset.sources[name] for name in drawn.sources)
        yield from make_files(drawn, pictures[key], sources, cite_chart(drawn, site))


def find_card(page: Page, site: Site) -> str:
    """The path of the card that other sites show for a page, empty where there is none."""
    kind, _, rest = page.url.partition("/")
    name = rest.strip("/") if kind == "charts" and rest else kind or FACE
    if kind == "cases" and rest:
        found = list(site.charts_of.get((rest.strip("/"), page.lang), ()))
    else:
        found = [site.charts[key] for key in [(name, page.lang)] if key in site.charts]
    pictured = [drawn for drawn in found if drawn.pictured]
    return _card_of(pictured[0]) if pictured else site.faces.get(page.lang, "")


def find_faces(charts: Mapping[tuple[str, Lang], Drawn]) -> dict[Lang, str]:
    """The paths of the cards of pages that have no chart of their own."""
    faces = {lang: charts[FACE, lang] for lang in LANGS if (FACE, lang) in charts}
    return {lang: _card_of(drawn) for lang, drawn in faces.items() if drawn.pictured}


def _card_of(drawn: Drawn) -> str:
    return f"/{folder_of(drawn.name, drawn.lang)}{drawn.name}-card.png"


CHARTS = PageType("chart", make_charts, (URL,))
