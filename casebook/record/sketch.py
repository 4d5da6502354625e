"""Sketch of a case with blanks or errors: blanks are marked, and wrong parts are left out.

Only a preview shows sketches, so that editors see a half-written case as it will look.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final, cast

from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import FieldDescription, fields_of
from casebook.record.fields import EMPTY, Fields
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.reader import CaseReader
from casebook.record.regions import Regions
from casebook.record.vocabulary import Region, Term
from casebook.text import ENUMERATION, Text
from casebook.yaml.encoding import decode
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

# The key of the topic and the region in place of blank ones; no list has such a key.
STAND_IN: Final = "〔〕"
# Each round leaves out wrong parts; parts that depend on these are wrong in the next round.
_ROUNDS: Final = 6
_TEXTS: Final = frozenset({"bilingual", "line", "text"})
# The place of a field, or of a list member (True), which begins where its first field does.
Part = tuple[Position, bool]


def describe_blanks(path: str, blanks: Collection[Problem]) -> Problem:
    """The notice that a draft has blanks, which replaces the problems of a published case."""
    lines = sorted({blank.at.line for blank in blanks})
    joined = ENUMERATION.join(map(str, lines))
    return problem("W209", path, START, count=len(blanks), lines=joined)


def mark_blank(one: FieldDescription) -> Text:
    """The words in place of a blank field, which a preview marks on its page."""
    return say("record.blank_mark", name=one.label)


class _MarkingReader(CaseReader):
    """Reads a case with marks in place of missing texts and of a missing topic or region."""

    def read_values(
        self, described: tuple[FieldDescription, ...], fields: Fields
    ) -> dict[str, Any]:
        node = fields.node
        blanks = [one for one in described if one.required and not fields.has(one.name)]
        marks = {name: text for one in blanks for name, text in self.mark(one, node.at)}
        key_at = dict.fromkeys(marks, node.at) | node.key_at
        fields.node = MapNode(node.entries | marks, key_at, node.at)
        return super().read_values(described, fields)

    def mark(self, one: FieldDescription, at: Position) -> Iterator[tuple[str, Node]]:
        if one.kind in _TEXTS:
            words = mark_blank(one)
            for name, lang in zip(one.names(self.languages), self.languages, strict=False):
                yield name, Scalar(words.inside(lang), at)
        elif one.kind == "region" or one.words == "topics":
            yield one.name, Scalar(STAND_IN, at)


def sketch_case(data: bytes, path: str, known: Dataset) -> tuple[Case, Lists]:
    """The readable parts of a case, and the lists with a topic and region for its blanks."""
    lists = _add_stand_ins(known)
    node, _ = read_tree(data, path)
    text, _ = decode(data, path)
    lines = (text or "").split("\n")
    root = node if isinstance(node, MapNode) else EMPTY
    for _ in range(_ROUNDS):
        problems: list[Problem] = []
        case = _MarkingReader(lists).read_root(root, lines, path, problems)
        wrong = [one for one in problems if one.severity == "error"]
        if not wrong:
            return case, lists
        parts = sorted(_list_parts(root))
        # A problem belongs to the last part that begins at or before its place. At an unknown
        # field only the field is wrong.
        begins = {
            (one.at, False)
            if one.code == "E201"
            else parts[bisect_right(parts, (one.at, True)) - 1]
            for one in wrong
        }
        root = cast(MapNode, _leave_out(root, begins))
    return _MarkingReader(lists).read_root(EMPTY, [], path, []), lists


def _add_stand_ins(known: Dataset) -> Lists:
    """The lists of a site with a topic and a region for a case that lacks them."""
    marks = {one.name: mark_blank(one) for one in fields_of(Case)}
    topic, region = marks["topic"], marks["region"]
    topics = {**known.vocabulary.topics, STAND_IN: Term(key=STAND_IN, name=topic)}
    # The data set of a part of a site has only the regions of that part.
    is_standard = isinstance(known.regions, Regions) and known.regions.is_standard
    listed = dict(known.regions)
    listed[STAND_IN] = Region(code=STAND_IN, name=region, short=region, level="province")
    return Lists(
        vocabulary=replace(known.vocabulary, topics=topics),
        regions=Regions(listed, is_standard),
        sources=known.sources,
        languages=known.languages,
    )


def _list_parts(node: MapNode) -> Iterator[Part]:
    """The places where each field of a case and each record inside it begin."""
    for name, inner in node.entries.items():
        yield node.key_at[name], False
        if isinstance(inner, MapNode):
            yield from ((inner.key_at[key], False) for key in inner.entries)
        elif isinstance(inner, ListNode):
            yield from ((item.at, True) for item in inner.items)


def _leave_out(node: Node, parts: Collection[Part]) -> Node:
    """The tree without the fields and list members that begin at these places."""
    if isinstance(node, MapNode):
        named = node.entries.items()
        left = {key: one for key, one in named if (node.key_at[key], False) not in parts}
        return node._replace(entries={key: _leave_out(one, parts) for key, one in left.items()})
    if isinstance(node, ListNode):
        kept = (_leave_out(one, parts) for one in node.items if (one.at, True) not in parts)
        return node._replace(items=tuple(kept))
    return node
