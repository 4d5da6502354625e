"""The width of texts, and where their lines break."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Advance widths of U+0020 to U+007E in Noto Sans CJK, in thousandths of an em; listed here because
# opening the font takes longer than drawing ten charts.
_ASCII: Final = (
    *(224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392),
    *(555, 555, 555, 555, 555, 555, 555, 555, 555, 555, 278, 278, 555, 555, 555, 474),
    *(946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812, 723, 742),
    *(633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559),
    *(606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606),
    *(620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555),
)

# The advance of characters that are narrow or neutral in Unicode. Ambiguous ones count as a full
# em, as in Chinese fonts, although others set them narrower: too much room does no harm.
_NEUTRAL: Final = 750

# Readers have other Latin fonts than Noto; the widest of the usual ones needs a tenth more.
_LATIN_SLACK: Final = 1.1
_BOLD_SLACK: Final = 1.06

# Some browsers put an eighth of an em between Chinese and Latin text.
_BETWEEN_SCRIPTS: Final = 125
_NOTHING: Final = (0.0, "")
# Characters that are removed before an ellipsis.
_CUT_OFF: Final = "… "

_NOT_AT_START: Final = frozenset("，。、；：？！）》」』】〕〉”’…—·％‰,.;:?!)]}%~～–-")
_NOT_AT_END: Final = frozenset("（《「『【〔〈“‘([{$#")
_PIECE = re.compile(
    r"[ \t\r\n\u3000]+|[0-9]{1,4}[年月日](?:[0-9]{1,2}[月日])*|[!-~\u00a0-\u024f]+|.", re.DOTALL
)


# In Latin text curly quotes are as narrow as straight ones.
_NARROW: Final = str.maketrans("‘’“”", "''\"\"")
_WIDE: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")


def is_latin(text: str) -> bool:
    """True if a text has no Chinese, so that its quotation marks are set narrow."""
    return _WIDE.search(text) is None


def width_em(text: str) -> float:
    """The width of a text in ems, as Noto Sans CJK sets it."""
    if is_latin(text):
        text = text.translate(_NARROW)
    return sum(_measure(char)[0] for char in text) / 1000


@lru_cache(maxsize=4096)
def width_px(text: str, size: float, bold: bool = False) -> float:
    """The width that a text needs in any of the usual fonts, in pixels."""
    return _scale(_go_on(_NOTHING, text), size, bold)


def _go_on(reached: tuple[float, str], text: str) -> tuple[float, str]:
    """The width of a line with more text, in thousandths of an em, and its last script."""
    total, before = reached
    for char in text:
        advance, kind = _measure(char)
        total += advance if advance >= 1000 else advance * _LATIN_SLACK
        if before and kind and kind != before:
            total += _BETWEEN_SCRIPTS
        before = kind
    return total, before


def _scale(reached: tuple[float, str], size: float, bold: bool) -> float:
    return reached[0] * size / 1000 * (_BOLD_SLACK if bold else 1.0)


# Control characters, surrogates and noncharacters.
_NOT_IN_XML: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)


@lru_cache(maxsize=1024)
def wrap_text(text: str, width: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """The lines of a text inside a width in pixels; at least one.

    Lines break between Han characters and at spaces, but not inside numbers, dates or Latin words,
    before closing or after opening punctuation. A word that is wider than a line is cut.
    """
    lines: list[str] = []
    line, reached = "", _NOTHING
    for piece in _pieces(text):
        is_too_wide = width_px(piece, size, bold) > width
        for part in piece if is_too_wide and len(piece) > 1 else (piece,):
            # Adds to the known width; measuring each line from its start is slow for long texts.
            longer = _go_on(reached, part)
            if line and not part.isspace() and _scale(longer, size, bold) > width:
                lines.append(line.rstrip())
                line, longer = "", _go_on(_NOTHING, part)
            if line or not part.isspace():
                line, reached = line + part, longer
    return (*lines, line.rstrip())


def shorten_text(text: str, width: float, size: float) -> str:
    """The text, or the start of it that fits into a width with an ellipsis at the end."""
    if len(text) < 2 or width_px(text, size) <= width:
        return text
    end, reached = 1, _NOTHING
    # Measured from the start, so that a long text is read only as far as it fits.
    for kept, char in enumerate(text[:-1], 1):
        reached = _go_on(reached, char)
        if char in _CUT_OFF:
            continue
        if _scale(_go_on(reached, "…"), size, bold=False) > width:
            break
        end = kept
    return text[:end].rstrip(_CUT_OFF) + "…"


# Cached because each text is cleaned to be measured, laid out and written, at two widths.
@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """The text in one line, without characters that are not allowed in an SVG."""
    return " ".join(_NOT_IN_XML.sub("\ufffd", text).split())


@lru_cache(maxsize=8192)
def _measure(char: str) -> tuple[int, str]:
    """The advance of a character in thousandths of an em, and its script."""
    code, width = ord(char), unicodedata.east_asian_width(char)
    if 0x20 <= code <= 0x7E:
        return _ASCII[code - 0x20], "latin" if char.isalnum() else ""
    if unicodedata.combining(char) or code < 0x20:
        return 0, ""
    script = "latin" if char.isalnum() and char < "\u0250" else ""
    if "\u3400" <= char <= "\u9fff":
        script = "han"
    return {"W": 1000, "F": 1000, "A": 1000, "H": 500}.get(width, _NEUTRAL), script


def _pieces(text: str) -> list[str]:
    # The pieces that may not be split: a Latin word or a number with its sign, and text with its
    # punctuation.
    pieces: list[list[str]] = []
    for piece in _PIECE.findall(text):
        parts = pieces[-1] if pieces else [" "]
        is_blank = len(parts) == 1 and parts[0].isspace()
        if not is_blank and (piece[0] in _NOT_AT_START or parts[-1][-1] in _NOT_AT_END):
            parts.append(piece)
        else:
            pieces.append([piece])
    return ["".join(parts) for parts in pieces]
