"""The data set in the words of catalogues: DCAT for portals, RO-Crate and Zenodo for archives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from casebook.data.dataset_description import DatasetDescription, tag_text
from casebook.data.formats import DataFile, encode_json
from casebook.text import LANGUAGE_TAGS, Lang, Languages
from casebook.values.digest import digest

if TYPE_CHECKING:
    from jinja2 import Template

CRATE_NAME: Final = "ro-crate-metadata.json"
ZENODO_NAME: Final = "zenodo.json"


def describe_dcat(
    description: DatasetDescription, files: Iterable[tuple[str, str]]
) -> dict[str, object]:
    """The data set as a `dcat:Dataset`, given the names of its files with their media types.

    Addresses of files are whole, as portals need them.
    """
    described: dict[str, object] = _without_empty(_describe("dcat", description, files=files))
    return described


def describe_release(
    description: DatasetDescription, day: str, files: Sequence[DataFile]
) -> list[DataFile]:
    """What archives ask of a release of the day and of its files: an RO-Crate, and a deposit.

    Zenodo would put what names no known licence under one of its own choice: then there is none.
    """
    asked = {CRATE_NAME: "crate"}
    if description.licence and description.licence.id:
        asked[ZENODO_NAME] = "zenodo"
    described = {
        path: _without_empty(_describe(name, description, day=day, files=files))
        for path, name in asked.items()
    }
    return [DataFile(path, encode_json(one)) for path, one in described.items()]


def describe_for_search(
    description: DatasetDescription, lang: Lang, **given: object
) -> dict[str, object]:
    """The data set as a Dataset of schema.org; given are its page, files and measures."""
    return _describe("schema_org", description, lang=lang, tag=LANGUAGE_TAGS[lang], **given)


def _describe(
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


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if inner}
    return value
