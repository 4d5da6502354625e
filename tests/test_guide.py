"""The editors' guide in both languages: the same structure, and commands and examples that work.

Tables of codes and forms come from one file into both guides, which test_one_description checks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import PROJECT, copy_parts
from processes import run

from casebook.commands.cli import answer_about_usage, parse_arguments
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period

GUIDES = {
    lang: (PROJECT / "docs" / name).read_text(encoding="utf-8")
    for lang, name in (("zh", "editing.zh.md"), ("en", "editing.md"))
}
GUIDE, ENGLISH = GUIDES.values()
READMES = {
    lang: (PROJECT / name).read_text(encoding="utf-8")
    for lang, name in (("zh", "README.zh.md"), ("en", "README.md"))
}
COMMAND = r"python3 build\.py *([^`\n|#]*)"
COMMANDS = sorted({command for text in GUIDES.values() for command in re.findall(COMMAND, text)})
FENCED = r"```([a-z]*)\n(.*?)```"
EXERCISE = re.compile(r"^## (?:练习|An exercise).*", re.MULTILINE)
BLOCKS, ENGLISH_BLOCKS = (
    re.findall(FENCED, EXERCISE.split(text)[1], re.DOTALL) for text in GUIDES.values()
)
CLEAN = {"zh": "没有问题\n", "en": "no problems\n"}


def code_in(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def outline(text: str) -> list[str]:
    """The levels of headings, tables, lists, pictures and kinds of blocks, in order."""
    text = re.sub(r"^(```[a-z]*\n).*?^```$", r"\1", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(
        r"^(?:#+(?= )|```[a-z]*|<!-- .* -->|\|[-|]+\||- |\d\. |!\[)", text, re.MULTILINE
    )


@pytest.mark.parametrize(
    "pair", [pytest.param(GUIDES, id="guide"), pytest.param(READMES, id="readme")]
)
def test_both_languages_are_in_step(pair: dict[str, str]) -> None:
    # Names of files and places in a command differ between the languages.
    chinese, english = (
        {tuple(re.findall("^[a-z]+|--[a-z-]+", command)) for command in re.findall(COMMAND, text)}
        for text in pair.values()
    )

    assert outline(pair["en"]) == outline(pair["zh"])
    assert english == chinese


def test_both_guides_have_the_same_examples() -> None:
    chinese, english = (
        re.findall("```yaml\n(.*?)```", text, re.DOTALL) for text in GUIDES.values()
    )

    assert english == chinese


def test_the_site_links_to_pages_that_are_there() -> None:
    for folder, texts in (("docs", GUIDES), (".", READMES)):
        for text in texts.values():
            for target in re.findall(r"\]\((?!https?:|/|#)([^)]+)\)", text):
                assert (PROJECT / folder / target).exists(), target


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_is_one(command: str) -> None:
    arguments = command.split()

    commands = ("build", "check", "new", "import", "export", "serve", "schema", "record", "release")

    assert answer_about_usage(arguments) or parse_arguments(arguments).command in commands


def rows_under(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, each with its cells."""
    section = "".join(GUIDES.values()).partition(f"{heading}\n")[2].partition("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]


@pytest.mark.parametrize("heading", ["### 金额的写法", "### How to write an amount"])
def test_every_amount_of_the_guide_is_read(heading: str) -> None:
    wordings = [word for row in rows_under(heading) for word in code_in(row[0])]

    assert len(wordings) > 50
    assert all(parse_quantity(wording) for wording in wordings)


@pytest.mark.parametrize("heading", ["## 日期", "## Dates"])
def test_every_date_of_the_guide_becomes_the_edtf_beside_it(heading: str) -> None:
    rows = rows_under(heading)

    assert len(rows) > 15
    for row in rows:
        (edtf,) = code_in(row[1])
        assert [parse_period(wording).edtf for wording in code_in(row[0])] == [
            edtf for _ in code_in(row[0])
        ]


@pytest.mark.parametrize("lang", GUIDES)
def test_every_code_is_explained_with_its_remedy(lang: str) -> None:
    explained = set()
    row_of_code = r"^\| (`[EW][0-9]{3}`[^|]*) \| ([^|]+) \| (.+) \|$"
    for row in re.findall(row_of_code, GUIDES[lang], re.MULTILINE):
        assert all(cell.strip() for cell in row)
        explained |= set(re.findall(r"[EW][0-9]{3}", row[0]))
    used = {
        code
        for path in (PROJECT / "casebook").rglob("*")
        if path.suffix in (".py", ".yaml")
        for code in re.findall(r"\b[EW][0-9]{3}\b", path.read_text(encoding="utf-8"))
    }

    assert used - explained == set()


@pytest.fixture
def exercise(tmp_path: Path) -> Path:
    """A copy of the project after the exercise was done as the guide says."""
    copy_parts(PROJECT, tmp_path, ("data", "content", "pelicanconf.py"))
    command, source, case = (text for _, text in BLOCKS[:3])
    assert run(tmp_path, *command.split()[2:]).returncode == 0
    with (tmp_path / "data" / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write("\n" + source)
    (tmp_path / "data" / "cases" / "lianxi.yaml").write_text(case, encoding="utf-8")
    return tmp_path


def test_its_example_of_a_real_place_passes_check(tmp_path: Path) -> None:
    copy_parts(PROJECT, tmp_path, ("data", "content", "pelicanconf.py"))
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    (source,) = (block for block in blocks if block.startswith("yinzhou-notice"))
    (case,) = (block for block in blocks if "title: 鄞州" in block)
    with (tmp_path / "data/sources.yaml").open("a", encoding="utf-8") as file:
        file.write(source)
    (tmp_path / "data/cases/yinzhou.yaml").write_text(case, encoding="utf-8")

    done = run(tmp_path, "check", str(tmp_path / "data/cases/yinzhou.yaml"), "--lang", "zh")

    assert (done.returncode, done.stdout, done.stderr) == (0, "没有问题\n", "")


def test_the_exercise_passes_check(exercise: Path) -> None:
    done = run(exercise, "check", str(exercise / "data/cases/lianxi.yaml"), "--lang", "zh")

    assert (done.returncode, done.stdout, done.stderr) == (0, "没有问题\n", "")


@pytest.mark.parametrize(("lang", "blocks"), [("zh", BLOCKS), ("en", ENGLISH_BLOCKS)])
def test_the_exercise_is_explained_as_the_guide_says(
    exercise: Path, lang: str, blocks: list[tuple[str, str]]
) -> None:
    path = str(exercise / "data/cases/lianxi.yaml")

    done = run(exercise, "check", "--explain", path, "--lang", lang)

    assert done.stdout.removesuffix(CLEAN[lang]) == blocks[5][1]


@pytest.mark.parametrize("lang", GUIDES)
def test_check_prints_what_the_guide_shows(lang: str, tmp_path: Path) -> None:
    copy_parts(PROJECT, tmp_path, ("data", "content", "pelicanconf.py"))
    blocks = re.findall(FENCED, GUIDES[lang], re.DOTALL)
    (source,) = (block for _, block in blocks if block.startswith("yinzhou-notice"))
    (case,) = (block for kind, block in blocks if kind == "yaml" and "title: 鄞州" in block)
    (shown,) = (block for _, block in blocks if block.startswith("data/cases/yinzhou.yaml:2:6"))
    with (tmp_path / "data/sources.yaml").open("a", encoding="utf-8") as file:
        file.write(source)
    path = tmp_path / "data/cases/yinzhou.yaml"
    faulty = case.replace("title: 鄞州", "title：鄞州", 1).replace("allocated", "alocated", 1)
    path.write_text(faulty, encoding="utf-8")

    done = run(tmp_path, "check", str(path), "--lang", lang)

    said = [line for line in shown.splitlines() if not re.match(r" *\d* \|", line)]
    assert done.stderr.splitlines() == said


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("topic: public", "topic：public", "E112", id="full-width colon"),
        pytest.param("reported", "reportd", "E205", id="misspelt word"),
        pytest.param("{{session_price}}", "{{session_prise}}", "E250", id="misspelt figure"),
        pytest.param("是{{session_price}}", "是600元", "E271", id="a lost qualifier"),
    ],
)
def test_its_mistakes_are_told_as_the_guide_says(
    exercise: Path, old: str, new: str, code: str
) -> None:
    path = exercise / "data/cases/lianxi.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    done = run(exercise, "check", str(path), "--lang", "zh")

    assert done.returncode == 1
    assert f": {code} " in done.stderr
