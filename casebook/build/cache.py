"""Cache of the results of earlier builds, under keys that are digests of their inputs.

The first word of a key is its namespace: `record`, `drawing` or `template`. The rows of `state`
are in the same cache, under the names of files and units.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from casebook.values.digest import digest

R = TypeVar("R")
T = TypeVar("T")
_SCHEMA = "create table if not exists made (key text primary key, value blob, seal blob)"
_KEY_BYTES = 32
# The average number of cases whose values share one row.
_RUN = 64
# The most bytes that wait in memory to be written together.
_MOST_WAITING = 4 * 2**20
# The exceptions that SQLite and its Python module raise for a damaged file.
_DAMAGE = (sqlite3.Error, OSError, OverflowError, MemoryError, ValueError)


class Cache:
    """Bytes under content keys; a damaged, moved or planted value counts as missing.

    Each value is sealed together with its key by a secret of this checkout, so the values of a
    cache that was copied from another place are not used.
    """

    def __init__(
        self,
        connection: sqlite3.Connection | None,
        secret: bytes = b"",
        memory: dict[str, Any] | None = None,
    ) -> None:
        self._connection = connection
        self._secret = secret
        self._memory = memory
        self._used: set[str] = set()
        self._written: set[str] = set()
        self._waiting: dict[str, bytes] = {}
        self._weight = 0

    def get(self, key: str) -> bytes | None:
        """The bytes kept under a key, or None."""
        self._used.add(key)
        if self._connection is None:
            return None
        if key in self._waiting:
            return self._waiting[key]
        with suppress(*_DAMAGE):
            query = "select value, seal from made where key = ?"
            row = self._connection.execute(query, (key,)).fetchone()
            if (
                row is not None
                and isinstance(row[0], bytes)
                and isinstance(row[1], bytes)
                and hmac.compare_digest(self._seal(key, row[0]), row[1])
            ):
                return row[0]
        return None

    def recall(self, key: str, decode: Callable[[bytes], R], most: int = sys.maxsize) -> R | None:
        """The decoded value under a key, or None; with a memory each value is decoded only once.

        The value is not added to a memory that already holds `most` values.
        """
        if self._memory is not None and key in self._memory:
            self._used.add(key)
            known: R = self._memory[key]
            return known
        content = self.get(key)
        if content is None:
            return None
        found = decode(content)
        if self._memory is not None and len(self._memory) < most:
            self._memory[key] = found
        return found

    def mark_used(self, key: str) -> None:
        """Mark a value as used, so that the next pruning keeps it."""
        self._used.add(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep bytes under a key."""
        self._used.add(key)
        if self._memory is not None:
            self._memory.pop(key, None)
        if self._connection is not None:
            self._waiting[key] = value
            self._weight += len(value)
            if self._weight > _MOST_WAITING:
                self.flush()

    def flush(self) -> None:
        """Write all waiting values to the disk at once, so that other builds are not blocked."""
        waiting, self._waiting, self._weight = self._waiting, {}, 0
        if self._connection is not None and waiting:
            rows = ((key, value, self._seal(key, value)) for key, value in waiting.items())
            self._written |= waiting.keys()
            with suppress(*_DAMAGE):
                self._connection.executemany("insert or replace into made values (?, ?, ?)", rows)
                self._connection.commit()

    def forget_put(self) -> None:
        """Forget the values put since the opening, which may not belong to their keys."""
        for key in (*self._waiting, *self._written):
            if self._memory is not None:
                self._memory.pop(key, None)
        self._waiting, self._weight = {}, 0
        if self._connection is not None and self._written:
            with suppress(*_DAMAGE):
                rows = ((key,) for key in self._written)
                self._connection.executemany("delete from made where key = ?", rows)
                self._connection.commit()

    def prune(self, prefix: str) -> None:
        """Forget the values whose keys have the prefix and were not used since the opening."""
        for key in [key for key in self._memory or () if key.startswith(prefix)]:
            if self._memory is not None and key not in self._used:
                del self._memory[key]
        if self._connection is None:
            return
        with suppress(*_DAMAGE):
            query = "select key from made where key >= ? and key < ?"
            found = self._connection.execute(
                query, (prefix, f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}")
            )
            unused = [row for row in found if row[0] not in self._used]
            self._connection.executemany("delete from made where key = ?", unused)
            self._connection.commit()

    def _seal(self, key: str, value: bytes) -> bytes:
        return hmac.digest(self._secret, key.encode() + b"\0" + value, "sha256")


def cut_runs(things: Sequence[T], name: Callable[[T], str]) -> Iterator[tuple[str, list[T]]]:
    """The things in named runs; the values of a run are read and written in one row.

    Reading one row for each of ten thousand things takes five times as long. The names alone decide
    where a run begins, so adding or removing a thing does not change other runs.
    """
    run, begun = list[T](), ""
    for thing in things:
        named = name(thing)
        if zlib.crc32(named.encode()) % _RUN == 0:
            if run:
                yield begun, run
            run, begun = [], named
        run.append(thing)
    if run:
        yield begun, run


@contextmanager
def open_cache(
    folder: Path, enabled: bool = True, memory: dict[str, Any] | None = None
) -> Iterator[Cache]:
    """The cache in a folder; an unreadable cache is replaced by a new one.

    If no cache is possible or wanted, values are kept only until the end of the block. A process
    that builds again and again keeps its decoded values in `memory`.
    """
    connection = None
    secret = secrets.token_bytes(_KEY_BYTES)
    if enabled and not folder.is_symlink():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            secret = _read_secret(folder / "store.key")
            connection = _connect(folder / "store.sqlite", is_sound=bool(memory))
    if connection is None:
        connection = _connect(None)
    cache = Cache(connection, secret, memory)
    try:
        yield cache
    finally:
        # Keys are made of content, so values are valid even if the build failed.
        cache.flush()
        if connection is not None:
            with suppress(*_DAMAGE):
                connection.close()


def _read_secret(path: Path) -> bytes:
    """The secret of this checkout, made if there is none; only its owner can read it."""
    if path.is_symlink():
        raise OSError(f"{path} is a link")
    with suppress(OSError):
        # Checked before it is read, because reading a pipe would wait for ever.
        if path.is_file() and path.stat().st_size == _KEY_BYTES:
            return path.read_bytes()
        path.unlink()
    secret = secrets.token_bytes(_KEY_BYTES)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secret)
    return secret


def _connect(path: Path | None, is_sound: bool = False) -> sqlite3.Connection | None:
    """A database; a damaged one is replaced, and one without a path is private to this process.

    SQLite keeps a private database in memory, and on the disk if it grows too large. A database
    that this process has read before `is_sound` and is not read through again.
    """
    files = (path, path.with_name(f"{path.name}-journal")) if path else ()
    # SQLite would wait for ever if the file was a pipe.
    if any(os.path.lexists(one) and not stat.S_ISREG(os.lstat(one).st_mode) for one in files):
        return None
    for _attempt in range(2):
        connection = None
        try:
            connection = sqlite3.connect(path or "", timeout=5)
            # The file is not trusted: its schema must not call functions.
            connection.execute("pragma trusted_schema = off")
            connection.execute(_SCHEMA)
            if not is_sound:
                columns = "count(key), count(value), count(seal)"
                connection.execute(f"select {columns} from made").fetchone()
            return connection
        except _DAMAGE:
            if connection is not None:
                connection.close()
            for one in files:
                with suppress(OSError):
                    one.unlink()
    return None


@lru_cache(maxsize=1)
def digest_program() -> str:
    """A digest of the program itself, so that values of another version are not used."""
    folder = Path(__file__).parent.parent
    kinds = (".py", ".yaml", ".tsv")
    files = sorted(path for path in folder.rglob("*") if path.suffix in kinds)
    return digest("\n".join(digest(file.read_bytes()) for file in files).encode())


# Looking up a few versions takes a tenth of the time of a preview of a small site.
@lru_cache
def find_version(package: str) -> str:
    """The version of an installed package."""
    # Imported here so that a check does not load it.
    from importlib.metadata import version

    return version(package)
