"""Whether anything changed since the last build: told by looking at the files, not into them."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casebook.build.marks import (
    RECORD,
    digest_file,
    digest_inputs,
    digest_output,
    encode_record,
    is_disturbed,
    list_packages,
)
from casebook.problems import Position, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen before a build: a digest of all that it depends on, by outer marks only.

    `young` are the files whose marks cannot be trusted yet, each with the SHA-256 of its content.
    """

    project: Path
    output: Path
    seen: str
    young: dict[str, str]


@dataclass(frozen=True, slots=True)
class LastBuild:
    """What the last build made, for a build that finds it still standing."""

    cases: int
    files: int
    warnings: tuple[Problem, ...]


def look_at_inputs(project: Path, output: Path, siteurl: str | None) -> Look:
    """The marks of every file that a build of these options depends on."""
    seen, young = digest_inputs(str(project), str(output), siteurl, list_packages())
    return Look(project=project, output=output, seen=seen, young=young)


def find_last_build(look: Look) -> LastBuild | None:
    """What the last build made, where a new one would make the same and find it standing.

    None as well where another build is at work or was killed, so that it is seen to.
    """
    # The root folder has no name; the build itself says that it is no place for a site.
    if os.environ.get("CASEBOOK_SNAPSHOTS") or not look.output.name:
        return None
    path = _record_of(look.project)
    try:
        if path is None or is_disturbed(str(look.output)):
            return None
        kept = json.loads(path.read_bytes())
        made = digest_output(str(look.output), kept["files"])
        if kept["seen"] != look.seen or kept["made"] != made:
            return None
        if any(digest_file(name) != found for name, found in kept["young"].items()):
            return None
        last = LastBuild(kept["cases"], kept["files"], tuple(map(_restore, kept["warnings"])))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if kept["young"] and not look.young:
        # They have come of age unchanged: from now on their marks say all.
        _write(path, kept | {"young": {}})
    return last


def record_build(look: Look, last: LastBuild) -> None:
    """Keep what a build has made from what was seen before it began."""
    path = _record_of(look.project)
    if path is None:
        return
    record = {
        "seen": look.seen,
        "made": digest_output(str(look.output), last.files),
        "cases": last.cases,
        "files": last.files,
        "young": look.young,
        "warnings": [asdict(problem) for problem in last.warnings],
    }
    _write(path, record)


def _record_of(project: Path) -> Path | None:
    path = project / RECORD
    try:
        return None if path.parent.is_symlink() or path.is_symlink() else path
    except OSError:
        # A cache that may not be looked into is done without.
        return None


def _write(path: Path, record: dict[str, Any]) -> None:
    # What looks for a record imports as little as it can.
    from casebook.yaml.files import write_atomically

    kept = record | {name: json.dumps(record[name]) for name in ("young", "warnings")}
    # Without a record the next build does everything, which is slow and right.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, encode_record(**kept).encode())


def _restore(problem: dict[str, object]) -> Problem:
    at = problem["at"]
    if not isinstance(at, dict):
        raise TypeError("a place is expected")
    return Problem(**(problem | {"at": Position(**at)}))  # type: ignore[arg-type]  # our own record
