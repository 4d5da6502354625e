"""The records of a project as a data set: all files, in several processes where they are many."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

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
from casebook.yaml.files import find_case_files as find_case_files
from casebook.yaml.files import read_bytes as read_bytes
from casebook.yaml.files import show_path as show_path

# The start of a process costs as much as reading so many files.
_FILES_PER_PROCESS = 400
_BATCH = 50


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case as it was read: its summary, and what was noted on the way."""

    summary: CaseSummary
    problems: list[Problem]


class KeptCases(Protocol):
    """Cases that were read before, by the paths of their files."""

    def use_lists(self, lists: Lists) -> None:
        """Say which lists the records draw on."""

    def find_case(self, path: str) -> KeptCase | None:
        """What is known of the case of a file, where it need not be read again."""

    def keep_case(self, kept: KeptCase, record: bytes) -> None:
        """Keep a case as it was read; `record` is itself, pickled."""

    def load_case(self, summary: CaseSummary) -> Case | None:
        """The record that a summary is of, or None where it has to be read again."""


def read_dataset(
    project: Path,
    drafts: bool = False,
    kept: KeptCases | None = None,
    executor: Executor = IN_PROCESS,
) -> tuple[Dataset, list[Problem]]:
    """The data set of a project, as far as it can be read, and every problem on the way.

    Cases in the state of a draft, and what is wrong with them, are left out unless `drafts` asks
    for them. What is not kept is read by the executor. Where cases are kept, they
    are loaded when they are asked for; else all of them are in memory.
    """
    problems: list[Problem] = []
    lists = read_lists(project, problems)
    unread: set[str] = set()
    paths = find_case_files(project, problems)
    if not lists.whole:
        # Each of them would miss what the list has, and hide what is wrong with the list.
        unread.update(path.stem for path in paths)
        cases: Sequence[Case] = ()
    elif kept is None:
        cases = _read_cases(paths, project, lists, drafts, unread, problems)
    else:
        kept.use_lists(lists)
        summaries = _read_summaries(paths, project, lists, drafts, kept, executor, unread, problems)
        cases = LazyCases(summaries, partial(_load_case, project, lists, kept))
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


def _read_cases(
    paths: Iterable[Path],
    project: Path,
    lists: Lists,
    drafts: bool,
    unread: set[str],
    problems: list[Problem],
) -> Sequence[Case]:
    cases = []
    for path in paths:
        case, found, is_draft = _read_file(path, project, lists)
        if case is None:
            # What is not finished is not published, and keeps nothing else from being published.
            if drafts or not is_draft:
                problems += found
                unread.add(path.stem)
            continue
        problems += found
        if drafts or case.state == "published":
            cases.append(case)
    return order_cases(cases)


def _read_summaries(
    paths: Iterable[Path],
    project: Path,
    lists: Lists,
    drafts: bool,
    kept: KeptCases,
    executor: Executor,
    unread: set[str],
    problems: list[Problem],
) -> tuple[CaseSummary, ...]:
    summaries = []
    waiting = []
    for path in paths:
        known = kept.find_case(show_path(path, project))
        if known is None:
            waiting.append(path)
            continue
        problems += known.problems
        summaries.append(known.summary)
    for path, read in _read_waiting(waiting, project, lists, executor):
        if read.summary is None:
            if drafts or not read.is_draft:
                problems += read.problems
                unread.add(path.stem)
            continue
        problems += read.problems
        kept.keep_case(KeptCase(read.summary, read.problems), read.record)
        summaries.append(read.summary)
    published = [summary for summary in summaries if drafts or summary.state == "published"]
    return tuple(sorted(published, key=lambda summary: (summary.region, summary.slug)))


def _load_case(project: Path, lists: Lists, kept: KeptCases, summary: CaseSummary) -> Case:
    """The record that a summary is of, read again where the store has lost it."""
    case = kept.load_case(summary)
    if case is None:
        case, _, _ = _read_file(project / summary.path, project, lists)
    if case is None or case.digest != summary.version:
        raise failure("build.case_changed", path=summary.path)
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What came of one file: the summary of its case, and the case itself, pickled."""

    summary: CaseSummary | None
    record: bytes
    problems: list[Problem]
    is_draft: bool


def _read_waiting(
    paths: list[Path], project: Path, lists: Lists, executor: Executor
) -> Iterator[tuple[Path, _Read]]:
    """What comes of each file, in their order, read in several processes where they are many."""
    batches = Batches(items=paths, count=len(paths), most=_BATCH, worth=_FILES_PER_PROCESS)
    task = partial(_read_batch, project, lists)
    yield from zip(paths, executor.map(task, batches), strict=True)


def _read_batch(project: Path, lists: Lists, paths: list[Path]) -> list[_Read]:
    return [_read_summary(path, project, lists) for path in paths]


def _read_summary(path: Path, project: Path, lists: Lists) -> _Read:
    case, problems, is_draft = _read_file(path, project, lists)
    if case is None:
        return _Read(summary=None, record=b"", problems=problems, is_draft=is_draft)
    summary = summarise_case(case, lists.vocabulary, lists.sources)
    return _Read(
        summary=summary,
        record=pickle.dumps(case, pickle.HIGHEST_PROTOCOL),
        problems=problems,
        is_draft=False,
    )


def _read_file(path: Path, project: Path, lists: Lists) -> tuple[Case | None, list[Problem], bool]:
    """The case of a file, what is wrong with it, and whether a file with faults is a draft."""
    problems: list[Problem] = []
    data = read_bytes(path, project, problems)
    if problems:
        return None, problems, False
    case, problems = read_case(data, show_path(path, project), lists)
    return case, problems, case is None and is_draft(data)


def read_snapshots(folder: Path, problems: list[Problem]) -> dict[str, str]:
    """The kept texts of sources by id, from files `<id>.txt` of a folder outside the project."""
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
        shown = Path(entry).relative_to(project).as_posix()
        if entry.is_symlink():
            try:
                target: Path | None = Path(entry).resolve(strict=True)
            except (OSError, RuntimeError):
                target = None
            if target is None or not any(target.is_relative_to(root) for root in roots):
                problems.append(problem("E144", shown, START))
        elif not (entry.is_file() or entry.is_dir()):
            problems.append(problem("E141.source", shown, START))
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
