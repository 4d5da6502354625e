"""A theme: the sources of its templates, and its static files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casebook.build.manifest import list_files
from casebook.packaged import find_packaged
from casebook.values.digest import digest

# Styles that others build on come first, the rest by name.
_FIRST_STYLES = ("tokens.css", "base.css")


@dataclass(frozen=True, slots=True)
class Theme:
    """The sources of all templates by the names that Jinja knows them under, and their digest."""

    key: str
    sources: Mapping[str, bytes] = field(compare=False)


def find_theme_files(project: Path, part: str) -> dict[str, Path]:
    """The files of one part of the theme by their names there, those of the project before ours."""
    found: dict[str, Path] = {}
    for theme in (Path(find_packaged("theme")), project / "theme"):
        folder = theme / part
        # A glob would take a folder that cannot be read for an empty one.
        names = list_files(folder) if folder.exists() else ()
        found |= {name: folder / name for name in names}
    return dict(sorted(found.items()))


def read_theme(project: Path) -> Theme:
    """The templates of a project's theme."""
    files = find_theme_files(project, "templates")
    sources = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    parts = (f"{name} {digest(source)}" for name, source in sources.items())
    return Theme(digest("\n".join(parts).encode()), sources)


def write_assets(
    project: Path, write: Callable[[str, bytes], object]
) -> tuple[str, dict[str, str]]:
    """Write the static files of a theme under names that hold a digest: they may be kept for ever.

    What comes back is the address of the one style sheet, made of all styles, and those of the
    other files by their names.
    """
    files = find_theme_files(project, "static")
    styles = [path for path in files.values() if path.match("css/*.css")]
    first = [path for name in _FIRST_STYLES for path in styles if path.name == name]
    rest = sorted((path for path in styles if path not in first), key=lambda path: path.name)
    css = b"\n".join(path.read_bytes().strip() for path in (*first, *rest)) + b"\n"
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
