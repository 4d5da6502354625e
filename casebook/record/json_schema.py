"""JSON Schema of a case file, with which text editors complete and explain its fields.

The schema is made from the descriptions of the fields and the vocabulary, so it always agrees with
the reader. `python3 build.py schema` writes it to data/case.schema.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from casebook.messages import problem, say
from casebook.problems import START, Problem
from casebook.record.description import FieldDescription, fields_of
from casebook.record.fields import FLAGS
from casebook.record.lists import Lists
from casebook.record.model import Answer, Case
from casebook.record.reader import SILENT
from casebook.record.vocabulary import Vocabulary
from casebook.text import ENUMERATION, Text
from casebook.yaml.files import read_text

SCHEMA_FILE: Final = "data/case.schema.json"

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
# 06037 is not read as a number, because its leading zero would be lost.
_NUMBER: Final = re.compile("[1-9][0-9]*")
_TEXT: Final = {"type": ["string", "number", "boolean"]}
# An empty field counts as left out.
_OPTIONAL: Final = {"type": ["string", "number", "boolean", "null"]}
_SIMPLE: Final[Mapping[str, dict[str, Any]]] = {
    "number": {"$ref": "#/definitions/line"},
    "flag": {"enum": [*FLAGS, True, False]},
    "figure_names": {"type": ["array", "null"], "items": _TEXT},
    "names": {"type": ["array", "string", "null"], "items": _TEXT},
}


def write_schema(lists: Lists) -> bytes:
    """The schema as the bytes of data/case.schema.json."""
    return (json.dumps(make_schema(lists), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def check_schema(project: Path, vocabulary: Vocabulary, sources: Iterable[str]) -> list[Problem]:
    """A warning if the existing schema lacks a word or source of the lists, else none."""
    path = project / SCHEMA_FILE
    if not path.exists():
        return []
    # An unreadable schema counts as one without words, and gets the same warning.
    known = {*_QUOTED.findall(read_text(path, project, []) or "")}
    lists = (vocabulary.questions, vocabulary.topics, vocabulary.measures, vocabulary.statuses)
    words = [*(key for listed in lists for key in listed), *vocabulary.scopes, *sources]
    # Making the schema to compare would take longer than all other checks of a small site.
    missing = [word for word in words if word not in known]
    if not missing:
        return []
    return [problem("W268", SCHEMA_FILE, START, words=ENUMERATION.join(missing[:5]))]


def make_schema(lists: Lists) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a case, with the words of the vocabulary as its choices."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Casebook: data/cases/*.yaml",
        **_object(fields_of(Case), lists),
        "definitions": {"line": {"type": ["integer", "string", "null"], "pattern": "^[0-9]{1,6}$"}},
    }


def _object(described: Iterable[FieldDescription], lists: Lists) -> dict[str, Any]:
    """The schema of a mapping; it requires `printed` fields only without a formula."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    printed: list[str] = []
    # A figure with a formula has no `printed` fields.
    for one in described:
        if one.required:
            (printed if one.printed else required).append(one.name)
        properties[one.name] = {"description": _join(one.note), **_type_of(one, lists)}
        names = one.names(lists.languages)
        for lang, name in zip(lists.languages[1:], names[1:], strict=False):
            twin = say(f"record.twin_{lang}", name=one.name)
            properties[name] = {"description": _join(twin), **_OPTIONAL}
    # The text editor marks a misspelt name at once; the reader reports it only later.
    made: dict[str, Any] = {"type": "object", "additionalProperties": False}
    made["properties"] = properties
    if required:
        made["required"] = required
    if printed:
        made["anyOf"] = [{"required": printed}, {"required": ["formula"]}]
    return made


def _type_of(one: FieldDescription, lists: Lists) -> dict[str, Any]:
    """The type of a field by its kind; kinds that are not listed are texts."""
    match one.kind:
        case "term" | "source" | "region":
            return _choices(one, lists)
        case "list":
            return {"type": ["array", "null"], "items": _object(one.inner, lists)}
        case "figures":
            return {
                "type": "object",
                "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
                "additionalProperties": _object(one.inner, lists),
            }
        case "answers":
            return _answers(lists)
    return {**_SIMPLE.get(one.kind, _TEXT if one.required and not one.printed else _OPTIONAL)}


def _choices(one: FieldDescription, lists: Lists) -> dict[str, Any]:
    """The allowed words of a field, with their names unless they are the program's own."""
    if isinstance(one.words, tuple) and one.kind == "term":
        return {"enum": list(one.words)}
    if one.kind == "source":
        return _choice((key, source.title) for key, source in lists.sources.items())
    if one.kind == "region":
        regions = {code: region.name for code, region in lists.regions.every().items()}
        # YAML reads a code without quotes as a number, which is also allowed.
        numbers = ((int(code), name) for code, name in regions.items() if _NUMBER.fullmatch(code))
        return _choice([*regions.items(), *numbers])
    terms = getattr(lists.vocabulary, str(one.words))
    return _choice((key, term.name) for key, term in terms.items())


def _answers(lists: Lists) -> dict[str, Any]:
    silent = [say("record.not_stated").zh, say("record.not_applicable").zh]
    properties = {}
    for key, question in lists.vocabulary.questions.items():
        word: dict[str, Any] = dict(_TEXT)
        if question.terms:
            terms: Mapping[str, Any] = getattr(lists.vocabulary, question.terms)
            word = _choice((name, term.name) for name, term in terms.items())
            word["enum"] = [*SILENT, *word["enum"]]
            word["enumDescriptions"] = [*silent, *word["enumDescriptions"]]
        several = {"type": "array", "items": word}
        mapping = _object(fields_of(Answer), lists)
        for said in (mapping, mapping["properties"]["elsewhere"]["items"]):
            said["properties"]["value"] = {
                "description": said["properties"]["value"]["description"],
                "anyOf": [word, several],
            }
        properties[key] = {
            "description": _join(question.ask or question.name),
            "anyOf": [word, several, mapping, {"type": "null"}],
        }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _choice(words: Iterable[tuple[str | int, Text]]) -> dict[str, Any]:
    pairs = list(words)
    return {
        "enum": [key for key, _ in pairs],
        "enumDescriptions": [_join(name) for _, name in pairs],
    }


def _join(text: Text) -> str:
    return "\n".join(filter(None, (text.zh, text.en)))
