"""`new`, `export`, `import`, `record` and `release`: what begins, moves and publishes records."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from casebook.build.checking import check_published, load_checked, refuse_errors
from casebook.build.leftovers import note_elsewhere
from casebook.checks.addresses import list_addresses
from casebook.checks.content import find_slugs
from casebook.checks.published import publish_case, read_published, write_published
from casebook.checks.translations import TRANSLATED, is_outdated, list_pairs, read_recorded
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
from casebook.data.releases import freeze_release
from casebook.data.tables import FIGURE_COLUMNS
from casebook.data.workbook import read_records, write_editing_workbook
from casebook.messages import failure, say
from casebook.pages import FIXED_ADDRESSES
from casebook.problems import ContentError, Exit, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import LEDGER, PUBLISHED, read_all_lists
from casebook.record.new_case import create_case
from casebook.record.regions import choose_region
from casebook.record.slugs import propose_slug
from casebook.report import print_problems
from casebook.text import Lang, Text
from casebook.yaml.files import name_draft, read_bytes, show_path, write_atomically, write_new_file
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
    print_message("commands.exported", lang, path=target, typed=shlex.quote(options.xlsx))
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


def run_record(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Record facts, addresses and translations of the site if the project has no errors."""
    unpublished, in_step = (
        [show_path((Path.cwd() / name).resolve(), project) for name in names]
        for names in (options.unpublished, options.in_step)
    )
    today = date.today()
    dataset = load_publishable(project, today, unpublished)
    facts, changed = record_facts(project, dataset, today)
    addresses, new = record_addresses(project, dataset)
    translations, behind = record_translations(project, dataset, in_step)
    write_ledgers(project, facts | addresses | translations)
    print_message("commands.recorded_facts", lang, path=PUBLISHED, count=changed)
    print_message("commands.recorded_addresses", lang, path=LEDGER, count=new)
    for other in dataset.languages.others:
        path, language = TRANSLATED[other], say(f"languages.{other}")
        print_message(
            "commands.recorded_translated", lang, path=path, count=behind, language=language
        )
    return Exit.DONE


def run_release(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Freeze the data as a version if the project has no errors."""
    day = options.date or date.today()
    dataset = load_publishable(project, date.today())
    folder = show_path(freeze_release(project, dataset, day), project)
    # Released facts count as published: from now on a change needs a reason.
    facts, _ = record_facts(project, dataset, day)
    addresses, _ = record_addresses(project, dataset)
    write_ledgers(project, facts | addresses)
    print_message("commands.released", lang, cases=len(dataset.cases), folder=folder, day=day)
    return Exit.DONE


def load_publishable(project: Path, today: date, unpublished: Collection[str] = ()) -> Dataset:
    """The data set of a project; ContentError if a build would end with errors.

    The case files with paths in `unpublished` may differ from what was recorded.
    """
    dataset, problems = load_checked(project)
    slugs = {case.slug for case in dataset.summaries if case.path in unpublished}
    problems += check_published(project, dataset, today, unpublished=slugs)
    refuse_errors(problems)
    return dataset


# The contents of ledgers by their paths in the project.
Ledgers = dict[str, bytes]


def write_ledgers(project: Path, ledgers: Mapping[str, bytes]) -> None:
    """Write ledgers; the first ledgers of a project appear all at once.

    Some ledgers without the others would look like a damaged record.
    """
    folder = project / PUBLISHED
    is_first = not folder.exists()
    place = name_draft(folder) if is_first else folder
    place.mkdir(parents=True, exist_ok=True)
    for path, content in ledgers.items():
        write_atomically(place / Path(path).name, content)
    if is_first:
        os.rename(place, folder)


def record_facts(project: Path, dataset: Dataset, today: date) -> tuple[Ledgers, int]:
    """The ledger of all cases as published from now on, and the number of new or changed cases.

    The entries of removed cases are kept.
    """
    before = read_published(project)
    published = dict(before)
    # A renamed case keeps the facts that were published under its old name.
    for old in before.keys() & dataset.aliases.keys():
        published[dataset.aliases[old]] = published.pop(old)
    changed = 0
    for case in dataset.cases:
        now = publish_case(case, published.get(case.slug), today, dataset.languages)
        changed += now != before.get(case.slug)
        published[case.slug] = now
    return write_published(published, dataset.languages), changed


def record_addresses(project: Path, dataset: Dataset) -> tuple[Ledgers, int]:
    """The ledger with every address that the site has now, and the number of new ones.

    Addresses are never removed, and notes after an address are kept.
    """
    # Only here: whoever begins a case must not pay for charts.
    from casebook.build.drawings import tabulate_charts

    tables, _ = tabulate_charts(dataset)
    offered = dict.fromkeys(table.name for table in tables if table.offered)
    made = {*list_addresses(dataset, find_slugs(project).values(), FIXED_ADDRESSES, offered)}
    new = sorted(made - dataset.ledger.keys())
    if not new:
        return {}, 0
    path = project / LEDGER
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    heads = [line for line in lines if line.startswith("#")]
    heads = heads if lines else head_lines(say("commands.head_addresses"))
    listed = [line for line in lines if line.strip() and not line.startswith("#")]
    listed += [f"/{address}" for address in new]
    return {LEDGER: join_lines([*heads, *sorted(listed)])}, len(new)


def record_translations(
    project: Path, dataset: Dataset, in_step: Collection[str] = ()
) -> tuple[Ledgers, int]:
    """The ledger of parts whose translations are up to date, and the number of outdated ones.

    If only the site's own language changed, the record stays, and so does the notice, unless the
    file is named in `in_step`.
    """
    languages = dataset.languages
    recorded = read_recorded(project, languages)
    kept: dict[tuple[str, str], Text] = {}
    behind = 0
    for key, pair in list_pairs(project, dataset):
        before = recorded.get(key)
        kept[key] = pair
        if before and is_outdated(before, pair, languages) and key[0] not in in_step:
            kept[key] = before
            behind += 1
    lines = [" ".join((*key, *map(kept[key].own, languages))) for key in sorted(kept)]
    ledgers = {}
    for lang in languages.others:
        own, other = (say(f"languages.{one}") for one in languages)
        head = head_lines(say("commands.head_translated", own=own, other=other))
        ledgers[TRANSLATED[lang]] = join_lines([*head, *lines])
    return ledgers, behind


def head_lines(head: Text) -> list[str]:
    """The comment at the head of a file that the program writes, in both languages."""
    return [f"# {line}" for line in (*head.en.split("\n"), *head.zh.split("\n"))]


def join_lines(lines: Iterable[str]) -> bytes:
    """The content of a file with these lines."""
    return "".join(f"{line}\n" for line in lines).encode()
