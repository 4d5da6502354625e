"""The surroundings of a build: machine, settings and clock, none of which may change the site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.soak import ROOT, Lab, Tally, read_tree

HOSTILE_RC = """\
svg.hashsalt: other
svg.fonttype: path
font.family: monospace
font.size: 40
lines.linewidth: 9
axes.facecolor: red
savefig.dpi: 17
figure.dpi: 23
axes.unicode_minus: False
timezone: America/New_York
axes.formatter.use_locale: True
"""

# The environment of each build, and its additional options.
VARIATIONS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "New York": ({"TZ": "America/New_York"}, ()),
    "Shanghai, jobs 2": ({"TZ": "Asia/Shanghai"}, ("--jobs", "2")),
    "Kiritimati, no cache": ({"TZ": "Pacific/Kiritimati"}, ("--no-cache",)),
    "locale C": ({"LC_ALL": "C", "PYTHONUTF8": "0"}, ()),
    "locale C without UTF-8": (
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        ("--no-cache",),
    ),
    "locale GBK": (
        {"LC_ALL": "zh_CN.GBK", "LOCPATH": "@locales", "PYTHONUTF8": "0"},
        ("--no-cache",),
    ),
    "locale zh_CN": ({"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, ()),
    "locale tr_TR": ({"LC_ALL": "tr_TR.UTF-8"}, ("--no-cache",)),
    "console cp936": ({"PYTHONIOENCODING": "cp936"}, ()),
    "hash seed 0": ({"PYTHONHASHSEED": "0"}, ("--no-cache",)),
    "hash seed 1": ({"PYTHONHASHSEED": "1"}, ("--no-cache",)),
    "hash seed 7": ({"PYTHONHASHSEED": "7"}, ("--no-cache",)),
    "hash seed 42": ({"PYTHONHASHSEED": "42"}, ()),
    "jobs 1": ({}, ("--jobs", "1", "--no-cache")),
    "jobs 2": ({}, ("--jobs", "2", "--no-cache")),
    "jobs 4": ({}, ("--jobs", "4", "--no-cache")),
    "umask 077": ({}, ()),
    "umask 000": ({}, ("--no-cache",)),
    "no home": ({"HOME": "/nowhere/at/all"}, ("--no-cache",)),
    "home is a file": ({"HOME": "/proc/version"}, ()),
    "settings elsewhere": ({"XDG_CONFIG_HOME": "/proc", "XDG_CACHE_HOME": "/proc"}, ()),
    "hostile matplotlibrc": ({"MATPLOTLIBRC": "@rc"}, ("--no-cache",)),
    "hostile matplotlibrc here": ({}, ("--no-cache",)),
    "backend": ({"MPLBACKEND": "pdf"}, ("--no-cache",)),
    "narrow terminal": ({"COLUMNS": "20", "LINES": "2"}, ("--no-cache",)),
    "dumb terminal": ({"TERM": "dumb", "NO_COLOR": "1"}, ()),
    "optimised": ({"PYTHONOPTIMIZE": "2"}, ("--no-cache",)),
    "warnings shown": ({"PYTHONWARNINGS": "always"}, ("--no-cache",)),
    "another epoch": ({"SOURCE_DATE_EPOCH": "1"}, ("--no-cache",)),
    "a path with 空格 and Chinese": ({}, ("--no-cache",)),
    "the same, with the cache": ({}, ()),
}


def vary_environment(lab: Lab, every: int) -> Tally:
    """Builds in other surroundings, after which every byte of the site must be the same."""
    tally = Tally(name="environments")
    lab.choose(0)
    rc = lab.folder / "elsewhere" / "matplotlibrc"
    rc.parent.mkdir()
    rc.write_text(HOSTILE_RC, encoding="utf-8")
    locales = lab.folder / "locales"
    if shutil.which("localedef"):
        # This locale is not installed on our machines.
        locales.mkdir()
        made = ["localedef", "-i", "zh_CN", "-f", "GBK", str(locales / "zh_CN.GBK")]
        subprocess.run(made, capture_output=True, check=False)
    for name, (environment, options) in list(VARIATIONS.items())[::every]:
        output = lab.folder / ("空格 和中文" if "Chinese" in name else "varied")
        project = lab.project
        if "Chinese" in name:
            project = lab.folder / "项 目"
            shutil.copytree(lab.project, project)
        command = [sys.executable, "-m", "casebook", "--project", str(project), "build"]
        command += ["--output", str(output), *options]
        env = {
            key: value.replace("@rc", str(rc)).replace("@locales", str(locales))
            for key, value in environment.items()
        }
        here = rc.parent if name.endswith("here") else ROOT
        umask = int(name.split()[1], 8) if name.startswith("umask") else -1
        env |= {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
        done = lab.build(command=command, env=env, folder=here, umask=umask)
        tally.trials += 1
        tree = read_tree(output)
        differing = {path for path in tree.keys() | lab.trees[0].keys()} - {
            path for path, digest in tree.items() if lab.trees[0].get(path) == digest
        }
        if done.returncode or differing or done.stderr:
            tally.wrong.append(f"{name}: {done.returncode} {done.stderr!r} {sorted(differing)[:5]}")
        shutil.rmtree(output, ignore_errors=True)
    tally.count("files in each", len(lab.trees[0]))
    return tally


# Debian's libfaketime, if it is installed: the clocks of libc show a given time, while files have
# the times of the real clock, as on a disk of another machine.
FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
)
CLOCKS = (
    "+2y",
    "-2y",
    "@1971-01-01 00:00:00",
    "@2040-01-01 00:00:00",
    "2026-01-01 00:00:00",
    "+0 x1000",
    "jumping",
)
# Modification times that a copy, an archive or a broken clock may give to the sources.
TIMES = {"1970": 0, "2100": 4_102_444_800, "the same for all": 1_767_225_600}


def move_the_clock(lab: Lab, rounds: int) -> Tally:
    """Builds under a clock that is wrong, stands still or jumps, with files of any time.

    Every build follows an edit that changes neither the size nor the modification time of the file,
    and has to notice it. A second build with nothing to do must change nothing.
    """
    tally = Tally(name="clock moved")
    lab.publish(0)
    library = next((path for path in FAKETIME if Path(path).exists()), None)
    if library is None:
        tally.count("clocks left out, no libfaketime")
    clocks = ("", *(CLOCKS if library else ()))
    for number in range(rounds):
        for clock in clocks:
            name, seconds = list(TIMES.items())[number % len(TIMES)]
            what = f"clock {clock or 'right'}, files of {name}"
            lab.choose(1 - lab.version)
            for path in (lab.case, *lab.project.rglob("*.md"), *lab.output.rglob("*.html")):
                os.utime(path, (seconds, seconds))
            epoch = {"SOURCE_DATE_EPOCH": str(seconds)} if number % 2 else {}
            with _moved(lab, clock, library or "") as moved:
                for _ in ("after the edit", "with nothing to do"):
                    done = lab.build(env=moved | epoch)
                    tally.trials += 1
                    if done.returncode or done.stderr:
                        tally.wrong.append(f"{what}: {done.returncode} {done.stderr!r}")
                    if lab.published() != lab.version:
                        tally.wrong.append(f"{what}: the site is not that of the records")
    return tally


@contextmanager
def _moved(lab: Lab, clock: str, library: str) -> Iterator[dict[str, str]]:
    """The environment of a process that sees another clock."""
    if clock != "jumping":
        yield {"LD_PRELOAD": library, "FAKETIME": clock} if clock else {}
        return
    told = lab.folder / "clock"
    told.write_text("+0", encoding="utf-8")
    stop = threading.Event()

    def jump() -> None:
        while not stop.wait(0.005):
            new = told.with_suffix(".new")
            new.write_text(f"{lab.random.randrange(-9_999_999, 9_999_999):+d}", encoding="utf-8")
            os.replace(new, told)

    thread = threading.Thread(target=jump, daemon=True)
    thread.start()
    try:
        yield {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(told),
            "FAKETIME_NO_CACHE": "1",
        }
    finally:
        stop.set()
        thread.join()
