"""Lists of data/: a mistake in a list is a problem at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from records import TINY, shown

from casebook.build.checking import check_project
from casebook.problems import Problem
from casebook.record.lists import read_lists, read_refusals


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        pytest.param(
            "vocabulary", "terms: modes", "terms: nosuch", ["9:82 E205"], id="no list of answers"
        ),
        pytest.param(
            "vocabulary",
            "terms: provider_types\n",
            "derived: yes\n",
            ["8:14 E205"],
            id="nothing that figures answer",
        ),
        pytest.param(
            "sources",
            "published: 2016\n",
            "published: 2016\n  accessed: 去年\n",
            ["16:13 E220"],
            id="a day that is none",
        ),
        pytest.param(
            "sources",
            "published: 2016\n",
            "published: 2016\n  accessed: 2016\n",
            ["16:13 E224"],
            id="a year is no day",
        ),
        pytest.param(
            "sources",
            "published: 2016\n",
            "published: 2016\n  accessed: 2015-12-31\n",
            ["16:13 E225"],
            id="seen before it was published",
        ),
        pytest.param(
            "sources",
            "url: https://example.org/clubs?a=1&b=2",
            "url: ｈｔｔｐｓ://example.org/clubs",
            ["8:8 E260"],
            id="an address of wide letters",
        ),
        pytest.param(
            "sources",
            "published: 2016\n",
            "published: 2016\n  url: https://example.org/clubs?a=1&b=2\n",
            ["16:8 W266"],
            id="one publication under two names",
        ),
        pytest.param(
            "vocabulary",
            "clubs: {name: 读书会, ",
            "clubs: {name: 读书会, bought_by: city, ",
            ["41:10 E202"],
            id="bought by something and per nothing",
        ),
        pytest.param(
            "regions", 'parent: "330200"', 'parent: "440300"', ["3:101 E251"], id="another province"
        ),
        pytest.param(
            "regions", "name: 海曙区", "name: 江北区", ["3:18 E251"], id="the name of another place"
        ),
        pytest.param("regions", "name: 海曙区", "name: 海曙新区", [], id="a newer name"),
        pytest.param(
            "vocabulary",
            "person: {name: 人",
            "person: {name: 岗位",
            ["45:3 E205"],
            id="two words of one name",
        ),
        pytest.param(
            "vocabulary", "topics:\n", "letter: 致{plcae}\ntopics:\n", ["12:9 E205"], id="no blank"
        ),
        pytest.param(
            "sources", "kind: news_report", "kind: rumour", ["6:9 E205"], id="an unknown kind"
        ),
        pytest.param(
            "regions", 'parent: "330200"', "parent: haishu", ["3:101 E205"], id="an unknown place"
        ),
        pytest.param(
            "regions", "short: 海曙,", "shrt: 海曙,", ["3:49 E201"], id="a field of a known place"
        ),
        pytest.param(
            "sources", "gazette-2016:\n", "paper: 日报\ngazette-2016:\n", ["9:1 E203"], id="a word"
        ),
        pytest.param(
            "vocabulary",
            "\nsource_kinds:",
            "\nsynonyms: [甲, {乙: 丙}]\nsource_kinds:",
            ["50:15 E203"],
            id="an item that is no text",
        ),
        pytest.param(
            "vocabulary",
            "\nsource_kinds:",
            "\nkinds:",
            ["6:9 E205", "14:9 E205", "50:1 E201"],
            id="a misnamed list",
        ),
    ],
)
def test_a_mistake_in_a_list_is_named(
    name: str, old: str, new: str, expected: list[str], tmp_path: Path
) -> None:
    shutil.copytree(TINY / "data", tmp_path / "data")
    path = tmp_path / f"data/{name}.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    problems: list[Problem] = []
    read_lists(tmp_path, problems)

    assert shown(problems) == expected
    # The cases report more, as they miss the refused entries; reading goes on.
    assert {*problems} <= {*check_project(tmp_path)}


def test_a_refusal_is_of_one_kind(tmp_path: Path) -> None:
    shutil.copytree(TINY / "data", tmp_path / "data")
    text = "both:\n  title: 标题\n  title_en: Title\n  formula: a - b\n  spending: haishu.paid\n"
    (tmp_path / "data/refusals.yaml").write_text(text, "utf-8")
    problems: list[Problem] = []

    assert read_refusals(tmp_path, problems) == ()
    assert "1:1 E284" in shown(problems)


def test_another_name_of_a_currency_is_told_its_code(tmp_path: Path) -> None:
    shutil.copytree(TINY / "data", tmp_path / "data")
    path = tmp_path / "data/vocabulary.yaml"
    path.write_text(f"currency: RMB\n{path.read_text('utf-8')}", "utf-8")
    problems: list[Problem] = []
    read_lists(tmp_path, problems)

    assert [one.hint.zh for one in problems] == ["是不是 CNY？"]
