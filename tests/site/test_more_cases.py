"""A site of twenty-two cases: the ten and twelve made-up ones of the kinds that editors met."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT, TWELVE_MORE, Serve, make_project_of_22
from playwright.sync_api import Browser, Page

from bench.reader import weigh_page
from casebook.build.checking import check_project
from casebook.build.reading import read_dataset
from casebook.charts import find_charts, tabulate_chart
from casebook.record.dataset import Dataset
from casebook.record.evidence import find_answer

LISTS = (
    *("", "cases/", "timeline/", "money/", "compare/", "figures/", "charts/", "missing/"),
    *("documents/", "search/?q=2013", "charts/disclosure/", "charts/mode-provider/"),
)
# The pages of the made-up cases, one case of each kind, with its charts.
CASES = tuple(f"cases/{path.stem}/" for path in sorted(TWELVE_MORE.glob("data/cases/*.yaml")))
# Widths on both sides of the breakpoints of the style sheets, and of phones and screens.
LIST_WIDTHS = (320, 390, 640, 768, 1024, 1280)
CASE_WIDTHS = (320, 768, 1280)
SOAK_WIDTHS = (*range(320, 1921, 40), 359, 559, 639, 767, 991, 992, 1199)
FAULTS = (Path(__file__).parent / "layout.js").read_text("utf-8")

# The words with less contrast to their background than WCAG asks for.
PALE = """() => {
  const rgb = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = (colour) => {
    const [r, g, b] = rgb(colour).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (part) => {
    for (let box = part; box; box = box.parentElement) {
      const colour = getComputedStyle(box).backgroundColor;
      if (rgb(colour).length === 3) return colour;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  return [...document.querySelectorAll("main :is(p, li, td, th, a, text, span, h1, h2, summary)")]
    .filter((part) => part.checkVisibility() && part.textContent.trim())
    .filter((part) => {
      const look = getComputedStyle(part);
      const [one, other] = [part.matches("text") ? look.fill : look.color, behind(part)].map(light);
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
    }).map((part) => part.outerHTML.slice(0, 80));
}"""


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
        pytest.param("annual-and-sum", "2008、2009、2010、2011、2012、2013、2014", id="years"),
        pytest.param("only-plans", "2016年起、2016年至2020年", id="spans"),
        pytest.param("rough-words", "2012、2013", id="a decade is no year"),
        pytest.param("nothing-known", "", id="no year"),
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


@pytest.fixture(scope="module")
def opened(site: Path, browser: Browser, serve_directory: Serve) -> Iterator[tuple[Page, str]]:
    with serve_directory(site) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 844})
        yield context.new_page(), address
        context.close()


@pytest.mark.browser
@pytest.mark.soak("widths")
@pytest.mark.parametrize(("names", "widths"), [(LISTS, LIST_WIDTHS), (CASES, CASE_WIDTHS)])
@pytest.mark.parametrize("prefix", ["", "en/"])
def test_nothing_is_cut_covered_small_or_empty(
    opened: tuple[Page, str],
    names: tuple[str, ...],
    widths: tuple[int, ...],
    prefix: str,
    pytestconfig: pytest.Config,
) -> None:
    page, address = opened
    found = {}
    for name in names:
        page.goto(f"{address}/{prefix}{name}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        for width in SOAK_WIDTHS if pytestconfig.getoption("--soak") else widths:
            page.set_viewport_size({"width": width, "height": 844})
            found[name, width] = page.evaluate(FAULTS)

    assert {at: faults for at, faults in found.items() if faults} == {}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_in_either_scheme(opened: tuple[Page, str], scheme: str) -> None:
    page, address = opened
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    page.set_viewport_size({"width": 1280, "height": 844})
    found = []
    for name in ("", "cases/", "timeline/", "money/", "compare/", "cases/two-accounts/"):
        page.goto(f"{address}/{name}")
        found += [(name, part) for part in page.evaluate(PALE)]
    page.emulate_media(color_scheme="light")

    assert found == []
