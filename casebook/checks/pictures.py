"""Pictures as the library of pictures sees them: kind, size, damage, and smaller copies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps

from casebook.record.model import Media

_END_OF_JPEG: Final = b"\xff\xd9"
MOST_PIXELS: Final = 60_000_000
_QUALITY: Final = 82


def measure(content: bytes, kind: str) -> tuple[str, int, int]:
    """The code of a picture's fault, or nothing, with its width and height as it is looked at."""
    try:
        # By the library's rule nothing may be asked of a picture before it is verified.
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            image.verify()
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            width, height = image.size
            # A phone that was held upright says so beside the picture.
            if image.getexif().get(0x0112, 1) >= 5:
                width, height = height, width
            if width * height > MOST_PIXELS:
                return "E312", width, height
            if getattr(image, "n_frames", 1) > 1:
                return "E311", width, height
    except Exception:  # the library raises whatever a damaged picture makes it stumble over
        return "E313", 0, 0
    is_cut = kind == "JPEG" and _END_OF_JPEG not in content[-64:]
    return ("E313" if is_cut else ""), width, height


def has_camera_data(content: bytes) -> bool:
    """True of a picture that tells of its camera, or of time and place."""
    with Image.open(io.BytesIO(content)) as image:
        return bool(image.getexif())


def make_copies(media: Media, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that are published of a picture or a file, with their paths."""
    if not media.name.startswith("images/"):
        yield f"data/{media.name}", content
        return
    with Image.open(io.BytesIO(content), formats=[media.kind]) as opened:
        image = ImageOps.exif_transpose(opened)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    # Only the pixels and what their colours mean: place, time and camera stay with the editors.
    colours = image.info.get("icc_profile")
    image.info = {}
    for path, size in media.copies().items():
        copy = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
        stream = io.BytesIO()
        copy.save(stream, media.kind, quality=_QUALITY, optimize=True, icc_profile=colours)
        yield path, stream.getvalue()
