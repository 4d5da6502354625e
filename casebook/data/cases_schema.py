"""The JSON Schema of cases.json, made from the same columns and lists as the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from casebook.data.tables import (
    ANSWERS,
    COMPARABILITY,
    EVENTS,
    FIGURES,
    SOURCES,
    Category,
    Column,
    DataTable,
    list_words,
)
from casebook.record.model import ChangeKind, Vocabulary

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_STRING: Final[Mapping[str, object]] = {"type": "string"}
_NUMBER: Final = r"^(-?[0-9]+(\.[0-9]+)?)?$"
_DAY: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
_VERSION: Final = "^[0-9a-f]{12}$"


def describe_schema(vocabulary: Vocabulary) -> dict[str, object]:
    """The schema of cases.json. Numbers are decimal text there, so that none is rounded."""
    words = list_words(vocabulary)
    source = _columns(SOURCES, words, leave_out=("source", "title_en", "publisher_en", "note_en"))
    return {
        "$schema": _DIALECT,
        "title": "政府购买服务案例数据",
        "description": "Everything that the site holds of its cases; numbers are decimal text.",
        **_object(
            {
                "cases": _list({"$ref": "#/$defs/case"}),
                "sources": {
                    "type": "object",
                    "additionalProperties": _object(
                        source
                        | {name: _ref("text") for name in ("title", "publisher", "note")}
                        | {"quoted": {"type": "object"}}
                    ),
                },
                "reviews": {
                    "type": "object",
                    "additionalProperties": {"type": "integer", "minimum": 0},
                },
                "corrections": _list(_ref("change")),
            }
        ),
        "$defs": _define(vocabulary, words),
    }


def _define(vocabulary: Vocabulary, words: Mapping[str, tuple[Category, ...]]) -> dict[str, object]:
    about = {
        column.name: _describe(column, words)
        for column in COMPARABILITY.columns
        if column.name in ("class", "scope", "part_of", "follows", "review")
    }
    line: dict[str, object] = {"type": ["integer", "null"], "minimum": 1}
    state: dict[str, object] = {"enum": list(vocabulary.document_states)}
    event_state: dict[str, object] = {"enum": ["", *vocabulary.statuses]}
    return {
        "text": _object({"zh": _STRING, "en": _STRING}),
        "case": _object(
            {
                "slug": _STRING,
                "region": {"type": "string", "pattern": "^[0-9]{6}$"},
                "place": _ref("text"),
                "title": _ref("text"),
                "topic": {"enum": list(vocabulary.topics)},
                "summary": _ref("text"),
                "updated": {"type": "string", "pattern": _DAY},
                "version": {"type": "string", "pattern": _VERSION},
                "answers": _list(_object(_columns(ANSWERS, words))),
                "figures": _list(_ref("figure")),
                "events": _list(_ref("event")),
                "documents": _list(_ref("document")),
                "conflicts": _list(_ref("conflict")),
                "story": _ref("text"),
            }
        ),
        "figure": _object(
            _columns(FIGURES, words)
            | about
            | {
                "label": _ref("text"),
                "line": line,
                "note": _ref("text"),
                "corroborated_by": _list(_ref("report")),
                "history": _list(_ref("change")),
            }
        ),
        "event": _object(
            _columns(EVENTS, words)
            | {"title": _ref("text"), "status": event_state, "note": _ref("text")}
        ),
        "document": _object(
            {
                "title": _ref("text"),
                "state": state,
                "issuer": _ref("text"),
                "date": _STRING,
                "source": _STRING,
                "note": _ref("text"),
            }
        ),
        "conflict": _object(
            {
                "about": _ref("text"),
                "figures": _list(_STRING),
                "reports": _list(_ref("report")),
                "note": _ref("text"),
            }
        ),
        "report": _object(
            {
                "source": _STRING,
                "says": _ref("text"),
                "quote": _STRING,
                "line": line,
                "confirms": {"type": "boolean"},
            }
        ),
        "change": _object(
            {
                "case": _STRING,
                "figure": _STRING,
                "date": _STRING,
                "kind": {"enum": list(get_args(ChangeKind))},
                "from": _STRING,
                "to": _STRING,
                "why": _ref("text"),
            }
        ),
    }


def _columns(
    table: DataTable,
    words: Mapping[str, tuple[Category, ...]],
    leave_out: tuple[str, ...] = (),
) -> dict[str, object]:
    return {
        column.name: _describe(column, words)
        for column in table.columns
        if column.name not in leave_out
    }


def _describe(column: Column, words: Mapping[str, tuple[Category, ...]]) -> dict[str, object]:
    described: dict[str, object] = {
        "type": "string",
        "description": f"{column.note.zh} / {column.note.en}",
    }
    if column.type == "number":
        described["pattern"] = _NUMBER
    elif column.type == "date":
        described["pattern"] = _DAY
    elif column.words and not column.joined:
        keys = [word.value for word in words[column.words]]
        described["enum"] = keys if column.required else ["", *keys]
    elif column.required:
        described["minLength"] = 1
    return described


def _ref(name: str) -> dict[str, object]:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Mapping[str, object]) -> dict[str, object]:
    return {"type": "array", "items": items}


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
