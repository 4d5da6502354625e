"""The numbers and dates that a text tells: Arabic, full-width, Chinese and English.

`8000万`, `八千万`, `８０００万`, `80,000,000` and `80 million` are one number. What only looks like
a number is left out: an idiom (老百姓), an article (一个, one of), an ordinal (第三方), a name that
holds digits (GB/T 2260, 财预〔2017〕87号) and the syntax of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from casebook.values.numerals import number_of

# What stands where something that is no prose was: no letter, no digit, no punctuation.
BLANK: Final = "\ufffc"

# --- What is not a number -------------------------------------------------------------------

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

_REFERENCE_OR_SLOT: Final = re.compile(r"\{\{[^{}\n]*\}\}|\[\[[a-z][a-z0-9:-]*\]\]")
_MARKDOWN_SIGN: Final = re.compile(r"[`\[<]|^[ \t>（(]*[0-9]", re.MULTILINE)
_MARKDOWN: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)(?:[^`\n]|\n(?!\s*\n))+(?P=ticks)(?!`))"
    r"|(?P<address>(?<=\])\([^()\n]*\))"
    r"|(?P<link><https?://[^<>\s]*>)"
    r"|(?P<definition>^ {0,3}\[[^\]\n]+\]:[^\n]*)"
    r"|(?P<item>^[ \t]*(?:>[ \t]*)*(?:[0-9]{1,2}[.)][ \t]|[（(]?[0-9]{1,2}[）)、](?![0-9])))",
    re.MULTILINE,
)

# --- How numbers are written ----------------------------------------------------------------

_HAN_DIGIT: Final = "零〇一二三四五六七八九"
_HAN_SCALE: Final = "十百千万亿"
_FULL_DIGITS: Final = {0xFF10 + n: 0x30 + n for n in range(10)}
# One character becomes one character, so that offsets stay those of the text.
_PLAIN: Final = _FULL_DIGITS | {
    ord("．"): ".",
    ord("％"): "%",
    ord("﹪"): "%",
    ord("￥"): "¥",
    ord("＄"): "$",
    ord("－"): "-",
    ord("萬"): "万",
    ord("億"): "亿",
    ord("兩"): "两",
    ord("個"): "个",
    ord("項"): "项",
    ord("類"): "类",
    ord("種"): "种",
    ord("圆"): "元",
    ord("圓"): "元",
}
_FULL_COMMA: Final = re.compile("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_BANKERS: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟貳參陸", "一二三四五六七八九十百千二三六")
_BANKERS_RUN: Final = re.compile(
    "[壹贰叁肆伍陆柒捌玖貳參陸][拾佰仟万亿][壹贰叁肆伍陆柒捌玖拾佰仟零万亿貳參陸]*"
)

_MONEY: Final = (
    (
        "人民币|元人民币|元钱|块钱|元(?!旦|素|件|老|首|帅|月|宵|代|明|末)|RMB|CNY|yuan|renminbi",
        "CNY",
    ),
    ("港元|港币|Hong Kong dollars?|HKD", "HKD"),
    ("美元|美金|US dollars?|dollars?|USD", "USD"),
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
_AMOUNT_UNIT: Final = "|".join(
    (*(f"(?:{words})" for words, _ in _MONEY), _SHARE, _PEOPLE, _TIME, _COUNTER)
)
_HAN_ADJECTIVE: Final = "(?:[大小](?=[㐀-鿿]))?"
_RANGE_END: Final = re.compile(
    rf" *(?:至|到|[—–~～-]) *[{_HAN_DIGIT}{_HAN_SCALE}两]+{_HAN_ADJECTIVE}(?:{_AMOUNT_UNIT})"
)
_UNIT: Final = re.compile(rf"[ *]*{_HAN_ADJECTIVE}(?P<unit>{_AMOUNT_UNIT})")
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTH: Final = (
    "Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?|Aug(?:ust|\\.)?"
    "|Sep(?:tember|t\\.?|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?"
)

_ARABIC: Final = re.compile(
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
_HAN_YEAR: Final = f"[一二][{_HAN_DIGIT}]{{3}}年"
_HAN_DAY: Final = f"[{_HAN_DIGIT}十]{{1,3}}"
_HAN_START: Final = re.compile(f"[{_HAN_DIGIT}{_HAN_SCALE}两几数半]")
_HAN: Final = re.compile(
    rf"(?P<date>(?P<hy>{_HAN_YEAR})(?:(?P<hm>{_HAN_DAY})月(?:(?P<hd>{_HAN_DAY})[日号])?)?"
    rf"|(?P<hm2>{_HAN_DAY})月(?P<hd2>{_HAN_DAY})[日号])"
    rf"|(?P<fraction>百分之(?P<percent>[\d.]+|[{_HAN_DIGIT}{_HAN_SCALE}两点]+)"
    rf"|(?P<bottom>[{_HAN_DIGIT}{_HAN_SCALE}]+)分之(?P<top>[{_HAN_DIGIT}{_HAN_SCALE}两]+))"
    r"|(?P<half>半数|一半|(?<=[过逾])半(?=[㐀-鿿]))"
    rf"|(?P<vague>几|数(?=[{_HAN_SCALE}])(?<![人总次个件场户家项]数))?"
    rf"(?P<run>[{_HAN_DIGIT}{_HAN_SCALE}两]+(?:点[{_HAN_DIGIT}]+)?(?P<scale>[十百千万亿]*))"
    r"(?P<more>[几余多来])?(?P<more_scale>[万亿])?"
)

_ENGLISH_DIGITS: Final[dict[str, int]] = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13},
    **{"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18},
    **{"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60},
    **{"seventy": 70, "eighty": 80, "ninety": 90},
}
_ENGLISH_SCALES: Final[dict[str, Decimal]] = {
    **dict.fromkeys(("dozen",), Decimal(12)),
    **dict.fromkeys(("hundred",), Decimal(100)),
    **dict.fromkeys(("thousand", "k", "K"), Decimal(1000)),
    **dict.fromkeys(("million", "mn", "m", "M"), Decimal(10) ** 6),
    **dict.fromkeys(("billion", "bn", "b", "B"), Decimal(10) ** 9),
    **dict.fromkeys(("trillion", "tn"), Decimal(10) ** 12),
}
_FRACTIONS: Final = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}
_SCALE_WORD: Final = "hundred|thousand|million|billion|trillion|dozen"
_DIGIT_WORD: Final = "|".join(sorted(_ENGLISH_DIGITS, key=len, reverse=True))
_ENGLISH_TAIL: Final = re.compile(
    rf" ?(?P<scale>(?:(?:{_SCALE_WORD})\b(?: (?:{_SCALE_WORD})\b){{0,3}}"
    r"|(?:bn|mn|tn|[kKmMbB])(?![A-Za-z㐀-鿿])))"
)
_ENGLISH: Final = re.compile(
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
_WORD: Final = re.compile(r"[A-Za-z]+|[0-9]{3}0s")
_DAY_BEFORE: Final = re.compile(r"\b[0-9]{1,2}(?:st|nd|rd|th)? \Z")
_STARTS: Final = frozenset(
    [
        *_ENGLISH_DIGITS,
        *("a", "an", "half", "several", "scores", "tens", "sept"),
        *(f"{word}s" for word in _SCALE_WORD.split("|")),
        *_MONTHS.split(),
        *("january", "february", "march", "april", "june", "july", "august", "september"),
        *("october", "november", "december"),
    ]
)
# 一 with a counter is the indefinite article, as "one" is a pronoun.
_ARTICLE: Final = "一"
_PRONOUN: Final = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMention:
    """One number or date that a text tells, from `start` to `end`.

    `value` is in base units (0.8 for 80%) and None for a rough number (数十, dozens of) and for
    what can be read in two ways; `unit` is CNY, HKD, USD, ratio, people, time, a counter, or empty.
    `date` is 2012, 2012-12, 2012-12-07, --12-07, --12, ---07 or 199X, empty where it is no date; a
    bare 2012 has both. `scale` is what a range lends to its first number. A `titled` mention
    stands inside a title 《…》.
    """

    start: int
    end: int
    text: str
    value: Decimal | None
    unit: str = ""
    date: str = ""
    scale: Decimal = Decimal(1)
    titled: bool = False


def find_mentions(text: str) -> tuple[NumberMention, ...]:
    """The number mentions of a text in their order, none within another."""
    return find_mentions_in_prose(blank_markdown(text))


def blank_markdown(text: str) -> str:
    """The text with everything that is not prose blanked out, every offset kept."""
    text = _REFERENCE_OR_SLOT.sub(_blank, text)
    return _MARKDOWN.sub(_blank, text) if _MARKDOWN_SIGN.search(text) else text


def _blank(found: re.Match[str]) -> str:
    """As many blanks as characters, line breaks kept."""
    return re.sub(r"[^\n]", BLANK, found.group())


_NAME: Final = re.compile("|".join(pattern for pattern, _ in NAMES))
_IDIOM: Final = re.compile("|".join(pattern for pattern, _ in IDIOMS))
_TITLE: Final = re.compile(r"《[^《》\n]*》|〈[^〈〉\n]*〉")
_LETTER: Final = re.compile("[A-Za-z]")
_IN_NAMES: Final = re.compile(r"\d+|第|[一二三四五六七八九十]+号")
_DATE_UNITS: Final = ("年", "月", "日")
LONGEST_NAME: Final = 300
_ANY_NUMERAL: Final = re.compile(rf"[\d{_HAN_SCALE}两一二三四五六七八九半几壹贰叁肆伍陆柒捌玖]")


def find_mentions_in_prose(prose: str) -> tuple[NumberMention, ...]:
    """The number mentions of a text without Markdown."""
    line = prose
    if not line.isascii():
        line = _BANKERS_RUN.sub(lambda found: found.group().translate(_BANKERS), line)
        line = _FULL_COMMA.sub(",", line).translate(_PLAIN)
    titles = [found.span() for found in _TITLE.finditer(line)]
    line = _blank_names(line)
    found = list(_find_english(line)) if _LETTER.search(line) else []
    line = _blank_mentions(line, found)
    if _ANY_NUMERAL.search(line):
        arabic = list(_find_arabic(line))
        line = _blank_mentions(line, arabic)
        found += arabic
        found += _find_han(line)
    found.sort(key=lambda mention: mention.start)
    return tuple(
        NumberMention(
            start=mention.start,
            end=mention.end,
            text=prose[mention.start : mention.end],
            value=mention.value,
            unit=mention.unit,
            date=mention.date,
            scale=mention.scale,
            titled=any(start < mention.start < end for start, end in titles),
        )
        for mention in found
    )


def _blank_names(line: str) -> str:
    """The line with names that hold a number blanked out.

    Names are looked for around numerals only: most of a text has none.
    """
    pieces, at, done = [], 0, 0
    for found in _IN_NAMES.finditer(line):
        before = line[max(0, found.start() - 2) : found.start()]
        plain_year = len(found[0]) == 4 and before[:1].islower() and before[1:] == " "
        if found.start() < done or plain_year or line[found.end() : found.end() + 1] in _DATE_UNITS:
            continue
        begin, end = found.start(), found.end()
        while begin > at and begin > found.start() - LONGEST_NAME and "!" <= line[begin - 1] <= "~":
            begin -= 1
        while end < len(line) and end < found.end() + LONGEST_NAME and "!" <= line[end] <= "~":
            end += 1
        done = end
        limit = end + 24
        for name in _NAME.finditer(line, max(at, begin - 12), limit):
            # A name that is cut off here is found again around its own numeral.
            if name.end() < limit or limit >= len(line):
                pieces += [line[at : name.start()], BLANK * (name.end() - name.start())]
                at = name.end()
    return "".join((*pieces, line[at:])) if pieces else line


def _blank_mentions(line: str, mentions: list[NumberMention]) -> str:
    """The line with mentions blanked out, so that no other reading finds them again."""
    pieces, at = [], 0
    for mention in mentions:
        pieces += [line[at : mention.start], BLANK * (mention.end - mention.start)]
        at = mention.end
    return "".join((*pieces, line[at:]))


def _find_arabic(line: str) -> Iterator[NumberMention]:
    """The numbers and dates that begin with an Arabic digit."""
    at = 0
    while found := _ARABIC.search(line, at):
        start, end = found.span()
        mention = _read_arabic(line, found)
        at = max(end, mention.end)
        yield mention
        assert at > start


def _read_arabic(line: str, found: re.Match[str]) -> NumberMention:
    start, end, text = found.start(), found.end(), found.group()
    digits = re.findall(r"\d+", text)
    if found["number"] is None:
        return _date_mention(start, end, _arabic_date(found, digits))
    numeral = re.sub("[余多来 *]", "", text)
    value = _number(numeral)
    if line[max(0, start - 3) : start] == "百分之":
        return NumberMention(
            start=start - 3,
            end=end,
            text="",
            value=None if value is None else value / 100,
            unit="ratio",
        )
    tail = _ENGLISH_TAIL.match(line, end)
    scale = _scale_of(numeral)
    if tail and text[-1].isdigit():
        for word in tail["scale"].split():
            factor = _ENGLISH_SCALES.get(word) or _ENGLISH_SCALES[word.lower()]
            value = None if value is None else value * factor
            scale *= factor
        end = tail.end()
    return _with_unit(line, start, end, value, scale, _bare_year(line, found, numeral, end))


def _bare_year(line: str, found: re.Match[str], numeral: str, end: int) -> str:
    """The year that four digits alone may be, or nothing."""
    if end != found.end() or not re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", numeral):
        return ""
    return "" if found.group() != numeral else numeral


def _arabic_date(found: re.Match[str], digits: list[str]) -> str:
    """The EDTF-like form of a date in Arabic digits."""
    if found["short_decade"] is not None:
        return f"19{digits[0][0]}X"
    if found["month_only"] is not None:
        day = f"-{_two(found['d4'])}" if found["d4"] else ""
        return f"--{_two(digits[0])}{day}"
    if found["y"]:
        return f"{_plain(digits[0])[:3]}X" if found["decade"] is not None else _plain(digits[0])
    month = found["m"] or found["m2"] or found["m3"]
    day = found["d"] or found["d2"]
    return "-".join((_plain(digits[0]), _two(month), *((_two(day),) if day else ())))


def _plain(digits: str) -> str:
    """Digits of any script as ASCII."""
    return "".join(str(int(digit)) for digit in digits)


def _two(digits: str) -> str:
    return _plain(digits).zfill(2)


def _date_mention(start: int, end: int, date: str) -> NumberMention:
    return NumberMention(start=start, end=end, text="", value=None, date=date)


def _with_unit(
    line: str, start: int, end: int, value: Decimal | None, scale: Decimal, date: str = ""
) -> NumberMention:
    """The number with the unit that follows it or, for a currency, stands before it."""
    unit = ""
    if found := _UNIT.match(line, end):
        unit, end, date = _unit_of(found["unit"]), found.end(), ""
        if found["unit"] == "日" and value is not None and 1 <= value <= 31:
            date = f"---{int(value):02d}"
    elif before := re.search(
        r"(?:人民币|RMB|CNY|¥|USD|US\$|\$|HKD|HK\$) ?\Z", line[max(0, start - 6) : start]
    ):
        word = before.group().strip()
        unit = {"HK$": "HKD", "HKD": "HKD", "$": "USD", "US$": "USD", "USD": "USD"}.get(word, "CNY")
        date = ""
    if unit == "ratio" and value is not None:
        part = Decimal(10) if line[end - 1 : end] == "成" else Decimal(100)
        value /= part
    return NumberMention(
        start=start, end=end, text="", value=value, unit=unit, date=date, scale=scale
    )


def _unit_of(word: str) -> str:
    for words, code in _MONEY:
        if re.fullmatch(words, word):
            return code
    for words, name in ((_SHARE, "ratio"), (_PEOPLE, "people"), (_TIME, "time")):
        if re.match(words, word):
            return name
    return word


def _number(numeral: str) -> Decimal | None:
    """The value of a numeral, or None where it is rough or can be read in two ways."""
    value = number_of(numeral)
    if value is None and re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", numeral):
        # Leading zeros, long fractions and digits of other scripts are numbers in a text.
        value = Decimal(numeral)
    return value


def _scale_of(numeral: str) -> Decimal:
    """The 万, 亿 or 万亿 at the end of a numeral, as a factor."""
    scale = Decimal(1)
    for char in reversed(numeral):
        if char not in "万亿":
            break
        scale *= Decimal(10) ** (4 if char == "万" else 8)
    return scale


def _find_han(line: str) -> Iterator[NumberMention]:
    """The numbers and dates in Chinese numerals."""
    idioms: list[tuple[int, int]] | None = None
    at = 0
    while start := _HAN_START.search(line, at):
        found = _HAN.match(line, start.start())
        at = found.end() if found else start.end()
        mention = _read_han(line, found) if found else None
        if mention is None:
            continue
        at = max(at, mention.end)
        if idioms is None:
            idioms = [idiom.span() for idiom in _IDIOM.finditer(line)]
        if not any(start < mention.end and mention.start < end for start, end in idioms):
            yield mention


def _read_han(line: str, found: re.Match[str]) -> NumberMention | None:
    """The mention that a run of Chinese numerals makes, or None where it makes none."""
    start, end = found.span()
    if found["date"]:
        return _date_mention(start, end, _han_date(found))
    if found["fraction"]:
        return NumberMention(
            start=start, end=end, text="", value=_han_fraction(found), unit="ratio"
        )
    if found["half"]:
        return NumberMention(start=start, end=end, text="", value=Decimal("0.5"), unit="ratio")
    run = found["run"] + (found["more_scale"] or "")
    value = None if found["vague"] or found["more"] == "几" else _number(run)
    unit = _UNIT.match(line, end)
    following = line[end : end + 1]
    if following == "月" and value is not None and 1 <= value <= 12 and len(run) <= 2:
        # 一月 is as often "a month" as January; 这一月 tells no date.
        return None if run == _ARTICLE else _date_mention(start, end + 1, f"--{int(value):02d}")
    if not _is_han_number(line, found, run, unit):
        return None
    return _with_unit(line, start, end, value, _scale_of(run))


def _is_han_number(line: str, found: re.Match[str], run: str, unit: re.Match[str] | None) -> bool:
    """Whether a run of Chinese numerals tells a number and is not part of a word."""
    if found["vague"] or found["more"]:
        # 几十, 百余: rough, but numbers; 多 and 来 need a unit (一来, 三来).
        return bool(unit) or (len(run) > 1 and found["more"] != "来")
    if run == _ARTICLE:
        # 一个 is an article; 一元, 一成 and 一倍 are amounts.
        return unit is not None and bool(
            re.match("元|块钱|人民币|美元|港元|倍|[成%]", unit["unit"])
        )
    if len(run) == 1 and run in _HAN_DIGIT + "两":
        if unit is not None:
            return run != "二" or bool(re.match("[人位名元成倍]", unit["unit"]))
        # 三至五家: the first end has its counter behind the second. 三大任务 counts tasks.
        after = line[found.end() : found.end() + 12]
        if re.match("级(?!别)", after):
            return run == "两"
        tasks = re.match("大(?![会于家学型小豆])[㐀-鿿]{2}", after) and run not in "零〇二"
        return bool(tasks or _RANGE_END.match(after))
    if all(char in _HAN_SCALE for char in run):
        # 百人 and 亿元 are amounts; 十分, 千万 and 万 alone are words.
        return unit is not None
    if all(char in _HAN_DIGIT for char in run):
        # 三四家 and 二〇一二 are numbers; 一二 and 七一 alone are words.
        return unit is not None or len(run) > 3
    return True


def _han_date(found: re.Match[str]) -> str:
    year = found["hy"]
    month, day = found["hm"] or found["hm2"], found["hd"] or found["hd2"]
    parts = [
        f"{_han_number(part):02d}" if _han_number(part) else "99" for part in (month, day) if part
    ]
    if not year:
        return "--" + "-".join(parts)
    digits = "".join(
        "0" if char in "零〇" else str(_HAN_DIGIT.index(char) - 1) for char in year[:-1]
    )
    return "-".join((digits, *parts))


def _han_number(text: str) -> int:
    value = number_of(text)
    return int(value) if value is not None and value < 99 else 0


def _han_fraction(found: re.Match[str]) -> Decimal | None:
    if found["percent"]:
        percent = _number(found["percent"].rstrip("."))
        return None if percent is None else percent / 100
    top, bottom = _number(found["top"]), _number(found["bottom"])
    return top / bottom if top is not None and bottom else None


def _find_english(line: str) -> Iterator[NumberMention]:
    """The numbers in English words, and dates with an English month."""
    at = 0
    for word in _WORD.finditer(line):
        start = word.start()
        if start < at or (word.group().lower() not in _STARTS and not line[start].isdigit()):
            continue
        day = _DAY_BEFORE.search(line, max(at, start - 6), start)
        found = (day and _ENGLISH.match(line, day.start())) or _ENGLISH.match(line, start)
        mention = _read_english(line, found) if found else None
        if mention is not None:
            at = mention.end
            yield mention


def _read_english(line: str, found: re.Match[str]) -> NumberMention | None:
    start, end = found.span()
    month = found["month"] or found["month2"] or found["month3"]
    if month:
        year = found["year"] or found["year2"] or found["year3"]
        day = found["day"] or found["day2"]
        if not month[0].isupper():
            return None
        number = _MONTHS.index(month[:3].lower()) // 4 + 1
        tail = f"{number:02d}" + (f"-{_two(day)}" if day else "")
        return _date_mention(start, end, f"{_plain(year)}-{tail}" if year else f"--{tail}")
    if found["decade"]:
        return _date_mention(start, end, f"{_plain(found['decade'])[:3]}X")
    if found["plural"]:
        return NumberMention(start=start, end=end, text="", value=None)
    if found["top"]:
        top = _ENGLISH_DIGITS.get(found["top"].lower(), 1)
        return NumberMention(
            start=start,
            end=end,
            text="",
            value=Decimal(top) / _FRACTIONS[found["bottom"].lower()],
            unit="ratio",
        )
    if found["half"]:
        return NumberMention(start=start, end=end, text="", value=Decimal("0.5"), unit="ratio")
    words = found["words"].lower()
    if words == _PRONOUN or (words == "zero" and re.search(r"\b(?:an?|the) \Z", line[:start])):
        return None
    value, scale = _english_number(re.split(r"[ -]", words))
    return _with_unit(line, start, end, value, scale)


def _english_number(words: list[str]) -> tuple[Decimal | None, Decimal]:
    """The value of English number words, None for what is none (two three), and its scale."""
    total = section = Decimal(0)
    scale = last = Decimal(1)
    small = True
    for word in words:
        if word in ("and", "a", "an"):
            section += word != "and"
        elif word in _ENGLISH_DIGITS:
            digit = Decimal(_ENGLISH_DIGITS[word])
            if section % 100 and not (section % 100 >= 20 and section % 10 == 0 and digit < 10):
                return None, scale
            section, small = section + digit, True
        else:
            factor = _ENGLISH_SCALES[word]
            if word in ("hundred", "dozen"):
                section = (section or Decimal(1)) * factor
            else:
                total, section = total + (section or Decimal(1)) * factor, Decimal(0)
            last = scale = factor if small else last * factor
            small = False
    return total + section, scale
