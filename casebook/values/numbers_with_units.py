"""A number of a wording with the unit before or behind it: 8000万元, ¥800, 百分之八十, 30家."""

from __future__ import annotations

import re
from decimal import Decimal
from math import prod
from typing import Final, NamedTuple, NoReturn

from casebook.messages import say
from casebook.text import Text
from casebook.values import words
from casebook.values.numerals import (
    PLAIN_FORMS,
    YI,
    Numeral,
    NumeralToken,
    number_of,
    read_numeral,
    read_rough_numeral,
    skip_spaces,
    stop_at,
    value_of_english,
    write_plainly,
)
from casebook.values.quantity import Role
from casebook.values.words import PATTERNS, QUALIFIERS, Qualifier, settle_currency

_FIRST_YEAR: Final = 1000
_HALF: Final = Decimal("0.5")


class StatedNumber(NamedTuple):
    """One number of a wording with its unit.

    `factor` converts the printed number into the base unit: 0.01 for 80%, 0.1 for 八成.
    `is_closed` is true if a unit stands behind the number, so that a range lends it no scale.
    """

    numeral: Numeral
    unit: str
    factor: Decimal = Decimal(1)
    is_closed: bool = False

    @property
    def value(self) -> Decimal:
        """The number in base units; an endless share such as a third is rounded to six decimals."""
        value = self.numeral.value * self.factor
        return round_share(value) if self.unit == "ratio" else value


class NumberReading:
    """One pass over a wording from left to right that reads numbers with their units.

    `marks` are the parts read so far, each with its role and the offset of its end.
    """

    def __init__(self, text: str, line: str = "") -> None:
        self.text = text
        self.line = line or even_out(text)
        self.at = 0
        self.marks: list[tuple[Role, int]] = []
        self.qualifier: Qualifier = "exact"
        # The last currency word behind a number, and whether a currency stood before a number.
        self._of = ""
        self._is_signed = False
        # The unit that a heading gives in brackets.
        self.heading: re.Match[str] | None = None

    def skip(self) -> int:
        """The offset of the next character that is not a blank."""
        return skip_spaces(self.line, self.at)

    def take(self, name: str, role: Role) -> re.Match[str] | None:
        """The match of a pattern at the next character, marked as a part of this role, or None."""
        found = PATTERNS[name].match(self.line, self.skip())
        if found:
            self.mark(role, found.end())
        return found

    def mark(self, role: Role, end: int) -> None:
        """Record a part that was read and continue behind it."""
        self.marks.append((role, end))
        self.at = end

    def stop(self, at: int, message: Text) -> NoReturn:
        """Refuse the wording at an offset."""
        stop_at(self.line, at, message)

    def qualify(self, qualifier: Qualifier, at: int, word: str) -> None:
        """Set the qualifier that a word states, and refuse a contradiction of an earlier one."""
        if {self.qualifier, qualifier} == {"at_least", "more_than"}:
            # 至少两亿多元 is both at least and more than 两亿; more than is the stricter.
            self.qualifier = qualifier = "more_than"
        if self.qualifier not in ("exact", qualifier):
            before = QUALIFIERS[self.qualifier].name
            self.stop(at, say("values.contradiction", word=word, before=before))
        self.qualifier = qualifier

    def read_number(self) -> StatedNumber:
        """The number at the current offset, with the unit before or after it."""
        if half := self.take("halves", "number"):
            return StatedNumber(_make_numeral(_HALF, *half.span()), "ratio", is_closed=True)
        if doubled := self.take("doubled", "number"):
            times = 2 ** int(number_of(doubled[1] or "一") or 1)
            return StatedNumber(
                _make_numeral(Decimal(times), *doubled.span()), "倍", is_closed=True
            )
        if share := self.take("english_share", "number"):
            count = words.ENGLISH_DIGITS.get((share[1] or "").lower(), 1)
            numeral = _make_numeral(Decimal(count), *share.span())
            whole = words.ENGLISH_PARTS[(share[2] or share[3]).lower()]
            return self._read_share(numeral, Decimal(whole))
        if stated := self._read_part_of_some():
            return stated
        parts = self.take("parts", "unit")
        currency = self._read_signs()
        self._is_signed = self._is_signed or bool(currency)
        at = self.skip()
        numeral = self._read_numeral(at)
        # 60 million: an English scale follows a blank, which a Chinese scale does not need.
        if english := self.take("english" if self._is_signed else "english_word", "unit"):
            scale = _multiply_scales(english[1])
            numeral = numeral._replace(value=numeral.value * scale, scales=(scale,))
        if found := self.take("behind_number", "qualifier"):
            said = words.AFTER.get(found[0].lower(), "more_than")
            self.qualify(said, found.start(), found[0])
        if parts:
            return self._read_share(numeral, number_of(parts[1]) or Decimal(1))
        unit, factor, more = self._read_unit(numeral, bool(currency))
        if unit == "倍" and PATTERNS["grown"].search(self.line[:at]):
            unit = "ratio"
        if currency:
            # A currency before the number decides which currency 元 means.
            is_plain = self._of == "元"
            if unit not in ("", currency) and not is_plain:
                self.stop(at, say("values.two_units"))
            unit, is_closed = currency, bool(unit)
        else:
            is_closed = bool(unit)
        numeral = numeral._replace(value=numeral.value + more)
        return StatedNumber(numeral, unit, factor, is_closed=is_closed)

    def _read_part_of_some(self) -> StatedNumber | None:
        """The share in one in five, 3 out of 10 or 1/4, or None; 24/7 is not a share."""
        found = PATTERNS["in_english"].match(self.line, self.skip())
        count, whole = (
            (Decimal(words.ENGLISH_DIGITS.get(word.lower(), word)) for word in found.groups())
            if found
            else (Decimal(0), Decimal(0))
        )
        if not found or not 0 < count < whole:
            return None
        self.mark("number", found.end())
        return self._read_share(_make_numeral(count, *found.span()), whole)

    def _read_signs(self) -> str:
        """The currency before a number, or ""; a currency may be named twice: 人民币￥800."""
        currency = ""
        while found := self.take("sign_before", "unit"):
            read = settle_currency(found[1], words.SIGNS[found[1]])
            if currency not in ("", read):
                self.stop(found.start(), say("values.two_units"))
            currency = read
        return currency

    def _read_share(self, numeral: Numeral, whole: Decimal) -> StatedNumber:
        """A numeral as parts of a whole: 百分之八十, three quarters."""
        return StatedNumber(numeral, "ratio", 1 / whole, is_closed=True)

    def _read_numeral(self, at: int) -> Numeral:
        """The numeral at an offset: exact, rough, in English, or a half before its counter."""
        line = self.line
        if found := PATTERNS["discount"].match(line, at):
            # 七五折 is 75%; 七八折 lies between 70% and 80%.
            numeral = read_rough_numeral(line, at) or read_numeral(found[1] + "点" + found[2], 0)
            assert numeral is not None
            self.mark("number", found.end())
            return numeral
        if numeral := _read_english(line, at):
            self.mark("number", numeral.end)
            return numeral
        if found := PATTERNS["half"].match(line, at):
            self.mark("number", found.end())
            return _make_numeral(_HALF * (YI if found[1] else 1), *found.span())
        # Rough numerals come first, because `read_numeral` would refuse 三四百.
        opening = self.take("open_rough", "qualifier")
        at = self.skip()
        numeral = read_rough_numeral(line, at) or read_numeral(line, at)
        if numeral is None:
            self._stop_without_number(at)
        self._mark_numeral(numeral)
        if opening and opening[0] == "数以" and not self.take("countless", "qualifier"):
            self.stop(self.skip(), say("values.rest", rest=line[self.skip() :][:12]))
        return numeral._replace(below=Decimal("Infinity")) if opening else numeral

    def _stop_without_number(self, at: int) -> NoReturn:
        rest = self.line[at : at + 12]
        if re.match("[-−] *[0-9]", rest):
            self.stop(at, say("values.negative"))
        if PATTERNS["free"].match(rest):
            self.stop(at, say("values.free", word=rest))
        found = say("values.other_than_number", rest=rest) if rest else say("values.no_number")
        self.stop(at, say("values.number_expected", found=found))

    def _mark_numeral(self, numeral: Numeral) -> None:
        """Mark the digits as number, and a 万 or 亿 behind them as part of the unit."""
        # A page sets 8000 large and 万元 small; 八千万 is number as a whole.
        digits = [token for token in numeral.tokens if token.kind == "number"]
        last_digit = digits[-1].end if digits else 0
        after_plus = False
        for token in numeral.tokens:
            if token.kind == "plus":
                word = self.line[token.start]
                self.qualify("approx" if word == "来" else "more_than", token.start, word)
                self.mark("qualifier", token.end)
                after_plus = True
            elif after_plus or (digits and token.end > last_digit):
                self.mark("unit", token.end)
            else:
                self.mark("number", token.end)

    def _read_unit(self, numeral: Numeral, is_money: bool) -> tuple[str, Decimal, Decimal]:
        """The unit after a number, its factor, and the addend of words such as 半 or 五角."""
        one, nothing = Decimal(1), Decimal(0)
        if found := self.take("share", "unit"):
            factor = words.SHARES[found[1].lower()]
            # 85折 and 8.5折 are the same discount.
            if found[1] == "折" and numeral.value >= 10:
                factor = words.SHARES["%"]
            return "ratio", factor, _tenths(found[2])
        if found := self.take("in_brackets", "unit") or self.heading:
            scale = number_of(found[1]) if found[1] else one
            return settle_currency(found[2], words.UNITS[found[2]]), scale or one, nothing
        if found := self.take("unit", "unit"):
            self._of = found[0]
            unit = settle_currency(found[0], words.UNITS[found[0]])
            jiao = self.take("jiao", "unit") if unit == "CNY" else None
            return unit, one, (_tenths(jiao[1]) + _tenths(jiao[2]) / 10 if jiao else nothing)
        if found := self.take("change", "unit"):
            return "CNY", words.CHANGES[found[0]], nothing
        if PATTERNS["points"].match(self.line, self.skip()):
            self.stop(self.skip(), say("values.percentage_points"))
        if found := self.take("half_behind", "unit"):
            if found[0] == "个半" and PATTERNS["noun"].match(self.line, self.at):
                self.stop(found.start(), say("values.half", word=self.line[found.start() :][:6]))
            # 一个半小时 is counted in 小时, but 一个半月 in 个月.
            half_of = found[1] if found[1] != "月" else "个月"
            return (half_of or found[0].removesuffix("半")) + self._read_noun(), one, _HALF
        counter = self.take("counter", "unit")
        if not counter:
            # Only a blank distinguishes 12 posts from 12km and 1e5. Money has no counter:
            # $36 million over four years.
            found = PATTERNS["counter_in_english"].match(self.line, self.at)
            if is_money or not found:
                return "", one, nothing
            self.mark("unit", found.end())
            return found[1], one, nothing
        # 3年 is a length of time, but 2012年 is a year.
        if counter[0] == "年" and numeral.value >= _FIRST_YEAR:
            self.stop(counter.start(), say("values.is_year"))
        # 3名以上专家: the qualifier stands between the counter and its noun.
        inside = PATTERNS["qualifier_inside"].match(self.line, self.at)
        if inside and PATTERNS["noun_run"].match(self.line, inside.end()):
            self.qualify(words.AFTER[inside[0]], inside.start(), inside[0])
            self.mark("qualifier", inside.end())
        # 人（次） is the counter 人次.
        return re.sub("[()]", "", counter[0]) + self._read_noun(), one, nothing

    def _read_noun(self) -> str:
        noun = PATTERNS["noun_run"].match(self.line, self.at)
        if noun is None:
            return ""
        self.mark("unit", noun.end())
        return noun[0]


def _read_english(line: str, at: int) -> Numeral | None:
    """The numeral in English words that begins at an offset, or None."""
    if found := PATTERNS["english_rough"].match(line, at):
        word = (found["plural"] or "").lower()
        first = Decimal(words.WORDS["english_several"].get(word) or _multiply_scales(word or "one"))
        first *= _multiply_scales(found["several"] or found["more"] or "one")
        return _make_numeral(2 * first, *found.span())._replace(below=10 * first, scales=(first,))
    found = PATTERNS["english_number"].match(line, at)
    value, scale = value_of_english(found[0]) if found else (None, Decimal(1))
    if found is None or value is None:
        return None
    return _make_numeral(value, *found.span())._replace(scales=(scale,) if scale > 1 else ())


def _multiply_scales(scales: str) -> Decimal:
    """The factor of hundred thousand, m or bn; 1 without a scale."""
    found = (Decimal(words.ENGLISH_FACTORS.get(word, 1)) for word in scales.lower().split())
    return prod(found, start=Decimal(1))


def _make_numeral(value: Decimal, start: int, end: int) -> Numeral:
    token = NumeralToken(kind="number", value=value, start=start, end=end)
    return Numeral(value=value, tokens=(token,), scales=())


def even_out(text: str) -> str:
    """The wording with plain digits and signs, every character at its old offset."""
    return write_plainly(text.translate(PLAIN_FORMS))


def round_share(share: Decimal) -> Decimal:
    """A share as worded, or rounded to six decimals if it has twelve or more."""
    return share if -int(share.as_tuple().exponent) < 12 else round(share, 6)


def _tenths(digit: str | None) -> Decimal:
    """A digit behind a unit as tenths: 0.5 for 半 and for 五, 0 for None."""
    if digit is None:
        return Decimal(0)
    return _HALF if digit == "半" else (number_of(digit) or Decimal(0)) / 10
