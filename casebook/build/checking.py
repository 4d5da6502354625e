"""Checks of a whole project: its records, its texts, and its published facts."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from casebook.build.last_build import list_sources
from casebook.build.reading import CaseCache, read_dataset
from casebook.build.theme import check_theme
from casebook.build.timings import Timings
from casebook.build.workers import IN_PROCESS, Executor
from casebook.charts import NAMES_ACROSS, check_embedded
from casebook.checks.addresses import check_addresses
from casebook.checks.content import check_content, check_lists, check_settings
from casebook.checks.history import (
    check_days,
    check_days_of_sources,
    check_history,
    check_unpublished,
    check_updated,
)
from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.media import read_media
from casebook.checks.published import has_ledger, read_published
from casebook.checks.quotes import check_quotes, check_shares
from casebook.checks.rules import REFUSALS, RULES, check_case
from casebook.checks.translations import check_translations, find_outdated, read_recorded
from casebook.data.record_rows import SOURCE_FILE
from casebook.messages import problem
from casebook.packaged import SETTINGS
from casebook.pages import FIXED_ADDRESSES
from casebook.problems import START, ContentError, Problem
from casebook.record.dataset import Dataset, LazyCases
from casebook.record.json_schema import check_schema
from casebook.record.summary import CaseSummary
from casebook.yaml.encoding import MAX_BYTES, describe_size
from casebook.yaml.files import CASES, most_bytes, read_bytes, show_path

# The folder of the frozen releases; without it the code for releases is not loaded.
_RELEASES = "data/versions"
_VOCABULARY = "data/vocabulary.yaml"
_NO_VERSIONS: Final[Mapping[str, str]] = {}
# A folder whose name ends like this is in the place of a file.
_ENDINGS = (
    *(".yaml", ".md", ".csv", ".txt", ".html", ".css", ".js", ".xml", ".json"),
    *(".svg", ".png", ".ico", ".woff2"),
)


def load_checked(
    project: Path,
    drafts: bool = False,
    cache: CaseCache | None = None,
    executor: Executor = IN_PROCESS,
    timings: Timings | None = None,
) -> tuple[Dataset, list[Problem]]:
    """The data set, and every problem of the records and the texts."""
    timings = timings or Timings()
    timings.begin("build.stage.read")
    faulty = check_sources(project, cache.versions if cache is not None else {})
    # Stop before reading if a file other than a record could hang the build or fill the memory.
    # Records are read one by one, so that a preview can set a faulty one aside.
    if any(not one.path.startswith(CASES) for one in faulty):
        raise ContentError(faulty)
    dataset, problems = read_dataset(project, drafts, cache, executor)
    named = {one.path for one in problems}
    problems += [one for one in faulty if one.path not in named]
    timings.begin("build.stage.check")
    media, found = read_media(project, dataset)
    problems += found
    dataset = replace(dataset, outdated=find_outdated(project, dataset), media=media)
    problems += check_schema(project, dataset.vocabulary, dataset.sources)
    if (project / _RELEASES).is_dir():
        from casebook.data.releases import check_releases

        problems += check_releases(project)
    drafted = [case for case in dataset.summaries if case.state == "draft"]
    published = _leave_out_drafts(dataset) if drafted else dataset
    unchecked = _find_unchecked(published, cache)
    # Cases are checked one after another; asking for the next one counts the one before as done.
    tracked = timings.track(unchecked, len(unchecked))
    problems += _check_dataset(project, published, tracked, cache)
    if drafted:
        # A draft is checked together with the published cases; only problems of drafts are kept.
        paths = {case.path for case in drafted}
        found = _check_dataset(project, dataset, drafted)
        problems += [problem for problem in found if problem.path in paths]
    return dataset, list(_leave_out_consequences(problems))


def _leave_out_consequences(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems without those that follow from an error and are reported once it is fixed."""
    errors = {(one.path, one.code) for one in problems if one.severity == "error"}
    garbled = {path for path, code in errors if code[1] == "1"}
    # A broken reference or header is not a change that the translation has to follow.
    halves = garbled | {path for path, code in errors if code in ("E250", "E205", "E224")}
    for one in problems:
        follows_from = {
            # A text may give the date that could not be read.
            "E270": one.path != SOURCE_FILE and (SOURCE_FILE, "E220") in errors,
            "E261": SOURCE_FILE in garbled,
            "E250": one.path in garbled if one.path == REFUSALS else _VOCABULARY in garbled,
            # The file with the error may be the page that is missing.
            "E301": one.path in {path for path, code in errors if code != "E301"},
            "W207": one.path in halves,
            "W275": one.path in halves,
        }
        if not follows_from.get(one.code, False):
            yield one


def refuse_errors(problems: Sequence[Problem]) -> None:
    """Raise ContentError with all problems if one of them is an error."""
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)


def check_project(project: Path) -> list[Problem]:
    """Every problem that a build would report as an error or a warning."""
    try:
        dataset, problems = load_checked(project)
    except ContentError as error:
        return list(error.problems)
    # Here only, because a build checks the templates itself, with its cache of them.
    from casebook.build.templates import CompiledTemplates, check_templates
    from casebook.build.theme import read_theme

    problems += check_templates(read_theme(project, dataset.settings), CompiledTemplates())
    return problems + check_published(project, dataset, dataset.settings.today())


def check_published(
    project: Path,
    dataset: Dataset,
    today: date,
    cache: CaseCache | None = None,
    unpublished: Collection[str] = (),
) -> list[Problem]:
    """The problems of dates, and of published facts that changed without a recorded reason.

    Cases whose slugs are in `unpublished` are not compared.
    """
    dated = [*check_updated(dataset, today), *check_days_of_sources(project, dataset, today)]
    if not has_ledger(project):
        return dated + [one for case in dataset.summaries for one in check_days(case, "", today)]
    versions = {case.slug: case.version for case in dataset.summaries}
    # A record that passed against the same ledger passes again as long as it is unchanged.
    known = cache.find_published() if cache is not None else {}
    settled = {slug for slug, version in known.items() if version == versions.get(slug)}
    if known and settled == known.keys() == versions.keys():
        return dated
    settled.update(unpublished)
    try:
        published = read_published(project, settled)
    except ContentError as error:
        return dated + list(error.problems)
    problems = dated + check_history(
        dataset, published, read_recorded(project, dataset.languages), today
    )
    problems += check_unpublished(dataset, {*published, *settled})
    if cache is not None and not (problems or unpublished):
        cache.keep_published(versions)
    return problems


def _leave_out_drafts(dataset: Dataset) -> Dataset:
    if isinstance(dataset.cases, LazyCases):
        return replace(dataset, cases=dataset.cases.without("draft"))
    return replace(dataset, cases=tuple(case for case in dataset.cases if case.state != "draft"))


def _find_unchecked(dataset: Dataset, cache: CaseCache | None) -> Sequence[CaseSummary]:
    """The cases that have not passed the checks of an earlier build with the same inputs."""
    if cache is None or dataset.unread:
        return dataset.summaries
    key_of = cache.dependencies_of(dataset).key_of
    return [case for case in dataset.summaries if not cache.has_passed(key_of(case))]


def _check_dataset(
    project: Path, dataset: Dataset, cases: Iterable[CaseSummary], cache: CaseCache | None = None
) -> list[Problem]:
    problems: list[Problem] = []
    # The texts of sources must not be published, so they are kept outside the project.
    if folder := os.environ.get("CASEBOOK_SNAPSHOTS"):
        problems += check_quotes(dataset, _read_snapshots(Path(folder), problems))
    return [
        *problems,
        *_check_cases(cases, dataset, cache),
        *_check_whole(project, dataset, cache),
        *check_embedded(project, dataset),
        *check_addresses(project, dataset, FIXED_ADDRESSES, NAMES_ACROSS),
        *check_translations(dataset),
    ]


def _check_cases(
    cases: Iterable[CaseSummary], dataset: Dataset, cache: CaseCache | None
) -> Iterator[Problem]:
    """The problems of these cases; cases that pass by their own inputs are kept as passed.

    The inputs of a case lack what a text may say of the whole site, so a case with a problem is
    checked again with the whole data set.
    """
    passed = []
    for summary in cases:
        case = dataset.by_slug[summary.slug]
        if cache is not None and not dataset.unread:
            dependencies = cache.dependencies_of(dataset)
            if not check_case(case, dependencies.inputs_of(summary)):
                passed.append(dependencies.key_of(summary))
                continue
        yield from check_case(case, dataset)
    if cache is not None:
        cache.keep_passed(passed)


def _check_whole(project: Path, dataset: Dataset, cache: CaseCache | None) -> list[Problem]:
    """The problems of all cases together, and of the theme and the editors' texts and lists.

    They are not checked again as long as neither the inputs nor the numbers of cases change.
    """
    key = cache.find_content_key(dataset) if cache is not None and not dataset.unread else ""
    if cache is not None and key and cache.has_passed(key):
        return []
    known = KnownNumbers(None, dataset)
    problems = [problem for rule in RULES for problem in rule(dataset)]
    problems += [*check_shares(dataset), *check_theme(project, dataset.settings)]
    for check in (check_content, check_lists, check_settings):
        problems += check(project, known)
    if cache is not None and key and not problems:
        cache.keep_passed([key])
    return problems


def _read_snapshots(folder: Path, problems: list[Problem]) -> dict[str, str]:
    """The texts of sources by id, from files `<id>.txt` of a folder outside the project."""
    if not folder.is_dir():
        problems.append(problem("E265", "CASEBOOK_SNAPSHOTS", START, folder=folder))
        return {}
    # The text is only searched, so a byte that is not UTF-8 does not matter.
    return {
        path.stem: read_bytes(path, folder, problems).decode("utf-8-sig", "replace")
        for path in sorted(folder.glob("*.txt"))
    }


def check_sources(project: Path, versions: Mapping[str, str] = _NO_VERSIONS) -> list[Problem]:
    """The problems of source files: links that lead outside or nowhere, unreadable or large files.

    A file with a digest in `versions` was read already, so its size is not checked again.
    """
    problems: list[Problem] = []
    roots = [project / name for name in list_sources(str(project))]
    before = len(f"{project}{os.sep}")
    waiting: list[Path | os.DirEntry[str]] = [root for root in roots if os.path.lexists(root)]
    while waiting:
        entry = waiting.pop()
        # The listing of the folder mostly tells the kind, so the files need not be looked at.
        if entry.is_symlink():
            if not _leads_into(Path(entry), roots):
                problems.append(problem("E144", show_path(Path(entry), project), START))
        elif entry.is_dir() or entry in roots:
            if entry.name.endswith(_ENDINGS):
                shown = show_path(Path(entry), project)
                problems.append(problem("E141.no_file", shown, START, name=entry.name))
                continue
            try:
                with os.scandir(entry) as entries:
                    waiting += entries
            except OSError as error:
                # Reported, because an unreadable folder would otherwise count as empty.
                reason = error.strerror or str(error)
                shown = show_path(Path(entry), project)
                problems.append(problem("E140.folder", shown, START, reason=reason))
        elif not entry.is_file():
            problems.append(problem("E141.source", show_path(Path(entry), project), START))
        elif " " in versions.get(os.fspath(entry)[before:], " "):
            problems += _judge_size(entry, project)
    return problems + list(_judge_size(project / SETTINGS, project))


def _judge_size(entry: Path | os.DirEntry[str], project: Path) -> Iterator[Problem]:
    try:
        found = entry.stat()
    except OSError:
        return
    # MAX_BYTES is the lowest limit, so only a few files need a closer look.
    if found.st_size > MAX_BYTES and stat.S_ISREG(found.st_mode):
        shown = show_path(Path(entry), project)
        if found.st_size > (most := most_bytes(shown)):
            yield describe_size(shown, found.st_size, most)


def _leads_into(link: Path, folders: Iterable[Path]) -> bool:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    return any(target.is_relative_to(folder.parent.resolve() / folder.name) for folder in folders)
