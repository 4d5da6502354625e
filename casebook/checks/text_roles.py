"""The role of a number in its sentence: its place, source, time, `per` and object."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from casebook.checks.known_numbers import NO_MATCH, KnownNumbers, Match
from casebook.checks.text_patterns import WORDS, any_of, lower, pattern, per_names, per_patterns
from casebook.checks.text_reading import (
    MEASURES_OF_CHANGE,
    TextReading,
    Told,
    Years,
    judge_move,
    within,
)
from casebook.messages import say
from casebook.problems import Problem
from casebook.record.agreement import APART
from casebook.record.model import Figure
from casebook.text import ENUMERATION, LANGS, Text
from casebook.values.words import PLANNED_STATUSES

# Words farther from a number are not about it; without this limit a text that has no end of a
# sentence would be read from its beginning for each of its numbers.
_WINDOW: Final = 160
# 每月 touches a number at most this many characters after it.
_TOUCHING: Final = 8
# A number is compared with this many numbers before it, to find swapped ones.
_NEAREST_NUMBERS: Final = 8
_SWAPPED: Final = 0.9
# The sums that a text may call a number, with the measures for which that is true.
_SUMS: Final = {
    "average": ("average",),
    "cumulative": ("cumulative",),
    "total": ("cumulative", "programme_total"),
}


# Money of these states is not spent yet, whatever becomes of it.
_NOT_SPENT: Final = ("allocated", "permitted")

# Makes a problem of the key of a message, an offset, and the values of the message.
Report = Callable[..., Problem]


class _Spot(NamedTuple):
    """The words about a number: its clause, and the words up to the numbers beside it.

    `lead` begins with the part of the sentence; `near` and `tail` are within the clause.
    """

    told: Told
    clause: tuple[int, int]
    words: str
    lead: str
    near: str
    tail: str
    about: str
    rest: str


class RoleReading:
    """The check of the words around the numbers of a text; `report` makes a problem in it."""

    def __init__(
        self, reading: TextReading, told: Sequence[Told], known: KnownNumbers, report: Report
    ) -> None:
        self.reading = reading
        self.prose = reading.prose
        self.lang = reading.lang
        self.known = known
        self.told = told
        self.report = report
        self.undated = reading.undated
        self.years = reading.years
        self.places = [*known.find_places(self.prose, self.lang)] if told else []
        sources = known.find_reporters(self.prose, reading.mentions) if told else ()
        self.sources = sorted(sources, key=lambda one: one.start)
        # Figures that the text states elsewhere are not proposed for other numbers.
        self.settled = {one.figures[0].id for one in self.told if len(one.figures) == 1}
        self.seen: Counter[tuple[int, str]] = Counter()
        self.paired = dict(self._pair_years())

    def find_doubts(self) -> Iterator[Problem]:
        """The problems of numbers that fit no figure of their value, one each, and of years."""
        spots = [self._look_at(index) for index in range(len(self.told))]
        yield from self._find_swapped(spots)
        for spot in spots:
            found = [next(self._doubt(spot, figure), None) for figure in spot.told.figures]
            if found and all(found):
                # An error comes before a warning.
                yield min(filter(None, found), key=lambda doubt: doubt.severity == "warning")
        yield from self._find_other_years()

    def _look_at(self, index: int) -> _Spot:
        told = self.told[index]
        last = self.told[index - 1].end if index else 0
        following = self.told[index + 1].start if index + 1 < len(self.told) else len(self.prose)
        clause, part = (self._bound(ends, told) for ends in ("clause_end", "part_end"))
        lead = self.undated[max(part[0], last) : told.start]
        tail = self.undated[told.end : max(told.end, min(clause[1], following))]
        rest = self.undated[told.end : part[1]] if following >= part[1] else tail
        about = lead
        if self.lang == "en" and last > part[0]:
            # In a list the words before “and” or a comma belong to the previous number.
            about = lead.partition(", ")[2] if ", " in lead else lead
            about = about.rpartition(" and ")[2]
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

    def _bound(self, ends: str, told: Told) -> tuple[int, int]:
        """The span between two ends around a number, at most _WINDOW characters on each side."""
        begin, _ = self.reading.around(ends, told.start)
        _, end = self.reading.around(ends, told.end)
        return max(begin, told.start - _WINDOW), min(end, told.end + _WINDOW)

    def _doubt(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        yield from self._doubt_plan(spot, figure)
        yield from self._doubt_place(spot, figure)
        yield from self._doubt_years(spot, figure)
        yield from self._doubt_per(spot, figure)
        yield from self._doubt_sum(spot, figure)
        yield from self._doubt_source(spot, figure)
        begin = self.reading.around("sentence_end", spot.told.start)[0]
        before = [one.figures[0] for one in within(self.told, begin, spot.told.start)]
        word, is_right = judge_move(spot.near, figure, self.known, self.lang, before)
        if is_right is False:
            yield self._make("W276.figure", spot, figure, word=word)
        yield from self._doubt_deed(spot, figure)
        yield from self._doubt_label(spot, figure)

    def _make(self, key: str, spot: _Spot, figure: Figure, **values: object) -> Problem:
        return self.report(key, spot.told.start, **self.known.describe(figure), **values)

    def _doubt_plan(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problem of a plan that the text calls done, or of a referenced fact called a plan."""
        if figure.status in PLANNED_STATUSES:
            words, done = spot.lead, pattern("done", self.lang)
            deeds = [*done.finditer(lower(words))]
            planned = deeds and pattern("planned", self.lang).search(lower(words), deeds[-1].end())
            # 将 in the printed wording does not cancel 已经 before it.
            deed = deeds[-1] if deeds and not (planned and not figure.quantity.planned) else None
            if deed is None:
                words = spot.tail.lstrip()
                deed = done.match(lower(words))
            if deed:
                yield self._make("E271.done", spot, figure, word=words[slice(*deed.span())])
            return
        is_gained = pattern("plan_gained", self.lang).search(lower(spot.words))
        if is_gained and spot.told.is_reference and not figure.quantity.planned:
            yield self._make("E271.plan_gained", spot, figure, text=figure.quantity.text)

    def _doubt_place(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problems of a figure in a sentence about another place, a province or the country."""
        start, begin = spot.told.start, self._bound("sentence_end", spot.told)[0]
        before = within(self.places, begin, start)
        near = within(self.places, max(begin, spot.clause[0]), spot.clause[1])
        last = before[-1] if before else next(iter(near), None)
        since = last.start if last else begin
        if word := pattern("national", self.lang).search(self.reading.low, since, start):
            key = "E274.place" if word.start() >= spot.clause[0] else "W274.place"
            yield self._make(key, spot, figure, place=self.prose[slice(*word.span())])
        region = self.known.dataset.regions[self.known.case_of(figure).region]
        # A case of a town may have a figure of its province.
        own = f"{figure.label} {figure.note} {figure.quote}"
        is_lower = region.level != "province" and not re.search("省|自治区|province", own)
        if is_lower and (word := pattern("whole_province").search(self.prose, since, start)):
            yield self._make("W274.place", spot, figure, place=word[0])
        named = (*near, *before[-1:])
        if last is None or any(self.known.belongs_to(figure, one, self.lang) for one in named):
            return
        if not pattern("same").search(spot.words):
            key = "E274.place" if last in near else "W274.place"
            yield self._make(key, spot, figure, place=last.name)

    def _doubt_source(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problem of a figure that its sentence attributes to another source."""
        begin = self._bound("sentence_end", spot.told)[0]
        for last in within(self.sources, begin, spot.told.start)[-1:]:
            own = {figure.source, *(report.source for report in figure.corroborated_by)}
            set_apart = pattern("unlike").search(self.prose, begin, last.start)
            behind = last.start + len(last.name)
            set_apart = set_apart or pattern("beyond").match(self.prose, behind)
            if own.isdisjoint(last.keys) and not set_apart:
                yield self._make("W274.source", spot, figure, source=last.name)

    def _find_swapped(self, spots: Sequence[_Spot]) -> Iterator[Problem]:
        """The problems of two numbers of one unit that stand beside each other's labels."""
        scored: list[tuple[_Spot, Figure, dict[str, Match]]] = []
        # A single number cannot be swapped.
        for spot in spots if len(spots) > 1 else ():
            figure = spot.told.figures[0]
            scores = self.known.score_labels(f"{spot.near} {spot.tail}", figure, self.lang)
            for before, other, others in scored[-_NEAREST_NUMBERS:]:
                units = {figure.quantity.unit, other.quantity.unit}
                kinds = {figure.quantity.kind, other.quantity.kind}
                # In English the nouns around them tell what they count.
                alike = len(units) == 1 or (self.lang == "en" and kinds == {"count"})
                alike = alike and figure.case == other.case
                right = scores[figure.id].weight + others[other.id].weight
                pair = scores.get(other.id, NO_MATCH), others.get(figure.id, NO_MATCH)
                swapped = pair[0].weight + pair[1].weight
                # In “from A to B” the words before A are about both.
                between = self.prose[before.told.end : spot.told.start][:_WINDOW]
                is_cut = pattern("clause_end").search(between)
                joined = pattern("from_to").search(between) and not is_cut
                # What 分别 tells stands in the order of the names, beside none of them.
                joined = joined or self._tells_in_order(before.told, spot.told)
                # Between two measures one shared word proves little: 买午餐用了72万元，每人次3元.
                is_clear = figure.measure == other.measure or all(one.words for one in pair)
                least = _SWAPPED if is_clear else _SWAPPED + 1
                if alike and figure != other and swapped >= right + least and not joined:
                    yield self._make_label(spot, figure, other)
            scored.append((spot, figure, scores))

    def _tells_in_order(self, first: Told, last: Told) -> bool:
        """True if a word such as 分别 of their sentence stands before two numbers."""
        begin, _ = self.reading.around("sentence_end", last.start)
        return bool(pattern("respectively").search(self.prose, begin, first.start))

    def _make_label(self, spot: _Spot, figure: Figure, other: Figure) -> Problem:
        name = self.known.name(other)
        return self._make("W274.label", spot, figure, other=name, other_label=other.label)

    def _pair_years(self) -> Iterator[tuple[int, Years]]:
        """The offsets of numbers listed in the order of equally many years, each with its year."""
        for word in pattern("respectively").finditer(self.prose):
            begin, end = self.reading.around("sentence_end", word.start())
            # In English “respectively” stands after the numbers.
            span = (word.end(), end) if self.lang == "zh" else (begin, word.start())
            years, told = within(self.years, begin, word.start()), within(self.told, *span)
            if len(years) == len(told):
                yield from zip((one.start for one in told), years, strict=True)

    def _find_years(self, spot: _Spot) -> tuple[Years | None, bool]:
        """The years beside a number, and whether they share its clause."""
        if spot.told.start in self.paired:
            return self.paired[spot.told.start], True
        told, clause, part = spot.told, spot.clause, self._bound("part_end", spot.told)
        before = next(reversed(within(self.years, part[0], told.start)), None)
        after = next(iter(within(self.years, told.start, part[1])), None)
        in_tail = after and after.start < told.end + len(spot.tail)
        joined = after and pattern("joined").search(self.prose, told.end, after.start)
        if after and in_tail and not joined and (self.lang == "en" or not before):
            return after, True
        if before:
            between = self.prose[before.end : told.start]
            return before, before.start >= clause[0] or not pattern("clause_end").search(between)
        # A year before another number belongs to that number.
        is_last = not within(self.told, told.start + 1, part[1])
        return (after if is_last else None), False

    def _doubt_years(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        years, touches = self._find_years(spot)
        is_sum = figure.quantity.kind == "money" and not figure.per
        is_of_year = is_sum and figure.period.precision == "year"
        if years is None and is_of_year and (half := pattern("half_alone").search(spot.near)):
            written, period = half[0], figure.period.edtf
            yield self._make("W274.years", spot, figure, years=written, period=period)
        if years is None or pattern("another_year").search(spot.words):
            return
        # The month of an event tells when something was done: in June it approved {{budget}}.
        beside = within(self.reading.mentions, years.start, years.start + 1)
        if any(each.date in self.known.event_months for each in beside):
            return
        lead = self.prose[max(0, years.start - 24) : years.start]
        # What something grew by until a year is told of that year.
        until = figure.measure in MEASURES_OF_CHANGE or bool(pattern("up_to").search(lead))
        fits = years.fit(figure.period.edtf, up_to=until)
        start, end = years.start, years.end
        if years.is_plan:
            # A single year may lie within a five-year plan.
            fits = fits if fits is not False or not years.may_hold(figure.period.edtf) else None
            touches = not years.may_hold(figure.period.edtf) or is_of_year
        since, as_of = pattern("since_year").match(self.prose, end), pattern("as_of").search(lead)
        is_total = self.known.dataset.vocabulary.measures[figure.measure].total
        if is_of_year and is_total and fits and (since or as_of):
            first, last = start - len(as_of[0] if as_of else ""), since.end() if since else end
            written = self.prose[first:last].strip()
            yield self._make("W274.years", spot, figure, years=written, period=figure.period.edtf)
        if figure.period.precision == "year":
            if behind := pattern("part_behind").match(self.prose, end):
                fits, end = False, behind.end()
            elif before := pattern("part_before").search(lead):
                fits, start = False, start - len(before[0])
        if fits is False or (fits is None and touches):
            key = "E274.years" if touches and fits is False else "W274.years"
            written, period = self.prose[start:end], figure.period.edtf
            yield self._make(key, spot, figure, years=written, period=period)

    def _doubt_per(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        before, behind = per_patterns(self.lang, self.known.per_terms)
        lead, is_share = spot.near.rstrip(), figure.quantity.kind == "share"
        limit = 0 if is_share else _TOUCHING
        found = [(each, len(lead) - each.end() <= limit) for each in before.finditer(spot.near)]
        if self.lang == "en":
            found = [pair for pair in found if " and" not in lead[pair[0].end() :]]
        tail = pattern("plan_sign").sub("", spot.tail)
        while each := behind.match(tail):
            found.append((each, True))
            # In Chinese one follows the other: 元/平方米·月. English may go on to something else.
            tail = tail[each.end() :] if self.lang == "zh" else ""
        for each, touches in found:
            adverb = (each.groupdict().get("adverb") or "").lower()
            term = WORDS["per_adverbs"].get(adverb, each.lastgroup)
            yearly = term == "year" and adverb and figure.measure == "annual_total"
            if term in (*figure.per, "adverb") or yearly or (is_share and not touches):
                continue
            if term == "other" and (figure.per or not touches):
                continue
            key = "E274.per" if touches else "W274.per"
            terms = [self.known.dataset.vocabulary.per[one].name for one in figure.per]
            per = Text("/", "/").join(terms) or say("checks.no_per")
            yield self._make(key, spot, figure, word=each.group().strip(), per=per)
        if not spot.told.is_reference and figure.quantity.per and not found:
            yield from self._doubt_lost_per(spot, figure)

    def _doubt_lost_per(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """A price of which neither the paragraph nor the number says what it is per."""
        begin, end = self.reading.around("paragraph_end", spot.told.start)
        begin, end = max(begin, spot.told.start - 2 * _WINDOW), min(end, spot.told.end + _WINDOW)
        # The 年 of a date is no 每年.
        words = re.sub("[0-9]{1,4} ?[年月日]", " ", self.reading.low[begin:end])
        names = per_names(self.known.per_terms)
        said = "|".join(name for key in figure.per for name in names[key])
        if any_of(said, None).search(words):
            return
        terms = [self.known.dataset.vocabulary.per[one].name for one in figure.per]
        yield self._make("W274.per_lost", spot, figure, per=Text("/", "/").join(terms))

    def _doubt_sum(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problems of a number called an average or a sum, if its figure is not one."""
        own = lower(f"{figure.label.zh} {figure.label.en} {figure.quantity.text}")
        for name, measures in _SUMS.items():
            words, text = pattern(name, self.lang), spot.near[-24:]
            found = words.search(lower(text))
            if not found:
                text = spot.tail.lstrip(" （(")
                found = words.match(lower(text))
                # 63盏合计98元 tells the sum of the next number.
                if found and within(self.told, spot.told.end, spot.told.end + found.end() + 2):
                    found = None
            spans = name != "average" and re.search("[0-9]/[0-9]", figure.period.edtf)
            # A change may be stated as an average or a sum of years.
            if not found or spans or figure.measure in (*measures, "change"):
                continue
            if not any(pattern(name, lang).search(own) for lang in LANGS):
                key = "W274.sum" if name == "total" else "E274.sum"
                yield self._make(key, spot, figure, word=text[slice(*found.span())])

    def _doubt_deed(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problems of words for another deed (funded for applied) or kind (pay for count)."""
        label, words = lower(figure.label.inside(self.lang)), lower(spot.words)
        begin, end = self.reading.around("sentence_end", spot.told.start)
        is_denied = pattern("denied", self.lang).search(self.reading.low, begin, end)
        yield from () if is_denied else self._doubt_stage(spot, figure)
        for pair in () if is_denied else WORDS["contrasts"]:
            own, other = (any_of(each, self.lang) for each in pair[self.lang])
            is_own = own.search(label) and not other.search(label)
            if is_own and not own.search(words) and (word := other.search(words)):
                word_of = spot.words[slice(*word.span())]
                yield self._make("W274.deed", spot, figure, word=word_of)
        kind, found = figure.quantity.kind, None
        counted = pattern("counted", self.lang).match(spot.tail)
        if kind == "count" and not (self.lang == "en" and counted):
            found = pattern("paid", self.lang).search(spot.near)
        elif kind == "money":
            found = counted
        if found:
            yield self._make("W274.kind", spot, figure, word=found.group().strip())

    def _doubt_stage(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problem of a budget, outlay, contract or tax that the record of the money lacks."""
        if figure.quantity.kind != "money":
            return
        measure = self.known.dataset.vocabulary.measures.get(figure.measure)
        texts = [figure.label, figure.note, *([measure.name] if measure else [])]
        own = lower(" ".join((*map(str, texts), figure.quantity.text, figure.quote, figure.status)))
        for stage in WORDS["stages"]:
            said = {
                found[0]
                for lang in LANGS
                for found in any_of("|".join(stage[lang]), lang).finditer(own)
            }
            is_tax = stage == WORDS["stages"][-1]
            # Of taxes each word says another thing; of the others the figure has one or none.
            if said and not (is_tax and self.lang == "zh"):
                continue
            here = any_of("|".join(stage[self.lang]), self.lang)
            behind = spot.rest.removeprefix("，")[:6] if is_tax else spot.tail[:24]
            for words in (spot.near[-24:], behind):
                if (found := here.search(lower(words))) and found[0] not in said:
                    word = words[slice(*found.span())]
                    yield self._make("W274.deed", spot, figure, word=word)
                    return
        is_open = figure.status in _NOT_SPENT and not figure.per
        spent = pattern("spent", self.lang)
        if is_open and not any(pattern("spent", lang).search(own) for lang in LANGS):
            lead = lower(spot.near[-8:] if self.lang == "zh" else spot.near[-24:])
            if found := spent.search(lead):
                yield self._make("W274.deed", spot, figure, word=found[0])
                return
        # Words for money owed, asked for or paid back stand right before the number.
        near = spot.near[-8:] if self.lang == "zh" else spot.near[-24:]
        if self.lang == "en" and (found := pattern("is_else").match(spot.tail)):
            near += found[0]
        apart = (words.search(near) for words in APART if not words.search(own))
        if word := next((each[0] for each in apart if each), ""):
            yield self._make("W274.deed", spot, figure, word=word)

    def _doubt_label(self, spot: _Spot, figure: Figure) -> Iterator[Problem]:
        """The problems of a figure told twice, or with the label of another figure of its case."""
        if len(spot.told.figures) == 1:
            sentence = self.reading.around("sentence_end", spot.told.start)[0], figure.key
            self.seen[sentence] += 1
            if self.seen[sentence] > 1:
                yield self._make("W274.twice", spot, figure)
        # The rest of the figure's own wording beside the number does not count.
        written = self.prose[spot.told.start : spot.told.end]
        before, _, after = figure.quantity.text.partition(written)
        about, rest = spot.about.removesuffix(before), spot.rest.removeprefix(after)
        context = pattern("quoted").sub(" ", f"{about} {rest}")
        # 分别 is about several numbers at once, each with words of its own.
        if pattern("same").search(context) or pattern("respectively").search(context):
            return
        scores = self.known.score_labels(context, figure, self.lang)
        own = scores.pop(figure.id)
        figures = self.known.case_of(figure).figures
        rivals = [pair for pair in scores.items() if pair[0] not in self.settled]
        if pattern("time").match(figure.quantity.unit) and not spot.told.is_reference:
            # A time that is typed is no money, whatever is paid in it.
            rivals = [pair for pair in rivals if figures[pair[0]].quantity.kind == "count"]
        name, best = max(rivals, key=lambda pair: pair[1].weight, default=("", NO_MATCH))
        # A page may be about every case, so one word of a label says little there.
        is_clear = best.words > 1 or self.known.home is not None
        if best.weight >= 0.5 and is_clear and best.beats(own):
            yield self._make_label(spot, figure, figures[name])

    def _find_other_years(self) -> Iterator[Problem]:
        """The problems of years beside the words of something from another year of the case."""
        for index, years in enumerate(self.years):
            if not {str(years.first), str(years.last)} <= self.known.dates:
                continue
            spot = Told(start=years.start, end=years.end)
            clause, part = (self._bound(ends, spot) for ends in ("clause_end", "part_end"))
            # The year of a number is judged with the number: in 2011, about 80 million.
            beside = within(self.told, clause[0], clause[1] + _TOUCHING)
            is_last = beside and not re.search(r"\w", self.prose[beside[-1].end : part[1]])
            if is_last or within(self.told, *clause):
                continue
            for begin, end in (clause, part):
                words = self._words_of_year(index, begin, end)
                if pattern("same").search(words):
                    break
                scores = self.known.score_events(re.sub("[0-9]{4}", " ", words), self.lang)
                date, best = max(
                    scores.items(), key=lambda pair: pair[1].weight, default=("", NO_MATCH)
                )
                own = max((m for d, m in scores.items() if years.may_hold(d)), default=NO_MATCH)
                is_clear = best.words > 1 and best.weight >= 1 and best.beats(own)
                dates = [date] if is_clear else []
                if (begin, end) == part and not own.words:
                    dates = dates or self._list_introduced(years)
                if dates and not any(years.may_hold(each) for each in dates):
                    written = self.prose[years.start : years.end]
                    named = ENUMERATION.join(dict.fromkeys(dates))
                    yield self.report("W274.event", years.start, years=written, date=named)
                if dates or own.words:
                    break

    def _words_of_year(self, index: int, begin: int, end: int) -> str:
        """The words about a year within a span, up to the years beside it."""
        years = self.years[index]
        begin = max(begin, self.years[index - 1].end if index else 0)
        lead, tail = self.undated[begin : years.start], self.undated[years.end : end]
        if index + 1 < len(self.years) and self.years[index + 1].start < end:
            tail = self.undated[years.end : self.years[index + 1].start].partition(" and ")[0]
        return f"{lead.rpartition(' and ')[2] if index else lead} {tail}"

    def _list_introduced(self, years: Years) -> list[str]:
        """The times of the first number after a sentence without numbers, in its paragraph."""
        first, end = self.reading.around("sentence_end", years.start)
        _, last = self.reading.around("paragraph_end", years.end)
        if within(self.told, first, end):
            return []
        return [
            one.period.edtf for told in within(self.told, end, last)[:1] for one in told.figures
        ]
