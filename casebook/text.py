"""A wording in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")
# The languages as BCP 47 names them.
LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-Hans", "en": "en"}


@dataclass(frozen=True)
class Text:
    """A wording in Chinese and, where there is one, in English."""

    zh: str
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh)

    def inside(self, lang: Lang) -> str:
        """The wording in the language, or in Chinese where there is no English."""
        return (self.en or self.zh) if lang == "en" else self.zh

    def lang(self, lang: Lang) -> str:
        """The BCP 47 tag of what `inside` gives."""
        return "en" if lang == "en" and self.en else "zh-Hans"

    def join(self, parts: Iterable[Text | str]) -> Text:
        """The parts one after another, with this between them."""
        texts = [Text(part) if isinstance(part, str) else part for part in parts]
        return Text(
            self.zh.join(text.zh for text in texts),
            self.en.join(text.inside("en") for text in texts),
        )


NO_TEXT = Text("")


def count_nouns(number: int, noun: str) -> Text:
    """A number, in English with the noun that it counts."""
    return Text(str(number), f"{number} {noun}" if number == 1 else f"{number} {noun}s")


# What joins the parts of a sentence, and the members of a list.
COMMA = Text("，", ", ")
COLON = Text("：", ": ")
SEMICOLON = Text("；", "; ")
ENUMERATION = Text("、", ", ")
# The same for members that have commas of their own in English, such as names of places.
LISTED = Text("、", "; ")
