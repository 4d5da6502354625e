"""case.schema.json: made from the reader and the vocabulary, true to the ten cases."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import PROJECT
from processes import run

from casebook.problems import Problem
from casebook.record.description import fields_of
from casebook.record.json_schema import make_schema, write_schema
from casebook.record.lists import read_lists
from casebook.record.model import Answer, Case, Change, Conflict, Document, Event, Figure, Report

PROBLEMS: list[Problem] = []
LISTS = read_lists(PROJECT, PROBLEMS)
CASES = sorted((PROJECT / "data" / "cases").glob("*.yaml"))


class NumbersLoader(yaml.SafeLoader):
    """Reads numbers as numbers, as editors' programs do, and dates as texts."""


NumbersLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(record: Any) -> list[str]:
    """What the schema says against a record, each as its place and the words."""
    validator = jsonschema.Draft7Validator(make_schema(LISTS))
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator.iter_errors(record)
    ]


def test_the_file_is_what_the_program_makes() -> None:
    written = (PROJECT / "data" / "case.schema.json").read_bytes()

    assert written == write_schema(LISTS), "run: python3 build.py schema"


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
