"""Manifest of a site: the files in its folder, and the files that the manifest lists."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from casebook.messages import failure
from casebook.problems import Exit

MANIFEST: Final = "manifest.json"
# File managers leave these in every folder that they open.
LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
NO_STAMPS: Final[Mapping[str, int]] = {}


def is_path_of_site(path: str) -> bool:
    """True if a path can be that of a file of a site: inside its folder, on every system."""
    return not {"", ".", ".."} & {*path.split("/")} and not {*"\\:"} & {*path}


def list_files(folder: Path | str) -> Iterator[str]:
    """The paths, with forward slashes, of everything below a folder that is not a folder.

    The paths are sorted. A folder that cannot be read raises OSError, so that it does not count as
    empty.
    """
    # Not recursive: each path would be yielded again by every folder that contains it.
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        if inside and inside[-1] != "/":
            yield inside
            continue
        with os.scandir(f"{folder}/{inside}") as entries:
            names = [(f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name) for e in entries]
        names.sort(reverse=True)
        waiting += [inside + name for name in names]


def stamp_folders(folder: Path, files: Iterable[str]) -> dict[str, int]:
    """The time when each folder around these files was last changed, by its path with a slash."""
    stamps: dict[str, int] = {}
    for path in files:
        inside = path
        # The outermost folder has an empty name.
        while inside and (inside := _name_around(inside)) not in stamps:
            if (stamp := _stamp(folder, inside)) is not None:
                stamps[inside] = stamp
    return stamps


def _name_around(path: str) -> str:
    before, slash, _ = path.removesuffix("/").rpartition("/")
    return before + slash


def _stamp(folder: Path, inside: str) -> int | None:
    try:
        found = os.lstat(f"{folder}/{inside}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    # The later one: a ctime cannot be set back, but on Windows it is the time of creation.
    return max(found.st_mtime_ns, found.st_ctime_ns)


def find_unlisted(folder: Path, known: Mapping[str, int] = NO_STAMPS) -> list[str]:
    """The files below a folder that the manifest of its site does not list.

    A folder with the same time as in `known` is not searched, because adding or removing a file
    changes the time of its folder.
    """
    waiting = [inside for inside, stamp in known.items() if _stamp(folder, inside) != stamp]
    if known and not waiting:
        return []
    outputs = read_outputs(folder)
    if not known or outputs is None:
        known, waiting = NO_STAMPS, [""]
    listed = {} if outputs is None else {**outputs, MANIFEST: ""}
    unlisted: list[str] = []
    while waiting:
        inside = waiting.pop()
        # A folder that was removed has changed the time of the folder around it.
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(f"{folder}/{inside}") as e:
            for entry in e:
                path = inside + entry.name
                if not entry.is_dir(follow_symlinks=False):
                    if path not in listed:
                        unlisted.append(path)
                elif f"{path}/" not in known:
                    waiting.append(f"{path}/")
    return unlisted


def read_outputs(folder: Path) -> Mapping[str, str] | None:
    """The digests by path of the files of a site, None without a manifest of this program."""
    with suppress(FileNotFoundError):
        return _read_manifest(folder / MANIFEST)
    return None


def _read_manifest(path: Path) -> Mapping[str, str] | None:
    # Checked first, because opening a pipe would wait for ever.
    return parse_outputs(path.read_bytes()) if stat.S_ISREG(path.stat().st_mode) else None


def parse_outputs(manifest: bytes) -> Mapping[str, str] | None:
    """The digests by path that a manifest lists, None if this program did not write it."""
    try:
        found = json.loads(manifest)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("generator") != "casebook":
        return None
    outputs = found.get("outputs")
    return outputs if isinstance(outputs, dict) else None


def find_uploads(earlier: Path, folder: Path) -> Iterator[str]:
    """The steps from a copy that an earlier manifest describes to the site in a folder.

    A line is `+ path` for a file to upload and `- path` for a file to delete. In this order no
    reader gets a page before the files that it loads: files, pages, the manifest, deletions.
    Raises CasebookError if one of the two is not a manifest of this program.
    """
    before, now = _require_outputs(earlier), _require_outputs(folder / MANIFEST)
    changed = sorted(path for path, sha in now.items() if before.get(path) != sha)
    yield from (f"+ {path}" for path in changed if not path.endswith(".html"))
    yield from (f"+ {path}" for path in changed if path.endswith(".html"))
    if changed or before.keys() != now.keys():
        yield f"+ {MANIFEST}"
    yield from (f"- {path}" for path in sorted(before.keys() - now.keys()))


def _require_outputs(path: Path) -> Mapping[str, str]:
    outputs = None
    with suppress(OSError):
        outputs = _read_manifest(path)
    if outputs is None:
        raise failure("build.verify.no_manifest", status=Exit.USAGE, path=path)
    return outputs
