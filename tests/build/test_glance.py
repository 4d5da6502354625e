"""A build with nothing to do is told at once, in the words of a build, or left to the commands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casebook.build import marks
from casebook.build.glance import describe_done, tell_standing
from casebook.build.marks import list_packages
from casebook.build.unchanged import LastBuild, look_at_inputs, record_build
from casebook.problems import START, Problem

WARNING = Problem("data/cases/a.yaml", START, "W1", "中", "en", severity="warning")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project that was built long after its files were written."""
    root = tmp_path / "project"
    for name in ("data/cases/a.yaml", "theme/base.html", "pelicanconf.py", "output/index.html"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("one", encoding="utf-8")
    monkeypatch.setattr(marks, "YOUNG", -(10**18))
    monkeypatch.delenv("CASEBOOK_SNAPSHOTS", raising=False)
    build(root)
    return root


def build(project: Path, warnings: tuple[Problem, ...] = (), siteurl: str | None = None) -> None:
    look = look_at_inputs(project, project / "output", siteurl)
    record_build(look, LastBuild(2, 1, warnings))


def tell(project: Path, *arguments: str) -> bool:
    return tell_standing([*arguments, "--project", str(project)], list_packages())


def test_a_standing_site_is_told_in_the_words_of_a_build(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = project / "output"

    for arguments in ((), ("build",), ("build", "--output", "output"), (f"--output={output}",)):
        assert tell(project, *arguments, "--lang", "en")
        assert capsys.readouterr().out == f"done: 2 cases, 1 files in {output}\n"
    assert tell(project, "build", "--lang=zh")
    assert capsys.readouterr().out == f"完成：2 个案例，1 个文件，在 {output}\n"
    assert tell(project, "build", "--quiet")
    assert capsys.readouterr().out == ""


def add_page(project: Path) -> None:
    (project / "output" / "more.html").touch()


def edit_record(project: Path) -> None:
    (project / "data" / "cases" / "a.yaml").write_text("longer", encoding="utf-8")


def begin_another(project: Path) -> None:
    (project / ".output.building").mkdir()


def warn(project: Path) -> None:
    build(project, (WARNING,))


def publish_elsewhere(project: Path) -> None:
    build(project, siteurl="https://example.org")


def damage(project: Path) -> None:
    (project / ".cache" / "last-build.json").write_bytes(b"\xff{")


def remove_record(project: Path) -> None:
    (project / ".cache" / "last-build.json").unlink()


def link_site(project: Path) -> None:
    (project / "output").rename(project / "elsewhere")
    (project / "output").symlink_to("elsewhere")


@pytest.mark.parametrize(
    "change",
    [
        *(add_page, edit_record, begin_another, warn, publish_elsewhere),
        *(damage, remove_record, link_site),
    ],
)
def test_what_marks_alone_do_not_settle_is_left_to_the_commands(
    project: Path, change: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    change(project)

    assert not tell(project, "build")
    assert capsys.readouterr().out == ""


def test_a_young_file_is_left_to_the_commands(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "YOUNG", 10**18)

    assert not tell(project)


def test_kept_texts_of_sources_are_left_to_the_commands(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOOK_SNAPSHOTS", "/somewhere")

    assert not tell(project)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check"], id="another command"),
        pytest.param(["build", "--no-cache"], id="everything anew"),
        pytest.param(["build", "--timings"], id="asks for more words"),
        pytest.param(["build", "--lang", "fr"], id="an unknown language"),
        pytest.param(["build", "--output"], id="a missing value"),
        pytest.param(["build", "--output", "-x"], id="an option for a value"),
        pytest.param(["build", "--output", "elsewhere"], id="a folder of where one stands"),
        pytest.param(["build", "--quiet=1"], id="a value too many"),
        pytest.param(["build", "build"], id="a word too many"),
        pytest.param(["--help"], id="help"),
    ],
)
def test_what_is_more_than_a_plain_build_is_left_to_the_commands(
    project: Path, arguments: list[str]
) -> None:
    assert not tell_standing([*arguments], list_packages())
    assert not tell(project, *arguments)


_RUN = """
import runpy, sys
from casebook.build import marks
marks.YOUNG = -(10**18)
try:
    runpy.run_module("casebook", run_name="__main__", alter_sys=True)
except SystemExit as stop:
    heavy = {"argparse", "dataclasses", "json", "casebook.commands.cli"}
    print(stop.code, sorted(heavy & set(sys.modules)))
"""


def test_the_module_tells_it_and_imports_next_to_nothing(project: Path) -> None:
    asked = ["build", "--project", str(project), "--lang", "en"]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *asked], check=True, capture_output=True, encoding="utf-8"
    )

    assert done.stdout == f"{describe_done(2, 1, str(project / 'output'), 'en')}\n0 []\n"
