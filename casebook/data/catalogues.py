"""The data set in the words of catalogues: DCAT for portals, RO-Crate and Zenodo for archives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import yaml

from casebook.data.dataset_description import DatasetDescription, tag_text
from casebook.data.formats import DataFile, encode_json
from casebook.values.digest import digest

CRATE_NAME: Final = "ro-crate-metadata.json"
ZENODO_NAME: Final = "zenodo.json"


def describe_dcat(
    description: DatasetDescription, files: Iterable[tuple[str, str]]
) -> dict[str, object]:
    """The data set as a `dcat:Dataset`, given the names of its files with their media types.

    Addresses of files are whole, as portals need them.
    """
    return _describe("dcat", description, files=files)


def describe_release(
    description: DatasetDescription, day: str, files: Sequence[DataFile]
) -> list[DataFile]:
    """What archives ask of a release of the day and of its files: an RO-Crate, and a deposit.

    Zenodo would put what names no known licence under one of its own choice: then there is none.
    """
    asked = {CRATE_NAME: "crate"}
    if description.licence and description.licence.id:
        asked[ZENODO_NAME] = "zenodo"
    return [
        DataFile(path, encode_json(_describe(name, description, day=day, files=files)))
        for path, name in asked.items()
    ]


def _describe(name: str, description: DatasetDescription, **given: object) -> dict[str, object]:
    """The template of a name in catalogues.yaml, filled in."""
    # Only the page of the data and a release need it.
    from jinja2 import Environment, StrictUndefined

    languages, licence = description.languages, description.licence
    environment = Environment(undefined=StrictUndefined, finalize=json.dumps)
    environment.filters |= {
        "digest": digest,
        "inside": lambda text: text.inside(languages.first),
        "own_of": lambda lang, texts: [text.own(lang) for text in texts if text.own(lang)],
        "paragraph": lambda text: f"<p>{escape(text)}</p>",
        "refer": lambda address: {"@id": address} if address else None,
        "tagged": lambda text: tag_text(text, languages),
    }
    path = Path(__file__).with_name("catalogues.yaml")
    template = yaml.load(path.read_bytes(), yaml.CSafeLoader)[name]
    address = licence.url.en if licence else ""
    filled = environment.from_string(template).render(about=description, licence=address, **given)
    described: dict[str, object] = _without_empty(json.loads(filled))
    return described


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if inner}
    return value
