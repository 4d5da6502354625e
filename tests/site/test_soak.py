"""After any fault in a build, the published folder holds the old site or the new one.

The suite makes a few trials of each kind; `python3 build.py test --soak` makes some hundred, and
with the name of a part, as in `--soak kills`, only those of one part.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import soak, surroundings
from tests.conftest import make_tiny_project
from tests.soak import Lab, Tally

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and modes")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    project = tmp_path_factory.mktemp("project")
    make_tiny_project(project)
    return Lab(tmp_path_factory.mktemp("lab"), project)


@pytest.fixture(scope="module")
def large_lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    project = tmp_path_factory.mktemp("project")
    make_tiny_project(project)
    return Lab(tmp_path_factory.mktemp("large"), project, large=True)


@pytest.fixture
def times(pytestconfig: pytest.Config) -> Callable[[int, int], int]:
    """A function that chooses between the numbers of trials of the suite and of the soak."""
    whole = bool(pytestconfig.getoption("--soak"))
    return lambda few, many: many if whole else few


Times = Callable[[int, int], int]
Note = Callable[[str], None]


def expect_nothing_wrong(tally: Tally, note: Note) -> None:
    note(str(tally))
    print(tally, *tally.wrong, sep="\n")

    assert tally.wrong == []


@pytest.mark.soak("kills")
def test_a_build_killed_at_any_moment(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.kill_at_random(lab, times(3, 200)), note_figures)


@pytest.mark.soak("swap")
def test_a_build_killed_at_the_swap(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.kill_at_the_swap(lab, times(6, 200)), note_figures)


@pytest.mark.soak("large")
def test_a_build_of_a_large_site_killed_at_any_moment(
    large_lab: Lab, times: Times, note_figures: Note
) -> None:
    expect_nothing_wrong(soak.kill_at_random(large_lab, times(0, 100)), note_figures)


@pytest.mark.soak("large")
def test_a_build_of_a_large_site_killed_at_the_swap(
    large_lab: Lab, times: Times, note_figures: Note
) -> None:
    expect_nothing_wrong(soak.kill_at_the_swap(large_lab, times(3, 100)), note_figures)


@pytest.mark.soak("signals")
def test_a_build_that_is_interrupted(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.interrupt_at_random(lab, times(4, 60)), note_figures)


@pytest.mark.soak("files")
def test_each_use_of_a_file_refused(lab: Lab, times: Times, note_figures: Note) -> None:
    def choose(uses: int) -> list[int]:
        step = max(1, uses // times(8, uses))
        return list(range(1, uses + 1, step))

    expect_nothing_wrong(soak.refuse_each_use(lab, choose), note_figures)


@pytest.mark.soak("calls")
def test_each_write_failed(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.fail_each_write(lab, times(1, 1000)), note_figures)


@pytest.mark.soak("disk")
def test_a_full_disk(lab: Lab, tmp_path: Path, times: Times, note_figures: Note) -> None:
    lab.publish(0)
    every = times(6, 1)
    expect_nothing_wrong(soak.fill_the_disk(lab, tmp_path / "small", every), note_figures)


@pytest.mark.soak("permissions")
def test_permissions_taken_away(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.take_permissions(lab, every=times(6, 1)), note_figures)


@pytest.mark.soak("sources")
def test_sources_written_while_they_are_read(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.rewrite_while_reading(lab, times(2, 100)), note_figures)


@pytest.mark.soak("cache")
def test_bits_of_the_cache_flipped(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.flip_bits_of_the_cache(lab, times(8, 500)), note_figures)


@pytest.mark.soak("cache")
def test_a_damaged_cache(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.damage_the_cache(lab, every=times(8, 1)), note_figures)


@pytest.mark.soak("together")
def test_builds_at_the_same_time(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(soak.build_at_once(lab, times(2, 8), times(1, 20)), note_figures)


@pytest.mark.soak("surroundings")
def test_other_surroundings(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(surroundings.vary_environment(lab, every=times(6, 1)), note_figures)


@pytest.mark.soak("clock")
def test_another_clock(lab: Lab, times: Times, note_figures: Note) -> None:
    expect_nothing_wrong(surroundings.move_the_clock(lab, times(1, 6)), note_figures)


@pytest.mark.soak("commands")
def test_commands_that_are_killed(pytestconfig: pytest.Config, note_figures: Note) -> None:
    whole = pytestconfig.getoption("--soak")
    few = ["--every", "150", "import", "record", "build without an exchange"]
    # The commands are forks of a process of its own, without the threads of the tests.
    command = [sys.executable, "-m", "tests.killed_commands", *([] if whole else few)]
    done = subprocess.run(
        command, cwd=soak.ROOT, capture_output=True, encoding="utf-8", check=False
    )
    for line in done.stdout.splitlines():
        note_figures(line)

    assert done.returncode == 0, done.stdout + done.stderr
