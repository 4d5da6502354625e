"""The YAML parser: its loader and limits, and the fault of a text that cannot be parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from casebook.problems import START, Position

# libyaml reads eight times faster than the pure parser. It dies only where it composes deeply
# nested nodes; its events come one by one, and we stop at the first that is too deep.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# PyYAML lets bare errors of its own escape on some malformed escapes and tags.
PARSER_ERRORS = (yaml.YAMLError, ValueError, KeyError, AttributeError, IndexError, OverflowError)

MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the parser gave up, what it said, and where the piece began that it was reading."""

    at: Position
    reason: str
    since: Position = START


# Reasons of our own beside those of the parser.
NO_MAPPING = "the root is no mapping"
TOO_DEEP = "nested too deep"
TOO_LONG = "a name too long"
MIXED = "a list among fields"


def find_fault(text: str) -> Fault | None:
    """Why a text cannot be parsed to a mapping, or nothing where it can, or holds nothing."""
    depth = 0
    root_is_mapping = None
    last = START
    try:
        for event in yaml.parse(text, Loader=Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return Fault(place_of(event), TOO_DEEP, place_of(event))
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if root_is_mapping is None and isinstance(event, yaml.NodeEvent):
                empty = isinstance(event, yaml.ScalarEvent) and not event.value
                root_is_mapping = empty or isinstance(event, yaml.MappingStartEvent)
                last = place_of(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        since = error.context_mark or mark
        at = START if mark is None else Position(mark.line + 1, mark.column + 1)
        began = at if since is None else Position(since.line + 1, since.column + 1)
        return Fault(at, f"{error.context or ''}: {error.problem or ''}", began)
    except PARSER_ERRORS as error:
        return Fault(START, str(error))
    if root_is_mapping is False:
        return Fault(last, NO_MAPPING, last)
    return None


def place_of(event: Any) -> Position:
    """Where an event of either parser starts."""
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark is not None else START
