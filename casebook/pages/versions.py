"""The frozen versions of the data: a list of them, and a page of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from casebook.data.releases import DifferenceKind, Release, ReleaseDifference
from casebook.data.tables import FIGURES
from casebook.pages.citing import cite_release
from casebook.pages.page import Page, PageType, Site
from casebook.pages.pagination import MOST_LISTED
from casebook.text import LANGS, Text

URL = "versions/"
SUMMARY = Text(
    "每个版本是某一天的数据，冻结以后不再改动；与前一版的差别逐个数字列出。",
    "Each version is the data of one day, never changed since; what differs from the version "
    "before is listed figure by figure.",
)
KINDS: Mapping[DifferenceKind, Text] = {
    "added": Text("新增", "added"),
    "removed": Text("撤下", "removed"),
    "changed": Text("改动", "changed"),
}
_COLUMNS: Mapping[str, Text] = {column.name: column.note for column in FIGURES.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version as pages show it; `more` differences are not listed, and `first` has none."""

    date: str
    version: str
    figures: int
    files: tuple[str, ...]
    counts: tuple[tuple[Text, int], ...]
    differences: tuple[ReleaseDifference, ...]
    more: int
    first: bool


def make_versions(site: Site) -> Iterator[Page]:
    """The list of versions, the newest first, and the page of each, in both languages."""
    rows = tuple(
        _show_release(release, first=number == 0) for number, release in enumerate(site.releases)
    )
    for lang in LANGS:
        yield Page(
            url=URL,
            lang=lang,
            template="versions.html",
            title=Text("数据的各个版本", "Versions of the data"),
            description=SUMMARY,
            context=partial(dict, versions=rows[::-1]),
            key=site.key(rows),
        )
        for release, row in zip(site.releases, rows, strict=True):
            yield Page(
                url=f"{URL}{release.date}/",
                lang=lang,
                template="version.html",
                title=Text(f"{release.date} 的数据", f"The data of {release.date}"),
                description=SUMMARY,
                context=partial(
                    dict,
                    row=row,
                    kinds=KINDS,
                    names=_COLUMNS,
                    citation=cite_release(release, lang, site),
                ),
                lastmod=release.date,
                key=site.key(row),
            )


def _show_release(release: Release, first: bool) -> VersionRow:
    counted = Counter(difference.kind for difference in release.differences)
    return VersionRow(
        date=release.date,
        version=release.version,
        figures=len(release.figures),
        files=tuple(file.path for file in release.files),
        counts=tuple((name, counted[kind]) for kind, name in KINDS.items() if counted[kind]),
        differences=release.differences[:MOST_LISTED],
        more=max(0, len(release.differences) - MOST_LISTED),
        first=first,
    )


VERSIONS = PageType("version", make_versions)
