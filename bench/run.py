"""Measures whole processes side by side and prints a table of ratios.

Seconds on a shared machine have no meaning, so the important numbers are ratios to a peer that did
the same work in the same round. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.goals import judge_goals, ratio_of
from bench.measure import Runs, measure_process
from bench.peers import ROOT, Peer, clear, list_peers, put_aside
from bench.picture import draw_runs
from bench.preview import Reload, make_reload_table, measure_reloads
from bench.reader import weigh_page

SIZES = (10, 100, 1000)
# The names of measurements beside the changes of the peers.
PREVIEW, PAGE, CHART = "preview", "first page", "chart"
# With more cases a cold build takes minutes, and is measured in the first round only.
MOST_REPEATED = 5_000


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every requested size and print the tables of docs/performance.md."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of cases")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts")
    parser.add_argument("--alone", action="store_true", help="measure Casebook without its peers")
    parser.add_argument("--peers", default="", help="only these, as the table names them, by ;")
    parser.add_argument(
        "--changes",
        default="",
        help=f"only these, as the table names them; {PREVIEW}, {PAGE} and {CHART} as well",
    )
    parser.add_argument("--folder", default=None, help="where the sites are made and left")
    parser.add_argument("--picture", default=None, help="an SVG to draw the first size into")
    options = parser.parse_args(argv)
    if not hasattr(os, "wait4"):
        print("The benchmark needs os.wait4, which this system lacks.", file=sys.stderr)
        return 3
    sizes = [int(size) for size in options.sizes.split(",")]
    only = [name.strip() for name in options.changes.split(",") if name.strip()]
    wanted = [name.strip() for name in options.peers.split(";") if name.strip()]
    peers = list_peers(not options.alone, wanted)
    measured: dict[int, Runs] = {}
    reloads: dict[int, dict[str, list[Reload]]] = {}
    bounds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="casebook-bench-") as made:
        folder = Path(options.folder) if options.folder else Path(made)
        # A copy, so that edits during the run have no effect.
        program = Path(made) / "program"
        ignored = shutil.ignore_patterns("__pycache__")
        for part in ("casebook", "theme"):
            shutil.copytree(ROOT / part, program / part, ignore=ignored)
        # As an installation does; the modules of the peers were compiled at theirs.
        compileall.compile_dir(program, quiet=1)
        print(describe_machine())
        for size in sizes:
            place = folder / str(size)
            measured[size] = measure(peers, program, place, size, options.rounds, only)
            if measured[size]:
                print(make_table(measured[size], size, options.rounds), flush=True)
            if not only or PREVIEW in only:
                found = measure_reloads(place, size, options.rounds, program, not options.alone)
                reloads[size] = found
                bounds[f"reload {size}"] = median(one.told for one in found["Casebook"])
                print(f"{size} · {PREVIEW}", file=sys.stderr)
        if not only or PAGE in only:
            bounds |= weigh_first_page(program, Path(made) / "real")
    if not only or CHART in only:
        bounds["chart"] = measure_chart()
    if options.picture and measured[sizes[0]]:
        Path(options.picture).write_text(draw_runs(measured[sizes[0]], sizes[0]), encoding="utf-8")
    for table in (make_reload_table(reloads), judge_goals(measured, bounds)):
        if table:
            print(table, flush=True)
    return 0


def weigh_first_page(program: Path, folder: Path) -> dict[str, float]:
    """The cost of the real site's first page, under the names of its goals."""
    for name in ("data", "content", "theme"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy2(ROOT / "pelicanconf.py", folder)
    command = [sys.executable, "-P", "-m", "casebook", "build", "--quiet", "--project", str(folder)]
    measure_process([*command, "--output", str(folder / "site")], folder, program)
    cost = weigh_page(folder / "site")
    return {"first page": cost.kilobytes, "requests elsewhere": float(len(cost.elsewhere))}


def measure_chart() -> float:
    """The ratio of our processor time for a chart of eight bars to that of pyplot."""
    command = [sys.executable, str(Path(__file__).with_name("chart.py")), "--ratio"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return float(done.stdout)


def measure(
    peers: Sequence[Peer],
    program: Path,
    folder: Path,
    size: int,
    rounds: int,
    only: Sequence[str] = (),
) -> Runs:
    """The runs of every peer for every change; within a round the peers alternate.

    `only` names the wanted changes, all if empty; the first must be a cold build.
    """
    if only and not {
        name for peer in peers for name in ("cold", "nothing changed", *peer.changes)
    } & {*only}:
        return {}
    taking_part = [peer for peer in peers if size <= peer.most_cases]
    places = {peer.name: folder / peer.name.replace(", ", "-").lower() for peer in taking_part}
    for peer in taking_part:
        put_aside(places[peer.name])
        peer.write(places[peer.name], size)
    changes = ["cold", "nothing changed"]
    changes += dict.fromkeys(name for peer in taking_part for name in peer.changes)
    changes = [name for name in changes if not only or name in only]
    runs: Runs = defaultdict(list)
    for round_ in range(rounds):
        for change in changes:
            if change == "cold" and round_ and size > MOST_REPEATED:
                continue
            for peer in taking_part:
                place = places[peer.name]
                if change == "cold":
                    clear(peer, place)
                elif change in peer.changes:
                    peer.changes[change](place, size, round_)
                elif change != "nothing changed":
                    continue
                command = peer.command(place)
                runs[change, peer.name].append(measure_process(command, place, program))
                print(f"{size} · {change} · {peer.name}", file=sys.stderr)
    return runs


def make_table(runs: Runs, size: int, rounds: int) -> str:
    """The medians of one size, and the median ratios over the rounds, as a Markdown table.

    A ratio below 1 means that Casebook took less time than the peer. On a shared machine the
    processor time is more reliable than the wall time.
    """
    lines = [
        f"### {size:,} cases, {rounds} round{'s' * (rounds > 1)}",
        "",
        "| what was built | program | wall s | processor s | largest process MiB "
        "| all together MiB | Casebook : it, wall | Casebook : it, processor |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (change, name), measured in runs.items():
        wall, cpu = ratio_of(runs[change, "Casebook"], measured)
        ratios = " | " if name == "Casebook" else f"{wall:.2f} | {cpu:.2f}"
        lines.append(
            f"| {change} | {name} | {median(run.wall for run in measured):.2f} "
            f"| {median(run.cpu for run in measured):.2f} "
            f"| {median(run.memory for run in measured):.0f} "
            f"| {median(run.together for run in measured):.0f} | {ratios} |"
        )
    return "\n".join(lines) + "\n"


def describe_machine() -> str:
    """The machine without any name: its processors, its system and the versions of programs."""
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
