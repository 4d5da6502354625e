"""Rows of figures merged into the text of a case file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from casebook.data.draft import Blank, list_choices, write_field, write_figure
from casebook.data.import_figures import (
    FIELD_ORDER,
    READINGS,
    FigureImporter,
    ImportedFigure,
    column_of,
)
from casebook.data.import_table import ImportRow
from casebook.data.table_rows import figure_row
from casebook.record.figure_reader import read_figure
from casebook.record.lists import Lists
from casebook.record.model import ChangeKind
from casebook.record.new_case import case_path
from casebook.text import Lang
from casebook.yaml.edit import Layout, YamlEntry, write_scalar
from casebook.yaml.encoding import show
from casebook.yaml.files import show_path
from casebook.yaml.nodes import MapNode, Scalar, read_tree

# What to do where a row says something else than the record.
OnDifference = Literal["refuse", "keep", "replace"]

# A published figure that changes in one of these has to say why.
_EXPLAINED = ("amount", "period")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTarget:
    """The project that an import is for, and how to merge.

    `published` are the names of the figures of each case that the last site shows.
    """

    project: Path
    lists: Lists
    published: Mapping[str, frozenset[str]]
    on_difference: OnDifference
    lang: Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one figure before and after."""

    figure: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A case file with the rows in it, and the figures and fields that it gained."""

    after: bytes
    added: tuple[str, ...]
    changed: tuple[FieldChange, ...]


class Merge:
    """Merges the rows of one case into its file."""

    def __init__(self, data: bytes, slug: str, table: str, target: ImportTarget) -> None:
        self.path = show_path(case_path(target.project, slug), target.project)
        self.table = table
        self.target = target
        self.published = target.published.get(slug, frozenset())
        self.importer = FigureImporter(table, target.lists, target.lang)
        self.problems = self.importer.problems
        self.added: dict[str, ImportedFigure] = {}
        self.changed: list[FieldChange] = []
        node, self.warnings = read_tree(data, self.path)
        self.layout = Layout(data, self.path)
        figures = node.entries.get("figures") if isinstance(node, MapNode) else None
        self.recorded = figures.entries if isinstance(figures, MapNode) else {}

    def merge(self, rows: Sequence[ImportRow]) -> Merged | None:
        """The file with the rows, or None where a row is wrong."""
        for row in rows:
            recorded = self.recorded.get(row.text("figure"))
            figure = self.importer.read(row, recorded)
            if figure is None:
                continue
            if recorded is None:
                self.added[figure.name] = figure
            else:
                self.change_figure(figure, recorded)
        if self.problems:
            return None
        self.insert_figures(rows)
        after = self.layout.apply()
        # No edit may harm the file.
        if len(read_tree(after, self.path)[1]) > len(self.warnings):
            raise AssertionError(f"the edits would break {self.path}")
        return Merged(after, tuple(self.added), tuple(self.changed))

    @property
    def entries(self) -> Mapping[str, YamlEntry]:
        """The figures of the file, by name."""
        figures = self.layout.root.entries.get("figures")
        return figures.value.entries if figures is not None else {}

    def change_figure(self, figure: ImportedFigure, recorded: object) -> None:
        """Edit the fields of a figure that the row has and the record has otherwise or not."""
        node = recorded if isinstance(recorded, MapNode) else MapNode({}, {}, figure.row.at)
        before = {
            name: value.text.strip()
            for name, value in node.entries.items()
            if isinstance(value, Scalar)
        }
        edits = self.find_edits(figure, node, before)
        if not edits:
            return
        entry = self.entries[figure.name]
        if entry.value.in_flow or entry.value.kind != "mapping":
            line = self.layout.position(entry.start).line
            at = figure.row.at
            self.importer.report("E335", at, name=figure.name, path=self.path, line=line)
            return
        for field in sorted(edits, key=FIELD_ORDER.index):
            self.write_field(entry, field, edits[field])
        if any(field in edits for field in READINGS) and not before.get("note"):
            self.write_field(entry, "note", "")
        if figure.name in self.published:
            changes = [field for field in _EXPLAINED if field in edits and before.get(field)]
            self.add_history(entry, [(before[field], edits[field]) for field in changes])

    def find_edits(
        self, figure: ImportedFigure, node: MapNode, before: Mapping[str, str]
    ) -> dict[str, str]:
        """The fields to write; where differences are refused, each is a problem instead."""
        recorded = read_figure(node, figure.name, self.path, self.target.lists, [])
        row = figure_row(recorded) if recorded is not None else {}
        edits: dict[str, str] = {}
        for field, text in figure.fields.items():
            written = before.get(field, "")
            if text == written or (text and text == row.get(column_of(field))):
                continue
            if not written or self.target.on_difference == "replace":
                edits[field] = text
                self.changed.append(
                    FieldChange(figure=figure.name, field=field, before=written, after=text)
                )
            elif self.target.on_difference == "refuse":
                self.report_difference(figure, field, written)
        return edits

    def report_difference(self, figure: ImportedFigure, field: str, written: str) -> None:
        """Add the problem that a row and the record differ."""
        entry = self.entries[figure.name].value.entries.get(field)
        places = {
            "name": figure.name,
            "field": field,
            "path": self.path,
            "line": self.layout.position(entry.start).line if entry is not None else 1,
            "before": show(written),
            "after": show(figure.fields[field]),
        }
        key = "E334.published" if figure.name in self.published else "E334"
        self.importer.report(key, figure.place(field), **places)

    def write_field(self, figure: YamlEntry, field: str, text: str) -> None:
        """Edit one field of a figure, or add it behind those that come before it."""
        entry = figure.value.entries.get(field)
        if entry is not None:
            if text:
                self.layout.set_value(entry, write_scalar(text))
            return
        before = [
            other
            for name, other in figure.value.entries.items()
            if name in FIELD_ORDER and FIELD_ORDER.index(name) < FIELD_ORDER.index(field)
        ]
        remark = "" if text else self.importer.say("data.draft.reading")
        line = write_field(Blank(field, text, remark), " " * figure.value.column)
        if before:
            last = max(before, key=lambda other: other.start)
            self.layout.insert_below(max(last.end - 1, last.start), [line])
        else:
            self.layout.insert_above(figure.value.start, [line])

    def add_history(self, figure: YamlEntry, changes: Iterable[tuple[str, str]]) -> None:
        """Add the entries of `history` that a published figure needs, the reasons left blank."""
        indent = " " * figure.value.column
        say = self.importer.say
        lines = []
        for before, after in changes:
            blanks = (
                Blank("date", "", say("data.draft.change_date")),
                Blank("kind", "", list_choices(get_args(ChangeKind), self.target.lang)),
                Blank("from", before),
                Blank("to", after),
                Blank("why", "", say("data.draft.change_why")),
            )
            starts = (f"{indent}  - ", *[f"{indent}    "] * 4)
            lines += [
                write_field(blank, start) for blank, start in zip(blanks, starts, strict=True)
            ]
        if not lines:
            return
        history = figure.value.entries.get("history")
        if history is None:
            self.layout.insert_below(self.layout.last_of(figure), [f"{indent}history:", *lines])
        else:
            self.layout.insert_below(self.layout.last_of(history), lines)

    def insert_figures(self, rows: Sequence[ImportRow]) -> None:
        """Put the new figures where the table has them, each behind the one before it."""
        waiting: list[ImportedFigure] = []
        last: YamlEntry | None = None
        entries = self.entries
        for row in rows:
            name = row.text("figure")
            if name in self.added:
                waiting.append(self.added[name])
                continue
            if waiting:
                if last is None:
                    first = entries[name]
                    self.layout.insert_above(first.start, self.write_lines(waiting, first.column))
                else:
                    self.insert_behind(last, waiting)
                waiting = []
            last = entries[name]
        if waiting:
            self.insert_behind(last or next(reversed(list(entries.values())), None), waiting)

    def insert_behind(self, entry: YamlEntry | None, figures: Iterable[ImportedFigure]) -> None:
        """Put new figures behind another, or as the first of the case."""
        layout = self.layout
        if entry is not None:
            layout.insert_below(layout.last_of(entry), self.write_lines(figures, entry.column))
            return
        column = layout.root.column
        lines = self.write_lines(figures, column + 2)
        listed = layout.root.entries.get("figures")
        if listed is None:
            last = max(layout.root.entries.values(), key=lambda other: other.start)
            layout.insert_below(layout.last_of(last), ["", f"{' ' * column}figures:", *lines])
            return
        if not listed.value.is_blank:
            # An empty pair of brackets.
            layout.cut(listed.value.start, listed.value.end, "")
        layout.insert_below(listed.name_end, lines)

    def write_lines(self, figures: Iterable[ImportedFigure], column: int) -> list[str]:
        """The lines of new figures."""
        drafts = map(self.importer.draft, figures)
        return [line for draft in drafts for line in write_figure(draft, " " * column)]
