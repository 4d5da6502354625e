"""The page of the open data: what can be taken, what every column holds, and what compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from casebook.data.export import list_offers
from casebook.data.ocds_export import MAPPING, NOTICE
from casebook.data.tables import TABLES, Category, Column, DataTable, list_words
from casebook.pages.citing import cite_data
from casebook.pages.linked_data import describe_data_page, write_linked_data
from casebook.pages.page import Page, PageType, Site
from casebook.record.dataset import Dataset
from casebook.record.model import Figure, Measure
from casebook.text import LANGS, Text

URL = "data/"
SUMMARY = Text(
    "本站的全部记录：每个数字的写法、数值、口径、时期和出处，以及每一列是什么意思。",
    "All records of this site: the wording, value, class, period and source of every figure, and "
    "what every column means.",
)
# More words than this would bury the column that they explain; the vocabulary has them all.
MOST_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """A column of the dictionary with the words that it may hold, where these are few."""

    column: Column
    kind: Text
    words: tuple[Category, ...]
    points_to: str


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One table of the dictionary."""

    table: DataTable
    columns: tuple[ColumnRow, ...]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure with the first figure that has it."""

    measure: Measure
    example: Figure
    place: Text


_KINDS: Mapping[str, Text] = {
    "string": Text("文字", "text"),
    "number": Text("数", "number"),
    "date": Text("日期", "date"),
}


def make_data(site: Site) -> Iterator[Page]:
    """The page of the open data in both languages."""
    dataset = site.dataset
    words = list_words(dataset.vocabulary)
    shared: dict[str, object] = {
        "offers": list_offers(dataset),
        "tables": tuple(describe_table(table, words) for table in TABLES),
        "measures": tuple(find_examples(dataset)),
        "mapping": MAPPING,
        "mapping_notice": NOTICE,
    }
    for lang in LANGS:
        described = describe_data_page(lang, SUMMARY.inside(lang), site)
        yield Page(
            url=URL,
            lang=lang,
            template="data.html",
            title=Text("开放数据", "Open data"),
            description=SUMMARY,
            context=partial(
                dict,
                shared,
                citation=cite_data(lang, site),
                linked_data=write_linked_data(described),
            ),
        )


def describe_table(table: DataTable, words: Mapping[str, tuple[Category, ...]]) -> TableSheet:
    """A table of the dictionary."""
    targets = {name: key.table for key in table.foreign_keys for name in key.columns}
    rows = []
    for column in table.columns:
        listed = words.get(column.words, ())
        few = listed if len(listed) <= MOST_WORDS else ()
        rows.append(
            ColumnRow(
                column=column,
                kind=_KINDS[column.type],
                words=few,
                points_to=targets.get(column.name, ""),
            )
        )
    return TableSheet(table, tuple(rows))


def find_examples(dataset: Dataset) -> Iterator[MeasureRow]:
    """Each measure that some figure has, with the first such figure."""
    firsts: dict[str, str] = {}
    for case in dataset.summaries:
        for summary in case.figures:
            firsts.setdefault(summary.group.measure, f"{case.slug}.{summary.id}")
    for key, measure in dataset.vocabulary.measures.items():
        if key in firsts:
            figure = dataset.figures[firsts[key]]
            yield MeasureRow(measure, figure, dataset.place(dataset.by_slug[figure.case]))


DATA = PageType("data", make_data)
