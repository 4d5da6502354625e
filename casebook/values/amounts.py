"""Amounts as printed: `约8000万元` read into a value, a qualifier, a unit and its parts."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final, cast

from casebook.messages import say
from casebook.problems import WordingError
from casebook.values import words
from casebook.values.numbers_with_units import NumberReading, StatedNumber, even_out
from casebook.values.numerals import WAN, lend_scale
from casebook.values.quantity import Quantity, Segment
from casebook.values.words import CURRENCIES, PATTERNS, WITHOUT_VALUE, Qualifier, own_currency

LONGEST: Final = 80


def parse_quantity(text: str) -> Quantity:
    """The amount that a wording states.

    Raises only WordingError. A number without a unit (一万左右) has the unit "": the caller has to
    ask the editor for a unit and apply it with `with_reading`.
    """
    return _parse(text, own_currency())


# Cached: an amount is parsed again when its quote or its history is compared with it.
@lru_cache(maxsize=4096)
def _parse(text: str, _currency: str) -> Quantity:
    reading = _AmountReading(text)
    try:
        return reading.read()
    except WordingError as error:
        if len(text) > LONGEST:
            raise
        # Most refused wordings hold an amount and a word too many. Money is preferred to counts.
        found = [one for one in find_amounts(text) if one.unit]
        found = [one for one in found if one.kind == "money"] or found
        printed = ["".join(part.text for part in one.segments).strip() for one in found]
        nearest = next((one for one in printed if one != text and _is_amount(one)), "")
        if not nearest:
            raise
        # The `per` stands before the amount: 每人2-3千元补贴 is not just 2-3千元.
        whole = text[: error.column - 1].strip()
        if whole.endswith(nearest) and _is_amount(whole):
            nearest = whole
        before, _, behind = text.partition(nearest)
        # The remaining words may qualify the amount: 5万元（不含）以内 is not 5万元.
        is_left = PATTERNS["qualifies"].search(before + behind)
        is_cut = PATTERNS["cut_before"].search(before) or PATTERNS["cut_behind"].match(behind)
        if is_left or is_cut:
            raise
        said = {"message": error.message, "nearest": nearest, "count": len(found)}
        message = say("values.nearest", **said)
        raise WordingError(message, column=error.column, understood=error.understood) from error


def _is_amount(text: str) -> bool:
    with suppress(WordingError):
        return bool(_AmountReading(text).read())
    return False


def find_amounts(text: str) -> tuple[Quantity, ...]:
    """The amounts inside a few words of a source, each read with the words before it.

    A number without a unit is included, a range that is cut off at either end is not.
    """
    return _find(text, own_currency())


# Cached: a quote is read again for each property that has to agree.
@lru_cache(maxsize=4096)
def _find(text: str, _currency: str) -> tuple[Quantity, ...]:
    found: list[Quantity] = []
    # Each error copies the text before it, so reading a long text would be slow.
    text = text[:LONGEST]
    line = even_out(text)
    start = at = 0
    while number := PATTERNS["number"].search(line, at):
        reading = _AmountReading(text, line)
        try:
            # Words further away than the longest amount belong to something else.
            begin = max(start, number.start() - LONGEST)
            found.append(reading.read_inside(begin, number.start()))
            start = at = reading.at
        except WordingError:
            # The remaining digits of an unreadable number are not another number.
            rest = PATTERNS["rest_of_number"].match(line, number.end())
            at = rest.end() if rest else number.end()
    return tuple(found)


class _AmountReading(NumberReading):
    """One pass over a wording that reads its numbers and the words that qualify them."""

    def __init__(self, text: str, line: str = "") -> None:
        super().__init__(text, line)
        # The longest pattern is compiled only for these characters, which few wordings have.
        self._has_each = "每" in self.line or "单" in self.line
        self.per: list[str] = []
        self.planned = False

    def read(self) -> Quantity:
        if len(self.text) > LONGEST:
            raise WordingError(say("values.amount_long", longest=LONGEST), column=LONGEST + 1)
        if not self.line.strip(" "):
            raise WordingError(say("values.amount_empty"))
        self._read_before()
        start = self.skip()
        ends = self._read_ends()
        if self.skip() < len(self.line):
            rest = self.line[self.skip() :][:12]
            is_scientific = re.match("[eE][+-]?[0-9]|[xX][0-9A-Fa-f]", rest)
            key = "values.plain_digits" if is_scientific else "values.rest"
            self.stop(self.skip(), say(key, rest=rest))
        # 超亿元 is an amount. 万元 alone is a unit whose number was lost, as in 约  万元.
        is_apart = self.qualifier == "exact" or self.line[start - 1 : start] == " "
        if is_apart and _is_scale(ends):
            self.stop(start, say("values.scale_alone", scale=self.line[start]))
        return self._make(ends)

    def read_inside(self, start: int, at: int) -> Quantity:
        """The amount at an offset, qualified by the words between `start` and the offset."""
        self.at = begin = at
        if start == 0 and PATTERNS["to_alone"].fullmatch(self.line[:at]):
            self.stop(at, say("values.range_order"))
        for word in PATTERNS["in_text"].finditer(self.line, start, at):
            is_far = not PATTERNS["from_short"].fullmatch(self.line, word.end(), at)
            if is_far and PATTERNS["short"].fullmatch(word[0]):
                continue
            self.qualifier = cast(Qualifier, word.lastgroup)
            self.marks, begin = [("qualifier", word.end())], word.start()
        for name in ("each", "mean") if self._has_each else ("mean",):
            for each in PATTERNS[name].finditer(self.line, start, at):
                self.per.append(next(filter(None, each.groups())))
        self.planned = bool(PATTERNS["plan"].search(self.line, start, at))
        return self._make(self._read_ends(), begin)

    def _make(self, ends: tuple[StatedNumber, ...], begin: int = 0) -> Quantity:
        """The amount of one number or of the two ends of a range, its segments from `begin` on."""
        first, last = ends[0], ends[-1]
        low: Decimal | None = first.value
        high: Decimal | None = last.value if len(ends) > 1 else None
        qualifier: Qualifier = self.qualifier if high is None else "range"
        if any(end.numeral.below is not None for end in ends):
            # The upper bound of 数千万元至6亿元 is its last number.
            below = last.numeral.below or last.numeral.value
            high = below * last.factor if below.is_finite() else None
            qualifier = "rough"
        is_definite = qualifier not in WITHOUT_VALUE
        if not is_definite and self.qualifier not in ("exact", "approx"):
            key = "values.range_with_limit" if qualifier == "range" else "values.rough_with_limit"
            self.stop(self.at, say(key))
        return Quantity(
            text=self.text,
            qualifier=qualifier,
            value=low if is_definite else None,
            low=None if is_definite else low,
            high=high,
            unit=last.unit,
            per=tuple(dict.fromkeys(self.per)),
            planned=self.planned,
            segments=self._segments(begin),
        )

    def _segments(self, begin: int) -> tuple[Segment, ...]:
        """The wording cut at the marks, where neighbours of the same role are one segment."""
        # Blanks at the end belong to the last part.
        marks = [*self.marks[:-1], (self.marks[-1][0], self.skip())]
        starts = [begin, *(end for _, end in marks)]
        pieces = [(role, self.text[at:end]) for at, (role, end) in zip(starts, marks, strict=False)]
        return tuple(
            Segment(role, "".join(text for _, text in group))
            for role, group in groupby(pieces, key=itemgetter(0))
        )

    def _read_before(self) -> None:
        while True:
            # The `per` is tried first: neither the 家 of 每家 nor the 月 of 月均 is a lead.
            each = self.take("each", "per") if self._has_each else None
            if found := each or self.take("mean", "per"):
                self.per.append(next(filter(None, found.groups())))
            elif found := self.take("per_adverb", "per"):
                self.per.append(words.PER_ADVERBS[found[0].lower()])
            elif "(" in self.line and (found := self.take("heading", "unit")):
                self.heading = found
            elif self.take("lead", "qualifier"):
                # Leads are tried before qualifiers, so that 节约 is not read as 约.
                continue
            elif found := self.take("before", "qualifier"):
                self.qualify(words.BEFORE[found[0].lower()], found.start(), found[0])
            elif self.take("plan", "planned"):
                self.planned = True
            else:
                return

    def _read_ends(self) -> tuple[StatedNumber, ...]:
        """One number or the two ends of a range, read with the words behind them."""
        ends = self._read_numbers()
        self._read_after(ends)
        at = self.skip()
        # 300元以上500元以下 is a range that is given by two limits.
        if len(ends) > 1 or self.qualifier != "at_least" or not self.take("to_limit", "qualifier"):
            return ends
        self.qualifier = "exact"
        self._read_before()
        low, high = ends[0], self.read_number()
        self._read_after((high,))
        if low.unit not in ("", high.unit):
            self.stop(at, say("values.range_units"))
        if low.value >= high.value:
            self.stop(at, say("values.range_order"))
        self.qualifier = "exact"
        return low, high

    def _read_numbers(self) -> tuple[StatedNumber, ...]:
        """One number with its unit, or the two ends of a range."""
        start = self.skip()
        first = self.read_number()
        is_between = "between" in self.line[:start].lower()
        if not self.take("and" if is_between else "to", "qualifier"):
            if opens := PATTERNS["opened"].search(self.line[:start]):
                # From 800 yuan is 800 and more; hired from 800 applicants is not.
                if PATTERNS["begins_with"].fullmatch(opens[0]) and opens.start() == 0:
                    self.qualify("at_least", start, opens[1])
                elif not PATTERNS["begins"].match(self.line, self.skip()):
                    self.stop(start, say("values.range_opened", word=opens[1]))
            # 上万 means at least ten thousand; 上百万 may also mean several millions.
            if self.line[start] == "上" and len(first.numeral.tokens) == 1:
                self.qualify("at_least", start, "上")
                first = first._replace(numeral=first.numeral._replace(below=None))
            return (first,)
        second = self.read_number()
        if first.numeral.has_plus or second.numeral.has_plus:
            self.stop(start, say("values.range_with_plus"))
        if not second.unit:
            # ¥5000-20000, 百分之六十至八十
            second = second._replace(unit=first.unit, factor=first.factor)
        if first.unit and not second.unit.startswith(first.unit):
            self.stop(start, say("values.range_units"))
        if not first.is_closed:
            lent = lend_scale(first.numeral, second.numeral)
            first = StatedNumber(first.numeral._replace(value=lent), second.unit, second.factor)
        is_rough = first.numeral.below is not None or second.numeral.below is not None
        if first.value >= second.value and not is_rough:
            self.stop(start, say("values.range_order"))
        return first, second

    def _read_after(self, ends: tuple[StatedNumber, ...]) -> None:
        """Read the words after the unit that qualify the amount."""
        while self.skip() < len(self.line):
            if self.qualifier == "at_least" and PATTERNS["to_limit"].match(self.line, self.skip()):
                return
            if found := self.take("after", "qualifier"):
                self.qualify(words.AFTER[found[0].lower()], found.start(), found[0])
            elif found := self.take("per_in_english", "per"):
                self.per.append(found[1].lower())
            elif found := self.take("per_adverb", "per"):
                self.per.append(words.PER_ADVERBS[found[0].lower()])
            elif found := self.take("slashed", "per") or self.take("each_after", "per"):
                self.per.append(found[1])
            elif self.take("per_opens", "per") or ("(" in self.line and self.take("closes", "per")):
                continue
            elif found := self.take("included", "qualifier"):
                # 5万元（不含）以上 begins above 5万元.
                begins = self.qualifier == "at_least" or self.line.startswith("以上", self.skip())
                if found[1] and begins:
                    self.qualify("more_than", found.start(), found[0])
            elif self.take("after_money", "unit"):
                continue
            elif not (len(ends) > 1 and self.take("between", "qualifier")):
                if len(ends) == 1:
                    self._repeat(ends[0])
                return

    def _repeat(self, stated: StatedNumber) -> None:
        """Read final brackets that repeat the amount or give it in another currency.

        壹佰万元整（￥1000000）, 120万元（约合18万美元）
        """
        at = self.skip()
        if self.line[at] != "(" or not self.line.endswith(")"):
            return
        with suppress(WordingError):
            again = parse_quantity(self.text[at + 1 : -1])
            is_same = (again.value, again.unit) == (stated.value, stated.unit)
            units = {again.unit, stated.unit}
            if is_same or (len(units) == 2 and units <= CURRENCIES.keys()):
                self.mark("unit", len(self.line))


def _is_scale(ends: tuple[StatedNumber, ...]) -> bool:
    """True if the only number is 万 or 亿 without a digit."""
    numeral = ends[0].numeral
    is_lone = len(ends) == 1 and len(numeral.tokens) == 1 and numeral.below is None
    return is_lone and numeral.tokens[0].kind == "scale" and numeral.value >= WAN
