"""The open data: tables as CSV, SQLite and a workbook, records as JSON, and their description.

`columns` says what the tables hold, `rows` fills them, and each format has a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from casebook.data.cases_json import case_object, join_cases
from casebook.data.cases_schema import describe_schema
from casebook.data.datapackage import describe_case_package, describe_package
from casebook.data.formats import (
    DataFile,
    DataStream,
    disarm,
    encode_json,
    join_lines,
    write_csv,
    write_lines,
    write_members,
)
from casebook.data.ocds_export import describe_releases
from casebook.data.sqlite import write_sqlite
from casebook.data.table_rows import (
    CASE_TABLES,
    Row,
    answer_rows,
    event_row,
    figure_row,
    list_case_rows,
    list_rows,
    version_of,
    version_of_all,
)
from casebook.data.tables import (
    ANSWER_COLUMNS,
    EVENT_COLUMNS,
    FIGURE_COLUMNS,
    FIGURES,
    TABLES,
    DataTable,
    list_words,
)
from casebook.data.workbook import write_workbook
from casebook.record.dataset import Dataset
from casebook.record.model import Case

__all__ = [
    "ANSWER_COLUMNS",
    "EVENT_COLUMNS",
    "FIGURE_COLUMNS",
    "DataFile",
    "DataStream",
    "answer_rows",
    "disarm",
    "encode_json",
    "event_row",
    "export_case",
    "export_dataset",
    "export_site",
    "figure_row",
    "fill_tables",
    "freeze_dataset",
    "offers_all_formats",
    "version_of",
    "version_of_all",
    "write_csv",
    "write_formats",
    "write_members",
    "write_tables",
]


# The lines of each case in the table of a name, in UTF-8.
LinesOf = Callable[[str], Iterable[bytes]]

# A workbook of more cases takes seconds, and one edited case would write all of it anew.
MOST_IN_ALL_FORMATS: Final = 500


def export_dataset(dataset: Dataset) -> tuple[DataFile, ...]:
    """Every file of open data, for the whole site and for each case."""
    described = (encode_json(case_object(case, dataset)) for case in dataset.cases)
    files = [_join(file) for file in export_site(dataset, described, _rows_of(dataset))]
    for case in dataset.cases:
        files += export_case(case, dataset)
    return tuple(files)


def export_site(
    dataset: Dataset, described: Iterable[bytes], lines: LinesOf
) -> Iterator[DataStream]:
    """The files of open data for the whole site, given the JSON files and the lines of cases."""
    yield from write_tables(dataset, lines)
    yield DataStream("data/cases.json", join_cases(dataset, described))
    if offers_all_formats(dataset):
        for file in write_formats(fill_tables(dataset), dataset):
            yield DataStream(file.path, (file.content,))
        yield DataStream("data/ocds.json", (encode_json(describe_releases(dataset)),))


def export_case(case: Case, dataset: Dataset) -> tuple[DataFile, ...]:
    """The files of open data of one case."""
    folder = f"cases/{case.slug}"
    rows = map(figure_row, case.figures.values())
    return (
        DataFile(f"{folder}/{case.slug}.csv", write_csv(FIGURES.names, rows)),
        DataFile(f"{folder}/{case.slug}.json", encode_json(case_object(case, dataset))),
        DataFile(f"{folder}/datapackage.json", describe_case_package(case, dataset.vocabulary)),
    )


def write_case_rows(case: Case, dataset: Dataset) -> dict[str, str]:
    """The lines of one case in each table that has lines of cases, by the name of the table."""
    return {
        table.name: write_lines(table.names, list_case_rows(table, case, dataset))
        for table in CASE_TABLES
    }


def fill_tables(dataset: Dataset) -> dict[DataTable, tuple[Row, ...]]:
    """Every table with its rows."""
    return {table: tuple(list_rows(table, dataset)) for table in TABLES}


def write_tables(dataset: Dataset, lines: LinesOf) -> Iterator[DataStream]:
    """The tables as CSV from the lines of each case, their description, and that of cases.json."""
    for table in TABLES:
        if table in CASE_TABLES:
            of_all = lines(table.name)
        else:
            of_all = (write_lines(table.names, list_rows(table, dataset)).encode("utf-8"),)
        yield DataStream(f"data/{table.name}.csv", join_lines(table.names, of_all))
    package = describe_package(list_words(dataset.vocabulary))
    yield DataStream("data/datapackage.json", (encode_json(package),))
    schema = describe_schema(dataset.vocabulary)
    yield DataStream("data/cases.schema.json", (encode_json(schema),))


def _rows_of(dataset: Dataset) -> LinesOf:
    rows = [write_case_rows(case, dataset) for case in dataset.cases]
    return lambda name: (of_case[name].encode("utf-8") for of_case in rows)


def _join(stream: DataStream) -> DataFile:
    return DataFile(stream.path, b"".join(stream.chunks))


def write_formats(
    filled: Mapping[DataTable, Sequence[Row]], dataset: Dataset
) -> Iterator[DataFile]:
    """All tables in one SQLite file, and in one workbook."""
    yield DataFile("data/casebook.sqlite", write_sqlite(filled))
    words = list_words(dataset.vocabulary)
    yield DataFile("data/casebook.xlsx", write_workbook(filled, words))


def freeze_dataset(dataset: Dataset) -> Iterator[DataFile]:
    """The files of a release: the tables, the records, and their descriptions, in one folder.

    SQLite and the workbook are left out: their bytes follow from the tables and from the versions
    of what writes them.
    """
    described = (encode_json(case_object(case, dataset)) for case in dataset.cases)
    for file in map(_join, write_tables(dataset, _rows_of(dataset))):
        yield DataFile(file.path.removeprefix("data/"), file.content)
    yield DataFile("cases.json", b"".join(join_cases(dataset, described)))


def offers_all_formats(dataset: Dataset) -> bool:
    """Whether a build writes the formats that have to be written anew as a whole."""
    return len(dataset.cases) <= MOST_IN_ALL_FORMATS
