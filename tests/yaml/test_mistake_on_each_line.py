"""A mistake on each line of a valid record: it is reported there, and the offered line fixes it.

The mistakes are those of typing, input methods and other programs. Each is tried on every line
on which it can happen, so that no place of a record is left out.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from records import TINY, tiny_lists
from test_diagnose import paste

from casebook.problems import Problem
from casebook.record.reader import read_case

PATH = "data/cases/haishu.yaml"
RECORD = (TINY / "data/cases/haishu.yaml").read_text(encoding="utf-8")
LINES = RECORD.split("\n")
_FIELD = re.compile(r"(?P<lead>\s*(?:- )?)(?P<key>[a-z_0-9]+):(?P<gap> ?)(?P<value>.*)")

Change = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of mistake: its change of a line, the codes that report it, and if it can be fixed."""

    name: str
    change: Change
    codes: frozenset[str]
    fixable: bool = False


def kind(name: str, change: Change, *codes: str, fixable: bool = False) -> Kind:
    return Kind(name=name, change=change, codes=frozenset(codes), fixable=fixable)


def on_field(pattern: str) -> Change:
    """A change that writes the parts of a field anew."""
    return lambda field: pattern.format(**field.groupdict())


def on_value(pattern: str, unlike: str = r"(?!)") -> Change:
    """The same change, only of a one-line value that does not match `unlike`."""

    def change(field: re.Match[str]) -> str | None:
        value = field["value"]
        if value in ("", "|") or re.search(unlike, value):
            return None
        return pattern.format(**field.groupdict())

    return change


def on_line(old: str, new: str) -> Change:
    """A change that replaces a piece of a line, if the line contains it."""
    return lambda field: field.string.replace(old, new, 1) if old in field.string else None


def shift(by: int) -> Change:
    def change(field: re.Match[str]) -> str | None:
        line = field.string
        indent = len(line) - len(line.lstrip())
        return " " * (indent + by) + line.lstrip() if indent + by >= 0 else None

    return change


def unless(key: str, pattern: str) -> Change:
    """A change of every field except one."""
    return lambda field: None if field["key"] == key else pattern.format(**field.groupdict())


def twice(field: re.Match[str]) -> str | None:
    # Writing a list item twice makes two items, which is no mistake.
    return None if "-" in field["lead"] or not field["value"] else f"{field[0]}\n{field[0]}"


# In a value with quotes or brackets, their first character hides a mark before it.
PLAIN = r"^[\"'\[{]"
QUOTED = r"[\"']|^[\[{]"

KINDS = (
    kind("full-width colon", on_field("{lead}{key}：{value}"), "E112", fixable=True),
    kind("full-width colon and a blank", on_field("{lead}{key}： {value}"), "E112", fixable=True),
    kind("ratio sign", on_field("{lead}{key}∶{value}"), "E112", fixable=True),
    kind("small colon", on_field("{lead}{key}﹕{value}"), "E112", fixable=True),
    kind("both colons", on_field("{lead}{key}:：{value}"), "E112", "E113", "W113", fixable=True),
    kind("semicolon", on_field("{lead}{key}; {value}"), "E113", fixable=True),
    kind("full-width semicolon", on_field("{lead}{key}；{value}"), "E113", fixable=True),
    kind("equals sign", on_field("{lead}{key} = {value}"), "E113", fixable=True),
    kind("no colon", on_value("{lead}{key} {value}"), "E113", fixable=True),
    kind("no blank", on_value("{lead}{key}:{value}"), "E113", fixable=True),
    kind("two colons", on_field("{lead}{key}::{gap}{value}"), "E201", "E241"),
    kind("U+3000 behind", on_value("{lead}{key}:\u3000{value}"), "E115", fixable=True),
    kind("U+00A0 behind", on_value("{lead}{key}:\u00a0{value}"), "E115", fixable=True),
    kind("tab behind", on_value("{lead}{key}:\t{value}"), "W116", fixable=True),
    kind("U+3000 before", on_field("\u3000{lead}{key}:{gap}{value}"), "E115"),
    kind("U+00A0 before", on_field("\u00a0{lead}{key}:{gap}{value}"), "E115"),
    kind("tab before", on_field("\t{lead}{key}:{gap}{value}"), "E116"),
    kind("tab for two blanks", on_line("  ", "\t"), "E116", fixable=True),
    kind("tab for four blanks", on_line("    ", "\t"), "E116", fixable=True),
    kind("U+3000 for two blanks", on_line("  ", "\u3000"), "E115", fixable=True),
    kind("U+00A0 for blanks", on_line("  ", "\u00a0\u00a0"), "E115", fixable=True),
    kind("one blank less", shift(-1), "E117", fixable=True),
    kind("one blank more", shift(1), "E117"),
    kind(
        "zero width in the name", on_field("{lead}\u200b{key}:{gap}{value}"), "E105", fixable=True
    ),
    kind("zero width in the value", on_value("{lead}{key}: {value}\u200b"), "E105", fixable=True),
    kind(
        "BOM in the middle", unless("title", "\ufeff{lead}{key}:{gap}{value}"), "E105", fixable=True
    ),
    kind("name in Chinese quotes", on_field("{lead}“{key}”:{gap}{value}"), "E114", fixable=True),
    kind("starts with *", on_value("{lead}{key}: *{value}", PLAIN), "E120", "E133", fixable=True),
    kind("starts with &", on_value("{lead}{key}: &{value}", PLAIN), "E120", "E133", fixable=True),
    kind("starts with !", on_value("{lead}{key}: !{value}", PLAIN), "E120", "E134", fixable=True),
    kind("starts with %", on_value("{lead}{key}: %{value}", PLAIN), "E120", fixable=True),
    kind("starts with @", on_value("{lead}{key}: @{value}", PLAIN), "E120", fixable=True),
    kind("starts with >", on_value("{lead}{key}: >{value}", PLAIN), "E120", "E125"),
    kind("starts with |", on_value("{lead}{key}: |{value}", PLAIN), "E120", "E125"),
    kind("in backticks", on_value("{lead}{key}: `{value}`", PLAIN), "E120", fixable=True),
    kind("open double quote", on_value('{lead}{key}: "{value}', QUOTED), "E118", fixable=True),
    kind("open single quote", on_value("{lead}{key}: '{value}", QUOTED), "E118", fixable=True),
    kind("half a Chinese quote", on_value('{lead}{key}: "{value}”', QUOTED), "E118", fixable=True),
    kind("half a plain quote", on_value('{lead}{key}: “{value}"', QUOTED), "E118", fixable=True),
    kind("colon in the value", on_value("{lead}{key}: {value}: 补", QUOTED), "E121", fixable=True),
    kind("hash in the value", on_value("{lead}{key}: {value} #3 号", QUOTED), "W122", fixable=True),
    kind("comma behind", on_value("{lead}{key}: {value},", QUOTED), "W126", fixable=True),
    kind(
        "full-width comma behind", on_value("{lead}{key}: {value}，", QUOTED), "W126", fixable=True
    ),
    kind("open bracket", on_value("{lead}{key}: [{value}", QUOTED), "E118"),
    kind("open brace", on_value("{lead}{key}: {{{value}", QUOTED), "E118"),
    kind("full-width brackets", on_value("{lead}{key}: ［{value}］", QUOTED), "W114", fixable=True),
    kind("backslash", on_value('{lead}{key}: "C:\\data{value}"', QUOTED), "E119", fixable=True),
    kind("dash without blank", on_line("- ", "-"), "E123", fixable=True),
    kind("full-width dash", on_line("- ", "－ "), "E114", fixable=True),
    kind("em dash", on_line("- ", "— "), "E114", fixable=True),
    kind("bullet", on_line("- ", "• "), "E114", fixable=True),
    kind("number", on_line("- ", "1. "), "E114", fixable=True),
    kind("Chinese number", on_line("- ", "一、"), "E114", fixable=True),
    kind("written twice", twice, "E130"),
    kind("NUL", on_value("{lead}{key}: \x00{value}"), "E103", fixable=True),
    kind("escape of a terminal", on_value("{lead}{key}: \x1b[31m{value}"), "E103"),
    kind("NEL", on_value("{lead}{key}: {value}\x85"), "E103", fixable=True),
    kind("line separator", on_value("{lead}{key}: {value}\u2028"), "E103", fixable=True),
    kind("vertical tab", on_value("{lead}{key}: {value}\x0b"), "E103", fixable=True),
    kind("end of document", on_field("...\n{lead}{key}:{gap}{value}"), "E131"),
    kind("merge conflict", on_field("<<<<<<< HEAD\n{lead}{key}:{gap}{value}\n=======\n"), "E108"),
    kind("full-width hash", on_field("＃ 注\n{lead}{key}:{gap}{value}"), "E114", fixable=True),
    kind("slashes", on_field("// 注\n{lead}{key}:{gap}{value}"), "E114", fixable=True),
    kind("object of Python", on_value("{lead}{key}: !!python/object:os.x {value}"), "E134"),
    kind("anchor", on_value("{lead}{key}: &a {value}"), "E133", fixable=True),
    kind("alias", on_value("{lead}{key}: *a"), "E133", fixable=True),
    kind("no name", on_value("{lead}: {value}"), "E137"),
    kind("capitals", lambda m: f"{m['lead']}{m['key'].upper()}: {m['value']}", "E201", "E241"),
)


@cache
def lines_of(name: str) -> tuple[tuple[int, str], ...]:
    """The lines on which a kind of mistake can happen, each with the changed line."""
    change = next(kind.change for kind in KINDS if kind.name == name)
    found = []
    in_text = False
    for number, line in enumerate(LINES, 1):
        field = _FIELD.fullmatch(line)
        in_text = in_text and (not line or line.startswith(" "))
        if field is None or in_text:
            continue
        in_text = field["value"] == "|"
        changed = change(field)
        if changed is not None and changed != line:
            found.append((number, changed))
    return tuple(found)


def read(data: bytes) -> list[Problem]:
    return sorted(read_case(data, PATH, tiny_lists())[1])


def with_line(number: int, changed: str) -> bytes:
    return "\n".join([*LINES[: number - 1], changed, *LINES[number:]]).encode()


def of_notation(problems: list[Problem]) -> list[str]:
    """The codes of notation; an additional mark may also make a value an unknown word."""
    return [p.code for p in problems if p.code[1] == "1"]


def test_the_record_is_valid() -> None:
    assert [p.code for p in read(RECORD.encode()) if p.severity == "error"] == []


def test_every_kind_is_tried() -> None:
    assert all(lines_of(kind.name) for kind in KINDS)
    assert sum(kind.fixable for kind in KINDS) >= 40
    assert sum(len(lines_of(kind.name)) for kind in KINDS) >= 2000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mistake_is_named_on_its_line(kind: Kind) -> None:
    missed = {}
    for number, changed in lines_of(kind.name):
        problems = read(with_line(number, changed))
        touched = range(number, number + 1 + changed.count("\n"))
        if not kind.codes & {p.code for p in problems if p.at.line in touched}:
            missed[number] = problems
        for problem in problems:
            for said in (problem.message("zh"), problem.message("en")):
                said.encode("gbk")
                assert said.isprintable()

    assert missed == {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mistake_is_found_in_no_time(kind: Kind) -> None:
    begin = time.process_time()
    for number, changed in lines_of(kind.name)[::5]:
        read(with_line(number, changed))

    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.fixable], ids=lambda kind: kind.name
)
def test_the_offered_line_makes_the_file_valid(kind: Kind) -> None:
    left = {}
    for number, changed in lines_of(kind.name):
        data = with_line(number, changed)
        fixed = paste(data, read(data))
        if changed.count("\n") == 0 and of_notation(read(fixed)):
            left[number] = changed

    assert left == {}
