"""The role of a number in its sentence: whose it is, of when, per what, and what it counts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from casebook.checks import text_patterns as patterns
from casebook.checks.known_numbers import NO_MATCH, KnownNumbers, Match
from casebook.checks.numbers_in_text import NumberMention, blank, blank_spans
from casebook.checks.text_patterns import WORDS, any_of, in_languages
from casebook.checks.text_trends import Trend, find_trends, is_borne_out, is_denied, judge_move
from casebook.messages import say
from casebook.record.agreement import name_per
from casebook.record.model import Figure
from casebook.text import ENUMERATION, LANGS, Lang, Text
from casebook.values.words import PLANNED_STATUSES

# What stands farther from a number is not about it, and a text without an end of a sentence
# would be read from its beginning for each of its numbers.
_WINDOW: Final = 160
# 每月 touches a number that stands so near behind it.
_TOUCHING: Final = 8
# Numbers farther apart than this many others are not taken for each other.
_NEAREST_NUMBERS: Final = 8
_SWAPPED: Final = 0.9
_SENTENCE, _PART, _CLAUSE = patterns.SENTENCE_END, patterns.PART_END, patterns.CLAUSE_END
_ROLES: Final[Mapping[str, str]] = WORDS["roles"]
_PLAIN: Final = {
    name: re.compile(pattern)
    for name, pattern in _ROLES.items()
    if not re.search("@|_(?:zh|en)$", name + pattern)
}
_PAID, _COUNTED = (
    {lang: re.compile(patterns.fill(_ROLES[f"{name}_{lang}"])) for lang in LANGS}
    for name in ("paid", "counted")
)
_NATIONAL, _DONE = in_languages("national"), in_languages("done")
# What a number may be said to be, and the measures of which it is true.
_SUMS: Final = {
    name: (in_languages(name), measures)
    for name, measures in (
        ("average", ("average",)),
        ("cumulative", ("cumulative",)),
        ("total", ("cumulative", "programme_total")),
    )
}
_CONTRASTS: Final = {
    lang: [tuple(any_of([words], lang) for words in pair[lang]) for pair in WORDS["contrasts"]]
    for lang in LANGS
}
# English nouns, and the Chinese counters of what they name.
_COUNTERS: Final = [(any_of(words, "en"), name) for name, words in WORDS["counters"].items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A number or reference of a text, and the figures that it may be."""

    start: int
    end: int
    figures: tuple[Figure, ...]
    is_reference: bool = False


class Years(NamedTuple):
    """A year of a text, or two that are the ends of a time."""

    start: int
    end: int
    first: int
    last: int


class Doubt(NamedTuple):
    """The reason why a number may not stand where it does: a message, and what it names."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """The words about a number: its clause, and as far as no other number stands between.

    `lead` begins with the part of the sentence, `near` and `tail` are within the clause.
    """

    told: Told
    clause: tuple[int, int]
    words: str
    lead: str
    near: str
    tail: str
    about: str
    rest: str


class Bounds:
    """The sentences, parts and clauses of a text."""

    def __init__(self, prose: str) -> None:
        self.prose = prose
        self.found: dict[re.Pattern[str], list[int]] = {}

    def list_ends(self, ends: re.Pattern[str]) -> list[int]:
        """The offsets behind each match of a pattern, from the begin of the text to its end."""
        if ends not in self.found:
            found = (match.end() for match in ends.finditer(self.prose))
            self.found[ends] = [0, *found, len(self.prose)]
        return self.found[ends]

    def around(self, ends: re.Pattern[str], offset: int) -> tuple[int, int]:
        """The span between two matches of a pattern that an offset lies in."""
        bounds = self.list_ends(ends)
        index = bisect_right(bounds, offset, 1, len(bounds) - 1)
        return bounds[index - 1], bounds[index]


class RoleReading:
    """The sentences of a text around its numbers."""

    def __init__(
        self,
        bounds: Bounds,
        lang: Lang,
        known: KnownNumbers,
        told: Sequence[Told],
        mentions: Sequence[NumberMention],
    ) -> None:
        self.prose = prose = bounds.prose
        self.lang: Lang = lang
        self.known = known
        self.told = sorted(told, key=lambda one: one.start)
        # A day tells when something was reported, and not of what time a number is.
        days = [(m.start, m.end) for m in mentions if re.fullmatch(r"\d{4}-\d\d-\d\d", m.date)]
        self.undated = blank_spans(prose, days)
        self.years = list(self._join_years(mentions))
        self.places = list(known.find_places(prose, lang)) if told else []
        self.sources = sorted(known.find_reporters(prose, mentions), key=lambda one: one.start)
        numbers = {m.start for m in mentions if not m.date}
        self.numbers = sorted(numbers | {one.start for one in told})
        self.bounds = bounds
        # A figure that the text tells elsewhere is none that it forgot here.
        self.settled = {one.figures[0].id for one in told if len(one.figures) == 1}
        self.seen: Counter[tuple[int, str]] = Counter()

    def find_doubts(self) -> Iterator[tuple[int, Doubt]]:
        """The numbers that no figure of theirs may be, each with its place and the first reason."""
        spots = [self._look_at(index) for index in range(len(self.told))]
        yield from self._find_swapped(spots)
        for one, spot in zip(self.told, spots, strict=True):
            found = [next(self._doubt(spot, figure), None) for figure in one.figures]
            if found and all(found):
                # A doubt of certainty is not hidden by one that is none.
                yield one.start, min(filter(None, found), key=lambda doubt: doubt.key[0] == "W")
        yield from self._find_other_years()

    def _look_at(self, index: int) -> _Spot:
        told = self.told[index]
        last = self.told[index - 1].end if index else 0
        following = self.told[index + 1].start if index + 1 < len(self.told) else len(self.prose)
        clause, part = (self._bound(ends, told) for ends in (_CLAUSE, _PART))
        lead = self.undated[max(part[0], last) : told.start]
        tail = self.undated[told.end : max(told.end, min(clause[1], following))]
        rest = self.undated[told.end : part[1]] if following >= part[1] else tail
        about = lead
        if self.lang == "en" and last > part[0]:
            # In a list what stands before “and” or a comma belongs to the number before.
            about = lead.partition(", ")[2] if ", " in lead else lead
            about = about.rpartition(" and ")[2]
        elif last > clause[0]:
            # 三类事故每人20万元: what is said before the number of kinds is said of the amount too.
            about = self.undated[clause[0] : told.start]
        if self.lang == "en" and _PLAIN["for_number"].fullmatch(tail):
            # 350 million yuan for 2,252 projects from 2010 to 2014: what follows is of both.
            rest = self.undated[told.end : max(told.end, clause[1])]
        return _Spot(
            told=told,
            clause=clause,
            words=self.prose[slice(*clause)],
            lead=lead,
            near=self.undated[max(clause[0], last) : told.start],
            tail=tail,
            about=about,
            rest=rest,
        )

    def _bound(self, ends: re.Pattern[str], told: Told) -> tuple[int, int]:
        """The span between two ends that a number lies in, as far as it is near the number."""
        bounds = self.bounds.list_ends(ends)
        begin = bounds[max(bisect_right(bounds, told.start) - 1, 0)]
        end = bounds[min(bisect_right(bounds, told.end), len(bounds) - 1)]
        return max(begin, told.start - _WINDOW), min(end, told.end + _WINDOW)

    def _doubt(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        yield from self._doubt_plan(spot, figure)
        yield from self._doubt_place(spot, figure)
        yield from self._doubt_years(spot, figure)
        yield from self._doubt_per(spot, figure)
        yield from self._doubt_sum(spot, figure)
        yield from self._doubt_source(spot, figure)
        word, is_right = judge_move(spot.near, figure, self.known, self.lang)
        if is_right is False:
            yield self._make("W276.figure", figure, word=word)
        yield from self._doubt_deed(spot, figure)
        yield from self._doubt_label(spot, figure)

    def _make(self, key: str, figure: Figure, **values: object) -> Doubt:
        label = Text(figure.label.zh, figure.label.inside("en"))
        own = {"figure": self.known.name(figure), "amount": figure.quantity.text, "label": label}
        return Doubt(key, {**own, **values})

    def _doubt_plan(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """A plan that is said to be carried out, and at a reference what is said to be a plan."""
        if figure.status in PLANNED_STATUSES:
            deeds = [*_DONE[self.lang].finditer(spot.lead)]
            planned = deeds and patterns.PLANNED[self.lang].search(spot.lead, deeds[-1].end())
            # 将 in the printed wording does not undo 已经 before it.
            deed = deeds[-1] if deeds and not (planned and not figure.quantity.planned) else None
            if deed := deed or _DONE[self.lang].match(spot.tail.lstrip()):
                yield self._make("E271.done", figure, word=deed.group())
            return
        is_gained = patterns.PLAN_GAINED[self.lang].search(spot.words)
        if is_gained and spot.told.is_reference and not figure.quantity.planned:
            yield self._make("E271.plan_gained", figure, text=figure.quantity.text)

    def _doubt_place(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """The figure of one place in a sentence about another, or about the whole country."""
        start, begin = spot.told.start, self._bound(_SENTENCE, spot.told)[0]
        first, behind, end = (
            bisect_left(self.places, at, key=lambda place: place.start)
            for at in (begin, start, spot.clause[1])
        )
        near = [one for one in self.places[first:end] if one.start >= spot.clause[0]]
        last = self.places[behind - 1] if behind > first else next(iter(near), None)
        since = last.start if last else begin
        if word := _NATIONAL[self.lang].search(self.prose, since, start):
            key = "E274.place" if word.start() >= spot.clause[0] else "W274.place"
            yield self._make(key, figure, place=word.group())
        if last is None or any(
            self.known.belongs_to(figure, place, self.lang) for place in (last, *near)
        ):
            return
        if not _PLAIN["same"].search(spot.words):
            key = "E274.place" if last in near else "W274.place"
            yield self._make(key, figure, place=last.name)

    def _doubt_source(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """The figure of one source where the sentence says that another one tells it."""
        start, begin = spot.told.start, self._bound(_SENTENCE, spot.told)[0]
        first, behind = (
            bisect_left(self.sources, at, key=lambda one: one.start) for at in (begin, start)
        )
        if behind == first:
            return
        last = self.sources[behind - 1]
        own = {figure.source, *(report.source for report in figure.corroborated_by)}
        unlike, beyond = _PLAIN["unlike"], _PLAIN["beyond"]
        set_apart = unlike.search(self.prose, begin, last.start)
        set_apart = set_apart or beyond.match(self.prose, last.start + len(last.name))
        if own.isdisjoint(last.sources) and not set_apart:
            yield self._make("W274.source", figure, source=last.name)

    def _find_swapped(self, spots: Sequence[_Spot]) -> Iterator[tuple[int, Doubt]]:
        """Two numbers of one unit of which each stands among the words of the other's label."""
        scored: list[tuple[_Spot, Figure, dict[str, Match]]] = []
        for spot in spots:
            figure = spot.told.figures[0]
            scores = self.known.score_labels(f"{spot.near} {spot.tail}", figure, self.lang)
            for before, other, others in scored[-_NEAREST_NUMBERS:]:
                alike = (figure.case, figure.quantity.unit) == (other.case, other.quantity.unit)
                right = scores[figure.id].weight + others[other.id].weight
                pair = scores.get(other.id, NO_MATCH), others.get(figure.id, NO_MATCH)
                swapped = pair[0].weight + pair[1].weight
                # In “from A to B” the words before A are said of both.
                between = self.prose[before.told.end : spot.told.start][:_WINDOW]
                joined = _PLAIN["from_to"].search(between) and not _CLAUSE.search(between)
                if alike and figure != other and swapped >= right + _SWAPPED and not joined:
                    beside = {"other": self.known.name(other), "other_label": other.label}
                    yield spot.told.start, self._make("W274.label", figure, **beside)
            scored.append((spot, figure, scores))

    def _join_years(self, mentions: Sequence[NumberMention]) -> Iterator[Years]:
        """The years and months of the text, the two ends of a time as one."""
        found: list[Years] = []
        for mention in mentions:
            start, end = mention.start, mention.end
            lead = self.prose[max(0, start - 30) : start]
            is_year = re.fullmatch("[0-9]{4}(?:-[0-9]{2})?", mention.date) and not mention.titled
            # A year that only dates a report is passed over.
            if (
                not is_year
                or _PLAIN["report"].match(self.prose, end)
                or _PLAIN["report_of"].search(lead)
            ):
                continue
            year = int(mention.date[:4])
            between = self.prose[found[-1].end : start] if found else ""
            if patterns.TO.fullmatch(between) and "and" not in between:
                found[-1] = Years(found[-1].start, end, found[-1].first, year)
            else:
                found.append(Years(start, end, year, year))
        yield from found

    def _find_years(self, spot: _Spot) -> tuple[Years | None, bool]:
        """The years that a number stands beside, and whether they share its clause."""
        told, clause, part = spot.told, spot.clause, self._bound(_PART, spot.told)
        first, behind, end = (
            bisect_left(self.years, at, key=lambda years: years.start)
            for at in (part[0], told.start, part[1])
        )
        before = self.years[behind - 1] if behind > first else None
        after = next(iter(self.years[behind:end]), None)
        in_tail = after and after.start < told.end + len(spot.tail)
        if after and self.lang == "en" and _PLAIN["for_number"].fullmatch(spot.tail):
            in_tail = after.start < clause[1]
        joined = after and _PLAIN["joined"].search(self.prose, told.end, after.start)
        if after and in_tail and not joined and (self.lang == "en" or not before):
            return after, True
        if before:
            between = self.prose[before.end : told.start]
            return before, before.start >= clause[0] or not _CLAUSE.search(between)
        # A year that stands before another number belongs to that one.
        position = bisect_right(self.told, told.start, key=lambda one: one.start)
        is_last = position == len(self.told) or self.told[position].start >= part[1]
        return (after if is_last else None), False

    def _doubt_years(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """A figure beside a year of another time."""
        years, touches = self._find_years(spot)
        if years is None or _PLAIN["another_year"].search(spot.words):
            return
        lead = self.prose[max(0, years.start - 6) : years.start]
        fits = _fit_years(years, figure.period.edtf, up_to=bool(_PLAIN["up_to"].search(lead)))
        if fits is False or (fits is None and touches):
            key = "E274.years" if touches and fits is False else "W274.years"
            written = self.prose[years.start : years.end]
            yield self._make(key, figure, years=written, period=figure.period.edtf)

    def _doubt_per(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """A per that the figure has not."""
        before, after = _per_patterns(self.lang, _per_terms(self.known))
        lead, is_share = spot.near.rstrip(), figure.quantity.kind == "share"
        limit = 0 if is_share else _TOUCHING
        found = [(each, len(lead) - each.end() <= limit) for each in before.finditer(spot.near)]
        if self.lang == "en":
            found = [pair for pair in found if " and" not in lead[pair[0].end() :]]
        tail = patterns.PLAN_SIGN.sub("", spot.tail)
        found += [(each, True) for each in (after.match(tail),) if each]
        for each, touches in found:
            adverb = (each.groupdict().get("adverb") or "").lower()
            term = WORDS["per_adverbs"].get(adverb, each.lastgroup)
            yearly = term == "year" and adverb and figure.measure == "annual_total"
            if term in (*figure.per, "adverb") or yearly or (is_share and not touches):
                continue
            if term == "other" and (figure.per or not touches):
                continue
            key, per = "E274.per" if touches else "W274.per", "/".join(figure.per)
            yield self._make(
                key, figure, word=each.group().strip(), per=per or say("checks.no_per")
            )

    def _doubt_sum(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """An average or a sum that the figure is not said to be."""
        own = f"{figure.label.zh} {figure.label.en} {figure.quantity.text}"
        for name, (words, measures) in _SUMS.items():
            found = words[self.lang].search(spot.near[-24:])
            found = found or words[self.lang].match(spot.tail.lstrip())
            spans = name != "average" and re.search("[0-9]/[0-9]", figure.period.edtf)
            is_sum = figure.measure in measures or spans
            if found and not is_sum and not any(words[lang].search(own) for lang in LANGS):
                key = "W274.sum" if name == "total" else "E274.sum"
                yield self._make(key, figure, word=found.group())

    def _doubt_deed(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """An application told as funded, a count where the words pay, money where they count."""
        label = figure.label.inside(self.lang)
        for own, other in _CONTRASTS[self.lang]:
            is_own = own.search(label) and not other.search(label)
            word = other.search(spot.words)
            if is_own and word and not own.search(spot.words):
                yield self._make("W274.deed", figure, word=word.group())
        kind, word = figure.quantity.kind, None
        if kind == "count" and self.lang == "en" and (noun := _COUNTED["en"].match(spot.tail)):
            counters = [c for words, c in _COUNTERS if words.search(noun.group())]
            others = any(figure.quantity.unit[:1] in each for _, each in _COUNTERS)
            is_other = counters and others and figure.quantity.unit[:1] not in counters[0]
            word = noun if is_other else None
        elif kind == "count":
            word = _PAID[self.lang].search(spot.near)
        elif kind == "money":
            word = _COUNTED[self.lang].match(spot.tail)
        if word:
            yield self._make("W274.kind", figure, word=word.group().strip())

    def _doubt_label(self, spot: _Spot, figure: Figure) -> Iterator[Doubt]:
        """A figure among words that belong to the label of another one of the case."""
        if len(spot.told.figures) == 1:
            sentence = self.bounds.around(_SENTENCE, spot.told.start)[0], figure.key
            self.seen[sentence] += 1
            if self.seen[sentence] > 1:
                yield self._make("W274.twice", figure)
        about, rest = self._words_beside(spot, figure)
        context = patterns.QUOTED.sub(" ", f"{about} {rest}")
        if _PLAIN["same"].search(context):
            return
        scores = self.known.score_labels(context, figure, self.lang)
        own = scores.pop(figure.id)
        rivals = [pair for pair in scores.items() if pair[0] not in self.settled]
        name, best = max(rivals, key=lambda pair: pair[1].weight, default=("", NO_MATCH))
        # A page may speak of every case, so that one word of a label says little there.
        is_clear = best.words > 1 or self.known.home is not None
        if not (best.weight >= 0.5 and is_clear and best.beats(own)):
            name = self._find_noun(rest, figure)
        if name:
            other = self.known.figure_beside(figure, name)
            beside = {"other": self.known.name(other), "other_label": other.label}
            yield self._make("W274.label", figure, **beside)

    def _words_beside(self, spot: _Spot, figure: Figure) -> tuple[str, str]:
        """The words before and behind a number without those of its own wording."""
        written = self.prose[spot.told.start : spot.told.end]
        before, _, after = figure.quantity.text.partition(written)
        return spot.about.removesuffix(before), spot.rest.removeprefix(after)

    def _find_noun(self, rest: str, figure: Figure) -> str:
        """The figure whose label alone has the noun that a number touches: 三类事故."""
        noun = _PLAIN["touching_noun"].match(rest)
        if noun is None or self.lang == "en":
            return ""
        scores = self.known.score_labels(noun[1], figure, self.lang)
        if scores.pop(figure.id).words or noun[1] in figure.quantity.text:
            return ""
        return next((name for name, match in scores.items() if match.words), "")

    def find_trends(self) -> Iterator[tuple[int, str]]:
        """The trends and comparisons that neither a figure nor a source bears out."""
        # A title or a quotation is the source's.
        prose = patterns.QUOTED.sub(blank, patterns.TITLE.sub(blank, self.prose))
        seen: set[tuple[int, int]] = set()
        for trend in sorted(find_trends(prose, self.lang, self.known)):
            clause = self.bounds.around(_CLAUSE, trend.start)
            begin, end = self.bounds.around(_SENTENCE, trend.start)
            if clause in seen or patterns.ATTRIBUTED[self.lang].search(prose, begin, trend.start):
                continue
            first, last = (
                bisect_left(self.told, at, key=lambda one: one.start) for at in (begin, end)
            )
            told, words = self.told[first:last], self.undated[slice(*clause)]
            if self._is_of_number(trend, clause[1]) or is_denied(prose, trend, clause, self.lang):
                continue
            figures = [one.figures[0] for one in told]
            if not is_borne_out(trend, figures, words, self.known):
                seen.add(clause)
                yield trend.start, trend.word

    def _is_of_number(self, trend: Trend, end: int) -> bool:
        """True of a move to a number, which is judged with it, and before one that is unknown."""
        first, last = (bisect_left(self.numbers, at) for at in (trend.start, end))
        for start in self.numbers[first:last][:1]:
            position = bisect_left(self.told, start, key=lambda one: one.start)
            one = self.told[position] if position < len(self.told) else None
            if one is None or one.start != start:
                return True
            lead = self.prose[trend.start : start]
            return bool(judge_move(lead, one.figures[0], self.known, self.lang)[0])
        return False

    def _find_other_years(self) -> Iterator[tuple[int, Doubt]]:
        """The years beside words that belong to what happened in another year of the case."""
        for index, years in enumerate(self.years):
            if not {str(years.first), str(years.last)} <= self.known.dates:
                continue
            spot = Told(start=years.start, end=years.end, figures=())
            clause, part = self._bound(_CLAUSE, spot), self._bound(_PART, spot)
            # The year of a number is judged with the number.
            if any(clause[0] <= one.start < clause[1] for one in self.told):
                continue
            for begin, end in (clause, part):
                words = self._words_of_year(index, begin, end)
                if _PLAIN["same"].search(words):
                    break
                scores = self.known.score_events(re.sub("[0-9]{4}", " ", words), self.lang)
                date, best = max(
                    scores.items(), key=lambda pair: pair[1].weight, default=("", NO_MATCH)
                )
                own = max((m for d, m in scores.items() if _holds_year(d, years)), default=NO_MATCH)
                is_clear = best.words > 1 and best.weight >= 1 and best.beats(own)
                dates = [date] if is_clear else []
                if (begin, end) == part and not own.words:
                    dates = dates or self._list_introduced(years)
                if dates and not any(_holds_year(each, years) for each in dates):
                    written = self.prose[years.start : years.end]
                    named = ENUMERATION.join(dict.fromkeys(dates))
                    yield years.start, Doubt("W274.event", {"years": written, "date": named})
                if dates or own.words:
                    break

    def _words_of_year(self, index: int, begin: int, end: int) -> str:
        """The words about a year within a span, as far as no other year has them."""
        years = self.years[index]
        begin = max(begin, self.years[index - 1].end if index else 0)
        lead, tail = self.undated[begin : years.start], self.undated[years.end : end]
        if index + 1 < len(self.years) and self.years[index + 1].start < end:
            tail = self.undated[years.end : self.years[index + 1].start].partition(" and ")[0]
        return f"{lead.rpartition(' and ')[2] if index else lead} {tail}"

    def _list_introduced(self, years: Years) -> list[str]:
        """The times of the numbers in a paragraph that a sentence without one begins."""
        first, end = self.bounds.around(_SENTENCE, years.start)
        last = self.prose.find("\n\n", years.end) % (len(self.prose) + 1)
        begin, stop, told = (
            bisect_left(self.told, place, key=lambda one: one.start) for place in (end, last, first)
        )
        if told != begin:
            return []
        return [one.period.edtf for told in self.told[begin:stop][:1] for one in told.figures]


def _fit_years(years: Years, edtf: str, *, up_to: bool) -> bool | None:
    """True of years that are those of a period, None where it knows no year."""
    first, last = years.first, years.last
    known = [int(year) for year in re.findall("[0-9]{4}", edtf)]
    if not known:
        return None
    if edtf.startswith("[.."):
        if re.fullmatch(r"\[\.\.[0-9]{4}\]", edtf):
            return last == known[0]
        return False if last > known[0] else None
    if "/" not in edtf:
        return first == last == known[0]
    if len(known) == 1:
        return first == known[0]
    if first != last:
        return (first, last) == (known[0], known[-1])
    return last == known[-1] and (up_to or known[0] == last)


def _holds_year(edtf: str, years: Years) -> bool:
    """True of a date that may lie in years: a latest date holds whatever lies before it."""
    known = [int(year) for year in re.findall("[0-9]{4}", edtf)]
    if not known:
        return True
    first = 0 if edtf.startswith("[..") else known[0]
    return first <= years.last and years.first <= known[-1]


def _per_terms(known: KnownNumbers) -> tuple[tuple[str, str, str], ...]:
    terms = [(term.key, name_per(term.name)) for term in known.dataset.vocabulary.per.values()]
    return tuple((key, name.zh, name.en) for key, name in terms)


@lru_cache(maxsize=8)
def _per_patterns(
    lang: Lang, terms: tuple[tuple[str, str, str], ...]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of what a number is per before it and behind it, a group for each term."""
    names = {key: [re.escape(name) for name in (zh, en) if name] for key, zh, en in terms}
    for key, words in WORDS["per"].items():
        names[key] = [*names.get(key, ()), *words]
    joined = "|".join(f"(?P<{key}>{'|'.join(words)})" for key, words in names.items())
    before, after = (
        re.compile(_ROLES[f"{side}_{lang}"].replace("@per", joined)) for side in ("each", "after")
    )
    return before, after
