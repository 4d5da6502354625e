"""Theme of a site with its settings: sources of templates, colours and static files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from casebook.build.last_build import is_left_behind
from casebook.build.manifest import list_files
from casebook.checks.media import check_theme_file
from casebook.messages import problem, say
from casebook.packaged import SETTINGS, find_packaged, find_source
from casebook.problems import START, ContentError, Problem
from casebook.record.settings import Settings
from casebook.record.suggestions import suggest
from casebook.values.digest import digest
from casebook.yaml.encoding import position_of
from casebook.yaml.files import show_path

TOKENS: Final = "theme/static/css/tokens.css"
# The roles of colours in charts; everything that is drawn has one of them.
CHART_ROLES: Final = (
    "paper",
    "ink",
    "ink-muted",
    "rule",
    "accent",
    "series-1",
    "series-2",
    "series-3",
    "surface",
    "grid",
)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile("([{}])")
_PROPERTY = re.compile(r"(?<![A-Za-z0-9-])--([A-Za-z0-9-]+)[ \t\r\n]*:([^;{}]*)(?:;|$)")
_REFERENCE = re.compile(r"var\([ \t\r\n]*--([A-Za-z0-9-]+)[ \t\r\n]*(?:,[^()]*)?\)")
_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")

# Style sheets that others depend on come first, the others by name.
_FIRST_STYLES = ("tokens.css", "base.css")
_OVERRIDES = "THEME_TEMPLATES_OVERRIDES"
# Messages about the folder in which the file of a setting has to be.
_STATIC = "record.settings_where_static"
_PROJECT = "record.settings_where_project"
_CONTENT = "record.settings_where_content"
# What a page loads or runs, and the other host that it comes from. A comment of Jinja does neither.
_LOADING = re.compile(r"<(script|img|iframe|link|embed|video|audio)\b([^<>]*)>", re.IGNORECASE)
_HOST = re.compile(r"\b(?:src|href)\s*=\s*[\"']?(?:https?:)?(//[^/\"'\s?#>]+)", re.IGNORECASE)
_JINJA_COMMENT = re.compile(r"\{#.*?(?:#\}|\Z)", re.DOTALL)
# For screens only, because print has its own colours.
_SCHEMES = ("@media screen", "@media screen and (prefers-color-scheme: dark)")


@dataclass(frozen=True, slots=True)
class Theme:
    """The sources of all templates by the names that Jinja uses, and their digest.

    `functions` is the source of the settings if they give functions to templates; `paths` are the
    shown paths of the templates by the same names.
    """

    key: str
    sources: Mapping[str, bytes] = field(compare=False)
    functions: bytes = b""
    paths: Mapping[str, str] = field(default_factory=dict, compare=False, kw_only=True)


def find_theme_files(project: Path, part: str, before: Sequence[str] = ()) -> dict[str, Path]:
    """The files of one part of the theme by name; a project's file replaces the packaged one.

    Files in the folders `before` replace all others, and earlier folders replace later ones.
    """
    found: dict[str, Path] = {}
    themes = (Path(find_packaged("theme")) / part, project / "theme" / part)
    for folder in (*themes, *(project / name for name in reversed(before))):
        # Not a glob, which would treat an unreadable folder as an empty one.
        names = list_files(folder) if folder.exists() else ()
        found |= {name: folder / name for name in names if not is_left_behind(name)}
    return dict(sorted(found.items()))


def read_theme(project: Path, settings: Settings) -> Theme:
    """The templates of a project's theme."""
    files = find_theme_files(project, "templates", settings.overrides)
    sources = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    parts = (f"{name} {digest(source)}" for name, source in sources.items())
    paths = {name: show_path(path, project) for name, path in files.items()}
    return Theme(digest("\n".join(parts).encode()), sources, settings.functions, paths=paths)


def write_assets(
    project: Path, settings: Settings, write: Callable[[str, bytes], object]
) -> tuple[str, dict[str, str]]:
    """Write the static files of a theme under names with a digest, so that browsers may keep them.

    Returns the address of the single style sheet, which joins all styles, and the addresses of the
    other files by name.
    """
    files = find_theme_files(project, "static")
    styles = [path for path in files.values() if path.match("css/*.css")]
    first = [path for name in _FIRST_STYLES for path in styles if path.name == name]
    rest = sorted((path for path in styles if path not in first), key=lambda path: path.name)
    sheets = [path.read_bytes().strip() for path in (*first, *rest)]
    css = b"\n".join([*sheets, *_write_colours(settings)]) + b"\n"
    stylesheet = f"assets/casebook.{digest(css)[:10]}.css"
    write(stylesheet, css)
    others = {}
    for name, path in files.items():
        if path.is_file() and path.suffix != ".css":
            content = path.read_bytes()
            marked = f"assets/{name.removesuffix(path.suffix)}.{digest(content)[:10]}{path.suffix}"
            write(marked, content)
            others[name] = f"/{marked}"
    return f"/{stylesheet}", others


def _write_colours(settings: Settings) -> Iterator[bytes]:
    """The CSS rules for the colours of the settings, one for each scheme, none without colours."""
    for number, media in enumerate(_SCHEMES if settings.colours else ()):
        rules = "".join(f"--{role}:{pair[number]};" for role, *pair in settings.colours)
        yield f"{media}{{:root{{{rules}}}}}".encode()


def read_colours(project: Path, settings: Settings) -> dict[str, str]:
    """The colours of drawings outside a page, which are those of the light scheme."""
    own = {role: light for role, light, _ in settings.colours}
    return find_colours(_read_tokens(project) | own)


def _read_tokens(project: Path) -> dict[str, str]:
    # Bytes that are not UTF-8 are reported by another check.
    return read_tokens(Path(find_source(str(project), TOKENS)).read_text("utf-8", "replace"))


def check_theme(project: Path, settings: Settings) -> Iterator[Problem]:
    """The problems of a theme: missing files that settings name, faulty files, unknown colours."""
    has_own = settings.logo or "FAVICON" in settings.at
    static = find_theme_files(project, "static") if has_own else {}
    in_project, in_content = partial(_is_inside, project), partial(_is_inside, project / "content")
    named = [
        *(("SITELOGO", _STATIC, one, one in static) for one in [settings.logo] if one),
        *(("FAVICON", _STATIC, one, one in static) for one in [settings.icon] if static),
        *((_OVERRIDES, _PROJECT, one, in_project(one)) for one in settings.overrides),
        *(("STATIC_PATHS", _CONTENT, one, in_content(one)) for one in settings.static_paths),
    ]
    for name, where, written, is_there in named:
        if not is_there:
            at = settings.locate(name)
            yield problem("E345", SETTINGS, at, hint=say(where), name=name, written=written[:60])
    yield from _check_own_files(project, settings)
    yield from _find_unused_templates(project, settings)
    try:
        read_colours(project, settings)
    except ContentError as error:
        yield from error.problems
    else:
        colours = [role for role, value in _read_tokens(project).items() if value.startswith("#")]
        for role, *_ in settings.colours:
            if role not in colours:
                hint, at = suggest(role, colours), settings.locate("COLOURS")
                yield problem("E346", SETTINGS, at, hint=hint, role=role[:60])


def _check_own_files(project: Path, settings: Settings) -> Iterator[Problem]:
    for part, before in (("templates", settings.overrides), ("static", ())):
        for path in find_theme_files(project, part, before).values():
            if path.is_relative_to(project) and path.is_file():
                yield from check_theme_file(path, project, is_template=part == "templates")
                if part == "templates":
                    yield from _find_blocked(path, show_path(path, project), settings)


def _find_blocked(path: Path, shown: str, settings: Settings) -> Iterator[Problem]:
    """A warning for each part of a template that browsers block by the policy of the pages."""
    text = path.read_text("utf-8", "replace")
    # Blanks keep the places of the rest.
    text = _JINJA_COMMENT.sub(lambda one: re.sub(r"\S", " ", one[0]), text)
    for found in _LOADING.finditer(text):
        tag, attributes = found[1].lower(), found[2]
        at, source = position_of(text, found.start()), _HOST.search(attributes)
        if source is None:
            if tag == "script" and "src" not in attributes and "json" not in attributes:
                yield problem("W349.inline", shown, at)
        elif tag in ("script", "img"):
            host = f"https:{source[1].lower()}"
            if host not in settings.trusted_hosts:
                yield problem("W349", shown, at, host=host)
        elif tag != "link" or "stylesheet" in attributes:
            yield problem("W349.kind", shown, at, tag=tag)


def _find_unused_templates(project: Path, settings: Settings) -> Iterator[Problem]:
    """A warning for each template of a project that no page and no other template uses."""
    ours = {*list_files(Path(find_packaged("theme")) / "templates")}
    files = find_theme_files(project, "templates", settings.overrides)
    for name in files.keys() - ours:
        if "/" not in name and name.endswith(".html"):
            named = re.compile(rb"[\"']%s[\"']" % re.escape(name.encode()))
            if not any(map(named.search, read_theme(project, settings).sources.values())):
                yield problem("W348", show_path(files[name], project), START)


def _is_inside(folder: Path, name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return False
    found = folder / path
    # An empty folder does not count, because git does not carry it to another machine.
    return any(list_files(found)) if found.is_dir() else found.exists()


def read_tokens(css: str) -> dict[str, str]:
    """The custom properties that a style sheet sets on :root, without their leading hyphens."""
    tokens: dict[str, str] = {}
    blocks: list[str] = []
    parts = _BRACE.split(_COMMENT.sub("", css))
    # The text after the last brace sets nothing.
    for words, brace in zip(parts[::2], parts[1::2], strict=False):
        if brace == "{":
            blocks.append(words.rsplit(";", 1)[-1].strip())
            continue
        selector = blocks.pop() if blocks else ""
        # Rules inside another block are for the dark scheme, for paper or for a width.
        if ":root" in selector and "dark" not in selector and not blocks:
            tokens.update((name, value.strip()) for name, value in _PROPERTY.findall(words))
    return tokens


def find_colours(tokens: Mapping[str, str]) -> dict[str, str]:
    """The colour of every role of charts, as `#rrggbb`; ContentError if one is missing."""
    found = {role: _find_colour(role, tokens) for role in CHART_ROLES}
    if missing := [f"--{role}" for role, colour in found.items() if not colour]:
        raise ContentError([problem("E322", TOKENS, START, roles=", ".join(missing))])
    return found


def _find_colour(role: str, values: Mapping[str, str]) -> str:
    value = values.get(role, "")
    # A property may refer to another; the limit ends circles of references.
    for _ in range(8):
        reference = _REFERENCE.fullmatch(value)
        if reference is None:
            break
        value = values.get(reference[1], "")
    if _HEX.fullmatch(value) is None:
        return ""
    digits = value[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits.lower()}"
