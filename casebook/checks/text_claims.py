"""Checks that the claims of a text are in the records: numbers, qualifiers and judgements.

A number in a text is a reference `{{…}}`, or it is typed and then has to be a figure or a date of
the case, with its qualifiers. Relative times and superlatives belong to a source, never to the
site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, permutations, zip_longest
from typing import Any, Final, NamedTuple

from casebook.checks.known_numbers import KnownNumbers, lengths_of, show_amount, tokens_of
from casebook.checks.numbers_in_text import NumberMention
from casebook.checks.text_patterns import lower, pattern
from casebook.checks.text_reading import Told, find_trends, read_text, within
from casebook.checks.text_roles import RoleReading
from casebook.messages import problem, say
from casebook.problems import Position, Problem
from casebook.record.description import WrittenText
from casebook.record.model import Figure
from casebook.record.references import REFERENCE, SITE, split_key
from casebook.text import ENUMERATION, NO_TEXT, Lang, Text
from casebook.values.words import PLANNED_STATUSES, QUALIFIERS, WITHOUT_VALUE, Qualifier
from casebook.yaml.encoding import position_of

# The qualifiers of signs inside a number; all other signs (余, 多) mean more_than.
_INSIDE: Final[Mapping[str, Qualifier]] = {"来": "approx", "上": "at_least"}


def check_passage(texts: Sequence[WrittenText], known: KnownNumbers) -> Iterator[Problem]:
    """The problems of numbers, qualifiers, times and judgements that the records do not have.

    `texts` are one text in its languages; a figure that only one of them states is reported too.
    """
    readings = [_ClaimReading(text, known) for text in texts]
    for reading in readings:
        yield from reading.check()
    for one, other in permutations(readings, 2):
        keys = {figure.key for told in other.told for figure in told.figures}
        language = say(f"languages.{other.lang}")
        for told in one.told:
            # A number that fits several figures may be none of them.
            if len(told.figures) == 1 and told.figures[0].key not in keys:
                name = known.name(told.figures[0])
                yield one.problem("W275", told.start, figure=name, language=language)
        for offset, word in one.find_plans_beside(other):
            yield one.problem("W275.plan", offset, word=word, language=language)


class _Claim(NamedTuple):
    """The claim of a text about a number: its qualifiers with their words, and if it is a plan."""

    qualifiers: Mapping[Qualifier, str]
    planned: bool
    plan_gained: bool


# A list that a text counts is no longer, and a number that another one is held to no farther away.
_LONGEST_LIST: Final = 600


class _ClaimReading:
    """The check of one text; `told` are the figures that the text states, in its order."""

    def __init__(self, text: WrittenText, known: KnownNumbers) -> None:
        self.text = text
        self.lang = text.lang
        self.known = known
        self.home = known.home
        self.reading = reading = read_text(text)
        self.prose = reading.prose
        self.told: list[Told] = []
        self.last_number = 0
        self.found: dict[tuple[str, tuple[int, int]], bool] = {}

    def check(self) -> Iterator[Problem]:
        """The problems of the text in their order."""
        if self.reading.is_silent and "{{" not in self.text.words:
            return
        found = [*self.check_numbers(), *self.check_references()]
        self.told.sort(key=lambda told: told.start)
        for key, start, end in self.reading.voice:
            found.append(self.problem(key, start, word=self.prose[start:end]))
        # Most texts have neither.
        if self.told or self.reading.years:
            found += RoleReading(self.reading, self.told, self.known, self.problem).find_doubts()
        for offset, word in find_trends(self.reading, self.told, self.known):
            found.append(self.problem("W276", offset, word=word))
        yield from sorted(found, key=lambda problem: (problem.at, problem.code))

    def problem(self, key: str, offset: int, **values: Any) -> Problem:
        """A problem at a character of the text."""
        start, at = self.text.at, position_of(self.text.words, offset)
        at = Position(start.line + at.line - 1, start.column + at.column - 1)
        return problem(key, self.text.path, at, **values)

    def has(self, words: str, ends: str, offset: int) -> bool:
        """True if the sentence or clause around an offset has one of the words."""
        key = words, self.reading.around(ends, offset)
        if key not in self.found:
            found = pattern(words, self.lang).search(self.reading.low, *key[1])
            self.found[key] = found is not None
        return self.found[key]

    # --- Numbers ---

    def check_numbers(self) -> Iterator[Problem]:
        """The problems of typed numbers that no record has, or that lost or gained a qualifier."""
        mentions = self.reading.mentions
        end_of_range = None
        for mention, other in zip_longest(mentions, mentions[1:]):
            if mention is end_of_range:
                continue
            ranges = self._find_ranges(mention, other) if other else []
            if ranges:
                claim = self._read_claim((mention, other), ranges)
                found = self._check_claim((mention.start, other.end), claim, ranges)
                end_of_range, self.last_number = other, other.end
            else:
                found = self._check_mention(mention)
                if mention.value is not None and not mention.date:
                    self.last_number = mention.end
            if found is not None:
                yield found

    def _find_ranges(self, first: NumberMention, second: NumberMention) -> list[Figure]:
        """The ranges between two numbers, if the words between the numbers make them a range."""
        between = self.prose[first.end : second.start]
        if not pattern("to").fullmatch(between):
            return []
        lead = self.prose[max(0, first.start - 8) : first.start]
        if between.strip() == "and" and not pattern("between").search(lead):
            return []
        return self.known.find_ranges(first, second)

    def _check_mention(self, mention: NumberMention) -> Problem | None:
        if mention.date in self.known.dates and not self._counts_with_year(mention):
            return None
        # A title may contain a year that is no date of the case: 《2016年另一份指南》.
        if mention.titled and len(mention.date) == 4:
            return None
        words = self.prose[mention.start : mention.end + 16]
        if self._lasts_so_long(mention) or self._counts_list(mention):
            return None
        if self.home is None and self.known.is_own(mention.value, words):
            return None
        figures = self.known.find_figures(mention)
        if not figures:
            return None if self._in_known_title(mention) else self._report_unknown(mention)
        whole = [figure for figure in figures if figure.quantity.qualifier != "range"]
        if not whole:
            return self._report("E271.one_end", mention.start, figures[0], text=mention.text)
        claim = self._read_claim((mention,), whole)
        return self._check_claim((mention.start, mention.end), claim, whole)

    def _lasts_so_long(self, mention: NumberMention) -> bool:
        """True of as many years or months as a time of the case or of the sentence has."""
        length = pattern("length").match(self.prose, mention.start)
        if length is None or length.end() < mention.end or mention.value is None:
            return False
        lead = self.prose[max(0, mention.start - 16) : mention.start]
        is_term = pattern("term_before").search(lead)
        is_term = is_term or pattern("term_behind").match(self.prose, length.end())
        said = (str(length.lastgroup), int(mention.value))
        if is_term and said in self.known.lengths:
            return True
        begin, end = self.reading.around("sentence_end", mention.start)
        beside = within(self.reading.mentions, begin, end)
        figures = [one for each in beside for one in self.known.find_figures(each)]
        for found in REFERENCE.finditer(self.text.words, begin, end):
            figure = self.known.dataset.find_figure(*split_key(found[1].strip()), self.home)
            figures += [figure] if figure else []
        known = {each for one in figures for each in lengths_of(one.period)}
        years = within(self.reading.years, begin, end)
        known |= {("year", one.last - one.first + 1) for one in years if one.first < one.last}
        return said in known

    def _counts_list(self, mention: NumberMention) -> bool:
        """True of the number of what is listed behind it: 分两种：…；…."""
        colon = pattern("counts_list").match(self.prose, mention.end)
        is_small = mention.value is not None and 2 <= mention.value <= 20
        if colon is None or not is_small or mention.unit in ("CNY", "ratio", "points"):
            return False
        words = self.text.words
        listed = words[colon.end() :][:_LONGEST_LIST].lstrip()
        if pattern("list_item").match(listed):
            listed = pattern("paragraph_end").split(listed)[0]
            return len(pattern("list_item").findall(listed)) == mention.value
        end = self.reading.around("sentence_end", colon.end())[1]
        listed = words[colon.end() : min(end, colon.end() + _LONGEST_LIST)].rstrip("。.\n ")
        parts = len(pattern("list_parts").findall(listed)) + 1
        return parts == mention.value or (
            parts == 1 and len(REFERENCE.findall(listed)) == mention.value
        )

    def _counts_with_year(self, mention: NumberMention) -> bool:
        """True if an English number that looks like a year is a count: funded 2010 projects."""
        lead = self.prose[max(0, mention.start - 8) : mention.start]
        noun = pattern("year_counts").match(self.prose, mention.end)
        is_count = noun is not None and len(mention.date) == 4 and mention.value is not None
        return is_count and self.lang == "en" and not pattern("year_dates").search(lead)

    def _tail(self, mention: NumberMention) -> str:
        """The words after a number to the end of its clause, in English of the joined clauses."""
        after = pattern("plan_sign").sub("", self.prose[mention.end : mention.end + 50])
        ends = "part_end" if self.lang == "en" else "clause_end"
        return pattern(ends).split(after, maxsplit=1)[0]

    def _read_claim(self, mentions: Sequence[NumberMention], figures: list[Figure]) -> _Claim:
        """The claim of the text about a number, or about the two ends of a range."""
        capped = any(figure.quantity.qualifier == "at_most" for figure in figures)
        qualifiers: dict[Qualifier, str] = {}
        # 赔付的上限是20万元 states its qualifier far from the number.
        for mention in mentions:
            found = self._find_qualifiers(mention)
            if capped and not found and self.has("ceiling", "sentence_end", mention.start):
                found["at_most"] = ""
            qualifiers |= found
        # An exact figure gains a plan only by a word in its own clause: 已投入300万元，计划再投.
        return _Claim(
            qualifiers=qualifiers,
            planned=any(self.has("planned", "part_end", m.start) for m in mentions),
            plan_gained=any(self.has("plan_gained", "clause_end", m.start) for m in mentions),
        )

    def _find_qualifiers(self, mention: NumberMention) -> dict[Qualifier, str]:
        """The qualifiers whose words are inside a number or beside it, each with its word."""
        found: dict[Qualifier, str] = {}
        low, start = self.reading.low, mention.start
        lead = low[max(0, start - 32) : start]
        # 比8000万多 is a comparison.
        inside = not re.search("[比较]\\Z", lead) and re.search("[余多来]|\\A上", mention.text)
        if self.lang == "zh" and inside:
            name: Qualifier = _INSIDE.get(inside[0], "more_than")
            found[name] = inside[0]
        before = pattern("qualified_before", self.lang)
        behind = pattern("qualified_after", self.lang).match(lower(self._tail(mention)))
        for word in (before.search(lead) or before.search(mention.text.lower()), behind):
            if word:
                name = _qualifier_of(word)
                if self._compares(word, start, mention.end):
                    continue
                # “Over three years” may mean during them; an empty word never counts as gained.
                is_open = mention.unit == "time" and pattern("lasting").match(word[0])
                found[name] = "" if is_open else word[name]
        return found

    def _check_claim(
        self, span: tuple[int, int], claim: _Claim, figures: Sequence[Figure]
    ) -> Problem | None:
        """The problem of a number with a known value, None if its words fit one of the figures."""
        compared = [(figure, self._compare(span, claim, figure)) for figure in figures]
        right = [figure for figure, found in compared if found is None]
        # The words fit no figure of this value; the first figure is the nearest to the meaning.
        if not right:
            return compared[0][1]
        self.told.append(Told(start=span[0], end=span[1], figures=tuple(right)))
        if self.home is None:
            return None
        for figure, found in compared:
            if found and _lacks_words(figure, claim) and not self._is_another(figure, right, span):
                return found
        return None

    def _is_another(self, rival: Figure, right: list[Figure], span: tuple[int, int]) -> bool:
        """True if the text means one of the figures that its words fit, and not their rival.

        If a headline states a planned amount as a fact, two figures have one value, and the plan
        without its 将 would pass for the headline. So if measure and period are the same, a word
        of the label has to stand between the previous number and the end of the clause.
        """
        start, end = span
        begin = max(self.reading.around("sentence_end", start)[0], self.last_number)
        last = self.reading.around("clause_end", end)[1]
        words = self.prose[begin:start] + self.prose[end:last]
        return any(
            (figure.measure, figure.period) != (rival.measure, rival.period)
            or figure.quantity.kind != rival.quantity.kind
            or any(word in words.lower() for word in _label_words(figure, rival, self.lang))
            for figure in right
        )

    def _compare(self, span: tuple[int, int], claim: _Claim, figure: Figure) -> Problem | None:
        quantity, offset, text = figure.quantity, span[0], self.prose[slice(*span)]
        wanted = quantity.qualifier
        expected = frozenset() if wanted in ("exact", *WITHOUT_VALUE) else frozenset({wanted})
        # A word of the source's own wording is not gained: 高达.
        gained = frozenset(
            name
            for name, word in claim.qualifiers.items()
            if name not in expected and word not in quantity.text.lower()
        )
        lost = expected - claim.qualifiers.keys()
        if gained or lost:
            difference = _describe_difference(lost, gained)
            return self._report("E271.difference", offset, figure, text=text, difference=difference)
        if figure.status in PLANNED_STATUSES:
            return None if claim.planned else self._report_plan_lost(offset, text, figure)
        if claim.plan_gained and not quantity.planned:
            return self._report("E271.plan_gained", offset, figure, text=text)
        return None

    def _report_plan_lost(self, offset: int, text: str, figure: Figure) -> Problem:
        return self._report("E271.plan_lost", offset, figure, text=text, state=figure.status)

    def _report(self, key: str, offset: int, figure: Figure, **values: object) -> Problem:
        return self.problem(key, offset, **self.known.describe(figure), **values)

    def _compares(self, word: re.Match[str], start: int, end: int) -> bool:
        """True where a figure before a number is held to it: 培训41万人次，超过了38万人次的目标."""
        is_open = _qualifier_of(word) in ("more_than", "at_most")
        behind = pattern("compared_with").match(self.reading.low, end)
        begin, _ = self.reading.around("sentence_end", start)
        begin = max(begin, start - _LONGEST_LIST)
        before = REFERENCE.search(self.text.words, begin, start)
        return bool(is_open and behind and (before or within(self.told, begin, start)))

    def _in_known_title(self, mention: NumberMention) -> bool:
        return any(
            title in self.prose[max(0, mention.end - len(title)) : mention.start + len(title)]
            for title in self.known.titles
        )

    def _report_unknown(self, mention: NumberMention) -> Problem:
        whose = say("checks.any_case") if self.home is None else say("checks.this_case")
        lead = self.prose[max(0, mention.start - 8) : mention.start]
        # Four digits alone are a year after a preposition: in 1996, by 1996.
        if mention.date and (mention.value is None or pattern("preposition").search(lead)):
            dates = ENUMERATION.join(self.known.nearest_dates(mention.date))
            hint = say("checks.near_dates", dates=dates) if dates else say("checks.no_dates")
            key = "E270.date"
        else:
            near = self.known.nearest_figures(mention)
            figures = list_with_amounts((self.known.name(each), each) for each in near)
            hint = say("checks.near_figures", figures=figures) if near else say("checks.record_it")
            key = "E270"
        return self.problem(key, mention.start, hint=hint, text=mention.text, whose=whose)

    # --- References ---

    def check_references(self) -> Iterator[Problem]:
        """The problems of references with an added qualifier, and of plans not worded as plans."""
        for found in REFERENCE.finditer(self.text.words):
            case, name = split_key(found.group(1).strip())
            figure = self.known.dataset.find_figure(case, name, self.home) if name else None
            if figure is None and case != SITE:
                continue
            yield from self._check_qualified(found, figure)
            if figure is not None:
                start, end = found.span()
                self.told.append(Told(start=start, end=end, figures=(figure,), is_reference=True))
                if self.lang == "en" and self._lacks_time(figure, end):
                    yield self._report("W274.time", start, figure)
            if figure is None or figure.status not in PLANNED_STATUSES:
                continue
            if self.lang == "zh" and figure.quantity.planned:
                continue
            if not self.has("planned", "sentence_end", found.start()):
                yield self._report_plan_lost(found.start(), figure.quantity.text, figure)

    def _lacks_time(self, figure: Figure, end: int) -> bool:
        """True of a length of time of which English prints the number and nobody the unit."""
        quantity = figure.quantity
        is_time = quantity.kind == "count" and pattern("time").match(quantity.unit)
        is_printed = quantity.is_in_english or pattern("time_noun").match(self.prose, end)
        return bool(is_time and not is_printed)

    def _check_qualified(self, found: re.Match[str], figure: Figure | None) -> Iterator[Problem]:
        """The problems of a qualifier or a currency beside a reference, which prints its own."""
        low, start, end = self.reading.low, *found.span()
        if figure is not None and (unit := pattern("touching_currency").match(self.prose, end)):
            printed = figure.quantity.words
            said = {"word": unit[0].strip(), "reference": found.group(), "printed": printed}
            yield self.problem("E271.currency", end, **said)
        begin = max(0, start - 32)
        match = pattern("qualified_before", self.lang).search(low[begin:start])
        if match is None:
            begin = end
            match = pattern("touching_after", self.lang).match(low[end : end + 24])
        if match is None:
            return
        if self._compares(match, start, end):
            return
        offset = begin + match.start()
        word = self.prose[offset : begin + match.end()].strip()
        qualifier = _qualifier_of(match)
        difference = _describe_difference(frozenset(), frozenset({qualifier}))
        if figure is not None and qualifier == figure.quantity.qualifier:
            difference = say("checks.doubled")
        yield self.problem(
            "E271.reference_printed" if figure is not None else "E271.reference",
            offset,
            word=word,
            difference=difference,
            reference=found.group(),
            printed=figure.quantity.words if figure is not None else "",
        )

    # --- Languages ---

    def find_plans_beside(self, other: _ClaimReading) -> Iterator[tuple[int, str]]:
        """The words of plans in sentences that have no such word in the other language.

        Sentences are compared if both texts have as many, otherwise paragraphs, then whole texts.
        """
        plans, prose = pattern("plan_gained", self.lang), self.reading.low_unquoted
        if not plans.search(prose):
            return
        units = zip(self.list_units(other), other.list_units(self), strict=True)
        for (start, end), span in units:
            # “Would” is as often about the past.
            found = (plan for plan in plans.finditer(prose, start, end) if plan[0] != "would")
            if (plan := next(found, None)) and not other.may_plan(*span):
                yield plan.start(), self.prose[slice(*plan.span())]

    def list_units(self, other: _ClaimReading) -> list[tuple[int, int]]:
        """The sentences or else paragraphs if the other text has as many, else the whole text."""
        for ends in ("sentence_end", "paragraph_end"):
            spans, others = (each.list_spans(ends) for each in (self, other))
            if len(spans) == len(others):
                return spans
        return [(0, len(self.prose))]

    def list_spans(self, ends: str) -> list[tuple[int, int]]:
        """The spans between the ends of a kind that contain words."""
        spans = pairwise(self.reading.list_ends(ends))
        return [(start, end) for start, end in spans if self.prose[start:end].strip()]

    def may_plan(self, start: int, end: int) -> bool:
        """True if a span has a word or a figure of a plan, or tells of nothing that is done."""
        low, told = self.reading.low, within(self.told, start, end)
        # Chinese has no tense: a span without a date, a figure or a word for done may be a plan.
        is_done = (
            self.lang == "en"
            or told
            or any(each.date for each in within(self.reading.mentions, start, end))
            or pattern("finished").search(low, start, end)
        )
        said = (pattern(words, self.lang) for words in ("planned", "not_yet"))
        planned = (one.status in PLANNED_STATUSES for each in told for one in each.figures)
        return not is_done or any(one.search(low, start, end) for one in said) or any(planned)


def _lacks_words(figure: Figure, claim: _Claim) -> bool:
    """True if a figure needs a qualifier or a word of planning that the text does not have."""
    wanted = figure.quantity.qualifier
    lost = wanted not in ("exact", *WITHOUT_VALUE) and wanted not in claim.qualifiers
    return lost or (figure.status in PLANNED_STATUSES and not claim.planned)


def _label_words(figure: Figure, rival: Figure, lang: Lang) -> set[str]:
    """The words of a figure's label that its rival's lacks: in Chinese, pairs of characters."""
    of, other = (tokens_of(each.label.inside(lang), lang) for each in (figure, rival))
    return {word for word in of - other if len(word) > 1 and word not in figure.quantity.text}


def _qualifier_of(found: re.Match[str]) -> Qualifier:
    groups = found.groupdict()
    return next(name for name in QUALIFIERS if groups.get(name) is not None)


def _describe_difference(lost: frozenset[Qualifier], gained: frozenset[Qualifier]) -> Text:
    """The words of a message for the qualifiers that a text lost or gained."""
    less = say("checks.lost", words=_list_names(lost)) if lost else NO_TEXT
    more = say("checks.gained", words=_list_names(gained)) if gained else NO_TEXT
    if less and more:
        return say("checks.lost_and_gained", lost=less, gained=more)
    return less or more


def _list_names(qualifiers: frozenset[Qualifier]) -> Text:
    names = [QUALIFIERS[name].name for name in sorted(qualifiers)]
    return Text("", " and ").join(Text(f"“{name.zh}”", f"“{name.en}”") for name in names)


def list_with_amounts(named: Iterable[tuple[str, Figure]]) -> Text:
    """Names of figures, each with the amount of its figure."""
    return ENUMERATION.join(
        Text(f"{name}（{amount.zh}）", f"{name} ({amount.en})")
        for name, amount in ((name, show_amount(figure)) for name, figure in named)
    )
