"""A page whose English is older than its Chinese says so."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from casebook.ledger import record_translations
from casebook.reader import read_dataset
from casebook.translations import check_translations, find_outdated

ROOT = Path(__file__).resolve().parent.parent
HAISHU = "data/cases/haishu.yaml"
NOTICE = 'class="outdated"'


def change(project: Path, path: str, *words: tuple[str, str]) -> None:
    text = (project / path).read_text(encoding="utf-8")
    for before, after in words:
        assert text.count(before) >= 1, before
        text = text.replace(before, after)
    (project / path).write_text(text, encoding="utf-8")


def outdated(project: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The address and the parts of each page whose English is older."""
    dataset, _ = read_dataset(project)
    found = find_outdated(project, dataset)
    return [(address, entry.parts) for address, entry in sorted(found.items())]


def record(project: Path, *in_step: str) -> int:
    dataset, _ = read_dataset(project)
    return record_translations(project, dataset, in_step)


@pytest.fixture
def recorded(tiny_project: Path) -> Path:
    """The tiny project once its English is recorded."""
    assert record(tiny_project) == 0
    return tiny_project


RENAMED = ("title: 海曙", "title: 宁波海曙")


def test_nothing_is_older_before_anything_is_recorded(tiny_project: Path) -> None:
    change(tiny_project, HAISHU, RENAMED)

    assert outdated(tiny_project) == []


def test_chinese_that_changes_alone_leaves_its_english_behind(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)

    assert outdated(recorded) == [("cases/haishu/", ("title",))]


def test_recording_does_not_hide_what_is_behind(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)

    assert record(recorded) == 1
    assert outdated(recorded) == [("cases/haishu/", ("title",))]


def test_english_that_follows_is_in_step(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)
    record(recorded)
    change(recorded, HAISHU, ("Haishu: ", "Haishu in Ningbo: "))

    assert outdated(recorded) == []
    assert record(recorded) == 0


def test_an_editor_may_say_that_the_english_needs_no_change(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)

    assert record(recorded, HAISHU) == 0
    assert outdated(recorded) == []


def test_a_text_is_older_as_a_whole(recorded: Path) -> None:
    change(recorded, "content/pages/about.md", ("\n\n", "\n\n添了一句。\n\n"))
    change(recorded, "content/stories/lead.md", ("\n\n", "\n\n添了一句。\n\n"))

    assert outdated(recorded) == [("", ("text",)), ("about/", ("text",))]


def test_other_ends_of_lines_make_no_text_older(recorded: Path) -> None:
    about = recorded / "content" / "pages" / "about.md"
    about.write_bytes(about.read_bytes().replace(b"\n", b"\r\n"))

    assert outdated(recorded) == []


def test_the_warning_stands_at_the_field_and_names_the_command(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)
    dataset, _ = read_dataset(recorded)

    (problem,) = check_translations(
        replace(dataset, outdated=find_outdated(recorded, dataset)),
    )

    assert (problem.path, problem.code, problem.severity) == (HAISHU, "W207", "warning")
    line = (recorded / HAISHU).read_text(encoding="utf-8").splitlines()[problem.at.line - 1]
    assert line.startswith("title:")
    assert f"python3 build.py record --in-step {HAISHU}" in problem.hint_zh


def test_the_english_page_says_so_and_links_the_chinese(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)
    change(recorded, "content/pages/about.md", ("\n\n", "\n\n添了一句。\n\n"))
    command = [sys.executable, "-m", "casebook", "--project", str(recorded), "build", "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    output = recorded / "output"
    pages = {
        path.relative_to(output).as_posix(): text
        for path in output.rglob("*.html")
        if NOTICE in (text := path.read_text(encoding="utf-8"))
    }

    assert sorted(pages) == ["en/about/index.html", "en/cases/haishu/index.html"]
    case = pages["en/cases/haishu/index.html"]
    assert "changed after its English: the headline." in case
    assert '<a href="../../../cases/haishu/" lang="zh-Hans"' in case
