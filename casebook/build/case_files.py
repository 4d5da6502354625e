"""All files of one case, made in any process, and its texts for lists of the whole site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casebook.build.drawings import draw_own
from casebook.build.render import PageRenderer, open_renderer
from casebook.build.templates import explaining_templates
from casebook.build.theme import Theme
from casebook.build.timings import Spent, Timings
from casebook.charts.chart import Drawn
from casebook.data.export import export_case, write_case_texts
from casebook.data.formats import DataFile
from casebook.pages.page import Site, Uses
from casebook.pages.register import CASE_PAGES
from casebook.pages.search import ENTRY, index_case, write_entry
from casebook.record.dataset import Dataset
from casebook.values.words import use_currency


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContext:
    """Inputs that all cases of a build share; `key` is a digest of all that shapes their files.

    Of the editors' texts `make_site` knows only that they exist. `has_stories` is True if the
    sentences of stories can be searched. `theme` holds the sources of all templates, because the
    machine that makes the pages need not have the project. `compiled` are the templates compiled so
    far, which a process need not compile again.
    """

    theme: Theme
    make_site: Callable[..., Site]
    has_stories: bool
    key: str
    compiled: tuple[str, bytes] = ("", b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseJob:
    """One case to be made: all that it shows, the bytes of its record, and existing drawings.

    `own` are the drawings of the case, None if they are still to be made; `embedded` are other
    drawings that its story shows; `uses` are the other pages that show its figures.
    """

    slug: str
    dataset: Dataset
    record: bytes
    own: tuple[Drawn, ...] | None
    embedded: tuple[Drawn, ...]
    uses: Uses


# The files of a case, its texts for lists of the whole site, and the time by type of page.
CaseResult = tuple[list[DataFile], dict[str, bytes], dict[str, Spent]]


def make_case_files(job: CaseJob, context: CaseContext, renderer: PageRenderer) -> CaseResult:
    """All results of making one case."""
    dataset = job.dataset
    use_currency(dataset.vocabulary.currency)
    case = dataset.by_slug[job.slug]
    timings = Timings()
    with timings.measure("drawings of cases"):
        own = draw_own(case, dataset) if job.own is None else job.own
    charts = {(drawn.name, drawn.lang): drawn for drawn in (*own, *job.embedded)}
    site = context.make_site(dataset=dataset, charts=charts, uses=job.uses)
    files: list[DataFile] = []
    for kind in CASE_PAGES:
        with timings.measure(kind.name) as spent:
            pages = [renderer.print_page(page, site) for page in kind.make(case, site)]
            spent.made += len(pages)
        files += pages
    described, *others = export_case(case, dataset)
    files += [described, *others]
    files.append(DataFile(f"cases/{case.slug}/{case.slug}.yaml", job.record))
    texts = write_case_texts(case, dataset, described.content)
    for lang in dataset.languages:
        texts[ENTRY[lang]] = write_entry(index_case(case, lang, dataset, context.has_stories))
    return files, texts, timings.types


def make_batch(context: CaseContext, batch: Sequence[CaseJob]) -> list[CaseResult]:
    """The results of making several cases."""
    renderer = open_renderer(context.theme, batch[0].dataset.languages)
    renderer.compiled.unpack(*context.compiled)
    with explaining_templates(context.theme):
        return [make_case_files(job, context, renderer) for job in batch]
