"""Editing of YAML text in place: finding its entries, and changes that leave all else as it was.

A file is edited as text at known places: nothing is parsed and written anew, so that comments,
order, quotes, line ends and blank lines stay, whatever a library for writing YAML would make of
them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from casebook.problems import Position
from casebook.yaml.encoding import decode, position_of
from casebook.yaml.nodes import MapNode, Scalar, read_tree
from casebook.yaml.parser import Loader

_ENDS = re.compile(r"\r\n|\n|\r")


def write_scalar(text: str) -> str:
    """A text of one line as it is written in YAML, quoted only where it has to be.

    Raises ValueError for a text that no reader of ours would take, such as one with characters
    that cannot be seen.
    """
    quoted = text.replace("'", "''")
    for written in (text, f'"{text}"', f"'{quoted}'"):
        node, problems = read_tree(f"x: {written}\n".encode(), "")
        if problems or not isinstance(node, MapNode):
            continue
        read = node.entries.get("x")
        if isinstance(read, Scalar) and read.text == unicodedata.normalize("NFC", text):
            return written
    raise ValueError(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of a text: from which character to which it reaches, and what it is.

    `column` counts from zero; `entries` are those of a mapping.
    """

    start: int
    end: int
    column: int
    kind: str
    in_flow: bool = False
    entries: Mapping[str, YamlEntry] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written."""
        return self.kind == "scalar" and self.start == self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlEntry:
    """A field of a mapping: where its name begins and ends, and its value."""

    start: int
    name_end: int
    column: int
    value: Value

    @property
    def end(self) -> int:
        """The place behind the last character of the entry."""
        return max(self.value.end, self.name_end)


class Layout:
    """The layout of a valid file whose root is a mapping, and the edits to make of it.

    Positions are those of the text with plain line ends. The edits are made at once, by `apply`.
    """

    def __init__(self, data: bytes, path: str) -> None:
        text, _ = decode(data, path)
        self._data = data
        self._edits: list[tuple[int, int, str]] = []
        self.text = text or ""
        root = yaml.compose(self.text, Loader=Loader)
        if root is None:
            raise ValueError("an empty file has no layout")
        self.root = _measure(root, self.text)

    def position(self, index: int) -> Position:
        """The line and column of a character."""
        return position_of(self.text, index)

    def set_value(self, entry: YamlEntry, written: str) -> None:
        """Put a scalar, as it is written in YAML, in the place of an entry's value."""
        if entry.value.is_blank:
            colon = self.text.index(":", entry.name_end) + 1
            # The blanks before a comment are given up to the value, so that it stays where it was.
            room = len(self.text) - colon - len(self.text[colon:].lstrip(" "))
            taken = max(0, min(room - 2, len(written) + 1))
            self._edits.append((colon, colon + taken, f" {written}"))
        else:
            self._edits.append((entry.value.start, entry.value.end, written))

    def insert_below(self, index: int, lines: list[str]) -> None:
        """Put lines below the line of a character."""
        end = self.text.find("\n", index)
        at = len(self.text) if end < 0 else end + 1
        start = "\n" if end < 0 else ""
        self._edits.append((at, at, start + "".join(f"{line}\n" for line in lines)))

    def insert_above(self, index: int, lines: list[str]) -> None:
        """Put lines above the line of a character."""
        at = self.text.rfind("\n", 0, index) + 1
        self._edits.append((at, at, "".join(f"{line}\n" for line in lines)))

    def cut(self, start: int, end: int, written: str) -> None:
        """Put a piece of text in the place of another."""
        self._edits.append((start, end, written))

    def last_of(self, entry: YamlEntry) -> int:
        """A character of the last line of an entry, its own comments below it included."""
        end = max(entry.end - 1, entry.start)
        while True:
            begin = self.text.find("\n", end) + 1
            if not begin:
                return end
            line = self.text[begin:].partition("\n")[0]
            indent = len(line) - len(line.lstrip(" "))
            if not line.lstrip().startswith("#") or indent <= entry.column:
                return end
            end = begin + len(line) - 1

    def apply(self) -> bytes:
        """The bytes of the file with all edits, its line ends and byte order mark as they were."""
        data = self._data
        mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
        written = data.decode("utf-8-sig")
        first = _ENDS.search(written)
        line_end = first.group() if first is not None else "\n"
        starts = _map_lines(self.text, written)
        pieces, at = [mark], 0
        for start, end, text in sorted(self._edits, key=lambda edit: edit[:2]):
            begin, stop = (_original(index, self.text, starts) for index in (start, end))
            pieces += [written[at:begin], text.replace("\n", line_end)]
            at = stop
        pieces.append(written[at:])
        return "".join(pieces).encode("utf-8")


def _map_lines(text: str, written: str) -> list[tuple[int, int]]:
    """For each line, where it starts in the text with plain ends and in the one as written."""
    starts = [(0, 0)]
    plain = 0
    for found in _ENDS.finditer(written):
        plain = text.index("\n", plain) + 1
        starts.append((plain, found.end()))
    return starts


def _original(index: int, text: str, starts: list[tuple[int, int]]) -> int:
    plain, written = starts[text.count("\n", 0, index)]
    return written + index - plain


def _measure(node: yaml.Node, text: str) -> Value:
    start, end = node.start_mark.index, node.end_mark.index
    inner: list[Value] = []
    entries: dict[str, YamlEntry] = {}
    kind = "scalar"
    if isinstance(node, yaml.MappingNode):
        kind = "mapping"
        for key, value_node in node.value:
            name, value = _measure(key, text), _measure(value_node, text)
            entry = YamlEntry(start=name.start, name_end=name.end, column=name.column, value=value)
            entries[unicodedata.normalize("NFC", key.value)] = entry
            inner += [name, value]
    elif isinstance(node, yaml.SequenceNode):
        kind = "sequence"
        inner = [_measure(item, text) for item in node.value]
    else:
        # A block of text ends before the blank lines that part it from what follows.
        end = start + len(text[start:end].rstrip(" \n"))
    in_flow = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
    return Value(
        start=start,
        # The parser ends a collection without brackets only where the next thing starts.
        end=end if in_flow or not inner else max(value.end for value in inner),
        column=node.start_mark.column,
        kind=kind,
        in_flow=in_flow,
        entries=entries,
    )
