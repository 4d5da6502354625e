"""Mistakes that editors make in YAML: the pattern, the message and the fix of each.

`mistakes.yaml` lists them for three places: lines of a file that cannot be parsed, and names and
texts of a file that was parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from casebook.messages import problem, say
from casebook.patterns import Patterns, read_words
from casebook.problems import Position, Problem
from casebook.text import Text
from casebook.yaml import fixes
from casebook.yaml.encoding import offer_line, show

_BLANK_NAMES = {"\u3000": "yaml.blank_full_width", "\u00a0": "yaml.blank_no_break"}
DASHES = "－—–−‐‑‒―﹣•·●○◆■▪"
# The codes of mistakes in notation only: colons, dashes, blanks, tabs and full-width marks. Their
# fix may be written without asking the editor.
OF_NOTATION = frozenset({"E112", "E113", "E114", "E115", "E116", "E123"})


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake: its message, the name of its fix, and its pattern."""

    key: str
    fix: str
    look: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Compiling all patterns takes longer than reading a file, and most runs need none.
        return re.compile(self.look)

    def match(self, line: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The match if a line, or its part from `start` to `end`, has this mistake, else None."""
        return self._pattern.fullmatch(line, start, len(line) if end is None else end)

    def fixes(self, found: re.Match[str]) -> list[str]:
        """The lines that may have been meant, the likeliest first."""
        pattern = read_table()["fixes"].get(self.fix)
        fixed = getattr(fixes, self.fix)(found) if pattern is None else [fixes.fill(pattern, found)]
        return [line for line in fixed if line != found.string]

    def report(self, found: re.Match[str], path: str, at: Position, fixed: str = "") -> Problem:
        """The problem that names the mistake and offers the fixed line."""
        mark = found["at"]
        return problem(
            self.key,
            path,
            at,
            hint=None if self.key in read_table()["unoffered"] else offer_line(fixed),
            at=show(mark.strip()),
            name=show(found.groupdict().get("key") or ""),
            mark=(found.groupdict().get("v") or " ")[0],
            blank=name_blank(mark[:1]),
        )


@cache
def read_table() -> Mapping[str, Any]:
    """The lists of `mistakes.yaml`."""
    return read_words(__file__, "mistakes.yaml")


@cache
def mistakes_in(place: str) -> tuple[Mistake, ...]:
    """The mistakes to look for in a place, such as `in_lines` or `in_names`."""
    table = read_table()
    parts = Patterns(
        table["patterns"],
        blanks=fixes.BLANKS,
        colons=fixes.COLONS,
        dashes=DASHES,
        pipes="".join(fixes.PIPES),
        openers="".join(fixes.OPENERS),
        closers="".join(fixes.CLOSERS),
        brackets="".join(fixes.BRACKETS),
    )
    return tuple(Mistake(key, fix, parts.fill(look)) for key, fix, look in table[place])


@cache
def text_patterns() -> Patterns:
    """The patterns of oddities in and around a text, by name."""
    return Patterns(read_table()["text_patterns"])


@cache
def silent_mistakes() -> tuple[Mistake, ...]:
    """The mistakes that turn a line into text, so that the parser reports a later line."""
    silent = read_table()["silent"]
    return tuple(mistake for mistake in mistakes_in("in_lines") if mistake.key in silent)


def name_blank(character: str) -> Text:
    """The name of a blank character that is not a blank in YAML."""
    key = _BLANK_NAMES.get(character, "yaml.blank_special")
    return say(key, code=f"U+{ord(character):04X}" if character else "")


def quote_line(line: str) -> str:
    """A line whose value starts with *, &, ! or {{, with the value in quotes."""
    (quoted,) = mistakes_in("to_quote")
    found = quoted.match(line)
    return quoted.fixes(found)[0] if found is not None else ""
