"""Twice the cases: twelve made-up ones of the kinds that editors met, beside the ten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT, make_project_of_22

from bench.reader import weigh_page
from casebook.build.checking import check_project
from casebook.build.reading import read_dataset
from casebook.charts import find_charts, tabulate_chart
from casebook.record.dataset import Dataset
from casebook.record.evidence import find_answer


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("more") / "project"
    make_project_of_22(folder)
    return folder


@pytest.fixture(scope="module")
def dataset(project: Path) -> Dataset:
    return read_dataset(project)[0]


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    command = [sys.executable, "-m", "casebook", "--project", str(project), "build", "--quiet"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return project / "output"


def test_nothing_is_said_against_cases_that_are_right(project: Path) -> None:
    assert check_project(project) == []


def test_what_is_told_of_the_main_source_stays_true(dataset: Dataset) -> None:
    words = {name: text.zh for name, text in dataset.words.items()}

    assert (words["cases"], words["main_cases"]) == ("22", "10")
    assert words["main_provider_stated_places"] == "上海浦东"
    assert words["provider_stated_places"] == "山西、上海浦东、广州、深圳、香港"


def test_a_matrix_of_several_sources_speaks_of_none_of_them(dataset: Dataset) -> None:
    (selected,) = (found for found in find_charts(dataset) if found.name == "disclosure")
    table = tabulate_chart(selected, dataset, "zh")
    places = [row[0] for row in table.rows if row[0].startswith("上海浦东")]

    assert "汇编" not in f"{table.finding}{table.rows}"
    assert places == ["上海浦东（测例庚）", "上海浦东（测例辛）", "上海浦东（设施建好）"]


@pytest.mark.parametrize(
    ("slug", "years"),
    [
        pytest.param("annual-and-sum", "2008、2009、2010、2011、2012、2013、2014", id="each named"),
        pytest.param("only-plans", "2016年至2020年、2016年起", id="spans"),
        pytest.param("rough-words", "2012、2013", id="a decade is no year"),
        pytest.param("nothing-known", "", id="none"),
    ],
)
def test_the_years_of_a_case_are_all_that_it_names(dataset: Dataset, slug: str, years: str) -> None:
    case = dataset.by_slug[slug]

    assert find_answer(case, "year", dataset.vocabulary, dataset.sources).text.zh == years


def test_no_two_charts_of_a_case_show_the_same_figures(dataset: Dataset) -> None:
    shown = [frozenset(found.figures) for found in find_charts(dataset) if found.case]

    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("page", ["index.html", "en/index.html"])
def test_the_first_page_stays_light(site: Path, page: str) -> None:
    cost = weigh_page(site, page)

    assert cost.kilobytes <= 60
    assert cost.elsewhere == ()
