"""The editors' guide: every command in it is one, its exercise works, every code is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import PROJECT, copy_parts
from processes import run

from casebook.commands.cli import answer_about_usage, parse_arguments
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period

GUIDE = (PROJECT / "docs" / "editing.zh.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"python3 build\.py[^`\n|]*", GUIDE)))
BLOCKS = re.findall(r"```([a-z]*)\n(.*?)```", GUIDE.partition("## 练习")[2], re.DOTALL)


def code_in(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_is_one(command: str) -> None:
    arguments = command.removeprefix("python3 build.py").split()

    commands = ("build", "check", "new", "import", "export", "serve", "schema", "record", "release")

    assert answer_about_usage(arguments) or parse_arguments(arguments).command in commands


def rows_under(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, each with its cells."""
    section = GUIDE.partition(f"{heading}\n")[2].partition("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_every_amount_of_the_guide_is_read() -> None:
    wordings = [word for row in rows_under("### 金额的写法") for word in code_in(row[0])]

    assert len(wordings) > 50
    assert all(parse_quantity(wording) for wording in wordings)


def test_every_date_of_the_guide_becomes_the_edtf_beside_it() -> None:
    rows = rows_under("## 日期")

    assert len(rows) > 15
    for row in rows:
        (edtf,) = code_in(row[1])
        assert [parse_period(wording).edtf for wording in code_in(row[0])] == [
            edtf for _ in code_in(row[0])
        ]


def test_every_code_is_explained_with_its_remedy() -> None:
    explained = set()
    for row in re.findall(r"^\| (`[EW][0-9]{3}`[^|]*) \| ([^|]+) \| (.+) \|$", GUIDE, re.MULTILINE):
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
    """A copy of the project in which the exercise was done as the guide says."""
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


def test_the_exercise_is_explained_as_the_guide_says(exercise: Path) -> None:
    path = str(exercise / "data/cases/lianxi.yaml")

    done = run(exercise, "check", "--explain", path, "--lang", "zh")

    assert done.stdout.removesuffix("没有问题\n") == BLOCKS[5][1]


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
