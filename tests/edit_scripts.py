"""Scripts of random edits: after each step the site is that of a clean build, byte for byte.

    .venv/bin/python -m tests.edit_scripts --seeds 0-199 --steps 60

A script has one project and one cache for all its steps; a clean build has a new folder and no
cache. A build either is a process of its own, forked from one that has imported everything and
built nothing, or runs in a process that makes several builds, as a preview does. A script with a
difference is cut down to the fewest steps that show it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import itertools
import os
import pickle
import random
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.edit_steps import EDITS, Sources, begin

Tree = dict[str, bytes]
# The status and the output of a command without its folder; for a preview, what it shows.
Told = tuple[int, str]
SOURCES = ("data", "content", "theme", "own", "more", "plugins", "pelicanconf.py")
PREVIEW = ".cache/serve/8000"


@dataclass(frozen=True, kw_only=True)
class Step:
    """An edit: its written and removed files, the damage done, and the build that follows.

    `way` is how files are written; `times` are those of now, the earlier ones, or others.
    """

    name: str
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    way: str = "in place"
    times: str = "now"
    damage: str = ""
    seed: int = 0
    build: str = "forked"
    options: tuple[str, ...] = ()
    large: bool = False
    is_aged: bool = False
    is_compared: bool = False


def read_tree(folder: Path) -> Tree:
    """The content of every file in a folder by its path; empty if there is no folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def in_child(work: Callable[[], Any]) -> Any:
    """The result of a function in a process of its own, which is forked from this one."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _answer(write, work)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    return _open_answer(content)


def _answer(pipe: int, work: Callable[[], Any]) -> None:
    try:
        content = pickle.dumps((True, work()))
    except BaseException:
        content = pickle.dumps((False, traceback.format_exc()))
    with os.fdopen(os.dup(pipe), "wb") as stream:
        stream.write(len(content).to_bytes(8) + content)


def _open_answer(content: bytes) -> Any:
    is_good, found = pickle.loads(content[8:]) if content else (False, "the process ended")
    if not is_good:
        raise RuntimeError(found)
    return found


class Warm:
    """A process that builds several times, and keeps its memory between the builds."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        asking, self._asking = os.pipe()
        self._answers, answering = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._asking)
            os.close(self._answers)
            previews: dict[str, Any] = {}
            with os.fdopen(asking, "rb") as orders:
                while head := orders.read(8):
                    order = pickle.loads(orders.read(int.from_bytes(head)))
                    _answer(answering, partial(_build, *order, limits, previews))
            os._exit(0)
        os.close(asking)
        os.close(answering)

    def build(self, step: Step, project: Path) -> Any:
        """The result of a build in this process."""
        order = pickle.dumps((step, project))
        os.write(self._asking, len(order).to_bytes(8) + order)
        head = self._read(8)
        return _open_answer(head + self._read(int.from_bytes(head)))

    def _read(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            piece = os.read(self._answers, size - len(content))
            if not piece:
                raise RuntimeError("the process ended")
            content += piece
        return content

    def close(self) -> None:
        """End the process."""
        os.close(self._asking)
        os.close(self._answers)
        os.waitpid(self._child, 0)


# Limits above which a site is built in another way, by module and name. A script may lower them,
# so that a small site is built in these ways.
LIMITS = (
    ("casebook.build.drawings:MOST_OFFERED", (30, 44)),
    ("casebook.build.drawings:MOST_PICTURED", (4, 8)),
    ("casebook.pages.long_lists:MOST_LISTED", (3, 6)),
    ("casebook.pages.search:STORIES_LIMIT", (3, 4)),
    ("casebook.data.export:MOST_IN_ALL_FORMATS", (3, 4)),
    ("casebook.pages.sharing:MOST_CARDS", (6, 10)),
)


def _set_limits(limits: Mapping[str, int]) -> None:
    modules = [vars(one) for name, one in sys.modules.items() if name.startswith("casebook.")]
    for name, value in limits.items():
        constant = name.partition(":")[2]
        # A module that imported the limit has a copy.
        for known in modules:
            if constant in known:
                known[constant] = value


def _build(step: Step, project: Path, limits: Mapping[str, int], previews: dict[str, Any]) -> Any:
    """One build: its status and output, or the state of the preview."""
    from casebook.build import last_build, output
    from casebook.build.last_build import list_packages, repeat_last_build
    from casebook.commands import site_commands
    from casebook.commands.cli import main

    # Otherwise a build prints its progress on a busy machine.
    vars(site_commands).update(INTERVAL=10**6)
    _set_limits(limits)
    later: Any = SimpleNamespace(time_ns=lambda: time.time_ns() + 3600 * 10**9 * step.is_aged)
    last_build.time = later
    vars(output).update(_LARGE=10 if step.large else 2_000, _flush=lambda _folder: None)
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        if step.build == "preview":
            return _build_preview(step, project, previews)
        options = (one.replace("PROJECT", str(project)) for one in step.options)
        command = ["--project", str(project), *options]
        try:
            is_repeated = repeat_last_build(command, list_packages())
            status = 0 if is_repeated else main(command)
        except BaseException:
            status = 4
            traceback.print_exc()
    return status, told.getvalue().replace(str(project), "PROJECT")


def _build_preview(step: Step, project: Path, previews: dict[str, Any]) -> Any:
    """The state of the preview after another build, and the open pages unlike those of the site."""
    from casebook.preview.rebuild import Preview, PreviewState

    class Watched(Preview):
        """Keeps the pages that the preview showed before the site was complete."""

        seen: Mapping[str, bytes] = {}

        def _change(self, **values: Any) -> None:
            self.seen = values.get("fresh") or self.seen
            super()._change(**values)

    site = project / PREVIEW
    if str(project) not in previews:
        previews[str(project)] = Watched(project, site, "en")
    shown: Any = previews[str(project)]
    shown.seen = {}
    pages = sorted(path for path in read_tree(site) if path.endswith((".html", ".css")))
    chance = random.Random(step.seed)
    shown._open = Counter(chance.sample(pages, min(3, len(pages))))
    shown.rebuild()
    state: PreviewState = shown.state
    problems = [state.problems, dict(state.faults), dict(state.open_drafts), state.drafts]
    is_whole = not (state.problems or state.faults)
    ahead = [path for path, page in shown.seen.items() if (site / path).read_bytes() != page]
    # A page that no longer exists is not shown.
    return (0 if is_whole else 1), repr(problems).replace(str(project), "PROJECT"), ahead


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The difference between an incremental and a clean build, and the step before it."""

    step: int
    what: str


class Script:
    """A project in which steps are made, with a clean one beside it."""

    def __init__(self, folder: Path, files: Sources, limits: Mapping[str, int]) -> None:
        self.project = folder / "project"
        self.clean = folder / "clean"
        self.limits = limits
        self.files: Sources = {}
        self.published: Tree = {}
        self.counts: Counter[str] = Counter()
        self.commits: list[Path] = []
        self.folder = folder
        self._warm: Warm | None = None
        self._write(files, "in place", "now")

    def close(self) -> None:
        """End the process that builds several times."""
        if self._warm is not None:
            self._warm.close()
            self._warm = None

    def take(self, step: Step) -> tuple[int, str]:
        """Make the edit and the build of a step, and return the status and the fault."""
        self._write(step.files, step.way, step.times)
        if step.damage:
            DAMAGES[step.damage](self, random.Random(step.seed))
        if step.is_aged:
            self._pass_a_tick()
        answer = self._run(step)
        if step.is_aged:
            self._pass_a_tick()
        self.counts[step.build] += 1
        if step.build == "preview":
            status, told, ahead = answer
            # Open pages may be shown before an error stops the rest of the build.
            if ahead and not status:
                return status, f"pages shown ahead of the site differ: {ahead[:5]}"
            site = read_tree(self.project / PREVIEW)
            if step.is_compared and status == 0:
                return status, self._compare(step, told, site)
            return status, ""
        status, told = answer
        self.counts[f"ended with {status}"] += 1
        if status not in (0, 1, 2) or "Traceback" in told:
            return status, f"ended with {status}: {told}"
        output = self._output_of(step, self.project)
        site = read_tree(output) if output else {}
        if status and site != self.published and output == self.project / "output":
            return (
                status,
                f"refused, and the site has changed: {_name_changes(self.published, site)}",
            )
        if output == self.project / "output":
            self.published = site
        left = [path.name for path in self.project.glob(".output*") if path.name != ".output.spare"]
        if left:
            return status, f"left {left}"
        if step.is_compared or (status and "plugins" not in told and random.random() < 0.3):
            return status, self._compare(step, told, site if not status else {})
        return status, ""

    def _output_of(self, step: Step, project: Path) -> Path | None:
        if "build" not in step.options:
            return None
        return project / ("elsewhere" if "--output" in step.options else "output")

    def _run(self, step: Step) -> Any:
        if step.build == "forked":
            return in_child(lambda: _build(step, self.project, self.limits, {}))
        if self._warm is None:
            self._warm = Warm(self.limits)
        return self._warm.build(step, self.project)

    def _compare(self, step: Step, told: str, site: Tree) -> str:
        """The difference of the site and of the output from those of a clean build, or ""."""
        self.counts["comparisons"] += 1
        self._prepare_clean()
        clean = replace(step, is_aged=False, large=False)
        is_preview = step.build == "preview"
        found = in_child(lambda: _build(clean, self.clean, self.limits, {}))
        output = self.clean / PREVIEW if is_preview else self._output_of(clean, self.clean)
        status, told_clean = found[:2]
        expected = read_tree(output) if output and not status else {}
        if told != told_clean:
            return f"printed\n{told}\nand clean\n{told_clean}"
        if changes := _name_changes(expected, site):
            return f"other than a clean site: {changes}"
        return ""

    def _prepare_clean(self) -> None:
        # Pictures and templates take longest, so only one comparison in eight makes them.
        cache = self.clean / ".cache" / "store.sqlite"
        kept = self.folder / "pictures"
        if cache.exists() and self.counts["comparisons"] % 8:
            for name in ("store.sqlite", "store.key"):
                kept.mkdir(exist_ok=True)
                shutil.copy2(cache.with_name(name), kept / name)
        shutil.rmtree(self.clean, ignore_errors=True)
        for path, content in self.files.items():
            target = self.clean / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if kept.exists() and self.counts["comparisons"] % 8:
            shutil.copytree(kept, cache.parent)
            with contextlib.closing(sqlite3.connect(cache)) as store, store:
                store.execute(
                    "delete from made where key not like 'drawing:picture:%'"
                    " and key not like 'template:%'"
                )

    def _write(self, files: Mapping[str, bytes | None], way: str, times: str) -> None:
        if way == "folders":
            # The same happens if the folders of another branch are moved into place.
            for name in ("data", "content"):
                if (self.project / name).exists():
                    shutil.copytree(self.project / name, self.folder / name)
                    os.rename(self.project / name, self.folder / "aside")
                    os.rename(self.folder / name, self.project / name)
                    shutil.rmtree(self.folder / "aside")
        for path, content in files.items():
            target = self.project / path
            before = target.stat() if target.exists() else None
            if content is None:
                self.files.pop(path, None)
                target.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    target.parent.rmdir()
                continue
            self.files[path] = content
            target.parent.mkdir(parents=True, exist_ok=True)
            if way == "beside":
                target.with_name(".half").write_bytes(content)
                os.replace(target.with_name(".half"), target)
            else:
                target.write_bytes(content)
            if times == "kept" and before is not None:
                os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
            elif times in ("past", "future"):
                seconds = 10**9 if times == "past" else time.time() + 10**5
                os.utime(target, (seconds, seconds))

    def _pass_a_tick(self) -> None:
        """Wait until the clock of the files moves on; only then does a stamp show a later write."""
        probe = self.folder / "tick"
        probe.write_bytes(b"")
        first = probe.stat().st_ctime_ns
        while probe.stat().st_ctime_ns == first:
            probe.write_bytes(b"")


def _name_changes(expected: Tree, found: Tree) -> str:
    """The files that differ, with the different lines of the first of them."""
    missing, extra = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    other = sorted(path for path in expected.keys() & found.keys() if expected[path] != found[path])
    if not (missing or extra or other):
        return ""
    lines = []
    for path in sorted(other, key=lambda path: path == "manifest.json")[:1]:
        ours, theirs = found[path].splitlines(), expected[path].splitlines()
        lines = [
            f"{a[:300]!r} for {b[:300]!r}"
            for a, b in itertools.zip_longest(ours, theirs, fillvalue=b"")
            if a != b
        ]
    return f"missing {missing[:5]}, extra {extra[:5]}, other {other[:8]} {lines[:3]}"


def _damage_output(script: Script, chance: random.Random) -> None:
    """Damage or remove a published file, if there is one."""
    site = script.project / "output"
    files = sorted(path for path in site.rglob("*") if path.is_file())
    files = [path for path in files if path.name != "manifest.json"]
    if not files:
        return
    script._pass_a_tick()
    path = chance.choice(files)
    way = chance.randrange(6)
    if way == 0:
        path.unlink()
    elif way == 1:
        content = path.read_bytes()
        # Another program overwrites the file with the same number of bytes.
        path.write_bytes(content[:-1] + b"~")
    elif way == 2:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif way == 3:
        path.chmod(0o600)
    elif way == 4:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content + b"!")
    else:
        shutil.rmtree(path.parent if path.parent != site else site)
    script.published = read_tree(site)


def _remove_output(script: Script, _chance: random.Random) -> None:
    """Remove the whole published folder."""
    shutil.rmtree(script.project / "output", ignore_errors=True)
    script.published = {}


def _put_foreign(script: Script, chance: random.Random) -> None:
    """Put a foreign file into the published folder, which no build may overwrite."""
    site = script.project / "output"
    if not site.is_dir():
        return
    name = chance.choice(("CNAME", "cases/thesis.docx", ".DS_Store"))
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"years of work")
    if name != ".DS_Store":
        command = ("build", "--quiet")
        asked = Step(name="foreign", options=command)
        status, told = in_child(lambda: _build(asked, script.project, script.limits, {}))
        # Problems of the content are reported before or after this one; the file stays.
        if status not in (1, 2) or path.read_bytes() != b"years of work":
            raise RuntimeError(f"a foreign file was built over: {status} {told}")
        path.unlink()
    script.published = read_tree(site)


def _halve_cache(script: Script, chance: random.Random) -> None:
    """Cut a file of the cache in half, or remove it."""
    folder = script.project / ".cache"
    files = [
        path
        for name in ("store.sqlite", "store.key", "last-build")
        if (path := folder / name).exists()
    ]
    if files:
        path = chance.choice(files)
        if chance.random() < 0.5:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _lose_rows(script: Script, chance: random.Random) -> None:
    """Remove half of the rows of the cache."""
    path = script.project / ".cache" / "store.sqlite"
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(path)) as store,
        store,
    ):
        keys = [row[0] for row in store.execute("select key from made order by key")]
        lost = [(key,) for key in keys if chance.random() < 0.5]
        store.executemany("delete from made where key = ?", lost)


def _keep_cache(script: Script, _chance: random.Random) -> None:
    """Keep a copy of the cache for a later step."""
    if (script.project / ".cache").exists():
        shutil.rmtree(script.folder / "cache", ignore_errors=True)
        shutil.copytree(script.project / ".cache", script.folder / "cache", ignore=_no_sites)


def _no_sites(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "serve"]


def _put_cache_back(script: Script, _chance: random.Random) -> None:
    """Put back the cache of an earlier time, as after a build that was killed after the swap."""
    if (script.folder / "cache").exists():
        for path in (script.folder / "cache").iterdir():
            shutil.copy2(path, script.project / ".cache" / path.name)


def _put_site_back(script: Script, chance: random.Random) -> None:
    """Put back the site of an earlier time, as a copy or moved away and back."""
    site, kept = script.project / "output", script.folder / "site"
    if kept.exists() and site.exists():
        shutil.rmtree(site)
        if chance.random() < 0.5:
            shutil.copytree(kept, site)
        else:
            kept.rename(site)
        script.published = read_tree(site)
    elif site.exists():
        shutil.copytree(site, kept, copy_function=chance.choice((shutil.copy2, os.link)))


def _touch(script: Script, chance: random.Random) -> None:
    """Change only the times of some files."""
    for path in chance.sample(sorted(script.files), min(3, len(script.files))):
        seconds = chance.choice((0, 10**9, time.time(), time.time() + 10**6))
        os.utime(script.project / path, (seconds, seconds))


def _leave_traces(script: Script, chance: random.Random) -> None:
    """Leave files as editors and file managers do."""
    name = chance.choice(("data/cases/haishu.yaml~", "content/.DS_Store", "data/cases/.a.yaml.swp"))
    (script.project / name).write_bytes(b"left")


DAMAGES: Mapping[str, Callable[[Script, random.Random], None]] = {
    "output": _damage_output,
    "no output": _remove_output,
    "foreign": _put_foreign,
    "cache halved": _halve_cache,
    "rows lost": _lose_rows,
    "cache kept": _keep_cache,
    "cache back": _put_cache_back,
    "site back": _put_site_back,
    "touched": _touch,
    "traces": _leave_traces,
}


def _choose(step: Step, chance: random.Random, is_compared: bool) -> Step:
    """A step with a way to write the files of the edit, and a build to follow."""
    build = chance.choices(("forked", "warm", "preview"), (5, 3, 2))[0]
    options: tuple[str, ...] = ("build",)
    if chance.random() < 0.3:
        options += ("--quiet",)
    if chance.random() < 0.2:
        options += ("--lang", "zh")
    other = chance.random()
    if other < 0.06:
        options += ("--siteurl", chance.choice(("https://example.net", "https://example.net/b")))
    elif other < 0.10:
        options += ("--jobs", "2")
    elif other < 0.12:
        options += ("--no-cache",)
    elif other < 0.20:
        options += ("--output", "PROJECT/elsewhere")
    elif other < 0.23:
        options = ("check",)
    return replace(
        step,
        way=chance.choice(("in place", "in place", "beside", "folders")),
        times=chance.choices(("now", "kept", "past", "future"), (6, 3, 1, 1))[0],
        damage=chance.choice(list(DAMAGES)) if chance.random() < 0.25 else "",
        seed=chance.randrange(10**9),
        build=build,
        options=options,
        large=chance.random() < 0.4,
        is_aged=chance.random() < 0.6,
        is_compared=is_compared,
    )


def generate(seed: int, count: int, every: int, script: Script) -> Iterator[tuple[Step, str]]:
    """The steps of a seed as they are made, each with the fault after it."""
    editor = begin(seed)
    editor.files = dict(script.files)
    chance = random.Random(seed * 7 + 1)
    good, is_broken = dict(editor.files), False
    edits, weights = list(EDITS), list(EDITS.values())
    done = builds = 0
    while done < count:
        if is_broken and chance.random() < 0.75:
            editor.files, names = dict(good), ["mend"]
        else:
            # Sometimes there are several edits between two builds.
            chosen = chance.choices(edits, weights, k=chance.choice((1, 1, 1, 2, 3)))
            names = [edit.__name__ for edit in chosen]
            for edit in chosen:
                edit(editor)
        done, builds = done + len(names), builds + 1
        files = _diff(script.files, editor.files)
        step = Step(name=", ".join(names), files=files)
        step = _choose(step, chance, is_compared=builds % every == 0)
        if done >= count:
            step = replace(step, build="forked", options=("build",), is_compared=True)
        status, wrong = script.take(step)
        script.counts["edits"] += len(names)
        is_broken = status != 0
        if not is_broken:
            good = dict(editor.files)
        yield step, wrong
        if wrong:
            return


def _diff(before: Sources, after: Sources) -> dict[str, bytes | None]:
    gone: dict[str, bytes | None] = {path: None for path in sorted(before.keys() - after.keys())}
    changed = {path: text for path, text in sorted(after.items()) if before.get(path) != text}
    return gone | changed


def limits_of(seed: int) -> dict[str, int]:
    """The limits of a script: those of the program or others."""
    chance = random.Random(seed + 5)
    if seed % 2:
        return {}
    return {name: chance.choice(values) for name, values in LIMITS if chance.random() < 0.5}


def run_script(seed: int, count: int, every: int, folder: Path) -> tuple[Counter[str], str]:
    """Run a script to its end, or to a fault, which is cut down to few steps."""
    script = Script(folder / "script", begin(seed).files, limits_of(seed))
    steps: list[Step] = []
    wrong = ""
    try:
        for step, found in generate(seed, count, every, script):
            steps.append(step)
            wrong = found
    finally:
        script.close()
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
        return script.counts, ""
    print(f"seed {seed}, step {len(steps)}: {wrong}", flush=True)
    (folder / "steps").write_bytes(pickle.dumps(steps))
    few = shrink(seed, steps, folder)
    told = "\n".join(f"  {step.name}: {describe(step)}" for step in few)
    return script.counts, f"seed {seed}, step {len(steps)}: {wrong}\n{told}"


def describe(step: Step) -> str:
    """The description of a step in one line."""
    named = [f"-{path}" if text is None else path for path, text in step.files.items()]
    marks = [step.way, step.times, step.damage, step.build, *step.options[:3]]
    marks += ["large"] * step.large + ["aged"] * step.is_aged + ["compared"] * step.is_compared
    return f"{', '.join(named) or 'no file'} ({' '.join(filter(None, marks))})"


def replay(seed: int, steps: Sequence[Step], folder: Path) -> str:
    """The fault after some steps of a seed."""
    shutil.rmtree(folder, ignore_errors=True)
    script = Script(folder / "script", begin(seed).files, limits_of(seed))
    try:
        for step in steps:
            try:
                _, wrong = script.take(step)
            except (OSError, RuntimeError) as error:
                # A step may depend on one that was left out.
                wrong = f"{error}" if step is steps[-1] else ""
            if wrong and step is steps[-1]:
                return wrong
    finally:
        script.close()
    return ""


def shrink(seed: int, steps: Sequence[Step], folder: Path) -> Sequence[Step]:
    """The fewest steps found that still end with a fault."""
    kept = [replace(step, is_compared=step is steps[-1]) for step in steps]
    size = max(1, len(kept) // 2)
    while size:
        at = 0
        while at < len(kept) - 1:
            tried = kept[:at] + kept[min(at + size, len(kept) - 1) :]
            if replay(seed, tried, folder / "shrunk"):
                kept = tried
            else:
                at += size
        size //= 2
    return kept


# Modules that cache data of a project; the others only cache data of the program.
REMEMBERING = (
    *("casebook.build.render", "casebook.build.dependencies", "casebook.pages"),
    *("casebook.values.amounts", "casebook.values.quantity", "casebook.values.dates"),
    *("casebook.values.periods", "casebook.record.summary"),
    *("casebook.checks.text_reading", "casebook.checks.known_numbers", "casebook.build.templates"),
)


def prepare() -> None:
    """Import and read everything that each build needs, and clear the caches of one project."""
    with tempfile.TemporaryDirectory() as name:
        script = Script(Path(name), begin(0).files, {})
        status, told = _build(Step(name="", options=("build",)), script.project, {}, {})
        if status:
            raise RuntimeError(told)
    importlib.import_module("casebook.preview.rebuild")
    for module in [one for one in sys.modules if one.startswith(REMEMBERING)]:
        for value in vars(sys.modules[module]).values():
            if hasattr(value, "cache_clear") and value.__module__ == module:
                value.cache_clear()
    gc.collect()
    gc.freeze()


def main() -> int:
    """Run the scripts of some seeds, and print the faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0-199")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument(
        "--every", type=int, default=4, help="builds from one comparison to the next"
    )
    parser.add_argument("--folder", default=None)
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition("-")
    os.environ |= {"LC_ALL": "C.UTF-8"}
    prepare()
    counts: Counter[str] = Counter()
    faults = 0
    for seed in range(int(first), int(last or first) + 1):
        # Some file systems give the inode of a removed file to the next one.
        at = asked.folder or ("/dev/shm" if seed % 3 and os.path.isdir("/dev/shm") else None)
        folder = Path(tempfile.mkdtemp(prefix=f"edits-{seed}-", dir=at)).resolve()
        started = time.monotonic()
        found, wrong = run_script(seed, asked.steps, asked.every, folder)
        counts += found
        counts["scripts"] += 1
        faults += bool(wrong)
        spent = os.times()
        took = f"{time.monotonic() - started:.0f} s, {spent.children_user + spent.user:.0f} in all"
        print(f"{seed}: {took} {dict(found)}", flush=True)
        if wrong:
            print(wrong, flush=True)
    print(f"{faults} wrong; {dict(counts)}")
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
