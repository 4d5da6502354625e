"""A text as its checks read it: its prose, numbers, trends and the spans of its parts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Final, Literal, NamedTuple, Protocol, TypeVar

from casebook.checks.numbers_in_text import (
    blank,
    blank_markdown,
    blank_spans,
    find_mentions_in_prose,
)
from casebook.checks.text_patterns import lower, pattern
from casebook.record.description import WrittenText
from casebook.record.model import Figure
from casebook.text import Lang
from casebook.values.dates import parse_period
from casebook.values.words import own_currency

Direction = Literal["up", "down"]
DIRECTIONS: Final[tuple[Direction, Direction]] = ("up", "down")
# The subject of a verb and the words of a comparison are searched this many characters back.
REACH: Final = 80

_HEAD: Final = re.compile(r"\A(?:[A-Za-z_]+:[^\n]*(?:\n|\Z))+")
# The hidden parts of a header: field names, and all fields but Title, Summary and Subtitle.
_HIDDEN: Final = re.compile(
    r"^[A-Za-z_]+:(?:(?<!^Title:)(?<!^Summary:)(?<!^Subtitle:)[^\n]*)?", re.MULTILINE
)


class Told(NamedTuple):
    """A number or reference of a text, with the figures that it may be."""

    start: int
    end: int
    figures: tuple[Figure, ...] = ()
    is_reference: bool = False


class Years(NamedTuple):
    """The years of a time in a text: one year, two ends, or those of a five-year plan."""

    start: int
    end: int
    first: int
    last: int
    is_plan: bool = False

    def fit(self, edtf: str, *, up_to: bool) -> bool | None:
        """True if these are the years of a period in EDTF, None if that cannot be told."""
        first, last, known = self.first, self.last, _years_in(edtf)
        if not known:
            return None
        if edtf.startswith("[.."):
            if re.fullmatch(r"\[\.\.[0-9]{4}\]", edtf):
                return last == known[0]
            # 到2020年 means the same as 2020年底前.
            return last == known[0] if up_to else False if last > known[0] else None
        if "/" not in edtf:
            return first == last == known[0]
        if len(known) == 1:
            return first == known[0]
        if first != last:
            return (first, last) == (known[0], known[-1])
        return last == known[-1] and (up_to or known[0] == last)

    def may_hold(self, edtf: str) -> bool:
        """True if a date in EDTF may lie in these years; a latest date may be any day before it."""
        if not (known := _years_in(edtf)):
            return True
        first = 0 if edtf.startswith("[..") else known[0]
        return first <= self.last and self.first <= known[-1]


def _years_in(edtf: str) -> list[int]:
    return [int(year) for year in re.findall("[0-9]{4}", edtf)]


class Trend(NamedTuple):
    """Words of a text that state a trend, or a comparison, which has no direction."""

    start: int
    end: int
    way: Direction | None = None


class TextReading:
    """A text read by itself: its prose, its numbers, and the spans of its parts."""

    def __init__(self, words: str, lang: Lang) -> None:
        self.lang = lang
        self.prose = blank_markdown(words)
        self.low = lower(self.prose)
        self.mentions = find_mentions_in_prose(self.prose)
        self._ends: dict[str, list[int]] = {}

    @cached_property
    def is_silent(self) -> bool:
        """True if a text by its own words states nothing that needs support."""
        # Three of five texts are silent: names, titles, summaries without a number.
        return not (self.mentions or self.voice or self.moves or self.may_compare)

    @cached_property
    def may_compare(self) -> bool:
        """True if a text has words of a comparison, whatever it compares."""
        return bool(pattern("compares", self.lang).search(self.unquoted))

    @cached_property
    def untitled(self) -> str:
        """The prose without official titles, which may say anything."""
        return pattern("title").sub(blank, self.prose)

    @cached_property
    def unquoted(self) -> str:
        """The prose without titles and quotations, which are the words of the source."""
        return pattern("quoted").sub(blank, self.untitled)

    @cached_property
    def low_unquoted(self) -> str:
        """The prose without titles and quotations in lower case."""
        return lower(self.unquoted)

    @cached_property
    def undated(self) -> str:
        """The prose without full dates, which tell when something was reported, not its time."""
        days = [m for m in self.mentions if re.fullmatch(r"\d{4}-\d\d-\d\d", m.date)]
        return blank_spans(self.prose, ((day.start, day.end) for day in days))

    def list_ends(self, ends: str) -> list[int]:
        """The offsets after each end of a kind, with the start and the end of the text."""
        if ends not in self._ends:
            found = (match.end() for match in pattern(ends).finditer(self.prose))
            self._ends[ends] = [0, *found, len(self.prose)]
        return self._ends[ends]

    def around(self, ends: str, offset: int) -> tuple[int, int]:
        """The span around an offset, between two ends of a kind such as `sentence_end`."""
        bounds = self.list_ends(ends)
        index = bisect_right(bounds, offset, 1, len(bounds) - 1)
        return bounds[index - 1], bounds[index]

    @cached_property
    def voice(self) -> tuple[tuple[str, int, int], ...]:
        """The relative times (E272) and superlatives without a source (E273) of the site itself.

        An official title may say 率先 or 今年, and a quotation 今年: these are words of the source.
        """
        found = pattern("relative", self.lang).finditer(self.low_unquoted)
        voice = [("E272", *match.span()) for match in found]
        titled, attributed = lower(self.untitled), pattern("attributed", self.lang)
        judged: dict[tuple[int, int], bool] = {}
        for match in pattern("judgement", self.lang).finditer(titled):
            span = self.around("sentence_end", match.start())
            if span not in judged:
                judged[span] = attributed.search(titled, *span) is None
            if judged[span]:
                voice.append(("E273", *match.span()))
        return tuple(voice)

    @cached_property
    def years(self) -> list[Years]:
        """The years of the text, with the two ends of a time as one item."""
        found: list[Years] = []
        for mention in self.mentions:
            start, end = mention.start, mention.end
            if mention.titled or not re.fullmatch("[0-9]{4}(?:-[0-9]{2})?", mention.date):
                continue
            # A year that only dates a report is skipped.
            lead = self.prose[max(0, start - 30) : start]
            if pattern("report").match(self.prose, end) or pattern("report_of").search(lead):
                continue
            # 2015/16 is two years.
            year = int(mention.date[:4])
            last = year + bool(re.search("[/–]", mention.text))
            between = self.prose[found[-1].end : start] if found else ""
            if pattern("to").fullmatch(between) and "and" not in between:
                found[-1] = Years(found[-1].start, end, found[-1].first, last)
            else:
                found.append(Years(start, end, year, last))
        for plan in pattern("plan_time").finditer(self.prose):
            first, last = map(int, parse_period(plan[0]).edtf.split("/"))
            found.append(Years(*plan.span(), first, last, is_plan=True))
        return sorted(found, key=attrgetter("start"))

    @cached_property
    def moves(self) -> tuple[Trend, ...]:
        """The words of a trend or of an earlier time, before their context is judged."""
        prose, lang = self.low_unquoted, self.lang
        always, earlier = pattern("always", lang), pattern("earlier", lang)
        matches = chain(always.finditer(prose), earlier.finditer(prose))
        found = [Trend(*match.span()) for match in matches]
        for way in DIRECTIONS:
            for match in pattern(way, lang).finditer(prose):
                lead = lead_of(prose, match.start())
                if subject := pattern("subject_before", lang).search(lead):
                    is_continued = pattern("continued", lang).search(subject.group())
                    found.append(Trend(*match.span(), None if is_continued else way))
        for match in pattern("verbs", lang).finditer(prose):
            is_up = pattern("up", lang).match(match.group())
            found.append(Trend(*match.span(), "up" if is_up else "down"))
        return tuple(found)


def lead_of(prose: str, start: int) -> str:
    """The words before a place within its clause, at most REACH characters."""
    lead = prose[max(0, start - REACH) : start]
    ends = [found.end() for found in pattern("clause_end").finditer(lead)]
    return lead[ends[-1] :] if ends else lead


def read_text(text: WrittenText) -> TextReading:
    """The reading of a text, cached: labels recur, and a preview checks a case at each key."""
    words = text.words
    if text.has_head and (head := _HEAD.match(words)):
        words = _HIDDEN.sub(blank, head.group()) + words[head.end() :]
    return _read(words, text.lang, own_currency())


@lru_cache(maxsize=1000)
def _read(words: str, lang: Lang, currency: str) -> TextReading:
    # The currency is a key of the cache: it decides what $ and ¥ mean on the site.
    return TextReading(words, lang)


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_Item = TypeVar("_Item", bound=_Placed)


def within(items: Sequence[_Item], start: int, end: int) -> Sequence[_Item]:
    """The items that begin in a span, from items in the order of their places."""
    first, last = (bisect_left(items, at, key=attrgetter("start")) for at in (start, end))
    return items[first:last]
