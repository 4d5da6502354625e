"""YAML text as a tree of nodes with positions, in which every scalar is text.

Only the plain core of YAML is let through: mappings, sequences and scalars. Anchors, aliases,
tags, directives and several documents are problems, so nothing in a record can expand, recurse
or construct an object.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.text import Text
from casebook.yaml.encoding import (
    MAX_BYTES,
    MAX_SHOWN,
    decode,
    describe_invisible,
    find_invisible,
    line_of,
    offer,
    remove_invisible,
    show,
)
from casebook.yaml.inspector import MAX_PROBLEMS, Inspector
from casebook.yaml.mistakes import quote_line
from casebook.yaml.parser import (
    MAX_DEPTH,
    PARSER_ERRORS,
    Loader,
    find_fault,
    place_of,
)

MAX_KEY = 200
# A fix of a longer text is not tried, only described.
_LONGEST_TRIED = 100_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text, with the style in which it was written: plain, quoted or block."""

    text: str
    at: Position
    style: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the text is the same, character by character, in the file from `at` on."""
        return self.style == ""


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class MapNode:
    """Named nodes in the order of the file, and the place of each name."""

    entries: dict[str, Node]
    key_at: dict[str, Position]
    at: Position


Node = Scalar | ListNode | MapNode


class _TooDeep(Exception):
    """The text nests deeper than any record does."""

    def __init__(self, at: Position) -> None:
        self.at = at


def read_tree(data: bytes, path: str, most: int = MAX_BYTES) -> tuple[Node | None, list[Problem]]:
    """The tree of a YAML file, whose root is a mapping, and the problems of bytes and syntax.

    There is no tree where the text cannot be parsed or holds nothing. Where the mistakes could be
    fixed the tree is that of the fixed text, so that all problems come out in one run.
    """
    node, problems = _read(data, path, most)
    if len(problems) > MAX_PROBLEMS:
        problems.sort()
        problems[MAX_PROBLEMS:] = [problem("E199", path, problems[MAX_PROBLEMS].at)]
    return node, problems


def _read(data: bytes, path: str, most: int) -> tuple[Node | None, list[Problem]]:
    text, problems = decode(data, path, most)
    if text is None:
        return None, problems
    other = _find_other_format(text, path)
    if other:
        return None, [*problems, *other]
    try:
        return _build_tree(text, path, problems), problems
    except _TooDeep as deep:
        return None, [*problems, problem("E136", path, deep.at)]


def _build_tree(text: str, path: str, problems: list[Problem]) -> Node | None:
    builder = _Builder(text, path)
    try:
        node = builder.build_document()
    except PARSER_ERRORS:
        node = Scalar("", START)
    else:
        if node is None or node == Scalar("", node.at):
            problems.append(problem("E107", path, START))
            return None
        if isinstance(node, MapNode):
            problems += builder.problems
            # Half a file is no record: the other half is below the line that parts it.
            return None if any(p.code == "E131" for p in builder.problems) else node
    # Only now: few files need it.
    from casebook.yaml.diagnose import Diagnosis

    fixed, named = Diagnosis(text, path).diagnose()
    problems += named
    if fixed is None:
        return None
    again = _Builder(fixed, path)
    node = again.build_document()
    # A fix may have added lines or moved them, so that only other lines are reported again.
    lines = {one.at.line for one in named}
    problems += [one for one in again.problems if one.at.line not in lines]
    return node


def _find_other_format(text: str, path: str) -> list[Problem]:
    """A web page or the marks of a merge, where a record was expected."""
    if re.match(r"\s*<(?:!DOCTYPE|html|head|body|\?xml|!--|script)", text, re.IGNORECASE):
        return [problem("E108.html", path, START)]
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r"(?:<{7}|>{7})(?:\s|$)", line)
        if found is not None and len(problems) < MAX_SHOWN:
            mark = found.group().strip()
            problems.append(problem("E108.conflict", path, Position(number, 1), mark=mark))
    return problems


class _Builder:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=Loader))
        self.problems: list[Problem] = []
        self.inspector = Inspector(text, path, self.problems)
        self.is_normal = unicodedata.is_normalized("NFC", text)

    def report(self, key: str, at: Position, hint: Text | None = None, **marks: Any) -> None:
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(problem(key, self.path, at, hint=hint, **marks))

    def build_document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    self.report("E135", place_of(event))
                if documents > 1:
                    self.report("E131.documents", place_of(event))
                    return node
            elif isinstance(event, yaml.NodeEvent):
                node = self.build(event, 0)
        return node

    def build(self, event: yaml.Event, depth: int, in_flow: bool = False) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self.build_scalar(event, in_flow)
        at = place_of(event)
        if isinstance(event, yaml.AliasEvent):
            self.refuse_anchor(at)
            return Scalar("", at)
        self.refuse_marks(event, at)
        if depth >= MAX_DEPTH:
            raise _TooDeep(at)
        if self.inspector.has_tab:
            self.inspector.inspect_tab(event.start_mark)
        flows = bool(getattr(event, "flow_style", False))
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            for inner in self.events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    break
                items.append(self.build(inner, depth + 1, flows))
            return ListNode(tuple(items), at)
        return self.build_mapping(at, depth, flows)

    def build_scalar(self, event: Any, in_flow: bool, is_key: bool = False) -> Scalar:
        at = place_of(event)
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event, at)
        text, style = event.value, event.style or ""
        if style == "":
            if not is_key and event.tag is None and event.anchor is None:
                self.inspector.inspect_value(event, in_flow)
        elif style == '"':
            text = self.refuse_escapes(event, at)
        elif style in "|>":
            if not text:
                self.refuse_empty_block(event, at)
            elif ": " in text or ":\n" in text:
                self.inspector.inspect_block(text, event.start_mark)
        if self.inspector.has_tab and not is_key:
            self.inspector.inspect_tab(event.start_mark)
        if not self.is_normal:
            text = unicodedata.normalize("NFC", text)
        return Scalar(text, at, style)

    def refuse_marks(self, event: Any, at: Position) -> None:
        if event.anchor is not None:
            self.refuse_anchor(at)
        if event.tag is not None:
            written = re.match(
                r"!\S*", self.text[event.start_mark.index : event.start_mark.index + 80]
            )
            tag = show(written.group() if written else event.tag)
            self.report("E134", at, self.offer_quotes(at), tag=tag)

    def refuse_anchor(self, at: Position) -> None:
        if any(p.code == "E133" and p.at.line == at.line for p in self.problems[-3:]):
            return
        self.report("E133", at, self.offer_quotes(at))

    def offer_quotes(self, at: Position) -> Text | None:
        if len(self.problems) < MAX_SHOWN and len(self.text) < _LONGEST_TRIED:
            lines = self.text.split("\n")
            quoted = lines[at.line - 1] = quote_line(lines[at.line - 1])
            # A real anchor has a list or fields below it, which quotes would cut off.
            if quoted and find_fault("\n".join(lines)) is None:
                return offer(quoted)
        return None

    def refuse_escapes(self, event: Any, at: Position) -> str:
        """The text of a double-quoted scalar without the control characters it was given."""
        text: str = event.value
        run = find_invisible(text)
        if not run:
            return text
        raw = self.text[event.start_mark.index : event.end_mark.index]
        written = re.search(r"\\(?:[0abevfNLP]|x[0-9a-fA-F]|u[0-9a-fA-F]|U)", raw)
        if written is not None:
            line = at.line + raw.count("\n", 0, written.start())
            begin = raw.rfind("\n", 0, written.start()) + 1
            column = written.start() - begin + (at.column if line == at.line else 1)
            at = Position(line, column)
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(describe_invisible(run, at, self.path, escaped=True))
        return remove_invisible(text)

    def refuse_empty_block(self, event: Any, at: Position) -> None:
        header = re.match(
            r"[|>][+-]?[1-9]", self.text[event.start_mark.index : event.end_mark.index]
        )
        if header is not None:
            self.report("E120.block", at, mark=header.group()[0])

    def build_mapping(self, at: Position, depth: int, in_flow: bool) -> MapNode:
        entries: dict[str, Node] = {}
        key_at: dict[str, Position] = {}
        twins: dict[str, str] = {}
        # The field above with nothing behind its colon, and whether what follows was meant for it.
        heading, is_heading = "", False
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse_key(event, depth, in_flow)
                self.build(next(self.events), depth + 1, in_flow)
                continue
            key = self.build_scalar(event, in_flow, is_key=True)
            following = next(self.events)
            value = self.build(following, depth + 1, in_flow)
            name = key.text
            if not name or len(name) > MAX_KEY:
                if name:
                    self.report("E137.longest", key.at, most=MAX_KEY)
                else:
                    self.report("E137.empty", key.at)
                continue
            if name == "<<" and key.is_plain:
                self.refuse_anchor(key.at)
                continue
            if key.is_plain:
                self.inspector.inspect_name(event.value, event.start_mark)
            twin = name if name.isascii() else unicodedata.normalize("NFKC", name)
            if twin in twins:
                if not heading:
                    first = key_at[twins[twin]].line
                    self.report("E130", key.at, name=show(name), first=first)
                elif not is_heading:
                    self.report("E117.heading", key_at[heading], name=show(heading))
                    is_heading = True
                continue
            # One field may be left blank; one whose next is there twice was meant to hold it.
            heading = name if _is_blank(following) else heading if is_heading else ""
            is_heading = is_heading and heading != name
            twins[twin] = name
            entries[name] = value
            key_at[name] = key.at
        return MapNode(entries, key_at, at)

    def refuse_key(self, event: Any, depth: int, in_flow: bool) -> None:
        at = place_of(event)
        if isinstance(event, yaml.AliasEvent):
            self.refuse_anchor(at)
            return
        index = event.start_mark.index
        braces = self.text[index - 1 : index + 1] == "{{"
        self.build(event, depth + 1, in_flow)
        if braces:
            self.report("E120.braces", at, offer(quote_line(line_of(self.text, at.line))))
        else:
            self.report("E137.list", at)


def _is_blank(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and not (event.value or event.style)
