"""`check`: every problem of the records and the prose, without a build."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from casebook.build.checking import check_project, load_checked
from casebook.commands.check_accounts import describe_impact, explain_cases
from casebook.commands.command import print_lines, print_message, require_file
from casebook.problems import Exit, Problem
from casebook.record.reader import is_draft
from casebook.record.sketch import describe_blanks
from casebook.report import print_problems
from casebook.text import Lang
from casebook.yaml.edit import diff_files, fix_text
from casebook.yaml.files import find_case_files, read_bytes, replace_file, show_path


def run_check(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Check the records without building, and print every problem."""
    wanted = [require_file(name) for name in options.files]
    if options.fix:
        fix_files(wanted, project, lang)
    problems = check_project(project)
    problems += check_drafts(project, problems)
    shown = {show_path(path, project) for path in wanted}
    if shown:
        problems = [problem for problem in problems if problem.path in shown]
    if options.explain:
        print_lines(explain_cases(project, shown, lang))
    if options.since is not None:
        print_lines(describe_impact(project, options.since, lang))
    failed = any(problem.severity == "error" for problem in problems)
    # A program reads standard output; a person may pipe the accounts away.
    stream = sys.stderr if options.format == "text" else sys.stdout
    print_problems(problems, lang, project, stream, options.format)
    if not problems and options.format == "text":
        print_message("commands.no_problems", lang)
    return Exit.CONTENT if failed else Exit.DONE


def check_drafts(project: Path, known: Collection[Problem]) -> list[Problem]:
    """The problems of the drafts, which a build leaves out and an editor wants to finish."""
    # Most projects have none, and then a second look at everything would be for nothing.
    cases = find_case_files(project)
    if not any(b"draft" in read_bytes(path, project, []) for path in cases):
        return []
    _, problems = load_checked(project, drafts=True)
    blanks: dict[str, list[Problem]] = {}
    left = []
    for found in problems:
        if found.code == "E202" and is_draft(read_bytes(project / found.path, project, [])):
            blanks.setdefault(found.path, []).append(found)
        elif found not in known:
            left.append(found)
    # A draft is there to be filled in: its blanks are no faults, and stop nobody.
    return left + [describe_blanks(path, found) for path, found in blanks.items()]


def fix_files(wanted: Sequence[Path], project: Path, lang: Lang) -> None:
    """Make the safe fixes of the files, or of all of data/, and print them."""
    for path in wanted or sorted((project / "data").rglob("*.yaml")):
        # What a link leads to may lie elsewhere, and a new file would cut the link.
        if path.suffix != ".yaml" or path.is_symlink() or not path.is_file():
            continue
        before, shown = path.read_bytes(), show_path(path, project)
        after, lines = fix_text(before, shown)
        if not lines:
            continue
        copy = show_path(replace_file(path, before, after), project)
        print_lines(diff_files(before, after, shown))
        print_message("commands.fixed", lang, path=shown, lines=lines, copy=copy)
