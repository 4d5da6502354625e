"""Formulas over the figures of a case: text to terms.

A formula holds names of figures, whole numbers, + - * / and brackets. It is parsed and never run
as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn

from casebook.messages import say
from casebook.problems import WordingError
from casebook.text import Text

LONGEST: Final = 200
SIGNS: Final = {"+": "+", "-": "−", "*": "×", "/": "÷"}

_TOKEN: Final = re.compile(r" *([A-Za-z][A-Za-z0-9_]*|[0-9]{1,9}|[-+*/()])", re.ASCII)
_NEAREST: Final = str.maketrans(
    "＋－−–×＊·÷／（）\u3000０１２３４５６７８９", "+---***//() 0123456789"
)
_RANKS: Final = {"+": 1, "-": 1, "*": 2, "/": 2}


class FigureName(NamedTuple):
    """A figure that a formula names; `column` counts from one."""

    id: str
    column: int


class Number(NamedTuple):
    """A whole number that is written in a formula."""

    value: int


class Operation(NamedTuple):
    """Two terms and the sign between them."""

    sign: str
    left: Expression
    right: Expression


Expression = FigureName | Number | Operation


def parse_formula(text: str) -> Operation:
    """The formula that a text states.

    Raises only WordingError.
    """
    if len(text) > LONGEST:
        raise WordingError(say("values.formula_long", longest=LONGEST))
    line = text.translate(_NEAREST).rstrip()
    # Reversed, so that `pop` takes the next token.
    tokens = [("", len(line)), *reversed(_split_tokens(line))]
    term = _read_terms(tokens)
    word, offset = tokens.pop()
    if word:
        _stop(say("values.left_over", word=word), offset)
    if not isinstance(term, Operation):
        raise WordingError(say("values.formula_short"))
    return term


def names_of(term: Expression) -> Iterator[FigureName]:
    """Every name in a formula, in order and with repetitions."""
    if isinstance(term, FigureName):
        yield term
    elif isinstance(term, Operation):
        yield from names_of(term.left)
        yield from names_of(term.right)


def split_formula(text: str) -> tuple[str, ...]:
    """The names, numbers and signs of a formula, with signs as printed (× for *)."""
    line = text.translate(_NEAREST)
    return tuple(SIGNS.get(token, token) for token in re.findall(r"[A-Za-z0-9_]+|[-+*/()]", line))


def _stop(message: Text, offset: int) -> NoReturn:
    raise WordingError(message, column=offset + 1)


def _split_tokens(line: str) -> list[tuple[str, int]]:
    """The names, numbers and signs of a formula, each with its offset."""
    tokens: list[tuple[str, int]] = []
    at = 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if found is None:
            at += len(line[at:]) - len(line[at:].lstrip())
            _stop(say("values.formula_character", character=line[at : at + 1]), at)
        tokens.append((found[1], found.start(1)))
        at = found.end()
    return tokens


def _read_terms(tokens: list[tuple[str, int]], least: int = 1) -> Expression:
    """The terms joined by signs whose rank is `least` or higher."""
    left = _read_term(tokens)
    while (rank := _RANKS.get(tokens[-1][0], 0)) >= least:
        sign, _ = tokens.pop()
        left = Operation(sign, left, _read_terms(tokens, rank + 1))
    return left


def _read_term(tokens: list[tuple[str, int]]) -> Expression:
    word, offset = tokens.pop()
    if word == "(":
        inner = _read_terms(tokens)
        closing, offset = tokens.pop()
        if closing != ")":
            _stop(say("values.bracket"), offset)
        return inner
    if not word:
        _stop(say("values.breaks_off"), offset)
    if not word[0].isalnum():
        _stop(say("values.term_missing", sign=word), offset)
    return Number(int(word)) if word.isdigit() else FigureName(word, offset + 1)
