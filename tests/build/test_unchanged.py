"""A build with nothing to do: it ends at once, and never where something was changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.build import marks
from casebook.build.unchanged import LastBuild, Look, find_last_build, look_at_inputs, record_build
from casebook.problems import START, Problem

WARNING = Problem("data/cases/a.yaml", START, "W1", "中", "en", severity="warning")
MADE = LastBuild(2, 3, (WARNING,))
HEAVY = ("pelican", "matplotlib", "jinja2", "yaml", "markdown", "casebook.build.steps")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with its site, looked at long after they were written."""
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


def build(project: Path, siteurl: str | None = None) -> None:
    record_build(look_at_inputs(project, project / "site", siteurl), MADE)


def find(project: Path, siteurl: str | None = None) -> LastBuild | None:
    return find_last_build(look_at_inputs(project, project / "site", siteurl))


def rewrite_unseen(path: Path, text: str) -> None:
    """Write as many bytes at the same times, as an editor does within a step of the clock."""
    before = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_unchanged_project_gives_what_the_last_build_made(project: Path) -> None:
    build(project)

    assert find(project) == MADE


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
    monkeypatch.setattr(marks, "MOST_LOOKED_AT", MADE.files - 1)
    (project / "site" / "manifest.json").write_text("{}", encoding="utf-8")
    build(project)
    deep = project / "site" / "cases" / "index.html"

    deep.write_text("other words", encoding="utf-8")
    assert find(project) == MADE
    (project / "site" / "manifest.json").write_text("{ }", encoding="utf-8")
    assert find(project) is None


def test_a_part_that_is_taken_out_of_a_large_site_is_seen(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "MOST_LOOKED_AT", MADE.files - 1)
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
    build(project)
    (project / "data" / "cases" / ".a.yaml.swp").write_text("", encoding="utf-8")
    (project / "data" / "cases" / "a.yaml~").write_text("", encoding="utf-8")

    assert find(project) == MADE


def test_a_stranger_in_the_site_is_seen_though_its_name_starts_with_a_dot(project: Path) -> None:
    build(project)
    (project / "site" / ".hidden").write_text("", encoding="utf-8")

    assert find(project) is None


def test_a_young_file_is_told_by_its_content(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writings within one step of the clock leave the same marks."""
    frozen = 1_000_000_000
    path = project / "data" / "cases" / "a.yaml"
    real = os.stat

    def stat(name: object, *args: object, **named: object) -> os.stat_result:
        found = real(name, *args, **named)  # type: ignore[arg-type, call-overload]
        if str(name) != str(path):
            return found
        kept = list(found)
        return os.stat_result(
            kept, {"st_mtime_ns": frozen, "st_ctime_ns": frozen, "st_mode": found.st_mode}
        )

    monkeypatch.setattr(marks.os, "stat", stat)
    monkeypatch.setattr(marks.time, "time_ns", lambda: frozen + marks.YOUNG - 1)
    build(project)
    path.write_text("two", encoding="utf-8")

    assert find(project) is None


def test_a_young_file_that_stayed_as_it_was_is_trusted_once_it_is_old(project: Path) -> None:
    build(project)
    record = project / ".cache" / "last-build.json"
    young_at_first = json.loads(record.read_bytes())["young"]
    look = look_at_inputs(project, project / "site", None)
    old = Look(project=look.project, output=look.output, seen=look.seen, young={})

    assert len(young_at_first) >= 5
    assert find_last_build(old) == MADE
    assert json.loads(record.read_bytes())["young"] == {}


@pytest.mark.parametrize("name", [".site.building", ".site.retired"])
def test_another_build_and_what_a_killed_one_left_are_seen_to(project: Path, name: str) -> None:
    build(project)
    (project / name).mkdir()

    assert find(project) is None


@pytest.mark.parametrize(
    "record", [b"", b"[]", b"{}", b'"x"', b"\xff", b'{"seen": 1, "made": 2, "young": 3}']
)
def test_a_damaged_record_is_none(project: Path, record: bytes) -> None:
    build(project)
    (project / ".cache" / "last-build.json").write_bytes(record)

    assert find(project) is None


def test_a_cache_that_is_a_link_is_left_alone(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / ".cache").symlink_to(tmp_path / "elsewhere")
    build(project)

    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert find(project) is None


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; from casebook.commands.cli import main; status = main(sys.argv[1:]); "
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
