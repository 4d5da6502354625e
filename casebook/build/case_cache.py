"""Cache of parsed records and of passed checks."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Mapping

from casebook.build.cache import Cache, digest_program
from casebook.build.dependencies import Dependencies
from casebook.problems import Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.summary import CaseSummary
from casebook.values.digest import digest

_PASSED = "record:passed"


class CaseCache:
    """Records as read and the cases that passed their checks, from the cache and for it.

    `versions` are the digests of the files by path, relative to the project. A record is known by
    them, by the program and by the lists that it draws on; the cache seals what it keeps, so that
    nothing is unpickled that this checkout did not write.
    """

    def __init__(self, cache: Cache, versions: Mapping[str, str]) -> None:
        self.versions = versions
        self._cache = cache
        self._base = ""
        self._sources: Mapping[str, str] = {}
        self._known = frozenset(json.loads(cache.get(_PASSED) or b"[]"))
        self._passed: set[str] = set()
        self._dependencies: Dependencies | None = None

    def use_lists(self, lists: Lists) -> None:
        """Say which lists the records draw on."""
        parts = (digest_program(), sys.version, lists.vocabulary, lists.regions)
        self._base = digest(repr(parts).encode())[:32]
        self._sources = {
            name: digest(repr(source).encode()) for name, source in lists.sources.items()
        }

    def find_case(self, path: str) -> tuple[CaseSummary, list[Problem]] | None:
        """The summary of the case of a file and its problems, as read with the same lists."""
        content = self._cache.get(self._key("summary", path)) if path in self.versions else None
        if content is None:
            return None
        sources, summary, problems = pickle.loads(content)
        if sources != self._digest_sources(summary):
            return None
        self._cache.mark_used(self._key("case", path))
        return summary, problems

    def keep_case(self, summary: CaseSummary, problems: list[Problem], record: bytes) -> None:
        """Keep a case as it was read; `record` is itself, pickled."""
        path = summary.path
        if path in self.versions:
            entry = self._digest_sources(summary), summary, problems
            content = pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
            self._cache.put(self._key("summary", path), content)
            self._cache.put(self._key("case", path), record)

    def load_case(self, summary: CaseSummary) -> Case | None:
        """The record that a summary is of, or None where it has to be read again."""
        if summary.path not in self.versions:
            return None
        record = self._cache.get(self._key("case", summary.path))
        return pickle.loads(record) if record is not None else None

    def dependencies_of(self, dataset: Dataset) -> Dependencies:
        """What the cases of a data set depend on, each found once."""
        if self._dependencies is None or self._dependencies.dataset is not dataset:
            self._dependencies = Dependencies(dataset, self.versions)
        return self._dependencies

    def has_passed(self, inputs: str) -> bool:
        """Whether an earlier build found nothing wrong with the case of the inputs of this key."""
        key = self._key_passed(inputs)
        if key in self._known:
            self._passed.add(key)
        return key in self._known

    def note_passed(self, inputs: str) -> None:
        """Keep that nothing is wrong with the case of the inputs of this key."""
        self._passed.add(self._key_passed(inputs))

    def find_published(self, figures: str) -> Mapping[str, str]:
        """The versions of the records, by slug, that a published list of figures is of.

        `figures` is the SHA-256 of the list; nothing is known of one that was not made here by
        this program and with these lists.
        """
        content = self._cache.get(f"record:published:{self._base}:{figures}")
        found: dict[str, str] = json.loads(content or b"{}")
        return found

    def keep_published(self, figures: str, dataset: Dataset) -> None:
        """Keep that a list of figures was published from the records of a data set."""
        versions = {case.slug: case.version for case in dataset.summaries}
        content = json.dumps(versions).encode()
        self._cache.put(f"record:published:{self._base}:{figures}", content)
        self._cache.prune("record:published:")

    def save(self) -> None:
        """Put what was found into the cache, and forget what is of no more use."""
        if self._passed != self._known:
            self._cache.put(_PASSED, json.dumps(sorted(self._passed)).encode())
        self._cache.prune("record:summary:")
        self._cache.prune("record:case:")

    def _key(self, kind: str, path: str) -> str:
        return f"record:{kind}:{digest(f'{self._base} {path}'.encode())[:32]}:{self.versions[path]}"

    def _key_passed(self, inputs: str) -> str:
        return digest(f"{self._base} {inputs}".encode())

    def _digest_sources(self, case: CaseSummary) -> str:
        """A digest of the sources that a case rests on; one that is not there has no version."""
        versions = [self._sources.get(name, "") for name in case.sources]
        return digest(" ".join(versions).encode())[:16]
