"""What an import would do to each case file; nothing is written here."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebook.data.draft import Blank, Draft, list_choices, write_draft
from casebook.data.import_table import REQUIRED, ImportRow, read_table
from casebook.data.merge import FieldChange, Merge, OnDifference, draft_figure, read_row
from casebook.data.ocds_import import read_package
from casebook.messages import problem
from casebook.problems import CasebookError, ContentError, Problem
from casebook.record.new_case import case_path, require_free_slug
from casebook.record.reader import Lists
from casebook.record.slugs import judge_slug
from casebook.text import Lang
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
        before, after = (
            [] if data is None else data.decode("utf-8-sig").splitlines()
            for data in (self.before, self.after)
        )
        name = self.shown if self.before is not None else "/dev/null"
        yield from difflib.unified_diff(before, after, name, self.shown, n=1, lineterm="")

    def summary(self, lang: Lang) -> str:
        """One sentence on what is done to the file."""
        added, changed = len(self.added), len(self.changed)
        if self.before is None:
            zh, en = f"新建草稿，{added} 个数字", f"a new draft of {_count(added, 'figure')}"
        else:
            zh = f"新增 {added} 个数字，改动 {changed} 处"
            en = f"{_count(added, 'figure')} added, {_count(changed, 'field')} changed"
        return f"{self.shown}：{zh}" if lang == "zh" else f"{self.shown}: {en}"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import changes, which files it leaves alone, and what an editor should look at."""

    changes: tuple[FileChange, ...]
    left_alone: tuple[str, ...]
    warnings: tuple[Problem, ...]


def plan_import(
    data: bytes,
    path: str,
    project: Path,
    lists: Lists,
    published: Mapping[str, frozenset[str]],
    on_difference: OnDifference,
    lang: Lang,
) -> ImportPlan:
    """What a table of figures or an OCDS release package does to the case files.

    `published` are the names of the figures of each case that the last site shows. Raises
    ContentError with every problem of the file, and of the case files that it touches.
    """
    problems: list[Problem] = []
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        plan = _plan_drafts(read_package(data, path, lists, lang, problems), project, lang)
    else:
        rows = read_table(data, path, problems)
        plan = _plan_rows(rows, path, project, lists, published, on_difference, lang, problems)
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    return ImportPlan(plan.changes, plan.left_alone, tuple(problems))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _plan_drafts(drafts: Mapping[str, Draft], project: Path, lang: Lang) -> ImportPlan:
    changes, left = [], []
    for slug, draft in drafts.items():
        path = case_path(project, slug)
        if os.path.lexists(path):
            left.append(show_path(path, project))
            continue
        after = write_draft(draft, lang).encode("utf-8")
        names = tuple(figure.name for figure in draft.figures)
        changes.append(
            FileChange(
                path=path, shown=show_path(path, project), before=None, after=after, added=names
            )
        )
    return ImportPlan(tuple(changes), tuple(left), ())


def _plan_rows(
    rows: Sequence[ImportRow],
    table: str,
    project: Path,
    lists: Lists,
    published: Mapping[str, frozenset[str]],
    on_difference: OnDifference,
    lang: Lang,
    problems: list[Problem],
) -> ImportPlan:
    changes = []
    for slug, group in _group_rows(rows, table, problems).items():
        path = case_path(project, slug)
        shown = show_path(path, project)
        if not os.path.lexists(path):
            draft = _draft_case(slug, group, table, project, lists, lang, problems)
            after = write_draft(draft, lang).encode("utf-8")
            names = tuple(row.text("figure") for row in group)
            changes.append(
                FileChange(path=path, shown=shown, before=None, after=after, added=names)
            )
            continue
        already = len(problems)
        data = read_bytes(path, project, problems)
        problems += [p for p in read_tree(data, shown)[1] if p.severity == "error"]
        if len(problems) > already:
            continue
        names_out = published.get(slug, frozenset())
        merge = Merge(data, shown, table, lists, names_out, on_difference, lang)
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
    return ImportPlan(tuple(changes), (), ())


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
            zh, en = f"这一行没有写 {missing}", f"this row has no {missing}"
            problems.append(Problem(table, row.at, "E202", zh, en))
            continue
        fault = judge_slug(slug)
        if fault:
            problems.append(problem(fault, table, row.place("case"), slug=slug))
            continue
        first = seen.setdefault((slug, name), row)
        if first is not row:
            zh = f"{show(slug)} 的 {show(name)} 写了两次，第一次在第 {first.at.line} 行"
            en = f"{show(name)} of {show(slug)} stands here twice, first on line {first.at.line}"
            hints = "请保留一行", "Keep one of the rows"
            problems.append(Problem(table, row.place("figure"), "E332", zh, en, *hints))
            continue
        groups.setdefault(slug, []).append(row)
    return groups


def _draft_case(
    slug: str,
    rows: Sequence[ImportRow],
    table: str,
    project: Path,
    lists: Lists,
    lang: Lang,
    problems: list[Problem],
) -> Draft:
    """A draft for a place that has no file yet."""
    try:
        require_free_slug(project, slug)
    except CasebookError as error:
        at = rows[0].place("case")
        problems.append(Problem(table, at, "E243", error.zh, error.message("en")))
    for row in rows:
        read_row(row, None, table, lists, problems)
    name = Path(table).name
    zh = lang == "zh"
    return Draft(
        origin=[f"由 {name} 导入" if zh else f"Imported from {name}"],
        head=[
            Blank("title", "", "标题" if zh else "the headline"),
            Blank("region", "", "行政区划代码，六位数字" if zh else "code of GB/T 2260"),
            Blank("topic", "", list_choices(lists.vocabulary.topics, lang)),
            Blank("summary", "", "一两句话" if zh else "one or two sentences"),
        ],
        figures=[draft_figure(row, table, lists, lang) for row in rows],
    )
