"""Words and patterns as data: names are filled in, and every pattern of the lists is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getmembers, isfunction
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT

from casebook.patterns import Patterns, read_words
from casebook.record.settings_reader import read_known
from casebook.values.numerals import _PATTERNS as NUMERALS
from casebook.values.periods import PATTERNS as DATES
from casebook.values.words import PATTERNS
from casebook.yaml import fixes
from casebook.yaml.encoding import PATTERNS as ENCODING
from casebook.yaml.mistakes import read_table, text_patterns

ROOMS = PROJECT / "casebook"
LISTS = {
    "amounts": PATTERNS,
    "dates": DATES,
    "numerals": NUMERALS,
    "encoding": ENCODING,
    "settings": Patterns(read_known()["patterns"]),
    "texts": text_patterns(),
}


def test_a_pattern_holds_those_that_it_names() -> None:
    patterns = Patterns({"digit": "[0-9]", "day": "@year-@digit{2}"}, year="20@digit")

    assert patterns["day"].pattern == "20[0-9]-[0-9]{2}"
    assert patterns["digit"].fullmatch("7")


def test_a_pattern_is_compiled_when_it_is_asked_for() -> None:
    patterns = Patterns({"wrong": "(", "right": "a"})

    assert patterns["right"] is patterns["right"]
    with pytest.raises(re.error):
        patterns["wrong"]


@pytest.mark.parametrize("name", LISTS)
def test_every_pattern_compiles(name: str) -> None:
    patterns = LISTS[name]

    assert all(patterns[one].pattern for one in patterns.entries)


def named_in_code() -> set[str]:
    return {
        word
        for path in ROOMS.rglob("*.py")
        for word in re.findall(r'"(\w+)"', path.read_text(encoding="utf-8"))
    }


def listed() -> Iterator[tuple[str, str, list[str]]]:
    """Each pattern of a list: the file, its name, and the entries that may name it."""
    for path in sorted(Path(ROOMS).glob("*/*.yaml")):
        words = read_words(str(path), path.name)
        looks = [look for rows in words.values() for look in _looks_in(rows)]
        for group in (key for key in words if key.endswith("patterns")):
            for name in words[group]:
                yield path.name, name, [*words[group].values(), *looks]


def _looks_in(rows: object) -> Iterator[str]:
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, list):
            yield row[-1]


def test_every_pattern_of_a_list_is_used() -> None:
    code = named_in_code()
    unused = [
        f"{path}: {name}"
        for path, name, others in listed()
        if name not in code and not any(re.search(rf"@{name}(?![a-z_])", other) for other in others)
    ]

    assert unused == []


def test_every_fix_of_a_mistake_is_known_and_used() -> None:
    table = read_table()
    places = [rows for rows in table.values() if isinstance(rows, list)]
    named = {row[1] for rows in places for row in rows if isinstance(row, list)}
    made = {name for name, function in getmembers(fixes, isfunction) if _is_fix(function)}

    assert named == made | set(table["fixes"])


def _is_fix(function: object) -> bool:
    words = getattr(function, "__annotations__", {})
    return words.get("found") == "re.Match[str]" and words.get("return") == "Iterator[str]"


@pytest.mark.parametrize("path", sorted(ROOMS.glob("*/*.yaml")), ids=str)
def test_lists_are_read_without_the_library_in_c_as_with_it(path: Path) -> None:
    written = path.read_text(encoding="utf-8")

    assert yaml.load(written, yaml.SafeLoader) == yaml.load(written, yaml.CSafeLoader)
