"""Faults done to builds on purpose: each trial says how often it was tried and what went wrong.

Every trial alternates between two versions of a tiny project, so that each build has something to
swap in, and holds the published folder to the trees of the two: anything else is wrong.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from casebook.store import digest

ROOT = Path(__file__).resolve().parent.parent
TITLES = ("海曙：读书会由谁来办", "海曙：读书会由谁主办")
# What a build may leave beside the site: the lock, which stays on purpose.
BESIDE = {".output.lock"}

Tree = dict[str, str]


@dataclass
class Tally:
    """What came of one kind of trial."""

    name: str
    trials: int = 0
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        """Add to the number of times that something was seen."""
        self.counts[what] = self.counts.get(what, 0) + number

    def __str__(self) -> str:
        seen = ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))
        return f"{self.name}: {self.trials} trials, {len(self.wrong)} wrong ({seen})"


def read_tree(folder: Path) -> Tree:
    """The digest of every file of a folder by its path; empty where there is no folder."""
    return {
        path.relative_to(folder).as_posix(): digest(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


class Lab:
    """A project in a folder of its own with the trees of its two versions."""

    def __init__(self, folder: Path, project: Path, seed: int = 6) -> None:
        self.folder = folder
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
        """Make one version that of the project."""
        self.version = number
        self.case.write_text(self.texts[number], encoding="utf-8")

    def command(self, output: Path | None = None) -> list[str]:
        """The command of a build."""
        target = str(output or self.output)
        program = [sys.executable, "-m", "casebook", "--project", str(self.project)]
        return [*program, "build", "--quiet", "--output", target]

    def start(
        self, prefix: tuple[str, ...] = (), env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """A build as a process of its own."""
        return subprocess.Popen(
            [*prefix, *self.command()],
            cwd=ROOT,
            env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | dict(env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # What is started in the background of a shell inherits an ignored SIGINT.
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
        """A build from its start to its end."""
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
        """Have a version published that nothing was done to."""
        self.choose(number)
        done = self.build()
        if done.returncode or self.published() != number:
            raise RuntimeError(f"{done.returncode}: {done.stderr}")

    def published(self) -> int | None:
        """The version that the published folder holds byte for byte, or None."""
        tree = read_tree(self.output)
        return self.trees.index(tree) if tree in self.trees else None

    def leftovers(self) -> set[str]:
        """What lies beside the site and should not."""
        found = {path.name for path in self.folder.iterdir() if path.name.startswith(".output")}
        return found - BESIDE


@contextmanager
def polled(lab: Lab, tally: Tally) -> Iterator[None]:
    """A reader who opens pages of the published site all the while, and knows both versions."""
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
    """Note whether the published folder is the version of before or that of now."""
    found = lab.published()
    if found is None:
        tally.wrong.append(f"{what}: the site is neither version")
        lab.publish(before)
    else:
        tally.count("old site" if found == before else "new site")


def _until_the_swap(lab: Lab, process: subprocess.Popen[str], swapped: bool) -> None:
    """Return when the manifest, which is written last, stands in the new tree, or is swapped in."""
    last = lab.staging / "manifest.json"
    before = lab.output.stat().st_ino
    while process.poll() is None and not (
        lab.output.stat().st_ino != before if swapped else last.exists()
    ):
        pass


def kill_at_random(lab: Lab, count: int, aimed: bool = False) -> Tally:
    """Builds killed with SIGKILL at random moments, or in the milliseconds around the swap."""
    tally = Tally("killed at the swap" if aimed else "killed at random")
    lab.publish(0)
    with polled(lab, tally):
        for number in range(count):
            before = lab.published()
            if before is None:
                tally.wrong.append("the site was broken between two trials")
                break
            lab.choose(1 - before)
            process = lab.start()
            if aimed:
                # Every third is aimed behind the swap, where the old tree is being removed.
                swapped = number % 3 == 2
                _until_the_swap(lab, process, swapped)
                pause = lab.random.uniform(0, 0.002 if swapped else lab.seconds / 20)
            else:
                pause = lab.random.uniform(0, lab.seconds * 1.2)
            time.sleep(pause)
            process.kill()
            process.communicate()
            tally.trials += 1
            if lab.leftovers():
                tally.count("with leftovers")
            _judge(lab, tally, before, f"killed after {pause:.4f} s")
            if number % 10 == 9 or number == count - 1:
                started = time.monotonic()
                done = lab.build()
                # A machine with other work to do slows down in the course of the trial.
                lab.seconds = time.monotonic() - started
                if done.returncode or lab.published() != lab.version or lab.leftovers():
                    tally.wrong.append(f"not repaired: {done.returncode} {lab.leftovers()}")
                tally.count("repaired by the next build")
    return tally


def interrupt_at_random(lab: Lab, count: int) -> Tally:
    """Builds stopped with SIGINT or SIGTERM: they end at once, clear up, and show no traceback."""
    tally = Tally("interrupted")
    lab.publish(0)
    for number in range(count):
        before = lab.published()
        if before is None:
            break
        lab.choose(1 - before)
        asked = signal.SIGINT if number % 2 else signal.SIGTERM
        process = lab.start()
        if number % 4 < 2:
            # Only from here on is there anything to clear up.
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
        # -15 is a SIGTERM that came before the build had begun to write.
        expected = (0, 130) if asked == signal.SIGINT else (0, 143, -15)
        if process.returncode not in expected or "Traceback" in errors or took > 10:
            tally.wrong.append(f"{what} after {took:.1f} s")
        if lab.leftovers():
            tally.wrong.append(f"{what}: left {lab.leftovers()}")
        _judge(lab, tally, before, what)
    return tally


# Runs a build in which one use of a file below a folder is refused, counted by Python's audit
# events; no part of the product knows of it.
REFUSING = """
import errno, os, runpy, sys
folder, refused, code = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seen = 0
EVENTS = ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.truncate",
          "os.listdir", "os.scandir", "sqlite3.connect")
def watch(event, arguments):
    global seen
    if event not in EVENTS:
        return
    paths = [os.fsdecode(a) for a in arguments[:2] if isinstance(a, (str, bytes, os.PathLike))]
    if not any(path.startswith(folder) for path in paths):
        return
    seen += 1
    if seen == refused:
        raise OSError(code, os.strerror(code), paths[0])
sys.argv = ["casebook", *sys.argv[4:]]
sys.addaudithook(watch)
try:
    runpy.run_module("casebook", run_name="__main__")
finally:
    if refused == 0:
        print(f"uses={seen}", file=sys.stderr)
"""


def refuse_each_use(lab: Lab, numbers: Callable[[int], list[int]]) -> Tally:
    """One opening, renaming, linking or removal of a file refused in each build, one by one."""
    tally = Tally("uses of files refused")
    codes = (28, 5, 13)

    def command(refused: int, code: int) -> list[str]:
        watched = [sys.executable, "-c", REFUSING, str(lab.folder), str(refused), str(code)]
        return [*watched, *lab.command()[3:]]

    lab.publish(0)
    lab.choose(1)
    counted = lab.build(command=command(0, 0))
    uses = int(counted.stderr.rpartition("uses=")[2])
    tally.count("uses of files in a build", uses)
    lab.publish(0)
    for number in numbers(uses):
        before = lab.published()
        if before is None:
            break
        lab.choose(1 - before)
        code = codes[number % len(codes)]
        done = lab.build(command=command(number, code))
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


def fail_each_write(lab: Lab, limit: int) -> Tally:
    """One system call that writes failed in each build by strace, one by one."""
    tally = Tally("system calls failed")
    program = shutil.which("strace")
    if program is None:
        tally.count("skipped, no strace")
        return tally
    lab.publish(0)
    # A question mark: the call may not exist on this machine.
    calls = ("write", "?mkdir,mkdirat", "?link,linkat", "renameat2,?rename", "unlinkat,?unlink")
    calls += ("syncfs", "?rmdir", "pwrite64", "ftruncate", "fdatasync")
    for call in calls:
        failed = 0
        while failed < limit:
            before = lab.published()
            if before is None:
                break
            lab.choose(1 - before)
            failed += 1
            log = lab.folder / "strace.log"
            inject = f"inject={call}:error=ENOSPC:when={failed}"
            done = lab.build((program, "-qq", "-o", str(log), "-e", f"trace={call}", "-e", inject))
            hit = "INJECTED" in log.read_text(encoding="utf-8", errors="replace")
            if not hit:
                break
            _judge_refusal(lab, tally, before, done, f"{call} {failed}")
            tally.count(f"failed {call}")
    return tally


def fill_the_disk(lab: Lab, mount: Path, step: int) -> Tally:
    """Builds on a file system that is too small for a second tree, made larger step by step."""
    tally = Tally("disk full")
    sizes = [path.stat().st_size for path in lab.output.rglob("*") if path.is_file()]
    # Files take whole pages of memory.
    need = sum((size + 4095) // 4096 * 4096 for size in sizes)
    home = lab.output
    for percent in range(110, 240, step):
        size = need * percent // 100 // 1024 + 200
        mount.mkdir(exist_ok=True)
        options = f"size={size}k"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(mount)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            tally.count("skipped, no mount allowed")
            return tally
        try:
            lab.output = mount / "output"
            shutil.copytree(home, lab.output)
            before = lab.published()
            if before is None:
                tally.wrong.append("the copy differs")
                continue
            lab.choose(1 - before)
            done = lab.build()
            _judge_refusal(lab, tally, before, done, f"{percent} % of a site free")
            if done.returncode and "disk is full" not in done.stderr:
                tally.wrong.append(f"the message does not say so: {done.stderr}")
            left = {path.name for path in mount.iterdir()} - BESIDE - {"output"}
            if left:
                tally.wrong.append(f"left {left}")
        finally:
            lab.output = home
            subprocess.run(["umount", str(mount)], check=True)
    return tally


def take_permissions(lab: Lab, every: int) -> Tally:
    """Builds without the permission to read or write one of the folders and files they need."""
    tally = Tally("permissions taken")
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
        # A folder that was forbidden may have been swapped out and left; the next build clears.
        lab.publish(lab.version)
        if lab.leftovers():
            tally.wrong.append(f"{name}: left {lab.leftovers()}")
    return tally


def rewrite_while_reading(lab: Lab, count: int) -> Tally:
    """Builds while an editor saves the case again and again, whole and in pieces."""
    tally = Tally("written while read")
    lab.publish(0)
    stop = threading.Event()

    def write() -> None:
        chance = random.Random(2)
        while not stop.is_set():
            text = lab.texts[chance.randrange(2)].encode()
            if chance.random() < 0.5:
                half = lab.folder / "saved.tmp"
                half.write_bytes(text)
                os.replace(half, lab.case)
            else:
                with lab.case.open("wb") as stream:
                    stream.write(text[: len(text) // 2])
                    stream.flush()
                    stop.wait(chance.uniform(0, 0.02))
                    stream.write(text[len(text) // 2 :])
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


def flip_bits_of_the_cache(lab: Lab, count: int) -> Tally:
    """Builds with one bit of the cache turned over, in one process so that many can be tried."""
    from casebook.pipeline import BuildOptions, build_site

    tally = Tally("bits of the cache flipped")
    lab.publish(0)
    store = lab.project / ".cache" / "store.sqlite"
    with sqlite3.connect(store) as connection:
        kept = connection.execute("select count(*) from made").fetchone()[0]
    connection.close()
    tally.count("values kept", kept)
    sound = store.read_bytes()
    for _ in range(count):
        damaged = bytearray(sound)
        bit = lab.random.randrange(len(damaged) * 8)
        damaged[bit // 8] ^= 1 << (bit % 8)
        store.write_bytes(damaged)
        try:
            build_site(BuildOptions(lab.project, lab.output))
        except Exception as error:
            tally.wrong.append(f"bit {bit}: {type(error).__name__} {error}")
        tally.trials += 1
        if lab.published() != 0:
            tally.wrong.append(f"bit {bit}: the site changed")
            store.write_bytes(sound)
            lab.publish(0)
    store.write_bytes(sound)
    return tally


def build_at_once(lab: Lab, builds: int, rounds: int) -> Tally:
    """Several builds of one folder at the same time: one wins, the others say who is at work."""
    tally = Tally(f"{builds} builds at once")
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

# The environment of each build and its further options.
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
    """Builds in other surroundings: not one byte of the site may differ."""
    tally = Tally("environments")
    lab.choose(0)
    rc = lab.folder / "elsewhere" / "matplotlibrc"
    rc.parent.mkdir()
    rc.write_text(HOSTILE_RC, encoding="utf-8")
    locales = lab.folder / "locales"
    if shutil.which("localedef"):
        # No machine of ours has this locale by itself.
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
