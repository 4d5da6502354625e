"""Amounts as printed: `约8000万元` read into a value, a qualifier, a unit and its parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal, NamedTuple, NoReturn, cast

from casebook.messages import say
from casebook.text import Lang, Text, has_han
from casebook.values import words
from casebook.values.errors import QuantityError
from casebook.values.numerals import (
    WAN,
    WIDTHS,
    YI,
    Numeral,
    NumeralToken,
    lend_scale,
    number_of,
    read_numeral,
    read_rough_numeral,
    skip_spaces,
    stop_at,
    write_plainly,
)
from casebook.values.words import (
    CURRENCIES,
    ENGLISH_SCALES,
    PATTERNS,
    QUALIFIERS,
    WITHOUT_VALUE,
    Qualifier,
    own_currency,
    settle_currency,
)

Kind = Literal["money", "share", "count"]
Role = Literal["per", "planned", "qualifier", "reading", "number", "unit"]

LONGEST: Final = 80
_FIRST_YEAR: Final = 1000
_HALF: Final = Decimal("0.5")

_READINGS: Final = (
    words.UNITS | words.SIGNS | {code: code for code in (*CURRENCIES, "ratio")} | {"%": "ratio"}
)
_ABOUT: Final = [word for word, name in (words.BEFORE | words.AFTER).items() if name == "approx"]


class Segment(NamedTuple):
    """One run of a wording and the part that it plays."""

    role: Role
    text: str


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An amount as printed and as understood.

    `value` is in base units (元, not 万元; 0.8 for 80%) and None for a range, which has `low` and
    `high`, and for a rough number, of which they are the bounds (`high` may be None). `unit` is the
    ISO code of a currency, ratio, a counter with its noun (家艺术团体), or empty where the
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

    def __hash__(self) -> int:
        # Its words are looked up on every page; to hash all fields took longer than to find them.
        return hash(self.text)

    @property
    def worded(self) -> tuple[Segment, ...]:
        """The wording with the qualifier that an editor reads into it before its number.

        What a source prints stays as it is printed; words such as 达 give way to the reading.
        """
        if not self.is_read:
            return self.segments
        kept = [one for one in self.segments if one.role != "qualifier"]
        at = next(at for at, one in enumerate(kept) if one.role in ("number", "unit"))
        name = QUALIFIERS[self.qualifier].name
        reading = f"{name.en} " if self.is_in_english else name.zh
        return (*kept[:at], Segment("reading", reading), *kept[at:])

    @property
    def is_in_english(self) -> bool:
        """True of a wording that says in English what it says in words."""
        return not has_han(self.text)

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
    def is_rough(self) -> bool:
        """True of an order of magnitude, as 数万元."""
        return self.qualifier == "rough"

    @property
    def is_hedged(self) -> bool:
        """True of a range with a word such as 约."""
        if self.value is not None:
            return False
        printed = "".join(each.text for each in self.segments if each.role == "qualifier").lower()
        return any(word in printed for word in _ABOUT)

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the one that is printed, or the high end of a range.

        A rough number has none: nothing is drawn of it, and nothing compared.
        """
        if self.is_rough:
            return Decimal(0)
        found = self.high if self.value is None else self.value
        return Decimal(0) if found is None else found


def parse_quantity(text: str) -> Quantity:
    """The amount that a wording states.

    Raises QuantityError and nothing else. A number without a unit (一万左右) gives the unit "":
    whoever takes it has to ask the editor for a reading and apply it by `with_reading`.
    """
    return _parse(text, own_currency())


# An amount is read again where its quote or its history is held against it.
@lru_cache(maxsize=4096)
def _parse(text: str, _currency: str) -> Quantity:
    reading = _AmountReading(text)
    try:
        return reading.read()
    except QuantityError as error:
        if len(text) > LONGEST:
            raise
        # Most that is refused has an amount in it, and a word too many: money before things.
        found = [one for one in find_amounts(text) if one.unit]
        found = [one for one in found if one.kind == "money"] or found
        printed = ["".join(part.text for part in one.segments).strip() for one in found]
        nearest = next((one for one in printed if one != text and _is_amount(one)), "")
        number = PATTERNS["number"].search(_even_out(text))
        if found and found[0].kind == "count" and number and text.find(nearest) > number.start():
            # 6个月至1年 is not 1年.
            raise
        # What is left over may be what qualifies it: 5万元（不含）以内 is no 5万元.
        if not nearest:
            raise
        before, _, behind = text.partition(nearest)
        if PATTERNS["qualifies"].search(before + behind):
            raise
        if PATTERNS["cut_before"].search(before) or PATTERNS["cut_behind"].match(behind):
            raise
        # What it is per stands before it: 每人2-3千元补贴 is no 2-3千元.
        before = text[: error.column - 1].strip()
        if before.endswith(nearest) and _is_amount(before):
            nearest = before
        key = "values.nearest" if len(found) == 1 else "values.several"
        message = say(key, message=error.message, nearest=nearest)
        raise QuantityError(message, column=error.column, understood=error.understood) from error


def _is_amount(text: str) -> bool:
    with suppress(QuantityError):
        return bool(_AmountReading(text).read())
    return False


def find_amounts(text: str) -> tuple[Quantity, ...]:
    """The amounts inside a few words of a source, each as its own words and those before it say.

    A number without a unit is among them, a range that is cut at either end is not.
    """
    return _find(text, own_currency())


# A quote is read for each thing that has to agree.
@lru_cache(maxsize=4096)
def _find(text: str, _currency: str) -> tuple[Quantity, ...]:
    found: list[Quantity] = []
    # Each error copies what is before it, so that only a few words are read in little time.
    text = text[:LONGEST]
    line = _even_out(text)
    start = at = 0
    while number := PATTERNS["number"].search(line, at):
        reading = _AmountReading(text, line)
        try:
            # Words further away than the longest amount belong to something else.
            begin = max(start, number.start() - LONGEST)
            found.append(reading.read_inside(begin, number.start()))
            start = at = reading.at
        except QuantityError:
            # The rest of a number that cannot be read is no number of its own.
            rest = PATTERNS["rest_of_number"].match(line, number.end())
            at = rest.end() if rest else number.end()
    return tuple(found)


def units_agree(one: str, other: str) -> bool:
    """True of equal units, and of a counter that is cut within its noun: 家 of 家艺术团体."""
    short, full = sorted((one, other), key=len)
    counter = PATTERNS["counter"].match(full, 0)
    return one == other or bool(counter and full.startswith(short) and len(short) >= counter.end())


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount as an editor reads it where the wording alone is not decisive.

    Raises QuantityError for a reading that contradicts the wording: another unit than the printed
    one, or a range that is not one.
    """
    if qualifier is not None and qualifier != quantity.qualifier:
        key = ""
        if qualifier not in QUALIFIERS:
            key = "values.no_qualifier"
        elif qualifier in WITHOUT_VALUE or quantity.value is None:
            key = "values.range_is_settled"
        elif quantity.qualifier != "exact":
            key = "values.qualifier_is_settled"
        if key:
            printed, known = QUALIFIERS[quantity.qualifier].name, "、".join(QUALIFIERS)
            said = {"wording": quantity.text, "printed": printed, "known": known}
            raise QuantityError(say(key, qualifier=qualifier, **said))
        quantity = replace(quantity, qualifier=qualifier, is_read=True)
    if unit is None:
        return quantity
    wanted = unit.translate(WIDTHS).strip(" ")
    read = settle_currency(wanted, _READINGS.get(wanted, "")) or (
        wanted if PATTERNS["counter_with_noun"].fullmatch(wanted) else ""
    )
    if not read:
        raise QuantityError(say("values.no_unit", unit=unit))
    if read == quantity.unit:
        return quantity
    if quantity.unit:
        said = {"wording": quantity.text, "printed": quantity.unit}
        raise QuantityError(say("values.unit_is_settled", unit=unit, **said))
    whole = 100 if read == "ratio" else 1
    value, low, high = (None if one is None else one / whole for one in quantity.numbers)
    return replace(quantity, unit=read, value=value, low=low, high=high)


# A page says an amount in its title, in its text and to machines.
@lru_cache(maxsize=4096)
def word_quantity(quantity: Quantity) -> Text:
    """The amount as printed, and in the other language with all that it says but its noun."""
    # Signs and codes are the same in both.
    if quantity.is_in_english and re.search("[a-z]{2}", quantity.text):
        return Text(_in_chinese(quantity), quantity.words)
    return Text(quantity.words, in_english(quantity))


def is_translated(quantity: Quantity, lang: Lang) -> bool:
    """True where a page in a language words an amount otherwise than its source prints it."""
    return word_quantity(quantity).inside(lang) != quantity.words


def _in_chinese(quantity: Quantity) -> str:
    known = words.PER_IN_CHINESE
    per = "".join(f"每{known[word]}" for word in quantity.per if word in known)
    if quantity.value is None:
        low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
        about = QUALIFIERS["approx"].name.zh if quantity.is_hedged else ""
        amount = f"{compact(low, quantity.unit, 'zh')}至{compact(high, quantity.unit, 'zh')}"
    else:
        is_exact = quantity.qualifier == "exact"
        about = "" if is_exact else QUALIFIERS[quantity.qualifier].name.zh
        amount = compact(quantity.value, quantity.unit, "zh")
    return ("将" if quantity.planned else "") + per + about + amount


def in_english(quantity: Quantity) -> str:
    """The amount in English words, with all that its wording says but the noun that it counts."""
    if quantity.is_in_english:
        return quantity.words
    if quantity.is_rough:
        lead, low, high = "", quantity.low or Decimal(0), quantity.high
        amount = f"upwards of {_english(low, quantity.unit)}"
        if high == 5 * low and quantity.unit != "ratio":
            # From two to ten of something: 数万元 is tens of thousands of yuan.
            amount = _word_several(low, quantity.unit)
        elif high is not None:
            least = _english(low, quantity.unit, noun=False)
            amount = f"somewhere between {least} and {_english(high, quantity.unit)}"
    elif quantity.value is None:
        lead = "about " if quantity.is_hedged else ""
        low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
        amount = f"{_english(low, quantity.unit, noun=False)} to {_english(high, quantity.unit)}"
    else:
        exact = quantity.qualifier == "exact"
        lead = "" if exact else QUALIFIERS[quantity.qualifier].name.en + " "
        amount = _english(quantity.value, quantity.unit)
    named = (words.PER_IN_ENGLISH[word] for word in quantity.per if word in words.PER_IN_ENGLISH)
    per = ("an hour" if name == "hour" else f"a {name}" for name in named)
    plan = ("(planned)",) if quantity.planned else ()
    printed = "".join(one.text for one in quantity.segments)
    tax = next((f"({english})" for word, english in words.TAXES.items() if word in printed), "")
    return " ".join(filter(None, (lead + amount, *per, tax, *plan)))


def _word_several(low: Decimal, unit: str) -> str:
    """Several tens, hundreds or thousands in English, and so on up to 万亿."""
    large, small = divmod(low.adjusted(), 3)
    tens = ("several", "tens", "hundreds")[small]
    scale = ("", "thousands", "millions", "billions", "trillions", "quadrillions")[large]
    number = " of ".join(filter(None, ("" if scale and not small else tens, scale)))
    of = " " if number == "several" else " of "
    return f"{number}{of}{CURRENCIES[unit].name.en}" if unit in CURRENCIES else number


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
    word = "" if word.isascii() else word
    number, scale = _shorten(value, {"亿": YI, "万": WAN})
    return f"{plain(number)}{scale}{word}"


def _shorten(value: Decimal, scales: Mapping[str, Decimal]) -> tuple[Decimal, str]:
    """A number by the largest scale that leaves it few places, and the word of the scale."""
    for word, scale in scales.items():
        number = value / scale
        if abs(number) >= 1 and len(plain(number).partition(".")[2]) <= 4:
            return number, word
    return value, ""


def _english(value: Decimal, unit: str, *, noun: bool = True) -> str:
    if unit == "ratio":
        return f"{plain(value * 100)}%"
    number, scale = _shorten(value, ENGLISH_SCALES)
    amount = f"{_cut_zeros(f'{number:,f}')} {scale}".rstrip()
    if unit == "倍":
        return f"{amount} times"
    if not noun or unit not in CURRENCIES:
        return amount
    word = CURRENCIES[unit].name.en
    return f"{amount} {word.removesuffix('s') if value == 1 else word}"


def _cut_zeros(digits: str) -> str:
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in ("-0", "") else digits


class _Stated(NamedTuple):
    """One number of a wording with its unit.

    `factor` turns what is printed into the base unit: of 80% it is a hundredth, of 八成 a tenth.
    `is_closed` is true where a unit stands behind the number, so that a range lends it no scale.
    """

    numeral: Numeral
    unit: str
    factor: Decimal = Decimal(1)
    is_closed: bool = False

    @property
    def value(self) -> Decimal:
        return self.numeral.value * self.factor


class _AmountReading:
    """One pass over a wording from left to right."""

    def __init__(self, text: str, line: str = "") -> None:
        self.text = text
        self.line = line or _even_out(text)
        # Few wordings have either, without which the longest of all patterns need not be compiled.
        self._has_each = "每" in self.line or "单" in self.line
        self.at = 0
        self.marks: list[tuple[Role, int]] = []
        self.qualifier: Qualifier = "exact"
        self.per: list[str] = []
        self.planned = False
        # The word of the last currency behind a number.
        self._of = ""

    def read(self) -> Quantity:
        if len(self.text) > LONGEST:
            raise QuantityError(say("values.amount_long", longest=LONGEST), column=LONGEST + 1)
        if not self.line.strip(" "):
            raise QuantityError(say("values.amount_empty"))
        self._read_before()
        start = self._skip()
        ends = self._read_ends()
        if self._skip() < len(self.line):
            rest = self.line[self._skip() :][:12]
            is_scientific = re.match("[eE][+-]?[0-9]|[xX][0-9A-Fa-f]", rest)
            key = "values.plain_digits" if is_scientific else "values.rest"
            self._stop(self._skip(), say(key, rest=rest))
        # 超亿元 is an amount; 万元 alone is the unit of one that was lost.
        if self.qualifier == "exact" and _is_scale(ends):
            self._stop(start, say("values.scale_alone", scale=self.line[start]))
        return self._make(ends)

    def read_inside(self, start: int, at: int) -> Quantity:
        """The amount at an offset, as the words between `start` and it qualify it."""
        self.at = begin = at
        if start == 0 and PATTERNS["to_alone"].fullmatch(self.line[:at]):
            self._stop(at, say("values.range_order"))
        for word in PATTERNS["in_text"].finditer(self.line, start, at):
            self.qualifier = cast(Qualifier, word.lastgroup)
            self.marks, begin = [("qualifier", word.end())], word.start()
        for name in ("each", "mean") if self._has_each else ("mean",):
            for each in PATTERNS[name].finditer(self.line, start, at):
                self.per.append(next(filter(None, each.groups())))
        self.planned = bool(PATTERNS["plan"].search(self.line, start, at))
        return self._make(self._read_ends(), begin)

    def _make(self, ends: tuple[_Stated, ...], begin: int = 0) -> Quantity:
        """The amount of one number, or of the two ends of a range, from an offset on."""
        first, last = ends[0], ends[-1]
        low: Decimal | None = first.value
        high: Decimal | None = last.value if len(ends) > 1 else None
        qualifier: Qualifier = self.qualifier if high is None else "range"
        if any(end.numeral.below is not None for end in ends):
            # 数千万元至6亿元 ends where its last number does.
            below = last.numeral.below or last.numeral.value
            high = below * last.factor if below.is_finite() else None
            qualifier = "rough"
        is_definite = qualifier not in WITHOUT_VALUE
        if not is_definite and self.qualifier not in ("exact", "approx"):
            key = "values.range_with_limit" if qualifier == "range" else "values.rough_with_limit"
            self._stop(self.at, say(key))
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

    def _take(self, name: str, role: Role) -> re.Match[str] | None:
        found = PATTERNS[name].match(self.line, self._skip())
        if found:
            self._mark(role, found.end())
        return found

    def _mark(self, role: Role, end: int) -> None:
        self.marks.append((role, end))
        self.at = end

    def _stop(self, at: int, message: Text) -> NoReturn:
        stop_at(self.line, at, message)

    def _qualify(self, qualifier: Qualifier, at: int, word: str) -> None:
        if {self.qualifier, qualifier} == {"at_least", "more_than"}:
            # 至少两亿多元 is more than two, which is at least two as well.
            self.qualifier = qualifier = "more_than"
        if self.qualifier not in ("exact", qualifier):
            before = QUALIFIERS[self.qualifier].name
            self._stop(at, say("values.contradiction", word=word, before=before))
        self.qualifier = qualifier

    def _read_before(self) -> None:
        while True:
            # What it is per comes first: the 家 of 每家 is no lead, nor is the 月 of 月均.
            each = self._take("each", "per") if self._has_each else None
            if found := each or self._take("mean", "per"):
                self.per.append(next(filter(None, found.groups())))
            elif found := self._take("per_adverb", "per"):
                self.per.append(words.PER_ADVERBS[found[0].lower()])
            elif self._take("lead", "qualifier"):
                # Before qualifiers, so that 节约 is not taken for 约.
                continue
            elif found := self._take("before", "qualifier"):
                self._qualify(words.BEFORE[found[0].lower()], found.start(), found[0])
            elif self._take("plan", "planned"):
                self.planned = True
            else:
                return

    def _read_ends(self) -> tuple[_Stated, ...]:
        """One number or the two ends of a range, with all that is said behind them."""
        ends = self._read_numbers()
        self._read_after(ends)
        at = self._skip()
        # 300元以上500元以下 is a range by its limits.
        if len(ends) > 1 or self.qualifier != "at_least" or not self._take("to_limit", "qualifier"):
            return ends
        self.qualifier = "exact"
        self._read_before()
        low, high = ends[0], self._read_number()
        self._read_after((high,))
        if low.unit not in ("", high.unit):
            self._stop(at, say("values.range_units"))
        if low.value >= high.value:
            self._stop(at, say("values.range_order"))
        self.qualifier = "exact"
        return low, high

    def _read_numbers(self) -> tuple[_Stated, ...]:
        """One number with its unit, or the two ends of a range."""
        start = self._skip()
        first = self._read_number()
        is_between = "between" in self.line[:start].lower()
        if not self._take("and" if is_between else "to", "qualifier"):
            # 上万 says that it is reached; 上百万 may as well be several millions.
            if self.line[start] == "上" and len(first.numeral.tokens) == 1:
                self._qualify("at_least", start, "上")
                first = first._replace(numeral=first.numeral._replace(below=None))
            return (first,)
        second = self._read_number()
        if first.numeral.has_plus or second.numeral.has_plus:
            self._stop(start, say("values.range_with_plus"))
        if not second.unit:
            # ¥5000-20000, 百分之六十至八十
            second = second._replace(unit=first.unit, factor=first.factor)
        if first.unit and not second.unit.startswith(first.unit):
            self._stop(start, say("values.range_units"))
        if not first.is_closed:
            lent = lend_scale(first.numeral, second.numeral)
            first = _Stated(first.numeral._replace(value=lent), second.unit, second.factor)
        is_rough = first.numeral.below is not None or second.numeral.below is not None
        if first.value >= second.value and not is_rough:
            self._stop(start, say("values.range_order"))
        return first, second

    def _read_number(self) -> _Stated:
        """A number with the unit before or after it."""
        if half := self._take("halves", "number"):
            return _Stated(_make_numeral(_HALF, *half.span()), "ratio", is_closed=True)
        if doubled := self._take("doubled", "number"):
            times = 2 ** int(number_of(doubled[1] or "一") or 1)
            return _Stated(_make_numeral(Decimal(times), *doubled.span()), "倍", is_closed=True)
        if share := self._take("english_share", "number"):
            count = words.ENGLISH_DIGITS.get((share[1] or "").lower(), 1)
            numeral = _make_numeral(Decimal(count), *share.span())
            whole = words.ENGLISH_PARTS[(share[2] or share[3]).lower()]
            return self._read_share(numeral, Decimal(whole), share.start())
        parts = self._take("parts", "unit")
        currency = self._read_signs()
        at = self._skip()
        numeral = self._read_numeral(at)
        # 60 million: the scale follows a blank, which no Chinese scale needs.
        if english := self._take("english" if currency else "english_word", "unit"):
            scale = words.ENGLISH_FACTORS[english[1].lower()]
            numeral = numeral._replace(value=numeral.value * scale, scales=(scale,))
        if parts:
            whole_parts = number_of(parts[1]) or Decimal(1)
            return self._read_share(numeral, whole_parts, parts.start())
        unit, factor, more = self._read_unit(numeral)
        if currency:
            # 元 alone is settled by any currency before it.
            is_plain = self._of == "元"
            if unit not in ("", currency) and not is_plain:
                self._stop(at, say("values.two_units"))
            unit, is_closed = currency, bool(unit)
        else:
            is_closed = bool(unit)
        return _Stated(numeral._replace(value=numeral.value + more), unit, factor, is_closed)

    def _read_signs(self) -> str:
        """The currency before a number, which may be named twice: 人民币￥800."""
        currency = ""
        while found := self._take("sign_before", "unit"):
            read = settle_currency(found[1], words.SIGNS[found[1]])
            if currency not in ("", read):
                self._stop(found.start(), say("values.two_units"))
            currency = read
        return currency

    def _read_share(self, numeral: Numeral, whole: Decimal, at: int) -> _Stated:
        """百分之八十, three quarters; a third has no end in decimals."""
        if 10**12 % int(whole):
            percent = f"{numeral.value / whole * 100:.1f}%"
            self._stop(at, say("values.endless", percent=percent))
        return _Stated(numeral, "ratio", 1 / whole, is_closed=True)

    def _read_numeral(self, at: int) -> Numeral:
        """A numeral, a rough one among them, or a half before its counter."""
        line = self.line
        if found := PATTERNS["discount"].match(line, at):
            # 七五折 is 75%, 七八折 somewhere between 70% and 80%.
            numeral = read_rough_numeral(line, at) or read_numeral(found[1] + "点" + found[2], 0)
            assert numeral is not None
            self._mark("number", found.end())
            return numeral
        if found := PATTERNS["english_digit"].match(line, at):
            self._mark("number", found.end())
            value = Decimal(words.ENGLISH_DIGITS[found[0].lower()])
            return _make_numeral(value, at, found.end())
        if PATTERNS["half"].match(line, at):
            self._mark("number", at + 1)
            return _make_numeral(_HALF, at, at + 1)
        # Rough numbers first: a plain reading of 三四百 would refuse it.
        opening = self._take("open_rough", "qualifier")
        at = self._skip()
        numeral = read_rough_numeral(line, at) or read_numeral(line, at)
        if numeral is None:
            self._stop_without_number(at)
        self._mark_numeral(numeral)
        if opening and opening[0] == "数以" and not self._take("countless", "qualifier"):
            self._stop(self._skip(), say("values.rest", rest=line[self._skip() :][:12]))
        return numeral._replace(below=Decimal("Infinity")) if opening else numeral

    def _stop_without_number(self, at: int) -> NoReturn:
        rest = self.line[at : at + 12]
        if re.match("[-−] *[0-9]", rest):
            self._stop(at, say("values.negative"))
        found = say("values.other_than_number", rest=rest) if rest else say("values.no_number")
        self._stop(at, say("values.number_expected", found=found))

    def _mark_numeral(self, numeral: Numeral) -> None:
        """Mark the digits apart from the 万 or 亿 that is read with the unit."""
        # A page sets 8000 large and 万元 small; in 八千万 all is number.
        digits = [token for token in numeral.tokens if token.kind == "number"]
        last_digit = digits[-1].end if digits else 0
        after_plus = False
        for token in numeral.tokens:
            if token.kind == "plus":
                word = self.line[token.start]
                self._qualify("approx" if word == "来" else "more_than", token.start, word)
                self._mark("qualifier", token.end)
                after_plus = True
            elif after_plus or (digits and token.end > last_digit):
                self._mark("unit", token.end)
            else:
                self._mark("number", token.end)

    def _read_unit(self, numeral: Numeral) -> tuple[str, Decimal, Decimal]:
        """The unit after a number, its factor, and what it adds to the number: 半, 五角."""
        one, nothing = Decimal(1), Decimal(0)
        if found := self._take("share", "unit"):
            factor = words.SHARES[found[1].lower()]
            # 85折 and 8.5折 are the same discount.
            if found[1] == "折" and numeral.value >= 10:
                factor = words.SHARES["%"]
            return "ratio", factor, _tenths(found[2])
        if found := self._take("unit", "unit"):
            self._of = found[0]
            unit = settle_currency(found[0], words.UNITS[found[0]])
            jiao = self._take("jiao", "unit") if unit == "CNY" else None
            return unit, one, (_tenths(jiao[1]) + _tenths(jiao[2]) / 10 if jiao else nothing)
        if found := self._take("change", "unit"):
            return "CNY", words.CHANGES[found[0]], nothing
        if PATTERNS["points"].match(self.line, self._skip()):
            self._stop(self._skip(), say("values.percentage_points"))
        if found := self._take("half_behind", "unit"):
            if found[0] == "个半" and PATTERNS["noun"].match(self.line, self.at):
                self._stop(found.start(), say("values.half", word=self.line[found.start() :][:6]))
            # A half hour is no 个 of hours, a half month one of months.
            half_of = found[1] if found[1] != "月" else "个月"
            return (half_of or found[0].removesuffix("半")) + self._read_noun(), one, _HALF
        counter = self._take("counter", "unit")
        if not counter:
            # The blank before it is what tells 12 posts from 12km and 1e5.
            found = PATTERNS["counter_in_english"].match(self.line, self.at)
            if not found:
                return "", one, nothing
            self._mark("unit", found.end())
            return found[1], one, nothing
        # 3年 is a length of time; nothing lasts 2012 years.
        if counter[0] == "年" and numeral.value >= _FIRST_YEAR:
            self._stop(counter.start(), say("values.is_year"))
        # 3名以上专家: the qualifier stands between the counter and its noun.
        inside = PATTERNS["qualifier_inside"].match(self.line, self.at)
        if inside and PATTERNS["noun_run"].match(self.line, inside.end()):
            self._qualify(words.AFTER[inside[0]], inside.start(), inside[0])
            self._mark("qualifier", inside.end())
        return counter[0] + self._read_noun(), one, nothing

    def _read_noun(self) -> str:
        noun = PATTERNS["noun_run"].match(self.line, self.at)
        if noun is None:
            return ""
        self._mark("unit", noun.end())
        return noun[0]

    def _read_after(self, ends: tuple[_Stated, ...]) -> None:
        """Read the words after the unit, as far as they say something of the amount."""
        while self._skip() < len(self.line):
            if found := self._take("after", "qualifier"):
                self._qualify(words.AFTER[found[0].lower()], found.start(), found[0])
            elif found := self._take("per_in_english", "per"):
                self.per.append(found[1].lower())
            elif found := self._take("per_adverb", "per"):
                self.per.append(words.PER_ADVERBS[found[0].lower()])
            elif found := self._take("slashed", "per") or self._take("each_after", "per"):
                self.per.append(found[1])
            elif found := self._take("included", "qualifier"):
                # 5万元（不含）以上 begins above it.
                begins = self.qualifier == "at_least" or self.line.startswith("以上", self._skip())
                if found[1] and begins:
                    self._qualify("more_than", found.start(), found[0])
            elif self._take("after_money", "unit"):
                continue
            elif not (len(ends) > 1 and self._take("between", "qualifier")):
                if len(ends) == 1:
                    self._repeat(ends[0])
                return

    def _repeat(self, stated: _Stated) -> None:
        """Read brackets up to the end that say the same amount: 壹佰万元整（￥1000000）."""
        at = self._skip()
        if self.line[at] != "(" or not self.line.endswith(")"):
            return
        with suppress(QuantityError):
            again = parse_quantity(self.text[at + 1 : -1])
            if (again.value, again.unit) == (stated.value, stated.unit):
                self._mark("unit", len(self.line))


def _is_scale(ends: tuple[_Stated, ...]) -> bool:
    """True of 万 or 亿 without any digit."""
    numeral = ends[0].numeral
    is_lone = len(ends) == 1 and len(numeral.tokens) == 1 and numeral.below is None
    return is_lone and numeral.tokens[0].kind == "scale" and numeral.value >= WAN


def _make_numeral(value: Decimal, start: int, end: int) -> Numeral:
    token = NumeralToken(kind="number", value=value, start=start, end=end)
    return Numeral(value=value, tokens=(token,), scales=())


def _even_out(text: str) -> str:
    """A wording with its digits and signs in their plain forms, each character in its place."""
    return write_plainly(text.translate(WIDTHS))


def _tenths(digit: str | None) -> Decimal:
    """The tenths of a digit that stands behind a unit, five of 半."""
    if digit is None:
        return Decimal(0)
    return _HALF if digit == "半" else (number_of(digit) or Decimal(0)) / 10
