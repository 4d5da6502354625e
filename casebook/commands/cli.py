"""Command line: finds the command that is asked for, runs it, and prints its errors."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from casebook.build.leftovers import clear_leftovers
from casebook.commands.command import print_message
from casebook.commands.usage import (
    WrongUsage,
    answer_about_usage,
    describe_wrong_usage,
    make_common,
    parse_arguments,
)
from casebook.language import choose_language
from casebook.messages import failure
from casebook.packaged import find_project, is_project
from casebook.problems import CasebookError, ContentError, Exit
from casebook.report import print_problems
from casebook.text import Lang


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
