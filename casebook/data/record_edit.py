"""The file of a record, opened and edited: what differs is written, and all other lines stay."""

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
    read_row,
)
from casebook.problems import Problem
from casebook.record.description import FieldDescription
from casebook.record.lists import Lists
from casebook.record.reader import SILENT
from casebook.report import clean_line, display_width
from casebook.yaml.edit import Layout, Value, YamlEntry, write_scalar
from casebook.yaml.files import find_case_files, read_bytes, replace_file, show_path, write_new_file
from casebook.yaml.nodes import read_tree

SCHEMA_LINE = "# yaml-language-server: $schema=../case.schema.json"
_OF_FLOW = frozenset(",[]{}")
# The description of a tender may run to pages.
_LONGEST_REMARK = 320
_REMARK_COLUMN = 30


def write_comment(text: str) -> str:
    """Words from elsewhere as a comment of one line, without what a YAML file may not hold."""
    shown = clean_line(" ".join(text.split()))
    return f"# {shown if len(shown) <= _LONGEST_REMARK else shown[:_LONGEST_REMARK] + '…'}"


def _add_remark(line: str, remark: str) -> str:
    gap = max(2, _REMARK_COLUMN - display_width(line))
    return f"{line}{' ' * gap}{write_comment(remark)}" if remark else line


class RecordFile:
    """The file of a case or of the sources: what is typed in it, and the row that is edited.

    `shown` is its path in the project; one that is new holds nothing. What is wrong with the file
    itself are its `faults`.
    """

    def __init__(self, project: Path, shown: str, lists: Lists, *, is_new: bool = False) -> None:
        self.project, self.shown, self.lists = project, shown, lists
        self.described: Fields = SOURCES if shown == SOURCE_FILE else CASE
        # A link that leads nowhere is there as well, and would be written through.
        self.is_new = is_new or not os.path.lexists(self.path)
        faults: list[Problem] = []
        self.data = b"" if self.is_new else read_bytes(self.path, project, faults)
        self.node, found = (None, []) if self.is_new else read_tree(self.data, shown)
        self.faults = [one for one in (*faults, *found) if one.severity == "error"]

    # Read where they are asked for: an import of thousands of processes asks for none of them.
    @cached_property
    def before(self) -> TypedRow:
        """The record as it is typed in the file."""
        return read_row(self.node, self.described, self.lists)

    @cached_property
    def row(self) -> TypedRow:
        """The record to be written, at first as it is in the file."""
        return read_row(self.node, self.described, self.lists)

    @property
    def path(self) -> Path:
        """The place of the file."""
        return self.project / self.shown

    def edit(self, head: bytes = b"") -> bytes:
        """The file with the row, a new one behind a head; ValueError where no file can hold it."""
        data = self.data or head
        return write_changes(data, self.before, self.row, self.described, self.lists)

    def save(self, after: bytes) -> Path | None:
        """Put this into the file, and give the place of the copy of what was there."""
        if self.is_new:
            write_new_file(self.path, after)
        elif after != self.data:
            return replace_file(self.path, self.data, after)
        return None


def open_cases(project: Path, lists: Lists) -> Iterator[tuple[str, RecordFile]]:
    """The slug and the file of each case, drafts among them, one after the other."""
    for path in find_case_files(project):
        yield path.stem, RecordFile(project, show_path(path, project), lists)


def write_record(row: TypedRow, described: Fields, lists: Lists, every: bool = False) -> str:
    """The text of a whole file, with a blank for `every` field that is not filled in or for none.

    A field that has to be filled in has one anyway.
    """
    lines = _RecordWriter(b"", lists, every).write_fields(row, described, "")
    return "".join(f"{line}\n" for line in lines)


def write_changes(
    data: bytes, before: TypedRow, after: TypedRow, described: Fields, lists: Lists
) -> bytes:
    """The file with all in which a record differs from what was read of it.

    What is written is read again: ValueError is raised where it would not be what was typed, or
    not be YAML.
    """
    node, faults = read_tree(data, "") if data else (None, [])
    if node is None:
        # What is imported begins with the line, and with where it comes from.
        is_bare = described is CASE and not data.startswith(SCHEMA_LINE.encode())
        start = f"{SCHEMA_LINE}\n" if is_bare else ""
        made = data + (start + write_record(after, described, lists)).encode()
    else:
        writer = _RecordWriter(data, lists)
        writer.put_record(writer.layout.root, before, after, described)
        made = writer.layout.apply()
    node, found = read_tree(made, "")
    if len(found) > len(faults) or not read_row(node, described, lists).says(after):
        raise ValueError(made)
    return made


class _RecordWriter:
    """Edits one file, or a part of one."""

    def __init__(self, data: bytes, lists: Lists, every: bool = False) -> None:
        self.lists = lists
        self.every = every
        if data:
            self.layout = Layout(data, "")

    def put_record(
        self, found: Value | YamlEntry, before: TypedRow, after: TypedRow, described: Fields
    ) -> None:
        """Edit what differs of a record that the file has, and of those inside it."""
        value = found.value if isinstance(found, YamlEntry) else found
        if isinstance(found, YamlEntry) and after.name != after.origin and before.name:
            self.layout.cut(found.start, found.name_end, after.name)
        if value.kind != "mapping" or value.in_flow:
            if not before.says(after):
                self._write_whole(found, after, described)
            return
        # What is inside comes first: where both end on one line, its new lines are the upper ones.
        lists = [one for one in described if one.holds_records]
        new = [(one, self.put_list(value, before, after, one)) for one in lists]
        for one in described:
            for name in () if one.holds_records else one.names(self.lists.languages):
                text, remark = after.texts.get(name, ""), after.remarks.get(name)
                is_other = clean_text(before.texts.get(name, ""), one) != text
                if is_other or (remark and not text):
                    self._put_text(value, after, one, name, described)
        for one, lines in new:
            if lines:
                gap = [""] if value is self.layout.root else []
                head = [*gap, f"{' ' * value.column}{one.name}:", *lines]
                self._insert(value, one.name, head, described)

    def put_list(
        self, outer: Value, before: TypedRow, after: TypedRow, one: FieldDescription
    ) -> list[str]:
        """Edit the rows of a list; the lines of one that the file does not have are returned."""
        entry = outer.entries.get(one.name)
        rows, was = after.rows.get(one.name, []), before.rows.get(one.name, [])
        old = {row.origin: row for row in was}
        held = outer if one.kind == "entries" else entry.value if entry is not None else None
        parts = _parts_of(held) if held is not None and not held.in_flow else {}
        if one.kind == "answers":
            said = {row.name: row for row in was}
            answered = ((parts.get(row.name), said.get(row.name), row) for row in rows)
            new = [line for each in answered for line in self._put_answer(*each, one)]
            if new and entry is not None:
                self.layout.insert_into(one.name, new)
            return [] if entry is not None else new
        if not (parts and rows):
            indent = " " * ((entry.column if entry is not None else outer.column) + 2)
            is_same = [*old] == [row.origin for row in rows] and all(map(TypedRow.says, was, rows))
            lines = [] if is_same else list(self.write_rows(rows, one, indent))
            if entry is not None and not is_same:
                _replace(self.layout, entry, "", lines)
            return [] if entry is not None else lines
        self._put_rows(parts, old, rows, one)
        return []

    def _put_rows(
        self,
        parts: Mapping[str, YamlEntry],
        old: Mapping[str, TypedRow],
        rows: Iterable[TypedRow],
        one: FieldDescription,
    ) -> None:
        """Put the rows of a list into their order, those of the file with the comments of each.

        Each is edited as a file of its own, so that it may have changed and moved at once.
        """
        text, starts = self.layout.text, list[int]()
        for part in parts.values():
            start = text.rfind("\n", 0, part.start) + 1
            # A comment above a row is of it; one above the first is of all.
            while starts and _is_comment(text, start):
                start = text.rfind("\n", 0, start - 1) + 1
            starts.append(start)
        *_, last = parts.values()
        end = text.find("\n", self.layout.last_of(last))
        ends = [*starts[1:], len(text) if end < 0 else end + 1]
        pieces = {name: text[a:b] for name, a, b in zip(parts, starts, ends, strict=True)}
        made = ""
        for row in rows:
            if row.origin in old:
                writer = _RecordWriter(pieces[row.origin].encode(), self.lists)
                (part,) = _parts_of(writer.layout.root).values()
                found = part if one.kind in NAMED else part.value
                writer.put_record(found, old[row.origin], row, one.inner)
                made += writer.layout.apply().decode()
            else:
                # What parts two rows stays before the second.
                above = made.rstrip("\n")
                lines = list(self.write_rows([row], one, " " * last.column))
                gap = "\n" if one.kind == "entries" and made else ""
                made = f"{above}\n" * bool(made) + gap + "\n".join(lines) + made[len(above) :]
            made += "" if made.endswith("\n") else "\n"
        self.layout.cut(starts[0], ends[-1], made)

    def _insert(self, value: Value, name: str, lines: list[str], described: Fields) -> None:
        """Put a new field behind those that come before it."""
        layout, entries = self.layout, value.entries.values()
        order = [each for one in described for each in one.names(self.lists.languages)]
        before = [
            value.entries[each] for each in order[: order.index(name)] if each in value.entries
        ]
        first = min(entries, key=lambda entry: entry.start)
        if before or layout.text[: first.start].rstrip(" ").endswith("-"):
            last = max(before or [first], key=lambda entry: entry.start)
            layout.insert_below(layout.last_of(last), lines)
        else:
            layout.insert_above(first.start, lines)

    def _write_whole(self, found: Value | YamlEntry, row: TypedRow, described: Fields) -> None:
        """Write a record anew that has no line of its own for each of its fields."""
        lines = list(self.write_fields(row, described, " " * (found.column + 2)))
        if isinstance(found, YamlEntry):
            _replace(self.layout, found, "", lines)
        else:
            lines = list(self.write_fields(row, described, " " * found.column))
            self.layout.cut(found.start, found.end, "\n".join(lines).lstrip(" "))

    def _put_text(
        self, value: Value, row: TypedRow, one: FieldDescription, name: str, described: Fields
    ) -> None:
        """Write one field, add it behind those that come before it, or take it out."""
        layout, entry = self.layout, value.entries.get(name)
        text = row.texts.get(name, "")
        if entry is None:
            line = self.write_text(one, name, text, " " * value.column, row.remarks.get(name, ""))
            self._insert(value, name, line, described)
        elif text:
            written = self.write_text(one, name, text, " " * value.column)
            _replace(layout, entry, written[0].partition(":")[2].strip(), written[1:])
        elif (one.required and name == one.name) or name in row.remarks or _is_first(entry, value):
            _replace(layout, entry, "", ())
        else:
            start = layout.text.rfind("\n", 0, entry.start) + 1
            end = layout.text.find("\n", max(entry.end - 1, entry.start))
            layout.cut(start, len(layout.text) if end < 0 else end + 1, "")

    def _put_answer(
        self,
        entry: YamlEntry | None,
        before: TypedRow | None,
        after: TypedRow,
        one: FieldDescription,
    ) -> list[str]:
        """Write an answer: as one word or text where there is no more to it, else with fields.

        The lines of one that the file does not have are left to the caller.
        """
        was = before or TypedRow(name=after.name)
        if was.says(after):
            return []
        has_lines = entry is not None and entry.value.kind == "mapping" and not entry.value.in_flow
        if entry is not None and has_lines and not after.is_empty:
            self.put_record(entry, was, after, one.inner)
            return []
        if entry is None:
            return list(self.write_rows([after], one, "  "))
        _replace(self.layout, entry, *self._write_answer(after, one, "    "))
        return []

    def _write_answer(
        self, row: TypedRow, one: FieldDescription, indent: str
    ) -> tuple[str, list[str]]:
        """An answer as one word or list, or as lines of fields."""
        said = {name: text for name, text in row.texts.items() if text}
        is_plain = {*said} <= {"value"} or (len(said) == 1 and said.get("state") in SILENT)
        # A blank with a remark is one to fill in, which an answer that is left out is not.
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
        """The lines of what is filled in, and of what has to be."""
        is_computed = bool(row.texts.get("formula"))
        for one in described:
            if one.kind == "entries":
                yield from self.write_rows(row.rows.get(one.name, []), one, indent)
            elif one.holds_records:
                lines = list(self.write_rows(row.rows.get(one.name, []), one, f"{indent}  "))
                head = [] if indent else [""]
                yield from [*head, f"{indent}{one.name}:", *lines] if lines else []
            for name in () if one.holds_records else one.names(self.lists.languages):
                text = row.texts.get(name, "")
                is_needed = one.required and name == one.name
                remark = row.remarks.get(name, "")
                if (
                    self.every
                    or text
                    or remark
                    or (is_needed and not (one.printed and is_computed))
                ):
                    yield from [""] if one.is_long and text and not indent else []
                    yield from self.write_text(one, name, text, indent, remark)

    def write_text(
        self, one: FieldDescription, name: str, text: str, indent: str, remark: str = ""
    ) -> list[str]:
        """The line of a field, or its lines where its text has several."""
        if one.kind == "block" and text:
            lines = (f"{indent}  {line}" if line else "" for line in text.split("\n"))
            return [f"{indent}{name}: |", *lines]
        if one.kind in SEVERAL or (one.name == "value" and JOINED in text):
            written = _write_words(text)
        else:
            written = text and write_scalar(text)
        return [_add_remark(f"{indent}{name}: {written}".rstrip(), remark)]


def _write_words(text: str) -> str:
    """Several words as a list on one line."""
    words = [write_scalar(word) for word in text.split(JOINED) if word]
    quoted = (
        f'"{word}"' if _OF_FLOW & {*word} and word[0] not in "\"'" else word for word in words
    )
    return f"[{', '.join(quoted)}]"


def _replace(layout: Layout, entry: YamlEntry, written: str, lines: Sequence[str]) -> None:
    """Put a text of one line, and lines below it, in the place of the value of an entry."""
    below = "".join(f"\n{line}" for line in lines)
    if entry.value.is_blank and not lines:
        if written:
            layout.set_value(entry, written)
    elif entry.value.is_blank and not written:
        layout.insert_below(entry.name_end, list(lines))
    elif entry.value.kind == "scalar" and written and not entry.value.is_blank:
        # However many blanks an editor has put before it.
        layout.cut(entry.value.start, entry.value.end, f"{written}{below}")
    else:
        colon = layout.text.index(":", entry.name_end) + 1
        end = max(entry.value.end, colon)
        layout.cut(colon, end, f" {written}{below}" if written else below)


def _parts_of(value: Value) -> dict[str, YamlEntry]:
    """The records of a list by name or number, members as entries that begin at their sign."""
    if value.entries:
        return dict(value.entries)
    parts = {}
    for number, item in enumerate(value.items):
        parts[str(number)] = YamlEntry(
            start=item.start, name_end=item.start, column=value.column, value=item
        )
    return parts


def _is_first(entry: YamlEntry, value: Value) -> bool:
    return all(entry.start <= other.start for other in value.entries.values())


def _is_comment(text: str, start: int) -> bool:
    """True where the line before the one that begins here is a comment."""
    before = text.rfind("\n", 0, max(start - 1, 0)) + 1
    return start > 0 and text[before:start].lstrip(" ").startswith("#")
