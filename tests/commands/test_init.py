"""`init` makes a site in an empty folder, which passes its checks and is built."""

from __future__ import annotations

import io
import re
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT

from casebook.build.checking import check_project
from casebook.commands import init_command
from casebook.commands.cli import main
from casebook.problems import Exit


def init(folder: Path, *options: str, lang: str = "zh") -> int:
    return main(["init", str(folder), "--yes", "--lang", lang, *options])


@pytest.mark.parametrize(
    ("options", "pages", "amount"),
    [
        pytest.param(["--languages", "zh,en"], ["index.html", "en/index.html"], "万元", id="zh,en"),
        pytest.param(
            ["--languages", "zh", "--currency", "JPY"], ["index.html"], "万日元", id="yen"
        ),
        pytest.param(
            ["--languages", "en,zh", "--currency", "USD"],
            ["index.html", "zh/index.html"],
            "about $1.5 million",
            id="en,zh",
        ),
    ],
)
def test_a_new_site_passes_its_checks_and_is_built(
    options: list[str], pages: list[str], amount: str, tmp_path: Path
) -> None:
    status = init(tmp_path / "site", *options, "--name", "北河账本", "--contact", "a@example.org")

    assert status == 0
    assert check_project(tmp_path / "site") == []
    assert all((tmp_path / "site/output" / page).is_file() for page in pages)
    home = (tmp_path / "site/output/index.html").read_text("utf-8")
    assert "北河账本" in home
    assert amount in home
    assert "CONTACT = 'a@example.org'" in (tmp_path / "site/pelicanconf.py").read_text("utf-8")


def read_output(site: Path) -> Iterator[tuple[str, str]]:
    """The paths and texts of the files of a site that contain words."""
    for path in sorted((site / "output").rglob("*")):
        name = path.relative_to(site / "output").as_posix()
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(path) as archive:
                # The Office theme names fonts of every script, so it is left out.
                parts = [part for part in archive.namelist() if not re.search("theme|png", part)]
                yield name, "".join(archive.read(part).decode(errors="ignore") for part in parts)
        elif path.suffix == ".sqlite":
            yield name, "\n".join(sqlite3.connect(path).iterdump())
        elif path.suffix not in (".png", ".css", ".js") and path.is_file():
            yield name, path.read_text("utf-8")


@pytest.mark.parametrize(
    ("lang", "other"),
    [
        pytest.param("zh", r'_en\b|"en"|/en/|hreflang|\ben[/-]', id="no English"),
        pytest.param("en", "[\u3400-\u9fff]|_zh\\b|zh-Hans|/zh/|hreflang", id="no Chinese"),
    ],
)
def test_a_site_of_one_language_has_nothing_of_the_other(
    lang: str, other: str, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    assert init(site, "--languages", lang, "--name", "Ledger", "--currency", "EUR") == 0

    found = {name: re.findall(other, f"{name} {text}") for name, text in read_output(site)}
    assert {name: words[:5] for name, words in found.items() if words} == {}


def test_a_site_in_english_is_written_in_english(tmp_path: Path) -> None:
    """This includes its blank cases, which show how to write amounts and dates, and its guide."""
    site = tmp_path / "site"
    options = ("--languages", "en", "--name", "Ledger", "--currency", "USD")
    assert init(site, *options, lang="en") == 0
    assert main(["--project", str(site), "new", "river", "--region", "example"]) == 0

    chinese = {
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.suffix in (".md", ".yaml", ".py") and "output" not in path.parts
        if re.search("[\u3400-\u9fff]", path.read_text("utf-8"))
    }

    blank = (site / "data/cases/river.yaml").read_text("utf-8")
    assert "docs/editing.md explains every field" in blank
    assert "python3 build.py" not in (site / "docs/editing.md").read_text("utf-8")
    # Like the messages, the guides exist in both languages.
    assert chinese == {"docs/editing.md", "docs/editing.zh.md", "docs/settings.md"}


def test_what_the_guides_of_a_site_link_to_is_there(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert init(site, "--languages", "en") == 0

    links = {
        (guide, target)
        for guide in (site / "docs").glob("*.md")
        for target in re.findall(r"\]\(([^/)#:]+/?[^)#:]*)\)", guide.read_text("utf-8"))
    }

    assert len(links) >= 6
    assert [link for link in links if not (link[0].parent / link[1]).exists()] == []


def test_a_site_may_begin_with_the_ten_cases(tmp_path: Path) -> None:
    status = init(tmp_path, "--example")

    assert status == 0
    assert {path.name for path in (tmp_path / "data/cases").glob("*.yaml")} == {
        path.name for path in (PROJECT / "data/cases").glob("*.yaml")
    }
    assert not (tmp_path / "data/published").exists()


def test_a_folder_with_content_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / ".git").mkdir()

    assert init(tmp_path, lang="en") == 2
    assert "already contains notes.txt," in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "notes.txt"]


@pytest.mark.parametrize(
    ("option", "found"),
    [
        pytest.param("--languages=zh,fr", "zh,fr", id="an unknown language"),
        pytest.param("--languages=en,en", "en,en", id="a language twice"),
        pytest.param("--languages=", "", id="no language"),
        pytest.param("--currency=元", "元", id="a currency sign, not a code"),
        pytest.param("--contact=给我们打电话", "给我们打电话", id="a contact that is no address"),
        pytest.param("--repository=ours", "ours", id="a repository without its address"),
        pytest.param("--licence=CC0", "CC0-1.0", id="an incomplete licence"),
    ],
)
def test_what_no_site_can_have_is_refused_before_anything_is_written(
    option: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "site", option) == 2
    assert found in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def answer(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    terminal = io.StringIO(lines)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)


def test_a_person_is_asked_what_no_option_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "\n\nCC0 1.0\n北河日报\n\n\n")

    status = main(["init", str(tmp_path / "site"), "--name", "北河", "--lang", "zh"])

    assert status == 0
    assert "网站的名称" not in capsys.readouterr().out
    settings = (tmp_path / "site/pelicanconf.py").read_text("utf-8")
    assert "LICENCE = 'CC0 1.0'" in settings
    assert "PUBLISHER = '北河日报'" in settings


def test_a_wrong_answer_is_asked_for_again_and_the_end_of_input_takes_the_proposals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "北河\n中文\nzh en\n元\njpy\n")

    status = main(["init", str(tmp_path / "site"), "--lang", "zh"])

    printed = capsys.readouterr()
    assert status == 0
    assert printed.out.count("语言，第一种是") == printed.out.count("币种（ISO") == 2
    assert [line.partition("；")[0] for line in printed.err.splitlines()] == [
        "没有“中文”这样的语言",
        "不认得币种“元”",
    ]
    settings = (tmp_path / "site/pelicanconf.py").read_text("utf-8")
    assert "LANGUAGES = ['zh', 'en']" in settings
    assert "LICENCE = 'CC BY 4.0'" in settings
    assert "currency: JPY" in (tmp_path / "site/data/vocabulary.yaml").read_text("utf-8")


def test_an_interrupted_question_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_question: str) -> str:
        raise KeyboardInterrupt

    answer(monkeypatch, "")
    monkeypatch.setattr("builtins.input", interrupt)

    assert main(["init", str(tmp_path / "site"), "--lang", "zh"]) == 130
    assert not (tmp_path / "site").exists()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("languages", "currency"), [("zh", "CNY"), ("zh,en", "CNY"), ("en,zh", "USD"), ("en", "USD")]
)
def test_the_currency_that_is_proposed_is_that_of_the_language_of_the_site(
    tmp_path: Path, languages: str, currency: str
) -> None:
    site = tmp_path / "site"

    assert init(site, "--languages", languages, "--name", "Ledger") == 0

    assert f"currency: {currency}" in (site / "data/vocabulary.yaml").read_text("utf-8")


@pytest.mark.parametrize("option", ["--languages=en", "--languages=en,zh", "--currency=USD"])
def test_the_ten_cases_keep_their_languages_and_their_currency(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "site", "--example", option) == 2
    assert "十个案例是人民币、中英两种语言的" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_site_without_a_name_has_that_of_its_folder(tmp_path: Path) -> None:
    assert init(tmp_path / "北河", "--name=") == 0
    assert "SITENAME = '北河'" in (tmp_path / "北河/pelicanconf.py").read_text("utf-8")


def test_the_commands_that_come_next_can_be_pasted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my site"

    assert init(folder) == 0
    assert f"serve --project '{folder}'" in capsys.readouterr().out


def test_whichever_file_was_cut_short_the_same_command_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, folder = tmp_path / "whole" / "own", tmp_path / "own"
    init(whole)
    made = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    # One file of each folder, except those of a build, which runs only after the settings.
    names = {name.parts[0]: name for name in made if name.parts[0] not in (".cache", "output")}
    monkeypatch.setattr(init_command, "write_atomically", stop)
    refused = []
    for name in names.values():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # No process has so large an id.
        draft = path.with_name(f".{path.name}.4194999.new")
        draft.write_text("half", encoding="utf-8")
        if init(folder) != Exit.INTERRUPTED:
            refused.append((name.as_posix(), capsys.readouterr().err))
        draft.unlink(missing_ok=True)
        if name.name != "pelicanconf.py":
            path.write_bytes((whole / name).read_bytes())

    assert refused == []


def stop(*_: object) -> None:
    raise KeyboardInterrupt
