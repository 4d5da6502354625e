"""`record` and `release`: write down what is published, and freeze a version of the data."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from casebook.commands.command import load_without_errors, print_message
from casebook.problems import Exit
from casebook.text import Lang


def add_record_options(parser: argparse.ArgumentParser) -> None:
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


def add_release_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `release`."""
    parser.add_argument(
        "--date",
        type=_parse_day,
        default=None,
        metavar="YYYY-MM-DD",
        help="its date (default: today)",
    )


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day, as 2026-11-25") from None


def run_release(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Freeze the data as a version of their own, where the project has no errors."""
    from casebook.build.checking import check_released, load_checked, refuse_errors
    from casebook.commands.record_published import record_addresses
    from casebook.data.releases import freeze_release
    from casebook.yaml.files import show_path

    dataset, problems = load_checked(project)
    problems += check_released(dataset, project)
    refuse_errors(problems)
    day = options.date or date.today()
    folder = show_path(freeze_release(project, dataset, day), project)
    record_addresses(project, dataset)
    print_message("commands.released", lang, cases=len(dataset.cases), folder=folder, day=day)
    return Exit.DONE


RECORD = ("record", "write down what is published", add_record_options, run_record)
RELEASE = ("release", "freeze a version of the data", add_release_options, run_release)
