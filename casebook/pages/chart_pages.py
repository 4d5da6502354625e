"""The page of each chart with its downloads, and the page that other sites embed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from markupsafe import escape

from casebook.charts.canvas import NARROW, WIDE
from casebook.charts.chart import Drawn
from casebook.charts.standalone import Pictures
from casebook.charts.text_layout import width_px, wrap_text
from casebook.data.formats import DataFile, encode_json, write_marked_csv
from casebook.messages import say
from casebook.pages.citations import Citation, cite
from casebook.pages.feeds import find_changes, show_changes
from casebook.pages.page import Page, Site, section_page
from casebook.pages.rows import link_case
from casebook.text import LANGUAGE_TAGS, SEMICOLON, Lang, Text

_READABLE: Final = 0o100644 << 16
_UNIX: Final = 3

# Three widths of the column in which a chart is embedded.
_WIDE, _MIDDLE, _NARROW = 1000, 600, 360
# Columns of at least this width show the wide drawing.
_DRAWN_WIDE = 560


def make_charts(site: Site) -> Iterator[Page]:
    """The index of charts, and the two pages of each, in both languages."""
    names = dict.fromkeys(name for (name, _), drawn in site.charts.items() if drawn.offered)
    for lang in site.languages:
        charts = tuple(site.charts[name, lang] for name in names)
        index = section_page("charts").showing(charts=charts)
        yield replace(index, lang=lang, key=site.key(charts))
        for drawn in charts:
            yield from _make_chart(drawn, site)


def _make_chart(drawn: Drawn, site: Site) -> Iterator[Page]:
    languages = site.languages
    alike = [site.charts[drawn.name, lang] for lang in languages]
    citation = cite(drawn, Text(drawn.finding), drawn.lang, site)
    case = site.dataset.by_slug.get(drawn.case)
    link = link_case(case, site.dataset) if case else None
    changes = show_changes(find_changes(drawn.figures, site.dataset), site.dataset)
    shown_at = citation.url or f"…{drawn.folder}"
    page = Page(
        url=f"charts/{drawn.name}/",
        lang=drawn.lang,
        template="chart.html",
        title=languages.text(each.finding for each in alike),
        description=languages.text(each.subtitle for each in alike),
        context=lambda _: {
            "drawn": drawn,
            "link": link,
            "downloads": list_downloads(drawn, bool(site.settings.siteurl)),
            "citation": citation,
            "changes": changes,
            "snippet": write_snippet(drawn, f"{shown_at}embed/"),
        },
        lastmod=citation.updated,
        trail=(("charts/", say("pages.charts")),),
        key=site.key(drawn, link, citation, changes),
    )
    yield page
    embedded = replace(page.showing(drawn=drawn), url=f"{page.url}embed/", template="embed.html")
    canonical, key = page.url, site.key(drawn)
    yield replace(embedded, canonical=canonical, lastmod="", indexed=False, key=key)


def list_downloads(drawn: Drawn, has_card: bool) -> tuple[str, ...]:
    """The paths of the files of a chart, pictures first, the archive of all files last."""
    pictures = (".png", "-card.png")[: 1 + has_card] if drawn.pictured else ()
    ends = (".svg", *pictures, ".csv", ".json", ".zip")
    return tuple(f"{drawn.folder}{drawn.name}{end}" for end in ends)


def make_chart_files(
    site: Site, pictures: Mapping[tuple[str, Lang], Pictures]
) -> Iterator[tuple[str, str, Callable[[], Iterable[DataFile]]]]:
    """For each offered chart its folder, a digest of its files, and a function that makes them."""
    for key, drawn in site.charts.items():
        if drawn.offered:
            citation = cite(drawn, Text(drawn.finding), drawn.lang, site)
            given = drawn, pictures[key], citation
            yield drawn.folder, site.key(*given), partial(make_files, *given)


def make_files(drawn: Drawn, pictures: Pictures, citation: Citation) -> Iterator[DataFile]:
    """Every file of a chart in one language, and an archive of all of them."""
    name = drawn.name
    cited = "\n".join(f"{style}\n{entry}\n" for style, entry in citation.styles)
    files = {
        f"{name}.svg": pictures.svg,
        f"{name}.png": pictures.png,
        f"{name}-card.png": pictures.card,
        f"{name}.csv": write_marked_csv((drawn.header, *drawn.rows)),
        f"{name}.json": _json(drawn, citation),
        "description.txt": f"{drawn.description}\n".encode(),
        "citation.txt": cited.encode(),
        "citation.bib": citation.bibtex.encode(),
        "citation.json": citation.csl_json.encode(),
    }
    there = {file: content for file, content in files.items() if content}
    folder = drawn.folder.removeprefix("/")
    for file, content in there.items():
        yield DataFile(folder + file, content)
    yield DataFile(f"{folder}{name}.zip", _zip(there))


def write_snippet(drawn: Drawn, shown_at: str) -> str:
    """The HTML that another site pastes to show a chart: a frame, and a style and a script for it.

    The script sets the true height. If the site removes the script, the style sets an estimate for
    three widths; if it removes both, the frame has the largest of the three heights.
    """
    lang = drawn.lang
    parts = ((one.publisher.inside(lang), one.published) for one in drawn.sources)
    # Worded like the macro that prints the sources below the chart.
    named = (
        f"{name.split('（')[0].split(' (')[0]} {day.words(lang) if day else ''}"
        for name, day in parts
    )
    credit = SEMICOLON.inside(lang).join(named)
    widths = (_WIDE, _MIDDLE, _NARROW)
    wide, middle, narrow = (estimate_height(drawn, width, credit) for width in widths)
    name = f"casebook-{drawn.name}"
    frame = (
        f'<iframe class="casebook-chart {name}" src="{escape(shown_at)}?scheme=light"'
        f' title="{escape(drawn.finding)}" width="100%" height="{max(wide, middle, narrow)}"'
        # Without style a browser would draw a border.
        ' frameborder="0" loading="lazy"></iframe>'
    )
    style = (
        f"<style>.{name}{{border:0;height:{wide}px}}"
        f"@media(max-width:767px){{.{name}{{height:{middle}px}}}}"
        f"@media(max-width:479px){{.{name}{{height:{narrow}px}}}}</style>"
    )
    script = (
        '<script>addEventListener("message",function(e){document'
        '.querySelectorAll("iframe.casebook-chart").forEach(function(f){'
        "if(e.source===f.contentWindow&&e.data&&e.data.casebookHeight>0)"
        'f.style.height=e.data.casebookHeight+"px"})})</script>'
    )
    return f"{frame}\n{style}\n{script}\n"


def estimate_height(drawn: Drawn, width: int, credit: str) -> int:
    """An estimate of the height in pixels of an embedded chart in a column of a width.

    The sizes and breakpoints are those of chart.css.
    """
    is_wide, inside = width >= 768, width - 32
    # `around` is the space around words and drawings; on a phone it includes the folded notes.
    small, large, around = (15, 22, 150) if is_wide else (16, 20, 164)
    # Chinese has a larger line height, and in a narrow column needs one line more.
    leading, around = (1.8, around + 36) if drawn.lang == "zh" else (1.65, around)
    line = 1.65 * small
    height: float = around + leading * small * len(wrap_text(drawn.subtitle, inside, small))
    height += (
        1.35
        * large
        * len(wrap_text(drawn.finding, min(inside - 2 * large, 34 * large), large, True))
    )
    # A drawing fills the width.
    is_drawn_wide = width >= _DRAWN_WIDE
    growth = inside / (WIDE if is_drawn_wide else NARROW).width
    for panel in drawn.panels:
        height += (panel.height if is_drawn_wide else panel.narrow_height) * growth
        height += 25.5 * len(wrap_text(panel.title, inside, 17, True)) + 8 if panel.title else 0
        height += 33 if len(drawn.panels) > 1 else 0
    rows, left = 0, 0.0
    for item in drawn.legend:
        taken = 36 + 8 + width_px(item.words, small)
        rows, left = (rows, left) if taken <= left else (rows + 1, inside)
        left -= taken + 16
    height += rows * (line + 4)
    # Sources and the name of the site stand below; on wide screens also the notes.
    lines = [len(wrap_text(words, inside, small)) for words in drawn.notes if words and is_wide]
    # A larger width, because the estimate counts too many lines for a long list.
    lines.append(len(wrap_text(f"Sources: {credit}. {'站' * 12}", inside * 1.15, small)))
    return round(height + sum(lines) * line + 8 * len(lines))


def _json(drawn: Drawn, citation: Citation) -> bytes:
    lang, licence = drawn.lang, citation.licence
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
            for source in drawn.sources
        ],
        "url": citation.url,
        "updated": citation.updated,
        "license": licence.id or licence.name if licence else "",
    }
    return encode_json(value)


def _zip(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            # Has the earliest date of a zip, so the bytes do not depend on the day of the build.
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.create_system = _READABLE, _UNIX
            # A PNG is already compressed.
            method = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, method)
    return target.getvalue()
