"""Faults of a text as YAML: where the parser stops, and where all indentation was lost."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, NamedTuple

import yaml

from casebook.problems import START, Position

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
