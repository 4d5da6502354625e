"""The plan of an import: rows merged into the record of each file, with nothing written yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casebook.data.edit_tables import list_edit_tables, list_edit_words
from casebook.data.import_figures import ImportTarget
from casebook.data.import_merge import RecordMerge
from casebook.data.import_table import ImportRow, find_changes, read_table
from casebook.data.import_workbook import TableProblems
from casebook.data.ocds_import import read_drafts
from casebook.data.ocds_package import GZIP
from casebook.data.record_rows import SOURCE_FILE
from casebook.problems import START, CasebookError, ContentError, Problem
from casebook.record.references import judge_slug, require_free_slug
from casebook.record.vocabulary import Source
from casebook.text import Text
from casebook.yaml.encoding import show


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
