"""The figures and dates that a text may state: those of its case, or of all cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Final, NamedTuple

from casebook.checks.numbers_in_text import NumberMention
from casebook.checks.text_patterns import WORDS, name_unit
from casebook.record.agreement import name_per
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.description import QUOTE_LIMIT, values_inside
from casebook.record.lanes import Gap
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Source
from casebook.text import LANGS, Lang, Text
from casebook.values.words import CURRENCIES

_MOST_NEAREST: Final = 3
_CAPITALISED: Final = re.compile(r"[A-Z][a-z]+(?:['’][a-z]+)?(?: Mongolia)?")
# Words of labels that say nothing of a figure.
_COMMON: Final = frozenset(WORDS["common_words"])
# A quotation may be so long, as a page says of its own rules.
_OWN_NUMBER: Final = (Decimal(QUOTE_LIMIT), re.compile("个?字|characters|words"))
# A page counts its cases; the count is checked, so that it cannot drift.
_OF_CASES: Final = re.compile("个?(?:地方|案例|地区)|places|cases")

_REPORTING: Final = ("compilation", "news_report", "journal_article")
# What a name of a publisher is written with: an article, and where its report was seen.
_BESIDE_NAME: Final = re.compile(r"\A(?:[Aa]n?|[Tt]he) | ?[(（].*")
# A number that names belongs to its word: level 3.
_ENGLISH_TOKEN: Final = (
    "(?:level|class|grade|tier|phase|type|part|stage|round|group|zone) [0-9](?![0-9])|[a-z]{3,}"
)
# What joins words is part of none: 后的岗 is no word of 上调后的岗位.
_CONTENT: Final = "(?:(?![的了和与及在把])[㐀-鿿])+"

# Counters that stand for each other.
_ALIKE: Final = ("类种样", "项条", "家所间", "场次")


class Named(NamedTuple):
    """A place or a publisher that a text names, with the codes or the sources that it may be."""

    name: str
    start: int
    keys: frozenset[str]


class Match(NamedTuple):
    """Words of a label that a text has: their number and weight, small for frequent ones."""

    words: int
    weight: float

    def beats(self, other: Match) -> bool:
        """True where a text speaks of this label much more than of another one."""
        more_words = self.words > other.words or not other.words
        more_words = more_words or self.weight >= 2 * other.weight + 0.3
        return more_words and self.weight >= 1.2 * other.weight + 0.2


NO_MATCH: Final = Match(0, 0.0)


class KnownNumbers:
    """The figures and dates that a text of a case may state; without a case, those of all."""

    def __init__(self, home: Case | None, dataset: Dataset) -> None:
        self.home = home
        self.dataset = dataset
        self.labels: dict[tuple[str, Lang], dict[str, list[str]]] = {}
        self.trends: dict[str, set[tuple[str, str]]] = {}

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures in the order of their cases."""
        cases = self.dataset.cases if self.home is None else (self.home,)
        return tuple(figure for case in cases for figure in case.figures.values())

    @cached_property
    def by_value(self) -> Mapping[Decimal, list[Figure]]:
        """The figures by value, ranges by each of their ends."""
        found: dict[Decimal, list[Figure]] = {}
        for figure in self.figures:
            quantity = figure.quantity
            # The bounds of a rough number are the site's reading, not words of the source.
            if quantity.is_rough:
                continue
            for value in {quantity.value, quantity.low, quantity.high} - {None}:
                assert value is not None
                found.setdefault(value, []).append(figure)
        return found

    @cached_property
    def dates(self) -> frozenset[str]:
        """Every date that may be written, in each of its precisions: 2012, 2012-12, 2012-12-07.

        A decade is 199X, a day without its year --12-07.
        """
        found: set[str] = set()
        for edtf in self._list_dates():
            found |= _dates_within(edtf)
        return frozenset(found)

    def _list_dates(self) -> Iterator[str]:
        """Every date that the cases and their sources name, in EDTF."""
        if self.home is not None:
            yield from (period.edtf for _, period in values_inside(self.home.inside, "period"))
        else:
            yield from {edtf for case in self.dataset.summaries for edtf in case.dates}
            for item in self.dataset.timeline:
                if isinstance(item, Gap):
                    yield f"{item.first}/{item.last}"
        yield from (one.published.edtf for one in self.sources if one.published is not None)

    @cached_property
    def sources(self) -> list[Source]:
        """The sources that the figures rest on."""
        known = self.dataset.sources
        names = known if self.home is None else self.home.sources
        return [known[name] for name in names if name in known]

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles with digits in them, in both languages."""
        texts = [source.title for source in self.sources]
        texts += [document.title for document in self.home.documents] if self.home else []
        found = [title for text in texts for title in (text.zh, text.en)]
        if self.home is None:
            found += [title for case in self.dataset.summaries for title in case.titles]
        return tuple(title for title in found if re.search(r"\d", title))

    def name(self, figure: Figure) -> str:
        """The reference to a figure, as a text of this home writes it."""
        return f"{{{{{figure.id if self.home is not None else figure.key}}}}}"

    def describe(self, figure: Figure) -> dict[str, object]:
        """All that messages name of a figure, by the places of their wordings."""
        label = Text(figure.label.zh, figure.label.inside("en"))
        return {"figure": self.name(figure), "amount": figure.quantity.text, "label": label}

    def case_of(self, figure: Figure) -> Case:
        """The case of a figure."""
        is_own = self.home and self.home.slug == figure.case
        return self.home if self.home and is_own else self.dataset.by_slug[figure.case]

    def belongs_to(self, figure: Figure, place: Named, lang: Lang) -> bool:
        """True of a figure of the place, or of a part of it; or of one that names it as its part.

        The case of a city may tell what one of its districts bought, which then is its label's or
        its note's to say; that another case is about that district makes no difference.
        """
        region = self.case_of(figure).region
        own = f"{figure.label.inside(lang)} {figure.note.inside(lang)}"
        return any(_lies_in(region, code) for code in place.keys) or (
            place.name in own and any(_lies_in(code, region) for code in place.keys)
        )

    def find_places(self, words: str, lang: Lang) -> Iterator[Named]:
        """The places of the cases, and the provinces, that are named in a text."""
        names = self.dataset.place_names[lang]
        if lang == "en":
            for found in _CAPITALISED.finditer(words):
                if codes := names.get(found.group()):
                    yield Named(found.group(), found.start(), codes)
            return
        places: list[tuple[int, str]] = []
        for name in names:
            start = words.find(name) if len(name) < 5 else -1
            while start >= 0:
                places.append((start, name))
                start = words.find(name, start + 1)
        yield from (Named(name, start, names[name]) for start, name in sorted(places))

    @cached_property
    def per_terms(self) -> tuple[tuple[str, str, str], ...]:
        """The keys of all that an amount may be per, each with its names."""
        named = {key: name_per(term.name) for key, term in self.dataset.vocabulary.per.items()}
        return tuple((key, name.zh, name.en) for key, name in named.items())

    @cached_property
    def reporters(self) -> Mapping[str, frozenset[str]]:
        """The sources by the names of who reports in them, and by the days of the reports."""
        found: dict[str, set[str]] = {}
        for source in self.sources:
            # An authority acts as well as it publishes: what it paid may be told by another.
            if source.kind in _REPORTING:
                days = [source.published.edtf] if source.published else []
                texts = (source.publisher, source.main)
                for written in (*(text.inside(lang) for text in texts for lang in LANGS), *days):
                    short = _BESIDE_NAME.sub("", written)
                    if len(short) > 1:
                        found.setdefault(short, set()).add(source.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def find_reporters(self, words: str, mentions: Iterable[NumberMention]) -> Iterator[Named]:
        """The sources that a text names, by who publishes them or by their days."""
        for name, sources in self.reporters.items():
            if not name[0].isdigit():
                for found in re.finditer(re.escape(name), words):
                    yield Named(name, found.start(), sources)
        for mention in mentions:
            if len(mention.date) == 10 and mention.date in self.reporters:
                yield Named(mention.text, mention.start, self.reporters[mention.date])

    def score_labels(self, words: str, figure: Figure, lang: Lang) -> dict[str, Match]:
        """The labels of a case as far as a text has them, by the names of its figures."""
        key = figure.case, lang
        if key not in self.labels:
            printed = self.case_of(figure).printed_figures
            self.labels[key] = _index({one.id: self._describe(one, lang) for one in printed}, lang)
        return {figure.id: NO_MATCH} | _score(words, self.labels[key], lang)

    def _describe(self, figure: Figure, lang: Lang) -> str:
        """The label of a figure with what it is per, which texts say as well."""
        terms = [self.dataset.vocabulary.per[key].name for key in figure.per]
        if lang == "zh":
            return figure.label.zh + "".join(f" 每{term.zh}" for term in terms)
        return f"{figure.label.inside('en')} {''.join(term.inside('en') for term in terms)}"

    def score_events(self, words: str, lang: Lang) -> dict[str, Match]:
        """The events of the case as far as a text tells them, by their dates in EDTF."""
        key = "", lang
        if key not in self.labels:
            dated: dict[str, str] = {}
            for date, title in self._list_dated(self.home) if self.home else ():
                dated[date] = f"{dated.get(date, '')} {getattr(title, lang)}"
            self.labels[key] = _index(dated, lang)
        return _score(words, self.labels[key], lang)

    def _list_dated(self, home: Case) -> Iterator[tuple[str, Text]]:
        yield from ((event.date.edtf, event.title) for event in home.events)
        yield from ((one.date.edtf, one.title) for one in home.documents if one.date is not None)
        yield from ((figure.period.edtf, figure.label) for figure in home.figures.values())

    def list_class(self, figure: Figure) -> list[Figure]:
        """The figures of the case that may be compared with one."""
        beside = self.case_of(figure).figures.values()
        return [each for each in beside if class_of(each) == class_of(figure)]

    def find_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures that have the value of a number and may have its unit."""
        if mention.value is None:
            # In English 数万 is tens of thousands, for which no words are printed.
            return [
                one
                for one in self.figures
                if mention.text in one.quantity.text
                or (one.quantity.is_rough and mention.text.isascii() and not mention.date)
            ]
        return [one for one in self.by_value.get(mention.value, ()) if may_be(mention, one)]

    def find_ranges(self, first: NumberMention, second: NumberMention) -> list[Figure]:
        """The ranges that have two numbers as their ends."""
        if first.value is None or second.value is None:
            return []
        lows = {first.value, *(first.value * scale for scale in second.scales)}
        if first.unit == "" and second.unit == "ratio":
            lows.add(first.value / 100)
        return [
            figure
            for figure in self.find_figures(second)
            if figure.quantity.high == second.value and figure.quantity.low in lows
        ]

    def is_own(self, value: Decimal | None, words: str) -> bool:
        """True of a number of the site itself on a page: its rules and its cases."""
        counts = (self.dataset.words.get(name) for name in ("cases", "main_cases"))
        counted = [(Decimal(count.zh), _OF_CASES) for count in counts if count]
        return value is not None and any(
            value == own and nouns.search(words) for own, nouns in (_OWN_NUMBER, *counted)
        )

    def nearest_dates(self, date: str) -> list[str]:
        """The dates of the same precision that are nearest to one, each with its year."""
        # 12月 is --12 and 7日 ---07, which no editor knows; a decade is near its middle.
        tail = date.lstrip("-").replace("X", "5")
        is_month = len(tail) == 2 and not date.startswith("---")
        length = 7 if is_month else len(tail) if len(tail) in (4, 7) else 10
        dated = [one for one in self.dates if len(one) == length and one[:4].isdecimal()]

        def distance(known: str) -> tuple[int, str]:
            digits, own = (int(each[-len(tail) :].replace("-", "")) for each in (known, tail))
            return abs(digits - own), known

        return sorted(dated, key=distance)[:_MOST_NEAREST]

    def nearest_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures that a number may have meant: by value, then by the digits of its wording."""
        digits = re.sub(r"[^\d]", "", mention.text)
        by_digits = [
            figure
            for figure in self.figures
            if digits and re.sub(r"[^\d]", "", figure.quantity.text) == digits
        ]
        by_value: Sequence[Figure] = ()
        if (value := mention.value) is not None:
            by_value = [f for f in self.figures if may_be(mention, f)] or self.figures
            by_value = sorted(by_value, key=lambda f: _distance(value, f.quantity.magnitude))
        nearest = (*by_value[:1], *by_digits[:1], *by_value)
        return list({figure.key: figure for figure in nearest}.values())[:_MOST_NEAREST]


# Labels recur, and one is read for each number beside it.
@lru_cache(maxsize=4096)
def tokens_of(words: str, lang: Lang) -> KeysView[str]:
    """The words of a text that are compared: in Chinese pairs of characters, in English stems.

    They are in a fixed order, so that of two labels as near as each other the same one is named.
    """
    found = re.findall("[0-9]{4}", words)
    if lang == "en":
        named = re.findall(_ENGLISH_TOKEN, words.lower().replace("-", " "))
        found += (
            re.sub("(?:ing|ies|ed|es|s|e)$", "", each) for each in named if each not in _COMMON
        )
    else:
        for run in re.findall(_CONTENT, words):
            found += (run[at : at + 2] for at in range(len(run) - 1))
            found += run
    return dict.fromkeys(found).keys()


def _index(labels: Mapping[str, str], lang: Lang) -> dict[str, list[str]]:
    """The names of labels by the words that they have."""
    index: dict[str, list[str]] = {}
    for name, label in labels.items():
        for token in tokens_of(label, lang):
            index.setdefault(token, []).append(name)
    return index


def _score(text: str, index: Mapping[str, list[str]], lang: Lang) -> dict[str, Match]:
    """The labels as far as a text has them; a word of many of them counts little."""
    scores: dict[str, Match] = {}
    for token in tokens_of(text, lang):
        names = index.get(token, ())
        for name in names:
            # One character of Chinese says little alone.
            weight = 0.2 if lang == "zh" and len(token) == 1 else 1.0
            words, before = scores.get(name, NO_MATCH)
            scores[name] = Match(words + (weight == 1.0), before + weight / len(names))
    return scores


def _lies_in(inner: str, outer: str) -> bool:
    """True of a region that lies in another one or is it, by their codes of GB/T 2260."""
    return inner.startswith(re.sub("(?:00)+$", "", outer))


def may_be(mention: NumberMention, figure: Figure) -> bool:
    """True where the unit of a number allows that a figure is meant."""
    quantity = figure.quantity
    if mention.unit in (*CURRENCIES, "ratio"):
        return quantity.unit == mention.unit
    if mention.unit == "points":
        return quantity.unit == "ratio" and figure.measure in ("difference", "change")
    if mention.unit == "":
        return quantity.unit != "ratio"
    if quantity.kind != "count":
        return False
    if mention.unit in ("people", "time"):
        return name_unit(quantity.unit) == mention.unit
    unit = quantity.unit.lstrip("大小")
    if "个" in (mention.unit[:1], unit[:1]):
        return mention.unit[:1] == "个" or mention.unit[:1] in "项家条类种所间处场"
    return any(mention.unit[:1] in group and unit[:1] in group for group in _ALIKE) or (
        mention.unit[:1] == unit[:1]
    )


@cache
def _dates_within(edtf: str) -> frozenset[str]:
    """The ends of a period in each precision, with and without their year."""
    found: set[str] = set()
    for day in re.findall(r"[0-9]{4}(?:-[0-9]{2}){0,2}", edtf):
        parts = day.split("-")
        found.add(f"{parts[0][:3]}X")
        found |= {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
        found |= {"--" + "-".join(parts[1:length]) for length in range(2, len(parts) + 1)}
        found |= {f"---{part}" for part in parts[2:]}
    return frozenset(found)


def _distance(value: Decimal, other: Decimal) -> Decimal:
    """The distance of two values in orders of magnitude; only values above zero have one."""
    if value <= 0 or other <= 0:
        return Decimal(0) if value == other else Decimal("Infinity")
    return abs((value / other).log10())
