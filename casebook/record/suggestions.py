"""Suggestions for misspelt words and names of fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache

from casebook.messages import offer
from casebook.record.description import fields_of, known_names
from casebook.record.model import Case, Figure
from casebook.text import DEFAULT_LANGUAGES, NO_TEXT, Text
from casebook.values.words import SIGNS, UNITS

# Questions that are often written beside `answers` instead of below it.
_QUESTIONS = ("purchaser", "provider", "provider_type", "mode", "competition", "evaluation")


def _classes() -> tuple[type, ...]:
    return (Case, *dict.fromkeys(one.items for one in fields_of(Case) if one.holds_records))


@cache
def _find_aliases() -> dict[str, list[str]]:
    """The names of fields by the Chinese words that editors write for them."""
    aliases: dict[str, list[str]] = {}
    for one in (one for cls in _classes() for one in fields_of(cls)):
        for word in one.called.split():
            aliases.setdefault(word, []).append(one.name)
    return aliases


@cache
def find_homes() -> dict[str, str]:
    """The keys of messages that say where a field belongs, for fields of one class only."""
    all_names = [known_names(fields_of(cls), DEFAULT_LANGUAGES) for cls in _classes()]
    names = [name for own in all_names for name in own]
    homes = dict.fromkeys(_QUESTIONS, "record.home_answer")
    for cls, home in ((Case, "record.home_case"), (Figure, "record.home_figure")):
        own = known_names(fields_of(cls), DEFAULT_LANGUAGES)
        alone = (name for name in own if names.count(name) == 1)
        homes |= dict.fromkeys(alone, home)
    return homes


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that a misspelt one most likely means, or ""."""
    # Imported here, as most runs find nothing misspelt.
    import difflib

    plain = re.sub(r"^\W+|\W+$", "", unicodedata.normalize("NFKC", word)).replace("-", "_")
    by_folded = {name.casefold(): name for name in known}
    for meant in _find_aliases().get(plain, ()):
        if meant in by_folded:
            return by_folded[meant]
    found = difflib.get_close_matches(plain.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def find_named(name: str, known: Collection[str]) -> str:
    """The key of the word or source that has a name, or "".

    A source is found by its title, its publisher or its address.
    """
    # RMB is not the code of a currency but means one.
    if (code := SIGNS.get(name) or UNITS.get(name, "")) in known:
        return code
    for key, one in known.items() if name and isinstance(known, Mapping) else ():
        texts = [getattr(one, each, None) for each in ("name", "title", "publisher")]
        names = {words for text in texts if isinstance(text, Text) for words in (text.zh, text.en)}
        if name in names or name == getattr(one, "url", None):
            return str(key)
    return ""


def suggest(word: str, known: Collection[str]) -> Text:
    """The hint “did you mean …” for a misspelt word, or an empty text."""
    name = nearest(word, known)
    return offer(name, "record.did_you_mean", name=name) if name else NO_TEXT
