"""Published folder: one build at a time makes a whole new tree beside it and exchanges the two."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from casebook.build.manifest import (
    LITTER,
    MANIFEST,
    NO_STAMPS,
    find_unlisted,
    list_files,
    stamp_folders,
)
from casebook.build.staged_output import StagedOutput
from casebook.messages import failure, say
from casebook.problems import CasebookError, Exit
from casebook.text import Text

if TYPE_CHECKING:
    from casebook.build.state import BuildState

# Source folders, and the folders of other programs and of our set-up in the project.
_NO_OUTPUTS = (
    *("data", "content", "theme", "casebook", "tests", "docs", "bench"),
    *(".git", ".github", ".venv", ".casebook-venv", ".cache"),
)
# A site of fewer files than this needs no spare tree: linking all its files is fast.
_LARGE = 2_000
_AT_FDCWD = -100
# The flag of an exchange, the same for renameat2 on Linux and renamex_np on macOS.
_EXCHANGE = 2
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP)
_ENDING = ("SIGTERM", "SIGHUP", "SIGBREAK")


def check_output(output: Path, project: Path) -> None:
    """Refuse an output path in a source or above the project, a link, a file, home or the root."""
    if output.is_symlink():
        raise _refuse(output, say("build.output.link"))
    try:
        resolved = output.resolve()
    except (OSError, RuntimeError) as error:
        raise _refuse(output, say("build.output.loop")) from error
    root = project.resolve()
    if _is_same(resolved, root) or any(_is_same(resolved, parent) for parent in root.parents):
        raise _refuse(output, say("build.output.project"))
    # For a user without a home, expanduser returns a path that names no folder.
    home = Path(os.path.expanduser("~"))
    if _is_same(resolved, home) or resolved == Path(resolved.anchor):
        raise _refuse(output, say("build.output.home"))
    # The preview builds into a folder of its own inside the cache.
    is_preview = root / ".cache" / "serve" in resolved.parents
    for source in (root / name for name in (() if is_preview else _NO_OUTPUTS)):
        if any(_is_same(folder, source) for folder in (resolved, *resolved.parents)):
            raise _refuse(output, say("build.output.source"))
    if resolved.exists() and not resolved.is_dir():
        raise _refuse(output, say("build.output.file"))


def check_files(output: Path, state: BuildState | None = None) -> list[str]:
    """Refuse an output folder that holds foreign files.

    Returns the paths of the files that file managers left in the folder.
    """
    resolved = output.resolve()
    if not resolved.exists():
        return []
    with _explained(resolved):
        unlisted = find_unlisted(resolved, state.folders_of(resolved) if state else NO_STAMPS)
    foreign = [path for path in unlisted if path.rpartition("/")[2] not in LITTER]
    if foreign:
        raise _refuse(output, say("build.output.foreign", foreign=min(foreign)))
    return unlisted


def _is_same(one: Path, other: Path) -> bool:
    """True if two paths name the same folder, which a file system may spell in several ways."""
    with suppress(OSError):
        return os.path.samefile(one, other)
    return one == other


def _refuse(output: Path, why: Text) -> CasebookError:
    return failure("build.output", status=Exit.USAGE, output=output, why=why)


@contextmanager
def stage_output(
    output: Path,
    state: BuildState | None = None,
    *,
    is_kept: bool = True,
    litter: Collection[str] = (),
) -> Iterator[StagedOutput]:
    """A new tree beside `output` that takes its place when the block ends without an error.

    If the block raises, `output` stays as it was. A second build of the same folder at the
    same time, a full disk or a missing permission raises CasebookError.

    The old tree of a large site is not removed but kept as a spare tree, which the next build
    begins with: linking and removing fifty thousand files takes longer than the rest of a build
    that changes one file. A new folder that is not `is_kept` for further builds gets no spare
    tree, which would still hold the whole site after the folder is removed. `litter` lists files
    that file managers left in the old tree; they are removed.
    """
    output = output.resolve()
    staging, retired, spare = _name_beside(output)
    with _explained(output), _end_on_signals():
        output.parent.mkdir(parents=True, exist_ok=True)
        with _lock(output.with_name(f".{output.name}.lock")):
            _repair(output)
            is_new = not output.exists()
            begun = not is_new and spare.is_dir() and not spare.is_symlink()
            # Ctrl-C may come as soon as the folder exists.
            try:
                if begun:
                    os.replace(spare, staging)
                else:
                    staging.mkdir()
                # Read now, before this build notes its own folders in the state.
                known = state.folders_of(staging) if state else NO_STAMPS
                old = None if is_new else output
                tree = StagedOutput(staging, old, begun=begun, is_known=bool(known))
                yield tree
                tree.remove_rest()
                manifest = tree.listing.get(MANIFEST, "")
                if state:
                    state.note_folders(staging, tree.stamp_folders(known), manifest)
                old = staging
                if litter or not _holds_the_same(tree, output):
                    _flush(staging)
                    with _hold_signals():
                        old = _swap(staging, output, retired)
                needs_spare = len(tree.listing) > _LARGE and (is_kept or not is_new)
                for path in litter:
                    (old / path).unlink(missing_ok=True)
                _retire(old, output, spare if needs_spare else None)
                if state and is_new and spare.exists():
                    state.note_folders(spare, stamp_folders(spare, tree.listing), manifest)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                raise


def repair_site(output: Path) -> None:
    """Remove what a killed build left beside a site, unless another build is running there."""
    with suppress(OSError, CasebookError), _lock(output.with_name(f".{output.name}.lock")):
        _repair(output)


def _holds_the_same(tree: StagedOutput, output: Path) -> bool:
    """True if every file was linked and the old tree lists no others, so that nothing changes."""
    # The manifest was not written either, so both trees list the same files.
    if tree.written or not output.exists():
        return False
    # Files that a begun tree already held were not compared with the published files.
    return not tree.begun or all(
        _is_one_file(f"{output}/{path}", f"{tree.folder}/{path}") for path in tree.listing
    )


def _is_one_file(one: str, other: str) -> bool:
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except (FileNotFoundError, NotADirectoryError):
        return False


def _name_beside(output: Path) -> tuple[Path, Path, Path]:
    """The paths of the new tree, of the old tree during an exchange, and of the spare tree."""
    kinds = ("building", "retired", "spare")
    staging, retired, spare = (output.with_name(f".{output.name}.{kind}") for kind in kinds)
    return staging, retired, spare


def _repair(output: Path) -> None:
    """Remove what a killed build left, and put the old site back if the exchange was cut short."""
    staging, retired, spare = _name_beside(output)
    if retired.exists() and not output.exists():
        os.replace(retired, output)
    # A spare tree is of no use if the site was removed.
    for leftover in (staging, retired, *([] if output.exists() else [spare])):
        if leftover.exists():
            _remove(leftover)


def _swap(staging: Path, output: Path, retired: Path) -> Path:
    """Put the new tree in the place of the old one, and return the path of the old one, if any."""
    if not output.exists():
        os.replace(staging, output)
    elif not exchange(staging, output):
        # Without an atomic exchange the folder is missing between two renames; if a build dies
        # there, the next build repairs the site.
        os.replace(output, retired)
        try:
            os.replace(staging, output)
        except OSError:
            os.replace(retired, output)
            raise
        return retired
    return staging


def _retire(old: Path, output: Path, spare: Path | None) -> None:
    """Keep the old tree as the spare tree of the next build, or remove it.

    After a first build the spare tree is made of links to the new site. Errors and interrupts are
    ignored: the site is published already, and the next build does what could not be done here.
    """
    with suppress(OSError, NotImplementedError, KeyboardInterrupt, SystemExit):
        if spare is None:
            _remove(old)
            return
        if not old.exists():
            shutil.copytree(output, old, copy_function=os.link)
        os.replace(old, spare)
        return
    shutil.rmtree(old, ignore_errors=True)


def _remove(folder: Path) -> None:
    """Remove a folder of ours, even if it is write-protected."""
    if not folder.is_dir():
        # Opening a pipe to list it would wait for ever.
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    try:
        shutil.rmtree(folder)
    except PermissionError:
        # Only folders: files are links, and their mode is that of the published files as well.
        folder.chmod(0o700)
        for path, folders, _names in os.walk(folder):
            for name in folders:
                (Path(path) / name).chmod(0o700)
        shutil.rmtree(folder)


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    """Turn an OSError into a CasebookError that names the path and the reason in two languages."""
    try:
        yield
    except OSError as error:
        path = error.filename or output
        reason = error.strerror or str(error)
        why = Text(reason, reason)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            why = say("build.machine.full")
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            why = say("build.machine.permission")
        elif error.errno == errno.EBUSY:
            why = say("build.machine.busy")
        raise failure("build.machine", path=path, reason=why) from error


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold the lock of an output folder, which the system releases when the process ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        holder, since = _read_holder(path)
        raise failure("build.locked", process=holder, since=since) from None
    try:
        path.write_text(f"{os.getpid()} {time.strftime('%H:%M')}", encoding="utf-8")
        yield
    finally:
        # Unlinked while held: a process that has opened the file sees that it is gone.
        with suppress(OSError):
            path.unlink()
        lock.release()


def _read_holder(path: Path) -> tuple[str, str]:
    """The process that holds a lock, and the time of day at which it took it."""
    for _attempt in range(10):
        with suppress(OSError, ValueError):
            holder, since = path.read_text(encoding="utf-8").split()
            return holder, since
        # The holder has taken the lock but has not written its process number yet.
        time.sleep(0.02)
    return "?", "?"


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step if the system can, and return True if it was done."""
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            return _call("renamex_np", *names, ctypes.c_uint(_EXCHANGE))
        places = _AT_FDCWD, names[0], _AT_FDCWD, names[1]
        return _call("renameat2", *places, ctypes.c_uint(_EXCHANGE))
    except OSError as error:
        if error.errno in _NO_EXCHANGE:
            return False
        raise


def _flush(folder: Path) -> None:
    """Write the new files to the disk, so that a power cut cannot leave a site of empty files."""
    # One sync takes a sixth of the time of an fsync for each of 76 files; Windows has no sync.
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in list_files(folder):
        with (folder / path).open("rb+") as stream:
            os.fsync(stream.fileno())


def _call(name: str, *arguments: Any) -> bool:
    """Call a function of the system's library; False if it does not exist, OSError if it fails."""
    if sys.platform not in ("linux", "darwin"):
        return False
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is not None and function(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return function is not None


@contextmanager
def _end_on_signals() -> Iterator[None]:
    """Let SIGTERM and similar signals end the build as Ctrl-C does, so that it cleans up."""

    def end(number: int, _frame: FrameType | None) -> None:
        # The exit status is the one that shells expect.
        raise SystemExit(128 + number)

    with _handled(_ENDING, end, only_default=True):
        yield


@contextmanager
def _hold_signals() -> Iterator[None]:
    """Ignore signals during the exchange, which takes milliseconds and must not be cut short."""
    with _handled(("SIGINT", *_ENDING), lambda _number, _frame: None):
        yield


@contextmanager
def _handled(names: Iterable[str], handler: Any, only_default: bool = False) -> Iterator[None]:
    """Handle those of the signals that the system has; only the main thread can handle signals."""
    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
            now = signal.getsignal(number)
            if now is not None and (now is signal.SIG_DFL or not only_default):
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
