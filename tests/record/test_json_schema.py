"""case.schema.json: made from the reader and the vocabulary, and valid for the ten cases."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import PROJECT, TEN_CASES, make_tiny_project
from processes import run
from records import tiny_lists

from casebook.build.checking import load_checked
from casebook.problems import Problem
from casebook.record.description import fields_of
from casebook.record.json_schema import SCHEMA_FILE, check_schema, make_schema, write_schema
from casebook.record.lists import read_lists
from casebook.record.model import Answer, Case, Change, Conflict, Document, Event, Figure, Report

PROBLEMS: list[Problem] = []
LISTS = read_lists(TEN_CASES, PROBLEMS)
CASES = sorted((TEN_CASES / "data" / "cases").glob("*.yaml"))


class NumbersLoader(yaml.SafeLoader):
    """Reads numbers as numbers, as the programs of editors do, but dates as text."""


NumbersLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(record: Any) -> list[str]:
    """The errors that the schema finds in a record, each with its place and message."""
    validator = jsonschema.Draft7Validator(make_schema(LISTS))
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator.iter_errors(record)
    ]


def test_what_was_added_to_the_lists_is_warned_of_until_the_schema_has_it(tmp_path: Any) -> None:
    make_tiny_project(tmp_path)
    assert check_schema(tmp_path, tiny_lists().vocabulary, ["anything"]) == []
    (tmp_path / SCHEMA_FILE).write_bytes(write_schema(tiny_lists()))
    sources = tmp_path / "data/sources.yaml"
    more = "paper-2020: {title: 报, publisher: 某报, kind: news_report, published: 2020}\n"
    sources.write_text(sources.read_text("utf-8") + more, "utf-8")

    before = [one for one in load_checked(tmp_path)[1] if one.code == "W268"]
    assert run(tmp_path, "schema").returncode == 0

    assert [(one.path, "paper-2020" in one.text.en) for one in before] == [(SCHEMA_FILE, True)]
    assert [one for one in load_checked(tmp_path)[1] if one.code == "W268"] == []


def test_it_is_a_sound_schema() -> None:
    jsonschema.Draft7Validator.check_schema(make_schema(LISTS))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("loader", [yaml.BaseLoader, NumbersLoader], ids=["texts", "numbers"])
def test_every_case_fits_it(path: Any, loader: Any) -> None:
    record = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)

    assert faults(record) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_names_it_in_its_first_line(path: Any) -> None:
    first = path.read_text(encoding="utf-8").split("\n")[0]

    assert first == "# yaml-language-server: $schema=../case.schema.json"


@pytest.mark.parametrize("cls", [Case, Answer, Figure, Report, Change, Event, Document, Conflict])
def test_every_field_of_a_case_is_explained_in_both_languages(cls: type) -> None:
    assert [one.name for one in fields_of(cls) if not (one.note.zh and one.note.en)] == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param({"titel": "x"}, "", id="unknown field"),
        pytest.param({"topic": "readin"}, "topic", id="unknown word"),
        pytest.param({"region": "999999"}, "region", id="unknown region"),
        pytest.param({"figures": {"a": {"label": "x"}}}, "figures/a", id="missing fields"),
        pytest.param({"events": [{"date": 1995, "title": "x"}]}, "events/0", id="no source"),
        pytest.param({"answers": {"mode": "by_hand"}}, "answers/mode", id="unknown answer"),
    ],
)
def test_it_sees_what_check_would_refuse(change: dict[str, Any], place: str) -> None:
    record = {"title": "x", "region": 441900, "topic": "culture", "summary": "x"} | change

    assert {fault.partition(":")[0] for fault in faults(record)} == {place}


def test_a_command_writes_it(tmp_path: Any) -> None:
    import shutil

    shutil.copytree(PROJECT / "data", tmp_path / "data")
    shutil.copy(PROJECT / "pelicanconf.py", tmp_path)

    done = run(tmp_path, "schema")

    assert done.returncode == 0
    assert json.loads((tmp_path / "data" / "case.schema.json").read_bytes())["type"] == "object"
