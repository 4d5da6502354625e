"""Words that amounts and texts share: currencies, qualifiers, and the states that are plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from casebook.text import Text

Qualifier = Literal["exact", "approx", "more_than", "at_least", "at_most", "range"]

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
    signs: tuple[str, ...] = ()
    signs_in_text: tuple[str, ...]


CURRENCIES: Final[Mapping[str, Currency]] = {
    "CNY": Currency(
        name=Text("元", "yuan"),
        units=("元人民币", "人民币", "元"),
        in_text="人民币|元人民币|元钱|块钱|元(?!旦|素|件|老|首|帅|月|宵|代|明|末)|RMB|CNY|yuan|renminbi",
        signs=("人民币", "¥"),
        signs_in_text=("人民币", "RMB", "CNY", "¥"),
    ),
    "HKD": Currency(
        name=Text("港元", "Hong Kong dollars"),
        units=("元港币", "港元", "港币"),
        in_text="港元|港币|Hong Kong dollars?|HKD",
        signs=("港币",),
        signs_in_text=("HKD", "HK$"),
    ),
    "USD": Currency(
        name=Text("美元", "US dollars"),
        units=("美元",),
        in_text="美元|美金|US dollars?|dollars?|USD",
        signs_in_text=("USD", "US$", "$"),
    ),
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
