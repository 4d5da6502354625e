"""The texts of content/: their files, their headers, and what is wrong in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.limits import check_markdown
from casebook.checks.links import check_marks, check_references
from casebook.checks.text_claims import check_passage
from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import WrittenText
from casebook.record.model import Case
from casebook.record.suggestions import suggest
from casebook.text import Lang, Languages
from casebook.yaml.files import read_text, show_path
from casebook.yaml.fixes import COLONS

# The texts that every site has; a translation of each is optional.
LEAD = "lead"
PROSE = {
    LEAD: "content/stories/lead.md",
    "method": "content/pages/method.md",
    "about": "content/pages/about.md",
}
HEADER = ("Title", "Slug", "Lang", "Summary")
# The day when the text was published, which readers are shown.
DATE = "Date"
_SLUG_LINE = re.compile(r"^Slug:[ \t]*(\S.*)", re.MULTILINE)
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_HEADER_LINE = re.compile(rf"(?P<name>[^\s:{COLONS}]+)(?P<colon>[:{COLONS}])(?P<value>.*)")


def find_content_files(project: Path) -> list[Path]:
    """The Markdown files of content/, in the order of their names."""
    return sorted((project / "content").rglob("*.md"))


def read_content(project: Path) -> Iterator[tuple[Path, str]]:
    """The Markdown files of content/ with their texts, without those that cannot be read."""
    for path in find_content_files(project):
        # What is wrong with one is reported where its words are checked.
        text = read_text(path, project, [])
        if text is not None:
            yield path, text


def list_prose(project: Path, cases: Iterable[Case], languages: Languages) -> Iterator[WrittenText]:
    """The stories of cases and the texts of content/."""
    for case in cases:
        yield from case.stories
    for path, words in read_content(project):
        yield _place_content(words, path, project, languages)


def _place_content(words: str, path: Path, project: Path, languages: Languages) -> WrittenText:
    lang, shown = language_of(path, languages), show_path(path, project)
    return WrittenText(words=words, lang=lang, path=shown, at=START, has_head=True)


def find_slugs(project: Path) -> dict[Path, str]:
    """The slug of each text, as far as its header can be read."""
    found = ((path, _SLUG_LINE.search(text)) for path, text in read_content(project))
    return {path: slug[1].strip() for path, slug in found if slug is not None}


def find_addresses(project: Path, dataset: Dataset) -> dict[str, str]:
    """The addresses of the pages of cases and texts by their files."""
    addresses = {case.path: f"cases/{case.slug}/" for case in dataset.summaries}
    for path, slug in find_slugs(project).items():
        # The lead is the home page.
        addresses[show_path(path, project)] = "" if slug == LEAD else f"{slug}/"
    return addresses


def language_of(path: Path, languages: Languages) -> Lang:
    """The language of a text of content/ by the end of its name: about.md, about.en.md."""
    ends = (lang for lang in languages.others if path.name.endswith(f".{lang}.md"))
    return next(ends, languages.first)


def check_content(project: Path, known: KnownNumbers) -> list[Problem]:
    """The problems of the prose: encoding, headers, and references that name nothing."""
    problems: list[Problem] = []
    # The text of each slug and language, which is that of the file's name as for the site.
    texts_of_slugs: dict[tuple[str, Lang], str] = {}
    dataset, languages = known.dataset, known.dataset.languages
    passages: dict[Path, list[WrittenText]] = {}
    for path in find_content_files(project):
        words = read_text(path, project, problems)
        if words is None:
            continue
        text = _place_content(words, path, project, languages)
        shown, lang = text.path, text.lang
        header = _read_header(words, shown, problems)
        if header.get("Lang", lang) != lang:
            # Also a text that was saved over its translation.
            problems.append(problem("E205.lang", shown, START, lang=lang))
        if slug := header.get("Slug"):
            first = texts_of_slugs.setdefault((slug, lang), shown)
            if first != shown:
                problems.append(problem("E301.twice", shown, START, slug=slug, other=first))
        problems += check_markdown(text)
        problems += check_marks(text)
        problems += check_references(text, None, dataset)
        # about.md and about.en.md are one passage in two languages.
        name = path.name.removesuffix(f".{lang}.md").removesuffix(".md")
        passages.setdefault(path.with_name(name), []).append(text)
    if not dataset.unread:
        for texts in passages.values():
            problems += check_passage(texts, known)
    # A page that is not translated shows the text of the site's own language.
    translated = {slug: shown for (slug, _), shown in texts_of_slugs.items()}
    for slug, place in (translated | PROSE).items():
        if (slug, languages.first) not in texts_of_slugs:
            language = say(f"languages.{languages.first}")
            file = place
            for lang in languages.others:
                file = file.replace(f".{lang}.md", ".md")
            found = problem("E301", place, START, slug=slug, language=language, file=file)
            problems.append(found)
    return problems


def _read_header(text: str, path: str, problems: list[Problem]) -> dict[str, str]:
    """The lines of “Name: value” that a text starts with."""
    header: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            break
        found = _HEADER_LINE.fullmatch(line)
        if found is None or found["colon"] != ":":
            column = found.start("colon") + 1 if found is not None else 1
            problems.append(problem("E112.header", path, Position(number, column)))
        elif (name := found["name"]) not in (*HEADER, DATE):
            hint = suggest(name, HEADER)
            problems.append(problem("E201.header", path, Position(number, 1), hint=hint, name=name))
        else:
            if name in header:
                first = lines[name]
                problems.append(problem("E130", path, Position(number, 1), name=name, first=first))
            lines.setdefault(name, number)
            header[name] = found["value"].strip()
            if name == DATE and not _DAY.fullmatch(header[name]):
                problems.append(problem("E224", path, Position(number, 1), name=name))
    problems += [
        problem("E202.header", path, START, name=name) for name in HEADER if not header.get(name)
    ]
    return header
