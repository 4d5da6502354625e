"""Amounts as printed: `约8000万元` read into a value, a qualifier, a unit and its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final, Literal, NoReturn

from casebook.text import Lang

Qualifier = Literal["exact", "approx", "more_than", "at_least", "at_most", "range"]
Kind = Literal["money", "share", "count"]
Role = Literal["per", "planned", "qualifier", "number", "unit"]

LONGEST: Final = 80

QUALIFIER_WORDS: Final[dict[Qualifier, dict[Lang, str]]] = {
    "exact": {"zh": "精确", "en": "exact"},
    "approx": {"zh": "约", "en": "about"},
    "more_than": {"zh": "超过", "en": "more than"},
    "at_least": {"zh": "至少", "en": "at least"},
    "at_most": {"zh": "至多", "en": "up to"},
    "range": {"zh": "区间", "en": "range"},
}

CURRENCIES: Final[dict[str, tuple[str, str]]] = {
    "CNY": ("元", "yuan"),
    "HKD": ("港元", "Hong Kong dollars"),
    "USD": ("美元", "US dollars"),
}

_MONEY: Final[dict[str, str]] = {
    "元人民币": "CNY",
    "元港币": "HKD",
    "人民币": "CNY",
    "港元": "HKD",
    "港币": "HKD",
    "美元": "USD",
    "元": "CNY",
    "¥": "CNY",
}
_READINGS: Final = _MONEY | {
    "CNY": "CNY",
    "HKD": "HKD",
    "USD": "USD",
    "%": "ratio",
    "ratio": "ratio",
}

_BEFORE: Final[dict[str, Qualifier]] = {
    **dict.fromkeys(("超过", "超出", "突破", "多于", "高于", "逾", "超", "过"), "more_than"),
    **dict.fromkeys(("不少于", "不低于", "至少", "最少", "最低"), "at_least"),
    **dict.fromkeys(
        (
            *("不超过", "不高于", "不多于", "至多", "最高", "最多", "上限为", "上限"),
            *("不到", "不足", "少于", "低于"),
        ),
        "at_most",
    ),
    # 将近 stands here so that its 将 is not taken for a plan.
    **dict.fromkeys(("大约", "大概", "约为", "接近", "将近", "约", "近"), "approx"),
}
_AFTER: Final[dict[str, Qualifier]] = {
    **dict.fromkeys(("有余", "余", "多"), "more_than"),
    **dict.fromkeys(("及以上", "以上", "起"), "at_least"),
    **dict.fromkeys(
        ("及以下", "以下", "以内", "之内", "的上限", "为上限", "上限", "封顶"), "at_most"
    ),
    **dict.fromkeys(("左右", "上下", "前后"), "approx"),
}
_INSIDE: Final = ("以上", "以下", "以内", "左右", "上下")
_LEADS: Final = (
    *("达到", "已达", "也达", "高达", "多达", "共计", "总计", "合计", "达", "共", "已", "仅"),
    *("出资", "投入", "支付", "安排", "补贴", "补助", "赔付", "奖励", "发放", "拨付"),
)
_PLANS: Final = ("计划", "预计", "将", "拟")

_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL: Final = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
_WAN: Final = Decimal(10) ** 4
_YI: Final = Decimal(10) ** 8
_SCALES: Final = {**_SMALL, "万": _WAN, "亿": _YI}
_ENGLISH_SCALES: Final = (
    (Decimal(10) ** 12, "trillion"),
    (Decimal(10) ** 9, "billion"),
    (Decimal(10) ** 6, "million"),
)
_CEILING: Final = Decimal(10) ** 18
_PLUS: Final = "余多"


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


# One character becomes one character, so that columns stay those of the wording.
_WIDTHS: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {
    ord("￥"): "¥",
    **dict.fromkeys(map(ord, "\u3000\u00a0\u2009\u202f"), " "),
}
_NEAREST: Final = str.maketrans("萬億圓圆", "万亿元元")

_SPACE: Final = r" *"
_ASCII: Final = r"([0-9]+(?:,[0-9]+)*)(?:\.([0-9]+))?"
_GROUPED: Final = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_FRACTION: Final = r"点([零〇一二三四五六七八九]{1,4})"
_HAN: Final = r"[\u3400-\u9fff]"
_NUMERAL: Final = r"[0-9零〇一二两三四五六七八九十百千万亿]"
_COUNTERS: Final = (
    *("小时", "课时", "人次", "场次", "平方米", "公里", "大类", "大项", "小类"),
    *"项家场个人名处类种户岗次条份件所间座套台支批期站室点天岁位部辆张篇门届轮组队村档",
)
# A noun and a word to divide by hold nothing that could be a second number, a currency or a
# qualifier: a qualifier that is swallowed by a noun is a qualifier lost.
_NO_NOUN: Final = (
    "以上|以下|以内|之内|左右|上下|前后|上限|为上限|封顶|有余|人民币|百分点|至少|至多|"
    "[零〇一二两三四五六七八九十百千万亿萬億元圆圓每不约逾超余多近最达将起和及与或的至到]"
)
_NOUN: Final = rf"(?:第[一二三四五六七八九]|(?!{_NO_NOUN}){_HAN})"
_COUNTER: Final = _one_of(_COUNTERS)
_NOUN_RUN: Final = _NOUN + "{1,8}"
_COUNTED: Final = _one_of(_COUNTERS) + _NOUN + "{0,8}"
_UNIT_WORD: Final = _one_of(word for word in _MONEY if word != "¥")
_PREFIX_UNIT: Final = "人民币|港币|¥"
_LEAD: Final = _one_of(_LEADS)
_PLAN: Final = _one_of(_PLANS)
_QUALIFIER_BEFORE: Final = _one_of(_BEFORE)
_QUALIFIER_AFTER: Final = _one_of(_AFTER)
_QUALIFIER_INSIDE: Final = _one_of(_INSIDE)
_PERCENT: Final = "百分之"
_PERCENT_SIGN: Final = "%"
_POINTS: Final = "个?百分点"
_VARYING: Final = "不等"
_TO: Final = r"至|到|[—–―~〜‐‑-]{1,2}"
_AVERAGE: Final = "([年月日人户场次])均"
_PER_WORD: Final = rf"(?:(?!{_NO_NOUN}|[为给按付补过]){_HAN})"
# A unit of time is a whole word: 每年工作经费 is no unit to divide by.
_PER_NAME: Final = rf"(?:年度?|月|日|天|周|季度?|(?![年月天周季]|日(?!间)){_PER_WORD}{{1,6}}?)"
_NEXT: Final = (
    rf"(?= *(?:\Z|每|[/·•・]|{_NUMERAL}|¥|人民币|港币|百分之|[年月日人户场次]均|"
    rf"{_one_of((*_BEFORE, *_LEADS, *_PLANS))}))"
)
_EACH: Final = rf"每 *(?:[个名位家户所项场](?!次)(?={_PER_WORD})(?!{_NEXT}))?({_PER_NAME}){_NEXT}"
_AFTER_END: Final = rf"(?= *(?:\Z|每|[/·•・]|{_one_of(_AFTER)}))"
_EACH_AFTER: Final = (
    rf"每 *(?:[个名位家户所项场](?!次)(?={_PER_WORD})(?!{_AFTER_END}))?"
    rf"({_PER_NAME}){_AFTER_END}"
)
_SLASHED: Final = rf"[/·•・] *每?({_PER_NAME}){_AFTER_END}"


class QuantityError(ValueError):
    """A wording that is not an amount, with the place and what was understood before it.

    `column` counts from one and points at the first character that is not understood.
    """

    def __init__(self, zh: str, en: str, column: int = 1, understood: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.column = column
        self.understood = understood


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
    segments joined are the wording.
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

    @property
    def kind(self) -> Kind:
        """Whether it is an amount of money, a share of a whole, or a number of things."""
        if self.unit in CURRENCIES:
            return "money"
        return "share" if self.unit == "ratio" else "count"

    @property
    def magnitude(self) -> Decimal:
        """The value to draw: the one that is printed, or the high end of a range."""
        found = self.high if self.value is None else self.value
        return Decimal(0) if found is None else found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A part of a numeral: an ASCII number, a Chinese digit, a scale, or 余 and 多."""

    kind: Literal["number", "digit", "scale", "plus"]
    value: Decimal
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "digit")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numeral:
    """A numeral of the wording.

    `shared` is the 万, 亿 or 万亿 at its end, which a range may lend to its first number.
    """

    value: Decimal
    tokens: tuple[_Token, ...]
    shared: Decimal
    small: bool

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def has_plus(self) -> bool:
        return any(token.kind == "plus" for token in self.tokens)


def parse_quantity(text: str) -> Quantity:
    """The amount that a wording states.

    Raises QuantityError and nothing else. A number without a unit (一万左右) gives the unit "":
    whoever takes it has to ask the editor for a reading and apply it by `with_reading`.
    """
    return _AmountReading(text).read()


def with_reading(
    quantity: Quantity, qualifier: Qualifier | None = None, unit: str | None = None
) -> Quantity:
    """The amount as an editor reads it where the wording alone is not decisive.

    Raises QuantityError for a reading that contradicts the wording: another unit than the printed
    one, or a range that is not one.
    """
    if qualifier is not None and qualifier != quantity.qualifier:
        if qualifier not in QUALIFIER_WORDS:
            known = "、".join(QUALIFIER_WORDS)
            _refuse(
                f"限定词“{qualifier}”不存在；可写 {known}",
                f"there is no qualifier '{qualifier}'; write one of {known}",
            )
        if "range" in (qualifier, quantity.qualifier):
            _refuse(
                f"“{quantity.text}”是区间与否由原文决定，不能改读为 {qualifier}",
                f"whether '{quantity.text}' is a range is settled by its wording: "
                f"it cannot be read as {qualifier}",
            )
        quantity = replace(quantity, qualifier=qualifier)
    if unit is None:
        return quantity
    wanted = unit.translate(_WIDTHS).strip(" ")
    read = _READINGS.get(wanted) or (wanted if re.fullmatch(_COUNTED, wanted) else "")
    if not read:
        _refuse(
            f"单位“{unit}”看不懂；可写 元、港元、美元、% 或量词（项、家、人……）",
            f"the unit '{unit}' is not understood; write 元, 港元, 美元, % or a counter",
        )
    if quantity.unit and read != quantity.unit:
        _refuse(
            f"原文“{quantity.text}”的单位已是 {quantity.unit}，不能改读为 {unit}",
            f"the wording '{quantity.text}' has the unit {quantity.unit}: "
            f"it cannot be read as {unit}",
        )
    if read == quantity.unit:
        return quantity
    part = Decimal(1) / 100 if read == "ratio" else Decimal(1)
    value, low, high = (
        None if number is None else number * part
        for number in (quantity.value, quantity.low, quantity.high)
    )
    return replace(quantity, unit=read, value=value, low=low, high=high)


def number_of(text: str) -> Decimal | None:
    """The value of a bare number in any notation, or None where it is not one.

    8000万, 八千万, 80,000,000 and ８０００万 all give the same value.
    """
    if len(text) > LONGEST:
        return None
    line = text.translate(_WIDTHS).strip(" ")
    try:
        numeral = _read_numeral(line, 0)
    except QuantityError:
        return None
    if numeral is None or numeral.end != len(line) or numeral.has_plus:
        return None
    return numeral.value


# A page says an amount in its title, in its text and to machines.
@lru_cache(maxsize=4096)
def in_english(quantity: Quantity, per: tuple[str, ...] = ()) -> str:
    """The amount in English words; a number of things without its noun.

    `per` are English words, each of which is added as `per post`.
    """
    if quantity.value is None:
        hedged = any(
            word in segment.text
            for segment in quantity.segments
            if segment.role == "qualifier"
            for word, qualifier in (_BEFORE | _AFTER).items()
            if qualifier == "approx"
        )
        lead = "about " if hedged else ""
        low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
        amount = f"{_english(low, quantity.unit, noun=False)} to {_english(high, quantity.unit)}"
    else:
        exact = quantity.qualifier == "exact"
        lead = "" if exact else QUALIFIER_WORDS[quantity.qualifier]["en"] + " "
        amount = _english(quantity.value, quantity.unit)
    return " ".join((lead + amount, *(f"per {word}" for word in per)))


def plain(value: Decimal) -> str:
    """The value in plain digits, without an exponent and without trailing zeros."""
    digits = format(value, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


def compact(value: Decimal, unit: str, lang: Lang) -> str:
    """A computed value in the notation of the site: 4277万元, 42.77 million yuan.

    Nothing is rounded here: a value with too many places for 万 or 亿 is given in full.
    """
    if lang == "en":
        return _english(value, unit)
    if unit == "ratio":
        return f"{plain(value * 100)}%"
    word = CURRENCIES[unit][0] if unit in CURRENCIES else unit
    for scale, name in ((_YI, "亿"), (_WAN, "万")):
        if abs(value) >= scale and _places(value / scale) <= 4:
            return f"{plain(value / scale)}{name}{word}"
    return f"{plain(value)}{word}"


def _english(value: Decimal, unit: str, *, noun: bool = True) -> str:
    """A number in English, with its currency or per cent sign."""
    if unit == "ratio":
        return f"{plain(value * 100)}%"
    number = f"{value:,f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    for scale, name in _ENGLISH_SCALES:
        if abs(value) >= scale and _places(value / scale) <= 4:
            number = f"{value / scale:,f}"
            number = number.rstrip("0").rstrip(".") if "." in number else number
            number = f"{number} {name}"
            break
    if unit == "倍":
        return f"{number} times"
    if not noun or unit not in CURRENCIES:
        return number
    word = CURRENCIES[unit][1]
    return f"{number} {word.removesuffix('s') if value == 1 else word}"


def _places(value: Decimal) -> int:
    """The number of decimal places that a value needs."""
    return len(plain(value).partition(".")[2])


def _refuse(zh: str, en: str, column: int = 1, understood: str = "") -> NoReturn:
    raise QuantityError(zh, en, column, understood)


def _stop(line: str, at: int, zh: str, en: str) -> NoReturn:
    """Refuse a wording at an offset, showing what stands before it."""
    understood = line[:at].strip()
    so_far_zh = f"；已读懂“{understood}”" if understood else ""
    so_far_en = f" (understood: '{understood}')" if understood else ""
    raise QuantityError(zh + so_far_zh, en + so_far_en, at + 1, understood)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # The cache of `re` looks at the flags each time, which takes longer than most matches.
    return re.compile(pattern)


def _match(pattern: str, line: str, at: int) -> re.Match[str] | None:
    """The match of a pattern at an offset.

    The patterns are compiled when they are first used: together they cost 30 ms, which a build
    with nothing to read must not pay.
    """
    return _compile(pattern).match(line, at)


class _AmountReading:
    """One pass over a wording from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = text.translate(_WIDTHS)
        self.at = 0
        self.marks: list[tuple[Role, int]] = []
        self.qualifier: Qualifier = "exact"
        self.per: list[str] = []
        self.planned = False
        self.unit = ""

    def read(self) -> Quantity:
        """The whole wording as an amount."""
        if len(self.text) > LONGEST:
            _refuse(
                f"金额超过 {LONGEST} 个字，请只写数额的原文",
                f"the amount is longer than {LONGEST} characters: write only the wording of it",
                LONGEST + 1,
            )
        if not self.line.strip(" "):
            _refuse(
                "金额是空的，请照原文写，如 约8000万元", "the amount is empty: write 约8000万元"
            )
        self._read_before()
        low, high = self._read_numbers()
        self._read_after(is_range=high is not None)
        if high is not None and self.qualifier not in ("exact", "approx"):
            self._stop_at(
                self.at,
                "区间不能再带“超过”“以上”一类的限定词",
                "a range cannot have a limit such as 超过 or 以上 as well",
            )
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
            segments=self._segments(),
        )

    def _segments(self) -> tuple[Segment, ...]:
        """The wording cut at the marks, neighbours of one role together."""
        parts: list[tuple[Role, int, int]] = []
        start = 0
        for role, end in self.marks:
            if parts and parts[-1][0] == role:
                parts[-1] = (role, parts[-1][1], end)
            elif end > start:
                parts.append((role, start, end))
            start = end
        role, start, _ = parts[-1]
        parts[-1] = (role, start, len(self.text))
        return tuple(Segment(role, self.text[start:end]) for role, start, end in parts)

    def _skip(self) -> int:
        """The offset of the next character that is not a space."""
        found = _match(_SPACE, self.line, self.at)
        return found.end() if found else self.at

    def _take(self, pattern: str, role: Role) -> re.Match[str] | None:
        found = _match(pattern, self.line, self._skip())
        if found:
            self._mark(role, found.end())
        return found

    def _mark(self, role: Role, end: int) -> None:
        self.marks.append((role, end))
        self.at = end

    def _stop_at(self, at: int, zh: str, en: str) -> NoReturn:
        _stop(self.line, at, zh, en)

    def _qualify(self, qualifier: Qualifier, at: int, word: str) -> None:
        if self.qualifier not in ("exact", qualifier):
            self._stop_at(
                at,
                f"“{word}”与前面的“{QUALIFIER_WORDS[self.qualifier]['zh']}”相矛盾",
                f"'{word}' contradicts the '{QUALIFIER_WORDS[self.qualifier]['en']}' before it",
            )
        self.qualifier = qualifier

    def _read_before(self) -> None:
        """What stands before the number: per, plan, qualifier, currency."""
        while True:
            if found := self._take(_EACH, "per") or self._take(_AVERAGE, "per"):
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
        second, second_unit = self._read_number(share=first_unit == "ratio")
        if first.has_plus or second.has_plus:
            self._stop_at(
                start, "区间的两端不能带“余”“多”", "the ends of a range cannot have 余 or 多"
            )
        if first_unit and not second_unit.startswith(first_unit):
            self._stop_at(
                start, "区间两端的单位不同", "the two ends of the range have different units"
            )
        self.unit = second_unit
        low = first.value
        if not unit_between and first.shared == 1:
            if first.tokens[-1].kind == "digit" and len(first.tokens) == 1 and second.small:
                self._stop_at(
                    start,
                    "区间的前一个数缺“百”“千”，有两种读法，请写全",
                    "the first number of the range lacks its 百 or 千 and can be read in two ways",
                )
            # 3—5万元 is from 30,000; 800至1万元 is not from 8,000,000.
            if low * second.shared < second.value:
                low *= second.shared
        if low >= second.value:
            self._stop_at(
                start,
                "区间的前一个数应小于后一个数",
                "the first number of a range has to be smaller than the second",
            )
        return low, second.value

    def _read_number(self, *, share: bool = False) -> tuple[_Numeral, str]:
        """A number with the unit before or after it."""
        hundredths = self._take(_PERCENT, "unit")
        prefix = self._take(_PREFIX_UNIT, "unit")
        at = self._skip()
        numeral = _read_numeral(self.line, at)
        if numeral is None:
            self._stop_without_number(at)
        self._mark_numeral(numeral)
        if hundredths:
            return numeral, "ratio"
        unit = self._read_unit()
        if prefix:
            currency = _MONEY[prefix[0]]
            if unit in ("", currency) or (unit == "CNY" and self._ends_in_plain_yuan()):
                return numeral, currency
            self._stop_at(at, "前后两个单位不一致", "the units before and after do not agree")
        if share and not unit:
            return numeral, "ratio"
        return numeral, unit

    def _ends_in_plain_yuan(self) -> bool:
        """Whether the unit just read is 元 alone, which any currency before it settles."""
        return self.line[: self.at].endswith("元")

    def _stop_without_number(self, at: int) -> NoReturn:
        rest = self.line[at : at + 12]
        if rest[:1] in ("-", "−"):
            self._stop_at(at, "不接受负数", "negative numbers are not accepted")
        zh = f"这里应是数字，却是“{rest}”" if rest else "缺少数字"
        en = f"a number is expected here, found '{rest}'" if rest else "there is no number"
        self._stop_at(at, f"{zh}；写法如 约8000万元、130余项", f"{en}; write 约8000万元 or 130余项")

    def _mark_numeral(self, numeral: _Numeral) -> None:
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
        if self._take(_PERCENT_SIGN, "unit"):
            return "ratio"
        if found := self._take(_UNIT_WORD, "unit"):
            return _MONEY[found[0]]
        if _match(_POINTS, self.line, self._skip()):
            self._stop_at(
                self._skip(),
                "不接受百分点：它是两个比例之差",
                "percentage points are not accepted: they are a difference of two shares",
            )
        counter = self._take(_COUNTER, "unit")
        if not counter:
            return ""
        inside = _match(_QUALIFIER_INSIDE, self.line, self.at)
        if inside and _match(_NOUN_RUN, self.line, inside.end()):
            self._qualify(_AFTER[inside[0]], inside.start(), inside[0])
            self._mark("qualifier", inside.end())
        noun = _match(_NOUN_RUN, self.line, self.at)
        if noun:
            self._mark("unit", noun.end())
        return counter[0] + (noun[0] if noun else "")

    def _read_after(self, *, is_range: bool) -> None:
        """What stands after the unit, up to the end of the wording."""
        while self._skip() < len(self.line):
            if found := self._take(_QUALIFIER_AFTER, "qualifier"):
                self._qualify(_AFTER[found[0]], found.start(), found[0])
            elif found := self._take(_SLASHED, "per") or self._take(_EACH_AFTER, "per"):
                self.per.append(found[1])
            elif not (is_range and self._take(_VARYING, "qualifier")):
                self._stop_after(self._skip())

    def _stop_after(self, at: int) -> NoReturn:
        rest = self.line[at : at + 12]
        zh, en = f"从“{rest}”起看不懂", f"not understood from '{rest}' on"
        if re.match("[eExX]", rest):
            zh, en = (
                zh + "；不接受科学记数法和十六进制",
                en + "; write the number out in plain digits",
            )
        nearest = self.text.translate(_NEAREST)
        if nearest != self.text and _is_understood(nearest):
            zh, en = f"{zh}；可写作“{nearest}”", f"{en}; write '{nearest}'"
        self._stop_at(at, zh, en)


def _is_understood(text: str) -> bool:
    try:
        parse_quantity(text)
    except QuantityError:
        return False
    return True


def _lex_numeral(line: str, at: int) -> list[_Token]:
    """The longest run of parts of a numeral from an offset on."""
    tokens: list[_Token] = []
    while at < len(line):
        char = line[at]
        if found := _match(_ASCII, line, at):
            tokens.append(
                _Token(kind="number", value=_ascii_value(line, found), start=at, end=found.end())
            )
            at = found.end()
            gap = _match(_SPACE, line, at)
            # 8000 万元 is one number; 3 5 is two.
            if gap and line[gap.end() : gap.end() + 1] in (*_SCALES,):
                at = gap.end()
            continue
        if char in _DIGITS:
            tokens.append(_Token(kind="digit", value=Decimal(_DIGITS[char]), start=at, end=at + 1))
        elif char in _SCALES:
            tokens.append(_Token(kind="scale", value=_SCALES[char], start=at, end=at + 1))
        elif char in _PLUS and tokens:
            tokens.append(_Token(kind="plus", value=Decimal(0), start=at, end=at + 1))
        elif tokens and tokens[-1].kind != "number" and (found := _match(_FRACTION, line, at)):
            whole = _evaluate(line, tokens)
            digits = "".join(str(_DIGITS[digit]) for digit in found[1])
            value = whole.value + Decimal(f"0.{digits}")
            tokens = [_Token(kind="number", value=value, start=tokens[0].start, end=found.end())]
            at = found.end()
            continue
        else:
            break
        at += 1
    return tokens


def _ascii_value(line: str, found: re.Match[str]) -> Decimal:
    """The value of ASCII digits whose form has been checked."""
    whole, fraction = found[1], found[2] or ""
    at = found.start()
    if not re.fullmatch(_GROUPED, whole):
        _stop(
            line,
            at,
            f"“{found[0]}”的千分位逗号位置不对；应每三位一个，如 1,000,000",
            f"the separators of '{found[0]}' are misplaced; write 1,000,000",
        )
    digits = whole.replace(",", "")
    if len(digits) > 1 and digits[0] == "0":
        _stop(
            line,
            at,
            f"“{found[0]}”不应以 0 开头",
            f"'{found[0]}' must not begin with a zero",
        )
    if len(digits) > 15 or len(fraction) > 4:
        _stop(
            line,
            at,
            "数字太长：整数最多 15 位，小数最多 4 位",
            "the number is too long: at most 15 digits before the point and 4 after it",
        )
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _read_numeral(line: str, at: int) -> _Numeral | None:
    """The numeral that begins at an offset, or None where there is none."""
    tokens = _lex_numeral(line, at)
    return _evaluate(line, tokens) if tokens else None


def _evaluate(line: str, tokens: list[_Token]) -> _Numeral:
    """The value of a numeral, whose scales have to fall from left to right."""
    if len(tokens) > 1 and all(token.kind == "digit" for token in tokens):
        return _evaluate_positions(line, tokens)
    yi = wan = section = Decimal(0)
    pending: _Token | None = None
    last_small: Decimal | None = None
    seen_wan = after_zero = after_plus = False
    previous: _Token | None = None

    def refuse(token: _Token) -> NoReturn:
        _stop(
            line,
            token.start,
            f"数字从“{line[token.start : token.end]}”起看不懂",
            f"the number is not understood from '{line[token.start : token.end]}' on",
        )

    for token in tokens:
        if token.kind == "plus":
            if after_plus or after_zero:
                refuse(token)
            after_plus = True
        elif token.is_number:
            fractional = pending is not None or (previous is not None and after_plus)
            if fractional or (previous and _has_fraction(tokens[0])):
                refuse(token)
            if token.kind == "digit" and token.value == 0 and len(tokens) > 1:
                if previous is None or after_zero:
                    refuse(token)
                after_zero = True
            else:
                if token.kind == "number" and previous and token.value >= (last_small or _YI):
                    refuse(token)
                pending, after_zero = token, after_zero and token.kind == "digit"
        elif token.value in (_WAN, _YI):
            if pending:
                section += pending.value
            # 亿万 and 万万 say no number; 亿 alone says one of it.
            if previous is None:
                section = Decimal(1)
            if token.value == _WAN:
                if seen_wan or (section == 0 and pending is None) or (yi and section >= _WAN):
                    refuse(token)
                wan, seen_wan = section * _WAN, True
            else:
                if yi or (wan + section == 0 and pending is None):
                    refuse(token)
                yi, wan, seen_wan = (wan + section) * _YI, Decimal(0), False
            section, pending, last_small, after_zero = Decimal(0), None, None, False
        else:
            if after_plus or (last_small is not None and token.value >= last_small):
                refuse(token)
            if pending is None and previous is not None:
                refuse(token)
            section += (pending.value if pending else Decimal(1)) * token.value
            last_small, pending, after_zero = token.value, None, False
        previous = token
    last = tokens[-1]
    if pending:
        before = tokens[tokens.index(pending) - 1] if pending is not tokens[0] else None
        # 一万五 is 15,000 in speech and 10,005 by its digits: neither is taken.
        single = pending.kind == "digit" or pending.value < 10
        if before and before.kind == "scale" and before.value > 10 and single:
            _stop(
                line,
                pending.start,
                "数字的末位有两种读法，请写全，如 一万五千 或 一万零五",
                "the last digit can be read in two ways: write 一万五千 or 一万零五",
            )
        section += pending.value
    elif after_zero:
        refuse(last)
    total = yi + wan + section
    if (yi and wan + section >= _YI) or (seen_wan and section >= _WAN):
        refuse(last)
    if total >= _CEILING:
        _stop(line, tokens[0].start, "数字太大", "the number is too large")
    return _Numeral(
        value=total,
        tokens=tuple(tokens),
        shared=_shared_scale(tokens),
        small=_ends_in_small(tokens),
    )


def _evaluate_positions(line: str, tokens: list[_Token]) -> _Numeral:
    """The value of Chinese digits that stand for themselves, as 二〇一二."""
    digits = "".join(plain(token.value) for token in tokens)
    if "0" not in digits and len(digits) < 3:
        _stop(
            line,
            tokens[0].start,
            "相邻两个数字是概数，不是一个确定的数",
            "two digits side by side are a rough number (three or four), not a definite one",
        )
    if digits[0] == "0" or len(digits) > 15:
        _stop(line, tokens[0].start, "数字不应以零开头", "a number must not begin with a zero")
    return _Numeral(value=Decimal(digits), tokens=tuple(tokens), shared=Decimal(1), small=False)


def _has_fraction(token: _Token) -> bool:
    return token.kind == "number" and token.value != token.value.to_integral_value()


def _shared_scale(tokens: list[_Token]) -> Decimal:
    """The product of the 万 and 亿 at the end of a numeral."""
    scale = Decimal(1)
    for token in reversed(tokens):
        if token.kind != "scale" or token.value not in (_WAN, _YI):
            break
        scale *= token.value
    return scale


def _ends_in_small(tokens: list[_Token]) -> bool:
    """Whether a numeral is one digit and 百 or 千, as 五百."""
    return len(tokens) == 2 and tokens[0].is_number and tokens[1].value in (100, 1000)
