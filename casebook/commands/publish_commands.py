"""`record` and `release`: record what is published, and freeze a version of the data."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from casebook.build.checking import check_published, load_checked, refuse_errors
from casebook.build.drawings import tabulate_charts
from casebook.checks.addresses import list_addresses
from casebook.checks.content import find_slugs
from casebook.checks.published import publish_case, read_published, write_published
from casebook.checks.translations import TRANSLATED, is_outdated, list_pairs, read_recorded
from casebook.commands.command import print_message
from casebook.data.releases import freeze_release
from casebook.messages import say
from casebook.pages import FIXED_ADDRESSES
from casebook.problems import Exit
from casebook.record.dataset import Dataset
from casebook.record.lists import LEDGER, PUBLISHED
from casebook.text import Lang, Text
from casebook.yaml.files import name_draft, show_path, write_atomically


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
