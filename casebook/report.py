"""Printing of problems: as text with source lines, as JSON, as annotations for GitHub."""

from __future__ import annotations

import json
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TextIO

from casebook.messages import say
from casebook.problems import Problem
from casebook.text import Lang

# A larger file is refused, so its lines are not shown.
_MOST_BYTES = 20_000_000

# The most problems of one file that are shown to a person at a time.
MOST_SHOWN = 20


def print_problems(
    problems: Iterable[Problem], lang: Lang, project: Path, stream: TextIO, form: str = "text"
) -> None:
    """Print problems sorted by place: as text with a count, as JSON, or as GitHub annotations."""
    # Problems with the same code and place may differ in their text: two names in one setting.
    by_words = {(one.path, one.at, one.code, one.text.zh): one for one in problems}
    ordered = [by_words[place] for place in sorted(by_words)]
    if form == "json":
        rows = [list_parts(problem, lang) for problem in ordered]
        print(json.dumps(rows, ensure_ascii=False, indent=1), file=stream)
    elif form == "github":
        for problem in ordered:
            print(_as_annotation(problem, lang), file=stream)
    else:
        _print_text(ordered, lang, project, stream)


def _print_text(ordered: Sequence[Problem], lang: Lang, project: Path, stream: TextIO) -> None:
    # A person at a terminal gets some of them, a file or a program all.
    most = MOST_SHOWN if stream.isatty() else len(ordered)
    for path, group in groupby(ordered, key=lambda problem: problem.path):
        found = list(group)
        for problem in found[:most]:
            line = f"{path}:{problem.at}: {problem.code} {problem.message(lang)}"
            print(clean_line(line), file=stream)
            if stream.isatty():
                for source in show_source(problem, project):
                    print(source, file=stream)
        left = len(found) - most
        if left > 0:
            print(say("report.more", path=path, count=left).inside(lang), file=stream)
    if ordered:
        errors = sum(problem.severity == "error" for problem in ordered)
        count = say(
            "report.count",
            errors=errors,
            warnings=len(ordered) - errors,
            files=len({problem.path for problem in ordered}),
        )
        print(count.inside(lang), file=stream)


def clean_line(line: str) -> str:
    """A line in which characters that could control a terminal are made visible."""
    # A tab in a line of YAML is the fault that editors see most often.
    return "".join(c if c.isprintable() else "?" for c in line.replace("\t", "→"))


def _as_annotation(problem: Problem, lang: Lang) -> str:
    """A problem as a workflow command of GitHub, which marks the line in a pull request."""
    kind = "error" if problem.severity == "error" else "warning"
    path = problem.path.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    place = f"file={clean_line(path)},line={problem.at.line},col={problem.at.column}"
    message = f"{problem.code} {problem.message(lang)}".replace("%", "%25")
    return f"::{kind} {place}::{clean_line(message)}"


def list_parts(problem: Problem, lang: Lang) -> dict[str, object]:
    """The parts of a problem by name, in one language."""
    return {
        "path": problem.path,
        "line": problem.at.line,
        "column": problem.at.column,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.text.inside(lang),
        "hint": problem.hint.inside(lang),
    }


def show_source(problem: Problem, project: Path) -> list[str]:
    """The line of the problem, and a caret below its place, indented by the width of the text."""
    path = project / problem.path
    try:
        found = path.stat()
        # The problem may be that the file is a pipe or far too large.
        is_shown = stat.S_ISREG(found.st_mode) and found.st_size <= _MOST_BYTES
        lines = _read_lines(path, (found.st_mtime_ns, found.st_size)) if is_shown else []
    except (OSError, UnicodeDecodeError):
        return []
    if problem.at.line > len(lines):
        return []
    shown = clean_line(lines[problem.at.line - 1])[:160]
    number = str(problem.at.line)
    gap = " " * display_width(shown[: problem.at.column - 1])
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {gap}^"]


# Cached, because a file may have thousands of problems.
@lru_cache(maxsize=1)
def _read_lines(path: Path, _stamp: tuple[int, int]) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def display_width(text: str) -> int:
    """The number of columns of a text on a console, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
