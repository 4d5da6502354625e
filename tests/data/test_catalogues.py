"""The data set for catalogues: CSVW beside the tables, DCAT, and a release for archives."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from csvw import CSVW
from rdflib import DCTERMS, Graph, Literal, Namespace, URIRef
from records import dataset_of, export_dataset, figure, record
from rocrate.rocrate import ROCrate

from casebook.data.catalogues import DatasetDescription, describe_dataset, describe_dcat
from casebook.data.releases import freeze_release
from casebook.record.dataset import Dataset
from casebook.record.settings import Licence, Settings
from casebook.text import NO_TEXT, Text

DCAT = Namespace("http://www.w3.org/ns/dcat#")
BY = "https://creativecommons.org/licenses/by/4.0/"
SETTINGS = Settings(
    name=Text("某站", "A site"),
    publisher=Text("某社", "A publisher"),
    siteurl="https://example.org",
    contact="desk@example.org",
    licence=Licence("CC BY 4.0", Text(f"{BY}deed.zh-hans", BY), "CC-BY-4.0"),
)
DAY = date(2026, 1, 5)


def a_dataset(settings: Settings = SETTINGS) -> Dataset:
    return replace(
        dataset_of(record(figure(), figure("second", amount="约90万元"))), settings=settings
    )


def write_files(dataset: Dataset, folder: Path) -> Path:
    for file in export_dataset(dataset):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.content)
    return folder / "data"


def is_valid(metadata: Path) -> bool:
    """True if every table of the metadata follows the rules of W3C."""
    read = CSVW(str(metadata), validate=True)
    assert len(read.tables) == 10
    try:
        return bool(read.is_valid)
    except ValueError:
        # The library raises an error for some faults and lists the others.
        return False


def description_of(**changes: object) -> DatasetDescription:
    return replace(describe_dataset(a_dataset()), **changes)  # type: ignore[arg-type]


def test_a_data_package_says_what_it_is_of_whom_and_for_whom(tmp_path: Path) -> None:
    dataset = a_dataset()
    package = json.loads((write_files(dataset, tmp_path) / "datapackage.json").read_bytes())

    assert package["id"] == package["homepage"] == "https://example.org/data/"
    assert (package["title"], package["title_en"]) == ("某站", "A site")
    assert 50 <= len(package["description"]) <= 5000
    assert 50 <= len(package["description_en"]) <= 5000
    assert package["version"] == describe_dataset(dataset).version
    assert package["licenses"] == [{"name": "CC-BY-4.0", "path": BY, "title": "CC BY 4.0"}]
    assert package["contributors"] == [
        {"title": "某社", "role": "publisher", "email": "desk@example.org"}
    ]
    assert package["keywords"]


def test_a_case_has_a_package_of_its_own_name_and_version(tmp_path: Path) -> None:
    whole = json.loads((write_files(a_dataset(), tmp_path) / "datapackage.json").read_bytes())
    own = json.loads((tmp_path / "cases/case-1/datapackage.json").read_bytes())

    assert own["id"] == "https://example.org/cases/case-1/"
    assert own["title"] != whole["title"]
    assert own["version"] != whole["version"]
    assert own["licenses"] == whole["licenses"]


def test_a_site_that_says_nothing_of_itself_has_nothing_said_of_it(tmp_path: Path) -> None:
    dataset = a_dataset(Settings(name=Text("某站", "A site")))
    package = json.loads((write_files(dataset, tmp_path) / "datapackage.json").read_bytes())

    assert package.keys().isdisjoint({"id", "homepage", "licenses"})
    assert package["contributors"] == [{"title": "某站", "role": "publisher"}]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("\r\n", "\r\n", id="as it was written"),
        pytest.param(",paid,", ",second,", id="a key twice"),
        pytest.param("120", "many", id="no number"),
        pytest.param(",annual_total,", ",yearly,", id="no word of its list"),
    ],
)
def test_tools_of_csvw_find_the_tables_valid_and_a_spoiled_one_not(
    tmp_path: Path, old: str, new: str
) -> None:
    table = write_files(a_dataset(), tmp_path) / "figures.csv"
    head, *rows = table.read_bytes().decode().splitlines(keepends=True)
    assert any(old in row for row in rows)
    table.write_bytes("".join([head, *(row.replace(old, new) for row in rows)]).encode())

    assert is_valid(table.with_name("csv-metadata.json")) is (old == new)


def test_dcat_gives_a_portal_the_data_set_and_each_file() -> None:
    described = describe_dcat(description_of(), [("figures.csv", "text/csv")])
    graph = Graph().parse(data=json.dumps(described), format="json-ld")
    own = URIRef("https://example.org/data/")

    assert {*graph.objects(own, DCTERMS.title)} == {
        Literal("某站", lang="zh-Hans"),
        Literal("A site", lang="en"),
    }
    assert graph.value(own, DCTERMS.license) == URIRef(BY)
    assert graph.value(own, DCAT.contactPoint) == URIRef("mailto:desk@example.org")
    (file,) = graph.objects(own, DCAT.distribution)
    assert graph.value(file, DCAT.downloadURL) == URIRef("https://example.org/data/figures.csv")
    assert graph.value(file, DCAT.mediaType) == URIRef(
        "https://www.iana.org/assignments/media-types/text/csv"
    )


def test_dcat_leaves_out_what_a_site_does_not_say() -> None:
    bare = description_of(licence=None, contact="", period="", keywords=())

    assert (
        describe_dcat(bare, [])
        .keys()
        .isdisjoint(
            {
                "dct:license",
                "dcat:contactPoint",
                "dct:temporal",
                "dcat:keyword",
                "dcat:distribution",
            }
        )
    )


def test_a_release_is_a_research_object_of_all_its_files(tmp_path: Path) -> None:
    folder = freeze_release(tmp_path, a_dataset(), DAY)
    crate = ROCrate(str(folder))

    about = {"ro-crate-metadata.json", "zenodo.json", "manifest.json"}
    listed = {entity.id for entity in crate.data_entities}
    assert listed == {path.name for path in folder.iterdir()} - about
    assert (crate.name, crate.license.id) == ("某站", BY)
    assert crate.root_dataset["datePublished"] == "2026-01-05"
    assert crate.root_dataset["publisher"]["name"] == "某社"
    for entity in crate.data_entities:
        assert int(entity["contentSize"]) == (folder / entity.id).stat().st_size


def test_a_release_can_be_deposited_as_it_is(tmp_path: Path) -> None:
    told = json.loads((freeze_release(tmp_path, a_dataset(), DAY) / "zenodo.json").read_bytes())

    # The members that developers.zenodo.org requires of a deposit and of an open data set.
    assert told.keys() >= {"upload_type", "publication_date", "title", "creators", "description"}
    assert (told["upload_type"], told["publication_date"]) == ("dataset", "2026-01-05")
    assert (told["access_right"], told["license"]) == ("open", "cc-by-4.0")
    assert told["creators"] == [{"name": "某社"}]
    assert told["language"] == "zho"


@pytest.mark.parametrize(
    "licence",
    [
        pytest.param(None, id="none"),
        pytest.param(Licence("只可阅读", NO_TEXT), id="one of its own"),
    ],
)
def test_what_is_under_no_known_licence_is_not_put_under_one(
    tmp_path: Path, licence: Licence | None
) -> None:
    folder = freeze_release(tmp_path, a_dataset(replace(SETTINGS, licence=licence)), DAY)

    assert not (folder / "zenodo.json").exists()
