"""Places where the parts of a record begin in its file."""

from __future__ import annotations

from collections.abc import Mapping

from casebook.problems import START, Position
from casebook.text import LANGS
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar


def find_places(node: Node, lines: list[str]) -> str:
    """A line for each part of a file: its path, and the line and column at which it begins.

    All places of a case are one string, as loading a hundred objects takes longer than a record.
    """
    found: list[str] = []
    _add_places(node, lines, "", found)
    return "\n".join(found)


def _add_places(node: Node, lines: list[str], path: str, found: list[str]) -> None:
    at = _text_start(node, lines) if isinstance(node, Scalar) else node.at
    found.append(f"{path} {at.line} {at.column}")
    if isinstance(node, MapNode):
        for key, value in node.entries.items():
            _add_places(value, lines, f"{path}.{key}" if path else key, found)
    elif isinstance(node, ListNode):
        for number, item in enumerate(node.items, 1):
            _add_places(item, lines, f"{path}[{number}]", found)


def _text_start(value: Scalar, lines: list[str]) -> Position:
    if value.style not in ("|", ">"):
        # The text of a quoted value begins after its quotation mark.
        return value.at if value.is_plain else Position(value.at.line, value.at.column + 1)
    # The text of a block is below its | or >.
    for number, line in enumerate(lines[value.at.line :], value.at.line + 1):
        if line.strip():
            return Position(number, len(line) - len(line.lstrip()) + 1)
    return value.at


def read_places(places: str) -> dict[str, Position]:
    """The places of the parts of a file by path, from a line for each."""
    lines = (line.rsplit(" ", 2) for line in places.splitlines())
    return {path: Position(int(line), int(column)) for path, line, column in lines}


def place_of(path: str, places: Mapping[str, Position]) -> Position:
    """The place of a part of a file, or of the nearest enclosing part that has one."""
    while path and path not in places:
        # An answer may be a plain text instead of a mapping with a text.
        path = path.rpartition(".")[0]
    return places.get(path, START)


def places_of(path: str, places: Mapping[str, Position]) -> tuple[Position, Position]:
    """The place of a text in each language; the name of a translation ends with its language."""
    named = (f"{path}_{lang}" for lang in LANGS)
    zh, en = (place_of(name if name in places else path, places) for name in named)
    return zh, en
