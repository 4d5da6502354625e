"""The examples of docs/data.md run as printed, with the data of the built site."""

from __future__ import annotations

import codecs
import contextlib
import csv
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import html5lib
import pytest
from conftest import PROJECT

from casebook.data.catalogues import CRATE_NAME, ZENODO_NAME
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


@pytest.mark.of_cases("beijing")
def test_the_example_in_sql_runs(built_site: Path) -> None:
    (example,) = blocks("sql")
    with closing(sqlite3.connect(built_site / "data" / "casebook.sqlite")) as database:
        rows = database.execute(example).fetchall()

    assert ("beijing", "paid_2010", "4277万元", "2010") in {row[:4] for row in rows}
    assert all(row[4] for row in rows)


@pytest.mark.of_cases("beijing")
def test_the_filter_for_jq_runs(built_site: Path) -> None:
    (example,) = blocks("sh", "jq -r")
    found = re.search(r"jq -r '(.*?)'", example, re.DOTALL)
    assert found is not None

    shown = run_program("jq", "-r", found[1], "data/cases.json", folder=built_site)

    assert "beijing\tpaid_2010\t4277万元\t2010\tzfcg-2012-12-07\n" in shown


def test_the_command_of_frictionless_finds_nothing_wrong(built_site: Path) -> None:
    (command,) = blocks("sh", "frictionless")

    shown = run_program(sys.executable, "-m", *shlex.split(command), folder=built_site)

    assert "valid" in shown.lower()
    assert "invalid" not in shown.lower()


def test_the_example_in_r_runs(built_site: Path) -> None:
    (example,) = blocks("r")

    assert "annual_total-CNY-city_purchase" in run_program(
        "Rscript", "-e", example, folder=built_site
    )


@pytest.mark.parametrize(("page", "name"), [("data/", "figures"), ("charts/timeline/", "chart")])
def test_the_lines_beside_a_table_read_all_of_it(built_site: Path, page: str, name: str) -> None:
    """Run as printed: pandas, R and DuckDB read all cells of the file, including empty ones."""
    shown = html5lib.parse(
        (built_site / page / "index.html").read_text("utf-8"), namespaceHTMLElements=False
    )
    lines = ["".join(e.itertext()) for e in shown.iterfind(".//pre[@class='code__block']")]
    in_pandas, in_r, in_duckdb = lines[:3]
    path = built_site / re.findall(r'"(\S+?\.csv)"', in_pandas)[0]
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    found: dict[str, Any] = {}
    with contextlib.chdir(built_site):
        exec(in_pandas, found)
        read = duckdb.sql(in_duckdb).fetchall()
    cells = f"{in_r}write.table({name}, sep = '|', quote = FALSE, row.names = FALSE)"
    of_r = run_program("Rscript", "-e", cells, folder=built_site)

    assert found[name].to_numpy().tolist() == rows
    assert [[cell or "" for cell in row] for row in read] == rows
    assert [line.split("|") for line in of_r.splitlines()[1:]] == rows


def test_tables_that_are_opened_by_a_click_show_chinese_in_excel(built_site: Path) -> None:
    """The tables of charts and cases have a byte order mark; those for programs have none."""
    for path in built_site.rglob("*.csv"):
        kind = path.relative_to(built_site).parts[-3:-1]
        is_marked = path.read_bytes().startswith(codecs.BOM_UTF8)

        assert is_marked is (kind[0] in ("charts", "cases")), path


def run_program(name: str, *arguments: str, folder: Path) -> str:
    program = shutil.which(name)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing")
        pytest.skip(f"there is no {name} here")
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_mapping_is_the_one_that_the_data_follow() -> None:
    rows = re.findall(r"^\| (.+?) · .+? \| `?(.+?)`? \| .+ \|$", GUIDE, re.MULTILINE)

    assert rows[1:] == [(row.ours.zh, row.path or "没有位置 · no place") for row in MAPPING]


def test_every_file_that_the_guide_names_is_there(built_site: Path) -> None:
    named = set(re.findall(r"`((?:\w|[.-])+\.(?:csv|json|xlsx|sqlite))`", GUIDE))
    # These files belong to a release, and the test site has none.
    named -= {CRATE_NAME, ZENODO_NAME}

    assert named
    assert [name for name in sorted(named) if not (built_site / "data" / name).is_file()] == []


@pytest.mark.parametrize("page", ["data", "en/data"])
def test_the_workbook_is_the_first_file_that_is_offered(built_site: Path, page: str) -> None:
    text = (built_site / page / "index.html").read_text(encoding="utf-8")
    offered = re.findall(r'<li><a href="[^"]*/data/([^"/]+)">', text)

    # An Excel set to Chinese garbles the Chinese of a CSV that is opened by double-click.
    assert offered[0] == "casebook.xlsx"
    assert "figures.csv" in offered
