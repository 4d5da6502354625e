"""A theme: the sources of its templates, and its static files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casebook.build.manifest import list_files
from casebook.values.digest import digest

# Styles that others build on come first, the rest by name.
_FIRST_STYLES = ("tokens.css", "base.css")


@dataclass(frozen=True, slots=True)
class Theme:
    """The sources of all templates by the names that Jinja knows them under, and their digest."""

    key: str
    sources: Mapping[str, bytes] = field(compare=False)


def read_theme(folder: Path) -> Theme:
    """The templates of a theme."""
    inside = folder / "templates"
    sources = {
        path.relative_to(inside).as_posix(): path.read_bytes()
        for path in sorted(inside.rglob("*"))
        if path.is_file()
    }
    parts = (f"{name} {digest(source)}" for name, source in sources.items())
    return Theme(digest("\n".join(parts).encode()), sources)


def write_assets(folder: Path, write: Callable[[str, bytes], object]) -> tuple[str, dict[str, str]]:
    """Write the static files of a theme under names that hold a digest: they may be kept for ever.

    What comes back is the address of the one style sheet, made of all styles, and those of the
    other files by their names.
    """
    static = folder / "static"
    # A glob would take a folder that cannot be read for an empty one.
    files = sorted(static / path for path in list_files(static))
    styles = [path for path in files if path.suffix == ".css" and path.parent.name == "css"]
    first = [path for name in _FIRST_STYLES for path in styles if path.name == name]
    rest = sorted((path for path in styles if path not in first), key=lambda path: path.name)
    css = b"\n".join(path.read_bytes().strip() for path in (*first, *rest)) + b"\n"
    stylesheet = f"assets/casebook.{digest(css)[:10]}.css"
    write(stylesheet, css)
    others = {}
    for path in files:
        if path.is_file() and path.suffix != ".css":
            content = path.read_bytes()
            name = path.relative_to(static)
            marked = name.with_name(f"{name.stem}.{digest(content)[:10]}{name.suffix}").as_posix()
            write(f"assets/{marked}", content)
            others[name.as_posix()] = f"/assets/{marked}"
    return f"/{stylesheet}", others
