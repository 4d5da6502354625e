"""What earlier builds made, kept under keys of what it was made from."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SCHEMA = "create table if not exists made (key text primary key, value blob, digest text)"


class Store:
    """Bytes under content keys; a damaged value counts as missing."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection
        self._used: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """The bytes kept under a key, or None."""
        self._used.add(key)
        if self._connection is None:
            return None
        with suppress(sqlite3.DatabaseError):
            query = "select value, digest from made where key = ?"
            row = self._connection.execute(query, (key,)).fetchone()
            if row is not None and isinstance(row[0], bytes) and digest(row[0]) == row[1]:
                return row[0]
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep bytes under a key."""
        self._used.add(key)
        if self._connection is not None:
            with suppress(sqlite3.DatabaseError):
                query = "insert or replace into made values (?, ?, ?)"
                self._connection.execute(query, (key, value, digest(value)))

    def prune(self, prefix: str) -> None:
        """Forget what has the prefix and was neither asked for nor kept since the opening."""
        if self._connection is None:
            return
        with suppress(sqlite3.DatabaseError):
            keys = {row[0] for row in self._connection.execute("select key from made")}
            unused = [(key,) for key in keys - self._used if key.startswith(prefix)]
            self._connection.executemany("delete from made where key = ?", unused)


@contextmanager
def open_store(folder: Path, enabled: bool = True) -> Iterator[Store]:
    """The store in a folder; one that cannot be read is made anew, or done without."""
    connection = _connect(folder / "store.sqlite") if enabled else None
    try:
        yield Store(connection)
        if connection is not None:
            with suppress(sqlite3.DatabaseError):
                connection.commit()
    finally:
        if connection is not None:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection | None:
    for _attempt in range(2):
        connection = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=5)
            connection.execute(_SCHEMA)
            connection.execute("select count(*) from made").fetchone()
            return connection
        except (sqlite3.DatabaseError, OSError):
            if connection is not None:
                connection.close()
            with suppress(OSError):
                path.unlink()
    return None


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
