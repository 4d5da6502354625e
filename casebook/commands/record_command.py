"""`record`: writes down the addresses and the translations that are published."""

from __future__ import annotations

import argparse
from pathlib import Path

from casebook.commands.command import Command, load_without_errors, print_message
from casebook.problems import Exit
from casebook.text import Lang


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `record`."""
    parser.add_argument(
        "--in-step",
        nargs="+",
        default=(),
        metavar="FILE",
        help="files whose English says what the Chinese says, although only the Chinese changed",
    )


def run_record(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Record addresses and translations of the site, where the project has no errors."""
    from casebook.checks.translations import ENGLISH
    from casebook.commands.record_published import record_addresses, record_translations
    from casebook.record.lists import LEDGER
    from casebook.yaml.files import show_path

    dataset = load_without_errors(project)
    new = record_addresses(project, dataset)
    print_message("commands.recorded_addresses", lang, path=LEDGER, count=new)
    named = {show_path((Path.cwd() / name).resolve(), project) for name in options.in_step}
    behind = record_translations(project, dataset, named)
    print_message("commands.recorded_english", lang, path=ENGLISH, count=behind)
    return Exit.DONE


COMMAND = Command(
    name="record", help="write down what is published", add_options=add_options, run=run_record
)
