"""`chart`: draws one chart into a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from casebook.commands.command import Command, load_without_errors
from casebook.messages import failure
from casebook.problems import Exit
from casebook.text import Lang


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `chart`."""
    parser.add_argument("name", metavar="NAME", help="name of the chart, as in its address")
    parser.add_argument("--out", required=True, metavar="FILE", help="ends in .svg, .png or .pdf")


def run_chart(options: argparse.Namespace, project: Path, _lang: Lang) -> Exit:
    """Draw one chart into a file, its words in the language that was asked for, else Chinese."""
    from casebook.build.drawings import draw_picture
    from casebook.charts.standalone import PICTURE_KINDS
    from casebook.yaml.files import write_atomically

    target = (Path.cwd() / options.out).resolve()
    if target.suffix not in PICTURE_KINDS:
        raise failure("commands.chart_kind", status=Exit.USAGE, kinds=" ".join(PICTURE_KINDS))
    dataset = load_without_errors(project)
    content = draw_picture(options.name, dataset, options.lang or "zh", target.suffix, project)
    write_atomically(target, content)
    print(target)
    return Exit.DONE


COMMAND = Command(
    name="chart", help="draw one chart into a file", add_options=add_options, run=run_chart
)
