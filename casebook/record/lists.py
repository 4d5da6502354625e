"""Reading of the lists that cases use: vocabulary, regions, sources, refusals, addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from casebook.messages import failure, offer, problem, say
from casebook.problems import Exit, Position, Problem
from casebook.record.description import FieldDescription, fields_of, known_names
from casebook.record.fields import EMPTY, Fields, RecordReader
from casebook.record.places import find_places, read_places
from casebook.record.regions import Regions, find_units, make_region, read_table
from casebook.record.settings import read_languages
from casebook.record.vocabulary import (
    DERIVED_QUESTIONS,
    LETTER_BLANKS,
    Gone,
    Question,
    Refusal,
    Region,
    Source,
    Term,
    Vocabulary,
)
from casebook.text import DEFAULT_LANGUAGES, ENUMERATION, NO_TEXT, Languages, Text
from casebook.values.urls import find_url, judge_url
from casebook.values.words import use_currency
from casebook.yaml.files import most_bytes, read_bytes, read_text, show_path
from casebook.yaml.nodes import MapNode, Node, Scalar, read_tree

# The folder of the ledgers of published content, which are committed.
PUBLISHED: Final = "data/published"
LEDGER: Final = f"{PUBLISHED}/addresses.txt"
GONE: Final = "data/gone.yaml"
# The lists that a site may lack: it may refuse nothing and lose no address, has no source before
# its first case, and need not list regions of the standard.
_OPTIONAL: Final = frozenset({"refusals", "gone", "regions", "sources"})
# An address below the root of the site, the same in every language.
_ADDRESS: Final = re.compile(r"/(?:[a-z0-9][A-Za-z0-9._-]*/)*", re.ASCII)
# The columns and rows of the tile grid; the style sheet has a rule for each.
_TILES: Final = tuple(map(str, range(12)))
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Vocabulary, regions and sources, which all cases use.

    `whole` is false if one of them could not be read, or if the vocabulary lacks a needed list.
    """

    vocabulary: Vocabulary
    regions: Regions
    sources: Mapping[str, Source]
    languages: Languages = DEFAULT_LANGUAGES
    whole: bool = True


class ListReader(RecordReader):
    """Reads one list of data/, or other bytes in its place.

    `named` holds each address of a source with its line.
    """

    def __init__(
        self, project: Path, name: str, problems: list[Problem], data: bytes | None = None
    ) -> None:
        super().__init__({}, {}, read_languages(project))
        path = project / "data" / f"{name}.yaml"
        self.path = show_path(path, project)
        self.problems = problems
        self.named: dict[str, int] = {}
        # The codes of GB/T 2260, none if the list of regions does not follow it.
        self.units: Collection[str] = ()
        self.node = EMPTY
        self.all = Fields(EMPTY, self.path, problems, ())
        self.is_left_out = data is None and name in _OPTIONAL and not path.exists()
        if self.is_left_out:
            return
        faults: list[Problem] = []
        data = read_bytes(path, project, faults) if data is None else data
        node, found = read_tree(data, self.path, most_bytes(self.path))
        problems += [*faults, *found]
        if node is not None and not faults:
            self.node = node
            self.all = Fields(node, self.path, problems, node.entries)

    def read_vocabulary(self) -> Vocabulary:
        """The vocabulary as one record; its groups are also the closed lists for its own words."""
        groups = self.node.entries.items()
        self.words = {key: group.entries for key, group in groups if isinstance(group, MapNode)}
        return self.read_record(Vocabulary, self.fields_in(self.node, Vocabulary, self.all))

    def read_records(self, cls: type[T], named: str) -> dict[str, T]:
        """The entries of the list by name, each a record whose attribute `named` is its name."""
        records = {}
        known = known_names(fields_of(cls), self.languages)
        for written, node in self.node.entries.items():
            at, key = self.node.key_at[written], written
            if at.line in self.all.garbled_lines:
                # The name was reported; what it holds belongs to the one that was meant.
                key = unicodedata.normalize("NFKC", written).strip("“”")
            given: dict[str, object] = {named: key}
            if hasattr(cls, "at"):
                given["at"] = at
            if cls is Region and isinstance(node, MapNode):
                given["standard"] = key in self.units
                node = _fill_region(key, node, self.units, self.languages)
            fields = self.all.inner(node, key, known, at)
            if fields is not None:
                records[key] = self.read_record(cls, fields, **given)
        return records

    def make_record(
        self, cls: type[T], fields: Fields, values: dict[str, Any], **given: object
    ) -> T:
        record = super().make_record(cls, fields, values, **given)
        if isinstance(record, Region) and self.units:
            self.check_name(fields, record)
        match record:
            case Vocabulary(letter=letter):
                self.check_names(fields, record)
                for name in re.findall(r"\{([^{}]*)\}", f"{letter.zh} {letter.en}"):
                    fields.known_word(Scalar(name, fields.at("letter")), "letter", LETTER_BLANKS)
            case Question(key=key, derived=True) if key not in DERIVED_QUESTIONS:
                known = ENUMERATION.join(DERIVED_QUESTIONS)
                fields.report("E205.derived", fields.at("derived"), name=key, known=known)
            case Term(key=key) if fields.has("bought_by") != fields.has("per"):
                fields.report("E202.together", fields.node.at, name=key)
            case Source(accessed=accessed, published=published):
                first = published.earliest if published else None
                # A date that is not a day was reported on reading.
                if len(accessed) == 10 and first and accessed < first.isoformat():
                    at = fields.at("accessed")
                    fields.report("E225.accessed", at, accessed=accessed, published=first)
            case Region(code=code, parent=parent) if parent:
                listed = self.node.entries
                if len(code) == 6 and parent in self.units and code[:2] != parent[:2]:
                    fields.report("E251.parent", fields.at("parent"), code=code, parent=parent)
                if parent not in listed and parent not in self.units:
                    fields.known_word(Scalar(parent, fields.at("parent")), "parent", listed)
                    # An unknown parent is dropped, as names of places follow parents.
                    record = replace(record, parent="")
            case Refusal() if not record.is_of_one_kind:
                fields.report("E284", record.at, name=record.id)
            case Gone():
                if record.moved_to and not _ADDRESS.fullmatch(record.moved_to):
                    fields.report("E290", fields.at("moved_to"), written=record.moved_to[:60])
                if fields.has("why") == bool(record.moved_to):
                    fields.report("E293.either", record.at, name=record.address)
                if not record.moved_to:
                    fields.line("title", required=True)
        return record

    def check_name(self, fields: Fields, region: Region) -> None:
        """Report a region that has the name of another unit of GB/T 2260."""
        table, name = read_table(), region.name.zh
        own = table.get(region.code, (name, name))[:2]
        if name not in own and (other := find_units(name)):
            code = next((each for each in other if each[:2] == region.code[:2]), other[0])
            named = say("record.in_brackets", words=code, more=table[code][0])
            at = fields.at("name")
            fields.report("E251.name", at, code=region.code, name=name, own=own[0], other=named)

    def check_names(self, fields: Fields, words: Vocabulary) -> None:
        """Report words of one closed list that have the same name."""
        for group, terms in vars(words).items():
            seen: dict[str, str] = {}
            for key, term in terms.items() if isinstance(terms, dict) else ():
                name = term.name.own(self.languages.first)
                first = seen.setdefault(name, key)
                if name and first != key:
                    inner = fields.mapping(group) or EMPTY
                    at = inner.key_at.get(key, fields.at(group))
                    said = {"group": group, "first": first, "word": key, "name": name}
                    fields.report("E205.same_name", at, **said)

    def read_regions(self) -> Regions:
        """The regions of the list, and the units of the standard if the list follows it."""
        entries = self.node.entries
        is_standard = not entries or any(_is_by_standard(code, entries) for code in entries)
        self.units = read_table() if is_standard else ()
        return Regions(self.read_records(Region, "code"), is_standard)

    def read_tile(self, fields: Fields, one: FieldDescription) -> tuple[int, int] | None:
        tile = fields.mapping(one.name)
        if tile is None:
            return None
        inside = Fields(tile, fields.path, fields.problems, {"col", "row"}, fields)
        col, row = (inside.term(name, _TILES, required=True) for name in ("col", "row"))
        return int(col or 0), int(row or 0)

    def read_things(self, fields: Fields, one: FieldDescription) -> dict[str, Text]:
        node = fields.mapping(one.name) or EMPTY
        words = Fields(node, fields.path, fields.problems, node.entries, fields)
        suffixes = tuple(f"_{lang}" for lang in self.languages.others)
        return {
            name: self.languages.text(words.line(f"{name}{end}") for end in ("", *suffixes))
            for name in node.entries
            if not name.endswith(suffixes)
        }

    def read_url(self, fields: Fields, one: FieldDescription) -> str:
        url = fields.line(one.name)
        if not url:
            return ""
        fault = judge_url(url)
        at = fields.at(one.name)
        if fault is not None:
            plain = unicodedata.normalize("NFKC", url)
            plain = find_url(re.sub(r"\b(https?)[:;]?\s?//\s*", r"\1://", plain))
            is_meant = plain != url and judge_url(plain) is None
            hint = offer(plain, "record.did_you_mean", name=plain) if is_meant else NO_TEXT
            fields.report("E260", at, why=fault, hint=hint)
            return ""
        # One publication under two ids would let a figure confirm itself.
        first = self.named.setdefault(url, at.line)
        if first != at.line:
            fields.report("W266", at, line=first)
        return url


def read_lists(project: Path, problems: list[Problem]) -> Lists:
    """Vocabulary, regions and sources of a project."""
    languages = read_languages(project, problems)
    words = ListReader(project, "vocabulary", problems)
    regions = ListReader(project, "regions", problems)
    sources = ListReader(project, "sources", problems)
    known = len(problems)
    vocabulary = words.read_vocabulary()
    # A needed list under a misspelt name would give errors in every case.
    is_faulty = any(one.severity == "error" for one in problems[known:])
    lacks_list = is_faulty and not (
        vocabulary.topics and vocabulary.measures and vocabulary.statuses
    )
    use_currency(vocabulary.currency)
    sources.words = vars(vocabulary)
    known = len(problems)
    listed = sources.read_records(Source, "id")
    if words.node is EMPTY:
        # Without a vocabulary, no word can be reported as unknown.
        problems[known:] = [one for one in problems[known:] if one.code != "E205"]
    return Lists(
        vocabulary=vocabulary,
        regions=regions.read_regions(),
        sources=listed,
        languages=languages,
        whole=not lacks_list
        and all(
            reader.is_left_out or reader.node is not EMPTY for reader in (words, regions, sources)
        ),
    )


def read_all_lists(project: Path) -> Lists:
    """Vocabulary, regions and sources; raises CasebookError if these have errors."""
    problems: list[Problem] = []
    lists = read_lists(project, problems)
    if any(problem.severity == "error" for problem in problems):
        raise failure("new.lists_are_wrong", status=Exit.CONTENT)
    return lists


def read_refusals(project: Path, problems: list[Problem]) -> tuple[Refusal, ...]:
    """The refusals of the site that are of one kind, none if there is no list."""
    refusals = ListReader(project, "refusals", problems).read_records(Refusal, "id")
    return tuple(refusal for refusal in refusals.values() if refusal.is_of_one_kind)


def read_ledger(project: Path, problems: list[Problem]) -> dict[str, int]:
    """Every address that was ever published, with its line; none if there is no ledger yet."""
    path = project / LEDGER
    if not path.exists():
        return {}
    ledger: dict[str, int] = {}
    for number, line in enumerate((read_text(path, project, problems) or "").split("\n"), 1):
        written = line.partition("#")[0].strip()
        if _ADDRESS.fullmatch(written):
            ledger.setdefault(written[1:], number)
        elif written:
            at = Position(number, line.index(written) + 1)
            problems.append(problem("E290", LEDGER, at, written=written[:60]))
    return ledger


def read_gone(project: Path, problems: list[Problem]) -> dict[str, Gone]:
    """The records of addresses that no longer exist, by address; none if there is no list."""
    reader = ListReader(project, "gone", problems)
    for key in [key for key in reader.node.entries if not _ADDRESS.fullmatch(key)]:
        problems.append(problem("E290", reader.path, reader.node.key_at[key], written=key[:60]))
        del reader.node.entries[key]
    return {
        # Addresses are written with a leading slash and kept without it.
        key[1:]: replace(one, address=key[1:], moved_to=one.moved_to[1:])
        for key, one in reader.read_records(Gone, "address").items()
    }


def _is_by_standard(code: str, listed: Mapping[str, Node]) -> bool:
    """True if an entry takes its own words or its parent from GB/T 2260.

    131024 is a county in China and a ward in Japan: the name decides which is meant.
    """
    entry = listed[code]
    said = entry.entries if isinstance(entry, MapNode) else {}
    words = {name: each.text for name, each in said.items() if isinstance(each, Scalar)}
    if code in read_table():
        unit = make_region(code)
        return words.get("name") in (None, unit.name.zh, unit.name.en, unit.short.en)
    return words.get("parent") in {*read_table()} - {*listed}


def _fill_region(code: str, node: MapNode, units: Collection[str], languages: Languages) -> MapNode:
    """The entry of a region, with missing fields filled in, for its units from the standard.

    Another region has its name as short name, and is a county if it has a parent, else a province.
    """
    entries = node.entries
    if code in units:
        unit = make_region(code)
        known = {"level": unit.level, "parent": unit.parent, "pinyin": unit.pinyin}
        for lang in languages:
            known[languages.name("name", lang)] = unit.name.inside(lang)
            known[languages.name("short", lang)] = unit.short.inside(lang)
        given: dict[str, Node] = {
            name: Scalar(text, node.at) for name, text in known.items() if text
        }
    else:
        given = {"level": Scalar("county" if "parent" in entries else "province", node.at)}
        if "short" not in entries:
            names = ((languages.name(x, lang) for x in ("short", "name")) for lang in languages)
            given |= {short: entries[name] for short, name in names if name in entries}
    # A filled-in field has no place, so its problems are reported at the entry.
    return MapNode(given | entries, dict.fromkeys(given, node.at) | node.key_at, node.at)


def find_list_places(project: Path, name: str) -> dict[str, Position]:
    """The place where each part of a list begins in its file, by path."""
    data = read_bytes(project / "data" / f"{name}.yaml", project, [])
    node, _ = read_tree(data, "", len(data))
    lines = data.decode("utf-8-sig", "replace").splitlines()
    return read_places(find_places(node, lines)) if node is not None else {}
