"""Files that a killed process left beside those of a project, cleared as a command starts.

Only what Python has loaded anyway is imported here: a build with nothing to do looks as well.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

# Where files are written under another name first.
_FOLDERS = (
    *(".", "docs", "data", "data/cases", "data/published", "data/versions"),
    *(".cache", ".cache/serve"),
)
# What was written in other folders, a path a line.
_ELSEWHERE = ".cache/elsewhere"
_MOST_ELSEWHERE = 50
# Held for as long as a form writes a file.
FORM_LOCK = ".cache/form.lock"
# Where nobody can be asked whether a process runs.
_LONG = 24 * 3600


def note_elsewhere(project: str, target: str) -> None:
    """Remember a file or a folder that is about to be written where nobody would look again."""
    folders = [os.path.normpath(os.path.join(project, name)) for name in _FOLDERS]
    is_preview = os.path.dirname(target) == folders[-1]
    if target == os.path.join(project, "output") or is_preview:
        return
    known = _read_elsewhere(project)
    if target in known or "\n" in target:
        return
    path = os.path.join(project, _ELSEWHERE)
    with suppress(OSError, UnicodeError):
        if not os.path.islink(os.path.dirname(path)):
            # Only now: most builds are into the folder of the project.
            from pathlib import Path

            from casebook.yaml.files import write_atomically

            os.makedirs(os.path.dirname(path), exist_ok=True)
            lines = "".join(f"{one}\n" for one in [*known, target][-_MOST_ELSEWHERE:])
            write_atomically(Path(path), lines.encode("utf-8", "surrogateescape"))


def _read_elsewhere(project: str) -> list[str]:
    path = os.path.join(project, _ELSEWHERE)
    with suppress(OSError, UnicodeError):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="surrogateescape") as stream:
                return [one for one in stream.read(1_000_000).split("\n") if os.path.isabs(one)]
    return []


def clear_leftovers(project: str) -> None:
    """Remove what killed processes were writing, and put back a site that one had moved away.

    What a process writes that still runs stays.
    """
    sites = {os.path.join(project, "output")}
    for folder in _FOLDERS:
        path = os.path.join(project, folder)
        if not os.path.islink(path):
            sites.update(_clear_folder(path))
    for target in _read_elsewhere(project):
        sites.add(target)
        clear_drafts(target)
    for site in sites:
        folder, name = os.path.split(site)
        kinds = ("building", "retired", "lock")
        if any(os.path.lexists(os.path.join(folder, f".{name}.{kind}")) for kind in kinds):
            # Only now: there is mostly nothing to clear.
            from pathlib import Path

            from casebook.build.output import repair_site

            repair_site(Path(site))
    if os.path.lexists(lock := os.path.join(project, FORM_LOCK)):
        _clear_lock(lock)


def clear_drafts(target: str) -> None:
    """Remove what killed processes were writing to put it in the place of a file."""
    folder, name = os.path.split(target)
    _clear_folder(folder, name)


def _clear_folder(folder: str, name: str = "") -> list[str]:
    """Remove the drafts in a folder, those of one file where it is named, and give the sites."""
    sites = []
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name[0] == "."]
    except OSError:
        return []
    for found in names:
        path = os.path.join(folder, found)
        if draft := split_draft(found):
            if name in ("", draft[0]):
                _remove_dead(path, draft[1])
        elif found[1:].partition(".")[0].isdecimal() and folder.endswith("serve"):
            # A preview is a site under the number of its port.
            sites.append(os.path.join(folder, found[1:].partition(".")[0]))
    return sites


def split_draft(name: str) -> tuple[str, int] | None:
    """The name that a draft was to be given, and the number of the process that wrote it."""
    written, dot, process = name.removesuffix(".new").rpartition(".")
    is_draft = name[:1] == "." and name.endswith(".new") and dot and process.isdecimal()
    return (written[1:], int(process)) if is_draft else None


def _clear_lock(path: str) -> None:
    from filelock import FileLock, Timeout

    lock = FileLock(path, blocking=False)
    with suppress(OSError, Timeout), lock:
        os.unlink(path)


def _remove_dead(path: str, process: int) -> None:
    with suppress(OSError, OverflowError):
        if _runs(process, path):
            return
        if os.path.isdir(path) and not os.path.islink(path):
            import shutil

            shutil.rmtree(path)
        else:
            os.unlink(path)


def _runs(process: int, path: str) -> bool:
    """True of a process that runs, or may."""
    if os.name == "nt":
        # There the question would end it.
        return os.lstat(path).st_mtime > time.time() - _LONG
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
