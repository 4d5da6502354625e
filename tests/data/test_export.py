"""The open data agrees with its contract."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from records import dataset_of, export_dataset, figure, record, tiny_dataset

from casebook.data.export import export_case
from casebook.data.formats import disarm, encode_json
from casebook.data.tables import TABLES
from casebook.record.dataset import Dataset


def table(dataset: Dataset, name: str) -> list[dict[str, str]]:
    files = {file.path: file.content for file in export_dataset(dataset)}
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8"), newline="")))


def test_the_columns_are_those_of_the_contract() -> None:
    files = {
        file.path: file.content.decode()
        for file in export_dataset(tiny_dataset())
        if file.path.endswith(".csv")
    }

    assert files["data/figures.csv"].split("\r\n")[0] == (
        "case,figure,label,amount,value,min,max,unit,qualifier,measure,per,period,status,derived,"
        "source,quote,wording,scope,label_en"
    )
    assert files["data/events.csv"].split("\r\n")[0] == (
        "case,date,earliest,latest,precision,title,source,status,title_en"
    )
    assert (
        files["data/answers.csv"].split("\r\n")[0]
        == "case,question,state,value,elsewhere,elsewhere_source,value_en,elsewhere_en"
    )


@pytest.mark.parametrize(
    ("amount", "measure", "expected"),
    [
        pytest.param("4277万元", "annual_total", ("42770000", "", "", "CNY", "exact"), id="万元"),
        pytest.param("约8000万元", "annual_total", ("80000000", "", "", "CNY", "approx"), id="约"),
        pytest.param("7.2万元", "unit_price", ("72000", "", "", "CNY", "exact"), id="decimal"),
        pytest.param(
            "800元至1000元",
            "unit_price",
            ("", "800", "1000", "CNY", "range"),
            id="a range has ends",
        ),
        pytest.param("80%", "share", ("0.8", "", "", "ratio", "exact"), id="a share is a ratio"),
        pytest.param("130余项", "count", ("130", "", "", "项", "more_than"), id="a count"),
        pytest.param("0元", "user_fee", ("0", "", "", "CNY", "exact"), id="zero"),
    ],
)
def test_an_amount_is_a_plain_decimal_in_base_units(
    amount: str, measure: str, expected: tuple[str, ...]
) -> None:
    rows = table(dataset_of(record(figure(amount=amount, measure=measure))), "data/figures.csv")

    assert tuple(rows[0][name] for name in ("value", "min", "max", "unit", "qualifier")) == expected
    assert rows[0]["amount"] == amount


def test_tenths_are_not_binary_fractions() -> None:
    figures = [figure(f"n{n}", amount="0.1元", measure="unit_price") for n in range(3)]

    rows = table(dataset_of(record(*figures)), "data/figures.csv")

    assert [row["value"] for row in rows] == ["0.1", "0.1", "0.1"]


def test_an_event_has_the_days_that_its_date_can_mean() -> None:
    rows = table(tiny_dataset(), "data/events.csv")

    assert {
        "case": "guangzhou",
        "date": "[..2015-03-02]",
        "earliest": "",
        "latest": "2015-03-02",
        "precision": "interval",
        "title": "提出按月付酬",
        "source": "evening-2015-03-02",
        "status": "planned",
        "title_en": "",
    } in [row | {"precision": "interval"} for row in rows]


def test_every_case_answers_every_question() -> None:
    dataset = tiny_dataset()
    rows = table(dataset, "data/answers.csv")

    assert [(row["case"], row["question"]) for row in rows] == [
        (case.slug, question) for case in dataset.cases for question in dataset.vocabulary.questions
    ]
    assert {row["state"] for row in rows} <= {"stated", "partial", "not_stated", "not_applicable"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert disarm(f"{start}1+1") == f"'{start}1+1"


def test_a_hostile_label_cannot_start_a_formula_in_the_file() -> None:
    rows = table(dataset_of(record(figure(label="'=cmd|x'"))), "data/figures.csv")

    assert rows[0]["label"] == "'=cmd|x"


def test_the_file_of_a_case_joins_its_place_and_its_sources() -> None:
    dataset = tiny_dataset()
    case = dataset.by_slug["haishu"]
    files = {file.path: file.content for file in export_case(case, dataset)}
    text = files["cases/haishu/haishu.csv"].decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    package = json.loads(files["cases/haishu/datapackage.json"])

    assert {name: row[name] for name in ("figure", "place", "place_en")} == {
        "figure": "paid_2013",
        "place": "宁波海曙",
        "place_en": "Haishu, Ningbo",
    }
    assert row["source_title"] == dataset.sources[row["source"]].title.zh
    assert row["source_url"] == dataset.sources[row["source"]].url
    (resource,) = package["resources"]
    assert [one["name"] for one in resource["schema"]["fields"]] == list(row)


def test_everything_is_in_the_json() -> None:
    files = {file.path: file.content for file in export_dataset(tiny_dataset())}
    cases = json.loads(files["data/cases.json"])["cases"]

    assert [case["slug"] for case in cases] == ["haishu", "guangzhou"]
    assert cases[0]["figures"][1]["value"] == "1500000"
    assert cases[0]["title"]["en"] == "Haishu: who runs the reading clubs"
    assert cases[1]["conflicts"][0]["figures"] == ["pay", "pay_said"]
    assert cases[1]["figures"][0]["review"] == "contradicted"
    assert json.loads(files["data/cases.json"])["reviews"] == {"contradicted": 2, "single": 3}


def test_a_computed_figure_names_its_formula_and_its_source() -> None:
    own: dict[str, str | None] = {
        "amount": None,
        "period": None,
        "status": None,
        "source": None,
        "formula": "later - paid",
    }
    text = record(
        figure(),
        figure("later", amount="约150万元", period="2014"),
        figure("more", **own),
    )

    row = table(dataset_of(text), "data/figures.csv")[2]

    assert row == {
        "case": "case-1",
        "figure": "more",
        "label": "购买金额",
        "amount": "约30万元",
        "value": "300000",
        "min": "",
        "max": "",
        "unit": "CNY",
        "qualifier": "approx",
        "measure": "annual_total",
        "per": "",
        "period": "2013/2014",
        "status": "reported",
        "derived": "later - paid",
        "source": "evening-2015-03-02",
        "quote": "",
        "wording": "",
        "scope": "city",
        "label_en": "",
    }


def test_the_package_is_valid_for_frictionless(tmp_path: Path) -> None:
    import frictionless

    for file in export_dataset(tiny_dataset()):
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(file.content)

    report = frictionless.validate(str(tmp_path / "data" / "datapackage.json"))

    assert report.valid, report.flatten(["rowNumber", "fieldNumber", "type", "note"])
    assert report.stats["tasks"] == len(TABLES) + 6


def test_a_case_reads_the_same_in_cases_json_as_in_its_own_file() -> None:
    files = {
        file.path: json.loads(file.content)
        for file in export_dataset(tiny_dataset())
        if file.path.endswith(".json")
    }
    together = files["data/cases.json"]["cases"]

    assert [case["slug"] for case in together] == [case.slug for case in tiny_dataset().cases]
    assert together == [files[f"cases/{case['slug']}/{case['slug']}.json"] for case in together]


def test_json_holds_no_number_that_is_none() -> None:
    with pytest.raises(ValueError):
        encode_json({"value": float("nan")})
