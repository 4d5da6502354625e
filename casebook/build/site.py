"""The one home of Pelican: reads the prose, renders every page, writes the tree of the site."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from casebook import __version__
from casebook.build.cache import digest_program
from casebook.build.case_files import CaseWork, Workshop, make_batch, make_case_files
from casebook.build.dependencies import Excerpter
from casebook.build.freshness import Freshness
from casebook.build.manifest import MANIFEST, list_files
from casebook.build.output import NewTree
from casebook.build.progress import Progress
from casebook.build.render import Press, file_of, open_press
from casebook.build.spool import Spool
from casebook.build.templates import (
    THEME,
    KeptTemplates,
    TemplateFault,
    digest_templates,
    environment_options,
    explaining_templates,
    read_templates,
)
from casebook.build.timings import UNTIMED, Timings
from casebook.build.workers import cut_batches, open_workers
from casebook.checks.content import find_content_files
from casebook.data.export import encode_json, export_site, write_members
from casebook.data.releases import read_releases
from casebook.pages import CASE_PAGES, PAGES
from casebook.pages.backlinks import find_uses
from casebook.pages.chart_pages import find_card, find_faces, make_chart_files
from casebook.pages.markdown import EXTENSIONS, CasebookMarkdown, split_slots
from casebook.pages.page import LANGS, PLACE, Page, Prose, Section, Site, SiteSettings, Slot, Uses
from casebook.pages.search import tells_stories
from casebook.problems import START, CasebookError, ContentError, Problem
from casebook.record.dataset import Dataset
from casebook.record.summary import CaseSummary
from casebook.text import Lang, Text
from casebook.values.digest import digest

if TYPE_CHECKING:
    from casebook.build.cluster import ClusterExecutor
    from casebook.charts import Drawn
    from casebook.charts.standalone import Pictures

_HEADING = re.compile(r"<h2>(.*?)</h2>\n?")
_PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)
# Styles that others build on come first, the rest by name.
_FIRST_STYLES = ("tokens.css", "base.css")
# A process pays from this many cases on: its start costs as much as making thirty.
_CASES_PER_PROCESS = 60
_BATCH = 20
# What shapes every case beside its own record, the theme and the program.
_SHAPING = ("data/vocabulary.yaml", "data/regions.yaml", "pelicanconf.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a site is made from and how: all that its pages and files depend on.

    `inputs` are the digests of the files that the site is made from, by path; `siteurl` None means
    the one of pelicanconf.py. `kept_templates` are compiled templates of an earlier build.
    """

    project: Path
    dataset: Dataset
    charts: Mapping[tuple[str, Lang], Drawn]
    pictures: Mapping[tuple[str, Lang], Pictures] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    offers_charts: bool = True
    siteurl: str | None = None
    jobs: int = 1
    cluster: ClusterExecutor | None = None
    kept_templates: KeptTemplates | None = None
    excerpter: Excerpter | None = None
    timings: Timings = UNTIMED
    progress: Progress = field(default_factory=Progress)


def write_site(edition: Edition, tree: NewTree, freshness: Freshness) -> int:
    """Write the whole site into an empty tree and give the number of files.

    Raises ContentError where Pelican or a template reports anything as wrong.
    """
    edition.timings.begin("prose")
    stylesheet, assets = _write_assets(edition.project / "theme" / "static", tree)
    summaries = edition.dataset.summaries
    with closing(Spool(tree.folder.parent, len(summaries))) as parts:
        build = _SiteBuild(edition, tree, stylesheet, assets, freshness, parts)
        _run_pelican(build)
        edition.timings.begin("exports")
        for file in make_chart_files(build.site, edition.pictures):
            tree.write(file.path, file.content)
        described = ((tree.folder / _json_of(case)).read_bytes() for case in summaries)
        for stream in export_site(edition.dataset, described, parts.read):
            tree.write_stream(stream.path, stream.chunks)
    for release in build.site.releases:
        for file in release.files:
            tree.write(f"versions/{release.date}/{file.path}", file.content)
    tree.write_stream(MANIFEST, _write_manifest(edition, tree))
    freshness.forget_rest()
    return len(tree.listing)


def _write_manifest(edition: Edition, tree: NewTree) -> Iterator[bytes]:
    """The digests of all inputs and outputs, as JSON."""
    told = {
        "generator": "casebook",
        "build": digest(json.dumps([__version__, dict(edition.inputs)]).encode())[:12],
        "versions": _versions(),
    }
    yield encode_json(told).removesuffix(b"\n}\n")
    yield b',\n "inputs": '
    yield from write_members(edition.inputs.items())
    yield b',\n "outputs": '
    yield from write_members(tree.listing)
    yield b"\n}\n"


def render_pages(edition: Edition, wanted: Collection[str]) -> dict[str, bytes]:
    """The wanted pages, by their paths in the site, with the static files that they may name."""
    pages = _Pages(edition.project / ".cache")
    stylesheet, assets = _write_assets(edition.project / "theme" / "static", pages)
    _run_pelican(_SiteBuild(edition, pages, stylesheet, assets, wanted=wanted))
    return pages.contents


def _versions() -> dict[str, str]:
    names = ("pelican", "jinja2", "markdown", "matplotlib", "pyyaml")
    return {"casebook": __version__} | {name: version(name) for name in names}


def _write_assets(static: Path, writer: NewTree | _Pages) -> tuple[str, dict[str, str]]:
    """Write the style sheet and the other static files; give their paths, the latter by name.

    Every name holds a digest of the content, so that a cache may keep the file for ever.
    """
    # A glob would take a folder that cannot be read for an empty one.
    files = sorted(static / path for path in list_files(static))
    styles = sorted(
        (path for path in files if path.suffix == ".css" and path.parent.name == "css"),
        key=lambda path: (
            _FIRST_STYLES.index(path.name) if path.name in _FIRST_STYLES else len(_FIRST_STYLES),
            path.name,
        ),
    )
    css = b"\n".join(path.read_bytes().strip() for path in styles) + b"\n"
    name = f"assets/casebook.{digest(css)[:10]}.css"
    writer.write(name, css)
    assets = {}
    for path in files:
        if path.is_file() and path.suffix != ".css":
            content = path.read_bytes()
            kept = path.relative_to(static)
            marked = kept.with_name(f"{kept.stem}.{digest(content)[:10]}{kept.suffix}").as_posix()
            writer.write(f"assets/{marked}", content)
            assets[kept.as_posix()] = f"/assets/{marked}"
    return f"/{name}", assets


class _ErrorCollector(logging.Handler):
    """Keeps what Pelican logs as an error, for Pelican itself carries on and exits with 0."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class _Pages:
    """Files that are kept in memory, for a preview that cannot wait for the whole site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contents: dict[str, bytes] = {}

    def write(self, path: str, content: bytes) -> None:
        self.contents[path] = content

    def write_stream(self, path: str, chunks: Iterable[bytes]) -> None:
        self.contents[path] = b"".join(chunks)


def _run_pelican(build: _SiteBuild) -> None:
    """Have Pelican read the texts and hand them over to the build."""
    from pelican import Pelican, signals
    from pelican import log as pelican_log
    from pelican.generators import Generator
    from pelican.settings import read_settings

    project = build.edition.project
    overrides: dict[str, Any] = {
        "PATH": str(project / "content"),
        "THEME": str(project / "theme"),
        "OUTPUT_PATH": str(build.writer.folder),
        "JINJA_ENVIRONMENT": environment_options(),
    }
    if build.edition.siteurl is not None:
        overrides["SITEURL"] = build.edition.siteurl.rstrip("/")
    settings = read_settings(str(project / "pelicanconf.py"), override=overrides)
    build.configure(settings)

    class CasebookGenerator(Generator):  # type: ignore[misc]  # pelican ships no types
        """Writes every page of the site from the records and the prose that Pelican read."""

        def generate_output(self, _writer: object) -> None:
            # A text that Pelican could not read is missing from what it hands over.
            if not collector.records:
                build.write_pages(self.context)

    def offer_generator(_pelican: object) -> type:
        return CasebookGenerator

    collector = _ErrorCollector()
    pelican_logger = logging.getLogger("pelican")
    handlers, propagate = pelican_logger.handlers, pelican_logger.propagate
    quiet = pelican_log.console.quiet
    pelican_log.console.quiet = True
    pelican_logger.addHandler(collector)
    pelican_logger.propagate = False
    try:
        with (
            signals.get_generators.connected_to(offer_generator),
            signals.readers_init.connected_to(build.add_reader),
            explaining_templates(THEME),
        ):
            Pelican(settings).run()
    except TemplateFault as fault:
        raise ContentError([fault.problem]) from fault
    finally:
        pelican_logger.removeHandler(collector)
        pelican_logger.handlers, pelican_logger.propagate = handlers, propagate
        pelican_log.console.quiet = quiet
    problems = [_describe_record(record, project) for record in collector.records]
    if problems:
        raise ContentError(problems)


def _describe_record(record: logging.LogRecord, project: Path) -> Problem:
    message = re.sub(r"\s+", " ", record.getMessage()).strip()
    path = "content"
    for file in find_content_files(project):
        name = file.relative_to(project).as_posix()
        if name in message or str(file) in message or file.name in message:
            path = name
    message = message.replace(str(project) + "/", "")
    return Problem(path, START, "E300", f"读取正文出错：{message}", f"reading prose: {message}")


class _SiteBuild:
    """One run: renders the pages with Pelican's environment and writes them."""

    def __init__(
        self,
        edition: Edition,
        writer: NewTree | _Pages,
        stylesheet: str,
        assets: Mapping[str, str],
        freshness: Freshness | None = None,
        parts: Spool | None = None,
        wanted: Collection[str] | None = None,
    ) -> None:
        self.edition = edition
        self.writer = writer
        self.stylesheet = stylesheet
        self.assets = assets
        self.freshness = freshness
        self.parts = parts
        self.wanted = wanted
        self.templates = read_templates(edition.project / "theme")
        self.closures = digest_templates(self.templates)
        self.excerpter: Excerpter
        self.site: Site
        self.settings: SiteSettings

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Take over what pelicanconf.py says."""
        self.settings = SiteSettings(
            name=Text(settings["SITENAME"], settings["SITENAME_EN"]),
            tagline=Text(settings["TAGLINE"], settings["TAGLINE_EN"]),
            siteurl=settings["SITEURL"],
            stylesheet=self.stylesheet,
            assets=self.assets,
        )

    def add_reader(self, readers: Any) -> None:
        """Give Pelican's reader of Markdown the site's own extension."""
        from pelican.readers import MarkdownReader

        dataset = self.edition.dataset

        class CaseMarkdownReader(MarkdownReader):  # type: ignore[misc]  # pelican ships no types
            def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
                # A file name ends in .en.md where the text is English.
                lang: Lang = "en" if source_path.endswith(".en.md") else "zh"
                own = CasebookMarkdown(dataset, lang)
                self.settings: dict[str, Any] = self.settings | {
                    "MARKDOWN": {
                        "extensions": [*EXTENSIONS, "markdown.extensions.meta", own],
                        "extension_configs": {},
                    }
                }
                result: tuple[str, dict[str, Any]] = super().read(source_path)
                # The instance of Markdown outlives the build, and a preview builds all day.
                own.forget_dataset()
                return result

        for extension in MarkdownReader.file_extensions:
            readers.reader_classes[extension] = CaseMarkdownReader

    def write_pages(self, context: Mapping[str, Any]) -> None:
        """Render and write every page of every type."""
        edition = self.edition
        _refuse_missing(edition.project, context["pages"])
        prose = {(text.slug, text.lang): text for text in map(read_prose, context["pages"])}
        faces = find_faces(edition.charts)
        excerpter = edition.excerpter or Excerpter(edition.dataset, edition.inputs)
        self.excerpter = excerpter
        versions = {case.slug: excerpter.sign(case).version for case in edition.dataset.summaries}
        self.site = Site(
            dataset=edition.dataset,
            charts=edition.charts,
            prose=prose,
            settings=self.settings,
            faces=faces,
            versions=versions,
            uses=find_uses(edition.dataset, edition.charts.values(), prose.values()),
            releases=read_releases(edition.project),
        )
        press = open_press(self.templates, edition.kept_templates)
        if self.wanted is not None:
            self._show_pages(press, self.wanted)
            return
        assert isinstance(self.writer, NewTree)
        assert self.parts is not None
        assert self.freshness is not None
        edition.timings.begin("cases")
        self._write_cases(self.writer, self.freshness, self.parts)
        edition.timings.begin("lists")
        self.site = replace(self.site, parts=self.parts.read)
        self._write_lists(press, self.writer, self.freshness)

    def _show_pages(self, press: Press, wanted: Collection[str]) -> None:
        """Write the wanted pages: first those of cases, which nothing else has to be made for."""
        missing = set(wanted) - self._show_cases(press, wanted)
        for kind in PAGES:
            if not missing:
                return
            for page in kind.make(self.site):
                path = file_of(page)
                if path in missing:
                    self._write_page(page, press)
                    missing.remove(path)

    def _write_page(self, page: Page, press: Press) -> str | None:
        """Print a page and write it; the digest of a file that is not kept in memory."""
        file = press.print_page(page, self.site)
        if page.stream is None:
            return self.writer.write(file.path, file.content)
        head, _, tail = file.content.partition(PLACE.encode("utf-8"))
        return self.writer.write_stream(file.path, chain((head,), page.stream(), (tail,)))

    def _write_lists(self, press: Press, tree: NewTree, freshness: Freshness) -> None:
        """Write the pages of all cases together, those that are fresh as they stand."""
        around = self._digest_surroundings()
        timings = self.edition.timings
        for kind in PAGES:
            with timings.measure(kind.name):
                for page in kind.make(self.site):
                    is_kept = self._write_list(page, around, press, tree, freshness)
                    timings.count(kind.name, made=not is_kept, kept=is_kept)

    def _write_list(
        self, page: Page, around: str, press: Press, tree: NewTree, freshness: Freshness
    ) -> bool:
        """Write a page of all cases together; whether it is fresh and stands as it was."""
        path = file_of(page)
        told = (page.title, page.description, page.lastmod, find_card(page, self.site))
        shaped = (around, self.closures.get(page.template), page.key)
        key = digest(repr((*shaped, *told)).encode())
        if page.key and freshness.keep(f"page:{path}", key, tree) is not None:
            return True
        found = self._write_page(page, press)
        if page.key and found is not None:
            freshness.note(f"page:{path}", key, tree, [(path, found)])
        return False

    def _count_kept(self, case: CaseSummary) -> None:
        """Count the pages of a case that stand as they were."""
        timings = self.edition.timings
        for kind in CASE_PAGES if timings is not UNTIMED else ():
            pages = sum(1 for _ in kind.locate(case))
            timings.count(kind.name, kept=pages)

    def _show_cases(self, press: Press, wanted: Collection[str]) -> set[str]:
        """Write the wanted pages of cases as a build would make them, and give their paths."""
        shown = set()
        slugs = {
            path.removeprefix("en/").split("/")[1].partition(".")[0]
            for path in wanted
            if path.count("/") > 1
        }
        dataset, workshop = self.edition.dataset, self._open_workshop()
        for slug in slugs & dataset.positions.keys():
            case = dataset.summaries[dataset.positions[slug]]
            work = self._plan_case(case, *self._charts_of(case), self._uses_of(case))
            for file in make_case_files(work, workshop, press).files:
                if file.path in wanted:
                    self.writer.write(file.path, file.content)
                    shown.add(file.path)
        return shown

    def _plan_case(
        self,
        case: CaseSummary,
        own: tuple[Drawn, ...] | None,
        embedded: tuple[Drawn, ...],
        uses: Uses,
    ) -> CaseWork:
        """What has to be known to make the files of a case."""
        record = (self.edition.project / case.path).read_bytes()
        return CaseWork(
            excerpt=self.excerpter.take(case), record=record, own=own, embedded=embedded, uses=uses
        )

    def _write_cases(self, tree: NewTree, freshness: Freshness, parts: Spool) -> None:
        """Write the files of every case, those that are fresh as they stand."""
        edition = self.edition
        workshop = self._open_workshop()
        stale = []
        for number, case in enumerate(edition.dataset.summaries):
            own, embedded = self._charts_of(case)
            # A drawing of its own follows from the excerpt, but for what is offered of it.
            shown = [(drawn.name, drawn.pictured) for drawn in own or ()]
            uses = self._uses_of(case)
            shaped = (workshop.key, self.excerpter.sign(case).key, shown, embedded, uses)
            key = digest(" ".join(map(str, shaped)).encode())
            texts = freshness.keep(f"case:{case.slug}", key, tree)
            if texts is None:
                stale.append((case, own, embedded, uses, number, key))
                continue
            parts.add(number, texts)
            self._count_kept(case)
        edition.progress.total, edition.progress.done = len(stale), 0
        processes = min(edition.jobs, len(stale) // _CASES_PER_PROCESS)
        work = (
            self._plan_case(case, own, embedded, uses) for case, own, embedded, uses, *_ in stale
        )
        with open_workers(processes, edition.cluster) as workers:
            task = partial(make_batch, workshop)
            batches = cut_batches(work, workers.size_batches(len(stale), _BATCH))
            results = workers.run(task, batches)
            made = (case for batch in results for case in batch)
            for (case, *_, number, key), done in zip(stale, made, strict=True):
                files = [(file.path, tree.write(file.path, file.content)) for file in done.files]
                parts.add(number, done.parts)
                edition.progress.done += 1
                for name, spent in done.spent.items():
                    edition.timings.add(name, spent)
                freshness.note(f"case:{case.slug}", key, tree, files, done.parts)

    def _charts_of(self, case: CaseSummary) -> tuple[tuple[Drawn, ...] | None, tuple[Drawn, ...]]:
        """The drawings of a case, None where they are made with its files, and those it embeds."""
        charts = self.site.charts_of
        own = [drawn for lang in LANGS for drawn in charts.get((case.slug, lang), ())]
        embedded = tuple(
            drawn
            for name in case.charts
            for lang in LANGS
            for drawn in [self.site.charts.get((name, lang))]
            if drawn is not None and drawn.case != case.slug
        )
        return (tuple(own) if self.edition.offers_charts else None), embedded

    def _uses_of(self, case: CaseSummary) -> Uses:
        """What else shows the figures of a case."""
        uses = self.site.uses
        keys = [f"{case.slug}.{figure.id}" for figure in case.figures]
        return {key: uses[key] for key in keys if key in uses}

    def _digest_surroundings(self) -> str:
        """A digest of what every page depends on beside its template and what it shows."""
        parts = [
            [self.edition.inputs.get(path) for path in _SHAPING],
            digest_program(),
            _versions(),
            repr(self.settings),
            sorted(self.site.prose),
            sorted(self.site.faces.items()),
        ]
        return digest(json.dumps(parts, ensure_ascii=False).encode())

    def _open_workshop(self) -> Workshop:
        """What all cases share, under a key that changes with anything that shapes their files."""
        edition = self.edition
        templates = [self.closures.get(name) for kind in CASE_PAGES for name in kind.templates]
        told = tells_stories(edition.dataset)
        parts = [self._digest_surroundings(), templates, edition.offers_charts, told]
        return Workshop(
            templates=self.templates,
            settings=self.settings,
            vocabulary=edition.dataset.vocabulary,
            regions=edition.dataset.regions,
            texts=tuple(sorted(self.site.prose)),
            faces=self.site.faces,
            tells_stories=told,
            key=digest(json.dumps(parts, ensure_ascii=False).encode()),
            is_timed=edition.timings is not UNTIMED,
        )


def _refuse_missing(project: Path, read: Iterable[Any]) -> None:
    """Raise CasebookError where Pelican left out a text: it passes over folders it cannot list."""
    given = {Path(content.source_path).resolve() for content in read}
    for path in find_content_files(project):
        if path.resolve() not in given:
            shown = path.relative_to(project).as_posix()
            raise CasebookError(
                f"{shown}：没有读到。网站没有改动", f"{shown}: was not read. The site is unchanged"
            )


def _json_of(case: CaseSummary) -> str:
    return f"cases/{case.slug}/{case.slug}.json"


def read_prose(content: Any) -> Prose:
    """A text that Pelican read, cut at its headings and at its slots."""
    lang: Lang = "en" if content.lang == "en" else "zh"
    body: str = content.content
    pieces = _HEADING.split(body)
    standfirst = tuple(Markup(match) for match in _PARAGRAPH.findall(pieces[0]))
    sections = []
    for number, (title, rest) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True), 1):
        parts = tuple(
            Slot(piece[0]) if isinstance(piece, tuple) else Markup(piece)
            for piece in split_slots(rest)
        )
        sections.append(Section(f"section-{number}", Markup(title).striptags(), parts))
    return Prose(
        slug=content.slug,
        lang=lang,
        title=content.title,
        summary=content.metadata.get("summary", ""),
        body=Markup(body),
        sections=tuple(sections),
        standfirst=standfirst,
    )
