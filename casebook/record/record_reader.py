"""Reading of records by the descriptions of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from casebook.problems import Problem
from casebook.record.description import FieldDescription, compute_once, fields_of, known_names
from casebook.record.fields import Fields, suggest
from casebook.text import NO_TEXT, Text
from casebook.values.dates import Period
from casebook.yaml.nodes import MapNode

T = TypeVar("T")
Words = Mapping[str, Mapping[str, object]]

# The place of a date that was reported as a problem, so that the rest can still be read.
UNKNOWN: Final = Period(edtf="", earliest=None, latest=None, precision="interval")
# What hangs on other fields of its figure is read with them.
_READ_TOGETHER: Final = frozenset({"amount", "per", "formula"})


class RecordReader:
    """Reads records; the method `read_<kind>` gives the value of a field of that kind.

    `words` are the closed lists by name, `sources` the known sources, and `around` what a record
    takes from where it is: the slug of its case, the name of its figure. What is wrong is noted in
    the problems of the `Fields`, and something harmless takes its place.
    """

    def __init__(self, words: Words, sources: Mapping[str, object], case: str = "") -> None:
        self.words = words
        self.sources = sources
        self.around: dict[str, object] = {"case": case, "figure": ""}

    def read_record(self, cls: type[T], fields: Fields, **given: object) -> T:
        """A record of a class whose descriptions are all read by kind."""
        return self.make_record(cls, fields, self.read_values(fields_of(cls), fields), **given)

    def make_record(
        self, cls: type[T], fields: Fields, values: dict[str, Any], **given: object
    ) -> T:
        """A record of these values and of what it takes from where it is."""
        around = self.around | {"at": fields.node.at}
        return cls(**{name: around[name] for name in _taken_from_around(cls)} | values | given)

    def read_values(
        self, described: tuple[FieldDescription, ...], fields: Fields
    ) -> dict[str, Any]:
        """The values of the fields that are read by kind, by attribute."""
        return {
            one.attribute: getattr(self, f"read_{one.kind}")(fields, one)
            for one in described
            if one.kind not in _READ_TOGETHER
        }

    def read_bilingual(self, fields: Fields, one: FieldDescription) -> Text:
        zh = fields.line(one.name, one.required, one.example)
        en = fields.line(f"{one.name}_en")
        return Text(zh, en) if zh or en else NO_TEXT

    def read_block(self, fields: Fields, one: FieldDescription) -> Text:
        return Text(fields.text(one.name), fields.text(f"{one.name}_en"))

    def read_line(self, fields: Fields, one: FieldDescription) -> str:
        return fields.line(one.name, one.required, one.example)

    def read_text(self, fields: Fields, one: FieldDescription) -> str:
        return fields.text(one.name, one.required, one.example)

    def read_quote(self, fields: Fields, one: FieldDescription) -> str:
        quote = fields.line(one.name)
        if len(quote) > one.most:
            fields.report("E262", fields.at(one.name), found=len(quote), most=one.most)
        return quote

    def read_flag(self, fields: Fields, one: FieldDescription) -> bool:
        return fields.flag(one.name, one.default is True)

    def read_number(self, fields: Fields, one: FieldDescription) -> int | None:
        return fields.whole_number(one.name)

    def read_period(self, fields: Fields, one: FieldDescription) -> Period | None:
        period = fields.period(one.name, one.required)
        return UNKNOWN if period is None and one.required else period

    def read_day(self, fields: Fields, one: FieldDescription) -> Period | None:
        period = fields.period(one.name, one.required)
        if period is not None and (period.precision != "day" or period.lane != "dated"):
            fields.report("E224", fields.at(one.name), name=one.name)
        return UNKNOWN if period is None and one.required else period

    def read_term(self, fields: Fields, one: FieldDescription) -> str:
        if isinstance(one.words, str):
            return fields.term(one.name, self.words.get(one.words, {}), one.required)
        # What is left out or unknown is taken for the first of words that are the program's own.
        word = fields.term(one.name, dict.fromkeys(one.words), one.required)
        return word or (one.words[0] if one.required or one.default else "")

    def read_terms(self, fields: Fields, one: FieldDescription) -> tuple[str, ...]:
        assert isinstance(one.words, str)
        return fields.terms(one.name, self.words.get(one.words, {}))

    def read_names(self, fields: Fields, one: FieldDescription) -> tuple[str, ...]:
        return fields.names(one.name)

    def read_source(self, fields: Fields, one: FieldDescription) -> str:
        value = fields.scalar(one.name, one.required, example=next(iter(self.sources), ""))
        if value is None:
            return ""
        name = value.text.strip()
        if name in self.sources:
            return name
        hint = suggest(name, self.sources)
        fields.report("E261", value.at, name=name[:40], hint=hint)
        return ""

    def read_list(self, fields: Fields, one: FieldDescription) -> tuple[Any, ...]:
        known = known_names(one.inner)
        return tuple(
            self.make_record(one.items, inner, self.read_values(one.inner, inner))
            for inner in fields.items(one.name, known)
        )

    def read_mapping(self, fields: Fields, one: FieldDescription) -> dict[str, Any]:
        known = known_names(one.inner)
        return {
            key: self.make_record(one.items, inner, self.read_values(one.inner, inner), key=key)
            for key, _, inner in fields.entries(one.name, known)
        }


@compute_once
def _taken_from_around(cls: Any) -> tuple[str, ...]:
    return tuple(name for name in ("case", "figure", "at") if name in cls.__dataclass_fields__)


def fields_in(node: MapNode, cls: type, path: str, problems: list[Problem]) -> Fields:
    """The fields of a mapping that is a record of a class."""
    return Fields(node, path, problems, known_names(fields_of(cls)))
