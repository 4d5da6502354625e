"""The examples of docs/data.md run as they stand, over the data of the built site."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from conftest import PROJECT

from casebook.data.ocds_export import MAPPING

GUIDE = (PROJECT / "docs" / "data.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)


def blocks(language: str, having: str = "") -> list[str]:
    return [text for name, text in BLOCKS if name == language and having in text]


@pytest.mark.parametrize(
    ("library", "expected"),
    [
        pytest.param("pandas", "annual_total-CNY-city_purchase", id="pandas"),
        pytest.param("openpyxl", "('4277万元', 42770000)", id="openpyxl"),
    ],
)
def test_the_examples_in_python_run(built_site: Path, library: str, expected: str) -> None:
    (example,) = blocks("python", f"import {library}")

    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", example],
        cwd=built_site,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


def test_the_example_in_sql_runs(built_site: Path) -> None:
    (example,) = blocks("sql")
    with closing(sqlite3.connect(built_site / "data" / "casebook.sqlite")) as database:
        rows = database.execute(example).fetchall()

    assert ("beijing", "paid_2010", "4277万元", "2010") in {row[:4] for row in rows}
    assert all(row[4] for row in rows)


def test_the_filter_for_jq_runs(built_site: Path) -> None:
    program = shutil.which("jq")
    if program is None:
        pytest.skip("there is no jq here")
    (example,) = blocks("sh", "jq -r")
    found = re.search(r"jq -r '(.*?)'", example, re.DOTALL)
    assert found is not None

    done = subprocess.run(
        [program, "-r", found[1], str(built_site / "data" / "cases.json")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "beijing\tpaid_2010\t4277万元\t2010\tzfcg-2012-12-07\n" in done.stdout


def test_the_mapping_is_the_one_that_the_data_follow() -> None:
    rows = re.findall(r"^\| (.+?) · .+? \| `?(.+?)`? \| .+ \|$", GUIDE, re.MULTILINE)

    assert rows[1:] == [(row.ours.zh, row.path or "没有位置 · no place") for row in MAPPING]


def test_every_file_that_the_guide_names_is_there(built_site: Path) -> None:
    named = set(re.findall(r"`((?:\w|\.)+\.(?:csv|json|xlsx|sqlite))`", GUIDE))

    assert named
    assert [name for name in sorted(named) if not (built_site / "data" / name).is_file()] == []
