"""Words of amounts and texts: currencies, qualifiers, units, counters and words for `per`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, cast

from casebook.patterns import Patterns, read_words
from casebook.text import Text

Qualifier = Literal["exact", "approx", "more_than", "at_least", "at_most", "range", "rough"]

# The qualifiers of amounts without a single value, which no formula may use.
WITHOUT_VALUE: Final = ("range", "rough")
# The statuses of figures that have not happened yet.
PLANNED_STATUSES: Final = ("planned", "target")

HAN_DIGITS: Final = "零〇一二三四五六七八九"
ENGLISH_SCALES: Final = {
    "trillion": Decimal(10) ** 12,
    "billion": Decimal(10) ** 9,
    "million": Decimal(10) ** 6,
}

# Read on import, as a build with nothing to do does not import this module.
WORDS: Final[Mapping[str, Any]] = read_words(__file__, "words.yaml")


class Currency(NamedTuple):
    """A currency, and how it is written.

    In an amount, `units` follow the number and `signs` stand before it. In a text, the pattern
    `in_text` matches the words behind a number, and `signs_in_text` stand before one.
    """

    name: Text
    units: tuple[str, ...]
    in_text: str
    signs: tuple[str, ...]
    signs_in_text: tuple[str, ...]


def _in_each_case(words: Iterable[str]) -> tuple[str, ...]:
    """The words, with English words of three letters or more also as rmb, Rmb and RMB."""
    cases = (
        (word, word.lower(), word.title(), word.upper())
        if re.fullmatch("[A-Za-z]{3,}", word)
        else (word,)
        for word in words
    )
    return tuple(dict.fromkeys(each for one in cases for each in one))


def _make_currency(code: str, zh: str, en: str, **words: str) -> Currency:
    others, signs = words.get("others", "").split(), words.get("signs", "").split()
    one = en.removesuffix("s")
    # 元 before a number does not state a currency: 元100.
    before = others if zh == "元" else [zh, *others]
    return Currency(
        name=Text(zh, en),
        units=_in_each_case((zh, *others, en, one, code)),
        in_text=words.get("in_text") or "|".join((zh, *others, f"{one}s?", code)),
        signs=_in_each_case((*before, code, *signs)),
        signs_in_text=(*signs, code),
    )


CURRENCIES: Final[Mapping[str, Currency]] = {
    code: _make_currency(code, **words) for code, words in WORDS["currencies"].items()
}
SHARED: Final = {word: codes.split() for word, codes in WORDS["shared"].items()}
_of_the_site = "CNY"


def use_currency(code: str) -> None:
    """Read words that several currencies share, such as $ and ¥, as this currency from now on."""
    # A global, as a shared word means the same currency in every wording of a site.
    global _of_the_site
    _of_the_site = code


def own_currency() -> str:
    """The currency that `use_currency` set for the site."""
    return _of_the_site


def settle_currency(word: str, code: str) -> str:
    """The currency of a word: that of the site if the word may mean it, else `code`."""
    return _of_the_site if _of_the_site in SHARED.get(word, ()) else code


class QualifierWords(NamedTuple):
    """The name of a qualifier, and the words that state it before and after a number."""

    name: Text
    before: tuple[str, ...]
    after: tuple[str, ...]


_ELSEWHERE: Final[Mapping[str, Any]] = WORDS["elsewhere"]


def _read_qualifier(name: str, zh: str, en: str, **words: str) -> QualifierWords:
    others = _ELSEWHERE.get(name, {})
    before, after = (
        (*words.get(side, "").split(), *others.get(side, ())) for side in ("before", "after")
    )
    return QualifierWords(Text(zh, en), before, after)


QUALIFIERS: Final = cast(
    Mapping[Qualifier, QualifierWords],
    {name: _read_qualifier(name, **words) for name, words in WORDS["qualifiers"].items()},
)
# A text may have 为 between any word and its number, so 上限为 and 约为 need no pattern. 多 stands
# inside a number (300多项) and compares after the unit: 比4277万元多. 从6万元起步 is a beginning.
_NOT_IN_TEXT: Final = ("上限为", "约为", "多", "起步")


def _guard(word: str) -> str:
    before, after = WORDS["look_alikes"].get(word, ("", ""))
    return (f"(?<![{before}])" if before else "") + word + (f"(?![{after}])" if after else "")


def _read_side(side: Literal["before", "after"]) -> Mapping[Qualifier, str]:
    """The patterns of Chinese words before or after a number in a text, by qualifier."""
    patterns: dict[Qualifier, str] = {}
    for name, one in WORDS["qualifiers"].items():
        if "before" in one:
            words = (word for word in one[side].split() if word not in _NOT_IN_TEXT)
            patterns[name] = "|".join(
                (*one.get(f"{side}_in_text", "").split(), *map(_guard, words))
            )
    return patterns


BEFORE_IN_TEXT: Final = _read_side("before")
AFTER_IN_TEXT: Final = _read_side("after")


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


def _whole_words(words: Iterable[str]) -> str:
    """The pattern of any of the words in any case, with English words matched whole."""
    return f"(?i:{_one_of(words)})(?:(?<![A-Za-z])|(?![A-Za-z]))"


UNITS: Final = {word: code for code, money in CURRENCIES.items() for word in money.units}
# A sign of several currencies stands for the first, unless the site has another of them.
SIGNS: Final = {
    word: code for code, money in reversed(list(CURRENCIES.items())) for word in money.signs
}
BEFORE: Final = {word: name for name, words in QUALIFIERS.items() for word in words.before}
AFTER: Final = {word: name for name, words in QUALIFIERS.items() for word in words.after}
SAME_PER: Final[Mapping[str, str]] = WORDS["same_per"]
# Without the lookaheads that exclude some following characters.
UNITS_OF_PRICE: Final = tuple(unit.partition("(")[0] for unit in WORDS["units_of_price"].split())
PER_IN_ENGLISH: Final[Mapping[str, str]] = WORDS["per_in_english"]
PER_IN_CHINESE: Final = {en: zh for zh, en in reversed(list(PER_IN_ENGLISH.items()))}
PER_ADVERBS: Final[Mapping[str, str]] = _ELSEWHERE["per"]
TAXES: Final[Mapping[str, str]] = WORDS["taxes"]
STRICTLY_BELOW: Final = frozenset(WORDS["strictly_below"])
ENGLISH_DIGITS: Final[Mapping[str, int]] = WORDS["english_digits"]
ENGLISH_PARTS: Final[Mapping[str, int]] = WORDS["english_parts"]
SHARES: Final = {
    **dict.fromkeys(("%", "percent", "per cent", "pct", "pc"), Decimal("0.01")),
    "‰": Decimal("0.001"),
    **{"成": Decimal("0.1"), "折": Decimal("0.1")},
}
# Units of less than a yuan that follow a number by themselves.
CHANGES: Final = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分钱": Decimal("0.01")}
ENGLISH_FACTORS: Final[Mapping[str, int]] = WORDS["english_factors"]
# The patterns of `words.yaml` by name.
PATTERNS: Final = Patterns(
    WORDS["amount_patterns"] | WORDS["plan_patterns"] | WORDS["quote_patterns"],
    digit=HAN_DIGITS,
    unit=_one_of(UNITS),
    sign=_one_of(SIGNS),
    before=_whole_words(BEFORE),
    after=f"(?:{_whole_words(AFTER)})(?<!余(?=[额下地]))(?<!以上(?=[级所述]))",
    taxes=_one_of(TAXES),
    adverbs="|".join(PER_ADVERBS),
    per_adverb=_whole_words(PER_ADVERBS),
    english_digits=_whole_words(ENGLISH_DIGITS),
    english_parts=_one_of(ENGLISH_PARTS),
    english_scale=_one_of(word for word in ENGLISH_FACTORS if len(word) > 2),
    planned_in_english=_ELSEWHERE["planned"],
    leads_in_english=_whole_words(_ELSEWHERE["leads"]),
    # Words of qualifiers that may stand before a number inside a sentence.
    in_text="|".join(
        f"(?P<{name}>{words}|(?<![A-Za-z])(?i:{_one_of(_ELSEWHERE[name]['before'])})(?![A-Za-z]))"
        for name, words in BEFORE_IN_TEXT.items()
    ),
    **{name: _one_of(WORDS[name].split()) for name in ("leads", "done", "money", "counters")},
    **{
        name: "|".join(WORDS[name].split())
        for name in ("units_of_price", "counters_of_price", "hedges")
    },
    not_in_nouns="|".join((*(w for w in AFTER if len(w) > 1), *WORDS["not_in_nouns"].split())),
)
