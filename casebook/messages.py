"""Catalogue of the messages of the program, in Chinese and English: messages.yaml by key."""

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
    key: str, path: str, at: Position, /, *, hint: Text | None = None, **values: object
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
