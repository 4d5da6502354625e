"""A chart that does not end stops the build with its name, and leaves nothing ticking."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from casebook.build.deadline import SECONDS, VARIABLE, limit_chart, read_seconds
from casebook.problems import ContentError
from tests.soak import read_tree

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0.05")


def loop() -> None:
    while True:
        pass


def loop_and_swallow() -> None:
    while True:
        try:
            loop()
        except Exception:
            continue


def search_for_ever() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def draw(work: Callable[[], None]) -> list[str]:
    """What is said of a chart that does some work."""
    try:
        with limit_chart("haishu-series", "haishu"):
            work()
    except ContentError as error:
        return [f"{p.path}:{p.at.line} {p.code} {p.en}" for p in error.problems]
    return []


SAID = [
    "data/cases/haishu.yaml:1 E306 the chart “haishu-series” was not drawn within 0.05 seconds",
]


@pytest.mark.parametrize("work", [loop, loop_and_swallow])
def test_a_chart_that_never_ends_is_named_with_its_case(work: Callable[[], None]) -> None:
    assert draw(work) == SAID


@pytest.mark.skipif(os.name == "nt", reason="POSIX timers")
def test_a_search_that_never_ends_is_interrupted() -> None:
    assert draw(search_for_ever) == SAID


@pytest.mark.parametrize("work", [loop, loop_and_swallow])
def test_it_is_named_off_the_main_thread_as_well(work: Callable[[], None]) -> None:
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.extend(draw(work)))
    thread.start()
    thread.join()

    assert said == SAID


def test_it_is_named_from_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert executor.submit(draw, loop).result() == SAID


def test_a_chart_of_all_cases_is_named_without_one() -> None:
    with pytest.raises(ContentError) as refused, limit_chart("timeline"):
        loop()

    assert [problem.path for problem in refused.value.problems] == ["data/cases"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX timers")
def test_nothing_is_left_ticking() -> None:
    before = signal.getsignal(signal.SIGALRM)

    assert draw(loop) == SAID
    assert draw(lambda: None) == []
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("300", 300),
        ("0.5", 0.5),
        ("", SECONDS),
        ("long", SECONDS),
        ("-1", SECONDS),
        ("inf", SECONDS),
    ],
)
def test_the_limit_is_that_of_the_environment_if_it_is_a_number(
    monkeypatch: pytest.MonkeyPatch, words: str, expected: float
) -> None:
    monkeypatch.setenv(VARIABLE, words)

    assert read_seconds() == expected


def test_a_build_stops_at_such_a_chart_and_keeps_the_site(tiny_project: Path) -> None:
    output = tiny_project / "output"
    command = [sys.executable, "-m", "casebook", "--project", str(tiny_project), "build"]
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    subprocess.run(command, cwd=ROOT, env=environment | {VARIABLE: "60"}, check=True)
    before = read_tree(output)
    # Pictures of charts take some hundredths of a second each.
    done = subprocess.run(
        [*command, "--no-cache"],
        cwd=ROOT,
        env=environment | {VARIABLE: "0.01"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "E306 the chart “" in done.stderr
    assert done.stderr.splitlines()[-1] == "the site is unchanged"
    assert read_tree(output) == before
