"""The files of a site in the order of their paths: as made, as they lie, as a manifest has it."""

from __future__ import annotations

import heapq
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

MANIFEST: Final = "manifest.json"
# File managers leave these in every folder that is looked at.
LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

# So many lines wait in memory, some ten megabytes, before they are sorted and put on the disk.
_RUN = 2**16
# How a manifest is written: one file a line, and what stands before the first.
_OUTPUTS = b' "outputs": {\n'
_LINE_START, _LINE_END = b'  "', b'": "'


class FileList:
    """Files with their digests, given in any order and told in that of their paths.

    A hundred thousand cases have two million files, more than may be kept in memory: they are
    sorted in runs on the disk, beside the tree.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: list[IO[bytes]] = []
        self._waiting: list[bytes] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, path: str, digest: str) -> None:
        """Put a file on the list."""
        # No path holds a zero, which sorts before all that a longer path may go on with.
        self._waiting.append(f"{path}\0{digest}\n".encode())
        self._count += 1
        if len(self._waiting) >= _RUN:
            self._waiting.sort()
            run = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # read to the end
            self._runs.append(run)
            run.writelines(self._waiting)
            self._waiting.clear()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every file and its digest; ValueError where a path was given twice."""
        self._waiting.sort()
        for run in self._runs:
            run.seek(0)
        before = ""
        for line in heapq.merge(*self._runs, self._waiting) if self._runs else self._waiting:
            path, _, digest = line.decode().partition("\0")
            if path == before:
                raise ValueError(f"two pages are written to {path}")
            before = path
            yield path, digest[:-1]

    def close(self) -> None:
        """Give back the room on the disk."""
        for run in self._runs:
            run.close()


def list_files(folder: Path) -> Iterator[str]:
    """Everything below a folder that is no folder itself, by its path with forward slashes.

    The paths come in their order. A folder that cannot be read raises OSError, lest it be taken
    for an empty one.
    """
    waiting = [("", _list_names(str(folder)))]
    while waiting:
        inside, names = waiting[-1]
        if not names:
            waiting.pop()
            continue
        path = inside + names.pop()
        if path[-1] == "/":
            waiting.append((path, _list_names(f"{folder}/{path}")))
        else:
            yield path


def _list_names(folder: str) -> list[str]:
    """The names in a folder, those of folders with a slash, the last in order first."""
    with os.scandir(folder) as entries:
        names = [f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name for e in entries]
    names.sort(reverse=True)
    return names


def list_unlisted(folder: Path, listed: Iterable[str]) -> Iterator[str]:
    """The files in a folder that are not among the listed ones, which come in their order."""
    rest = iter(listed)
    expected = next(rest, None)
    for path in list_files(folder):
        while expected is not None and expected < path:
            expected = next(rest, None)
        if path != expected:
            yield path


def find_foreign_file(folder: Path) -> str:
    """A file in the folder that the manifest of its site does not list, or nothing."""
    try:
        if not _find_foreign(list_unlisted(folder, _read_manifest(folder / MANIFEST))):
            return ""
    except (FileNotFoundError, ValueError, RecursionError):
        pass
    # The manifest may be none, or one that somebody had put in another form or order.
    return _find_foreign(list_unlisted(folder, sorted(_parse_manifest(folder / MANIFEST))))


def _find_foreign(unlisted: Iterator[str]) -> str:
    foreign = (path for path in unlisted if path.rpartition("/")[2] not in LITTER)
    return next(foreign, "")


def _read_manifest(path: Path) -> Iterator[str]:
    """The files that a manifest lists, and itself, in order and line by line.

    ValueError where it is not one of ours in the form in which it is written.
    """
    with path.open("rb") as stream:
        head = []
        for line in stream:
            head.append(line)
            if line == _OUTPUTS:
                break
        manifest = json.loads(b"".join(head) + b"}}")
        if not isinstance(manifest, dict) or manifest.get("generator") != "casebook":
            raise ValueError("not a manifest of ours")
        before = ""
        for line in stream:
            start, _, rest = line.partition(_LINE_END)
            if not rest:
                break
            if not start.startswith(_LINE_START) or b"\\" in start:
                raise ValueError("not in our form")
            listed = start[len(_LINE_START) :].decode()
            if listed <= before:
                raise ValueError("not in order")
            if before < MANIFEST < listed:
                yield MANIFEST
            before = listed
            yield listed
        if before < MANIFEST:
            yield MANIFEST


def _parse_manifest(path: Path) -> frozenset[str]:
    """The files that a manifest of ours in any form lists, and itself; none where it is not."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return frozenset()
    if not isinstance(manifest, dict) or manifest.get("generator") != "casebook":
        return frozenset()
    outputs = manifest.get("outputs")
    return frozenset({MANIFEST, *outputs}) if isinstance(outputs, dict) else frozenset()
