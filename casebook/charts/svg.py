"""A sheet as small SVG: roles for colours, text as text, presentation attributes and no styles.

Colours are written as `var(--role)`, so that a drawing follows the scheme of the page it stands
in and passes `style-src 'self'`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Final

from casebook.charts.canvas import CLOSE, CUBIC, LINE, MOVE, Link, Shape, Sheet, Words
from casebook.charts.text_layout import clean

_LETTERS: Final = {MOVE: "M", LINE: "L", CUBIC: "C"}


def write_svg(sheet: Sheet, prefix: str, label: str) -> str:
    """The sheet as one inline SVG element whose ids begin with the prefix.

    A drawing with links is a group for assistive technology, because the parts of an image
    cannot be reached; one without a label is hidden from it.
    """
    patterns: dict[str, str] = {}
    markup = "".join([_write_part(part, prefix, patterns) for part in sheet.parts])
    if patterns:
        markup = f"<defs>{''.join(patterns.values())}</defs>{markup}"
    role = "group" if any(isinstance(part, Link) for part in sheet.parts) else "img"
    size = f'width="{number(sheet.width)}" height="{number(sheet.height)}"'
    box = f"0 0 {number(sheet.width)} {number(sheet.height)}"
    heard = f'role="{role}" aria-label={quote(clean(label))}' if label else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart__svg" {size} viewBox="{box}"'
        f" {heard}>{markup}</svg>"
    )


def paint_in(svg: str, colours: Mapping[str, str]) -> str:
    """An SVG that stands alone: real colours for roles, on a ground of paper.

    Links are taken out, because they lead to addresses of the site.
    """
    painted = re.sub(r"var\(--([a-z0-9-]+)\)", lambda match: colours[match[1]], svg)
    painted = re.sub(r'<a href="[^"]*">', "<g>", painted).replace("</a>", "</g>")
    opening = painted.index(">") + 1
    ground = f'<rect width="100%" height="100%" fill="{colours["paper"]}"/>'
    head = painted[:opening].replace('class="chart__svg"', 'font-family="sans-serif"')
    return head + ground + painted[opening:]


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """A coordinate to hundredths of a pixel, in as few digits as it needs."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def quote(text: str) -> str:
    """A text as the value of an attribute, in double quotes."""
    quoted = escape(text, quote=False).replace('"', "&quot;")
    return f'"{quoted}"'


def _write_part(part: Shape | Words | Link, prefix: str, patterns: dict[str, str]) -> str:
    if isinstance(part, Words):
        return _write_words(part)
    if isinstance(part, Shape):
        return _write_shape(part, prefix, patterns)
    inside = "".join([_write_part(item, prefix, patterns) for item in part.parts])
    title = f"<title>{escape(part.title, quote=False)}</title>" if part.title else ""
    if part.href:
        return f"<a href={quote(part.href)}>{title}{inside}</a>"
    return f"<g>{title}{inside}</g>"


def _write_shape(shape: Shape, prefix: str, patterns: dict[str, str]) -> str:
    attributes = f'd="{_write_path(shape)}" fill="{_fill(shape, prefix, patterns)}"'
    if shape.fill and not shape.hatch and 0 < shape.opacity < 1:
        attributes += f' fill-opacity="{number(shape.opacity)}"'
    if shape.stroke and shape.stroke_width:
        attributes += f' stroke="var(--{shape.stroke})"'
        if shape.stroke_width != 1:
            attributes += f' stroke-width="{number(shape.stroke_width)}"'
        if shape.dash:
            lengths = " ".join([number(length) for length in shape.dash])
            attributes += f' stroke-dasharray="{lengths}"'
    return f"<path {attributes}/>"


def _fill(shape: Shape, prefix: str, patterns: dict[str, str]) -> str:
    """The paint inside a shape; a hatch is a pattern that is defined once a drawing."""
    if not shape.hatch:
        return f"var(--{shape.fill})" if shape.fill and shape.opacity else "none"
    key = f"{prefix}-hatch-{shape.hatch}"
    patterns[shape.hatch] = (
        f'<pattern id={quote(key)} width="6" height="6"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M1.25 0V6" fill="none" stroke="var(--{shape.hatch})" stroke-width="2.5"/>'
        "</pattern>"
    )
    return f"url(#{key})"


def _write_path(shape: Shape) -> str:
    """The vertices as path data; a curve has one letter for its three points."""
    out = []
    awaited = 0
    for (x, y), code in zip(shape.vertices, shape.codes, strict=True):
        if awaited:
            out.append(f" {number(x)} {number(y)}")
            awaited -= 1
        elif code == CLOSE:
            out.append("Z")
        else:
            out.append(f"{_LETTERS[code]}{number(x)} {number(y)}")
            awaited = 2 if code == CUBIC else 0
    return "".join(out)


def _write_words(words: Words) -> str:
    # The browser knows the true width of the text, so the anchor is left to it.
    x, y = number(words.x), number(words.y)
    attributes = f'x="{x}" y="{y}"'
    if words.turned:
        attributes += f' transform="rotate(-90 {x} {y})"'
    attributes += f' font-size="{number(words.size)}"'
    if words.bold:
        attributes += ' font-weight="700"'
    if words.anchor != "start":
        attributes += f' text-anchor="{words.anchor}"'
    text = escape(clean(words.text), quote=False)
    return f'<text {attributes} fill="var(--{words.role})">{text}</text>'
