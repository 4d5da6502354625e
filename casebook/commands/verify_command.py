"""`verify`: holds a copy of the site to its manifest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from casebook.commands.command import Command, print_lines, print_message
from casebook.problems import Exit
from casebook.text import Lang


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `verify`."""
    parser.add_argument(
        "place",
        nargs="?",
        default=None,
        metavar="DIR|URL",
        help="a folder, file:// or http://127.0.0.1:PORT/ (default: output)",
    )
    parser.add_argument(
        "--since", metavar="MANIFEST", help="list what to upload since this earlier manifest"
    )


def run_verify(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Name every file of a copy of the site that is not as its manifest says."""
    from casebook.build.manifest import find_uploads
    from casebook.build.verify import verify_copy

    place = options.place if options.place is not None else str(project / "output")
    if options.since is not None:
        print_lines(find_uploads(Path(options.since), Path(place)))
        return Exit.DONE
    verdict = verify_copy(place)
    for difference in verdict.differences:
        print(difference.message(lang), file=sys.stderr)
    count = len(verdict.differences)
    if count:
        key = "commands.verify_one" if count == 1 else "commands.verify_several"
        print_message(key, lang, stream=sys.stderr, count=count)
        return Exit.CONTENT
    files, sha = verdict.files, verdict.manifest
    print_message("commands.verify_whole", lang, files=files, place=place, sha=sha)
    if not verdict.extras_told:
        print_message("commands.verify_extras", lang)
    return Exit.DONE


COMMAND = Command(
    name="verify", help="hold a site to its manifest", add_options=add_options, run=run_verify
)
