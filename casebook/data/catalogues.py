"""Descriptions of the data set and its tables in the formats of other programs.

Portals read DCAT, archives RO-Crate and the format of Zenodo, search engines schema.org; programs
that read tables use CSVW and Frictionless Data Packages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from casebook.data.formats import DataFile, encode_json, without_empty
from casebook.data.tables import (
    CASE_FIGURES,
    TABLES,
    Column,
    DataTable,
    Word,
    list_words,
    name_in,
    table_in,
    version_of,
    version_of_all,
)
from casebook.messages import say
from casebook.patterns import read_words
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Media
from casebook.record.settings import Licence
from casebook.text import LANGUAGE_TAGS, LISTED, Lang, Languages, Text
from casebook.values.digest import digest

if TYPE_CHECKING:
    from jinja2 import Template

CRATE_NAME: Final = "ro-crate-metadata.json"
ZENODO_NAME: Final = "zenodo.json"
# The tools of W3C look for this name beside the address of a table.
CSVW_NAME: Final = "csv-metadata.json"
# If there are more places, their provinces are named instead.
_MOST_PLACES: Final = 60
# Google refuses descriptions of more than 5,000 characters.
_MOST_PLACES_IN_WORDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDescription:
    """The description of a data set for catalogues; unknown values are empty.

    `period` is an interval of ISO 8601, from the first to the last year of its figures and events.
    `address` is the full address of the page of the data, `contact` an e-mail address or a web
    address.
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
    return dataset.once(_describe_dataset)


def _describe_dataset(dataset: Dataset) -> DatasetDescription:
    summaries = dataset.summaries
    places = dict.fromkeys(map(dataset.place, summaries))
    if len(places) > _MOST_PLACES:
        places = dict.fromkeys(dataset.province(case.region).short for case in summaries)
    named = tuple(places)[:_MOST_PLACES]
    topics = dict.fromkeys(case.topic for case in summaries)
    spans = [event.years for case in summaries for event in case.events]
    spans += [figure.years for case in summaries for figure in case.figures]
    years = [year for span in spans for year in span or ()]
    description = say(
        "data.description",
        about=dataset.settings.tagline or dataset.settings.name,
        cases=len(summaries),
        figures=sum(len(case.figures) for case in summaries),
        places=LISTED.join(named[:_MOST_PLACES_IN_WORDS]),
        more=say("data.and_others") if len(named) > _MOST_PLACES_IN_WORDS else "",
    )
    return _describe(
        dataset,
        name=dataset.settings.name,
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
    """The description of a data set by the settings and its `own` values."""
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
    """A text in each language of the site, in the form of JSON-LD."""
    return [
        {"@value": text.inside(lang), "@language": text.lang(lang)}
        for lang in languages
        if text.own(lang) or lang == languages.first
    ]


def describe_dcat(
    description: DatasetDescription, files: Iterable[tuple[str, str]]
) -> dict[str, object]:
    """The data set as a `dcat:Dataset`, from the names of its files and their media types.

    The addresses of files are absolute, as portals need them.
    """
    return without_empty(_fill("dcat", description, files=files))


def describe_release(
    description: DatasetDescription, day: str, files: Sequence[DataFile]
) -> list[DataFile]:
    """The files that archives need for a release of a day: an RO-Crate and a deposit of Zenodo.

    Without a known licence there is no deposit, as Zenodo would choose a licence of its own.
    """
    asked = {CRATE_NAME: "crate"}
    if description.licence and description.licence.id:
        asked[ZENODO_NAME] = "zenodo"
    filled = {path: _fill(name, description, day=day, files=files) for path, name in asked.items()}
    return [DataFile(path, encode_json(without_empty(one))) for path, one in filled.items()]


def describe_for_search(
    description: DatasetDescription, lang: Lang, **given: object
) -> dict[str, object]:
    """The data set as a Dataset of schema.org; `given` are its page, files and measures."""
    return _fill("schema_org", description, lang=lang, tag=LANGUAGE_TAGS[lang], **given)


def describe_csvw(dataset: Dataset) -> dict[str, object]:
    """The tables as a table group of CSVW."""
    languages = dataset.languages
    filled = _fill(
        "csvw",
        describe_dataset(dataset),
        tag=LANGUAGE_TAGS[languages.first],
        tables=[table_in(table, languages) for table in TABLES],
        words=list_words(dataset.vocabulary),
    )
    return without_empty(filled)


def _fill(
    name: str, description: DatasetDescription, *, lang: Lang | None = None, **given: object
) -> dict[str, object]:
    """The filled-in template of a name in catalogues.yaml."""
    template = _open_template(name, description.languages, lang or description.languages.first)
    address = description.licence.url.en if description.licence else ""
    filled = template.render(about=description, licence=address, **given)
    described: dict[str, object] = json.loads(filled)
    return described


@cache
def _open_template(name: str, languages: Languages, lang: Lang) -> Template:
    # Imported here: only the pages of the data and a release need it.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, finalize=json.dumps)
    environment.filters |= {
        "digest": digest,
        "inside": lambda text: text.inside(lang),
        "own_of": lambda lang, texts: [text.own(lang) for text in texts if text.own(lang)],
        "paragraph": lambda text: f"<p>{escape(text)}</p>",
        "pattern": _match_any,
        "refer": lambda address: {"@id": address} if address else None,
        "tagged": lambda text: tag_text(text, languages),
    }
    return environment.from_string(read_words(__file__, "catalogues.yaml")[name])


def _match_any(words: Sequence[Word]) -> str:
    """A regular expression that matches the key of any of the words."""
    return "|".join(re.escape(word.key) for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The size in bytes, the SHA-256 and the media type of a written file."""

    size: int
    digest: str
    media_type: str = ""


def describe_package(dataset: Dataset, written: Mapping[str, Measured]) -> dict[str, object]:
    """A Frictionless Data Package of all files of open data, which are in the same folder."""
    tables = {f"{table.name}.csv": table for table in TABLES}
    resources = [
        _describe_table(tables[name], name, dataset) | _measure(file)
        if name in tables
        else _describe_file(name, file)
        for name, file in written.items()
    ]
    resources += map(_describe_media, dataset.media.values())
    described = _describe_package("casebook", describe_dataset(dataset), resources)
    return described | {"profile": "data-package"}


def describe_case_package(case: Case, dataset: Dataset, table: bytes) -> dict[str, object]:
    """The data package of the figures of one case, from the bytes of their table."""
    resource = _describe_table(CASE_FIGURES, f"{case.slug}.csv", dataset)
    resource |= _measure(Measured(size=len(table), digest=digest(table)))
    return _describe_package(f"casebook-{case.slug}", describe_case(case, dataset), [resource])


def _describe_package(
    name: str, description: DatasetDescription, resources: Sequence[object]
) -> dict[str, object]:
    languages, contact, licence = description.languages, description.contact, description.licence
    publisher = {"title": description.publisher.inside(languages.first), "role": "publisher"}
    publisher["email" if "@" in contact else "path"] = contact
    keywords = [word.inside(lang) for lang in languages for word in description.keywords]
    # The standard names a licence by its identifier or its address, not by words.
    known = [licence] if licence and (licence.id or licence.url) else []
    return without_empty(
        {
            "name": name,
            "id": description.address,
            **name_in(description.name, "title", languages),
            **name_in(description.description, "description", languages),
            "homepage": description.address,
            "version": description.version,
            "keywords": list(dict.fromkeys(keywords)),
            "contributors": [publisher] if publisher["title"] else [],
            "licenses": [{"name": o.id, "path": o.url.en, "title": o.name} for o in known],
            "profile": "tabular-data-package",
            "resources": resources,
        }
    )


def _measure(file: Measured | Media) -> dict[str, object]:
    return {"bytes": file.size, "hash": f"sha256:{file.digest}"}


def _describe_file(path: str, measured: Measured) -> dict[str, object]:
    name, _, kind = path.rpartition(".")
    return {
        # A table and another file may differ in their endings only.
        "name": f"{name}-{kind}".lower().replace("_", "-"),
        "path": path,
        "format": kind,
        "mediatype": measured.media_type,
        # Otherwise a program would read a workbook as one table, and JSON as rows.
        "type": "file",
        **_measure(measured),
    }


def _describe_media(media: Media) -> dict[str, object]:
    kind = media.kind.lower()
    return {
        "name": re.sub(r"[^a-z0-9]+", "-", f"{media.name} {media.digest[:8]}".lower()),
        "path": media.name,
        "format": kind,
        "mediatype": f"{'application' if kind == 'pdf' else 'image'}/{kind}",
        "profile": "data-resource",
        # The published picture is smaller than the original, so size and digest differ.
        **({} if media.width else _measure(media)),
    }


def _describe_table(table: DataTable, path: str, dataset: Dataset) -> dict[str, object]:
    """A table as a resource; the table of one case has no foreign keys, as it stands alone."""
    languages, is_alone = dataset.languages, table is CASE_FIGURES
    words = list_words(dataset.vocabulary)
    fields = []
    for column in table_in(table, languages).columns:
        listed = words.get(column.words, ())
        fields.append(_describe_field(column, listed, languages))
        if not is_alone:
            named = ({"value": w.key, **name_in(w.name, "label", languages)} for w in listed)
            fields[-1]["categories"] = list(named)
    return {
        "name": table.name,
        **name_in(table.title, "title", languages),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": {
            "fields": fields,
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {
                    "fields": list(other.key),
                    "reference": {"resource": other.name, "fields": list(other.key)},
                }
                for other in (() if is_alone else table.points_to)
            ],
        },
    }


def _describe_field(
    column: Column, words: Sequence[Word], languages: Languages
) -> dict[str, object]:
    constraints: dict[str, object] = {"required": column.required or None}
    if column.joined:
        either = _match_any(words)
        constraints["pattern"] = f"({either})({re.escape(column.joined)}({either}))*"
    else:
        constraints["enum"] = [word.key for word in words]
    return {
        "name": column.name,
        "type": column.type,
        **name_in(column.note, "description", languages),
        "constraints": constraints,
    }
