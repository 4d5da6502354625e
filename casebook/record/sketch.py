"""Sketch of a case that cannot be read whole: blanks are marked, and what is wrong is left out.

Only a preview shows one, so that what is half written is seen as it will be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final, cast

from casebook.messages import problem, say
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import FieldDescription, fields_of
from casebook.record.fields import EMPTY
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.places import Way, find_ways
from casebook.record.reader import read_case_node
from casebook.record.regions import Regions
from casebook.record.vocabulary import Region, Term
from casebook.text import ENUMERATION, Languages, Text
from casebook.yaml.encoding import decode
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

# The key of the topic and the region that stand in for blank ones; no list has one of this name.
STAND_IN: Final = "〔〕"
# Each round leaves out what is wrong; what depends on that is wrong in the next.
_ROUNDS: Final = 6
_TEXTS: Final = frozenset({"bilingual", "line", "text"})

Descriptions = tuple[FieldDescription, ...]


def describe_blanks(path: str, blanks: Collection[Problem]) -> Problem:
    """The notice that a draft has blanks, in place of the problems of a case that is published."""
    lines = sorted({blank.at.line for blank in blanks})
    joined = ENUMERATION.join(map(str, lines))
    return problem("W209", path, START, count=len(blanks), lines=joined)


def mark_blank(one: FieldDescription) -> Text:
    """The words in the place of a blank field, which a preview marks on its page."""
    return say("record.blank_mark", name=one.label)


def sketch_case(data: bytes, path: str, known: Dataset) -> tuple[Case, Lists]:
    """As much of a case as can be read, and the lists with what stands in for its blanks."""
    lists = _add_stand_ins(known)
    node, _ = read_tree(data, path)
    text, _ = decode(data, path)
    lines = (text or "").split("\n")
    root = node if isinstance(node, MapNode) else EMPTY
    for _ in range(_ROUNDS):
        problems: list[Problem] = []
        filled = _fill_blanks(root, fields_of(Case), lists.languages)
        case = read_case_node(filled, lines, path, lists, problems)
        wrong = [found for found in problems if found.severity == "error"]
        if not wrong:
            return case, lists
        # What stands in for blanks is never wrong, and has no place of its own.
        root = _leave_out(root, wrong)
    return read_case_node(
        _fill_blanks(EMPTY, fields_of(Case), lists.languages), [], path, lists, []
    ), lists


def _add_stand_ins(known: Dataset) -> Lists:
    """The lists of a site with a topic and a region for a case that has none yet."""
    marks = {one.name: mark_blank(one) for one in fields_of(Case)}
    topic, region = marks["topic"], marks["region"]
    topics = {**known.vocabulary.topics, STAND_IN: Term(key=STAND_IN, name=topic)}
    # The data set of a part of a site has no more than the regions of that.
    is_standard = isinstance(known.regions, Regions) and known.regions.is_standard
    listed = dict(known.regions)
    listed[STAND_IN] = Region(code=STAND_IN, name=region, short=region, level="province")
    return Lists(
        vocabulary=replace(known.vocabulary, topics=topics),
        regions=Regions(listed, is_standard),
        sources=known.sources,
        languages=known.languages,
    )


def _fill_blanks(node: MapNode, described: Descriptions, languages: Languages) -> MapNode:
    """A record with marks in the place of what it needs and has not, as far as words can be."""
    entries = dict(node.entries)
    for one in described:
        held = entries.get(one.name)
        if one.holds_records and held is not None:
            inner = one.inner

            def fill(_: object, node: Node, inner: Descriptions = inner) -> Node:
                return _fill_blanks(node, inner, languages) if isinstance(node, MapNode) else node

            entries[one.name] = _change_inside(held, fill)
        is_blank = held is None or (isinstance(held, Scalar) and not held.text.strip())
        if one.required and is_blank:
            if one.kind in _TEXTS:
                words = mark_blank(one)
                for name, lang in zip(one.names(languages), languages, strict=False):
                    entries[name] = Scalar(words.inside(lang), node.at)
            elif one.kind == "region" or one.words == "topics":
                entries[one.name] = Scalar(STAND_IN, node.at)
    return MapNode(entries, {name: node.at for name in entries} | node.key_at, node.at)


def _change_inside(node: Node, change: Callable[[str | int, Node], Node | None]) -> Node:
    """A mapping or a list with each part changed, without those that are nothing then."""
    if isinstance(node, MapNode):
        named = {name: change(name, inner) for name, inner in node.entries.items()}
        left = {name: inner for name, inner in named.items() if inner is not None}
        return MapNode(left, node.key_at, node.at)
    if isinstance(node, ListNode):
        items = (change(number, inner) for number, inner in enumerate(node.items))
        return ListNode(tuple(inner for inner in items if inner is not None), node.at)
    return node


def _leave_out(node: MapNode, wrong: Sequence[Problem]) -> MapNode:
    """A case without its entries, or its records inside them, in which something is wrong."""
    ways = set()
    for found, way in zip(wrong, find_ways(node, (one.at for one in wrong)), strict=True):
        # Of a name that there is no field of nothing else is wrong.
        ways.add(way if found.code == "E201" else way[: 2 if _holds_records(way) else 1])
    return cast(MapNode, _cut(node, (), ways))


def _holds_records(way: Way) -> bool:
    return any(one.name == way[0] and one.holds_records for one in fields_of(Case) if way)


def _cut(node: Node, way: Way, ways: Collection[Way]) -> Node:
    def cut(name: str | int, inner: Node) -> Node | None:
        own = (*way, name)
        return None if own in ways else _cut(inner, own, ways)

    return _change_inside(node, cut)
