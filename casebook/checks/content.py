"""Texts of content/, of records, of lists and of settings, each held to what it may say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.links import check_marks
from casebook.checks.numbers_in_text import find_mentions
from casebook.checks.text_claims import check_passage, check_wording
from casebook.checks.text_reading import WrittenText
from casebook.messages import problem, say
from casebook.packaged import SETTINGS
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import OWN_WORDS, PlacedText, fields_of, texts_of
from casebook.record.fields import suggest
from casebook.record.lists import find_list_places
from casebook.record.model import Case
from casebook.record.references import (
    SITE,
    SLOTS,
    find_broken_references,
    find_references,
    find_slots,
)
from casebook.record.settings import find_values, locate_node
from casebook.text import Lang, Languages, Text
from casebook.values.words import CURRENCIES
from casebook.yaml.files import read_text, show_path
from casebook.yaml.fixes import COLONS

# The texts that every site has; a translation of each is optional.
LEAD = "lead"
PROSE = {
    LEAD: "content/stories/lead.md",
    "method": "content/pages/method.md",
    "about": "content/pages/about.md",
}
# Past these a page helps no reader, and a build takes for ever.
MAX_MARKDOWN = 50_000
MAX_LINE = 5_000
# Between two empty lines. Markdown takes a block apart line by line: headings in it take time
# with the square of their number, and 450 definitions ended in a RecursionError.
MAX_BLOCK = 400
# Markdown takes time with the square of the open brackets: 0.1 s for 200, a minute for 5,000.
MAX_BRACKETS = 200
# Six lists within each other; some hundred would end in a RecursionError.
MAX_INDENT = 24
# Lists may begin within each other on one line, behind a quotation or a footnote too; the marks of
# a rule stand alone.
_NESTED = re.compile(r"(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+){13}")
_RULE = re.compile(r"[ >]*(?:(?:- {0,2})+|(?:\* {0,2})+)")

# The settings that pages print.
_NAME: Final = "SITENAME"
_PRINTED: Final = (_NAME, "TAGLINE", "FOOTER")
# The units of amounts and shares.
_CLAIMED: Final = frozenset({*CURRENCIES, "ratio"})

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


def list_prose(project: Path, cases: Iterable[Case]) -> Iterator[tuple[str, Position, str]]:
    """The stories of cases and the texts of content/, each with its place and its file."""
    for case in cases:
        yield from ((words, at, case.path) for _, words, at in case.stories)
    yield from ((words, START, show_path(path, project)) for path, words in read_content(project))


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


def check_content(project: Path, dataset: Dataset) -> list[Problem]:
    """The problems of the prose: encoding, headers, and references that name nothing."""
    problems: list[Problem] = []
    # The text of each slug and language, which is that of the file's name as for the site.
    texts_of_slugs: dict[tuple[str, Lang], str] = {}
    languages = dataset.languages
    passages: dict[Path, list[WrittenText]] = {}
    for path in find_content_files(project):
        shown = show_path(path, project)
        text = read_text(path, project, problems)
        if text is None:
            continue
        header = _read_header(text, shown, problems)
        lang = language_of(path, languages)
        if header.get("Lang", lang) != lang:
            # Also a text that was saved over its translation.
            problems.append(problem("E205.lang", shown, START, lang=lang))
        if slug := header.get("Slug"):
            first = texts_of_slugs.setdefault((slug, lang), shown)
            if first != shown:
                problems.append(problem("E301.twice", shown, START, slug=slug, other=first))
        problems += check_markdown(text, START, shown)
        problems += check_marks(text, START, shown)
        written = WrittenText(words=text, lang=lang, path=shown, at=START, has_head=True)
        problems += check_references(written, None, dataset)
        # about.md and about.en.md are one passage in two languages.
        name = path.name.removesuffix(f".{lang}.md").removesuffix(".md")
        passages.setdefault(path.with_name(name), []).append(written)
    if not dataset.unread:
        for texts in passages.values():
            problems += check_passage(texts, KnownNumbers(None, dataset))
    problems += check_lists(project, dataset)
    problems += check_settings(project, dataset)
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


def check_limits(case: Case) -> Iterator[Problem]:
    """The problems of a record that holds too much."""
    for one in fields_of(type(case)):
        count = len(getattr(case, one.attribute)) if one.holds_records else 0
        if count > one.most > 0:
            at = (case.positions or {}).get(one.name, START)
            yield problem("E305", case.path, at, name=one.name, count=count, most=one.most)
    for placed in case.texts:
        for _, words, at in placed.by_language():
            if placed.field.kind == "block":
                yield from check_markdown(words, at, case.path)
                yield from check_marks(words, at, case.path)
            # The reader measures quotes, in the words or characters of the site.
            elif placed.field.role != "quote" and len(words) > placed.field.most:
                yield _too_long(case.path, at, len(words), placed.field.most)


def check_markdown(text: str, start: Position, path: str) -> Iterator[Problem]:
    """The problems of a text of Markdown that would take too long to render.

    Every line of the text is taken to begin in the column of the first, at `start`.
    """
    if len(text) > MAX_MARKDOWN:
        yield _too_long(path, start, len(text), MAX_MARKDOWN)
    brackets = text.count("[")
    if brackets > MAX_BRACKETS:
        yield problem("E303", path, start, count=brackets, most=MAX_BRACKETS)
    block = 0
    for number, line in enumerate(text.split("\n")):
        at = Position(start.line + number, start.column)
        block = block + 1 if line.strip() else 0
        if block == MAX_BLOCK + 1:
            yield problem("E302.block", path, at, most=MAX_BLOCK)
        if len(line) > MAX_LINE:
            yield _too_long(path, at, len(line), MAX_LINE)
        nested = None if _RULE.fullmatch(line) else _NESTED.search(line)
        indent = nested.end() if nested else len(line) - len(line.lstrip())
        if indent > MAX_INDENT:
            yield problem("E304", path, at, indent=indent, most=MAX_INDENT)
            return


def _too_long(path: str, at: Position, found: int, most: int) -> Problem:
    return problem("E302", path, at, found=f"{found:,}", most=f"{most:,}")


def check_references(text: WrittenText, home: Case | None, dataset: Dataset) -> Iterator[Problem]:
    """The references of one text that name nothing, each with the nearest name."""
    words = dataset.words
    for broken, is_sure in find_broken_references(text.words, text.at):
        named = broken.name and dataset.find_figure(broken.case, broken.name, home)
        if is_sure or named:
            meant = f"{broken.case}.{broken.name}" if broken.case else broken.name
            wanted, written = f"{{{{{meant or '…'}}}}}", broken.written[:60]
            yield problem("E250.braces", text.path, broken.at, written=written, reference=wanted)
    yield from _check_slots(text, home, dataset)
    for reference in find_references(text.words, text.at):
        if reference.case in dataset.unread:
            continue
        if reference.case == SITE and reference.name in words:
            continue
        if reference.name and dataset.find_figure(reference.case, reference.name, home):
            continue
        known = list(dataset.figures) + [f"{SITE}.{name}" for name in words]
        if home is not None:
            known += list(home.figures)
        word = f"{reference.case}.{reference.name}" if reference.case else reference.name
        yield problem(
            "E250", text.path, reference.at, hint=suggest(word, known), name=reference.written[:60]
        )


def _check_slots(text: WrittenText, home: Case | None, dataset: Dataset) -> Iterator[Problem]:
    """The slots that a page would print as they are, or of which it knows nothing."""
    for slot in find_slots(text.words, text.at):
        written, hint = slot.written[:60], None
        is_known = slot.kind in (*SLOTS, "chart", "picture", "refusal")
        if slot.kind in ("chart", "picture"):
            # They have checks of their own, which know plain brackets.
            key = "" if slot.written.startswith("[[") else "E252.brackets"
        elif is_known and not slot.stands_alone:
            key = "E252.brackets"
        elif is_known and home is not None:
            key = "E252.story"
        elif slot.kind == "refusal":
            names = [refusal.id for refusal in dataset.refusals]
            key, hint = "" if slot.name in names else "E252.slot", suggest(slot.name, names)
        else:
            key = "E252.slot" if slot.stands_alone and not is_known else ""
            known = Text("、".join(SLOTS), ", ".join(SLOTS))
            hint = suggest(slot.kind, SLOTS) or say("checks.known_slots", slots=known)
        if key:
            yield problem(key, text.path, slot.at, hint=hint, written=written)


def texts_say_what_the_records_hold(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """No number is written without its figure, and no figure without the words it belongs to."""
    known = KnownNumbers(case, dataset)
    for placed in case.texts:
        yield from _check_text(placed, case.path, known)


def check_lists(project: Path, dataset: Dataset) -> Iterator[Problem]:
    """The texts of vocabulary, regions, sources and other lists that say what no record holds."""
    known = KnownNumbers(None, dataset)
    # The records of each list by the name of its file, each with its path there and a dot.
    lists: dict[str, list[tuple[str, Any]]] = {
        "vocabulary": [("", dataset.vocabulary)],
        "sources": [(f"{name}.", source) for name, source in dataset.sources.items()],
        "refusals": [(f"{refusal.id}.", refusal) for refusal in dataset.refusals],
        "gone": [(f"/{address}.", gone) for address, gone in dataset.gone.items()],
    }
    for name, records in lists.items():
        path = f"data/{name}.yaml"
        texts = (each for under, one in records for each in texts_of(one, under=under))
        if any(_check_text(placed, path, known) for placed in texts):
            # A list may be long, and its file is read a second time only to name a place in it.
            places = find_list_places(project, name)
            for under, one in records:
                for placed in texts_of(one, places, under):
                    yield from _check_text(placed, path, known)


def check_settings(project: Path, dataset: Dataset) -> Iterator[Problem]:
    """The settings that are printed and say what no record holds."""
    path = project / SETTINGS
    source = ((read_text(path, project, []) if path.exists() else None) or "").encode()
    # SITENAME and SITENAME_EN.
    named = product(_PRINTED, dataset.languages)
    printed = {dataset.languages.name(name, lang).upper(): lang for name, lang in named}
    for name, value in find_values(source).items():
        for part in ast.walk(value) if name in printed else ():
            if isinstance(part, ast.Constant) and not dataset.unread:
                # The text begins behind its mark.
                at = locate_node(part, source).inside(1)
                words, lang = str(part.value), printed[name]
                text = WrittenText(words=words, lang=lang, path=SETTINGS, at=at)
                # 36氪 and 60 Minutes are names: there only an amount or a share is a claim.
                units = {mention.unit for mention in find_mentions(words)}
                is_name = name.startswith(_NAME) and units.isdisjoint(_CLAIMED)
                for found in check_wording(text, None, dataset):
                    if not (is_name and found.code == "E270"):
                        yield found


def _check_text(placed: PlacedText, path: str, known: KnownNumbers) -> list[Problem]:
    """The problems of one text of a record, none where its role exempts it."""
    if placed.field.role not in OWN_WORDS:
        return []
    found: list[Problem] = []
    texts = [
        WrittenText(words=words, lang=lang, path=path, at=at)
        for lang, words, at in placed.by_language()
    ]
    if placed.field.kind != "block":
        # Only a story is put through the templates that resolve references.
        found += (
            problem("E250.place", path, each.at, name=each.written[:60], field=placed.path)
            for text in texts
            for each in find_references(text.words, text.at)
        )
    # A number may be that of a case that could not be read.
    if not known.dataset.unread:
        # A note is often for the readers of one language.
        passages = [texts] if placed.field.role == "prose" else [[text] for text in texts]
        found += (each for texts in passages for each in check_passage(texts, known))
    return found
