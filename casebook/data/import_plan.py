"""Plan of an import: each case file before and after, nothing written yet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebook.data.draft import Blank, write_head
from casebook.data.import_figures import ImportTarget
from casebook.data.import_table import REQUIRED, ImportRow, read_table
from casebook.data.merge import Merge
from casebook.data.ocds_import import read_package
from casebook.messages import problem, say
from casebook.problems import CasebookError, ContentError, Problem
from casebook.record.new_case import case_path, require_free_slug
from casebook.record.references import judge_slug
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
    added: int
    changed: int = 0

    def diff(self) -> Iterator[str]:
        """The difference, line by line, as `diff -u` shows it."""
        return diff_files(self.before, self.after, self.shown)

    def summary(self, lang: Lang) -> str:
        """The change in one sentence."""
        key = "data.import.draft" if self.before is None else "data.import.changed"
        figures = count_nouns(self.added, "figure")
        fields = count_nouns(self.changed, "field")
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
    left_alone: list[str] = []
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        changes = []
        for slug, draft in read_package(data, path, target, problems).items():
            case = case_path(target.project, slug)
            shown = show_path(case, target.project)
            if os.path.lexists(case):
                left_alone.append(shown)
                continue
            text, figures = draft
            changes.append(
                FileChange(path=case, shown=shown, before=None, after=text.encode(), added=figures)
            )
    else:
        rows = read_table(data, path, problems)
        groups = _group_rows(rows, path, problems)
        found = [
            _plan_case(slug, of_one, path, target, problems) for slug, of_one in groups.items()
        ]
        changes = [change for change in found if change is not None]
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    return ImportPlan(tuple(changes), tuple(left_alone), tuple(problems))


def _plan_case(
    slug: str, rows: Sequence[ImportRow], table: str, target: ImportTarget, problems: list[Problem]
) -> FileChange | None:
    """The rows of one case merged into its file, or into a draft where there is none."""
    path = case_path(target.project, slug)
    shown = show_path(path, target.project)
    before = None
    if os.path.lexists(path):
        already = len(problems)
        before = read_bytes(path, target.project, problems)
        problems += [p for p in read_tree(before, shown)[1] if p.severity == "error"]
        if len(problems) > already:
            return None
    else:
        try:
            require_free_slug(target.project, slug)
        except CasebookError as error:
            why = error.text
            problems.append(problem("E243.import", table, rows[0].place("case"), why=why))
    merge = Merge(_start_draft(table, target) if before is None else before, slug, table, target)
    after = merge.merge(rows)
    problems += merge.importer.problems
    if after is None or after == before:
        return None
    return FileChange(
        path=path,
        shown=shown,
        before=before,
        after=after,
        added=len(merge.added),
        changed=merge.changed,
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
