"""Command line: finds the command that is asked for, runs it, and prints each expected end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from casebook.commands import (
    check_command,
    import_command,
    init_command,
    new_command,
    publish_commands,
    site_commands,
    tool_commands,
)
from casebook.commands.command import print_message
from casebook.language import choose_language
from casebook.messages import failure
from casebook.packaged import COMMAND, find_project, is_project
from casebook.problems import CasebookError, ContentError, Exit
from casebook.report import print_problems
from casebook.text import Lang

Parser = argparse.ArgumentParser
# A command is given its options, the project and the language, and gives the exit status.
Run = Callable[[argparse.Namespace, Path, Lang], int]

# Each command: its name, its line of help, its options, and the function that runs it.
COMMANDS: tuple[tuple[str, str, Callable[[Parser], None], Run], ...] = (
    init_command.INIT,
    *(site_commands.BUILD, check_command.CHECK, site_commands.SERVE, new_command.NEW),
    *(import_command.IMPORT, tool_commands.BENCH, site_commands.VERIFY, tool_commands.CHART),
    *(publish_commands.RELEASE, publish_commands.RECORD, tool_commands.SCHEMA),
)

_PROJECT_HELP = "folder of the site (default: the current one where it has pelicanconf.py)"
# These are for an empty folder, for the program itself, and for a copy of a site.
_WITHOUT_PROJECT = ("init", "bench", "verify")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; nothing an editor can cause shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page must not stop a build over one character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = parse_arguments(list(sys.argv[1:] if argv is None else argv))
    except SystemExit as stop:
        return int(stop.code or 0)
    lang = choose_language(options.lang)
    project = Path(find_project(options.project)).resolve()
    try:
        if options.command not in _WITHOUT_PROJECT and not is_project(str(project)):
            raise failure("commands.no_project", status=Exit.USAGE, path=project)
        return int(options.run(options, project, lang))
    except ContentError as error:
        print_problems(error.problems, lang, project, sys.stderr)
        return _end(Exit.CONTENT, lang)
    except CasebookError as error:
        print(error.message(lang), file=sys.stderr)
        return error.exit_status
    except OSError as error:
        # A full disk or a missing right is no fault of the program.
        print(f"{error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return _end(Exit.MACHINE, lang)
    except KeyboardInterrupt:
        return _end(Exit.INTERRUPTED, lang)
    except Exception as error:
        kind, report = type(error).__name__, _save_report(error)
        print_message("commands.fault", lang, stream=sys.stderr, kind=kind, report=report)
        return Exit.FAULT


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The options of the command that is asked for; `build` where none is named."""
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--lang", choices=("zh", "en"), help="language of the messages")
    common.add_argument("--project", default=None, metavar="DIR", help=_PROJECT_HELP)
    # Options of every command may stand before its name as well as behind it.
    options, rest = common.parse_known_args(arguments)
    if not rest or (rest[0].startswith("-") and rest[0] not in ("-h", "--help")):
        rest.insert(0, "build")
    parser = argparse.ArgumentParser(prog=COMMAND.rpartition(" ")[2], description="Casebook")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_line, add_options, run in COMMANDS:
        one = commands.add_parser(name, help=help_line, parents=[common])
        add_options(one)
        one.set_defaults(run=run)
    asked = vars(parser.parse_args(rest)) | vars(options)
    return argparse.Namespace(**asked, arguments=arguments)


def _end(status: Exit, lang: Lang) -> Exit:
    # An interrupt in the midst of an import leaves a library that no message can be read with.
    with suppress(AttributeError, ImportError):
        print_message("commands.unchanged", lang, stream=sys.stderr)
    return status


def _save_report(error: BaseException) -> str:
    # Only a program at fault pays for these imports.
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="casebook-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        traceback.print_exception(error, file=report)
    return report.name
