"""Measures whole processes side by side and prints a table of ratios.

Seconds of a shared machine mean nothing, so every number that counts is a ratio to a peer that
did the same work in the same round. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.peers import ROOT, Peer, clear, list_peers

SIZES = (10, 100, 1000)


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds on the wall, seconds of the processor, MiB of its largest process."""

    wall: float
    cpu: float
    memory: float


Runs = dict[tuple[str, str], list[Run]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every size that is asked for and print its table."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of cases")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts")
    parser.add_argument("--alone", action="store_true", help="measure Casebook without its peers")
    parser.add_argument("--changes", default="", help="only these, as the table names them")
    parser.add_argument("--folder", default=None, help="where the sites are made and left")
    options = parser.parse_args(argv)
    if not hasattr(os, "wait4"):
        print("The benchmark needs os.wait4, which this system lacks.", file=sys.stderr)
        return 3
    sizes = [int(size) for size in options.sizes.split(",")]
    peers = list_peers(with_peers=not options.alone)
    with tempfile.TemporaryDirectory(prefix="casebook-bench-") as made:
        folder = Path(options.folder) if options.folder else Path(made)
        # A copy: what is edited while this runs must not come in between.
        program = Path(made) / "program"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "casebook", program / "casebook", ignore=ignored)
        print(describe_machine())
        for size in sizes:
            only = [name for name in options.changes.split(",") if name]
            runs = measure(peers, program, folder / str(size), size, options.rounds, only)
            print(make_table(runs, size, options.rounds), flush=True)
            if not options.folder:
                shutil.rmtree(folder / str(size))
    return 0


def measure(
    peers: Sequence[Peer],
    program: Path,
    folder: Path,
    size: int,
    rounds: int,
    only: Sequence[str] = (),
) -> Runs:
    """The runs of every peer under every change, the peers taking turns within each round.

    `only` names the changes that are wanted where not all are; the first must be a cold build.
    """
    taking_part = [peer for peer in peers if size <= peer.most_cases]
    places = {peer.name: folder / peer.name.replace(", ", "-").lower() for peer in taking_part}
    for peer in taking_part:
        shutil.rmtree(places[peer.name], ignore_errors=True)
        peer.write(places[peer.name], size)
    changes = ["cold", "nothing changed"]
    changes += dict.fromkeys(name for peer in taking_part for name in peer.changes)
    changes = [name for name in changes if not only or name in only]
    runs: Runs = defaultdict(list)
    for round_ in range(rounds):
        for change in changes:
            for peer in taking_part:
                place = places[peer.name]
                if change == "cold":
                    clear(peer, place)
                elif change in peer.changes:
                    peer.changes[change](place, size, round_)
                elif change != "nothing changed":
                    continue
                runs[change, peer.name].append(run(peer.command(place), place, program))
                print(f"{size} · {change} · {peer.name}", file=sys.stderr)
    return runs


def run(command: list[str], folder: Path, program: Path) -> Run:
    """One process from its start to its end."""
    environment = os.environ | {"PYTHONPATH": str(program), "PYTHONUTF8": "1", "MPLBACKEND": "svg"}
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            words = said.read().decode("utf-8", "replace")[-2000:]
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{words}")
    # Linux counts in KiB, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def make_table(runs: Runs, size: int, rounds: int) -> str:
    """The medians of one size and the ratios of pairs of one round, as a Markdown table.

    A ratio below 1 says that Casebook took less time than the peer. On a machine that others use
    as well, the time of the processor says more than that on the wall.
    """
    lines = [
        f"### {size:,} cases, {rounds} rounds",
        "",
        "| what was built | program | wall s | processor s | largest process MiB "
        "| Casebook : it, wall | Casebook : it, processor |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (change, name), measured in runs.items():
        pairs = list(zip(runs[change, "Casebook"], measured, strict=True))
        wall = median(own.wall / other.wall for own, other in pairs)
        cpu = median(own.cpu / other.cpu for own, other in pairs)
        ratios = " | " if name == "Casebook" else f"{wall:.2f} | {cpu:.2f}"
        lines.append(
            f"| {change} | {name} | {median(run.wall for run in measured):.2f} "
            f"| {median(run.cpu for run in measured):.2f} "
            f"| {median(run.memory for run in measured):.0f} | {ratios} |"
        )
    return "\n".join(lines) + "\n"


def describe_machine() -> str:
    """The machine in words that name nobody: its processors and the versions that ran."""
    from importlib.metadata import version

    names = ("pelican", "matplotlib", "markdown", "jinja2")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, load {load:.1f} at the start; {platform.system()}; "
        f"Python {platform.python_version()}, {versions}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
