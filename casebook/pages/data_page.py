"""The page of the open data, the list of its frozen versions, and the page of each version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from casebook.data.catalogues import describe_dataset, describe_dcat
from casebook.data.export import list_offers
from casebook.data.ocds_export import MAPPING, NOTICE
from casebook.data.releases import Release
from casebook.data.tables import FIGURES, TABLES, list_words, table_in
from casebook.messages import say
from casebook.pages.citations import cite_data, cite_release
from casebook.pages.long_lists import MOST_LISTED
from casebook.pages.page import Page, Site, in_languages, section_page
from casebook.pages.sharing import describe_data, write_linked_data
from casebook.record.dataset import Dataset
from casebook.record.model import Figure


def make_data(site: Site) -> Iterator[Page]:
    """The page of the open data in both languages."""
    page = replace(section_page("data"), context=partial(_show_data, site))
    yield from in_languages(page, site)


def _show_data(site: Site, page: Page) -> Mapping[str, object]:
    dataset, lang = site.dataset, page.lang
    offers = list_offers(dataset)
    described = [describe_data(lang, site)]
    # Portals need whole addresses, which a site without a siteurl does not have.
    if (description := describe_dataset(dataset)).address:
        files = [(offer.name, offer.media_type or "application/json") for offer in offers]
        described.append(describe_dcat(description, files))
    return {
        # Workbooks first: people click the first file, and Chinese Excel misreads CSV encodings.
        "offers": sorted(offers, key=lambda offer: not offer.name.endswith(".xlsx")),
        "tables": [table_in(table, dataset.languages) for table in TABLES],
        "words": list_words(dataset.vocabulary),
        "examples": dataset.once(find_examples),
        "mapping": MAPPING,
        "mapping_notice": NOTICE,
        "citation": cite_data(lang, site),
        "linked_data": write_linked_data(*described),
    }


def find_examples(dataset: Dataset) -> tuple[Figure, ...]:
    """The first figure of each measure that has figures, in the order of the measures."""
    firsts: dict[str, str] = {}
    for case in dataset.summaries:
        for figure in case.figures:
            firsts.setdefault(figure.group.measure, f"{case.slug}.{figure.id}")
    # Measures without figures have no example.
    named = (firsts[key] for key in dataset.vocabulary.measures if key in firsts)
    return tuple(dataset.figures[key] for key in named)


def make_versions(site: Site) -> Iterator[Page]:
    """The list of versions, newest first, and the page of each, in both languages."""
    releases = site.releases
    # A version never changes, so date and digest identify its page.
    signs = [
        (release.date, release.version, len(release.figures), release.differences)
        for release in releases
    ]
    index = replace(section_page("versions").showing(releases=releases), key=site.key(signs))
    pages = [index]
    for release in releases:
        page = Page(
            url=f"versions/{release.date}/",
            template="version.html",
            title=say("pages.version", date=release.date),
            description=index.description,
            context=partial(_show_version, release, site),
            lastmod=release.date,
            key=site.key(signs, [file.path for file in release.files]),
        )
        pages.append(page)
    for lang in site.languages:
        yield from (replace(page, lang=lang) for page in pages)


def _show_version(release: Release, site: Site, page: Page) -> Mapping[str, object]:
    return {
        "release": release,
        "is_first": release is site.releases[0],
        "most_listed": MOST_LISTED,
        "names": {column.name: column.note for column in FIGURES.columns},
        "citation": cite_release(release, page.lang, site),
    }
