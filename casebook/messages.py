"""Catalogue of the messages of the program, messages.yaml by key, and printing of problems."""

from __future__ import annotations

import json
import re
import stat
import sys
import unicodedata
from collections import UserDict
from collections.abc import Iterable, MutableMapping, Sequence
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from casebook.packaged import COMMAND, IN_CHECKOUT
from casebook.problems import CasebookError, Exit, Position, Problem
from casebook.text import NO_TEXT, Hint, Lang, Text

CATALOGUE = Path(__file__).with_name("messages.yaml")
# A name in single braces, optionally with the words for one and for any other number. Double
# braces, as in {{figure}}, are an editor's reference to a figure.
PLACE = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*(?:\|[^{}|]*\|[^{}|]*)?)\}(?!\})")
# Words and, at every second place, a name. Cached, because the title of every figure is filled in.
_cut_at_places = cache(PLACE.split)
# Only keys and comments begin at the start of a line.
_ENTRY = re.compile(r"^(?=\S)", re.MULTILINE)


class _Catalogue(UserDict[str, Any]):
    """Wordings by key, each parsed at its first use: a build prints only a tenth of them."""

    def __getitem__(self, key: str) -> Any:
        if isinstance(self.data[key], str):
            self.data[key] = _parse(self.data[key])[key]
        return self.data[key]


@cache
def read_catalogue() -> MutableMapping[str, dict[str, str]]:
    """The wordings by key: `zh`, `en` and, if there is a remedy, `hint_zh` and `hint_en`.

    The entry of a field may have an `example`, in one or both languages, and other names, `called`.
    """
    written = CATALOGUE.read_text("utf-8").replace(IN_CHECKOUT, COMMAND)
    entries = (entry for entry in _ENTRY.split(written) if entry[:1] not in ("#", ""))
    return _Catalogue({entry.partition(":")[0]: entry for entry in entries})


def _parse(entry: str) -> Any:
    # Imported here: most commands that print nothing take less time than importing PyYAML.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(entry, loader)
    except yaml.MarkedYAMLError:
        # Parse the whole file, which defines the aliases and gives errors their true lines.
        entry = CATALOGUE.read_text("utf-8").replace(IN_CHECKOUT, COMMAND)
    try:
        return yaml.load(entry, loader)
    except yaml.MarkedYAMLError as error:
        # An edit may have broken the file, and then there is no message to report it with.
        print(f"casebook/messages.yaml: {error.problem}\n{error.problem_mark}", file=sys.stderr)
        raise SystemExit(1) from None


def say(key: str, /, **values: object) -> Text:
    """A message in both languages with its places filled, from a `Text` with the same language."""
    entry = read_catalogue()[key]
    return Text(_fill(entry["zh"], values, "zh"), _fill(entry["en"], values, "en"))


def offer(offered: str, key: str, /, **values: object) -> Hint:
    """A remedy by the key of its message, with the replacement that it offers."""
    text = say(key, **values)
    return Hint(text.zh, text.en, offered)


def problem(
    key: str,
    path: str,
    at: Position,
    /,
    *,
    hint: Text | None = None,
    **values: object,
) -> Problem:
    """A problem by the key of its message, which is its code, or its code with a dot and a word.

    `hint` replaces the remedy of the catalogue, unless it is empty; codes that begin with W are
    warnings.
    """
    if not (hint and hint.en):
        entry = read_catalogue()[key]
        zh, en = entry.get("hint_zh", ""), entry.get("hint_en", "")
        hint = Text(_fill(zh, values, "zh"), _fill(en, values, "en")) if zh else NO_TEXT
    return Problem(
        path=path,
        at=at,
        code=key.partition(".")[0],
        text=say(key, **values),
        hint=hint,
        severity="warning" if key.startswith("W") else "error",
    )


def failure(key: str, /, *, status: Exit = Exit.MACHINE, **values: object) -> CasebookError:
    """The error that ends a command, by the key of its message."""
    return CasebookError(say(key, **values), status)


def _fill(text: str, values: dict[str, object], lang: Lang) -> str:
    pieces = _cut_at_places(text)
    if len(pieces) == 1:
        return text
    filled = list(pieces)
    for at in range(1, len(pieces), 2):
        name, _, forms = pieces[at].partition("|")
        value = values[name]
        said = value.inside(lang) if isinstance(value, Text) else str(value)
        filled[at] = forms.split("|")[said not in ("1", "one")] if forms else said
    return "".join(filled)


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
