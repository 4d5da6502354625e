"""Numbers that this site computes from the figures of a case, and the guard that may refuse them.

A formula holds names of figures, whole numbers, + - * / and brackets; it is parsed here and never
run as code. What is computed is no more certain than what it is computed from:

- An exact figure counts as exact, a bound (more than, at least, at most) as a bound, and an
  approximate figure as known to two significant digits.
- A product or quotient keeps as many significant digits as its least certain part, a sum or
  difference the places of its least certain part.
- A quotient of exact figures that needs more than four significant digits is rounded to four and
  called approximate. A bound is rounded to the side on which it still holds.
- About and bounds are carried on; bounds that pull in different directions are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, NoReturn

from casebook.record.comparability import ComparabilityClass, class_of, why_not_comparable
from casebook.record.model import Figure, Measure, Vocabulary
from casebook.text import Text
from casebook.values.amounts import (
    QUALIFIER_WORDS,
    Qualifier,
    Quantity,
    Segment,
    compact,
    in_english,
    plain,
)
from casebook.values.dates import Period, PeriodError, parse_period

LONGEST: Final = 200
MULTIPLE: Final = "倍"
SIGNS: Final = {"+": "＋", "-": "－", "*": "×", "/": "÷"}

_APPROX_DIGITS: Final = 2
_QUOTIENT_DIGITS: Final = 4
_CONTEXT: Final = Context(prec=50)
_TOKEN: Final = re.compile(r" *(?:([A-Za-z][A-Za-z0-9_]*)|([0-9]{1,9})|([-+*/()]))", re.ASCII)
_NEAREST: Final = str.maketrans(
    "＋－−–×＊·÷／（）\u3000０１２３４５６７８９", "+---***//() 0123456789"
)
_NOT_YET: Final = ("planned", "target")

_VERBS: Final = {
    "+": Text("相加", "added"),
    "-": Text("相减", "subtracted"),
    "*": Text("相乘", "multiplied"),
    "/": Text("相除", "divided"),
}


class FormulaError(ValueError):
    """A text that is not a formula; `column` counts from one."""

    def __init__(self, zh: str, en: str, column: int) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.column = column


@dataclass(frozen=True, slots=True)
class Name:
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
    left: Term
    right: Term


Term = Name | Number | Operation


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


def names_of(term: Term) -> Iterator[Name]:
    """Every name in a formula, in its order, as often as it stands there."""
    if isinstance(term, Name):
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

    def read(self) -> Term:
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

    def sum(self) -> Term:
        return self.chain(self.product, "+", "-")

    def product(self) -> Term:
        return self.chain(self.atom, "*", "/")

    def chain(self, read: Callable[[], Term], *signs: str) -> Term:
        left = read()
        while sign := self.take(*signs):
            left = Operation(sign, left, read())
        return left

    def atom(self) -> Term:
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
        return Name(word, offset + 1) if kind == "name" else Number(int(word))

    def offset(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What a formula gives: the amount and all that it takes over from its figures."""

    quantity: Quantity
    per: tuple[str, ...]
    period: Period
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """A number on its way through a formula.

    `place` is the exponent of the last digit that is known, None where all are. `root` is the
    figure that this is, or of which it is what is left; `whole` the figure that it is a part of.
    `figures` are those that it comes from; a number that was written has none.
    """

    amount: Decimal
    place: int | None = None
    qualifier: Qualifier = "exact"
    unit: str = ""
    per: tuple[str, ...] = ()
    group: ComparabilityClass | None = None
    root: str = ""
    whole: str = ""
    divided: bool = False
    figures: tuple[Figure, ...] = ()

    @property
    def digits(self) -> int | None:
        """How many significant digits are known, None where all are."""
        return None if self.place is None else self.amount.adjusted() - self.place + 1


def derive(
    formula: str, figures: Mapping[str, Figure], vocabulary: Vocabulary
) -> tuple[Derived | None, tuple[Text, ...]]:
    """What a formula over figures of one case gives, or the reasons why the guard refuses it.

    Every name must be that of a figure. Raises FormulaError.
    """
    evaluation = _Evaluation(figures, vocabulary)
    value = evaluation.evaluate(parse_formula(formula))
    reasons = list(evaluation.reasons)
    rounded = _round(value)
    if not reasons and (rounded.amount == 0 and value.place is not None):
        reasons.append(
            Text(
                "相减之后剩下的比约数的误差还小，没有可说的数",
                "what is left is smaller than the error of the approximate figures",
            )
        )
    period = _join_periods(value.figures)
    if not reasons and period is None:
        names = list(dict.fromkeys(figure.id for figure in value.figures))
        reasons.append(
            Text(
                f"{'、'.join(names)} 的时期合不到一起",
                f"the periods of {', '.join(names)} cannot be joined",
            )
        )
    if reasons or period is None:
        return None, tuple(dict.fromkeys(reasons))
    statuses = list(vocabulary.statuses)
    status = min((figure.status for figure in value.figures), key=statuses.index)
    sources = dict.fromkeys(name for figure in value.figures for name in figure.sources)
    order = list(vocabulary.per)
    per = tuple(sorted(value.per, key=order.index))
    return Derived(
        quantity=_word(rounded), per=per, period=period, status=status, sources=tuple(sources)
    ), ()


def why_not_spending(figure: Figure, vocabulary: Vocabulary) -> Text | None:
    """The reason why a figure may not be told as an amount of purchases, or None where it may."""
    measure = vocabulary.measures[figure.measure]
    if measure.spending:
        return None
    return Text(
        f"“{figure.label.zh}”（{figure.quantity.text}）是{_explain(measure).zh}",
        f"“{figure.label.inside('en')}” ({in_english(figure.quantity)}) is "
        f"of the kind {_explain(measure).en}",
    )


def _explain(measure: Measure) -> Text:
    """The name of a measure with what it may be compared with."""
    zh, en = measure.compare.zh.rstrip("。"), measure.compare.inside("en").rstrip(".")
    name = measure.name.inside("en")
    return Text(
        measure.name.zh + (f"：{zh}" if zh else ""),
        f"“{name[:1].lower()}{name[1:]}”" + (f": {en[:1].lower()}{en[1:]}" if en else ""),
    )


_Method = Callable[[_Value, _Value, list[Text]], _Value | None]


class _Evaluation:
    """One formula on its way to a value; a refusal is noted and the rest is still looked at."""

    def __init__(self, figures: Mapping[str, Figure], vocabulary: Vocabulary) -> None:
        self.figures = figures
        self.vocabulary = vocabulary
        self.reasons: list[Text] = []
        self.methods: Mapping[str, _Method] = {
            "+": self.add,
            "-": self.subtract,
            "*": self.multiply,
            "/": self.divide,
        }

    def evaluate(self, term: Term) -> _Value:
        if isinstance(term, Number):
            return _Value(amount=Decimal(term.value))
        if isinstance(term, Name):
            return self.value_of(self.figures[term.id])
        left, right = self.evaluate(term.left), self.evaluate(term.right)
        if not left.figures or not right.figures:
            return self.with_number(term.sign, left, right)
        against = list(self.against_either(term.sign, left, right))
        result = self.methods[term.sign](left, right, against)
        qualifier = _carry(term.sign, left.qualifier, right.qualifier)
        if qualifier is None and "range" not in (left.qualifier, right.qualifier):
            against.append(
                Text(
                    "约数和界限算在一起，结果既不是约数，也不是界限",
                    "an approximate number and a bound, or two bounds that pull in different "
                    "directions, give neither",
                )
            )
        if against or result is None:
            self.refuse(term.sign, left, right, against)
            return left
        return replace(
            result,
            qualifier=qualifier or "exact",
            divided=left.divided or right.divided or term.sign == "/",
            figures=left.figures + right.figures,
        )

    def value_of(self, figure: Figure) -> _Value:
        if figure.formula:
            inside = self.evaluate(parse_formula(figure.formula))
            # A rounded number is not computed with: the formula is, from its start.
            return replace(inside, root=inside.root or figure.id)
        quantity = figure.quantity
        amount = quantity.magnitude
        approx = quantity.qualifier == "approx" and amount
        return _Value(
            amount=amount,
            place=amount.adjusted() - _APPROX_DIGITS + 1 if approx else None,
            qualifier=quantity.qualifier,
            unit=quantity.unit,
            per=figure.per,
            group=class_of(figure),
            root=figure.id,
            whole=figure.part_of,
            figures=(figure,),
        )

    def with_number(self, sign: str, left: _Value, right: _Value) -> _Value:
        """A figure and a written number: only the change of a multiple, and what a share leaves."""
        if not left.figures and not right.figures:
            return _Value(amount=_operate(sign, left.amount, right.amount))
        value, number = (left, right) if left.figures else (right, left)
        is_one = number.amount == 1 and sign == "-"
        if is_one and number is right and value.unit == MULTIPLE:
            return replace(value, amount=value.amount - 1, unit="ratio")
        if is_one and number is left and value.unit == "ratio":
            flipped = _carry("-", "exact", value.qualifier) or "exact"
            return replace(value, amount=1 - value.amount, qualifier=flipped)
        figure = value.figures[0]
        verb = _VERBS[sign]
        self.reasons.append(
            Text(
                f"“{figure.label.zh}”（{figure.quantity.text}）不能与 {plain(number.amount)} "
                f"{verb.zh}：这个数没有来源",
                f"“{figure.label.inside('en')}” ({in_english(figure.quantity)}) and "
                f"{plain(number.amount)} cannot be {verb.en}: no source gives that number",
            )
        )
        return value

    def against_either(self, sign: str, left: _Value, right: _Value) -> Iterator[Text]:
        """What forbids any computation with one of two values."""
        seen = set()
        for value in (left, right):
            for figure in value.figures:
                measure = self.vocabulary.measures[figure.measure]
                if (measure.cap or measure.mixed) and figure.id not in seen:
                    explained = _explain(measure)
                    yield Text(
                        f"“{figure.label.zh}”是{explained.zh}",
                        f"“{figure.label.inside('en')}” is of the kind {explained.en}",
                    )
                if figure.quantity.qualifier == "range" and figure.id not in seen:
                    yield Text(
                        f"“{figure.label.zh}”是区间，不是一个数",
                        f"“{figure.label.inside('en')}” is a range, not one number",
                    )
                seen.add(figure.id)
        plans = [
            {figure.status in _NOT_YET or figure.quantity.planned for figure in value.figures}
            for value in (left, right)
        ]
        if plans[0] != plans[1]:
            yield Text("一个是计划，一个不是", "one is a plan and the other is not")

    def add(self, left: _Value, right: _Value, against: list[Text]) -> _Value | None:
        if left.group is None or left.group != right.group:
            against.append(self.difference(left, right))
        elif left.per or left.unit in ("ratio", MULTIPLE):
            against.append(
                Text(
                    "单价、比例和倍数不能相加",
                    "prices per unit, shares and multiples are not added",
                )
            )
        elif any(
            speak_of_same_time(one.period, other.period)
            for one in left.figures
            for other in right.figures
        ):
            against.append(
                Text(
                    "两个数说的是同一段时间，相加会重复计算",
                    "both speak of the same time, so the sum would count twice",
                )
            )
        return replace(
            left,
            amount=left.amount + right.amount,
            place=_worse_place(left, right),
            root="",
            whole="",
        )

    def subtract(self, left: _Value, right: _Value, against: list[Text]) -> _Value | None:
        is_part = bool(left.root) and right.whole == left.root
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if not (is_part and same_unit) and (left.group is None or left.group != right.group):
            against.append(self.difference(left, right))
        return replace(
            left,
            amount=left.amount - right.amount,
            place=_worse_place(left, right),
            root=left.root if is_part else "",
            whole=left.root if is_part else "",
        )

    def multiply(self, left: _Value, right: _Value, against: list[Text]) -> _Value | None:
        money, share = (right, left) if left.unit == "ratio" else (left, right)
        amount = left.amount * right.amount
        if share.unit != "ratio" or not self.is_money(money):
            against.extend(self.against_count(money, share))
            against.append(
                Text(
                    "没有来源说前者按后者计付，可以相乘的只有一个金额和它自己的占比",
                    "no source says that the one is paid by the other; only an amount and its own "
                    "share are multiplied",
                )
            )
        elif not money.root or share.whole != money.root:
            against.append(
                Text("这个占比不是这个金额的占比", "the share is not a share of this amount")
            )
        return replace(
            money,
            amount=amount,
            place=_place_of_product(amount, left, right),
            group=None,
            root="",
            whole=money.root,
        )

    def divide(self, left: _Value, right: _Value, against: list[Text]) -> _Value | None:
        if right.amount == 0:
            against.append(Text("除数是 0", "the divisor is 0"))
            return None
        amount = _operate("/", left.amount, right.amount)
        place = _place_of_product(amount, left, right)
        same_unit = (left.unit, left.per) == (right.unit, right.per)
        if same_unit and right.root and left.whole == right.root:
            return _Value(amount=amount, place=place, unit="ratio", whole=right.root)
        if left.group is not None and left.group == right.group:
            return _Value(amount=amount, place=place, unit=MULTIPLE)
        per = self.per_bought(left, right, against)
        return _Value(amount=amount, place=place, unit=left.unit, per=(*left.per, *per))

    def per_bought(self, money: _Value, count: _Value, against: list[Text]) -> tuple[str, ...]:
        """What an amount is divided by, where the count is of the very things that it bought."""
        if not self.is_money(money) or count.group is None or not self.is_count(count):
            against.append(self.difference(money, count))
            return ()
        against.extend(self.against_count(money, count))
        scope = self.vocabulary.scopes.get(count.group.scope)
        own = money.group.scope if money.group is not None else ""
        if scope is None or not own or scope.bought_by != own:
            figure = count.figures[0]
            label, note = figure.label, scope.note if scope is not None else Text("")
            against.append(
                Text(
                    f"“{label.zh}”数的不是这笔钱买下的东西" + (f"（{note.zh}）" if note else ""),
                    f"“{label.inside('en')}” does not count what this money bought"
                    + (f" ({note.inside('en')})" if note else ""),
                )
            )
        elif {f.period.edtf for f in money.figures} != {f.period.edtf for f in count.figures}:
            against.append(Text("两个数的时期不同", "the two are of different periods"))
        return (scope.per,) if scope is not None and scope.per else ()

    def against_count(self, money: _Value, count: _Value) -> Iterator[Text]:
        if self.is_count(count) and count.qualifier in ("more_than", "at_least", "at_most"):
            figure = count.figures[0]
            bound = QUALIFIER_WORDS[count.qualifier]
            yield Text(
                f"“{figure.label.zh}”只是一个界限（{figure.quantity.text}）",
                f"“{figure.label.inside('en')}” is only a bound ({bound['en']} "
                f"{plain(count.amount)})",
            )

    def is_money(self, value: _Value) -> bool:
        return value.unit in ("CNY", "HKD", "USD")

    def is_count(self, value: _Value) -> bool:
        return not self.is_money(value) and value.unit not in ("ratio", MULTIPLE)

    def difference(self, left: _Value, right: _Value) -> Text:
        """In which way two values are not of one kind."""
        reason = why_not_comparable(left.figures[0], right.figures[0], self.vocabulary)
        if reason is None:
            return Text("两者不属于同一口径", "the two are not of one kind")
        # The names are said already; what follows them is the difference.
        return Text(
            reason.zh.rpartition("”")[2],
            reason.en.rpartition("” ")[2],
        )

    def refuse(self, sign: str, left: _Value, right: _Value, against: Iterable[Text]) -> None:
        one, other = left.figures[0], right.figures[0]
        listed = list(dict.fromkeys(against))
        verb = _VERBS[sign]
        self.reasons.append(
            Text(
                f"“{one.label.zh}”（{one.quantity.text}）与“{other.label.zh}”"
                f"（{other.quantity.text}）不能{verb.zh}：{'；'.join(text.zh for text in listed)}",
                f"“{one.label.inside('en')}” ({in_english(one.quantity)}) and "
                f"“{other.label.inside('en')}” ({in_english(other.quantity)}) cannot be "
                f"{verb.en}: {'; '.join(text.en for text in listed)}",
            )
        )


def speak_of_same_time(one: Period, other: Period) -> bool:
    """Whether two periods can be about the same time.

    Two closed spans of several years are different things unless they are the same span: a sum of
    2010 to 2014 says nothing against one of 2010 to 2015.
    """
    if one.edtf == other.edtf:
        return True
    if any(p.lane == "dated" and p.precision == "interval" and p.latest for p in (one, other)):
        return False
    starts_before_end = one.earliest is None or (
        other.latest is None or one.earliest <= other.latest
    )
    ends_after_start = one.latest is None or (
        other.earliest is None or other.earliest <= one.latest
    )
    return starts_before_end and ends_after_start


def _join_periods(figures: Iterable[Figure]) -> Period | None:
    """The time that all figures together speak of, or None where it cannot be said."""
    periods = {figure.period.edtf: figure.period for figure in figures}
    if len(periods) == 1:
        return next(iter(periods.values()))
    if not periods:
        return None
    try:
        if all(period.lane == "latest_only" for period in periods.values()):
            last = max(periods.values(), key=lambda period: period.sort_key)
            return last
        if any(period.earliest is None for period in periods.values()):
            return None
        first = min(periods.values(), key=lambda period: period.sort_key)
        ends = [period for period in periods.values() if period.latest is None]
        last = ends[0] if ends else max(periods.values(), key=lambda period: str(period.latest))
        start, end = first.edtf.partition("/")[0], last.edtf.rpartition("/")[2]
        return parse_period(f"{start}/{end}")
    except PeriodError:
        return None


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    return _CONTEXT.divide(left, right) if right else Decimal(0)


def _carry(sign: str, left: Qualifier, right: Qualifier) -> Qualifier | None:
    """The qualifier of a result, or None where there is none that would be true.

    Amounts are never negative, so a larger divisor or subtrahend makes a result smaller.
    """
    if sign in ("-", "/"):
        turned: dict[Qualifier, Qualifier] = {
            "more_than": "at_most",
            "at_least": "at_most",
            "at_most": "at_least",
        }
        right = turned.get(right, right)
    if "range" in (left, right):
        return None
    if left == right or right == "exact":
        return left
    if left == "exact":
        return right
    return "more_than" if {left, right} == {"more_than", "at_least"} else None


def _worse_place(left: _Value, right: _Value) -> int | None:
    places = [value.place for value in (left, right) if value.place is not None]
    return max(places) if places else None


def _place_of_product(amount: Decimal, left: _Value, right: _Value) -> int | None:
    digits = [value.digits for value in (left, right) if value.digits is not None]
    return amount.adjusted() - max(min(digits), 1) + 1 if digits else None


def _round(value: _Value) -> _Value:
    """The value with no more digits than are known."""
    amount, qualifier, place = value.amount, value.qualifier, value.place
    if place is None:
        needed = len(plain(abs(amount)).replace(".", "").strip("0"))
        if not value.divided or needed <= _QUOTIENT_DIGITS:
            return value
        place = amount.adjusted() - _QUOTIENT_DIGITS + 1
        qualifier = "approx" if qualifier == "exact" else qualifier
    rounding = {
        "more_than": ROUND_FLOOR,
        "at_least": ROUND_FLOOR,
        "at_most": ROUND_CEILING,
    }.get(qualifier, ROUND_HALF_EVEN)
    rounded = amount.quantize(Decimal(1).scaleb(place), rounding, _CONTEXT)
    return replace(value, amount=rounded, qualifier=qualifier)


def _word(value: _Value) -> Quantity:
    """The computed amount in words, made as a printed one would be."""
    number = compact(value.amount, value.unit, "zh")
    found = re.fullmatch(r"(-?[0-9.,]+)(.*)", number)
    assert found is not None
    segments = [Segment("number", found[1])]
    if found[2]:
        segments.append(Segment("unit", found[2]))
    if value.qualifier != "exact":
        segments.insert(0, Segment("qualifier", QUALIFIER_WORDS[value.qualifier]["zh"]))
    return Quantity(
        text="".join(segment.text for segment in segments),
        qualifier=value.qualifier,
        value=Decimal(plain(value.amount)),
        low=None,
        high=None,
        unit=value.unit,
        per=(),
        planned=False,
        segments=tuple(segments),
    )
