"""All records as JSON: cases.json with its schema, and each case in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from casebook.checks.quotes import measure_quotes
from casebook.data.formats import encode_json
from casebook.data.tables import (
    ANSWERS,
    COMPARABILITY,
    EVENTS,
    FIGURES,
    SOURCES,
    DataTable,
    event_row,
    figure_row,
    list_words,
    rows_of_case,
    table_in,
    version_of,
)
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.description import FieldDescription, compute_once, fields_of
from casebook.record.model import Case
from casebook.record.vocabulary import Source
from casebook.text import Languages, Text
from casebook.values.periods import Period
from casebook.values.quantity import plain

Value = Callable[[Any, Dataset], object]
Schema = Mapping[str, object]

_UNQUOTED: Final = {"quotes": 0, "characters": 0, "share": ""}
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_STRING: Final[Schema] = {"type": "string"}
_NUMBER: Final = r"^(-?[0-9]+(\.[0-9]+)?)?$"
_DAY: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
_VERSION: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{12}$"}
_TEXT: Final[Schema] = {"$ref": "#/$defs/text"}


def _list(items: Schema) -> dict[str, object]:
    return {"type": "array", "items": items}


def _object(properties: Schema) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


# The schemas of fields by their kinds; every other kind is a string.
_SCHEMAS: Final[Mapping[str, Schema]] = {
    **dict.fromkeys(("bilingual", "block"), _TEXT),
    **dict.fromkeys(("names", "figure_names"), _list(_STRING)),
    "number": {"type": ["integer", "null"], "minimum": 1},
    "flag": {"type": "boolean"},
    "iso_day": {"type": "string", "pattern": _DAY},
}


def indent_case(described: bytes) -> bytes:
    """The JSON of a case as cases.json contains it, indented by two more steps.

    Writing a case as JSON is the slowest step, so its bytes are used twice.
    """
    return described.removesuffix(b"\n").replace(b"\n", b"\n  ")


def join_cases(dataset: Dataset, indented: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of cases.json, from the bytes of the cases with the separators between them."""
    yield b'{\n "cases": [' + (b"\n  " if dataset.summaries else b"")
    yield from indented
    yield b"\n ]," if dataset.summaries else b"],"
    yield encode_json(_describe_rest(dataset)).removeprefix(b"{")


def _describe_rest(dataset: Dataset) -> dict[str, object]:
    """The members of cases.json after the cases."""
    quoted = {
        measured.source: {
            "quotes": measured.quotes,
            "characters": measured.characters,
            "share": "" if measured.share is None else plain(measured.share),
        }
        for measured in measure_quotes(dataset)
    }
    return {
        "sources": {
            name: dump_record(source, dataset) | {"quoted": quoted.get(name, _UNQUOTED)}
            for name, source in dataset.used_sources.items()
        },
        "reviews": dict(sorted(dataset.reviews.items())),
        "corrections": [dump_record(change, dataset) for change in dataset.changes],
    }


class Member(NamedTuple):
    """One member of a record in JSON, with its field, or with a schema if it is computed."""

    name: str
    value: Value
    field: FieldDescription | None = None
    schema: Schema = _STRING


# The records that begin with their row of a table, by their names in JSON.
_ROWS: Final[Mapping[str, Callable[[Any, Languages], dict[str, str]]]] = {
    "figure": figure_row,
    "event": event_row,
}
# The tables whose columns describe the members of a record; the table of its row is first.
_TABLES: Final[Mapping[str, tuple[DataTable, ...]]] = {
    "figure": (FIGURES, COMPARABILITY),
    "event": (EVENTS,),
    "source": (SOURCES,),
}
_COMPUTED: Final[Mapping[str, tuple[Member, ...]]] = {
    "case": (
        Member("slug", lambda case, _: case.slug),
        Member("place", lambda case, data: _dump(data.place(case), data), schema=_TEXT),
        Member("version", lambda case, _: version_of(case), schema=_VERSION),
        Member("answers", lambda case, dataset: list(rows_of_case(ANSWERS, case, dataset))),
    ),
    "figure": (
        Member("class", lambda figure, _: "" if figure.formula else class_of(figure).key),
        Member("review", lambda figure, dataset: dataset.review(figure)),
    ),
    "change": (Member("case", lambda change, _: change.case),),
}
# The published order of the members; members declared since come after these.
_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "case": ("slug", "region", "place", "title", "topic", "summary", "updated", "version"),
    "figure": (
        *("label", "class", "scope", "part_of", "follows", "line", "note", "corroborated_by"),
        *("review", "history"),
    ),
    "change": ("case", "figure"),
    "document": ("title", "state", "issuer", "date", "source", "note"),
}


def dump_record(record: Any, dataset: Dataset) -> dict[str, object]:
    """A record as plain data; figures and events begin with their rows of tables."""
    own = name_in_json(type(record))
    made: dict[str, object] = {**_ROWS[own](record, dataset.languages)} if own in _ROWS else {}
    for member in members_of(type(record)):
        made[member.name] = member.value(record, dataset)
    return made


@compute_once
def name_in_json(cls: type) -> str:
    """The name of a class of records in cases.json and its schema."""
    return cls.__name__.lower()


@compute_once
def members_of(cls: type) -> tuple[Member, ...]:
    """The members of a record in JSON besides those of its row, in order."""
    name = name_in_json(cls)
    computed = {member.name: member for member in _COMPUTED.get(name, ())}
    written = _TABLES[name][0].names if name in _ROWS else ()
    described = {
        one.name: Member(one.name, partial(_dump_field, one), one)
        for one in fields_of(cls)
        if one.dumped and (one.kind == "bilingual" or one.name not in written)
    }
    members = described | computed
    order = dict.fromkeys(_ORDER.get(name, ()))
    return tuple(members[key] for key in order | members if key in members)


def _dump_field(one: FieldDescription, record: Any, dataset: Dataset) -> object:
    value = getattr(record, one.attribute)
    # An unknown date is an empty text, like every other unknown word.
    return "" if value is None and one.kind != "number" else _dump(value, dataset)


def _dump(value: Any, dataset: Dataset) -> object:
    match value:
        case Text():
            return {lang: value.own(lang) for lang in dataset.languages}
        case None | str() | int():
            return value
        case Period():
            return value.edtf
        case tuple() | Mapping():
            held = value.values() if isinstance(value, Mapping) else value
            return [_dump(inner, dataset) for inner in held]
    return dump_record(value, dataset)


def describe_schema(dataset: Dataset) -> dict[str, object]:
    """The schema of cases.json, where numbers are decimal text so that none is rounded."""
    sources = _object(_describe_members(Source, dataset) | {"quoted": {"type": "object"}})
    counts = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
    return {
        "$schema": _DIALECT,
        "title": dataset.settings.name.inside(dataset.languages.first),
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
            "text": _object(dict.fromkeys(dataset.languages, _STRING)),
            **{
                name_in_json(cls): _object(_describe_members(cls, dataset))
                for cls in _list_classes()
            },
        },
    }


def _list_classes() -> list[type]:
    """The class Case, the classes of the records inside it, and so on."""
    classes: list[type] = [Case]
    for cls in classes:
        inside = [member.field.items for member in members_of(cls) if member.field is not None]
        classes += [one for one in dict.fromkeys(inside) if one not in (object, *classes)]
    return classes


def _describe_members(cls: type, dataset: Dataset) -> dict[str, object]:
    """The schema of each member of a class of records, by its field or its column of a table."""
    own = name_in_json(cls)
    members = {member.name: member for member in members_of(cls)}
    properties: dict[str, object] = {
        name: described
        for table in _TABLES.get(own, ())
        for name, described in _describe_columns(table, dataset)
        if name in members or (own in _ROWS and table is _TABLES[own][0])
    }
    for name, member in members.items():
        if name not in properties or (member.field and member.field.kind == "bilingual"):
            properties[name] = _describe_member(member, dataset)
    return properties


def _describe_member(member: Member, dataset: Dataset) -> Schema:
    """The schema of a member by its field, or its own schema if it is computed."""
    one = member.field
    if member.name == "answers":
        return _list(_object(dict(_describe_columns(ANSWERS, dataset))))
    if one is None:
        return member.schema
    if one.kind in ("list", "figures"):
        return _list({"$ref": f"#/$defs/{name_in_json(one.items)}"})
    if one.kind == "term":
        listed = one.words
        if isinstance(listed, str):
            listed = tuple(word.key for word in list_words(dataset.vocabulary)[listed])
        return {"enum": [*listed] if one.required else ["", *listed]}
    return _SCHEMAS.get(one.kind, _STRING)


def _describe_columns(table: DataTable, dataset: Dataset) -> Iterator[tuple[str, Schema]]:
    """The columns of a table, each with the schema of its cells, which are texts."""
    words = list_words(dataset.vocabulary)
    for column in table_in(table, dataset.languages).columns:
        described: dict[str, object] = {
            "type": "string",
            "description": " / ".join(map(column.note.inside, dataset.languages)),
        }
        if column.type != "string":
            described["pattern"] = _NUMBER if column.type == "number" else _DAY
        elif column.words and not column.joined:
            keys = [word.key for word in words[column.words]]
            described["enum"] = keys if column.required else ["", *keys]
        elif column.required:
            described["minLength"] = 1
        yield column.name, described
