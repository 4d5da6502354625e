"""An amount as understood, its wording in both languages, and numbers in the site's notation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from casebook.messages import say
from casebook.problems import WordingError
from casebook.text import NO_TEXT, Lang, Text, has_han
from casebook.values import words
from casebook.values.numerals import PLAIN_FORMS, WAN, YI
from casebook.values.words import (
    CURRENCIES,
    ENGLISH_SCALES,
    PATTERNS,
    QUALIFIERS,
    WITHOUT_VALUE,
    Qualifier,
    settle_currency,
)

Kind = Literal["money", "share", "count"]
Role = Literal["per", "planned", "qualifier", "reading", "number", "unit"]

# The signs of several currencies that the unit of an editor may settle.
_READ_AS_OTHERS: Final = ("元", "$")
_READINGS: Final = (
    words.UNITS | words.SIGNS | {code: code for code in (*CURRENCIES, "ratio")} | {"%": "ratio"}
)
_ABOUT: Final = [word for word, name in (words.BEFORE | words.AFTER).items() if name == "approx"]


class Segment(NamedTuple):
    """A run of characters of a wording and its role."""

    role: Role
    text: str


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An amount as printed and as understood.

    `value` is in base units (元, not 万元; 0.8 for 80%) and None for a range or a rough number,
    whose bounds are `low` and `high` (None for a rough number without an upper bound). `unit` is
    the ISO code of a currency, "ratio", a counter with its noun (家艺术团体), or "" for none. `per`
    holds the printed words for what the amount is per, in their order. The segments joined are the
    wording, or the part of a longer `text` that states the amount.
    `is_read` is true if the qualifier is the editor's reading and not printed.
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
    # The English names that the vocabulary has for `per`; without any, those of common words.
    per_in_english: tuple[str, ...] = ()

    def __hash__(self) -> int:
        # Every page looks up wordings by quantity; hashing all fields took longer than that.
        return hash(self.text)

    @property
    def worded(self) -> tuple[Segment, ...]:
        """The segments, with the editor's reading of the qualifier before the number.

        The reading replaces printed words of role "qualifier" such as 达; all others stay.
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
        """True if the wording has no Chinese characters."""
        return not has_han(self.text)

    @property
    def words(self) -> str:
        """The wording as printed, with the editor's reading of the qualifier."""
        return "".join(one.text for one in self.worded)

    @property
    def tax(self) -> str:
        """The word that says whether taxes are included (含税, 不含税), or ""."""
        text = self.text.translate(PLAIN_FORMS)
        return next((word for word in words.TAXES if word in text), "")

    @property
    def kind(self) -> Kind:
        """The kind of the amount: money, a share of a whole or a count of things."""
        if self.unit in CURRENCIES:
            return "money"
        return "share" if self.unit == "ratio" else "count"

    @property
    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The value and the two bounds, independent of the wording."""
        return (self.value, self.low, self.high)

    @property
    def statement(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Qualifier]:
        """The numbers with their qualifier, independent of the wording."""
        return (*self.numbers, self.qualifier)

    @property
    def is_rough(self) -> bool:
        """True if the amount is only an order of magnitude, such as 数万元."""
        return self.qualifier == "rough"

    @property
    def is_hedged(self) -> bool:
        """True if the amount is a range or rough number with a word such as 约."""
        if self.value is not None:
            return False
        printed = "".join(each.text for each in self.segments if each.role == "qualifier")
        return any(word in printed.translate(PLAIN_FORMS).lower() for word in _ABOUT)

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the printed value, or the high end of a range.

        A rough number has the magnitude 0: it is neither drawn nor compared.
        """
        if self.is_rough:
            return Decimal(0)
        found = self.high if self.value is None else self.value
        return Decimal(0) if found is None else found


def units_agree(one: str, other: str) -> bool:
    """True if units are equal, or one is the other's counter without its noun.

    家 agrees with 家艺术团体, posts with posts were funded, clusters with geographic clusters.
    """
    short, full = sorted((one, other), key=len)
    if one == other or (short and re.search(rf"(?:\A| ){re.escape(short)}(?: |\Z)", full)):
        return True
    counter = PATTERNS["counter"].match(full, 0)
    return bool(counter and full.startswith(short) and len(short) >= counter.end())


def _may_mean(shared: str, currency: str, quantity: Quantity) -> bool:
    """True if the only unit of a wording is a sign that this currency shares with others."""
    alone = re.compile(rf"[ 百千万亿萬億a-z]*(?:{re.escape(shared)})?[ 整a-z]*")
    named = [one.text for one in quantity.segments if one.role == "unit"]
    is_alone = shared in "".join(named) and all(map(alone.fullmatch, named))
    return is_alone and {quantity.unit, currency} <= {*words.SHARED[shared]}


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount with the qualifier or unit that an editor reads into an undecided wording.

    Raises WordingError for a reading that contradicts the wording: a unit or qualifier
    other than the printed one, or `range` for a single value.
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
            raise WordingError(say(key, qualifier=qualifier, **said))
        quantity = replace(quantity, qualifier=qualifier, is_read=True)
    if unit is None:
        return quantity
    wanted = unit.translate(PLAIN_FORMS).strip(" ")
    read = settle_currency(wanted, _READINGS.get(wanted, "")) or (
        wanted if PATTERNS["counted"].fullmatch(wanted) else ""
    )
    if not read:
        raise WordingError(say("values.no_unit", unit=unit))
    if read == quantity.unit:
        return quantity
    if shared := next((word for word in _READ_AS_OTHERS if _may_mean(word, read, quantity)), ""):
        # A source of Hong Kong prints 元 for its own dollar, one of Australia $.
        signs = (CURRENCIES[read].name.zh, *CURRENCIES[read].signs)
        name = next(sign for sign in signs if sign.endswith(shared))
        segments = tuple(
            Segment("reading", one.text.replace(shared, name)) if shared in one.text else one
            for one in quantity.segments
        )
        return replace(quantity, unit=read, segments=segments)
    if quantity.unit:
        said = {"wording": quantity.text, "printed": quantity.unit}
        raise WordingError(say("values.unit_is_settled", unit=unit, **said))
    whole = 100 if read == "ratio" else 1
    value, low, high = (None if one is None else one / whole for one in quantity.numbers)
    return replace(quantity, unit=read, value=value, low=low, high=high)


# Cached: a page words an amount in its title, its text and its metadata.
@lru_cache(maxsize=4096)
def word_quantity(quantity: Quantity) -> Text:
    """The amount as printed, and its translation, which leaves out only the counted noun."""
    # A wording of signs and codes without an English word is the same in both languages.
    if quantity.is_in_english and re.search("[a-z]{2}", quantity.text):
        return Text(_in_chinese(quantity), quantity.words)
    return Text(quantity.words, in_english(quantity))


def is_translated(quantity: Quantity, lang: Lang) -> bool:
    """True if a page in this language words the amount differently from its source."""
    return word_quantity(quantity).inside(lang) != quantity.words


def _in_chinese(quantity: Quantity) -> str:
    known = words.PER_IN_CHINESE
    per = "".join(f"每{known[word]}" for word in quantity.per if word in known)
    if quantity.value is None:
        low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
        about = QUALIFIERS["approx"].name.zh if quantity.is_hedged else ""
        amount = f"{compact(low, quantity.unit, 'zh')}至{compact(high, quantity.unit, 'zh')}"
        if quantity.is_rough:
            amount = _word_several_in_chinese(low, quantity.unit)
    else:
        about = _word_qualifier(quantity).zh
        amount = compact(_round_endless(quantity), quantity.unit, "zh")
    return ("将" if quantity.planned else "") + per + about + amount


def in_english(quantity: Quantity, *, marks_plan: bool = True) -> str:
    """The amount in English words, without the noun that it counts.

    `marks_plan` is false where the sentence around the amount already says that it is planned.
    """
    if quantity.is_in_english:
        return quantity.words
    if quantity.is_rough:
        lead, low, high = "", quantity.low or Decimal(0), quantity.high
        amount = f"upwards of {_english(low, quantity.unit)}"
        if high == 5 * low and quantity.unit != "ratio":
            # Two to ten times a power of ten: 数万元 is tens of thousands of yuan.
            amount = _word_several(low, quantity.unit)
        elif high is not None:
            least = _english(low, quantity.unit, noun=False)
            amount = f"somewhere between {least} and {_english(high, quantity.unit)}"
    elif quantity.value is None:
        lead = "about " if quantity.is_hedged else ""
        low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
        amount = f"{_english(low, quantity.unit, noun=False)} to {_english(high, quantity.unit)}"
    else:
        lead = _word_qualifier(quantity).en
        lead += " " if lead else ""
        amount = _english(_round_endless(quantity), quantity.unit)
    named = quantity.per_in_english or map(name_per_in_english, quantity.per)
    per = (f"{'an' if re.match('[aeio]|hour', name) else 'a'} {name}" for name in named if name)
    plan = ("(planned)",) if quantity.planned and marks_plan else ()
    tax = f"({words.TAXES[quantity.tax]})" if quantity.tax else ""
    return " ".join(filter(None, (lead + amount, *per, tax, *plan)))


def name_per_in_english(word: str) -> str:
    """The English of a common word that amounts are per, or nothing."""
    return words.PER_IN_ENGLISH.get(words.SAME_PER.get(word, word), "")


def _word_qualifier(quantity: Quantity) -> Text:
    """The qualifier of an amount in words, empty if the amount is exact and not rounded."""
    if quantity.qualifier == "exact":
        is_rounded = _round_endless(quantity) != quantity.value
        return QUALIFIERS["approx"].name if is_rounded else NO_TEXT
    printed = [one.text.strip().lower() for one in quantity.segments if one.role == "qualifier"]
    if quantity.qualifier == "at_most" and any(word in words.STRICTLY_BELOW for word in printed):
        return Text("不到", "less than" if quantity.kind != "count" else "fewer than")
    return QUALIFIERS[quantity.qualifier].name


def _round_endless(quantity: Quantity) -> Decimal:
    """The value of an amount; a share is rounded to four decimals, as a third never ends."""
    value = quantity.value or Decimal(0)
    return round(value, 4) if quantity.unit == "ratio" else value


def _word_several_in_chinese(low: Decimal, unit: str) -> str:
    """The Chinese words for two to ten times a power of ten: 数十, 数百万."""
    large, small = divmod(low.adjusted(), 4)
    number = ("", "十", "百", "千")[small] + ("", "万", "亿", "万亿")[large]
    word = CURRENCIES[unit].name.zh if unit in CURRENCIES else unit
    return ("数" if number else "几") + number + ("" if word.isascii() else word)


def _word_several(low: Decimal, unit: str) -> str:
    """The English words for two to ten times a power of ten: tens of millions."""
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
    """The value divided by the largest scale that leaves at most four decimals, and its word."""
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
