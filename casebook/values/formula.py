"""Formulas over the figures of a case: text to terms.

A formula holds names of figures, whole numbers, + - * / and brackets; it is parsed here and never
run as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

LONGEST: Final = 200
SIGNS: Final = {"+": "＋", "-": "－", "*": "×", "/": "÷"}

_TOKEN: Final = re.compile(r" *(?:([A-Za-z][A-Za-z0-9_]*)|([0-9]{1,9})|([-+*/()]))", re.ASCII)
_NEAREST: Final = str.maketrans(
    "＋－−–×＊·÷／（）\u3000０１２３４５６７８９", "+---***//() 0123456789"
)


class FormulaError(ValueError):
    """A text that is not a formula; `column` counts from one."""

    def __init__(self, zh: str, en: str, column: int) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.column = column


@dataclass(frozen=True, slots=True)
class FigureName:
    """A figure that a formula names; `column` counts from one."""

    id: str
    column: int


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number that is written in a formula."""

    value: int


@dataclass(frozen=True, slots=True)
class Operation:
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
        raise FormulaError(f"算式超过 {LONGEST} 个字", f"longer than {LONGEST} characters", 1)
    term = _Parser(text.translate(_NEAREST).rstrip()).read()
    if not isinstance(term, Operation):
        raise FormulaError(
            "算式至少要有两项，例如 paid_2011 / paid_2010",
            "a formula has at least two terms, for example paid_2011 / paid_2010",
            1,
        )
    return term


def names_of(term: Expression) -> Iterator[FigureName]:
    """Every name in a formula, in its order, as often as it stands there."""
    if isinstance(term, FigureName):
        yield term
    elif isinstance(term, Operation):
        yield from names_of(term.left)
        yield from names_of(term.right)


def split_formula(text: str) -> tuple[str, ...]:
    """A formula as its names, numbers and signs, the signs as people print them."""
    line = text.translate(_NEAREST)
    return tuple(SIGNS.get(token, token) for token in re.findall(r"[A-Za-z0-9_]+|[-+*/()]", line))


class _Parser:
    def __init__(self, line: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        at = 0
        while at < len(line):
            found = _TOKEN.match(line, at)
            if found is None:
                at += len(line[at:]) - len(line[at:].lstrip())
                self.stop(
                    f"算式里不能有“{line[at : at + 1]}”；"
                    "只能用本案例数字的名字、整数、+ - * / 和括号",
                    f"'{line[at : at + 1]}' has no place in a formula of names of figures, whole "
                    "numbers, + - * / and brackets",
                    at,
                )
            kind = ("name", "number", "sign")[(found.lastindex or 1) - 1]
            self.tokens.append((kind, found[found.lastindex or 0], found.start(found.lastindex)))  # type: ignore[arg-type]  # a match has a group
            at = found.end()
        self.end = len(line)
        self.at = 0

    def stop(self, zh: str, en: str, offset: int) -> NoReturn:
        raise FormulaError(zh, en, offset + 1)

    def read(self) -> Expression:
        term = self.sum()
        if self.at < len(self.tokens):
            _, word, offset = self.tokens[self.at]
            self.stop(f"多出了“{word}”", f"'{word}' is left over", offset)
        return term

    def take(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][1] in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def sum(self) -> Expression:
        return self.chain(self.product, "+", "-")

    def product(self) -> Expression:
        return self.chain(self.atom, "*", "/")

    def chain(self, read: Callable[[], Expression], *signs: str) -> Expression:
        left = read()
        while sign := self.take(*signs):
            left = Operation(sign, left, read())
        return left

    def atom(self) -> Expression:
        if self.take("("):
            inside = self.sum()
            if not self.take(")"):
                self.stop("括号没有合上", "a bracket is not closed", self.offset())
            return inside
        if self.at >= len(self.tokens):
            self.stop("算式没有写完", "the formula breaks off", self.end)
        kind, word, offset = self.tokens[self.at]
        if kind == "sign":
            self.stop(f"“{word}”前后应当是数字的名字", f"a term is missing before '{word}'", offset)
        self.at += 1
        return FigureName(word, offset + 1) if kind == "name" else Number(int(word))

    def offset(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else self.end
