"""Reading of the settings of a site, which reports wrong ones and those without effect."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casebook import __version__
from casebook.messages import problem, say
from casebook.packaged import SETTINGS, find_packaged
from casebook.patterns import Patterns, read_words
from casebook.problems import START, ContentError, Position, Problem
from casebook.record.description import FieldDescription, fields_of
from casebook.record.settings import (
    EFFECTIVE,
    FUNCTIONS,
    NO_SETTINGS,
    TRANSLATED,
    Licence,
    MenuLink,
    Settings,
    find_values,
    locate_node,
    run_settings,
)
from casebook.record.suggestions import suggest
from casebook.text import DEFAULT_LANGUAGES, LANGS, NO_TEXT, Languages, Text
from casebook.values.urls import judge_site_url, judge_url
from casebook.yaml.files import read_text

# The plugin that tells people who run Pelican itself which command builds the site.
GUARD: Final = "casebook.plugin"
# High enough that SITEMAP, a setting of a plugin, is not taken for SITENAME.
_NEARLY: Final = 0.85
# The setting that every site must have.
_REQUIRED: Final = "SITENAME"
T = TypeVar("T")


@cache
def read_known() -> Mapping[str, Any]:
    """The settings that the program knows, grouped by their treatment."""
    return read_words(__file__, "settings.yaml")


@cache
def _patterns() -> Patterns:
    return Patterns(read_known()["patterns"])


def _match(name: str, text: str) -> re.Match[str] | None:
    return _patterns()[name].fullmatch(text)


def fixed_settings() -> dict[str, Any]:
    """The settings that the program sets, with their values."""
    return {
        name: value for group in read_known()["fixed"].values() for name, value in group.items()
    }


def read_settings(project: Path, languages: Languages, problems: list[Problem]) -> Settings:
    """The settings of a project, whose problems are reported; defaults if it has no such file."""
    path = project / SETTINGS
    if not path.exists():
        return NO_SETTINGS
    text = read_text(path, project, problems)
    if text is None:
        return NO_SETTINGS
    source = text.encode()
    try:
        values = run_settings(source, str(path))
    except ContentError as error:
        problems += error.problems
        return NO_SETTINGS
    settings = _SettingsReader(source, values, languages, problems).read()
    problems += settings.judge_reach()
    folders = [str(project / str(one)) for one in values.get("PLUGIN_PATHS") or ()]
    for plugin in values.get("PLUGINS") or ():
        # Pelican reports a missing plugin only in the build, and without a line.
        if isinstance(plugin, str) and not _find_plugin(plugin, folders):
            at, hint = settings.locate("PLUGINS"), say("record.settings_where_plugin")
            problems.append(
                problem("E345", SETTINGS, at, hint=hint, name="PLUGINS", written=plugin[:60])
            )
    return settings


def _find_plugin(name: str, folders: list[str]) -> bool:
    """True if Pelican can import a plugin; the check does not import the plugin."""
    first = name.partition(".")[0]
    if PathFinder.find_spec(first, [*folders, *sys.path]) is not None:
        return True
    # Tried last, as the search for a plugin in pelican.plugins imports Pelican.
    with suppress(ImportError):
        return find_spec(f"pelican.plugins.{first}") is not None
    return False


def judge_setting(name: str, value: str) -> Text | None:
    """The fault of a value for a setting, such as a licence or address, or None."""
    problems: list[Problem] = []
    reader = _SettingsReader(b"", {name: value}, DEFAULT_LANGUAGES, problems)
    reader.read_setting(next(one for one in fields_of(Settings) if one.name == name))
    return problems[0].text if problems else None


class _SettingsReader:
    """Reads the settings one by one, and records each problem at its place in the file."""

    def __init__(
        self, source: bytes, values: dict[str, Any], languages: Languages, problems: list[Problem]
    ) -> None:
        self.source = source
        self.values = values
        self.languages = languages
        self.problems = problems
        self.nodes = find_values(source)

    def read(self) -> Settings:
        self._name_unused()
        self._check_version()
        read = {one.attribute: self.read_setting(one) for one in fields_of(Settings)}
        return Settings(**read, at={name: self.locate(name) for name in self.values})

    def read_setting(self, one: FieldDescription) -> Any:
        """The value of a setting, part by part or by the method `read_<kind>`."""
        if one.kind in _PARTS:
            return self._accept_each(one.name, *_PARTS[one.kind])
        return getattr(self, f"read_{one.kind}")(one)

    def locate(self, name: str, *inside: int) -> Position:
        """The place of the value of a setting, or of a part that is written out in the file."""
        node = self.nodes.get(name)
        if node is None:
            return START
        for index in inside:
            parts = getattr(node, "elts", None) or getattr(node, "keys", None) or ()
            if index >= len(parts) or parts[index] is None:
                break
            node = parts[index]
        return locate_node(node, self.source)

    def _complain(self, key: str, name: str, *inside: int, **values: object) -> None:
        told: dict[str, Any] = {"name": name, **values}
        self.problems.append(problem(key, SETTINGS, self.locate(name, *inside), **told))

    def _refuse(self, form: str, setting: str, *inside: int, **values: object) -> None:
        """Report that a setting or a part of it does not have the form with this message key."""
        self._complain("E341", setting, *inside, form=say(form, **values))

    def value(self, name: str, kind: type[T], default: T | None = None) -> T:
        """The value of a setting if it has the type `kind`, else a default; a tuple is a list."""
        value = self.values.get(name)
        if isinstance(value, (list, tuple) if kind is list else kind):
            return cast(T, value)
        if isinstance(value, tuple) and [type(part) for part in value] == [kind]:
            self._complain("E341.comma", name)
        elif value is not None:
            self._refuse(f"record.settings_form_{kind.__name__}", name)
        return kind() if default is None else default

    def _accept_each(
        self, name: str, kind: type[Any], form: str, accept: Callable[[Any], T | None]
    ) -> tuple[T, ...]:
        """The parts of a setting as `accept` reads them, without the parts that it refuses."""
        value = self.value(name, kind)
        made = [accept(part) for part in (value.items() if kind is dict else value)]
        for index, one in enumerate(made):
            if one is None:
                self._refuse(form, name, index)
        return tuple(one for one in made if one is not None)

    def read_switch(self, one: FieldDescription) -> bool:
        return self.value(one.name, bool, one.default is True)

    def read_string(self, one: FieldDescription) -> str:
        return self.value(one.name, str, str(one.default))

    def read_bilingual(self, one: FieldDescription) -> Text:
        names = self._name_all(one.name)
        words = [" ".join(self.value(name, str).split()) for name in names]
        if one.name == _REQUIRED:
            self.problems += [
                problem("E342", SETTINGS, START, name=name)
                for name, word in zip(names, words, strict=True)
                if not word and self.values.get(name) in (None, "")
            ]
        return self.languages.text(words)

    def _name_all(self, name: str) -> list[str]:
        """The name of a setting in each language: SITENAME, SITENAME_EN."""
        return [self.languages.name(name, lang).upper() for lang in self.languages]

    def read_site_address(self, one: FieldDescription) -> str:
        return self.read_address(one, judge_site_url).rstrip("/")

    def read_contact(self, one: FieldDescription) -> str:
        """A web address or an e-mail address."""
        written = str(self.values.get(one.name)).strip().removeprefix("mailto:")
        return written if _match("mail", written) else self.read_address(one)

    def read_address(
        self, one: FieldDescription, judge: Callable[[str], Text | None] = judge_url
    ) -> str:
        written = self.value(one.name, str).strip()
        if written and (fault := judge(written)):
            self._complain("E343", one.name, written=written[:60], why=fault)
            return ""
        return written

    def read_footer_links(self, one: FieldDescription) -> tuple[MenuLink, ...]:
        return (*self._list_links(one.name), *self._list_links("SOCIAL"))

    def read_links(self, one: FieldDescription) -> tuple[MenuLink, ...]:
        return self._list_links(one.name)

    def _list_links(self, name: str) -> tuple[MenuLink, ...]:
        """The links of a setting, for which each language must list the same addresses in order."""
        names = self._name_all(name)
        lists = [self._read_pairs(one) for one in names if one in self.values]
        for one, pairs in zip(names[1:], lists[1:], strict=False):
            if [address for _, address in pairs] != [address for _, address in lists[0]]:
                self._refuse("record.settings_form_same_links", one, name=name)
                return ()
        # A title without a translation is used in every language.
        missing = [""] * (len(self.languages) - len(lists))
        return tuple(
            MenuLink(self.languages.text([*(title for title, _ in each), *missing]), each[0][1])
            for each in zip(*lists, strict=True)
        )

    def _read_pairs(self, name: str) -> list[tuple[str, str]]:
        pairs = []
        for index, pair in enumerate(self.value(name, list)):
            match pair:
                case (str(title), str(address)) if title.strip():
                    address = address.strip()
                    is_plain = address.startswith("mailto:") or _match("of_site", address)
                    if not is_plain and (fault := judge_url(address)):
                        self._complain("E343", name, index, written=address[:60], why=fault)
                    pairs.append((title.strip(), address.removeprefix("/")))
                case _:
                    self._refuse("record.settings_form_pair", name, index)
        return pairs

    def read_licence(self, one: FieldDescription) -> Licence | None:
        value = self.values.get(one.name)
        match value:
            case None | "":
                return None
            case (str(name), str(url)) if name.strip() and judge_url(url) is None:
                return Licence(name.strip(), Text(url, url))
            case str() if found := _match("creative_commons", value):
                path = f"https://creativecommons.org/licenses/{found[1].lower()}/4.0/"
                deeds = Text(f"{path}deed.zh-hans", path)
                return Licence(f"CC {found[1]} 4.0", deeds, f"CC-{found[1]}-4.0")
            case str() if _match("cc0", value):
                path = "https://creativecommons.org/publicdomain/zero/1.0/"
                return Licence("CC0 1.0", Text(f"{path}deed.zh-hans", path), "CC0-1.0")
            case str() if not value.upper().startswith("CC"):
                return Licence(value.strip(), NO_TEXT)
        self._refuse("record.settings_form_licence", one.name)
        return None

    def read_timezone(self, one: FieldDescription) -> str:
        name = self.value(one.name, str)
        try:
            return ZoneInfo(name).key if name else ""
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._refuse("record.settings_form_timezone", one.name)
            return ""

    def read_functions(self, _: FieldDescription) -> bytes:
        """The source of the file if it gives templates functions, else no bytes."""
        for name in FUNCTIONS:
            for index, function in enumerate(self.value(name, dict).values()):
                # Jinja calls filters and tests; only these may ask for its context.
                if name != "JINJA_GLOBALS" and not callable(function):
                    self._refuse("record.settings_form_function", name, index)
                elif name == "JINJA_GLOBALS" and hasattr(function, "jinja_pass_arg"):
                    self._refuse("record.settings_form_no_context", name, index)
        return self.source if any(map(self.values.get, FUNCTIONS)) else b""

    def _name_unused(self) -> None:
        """Warn of every setting without effect and of every name similar to a known one."""
        known, fixed = read_known(), fixed_settings()
        taken = {*EFFECTIVE, *(each for name in TRANSLATED for each in self._name_all(name))}
        why = {
            name: group
            for groups in (known["fixed"], known["unused"])
            for group, names in groups.items()
            for name in names
        }
        untold = {f"{name}_{lang.upper()}": "languages" for name in TRANSLATED for lang in LANGS}
        all_known = taken | {*why}
        # Texts lie in these two folders, so naming both changes nothing.
        same = {"PAGE_PATHS": ["pages", "stories"]}
        for name, value in self.values.items():
            if name in taken or (name in fixed and value in (fixed[name], same.get(name))):
                continue
            if reason := why.get(name) or untold.get(name):
                self._complain("W340", name, why=say(f"record.settings_why_{reason}"))
            # Other names may be settings of plugins, which are unknown here.
            elif name in self.nodes and difflib.get_close_matches(name, all_known, 1, _NEARLY):
                self._complain("W341", name, hint=suggest(name, all_known))
        for name in self.nodes:
            # Python code in the file may use small letters, but a setting must be in capitals.
            if not name.isupper() and name.upper() in all_known - set(self.values):
                self._complain("W341", name, hint=suggest(name, all_known))
        if GUARD not in (self.values.get("PLUGINS") or ()):
            self._complain("W343", "PLUGINS", guard=GUARD)

    def _check_version(self) -> None:
        """Report a project that was made for another version than the running one."""
        name = "CASEBOOK_VERSION"
        written = self.values.get(name)
        found = _match("version", written) if isinstance(written, str) else None
        ours = [int(part) for part in __version__.split(".")[:2]]
        now = "{}.{}".format(*ours)
        if written is None:
            self._complain("W342.missing", name, now=now)
        elif found is None:
            self._refuse("record.settings_form_version", name)
        elif (made := [int(part) for part in found.groups()]) != ours:
            key, notes = "W342" if made < ours else "E344", find_packaged("CHANGELOG.md")
            self._complain(key, name, made=written, now=now, notes=notes)


def _read_colours(part: tuple[object, object]) -> tuple[str, str, str] | None:
    """A role with its colours in the light and in the dark scheme, or None."""
    role, value = part
    match (value, value) if isinstance(value, str) else value:
        case (str(light), str(dark)) if _match("colour", light) and _match("colour", dark):
            return str(role), light, dark
    return None


def _read_static_name(part: tuple[object, object]) -> tuple[str, str] | None:
    """The path of a static file and its place in the site, or None."""
    match part:
        case (path, {"path": str(target), **others}) if not others and ".." not in target:
            return str(path).strip("/"), target.strip("/")
    return None


def _read_host(host: object) -> str | None:
    return host if isinstance(host, str) and _match("host", host) else None


def _read_string(part: object) -> str | None:
    return part if isinstance(part, str) else None


# The kinds with parts: their container, the message on their form, and the reader of a part.
_PARTS: Final[Mapping[str, tuple[type, str, Callable[[Any], object]]]] = {
    "strings": (list, "record.settings_form_strings", _read_string),
    "hosts": (list, "record.settings_form_host", _read_host),
    "colours": (dict, "record.settings_form_colour", _read_colours),
    "static_names": (dict, "record.settings_form_static_name", _read_static_name),
}
