"""The commands as a person runs them: their output, exit status and files."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ROOT, break_case, run, tree

from casebook.commands.cli import main


def test_a_sound_project_has_no_problem(tiny_project: Path) -> None:
    done = run(tiny_project, "check")

    assert (done.returncode, done.stdout, done.stderr) == (0, "no problems\n", "")


def test_problems_are_lines_of_place_code_and_message(tiny_project: Path) -> None:
    break_case(tiny_project, "measure: count", "measure: cuont")
    break_case(tiny_project, "topic: reading", "topic: readin")

    done = run(tiny_project, "check")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "data/cases/haishu.yaml:4:8: E205 readin is not a valid value for topic. "
        "Did you mean reading?",
        "data/cases/haishu.yaml:38:14: E205 cuont is not a valid value for measure. "
        "Did you mean count?",
        "2 errors and 0 warnings in 1 file",
    ]


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param(["--lang", "zh", "check"], {}, id="option before the command"),
        pytest.param(["check", "--lang", "zh"], {}, id="option after the command"),
        pytest.param(["check"], {"LC_ALL": "zh_CN.UTF-8"}, id="by the locale"),
    ],
)
def test_messages_are_chinese_where_that_is_wanted(
    tiny_project: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    break_case(tiny_project, "topic: reading", "topic: readin")

    done = run(tiny_project, *arguments, **environment)

    assert "topic 不认识 readin。是不是 reading？" in done.stderr
    assert "共 1 个错误、0 个提醒，在 1 个文件里" in done.stderr


def test_json_is_a_list_of_objects(tiny_project: Path) -> None:
    break_case(tiny_project, "topic: reading", "topic: readin")

    done = run(tiny_project, "check", "--format", "json")

    assert json.loads(done.stdout) == [
        {
            "path": "data/cases/haishu.yaml",
            "line": 4,
            "column": 8,
            "code": "E205",
            "severity": "error",
            "message": "readin is not a valid value for topic",
            "hint": "Did you mean reading?",
        }
    ]


def test_only_the_files_that_are_named_are_told_of(tiny_project: Path) -> None:
    break_case(tiny_project, "topic: reading", "topic: readin")
    other = tiny_project / "data" / "cases" / "guangzhou.yaml"

    assert run(tiny_project, "check", str(other)).returncode == 0


@pytest.mark.parametrize(
    ("name", "status"),
    [
        pytest.param("data/cases", 1, id="the folder of the cases"),
        pytest.param("data", 1, id="its parent folder"),
        pytest.param("", 1, id="the project"),
        pytest.param("content", 0, id="another folder"),
        pytest.param("pelicanconf.py", 0, id="another file"),
        pytest.param("notes.yaml", 2, id="a file that no command reads"),
    ],
)
def test_a_folder_stands_for_its_files_and_nothing_else_is_called_sound(
    tiny_project: Path, name: str, status: int
) -> None:
    break_case(tiny_project, "topic: reading", "topic: readin")
    (tiny_project / "notes.yaml").write_text("topic: readin\n", encoding="utf-8")

    done = run(tiny_project, "check", str(tiny_project / name))

    assert done.returncode == status
    assert ("no problems" in done.stdout) == (status == 0)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["chekc"], id="unknown command"),
        pytest.param(["build", "--jobs", "0"], id="zero jobs"),
        pytest.param(["build", "--outptu", "x"], id="unknown option"),
        pytest.param(["--output", "/"], id="the root folder"),
    ],
)
def test_wrong_usage_ends_with_two(tiny_project: Path, arguments: list[str]) -> None:
    done = run(tiny_project, *arguments)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_build_says_what_it_made(tiny_project: Path) -> None:
    done = run(tiny_project, "build")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("done: 2 cases, ")
    assert (tiny_project / "output" / "index.html").exists()


def test_quiet_prints_nothing_where_nothing_is_wrong(tiny_project: Path) -> None:
    done = run(tiny_project, "build", "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("path", "old", "new", "place"),
    [
        pytest.param(
            "data/cases/haishu.yaml",
            "120万元",
            "120万朵",
            "data/cases/haishu.yaml:16:",
            id="amount",
        ),
        pytest.param(
            "content/stories/lead.md",
            "{{haishu.paid_2013}}",
            "{{haishu.paid_2031}}",
            "content/stories/lead.md:8:",
            id="reference in prose",
        ),
        pytest.param(
            "content/pages/method.md", "Title: ", "Titel: ", "content/pages/method.md:", id="title"
        ),
        pytest.param(
            "theme/templates/case.html",
            "{% extends",
            "{{ no_such_name }}{% extends",
            "theme/templates/case.html:1:",
            id="misspelt name in a template",
        ),
        pytest.param(
            "theme/templates/case.html",
            "{% extends",
            "{% if %}{% extends",
            "theme/templates/case.html:1:",
            id="template syntax",
        ),
    ],
)
def test_a_build_that_fails_names_the_file_and_leaves_the_site(
    tiny_project: Path, path: str, old: str, new: str, place: str
) -> None:
    assert run(tiny_project, "build").returncode == 0
    before = tree(tiny_project / "output")
    broken = tiny_project / path
    text = broken.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")

    done = run(tiny_project, "build")

    assert done.returncode == 1
    assert place in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(tiny_project / "output") == before


def test_an_unreadable_list_is_a_problem_not_a_traceback(tiny_project: Path) -> None:
    (tiny_project / "data" / "vocabulary.yaml").unlink()

    done = run(tiny_project, "build")

    assert done.returncode == 1
    assert "data/vocabulary.yaml:1:1: E140" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interruption_ends_with_130_wherever_it_comes(tmp_path: Path) -> None:
    # If it comes inside exec, Python ends itself by the signal even though it is caught.
    program = (
        "import runpy\n"
        "from casebook.commands import cli\n"
        "cli.parse_arguments = lambda _: exec('raise KeyboardInterrupt')\n"
        "runpy.run_module('casebook', run_name='__main__')\n"
    )
    (tmp_path / "interrupted.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "interrupted"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert done.returncode == 130


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        pytest.param(OSError(errno.EMFILE, "Too many open files"), "ulimit -n 1024", id="files"),
        pytest.param(MemoryError(), "ulimit -v unlimited", id="memory"),
        pytest.param(
            ImportError("lib.so: failed to map segment from shared object"),
            "ulimit -v unlimited",
            id="memory for a library",
        ),
    ],
)
def test_a_limit_of_the_machine_is_no_fault_and_told_with_its_remedy(
    error: Exception,
    remedy: str,
    tiny_project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("casebook.commands.check_command.check_project", fail)

    assert main(["--project", str(tiny_project), "check", "--lang", "en"]) == 3
    assert remedy in capsys.readouterr().err
