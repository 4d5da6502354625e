"""Words and patterns from YAML files, which lie beside the modules that read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def read_words(module: str, name: str) -> Mapping[str, Any]:
    """The lists of a YAML file beside a module."""
    # Imported here because importing PyYAML takes longer than a build with nothing to do.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words: Mapping[str, Any] = yaml.load(Path(module).with_name(name).read_bytes(), loader)
    return words


class Patterns(dict[str, re.Pattern[str]]):
    """Patterns by name, each an expression or a list of words; `@name` stands for another entry.

    Each pattern is compiled at its first use: compiling those of amounts takes 30 ms, which a build
    with nothing to read must not spend. The cache of `re` is slower than most matches.
    """

    def __init__(self, entries: Mapping[str, Any], **known: Any) -> None:
        super().__init__()
        self.entries = {**known, **entries}
        self._filled: dict[str, str] = {}

    def fill(self, words: str) -> str:
        """An expression with each `@name` replaced by its entry."""
        return re.sub("@([a-z_]+)", lambda found: self._fill(found[1]), words)

    def _fill(self, name: str) -> str:
        if name not in self._filled:
            self._filled[name] = self.fill(_join(self.entries[name]))
        return self._filled[name]

    def compile(self, name: str, words: str) -> re.Pattern[str]:
        """The pattern of an entry in which every name is replaced."""
        return re.compile(words)

    def __missing__(self, name: str) -> re.Pattern[str]:
        found = self[name] = self.compile(name, self._fill(name))
        return found


def _join(entry: str | Iterable[Any]) -> str:
    if not isinstance(entry, str):
        # An entry for an exception is a pair: its pattern and its reason.
        return "|".join(word if isinstance(word, str) else word[0] for word in entry)
    if "\n" in entry:
        lines = (line.strip() for line in entry.splitlines())
        return "".join(line for line in lines if not line.startswith("#"))
    return entry
