"""All files of one case: its pages and its open data, made from its inputs in any process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from casebook.build.drawings import draw_own
from casebook.build.render import PageRenderer, open_renderer
from casebook.build.templates import Theme, explaining_templates
from casebook.build.timings import Spent, Timings
from casebook.charts.chart import Drawn
from casebook.data.export import export_case, write_case_rows
from casebook.data.formats import DataFile
from casebook.pages.page import Prose, Site, SiteSettings, Uses
from casebook.pages.register import CASE_PAGES
from casebook.pages.search import ENTRY, index_case, write_entry
from casebook.record.dataset import Dataset
from casebook.text import LANGS, Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContext:
    """What is the same for every case of a build; `key` is a digest of everything in here.

    `texts` are the slugs and languages of the editors' texts, of which cases know no more than
    that they exist. `has_stories` says that the sentences of stories can be searched for.
    `theme` holds the sources of all templates: the machine that makes the pages need not have the
    project.
    """

    theme: Theme
    settings: SiteSettings
    texts: tuple[tuple[str, Lang], ...]
    faces: Mapping[Lang, str]
    has_stories: bool
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseJob:
    """One case to be made: all that it shows, the bytes of its record, and drawings that there are.

    `own` are the drawings of the case, None where they are still to be made; `embedded` are
    others that its story shows, and `uses` are the pages beyond its own that show its figures.
    """

    slug: str
    dataset: Dataset
    record: bytes
    own: tuple[Drawn, ...] | None = None
    embedded: tuple[Drawn, ...] = ()
    uses: Uses = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The files of a case, and the texts that the lists of the whole site take from it."""

    files: tuple[DataFile, ...]
    parts: Mapping[str, str]
    spent: Mapping[str, Spent] = field(default_factory=dict)


def make_case_files(job: CaseJob, context: CaseContext, renderer: PageRenderer) -> CaseResult:
    """Everything that is made of one case."""
    dataset = job.dataset
    case = dataset.by_slug[job.slug]
    timings = Timings()
    with timings.measure("drawings of cases"):
        own = draw_own(case, dataset) if job.own is None else job.own
    site = Site(
        dataset=dataset,
        charts={(drawn.name, drawn.lang): drawn for drawn in (*own, *job.embedded)},
        prose={
            (slug, lang): Prose(slug=slug, lang=lang, title="", summary="", body=Markup(""))
            for slug, lang in context.texts
        },
        settings=context.settings,
        faces=context.faces,
        uses=job.uses,
    )
    files: list[DataFile] = []
    for kind in CASE_PAGES:
        with timings.measure(kind.name) as spent:
            pages = [renderer.print_page(page, site) for page in kind.make(case, site)]
            spent.made += len(pages)
        files += pages
    files += export_case(case, dataset)
    files.append(DataFile(f"cases/{case.slug}/{case.slug}.yaml", job.record))
    parts = write_case_rows(case, dataset)
    for lang in LANGS:
        parts[ENTRY[lang]] = write_entry(index_case(case, lang, dataset, context.has_stories))
    return CaseResult(tuple(files), parts, timings.types)


def make_batch(context: CaseContext, batch: Sequence[CaseJob]) -> list[CaseResult]:
    """The files of several cases."""
    renderer = open_renderer(context.theme)
    with explaining_templates():
        return [make_case_files(job, context, renderer) for job in batch]
