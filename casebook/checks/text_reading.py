"""A text as its checks read it: prose, numbers and parts, and its trends against the records."""

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
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.description import WrittenText
from casebook.record.model import Figure
from casebook.text import LANGS, Lang, Text
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
        voice = [("E272", *match.span()) for match in found if not self._is_dated(match)]
        titled, attributed = lower(self.untitled), pattern("attributed", self.lang)
        judged: dict[tuple[int, int], bool] = {}
        for match in pattern("judgement", self.lang).finditer(titled):
            span = self.around("sentence_end", match.start())
            if span not in judged:
                judged[span] = attributed.search(titled, *span) is None
            if judged[span]:
                voice.append(("E273", *match.span()))
        return tuple(voice)

    def _is_dated(self, relative: re.Match[str]) -> bool:
        """True of the end of a year that is named before it in its sentence."""
        begin, _ = self.around("sentence_end", relative.start())
        is_end = pattern("end_of_year").fullmatch(relative[0])
        return bool(is_end and within(self.years, begin, relative.start()))

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
            last = year + bool(len(mention.date) == 4 and re.search("[/–-]", mention.text))
            between = self.prose[found[-1].end : start] if found else ""
            if pattern("to").fullmatch(between) and "and" not in between:
                found[-1] = found[-1]._replace(end=end, last=last)
            else:
                found.append(Years(start=start, end=end, first=year, last=last))
        for plan in pattern("plan_time").finditer(self.prose):
            first, last = map(int, parse_period(plan[0]).edtf.split("/"))
            found.append(Years(*plan.span(), first=first, last=last, is_plan=True))
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


# The measures that state by themselves how much something moved.
MEASURES_OF_CHANGE: Final = ("multiple", "difference", "change")


def find_trends(
    reading: TextReading, told: Sequence[Told], known: KnownNumbers
) -> Iterator[tuple[int, str]]:
    """The trends and comparisons that neither a figure nor a source supports."""
    trends = [*reading.moves, *_list_comparisons(reading, known)]
    seen: set[tuple[int, int]] = set()
    prose = reading.low_unquoted if trends else ""
    for trend in sorted(trends, key=lambda trend: trend[:2]):
        clause = reading.around("clause_end", trend.start)
        begin, end = reading.around("sentence_end", trend.start)
        attributed = pattern("attributed", reading.lang).search(prose, begin, trend.start)
        # A move to a number is judged with the number; an unknown number is a problem of its own.
        numbers = [m for m in within(reading.mentions, trend.start, clause[1]) if not m.date]
        if clause in seen or attributed or numbers or within(told, trend.start, clause[1]):
            continue
        if _is_denied(prose, trend, clause, reading.lang):
            continue
        if pattern("names_change").match(prose, trend.start):
            continue
        figures = [one.figures[0] for one in within(told, begin, end)]
        if not _is_borne_out(trend, figures, reading.undated[slice(*clause)], known):
            seen.add(clause)
            yield trend.start, reading.prose[trend.start : trend.end]


def _list_comparisons(reading: TextReading, known: KnownNumbers) -> Iterator[Trend]:
    # Most texts compare nothing: skip the search for their places.
    if not reading.may_compare:
        return
    prose, lang = reading.low_unquoted, reading.lang
    before, behind = pattern("beside_before", lang), pattern("beside_behind", lang)
    for place in known.find_places(reading.unquoted, lang):
        lead, end = lead_of(prose, place.start), place.start + len(place.name)
        beside = before.search(lead) and behind.match(prose, end, end + REACH)
        if beside or pattern("than", lang).search(lead):
            yield Trend(place.start, end)


def _is_denied(prose: str, trend: Trend, clause: tuple[int, int], lang: Lang) -> bool:
    """True if its clause denies a trend, asks for it or supposes it."""
    denied = pattern("denied", lang)
    # 没有西河多 is a comparison, not a denial.
    before = prose[clause[0] : max(clause[0], trend.start - 2)][-REACH:]
    behind = prose[trend.start : clause[1]][:REACH]
    return bool(denied.search(before) or denied.search(behind))


def _is_borne_out(trend: Trend, told: Sequence[Figure], clause: str, known: KnownNumbers) -> bool:
    """True if the figures beside a trend, or the figures and events of the case, show it too."""
    if any(figure.measure in MEASURES_OF_CHANGE for figure in told):
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
    # A text does not prove itself, and a single word of a label may be about anything.
    return any(count > 1 and text not in clause for text, count in shared.items())


def _index_trends(known: KnownNumbers) -> dict[str, set[tuple[str, str]]]:
    """The directions of trends in the records, each with its figure or title, by its words."""
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
    lead: str, figure: Figure, known: KnownNumbers, lang: Lang, told: Sequence[Figure] = ()
) -> tuple[str, bool | None]:
    """The word of a move to a figure, and whether a figure of its class confirms the direction.

    None if there is no other figure of its class. Of the figures `told` before it in the
    sentence, the last one of its class is the start of the move.
    """
    from_here = [one for one in told if class_of(one) == class_of(figure) and one != figure][-1:]
    for way in DIRECTIONS:
        if found := pattern(f"moved_{way}", lang).search(lower(lead)):
            word = lead[found.start() : found.end()].strip()
            own = lower(f"{figure.label} {figure.quantity.text} {figure.quote}")
            # A figure that is a change, or whose own words state the direction, needs no other.
            if figure.measure in MEASURES_OF_CHANGE or pattern(way, lang).search(own):
                return word, None
            others = from_here or known.list_class(figure)
            ways = {_way(other, figure) for other in others} - {None}
            return word, way in ways if ways else None
    return "", None
