"""Pages of the site before they are rendered, and the site that they are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from markupsafe import Markup

from casebook.charts.chart import Drawn
from casebook.data.releases import Release
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.settings import Settings
from casebook.record.summary import CaseSummary
from casebook.text import LANGS, NO_TEXT, Lang, Languages, Text
from casebook.values.digest import digest

# What a page may load. Nothing from elsewhere, nothing written into the page itself. Nothing of
# ours connects to anything, but tools that look at a page read robots.txt from inside it.
CONTENT_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
# What a service that counts readers needs: its script, its picture, and where it writes to.
_OPENED = re.compile(r"(?:img|script|connect)-src 'self'")

# Longer titles are cut by those who show them, wherever it may be.
LONGEST_TITLE = 64
_PAUSE = re.compile(r"[;:,；：，](?!\d)|(?<=\S)(?=[（(])")


class Slot(NamedTuple):
    """A place in prose where the template puts something computed, such as `overview`."""

    name: str


class Section(NamedTuple):
    """One heading of prose with the parts under it."""

    id: str
    title: str
    parts: tuple[Markup | Slot, ...]

    @property
    def kind(self) -> str:
        """The name of its first slot, which styles it."""
        slots = (part.name for part in self.parts if isinstance(part, Slot))
        return next(slots, "text").removeprefix("chart:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text of the editors in one language: whole, and cut at its headings.

    `standfirst` are the paragraphs before the first heading, `figures` the keys of the figures that
    the text names, as often and in the order as it does; `published` is an ISO date or empty.
    """

    slug: str
    lang: Lang
    title: str
    summary: str
    body: Markup
    sections: tuple[Section, ...] = ()
    standfirst: tuple[Markup, ...] = ()
    figures: tuple[str, ...] = ()
    published: str = ""


class Use(NamedTuple):
    """A page beyond those of its case that shows a figure, and what a link to it says."""

    url: str
    title: Text


# The uses of figures by their `case.id` keys.
Uses = Mapping[str, tuple[Use, ...]]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything that pages are made from.

    `stylesheet` is the asset path of the one style sheet, and `assets` gives that of every other
    static file by its name in the theme.
    With `has_cards` home and cases have cards of their own; `faces` are the cards of pages
    that have no chart either.
    `versions` are digests, by slug, of all that a list may show of a case but its texts; without
    them every page is made anew. `uses` are the pages beyond those of its own case that show a
    figure, `releases` the frozen versions of the data, the oldest first.
    """

    dataset: Dataset
    charts: Mapping[tuple[str, Lang], Drawn]
    prose: Mapping[tuple[str, Lang], Prose]
    stylesheet: str = ""
    assets: Mapping[str, str] = field(default_factory=dict)
    has_cards: bool = False
    faces: Mapping[Lang, Card] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    uses: Uses = field(default_factory=dict)
    releases: tuple[Release, ...] = ()

    def key(self, *parts: object) -> str:
        """A digest of the parts, empty where nothing is known of versions.

        The `repr` of a part has to say all of it: those of texts, numbers and records do.
        """
        if not self.versions:
            return ""
        return digest("\n".join(map(repr, parts)).encode())

    @property
    def settings(self) -> Settings:
        """The settings of the site, whose `siteurl` is empty where it is only looked at locally."""
        return self.dataset.settings

    @property
    def languages(self) -> Languages:
        """The languages of the site, its own first."""
        return self.dataset.languages

    def locate(self, url: str, lang: Lang) -> str:
        """The whole address of a page, empty for a site that is only looked at locally."""
        siteurl = self.settings.siteurl
        return siteurl + self.languages.address(url, lang) if siteurl else ""

    @property
    def publisher(self) -> Text:
        """Who publishes the site, which is the site itself where its settings name nobody."""
        return self.settings.publisher or self.settings.name

    @cached_property
    def texts(self) -> frozenset[str]:
        """The slugs of the editors' texts."""
        return frozenset(slug for slug, lang in self.prose if lang == self.languages.first)

    @cached_property
    def charts_of(self) -> Mapping[tuple[str, Lang], tuple[Drawn, ...]]:
        """The charts of each case in each language, and under no case those of all together."""
        found: dict[tuple[str, Lang], list[Drawn]] = {}
        for (_, lang), drawn in self.charts.items():
            found.setdefault((drawn.case, lang), []).append(drawn)
        return {key: tuple(listed) for key, listed in found.items()}


class Card(NamedTuple):
    """The picture that other sites show for a page, and its words; no path where there is none."""

    path: str = ""
    alt: str = ""


class Location(NamedTuple):
    """One page in the site map, by its address below the language's root."""

    url: str
    lang: Lang
    lastmod: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of the site in one language, before it is written.

    `url` has no language prefix; it is empty for the home page. `published` and `lastmod` are ISO
    dates or empty. A page that is not `indexed` is left out of the site map; `canonical` is the
    address of the page that search engines are to take for it, its own where empty. `trail` are
    the pages between it and home, each an address and a name. `context` gives what the template
    of a page shows, and is asked only where it is written: one with a `key`, a digest of all that
    it shows, is not written again before that changes.
    """

    url: str
    template: str
    lang: Lang = LANGS[0]
    title: Text = NO_TEXT
    description: Text = NO_TEXT
    context: Callable[[Page], Mapping[str, object]] = lambda page: {}
    published: str = ""
    lastmod: str = ""
    indexed: bool = True
    canonical: str = ""
    trail: tuple[tuple[str, Text], ...] = ()
    key: str = ""

    def showing(self, **shown: object) -> Page:
        """The page with a template that shows this."""
        return replace(self, context=lambda _: shown)

    def show(self) -> Mapping[str, object]:
        """The context of the template."""
        return self.context(self)

    @property
    def section(self) -> str:
        """The address of the section of the site that it belongs to, empty for the home page."""
        return self.url.partition("/")[0] + "/" if self.url else ""

    @property
    def location(self) -> Location:
        """The page as the site map lists it."""
        return Location(self.url, self.lang, self.lastmod)


def in_languages(page: Page, site: Site) -> Iterator[Page]:
    """The page in each language."""
    return (replace(page, lang=lang) for lang in site.languages)


def section_page(name: str, **counts: int) -> Page:
    """The page that a section of the site begins with, by its name, with its counts in words."""
    description = say(f"pages.{name}.description", **counts)
    title = say(f"pages.{name}")
    return Page(url=f"{name}/", template=f"{name}.html", title=title, description=description)


@lru_cache(maxsize=1)
def write_policy(hosts: Sequence[str]) -> Markup:
    """The policy of a page that may load from these hosts as well."""
    more = "".join(f" {host}" for host in hosts)
    return Markup(_OPENED.sub(rf"\g<0>{more}", CONTENT_POLICY))


# What makes all pages of one kind.
MakePages = Callable[[Site], Iterable[Page]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePageType:
    """One kind of page that every case has, made from the inputs of the case alone.

    `locate` gives the addresses of its pages, whose template has the name of the kind. What the
    inputs do not hold, such a page may not show: it is made anew only when they change.
    """

    name: str
    make: Callable[[Case, Site], Iterable[Page]]
    locate: Callable[[CaseSummary], Sequence[str]]


def name_document(words: str, site: str = "") -> str:
    """A title with the name of the site behind it, where there is room for both.

    What is longer even alone ends at a pause, so that no figure loses the words behind it.
    """
    whole = f"{words} · {site}" if site and site != words else words
    if len(whole) <= LONGEST_TITLE:
        return whole
    # The name of the site goes first: it is in the address as well.
    if len(words) <= LONGEST_TITLE:
        return words
    pauses = [match.start() for match in _PAUSE.finditer(words, 0, LONGEST_TITLE - 1)]
    at = pauses[-1] if pauses else 0
    space = words.rfind(" ", at, LONGEST_TITLE - 1)
    # Little would be left of some; between words without a figure they may be cut as well.
    if at < LONGEST_TITLE // 2 < space and not any(map(str.isdigit, words[at:space])):
        at = space
    # A single word longer than that can only be cut.
    return words[: at or LONGEST_TITLE - 2].rstrip() + " …"
