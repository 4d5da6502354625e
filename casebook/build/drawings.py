"""Charts and pictures of a site, taken from the cache if neither table nor code changed."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from casebook.build.cache import Cache, find_version
from casebook.build.theme import read_colours
from casebook.build.workers import IN_PROCESS, Batches, Executor
from casebook.charts import (
    draw_chart,
    find_charts,
    find_charts_across,
    find_charts_of,
    tabulate_chart,
)
from casebook.charts.chart import ChartTable, Drawn
from casebook.charts.standalone import Pictures, compose_picture, draw_standalone, write_picture
from casebook.messages import failure, problem, read_catalogue, say
from casebook.problems import START, Exit, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.suggestions import suggest
from casebook.text import ENUMERATION, SEMICOLON, Lang
from casebook.values.digest import digest

T = TypeVar("T")
R = TypeVar("R")
# The inputs of the pictures of a chart: its table, the line that names its sources, the colours,
# and the name of the site on its card.
PictureTask = tuple[ChartTable, str, dict[str, str], str]

# Starting a process with matplotlib takes as long as drawing the pictures of a dozen charts.
PICTURES_PER_PROCESS = 20
# If there are more charts than these, charts of single cases have no page with files, or no PNGs:
# those of a thousand cases would take minutes to draw and make forty thousand files.
MOST_OFFERED = 200
MOST_PICTURED = 40


def tabulate_charts(
    dataset: Dataset, embedded: Collection[str] = ()
) -> tuple[list[ChartTable], bool]:
    """The tables of the charts that are drawn before any page is made, in each language, and
    True if the charts of single cases are offered as files.

    If there are too many, charts of cases are drawn with their pages, except those in `embedded`.
    """
    across = list(find_charts_across(dataset))
    own = (chart for case in dataset.cases for chart in find_charts_of(case, dataset))
    # One chart too many decides, so no further case is read.
    charts = [*across, *islice(own, MOST_OFFERED + 1 - len(across))]
    offered = len(charts) <= MOST_OFFERED
    if not offered:
        slugs = (case.slug for case in dataset.summaries)
        named = (s for s in slugs if any(name.startswith(f"{s}-") for name in embedded))
        own = (chart for s in named for chart in find_charts_of(dataset.by_slug[s], dataset))
        charts = [*across, *(chart for chart in own if chart.name in embedded)]
    found = [tabulate_chart(chart, dataset, lang) for chart in charts for lang in dataset.languages]
    all_pictured = offered and sum(table.pictured for table in found) <= MOST_PICTURED * len(
        dataset.languages
    )
    tables = [
        replace(
            table,
            pictured=table.pictured and (all_pictured or not table.case),
            offered=offered or not table.case,
        )
        for table in found
    ]
    return tables, offered


def draw_charts(tables: Iterable[ChartTable], cache: Cache) -> dict[tuple[str, Lang], Drawn]:
    """The drawing of every table by name and language."""
    tasks = {f"drawing:chart:{digest_code()}:{table.key}": table for table in tables}
    drawn = _recall(cache, tasks, lambda missing: map(draw_chart, missing.values()))
    cache.prune("drawing:chart:")
    return {(chart.name, chart.lang): chart for chart in drawn.values()}


def draw_own(case: Case, dataset: Dataset) -> tuple[Drawn, ...]:
    """The drawings of a case in a site with too many charts to offer them as files."""
    return tuple(
        draw_chart(replace(tabulate_chart(chart, dataset, lang), pictured=False, offered=False))
        for chart in find_charts_of(case, dataset)
        for lang in dataset.languages
    )


def draw_pictures(
    tables: Iterable[ChartTable],
    dataset: Dataset,
    cache: Cache,
    colours: dict[str, str],
    executor: Executor = IN_PROCESS,
) -> dict[tuple[str, Lang], Pictures]:
    """The pictures of every offered chart by name and language."""
    tasks = {}
    for table in tables:
        if table.offered:
            name = dataset.settings.name.inside(table.lang) if dataset.settings.siteurl else ""
            # Of the sources a picture shows only the line that names them.
            task = replace(table, sources=()), credit_sources(table), colours, name
            tasks[f"drawing:picture:{digest_code()}:{digest(repr(task).encode())}"] = task

    def draw_missing(missing: Mapping[str, PictureTask]) -> Iterable[Pictures]:
        # Only PNGs are worth a process; the other files take almost no time.
        costly = sum(table.pictured for table, *_ in missing.values())
        batches = Batches(items=missing.values(), count=costly, most=1, worth=PICTURES_PER_PROCESS)
        return executor(draw_batch, batches)

    pictures = _recall(cache, tasks, draw_missing)
    cache.prune("drawing:picture:")
    return {(table.name, table.lang): pictures[key] for key, (table, *_) in tasks.items()}


def draw_batch(batch: Sequence[PictureTask]) -> list[Pictures]:
    """The pictures of several charts; runs in any process."""
    return [draw_standalone(*task) for task in batch]


def _recall(
    cache: Cache, tasks: Mapping[str, T], make: Callable[[Mapping[str, T]], Iterable[R]]
) -> dict[str, R]:
    """The results of tasks by key, from the cache, which is sealed, or made and put there."""
    made: dict[str, R] = {k: pickle.loads(data) for k in tasks if (data := cache.get(k))}
    missing = {key: task for key, task in tasks.items() if key not in made}
    for key, result in zip(missing, make(missing), strict=True):
        cache.put(key, pickle.dumps(result))
        made[key] = result
    return {key: made[key] for key in tasks}


@lru_cache(maxsize=1)
def digest_code() -> str:
    """A digest of all that a drawing depends on beside its table: code and words."""
    package = Path(__file__).parent.parent
    files = [path for room in ("charts", "values") for path in (package / room).glob("*.*")]
    parts = [find_version("matplotlib"), *(digest(file.read_bytes()) for file in sorted(files))]
    catalogue = read_catalogue()
    words = {key: catalogue[key] for key in catalogue if key.startswith("charts.")}
    return digest("\n".join([*parts, repr(words)]).encode())


def draw_picture(name: str, dataset: Dataset, lang: Lang, kind: str, project: Path) -> bytes:
    """One chart as a picture for print; `kind` is one of PICTURE_KINDS."""
    found = {chart.name: chart for chart in find_charts(dataset)}
    if name not in found:
        offer, names = suggest(name, found), ENUMERATION.join(found)
        raise failure("charts.unknown", status=Exit.USAGE, name=name[:60], offer=offer, names=names)
    table = tabulate_chart(found[name], dataset, lang)
    sheet = compose_picture(table, credit_sources(table))
    colours = read_colours(project, dataset.settings)
    return write_picture(sheet, kind, colours, name=name, label=table.finding)


def credit_sources(table: ChartTable) -> str:
    """The line below a picture that names its sources, empty if there are none."""
    publishers = (source.publisher.inside(table.lang) for source in table.sources)
    names = SEMICOLON.inside(table.lang).join(dict.fromkeys(publishers))
    return say("charts.sources", names=names).inside(table.lang) if names else ""


def warn_of_letters(pictures: Iterable[Pictures], dataset: Dataset) -> list[Problem]:
    """A warning for each character that PNGs cannot show, at the field that holds it.

    SVG and pages use the fonts of the reader's machine and are not affected.
    """
    missing = {char for drawn in pictures for char in drawn.missing}
    return [
        problem("W310", path, at, field=field, char=char, code=f"U+{ord(char):04X}")
        for path, at, field, text in (_fields_of(dataset) if missing else ())
        for char in sorted(missing & set(text))
    ]


def _fields_of(dataset: Dataset) -> Iterator[tuple[str, Position, str, str]]:
    """Every text that a chart may show, with its path, place and field."""
    languages = dataset.languages
    for case in dataset.cases:
        for figure in case.figures.values():
            name = f"figures.{figure.id}"
            for lang in languages:
                label = languages.name(f"{name}.label", lang)
                yield case.path, figure.at, label, figure.label.own(lang)
            yield case.path, figure.at, f"{name}.amount", figure.quantity.text
        for event in case.events:
            for lang in languages:
                title = languages.name("events.title", lang)
                yield case.path, event.at, title, event.title.own(lang)
    for region in dataset.regions.values():
        yield "data/regions.yaml", START, f"{region.code}.short", region.short.zh + region.short.en
    for source in dataset.sources.values():
        words = source.title.zh + source.title.en + source.publisher.zh + source.publisher.en
        yield "data/sources.yaml", START, source.id, words
