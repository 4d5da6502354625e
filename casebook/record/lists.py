"""Reading of the lists that cases draw on: vocabulary, regions, sources, refusals, addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from casebook.messages import problem, say
from casebook.problems import Position, Problem
from casebook.record.description import FieldDescription, fields_of
from casebook.record.fields import EMPTY, Fields, RecordReader, fields_in
from casebook.record.regions import Regions, make_region, read_table
from casebook.record.vocabulary import Gone, Refusal, Region, Source, Term, Vocabulary
from casebook.text import NO_TEXT, Text
from casebook.values.urls import judge_url
from casebook.yaml.encoding import MAX_BYTES
from casebook.yaml.files import read_bytes, show_path
from casebook.yaml.nodes import MapNode, Scalar, read_tree

LEDGER: Final = "data/addresses.txt"
GONE: Final = "data/gone.yaml"
# It grows with all that was ever published: a million addresses, not the size of a record.
MOST_OF_LEDGER: Final = 64_000_000
# A hundred thousand publications and more; a record has no more than a few.
MOST_OF_SOURCES: Final = 32_000_000
# An address below the root of the site, the same in every language.
_ADDRESS: Final = re.compile(r"/(?:[a-z0-9][A-Za-z0-9._-]*/)*", re.ASCII)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the cases draw on: vocabulary, regions and sources.

    Where one of them could not be read at all, they are not `whole`.
    """

    vocabulary: Vocabulary
    regions: Regions
    sources: Mapping[str, Source]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _ListFile:
    """A list as it was read: its entries by name, with the problems of reading it."""

    node: MapNode
    path: str
    problems: list[Problem]

    def fields(self, cls: type) -> Fields:
        """The whole list as the fields of one record."""
        return fields_in(self.node, cls, self.path, self.problems)

    def records(self, cls: type) -> list[tuple[str, Fields]]:
        """The entries that are records of a class, by name."""
        return [
            (key, fields_in(value, cls, self.path, self.problems))
            for key, value in self.node.entries.items()
            if isinstance(value, MapNode)
        ]


class ListReader(RecordReader):
    """Reads the records of the lists; each address of a source is noted with its line."""

    def __init__(self, words: Mapping[str, Mapping[str, object]]) -> None:
        super().__init__(words, {})
        self.named: dict[str, int] = {}

    def make_record(
        self, cls: type[T], fields: Fields, values: dict[str, Any], **given: object
    ) -> T:
        if cls is Term and fields.has("bought_by") != fields.has("per"):
            fields.report("E202.together", fields.node.at, name=given["key"])
        return super().make_record(cls, fields, values, **given)

    def read_tile(self, fields: Fields, one: FieldDescription) -> tuple[int, int] | None:
        tile = fields.mapping(one.name)
        if tile is None:
            return None
        inside = Fields(tile, fields.path, fields.problems, {"col", "row"})
        return (inside.whole_number("col") or 0, inside.whole_number("row") or 0)

    def read_things(self, fields: Fields, one: FieldDescription) -> dict[str, Text]:
        node = fields.mapping(one.name) or EMPTY
        words = Fields(node, fields.path, fields.problems, node.entries)
        return {
            name: Text(words.line(name), words.line(f"{name}_en"))
            for name in node.entries
            if not name.endswith("_en")
        }

    def read_url(self, fields: Fields, one: FieldDescription) -> str:
        url = fields.line(one.name)
        if not url:
            return ""
        fault = judge_url(url)
        at = fields.at(one.name)
        if fault is not None:
            plain = unicodedata.normalize("NFKC", url)
            is_meant = plain != url and judge_url(plain) is None
            hint = say("record.did_you_mean", name=plain) if is_meant else NO_TEXT
            fields.report("E260", at, why=fault, hint=hint)
            return ""
        first = self.named.setdefault(url, at.line)
        if first != at.line:
            fields.report("W266", at, line=first)
        return url


def read_lists(project: Path, problems: list[Problem]) -> Lists:
    """Vocabulary, regions and sources of a project."""
    words = _read_list(project, "vocabulary", problems)
    regions = _read_list(project, "regions", problems)
    sources = _read_list(project, "sources", problems, MOST_OF_SOURCES)
    vocabulary = _read_vocabulary(words)
    return Lists(
        vocabulary=vocabulary,
        regions=_read_regions(regions),
        sources=_read_sources(sources, vocabulary),
        whole=all(file.node is not EMPTY for file in (words, regions, sources)),
    )


def _read_list(
    project: Path, name: str, problems: list[Problem], most: int = MAX_BYTES
) -> _ListFile:
    path = project / "data" / f"{name}.yaml"
    shown = show_path(path, project)
    faults: list[Problem] = []
    data = read_bytes(path, project, faults, most)
    node, found = read_tree(data, shown, most)
    problems += [*faults, *found]
    return _ListFile(node if isinstance(node, MapNode) and not faults else EMPTY, shown, problems)


def _read_vocabulary(file: _ListFile) -> Vocabulary:
    groups = file.node.entries.items()
    known = {name: group.entries for name, group in groups if isinstance(group, MapNode)}
    return ListReader(known).read_record(Vocabulary, file.fields(Vocabulary))


def _read_regions(file: _ListFile) -> Regions:
    reader = ListReader({})
    listed: dict[str, Region] = {}
    regions = Regions(listed)
    for code, fields in file.records(Region):
        filled = fields_in(_fill_region(code, fields.node), Region, file.path, file.problems)
        listed[code] = reader.read_record(Region, filled, code=code)
    for code, fields in file.records(Region):
        parent = listed[code].parent
        if parent and parent not in regions:
            fields.known_word(Scalar(parent, fields.at("parent")), "parent", listed)
    return regions


def _fill_region(code: str, node: MapNode) -> MapNode:
    """The entry of a region with what the standard says of its code, where it says nothing."""
    if code not in read_table():
        return node
    unit = make_region(code)
    known = {"name": unit.name.zh, "name_en": unit.name.en, "level": unit.level}
    known |= {"short": unit.short.zh, "short_en": unit.short.en, "parent": unit.parent}
    known["pinyin"] = unit.pinyin
    given = {name: Scalar(text, node.at) for name, text in known.items() if text}
    return MapNode(given | node.entries, node.key_at, node.at)


def _read_sources(file: _ListFile, vocabulary: Vocabulary) -> dict[str, Source]:
    reader = ListReader(vars(vocabulary))
    return {
        name: reader.read_record(Source, fields, id=name) for name, fields in file.records(Source)
    }


def read_refusals(project: Path, problems: list[Problem]) -> tuple[Refusal, ...]:
    """The comparisons that suggest themselves and are not made, none where there is no list."""
    if not (project / "data" / "refusals.yaml").exists():
        return ()
    file = _read_list(project, "refusals", problems)
    reader = ListReader({})
    refusals = []
    for key, fields in file.records(Refusal):
        refusal = reader.read_record(Refusal, fields, id=key, at=file.node.key_at[key])
        if sum(map(bool, (refusal.formula, refusal.compare, refusal.spending))) == 1:
            refusals.append(refusal)
        else:
            fields.report("E284", refusal.at, name=key)
    return tuple(refusals)


def read_ledger(project: Path, problems: list[Problem]) -> dict[str, int]:
    """Every address that was ever published, with its line; none where there is no ledger yet."""
    path = project / LEDGER
    if not path.exists():
        return {}
    data = read_bytes(path, project, problems, MOST_OF_LEDGER)
    ledger: dict[str, int] = {}
    # Whatever is no address is reported with its line, so that odd bytes need no other diagnosis.
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        written = line.partition("#")[0].strip()
        if _ADDRESS.fullmatch(written):
            ledger.setdefault(written[1:], number)
        elif written:
            at = Position(number, line.index(written) + 1)
            problems.append(problem("E290", LEDGER, at, written=written[:60]))
    return ledger


def read_gone(project: Path, problems: list[Problem]) -> dict[str, Gone]:
    """What is known of addresses that are no more, by address; nothing where there is no list."""
    if not (project / GONE).exists():
        return {}
    file = _read_list(project, "gone", problems)
    reader = ListReader({})
    gone: dict[str, Gone] = {}
    for key in file.node.entries:
        if not _ADDRESS.fullmatch(key):
            problems.append(problem("E290", file.path, file.node.key_at[key], written=key[:60]))
    for key, fields in file.records(Gone):
        if not _ADDRESS.fullmatch(key):
            continue
        at = file.node.key_at[key]
        values = reader.read_values(fields_of(Gone), fields)
        moved_to = values["moved_to"]
        if moved_to and not _ADDRESS.fullmatch(moved_to):
            fields.report("E290", fields.at("moved_to"), written=moved_to[:60])
        if fields.has("why") == bool(moved_to):
            fields.report("E293.either", at, name=key)
        if not moved_to:
            fields.line("title", required=True)
        values["moved_to"] = moved_to[1:]
        gone[key[1:]] = reader.make_record(Gone, fields, values, address=key[1:], at=at)
    return gone
