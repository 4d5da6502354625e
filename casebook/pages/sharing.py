"""Pages for other sites: cards that they show beside a link, and JSON-LD with schema.org terms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from casebook.charts.chart import Drawn
from casebook.charts.standalone import CardWords
from casebook.checks.content import LEAD
from casebook.data.catalogues import describe_dataset, describe_for_search
from casebook.data.export import list_offers
from casebook.data.tables import version_of
from casebook.messages import say
from casebook.pages import HOME_URL
from casebook.pages.page import Card, Page, Site
from casebook.pages.rows import link_case, list_sources, word_figure
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.slugs import figure_address
from casebook.record.vocabulary import Source
from casebook.text import COLON, COMMA, LANGUAGE_TAGS, Lang, typeset
from casebook.values.periods import word_period

# Four hundred cards take two seconds of processor time; on larger sites pages use the cards of
# their charts.
MOST_CARDS = 400
# The file name of the card, in the folder of the page.
CARD_FILE = "card.png"
# The chart on the card of pages that have no chart of their own.
FACE = "disclosure"

# Characters that could end the script element or begin a comment in it.
_UNSAFE = "<>&"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)

# The property of the value of a quantity, by qualifier; other quantities have two bounds.
_NUMBERS: Final = {
    "exact": "value",
    "approx": "value",
    "more_than": "minValue",
    "at_least": "minValue",
    "at_most": "maxValue",
}


def has_cards(dataset: Dataset) -> bool:
    """True if home and cases of the site have cards of their own."""
    # Other sites need the whole address of a card, so a site without a siteurl has none.
    count = (len(dataset.summaries) + 1) * len(dataset.languages)
    return bool(dataset.settings.siteurl) and count <= MOST_CARDS


def list_cards(site: Site) -> Iterator[tuple[str, CardWords]]:
    """The cards of a site, each with its path in the site."""
    for lang in site.languages:
        name = site.settings.name.inside(lang)
        for url, card in _word_cards(lang, site):
            words = asdict(replace(card, site=name))
            if lang == "en":
                words = {key: typeset(value) for key, value in words.items()}
            yield f"{site.languages.prefix(lang)}{url}{CARD_FILE}", CardWords(**words)


def _word_cards(lang: Lang, site: Site) -> Iterator[tuple[str, CardWords]]:
    """The words of the cards of home and of each case, each with the address of the page."""
    dataset, name = site.dataset, site.settings.name.inside(lang)
    own = site.publisher.inside(lang)
    # The publisher is named only if it is not the site itself.
    credit = "" if own == name else own
    lead = site.prose.get((LEAD, lang)) or site.prose.get((LEAD, site.languages.first))
    tagline = site.settings.tagline.inside(lang)
    yield HOME_URL, CardWords(place=tagline, words=lead.title if lead else name, credit=credit)
    for case in dataset.cases:
        link, topic = link_case(case, dataset), dataset.vocabulary.topics[case.topic].name
        above = ("" if link.title_names_place else link.place.inside(lang), topic.inside(lang))
        first = next(iter(case.printed_figures), None)
        shown = _word_figure_card(first, lang, dataset) if first else None
        yield (
            f"cases/{case.slug}/",
            CardWords(
                place=" · ".join(filter(None, above)),
                words=case.title.inside(lang),
                label=COLON.inside(lang).join((shown.words, shown.label)) if shown else "",
                credit=shown.credit if shown else credit,
            ),
        )


def _word_figure_card(figure: Figure, lang: Lang, dataset: Dataset) -> CardWords:
    """The wording of a figure with its qualifier, its label, date and status, and its publisher."""
    status = dataset.vocabulary.statuses[figure.status].name
    said = (figure.label, word_period(figure.period.edtf), status)
    names = dataset.sources[figure.source].publisher.inside(lang)
    return CardWords(
        words=word_figure(figure, dataset).inside(lang),
        label=COMMA.inside(lang).join(filter(None, (one.inside(lang) for one in said))),
        credit=say("charts.sources", names=names).inside(lang) if names else "",
    )


def find_card(page: Page, site: Site) -> Card:
    """The card that other sites show for a page, empty if there is none."""
    kind, _, rest = page.url.partition("/")
    name = rest.strip("/")
    case = site.dataset.by_slug.get(name) if kind in ("cases", "figures") else None
    if site.has_cards and (case or not kind):
        # The page of the figures of a case has the card of the case.
        url, title = (f"cases/{name}/", case.title) if case else (HOME_URL, page.title)
        path = site.languages.address(f"{url}{CARD_FILE}", page.lang)
        return Card(path, title.inside(page.lang))
    if case:
        found = site.charts_of.get((name, page.lang), ())
    else:
        key = (name if kind == "charts" and name else kind or FACE, page.lang)
        found = (site.charts[key],) if key in site.charts else ()
    cards = (_card_of(drawn) for drawn in found if drawn.pictured)
    return next(cards, site.faces.get(page.lang, Card()))


def find_faces(charts: Mapping[tuple[str, Lang], Drawn]) -> dict[Lang, Card]:
    """The cards of pages without a chart of their own, by language."""
    faces = (drawn for (name, _), drawn in charts.items() if name == FACE)
    return {drawn.lang: _card_of(drawn) for drawn in faces if drawn.pictured}


def _card_of(drawn: Drawn) -> Card:
    return Card(f"{drawn.folder}{drawn.name}-card.png", drawn.finding)


def write_linked_data(*described: Mapping[str, object]) -> Markup:
    """Descriptions as JSON-LD for a script element, by default in the context of schema.org."""
    found = [{"@context": "https://schema.org", **one} for one in described]
    text = _ENCODER.encode(found if len(found) > 1 else found[0])
    # Faster than str.translate, which looks up every Chinese character.
    for char in _UNSAFE:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def describe_home(page: Page, site: Site) -> dict[str, object]:
    """The description of the home page: the article, the data set behind it, and the site."""
    lang, sources = page.lang, site.dataset.used_sources.values()
    based_on = [describe_source(source, lang) for source in sources]
    article = {**_describe_article(page, site), "isBasedOn": based_on}
    name = site.settings.name.inside(lang)
    whole = {"@type": "WebSite", "name": name, "url": site.locate(HOME_URL, lang)}
    return {"@graph": [article, describe_data(lang, site), *([whole] if whole["url"] else [])]}


def describe_data(lang: Lang, site: Site) -> dict[str, object]:
    """The description of the data set with all of its files."""
    dataset = site.dataset
    measures = dataset.vocabulary.measures.items()
    used = {figure.group.measure for case in dataset.summaries for figure in case.figures}
    return describe_for_search(
        describe_dataset(dataset),
        lang,
        page=site.locate("data/", lang),
        files=[(one.name, one.media_type) for one in list_offers(dataset) if one.media_type],
        measures=[(key, measure.name) for key, measure in measures if key in used],
    )


def describe_case(case: Case, page: Page, site: Site) -> dict[str, object]:
    """The description of a case as an article, with its figures as properties of the place."""
    dataset, lang = site.dataset, page.lang
    region = dataset.regions[case.region]
    corrections = [
        {
            "@type": "CorrectionComment",
            "datePublished": change.date.edtf,
            "text": f"{change.before} → {change.after} · {change.why.inside(lang)}",
        }
        for change in case.changes
    ]
    return {
        **_describe_article(page, site),
        "version": version_of(case),
        "isBasedOn": [describe_source(source, lang) for source in list_sources(case, dataset)],
        **({"correction": corrections} if corrections else {}),
        "about": {
            "@type": "AdministrativeArea",
            "name": region.name.inside(lang),
            "identifier": f"GB/T 2260 {region.code}" if region.standard else region.code,
            **({"sameAs": region.same_as} if region.same_as else {}),
            "additionalProperty": [
                {"@id": f"#figure-{figure.id}", **describe_figure(figure, lang, dataset)}
                for figure in case.figures.values()
            ],
        },
    }


def _describe_article(page: Page, site: Site) -> dict[str, object]:
    """The article of a page: its words, its publisher, its dates and its picture."""
    settings, lang, licence = site.settings, page.lang, site.settings.licence
    home, card = site.locate(HOME_URL, lang), find_card(page, site)
    publisher = {"@type": "Organization", "name": site.publisher.inside(lang)}
    publisher |= {"url": home} if home else {}
    title = page.title.inside(lang)
    known = {
        "license": (licence.url.en or licence.name) if licence else "",
        "url": site.locate(page.url, lang),
        "dateModified": page.lastmod,
        "author": publisher,
        "publisher": publisher,
        "datePublished": page.published,
        "image": settings.siteurl + card.path if settings.siteurl and card.path else "",
    }
    return {
        "@type": "Article",
        "name": title,
        "description": page.description.inside(lang),
        "inLanguage": LANGUAGE_TAGS[lang],
        **{name: value for name, value in known.items() if value},
        "headline": title,
    }


def describe_trail(page: Page, site: Site) -> Markup:
    """The breadcrumbs of a page, empty for home, unindexed pages and sites without a siteurl."""
    if not (site.settings.siteurl and page.url and page.indexed):
        return Markup("")
    steps = ((HOME_URL, say("pages.home")), *page.trail, (page.url, page.title))
    listed = [
        {
            "@type": "ListItem",
            "position": number,
            "name": name.inside(page.lang),
            "item": site.locate(url, page.lang),
        }
        for number, (url, name) in enumerate(steps, 1)
    ]
    return write_linked_data({"@type": "BreadcrumbList", "itemListElement": listed})


def describe_figure_alone(figure: Figure, lang: Lang, site: Site) -> dict[str, object]:
    """The description of a figure by itself, with the publication that it cites."""
    dataset = site.dataset
    url = site.locate(figure_address(figure.key), lang)
    return {
        **describe_figure(figure, lang, dataset),
        **({"url": url} if url else {}),
        "subjectOf": [describe_source(dataset.sources[figure.source], lang)],
    }


def describe_figure(figure: Figure, lang: Lang, dataset: Dataset) -> dict[str, object]:
    """The description of a figure as a property: if the wording gives bounds, no exact value.

    It includes qualifier, period, status and per, which a number alone would lose.
    """
    quantity = figure.quantity
    words = word_figure(figure, dataset).inside(lang)
    if name := _NUMBERS.get(quantity.qualifier):
        bounds = {name: quantity.value}
    else:
        bounds = {"minValue": quantity.low, "maxValue": quantity.high}
    # Without per, 60,000 yuan per post and year would equal 60,000 yuan.
    unit = "/".join((quantity.unit, *figure.per)) if quantity.unit else ""
    references = {
        "qualifier": quantity.qualifier,
        "period": figure.period.edtf,
        "status": figure.status,
        "per": "/".join(figure.per),
        "source": figure.source,
    }
    return {
        "@type": "PropertyValue",
        "identifier": figure.key,
        "propertyID": figure.measure,
        "name": figure.label.inside(lang),
        "description": f"{words} · {figure.period.words(lang)}",
        **({"unitText": unit} if unit else {}),
        **{key: _number(value) for key, value in bounds.items() if value is not None},
        "valueReference": [
            {"@type": "PropertyValue", "propertyID": name, "value": value}
            for name, value in references.items()
            if value
        ],
    }


def describe_source(source: Source, lang: Lang) -> dict[str, object]:
    """The description of a cited publication."""
    described: dict[str, object] = {
        "@type": "CreativeWork",
        "identifier": source.id,
        "name": source.title.inside(lang),
        "publisher": {"@type": "Organization", "name": source.publisher.inside(lang)},
    }
    # schema.org dates are only whole days, months or years.
    if source.published is not None and source.published.datetime_attribute:
        described["datePublished"] = source.published.datetime_attribute
    if source.url:
        described["url"] = source.url
    return described


def _number(value: Decimal) -> int | float:
    # JSON has no decimals of its own; whole yuan stay exact beyond the digits of a float.
    return int(value) if value == value.to_integral_value() else float(value)
