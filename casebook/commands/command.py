"""Printing, and reading of arguments, for several commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from casebook.messages import failure, say
from casebook.problems import Exit
from casebook.report import clean_line
from casebook.text import Lang, Text

if TYPE_CHECKING:
    from casebook.record.dataset import Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its name, the function that runs it, by its module, and its options for argparse.

    Its words are in the catalogue below `commands.help.<name>`, those of an option behind its name.
    """

    name: str
    run: str
    options: Mapping[str, dict[str, Any]]
    without_project: bool = False

    def start(self, options: argparse.Namespace, project: Path, lang: Lang) -> int:
        """Run the command and give its exit status."""
        # Nobody pays for what other commands import.
        module, _, function = self.run.partition(".")
        return int(
            getattr(import_module(f"{__package__}.{module}"), function)(options, project, lang)
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options; those that give one thing different values exclude each other."""
        group: Any = None
        for name, option in self.options.items():
            kind = {"type": _KINDS[option["type"]]} if "type" in option else {}
            if "const" in option:
                group = group or parser.add_mutually_exclusive_group()
            (group if "const" in option else parser).add_argument(name, **option | kind)


def print_message(
    key: str, lang: Lang, /, *, stream: TextIO | None = None, **values: object
) -> None:
    """Print a message of the catalogue in one language."""
    print_lines(say(key, **values).inside(lang).split("\n"), stream)


def print_lines(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print lines that hold words of the records, without what could steer a terminal."""
    for line in lines:
        print(clean_line(line), file=stream or sys.stdout)


def require_file(name: str) -> Path:
    """The file that an argument names; CasebookError where there is none."""
    path = (Path.cwd() / name).resolve()
    if not path.exists():
        raise failure("commands.no_file", status=Exit.USAGE, path=path)
    return path


def load_without_errors(project: Path) -> Dataset:
    """The data set of a project; ContentError where a build would end with errors."""
    from casebook.build.checking import load_checked, refuse_errors

    dataset, problems = load_checked(project)
    refuse_errors(problems)
    return dataset


def _parse_number(text: str, least: int, most: int, key: str) -> int:
    # Digits of other scripts are digits for isdigit as well.
    if text.isascii() and text.isdigit() and len(text) <= 5 and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(say(key).en)


def _parse_count(text: str) -> int:
    """A number of processes, rounds or kills."""
    return _parse_number(text, 1, 256, "commands.usage.count")


def _parse_port(text: str) -> int:
    return _parse_number(text, 0, 65535, "commands.usage.port")


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(say("commands.usage.day").en) from None


_KINDS: Final[Mapping[str, Callable[[str], object]]] = {
    "count": _parse_count,
    "port": _parse_port,
    "day": _parse_day,
}


def ask(question: Text, proposed: str, lang: Lang, *, required: bool = True) -> str:
    """The answer of a person, or the proposed one where nothing is typed."""
    shown = f" [{proposed}]" if proposed else ""
    try:
        answer = input(say("commands.question", question=question, proposed=shown).inside(lang))
    except EOFError:
        # Ctrl-D is no answer, and no fault either.
        answer = ""
    if required and not (answer.strip() or proposed):
        raise failure("commands.new_unanswered", status=Exit.USAGE)
    return answer.strip() or proposed
