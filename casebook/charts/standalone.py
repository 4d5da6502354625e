"""Pictures of charts for use outside the site: finding, drawing and sources in one file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Final

from casebook.charts import paint_panel
from casebook.charts.canvas import WIDE, Sheet, Style, Words, height_of, write_svg
from casebook.charts.chart import ChartTable
from casebook.charts.symbols import draw_kind
from casebook.charts.text_layout import clean, width_em, width_px, wrap_text
from casebook.messages import say
from casebook.text import typeset

PICTURE_KINDS: Final = (".svg", ".png", ".pdf")

_MARGIN: Final = 24.0
_WITHIN_CHINESE: Final = re.compile("[\u4e00-\u9fff]{2}")
# The group keeps the separators: every second part of the split list is one.
_BETWEEN_SOURCES: Final = re.compile("(；|; )")

# The size that other sites require of a card beside a link.
CARD_WIDTH: Final = 1200
CARD_HEIGHT: Final = 630
_CARD_MARGIN: Final = 64.0
_CARD_INSIDE: Final = CARD_WIDTH - 2 * _CARD_MARGIN
_CARD_FINDING: Final = 46.0
_CARD_WORDS: Final = 26.0
_CARD_STYLE: Final = Style(width=CARD_WIDTH, size=_CARD_WORDS, small=_CARD_WORDS)
# The sizes of the large words of a card without a drawing.
_CARD_SIZES: Final = tuple(range(112, 28, -4))
# If a drawing would have to be scaled below this, the card has words only.
_LEAST_SCALE: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """A chart as standalone files; a chart that is not pictured has no PNG.

    `missing` are the characters that the font of the PNGs lacks.
    """

    svg: bytes
    png: bytes = b""
    card: bytes = b""
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """The words of a card without a drawing; `words`, an amount or a title, is set large."""

    words: str
    place: str = ""
    label: str = ""
    credit: str = ""
    site: str = ""


def draw_standalone(
    table: ChartTable, credit: str, colours: Mapping[str, str], site: str = ""
) -> Pictures:
    """All pictures of a chart; `credit` is the line that names its sources.

    `site` is the name on its card, empty for a site without an address, which has no cards.
    """
    sheet = compose_picture(table, credit)
    label = typeset(table.finding) if table.lang == "en" else table.finding
    svg = write_picture(sheet, ".svg", colours, name=table.name, label=label)
    if not table.pictured:
        return Pictures(svg=svg)
    from casebook.charts.matplotlib_renderers import write_png

    card = compose_card(table, credit, site) if site else None
    return Pictures(
        svg=svg,
        png=write_png(sheet, colours, 2),
        card=write_png(card, colours, 1) if card else b"",
        missing="".join(sorted(find_missing(sheet))),
    )


def compose_picture(table: ChartTable, credit: str = "") -> Sheet:
    """The panels of a chart below its finding, followed by its legend and its sources."""
    inside = WIDE.width
    sheet = Sheet(style=replace(WIDE, width=inside + 2 * _MARGIN))
    top = sheet.paragraph(_MARGIN, _MARGIN - 6, table.finding, inside, size=22, bold=True)
    top = sheet.paragraph(
        _MARGIN, top + 2, table.subtitle, inside, size=WIDE.size, role="ink-muted"
    )
    top += 14
    for panel in table.panels:
        if panel.title:
            top = sheet.paragraph(_MARGIN, top, panel.title, inside, size=17, bold=True) + 4
        drawn = paint_panel(table, panel, WIDE)
        place_parts(sheet, drawn, _MARGIN, top)
        top += drawn.height + 16
    # A page shows the legend outside the drawing, but a picture has to contain it.
    legend = [
        (say(f"charts.legend.{kind}").inside(table.lang), partial(draw_kind, sheet, kind))
        for kind in table.legend
    ]
    top = sheet.key(legend, (_MARGIN, top), 44) + 12 if legend else top
    top = sheet.paragraph(_MARGIN, top, credit, inside, role="ink-muted")
    sheet.height = round(top + _MARGIN - 6)
    return _print_quotes(sheet) if table.lang == "en" else sheet


def compose_card(table: ChartTable, credit: str = "", site: str = "") -> Sheet:
    """A card with the finding in large letters, and the drawing if it stays readable."""
    sheet, inside = Sheet(style=_CARD_STYLE, height=CARD_HEIGHT), _CARD_INSIDE
    size = _CARD_FINDING
    while len(wrap_text(table.finding, inside, size, True)) > 3 and size > 24:
        size -= 2
    foot, top = CARD_HEIGHT - 78, 84 + height_of(table.finding, inside, size, True)
    top += height_of(table.subtitle, inside, _CARD_WORDS)
    drawn = paint_panel(table, table.panels[0], WIDE)
    scale = min(inside / drawn.width, (foot - top) / drawn.height, 1.4)
    # One panel of several would look like the whole chart.
    if scale < _LEAST_SCALE or len(table.panels) > 1:
        sheet.paragraph(_CARD_MARGIN, 120, table.finding, inside, size=size * 1.3, bold=True)
    else:
        bottom = sheet.paragraph(_CARD_MARGIN, 52, table.finding, inside, size=size, bold=True)
        sheet.paragraph(_CARD_MARGIN, bottom + 6, table.subtitle, inside, role="ink-muted")
        place_parts(sheet, drawn, _CARD_MARGIN, top, scale)
    _add_foot(sheet, credit, site)
    return _print_quotes(sheet) if table.lang == "en" else sheet


def compose_words(card: CardWords) -> Sheet:
    """A card of words, set as large as fits."""
    sheet, inside = Sheet(style=_CARD_STYLE, height=CARD_HEIGHT), _CARD_INSIDE
    bottom = sheet.paragraph(_CARD_MARGIN, 56, card.place, inside, size=34, role="ink-muted")
    label, words = 38, clean(card.words)
    room = min(330, CARD_HEIGHT - 100 - bottom - height_of(card.label, inside, label))
    sizes = [size for size in _CARD_SIZES if height_of(words, inside, size) <= room]
    largest = next(iter(sizes), _CARD_SIZES[-1])
    # Prefer a smaller size that breaks no Chinese word, down to half of the largest.
    whole = (size for size in sizes if size > largest / 2 and not _cuts_words(words, inside, size))
    size = next(whole, largest)
    bottom = sheet.paragraph(_CARD_MARGIN, bottom + 18, card.words, inside, size=size)
    sheet.paragraph(_CARD_MARGIN, bottom + 12, card.label, inside, size=label)
    _add_foot(sheet, card.credit, card.site)
    return sheet


def _cuts_words(text: str, width: float, size: float) -> bool:
    """True if a line of the text would end between two Chinese characters."""
    ends = (before[-1:] + after[:1] for before, after in pairwise(wrap_text(text, width, size)))
    return any(_WITHIN_CHINESE.fullmatch(pair) for pair in ends)


def draw_words(card: CardWords, colours: Mapping[str, str]) -> bytes:
    """A card of words as PNG."""
    from casebook.charts.matplotlib_renderers import paint_words

    return paint_words(compose_words(card), colours)


def _add_foot(sheet: Sheet, credit: str, site: str) -> None:
    """Add a line, and below it the sources that fit and the name of the site."""
    size, y = _CARD_WORDS - 4, CARD_HEIGHT - 76
    right = CARD_WIDTH - _CARD_MARGIN
    sheet.line((_CARD_MARGIN, y), (right, y), stroke="rule")
    room = right - _CARD_MARGIN - width_px(site, size) - 32
    named = _BETWEEN_SOURCES.split(clean(credit))
    kept = len(named)
    while kept > 1 and len(wrap_text("".join(named[:kept]), room, size)) > 2:
        kept -= 2
    words = "".join(named[:kept]) + (" …" if kept < len(named) else "")
    for number, line in enumerate(wrap_text(words, room, size)[:2]):
        sheet.text(_CARD_MARGIN, y + 32 + number * 28, line, size=size, role="ink-muted")
    sheet.text(right - width_em(site) * size, y + 32, site, size=size, role="ink")


def write_picture(
    sheet: Sheet, kind: str, colours: Mapping[str, str], *, name: str = "", label: str = ""
) -> bytes:
    """A picture as a file of one of PICTURE_KINDS; same sheet and colours, same bytes.

    `name` begins the ids of an SVG, and `label` is its accessible name.
    """
    if kind == ".svg":
        return write_svg(sheet, f"{name}-alone", label, colours).encode("utf-8")
    from casebook.charts.matplotlib_renderers import write_pdf, write_png

    return write_pdf(sheet, colours) if kind == ".pdf" else write_png(sheet, colours, 2)


def find_missing(sheet: Sheet) -> set[str]:
    """The characters of a sheet that the font of the PNGs lacks."""
    from casebook.charts.matplotlib_renderers import has_character

    chars = {char for words in sheet.words for char in words.text}
    return {char for char in chars if not has_character(char)}


def _print_quotes(sheet: Sheet) -> Sheet:
    """The sheet with curly quotes, as on English pages."""
    parts = []
    for part in sheet.parts:
        link = part.link and part.link._replace(title=typeset(part.link.title))
        if isinstance(part, Words):
            part = replace(part, text=typeset(part.text))
        parts.append(replace(part, link=link))
    return replace(sheet, parts=parts)


def place_parts(sheet: Sheet, drawn: Sheet, right: float, down: float, scale: float = 1) -> None:
    """Copy the parts of the sheet `drawn` to `sheet`, moved and scaled."""
    for part in drawn.parts:
        if isinstance(part, Words):
            x, y = part.x * scale + right, part.y * scale + down
            sheet.parts.append(replace(part, x=x, y=y, size=part.size * scale))
            continue
        moved = replace(
            part,
            vertices=tuple((x * scale + right, y * scale + down) for x, y in part.vertices),
            stroke_width=part.stroke_width * scale,
            dash=tuple(length * scale for length in part.dash),
        )
        sheet.parts.append(moved)
