"""Exchange of two folders in one step, which neither a signal nor a power cut cuts in two."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_AT_FDCWD = -100
# Of renameat2 on Linux and of renamex_np on macOS alike.
_EXCHANGE = 2
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP)


def exchange(one: Path, other: Path) -> bool:
    """Whether the two folders were exchanged in one step, which Linux and macOS offer."""
    if sys.platform not in ("linux", "darwin"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = (os.fsencode(one), os.fsencode(other))
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        if swap is None or swap(*names, ctypes.c_uint(_EXCHANGE)) == 0:
            return swap is not None
    else:
        swap = getattr(library, "renameat2", None)
        flag = ctypes.c_uint(_EXCHANGE)
        if swap is None or swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], flag) == 0:
            return swap is not None
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(other))


def flush(folder: Path) -> None:
    """Bring the new files to the disk, lest a power cut leave a swapped tree of empty files."""
    if sys.platform == "linux":
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is not None:
            # One call for the whole file system costs a sixth of one for each of 76 files.
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                if syncfs(descriptor) != 0:
                    code = ctypes.get_errno()
                    raise OSError(code, os.strerror(code), str(folder))
            finally:
                os.close(descriptor)
            return
    for path, _folders, names in os.walk(folder):
        for name in names:
            with (Path(path) / name).open("rb+") as stream:
                os.fsync(stream.fileno())


class _Ended(SystemExit):
    """A signal asks the process to end; the exit status is the one that shells expect."""


def _ending_signals() -> list[signal.Signals]:
    names = ("SIGTERM", "SIGHUP", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


@contextmanager
def end_on_signals() -> Iterator[None]:
    """Lets SIGTERM and its like end the build the way Ctrl-C does, so that it clears up."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise _Ended(128 + number)

    with _handled({number: end for number in _ending_signals()}, only_default=True):
        yield


@contextmanager
def hold_signals() -> Iterator[None]:
    """Keeps signals from cutting the swap in two; it takes milliseconds and then all is done."""
    with _handled({number: _ignore for number in [signal.SIGINT, *_ending_signals()]}):
        yield


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Lets a signal pass: what it would stop has already happened."""


@contextmanager
def _handled(handlers: dict[signal.Signals, Any], only_default: bool = False) -> Iterator[None]:
    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number, handler in handlers.items():
            now = signal.getsignal(number)
            if now is None or (only_default and now is not signal.SIG_DFL):
                continue
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
