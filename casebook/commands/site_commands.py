"""`build`, `serve` and `verify`: make the site, preview it, and hold a copy to its manifest."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from casebook.commands.command import print_lines, print_message
from casebook.language import choose_language
from casebook.messages import say
from casebook.problems import Exit
from casebook.text import Lang

if TYPE_CHECKING:
    from casebook.build.last_build import Look, Record
    from casebook.build.timings import Timings

# A build of fewer seconds needs no sign of life.
PATIENCE = 1.0
# So often the sign on a terminal says how far the work has come.
_TURN = 0.2
# A log is read afterwards, so that a line now and then is enough.
INTERVAL = 30.0


def run_build(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Build the site and say where it is."""
    from casebook.build.last_build import (
        Look,
        describe_command,
        find_last_build,
        list_packages,
        print_build,
        write_record,
    )
    from casebook.build.timings import Timings

    scheduler = find_scheduler(options.executor)
    output = Path(options.output)
    # The default lies in the project; a typed path is meant from where somebody is.
    if not output.is_absolute():
        output = project / output if options.output == "output" else Path.cwd() / output
    timings = Timings()
    timings.begin("build.stage.look")
    look = Look(str(project), str(output), options.siteurl, list_packages())
    last = None if options.no_cache else find_last_build(look)
    # The next build with nothing to do repeats a plain one, and no measurement.
    is_plain = not (options.no_cache or options.timings)
    asked = {
        "command": describe_command(options.arguments) if is_plain else "",
        "quiet": "yes" if options.quiet else "",
        "lang": options.lang or "",
    }
    if last is None:
        last = _build(options, look, scheduler, timings, asked)
    elif asked.items() - last.items():
        write_record(look.project, last | asked)
    if options.timings:
        print_lines(timings.describe(lang), sys.stderr)
    print_build(last, lang, options.quiet)
    return Exit.DONE


def find_scheduler(executor: str) -> str:
    """HOST:PORT of the scheduler that an executor names, empty for this machine."""
    if executor in ("none", "processes"):
        return ""
    from casebook.build.cluster import parse_address

    return parse_address(executor)


def _build(
    options: argparse.Namespace, look: Look, scheduler: str, timings: Timings, asked: Record
) -> Record:
    """Build the site, and record the build for the next one."""
    timings.begin("build.stage.imports")
    # Only now: where nothing changed, nobody pays for these imports.
    from casebook.build.last_build import record_build
    from casebook.build.steps import BuildOptions, build_site

    build = BuildOptions(
        project=Path(look.project),
        output=Path(look.output),
        siteurl=options.siteurl,
        jobs=1 if options.executor == "none" else options.jobs or os.cpu_count() or 1,
        scheduler=scheduler,
        timings=timings,
        use_cache=not options.no_cache,
    )
    lang = choose_language(options.lang)
    words = "" if options.quiet else say("commands.building").inside(lang)
    with show_waiting(words, sys.stderr, lambda: timings.tell(lang)):
        result = build_site(build)
    return record_build(look, result, asked)


@contextmanager
def show_waiting(words: str, stream: TextIO, tell_stage: Callable[[], str] = str) -> Iterator[None]:
    """A sign of life while something takes long: it turns on a terminal, elsewhere it is a line.

    Behind the words it says what `tell_stage` says at the time.
    """
    if not words:
        yield
        return
    done = threading.Event()
    tell = _turn if stream.isatty() else _tell
    sign = threading.Thread(target=tell, args=(words, tell_stage, stream, done), daemon=True)
    sign.start()
    try:
        yield
    finally:
        done.set()
        sign.join()


def _turn(words: str, tell_stage: Callable[[], str], stream: TextIO, done: threading.Event) -> None:
    if done.wait(PATIENCE):
        return
    # Importing it takes longer than many a build.
    from rich.console import Console
    from rich.progress import Progress as Display
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    # The spinner of plain characters, for consoles that have no others.
    columns = SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn()
    with Display(*columns, console=Console(file=stream), transient=True) as display:
        task = display.add_task(words, total=None)
        while not done.wait(_TURN):
            display.update(task, description=f"{words} {tell_stage()}")


def _tell(words: str, tell_stage: Callable[[], str], stream: TextIO, done: threading.Event) -> None:
    waited = 0
    while not done.wait(INTERVAL):
        waited += round(INTERVAL)
        print(f"{words} {tell_stage()} {waited} s", file=stream, flush=True)


def run_serve(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Show the site in the browser, anew after every change."""
    from casebook.preview.server import run_preview

    return run_preview(project, options.host, options.port, lang)


def run_verify(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Name every file of a copy of the site that is not as its manifest says."""
    from casebook.build.manifest import find_uploads
    from casebook.build.verify import verify_copy

    place = options.place if options.place is not None else str(project / "output")
    if options.since is not None:
        print_lines(find_uploads(Path(options.since), Path(place)))
        return Exit.DONE
    verdict = verify_copy(place)
    differences = verdict.differences.items()
    print_lines((say(key, path=path).inside(lang) for path, key in differences), sys.stderr)
    count = len(verdict.differences)
    if count:
        key = "commands.verify_one" if count == 1 else "commands.verify_several"
        print_message(key, lang, stream=sys.stderr, count=count)
        return Exit.CONTENT
    files, sha = verdict.files, verdict.manifest
    print_message("commands.verify_whole", lang, files=files, place=place, sha=sha)
    if not verdict.extras_told:
        print_message("commands.verify_extras", lang)
    return Exit.DONE
