"""Texts that lists of the whole site contain for each case, read back from the published lists."""

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

# The texts of some two thousand cases; more are kept on the disk, which returns them fast.
MOST_IN_MEMORY = 4 * 2**20
_MOST_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class WrittenTexts:
    """The places of the texts of each case in the published lists.

    `cases` are the slugs and keys of the cases in their order. `lists` are the path of each list
    and, for each case in turn, the start and the length of its text, in bytes.
    """

    cases: Sequence[tuple[str, str]] = ()
    lists: Mapping[str, tuple[str, array[int]]] = field(default_factory=dict)


NO_TEXTS: Final = WrittenTexts()


class ListPiece(bytes):
    """The texts of neighbouring cases as they stand in a list, with the name of the list.

    `first` is the number of the first case, `sizes` are the lengths of the texts, and `between` is
    the number of separating bytes before each text, except the text of case 0.
    """

    name: str
    first: int
    sizes: Sequence[int]
    between: int


class CaseTexts:
    """Texts that are added case by case in any order, and then read list by list for all cases.

    The texts of a case that was not made again are read from the `known` lists. New texts are kept
    in a file in the folder until `close`.
    """

    def __init__(self, folder: Path, cases: Sequence[tuple[str, str]], known: WrittenTexts) -> None:
        self._file = SpooledTemporaryFile(max_size=MOST_IN_MEMORY, dir=str(folder))  # noqa: SIM115  # close
        self._end = 0
        self.cases = cases
        self._known = known
        numbers = {case: number for number, case in enumerate(known.cases)}
        # The number that each case had in the last build, -1 for a new or changed case.
        self._before = array("q", (numbers.get(case, -1) for case in cases))
        # The start and length of each new text, by the names of the lists.
        self._new: dict[str, array[int]] = {}
        self._placed: dict[str, tuple[str, array[int]]] = {}

    def is_known(self, number: int) -> bool:
        """True if the published lists have the current texts of a case."""
        return self._before[number] >= 0

    def add(self, number: int, texts: Mapping[str, bytes]) -> None:
        """Keep the new texts of one case, by the names of their lists."""
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
        """The sizes of the texts, from a case on, that followed each other in the last build."""
        before, many = self._before[number], 0
        while many < _MOST_TOGETHER and number + many < len(self.cases):
            if self._before[number + many] != before + many:
                return
            yield places[2 * (before + many) + 1]
            many += 1

    def place(self, path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks of a file, unchanged, while the places of the texts among them are noted."""
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
        """The noted places of the texts."""
        return WrittenTexts(self.cases, self._placed)

    def close(self) -> None:
        """Remove the file of new texts from the disk."""
        self._file.close()


def _read(file: IO[bytes] | FileIO, start: int, end: int) -> bytes:
    file.seek(start)
    found = file.read(end - start) or b""
    if len(found) != end - start:
        # A list that was cut off while it was read would shift the places of all later texts.
        raise failure("build.machine", path=file.name, reason=say("build.machine.busy"))
    return found
