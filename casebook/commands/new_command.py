"""`new`: starts the file of a case."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from casebook.commands.command import ask, print_message
from casebook.messages import failure, say
from casebook.problems import Exit
from casebook.record.new_case import choose_region, create_case, propose_slug, read_all_lists
from casebook.text import Lang


def run_new(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Make a case file, asking for what was left out where somebody is there to answer."""
    slug, region = options.slug, options.region
    if not (slug and region):
        # A script would wait for an answer for ever.
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
