"""Commands killed at each of their uses of files: nothing is torn, and the next one clears up.

    .venv/bin/python -m tests.killed_commands [--every N] [NAME …]

A command first runs to its end, which counts its uses of files in the project. Then it is killed
before each of these uses in a copy of the project: every file must be as before or as afterwards.
Another command is started next, after which no file may be left that is not of the project. The
killed command, run once more, must end as if it had never been killed.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.edit_scripts import Tree, in_child, prepare, read_tree
from tests.edit_steps import ROOT, Sources, begin
from tests.soak import Tally

EVENTS = frozenset(
    {
        *("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.truncate"),
        *("os.chmod", "os.utime", "sqlite3.connect", "shutil.rmtree", "ctypes.dlsym"),
    }
)
# Folders kept between commands and made again if they are damaged.
KEPT = (".cache/", "output/")
CACHE = {".cache/store.sqlite", ".cache/store.key", ".cache/last-build", ".cache/elsewhere"}


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command in a project; `DIR` is the folder beside it, `OTHER` is on another file system.

    `again` are the statuses allowed when the command runs again after it was killed. With an
    `edited` case there is something to build; the exchange of two folders may be `refused`.
    """

    arguments: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    run: Callable[[Path], object] | None = None
    again: tuple[int, ...] = (0,)
    is_converging: bool = True
    edited: bool = False
    refused: int = 0


def _save_form(project: Path) -> None:
    """Save a case with another title as the form in a browser does."""
    from casebook.preview.form import Forms

    # The tests import each other by their short names.
    sys.path.insert(0, str(ROOT / "tests"))
    from tests.preview.forms import Controls, press

    forms = Forms(project, "en")
    address = "/edit/haishu/"
    typed = Controls(forms.show(address).page).with_values(title="海曙：读书会由谁主办")
    if not press(forms, address, "save", typed).location:
        raise RuntimeError("not saved")


TABLE = """case,figure,label,amount,measure,per,period,status,source,quote
haishu,pay_2015,2015年的报酬,每人每月900元,unit_price,,2015,reported,evening-2015-03-02,每人每月900元
jinhua,pay_2015,2015年的报酬,每人每月800元,unit_price,,2015,reported,evening-2015-03-02,每人每月800元
"""
RECORDED = ("record",)
COMMANDS: Mapping[str, Command] = {
    "new": Command(arguments=("new", "ningbo", "--region", "330200"), again=(0, 2)),
    "import": Command(arguments=("import", "DIR/table.csv")),
    "record": Command(arguments=RECORDED),
    "record again": Command(
        arguments=("record", "--unpublished", "PROJECT/data/cases/haishu.yaml"),
        before=(RECORDED, ("import", "DIR/table.csv")),
    ),
    "release": Command(arguments=("release",), before=(RECORDED,), again=(0, 2)),
    "first release": Command(arguments=("release",), again=(0, 2), is_converging=False),
    "export": Command(
        arguments=("export", "--xlsx", "DIR/cases.xlsx"), again=(0, 2), is_converging=False
    ),
    "export inside": Command(
        arguments=("export", "--xlsx", "PROJECT/a.xlsx"), again=(0, 2), is_converging=False
    ),
    "chart": Command(arguments=("chart", "timeline", "--out", "DIR/timeline.svg")),
    "schema": Command(arguments=("schema",)),
    "check --fix": Command(arguments=("check", "--fix")),
    "check --since": Command(arguments=("check", "--since", "HEAD")),
    "form": Command(run=_save_form),
    "init": Command(arguments=("init", "DIR/own", "--yes", "--name", "某站")),
    "build": Command(arguments=("build", "--quiet"), edited=True),
    "build elsewhere": Command(arguments=("build", "--output", "DIR/site")),
    "build on another disk": Command(
        arguments=("build", "--output", "OTHER/site"),
        before=(("build", "--output", "OTHER/site"),),
        edited=True,
    ),
    "build without an exchange": Command(
        arguments=("build", "--quiet"), edited=True, refused=errno.ENOSYS
    ),
}
# One of these commands is started after each kill.
NEXT = (
    ("check",),
    ("build", "--quiet"),
    ("verify",),
    ("chart", "timeline", "--out", "PROJECT/output.svg"),
    ("schema",),
    ("new", "zhuhai", "--region", "440400"),
)


# A file system in memory, if the machine has one.
_OTHER = Path("/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()) / (
    f"casebook-{os.getpid()}"
)


def _place(arguments: Sequence[str], project: Path) -> list[str]:
    names = {"PROJECT": str(project), "DIR": str(project.parent), "OTHER": str(_OTHER)}
    placed = []
    for one in arguments:
        for name, path in names.items():
            one = one.replace(name, path)
        placed.append(one)
    return ["--project", str(project), *placed]


def _run(command: Command, project: Path, killed_at: int = 0) -> tuple[int, int, str]:
    """The status of a command, the number of its uses of files, and its output.

    The process kills itself before the use `killed_at`, so that the use never happens.
    """
    from casebook.build.last_build import list_packages, repeat_last_build
    from casebook.commands.cli import main

    if command.refused:
        from casebook.build import output

        def refuse(*_: object) -> bool:
            raise OSError(command.refused, os.strerror(command.refused))

        vars(output).update(_call=refuse)
    seen = 0
    folders = (str(project.parent), str(_OTHER))

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event not in EVENTS or (event == "ctypes.dlsym" and arguments[1] != "renameat2"):
            return
        paths = [os.fsdecode(one) for one in arguments[:2] if isinstance(one, str | bytes | Path)]
        is_read = event == "open" and isinstance(arguments[1], str) and arguments[1][:1] == "r"
        if is_read or not (event[0] == "c" or any(path.startswith(folders) for path in paths)):
            return
        seen += 1
        if seen == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    said = io.StringIO()
    os.chdir(project)
    sys.addaudithook(watch)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        if command.run is not None:
            command.run(project)
            return 0, seen, ""
        arguments = _place(command.arguments, project)
        is_repeated = repeat_last_build(arguments, list_packages())
        status = 0 if is_repeated else int(main(arguments))
    return status, seen, said.getvalue()


def _was_killed(command: Command, project: Path, at: int) -> bool:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            _run(command, project, at)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


class Lab:
    """A project with the files beside it, before a command and after it."""

    def __init__(self, folder: Path, command: Command) -> None:
        self.folder = folder
        self.command = command
        self.start = folder / "start"
        _write(self.start / "project", begin(1).files)
        (self.start / "table.csv").write_text(TABLE, encoding="utf-8")
        for one in (("build", "--quiet"), *command.before):
            status, _, said = in_child(
                lambda one=one: _run(Command(arguments=one), self.start / "project")
            )
            if status:
                raise RuntimeError(f"{one}: {status} {said}")
        self._commit()
        if command.edited:
            case = self.start / "project" / "data" / "cases" / "haishu.yaml"
            case.write_bytes(case.read_bytes().replace("由谁来办".encode(), "由谁主办".encode()))
        if _OTHER.exists():
            shutil.copytree(_OTHER, self.start / "other")
        self.before = read_tree(self.start)
        at = self.copy()
        status, self.uses, said = in_child(lambda: _run(command, at / "project"))
        if status:
            raise RuntimeError(f"{status} {said}")
        self.after = read_tree(at)
        self.whole = [self.sites(at)]
        self.whole.append(self.sites(self.copy()))

    def _commit(self) -> None:
        if "--since" in self.command.arguments:
            os.system(
                f"cd {self.start}/project && git init -q && git add data &&"
                " git -c user.name=a -c user.email=a@example.org commit -qm a"
            )

    def copy(self) -> Path:
        """A copy of all files at the start."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.start, copy)
        shutil.rmtree(_OTHER, ignore_errors=True)
        if (copy / "other").exists():
            shutil.copytree(copy / "other", _OTHER)
        return copy

    def sites(self, copy: Path) -> list[Tree]:
        """The sites of a copy, in its project and on another file system."""
        return [read_tree(folder) for folder in (copy / "project" / "output", _OTHER / "site")]

    def kill(self, at: int, after: Sequence[str], tally: Tally) -> None:
        """Kill the command before one use of a file, start another, and judge the files."""
        copy = self.copy()
        what = f"killed ahead of use {at} of {self.uses}, then {' '.join(after)}"
        tally.trials += 1
        if not _was_killed(self.command, copy / "project", at):
            tally.count("ended before")
        found = read_tree(copy)
        tally.count("with leftovers", bool(_find_leftovers(found)))
        for path, content in found.items():
            is_kept = _inside(path).startswith(KEPT)
            known = [tree[path] for tree in (self.before, self.after) if path in tree]
            if not (is_kept or _is_leftover(path) or content in known):
                tally.wrong.append(f"{what}: {path} is torn")
        for path in self.before.keys() & self.after.keys() - found.keys():
            if not path.removeprefix("project/").startswith(".cache/"):
                tally.wrong.append(f"{what}: {path} is gone")
        # Without an exchange the site may be missing for a moment; the next command puts it back.
        if not self.command.refused:
            self._expect_whole(copy, what, tally)
        self._expect_nothing_left(copy, after, what, tally)
        self._expect_whole(copy, f"{what}, and then", tally)
        if self.command.run is None:
            self._end(copy, what, tally)

    def _expect_whole(self, copy: Path, what: str, tally: Tally) -> None:
        is_build = self.command.arguments[:1] == ("build",)
        for number, site in enumerate(self.sites(copy) if is_build else ()):
            if site not in [sites[number] for sites in self.whole]:
                tally.wrong.append(f"{what}: the site is neither the old one nor the new")

    def _expect_nothing_left(
        self, copy: Path, after: Sequence[str], what: str, tally: Tally
    ) -> None:
        status, _, said = in_child(lambda: _run(Command(arguments=tuple(after)), copy / "project"))
        if status not in (0, 1, 2) or "Traceback" in said:
            tally.wrong.append(f"{what}: {status} {said}")
        if self.command.arguments[:1] == ("init",):
            # An unfinished site is no project; the same command finishes it.
            return
        if left := _find_leftovers(read_tree(copy) | read_tree(_OTHER)):
            tally.wrong.append(f"{what}: left {sorted(left)}")

    def _end(self, copy: Path, what: str, tally: Tally) -> None:
        """Run the command once more: it ends as if it had never been killed."""
        status, _, said = in_child(lambda: _run(self.command, copy / "project"))
        if status not in self.command.again:
            tally.wrong.append(f"{what}, then again: {status} {said}")
        now = read_tree(copy)
        if left := _find_leftovers(now):
            tally.wrong.append(f"{what}, then again: left {sorted(left)}")
        for path, content in self.after.items():
            if _inside(path).startswith(KEPT) or not self.command.is_converging:
                continue
            if now.get(path) != content and not path.endswith(".bak"):
                tally.wrong.append(f"{what}, then again: {path} is other than afterwards")


def _write(folder: Path, files: Sources) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _is_leftover(path: str) -> bool:
    """True if the path is a file of an unfinished tree, a lock, or a file before its renaming."""
    ends = (".new", ".building", ".retired", ".lock", ".part", "-journal", ".spare")
    names = path.split("/")
    return any(name[0] == "." and name.endswith(ends) for name in names) or "-journal" in path


def _inside(path: str) -> str:
    """A path inside the project, or inside the project that `init` makes."""
    return path.removeprefix("project/").removeprefix("own/")


def _find_leftovers(tree: Tree) -> set[str]:
    found = {path for path in tree if _is_leftover(path)}
    in_cache = {path for path in tree if path.startswith("project/.cache/")}
    return found | {path for path in in_cache if path.removeprefix("project/") not in CACHE}


def kill_commands(names: Sequence[str], every: int, folder: Path) -> Iterator[Tally]:
    """Kill every command before each use of a file, or before every so many uses."""
    following = itertools.cycle(NEXT)
    for name in names:
        tally = Tally(name=f"{name} killed")
        at = Path(tempfile.mkdtemp(dir=folder)).resolve()
        lab = Lab(at, COMMANDS[name])
        tally.count("uses of files", lab.uses)
        for number in range(1, lab.uses + 1, every):
            lab.kill(number, next(following), tally)
        shutil.rmtree(at)
        shutil.rmtree(_OTHER, ignore_errors=True)
        yield tally


def main() -> int:
    """Kill the named commands, or all of them, and print the faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="uses of files from kill to kill")
    parser.add_argument("names", nargs="*", default=list(COMMANDS))
    asked = parser.parse_args()
    prepare()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for tally in kill_commands(asked.names, asked.every, Path(folder)):
            print(tally, *tally.wrong[:12], sep="\n", flush=True)
            wrong += len(tally.wrong)
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
