"""What a page is made of: the site that it is made from, its prose, and the page itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from markupsafe import Markup

from casebook.data.releases import Release
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.summary import CaseSummary
from casebook.text import Lang, Text
from casebook.values.digest import digest

if TYPE_CHECKING:
    from casebook.charts.chart import Drawn

LANGS: tuple[Lang, ...] = ("zh", "en")

# What a page may load. Nothing from elsewhere, nothing written into the page itself. Nothing of
# ours connects to anything, but tools that look at a page read robots.txt from inside it.
CONTENT_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in prose where the template puts something computed, such as `overview`."""

    name: str


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of prose with what stands under it."""

    id: str
    title: str
    parts: tuple[Markup | Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text of the editors in one language: whole, and cut at its headings.

    `standfirst` are the paragraphs before the first heading.
    """

    slug: str
    lang: Lang
    title: str
    summary: str
    body: Markup
    sections: tuple[Section, ...] = ()
    standfirst: tuple[Markup, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A page beyond those of its case that shows a figure, and what a link to it says."""

    url: str
    title: Text


# The uses of figures by their `case.id` keys.
Uses = Mapping[str, tuple[Use, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What holds for every page.

    `siteurl` has no slash at its end and is empty for a site that is only looked at locally;
    `stylesheet` is the asset path of the one style sheet, and `assets` gives that of every other
    static file by its name in the theme.
    """

    name: Text
    tagline: Text
    siteurl: str
    stylesheet: str
    assets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything that pages are made from.

    `faces` are the paths of the cards that stand for the site where a page has none of its own.
    `versions` are digests, by slug, of all that a list may show of a case; without them every page
    is made anew. `parts` gives, by its name, what a list takes from each case as text in UTF-8, in
    the order of the cases, where it was made with their files. `uses` are the pages beyond those of
    its own case that show a figure, `releases` the frozen versions of the data, the oldest first.
    """

    dataset: Dataset
    charts: Mapping[tuple[str, Lang], Drawn]
    prose: Mapping[tuple[str, Lang], Prose]
    settings: SiteSettings
    faces: Mapping[Lang, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    parts: Callable[[str], Iterable[bytes]] | None = None
    uses: Uses = field(default_factory=dict)
    releases: tuple[Release, ...] = ()

    def key(self, *parts: object) -> str:
        """A digest of the parts, empty where nothing is known of versions.

        What parts are told by must say all of them: texts, numbers and records do, addresses of
        objects do not.
        """
        if not self.versions:
            return ""
        return digest("\n".join(map(repr, parts)).encode())

    @cached_property
    def texts(self) -> frozenset[str]:
        """The slugs of the editors' texts."""
        return frozenset(slug for slug, lang in self.prose if lang == LANGS[0])

    @cached_property
    def charts_of(self) -> Mapping[tuple[str, Lang], tuple[Drawn, ...]]:
        """The charts of each case in each language, and under no case those of all together."""
        found: dict[tuple[str, Lang], list[Drawn]] = {}
        for (_, lang), drawn in self.charts.items():
            found.setdefault((drawn.case, lang), []).append(drawn)
        return {key: tuple(listed) for key, listed in found.items()}


# Stands in a printed page for what is streamed: the character for an object of another kind.
PLACE = Markup("\ufffc")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of the site in one language, before it is written.

    `url` has no language prefix; it is empty for the home page. `lastmod` is an ISO date or
    empty. A page that is not `indexed` is left out of the site map. One with a `key`, a digest of
    all that it shows, is made anew only where that changes; `fill` gives what its template needs
    beside the context, at a cost that a page which stays need not pay. `stream` gives, piece by
    piece, what is too long for a template and takes the place of `PLACE` in what that prints.
    """

    url: str
    lang: Lang
    template: str
    title: Text
    description: Text
    context: Mapping[str, object] = field(default_factory=dict)
    lastmod: str = ""
    indexed: bool = True
    key: str = ""
    fill: Callable[[], Mapping[str, object]] | None = None
    stream: Callable[[], Iterable[bytes]] | None = None

    @property
    def section(self) -> str:
        """The address of the section of the site that it stands in, empty for the home page."""
        return self.url.partition("/")[0] + "/" if self.url else ""

    @property
    def whole_context(self) -> Mapping[str, object]:
        """The context with what `fill` adds to it."""
        return {**self.context, **self.fill()} if self.fill is not None else self.context


@dataclass(frozen=True, slots=True)
class PageType:
    """One kind of page, and how all pages of the kind are made from the site.

    `outline` makes the same pages without what only a template needs, where that is much.
    """

    name: str
    make: Callable[[Site], Iterable[Page]]
    outline: Callable[[Site], Iterable[Page]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePageType:
    """One kind of page that every case has, made from an excerpt of the data set.

    `locate` gives the addresses of its pages with the language of each, and `templates` are all
    that they name. What an excerpt does not hold, such a page may not show, for it is made anew
    only when its excerpt changes.
    """

    name: str
    make: Callable[[Case, Site], Iterable[Page]]
    locate: Callable[[CaseSummary], Iterable[tuple[str, Lang]]]
    templates: tuple[str, ...]
