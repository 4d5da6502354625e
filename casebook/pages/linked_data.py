"""JSON-LD of pages, in the words of schema.org."""

from __future__ import annotations

import json
from decimal import Decimal

from markupsafe import Markup

from casebook.data.export import list_offers
from casebook.data.table_rows import version_of, version_of_all
from casebook.pages.format import word_quantity
from casebook.pages.page import Site
from casebook.pages.rows import date_dataset, list_sources
from casebook.record.dataset import Dataset
from casebook.record.evidence import date_case
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Source
from casebook.text import LANGUAGE_TAGS, Lang
from casebook.values.amounts import Quantity

# What could end the script element or begin a comment in it.
_UNSAFE = "<>&"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)

CONTEXT = "https://schema.org"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def write_linked_data(value: object) -> Markup:
    """A description as JSON for a script element, Chinese as it is."""
    text = _ENCODER.encode(value)
    # A table for str.translate would be asked for every Chinese character.
    for char in _UNSAFE:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def describe_home(lang: Lang, title: str, summary: str, site: Site) -> dict[str, object]:
    """The article and the data set behind it."""
    dataset = site.dataset
    article = _describe("Article", lang, title, summary)
    article |= _locate("", lang, site, date_dataset(dataset))
    article["headline"] = title
    article["isBasedOn"] = [
        describe_source(source, lang) for source in dataset.used_sources.values()
    ]
    return {"@context": CONTEXT, "@graph": [article, _describe_data(lang, summary, site)]}


def describe_data_page(lang: Lang, summary: str, site: Site) -> dict[str, object]:
    """The data set alone, for the page that offers it."""
    return {"@context": CONTEXT, **_describe_data(lang, summary, site)}


def _describe_data(lang: Lang, summary: str, site: Site) -> dict[str, object]:
    dataset = site.dataset
    name = site.settings.name.inside(lang)
    data = _describe("Dataset", lang, name, summary)
    data |= _locate("data/", lang, site, date_dataset(dataset))
    data["creator"] = {"@type": "Organization", "name": name}
    data["version"] = version_of_all(dataset)
    data["isAccessibleForFree"] = True
    used = {figure.group.measure for case in dataset.summaries for figure in case.figures}
    data["variableMeasured"] = [
        {"@type": "PropertyValue", "propertyID": key, "name": measure.name.inside(lang)}
        for key, measure in dataset.vocabulary.measures.items()
        if key in used
    ]
    if site.settings.siteurl:
        data["distribution"] = [
            {
                "@type": "DataDownload",
                "name": offer.name,
                "contentUrl": f"{site.settings.siteurl}/data/{offer.name}",
                "encodingFormat": offer.media_type,
            }
            for offer in list_offers(dataset)
            if offer.media_type
        ]
    return data


def describe_case(case: Case, lang: Lang, site: Site) -> dict[str, object]:
    """The article about a case, with each of its figures as a property of the place."""
    dataset = site.dataset
    title = case.title.inside(lang)
    article = _describe("Article", lang, title, case.summary.inside(lang))
    article |= _locate(f"cases/{case.slug}/", lang, site, date_case(case, dataset.sources))
    article["headline"] = title
    article["version"] = version_of(case)
    article["isBasedOn"] = [describe_source(source, lang) for source in list_sources(case, dataset)]
    if case.changes:
        article["correction"] = [
            {
                "@type": "CorrectionComment",
                "datePublished": change.date.edtf,
                "text": f"{change.before} → {change.after} · {change.why.inside(lang)}",
            }
            for change in case.changes
        ]
    article["about"] = {
        "@type": "AdministrativeArea",
        "name": dataset.regions[case.region].name.inside(lang),
        "identifier": f"GB/T 2260 {case.region}",
        "additionalProperty": [
            {"@id": f"#figure-{figure.id}", **describe_figure(figure, lang, dataset)}
            for figure in case.figures.values()
        ],
    }
    return {"@context": CONTEXT, **article}


def describe_figure_page(figure: Figure, lang: Lang, site: Site) -> dict[str, object]:
    """A figure by itself, with the publications that it rests on."""
    dataset = site.dataset
    described = describe_figure(figure, lang, dataset)
    described |= _locate(f"figures/{figure.key}/", lang, site)
    described["subjectOf"] = [
        describe_source(dataset.sources[name], lang) for name in figure.sources
    ]
    return {"@context": CONTEXT, **described}


def describe_figure(figure: Figure, lang: Lang, dataset: Dataset) -> dict[str, object]:
    """A figure as a property: bounds where the wording gives bounds, never a false exact value.

    Beside it are qualifier, period, status, and per what, which a number alone would lose.
    """
    quantity = figure.quantity
    words = word_quantity(quantity).inside(lang)
    described: dict[str, object] = {
        "@type": "PropertyValue",
        "identifier": figure.key,
        "propertyID": figure.measure,
        "name": figure.label.inside(lang),
        "description": f"{words} · {figure.period.words(lang)}",
    }
    if quantity.unit:
        described["unitText"] = "/".join((quantity.unit, *figure.per))
    described |= {key: _number(value) for key, value in _bound(quantity) if value is not None}
    described["valueReference"] = [
        {"@type": "PropertyValue", "propertyID": name, "value": value}
        for name, value in (
            ("qualifier", quantity.qualifier),
            ("period", figure.period.edtf),
            ("status", figure.status),
            ("source", "|".join(figure.sources)),
        )
    ]
    return described


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


def _bound(quantity: Quantity) -> tuple[tuple[str, Decimal | None], ...]:
    """The number of a wording, or the bounds between which it lies."""
    if quantity.qualifier in ("exact", "approx"):
        return (("value", quantity.value),)
    if quantity.qualifier in ("more_than", "at_least"):
        return (("minValue", quantity.value),)
    if quantity.qualifier == "at_most":
        return (("maxValue", quantity.value),)
    return (("minValue", quantity.low), ("maxValue", quantity.high))


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _describe(kind: str, lang: Lang, name: str, summary: str) -> dict[str, object]:
    return {
        "@type": kind,
        "name": name,
        "description": summary,
        "inLanguage": LANGUAGE_TAGS[lang],
        "license": CC_BY,
    }


def _locate(url: str, lang: Lang, site: Site, updated: str = "") -> dict[str, object]:
    """The address and the date of a page, as far as they are known."""
    parts = {"url": site.settings.locate(url, lang), "dateModified": updated}
    return {name: value for name, value in parts.items() if value}
