"""`chart`, `schema` and `bench`: a drawing, a description and a measurement beside the site."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from casebook.build.leftovers import note_elsewhere
from casebook.commands.command import load_without_errors, print_message
from casebook.messages import failure
from casebook.packaged import CHECKOUT
from casebook.problems import Exit
from casebook.text import Lang


def run_chart(options: argparse.Namespace, project: Path, _lang: Lang) -> Exit:
    """Draw one chart into a file, its words in the language that was asked for, else Chinese."""
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
    """Write the JSON Schema of a case, and the tables of fields of a guide that is there."""
    import yaml

    from casebook.record.field_notes import GUIDES, SHARED_TABLES, fill_tables
    from casebook.record.json_schema import SCHEMA_FILE, write_schema
    from casebook.record.new_case import read_all_lists
    from casebook.yaml.files import write_atomically

    write_atomically(project / SCHEMA_FILE, write_schema(read_all_lists(project)))
    # Another site has the guides as they came with the program, without the rows to fill in.
    if (project / SHARED_TABLES).exists():
        shared = yaml.load((project / SHARED_TABLES).read_bytes(), yaml.CSafeLoader)
        for name, language in GUIDES.items():
            text = (project / name).read_text(encoding="utf-8")
            write_atomically(project / name, fill_tables(text, language, shared).encode("utf-8"))
    print_message("commands.schema", lang, path=SCHEMA_FILE)
    return Exit.DONE


def run_bench(options: argparse.Namespace, _project: Path, _lang: Lang) -> int:
    """Measure builds of made-up cases beside the peers, in a process of their own."""
    import subprocess

    if options.kills:
        command = ["bench.kills", f"--count={options.kills}"]
    else:
        names = ("sizes", "rounds", "changes", "peers", "picture")
        given = {name: getattr(options, name) for name in names}
        command = ["bench.run", *(f"--{name}={value}" for name, value in given.items() if value)]
        command += ["--alone"] if options.alone else []
    # What is measured are processes, and the package does not import its measurements.
    return subprocess.run([sys.executable, "-m", *command], cwd=CHECKOUT, check=False).returncode


def run_completion(options: argparse.Namespace, _project: Path, lang: Lang) -> Exit:
    """Print what a shell reads to complete commands and options."""
    import shtab

    from casebook.commands.declared import COMMANDS
    from casebook.commands.usage import make_whole_parser

    print(shtab.complete(make_whole_parser(COMMANDS, lang), shell=options.shell))
    return Exit.DONE


def run_test(_options: argparse.Namespace, _project: Path, _lang: Lang) -> Exit:
    """Say what runs the tests: build.py, which installs what they need."""
    raise failure("commands.test_by_build", status=Exit.USAGE)
