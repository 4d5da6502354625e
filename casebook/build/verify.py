"""A copy of the site against its manifest: what differs, what is missing and what is extra."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casebook.build.manifest import LITTER, MANIFEST
from casebook.problems import CasebookError, Exit
from casebook.text import Lang
from casebook.values.digest import digest

Fault = Literal["differs", "missing", "extra"]
_WORDS: dict[Fault, str] = {"differs": "内容不同", "missing": "缺失", "extra": "多出"}


@dataclass(frozen=True, slots=True, order=True)
class FileDifference:
    """One file that is not as the manifest says."""

    path: str
    fault: Fault

    def message(self, lang: Lang) -> str:
        """The difference as a line; control characters of a file's name are shown as escapes."""
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in self.path)
        return f"{shown}: {_WORDS[self.fault] if lang == 'zh' else self.fault}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found: how many files the manifest lists, and which of them are not so.

    `manifest` is the SHA-256 of the manifest itself. Nothing in the tree vouches for that one;
    who published it can say whether it is his. A server lists no files, so in what one gives out
    those beyond the manifest cannot be told; then `extras_told` is false.
    """

    files: int
    manifest: str
    differences: tuple[FileDifference, ...]
    extras_told: bool = True


def verify_copy(place: str) -> Verdict:
    """Compare a copy, given as a folder, as file:// or as an address of this machine.

    Raises CasebookError where there is none, or where the address is of another machine.
    """
    if place.lower().startswith("file:/"):
        return verify_tree(_find_folder(place))
    return verify_served(place) if "://" in place else verify_tree(Path(place))


def verify_tree(folder: Path) -> Verdict:
    """Compare every file of a folder with the manifest that lies in it.

    Raises CasebookError where there is no such folder.
    """
    if not folder.is_dir():
        raise CasebookError(f"没有这个文件夹：{folder}", f"no such folder: {folder}", Exit.USAGE)
    found = _find_files(folder)
    content = _read_regular(folder / MANIFEST)
    if content is None:
        return Verdict(files=0, manifest="", differences=(FileDifference(MANIFEST, "missing"),))
    listed = _read_outputs(content)
    if listed is None:
        return Verdict(
            files=0, manifest=digest(content), differences=(FileDifference(MANIFEST, "differs"),)
        )
    differences = [
        FileDifference(path, "extra")
        for path in found - listed.keys() - {MANIFEST}
        if path.rpartition("/")[2] not in LITTER
    ]
    for path, expected in listed.items():
        # A path that leads out of the folder is not among those that were found in it.
        if path not in found:
            differences.append(FileDifference(path, "missing"))
            continue
        data = _read_regular(folder / path)
        if data is None or digest(data) != expected:
            differences.append(FileDifference(path, "differs"))
    return Verdict(
        files=len(listed), manifest=digest(content), differences=tuple(sorted(differences))
    )


def verify_served(address: str) -> Verdict:
    """Compare every file that a server of this machine gives out with the manifest it gives out.

    Raises CasebookError where it does not answer, or is not of this machine.
    """
    # Who verifies a folder needs nothing of the network.
    from casebook.build.served import ServedCopy

    copy = ServedCopy(address)
    content = copy.read(MANIFEST)
    if content is None:
        return Verdict(
            files=0,
            manifest="",
            differences=(FileDifference(MANIFEST, "missing"),),
            extras_told=False,
        )
    seal = digest(content)
    listed = _read_outputs(content)
    if listed is None:
        return Verdict(
            files=0,
            manifest=seal,
            differences=(FileDifference(MANIFEST, "differs"),),
            extras_told=False,
        )
    differences = []
    for path, expected in sorted(listed.items()):
        data = copy.read(path)
        if data is None or digest(data) != expected:
            differences.append(FileDifference(path, "missing" if data is None else "differs"))
    return Verdict(
        files=len(listed), manifest=seal, differences=tuple(differences), extras_told=False
    )


def find_uploads(earlier: Path, folder: Path) -> Iterator[str]:
    """What brings a copy that an earlier manifest describes to the site in a folder.

    A line is `+ path` for a file to upload and `- path` for one to delete, in the order in which
    no reader meets a page before what it loads: files, pages, the manifest, and last what goes.
    Raises CasebookError where one of the manifests is none.
    """
    before, now = _require_outputs(earlier), _require_outputs(folder / MANIFEST)
    changed = sorted(path for path, seal in now.items() if before.get(path) != seal)
    yield from (f"+ {path}" for path in changed if not path.endswith(".html"))
    yield from (f"+ {path}" for path in changed if path.endswith(".html"))
    if changed or before.keys() != now.keys():
        yield f"+ {MANIFEST}"
    yield from (f"- {path}" for path in sorted(before.keys() - now.keys()))


def _require_outputs(path: Path) -> Mapping[str, str]:
    content = _read_regular(path)
    listed = None if content is None else _read_outputs(content)
    if listed is None:
        raise CasebookError(
            f"{path} 不是本程序写的 manifest.json",
            f"{path} is no manifest.json of this program",
            Exit.USAGE,
        )
    return listed


def _find_folder(address: str) -> Path:
    """The folder that a file:// address of this machine names."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost") or "%00" in address:
        raise CasebookError(
            f"{address} 不是本机的文件夹", f"{address} is no folder of this machine", Exit.USAGE
        )
    return Path(url2pathname(parts.path))


def _find_files(folder: Path) -> set[str]:
    """Everything in the folder that is no folder itself, links to folders included."""
    found = set()
    for path, folders, files in os.walk(folder):
        inside = Path(path).relative_to(folder)
        links = [name for name in folders if (Path(path) / name).is_symlink()]
        found |= {(inside / name).as_posix() for name in (*files, *links)}
    return found


def _read_regular(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else None
    except OSError:
        return None


def _read_outputs(manifest: bytes) -> Mapping[str, str] | None:
    """The digests that a manifest lists, or nothing where it is not one of ours."""
    try:
        read = json.loads(manifest)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or read.get("generator") != "casebook":
        return None
    outputs = read.get("outputs")
    return outputs if isinstance(outputs, dict) else None
