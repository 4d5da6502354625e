"""What machines read of a page: JSON-LD in the words of schema.org."""

from __future__ import annotations

from casebook.dataset import Dataset
from casebook.errors import Lang
from casebook.model import Case, Figure
from casebook.pages.base import LANGS, Site
from casebook.pages.views import date_case, date_dataset, list_sources
from casebook.quantity import in_english, plain

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-Hans", "en": "en"}


def describe_home(lang: Lang, title: str, summary: str, site: Site) -> dict[str, object]:
    """The article and the data set behind it."""
    dataset = site.dataset
    updated = date_dataset(dataset)
    article = _describe("Article", lang, "", title, summary, updated, site)
    article["headline"] = title
    article["isBasedOn"] = [source.title.zh for source in dataset.used_sources.values()]
    data = _describe("Dataset", lang, "", site.settings.name.inside(lang), summary, updated, site)
    data["creator"] = {"@type": "Organization", "name": site.settings.name.inside(lang)}
    data["variableMeasured"] = [
        measure.name.inside(lang)
        for key, measure in dataset.vocabulary.measures.items()
        if any(figure.measure == key for figure in dataset.figures.values())
    ]
    if site.settings.siteurl:
        data["distribution"] = [
            {
                "@type": "DataDownload",
                "contentUrl": f"{site.settings.siteurl}/data/{name}",
                "encodingFormat": media_type,
            }
            for name, media_type in (
                ("figures.csv", "text/csv"),
                ("events.csv", "text/csv"),
                ("answers.csv", "text/csv"),
                ("cases.json", "application/json"),
            )
        ]
    return {"@context": "https://schema.org", "@graph": [article, data]}


def describe_case(case: Case, lang: Lang, site: Site) -> dict[str, object]:
    """The article about a case, with each of its figures as a property of the place."""
    dataset = site.dataset
    title = case.title.inside(lang)
    article = _describe(
        "Article",
        lang,
        f"cases/{case.slug}/",
        title,
        case.summary.inside(lang),
        date_case(case, dataset),
        site,
    )
    article["headline"] = title
    article["isBasedOn"] = [source.title.zh for source in list_sources(case, dataset)]
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
            describe_figure(figure, lang, dataset) for figure in case.figures.values()
        ],
    }
    return {"@context": "https://schema.org", **article}


def describe_figure(figure: Figure, lang: Lang, dataset: Dataset) -> dict[str, object]:
    """A figure as a property: bounds where the wording gives bounds, never a false exact value."""
    quantity = figure.quantity
    words = quantity.text if lang == "zh" else in_english(quantity)
    described: dict[str, object] = {
        "@type": "PropertyValue",
        "@id": f"#figure-{figure.id}",
        "name": figure.label.inside(lang),
        "description": f"{words} · {figure.period.words(lang)}",
        "measurementTechnique": dataset.vocabulary.measures[figure.measure].name.inside(lang),
    }
    if quantity.unit:
        described["unitText"] = quantity.unit
    if quantity.qualifier in ("exact", "approx") and quantity.value is not None:
        described["value"] = plain(quantity.value)
    elif quantity.qualifier in ("more_than", "at_least") and quantity.value is not None:
        described["minValue"] = plain(quantity.value)
    elif quantity.qualifier == "at_most" and quantity.value is not None:
        described["maxValue"] = plain(quantity.value)
    elif quantity.qualifier == "range":
        described |= {
            key: plain(value)
            for key, value in (("minValue", quantity.low), ("maxValue", quantity.high))
            if value is not None
        }
    return described


def _describe(
    kind: str, lang: Lang, path: str, name: str, summary: str, updated: str, site: Site
) -> dict[str, object]:
    described: dict[str, object] = {
        "@type": kind,
        "name": name,
        "description": summary,
        "inLanguage": LANGUAGE_TAGS[lang],
        "license": CC_BY,
    }
    if site.settings.siteurl:
        prefix = "" if lang == LANGS[0] else f"{lang}/"
        described["url"] = f"{site.settings.siteurl}/{prefix}{path}"
    if updated:
        described["dateModified"] = updated
    return described
