"""State of the last build: the digests of its inputs, and the files that it made, unit by unit.

With the stamps of last_build the state tells which files need not be read again and which units
of the site may stay. Its rows are kept in the cache, which seals them.
"""

from __future__ import annotations

import json
import os
import pickle
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from io import FileIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Final

from casebook.build.cache import Cache, digest_program
from casebook.build.last_build import Stamp, digest_file, is_young, stamp_inputs, young_since
from casebook.build.manifest import MANIFEST
from casebook.messages import failure, problem, say
from casebook.packaged import find_source
from casebook.problems import START, ContentError
from casebook.values.digest import digest
from casebook.yaml.files import most_bytes

if TYPE_CHECKING:
    from casebook.build.staged_output import StagedOutput
    from casebook.data.formats import DataFile


# The number changes with the format of the row.
_INPUTS: Final = "state:inputs:2"
# The output folders of which there are units, by the key of the site.
_SITES: Final = "state:sites"
_OutputStamp = tuple[int, int, int, int]
# The key of a unit, a note on it, and each of its files with its digest and its stamp.
_Unit = tuple[str, str, list[tuple[str, str, _OutputStamp]]]
# The common key of all units of a run, and each unit by its name.
_Row = tuple[str, dict[str, _Unit]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The SHA-256 of every file that the site is made from, by path, as of one moment."""

    project: Path
    digests: Mapping[str, str]
    stamps: Mapping[str, Stamp]


def read_inputs(project: Path, cache: Cache | None = None, is_kept: bool = True) -> Inputs:
    """The current digests of all inputs, which are kept in the cache if `is_kept`.

    A file is not read again if the state knows a digest for its stamp. The digest of a young file
    is not kept, because the file may be written again without a change of its stamp.
    """
    # Stamps are taken first: a file that changes while it is read then no longer has its stamp.
    stamps = stamp_inputs(str(project))
    known: Mapping[str, tuple[Stamp, str]] = {}
    if cache is not None:
        known = cache.recall(_INPUTS, pickle.loads) or {}
    digests: dict[str, str] = {}
    since = young_since()
    young = {name for name, stamp in stamps.items() if is_young(stamp, since)}
    for name, stamp in stamps.items():
        before, found = known.get(name, (None, ""))
        if before == stamp and name not in young:
            digests[name] = found
            continue
        # A file that is too large or cannot be read is reported by the code that needs it.
        if stamp[2] > most_bytes(name):
            digests[name] = f"{stamp[2]} bytes"
            continue
        if content := digest_file(find_source(str(project), name)):
            digests[name] = content
    if cache is not None and is_kept:
        kept = (item for item in digests.items() if item[0] not in young)
        rows = {name: (stamps[name], found) for name, found in kept}
        if rows != known:
            cache.put(_INPUTS, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
            cache.prune("state:inputs")
    return Inputs(project, digests, stamps)


@contextmanager
def open_inputs(project: Path, cache: Cache, is_kept: bool = True) -> Iterator[Inputs]:
    """The inputs for a block; if it fails and an input has changed, its cached values are removed.

    A value made from the new content of a file would be found under the digest of the old content.
    """
    inputs = read_inputs(project, cache, is_kept)
    try:
        yield inputs
    except BaseException:
        if find_changed(inputs):
            cache.forget_put()
        raise


def find_changed(inputs: Inputs) -> list[str]:
    """The names of the inputs that were written, added or removed since they were read."""
    now = stamp_inputs(str(inputs.project))
    if now == inputs.stamps:
        return []
    names = sorted(now.keys() | inputs.stamps.keys())
    return [name for name in names if now.get(name) != inputs.stamps.get(name)]


def refuse_changes(inputs: Inputs) -> None:
    """Raise ContentError if an input was written while the site was made, or has no digest.

    Without the digest of an input, the manifest would not say what the site was made from.
    """
    unread = inputs.stamps.keys() - inputs.digests.keys()
    problems = [problem("E140.input", name, START) for name in unread]
    problems += [problem("E145", name, START) for name in find_changed(inputs)]
    if problems:
        raise ContentError(problems)


class BuildState:
    """The units of a published site, such as all files of one case, each under its key.

    A unit with an unchanged key stays as it is published, unless the stamp of one of its files has
    changed. A unit that was saved by a build that did not end names files that are not published,
    and is made again.
    """

    def __init__(self, cache: Cache, output: Path) -> None:
        self._cache = cache
        self._output = output
        # Another version of the program may use another format of rows.
        self._site = digest(f"{digest_program()} {output}".encode())[:16]

    def open_run(self, name: str, tree: StagedOutput) -> UnitRun:
        """The units of one row, to be put into a tree."""
        key = self._name(name)
        content = self._cache.get(key)
        row: _Row = pickle.loads(content) if content is not None else ("", {})
        return UnitRun(row, tree, self._output, partial(self._cache.put, key))

    def read_texts(self) -> WrittenTexts:
        """The places of the texts of cases in the published lists; NO_TEXTS if a list was changed.

        The texts are copied into new lists, whose digests would hide such a change.
        """
        content = self._cache.get(self._name("texts"))
        cases, lists = pickle.loads(content) if content is not None else ((), {})
        found = {}
        for name, (path, sha, places) in lists.items():
            if digest_file(f"{self._output}/{path}") != sha:
                return NO_TEXTS
            found[name] = f"{self._output}/{path}", places
        return WrittenTexts(cases, found)

    def note_texts(self, texts: WrittenTexts, tree: StagedOutput) -> None:
        """Keep the places of the texts of cases in the lists of a tree."""
        lists = {
            name: (path, tree.listing[path], places) for name, (path, places) in texts.lists.items()
        }
        row = pickle.dumps((texts.cases, lists), pickle.HIGHEST_PROTOCOL)
        self._cache.put(self._name("texts"), row)

    def write_unit(
        self, unit: str, key: str, tree: StagedOutput, make: Callable[[], Iterable[DataFile]]
    ) -> None:
        """Put the files of a unit into the tree, and make them again if the unit is stale."""
        run = self.open_run(unit, tree)
        if not run.keep(unit, key):
            run.write(unit, key, make())
            run.save()

    def folders_of(self, tree: Path) -> dict[str, int]:
        """The times of folders of a tree; a folder with this time holds only files of the site.

        Empty if the manifest of the tree is not the one that its build wrote.
        """
        content = self._cache.get(self._name_folders(tree))
        sha, found = pickle.loads(content) if content is not None else ("", {})
        return found if digest_file(f"{tree}/{MANIFEST}") == sha else {}

    def note_folders(self, tree: Path, stamps: Mapping[str, int], manifest: str) -> None:
        """Keep the times of the folders of a tree, and 0 for a folder that was changed just now.

        `manifest` is the digest of the tree's manifest.
        """
        young = young_since()
        row = {folder: stamp if stamp < young else 0 for folder, stamp in stamps.items()}
        content = pickle.dumps((manifest, row), pickle.HIGHEST_PROTOCOL)
        self._cache.put(self._name_folders(tree), content)

    def _name_folders(self, tree: Path) -> str:
        # By inode, because the exchange gives the tree another name.
        return self._name(f"folders:{os.stat(tree).st_ino}")

    def forget_rest(self) -> None:
        """Forget the units that were neither kept nor made, and sites that no longer exist."""
        self._cache.prune(self._name(""))
        sites: dict[str, str] = json.loads(self._cache.get(_SITES) or b"{}")
        others = ((site, path) for site, path in sites.items() if path != str(self._output))
        left = {site: path for site, path in others if os.path.isdir(path)}
        left[self._site] = str(self._output)
        for site in sites.keys() - left.keys():
            self._cache.prune(f"state:unit:{site}:")
        if left != sites:
            self._cache.put(_SITES, json.dumps(left).encode())

    def _name(self, unit: str) -> str:
        return f"state:unit:{self._site}:{unit}"


class UnitRun:
    """The units of a published site that are kept in one row."""

    def __init__(
        self, row: _Row, tree: StagedOutput, output: Path, put: Callable[[bytes], None]
    ) -> None:
        self._key, self._known = row
        self._tree = tree
        self._output = output
        self._put = put
        self._units: dict[str, _Unit] = {}

    def keep(self, unit: str, key: str) -> bool:
        """Put a unit into the tree as published and return True, or False if it has to be made."""
        known = self._known.get(unit)
        lying = self._find(known) if known is not None and known[0] == key else None
        if known is None or lying is None:
            return False
        self._take(unit, known, lying)
        return True

    def keep_all(self, key: str) -> list[str] | None:
        """Put all units that were saved under a key into the tree, and return their notes.

        None if a unit has to be made.
        """
        if not self._known or self._key != key:
            return None
        found = {unit: self._find(known) for unit, known in self._known.items()}
        if None in found.values():
            return None
        return [self._take(unit, self._known[unit], lying or ()) for unit, lying in found.items()]

    def write(self, unit: str, key: str, files: Iterable[DataFile], note: str = "") -> None:
        """Put the files of a unit into the tree, and keep a note on it."""
        written = [(file.path, self._tree.write(file.path, file.content)) for file in files]
        stamped = [
            (path, sha, stamp)
            for path, sha in written
            if (stamp := _stamp(f"{self._tree.folder}/{path}")) is not None
        ]
        self._units[unit] = key, note, stamped

    def save(self, key: str = "") -> None:
        """Keep the units that were put into the tree, with a key that is common to all of them."""
        self._put(pickle.dumps((key, self._units), pickle.HIGHEST_PROTOCOL))

    def _find(self, unit: _Unit) -> list[bool] | None:
        """For each file of a unit, True if the tree holds it; None if one is not published."""
        lying = []
        for path, _, stamp in unit[2]:
            lies = _stamp(f"{self._tree.folder}/{path}") == stamp
            stands = lies or _stamp(f"{self._output}/{path}") == stamp
            if stamp[3] != self._tree.mode or not stands:
                return None
            lying.append(lies)
        return lying

    def _take(self, name: str, unit: _Unit, lying: Sequence[bool]) -> str:
        for (path, sha, _), lies in zip(unit[2], lying, strict=True):
            if not lies:
                self._tree.take_over(path)
            self._tree.note(path, sha)
        self._units[name] = unit
        return unit[1]


def _stamp(path: str) -> _OutputStamp | None:
    """The stamp of an output, without the ctime, which every new link changes."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode & 0o777


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
