"""JSON Schema of cases.json, made from the fields of the records and the columns of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casebook.data.cases_json import ROWS, Member, members_of, name_in_json
from casebook.data.tables import (
    ANSWERS,
    COMPARABILITY,
    EVENTS,
    FIGURES,
    SOURCES,
    TITLE,
    Column,
    DataTable,
    Words,
    list_words,
    table_in,
)
from casebook.record.description import FieldDescription
from casebook.record.model import Case
from casebook.record.vocabulary import Source, Vocabulary
from casebook.text import Languages

Schema = Mapping[str, object]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_STRING: Final[Schema] = {"type": "string"}
_NUMBER: Final = r"^(-?[0-9]+(\.[0-9]+)?)?$"
_DAY: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
_VERSION: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{12}$"}
_TEXT: Final[Schema] = {"$ref": "#/$defs/text"}
# The tables whose columns describe members of a record.
_TABLES: Final[Mapping[str, tuple[DataTable, ...]]] = {
    "figure": (FIGURES, COMPARABILITY),
    "event": (EVENTS,),
    "source": (SOURCES,),
}


def describe_schema(vocabulary: Vocabulary, languages: Languages) -> dict[str, object]:
    """The schema of cases.json. Numbers are decimal text there, so that none is rounded."""
    words = list_words(vocabulary)
    quoted: dict[str, object] = {"quoted": {"type": "object"}}
    counts = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
    sources = _object(_properties(Source, vocabulary, words, languages) | quoted)
    return {
        "$schema": _DIALECT,
        "title": TITLE.inside(languages.first),
        "description": "Everything that the site holds of its cases; numbers are decimal text.",
        **_object(
            {
                "cases": _list({"$ref": "#/$defs/case"}),
                "sources": {"type": "object", "additionalProperties": sources},
                "reviews": counts,
                "corrections": _list({"$ref": "#/$defs/change"}),
            }
        ),
        "$defs": {
            "text": _object(dict.fromkeys(languages, _STRING)),
            **{
                name_in_json(cls): _object(_properties(cls, vocabulary, words, languages))
                for cls in _list_classes()
            },
        },
    }


def _list_classes() -> list[type]:
    """The class of cases, those of the records inside it, and so on."""
    classes: list[type] = [Case]
    for cls in classes:
        inside = [member.field.items for member in members_of(cls) if member.field is not None]
        classes += [one for one in dict.fromkeys(inside) if one not in (object, *classes)]
    return classes


def _properties(
    cls: type, vocabulary: Vocabulary, words: Words, languages: Languages
) -> dict[str, object]:
    own = name_in_json(cls)
    members = {member.name: member for member in members_of(cls)}
    properties: dict[str, object] = {
        column.name: _describe(column, words, languages)
        for table in _TABLES.get(own, ())
        for column in table_in(table, languages).columns
        if column.name in members or (own in ROWS and table is ROWS[own][0])
    }
    for name, member in members.items():
        if name not in properties or (member.field and member.field.kind == "bilingual"):
            properties[name] = _type_of_member(member, vocabulary, words, languages)
    return properties


def _type_of_member(
    member: Member, vocabulary: Vocabulary, words: Words, languages: Languages
) -> Schema:
    """The type of a member by its field, or by its name where it is computed."""
    if member.field is not None and member.name != "answers":
        return _type_of(member.field, vocabulary)
    columns = table_in(ANSWERS, languages).columns
    answer = _object({column.name: _describe(column, words, languages) for column in columns})
    return {"place": _TEXT, "version": _VERSION, "answers": _list(answer)}.get(member.name, _STRING)


def _type_of(one: FieldDescription, vocabulary: Vocabulary) -> Schema:
    match one.kind:
        case "bilingual" | "block":
            return _TEXT
        case "number":
            return {"type": ["integer", "null"], "minimum": 1}
        case "flag":
            return {"type": "boolean"}
        case "iso_day":
            return {"type": "string", "pattern": _DAY}
        case "region":
            return {"type": "string", "pattern": "^[0-9]{6}$"}
        case "list" | "figures":
            return _list({"$ref": f"#/$defs/{name_in_json(one.items)}"})
        case "names" | "figure_names":
            return _list(_STRING)
        case "term":
            known = getattr(vocabulary, one.words) if isinstance(one.words, str) else one.words
            return {"enum": [*known] if one.required else ["", *known]}
    return _STRING


def _describe(column: Column, words: Words, languages: Languages) -> dict[str, object]:
    described: dict[str, object] = {
        "type": "string",
        "description": " / ".join(map(column.note.inside, languages)),
    }
    if column.type == "number":
        described["pattern"] = _NUMBER
    elif column.type == "date":
        described["pattern"] = _DAY
    elif column.words and not column.joined:
        keys = [word.key for word in words[column.words]]
        described["enum"] = keys if column.required else ["", *keys]
    elif column.required:
        described["minLength"] = 1
    return described


def _list(items: Schema) -> dict[str, object]:
    return {"type": "array", "items": items}


def _object(properties: Schema) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
