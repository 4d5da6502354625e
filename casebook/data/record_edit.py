"""Editing of a record in its file: what differs is written, and all other lines stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy

from casebook.data.draft import SCHEMA_LINE, Blank, write_field
from casebook.data.record_rows import (
    CASE,
    JOINED,
    NAMED,
    SEVERAL,
    Fields,
    TypedRow,
    clean_text,
    read_row,
)
from casebook.record.description import FieldDescription
from casebook.record.lists import Lists
from casebook.record.reader import SILENT
from casebook.record.sketch import Way
from casebook.yaml.edit import Layout, Value, YamlEntry, write_scalar
from casebook.yaml.nodes import read_tree

_OF_FLOW = frozenset(",[]{}")


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
        start = f"{SCHEMA_LINE}\n" if described is CASE else ""
        made = data + (start + write_record(after, described, lists)).encode()
    else:
        writer = _RecordWriter(data, lists)
        was, typed = deepcopy(before), deepcopy(after)
        # Each step leaves the places of the next as they are: rows that are gone or elsewhere,
        # texts, rows that are new.
        writer.order_rows((), was, typed, described)
        writer.begin()
        writer.put_texts((), was, typed, described)
        writer.data = writer.layout.apply()
        writer.add_rows((), typed, described)
        made = writer.data
    node, found = read_tree(made, "")
    if len(found) > len(faults) or not read_row(node, described, lists).says(after):
        raise ValueError(made)
    return made


class _RecordWriter:
    """Edits one file; the ways lead to its parts."""

    def __init__(self, data: bytes, lists: Lists, every: bool = False) -> None:
        self.data = data
        self.lists = lists
        self.every = every

    def begin(self) -> None:
        """Take up the layout of the file as it is now."""
        self.layout = Layout(self.data, "")

    def order_rows(self, way: Way, before: TypedRow, after: TypedRow, described: Fields) -> None:
        """Take out the rows that are no more, and put those that stay into their order."""
        for one in described:
            if not one.holds_records:
                continue
            old = {row.origin: row for row in before.rows.get(one.name, ())}
            kept = [row for row in after.rows.get(one.name, ()) if row.origin in old]
            own = _way_into(way, one)
            for row in kept:
                self.order_rows((*own, _key(row, one)), old[row.origin], row, one.inner)
            wanted = [row.origin for row in kept]
            if one.kind == "answers" or wanted == [*old]:
                continue
            self._reorder(own, [old[name] for name in wanted], one, [*old])
            before.rows[one.name] = [old[name] for name in wanted]
            if one.kind not in NAMED:
                for number, (row, was) in enumerate(zip(kept, before.rows[one.name], strict=True)):
                    row.origin = was.origin = str(number)

    def _reorder(
        self, way: Way, wanted: Sequence[TypedRow], one: FieldDescription, names: Sequence[str]
    ) -> None:
        layout = Layout(self.data, "")
        entry = _find_entry(layout, way)
        if entry is None:
            return
        text, parts = layout.text, _parts_of(entry.value)
        if entry.value.in_flow or not wanted:
            lines = list(self.write_rows(wanted, one, " " * (entry.column + 2)))
            _replace(layout, entry, "", lines)
        else:
            starts: list[int] = []
            for part in parts:
                start = text.rfind("\n", 0, part.start) + 1
                # A comment above a row is of it; one above the first is of all.
                while starts and _is_comment(text, start):
                    start = text.rfind("\n", 0, start - 1) + 1
                starts.append(start)
            end = text.find("\n", layout.last_of(entry))
            ends = [*starts[1:], len(text) if end < 0 else end + 1]
            pieces = {
                name: text[start:stop].rstrip("\n") + "\n"
                for name, start, stop in zip(names, starts, ends, strict=True)
            }
            layout.cut(starts[0], ends[-1], "".join(pieces[row.origin] for row in wanted))
        self.data = layout.apply()

    def put_texts(self, way: Way, before: TypedRow, after: TypedRow, described: Fields) -> None:
        """Edit the texts that differ, of a row that the file has, and of those inside it."""
        value = _find_value(self.layout, way)
        changed = [
            (one, name)
            for one in described
            if not one.holds_records
            for name in one.names(self.lists.languages)
            if clean_text(before.texts.get(name, ""), one) != after.texts.get(name, "")
            or (name in after.remarks and not after.texts.get(name))
        ]
        is_renamed = bool(after.origin) and after.name != after.origin and bool(before.name)
        if is_renamed and (entry := _find_entry(self.layout, way)) is not None:
            self.layout.cut(entry.start, entry.name_end, after.name)
        if changed and (value is None or value.kind != "mapping" or value.in_flow):
            self._write_whole(way, after, described, value)
            return
        # What is inside comes first: where both end on one line, its new lines are the upper ones.
        for one in described:
            old = {row.origin: row for row in before.rows.get(one.name, ())}
            new: list[str] = []
            for row in after.rows.get(one.name, ()) if one.holds_records else ():
                own = (*_way_into(way, one), _key(row, one))
                if one.kind == "answers":
                    new += self._put_answer(own, old.get(row.origin, TypedRow()), row, one)
                elif row.origin in old:
                    self.put_texts(own, old[row.origin], row, one.inner)
            if new:
                self.layout.insert_into(one.name, new)
        for one, name in changed:
            assert value is not None
            self._put_text(value, after, one, name, described)

    def _write_whole(self, way: Way, row: TypedRow, described: Fields, value: Value | None) -> None:
        """Write a row anew that has no line of its own for each of its fields."""
        entry = _find_entry(self.layout, way)
        if entry is not None:
            lines = list(self.write_fields(row, described, " " * (entry.column + 2)))
            _replace(self.layout, entry, "", lines)
        elif value is not None:
            lines = list(self.write_fields(row, described, " " * value.column))
            self.layout.cut(value.start, value.end, "\n".join(lines).lstrip(" "))
        for rows in row.rows.values():
            rows.clear()

    def _put_text(
        self, value: Value, row: TypedRow, one: FieldDescription, name: str, described: Fields
    ) -> None:
        """Write one field, add it behind those that come before it, or take it out."""
        layout, entry = self.layout, value.entries.get(name)
        first = min(value.entries.values(), key=lambda other: other.start)
        text = row.texts.get(name, "")
        if entry is None:
            line = self.write_text(one, name, text, " " * value.column, row.remarks.get(name, ""))
            order = [each for other in described for each in other.names(self.lists.languages)]
            before = {*order[: order.index(name)]} & value.entries.keys()
            others = [value.entries[each] for each in before]
            if others or layout.text[: first.start].rstrip(" ").endswith("-"):
                last = max(others, key=lambda other: other.start) if others else first
                layout.insert_below(layout.last_of(last), line)
            else:
                layout.insert_above(first.start, line)
        elif text:
            written = self.write_text(one, name, text, " " * value.column)
            _replace(layout, entry, written[0].partition(":")[2].strip(), written[1:])
        elif (one.required and name == one.name) or entry is first or name in row.remarks:
            _replace(layout, entry, "", ())
        else:
            start = layout.text.rfind("\n", 0, entry.start) + 1
            end = layout.text.find("\n", max(entry.end - 1, entry.start))
            layout.cut(start, len(layout.text) if end < 0 else end + 1, "")

    def _put_answer(
        self, way: Way, before: TypedRow, after: TypedRow, one: FieldDescription
    ) -> list[str]:
        """Write an answer: as one word or text where there is no more to it, else with fields.

        The lines of one that the file does not have are left to the caller.
        """
        if before.texts == after.texts and before.rows == after.rows:
            return []
        entry = _find_entry(self.layout, way)
        has_lines = entry is not None and entry.value.kind == "mapping" and not entry.value.in_flow
        if has_lines and not after.is_empty:
            self.put_texts(way, before, after, one.inner)
            return []
        plain, lines = self._write_answer(after, one, "    ")
        is_new = entry is None and not after.is_empty
        if entry is not None:
            _replace(self.layout, entry, plain, lines)
        for rows in after.rows.values():
            rows.clear()
        return [f"  {after.name}: {plain}".rstrip(), *lines] if is_new else []

    def _write_answer(
        self, row: TypedRow, one: FieldDescription, indent: str
    ) -> tuple[str, list[str]]:
        """An answer as one word or list, or as lines of fields."""
        said = {name: text for name, text in row.texts.items() if text}
        is_plain = {*said} <= {"value"} or (len(said) == 1 and said.get("state") in SILENT)
        if is_plain and not any(row.rows.values()):
            text = "".join(said.values())
            return (
                _write_words(text) if JOINED in text else write_scalar(text)
            ) if text else "", []
        return "", list(self.write_fields(row, one.inner, indent))

    def add_rows(self, way: Way, after: TypedRow, described: Fields) -> None:
        """Put in the rows that the file has not, each behind the one before it."""
        for one in described:
            if not one.holds_records:
                continue
            rows = after.rows.get(one.name, [])
            own = _way_into(way, one)
            for row in rows:
                if row.origin:
                    self.add_rows((*own, _name(row, one)), row, one.inner)
            if one.kind == "answers":
                continue
            # From the last on, so that the numbers of those before it stay.
            for at in range(len(rows) - 1, -1, -1):
                if not rows[at].origin:
                    before = next((row for row in rows[at::-1] if row.origin), None)
                    self._add_row(way, rows[at], before, one, described)

    def _add_row(
        self,
        way: Way,
        row: TypedRow,
        before: TypedRow | None,
        one: FieldDescription,
        described: Fields,
    ) -> None:
        if one.kind == "entries":
            self._add_entry(row, one)
            return
        layout = Layout(self.data, "")
        entry = _find_entry(layout, (*way, one.name))
        outer = _find_value(layout, way)
        assert outer is not None
        parts = _parts_of(entry.value) if entry is not None else []
        if parts and not (entry is None or entry.value.in_flow):
            column = parts[0].column
            if one.kind not in NAMED:
                column = _dash_before(layout.text, parts[0].start)
            lines = list(self.write_rows([row], one, " " * column))
            if before is None:
                start = layout.text.rfind("\n", 0, parts[0].start) + 1
                layout.insert_above(start, lines)
            else:
                way_before = (*_way_into(way, one), _name(before, one))
                found = _find_entry(layout, way_before)
                value = _find_value(layout, way_before)
                assert value is not None
                last = found or YamlEntry(
                    start=value.start, name_end=value.start, column=column, value=value
                )
                layout.insert_below(layout.last_of(last), lines)
        else:
            column = entry.column if entry is not None else outer.column
            lines = list(self.write_rows([row], one, " " * (column + 2)))
            if entry is not None:
                _replace(layout, entry, "", lines)
            else:
                order = [each for other in described for each in other.names(self.lists.languages)]
                earlier = {*order[: order.index(one.name)]} & outer.entries.keys()
                last = max(
                    (outer.entries[name] for name in earlier or outer.entries),
                    key=lambda other: other.start,
                )
                gap = [] if way else [""]
                head = [*gap, f"{' ' * column}{one.name}:", *lines]
                layout.insert_below(layout.last_of(last), head)
        self.data = layout.apply()

    def _add_entry(self, row: TypedRow, one: FieldDescription) -> None:
        """Put a record at the end of a file that is a list of them."""
        layout = Layout(self.data, "")
        gap = [""] if layout.text.strip() else []
        layout.insert_below(max(len(layout.text) - 1, 0), [*gap, *self.write_rows([row], one, "")])
        self.data = layout.apply()

    def write_rows(
        self, rows: Iterable[TypedRow], one: FieldDescription, indent: str
    ) -> Iterator[str]:
        """The lines of rows, under their names or as members of a list."""
        for row in rows:
            if one.kind == "answers":
                plain, lines = self._write_answer(row, one, f"{indent}  ")
                if lines or plain or self.every:
                    yield f"{indent}{row.name}: {plain}".rstrip()
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
            return [f"{indent}{name}: {_write_words(text)}"]
        if not text:
            return [write_field(Blank(name, "", remark), indent)]
        return [f"{indent}{name}: {write_scalar(text)}"]


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


def _way_into(way: Way, one: FieldDescription) -> Way:
    """The way to the records of a field, which may be the whole file."""
    return way if one.kind == "entries" else (*way, one.name)


def _key(row: TypedRow, one: FieldDescription) -> str | int:
    return row.origin or row.name if one.kind in NAMED else int(row.origin or 0)


def _name(row: TypedRow, one: FieldDescription) -> str | int:
    """The name of a row in the file once its texts are written."""
    return row.name if one.kind in NAMED else int(row.origin)


def _parts_of(value: Value) -> list[Value | YamlEntry]:
    return [*value.entries.values(), *value.items]


def _find_entry(layout: Layout, way: Way) -> YamlEntry | None:
    """The entry that a way leads to, None where it leads to a member of a list or nowhere."""
    outer = _find_value(layout, way[:-1]) if way else None
    return outer.entries.get(str(way[-1])) if outer is not None else None


def _find_value(layout: Layout, way: Way) -> Value | None:
    value: Value | None = layout.root
    for step in way:
        if value is None:
            return None
        if isinstance(step, int):
            value = value.items[step] if step < len(value.items) else None
        else:
            entry = value.entries.get(step)
            value = entry.value if entry is not None else None
    return value


def _is_comment(text: str, start: int) -> bool:
    """True where the line before the one that begins here is a comment."""
    before = text.rfind("\n", 0, max(start - 1, 0)) + 1
    return start > 0 and text[before:start].lstrip(" ").startswith("#")


def _dash_before(text: str, index: int) -> int:
    """The column of the sign before a member of a list."""
    begin = text.rfind("\n", 0, index) + 1
    return text.index("-", begin) - begin
