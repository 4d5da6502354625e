"""Words that amounts and texts share: currencies, qualifiers, and the states that are plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from casebook.patterns import read_words
from casebook.text import Text

Qualifier = Literal["exact", "approx", "more_than", "at_least", "at_most", "range", "rough"]

# The qualifiers of what has no one value: it is in no formula.
WITHOUT_VALUE: Final = ("range", "rough")
# The states of what has not happened yet.
PLANNED_STATUSES: Final = ("planned", "target")

# The lists are read with this module, which a build with nothing to do does not load.
WORDS: Final[Mapping[str, Any]] = read_words(__file__, "words.yaml")


class Currency(NamedTuple):
    """A currency, and how it is written.

    `units` follow the number of an amount and `signs` stand before it; `in_text` is a pattern of
    what a text may write behind a number besides, `signs_in_text` what it may write before one.
    """

    name: Text
    units: tuple[str, ...]
    in_text: str
    signs: tuple[str, ...]
    signs_in_text: tuple[str, ...]


def _make_currency(code: str, zh: str, en: str, **words: str) -> Currency:
    others, signs = words.get("others", "").split(), words.get("signs", "").split()
    one = en.removesuffix("s")
    # 元 in front of a number is none of an amount: 元100.
    before = others if zh == "元" else [zh, *others]
    return Currency(
        name=Text(zh, en),
        units=(zh, *others, en, one, code),
        in_text=words.get("in_text") or "|".join((zh, *others, f"{one}s?", code)),
        signs=tuple(dict.fromkeys((*before, code, *signs))),
        signs_in_text=(*signs, code),
    )


CURRENCIES: Final[Mapping[str, Currency]] = {
    code: _make_currency(code, **words) for code, words in WORDS["currencies"].items()
}


_SHARED: Final = {word: codes.split() for word, codes in WORDS["shared"].items()}
_of_the_site = "CNY"


def use_currency(code: str) -> None:
    """Take what several currencies share, as $ and ¥, for this one from now on."""
    # Each wording of a site means the same by it, as each number means the same by its comma.
    global _of_the_site
    _of_the_site = code


def own_currency() -> str:
    """The currency of the site that is read."""
    return _of_the_site


def settle_currency(word: str, code: str) -> str:
    """The currency that a word stands for; `code` is the one that it has without any site."""
    return _of_the_site if _of_the_site in _SHARED.get(word, ()) else code


class QualifierWords(NamedTuple):
    """The name of a qualifier, and the words of amounts that state it, before and after."""

    name: Text
    before: tuple[str, ...]
    after: tuple[str, ...]


QUALIFIERS: Final = cast(
    Mapping[Qualifier, QualifierWords],
    {
        name: QualifierWords(
            name=Text(one["zh"], one["en"]),
            before=tuple(one.get("before", "").split()),
            after=tuple(one.get("after", "").split()),
        )
        for name, one in WORDS["qualifiers"].items()
    },
)
# 上限为 and 约为 are read in a text with what may stand between a word and its number. 多 stands
# inside its number there (300多项); after the unit it compares: 比4277万元多.
_NOT_IN_TEXT: Final = ("上限为", "约为", "多")


def _guard(word: str) -> str:
    before, after = WORDS["look_alikes"].get(word, ("", ""))
    return (f"(?<![{before}])" if before else "") + word + (f"(?![{after}])" if after else "")


def _read_side(side: Literal["before", "after"]) -> Mapping[Qualifier, str]:
    """The patterns of the Chinese words beside a number in a text, by qualifier."""
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
