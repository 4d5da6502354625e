"""YAML text as a tree of nodes with positions, in which every scalar is text.

Only the plain core of YAML is allowed: mappings, sequences and scalars. Anchors, aliases, tags,
directives and several documents are problems, so nothing in a record can expand, recurse or
construct an object.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple, cast

import yaml

from casebook.messages import problem
from casebook.problems import START, ContentError, Position, Problem
from casebook.text import Text
from casebook.yaml.encoding import (
    MAX_BYTES,
    MAX_SHOWN,
    PATTERNS,
    decode,
    describe_invisible,
    offer_line,
    position_of,
    remove_invisible,
    show,
)
from casebook.yaml.fixes import ODD_STARTS
from casebook.yaml.mistakes import MAX_PROBLEMS, Flow, Inspector, quote_line

# libyaml is eight times faster than the pure parser. It crashes only when it composes deeply nested
# nodes; its events come one by one, and reading stops at the first that is too deep.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# PyYAML raises errors other than YAMLError for some malformed escapes and tags.
PARSER_ERRORS = (yaml.YAMLError, ValueError, KeyError, AttributeError, IndexError, OverflowError)

MAX_DEPTH = 12
_HEADINGS = re.compile(
    r"^[\"']?[a-z0-9][\w-]*[\"']?:[ ]*\n(?=[^\s:#\"'-][^:#\n]{0,60}:(?:\s|$))", re.MULTILINE
)
# Reasons beside those of the parser.
NO_MAPPING = "the root is no mapping"
TOO_DEEP = "nested too deep"


class Fault(NamedTuple):
    """The place where the parser stopped, its reason, and the start of what it was reading."""

    at: Position
    reason: str
    since: Position = START


def find_fault(text: str) -> Fault | None:
    """The fault by which a text cannot be parsed to a mapping; None if it can or is empty."""
    depth = 0
    root: yaml.Event | None = None
    try:
        for event in yaml.parse(text, Loader=Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return Fault(place_of_mark(event.start_mark), TOO_DEEP)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if root is None and isinstance(event, yaml.NodeEvent):
                root = event
    except yaml.MarkedYAMLError as error:
        at = place_of_mark(error.problem_mark or error.context_mark)
        since = place_of_mark(error.context_mark or error.problem_mark)
        return Fault(at, f"{error.context or ''}: {error.problem or ''}", since)
    except PARSER_ERRORS as error:
        return Fault(START, str(error))
    is_blank = isinstance(root, yaml.ScalarEvent) and not root.value
    if root is None or is_blank or isinstance(root, yaml.MappingStartEvent):
        return None
    return Fault(place_of_mark(root.start_mark), NO_MAPPING)


def place_of_mark(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark is not None else START


def find_lost_indentation(text: str) -> int:
    """The first line that should be indented in a text without any indentation, or 0."""
    # A single heading may be a field that is not filled in yet.
    found = [each.end() for each in islice(_HEADINGS.finditer(text), 2)]
    is_flat = not text[:1].isspace() and "\n " not in text and "\n\t" not in text
    return text.count("\n", 0, found[0]) + 1 if is_flat and len(found) > 1 else 0


MAX_KEY = 200
# In a longer text, a fix is described but not tried.
_LONGEST_TRIED = 100_000

_CHINESE = "[\u3001-\u303f\u3400-\u9fff\uff00-\uff60]"
_FOLD = rf"(?<={_CHINESE})[ \t]*\n[ \t]*(?={_CHINESE})"
_ESCAPE = r"\\(?:[0abevfNLP]|x[0-9a-fA-F]|u[0-9a-fA-F]|U)"


class Scalar(NamedTuple):
    """A piece of text, with the style in which it was written: plain, quoted or block."""

    text: str
    at: Position
    style: str = ""

    @property
    def is_plain(self) -> bool:
        """True if the text has no quotes or block mark, so that its first character is at `at`."""
        return self.style == ""

    def place(self, column: int) -> Position:
        """The place of a character of the text; for a quoted text or a block, that of the text."""
        return self.at.inside(column - 1) if self.is_plain else self.at


class ListNode(NamedTuple):
    """A list of nodes."""

    items: tuple[Node, ...]
    at: Position


class MapNode(NamedTuple):
    """Named nodes in the order of the file, and the place of each name."""

    entries: dict[str, Node]
    key_at: dict[str, Position]
    at: Position


Node = Scalar | ListNode | MapNode


def read_tree(
    data: bytes, path: str, most: int = MAX_BYTES
) -> tuple[MapNode | None, list[Problem]]:
    """The tree of a YAML file, whose root is a mapping, and the problems of bytes and syntax.

    The tree is None if the text cannot be parsed or is empty. If all mistakes could be fixed, the
    tree is that of the fixed text, so that one run reports all problems.
    """
    text, problems = decode(data, path, most)
    node = None if text is None else _build_tree(text, path, problems)
    if len(problems) > MAX_PROBLEMS:
        problems.sort()
        problems[MAX_PROBLEMS:] = [problem("E199", path, problems[MAX_PROBLEMS].at)]
    return node, problems


def _close_gaps(text: str, written: str) -> str:
    """The text without the blanks that YAML puts for line ends between Chinese characters."""
    pieces, at = [], 0
    for fold in re.finditer(_FOLD, written):
        # The few characters before it find the place again, unless there is an escape in them.
        begin = max(written.rfind("\n", 0, fold.start()) + 1, fold.start() - 6)
        tail = written[begin : fold.start()].lstrip(" \t\"'")
        found = text.find(f"{tail} {written[fold.end()]}", at)
        if found < 0:
            break
        pieces.append(text[at : found + len(tail)])
        at = found + len(tail) + 1
    return "".join((*pieces, text[at:]))


def _build_tree(text: str, path: str, problems: list[Problem]) -> MapNode | None:
    builder = _Builder(text, path)
    try:
        node = builder.build_document()
    except ContentError as too_deep:
        problems += too_deep.problems
        return None
    except PARSER_ERRORS:
        node = Scalar("", START)
    else:
        if node is None or (isinstance(node, Scalar) and not node.text):
            problems.append(problem("E107", path, START))
            return None
        codes = {one.code for one in builder.problems}
        # Repeated fields are fields of two levels if all indentation was lost.
        is_flat = "\n " not in text and bool(codes & {"E117", "E130"})
        is_lost = is_flat and find_lost_indentation(text)
        # Wide blanks before names leave a text flat that the parser takes.
        is_lost = is_lost or ("E115" in codes and len(ODD_STARTS.findall(text)) > MAX_SHOWN)
        if isinstance(node, MapNode) and not is_lost:
            problems += builder.problems
            # Half a file is not a record: the other half is below the document separator.
            return None if "E131" in codes else node
    # Imported here, as few files need it.
    from casebook.yaml.diagnose import Diagnosis

    diagnosis = Diagnosis(text, path)
    fixed, named = diagnosis.diagnose()
    problems += named
    if fixed is None:
        return None
    again = _Builder(fixed, path)
    node = again.build_document()
    # Further problems on a fixed line are reported once the editor has fixed it.
    lines = {one.at.line for one in named}
    others = (replace(one, at=diagnosis.locate(one.at)) for one in again.problems)
    problems += [one for one in others if one.at.line not in lines]
    return cast(MapNode, _move(node, diagnosis.locate)) if isinstance(node, MapNode) else None


def _move(node: Node, locate: Callable[[Position], Position]) -> Node:
    """The same tree with its places mapped to those in the file."""
    at = locate(node.at)
    if isinstance(node, ListNode):
        return ListNode(tuple(_move(item, locate) for item in node.items), at)
    if isinstance(node, MapNode):
        entries = {name: _move(value, locate) for name, value in node.entries.items()}
        return MapNode(entries, {name: locate(key) for name, key in node.key_at.items()}, at)
    return node._replace(at=at)


class _Builder(Inspector):
    """Builds the tree of one text from the events of the parser, and inspects each piece."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        # The loop of yaml.parse takes as long per event as the parser itself.
        self.events: Iterator[yaml.Event] = iter(Loader(text).get_event, None)
        self.is_normal = unicodedata.is_normalized("NFC", text)

    def build_document(self) -> Node | None:
        node: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if event.version or event.tags:
                    self.report("E135", place_of_mark(event.start_mark))
                if node is not None:
                    self.report("E131.documents", place_of_mark(event.start_mark))
                    return node
            elif isinstance(event, yaml.NodeEvent):
                node = self.build(event, 0)
        return node

    def build(self, event: yaml.Event, depth: int, in_flow: Flow = "") -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self.build_scalar(event, in_flow)
        at = place_of_mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.refuse_anchor(at)
            return Scalar("", at)
        self.refuse_marks(event, at)
        if depth >= MAX_DEPTH:
            raise ContentError([problem("E136", self.path, at)])
        self.inspect_tab(event.start_mark)
        flows = bool(getattr(event, "flow_style", False))
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            for inner in self.events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    break
                items.append(self.build(inner, depth + 1, "list" if flows else ""))
            return ListNode(tuple(items), at)
        return self.build_mapping(at, depth, "mapping" if flows else "")

    def build_scalar(self, event: Any, in_flow: Flow, is_key: bool = False) -> Scalar:
        at = place_of_mark(event.start_mark)
        self.refuse_marks(event, at)
        text, style = event.value, event.style or ""
        if style == "":
            if not is_key and event.tag is None and event.anchor is None:
                self.inspect_value(event, in_flow)
        elif style == '"':
            text = self.refuse_escapes(event, at)
        elif style in "|>":
            written = self.text[event.start_mark.index : event.end_mark.index]
            if not text and re.match(r"[|>][+-]?[1-9]", written):
                self.report("E120.block", at, mark=written[0])
            elif ": " in text or ":\n" in text:
                self.inspect_block(text, event.start_mark)
        if style != "|" and event.start_mark.line != event.end_mark.line:
            written = self.text[event.start_mark.index : event.end_mark.index]
            text = _close_gaps(text, written)
        if not is_key:
            self.inspect_tab(event.start_mark)
        if not self.is_normal:
            text = unicodedata.normalize("NFC", text)
        return Scalar(text, at, style)

    def refuse_marks(self, event: Any, at: Position) -> None:
        if event.anchor is not None:
            self.refuse_anchor(at)
        if event.tag is not None:
            written = re.compile(r"!\S*").match(self.text, event.start_mark.index)
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
            # A real anchor has a list or fields below it, and quotes would make that invalid.
            if quoted and find_fault("\n".join(lines)) is None:
                return offer_line(quoted)
        return None

    def refuse_escapes(self, event: Any, at: Position) -> str:
        """The text of a double-quoted scalar without the control characters of its escapes."""
        text: str = event.value
        found = PATTERNS["invisible"].search(text)
        if found is None:
            return text
        start = event.start_mark.index
        if written := re.search(_ESCAPE, self.text[start : event.end_mark.index]):
            at = position_of(self.text, start + written.start())
        self.note(describe_invisible(found.group(), at, self.path, escaped=True))
        return remove_invisible(text)

    def build_mapping(self, at: Position, depth: int, in_flow: Flow) -> MapNode:
        entries: dict[str, Node] = {}
        key_at: dict[str, Position] = {}
        # The line of each name, in its form of normal width.
        lines: dict[str, int] = {}
        again: list[tuple[str, Scalar]] = []
        # The value above in braces, which a comma inside it may have cut short.
        above: Any = None
        # The field above with an empty value, and whether the fields below were meant for it.
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
                self.report("E137.longest" if name else "E137.empty", key.at, most=MAX_KEY)
                continue
            if name == "<<" and key.is_plain:
                self.refuse_anchor(key.at)
                continue
            is_blank = isinstance(following, yaml.ScalarEvent) and not (
                following.value or following.style
            )
            parted = self.inspect_parted(event, above) if in_flow and is_blank else ""
            if parted == "text":
                continue
            is_left_blank = isinstance(above, yaml.ScalarEvent) and not above.value
            if is_left_blank and above.style in ("|", ">") and " " in name:
                # This key is a sentence with a colon, from a text that lost its indentation.
                self.report("E117.text", key.at, line=above.start_mark.line + 1)
                continue
            above = following
            if key.is_plain and not parted:
                self.inspect_name(event.value, event.start_mark)
            twin = name if name.isascii() else unicodedata.normalize("NFKC", name)
            if twin in lines:
                if not heading:
                    if len(again) <= MAX_PROBLEMS:
                        again.append((twin, key))
                elif not is_heading:
                    self.report("E117.heading", key_at[heading], name=show(heading))
                    is_heading = True
                continue
            inside = [*value.entries] if depth and isinstance(value, MapNode) else []
            if inside[1:] and inside[0] == next(iter(lines), "") and inside[1] in lines:
                # The next record of a list is indented into the one above.
                self.report("E117.heading", key.at, name=show(name))
                continue
            # A field may be empty; if the next field is a repetition, it was meant to be inside.
            heading = name if is_blank else heading if is_heading else ""
            is_heading = is_heading and heading != name
            lines[twin] = key.at.line
            entries[name] = value
            key_at[name] = key.at
        self.report_repeated(again, lines, at)
        return MapNode(entries, key_at, at)

    def report_repeated(
        self, again: list[tuple[str, Scalar]], lines: Mapping[str, int], at: Position
    ) -> None:
        """Report repeated fields; for a repeated record, report only its first line."""
        names = [twin for twin, _ in again]
        if len(names) > 1 and names[0] == next(iter(lines)) and self.is_item(at):
            for _, key in (one for one in again if one[0] == names[0]):
                line, start = self.line(key.at.line), key.at.column - 1
                self._offer("E117.dash", key.at, f"{line[: start - 2]}- {line[start:]}")
            return
        is_record = len(names) > 2 and names == [*lines][: len(names)]
        for twin, key in again[:1] if is_record else again:
            named = "E130.again" if is_record else "E130"
            self.report(named, key.at, name=show(key.text), first=lines[twin], count=len(names))

    def is_item(self, at: Position) -> bool:
        """True where a mapping begins behind a dash."""
        return re.fullmatch(r"[ ]*-[ ]+", self.line(at.line)[: at.column - 1]) is not None

    def refuse_key(self, event: Any, depth: int, in_flow: Flow) -> None:
        at = place_of_mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.refuse_anchor(at)
            return
        index = event.start_mark.index
        self.build(event, depth + 1, in_flow)
        if self.text[index - 1 : index + 1] == "{{":
            self.report("E120.braces", at, offer_line(quote_line(self.line(at.line))))
        else:
            self.report("E137.list", at)
