"""Plan of an import: each case file before and after, nothing written yet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebook.data.draft import Blank, Draft, list_choices, write_draft
from casebook.data.import_figures import FigureImporter
from casebook.data.import_table import REQUIRED, ImportRow, read_table
from casebook.data.merge import FieldChange, ImportTarget, Merge
from casebook.data.ocds_import import read_package
from casebook.messages import problem, say
from casebook.problems import CasebookError, ContentError, Problem
from casebook.record.new_case import case_path, require_free_slug
from casebook.record.slugs import judge_slug
from casebook.text import Lang, count_nouns
from casebook.yaml.edit import diff_files
from casebook.yaml.encoding import show
from casebook.yaml.files import read_bytes, show_path
from casebook.yaml.nodes import read_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A case file before and after the import; there is no before where it is a new draft."""

    path: Path
    shown: str
    before: bytes | None
    after: bytes
    added: tuple[str, ...] = ()
    changed: tuple[FieldChange, ...] = ()

    def diff(self) -> Iterator[str]:
        """The difference, line by line, as `diff -u` shows it."""
        return diff_files(self.before, self.after, self.shown)

    def summary(self, lang: Lang) -> str:
        """The change in one sentence."""
        key = "data.import.draft" if self.before is None else "data.import.changed"
        figures = count_nouns(len(self.added), "figure")
        fields = count_nouns(len(self.changed), "field")
        return say(key, path=self.shown, figures=figures, fields=fields).inside(lang)


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
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        drafts = read_package(data, path, target.lists, target.lang, problems)
        changes, left_alone = _plan_drafts(drafts, target)
    else:
        rows = read_table(data, path, problems)
        changes, left_alone = _plan_rows(rows, path, target, problems), []
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    return ImportPlan(tuple(changes), tuple(left_alone), tuple(problems))


def _plan_drafts(
    drafts: Mapping[str, Draft], target: ImportTarget
) -> tuple[list[FileChange], list[str]]:
    """The new files, and the files that there are already."""
    changes, left = [], []
    for slug, draft in drafts.items():
        path = case_path(target.project, slug)
        if os.path.lexists(path):
            left.append(show_path(path, target.project))
        else:
            changes.append(_start_file(path, draft, target))
    return changes, left


def _start_file(path: Path, draft: Draft, target: ImportTarget) -> FileChange:
    return FileChange(
        path=path,
        shown=show_path(path, target.project),
        before=None,
        after=write_draft(draft, target.lang).encode(),
        added=tuple(figure.name for figure in draft.figures),
    )


def _plan_rows(
    rows: Sequence[ImportRow], table: str, target: ImportTarget, problems: list[Problem]
) -> list[FileChange]:
    changes = []
    for slug, group in _group_rows(rows, table, problems).items():
        path = case_path(target.project, slug)
        if not os.path.lexists(path):
            draft = _draft_case(slug, group, table, target, problems)
            changes.append(_start_file(path, draft, target))
            continue
        already = len(problems)
        shown = show_path(path, target.project)
        data = read_bytes(path, target.project, problems)
        problems += [p for p in read_tree(data, shown)[1] if p.severity == "error"]
        if len(problems) > already:
            continue
        merge = Merge(data, slug, table, target)
        merged = merge.merge(group)
        problems += merge.problems
        if merged is not None and merged.after != data:
            changes.append(
                FileChange(
                    path=path,
                    shown=shown,
                    before=data,
                    after=merged.after,
                    added=merged.added,
                    changed=merged.changed,
                )
            )
    return changes


def _group_rows(
    rows: Sequence[ImportRow], table: str, problems: list[Problem]
) -> dict[str, list[ImportRow]]:
    """The rows of each case, without those that name no figure or one that was named before."""
    groups: dict[str, list[ImportRow]] = {}
    seen: dict[tuple[str, str], ImportRow] = {}
    for row in rows:
        slug, name = (row.text(column) for column in REQUIRED)
        if not (slug and name):
            missing = "figure" if slug else "case"
            problems.append(problem("E202.row", table, row.at, column=missing))
            continue
        fault = judge_slug(slug)
        if fault:
            problems.append(problem(fault, table, row.place("case"), slug=slug))
            continue
        first = seen.setdefault((slug, name), row)
        if first is not row:
            at, line = row.place("figure"), first.at.line
            twice = problem("E332", table, at, case=show(slug), figure=show(name), line=line)
            problems.append(twice)
            continue
        groups.setdefault(slug, []).append(row)
    return groups


def _draft_case(
    slug: str, rows: Sequence[ImportRow], table: str, target: ImportTarget, problems: list[Problem]
) -> Draft:
    """A draft for a place that has no file yet."""
    lists, lang = target.lists, target.lang
    try:
        require_free_slug(target.project, slug)
    except CasebookError as error:
        why = error.text
        problems.append(problem("E243.import", table, rows[0].place("case"), why=why))
    importer = FigureImporter(table, lists, lang)
    figures = [importer.read(row, None) for row in rows]
    problems += importer.problems
    return Draft(
        origin=[say("data.draft.imported", name=Path(table).name).inside(lang)],
        head=[
            Blank("title", "", say("data.draft.title").inside(lang)),
            Blank("region", "", say("data.draft.region").inside(lang)),
            Blank("topic", "", list_choices(lists.vocabulary.topics, lang)),
            Blank("summary", "", say("data.draft.summary").inside(lang)),
        ],
        figures=[importer.draft(figure) for figure in figures if figure is not None],
    )
