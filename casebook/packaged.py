"""Paths of the files that come with the program, and of the project."""

from __future__ import annotations

import os

SETTINGS = "pelicanconf.py"

# Links are resolved, because an environment may hold only a link to the program.
_PACKAGE = os.path.dirname(os.path.realpath(__file__))
CHECKOUT = os.path.dirname(_PACKAGE)
# A wheel holds these beside the modules; in a checkout they are at the top.
_AT_TOP = {"theme": "theme", "docs": "docs", "example": "", "CHANGELOG.md": "CHANGELOG.md"}
# The command that a person types to run the program.
IN_CHECKOUT, INSTALLED = "python3 build.py", "casebook"
COMMAND = IN_CHECKOUT if os.path.isfile(os.path.join(CHECKOUT, "build.py")) else INSTALLED


def find_packaged(name: str) -> str:
    """The path of something that comes with the program: theme, guides, changelog, example."""
    path = os.path.join(_PACKAGE, name)
    first, _, rest = name.partition("/")
    if os.path.exists(path) or first not in _AT_TOP:
        return path
    return os.path.normpath(os.path.join(CHECKOUT, _AT_TOP[first], rest))


def find_source(project: str, name: str) -> str:
    """The path of an input: the project's file, or for the theme else the packaged file."""
    path = os.path.join(project, name)
    if os.path.lexists(path) or not name.startswith("theme/"):
        return path
    return find_packaged(name)


def find_project(given: str | None) -> str:
    """The folder of the project: as given, else the current one, else that of the checkout."""
    if given is not None:
        return given
    try:
        here = os.getcwd()
    except OSError:
        # The current folder may have been removed; a checkout can still be built.
        return CHECKOUT
    return here if is_project(here) or not is_project(CHECKOUT) else CHECKOUT


def is_project(folder: str) -> bool:
    """True if a folder holds settings of Pelican."""
    return os.path.isfile(os.path.join(folder, SETTINGS))
