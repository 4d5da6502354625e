"""Steps of a build, in their order."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casebook.build.cache import Cache, open_cache
from casebook.build.checking import check_published, load_checked, refuse_errors
from casebook.build.reading import CaseCache
from casebook.build.state import (
    BuildState,
    Inputs,
    find_changed,
    read_inputs,
    refuse_changes,
)
from casebook.build.timings import Timings
from casebook.build.workers import SELDOM, open_executor
from casebook.charts.placement import find_embedded
from casebook.problems import CasebookError, Problem
from casebook.record.dataset import Dataset

# A file that is saved once while a build runs costs one more try, not the editor's time.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Options of a build; `siteurl` None means the one of pelicanconf.py.

    `drafts` is for the preview: a build that is published leaves no byte of a draft.
    `scheduler` is the HOST:PORT of a Dask scheduler whose workers take the place of `jobs`. A
    change that is dated after `today` is refused.
    """

    project: Path
    output: Path
    siteurl: str | None = None
    jobs: int = 1
    use_cache: bool = True
    drafts: bool = False
    scheduler: str = ""
    today: date = field(default_factory=date.today)
    timings: Timings = field(default_factory=Timings)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """Counts and warnings of a build that ended well."""

    cases: int
    files: int
    warnings: tuple[Problem, ...]
    drafts: tuple[str, ...] = ()


def build_site(options: BuildOptions) -> BuildResult:
    """Build the whole site and put it in the place of the published one.

    A build whose sources are written meanwhile starts again. Raises ContentError, with nothing
    changed, where the content has errors, or where the writing does not end.
    """
    from casebook.build.output import check_output

    check_output(options.output, options.project)
    folder = options.project / ".cache"
    with _collect_seldom(), open_cache(folder, enabled=options.use_cache) as cache:
        for attempt in range(1, ATTEMPTS + 1):
            options.timings.begin("build.stage.inputs")
            inputs = read_inputs(options.project, cache)
            try:
                return _build_from(inputs, options, cache)
            # A source that is taken away meanwhile shows as a file that the machine does not find.
            except CasebookError:
                if attempt == ATTEMPTS:
                    refuse_changes(inputs)
                if attempt == ATTEMPTS or not find_changed(inputs):
                    raise
    raise AssertionError("the last attempt returns or raises")


def _build_from(inputs: Inputs, options: BuildOptions, cache: Cache) -> BuildResult:
    cases = CaseCache(cache, inputs.digests)
    with open_executor(options.jobs) as executor:
        counting = options.timings.counting(executor)
        dataset, problems = load_checked(
            options.project, options.drafts, cases, counting, options.timings
        )
    cases.forget_rest()
    # A preview is not published, so that nothing in it needs a reason to change.
    if not options.drafts:
        problems += check_published(options.project, dataset, options.today, cases)
    refuse_errors(problems)

    options.timings.begin("build.stage.imports")
    # Only now: a check, and a build that stops at a problem, must not pay for these imports.
    from casebook.build.drawings import (
        draw_charts,
        draw_pictures,
        read_colours,
        tabulate_charts,
        warn_of_letters,
    )
    from casebook.build.output import stage_output
    from casebook.build.site import BuildContext, write_site

    options.timings.begin("build.stage.charts")
    tables, offers_charts = tabulate_charts(dataset, find_embedded(options.project, dataset))
    executors = open_executor(options.jobs, options.scheduler)
    with executors as executor, stage_output(options.output) as tree:
        executor = options.timings.counting(executor)
        charts = draw_charts(options.timings.track(tables, len(tables)), cache)
        options.timings.begin("build.stage.pictures")
        colours = read_colours(options.project)
        pictures = draw_pictures(tables, dataset, cache, colours, executor)
        problems += warn_of_letters(pictures.values(), dataset)
        context = BuildContext(
            options=options,
            dataset=dataset,
            dependencies=cases.dependencies_of(dataset),
            cache=cache,
            charts=charts,
            offers_charts=offers_charts,
            pictures=pictures,
            inputs=_leave_out_unpublished(inputs.digests, dataset),
            executor=executor,
        )
        files = write_site(context, tree, BuildState(cache, options.output.resolve()))
        options.timings.begin("build.stage.publish")
        refuse_changes(inputs)

    return BuildResult(
        cases=len(dataset.cases),
        files=files,
        warnings=tuple(problems),
        drafts=_list_drafts(dataset),
    )


def build_pages(
    options: BuildOptions, wanted: Collection[str]
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """The wanted pages by their paths, as a build would write them, and the drafts of the site.

    It takes a fraction of the time. Raises ContentError where the build would.
    """
    from casebook.build.drawings import draw_charts, tabulate_charts
    from casebook.build.site import BuildContext, render_pages

    with open_cache(options.project / ".cache", enabled=options.use_cache) as cache:
        cases = CaseCache(cache, read_inputs(options.project, cache).digests)
        dataset, problems = load_checked(options.project, options.drafts, cases)
        refuse_errors(problems)
        tables, offers_charts = tabulate_charts(dataset, find_embedded(options.project, dataset))
        charts = draw_charts(tables, cache)
        context = BuildContext(
            options=options,
            dataset=dataset,
            dependencies=cases.dependencies_of(dataset),
            cache=cache,
            charts=charts,
            offers_charts=offers_charts,
        )
        return render_pages(context, wanted), _list_drafts(dataset)


@contextmanager
def _collect_seldom() -> Iterator[None]:
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


def _list_drafts(dataset: Dataset) -> tuple[str, ...]:
    return tuple(case.slug for case in dataset.summaries if case.state == "draft")


def _leave_out_unpublished(digests: Mapping[str, str], dataset: Dataset) -> dict[str, str]:
    """The digests of what a site is made from, without the drafts, whose names are not public."""
    published = {case.path for case in dataset.summaries}
    return {
        path: found
        for path, found in digests.items()
        if not path.startswith("data/cases/") or path in published
    }
