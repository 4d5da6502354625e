"""Words that amounts and texts share: currencies, qualifiers, and the states that are plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from casebook.text import Text

Qualifier = Literal["exact", "approx", "more_than", "at_least", "at_most", "range", "rough"]

# The qualifiers of what has no one value: it is in no formula.
WITHOUT_VALUE: Final = ("range", "rough")
# The states of what has not happened yet.
PLANNED_STATUSES: Final = ("planned", "target")


@dataclass(frozen=True, kw_only=True)
class Currency:
    """A currency, and how it is written.

    `units` follow the number of an amount and `signs` stand before it; `in_text` is a pattern of
    what a text may write behind a number besides, `signs_in_text` what it may write before one.
    """

    name: Text
    units: tuple[str, ...]
    in_text: str
    signs: tuple[str, ...]
    signs_in_text: tuple[str, ...]


def _currency(code: str, name: Text, others: str = "", *signs: str, in_text: str = "") -> Currency:
    """The currency of an ISO code; `others` are its further Chinese names, by blanks."""
    chinese = (name.zh, *others.split())
    english = name.en.removesuffix("s")
    pattern = "|".join((*chinese, f"{english}s?", code))
    return Currency(
        name=name,
        units=(*chinese, f"{english}s", english, code),
        in_text=in_text or pattern,
        signs=(*chinese, code, *signs),
        signs_in_text=(code, *signs),
    )


# By ISO code. 元 alone is the yuan, a dollar alone that of the United States.
CURRENCIES: Final[Mapping[str, Currency]] = {
    "CNY": Currency(
        name=Text("元", "yuan"),
        units=(
            *("元人民币", "人民币", "元", "元钱", "块钱", "块"),
            *("yuan", "renminbi", "RMB", "CNY"),
        ),
        in_text="人民币|元人民币|元钱|块钱|元(?!旦|素|件|老|首|帅|月|宵|代|明|末)|RMB|CNY|yuan|renminbi",
        signs=("人民币", "¥", "RMB", "CNY"),
        signs_in_text=("人民币", "RMB", "CNY", "¥"),
    ),
    "HKD": _currency("HKD", Text("港元", "Hong Kong dollars"), "元港币 港币 港纸", "HK$"),
    "USD": _currency(
        "USD",
        Text("美元", "US dollars"),
        "美金",
        *("US$", "$"),
        in_text="美元|美金|US dollars?|dollars?|USD",
    ),
    "EUR": _currency("EUR", Text("欧元", "euros"), "", "€"),
    "GBP": _currency("GBP", Text("英镑", "pounds sterling"), "", "£"),
    "JPY": _currency("JPY", Text("日元", "yen"), "日圆 日币"),
    "TWD": _currency("TWD", Text("新台币", "New Taiwan dollars"), "元新台币 台币 元台币", "NT$"),
    "MOP": _currency("MOP", Text("澳门元", "Macau patacas"), "澳门币 葡币", "MOP$"),
    "KRW": _currency("KRW", Text("韩元", "Korean won"), "韩圆 韩币"),
    "SGD": _currency("SGD", Text("新加坡元", "Singapore dollars"), "新加坡币 坡币 新元", "S$"),
    "AUD": _currency("AUD", Text("澳元", "Australian dollars"), "澳大利亚元 澳币", "A$"),
    "CAD": _currency("CAD", Text("加元", "Canadian dollars"), "加拿大元 加币", "C$"),
    "NZD": _currency("NZD", Text("新西兰元", "New Zealand dollars"), "纽元 新西兰币", "NZ$"),
    "CHF": _currency("CHF", Text("瑞士法郎", "Swiss francs"), "瑞郎"),
    "SEK": _currency("SEK", Text("瑞典克朗", "Swedish kronor")),
    "NOK": _currency("NOK", Text("挪威克朗", "Norwegian kroner")),
    "DKK": _currency("DKK", Text("丹麦克朗", "Danish kroner")),
    "RUB": _currency("RUB", Text("卢布", "Russian roubles"), "俄罗斯卢布", "₽"),
    "INR": _currency("INR", Text("印度卢比", "Indian rupees"), "", "₹"),
    "THB": _currency("THB", Text("泰铢", "Thai baht"), "", "฿"),
    "MYR": _currency("MYR", Text("林吉特", "Malaysian ringgit"), "马币 令吉"),
    "VND": _currency("VND", Text("越南盾", "Vietnamese dong"), "", "₫"),
    "IDR": _currency("IDR", Text("印尼盾", "Indonesian rupiah"), "印尼卢比 印度尼西亚盾"),
    "PHP": _currency("PHP", Text("菲律宾比索", "Philippine pesos"), "", "₱"),
    "MXN": _currency("MXN", Text("墨西哥比索", "Mexican pesos")),
    "BRL": _currency("BRL", Text("雷亚尔", "Brazilian reais"), "巴西雷亚尔", "R$"),
    "ZAR": _currency("ZAR", Text("兰特", "South African rand"), "南非兰特"),
    "UAH": _currency("UAH", Text("格里夫纳", "Ukrainian hryvnias"), "", "₴"),
    "COP": _currency("COP", Text("哥伦比亚比索", "Colombian pesos")),
    "NGN": _currency("NGN", Text("奈拉", "Nigerian naira"), "尼日利亚奈拉", "₦"),
}


@dataclass(frozen=True, kw_only=True)
class QualifierWords:
    """The name of a qualifier, and the words that state it before a number and after it.

    `before` and `after` are those of amounts and of Chinese texts, the patterns `before_in_text`
    and `after_in_text` those of texts alone. What else texts say is in `checks/words.yaml`.
    """

    name: Text
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before_in_text: tuple[str, ...] = ()
    after_in_text: tuple[str, ...] = ()


QUALIFIERS: Final[Mapping[Qualifier, QualifierWords]] = {
    "exact": QualifierWords(name=Text("精确", "exact")),
    "approx": QualifierWords(
        name=Text("约", "about"),
        # 将近 is here so that its 将 is not taken for a plan.
        before=("大约", "大概", "约为", "接近", "将近", "约", "近"),
        after=("左右", "上下", "前后"),
        before_in_text=("大致", "(?<!合)计约"),
    ),
    "more_than": QualifierWords(
        name=Text("超过", "more than"),
        before=("超过", "超出", "突破", "多于", "高于", "逾", "超", "过"),
        after=("有余", "余", "多"),
        before_in_text=("(?<!不)大于",),
    ),
    "at_least": QualifierWords(
        name=Text("至少", "at least"),
        before=("不少于", "不低于", "至少", "最少", "最低"),
        after=("及以上", "以上", "起"),
        before_in_text=("不下于?", "起码"),
    ),
    "at_most": QualifierWords(
        name=Text("至多", "up to"),
        before=(
            *("不超过", "不高于", "不多于", "至多", "最高", "最多", "上限为", "上限"),
            *("不到", "不足", "少于", "低于"),
        ),
        after=("及以下", "以下", "以内", "之内", "的上限", "为上限", "上限", "封顶"),
        before_in_text=("不大于", "封顶", "不满", "小于"),
        after_in_text=("的为上限",),
    ),
    "range": QualifierWords(name=Text("区间", "range")),
    # 数万元, 上百万元: an order of magnitude, from which no value may be drawn or computed.
    "rough": QualifierWords(name=Text("概数", "rough number")),
}
# 上限为 and 约为 are read in a text with what may stand between a word and its number. 多 stands
# inside its number there (300多项); after the unit it compares: 比4277万元多.
_NOT_IN_TEXT: Final = ("上限为", "约为", "多")
# What a word may not touch in a text, before and behind it: 附近 is not 近, 通过 is not 过.
_LOOK_ALIKES: Final[Mapping[str, tuple[str, str]]] = {
    "近": ("最附将接新远亲", "年来日期些"),
    "超过": ("不没未", ""),
    "多于": ("不远略稍", ""),
    "高于": ("不远略稍", ""),
    "超": ("不远略微", "过出"),
    "过": ("通经超不越渡度错跨冲没", ""),
    "突破": ("未", ""),
    "低于": ("不未没略稍远", ""),
    "少于": ("不未没略稍远", ""),
    "最低": ("", "工生"),
    "以上": ("", "级所述"),
    "起": ("", "步草初诉点码因源来到跳"),
    "余": ("", "额下地"),
}


def _guard(word: str) -> str:
    before, after = _LOOK_ALIKES.get(word, ("", ""))
    return (f"(?<![{before}])" if before else "") + word + (f"(?![{after}])" if after else "")


def _in_text(words: tuple[str, ...], patterns: tuple[str, ...]) -> str:
    return "|".join((*patterns, *(_guard(word) for word in words if word not in _NOT_IN_TEXT)))


_STATED: Final = {name: words for name, words in QUALIFIERS.items() if words.before}
# The patterns of the Chinese words beside a number in a text, by the qualifier that they state.
BEFORE_IN_TEXT: Final[Mapping[Qualifier, str]] = {
    name: _in_text(each.before, each.before_in_text) for name, each in _STATED.items()
}
AFTER_IN_TEXT: Final[Mapping[Qualifier, str]] = {
    name: _in_text(each.after, each.after_in_text) for name, each in _STATED.items()
}
