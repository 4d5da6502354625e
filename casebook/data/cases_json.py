"""All records as JSON: cases.json, and each case in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple

from casebook.checks.quotes import measure_quotes
from casebook.data.formats import encode_json
from casebook.data.table_rows import answer_rows, event_row, figure_row, version_of
from casebook.data.tables import EVENTS, FIGURES, DataTable
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.description import FieldDescription, compute_once, fields_of
from casebook.text import Languages, Text
from casebook.values.amounts import plain

Value = Callable[[Any, Dataset], object]

_UNQUOTED: Final = {"quotes": 0, "characters": 0, "share": ""}


def join_cases(dataset: Dataset, described: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of cases.json, in which every case is as in its own file, two steps deeper.

    `described` are the files of the cases: nothing takes as long as writing a case as JSON, so it
    is done once.
    """
    yield b'{\n "cases": ['
    start = b"\n  "
    for content in described:
        yield start
        yield content.removesuffix(b"\n").replace(b"\n", b"\n  ")
        start = b",\n  "
    yield b"\n ]," if start[:1] == b"," else b"],"
    yield encode_json(_describe_rest(dataset)).removeprefix(b"{")


def _describe_rest(dataset: Dataset) -> dict[str, object]:
    """Everything that cases.json holds behind the cases."""
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
    """One member of a record in JSON, with its field unless it is computed."""

    name: str
    value: Value
    field: FieldDescription | None = None


# Records that begin with their row of a table, by their names in JSON.
ROWS: Final[Mapping[str, tuple[DataTable, Callable[[Any, Languages], Mapping[str, str]]]]] = {
    "figure": (FIGURES, figure_row),
    "event": (EVENTS, event_row),
}
_COMPUTED: Final[Mapping[str, tuple[Member, ...]]] = {
    "case": (
        Member("slug", lambda case, _: case.slug),
        Member("place", lambda case, dataset: _text(dataset.place(case), dataset)),
        Member("version", lambda case, _: version_of(case)),
        Member("answers", lambda case, dataset: list(answer_rows(case, dataset))),
    ),
    "figure": (
        Member("class", lambda figure, _: "" if figure.formula else class_of(figure).key),
        Member("review", lambda figure, dataset: dataset.review(figure)),
    ),
    "change": (Member("case", lambda change, _: change.case),),
}
# The order that the members were published in; what is declared since comes behind.
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
    """A record as plain data; figures and events begin with their rows of the tables."""
    row = ROWS.get(name_in_json(type(record)))
    made: dict[str, object] = dict(row[1](record, dataset.languages)) if row is not None else {}
    for name, value, _ in members_of(type(record)):
        made[name] = value(record, dataset)
    return made


@compute_once
def name_in_json(cls: type) -> str:
    """The name of a class of records in cases.json and its schema."""
    return cls.__name__.lower()


@compute_once
def members_of(cls: type) -> tuple[Member, ...]:
    """The members of a record in JSON beside its row, in their order."""
    name = name_in_json(cls)
    computed = {member.name: member for member in _COMPUTED.get(name, ())}
    written = ROWS[name][0].names if name in ROWS else ()
    described = {
        one.name: Member(one.name, _value_of(one), one)
        for one in fields_of(cls)
        if one.dumped and (one.kind == "bilingual" or one.name not in written)
    }
    members = described | computed
    order = dict.fromkeys(_ORDER.get(name, ()))
    return tuple(members[key] for key in order | members if key in members)


def _value_of(one: FieldDescription) -> Value:
    get = attrgetter(one.attribute)
    match one.kind:
        case "bilingual" | "block":
            return lambda record, dataset: _text(get(record), dataset)
        case "period" | "day":
            return lambda record, _: period.edtf if (period := get(record)) is not None else ""
        case "list":
            return lambda record, dataset: [dump_record(inner, dataset) for inner in get(record)]
        case "figures":
            return lambda record, dataset: [
                dump_record(inner, dataset) for inner in get(record).values()
            ]
        case "names" | "figure_names":
            return lambda record, _: list(get(record))
    return lambda record, _: get(record)


def _text(text: Text, dataset: Dataset) -> dict[str, str]:
    return {lang: text.own(lang) for lang in dataset.languages}
