"""Reading of a project: its records as a data set."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from casebook.build.workers import IN_PROCESS, Batches, Executor
from casebook.messages import failure
from casebook.problems import Problem
from casebook.record.dataset import Dataset, LazyCases, order_cases
from casebook.record.lists import Lists, read_gone, read_ledger, read_lists, read_refusals
from casebook.record.model import Case
from casebook.record.reader import is_draft, read_case
from casebook.record.summary import CaseSummary, summarise_case
from casebook.yaml.files import find_case_files, read_bytes, show_path

if TYPE_CHECKING:
    from casebook.build.case_cache import CaseCache

# The start of a process costs as much as reading so many files.
_FILES_PER_PROCESS = 400
_BATCH = 50
K = TypeVar("K", Case, CaseSummary)


def read_dataset(
    project: Path,
    drafts: bool = False,
    cache: CaseCache | None = None,
    executor: Executor = IN_PROCESS,
) -> tuple[Dataset, list[Problem]]:
    """The data set of a project, as far as it can be read, and every problem on the way.

    Cases in the state of a draft, and what is wrong with them, are left out unless `drafts` asks
    for them. With a cache the executor reads what is not in it, and records are loaded when they
    are asked for; without one all of them are in memory.
    """
    problems: list[Problem] = []
    lists = read_lists(project, problems)
    paths = find_case_files(project, problems)
    reader = _CaseReader(project, lists, drafts)
    cases: Sequence[Case] = ()
    unread: set[str] = set()
    if not lists.whole:
        # Each of them would miss what the list has, and hide what is wrong with the list.
        unread.update(path.stem for path in paths)
    elif cache is None:
        cases = reader.choose(((path, *reader.read(path)) for path in paths), problems, unread)
    else:
        cache.use_lists(lists)
        read = _read_summaries(reader, paths, cache, executor)
        cases = LazyCases(reader.choose(read, problems, unread), partial(reader.load, cache))
    return (
        Dataset(
            cases=cases,
            vocabulary=lists.vocabulary,
            regions=lists.regions,
            sources=lists.sources,
            unread=frozenset(unread),
            refusals=read_refusals(project, problems),
            ledger=read_ledger(project, problems),
            gone=read_gone(project, problems),
        ),
        problems,
    )


@dataclass(frozen=True, slots=True)
class _CaseReader:
    """Reads the case files of a project in any process."""

    project: Path
    lists: Lists
    drafts: bool

    def read(self, path: Path) -> tuple[Case | None, list[Problem]]:
        """The case of a file with its problems; nothing of a faulty draft that is left out."""
        problems: list[Problem] = []
        data = read_bytes(path, self.project, problems)
        if problems:
            return None, problems
        case, problems = read_case(data, show_path(path, self.project), self.lists)
        if case is None and not self.drafts and is_draft(data):
            return None, []
        return case, problems

    def read_batch(
        self, paths: list[Path]
    ) -> list[tuple[CaseSummary | None, list[Problem], bytes]]:
        """The summary of the case of each file, its problems, and the case itself pickled."""
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
        """What belongs to the data set of what was read, in its order."""
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
    missing = []
    for path in paths:
        known = cache.find_case(show_path(path, reader.project))
        if known is None:
            missing.append(path)
        else:
            yield path, *known
    batches = Batches(items=missing, count=len(missing), most=_BATCH, worth=_FILES_PER_PROCESS)
    results = executor.map(reader.read_batch, batches)
    for path, (summary, problems, record) in zip(missing, results, strict=True):
        if summary is not None:
            cache.keep_case(summary, problems, record)
        yield path, summary, problems
