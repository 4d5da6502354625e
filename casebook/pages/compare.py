"""The pages that set figures side by side, in four orders, with filters that are plain links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Literal

from casebook.messages import say
from casebook.pages.page import Context, Page, PageType, Site
from casebook.pages.pagination import ListPart, cut_page
from casebook.pages.rows import CaseLink, FigureRow, date_dataset, link_case, show_figure
from casebook.record.dataset import LANES, Dataset
from casebook.record.model import Figure
from casebook.record.summary import CaseSummary, FigureSummary
from casebook.text import LANGS, NO_TEXT, Text
from casebook.values.comparability import ComparabilityClass, name_class, why_not_comparable

Order = Literal["class", "amount", "year", "place"]

ORDERS: tuple[tuple[Order, str, Text], ...] = (
    ("class", "compare/", Text("按口径", "by what is measured")),
    (
        "amount",
        "compare/by-amount/",
        Text("按金额（同一口径之内）", "by amount, within one measure"),
    ),
    ("year", "compare/by-year/", Text("按时间", "by time")),
    ("place", "compare/by-place/", Text("按行政区划", "by place")),
)
# The style sheet knows this many filters; what is beyond them is not offered.
FILTER_LIMIT = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A link that leaves only some rows; `number` is the same in page and style."""

    number: int
    value: str
    name: Text
    count: int


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options that ask one thing, of which one may be chosen."""

    key: str
    name: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRow:
    """One figure with its case, or a case that has none; `filters` are what keeps the row."""

    link: CaseLink
    row: FigureRow | None
    provider_types: Text
    modes: Text
    filters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CompareGroup:
    """Rows under one heading; `name` is empty where all rows stand in one list."""

    id: str
    name: Text
    rows: tuple[CompareRow, ...]

    @property
    def filters(self) -> tuple[int, ...]:
        """Every filter that keeps a row of the group."""
        return tuple(sorted({number for row in self.rows for number in row.filters}))


_ALL = CompareGroup("all", NO_TEXT, ())
_SILENT = CompareGroup("silent", Text("来源没有写金额", "No amount in the sources"), ())


@dataclass(frozen=True, slots=True)
class CompareTable:
    """The amounts of money, or the counts and shares."""

    id: str
    title: Text
    groups: tuple[CompareGroup, ...]


# What a filter asks, and an answer to it.
_Value = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    case: CaseSummary
    figure: FigureSummary | None
    values: frozenset[_Value]


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry under its headings, before anything is looked up for its row."""

    table: CompareTable
    group: CompareGroup
    entry: _Entry


def make_compare(site: Site) -> Iterator[Page]:
    """The page in each order and both languages; only the first order is in the site map."""
    dataset = site.dataset
    money = list_entries(dataset, money=True)
    counts = list_entries(dataset, money=False)
    options = list_options([*money, *counts], dataset)
    reasons = list_reasons(find_firsts(money, dataset), dataset)
    numbers = {
        (group.key, option.value): option.number for group in options for option in group.options
    }
    key = site.key(options, reasons)
    lastmod = date_dataset(dataset)
    for order, url, name in ORDERS:
        context: Context = partial(
            dict, order=order, orders=ORDERS, option_groups=options, reasons=reasons
        )
        plain = order == "class"
        pages = [
            Page(
                url=url,
                lang=lang,
                template="compare.html",
                title=say("pages.compare") if plain else say("pages.compare.by", order=name),
                description=say("pages.compare.description"),
                context=context,
                lastmod=lastmod,
                indexed=plain,
                key=key,
            )
            for lang in LANGS
        ]
        places = [
            *_arrange(CompareTable("money", Text("金额", "Money"), ()), money, order, dataset),
            *_arrange(
                CompareTable("counts", Text("数量与占比", "Counts and shares"), ()),
                counts,
                order,
                dataset,
            ),
        ]
        show = partial(_show_part, numbers, dataset)
        yield from cut_page(pages, places, show, partial(_sign_place, site), site)


def _show_part(
    numbers: Mapping[tuple[str, str], int], dataset: Dataset, part: ListPart[_Place]
) -> Mapping[str, object]:
    """The rows of a part under their headings, where a list of them was cut."""
    tables: dict[str, tuple[CompareTable, dict[str, tuple[CompareGroup, list[CompareRow]]]]] = {}
    for place in part.entries:
        _, groups = tables.setdefault(place.table.id, (place.table, {}))
        rows = groups.setdefault(place.group.id, (place.group, []))[1]
        rows.append(_show(place.entry, numbers, dataset))
    filled = tuple(
        replace(
            table,
            groups=tuple(replace(group, rows=tuple(rows)) for group, rows in groups.values()),
        )
        for table, groups in tables.values()
    )
    return {"tables": filled}


def _sign_place(site: Site, place: _Place) -> tuple[object, ...]:
    """All that a row shows, by the version of its case."""
    return (
        place.table.id,
        place.group.id,
        place.group.name.zh,
        site.versions.get(place.entry.case.slug),
        place.entry.figure.id if place.entry.figure is not None else "",
    )


def list_options(entries: Iterable[_Entry], dataset: Dataset) -> tuple[OptionGroup, ...]:
    """The filters by provider, mode, measure, amount and year, each with its count of rows."""
    counts = Counter(value for entry in entries for value in entry.values)
    vocabulary = dataset.vocabulary
    offered: list[tuple[str, Text, list[tuple[str, Text]]]] = [
        ("provider", Text("承接方", "Provider"), _names(vocabulary.provider_types.items())),
        ("mode", Text("购买方式", "Mode"), _names(vocabulary.modes.items())),
        ("measure", Text("口径", "Measure"), _names(vocabulary.measures.items())),
        (
            "amount",
            Text("金额", "Amount"),
            [("yes", Text("写了金额", "stated")), ("no", Text("没有金额", "not stated"))],
        ),
        (
            "year",
            Text("年份", "Year"),
            [
                ("dated", Text("已写明", "stated")),
                ("uncertain", Text("靠推断", "inferred")),
                ("latest_only", Text("未注明", "not stated")),
            ],
        ),
    ]
    groups = []
    number = 0
    for key, name, values in offered:
        options = []
        for value, words in values:
            count = counts[key, value]
            if count and number < FILTER_LIMIT:
                number += 1
                options.append(Option(number=number, value=value, name=words, count=count))
        if options:
            groups.append(OptionGroup(key, name, tuple(options)))
    return tuple(groups)


def find_firsts(entries: Iterable[_Entry], dataset: Dataset) -> tuple[Figure, ...]:
    """The first figure of each comparability class, in the order in which they come."""
    firsts: dict[ComparabilityClass, str] = {}
    for entry in entries:
        if entry.figure is not None:
            firsts.setdefault(entry.figure.group, f"{entry.case.slug}.{entry.figure.id}")
    return tuple(dataset.figures[key] for key in firsts.values())


def list_reasons(figures: Iterable[Figure], dataset: Dataset) -> tuple[Text, ...]:
    """For every two of the figures, each of another class, why they may not be compared."""
    reasons = (
        why_not_comparable(one, other, dataset.vocabulary)
        for one, other in combinations(figures, 2)
    )
    return tuple(reason for reason in reasons if reason is not None)


def list_entries(dataset: Dataset, *, money: bool) -> list[_Entry]:
    """One entry a figure, and where money is asked for one a case that states no amount."""
    measures = dataset.vocabulary.measures
    of_money = {key for key, measure in measures.items() if measure.kind == "money"}
    # Thousands of entries have the same values.
    shared: dict[frozenset[_Value], frozenset[_Value]] = {}
    entries: list[_Entry] = []
    for case in dataset.summaries:
        printed = case.printed_figures
        stated = any(figure.group.measure in of_money for figure in printed)
        of_case = {("amount", "yes" if stated else "no")}
        of_case |= {("provider", term) for term in case.provider_types}
        of_case |= {("mode", term) for term in case.modes}
        for figure in printed:
            if (figure.group.measure in of_money) is money:
                own = {("measure", figure.group.measure), ("year", figure.lane)}
                values = frozenset(of_case | own)
                entries.append(_Entry(case, figure, shared.setdefault(values, values)))
        if money and not stated:
            entries.append(_Entry(case, None, frozenset(of_case)))
    return entries


def _arrange(
    table: CompareTable, entries: list[_Entry], order: Order, dataset: Dataset
) -> Iterator[_Place]:
    """The entries of a table in an order; amounts are put in order only within one class."""
    if order == "place":
        yield from (_Place(table, _ALL, entry) for entry in entries)
        return
    silent = [entry for entry in entries if entry.figure is None]
    figures = [(entry.figure, entry) for entry in entries if entry.figure is not None]
    if order == "year":
        figures.sort(key=lambda pair: (LANES.index(pair[0].lane), pair[0].sort_key))
        yield from (_Place(table, _ALL, entry) for _, entry in figures)
        yield from (_Place(table, _ALL, entry) for entry in silent)
        return
    # The classes keep the order of the records, whatever order their figures are put in.
    classes: dict[ComparabilityClass, list[_Entry]] = {figure.group: [] for figure, _ in figures}
    if order == "amount":
        figures.sort(key=lambda pair: pair[0].magnitude, reverse=True)
    for figure, entry in figures:
        classes[figure.group].append(entry)
    measures = list(dataset.vocabulary.measures)
    for number, key in enumerate(sorted(classes, key=lambda key: measures.index(key.measure)), 1):
        group = CompareGroup(f"class-{number}", name_class(key, dataset.vocabulary), ())
        yield from (_Place(table, group, entry) for entry in classes[key])
    yield from (_Place(table, _SILENT, entry) for entry in silent)


def _show(entry: _Entry, numbers: Mapping[tuple[str, str], int], dataset: Dataset) -> CompareRow:
    case = dataset.by_slug[entry.case.slug]
    return CompareRow(
        link=link_case(case, dataset),
        row=show_figure(case.figures[entry.figure.id], dataset) if entry.figure else None,
        provider_types=dataset.answer_text(dataset.answer(case, "provider_type")),
        modes=dataset.answer_text(dataset.answer(case, "mode")),
        filters=tuple(sorted(numbers[value] for value in entry.values if value in numbers)),
    )


def _names(terms: Iterable[tuple[str, object]]) -> list[tuple[str, Text]]:
    return [(key, getattr(term, "name")) for key, term in terms]  # noqa: B009  # Term or Measure


COMPARE = PageType("compare", make_compare)
