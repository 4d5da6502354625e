"""Files that come with the program, wherever it is installed, and the project that is meant."""

from __future__ import annotations

import os

SETTINGS = "pelicanconf.py"

# Links are followed: an environment may hold no more than a link to the program.
_PACKAGE = os.path.dirname(os.path.realpath(__file__))
CHECKOUT = os.path.dirname(_PACKAGE)
# A wheel holds beside the modules what a checkout has at its top, where a project has its own.
_AT_TOP = {"theme": "theme", "docs": "docs", "example": "", "CHANGELOG.md": "CHANGELOG.md"}
# What somebody types to run the program.
IN_CHECKOUT, INSTALLED = "python3 build.py", "casebook"
COMMAND = IN_CHECKOUT if os.path.isfile(os.path.join(CHECKOUT, "build.py")) else INSTALLED


def find_packaged(name: str) -> str:
    """The path of what comes with the program: the theme, guides, notes of upgrades, example."""
    path = os.path.join(_PACKAGE, name)
    first, _, rest = name.partition("/")
    if os.path.exists(path) or first not in _AT_TOP:
        return path
    return os.path.normpath(os.path.join(CHECKOUT, _AT_TOP[first], rest))


def find_source(project: str, name: str) -> str:
    """The path of an input: a file of the project, else the one of that name that comes with us."""
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
        # The folder that somebody stands in may be gone; a checkout is built all the same.
        return CHECKOUT
    return here if is_project(here) or not is_project(CHECKOUT) else CHECKOUT


def is_project(folder: str) -> bool:
    """True of a folder that holds settings of Pelican."""
    return os.path.isfile(os.path.join(folder, SETTINGS))
