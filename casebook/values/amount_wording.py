"""Amounts in the words of both languages, and numbers in the notation of the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from casebook.text import NO_TEXT, Lang, Text
from casebook.values import words
from casebook.values.numerals import WAN, YI
from casebook.values.quantity import Quantity
from casebook.values.words import CURRENCIES, ENGLISH_SCALES, QUALIFIERS


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
    named = (words.PER_IN_ENGLISH[word] for word in quantity.per if word in words.PER_IN_ENGLISH)
    per = ("an hour" if name == "hour" else f"a {name}" for name in named)
    plan = ("(planned)",) if quantity.planned and marks_plan else ()
    tax = f"({words.TAXES[quantity.tax]})" if quantity.tax else ""
    return " ".join(filter(None, (lead + amount, *per, tax, *plan)))


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
