"""The ledger of translations, and the check for outdated translations.

The ledger holds a digest of each language for each part of a record and each text.
If only the text in the site's own language differs from it, the translation is outdated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from casebook.checks.content import find_addresses, find_content_files
from casebook.messages import problem, say
from casebook.packaged import COMMAND
from casebook.problems import START, ContentError, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import PUBLISHED
from casebook.record.model import Outdated
from casebook.record.summary import sign_words
from casebook.text import Lang, Languages, Text
from casebook.yaml.files import read_text, show_path

# The ledger of a site by the language of the translations.
TRANSLATED: Mapping[Lang, str] = {
    "en": f"{PUBLISHED}/english.txt",
    "zh": f"{PUBLISHED}/chinese.txt",
}
# The name for the whole of a text, which has no parts as a record has.
WHOLE = "text"
_LINE = re.compile(r"(\S+) ([a-z]+) ([0-9a-f]{8}) ([0-9a-f]{8})")


def read_recorded(project: Path, languages: Languages) -> dict[tuple[str, str], Text]:
    """The digests as last recorded, by file and part. Raises ContentError for a damaged line."""
    found: dict[tuple[str, str], Text] = {}
    for lang in languages.others:
        problems: list[Problem] = []
        ledger = project / TRANSLATED[lang]
        text = read_text(ledger, project, problems) if ledger.exists() else None
        if problems:
            raise ContentError(problems)
        for number, line in enumerate((text or "").split("\n"), 1):
            if not line.strip() or line.startswith("#"):
                continue
            parts = _LINE.fullmatch(line)
            if parts is None:
                raise ContentError([problem("E294", TRANSLATED[lang], Position(number, 1))])
            path, part, *pair = parts.groups()
            found[path, part] = languages.text(pair)
    return found


def list_pairs(project: Path, dataset: Dataset) -> Iterator[tuple[tuple[str, str], Text]]:
    """The digests of every part of a case and every text that is in both languages."""
    for case in dataset.summaries:
        for line in case.pairs.splitlines():
            part, zh, en = line.split(" ")
            yield (case.path, part), Text(zh, en)
    for path in find_content_files(project):
        for lang in dataset.languages.others:
            other = path.with_name(f"{path.name.removesuffix('.md')}.{lang}.md")
            if other.is_file():
                # Other line ends do not change a text.
                texts = (each.read_bytes().replace(b"\r\n", b"\n") for each in (path, other))
                pair = (sign_words(text.strip()) for text in texts)
                yield (show_path(path, project), WHOLE), dataset.languages.text(pair)


def find_outdated(project: Path, dataset: Dataset) -> dict[str, Outdated]:
    """The parts with an outdated translation, by the address of the page."""
    recorded = read_recorded(project, dataset.languages)
    if not recorded:
        return {}
    found: dict[str, list[str]] = {}
    for (path, part), pair in list_pairs(project, dataset):
        if is_outdated(recorded.get((path, part)), pair, dataset.languages):
            found.setdefault(path, []).append(part)
    if not found:
        return {}
    addresses = find_addresses(project, dataset)
    # A text without a readable slug has no page.
    return {
        addresses[path]: Outdated(path, tuple(parts))
        for path, parts in found.items()
        if path in addresses
    }


def is_outdated(recorded: Text | None, now: Text, languages: Languages) -> bool:
    """True if the text in the site's own language changed since the record, a translation not."""
    if recorded is None or now.own(languages.first) == recorded.own(languages.first):
        return False
    return any(now.own(lang) == recorded.own(lang) for lang in languages.others)


def check_translations(dataset: Dataset) -> Iterator[Problem]:
    """A warning for each part with an outdated translation."""
    names = [say(f"languages.{lang}") for lang in dataset.languages]
    own, other = names[0], names[-1]
    for address, outdated in dataset.outdated.items():
        case = dataset.by_slug.get(address.removeprefix("cases/").removesuffix("/"))
        # A text may have the same slug as a case.
        places = case.positions if case is not None and case.path == outdated.path else None
        for part in outdated.parts:
            at = (places or {}).get(part, START)
            name = say("checks.this_text") if part == WHOLE else part
            command = f"{COMMAND} record --in-step {outdated.path}"
            yield problem(
                "W207", outdated.path, at, part=name, own=own, other=other, command=command
            )
