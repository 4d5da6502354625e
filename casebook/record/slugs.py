"""Names of files that are addresses of pages as well."""

from __future__ import annotations

import re

from casebook.record.references import SITE

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
MAX_SLUG = 80
# Names that Windows keeps for devices, whatever follows the first dot.
_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", "conin", "conout"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
_RESERVED = frozenset({"index", "feed", "sitemap", "assets", "data", "drafts", "tag", "en", SITE})


def judge_slug(slug: str) -> str:
    """The key of the message about what is wrong with a slug, which is given to it; or nothing."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        return "E240"
    if slug in _WINDOWS:
        return "E241"
    return "E242" if slug in _RESERVED else ""
