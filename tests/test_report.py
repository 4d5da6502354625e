"""Problems as a person, a program and GitHub see them, on any console."""

from __future__ import annotations

import io
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PROJECT
from processes import break_case, run

from casebook.build.steps import BuildOptions, build_site
from casebook.build.timings import Timings
from casebook.commands import site_commands
from casebook.commands.site_commands import show_waiting
from casebook.messages import read_catalogue
from casebook.problems import Position, Problem, in_gbk
from casebook.report import clean_line, print_problems, show_source
from casebook.text import Text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def problem(line: int = 1, column: int = 1, zh: str = "错", path: str = "a.yaml") -> Problem:
    return Problem(path=path, at=Position(line, column), code="E201", text=Text(zh, "wrong"))


def printed(problems: list[Problem], form: str = "text", stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    print_problems(problems, "zh", PROJECT, stream, form)
    return stream.getvalue()


def test_a_terminal_shows_twenty_problems_a_file() -> None:
    lines = printed([problem(n) for n in range(1, 31)], stream=Terminal()).splitlines()

    assert lines[20:] == ["a.yaml：还有 10 个", "共 30 个错误、0 个提醒，在 1 个文件里"]


def test_a_program_gets_every_problem() -> None:
    assert len(printed([problem(n) for n in range(1, 31)]).splitlines()) == 31


def test_two_faults_of_a_kind_at_one_place_are_both_told_and_each_but_once() -> None:
    lines = printed([problem(zh="乙"), problem(zh="甲"), problem(zh="乙")]).splitlines()

    assert [line.rpartition(" ")[2] for line in lines[:2]] == ["乙", "甲"]
    assert lines[2] == "共 2 个错误、0 个提醒，在 1 个文件里"


def test_github_gets_one_annotation_a_problem() -> None:
    text = printed([problem(3, 5, "100%：甲\n乙", "a,b:c.yaml")], "github")

    assert text == "::error file=a%2Cb%3Ac.yaml,line=3,col=5::E201 100%25：甲U+000A乙\n"


def test_what_could_steer_a_terminal_is_made_visible() -> None:
    assert "\x1b" not in printed([problem(zh="\x1b[31m红\u202e")])
    assert clean_line("a\x1b]0;x\x07\u202eb") == "a?]0;x??b"
    assert clean_line("\tx: 1") == "→x: 1"


def test_the_caret_is_under_a_place_behind_wide_characters(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("标题：x\n", encoding="utf-8")

    assert show_source(problem(1, 3), tmp_path) == ["  1 | 标题：x", "    |     ^"]


# Words of pages and drawings may contain any character.
PRINTED = [key for key in read_catalogue() if key.partition(".")[0] not in ("charts", "pages")]


@pytest.mark.parametrize("key", PRINTED)
def test_a_message_can_be_shown_on_a_chinese_console(key: str) -> None:
    words = "".join(read_catalogue()[key].values()).replace("\n", "")

    assert in_gbk(words) and words.isprintable()


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_a_console_of_another_encoding_is_no_reason_to_fail(
    tiny_project: Path, encoding: str
) -> None:
    break_case(tiny_project, "topic: reading", 'topic: "读\U0001f600😀 ✓ €"')
    path = tiny_project / "data" / "cases" / "haishu.yaml"

    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "casebook", "--project", str(tiny_project), "check", "--lang", "zh"],
        cwd=PROJECT,
        env={k: v for k, v in os.environ.items() if k != "PYTHONUTF8"}
        | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 1
    assert b"haishu.yaml:4:8: E205" in done.stderr
    assert b"Traceback" not in done.stderr
    assert path.exists()


def test_a_draft_is_checked_like_any_case(tiny_project: Path) -> None:
    text = (tiny_project / "data/cases/guangzhou.yaml").read_text(encoding="utf-8")
    draft = tiny_project / "data/cases/xihu.yaml"
    draft.write_text(text + "state: draft\nstory: 见 {{no_such_figure}}。\n", encoding="utf-8")

    done = run(tiny_project, "check", str(draft))

    assert done.returncode == 1
    assert "E250 there is no figure called {{no_such_figure}}" in done.stderr


def test_a_long_wait_turns_on_a_terminal_and_a_short_one_says_nothing_to_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_commands, "PATIENCE", 0.0)
    terminal, file = Terminal(), io.StringIO()

    for stream in (terminal, file):
        with show_waiting("正在生成网站", stream):
            ends = time.monotonic() + 10
            while stream is terminal and "正在" not in stream.getvalue():
                assert time.monotonic() < ends

    assert "正在生成网站" in terminal.getvalue()
    assert file.getvalue() == ""


def test_a_long_wait_is_shown_in_plain_lines_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casebook.commands.site_commands.INTERVAL", 0.001)
    stream = LineStream()

    with show_waiting("正在生成网站", stream):
        stream.line.wait(20)

    assert stream.getvalue().startswith("正在生成网站 ")
    assert "\x1b" not in stream.getvalue()


def test_a_long_wait_says_how_far_the_work_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casebook.commands.site_commands.INTERVAL", 0.001)
    stream = LineStream()

    with show_waiting("正在生成网站", stream, lambda: "案例的页面 1,234/12,000"):
        stream.line.wait(20)

    assert stream.getvalue().startswith("正在生成网站 案例的页面 1,234/12,000 ")


class Noting(Timings):
    """Timings that note the words of a terminal at the end of each stage."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def begin(self, stage: str) -> None:
        if self.stage:
            self.told.append(self.tell("en"))
        super().begin(stage)


def test_a_build_counts_what_each_of_its_stages_does(tiny_project: Path) -> None:
    # The fixture brings a cache, with which nothing has to be read or drawn.
    cold, warm = Noting(), Noting()
    options = BuildOptions(project=tiny_project, output=tiny_project / "output")
    build_site(replace(options, use_cache=False, timings=cold))
    build_site(replace(options, timings=warm))

    assert cold.told[:4] == ["inputs", "read 2/2", "check 2/2", "imports"]
    assert [re.sub("[0-9]+", "N", told) for told in cold.told[4:]] == [
        *("charts N/N", "pictures N/N", "prose", "cases N/N", "lists N", "exports N"),
    ]
    assert "read" in warm.told


def test_a_stage_tells_no_count_before_the_first_is_done() -> None:
    timings = Timings()
    timings.begin("build.stage.cases")
    told = [timings.tell("zh") for _ in timings.track("abc", 3)]

    assert told == ["案例的页面", "案例的页面 1/3", "案例的页面 2/3"]
    assert timings.tell("en") == "cases 3/3"


class LineStream(io.StringIO):
    """A stream that is no terminal and notices each new line."""

    def __init__(self) -> None:
        super().__init__()
        self.line = threading.Event()

    def write(self, text: str) -> int:
        self.line.set()
        return super().write(text)
