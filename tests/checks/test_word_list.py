"""Lists of words are searched as one pattern of them all would be, only in less time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT

from casebook.checks.text_patterns import WORDS, WordList, words_of

LISTS = [
    name
    for name, entry in WORDS.items()
    if isinstance(entry, dict) and isinstance(entry.get("zh"), list)
]
INNOCENT = Path(__file__).with_name("innocent.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        pytest.param("最早|最", "最早，最大", ["最早", "最"], id="the first that fits"),
        pytest.param("最|最早", "最早", ["最"], id="in the order of precedence"),
        pytest.param("(?<!不)要", "不要，要", ["要"], id="behind what may not stand before it"),
        pytest.param("(?:早|晚)些", "早些，晚些", ["早些", "晚些"], id="a group of beginnings"),
        pytest.param("近年来?", "近年，近年来", ["近年", "近年来"], id="with a last one or not"),
        pytest.param("被?称为|称", "称为，被称为，称", ["称为", "被称为", "称"], id="or a first"),
        pytest.param("[一二]{2}开", "一二开，三一开", ["一二开"], id="a set, twice"),
        pytest.param("花[^，]{0,3}最多", "花了最多，花费，最多", ["花了最多"], id="then anything"),
        pytest.param("成[0-9]*倍", "成12倍，成倍", ["成12倍", "成倍"], id="any number of times"),
        pytest.param("百分之?百|百", "百分百，百", ["百分百", "百"], id="one begins another"),
    ],
)
def test_words_are_found(words: str, text: str, found: list[str]) -> None:
    assert [match.group() for match in WordList(words).finditer(text)] == found


@pytest.mark.parametrize("name", LISTS)
def test_every_list_finds_what_its_pattern_does(name: str) -> None:
    words = words_of(name, "zh")
    assert isinstance(words, WordList)
    whole = re.compile("|".join(words.options))
    # Beside what people wrote, the words themselves with their marks left out, in a row.
    plain = "，".join(re.sub(r"\(\?<?[!=][^()]*\)|[^㐀-鿿0-9]", "", one) for one in words.options)
    texts = [*INNOCENT.lower().split("\n"), plain, plain.replace("，", "")]

    for text in texts:
        assert [one.span() for one in words.finditer(text)] == [
            one.span() for one in whole.finditer(text)
        ]
    assert words.search(plain)


def test_a_part_of_a_text_is_searched() -> None:
    words = WordList("今年|年内")

    assert words.search("今年内", 1) is not None
    assert words.search("今年内", 0, 1) is None
    assert words.match("年内今年") is not None
    assert words.match("在今年") is None
    assert words.sub(" ", "今年年内完成") == "  完成"


@pytest.mark.parametrize("path", sorted((PROJECT / "casebook").glob("*/*.yaml")), ids=str)
def test_lists_are_read_without_the_library_in_c_as_with_it(path: Path) -> None:
    written = path.read_text(encoding="utf-8")

    assert yaml.load(written, yaml.SafeLoader) == yaml.load(written, yaml.CSafeLoader)
