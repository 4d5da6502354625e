"""The page of the open data: what can be taken, what every column holds, and what compares."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from casebook.data.export import list_offers
from casebook.data.ocds_export import MAPPING, NOTICE
from casebook.data.tables import TABLES, list_words
from casebook.messages import say
from casebook.pages.citations import cite_data
from casebook.pages.linked_data import describe_data_page, write_linked_data
from casebook.pages.page import Page, PageType, Site
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.text import LANGS

URL = "data/"


def make_data(site: Site) -> Iterator[Page]:
    """The page of the open data in both languages."""
    dataset = site.dataset
    summary = say("pages.data.description")
    shown: partial[dict[str, object]] = partial(
        dict,
        offers=list_offers(dataset),
        tables=TABLES,
        words=list_words(dataset.vocabulary),
        examples=tuple(find_examples(dataset)),
        mapping=MAPPING,
        mapping_notice=NOTICE,
    )
    for lang in LANGS:
        yield Page(
            url=URL,
            lang=lang,
            template="data.html",
            title=say("pages.data"),
            description=summary,
            context=partial(
                shown,
                citation=cite_data(lang, site),
                linked_data=write_linked_data(describe_data_page(lang, summary.inside(lang), site)),
            ),
        )


def find_examples(dataset: Dataset) -> Iterator[Figure]:
    """The first figure of each measure that some figure has, in the order of the measures."""
    firsts: dict[str, str] = {}
    for case in dataset.summaries:
        for figure in case.figures:
            firsts.setdefault(figure.group.measure, f"{case.slug}.{figure.id}")
    for key in dataset.vocabulary.measures:
        if key in firsts:
            yield dataset.figures[firsts[key]]


DATA = PageType("data", make_data, (URL,))
