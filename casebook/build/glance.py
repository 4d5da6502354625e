"""A build with nothing to do: told before anything is imported that takes longer than telling it.

Whatever cannot be told so is left to the command line, which does everything and knows all options.
"""

from __future__ import annotations

import os
import sys

from casebook.build.marks import count_standing
from casebook.language import choose_language

# The module that has this name takes as long to import as all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from casebook.text import Lang

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
_NAMED = ("--project", "--output", "--siteurl", "--lang")


def tell_standing(arguments: list[str], packages: list[str]) -> bool:
    """Say that the site is done, where these ask for a build of it and it stands as it was built.

    `packages` are the folders that a build would import packages from.
    """
    options = _read_options(arguments)
    if options is None:
        return False
    project = os.path.realpath(options.get("--project", PROJECT))
    output = options.get("--output", "output")
    output = os.path.join(project, output)
    standing = count_standing(project, output, options.get("--siteurl"), packages)
    if standing is None:
        return False
    if "--quiet" not in options:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        print(describe_done(*standing, output, choose_language(options.get("--lang"))))
    return True


def describe_done(cases: int, files: int, output: str, lang: Lang) -> str:
    """The line that ends a build."""
    if lang == "zh":
        return f"完成：{cases} 个案例，{files} 个文件，在 {output}"
    return f"done: {cases} cases, {files} files in {output}"


def _read_options(arguments: list[str]) -> dict[str, str] | None:
    """The options of a plain build by name, None where anything else is asked for."""
    options: dict[str, str] = {}
    waiting = arguments[1:] if arguments[:1] == ["build"] else list(arguments)
    while waiting:
        name, sign, value = waiting.pop(0).partition("=")
        if name == "--quiet" and not sign:
            options[name] = ""
        elif name in _NAMED and (sign or waiting):
            options[name] = value if sign else waiting.pop(0)
        else:
            return None
    output = options.get("--output", "output")
    is_plain = output == "output" or (os.path.isabs(output) and os.path.normpath(output) == output)
    is_plain = is_plain and options.get("--lang") in (None, "zh", "en")
    is_plain = is_plain and not any(value.startswith("-") for value in options.values())
    return options if is_plain else None
