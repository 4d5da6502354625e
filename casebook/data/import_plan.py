"""Plan of an import: rows merged into each case file, nothing written yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from casebook.data.draft import Blank, write_field, write_head, write_item
from casebook.data.import_figures import (
    FIELD_ORDER,
    READINGS,
    FigureImporter,
    ImportTarget,
    column_of,
)
from casebook.data.import_lists import SOURCE_FILE, ListMerge
from casebook.data.import_table import KEYS, MEMBERS, ImportRow, find_changes, read_table
from casebook.data.ocds_import import read_drafts
from casebook.data.ocds_package import GZIP
from casebook.data.table_rows import figure_row
from casebook.data.tables import EDITED, FIGURES, SOURCES, list_words
from casebook.messages import problem, say
from casebook.problems import START, CasebookError, ContentError, Problem
from casebook.record.model import ChangeKind
from casebook.record.new_case import case_path, require_free_slug
from casebook.record.reader import read_figure
from casebook.record.references import judge_slug
from casebook.record.vocabulary import Source
from casebook.text import Lang, Text, count_nouns
from casebook.yaml.edit import Layout, YamlEntry, can_write, diff_files, write_scalar
from casebook.yaml.encoding import show
from casebook.yaml.files import read_bytes, show_path
from casebook.yaml.nodes import MapNode, Scalar, read_tree

# A published figure that changes in one of these has to say why.
_EXPLAINED = ("amount", "period")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A case file before and after the import; there is no before where it is a new draft."""

    path: Path
    shown: str
    before: bytes | None
    after: bytes
    added: int
    changed: int = 0
    noun: str = ""

    def diff(self) -> Iterator[str]:
        """The difference, line by line, as `diff -u` shows it."""
        return diff_files(self.before, self.after, self.shown)

    def summary(self, lang: Lang) -> str:
        """The change in one sentence."""
        key = "data.import.draft" if self.before is None else "data.import.changed"
        added = count_nouns(self.added, self.noun)
        fields = count_nouns(self.changed, "field")
        return say(key, path=self.shown, figures=added, fields=fields).inside(lang)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The changes of an import, the files that it leaves alone, and its warnings."""

    changes: tuple[FileChange, ...]
    left_alone: tuple[str, ...]
    warnings: tuple[Problem, ...]


def plan_import(data: bytes, path: str, target: ImportTarget) -> ImportPlan:
    """Plan the import of a table of figures or an OCDS release package.

    Raises ContentError with every problem of the file, and of the case files that it touches.
    """
    problems: list[Problem] = []
    left_alone: list[str] = []
    if not data.strip():
        raise ContentError([problem("E107", path, START)])
    if data.startswith(GZIP) or data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        changes = []
        for slug, draft in read_drafts(data, path, target, problems).items():
            case = case_path(target.project, slug)
            shown = show_path(case, target.project)
            # A link that leads nowhere is there as well, and would be written through.
            if os.path.lexists(case):
                left_alone.append(shown)
                continue
            text, figures = draft
            changes.append(
                FileChange(
                    path=case,
                    shown=shown,
                    before=None,
                    after=text.encode(),
                    added=figures,
                    noun="figure",
                )
            )
    else:
        changes = list(_plan_tables(data, path, target, problems))
    if any(one.severity == "error" for one in problems):
        raise ContentError(problems)
    return ImportPlan(tuple(changes), tuple(left_alone), tuple(problems))


def _plan_tables(
    data: bytes, table: str, target: ImportTarget, problems: list[Problem]
) -> Iterator[FileChange]:
    """What the rows of a file change, all of them together in each file of the project."""
    words = list_words(target.lists.vocabulary)
    read = read_table(data, table, problems, target.columns, target.lists.languages)
    rows = [*find_changes(read, words)]
    # A figure may rest on a source that the same workbook adds.
    new = {row.name: _stand_in(row) for row in rows if row.table is SOURCES and row.name}
    target = replace(target, lists=replace(target.lists, sources=new | {**target.lists.sources}))
    changes: dict[str, FileChange] = {}
    for kind in EDITED:
        groups = _group_rows([row for row in rows if row.table is kind], table, problems)
        for slug, of_one in groups.items():
            if not all(row.is_as_exported for row in of_one):
                start = changes.get(slug) or _read_file(slug, of_one[0], table, target, problems)
                if start is not None:
                    changes[slug] = _merge(start, of_one, table, target, problems)
    return (one for one in changes.values() if one.after != one.before)


def _stand_in(row: ImportRow) -> Source:
    title, publisher = Text(row.text("title")), Text(row.text("publisher"))
    return Source(id=row.name, title=title, publisher=publisher, kind=row.text("kind"))


def _read_file(
    slug: str, first: ImportRow, table: str, target: ImportTarget, problems: list[Problem]
) -> FileChange | None:
    """The file of a case, or a draft where there is none, before anything is merged into it."""
    path = case_path(target.project, slug) if slug else target.project / SOURCE_FILE
    shown = show_path(path, target.project)
    if os.path.lexists(path):
        already = len(problems)
        before = read_bytes(path, target.project, problems)
        problems += [p for p in read_tree(before, shown)[1] if p.severity == "error"]
        if len(problems) > already:
            return None
        return FileChange(path=path, shown=shown, before=before, after=before, added=0)
    if first.before is not None:
        at = first.place("case")
        problems.append(problem("E337.gone", table, at, name=slug or SOURCE_FILE, path=shown))
        return None
    try:
        require_free_slug(target.project, slug)
    except CasebookError as error:
        why = error.text
        problems.append(problem("E243.import", table, first.place("case"), why=why))
    draft = _start_draft(table, target)
    return FileChange(path=path, shown=shown, before=None, after=draft, added=0)


def _merge(
    start: FileChange,
    rows: Sequence[ImportRow],
    table: str,
    target: ImportTarget,
    problems: list[Problem],
) -> FileChange:
    """A file with the rows of one table merged into it; as it was where one of them is wrong."""
    merge: Merge | ListMerge
    if rows[0].table is FIGURES:
        merge = Merge(start.after, rows[0].text("case"), table, target)
    else:
        merge = ListMerge(start.after, start.path, table, target)
    after = merge.merge(rows)
    problems += merge.problems
    noun = rows[0].table.name.removesuffix("s")
    return replace(
        start,
        after=start.after if after is None else after,
        added=start.added + merge.count_added,
        changed=start.changed + merge.changed,
        noun=noun if start.noun in ("", noun) else "row",
    )


def _start_draft(table: str, target: ImportTarget) -> bytes:
    """A draft for a place that has no file yet, without its figures."""
    origin = target.say("data.draft.imported", name=Path(table).name)
    fields = (
        Blank("title", "", target.say("data.draft.title")),
        Blank("region", "", target.say("data.draft.region")),
        Blank("topic", "", target.list_choices(target.lists.vocabulary.topics)),
        Blank("summary", "", target.say("data.draft.summary")),
    )
    return "".join(f"{line}\n" for line in write_head([origin], fields, target.lang)).encode()


def _group_rows(
    rows: Sequence[ImportRow], table: str, problems: list[Problem]
) -> dict[str, list[ImportRow]]:
    """The rows of each case, without those that name nothing or what was named before.

    Sources lie in one file for all cases, whose name is empty.
    """
    groups: dict[str, list[ImportRow]] = {}
    seen: dict[tuple[str, ...], ImportRow] = {}
    for row in rows:
        slug, keys = row.text("case"), KEYS[row.table]
        needed = keys[-1:] if row.table is SOURCES else ("case", keys[-1])
        if missing := next((column for column in needed if not row.text(column)), ""):
            problems.append(problem("E202.row", table, row.place(missing), column=missing))
            continue
        # The words of an event may change, but not the name by which others speak of a record.
        names = ("case",) if row.table in MEMBERS else needed
        renamed = (one for one in names if row.before is not None and row.text(one) != row.was(one))
        if column := next(renamed, ""):
            before, after = show(row.was(column)), show(row.text(column))
            at = row.place(column)
            problems.append(problem("E337.name", table, at, before=before, after=after))
            continue
        fault = judge_slug(slug) if slug else ""
        if fault:
            problems.append(problem(fault, table, row.place("case"), slug=slug))
            continue
        first = seen.setdefault((slug, *map(row.key, keys)), row)
        if first is not row:
            at, line = row.place(keys[-1]), first.at.line
            case, name = show(slug or SOURCE_FILE), show(row.name)
            twice = problem("E332", table, at, case=case, figure=name, line=line)
            problems.append(twice)
            continue
        groups.setdefault(slug, []).append(row)
    return groups


class Merge:
    """Merges the rows of one case into its file: `added` figures, `changed` fields."""

    def __init__(self, data: bytes, slug: str, table: str, target: ImportTarget) -> None:
        self.path = show_path(case_path(target.project, slug), target.project)
        self.target = target
        self.published = target.published.get(slug, frozenset())
        self.importer = FigureImporter(table, target)
        self.added: dict[str, dict[str, str]] = {}
        self.changed = 0
        node, self.warnings = read_tree(data, self.path)
        self.layout = Layout(data, self.path)
        figures = node.entries.get("figures") if isinstance(node, MapNode) else None
        self.recorded = figures.entries if isinstance(figures, MapNode) else {}

    def merge(self, rows: Sequence[ImportRow]) -> bytes | None:
        """The file with the rows, or None where a row is wrong."""
        for row in rows:
            recorded = self.recorded.get(row.name)
            if row.is_as_exported:
                continue
            if recorded is None and row.before is not None:
                gone = {"name": row.name, "path": self.path}
                self.importer.report("E337.gone", row.place("figure"), **gone)
                continue
            fields = self.importer.read(row, recorded)
            if fields is not None and recorded is None:
                self.added[row.name] = fields
            elif fields is not None:
                self.change_figure(row, fields, recorded)
        if self.problems:
            return None
        self.insert_figures([row for row in rows if row.name in {*self.recorded, *self.added}])
        after = self.layout.apply()
        # No edit may harm the file.
        if len(read_tree(after, self.path)[1]) > len(self.warnings):
            raise AssertionError(f"the edits would break {self.path}")
        return after

    @property
    def problems(self) -> list[Problem]:
        """The problems of the rows."""
        return self.importer.problems

    @property
    def count_added(self) -> int:
        """The figures that the file did not have."""
        return len(self.added)

    @property
    def entries(self) -> Mapping[str, YamlEntry]:
        """The figures of the file, by name."""
        figures = self.layout.root.entries.get("figures")
        return figures.value.entries if figures is not None else {}

    def change_figure(self, row: ImportRow, fields: Mapping[str, str], recorded: object) -> None:
        """Edit the fields of a figure that the row has and the record has otherwise or not."""
        node = recorded if isinstance(recorded, MapNode) else MapNode({}, {}, row.at)
        before = {
            name: value.text.strip()
            for name, value in node.entries.items()
            if isinstance(value, Scalar)
        }
        figure = read_figure(node, row.name, self.path, self.target.lists, [])
        meant = figure_row(figure, self.target.lists.languages) if figure is not None else {}
        edits: dict[str, str] = {}
        for field, text in fields.items():
            written = before.get(field, "")
            # An export writes out what a record leaves to its amount, such as the unit.
            known, column = (written, meant.get(column_of(field))), column_of(field)
            if text == written or (text and text in known):
                continue
            as_exported = row.before is not None and row.was(column) in known
            if not written or as_exported or self.target.on_difference == "replace":
                edits[field] = text
            elif self.target.on_difference == "refuse":
                self.report_difference(row, field, written, text)
        self.changed += len(edits)
        entry = self.entries[row.name]
        for field in [field for field, text in edits.items() if not can_write(text)]:
            self.importer.report("E337.text", row.place(column_of(field)))
            return
        if edits and (entry.value.in_flow or entry.value.kind != "mapping"):
            line = self.layout.position(entry.start).line
            self.importer.report("E335", row.at, name=row.name, path=self.path, line=line)
            return
        for field in sorted(edits, key=FIELD_ORDER.index):
            self.write_field(entry, field, edits[field])
        if not (edits.keys().isdisjoint(READINGS) or before.get("note")):
            self.write_field(entry, "note", "")
        # A number that readers have seen does not change without a reason beside it.
        if row.name in self.published:
            changes = [field for field in _EXPLAINED if field in edits and before.get(field)]
            self.add_history(entry, [(before[field], edits[field]) for field in changes])

    def report_difference(self, row: ImportRow, field: str, before: str, after: str) -> None:
        """Add the problem that a row and the record differ."""
        entry = self.entries[row.name].value.entries.get(field)
        self.importer.report(
            "E334.published" if row.name in self.published else "E334",
            row.place(column_of(field)),
            name=row.name,
            field=field,
            path=self.path,
            line=self.layout.position(entry.start).line if entry is not None else 1,
            before=show(before),
            after=show(after),
        )

    def write_field(self, figure: YamlEntry, field: str, text: str) -> None:
        """Edit one field of a figure, or add it behind those that come before it."""
        entry = figure.value.entries.get(field)
        if entry is not None:
            if text:
                self.layout.set_value(entry, write_scalar(text))
            elif field != "note":
                self.layout.remove(entry)
            return
        before = [
            other
            for name, other in figure.value.entries.items()
            if name in FIELD_ORDER and FIELD_ORDER.index(name) < FIELD_ORDER.index(field)
        ]
        remark = "" if text else self.target.say("data.draft.reading")
        line = write_field(Blank(field, text, remark), " " * figure.value.column)
        if before:
            last = max(before, key=lambda other: other.start)
            self.layout.insert_below(max(last.end - 1, last.start), [line])
        else:
            self.layout.insert_above(figure.value.start, [line])

    def add_history(self, figure: YamlEntry, changes: Iterable[tuple[str, str]]) -> None:
        """Add the entries of `history` that a published figure needs, the reasons left blank."""
        indent = " " * figure.value.column
        say = self.target.say
        lines: list[str] = []
        for before, after in changes:
            blanks = (
                Blank("date", "", say("data.draft.change_date")),
                Blank("kind", "", self.target.list_choices(get_args(ChangeKind))),
                Blank("from", before),
                Blank("to", after),
                Blank("why", "", say("data.draft.change_why")),
            )
            lines += write_item(blanks, f"{indent}  ")
        if not lines:
            return
        history = figure.value.entries.get("history")
        if history is None:
            self.layout.insert_below(self.layout.last_of(figure), [f"{indent}history:", *lines])
        else:
            self.layout.insert_below(self.layout.last_of(history), lines)

    def insert_figures(self, rows: Sequence[ImportRow]) -> None:
        """Put the new figures where the table has them, each behind the one before it."""
        entries = self.entries
        last_entry = next(reversed(list(entries.values())), None)
        known = [row.name for row in rows if row.name not in self.added]
        behind: dict[str, list[ImportRow]] = {}
        last = ""
        for row in rows:
            if row.name in self.added:
                behind.setdefault(last, []).append(row)
            else:
                last = row.name
        for name, new in behind.items():
            # New rows ahead of all known ones stand above the first of those.
            if not name and known:
                first = entries[known[0]]
                self.layout.insert_above(first.start, self.write_lines(new, first.column))
            else:
                self.insert_behind(entries.get(name, last_entry), new)

    def insert_behind(self, entry: YamlEntry | None, rows: Iterable[ImportRow]) -> None:
        """Put new figures behind another, or as the first of the case."""
        layout = self.layout
        if entry is not None:
            layout.insert_below(layout.last_of(entry), self.write_lines(rows, entry.column))
            return
        layout.insert_into("figures", self.write_lines(rows, layout.root.column + 2))

    def write_lines(self, rows: Iterable[ImportRow], column: int) -> list[str]:
        """The lines of new figures."""
        indent = " " * column
        return [
            line for row in rows for line in self.importer.write(row, self.added[row.name], indent)
        ]
