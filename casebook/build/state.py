"""State of the last build: the digests of its inputs, and the files that it made, unit by unit.

With the stamps of last_build the state tells which files need not be read again and which units
of the site may stay. Its rows are kept in the cache, which seals them.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from casebook.build.cache import Cache, digest_program
from casebook.build.case_texts import NO_TEXTS, WrittenTexts
from casebook.build.last_build import Stamp, digest_file, is_young, stamp_inputs, young_since
from casebook.build.manifest import MANIFEST
from casebook.messages import problem
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
