"""All charts of a site: drawn where their table or the drawing code changed, else kept."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

from casebook.build.cache import Cache
from casebook.build.workers import IN_PROCESS, Batches, Executor
from casebook.charts import chart_of, find_charts, find_charts_across, find_charts_of
from casebook.charts.chart import ChartTable, Drawn, LegendItem, Panel, Selected, draw_table
from casebook.charts.colours import read_tokens
from casebook.charts.standalone import Pictures, compose_picture, draw_standalone, write_picture
from casebook.problems import START, CasebookError, Exit, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.fields import suggest
from casebook.text import Lang
from casebook.values.digest import digest

# To start a process, with matplotlib in it, costs as much as the pictures of a dozen charts.
PICTURES_PER_PROCESS = 20
# Of more charts than these, only those of all cases have a page with files, and PNGs: a
# thousand cases would take minutes to draw and leave forty thousand files.
MOST_OFFERED = 200
MOST_PICTURED = 40

_LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Selection:
    """The charts that are drawn before any page is made.

    Where `offered` is false there are so many that those of single cases are drawn with their
    pages, and only those that a text embeds are among these.
    """

    charts: tuple[Selected, ...]
    offered: bool


def select_charts(dataset: Dataset, embedded: Collection[str] = ()) -> Selection:
    """The charts of all cases together, and of each case where the site offers them."""
    across = tuple(find_charts_across(dataset))
    found = list(across)
    for case in dataset.cases:
        found.extend(find_charts_of(case, dataset))
        if len(found) > MOST_OFFERED:
            break
    else:
        return Selection(tuple(found), True)
    wanted = tuple(
        chart
        for case in dataset.summaries
        if any(name.startswith(f"{case.slug}-") for name in embedded)
        for chart in find_charts_of(dataset.by_slug[case.slug], dataset)
        if chart.name in embedded
    )
    return Selection((*across, *wanted), False)


def draw_charts(
    dataset: Dataset, selection: Selection, store: Cache
) -> dict[tuple[str, Lang], Drawn]:
    """Every selected chart by name and language."""
    code = digest_code()
    tables = tabulate_charts(dataset, selection)
    keys = [f"drawing:chart:{code}:{table.key}" for table in tables]
    drawn = {}
    missing = []
    for table, key in zip(tables, keys, strict=True):
        kept = decode_drawn(store.get(key))
        if kept is None:
            missing.append((table, key))
        else:
            drawn[table.name, table.lang] = kept
    for table, key in missing:
        drawn[table.name, table.lang] = draw(table)
        store.put(key, encode_drawn(drawn[table.name, table.lang]))
    store.prune("drawing:chart:")
    return {(table.name, table.lang): drawn[table.name, table.lang] for table in tables}


def tabulate_charts(dataset: Dataset, selection: Selection) -> list[ChartTable]:
    """Every selected chart in each language, with what is offered of it."""
    found = [tabulate(selected, dataset, lang) for selected in selection.charts for lang in _LANGS]
    pictured = sum(1 for table in found if table.pictured)
    all_pictured = selection.offered and pictured <= MOST_PICTURED * len(_LANGS)
    return [
        replace(
            table,
            pictured=table.pictured and (all_pictured or not table.case),
            offered=selection.offered or not table.case,
        )
        for table in found
    ]


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """All that one chart says, in one language."""
    return chart_of(selected).tabulate(selected, dataset, lang)


def draw_pictures(
    dataset: Dataset,
    selection: Selection,
    store: Cache,
    project: Path,
    executor: Executor = IN_PROCESS,
) -> dict[tuple[str, Lang], Pictures]:
    """The pictures of every chart by name and language, in the colours of the project's theme."""
    code = digest_code()
    colours = read_colours(project)
    tasks = {}
    for table in tabulate_charts(dataset, selection):
        if table.offered:
            task = PictureTask(table, credit_sources(table, dataset), colours)
            tasks[f"drawing:picture:{code}:{digest(repr(task).encode())}"] = task
    pictures = {}
    missing = {}
    for key, task in tasks.items():
        kept = _read_pictures(store, key)
        if kept is None:
            missing[key] = task
        else:
            pictures[key] = kept
    costly = sum(1 for task in missing.values() if task.table.pictured)
    # Beside PNGs the other files cost nothing, so that a process pays for PNGs alone.
    batches = Batches(items=missing.values(), count=costly, most=1, worth=PICTURES_PER_PROCESS)
    results = executor.map(draw_batch, batches) if missing else ()
    for key, result in zip(missing, results, strict=True):
        for part, content in _parts_of(result).items():
            store.put(f"{key}:{part}", content)
        pictures[key] = result
    store.prune("drawing:picture:")
    return {(task.table.name, task.table.lang): pictures[key] for key, task in tasks.items()}


def warn_of_letters(
    pictures: Mapping[tuple[str, Lang], Pictures], dataset: Dataset
) -> list[Problem]:
    """A warning for each character that PNGs cannot show, at the field that holds it.

    SVG and pages have the fonts of their reader and lose nothing.
    """
    missing = {char for drawn in pictures.values() for char in drawn.missing}
    problems = []
    for path, at, field, text in _fields_of(dataset) if missing else ():
        for char in sorted(missing & set(text)):
            code = f"U+{ord(char):04X}"
            problems.append(
                Problem(
                    path,
                    at,
                    "W310",
                    f"{field} 里的字符“{char}”（{code}）不在绘图字体里，PNG 图中以〓代替",
                    f"the character “{char}” ({code}) in {field} is not in the font of the PNGs;"
                    " they show 〓",
                    "网页和 SVG 不受影响；如不需要，请换一个字",
                    "Pages and SVG are not touched; choose another character if it matters",
                    severity="warning",
                )
            )
    return problems


def _fields_of(dataset: Dataset) -> Iterator[tuple[str, Position, str, str]]:
    """Every text that a chart may show, with its path, place and field."""
    for case in dataset.cases:
        for figure in case.figures.values():
            name = f"figures.{figure.id}"
            yield case.path, figure.at, f"{name}.label", figure.label.zh
            yield case.path, figure.at, f"{name}.label_en", figure.label.en
            yield case.path, figure.at, f"{name}.amount", figure.quantity.text
        for event in case.events:
            yield case.path, event.at, "events.title", event.title.zh
            yield case.path, event.at, "events.title_en", event.title.en
    for region in dataset.regions.values():
        yield "data/regions.yaml", START, f"{region.code}.short", region.short.zh + region.short.en
    for source in dataset.sources.values():
        words = source.title.zh + source.title.en + source.publisher.zh + source.publisher.en
        yield "data/sources.yaml", START, source.id, words


def draw_picture(name: str, dataset: Dataset, lang: Lang, kind: str, project: Path) -> bytes:
    """One chart as a picture for print; `kind` is one of PICTURE_KINDS."""
    found = find_charts(dataset)
    selected = next((chart for chart in found if chart.name == name), None)
    if selected is None:
        names = [chart.name for chart in found]
        zh = f"没有图 {name[:60]}。{suggest(name, names).zh}"
        en = f"there is no chart {name[:60]}. {suggest(name, names).en}"
        raise CasebookError(
            f"{zh}现有：{'、'.join(names)}", f"{en} There are {', '.join(names)}", Exit.USAGE
        )
    chart = chart_of(selected)
    table = tabulate(selected, dataset, lang)
    sheet = compose_picture(chart, table, credit_sources(table, dataset))
    return write_picture(sheet, kind, read_colours(project), name=name, label=table.finding)


@dataclass(frozen=True, slots=True)
class PictureTask:
    """All that the pictures of one chart depend on."""

    table: ChartTable
    sources: tuple[str, ...]
    colours: dict[str, str]


def read_colours(project: Path) -> dict[str, str]:
    """The colours that drawings have outside a page: those of the light scheme."""
    css = (project / "theme" / "static" / "css" / "tokens.css").read_text("utf-8")
    return read_tokens(css).colours("light")


def credit_sources(table: ChartTable, dataset: Dataset) -> tuple[str, ...]:
    """The line beneath a picture that names its sources."""
    names = list(
        dict.fromkeys(
            dataset.sources[source].publisher.inside(table.lang) for source in table.sources
        )
    )
    if not names:
        return ()
    return (
        ("来源：" + "；".join(names)) if table.lang == "zh" else "Sources: " + "; ".join(names),
    )


def draw_batch(batch: Sequence[PictureTask]) -> list[Pictures]:
    """The pictures of several charts; runs in any process."""
    return [
        draw_standalone(chart_of(task.table), task.table, task.sources, task.colours)
        for task in batch
    ]


def _parts_of(pictures: Pictures) -> dict[str, bytes]:
    return {
        "svg": pictures.svg,
        "png": pictures.png,
        "png_large": pictures.png_large,
        "card": pictures.card,
        "missing": pictures.missing.encode("utf-8"),
    }


def _read_pictures(store: Cache, key: str) -> Pictures | None:
    parts = {
        part: store.get(f"{key}:{part}") for part in ("svg", "png", "png_large", "card", "missing")
    }
    found = {part: content for part, content in parts.items() if content is not None}
    if len(found) < len(parts):
        return None
    missing = found.pop("missing").decode("utf-8", "replace")
    return Pictures(**found, missing=missing)


def draw(table: ChartTable) -> Drawn:
    """One chart from its table; runs in any process."""
    return draw_table(chart_of(table), table)


def draw_selected(selected: Selected, dataset: Dataset) -> Iterator[Drawn]:
    """One chart in each language, without files of its own."""
    chart = chart_of(selected)
    for lang in _LANGS:
        table = chart.tabulate(selected, dataset, lang)
        yield draw_table(chart, replace(table, pictured=False, offered=False))


def digest_code() -> str:
    """A digest of everything beside its table that a drawing depends on."""
    files = sorted((Path(__file__).parent.parent / "charts").glob("*.py"))
    parts = [version("matplotlib"), *(digest(file.read_bytes()) for file in files)]
    return digest("\n".join(parts).encode())


def encode_drawn(drawn: Drawn) -> bytes:
    """A drawn chart as bytes that the store keeps."""
    return json.dumps(asdict(drawn), ensure_ascii=False).encode("utf-8")


def decode_drawn(data: bytes | None) -> Drawn | None:
    """A drawn chart from its bytes, or None where there are none or they are not one."""
    if data is None:
        return None
    try:
        kept: Mapping[str, object] = json.loads(data)
        return _restore(dict(kept))
    except (ValueError, TypeError, KeyError):
        return None


def _restore(kept: dict[str, object]) -> Drawn:
    for name in ("header", "notes", "sources", "figures"):
        kept[name] = tuple(_list(kept[name]))
    kept["rows"] = tuple(tuple(_list(row)) for row in _list(kept["rows"]))
    kept["panels"] = tuple(Panel(**panel) for panel in _list(kept["panels"]))
    kept["legend"] = tuple(LegendItem(**item) for item in _list(kept["legend"]))
    return Drawn(**kept)  # type: ignore[arg-type]  # the digest says that these are our own bytes


def _list(value: object) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value
