"""Grammar of references in Markdown: `{{figure}}` and `[[slot]]`.

`{{figure}}` becomes a number, `[[slot]]` a generated part. Nothing in a text is ever
executed: a reference names a figure, a count of the site or a slot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from casebook.problems import START, Position, find_in_lines

REFERENCE = re.compile(r"\{\{([^{}\n]*)\}\}")
# Braces that an input method made full-width, or some of which are missing.
_BRACES = re.compile(r"(?<![{｛])([{｛]+)([^{}｛｝\n]{0,80})([}｝]*)")
_KEY = re.compile(r"(?:([a-z0-9]+(?:-[a-z0-9]+)*)\.)?([A-Za-z][A-Za-z0-9_]*)", re.ASCII)
# The name of a picture or a file of content/; it is part of an address.
MEDIA_NAME = re.compile(r"\w[\w.-]{0,99}")
SLOT = re.compile(r"\[\[([a-z][a-z0-9:-]*|picture:[^\[\]\n]+)\]\]", re.ASCII)
# Looser than SLOT, so that a mistake is reported instead of printed.
_PICTURE = re.compile(r"\[\[\s*picture\s*[:：]([^\[\]\n]*)\]\]", re.IGNORECASE)
# The slots that a page fills in, beside [[chart:…]], [[picture:…]] and [[refusal:…]].
SLOTS = (
    *("money", "overview", "cases", "comparables", "refusals"),
    *("computed", "missing", "documents", "reviews", "downloads"),
)
_SLOT_LIKE = re.compile(r"[\[［【]{2}([^\[\]［］【】\n]{1,80})[\]］】]{2}")
# A line that embeds a chart. The lookbehind avoids a new try at each blank of a row of blanks.
EMBEDDED = re.compile(r"(?<!\s)\s*\[\[chart:([a-z0-9-]+)\]\]\s*", re.ASCII)

# The beginning of a link to a page of the site.
LINK_TO_PAGE = re.compile(r"\]\(<?(?:(?:(?:site|zh|en|asset):)?/|figure:)|\]: ?/")

# The case name in references to counts of the whole site; no case may have it as its slug.
SITE = "site"


class Reference(NamedTuple):
    """A `{{…}}` of a text: the case and name in it, and its place in the file."""

    case: str
    name: str
    written: str
    at: Position


def find_references(text: str, start: Position = START) -> Iterator[Reference]:
    """The references of a text, which begins at `start` in its file."""
    for match, at in find_in_lines(REFERENCE, text, start) if "{{" in text else ():
        case, name = split_key(match.group(1).strip())
        yield Reference(case=case, name=name, written=match.group(), at=at)


def find_broken_references(text: str, start: Position) -> Iterator[tuple[Reference, bool]]:
    """Each text that may be a broken reference, and True if a reference is surely meant."""
    for found, at in find_in_lines(_BRACES, text, start):
        opened, inner, closed = found.groups()
        if (opened, closed) == ("{{", "}}"):
            continue
        # Without closing braces, the rest of the sentence follows the name.
        named = inner if closed else re.sub(r"[^\w.-].*", "", inner.lstrip(), flags=re.ASCII)
        case, name = split_key(named.strip())
        is_sure = len(opened) == 2 or len(closed) == 2
        yield Reference(case=case, name=name, written=found.group(), at=at), is_sure


def split_key(key: str) -> tuple[str, str]:
    """The case and the name of a reference, or two empty strings for another text."""
    found = _KEY.fullmatch(key)
    return (found.group(1) or "", found.group(2)) if found is not None else ("", "")


def find_chart_names(text: str) -> tuple[str, ...]:
    """The names of the charts that a text embeds, in its order."""
    if "[[" not in text:
        return ()
    found = (EMBEDDED.fullmatch(line) for line in text.split("\n"))
    return tuple(match[1] for match in found if match is not None)


def find_pictures(text: str, start: Position) -> Iterator[tuple[str, bool, Position]]:
    """The pictures that a text shows: name, whether it is alone on its line, and place."""
    for found, at in find_in_lines(_PICTURE, text, start):
        yield found[1].strip(), SLOT.fullmatch(found.string.strip()) is not None, at


class WrittenSlot(NamedTuple):
    """Words meant for a slot: its kind and name, its text as written, and its place.

    A page fills in only a slot that `stands_alone`, in plain brackets on a line of its own.
    """

    kind: str
    name: str
    written: str
    stands_alone: bool
    at: Position


def find_slots(text: str, start: Position) -> Iterator[WrittenSlot]:
    """The slots of a text and words that look like slots, except those in code."""
    for found, at in find_in_lines(_SLOT_LIKE, text, start):
        line = found.string
        if line[: found.start()].count("`") % 2 == 0:
            plain = unicodedata.normalize("NFKC", found[1]).strip()
            kind, _, name = plain.partition(":")
            yield WrittenSlot(
                kind=kind.strip(),
                name=name.strip(),
                written=found[0],
                stands_alone=SLOT.fullmatch(line.strip()) is not None,
                at=at,
            )
