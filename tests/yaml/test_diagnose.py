"""Mistakes of editors: each is reported at its place, and the offered line fixes it.

tests/bad_files/mistakes.tsv lists the mistakes: the source as a JSON string (for the form `bytes`,
each of its characters is one byte), the code, the place of the first problem, and a word of its
message.
"""

from __future__ import annotations

import csv
import json
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.messages import PLACE, read_catalogue
from casebook.problems import Problem
from casebook.yaml.encoding import offer_line, show, unscramble
from casebook.yaml.fixes import quote_value
from casebook.yaml.mistakes import Mistake, mistakes_in
from casebook.yaml.nodes import MapNode, read_tree

HERE = Path(__file__).resolve().parents[1]
SHARED = HERE.parent.parent / "shared" / "bad-yaml"
# Every character with a meaning in YAML, and those that input methods type instead.
SALT = (
    "：﹕，；、－—–＃｜＞［］｛｝“”＂‘’\u3000\u00a0\u200b\ufeff\u0085\x00"
    "\t\n :-#|>[]{}\"'&*!%@`\\,?="
)

RECORD = """\
title: 甲市购买服务
region: 441900
answers:
  purchaser: 民政局
  mode: [post, project]
events:
  - date: 1995
    title: 开始
story: |
  第一段：说明
  第二段
"""


def read_rows(name: str) -> list[dict[str, str]]:
    with (HERE / "bad_files" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def bytes_of(row: dict[str, str]) -> bytes:
    source: str = json.loads(row["source"])
    return source.encode("latin-1" if row["form"] == "bytes" else "utf-8")


MISTAKES = read_rows("mistakes.tsv")
VALID = read_rows("valid.tsv")


def read(source: str | bytes) -> list[Problem]:
    data = source.encode() if isinstance(source, str) else source
    return read_tree(data, "x.yaml")[1]


def paste(data: bytes, problems: list[Problem]) -> bytes:
    """The file in which each offered line replaces the line of its problem."""
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    for problem in problems:
        found = re.fullmatch(r"改成  (.*)", problem.hint.zh)
        if found is not None:
            lines[problem.at.line - 1] = found[1]
    return "\n".join(lines).encode()


def offered(row: dict[str, str]) -> bool:
    return all(problem.hint.zh.startswith("改成  ") for problem in read(bytes_of(row)))


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row["name"])
def test_a_mistake_is_named_at_its_place(row: dict[str, str]) -> None:
    first = read(bytes_of(row))[0]

    assert (first.code, first.at.line, first.at.column) == (
        row["code"],
        int(row["line"]),
        int(row["column"]),
    )
    assert row["word"] in first.message("zh")


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row["name"])
def test_a_message_fits_a_chinese_console(row: dict[str, str]) -> None:
    for problem in read(bytes_of(row)):
        for said in (problem.message("zh"), problem.message("en")):
            said.encode("gbk")

            assert said.isprintable()


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row["name"])
def test_a_message_tells_what_to_do_in_both_languages(row: dict[str, str]) -> None:
    for problem in read(bytes_of(row)):
        assert problem.text.zh and problem.text.en and problem.hint.zh and problem.hint.en


@pytest.mark.parametrize("row", VALID, ids=lambda row: row["name"])
def test_what_is_valid_is_left_alone(row: dict[str, str]) -> None:
    node, problems = read_tree(bytes_of(row), "x.yaml")

    assert isinstance(node, MapNode)
    assert problems == []


FIXABLE = [row for row in MISTAKES if offered(row)]


def test_most_mistakes_offer_a_line() -> None:
    assert len(FIXABLE) >= 100


@pytest.mark.parametrize("row", FIXABLE, ids=lambda row: row["name"])
def test_the_offered_line_fixes_the_file(row: dict[str, str]) -> None:
    data = bytes_of(row)
    for _ in range(3):
        problems = read(data)
        if not any(problem.hint.zh.startswith("改成  ") for problem in problems):
            break
        data = paste(data, problems)

    assert [(problem.code, problem.at) for problem in read(data)] == []


def test_all_mistakes_of_a_file_come_out_in_one_run() -> None:
    source = 'title：x\nregion:1\nl:\n\t- a\nq: "x\nz: *b\nq: y\n'

    assert [(problem.code, problem.at.line) for problem in sorted(read(source))] == [
        ("E112", 1),
        ("E113", 2),
        ("E116", 4),
        ("E118", 5),
        ("E133", 6),
        ("E130", 7),
    ]


def test_a_file_with_full_width_colons_throughout_names_each() -> None:
    source = RECORD.split("story")[0].replace(":", "：").replace("： ", "：")
    problems = read(source)

    assert {problem.at.line for problem in problems} == {1, 2, 3, 4, 5, 6, 7, 8}
    assert all("全角冒号" in problem.message("zh") for problem in problems)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("甲: 乙", '"甲: 乙"', id="colon"),
        pytest.param('"甲"案', "'\"甲\"案'", id="double quotes take single ones"),
        pytest.param("C:\\data", "'C:\\data'", id="backslash takes single quotes"),
        pytest.param('it\'s "x"', "'it''s \"x\"'", id="both kinds"),
        pytest.param("甲  # 注", '"甲"  # 注', id="a comment stays outside"),
    ],
)
def test_a_value_is_quoted_as_yaml_reads_it(value: str, expected: str) -> None:
    assert quote_value(value) == expected


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        pytest.param("，中文的说明".encode().decode("gb18030"), "，中文的说明", id="as GBK"),
        pytest.param("中文".encode().decode("latin-1"), "中文", id="as Latin-1"),
        pytest.param("涓流入海", "", id="words that look garbled are not"),
        pytest.param("民政局购买服务", "", id="plain words"),
    ],
)
def test_garbled_text_is_not_taken_for_words(garbled: str, meant: str) -> None:
    assert unscramble(garbled) == meant


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("备注: 😀", id="not in GBK"),
        pytest.param("备注: " + "甲" * 300, id="too long to type"),
        pytest.param("备注:\t甲", id="a tab cannot be seen"),
        pytest.param("备注: \u200b", id="invisible"),
    ],
)
def test_a_line_that_a_console_cannot_show_is_not_offered(line: str) -> None:
    assert offer_line(line) is None


def test_data_in_a_message_shows_no_control_characters() -> None:
    assert show("a\x1b[2J\u202e😀") == "aU+001B[2JU+202EU+1F600"


PLACES = ("in_lines", "in_names", "in_texts", "bare_name")
TABLE = tuple(mistake for place in PLACES for mistake in mistakes_in(place))
# Mistakes without an example in mistakes.tsv.
RARE = (
    'title "甲：乙"\nregion: 1\n',
    "l:\n  1. a: 1\n    b: 2\n",
    "story: ｜\n  甲: 乙\n  丙\nb: 1\n",
    'a: "\\uD83D\\uDE00"\nb: 1\n',
    f"{'k' * 210}: v: w\nb: 1\n",
    "a: 1\n: v\nb: 2\n",
    'a:\u3000"x": y\nb: 1\n',
    'a="x": y\n',
    'a:"x": y\n',
    'a "x": y\n',
    "“a”: 1\nb: 2\n",
    "a: b\n  Title：x\n",
    "a: b\n  Title:x\n",
)


def test_every_mistake_of_the_table_has_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    met = []
    report = Mistake.report

    def note(mistake: Mistake, *args: Any) -> Problem:
        met.append(mistake)
        return report(mistake, *args)

    monkeypatch.setattr(Mistake, "report", note)
    for source in (*map(bytes_of, MISTAKES), *RARE):
        read(source)

    assert [mistake for mistake in TABLE if mistake not in met] == []


@pytest.mark.parametrize("mistake", TABLE, ids=lambda row: row.key)
def test_the_message_of_a_mistake_is_filled(mistake: Mistake) -> None:
    words = " ".join(read_catalogue()[mistake.key].values())

    assert set(PLACE.findall(words)) <= {"at", "name", "mark", "blank"}


@pytest.mark.parametrize("mistake", TABLE, ids=lambda row: row.key)
@pytest.mark.parametrize("piece", ['"', "[", "\\", "- ", "：", "a: ", "'", ", "])
def test_a_look_at_a_long_line_takes_no_time(mistake: Mistake, piece: str) -> None:
    line = "  k: " + piece * (4_000 // len(piece))
    begin = time.process_time()
    mistake.match(line)

    assert time.process_time() - begin < 0.5


def broken_records(count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    records = []
    for _ in range(count):
        text = list(RECORD)
        for _ in range(dice.choice((1, 1, 1, 2, 4))):
            index = dice.randrange(len(text))
            kind = dice.randrange(4)
            if kind == 0:
                text[index] = dice.choice(SALT)
            elif kind == 1:
                text.insert(index, dice.choice(SALT))
            elif kind == 2:
                del text[index]
            else:
                other = dice.randrange(len(text))
                text[index], text[other] = text[other], text[index]
        records.append("".join(text))
    return records


def test_no_mutation_of_a_record_raises() -> None:
    for source in broken_records(600, seed=20121207):
        node, problems = read_tree(source.encode(), "x.yaml")

        assert node is not None or problems, source
        for problem in problems:
            problem.message("zh").encode("gbk")
            problem.message("en").encode("gbk")

            assert 1 <= problem.at.line <= source.count("\n") + 1
            assert problem.at.column >= 1


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    node, problems = read_tree(data, "x.yaml")

    assert node is not None or problems


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*SALT, "甲", "a", "1", "a: ", "\n  ", "- "]), max_size=40))
def test_no_salted_text_raises(pieces: list[str]) -> None:
    node, problems = read_tree("".join(pieces).encode(), "x.yaml")

    assert node is not None or problems


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_no_value_raises(value: str) -> None:
    source = f"title: {value}\nregion: 1\n".encode("utf-8", "replace")
    node, problems = read_tree(source, "x.yaml")

    assert node is not None or problems


def manifest() -> list[dict[str, str]]:
    if not SHARED.is_dir():
        return []
    with (SHARED / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# These files are valid YAML; only the fields of the record show the mistake.
OF_THE_FIELDS = ("bool-key", "hex-int", "bad-date", "bad-tz")


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["name"])
def test_the_shared_corpus_is_understood(row: dict[str, str]) -> None:
    problems = read((SHARED / "files" / row["name"]).read_bytes())
    if row["expect"] == "ok" or any(part in row["name"] for part in OF_THE_FIELDS):
        assert problems == []
        return
    words = row["a clear error must mention (any of)"].split("|")
    severity = "warning" if row["expect"] == "warn" else "error"
    right = [
        problem
        for problem in problems
        if problem.at.line == int(row["line"])
        and problem.severity == severity
        and any(word and word in problem.message("zh") for word in words)
    ]

    assert right


@pytest.mark.parametrize("path", sorted(SHARED.glob("good/*.yaml")), ids=lambda path: path.stem)
def test_the_shared_good_files_are_valid(path: Path) -> None:
    assert read(path.read_bytes()) == []
