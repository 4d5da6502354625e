"""Pages before they are rendered, and the site from which they are made."""

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

# What a page may load: nothing from other sites, nothing inline. No script of ours connects to
# anything; connect-src is for tools that audit a page and read robots.txt from inside it.
CONTENT_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
# The directives that an analytics service needs: for its script, its image, its requests.
_OPENED = re.compile(r"(?:img|script|connect)-src 'self'")

# Search engines and other sites cut longer titles, at any place.
LONGEST_TITLE = 64
_PAUSE = re.compile(r"[;:,；：，](?!\d)|(?<=\S)(?=[（(])")


class Slot(NamedTuple):
    """A place in prose where the template inserts computed content, such as `overview`."""

    name: str


class Section(NamedTuple):
    """A heading of prose with the parts under it."""

    id: str
    title: str
    parts: tuple[Markup | Slot, ...]

    @property
    def kind(self) -> str:
        """The name of its first slot, used to style it."""
        slots = (part.name for part in self.parts if isinstance(part, Slot))
        return next(slots, "text").removeprefix("chart:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text of the editors in one language, whole and cut at its headings.

    `standfirst` are the paragraphs before the first heading. `figures` are the keys of the figures
    in the text, in its order and with repeats. `published` is an ISO date or empty.
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
    """A page that shows a figure, and the text of a link to the page."""

    url: str
    title: Text


# The uses of figures by their `case.id` keys.
Uses = Mapping[str, tuple[Use, ...]]


@dataclass(frozen=True, kw_only=True)
class Site:
    """The values from which pages are made.

    `stylesheet` is the asset path of the one style sheet; `assets` gives the paths of the other
    static files by their names in the theme.
    If `has_cards`, home and cases have their own cards; `faces` are the cards of pages without a
    card and without a chart.
    `versions` are digests, by slug, of everything but texts that a list may show of a case; without
    them every page is made anew. `uses` are the pages outside its own case that show a figure,
    `releases` the frozen versions of the data, the oldest first.
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
        """A digest of the parts, or "" if the site has no `versions`.

        The `repr` of a part must contain all of it, as with texts, numbers and records.
        """
        if not self.versions:
            return ""
        return digest("\n".join(map(repr, parts)).encode())

    @property
    def settings(self) -> Settings:
        """The settings of the site; `siteurl` is empty for a site without a public address."""
        return self.dataset.settings

    @property
    def languages(self) -> Languages:
        """The languages of the site, the main one first."""
        return self.dataset.languages

    def locate(self, url: str, lang: Lang) -> str:
        """The whole address of a page, or "" for a site without a public address."""
        siteurl = self.settings.siteurl
        return siteurl + self.languages.address(url, lang) if siteurl else ""

    @property
    def publisher(self) -> Text:
        """The publisher of the site, or the name of the site if its settings name no publisher."""
        return self.settings.publisher or self.settings.name

    @cached_property
    def texts(self) -> frozenset[str]:
        """The slugs of the editors' texts."""
        return frozenset(slug for slug, lang in self.prose if lang == self.languages.first)

    @cached_property
    def charts_of(self) -> Mapping[tuple[str, Lang], tuple[Drawn, ...]]:
        """The charts by case and language; charts of all cases are under the case ""."""
        found: dict[tuple[str, Lang], list[Drawn]] = {}
        for (_, lang), drawn in self.charts.items():
            found.setdefault((drawn.case, lang), []).append(drawn)
        return {key: tuple(listed) for key, listed in found.items()}


class Card(NamedTuple):
    """The picture that other sites show for a page, and its alt text; empty if there is none."""

    path: str = ""
    alt: str = ""


class Location(NamedTuple):
    """A page in the site map; `url` is its address below the language's root."""

    url: str
    lang: Lang
    lastmod: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of the site in one language, before it is written.

    `url` has no language prefix; it is empty for the home page. `published` and `lastmod` are ISO
    dates or empty. A page that is not `indexed` is left out of the site map; `canonical` is the
    address that search engines should use for it, by default its own. `trail` are the addresses and
    names of the pages between it and home. `context` gives the values for the template, and is
    called only if the page is written. `key` is a digest of everything that the page shows; a page
    with a key is written again only when its key changes.
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
        """The page with these values as its context."""
        return replace(self, context=lambda _: shown)

    def show(self) -> Mapping[str, object]:
        """The context for the template."""
        return self.context(self)

    @property
    def section(self) -> str:
        """The address of the section of the page, empty for the home page."""
        return self.url.partition("/")[0] + "/" if self.url else ""

    @property
    def location(self) -> Location:
        """The entry of the page in the site map."""
        return Location(self.url, self.lang, self.lastmod)


def in_languages(page: Page, site: Site) -> Iterator[Page]:
    """The page in each language."""
    return (replace(page, lang=lang) for lang in site.languages)


def section_page(name: str, **counts: int) -> Page:
    """The first page of the section `name`, with its title and description from the messages."""
    description = say(f"pages.{name}.description", **counts)
    title = say(f"pages.{name}")
    return Page(url=f"{name}/", template=f"{name}.html", title=title, description=description)


@lru_cache(maxsize=1)
def write_policy(hosts: Sequence[str]) -> Markup:
    """The content policy of a page that may also load from these hosts."""
    more = "".join(f" {host}" for host in hosts)
    return Markup(_OPENED.sub(rf"\g<0>{more}", CONTENT_POLICY))


# A function that makes all pages of one kind.
MakePages = Callable[[Site], Iterable[Page]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePageType:
    """A kind of page that every case has, made from the inputs of the case alone.

    `locate` gives the addresses of its pages; their template has the name of the kind. Such a page
    may show only the inputs of the case, because it is made again only when they change.
    """

    name: str
    make: Callable[[Case, Site], Iterable[Page]]
    locate: Callable[[CaseSummary], Sequence[str]]


def name_document(words: str, site: str = "") -> str:
    """A title followed by the name of the site if both fit.

    A title that is too long alone is cut at a pause, so that no figure loses its words.
    """
    whole = f"{words} · {site}" if site and site != words else words
    if len(whole) <= LONGEST_TITLE:
        return whole
    # The name of the site is dropped first, because it is also in the address.
    if len(words) <= LONGEST_TITLE:
        return words
    pauses = [match.start() for match in _PAUSE.finditer(words, 0, LONGEST_TITLE - 1)]
    at = pauses[-1] if pauses else 0
    figure = next((n for n in range(at, LONGEST_TITLE) if words[n].isdigit()), LONGEST_TITLE)
    space = words.rfind(" ", at, min(figure, LONGEST_TITLE - 1))
    # If little would be left, cut between words instead, ahead of the next figure.
    if not at or at < LONGEST_TITLE // 2 < space:
        at = max(space, 0)
    # Without a place to break, cut at any character.
    return words[: at or LONGEST_TITLE - 2].rstrip() + " …"
