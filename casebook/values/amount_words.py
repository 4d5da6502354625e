"""Words of amounts: units, counters, what an amount is per, and what may stand before a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from casebook.values.numerals import ENGLISH_SCALES, HAN_DIGITS
from casebook.values.words import BEFORE_IN_TEXT, CURRENCIES, QUALIFIERS, WORDS


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


def _whole_words(words: Iterable[str]) -> str:
    """One of some words, which in English are whole ones, in capitals or not."""
    return f"(?i:{_one_of(words)})(?:(?<![A-Za-z])|(?![A-Za-z]))"


UNITS: Final = {word: code for code, money in CURRENCIES.items() for word in money.units}
# A sign that several have is in general that of the first.
SIGNS: Final = {
    word: code for code, money in reversed(list(CURRENCIES.items())) for word in money.signs
}
BEFORE: Final = {word: name for name, words in QUALIFIERS.items() for word in words.before}
AFTER: Final = {word: name for name, words in QUALIFIERS.items() for word in words.after}
_ELSEWHERE: Final[Mapping[str, Any]] = WORDS["elsewhere"]
for _name in QUALIFIERS:
    _words = _ELSEWHERE.get(_name, {})
    BEFORE.update(dict.fromkeys(_words.get("before", ()), _name))
    AFTER.update(dict.fromkeys(_words.get("after", ()), _name))
SAME_PER: Final[Mapping[str, str]] = WORDS["same_per"]
PER_IN_ENGLISH: Final[Mapping[str, str]] = WORDS["per_in_english"]
PER_IN_CHINESE: Final = {en: zh for zh, en in reversed(list(PER_IN_ENGLISH.items()))}

UNIT: Final = _one_of(UNITS)
SIGN: Final = _one_of(SIGNS)
SIGN_BEFORE: Final = rf"\(?({SIGN})(?: *\)|(?: *\((?:大写|小写)\))? *:?)"
QUALIFIER_BEFORE: Final = _whole_words(BEFORE)
QUALIFIER_AFTER: Final = _whole_words(AFTER)
QUALIFIER_INSIDE: Final = _one_of(("以上", "以下", "以内", "左右", "上下"))
# 将近 is a qualifier.
PLAN_IN_ENGLISH: Final = rf"(?i:\b(?:{_ELSEWHERE['planned']})\b)"
PLAN: Final = f"(?:计划|预计|预期|有望|力争|将(?!近)|拟|{PLAN_IN_ENGLISH})"
# Any word that says less or more than the number beside it.
QUALIFIES: Final = f"{QUALIFIER_BEFORE}|{QUALIFIER_AFTER}|{PLAN}|[约近超逾余多不含未级]"
_DONE: Final = _one_of(WORDS["done"].split())
_MONEY: Final = _one_of(WORDS["money"].split())
_OF_WHOM: Final = (
    "(?:财政|政府|专项|项目|活动|服务|购买|采购|中央|[省市区县]级|预算|中标|成交|合同|总(?!计|共))"
)
TAXES: Final[Mapping[str, str]] = WORDS["taxes"]
_TO_LEVEL: Final = "(?:提高|增加|增长|上升|降低|减少|下降|调整|上调|下调|[增降升涨提调])"
LEAD: Final = (
    rf"(?:\((?:大写|小写)\)|{_OF_WHOM}|{_MONEY}|{_TO_LEVEL}[到至为]|好(?=几)|"
    rf"{_one_of((*WORDS['leads'].split(), *TAXES))}|{_DONE}|{_whole_words(_ELSEWHERE['leads'])})"
)
NUMERAL: Final = rf"[0-9{HAN_DIGITS}两十百千万亿几半]|数(?=[十百千万亿])"
# A year of school is none of an amount, nor is a decade.
COUNTER: Final = f"(?:年(?![级代度])|{_one_of(WORDS['counters'].split())})"
# 一个半小时 is one hour and a half; what 三个半天 is cannot be told.
HALF_BEHIND: Final = "个半(小时|课时|学时|钟头|月|星期|学期|工作日)?|(?:年|天|倍|周|学年)半"
# Half of a whole.
HALVES: Final = "一半|半数|(?<=[过超])半(?=\\Z|以上)"
# To double once is to become twice as much, to double twice four times.
DOUBLED: Final = "翻了?([一两二三])?番"
HALF: Final = "(?<![上下前后个])半(?=个|年|天|日|周|小时|课时|学时|学期|学年|星期)"
# 上百万 and 数以万计 are numbers without an upper end.
OPEN_ROUGH: Final = "(?<![以线网路])上(?=[百千万亿])|数以"
PARTS: Final = rf"([{HAN_DIGITS}两十百千万]{{1,3}})分之"
SHARES: Final = {
    **dict.fromkeys(("%", "percent", "per cent"), Decimal("0.01")),
    "‰": Decimal("0.001"),
    **{"成": Decimal("0.1"), "折": Decimal("0.1")},
}
# 八成五 is 85%, 三成员工 nothing.
SHARE: Final = (
    r"(%|‰|(?i:per ?cent)(?![a-z])|成(?![立为员果都本长熟功交人])|折(?![合扣算]))"
    rf"(?:(?<=成)([{HAN_DIGITS}半]))?"
)
JIAO: Final = rf"(?:([0-9{HAN_DIGITS}])角)?(?:零?([0-9{HAN_DIGITS}])分(?!之))?(?<=[角分])"
# A part of a yuan by itself.
CHANGES: Final = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分钱": Decimal("0.01")}
CHANGE: Final = "角(?![色度落])|毛(?![利巾])|分钱"
ENGLISH_FACTORS: Final = {
    **ENGLISH_SCALES,
    **{"thousand": Decimal(1000), "k": Decimal(1000)},
    **{"m": ENGLISH_SCALES["million"], "mn": ENGLISH_SCALES["million"]},
    **{"b": ENGLISH_SCALES["billion"], "bn": ENGLISH_SCALES["billion"]},
}
ENGLISH_WORD: Final = "(?i:(thousand|million|billion|trillion))(?![A-Za-z])"
# 5m alone may be five metres; behind a currency it is five million.
ENGLISH: Final = "(?i:(thousand|million|billion|trillion|mn|bn|[kmb]))(?![A-Za-z])"
_HAN: Final = r"[\u3400-\u9fff]"
_NO_NOUN: Final = "|".join(WORDS["not_in_nouns"].split())
NOUN: Final = rf"(?:第[一二三四五六七八九]|(?!{_NO_NOUN}){_HAN})"
NOUN_RUN: Final = NOUN + "{1,8}"
# 介于10万元和20万元之间
TO: Final = r"至|到|[—–―~〜‐‑-]{1,2}|to(?![A-Za-z])|[和与](?=[^和与]+之间)"
# Between 800 and 1,000.
AND: Final = "and(?![A-Za-z])"
PER_ADVERBS: Final[Mapping[str, str]] = _ELSEWHERE["per"]
PER_ADVERB: Final = _whole_words(PER_ADVERBS)
# 12 posts, 300 hours a year: a noun of English is the counter itself.
_NO_COUNTER: Final = rf"(?!(?i:an?|and|each|every|or|per|to|{'|'.join(PER_ADVERBS)})\b)"
COUNTER_IN_ENGLISH: Final = (
    rf" +{_NO_COUNTER}([A-Za-z][a-z-]+(?: {_NO_COUNTER}[a-z-]+){{0,3}})(?![A-Za-z])"
)
# a year, per post, /hour; annually; 年額
PER_IN_ENGLISH_WORDS: Final = (
    r"(?i:(?:(?:per|an?|each|every)\b|/) *([a-z]+(?: [a-z]+){0,2}?))"
    r"(?= *(?:\Z|[,./)]|(?:per|an?|each|every)\b))"
)

_ITSELF: Final = "|".join(WORDS["units_of_price"].split())
_COUNTED: Final = "|".join(WORDS["counters_of_price"].split())
_PER_WORD: Final = rf"(?:(?!{_NO_NOUN}|[为给按付补过]){_HAN})"
_BEHIND_PER: Final = rf"(?:{_DONE}|{_PER_WORD}{{0,6}}{_MONEY})*"
_NAMED: Final = (
    rf"(?:(?:{_COUNTED})(?={_PER_WORD})(?!{_MONEY}))?((?!{_ITSELF}){_PER_WORD}{{1,6}}?){_DONE}*"
)
_OF_ITSELF: Final = rf"个?({_ITSELF})(?:(?<=[场次户])(?!{_DONE}){_PER_WORD}{{1,4}}?)?{_BEHIND_PER}"
_NEXT: Final = (
    rf"(?= *(?:\Z|每|[/·•・,、(]|{NUMERAL}|{SIGN}|[百千万]分之|[年月日人户场次]均|{OPEN_ROUGH}|"
    rf"{QUALIFIER_BEFORE}|{LEAD}|{PLAN}))"
)
_AFTER_END: Final = rf"(?= *(?:\Z|[每()]|[/·•・.]|{QUALIFIER_AFTER}))"
EACH: Final = (
    rf"(?:平均)?(?:每 *|单(?=[个场次家]))(?:{_OF_ITSELF}|{_NAMED}){_NEXT}(?: *[/·•・、,](?= *每))?"
)
# 2011年投入80万元 is a year and no amount a year.
_OF_TIME: Final = "(?<![0-9〇零一二三四五六七八九十])([年月日])"
MEAN: Final = rf"([年月日人户场次床生亩村])均|{_OF_TIME}(?={_OF_WHOM}?{_MONEY}|{_DONE})"
_PER_NAME: Final = rf"(?:{_ITSELF}|{_PER_WORD}{{1,6}}?)"
EACH_AFTER: Final = rf"[每一] *个?({_PER_NAME}){_AFTER_END}"
SLASHED: Final = rf"[/·•・.] *每? *个?({_PER_NAME}){_AFTER_END}"
# Whether the number itself is part of what 以上, 以下 and 以内 say.
INCLUDED: Final = r"\((不?)含(?:本数)?\)"
# 20 元 (人民币), 100万元整, 3000元（含税）
AFTER_MONEY: Final = (
    rf"\((?:人民币|RMB|CNY|大写|小写|{_one_of(TAXES)}价?)\)|[整正]|{_one_of(TAXES)}"
)

ENGLISH_DIGITS: Final[Mapping[str, int]] = WORDS["english_digits"]
ENGLISH_DIGIT: Final = rf"\b{_whole_words(ENGLISH_DIGITS)}"
# What may begin a number inside other words, and the qualifiers that may stand before it.
NUMBER: Final = (
    f"{DOUBLED}|(?:(?:[百千万]分之|{SIGN}) ?|{OPEN_ROUGH})?(?<!第)(?:{NUMERAL}|{ENGLISH_DIGIT})"
)
IN_TEXT: Final = "|".join(
    f"(?P<{name}>{words}|(?i:\\b{_one_of(_ELSEWHERE[name]['before'])}\\b))"
    for name, words in BEFORE_IN_TEXT.items()
)
