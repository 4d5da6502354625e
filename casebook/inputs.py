"""The files that a site is made from: their digests, and whether they stayed as they were."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from casebook.errors import START, ContentError, Problem
from casebook.store import digest

SOURCES = ("content", "data", "theme")
_FOLDERS = (*SOURCES, "casebook")
_FILE = "pelicanconf.py"

# What a file was when it was looked at: any writing changes one of these.
_Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The SHA-256 of every file that the site is made from, by path, as of one moment."""

    project: Path
    digests: Mapping[str, str]
    signatures: Mapping[str, _Signature]


def find_inputs(project: Path) -> Iterator[tuple[str, Path]]:
    """The files that a site is made from, with the names that the manifest gives them."""
    if (project / _FILE).is_file():
        yield _FILE, project / _FILE
    for name in _FOLDERS:
        for path, folders, files in os.walk(project / name):
            folders[:] = [folder for folder in folders if folder != "__pycache__"]
            for file in files:
                # What editors and file managers leave differs between machines.
                if file[0] == "." or file[-1] == "~" or file.endswith((".pyc", ".swp")):
                    continue
                found = Path(path) / file
                if found.is_file():
                    yield found.relative_to(project).as_posix(), found


def read_inputs(project: Path) -> Inputs:
    """The digests of all inputs as they are now."""
    digests = {}
    signatures = {}
    for name, path in sorted(find_inputs(project)):
        # The signature comes first: a file that changes while it is read then differs from it.
        # One that cannot be read is told of by whoever needs it.
        with suppress(OSError):
            signatures[name] = _sign(path)
            digests[name] = digest(path.read_bytes())
    return Inputs(project, digests, signatures)


def find_changed(inputs: Inputs) -> list[str]:
    """The names of the inputs that were written, added or removed since they were read."""
    now = {}
    for name, path in find_inputs(inputs.project):
        with suppress(OSError):
            now[name] = _sign(path)
    names = sorted(now.keys() | inputs.signatures.keys())
    return [name for name in names if now.get(name) != inputs.signatures.get(name)]


def refuse_changes(inputs: Inputs) -> None:
    """Raise ContentError where a file was written while the site was made from it."""
    problems = [
        Problem(
            name,
            START,
            "E145",
            "这个文件在构建的时候被改动了",
            "this file was changed while the site was built from it",
            "请等改动写完，再构建一次",
            "Build again when the writing has ended",
        )
        for name in find_changed(inputs)
    ]
    if problems:
        raise ContentError(problems)


def _sign(path: Path) -> _Signature:
    found = path.stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def check_sources(project: Path) -> list[Problem]:
    """Links of the sources that lead out of them or nowhere, and what cannot be read as a file."""
    problems = []
    roots = [project.resolve() / name for name in SOURCES]

    def report(path: Path, code: str, zh: str, en: str, hint_zh: str, hint_en: str) -> None:
        shown = path.relative_to(project).as_posix()
        problems.append(Problem(shown, START, code, zh, en, hint_zh, hint_en))

    def report_unreadable(error: OSError) -> None:
        # Else a folder that may not be read would count as an empty one.
        reason = error.strerror or str(error)
        report(
            Path(error.filename),
            "E140",
            f"读不了这个文件夹（{reason}）",
            f"cannot read this folder ({reason})",
            "请检查它的权限",
            "Check its permissions",
        )

    for path in _walk_sources(project, report_unreadable):
        if path.is_symlink():
            try:
                target = path.resolve(strict=True)
            except (OSError, RuntimeError):
                target = None
            if target is None or not any(target.is_relative_to(root) for root in roots):
                report(
                    path,
                    "E144",
                    "符号链接指向项目的源文件之外，或指向不存在的文件",
                    "a symbolic link leads out of the sources of the project, or nowhere",
                    "请把文件本身放进来",
                    "Put the file itself here",
                )
        elif _is_odd(path):
            report(
                path,
                "E141",
                "这不是普通文件（管道、设备或套接字）",
                "this is no ordinary file (a pipe, a device or a socket)",
                "请移走它",
                "Move it away",
            )
    return problems


def _is_odd(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _walk_sources(project: Path, complain: Callable[[OSError], None]) -> Iterator[Path]:
    for name in SOURCES:
        root = project / name
        if root.is_symlink():
            yield root
        elif root.exists():
            for path, folders, files in os.walk(root, onerror=complain):
                for entry in (*folders, *files):
                    yield Path(path) / entry
