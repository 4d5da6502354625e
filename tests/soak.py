"""Faults done to builds on purpose, with the number of trials and of wrong results.

Every trial alternates between two versions of a tiny project, so that each build has a new tree to
swap in. The published folder must always equal the tree of one of the two versions.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casebook.values.digest import digest

ROOT = Path(__file__).resolve().parent.parent
TITLES = ("海曙：读书会由谁来办", "海曙：读书会由谁主办")
# A killed build may leave its lock beside the site until the next build; nobody holds it.
BESIDE = {".output.lock"}

Tree = dict[str, str]


@dataclass(kw_only=True)
class Tally:
    """The results of one kind of trial."""

    name: str
    trials: int = 0
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        """Add to the count of an observation."""
        self.counts[what] = self.counts.get(what, 0) + number

    def __str__(self) -> str:
        seen = ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))
        return f"{self.name}: {self.trials} trials, {len(self.wrong)} wrong ({seen})"


def read_tree(folder: Path) -> Tree:
    """The digest of every file in a folder by its path; empty if there is no folder."""
    return {
        path.relative_to(folder).as_posix(): digest(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


# Makes a build treat the site as large: it keeps the previous tree as a start for the next.
AS_LARGE = """
import runpy
from casebook.build import output as swap
swap._LARGE = 10
"""
RUN = 'runpy.run_module("casebook", run_name="__main__")\n'


class Lab:
    """A project in a folder of its own, with the trees of its two versions.

    A `large` project is built like a site of many files.
    """

    def __init__(self, folder: Path, project: Path, seed: int = 6, large: bool = False) -> None:
        self.folder = folder
        self.large = large
        self.project = project
        self.output = folder / "output"
        self.staging = folder / ".output.building"
        self.case = project / "data" / "cases" / "haishu.yaml"
        self.random = random.Random(seed)
        self.version = 0
        self.texts = self._make_texts()
        self.trees: list[Tree] = []
        self.seconds = 0.0
        for number in (0, 1):
            self.choose(number)
            started = time.monotonic()
            done = self.build(output=folder / f"reference-{number}")
            self.seconds = time.monotonic() - started
            if done.returncode:
                raise RuntimeError(done.stderr)
            self.trees.append(read_tree(folder / f"reference-{number}"))

    def _make_texts(self) -> list[str]:
        text = self.case.read_text(encoding="utf-8")
        if TITLES[0] not in text:
            raise RuntimeError(f"{self.case} has another title")
        return [text, text.replace(TITLES[0], TITLES[1])]

    def choose(self, number: int) -> None:
        """Give the project one of its versions."""
        self.version = number
        self.case.write_text(self.texts[number], encoding="utf-8")

    def command(self, output: Path | None = None) -> list[str]:
        """The command of a build."""
        program = ["-c", AS_LARGE + RUN] if self.large else ["-m", "casebook"]
        return [sys.executable, *program, *self.arguments(output)]

    def arguments(self, output: Path | None = None) -> list[str]:
        """The arguments of a build."""
        target = str(output or self.output)
        return ["--project", str(self.project), "build", "--quiet", "--output", target]

    def start(
        self, prefix: tuple[str, ...] = (), env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """A build that was started as a process of its own."""
        return subprocess.Popen(
            [*prefix, *self.command()],
            cwd=ROOT,
            env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | dict(env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # Processes started in the background of a shell inherit an ignored SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def build(
        self,
        prefix: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
        output: Path | None = None,
        command: list[str] | None = None,
        folder: Path = ROOT,
        umask: int = -1,
    ) -> subprocess.CompletedProcess[str]:
        """A build that has ended."""
        return subprocess.run(
            [*prefix, *(command or self.command(output))],
            cwd=folder,
            umask=umask,
            env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | dict(env or {}),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def publish(self, number: int) -> None:
        """Publish a version with an undisturbed build."""
        self.choose(number)
        done = self.build()
        if done.returncode or self.published() != number:
            raise RuntimeError(f"{done.returncode}: {done.stderr}")

    def published(self) -> int | None:
        """The version that the published folder equals byte for byte, or None."""
        tree = read_tree(self.output)
        return self.trees.index(tree) if tree in self.trees else None

    def leftovers(self) -> set[str]:
        """The files beside the site that should not be there."""
        found = {path.name for path in self.folder.iterdir() if path.name.startswith(".output")}
        return found - BESIDE - ({".output.spare"} if self.large else set())


@contextlib.contextmanager
def polled(lab: Lab, tally: Tally) -> Iterator[None]:
    """A reader who opens pages of the published site all the time and knows both versions."""
    paths = sorted(lab.trees[0].keys() & lab.trees[1].keys())
    stop = threading.Event()
    reads = 0

    def read() -> None:
        nonlocal reads
        chance = random.Random(1)
        while not stop.is_set():
            path = chance.choice(paths)
            reads += 1
            try:
                got = digest((lab.output / path).read_bytes())
            except OSError as error:
                tally.wrong.append(f"a reader asked for {path}: {error}")
                continue
            if got not in (lab.trees[0][path], lab.trees[1][path]):
                tally.wrong.append(f"a reader got other bytes of {path}")

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        tally.count("reads", reads)


def _judge(lab: Lab, tally: Tally, before: int, what: str) -> None:
    """Note whether the published folder is the earlier or the new version."""
    found = lab.published()
    if found is None:
        tally.wrong.append(f"{what}: the site is neither version")
        lab.publish(before)
    else:
        tally.count("old site" if found == before else "new site")


def kill_at_random(lab: Lab, count: int) -> Tally:
    """Builds killed with SIGKILL at random moments from their start to their end."""
    tally = Tally(name="killed at random")
    lab.publish(0)
    with polled(lab, tally):
        for number in range(count):
            before = lab.published()
            if before is None:
                tally.wrong.append("the site was broken between two trials")
                break
            lab.choose(1 - before)
            process = lab.start()
            pause = lab.random.uniform(0, lab.seconds * 1.1)
            time.sleep(pause)
            process.kill()
            process.communicate()
            _judge_killed(lab, tally, before, f"killed after {pause:.4f} s")
            if number % 10 == 9 or number == count - 1:
                _repair(lab, tally)
    return tally


# Runs a build that an unhandled signal ends a given time after one of its steps. The timer belongs
# to the kernel, so the build cannot notice it. Without a step, the program prints how long before
# the end of the build each step was.
AIMED = """
import os, runpy, signal, sys, time
step, delay = sys.argv[1], float(sys.argv[2])
steps = {}
def watch(event, arguments):
    first = arguments[0] if arguments else None
    if event == "open" and isinstance(first, (str, os.PathLike)):
        # The last file of the new tree.
        seen = "written" if os.fspath(first).endswith(".building/manifest.json") else ""
    elif event == "ctypes.dlsym":
        seen = "exchanged" if arguments[1] == "renameat2" else ""
    elif event in ("shutil.rmtree", "os.rename"):
        # The old tree is removed, or kept for the next build.
        seen = "cleared" if "exchanged" in steps and "cleared" not in steps else ""
    else:
        return
    if not seen or (seen == "written" and "written" in steps):
        return
    steps[seen] = time.perf_counter()
    if seen == step:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, delay)
sys.argv = ["casebook", *sys.argv[3:]]
sys.addaudithook(watch)
try:
    runpy.run_module("casebook", run_name="__main__")
finally:
    if not step:
        now = time.perf_counter()
        told = " ".join(f"{name}={now - steps[name]:.6f}" for name in steps)
        print(f"steps: {told}", file=sys.stderr)
"""


def kill_at_the_swap(lab: Lab, count: int) -> Tally:
    """Builds killed in the milliseconds around the swap, when the site could be lost.

    A third of them are killed between the last written file and the exchange, a third within 0.3 ms
    after the exchange, and a third while the old tree is removed.
    """
    tally = Tally(name="killed at the swap")
    lab.publish(0)
    lab.choose(1)
    left = _measure_steps(lab, tally)
    aims = (
        ("written", left["written"] - left["exchanged"]),
        ("exchanged", 0.0003),
        ("cleared", left["cleared"]),
    )
    with polled(lab, tally):
        for number in range(count):
            before = lab.published()
            if before is None:
                tally.wrong.append("the site was broken between two trials")
                break
            lab.choose(1 - before)
            step, window = aims[number % len(aims)]
            delay = lab.random.uniform(1e-6, window)
            done = lab.build(command=_aimed_command(lab, step, delay))
            what = f"killed {delay * 1e6:.0f} microseconds after {step}"
            if done.returncode == -signal.SIGALRM:
                tally.count(f"killed when {step}")
            elif done.returncode != 0:
                tally.wrong.append(f"{what}: {done.returncode} {done.stderr!r}")
            _judge_killed(lab, tally, before, what)
            if number % 10 == 9 or number == count - 1:
                _repair(lab, tally)
    return tally


def _aimed_command(lab: Lab, step: str, delay: float) -> list[str]:
    program = (AS_LARGE if lab.large else "") + AIMED
    return [sys.executable, "-c", program, step, f"{delay:.6f}", *lab.arguments()]


def _measure_steps(lab: Lab, tally: Tally) -> dict[str, float]:
    """The time from each step of a build to the end of the build, in seconds."""
    done = lab.build(command=_aimed_command(lab, "", 0))
    told = done.stderr.rpartition("steps: ")[2].split()
    left = {name: float(seconds) for name, _, seconds in (word.partition("=") for word in told)}
    if done.returncode or not {"written", "exchanged", "cleared"} <= left.keys():
        raise RuntimeError(f"the steps of a build were not seen: {done.stderr}")
    for name, seconds in left.items():
        tally.count(f"ms from {name} to the end", round(seconds * 1000))
    return left


def _judge_killed(lab: Lab, tally: Tally, before: int, what: str) -> None:
    tally.trials += 1
    if lab.leftovers():
        tally.count("with leftovers")
    _judge(lab, tally, before, what)


def _repair(lab: Lab, tally: Tally) -> None:
    """Let the next build repair the traces of killed builds."""
    started = time.monotonic()
    done = lab.build()
    # On a busy machine, builds become slower in the course of a trial.
    lab.seconds = time.monotonic() - started
    if done.returncode or lab.published() != lab.version or lab.leftovers():
        tally.wrong.append(f"not repaired: {done.returncode} {lab.leftovers()}")
    tally.count("repaired by the next build")


def interrupt_at_random(lab: Lab, count: int) -> Tally:
    """Builds stopped with SIGINT or SIGTERM: they end at once, clear up, and show no traceback."""
    tally = Tally(name="interrupted")
    lab.publish(0)
    for number in range(count):
        before = lab.published()
        if before is None:
            break
        lab.choose(1 - before)
        asked = signal.SIGINT if number % 2 else signal.SIGTERM
        process = lab.start()
        if number % 4 < 2:
            # There is nothing to clear up before this folder exists.
            while process.poll() is None and not lab.staging.exists():
                pass
            time.sleep(lab.random.uniform(0, 0.3))
        else:
            time.sleep(lab.random.uniform(0.2, lab.seconds))
        started = time.monotonic()
        process.send_signal(asked)
        _, errors = process.communicate()
        took = time.monotonic() - started
        tally.trials += 1
        tally.count(f"ended with {process.returncode}")
        what = f"{asked.name}: {process.returncode} {errors!r}"
        # Before Python has started, Ctrl-C ends it at once; SIGTERM does so until the build begins
        # to write. In both cases nothing was printed or done.
        early = process.returncode == -asked and not errors
        expected = (0, 130) if asked == signal.SIGINT else (0, 143)
        if not (process.returncode in expected or early) or "Traceback" in errors or took > 10:
            tally.wrong.append(f"{what} after {took:.1f} s")
        if lab.leftovers():
            tally.wrong.append(f"{what}: left {lab.leftovers()}")
        _judge(lab, tally, before, what)
    return tally


# Builds that start with all imports done, which take most of the time of a build. Each build is a
# process of its own, forked from a process that only holds the modules. In it, one use of a file in
# certain folders may be refused, counted by Python's audit events, or it stops until a tracer is
# attached. No part of the product knows of either.
FORKING = """
import errno, importlib, json, os, signal, sys, traceback
EVENTS = ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.truncate",
          "os.listdir", "os.scandir", "os.chmod", "os.utime", "sqlite3.connect")

def build(order):
    from casebook.commands.cli import main
    seen = 0
    def watch(event, arguments):
        nonlocal seen
        if event not in EVENTS:
            return
        paths = [os.fsdecode(a) for a in arguments[:2] if isinstance(a, (str, bytes, os.PathLike))]
        if not any(path.startswith(tuple(order["folders"])) for path in paths):
            return
        seen += 1
        if seen == order["refused"]:
            raise OSError(order["code"], os.strerror(order["code"]), paths[0])
    os.dup2(os.open(order["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.dup2(2, 1)
    if order["hold"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    if order["folders"]:
        sys.addaudithook(watch)
    try:
        status = main(order["arguments"])
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 4
    sys.stderr.flush()
    return status, seen

def run(order):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status, seen = build(order)
        names = sorted(sys.modules) if order["modules"] else []
        if not order["hold"]:
            # Somebody who counts what the build writes must not count this.
            os.write(write, json.dumps([seen, names]).encode())
        os._exit(status)
    os.close(write)
    print(child, flush=True)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen, names = json.loads(told) if told else (0, [])
    print(json.dumps([status, seen]), flush=True)
    for name in names:
        if name != "__main__":
            try:
                importlib.import_module(name)
            except Exception:
                pass

for line in sys.stdin:
    run(json.loads(line))
"""


class Forked:
    """Builds of a lab that need not import anything."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.errors = lab.folder / "errors"
        self._server = subprocess.Popen(
            [sys.executable, "-c", FORKING],
            cwd=ROOT,
            env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self.build(modules=True)

    def build(
        self, refused: int = 0, code: int = 0, watched: bool = False, modules: bool = False
    ) -> tuple[subprocess.CompletedProcess[str], int]:
        """A build that has ended, and the number of uses of files in it."""
        self._order(refused=refused, code=code, watched=watched, modules=modules, hold=False)
        return self._end()

    def hold(self) -> int:
        """The id of a process with a build that waits to be continued."""
        return self._order(refused=0, code=0, watched=False, modules=False, hold=True)

    def end(self) -> subprocess.CompletedProcess[str]:
        """The result of a build that waited."""
        return self._end()[0]

    def close(self) -> None:
        """End the process that holds the modules."""
        self._server.communicate()

    def _order(self, *, watched: bool, **order: object) -> int:
        folders = [str(self.lab.folder), str(self.lab.project)] if watched else []
        order |= {"folders": folders, "errors": str(self.errors)}
        order |= {"arguments": self.lab.arguments()}
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(order), file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline())

    def _end(self) -> tuple[subprocess.CompletedProcess[str], int]:
        assert self._server.stdout is not None
        status, seen = json.loads(self._server.stdout.readline())
        said = self.errors.read_text(encoding="utf-8", errors="replace")
        return subprocess.CompletedProcess(self.lab.command(), status, "", said), seen


@contextlib.contextmanager
def forked(lab: Lab) -> Iterator[Forked]:
    """Forked builds of a lab, until the block ends."""
    builds = Forked(lab)
    try:
        yield builds
    finally:
        builds.close()


def refuse_each_use(lab: Lab, numbers: Callable[[int], list[int]]) -> Tally:
    """Builds in which one use of a file (opening, renaming, linking, removal) is refused."""
    tally = Tally(name="uses of files refused")
    codes = (28, 5, 13)
    with forked(lab) as builds:
        lab.publish(0)
        lab.choose(1)
        _, uses = builds.build(watched=True)
        tally.count("uses of files in a build", uses)
        lab.publish(0)
        for number in numbers(uses):
            before = lab.published()
            if before is None:
                break
            lab.choose(1 - before)
            code = codes[number % len(codes)]
            done, _ = builds.build(number, code, watched=True)
            _judge_refusal(lab, tally, before, done, f"use {number} with error {code}")
    return tally


def _judge_refusal(
    lab: Lab, tally: Tally, before: int, done: subprocess.CompletedProcess[str], what: str
) -> None:
    tally.trials += 1
    tally.count(f"ended with {done.returncode}")
    what = f"{what}: {done.returncode} {done.stderr.strip()!r}"
    if done.returncode not in (0, 1, 3) or "Traceback" in done.stderr:
        tally.wrong.append(what)
    found = lab.published()
    if found is None:
        tally.wrong.append(f"{what}: the site is neither version")
        lab.publish(before)
    elif done.returncode == 0 and found != lab.version:
        tally.wrong.append(f"{what}: done, but the old site stands")
    elif done.returncode != 0 and found != before:
        tally.wrong.append(f"{what}: refused, but the new site stands")


# A question mark means that the call may not exist on this machine.
CALLS = (
    *("write", "pwrite64", "?mkdir,mkdirat", "?link,linkat", "renameat2,?rename"),
    *("unlinkat,?unlink", "?rmdir", "syncfs", "ftruncate", "fdatasync", "?chmod,fchmodat"),
)


def fail_each_write(lab: Lab, limit: int) -> Tally:
    """Builds in each of which strace lets one writing system call fail."""
    tally = Tally(name="system calls failed")
    program = shutil.which("strace")
    if program is None:
        tally.count("skipped, no strace")
        return tally
    log = lab.folder / "strace.log"
    with forked(lab) as builds:
        lab.publish(0)
        for call in CALLS:
            for number in range(1, limit + 1):
                before = lab.published()
                if before is None:
                    break
                lab.choose(1 - before)
                inject = f"inject={call}:error=ENOSPC:when={number}"
                command = [program, "-qq", "-o", str(log), "-e", f"trace={call}", "-e", inject]
                with _attached(command, builds.hold()):
                    done = builds.end()
                if "INJECTED" not in log.read_text(encoding="utf-8", errors="replace"):
                    break
                _judge_refusal(lab, tally, before, done, f"{call} {number}")
                tally.count(f"failed {call.replace('?', '')}")
    return tally


@contextlib.contextmanager
def _attached(command: list[str], process: int) -> Iterator[None]:
    """strace attached to a waiting process, which then continues."""
    status = Path(f"/proc/{process}/status")
    while "State:\tT" not in status.read_text(encoding="utf-8"):
        pass
    with subprocess.Popen([*command, "-p", str(process)]) as tracer:
        while f"TracerPid:\t{tracer.pid}\n" not in status.read_text(encoding="utf-8"):
            if tracer.poll() is not None:
                break
        os.kill(process, signal.SIGCONT)
        yield


# The room left for the new tree: in kB, and in entries of folders.
ROOMS = (0, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048)
ENTRIES = (0, 1, 2, 10, 50, 100, 200, 400)


def fill_the_disk(lab: Lab, mount: Path, every: int) -> Tally:
    """Builds on a file system with little room left, or with room for few more files."""
    tally = Tally(name="disk full")
    site = lab.output
    count = sum(1 for _ in site.rglob("*"))
    trials = [*((room, 100_000) for room in ROOMS), *((4096, entries) for entries in ENTRIES)]
    for room, entries in trials[::every]:
        mount.mkdir(exist_ok=True)
        # The root, the site, the filling file, the lock, and the folder of the new tree.
        options = f"size=64m,nr_inodes={count + 4 + entries}"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(mount)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            tally.count("skipped, no mount allowed")
            return tally
        try:
            lab.output = mount / "output"
            shutil.copytree(site, lab.output)
            free = os.statvfs(mount)
            filled = free.f_bavail * free.f_frsize - room * 1024
            (mount / "filled").write_bytes(bytes(filled))
            before = lab.published()
            if before is None:
                tally.wrong.append("the copy differs")
                continue
            lab.choose(1 - before)
            done = lab.build()
            _judge_refusal(lab, tally, before, done, f"{room} kB, {entries} entries free")
            if done.returncode and "disk is full" not in done.stderr:
                tally.wrong.append(f"the message does not say so: {done.stderr}")
            left = {path.name for path in mount.iterdir()} - BESIDE - {"output", "filled"}
            if left:
                tally.wrong.append(f"left {left}")
        finally:
            lab.output = site
            subprocess.run(["umount", str(mount)], check=True)
    return tally


def take_permissions(lab: Lab, every: int) -> Tally:
    """Builds without permission to read or write one of the folders and files that they need."""
    tally = Tally(name="permissions taken")
    prefix: tuple[str, ...] = ()
    if os.name == "nt":
        tally.count("skipped, Windows has no modes")
        return tally
    if os.geteuid() == 0:
        program = shutil.which("setpriv")
        if program is None:
            tally.count("skipped, the administrator may do anything")
            return tally
        caps = "-dac_override,-dac_read_search"
        prefix = (program, f"--bounding-set={caps}", f"--inh-caps={caps}")
    lab.publish(0)
    output = lab.output
    taken = {
        "folder beside the site": (lab.folder, 0o555, (3,)),
        "site": (output, 0o555, (0,)),
        "site unreadable": (output, 0o000, (3,)),
        "folder in the site": (output / "cases", 0o555, (0,)),
        "page": (output / "index.html", 0o000, (0,)),
        "manifest": (output / "manifest.json", 0o000, (3,)),
        "case": (lab.case, 0o000, (1,)),
        "cases": (lab.case.parent, 0o000, (1,)),
        "template": (lab.project / "theme" / "templates" / "case.html", 0o000, (1, 3)),
        "styles": (lab.project / "theme" / "static" / "css", 0o000, (1,)),
        "prose": (lab.project / "content" / "pages" / "about.md", 0o000, (1, 3)),
        "cache": (lab.project / ".cache", 0o000, (0,)),
        "store": (lab.project / ".cache" / "store.sqlite", 0o444, (0,)),
    }
    for name, (path, mode, expected) in list(taken.items())[::every]:
        before = lab.published()
        if before is None:
            break
        lab.choose(1 - before)
        usual = path.stat().st_mode & 0o777
        path.chmod(mode)
        try:
            done = lab.build(prefix)
        finally:
            if path.exists():
                path.chmod(usual)
        _judge_refusal(lab, tally, before, done, name)
        if done.returncode not in expected:
            tally.wrong.append(f"{name}: {done.returncode} {done.stderr}")
        # A forbidden folder may have been swapped out and left; the next build removes it.
        lab.publish(lab.version)
        if lab.leftovers():
            tally.wrong.append(f"{name}: left {lab.leftovers()}")
    return tally


def rewrite_while_reading(lab: Lab, count: int) -> Tally:
    """Builds while the case is saved again and again, in every way in which programs save files."""
    tally = Tally(name="sources swapped while they are read")
    lab.publish(0)
    stop = threading.Event()
    ways = (_save_whole, _save_in_pieces, _remove_and_save, _swap_folders)

    def write() -> None:
        chance = random.Random(2)
        while not stop.is_set():
            chance.choice(ways)(lab, lab.texts[chance.randrange(2)].encode(), stop)
            stop.wait(chance.uniform(0, lab.seconds))

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        for _ in range(count):
            before = lab.published()
            done = lab.build()
            tally.trials += 1
            tally.count(f"ended with {done.returncode}")
            found = lab.published()
            if done.returncode not in (0, 1) or "Traceback" in done.stderr:
                tally.wrong.append(f"{done.returncode} {done.stderr}")
            if found is None or (done.returncode and found != before):
                tally.wrong.append(f"{done.returncode}: the site is of both versions or changed")
    finally:
        stop.set()
        thread.join()
        lab.choose(0)
    return tally


def _save_whole(lab: Lab, text: bytes, _stop: threading.Event) -> None:
    half = lab.folder / "saved.tmp"
    half.write_bytes(text)
    os.replace(half, lab.case)


def _save_in_pieces(lab: Lab, text: bytes, stop: threading.Event) -> None:
    with lab.case.open("wb") as stream:
        stream.write(text[: len(text) // 2])
        stream.flush()
        stop.wait(0.01)
        stream.write(text[len(text) // 2 :])


def _remove_and_save(lab: Lab, text: bytes, stop: threading.Event) -> None:
    lab.case.unlink()
    stop.wait(0.02)
    lab.case.write_bytes(text)


def _swap_folders(lab: Lab, text: bytes, stop: threading.Event) -> None:
    """Replace all cases at once, as the checkout of another branch does."""
    cases = lab.case.parent
    other, aside = lab.folder / "cases.new", lab.folder / "cases.old"
    shutil.copytree(cases, other)
    (other / lab.case.name).write_bytes(text)
    cases.rename(aside)
    stop.wait(0.005)
    other.rename(cases)
    shutil.rmtree(aside)


def flip_bits_of_the_cache(lab: Lab, count: int) -> Tally:
    """One bit of the cache flipped before each build, and the case edited as well.

    So each build asks the cache for everything that the edit did not change. The builds run in one
    process, so that many can be tried. Every second bit is in a file chosen by its size; the others
    are in small files as often as in large ones.
    """
    tally = Tally(name="bits of the cache flipped")
    caches = []
    for number in (0, 1):
        lab.publish(1 - number)
        lab.publish(number)
        caches.append(_read_cache(lab))
    tally.count("bytes kept", sum(map(len, caches[1].values())))
    for number in range(count):
        sound = caches[lab.version]
        names = sorted(name for name, content in sound.items() if content)
        sizes = [len(sound[name]) if number % 2 else 1 for name in names]
        name = lab.random.choices(names, sizes)[0]
        bit = lab.random.randrange(len(sound[name]) * 8)
        damaged = bytearray(sound[name])
        damaged[bit // 8] ^= 1 << (bit % 8)
        _damage_and_build(lab, tally, sound | {name: bytes(damaged)}, f"{name}, bit {bit}")
        tally.count(f"in {name}")
    return tally


def damage_the_cache(lab: Lab, every: int) -> Tally:
    """Builds with a cache that is cut, emptied, swapped, foreign or missing."""
    tally = Tally(name="cache damaged")
    lab.publish(1)
    lab.publish(0)
    sound = _read_cache(lab)
    damages: dict[str, Callable[[str, bytes], bytes]] = {
        "empty": lambda _name, _content: b"",
        "cut in half": lambda _name, content: content[: len(content) // 2],
        "cut by a byte": lambda _name, content: content[:-1],
        "zeros": lambda _name, content: bytes(len(content)),
        "text": lambda _name, _content: b"not of this kind\n" * 9,
        "other file": lambda name, _content: sound[min(set(sound) - {name})],
        "planted code": lambda _name, _content: pickle.dumps(_Planted()),
    }
    for name, way in list(itertools.product(sorted(sound), damages))[::every]:
        damaged = sound | {name: damages[way](name, sound[name])}
        _damage_and_build(lab, tally, damaged, f"{name}: {way}")
    _damage_and_build(lab, tally, dict.fromkeys(sound, b""), "all empty")
    _damage_and_build(lab, tally, {}, "none")
    if _Planted.marker.exists():
        tally.wrong.append("code of the cache was run")
    return tally


class _Planted:
    """A value that leaves a mark if it is unpickled."""

    marker = Path(tempfile.gettempdir()) / f"casebook-planted-{os.getpid()}"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (str(self.marker),)


def _read_cache(lab: Lab) -> dict[str, bytes]:
    folder = lab.project / ".cache"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _damage_and_build(lab: Lab, tally: Tally, cache: Mapping[str, bytes], what: str) -> None:
    """Build the other version with a cache, and expect exactly that version."""
    from casebook.commands.cli import main

    folder = lab.project / ".cache"
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in cache.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    lab.choose(1 - lab.version)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(lab.arguments())
    tally.trials += 1
    if status or said.getvalue():
        tally.wrong.append(f"{what}: {status} {said.getvalue()}")
    if lab.published() != lab.version:
        tally.wrong.append(f"{what}: the site is not the version that was asked for")
        lab.publish(lab.version)


def build_at_once(lab: Lab, builds: int, rounds: int) -> Tally:
    """Several builds of one folder at once: one wins, the others name the running build."""
    tally = Tally(name=f"{builds} builds at once")
    lab.publish(0)
    for _ in range(rounds):
        lab.choose(1 - lab.version)
        processes = [lab.start() for _ in range(builds)]
        results = [(process.communicate()[1], process.returncode) for process in processes]
        tally.trials += 1
        for errors, status in results:
            tally.count(f"ended with {status}")
            refused = status == 3 and "another build is running (process " in errors
            if status != 0 and not refused:
                tally.wrong.append(f"{status} {errors}")
        if not any(status == 0 for _, status in results) or lab.published() != lab.version:
            tally.wrong.append("nobody published the new version")
        if lab.leftovers():
            tally.wrong.append(f"left {lab.leftovers()}")
    return tally
