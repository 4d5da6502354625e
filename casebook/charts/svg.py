"""A sheet as small SVG: roles for colours, text as text, presentation attributes and no styles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from html import escape

from casebook.charts.canvas import CLOSE, CUBIC, Link, Shape, Sheet, Words
from casebook.charts.text_layout import clean


def write_svg(
    sheet: Sheet, prefix: str, label: str, colours: Mapping[str, str] | None = None
) -> str:
    """The sheet as one SVG element whose ids begin with the prefix, for a page to hold inline.

    With colours it is a file of its own, on a ground of paper and without links, which lead to
    addresses of the site. Without a label it is hidden from assistive technology.
    """
    writer = _Writer(prefix, colours)
    markup = "".join([writer.write_part(part) for part in sheet.parts])
    if writer.patterns:
        markup = f"<defs>{''.join(writer.patterns.values())}</defs>{markup}"
    look = 'class="chart__svg"'
    if colours is not None:
        look = 'font-family="sans-serif"'
        markup = f'<rect width="100%" height="100%" fill="{colours["paper"]}"/>{markup}'
    # The parts of an image cannot be reached, so that a drawing with links is a group.
    role = "group" if any(isinstance(part, Link) for part in sheet.parts) else "img"
    size = f'width="{number(sheet.width)}" height="{number(sheet.height)}"'
    box = f"0 0 {number(sheet.width)} {number(sheet.height)}"
    heard = f'role="{role}" aria-label={quote(clean(label))}' if label else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {look} {size} viewBox="{box}"'
        f" {heard}>{markup}</svg>"
    )


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """A coordinate to hundredths of a pixel, in as few digits as it needs."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def quote(text: str) -> str:
    """A text as the value of an attribute, in double quotes."""
    quoted = escape(text, quote=False).replace('"', "&quot;")
    return f'"{quoted}"'


class _Writer:
    """Writes the parts of a drawing, and collects the patterns that they are filled with."""

    def __init__(self, prefix: str, colours: Mapping[str, str] | None) -> None:
        self.prefix = prefix
        self.colours = colours
        self.patterns: dict[str, str] = {}

    def paint(self, role: str) -> str:
        """The colour of a role, else a reference to it that the page resolves."""
        # As a presentation attribute it follows dark mode and passes `style-src 'self'`.
        return f"var(--{role})" if self.colours is None else self.colours[role]

    def write_part(self, part: Shape | Words | Link) -> str:
        """A part as markup."""
        if isinstance(part, Words):
            return self._write_words(part)
        if isinstance(part, Shape):
            return self._write_shape(part)
        inside = "".join([self.write_part(item) for item in part.parts])
        title = f"<title>{escape(part.title, quote=False)}</title>" if part.title else ""
        if part.href and self.colours is None:
            return f"<a href={quote(part.href)}>{title}{inside}</a>"
        return f"<g>{title}{inside}</g>"

    def _write_shape(self, shape: Shape) -> str:
        attributes = f'd="{_write_path(shape)}" fill="{self._fill(shape)}"'
        if shape.fill and not shape.hatch and 0 < shape.opacity < 1:
            attributes += f' fill-opacity="{number(shape.opacity)}"'
        if shape.stroke and shape.stroke_width:
            attributes += f' stroke="{self.paint(shape.stroke)}"'
            if shape.stroke_width != 1:
                attributes += f' stroke-width="{number(shape.stroke_width)}"'
            if shape.dash:
                lengths = " ".join([number(length) for length in shape.dash])
                attributes += f' stroke-dasharray="{lengths}"'
        return f"<path {attributes}/>"

    def _fill(self, shape: Shape) -> str:
        """The paint inside a shape; a hatch is a pattern that is defined once a drawing."""
        if not shape.hatch:
            return self.paint(shape.fill) if shape.fill and shape.opacity else "none"
        key = f"{self.prefix}-hatch-{shape.hatch}"
        stroke = self.paint(shape.hatch)
        self.patterns[shape.hatch] = (
            f'<pattern id={quote(key)} width="6" height="6"'
            ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<path d="M1.25 0V6" fill="none" stroke="{stroke}" stroke-width="2.5"/>'
            "</pattern>"
        )
        return f"url(#{key})"

    def _write_words(self, words: Words) -> str:
        # The browser knows the true width of the text, so the anchor is left to it.
        attributes = f'x="{number(words.x)}" y="{number(words.y)}" font-size="{number(words.size)}"'
        if words.bold:
            attributes += ' font-weight="700"'
        if words.anchor != "start":
            attributes += f' text-anchor="{words.anchor}"'
        text = escape(clean(words.text), quote=False)
        return f'<text {attributes} fill="{self.paint(words.role)}">{text}</text>'


def _write_path(shape: Shape) -> str:
    """The vertices as path data; a curve has one letter for its three points."""
    # Relative to the first point all marks of a kind are written alike, and a page with hundreds
    # of them is packed into half the bytes.
    (left, top), *_ = shape.vertices
    out = [f"M{number(left)} {number(top)}"]
    x = y = 0.0
    awaited: list[str] = []
    for (to_x, to_y), code in zip(shape.vertices[1:], shape.codes[1:], strict=True):
        if code == CLOSE:
            out.append("z")
            continue
        # Taken from what is written so far, so that what is rounded off does not add up.
        step = [round(to_x - left - x, 2), round(to_y - top - y, 2)]
        if code == CUBIC:
            awaited += map(number, step)
            if len(awaited) < 6:
                continue
            out.append(f"c{' '.join(awaited)}")
            awaited = []
        elif step[1] == 0:
            out.append(f"h{number(step[0])}" if step[0] else "")
        else:
            down = number(step[1])
            out.append(f"l{number(step[0])} {down}" if step[0] else f"v{down}")
        x, y = x + step[0], y + step[1]
    return "".join(out).replace(" -", "-")
