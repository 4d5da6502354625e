"""The next command removes the files that a killed process left, and keeps files in use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import copy_parts
from filelock import FileLock
from records import TINY

from casebook.build import last_build
from casebook.build.leftovers import note_elsewhere
from casebook.build.steps import BuildOptions, build_site
from casebook.commands.cli import main

FOLDERS = (
    *("", "docs", "data", "data/cases", "data/published", "data/versions"),
    *(".cache", ".cache/serve"),
)


@pytest.fixture(scope="module")
def dead() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    copy_parts(TINY, folder, ("data", "content", "pelicanconf.py"))
    (folder / "pelicanconf.py").write_text(
        'SITENAME = "案例簿"\nSITENAME_EN = "Casebook"\n', encoding="utf-8"
    )
    return folder


def check(project: Path) -> None:
    """Run a command."""
    main(["--project", str(project), "check"])


def repeat(project: Path) -> None:
    """Run a build that finds nothing to do before the command line is parsed."""
    last_build.repeat_last_build(["build", "--project", str(project)], [])


STARTS = [pytest.param(check, id="a command"), pytest.param(repeat, id="nothing to do")]


@pytest.mark.skipif(os.name == "nt", reason="there nobody is asked whether a process runs")
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_killed_process_was_writing_is_removed(
    folder: str, start: Callable[[Path], None], project: Path, dead: int
) -> None:
    place = project / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / f".haishu.yaml.{dead}.new").write_text("half", encoding="utf-8")
    (place / f".2026-11-27.{dead}.new").mkdir()
    (place / f".2026-11-27.{dead}.new" / "cases.csv").write_text("half", encoding="utf-8")
    mine = place / f".guangzhou.yaml.{os.getppid()}.new"
    mine.write_text("still being written", encoding="utf-8")
    theirs = place / ".of-somebody-else.new"
    theirs.write_text("x", encoding="utf-8")
    start(project)

    assert {path for path in place.glob(".*.new")} == {mine, theirs}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("site", ["project/output", "project/.cache/serve/8000", "sites/day"])
def test_a_site_that_a_killed_build_had_moved_away_comes_back(
    site: str, start: Callable[[Path], None], project: Path
) -> None:
    output = project.parent / site
    output.parent.mkdir(parents=True, exist_ok=True)
    note_elsewhere(str(project), str(output))
    retired = output.with_name(f".{output.name}.retired")
    retired.mkdir()
    (retired / "index.html").write_text("old", encoding="utf-8")
    output.with_name(f".{output.name}.building").mkdir()
    output.with_name(f".{output.name}.lock").write_text("999999 18:02", encoding="utf-8")
    start(project)

    assert (output / "index.html").read_text(encoding="utf-8") == "old"
    assert not list(output.parent.glob(f".{output.name}.*"))


def test_what_a_running_build_holds_stays(project: Path) -> None:
    staging = project / ".output.building"
    staging.mkdir()
    with FileLock(project / ".output.lock"):
        check(project)

        assert staging.is_dir()
        assert (project / ".output.lock").exists()


def test_the_site_of_another_folder_is_known_before_it_is_made(
    project: Path, tmp_path: Path
) -> None:
    output = tmp_path / "sites" / "day"
    build_site(BuildOptions(project=project, output=output))

    assert (project / ".cache" / "elsewhere").read_text("utf-8") == f"{output}\n"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_lies_in_the_place_of_the_list_of_folders_is_not_written_into(
    kind: str, tmp_path: Path
) -> None:
    work, listed = tmp_path / "thesis.txt", tmp_path / ".cache" / "elsewhere"
    work.write_text("years of work")
    listed.parent.mkdir()
    if kind == "link":
        listed.symlink_to(work)
    else:
        os.mkfifo(listed)
    note_elsewhere(str(tmp_path), "/srv/site")

    assert work.read_text() == "years of work"
    assert listed.read_text().splitlines()[-1] == "/srv/site"
