"""Reading of a project: its records as a data set, and what its sources may not hold."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.build.last_build import SOURCES
from casebook.build.workers import IN_PROCESS, Batches, Executor
from casebook.messages import failure, problem
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset, order_cases
from casebook.record.lazy_cases import LazyCases
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
    reading = _Reading(
        reader=_CaseReader(project, lists), drafts=drafts, problems=problems, unread=set()
    )
    cases: Sequence[Case] = ()
    if not lists.whole:
        # Each of them would miss what the list has, and hide what is wrong with the list.
        reading.unread.update(path.stem for path in paths)
    elif cache is None:
        cases = reading.read_cases(paths)
    else:
        cache.use_lists(lists)
        summaries = reading.read_summaries(paths, cache, executor)
        cases = LazyCases(summaries, partial(reading.reader.load, cache))
    return (
        Dataset(
            cases=cases,
            vocabulary=lists.vocabulary,
            regions=lists.regions,
            sources=lists.sources,
            unread=frozenset(reading.unread),
            refusals=read_refusals(project, problems),
            ledger=read_ledger(project, problems),
            gone=read_gone(project, problems),
        ),
        problems,
    )


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case as it was read, by its summary, and what was noted on the way."""

    summary: CaseSummary
    problems: list[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadFile:
    """What came of one file: a case or none, its problems, and whether it is a faulty draft."""

    case: Case | None
    problems: list[Problem]
    is_draft: bool


@dataclass(frozen=True, slots=True)
class _CaseReader:
    """Reads the case files of a project in any process."""

    project: Path
    lists: Lists

    def read(self, path: Path) -> _ReadFile:
        problems: list[Problem] = []
        data = read_bytes(path, self.project, problems)
        if problems:
            return _ReadFile(case=None, problems=problems, is_draft=False)
        case, problems = read_case(data, show_path(path, self.project), self.lists)
        return _ReadFile(case=case, problems=problems, is_draft=case is None and is_draft(data))

    def read_batch(self, paths: list[Path]) -> list[tuple[_ReadFile, CaseSummary | None, bytes]]:
        """What came of each file, with the summary of its case, and the case itself pickled."""
        batch = []
        for path in paths:
            read = self.read(path)
            summary, record = None, b""
            if read.case is not None:
                summary = summarise_case(read.case, self.lists.vocabulary, self.lists.sources)
                record = pickle.dumps(read.case, pickle.HIGHEST_PROTOCOL)
            # A case does not travel twice.
            left = _ReadFile(case=None, problems=read.problems, is_draft=read.is_draft)
            batch.append((left, summary, record))
        return batch

    def load(self, cache: CaseCache, summary: CaseSummary) -> Case:
        """The record that a summary is of, read again where the cache has lost it."""
        case = cache.load_case(summary)
        if case is None:
            case = self.read(self.project / summary.path).case
        if case is None or case.digest != summary.version:
            raise failure("build.case_changed", path=summary.path)
        return case


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One reading of all cases, with what is wrong with them and which files gave no case."""

    reader: _CaseReader
    drafts: bool
    problems: list[Problem]
    unread: set[str]

    def read_cases(self, paths: Iterable[Path]) -> tuple[Case, ...]:
        """All cases, in memory."""
        cases = []
        for path in paths:
            read = self.reader.read(path)
            if read.case is None:
                self._leave_out(path, read)
                continue
            self.problems += read.problems
            if self.drafts or read.case.state == "published":
                cases.append(read.case)
        return order_cases(cases)

    def read_summaries(
        self, paths: Iterable[Path], cache: CaseCache, executor: Executor
    ) -> tuple[CaseSummary, ...]:
        """The summaries of all cases, whose records are in the cache from now on."""
        summaries = []
        missing = []
        for path in paths:
            known = cache.find_case(show_path(path, self.reader.project))
            if known is None:
                missing.append(path)
                continue
            self.problems += known.problems
            summaries.append(known.summary)
        batches = Batches(items=missing, count=len(missing), most=_BATCH, worth=_FILES_PER_PROCESS)
        results = executor.map(self.reader.read_batch, batches)
        for path, (read, summary, record) in zip(missing, results, strict=True):
            if summary is None:
                self._leave_out(path, read)
                continue
            self.problems += read.problems
            cache.keep_case(ReadCase(summary, read.problems), record)
            summaries.append(summary)
        wanted = [summary for summary in summaries if self.drafts or summary.state == "published"]
        return tuple(sorted(wanted, key=lambda summary: (summary.region, summary.slug)))

    def _leave_out(self, path: Path, read: _ReadFile) -> None:
        # What is not finished is not published, and keeps nothing else from being published.
        if self.drafts or not read.is_draft:
            self.problems += read.problems
            self.unread.add(path.stem)


def read_snapshots(folder: Path, problems: list[Problem]) -> dict[str, str]:
    """The texts of sources by id, from files `<id>.txt` of a folder outside the project."""
    if not folder.is_dir():
        problems.append(problem("E265", "CASEBOOK_SNAPSHOTS", START, folder=folder))
        return {}
    # The text is only searched, so that a stray byte in it is no reason to stop.
    return {
        path.stem: read_bytes(path, folder, problems).decode("utf-8-sig", "replace")
        for path in sorted(folder.glob("*.txt"))
    }


def check_sources(project: Path) -> list[Problem]:
    """Links of the sources that lead out of them or nowhere, and what cannot be read as a file."""
    problems: list[Problem] = []
    roots = [project.resolve() / name for name in SOURCES]
    for entry in _walk_sources(project, problems):
        key = ""
        if entry.is_symlink():
            try:
                target: Path | None = Path(entry).resolve(strict=True)
            except (OSError, RuntimeError):
                target = None
            if target is None or not any(target.is_relative_to(root) for root in roots):
                key = "E144"
        elif not (entry.is_file() or entry.is_dir()):
            key = "E141.source"
        if key:
            problems.append(problem(key, Path(entry).relative_to(project).as_posix(), START))
    return problems


def _walk_sources(project: Path, problems: list[Problem]) -> Iterator[Path | os.DirEntry[str]]:
    """Everything in the sources, known from the listing of its folder where that is enough."""
    for root in (project / name for name in SOURCES):
        if root.is_symlink():
            yield root
        elif root.exists():
            yield from _walk(root, project, problems)


def _walk(
    folder: Path | os.DirEntry[str], project: Path, problems: list[Problem]
) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError as error:
        # Else a folder that may not be read would count as an empty one.
        reason = error.strerror or str(error)
        shown = Path(folder).relative_to(project).as_posix()
        problems.append(problem("E140.folder", shown, START, reason=reason))
        return
    for entry in listed:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry, project, problems)
