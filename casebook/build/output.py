"""The published folder: one build at a time makes a whole new tree beside it and swaps it in."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from types import FrameType
from typing import IO, Any, TypeVar

from casebook.build.manifest import FileList, find_foreign_file, list_files, list_unlisted
from casebook.problems import CasebookError, Exit
from casebook.values.digest import digest

T = TypeVar("T")

# Sources, and what other programs and our own set-up keep in the project.
_KEPT = (
    "data",
    "content",
    "theme",
    "casebook",
    "tests",
    "docs",
    "bench",
    ".git",
    ".github",
    ".venv",
    ".cache",
)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
# Windows: a virus scanner or a file synchroniser holds the file for a moment.
_BUSY = (5, 32)
# A site of fewer files than this is linked anew in no time.
_LARGE = 2_000
# Bytes that are compared at once.
_PIECE = 2**20
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


def check_output(output: Path, project: Path) -> None:
    """Refuse an output folder that is a source, holds one, or holds files that are not ours."""
    if output.is_symlink():
        raise _refuse(output, "它是一个符号链接", "it is a symbolic link")
    try:
        resolved = output.resolve()
    except (OSError, RuntimeError) as error:
        raise _refuse(
            output, "它的路径里有绕圈的链接", "its path holds links in a circle"
        ) from error
    root = project.resolve()
    if _is_same(resolved, root) or any(_is_same(resolved, parent) for parent in root.parents):
        raise _refuse(output, "它就是项目本身，或包含项目", "it is the project or holds it")
    if _is_home(resolved) or resolved == Path(resolved.anchor):
        raise _refuse(output, "它是家目录或根目录", "it is the home or root folder")
    # The preview builds into a folder of its own inside the cache.
    is_preview = root / ".cache" / "serve" in resolved.parents
    for source in (root / name for name in (() if is_preview else _KEPT)):
        if any(_is_same(folder, source) for folder in (resolved, *resolved.parents)):
            raise _refuse(output, "它在源文件里面", "it lies inside the sources")
    if not resolved.exists():
        return
    if not resolved.is_dir():
        raise _refuse(output, "它不是文件夹", "it is not a folder")
    with _explained(resolved):
        foreign = find_foreign_file(resolved)
    if foreign:
        raise _refuse(
            output,
            f"里面有不是本程序生成的文件（{foreign}），请把它移走，或换一个文件夹",
            f"it holds a file that this program did not make ({foreign}); "
            "move it away or choose another folder",
        )


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names lead to one folder, which a file system may spell in several ways."""
    if one == other:
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _is_home(folder: Path) -> bool:
    try:
        return _is_same(folder, Path.home())
    except RuntimeError:
        # A user without a home has none to lose.
        return False


def _refuse(output: Path, zh: str, en: str) -> CasebookError:
    return CasebookError(
        f"不能输出到 {output}：{zh}", f"cannot write to {output}: {en}", Exit.USAGE
    )


class NewTree:
    """A tree of files in the making; what an older tree holds in the same bytes is linked.

    The bytes are compared, not the digests of an old manifest: a published file that was
    changed by hand or damaged since must not live on. A `begun` tree is the one before the
    published, which shares most of its files with that: what it holds already is left in place.
    """

    def __init__(self, folder: Path, old: Path | None = None, begun: bool = False) -> None:
        self.folder = folder
        self.listing = FileList(folder.parent)
        self.written = 0
        self.mode = folder.stat().st_mode & 0o666
        self._old = old
        self._begun = begun

    def write(self, path: str, content: bytes) -> str:
        """Put a file into the tree and give its digest.

        The path is relative to the tree, with forward slashes; ValueError where it leads out of
        it or was written already.
        """
        target = self._place(path)
        if self._link(path, target, content):
            return self._list(path, digest(content))
        self.written += 1
        return self._list(path, self._write(target, (content,)))

    def write_stream(self, path: str, chunks: Iterable[bytes]) -> str:
        """Put a file into the tree that need not be in memory as a whole, and give its digest."""
        target = self._place(path)
        found = self._write(target, chunks)
        if not self._share(path, target):
            self.written += 1
        return self._list(path, found)

    def keep(self, path: str, expected: str) -> None:
        """Leave a file where it lies in this tree, under its known digest."""
        self.listing.add(path, expected)

    def take_over(self, path: str, expected: str) -> None:
        """Put a file of the old tree into this one as it stands there, under its known digest."""
        assert self._old is not None
        target = self._place(path)
        source = self._old / path
        self._clear(target)
        try:
            _link_into(source, target)
        except (OSError, NotImplementedError):
            # FAT and some network file systems have no hard links; the times are kept as well.
            _copy_into(source, target)
        self.listing.add(path, expected)

    def remove_rest(self) -> None:
        """Take everything out of a begun tree that was not put into it since."""
        if not self._begun:
            return
        for path in list_unlisted(self.folder, (path for path, _ in self.listing)):
            (self.folder / path).unlink()
            parent = (self.folder / path).parent
            # Only an empty folder lets itself be removed.
            with suppress(OSError):
                while parent != self.folder:
                    parent.rmdir()
                    parent = parent.parent

    def _list(self, path: str, found: str) -> str:
        self.listing.add(path, found)
        return found

    def _write(self, target: Path, chunks: Iterable[bytes]) -> str:
        """Write a new file and give the digest of its bytes."""
        self._clear(target)
        found = hashlib.sha256()
        try:
            # Never into a file that is there: the published site may share it.
            with _make_folder_for(target, lambda: target.open("xb")) as stream:
                for chunk in chunks:
                    found.update(chunk)
                    stream.write(chunk)
        except FileExistsError as error:
            path = target.relative_to(self.folder).as_posix()
            raise ValueError(f"two pages are written to {path}") from error
        except OSError as error:
            # A failing write, unlike a failing open, does not say of which file.
            error.filename = error.filename or str(target)
            raise
        return found.hexdigest()

    def _clear(self, target: Path) -> None:
        # Never written into: the published site may share the file.
        if self._begun:
            target.unlink(missing_ok=True)

    def _place(self, path: str) -> Path:
        """Where a file of the site goes."""
        parts = path.split("/")
        if any(part in ("", ".", "..") for part in parts) or "\\" in path or ":" in path:
            raise ValueError(f"{path!r} is no path inside the site")
        return self.folder / path

    def _link(self, path: str, target: Path, content: bytes) -> bool:
        """Whether the old tree holds a file of these bytes, so that the new one could share it."""
        if self._old is None:
            return False
        source = self._old / path
        try:
            found = source.lstat()
            if not self._is_like(found, len(content)) or source.read_bytes() != content:
                return False
            if self._begun and target.exists() and os.path.samestat(found, target.lstat()):
                return True
            self._clear(target)
            _link_into(source, target)
        except (OSError, NotImplementedError):
            # FAT and some network file systems have no hard links: the file is written.
            return False
        return True

    def _share(self, path: str, target: Path) -> bool:
        """Whether the old tree holds the bytes that were written, whose file takes their place."""
        if self._old is None:
            return False
        source, shared = self._old / path, target.with_name(f".{target.name}.shared")
        try:
            if not self._is_like(source.lstat(), target.stat().st_size):
                return False
            with source.open("rb") as one, target.open("rb") as other:
                while piece := one.read(_PIECE):
                    if piece != other.read(_PIECE):
                        return False
            os.link(source, shared, follow_symlinks=False)
            os.replace(shared, target)
        except (OSError, NotImplementedError):
            with suppress(OSError):
                shared.unlink()
            return False
        return True

    def _is_like(self, found: os.stat_result, size: int) -> bool:
        """Whether what was found is a file as this tree would have it, of so many bytes."""
        return (
            stat.S_ISREG(found.st_mode)
            and found.st_mode & 0o777 == self.mode
            and found.st_size == size
        )


def _link_into(source: Path, target: Path) -> None:
    _make_folder_for(target, lambda: os.link(source, target, follow_symlinks=False))


def _copy_into(source: Path, target: Path) -> None:
    _make_folder_for(target, lambda: shutil.copy2(source, target, follow_symlinks=False))


def _make_folder_for(target: Path, action: Callable[[], T]) -> T:
    """What the action gives that makes a file, whose folder is made where there is none yet.

    To know all folders of a million would take more memory than to try.
    """
    try:
        return action()
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        return action()


@contextmanager
def staged_tree(output: Path) -> Iterator[NewTree]:
    """A new tree beside `output` that takes its place when the block ends well.

    Where the block raises, `output` stays as it was. A second build of the same folder at the
    same time, a full disk or a missing permission raises CasebookError.

    The tree of a large site is not removed when another has taken its place, but becomes the
    beginning of the next one: to link and to remove fifty thousand files takes longer than all
    the rest of a build that changes one of them.
    """
    output = output.resolve()
    staging = output.with_name(f".{output.name}.building")
    retired = output.with_name(f".{output.name}.retired")
    spare = output.with_name(f".{output.name}.spare")
    with _explained(output), _ends_on_signals():
        output.parent.mkdir(parents=True, exist_ok=True)
        with _lock(output.with_name(f".{output.name}.lock")):
            _repair(output, staging, retired)
            begun = output.exists() and spare.is_dir() and not spare.is_symlink()
            if begun:
                os.replace(spare, staging)
            else:
                staging.mkdir()
            tree = NewTree(staging, output if output.exists() else None, begun)
            try:
                yield tree
                tree.remove_rest()
                large = len(tree.listing) > _LARGE
                if _holds_the_same(tree, output):
                    _retire(staging, spare if large else None)
                    return
                _flush(staging)
                with _signals_held():
                    old = _swap(staging, output, retired)
                if old is not None:
                    _retire(old, spare if large else None)
                elif large:
                    _copy_links(output, staging, spare)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                raise
            finally:
                tree.listing.close()


def _holds_the_same(tree: NewTree, output: Path) -> bool:
    """Whether every file was linked and the old tree holds no other, so that nothing changes."""
    if tree.written or not output.exists():
        return False
    listed = (path for path, _ in tree.listing)
    return all(one == other for one, other in zip_longest(list_files(output), listed))


def _flush(folder: Path) -> None:
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


def _repair(output: Path, staging: Path, retired: Path) -> None:
    """Clear what a killed build left, and put the old site back if it was caught in between."""
    if retired.exists() and not output.exists():
        _persist(os.replace, retired, output)
    for leftover in (staging, retired):
        if leftover.exists():
            _persist(_remove, leftover)


def _swap(staging: Path, output: Path, retired: Path) -> Path | None:
    """Put the new tree in the place of the old one, and give where that is now."""
    if not output.exists():
        _persist(os.replace, staging, output)
        return None
    if exchange(staging, output):
        retired = staging
    else:
        # Without an atomic exchange the folder is missing for the time of one rename; a build
        # that dies in between is repaired by the next one.
        _persist(os.replace, output, retired)
        try:
            _persist(os.replace, staging, output)
        except OSError:
            _persist(os.replace, retired, output)
            raise
    return retired


def _retire(old: Path, spare: Path | None) -> None:
    """Keep an old tree for the next build to begin with, or remove it.

    The new site stands. What cannot be done now is done by the next build.
    """
    with suppress(OSError):
        if spare is None:
            _persist(_remove, old)
        else:
            _persist(os.replace, old, spare)


def _copy_links(output: Path, staging: Path, spare: Path) -> None:
    """Make a tree for the next build to begin with, whose files are those of the published one."""
    with suppress(OSError, NotImplementedError):
        shutil.copytree(output, staging, copy_function=os.link)
        _persist(os.replace, staging, spare)
        return
    shutil.rmtree(staging, ignore_errors=True)


def _remove(folder: Path) -> None:
    """Remove a folder of ours, also one that somebody has protected from writing."""
    try:
        shutil.rmtree(folder)
    except PermissionError:
        # The files share their mode with those of the published site, the folders do not.
        folder.chmod(0o700)
        for path, folders, _names in os.walk(folder):
            for name in folders:
                (Path(path) / name).chmod(0o700)
        shutil.rmtree(folder)


def _persist(action: Callable[..., Any], *paths: Path) -> None:
    """Do an action on paths, again and again for three seconds where another program is in it."""
    for pause in (*_PAUSES, None):
        try:
            action(*paths)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _BUSY or pause is None:
                raise
            time.sleep(pause)


def exchange(one: Path, other: Path) -> bool:
    """Whether the two folders were exchanged in one step, which Linux and macOS offer."""
    if sys.platform not in ("linux", "darwin"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = (os.fsencode(one), os.fsencode(other))
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        if swap is None or swap(*names, ctypes.c_uint(_RENAME_SWAP)) == 0:
            return swap is not None
    else:
        swap = getattr(library, "renameat2", None)
        flag = ctypes.c_uint(_RENAME_EXCHANGE)
        if swap is None or swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], flag) == 0:
            return swap is not None
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(other))


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    """Turns what the machine refuses into a message in two languages that names the path."""
    try:
        yield
    except OSError as error:
        path = error.filename or output
        reason = error.strerror or str(error)
        zh, en = reason, reason
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
            zh, en = "磁盘已满", "the disk is full"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            zh, en = "没有写入权限", "no permission"
        elif error.errno == errno.EBUSY:
            zh, en = "它正被占用，或是挂载点", "it is in use, or a mount point"
        raise CasebookError(
            f"{path}：{zh}。网站没有改动", f"{path}: {en}. The site is unchanged", Exit.MACHINE
        ) from error


class _Ended(SystemExit):
    """A signal asks the process to end; the exit status is the one that shells expect."""


def _ending_signals() -> list[signal.Signals]:
    names = ("SIGTERM", "SIGHUP", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


@contextmanager
def _ends_on_signals() -> Iterator[None]:
    """Lets SIGTERM and its like end the build the way Ctrl-C does, so that it clears up."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise _Ended(128 + number)

    with _handled({number: end for number in _ending_signals()}, only_default=True):
        yield


@contextmanager
def _signals_held() -> Iterator[None]:
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


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    # The file stays: removing it would let two builds hold locks on two different files.
    # A link is not followed: it could lead to somebody's work.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(path, flags, 0o666), "r+", encoding="utf-8") as stream:
        if not _try_lock(stream):
            holder, since = _read_holder(stream)
            raise CasebookError(
                f"另一个构建正在进行（进程 {holder}，{since} 开始）",
                f"another build is running (process {holder}, since {since})",
            )
        stream.seek(0)
        stream.truncate(0)
        stream.write(f"{os.getpid()} {time.strftime('%H:%M')}")
        stream.flush()
        yield


def _read_holder(stream: IO[str]) -> tuple[str, str]:
    """The process that holds a lock, and the time of day at which it took it."""
    for _attempt in range(10):
        stream.seek(0)
        words = stream.read(100).split()
        if len(words) == 2:
            return words[0], words[1]
        # The holder has taken the lock and is about to write its name.
        time.sleep(0.02)
    return "?", "?"


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
    except OSError as error:
        # Where a file system knows no locks, refusing every build would help nobody.
        return error.errno in _NO_LOCKS
    return True
