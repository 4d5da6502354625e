"""The stages in order: load, check, draw, write and publish."""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from casebook.build.cache import Cache, open_cache
from casebook.build.case_cache import CaseCache
from casebook.build.progress import Progress
from casebook.build.reading import check_sources, read_dataset, read_snapshots
from casebook.build.state import Inputs, find_changed, read_inputs, refuse_changes
from casebook.build.timings import UNTIMED, Timings
from casebook.build.workers import (
    IN_PROCESS,
    SELDOM,
    Executor,
    LocalExecutor,
    open_executor,
)
from casebook.charts.placement import check_slots, find_embedded
from casebook.checks.addresses import check_addresses
from casebook.checks.content import check_content
from casebook.checks.history import check_history, parse_published
from casebook.checks.limits import check_limits
from casebook.checks.quotes import check_quotes, check_shares
from casebook.checks.rules import RULES, check_case
from casebook.checks.translations import check_translations, find_outdated
from casebook.problems import CasebookError, ContentError, Problem
from casebook.record.dataset import Dataset
from casebook.record.lazy_cases import LazyCases
from casebook.record.model import Case
from casebook.record.summary import CaseSummary
from casebook.values.digest import digest

# Where the frozen releases stand; a project without any pays nothing for them.
_RELEASES = "data/versions"
# A file that is saved once while a build runs costs one more try, not the editor's time.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What a build is asked for; `siteurl` None means the one of pelicanconf.py.

    `drafts` is for the preview: a build that is published leaves no byte of a draft.
    `scheduler` is the HOST:PORT of a Dask scheduler whose workers take the place of `jobs`.
    """

    project: Path
    output: Path
    siteurl: str | None = None
    jobs: int = 1
    use_cache: bool = True
    drafts: bool = False
    scheduler: str = ""
    timings: Timings = UNTIMED
    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What a build made."""

    cases: int
    files: int
    warnings: tuple[Problem, ...]
    drafts: tuple[str, ...] = ()


def load_checked(
    project: Path,
    drafts: bool = False,
    kept: CaseCache | None = None,
    executor: Executor = IN_PROCESS,
    timings: Timings = UNTIMED,
) -> tuple[Dataset, list[Problem]]:
    """The data set with every problem of the records and the prose."""
    timings.begin("read")
    dataset, problems = read_dataset(project, drafts, kept, executor)
    timings.begin("check")
    dataset = replace(dataset, outdated=find_outdated(project, dataset))
    problems += check_sources(project)
    if (project / _RELEASES).is_dir():
        from casebook.data.releases import check_releases

        problems += check_releases(project)
    doubtful = find_doubtful(dataset, kept)
    of_doubtful = _take_all(doubtful, dataset)
    crowded = [problem for case in of_doubtful for problem in check_limits(case)]
    if crowded:
        # The rules would read the very texts that are too long to be read.
        return dataset, problems + crowded
    waiting = [case for case in dataset.summaries if case.state == "draft"]
    if not waiting:
        problems += _check_dataset(project, dataset, doubtful, kept)
        return dataset, problems
    published = leave_out_drafts(dataset)
    problems += _check_dataset(project, published, find_doubtful(published, kept), kept)
    # A draft is judged among the published cases, which are not judged by it.
    paths = {case.path for case in waiting}
    found = _check_dataset(project, dataset, waiting)
    problems += [problem for problem in found if problem.path in paths]
    return dataset, problems


def leave_out_drafts(dataset: Dataset) -> Dataset:
    """The data set as it is published."""
    if isinstance(dataset.cases, LazyCases):
        return replace(dataset, cases=dataset.cases.without("draft"))
    return replace(dataset, cases=tuple(case for case in dataset.cases if case.state != "draft"))


def find_doubtful(dataset: Dataset, kept: CaseCache | None) -> Sequence[CaseSummary]:
    """The cases that no earlier build found sound as they stand here."""
    if kept is None or dataset.unread:
        return dataset.summaries
    excerpter = kept.excerpts_of(dataset)
    return [case for case in dataset.summaries if not kept.is_sound(excerpter.sign(case).key)]


def _take_all(summaries: Iterable[CaseSummary], dataset: Dataset) -> Iterator[Case]:
    return (dataset.by_slug[summary.slug] for summary in summaries)


def check_cases(
    summaries: Sequence[CaseSummary], dataset: Dataset, kept: CaseCache | None = None
) -> Iterator[Problem]:
    """The problems of these cases; those that are sound by their excerpt alone are noted.

    An excerpt does not hold what a text may tell of the whole site, so that a fault within it is
    looked at again among all cases.
    """
    for summary, case in zip(summaries, _take_all(summaries, dataset), strict=True):
        if kept is not None and not dataset.unread:
            excerpt = kept.excerpts_of(dataset).take(summary)
            if not check_case(case, excerpt.dataset(dataset.vocabulary, dataset.regions)):
                kept.note_sound(excerpt.key)
                continue
        yield from check_case(case, dataset)


def _check_dataset(
    project: Path, dataset: Dataset, summaries: Sequence[CaseSummary], kept: CaseCache | None = None
) -> list[Problem]:
    problems = [problem for rule in RULES for problem in rule(dataset)]
    problems += check_cases(summaries, dataset, kept)
    problems += check_shares(dataset)
    # The texts of sources are not ours to publish, so they are kept outside the project.
    if folder := os.environ.get("CASEBOOK_SNAPSHOTS"):
        problems += check_quotes(dataset, read_snapshots(Path(folder), problems))
    problems += check_content(project, dataset)
    problems += check_slots(project, dataset)
    problems += check_addresses(project, dataset)
    problems += check_translations(dataset)
    return problems


def check_project(project: Path) -> list[Problem]:
    """Every problem that a build would refuse or warn of."""
    dataset, problems = load_checked(project)
    return problems + check_published(dataset, project / "output")


def check_published(
    dataset: Dataset, output: Path, folder: str = "data", kept: CaseCache | None = None
) -> list[Problem]:
    """The figures that differ from the last published site without a recorded change."""
    try:
        content = (output / folder / "figures.csv").read_bytes()
    except OSError:
        return []
    settled = set()
    if kept is not None:
        # What was published from the very records that stand here cannot differ from them.
        published = kept.find_published(digest(content))
        settled = {
            case.slug for case in dataset.summaries if published.get(case.slug) == case.version
        }
        if published and settled == published.keys():
            return []
    return check_history(dataset, parse_published(content, settled))


def check_released(dataset: Dataset, project: Path) -> list[Problem]:
    """The figures that differ from the newest frozen version without a recorded change."""
    if not (project / _RELEASES).is_dir():
        return []
    from casebook.data.releases import list_dates

    dates = list_dates(project)
    return check_published(dataset, project / _RELEASES / dates[-1], "") if dates else []


def build_site(options: BuildOptions) -> BuildResult:
    """Build the whole site and swap it in.

    A build whose sources are written meanwhile starts again. Raises ContentError, with nothing
    changed, where the content has errors, or where the writing does not end.
    """
    from casebook.build.output import check_output

    check_output(options.output, options.project)
    cache = options.project / ".cache"
    with _collecting_seldom(), open_cache(cache, enabled=options.use_cache) as store:
        return _build_until_still(options, store)


def _build_until_still(options: BuildOptions, store: Cache) -> BuildResult:
    for _attempt in range(ATTEMPTS - 1):
        options.timings.begin("inputs")
        inputs = read_inputs(options.project, store)
        try:
            return _build_once(options, inputs, store)
        # A source that is taken away meanwhile shows as a file that the machine does not find.
        except CasebookError:
            if not find_changed(inputs):
                raise
    options.timings.begin("inputs")
    inputs = read_inputs(options.project, store)
    try:
        return _build_once(options, inputs, store)
    except CasebookError:
        refuse_changes(inputs)
        raise


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Keeps the garbage collector from looking again and again at records and pages.

    Hardly any of them refer to each other in circles, and with ten thousand cases to look at all
    of them took as long as to make the lists that they stand in.
    """
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    # What an earlier build of a preview left behind is to be found again.
    gc.unfreeze()
    try:
        yield
    finally:
        # Nearly all of it is about to go by itself.
        gc.freeze()
        gc.set_threshold(*before)


def _build_once(options: BuildOptions, inputs: Inputs, store: Cache) -> BuildResult:
    kept = CaseCache(store, inputs.digests)
    with LocalExecutor(options.jobs) as executor:
        dataset, problems = load_checked(
            options.project, options.drafts, kept, executor, options.timings
        )
    kept.save()
    # A preview is not published, so that nothing in it needs a reason to change.
    if not options.drafts:
        problems += check_published(dataset, options.output, kept=kept)
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    options.timings.begin("imports")
    # Only now: a check, and a build that stops at a problem, must not pay for these imports.
    from casebook.build.drawings import draw_charts, draw_pictures, select_charts, warn_of_letters
    from casebook.build.output import stage_output
    from casebook.build.site import BuildContext, write_site
    from casebook.build.state import BuildState

    options.timings.begin("charts")
    selection = select_charts(dataset, find_embedded(options.project, dataset))
    executors = open_executor(options.jobs, options.scheduler)
    with executors as executor, stage_output(options.output) as tree:
        charts = draw_charts(dataset, selection, store)
        options.timings.begin("pictures")
        pictures = draw_pictures(dataset, selection, store, options.project, executor)
        problems += warn_of_letters(pictures, dataset)
        context = BuildContext(
            project=options.project,
            dataset=dataset,
            charts=charts,
            pictures=pictures,
            inputs=_leave_out_unpublished(inputs.digests, dataset),
            offers_charts=selection.offered,
            siteurl=options.siteurl,
            executor=executor,
            cache=store,
            excerpter=kept.excerpts_of(dataset),
            timings=options.timings,
            progress=options.progress,
        )
        files = write_site(context, tree, BuildState(store, options.output.resolve()))
        options.timings.begin("publish")
        refuse_changes(inputs)
    if not options.drafts:
        with suppress(OSError):
            figures = (options.output / "data" / "figures.csv").read_bytes()
            kept.keep_published(digest(figures), dataset)
    drafts = tuple(case.slug for case in dataset.summaries if case.state == "draft")
    return BuildResult(
        cases=len(dataset.cases), files=files, warnings=tuple(problems), drafts=drafts
    )


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Some pages of a site that is yet to be built, by their paths in it, and its drafts."""

    pages: Mapping[str, bytes]
    drafts: tuple[str, ...]


def glimpse_site(options: BuildOptions, wanted: Collection[str]) -> Glimpse:
    """The wanted pages as a build would write them, in a fraction of its time.

    Raises ContentError where the build would.
    """
    from casebook.build.drawings import draw_charts, select_charts
    from casebook.build.site import BuildContext, render_pages

    with open_cache(options.project / ".cache", enabled=options.use_cache) as store:
        kept = CaseCache(store, read_inputs(options.project, store).digests)
        dataset, problems = load_checked(options.project, options.drafts, kept)
        if any(problem.severity == "error" for problem in problems):
            raise ContentError(problems)
        selection = select_charts(dataset, find_embedded(options.project, dataset))
        charts = draw_charts(dataset, selection, store)
        context = BuildContext(
            project=options.project,
            dataset=dataset,
            charts=charts,
            offers_charts=selection.offered,
            siteurl=options.siteurl,
            cache=store,
        )
        pages = render_pages(context, wanted)
    return Glimpse(pages, tuple(case.slug for case in dataset.summaries if case.state == "draft"))


def _leave_out_unpublished(digests: Mapping[str, str], dataset: Dataset) -> dict[str, str]:
    """The digests of what a site is made from, without the drafts, whose names are not public."""
    published = {case.path for case in dataset.summaries}
    return {
        path: found
        for path, found in digests.items()
        if not path.startswith("data/cases/") or path in published
    }
