"""A sheet as dots of few colours, for the pictures that are PNG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casebook.charts.canvas import Canvas, Colour
from casebook.charts.cover import Cover, cover_fill, cover_stripes, cover_stroke, round_half_up
from casebook.charts.letters import measure_text, set_line
from casebook.charts.sheet import Link, Shape, Sheet, Words

_BACK: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def paint_sheet(sheet: Sheet, colours: Mapping[str, str], scale: float) -> Canvas:
    """The sheet on paper, `scale` dots to a pixel; colours are `#rrggbb` by role."""
    real = {role: _parse_colour(colour) for role, colour in colours.items()}
    size = (round(sheet.width * scale), round(sheet.height * scale))
    canvas = Canvas(*size, (real["paper"], *real.values()))
    for part in sheet.parts:
        for item in part.parts if isinstance(part, Link) else (part,):
            if isinstance(item, Words):
                canvas.lay(_cover_words(item, scale), real[item.role])
            else:
                _paint_shape(canvas, item, real, scale)
    return canvas


def _parse_colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return (red, green, blue)


def _paint_shape(canvas: Canvas, shape: Shape, colours: Mapping[str, Colour], scale: float) -> None:
    if shape.fill:
        canvas.lay(cover_fill(shape, scale), colours[shape.fill], shape.opacity)
    if shape.hatch:
        canvas.lay(cover_stripes(shape, scale), colours[shape.hatch])
    if shape.stroke and shape.stroke_width:
        canvas.lay(cover_stroke(shape, scale), colours[shape.stroke])


def _cover_words(words: Words, scale: float) -> Cover:
    from PIL import Image

    size = words.size * scale
    line = set_line(words.text, size)
    back = _BACK[words.anchor] * measure_text(words.text, size)
    x, y = words.x * scale, words.y * scale
    if not words.turned:
        return Cover(line.coverage, round_half_up(x - back) - line.x, round_half_up(y) - line.y)
    turned = line.coverage.transpose(Image.Transpose.ROTATE_90)
    return Cover(
        turned, round_half_up(x) - line.y, round_half_up(y + back) + line.x - turned.height
    )
