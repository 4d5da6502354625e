"""What earlier builds found out and need not find out again: records as read, and sound cases."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Mapping

from casebook.dataset import Dataset, sources_of
from casebook.errors import Problem
from casebook.excerpt import Excerpter
from casebook.model import Case
from casebook.reader import Lists
from casebook.store import Store, digest, digest_program

_SOUND = "sound"


class Kept:
    """Records as read and the keys of sound cases, from the store and for it.

    `versions` are the digests of the files by path, relative to the project. A record is known by
    them, by the program and by the lists that it draws on; the store seals what it keeps, so that
    nothing is unpickled that this checkout did not write.
    """

    def __init__(self, store: Store, versions: Mapping[str, str]) -> None:
        self.versions = versions
        self._store = store
        self._base = ""
        self._sources: Mapping[str, str] = {}
        self._known = frozenset(_read_keys(store.get(_SOUND)))
        self._sound: set[str] = set()
        self._excerpter: Excerpter | None = None

    def use_lists(self, lists: Lists) -> None:
        """Say which lists the records draw on."""
        parts = (digest_program(), sys.version, lists.vocabulary, lists.regions)
        self._base = digest(repr(parts).encode())
        self._sources = {
            name: digest(repr(source).encode()) for name, source in lists.sources.items()
        }

    def find_case(self, path: str) -> tuple[Case, list[Problem]] | None:
        """The case of a file with its warnings, where it was read before with the same lists."""
        if path not in self.versions:
            return None
        content = self._store.get(self._key(path))
        if content is None:
            return None
        case, problems, used = pickle.loads(content)
        return (case, problems) if used == self._sign_sources(case) else None

    def keep_case(self, case: Case, problems: list[Problem]) -> None:
        """Keep a case as it was read, with what was noted on the way."""
        if case.path in self.versions:
            content = (case, problems, self._sign_sources(case))
            self._store.put(self._key(case.path), pickle.dumps(content, pickle.HIGHEST_PROTOCOL))

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

    def save(self) -> None:
        """Put what was found into the store, and forget what is of no more use."""
        self._store.put(_SOUND, json.dumps(sorted(self._sound)).encode())
        self._store.prune("case:")

    def _key(self, path: str) -> str:
        return f"case:{digest(f'{self._base} {path}'.encode())[:32]}:{self.versions[path]}"

    def _key_sound(self, excerpt: str) -> str:
        return digest(f"{self._base} {excerpt}".encode())

    def _sign_sources(self, case: Case) -> list[str]:
        """The versions of the sources that a case rests on; one that is not there has none."""
        return [self._sources.get(name, "") for name in sources_of(case)]


def _read_keys(content: bytes | None) -> list[str]:
    try:
        keys = json.loads(content or b"[]")
    except ValueError:
        return []
    return keys if isinstance(keys, list) else []
