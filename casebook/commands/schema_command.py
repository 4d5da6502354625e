"""`schema`: writes the JSON Schema of a case, by which editors complete and explain fields."""

from __future__ import annotations

import argparse
from pathlib import Path

from casebook.commands.command import Command, print_message
from casebook.problems import Exit
from casebook.text import Lang


def run_schema(_options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the JSON Schema of a case."""
    from casebook.record.json_schema import SCHEMA_FILE, write_schema
    from casebook.record.new_case import read_all_lists
    from casebook.yaml.files import write_atomically

    write_atomically(project / SCHEMA_FILE, write_schema(read_all_lists(project)))
    print_message("commands.schema", lang, path=SCHEMA_FILE)
    return Exit.DONE


COMMAND = Command(
    name="schema",
    help="write data/case.schema.json",
    add_options=lambda _: None,
    run=run_schema,
)
