"""JSON-LD of pages, in the words of schema.org."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from casebook.data.catalogues import describe_dataset, describe_for_search
from casebook.data.export import list_offers
from casebook.data.table_rows import version_of
from casebook.messages import say
from casebook.pages import DATA_URL, HOME_URL
from casebook.pages.page import Card, Page, Prose, Site
from casebook.pages.rows import list_sources, word_figure
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Source
from casebook.text import LANGUAGE_TAGS, Lang

# What could end the script element or begin a comment in it.
_UNSAFE = "<>&"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)

# The property that the number of a wording is, by its qualifier; other wordings have two bounds.
_NUMBERS: Final = {
    "exact": "value",
    "approx": "value",
    "more_than": "minValue",
    "at_least": "minValue",
    "at_most": "maxValue",
}


def write_linked_data(*described: Mapping[str, object]) -> Markup:
    """Descriptions as JSON for a script element, Chinese as it is; schema.org's where none says."""
    found = [{"@context": "https://schema.org", **one} for one in described]
    text = _ENCODER.encode(found if len(found) > 1 else found[0])
    # A table for str.translate would be asked for every Chinese character.
    for char in _UNSAFE:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def describe_home(lang: Lang, lead: Prose, card: Card, site: Site) -> dict[str, object]:
    """The article, the data set behind it, and the site."""
    dataset, title, summary, published = site.dataset, lead.title, lead.summary, lead.published
    page = (HOME_URL, dataset.updated)
    article = {
        **_describe("Article", (title, summary), page, lang, site),
        **_credit(published, card, lang, site),
        "headline": title,
        "isBasedOn": [describe_source(source, lang) for source in dataset.used_sources.values()],
    }
    name = site.settings.name.inside(lang)
    whole = {"@type": "WebSite", "name": name, "url": site.settings.locate(HOME_URL, lang)}
    graph = [article, describe_data(lang, site), *([whole] if whole["url"] else [])]
    return {"@graph": graph}


def describe_data(lang: Lang, site: Site) -> dict[str, object]:
    """The data set with all files that hold it."""
    dataset = site.dataset
    used = {figure.group.measure for case in dataset.summaries for figure in case.figures}
    measures = dataset.vocabulary.measures.items()
    return describe_for_search(
        describe_dataset(dataset),
        lang,
        page=site.settings.locate(DATA_URL, lang),
        files=[(one.name, one.media_type) for one in list_offers(dataset) if one.media_type],
        measures=[(key, measure.name) for key, measure in measures if key in used],
    )


def describe_case(case: Case, card: Card, lang: Lang, site: Site) -> dict[str, object]:
    """The article about a case, with each of its figures as a property of the place."""
    dataset = site.dataset
    region = dataset.regions[case.region]
    title = case.title.inside(lang)
    page = (f"cases/{case.slug}/", case.updated)
    corrections = [
        {
            "@type": "CorrectionComment",
            "datePublished": change.date.edtf,
            "text": f"{change.before} → {change.after} · {change.why.inside(lang)}",
        }
        for change in case.changes
    ]
    return {
        **_describe("Article", (title, case.summary.inside(lang)), page, lang, site),
        **_credit(case.published, card, lang, site),
        "headline": title,
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


def _credit(published: str, card: Card, lang: Lang, site: Site) -> dict[str, object]:
    """Who answers for an article, since when it is there, and its picture."""
    settings = site.settings
    home = settings.locate(HOME_URL, lang)
    publisher = {"@type": "Organization", "name": site.publisher.inside(lang)}
    publisher |= {"url": home} if home else {}
    image = settings.siteurl + card.path if settings.siteurl and card.path else ""
    known = {"datePublished": published, "image": image}
    return {"author": publisher, "publisher": publisher} | {k: v for k, v in known.items() if v}


def describe_trail(page: Page, site: Site) -> Markup:
    """The way from home to a page, nothing where addresses are not known or there is no way."""
    if not (site.settings.siteurl and page.url and page.indexed):
        return Markup("")
    steps = ((HOME_URL, say("pages.home")), *page.trail, (page.url, page.title))
    listed = [
        {
            "@type": "ListItem",
            "position": number,
            "name": name.inside(page.lang),
            "item": site.settings.locate(url, page.lang),
        }
        for number, (url, name) in enumerate(steps, 1)
    ]
    return write_linked_data({"@type": "BreadcrumbList", "itemListElement": listed})


def describe_figure_page(figure: Figure, lang: Lang, site: Site) -> dict[str, object]:
    """A figure by itself, with the publication that it rests on."""
    dataset = site.dataset
    url = site.settings.locate(f"figures/{figure.key}/", lang)
    return {
        **describe_figure(figure, lang, dataset),
        **({"url": url} if url else {}),
        "subjectOf": [describe_source(dataset.sources[figure.source], lang)],
    }


def describe_figure(figure: Figure, lang: Lang, dataset: Dataset) -> dict[str, object]:
    """A figure as a property: bounds where the wording gives bounds, never a false exact value.

    Beside it are qualifier, period, status, and per what, which a number alone would lose.
    """
    quantity = figure.quantity
    words = word_figure(figure, dataset).inside(lang)
    if name := _NUMBERS.get(quantity.qualifier):
        bounds = {name: quantity.value}
    else:
        bounds = {"minValue": quantity.low, "maxValue": quantity.high}
    # A unit alone would make 60,000 yuan a post and year the same as 60,000 yuan.
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
    """A publication that something rests on."""
    described: dict[str, object] = {
        "@type": "CreativeWork",
        "identifier": source.id,
        "name": source.title.inside(lang),
        "publisher": {"@type": "Organization", "name": source.publisher.inside(lang)},
    }
    # Only a whole day, month or year is a date of schema.org.
    if source.published is not None and source.published.datetime_attribute:
        described["datePublished"] = source.published.datetime_attribute
    if source.url:
        described["url"] = source.url
    return described


def _number(value: Decimal) -> int | float:
    # JSON has no decimals of its own; whole yuan stay exact beyond the digits of a float.
    return int(value) if value == value.to_integral_value() else float(value)


def _describe(
    kind: str, words: tuple[str, str], page: tuple[str, str], lang: Lang, site: Site
) -> dict[str, object]:
    """Name and summary of a thing, and the address and date of its page where they are known."""
    url, updated = page
    licence = site.dataset.settings.licence
    place = {
        "license": (licence.url.en or licence.name) if licence else "",
        "url": site.settings.locate(url, lang),
        "dateModified": updated,
    }
    return {
        "@type": kind,
        "name": words[0],
        "description": words[1],
        "inLanguage": LANGUAGE_TAGS[lang],
        **{name: value for name, value in place.items() if value},
    }
