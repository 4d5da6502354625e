"""Settings of a site, each declared once by its name in pelicanconf.py, and that file as Python."""

from __future__ import annotations

import ast
import contextlib
import linecache
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from types import FunctionType
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from casebook.messages import problem, say
from casebook.packaged import SETTINGS
from casebook.patterns import Patterns, read_words
from casebook.problems import START, ContentError, Position, Problem
from casebook.record.description import described, described_class, fields_of
from casebook.text import DEFAULT_LANGUAGES, LANGS, NO_TEXT, Languages, Text
from casebook.yaml.files import read_text

# The settings that give templates functions.
FUNCTIONS: Final = ("JINJA_FILTERS", "JINJA_GLOBALS", "JINJA_TESTS")


def parse_settings(source: bytes) -> ast.Module:
    """The tree of pelicanconf.py; raises SyntaxError if it is not Python or nested too deep."""
    try:
        return ast.parse(source)
    # A zero byte raises ValueError; brackets nested too deep raise one of the other two.
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from error


def run_settings(source: bytes, path: str) -> dict[str, Any]:
    """The settings of the file, run as Pelican runs it; raises ContentError if it fails."""
    names: dict[str, Any] = {"__file__": path, "__name__": "pelicanconf"}
    try:
        tree = parse_settings(source)
    except SyntaxError as error:
        at = Position(error.lineno or 1, max(error.offset or 1, 1))
        told = _tell(error.msg) if error.msg else say("record.settings_too_deep")
        raise ContentError([problem("E340", SETTINGS, at, error=told)]) from error
    # Python takes NAME: value for an annotation of a name without a value.
    if colons := [one for one in tree.body if isinstance(one, ast.AnnAssign) and not one.value]:
        raise ContentError([_name_colon(one) for one in colons])
    try:
        # Output of the file must not get into a report that programs read.
        with contextlib.redirect_stdout(sys.stderr):
            exec(compile(tree, path, "exec"), names)
    except (Exception, SystemExit) as error:
        raise ContentError([describe_failure(error, path)]) from error
    return {name: value for name, value in names.items() if name.isupper()}


def describe_failure(error: BaseException, path: str) -> Problem:
    """The problem of an error that the settings raised, at the innermost line of their file."""
    at = START
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == path:
            line = linecache.getline(path, frame.lineno or 1).encode()
            before = line[: frame.colno or 0].decode("utf-8", "replace")
            at = Position(frame.lineno or 1, len(before) + 1)
    told = f"{type(error).__name__}: {error}".rstrip(": ")[:200]
    return problem("E340", SETTINGS, at, error=_tell(told))


def _name_colon(one: ast.AnnAssign) -> Problem:
    name = ast.unparse(one.target)
    at = Position(one.lineno, (one.target.end_col_offset or 0) + 1)
    return problem("E340.colon", SETTINGS, at, name=name[:60])


def _tell(error: str) -> Text:
    """An error of Python in words, with a translation if the error is a common one."""
    looks = Patterns(read_words(__file__, "settings.yaml")["errors"])
    for key in looks.entries:
        if found := looks[key].match(error):
            return say(key, found=found[1])
    return Text(error, error)


def find_values(source: bytes) -> dict[str, ast.expr]:
    """The expression of each setting's value, the last one if a setting is assigned twice.

    A file with a syntax error gives none; `run_settings` reports the error.
    """
    nodes: dict[str, ast.expr] = {}
    with suppress(SyntaxError):
        every = (node for node in ast.walk(parse_settings(source)) if isinstance(node, ast.stmt))
        for node in sorted(every, key=lambda node: node.lineno):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    nodes[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                    nodes[name] = value
    return nodes


def locate_node(node: ast.expr, source: bytes) -> Position:
    """The place where an expression of the file begins."""
    # Python counts columns in bytes and ends lines only at this character.
    before = source.split(b"\n")[node.lineno - 1][: node.col_offset]
    return Position(node.lineno, len(before.decode("utf-8", "replace")) + 1)


def make_functions(source: bytes) -> Mapping[str, Mapping[str, Any]]:
    """The filters, globals and tests that the settings give templates, by their kinds in Jinja."""
    values = run_settings(source, SETTINGS) if source else {}
    return {
        name.removeprefix("JINJA_").lower(): {
            key: _report_failures(value) if isinstance(value, FunctionType) else value
            for key, value in (values.get(name) or {}).items()
        }
        for name in FUNCTIONS
    }


def _report_failures(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, wrapped to report its failure as an error of the settings at its line."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise ContentError([describe_failure(error, SETTINGS)]) from error

    return call


def read_languages(project: Path, problems: list[Problem] | None = None) -> Languages:
    """The languages of a site by its settings; Chinese and English if these name none."""
    # Parsed and not run, as Pelican, which runs the settings, takes 0.3 s to import.
    path = project / SETTINGS
    text = read_text(path, project, []) if path.exists() else None
    source = (text or "").encode()
    node = find_values(source).get("LANGUAGES")
    if node is None:
        return DEFAULT_LANGUAGES
    with suppress(ValueError, TypeError):
        names = tuple(ast.literal_eval(node))
        if names and {*names} <= {*LANGS} and len({*names}) == len(names):
            return Languages(names)
    if problems is not None:
        problems.append(problem("E205.languages", SETTINGS, locate_node(node, source)))
    return DEFAULT_LANGUAGES


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
