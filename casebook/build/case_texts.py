"""Texts that the lists of the whole site take from each case."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import SpooledTemporaryFile

# Those of some ten thousand cases; ten times as many would fill the memory.
MOST_IN_MEMORY = 64 * 2**20


class CaseTexts:
    """Texts given case by case in any order, and then read list by list, one of every case.

    Those of many cases lie in a file in the folder until this is closed.
    """

    def __init__(self, folder: Path, cases: int) -> None:
        file = SpooledTemporaryFile(max_size=MOST_IN_MEMORY, buffering=0, dir=str(folder))  # noqa: SIM115  # close
        self._file = file
        self._end = 0
        # Where the text of each case begins, and how long it is, by the names of the lists.
        self._places: dict[str, array[int]] = {}
        self._cases = cases

    def add(self, number: int, texts: Mapping[str, str]) -> None:
        """Keep the texts of one case, by the names of the lists that take them."""
        for name, text in texts.items():
            content = text.encode("utf-8")
            if name not in self._places:
                self._places[name] = array("Q", bytes(2 * 8 * self._cases))
            places = self._places[name]
            places[2 * number], places[2 * number + 1] = self._end, len(content)
            self._file.write(content)
            self._end += len(content)

    def read(self, name: str) -> Iterator[bytes]:
        """The text of every case for one list, in UTF-8, in the order of the cases."""
        places = self._places.get(name, array("Q"))
        for start, size in zip(places[::2], places[1::2], strict=True):
            self._file.seek(start)
            yield self._file.read(size)

    def close(self) -> None:
        """Give back the room on the disk."""
        self._file.close()
