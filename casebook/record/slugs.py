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


def judge_slug(slug: str) -> tuple[str, str, str] | None:
    """The code and the two wordings of what is wrong with a slug, or None."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        return (
            "E240",
            "文件名只能用英文小写字母、数字和单个连字符（例如 dongguan.yaml），最多 80 字",
            "the file name may only hold a-z, 0-9 and single hyphens, at most 80 characters",
        )
    if slug in _WINDOWS:
        return (
            "E241",
            f"文件名 {slug} 是 Windows 的保留名",
            f"the name {slug} is reserved by Windows",
        )
    if slug in _RESERVED:
        return "E242", f"文件名 {slug} 是本站的保留名", f"the name {slug} is reserved by the site"
    return None
