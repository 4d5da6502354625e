"""Base of the commands: their declaration, their printing, and their questions to a person."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from casebook.messages import failure, say
from casebook.problems import Exit
from casebook.report import clean_line
from casebook.text import Lang, Text

if TYPE_CHECKING:
    from casebook.record.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, the module whose `run_<name>` runs it, and its options for argparse.

    Its help is in the catalogue under `commands.help.<name>`, for an option with its name added.
    """

    name: str
    module: str
    options: Mapping[str, dict[str, Any]]
    _: KW_ONLY
    without_project: bool = False

    def start(self, options: argparse.Namespace, project: Path, lang: Lang) -> int:
        """Run the command and return its exit status."""
        # Imported here so that a command does not load the modules of the others.
        module = import_module(f"{__package__}.{self.module}")
        return int(getattr(module, f"run_{self.name}")(options, project, lang))

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options; options with a `const` exclude each other."""
        group: Any = None
        for name, option in self.options.items():
            if "const" in option:
                group = group or parser.add_mutually_exclusive_group()
            (group if "const" in option else parser).add_argument(name, **option)


def print_message(
    key: str, lang: Lang, /, *, stream: TextIO | None = None, **values: object
) -> None:
    """Print a message of the catalogue in one language."""
    print_lines(say(key, **values).inside(lang).split("\n"), stream)


def print_lines(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print lines that contain text of the records, without characters that control a terminal."""
    for line in lines:
        print(clean_line(line), file=stream or sys.stdout)


def require_file(name: str) -> Path:
    """The file that an argument names; CasebookError if it does not exist."""
    path = (Path.cwd() / name).resolve()
    if not path.exists():
        # People often give only the name of a case, or another ending.
        meant = Path("data/cases", path.name.partition(".")[0] + ".yaml")
        if meant.is_file():
            said = {"path": path, "meant": meant.as_posix()}
            raise failure("commands.no_file_but", status=Exit.USAGE, **said)
        raise failure("commands.no_file", status=Exit.USAGE, path=path)
    return path


def load_without_errors(project: Path) -> Dataset:
    """The data set of a project; ContentError if its records or texts have errors."""
    from casebook.build.checking import load_checked, refuse_errors

    dataset, problems = load_checked(project)
    refuse_errors(problems)
    return dataset


def parse_number(least: int, most: int, key: str, text: str) -> int:
    """A number from `least` to `most`; else an error of argparse with the message of `key`."""
    # ASCII only, because isdigit accepts the digits of other scripts.
    if text.isascii() and text.isdigit() and len(text) <= 5 and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(say(key).en)


def parse_day(text: str) -> date:
    """A day in ISO notation; an error of argparse if the text is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(say("commands.usage.day").en) from None


def ask(question: Text, proposed: str, lang: Lang, *, required: bool = True) -> str:
    """The answer of a person, or the proposed one if nothing is typed."""
    shown = f" [{proposed}]" if proposed else ""
    try:
        answer = input(say("commands.question", question=question, proposed=shown).inside(lang))
    except EOFError:
        # Ctrl-D counts as an empty answer.
        answer = ""
    if required and not (answer.strip() or proposed):
        raise failure("commands.new_unanswered", status=Exit.USAGE)
    return answer.strip() or proposed


_FLAG: Final[dict[str, Any]] = {"action": "store_true"}
_FILE: Final[dict[str, Any]] = {"metavar": "FILE"}
_FILES: Final[dict[str, Any]] = {"nargs": "+", "default": [], **_FILE}
# A number of processes, rounds or kills.
_COUNT: Final[dict[str, Any]] = {"type": partial(parse_number, 1, 256, "commands.usage.count")}
_PORT: Final[dict[str, Any]] = {"type": partial(parse_number, 0, 65535, "commands.usage.port")}
_DIFFERING: Final[dict[str, Any]] = {
    "dest": "on_difference",
    "action": "store_const",
    "default": "refuse",
}
# The options of a new site, in the order in which a person is asked for them.
QUESTIONS: Final = (
    *("name", "languages", "currency", "licence"),
    *("publisher", "contact", "repository"),
)

# Code and not a data file, because a build with nothing to do must not load a parser.
COMMANDS: Final = (
    Command(
        "build",
        "site_commands",
        {
            "--output": {"default": "output"},
            "--siteurl": {},
            "--jobs": _COUNT,
            "--executor": {"default": "processes", "metavar": "none|processes|dask://HOST:PORT"},
            **dict.fromkeys(("--no-cache", "--timings", "--quiet"), _FLAG),
        },
    ),
    Command("serve", "site_commands", {"--port": _PORT, "--host": {"default": "127.0.0.1"}}),
    Command(
        "check",
        "check_command",
        {
            "files": {"nargs": "*", **_FILE},
            "--format": {"choices": ["text", "json", "github"], "default": "text"},
            **dict.fromkeys(("--fix", "--explain"), _FLAG),
            "--since": {"metavar": "REV|MANIFEST"},
        },
    ),
    Command(
        "new",
        "record_commands",
        {"slug": {"nargs": "?", "metavar": "SLUG"}, "--region": {"metavar": "CODE"}},
    ),
    Command("export", "record_commands", {"--xlsx": {"required": True, **_FILE}}),
    Command(
        "import",
        "record_commands",
        {
            "file": _FILE,
            "--columns": {"metavar": "MAP", "default": ""},
            **{f"--{word}": {**_DIFFERING, "const": word} for word in ("replace", "keep")},
            "--dry-run": _FLAG,
        },
    ),
    Command("record", "record_commands", {"--in-step": _FILES, "--unpublished": _FILES}),
    Command("release", "record_commands", {"--date": {"type": parse_day, "metavar": "YYYY-MM-DD"}}),
    Command(
        "verify",
        "site_commands",
        {"place": {"nargs": "?", "metavar": "DIR|URL"}, "--since": {"metavar": "MANIFEST"}},
        # A copy of a site is not a project.
        without_project=True,
    ),
    Command(
        "chart",
        "site_commands",
        {"name": {"metavar": "NAME"}, "--out": {"required": True, **_FILE}},
    ),
    Command("schema", "site_commands", {}),
    Command(
        "init",
        "init_command",
        {
            "folder": {"metavar": "DIR"},
            **{f"--{question}": {} for question in QUESTIONS},
            **dict.fromkeys(("--example", "--yes"), _FLAG),
        },
        without_project=True,
    ),
    Command(
        "test",
        "site_commands",
        {"tests": {"nargs": "*", "metavar": "PYTEST"}},
        without_project=True,
    ),
    Command(
        "bench",
        "site_commands",
        {
            "--sizes": {"metavar": "N,N"},
            "--rounds": {"metavar": "N", **_COUNT},
            "--alone": _FLAG,
            "--changes": {"metavar": "NAME,NAME"},
            "--peers": {"metavar": "NAME;NAME"},
            "--picture": _FILE,
            "--kills": {"metavar": "N", **_COUNT},
        },
        without_project=True,
    ),
    Command(
        "completion",
        "site_commands",
        {"shell": {"choices": ["bash", "zsh", "tcsh"]}},
        without_project=True,
    ),
)
