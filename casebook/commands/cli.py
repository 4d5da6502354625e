"""Command line: arguments, help, errors of usage, and the run of the command that is asked for."""

from __future__ import annotations

import argparse
import errno
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from casebook import __version__
from casebook.build.leftovers import clear_leftovers
from casebook.commands.command import COMMANDS, Command, print_message
from casebook.language import choose_language
from casebook.messages import PLACE, failure, read_catalogue, say
from casebook.packaged import COMMAND, find_project, is_project
from casebook.problems import CasebookError, ContentError, Exit
from casebook.report import print_problems
from casebook.text import Lang

# Characters that input methods, word processors and chat programs put for hyphens of an option.
WIDE_DASHES: Final = "－—–−―‐‑"
_PROGRAM: Final = COMMAND.rpartition(" ")[2]
# Keys of the words that argparse prints in help; the catalogue has them in both languages.
_HEADINGS: Final = (
    *("commands.usage.head", "commands.usage.arguments", "commands.usage.options"),
    "commands.usage.optional",
)
# Keys of the errors of argparse. Its English message is matched and then translated, because
# argparse knows only the language of the machine's locale, and only with a compiled catalogue.
_FAULTS: Final = (
    *("commands.usage.argument", "commands.usage.required", "commands.usage.unknown"),
    *("commands.usage.choice", "commands.usage.one_value", "commands.usage.values"),
    *("commands.usage.not_with", "commands.usage.no_value", "commands.usage.ambiguous"),
    *("commands.usage.count", "commands.usage.port", "commands.usage.day"),
)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The options of the command that is asked for; the command is `build` if none is named.

    Raises WrongUsage if the command does not have such options.
    """
    # Options that every command has may stand before or after the name of the command.
    options, rest = make_common().parse_known_args(arguments)
    for one in rest:
        if one[:1] in {*WIDE_DASHES} and (name := one.lstrip(f"{WIDE_DASHES}-")):
            said = {"written": one, "meant": f"--{name}"}
            raise failure("commands.usage.dashes", status=Exit.USAGE, **said)
    command = _take_command(rest)
    # The arguments for pytest look like our own options.
    before = ["--"] if command.name == "test" else []
    asked = vars(make_parser(command).parse_args(before + rest)) | vars(options)
    return argparse.Namespace(**asked, command=command.name, called=command, arguments=arguments)


def answer_about_usage(arguments: list[str]) -> str:
    """The help or the version if one of them is asked for, else empty."""
    options, rest = make_common().parse_known_args(arguments)
    lang = choose_language(options.lang)
    if not rest or rest[0] == "test":
        return ""
    if rest[0] in ("--version", "-V"):
        return f"casebook {__version__} (Python {sys.version.split()[0]})"
    left = [one for one in rest if one not in ("-h", "--help")]
    if left[:1] == ["help"]:
        left = left[1:]
    elif len(left) == len(rest):
        return ""
    if not left or left[0].startswith("-"):
        return describe_program(lang)
    command = _take_command(left)
    return describe_command(command, make_parser(command), lang)


def _take_command(rest: list[str]) -> Command:
    """The command that the arguments begin with; its name is removed from them."""
    name = rest.pop(0) if rest and not rest[0].startswith("-") else "build"
    command = next((one for one in COMMANDS if one.name == name), None)
    if command is None:
        _refuse_command(name)
    return command


def make_common() -> UsageParser:
    """The parser of the options that every command has."""
    common = UsageParser()
    common.add_argument("--lang", choices=("zh", "en"))
    common.add_argument("--project", default=None, metavar="DIR")
    return common


def make_parser(command: Command) -> UsageParser:
    """The parser of one command."""
    parser = UsageParser(command.name, common=make_common())
    command.add_options(parser)
    return parser


class WrongUsage(Exception):
    """Arguments that the command does not take, with the English message of argparse."""

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
            # The common options are parsed among options that this parser does not know.
            allow_abbrev=common is not None,
        )

    def error(self, message: str) -> NoReturn:
        """Raise WrongUsage with the message."""
        raise WrongUsage(message, self)

    def take_words(self, command: Command, lang: Lang) -> None:
        """Set the help of the command and of each option to the words of the catalogue."""
        about = f"commands.help.{command.name}"
        self.description = say(about).inside(lang)
        self.epilog = list_examples(f"{about}.examples", lang)
        # These two are the same for all commands.
        self._option_string_actions["--lang"].help = say("commands.help.lang").inside(lang)
        self._option_string_actions["--project"].help = say("commands.help.project").inside(lang)
        for name, action in list_words(self).items():
            # argparse would read a percent sign as a placeholder.
            action.help = say(f"{about}.{name}").inside(lang).replace("%", "%%")


def list_words(parser: UsageParser) -> dict[str, argparse.Action]:
    """The options that have words of their own in the catalogue, by the last parts of the keys."""
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
    """The help of one command: its purpose, options and examples."""
    parser.take_words(command, lang)
    return _translate_headings(parser.format_help().rstrip(), lang)


def describe_program(lang: Lang) -> str:
    """The help of the program: every command with its purpose, and examples."""
    width = max(len(command.name) for command in COMMANDS)
    lines = (
        f"  {command.name:{width}}  {say(f'commands.help.{command.name}').inside(lang)}"
        for command in COMMANDS
    )
    told = say("commands.help", program=_PROGRAM, commands="\n".join(lines)).inside(lang)
    return f"{told}\n\n{list_examples('commands.help.examples', lang)}"


def make_whole_parser(lang: Lang) -> UsageParser:
    """A parser of all commands with their help, for completion in a shell."""
    parser = UsageParser()
    added = parser.add_subparsers(parser_class=argparse.ArgumentParser)
    for command in COMMANDS:
        about = say(f"commands.help.{command.name}").inside(lang)
        # Completion reads the actions of the parser and does not need the help of options.
        one = added.add_parser(command.name, help=about, add_help=False)
        one.add_argument("--lang", choices=("zh", "en"))
        command.add_options(one)
    return parser


def _refuse_command(name: str) -> NoReturn:
    """Raise CasebookError about an unknown command, with the command that was probably meant."""
    names = [command.name for command in COMMANDS]
    near = find_near(name, names)
    offer = say("commands.usage.meant", name=near) if near else ""
    known = ", ".join(names)
    raise failure("commands.unknown", status=Exit.USAGE, name=name, offer=offer, names=known)


def find_near(word: str, known: Sequence[str]) -> str:
    """The known word that a misspelt word most likely means, empty if there is none."""
    import difflib

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), "")


def describe_wrong_usage(error: WrongUsage, lang: Lang) -> str:
    """The lines about wrong arguments: the usage, the error, and what was probably meant."""
    usage = _translate_headings(error.parser.format_usage().rstrip(), lang)
    message = "".join(_translate_fault(error.message, lang))
    near = _find_meant(error)
    offer = say("commands.usage.meant", name=near).inside(lang) if near else ""
    return f"{usage}\n{error.parser.prog}: {message}{offer}".rstrip()


def _find_meant(error: WrongUsage) -> str:
    """The option, or the word of a closed list, that was most likely meant."""
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
    """The words that a message has at the places of the English message of a key, or None."""
    pieces = PLACE.split(read_catalogue()[key]["en"])
    names = iter(pieces[1::2])
    pattern = "".join(
        f"(?P<{next(names)}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)
    )
    found = re.fullmatch(pattern, message, re.DOTALL)
    return found.groupdict() if found else None


def _translate_fault(message: str, lang: Lang) -> Iterator[str]:
    """An error of argparse in the language, unchanged if the catalogue does not have it."""
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; no error shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A character that the console's code page lacks must not stop a build.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    lang, project = choose_language(None), Path()
    try:
        common, _ = make_common().parse_known_args(arguments)
        lang = choose_language(common.lang)
        if told := answer_about_usage(arguments):
            print(told)
            return Exit.DONE
        options = parse_arguments(arguments)
        project = Path(find_project(options.project)).resolve()
        if not (options.called.without_project or is_project(str(project))):
            raise failure("commands.no_project", status=Exit.USAGE, path=project)
        if is_project(str(project)):
            clear_leftovers(str(project))
        return int(options.called.start(options, project, lang))
    except WrongUsage as error:
        print(describe_wrong_usage(error, lang), file=sys.stderr)
        return Exit.USAGE
    except ContentError as error:
        print_problems(error.problems, lang, project, sys.stderr)
        return _end(Exit.CONTENT, lang)
    except CasebookError as error:
        print(error.message(lang), file=sys.stderr)
        return error.exit_status
    except OSError as error:
        # A full disk or a missing permission is not a fault of the program.
        print(f"{error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        if limit := _find_limit(error):
            print_message(limit, lang, stream=sys.stderr)
        return _end(Exit.MACHINE, lang)
    except KeyboardInterrupt:
        return _end(Exit.INTERRUPTED, lang)
    except Exception as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and not missing.startswith("casebook"):
            # A package that was removed from the environment is not a fault of the program.
            where = {"name": missing, "folder": sys.prefix}
            print_message("commands.no_package", lang, stream=sys.stderr, **where)
            return Exit.MACHINE
        if limit := _find_limit(error):
            print_message(limit, lang, stream=sys.stderr)
            return _end(Exit.MACHINE, lang)
        kind, report = type(error).__name__, _save_report(error)
        print_message("commands.fault", lang, stream=sys.stderr, kind=kind, report=report)
        return Exit.FAULT


def _find_limit(error: BaseException) -> str:
    """The key of the message for an error caused by a limit of the machine, else empty."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "commands.few_files"
    # A library that cannot be loaded for lack of memory says so only in its message.
    words = ("Cannot allocate memory", "failed to map segment")
    if isinstance(error, MemoryError) or any(word in str(error) for word in words):
        return "commands.little_memory"
    return ""


def _end(status: Exit, lang: Lang) -> Exit:
    # After an interrupt during an import, PyYAML may be unusable, so no message can be read.
    with suppress(AttributeError, ImportError):
        print_message("commands.unchanged", lang, stream=sys.stderr)
    return status


def _save_report(error: BaseException) -> str:
    # Imported here because only a fault of the program needs them.
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="casebook-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        traceback.print_exception(error, file=report)
    return report.name
