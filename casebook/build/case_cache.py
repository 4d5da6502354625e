"""What earlier builds found out and need not find out again: records as read, and sound cases."""

from __future__ import annotations

import json
import pickle
import sys
import zlib
from collections.abc import Mapping

from casebook.build.cache import Cache, digest_program
from casebook.build.dependencies import Excerpter
from casebook.build.reading import KeptCase
from casebook.record.dataset import Dataset
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.summary import CaseSummary
from casebook.values.digest import digest

_SOUND = "sound"
# The summaries of all cases are kept in so many pieces: one edited case has one of them written.
_DRAWERS = 64

# What is kept of a case, under the key of its record, with a digest of its sources.
_Entry = tuple[str, KeptCase, str]


class CaseCache:
    """Records as read and the keys of sound cases, from the store and for it.

    `versions` are the digests of the files by path, relative to the project. A record is known by
    them, by the program and by the lists that it draws on; the store seals what it keeps, so that
    nothing is unpickled that this checkout did not write.
    """

    def __init__(self, store: Cache, versions: Mapping[str, str]) -> None:
        self.versions = versions
        self._store = store
        self._base = ""
        self._sources: Mapping[str, str] = {}
        self._known = frozenset(_read_keys(store.get(_SOUND)))
        self._sound: set[str] = set()
        self._excerpter: Excerpter | None = None
        # What stands in each drawer of the store, by path, and what shall stand there.
        self._before: dict[int, dict[str, _Entry]] = {}
        self._now: dict[int, dict[str, _Entry]] = {}

    def use_lists(self, lists: Lists) -> None:
        """Say which lists the records draw on."""
        parts = (digest_program(), sys.version, lists.vocabulary, lists.regions)
        self._base = digest(repr(parts).encode())
        self._sources = {
            name: digest(repr(source).encode()) for name, source in lists.sources.items()
        }

    def find_case(self, path: str) -> KeptCase | None:
        """What is known of the case of a file, where it was read before with the same lists."""
        number = _drawer_of(path)
        if number not in self._before:
            content = self._store.get(self._name_drawer(number))
            self._before[number] = pickle.loads(content) if content is not None else {}
        entry = self._before[number].get(path)
        if entry is None or path not in self.versions or entry[0] != self._key(path):
            return None
        if entry[2] != self._sign_sources(entry[1].summary):
            return None
        self._store.hold(entry[0])
        self._now.setdefault(number, {})[path] = entry
        return entry[1]

    def keep_case(self, kept: KeptCase, record: bytes) -> None:
        """Keep a case as it was read; `record` is itself, pickled."""
        path = kept.summary.path
        if path in self.versions:
            key = self._key(path)
            self._store.put(key, record)
            entry = (key, kept, self._sign_sources(kept.summary))
            self._now.setdefault(_drawer_of(path), {})[path] = entry

    def load_case(self, summary: CaseSummary) -> Case | None:
        """The record that a summary is of, or None where it has to be read again."""
        if summary.path not in self.versions:
            return None
        record = self._store.get(self._key(summary.path))
        return pickle.loads(record) if record is not None else None

    def excerpts_of(self, dataset: Dataset) -> Excerpter:
        """What takes excerpts of a data set, each of them once."""
        if self._excerpter is None or self._excerpter.dataset is not dataset:
            self._excerpter = Excerpter(dataset, self.versions)
        return self._excerpter

    def is_sound(self, excerpt: str) -> bool:
        """Whether an earlier build found nothing wrong with the case of this excerpt."""
        key = self._key_sound(excerpt)
        if key in self._known:
            self._sound.add(key)
            return True
        return False

    def note_sound(self, excerpt: str) -> None:
        """Say that nothing is wrong with the case of this excerpt."""
        self._sound.add(self._key_sound(excerpt))

    def find_published(self, figures: str) -> Mapping[str, str]:
        """The versions of the records, by slug, that a published list of figures is of.

        `figures` is the SHA-256 of the list; nothing is known of one that was not made here by
        this program and with these lists.
        """
        content = self._store.get(f"published:{self._base}:{figures}")
        found = json.loads(content) if content is not None else {}
        return found if isinstance(found, dict) else {}

    def keep_published(self, figures: str, dataset: Dataset) -> None:
        """Say that a list of figures was published from the records of a data set."""
        versions = {case.slug: case.version for case in dataset.summaries}
        self._store.put(f"published:{self._base}:{figures}", json.dumps(versions).encode())
        self._store.prune("published:")

    def save(self) -> None:
        """Put what was found into the store, and forget what is of no more use."""
        for number in range(_DRAWERS):
            entries = self._now.get(number, {})
            if entries != self._before.get(number, {}):
                content = pickle.dumps(entries, pickle.HIGHEST_PROTOCOL)
                self._store.put(self._name_drawer(number), content)
        if self._sound != self._known:
            self._store.put(_SOUND, json.dumps(sorted(self._sound)).encode())
        self._store.prune("summaries:")
        self._store.prune("case:")

    def _name_drawer(self, number: int) -> str:
        # Another version of the program may shape summaries otherwise, and could not read these.
        return f"summaries:{self._base}:{number}"

    def _key(self, path: str) -> str:
        return f"case:{digest(f'{self._base} {path}'.encode())[:32]}:{self.versions[path]}"

    def _key_sound(self, excerpt: str) -> str:
        return digest(f"{self._base} {excerpt}".encode())

    def _sign_sources(self, case: CaseSummary) -> str:
        """A digest of the sources that a case rests on; one that is not there has no version."""
        versions = [self._sources.get(name, "") for name in case.sources]
        return digest(" ".join(versions).encode())[:16]


def _drawer_of(path: str) -> int:
    return zlib.crc32(path.encode()) % _DRAWERS


def _read_keys(content: bytes | None) -> list[str]:
    try:
        keys = json.loads(content or b"[]")
    except ValueError:
        return []
    return keys if isinstance(keys, list) else []
