"""The data set in the words of catalogues: DCAT for portals, RO-Crate and Zenodo for archives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from casebook.data.csvw import tag_text
from casebook.data.dataset_description import DatasetDescription
from casebook.data.formats import DataFile
from casebook.values.digest import digest

CRATE_NAME: Final = "ro-crate-metadata.json"
ZENODO_NAME: Final = "zenodo.json"
_DCAT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_CRATE: Final = "https://w3id.org/ro/crate/1.1"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
# Zenodo asks for ISO 639-3.
_LANGUAGES: Final = {"zh": "zho", "en": "eng"}

# A file of the data set with its media type.
Listed = tuple[str, str]


def describe_dcat(description: DatasetDescription, files: Iterable[Listed]) -> dict[str, object]:
    """The data set as a `dcat:Dataset`; addresses of files are whole, as portals need them."""
    languages, licence = description.languages, description.licence
    described = {
        "@context": _DCAT,
        "@id": description.address,
        "@type": "dcat:Dataset",
        "dct:title": tag_text(description.name, languages),
        "dct:description": tag_text(description.description, languages),
        "dct:publisher": {
            "@type": "foaf:Agent",
            "foaf:name": tag_text(description.publisher, languages),
        },
        "dct:license": {"@id": licence.url.en} if licence and licence.url else None,
        "dct:modified": _date(description.updated),
        "dct:spatial": [
            {"@type": "dct:Location", "dct:title": tag_text(place, languages)}
            for place in description.places
        ],
        "dct:temporal": _describe_years(description),
        "dcat:contactPoint": _refer(description.contact_address),
        "dcat:keyword": [
            keyword for word in description.keywords for keyword in tag_text(word, languages)
        ],
        "dcat:landingPage": _refer(description.address),
        "dcat:version": description.version,
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": name,
                "dcat:downloadURL": _refer(description.address + name),
                "dcat:mediaType": _refer(_IANA + media_type),
            }
            for name, media_type in files
        ],
    }
    return {key: value for key, value in described.items() if value}


def describe_crate(
    description: DatasetDescription, day: str, files: Sequence[DataFile]
) -> dict[str, object]:
    """A release of the day and its files as an RO-Crate."""
    lang, licence = description.languages.first, description.licence
    root: dict[str, object] = {
        "@id": "./",
        "@type": "Dataset",
        "name": description.name.inside(lang),
        "description": description.description.inside(lang),
        "datePublished": day,
        "version": description.version,
        "publisher": {"@id": "#publisher"},
        "keywords": [word.inside(lang) for word in description.keywords],
        "temporalCoverage": description.period,
        "spatialCoverage": [place.inside(lang) for place in description.places],
        "url": description.address,
        "hasPart": [{"@id": file.path} for file in files],
    }
    publisher = {
        "@id": "#publisher",
        "@type": "Organization",
        "name": description.publisher.inside(lang),
    }
    terms = []
    if licence:
        # Whoever names a licence without an address is quoted.
        root["license"] = {"@id": licence.url.en} if licence.url else licence.name
        terms = (
            [{"@id": licence.url.en, "@type": "CreativeWork", "name": licence.name}]
            if licence.url
            else []
        )
    return {
        "@context": f"{_CRATE}/context",
        "@graph": [
            {
                "@id": CRATE_NAME,
                "@type": "CreativeWork",
                "conformsTo": {"@id": _CRATE},
                "about": {"@id": "./"},
            },
            {key: value for key, value in root.items() if value},
            publisher,
            *terms,
            *map(_describe_file, files),
        ],
    }


def describe_deposit(description: DatasetDescription, day: str) -> dict[str, object] | None:
    """A release of the day as the metadata of a deposit in Zenodo; None without a known licence.

    Zenodo would put what names no licence under one of its own choice.
    """
    lang, licence = description.languages.first, description.licence
    if licence is None or not licence.id:
        return None
    texts = (description.description.own(one) for one in description.languages)
    described = {
        "title": f"{description.name.inside(lang)} ({day})",
        "upload_type": "dataset",
        "publication_date": day,
        # HTML is read there.
        "description": "".join(f"<p>{escape(text)}</p>" for text in texts if text),
        "creators": [{"name": description.publisher.inside(lang)}],
        "access_right": "open",
        "license": licence.id.lower(),
        "version": description.version,
        "language": _LANGUAGES[lang],
        "keywords": [
            word.own(one)
            for one in description.languages
            for word in description.keywords
            if word.own(one)
        ],
        "related_identifiers": [
            {"identifier": description.address, "relation": "isDocumentedBy", "scheme": "url"}
        ]
        if description.address
        else [],
    }
    return {key: value for key, value in described.items() if value}


def _describe_file(file: DataFile) -> dict[str, object]:
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.path,
        "encodingFormat": "text/csv" if file.path.endswith(".csv") else "application/json",
        "contentSize": str(len(file.content)),
        "sha256": digest(file.content),
    }


def _describe_years(description: DatasetDescription) -> dict[str, object] | None:
    if description.years is None:
        return None
    first, last = ({"@type": "xsd:gYear", "@value": f"{year:04}"} for year in description.years)
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": first, "dcat:endDate": last}


def _date(day: str) -> dict[str, str] | None:
    return {"@type": "xsd:date", "@value": day} if day else None


def _refer(address: str) -> dict[str, str] | None:
    return {"@id": address} if address else None
