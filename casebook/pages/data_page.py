"""The page of the open data: what can be taken, what every column holds, and what compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from casebook.data.export import offers_all_formats
from casebook.data.ocds_export import MAPPING, NOTICE
from casebook.data.tables import TABLES, Category, Column, DataTable, list_words
from casebook.pages.citations import write_citation_file
from casebook.pages.citing import cite_data
from casebook.pages.linked_data import describe_data_page, write_linked_data
from casebook.pages.page import LANGS, Page, PageType, Site
from casebook.record.dataset import Dataset
from casebook.record.model import Figure, Measure
from casebook.text import Text

URL = "data/"
SUMMARY = Text(
    "本站的全部记录：每个数字的写法、数值、口径、时期和出处，以及每一列是什么意思。",
    "All records of this site: the wording, value, class, period and source of every figure, and "
    "what every column means.",
)
# More words than this would bury the column that they explain; the vocabulary has them all.
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """One file that can be taken, and what it holds."""

    name: str
    note: Text


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
_NOTES: Mapping[str, Text] = {
    "figures": Text(
        "每个数字：写法、数值、口径、时期、出处",
        "every figure: wording, value, measure, period, source",
    ),
    "events": Text(
        "每件有时间的事：最早与最晚可能的日期", "every event: earliest and latest possible date"
    ),
    "answers": Text(
        "每个地方对每个问题的回答，或“来源未说明”",
        "the answer of every place to every question, or “not stated”",
    ),
    "cases": Text("每个案例：地方、主题、概要、版本", "every case: place, topic, summary, version"),
    "sources": Text(
        "每个来源：题名、出版者、日期、网址", "every source: title, publisher, date, address"
    ),
    "comparability": Text("哪些数字可以相互比较", "which figures may be compared with one another"),
    "evidence": Text("每个数字的依据", "what each figure rests on"),
    "vocabulary": Text("词表：每个词是什么意思", "what every word means"),
}
_WHOLE = (
    Offer("cases.json", Text("全部记录", "everything")),
    Offer("cases.schema.json", Text("cases.json 的 JSON Schema", "the JSON Schema of cases.json")),
    Offer(
        "datapackage.json",
        Text(
            "以上各表的 Frictionless 数据包说明",
            "the tables described as a Frictionless Data Package",
        ),
    ),
)
_ALL_FORMATS = (
    Offer(
        "casebook.xlsx",
        Text("Excel 等表格软件用：每张表一页", "for spreadsheet programs: every table a sheet"),
    ),
    Offer("casebook.sqlite", Text("SQLite 数据库：全部表", "all tables in one SQLite database")),
    Offer(
        "ocds.json",
        Text(
            "借用开放合同数据标准（OCDS）的字段名，不是符合标准的发布",
            "in the field names of the Open Contracting Data Standard (OCDS), not conforming to it",
        ),
    ),
)


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
            context={
                **shared,
                "citation": cite_data(lang, site),
                "linked_data": write_linked_data(described),
            },
        )
    yield Page(
        url=f"{URL}CITATION.cff",
        lang=LANGS[0],
        template="citation-file.txt",
        title=Text("开放数据", "Open data"),
        description=SUMMARY,
        context={"content": Markup(write_citation_file(cite_data(LANGS[0], site)))},
        indexed=False,
    )


def list_offers(dataset: Dataset) -> tuple[Offer, ...]:
    """The files of the whole data set, the tables first."""
    tables = (Offer(f"{table.name}.csv", _NOTES[table.name]) for table in TABLES)
    return (*tables, *_WHOLE, *(_ALL_FORMATS if offers_all_formats(dataset) else ()))


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
