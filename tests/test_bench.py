"""The benchmark: its cases are sound and always the same, and its table shows the measurements."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import chart, kills
from bench.cases import make_case, make_cases, write_project
from bench.equal_pages import list_pages
from bench.goals import GOALS, Ratio, judge_goals
from bench.measure import Run, find_family, measure_process, read_memory
from bench.peers import list_peers
from bench.picture import draw_runs
from bench.reader import weigh_page
from bench.run import make_table
from casebook.build.checking import load_checked

ROOT = Path(__file__).resolve().parents[1]
# The changes that must be made before another change is possible.
BEFORE = {
    "one case renamed": ("one case added",),
    "one case deleted": ("one case added", "one case renamed"),
}


def read_all(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    assert make_case(7) == make_case(7)
    assert list(make_cases(3)) == list(make_cases(5))[:3]
    assert make_case(7).record != make_case(8).record


def test_the_made_up_cases_have_no_problem(tmp_path: Path) -> None:
    write_project(ROOT, tmp_path / "project", 12)
    dataset, problems = load_checked(tmp_path / "project")

    assert problems == []
    assert len(dataset.cases) == 12


def test_a_peer_of_as_many_pages_has_those_of_cases_and_figures(tmp_path: Path) -> None:
    write_project(ROOT, tmp_path / "project", 3)
    dataset, _ = load_checked(tmp_path / "project")
    own = [f"cases/{case.slug}/" for case in dataset.cases]
    own += [f"figures/{case.slug}/" for case in dataset.cases]

    pages = [page.address for made in make_cases(3) for page in list_pages(made)]

    assert sorted(pages) == sorted([*own, *(f"en/{address}" for address in own)])


def test_a_chart_of_the_bench_is_drawn_as_those_of_sites_are() -> None:
    assert 1_000 < chart.draw_own(2004) < chart.draw_own_twice(2004)


def test_the_picture_of_a_run_names_every_program() -> None:
    runs = {
        ("cold", name): [Run(wall=1, cpu=1, memory=50)] for name in ("Casebook", "Hugo", "Pelican")
    }

    drawn = draw_runs(runs, 10)

    assert all(name in drawn for _, name in runs)


def test_every_case_has_amounts_for_a_chart() -> None:
    assert min(len(made.amounts) for made in make_cases(30)) >= 2


def test_the_text_for_peers_has_no_reference_left() -> None:
    assert [made.slug for made in make_cases(30) if "{{" in made.body] == []


@pytest.mark.parametrize("name", list(list_peers(with_peers=False)[0].changes))
def test_a_change_leaves_a_sound_project(tmp_path: Path, name: str) -> None:
    casebook = list_peers(with_peers=False)[0]
    project = tmp_path / "project"
    casebook.write(project, 5)
    for earlier in BEFORE.get(name, ()):
        casebook.changes[earlier](project, 5, 0)
    before = read_all(project)
    casebook.changes[name](project, 5, 0)

    assert read_all(project) != before
    assert load_checked(project)[1] == []


def test_a_ratio_is_that_of_pairs_of_one_round() -> None:
    runs = {
        ("cold", "Casebook"): [
            Run(wall=1, cpu=1, memory=50),
            Run(wall=2, cpu=2, memory=50),
            Run(wall=4, cpu=4, memory=50),
        ],
        ("cold", "Hugo"): [
            Run(wall=2, cpu=4, memory=80),
            Run(wall=8, cpu=8, memory=80),
            Run(wall=4, cpu=4, memory=80),
        ],
    }
    lines = make_table(runs, 1000, 3).splitlines()

    assert lines[0] == "### 1,000 cases, 3 rounds"
    assert lines[-2] == "| cold | Casebook | 2.00 | 2.00 | 50 | 0 |  |  |"
    assert lines[-1] == "| cold | Hugo | 4.00 | 4.00 | 80 | 0 | 0.50 | 0.25 |"


def test_the_trial_of_kills_changes_every_case(tmp_path: Path) -> None:
    (casebook,) = list_peers(with_peers=False)
    casebook.write(tmp_path / "site", 3)
    before = read_all(tmp_path / "site")
    kills.change_every_case(tmp_path / "site")
    after = read_all(tmp_path / "site")

    assert sum(before[path] != after[path] for path in before) == 3


def test_the_trial_of_kills_tells_a_whole_site_from_a_half() -> None:
    old, new = {"index.html": "1", "a.html": "1"}, {"index.html": "2", "a.html": "2"}

    assert kills.name_outcome(dict(old), old, new) == "old site"
    assert kills.name_outcome(dict(new), old, new) == "new site"
    assert kills.name_outcome({"index.html": "2", "a.html": "1"}, old, new) == "neither"
    assert kills.name_outcome({}, old, new) == "neither"


def test_a_goal_is_judged_by_the_pairs_that_were_measured() -> None:
    runs = {
        ("cold", "Casebook"): [Run(wall=2, cpu=6, memory=50), Run(wall=2, cpu=6, memory=50)],
        ("cold", "Pelican, pyplot"): [Run(wall=8, cpu=8, memory=90), Run(wall=8, cpu=8, memory=90)],
        ("nothing changed", "Casebook"): [
            Run(wall=1, cpu=1, memory=20),
            Run(wall=1, cpu=1, memory=20),
        ],
        ("nothing changed", "Hugo"): [Run(wall=4, cpu=4, memory=70), Run(wall=4, cpu=4, memory=70)],
    }
    lines = judge_goals({10: runs}, {"first page": 90.0}).splitlines()

    assert lines[2:] == [
        "| cold, 10 cases: at most 1/2 of Pelican, pyplot | 1/4 | 1/1.33 "
        "| missed, 1.5 times the goal |",
        "| nothing changed, 10 cases: at most 1/2 of Hugo | 1/4 | 1/4 | met |",
        "| the reader's first page: at most 60 kB | 90 kB |  | missed, 1.5 times the goal |",
    ]


def test_no_goal_is_judged_of_which_nothing_was_measured() -> None:
    assert judge_goals({}, {}) == ""


def test_every_goal_beside_a_peer_names_a_change_that_is_measured() -> None:
    changes = {"cold", "nothing changed", *list_peers(with_peers=False)[0].changes}

    assert {goal.change for goal in GOALS if isinstance(goal, Ratio)} <= changes


def test_a_page_is_weighed_with_all_that_it_loads(tmp_path: Path) -> None:
    page = """<link rel="stylesheet" href="../a.css"><link rel="canonical" href="https://a.example/">
    <img src="../b.png" alt=""><script src="https://elsewhere.example/c.js"></script>
    <a href="../d.html">not loaded</a>"""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "index.html").write_text(page, encoding="utf-8")
    (tmp_path / "a.css").write_bytes(b"p {}" * 1000)
    (tmp_path / "b.png").write_bytes(b"x" * 5000)
    cost = weigh_page(tmp_path, "cases/index.html")

    assert cost.requests == 4
    assert cost.elsewhere == ("https://elsewhere.example/c.js",)
    # The picture counts uncompressed, the text compressed.
    assert 5.0 < cost.kilobytes < 5.5


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells this")
def test_memory_is_counted_with_the_processes_below() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        family = list(find_family(os.getpid()))

        assert child.pid in family
        assert read_memory(os.getpid()) > 1
    finally:
        child.communicate()


def test_a_process_that_fails_ends_the_benchmark_with_its_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such thing')"]
    with pytest.raises(SystemExit, match="no such thing"):
        measure_process(command, tmp_path, tmp_path)


def test_locks_of_peers_name_no_registry() -> None:
    locked = (ROOT / "bench" / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in locked
    assert locked.count('"integrity"') == locked.count('"node_modules/')
