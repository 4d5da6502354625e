"""`export`: writes a workbook in which the records are edited, and which `import` takes back."""

from __future__ import annotations

import argparse
from pathlib import Path

from casebook.build.leftovers import note_elsewhere
from casebook.commands.command import load_without_errors, print_message
from casebook.data.editing_workbook import read_records, write_editing_workbook
from casebook.messages import failure
from casebook.problems import Exit
from casebook.record.new_case import read_all_lists
from casebook.text import Lang
from casebook.yaml.files import write_new_file


def run_export(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the records into a new workbook, with heads and words in the editor's language."""
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
        # What is there may have been edited and not been taken back.
        raise failure("commands.export_exists", status=Exit.USAGE, path=target) from None
    print_message("commands.exported", lang, path=target)
    return Exit.DONE
