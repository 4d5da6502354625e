"""New case files: each field has its note behind it and its allowed words above it."""

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
# The units that a line break in a comment keeps whole: an ASCII word, or a single character.
_WORD = re.compile(r"[!-~]+ ?|.")
_TRANSLATED: Final[dict[Lang, str]] = {"zh": "record.blank_in_zh", "en": "record.blank_in_en"}


def create_case(project: Path, slug: str, asked: str, lang: Lang) -> tuple[Path, Region]:
    """The path and the region of a new commented case file, for the code or name of a region.

    Raises CasebookError if the slug or the region is not allowed, or if the file exists.
    """
    lists = read_all_lists(project)
    require_free_slug(project, slug)
    region = choose_region(asked, lists.regions)
    text = write_blank(region, lists, lang)
    path = case_path(project, slug)
    write_new_file(path, text.encode("utf-8"))
    return path, region


def write_blank(region: Region, lists: Lists, lang: Lang) -> str:
    """The text of a new case file in which the region is filled in."""
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
        # Several fields use the same list, as statuses or sources; its words are listed once.
        self.listed: set[str] = set()

    def write_field(self, one: FieldDescription, hidden: bool = False) -> list[str]:
        """The lines of a field, commented out if most editors need not fill it in.

        A field inside a commented one is `hidden`, and is not commented out twice.
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
        """A field with its note behind it, or above it if the line would be too long."""
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
            # Figures answer a derived question; an answer written by habit would hide theirs.
            if question.derived:
                continue
            yield from _indent(self.comment_words(key, self.name_words(question.terms)), "  ")
            answer = f"  {key}: not_stated".ljust(_NOTES_AT + 4)
            yield f"{answer}# {question.name.inside(self.lang)}"

    def list_words(self, one: FieldDescription) -> list[str]:
        """The allowed words of a field, written only above the first field that uses their list."""
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
        """The words of a field as comment lines that break only between words."""
        head = f"# {say('record.words_of', name=name).inside(self.lang)}"
        return list(_wrap(head, words, "#   ", self.comma)) if words else []


def _comment(text: str) -> Iterator[str]:
    return _wrap("# ", _WORD.findall(text), "# ")


def _wrap(line: str, words: Iterable[str], further: str, between: str = "") -> Iterator[str]:
    """A line with words behind it, wrapped at the width."""
    for word in words:
        if display_width(line + word.rstrip()) > _WIDTH and word not in "，。；：、）”":
            yield line.rstrip()
            line = further
        line += word + between
    yield line.removesuffix(between).rstrip()


def _indent(lines: Iterable[str], start: str) -> Iterator[str]:
    """Lines indented by `start`, whose dash goes before the first line that is not a comment."""
    later = " " * len(start)
    before = start.replace("- ", "")
    has_begun = False
    for line in lines:
        is_comment = line.startswith("#")
        yield (later if has_begun else before if is_comment else start) + line
        has_begun = has_begun or not is_comment
