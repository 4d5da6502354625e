"""Reading of a project: its records as a data set, and the cache of read and checked records."""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from casebook.build.cache import Cache, cut_runs, digest_program
from casebook.build.dependencies import Dependencies, digest_source
from casebook.build.workers import IN_PROCESS, Batches, Executor
from casebook.checks.limits import check_limits
from casebook.messages import failure
from casebook.packaged import SETTINGS
from casebook.problems import Problem
from casebook.record.dataset import Dataset, LazyCases, order_cases
from casebook.record.lists import (
    PUBLISHED,
    Lists,
    read_gone,
    read_ledger,
    read_lists,
    read_refusals,
)
from casebook.record.model import Case
from casebook.record.reader import is_draft, read_case
from casebook.record.settings_reader import read_settings
from casebook.record.summary import CaseSummary, summarise_case
from casebook.values.digest import digest
from casebook.values.words import use_currency
from casebook.yaml.files import CASES, find_case_files, read_bytes

# Starting a process takes as long as reading this many files.
_FILES_PER_PROCESS = 400
_BATCH = 50
# After every save a preview loads the first cases to see if there are too many charts. To remember
# all cases of a site of ten thousand would take half a gigabyte.
_MOST_REMEMBERED = 500
# The lists that records refer to, and the settings, which name the languages.
_LISTS = ("data/vocabulary.yaml", "data/regions.yaml", "data/sources.yaml", SETTINGS)
# The contents that are read instead of files, by path: b"" stands for a file that does not exist,
# None for a file that cannot be read.
Instead = Mapping[str, bytes | None]
_NOTHING: Final[Instead] = {}
_UNKNOWN: Final = ("", "", None, None)
K = TypeVar("K", Case, CaseSummary)


def read_dataset(
    project: Path,
    drafts: bool = False,
    cache: CaseCache | None = None,
    executor: Executor = IN_PROCESS,
) -> tuple[Dataset, list[Problem]]:
    """The data set of a project, as far as it can be read, and every problem that was found.

    Drafts, and faults that make a draft unreadable, are left out unless `drafts` is True. With a
    cache its `instead` contents are read in place of files, the executor reads the records that it
    lacks, and records are loaded on demand; without a cache all records are in memory.
    """
    problems: list[Problem] = []
    list_reader = cache.read_lists if cache is not None else read_lists
    lists = list_reader(project, problems)
    paths = find_case_files(project, problems)
    instead = cache.instead if cache is not None else _NOTHING
    left_out = {path: instead.get(f"{CASES}{path.name}", b"-") for path in paths if instead}
    paths = [path for path in paths if left_out.get(path, b"-")]
    reader = _CaseReader(project=project, lists=lists, drafts=drafts, instead=instead)
    cases: Sequence[Case] = ()
    unread = {path.stem for path, content in left_out.items() if content is None}
    if not lists.whole:
        # Every case would miss entries of the list and hide the problem of the list itself.
        unread.update(path.stem for path in paths)
    elif cache is None:
        cases = reader.choose(((path, *reader.read(path)) for path in paths), problems, unread)
    else:
        read = _read_summaries(reader, paths, cache, executor)
        cases = LazyCases(reader.choose(read, problems, unread), partial(reader.load, cache))
    return (
        Dataset(
            cases=cases,
            vocabulary=lists.vocabulary,
            regions=lists.regions,
            sources=lists.sources,
            languages=lists.languages,
            settings=read_settings(project, lists.languages, problems),
            unread=frozenset(unread),
            refusals=read_refusals(project, problems),
            ledger=read_ledger(project, problems),
            gone=read_gone(project, problems),
        ),
        problems,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _CaseReader:
    """A reader of a project's case files that works in any process."""

    project: Path
    lists: Lists
    drafts: bool
    instead: Instead

    def read(self, path: Path) -> tuple[Case | None, list[Problem]]:
        """The case of a file with its problems; (None, []) for a faulty draft that is left out."""
        problems: list[Problem] = []
        shown = f"{CASES}{path.name}"
        data = self.instead.get(shown) or read_bytes(path, self.project, problems)
        if problems:
            return None, problems
        case, problems = read_case(data, shown, self.lists)
        # Summaries and rules would take too long on a case that is over the limits.
        if case is not None and (too_long := list(check_limits(case))):
            case, problems = None, [*problems, *too_long]
        if case is None and not self.drafts and is_draft(data):
            return None, []
        return case, problems

    def read_batch(
        self, paths: list[Path]
    ) -> list[tuple[CaseSummary | None, list[Problem], bytes]]:
        """The summary of the case of each file, its problems, and the case itself pickled."""
        # This may be another process than the one that read the lists.
        use_currency(self.lists.vocabulary.currency)
        batch = []
        for path in paths:
            case, problems = self.read(path)
            summary, record = None, b""
            if case is not None:
                summary = summarise_case(case, self.lists.vocabulary, self.lists.sources)
                record = pickle.dumps(case, pickle.HIGHEST_PROTOCOL)
            batch.append((summary, problems, record))
        return batch

    def choose(
        self,
        read: Iterable[tuple[Path, K | None, list[Problem]]],
        problems: list[Problem],
        unread: set[str],
    ) -> tuple[K, ...]:
        """The records among those read that belong to the data set, in its order."""
        chosen: list[K] = []
        for path, found, noted in read:
            problems += noted
            if found is not None and (self.drafts or found.state == "published"):
                chosen.append(found)
            # A draft is not published, and its faults do not keep other cases from being published.
            elif found is None and noted:
                unread.add(path.stem)
        return order_cases(chosen)

    def load(self, cache: CaseCache, summary: CaseSummary) -> Case:
        """The record of a summary, read again from its file if the cache has lost it."""
        case = cache.load_case(summary)
        if case is None:
            case, _ = self.read(self.project / summary.path)
        if case is None or case.digest != summary.version:
            raise failure("build.case_changed", path=summary.path)
        return case


def _read_summaries(
    reader: _CaseReader, paths: list[Path], cache: CaseCache, executor: Executor
) -> Iterator[tuple[Path, CaseSummary | None, list[Problem]]]:
    """The summaries of all cases with their problems; their records are put into the cache."""
    cut = cut_runs([(f"{CASES}{path.name}", path) for path in paths], lambda of_file: of_file[0])
    runs = [(name, run, cache.find_cases(name, [shown for shown, _ in run])) for name, run in cut]
    missing = [path for _, run, known in runs for shown, path in run if shown not in known]
    batches = Batches(items=missing, count=len(missing), most=_BATCH, worth=_FILES_PER_PROCESS)
    results = iter(executor(reader.read_batch, batches))
    for name, run, known in runs:
        before = len(known)
        for shown, path in run:
            if (found := known.get(shown)) is not None:
                yield path, *found
                continue
            summary, problems, record = next(results)
            if summary is not None:
                known[summary.path] = summary, problems
                cache.keep_record(summary.path, record)
            yield path, summary, problems
        if len(known) > before:
            cache.keep_cases(name, known)
    # The executor counts an item as done only when the next item is asked for.
    next(results, None)


class CaseCache:
    """The cached records, and the keys of the cases that passed their checks.

    `versions` are the digests of the files by path relative to the project, `instead` the contents
    that are read instead of files. The key of a record is made of the digest of its file, of the
    program and of the lists that it refers to. The cache is sealed, so only data that this checkout
    wrote is unpickled.
    """

    def __init__(
        self, cache: Cache, versions: Mapping[str, str], instead: Instead = _NOTHING
    ) -> None:
        self.versions = {
            **versions,
            **{path: digest(data) for path, data in instead.items() if data},
        }
        self.instead = instead
        self._cache = cache
        self._base = ""
        self._source_versions: Mapping[str, str] = {}
        self._dependencies: list[Dependencies] = []
        # Keys of cases and texts without problems, and the keys that were asked for.
        self._passed: set[str] = set()
        self._asked: set[str] = set()

    def read_lists(self, project: Path, problems: list[Problem]) -> Lists:
        """The lists that records refer to; unchanged lists without problems are not read again."""
        # An existing file without a version could not be read, which has to be reported again.
        there = [name for name in _LISTS if os.path.lexists(project / name)]
        found = [(name, self.versions.get(name)) for name in there]
        key = f"record:lists:{digest(repr((digest_program(), sys.version, found)).encode())}"
        is_known = all(version for _, version in found)
        lists = self._cache.recall(key, pickle.loads) if is_known else None
        if lists is None:
            before = len(problems)
            lists = read_lists(project, problems)
            if is_known and len(problems) == before:
                self._cache.put(key, pickle.dumps(lists, pickle.HIGHEST_PROTOCOL))
        use_currency(lists.vocabulary.currency)
        parts = (digest_program(), sys.version, lists.languages, lists.vocabulary, lists.regions)
        self._base = digest(repr(parts).encode())[:32]
        self._source_versions = {
            name: digest_source(source)[:16] for name, source in lists.sources.items()
        }
        self._passed = set(self._cache.recall(self._key_of_passed(), pickle.loads) or ())
        return lists

    def find_cases(
        self, run: str, paths: Sequence[str]
    ) -> dict[str, tuple[CaseSummary, list[Problem]]]:
        """The known summaries of the cases of a run, by path, with their problems.

        A summary is known if it was read from the same file with the same lists.
        """
        kept = self._cache.recall(self._key_of_run(run), pickle.loads) or {}
        known = {}
        for path in paths:
            version, sources, summary, problems = kept.get(path, _UNKNOWN)
            is_same = version and version == self.versions.get(path)
            if is_same and sources == self._digest_sources(summary):
                self._cache.mark_used(self._key_of_record(path))
                known[path] = summary, problems
        return known

    def keep_cases(self, run: str, cases: Mapping[str, tuple[CaseSummary, list[Problem]]]) -> None:
        """Keep the summaries of all cases of a run, and their problems."""
        rows = {
            path: (self.versions[path], self._digest_sources(summary), summary, problems)
            for path, (summary, problems) in cases.items()
            if path in self.versions
        }
        self._cache.put(self._key_of_run(run), pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))

    def keep_record(self, path: str, record: bytes) -> None:
        """Keep a case as it was read, pickled."""
        # A file without a version could not be read, so nothing is kept of it.
        if path in self.versions:
            self._cache.put(self._key_of_record(path), record)

    def load_case(self, summary: CaseSummary) -> Case | None:
        """The cached record of a summary, or None if it has to be read again."""
        key = self._key_of_record(summary.path)
        return self._cache.recall(key, pickle.loads, _MOST_REMEMBERED)

    def dependencies_of(self, dataset: Dataset) -> Dependencies:
        """The dependencies of the cases of a data set, found once for each data set."""
        for known in self._dependencies:
            if known.dataset is dataset:
                return known
        # A build with `--siteurl` makes another data set of the same cases.
        alike = (
            known.with_settings(dataset)
            for known in self._dependencies
            if replace(known.dataset, settings=dataset.settings) == dataset
        )
        found = next(alike, None) or Dependencies(dataset, self.versions)
        self._dependencies.append(found)
        return found

    def find_content_key(self, dataset: Dataset) -> str:
        """A digest of all inputs but the case files, and of all that texts may say of cases."""
        parts = [sorted(item for item in self.versions.items() if not item[0].startswith(CASES))]
        told = [(case.slug, case.listed) for case in dataset.summaries]
        return digest(repr((parts, told, dataset.words)).encode())

    def has_passed(self, inputs: str) -> bool:
        """True if an earlier build found no problem in the case or the texts with this key."""
        self._asked.add(inputs)
        return inputs in self._passed

    def keep_passed(self, found: Collection[str]) -> None:
        """Keep the keys of cases or texts in which no problem was found."""
        if not self._passed.issuperset(found):
            self._passed.update(found)
            self._cache.put(self._key_of_passed(), pickle.dumps(self._passed))

    def find_published(self) -> Mapping[str, str]:
        """The versions, by slug, of the records that passed against the current ledger."""
        found: dict[str, str] = json.loads(self._cache.get(self._key_of_ledger()) or b"{}")
        return found

    def keep_published(self, versions: Mapping[str, str]) -> None:
        """Keep the versions of the records that passed the checks against the current ledger."""
        self._cache.put(self._key_of_ledger(), json.dumps(versions).encode())
        self._cache.prune("record:published:")

    def _key_of_ledger(self) -> str:
        ledger = sorted(item for item in self.versions.items() if item[0].startswith(PUBLISHED))
        return f"record:published:{self._base}:{digest(repr(ledger).encode())}"

    def forget_rest(self) -> None:
        """Forget the entries that were not used."""
        if unasked := self._passed - self._asked:
            self._passed -= unasked
            self._cache.put(self._key_of_passed(), pickle.dumps(self._passed))
        for kind in ("lists", "summary", "case", "passed"):
            self._cache.prune(f"record:{kind}:")

    def _key_of_passed(self) -> str:
        return f"record:passed:{self._base}"

    def _key_of_run(self, run: str) -> str:
        return f"record:summary:{self._base}:{run}"

    def _key_of_record(self, path: str) -> str:
        return f"record:case:{self._base}:{self.versions.get(path)}:{path}"

    def _digest_sources(self, case: CaseSummary) -> str:
        """The digests of the sources that a case refers to, an empty one for a missing source."""
        return " ".join([self._source_versions.get(name, "") for name in case.sources])
