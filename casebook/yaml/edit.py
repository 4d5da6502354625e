"""Editing of YAML text in place: safe fixes, and changes that leave other lines unchanged.

A file is edited as text at known places. A library for writing YAML would change comments, order,
quotes, line ends and blank lines.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import yaml

from casebook.problems import Problem
from casebook.yaml.encoding import decode
from casebook.yaml.fixes import WIDTHS, with_spaces_for
from casebook.yaml.mistakes import OF_NOTATION
from casebook.yaml.nodes import Loader, MapNode, Scalar, read_tree

_ENDS = re.compile(r"(\r\n|\n|\r)")
# Each round fixes one line; a file with more mistakes should not be fixed without review.
_ROUNDS = 200


def write_scalar(text: str) -> str:
    """A text of one line as written in YAML, quoted only if necessary.

    Raises ValueError for a text that `read_tree` would refuse, such as one with invisible
    characters.
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


def can_write(text: str) -> bool:
    """True if `write_scalar` can write the text."""
    try:
        write_scalar(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value in a text: the range of its characters, and its kind.

    `column` counts from zero; `entries` are the fields of a mapping by name, or the members of a
    list by number.
    """

    start: int
    end: int
    column: int
    kind: str
    in_flow: bool = False
    entries: Mapping[str, YamlEntry] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """True if the value is empty."""
        return self.kind == "scalar" and self.start == self.end

    @property
    def has_lines(self) -> bool:
        """True if the value is a mapping whose fields have their own lines."""
        return self.kind == "mapping" and not self.in_flow


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlEntry:
    """A field of a mapping: the range of its name, and its value."""

    start: int
    name_end: int
    column: int
    value: Value

    @property
    def end(self) -> int:
        """The index behind the last character of the entry."""
        return max(self.value.end, self.name_end)


# The first character of a piece of text, the one behind it, and the new text.
Edit = tuple[int, int, str]


class Layout:
    """The layout of a valid file whose root is a mapping.

    Positions count in its text with plain line ends, which also has one after the last line.
    """

    def __init__(self, data: bytes, path: str) -> None:
        text, _ = decode(data, path)
        self._data = data
        self._read = text or ""
        self.text = self._read.removesuffix("\n") + "\n"
        root = yaml.compose(self.text, Loader=Loader)
        if root is None:
            raise ValueError("an empty file has no layout")
        self.root = _measure(root, self.text)

    def start_of_line(self, index: int) -> int:
        """The index of the first character in the line of a character."""
        return self.text.rfind("\n", 0, index) + 1

    def end_of_line(self, index: int) -> int:
        """The index behind the line of a character and its line end."""
        return self.text.find("\n", index) + 1

    def is_comment(self, start: int) -> bool:
        """True if the line that starts at an index is a comment."""
        return self.text[start : self.end_of_line(start)].lstrip(" ").startswith("#")

    def end_of(self, entry: YamlEntry) -> int:
        """The index behind the last line of an entry, including its own comments below it."""
        end = self.end_of_line(max(entry.end - 1, entry.start))
        while self.is_comment(end) and self.text.startswith(" " * (entry.column + 1), end):
            end = self.end_of_line(end)
        return end

    def edit(self, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
        """The text, or a part of it, with edits; edits at the same place keep their order."""
        pieces, at = [], start
        for begin, stop, written in sorted(edits, key=lambda one: one[:2]):
            pieces += [self.text[at:begin], written]
            at = stop
        return "".join([*pieces, self.text[at:end]])

    def write(self, edits: Iterable[Edit]) -> bytes:
        """The bytes of the file with edits, which keep its line ends and byte order mark."""
        ends = iter(_ENDS.findall(self._data.decode("utf-8-sig")))
        first = next(ends, "\n")
        left = chain([first], ends)

        def keep_ends(piece: str) -> str:
            return re.sub("\n", lambda _: next(left, first), piece)

        pieces, at = ["\ufeff" if self._data.startswith(b"\xef\xbb\xbf") else ""], 0
        for begin, stop, written in sorted(edits, key=lambda one: one[:2]):
            # An edit without a change, as of a list with the same rows, also keeps line ends.
            if written != self.text[begin:stop]:
                pieces += [keep_ends(self.text[at:begin]), written.replace("\n", first)]
                keep_ends(self.text[begin:stop])
                at = stop
        made = "".join([*pieces, keep_ends(self.text[at:])])
        return (made if self._read.endswith("\n") else made.removesuffix(first)).encode("utf-8")


def _measure(node: yaml.Node, text: str) -> Value:
    start, end = node.start_mark.index, node.end_mark.index
    column = node.start_mark.column
    entries: dict[str, YamlEntry] = {}
    kind = "scalar"
    if isinstance(node, yaml.MappingNode):
        kind = "mapping"
        for key, inner in node.value:
            name = _measure(key, text)
            entries[unicodedata.normalize("NFC", key.value)] = YamlEntry(
                start=name.start, name_end=name.end, column=name.column, value=_measure(inner, text)
            )
    elif isinstance(node, yaml.SequenceNode):
        kind = "sequence"
        for number, item in enumerate(node.value):
            at, value = item.start_mark.index, _measure(item, text)
            entry = YamlEntry(start=at, name_end=at, column=column, value=value)
            entries[str(number)] = entry
    else:
        # A block of text ends before the blank lines below it.
        end = start + len(text[start:end].rstrip(" \n"))
    in_flow = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
    if entries and not in_flow:
        # The parser ends a collection without brackets only where the next node starts.
        end = max(entry.end for entry in entries.values())
    return Value(start=start, end=end, column=column, kind=kind, in_flow=in_flow, entries=entries)


def fix_text(data: bytes, path: str) -> tuple[bytes, int]:
    """The file with every safe fix, and the number of changed lines.

    A safe fix is a line that a problem offers, that has the same letters and digits as before, and
    with which the file has fewer problems. Line ends and a byte order mark stay.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data, 0
    written = _ENDS.split(data.decode("utf-8"))
    for _ in range(_ROUNDS):
        problems = read_tree(data, path)[1]
        for problem in problems:
            is_in_all = problem.code in ("E115", "E116") and not problem.offered
            fixed = _indent_all(data, path) if is_in_all else _fix_line(data, problem)
            if fixed is not None and _is_better(read_tree(fixed, path)[1], problems):
                data = fixed
                break
        else:
            break
    now = _ENDS.split(data.decode("utf-8"))
    return data, sum(old != new for old, new in zip(written, now, strict=True))


def _indent_all(data: bytes, path: str) -> bytes:
    """The file indented with spaces throughout, as many for each tab as leave least wrong."""
    pieces = _ENDS.split(data.decode("utf-8"))
    tried = ["".join(with_spaces_for(piece, width) for piece in pieces) for width in WIDTHS]
    return min((one.encode() for one in tried), key=lambda one: len(read_tree(one, path)[1]))


def _fix_line(data: bytes, problem: Problem) -> bytes | None:
    """The file with the offered line, or None if the line could change its meaning."""
    offered = problem.offered
    if problem.code not in OF_NOTATION or not offered:
        return None
    pieces = _ENDS.split(data.decode("utf-8"))
    index = 2 * (problem.at.line - 1)
    if index >= len(pieces) or _letters(pieces[index]) != _letters(offered):
        return None
    mark = "\ufeff" if index == 0 and pieces[0].startswith("\ufeff") else ""
    pieces[index] = mark + offered
    return "".join(pieces).encode("utf-8")


def _letters(line: str) -> str:
    """The letters, digits and symbols of a line, without punctuation and blanks."""
    plain = unicodedata.normalize("NFKC", line)
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c)[0] in "SM")


def _is_better(now: list[Problem], before: list[Problem]) -> bool:
    known = {(problem.at.line, problem.code) for problem in before}
    fresh = [problem for problem in now if (problem.at.line, problem.code) not in known]
    return len(now) < len(before) and not any(problem.severity == "error" for problem in fresh)


def diff_files(before: bytes | None, after: bytes, path: str) -> Iterator[str]:
    """The lines of the difference between two versions of a file, as `diff -u` shows them."""
    old, new = (
        []
        if data is None
        else _ENDS.sub("\n", data.decode("utf-8-sig")).removesuffix("\n").split("\n")
        for data in (before, after)
    )
    name = "/dev/null" if before is None else path
    return difflib.unified_diff(old, new, name, path, n=1, lineterm="")
