"""Numerals: digits in ASCII, full width and Chinese, with the scales 十 百 千 万 亿.

Amounts and texts read their numbers here. The caller first turns capital and traditional characters
into plain ones.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import prod
from typing import Final, Literal, NamedTuple, NoReturn, cast

from casebook.messages import say
from casebook.patterns import Patterns
from casebook.problems import WordingError
from casebook.text import Text
from casebook.values.words import ENGLISH_DIGITS, ENGLISH_FACTORS, HAN_DIGITS, WORDS

LONGEST_NUMERAL: Final = 80

HAN_SCALES: Final = "十百千万亿"
WAN: Final = Decimal(10) ** 4
YI: Final = Decimal(10) ** 8

# Each table maps one character to one, so that columns remain those of the wording.
FULL_WIDTH: Final = {0xFF01 + n: chr(0x21 + n) for n in range(94)}
TRADITIONAL: Final = str.maketrans(dict(WORDS["traditional"].split()))
PLAIN_FORMS: Final = (
    FULL_WIDTH
    | TRADITIONAL
    | {ord("￥"): "¥", **dict.fromkeys(map(ord, "\u3000\u00a0\u2009\u202f"), " ")}
)
CAPITALS: Final = str.maketrans("壹贰叁肆伍陆柒捌玖參拾佰仟圆", "一二三四五六七八九三十百千元")
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES: Final = dict(
    zip(HAN_SCALES, (Decimal(10), Decimal(100), Decimal(1000), WAN, YI), strict=True)
)
_CEILING: Final = Decimal(10) ** 18
# 余 and 多 mean more than the number before them, 来 means about that number.
PLUS: Final = "余多来"
_MOST_PLACES: Final = 4
_FEN: Final = 2
_BLANK: Final = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")
_PATTERNS: Final = Patterns(WORDS["numeral_patterns"], han=HAN_DIGITS, scales=HAN_SCALES)


class NumeralToken(NamedTuple):
    """A part of a numeral: an ASCII number, a Chinese digit, a scale, or one of 余, 多 and 来."""

    kind: Literal["number", "digit", "scale", "plus"]
    value: Decimal
    start: int
    end: int


class Numeral(NamedTuple):
    """A numeral of a wording.

    `scales` are those that it can lend to the first number of a range, the largest first: 千万
    and 万 of 6千万, 万 of 五万, 千 of 3千, none of 5. `below` is None for a definite number; a
    rough number stays below it (几十) or may reach it (三四十), and its `value` is its lower bound.
    """

    value: Decimal
    tokens: tuple[NumeralToken, ...]
    scales: tuple[Decimal, ...]
    below: Decimal | None = None

    @property
    def end(self) -> int:
        """The offset behind the last token."""
        return self.tokens[-1].end

    @property
    def has_plus(self) -> bool:
        """True if the numeral contains 余, 多 or 来."""
        return any(token.kind == "plus" for token in self.tokens)


def fold_text(text: str) -> str:
    """The text with narrow characters and without white space."""
    return _BLANK.sub("", text.translate(FULL_WIDTH))


def skip_spaces(line: str, at: int) -> int:
    """The offset of the next character that is not a space."""
    while line[at : at + 1] == " ":
        at += 1
    return at


def stop_at(line: str, at: int, message: Text) -> NoReturn:
    """Refuse a wording at an offset, and quote the text that was understood before it."""
    understood = line[:at].strip()
    if understood:
        message = say("values.understood", message=message, understood=understood)
    raise WordingError(message, column=at + 1, understood=understood)


def number_of(text: str) -> Decimal | None:
    """The value of a bare number in any notation, or None for another text.

    8000万, 八千万, 80,000,000 and ８０００万 all give the same value.
    """
    if len(text) > LONGEST_NUMERAL:
        return None
    line = text.translate(PLAIN_FORMS).strip(" ")
    try:
        numeral = read_numeral(line, 0)
    except WordingError:
        return None
    if numeral is None or numeral.end != len(line) or numeral.has_plus:
        return None
    return numeral.value


def scales_at_end(numeral: str) -> tuple[Decimal, ...]:
    """The scales that a numeral lends to the first number of its range, the largest first."""
    number = numeral.rstrip(" 百千万亿")
    large = _multiply(numeral[len(numeral.rstrip(" 万亿")) :])
    # 六千五百万 lends only its 万: 百万 is the scale of 五 but not of 六千五.
    is_one = number and not any(char in HAN_SCALES for char in number)
    whole = _multiply(numeral[len(number) :]) if is_one else large
    return tuple(scale for scale in dict.fromkeys((whole, large)) if scale != 1)


def value_of_english(words: str) -> tuple[Decimal | None, Decimal]:
    """The value of English number words, None for words such as two three, and their scale."""
    total = section = Decimal(0)
    scale = last = Decimal(1)
    small = True
    # One and a half million, half a million
    words = re.sub("(?:and a )?half(?: an?)?", "half", words.lower())
    for word in re.split("[ -]", words):
        if word in ("and", "a", "an", "half"):
            section += {"and": Decimal(0), "half": Decimal("0.5")}.get(word, Decimal(1))
        elif word in ENGLISH_DIGITS:
            digit = Decimal(ENGLISH_DIGITS[word])
            if section % 100 and not (section % 100 >= 20 and section % 10 == 0 and digit < 10):
                return None, scale
            section, small = section + digit, True
        else:
            factor = Decimal(ENGLISH_FACTORS[word])
            if word in ("hundred", "dozen"):
                section = (section or Decimal(1)) * factor
            else:
                total, section = total + (section or Decimal(1)) * factor, Decimal(0)
            last = scale = factor if small else last * factor
            small = False
    return total + section, scale


def lend_scale(first: Numeral, second: Numeral) -> Decimal:
    """The value of the first number of a range with the scale that the second lends to it.

    3—5万元 is from 30,000 and 5-6千万元 from 50,000,000; 800至1万元 is not from 8,000,000.
    """
    lent = second.scales
    head, *tail = second.tokens
    tens = head.kind == "digit" and [token.kind for token in tail] in (["scale"], ["scale"] * 2)
    if tens and tail[0].value == 10 and head.value == first.value + 1 > 2:
        # 三到四十家 begins at thirty; 三到八十 and 一到二十 may begin at three and one.
        lent = (second.value / head.value,)
    if first.scales:
        # 3千—5千万元: the first number has its own scale and lacks only 万.
        lent = lent[-1:] if lent and first.scales[0] < WAN <= lent[-1] else ()
    fitting = (first.value * scale for scale in lent if first.value * scale < second.value)
    return next(fitting, first.value)


def _multiply(scales: str) -> Decimal:
    return prod((_SCALES[char] for char in scales if char != " "), start=Decimal(1))


def read_numeral(line: str, at: int) -> Numeral | None:
    """The numeral that begins at an offset, or None.

    Raises WordingError.
    """
    tokens = _find_tokens(line, at)
    return _evaluate(line, tokens) if tokens else None


def _find_tokens(line: str, at: int) -> list[NumeralToken]:
    """The longest run of parts of a numeral from an offset on."""
    tokens: list[NumeralToken] = []
    while at < len(line):
        char = line[at]
        end = at + 1
        if found := _PATTERNS["ascii"].match(line, at):
            end = found.end()
            token = NumeralToken(kind="number", value=_read_ascii(line, found), start=at, end=end)
            gap = skip_spaces(line, end)
            # 8000 万元 is one number; 3 5 is two.
            if line[gap : gap + 1] in _SCALES:
                end = gap
        elif char in _DIGITS:
            token = NumeralToken(kind="digit", value=Decimal(_DIGITS[char]), start=at, end=end)
        elif char in _SCALES and not _PATTERNS["of_unit"].match(line, at):
            token = NumeralToken(kind="scale", value=_SCALES[char], start=at, end=end)
        elif char in PLUS and tokens:
            token = NumeralToken(kind="plus", value=Decimal(0), start=at, end=end)
        elif tokens and _PATTERNS["of_yi"].match(line, at):
            at = end
            continue
        elif (
            tokens
            and tokens[-1].kind != "number"
            and (found := _PATTERNS["fraction"].match(line, at))
        ):
            places = "".join(str(_DIGITS[digit]) for digit in found[1])
            value = _evaluate(line, tokens).value + Decimal(f"0.{places}")
            start, end = tokens[0].start, found.end()
            token = NumeralToken(kind="number", value=value, start=start, end=end)
            tokens = []
        else:
            break
        tokens.append(token)
        at = end
    return tokens


def _read_ascii(line: str, found: re.Match[str]) -> Decimal:
    """The value of ASCII digits, refusing odd separators, a leading zero or too many."""
    whole, fraction = found[1], found[2] or ""
    digits = re.sub("[, ]", "", whole)
    if not _PATTERNS["grouped"].fullmatch(whole):
        stop_at(line, found.start(), say("values.separators", number=found[0]))
    if len(digits) > 1 and digits[0] == "0":
        stop_at(line, found.start(), say("values.leading_zero", number=found[0]))
    if len(digits) > 15 or len(fraction) > 12:
        stop_at(line, found.start(), say("values.digits"))
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _evaluate(line: str, tokens: list[NumeralToken]) -> Numeral:
    if len(tokens) > 1 and all(token.kind == "digit" for token in tokens):
        # Chinese digits written one by one, as in 二〇一二.
        digits = "".join(str(token.value) for token in tokens)
        if "0" not in digits and len(digits) < 3:
            stop_at(line, tokens[0].start, say("values.two_digits"))
        if digits[0] == "0" or len(digits) > 15:
            stop_at(line, tokens[0].start, say("values.begins_with_zero"))
        value = Decimal(digits)
    else:
        value = _Evaluation(line, tokens).evaluate()
    # Notices print amounts such as 107.883135万元, which is exact to the fen.
    places = max((-_exponent(token.value) for token in tokens), default=0)
    if places > _MOST_PLACES and -_exponent(value) > _FEN:
        stop_at(line, tokens[0].start, say("values.digits"))
    scales = scales_at_end(line[tokens[0].start : tokens[-1].end])
    return Numeral(value=value, tokens=tuple(tokens), scales=scales)


def _exponent(value: Decimal) -> int:
    return cast(int, value.normalize().as_tuple().exponent)


def write_plainly(line: str) -> str:
    """The line with capital numerals as plain ones, every character at its old offset."""
    return _PATTERNS["capital_run"].sub(lambda found: found[0].translate(CAPITALS), line)


def read_rough_numeral(line: str, at: int) -> Numeral | None:
    """The rough numeral (数万, 十几, 三四百) that begins at an offset, or None.

    几 and 数 mean more than one and fewer than ten, as the dictionary says, but 十几 may be eleven.
    """
    run = _PATTERNS["run"].match(line, at)
    found = run and _PATTERNS["rough"].search(line, at, run.end())
    if not run or not found or (found.start() > at and line[found.start() - 1] in HAN_DIGITS):
        return None
    before, word, behind = line[at : found.start()], found[0], line[found.end() : run.end()]
    is_several = len(word) == 1
    least = "一" if before else "二"
    ends = (least, "九") if is_several else (word[0], word[-1])
    # 30几万 is 三十几万 with its tens in digits.
    low, high = (
        number_of(before[:-1] + str(_DIGITS[end]) + behind)
        if before[-1:] == "0"
        else number_of(before + end + behind)
        for end in ends
    )
    if low is None or high is None or low >= high:
        return None
    if is_several:
        # The bound of 几 is one unit above 九: 几十 stays below 100.
        high += (high - low) / (_DIGITS["九"] - _DIGITS[least])
    token = NumeralToken(kind="number", value=low, start=at, end=run.end())
    scales = scales_at_end(ends[-1] + behind)
    return Numeral(value=low, tokens=(token,), scales=scales, below=high)


class _Evaluation:
    """The evaluation of a numeral, whose parts have to become smaller from left to right.

    `parts` are the values read so far with their scales; `pending` is a number still without one.
    """

    def __init__(self, line: str, tokens: list[NumeralToken]) -> None:
        self.line = line
        self.tokens = tokens
        self.parts: list[tuple[Decimal, Decimal]] = []
        self.previous: NumeralToken | None = None
        self.pending: NumeralToken | None = None
        self.before_pending: NumeralToken | None = None
        self.after_zero = self.after_plus = False

    def evaluate(self) -> Decimal:
        for token in self.tokens:
            if token.kind == "plus":
                if self.after_plus or self.after_zero:
                    self.refuse(token)
                self.after_plus = True
            elif token.kind == "scale":
                self.add_scale(token)
            else:
                self.add_number(token)
            self.previous = token
        total = sum((value for value, _ in self.parts), start=Decimal(0))
        if self.pending:
            self.refuse_last_digit(self.pending)
            total += self.pending.value
        elif self.after_zero:
            self.refuse(self.tokens[-1])
        if total >= _CEILING:
            stop_at(self.line, self.tokens[0].start, say("values.too_large"))
        return total

    def refuse_last_digit(self, last: NumeralToken) -> None:
        """Refuse 一万五 and 一百二万: spoken 一万五 is 15,000, digit by digit it is 10,005."""
        before = self.before_pending
        single = last.kind == "digit" or last.value < 10
        if before and before.kind == "scale" and before.value > 10 and single:
            stop_at(self.line, last.start, say("values.last_digit"))

    def refuse(self, token: NumeralToken) -> NoReturn:
        word = self.line[token.start : token.end]
        stop_at(self.line, token.start, say("values.numeral", word=word))

    def add_number(self, token: NumeralToken) -> None:
        # No number may follow a decimal with its scale: 1.5万2 is a typing error.
        if self.pending or self.after_plus or (self.previous and self.tokens[0].value % 1):
            self.refuse(token)
        if token.kind == "digit" and token.value == 0 and len(self.tokens) > 1:
            if self.previous is None or self.after_zero:
                self.refuse(token)
            self.after_zero = True
            return
        if token.kind == "number":
            if self.parts and token.value >= self.parts[-1][1]:
                self.refuse(token)
            self.after_zero = False
        self.pending, self.before_pending = token, self.previous

    def add_scale(self, token: NumeralToken) -> None:
        scale, group = token.value, Decimal(0)
        if self.pending:
            group = self.pending.value
            if scale >= WAN:
                self.refuse_last_digit(self.pending)
        elif self.previous is None:
            # 亿 alone is one 亿.
            group = Decimal(1)
        is_said = self.pending is not None or self.previous is None
        # 万 and 亿 multiply all smaller parts before them: 一千二百万.
        while scale >= WAN and self.parts and self.parts[-1][1] < scale:
            group += self.parts.pop()[0]
            is_said = is_said or group > 0
        falls = not self.parts or max(group, Decimal(1)) * scale < self.parts[-1][1]
        if not (is_said and falls) or (self.after_plus and scale < WAN):
            self.refuse(token)
        self.parts.append((group * scale, scale))
        self.pending, self.after_zero = None, False
