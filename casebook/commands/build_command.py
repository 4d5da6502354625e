"""`build`: makes the site."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.commands.command import Command, parse_count, print_lines
from casebook.commands.waiting import show_waiting
from casebook.language import choose_language
from casebook.messages import say
from casebook.problems import Exit
from casebook.text import Lang

if TYPE_CHECKING:
    from casebook.build.last_build import Look, Record
    from casebook.build.timings import Timings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `build`."""
    parser.add_argument("--output", default="output", help="folder of the site (default: output)")
    parser.add_argument("--siteurl", default=None, help="public address of the site")
    parser.add_argument(
        "--jobs", type=parse_count, default=None, help="processes that work at once"
    )
    parser.add_argument(
        "--executor",
        default="processes",
        metavar="none|processes|dask://HOST:PORT",
        help="where the work is done (default: processes of this machine)",
    )
    parser.add_argument("--no-cache", action="store_true", help="draw everything anew")
    parser.add_argument("--timings", action="store_true", help="tell where the time went")
    parser.add_argument("--quiet", action="store_true", help="print problems only")


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
    if not output.is_absolute():
        output = project / output if options.output == "output" else Path.cwd() / output
    timings = Timings(options.timings)
    timings.begin("build.stage.look")
    look = Look(str(project), str(output), options.siteurl, list_packages())
    last = None if options.no_cache else find_last_build(look)
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
    with show_waiting(words, sys.stderr, build.progress):
        result = build_site(build)
    return record_build(look, result, asked)


COMMAND = Command(name="build", help="build the site", add_options=add_options, run=run_build)
