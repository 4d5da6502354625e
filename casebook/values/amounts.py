"""Amounts as printed: `约8000万元` read into a value, a qualifier, a unit and its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal, NoReturn, cast

from casebook.messages import say
from casebook.text import Lang, Text
from casebook.values.errors import QuantityError
from casebook.values.numerals import (
    ENGLISH_SCALES,
    TRADITIONAL,
    WAN,
    WIDTHS,
    YI,
    Numeral,
    compile_once,
    lend_scale,
    match_at,
    read_numeral,
    skip_spaces,
    stop_at,
)
from casebook.values.words import BEFORE_IN_TEXT, CURRENCIES, QUALIFIERS, Qualifier

Kind = Literal["money", "share", "count"]
Role = Literal["per", "planned", "qualifier", "reading", "number", "unit"]

LONGEST: Final = 80

_UNITS: Final = {word: code for code, money in CURRENCIES.items() for word in money.units}
_SIGNS: Final = {word: code for code, money in CURRENCIES.items() for word in money.signs}
_READINGS: Final = (
    _UNITS | _SIGNS | {code: code for code in (*CURRENCIES, "ratio")} | {"%": "ratio"}
)
_BEFORE: Final = {word: name for name, words in QUALIFIERS.items() for word in words.before}
_AFTER: Final = {word: name for name, words in QUALIFIERS.items() for word in words.after}


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


_UNIT: Final = _one_of(_UNITS)
_SIGN: Final = _one_of(_SIGNS)
_QUALIFIER_BEFORE: Final = _one_of(_BEFORE)
_QUALIFIER_AFTER: Final = _one_of(_AFTER)
_QUALIFIER_INSIDE: Final = _one_of(("以上", "以下", "以内", "左右", "上下"))
_LEAD: Final = _one_of(
    (
        *("达到", "已达", "也达", "高达", "多达", "共计", "总计", "合计", "达", "共", "已", "仅"),
        *("出资", "投入", "支付", "安排", "补贴", "补助", "赔付", "奖励", "发放", "拨付"),
    )
)
# 将近 is a qualifier.
_PLAN: Final = "(?:计划|预计|将(?!近)|拟)"
_HAN: Final = r"[\u3400-\u9fff]"
_NUMERAL: Final = r"[0-9零〇一二两三四五六七八九十百千万亿]"
_COUNTER: Final = _one_of(
    (
        *("小时", "课时", "人次", "场次", "平方米", "公里", "大类", "大项", "小类"),
        *"项家场个人名处类种户岗次条份件所间座套台支批期站室点天岁位部辆张篇门届轮组队村档",
    )
)
# A noun and a word to divide by hold nothing that could be a second number, a currency or a
# qualifier: a qualifier that is swallowed by a noun is a qualifier lost.
_NO_NOUN: Final = (
    "以上|以下|以内|之内|左右|上下|前后|上限|为上限|封顶|有余|人民币|百分点|至少|至多|"
    "[零〇一二两三四五六七八九十百千万亿萬億元圆圓每不约逾超余多近最达将起和及与或的至到]"
)
_NOUN: Final = rf"(?:第[一二三四五六七八九]|(?!{_NO_NOUN}){_HAN})"
_NOUN_RUN: Final = _NOUN + "{1,8}"
_TO: Final = r"至|到|[—–―~〜‐‑-]{1,2}"
_PER_WORD: Final = rf"(?:(?!{_NO_NOUN}|[为给按付补过]){_HAN})"
# A unit of time is a whole word: 每年工作经费 is no unit to divide by.
_PER_NAME: Final = rf"(?:年度?|月|日|天|周|季度?|(?![年月天周季]|日(?!间)){_PER_WORD}{{1,6}}?)"
_NEXT: Final = (
    rf"(?= *(?:\Z|每|[/·•・]|{_NUMERAL}|{_SIGN}|百分之|[年月日人户场次]均|"
    rf"{_QUALIFIER_BEFORE}|{_LEAD}|{_PLAN}))"
)
_AFTER_END: Final = rf"(?= *(?:\Z|每|[/·•・]|{_QUALIFIER_AFTER}))"

# What a wording is per, by its word; another word is left to the tables, which know its name.
_PER_IN_ENGLISH: Final = {
    **{"年": "year", "年度": "year", "季": "quarter", "季度": "quarter", "月": "month"},
    **{
        "周": "week",
        "日": "day",
        "天": "day",
        "人": "person",
        "户": "household",
        "场": "performance",
    },
}

# What may begin a number inside other words, and the qualifiers that may stand before it.
_NUMBER: Final = f"(?:百分之|{_SIGN})? *{_NUMERAL}"
_IN_TEXT: Final = "|".join(f"(?P<{name}>{words})" for name, words in BEFORE_IN_TEXT.items())


def _each(end: str) -> str:
    return rf"每 *(?:[个名位家户所项场](?!次)(?={_PER_WORD})(?!{end}))?({_PER_NAME}){end}"


_EACH: Final = _each(_NEXT)
_MEAN: Final = "([年月日人户场次])均"
_EACH_AFTER: Final = _each(_AFTER_END)
_SLASHED: Final = rf"[/·•・] *每?({_PER_NAME}){_AFTER_END}"


@dataclass(frozen=True)
class Segment:
    """One run of a wording and the part that it plays."""

    role: Role
    text: str


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An amount as printed and as understood.

    `value` is in base units (元, not 万元; 0.8 for 80%) and None for a range, which has `low` and
    `high`. `unit` is CNY, HKD, USD, ratio, a counter with its noun (家培训机构), or empty where the
    wording has none. `per` holds the words of the wording in printed order. The texts of the
    segments joined are the wording. Where it `is_read` its qualifier is not printed but the
    editor's reading.
    """

    text: str
    qualifier: Qualifier
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    per: tuple[str, ...]
    planned: bool
    segments: tuple[Segment, ...]
    is_read: bool = False

    @property
    def worded(self) -> tuple[Segment, ...]:
        """The wording with the qualifier that an editor reads into it before its number.

        What a source prints stays as it is printed; words such as 达 give way to the reading.
        """
        if not self.is_read:
            return self.segments
        kept = [one for one in self.segments if one.role != "qualifier"]
        at = next(at for at, one in enumerate(kept) if one.role in ("number", "unit"))
        return (*kept[:at], Segment("reading", QUALIFIERS[self.qualifier].name.zh), *kept[at:])

    @property
    def words(self) -> str:
        """The amount in Chinese words, as printed but for the reading of an editor."""
        return "".join(one.text for one in self.worded)

    @property
    def kind(self) -> Kind:
        """An amount of money, a share of a whole, or a number of things."""
        if self.unit in CURRENCIES:
            return "money"
        return "share" if self.unit == "ratio" else "count"

    @property
    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The value and the two ends, however they are worded."""
        return (self.value, self.low, self.high)

    @property
    def statement(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Qualifier]:
        """The numbers with their qualifier, however they are worded."""
        return (*self.numbers, self.qualifier)

    @property
    def is_hedged(self) -> bool:
        """True of a range with a word such as 约."""
        about = (*QUALIFIERS["approx"].before, *QUALIFIERS["approx"].after)
        printed = "".join(each.text for each in self.segments if each.role == "qualifier")
        return self.value is None and any(word in printed for word in about)

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the one that is printed, or the high end of a range."""
        found = self.high if self.value is None else self.value
        return Decimal(0) if found is None else found


def parse_quantity(text: str) -> Quantity:
    """The amount that a wording states.

    Raises QuantityError and nothing else. A number without a unit (一万左右) gives the unit "":
    whoever takes it has to ask the editor for a reading and apply it by `with_reading`.
    """
    return _AmountReading(text).read()


def find_amounts(text: str) -> tuple[Quantity, ...]:
    """The amounts inside a few words of a source, each as its own words and those before it say.

    A number without a unit is among them, a range that is cut at either end is not.
    """
    found: list[Quantity] = []
    line, start = text.translate(WIDTHS), 0
    while number := compile_once(_NUMBER).search(line, start):
        reading = _AmountReading(text)
        try:
            found.append(reading.read_inside(start, number.start()))
            start = reading.at
        except QuantityError:
            # The rest of a number that cannot be read is no number of its own.
            rest = match_at(rf"(?:{_NUMERAL}|[.,])*", line, number.end())
            start = rest.end() if rest else number.end()
    return tuple(found)


def units_agree(one: str, other: str) -> bool:
    """True of equal units, and of a counter that is cut within its noun: 家 of 家培训机构."""
    short, full = sorted((one, other), key=len)
    counter = match_at(_COUNTER, full, 0)
    return one == other or bool(counter and full.startswith(short) and len(short) >= counter.end())


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount as an editor reads it where the wording alone is not decisive.

    Raises QuantityError for a reading that contradicts the wording: another unit than the printed
    one, or a range that is not one.
    """
    if qualifier is not None and qualifier != quantity.qualifier:
        if qualifier not in QUALIFIERS:
            known = "、".join(QUALIFIERS)
            raise QuantityError(say("values.no_qualifier", qualifier=qualifier, known=known))
        if "range" in (qualifier, quantity.qualifier):
            message = say("values.range_is_settled", wording=quantity.text, qualifier=qualifier)
            raise QuantityError(message)
        if quantity.qualifier != "exact":
            named = QUALIFIERS[quantity.qualifier].name
            raise QuantityError(
                say(
                    "values.qualifier_is_settled",
                    wording=quantity.text,
                    printed=named,
                    qualifier=qualifier,
                )
            )
        quantity = replace(quantity, qualifier=qualifier, is_read=True)
    if unit is None:
        return quantity
    wanted = unit.translate(WIDTHS).strip(" ")
    read = _READINGS.get(wanted) or (
        wanted if re.fullmatch(_COUNTER + _NOUN + "{0,8}", wanted) else ""
    )
    if not read:
        raise QuantityError(say("values.no_unit", unit=unit))
    if quantity.unit and read != quantity.unit:
        message = say(
            "values.unit_is_settled", wording=quantity.text, printed=quantity.unit, unit=unit
        )
        raise QuantityError(message)
    if read == quantity.unit:
        return quantity
    part = Decimal(1) / 100 if read == "ratio" else Decimal(1)
    value, low, high = (
        None if number is None else number * part
        for number in (quantity.value, quantity.low, quantity.high)
    )
    return replace(quantity, unit=read, value=value, low=low, high=high)


# A page says an amount in its title, in its text and to machines.
@lru_cache(maxsize=4096)
def in_english(quantity: Quantity) -> str:
    """The amount in English words, with all that its wording says but the noun that it counts."""
    if quantity.value is None:
        lead = "about " if quantity.is_hedged else ""
        low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
        amount = f"{_english(low, quantity.unit, noun=False)} to {_english(high, quantity.unit)}"
    else:
        exact = quantity.qualifier == "exact"
        lead = "" if exact else QUALIFIERS[quantity.qualifier].name.en + " "
        amount = _english(quantity.value, quantity.unit)
    per = (f"a {_PER_IN_ENGLISH[word]}" for word in quantity.per if word in _PER_IN_ENGLISH)
    plan = ("(planned)",) if quantity.planned else ()
    return " ".join((lead + amount, *per, *plan))


def plain(value: Decimal) -> str:
    """The value in plain digits, without an exponent and without trailing zeros."""
    return _cut_zeros(f"{value:f}")


def compact(value: Decimal, unit: str, lang: Lang) -> str:
    """A computed value in the notation of the site: 4277万元, 42.77 million yuan.

    Nothing is rounded here: a value with too many places for 万 or 亿 is given in full.
    """
    if lang == "en":
        return _english(value, unit)
    if unit == "ratio":
        return f"{plain(value * 100)}%"
    word = CURRENCIES[unit].name.zh if unit in CURRENCIES else unit
    for scale, name in ((YI, "亿"), (WAN, "万")):
        if abs(value) >= scale and _places(value / scale) <= 4:
            return f"{plain(value / scale)}{name}{word}"
    return f"{plain(value)}{word}"


def _english(value: Decimal, unit: str, *, noun: bool = True) -> str:
    """A number in English, with its currency or per cent sign."""
    if unit == "ratio":
        return f"{plain(value * 100)}%"
    number, name = value, ""
    for word, scale in ENGLISH_SCALES.items():
        if abs(value) >= scale and _places(value / scale) <= 4:
            number, name = value / scale, f" {word}"
            break
    amount = _cut_zeros(f"{number:,f}") + name
    if unit == "倍":
        return f"{amount} times"
    if not noun or unit not in CURRENCIES:
        return amount
    word = CURRENCIES[unit].name.en
    return f"{amount} {word.removesuffix('s') if value == 1 else word}"


def _cut_zeros(digits: str) -> str:
    """Digits without zeros at the end of their fraction."""
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in ("-0", "") else digits


def _places(value: Decimal) -> int:
    """The number of decimal places that a value needs."""
    return len(plain(value).partition(".")[2])


class _AmountReading:
    """One pass over a wording from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = text.translate(WIDTHS)
        self.at = 0
        self.marks: list[tuple[Role, int]] = []
        self.qualifier: Qualifier = "exact"
        self.per: list[str] = []
        self.planned = False
        self.unit = ""

    def read(self) -> Quantity:
        """The whole wording as an amount."""
        if len(self.text) > LONGEST:
            raise QuantityError(say("values.amount_long", longest=LONGEST), column=LONGEST + 1)
        if not self.line.strip(" "):
            raise QuantityError(say("values.amount_empty"))
        self._read_before()
        low, high = self._read_numbers()
        if not self._read_after(is_range=high is not None):
            self._stop_after(self._skip())
        return self._make(low, high)

    def read_inside(self, start: int, at: int) -> Quantity:
        """The amount at an offset, qualified by the words between `start` and it."""
        self.at = begin = at
        if start == 0 and re.fullmatch(rf"(?:{_TO}) *", self.line[:at]):
            self._stop(at, say("values.range_order"))
        for word in compile_once(_IN_TEXT).finditer(self.line, start, at):
            self.qualifier = cast(Qualifier, word.lastgroup)
            self.marks, begin = [("qualifier", word.end())], word.start()
        for pattern in (_EACH, _MEAN):
            self.per += [each[1] for each in compile_once(pattern).finditer(self.line, start, at)]
        self.planned = bool(compile_once(_PLAN).search(self.line, start, at))
        low, high = self._read_numbers()
        self._read_after(is_range=high is not None)
        return self._make(low, high, begin)

    def _make(self, low: Decimal, high: Decimal | None, begin: int = 0) -> Quantity:
        """The amount of what was read from an offset on."""
        if high is not None and self.qualifier not in ("exact", "approx"):
            self._stop(self.at, say("values.range_with_limit"))
        part = Decimal(1) / 100 if self.unit == "ratio" else Decimal(1)
        return Quantity(
            text=self.text,
            qualifier=self.qualifier if high is None else "range",
            value=low * part if high is None else None,
            low=None if high is None else low * part,
            high=None if high is None else high * part,
            unit=self.unit,
            per=tuple(dict.fromkeys(self.per)),
            planned=self.planned,
            segments=self._segments(begin),
        )

    def _segments(self, begin: int) -> tuple[Segment, ...]:
        """The wording cut at the marks, neighbours of one role together."""
        # Blanks at the end belong to the last part.
        marks = [*self.marks[:-1], (self.marks[-1][0], self._skip())]
        starts = [begin, *(end for _, end in marks)]
        pieces = [(role, self.text[at:end]) for at, (role, end) in zip(starts, marks, strict=False)]
        return tuple(
            Segment(role, "".join(text for _, text in group))
            for role, group in groupby(pieces, key=itemgetter(0))
        )

    def _skip(self) -> int:
        return skip_spaces(self.line, self.at)

    def _take(self, pattern: str, role: Role) -> re.Match[str] | None:
        found = match_at(pattern, self.line, self._skip())
        if found:
            self._mark(role, found.end())
        return found

    def _mark(self, role: Role, end: int) -> None:
        self.marks.append((role, end))
        self.at = end

    def _stop(self, at: int, message: Text) -> NoReturn:
        stop_at(self.line, at, message)

    def _qualify(self, qualifier: Qualifier, at: int, word: str) -> None:
        if self.qualifier not in ("exact", qualifier):
            before = QUALIFIERS[self.qualifier].name
            self._stop(at, say("values.contradiction", word=word, before=before))
        self.qualifier = qualifier

    def _read_before(self) -> None:
        """Read the words before the number: per, plan, qualifier."""
        while True:
            if found := self._take(_EACH, "per") or self._take(_MEAN, "per"):
                self.per.append(found[1])
            elif found := self._take(_QUALIFIER_BEFORE, "qualifier"):
                self._qualify(_BEFORE[found[0]], found.start(), found[0])
            elif self._take(_PLAN, "planned"):
                self.planned = True
            elif not self._take(_LEAD, "qualifier"):
                return

    def _read_numbers(self) -> tuple[Decimal, Decimal | None]:
        """One number with its unit, or the two ends of a range."""
        start = self._skip()
        first, first_unit = self._read_number()
        unit_between = self.at > first.end
        if not self._take(_TO, "qualifier"):
            self.unit = first_unit
            return first.value, None
        second, self.unit = self._read_number(share=first_unit == "ratio")
        if first.has_plus or second.has_plus:
            self._stop(start, say("values.range_with_plus"))
        if first_unit and not self.unit.startswith(first_unit):
            self._stop(start, say("values.range_units"))
        low = first.value
        if not unit_between:
            if first.is_digit and second.is_round:
                self._stop(start, say("values.range_scale"))
            low = lend_scale(first, second)
        if low >= second.value:
            self._stop(start, say("values.range_order"))
        return low, second.value

    def _read_number(self, *, share: bool = False) -> tuple[Numeral, str]:
        """A number with the unit before or after it."""
        hundredths = self._take("百分之", "unit")
        sign = self._take(_SIGN, "unit")
        at = self._skip()
        numeral = read_numeral(self.line, at)
        if numeral is None:
            self._stop_without_number(at)
        self._mark_numeral(numeral)
        if hundredths:
            return numeral, "ratio"
        unit = self._read_unit()
        if sign:
            currency = _SIGNS[sign[0]]
            # 元 alone is settled by any currency before it.
            is_plain = unit == "CNY" and self.line[: self.at].endswith("元")
            if unit in ("", currency) or is_plain:
                return numeral, currency
            self._stop(at, say("values.two_units"))
        return numeral, unit or ("ratio" if share else "")

    def _stop_without_number(self, at: int) -> NoReturn:
        rest = self.line[at : at + 12]
        if rest[:1] in ("-", "−"):
            self._stop(at, say("values.negative"))
        found = say("values.other_than_number", rest=rest) if rest else say("values.no_number")
        self._stop(at, say("values.number_expected", found=found))

    def _mark_numeral(self, numeral: Numeral) -> None:
        """Mark the digits apart from the 万 or 亿 that is read with the unit."""
        digits = [token for token in numeral.tokens if token.kind == "number"]
        last_digit = digits[-1].end if digits else 0
        after_plus = False
        for token in numeral.tokens:
            if token.kind == "plus":
                self._qualify("more_than", token.start, self.line[token.start])
                self._mark("qualifier", token.end)
                after_plus = True
            elif after_plus or (digits and token.end > last_digit):
                self._mark("unit", token.end)
            else:
                self._mark("number", token.end)

    def _read_unit(self) -> str:
        """The unit after a number, or nothing."""
        if self._take("%", "unit"):
            return "ratio"
        if found := self._take(_UNIT, "unit"):
            return _UNITS[found[0]]
        if match_at("个?百分点", self.line, self._skip()):
            self._stop(self._skip(), say("values.percentage_points"))
        counter = self._take(_COUNTER, "unit")
        if not counter:
            return ""
        inside = match_at(_QUALIFIER_INSIDE, self.line, self.at)
        if inside and match_at(_NOUN_RUN, self.line, inside.end()):
            self._qualify(_AFTER[inside[0]], inside.start(), inside[0])
            self._mark("qualifier", inside.end())
        noun = match_at(_NOUN_RUN, self.line, self.at)
        if noun:
            self._mark("unit", noun.end())
        return counter[0] + (noun[0] if noun else "")

    def _read_after(self, *, is_range: bool) -> bool:
        """Read the words after the unit; False where others follow."""
        while self._skip() < len(self.line):
            if found := self._take(_QUALIFIER_AFTER, "qualifier"):
                self._qualify(_AFTER[found[0]], found.start(), found[0])
            elif found := self._take(_SLASHED, "per") or self._take(_EACH_AFTER, "per"):
                self.per.append(found[1])
            elif not (is_range and self._take("不等", "qualifier")):
                return False
        return True

    def _stop_after(self, at: int) -> NoReturn:
        rest = self.line[at : at + 12]
        message = say("values.rest", rest=rest)
        if re.match("[eExX]", rest):
            message = say("values.plain_digits", message=message)
        nearest = self.text.translate(TRADITIONAL)
        if nearest != self.text:
            with suppress(QuantityError):
                parse_quantity(nearest)
                message = say("values.nearest", message=message, nearest=nearest)
        self._stop(at, message)
