"""`serve`: previews the site in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from casebook.commands.command import Command
from casebook.problems import Exit
from casebook.text import Lang


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve`."""
    parser.add_argument(
        "--port", type=_parse_port, default=None, help="port (default: first free, 8000 on)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")


def _parse_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a number from 0 to 65535")
    return int(text)


def run_serve(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Show the site in the browser, anew after every change."""
    from casebook.preview.server import run_preview

    return run_preview(project, options.host, options.port, lang)


COMMAND = Command(
    name="serve", help="preview in the browser", add_options=add_options, run=run_serve
)
