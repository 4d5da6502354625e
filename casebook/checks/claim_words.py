"""Words of texts that state something about a number, a plan, a time or a judgement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from casebook.checks.numbers_in_text import BLANK
from casebook.text import LANGS, Lang
from casebook.values.words import AFTER_IN_TEXT, BEFORE_IN_TEXT, Qualifier

# --- Words beside a number ------------------------------------------------------------------

# A word counts where it touches its number, with at most a filler between them. Look-alikes are
# shut out by what stands before them: 节约 is not 约, 通过 is not 过, 附近 is not 近.
_BEFORE_LEADS: Final[dict[Lang, str]] = {
    # 节约, 合约, 签约 … are words of their own.
    "zh": "(?<![节条合预签契制公邀守履违大])",
    "en": r"(?<![A-Za-z-])",
}
_FILLERS: Final[dict[Lang, str]] = {
    "zh": "[了为是有在到达]{0,2}(?:每[㐀-鿿]{1,3})?(?:人民币|港币|¥|RMB|CNY)?[ *]*",
    "en": r"(?: (?:an?|the|of|total|RMB|CNY|a total of))* ?[¥$]?(?:RMB|CNY)?[ *]*",
}
_NOUN: Final[dict[Lang, str]] = {
    # A noun may stand between the counter and what follows it: 300个项目左右. 余, 多 and the
    # like touch their number, or 每人至多 would qualify what stands before it.
    "zh": "[ *]*(?:[㐀-鿿]{1,5}?(?=及?以[上下内]|之内|左右|[的为]*上限|封顶))?",
    "en": r"(?:[ -](?:yuan|per cent|percent|[a-z]+)){0,2}? ?",
}


def _one_group_each(words: Mapping[Lang, Mapping[Qualifier, str]], lang: Lang) -> str:
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in words[lang].items())


QUALIFIED_BEFORE: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(
        rf"{_BEFORE_LEADS[lang]}(?:{_one_group_each(BEFORE_IN_TEXT, lang)}){_FILLERS[lang]}\Z",
        re.IGNORECASE,
    )
    for lang in LANGS
}
QUALIFIED_AFTER: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(rf"{_NOUN[lang]}(?:{_one_group_each(AFTER_IN_TEXT, lang)})", re.IGNORECASE)
    for lang in LANGS
}
TOUCHING_AFTER: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(f" ?(?:{_one_group_each(AFTER_IN_TEXT, lang)})", re.IGNORECASE)
    for lang in LANGS
}
TO: Final = re.compile(r" *(?:至|到|[—–―~～〜-]{1,2}|to|and) *")
BETWEEN: Final = re.compile(r"\bbetween \Z", re.IGNORECASE)
CEILING: Final = re.compile("上限|封顶|ceiling|maximum|at most", re.IGNORECASE)

# What makes a plan of a sentence, and what makes one of an exact figure by mistake. 将 before a
# number or a reference is 把 (将80%用于薪酬).
PLANNED: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        f"将(?<![主名大老健麻小]将)(?! ?[0-9０-９{BLANK}]|近|军|士)"
        "|计划|拟(?<![虚模比]拟)(?![人合真定])"
        "|预计|预期|预算|打算|目标|承诺|提出|规划|力争|有望"
    ),
    "en": re.compile(
        r"\b(?:plan(?:s|ned|ning)?|will|would|shall|(?:is|are|was|were|due) to|to be|"
        r"target(?:s|ed)?|goals?|aim(?:s|ed|ing)?|announce[ds]?|announcing|promise[ds]?|pledge[ds]?|propos(?:e[ds]?"
        r"|al)|intend(?:s|ed)?|expect(?:s|ed)?|budgeted|budget (?:of|for))\b",
        re.IGNORECASE,
    ),
}
PLAN_GAINED: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "计划(?!生育|经济)|预计|打算|力争|有望|拟(?<![虚模比]拟)(?![人合真定])|将(?<![主名大老健麻小]将)"
        "(?:要|会|达|突破|超|逾|出资|投入|支付|安排|购买|增|提高|升|拨|下达|拿出)"
    ),
    "en": re.compile(
        r"\b(?:plans? to|planned|will|would|intends? to|expects? to|(?:is|are) to|budgeted|is"
        r" expected)\b",
        re.IGNORECASE,
    ),
}

# --- Words of the source --------------------------------------------------------------------

# 说明年份, 过去年份, 项目前期, 出现在 and 12月7日前 only look like relative times.
RELATIVE: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "截至目前|今年|去年(?<!过去年)(?!份)|明年(?<![说写注标表声证阐载申发指列]明年)(?!份)|今后|"
        "近日(?<![接临靠附邻]近日)|日前(?<![0-9０-９一二三四五六七八九十次当今昨往节生假期间每同]日前)|"
        "目前(?<![项题节栏数条科账盲剧名品]目前)|新近|最近(?!的?(?:似|数|值))|近期|近来|前不久|眼下|"
        "迄今|如今|现在(?<![出体表实呈发再显展涌]现在)|本月|上月"
    ),
    "en": re.compile(
        r"\b(?:recently|recent (?:days|weeks|months)|(?:this|last|next) (?:year|month)|currently|"
        r"at present|presently|nowadays|these days|at the moment|so far(?! as)|up to now|until now|"
        r"to date(?! (?:the|it|its|from|back|an?|this|that)\b))\b",
        re.IGNORECASE,
    ),
}
SUPERLATIVE: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "率先|最早|首个|首创|首家|首例|首次|首开|第一个(?:地|省|市|县|区|城|吃)?|全[国省市]第一|"
        "样本(?![量数])|标杆|领先|改革前沿|大千故里|典范|楷模|开先河|先行者|独一无二|走在前列"
    ),
    "en": re.compile(
        r"\b(?:(?:the|its|their|was|is|as|ranks?|a) first (?:in|of its|to|among|ever|city|province|"
        r"place|district|county|region|local|government|such|one)|first in (?:the|china|its)|"
        r"earliest|pioneer(?:s|ed|ing)?|trailblaz\w*|unprecedented|unique|model(?! contract)|"
        r"benchmark|exemplary|forefront|leading(?! (?:groups?|to|up|from|dancers?|small)\b))\b",
        re.IGNORECASE,
    ),
}
# 数据, 依据, 证据, 名称, 简称 and 资金来源 attribute nothing.
ATTRIBUTED: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "据(?<![数依证凭占票收单]据)(?!此|点)|来源(?<!资金来源)(?<!收入来源)(?<!经费来源)(?!于)|报道|"
        "汇编|文章|标题|称(?<![名简全职对统堪相]称)(?![号职谓呼])|写道|写着|说法|所说|认为|视为|誉为|评为|自诩|原文|美誉"
    ),
    "en": re.compile(
        r"\b(?:according to|sources?|compilation|report(?:s|ed|edly)?|article|headline|says?|said|"
        r"calls?|called|claim(?:s|ed)?|describ(?:es|ed)|count(?:s|ed)|considered|regarded|hailed|"
        r"billed|known as|self-styled|puts|in the words of|account)\b",
        re.IGNORECASE,
    ),
}

QUOTED: Final = re.compile('“[^“”\n]*”|‘[^‘’\n]*’|「[^「」\n]*」|『[^『』\n]*』|"[^"\n]{0,120}"')
SENTENCE_END: Final = re.compile(
    r"[。！？]|[.!?](?=[\s”\"’)]|\Z)|\n\s*\n|\n(?=[ \t]*(?:[-*+>#|]|[0-9]{1,2}[.)] )|[A-Z][a-z]+:)"
)
CLAUSE_END: Final = re.compile(r"[，、。；：！？\n]|[,;:.!?](?=\s|\Z)")
PART_END: Final = re.compile(r"[；。！？]|[;.!?](?=\s|\Z)|\n\s*\n|\n(?=[-*+>#|])")
PREPOSITION: Final = re.compile(
    r"(?:\b(?:in|of|since|by|from|to|until|till|after|before) |[—–-] ?)\Z", re.IGNORECASE
)
