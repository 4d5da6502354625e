"""Tree of a site in the making, which shares with the published one whatever has not changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from casebook.build.manifest import FileList, list_unlisted
from casebook.values.digest import digest

T = TypeVar("T")


class StagedOutput:
    """A tree of files in the making; what an older tree holds in the same bytes is linked.

    The bytes are compared, not the digests of an old manifest: a published file that was
    changed by hand or damaged since must not live on. A `begun` tree is the one before the
    published, which shares most of its files with that: what it holds already is left in place.
    """

    def __init__(self, folder: Path, old: Path | None = None, begun: bool = False) -> None:
        self.folder = folder
        self.listing = FileList()
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
        if not self._share(path, target, found):
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

    def _share(self, path: str, target: Path, expected: str) -> bool:
        """Whether the old tree holds the bytes that were written, whose file takes their place."""
        if self._old is None:
            return False
        source, shared = self._old / path, target.with_name(f".{target.name}.shared")
        try:
            if not self._is_like(source.lstat(), target.stat().st_size):
                return False
            with source.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != expected:
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
