"""An image of few colours, on which covers are laid."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from casebook.charts.cover import Cover

Colour = tuple[int, int, int]

# So many steps from nothing to all of a dot are as smooth as more, and cost fewer bytes.
_STEPS: Final = 15
# What one byte a dot can tell apart.
_MOST_COLOURS: Final = 256
# The sixth step of zlib takes half as long again for a thirtieth of the bytes.
_COMPRESSION: Final = 4


class Canvas:
    """An image whose dots are numbers of colours.

    It begins in the first of some colours, which all have a number; blends get theirs as they
    come about, so that none has to be looked for in the end, and a dot is one byte from the first
    stroke to the file.
    """

    def __init__(self, width: int, height: int, colours: Iterable[Colour]) -> None:
        from PIL import Image

        self._image = Image.new("L", (width, height))
        self._colours: list[Colour] = list(dict.fromkeys(colours))
        self._numbers = {colour: number for number, colour in enumerate(self._colours)}
        self._blends: dict[tuple[int, Colour, float, int], int] = {}

    def lay(self, cover: Cover, colour: Colour, opacity: float = 1) -> None:
        """Paint over what the cover covers; what lies outside of the image is left out."""
        from PIL import Image

        left, top = max(cover.left, 0), max(cover.top, 0)
        right = min(cover.left + cover.image.width, self._image.width)
        bottom = min(cover.top + cover.image.height, self._image.height)
        if left >= right or top >= bottom:
            return
        box = (left, top, right, bottom)
        within = (left - cover.left, top - cover.top, right - cover.left, bottom - cover.top)
        image = cover.image.crop(within)
        # How often each of 256 is covered.
        counts = image.histogram()
        steps = [step for step, (low, high) in enumerate(_BOUNDS) if any(counts[low:high])]
        if opacity == 1 and steps in ([_STEPS], [0, _STEPS]):
            self._image.paste(self._number(colour), box, image)
            return
        covered, beneath = image.tobytes(), self._image.crop(box)
        grounds = [number for number, count in enumerate(beneath.histogram()) if count]
        for ground in grounds:
            table = bytearray(256)
            for step in steps:
                low, high = _BOUNDS[step]
                number = self._blend(ground, colour, opacity, step)
                table[low:high] = bytes([number]) * (high - low)
            # Pillow's own way through a table takes longer to read the table than to use it.
            painted = Image.frombytes("L", image.size, covered.translate(table))
            if len(grounds) == 1:
                self._image.paste(painted, box)
            else:
                here = beneath.tobytes().translate(_only(ground))
                self._image.paste(painted, box, Image.frombytes("L", image.size, here))

    def encode(self) -> bytes:
        """The image as PNG."""
        image = self._image.copy()
        image.putpalette(bytes(part for colour in self._colours for part in colour))
        target = io.BytesIO()
        image.save(target, "PNG", compress_level=_COMPRESSION)
        return target.getvalue()

    def _blend(self, ground: int, colour: Colour, opacity: float, step: int) -> int:
        key = (ground, colour, opacity, step)
        if key not in self._blends:
            part = opacity * step / _STEPS
            pairs = zip(colour, self._colours[ground], strict=True)
            red, green, blue = (round(over * part + under * (1 - part)) for over, under in pairs)
            self._blends[key] = self._number((red, green, blue))
        return self._blends[key]

    def _number(self, colour: Colour) -> int:
        """The number of a colour, or of the nearest one where there is no room for another."""
        if colour not in self._numbers:
            if len(self._colours) < _MOST_COLOURS:
                self._colours.append(colour)
                self._numbers[colour] = len(self._colours) - 1
            else:
                near = min(self._colours, key=lambda other: math.dist(colour, other))
                self._numbers[colour] = self._numbers[near]
        return self._numbers[colour]


@lru_cache(maxsize=_MOST_COLOURS)
def _only(number: int) -> bytes:
    """A table that covers the dots of one number and uncovers all others."""
    return bytes(255 * (other == number) for other in range(256))


# From which coverage up to which one each step reaches.
_EDGES: Final = [0, *(math.ceil((step - 0.5) * 255 / _STEPS) for step in range(1, _STEPS + 1)), 256]
_BOUNDS: Final = list(pairwise(_EDGES))
