"""All charts of a site: drawn where their table or the drawing code changed, else kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from casebook.charts import chart_of, find_charts
from casebook.charts.base import Drawn, LegendItem, Panel, Table, draw_table
from casebook.dataset import Dataset
from casebook.errors import Lang
from casebook.store import Store, digest

# A process costs as much as this many charts: importing matplotlib is most of it.
CHARTS_PER_PROCESS = 60

_LANGS: tuple[Lang, ...] = ("zh", "en")


def draw_charts(dataset: Dataset, store: Store, jobs: int = 1) -> dict[tuple[str, Lang], Drawn]:
    """Every chart of the data set by name and language."""
    code = digest_code()
    tables = [
        chart_of(selected).tabulate(selected, dataset, lang)
        for selected in find_charts(dataset)
        for lang in _LANGS
    ]
    keys = [f"chart:{code}:{table.key}" for table in tables]
    drawn = {}
    missing = []
    for table, key in zip(tables, keys, strict=True):
        kept = decode_drawn(store.get(key))
        if kept is None:
            missing.append((table, key))
        else:
            drawn[table.name, table.lang] = kept
    with _executor(min(jobs, len(missing) // CHARTS_PER_PROCESS)) as executor:
        tasks = [table for table, _ in missing]
        results = map(draw, tasks) if executor is None else executor.map(draw, tasks, chunksize=8)
        for (table, key), result in zip(missing, results, strict=True):
            store.put(key, encode_drawn(result))
            drawn[table.name, table.lang] = result
    store.prune("chart:")
    return {(table.name, table.lang): drawn[table.name, table.lang] for table in tables}


def draw(table: Table) -> Drawn:
    """One chart from its table; runs in any process."""
    return draw_table(chart_of(table), table)


@contextmanager
def _executor(processes: int) -> Iterator[Executor | None]:
    if processes < 2:
        yield None
        return
    # A forked child would share the lock of the build and the state of other threads.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as executor:
        yield executor


def digest_code() -> str:
    """A digest of everything beside its table that a drawing depends on."""
    folder = Path(__file__).parent
    files = [*sorted((folder / "charts").glob("*.py")), folder / "tokens.py"]
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
    for name in ("header", "notes", "sources"):
        kept[name] = tuple(_list(kept[name]))
    kept["rows"] = tuple(tuple(_list(row)) for row in _list(kept["rows"]))
    kept["panels"] = tuple(Panel(**panel) for panel in _list(kept["panels"]))
    kept["legend"] = tuple(LegendItem(**item) for item in _list(kept["legend"]))
    return Drawn(**kept)  # type: ignore[arg-type]  # the digest says that these are our own bytes


def _list(value: object) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value
