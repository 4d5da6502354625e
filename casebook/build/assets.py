"""Static files of a theme under names that hold a digest: a cache may keep them for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from casebook.build.manifest import list_files
from casebook.values.digest import digest

# Styles that others build on come first, the rest by name.
_FIRST_STYLES = ("tokens.css", "base.css")


@dataclass(frozen=True, slots=True)
class Assets:
    """The addresses of the one style sheet, and of the other static files by their names."""

    stylesheet: str
    others: dict[str, str]


def write_assets(static: Path, write: Callable[[str, bytes], object]) -> Assets:
    """Write the style sheet, made of all styles, and the other static files."""
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
    return Assets(f"/{stylesheet}", others)
