"""The linked data of pages uses only terms of schema.org."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from records import dataset_of, figure, record

from casebook.pages.sharing import describe_figure, write_linked_data

# The types in use and their own and inherited properties, from the package schema-dts 2.1.0,
# which is generated from schema.org's definitions. AdministrativeArea inherits from Place,
# CorrectionComment from Comment.
TERMS: dict[str, set[str]] = {
    "Article": {
        *("about", "author", "correction", "dateModified", "datePublished", "description"),
        *("headline", "image", "inLanguage", "isBasedOn", "license", "name", "publisher", "url"),
        "version",
    },
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"item", "name", "position"},
    "WebSite": {"name", "url"},
    "Dataset": {
        *("creator", "dateModified", "description", "distribution", "inLanguage"),
        *("identifier", "isAccessibleForFree", "keywords", "license", "name", "publisher"),
        *("spatialCoverage", "temporalCoverage", "url", "variableMeasured", "version"),
    },
    "DataDownload": {"contentUrl", "encodingFormat", "name"},
    "PropertyValue": {
        *("description", "identifier", "maxValue", "minValue", "name", "propertyID", "subjectOf"),
        *("unitText", "url", "value", "valueReference"),
    },
    "CreativeWork": {"datePublished", "identifier", "name", "publisher", "url"},
    "Organization": {"name", "url"},
    "Place": {"name"},
    "AdministrativeArea": {"additionalProperty", "identifier", "name", "sameAs"},
    "CorrectionComment": {"datePublished", "text"},
}


def objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for part in value.values():
            yield from objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part)


def read_linked_data(page: Path) -> Iterator[Any]:
    text = page.read_text(encoding="utf-8")
    for script in re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL
    ):
        yield json.loads(script)


def test_every_term_of_the_site_is_one_of_schema_org(built_site: Path) -> None:
    used: dict[str, set[str]] = {}
    for page in built_site.rglob("*.html"):
        for value in read_linked_data(page):
            assert value["@context"] == "https://schema.org"
            for found in objects(value):
                names = {name for name in found if name[0] != "@"}
                used.setdefault(found["@type"], set()).update(names)

    assert used.keys() <= TERMS.keys()
    assert {kind: names - TERMS[kind] for kind, names in used.items()} == {
        kind: set() for kind in used
    }
    assert {"Article", "Dataset", "PropertyValue", "AdministrativeArea"} <= used.keys()


@pytest.mark.of_cases("beijing")
def test_every_figure_is_a_property_on_the_page_of_its_case_and_on_that_of_its_figures(
    built_site: Path,
) -> None:
    (case,) = read_linked_data(built_site / "cases" / "beijing" / "index.html")
    listed = {item["identifier"]: item for item in case["about"]["additionalProperty"]}
    (page,) = read_linked_data(built_site / "figures" / "beijing" / "index.html")

    assert sorted(listed) == sorted(own["identifier"] for own in page["@graph"])
    assert len(listed) > 20
    for own in page["@graph"]:
        assert own["subjectOf"][0]["name"]
        assert {item["propertyID"] for item in own["valueReference"]} - {"per"} == {
            *("qualifier", "period", "status", "source")
        }


@pytest.mark.parametrize(
    ("amount", "qualifier"),
    [
        pytest.param("约120万元", "approx", id="about"),
        pytest.param("逾120万元", "more_than", id="more than"),
    ],
)
def test_a_qualifier_goes_with_the_number(amount: str, qualifier: str) -> None:
    dataset = dataset_of(record(figure(amount=amount)))
    described = describe_figure(dataset.figures["case-1.paid"], "zh", dataset)

    told = {item["propertyID"]: item["value"] for item in described["valueReference"]}  # type: ignore[attr-defined]
    assert told == {
        "qualifier": qualifier,
        "period": "2013",
        "status": "reported",
        "source": "evening-2015-03-02",
    }


def test_no_text_can_end_the_script_that_it_stands_in() -> None:
    hostile = "</script><!--&"

    assert "<" not in write_linked_data({"name": hostile})
    assert json.loads(str(write_linked_data({"name": hostile})))["name"] == hostile


@pytest.mark.of_cases("beijing", "foshan")
def test_a_place_has_its_identifier_elsewhere_where_one_was_checked(built_site: Path) -> None:
    with (built_site / "data/cases.csv").open(encoding="utf-8", newline="") as opened:
        told = {row["case"]: row["same_as"] for row in csv.DictReader(opened)}

    for slug, address in told.items():
        (case,) = read_linked_data(built_site / "cases" / slug / "index.html")
        assert case["about"].get("sameAs", "") == address

    assert told["beijing"] == "https://www.wikidata.org/entity/Q956"
    assert told["foshan"] == ""
