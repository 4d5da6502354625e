"""`check --fix` and `check --explain`: mistakes that are fixed or left, and readings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from processes import run

from casebook.yaml.edit import fix_text
from casebook.yaml.nodes import read_tree

VALID = """\
title: 东莞
summary: 一句话
answers:
  purchaser: 东莞市
events:
  - date: 2011
"""


def fixed(text: str) -> str | None:
    after, lines = fix_text(text.encode("utf-8"), "data/cases/x.yaml")
    return after.decode("utf-8") if lines else None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("title: 东莞", "title：东莞", id="full-width colon"),
        pytest.param("summary: 一句话", "summary:一句话", id="no blank behind the colon"),
        pytest.param("  purchaser", "\u3000purchaser", id="full-width indentation"),
        pytest.param("  purchaser", "\u00a0\u00a0purchaser", id="no-break blanks"),
        pytest.param("  purchaser", "\tpurchaser", id="tab"),
        pytest.param("  - date", "  －date", id="full-width dash"),
    ],
)
def test_a_mistake_of_notation_is_fixed(old: str, new: str) -> None:
    broken = VALID.replace(old, new)
    assert broken != VALID

    after = fixed(broken)

    assert after is not None
    assert read_tree(after.encode(), "x.yaml")[1] == []
    assert "".join(after.split()) == "".join(VALID.split())


@pytest.mark.parametrize("blank", ["\t", "\t\t", "\u3000"])
def test_what_every_line_has_is_one_problem_and_fixed(blank: str) -> None:
    """Tabs of two, of four, and wide blanks of two spaces."""
    width = 2 if len(blank) == 1 else 4
    figures = "".join(f"  a{n}:\n    label: 名\n" for n in range(20))
    valid = f"title: 东莞\nfigures:\n{figures}".replace("  ", " " * width)
    broken = valid.replace(" " * width, blank)

    assert len(read_tree(broken.encode(), "x.yaml")[1]) == 1
    assert read_tree((fixed(broken) or "").encode(), "x.yaml")[1] == []


def test_several_mistakes_are_fixed_in_one_run() -> None:
    broken = VALID.replace("title: ", "title：").replace("summary: ", "summary:")

    assert fixed(broken) == VALID


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(VALID, id="nothing is wrong"),
        pytest.param(VALID.replace("一句话", "一句 # 话"), id="what is lost to a comment"),
        pytest.param(VALID.replace("一句话", "*一句话"), id="a value that needs quotes"),
        pytest.param(VALID + "title: 又一个\n", id="a field that is written twice"),
        pytest.param(VALID.replace("一句话", "甲：乙，丙"), id="full-width marks in prose"),
        pytest.param(VALID.replace("东莞市", "[甲，乙]"), id="one item or two"),
    ],
)
def test_what_could_change_the_meaning_is_left(text: str) -> None:
    assert fixed(text) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("", "\r\n", id="line ends of Windows"),
        pytest.param("", "\r", id="line ends of old Macs"),
        pytest.param("\ufeff", "\n", id="byte order mark"),
    ],
)
def test_line_ends_and_byte_order_mark_stay(start: str, end: str) -> None:
    valid = (start + VALID).replace("\n", end)

    assert fixed(valid.replace("title: ", "title：")) == valid


def test_a_file_in_another_encoding_is_left() -> None:
    assert fix_text("title：东莞\n".encode("gbk"), "x.yaml")[1] == 0


def test_fix_shows_the_difference_and_keeps_a_copy(tiny_project: Path) -> None:
    path = tiny_project / "data" / "cases" / "haishu.yaml"
    valid = path.read_bytes()
    broken = valid.replace(b"topic: ", "topic：".encode())
    path.write_bytes(broken)

    done = run(tiny_project, "check", "--fix", "--lang", "zh")

    assert done.returncode == 0, done.stderr
    assert "-topic：reading\n+topic: reading\n" in done.stdout
    assert "data/cases/haishu.yaml：改了 1 行，原来的存为 data/cases/haishu.yaml.bak" in done.stdout
    assert path.read_bytes() == valid
    assert path.with_name("haishu.yaml.bak").read_bytes() == broken


def test_fix_touches_only_the_files_that_are_named(tiny_project: Path) -> None:
    path = tiny_project / "data" / "cases" / "haishu.yaml"
    other = tiny_project / "data" / "cases" / "guangzhou.yaml"
    path.write_bytes(path.read_bytes().replace(b"topic: ", "topic：".encode()))

    run(tiny_project, "check", "--fix", str(other))

    assert "topic：" in path.read_text(encoding="utf-8")
    assert not list(tiny_project.rglob("*.bak"))


def test_fix_leaves_valid_files_alone(tiny_project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tiny_project.rglob("*.yaml")}

    done = run(tiny_project, "check", "--fix")

    assert (done.returncode, done.stdout) == (0, "no problems\n")
    assert {path: path.stat().st_mtime_ns for path in tiny_project.rglob("*.yaml")} == before


def test_explain_tells_what_amounts_and_dates_became(tiny_project: Path) -> None:
    path = tiny_project / "data" / "cases" / "haishu.yaml"

    done = run(tiny_project, "check", "--explain", str(path), "--lang", "zh")

    out = re.sub(r"(?<=yaml):[0-9]+(?=:)", "", done.stdout)
    assert out.splitlines()[:4] == [
        "data/cases/haishu.yaml: paid_2013  120万元 = 1200000 CNY, exact",
        "    2013 (2013-01-01 / 2013-12-31, 2013年); 年度购买总额, 报道",
        "data/cases/haishu.yaml: paid_2014  约150万元 = 1500000 CNY, approx",
        "    2014 (2014-01-01 / 2014-12-31, 2014年); 年度购买总额, 报道",
    ]
    assert "逾百个 = 100 个, more_than" in out
    assert "data/cases/haishu.yaml: 2012? (2012-01-01 / 2012-12-31, " in out


def test_a_file_that_is_not_there_is_wrong_usage(tiny_project: Path) -> None:
    assert run(tiny_project, "check", "no-such.yaml").returncode == 2
