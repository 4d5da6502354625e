"""The role of a number in its sentence: whose it is, of when, per what, and what it counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from casebook.checks import text_patterns as patterns
from casebook.checks.known_numbers import NO_MATCH, KnownNumbers
from casebook.checks.numbers_in_text import NumberMention, blank_spans
from casebook.checks.text_patterns import WORDS, any_of, in_languages
from casebook.messages import say
from casebook.record.model import Figure
from casebook.text import LANGS, Lang, Text
from casebook.values.words import PLANNED_STATUSES

_NATIONAL: Final = in_languages("national")
_DONE: Final = in_languages("done")
# What a number may be said to be, and the measures of which it is true.
_SUMS: Final = {
    name: (in_languages(name), measures)
    for name, measures in (
        ("average", frozenset({"average"})),
        ("cumulative", frozenset({"cumulative"})),
        ("total", frozenset({"cumulative", "programme_total"})),
    )
}
_CONTRASTS: Final = {
    lang: [tuple(any_of([words], lang) for words in pair[lang]) for pair in WORDS["contrasts"]]
    for lang in LANGS
}
# The words that two years are two ends of; a report that a year only dates is passed over.
_PAID: Final = {
    "zh": re.compile(
        "(?:投入|支付|出资|拨付|付费|下达|价格|费用|报酬|资金|金额|经费|花了)"
        r"[为是有达到了]{0,2} *\Z"
    ),
    "en": re.compile(
        r"\b(?:pa(?:ys?|id)|spen[dt]s?|costs?|prices?|outlay|receives?|worth|fees?) (?:of |at )?\Z"
    ),
}
_COUNTED: Final = {
    "zh": re.compile("[个项家名位条场类种](?![㐀-鿿]*款)"),
    "en": re.compile(
        r" (?!(?:a|an|and|at|by|each|every|for|from|in|of|on|per|to|was|were|is|are|as|with)\b)"
        rf"(?:[a-z-]+ )?(?:{'|'.join(set(WORDS['counted_nouns']) - {'yuan'})})\b"
    ),
}
_REPORT: Final = re.compile(
    "的?(?:汇编|报道|文章|消息|论文|年鉴|公报|报告)|(?<=[a-z]) (?:report|article|yearbook)"
)
_REPORT_OF: Final = re.compile(
    r"(?:compilation|report|article|paper|account|story|opinions|Daily) (?:of|from|in)"
    r"(?: [A-Z][a-z]+)? \Z"
)
_UP_TO: Final = re.compile(r"(?:至|到|截[至止]|[Bb]y|[Uu]p to|[Uu]ntil|[Tt]o|[Tt]ill) ?\Z")
# What is said of another place may be that it has the same.
_SAME: Final = re.compile(r"同[为是样]|相同|一样|一致|持平|\b(?:likewise|same|equals?)\b")
# 第二年 and the like count from the year that is named.
_ANOTHER_YEAR: Final = re.compile(
    "次年|翌年|第[二三四]年|[下来隔前上]一?年|[一二两三]年[前后]|同期"
    r"|\b(?:later|earlier|following|previous|preceding|prior|years? (?:before|after))\b"
)
_JOINED: Final = re.compile(r",|;|\b(?:and|but|while|from|to)\b")
# 每 and its kin before the name of a unit, in front of a number and behind one.
_EACH: Final = {
    "zh": "(?:每一?|平均每|按(?=[年月日天人户]))个?(?:{}|(?P<other>[㐀-鿿]{{1,3}}))",
    "en": (
        r"\b(?:(?:[Ee]ach|[Ee]very|[Pp]er) (?:{}|(?P<other>[a-z]{{3,}}))"
        r"|(?P<adverb>annual|[a-z]+ly)(?= (?:[a-z]+ ){{0,2}}\Z))\b"
    ),
}
_EACH_AFTER: Final = {
    "zh": "[ *]*(?:[㐀-鿿]{{0,5}}[/／]|每|一个?)(?:{})",
    "en": (
        r"(?: [a-z]+){{0,2}}? (?:an?|per|each|every) (?:{})\b"
        r"|(?: [a-z]+)?? (?:(?:per|every|each) (?P<other>[a-z]{{3,}})"
        r"|(?P<adverb>[a-z]+ly|apiece|each(?! of)))\b"
    ),
}
_ADVERBS: Final[Mapping[str, str]] = WORDS["per_adverbs"]
_TOUCHING: Final = 8


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
    """Why a number may not stand where it does: the key of its message, and what it names."""

    key: str
    values: Mapping[str, object]


class RoleReading:
    """The sentences of a text around its numbers."""

    def __init__(
        self,
        prose: str,
        lang: Lang,
        known: KnownNumbers,
        told: Sequence[Told],
        mentions: Sequence[NumberMention],
    ) -> None:
        self.prose = prose
        self.lang: Lang = lang
        self.known = known
        self.told = sorted(told, key=lambda one: one.start)
        # A day tells when something was reported, and not of what time a number is.
        days = [each for each in mentions if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", each.date)]
        self.undated = blank_spans(prose, ((each.start, each.end) for each in days))
        self.years = list(self._join_years(mentions))
        self.ends = {
            ends: [0, *(found.end() for found in ends.finditer(prose)), len(prose)]
            for ends in (patterns.SENTENCE_END, patterns.PART_END, patterns.CLAUSE_END)
        }

    def find_doubts(self) -> Iterator[tuple[Told, Doubt]]:
        """The numbers that no figure of theirs may be, each with the first reason."""
        for index, one in enumerate(self.told):
            found = [next(self._doubt(index, figure), None) for figure in one.figures]
            if found and all(found):
                # A doubt of certainty is not hidden by one that is none.
                yield one, min(filter(None, found), key=lambda doubt: doubt.key[0] == "W")

    def find_other_years(self) -> Iterator[tuple[int, Doubt]]:
        """The years beside words that belong to what happened in another year of the case."""
        for index, years in enumerate(self.years):
            if not {str(years.first), str(years.last)} <= self.known.dates:
                continue
            begin, end = self._bound(patterns.PART_END, years.start)
            begin = max(begin, self.years[index - 1].end if index else 0)
            if index + 1 < len(self.years):
                end = min(end, self.years[index + 1].start)
            if self.lang == "zh":
                begin = max(begin, self._bound(patterns.CLAUSE_END, years.start)[0])
            words = f"{self.undated[begin : years.start]} {self.undated[years.end : end]}"
            scores = self.known.score_events(re.sub("[0-9]{4}", " ", words), self.lang)
            if not scores or _SAME.search(words):
                continue
            date, best = max(scores.items(), key=lambda pair: pair[1].weight)
            own = max((m for d, m in scores.items() if _holds_year(d, years)), default=NO_MATCH)
            if (
                best.words > 2
                and best.weight >= 1
                and best.beats(own)
                and not _holds_year(date, years)
            ):
                written = self.prose[years.start : years.end]
                yield years.start, Doubt("W274.event", {"years": written, "date": date})

    def _doubt(self, index: int, figure: Figure) -> Iterator[Doubt]:
        for doubts in (
            self._doubt_plan,
            self._doubt_place,
            self._doubt_years,
            self._doubt_per,
            self._doubt_sum,
            self._doubt_deed,
            self._doubt_kind,
            self._doubt_rivals,
        ):
            yield from doubts(index, figure)

    def before(self, index: int, ends: re.Pattern[str]) -> str:
        """The words between the last end, or the number before, and a number."""
        one = self.told[index]
        begin = self._bound(ends, one.start)[0]
        if index:
            begin = max(begin, self.told[index - 1].end)
        return self.undated[begin : one.start]

    def after(self, index: int, ends: re.Pattern[str]) -> str:
        """The words between a number and the next end, or the number behind."""
        one = self.told[index]
        end = self._bound(ends, one.end)[1]
        if index + 1 < len(self.told):
            end = min(end, self.told[index + 1].start)
        return self.undated[one.end : max(end, one.end)]

    def _bound(self, ends: re.Pattern[str], at: int) -> tuple[int, int]:
        bounds = self.ends[ends]
        index = min(max(bisect_left(bounds, at, 1), 1), len(bounds) - 1)
        if bounds[index] == at and index + 1 < len(bounds):
            index += 1
        return bounds[index - 1], bounds[index]

    def _name(self, figure: Figure) -> Mapping[str, object]:
        return {"figure": self.known.name(figure), "amount": figure.quantity.text}

    # --- Plans ---

    def _doubt_plan(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """A plan that is said to be carried out, and at a reference what is said to be a plan."""
        one = self.told[index]
        if figure.status in PLANNED_STATUSES:
            lead = self.before(index, patterns.PART_END)
            deed = next(iter([*_DONE[self.lang].finditer(lead)][-1:]), None)
            is_told = deed and patterns.PLANNED[self.lang].search(lead, deed.end())
            if deed is None or (is_told and not figure.quantity.planned):
                deed = _DONE[self.lang].match(self.after(index, patterns.CLAUSE_END).lstrip())
            if deed:
                yield Doubt("E271.done", {"word": deed.group(), **self._name(figure)})
        elif one.is_reference and not figure.quantity.planned:
            begin, end = self._bound(patterns.CLAUSE_END, one.start)
            if patterns.PLAN_GAINED[self.lang].search(self.prose, begin, end):
                text = figure.quantity.text
                yield Doubt("E271.plan_gained", {"text": text, "figure": self.known.name(figure)})

    # --- Places ---

    def _doubt_place(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """The figure of one place in a sentence about another, or about the whole country."""
        one = self.told[index]
        region = self.known.region_of(figure)
        clause = self._bound(patterns.CLAUSE_END, one.start)
        if word := _NATIONAL[self.lang].search(self.prose, clause[0], one.start):
            yield Doubt("E274.place", {"place": word.group(), **self._name(figure)})
            return
        begin = self._bound(patterns.SENTENCE_END, one.start)[0]
        named = list(self.known.find_places(self.prose[begin : clause[1]], self.lang))
        before = [found for found in named if begin + found.start < one.start]
        near = [found for found in named if begin + found.start >= clause[0]]
        last = before[-1] if before else (near[0] if near else None)
        same = _SAME.search(self.prose, clause[0], clause[1])
        if last is None or same or any(found.holds(region) for found in (last, *near)):
            return
        key = "E274.place" if last in near else "W274.place"
        yield Doubt(key, {"place": last.name, **self._name(figure)})

    # --- Times ---

    def _join_years(self, mentions: Sequence[NumberMention]) -> Iterator[Years]:
        """The years and months of the text, the two ends of a time as one; days date reports."""
        found: list[Years] = []
        for mention in mentions:
            if not re.fullmatch("[0-9]{4}(?:-[0-9]{2})?", mention.date) or mention.titled:
                continue
            start, end, year = mention.start, mention.end, int(mention.date[:4])
            lead = self.prose[max(0, start - 30) : start]
            if _REPORT.match(self.prose, end) or _REPORT_OF.search(lead):
                continue
            joined = found and patterns.TO.fullmatch(self.prose[found[-1].end : start])
            if joined and "and" not in self.prose[found[-1].end : start]:
                found[-1] = Years(found[-1].start, end, found[-1].first, year)
            else:
                found.append(Years(start, end, year, year))
        yield from found

    def _find_years(self, index: int) -> tuple[Years | None, bool]:
        """The years that a number stands beside, and whether they share its clause."""
        one = self.told[index]
        part, clause = (
            self._bound(ends, one.start) for ends in (patterns.PART_END, patterns.CLAUSE_END)
        )
        behind = one.end + len(self.after(index, patterns.CLAUSE_END))
        before = [years for years in self.years if part[0] <= years.start < one.start]
        after = [years for years in self.years if one.end <= years.start < behind]
        if after and _JOINED.search(self.prose, one.end, after[0].start):
            after = []
        if self.lang == "en" and after:
            return after[0], True
        if before:
            between = self.prose[before[-1].end : one.start]
            touches = not patterns.CLAUSE_END.search(between) or before[-1].start >= clause[0]
            return before[-1], touches
        if after:
            return after[0], True
        # A year that stands before another number belongs to that one.
        is_last = index + 1 == len(self.told) or self.told[index + 1].start >= part[1]
        later = [years for years in self.years if one.end <= years.start < part[1]]
        return (later[0] if later and is_last else None), False

    def _doubt_years(self, index: int, figure: Figure) -> Iterator[Doubt]:
        years, touches = self._find_years(index)
        begin, end = self._bound(patterns.CLAUSE_END, self.told[index].start)
        if years is None or _ANOTHER_YEAR.search(self.prose, begin, end):
            return
        lead = self.prose[max(0, years.start - 6) : years.start]
        fits = _fit_years(years, figure.period.edtf, up_to=bool(_UP_TO.search(lead)))
        if fits or (fits is None and not touches):
            return
        key = "E274.years" if touches and fits is False else "W274.years"
        written = self.prose[years.start : years.end]
        yield Doubt(key, {"years": written, "period": figure.period.edtf, **self._name(figure)})

    # --- What it is per, what it sums up, what was done ---

    def _doubt_per(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """A per that the figure has not."""
        before, after = _per_patterns(self.lang, _per_terms(self.known))
        near = 0 if figure.quantity.kind == "share" else _TOUCHING
        lead, tail = (f(index, patterns.CLAUSE_END) for f in (self.before, self.after))
        found = [(each, len(lead.rstrip()) - each.end() <= near) for each in before.finditer(lead)]
        if behind := after.match(tail):
            found.append((behind, True))
        for each, touches in found:
            # In a list what stands before “and” belongs to the number before.
            if self.lang == "en" and not behind and " and " in lead[each.end() :]:
                continue
            groups = each.groupdict()
            term = _ADVERBS.get((groups.get("adverb") or "").lower(), each.lastgroup)
            if term in figure.per or term == "adverb":
                continue
            if figure.quantity.kind == "share" and not touches:
                continue
            if term == "year" and "adverb" in groups and figure.measure == "annual_total":
                continue
            if term == "other" and (figure.per or not touches):
                continue
            per = "/".join(figure.per) or say("checks.no_per")
            key = "E274.per" if touches else "W274.per"
            yield Doubt(key, {"word": each.group().strip(), "per": per, **self._name(figure)})

    def _doubt_sum(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """An average or a sum that the figure is not said to be."""
        lead, tail = (f(index, patterns.CLAUSE_END) for f in (self.before, self.after))
        own = f"{figure.label.zh} {figure.label.en} {figure.quantity.text}"
        for name, (words, measures) in _SUMS.items():
            found = words[self.lang].search(lead[-24:]) or words[self.lang].match(tail.lstrip())
            if not found or figure.measure in measures:
                continue
            spans = name != "average" and "/" in figure.period.edtf
            if spans or any(words[lang].search(own) for lang in LANGS):
                continue
            key = "W274.sum" if name == "total" else "E274.sum"
            yield Doubt(key, {"word": found.group(), **self._name(figure)})

    def _doubt_deed(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """A figure that counts one thing told with the verb of another: applied, and funded."""
        one = self.told[index]
        begin, end = self._bound(patterns.CLAUSE_END, one.start)
        clause = self.prose[begin:end]
        label = figure.label.inside(self.lang)
        for own, other in _CONTRASTS[self.lang]:
            if not own.search(label) or other.search(label) or own.search(clause):
                continue
            if word := other.search(clause):
                yield Doubt("W274.deed", {"word": word.group(), **self._counted(figure)})

    def _counted(self, figure: Figure) -> Mapping[str, object]:
        label = Text(figure.label.zh, figure.label.inside("en"))
        return {"label": label, **self._name(figure)}

    def _doubt_kind(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """A count where the words pay, or money where they count."""
        lead, tail = (f(index, patterns.CLAUSE_END) for f in (self.before, self.after))
        paid, counted = _PAID[self.lang], _COUNTED[self.lang]
        if figure.quantity.kind == "count" and (word := paid.search(lead)):
            if self.lang == "zh" or not re.match(" (?:[a-z-]+ )?[a-z]{3,}s\\b", tail):
                yield Doubt("W274.kind", {"word": word.group().strip(), **self._counted(figure)})
        elif figure.quantity.kind == "money" and (word := counted.match(tail)):
            yield Doubt("W274.kind", {"word": word.group().strip(), **self._counted(figure)})

    # --- Other figures that the words speak of ---

    def _doubt_rivals(self, index: int, figure: Figure) -> Iterator[Doubt]:
        """A figure among words that belong to the label of another one of the case."""
        begin, end = self._bound(patterns.SENTENCE_END, self.told[index].start)
        alone = [one for one in self.told if len(one.figures) == 1]
        same = [one for one in alone if begin <= one.start < end and one.figures[0] is figure]
        if len(same) > 1 and same[0] is not self.told[index]:
            yield Doubt("W274.twice", self._name(figure))
        words = self._context(index)
        if _SAME.search(words):
            return
        scores = self.known.score_labels(words, figure, self.lang)
        own = scores.pop(figure.id)
        for one in alone:
            scores.pop(one.figures[0].id, None)
        rival, best = max(scores.items(), key=lambda pair: pair[1].weight, default=("", NO_MATCH))
        # A page may speak of every case, so that one word of a label says little there.
        is_clear = best.words > 1 or self.known.home is not None
        if best.weight >= 0.5 and is_clear and best.beats(own):
            other = self.known.figure_beside(figure, rival)
            values = {"other": self.known.name(other), "other_label": other.label}
            yield Doubt("W274.label", {**values, **self._counted(figure)})

    def _context(self, index: int) -> str:
        """The words about a number: before it, and behind it as far as no other number is."""
        lead = self.before(index, patterns.PART_END)
        if (
            self.lang == "en"
            and index
            and self.told[index - 1].end + len(lead) == self.told[index].start
        ):
            lead = lead.rpartition(" and ")[2]
        end = self._bound(patterns.PART_END, self.told[index].end)[1]
        is_last = index + 1 == len(self.told) or self.told[index + 1].start >= end
        ends = patterns.PART_END if is_last else patterns.CLAUSE_END
        return f"{lead} {self.after(index, ends)}"


def _fit_years(years: Years, edtf: str, *, up_to: bool) -> bool | None:
    """Whether years are those of a period; None where it knows no year."""
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
    return last == known[-1] if up_to else last in known and known[0] == known[-1]


def _holds_year(edtf: str, years: Years) -> bool:
    """Whether a date may lie in years: open ends and latest dates hold whatever lies before."""
    known = [int(year) for year in re.findall("[0-9]{4}", edtf)]
    if not known:
        return True
    first = 0 if edtf.startswith("[..") else known[0]
    last = 9999 if edtf.endswith("/..") and False else known[-1]
    return first <= years.last and years.first <= last


def _per_terms(known: KnownNumbers) -> tuple[tuple[str, str, str], ...]:
    terms = known.dataset.vocabulary.per.values()
    return tuple((term.key, term.name.zh, term.name.en) for term in terms)


@lru_cache(maxsize=8)
def _per_patterns(
    lang: Lang, terms: tuple[tuple[str, str, str], ...]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of what a number is per before it and behind it, a group for each term."""
    names = {key: [re.escape(zh), re.escape(en)] for key, zh, en in terms}
    for key, words in WORDS["per"].items():
        names[key] = [*names.get(key, ()), *words]
    joined = "|".join(f"(?P<{key}>{'|'.join(words)})" for key, words in names.items())
    before, after = (frame[lang].format(joined) for frame in (_EACH, _EACH_AFTER))
    return re.compile(before), re.compile(after)
