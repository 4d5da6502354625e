"""`chart`, `schema` and `bench`: a drawing, a description and a measurement beside the site."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from casebook.commands.command import load_without_errors, parse_count, print_message
from casebook.messages import failure
from casebook.packaged import CHECKOUT
from casebook.problems import Exit
from casebook.text import Lang


def add_chart_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `chart`."""
    parser.add_argument("name", metavar="NAME", help="name of the chart, as in its address")
    parser.add_argument("--out", required=True, metavar="FILE", help="ends in .svg, .png or .pdf")


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
    write_atomically(target, content)
    print(target)
    return Exit.DONE


def run_schema(_options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the JSON Schema of a case, and the tables of fields of a guide that is there."""
    from casebook.record.field_notes import GUIDES, fill_tables
    from casebook.record.json_schema import SCHEMA_FILE, write_schema
    from casebook.record.new_case import read_all_lists
    from casebook.yaml.files import write_atomically

    write_atomically(project / SCHEMA_FILE, write_schema(read_all_lists(project)))
    for name, language in GUIDES.items():
        if (project / name).exists():
            text = (project / name).read_text(encoding="utf-8")
            write_atomically(project / name, fill_tables(text, language).encode("utf-8"))
    print_message("commands.schema", lang, path=SCHEMA_FILE)
    return Exit.DONE


def add_bench_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench`."""
    parser.add_argument("--sizes", metavar="N,N", help="numbers of cases (default: 10,100,1000)")
    parser.add_argument("--rounds", type=parse_count, metavar="N", help="rounds (default: 3)")
    parser.add_argument("--alone", action="store_true", help="without the other programs")
    parser.add_argument(
        "--changes", metavar="NAME,NAME", help="only these, as the tables name them"
    )
    parser.add_argument("--peers", metavar="NAME;NAME", help="only these, as the tables name them")
    parser.add_argument(
        "--kills", type=parse_count, metavar="N", help="kill N builds of each instead"
    )


def run_bench(options: argparse.Namespace, _project: Path, _lang: Lang) -> int:
    """Measure builds of made-up cases beside the peers, in a process of their own."""
    import subprocess

    if options.kills:
        command = ["bench.kills", f"--count={options.kills}"]
    else:
        given = {name: getattr(options, name) for name in ("sizes", "rounds", "changes", "peers")}
        command = ["bench.run", *(f"--{name}={value}" for name, value in given.items() if value)]
        command += ["--alone"] if options.alone else []
    # What is measured are processes, and the package does not import its measurements.
    return subprocess.run([sys.executable, "-m", *command], cwd=CHECKOUT, check=False).returncode


CHART = ("chart", "draw one chart into a file", add_chart_options, run_chart)
BENCH = ("bench", "measure builds beside other programs", add_bench_options, run_bench)
SCHEMA = ("schema", "write data/case.schema.json", lambda _: None, run_schema)
