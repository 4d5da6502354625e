"""The files that a site is made from: their digests, and whether they stayed as they were."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from casebook.build.cache import Cache
from casebook.problems import START, ContentError, Problem
from casebook.values.digest import digest

SOURCES = ("content", "data", "theme")
_FOLDERS = (*SOURCES, "casebook")
_FILE = "pelicanconf.py"
_KNOWN = "inputs"
# A file that was written this recently may be written again without its time changing: clocks of
# file systems go in steps, of two seconds at the worst.
YOUNG = 2 * 10**9

# What a file was when it was looked at: any writing changes one of these.
_Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The SHA-256 of every file that the site is made from, by path, as of one moment."""

    project: Path
    digests: Mapping[str, str]
    signatures: Mapping[str, _Signature]


def find_inputs(project: Path) -> Iterator[tuple[str, _Signature]]:
    """The files that a site is made from, each with what it was when it was looked at."""
    with suppress(OSError):
        found = os.stat(project / _FILE)
        if stat.S_ISREG(found.st_mode):
            yield _FILE, _sign(found)
    for name in _FOLDERS:
        yield from _find_below(str(project / name), name)


def _find_below(folder: str, shown: str) -> Iterator[tuple[str, _Signature]]:
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        return
    for entry in listed:
        name = entry.name
        with suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                if name != "__pycache__":
                    yield from _find_below(entry.path, f"{shown}/{name}")
            # What editors and file managers leave differs between machines.
            elif name[0] != "." and name[-1] != "~" and not name.endswith((".pyc", ".swp")):
                found = entry.stat()
                if stat.S_ISREG(found.st_mode):
                    yield f"{shown}/{name}", _sign(found)


def read_inputs(project: Path, store: Cache | None = None) -> Inputs:
    """The digests of all inputs as they are now.

    A file that bears the marks under which the store knows its digest is not read again, unless
    it is so young that it could have been written twice without its marks telling.
    """
    known = _read_known(store)
    trusted = time.time_ns() - YOUNG
    digests = {}
    # The signature comes first: a file that changes while it is read then differs from it.
    signatures = dict(sorted(find_inputs(project)))
    for name, signature in signatures.items():
        before = known.get(name)
        if before is not None and before[0] == signature and max(signature[:2]) < trusted:
            digests[name] = before[1]
            continue
        # One that cannot be read is told of by whoever needs it.
        with suppress(OSError):
            digests[name] = digest((project / name).read_bytes())
    if store is not None:
        kept = {name: [*signatures[name], found] for name, found in digests.items()}
        store.put(_KNOWN, json.dumps(kept).encode())
    return Inputs(project, digests, signatures)


def _read_known(store: Cache | None) -> dict[str, tuple[_Signature, str]]:
    """The digests that the store knows, each with the signature of its file."""
    try:
        kept = json.loads((store.get(_KNOWN) if store is not None else None) or b"{}")
        return {name: ((a, b, c, d), found) for name, (a, b, c, d, found) in kept.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def find_changed(inputs: Inputs) -> list[str]:
    """The names of the inputs that were written, added or removed since they were read."""
    now = dict(find_inputs(inputs.project))
    names = sorted(now.keys() | inputs.signatures.keys())
    return [name for name in names if now.get(name) != inputs.signatures.get(name)]


def refuse_changes(inputs: Inputs) -> None:
    """Raise ContentError where a file was written while the site was made from it.

    As well where its digest is missing, for the site would not say what it was made from.
    """
    problems = [
        Problem(
            name,
            START,
            "E140",
            "这个文件刚才读不了",
            "this file could not be read a moment ago",
            "请检查权限和磁盘，再构建一次",
            "Check its permissions and the disk, and build again",
        )
        for name in inputs.signatures.keys() - inputs.digests.keys()
    ]
    problems += [
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


def _sign(found: os.stat_result) -> _Signature:
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

    for entry in _walk_sources(project, report_unreadable):
        if entry.is_symlink():
            path = Path(entry)
            try:
                target: Path | None = path.resolve(strict=True)
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
        elif not (entry.is_file() or entry.is_dir()):
            report(
                Path(entry),
                "E141",
                "这不是普通文件（管道、设备或套接字）",
                "this is no ordinary file (a pipe, a device or a socket)",
                "请移走它",
                "Move it away",
            )
    return problems


def _walk_sources(
    project: Path, complain: Callable[[OSError], None]
) -> Iterator[Path | os.DirEntry[str]]:
    """Everything in the sources, told by the listing of its folder where that is enough."""
    for name in SOURCES:
        root = project / name
        if root.is_symlink():
            yield root
        elif root.exists():
            yield from _walk(root, complain)


def _walk(
    folder: Path | os.DirEntry[str], complain: Callable[[OSError], None]
) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError as error:
        complain(error)
        return
    for entry in listed:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry, complain)
