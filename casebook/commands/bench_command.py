"""`bench`: measures builds of made-up cases beside other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from casebook.commands.command import PROJECT, Command, parse_count
from casebook.text import Lang


def add_options(parser: argparse.ArgumentParser) -> None:
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
    return subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, check=False).returncode


COMMAND = Command(
    name="bench",
    help="measure builds beside other programs",
    add_options=add_options,
    run=run_bench,
)
