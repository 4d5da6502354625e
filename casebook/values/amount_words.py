"""Words of amounts: units, counters, what an amount is per, and what may stand before a number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from casebook.values.numerals import ENGLISH_SCALES, HAN_DIGITS
from casebook.values.words import BEFORE_IN_TEXT, CURRENCIES, QUALIFIERS


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


UNITS: Final = {word: code for code, money in CURRENCIES.items() for word in money.units}
SIGNS: Final = {word: code for code, money in CURRENCIES.items() for word in money.signs}
BEFORE: Final = {word: name for name, words in QUALIFIERS.items() for word in words.before}
AFTER: Final = {word: name for name, words in QUALIFIERS.items() for word in words.after}

UNIT: Final = _one_of(UNITS)
SIGN: Final = _one_of(SIGNS)
SIGN_BEFORE: Final = rf"\(?({SIGN})(?: *\)|(?: *\((?:大写|小写)\))? *:?)"
QUALIFIER_BEFORE: Final = _one_of(BEFORE)
QUALIFIER_AFTER: Final = _one_of(AFTER)
QUALIFIER_INSIDE: Final = _one_of(("以上", "以下", "以内", "左右", "上下"))
# 将近 is a qualifier.
PLAN: Final = "(?:计划|预计|预期|有望|力争|将(?!近)|拟)"
# What is done with the money, and the money itself: neither changes the amount. 节约 is here so
# that its 约 is no qualifier.
_DONE: Final = _one_of(
    (
        *("出资", "投入", "投资", "支付", "安排", "补贴", "补助", "赔付", "赔偿", "奖励", "奖补"),
        *("发放", "拨付", "拨款", "下达", "资助", "救助", "扶持", "给予", "予以", "收费", "收取"),
        *("缴纳", "缴费", "节约", "节省", "增加", "减少", "增长", "提高", "降低", "需要", "花费"),
        *("领取", "获得", "支出", "使用", "购买", "配备", "报销", "筹资", "筹集", "捐赠", "付费"),
        *("付", "补", "需", "捐", "共"),
    )
)
_MONEY: Final = _one_of(
    (
        *(
            "经费",
            "费用",
            "费",
            "薪",
            "资金",
            "奖金",
            "基金",
            "金额",
            "工资",
            "薪酬",
            "报酬",
            "待遇",
        ),
        *("津贴", "补贴", "补助", "标准", "成本", "价格", "单价", "支出", "收入"),
    )
)
_TO_AMOUNT: Final = _one_of(
    (
        *("累计达到", "累计达", "累计", "达到了", "达到", "已达", "也达", "高达", "多达", "达"),
        *("共计", "总计", "合计", "总额为", "总额", "总金额", "金额为", "金额", "折合", "合"),
        *("平均", "共有", "共", "已有", "已", "仅", "为", "大写", "小写", ":"),
    )
)
_OF_WHOM: Final = "(?:财政|政府|专项|项目|活动|服务|购买|中央|[省市区县]级)"
LEAD: Final = rf"(?:\((?:大写|小写)\)|{_TO_AMOUNT}|{_DONE}|{_OF_WHOM}{{0,3}}{_MONEY})"
HAN: Final = r"[\u3400-\u9fff]"
NUMERAL: Final = rf"[0-9{HAN_DIGITS}两十百千万亿几半]|数(?=[十百千万亿])"
_TIME: Final = "小时|课时|学时|钟头|分钟|工作日|星期|学期|学年|季度|周|天|夜|晚"
_COUNTERS: Final = _one_of(
    (
        *_TIME.split("|"),
        *("个月", "人次", "户次", "家次", "台次", "车次", "场次", "平方米", "平方公里"),
        *("立方米", "千瓦时", "公里", "千米", "公斤", "公顷", "英亩", "吨", "亩", "米", "升"),
        *("大类", "大项", "小类", "社区", "街道", "乡镇", "床位", "床", "倍", "行政村", "工时"),
        *"项家场个人名处类种户岗次条份件所间座套台支批期站室点岁位部辆张篇门届轮组队村档",
        *"笔栋幢块枚只头本册幅首例宗单则团节堂班级片艘棵株瓶箱袋款颗顿段句页省市县区镇乡校步层",
    )
)
COUNTER: Final = f"(?:年(?![级代度])|{_COUNTERS})"
# 一个半小时 is one hour and a half; what 三个半天 is cannot be told.
HALF_BEHIND: Final = "个半(小时|课时|学时|钟头|月|星期|学期|工作日)?|(?:年|天|倍|周|学年)半"
HALF: Final = "半(?=个|年|天|日|周|小时|课时|学时|学期|学年|星期)"
# 上百万 and 数以万计 are numbers without an upper end.
OPEN_ROUGH: Final = "(?<![以线网路])上(?=[百千万亿])|数以"
PARTS: Final = rf"([{HAN_DIGITS}两十百千万]{{1,3}})分之"
SHARES: Final = {
    **{"%": Decimal("0.01"), "‰": Decimal("0.001")},
    **{"成": Decimal("0.1"), "折": Decimal("0.1")},
}
# 八成五 is 85%, 三成员工 nothing.
SHARE: Final = rf"(%|‰|成(?![立为员果都本长熟功交人])|折(?![合扣算]))(?:(?<=成)([{HAN_DIGITS}半]))?"
JIAO: Final = rf"(?:([0-9{HAN_DIGITS}])角)?(?:零?([0-9{HAN_DIGITS}])分(?!之))?(?<=[角分])"
ENGLISH_FACTORS: Final = {
    **ENGLISH_SCALES,
    **{"thousand": Decimal(1000), "k": Decimal(1000)},
    **{"m": ENGLISH_SCALES["million"], "mn": ENGLISH_SCALES["million"]},
    **{"b": ENGLISH_SCALES["billion"], "bn": ENGLISH_SCALES["billion"]},
}
ENGLISH_WORD: Final = "(?i:(thousand|million|billion|trillion))(?![A-Za-z])"
# 5m alone may be five metres; behind a currency it is five million.
ENGLISH: Final = "(?i:(thousand|million|billion|trillion|mn|bn|[kmb]))(?![A-Za-z])"
# A noun and a word to divide by hold nothing that could be a second number, a currency or a
# qualifier: a qualifier that is swallowed by a noun is a qualifier lost.
_NO_NOUN: Final = (
    "以上|以下|以内|之内|左右|上下|前后|上限|为上限|封顶|有余|人民币|百分点|至少|至多|不等|"
    "[节签合契预邀条公履违制]约|[零〇一二两三四五六七八九十百千万亿萬億几数半元圆圓每不约逾超余多近最达将起和及与或的至到整正]"
)
NOUN: Final = rf"(?:第[一二三四五六七八九]|(?!{_NO_NOUN}){HAN})"
NOUN_RUN: Final = NOUN + "{1,8}"
TO: Final = r"至|到|[—–―~〜‐‑-]{1,2}"

# What is a unit by itself, so that a noun or a verb behind it is none: 每人资助, 每场演出费. The
# second part keeps words apart that only begin so: 年轻人, 人员, 场地, 户籍.
_ITSELF: Final = (
    "人次|户次|场次|台次|课时|学时|小时|分钟|季度|学期|学年|年度|工作日|"
    "年(?![轻龄级画代])|月(?![饼嫂])|日(?![间报志])|天(?!然)|周(?![岁末刊报])|季|"
    "人(?![次员才口家民士群工均大物])|户(?![次籍主口外])|场(?![次地馆所域景])|次(?!品)"
)
# A noun of its own, the first character of which is a counter too: 项目 is not a 项 of 目.
_COUNTED: Final = (
    "[名位支张间台件门节堂本份条处辆艘幅座栋幢只头棵株枚个]|套(?!餐)|项(?!目)|家(?![庭长])|所"
)
_PER_WORD: Final = rf"(?:(?!{_NO_NOUN}|[为给按付补过]){HAN})"
_BEHIND_PER: Final = rf"(?:{_DONE}|{_PER_WORD}{{0,6}}{_MONEY})*"
_NAMED: Final = (
    rf"(?:(?:{_COUNTED})(?={_PER_WORD})(?!{_MONEY}))?((?!{_ITSELF}){_PER_WORD}{{1,6}}?){_DONE}*"
)
_OF_ITSELF: Final = rf"个?({_ITSELF})(?:(?<=[场次户])(?!{_DONE}){_PER_WORD}{{1,4}}?)?{_BEHIND_PER}"
_NEXT: Final = (
    rf"(?= *(?:\Z|每|[/·•・,、(]|{NUMERAL}|{SIGN}|[百千万]分之|[年月日人户场次]均|"
    rf"{QUALIFIER_BEFORE}|{LEAD}|{PLAN}))"
)
_AFTER_END: Final = rf"(?= *(?:\Z|[每)]|[/·•・.]|{QUALIFIER_AFTER}))"
EACH: Final = rf"(?:平均)?每 *(?:{_OF_ITSELF}|{_NAMED}){_NEXT}(?: *[/·•・、,](?= *每))?"
MEAN: Final = rf"([年月日人户场次床生亩村])均|([年月日])(?={_OF_WHOM}?{_MONEY})"
_PER_NAME: Final = rf"(?:{_ITSELF}|{_PER_WORD}{{1,6}}?)"
EACH_AFTER: Final = rf"[每一] *个?({_PER_NAME}){_AFTER_END}"
SLASHED: Final = rf"[/·•・.] *每? *个?({_PER_NAME}){_AFTER_END}"
# 20 元 (人民币), 100万元整
AFTER_MONEY: Final = r"\((?:人民币|RMB|CNY|大写|小写)\)|[整正]"

# Two words for one thing to divide by, the second that of the vocabulary.
SAME_PER: Final = {"天": "日", "年度": "年", "季": "季度", "名": "人", "位": "人", "床": "床位"}
# What a wording is per, by its word; another word is left to the tables, which know its name.
PER_IN_ENGLISH: Final = {
    **{"年": "year", "年度": "year", "季": "quarter", "季度": "quarter", "月": "month"},
    **{"周": "week", "日": "day", "天": "day", "小时": "hour", "人": "person", "人次": "visit"},
    **{"户": "household", "场": "performance"},
}

# What may begin a number inside other words, and the qualifiers that may stand before it.
NUMBER: Final = f"(?:(?:[百千万]分之|{SIGN}) ?|{OPEN_ROUGH})?(?:{NUMERAL})"
IN_TEXT: Final = "|".join(f"(?P<{name}>{words})" for name, words in BEFORE_IN_TEXT.items())
