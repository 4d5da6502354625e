"""A wording in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")
# The BCP 47 tags of the languages.
LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-Hans", "en": "en"}


@dataclass(frozen=True)
class Text:
    """A wording in Chinese, in English, or in both."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def own(self, lang: Lang) -> str:
        """The wording in the language, empty if there is none."""
        return self.en if lang == "en" else self.zh

    def inside(self, lang: Lang) -> str:
        """The wording in the language, or in the other language if there is none."""
        return (self.en or self.zh) if lang == "en" else (self.zh or self.en)

    def written(self, lang: Lang) -> Lang:
        """The language of the wording that `inside` returns."""
        if lang == "en":
            return "en" if self.en else "zh"
        return "zh" if self.zh or not self.en else "en"

    def lang(self, lang: Lang) -> str:
        """The BCP 47 tag of the wording that `inside` returns."""
        return LANGUAGE_TAGS[self.written(lang)]

    @property
    def mid_sentence(self) -> Text:
        """The wording for use inside a sentence: English begins in lower case, except acronyms."""
        is_capitals = self.en[1:2].isupper()
        return self if is_capitals else Text(self.zh, self.en[:1].lower() + self.en[1:])

    def join(self, parts: Iterable[Text | str]) -> Text:
        """The parts one after another, with this text between them."""
        texts = [Text(part) if isinstance(part, str) else part for part in parts]
        return Text(
            self.zh.join(text.inside("zh") for text in texts),
            self.en.join(text.inside("en") for text in texts),
        )


@dataclass(frozen=True)
class Hint(Text):
    """A remedy that offers a word or a line as a replacement."""

    offered: str = ""


class Languages(tuple[Lang, ...]):
    """The languages of a site: its own, at the root of the site, and at most one translation.

    A field holds the first language; its translation is in a field with a suffix, as `title_en`.
    """

    __slots__ = ()

    @property
    def first(self) -> Lang:
        """The language of the site itself."""
        return self[0]

    @property
    def others(self) -> tuple[Lang, ...]:
        """The languages of its translations."""
        return self[1:]

    def name(self, field: str, lang: Lang) -> str:
        """The name of a field in a language: `title`, `title_en`."""
        return field if lang == self.first else f"{field}_{lang}"

    def prefix(self, lang: Lang) -> str:
        """The folder of the pages of a language with a slash, empty for the first language."""
        return "" if lang == self.first else f"{lang}/"

    def address(self, url: str, lang: Lang) -> str:
        """The path of a page of one language from the root of the site."""
        return f"/{self.prefix(lang)}{url}"

    def text(self, words: Iterable[str]) -> Text:
        """The text with these wordings, given in the order of the languages."""
        return Text(**dict(zip(self, words, strict=True))) or NO_TEXT


# The languages of a site whose settings name none.
DEFAULT_LANGUAGES = Languages(LANGS)
NO_TEXT = Text("")


def has_han(words: str) -> bool:
    """True if the words have a Chinese character."""
    # No pattern: compiling one with so large a set takes a millisecond.
    return any("\u3400" <= char <= "\u9fff" for char in words)


def find_tag(words: str, first: Lang) -> str:
    """The BCP 47 tag of the words of a source, on a site with this first language."""
    # Words with kana or 円 are Japanese, which is not a language of any site.
    if re.search("[\u3040-\u30ff円]", words):
        return "ja"
    return LANGUAGE_TAGS["zh" if has_han(words) else first]


# An opening mark is preceded only by a blank, a bracket, a dash or a quote; 's is an apostrophe.
_OPENING_INSIDE: Final = re.compile(r"""(?<=[\s(\[—–“‘])["'](?=\S|\Z)""")
_OPENING: Final = re.compile(rf"""\A["'](?=\S|\Z)|{_OPENING_INSIDE.pattern}""")


def typeset(words: str, is_open: bool = True) -> str:
    """English words with typographic quotation marks and apostrophes.

    Records and tables keep the marks of a keyboard, which people and programs can search for. A
    mark at the start is an opening one if `is_open`; it is not, for example, after a link.
    """
    if '"' not in words and "'" not in words:
        return words
    opening = _OPENING if is_open else _OPENING_INSIDE
    words = opening.sub(lambda mark: "“" if mark[0] == '"' else "‘", words)
    return words.replace('"', "”").replace("'", "’")


_UP_TO_TEN: Final = (
    *("none", "one", "two", "three", "four", "five"),
    *("six", "seven", "eight", "nine", "ten"),
)


def word_count(number: int) -> Text:
    """A number in running text, where English writes numbers up to ten as words."""
    return Text(str(number), _UP_TO_TEN[number] if number <= 10 else str(number))


# Marks that join the parts of a sentence or the members of a list.
COMMA = Text("，", ", ")
COLON = Text("：", ": ")
SEMICOLON = Text("；", "; ")
ENUMERATION = Text("、", ", ")
# For members that contain commas in English, such as names of places.
LISTED = Text("、", "; ")
