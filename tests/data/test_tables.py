"""The tables in all formats: described, typed, joined by keys, and always the same bytes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import frictionless
import jsonschema
import openpyxl
import pytest
from conftest import PROJECT, TEN_CASES
from records import dataset_of, export_dataset, figure, record, tiny_dataset

from casebook.build.reading import read_dataset
from casebook.data.export import write_cases
from casebook.data.formats import write_sqlite
from casebook.data.ocds_export import MAPPING, REASONS, describe_releases, place_figure
from casebook.data.tables import CASES, TABLES, list_rows
from casebook.data.workbook import write_workbook
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.text import DEFAULT_LANGUAGES
from casebook.values.dates import parse_period


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """The project's own ten cases."""
    found, _ = read_dataset(TEN_CASES)
    return found


@pytest.fixture(scope="module")
def files(dataset: Dataset) -> dict[str, bytes]:
    """The open data of the project's own cases."""
    return {file.path: file.content for file in export_dataset(dataset)}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


# The data package


@pytest.fixture(scope="module")
def package(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_the_package_of_the_real_cases_is_valid(package: Path) -> None:
    report = frictionless.validate(str(package / "data" / "datapackage.json"))

    assert report.valid, report.flatten(["name", "rowNumber", "fieldNumber", "type", "note"])
    assert report.stats["tasks"] == len(TABLES) + 6


@pytest.mark.parametrize("folder", ["data", "cases/beijing"])
def test_the_package_tells_the_size_and_the_digest_of_every_file_beside_it(
    package: Path, folder: str
) -> None:
    description = json.loads((package / folder / "datapackage.json").read_bytes())
    beside = {path.name for path in (package / folder).iterdir() if path.is_file()}
    told = {resource["path"]: resource for resource in description["resources"]}

    assert beside - told.keys() - {"beijing.json"} == {"datapackage.json"}
    for path, resource in told.items():
        content = (package / folder / path).read_bytes()
        assert resource["bytes"] == len(content), path
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}", path


def test_the_package_of_one_case_is_valid_by_itself(package: Path) -> None:
    report = frictionless.validate(str(package / "cases/beijing/datapackage.json"))

    assert report.valid, report.flatten(["rowNumber", "fieldNumber", "type", "note"])
    assert report.stats["tasks"] == 1


@pytest.mark.parametrize(
    ("table", "old", "new", "error"),
    [
        pytest.param("figures", ",annual_total,", ",yearly,", "constraint-error", id="a word"),
        pytest.param("figures", ",42770000,", ",many,", "type-error", id="a number"),
        pytest.param("figures", "beijing,paid_2010", "nowhere,paid_2010", "foreign-key", id="key"),
        pytest.param("figures", "beijing,paid_2011", "beijing,paid_2010", "primary-key", id="once"),
    ],
)
def test_the_package_refuses_a_table_that_is_wrong(
    package: Path, tmp_path: Path, table: str, old: str, new: str, error: str
) -> None:
    for path in (package / "data").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    spoiled = tmp_path / f"{table}.csv"
    text = spoiled.read_text(encoding="utf-8")
    assert old in text
    spoiled.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    report = frictionless.validate(str(tmp_path / "datapackage.json"))

    assert error in {row[0] for row in report.flatten(["type"])}


def test_every_column_is_described_in_both_languages(files: dict[str, bytes]) -> None:
    resources = json.loads(files["data/datapackage.json"])["resources"]
    tables = [resource["schema"] for resource in resources if "schema" in resource]
    fields = [field for schema in tables for field in schema["fields"]]

    assert len(fields) > 50
    assert all(field["description"] and field["description_en"].isascii() for field in fields)


# SQLite and the workbook


@pytest.fixture(scope="module")
def database(files: dict[str, bytes]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.deserialize(files["data/casebook.sqlite"])
        yield opened


def test_the_database_is_whole_and_its_keys_lead_somewhere(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_database_holds_numbers_as_numbers(database: sqlite3.Connection) -> None:
    found = database.execute(
        "SELECT amount, value, typeof(value), min, max FROM figures "
        "WHERE \"case\" = 'shenzhen-baoan' AND qualifier = 'range'"
    ).fetchone()
    share = database.execute("SELECT value FROM figures WHERE unit = 'ratio'").fetchone()

    assert found[1:] == (None, "null", 800, 1000)
    assert share[0] < 10


def test_the_database_holds_every_row_of_the_tables(
    database: sqlite3.Connection, files: dict[str, bytes]
) -> None:
    for table in TABLES:
        (count,) = database.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
        assert (table.name, count) == (table.name, len(rows_of(files[f"data/{table.name}.csv"])))


def test_the_workbook_holds_numbers_beside_their_wording(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["data/casebook.xlsx"]), read_only=True)
    header, *rows = book["数字 figures"].iter_rows(values_only=True)
    told = rows_of(files["data/figures.csv"])

    assert len(rows) == len(told)
    for row, expected in zip(rows, told, strict=True):
        cells = dict(zip(header, row, strict=True))
        assert cells["amount"] == expected["amount"]
        for name in ("value", "min", "max"):
            wanted = Decimal(expected[name]) if expected[name] else None
            assert (None if cells[name] is None else Decimal(repr(cells[name]))) == wanted
    assert header[:3] == ("case", "figure", "label")
    assert header[header.index("measure") + 1] == "measure 中文"


def test_the_workbook_explains_every_column(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["data/casebook.xlsx"]), read_only=True)
    first = book.worksheets[0]
    told = {(row[0], row[1]) for row in first.iter_rows(min_row=2, values_only=True)}

    assert told == {
        (f"{table.title.zh} {table.name}", name) for table in TABLES for name in table.names
    }


@pytest.mark.parametrize("start", ["=1+1", "@SUM(A1)", "+1", "-1", "https://example.org"])
def test_no_cell_of_the_workbook_is_a_formula_or_a_link(start: str) -> None:
    dataset = dataset_of(record(figure(label=f"'{start}'")))
    content = write_workbook(write_cases(dataset).rows, dataset)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = book["数字 figures"]["C2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (start, "s", None)


def test_the_formats_have_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = tiny_dataset()
    filled = write_cases(dataset).rows
    before = write_sqlite(filled, DEFAULT_LANGUAGES), write_workbook(filled, dataset)
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    monkeypatch.setenv("TZ", "Asia/Shanghai")

    after = write_sqlite(filled, DEFAULT_LANGUAGES), write_workbook(filled, dataset)
    assert after == before
    archive = zipfile.ZipFile(io.BytesIO(before[1]))
    assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert b"1980-01-01T00:00:00Z" in archive.read("docProps/core.xml")


# cases.json by its schema


def test_the_records_are_valid_by_their_schema(files: dict[str, bytes]) -> None:
    schema = json.loads(files["data/cases.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.validate(json.loads(files["data/cases.json"]), schema)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("measure", "yearly", id="a word that is none"),
        pytest.param("value", "8000万", id="no decimal"),
        pytest.param("amount", "", id="no wording"),
        pytest.param("color", "red", id="a field that is none"),
    ],
)
def test_the_schema_refuses_a_record_that_is_wrong(
    files: dict[str, bytes], key: str, value: str
) -> None:
    records = json.loads(files["data/cases.json"])
    records["cases"][0]["figures"][0][key] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(records, json.loads(files["data/cases.schema.json"]))


# OCDS


def test_every_figure_has_a_place_in_ocds_or_a_reason(
    files: dict[str, bytes], dataset: Dataset
) -> None:
    told = json.loads(files["data/ocds.json"])
    paths = {path for row in MAPPING for path in row.path.split(", ")}

    assert told["conformsTo"] is None
    for case in dataset.cases:
        for item in case.figures.values():
            path, reason = place_figure(item, case, dataset)
            assert bool(path) != bool(reason)
            assert not path or any(path.startswith(known) for known in paths)
            assert not reason or reason in REASONS


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"amount": "约120万元"}, ("", "qualifier"), id="about"),
        pytest.param({"amount": "100至120万元"}, ("", "range"), id="range"),
        pytest.param({}, ("", "status"), id="reported and no more"),
        pytest.param({"status": "planned"}, ("planning.budget.amount", ""), id="planned"),
        pytest.param(
            {"amount": "3个", "measure": "count", "scope": "clubs"}, ("", "not_money"), id="count"
        ),
    ],
)
def test_ocds_takes_only_what_it_can_say(fields: dict[str, str], expected: tuple[str, str]) -> None:
    dataset = dataset_of(record(figure(**fields)))
    case = dataset.cases[0]

    assert place_figure(case.figures["paid"], case, dataset) == expected


def test_a_validator_of_ocds_misses_what_the_file_says_and_nothing_else() -> None:
    data = dataset_of(record(figure(status="planned"), figure("price", measure="unit_price")))
    case = data.cases[0]
    paid = replace(case.figures["paid"], id="done", status="paid", period=parse_period("2014"))
    data = replace(data, cases=(replace(case, figures={**case.figures, "done": paid}),))
    schema = json.loads((PROJECT / "tests/data/ocds-release-schema.json").read_text("utf-8"))
    told = describe_releases(data)
    validate = jsonschema.Draft4Validator(schema).iter_errors

    missing = {
        ".".join([*(f"{name}[]" for name in error.absolute_path if isinstance(name, str)), field])
        for release in (*told["cases"], *describe_releases(tiny_dataset())["cases"])
        for error in validate(release)
        for field in [error.message.split("'")[1]]
        if error.validator == "required" or pytest.fail(error.message)
    }

    assert missing == set(told["validator"]["missing"])


# A stranger with only the downloads


def test_a_stranger_can_tell_which_figures_may_be_compared(
    files: dict[str, bytes], dataset: Dataset
) -> None:
    classes: dict[str, list[str]] = {}
    for row in rows_of(files["data/comparability.csv"]):
        if row["class"]:
            classes.setdefault(row["class"], []).append(f"{row['case']}.{row['figure']}")

    several = [[dataset.figures[key] for key in keys] for keys in classes.values()]
    assert sum(len(group) > 1 for group in several) >= 5
    found = [{class_of(figure) for figure in group} for group in several]
    assert all(len(group) == 1 for group in found)
    assert len(set().union(*found)) == len(found)


def test_a_stranger_can_tell_what_each_figure_rests_on(files: dict[str, bytes]) -> None:
    sources = {row["source"]: row for row in rows_of(files["data/sources.csv"])}
    rests: dict[tuple[str, str], list[str]] = {}
    for row in rows_of(files["data/evidence.csv"]):
        if row["relation"] == "rests_on":
            rests.setdefault((row["case"], row["figure"]), []).append(row["source"])

    for row in rows_of(files["data/figures.csv"]):
        named = rests[row["case"], row["figure"]]
        assert "|".join(named) == row["source"]
        assert all(sources[name]["title"] and sources[name]["publisher"] for name in named)


def test_a_stranger_finds_what_a_word_means(files: dict[str, bytes]) -> None:
    words = {(row["list"], row["key"]): row for row in rows_of(files["data/vocabulary.csv"])}

    for row in rows_of(files["data/figures.csv"]):
        assert words["measures", row["measure"]]["note"]
        assert ("statuses", row["status"]) in words
        assert all(("per", key) in words for key in row["per"].split("/") if key)


def test_the_version_of_a_case_changes_with_its_record() -> None:
    before, after = (
        list(list_rows(CASES, dataset_of(text, record())))
        for text in (record(figure()), record(figure(amount="130万元")))
    )

    assert [len(row["version"]) for row in before] == [12, 12]
    assert [
        one["version"] == other["version"] for one, other in zip(before, after, strict=True)
    ] == [
        False,
        True,
    ]
