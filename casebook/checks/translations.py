"""Records of the Chinese and English of each part, and the check for English that is older.

The ledger of English holds a digest of the Chinese and one of the English for each part of a record
and each text. Where only the Chinese differs from it, the English has not kept up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from casebook.checks.content import LEAD, find_content_files, find_slugs
from casebook.messages import problem, say
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import PUBLISHED
from casebook.record.model import Outdated
from casebook.record.summary import CaseSummary, sign_words
from casebook.text import Text
from casebook.yaml.files import show_path

ENGLISH = f"{PUBLISHED}/english.txt"
# The parts of a record, and the whole of a text.
WHOLE = "text"
_LINE = re.compile(r"(\S+) ([a-z]+) ([0-9a-f]{8}) ([0-9a-f]{8})")


def read_recorded(project: Path) -> dict[tuple[str, str], Text]:
    """The pairs as they were last recorded; a line that is none is passed over."""
    try:
        text = (project / ENGLISH).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return {}
    return {(path, part): Text(zh, en) for path, part, zh, en in _LINE.findall(text)}


def list_pairs(
    project: Path, cases: Iterable[CaseSummary]
) -> Iterator[tuple[tuple[str, str], Text]]:
    """Every part of these cases and every text that is in both languages."""
    for case in cases:
        for line in case.pairs.splitlines():
            part, zh, en = line.split(" ")
            yield (case.path, part), Text(zh, en)
    for path in find_content_files(project):
        english = path.with_name(f"{path.name.removesuffix('.md')}.en.md")
        if english.is_file():
            pair = Text(sign_words(_read_text(path)), sign_words(_read_text(english)))
            yield (show_path(path, project), WHOLE), pair


def find_outdated(project: Path, dataset: Dataset) -> dict[str, Outdated]:
    """The parts that are older in English than in Chinese, by the address of the page."""
    recorded = read_recorded(project)
    if not recorded:
        return {}
    found: dict[str, list[str]] = {}
    for (path, part), pair in list_pairs(project, dataset.summaries):
        if is_outdated(recorded.get((path, part)), pair):
            found.setdefault(path, []).append(part)
    if not found:
        return {}
    addresses = {case.path: f"cases/{case.slug}/" for case in dataset.summaries}
    addresses |= {
        show_path(path, project): "" if slug == LEAD else f"{slug}/"
        for path, slug in find_slugs(project).items()
    }
    return {addresses[path]: Outdated(path, tuple(parts)) for path, parts in found.items()}


def is_outdated(recorded: Text | None, now: Text) -> bool:
    """True where the Chinese changed since the record and the English did not."""
    return recorded is not None and now.zh != recorded.zh and now.en == recorded.en


def check_translations(dataset: Dataset) -> list[Problem]:
    """A warning for each part whose English is older than its Chinese."""
    problems = []
    for address, outdated in dataset.outdated.items():
        case = dataset.by_slug.get(address.removeprefix("cases/").removesuffix("/"))
        # A text may have the slug of a case.
        places = case.positions if case is not None and case.path == outdated.path else None
        for part in outdated.parts:
            at = (places or {}).get(part, START)
            name = say("checks.this_text") if part == WHOLE else part
            command = f"python3 build.py record --in-step {outdated.path}"
            problems.append(problem("W207", outdated.path, at, part=name, command=command))
    return problems


def _read_text(path: Path) -> bytes:
    # Other ends of lines are no other text.
    return path.read_bytes().replace(b"\r\n", b"\n").strip()
