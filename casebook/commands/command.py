"""Printing, and reading of arguments, for several commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from casebook.messages import failure, say
from casebook.problems import Exit
from casebook.report import clean_line
from casebook.text import Lang, Text

if TYPE_CHECKING:
    from casebook.record.dataset import Dataset


class Command(NamedTuple):
    """A command: its name, its options, and the function that runs it and gives the exit status.

    Its words are in the catalogue below `commands.help.<name>`, those of an option behind its name.
    """

    name: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Path, Lang], int]


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


def parse_count(text: str) -> int:
    """A number of processes, rounds or kills."""
    # Digits of other scripts are digits for isdigit as well.
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(say("commands.usage.count").en)
    return int(text)


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
