"""The files in the folder of cases: regular files are read, the others are reported."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from casebook.problems import CasebookError, Problem
from casebook.yaml.files import (
    find_case_files,
    read_bytes,
    show_path,
    write_atomically,
    write_new_file,
)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "cases"
    folder.mkdir(parents=True)
    return folder


def survey(cases: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """The names of the files that are read, and the code and path of each problem."""
    project = cases.parent.parent
    problems: list[Problem] = []
    read = []
    for path in find_case_files(project, problems):
        already = len(problems)
        read_bytes(path, project, problems)
        if len(problems) == already:
            read.append(path.name)
    return read, sorted((p.code, p.path.removeprefix("data/cases/")) for p in problems)


def test_cases_are_read_in_the_order_of_their_names(cases: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (cases / name).write_bytes(b"a: 1\n")

    assert survey(cases) == (["a.yaml", "b.yaml"], [])


@pytest.mark.parametrize(
    "name",
    ["_case.yaml", "~$x.yaml", ".x.yaml.swp", "x.yaml~", "x.yaml.bak", ".DS_Store", "Thumbs.db"],
)
def test_what_an_editor_leaves_behind_is_no_case(cases: Path, name: str) -> None:
    (cases / name).write_bytes(b"x")

    assert survey(cases) == ([], [])


@pytest.mark.parametrize(
    "name",
    ["x.yaml.txt", "x.yml", "x.YAML", "x.Yml", "x.json", "x.docx", "x.txt", "x", "x.yaml.csv"],
)
def test_what_looks_like_a_case_and_is_not_read_is_named(cases: Path, name: str) -> None:
    (cases / name).write_bytes(b"a: 1\n")

    assert survey(cases) == ([], [("W142", name)])


def test_a_case_that_is_in_a_cloud_alone_is_named(cases: Path) -> None:
    (cases / ".x.yaml.icloud").write_bytes(b"bplist00")

    assert survey(cases) == ([], [("E140", ".x.yaml.icloud")])


@pytest.mark.parametrize("name", ["README.md", "readme.zh.txt", "LICENSE"])
def test_what_tells_people_about_the_folder_is_no_case(cases: Path, name: str) -> None:
    (cases / name).write_bytes(b"x")

    assert survey(cases) == ([], [])


@pytest.mark.parametrize("folder", ["44", "44/4419"])
def test_a_case_in_a_folder_below_is_named(cases: Path, folder: str) -> None:
    (cases / folder).mkdir(parents=True)
    for name in ("x.yaml", "x.yaml.bak", "notes.txt"):
        (cases / folder / name).write_bytes(b"a: 1\n")

    assert survey(cases) == ([], [("W142", f"{folder}/x.yaml")])


def test_a_folder_whose_name_begins_with_a_line_keeps_what_is_put_away(cases: Path) -> None:
    (cases / "_old").mkdir()
    (cases / "_old" / "x.yaml").write_bytes(b"a: 1\n")

    assert survey(cases) == ([], [])


def test_a_folder_is_no_case(cases: Path) -> None:
    (cases / "x.yaml").mkdir()

    assert survey(cases) == ([], [("E141", "x.yaml")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_never_opened(cases: Path) -> None:
    os.mkfifo(cases / "x.yaml")

    assert survey(cases) == ([], [("E141", "x.yaml")])


def link(path: Path, target: str) -> None:
    try:
        path.symlink_to(target)
    except (OSError, NotImplementedError):
        pytest.skip("no links here")


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("nowhere.yaml", id="nowhere"),
        pytest.param("x.yaml", id="to itself"),
        pytest.param("../../../outside.yaml", id="out of the project"),
    ],
)
def test_a_link_that_leads_nowhere_or_out_is_refused(cases: Path, target: str) -> None:
    (cases.parent.parent.parent / "outside.yaml").write_bytes(b"a: 1\n")
    link(cases / "x.yaml", target)

    assert survey(cases) == ([], [("E141", "x.yaml")])


def test_a_link_inside_the_project_is_read(cases: Path) -> None:
    (cases.parent / "kept.yaml").write_bytes(b"a: 1\n")
    link(cases / "x.yaml", "../kept.yaml")

    assert survey(cases) == (["x.yaml"], [])


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nothing is unreadable to this user"
)
def test_an_unreadable_file_is_named(cases: Path) -> None:
    (cases / "x.yaml").write_bytes(b"a: 1\n")
    (cases / "x.yaml").chmod(0)

    assert survey(cases) == ([], [("E140", "x.yaml")])


def test_a_huge_file_is_refused_by_its_size(cases: Path) -> None:
    with (cases / "x.yaml").open("wb") as file:
        file.truncate(100_000_000)
    begin = time.process_time()

    assert survey(cases) == ([], [("E109", "x.yaml")])
    assert time.process_time() - begin < 0.05


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Case.yaml", "case.yaml", id="case"),
        pytest.param("caf\u00e9.yaml", "cafe\u0301.yaml", id="Unicode form"),
        pytest.param("ﬁ.yaml", "fi.yaml", id="compatibility"),
    ],
)
def test_names_that_some_systems_take_for_one_are_refused(
    cases: Path, one: str, other: str
) -> None:
    for name in (one, other):
        (cases / name).write_bytes(b"a: 1\n")
    if len(os.listdir(cases)) < 2:
        pytest.skip("this system takes them for one")

    assert survey(cases)[1] == sorted([("E243", one), ("E243", other)])


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no such names here")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(b"a\nb.yaml", "a\\u000ab.yaml", id="line break"),
        pytest.param(b"a\xff.yaml", "a\\xff.yaml", id="not UTF-8"),
        pytest.param("a\u202eb.yaml".encode(), "a\\u202eb.yaml", id="direction mark"),
        pytest.param(b"a" * 240 + b".yaml", "a" * 240 + ".yaml", id="240 bytes"),
    ],
)
def test_an_odd_name_is_shown_escaped(cases: Path, name: bytes, shown: str) -> None:
    with open(os.path.join(os.fsencode(cases), name), "wb") as file:
        file.write(b"a: 1\n")

    assert survey(cases) == ([], [("E143", shown)])


def test_a_project_without_cases_has_none(tmp_path: Path) -> None:
    assert find_case_files(tmp_path) == []


def test_a_path_is_shown_from_the_project_on(tmp_path: Path) -> None:
    assert show_path(tmp_path / "data" / "cases" / "x.yaml", tmp_path) == "data/cases/x.yaml"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"before")

    write_atomically(path, b"after")

    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_leaves_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "x.yaml"
    folder.mkdir()

    with pytest.raises(OSError):
        write_atomically(folder, b"after")

    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"theirs")

    with pytest.raises(CasebookError):
        write_new_file(path, b"ours")

    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]
