"""Files that a chart offers for reuse, and the snippet that other sites paste to show it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Final

from markupsafe import escape

from casebook.charts.chart import Drawn
from casebook.charts.standalone import Pictures
from casebook.data.formats import DataFile, disarm
from casebook.pages.citations import Citation
from casebook.record.vocabulary import Source
from casebook.text import LANGUAGE_TAGS, Lang

# The earliest time that a zip can hold: the bytes may not depend on the day of the build.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o100644 << 16
_UNIX: Final = 3

# An embedded chart has a title over each panel, and its finding, legend and notes around them.
_TITLE_HEIGHT: Final = 50
_REST_HEIGHT: Final = 260


def list_downloads(drawn: Drawn) -> tuple[str, ...]:
    """The paths of the files of a chart, the pictures first, everything in one archive last."""
    names = [".svg"]
    if drawn.pictured:
        names += [".png", "@2x.png", "-card.png"]
    names += [".csv", ".json", ".zip"]
    return tuple(f"/{folder_of(drawn.name, drawn.lang)}{drawn.name}{end}" for end in names)


def folder_of(name: str, lang: Lang) -> str:
    """The folder of the page and the files of a chart, in one language."""
    return f"{'' if lang == 'zh' else 'en/'}charts/{name}/"


def make_files(
    drawn: Drawn, pictures: Pictures, sources: tuple[Source, ...], citation: Citation
) -> Iterator[DataFile]:
    """Every file of a chart in one language, and all of them in one archive."""
    name = drawn.name
    text = f"{drawn.description}\n"
    cited = f"GB/T 7714-2015\n{citation.gb_t_7714}\n\nAPA 7\n{citation.apa}\n"
    files = {
        f"{name}.svg": pictures.svg,
        f"{name}.png": pictures.png,
        f"{name}@2x.png": pictures.png_large,
        f"{name}-card.png": pictures.card,
        f"{name}.csv": _csv(drawn),
        f"{name}.json": _json(drawn, sources, citation),
        "description.txt": text.encode("utf-8"),
        "citation.txt": cited.encode("utf-8"),
        "citation.bib": citation.bibtex.encode("utf-8"),
        "citation.json": citation.csl_json.encode("utf-8"),
    }
    there = {file: content for file, content in files.items() if content}
    folder = folder_of(name, drawn.lang)
    for file, content in there.items():
        yield DataFile(folder + file, content)
    yield DataFile(f"{folder}{name}.zip", _zip(there))


def write_snippet(drawn: Drawn, address: str) -> str:
    """The HTML that another site pastes to show a chart: a frame, and a line that sets its height.

    Without the line the frame keeps the height that the drawing needs at full width.
    """
    height = sum(int(panel.height) + _TITLE_HEIGHT for panel in drawn.panels) + _REST_HEIGHT
    frame = (
        f'<iframe class="casebook-chart" src="{escape(address)}" title="{escape(drawn.finding)}"'
        f' width="100%" height="{height}" loading="lazy"></iframe>'
    )
    script = (
        '<script>addEventListener("message",function(e){document'
        '.querySelectorAll("iframe.casebook-chart").forEach(function(f){'
        "if(e.source===f.contentWindow&&e.data&&e.data.casebookHeight>0)"
        "f.height=e.data.casebookHeight})})</script>"
    )
    return f"{frame}\n{script}\n"


def _csv(drawn: Drawn) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in (drawn.header, *drawn.rows):
        writer.writerow([disarm(cell) for cell in row])
    return stream.getvalue().encode("utf-8")


def _json(drawn: Drawn, sources: tuple[Source, ...], citation: Citation) -> bytes:
    lang = drawn.lang
    value = {
        "name": drawn.name,
        "lang": LANGUAGE_TAGS[lang],
        "case": drawn.case,
        "finding": drawn.finding,
        "subtitle": drawn.subtitle,
        "description": drawn.description,
        "columns": drawn.header,
        "rows": drawn.rows,
        "legend": [{"mark": item.kind, "words": item.words} for item in drawn.legend],
        "notes": drawn.notes,
        "sources": [
            {
                "id": source.id,
                "title": source.title.inside(lang),
                "publisher": source.publisher.inside(lang),
                "published": source.published.edtf if source.published else "",
                "url": source.url,
            }
            for source in sources
        ],
        "url": citation.url,
        "updated": citation.updated,
        "license": "CC-BY-4.0",
    }
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8")


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr = _READABLE
            entry.create_system = _UNIX
            # A PNG is compressed already.
            packed = not name.endswith(".png")
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return target.getvalue()
