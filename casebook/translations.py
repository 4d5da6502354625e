"""Whether the English of a page is older than its Chinese, by what both were when last recorded.

data/english.txt holds a digest of the Chinese and one of the English for each part of a record
and each text. Where only the Chinese differs from it, the English has not kept up.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from casebook.content import LEAD, find_content_files, find_slugs
from casebook.dataset import Dataset
from casebook.errors import START, Position, Problem
from casebook.model import Case, Outdated, Text
from casebook.reader import show_path

ENGLISH = "data/english.txt"
# The parts of a record, and the whole of a text.
WHOLE = "text"
_DIGITS = 8
_LINE = re.compile(r"(\S+) ([a-z]+) ([0-9a-f]{8}) ([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Pair:
    """What a part says in Chinese and in English, as a digest of each."""

    zh: str
    en: str


# Each part by the path of its Chinese file and its name.
Pairs = Mapping[tuple[str, str], Pair]


def read_recorded(project: Path) -> dict[tuple[str, str], Pair]:
    """The pairs as they were last recorded; a line that is none is passed over."""
    try:
        text = (project / ENGLISH).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return {}
    return {(path, part): Pair(zh, en) for path, part, zh, en in _LINE.findall(text)}


def list_pairs(project: Path, cases: Iterable[Case]) -> Iterator[tuple[tuple[str, str], Pair]]:
    """Every part of these cases and every text that stands in both languages."""
    for case in cases:
        for part, wordings in list_wordings(case):
            # What has no English is shown in Chinese, so that nothing of it can be older.
            both = [text for text in wordings if text.zh and text.en]
            if both:
                zh = "\n".join(text.zh for text in both)
                en = "\n".join(text.en for text in both)
                yield (case.path, part), Pair(_sign(zh.encode()), _sign(en.encode()))
    for path in find_content_files(project):
        english = path.with_name(f"{path.name.removesuffix('.md')}.en.md")
        if english.is_file():
            pair = Pair(_sign(_read_text(path)), _sign(_read_text(english)))
            yield (show_path(path, project), WHOLE), pair


def list_wordings(case: Case) -> Iterator[tuple[str, list[Text]]]:
    """Everything that a case says in words, by the field of the record that it stands in."""
    figures = case.figures.values()
    yield "title", [case.title]
    yield "summary", [case.summary]
    yield "story", [case.story]
    yield "answers", [t for answer in case.answers.values() for t in (answer.text, answer.note)]
    yield (
        "figures",
        [
            text
            for figure in figures
            for text in (
                figure.label,
                figure.note,
                *(report.says for report in figure.corroborated_by),
                *(change.why for change in figure.history),
            )
        ],
    )
    yield "events", [text for event in case.events for text in (event.title, event.note)]
    yield (
        "documents",
        [t for paper in case.documents for t in (paper.title, paper.issuer, paper.note)],
    )
    yield (
        "conflicts",
        [
            text
            for conflict in case.conflicts
            for text in (conflict.about, conflict.note, *(one.says for one in conflict.reports))
        ],
    )
    yield "history", [change.why for change in case.withdrawn]


def find_outdated(project: Path, dataset: Dataset) -> dict[str, Outdated]:
    """What is older in English than in Chinese, by the address of the page."""
    recorded = read_recorded(project)
    if not recorded:
        return {}
    found: dict[str, list[str]] = {}
    for (path, part), pair in list_pairs(project, dataset.cases):
        if is_outdated(recorded.get((path, part)), pair):
            found.setdefault(path, []).append(part)
    if not found:
        return {}
    addresses = {case.path: f"cases/{case.slug}/" for case in dataset.cases}
    addresses |= {
        show_path(path, project): "" if slug == LEAD else f"{slug}/"
        for path, slug in find_slugs(project).items()
    }
    return {addresses[path]: Outdated(path, tuple(parts)) for path, parts in found.items()}


def is_outdated(recorded: Pair | None, now: Pair) -> bool:
    """Whether the Chinese changed since the record and the English did not."""
    return recorded is not None and now.zh != recorded.zh and now.en == recorded.en


def check_translations(dataset: Dataset) -> list[Problem]:
    """A warning for each part whose English is older than its Chinese."""
    positions = {case.path: case.positions or {} for case in dataset.cases}
    return [
        _report_outdated(outdated.path, part, positions.get(outdated.path, {}).get(part, START))
        for outdated in dataset.outdated.values()
        for part in outdated.parts
    ]


def _report_outdated(path: str, part: str, at: Position) -> Problem:
    zh, en = ("这篇正文", "this text") if part == WHOLE else (part, part)
    command = f"python3 build.py record --in-step {path}"
    return Problem(
        path,
        at,
        "W207",
        f"{zh} 的中文改过，英文还是旧的",
        f"the Chinese of {en} was changed and its English was not",
        f"改好英文；英文不用改，就运行 {command}",
        f"Change the English; where it needs no change, run {command}",
        severity="warning",
    )


def _read_text(path: Path) -> bytes:
    # Other ends of lines are no other text.
    return path.read_bytes().replace(b"\r\n", b"\n").strip()


def _sign(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:_DIGITS]
