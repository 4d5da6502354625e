"""The published folder is the old site or the new one, and nothing else is ever touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.errors import CasebookError, Exit
from casebook.swap import check_output, staged_tree


def publish(output: Path, text: str) -> None:
    with staged_tree(output) as staging:
        (staging / "index.html").write_text(text, encoding="utf-8")
        (staging / "manifest.json").write_text(json.dumps({"generator": "casebook"}))


def test_a_new_tree_takes_the_place_of_the_old(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    (output / "gone.html").write_text("x")
    publish(output, "new")

    assert (output / "index.html").read_text() == "new"
    assert not (output / "gone.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".output.lock", "output"]


def test_a_failed_build_leaves_the_old_tree(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")

    with pytest.raises(RuntimeError), staged_tree(output) as staging:
        (staging / "index.html").write_text("half")
        raise RuntimeError

    assert (output / "index.html").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".output.lock", "output"]


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    (tmp_path / ".output.building").mkdir()
    (tmp_path / ".output.building" / "half.html").write_text("half")
    publish(output, "new")

    assert [path.name for path in output.iterdir() if path.suffix == ".html"] == ["index.html"]
    assert not (tmp_path / ".output.building").exists()


def test_a_site_caught_between_two_renames_comes_back(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    output.rename(tmp_path / ".output.retired")

    with pytest.raises(RuntimeError), staged_tree(output):
        raise RuntimeError

    assert (output / "index.html").read_text() == "old"


def test_a_second_build_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "output"
    code = (
        "import sys; from pathlib import Path; from casebook.swap import staged_tree\n"
        "with staged_tree(Path(sys.argv[1])) as staging:\n"
        "    print('holding', flush=True); sys.stdin.readline()\n"
        "    (staging / 'index.html').write_text('first')\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "holding\n"

    with pytest.raises(CasebookError) as refused:
        publish(output, "second")
    first.communicate("\n")

    assert refused.value.exit_status == Exit.MACHINE
    assert str(first.pid) in refused.value.en
    assert (output / "index.html").read_text() == "first"


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".output.lock").write_text("999999")

    publish(tmp_path / "output", "new")

    assert (tmp_path / "output" / "index.html").read_text() == "new"


def test_folders_that_must_not_be_replaced_are_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in ("data/cases", "content", "theme", "foreign", "empty"):
        (project / name).mkdir(parents=True)
    (project / "foreign" / "thesis.docx").write_text("years of work")
    (project / "file").write_text("x")
    (project / "link").symlink_to(project / "data")
    dangerous = [
        Path("/"),
        Path.home(),
        tmp_path,
        project,
        project / "data",
        project / "data" / "cases",
        project / "content" / "site",
        project / "theme",
        project / "foreign",
        project / "file",
        project / "link",
        project / "foreign" / "..",
    ]

    refused = []
    for output in dangerous:
        try:
            check_output(output, project)
        except CasebookError as error:
            refused.append((output, error.exit_status))

    assert refused == [(output, Exit.USAGE) for output in dangerous]
    check_output(project / "empty", project)
    check_output(project / "output", project)
