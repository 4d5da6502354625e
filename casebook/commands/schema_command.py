"""`schema`: writes the JSON Schema of a case and the guide's tables of fields."""

from __future__ import annotations

import argparse
from pathlib import Path

from casebook.commands.command import Command, print_message
from casebook.problems import Exit
from casebook.text import Lang


def run_schema(_options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the JSON Schema of a case, and the tables of fields of a guide that is there."""
    from casebook.record.guide_tables import GUIDES, fill_tables
    from casebook.record.json_schema import SCHEMA_FILE, write_schema
    from casebook.record.new_case import read_all_lists
    from casebook.yaml.files import write_atomically

    write_atomically(project / SCHEMA_FILE, write_schema(read_all_lists(project)))
    for name, language in GUIDES.items():
        if (project / name).exists():
            text = (project / name).read_text(encoding="utf-8")
            write_atomically(project / name, fill_tables(text, language).encode("utf-8"))
    print_message("commands.schema", lang, path=SCHEMA_FILE)
    return Exit.DONE


COMMAND = Command(
    name="schema",
    help="write data/case.schema.json",
    add_options=lambda _: None,
    run=run_schema,
)
