"""The published folder: one build at a time writes a whole new tree beside it and swaps it in."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from casebook.errors import CasebookError, Exit

MANIFEST = "manifest.json"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def check_output(output: Path, project: Path) -> None:
    """Refuse an output folder that is a source, holds one, or holds files that are not ours."""
    resolved = output.resolve()
    root = project.resolve()
    sources = [root / name for name in ("data", "content", "theme", "casebook", "tests", ".git")]
    if resolved == root or resolved in root.parents:
        raise _refuse(output, "它就是项目本身，或包含项目", "it is the project or holds it")
    if resolved == Path.home().resolve() or resolved == Path(resolved.anchor):
        raise _refuse(output, "它是家目录或根目录", "it is the home or root folder")
    for source in sources:
        if resolved == source or source in resolved.parents:
            raise _refuse(output, "它在源文件里面", "it lies inside the sources")
    if output.is_symlink():
        raise _refuse(output, "它是一个符号链接", "it is a symbolic link")
    if not resolved.exists():
        return
    if not resolved.is_dir():
        raise _refuse(output, "它不是文件夹", "it is not a folder")
    if any(resolved.iterdir()) and not _is_ours(resolved):
        raise _refuse(
            output, "里面有不是本程序生成的文件", "it holds files that this program did not make"
        )


def _is_ours(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("generator") == "casebook"


def _refuse(output: Path, zh: str, en: str) -> CasebookError:
    return CasebookError(
        f"不能输出到 {output}：{zh}", f"cannot write to {output}: {en}", Exit.USAGE
    )


@contextmanager
def staged_tree(output: Path) -> Iterator[Path]:
    """A new empty folder beside `output` that takes its place when the block ends well.

    Where the block raises, `output` stays as it was. A second build of the same folder at the
    same time raises CasebookError.
    """
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    staging = output.with_name(f".{output.name}.building")
    retired = output.with_name(f".{output.name}.retired")
    with _lock(output.with_name(f".{output.name}.lock")):
        _repair(output, staging, retired)
        staging.mkdir()
        try:
            yield staging
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        _swap(staging, output, retired)


def _repair(output: Path, staging: Path, retired: Path) -> None:
    """Clear what a killed build left, and put the old site back if it was caught in between."""
    if retired.exists() and not output.exists():
        os.replace(retired, output)
    for leftover in (staging, retired):
        if leftover.exists():
            shutil.rmtree(leftover)


def _swap(staging: Path, output: Path, retired: Path) -> None:
    if not output.exists():
        os.replace(staging, output)
        return
    if not _exchange(staging, output):
        # Without an atomic exchange the folder is missing for the time of one rename; a build
        # that dies in between is repaired by the next one.
        os.replace(output, retired)
        os.replace(staging, output)
        shutil.rmtree(retired)
        return
    shutil.rmtree(staging)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the two folders were exchanged in one step, which only Linux offers here."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = (os.fsencode(one), os.fsencode(other))
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL, errno.EPERM):
        return False
    code = ctypes.get_errno()
    raise OSError(code, os.strerror(code), str(other))


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    # The file stays: removing it would let two builds hold locks on two different files.
    with path.open("a+", encoding="utf-8") as stream:
        if not _try_lock(stream):
            stream.seek(0)
            holder = stream.read().strip() or "?"
            raise CasebookError(
                f"另一个构建正在进行（进程 {holder}）",
                f"another build is running (process {holder})",
            )
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


def _try_lock(stream: IO[str]) -> bool:
    """Whether the lock was free; the system gives it back when the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # A byte far behind the text, so that another process can still read the holder.
            stream.seek(1_000_000)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
