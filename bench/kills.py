"""The state of a published site after its build was killed, for Casebook and its peers.

Each program has an old site in place and builds a new one, in which every article differs. It is
killed by SIGKILL at a random moment between the start and the usual end of the build.

    python -m bench.kills [--count N] [--cases N]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.peers import ROOT, Peer, list_peers

SEED = 6
# The other programs write in the same way as these.
NAMES = ("Casebook", "Pelican", "Hugo")
WORDS = ("这是测量用的测例", "这是测量用的一个测例")
OUTCOMES = ("old site", "new site", "neither", "without a home page")

Tree = dict[str, str]


def main(argv: Sequence[str] | None = None) -> int:
    """Kill builds of each program and print the outcomes as a table."""
    parser = argparse.ArgumentParser(prog="bench.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="kills of each program")
    parser.add_argument("--cases", type=int, default=150, help="articles of each site")
    options = parser.parse_args(argv)
    if os.name == "nt":
        print("Windows has no SIGKILL.", file=sys.stderr)
        return 3
    lines = [f"| {options.count} kills, {options.cases} cases | build | {' | '.join(OUTCOMES)} |"]
    lines.append("|---" * (len(OUTCOMES) + 2) + "|")
    for peer in choose_peers():
        with tempfile.TemporaryDirectory(prefix="casebook-kills-") as folder:
            seconds, seen = kill_builds(peer, Path(folder), options.cases, options.count)
        cells = " | ".join(str(seen[outcome]) for outcome in OUTCOMES)
        lines.append(f"| {peer.name} | {seconds:.1f} s | {cells} |")
        print(lines[-1], file=sys.stderr)
    print("\n".join(lines))
    return 0


def choose_peers() -> Iterator[Peer]:
    """The programs to try, Pelican also with the option that empties its output folder."""
    for peer in list_peers():
        if peer.name not in NAMES:
            continue
        yield peer
        if peer.name == "Pelican":
            yield replace(peer, name="Pelican -d", command=add_option(peer.command, "-d"))


def add_option(command: Callable[[Path], list[str]], option: str) -> Callable[[Path], list[str]]:
    """The command of a peer with one more option."""
    return lambda folder: [*command(folder), option]


def kill_builds(peer: Peer, folder: Path, cases: int, count: int) -> tuple[float, Counter[str]]:
    """The duration of a build in seconds, and how often each outcome occurred."""
    chance = random.Random(SEED)
    kept, place = folder / "kept", folder / "site"
    peer.write(place, cases)
    run(peer, place)
    old = read_tree(place / peer.made[0])
    change_every_case(place)
    # Every trial starts from this state: the old site, and the sources of the new one.
    shutil.copytree(place, kept)
    started = time.perf_counter()
    run(peer, place)
    seconds = time.perf_counter() - started
    new = read_tree(place / peer.made[0])
    if old == new or not old:
        raise RuntimeError(f"{peer.name}: the new site does not differ from the old one")
    seen: Counter[str] = Counter()
    for _ in range(count):
        shutil.rmtree(place)
        shutil.copytree(kept, place)
        process = start(peer, place)
        time.sleep(chance.uniform(0, seconds))
        # Also kills the processes that the build started.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        tree = read_tree(place / peer.made[0])
        seen[name_outcome(tree, old, new)] += 1
        seen["without a home page"] += "index.html" not in tree
    return seconds, seen


def name_outcome(tree: Tree, old: Tree, new: Tree) -> str:
    """The outcome: the old site, the new site, or neither, compared byte for byte."""
    return "old site" if tree == old else "new site" if tree == new else "neither"


def change_every_case(place: Path) -> None:
    """Change a sentence of every record or article."""
    changed = 0
    for path in (*place.glob("data/cases/*.yaml"), *place.glob("content/**/*.md")):
        text = path.read_text(encoding="utf-8")
        if WORDS[0] in text:
            path.write_text(text.replace(*WORDS), encoding="utf-8")
            changed += 1
    if not changed:
        raise RuntimeError(f"nothing to change in {place}")


def run(peer: Peer, place: Path) -> None:
    """Run one build to its end; a failed build is an error."""
    process = start(peer, place)
    if process.wait():
        raise RuntimeError(f"{peer.name} ended with {process.returncode}")


def start(peer: Peer, place: Path) -> subprocess.Popen[bytes]:
    """A started build in a process group of its own."""
    return subprocess.Popen(
        peer.command(place),
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def read_tree(folder: Path) -> Tree:
    """The digest of every file of a folder by its path, empty if the folder does not exist."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


if __name__ == "__main__":
    sys.exit(main())
