"""The data set for catalogues: DCAT for portals, RO-Crate and Zenodo for archives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from casebook.data.formats import DataFile, encode_json, without_empty
from casebook.data.table_rows import version_of, version_of_all
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.settings import Licence
from casebook.text import LANGUAGE_TAGS, LISTED, Lang, Languages, Text
from casebook.values.digest import digest

if TYPE_CHECKING:
    from jinja2 import Template

CRATE_NAME: Final = "ro-crate-metadata.json"
ZENODO_NAME: Final = "zenodo.json"
# Where there are more, the regions above them are named in their place.
_MOST_PLACES: Final = 60
# Google refuses descriptions of more than 5,000 characters.
_MOST_PLACES_IN_WORDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDescription:
    """Description of a data set for catalogues; what a site does not say is empty.

    `period` is an interval of ISO 8601, from the first to the last year that its events reach;
    `address` is the whole address of the page of the data, `contact` one of a mailbox or of the
    web.
    """

    name: Text
    description: Text
    keywords: tuple[Text, ...]
    places: tuple[Text, ...]
    period: str = ""
    version: str
    updated: str
    address: str
    publisher: Text
    contact: str
    licence: Licence | None
    languages: Languages


def describe_dataset(dataset: Dataset) -> DatasetDescription:
    """The description of a data set, from its settings and its cases."""
    summaries = dataset.summaries
    places = dict.fromkeys(map(dataset.place, summaries))
    if len(places) > _MOST_PLACES:
        places = dict.fromkeys(dataset.province(case.region).short for case in summaries)
    named = tuple(places)[:_MOST_PLACES]
    topics = dict.fromkeys(case.topic for case in summaries)
    events = (event for case in summaries for event in case.events)
    years = [year for event in events for year in event.years or ()]
    description = say(
        "data.description",
        cases=len(summaries),
        figures=sum(len(case.figures) for case in summaries),
        places=LISTED.join(named[:_MOST_PLACES_IN_WORDS]),
        more=say("data.and_others") if len(named) > _MOST_PLACES_IN_WORDS else "",
    )
    return _describe(
        dataset,
        name=dataset.settings.name or say("data.title"),
        description=description,
        keywords=tuple(dataset.vocabulary.topics[topic].name for topic in topics),
        places=named,
        period=f"{min(years):04}/{max(years):04}" if years else "",
        version=version_of_all(dataset),
        updated=dataset.updated,
        path="data/",
    )


def describe_case(case: Case, dataset: Dataset) -> DatasetDescription:
    """The description of the data of one case."""
    return _describe(
        dataset,
        name=case.title,
        description=case.summary,
        keywords=(dataset.vocabulary.topics[case.topic].name,),
        places=(dataset.place(case),),
        version=version_of(case),
        updated=case.updated,
        path=f"cases/{case.slug}/",
    )


def _describe(dataset: Dataset, *, path: str, **own: Any) -> DatasetDescription:
    """What the settings say of a data set, with what is its own."""
    settings = dataset.settings
    return DatasetDescription(
        **own,
        address=f"{settings.siteurl}/{path}" if settings.siteurl else "",
        publisher=settings.publisher or settings.name,
        contact=settings.contact,
        licence=settings.licence,
        languages=dataset.languages,
    )


def tag_text(text: Text, languages: Languages) -> list[dict[str, str]]:
    """A text in each language of the site, as JSON-LD has it."""
    return [
        {"@value": text.inside(lang), "@language": text.lang(lang)}
        for lang in languages
        if text.own(lang) or lang == languages.first
    ]


def describe_dcat(
    description: DatasetDescription, files: Iterable[tuple[str, str]]
) -> dict[str, object]:
    """The data set as a `dcat:Dataset`, given the names of its files with their media types.

    Addresses of files are whole, as portals need them.
    """
    return without_empty(_fill("dcat", description, files=files))


def describe_release(
    description: DatasetDescription, day: str, files: Sequence[DataFile]
) -> list[DataFile]:
    """What archives ask of a release of the day and of its files: an RO-Crate, and a deposit.

    Zenodo would put what names no known licence under one of its own choice: then there is none.
    """
    asked = {CRATE_NAME: "crate"}
    if description.licence and description.licence.id:
        asked[ZENODO_NAME] = "zenodo"
    filled = {path: _fill(name, description, day=day, files=files) for path, name in asked.items()}
    return [DataFile(path, encode_json(without_empty(one))) for path, one in filled.items()]


def describe_for_search(
    description: DatasetDescription, lang: Lang, **given: object
) -> dict[str, object]:
    """The data set as a Dataset of schema.org; given are its page, files and measures."""
    return _fill("schema_org", description, lang=lang, tag=LANGUAGE_TAGS[lang], **given)


def _fill(
    name: str, description: DatasetDescription, *, lang: Lang | None = None, **given: object
) -> dict[str, object]:
    """The template of a name in catalogues.yaml, filled in."""
    template = _open_template(name, description.languages, lang or description.languages.first)
    address = description.licence.url.en if description.licence else ""
    filled = template.render(about=description, licence=address, **given)
    described: dict[str, object] = json.loads(filled)
    return described


@cache
def _open_template(name: str, languages: Languages, lang: Lang) -> Template:
    # Only the pages of the data and a release need it.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, finalize=json.dumps)
    environment.filters |= {
        "digest": digest,
        "inside": lambda text: text.inside(lang),
        "own_of": lambda lang, texts: [text.own(lang) for text in texts if text.own(lang)],
        "paragraph": lambda text: f"<p>{escape(text)}</p>",
        "refer": lambda address: {"@id": address} if address else None,
        "tagged": lambda text: tag_text(text, languages),
    }
    path = Path(__file__).with_name("catalogues.yaml")
    return environment.from_string(yaml.load(path.read_bytes(), yaml.CSafeLoader)[name])
