"""What stands in the published folder, and from what it was made: whether it may stay there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from casebook.build.cache import Cache
from casebook.values.digest import digest

if TYPE_CHECKING:
    from casebook.build.output import NewTree

# Time of writing, size, place on the disk and permissions. Not the time of change, which every
# new link moves.
Mark = list[int]
# What is kept of a unit: its key, its texts, and each file with its digest and its mark.
_Kept = tuple[str, dict[str, str], list[tuple[str, str, Mark]]]

_NO_PARTS: Final[Mapping[str, str]] = {}
# Where the store says which folders it holds the units of.
_SITES: Final = "sites"


class Freshness:
    """The units of a published site, such as all files of one case, each under its key.

    A unit whose key is what it was is taken over as it stands, unless one of its files bears
    other marks than when it was written. Every unit is a value of the store, which seals it: what
    is kept is neither read nor written as a whole. One of a build that did not end names files
    that stand nowhere.
    """

    def __init__(self, store: Cache, output: Path) -> None:
        self._store = store
        self._output = output
        self._site = digest(str(output).encode())[:16]

    def keep(self, unit: str, key: str, tree: NewTree) -> Mapping[str, str] | None:
        """The texts that lists take from a unit that stands as it would be made, else None.

        The new tree takes its files over.
        """
        found = _decode(self._store.get(self._name(unit)))
        if found is None or found[0] != key:
            return None
        _, parts, files = found
        lying = [_mark(f"{tree.folder}/{path}") == mark for path, _, mark in files]
        for (path, _, mark), lies in zip(files, lying, strict=True):
            if mark[3] != tree.mode:
                return None
            if not lies and _mark(f"{self._output}/{path}") != mark:
                return None
        for (path, sha, _), lies in zip(files, lying, strict=True):
            if lies:
                tree.keep(path, sha)
            else:
                tree.take_over(path, sha)
        return parts

    def note(
        self,
        unit: str,
        key: str,
        tree: NewTree,
        files: Iterable[tuple[str, str]],
        parts: Mapping[str, str] = _NO_PARTS,
    ) -> None:
        """Keep which files the tree now holds of a unit, each with its digest, and its texts."""
        marked = [
            (path, sha, mark)
            for path, sha in files
            if (mark := _mark(f"{tree.folder}/{path}")) is not None
        ]
        told = json.dumps([key, dict(parts), marked], ensure_ascii=False)
        self._store.put(self._name(unit), told.encode())

    def forget_rest(self) -> None:
        """Forget the units that were neither kept nor made, and the sites that are no more."""
        self._store.prune(self._name(""))
        sites = _decode_sites(self._store.get(_SITES))
        gone = [site for site, path in sites.items() if not os.path.isdir(path)]
        for site in gone:
            self._store.prune(f"unit:{site}:")
        left = {site: path for site, path in sites.items() if site not in gone}
        left[self._site] = str(self._output)
        if left != sites:
            self._store.put(_SITES, json.dumps(left).encode())

    def _name(self, unit: str) -> str:
        return f"unit:{self._site}:{unit}"


def _mark(path: str) -> Mark | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode & 0o777]


def _decode(content: bytes | None) -> _Kept | None:
    if content is None:
        return None
    try:
        key, parts, files = json.loads(content)
    except (ValueError, TypeError):
        return None
    return key, parts, files


def _decode_sites(content: bytes | None) -> dict[str, str]:
    try:
        sites = json.loads(content or b"{}")
    except ValueError:
        return {}
    return sites if isinstance(sites, dict) else {}
