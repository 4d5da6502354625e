"""The frozen versions of the data: a list of them, and a page of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from casebook.data.tables import FIGURES
from casebook.messages import say
from casebook.pages.citations import cite_release
from casebook.pages.page import Page, PageType, Site
from casebook.pages.pagination import MOST_LISTED
from casebook.text import LANGS

URL = "versions/"


def make_versions(site: Site) -> Iterator[Page]:
    """The list of versions, the newest first, and the page of each, in both languages."""
    releases = site.releases
    signs = [
        (release.date, release.version, len(release.figures), release.differences)
        for release in releases
    ]
    for lang in LANGS:
        yield Page(
            url=URL,
            lang=lang,
            template="versions.html",
            title=say("pages.versions"),
            description=say("pages.versions.description"),
            context=partial(dict, releases=releases),
            key=site.key(signs),
        )
        for release in releases:
            yield Page(
                url=f"{URL}{release.date}/",
                lang=lang,
                template="version.html",
                title=say("pages.version", date=release.date),
                description=say("pages.versions.description"),
                context=partial(
                    dict,
                    release=release,
                    is_first=release is releases[0],
                    most_listed=MOST_LISTED,
                    names={column.name: column.note for column in FIGURES.columns},
                    citation=cite_release(release, lang, site),
                ),
                lastmod=release.date,
                key=site.key(signs, [file.path for file in release.files]),
            )


VERSIONS = PageType("version", make_versions, (URL,))
