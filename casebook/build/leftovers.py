"""Files that killed processes left in a project, removed when a command starts.

Only modules that Python has loaded already are imported: a build with nothing to do runs this too.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

# Folders in which files are first written under another name.
_FOLDERS = (
    *(".", "docs", "data", "data/cases", "data/published", "data/versions"),
    *(".cache", ".cache/serve"),
)
# The list of targets in other folders, one path a line.
_ELSEWHERE = ".cache/elsewhere"
_MOST_ELSEWHERE = 50
# The lock that is held while a form writes a file.
FORM_LOCK = ".cache/form.lock"
# Seconds after which a draft counts as left behind, where a process cannot be looked up.
_LONG = 24 * 3600


def note_elsewhere(project: str, target: str) -> None:
    """Remember a file or folder that is about to be written outside the folders searched here."""
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
            # Imported here because most builds write into the project's own folder.
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
    """Remove the drafts of killed processes, and put back a site that one of them had moved away.

    The drafts of a process that still runs stay.
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
            # Imported here because there is mostly nothing to clear.
            from pathlib import Path

            from casebook.build.output import repair_site

            repair_site(Path(site))
    if os.path.lexists(lock := os.path.join(project, FORM_LOCK)):
        _clear_lock(lock)


def clear_drafts(target: str) -> None:
    """Remove the drafts with which killed processes were going to replace a file."""
    folder, name = os.path.split(target)
    _clear_folder(folder, name)


def _clear_folder(folder: str, name: str = "") -> list[str]:
    """Remove the drafts in a folder, or only those of `name`, and return its sites of previews."""
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
            # The site of a preview has the number of its port as its name.
            sites.append(os.path.join(folder, found[1:].partition(".")[0]))
    return sites


def split_draft(name: str) -> tuple[str, int] | None:
    """The name of the file that a draft was to replace, and the number of its process."""
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
    """True if a process runs, or may run."""
    if os.name == "nt":
        # On Windows os.kill would end the process.
        return os.lstat(path).st_mtime > time.time() - _LONG
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
