"""Events, answers and sources of a table, merged into the files that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from casebook.data.draft import Blank, write_field, write_item
from casebook.data.import_figures import ImportTarget
from casebook.data.import_table import ImportRow
from casebook.messages import problem
from casebook.problems import Problem
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError
from casebook.yaml.edit import Layout, YamlEntry, write_scalar
from casebook.yaml.encoding import show
from casebook.yaml.files import show_path
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

SOURCES = "data/sources.yaml"
# The fields of an event and of a source that a table can state, in the order of a record.
_OF_EVENT = ("date", "title", "source")
_OF_SOURCE = (
    *("title", "title_en", "publisher", "publisher_en", "kind"),
    *("published", "accessed", "url", "note", "note_en"),
)


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
            match row.table:
                case "events":
                    lines += self.read_event(row)
                case "answers":
                    lines += self.read_answer(row)
                case _:
                    lines += self.read_source(row)
        if self.problems:
            return None
        if lines and rows[0].table == "sources":
            # Sources have no list around them: the file itself is the list.
            self.layout.insert_below(len(self.layout.text) - 1, lines)
        elif lines:
            self.layout.insert_into(rows[0].table, lines)
        return self.layout.apply()

    def read_event(self, row: ImportRow) -> Iterator[str]:
        """The lines of an event that the file has not; two of one day and title are one."""
        listed = self.node.entries.get("events") if self.node else None
        known = [one for one in getattr(listed, "items", ()) if isinstance(one, MapNode)]
        # 2012年 and 2012 are one date, in a table as in a record.
        own = (_read_date(row.text("date")), row.text("title"))
        if any(own == (_read_date(_text(e, "date")), _text(e, "title")) for e in known):
            return
        self.added += 1
        yield from write_item((Blank(name, row.text(name)) for name in _OF_EVENT), self.indent())

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
        fields = {field: row.text(field) for field in _OF_SOURCE if row.text(field)}
        if not isinstance(known, MapNode):
            self.added += 1
            yield f"{name}:"
            yield from (write_field(Blank(field, text), "  ") for field, text in fields.items())
            return
        entries = self.layout.root.entries[name].value.entries
        for field, text in fields.items():
            if field in entries and _text(known, field) != text:
                self.change(row, field, entries[field], write_scalar(text))
            elif field not in entries:
                self.changed += 1
                last = max(entries.values(), key=lambda entry: entry.start)
                self.layout.insert_below(
                    self.layout.last_of(last), [write_field(Blank(field, text), "  ")]
                )

    def change(self, row: ImportRow, column: str, entry: YamlEntry, written: str) -> None:
        """Put another value into the file, or say that the two differ."""
        before = self.layout.text[entry.value.start : entry.value.end]
        line = self.layout.position(entry.start).line
        name = row.text("question") or row.text("source")
        if entry.value.is_blank or self.target.on_difference == "replace":
            if entry.value.kind == "scalar" or entry.value.in_flow:
                self.changed += 1
                self.layout.set_value(entry, written)
            else:
                self.report("E335", row, column, name=name, path=self.path, line=line)
        elif self.target.on_difference == "refuse":
            states = {"before": show(before), "after": show(row.text(column))}
            place = {"path": self.path, "line": line}
            self.report("E334", row, column, name=name, field=column, **place, **states)

    def report(self, key: str, row: ImportRow, column: str, /, **values: object) -> None:
        """Add a problem of the table."""
        at = row.place(column)
        self.problems.append(problem(key, self.table, at, hint=None, severity=None, **values))

    def indent(self) -> str:
        """The blanks before the members of the list of events."""
        entry = self.layout.root.entries.get("events")
        has_members = entry is not None and entry.value.kind == "sequence" and entry.value.end > 0
        inside = entry.value.column if entry is not None and not entry.value.in_flow else 2
        return " " * (inside if has_members else 2)


def _text(node: Node, name: str) -> str:
    value = node.entries.get(name) if isinstance(node, MapNode) else None
    return value.text.strip() if isinstance(value, Scalar) else ""


def _read_date(text: str) -> str:
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
