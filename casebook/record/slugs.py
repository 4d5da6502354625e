"""Slugs: the names of case files, which are also the addresses of their pages."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from casebook.messages import failure, say
from casebook.problems import Exit
from casebook.record.references import SITE
from casebook.record.regions import Regions
from casebook.record.vocabulary import Region

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
