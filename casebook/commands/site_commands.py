"""`build`, `serve`, `verify` and the tools beside the site, such as `chart` and `bench`."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from casebook.build.leftovers import note_elsewhere
from casebook.commands.command import load_without_errors, print_lines, print_message
from casebook.language import choose_language
from casebook.messages import failure, say
from casebook.packaged import CHECKOUT
from casebook.problems import Exit
from casebook.text import Lang

if TYPE_CHECKING:
    from casebook.build.last_build import Look, Record
    from casebook.build.timings import Timings

# The seconds after which a build shows on a terminal that it is running.
PATIENCE = 1.0
# The seconds between updates of the progress on a terminal.
_TURN = 0.2
# The seconds between lines in a log, which is read afterwards and needs only a few.
INTERVAL = 30.0


def run_build(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Build the site and print where it is."""
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
    # The default is relative to the project, a typed path to the current folder.
    if not output.is_absolute():
        output = project / output if options.output == "output" else Path.cwd() / output
    timings = Timings()
    timings.begin("build.stage.look")
    look = Look(str(project), str(output), options.siteurl, list_packages())
    last = None if options.no_cache else find_last_build(look)
    # Only a plain build may be repeated by a build with nothing to do, not a measurement.
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
    # Imported here so that a build with nothing to do does not load these.
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
    """Show progress during a block that takes long: a spinner on a terminal, else lines.

    The words are followed by the current text of `tell_stage`.
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
    # Imported here because importing rich takes longer than many builds.
    from rich.console import Console
    from rich.progress import Progress as Display
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    # A spinner of ASCII characters, for consoles that have no others.
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
    """Serve the site until Ctrl-C, and build it again after every change."""
    from casebook.preview.rebuild import Preview, start_watching
    from casebook.preview.server import clear_others, is_loopback, open_server

    host, folder = options.host, project / ".cache" / "serve"
    server = open_server(
        host, options.port, lambda number: Preview(project, folder / str(number), lang)
    )
    with server:
        clear_others(folder, server.server_port)
        shown = f"[{host}]" if ":" in host else host
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        try:
            changed = start_watching(project)
            thread.start()
            address = f"http://{shown}:{server.server_port}/"
            print(say("preview.ready", address=address).inside(lang), flush=True)
            if not is_loopback(host):
                print(say("preview.is_open").inside(lang), file=sys.stderr, flush=True)
            server.preview.rebuild()
            while True:
                # On Windows a wait without a timeout cannot be interrupted by Ctrl-C.
                if changed.wait(1):
                    changed.clear()
                    server.preview.rebuild(changed)
        except KeyboardInterrupt:
            return Exit.INTERRUPTED
        finally:
            if thread.is_alive():
                server.shutdown()


def run_verify(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Print every file of a copy of the site that differs from its manifest."""
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
        print_message("commands.verify_differs", lang, stream=sys.stderr, count=count)
        return Exit.CONTENT
    files, sha = verdict.files, verdict.manifest
    print_message("commands.verify_whole", lang, files=files, place=place, sha=sha)
    if not verdict.extras_told:
        print_message("commands.verify_extras", lang)
    return Exit.DONE


def run_chart(options: argparse.Namespace, project: Path, _lang: Lang) -> Exit:
    """Draw one chart into a file, in the language that was asked for, else in Chinese."""
    from casebook.build.drawings import draw_picture
    from casebook.charts.standalone import PICTURE_KINDS
    from casebook.yaml.files import write_atomically

    target = (Path.cwd() / options.out).resolve()
    if target.suffix not in PICTURE_KINDS:
        raise failure("commands.chart_kind", status=Exit.USAGE, kinds=" ".join(PICTURE_KINDS))
    dataset = load_without_errors(project)
    content = draw_picture(options.name, dataset, options.lang or "zh", target.suffix, project)
    note_elsewhere(str(project), str(target))
    write_atomically(target, content)
    print(target)
    return Exit.DONE


def run_schema(_options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the JSON Schema of a case, and in this repository the guides' tables of fields."""
    import yaml

    from casebook.record.guide_tables import GUIDES, SHARED_TABLES, fill_tables
    from casebook.record.json_schema import SCHEMA_FILE, write_schema
    from casebook.record.lists import read_all_lists
    from casebook.yaml.files import write_atomically

    write_atomically(project / SCHEMA_FILE, write_schema(read_all_lists(project)))
    # Other sites have the guides as they came with the program, without the data of their tables.
    if (project / SHARED_TABLES).exists():
        shared = yaml.load((project / SHARED_TABLES).read_bytes(), yaml.CSafeLoader)
        for name, language in GUIDES.items():
            text = (project / name).read_text(encoding="utf-8")
            write_atomically(project / name, fill_tables(text, language, shared).encode("utf-8"))
    print_message("commands.schema", lang, path=SCHEMA_FILE)
    return Exit.DONE


def run_bench(options: argparse.Namespace, _project: Path, _lang: Lang) -> int:
    """Measure builds of made-up cases and of other generators, in a process of its own."""
    import subprocess

    if options.kills:
        command = ["bench.kills", f"--count={options.kills}"]
    else:
        names = ("sizes", "rounds", "changes", "peers", "picture")
        given = {name: getattr(options, name) for name in names}
        command = ["bench.run", *(f"--{name}={value}" for name, value in given.items() if value)]
        command += ["--alone"] if options.alone else []
    # The benchmark measures processes, and the package must not import `bench`.
    return subprocess.run([sys.executable, "-m", *command], cwd=CHECKOUT, check=False).returncode


def run_completion(options: argparse.Namespace, _project: Path, lang: Lang) -> Exit:
    """Print the script with which a shell completes commands and options."""
    import shtab

    from casebook.commands.cli import make_whole_parser

    print(shtab.complete(make_whole_parser(lang), shell=options.shell))
    return Exit.DONE


def run_test(_options: argparse.Namespace, _project: Path, _lang: Lang) -> Exit:
    """Raise CasebookError: tests are run by build.py, which installs the packages they need."""
    raise failure("commands.test_by_build", status=Exit.USAGE)
