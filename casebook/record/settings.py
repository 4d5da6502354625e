"""Settings of a site: each declared once, with its name in pelicanconf.py and its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from casebook.messages import problem
from casebook.packaged import SETTINGS
from casebook.problems import START, Position, Problem
from casebook.record.description import described, described_class, fields_of
from casebook.text import NO_TEXT, Text


class MenuLink(NamedTuple):
    """A link of the menu or footer; the address of a page of the site has no leading slash."""

    title: Text
    address: str

    @property
    def is_of_site(self) -> bool:
        """True if the link leads to a page or a file of the site."""
        return ":" not in self.address

    @property
    def href(self) -> str:
        """The address for the link in a template."""
        is_file = "." in self.address and not self.address.endswith(".xml")
        return (
            f"{'asset' if is_file else 'site'}:/{self.address}" if self.is_of_site else self.address
        )


class Licence(NamedTuple):
    """The licence of texts and data; `id` is its SPDX identifier, or "" if it has none."""

    name: str
    url: Text
    id: str = ""


@described_class
class Settings:
    """The settings of a site, each with a default for a pelicanconf.py that lacks it.

    `colours` are roles with their colours in the light and in the dark scheme. `static_names` are
    paths of static files with their places in the site. `functions` is the source of the file if it
    gives templates functions, as functions cannot be sent to another process. `at` holds the place
    of each setting.
    """

    name: Text = described("bilingual", name="SITENAME", default=NO_TEXT, role="heading")
    tagline: Text = described("bilingual", name="TAGLINE", default=NO_TEXT, role="heading")
    siteurl: str = described("site_address", name="SITEURL", default="")
    licence: Licence | None = described("licence", name="LICENCE", default=None)
    publisher: Text = described("bilingual", name="PUBLISHER", default=NO_TEXT, role="name")
    contact: str = described("contact", name="CONTACT", default="")
    repository: str = described("address", name="REPOSITORY", default="")
    footer: Text = described("bilingual", name="FOOTER", default=NO_TEXT, role="note")
    menu: tuple[MenuLink, ...] = described("links", name="MENUITEMS", default=())
    has_sections: bool = described("switch", name="DISPLAY_PAGES_ON_MENU", default=True)
    links: tuple[MenuLink, ...] = described("footer_links", name="LINKS", default=())
    logo: str = described("string", name="SITELOGO", default="")
    icon: str = described("string", name="FAVICON", default="icon.svg")
    colours: tuple[tuple[str, str, str], ...] = described("colours", name="COLOURS", default=())
    trusted_hosts: tuple[str, ...] = described("hosts", name="TRUSTED_HOSTS", default=())
    overrides: tuple[str, ...] = described("strings", name="THEME_TEMPLATES_OVERRIDES", default=())
    static_paths: tuple[str, ...] = described("strings", name="STATIC_PATHS", default=())
    static_excludes: tuple[str, ...] = described("strings", name="STATIC_EXCLUDES", default=())
    static_names: tuple[tuple[str, str], ...] = described(
        "static_names", name="EXTRA_PATH_METADATA", default=()
    )
    functions: bytes = described("functions", name="JINJA_FILTERS", default=b"")
    timezone: str = described("timezone", name="TIMEZONE", default="")
    at: Mapping[str, Position] = field(default_factory=dict, compare=False, repr=False)

    @property
    def report_address(self) -> str:
        """The address for readers who report an error, or ""."""
        return f"mailto:{self.contact}" if "@" in self.contact else self.contact or self.repository

    def today(self) -> date:
        """Today's date in the time zone of the site."""
        # A build server in another time zone may have another date.
        return datetime.now(ZoneInfo(self.timezone) if self.timezone else None).date()

    def judge_reach(self) -> list[Problem]:
        """A warning if a site with a public address gives readers no contact."""
        if not self.siteurl or self.report_address:
            return []
        return [problem("W347", SETTINGS, self.locate("SITEURL"), address=self.siteurl)]

    def locate(self, name: str) -> Position:
        """The place of a setting in the file."""
        return self.at.get(name, START)


NO_SETTINGS: Final = Settings()
# The settings that have an effect, by their names in the file. The last ones are read elsewhere or
# together with others.
EFFECTIVE: Final = (
    *(one.name for one in fields_of(Settings)),
    *("SOCIAL", "JINJA_GLOBALS", "JINJA_TESTS"),
    *("LANGUAGES", "PLUGINS", "PLUGIN_PATHS", "CASEBOOK_VERSION"),
)
# The settings with a translation, whose name ends with its language.
TRANSLATED: Final = (
    *(one.name for one in fields_of(Settings) if one.is_translated),
    *("MENUITEMS", "LINKS", "SOCIAL"),
)
