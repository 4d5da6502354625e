"""Records as typed: texts by field, and rows of the records inside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from casebook.problems import START, Position
from casebook.record.description import FieldDescription, fields_of
from casebook.record.fields import EMPTY
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.reader import SILENT
from casebook.record.vocabulary import Source
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar

Fields = tuple[FieldDescription, ...]
CASE: Final[Fields] = fields_of(Case)
SOURCE_FILE: Final = "data/sources.yaml"
# A list that is a whole file has no field around it.
SOURCES: Final[Fields] = (FieldDescription(kind="entries", name="sources", items=Source),)
# Joins several words of one field; no key and no file name contains it.
JOINED = "|"
# The kinds of fields with several words, and the kinds with records under names of their own.
SEVERAL = frozenset({"names", "figure_names", "terms"})
NAMED = frozenset({"figures", "answers", "mapping", "entries"})
_WORDS = re.compile(r"[\s,，、|]+")
# Blanks at the end of a line, which no text of a record keeps.
_UNSEEN = re.compile(r"[^\S\n]+$", re.MULTILINE)


@dataclass(slots=True, kw_only=True, eq=False)
class TypedRow:
    """One record as typed, equal only to itself: two corrections of one day are two records.

    `texts` and `rows` have the names of fields in the file as keys. `name` is the record's own
    name, if it has one as a figure does; `origin` is its name or number in the file, empty if new.
    `read` is the record in the file of an edited copy. `lines` are the lines of its texts in the
    file, with that of the record under an empty key. `remarks` are comments behind new fields, with
    the comment above the record under an empty key.
    """

    name: str = ""
    origin: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[TypedRow]] = field(default_factory=dict)
    read: TypedRow | None = None
    lines: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def copy(self) -> TypedRow:
        """A copy to edit, which keeps the read record at each level."""
        rows = {name: [one.copy() for one in held] for name, held in self.rows.items()}
        return replace(self, texts=dict(self.texts), rows=rows, remarks={}, read=self)

    @property
    def is_empty(self) -> bool:
        """True if nothing in the record is filled in."""
        return not (any(self.texts.values()) or any(self.rows.values()))

    def says(self, other: TypedRow) -> bool:
        """True if another record has the same content, whatever its origin."""
        names = self.rows.keys() | other.rows.keys()
        return (
            self.name == other.name
            and filled(self.texts) == filled(other.texts)
            and all(have_same(self.rows.get(one, ()), other.rows.get(one, ())) for one in names)
        )


def have_same(rows: Iterable[TypedRow], others: Iterable[TypedRow]) -> bool:
    """True if the rows of two lists have the same content."""
    # An omitted answer is the same as a blank one.
    own, theirs = (
        [row for row in one if not (row.is_empty and row.name)] for one in (rows, others)
    )
    return len(own) == len(theirs) and all(map(TypedRow.says, own, theirs))


def filled(texts: dict[str, str]) -> dict[str, str]:
    """The texts that are not empty."""
    return {name: text for name, text in texts.items() if text}


def clean_text(text: str, one: FieldDescription) -> str:
    """A text as written to a file: trimmed, and one line unless its field may have more."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    if one.kind == "block":
        return _UNSEEN.sub("", text).strip()
    if one.kind in SEVERAL:
        return JOINED.join(filter(None, _WORDS.split(text)))
    return " ".join(text.split())


def read_row(
    written: Node | None,
    described: Iterable[FieldDescription],
    lists: Lists,
    name: str = "",
    at: Position = START,
) -> TypedRow:
    """The record of a mapping, without entries of another form than their field has."""
    node = written if isinstance(written, MapNode) else EMPTY
    row = TypedRow(name=name, origin=name)
    row.lines = {"": at.line} | {key: place.line for key, place in node.key_at.items()}
    for one in described:
        held = node if one.kind == "entries" else node.entries.get(one.name)
        if one.kind == "answers":
            row.rows[one.name] = list(_read_answers(held, one, lists))
        elif one.holds_records:
            row.rows[one.name] = list(_read_rows(held, one, lists))
        else:
            for called in one.names(lists.languages):
                row.texts[called] = clean_text(_read_text(node.entries.get(called)), one)
    return row


def _read_text(node: Node | None) -> str:
    if isinstance(node, ListNode):
        return JOINED.join(one.text.strip() for one in node.items if isinstance(one, Scalar))
    return node.text if isinstance(node, Scalar) else ""


def _read_rows(held: Node | None, one: FieldDescription, lists: Lists) -> Iterator[TypedRow]:
    if isinstance(held, MapNode) and one.kind in NAMED:
        for key, inner in held.entries.items():
            yield read_row(inner, one.inner, lists, key, held.key_at[key])
    elif isinstance(held, ListNode) and one.kind not in NAMED:
        for number, inner in enumerate(held.items):
            row = read_row(inner, one.inner, lists, at=inner.at)
            row.origin = str(number)
            yield row


def _read_answers(held: Node | None, one: FieldDescription, lists: Lists) -> Iterator[TypedRow]:
    """A row for each question; an answer of one word or text has no fields in the file."""
    written = held if isinstance(held, MapNode) else EMPTY
    for key in lists.vocabulary.questions:
        inner = written.entries.get(key)
        row = read_row(inner, one.inner, lists, key, written.key_at.get(key, START))
        if not isinstance(inner, MapNode):
            said = _read_text(inner).strip()
            row.texts["state" if said in SILENT else "value"] = said
        row.origin = key if inner is not None else ""
        yield row
