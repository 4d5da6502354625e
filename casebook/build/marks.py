"""The outer marks of files: what of a project and its site stands as the last build left it.

Only what Python has loaded anyway is imported here, and hashes: a build with nothing to do costs
hardly more than the start of Python and a look at each file.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time

from casebook import __version__

# A file that was written this recently may be written again without its time changing: clocks of
# file systems go in steps, of two seconds at the worst.
YOUNG = 2 * 10**9

# A site of more files than this is not looked at file by file.
MOST_LOOKED_AT = 5_000

RECORD = os.path.join(".cache", "last-build.json")

_SOURCES = ("content", "data", "theme", "casebook")
_SETTINGS = "pelicanconf.py"
_PROGRAM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The inputs of a build leave these out as well.
_LEFT_BEHIND = ("~", ".pyc", ".swp")


def list_packages() -> list[str]:
    """The folders of installed packages that this process imports from."""
    return [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]


def digest_inputs(
    project: str, output: str, siteurl: str | None, packages: list[str]
) -> tuple[str, dict[str, str]]:
    """A digest of the marks of every file that a build of these options depends on.

    With it come the files whose marks cannot be trusted yet, each with the SHA-256 of its content.
    """
    young: dict[str, str] = {}
    marks = [f"{__version__}\0{sys.version}\0{output}\0{siteurl!r}"]
    # Packages that come and go change the folder that they are in.
    for folder in packages:
        _mark(folder, marks, young)
    _mark(os.path.join(project, _SETTINGS), marks, young)
    roots = [os.path.join(project, name) for name in _SOURCES]
    if os.path.dirname(_PROGRAM) != project:
        roots.append(_PROGRAM)
    for root in roots:
        _mark_tree(root, marks, young)
    return _digest(marks), young


def digest_output(output: str, files: int) -> str:
    """A digest of the marks of the whole site, which has so many files.

    To look at each of very many files would take many times as long as all the rest, so that of
    a large site only its folder, what stands at its root and its manifest are looked at: another
    site in its place, or a part that was taken away, is seen.
    """
    marks: list[str] = []
    if files <= MOST_LOOKED_AT:
        _mark_tree(output, marks, None)
        return _digest(marks)
    with os.scandir(output) as entries:
        names = sorted(entry.name for entry in entries)
    for name in ("", *names):
        _mark(os.path.join(output, name), marks, None)
    return _digest(marks)


def is_disturbed(output: str) -> bool:
    """Whether the site is no plain folder, or another build is at work on it or was killed."""
    folder, name = os.path.split(output)
    beside = [os.path.join(folder, f".{name}.{kind}") for kind in ("building", "retired")]
    return os.path.islink(output) or any(map(os.path.exists, beside))


def encode_record(
    seen: str, made: str, cases: int, files: int, young: str = "{}", warnings: str = "[]"
) -> str:
    """The record of a build as JSON; `young` and `warnings` are JSON already."""
    return (
        f'{{"seen": "{seen}", "made": "{made}", "cases": {cases}, "files": {files},'
        f' "young": {young}, "warnings": {warnings}}}'
    )


def count_standing(
    project: str, output: str, siteurl: str | None, packages: list[str]
) -> tuple[int, int] | None:
    """The cases and files of a site that stands as its build left it and had nothing to warn of.

    None as well where that takes more than marks to tell.
    """
    record = os.path.join(project, RECORD)
    # What the texts of sources say has no marks here; the root folder has no name.
    if os.environ.get("CASEBOOK_SNAPSHOTS") or not os.path.basename(output):
        return None
    if os.path.islink(os.path.dirname(record)) or os.path.islink(record) or is_disturbed(output):
        return None
    try:
        with open(record, encoding="utf-8") as stream:
            kept = stream.read()
        cases, files = (
            int(kept.split(f'"{name}": ', 1)[1].split(",", 1)[0]) for name in ("cases", "files")
        )
        seen, young = digest_inputs(project, output, siteurl, packages)
        made = digest_output(output, files)
    except (OSError, ValueError, IndexError):
        return None
    # JSON takes longer to import than to compare with what would have been written.
    is_same = not young and kept == encode_record(seen, made, cases, files)
    return (cases, files) if is_same else None


def digest_file(path: str) -> str:
    """The SHA-256 of a file's content, empty where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except OSError:
        return ""


def _mark_tree(root: str, marks: list[str], young: dict[str, str] | None) -> None:
    """Add the marks of all files below a folder, of links by themselves and by what they lead to.

    What editors leave behind counts in a site, which holds nothing but what was built.
    """
    try:
        with os.scandir(root) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        marks.append(f"{root}\0{error.errno}")
        return
    for entry in listed:
        name = entry.name
        if young is not None and (name == "__pycache__" or name.endswith(_LEFT_BEHIND)):
            continue
        if entry.is_dir(follow_symlinks=False):
            _mark_tree(entry.path, marks, young)
        elif young is None or name[0] != ".":
            if entry.is_symlink():
                marks.append(f"{entry.path}\0{os.readlink(entry.path)}")
            _mark(entry.path, marks, young)


def _mark(path: str, marks: list[str], young: dict[str, str] | None) -> None:
    """Add what changes when a file is written: its times, its size and its place on the disk."""
    try:
        found = os.stat(path)
    except OSError as error:
        marks.append(f"{path}\0{error.errno}")
        return
    marks.append(
        f"{path}\0{found.st_mtime_ns}\0{found.st_ctime_ns}\0{found.st_size}\0{found.st_ino}"
        f"\0{found.st_mode}"
    )
    newest = max(found.st_mtime_ns, found.st_ctime_ns)
    if young is not None and newest > time.time_ns() - YOUNG and os.path.isfile(path):
        young[path] = digest_file(path)


def _digest(marks: list[str]) -> str:
    return hashlib.sha256("\n".join(marks).encode("utf-8", "surrogateescape")).hexdigest()
