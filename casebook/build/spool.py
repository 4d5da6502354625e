"""The texts that lists take from each case, kept on the disk until the lists are written."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile

# A small site never leaves the memory.
_MOST_IN_MEMORY = 2**20


class Spool:
    """The texts of many cases, given case by case in any order and told list by list.

    Each list has one text of every case, in the order of the cases.
    """

    def __init__(self, folder: Path, cases: int) -> None:
        self._folder = folder
        self._cases = cases
        self._lists: dict[str, _List] = {}
        self._open = ExitStack()

    def add(self, number: int, texts: Mapping[str, str]) -> None:
        """Put down the texts of one case, by the names of the lists that take them."""
        for name, text in texts.items():
            if name not in self._lists:
                self._lists[name] = _List(self._folder, self._cases, self._open)
            self._lists[name].add(number, text.encode("utf-8"))

    def read(self, name: str) -> Iterator[bytes]:
        """The text of every case for one list, in UTF-8."""
        if name in self._lists:
            yield from self._lists[name].read()

    def close(self) -> None:
        """Give back the room on the disk."""
        self._open.close()


class _List:
    def __init__(self, folder: Path, cases: int, opened: ExitStack) -> None:
        file = SpooledTemporaryFile(max_size=_MOST_IN_MEMORY, dir=str(folder))  # noqa: SIM115  # next line
        self._file = opened.enter_context(file)
        self._starts = array("Q", bytes(8 * cases))
        self._sizes = array("Q", bytes(8 * cases))
        self._end = 0

    def add(self, number: int, text: bytes) -> None:
        self._starts[number], self._sizes[number] = self._end, len(text)
        self._end += len(text)
        self._file.write(text)

    def read(self) -> Iterator[bytes]:
        at = None
        for start, size in zip(self._starts, self._sizes, strict=True):
            if start != at:
                self._file.seek(start)
            at = start + size
            yield self._file.read(size)
