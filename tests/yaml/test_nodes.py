"""The tree of a file: every scalar is text, and only the plain core of YAML is allowed."""

from __future__ import annotations

import time
import unicodedata

import pytest

from casebook.problems import Position
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

RECORD = """\
title: 甲市购买服务
answers:
  mode: [post, 'pro''ject', "a\\tb"]
events:
  - date: 1995
    title: >-
      一行
      又一行
story: |
  café
  第二段
"""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("甲乙\n  丙丁", "甲乙丙丁", id="plain"),
        pytest.param(">-\n  甲，\n  乙 x\n  丙\n", "甲，乙 x 丙", id="folded"),
        pytest.param('"甲\n  乙"', "甲乙", id="in double quotes"),
        pytest.param("'甲。\n   乙'", "甲。乙", id="in single quotes"),
        pytest.param("甲 乙\n  丙 丁\n  甲 乙", "甲 乙丙 丁甲 乙", id="typed blanks stay"),
        pytest.param("甲\n  abc\n  乙", "甲 abc 乙", id="beside Latin letters"),
        pytest.param("甲\n\n  乙", "甲\n乙", id="an empty line parts paragraphs"),
        pytest.param("|-\n  甲\n  乙", "甲\n乙", id="a block keeps its lines"),
    ],
)
def test_lines_that_break_between_chinese_characters_leave_no_gap(
    written: str, expected: str
) -> None:
    assert plain(tree_of(f"a: {written}\n")) == {"a": expected}


def tree_of(source: str | bytes) -> Node:
    data = source.encode() if isinstance(source, str) else source
    node, problems = read_tree(data, "x.yaml")

    assert problems == []
    assert node is not None
    return node


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, value in node.entries.items()}


def codes(source: str | bytes) -> list[str]:
    data = source.encode() if isinstance(source, str) else source
    return [problem.code for problem in read_tree(data, "x.yaml")[1]]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("NO", id="Norway is not false"),
        pytest.param("0512", id="an area code is not octal"),
        pytest.param("12:30", id="a time is not sexagesimal"),
        pytest.param("2012-13-45", id="a date that is none"),
        pytest.param("2024-01-02", id="a date"),
        pytest.param("~", id="a tilde is not nothing"),
        pytest.param(".nan", id="not a number"),
        pytest.param("0x1F", id="not hexadecimal"),
        pytest.param("1e5", id="not a power"),
        pytest.param("=", id="an equals sign"),
        pytest.param("null", id="null is a word"),
        pytest.param("<<", id="a merge sign as a value"),
    ],
)
def test_a_scalar_is_the_text_that_is_written(value: str) -> None:
    assert plain(tree_of(f"k: {value}\n")) == {"k": value}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("k: {a: 甲，乙, b: c}", [], id="a comma of a text"),
        pytest.param("k: [甲，乙]", ["W114"], id="a comma that was to part two items"),
        pytest.param("k: [甲；乙]", ["W114"], id="a semicolon that was to part them"),
    ],
)
def test_a_full_width_comma_is_a_mistake_in_a_list_alone(line: str, expected: list[str]) -> None:
    assert codes(f"{line}\n") == expected


@pytest.mark.parametrize("name", ["yes", "1", "~", "null", "2024-01-02"])
def test_a_field_name_is_text_too(name: str) -> None:
    assert plain(tree_of(f"{name}: x\n")) == {name: "x"}


def test_all_styles_give_their_text() -> None:
    assert plain(tree_of(RECORD)) == {
        "title": "甲市购买服务",
        "answers": {"mode": ["post", "pro'ject", "a\tb"]},
        "events": [{"date": "1995", "title": "一行又一行"}],
        "story": "café\n第二段\n",
    }


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + RECORD.encode(), id="BOM"),
        pytest.param(RECORD.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(RECORD.replace("\n", "\r").encode(), id="CR"),
        pytest.param(unicodedata.normalize("NFD", RECORD).encode(), id="NFD"),
        pytest.param(RECORD.rstrip("\n").encode() + b"\n", id="final newline"),
        pytest.param(b"---\n" + RECORD.encode(), id="start marker"),
        pytest.param(RECORD.encode() + b"...\n", id="end marker"),
    ],
)
def test_what_an_editor_adds_changes_no_text(data: bytes) -> None:
    assert plain(tree_of(data)) == plain(tree_of(RECORD))


def test_each_node_knows_its_place() -> None:
    node = tree_of("标题: 甲\nl:\n  - a: 1\n")

    assert isinstance(node, MapNode)
    assert node.key_at["l"] == Position(2, 1)
    assert node.entries["标题"].at == Position(1, 5)
    assert node.entries["l"].at == Position(3, 3)


def test_a_plain_scalar_is_not_taken_for_a_quoted_one() -> None:
    node = tree_of("a: x\nb: 'x'\nc: |\n  x\n")

    assert isinstance(node, MapNode)
    assert [value.style for value in node.entries.values() if isinstance(value, Scalar)] == [
        "",
        "'",
        "|",
    ]


@pytest.mark.parametrize(
    "unit",
    ["[", "{", "[\n", "{a: ", "[{", "- ", "? ", '["a", ', "[[[\n  "],
    ids=repr,
)
def test_deep_nesting_is_refused_at_once(unit: str) -> None:
    begin = time.process_time()
    found = codes(f"a:\n  {unit * 100_000}"[:900_000])

    assert "E136" in found
    assert time.process_time() - begin < 1.0


def test_deep_block_nesting_is_refused() -> None:
    assert codes("".join(f"{' ' * level}a:\n" for level in range(1_000))) == ["E136"]


def test_brackets_in_text_are_no_nesting() -> None:
    source = f"a: '{'[' * 50}'\nb: x{'[' * 50}\nc: |\n  {'{' * 50}\n# {'[' * 50}\n"

    assert codes(source) == []


def test_twelve_levels_are_enough() -> None:
    assert codes("a: " + "[" * 11 + "]" * 11 + "\n") == []
    assert codes("a: " + "[" * 12 + "]" * 12 + "\n") == ["E136"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("a: &x 1\nb: *x\n", ["E133", "E133"], id="anchor and alias"),
        pytest.param("a: &x [*x]\n", ["E133"], id="recursive alias"),
        pytest.param("<<: {a: 1}\n", ["E133"], id="merge key"),
        pytest.param("a: !!python/name:os.system\n", ["E134"], id="Python tag"),
        pytest.param("a: ! x\n", ["E134"], id="bare tag"),
        pytest.param("%TAG ! tag:x,2000:\n---\na: 1\n", ["E135"], id="directive"),
        pytest.param("a: 1\n---\nb: 1\n", ["E131"], id="two documents"),
        pytest.param("- a\n", ["E132"], id="list on top"),
        pytest.param("一句话\n", ["E132"], id="sentence on top"),
        pytest.param("? [a]\n: x\n", ["E137"], id="list as a name"),
        pytest.param(": x\n", ["E137"], id="empty name"),
        pytest.param("a: 1\nA: 2\na: 3\n", ["E130"], id="same name"),
        pytest.param(f"{'k' * 201}: x\n", ["E137"], id="long name"),
        pytest.param("# x\n", ["E107"], id="nothing but a comment"),
    ],
)
def test_only_the_plain_core_is_let_through(source: str, expected: list[str]) -> None:
    assert codes(source) == expected


def test_a_bomb_of_aliases_is_read_in_no_time() -> None:
    rows = [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    begin = time.process_time()
    found = codes("\n".join(["a0: &a0 [x]", *rows]))

    assert set(found) == {"E133"}
    assert time.process_time() - begin < 0.5


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    begin = time.process_time()

    assert codes(b"a: 1\n" * 300_000) == ["E109"]
    assert time.process_time() - begin < 0.1


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("a: 1\n" * 190_000, id="one name throughout"),
        pytest.param("k：v\n" * 120_000, id="full-width colons throughout"),
        pytest.param("k: a #b\n" * 100_000, id="lost comments throughout"),
        pytest.param("l: [" + "甲，乙, " * 90_000 + "]\n", id="one long list"),
        pytest.param("a: " + "x\u200b" * 240_000, id="invisible throughout"),
        pytest.param("a: &a 1\n" * 100_000, id="anchors throughout"),
        pytest.param("a:\n" + "\tb: 1\n" * 100_000, id="tabs throughout"),
    ],
)
def test_a_large_broken_file_takes_two_seconds_at_most(source: str) -> None:
    begin = time.process_time()
    found = codes(source)

    assert 1 <= len(found) <= 101
    assert time.process_time() - begin < 2.0


def test_what_could_be_fixed_still_gives_its_tree() -> None:
    node, problems = read_tree("title：甲\nregion: 1\n".encode(), "x.yaml")

    assert [problem.code for problem in problems] == ["E112"]
    assert node is not None
    assert plain(node) == {"title": "甲", "region": "1"}
