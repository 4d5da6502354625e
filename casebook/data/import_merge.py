"""Merging rows of tables into the records of files, as a plan with nothing written yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import get_args

from casebook.data.edit_tables import DAYS, ROW, list_edit_tables, list_edit_words, list_keys
from casebook.data.import_figures import READINGS, FigureImporter, ImportTarget
from casebook.data.import_table import ImportRow, find_changes, read_table
from casebook.data.ocds_import import read_drafts
from casebook.data.ocds_package import GZIP
from casebook.data.record_edit import RecordFile
from casebook.data.record_rows import CASE, JOINED, NAMED, SOURCE_FILE, TypedRow, clean_text
from casebook.data.workbook import LONGEST, TableProblems
from casebook.messages import say
from casebook.problems import START, CasebookError, ContentError, Problem, WordingError
from casebook.record.description import FieldDescription
from casebook.record.model import ChangeKind
from casebook.record.reader import SILENT
from casebook.record.slugs import case_path, judge_slug, require_free_slug
from casebook.record.vocabulary import Source
from casebook.text import Lang, Text
from casebook.values.dates import parse_period
from casebook.yaml.edit import can_write, diff_files
from casebook.yaml.encoding import show
from casebook.yaml.files import show_path

# A published figure needs a reason for a change in one of these.
_EXPLAINED = ("amount", "period")
_FLAGS = {True: "yes", False: "no"}


class RecordMerge(RecordFile):
    """A file for merged rows, with the counts `added` and `changed`, and its new bytes `after`."""

    def __init__(self, slug: str, target: ImportTarget, problems: TableProblems) -> None:
        path = case_path(target.project, slug) if slug else target.project / SOURCE_FILE
        super().__init__(target.project, show_path(path, target.project), target.lists)
        self.target = target
        self.problems = problems
        self.published = target.published.get(slug, frozenset())
        self.importer = FigureImporter(target, problems)
        self.added = self.changed = 0
        self.after = b""

    @cached_property
    def row(self) -> TypedRow:
        """The record to be written: at first that of the file, or a draft if there is no file."""
        row = super().row
        if self.starts_draft:
            draft = self.target.start_draft()
            row.texts |= draft.texts
            row.remarks = draft.remarks
        return row

    @property
    def starts_draft(self) -> bool:
        """True if a case has no file yet."""
        return self.is_new and self.described is CASE

    def diff(self) -> Iterator[str]:
        """The difference line by line, in the format of `diff -u`."""
        return diff_files(None if self.is_new else self.data, self.after, self.shown)

    def summary(self, lang: Lang) -> str:
        """The change in one sentence."""
        key = "data.import.draft" if self.is_new else "data.import.changed"
        return say(key, path=self.shown, added=self.added, changed=self.changed).inside(lang)

    def finish(self) -> None:
        """Make the file with the rows, and report a problem if it cannot hold them."""
        self.explain_changes()
        origin = say("data.draft.imported", name=Path(self.problems.path).name)
        head = self.target.write_origin([origin]) if self.starts_draft else ""
        try:
            self.after = self.edit(head.encode())
        except ValueError:
            self.problems.report("E335", START, path=self.shown)

    def merge(self, rows: Sequence[ImportRow]) -> None:
        """Merge the rows of one table."""
        table = rows[0].table
        if not table.way:
            for row in rows:
                self.fill(row, self.row, row.given)
            return
        groups: dict[tuple[str, ...], list[ImportRow]] = {}
        for row in rows:
            groups.setdefault(tuple(map(row.text, table.outer)), []).append(row)
        for of_one in groups.values():
            self.merge_list(of_one)

    def merge_list(self, rows: Sequence[ImportRow]) -> None:
        """Merge the rows of one list; new rows keep their place in the table."""
        *outer, one = rows[0].table.way
        holder = self.find_holder(rows[0], outer)
        if holder is None:
            for row in rows:
                self.report_missing(row, row.table.outer[-1])
            return
        held = holder.rows.setdefault(one.name, [])
        found = [*self.find_rows(rows, held, one)]
        at = next((held.index(own) for _, own in found if own is not None), len(held))
        for row, own in found:
            if own is not None:
                if not row.is_as_exported:
                    self.change(row, own, one)
                at = held.index(own) + 1
            elif row.before is not None or one.kind == "answers":
                self.report_missing(row, row.table.key[-1])
            else:
                held.insert(at, self.make(row, one))
                at += 1

    def find_holder(self, row: ImportRow, outer: Sequence[FieldDescription]) -> TypedRow | None:
        """The record whose list a row belongs to, or None."""
        own = self.row
        for one in outer:
            wanted = tuple(map(row.text, list_keys(one)))
            fitting = [each for each in own.rows[one.name] if wanted in self.list_names(each, one)]
            if not fitting:
                return None
            own = fitting[0]
        return own

    def find_rows(
        self, rows: Iterable[ImportRow], held: Sequence[TypedRow], one: FieldDescription
    ) -> Iterator[tuple[ImportRow, TypedRow | None]]:
        """Each row with its record, if the file has one."""
        index: dict[tuple[str, ...], list[TypedRow]] = {}
        for each in held:
            for name in self.list_names(each, one):
                index.setdefault(name, []).append(each)
        fields = {inner.name: inner for inner in one.inner}
        taken = set[TypedRow]()
        for row in rows:
            names = {key: row.key(key) for key in row.table.key}
            key = tuple(_even_out(fields.get(name), text) for name, text in names.items())
            fitting = [each for each in index.get(key, ()) if each not in taken]
            said = row.before or {name: cell.text for name, cell in row.cells.items()}
            # Of two corrections of one day, this is the one with the texts of the row.
            same = (
                each
                for each in fitting
                if all(each.texts.get(name, text) == text for name, text in said.items())
            )
            own = next(same, fitting[0] if fitting else None)
            if row.before is not None and own is not None:
                # Two rows cannot be about one record.
                taken.add(own)
            yield row, own

    def list_names(self, own: TypedRow, one: FieldDescription) -> set[tuple[str, ...]]:
        """The names that identify a record: the present one and the one in the file."""
        if one.kind in NAMED:
            return {(own.name,)}
        fields = {inner.name: inner for inner in one.inner}
        return {
            tuple(_even_out(fields[key], texts.get(key, "")) for key in list_keys(one))
            for texts in (own.texts, (own.read or own).texts)
        }

    def report_missing(self, row: ImportRow, column: str) -> None:
        """Report a row whose record, or the record around it, does not exist."""
        at, name = row.place(column), show(row.key(column))
        if row.is_as_exported:
            return
        if row.before is not None:
            self.problems.report("E337.gone", at, name=name, path=self.shown)
        elif column == "question":
            words = "、".join(self.target.lists.vocabulary.questions)
            self.problems.report("E205.import", at, word=name, words=words)
        else:
            self.problems.report("E205.holder", at, name=name)

    def make(self, row: ImportRow, one: FieldDescription) -> TypedRow:
        """A new record."""
        new, changed = TypedRow(name=row.name if one.kind in NAMED else ""), self.changed
        self.change(row, new, one)
        self.added, self.changed = self.added + 1, changed
        if one.kind == "figures":
            self.target.remark_blanks(row, new)
        return new

    def change(self, row: ImportRow, own: TypedRow, one: FieldDescription) -> None:
        """Put the texts of a row into its record."""
        if one.kind == "answers":
            was_empty, changed = own.is_empty, self.changed
            self.fill(row, own, self.read_answer(row, own))
            if was_empty and not own.is_empty:
                self.added, self.changed = self.added + 1, changed
        elif one.kind == "figures":
            self.fill(row, own, self.importer.read(row, own))
        else:
            self.fill(row, own, row.given)

    def read_answer(self, row: ImportRow, own: TypedRow) -> dict[str, str]:
        """The fields of an answer that a row gives, empty if one is wrong."""
        question = self.target.lists.vocabulary.questions[own.name]
        # Open data computes this answer from the figures, and workbooks for editing do not have it.
        if question.derived and not own.origin and ROW not in row.places:
            return {}
        given = row.given
        languages = self.target.lists.languages
        others = [languages.name("value", lang) for lang in languages.others]
        for other in others:
            if question.terms or given.get(other) == given.get("value"):
                given.pop(other, None)
        if question.terms:
            words = getattr(self.target.lists.vocabulary, question.terms)
            for word in given.get("value", "").split(JOINED):
                if word and word not in words:
                    at, known = row.place("value"), "、".join(words)
                    self.problems.report("E205.term", at, word=show(word), words=known)
        state = given.get("state", own.texts.get("state", ""))
        if state in SILENT and given.get("value") and "state" not in given:
            # A value is enough: whoever fills it in need not change the state as well.
            given["state"] = ""
        elif state in SILENT:
            given |= dict.fromkeys(("value", *others), "")
        elif not given.get("value", own.texts.get("value", "")) and given:
            self.problems.report("E337.empty", row.place("value"), name=own.name, column="value")
            return {}
        return given

    def fill(self, row: ImportRow, own: TypedRow, fields: Mapping[str, str]) -> None:
        """Put texts into the blanks of a record; other fields are replaced, kept or a problem."""
        is_answer = bool(row.table.way) and row.table.way[-1].kind == "answers"
        is_blank = own.is_empty
        for column in row.table.columns:
            name, one = column.name, column.field
            if name not in fields or one is None:
                continue
            text, known = fields[name], own.texts.get(name, "")
            same, was = _even_out(one, known), _even_out(one, row.was(name))
            if _even_out(one, text) == same:
                continue
            at = row.place(name)
            # An answer is filled in as a whole or not at all.
            is_open = is_blank if is_answer else not known
            as_exported = row.before is not None and was == same
            if not text and one.required and name == one.name:
                self.problems.report("E337.empty", at, name=row.name, column=name)
            elif not all(map(can_write, text.split("\n") if one.kind == "block" else [text])):
                self.problems.report("E337.text", at)
            elif len(was) >= LONGEST:
                self.problems.report("E337.long", at, most=LONGEST)
            elif is_open or self.is_new or as_exported or self.target.on_difference == "replace":
                own.texts[name] = clean_text(_leave_out(one, text), one)
                if not own.texts[name]:
                    # A field that was emptied on purpose is not a blank to fill in.
                    own.remarks.pop(name, None)
                self.changed += 1
            elif self.target.on_difference == "refuse":
                is_published = row.table.name == "figures" and own.name in self.published
                self.problems.report(
                    "E334.published" if is_published else "E334",
                    at,
                    name=row.name,
                    field=name,
                    path=self.shown,
                    line=own.lines.get(name, own.lines[""]),
                    before=show(known),
                    after=show(text),
                )
        if any(own.texts.get(name) for name in READINGS) and not own.texts.get("note"):
            own.remarks["note"] = self.target.say("data.draft.reading")

    def explain_changes(self) -> None:
        """Add the history that published figures need, unless a table has it, without the reason.

        A number that readers have seen changes only with a reason beside it.
        """
        say = self.target.say
        for own in self.row.rows.get("figures", ()):
            told = own.rows.setdefault("history", [])
            if own.name not in self.published or any(not one.origin for one in told):
                continue
            for name in _EXPLAINED:
                before = own.read.texts.get(name, "") if own.read is not None else ""
                after = own.texts.get(name, "")
                if before and before != after:
                    remarks = {
                        "date": say("data.draft.change_date"),
                        "kind": self.target.list_choices(get_args(ChangeKind)),
                        "why": say("data.draft.change_why"),
                    }
                    texts = {"from": before, "to": after}
                    told.append(TypedRow(texts=texts, remarks=remarks))


def _leave_out(one: FieldDescription, text: str) -> str:
    """A text, empty if it is the default of its field."""
    default = _FLAGS[one.default] if isinstance(one.default, bool) else one.default
    return "" if text == default else text


def _even_out(one: FieldDescription | None, text: str) -> str:
    """A text in the form for comparison: 2012年 and 2012 are one date, in tables and records."""
    if one is None:
        return text
    if one.kind in DAYS:
        with suppress(WordingError):
            return parse_period(text).edtf
    return clean_text(_leave_out(one, text), one)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The changes of an import, the files that it leaves unchanged, and its warnings."""

    changes: tuple[RecordMerge, ...]
    left_alone: tuple[str, ...]
    warnings: tuple[Problem, ...]


def plan_import(data: bytes, path: str, target: ImportTarget) -> ImportPlan:
    """Plan the import of tables of records or of an OCDS release package.

    Raises ContentError with every problem of the file and of the case files that it changes.
    """
    problems = TableProblems(path)
    left_alone: list[str] = []
    if not data.strip():
        problems.report("E107", START)
        raise ContentError(problems)
    if data.startswith(GZIP) or data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        changes = []
        for slug, (text, added) in read_drafts(data, target, problems).items():
            file = RecordMerge(slug, target, problems)
            if not file.is_new:
                left_alone.append(file.shown)
                continue
            file.after, file.added = text.encode(), added
            changes.append(file)
    else:
        changes = list(_plan_tables(data, target, problems))
    if problems.has_errors:
        raise ContentError(problems)
    return ImportPlan(tuple(changes), tuple(left_alone), tuple(problems))


def _plan_tables(
    data: bytes, target: ImportTarget, problems: TableProblems
) -> Iterator[RecordMerge]:
    """The changes that all rows of a file make in each file of the project."""
    languages = target.lists.languages
    words = list_edit_words(target.lists.vocabulary, languages)
    read = read_table(data, problems, target.columns, languages)
    rows = [*find_changes(read, words)]
    # A figure may have a source that the same workbook adds.
    new = {
        row.name: Source(
            id=row.name,
            title=Text(row.text("title")),
            publisher=Text(row.text("publisher")),
            kind=row.text("kind"),
        )
        for row in rows
        if not row.table.is_of_case and row.name
    }
    target = replace(target, lists=replace(target.lists, sources=new | {**target.lists.sources}))
    files: dict[str, RecordMerge] = {}
    for kind in list_edit_tables(languages):
        groups = _group_rows([row for row in rows if row.table is kind], problems)
        for slug, of_one in groups.items():
            if all(row.is_as_exported for row in of_one):
                continue
            if slug not in files and (opened := _open(slug, of_one[0], target, problems)):
                files[slug] = opened
            if slug in files:
                files[slug].merge(of_one)
    for file in files.values() if not problems.has_errors else ():
        file.finish()
        if file.after != file.data:
            yield file


def _open(
    slug: str, first: ImportRow, target: ImportTarget, problems: TableProblems
) -> RecordMerge | None:
    """The file of a case, or a draft if there is none, before any merge; None if it is faulty."""
    file = RecordMerge(slug, target, problems)
    if file.is_new and first.before is not None:
        name = slug or SOURCE_FILE
        problems.report("E337.gone", first.place("case"), name=name, path=file.shown)
        return None
    if file.starts_draft:
        try:
            require_free_slug(target.project, slug)
        except CasebookError as error:
            problems.report("E243.import", first.place("case"), why=error.text)
    problems += file.faults
    return None if file.faults else file


def _group_rows(rows: Sequence[ImportRow], problems: TableProblems) -> dict[str, list[ImportRow]]:
    """The rows of each case; rows without a name, or with that of an earlier row, are reported.

    Sources are in one file for all cases, with an empty slug.
    """
    groups: dict[str, list[ImportRow]] = {}
    seen: dict[tuple[str, ...], ImportRow] = {}
    for row in rows:
        slug, kind = row.text("case"), row.table
        # The words of an event may change, but not the name that other records refer to.
        fixed = kind.named if kind.holds_named else kind.outer
        renamed = (one for one in fixed if row.before is not None and row.text(one) != row.was(one))
        # Two events may have the same day or the same title, but not all cells alike.
        names = kind.named if kind.holds_named else kind.names
        first = seen.setdefault((slug, *map(row.key, names)), row)
        # A draft may have been exported before its blanks were filled in.
        empty = (one for one in (*kind.outer, kind.key[-1]) if not row.text(one))
        if missing := next((one for one in empty if row.before is None or row.was(one)), ""):
            problems.report("E202.row", row.place(missing), column=missing)
        elif column := next(renamed, ""):
            before, after = show(row.was(column)), show(row.text(column))
            problems.report("E337.name", row.place(column), before=before, after=after)
        elif fault := judge_slug(slug) if slug else "":
            problems.report(fault, row.place("case"), slug=slug)
        elif first is not row and (row.before is None or kind.holds_named):
            at, line = row.place(kind.key[-1]), first.at.line
            case, name = show(slug or SOURCE_FILE), show(row.name)
            problems.report("E332", at, case=case, figure=name, line=line)
        else:
            groups.setdefault(slug, []).append(row)
    return groups
