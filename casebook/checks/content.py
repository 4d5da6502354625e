"""The prose of content/: which texts there are, and what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path

from casebook.checks.limits import check_markdown
from casebook.checks.rules import check_references
from casebook.checks.text_claims import check_wording
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.fields import suggest
from casebook.text import Lang
from casebook.yaml.encoding import decode
from casebook.yaml.files import read_bytes, show_path

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
_HEADER_LINE = re.compile(r"([^\s:：]+)(：|:)(.*)")


def find_content_files(project: Path) -> list[Path]:
    """The Markdown files of content/, in the order of their names."""
    return sorted((project / "content").rglob("*.md"))


def find_slugs(project: Path) -> dict[Path, str]:
    """The slug of each text, as far as its header can be read."""
    slugs = {}
    for path in find_content_files(project):
        # What cannot be read is a problem that is told elsewhere.
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
        problems += check_references(text, START, shown, None, dataset)
        if not dataset.unread:
            lang: Lang = "en" if header.get("Lang") == "en" else "zh"
            problems += check_wording(text, START, shown, None, dataset, lang, "page")
    for slug, place in PROSE.items():
        if slug not in slugs:
            zh, en = f"缺少 Slug 为 {slug} 的中文正文", f"there is no Chinese text with Slug {slug}"
            problems.append(Problem(place, START, "E301", zh, en))
    return problems


def _read_header(text: str, path: str, problems: list[Problem]) -> dict[str, str]:
    """The lines of “Name: value” that a text starts with."""
    header: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            break
        found = _HEADER_LINE.fullmatch(line)
        if found is None or found.group(2) == "：":
            column = found.start(2) + 1 if found is not None else 1
            zh = "正文开头应当是“Title: 标题”这样的行，用半角冒号"
            en = "a text starts with lines such as “Title: words”, with plain colons"
            problems.append(Problem(path, Position(number, column), "E112", zh, en))
        elif found.group(1) not in HEADER:
            name = found.group(1)
            zh, en = f"不认识字段 {name}", f"there is no field {name}"
            hint = suggest(name, HEADER)
            problems.append(Problem(path, Position(number, 1), "E201", zh, en, hint.zh, hint.en))
        else:
            header[found.group(1)] = found.group(3).strip()
    for name in HEADER:
        if not header.get(name):
            zh, en = f"缺少字段 {name}", f"the field {name} is missing"
            problems.append(Problem(path, START, "E202", zh, en))
    if header.get("Lang", "zh") not in ("zh", "en"):
        zh, en = "Lang 只能是 zh 或 en", "Lang is zh or en"
        problems.append(Problem(path, START, "E205", zh, en))
    return header
