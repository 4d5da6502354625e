"""Reading of records by the descriptions of their fields, with harmless values for wrong ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, TypeVar, cast

from casebook.messages import offer, problem, say
from casebook.problems import START, Position, Problem, WordingError
from casebook.record.description import FieldDescription, fields_of, known_names, measure_quote
from casebook.record.references import MEDIA_NAME
from casebook.record.suggestions import find_homes, find_named, nearest, suggest
from casebook.text import ENUMERATION, LANGS, NO_TEXT, Languages, Text
from casebook.values.dates import parse_period
from casebook.values.periods import Period
from casebook.yaml.files import CASES
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar

T = TypeVar("T")
Words = Mapping[str, Collection[str]]

# Stands for a date that was reported as a problem, so that reading can go on.
UNKNOWN: Final = Period(edtf="", earliest=None, latest=None, precision="interval")
# Stands for a mapping that is left out or cannot be read.
EMPTY: Final = MapNode({}, {}, START)
FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}
_NAME: Final = re.compile(r"[a-z][a-z0-9_.-]*", re.ASCII)
# Characters between and around the words of an editor who does not write a YAML list.
_BETWEEN_WORDS: Final = re.compile(r"[\s,，、;；/／|+＋()（）\[\]【】〔〕［］和及与\"“”]+")
# The most words that a message lists; nobody would read all of sixty scopes.
_MOST_LISTED: Final = 12
# Kinds of fields that depend on other fields of their figure and are read with them.
_READ_TOGETHER: Final = frozenset({"amount", "per", "formula"})

# Problems with the names of fields that the reading of the tree reports.
_ABOUT_NAMES = frozenset({"E112", "E113", "E114", "E115", "E117", "E137"})


def _rename(node: MapNode, names: Mapping[str, str]) -> MapNode:
    """A mapping with its fields under the names that were meant, if those are free."""
    entries, key_at = {}, {}
    for name, value in node.entries.items():
        meant = names.get(name) or name
        # If both names are written, the unknown name stays, so that no field is overwritten.
        if meant in entries or (meant != name and meant in node.entries):
            meant = name
        entries[meant], key_at[meant] = value, node.key_at[name]
    return MapNode(entries, key_at, node.at)


class Fields:
    """The fields of one mapping; getters record problems and then return a harmless value.

    `around` are the fields of the enclosing mapping.
    """

    def __init__(
        self,
        node: MapNode,
        path: str,
        problems: list[Problem],
        known: Collection[str],
        around: Fields | None = None,
    ) -> None:
        self.node = node
        self.path = path
        self.problems = problems
        self._outermost: Fields = around._outermost if around is not None else self
        strangers = [name for name in node.entries if name not in known]
        for name in strangers:
            self.report_stranger(name, known)
        if strangers:
            # Reading goes on with the meant names, so that no field is reported as missing too.
            self.node = _rename(node, {name: nearest(name, known) for name in strangers})

    def report_stranger(self, name: str, known: Collection[str]) -> None:
        """Report an unknown field, unless its name was reported as garbled before."""
        at = self.node.key_at[name]
        # A full-width colon garbles the name too; one mistake is reported once.
        if at.line in self._outermost.garbled_lines:
            return
        # Only in cases: entries of other lists may have names similar to those of fields.
        home = find_homes().get(name) if self.path.startswith(CASES) else None
        value = self.node.entries[name]
        if isinstance(value, MapNode) and "measure" in value.entries and "figures" in known:
            home = "record.home_figures"
        base, _, lang = name.rpartition("_")
        if lang in LANGS and base in known and not any(one.endswith(f"_{lang}") for one in known):
            self.report("E201.language", at, name=name, base=base, language=lang)
        elif self.node is self._outermost.node.entries.get("answers"):
            asked = ENUMERATION.join(known)
            self.report("E201.question", at, name=name, known=asked, hint=suggest(name, known))
        elif home is not None:
            self.report("E201.elsewhere", at, name=name, home=say(home))
        else:
            self.report("E201", at, name=name, hint=suggest(name, known))

    @cached_property
    def garbled_lines(self) -> frozenset[int]:
        """The lines with a field name that was reported as garbled before fields were read."""
        return frozenset(one.at.line for one in self.problems if one.code in _ABOUT_NAMES)

    def report(self, key: str, at: Position, *, hint: Text | None = None, **values: Any) -> None:
        """Record a problem of this file by the key of its message."""
        self.problems.append(problem(key, self.path, at, hint=hint, **values))

    def written(self, name: str) -> Node | None:
        """The value of a field, or None if it is left out or empty."""
        value = self.node.entries.get(name)
        return None if isinstance(value, Scalar) and not value.text.strip() else value

    def has(self, name: str) -> bool:
        """True if the field is written and not empty."""
        return self.written(name) is not None

    def at(self, name: str) -> Position:
        """The place of the value of a field, or of the mapping if the field is left out."""
        return self.node.entries.get(name, self.node).at

    def scalar(self, name: str, required: bool = False, example: Text = NO_TEXT) -> Scalar | None:
        """The text of a field with its place, or None if it is left out."""
        value = self.written(name)
        if isinstance(value, Scalar):
            return value
        if isinstance(value, ListNode):
            inner = value.items[0] if len(value.items) == 1 else None
            hint = (
                say("record.example", name=name, example=inner.text)
                if isinstance(inner, Scalar)
                else NO_TEXT
            )
            self.report("E203.one", value.at, name=name, hint=hint)
        elif value is not None:
            self.report("E203", value.at, name=name)
        elif required and not self._is_garbled(name):
            at = self.node.key_at.get(name, self.node.at)
            hint = say("record.example", name=name, example=example) if example else NO_TEXT
            self.report("E202", at, name=name, hint=hint)
        return None

    def _is_garbled(self, name: str) -> bool:
        """True if the field is present under a garbled name."""
        lines = self._outermost.garbled_lines
        return any(
            key.startswith(name) and at.line in lines for key, at in self.node.key_at.items()
        )

    def text(self, name: str, required: bool = False, example: Text = NO_TEXT) -> str:
        """The text of a field without blanks around it."""
        value = self.scalar(name, required, example)
        return value.text.strip() if value is not None else ""

    def block(self, name: str) -> str:
        """The text of a field that may have paragraphs."""
        text, value = self.text(name), self.node.entries.get(name)
        # Without |, YAML makes a blank line a single line break, and paragraphs would join.
        if (
            "\n" in text
            and isinstance(value, Scalar)
            and value.style not in ("|", '"')
            and not any(one.code == "E114" and one.at == value.at for one in self.problems)
        ):
            self.report("E204.block", value.at, name=name)
        return text

    def line(self, name: str, required: bool = False, example: Text = NO_TEXT) -> str:
        """The text of a field that may not hold a line break."""
        text = self.text(name, required, example)
        if "\n" in text:
            self.report("E204", self.at(name), name=name)
        return text.replace("\n", " ")

    def term(
        self, name: str, known: Collection[str], required: bool = False, listed: str = ""
    ) -> str:
        """A word of a closed list, or "" if it is left out or unknown."""
        value = self.scalar(name, required, Text(next(iter(known), "")))
        return self.known_word(value, name, known, listed) if value is not None else ""

    def known_word(
        self,
        value: Scalar,
        name: str,
        known: Collection[str],
        listed: str = "",
        *,
        are_many: bool = False,
    ) -> str:
        """The text of a scalar if it is a known word, else "" and a problem.

        `listed` is the list of the vocabulary with the words, which editors may extend; `are_many`
        is true for a field that holds a list of words.
        """
        word = value.text.strip()
        if word in known:
            return word
        parts = [part for part in _BETWEEN_WORDS.split(word) if part]
        meant = [part if part in known else find_named(part, known) for part in parts]
        if len(meant) > 1 and all(meant):
            key = "record.as_list" if are_many else "record.only_one"
            hint = say(key, name=name, words=", ".join(meant))
            self.report("E205", value.at, name=name, word=word[:40], hint=hint)
            return ""
        words = [*list(known)[:_MOST_LISTED], *(("…",) if len(known) > _MOST_LISTED else ())]
        said = {"list": listed, "words": ENUMERATION.join(words)}
        if near := find_named(word, known) or nearest(word, known):
            # One of sixty scopes is always similar, so the editor may mean a new one.
            may_be_new = listed and len(known) > _MOST_LISTED
            key = "record.near_word" if may_be_new else "record.did_you_mean"
        elif not words:
            key = "record.no_words"
        else:
            key = "record.words_of_list" if listed else "record.known_words"
        hint = offer(near, key, name=near, **said)
        self.report("E205", value.at, name=name, word=word[:40], hint=hint)
        return ""

    def mapping(self, name: str) -> MapNode | None:
        """The mapping under a field, or None if it is left out."""
        value = self.written(name)
        if value is not None and not isinstance(value, MapNode):
            is_list = isinstance(value, ListNode)
            self.report("E203.no_list" if is_list else "E203.mapping", value.at, name=name)
            return None
        return value

    def entries(self, name: str, known: Collection[str]) -> Iterator[tuple[str, Position, Fields]]:
        """The named mappings under a field: name, place of the name, and fields."""
        group = self.mapping(name) or EMPTY
        for key, value in group.entries.items():
            at = group.key_at[key]
            if (inside := self.inner(value, f"{name}.{key}", known, at)) is not None:
                yield key, at, inside

    def items(self, name: str, known: Collection[str]) -> Iterator[Fields]:
        """The mappings in a list under a field."""
        for number, value in enumerate(self._join_parted(self.list_of(name)), 1):
            if (inside := self.inner(value, f"{name}[{number}]", known, value.at)) is not None:
                yield inside

    def _join_parted(self, items: tuple[Node, ...]) -> Iterator[Node]:
        """The items, those of which each line has a dash as one: two records share a field."""
        above: Node | None = None
        for item in items:
            if (
                isinstance(item, MapNode)
                and isinstance(above, MapNode)
                and item.entries.keys().isdisjoint(above.entries)
            ):
                self.report("E117.more_dash", item.at.inside(-2))
                entries, key_at = above.entries | item.entries, above.key_at | item.key_at
                above = MapNode(entries, key_at, above.at)
                continue
            if above is not None:
                yield above
            above = item
        if above is not None:
            yield above

    def list_of(self, name: str) -> tuple[Node, ...]:
        """The items of a list, none if it is left out."""
        value = self.written(name)
        if value is not None and not isinstance(value, ListNode):
            is_mapping = isinstance(value, MapNode)
            hint = None if is_mapping else self.offer_list(name, cast(Scalar, value).text)
            key = "E203.no_dash" if is_mapping else "E203.list"
            self.report(key, value.at, hint=hint, name=name)
            return ()
        return value.items if value is not None else ()

    def offer_list(self, name: str, written: str) -> Text | None:
        """The remedy for several names that stand there as one text."""
        words = [word for word in _BETWEEN_WORDS.split(written) if word]
        if not all(map(_NAME.fullmatch, words)):
            return None
        return say("record.as_list", name=name, words=", ".join(words))

    def scalars(self, name: str) -> list[Scalar]:
        """The texts of a list; what else is in it is a problem."""
        items = self.list_of(name)
        for item in items:
            if not isinstance(item, Scalar):
                self.report("E203.item", item.at, name=name)
        return [item for item in items if isinstance(item, Scalar)]

    def inner(self, node: Node, name: str, known: Collection[str], at: Position) -> Fields | None:
        """The fields of a mapping inside this one, or None and a problem."""
        if isinstance(node, MapNode):
            return Fields(node, self.path, self.problems, known, self)
        home = find_homes().get(name.rpartition(".")[2])
        hint = say("record.belongs", home=say(home)) if home else NO_TEXT
        self.report("E203.entry", at, name=name, hint=hint)
        return None


class RecordReader:
    """Reads records; the method `read_<kind>` gives the value of a field of that kind.

    `words` are the closed lists by name, `sources` the known sources. `around` holds the slug of
    the case and the name of the figure that the record is inside. Problems are recorded in the
    `Fields`, and a harmless value replaces each wrong one.
    """

    def __init__(self, words: Words, sources: Mapping[str, object], languages: Languages) -> None:
        self.words = words
        self.sources = sources
        self.languages = languages
        self.around: dict[str, object] = {"case": "", "figure": ""}

    def fields_in(self, node: MapNode, cls: type, around: Fields) -> Fields:
        """The fields of an inner mapping that is a record of a class."""
        known = known_names(fields_of(cls), self.languages)
        return Fields(node, around.path, around.problems, known, around)

    def read_record(self, cls: type[T], fields: Fields, **given: object) -> T:
        """The record of a class whose fields are all read by kind."""
        return self.make_record(cls, fields, self.read_values(fields_of(cls), fields), **given)

    def make_record(
        self, cls: type[T], fields: Fields, values: dict[str, Any], **given: object
    ) -> T:
        """The record of these values and of those that it takes from `around` and its place."""
        own = cast(Any, cls).__dataclass_fields__
        around = {name: one for name, one in self.around.items() if name in own}
        if "at" in own:
            around["at"] = fields.node.at
        return cls(**around | values | given)

    def read_values(
        self, described: tuple[FieldDescription, ...], fields: Fields
    ) -> dict[str, Any]:
        """The values of the fields that are read by their kind alone, by attribute."""
        return {
            one.attribute: getattr(self, f"read_{one.kind}")(fields, one)
            for one in described
            if one.kind not in _READ_TOGETHER
        }

    def read_bilingual(self, fields: Fields, one: FieldDescription) -> Text:
        name, *others = one.names(self.languages)
        first = fields.line(name, one.required, one.example)
        return self.languages.text((first, *map(fields.line, others)))

    def read_block(self, fields: Fields, one: FieldDescription) -> Text:
        return self.languages.text(map(fields.block, one.names(self.languages)))

    def read_line(self, fields: Fields, one: FieldDescription) -> str:
        return fields.line(one.name, one.required, one.example)

    def read_text(self, fields: Fields, one: FieldDescription) -> str:
        return fields.text(one.name, one.required, one.example)

    def read_quote(self, fields: Fields, one: FieldDescription) -> str:
        quote = fields.line(one.name)
        if (found := measure_quote(quote, self.languages.first)) > one.most:
            fields.report("E262", fields.at(one.name), found=found, most=one.most)
        return quote

    def read_flag(self, fields: Fields, one: FieldDescription) -> bool:
        value = fields.scalar(one.name)
        if value is not None and value.text not in FLAGS:
            fields.report("E211", value.at, name=one.name)
        return one.default is True if value is None else FLAGS.get(value.text, False)

    def read_number(self, fields: Fields, one: FieldDescription) -> int | None:
        text = fields.text(one.name)
        # isdigit also accepts ², which int refuses, and Arabic digits, which nobody means.
        if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
            fields.report("E213", fields.at(one.name), name=one.name, found=text[:20])
            return None
        return int(text) if text else None

    def read_period(self, fields: Fields, one: FieldDescription) -> Period | None:
        value = fields.scalar(one.name, one.required, Text("不晚于2012-12-07", "by 2012-12-07"))
        if value is not None:
            try:
                return parse_period(value.text.strip())
            except WordingError as error:
                fields.report("E220", value.at, why=error.message, hint=error.hint)
        return UNKNOWN if one.required or value is not None else None

    def read_day(self, fields: Fields, one: FieldDescription) -> Period | None:
        period = self.read_period(fields, one)
        if period and period.edtf and (period.precision != "day" or period.lane != "dated"):
            fields.report("E224", fields.at(one.name), name=one.name)
        return period

    def read_iso_day(self, fields: Fields, one: FieldDescription) -> str:
        period = self.read_day(fields, one)
        return period.edtf if period is not None else ""

    def read_term(self, fields: Fields, one: FieldDescription) -> str:
        if isinstance(one.words, str):
            return fields.term(one.name, self.words.get(one.words, {}), one.required, one.words)
        # A missing or unknown word becomes the first of the program's own words.
        word = fields.term(one.name, one.words, one.required)
        return word or (one.words[0] if one.required or one.default else "")

    def read_terms(self, fields: Fields, one: FieldDescription) -> tuple[str, ...]:
        listed = str(one.words)
        known = self.words.get(listed, {})
        items = fields.scalars(one.name)
        found = (fields.known_word(item, one.name, known, listed, are_many=True) for item in items)
        return tuple(filter(None, found))

    def read_picture(self, fields: Fields, one: FieldDescription) -> str:
        return self.read_file(fields, one, "images")

    def read_file(self, fields: Fields, one: FieldDescription, folder: str = "files") -> str:
        name = fields.line(one.name, one.required, one.example)
        if name and not MEDIA_NAME.fullmatch(name):
            fields.report("E317", fields.at(one.name), name=name[:60], folder=folder)
            return ""
        return f"{folder}/{name}" if name else ""

    def read_names(self, fields: Fields, one: FieldDescription) -> tuple[str, ...]:
        # A single name may be written without a list.
        value = fields.written(one.name)
        found = [value] if isinstance(value, Scalar) else fields.scalars(one.name)
        several = isinstance(value, Scalar) and fields.offer_list(one.name, value.text)
        if value is not None and several and len(_BETWEEN_WORDS.split(found[0].text)) > 1:
            fields.report("E203.list", value.at, hint=several, name=one.name)
            return tuple(filter(None, _BETWEEN_WORDS.split(found[0].text)))
        return tuple(item.text.strip() for item in found)

    def read_source(self, fields: Fields, one: FieldDescription) -> str:
        value = fields.scalar(one.name, one.required, example=Text(next(iter(self.sources), "")))
        if value is None:
            return ""
        name = value.text.strip()
        if name in self.sources:
            return name
        near = find_named(name, self.sources) or nearest(name, self.sources)
        asked = offer(near, "record.did_you_mean", name=near)
        hint = asked if near else say("record.where_sources_are")
        fields.report("E261", value.at, name=name[:40], hint=hint)
        return ""

    def read_list(self, fields: Fields, one: FieldDescription) -> tuple[Any, ...]:
        known = known_names(one.inner, self.languages)
        return tuple(
            self.make_record(one.items, inner, self.read_values(one.inner, inner))
            for inner in fields.items(one.name, known)
        )

    def read_mapping(self, fields: Fields, one: FieldDescription) -> dict[str, Any]:
        known = known_names(one.inner, self.languages)
        return {
            key: self.make_record(one.items, inner, self.read_values(one.inner, inner), key=key)
            for key, _, inner in fields.entries(one.name, known)
        }
