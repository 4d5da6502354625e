"""Manifest of a site: its files in the order of their paths, as made, as found, as listed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

MANIFEST: Final = "manifest.json"
# File managers leave these in every folder that is looked at.
LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


class FileList:
    """Files with their digests, given in any order and listed in that of their paths.

    A line takes half the memory of two texts: ten thousand cases have 170,000 files.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, path: str, digest: str) -> None:
        """Put a file on the list."""
        # No path holds a zero, which sorts before all that a longer path may go on with.
        self._lines.append(f"{path}\0{digest}".encode())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every file and its digest; ValueError where a path was given twice."""
        self._lines.sort()
        before = ""
        for line in self._lines:
            path, _, digest = line.decode().partition("\0")
            if path == before:
                raise ValueError(f"two pages are written to {path}")
            before = path
            yield path, digest


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
    unlisted = list_unlisted(folder, sorted(_read_manifest(folder / MANIFEST)))
    return next((path for path in unlisted if path.rpartition("/")[2] not in LITTER), "")


def _read_manifest(path: Path) -> Iterable[str]:
    """The files that a manifest of ours lists, and itself; none where it is not one."""
    try:
        manifest = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return ()
    if not isinstance(manifest, dict) or manifest.get("generator") != "casebook":
        return ()
    outputs = manifest.get("outputs")
    return (MANIFEST, *outputs) if isinstance(outputs, dict) else (MANIFEST,)
