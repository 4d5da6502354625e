"""The register of the files of open data: the name, the note and the writer of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from typing import Final

from casebook.data.cases_json import describe_schema, dump_record, indent_case, join_cases
from casebook.data.catalogues import (
    CSVW_NAME,
    Measured,
    describe_case_package,
    describe_csvw,
    describe_package,
)
from casebook.data.formats import (
    DataFile,
    DataStream,
    ReadTexts,
    encode_json,
    write_csv,
    write_marked_csv,
    write_sqlite,
)
from casebook.data.ocds_export import describe_releases
from casebook.data.tables import (
    CASE_FIGURES,
    CASE_TABLES,
    TABLES,
    DataTable,
    Row,
    case_figure_rows,
    list_rows,
    rows_of_case,
    table_in,
)
from casebook.data.workbook import write_workbook
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.text import Text

# The name of the JSON record among the texts of a case.
CASES: Final = "cases.json"
# A workbook of more cases takes seconds, and each edited case would write it anew.
MOST_IN_ALL_FORMATS: Final = 500


@dataclass(frozen=True)
class WrittenCases:
    """A data set and the texts of its cases: the JSON of each by `CASES`, its lines by tables.

    `written` holds the measures of each file of open data once it is written.
    """

    dataset: Dataset
    read: ReadTexts
    written: dict[str, Measured] = field(default_factory=dict, init=False)

    def write(self, offer: DataOffer) -> Iterator[bytes]:
        """A file in pieces; its size and digest are measured meanwhile."""
        size, sha = 0, sha256()
        made = offer.write(self)
        for chunk in [encode_json(made)] if isinstance(made, Mapping) else made:
            size += len(chunk)
            sha.update(chunk)
            yield chunk
        self.written[offer.name] = Measured(
            # Only schemas and exchange formats, which are JSON, have no media type here.
            size=size,
            digest=sha.hexdigest(),
            media_type=offer.media_type or "application/json",
        )

    @cached_property
    def rows(self) -> dict[DataTable, tuple[Row, ...]]:
        """The rows of every table."""
        languages = self.dataset.languages
        return {table_in(t, languages): tuple(list_rows(t, self.dataset)) for t in TABLES}


@dataclass(frozen=True, slots=True)
class DataOffer:
    """One file of open data in `data/`; `write` gives its pieces, or an object for JSON.

    A file with a media type is part of the JSON-LD as well. A file `for_few` cases only is in no
    release: its bytes depend on the tables and on the versions of the packages that write it.
    """

    name: str
    note: Text
    write: Callable[[WrittenCases], Iterable[bytes] | Mapping[str, object]]
    _: KW_ONLY
    media_type: str = ""
    for_few: bool = False


def _write_table(table: DataTable, cases: WrittenCases) -> Iterator[bytes]:
    yield write_csv([table_in(table, cases.dataset.languages).names]).encode()
    if table in CASE_TABLES:
        yield from cases.read(table.name, b"")
    else:
        yield _write_lines(table, list_rows(table, cases.dataset), cases.dataset).encode()


def _write_lines(table: DataTable, rows: Iterable[Row], dataset: Dataset) -> str:
    names = table_in(table, dataset.languages).names
    return write_csv([row[name] for name in names] for row in rows)


# The tables first; the package last, because it states size and digest of all others.
_OFFERS: Final = (
    *(
        DataOffer(f"{one.name}.csv", one.note, partial(_write_table, one), media_type="text/csv")
        for one in TABLES
    ),
    DataOffer(
        "cases.json",
        say("data.offers.cases"),
        lambda cases: join_cases(cases.dataset, cases.read(CASES, b",\n  ")),
        media_type="application/json",
    ),
    DataOffer(
        "cases.schema.json",
        say("data.offers.schema"),
        lambda cases: describe_schema(cases.dataset),
    ),
    DataOffer(
        "casebook.xlsx",
        say("data.offers.workbook"),
        lambda cases: [write_workbook(cases.rows, cases.dataset)],
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        for_few=True,
    ),
    DataOffer(
        "casebook.sqlite",
        say("data.offers.sqlite"),
        lambda cases: [write_sqlite(cases.rows, cases.dataset.languages)],
        media_type="application/vnd.sqlite3",
        for_few=True,
    ),
    DataOffer(
        "ocds.json",
        say("data.offers.ocds"),
        lambda cases: describe_releases(cases.dataset),
        for_few=True,
    ),
    DataOffer(
        CSVW_NAME,
        say("data.offers.csvw"),
        lambda cases: describe_csvw(cases.dataset),
        media_type="application/csvm+json",
    ),
    DataOffer(
        "datapackage.json",
        say("data.offers.package"),
        lambda cases: describe_package(cases.dataset, cases.written),
        media_type="application/vnd.datapackage+json",
    ),
)


def list_offers(dataset: Dataset) -> tuple[DataOffer, ...]:
    """The files of open data of the whole data set, the tables first."""
    are_few = len(dataset.cases) <= MOST_IN_ALL_FORMATS
    return tuple(offer for offer in _OFFERS if are_few or not offer.for_few)


def export_site(dataset: Dataset, read: ReadTexts) -> Iterator[DataStream]:
    """The files of open data for the whole site, from the texts of the cases."""
    cases = WrittenCases(dataset, read)
    for offer in list_offers(dataset):
        yield DataStream(f"data/{offer.name}", cases.write(offer))


def export_case(case: Case, dataset: Dataset) -> tuple[DataFile, DataFile, DataFile]:
    """The files of open data of one case: its record as JSON, its figures, its package."""
    folder = f"cases/{case.slug}"
    names = table_in(CASE_FIGURES, dataset.languages).names
    rows = ([row[name] for name in names] for row in case_figure_rows(case, dataset))
    table = write_marked_csv((names, *rows))
    package = describe_case_package(case, dataset, table)
    return (
        DataFile(f"{folder}/{case.slug}.json", encode_json(dump_record(case, dataset))),
        DataFile(f"{folder}/{case.slug}.csv", table),
        DataFile(f"{folder}/datapackage.json", encode_json(package)),
    )


def freeze_dataset(dataset: Dataset) -> tuple[DataFile, ...]:
    """The files of a release, in one folder."""
    cases = write_cases(dataset)
    released = (offer for offer in _OFFERS if not offer.for_few)
    return tuple(DataFile(offer.name, b"".join(cases.write(offer))) for offer in released)


def write_cases(dataset: Dataset) -> WrittenCases:
    """A data set with the texts of all its cases, written at once."""
    texts = [
        write_case_texts(case, dataset, encode_json(dump_record(case, dataset)))
        for case in dataset.cases
    ]
    return WrittenCases(dataset, lambda name, between: [between.join(one[name] for one in texts)])


def write_case_texts(case: Case, dataset: Dataset, described: bytes) -> dict[str, bytes]:
    """The lines of a case in each table of cases, by table name, and its JSON by `CASES`."""
    lines = {
        table.name: _write_lines(table, rows_of_case(table, case, dataset), dataset).encode()
        for table in CASE_TABLES
    }
    return {**lines, CASES: indent_case(described)}
