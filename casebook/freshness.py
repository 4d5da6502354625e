"""What stands in the published folder, and from what it was made: whether it may stay there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.store import Store, digest

if TYPE_CHECKING:
    from casebook.swap import NewTree

# Time of writing, size, place on the disk and permissions. Not the time of change, which every
# new link moves.
Mark = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class StandingFile:
    """A published file: its path in the site, the SHA-256 of its bytes, and its marks."""

    path: str
    digest: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class _Unit:
    key: str
    files: tuple[StandingFile, ...]


class Freshness:
    """The units of a published site, such as all files of one case, each under its key.

    A unit whose key is what it was is taken over as it stands, unless one of its files bears
    other marks than when it was written. The record is kept in the store, which seals it.
    """

    def __init__(self, store: Store, output: Path) -> None:
        self._store = store
        self._name = f"site:{digest(str(output).encode())[:16]}"
        self._output = output
        self._before = _decode(store.get(self._name))
        self._now: dict[str, _Unit] = {}
        self._made: dict[str, tuple[str, tuple[str, ...]]] = {}

    def keep(self, unit: str, key: str, tree: NewTree) -> bool:
        """Whether a unit stands as it would be made, so that the new tree could take it over."""
        found = self._before.get(unit)
        if found is None or found.key != key:
            return False
        lying = [_mark(f"{tree.folder}/{file.path}") == file.mark for file in found.files]
        for file, lies in zip(found.files, lying, strict=True):
            if file.mark[3] != tree.mode:
                return False
            if not lies and _mark(f"{self._output}/{file.path}") != file.mark:
                return False
        for file, lies in zip(found.files, lying, strict=True):
            if lies:
                tree.keep(file.path, file.digest)
            else:
                tree.take_over(file.path, file.digest)
        self._now[unit] = found
        return True

    def find_parts(self, key: str) -> dict[str, str] | None:
        """The texts that lists take from a unit of this key, where they are known."""
        content = self._store.get(f"parts:{key}")
        if content is None:
            return None
        try:
            parts = json.loads(content)
        except ValueError:
            return None
        return parts if isinstance(parts, dict) else None

    def keep_parts(self, key: str, parts: Mapping[str, str]) -> None:
        """Keep the texts that lists take from a unit of this key."""
        self._store.put(f"parts:{key}", json.dumps(dict(parts), ensure_ascii=False).encode())

    def note(self, unit: str, key: str, paths: Iterable[str]) -> None:
        """Say which files were made of a unit."""
        self._made[unit] = (key, tuple(paths))

    def save(self, tree: NewTree) -> None:
        """Keep what the new tree holds for the next build."""
        for unit, (key, paths) in self._made.items():
            files = []
            for path in paths:
                mark = _mark(f"{tree.folder}/{path}")
                if mark is not None:
                    files.append(StandingFile(path, tree.digests[path], mark))
            self._now[unit] = _Unit(key, tuple(files))
        self._store.put(self._name, _encode(self._now))
        self._store.prune("parts:")


def _mark(path: str) -> Mark | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode & 0o777


def _encode(units: dict[str, _Unit]) -> bytes:
    kept = {
        name: [unit.key, [[file.path, file.digest, *file.mark] for file in unit.files]]
        for name, unit in units.items()
    }
    return json.dumps(kept).encode()


def _decode(content: bytes | None) -> dict[str, _Unit]:
    """The units of a record; a record that cannot be read is one of nothing."""
    if content is None:
        return {}
    try:
        return {
            name: _Unit(key, tuple(StandingFile(path, sha, (*mark,)) for path, sha, *mark in files))
            for name, (key, files) in json.loads(content).items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}
