"""Words and patterns that are data: YAML files beside the modules that read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """Patterns by name; `@name` in one stands for an earlier one, or for what is given by name.

    Each is compiled when it is first asked for: together those of amounts cost 30 ms, which a build
    with nothing to read must not pay. The cache of `re` is slower than most matches.
    """

    def __init__(self, patterns: Mapping[str, str], **known: str) -> None:
        super().__init__()
        self.written = known
        for name, pattern in patterns.items():
            known[name] = self.fill(pattern)

    def fill(self, pattern: str) -> str:
        """A pattern with those that it names in their places."""
        return re.sub("@([a-z_]+)", lambda found: self.written[found[1]], pattern)

    def __missing__(self, name: str) -> re.Pattern[str]:
        found = self[name] = re.compile(self.written[name])
        return found
