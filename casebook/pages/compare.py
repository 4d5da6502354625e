"""The pages that show all cases together: figures in four orders, and the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from casebook.messages import say
from casebook.pages import COMPARE_URLS
from casebook.pages.long_lists import ListPart, LongList, Target, cut_page
from casebook.pages.page import Page, Site, section_page
from casebook.pages.rows import CaseRow, link_case, show_event, show_facts, show_figure
from casebook.record.comparability import (
    ComparabilityClass,
    name_class,
    name_scale,
    why_not_comparable,
)
from casebook.record.dataset import Dataset
from casebook.record.lanes import LANES, Gap, TimelineEntry
from casebook.record.summary import CaseSummary, FigureSummary
from casebook.record.vocabulary import Measure, Term, Vocabulary
from casebook.text import NO_TEXT, Text

# The filters have room for this many; the latest years are kept, because readers want them.
_MOST_YEARS = 10
# The style sheets have rules for this many filters; further ones are not offered.
FILTER_LIMIT = 48

# The key of a filter group, and one of its values.
Value = tuple[str, str]

ORDERS: tuple[tuple[str, str, Text], ...] = tuple(
    (order, url, say(f"pages.compare.by_{order}")) for order, url in COMPARE_URLS.items()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A link that shows only matching rows; `number` is the same in page and style sheet."""

    number: int
    value: str
    name: Text
    count: int


class FilterGroup(NamedTuple):
    """Filters for one property, of which a reader may choose one."""

    key: str
    name: Text
    filters: tuple[Filter, ...]


class CompareGroup(NamedTuple):
    """Rows under a heading, if it has a name; a case without an amount has a row without figure."""

    name: Text
    rows: tuple[CaseRow, ...]

    @property
    def filters(self) -> tuple[int, ...]:
        """The numbers of the filters that keep a row of the group."""
        return tuple(sorted({number for row in self.rows for number in row.filters}))


class _Entry(NamedTuple):
    case: CaseSummary
    figure: FigureSummary | None
    values: frozenset[Value]
    # Changes whenever the row does: it contains the version of the case.
    sign: str


# Comparable figures share their class and the length of their period.
_Scale = tuple[ComparabilityClass, str]

# An entry and its headings, before its row is made: the id of its table, the id and the name of
# its group, the entry.
_Place = tuple[str, str, Text, _Entry]


def make_compare(site: Site) -> Iterator[Page]:
    """The page in each order and both languages; only the first order is in the site map."""
    dataset = site.dataset
    entries = list_entries(dataset, site.versions)
    filters = offer_filters(entries, dataset.vocabulary)
    numbers = {(group.key, one.value): one.number for group in filters for one in group.filters}
    reasons = list_reasons(entries, dataset)

    def show(part: ListPart[_Place]) -> Mapping[str, object]:
        """The rows of one part of the list under their headings."""
        tables: dict[str, dict[tuple[str, Text], list[CaseRow]]] = {}
        for table, group, name, entry in part.entries:
            rows = tables.setdefault(table, {}).setdefault((group, name), [])
            rows.append(_show_row(entry, numbers, dataset))
        return {
            "tables": {
                table: tuple(CompareGroup(name, tuple(rows)) for (_, name), rows in groups.items())
                for table, groups in tables.items()
            }
        }

    def sign(place: _Place) -> tuple[str, ...]:
        table, group, name, entry = place
        return (table, group, name.zh, entry.sign)

    plain = section_page("compare")
    for order, url, name in ORDERS:
        is_plain = order == "class"
        page = replace(
            plain.showing(order=order, orders=ORDERS, filter_groups=filters, reasons=reasons),
            url=url,
            title=plain.title if is_plain else say("pages.compare.by", order=name),
            lastmod=dataset.updated,
            # The other orders hold the same rows; search engines would show them as copies.
            indexed=is_plain,
            canonical=plain.url,
            key=site.key(filters, reasons, dataset.main),
        )
        places = tuple(_arrange(entries, order, dataset))
        yield from cut_page(page, LongList(entries=places, show=show, sign=sign), site)


def offer_filters(entries: Sequence[_Entry], known: Vocabulary) -> tuple[FilterGroup, ...]:
    """The filters that keep at least one row, in groups, with continuous numbers."""
    counts = Counter(value for entry in entries for value in entry.values)
    given = (year for key, year in counts if key == "year" and year.isdigit())
    years = {year: Text(year) for year in sorted(given, key=int, reverse=True)[:_MOST_YEARS]}
    years |= {
        "uncertain": say("pages.filters.inferred"),
        "latest_only": say("pages.filters.undated"),
    }
    answers = {
        "kind": {
            "money": say("pages.filters.money"),
            "count": say("pages.filters.count"),
            "none": say("pages.filters.no_amount"),
        },
        "year": years,
        "provider": _name_terms(known.provider_types),
        "mode": _name_terms(known.modes),
        "measure": _name_terms(known.measures),
    }
    # A filter that keeps no row would lead to an empty page.
    asked = [(key, value) for key in answers for value in answers[key] if counts[key, value]]
    numbers = {one: number for number, one in enumerate(asked[:FILTER_LIMIT], 1)}
    groups = (
        FilterGroup(
            key,
            say(f"pages.filters.{key}"),
            tuple(
                Filter(number=number, value=value, name=names[value], count=counts[key, value])
                for (of, value), number in numbers.items()
                if of == key
            ),
        )
        for key, names in answers.items()
    )
    return tuple(group for group in groups if group.filters)


def _name_terms(terms: Mapping[str, Term] | Mapping[str, Measure]) -> dict[str, Text]:
    return {key: term.name for key, term in terms.items()}


def list_reasons(entries: Iterable[_Entry], dataset: Dataset) -> tuple[Text, ...]:
    """The reason why two classes of money are not comparable, for every pair of classes."""
    firsts: dict[ComparabilityClass, str] = {}
    for entry in entries:
        if entry.figure is not None and ("kind", "money") in entry.values:
            firsts.setdefault(entry.figure.group, f"{entry.case.slug}.{entry.figure.id}")
    pairs = combinations([dataset.figures[key] for key in firsts.values()], 2)
    reasons = (why_not_comparable(one, other, dataset.vocabulary) for one, other in pairs)
    return tuple(reason for reason in reasons if reason is not None)


def list_entries(dataset: Dataset, versions: Mapping[str, str]) -> list[_Entry]:
    """An entry for each figure, and one for each case that states no amount of money."""
    measures = dataset.vocabulary.measures
    # Thousands of entries have equal sets of values, so each set is kept once.
    shared: dict[frozenset[Value], frozenset[Value]] = {}
    entries: list[_Entry] = []
    for case in dataset.summaries:
        of_case = {("provider", term) for term in case.provider_types}
        of_case |= {("mode", term) for term in case.modes}
        silent = True
        alone = dataset.cases_in[case.region] < 2
        sign = f"{versions.get(case.slug)} {alone}"
        for figure in case.printed_figures:
            is_money = measures[figure.group.measure].kind == "money"
            silent &= not is_money
            own = {("measure", figure.group.measure), ("year", figure.lane)}
            own.add(("kind", "money" if is_money else "count"))
            if figure.years is not None:
                first, last = figure.years
                own |= {("year", str(year)) for year in range(first, last + 1)}
            values = frozenset(of_case | own)
            values = shared.setdefault(values, values)
            row = f"{sign} {figure.id}"
            entries.append(_Entry(case=case, figure=figure, values=values, sign=row))
        # A case without an amount needs an entry, so that the filter for it finds the case.
        if silent:
            values = frozenset(of_case | {("kind", "none")})
            entries.append(_Entry(case=case, figure=None, values=values, sign=sign))
    return entries


def _arrange(entries: Sequence[_Entry], order: str, dataset: Dataset) -> Iterator[_Place]:
    """The entries in an order, each with its table and its group.

    By class or amount, figures that are comparable with another come first, under their class and
    length of period; amounts are sorted only within these groups.
    """
    silent = [entry for entry in entries if entry.figure is None]
    figures = [(entry.figure, entry) for entry in entries if entry.figure is not None]
    if order in ("place", "year"):
        if order == "year":
            figures.sort(key=lambda pair: (LANES.index(pair[0].lane), pair[0].sort_key))
            entries = [*(entry for _, entry in figures), *silent]
        yield from (("all", "all", NO_TEXT, entry) for entry in entries)
        return
    # Made before sorting by amount, so that the groups keep the order of the records.
    scales: dict[_Scale, list[_Entry]] = {(f.group, f.span): [] for f, _ in figures}
    if order == "amount":
        figures.sort(key=lambda pair: pair[0].magnitude, reverse=True)
    # Rough figures stand alone: nobody can say by how much 十几万 and 上百万 differ.
    alone: dict[_Scale, list[_Entry]] = {scale: [] for scale in scales}
    for figure, entry in figures:
        (alone if figure.is_rough else scales)[figure.group, figure.span].append(entry)
    measures = list(dataset.vocabulary.measures)
    spans = Counter(group for group, _ in scales)
    keys = sorted(scales, key=lambda key: measures.index(key[0].measure))
    for number, key in enumerate(keys, 1):
        if len(scales[key]) > 1:
            group, span = key
            name = name_class(group, dataset.vocabulary)
            if spans[group] > 1:
                name = name_scale(group, span, dataset.vocabulary)
            yield from (("alike", f"class-{number}", name, entry) for entry in scales[key])
    # These have no headings, because a heading suggests several figures to compare.
    for key in keys:
        listed = [*(scales[key] if len(scales[key]) == 1 else ()), *alone[key]]
        yield from (("alone", "alone", NO_TEXT, entry) for entry in listed)
    no_amount = say("pages.compare.no_amount")
    yield from (("alone", "silent", no_amount, entry) for entry in silent)


def _show_row(entry: _Entry, numbers: Mapping[Value, int], dataset: Dataset) -> CaseRow:
    case = dataset.by_slug[entry.case.slug]
    return CaseRow(
        link=link_case(case, dataset),
        figures=(show_figure(case.figures[entry.figure.id], dataset),) if entry.figure else (),
        answers=show_facts(case, dataset.who_and_how, dataset),
        filters=tuple(sorted(numbers[value] for value in entry.values if value in numbers)),
    )


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    charts = {lang: site.charts.get(("timeline", lang)) for lang in site.languages}

    def show(part: ListPart[TimelineEntry | Gap]) -> Mapping[str, object]:
        """The entries of a part by lane."""
        lanes: dict[str, list[object]] = {lane: [] for lane in LANES}
        for entry in part.entries:
            lanes[entry.lane].append(
                entry if isinstance(entry, Gap) else show_event(dataset.item_of(entry), dataset)
            )
        return {lane: tuple(entries) for lane, entries in lanes.items()}

    def sign(entry: TimelineEntry | Gap) -> tuple[object, ...]:
        """A value that changes with the entry: the version of its case, its place there."""
        if isinstance(entry, Gap):
            return (entry.lane, repr(entry))
        if not entry.slug:
            return (entry.lane, repr(dataset.sources[entry.summary.source]))
        alone = dataset.cases_in[dataset.summaries[dataset.positions[entry.slug]].region] < 2
        return (entry.lane, site.versions.get(entry.slug), entry.number, alone)

    page = replace(
        section_page("timeline"),
        context=lambda page: {"chart": charts[page.lang]},
        lastmod=dataset.updated,
        key=site.key(*charts.values()),
    )
    listed = LongList(entries=dataset.timeline, show=show, sign=sign, name=_name_year)
    yield from cut_page(page, listed, site)


def _name_year(entry: TimelineEntry | Gap) -> Target | None:
    if isinstance(entry, Gap) or entry.lane != "dated" or entry.summary.years is None:
        return None
    year = entry.summary.years[0]
    return f"#year-{year}", Text(str(year))
