"""Patterns of numbers in texts and of the words about them, each compiled at its first use.

They are in `words.yaml`; this module adds the parts that are made of the words of amounts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from casebook.patterns import Patterns, read_words
from casebook.text import LANGS, Lang
from casebook.values.numerals import FULL_WIDTH, HAN_SCALES, TRADITIONAL
from casebook.values.periods import MONTHS
from casebook.values.words import (
    AFTER_IN_TEXT,
    BEFORE_IN_TEXT,
    CURRENCIES,
    ENGLISH_DIGITS,
    HAN_DIGITS,
    SAME_PER,
)

# The lists are read at import: a build without a changed text does not load this module.
WORDS: Final[Mapping[str, Any]] = read_words(__file__, "words.yaml")

# The sign that replaces everything but prose: no letter, no digit, no punctuation.
BLANK: Final = "\ufffc"
# Each table replaces one character by one, so that offsets stay those of the text.
PLAIN: Final = (
    TRADITIONAL
    | {ord(wide): FULL_WIDTH[ord(wide)] for wide in "０１２３４５６７８９．％＄－"}
    | str.maketrans("﹪￥圓圆○", "%¥元元〇")
)
SIGNS: Final = {
    sign: code for code, money in reversed(list(CURRENCIES.items())) for sign in money.signs_in_text
}


def _list_qualifiers(side: str, of_amounts: Mapping[Any, str]) -> dict[Lang, str]:
    """The patterns of qualifiers on one side of a number, with a group for each qualifier."""
    found = {}
    for lang in LANGS:
        named = {
            name: "|".join(words[side]) + (f"|{of_amounts[name]}" if lang == "zh" else "")
            for name, words in WORDS["qualifiers"][lang].items()
        }
        found[lang] = "|".join(f"(?P<{name}>{words})" for name, words in named.items())
    return found


_MADE: Final[Mapping[str, Any]] = {
    "before": _list_qualifiers("before", BEFORE_IN_TEXT),
    "after": _list_qualifiers("after", AFTER_IN_TEXT),
    "digits": HAN_DIGITS,
    "scales": HAN_SCALES,
    "currency": [f"(?:{money.in_text})" for money in CURRENCIES.values()],
    "sign": [re.escape(sign) for sign in SIGNS],
    "digit_word": sorted(ENGLISH_DIGITS, key=len, reverse=True),
    "fraction": list(WORDS["english_fractions"]),
    "not_behind_month": "".join(f"(?<!{month} )(?<!{month[:3]} )" for month in MONTHS),
    "month_start": [f"{month[:3]}(?:{month[3:]})?" for month in map(str.lower, MONTHS)],
}


class _TextPatterns(Patterns):
    """The patterns of one language, or those of all languages."""

    def __init__(self, lang: Lang | None, **known: str) -> None:
        entries = {
            name: entry.get(lang) if isinstance(entry, dict) else entry
            for name, entry in {**WORDS, **_MADE}.items()
        }
        words = {name: entry for name, entry in entries.items() if isinstance(entry, str | list)}
        super().__init__(words, **known)
        self.lang = lang

    def compile(self, name: str, words: str) -> re.Pattern[str]:
        """The pattern of an entry; the pattern of a list is for a text in lower case."""
        is_list = isinstance(self.entries[name], list)
        return any_of(words, self.lang) if is_list else re.compile(words)


_PATTERNS: Final = {lang: _TextPatterns(lang) for lang in (None, *LANGS)}


@cache
def pattern(name: str, lang: Lang | None = None) -> re.Pattern[str]:
    """The pattern of an entry of the list of words."""
    return _PATTERNS[lang][name]


@cache
def any_of(words: str, lang: Lang | None) -> re.Pattern[str]:
    """The pattern of alternatives for a text in lower case, in English as whole words."""
    # Patterns that ignore case would take four times as long: they are tried at each word.
    words = re.sub(r"(?<!\\)[A-Z]", lambda found: found[0].lower(), words)
    return re.compile(rf"\b(?:{words})(?![a-z])" if lang == "en" else words)


def lower(text: str) -> str:
    """A text in lower case and plain Chinese characters, every offset kept."""
    return text.lower() if text.isascii() else text.replace("İ", "i").lower().translate(TRADITIONAL)


@cache
def name_unit(word: str) -> str:
    """The name of a unit by its word: a currency, points, ratio, people, time, or its own word."""
    if code := next((c for c, m in CURRENCIES.items() if re.fullmatch(m.in_text, word)), ""):
        return code
    for name, unit in (
        ("points", "points"),
        ("share", "ratio"),
        ("people", "people"),
        ("time", "time"),
    ):
        if pattern(name).match(word):
            return unit
    return word


@cache
def per_patterns(
    lang: Lang, terms: tuple[tuple[str, str, str], ...]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of `per` words before and after a number, with a group for each term.

    `terms` are those of the vocabulary: the key, the Chinese and the English name of each.
    """
    names = per_names(terms)
    joined = "|".join(f"(?P<{key}>{'|'.join(words)})" for key, words in names.items())
    patterns = _TextPatterns(lang, per=joined)
    return patterns["per_before"], patterns["per_behind"]


@cache
def per_names(terms: tuple[tuple[str, str, str], ...]) -> Mapping[str, list[str]]:
    """The words for each term of `per`, as patterns: those of the vocabulary and common ones."""
    known = {name for _, *both in terms for name in both}
    names = {key: [re.escape(name) for name in (zh, en) if name] for key, zh, en in terms}
    for key, zh, _ in terms:
        names[key] += [re.escape(word) for word, same in SAME_PER.items() if same == zh]
    for key, words in WORDS["per"].items():
        names[key] = [*names.get(key, ()), *(word for word in words if word not in known)]
    return names
