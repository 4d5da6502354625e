"""New case files: every field has its note behind it, and the words that it may hold above."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from casebook.messages import say
from casebook.record.description import FieldDescription, fields_of
from casebook.record.lists import Lists, read_all_lists
from casebook.record.model import Case
from casebook.record.regions import choose_region
from casebook.record.slugs import case_path, require_free_slug
from casebook.record.vocabulary import Region
from casebook.report import display_width
from casebook.text import Lang
from casebook.yaml.files import write_new_file

_WIDTH = 90
_NOTES_AT = 26
# What is kept whole where a comment is broken: a word of Latin letters, a single character else.
_WORD = re.compile(r"[!-~]+ ?|.")
_TRANSLATED: Final[dict[Lang, str]] = {"zh": "record.blank_in_zh", "en": "record.blank_in_en"}


def create_case(project: Path, slug: str, asked: str, lang: Lang) -> tuple[Path, Region]:
    """The path and the region of a new commented case file, for the code or name of a region.

    Raises CasebookError where the slug or the region will not do, or where the file exists.
    """
    lists = read_all_lists(project)
    require_free_slug(project, slug)
    region = choose_region(asked, lists.regions)
    text = write_blank(region, lists, lang)
    path = case_path(project, slug)
    write_new_file(path, text.encode("utf-8"))
    return path, region


def write_blank(region: Region, lists: Lists, lang: Lang) -> str:
    """The text of a case file of a region in which nothing else is filled in."""
    blank = _Blank(region, lists, lang)
    head = say("record.blank_head").inside(lang).split("\n")
    head += [say(_TRANSLATED[other]).inside(lang) for other in lists.languages.others]
    lines = [*(f"# {line}".rstrip() for line in head), ""]
    for one in fields_of(Case):
        if one.blank:
            lines += ["", *_comment(one.note.inside(lang))] if one.is_long else []
            lines += blank.write_field(one)
    return "\n".join(lines) + "\n"


class _Blank:
    """Writes the fields of one blank case."""

    def __init__(self, region: Region, lists: Lists, lang: Lang) -> None:
        self.region = region
        self.lists = lists
        self.languages = lists.languages
        self.lang = lang
        self.comma = "，" if lang == "zh" else ", "
        # Statuses and sources are asked for often; the words are listed once.
        self.listed: set[str] = set()

    def write_field(self, one: FieldDescription, hidden: bool = False) -> list[str]:
        """The lines of a field, as a comment where it need not be filled in.

        What is inside of a comment already is `hidden` and is not made one again.
        """
        is_shown = one.required or one.shown or (one.is_long and one.default is None)
        is_comment = not (is_shown or hidden)
        lines = [*self.list_words(one), *self.write_line(one, is_shown, is_comment)]
        if one.kind == "answers":
            lines += self.write_answers()
        elif one.holds_records:
            shown = (part for part in one.inner if part.blank)
            inner = [
                each for part in shown for each in self.write_field(part, hidden or is_comment)
            ]
            lines += ["  price:"] if one.kind == "figures" else []
            lines += _indent(inner, "    " if one.kind == "figures" else "  - ")
        elif one.kind == "block":
            example = say("record.blank_story")
            names = zip(one.names(self.languages), self.languages, strict=True)
            lines = [
                line for name, lang in names for line in (f"{name}: |", f"  {example.inside(lang)}")
            ]
        if not is_comment:
            return lines
        return [line if line.startswith("#") else f"# {line}" for line in lines]

    def write_line(self, one: FieldDescription, is_shown: bool, is_comment: bool) -> Iterator[str]:
        """A field with its note behind it, or above it where the line would be too long."""
        line = f"{one.name}:"
        note = "" if one.is_long else one.note.inside(self.lang)
        if one.kind == "region":
            parent = self.lists.regions.get(self.region.parent)
            places = [self.region, *([parent] if parent else [])]
            line = f"{line} {self.region.code}"
            note = self.comma.join(place.name.inside(self.lang) for place in places)
        elif one.filled or (one.example and not is_shown):
            line += f" {one.filled or one.example.inside(self.lang)}"
        room = max(_NOTES_AT - display_width(line) - 2 * is_comment, 1)
        if note and max(_NOTES_AT, display_width(line)) + display_width(note) > _WIDTH:
            yield from _comment(note)
        elif note:
            line = f"{line}{' ' * room}# {note}"
        yield line
        yield from (f"{name}:" for name in one.names(self.languages)[1:])

    def write_answers(self) -> Iterator[str]:
        yield f"  # {say('record.blank_partial').inside(self.lang)}"
        for key, question in self.lists.vocabulary.questions.items():
            # The figures answer it; an editor who fills it in by habit would hide them.
            if question.derived:
                continue
            yield from _indent(self.comment_words(key, self.name_words(question.terms)), "  ")
            answer = f"  {key}: not_stated".ljust(_NOTES_AT + 4)
            yield f"{answer}# {question.name.inside(self.lang)}"

    def list_words(self, one: FieldDescription) -> list[str]:
        """The words that a field may hold, above the first field that draws on their list."""
        group = "sources" if one.kind == "source" else one.words
        if not one.required or isinstance(group, tuple) or group in self.listed:
            return []
        self.listed.add(group)
        if one.kind == "source":
            return self.comment_words(one.name, self.lists.sources)
        return self.comment_words(one.name, self.name_words(group))

    def name_words(self, group: str) -> list[str]:
        terms = getattr(self.lists.vocabulary, group) if group else {}
        names = {key: term.name.inside(self.lang) for key, term in terms.items()}
        return [key if name == key else f"{key} {name}" for key, name in names.items()]

    def comment_words(self, name: str, words: Collection[str]) -> list[str]:
        """The words of a field as lines of a comment, each word kept whole."""
        head = f"# {say('record.words_of', name=name).inside(self.lang)}"
        return list(_wrap(head, words, "#   ", self.comma)) if words else []


def _comment(text: str) -> Iterator[str]:
    return _wrap("# ", _WORD.findall(text), "# ")


def _wrap(line: str, words: Iterable[str], further: str, between: str = "") -> Iterator[str]:
    """A line with words behind it, on as many lines as its width asks for."""
    for word in words:
        if display_width(line + word.rstrip()) > _WIDTH and word not in "，。；：、）”":
            yield line.rstrip()
            line = further
        line += word + between
    yield line.removesuffix(between).rstrip()


def _indent(lines: Iterable[str], start: str) -> Iterator[str]:
    """Lines further in; those of a list have their sign before the first that is no comment."""
    later = " " * len(start)
    before = start.replace("- ", "")
    has_begun = False
    for line in lines:
        is_comment = line.startswith("#")
        yield (later if has_begun else before if is_comment else start) + line
        has_begun = has_begun or not is_comment
