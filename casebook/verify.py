"""A copy of the site against its manifest: what differs, what is missing and what is extra."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casebook.errors import CasebookError, Exit, Lang
from casebook.store import digest
from casebook.swap import LITTER, MANIFEST

Fault = Literal["differs", "missing", "extra"]
_WORDS: dict[Fault, str] = {"differs": "内容不同", "missing": "缺失", "extra": "多出"}


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One file that is not as the manifest says."""

    path: str
    fault: Fault

    def message(self, lang: Lang) -> str:
        """The difference as a line; control characters of a file's name are shown as escapes."""
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in self.path)
        return f"{shown}: {_WORDS[self.fault] if lang == 'zh' else self.fault}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: how many files the manifest lists, and which of them are not so.

    `manifest` is the SHA-256 of the manifest itself. Nothing in the tree vouches for that one;
    who published it can say whether it is his.
    """

    files: int
    manifest: str
    differences: tuple[Difference, ...]


def verify_tree(folder: Path) -> Verdict:
    """Compare every file of a folder with the manifest that lies in it.

    Raises CasebookError where there is no such folder.
    """
    if not folder.is_dir():
        raise CasebookError(f"没有这个文件夹：{folder}", f"no such folder: {folder}", Exit.USAGE)
    found = _find_files(folder)
    content = _read_regular(folder / MANIFEST)
    if content is None:
        return Verdict(0, "", (Difference(MANIFEST, "missing"),))
    listed = _read_outputs(content)
    if listed is None:
        return Verdict(0, digest(content), (Difference(MANIFEST, "differs"),))
    differences = [
        Difference(path, "extra")
        for path in found - listed.keys() - {MANIFEST}
        if path.rpartition("/")[2] not in LITTER
    ]
    for path, expected in listed.items():
        # A path that leads out of the folder is not among those that were found in it.
        if path not in found:
            differences.append(Difference(path, "missing"))
            continue
        data = _read_regular(folder / path)
        if data is None or digest(data) != expected:
            differences.append(Difference(path, "differs"))
    return Verdict(len(listed), digest(content), tuple(sorted(differences)))


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
