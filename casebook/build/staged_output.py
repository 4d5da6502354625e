"""Staged tree of a site, which shares the unchanged files with the published tree by links."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from casebook.build.manifest import (
    MANIFEST,
    is_path_of_site,
    list_files,
    read_outputs,
    stamp_folders,
)
from casebook.messages import failure, say
from casebook.values.digest import digest


class StagedOutput:
    """A staged tree of files; a file that an older tree holds with the same bytes is linked.

    The bytes are compared, not the digests of an old manifest: a published file that was later
    changed by hand or damaged must not be taken over. A `begun` tree is a spare tree, which shares
    most of its files with the published tree; files that it already holds stay in place. A tree
    that `is_known` holds exactly the files that its manifest lists.
    """

    def __init__(
        self, folder: Path, old: Path | None = None, *, begun: bool = False, is_known: bool = False
    ) -> None:
        self.folder = folder
        # The digest of each file by its path.
        self.listing: dict[str, str] = {}
        self.written = 0
        self.mode = folder.stat().st_mode & 0o666
        self._old = old
        self.begun = begun
        # A manifest that others may have written could name files outside of the tree.
        held = read_outputs(folder) if is_known else None
        self._held = None if held is None else (MANIFEST, *held)
        self._inside = folder
        # The paths of files that were put into the tree or removed from it.
        self._moved: set[str] = set()

    def write(self, path: str, content: bytes) -> str:
        """Put a file into the tree and return its digest.

        The path is relative to the tree, with forward slashes; ValueError if it leads out of the
        tree or was written before.
        """
        target, found = self._place(path), digest(content)
        self.note(path, found)
        if not self._share(path, target, found, len(content)):
            self._write(target, (content,))
        self._moved.add(path)
        return found

    def write_stream(self, path: str, chunks: Iterable[bytes]) -> str:
        """Put a file into the tree chunk by chunk, to save memory, and return its digest."""
        target, hashed = self._place(path), hashlib.sha256()

        def read() -> Iterator[bytes]:
            for chunk in chunks:
                hashed.update(chunk)
                yield chunk

        self._write(target, read())
        found = hashed.hexdigest()
        self.note(path, found)
        if self._share(path, target, found, target.stat().st_size):
            self.written -= 1
        self._moved.add(path)
        return found

    def note(self, path: str, found: str) -> None:
        """Put a file on the list; ValueError if the list has it already."""
        if path in self.listing:
            raise ValueError(f"two pages are written to {path}")
        self.listing[path] = found

    def take_over(self, path: str) -> None:
        """Put a file of the old tree into this tree unchanged, but not on the list."""
        assert self._old is not None
        self._moved.add(path)
        self._link(self._old / path, self._place(path))

    def remove_rest(self) -> None:
        """Remove the files of a begun tree that are not on the list."""
        if not self.begun:
            return
        held = list_files(self.folder) if self._held is None else self._held
        for path in [path for path in held if path not in self.listing]:
            self._moved.add(path)
            target = self.folder / path
            self._refuse_links(target.parent)
            target.unlink(missing_ok=True)
            # Only empty folders are removed.
            with suppress(OSError):
                os.removedirs(target.parent)

    def stamp_folders(self, known: Mapping[str, int]) -> dict[str, int]:
        """The time when each folder was last changed; `known` are the times of a begun tree."""
        return {**known, **stamp_folders(self.folder, self._moved if known else self.listing)}

    def _place(self, path: str) -> Path:
        """The place of a file in the tree; ValueError if its path is not inside the site."""
        if not is_path_of_site(path):
            raise ValueError(f"{path!r} is no path inside the site")
        return self.folder / path

    def _write(self, target: Path, chunks: Iterable[bytes]) -> None:
        """Write a new file."""
        self._make_folder(target.parent)
        if self.begun:
            # Unlinked, not overwritten, because the published site may share the file.
            target.unlink(missing_ok=True)
        try:
            with target.open("xb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
        except OSError as error:
            # The error of a write, unlike that of an open, does not name the file.
            error.filename = error.filename or str(target)
            raise
        self.written += 1

    def _share(self, path: str, target: Path, expected: str, size: int) -> bool:
        """Link a file from the old tree, or return False if there is none with these bytes."""
        if self._old is None:
            return False
        source = self._old / path
        try:
            found = source.lstat()
            if (found.st_mode, found.st_size) != (stat.S_IFREG | self.mode, size):
                return False
            with source.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != expected:
                    return False
        except OSError:
            return False
        if not (self.begun and target.exists() and os.path.samestat(found, target.lstat())):
            self._link(source, target)
        return True

    def _link(self, source: Path, target: Path) -> None:
        self._make_folder(target.parent)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target, follow_symlinks=False)
        except (OSError, NotImplementedError):
            # FAT and some network file systems have no hard links; a copy keeps the times as well.
            shutil.copy2(source, target, follow_symlinks=False)

    def _make_folder(self, folder: Path) -> None:
        if folder != self._inside:
            folder.mkdir(parents=True, exist_ok=True)
            self._refuse_links(folder)
            self._inside = folder

    def _refuse_links(self, folder: Path) -> None:
        """Refuse a folder of a begun tree that a link leads out of the tree."""
        if self.begun and os.path.realpath(folder) != str(folder):
            raise failure("build.machine", path=folder, reason=say("build.output.link"))
