"""Texts of content/: finding them, and the checks of their headers and words."""

from __future__ import annotations

import re
from pathlib import Path

from casebook.checks.limits import check_markdown
from casebook.checks.rules import check_references
from casebook.checks.text_claims import WrittenText, check_wording
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.fields import suggest
from casebook.text import LANGS, Lang
from casebook.yaml.encoding import decode
from casebook.yaml.files import read_bytes, show_path
from casebook.yaml.mistakes import COLONS

# The texts that pages are made of; the English of each is optional.
LEAD = "lead"
PROSE = {
    LEAD: "content/stories/lead.md",
    "method": "content/pages/method.md",
    "glossary": "content/pages/glossary.md",
    "about": "content/pages/about.md",
}
HEADER = ("Title", "Slug", "Lang", "Summary")
_SLUG_LINE = re.compile(r"^Slug:[ \t]*(\S+)", re.MULTILINE)
_HEADER_LINE = re.compile(rf"(?P<name>[^\s:{COLONS}]+)(?P<colon>[:{COLONS}])(?P<value>.*)")


def find_content_files(project: Path) -> list[Path]:
    """The Markdown files of content/, in the order of their names."""
    return sorted((project / "content").rglob("*.md"))


def find_slugs(project: Path) -> dict[Path, str]:
    """The slug of each text, as far as its header can be read."""
    slugs = {}
    for path in find_content_files(project):
        # What cannot be read is a problem that is reported elsewhere.
        found = _SLUG_LINE.search(path.read_bytes().decode("utf-8", "replace"))
        if found is not None:
            slugs[path] = found[1]
    return slugs


def check_content(project: Path, dataset: Dataset) -> list[Problem]:
    """The problems of the prose: encoding, headers, and references that name nothing."""
    problems: list[Problem] = []
    slugs = set()
    for path in find_content_files(project):
        shown = show_path(path, project)
        text, found = decode(read_bytes(path, project, problems), shown)
        problems += found
        if text is None:
            continue
        header = _read_header(text, shown, problems)
        if header.get("Lang") == "zh":
            slugs.add(header.get("Slug", ""))
        problems += check_markdown(text, START, shown)
        lang: Lang = "en" if header.get("Lang") == "en" else "zh"
        written = WrittenText(words=text, lang=lang, path=shown, at=START, has_head=True)
        problems += check_references(written, None, dataset)
        if not dataset.unread:
            problems += check_wording(written, None, dataset)
    for slug, place in PROSE.items():
        if slug not in slugs:
            problems.append(problem("E301", place, START, slug=slug))
    return problems


def _read_header(text: str, path: str, problems: list[Problem]) -> dict[str, str]:
    """The lines of “Name: value” that a text starts with."""
    header: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            break
        found = _HEADER_LINE.fullmatch(line)
        if found is None or found["colon"] != ":":
            column = found.start("colon") + 1 if found is not None else 1
            problems.append(problem("E112.header", path, Position(number, column)))
        elif (name := found["name"]) not in HEADER:
            hint = suggest(name, HEADER)
            problems.append(problem("E201.header", path, Position(number, 1), hint=hint, name=name))
        else:
            header[name] = found["value"].strip()
    problems += [
        problem("E202.header", path, START, name=name) for name in HEADER if not header.get(name)
    ]
    if header.get("Lang", "zh") not in LANGS:
        problems.append(problem("E205.lang", path, START))
    return header
