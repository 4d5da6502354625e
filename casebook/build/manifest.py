"""Manifest of a site: its files as a folder holds them, and as the manifest lists them."""

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
# File managers leave these in every folder that is looked at.
LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
NO_STAMPS: Final[Mapping[str, int]] = {}


def list_files(folder: Path | str) -> Iterator[str]:
    """Everything below a folder that is no folder itself, by its path with forward slashes.

    The paths come in their order. A folder that cannot be read raises OSError, lest it be taken
    for an empty one.
    """
    # Not by calling itself: each path would be handed up through all folders that it is in.
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
    """When each folder around these files was last changed, by its path with a slash behind it."""
    stamps: dict[str, int] = {}
    for path in files:
        inside = path
        # The outermost has no name.
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
    # The time of change cannot be set back, and is another thing on Windows.
    return max(found.st_mtime_ns, found.st_ctime_ns)


def find_unlisted(folder: Path, known: Mapping[str, int] = NO_STAMPS) -> list[str]:
    """The files below a folder that the manifest of its site does not list.

    Into one of the folders there that was changed when it is `known` to have been nobody looks:
    adding and removing a file change it.
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
        # One that somebody has taken away has changed the folder around it.
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
    """The digests by path of the files of a site, None where there is none of this program's."""
    with suppress(FileNotFoundError):
        return _read_manifest(folder / MANIFEST)
    return None


def _read_manifest(path: Path) -> Mapping[str, str] | None:
    # Whoever opens a pipe waits for ever.
    return parse_outputs(path.read_bytes()) if stat.S_ISREG(path.stat().st_mode) else None


def parse_outputs(manifest: bytes) -> Mapping[str, str] | None:
    """The digests by path that a manifest lists, None where it is none of this program's."""
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

    A line is `+ path` for a file to upload and `- path` for one to delete, in the order in which
    no reader meets a page before what it loads: files, pages, the manifest, and last what goes.
    Raises CasebookError where one of the manifests is none.
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
