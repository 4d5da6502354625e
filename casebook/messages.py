"""Catalogue of what the program prints, in Chinese and in English: messages.yaml by its keys."""

from __future__ import annotations

import re
import sys
from collections import UserDict
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from casebook.packaged import COMMAND, IN_CHECKOUT
from casebook.problems import CasebookError, Exit, Position, Problem
from casebook.text import NO_TEXT, Hint, Lang, Text

CATALOGUE = Path(__file__).with_name("messages.yaml")
# A name in single braces, or with it the words that follow one and any other number; double braces,
# as in {{figure}}, are what an editor writes.
PLACE = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*(?:\|[^{}|]*\|[^{}|]*)?)\}(?!\})")
# Words and, at every second place, a name; the title of every figure of a site is filled in.
_cut_at_places = cache(PLACE.split)
# Only a key begins a line, and a comment.
_ENTRY = re.compile(r"^(?=\S)", re.MULTILINE)


class _Catalogue(UserDict[str, Any]):
    """Wordings by key, each parsed when it is first asked for: a build prints a tenth of them."""

    def __getitem__(self, key: str) -> Any:
        if isinstance(self.data[key], str):
            self.data[key] = _parse(self.data[key])[key]
        return self.data[key]


@cache
def read_catalogue() -> MutableMapping[str, dict[str, str]]:
    """The wordings by key: `zh`, `en` and, where there is a remedy, `hint_zh` and `hint_en`.

    That of a field may have an `example`, in one or in both languages, and be `called` otherwise.
    """
    written = CATALOGUE.read_text("utf-8").replace(IN_CHECKOUT, COMMAND)
    entries = (entry for entry in _ENTRY.split(written) if entry[:1] not in ("#", ""))
    return _Catalogue({entry.partition(":")[0]: entry for entry in entries})


def _parse(entry: str) -> Any:
    # PyYAML takes longer to import than most commands that print nothing take to run.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(entry, loader)
    except yaml.MarkedYAMLError:
        # The whole file knows what an alias stands for, and the line of a fault.
        entry = CATALOGUE.read_text("utf-8").replace(IN_CHECKOUT, COMMAND)
    try:
        return yaml.load(entry, loader)
    except yaml.MarkedYAMLError as error:
        # Whoever betters a wording may break the file, and then there are no words to say so.
        print(f"casebook/messages.yaml: {error.problem}\n{error.problem_mark}", file=sys.stderr)
        raise SystemExit(1) from None


def say(key: str, /, **values: object) -> Text:
    """A message in both languages, its places filled; a `Text` fills each in its own language."""
    entry = read_catalogue()[key]
    return Text(_fill(entry["zh"], values, "zh"), _fill(entry["en"], values, "en"))


def offer(offered: str, key: str, /, **values: object) -> Hint:
    """A remedy by the key of its message, with what it offers to write."""
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
    """A problem by the key of its message: its code, or its code with a word behind a dot.

    `hint` takes the place of the remedy in the catalogue, unless it is empty; codes that begin with
    W are warnings.
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
    """The expected end of a command by the key of its message."""
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
