"""Rows of lists, such as events, answers and sources, merged into the files that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from casebook.data.draft import Blank, write_field, write_item
from casebook.data.import_figures import ImportTarget
from casebook.data.import_table import KEYS, ImportRow
from casebook.data.tables import ANSWERS, DOCUMENTS, EVENTS, PICTURES, SOURCES, table_in
from casebook.messages import problem
from casebook.problems import Problem
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError
from casebook.yaml.edit import Layout, Value, YamlEntry, write_scalar
from casebook.yaml.encoding import show
from casebook.yaml.files import show_path
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

SOURCE_FILE = "data/sources.yaml"
# The lists of a case.
_MEMBERS = (EVENTS, DOCUMENTS, PICTURES)
# What follows from the date of an event.
_COMPUTED = ("earliest", "latest", "precision")
_DATES = ("date", "published", "accessed")


class ListMerge:
    """Merges the rows of one table into one file: `added` entries, `changed` ones."""

    def __init__(self, data: bytes, path: Path, table: str, target: ImportTarget) -> None:
        self.path = show_path(path, target.project)
        self.table = table
        self.target = target
        self.problems: list[Problem] = []
        self.added = self.changed = 0
        node, _ = read_tree(data, self.path)
        self.node = node if isinstance(node, MapNode) else None
        self.layout = Layout(data, self.path)

    def merge(self, rows: Sequence[ImportRow]) -> bytes | None:
        """The file with the rows, or None where a row is wrong."""
        lines: list[str] = []
        for row in rows:
            if row.table in _MEMBERS:
                lines += self.read_member(row)
            else:
                lines += self.read_answer(row) if row.table is ANSWERS else self.read_source(row)
        if self.problems:
            return None
        if lines and rows[0].table is SOURCES:
            # Sources have no list around them: the file itself is the list.
            self.layout.insert_below(len(self.layout.text) - 1, lines)
        elif lines:
            self.layout.insert_into(rows[0].table.name, lines)
        return self.layout.apply()

    def names(self, row: ImportRow) -> tuple[str, ...]:
        """The columns of a row behind its first."""
        return table_in(row.table, self.target.lists.languages).names[1:]

    def read_member(self, row: ImportRow) -> Iterator[str]:
        """The lines of a member that the list lacks; fields that differ are changed or refused."""
        name = row.table.name
        listed = self.node.entries.get(name) if self.node else None
        entry = self.layout.root.entries.get(name)
        own = {key: _even_out(key, row.text(key)) for key in KEYS[row.table] if row.text(key)}
        known = getattr(listed, "items", ())
        for node, value in zip(known, entry.value.items if entry else (), strict=False):
            if own == {key: _even_out(key, _text(node, key)) for key in own}:
                self.fill(row, node, value)
                return
        self.added += 1
        fields = [
            Blank(column.name, row.text(column.name))
            for column in table_in(row.table, self.target.lists.languages).columns[1:]
            if column.name not in _COMPUTED and (column.required or row.text(column.name))
        ]
        yield from write_item(fields, self.indent(entry))

    def read_answer(self, row: ImportRow) -> Iterator[str]:
        """The line of an answer that the file has not; one that differs is changed or refused."""
        name, state = row.text("question"), row.text("state")
        questions = self.target.lists.vocabulary.questions
        if name not in questions:
            self.report("E205.import", row, "question", word=show(name), words="、".join(questions))
            return
        # What follows from the figures is written nowhere.
        if questions[name].derived:
            return
        terms = row.text("value").split("|")
        words = state if state in ("not_stated", "not_applicable") else "|".join(terms)
        written = f"[{', '.join(terms)}]" if len(terms) > 1 else write_scalar(words)
        if state == "partial":
            written = f"{{value: {written}, state: partial}}"
        listed = self.layout.root.entries.get("answers")
        entry = listed.value.entries.get(name) if listed is not None else None
        if entry is None:
            self.added += 1
            yield f"  {name}: {written}"
        elif _read_answer(self.node, name) not in (words, f"{words}|{state}", f"|{words}"):
            self.change(row, "value", entry, written)

    def read_source(self, row: ImportRow) -> Iterator[str]:
        """The lines of a source that is not listed; fields that differ are changed or refused."""
        name = row.text("source")
        known = self.node.entries.get(name) if self.node else None
        if known is not None:
            self.fill(row, known, self.layout.root.entries[name].value)
            return
        self.added += 1
        yield f"{name}:"
        for field in self.names(row):
            if row.text(field):
                yield write_field(Blank(field, row.text(field)), "  ")

    def fill(self, row: ImportRow, known: Node, value: Value) -> None:
        """Put what a row says into a record that lacks it; what differs is changed or refused."""
        entries = value.entries
        for field in self.names(row):
            text = row.text(field)
            before, after = (_even_out(field, one) for one in (_text(known, field), text))
            if not text or field in _COMPUTED or before == after:
                continue
            if field in entries:
                self.change(row, field, entries[field], write_scalar(text))
            elif value.in_flow or not entries:
                self.report("E335", row, field, **self.place(row, value.start))
            else:
                self.changed += 1
                last = max(entries.values(), key=lambda entry: entry.start)
                line = write_field(Blank(field, text), " " * last.column)
                self.layout.insert_below(self.layout.last_of(last), [line])

    def change(self, row: ImportRow, column: str, entry: YamlEntry, written: str) -> None:
        """Put another value into the file, or say that the two differ."""
        before = self.layout.text[entry.value.start : entry.value.end]
        if entry.value.is_blank or self.target.on_difference == "replace":
            if entry.value.kind == "scalar" or entry.value.in_flow:
                self.changed += 1
                self.layout.set_value(entry, written)
            else:
                self.report("E335", row, column, **self.place(row, entry.start))
        elif self.target.on_difference == "refuse":
            states = {"before": show(before), "after": show(row.text(column))}
            place = self.place(row, entry.start)
            self.report("E334", row, column, field=column, **place, **states)

    def place(self, row: ImportRow, start: int) -> dict[str, object]:
        """The name of a row, and where the file has what it is about."""
        line = self.layout.position(start).line
        return {"name": row.name, "path": self.path, "line": line}

    def report(self, key: str, row: ImportRow, column: str, /, **values: object) -> None:
        """Add a problem of the table."""
        at = row.place(column)
        self.problems.append(problem(key, self.table, at, hint=None, severity=None, **values))

    def indent(self, entry: YamlEntry | None) -> str:
        """The blanks before the members of a list."""
        has_members = entry is not None and entry.value.kind == "sequence" and entry.value.end > 0
        inside = entry.value.column if entry is not None and not entry.value.in_flow else 2
        return " " * (inside if has_members else 2)


def _text(node: Node, name: str) -> str:
    value = node.entries.get(name) if isinstance(node, MapNode) else None
    return value.text.strip() if isinstance(value, Scalar) else ""


def _even_out(field: str, text: str) -> str:
    """A text as it is compared: 2012年 and 2012 are one date, in a table as in a record."""
    if field in _DATES:
        with suppress(PeriodError):
            return parse_period(text).edtf
    return text


def _read_answer(node: MapNode | None, name: str) -> str:
    """An answer of a file as a table writes it, with its state behind it where that is written."""
    answers = node.entries.get("answers") if node else None
    answer = answers.entries.get(name) if isinstance(answers, MapNode) else None
    state = f"|{_text(answer, 'state')}" if answer and _text(answer, "state") else ""
    value = answer.entries.get("value") if isinstance(answer, MapNode) else answer
    if isinstance(value, ListNode):
        return "|".join(one.text for one in value.items if isinstance(one, Scalar)) + state
    return (value.text.strip() if isinstance(value, Scalar) else "") + state
