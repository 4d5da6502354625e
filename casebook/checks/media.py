"""Checks of the content of pictures, files and theme files, and the copies for the site."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.parsers import expat

from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Media
from casebook.record.references import find_pictures
from casebook.record.suggestions import suggest
from casebook.values.digest import digest
from casebook.yaml.encoding import position_of
from casebook.yaml.files import read_bytes, read_text, show_path

FOLDERS: Final = ("images", "files")
MOST_BYTES: Final = 50_000_000
# The first bytes and endings of each kind; no SVG, which may hold scripts, and no moving GIF.
KINDS: Final = {
    "JPEG": ((b"\xff\xd8\xff",), (".jpg", ".jpeg")),
    "PNG": ((b"\x89PNG\r\n\x1a\n",), (".png",)),
    "WEBP": ((b"RIFF",), (".webp",)),
    "PDF": ((b"%PDF-",), (".pdf",)),
}
_END_OF_PDF: Final = b"%%EOF"
_END_OF_JPEG: Final = b"\xff\xd9"
MOST_PIXELS: Final = 60_000_000
_QUALITY: Final = 82
_TEXTS: Final = (".css", ".js", ".mjs", ".json", ".webmanifest", ".svg", ".xml", ".html", ".txt")
# The first bytes of fonts. The length of the file stands after the kind and the flavour.
_FONTS: Final = {".woff2": b"wOF2", ".woff": b"wOFF"}
# The parts of a style sheet: comments, strings, brackets, the end of a rule, what a browser
# ignores here (@import, addresses of other sites), and `=`, an error outside brackets.
_CSS: Final = re.compile(
    r"""/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[{}();=\[\]]"""
    r"""|@import\b|\burl(?=\([ \t\n]*["']?(?:https?:)?//)""",
    re.DOTALL | re.IGNORECASE,
)
_PAIRS: Final = {"}": "{", ")": "(", "]": "["}
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


def _list_uses(dataset: Dataset) -> Iterator[tuple[str, str, Position]]:
    """Every picture and file that cases and sources name, with the place that names it."""
    for summary in dataset.summaries:
        if summary.media:
            case = dataset.by_slug[summary.slug]
            for record, name in case.media_inside:
                yield name, case.path, record.at
    for source in dataset.sources.values():
        if source.file:
            yield source.file, "data/sources.yaml", START


def read_media(project: Path, dataset: Dataset) -> tuple[Mapping[str, Media], list[Problem]]:
    """The pictures and files that the records name, by their names, and their problems."""
    problems: list[Problem] = []
    media: dict[str, Media] = {}
    there = set(_list_files(project))
    seen: set[str] = set()
    for name, path, at in _list_uses(dataset):
        if name not in there:
            hint = suggest(name, there)
            problems.append(problem("E310", path, at, hint=hint, file=f"content/{name}"))
        # Several records may name one file, which is read and reported once.
        elif name not in seen:
            seen.add(name)
            if found := _read_one(project, name, problems):
                media[name] = found
    problems += [problem("W317", f"content/{name}", START) for name in sorted(there - seen)]
    return media, problems


def _list_files(project: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((project / "content" / folder).glob("*")):
            if not path.name.startswith(".") and path.suffix != ".md":
                yield f"{folder}/{path.name}"


def _read_one(project: Path, name: str, problems: list[Problem]) -> Media | None:
    path = project / "content" / name
    before = len(problems)
    content = read_bytes(path, project, problems, MOST_BYTES)
    if len(problems) > before:
        return None
    kind = find_kind(content)
    endings = KINDS[kind][1] if kind else ("",)
    fault, width, height = "", 0, 0
    if not kind or (kind == "PDF") > (name.startswith("files/")):
        fault = "E311"
    elif path.suffix.lower() not in endings:
        fault = "E311.name"
    else:
        fault, width, height = measure(content, kind)
        if not fault and kind != "PDF" and name.startswith("files/") and has_camera_data(content):
            fault = "E314"
    if fault:
        shown, ending = show_path(path, project), endings[0]
        found = problem(fault, shown, START, kind=kind, ending=ending, width=width, height=height)
        problems.append(found)
        return None
    return Media(
        name=name, kind=kind, size=len(content), digest=digest(content), width=width, height=height
    )


def find_kind(content: bytes) -> str:
    """The kind of a picture or file by its first bytes, empty if it is none of KINDS."""
    for kind, (starts, _) in KINDS.items():
        if content.startswith(starts) and (kind != "WEBP" or content[8:12] == b"WEBP"):
            return kind
    return ""


def measure(content: bytes, kind: str) -> tuple[str, int, int]:
    """The code of a fault of a picture or PDF, empty if none, with its width and height."""
    if kind == "PDF":
        # Some servers and scanners add bytes after the end.
        is_whole = _END_OF_PDF in content.rstrip(b"\0\r\n ")[-2048:]
        return "" if is_whole else "E313", 0, 0
    # Imported here: most sites have no pictures, and the library takes a twentieth of a second.
    from PIL import Image

    try:
        # The library requires `verify` right after opening, and to open the picture again after it.
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            image.verify()
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            width, height = image.size
            # A phone held upright says so in the EXIF data: from 5 on, exchange width and height.
            if image.getexif().get(0x0112, 1) >= 5:
                width, height = height, width
            if width * height > MOST_PIXELS:
                return "E312", width, height
            if getattr(image, "n_frames", 1) > 1:
                return "E311", width, height
    except Exception:  # the library raises errors of many kinds for a damaged picture
        return "E313", 0, 0
    is_cut = kind == "JPEG" and _END_OF_JPEG not in content[-64:]
    return ("E313" if is_cut else ""), width, height


def has_camera_data(content: bytes) -> bool:
    """True if a picture has EXIF data, which may tell its camera, time or place."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return bool(image.getexif())


def make_copies(media: Media, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The paths and contents of the files that are published for a picture or file."""
    if not media.name.startswith("images/"):
        yield f"data/{media.name}", content
        return
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=[media.kind]) as opened:
        image = ImageOps.exif_transpose(opened)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    # Only pixels and colour profile are published: place, time and camera stay with the editors.
    colours = image.info.get("icc_profile")
    image.info = {}
    for path, size in media.copies().items():
        copy = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
        stream = io.BytesIO()
        copy.save(stream, media.kind, quality=_QUALITY, optimize=True, icc_profile=colours)
        yield path, stream.getvalue()


def stories_show_their_pictures(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A story shows all pictures of its case and no others, each with an alternative text."""
    names = [picture.file.removeprefix("images/") for picture in case.pictures]
    shown = set()
    for story in case.stories:
        for name, is_alone, at in find_pictures(story.words, story.at):
            shown.add(name)
            if name not in names:
                yield problem("E315", case.path, at, hint=suggest(name, names), name=name[:60])
            elif not is_alone:
                yield problem("E315.alone", case.path, at, name=name)
    for number, (name, picture) in enumerate(zip(names, case.pictures, strict=True)):
        if name in names[:number]:
            yield problem("E315.twice", case.path, picture.at, name=name)
        elif name not in shown:
            yield problem("W315", case.path, picture.at, name=name)
        if not all(map(picture.alt.own, dataset.languages)):
            yield problem("W316", case.path, picture.at, name=name)


def check_theme_file(path: Path, project: Path, is_template: bool = False) -> Iterator[Problem]:
    """The problems in the content of a theme file; none for a kind that is not checked."""
    shown, ending = show_path(path, project), path.suffix.lower()
    problems: list[Problem] = []
    if is_template or ending in _TEXTS:
        text = read_text(path, project, problems)
        # Templates may hold invisible characters: marks of direction, and breaks in long words.
        yield from (one for one in problems if one.code != "E105")
        if text is not None and ending == ".css":
            yield from _check_styles(text, shown)
        elif text is not None and ending == ".svg":
            yield from _check_drawing(text, shown)
        return
    kind = next((kind for kind, (_, endings) in KINDS.items() if ending in endings), "")
    if not (kind or ending in _FONTS):
        return
    content = read_bytes(path, project, problems)
    yield from problems
    if not problems:
        if kind:
            is_whole = find_kind(content) == kind and not measure(content, kind)[0]
        else:
            length = int.from_bytes(content[8:12])
            is_whole = content[:4] == _FONTS[ending] and length == len(content)
        if not is_whole:
            yield problem("E321.damaged", shown, START, ending=ending)


def _check_styles(text: str, path: str) -> Iterator[Problem]:
    """The problems of a style sheet that would break the next one: all are joined into one."""
    opened: list[tuple[str, int]] = []
    end = 0
    for found in _CSS.finditer(text):
        sign, at = found[0], found.start()
        if sign[0] in "@uU":
            key = "E321.import" if sign[0] == "@" else "E321.address"
            yield problem(key, path, position_of(text, at))
        elif sign[0] == "/":
            if not sign.endswith("*/") or len(sign) < 4:
                opened.append(("/*", at))
        elif sign in ("{", "(", "["):
            opened.append((sign, at))
        elif sign in _PAIRS:
            if not opened or opened.pop()[0] != _PAIRS[sign]:
                yield problem("E321.sign", path, position_of(text, at), sign=sign)
                return
        elif sign == "=" and not (opened and opened[-1][0] in "(["):
            yield problem("E321.css", path, position_of(text, at))
            return
        if not opened and sign in (";", "}"):
            end = found.end()
    if opened:
        sign, at = opened[0]
        yield problem("E321.open", path, position_of(text, at), sign=sign)
    # A selector without a block would take the block of the next sheet.
    elif rest := _COMMENT.sub("", text[end:]).strip():
        yield problem("E321.css", path, position_of(text, text.index(rest[:1], end)))


def _check_drawing(text: str, path: str) -> Iterator[Problem]:
    parser, names = expat.ParserCreate(), set[str]()
    # Only the root element, which begins first, is kept.
    parser.StartElementHandler = lambda name, _: None if names else names.add(name)

    def refuse(*_declared: object) -> None:
        raise expat.ExpatError

    # Entities are refused: one may stand for a thousand others, each of them for a thousand more.
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)
        if "svg" in names:
            return
        at = START
    except expat.ExpatError:
        at = Position(max(parser.ErrorLineNumber, 1), parser.ErrorColumnNumber + 1)
    yield problem("E321.svg", path, at)
