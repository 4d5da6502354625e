"""Writing of the site's pages and data; a unit that has not changed is not made again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from markupsafe import Markup

from casebook import __version__
from casebook.build.cache import Cache, cut_runs, digest_program, find_version
from casebook.build.case_texts import CaseTexts
from casebook.build.manifest import MANIFEST
from casebook.build.pelican_adapter import Texts, with_texts
from casebook.build.published_media import write_cards, write_media, write_static
from casebook.build.reading import Instead
from casebook.build.render import (
    CaseContext,
    CaseJob,
    CaseResult,
    file_of,
    make_batch,
    make_case_files,
    open_renderer,
)
from casebook.build.staged_output import StagedOutput
from casebook.build.state import BuildState, UnitRun
from casebook.build.templates import check_templates, digest_templates, explaining_templates
from casebook.build.theme import read_colours, read_theme, write_assets
from casebook.build.workers import IN_PROCESS, Batches, Executor
from casebook.data.export import export_site
from casebook.data.formats import DataFile, encode_json
from casebook.data.releases import read_releases
from casebook.pages.chart_pages import make_chart_files
from casebook.pages.figure_pages import find_uses
from casebook.pages.page import Location, MakePages, Page, Prose, Site, Uses
from casebook.pages.register import CASE_PAGES, PAGES, VERSIONED, make_site_files, make_sitemap
from casebook.pages.search import has_stories
from casebook.pages.sharing import find_card, find_faces, has_cards, list_cards
from casebook.problems import ContentError, Problem
from casebook.record.dataset import Dataset
from casebook.record.summary import CaseSummary
from casebook.text import Lang
from casebook.values.digest import digest

if TYPE_CHECKING:
    from casebook.build.dependencies import Dependencies
    from casebook.build.steps import BuildOptions
    from casebook.charts.chart import Drawn
    from casebook.charts.standalone import Pictures

# A process saves time from this many cases on: its start takes as long as making thirty cases.
_CASES_PER_PROCESS = 60
_BATCH = 10
# Inputs that shape every case, beside its own record, the theme and the program.
_SHAPING = ("data/vocabulary.yaml", "data/regions.yaml", "pelicanconf.py")
_PACKAGES = ("pelican", "jinja2", "markdown", "matplotlib", "pyyaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildContext:
    """All that the pages and files of a site depend on.

    `inputs` are the digests of the files that the site is made from, by path; `cache` is where
    compiled templates are kept. In a preview `sketches` are cases that can be read only in part,
    and `instead` are the contents that were read instead of case files, by path.
    """

    options: BuildOptions
    dataset: Dataset
    dependencies: Dependencies
    cache: Cache
    charts: Mapping[tuple[str, Lang], Drawn] = field(default_factory=dict)
    offers_charts: bool = False
    pictures: Mapping[tuple[str, Lang], Pictures] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    executor: Executor = IN_PROCESS
    sketches: tuple[CaseJob, ...] = ()
    instead: Instead = field(default_factory=dict)


def write_site(
    context: BuildContext, tree: StagedOutput, state: BuildState
) -> tuple[int, list[Problem]]:
    """Write the whole site into a staged tree, and return the number of files and the warnings.

    Raises ContentError if Pelican or a template reports an error.
    """
    timings, dataset = context.options.timings, context.dataset
    timings.begin("build.stage.prose")
    assets = write_assets(context.options.project, dataset.settings, tree.write)

    def write(prose: Texts) -> None:
        maker = _PageMaker(context, assets, prose, context.dependencies.find_versions())
        timings.begin("build.stage.cases")
        keys = maker.key_cases()
        with closing(CaseTexts(tree.folder.parent, keys, state.read_texts())) as texts:
            maker.write_cases(tree, state, texts)
            timings.begin("build.stage.lists")
            maker.write_lists(tree, state)
            maker.renderer.compiled.save(context.cache)
            timings.begin("build.stage.exports")
            maker.write_charts(tree, state)
            _write_data(context, maker.site, tree, texts)
        state.note_texts(texts.locate(), tree)
        write_media(context.options.project, dataset.media.values(), tree, state)
        if maker.site.has_cards:
            colours = read_colours(context.options.project, dataset.settings)
            write_cards(list_cards(maker.site), colours, tree, state)

    problems = with_texts(context, write, tree)
    problems += write_static(context.options.project / "content", dataset.settings, tree)
    tree.write(MANIFEST, _write_manifest(context, tree))
    state.forget_rest()
    return len(tree.listing), problems


def render_pages(context: BuildContext, wanted: Collection[str]) -> dict[str, bytes]:
    """The wanted pages by path in the site, with the static files that they may refer to."""
    # Versions only tell if a page is stale, and every wanted page is made in any case.
    versions: Mapping[str, str] = {}
    contents: dict[str, bytes] = {}
    settings = context.dataset.settings
    assets = write_assets(context.options.project, settings, contents.__setitem__)
    with_texts(
        context,
        lambda prose: contents.update(
            _PageMaker(context, assets, prose, versions).make_wanted(wanted)
        ),
    )
    return contents


def _write_data(context: BuildContext, site: Site, tree: StagedOutput, texts: CaseTexts) -> None:
    """Write data of all cases and frozen releases."""
    streams = chain(make_site_files(site, texts.read), export_site(context.dataset, texts.read))
    for stream in context.options.timings.track(streams):
        tree.write_stream(stream.path, texts.place(stream.path, stream.chunks))
    for release in site.releases:
        for file in release.files:
            tree.write(f"versions/{release.date}/{file.path}", file.content)


def _write_manifest(context: BuildContext, tree: StagedOutput) -> bytes:
    """The digests of all inputs and outputs, as JSON."""
    inputs = dict(context.inputs)
    manifest = {
        "generator": "casebook",
        "build": digest(json.dumps([__version__, inputs]).encode())[:12],
        "versions": _versions(),
        "inputs": inputs,
        "outputs": dict(sorted(tree.listing.items())),
    }
    return encode_json(manifest)


def _versions() -> dict[str, str]:
    return {"casebook": __version__} | {name: find_version(name) for name in _PACKAGES}


def _list_makers(listed: list[Location]) -> tuple[MakePages, ...]:
    """The functions that make the pages of all cases; the last makes the sitemap of `listed`."""
    return (*PAGES, partial(make_sitemap, listed))


class _PageMaker:
    """Maker of the pages of one build: those of each case, and those of all cases together."""

    def __init__(
        self,
        context: BuildContext,
        assets: tuple[str, Mapping[str, str]],
        prose: Texts,
        versions: Mapping[str, str],
    ) -> None:
        dataset = context.dataset
        self.context = context
        self.theme = read_theme(context.options.project, dataset.settings)
        self.renderer = open_renderer(self.theme, dataset.languages)
        self.renderer.compiled.load(context.cache)
        if problems := check_templates(self.theme, self.renderer.compiled):
            raise ContentError(problems)
        self.template_digests = digest_templates(self.theme, self.renderer.compiled)
        self.site = Site(
            dataset=dataset,
            charts=context.charts,
            prose=prose,
            stylesheet=assets[0],
            assets=assets[1],
            has_cards=has_cards(dataset),
            faces=find_faces(context.charts),
            versions=versions,
            uses=find_uses(dataset, context.charts.values(), prose.values()),
            releases=read_releases(context.options.project),
        )
        self.surroundings = self._digest_surroundings()
        self.case_context = self._make_case_context()

    def key_cases(self) -> list[tuple[str, str]]:
        """The slug of each case with its key, the digest of all that its files are made from."""
        return [(case.slug, self._key_of(case)) for case in self.context.dataset.summaries]

    def write_cases(self, tree: StagedOutput, state: BuildState, texts: CaseTexts) -> None:
        """Write the files of every case; fresh files stay as they are."""
        cases = self.context.dataset.summaries
        stale: list[tuple[UnitRun, list[tuple[int, str]]]] = []
        for name, keyed in cut_runs(list(enumerate(texts.cases)), lambda case: case[1][0]):
            run = state.open_run(f"cases:{name}", tree)
            missing = [
                (number, key)
                for number, (slug, key) in keyed
                if not (texts.is_known(number) and run.keep(slug, key))
            ]
            if missing:
                stale.append((run, missing))
        made = {number for _, missing in stale for number, _ in missing}
        self._count_kept([case for number, case in enumerate(cases) if number not in made])
        results = self._make_cases([cases[number] for number in sorted(made)])
        while stale:
            # Popped, so that the memory of a run is freed after it is written.
            run, missing = stale.pop(0)
            for number, key in missing:
                files, of_case, spent = next(results)
                run.write(cases[number].slug, key, files)
                texts.add(number, of_case)
                self.context.options.timings.add(spent)
            run.save()
        # The executor counts an item as done only when the next item is asked for.
        next(results, None)
        for job in self.context.sketches:
            for file in self._make_files(job):
                tree.write(file.path, file.content)

    def _make_cases(self, cases: Sequence[CaseSummary]) -> Iterator[CaseResult]:
        """The results of making the cases, in their order."""
        jobs, context = map(self._make_job, cases), self.case_context
        count = len(cases)
        if count > _CASES_PER_PROCESS:
            # Making the first case here compiles the templates, so that no process has to.
            yield from make_batch(context, list(islice(jobs, 1)))
            context = replace(context, compiled=self.renderer.compiled.pack())
            count -= 1
        batches = Batches(items=jobs, count=count, most=_BATCH, worth=_CASES_PER_PROCESS)
        yield from self.context.executor(partial(make_batch, context), batches)

    def _make_files(self, job: CaseJob) -> list[DataFile]:
        with explaining_templates(self.theme):
            return make_case_files(job, self.case_context, self.renderer)[0]

    def write_lists(self, tree: StagedOutput, state: BuildState) -> None:
        """Write the pages of all cases together; fresh pages stay as they are."""
        listed: list[Location] = []
        with explaining_templates(self.theme):
            for make_pages in _list_makers(listed):
                made = make_pages.func if isinstance(make_pages, partial) else make_pages
                name = made.__name__.removeprefix("make_").replace("_", " ")
                with self.context.options.timings.measure(name) as spent:
                    run = state.open_run(f"pages:{name}", tree)
                    key = self._key_by_versions if make_pages in VERSIONED else ""
                    kept = run.keep_all(key) if key else None
                    if kept is not None:
                        spent.kept += len(kept)
                        listed += [Location(*json.loads(note)) for note in kept if note]
                        continue
                    for page in self.context.options.timings.track(make_pages(self.site)):
                        # A page without a key is in no row, so the row must not be kept as a whole.
                        key = key if page.key else ""
                        is_kept = self._write_list(page, tree, run)
                        spent.kept += is_kept
                        spent.made += not is_kept
                        if page.indexed:
                            listed.append(page.location)
                    run.save(key)

    def write_charts(self, tree: StagedOutput, state: BuildState) -> None:
        """Write the files of charts; fresh files stay as they are."""
        files = make_chart_files(self.site, self.context.pictures)
        for folder, key, make in self.context.options.timings.track(files):
            state.write_unit(f"chart:{folder}", f"{self.surroundings} {key}", tree, make)

    def make_wanted(self, wanted: Collection[str]) -> dict[str, bytes]:
        """The wanted pages by path; pages of cases come first, because they need no other pages."""
        contents: dict[str, bytes] = {}
        # A part of the path, up to its first dot, may be the slug of a case.
        names = {name.partition(".")[0] for path in wanted for name in path.split("/")}
        slugs = names & self.context.dataset.positions.keys()
        cases = [case for case in self.context.dataset.summaries if case.slug in slugs]
        for job in (*map(self._make_job, cases), *self.context.sketches):
            files = self._make_files(job)
            contents |= {file.path: file.content for file in files if file.path in wanted}
        with explaining_templates(self.theme):
            listed: list[Location] = []
            for make_pages in _list_makers(listed):
                if contents.keys() >= set(wanted):
                    return contents
                for page in make_pages(self.site):
                    if page.indexed:
                        listed.append(page.location)
                    if file_of(page, self.site.languages) in wanted:
                        file = self.renderer.print_page(page, self.site)
                        contents[file.path] = file.content
        for stream in make_site_files(self.site):
            if stream.path in wanted:
                contents[stream.path] = b"".join(stream.chunks)
        return contents

    def _write_list(self, page: Page, tree: StagedOutput, run: UnitRun) -> bool:
        """Write a page of all cases together, and return True if it was fresh and kept."""
        if not page.key:
            tree.write(*astuple(self.renderer.print_page(page, self.site)))
            return False
        shaped = (self.surroundings, self.template_digests.get(page.template), page.key)
        dates = (page.published, page.lastmod)
        shown = (page.title, page.description, *dates, find_card(page, self.site), page.trail)
        key = digest(repr((*shaped, *shown)).encode())
        unit = file_of(page, self.site.languages)
        if run.keep(unit, key):
            return True
        note = json.dumps(page.location) if page.indexed else ""
        run.write(unit, key, [self.renderer.print_page(page, self.site)], note)
        return False

    @cached_property
    def _key_by_versions(self) -> str:
        """The common key of lists that show no more of a case than its version covers.

        Empty if no versions are known.
        """
        site, shaping = self.site, [self.surroundings, sorted(self.template_digests.items())]
        charts = [drawn for drawn in site.charts.values() if not drawn.case]
        # No version covers the order of the sources.
        shared = site.dataset.shared_sources, site.dataset.main
        versions = [(case.slug, site.versions.get(case.slug)) for case in site.dataset.summaries]
        return site.key(shaping, charts, shared, versions)

    def _count_kept(self, cases: Iterable[CaseSummary]) -> None:
        """Count the pages of cases that stay as they were; the counting is timed as well."""
        for kind in CASE_PAGES:
            with self.context.options.timings.measure(kind.name) as spent:
                pages = sum(len(kind.locate(case)) for case in cases)
                spent.kept += len(self.site.languages) * pages

    def _key_of(self, case: CaseSummary) -> str:
        """The key of a case: a digest of all that its files are made from."""
        own, embedded, uses = self._find_shown(case)
        # The inputs determine the drawings of the case, but not which of them are offered as files.
        offered = [(drawn.name, drawn.pictured) for drawn in own or ()]
        inputs = self.context.dependencies.key_of(case)
        shaped = (self.case_context.key, inputs, offered, embedded, uses)
        return digest(" ".join(map(str, shaped)).encode())

    def _make_job(self, case: CaseSummary) -> CaseJob:
        """All that is needed to make the files of a case."""
        own, embedded, uses = self._find_shown(case)
        return CaseJob(
            slug=case.slug,
            dataset=self.context.dependencies.inputs_of(case),
            record=self.context.instead.get(case.path)
            or (self.context.options.project / case.path).read_bytes(),
            own=own,
            embedded=embedded,
            uses=uses,
        )

    def _find_shown(
        self, case: CaseSummary
    ) -> tuple[tuple[Drawn, ...] | None, tuple[Drawn, ...], Uses]:
        """The drawings of a case, others that its story embeds, and the uses of its figures.

        The drawings of the case are None if they are to be drawn together with its files.
        """
        site = self.site
        langs = site.languages
        own = [drawn for lang in langs for drawn in site.charts_of.get((case.slug, lang), ())]
        named = (site.charts.get((name, lang)) for name in case.charts for lang in langs)
        embedded = tuple(drawn for drawn in named if drawn and drawn.case != case.slug)
        keys = (f"{case.slug}.{figure.id}" for figure in case.figures)
        uses = {key: site.uses[key] for key in keys if key in site.uses}
        return tuple(own) if self.context.offers_charts else None, embedded, uses

    def _digest_surroundings(self) -> str:
        """A digest of all that every page depends on, beside its template and its content."""
        parts = [
            [self.context.inputs.get(path) for path in _SHAPING],
            digest_program(),
            _versions(),
            repr((self.site.settings, self.site.languages)),
            [self.site.stylesheet, dict(self.site.assets)],
            sorted(self.site.prose),
            sorted(self.site.faces.items()),
            self.site.has_cards,
        ]
        return digest(json.dumps(parts, ensure_ascii=False).encode())

    def _make_case_context(self) -> CaseContext:
        """The inputs that all cases share, with a key of all that shapes their files."""
        dataset, site = self.context.dataset, self.site
        digests = [self.template_digests.get(f"{kind.name}.html") for kind in CASE_PAGES]
        stories = has_stories(dataset)
        parts = [self.surroundings, digests, self.context.offers_charts, stories]
        return CaseContext(
            theme=self.theme,
            make_site=partial(
                Site,
                prose={
                    (slug, lang): Prose(slug=slug, lang=lang, title="", summary="", body=Markup(""))
                    for slug, lang in site.prose
                },
                stylesheet=site.stylesheet,
                assets=site.assets,
                has_cards=site.has_cards,
                faces=site.faces,
            ),
            has_stories=stories,
            key=digest(json.dumps(parts, ensure_ascii=False).encode()),
        )
