"""A text as its checks read it, the spans of its parts, and the trends that it tells."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final, Literal, NamedTuple, Protocol, TypeVar

from casebook.checks.known_numbers import KnownNumbers, tokens_of
from casebook.checks.numbers_in_text import (
    blank,
    blank_markdown,
    blank_spans,
    find_mentions_in_prose,
)
from casebook.checks.text_patterns import lower, pattern
from casebook.problems import Position
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.model import Figure
from casebook.text import LANGS, Lang, Text
from casebook.values.words import own_currency

Direction = Literal["up", "down"]
DIRECTIONS: Final[tuple[Direction, Direction]] = ("up", "down")
# So far back the subject of a verb and the words of a comparison are looked for.
REACH: Final = 80

_HEAD: Final = re.compile(r"\A(?:[A-Za-z_]+:[^\n]*(?:\n|\Z))+")
# What of a head is not shown: the names of its fields, and whole fields.
_HIDDEN: Final = re.compile(
    r"^[A-Za-z_]+:(?:(?<!^Title:)(?<!^Summary:)(?<!^Subtitle:)[^\n]*)?", re.MULTILINE
)
# What tells by itself how much something moved.
_RESULTS: Final = ("multiple", "difference", "change")


class WrittenText(NamedTuple):
    """A text in one language, and where it begins in its file.

    Every line is taken to begin in the column of the first. A text with a head begins with lines
    of `Name: value`.
    """

    words: str
    lang: Lang
    path: str
    at: Position
    has_head: bool = False


class Told(NamedTuple):
    """A number or reference of a text, and the figures that it may be."""

    start: int
    end: int
    figures: tuple[Figure, ...] = ()
    is_reference: bool = False


class Years(NamedTuple):
    """A year of a text, or two that are the ends of a time."""

    start: int
    end: int
    first: int
    last: int


class Trend(NamedTuple):
    """Words of a text that tell a trend, or that compare and so have no way."""

    start: int
    end: int
    way: Direction | None = None


class TextReading:
    """What a text says by itself: its prose, its numbers, and the spans of its parts."""

    def __init__(self, words: str, lang: Lang) -> None:
        self.lang = lang
        self.prose = blank_markdown(words)
        self.low = lower(self.prose)
        self.mentions = find_mentions_in_prose(self.prose)
        self._ends: dict[str, list[int]] = {}

    @cached_property
    def is_silent(self) -> bool:
        """True of a text that by its own words tells nothing to be borne out."""
        # Three of five are such: names, titles, summaries without a number.
        return not (self.mentions or self.voice or self.moves or self.may_compare)

    @cached_property
    def may_compare(self) -> bool:
        """True of a text with words of a comparison, if of nothing that is compared."""
        return bool(pattern("compares", self.lang).search(self.unquoted))

    @cached_property
    def untitled(self) -> str:
        """The prose without official titles, in which anything may stand."""
        return pattern("title").sub(blank, self.prose)

    @cached_property
    def unquoted(self) -> str:
        """The prose without titles and quotations, which are the source's."""
        return pattern("quoted").sub(blank, self.untitled)

    @cached_property
    def low_unquoted(self) -> str:
        """The prose without titles and quotations in lower case."""
        return lower(self.unquoted)

    @cached_property
    def undated(self) -> str:
        """The prose without days, which tell when something was reported, not of what time."""
        days = [m for m in self.mentions if re.fullmatch(r"\d{4}-\d\d-\d\d", m.date)]
        return blank_spans(self.prose, ((day.start, day.end) for day in days))

    def list_ends(self, ends: str) -> list[int]:
        """The offsets behind each end of a kind, from the begin of the text to its end."""
        if ends not in self._ends:
            found = (match.end() for match in pattern(ends).finditer(self.prose))
            self._ends[ends] = [0, *found, len(self.prose)]
        return self._ends[ends]

    def around(self, ends: str, offset: int) -> tuple[int, int]:
        """The span between two ends of a kind that an offset lies in."""
        bounds = self.list_ends(ends)
        index = bisect_right(bounds, offset, 1, len(bounds) - 1)
        return bounds[index - 1], bounds[index]

    @cached_property
    def voice(self) -> tuple[tuple[str, int, int], ...]:
        """The relative times and the unattributed superlatives in our own voice, as E272 and E273.

        An official title may say 率先 or 今年, and a quotation 今年, which is then the source's.
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
        """The years and months of the text, the two ends of a time as one."""
        found: list[Years] = []
        for mention in self.mentions:
            start, end = mention.start, mention.end
            if mention.titled or not re.fullmatch("[0-9]{4}(?:-[0-9]{2})?", mention.date):
                continue
            # A year that only dates a report is passed over.
            lead = self.prose[max(0, start - 30) : start]
            if pattern("report").match(self.prose, end) or pattern("report_of").search(lead):
                continue
            year = int(mention.date[:4])
            between = self.prose[found[-1].end : start] if found else ""
            if pattern("to").fullmatch(between) and "and" not in between:
                found[-1] = Years(found[-1].start, end, found[-1].first, year)
            else:
                found.append(Years(start, end, year, year))
        return found

    @cached_property
    def moves(self) -> tuple[Trend, ...]:
        """The words that tell of a trend or of an earlier time, whatever stands beside them."""
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
    """The words before a place, as far as its clause and the reach go."""
    lead = prose[max(0, start - REACH) : start]
    ends = [found.end() for found in pattern("clause_end").finditer(lead)]
    return lead[ends[-1] :] if ends else lead


def read_text(text: WrittenText) -> TextReading:
    """The reading of a text, made once: labels recur, and a preview checks a case at each key."""
    words = text.words
    if text.has_head and (head := _HEAD.match(words)):
        words = _HIDDEN.sub(blank, head.group()) + words[head.end() :]
    return _read(words, text.lang, own_currency())


@lru_cache(maxsize=1000)
def _read(words: str, lang: Lang, currency: str) -> TextReading:
    # $ and ¥ are of the currency of the site that is read.
    return TextReading(words, lang)


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_Item = TypeVar("_Item", bound=_Placed)


def within(items: Sequence[_Item], start: int, end: int) -> Sequence[_Item]:
    """The items that begin in a span, of items in the order of their places."""
    first, last = (bisect_left(items, at, key=attrgetter("start")) for at in (start, end))
    return items[first:last]


def find_trends(
    reading: TextReading, told: Sequence[Told], known: KnownNumbers
) -> Iterator[tuple[int, str]]:
    """The trends and comparisons that neither a figure nor a source bears out."""
    trends = [*reading.moves, *_list_comparisons(reading, known)]
    seen: set[tuple[int, int]] = set()
    prose = reading.low_unquoted if trends else ""
    for trend in sorted(trends, key=lambda trend: trend[:2]):
        clause = reading.around("clause_end", trend.start)
        begin, end = reading.around("sentence_end", trend.start)
        attributed = pattern("attributed", reading.lang).search(prose, begin, trend.start)
        to_come = next(iter(within(told, trend.start, clause[1])), None)
        if clause in seen or attributed or _is_of_number(reading, trend, clause[1], to_come, known):
            continue
        if _is_denied(prose, trend, clause, reading.lang):
            continue
        figures = [one.figures[0] for one in within(told, begin, end)]
        if not _is_borne_out(trend, figures, reading.undated[slice(*clause)], known):
            seen.add(clause)
            yield trend.start, reading.prose[trend.start : trend.end]


def _list_comparisons(reading: TextReading, known: KnownNumbers) -> Iterator[Trend]:
    # Most texts compare nothing, and their places need not be found.
    if not reading.may_compare:
        return
    prose, lang = reading.low_unquoted, reading.lang
    before, behind = pattern("beside_before", lang), pattern("beside_behind", lang)
    for place in known.find_places(reading.unquoted, lang):
        lead, end = lead_of(prose, place.start), place.start + len(place.name)
        beside = before.search(lead) and behind.match(prose, end, end + REACH)
        if beside or pattern("than", lang).search(lead):
            yield Trend(place.start, end)


def _is_of_number(
    reading: TextReading, trend: Trend, end: int, told: Told | None, known: KnownNumbers
) -> bool:
    """True of a move to a number, which is judged with it, and before one that is unknown."""
    last = told.start if told else end
    if any(not each.date for each in within(reading.mentions, trend.start, last)):
        return True
    lead = reading.prose[trend.start : last]
    return bool(told and judge_move(lead, told.figures[0], known, reading.lang)[0])


def _is_denied(prose: str, trend: Trend, clause: tuple[int, int], lang: Lang) -> bool:
    """True of a trend that its clause denies, asks for or supposes."""
    denied = pattern("denied", lang)
    # 没有西河多 compares, and denies nothing.
    before = prose[clause[0] : max(clause[0], trend.start - 2)][-REACH:]
    behind = prose[trend.start : clause[1]][:REACH]
    return bool(denied.search(before) or denied.search(behind))


def _is_borne_out(trend: Trend, told: Sequence[Figure], clause: str, known: KnownNumbers) -> bool:
    """True of a trend that the figures beside it, or those and the events of the case, have."""
    if any(figure.measure in _RESULTS for figure in told):
        return True
    told = [figure for figure in told if figure.quantity.magnitude]
    for one, other in pairwise(told):
        if class_of(one) == class_of(other):
            return trend.way in (None, _way(one, other))
    if trend.way is None:
        return False
    if not known.trends:
        known.trends = _index_trends(known)
    tokens = {token for lang in LANGS for token in tokens_of(clause, lang) if len(token) > 1}
    shared = Counter(
        text for token in tokens for way, text in known.trends.get(token, ()) if way == trend.way
    )
    # A text does not bear out itself, and one word of a label may be of anything.
    return any(count > 1 and text not in clause for text, count in shared.items())


def _index_trends(known: KnownNumbers) -> dict[str, set[tuple[str, str]]]:
    """The ways of what the records tell, each with the words that tell it, by their tokens."""
    found: dict[str, set[tuple[str, str]]] = {}

    def add(words: Text, way: Direction, text: str) -> None:
        for lang in LANGS:
            plain = pattern(way, lang).sub(" ", lower(words.inside(lang)))
            for token in tokens_of(plain, lang):
                found.setdefault(token, set()).add((way, text))

    classes: dict[tuple[str, ComparabilityClass], list[Figure]] = {}
    for figure in known.figures:
        if figure.quantity.magnitude and figure.period.earliest:
            classes.setdefault((figure.case, class_of(figure)), []).append(figure)
    for figures in classes.values():
        figures.sort(key=lambda figure: str(figure.period.earliest))
        for one, other in pairwise(figures):
            if one.period.edtf != other.period.edtf and (way := _way(one, other)):
                add(Text(" ").join((one.label, other.label)), way, other.key)
    texts = [event.title for event in known.home.events] if known.home else []
    for text in (*texts, *(figure.label for figure in known.figures)):
        for way in DIRECTIONS:
            if any(pattern(way, lang).search(lower(text.inside(lang))) for lang in LANGS):
                add(text, way, text.zh)
    return found


def _way(one: Figure, other: Figure) -> Direction | None:
    sizes = one.quantity.magnitude, other.quantity.magnitude
    return None if sizes[0] == sizes[1] else "up" if sizes[0] < sizes[1] else "down"


def judge_move(
    lead: str, figure: Figure, known: KnownNumbers, lang: Lang
) -> tuple[str, bool | None]:
    """The word of a move to a figure, and whether one of its class lies on the side that it left.

    None where there is no other of its class to tell.
    """
    for way in DIRECTIONS:
        if found := pattern(f"moved_{way}", lang).search(lower(lead)):
            ways = {_way(other, figure) for other in known.list_class(figure)} - {None}
            return lead[found.start() : found.end()].strip(), way in ways if ways else None
    return "", None
