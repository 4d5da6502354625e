"""A published address never stops leading somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from records import case_of, dataset_of, figure, record

from casebook.build.reading import read_dataset
from casebook.checks.addresses import check_addresses, follow_address, follow_all, list_addresses
from casebook.checks.content import find_slugs
from casebook.commands.record_commands import record_addresses, write_ledgers
from casebook.pages import FIXED_ADDRESSES
from casebook.problems import Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import read_gone, read_ledger

ROOT = Path(__file__).resolve().parents[2]
GONE = """\
/cases/pudong/:
  title: 浦东：一个案例
  title_en: "Pudong: a case"
  why: 来源撤回了报道。
  why_en: The source withdrew its report.
  date: 2026-11-25
"""


def check(dataset: Dataset, *published: str, **files: str) -> list[Problem]:
    """The problems after these addresses were published."""
    ledger = {address: number for number, address in enumerate(published, 1)}
    dataset = replace(dataset, ledger=ledger, **files)
    return check_addresses(ROOT / "tests" / "tiny_site", dataset, FIXED_ADDRESSES, ())


def write_gone(folder: Path, text: str) -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "gone.yaml").write_text(text, encoding="utf-8")
    return folder


def gone_of(folder: Path, text: str = GONE) -> Dataset:
    """A data set of one case, with a list of withdrawn addresses."""
    problems: list[Problem] = []
    gone = read_gone(write_gone(folder, text), problems)
    assert problems == []
    return replace(dataset_of(record()), gone=gone)


def test_what_is_there_may_have_been_published() -> None:
    assert check(dataset_of(record()), "", "cases/", "cases/case-1/", "about/", "timeline/") == []


def test_a_vanished_case_is_an_error_that_offers_the_line_to_write() -> None:
    (problem,) = check(dataset_of(record()), "", "cases/case-0/")

    assert (problem.path, problem.at.line, problem.code) == (
        "data/published/addresses.txt",
        2,
        "E291",
    )
    assert "data/cases/case-1.yaml 加一行 aliases: [case-0]" in problem.hint.zh
    assert "the line /cases/case-0/: {title: …, why: …} to data/gone.yaml" in problem.hint.en


def test_an_alias_keeps_the_address_of_a_renamed_case_and_of_its_charts() -> None:
    case = case_of("aliases: [case-0]\n" + record(), "case-1")
    dataset = replace(dataset_of(record()), cases=(case,))

    assert check(dataset, "cases/case-0/", "charts/case-0-series/embed/") == []


def test_a_chart_that_the_data_came_to_refuse_is_no_fault_of_the_editor() -> None:
    assert check(dataset_of(record()), "charts/case-1-series/", "charts/counts/") == []


def test_a_vanished_text_is_an_error() -> None:
    assert [p.code for p in check(dataset_of(record()), "imprint/")] == ["E291"]


def test_a_tombstone_tells_what_became_of_a_case(tmp_path: Path) -> None:
    assert check(gone_of(tmp_path), "cases/pudong/", "charts/pudong-split/") == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("case-0.paid", "figures/case-1/#figure-paid", id="a figure"),
        pytest.param("case-0.more", "figures/case-1/#figure-more", id="one that was taken out"),
        pytest.param("case-0", "figures/case-1/", id="those of a case"),
        pytest.param("case-1.never", "cases/case-1/", id="one of which nothing is said"),
    ],
)
def test_an_address_of_a_figure_leads_to_its_place_or_to_its_case(
    address: str, expected: str
) -> None:
    gone = "history:\n  - {figure: more, date: 2026-11-23, kind: correction, from: 1元, why: 误}\n"
    case = case_of("aliases: [case-0]\n" + record(figure(), rest=gone), "case-1")
    dataset = replace(dataset_of(record()), cases=(case,))

    assert follow_address(f"figures/{address}/", dataset) == expected


def test_what_moved_to_the_page_of_one_figure_leads_to_its_place(tmp_path: Path) -> None:
    gone = gone_of(tmp_path, "/figures/case-1.spent/:\n  moved_to: /figures/case-1.paid/\n").gone
    dataset = replace(dataset_of(record(figure())), gone=gone)

    fates = dict(follow_all(dataset, list_addresses(dataset, (), FIXED_ADDRESSES)))

    assert fates == {"figures/case-1.spent/": "figures/case-1/#figure-paid"}


def test_nothing_is_said_of_addresses_while_a_case_cannot_be_read() -> None:
    assert check(dataset_of(record()), "cases/case-9/", unread=frozenset({"case-9"})) == []


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        pytest.param("case-1", "is an existing case", id="a case that is there"),
        pytest.param("Case 1", "is not a valid file name", id="no slug"),
        pytest.param("../case", "is not a valid file name", id="a path"),
        pytest.param("old", "is also listed in data/cases/case-1.yaml", id="claimed twice"),
    ],
)
def test_an_alias_is_a_slug_that_nobody_else_has(alias: str, words: str) -> None:
    first = case_of("aliases: old\n" + record(), "case-1")
    second = case_of(f"aliases: [{alias}]\n" + record(), "case-2")
    dataset = replace(dataset_of(record()), cases=(first, second))

    (problem,) = check(dataset)

    assert (problem.code, problem.path, problem.at.line) == ("E292", "data/cases/case-2.yaml", 1)
    assert words in problem.text.en


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        pytest.param("/cases/case-1/: {title: 一, why: 二}\n", "still exists", id="still there"),
        pytest.param("/old/: {moved_to: /abuot/}\n", "Did you mean /about/?", id="leads nowhere"),
    ],
)
def test_what_is_listed_as_gone_is_gone(tmp_path: Path, entry: str, words: str) -> None:
    (problem,) = check(gone_of(tmp_path, entry))

    assert (problem.code, problem.path, problem.at.line) == ("E293", "data/gone.yaml", 1)
    assert words in problem.message("en")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        pytest.param("/old/: {title: 一}\n", "E293", id="neither why nor where"),
        pytest.param("/old/: {title: 一, why: 二, moved_to: /about/}\n", "E293", id="both"),
        pytest.param("old: {title: 一, why: 二}\n", "E290", id="no address"),
        pytest.param("/old/: {moved_to: 'https://example.org/'}\n", "E290", id="elsewhere"),
        pytest.param("/old/: {why: 二}\n", "E202", id="no title"),
    ],
)
def test_an_entry_of_the_gone_is_whole(tmp_path: Path, entry: str, code: str) -> None:
    problems: list[Problem] = []
    read_gone(write_gone(tmp_path, entry), problems)

    assert [problem.code for problem in problems] == [code]


def test_a_line_of_the_ledger_is_an_address(tmp_path: Path) -> None:
    (tmp_path / "data/published").mkdir(parents=True)
    lines = "# head\n/cases/a/   # renamed once\n\nhttps://example.org/\n/a//b/\n"
    (tmp_path / "data/published/addresses.txt").write_text(lines, encoding="utf-8")
    problems: list[Problem] = []

    assert read_ledger(tmp_path, problems) == {"cases/a/": 2}
    assert [(problem.at.line, problem.code) for problem in problems] == [(4, "E290"), (5, "E290")]


def test_a_ledger_may_be_larger_than_any_record(tmp_path: Path) -> None:
    (tmp_path / "data/published").mkdir(parents=True)
    lines = "".join(f"/cases/place-{number}/\r\n" for number in range(60_000))
    (tmp_path / "data/published/addresses.txt").write_text(lines, encoding="utf-8", newline="")
    problems: list[Problem] = []

    assert len(read_ledger(tmp_path, problems)) == 60_000
    assert problems == []


def test_recording_only_adds_and_keeps_notes(tiny_project: Path) -> None:
    ledger = tiny_project / "data/published/addresses.txt"
    ledger.parent.mkdir()
    ledger.write_text("# 说明\n/old/ # 旧\n", encoding="utf-8")
    dataset, _ = read_dataset(tiny_project)

    ledgers, new = record_addresses(tiny_project, dataset)
    write_ledgers(tiny_project, ledgers)
    assert new > 0

    text = ledger.read_text(encoding="utf-8")
    again, _ = read_dataset(tiny_project)
    assert text.startswith("# 说明\n/\n")
    assert "\n/old/ # 旧\n" in text
    assert "\n/charts/haishu-series/embed/\n" in text
    assert record_addresses(tiny_project, again) == ({}, 0)
    assert ledger.read_text(encoding="utf-8") == text


def test_the_site_has_the_pages_that_the_check_reckons_with(
    built_site: Path, project_root: Path
) -> None:
    pages = {
        path.parent.relative_to(built_site).as_posix().removeprefix(".") + "/"
        for path in built_site.rglob("index.html")
    }
    pages = {"" if page == "/" else page for page in pages if not page.startswith("en/")}
    pages.discard("en/")
    dataset, _ = read_dataset(project_root)
    expected = set(list_addresses(dataset, find_slugs(project_root).values(), FIXED_ADDRESSES))

    charts = {page for page in pages if re.fullmatch(r"charts/.+/", page)}
    moved = set(dataset.ledger) - expected - charts

    assert pages - charts - moved == expected
    # New addresses are recorded only after they are published.
    assert set(dataset.ledger) <= pages


def test_moved_and_withdrawn_pages_say_so_in_both_languages(tiny_project: Path) -> None:
    case = tiny_project / "data" / "cases" / "haishu.yaml"
    case.write_text(
        case.read_text(encoding="utf-8") + "aliases: [haishu-district]\n", encoding="utf-8"
    )
    write_gone(tiny_project, GONE + "/about-us/: {moved_to: /about/}\n")
    command = [sys.executable, "-m", "casebook", "--project", str(tiny_project), "build", "--quiet"]
    subprocess.run([*command, "--siteurl", "https://example.org/a"], cwd=ROOT, check=True)
    output = tiny_project / "output"
    redirects = (output / "_redirects").read_text(encoding="utf-8").splitlines()

    for prefix, words, lang in (("", "来源撤回了报道", ""), ("en/", "withdrew its report", "/en")):
        gone = (output / prefix / "cases/pudong/index.html").read_text(encoding="utf-8")
        moved = (output / prefix / "cases/haishu-district/index.html").read_text(encoding="utf-8")
        assert words in gone
        assert '<meta name="robots" content="noindex">' in gone
        assert 'content="0; url=../../cases/haishu/index.html"' in moved
        assert f'rel="canonical" href="https://example.org/a{lang}/cases/haishu/"' in moved
        assert f"{lang}/cases/haishu-district/ {lang}/cases/haishu/ 301" in redirects
    assert "/cases/haishu-district/haishu-district.csv /cases/haishu/haishu.csv 301" in redirects
    assert "/about-us/ /about/ 301" in redirects
    assert "haishu-district" not in (output / "sitemap.xml").read_text(encoding="utf-8")
