"""The commands in the order of the help: first what an editor needs every day.

Each has the function that runs it, by its module, and what argparse is told of its options; of
those with a `const` one excludes the others. Words are in messages.yaml below
commands.help.<command>.
"""

from __future__ import annotations

from typing import Any, Final

from casebook.commands.command import Command

_FLAG: Final[dict[str, Any]] = {"action": "store_true"}
_FILE: Final[dict[str, Any]] = {"metavar": "FILE"}
_FILES: Final[dict[str, Any]] = {"nargs": "+", "default": [], "metavar": "FILE"}
_DIFFERING: Final[dict[str, Any]] = {
    "dest": "on_difference",
    "action": "store_const",
    "default": "refuse",
}

# No data file: a build with nothing to do must not pay for a parser.
COMMANDS: Final = (
    Command(
        name="build",
        run="site_commands.run_build",
        options={
            "--output": {"default": "output"},
            "--siteurl": {},
            "--jobs": {"type": "count"},
            "--executor": {
                "default": "processes",
                "metavar": "none|processes|dask://HOST:PORT",
            },
            "--no-cache": _FLAG,
            "--timings": _FLAG,
            "--quiet": _FLAG,
        },
    ),
    Command(
        name="serve",
        run="site_commands.run_serve",
        options={"--port": {"type": "port"}, "--host": {"default": "127.0.0.1"}},
    ),
    Command(
        name="check",
        run="check_command.run_check",
        options={
            "files": {"nargs": "*", **_FILE},
            "--format": {"choices": ["text", "json", "github"], "default": "text"},
            "--fix": _FLAG,
            "--explain": _FLAG,
            "--since": {"metavar": "REV|MANIFEST"},
        },
    ),
    Command(
        name="new",
        run="new_command.run_new",
        options={"slug": {"nargs": "?", "metavar": "SLUG"}, "--region": {"metavar": "CODE"}},
    ),
    Command(
        name="export",
        run="export_command.run_export",
        options={"--xlsx": {"required": True, **_FILE}},
    ),
    Command(
        name="import",
        run="import_command.run_import",
        options={
            "file": _FILE,
            "--columns": {"metavar": "MAP", "default": ""},
            "--replace": {**_DIFFERING, "const": "replace"},
            "--keep": {**_DIFFERING, "const": "keep"},
            "--dry-run": _FLAG,
        },
    ),
    Command(
        name="record",
        run="publish_commands.run_record",
        options={"--in-step": _FILES, "--unpublished": _FILES},
    ),
    Command(
        name="release",
        run="publish_commands.run_release",
        options={"--date": {"type": "day", "metavar": "YYYY-MM-DD"}},
    ),
    Command(
        name="verify",
        run="site_commands.run_verify",
        # A copy of a site is none.
        without_project=True,
        options={
            "place": {"nargs": "?", "metavar": "DIR|URL"},
            "--since": {"metavar": "MANIFEST"},
        },
    ),
    Command(
        name="chart",
        run="tool_commands.run_chart",
        options={"name": {"metavar": "NAME"}, "--out": {"required": True, **_FILE}},
    ),
    Command(name="schema", run="tool_commands.run_schema", options={}),
    Command(
        name="init",
        run="init_command.run_init",
        without_project=True,
        options={
            "folder": {"metavar": "DIR"},
            "--name": {},
            "--languages": {},
            "--currency": {},
            "--licence": {},
            "--publisher": {},
            "--contact": {},
            "--repository": {},
            "--example": _FLAG,
            "--yes": _FLAG,
        },
    ),
    Command(
        name="test",
        run="tool_commands.run_test",
        without_project=True,
        options={"tests": {"nargs": "*", "metavar": "PYTEST"}},
    ),
    Command(
        name="bench",
        run="tool_commands.run_bench",
        without_project=True,
        options={
            "--sizes": {"metavar": "N,N"},
            "--rounds": {"type": "count", "metavar": "N"},
            "--alone": _FLAG,
            "--changes": {"metavar": "NAME,NAME"},
            "--peers": {"metavar": "NAME;NAME"},
            "--picture": _FILE,
            "--kills": {"type": "count", "metavar": "N"},
        },
    ),
    Command(
        name="completion",
        run="tool_commands.run_completion",
        without_project=True,
        options={"shell": {"choices": ["bash", "zsh", "tcsh"]}},
    ),
)
