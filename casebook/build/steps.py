"""The steps of a build, in their order."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.build.aside import Aside, Loaded, load_apart, make_sketches
from casebook.build.cache import Cache, open_cache
from casebook.build.checking import check_published, load_checked, refuse_errors
from casebook.build.leftovers import note_elsewhere
from casebook.build.reading import CaseCache
from casebook.build.state import BuildState, Inputs, find_changed, open_inputs, refuse_changes
from casebook.build.timings import Timings
from casebook.build.workers import SELDOM, open_executor
from casebook.charts import find_embedded
from casebook.messages import failure, say
from casebook.problems import CasebookError, Exit, Problem
from casebook.record.dataset import Dataset
from casebook.values.urls import judge_site_url
from casebook.yaml.files import CASES

if TYPE_CHECKING:
    from casebook.build.site import BuildContext

# If a file is saved while a build runs, the build tries again, so the editor need not.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Options of a build; `siteurl` None means the one of pelicanconf.py.

    `drafts` is for the preview only: a published site contains nothing of a draft. `built_from` are
    the versions, by path, that the last build of a preview was made from; `memory` holds the values
    that earlier builds of the preview decoded.
    `scheduler` is the HOST:PORT of a Dask scheduler whose workers replace `jobs`. A change that is
    dated after `today` is refused.
    """

    project: Path
    output: Path
    siteurl: str | None = None
    jobs: int = 1
    use_cache: bool = True
    drafts: bool = False
    built_from: Mapping[str, str] = field(default_factory=dict)
    memory: dict[str, Any] | None = None
    scheduler: str = ""
    today: date | None = None
    timings: Timings = field(default_factory=Timings)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """Counts and warnings of a build without errors.

    For a preview, `aside` are the faulty cases by path, `pages` are the wanted pages if only these
    were built, and `built_from` are the versions that the build was made from.
    """

    cases: int
    files: int
    warnings: tuple[Problem, ...]
    drafts: tuple[str, ...] = ()
    aside: Mapping[str, Aside] = field(default_factory=dict)
    pages: Mapping[str, bytes] = field(default_factory=dict)
    built_from: Mapping[str, str] = field(default_factory=dict)


def build_site(options: BuildOptions) -> BuildResult:
    """Build the whole site and put it in the place of the published one.

    If sources are written during the build, it starts again. Raises ContentError, and changes
    nothing, if the content has errors or sources are written during every attempt.
    """
    from casebook.build.output import check_files, check_output

    check_output(options.output, options.project)
    # If the output is refused, not even an empty cache is made.
    is_first = not (options.project / ".cache").exists()
    if is_first:
        litter = check_files(options.output)
    with _collect_seldom(), _open_cache(options) as cache:
        state = BuildState(cache, options.output.resolve())
        if not is_first:
            litter = check_files(options.output, state)
        note_elsewhere(str(options.project), str(options.output.resolve()))
        for attempt in range(1, ATTEMPTS + 1):
            options.timings.begin("build.stage.inputs")
            try:
                with open_inputs(options.project, cache) as inputs:
                    return _build_from(inputs, options, cache, state, litter)
            # A source that is removed during the build raises an error of a missing file.
            except CasebookError:
                if attempt == ATTEMPTS:
                    refuse_changes(inputs)
                if attempt == ATTEMPTS or not find_changed(inputs):
                    raise
    raise AssertionError("the last attempt returns or raises")


def _open_cache(options: BuildOptions) -> AbstractContextManager[Cache]:
    return open_cache(options.project / ".cache", options.use_cache, options.memory)


def _build_from(
    inputs: Inputs, options: BuildOptions, cache: Cache, state: BuildState, litter: Sequence[str]
) -> BuildResult:
    loaded = _load(inputs, options, cache)
    dataset, problems, cases = loaded.dataset, loaded.problems, loaded.cases
    cases.forget_rest()
    result = _describe(loaded)
    if options.built_from == loaded.versions:
        return result

    options.timings.begin("build.stage.imports")
    # Imported here so that a check, or a build that stops at a problem, does not load these.
    from casebook.build.drawings import draw_charts, draw_pictures, tabulate_charts, warn_of_letters
    from casebook.build.output import stage_output
    from casebook.build.site import write_site
    from casebook.build.theme import read_colours

    # Records and modules are kept to the end; collecting them took a fiftieth of a cold build.
    gc.freeze()
    options.timings.begin("build.stage.charts")
    tables, offers_charts = tabulate_charts(dataset, find_embedded(options.project, dataset))
    executors = open_executor(options.jobs, options.scheduler)
    # Other folders, such as those with the date in the name for many hosts, are built only once.
    is_kept = options.output == options.project / "output" or options.drafts
    staged = stage_output(options.output, state, is_kept=is_kept, litter=litter)
    with executors as executor, staged as tree:
        executor = options.timings.counting(executor)
        charts = draw_charts(options.timings.track(tables, len(tables)), cache)
        options.timings.begin("build.stage.pictures")
        colours = read_colours(options.project, dataset.settings)
        pictures = draw_pictures(tables, dataset, cache, colours, executor)
        problems += warn_of_letters(pictures.values(), dataset)
        context = replace(
            _make_context(loaded, options, cache),
            charts=charts,
            offers_charts=offers_charts,
            pictures=pictures,
            executor=executor,
        )
        files, found = write_site(context, tree, state)
        problems += found
        options.timings.begin("build.stage.publish")
        refuse_changes(inputs)

    return replace(result, files=files, warnings=tuple(problems))


def _make_context(loaded: Loaded, options: BuildOptions, cache: Cache) -> BuildContext:
    """All that the pages depend on, except the charts."""
    from casebook.build.site import BuildContext

    return BuildContext(
        options=options,
        dataset=loaded.dataset,
        dependencies=loaded.cases.dependencies_of(loaded.dataset),
        cache=cache,
        # The pages of a faulty case are made from the content that was read instead of its file.
        inputs=_leave_out_unpublished(loaded.versions, loaded.dataset),
        sketches=tuple(make_sketches(loaded, options.project)),
        instead=loaded.cases.instead,
    )


def _load(inputs: Inputs, options: BuildOptions, cache: Cache) -> Loaded:
    """The data set of a build; raises ContentError if it has errors."""
    with open_executor(options.jobs) as opened:
        executor = options.timings.counting(opened)
        if options.drafts:
            # A preview is not published, so its changes need no reasons.
            loaded = load_apart(options, inputs, cache, executor)
        else:
            cases = CaseCache(cache, inputs.digests)
            dataset, problems = load_checked(
                options.project, False, cases, executor, options.timings
            )
            problems += check_published(
                options.project, dataset, options.today or dataset.settings.today(), cases
            )
            loaded = Loaded(dataset=dataset, problems=problems, cases=cases)
    refuse_errors(loaded.problems)
    if options.siteurl is None:
        return loaded
    own = loaded.dataset.settings
    why = judge_site_url(options.siteurl) if options.siteurl else None
    # An address on this machine is allowed for trying out a site.
    if why is not None and why != say("values.url_own_host"):
        address = options.siteurl[:60]
        raise failure("build.siteurl_wrong", status=Exit.USAGE, address=address, why=why)
    settings = replace(own, siteurl=options.siteurl.rstrip("/"))
    # An address in the settings was checked when the file was read.
    problems = loaded.problems + ([] if own.siteurl else settings.judge_reach())
    dataset = loaded.dataset.with_settings(settings)
    return replace(loaded, dataset=dataset, problems=problems)


def build_pages(options: BuildOptions, wanted: Collection[str]) -> BuildResult:
    """The wanted pages of a preview by their paths, as a build would write them.

    Takes a fraction of the time of a build. Raises ContentError if a build would.
    """
    from casebook.build.drawings import draw_charts, tabulate_charts
    from casebook.build.site import render_pages

    with (
        _collect_seldom(),
        _open_cache(options) as cache,
        # Digests are not kept here: the build of the whole site follows and keeps them.
        open_inputs(options.project, cache, is_kept=False) as inputs,
    ):
        loaded = _load(inputs, options, cache)
        dataset, result = loaded.dataset, _describe(loaded)
        if options.built_from == result.built_from:
            return result
        tables, offers_charts = tabulate_charts(dataset, find_embedded(options.project, dataset))
        charts = draw_charts(tables, cache)
        context = _make_context(loaded, options, cache)
        context = replace(context, charts=charts, offers_charts=offers_charts)
        pages = render_pages(context, wanted)
        refuse_changes(inputs)
        return replace(result, pages=pages)


def _describe(loaded: Loaded) -> BuildResult:
    """The result of a build that has not written anything yet."""
    drafts = (case.slug for case in loaded.dataset.summaries if case.state == "draft")
    return BuildResult(
        cases=len(loaded.dataset.cases),
        files=0,
        warnings=tuple(loaded.problems),
        drafts=(*drafts, *(Path(path).stem for path, one in loaded.aside.items() if one.is_draft)),
        aside=loaded.aside,
        built_from=loaded.versions,
    )


@contextmanager
def _collect_seldom() -> Iterator[None]:
    """Keep the garbage collector from examining records and pages again and again.

    Hardly any of them refer to each other in circles. With ten thousand cases, examining them took
    as long as making the lists that hold them.
    """
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    # Unfrozen so that the garbage of an earlier build of a preview is collected.
    gc.unfreeze()
    try:
        yield
    finally:
        # Nearly all objects are about to be freed without the collector.
        gc.freeze()
        gc.set_threshold(*before)


def _leave_out_unpublished(digests: Mapping[str, str], dataset: Dataset) -> dict[str, str]:
    """The digests of the inputs of a site, without drafts, whose names are not public."""
    published = {case.path for case in dataset.summaries}
    return {
        path: found
        for path, found in digests.items()
        if not path.startswith(CASES) or path in published
    }
