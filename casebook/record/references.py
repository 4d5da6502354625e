"""Names of cases and figures: slugs, which are addresses, and how Markdown refers to them.

`{{figure}}` becomes a number, `[[slot]]` a generated part. Nothing in a text is ever
executed: a reference names a figure, a count of the site or a slot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from casebook.messages import failure, say
from casebook.problems import START, Exit, Position, find_in_lines
from casebook.record.regions import Regions
from casebook.record.vocabulary import Region

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


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
MAX_SLUG = 80
# Names that Windows reserves for devices, with any file extension.
_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", "conin", "conout"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
# Folders of the site itself, which a case with the same name would overwrite.
_RESERVED = frozenset({"index", "feed", "sitemap", "assets", "data", "drafts", "tag", "en", SITE})


def judge_slug(slug: str) -> str:
    """The key of the message about the fault of a slug, or ""."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        return "E240"
    if slug in _WINDOWS:
        return "E241"
    return "E242" if slug in _RESERVED else ""


def figure_address(key: str) -> str:
    """The address of a figure with the key `case.id`, on the page of the figures of its case."""
    slug, _, name = key.partition(".")
    return f"figures/{slug}/#figure-{name}"


def case_path(project: Path, slug: str) -> Path:
    """The path of the file of a case."""
    return project / "data" / "cases" / f"{slug}.yaml"


def require_free_slug(project: Path, slug: str) -> None:
    """Refuse a slug that is not allowed or that a file already has."""
    fault = judge_slug(slug)
    if fault:
        better = mend_slug(slug)
        key = "new.slug_with_offer" if better else "new.slug"
        why = say(fault, slug=slug)
        raise failure(key, status=Exit.USAGE, slug=slug[:60], why=why, better=better)
    folder = project / "data" / "cases"
    # On Windows and macOS Xihe.yaml and xihe.yaml are one file.
    taken = [path.name for path in folder.glob("*") if path.name.casefold() == f"{slug}.yaml"]
    if taken:
        raise failure("new.exists", status=Exit.USAGE, name=taken[0])


def mend_slug(written: str) -> str:
    """An allowed slug that is similar to the written one, or ""."""
    plain = unicodedata.normalize("NFKD", written)
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:80].rstrip("-")
    lost = any(c.isalpha() and not c.isascii() for c in ascii_only)
    return "" if lost or judge_slug(slug) else slug


def propose_slug(region: Region, regions: Regions) -> str:
    """The usual slug of a place: its name in letters, for a county behind that of its parent."""
    own = re.sub(r"[^a-z0-9]", "", region.short.inside("en").lower())
    parent = regions.get(region.parent) if region.level == "county" else None
    if parent is None:
        return own
    return re.sub(r"[^a-z0-9]", "", parent.short.inside("en").lower()) + "-" + own
