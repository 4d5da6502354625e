"""Rows of lists, such as events, answers and sources, merged into the files that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from casebook.data.draft import Blank, write_field, write_item
from casebook.data.import_figures import ImportTarget
from casebook.data.import_table import KEYS, MEMBERS, ImportRow
from casebook.data.tables import ANSWERS, SOURCES, Column, table_in
from casebook.messages import problem
from casebook.problems import Problem
from casebook.record.fields import EMPTY
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError
from casebook.yaml.edit import Layout, Value, YamlEntry, can_write, write_scalar
from casebook.yaml.encoding import show
from casebook.yaml.files import show_path
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

SOURCE_FILE = "data/sources.yaml"
_DATES = ("date", "published", "accessed", "updated")
_SILENT = ("not_stated", "not_applicable")


class ListMerge:
    """Merges the rows of one table into one file: `count_added` entries, `changed` fields."""

    def __init__(self, data: bytes, path: Path, table: str, target: ImportTarget) -> None:
        self.path = show_path(path, target.project)
        self.table = table
        self.target = target
        self.problems: list[Problem] = []
        self.count_added = self.changed = 0
        node, _ = read_tree(data, self.path)
        self.node = node if isinstance(node, MapNode) else None
        self.layout = Layout(data, self.path)

    def merge(self, rows: Sequence[ImportRow]) -> bytes | None:
        """The file with the rows, or None where a row is wrong."""
        lines: list[str] = []
        for row in rows:
            if row.is_as_exported:
                continue
            match row.table:
                case table if table in MEMBERS:
                    lines += self.read_member(row)
                case table if table is ANSWERS:
                    lines += self.read_answer(row)
                case table if table is SOURCES:
                    lines += self.read_source(row)
                case _:
                    self.fill(row, self.node or EMPTY, self.layout.root)
        if self.problems:
            return None
        if lines and rows[0].table is SOURCES:
            # Sources have no list around them: the file itself is the list.
            self.layout.insert_below(len(self.layout.text) - 1, lines)
        elif lines:
            self.layout.insert_into(rows[0].table.name, lines)
        return self.layout.apply()

    def columns(self, row: ImportRow) -> tuple[Column, ...]:
        """The columns of a row behind its first, without what is computed."""
        return table_in(row.table, self.target.lists.languages).edited[1:]

    def read_member(self, row: ImportRow) -> Iterator[str]:
        """The lines of a member that the list lacks; fields that differ are changed or refused."""
        name = row.table.name
        listed = self.node.entries.get(name) if self.node else None
        entry = self.layout.root.entries.get(name)
        own = {key: _even_out(key, row.key(key)) for key in KEYS[row.table] if row.key(key)}
        known = getattr(listed, "items", ())
        for node, value in zip(known, entry.value.items if entry else (), strict=False):
            if own == {key: _even_out(key, _text(node, key)) for key in own}:
                self.fill(row, node, value)
                return
        if self.is_gone(row):
            return
        self.count_added += 1
        fields = [
            Blank(column.name, row.text(column.name))
            for column in self.columns(row)
            if column.required or row.text(column.name)
        ]
        yield from write_item(fields, self.indent(entry))

    def is_gone(self, row: ImportRow) -> bool:
        """True of an exported row, which is a problem where its record is not there any more."""
        if row.before is not None:
            at = KEYS[row.table][-1]
            self.report("E337.gone", row, at, name=row.key(at), path=self.path)
        return row.before is not None

    def read_answer(self, row: ImportRow) -> Iterator[str]:
        """The lines of an answer that the file has not; one that differs is changed or refused."""
        name = row.text("question")
        questions = self.target.lists.vocabulary.questions
        if name not in questions:
            self.report("E205.import", row, "question", word=show(name), words="、".join(questions))
            return
        listed = self.layout.root.entries.get("answers")
        entry = listed.value.entries.get(name) if listed is not None else None
        # What follows from the figures is written nowhere, unless an editor does.
        if questions[name].derived and (entry is None or row.before is None):
            if row.before is not None:
                self.report("E337.follows", row, "value", name=name, column="value")
            return
        languages = self.target.lists.languages
        others = tuple(languages.name("value", lang) for lang in languages.others)
        known = _read_answer(self.node, name, others)
        given = {column: row.text(column) for column in known if column in row.cells}
        terms = questions[name].terms
        for other in others:
            if terms or given.get(other) == given.get("value"):
                given.pop(other, None)
        # Who fills in an answer need not say as well that there is one.
        if given.get("value") and "state" not in given:
            given["state"] = "stated" if known["state"] in ("", *_SILENT) else known["state"]
        wanted = known | given
        if wanted["state"] in _SILENT:
            wanted |= dict.fromkeys(("value", *others), "")
        if wanted == known:
            return
        for word in wanted["value"].split("|") if terms else ():
            words = getattr(self.target.lists.vocabulary, terms)
            if word and word not in words:
                self.report("E205.term", row, "value", word=show(word), words="、".join(words))
        if not wanted["state"] or (not wanted["value"] and wanted["state"] not in _SILENT):
            self.report("E337.empty", row, "value", name=name, column="value")
        elif not all(can_write(text) for text in wanted.values() if text):
            self.report("E337.text", row, "value")
        elif entry is None:
            self.count_added += 1
            yield from f"  {name}:{_write_answer(wanted, terms, 4)}".split("\n")
        elif entry.value.is_blank or self.may_change(row, given, known):
            self.write_answer(row, entry, wanted, terms)
        elif self.target.on_difference == "refuse":
            column = next((one for one in given if given[one] != known[one]), "value")
            states = {"before": show(known[column]), "after": show(given[column])}
            place = self.place(row, entry.start)
            self.report("E334", row, column, field=column, **place, **states)

    def may_change(
        self, row: ImportRow, given: Mapping[str, str], known: Mapping[str, str]
    ) -> bool:
        """True where the table decides, or the record is still as it was exported."""
        as_exported = row.before is not None and all(
            _even_out(column, row.was(column)) == _even_out(column, known[column])
            for column in given
            if column in row.cells
        )
        return as_exported or self.target.on_difference == "replace"

    def write_answer(
        self, row: ImportRow, entry: YamlEntry, wanted: Mapping[str, str], terms: str
    ) -> None:
        """Put another answer into the file; what else is said of it stays."""
        parts = entry.value.entries
        is_whole = entry.value.in_flow and parts.keys() <= wanted.keys()
        if is_whole or entry.value.kind != "mapping":
            self.changed += 1
            end = max(entry.value.end, self.layout.text.index(":", entry.name_end) + 1)
            written = _write_answer(wanted, terms, entry.column + 2)
            self.layout.cut(entry.name_end, end, f":{written}")
            return
        if entry.value.in_flow:
            self.report("E335", row, "value", **self.place(row, entry.start))
            return
        for name, text in _list_parts(wanted, terms).items():
            if name in parts and text:
                self.layout.cut(parts[name].name_end, parts[name].end, f": {text}")
            elif name in parts:
                self.layout.remove(parts[name])
            elif text:
                line = f"{' ' * entry.value.column}{name}: {text}"
                self.layout.insert_above(entry.value.start, [line])
        self.changed += 1

    def read_source(self, row: ImportRow) -> Iterator[str]:
        """The lines of a source that is not listed; fields that differ are changed or refused."""
        name = row.text("source")
        known = self.node.entries.get(name) if self.node else None
        if known is not None:
            self.fill(row, known, self.layout.root.entries[name].value)
            return
        if self.is_gone(row):
            return
        self.count_added += 1
        yield f"{name}:"
        for column in self.columns(row):
            if row.text(column.name):
                yield write_field(Blank(column.name, row.text(column.name)), "  ")

    def fill(self, row: ImportRow, known: Node, value: Value) -> None:
        """Put what a row says into a record that lacks it; what differs is changed or refused."""
        entries = value.entries
        for column in self.columns(row):
            field, text = column.name, row.text(column.name)
            before, after = (_even_out(field, one) for one in (_text(known, field), text))
            if before == after or not (text or row.is_emptied(field)):
                continue
            if not text and column.required:
                self.report("E337.empty", row, field, name=row.name, column=field)
            elif text and not can_write(text):
                self.report("E337.text", row, field)
            elif field in entries:
                self.change(row, field, entries[field], before)
            elif value.in_flow or not entries:
                self.report("E335", row, field, **self.place(row, value.start))
            else:
                self.changed += 1
                last = max(entries.values(), key=lambda entry: entry.start)
                line = write_field(Blank(field, text), " " * last.column)
                self.layout.insert_below(self.layout.last_of(last), [line])

    def change(self, row: ImportRow, column: str, entry: YamlEntry, known: str) -> None:
        """Put another value into the file or take it out, or say that the two differ."""
        text, was = row.text(column), _even_out(column, row.was(column))
        if entry.value.is_blank or self.may_change(row, {column: was}, {column: known}):
            is_plain = entry.value.kind == "scalar" or entry.value.in_flow
            if is_plain and text:
                self.layout.set_value(entry, write_scalar(text))
            elif not (is_plain and self.layout.remove(entry)):
                self.report("E335", row, column, **self.place(row, entry.start))
            self.changed += 1
        elif self.target.on_difference == "refuse":
            before = self.layout.text[entry.value.start : entry.value.end]
            states = {"before": show(before), "after": show(text)}
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


def _read_answer(node: MapNode | None, name: str, others: Iterable[str]) -> dict[str, str]:
    """An answer of a file as a table has it: its state, its value, and `others`, translated."""
    answers = node.entries.get("answers") if node else None
    answer = answers.entries.get(name) if isinstance(answers, MapNode) else None
    state = _text(answer, "state") if answer else ""
    value = answer.entries.get("value") if isinstance(answer, MapNode) else answer
    if isinstance(value, ListNode):
        text = "|".join(one.text for one in value.items if isinstance(one, Scalar))
    else:
        text = value.text.strip() if isinstance(value, Scalar) else ""
    if text in _SILENT:
        state, text = text, ""
    translated = {other: _text(answer, other) if answer else "" for other in others}
    return {"state": state or ("stated" if text else ""), "value": text} | translated


def _list_parts(answer: Mapping[str, str], terms: str) -> dict[str, str]:
    """The fields of an answer as they are written, those that it need not have empty."""
    words = answer["value"].split("|") if terms else [answer["value"]]
    value = f"[{', '.join(words)}]" if len(words) > 1 else _write_text(answer["value"])
    state = "" if answer["state"] == "stated" else answer["state"]
    others = {one: _write_text(answer[one]) for one in answer.keys() - {"state", "value"}}
    return {"value": value, **others, "state": state}


def _write_text(text: str) -> str:
    return write_scalar(text) if text else ""


def _write_answer(answer: Mapping[str, str], terms: str, indent: int) -> str:
    """An answer behind the colon of its name: on the same line where it is one thing."""
    parts = {name: text for name, text in _list_parts(answer, terms).items() if text}
    if len(parts) == 1:
        return f" {next(iter(parts.values()))}"
    return "".join(f"\n{' ' * indent}{name}: {text}" for name, text in parts.items())
