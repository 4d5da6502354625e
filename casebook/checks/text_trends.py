"""Trends and comparisons that a text tells without numbers, held to the figures and the quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from casebook.checks import text_patterns as patterns
from casebook.checks.known_numbers import KnownNumbers, tokens_of
from casebook.checks.text_patterns import WORDS, any_of
from casebook.record.comparability import ComparabilityClass, class_of
from casebook.record.model import Figure
from casebook.text import LANGS, Lang, Text

Direction = Literal["up", "down"]

_TRENDS: Final = WORDS["trends"]
_DIRECTIONS: Final[tuple[Direction, Direction]] = ("up", "down")
_MOVES: Final = {
    lang: {way: any_of(_TRENDS[way][lang], lang) for way in _DIRECTIONS} for lang in LANGS
}
_SUBJECTS: Final = {lang: "|".join(_TRENDS["subjects"][lang]) for lang in LANGS}
_SUBJECT_BEFORE: Final = {
    lang: re.compile(rf"(?:{_SUBJECTS[lang]}){_TRENDS['between'][lang]}\Z", re.IGNORECASE)
    for lang in LANGS
}
_VERBS, _EARLIER, _THAN, _DENIED, _CONTINUED = (
    {
        lang: re.compile(_TRENDS[name][lang].replace("@subjects", _SUBJECTS[lang]), re.IGNORECASE)
        for lang in LANGS
    }
    for name in ("verbs", "earlier", "than", "denied", "continued")
)
_ALWAYS: Final = {lang: any_of(_TRENDS["always"][lang], lang) for lang in LANGS}
_BESIDE: Final = {lang: tuple(map(re.compile, _TRENDS["beside"][lang])) for lang in LANGS}
# Most texts compare nothing, and their places need not be found.
_COMPARES: Final = {
    "zh": re.compile("[于比较与和同跟没]|超过|超越|不如|不及|胜过|赶上|逊"),
    "en": re.compile(r"\b(?:than|as|to|with|unlike|[a-z]{3,}s)\b"),
}
# What tells by itself how much something moved.
_RESULTS: Final = ("multiple", "difference", "change")
# So far back the subject of a verb and the words of a comparison are looked for.
_REACH: Final = 80
_MOVED_TO: Final = {
    lang: {
        way: re.compile(rf"(?:{moves.pattern}) ?(?:到了?|至|为|to)? *\Z", re.IGNORECASE)
        for way, moves in ways.items()
    }
    for lang, ways in _MOVES.items()
}


class Trend(NamedTuple):
    """Words of a text that tell a trend, or that compare and so have no way."""

    start: int
    word: str
    way: Direction | None


def find_trends(prose: str, lang: Lang, known: KnownNumbers) -> Iterator[Trend]:
    """The trends and comparisons that a text tells, whatever numbers stand beside them."""
    for pattern in (_ALWAYS[lang], _EARLIER[lang]):
        yield from (Trend(found.start(), found.group(), None) for found in pattern.finditer(prose))
    for way, moves in _MOVES[lang].items():
        for found in moves.finditer(prose):
            if subject := _SUBJECT_BEFORE[lang].search(_lead(prose, found.start())):
                is_continued = _CONTINUED[lang].search(subject.group())
                yield Trend(found.start(), found.group(), None if is_continued else way)
    for found in _VERBS[lang].finditer(prose):
        way = "up" if _MOVES[lang]["up"].match(found.group()) else "down"
        yield Trend(found.start(), found.group(), way)
    before, behind = _BESIDE[lang]
    for place in known.find_places(prose, lang) if _COMPARES[lang].search(prose) else ():
        lead, end = _lead(prose, place.start), place.start + len(place.name)
        if _THAN[lang].search(lead) or (
            before.search(lead) and behind.match(prose, end, end + _REACH)
        ):
            yield Trend(place.start, place.name, None)


def is_denied(prose: str, trend: Trend, clause: tuple[int, int], lang: Lang) -> bool:
    """True of a trend that its clause denies, asks for or supposes."""
    # 没有西河多 compares, and denies nothing.
    beside = prose[clause[0] : max(clause[0], trend.start - 2)], prose[trend.start : clause[1]]
    return any(
        _DENIED[lang].search(words[-_REACH:] if one else words[:_REACH])
        for one, words in enumerate(reversed(beside))
    )


def is_borne_out(trend: Trend, told: Sequence[Figure], clause: str, known: KnownNumbers) -> bool:
    """True of a trend that the figures beside it, or those and the events of the case, have."""
    if any(figure.measure in _RESULTS for figure in told):
        return True
    told = [figure for figure in told if figure.quantity.magnitude]
    for one, other in pairwise(told):
        if class_of(one) == class_of(other):
            return trend.way in (None, _way(one, other))
    if trend.way is None:
        return False
    ways = known.trends or known.trends.update(_index_trends(known)) or known.trends
    tokens = {token for lang in LANGS for token in tokens_of(clause, lang) if len(token) > 1}
    shared = Counter(
        text for token in tokens for way, text in ways.get(token, ()) if way == trend.way
    )
    # A text does not bear out itself, and one word of a label may be of anything.
    return any(count > 1 and text not in clause for text, count in shared.items())


def _index_trends(known: KnownNumbers) -> dict[str, set[tuple[str, str]]]:
    """The ways of what the records tell, each with the words that tell it, by their tokens."""
    found: dict[str, set[tuple[str, str]]] = {}

    def add(words: Text, way: Direction, text: str) -> None:
        for lang in LANGS:
            plain = _MOVES[lang][way].sub(" ", words.inside(lang))
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
    home = known.home
    texts = [event.title for event in home.events] if home else []
    for text in (*texts, *(figure.label for figure in known.figures)):
        for way in _DIRECTIONS:
            if any(_MOVES[lang][way].search(text.inside(lang)) for lang in LANGS):
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
    for way, pattern in _MOVED_TO[lang].items():
        if found := pattern.search(lead):
            ways = {_way(other, figure) for other in known.list_class(figure)} - {None}
            return found.group().strip(), way in ways if ways else None
    return "", None


def _lead(prose: str, start: int) -> str:
    """The words before a place, as far as its clause and the reach go."""
    lead = prose[max(0, start - _REACH) : start]
    ends = [found.end() for found in patterns.CLAUSE_END.finditer(lead)]
    return lead[ends[-1] :] if ends else lead
