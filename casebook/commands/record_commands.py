"""`new`, `export` and `import`: a new case, and records written to a table and read from one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from casebook.build.leftovers import note_elsewhere
from casebook.checks.published import read_published
from casebook.commands.command import (
    ask,
    load_without_errors,
    print_lines,
    print_message,
    require_file,
)
from casebook.data.import_figures import ImportTarget
from casebook.data.import_merge import plan_import
from casebook.data.import_table import MAX_BYTES
from casebook.data.tables import FIGURE_COLUMNS
from casebook.data.workbook import read_records, write_editing_workbook
from casebook.messages import failure, print_problems, say
from casebook.problems import ContentError, Exit, Problem
from casebook.record.lists import read_all_lists
from casebook.record.new_case import create_case
from casebook.record.references import propose_slug
from casebook.record.regions import choose_region
from casebook.text import Lang
from casebook.yaml.files import read_bytes, show_path, write_new_file
from casebook.yaml.nodes import Scalar, read_tree


def run_new(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Make a case file, and ask for a missing name or region if the terminal is interactive."""
    slug, region = options.slug, options.region
    if not (slug and region):
        # Without a terminal the command would wait for an answer for ever.
        if not (sys.stdin and sys.stdin.isatty()):
            raise failure("commands.new_unnamed", status=Exit.USAGE)
        region = region or ask(say("commands.new_where"), "", lang)
        regions = read_all_lists(project).regions
        chosen = choose_region(region, regions)
        region = chosen.code
        slug = slug or ask(say("commands.new_name"), propose_slug(chosen, regions), lang)
    path, made = create_case(project, slug, region, lang)
    shown = path.relative_to(project).as_posix()
    print_message("commands.new_made", lang, path=shown, place=made.name, code=made.code)
    return Exit.DONE


def run_export(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the records into a new workbook, with headings and words in the editor's language."""
    target = (Path.cwd() / options.xlsx).resolve()
    if target.suffix.lower() != ".xlsx":
        raise failure("commands.export_kind", status=Exit.USAGE, path=target.name)
    load_without_errors(project)
    lists = read_all_lists(project)
    content = write_editing_workbook(read_records(project, lists), lists, lang)
    note_elsewhere(str(project), str(target))
    try:
        write_new_file(target, content)
    except FileExistsError:
        # The existing workbook may hold edits that were not imported yet.
        raise failure("commands.export_exists", status=Exit.USAGE, path=target) from None
    print_message("commands.exported", lang, path=target)
    return Exit.DONE


def run_import(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Import figures from a table, or cases from an OCDS release package, into the case files."""
    path = require_file(options.file)
    if not path.is_file():
        raise failure("commands.no_file", status=Exit.USAGE, path=path)
    problems: list[Problem] = []
    data = read_bytes(path, path.parent, problems, MAX_BYTES)
    if problems:
        raise ContentError(problems)
    target = ImportTarget(
        project=project,
        lists=read_all_lists(project),
        published={
            slug: frozenset(name for kind, name in case.facts if kind == "figures")
            for slug, case in read_published(project).items()
        },
        on_difference=options.on_difference,
        columns=read_columns(options.columns),
        lang=lang,
    )
    plan = plan_import(data, show_path(path, project), target)
    # Warnings come before the changes, so that the end of the output is the result.
    if plan.warnings:
        print_problems(plan.warnings, lang, project, sys.stderr)
    for change in plan.changes:
        # Without the difference of a new draft, which is best read in its own file.
        if options.dry_run or not change.is_new:
            print_lines(change.diff())
        copy = change.save(change.after) if not options.dry_run else None
        print_lines([change.summary(lang)])
        if copy is not None:
            print_message("commands.import_copy", lang, copy=show_path(copy, project))
    for shown in plan.left_alone:
        print_message("commands.import_left", lang, path=shown)
    done = "commands.import_dry" if options.dry_run else "commands.import_next"
    print_message(done if plan.changes else "commands.import_nothing", lang)
    return Exit.DONE


def read_columns(written: str) -> dict[str, str]:
    """The headings of a table by the columns that they mean, as typed or read from a file."""
    pairs = dict(part.partition("=")[::2] for part in written.split(",") if part.strip())
    if written.endswith((".yaml", ".yml")):
        node, problems = read_tree(require_file(written).read_bytes(), written)
        if problems:
            raise ContentError(problems)
        entries = node.entries if node is not None else {}
        pairs = {name: one.text for name, one in entries.items() if isinstance(one, Scalar)}
    for name in pairs.keys() - set(FIGURE_COLUMNS):
        columns = ", ".join(FIGURE_COLUMNS)
        raise failure("commands.no_column", status=Exit.USAGE, name=name, columns=columns)
    return {name.strip(): head.strip() for name, head in pairs.items()}
