"""Register of the files of open data: the name and the note of each, and its writer."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from typing import Final

from casebook.data.cases_json import dump_record, join_cases
from casebook.data.cases_schema import describe_schema
from casebook.data.dataset_description import describe_case, describe_dataset
from casebook.data.formats import (
    DataFile,
    DataStream,
    encode_json,
    join_lines,
    write_csv,
    write_lines,
    write_marked_csv,
)
from casebook.data.ocds_export import describe_releases
from casebook.data.sqlite import write_sqlite
from casebook.data.table_metadata import (
    CSVW_NAME,
    Measured,
    describe_case_package,
    describe_csvw,
    describe_package,
)
from casebook.data.table_rows import CASE_TABLES, Row, case_figure_rows, list_rows
from casebook.data.tables import CASE_FIGURES, TABLES, DataTable, Words, list_words, table_in
from casebook.data.workbook import write_workbook
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.text import Text

# The lines of each case in the table of a name, in UTF-8.
LinesOf = Callable[[str], Iterable[bytes]]

# A workbook of more cases takes seconds, and one edited case would write all of it anew.
MOST_IN_ALL_FORMATS: Final = 500


@dataclass(frozen=True)
class WrittenCases:
    """A data set and its cases as already written: the JSON of each, its lines in tables.

    `written` are the files of open data that are made of them, each as soon as it is written.
    """

    dataset: Dataset
    described: Iterable[bytes]
    lines: LinesOf
    written: dict[str, Measured] = field(default_factory=dict, init=False)

    def write(self, offer: DataOffer) -> Iterator[bytes]:
        """A file piece by piece, measured on the way."""
        size, sha = 0, sha256()
        made = offer.write(self)
        for chunk in [encode_json(made)] if isinstance(made, Mapping) else made:
            size += len(chunk)
            sha.update(chunk)
            yield chunk
        self.written[offer.name] = Measured(
            # Only schemas and exchange formats, which are JSON, are no part of the JSON-LD.
            size=size,
            digest=sha.hexdigest(),
            media_type=offer.media_type or "application/json",
        )

    @cached_property
    def rows(self) -> dict[DataTable, tuple[Row, ...]]:
        """Every table with its rows."""
        languages = self.dataset.languages
        return {table_in(t, languages): tuple(self._read_rows(t)) for t in TABLES}

    def _read_rows(self, table: DataTable) -> Iterable[Row]:
        """The rows of a table from its lines, which takes a third of making them of records."""
        if table not in CASE_TABLES:
            return list_rows(table, self.dataset)
        names = table_in(table, self.dataset.languages).names
        written = b"".join(self.lines(table.name)).decode("utf-8")
        rows = list(csv.reader(io.StringIO(written, newline="")))
        # Nobody knows of an apostrophe if it is of the text or keeps a spreadsheet from running it.
        if any(cell.startswith("'") for row in rows for cell in row):
            return list_rows(table, self.dataset)
        return (dict(zip(names, row, strict=True)) for row in rows)

    @property
    def words(self) -> Words:
        """The closed lists."""
        return list_words(self.dataset.vocabulary)


@dataclass(frozen=True, slots=True)
class DataOffer:
    """One file of open data in `data/`, written piece by piece or as what JSON describes.

    With a media type it is part of the JSON-LD as well.
    """

    name: str
    note: Text
    write: Callable[[WrittenCases], Iterable[bytes] | Mapping[str, object]]
    _: KW_ONLY
    media_type: str = ""


def _write_table(table: DataTable, cases: WrittenCases) -> Iterable[bytes]:
    names = table_in(table, cases.dataset.languages).names
    if table in CASE_TABLES:
        return join_lines(names, cases.lines(table.name))
    return [write_csv(names, list_rows(table, cases.dataset))]


def _describe_package(cases: WrittenCases) -> dict[str, object]:
    dataset = cases.dataset
    description, media = describe_dataset(dataset), dataset.media.values()
    return describe_package(cases.words, description, cases.written, media)


TABLE_OFFERS: Final = tuple(
    DataOffer(f"{table.name}.csv", table.note, partial(_write_table, table), media_type="text/csv")
    for table in TABLES
)
_CASES: Final = (
    DataOffer(
        "cases.json",
        say("data.offers.cases"),
        lambda cases: join_cases(cases.dataset, cases.described),
        media_type="application/json",
    ),
    DataOffer(
        "cases.schema.json",
        say("data.offers.schema"),
        lambda cases: describe_schema(cases.dataset.vocabulary, cases.dataset.languages),
    ),
)
_METADATA: Final = (
    DataOffer(
        CSVW_NAME,
        say("data.offers.csvw"),
        lambda cases: describe_csvw(cases.words, describe_dataset(cases.dataset)),
        media_type="application/csvm+json",
    ),
    DataOffer(
        "datapackage.json",
        say("data.offers.package"),
        _describe_package,
        media_type="application/vnd.datapackage+json",
    ),
)
_FOR_FEW_CASES: Final = (
    DataOffer(
        "casebook.xlsx",
        say("data.offers.workbook"),
        lambda cases: [write_workbook(cases.rows, cases.words, cases.dataset.languages)],
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    DataOffer(
        "casebook.sqlite",
        say("data.offers.sqlite"),
        lambda cases: [write_sqlite(cases.rows, cases.dataset.languages)],
        media_type="application/vnd.sqlite3",
    ),
    DataOffer("ocds.json", say("data.offers.ocds"), lambda cases: describe_releases(cases.dataset)),
)


def list_offers(dataset: Dataset) -> tuple[DataOffer, ...]:
    """The files of open data of the whole data set, the tables first.

    The package is the last: it tells the size and the digest of all others.
    """
    few = _FOR_FEW_CASES if len(dataset.cases) <= MOST_IN_ALL_FORMATS else ()
    return (*TABLE_OFFERS, *_CASES, *few, *_METADATA)


def export_site(
    dataset: Dataset, described: Iterable[bytes], lines: LinesOf
) -> Iterator[DataStream]:
    """The files of open data for the whole site, given the JSON files and the lines of cases."""
    cases = WrittenCases(dataset, described, lines)
    for offer in list_offers(dataset):
        yield DataStream(f"data/{offer.name}", cases.write(offer))


def export_case(case: Case, dataset: Dataset) -> tuple[DataFile, ...]:
    """The files of open data of one case."""
    folder = f"cases/{case.slug}"
    names = table_in(CASE_FIGURES, dataset.languages).names
    rows = ([row[name] for name in names] for row in case_figure_rows(case, dataset))
    words = list_words(dataset.vocabulary)
    table = write_marked_csv(names, rows)
    package = describe_case_package(case.slug, words, describe_case(case, dataset), table)
    return (
        DataFile(f"{folder}/{case.slug}.csv", table),
        DataFile(f"{folder}/{case.slug}.json", encode_json(dump_record(case, dataset))),
        DataFile(f"{folder}/datapackage.json", encode_json(package)),
    )


def freeze_dataset(dataset: Dataset) -> tuple[DataFile, ...]:
    """The files of a release, in one folder.

    A workbook and a database are left out: their bytes follow from the tables and from the versions
    of what writes them.
    """
    cases = write_cases(dataset)
    released = (*TABLE_OFFERS, *_CASES, *_METADATA)
    return tuple(DataFile(offer.name, b"".join(cases.write(offer))) for offer in released)


def write_cases(dataset: Dataset) -> WrittenCases:
    """A data set whose cases are all written here and now."""
    described = [encode_json(dump_record(case, dataset)) for case in dataset.cases]
    lines = [write_case_rows(case, dataset) for case in dataset.cases]
    return WrittenCases(
        dataset, described, lambda table: (of_case[table].encode() for of_case in lines)
    )


def write_case_rows(case: Case, dataset: Dataset) -> dict[str, str]:
    """The lines of one case in each table that has lines of cases, by the name of the table."""
    return {
        table.name: write_lines(
            table_in(table, dataset.languages).names, list_of_case(case, dataset)
        )
        for table, list_of_case in CASE_TABLES.items()
    }
