"""Whether anything changed since the last build: told by looking at the files, not into them.

Nothing that a build needs is imported here, so that a build with nothing to do costs hardly more
than the start of Python and a look at each file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from casebook import __version__
from casebook.errors import Position, Problem

# A file that was written this recently may be written again without its time changing: clocks of
# file systems go in steps, of two seconds at the worst.
YOUNG = 2 * 10**9

# A site of more files than this is not looked at file by file.
MOST_LOOKED_AT = 5_000

_SOURCES = ("content", "data", "theme", "casebook")
_SETTINGS = "pelicanconf.py"
_PROGRAM = Path(__file__).parent
_RECORD = "last-build.json"
# The inputs of a build leave these out as well.
_LEFT_BEHIND = ("~", ".pyc", ".swp")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen before a build: a digest of all that it depends on, by outer marks only.

    `young` are the files whose marks cannot be trusted yet, each with the SHA-256 of its content.
    """

    project: Path
    output: Path
    seen: str
    young: dict[str, str]


@dataclass(frozen=True, slots=True)
class LastBuild:
    """What the last build made, for a build that finds it still standing."""

    cases: int
    files: int
    warnings: tuple[Problem, ...]


def look_at_inputs(project: Path, output: Path, siteurl: str | None) -> Look:
    """The marks of every file that a build of these options depends on."""
    young: dict[str, str] = {}
    marks = [f"{__version__}\0{sys.version}\0{output}\0{siteurl!r}"]
    # Packages that come and go change the folder that they are in.
    folders = [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
    for folder in folders:
        marks += _mark(folder, young)
    marks += _mark(str(project / _SETTINGS), young)
    roots = [project / name for name in _SOURCES]
    if _PROGRAM.parent != project:
        roots.append(_PROGRAM)
    for root in roots:
        marks += _mark_tree(str(root), young)
    return Look(project, output, _digest(marks), young)


def find_last_build(look: Look) -> LastBuild | None:
    """What the last build made, where a new one would make the same and find it standing.

    None as well where another build is at work or was killed, so that it is seen to.
    """
    # The root folder has no name; the build itself says that it is no place for a site.
    if os.environ.get("CASEBOOK_SNAPSHOTS") or not look.output.name:
        return None
    path = _record_of(look.project)
    output = look.output
    beside = [output.with_name(f".{output.name}.{kind}") for kind in ("building", "retired")]
    try:
        if path is None or output.is_symlink() or any(place.exists() for place in beside):
            return None
        kept = json.loads(path.read_bytes())
        made = _look_at_output(output, kept["files"])
        if kept["seen"] != look.seen or kept["made"] != made:
            return None
        if any(_digest_file(name) != found for name, found in kept["young"].items()):
            return None
        last = LastBuild(kept["cases"], kept["files"], tuple(map(_restore, kept["warnings"])))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if kept["young"] and not look.young:
        # They have come of age unchanged: from now on their marks say all.
        _write(path, kept | {"young": {}})
    return last


def record_build(look: Look, last: LastBuild) -> None:
    """Keep what a build has made from what was seen before it began."""
    path = _record_of(look.project)
    if path is None:
        return
    record = {
        "seen": look.seen,
        "young": look.young,
        "made": _look_at_output(look.output, last.files),
        "cases": last.cases,
        "files": last.files,
        "warnings": [asdict(problem) for problem in last.warnings],
    }
    _write(path, record)


def _record_of(project: Path) -> Path | None:
    folder = project / ".cache"
    path = folder / _RECORD
    try:
        return None if folder.is_symlink() or path.is_symlink() else path
    except OSError:
        # A cache that may not be looked into is done without.
        return None


def _write(path: Path, record: dict[str, object]) -> None:
    # Without a record the next build does everything, which is slow and right.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.write_text(json.dumps(record), encoding="utf-8")
        os.replace(new, path)


def _restore(problem: dict[str, object]) -> Problem:
    at = problem["at"]
    if not isinstance(at, dict):
        raise TypeError("a place is expected")
    return Problem(**(problem | {"at": Position(**at)}))  # type: ignore[arg-type]  # our own record


def _look_at_output(output: Path, files: int) -> str:
    """The marks of the whole site, taken after its last file was written.

    To look at each of very many files would take many times as long as all the rest, so that of
    a large site only its folder, what stands at its root and its manifest are looked at: another
    site in its place, or a part that was taken away, is seen.
    """
    if files <= MOST_LOOKED_AT:
        return _digest(_mark_tree(str(output), None))
    with os.scandir(output) as entries:
        names = sorted(entry.name for entry in entries)
    marks = [mark for name in ("", *names) for mark in _mark(str(output / name), None)]
    return _digest(marks)


def _mark_tree(root: str, young: dict[str, str] | None) -> Iterator[str]:
    """The marks of all files below a folder, of links by themselves and by what they lead to.

    What editors leave behind counts in a site, which holds nothing but what was built.
    """
    try:
        with os.scandir(root) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield f"{root}\0{error.errno}"
        return
    for entry in listed:
        name = entry.name
        if young is not None and (name == "__pycache__" or name.endswith(_LEFT_BEHIND)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _mark_tree(entry.path, young)
        elif young is None or name[0] != ".":
            if entry.is_symlink():
                yield f"{entry.path}\0{os.readlink(entry.path)}"
            yield from _mark(entry.path, young)


def _mark(path: str, young: dict[str, str] | None) -> Iterator[str]:
    """What changes when a file is written: its times, its size and its place on the disk."""
    try:
        found = os.stat(path)
    except OSError as error:
        yield f"{path}\0{error.errno}"
        return
    yield (
        f"{path}\0{found.st_mtime_ns}\0{found.st_ctime_ns}\0{found.st_size}\0{found.st_ino}"
        f"\0{found.st_mode}"
    )
    newest = max(found.st_mtime_ns, found.st_ctime_ns)
    if young is not None and newest > time.time_ns() - YOUNG and os.path.isfile(path):
        young[path] = _digest_file(path)


def _digest_file(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except OSError:
        return ""


def _digest(marks: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(marks).encode("utf-8", "surrogateescape")).hexdigest()
