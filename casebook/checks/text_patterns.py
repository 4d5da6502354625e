"""Patterns of numbers in texts, of what only looks like one, and of the words about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from casebook.patterns import read_words
from casebook.text import LANGS, Lang
from casebook.values.amount_words import ENGLISH_DIGITS
from casebook.values.dates import MONTHS
from casebook.values.numerals import (
    ENGLISH_SCALES,
    FULL_WIDTH,
    HAN_DIGITS,
    HAN_SCALES,
    TRADITIONAL,
)
from casebook.values.words import AFTER_IN_TEXT, BEFORE_IN_TEXT, CURRENCIES, Qualifier

# The lists are read with this module, which a build without a changed text does not load.
WORDS: Final[Mapping[str, Any]] = read_words(__file__, "words.yaml")

# What replaces something that is no prose: no letter, no digit, no punctuation.
BLANK: Final = "\ufffc"

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

_SHARE, _PEOPLE, _TIME, _COUNTER = (
    "|".join(WORDS["units"][name]) for name in ("share", "people", "time", "counter")
)
# The name of a unit by the pattern of its words; of any other, which is a counter, it is the word.
UNIT_NAMES: Final = {
    **{re.compile(rf"(?:{money.in_text})\Z"): code for code, money in CURRENCIES.items()},
    **{re.compile(_SHARE): "ratio", re.compile(_PEOPLE): "people", re.compile(_TIME): "time"},
}
_MONEY: Final = "|".join(f"(?:{money.in_text})" for money in CURRENCIES.values())
_AMOUNT_UNIT: Final = f"{_MONEY}|{_SHARE}|{_PEOPLE}|{_TIME}|{_COUNTER}"
SIGNS: Final = {
    sign: code for code, money in reversed(list(CURRENCIES.items())) for sign in money.signs_in_text
}
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
    # 8000多万, 1亿2千万, 3个亿, 80,000,000, 7.2.
    r"|(?P<number>(?:(?:,(?=\d{3}(?!\d))|\d)*(?:\.\d+)?"
    r"(?:[ *]{0,3}[余多来])?(?:[ *]{0,3}[十百千万亿]|个(?=亿|[百千]?万(?![人元])))*)"
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
    r"(?P<more>[几余多来])?(?P<more_scale>个?亿|万)?"
)
# A scale of 万 or more alone is an amount behind a word that measures: 逾千万, 过亿.
BARE_SCALE: Final = re.compile("[十百千]?[万亿]{1,2}")
MEASURES: Final = re.compile(
    "[逾超过破近达约数上几值花投有出拨为到满足近共个](?<![经通难不]过)(?<!没有)\\Z"
)

ENGLISH_FACTORS: Final[dict[str, Decimal]] = {
    **{word: Decimal(factor) for word, factor in WORDS["english_factors"].items()},
    **ENGLISH_SCALES,
}
FRACTIONS: Final[dict[str, int]] = WORDS["english_fractions"]
# What follows a part of a whole, and no ordinal: a third was rejected, cut by half.
_SHARES_IN: Final = WORDS["roles"]["shares_in"]
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
    rf"|(?P<top>one|two|three|four|a)[ -](?P<bottom>{'|'.join(FRACTIONS)})s?\b"
    rf"(?=[ -]of\b|.{{0,30}}\bof\b|{_SHARES_IN})(?!-party)"
    rf"|(?<!first )(?<!second )(?P<half>half)(?= (?:of|the|a|as|that|its|their)\b|{_SHARES_IN})"
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
TITLE: Final = re.compile(r"《[^《》\n]*》|〈[^〈〉\n]*〉")
LETTER: Final = re.compile("[A-Za-z]")
ANY_NUMERAL: Final = re.compile(rf"[\d{HAN_SCALES}两零〇一二三四五六七八九半几壹贰叁肆伍陆柒捌玖]")

# --- What only looks like a number ----------------------------------------------------------

_COUNTED: Final = "|".join(WORDS["counted_nouns"])
# These begin like a counter and are nouns of their own: 附件1项目清单.
_NO_UNIT: Final = f"(?!{'|'.join(WORDS['no_units'])})"
_NO_SCALE: Final = rf"[0-9]|[,.][0-9]| ?(?:{_SCALE_WORD})\b"
_ENDS: Final = {
    "@counted": _COUNTED,
    "@n": r"[0-9]+(?:\.[0-9]+)*",
    "@han": f"[{HAN_DIGITS}{HAN_SCALES}]{{1,4}}",
    "@end": (
        rf"(?!{_NO_SCALE}|[ *]*{_NO_UNIT}{_HAN_ADJECTIVE}(?:{_AMOUNT_UNIT}|[十百千万亿余多来])"
        rf"|(?: [a-z]+)? (?:{_COUNTED})\b)"
    ),
    "@money": rf"(?!{_NO_SCALE}|[ *]*(?:{_MONEY}|{_SHARE}|[百千万亿]))",
}


def fill(pattern: str) -> str:
    """A pattern of the list of words with what its names stand for."""
    return re.sub("@(?:n|han|end|money|counted)", lambda found: _ENDS[found.group()], pattern)


IDIOMS: Final[tuple[tuple[str, str], ...]] = tuple(map(tuple, WORDS["idioms"]))
NAMES: Final[tuple[tuple[str, str], ...]] = tuple(map(tuple, WORDS["names"]))
IDIOM: Final = re.compile("|".join(fill(pattern) for pattern, _ in IDIOMS))
# What a name is looked for around.
IN_NAMES: Final = re.compile(
    rf"\d+|第|[一二三四五六七八九十]{1, 4}号|[①-⒇]|(?i:\b(?:square|{_SCALE_WORD}|{_DIGIT_WORD})\b)"
)


# It takes as long to compile as a quarter of all others, and few texts have such numerals.
@cache
def pattern_of_names() -> re.Pattern[str]:
    """The pattern of names that hold a number."""
    by_end: dict[str, list[str]] = {"": [], "@end": [], "@money": []}
    for name, _ in NAMES:
        end = next(end for end in reversed(by_end) if name.endswith(end))
        by_end[end].append(name.removesuffix(end))
    # What may not follow is long: one copy of it for each name took six times as long to compile.
    return re.compile(
        "|".join(fill(f"(?:{'|'.join(names)}){end}") for end, names in by_end.items())
    )


# --- What Markdown writes for itself --------------------------------------------------------

REFERENCE_OR_SLOT: Final = re.compile(
    r"\{\{[^{}\n]*\}\}|\[\[(?:[a-z][a-z0-9:-]*|picture:[^\[\]\n]+)\]\]"
)
MARKDOWN_SIGN: Final = re.compile(r"[\[<]|^[ \t>（(]*[0-9]", re.MULTILINE)
# Code and the titles of links are printed, so that they stay prose.
MARKDOWN: Final = re.compile(
    r"(?P<address>(?<=\])\([^()\n\"']*)"
    r"|(?P<link><https?://[^<>\s]*>)"
    r"|(?P<definition>^ {0,3}\[(?!\^)[^\]\n]+\]:[^\n\"']*)"
    r"|(?P<note>\[\^[^\]\s]+\]:?)"
    r"|(?P<item>^[ \t]*(?:>[ \t]*)*(?:[0-9]{1,2}[.)][ \t]|[（(]?[0-9]{1,2}[）)、](?![0-9])))",
    re.MULTILINE,
)

# --- Words beside a number ------------------------------------------------------------------

# A word counts where it touches its number, with at most a filler between them. Look-alikes are
# shut out by what stands before them: 节约 is not 约, 通过 is not 过, 附近 is not 近.
_BEFORE_LEADS: Final[dict[Lang, str]] = WORDS["before_leads"]
_FILLERS, _NOUN = WORDS["fillers"], WORDS["nouns"]


def _in_text(lang: Lang, name: Qualifier, side: str) -> str:
    """The words of a qualifier on one side of a number: those of texts, and those of amounts."""
    words = "|".join(WORDS["qualifiers"][lang][name][side])
    of_amounts = BEFORE_IN_TEXT if side == "before" else AFTER_IN_TEXT
    return f"{words}|{of_amounts[name]}" if lang == "zh" else words


QUALIFIER_WORDS: Final[dict[Lang, dict[str, dict[Qualifier, str]]]] = {
    lang: {
        side: {name: _in_text(lang, name, side) for name in WORDS["qualifiers"][lang]}
        for side in ("before", "after")
    }
    for lang in LANGS
}


def _one_group_each(lang: Lang, side: str) -> str:
    return "|".join(f"(?P<{name}>{words})" for name, words in QUALIFIER_WORDS[lang][side].items())


QUALIFIED_BEFORE: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(
        rf"{_BEFORE_LEADS[lang]}(?:{_one_group_each(lang, 'before')}){_FILLERS[lang]}\Z",
        re.IGNORECASE,
    )
    for lang in LANGS
}
QUALIFIED_AFTER: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(rf"{_NOUN[lang]}(?:{_one_group_each(lang, 'after')})", re.IGNORECASE)
    for lang in LANGS
}
TOUCHING_AFTER: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(f",? ?(?:{_one_group_each(lang, 'after')})", re.IGNORECASE) for lang in LANGS
}
# What is printed behind the English of a plan.
PLAN_SIGN: Final = re.compile(r"\A ?\((?:planned|target)\)")
TO: Final = re.compile(r" *(?:至|到|[—–―~～〜-]{1,2}|to|and) *")
YEAR_COUNTS, YEAR_DATES = (
    re.compile(fill(WORDS["roles"][name]), re.IGNORECASE) for name in ("year_counts", "year_dates")
)
BETWEEN: Final = re.compile(r"\bbetween \Z", re.IGNORECASE)
CEILING: Final = re.compile("上限|封顶|ceiling|maximum|at most", re.IGNORECASE)


def any_of(words: Iterable[str], lang: Lang) -> re.Pattern[str]:
    """The pattern of a list of words, in English as whole words."""
    joined = "|".join(map(fill, words))
    return re.compile(rf"\b(?:{joined})(?![A-Za-z])" if lang == "en" else joined, re.IGNORECASE)


def in_languages(name: str) -> dict[Lang, re.Pattern[str]]:
    """The pattern of a list of words by language."""
    return {lang: any_of(WORDS[name][lang], lang) for lang in LANGS}


LOOSE: Final = in_languages("loose")
PLANNED: Final = in_languages("planned")
PLAN_GAINED: Final = in_languages("plan_gained")
NOT_YET: Final = in_languages("not_yet")
RELATIVE: Final = in_languages("relative")
JUDGEMENT: Final = in_languages("judgement")
ATTRIBUTED: Final = in_languages("attributed")

QUOTED: Final = re.compile('“[^“”\n]*”|‘[^‘’\n]*’|「[^「」\n]*」|『[^『』\n]*』|"[^"\n]{0,120}"')
SENTENCE_END: Final = re.compile(
    r"[。！？]|[.!?](?=[\s”\"’)]|\Z)|\n\s*\n|\n(?=[ \t]*(?:[-*+>#|]|[0-9]{1,2}[.)] )|[A-Z][a-z]+:)"
)
CLAUSE_END: Final = re.compile(r"[，、。；：！？\n]|[,;:.!?](?=\s|\Z)")
PART_END: Final = re.compile(r"[；。！？]|[;.!?](?=\s|\Z)|\n\s*\n|\n(?=[-*+>#|])")
PARAGRAPH_END: Final = re.compile(r"\n\s*\n")
PREPOSITION: Final = re.compile(
    r"(?:\b(?:in|of|since|by|from|to|until|till|after|before) |[—–-] ?)\Z", re.IGNORECASE
)
