"""Words of amounts: units, counters, what an amount is per, and what may stand before a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from casebook.patterns import Patterns
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
# Without the patterns of what may not follow them.
UNITS_OF_PRICE: Final = tuple(unit.partition("(")[0] for unit in WORDS["units_of_price"].split())
PER_IN_ENGLISH: Final[Mapping[str, str]] = WORDS["per_in_english"]
PER_IN_CHINESE: Final = {en: zh for zh, en in reversed(list(PER_IN_ENGLISH.items()))}
PER_ADVERBS: Final[Mapping[str, str]] = _ELSEWHERE["per"]
TAXES: Final[Mapping[str, str]] = WORDS["taxes"]
ENGLISH_DIGITS: Final[Mapping[str, int]] = WORDS["english_digits"]
ENGLISH_PARTS: Final[Mapping[str, int]] = WORDS["english_parts"]
SHARES: Final = {
    **dict.fromkeys(("%", "percent", "per cent"), Decimal("0.01")),
    "‰": Decimal("0.001"),
    **{"成": Decimal("0.1"), "折": Decimal("0.1")},
}
# A part of a yuan by itself.
CHANGES: Final = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分钱": Decimal("0.01")}
ENGLISH_FACTORS: Final = {
    **ENGLISH_SCALES,
    **{"thousand": Decimal(1000), "k": Decimal(1000)},
    **{"m": ENGLISH_SCALES["million"], "mn": ENGLISH_SCALES["million"]},
    **{"b": ENGLISH_SCALES["billion"], "bn": ENGLISH_SCALES["billion"]},
}
# The patterns by name, as `words.yaml` has them.
PATTERNS: Final = Patterns(
    WORDS["amount_patterns"] | WORDS["plan_patterns"],
    digit=HAN_DIGITS,
    unit=_one_of(UNITS),
    sign=_one_of(SIGNS),
    before=_whole_words(BEFORE),
    after=_whole_words(AFTER),
    taxes=_one_of(TAXES),
    adverbs="|".join(PER_ADVERBS),
    per_adverb=_whole_words(PER_ADVERBS),
    english_digits=_whole_words(ENGLISH_DIGITS),
    english_parts=_one_of(ENGLISH_PARTS),
    planned_in_english=_ELSEWHERE["planned"],
    leads_in_english=_whole_words(_ELSEWHERE["leads"]),
    # The qualifiers that may stand before a number inside other words.
    in_text="|".join(
        f"(?P<{name}>{words}|(?<![A-Za-z])(?i:{_one_of(_ELSEWHERE[name]['before'])})(?![A-Za-z]))"
        for name, words in BEFORE_IN_TEXT.items()
    ),
    **{name: _one_of(WORDS[name].split()) for name in ("leads", "done", "money", "counters")},
    **{
        name: "|".join(WORDS[name].split())
        for name in ("not_in_nouns", "units_of_price", "counters_of_price", "hedges")
    },
)
