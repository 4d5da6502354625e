"""A sheet of shapes, words and links in pixels from the top left, and its SVG.

A sheet is plain data, so that tests can check a layout without drawing it. The SVG is small: it
names colours by role, keeps text as text, and uses presentation attributes instead of styles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, NamedTuple, TypedDict, Unpack

from casebook.charts.text_layout import clean, width_px, wrap_text

# The codes of matplotlib's Path, repeated here so that only PNG and PDF import matplotlib.
MOVE: Final = 1
LINE: Final = 2
CUBIC: Final = 4
CLOSE: Final = 79

# The distance of the control points of a quarter circle drawn as one cubic curve.
_KAPPA: Final = 4 / 3 * (math.sqrt(2) - 1)

LEADING: Final = 1.4
# The smallest height of the target of a link, by WCAG 2.5.8.
_FINGER: Final = 24.0

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]
# Words of a key, and the function that draws their mark from its left edge and middle.
KeyEntry = tuple[str, Callable[[float, float], None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The width of a drawing and the sizes of its texts, in pixels."""

    width: float
    size: float
    small: float
    is_narrow: bool = False


WIDE: Final = Style(width=720, size=15, small=14)
# The width between the margins of a phone of 360 px, so that the drawing is not scaled there.
NARROW: Final = Style(width=328, size=16, small=16, is_narrow=True)


class Paint(TypedDict, total=False):
    """The paint of a shape, colours named by role."""

    fill: str
    stroke: str
    stroke_width: float
    dash: tuple[float, ...]
    opacity: float
    hatch: str


class TextStyle(TypedDict, total=False):
    """The look of a text; text in the role `ink-muted` explains, and is small by default."""

    size: float
    role: str
    anchor: Anchor
    bold: bool


class Link(NamedTuple):
    """An address with its tooltip; the number separates neighbouring links to one address.

    Without an address the link only groups its parts.
    """

    number: int
    href: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A path with its paint, colours named by role, empty for none."""

    vertices: tuple[Point, ...]
    codes: tuple[int, ...]
    fill: str = ""
    stroke: str = ""
    stroke_width: float = 1
    dash: tuple[float, ...] = ()
    opacity: float = 1
    hatch: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text on its baseline."""

    x: float
    y: float
    text: str
    size: float
    role: str = "ink"
    anchor: Anchor = "start"
    bold: bool = False
    link: Link | None = None


@dataclass(kw_only=True)
class Sheet:
    """The parts of one drawing, in the order in which they are drawn."""

    style: Style
    height: float = 0
    parts: list[Shape | Words] = field(default_factory=list)
    _link: Link | None = None

    @property
    def width(self) -> float:
        """The width of the sheet."""
        return self.style.width

    @property
    def words(self) -> tuple[Words, ...]:
        """Every line of text on the sheet."""
        return tuple(part for part in self.parts if isinstance(part, Words))

    @contextmanager
    def link(self, href: str, title: str) -> Iterator[None]:
        """Link the parts drawn inside the block to an address, if any; links do not nest."""
        first = len(self.parts)
        self._link = Link(first, href, clean(title))
        yield
        words = [part for part in self.parts[first:] if isinstance(part, Words)]
        if href and words == self.parts[first:]:
            # A line of text is lower than a finger reliably hits.
            middle = words[0].y - 0.35 * words[0].size
            width = max(width_px(part.text, part.size, part.bold) for part in words)
            height = max(_FINGER, words[-1].y - words[0].y + _FINGER)
            left = words[0].x - {"start": 0, "middle": width / 2, "end": width}[words[0].anchor]
            self.target(left, middle - _FINGER / 2, width, height)
        self._link = None

    def rectangle(
        self, left: float, top: float, width: float, height: float, **paint: Unpack[Paint]
    ) -> None:
        """Draw a rectangle."""
        right, bottom = left + width, top + height
        corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
        self._draw(corners, (MOVE, LINE, LINE, LINE, CLOSE), **paint)

    def target(self, left: float, top: float, width: float, height: float) -> None:
        """Add an invisible rectangle that enlarges the click target of the current link."""
        # A shape without fill is hit only on its outline, and a dashed outline not even there.
        self.rectangle(left, top, width, height, fill="paper", opacity=0.001)

    def line(self, *points: Point, **paint: Unpack[Paint]) -> None:
        """Draw straight lines from point to point."""
        self._draw(points, (MOVE, *(LINE for _ in points[1:])), **paint)

    def capsule(
        self, left: float, top: float, width: float, height: float, **paint: Unpack[Paint]
    ) -> None:
        """Draw a rectangle with round ends."""
        radius = min(width, height) / 2
        self.rounded((left, top), (left + width, top + height), radius, **paint)

    def rounded(self, start: Point, end: Point, r: float, **paint: Unpack[Paint]) -> None:
        """Draw a rectangle between two opposite corners, rounded with radius `r`."""
        (left, top), (right, bottom), k = start, end, r * (1 - _KAPPA)
        points: list[Point] = [(left + r, top), (right - r, top)]
        points += [(right - k, top), (right, top + k), (right, top + r)]
        points += [(right, bottom - r), (right, bottom - k), (right - k, bottom)]
        points += [(right - r, bottom), (left + r, bottom)]
        points += [(left + k, bottom), (left, bottom - k), (left, bottom - r)]
        points += [(left, top + r), (left, top + k), (left + k, top), (left + r, top)]
        points += [(left + r, top)]
        curve = (CUBIC, CUBIC, CUBIC)
        codes = (MOVE, LINE, *curve, LINE, *curve, LINE, *curve, LINE, *curve, CLOSE)
        self._draw(tuple(points), codes, **paint)

    def disc(self, x: float, y: float, radius: float, **paint: Unpack[Paint]) -> None:
        """Draw a circle around a point."""
        self.capsule(x - radius, y - radius, 2 * radius, 2 * radius, **paint)

    def half_disc(self, x: float, y: float, radius: float, *, fill: str) -> None:
        """Draw the left half of a filled circle."""
        k = radius * _KAPPA
        points = (
            *((x, y - radius), (x - k, y - radius), (x - radius, y - k), (x - radius, y)),
            *((x - radius, y + k), (x - k, y + radius), (x, y + radius), (x, y - radius)),
        )
        codes = (MOVE, CUBIC, CUBIC, CUBIC, CUBIC, CUBIC, CUBIC, CLOSE)
        self._draw(points, codes, fill=fill)

    def text(self, x: float, y: float, text: str, **look: Unpack[TextStyle]) -> None:
        """Write one line with its baseline at y."""
        if words := clean(text):
            look.setdefault("size", self._size(look))
            self.parts.append(Words(x=x, y=y, text=words, link=self._link, **look))

    def paragraph(
        self, x: float, top: float, text: str, width: float, **look: Unpack[TextStyle]
    ) -> float:
        """Write a text in lines from a top edge down and return the bottom edge."""
        size = look.setdefault("size", self._size(look))
        if words := clean(text):
            for line in wrap_text(words, width, size, look.get("bold", False)):
                self.text(x, top + baseline(size), line, **look)
                top += size * LEADING
        return top

    def key(self, entries: Sequence[KeyEntry], corner: Point, indent: float) -> float:
        """Write a key in lines from a corner to the right, and return the bottom edge."""
        (left, top), size = corner, self.style.small
        x = left
        for words, draw in entries:
            needed = indent + width_px(clean(words), size)
            if x > left and x + needed > self.width - left:
                x, top = left, top + size * LEADING
            draw(x, top + size * LEADING / 2)
            self.text(x + indent, top + baseline(size), words, role="ink-muted")
            x += needed + 18
        return top + size * LEADING

    def _size(self, look: TextStyle) -> float:
        return self.style.small if look.get("role") == "ink-muted" else self.style.size

    def _draw(
        self, vertices: tuple[Point, ...], codes: tuple[int, ...], **paint: Unpack[Paint]
    ) -> None:
        self.parts.append(Shape(vertices=vertices, codes=codes, link=self._link, **paint))


def baseline(size: float) -> float:
    """The distance from the top of a line of text down to its baseline."""
    return size * (LEADING / 2 + 0.35)


def height_of(text: str, width: float, size: float, bold: bool = False) -> float:
    """The height that a text takes inside a width."""
    words = clean(text)
    return len(wrap_text(words, width, size, bold)) * size * LEADING if words else 0.0


def widest(texts: Sequence[str], size: float, bold: bool = False) -> float:
    """The width of the widest of some texts."""
    return max((width_px(clean(text), size, bold) for text in texts), default=0.0)


def write_svg(
    sheet: Sheet, prefix: str, label: str, colours: Mapping[str, str] | None = None
) -> str:
    """The sheet as one SVG element whose ids begin with the prefix, for use inside a page.

    With `colours` it is a standalone file: with a paper-coloured background, and without links,
    which are addresses of the site. Without a label it is hidden from assistive technology.
    """
    writer = _Writer(prefix, colours)
    groups = groupby(sheet.parts, attrgetter("link"))
    markup = "".join([writer.write_group(link, parts) for link, parts in groups])
    if writer.patterns:
        markup = f"<defs>{''.join(writer.patterns.values())}</defs>{markup}"
    look = 'class="chart__svg"'
    if colours is not None:
        look = 'font-family="sans-serif"'
        markup = f'<rect width="100%" height="100%" fill="{colours["paper"]}"/>{markup}'
    # Assistive technology cannot reach the parts of an image, so a drawing with links is a group.
    role = "group" if any(part.link for part in sheet.parts) else "img"
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
    """Writes the parts of a drawing, and collects their fill patterns."""

    def __init__(self, prefix: str, colours: Mapping[str, str] | None) -> None:
        self.prefix = prefix
        self.colours = colours
        self.patterns: dict[str, str] = {}

    def paint(self, role: str) -> str:
        """The colour of a role, or without `colours` a CSS variable that the page resolves."""
        # In a presentation attribute it follows dark mode and passes `style-src 'self'`.
        return f"var(--{role})" if self.colours is None else self.colours[role]

    def write_group(self, link: Link | None, parts: Iterable[Shape | Words]) -> str:
        """The markup of consecutive parts with the same link or with none."""
        written = [
            self._write_words(part) if isinstance(part, Words) else self._write_shape(part)
            for part in parts
        ]
        inside = "".join(written)
        if link is None:
            return inside
        title = f"<title>{escape(link.title, quote=False)}</title>" if link.title else ""
        if link.href and self.colours is None:
            return f"<a href={quote(link.href)}>{title}{inside}</a>"
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
        """The fill of a shape; the pattern of a hatch is defined once in each drawing."""
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
        # The browser aligns the text by its anchor, because it knows the true width.
        attributes = f'x="{number(words.x)}" y="{number(words.y)}" font-size="{number(words.size)}"'
        if words.bold:
            attributes += ' font-weight="700"'
        if words.anchor != "start":
            attributes += f' text-anchor="{words.anchor}"'
        text = escape(clean(words.text), quote=False)
        return f'<text {attributes} fill="{self.paint(words.role)}">{text}</text>'


def _write_path(shape: Shape) -> str:
    """The vertices as path data; a curve is one command with its three points."""
    # Relative coordinates make marks of one kind identical, so that a page with hundreds of them
    # compresses to half the bytes.
    (left, top), *_ = shape.vertices
    out = [f"M{number(left)} {number(top)}"]
    x = y = 0.0
    awaited: list[str] = []
    for (to_x, to_y), code in zip(shape.vertices[1:], shape.codes[1:], strict=True):
        if code == CLOSE:
            out.append("z")
            continue
        # Steps start at the written position, so that rounding errors do not add up.
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
