"""Words and patterns that are data: YAML files beside the modules that read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def read_words(module: str, name: str) -> Mapping[str, Any]:
    """The lists of a YAML file beside a module."""
    # PyYAML takes longer to import than a build with nothing to do.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words: Mapping[str, Any] = yaml.load(Path(module).with_name(name).read_bytes(), loader)
    return words


class Patterns(dict[str, re.Pattern[str]]):
    """Patterns by name, each an expression or a list of words; `@name` stands for another one.

    Each is compiled when it is first asked for: together those of amounts cost 30 ms, which a build
    with nothing to read must not pay. The cache of `re` is slower than most matches.
    """

    def __init__(self, entries: Mapping[str, Any], **known: Any) -> None:
        super().__init__()
        self.entries = {**known, **entries}
        self._filled: dict[str, str] = {}

    def fill(self, words: str) -> str:
        """An expression with those that it names in their places."""
        return re.sub("@([a-z_]+)", lambda found: self._fill(found[1]), words)

    def _fill(self, name: str) -> str:
        if name not in self._filled:
            self._filled[name] = self.fill(_join(self.entries[name]))
        return self._filled[name]

    def compile(self, name: str, words: str) -> re.Pattern[str]:
        """The pattern of an entry with everything filled in."""
        return re.compile(words)

    def __missing__(self, name: str) -> re.Pattern[str]:
        found = self[name] = self.compile(name, self._fill(name))
        return found


def _join(entry: str | Iterable[Any]) -> str:
    if not isinstance(entry, str):
        # An exception is a pair of its pattern and the reason for it.
        return "|".join(word if isinstance(word, str) else word[0] for word in entry)
    if "\n" in entry:
        lines = (line.strip() for line in entry.splitlines())
        return "".join(line for line in lines if not line.startswith("#"))
    return entry
