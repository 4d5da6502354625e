"""A build with nothing to do ends at once; a build after any change does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casebook.build import last_build
from casebook.build.last_build import (
    Look,
    Record,
    describe_command,
    find_last_build,
    list_packages,
    record_build,
    repeat_last_build,
    stamp_inputs,
)
from casebook.build.steps import BuildResult
from casebook.problems import START, Problem
from casebook.text import Text

WARNING = Problem(
    path="data/cases/a.yaml", at=START, code="W1", text=Text("中", "en"), severity="warning"
)
MADE = BuildResult(cases=2, files=3, warnings=())
HEAVY = ("pelican", "matplotlib", "jinja2", "yaml", "markdown", "casebook.build.steps")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project and its site, with files old enough that their stamps are trusted."""
    root = tmp_path / "project"
    for name in ("data/cases/a.yaml", "data/cases/b.yaml", "content/lead.md", "theme/base.html"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one", encoding="utf-8")
    (root / "pelicanconf.py").write_text("SITENAME = ''", encoding="utf-8")
    (root / "site" / "cases").mkdir(parents=True)
    (root / "site" / "index.html").write_text("page", encoding="utf-8")
    (root / "site" / "cases" / "index.html").write_text("page", encoding="utf-8")
    return root


def look(project: Path, siteurl: str | None = None) -> Look:
    return Look(str(project), str(project / "site"), siteurl, list_packages())


def build(
    project: Path,
    siteurl: str | None = None,
    result: BuildResult = MADE,
    typed: str | None = None,
    **asked: str,
) -> Record:
    if typed is None:
        typed = describe_command(["build", "--project", str(project)])
    asked = {"command": typed, "quiet": "", "lang": "en"} | asked
    return record_build(look(project, siteurl), result, asked)


def find(project: Path, siteurl: str | None = None) -> Record | None:
    return find_last_build(look(project, siteurl))


def repeat(project: Path, *arguments: str) -> bool:
    return repeat_last_build(["build", "--project", str(project), *arguments], list_packages())


def rewrite_unseen(path: Path, text: str) -> None:
    """Write as many bytes with the same times, as happens within one step of the clock."""
    before = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_unchanged_project_gives_what_the_last_build_printed(project: Path) -> None:
    made = build(project, result=BuildResult(cases=2, files=3, warnings=(WARNING,)))

    assert find(project) == made
    assert made["done en"] == f"done: 2 cases, 3 files in {project / 'site'}"
    assert made["problems zh"].startswith("data/cases/a.yaml:1:1: W1 中\n")
    assert "   ^" not in made["problems zh"]
    assert "| one\n" in made["terminal zh"]


def test_without_a_build_there_is_no_last_one(project: Path) -> None:
    assert find(project) is None


def edit(path: Path) -> None:
    path.write_text("longer", encoding="utf-8")


def touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def copy(path: Path) -> None:
    shutil.copy(path, path.with_name("copy.yaml"))


def rename(path: Path) -> None:
    path.rename(path.with_name("renamed.yaml"))


def link(path: Path) -> None:
    path.rename(path.with_name("kept.txt"))
    path.symlink_to("kept.txt")


@pytest.mark.parametrize(
    "name",
    [
        "data/cases/a.yaml",
        "content/lead.md",
        "theme/base.html",
        "site/cases/index.html",
    ],
)
@pytest.mark.parametrize("change", [edit, touch, copy, rename, link, Path.unlink])
def test_a_change_of_inputs_or_site_is_seen(project: Path, name: str, change: object) -> None:
    build(project)

    assert callable(change)
    change(project / name)

    assert find(project) is None


def test_of_a_large_site_only_the_root_and_the_manifest_are_looked_at(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_build, "MOST_LOOKED_AT", MADE.files - 1)
    (project / "site" / "manifest.json").write_text("{}", encoding="utf-8")
    made = build(project)
    deep = project / "site" / "cases" / "index.html"

    deep.write_text("other words", encoding="utf-8")
    assert find(project) == made
    (project / "site" / "manifest.json").write_text("{ }", encoding="utf-8")
    assert find(project) is None


def test_a_part_that_is_taken_out_of_a_large_site_is_seen(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_build, "MOST_LOOKED_AT", MADE.files - 1)
    build(project)

    shutil.rmtree(project / "site" / "cases")
    assert find(project) is None


def test_the_settings_are_an_input(project: Path) -> None:
    build(project)
    edit(project / "pelicanconf.py")

    assert find(project) is None


def test_another_address_is_another_site(project: Path) -> None:
    build(project, None)

    assert find(project, "https://example.org") is None


def test_a_file_that_only_editors_see_changes_nothing(project: Path) -> None:
    made = build(project)
    (project / "data" / "cases" / ".a.yaml.swp").write_text("", encoding="utf-8")
    (project / "data" / "cases" / "a.yaml~").write_text("", encoding="utf-8")

    assert find(project) == made


def test_a_stranger_in_the_site_is_seen_though_its_name_starts_with_a_dot(project: Path) -> None:
    build(project)
    (project / "site" / ".hidden").write_text("", encoding="utf-8")

    assert find(project) is None


def test_a_young_file_is_known_by_its_content(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writes within one step of the clock leave the same stamp."""
    frozen = last_build.stamp_of((project / "pelicanconf.py").stat())
    monkeypatch.setattr(last_build, "stamp_of", lambda found: (*frozen[:4], found.st_mode))
    monkeypatch.setattr(last_build, "YOUNG", 10**18)
    made = build(project)
    assert find(project) == made
    (project / "data" / "cases" / "a.yaml").write_text("two", encoding="utf-8")

    assert find(project) is None
    assert not repeat(project)


@pytest.mark.parametrize("few", [4, 10_000])
def test_a_young_file_that_stayed_as_it_was_is_trusted_once_it_is_old(
    few: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    young_at_first = build(project)["young"].splitlines()
    monkeypatch.setattr(last_build, "YOUNG", -(10**18))
    monkeypatch.setattr(last_build, "_FEW", few)

    assert len(young_at_first) >= 5
    assert find(project) is not None
    kept = find(project)
    assert kept is not None
    # If many files were young, the record is updated so that they are not read at each look.
    assert (kept["young"] == "") == (few == 4)


def test_a_project_without_a_file_it_needs_is_looked_at_all_the_same(project: Path) -> None:
    (project / "pelicanconf.py").unlink()
    (project / "theme" / "base.html").unlink()

    assert [name for name in stamp_inputs(str(project)) if not name.startswith("theme/")] == [
        "content/lead.md",
        "data/cases/a.yaml",
        "data/cases/b.yaml",
    ]


@pytest.mark.parametrize("name", [".site.building", ".site.retired"])
def test_beside_a_folder_of_another_build_nothing_is_repeated(project: Path, name: str) -> None:
    build(project)
    (project / name).mkdir()

    assert find(project) is None


@pytest.mark.parametrize("record", [b"", b"[]", b"\xff", b"\0" * 14, b"\0" * 99])
def test_a_damaged_record_counts_as_missing(project: Path, record: bytes) -> None:
    build(project)
    (project / ".cache" / "last-build").write_bytes(record)

    assert find(project) is None
    assert not repeat(project)


def test_a_cache_that_is_a_link_is_left_alone(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / ".cache").symlink_to(tmp_path / "elsewhere")
    build(project)

    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert find(project) is None


def test_the_same_command_prints_the_same(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(project, result=BuildResult(cases=2, files=3, warnings=(WARNING,)))

    assert repeat(project)
    assert capsys.readouterr() == (
        f"done: 2 cases, 3 files in {project / 'site'}\n",
        "data/cases/a.yaml:1:1: W1 en\n0 errors and 1 warning in 1 file\n",
    )
    build(project, lang="zh")
    assert repeat(project)
    assert capsys.readouterr().out == f"完成：2 个案例，3 个文件，在 {project / 'site'}\n"
    build(project, quiet="yes")
    assert repeat(project)
    assert capsys.readouterr() == ("", "")


def add_page(project: Path) -> None:
    (project / "site" / "more.html").touch()


def edit_record(project: Path) -> None:
    edit(project / "data" / "cases" / "a.yaml")


def begin_another(project: Path) -> None:
    (project / ".site.building").mkdir()


def ask_for_more(project: Path) -> None:
    build(project, typed="")


def ask_otherwise(project: Path) -> None:
    build(project, typed=describe_command(["build", "--siteurl", "https://example.org"]))


def remove_record(project: Path) -> None:
    (project / ".cache" / "last-build").unlink()


def link_site(project: Path) -> None:
    (project / "site").rename(project / "elsewhere")
    (project / "site").symlink_to("elsewhere")


@pytest.mark.parametrize(
    "change",
    [
        *(add_page, edit_record, begin_another, ask_for_more),
        *(ask_otherwise, remove_record, link_site),
    ],
)
def test_whatever_is_not_the_same_is_left_to_the_command_line(
    project: Path, change: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    build(project)
    change(project)

    assert not repeat(project)
    assert capsys.readouterr().out == ""


def test_the_folder_that_a_command_is_typed_in_is_a_part_of_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(project)
    monkeypatch.chdir(project)

    assert not repeat(project)


def test_texts_of_sources_kept_elsewhere_have_to_be_looked_at(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(project)
    monkeypatch.setenv("CASEBOOK_SNAPSHOTS", "/somewhere")

    assert not repeat(project)
    assert find(project) is None


_REPEAT = """
import runpy, sys
try:
    runpy.run_module("casebook", run_name="__main__", alter_sys=True)
except SystemExit as stop:
    heavy = {"argparse", "dataclasses", "json", "casebook.messages", "casebook.commands.cli"}
    print(stop.code, sorted(heavy & set(sys.modules)))
"""


def test_the_module_repeats_it_and_imports_next_to_nothing(project: Path) -> None:
    asked = ["build", "--project", str(project)]
    build(project)
    done = subprocess.run(
        [sys.executable, "-c", _REPEAT, *asked], check=True, capture_output=True, encoding="utf-8"
    )

    assert done.stdout == f"done: 2 cases, 3 files in {project / 'site'}\n0 []\n"


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = (
        # No file is young, so the second build does the same however long the first takes.
        "import sys; from casebook.build import last_build; last_build.YOUNG = 0; "
        "from casebook.commands.cli import main; status = main(sys.argv[1:]); "
        f"print(sorted(set(sys.modules) & set({HEAVY!r}))); sys.exit(status)"
    )
    options = ["--project", str(project), "--output", str(project / "site"), "--lang", "en"]
    return subprocess.run(
        [sys.executable, "-c", code, "build", *options, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def test_the_second_build_says_the_same_and_imports_nothing_heavy(tiny_project: Path) -> None:
    first = run(tiny_project).stdout.splitlines()
    second = run(tiny_project).stdout.splitlines()

    assert "casebook.build.steps" in first[-1]
    assert second[-1] == "[]"
    assert second[:-1] == first[:-1]
    assert first[0].startswith("done: 2 cases, ")


def test_a_page_that_was_changed_by_hand_is_made_anew(tiny_project: Path) -> None:
    run(tiny_project)
    page = tiny_project / "site" / "index.html"
    made = page.read_bytes()
    rewrite_unseen(page, "x" * len(made))
    run(tiny_project)

    assert page.read_bytes() == made


def test_an_edit_of_the_same_size_and_time_is_built(tiny_project: Path) -> None:
    run(tiny_project)
    path = tiny_project / "data" / "cases" / "haishu.yaml"
    text = path.read_text(encoding="utf-8")
    rewrite_unseen(path, text.replace("读书会由谁来办", "读书会归谁来办"))
    run(tiny_project)
    page = tiny_project / "site" / "cases" / "haishu" / "index.html"

    assert "读书会归谁来办" in page.read_text(encoding="utf-8")


def test_no_cache_builds_all_the_same(tiny_project: Path) -> None:
    run(tiny_project)

    assert "casebook.build.steps" in run(tiny_project, "--no-cache").stdout
