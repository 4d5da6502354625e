"""Records edited in their files: differences are written, comments and other lines stay."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TEN_CASES
from records import tiny_lists

from casebook.data.record_edit import write_changes
from casebook.data.record_rows import CASE, SEVERAL, SOURCES, Fields, TypedRow, read_row
from casebook.record.lists import read_all_lists
from casebook.yaml.nodes import read_tree

TEXT = """\
title: 甲
events:  # 三件事
  # 第一件
  - date: 2013
    title: 一  # 原话
    source: s-1
  # 第二件
  - date: 2014
    title: 二
    source: s-1
  - {date: 2015, title: 三, source: s-1}
story: |
  正文
"""


def read(text: str, described: Fields = CASE) -> TypedRow:
    return read_row(read_tree(text.encode(), "")[0], described, tiny_lists()).copy()


def write(text: str, after: TypedRow, described: Fields = CASE) -> str:
    return write_changes(text.encode(), after, described, tiny_lists()).decode()


def test_a_row_moves_and_changes_at_once_with_its_comment() -> None:
    after = read(TEXT)
    events = after.rows["events"]
    events.insert(0, events.pop(1))
    events[0].texts["note"] = "改过"
    events.pop(2)

    assert write(TEXT, after) == (
        "title: 甲\nevents:  # 三件事\n  # 第一件\n"
        "  # 第二件\n  - date: 2014\n    title: 二\n    source: s-1\n    note: 改过\n"
        "  - date: 2013\n    title: 一  # 原话\n    source: s-1\n"
        "story: |\n  正文\n"
    )


def test_a_row_on_one_line_gets_lines_of_its_own_where_it_changes() -> None:
    after = read(TEXT)
    after.rows["events"][2].texts["note"] = "改过"

    assert write(TEXT, after) == TEXT.replace(
        "  - {date: 2015, title: 三, source: s-1}\n",
        "  - date: 2015\n    title: 三\n    source: s-1\n    note: 改过\n",
    )


def test_lines_that_stay_keep_their_own_line_ends() -> None:
    text = TEXT.replace("一  # 原话\n", "一  # 原话\r\n")
    after = read(text)
    after.texts["title"] = "乙"
    after.texts["story"] = "正文改过"

    assert write(text, after) == text.replace("甲", "乙").replace("正文", "正文改过")


def test_a_comment_stays_behind_the_name_of_an_answer_that_gets_fields() -> None:
    text = "title: 甲\nanswers:\n  purchaser: 乙  # 原话\n  mode: [a, b]\n"
    after = read(text)
    next(row for row in after.rows["answers"] if row.name == "purchaser").texts["note"] = "丙"

    assert write(text, after) == text.replace(
        "purchaser: 乙  # 原话", "purchaser:  # 原话\n    value: 乙\n    note: 丙"
    )


def test_many_rows_are_put_into_their_places_at_once() -> None:
    after = read(TEXT)
    for name in ("零", "末"):
        row = TypedRow(texts={"date": "2016", "title": name, "source": "s-1"})
        after.rows["events"].insert(0 if name == "零" else 4, row)
    after.rows["history"].append(TypedRow(texts={"date": "2026-01-01", "from": "甲"}))
    written = write(TEXT, after)

    assert "events:  # 三件事\n  # 第一件\n  - date: 2016\n    title: 零\n" in written
    assert "source: s-1}\n  - date: 2016\n    title: 末\n    source: s-1\n" in written
    assert "\nhistory:\n  - date: 2026-01-01\n" in written


def test_a_source_is_taken_out_with_its_comment() -> None:
    text = "# 来源\na-1:\n  title: 甲\n# 旧\nb-2:\n  title: 乙\nc-3:\n  title: 丙\n"
    after = read(text, SOURCES)
    after.rows["sources"].pop(1)

    assert write(text, after, SOURCES) == "# 来源\na-1:\n  title: 甲\nc-3:\n  title: 丙\n"


def list_lists(row: TypedRow, described: Fields) -> Iterator[tuple[TypedRow, Fields, str]]:
    yield row, described, ""
    for one in described:
        if one.holds_records:
            if one.kind != "answers":
                yield row, one.inner, one.name
            for inner in row.rows.get(one.name, ()):
                yield from list_lists(inner, one.inner)


def change(row: TypedRow, pick: random.Random, number: int) -> None:
    """Change a text, or move, remove or add a row, anywhere in a record."""
    own, inner, name = pick.choice(list(list_lists(row, CASE)))
    if not name:
        one = pick.choice([one for one in inner if not one.holds_records])
        text = "a|b" if one.kind in SEVERAL else pick.choice(["甲乙", "a: b", "x # y", "- z"])
        own.texts[one.name] = text
        return
    rows = own.rows.setdefault(name, [])
    match pick.choice(["move", "remove", "add"]):
        case "move" if rows:
            rows.insert(pick.randrange(len(rows)), rows.pop(pick.randrange(len(rows))))
        case "remove" if rows:
            rows.pop(pick.randrange(len(rows)))
        case "add":
            texts = {one.name: "丁" for one in inner if one.required and not one.holds_records}
            new = TypedRow(name=f"new_{number}" if name == "figures" else "", texts=texts)
            rows.insert(pick.randrange(len(rows) + 1), new)


@pytest.mark.parametrize("path", sorted(TEN_CASES.glob("data/cases/*.yaml")), ids=lambda p: p.stem)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["Linux", "Windows"])
def test_whatever_changes_is_what_was_typed(path: Path, end: bytes) -> None:
    lists = read_all_lists(TEN_CASES)
    data = path.read_bytes().replace(b"\n", end)
    pick = random.Random(7)
    for _ in range(4):
        after = read_row(read_tree(data, "")[0], CASE, lists).copy()
        for number in range(3):
            change(after, pick, number)

        # It raises ValueError if the file would say anything else.
        written = write_changes(data, after, CASE, lists)

        assert written.count(b"\r\n") == (written.count(b"\n") if end == b"\r\n" else 0)
