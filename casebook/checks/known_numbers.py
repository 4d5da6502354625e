"""The figures and dates that a text may state: those of its case, or of all cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Final, NamedTuple

from casebook.checks.numbers_in_text import NumberMention
from casebook.checks.text_patterns import WORDS, name_unit, pattern
from casebook.record.agreement import name_per
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.description import QUOTE_LIMIT, values_inside
from casebook.record.lanes import Gap
from casebook.record.model import Case, Figure
from casebook.record.vocabulary import Source
from casebook.text import LANGS, Lang, Text
from casebook.values.periods import Period
from casebook.values.quantity import word_quantity
from casebook.values.words import CURRENCIES

_MOST_NEAREST: Final = 3
_CAPITALISED: Final = re.compile(r"[A-Z][a-z]+(?:['’][a-z]+)?(?: Mongolia)?")
# Frequent words of labels, which do not identify a figure.
_COMMON: Final = frozenset(WORDS["common_words"])
# Pages state how long a quotation may be, which is a rule of the site and no figure.
_OWN_NUMBER: Final = (Decimal(QUOTE_LIMIT), re.compile("个?字|characters|words"))
# Pages state the number of cases, which is checked so that it stays right.
_OF_CASES: Final = re.compile("个?(?:地方|案例|地区)|places|cases")

_REPORTING: Final = ("compilation", "news_report", "journal_article")
# Removed from a publisher's name: an article, and a bracket on where its report was seen.
_BESIDE_NAME: Final = re.compile(r"\A(?:[Aa]n?|[Tt]he) | ?[(（].*")
# A number that is part of a name stays with its word: level 3.
_ENGLISH_TOKEN: Final = (
    "(?:level|class|grade|tier|phase|type|part|stage|round|group|zone) [0-9](?![0-9])|[a-z]{3,}"
)
# Particles and conjunctions separate words: 后的岗 is no word of 上调后的岗位.
_CONTENT: Final = "(?:(?![的了和与及在把])[㐀-鿿])+"

# Groups of counters that may replace each other.
_ALIKE: Final = ("类种样", "项条", "家所间", "场次")


class Named(NamedTuple):
    """A place or publisher in a text, with the region codes or source ids that it may mean."""

    name: str
    start: int
    keys: frozenset[str]


class Match(NamedTuple):
    """The words of a label in a text: their number and weight, small for frequent words."""

    words: int
    weight: float

    def beats(self, other: Match) -> bool:
        """True if a text matches this label much better than the other one."""
        more_words = self.words > other.words or not other.words
        more_words = more_words or self.weight >= 2 * other.weight + 0.3
        return more_words and self.weight >= 1.2 * other.weight + 0.2


NO_MATCH: Final = Match(0, 0.0)


class KnownNumbers:
    """The figures and dates that a text of a case may state; without a case, those of all cases."""

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
        """Every date that a text may state, in each precision: 2012, 2012-12, 2012-12-07.

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
    def lengths(self) -> frozenset[tuple[str, int]]:
        """The months and years that the times of the case last, each with the word for it."""
        periods = values_inside(self.home.inside, "period") if self.home else ()
        return frozenset(each for _, period in periods for each in lengths_of(period))

    @cached_property
    def event_months(self) -> frozenset[str]:
        """The months in which something happened in the case."""
        dates = [event.date.edtf for event in self.home.events] if self.home else []
        return frozenset(date[:7] for date in dates if len(date) in (7, 10))

    @cached_property
    def sources(self) -> list[Source]:
        """The sources of the case, or all sources."""
        known = self.dataset.sources
        names = known if self.home is None else self.home.sources
        return [known[name] for name in names if name in known]

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles of sources, documents and cases that contain digits, in both languages."""
        texts = [source.title for source in self.sources]
        texts += [document.title for document in self.home.documents] if self.home else []
        found = [title for text in texts for title in (text.zh, text.en)]
        if self.home is None:
            found += [title for case in self.dataset.summaries for title in case.titles]
        return tuple(title for title in found if re.search(r"\d", title))

    def name(self, figure: Figure) -> str:
        """The reference to a figure: `{{id}}` in a text of a case, `{{case.id}}` in a page."""
        return f"{{{{{figure.id if self.home is not None else figure.key}}}}}"

    def describe(self, figure: Figure) -> dict[str, object]:
        """The values of a figure that messages print, by the names of their placeholders."""
        label = Text(figure.label.zh, figure.label.inside("en"))
        return {"figure": self.name(figure), "amount": show_amount(figure), "label": label}

    def case_of(self, figure: Figure) -> Case:
        """The case of a figure."""
        is_own = self.home and self.home.slug == figure.case
        return self.home if self.home and is_own else self.dataset.by_slug[figure.case]

    def belongs_to(self, figure: Figure, place: Named, lang: Lang) -> bool:
        """True if the figure's case lies in the place, or its label or note names a place inside.

        The case of a city may include what one of its districts bought, if the label or the note
        names the district; it makes no difference if another case is about that district.
        """
        region = self.case_of(figure).region
        own = f"{figure.label.inside(lang)} {figure.note.inside(lang)}"
        return any(_lies_in(region, code) for code in place.keys) or (
            place.name in own and any(_lies_in(code, region) for code in place.keys)
        )

    def find_places(self, words: str, lang: Lang) -> Iterator[Named]:
        """The provinces and the places of cases that a text names."""
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
        """The keys of the terms for `per`, each with its Chinese and its English name."""
        named = {key: name_per(term.name) for key, term in self.dataset.vocabulary.per.items()}
        return tuple((key, name.zh, name.en) for key, name in named.items())

    @cached_property
    def reporters(self) -> Mapping[str, frozenset[str]]:
        """The reporting sources by their publishers, their short names and their days."""
        found: dict[str, set[str]] = {}
        for source in self.sources:
            # No authorities: a text may name one as the payer in the report of another source.
            if source.kind in _REPORTING:
                days = [source.published.edtf] if source.published else []
                texts = (source.publisher, source.main)
                for written in (*(text.inside(lang) for text in texts for lang in LANGS), *days):
                    short = _BESIDE_NAME.sub("", written)
                    if len(short) > 1:
                        found.setdefault(short, set()).add(source.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def find_reporters(self, words: str, mentions: Iterable[NumberMention]) -> Iterator[Named]:
        """The sources that a text names by their publisher, their short name or their day."""
        for name, sources in self.reporters.items():
            if not name[0].isdigit():
                for found in re.finditer(re.escape(name), words):
                    yield Named(name, found.start(), sources)
        for mention in mentions:
            if len(mention.date) == 10 and mention.date in self.reporters:
                yield Named(mention.text, mention.start, self.reporters[mention.date])

    def score_labels(self, words: str, figure: Figure, lang: Lang) -> dict[str, Match]:
        """The match of a text with each label of the figure's case, by the ids of the figures."""
        key = figure.case, lang
        if key not in self.labels:
            printed = self.case_of(figure).printed_figures
            self.labels[key] = _index({one.id: self._describe(one, lang) for one in printed}, lang)
        return {figure.id: NO_MATCH} | _score(words, self.labels[key], lang)

    def _describe(self, figure: Figure, lang: Lang) -> str:
        """The label of a figure with the names of its `per` terms, which texts state as well."""
        terms = [self.dataset.vocabulary.per[key].name for key in figure.per]
        if lang == "zh":
            return figure.label.zh + "".join(f" 每{term.zh}" for term in terms)
        return f"{figure.label.inside('en')} {''.join(term.inside('en') for term in terms)}"

    def score_events(self, words: str, lang: Lang) -> dict[str, Match]:
        """The match of a text with the events, documents and figures of the case, by EDTF date."""
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
        """The figures of the same case and comparability class as a figure, itself included."""
        beside = self.case_of(figure).figures.values()
        return [each for each in beside if class_of(each) == class_of(figure)]

    def find_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures with the value of a number whose unit fits."""
        if mention.value is None:
            # The English for 数万, tens of thousands, is not in the wording of a figure.
            return [
                one
                for one in self.figures
                if mention.text in one.quantity.text
                or (one.quantity.is_rough and mention.text.isascii() and not mention.date)
            ]
        return [one for one in self.by_value.get(mention.value, ()) if may_be(mention, one)]

    def find_ranges(self, first: NumberMention, second: NumberMention) -> list[Figure]:
        """The figures that are ranges between two numbers."""
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
        """True if a number on a page is the site's own: its limit for quotes or its case count."""
        counts = (self.dataset.words.get(name) for name in ("cases", "main_cases"))
        counted = [(Decimal(count.zh), _OF_CASES) for count in counts if count]
        return value is not None and any(
            value == own and nouns.search(words) for own, nouns in (_OWN_NUMBER, *counted)
        )

    def nearest_dates(self, date: str) -> list[str]:
        """The known dates nearest to a date, in the same precision and with their years."""
        # No editor knows --12 (12月) and ---07 (7日). A decade is compared by its middle year.
        tail = date.lstrip("-").replace("X", "5")
        is_month = len(tail) == 2 and not date.startswith("---")
        length = 7 if is_month else len(tail) if len(tail) in (4, 7) else 10
        dated = [one for one in self.dates if len(one) == length and one[:4].isdecimal()]

        def distance(known: str) -> tuple[int, str]:
            digits, own = (int(each[-len(tail) :].replace("-", "")) for each in (known, tail))
            return abs(digits - own), known

        return sorted(dated, key=distance)[:_MOST_NEAREST]

    def nearest_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures that a mistyped number may mean: nearest in value, or with equal digits."""
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


def show_amount(figure: Figure) -> Text:
    """The amount as its source prints it; one that is computed, in either language."""
    quantity = figure.quantity
    return word_quantity(quantity) if figure.formula else Text(quantity.words, quantity.words)


def lengths_of(period: Period) -> set[tuple[str, int]]:
    """The months that a time lasts, and the years if it lasts whole ones."""
    if period.earliest is None or period.latest is None:
        return set()
    first, end = period.earliest, period.latest + timedelta(days=1)
    months = (end.year - first.year) * 12 + end.month - first.month
    return {("month", months), *([("year", months // 12)] if months % 12 == 0 else [])}


# Labels recur, and a label is read again for each number beside it.
@lru_cache(maxsize=4096)
def tokens_of(words: str, lang: Lang) -> KeysView[str]:
    """The words of a text for comparison: years, Chinese pairs of characters, English stems.

    Their order is fixed, so that of two equally near labels always the same one is named.
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
    """The names of labels by the words in them."""
    index: dict[str, list[str]] = {}
    for name, label in labels.items():
        for token in tokens_of(label, lang):
            index.setdefault(token, []).append(name)
    return index


def _score(text: str, index: Mapping[str, list[str]], lang: Lang) -> dict[str, Match]:
    """The match of a text with each label; a word that many labels share counts little."""
    scores: dict[str, Match] = {}
    for token in tokens_of(text, lang):
        names = index.get(token, ())
        for name in names:
            # A single Chinese character says little.
            weight = 0.2 if lang == "zh" and len(token) == 1 else 1.0
            words, before = scores.get(name, NO_MATCH)
            scores[name] = Match(words + (weight == 1.0), before + weight / len(names))
    return scores


def _lies_in(inner: str, outer: str) -> bool:
    """True if a region is another region or lies in it, by their codes of GB/T 2260."""
    return inner.startswith(re.sub("(?:00)+$", "", outer))


def may_be(mention: NumberMention, figure: Figure) -> bool:
    """True if the unit of a number fits the unit of a figure."""
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
        found = [pattern("time_kind").search(words) for words in (mention.text, quantity.unit)]
        times = {each and each.lastgroup for each in found}
        is_same = mention.text.isascii() or ("人次" in mention.text) == ("人次" in quantity.unit)
        is_same = is_same if mention.unit == "people" else len(times) == 1
        return is_same and name_unit(quantity.unit) == mention.unit
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
    """The distance between two values in orders of magnitude; 0 or infinite unless both are > 0."""
    if value <= 0 or other <= 0:
        return Decimal(0) if value == other else Decimal("Infinity")
    return abs((value / other).log10())
