"""Patterns of numbers in texts, of what only looks like one, and of the words about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from casebook.text import LANGS, Lang
from casebook.values.dates import MONTHS
from casebook.values.numerals import (
    ENGLISH_SCALES,
    FULL_WIDTH,
    HAN_DIGITS,
    HAN_SCALES,
    TRADITIONAL,
)
from casebook.values.words import AFTER_IN_TEXT, BEFORE_IN_TEXT, CURRENCIES, Qualifier

# What replaces something that is no prose: no letter, no digit, no punctuation.
BLANK: Final = "\ufffc"

# --- What only looks like a number ----------------------------------------------------------

# Words that hold a numeral with something that looks like a counter. A numeral alone (四川, 三峡,
# 一般, 统一, 进一步) needs no entry, for it is not followed by one; nor does 一 with a counter.
IDIOMS: Final[tuple[tuple[str, str], ...]] = (
    ("老百姓|百姓", "the people, not a hundred of them"),
    ("千家万户|万家灯火|万元户|百家争鸣|百家姓|千人一面|万人空巷", "everybody, a saying"),
    ("千方百计|百年大计|百年树人|百年不遇|千年古|百里挑一|千万别|千万要", "sayings of emphasis"),
    ("成千上万|成百上千|千千万万|万万不|万无一失|万一", "no amount is meant"),
    ("十分之(?=好|重|不)|十全十美|十年树木|十天半月|十日谈", "sayings with ten"),
    (
        "四处(?!书)|四周(?!年|岁|后|内|前|时)|八方|十字(?:路|架|街)|[进惠暖入送]万家",
        "all around, a crossing",
    ),
    ("百年老|十年如一日|三部曲", "sayings of time and kind"),
    ("三位一体|三番五次|三天两头|三年五载|三五成群|再三|三言两语", "sayings with three"),
    ("四面八方|五花八门|七嘴八舌|五湖四海|四通八达|九牛一毛", "sayings of many things"),
    ("两回事|两码事|两岸|两会|两相|两全", "a fixed expression: different, the Straits, assemblies"),
    ("三门(?:峡|县|湾)|五台(?:山|县)|三台县|七台河|八宿县|万县|万家乐", "names of places"),
    (
        "五年(?:规划|计划)|十[一二三四五]五|十[八九]大|二十大|三步走",
        "names of plans and congresses",
    ),
    ("三公经费|三农|三字经|八项规定|四个全面|五位一体|两个维护|千人计划", "names of policies"),
    ("(?:三|五|六)一节|双十一|三八节|七一|八一|十一(?:长假|黄金周)", "names of days"),
    ("万岁|千岁|百岁老人|百科|百货|百度|千古|万物|万能|万象", "words, not amounts"),
)

# Names that hold digits.
NAMES: Final[tuple[tuple[str, str], ...]] = (
    (r"[〔\[［(（【][0-9]{4}[〕\]］)）】] *第?[0-9]+ *号", "the number of a document"),
    (
        r"(?<![A-Za-z])(?:GB(?:/[TZ])?|DB[0-9]{0,4}(?:/T)?|ISO|IEC|IEEE|RFC|ECMA|ISBN|ISSN"
        r"|CC BY(?:-SA|-NC|-ND)*|A?GPL|LGPL|WCAG|UTF|SHA|MD|HTTP|HTML|CSS|EDTF|Unicode|Python"
        r"|Pelican)[ /v-]?[0-9]+(?:[-–:.][0-9]+)*",
        "a standard, a licence or a version",
    ),
    (r"https?://[!-~]+|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", "an address"),
    (
        r"(?<![A-Za-z0-9.-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|cn|org|net|gov|edu|io)"
        r"(?![A-Za-z0-9])",
        "a domain",
    ),
    (
        r"(?<![A-Za-z0-9])(?!RMB|CNY|USD|HKD|EUR|US|HK|NT)[A-Z]{1,6}[-‑]?[0-9]{1,4}"
        r"(?![0-9,.]*[0-9])(?:[A-Z][0-9]*)?(?![a-z])",
        "a code: A4, H7N9",
    ),
    (r"(?<![0-9])1[0-9]{4}(?= *(?:热线|hotline))", "a hotline"),
    (r"[0-9]{1,2}(?:世纪|(?:st|nd|rd|th)\b)", "a century or an ordinal"),
    (r"第 *[0-9零〇一二三四五六七八九十百千]+", "an ordinal: 第三方, 第12条"),
    (
        r"\b(?:[Nn]o|[Nn]os|[Aa]rt|[Ss]ec)\. ?[0-9]+|"
        r"\b(?:[Pp]arts?|[Aa]rticles?|[Ss]ections?|[Ll]evel|[Cc]hapter|[Tt]able|[Ff]igure|[Pp]hase)"
        r"[ -][0-9]{1,3}(?![0-9,.]*[0-9])",
        "an ordinal: part 5, level-3",
    ),
    (r"[0-9]+号(?:楼|院|线|文|令|公告|文件)", "a number in a name"),
    (r"(?<=[㐀-鿿])[一二三四五六七八九十]+号(?:楼|院|文|令)", "a number in a name"),
)

# --- What Markdown writes for itself --------------------------------------------------------

REFERENCE_OR_SLOT: Final = re.compile(
    r"\{\{[^{}\n]*\}\}|\[\[(?:[a-z][a-z0-9:-]*|picture:[^\[\]\n]+)\]\]"
)
MARKDOWN_SIGN: Final = re.compile(r"[`\[<]|^[ \t>（(]*[0-9]", re.MULTILINE)
MARKDOWN: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)(?:[^`\n]|\n(?!\s*\n))+(?P=ticks)(?!`))"
    r"|(?P<address>(?<=\])\([^()\n]*\))"
    r"|(?P<link><https?://[^<>\s]*>)"
    r"|(?P<definition>^ {0,3}\[(?!\^)[^\]\n]+\]:[^\n]*)"
    r"|(?P<note>\[\^[^\]\s]+\]:?)"
    r"|(?P<item>^[ \t]*(?:>[ \t]*)*(?:[0-9]{1,2}[.)][ \t]|[（(]?[0-9]{1,2}[）)、](?![0-9])))",
    re.MULTILINE,
)

# --- Numbers and dates ----------------------------------------------------------------------

# Each table turns one character into one, so that offsets stay those of the text.
PLAIN: Final[dict[int, str]] = {
    **{ord(wide): FULL_WIDTH[ord(wide)] for wide in "０１２３４５６７８９．％＄－"},
    **dict(zip(map(ord, "﹪￥兩個項類種"), "%¥两个项类种", strict=True)),
    **{code: chr(plain) for code, plain in TRADITIONAL.items()},
}
FULL_COMMA: Final = re.compile("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
CAPITAL_RUN: Final = re.compile(
    "[壹贰叁肆伍陆柒捌玖貳參陸][拾佰仟万亿][壹贰叁肆伍陆柒捌玖拾佰仟零万亿貳參陸]*"
)

_SHARE: Final = (
    "%|个?百分点|成(?![立为员果都本长熟功交人])|per ?cent(?:age points?)?|percentage points?"
)
_PEOPLE: Final = (
    "人次|人(?![大民类才])|名(?![称义单])|位(?!于|置)|people|persons?|residents|visitors"
)
_TIME: Final = (
    "小时|分钟|秒钟|个半?月|年(?![级轻龄])|周年|天|周|岁|日(?!报)|学时|课时|"
    "years?|months?|weeks?|days?|hours?|minutes?"
)
# Counters with a Chinese numeral make a number mention: 三类, 两个. 级, 号 and 等 make ordinals
# and are left out; 方案, 家庭 and the like are nouns of their own.
_COUNTER: Final = (
    "方面(?!军)|平方米|公里|公顷|千米|时段|批次|人次|场次|"
    "[个種种类项条场处款笔批支份张座套台间栋幢所届轮组队村站室部辆篇章节段句字页幅枚颗本"
    "件户家门次倍步层站省市县区乡镇国]|点(?!名|评|赞|击)|方(?!案|法|面|式|向|便|针|言)|"
    "米(?!饭)|吨|亩|只(?!有|是|能|要|说|不|记)|地(?=[^㐀-鿿]|$)"
)
# The name of a unit by the pattern of its words; of any other, which is a counter, it is the word.
UNIT_NAMES: Final = {
    **{re.compile(rf"(?:{money.in_text})\Z"): code for code, money in CURRENCIES.items()},
    **{re.compile(_SHARE): "ratio", re.compile(_PEOPLE): "people", re.compile(_TIME): "time"},
}
_AMOUNT_UNIT: Final = "|".join(
    (*(f"(?:{money.in_text})" for money in CURRENCIES.values()), _SHARE, _PEOPLE, _TIME, _COUNTER)
)
SIGNS: Final = {sign: code for code, money in CURRENCIES.items() for sign in money.signs_in_text}
SIGN_BEFORE: Final = re.compile(rf"({'|'.join(map(re.escape, SIGNS))}) ?\Z")
_HAN_ADJECTIVE: Final = "(?:[大小](?=[㐀-鿿]))?"
RANGE_END: Final = re.compile(
    rf" *(?:至|到|[—–~～-]) *[{HAN_DIGITS}{HAN_SCALES}两]+{_HAN_ADJECTIVE}(?:{_AMOUNT_UNIT})"
)
UNIT: Final = re.compile(rf"[ *]*{_HAN_ADJECTIVE}(?P<unit>{_AMOUNT_UNIT})")
MONTH_STARTS: Final = tuple(month[:3].lower() for month in MONTHS)
_MONTH: Final = (
    "Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?|Aug(?:ust|\\.)?"
    "|Sep(?:tember|t\\.?|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?"
)

ARABIC: Final = re.compile(
    r"\d(?:"
    # 2012年12月7日 and 2012-12-07; the year must be of four digits and stand alone.
    r"(?:(?<!\d\d)(?<!\d[.,]\d)(?<=\d)\d{3} *年 *(?P<m>\d{1,2}) *月(?: *(?P<d>\d{1,2}) *[日号])?)"
    r"|(?:(?<!\d\d)(?<=\d)\d{3}(?P<sep>[-/.])(?P<m2>\d{1,2})(?P=sep)(?P<d2>\d{1,2})(?!\d))"
    r"|(?:(?<!\d\d)(?<=\d)\d{3}-(?P<m3>0[1-9]|1[0-2])(?![\d-]))"
    r"|(?:(?<!\d\d)(?<!\d[.,]\d)(?<=\d)\d{3} *(?P<y>年)(?:度|代(?P<decade>))?)"
    r"|(?:(?<!\d\d)(?<=\d)\d?年代(?P<short_decade>))"
    r"|(?:(?<!\d\d)(?<=\d)\d? *月(?!薪)(?: *(?P<d4>\d{1,2}) *[日号])?(?P<month_only>))"
    # 8000多万, 1亿2千万, 80,000,000, 7.2.
    r"|(?P<number>(?:(?:,(?=\d{3}(?!\d))|\d)*(?:\.\d+)?"
    r"(?:[ *]{0,3}[余多来])?(?:[ *]{0,3}[十百千万亿])*)"
    r"(?:(?<=[千万亿])\d+(?:\.\d+)?[十百千万亿]+)*"
    # 1万多元; after the unit, or before none, 多 compares: 比8000万多.
    r"(?:(?<=[十百千万亿])[余多](?=[元个项家人名位场种类条份件户次块]))?)"
    r")"
)
_HAN_YEAR: Final = f"[一二][{HAN_DIGITS}]{{3}}年"
_HAN_DAY: Final = f"[{HAN_DIGITS}十]{{1,3}}"
HAN_START: Final = re.compile(f"[{HAN_DIGITS}{HAN_SCALES}两几数半]")
HAN: Final = re.compile(
    rf"(?P<date>(?P<hy>{_HAN_YEAR})(?:(?P<hm>{_HAN_DAY})月(?:(?P<hd>{_HAN_DAY})[日号])?)?"
    rf"|(?P<hm2>{_HAN_DAY})月(?P<hd2>{_HAN_DAY})[日号])"
    rf"|(?P<fraction>百分之(?P<percent>[\d.]+|[{HAN_DIGITS}{HAN_SCALES}两点]+)"
    rf"|(?P<bottom>[{HAN_DIGITS}{HAN_SCALES}]+)分之(?P<top>[{HAN_DIGITS}{HAN_SCALES}两]+))"
    r"|(?P<half>半数|一半|(?<=[过逾])半(?=[㐀-鿿]))"
    rf"|(?P<vague>几|数(?=[{HAN_SCALES}])(?<![人总次个件场户家项]数))?"
    rf"(?P<run>[{HAN_DIGITS}{HAN_SCALES}两]+(?:点[{HAN_DIGITS}]+)?(?P<scale>[十百千万亿]*))"
    r"(?P<more>[几余多来])?(?P<more_scale>[万亿])?"
)

ENGLISH_DIGITS: Final[dict[str, int]] = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13},
    **{"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18},
    **{"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60},
    **{"seventy": 70, "eighty": 80, "ninety": 90},
}
ENGLISH_FACTORS: Final[dict[str, Decimal]] = {
    "dozen": Decimal(12),
    "hundred": Decimal(100),
    **dict.fromkeys(("thousand", "k", "K"), Decimal(1000)),
    **ENGLISH_SCALES,
    **dict.fromkeys(("mn", "m", "M"), ENGLISH_SCALES["million"]),
    **dict.fromkeys(("bn", "b", "B"), ENGLISH_SCALES["billion"]),
    "tn": ENGLISH_SCALES["trillion"],
}
FRACTIONS: Final = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}
_SCALE_WORD: Final = "hundred|thousand|million|billion|trillion|dozen"
_DIGIT_WORD: Final = "|".join(sorted(ENGLISH_DIGITS, key=len, reverse=True))
ENGLISH_TAIL: Final = re.compile(
    rf" ?(?P<scale>(?:(?:{_SCALE_WORD})\b(?: (?:{_SCALE_WORD})\b){{0,3}}"
    r"|(?:bn|mn|tn|[kKmMbB])(?![A-Za-z㐀-鿿])))"
)
ENGLISH: Final = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?\b"
    rf"|(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:,? (?P<year2>\d{{4}}))?\b(?!,?\d)"
    rf"|(?P<month3>{_MONTH}),? (?P<year3>\d{{4}})\b"
    r"|(?P<decade>\d{3}0)s\b"
    rf"|(?P<plural>(?:{_SCALE_WORD}|score|ten)s of\b|several (?:{_SCALE_WORD})\b)"
    r"|(?P<top>one|two|three|four|a)[ -](?P<bottom>third|quarter|fourth|fifth|tenth)s?\b"
    r"(?=(?:[ -]of\b)|.{0,30}\bof\b)(?!-party)"
    r"|(?P<half>half)(?= (?:of|the|a million)\b)"
    rf"|(?P<words>(?:(?:{_DIGIT_WORD})|an?(?= (?:{_SCALE_WORD})\b))"
    rf"(?:[ -](?:and )?(?:{_DIGIT_WORD}|{_SCALE_WORD})\b){{0,12}}))\b"
    r"(?!-(?:first|second|third|(?:four|fif|six|seven|eigh|nin)th)\b)",
    re.IGNORECASE,
)
# The words that such a number or date begins with, so that the others are passed over quickly.
WORD: Final = re.compile(r"[A-Za-z]+|[0-9]{3}0s")
DAY_BEFORE: Final = re.compile(r"\b[0-9]{1,2}(?:st|nd|rd|th)? \Z")
STARTS: Final = frozenset(
    [
        *ENGLISH_DIGITS,
        *("a", "an", "half", "several", "scores", "tens", "sept"),
        *(f"{word}s" for word in _SCALE_WORD.split("|")),
        *MONTH_STARTS,
        *(month.lower() for month in MONTHS),
    ]
)
NAME: Final = re.compile("|".join(pattern for pattern, _ in NAMES))
IDIOM: Final = re.compile("|".join(pattern for pattern, _ in IDIOMS))
TITLE: Final = re.compile(r"《[^《》\n]*》|〈[^〈〉\n]*〉")
LETTER: Final = re.compile("[A-Za-z]")
IN_NAMES: Final = re.compile(r"\d+|第|[一二三四五六七八九十]+号")
ANY_NUMERAL: Final = re.compile(rf"[\d{HAN_SCALES}两一二三四五六七八九半几壹贰叁肆伍陆柒捌玖]")

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
