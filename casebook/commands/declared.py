"""The commands in the order of the help, which begins with those that editors need every day.

Each command has the module with its function `run_<name>`, and the arguments for argparse of its
options; options with a `const` exclude each other. The help is in messages.yaml under
commands.help.<command>.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from casebook.commands.command import Command, parse_day, parse_number

_FLAG: Final[dict[str, Any]] = {"action": "store_true"}
_FILE: Final[dict[str, Any]] = {"metavar": "FILE"}
_FILES: Final[dict[str, Any]] = {"nargs": "+", "default": [], **_FILE}
# A number of processes, rounds or kills.
_COUNT: Final[dict[str, Any]] = {"type": partial(parse_number, 1, 256, "commands.usage.count")}
_PORT: Final[dict[str, Any]] = {"type": partial(parse_number, 0, 65535, "commands.usage.port")}
_DIFFERING: Final[dict[str, Any]] = {
    "dest": "on_difference",
    "action": "store_const",
    "default": "refuse",
}
# The options of a new site, in the order in which a person is asked for them.
QUESTIONS: Final = (
    *("name", "languages", "currency", "licence"),
    *("publisher", "contact", "repository"),
)

# Code and not a data file, because a build with nothing to do must not load a parser.
COMMANDS: Final = (
    Command(
        "build",
        "site_commands",
        {
            "--output": {"default": "output"},
            "--siteurl": {},
            "--jobs": _COUNT,
            "--executor": {"default": "processes", "metavar": "none|processes|dask://HOST:PORT"},
            **dict.fromkeys(("--no-cache", "--timings", "--quiet"), _FLAG),
        },
    ),
    Command("serve", "site_commands", {"--port": _PORT, "--host": {"default": "127.0.0.1"}}),
    Command(
        "check",
        "check_command",
        {
            "files": {"nargs": "*", **_FILE},
            "--format": {"choices": ["text", "json", "github"], "default": "text"},
            **dict.fromkeys(("--fix", "--explain"), _FLAG),
            "--since": {"metavar": "REV|MANIFEST"},
        },
    ),
    Command(
        "new",
        "record_commands",
        {"slug": {"nargs": "?", "metavar": "SLUG"}, "--region": {"metavar": "CODE"}},
    ),
    Command("export", "record_commands", {"--xlsx": {"required": True, **_FILE}}),
    Command(
        "import",
        "record_commands",
        {
            "file": _FILE,
            "--columns": {"metavar": "MAP", "default": ""},
            **{f"--{word}": {**_DIFFERING, "const": word} for word in ("replace", "keep")},
            "--dry-run": _FLAG,
        },
    ),
    Command("record", "publish_commands", {"--in-step": _FILES, "--unpublished": _FILES}),
    Command(
        "release", "publish_commands", {"--date": {"type": parse_day, "metavar": "YYYY-MM-DD"}}
    ),
    Command(
        "verify",
        "site_commands",
        {"place": {"nargs": "?", "metavar": "DIR|URL"}, "--since": {"metavar": "MANIFEST"}},
        # A copy of a site is not a project.
        without_project=True,
    ),
    Command(
        "chart",
        "site_commands",
        {"name": {"metavar": "NAME"}, "--out": {"required": True, **_FILE}},
    ),
    Command("schema", "site_commands", {}),
    Command(
        "init",
        "init_command",
        {
            "folder": {"metavar": "DIR"},
            **{f"--{question}": {} for question in QUESTIONS},
            **dict.fromkeys(("--example", "--yes"), _FLAG),
        },
        without_project=True,
    ),
    Command(
        "test",
        "site_commands",
        {"tests": {"nargs": "*", "metavar": "PYTEST"}},
        without_project=True,
    ),
    Command(
        "bench",
        "site_commands",
        {
            "--sizes": {"metavar": "N,N"},
            "--rounds": {"metavar": "N", **_COUNT},
            "--alone": _FLAG,
            "--changes": {"metavar": "NAME,NAME"},
            "--peers": {"metavar": "NAME;NAME"},
            "--picture": _FILE,
            "--kills": {"metavar": "N", **_COUNT},
        },
        without_project=True,
    ),
    Command(
        "completion",
        "site_commands",
        {"shell": {"choices": ["bash", "zsh", "tcsh"]}},
        without_project=True,
    ),
)
