"""`record` and `release`: write down what is published, and freeze a version of the data."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from casebook.commands.command import print_message
from casebook.messages import say
from casebook.problems import Exit
from casebook.text import Lang


def run_record(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Record facts, addresses and translations of the site, where the project has no errors."""
    from casebook.checks.translations import TRANSLATED
    from casebook.commands.record_published import (
        load_publishable,
        record_addresses,
        record_facts,
        record_translations,
    )
    from casebook.record.lists import LEDGER, PUBLISHED
    from casebook.yaml.files import show_path

    paths = [show_path((Path.cwd() / name).resolve(), project) for name in options.unpublished]
    dataset = load_publishable(project, date.today(), paths)
    print_message(
        "commands.recorded_facts",
        lang,
        path=PUBLISHED,
        count=record_facts(project, dataset, date.today()),
    )
    new = record_addresses(project, dataset)
    print_message("commands.recorded_addresses", lang, path=LEDGER, count=new)
    named = {show_path((Path.cwd() / name).resolve(), project) for name in options.in_step}
    behind = record_translations(project, dataset, named)
    for other in dataset.languages.others:
        print_message(
            "commands.recorded_translated",
            lang,
            path=TRANSLATED[other],
            count=behind,
            language=say(f"languages.{other}"),
        )
    return Exit.DONE


def run_release(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Freeze the data as a version of their own, where the project has no errors."""
    from casebook.commands.record_published import (
        load_publishable,
        record_addresses,
        record_facts,
    )
    from casebook.data.releases import freeze_release
    from casebook.yaml.files import show_path

    day = options.date or date.today()
    dataset = load_publishable(project, date.today())
    folder = show_path(freeze_release(project, dataset, day), project)
    # What is released is published: from now on it changes with a reason or not at all.
    record_facts(project, dataset, day)
    record_addresses(project, dataset)
    print_message("commands.released", lang, cases=len(dataset.cases), folder=folder, day=day)
    return Exit.DONE
