"""Texts that lists of the whole site take from each case, read back from the lists themselves."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from casebook.messages import failure, say

# Those of some two thousand cases; what a disk gives back at once need not be in memory too.
MOST_IN_MEMORY = 4 * 2**20
_MOST_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class WrittenTexts:
    """Where the texts of each case lie in the published lists.

    `cases` are slugs with the keys of what was made of them, in their order; each list is a file
    with the place of the text of each case: where it begins, and how long it is.
    """

    cases: Sequence[tuple[str, str]] = ()
    lists: Mapping[str, tuple[str, array[int]]] = field(default_factory=dict)


NO_TEXTS: Final = WrittenTexts()


class ListPiece(bytes):
    """The texts of neighbours as a list has them, with the name of the list.

    `first` is the number of the first of them, `sizes` are theirs, and before each but the first of
    all are `between` bytes of something else.
    """

    name: str
    first: int
    sizes: Sequence[int]
    between: int


class CaseTexts:
    """Texts given case by case in any order, and then read list by list, one of every case.

    Those that are in a `known` list are read from there, where nothing was made anew of the case.
    New ones lie in a file in the folder until this is closed.
    """

    def __init__(self, folder: Path, cases: Sequence[tuple[str, str]], known: WrittenTexts) -> None:
        self._file = SpooledTemporaryFile(max_size=MOST_IN_MEMORY, dir=str(folder))  # noqa: SIM115  # close
        self._end = 0
        self.cases = cases
        self._known = known
        numbers = {case: number for number, case in enumerate(known.cases)}
        # The number that each case had before.
        self._before = array("q", (numbers.get(case, -1) for case in cases))
        # Where new texts begin, and how long they are, by the names of the lists.
        self._new: dict[str, array[int]] = {}
        self._placed: dict[str, tuple[str, array[int]]] = {}

    def is_known(self, number: int) -> bool:
        """True of a case whose texts are in the published lists as they would be made."""
        return self._before[number] >= 0

    def add(self, number: int, texts: Mapping[str, bytes]) -> None:
        """Keep new texts of one case, by the names of the lists that take them."""
        self._before[number] = -1
        for name, text in texts.items():
            places = self._new.setdefault(name, array("q", bytes(2 * 8 * len(self.cases))))
            places[2 * number], places[2 * number + 1] = self._end, len(text)
            self._end += len(text)
        self._file.write(b"".join(texts.values()))

    def read(self, name: str, between: bytes = b"") -> Iterator[ListPiece]:
        """The texts of all cases for one list, in UTF-8, in the order of the cases."""
        known = self._known.lists.get(name)
        if known is None and name not in self._new:
            return
        with FileIO(known[0]) if known else nullcontext() as old:
            number = 0
            while number < len(self.cases):
                before = self._before[number]
                if before < 0 or old is None or known is None:
                    start, size = self._new[name][2 * number : 2 * number + 2]
                    sizes = [size]
                    content = _read(self._file, start, start + size)
                else:
                    sizes = list(self._measure_neighbours(number, known[1]))
                    start, last = known[1][2 * before], 2 * (before + len(sizes) - 1)
                    content = _read(old, start, known[1][last] + sizes[-1])
                piece = ListPiece((between if number else b"") + content)
                piece.name, piece.first = name, number
                piece.sizes, piece.between = sizes, len(between)
                yield piece
                number += len(sizes)

    def _measure_neighbours(self, number: int, places: array[int]) -> Iterator[int]:
        """The sizes of the texts that follow each other from a case on, as they did before."""
        before, many = self._before[number], 0
        while many < _MOST_TOGETHER and number + many < len(self.cases):
            if self._before[number + many] != before + many:
                return
            yield places[2 * (before + many) + 1]
            many += 1

    def place(self, path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks of a file, in which texts that are among them are found from now on."""
        at = 0
        for chunk in chunks:
            if isinstance(chunk, ListPiece):
                places = array("q", bytes(2 * 8 * len(self.cases)))
                _, places = self._placed.setdefault(chunk.name, (path, places))
                start = at
                for number, size in enumerate(chunk.sizes, chunk.first):
                    start += chunk.between if number else 0
                    places[2 * number], places[2 * number + 1] = start, size
                    start += size
            at += len(chunk)
            yield chunk

    def locate(self) -> WrittenTexts:
        """Where the texts are in the files that they were placed in."""
        return WrittenTexts(self.cases, self._placed)

    def close(self) -> None:
        """Give back the room on the disk."""
        self._file.close()


def _read(file: IO[bytes] | FileIO, start: int, end: int) -> bytes:
    file.seek(start)
    found = file.read(end - start) or b""
    if len(found) != end - start:
        # Whoever cuts a list off while it is read would have every text behind it in a wrong place.
        raise failure("build.machine", path=file.name, reason=say("build.machine.busy"))
    return found
