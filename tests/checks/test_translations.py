"""A page whose English is older than its Chinese says so."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from casebook.build.reading import read_dataset
from casebook.checks.translations import check_translations, find_outdated
from casebook.commands.record_commands import record_translations, write_ledgers

ROOT = Path(__file__).resolve().parents[2]
HAISHU = "data/cases/haishu.yaml"
NOTICE = 'class="outdated"'


def change(project: Path, path: str, *words: tuple[str, str]) -> None:
    text = (project / path).read_text(encoding="utf-8")
    for before, after in words:
        assert text.count(before) >= 1, before
        text = text.replace(before, after)
    (project / path).write_text(text, encoding="utf-8")


def outdated(project: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The address of each page whose English is older, with the older parts."""
    dataset, _ = read_dataset(project)
    found = find_outdated(project, dataset)
    return [(address, entry.parts) for address, entry in sorted(found.items())]


def record(project: Path, *in_step: str) -> int:
    dataset, _ = read_dataset(project)
    ledgers, behind = record_translations(project, dataset, in_step)
    write_ledgers(project, ledgers)
    return behind


@pytest.fixture
def recorded(tiny_project: Path) -> Path:
    """The tiny project after its English was recorded."""
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


def test_the_warning_is_at_the_field_and_names_the_command(recorded: Path) -> None:
    change(recorded, HAISHU, RENAMED)
    dataset, _ = read_dataset(recorded)

    (problem,) = check_translations(
        replace(dataset, outdated=find_outdated(recorded, dataset)),
    )

    assert (problem.path, problem.code, problem.severity) == (HAISHU, "W207", "warning")
    line = (recorded / HAISHU).read_text(encoding="utf-8").splitlines()[problem.at.line - 1]
    assert line.startswith("title:")
    assert f"python3 build.py record --in-step {HAISHU}" in problem.hint.zh


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
    assert "since this English was written: the headline." in case
    assert '<a href="../../../cases/haishu/" lang="zh-Hans"' in case


def test_a_case_without_english_is_shown_in_chinese_and_never_half_empty(
    tiny_project: Path,
) -> None:
    record_file = tiny_project / HAISHU
    lines = record_file.read_text(encoding="utf-8").splitlines()
    kept = []
    inside = False
    for line in lines:
        # An English text ends with the lines of its block.
        inside = inside and (line.startswith("  ") or not line)
        if re.match(r"\s*(?:- )?\w+_en:", line):
            inside = line.rstrip().endswith(("|", ">"))
            continue
        if not inside:
            kept.append(line)
    record_file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "casebook", "--project", str(tiny_project), "build", "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    page = html5lib.parse(
        (tiny_project / "output/en/cases/haishu/index.html").read_text(encoding="utf-8"),
        namespaceHTMLElements=False,
    )
    body = page.find("body")
    empty = [
        element.tag
        for element in body.iter()
        if element.tag in ("h1", "h2", "h3", "p", "dt", "a")
        and not "".join(element.itertext())
        and element.get("role") != "status"
    ]

    assert "海曙" in "".join(body.find(".//h1").itertext())
    assert list(find_misread(body, "en")) == []
    assert empty == []


def find_misread(element: Element, lang: str) -> Iterator[str]:
    """The Chinese words that a screen reader would read in another language."""
    lang = element.get("lang", lang)
    # A citation gives the names that things have in its own language.
    if element.tag in ("script", "code") or "citation" in element.get("class", ""):
        return
    own = [element.text or ""] + [child.tail or "" for child in element]
    if not lang.startswith("zh"):
        yield from (words.strip() for words in own if re.search(r"[\u4e00-\u9fff]", words))
    for child in element:
        yield from find_misread(child, lang)
