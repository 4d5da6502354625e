"""The file of a record, opened and edited: only differences are written, other lines stay."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from casebook.data.record_rows import (
    CASE,
    JOINED,
    NAMED,
    SEVERAL,
    SOURCE_FILE,
    SOURCES,
    Fields,
    TypedRow,
    clean_text,
    have_same,
    read_row,
)
from casebook.problems import Problem
from casebook.record.description import FieldDescription
from casebook.record.lists import Lists
from casebook.record.reader import SILENT
from casebook.report import clean_line, display_width
from casebook.yaml.edit import Edit, Layout, Value, YamlEntry, write_scalar
from casebook.yaml.files import find_case_files, read_bytes, replace_file, show_path, write_new_file
from casebook.yaml.nodes import read_tree

SCHEMA_LINE = "# yaml-language-server: $schema=../case.schema.json"
_OF_FLOW = frozenset(",[]{}")
# The description of a tender may be pages long.
_LONGEST_REMARK = 320
_REMARK_COLUMN = 30


def write_comment(text: str) -> str:
    """Words of another file as a comment of one line, without characters that YAML forbids."""
    shown = clean_line(" ".join(text.split()))
    return f"# {shown if len(shown) <= _LONGEST_REMARK else shown[:_LONGEST_REMARK] + '…'}"


def _add_remark(line: str, remark: str) -> str:
    gap = max(2, _REMARK_COLUMN - display_width(line))
    return f"{line}{' ' * gap}{write_comment(remark)}" if remark else line


class RecordFile:
    """The file of a case or of the sources, with its record as typed and the row to edit.

    `shown` is its path in the project; a new file is empty. `faults` are the errors of the file
    itself.
    """

    def __init__(self, project: Path, shown: str, lists: Lists, *, is_new: bool = False) -> None:
        self.project, self.shown, self.lists = project, shown, lists
        self.described: Fields = SOURCES if shown == SOURCE_FILE else CASE
        # A broken link counts as a file: writing would follow it.
        self.is_new = is_new or not os.path.lexists(self.path)
        faults: list[Problem] = []
        self.data = b"" if self.is_new else read_bytes(self.path, project, faults)
        self.node, found = (None, []) if self.is_new else read_tree(self.data, shown)
        self.faults = [one for one in (*faults, *found) if one.severity == "error"]

    # Read on demand: an import of thousands of processes needs none of them.
    @cached_property
    def before(self) -> TypedRow:
        """The record as typed in the file."""
        return read_row(self.node, self.described, self.lists)

    @cached_property
    def row(self) -> TypedRow:
        """The record to be written, at first equal to the file."""
        return self.before.copy()

    @property
    def path(self) -> Path:
        """The place of the file."""
        return self.project / self.shown

    def edit(self, head: bytes = b"") -> bytes:
        """The file with the row, after `head` if it is new; ValueError if none can hold the row."""
        data = self.data or head
        return write_changes(data, self.row, self.described, self.lists)

    def save(self, after: bytes) -> Path | None:
        """Write the file, and return the path of a copy of the former one, if there was one."""
        if self.is_new:
            write_new_file(self.path, after)
        elif after != self.data:
            return replace_file(self.path, self.data, after)
        return None


def open_cases(project: Path, lists: Lists) -> Iterator[tuple[str, RecordFile]]:
    """The slug and the file of each case, drafts included, one by one."""
    for path in find_case_files(project):
        yield path.stem, RecordFile(project, show_path(path, project), lists)


def write_record(row: TypedRow, described: Fields, lists: Lists, every: bool = False) -> str:
    """The text of a whole file, with a blank for `every` empty field or for required ones only.

    Fields with a remark have a blank too.
    """
    lines = _RecordWriter(lists, every).write_fields(row, described, "")
    return "".join(f"{line}\n" for line in lines)


def write_changes(data: bytes, row: TypedRow, described: Fields, lists: Lists) -> bytes:
    """The file with every difference between a record and the record read from it.

    The new file is read again: ValueError is raised if it is not the typed record, or not
    YAML.
    """
    node, faults = read_tree(data, "") if data else (None, [])
    if node is None:
        # An imported draft already begins with this line, followed by its origin.
        is_bare = described is CASE and not data.startswith(SCHEMA_LINE.encode())
        start = f"{SCHEMA_LINE}\n" if is_bare else ""
        made = data + (start + write_record(row, described, lists)).encode()
    else:
        layout = Layout(data, "")
        made = layout.write(_RecordEditor(layout, lists).edit_record(layout.root, row, described))
    node, found = read_tree(made, "")
    if len(found) > len(faults) or not read_row(node, described, lists).says(row):
        raise ValueError(made)
    return made


class _RecordWriter:
    """The writer of the lines of records, with a blank for `every` field or for required ones."""

    def __init__(self, lists: Lists, every: bool = False) -> None:
        self.lists = lists
        self.every = every

    def _write_answer(
        self, row: TypedRow, one: FieldDescription, indent: str
    ) -> tuple[str, list[str]]:
        """An answer as one word or list, or as lines of fields."""
        said = {name: text for name, text in row.texts.items() if text}
        is_plain = {*said} <= {"value"} or (len(said) == 1 and said.get("state") in SILENT)
        # A blank with a remark has to be filled in, unlike an omitted answer.
        if not is_plain or any(row.rows.values()) or (row.remarks and not said):
            return "", list(self.write_fields(row, one.inner, indent))
        text = "".join(said.values())
        return _write_words(text) if JOINED in text else text and write_scalar(text), []

    def write_rows(
        self, rows: Iterable[TypedRow], one: FieldDescription, indent: str
    ) -> Iterator[str]:
        """The lines of rows, under their names or as members of a list."""
        for row in rows:
            if remark := row.remarks.get(""):
                yield f"{indent}{write_comment(remark)}"
            if one.kind == "answers":
                plain, lines = self._write_answer(row, one, f"{indent}  ")
                remark = row.remarks.get("value", "") if plain else ""
                if lines or plain or self.every:
                    yield _add_remark(f"{indent}{row.name}: {plain}".rstrip(), remark)
                yield from lines
                continue
            lines = list(self.write_fields(row, one.inner, f"{indent}  "))
            if one.kind in NAMED:
                yield f"{indent}{row.name}:"
            elif lines:
                lines[0] = f"{indent}- {lines[0].lstrip(' ')}"
            yield from lines

    def write_fields(self, row: TypedRow, described: Fields, indent: str) -> Iterator[str]:
        """The lines of fields that are filled in, or have to be."""
        is_computed = bool(row.texts.get("formula"))
        for one in described:
            if one.kind == "entries":
                yield from self.write_rows(row.rows.get(one.name, []), one, indent)
                continue
            for name in one.names(self.lists.languages):
                is_needed = one.required and name == one.name
                if (
                    self.every
                    or one.holds_records
                    or row.texts.get(name)
                    or row.remarks.get(name)
                    or (is_needed and not (one.printed and is_computed))
                ):
                    lines = self.write_field(row, one, name, indent)
                    is_filled = one.holds_records or row.texts.get(name)
                    yield from [""] if lines and one.is_long and is_filled and not indent else []
                    yield from lines

    def write_field(
        self, row: TypedRow, one: FieldDescription, name: str, indent: str
    ) -> list[str]:
        """The lines of a field under its name, none for a list without rows."""
        if one.holds_records:
            lines = list(self.write_rows(row.rows.get(name, []), one, f"{indent}  "))
            return [f"{indent}{name}:", *lines] if lines else []
        text = row.texts.get(name, "")
        if one.kind == "block" and text:
            lines = [f"{indent}  {line}" if line else "" for line in text.split("\n")]
            return [f"{indent}{name}: |", *lines]
        if one.kind in SEVERAL or (one.name == "value" and JOINED in text):
            written = _write_words(text)
        else:
            written = text and write_scalar(text)
        return [_add_remark(f"{indent}{name}: {written}".rstrip(), row.remarks.get(name, ""))]


def _write_words(text: str) -> str:
    """Several words as a list on one line."""
    words = [write_scalar(word) for word in text.split(JOINED) if word]
    quoted = (
        f'"{word}"' if _OF_FLOW & {*word} and word[0] not in "\"'" else word for word in words
    )
    return f"[{', '.join(quoted)}]"


class _RecordEditor(_RecordWriter):
    """The editor of a file: each method gives edits of its text."""

    def __init__(self, layout: Layout, lists: Lists) -> None:
        super().__init__(lists)
        self.layout = layout

    def edit_record(self, value: Value, row: TypedRow, described: Fields) -> Iterator[Edit]:
        """Edit the differences of a record and of the records inside it."""
        before, indent = row.read or TypedRow(name=row.name), " " * value.column
        if not value.has_lines:
            if not before.says(row):
                written = "\n".join(self.write_fields(row, described, indent))
                yield value.start, value.end, written.lstrip(" ")
            return
        first = min(value.entries.values(), key=lambda entry: entry.start)
        # A new field follows the fields before it, but never stands before the dash of a member.
        place = self.layout.start_of_line(first.start)
        if self.layout.text[place : first.start].strip():
            place = self.layout.end_of(first)
        for one in described:
            for name in one.names(self.lists.languages):
                entry = value.entries.get(name)
                held = value if one.kind == "entries" else entry.value if entry else None
                rows = row.rows.get(name, [])
                if entry is not None:
                    place = max(place, self.layout.end_of(entry))
                if rows and held and held.entries and not held.in_flow:
                    yield self.edit_rows(held.entries, rows, one)
                elif have_same(before.rows.get(name, []), rows) and not _is_changed(row, one, name):
                    continue
                elif entry is not None:
                    yield from self.edit_field(entry, value, row, one, name)
                else:
                    gap = [""] if one.holds_records and value is self.layout.root else []
                    lines = self.write_field(row, one, name, indent)
                    yield place, place, _join_lines([*gap, *lines])

    def edit_field(
        self, entry: YamlEntry, value: Value, row: TypedRow, one: FieldDescription, name: str
    ) -> Iterator[Edit]:
        """Write a field of a mapping again, or remove it."""
        # The first field of a member of a list has the dash, so it stays.
        is_first = entry is min(value.entries.values(), key=lambda other: other.start)
        is_needed = is_first or (one.required and name == one.name)
        if is_needed or row.texts.get(name) or row.rows.get(name) or name in row.remarks:
            # Without remarks, as the line may have one already.
            bare = TypedRow(texts=row.texts, rows=row.rows)
            yield from self.replace(entry, self.write_field(bare, one, name, " " * entry.column))
        else:
            text, start = self.layout.text, self.layout.start_of_line(entry.start)
            end = self.layout.end_of_line(max(entry.end - 1, entry.start))
            # Two blank lines that would meet become one.
            is_parted = text[:start].endswith("\n\n") and text[end : end + 1] in ("", "\n")
            yield start - is_parted, end, ""

    def edit_rows(
        self, parts: Mapping[str, YamlEntry], rows: Sequence[TypedRow], one: FieldDescription
    ) -> Edit:
        """Put the rows of a list into their order, rows of the file with their comments."""
        layout = self.layout
        if one.kind == "answers":
            # Answers keep their places in the file, also an answer to a question that nobody asks.
            known = {row.name: row for row in rows}
            rows = [known.pop(name, TypedRow(name=name, origin=name)) for name in parts]
            rows += known.values()
        starts: list[int] = []
        for part in parts.values():
            start = layout.start_of_line(part.start)
            # A comment above a row belongs to it; a comment above the first row belongs to all.
            while starts and layout.is_comment(line := layout.start_of_line(start - 1)):
                start = line
            starts.append(start)
        *_, last = parts.values()
        ends = [*starts[1:], layout.end_of(last)]
        spans = dict(zip(parts, zip(starts, ends, strict=True), strict=True))
        made = ""
        for row in rows:
            if row.origin in spans:
                edits = self.edit_row(parts[row.origin], row, one)
                made += layout.edit(edits, *spans[row.origin])
            elif lines := list(self.write_rows([row], one, " " * last.column)):
                # The blank lines between two rows stay before the second.
                above = made.rstrip("\n")
                gap = "\n" if one.kind == "entries" and made else ""
                made = f"{above}\n" * bool(made) + gap + _join_lines(lines) + made[len(above) + 1 :]
        return starts[0], ends[-1], made

    def edit_row(self, part: YamlEntry, row: TypedRow, one: FieldDescription) -> Iterator[Edit]:
        """Edit one row of a list, or write it again if it has no lines of its own."""
        if one.kind in NAMED and row.name != row.origin:
            yield part.start, part.name_end, row.name
        is_blank = one.kind == "answers" and row.is_empty
        if one.kind not in NAMED or (part.value.has_lines and not is_blank):
            yield from self.edit_record(part.value, row, one.inner)
        elif row.read is not None and not row.read.says(row):
            yield from self.replace(part, list(self.write_rows([row], one, " " * part.column)))

    def replace(self, entry: YamlEntry, lines: Sequence[str]) -> Iterator[Edit]:
        """Replace the value of an entry by lines, of which the first has the name of the entry."""
        value, written = entry.value, lines[0].partition(":")[2] if lines else ""
        start = self.layout.text.index(":", entry.name_end) + 1
        end = max(value.end, start)
        if value.is_blank:
            # The value replaces blanks before a comment, so that the comment stays in place.
            left = self.layout.text[start:]
            room = len(left) - len(left.lstrip(" "))
            end = start + max(0, min(room - 2, len(written)))
        elif value.kind == "scalar" and written:
            # Blanks that an editor has put before the value stay.
            start, written = value.start, written.lstrip(" ")
        yield start, end, written
        below = self.layout.end_of_line(end - 1)
        yield below, below, _join_lines(lines[1:])


def _join_lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _is_changed(row: TypedRow, one: FieldDescription, name: str) -> bool:
    text, before = row.texts.get(name, ""), row.read.texts if row.read is not None else {}
    is_other = clean_text(before.get(name, ""), one) != text
    return is_other or bool(row.remarks.get(name) and not text)
