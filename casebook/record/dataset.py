"""Data set: all cases in their order, with the lists that they use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar, get_args

from casebook.messages import say
from casebook.record.comparability import ComparabilityClass
from casebook.record.evidence import Review, find_answer, review_figure
from casebook.record.lanes import Gap, TimelineEntry, TimelineItem, fill_timeline, publication_of
from casebook.record.model import (
    Answer,
    Case,
    Change,
    Document,
    Elsewhere,
    Figure,
    Media,
    Outdated,
    ShownState,
    State,
)
from casebook.record.settings import NO_SETTINGS, Settings
from casebook.record.summary import CaseSummary, summarise_case
from casebook.record.vocabulary import Gone, Refusal, Region, Source, Vocabulary
from casebook.text import (
    DEFAULT_LANGUAGES,
    ENUMERATION,
    LANGS,
    LISTED,
    NO_TEXT,
    Lang,
    Languages,
    Text,
    word_count,
)

# The most places that a sentence names; a longer list is on a page of its own.
MOST_NAMED = 40
# Pages list cases in several orders and load the same records again; 1,500 of them take 90 MB. In a
# larger set each pass evicts a record before its next use, so a small cache serves as well.
_MOST_HELD = 1_500
_HELD_OF_MORE = 200
K = TypeVar("K", Case, CaseSummary)
T = TypeVar("T")


class Whole(NamedTuple):
    """Words and shared sources of the whole data set, for pages of single cases."""

    words: Mapping[str, Text]
    shared: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Every published case in administrative order, with vocabulary, regions and sources.

    Cases may be loaded on access; code that needs all cases reads `summaries`. `unread` holds the
    slugs of cases whose files have errors. `ledger` maps every address that was ever published to
    its line in the ledger, `gone` holds the addresses that no longer exist. `outdated` maps
    addresses to pages whose translation is outdated, `media` holds the pictures and files that
    records name. `whole` gives a part of a data set the words and sources of all cases.
    """

    cases: Sequence[Case]
    vocabulary: Vocabulary
    regions: Mapping[str, Region]
    sources: Mapping[str, Source]
    languages: Languages = DEFAULT_LANGUAGES
    settings: Settings = NO_SETTINGS
    unread: frozenset[str] = frozenset()
    refusals: tuple[Refusal, ...] = ()
    ledger: Mapping[str, int] = field(default_factory=dict)
    gone: Mapping[str, Gone] = field(default_factory=dict)
    outdated: Mapping[str, Outdated] = field(default_factory=dict)
    media: Mapping[str, Media] = field(default_factory=dict)
    whole: Whole | None = None

    def with_settings(self, settings: Settings) -> Dataset:
        """The same data set with other settings; its cached results do not depend on settings."""
        same = copy(self)
        same.__dict__["settings"] = settings
        return same

    @cached_property
    def summaries(self) -> tuple[CaseSummary, ...]:
        """The summary of each case, in the order of the cases."""
        if isinstance(self.cases, LazyCases):
            return self.cases.summaries
        return tuple(summarise_case(case, self.vocabulary, self.sources) for case in self.cases)

    @property
    def rows(self) -> Sequence[Case | CaseSummary]:
        """The cases, or their summaries if cases load lazily, for attributes that both have."""
        return self.cases.summaries if isinstance(self.cases, LazyCases) else self.cases

    @cached_property
    def updated(self) -> str:
        """The newest date of all cases, or ""."""
        return max((case.date for case in self.summaries), default="")

    @cached_property
    def by_slug(self) -> Mapping[str, Case]:
        """The cases by slug."""
        return _Lookup(self.positions.keys, self._find_case)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The index of each case in the order, by slug."""
        return {case.slug: index for index, case in enumerate(self.rows)}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """The current slug of a case by each of its earlier slugs."""
        return {alias: case.slug for case in self.rows for alias in case.aliases}

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """Every figure by its `case.id` key, case after case."""
        return _Lookup(self._list_figures, self._find_figure)

    def _find_case(self, slug: str) -> Case:
        return self.cases[self.positions[slug]]

    def _find_figure(self, key: str) -> Figure:
        slug, _, name = key.partition(".")
        return self._find_case(slug).figures[name]

    def _list_figures(self) -> Iterator[str]:
        return (f"{case.slug}.{figure.id}" for case in self.summaries for figure in case.figures)

    @cached_property
    def classes(self) -> Mapping[ComparabilityClass, tuple[str, ...]]:
        """The keys of the printed figures by comparability class, without rough numbers."""
        groups: dict[ComparabilityClass, list[str]] = {}
        for case in self.summaries:
            for figure in case.printed_figures:
                if not figure.is_rough:
                    groups.setdefault(figure.group, []).append(f"{case.slug}.{figure.id}")
        return {group: tuple(keys) for group, keys in groups.items()}

    def review(self, figure: Figure) -> Review:
        """The kind of support that a figure has."""
        return review_figure(figure, self.by_slug[figure.case], self.vocabulary, self.sources)

    @cached_property
    def reviews(self) -> Mapping[Review, int]:
        """The number of figures with each kind of support."""
        return Counter(figure.review for case in self.summaries for figure in case.figures)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every change of published content, the newest first."""
        changes = [change for case in self.rows for change in case.changes]
        # Changes of one day keep the order of the cases, since sorting is stable.
        return tuple(sorted(changes, key=lambda change: change.date.sort_key, reverse=True))

    @cached_property
    def words(self) -> Mapping[str, Text]:
        """The counts and places of the whole site that a text may name as `{{site.…}}`.

        Each question and each state of its answer has the number of cases and their places:
        `provider_stated`, `provider_stated_places`. Names with the prefix `main_` count only cases
        that use a main source.
        """
        # A part of a data set shows the counts of the whole, not of its own cases.
        if self.whole is not None:
            return self.whole.words
        counts = {
            "figures": sum(len(case.printed_figures) for case in self.summaries),
            "sources": len(self.used_sources),
            "events": sum(len(case.events) for case in self.summaries),
        }
        words = {name: word_count(count) for name, count in counts.items()}
        of_all = dict(self._word_cases(self.summaries))
        main = {name for name, source in self.sources.items() if source.main}
        # A text about the main source must not count cases from other sources.
        told = [case for case in self.summaries if not main.isdisjoint(case.sources)]
        of_main = of_all if len(told) == len(self.summaries) else dict(self._word_cases(told))
        return words | of_all | {f"main_{name}": found for name, found in of_main.items()}

    def _word_cases(self, cases: Sequence[CaseSummary]) -> Iterator[tuple[str, Text]]:
        yield "cases", word_count(len(cases))
        yield "cases_with_amount", word_count(sum(case.has_amount for case in cases))
        for question, places in self.count_places(cases):
            for state, counts in places.items():
                yield f"{question}_{state}", word_count(sum(counts.values()))
                yield f"{question}_{state}_places", self.name_places(counts)

    def count_places(
        self, cases: Sequence[CaseSummary]
    ) -> Iterator[tuple[str, Mapping[ShownState, Mapping[str, int]]]]:
        """For each question and state of its answer, the number of cases in each region."""
        regions = [case.region for case in cases]
        for number, question in enumerate(self.vocabulary.questions):
            places: dict[ShownState, dict[str, int]] = {state: {} for state in get_args(ShownState)}
            # Counted together: one by one, ten thousand cases took a twentieth of a preview.
            states = [case.states[number] for case in cases]
            for (state, region), count in Counter(zip(states, regions, strict=True)).items():
                places[state][region] = count
            yield question, places

    def name_places(self, counts: Mapping[str, int]) -> Text:
        """The names of the first places, with their numbers of cases, and the number of places."""
        if not counts:
            return say("record.no_place")
        named = LISTED.join(
            say("record.place_cases", place=self._name_place(region), count=count)
            if count > 1
            else self._name_place(region)
            for region, count in islice(counts.items(), MOST_NAMED)
        )
        more = len(counts) - MOST_NAMED
        if more <= 0:
            return named
        # The Chinese sentence counts all places, the English one the unnamed places.
        return say("record.places", named=named, count=Text(str(len(counts)), str(more)))

    @cached_property
    def main(self) -> Text:
        """The short name of the main source, or a general one for several, or an empty text."""
        names = {source.main for source in self.used_sources.values() if source.main}
        if len(names) > 1:
            return say("record.main")
        return names.pop() if names else NO_TEXT

    @cached_property
    def shared_sources(self) -> tuple[str, ...]:
        """The ids of the dated sources that more than one case uses."""
        if self.whole is not None:
            return self.whole.shared
        uses = Counter(name for case in self.summaries for name in case.sources)
        return tuple(
            name
            for name, source in self.sources.items()
            if uses[name] > 1 and source.published is not None
        )

    @cached_property
    def timeline(self) -> tuple[TimelineEntry | Gap, ...]:
        """The entries of the timeline for all events and shared sources, and its gaps."""
        shared = {name: self.sources[name] for name in self.shared_sources}
        return fill_timeline(self.summaries, shared, frozenset(shared or self.used_sources))

    def item_of(self, entry: TimelineEntry) -> TimelineItem:
        """The event or publication that an entry of the timeline refers to."""
        if not entry.slug:
            return publication_of(self.sources[entry.summary.source])
        case = self.by_slug[entry.slug]
        return TimelineItem(case.events[entry.number], case)

    @cached_property
    def used_sources(self) -> Mapping[str, Source]:
        """The sources that a case uses, by id, in the order of the list of sources."""
        used = {name for case in self.summaries for name in case.sources}
        return {name: source for name, source in self.sources.items() if name in used}

    @cached_property
    def documents(self) -> tuple[tuple[Case, Document], ...]:
        """Every named document with its case."""
        return tuple((case, document) for case in self.cases for document in case.documents)

    def once(self, find: Callable[[Dataset], T]) -> T:
        """The result of a function of this data set, computed once, as it reads all cases."""
        if find not in self._found:
            self._found[find] = find(self)
        found: T = self._found[find]
        return found

    @cached_property
    def _found(self) -> dict[Callable[[Dataset], Any], Any]:
        return {}

    def place(self, case: Case | CaseSummary) -> Text:
        """The short name of the place of a case, with its parent for a district or county."""
        return self._name_place(case.region)

    def _name_place(self, code: str) -> Text:
        # Cached: lists ask several times for the place of every case.
        if code not in self._places:
            region = self.regions[code]
            self._places[code] = region.short
            # Several cities have a district 朝阳 or 鼓楼; prefectures are clear without a province.
            if region.level == "county" and region.parent:
                parent = self.regions[region.parent].short
                self._places[code] = say("record.place", place=region.short, parent=parent)
        return self._places[code]

    @cached_property
    def _places(self) -> dict[str, Text]:
        return {}

    def label(self, case: Case) -> Text:
        """The place of a case, with the first words of its title if the place has several cases."""
        place = self.place(case)
        if self.cases_in[case.region] < 2:
            return place
        if case.slug not in self._labels:
            region = self.regions[case.region]
            names = {name.inside(at) for name in (place, region.short, region.name) for at in LANGS}
            words = Text(*(_first_words(case.title.inside(at), names) for at in LANGS))
            self._labels[case.slug] = say("record.place_apart", place=place, words=words)
        return self._labels[case.slug]

    @cached_property
    def _labels(self) -> dict[str, Text]:
        return {}

    @cached_property
    def cases_in(self) -> Mapping[str, int]:
        """The number of cases of each region."""
        return Counter(case.region for case in self.rows)

    @cached_property
    def place_names(self) -> Mapping[Lang, Mapping[str, frozenset[str]]]:
        """The codes of provinces, regions of cases and their parents, by name in each language."""
        codes = {region.code for region in self.regions.values() if region.level == "province"}
        for case in self.rows:
            codes |= {case.region, self.regions[case.region].parent} - {""}
        names: dict[Lang, dict[str, set[str]]] = {lang: {} for lang in LANGS}
        for region in map(self.regions.__getitem__, codes):
            for name in {region.short.zh, region.name.zh}:
                names["zh"].setdefault(name, set()).add(region.code)
            names["en"].setdefault(region.short.en, set()).add(region.code)
        return {
            lang: {name: frozenset(found) for name, found in named.items() if len(name) > 1}
            for lang, named in names.items()
        }

    def province(self, region: str) -> Region:
        """The province-level unit that a region is or lies in, by its code."""
        found = self.regions[region]
        return self.province(found.parent) if found.parent else found

    def find_figure(self, case: str, name: str, home: Case | None) -> Figure | None:
        """The figure that a reference names, seen from a text of the case `home`."""
        # A text outside the cases has no figures of its own, so it must name the case.
        if not case:
            return home.figures.get(name) if home is not None else None
        return self.figures.get(f"{case}.{name}")

    @property
    def who_and_how(self) -> tuple[str, str]:
        """The questions about provider types and modes, each "" if the site does not ask it."""
        of = self.vocabulary.question_of
        return of("provider_types"), of("modes")

    def answer(self, case: Case, question: str) -> Answer:
        """The answer of the record, or for a derived question the answer of its figures."""
        return find_answer(case, question, self.vocabulary, self.sources)

    def answer_text(self, key: str, said: Answer | Elsewhere) -> Text:
        """The words of an answer, its terms by name; empty if nothing is stated."""
        if not said.terms:
            return said.text
        question = self.vocabulary.questions[key]
        terms: Mapping[str, Text] = {
            term.key: term.name for term in getattr(self.vocabulary, question.terms).values()
        }
        first, *others = (terms[key] for key in said.terms)
        return ENUMERATION.join([first, *(other.mid_sentence for other in others)])

    def money_figures(self, case: Case) -> tuple[Figure, ...]:
        """The printed amounts of money of a case, in the order of the record."""
        return tuple(
            figure
            for figure in case.printed_figures
            if self.vocabulary.measures[figure.measure].kind == "money"
        )

    def neighbours(self, case: Case) -> tuple[Case | None, Case | None]:
        """The cases before and after in administrative order."""
        index = self.positions[case.slug]
        before = self.cases[index - 1] if index > 0 else None
        after = self.cases[index + 1] if index + 1 < len(self.cases) else None
        return before, after


def _first_words(title: str, places: Set[str]) -> str:
    """The first words of a title, without a place name at its start."""
    place, _, rest = re.sub("：|: |｜| \\| ", "\n", title, count=1).partition("\n")
    rest = rest if place in places else title
    return re.split("[，、；：｜]|[,;:|](?= )", rest, maxsplit=1)[0]


def order_cases(cases: Iterable[K]) -> tuple[K, ...]:
    """The cases in administrative order: by code of GB/T 2260, then by slug."""
    return tuple(sorted(cases, key=lambda case: (case.region, case.slug)))


class LazyCases(Sequence[Case]):
    """The cases of these summaries, loaded on access and partly kept in memory.

    Iteration loads every case; code that has to be quick reads the summaries.
    """

    def __init__(
        self, summaries: tuple[CaseSummary, ...], load: Callable[[CaseSummary], Case]
    ) -> None:
        self.summaries = summaries
        known = {one.path: one for one in summaries}
        held = _MOST_HELD if len(known) <= _MOST_HELD else _HELD_OF_MORE
        self._take = lru_cache(held)(lambda path: load(known[path]))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            # A slice stays lazy, as lists of some cases need no records.
            return self._choose(self.summaries[index])
        return self._take(self.summaries[index].path)

    def __len__(self) -> int:
        return len(self.summaries)

    def without(self, state: State) -> LazyCases:
        """The cases that do not have a state."""
        return self._choose(tuple(one for one in self.summaries if one.state != state))

    def _choose(self, summaries: tuple[CaseSummary, ...]) -> LazyCases:
        """The cases of some summaries, with the same records in memory."""
        chosen = copy(self)
        chosen.summaries = summaries
        return chosen


class _Lookup(Mapping[str, T]):
    """A mapping that finds each value by its name on access."""

    def __init__(self, list_names: Callable[[], Iterable[str]], find: Callable[[str], T]) -> None:
        self._list_names = list_names
        self._find = find

    def __getitem__(self, name: str) -> T:
        return self._find(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._list_names())

    def __len__(self) -> int:
        return sum(1 for _ in self)
