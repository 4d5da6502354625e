"""Lists of words that texts are searched for, each word a pattern."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Final

# An escaped character, a set, what opens a group, a number of times, or any character by itself.
_PIECE: Final = re.compile(
    r"\\.|\[(?:\\.|[^\[\]\\])+\]|\((?:\?(?:<?[=!]|[a-z]*:|P<\w+>))?|[?*+]|\{[\d,]+\}|."
)
_ZERO_WIDTH: Final = frozenset({"(?=", "(?!", "(?<=", "(?<!", r"\b", r"\A", r"\Z"})
_ANYTHING: Final = re.compile(r"\.|\[\^|\\[dws]")
# By so many characters it is known at a place whether a word may begin there.
_SIZE: Final = 2


class WordList:
    """Alternatives in the order of precedence, in a language without blanks between its words.

    At each place of a text only those are tried that may begin as it does, and they are compiled
    where a text first has such a place. As one pattern they take five times as long to look for,
    and longer to compile than most texts to read.
    """

    def __init__(self, words: str) -> None:
        self.options = ["".join(option) for option in _split(_PIECE.findall(words))]
        self._by_start: dict[str, list[int]] = {}
        for number, option in enumerate(self.options):
            # Most are plain words.
            is_plain = option[: _SIZE + 1].isalpha()
            for start in {option[:_SIZE]} if is_plain else _starts_of(_PIECE.findall(option)):
                self._by_start.setdefault(start, []).append(number)
        for start in [start for start in self._by_start if len(start) < _SIZE]:
            for longer in self._by_start:
                if longer != start and longer.startswith(start):
                    both = {*self._by_start[longer], *self._by_start[start]}
                    self._by_start[longer] = sorted(both)
        first = "".join(re.escape(char) for char in {start[0] for start in self._by_start})
        self._starts = re.compile(f"[{first}]")
        self._compiled: dict[str, re.Pattern[str]] = {}

    def finditer(
        self, text: str, begin: int = 0, end: int = sys.maxsize
    ) -> Iterator[re.Match[str]]:
        """The words in a part of a text, none within another."""
        for found in self._starts.finditer(text, begin, end):
            if found.start() >= begin and (match := self._match_at(text, found.start(), end)):
                begin = match.end()
                yield match

    def search(self, text: str, begin: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first of the words in a part of a text."""
        return next(self.finditer(text, begin, end), None)

    def match(self, text: str) -> re.Match[str] | None:
        """The word that a text begins with."""
        return self._match_at(text, 0, sys.maxsize) if self._starts.match(text) else None

    def sub(self, words: str, text: str) -> str:
        """A text with others in the place of the words."""
        pieces, at = [], 0
        for found in self.finditer(text):
            pieces += [text[at : found.start()], words]
            at = found.end()
        return "".join((*pieces, text[at:]))

    def _match_at(self, text: str, at: int, end: int) -> re.Match[str] | None:
        start = text[at : at + _SIZE]
        if start not in self._by_start:
            start = start[:1]
            if start not in self._by_start:
                return None
        if start not in self._compiled:
            options = "|".join(self.options[number] for number in self._by_start[start])
            self._compiled[start] = re.compile(options)
        return self._compiled[start].match(text, at, end)


def _split(pieces: Sequence[str]) -> list[list[str]]:
    """The alternatives of a pattern, of which those in brackets stay as they are."""
    options, depth = [list[str]()], 0
    for piece in pieces:
        depth += (piece[0] == "(") - (piece == ")")
        if piece == "|" and not depth:
            options.append([])
        else:
            options[-1].append(piece)
    return options


def _starts_of(pieces: Sequence[str], size: int = _SIZE) -> set[str]:
    """What a pattern may begin with: so many characters, or fewer where any may follow or none."""
    if not pieces or not size or _ANYTHING.match(pieces[0]):
        return {""}
    first, at = pieces[0], 1
    if first[0] == "(":
        depth = 1
        while depth:
            depth += (pieces[at][0] == "(") - (pieces[at] == ")")
            at += 1
    rest = pieces[at:]
    if first in _ZERO_WIDTH:
        return _starts_of(rest, size)
    if first[0] == "(":
        inner = _split(pieces[1 : at - 1])
        heads = set().union(*(_starts_of(option, size) for option in inner))
    elif first[0] == "[":
        # A range, or a character by itself.
        parts = re.findall(r"\\?(.)(?:-\\?(.))?", first[1:-1])
        codes = (range(ord(low), ord(high or low) + 1) for low, high in parts)
        heads = {chr(code) for each in codes for code in each}
    else:
        heads = {first[-1]}
    times = rest[0] if rest and rest[0][0] in "?*+{" else ""
    rest = rest[1:] if times else rest
    if times and times != "?":
        # Twice decides as much as any number of times.
        heads |= {head + again for head in heads for again in heads}
    starts = {head[:size] for head in heads if len(head) >= size}
    for head in heads:
        if len(head) < size:
            starts |= {head + tail for tail in _starts_of(rest, size - len(head))}
    return starts | _starts_of(rest, size) if times[:1] in ("?", "*") else starts
