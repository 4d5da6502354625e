"""The texts of content/, of records, of lists and of settings: headers and problems."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.limits import check_markdown
from casebook.checks.links import check_marks, check_references
from casebook.checks.numbers_in_text import blank, find_mentions
from casebook.checks.text_claims import check_passage
from casebook.checks.text_patterns import pattern
from casebook.messages import offer, problem, say
from casebook.packaged import SETTINGS
from casebook.problems import START, Position, Problem, WordingError, find_in_lines
from casebook.record.dataset import Dataset
from casebook.record.description import OWN_WORDS, PlacedText, WrittenText, fields_of, texts_of
from casebook.record.lists import find_list_places
from casebook.record.model import Case
from casebook.record.references import find_references
from casebook.record.settings import Settings, find_values, locate_node
from casebook.record.suggestions import nearest, suggest
from casebook.text import Lang, Languages, has_han
from casebook.values.dates import parse_period
from casebook.values.words import CURRENCIES
from casebook.yaml.encoding import position_of, show
from casebook.yaml.files import read_text, show_path, was_left_behind
from casebook.yaml.fixes import ALL_BLANKS, COLONS
from casebook.yaml.nodes import Scalar

# The texts that every site has; a translation of each is optional.
LEAD = "lead"
PROSE = {
    LEAD: "content/stories/lead.md",
    "method": "content/pages/method.md",
    "about": "content/pages/about.md",
}
HEADER = ("Title", "Slug", "Lang", "Summary")
# The day on which the text was published, which the site prints.
DATE = "Date"
_SLUG_LINE = re.compile(r"^Slug:[ \t]*(\S.*)", re.MULTILINE)
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
# The file names of texts as editors and word processors save them.
_TEXT_FILE = re.compile(r".*\.(?:md|mdown|markdown|txt|docx?|wps|rtf|pages)", re.IGNORECASE)
# The body of a text often begins with one of these signs, the name of a header never does.
_STARTS_BODY = ("#", "＃", "-", "*", ">", "<", "[", "!", "|", "`")
_HEADER_LINE = re.compile(rf"(?P<name>[^\s:{COLONS}]+)(?P<colon>[:{COLONS}])(?P<value>.*)")
# The same with another mark than a colon.
_OTHER_MARK = re.compile(
    rf"(?P<name>{'|'.join((*HEADER, DATE))})(?P<colon>[ ]*[=＝;；,，\t])[ ]*(?P<value>.*)"
)


def find_content_files(project: Path) -> list[Path]:
    """The Markdown files of content/, in the order of their names."""
    return sorted((project / "content").rglob("*.md"))


def read_content(project: Path) -> Iterator[tuple[Path, str]]:
    """The readable Markdown files of content/ with their texts."""
    for path in find_content_files(project):
        # check_content reports the files that cannot be read.
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
    """The slug of each text that has a line `Slug:`."""
    return {path: slug.text for path, slug in locate_slugs(project)}


def locate_slugs(project: Path) -> Iterator[tuple[Path, Scalar]]:
    """The slug of each text that has a line `Slug:`, with its place."""
    for path, text in read_content(project):
        if (found := _SLUG_LINE.search(text)) is not None:
            yield path, Scalar(found[1].strip(), position_of(text, found.start(1)))


def find_addresses(project: Path, dataset: Dataset) -> dict[str, str]:
    """The addresses of the pages of cases and texts by their files."""
    addresses = {case.path: f"cases/{case.slug}/" for case in dataset.summaries}
    for path, slug in find_slugs(project).items():
        # The lead is the home page.
        addresses[show_path(path, project)] = "" if slug == LEAD else f"{slug}/"
    return addresses


def language_of(path: Path, languages: Languages) -> Lang:
    """The language of a text of content/ by its file name: about.md, about.en.md."""
    ends = (lang for lang in languages.others if path.name.endswith(f".{lang}.md"))
    return next(ends, languages.first)


def check_content(project: Path, known: KnownNumbers) -> list[Problem]:
    """The problems of the texts: encoding, headers, limits, links, references and numbers."""
    problems = [*_find_unread(project)]
    # The file of each slug and language; the file name decides the language, as for the site.
    texts_of_slugs: dict[tuple[str, Lang], str] = {}
    dataset, languages = known.dataset, known.dataset.languages
    passages: dict[Path, list[WrittenText]] = {}
    unread: set[str] = set()
    for path in find_content_files(project):
        words = read_text(path, project, problems)
        if words is None:
            unread.add(show_path(path, project))
            continue
        text = _place_content(words, path, project, languages)
        shown, lang = text.path, text.lang
        header = _read_header(words, shown, problems)
        if (written := header.get("Lang")) is not None and written.text != lang:
            # This also finds a text that was saved over its translation.
            problems.append(problem("E205.lang", shown, written.at, lang=lang))
        if (named := header.get("Slug")) is not None and named.text:
            first = texts_of_slugs.setdefault((named.text, lang), shown)
            if first != shown:
                again = problem("E301.twice", shown, named.at, slug=named.text, other=first)
                problems.append(again)
        problems += check_markdown(text)
        problems += check_marks(text)
        problems += check_references(text, None, dataset)
        # about.md and about.en.md are one passage in two languages.
        name = path.name.removesuffix(f".{lang}.md").removesuffix(".md")
        passages.setdefault(path.with_name(name), []).append(text)
    if not dataset.unread:
        for texts in passages.values():
            problems += check_passage(texts, known)
    # A page without a translation shows the text in the site's first language.
    translated = {slug: shown for (slug, _), shown in texts_of_slugs.items()}
    for slug, place in (translated | PROSE).items():
        # A file that cannot be read may hold the missing text.
        if (slug, languages.first) not in texts_of_slugs and place not in unread:
            language = say(f"languages.{languages.first}")
            file = place
            for lang in languages.others:
                file = file.replace(f".{lang}.md", ".md")
            found = problem("E301", place, START, slug=slug, language=language, file=file)
            problems.append(found)
    return problems


def _find_unread(project: Path) -> Iterator[Problem]:
    """A warning for each file that looks like a text of the site but does not end in `.md`."""
    for path in sorted((project / "content").glob("*/*")):
        is_text = path.parent.name in ("pages", "stories") and _TEXT_FILE.fullmatch(path.name)
        if is_text and path.suffix != ".md" and not was_left_behind(path.name) and path.is_file():
            yield problem("W142.text", show_path(path, project), START)


def _read_header(text: str, path: str, problems: list[Problem]) -> dict[str, Scalar]:
    """The values of the lines “Name: value” at the start of a text, each with its place."""
    header: dict[str, Scalar] = {}
    lines: dict[str, int] = {}
    above = len(text) - len(text.lstrip("\n"))
    if above and text.strip():
        problems.append(problem("E112.blank", path, START))
    for number, line in enumerate(text.lstrip("\n").split("\n"), above + 1):
        if not line.strip():
            break
        bare, start = line.lstrip(f"\t{ALL_BLANKS}"), Position(number, 1)
        found = _HEADER_LINE.fullmatch(bare)
        if bare != line and found and found["name"] in (*HEADER, DATE):
            start = start.inside(len(line) - len(bare))
            problems.append(problem("E117.header", path, start))
        elif bare != line:
            found = None
        elif found is None and (found := _OTHER_MARK.fullmatch(line)):
            at = start.inside(found.start("colon"))
            problems.append(
                problem("E113.other_mark", path, at, at=show(found["colon"].strip() or "Tab"))
            )
        if found is None or found["name"].startswith(_STARTS_BODY):
            is_front = not line.strip("-")
            key = "E112.front" if is_front else "E112.body" if header else "E112.header"
            problems.append(problem(key, path, start))
            if key == "E112.body":
                break
            continue
        name = found["name"]
        if found["colon"] in COLONS:
            problems.append(problem("E112", path, start.inside(found.start("colon"))))
        if name not in (*HEADER, DATE):
            near = suggest(name, (*HEADER, DATE))
            problems.append(problem("E201.header", path, start, hint=near, name=name))
            name = nearest(name, (*HEADER, DATE))
        if not name:
            continue
        if name in header:
            problems.append(problem("E130", path, start, name=name, first=lines[name]))
        lines.setdefault(name, number)
        value = found["value"]
        before = found.start("value") + len(value) - len(value.lstrip())
        header[name] = Scalar(value.strip(), start.inside(before))
        if name == DATE and not _DAY.fullmatch(written := header[name].text):
            with suppress(WordingError):
                written = parse_period(written).edtf
            meant = offer(written, "record.did_you_mean", name=written)
            hint = meant if _DAY.fullmatch(written) else None
            problems.append(problem("E224", path, header[name].at, hint=hint, name=name))
    problems += [
        problem("E202.header", path, START, name=name)
        for name in HEADER
        if name not in header or not header[name].text
    ]
    return header


_NAME: Final = "SITENAME"
# The units of amounts and shares.
_CLAIMED: Final = frozenset({*CURRENCIES, "ratio"})


def texts_say_what_the_records_hold(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Each number in a text has its figure, and each figure keeps the words that qualify it."""
    known = KnownNumbers(case, dataset)
    for placed in case.texts:
        yield from _check_text(placed, case.path, known)


def check_lists(project: Path, known: KnownNumbers) -> Iterator[Problem]:
    """The problems of the texts of the vocabulary, sources, refusals and removed addresses."""
    dataset = known.dataset
    # The records of each list by the name of its file, each with its path in the file and a dot.
    lists: dict[str, list[tuple[str, Any]]] = {
        "vocabulary": [("", dataset.vocabulary)],
        "sources": [(f"{name}.", source) for name, source in dataset.sources.items()],
        "refusals": [(f"{refusal.id}.", refusal) for refusal in dataset.refusals],
        "gone": [(f"/{address}.", gone) for address, gone in dataset.gone.items()],
    }
    for name, records in lists.items():
        path = f"data/{name}.yaml"
        texts = (each for under, one in records for each in texts_of(one, under=under))
        if any(found for placed in texts for found in _check_text(placed, path, known)):
            # A list may be long: its file is read again for the places only if it has problems.
            places = find_list_places(project, name)
            for under, one in records:
                for placed in texts_of(one, places, under):
                    yield from _check_text(placed, path, known)


def check_settings(project: Path, known: KnownNumbers) -> Iterator[Problem]:
    """The problems of printed settings, such as a number that no record holds."""
    languages = known.dataset.languages
    path = project / SETTINGS
    source = ((read_text(path, project, []) if path.exists() else None) or "").encode()
    # The names of printed settings, such as SITENAME and SITENAME_EN, with their languages.
    printed = {
        name.upper(): lang
        for one in fields_of(Settings)
        if one.role in OWN_WORDS
        for name, lang in zip(one.names(languages), languages, strict=True)
    }
    for name, value in find_values(source).items():
        for part in ast.walk(value) if name in printed else ():
            if isinstance(part, ast.Constant) and not known.dataset.unread:
                # The text begins after its opening quotation mark.
                at = locate_node(part, source).inside(1)
                words, lang = str(part.value), printed[name]
                text = WrittenText(words=words, lang=lang, path=SETTINGS, at=at)
                # 36氪 and 60 Minutes are names: in a site name only amounts and shares are claims.
                units = {mention.unit for mention in find_mentions(words)}
                is_name = name.startswith(_NAME) and units.isdisjoint(_CLAIMED)
                for found in check_passage((text,), known):
                    if not (is_name and found.code == "E270"):
                        yield found


def _find_other_language(text: WrittenText) -> Iterator[Problem]:
    """The problem of a word in another language outside names and quotations, if there is one."""
    read = pattern("set_apart").sub(blank, text.words)
    if not (text.lang == "zh" and has_han(read)):
        language = say(f"languages.{text.lang}")
        others = find_in_lines(pattern("of_other_language", text.lang), read, text.at)
        for other, at in islice(others, 1):
            yield problem("W277", text.path, at, word=other[0][:20], language=language)


def _check_text(placed: PlacedText, path: str, known: KnownNumbers) -> Iterator[Problem]:
    """The problems of one text of a record, none if its role exempts it."""
    if placed.field.role not in OWN_WORDS:
        return
    texts = placed.by_language(path)
    if placed.field.kind != "block":
        # Only texts of the kind “block” are rendered by the templates that resolve references.
        for text in texts:
            for each in find_references(text.words, text.at):
                name = each.written[:60]
                yield problem("E250.place", path, each.at, name=name, field=placed.path)
    for text in texts:
        yield from _find_other_language(text)
    # A number may belong to a case that could not be read.
    if not known.dataset.unread:
        # The languages of a note are checked apart: it is often for the readers of one language.
        passages = [texts] if placed.field.role == "prose" else [[text] for text in texts]
        for passage in passages:
            yield from check_passage(passage, known)
