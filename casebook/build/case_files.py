"""All files of one case, made in any process, and the texts that lists of the site take from it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile

from casebook.build.drawings import draw_own
from casebook.build.render import PageRenderer, open_renderer
from casebook.build.templates import explaining_templates
from casebook.build.theme import Theme
from casebook.build.timings import Spent, Timings
from casebook.charts.chart import Drawn
from casebook.data.export import export_case, write_case_rows
from casebook.data.formats import DataFile
from casebook.pages.page import Site, Uses
from casebook.pages.register import CASE_PAGES
from casebook.pages.search import ENTRY, index_case, write_entry
from casebook.record.dataset import Dataset
from casebook.values.words import use_currency

# Those of some two thousand cases; what a disk gives back at once need not be in memory too.
MOST_IN_MEMORY = 4 * 2**20
_MOST_AT_ONCE = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContext:
    """Inputs that all cases of a build share; `key` is a digest of everything in here.

    `make_site` knows of the editors' texts no more than that they exist. `has_stories` says that
    the sentences of stories can be searched for. `theme` holds the sources of all templates:
    the machine that makes the pages need not have the project. `compiled` are what came of them
    so far, which a process need not find out again.
    """

    theme: Theme
    make_site: Callable[..., Site]
    has_stories: bool
    key: str
    compiled: tuple[str, bytes] = ("", b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseJob:
    """One case to be made: all that it shows, the bytes of its record, and drawings that there are.

    `own` are the drawings of the case, None where they are still to be made; `embedded` are
    others that its story shows, and `uses` are the pages beyond its own that show its figures.
    """

    slug: str
    dataset: Dataset
    record: bytes
    own: tuple[Drawn, ...] | None
    embedded: tuple[Drawn, ...]
    uses: Uses


# The files of a case, the texts that lists of the whole site take from it, and the time it took.
CaseResult = tuple[list[DataFile], dict[str, bytes], dict[str, Spent]]


def make_case_files(job: CaseJob, context: CaseContext, renderer: PageRenderer) -> CaseResult:
    """Everything that is made of one case."""
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
    files += export_case(case, dataset)
    files.append(DataFile(f"cases/{case.slug}/{case.slug}.yaml", job.record))
    parts = write_case_rows(case, dataset)
    for lang in dataset.languages:
        parts[ENTRY[lang]] = write_entry(index_case(case, lang, dataset, context.has_stories))
    return files, {name: text.encode() for name, text in parts.items()}, timings.types


def make_batch(context: CaseContext, batch: Sequence[CaseJob]) -> list[CaseResult]:
    """The files of several cases."""
    renderer = open_renderer(context.theme, batch[0].dataset.languages)
    renderer.compiled.unpack(*context.compiled)
    with explaining_templates(context.theme):
        return [make_case_files(job, context, renderer) for job in batch]


class CaseTexts:
    """Texts given case by case in any order, and then read list by list, one of every case.

    Those of many cases lie in a file in the folder until this is closed.
    """

    def __init__(self, folder: Path, cases: int) -> None:
        file = SpooledTemporaryFile(max_size=MOST_IN_MEMORY, buffering=0, dir=str(folder))  # noqa: SIM115  # close
        self._file = file
        self._end = 0
        # Where the text of each case begins, and how long it is, by the names of the lists.
        self._places: dict[str, array[int]] = {}
        self._cases = cases

    def add(self, texts: Mapping[int, Mapping[str, bytes]]) -> None:
        """Keep the texts of cases, by the numbers of these, each by the name of its list."""
        pieces = []
        # Those of one list lie together, so that they can be read together.
        for name in dict.fromkeys(name for of_case in texts.values() for name in of_case):
            if name not in self._places:
                self._places[name] = array("Q", bytes(2 * 8 * self._cases))
            places = self._places[name]
            for number, of_case in texts.items():
                pieces.append(of_case[name])
                places[2 * number], places[2 * number + 1] = self._end, len(of_case[name])
                self._end += len(of_case[name])
        self._file.write(b"".join(pieces))

    def read(self, name: str) -> Iterator[bytes]:
        """The texts of all cases for one list in the order of the cases, a few at a time."""
        places = self._places.get(name, array("Q"))
        start = end = 0
        for at, size in zip(places[::2], places[1::2], strict=True):
            if at != end or end - start > _MOST_AT_ONCE:
                yield self._read(start, end)
                start = at
            end = at + size
        yield self._read(start, end)

    def _read(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        return self._file.read(end - start)

    def close(self) -> None:
        """Give back the room on the disk."""
        self._file.close()
