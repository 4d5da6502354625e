"""The trends and comparisons of a text, checked against the figures and events of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from casebook.checks.known_numbers import KnownNumbers, tokens_of
from casebook.checks.text_patterns import lower, pattern
from casebook.checks.text_reading import (
    DIRECTIONS,
    REACH,
    Direction,
    TextReading,
    Told,
    Trend,
    lead_of,
    within,
)
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.model import Figure
from casebook.text import LANGS, Lang, Text

# The measures that state by themselves how much something moved.
_RESULTS: Final = ("multiple", "difference", "change")


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
            if figure.measure in _RESULTS or pattern(way, lang).search(own):
                return word, None
            others = from_here or known.list_class(figure)
            ways = {_way(other, figure) for other in others} - {None}
            return word, way in ways if ways else None
    return "", None
