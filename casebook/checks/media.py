"""Pictures and files of cases and sources: what they are by their content, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.fields import suggest
from casebook.record.model import Case, Media
from casebook.record.references import find_pictures
from casebook.values.digest import digest
from casebook.yaml.files import read_bytes, show_path

FOLDERS: Final = ("images", "files")
MOST_BYTES: Final = 50_000_000
# The first bytes of each kind, and the endings that name it. SVG holds scripts, GIF moves.
KINDS: Final = {
    "JPEG": ((b"\xff\xd8\xff",), (".jpg", ".jpeg")),
    "PNG": ((b"\x89PNG\r\n\x1a\n",), (".png",)),
    "WEBP": ((b"RIFF",), (".webp",)),
    "PDF": ((b"%PDF-",), (".pdf",)),
}
_END_OF_PDF: Final = b"%%EOF"


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
    """The pictures and files that the records name, by their names, and what is wrong with them."""
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
    # Only here: most sites have no pictures, and their library takes a twentieth of a second.
    from casebook.checks.pictures import has_camera_data, measure

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
    elif kind == "PDF":
        # Some servers and scanners leave something behind the end.
        fault = "" if _END_OF_PDF in content.rstrip(b"\0\r\n ")[-2048:] else "E313"
    else:
        fault, width, height = measure(content, kind)
        if not fault and name.startswith("files/") and has_camera_data(content):
            fault = "E314"
    if fault:
        shown, ending = show_path(path, project), endings[0]
        found = problem(fault, shown, START, kind=kind, ending=ending, width=width, height=height)
        problems.append(found)
        return None
    return Media(
        name=name,
        kind=kind,
        size=len(content),
        digest=digest(content),
        width=width,
        height=height,
    )


def find_kind(content: bytes) -> str:
    """The kind of a picture or a file by its first bytes; nothing where it is none of ours."""
    for kind, (starts, _) in KINDS.items():
        if content.startswith(starts) and (kind != "WEBP" or content[8:12] == b"WEBP"):
            return kind
    return ""


def stories_show_their_pictures(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A story shows the pictures of its case and no others, each with words for who cannot see."""
    names = [picture.file.removeprefix("images/") for picture in case.pictures]
    shown = set()
    for _, words, start in case.stories:
        for name, is_alone, at in find_pictures(words, start):
            shown.add(name)
            if name not in names:
                yield problem("E315", case.path, at, hint=suggest(name, names), name=name[:60])
            elif not is_alone:
                yield problem("E315.alone", case.path, at, name=name)
    for name, picture in zip(names, case.pictures, strict=True):
        if name not in shown:
            yield problem("W315", case.path, picture.at, name=name)
        if not all(map(picture.alt.own, dataset.languages)):
            yield problem("W316", case.path, picture.at, name=name)
