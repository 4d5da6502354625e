"""Reading of a project: its records as a data set, and the cache of what was read and checked."""

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

# The start of a process costs as much as reading so many files.
_FILES_PER_PROCESS = 400
_BATCH = 50
# Every save of a preview asks for the first cases, to see whether there are too many charts; all of
# ten thousand would take half a gigabyte.
_MOST_REMEMBERED = 500
# The lists that records draw on, and the settings, which name their languages.
_LISTS = ("data/vocabulary.yaml", "data/regions.yaml", "data/sources.yaml", SETTINGS)
# What is read in the place of files, by path: other contents; nothing, as if there was no file;
# None, as if it could not be read.
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
    """The data set of a project, as far as it can be read, and every problem on the way.

    Cases in the state of a draft, and what is wrong with them, are left out unless `drafts` asks
    for them. With a cache what it has in the place of files is read, the executor reads what is not
    in it, and records are loaded when they are asked for; without one all of them are in memory.
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
        # Each of them would miss what the list has, and hide what is wrong with the list.
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
    """Reads the case files of a project in any process."""

    project: Path
    lists: Lists
    drafts: bool
    instead: Instead

    def read(self, path: Path) -> tuple[Case | None, list[Problem]]:
        """The case of a file with its problems; nothing of a faulty draft that is left out."""
        problems: list[Problem] = []
        shown = f"{CASES}{path.name}"
        data = self.instead.get(shown) or read_bytes(path, self.project, problems)
        if problems:
            return None, problems
        case, problems = read_case(data, shown, self.lists)
        # Summaries and rules would go through all that is too long to be gone through.
        if case is not None and (too_long := list(check_limits(case))):
            case, problems = None, [*problems, *too_long]
        if case is None and not self.drafts and is_draft(data):
            return None, []
        return case, problems

    def read_batch(
        self, paths: list[Path]
    ) -> list[tuple[CaseSummary | None, list[Problem], bytes]]:
        """The summary of the case of each file, its problems, and the case itself pickled."""
        # It may be another process than that which read the lists.
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
            # What is not finished is not published, and keeps nothing else from being published.
            elif found is None and noted:
                unread.add(path.stem)
        return order_cases(chosen)

    def load(self, cache: CaseCache, summary: CaseSummary) -> Case:
        """The record that a summary is of, read again where the cache has lost it."""
        case = cache.load_case(summary)
        if case is None:
            case, _ = self.read(self.project / summary.path)
        if case is None or case.digest != summary.version:
            raise failure("build.case_changed", path=summary.path)
        return case


def _read_summaries(
    reader: _CaseReader, paths: list[Path], cache: CaseCache, executor: Executor
) -> Iterator[tuple[Path, CaseSummary | None, list[Problem]]]:
    """The summaries of all cases, whose records are in the cache from now on."""
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
    # The last one counts as done when another is asked for.
    next(results, None)


class CaseCache:
    """Records as read and the cases that passed their checks, from the cache and for it.

    `versions` are the digests of the files by path, relative to the project, `instead` what is
    read in the place of some. A record is known by them, by the program and by the lists that it
    draws on; the cache seals what it keeps, so that nothing is unpickled that this checkout did not
    write.
    """

    def __init__(
        self,
        cache: Cache,
        versions: Mapping[str, str],
        instead: Instead = _NOTHING,
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
        # Keys of cases and texts in which nothing was found wrong, and those asked for.
        self._passed: set[str] = set()
        self._asked: set[str] = set()

    def read_lists(self, project: Path, problems: list[Problem]) -> Lists:
        """The lists that the records draw on; those that had no problem are not read again."""
        # One that is there and has no version could not be read, which has to be said again.
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
        """The summaries of cases of a run by path, with their problems, as far as they are known.

        Known is what was read of the same file with the same lists.
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
        # Nothing is kept of a file that has no version, for it could not be read.
        if path in self.versions:
            self._cache.put(self._key_of_record(path), record)

    def load_case(self, summary: CaseSummary) -> Case | None:
        """The record that a summary is of, or None where it has to be read again."""
        key = self._key_of_record(summary.path)
        return self._cache.recall(key, pickle.loads, _MOST_REMEMBERED)

    def dependencies_of(self, dataset: Dataset) -> Dependencies:
        """The dependencies of the cases of a data set, each found once."""
        for known in self._dependencies:
            if known.dataset is dataset:
                return known
        # An address that is given to a build makes another data set of the same cases.
        alike = (
            known.with_settings(dataset)
            for known in self._dependencies
            if replace(known.dataset, settings=dataset.settings) == dataset
        )
        found = next(alike, None) or Dependencies(dataset, self.versions)
        self._dependencies.append(found)
        return found

    def find_content_key(self, dataset: Dataset) -> str:
        """A digest of the texts and lists of the editors, and of all that they may say of cases."""
        parts = [sorted(item for item in self.versions.items() if not item[0].startswith(CASES))]
        told = [(case.slug, case.listed) for case in dataset.summaries]
        return digest(repr((parts, told, dataset.words)).encode())

    def has_passed(self, inputs: str) -> bool:
        """True where an earlier build found nothing wrong with the case of these inputs."""
        self._asked.add(inputs)
        return inputs in self._passed

    def keep_passed(self, found: Collection[str]) -> None:
        """Keep that nothing is wrong with the cases of the inputs of these keys."""
        if not self._passed.issuperset(found):
            self._passed.update(found)
            self._cache.put(self._key_of_passed(), pickle.dumps(self._passed))

    def find_published(self) -> Mapping[str, str]:
        """The versions of the records, by slug, that passed against the ledger as it is now."""
        found: dict[str, str] = json.loads(self._cache.get(self._key_of_ledger()) or b"{}")
        return found

    def keep_published(self, versions: Mapping[str, str]) -> None:
        """Keep that the records of these versions passed against the ledger as it is now."""
        self._cache.put(self._key_of_ledger(), json.dumps(versions).encode())
        self._cache.prune("record:published:")

    def _key_of_ledger(self) -> str:
        ledger = sorted(item for item in self.versions.items() if item[0].startswith(PUBLISHED))
        return f"record:published:{self._base}:{digest(repr(ledger).encode())}"

    def forget_rest(self) -> None:
        """Forget what is of no more use."""
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
        """The digests of the sources that a case rests on; one that is not there has none."""
        return " ".join([self._source_versions.get(name, "") for name in case.sources])
