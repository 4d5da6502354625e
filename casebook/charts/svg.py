"""A backend for matplotlib that writes small SVG: roles for colours, text as text, no styles.

Colours reach matplotlib as sentinels, one for each role, and leave it as `var(--role)`, so that
a drawing follows the scheme of the page it stands in and passes `style-src 'self'`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal
from xml.sax.saxutils import escape

from casebook.charts.sheet import Link, Shape, Sheet, Words
from casebook.charts.text import clean, width_em, width_px
from casebook.tokens import CHART_ROLES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.text import Text

Colour = tuple[float, float, float]

# Hundredths of a pixel are finer than any screen.
_PLACES: Final = 2

_ALIGNMENTS: Final[Mapping[str, Literal["left", "center", "right"]]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}

SENTINELS: Final[Mapping[str, Colour]] = {
    role: ((index + 1) / 255, 90 / 255, 225 / 255) for index, role in enumerate(CHART_ROLES)
}
_ROLE_OF: Final = {
    tuple(round(part * 255) for part in colour): role for role, colour in SENTINELS.items()
}


def write_svg(sheet: Sheet, prefix: str, label: str) -> str:
    """The sheet as one inline SVG element whose ids begin with the prefix.

    A drawing with links is a group for assistive technology, because the parts of an image
    cannot be reached; one without a label is hidden from it.
    """
    renderer = _renderer_class()(sheet.width, sheet.height, prefix)
    build_figure(sheet, SENTINELS).draw(renderer)
    role = "group" if any(isinstance(part, Link) for part in sheet.parts) else "img"
    size = f'width="{number(sheet.width)}" height="{number(sheet.height)}"'
    box = f"0 0 {number(sheet.width)} {number(sheet.height)}"
    heard = f'role="{role}" aria-label={quote(clean(label))}' if label else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart__svg" {size} viewBox="{box}"'
        f" {heard}>{renderer.markup()}</svg>"
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


def number(value: float) -> str:
    """A coordinate in as few digits as it needs."""
    text = f"{value:.{_PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def quote(text: str) -> str:
    """A text as the value of an attribute, in double quotes."""
    return '"' + escape(text, {'"': "&quot;"}) + '"'


def build_figure(
    sheet: Sheet, colours: Mapping[str, Colour], *, scale: float = 1, font: str = ""
) -> Any:
    """A matplotlib Figure that holds the parts of a sheet as artists.

    A pixel is `scale` dots. `font` is the file to set text in, needed by backends that draw
    letters themselves.
    """
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    size = (sheet.width / 72, sheet.height / 72)
    figure = Figure(figsize=size, dpi=72 * scale, frameon=False)
    down = Affine2D().scale(1, -1).translate(0, sheet.height).scale(scale)
    group = _group_class()
    for part in sheet.parts:
        if isinstance(part, Link):
            inside = [_artist(item, colours, font) for item in part.parts]
            for artist in inside:
                artist.set_figure(figure)
                artist.set_transform(down)
            figure.add_artist(group(part, inside))
        else:
            artist = _artist(part, colours, font)
            artist.set_transform(down)
            figure.add_artist(artist)
    return figure


def _artist(part: Shape | Words, colours: Mapping[str, Colour], font: str) -> Artist:
    if isinstance(part, Words):
        from matplotlib.font_manager import FontProperties

        text: Text = _text_class()(
            part.x,
            part.y,
            part.text,
            color=colours[part.role],
            fontsize=part.size,
            fontweight="bold" if part.bold else "normal",
            horizontalalignment=_ALIGNMENTS[part.anchor],
            verticalalignment="baseline",
            rotation=90 if part.turned else 0,
            rotation_mode="anchor",
            parse_math=False,
            zorder=1,
        )
        if font:
            text.set_fontproperties(FontProperties(fname=font, size=part.size))
            # One code point has a Chinese and a Japanese shape.
            text.set_language("zh-Hans")
        return text
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    return PathPatch(
        Path(part.vertices, part.codes),
        facecolor=(*colours[part.fill], part.opacity) if part.fill else "none",
        edgecolor=colours[part.stroke] if part.stroke else "none",
        linewidth=part.stroke_width if part.stroke else 0,
        # Dashes are given in pixels; matplotlib counts them in widths of the line.
        linestyle=(0, [length / part.stroke_width for length in part.dash])
        if part.dash
        else "solid",
        hatch="//" if part.hatch else None,
        hatchcolor=colours[part.hatch] if part.hatch else None,
        zorder=1,
    )


@lru_cache(maxsize=1)
def _text_class() -> Any:
    from matplotlib.text import Text

    class PlainText(Text):
        """One line on its baseline, set without matplotlib's measuring, which costs as much."""

        def draw(self, renderer: Any) -> None:
            """Draw the line; its width is known from the font of the lock."""
            gc = renderer.new_gc()
            gc.set_foreground(self.get_color())
            x, y = self.get_transform().transform(self.get_unitless_position())
            back = {"left": 0.0, "center": 0.5, "right": 1.0}[self.get_horizontalalignment()]
            figure = self.get_figure(root=True)
            assert figure is not None
            size = float(self.get_fontsize()) * figure.dpi / 72
            shift = back * width_em(self.get_text()) * size
            if self.get_rotation():
                y -= shift
            else:
                x -= shift
            if renderer.flipy():
                y = renderer.get_canvas_width_height()[1] - y
            font = self.get_fontproperties()
            turn = self.get_rotation()
            renderer.draw_text(gc, x, y, self.get_text(), font, turn, ismath=False, mtext=self)
            gc.restore()

    return PlainText


@lru_cache(maxsize=1)
def _group_class() -> Any:
    from matplotlib.artist import Artist

    class Group(Artist):
        """Artists that lead somewhere together."""

        def __init__(self, link: Link, inside: Iterable[Artist]) -> None:
            super().__init__()
            self.set_zorder(1)
            self._link = link
            self._inside = tuple(inside)

        def draw(self, renderer: Any) -> None:
            """Draw the artists, inside a link where the renderer knows links."""
            open_link = getattr(renderer, "open_link", None)
            if open_link is not None:
                open_link(self._link.href, self._link.title)
            for artist in self._inside:
                artist.draw(renderer)
            if open_link is not None:
                renderer.close_link()

    return Group


@lru_cache(maxsize=1)
def _renderer_class() -> Any:
    from matplotlib.backend_bases import RendererBase

    class SvgRenderer(RendererBase):
        """Writes what matplotlib draws as SVG elements."""

        def __init__(self, width: float, height: float, prefix: str) -> None:
            super().__init__()
            self._width = width
            self._height = height
            self._prefix = prefix
            self._elements: list[str] = []
            self._groups: list[bool] = []
            self._ends: list[str] = []
            self._patterns: dict[str, str] = {}

        def markup(self) -> str:
            """What stands inside the svg element."""
            patterns = "".join(self._patterns.values())
            return (f"<defs>{patterns}</defs>" if patterns else "") + "".join(self._elements)

        def get_canvas_width_height(self) -> tuple[float, float]:
            return self._width, self._height

        def open_group(self, s: str, gid: str | None = None) -> None:
            # Groups without a name of ours would only be noise.
            self._groups.append(gid is not None)
            if gid is not None:
                self._elements.append(f"<g id={quote(f'{self._prefix}-{gid}')}>")

        def close_group(self, s: str) -> None:
            if self._groups.pop():
                self._elements.append("</g>")

        def open_link(self, href: str, title: str) -> None:
            """Begin a link, or a group, with the words that it shows when pointed at."""
            words = f"<title>{escape(title)}</title>" if title else ""
            self._ends.append("</a>" if href else "</g>")
            self._elements.append((f"<a href={quote(href)}>" if href else "<g>") + words)

        def close_link(self) -> None:
            """End a link or a group."""
            self._elements.append(self._ends.pop())

        def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
            attributes = f'd="{self._path_data(path, transform)}"'
            fill = self._fill(gc, rgbFace)
            attributes += f' fill="{fill}"'
            opacity = 1 if rgbFace is None or len(rgbFace) < 4 else rgbFace[3]
            if fill != "none" and 0 < opacity < 1:
                attributes += f' fill-opacity="{number(opacity)}"'
            attributes += self._stroke(gc)
            self._write(gc, f"<path {attributes}/>")

        def draw_text(
            self,
            gc: Any,
            x: float,
            y: float,
            s: str,
            prop: Any,
            angle: float,
            ismath: Any = False,
            mtext: Any = None,
        ) -> None:
            anchor = ""
            if mtext is not None:
                # The browser knows the true width of the text and aligns better than a guess.
                x, y = mtext.get_transform().transform(mtext.get_unitless_position())
                y = self._height - y
                alignment = mtext.get_horizontalalignment()
                anchor = {"center": ' text-anchor="middle"', "right": ' text-anchor="end"'}.get(
                    alignment, ""
                )
            where = f'x="{number(x)}" y="{number(y)}"'
            if angle:
                where += f' transform="rotate({number(-angle)} {number(x)} {number(y)})"'
            weight = ' font-weight="700"' if prop.get_weight() == "bold" else ""
            size = number(prop.get_size_in_points())
            fill = role_paint(gc.get_rgb())
            words = escape(clean(s))
            attributes = f'{where} font-size="{size}"{weight}{anchor} fill="{fill}"'
            self._write(gc, f"<text {attributes}>{words}</text>")

        def get_text_width_height_descent(
            self, s: str, prop: Any, ismath: Any
        ) -> tuple[float, float, float]:
            size = prop.get_size_in_points()
            return width_px(s, size, prop.get_weight() == "bold"), size, 0.2 * size

        def _get_font_height_metrics(self, prop: Any) -> tuple[float, float, float]:
            # Text asks for this before it would look for a font on the machine.
            size = prop.get_size_in_points()
            return 0.88 * size, 0.12 * size, 0.0

        def _write(self, gc: Any, element: str) -> None:
            url = gc.get_url()
            self._elements.append(f"<a href={quote(url)}>{element}</a>" if url else element)

        def _path_data(self, path: Any, transform: Any) -> str:
            points = transform.transform(path.vertices)
            out: list[str] = []
            names = {1: "M", 2: "L", 3: "Q", 4: "C"}
            codes = path.codes
            if codes is None:
                codes = [1] + [2] * (len(points) - 1)
            awaited = 0
            for (x, y), code in zip(points.tolist(), codes, strict=True):
                if code == 79:
                    out.append("Z")
                    continue
                if not awaited:
                    out.append(names[int(code)])
                    awaited = max(int(code) - 1, 1)
                awaited -= 1
                out.append(f"{number(x)} {number(self._height - y)}")
            data = " ".join(out)
            return re.sub(r" ?([A-Z]) ?", r"\1", data)

        def _fill(self, gc: Any, face: Any) -> str:
            if gc.get_hatch():
                role = _role(gc.get_hatch_color())
                key = f"{self._prefix}-hatch-{role}"
                self._patterns[role] = (
                    f'<pattern id={quote(key)} width="6" height="6"'
                    ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
                    f'<path d="M1.25 0V6" fill="none" stroke="var(--{role})" stroke-width="2.5"/>'
                    "</pattern>"
                )
                return f"url(#{key})"
            if face is None or (len(face) == 4 and face[3] == 0):
                return "none"
            return role_paint(face)

        def _stroke(self, gc: Any) -> str:
            if not gc.get_linewidth():
                return ""
            width = gc.get_linewidth()
            out = f' stroke="{role_paint(gc.get_rgb())}"'
            if width != 1:
                out += f' stroke-width="{number(width)}"'
            _, dashes = gc.get_dashes()
            if dashes:
                out += f' stroke-dasharray="{" ".join(number(dash) for dash in dashes)}"'
            return out

    return SvgRenderer


def role_paint(colour: Any) -> str:
    """The reference to the role that a sentinel colour stands for."""
    return f"var(--{_role(colour)})"


def _role(colour: Any) -> str:
    found = _ROLE_OF.get(tuple(round(float(part) * 255) for part in colour[:3]))
    if found is None:
        raise ValueError(f"a colour without a role: {colour}")
    return found
