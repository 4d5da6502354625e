"""Commands and their options, what is printed of them, and their help in two languages."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO

from casebook.messages import PLACE, failure, read_catalogue, say
from casebook.packaged import COMMAND
from casebook.problems import Exit
from casebook.report import clean_line
from casebook.text import Lang, Text

if TYPE_CHECKING:
    from casebook.record.dataset import Dataset

_PROGRAM: Final = COMMAND.rpartition(" ")[2]
# What argparse itself says in help, by the key of the same in both languages.
_HEADINGS: Final = (
    *("commands.usage.head", "commands.usage.arguments", "commands.usage.options"),
    "commands.usage.optional",
)
# What argparse says is wrong; it knows no other language than that of a compiled catalogue
# that the machine's locale names, so that its English is taken for what was meant.
_FAULTS: Final = (
    *("commands.usage.argument", "commands.usage.required", "commands.usage.unknown"),
    *("commands.usage.choice", "commands.usage.one_value", "commands.usage.values"),
    *("commands.usage.not_with", "commands.usage.no_value", "commands.usage.ambiguous"),
    *("commands.usage.count", "commands.usage.port", "commands.usage.day"),
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, the module whose `run_<name>` runs it, and its options for argparse.

    Its words are in the catalogue below `commands.help.<name>`, those of an option behind its name.
    """

    name: str
    module: str
    options: Mapping[str, dict[str, Any]]
    _: KW_ONLY
    without_project: bool = False

    def start(self, options: argparse.Namespace, project: Path, lang: Lang) -> int:
        """Run the command and give its exit status."""
        # Nobody pays for what other commands import.
        module = import_module(f"{__package__}.{self.module}")
        return int(getattr(module, f"run_{self.name}")(options, project, lang))

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options; those that give one thing different values exclude each other."""
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


def parse_number(least: int, most: int, key: str, text: str) -> int:
    """A number between two; the error of argparse with the message of a key where it is none."""
    # Digits of other scripts are digits for isdigit as well.
    if text.isascii() and text.isdigit() and len(text) <= 5 and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(say(key).en)


def parse_day(text: str) -> date:
    """A day as ISO writes it; the error of argparse where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(say("commands.usage.day").en) from None


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


class WrongUsage(Exception):
    """Arguments that are not those of their command, in the English of argparse."""

    def __init__(self, message: str, parser: UsageParser) -> None:
        super().__init__(message)
        self.message = message
        self.parser = parser


class UsageParser(argparse.ArgumentParser):
    """A parser of one command that raises WrongUsage instead of printing and ending Python."""

    def __init__(self, command: str = "", *, common: UsageParser | None = None) -> None:
        super().__init__(
            prog=f"{_PROGRAM} {command}".strip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[common] if common is not None else [],
            add_help=False,
            # What is common to all commands is looked for among options that it does not know.
            allow_abbrev=common is not None,
        )

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong."""
        raise WrongUsage(message, self)

    def take_words(self, command: Command, lang: Lang) -> None:
        """Give the command and each of its options the words of the catalogue."""
        about = f"commands.help.{command.name}"
        self.description = say(about).inside(lang)
        self.epilog = list_examples(f"{about}.examples", lang)
        # Of all commands alike.
        self._option_string_actions["--lang"].help = say("commands.help.lang").inside(lang)
        self._option_string_actions["--project"].help = say("commands.help.project").inside(lang)
        for name, action in list_words(self).items():
            # A percent sign would be taken for a place to fill in.
            action.help = say(f"{about}.{name}").inside(lang).replace("%", "%%")


def list_words(parser: UsageParser) -> dict[str, argparse.Action]:
    """The options that the catalogue has words for, by the ends of their keys."""
    return {
        name: action
        for action in parser._actions
        for name in [next(iter(action.option_strings), action.dest).strip("-").replace("-", "_")]
        if name not in ("lang", "project")
    }


def list_examples(key: str, lang: Lang) -> str:
    """The examples below a help, with the program as it was called."""
    head, text = say("commands.usage.examples").inside(lang), say(key).inside(lang)
    return "\n".join([head, *(f"  {line}" for line in text.split("\n"))])


def describe_command(command: Command, parser: UsageParser, lang: Lang) -> str:
    """The help of one command: what it does, its options, examples."""
    parser.take_words(command, lang)
    return _translate_headings(parser.format_help().rstrip(), lang)


def describe_program(commands: Sequence[Command], lang: Lang) -> str:
    """The help of the program: every command with what it does, and examples."""
    width = max(len(command.name) for command in commands)
    lines = (
        f"  {command.name:{width}}  {say(f'commands.help.{command.name}').inside(lang)}"
        for command in commands
    )
    told = say("commands.help", program=_PROGRAM, commands="\n".join(lines)).inside(lang)
    return f"{told}\n\n{list_examples('commands.help.examples', lang)}"


def make_whole_parser(commands: Sequence[Command], lang: Lang) -> UsageParser:
    """A parser of all commands with their words, for what completes them in a shell."""
    parser = UsageParser()
    added = parser.add_subparsers(parser_class=argparse.ArgumentParser)
    for command in commands:
        about = say(f"commands.help.{command.name}").inside(lang)
        # Completion reads the actions of the parser; the texts of options stay away from it.
        one = added.add_parser(command.name, help=about, add_help=False)
        one.add_argument("--lang", choices=("zh", "en"))
        command.add_options(one)
    return parser


def refuse_command(name: str, commands: Sequence[Command]) -> NoReturn:
    """Raise CasebookError about a command that there is not, with the one that was meant."""
    names = [command.name for command in commands]
    near = find_near(name, names)
    offer = say("commands.usage.meant", name=near) if near else ""
    known = ", ".join(names)
    raise failure("commands.unknown", status=Exit.USAGE, name=name, offer=offer, names=known)


def find_near(word: str, known: Sequence[str]) -> str:
    """The known word that a misspelt one most likely means, or nothing."""
    import difflib

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), "")


def describe_wrong_usage(error: WrongUsage, lang: Lang) -> str:
    """The lines about wrong arguments: how the command is used, what is wrong, what was meant."""
    usage = _translate_headings(error.parser.format_usage().rstrip(), lang)
    message = "".join(_translate_fault(error.message, lang))
    near = _find_meant(error)
    offer = say("commands.usage.meant", name=near).inside(lang) if near else ""
    return f"{usage}\n{error.parser.prog}: {message}{offer}".rstrip()


def _find_meant(error: WrongUsage) -> str:
    """The option or the word of a closed list that was most likely meant."""
    fault = _match("commands.usage.unknown", error.message)
    if fault:
        word = next((one for one in fault["names"].split() if one.startswith("-")), "")
        return (
            find_near(word.partition("=")[0], [*error.parser._option_string_actions])
            if word
            else ""
        )
    fault = _match("commands.usage.choice", error.message.partition(": ")[2])
    return find_near(fault["value"], re.findall(r"[\w-]+", fault["names"])) if fault else ""


def _match(key: str, message: str) -> dict[str, str] | None:
    """What stands in the places of an English message of the catalogue."""
    pieces = PLACE.split(read_catalogue()[key]["en"])
    names = iter(pieces[1::2])
    pattern = "".join(
        f"(?P<{next(names)}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)
    )
    found = re.fullmatch(pattern, message, re.DOTALL)
    return found.groupdict() if found else None


def _translate_fault(message: str, lang: Lang) -> Iterator[str]:
    """What argparse says is wrong, in the language; as it is where the catalogue has it not."""
    for key in _FAULTS:
        found = _match(key, message)
        if found is not None:
            if "why" in found:
                found["why"] = "".join(_translate_fault(found["why"], lang))
            yield say(key, **found).inside(lang)
            return
    yield message


def _translate_headings(text: str, lang: Lang) -> str:
    for key in _HEADINGS:
        words = say(key)
        text = text.replace(words.en, words.inside(lang), 1)
    return text
