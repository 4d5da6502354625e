"""Formulas over the figures of a case: text to terms.

A formula holds names of figures, whole numbers, + - * / and brackets; it is parsed here and never
run as code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn

from casebook.messages import say
from casebook.text import Text
from casebook.values.errors import FormulaError

LONGEST: Final = 200
SIGNS: Final = {"+": "+", "-": "−", "*": "×", "/": "÷"}

_TOKEN: Final = re.compile(r" *([A-Za-z][A-Za-z0-9_]*|[0-9]{1,9}|[-+*/()])", re.ASCII)
_NEAREST: Final = str.maketrans(
    "＋－−–×＊·÷／（）\u3000０１２３４５６７８９", "+---***//() 0123456789"
)
_OPERATORS: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


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

    Raises FormulaError and nothing else.
    """
    if len(text) > LONGEST:
        raise FormulaError(say("values.formula_long", longest=LONGEST))
    line = text.translate(_NEAREST).rstrip()
    # ast would read in and 007 as it likes, and names no mistake at its column.
    tokens = _split_tokens(line)
    _check_order(tokens, len(line))
    # A name may be a word of Python's own, so each term goes by its number.
    source = " ".join(
        word if word in "+-*/()" else f"t{index}" for index, (word, _) in enumerate(tokens)
    )
    term = _read_node(ast.parse(source, mode="eval").body, tokens)
    if not isinstance(term, Operation):
        raise FormulaError(say("values.formula_short"))
    return term


def names_of(term: Expression) -> Iterator[FigureName]:
    """Every name in a formula, in its order, as often as it is written."""
    if isinstance(term, FigureName):
        yield term
    elif isinstance(term, Operation):
        yield from names_of(term.left)
        yield from names_of(term.right)


def split_formula(text: str) -> tuple[str, ...]:
    """A formula as its names, numbers and signs, the signs as people print them."""
    line = text.translate(_NEAREST)
    return tuple(SIGNS.get(token, token) for token in re.findall(r"[A-Za-z0-9_]+|[-+*/()]", line))


def _stop(message: Text, offset: int) -> NoReturn:
    raise FormulaError(message, column=offset + 1)


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


def _check_order(tokens: list[tuple[str, int]], end: int) -> None:
    """Refuse terms, signs and brackets that do not follow each other as in a formula."""
    depth = 0
    expects_term = True
    for word, offset in tokens:
        if word == "(" and expects_term:
            depth += 1
        elif expects_term:
            if word in "+-*/)":
                _stop(say("values.term_missing", sign=word), offset)
            expects_term = False
        elif word in "+-*/":
            expects_term = True
        elif word == ")" and depth:
            depth -= 1
        else:
            _stop(say("values.bracket") if depth else say("values.left_over", word=word), offset)
    if expects_term:
        _stop(say("values.breaks_off"), end)
    if depth:
        _stop(say("values.bracket"), end)


def _read_node(node: ast.expr, tokens: list[tuple[str, int]]) -> Expression:
    if isinstance(node, ast.BinOp):
        sign = _OPERATORS[type(node.op)]
        return Operation(sign, _read_node(node.left, tokens), _read_node(node.right, tokens))
    assert isinstance(node, ast.Name)
    word, offset = tokens[int(node.id[1:])]
    return Number(int(word)) if word.isdigit() else FigureName(word, offset + 1)
