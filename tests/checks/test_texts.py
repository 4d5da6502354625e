"""Texts are checked by their roles: a false sentence in any text is found at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from records import TINY, case_of, dataset_of, record, shown, tiny_lists

from casebook.checks.content import check_lists, check_settings, texts_say_what_the_records_hold
from casebook.checks.known_numbers import KnownNumbers
from casebook.problems import Problem
from casebook.record.dataset import Dataset
from casebook.record.description import OWN_WORDS, FieldDescription, described, fields_of
from casebook.record.lists import read_gone, read_lists, read_refusals
from casebook.record.model import Case
from casebook.record.vocabulary import Gone, Refusal, Source, Vocabulary
from casebook.text import DEFAULT_LANGUAGES

# Sentences that no record supports, each with its wrong words and the code of the problem.
LIES = {
    "zh": [
        ("这里一年花了9亿元。", "9亿元", "E270"),
        ("这里在全国最多。", "全国最多", "E273"),
        ("去年就定了。", "去年", "E272"),
    ],
    "en": [
        ("It came to 900 million yuan.", "900 million yuan", "E270"),
        ("It was decided last year.", "last year", "E272"),
    ],
}
# The values of required fields, by the name of the field.
VALUES = {
    "amount": "120万元",
    "quote": "120万元",
    "scope": "city",
    "updated": "2016-11-23",
    "region": "330203",
    "from": "约8000万元",
    "to": "约5000万元",
    "figure": "paid_2010",
    "kind": "correction",
    "status": "reported",
    "period": "2013",
    "date": "2013-05-06",
    "source": "evening-2015-03-02",
    "topic": "reading",
    "measure": "annual_total",
    "level": "province",
    "file": "reading-room.jpg",
}
# The `state` of a case and of an answer; other states are those of documents.
_STATES = {"": "published", "answers.": "stated"}
Say = Callable[[str], str]


def write_record(fields: tuple[FieldDescription, ...], path: str, say: Say) -> dict[str, Any]:
    """A record with every text of our own and every required field."""
    written: dict[str, Any] = {}
    for one in fields:
        if one.role in OWN_WORDS:
            names = [f"{one.name}.thing", f"{one.name}.thing_en"] if one.kind == "things" else []
            texts = {name: say(path + name) for name in names or one.names(DEFAULT_LANGUAGES)}
            things = {name.rpartition(".")[2]: text for name, text in texts.items()}
            written |= {one.name: things} if names else texts
        elif one.kind == "list":
            inner = write_record(one.inner, f"{path}{one.name}[1].", say)
            if one.name == "corroborated_by":
                inner |= {"source": "gazette-2016", "confirms": "no"}
            written[one.name] = [inner]
        elif one.holds_records:
            key = "purchaser" if one.kind == "answers" else "paid"
            inner = write_record(one.inner, f"{path}{one.name}.{key}.", say)
            written[one.name] = {key: inner}
        elif one.kind == "gone_figure":
            written[one.name] = "paid_2010"
        elif (one.required or one.shown) and one.role not in ("name", "official_title"):
            written[one.name] = (
                _STATES.get(path[:8], "issued") if one.name == "state" else VALUES[one.name]
            )
        elif one.required:
            written[one.name] = "某某"
    return written


def write_yaml(value: Any, indent: str = "") -> Iterator[str]:
    """The lines of a mapping in YAML."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield f"{indent}{key}:"
            yield from write_yaml(inner, indent + "  ")
        elif isinstance(inner, list):
            first, *rest = write_yaml(inner[0], indent + "    ")
            yield from (f"{indent}{key}:", f"{indent}  - {first.lstrip()}", *rest)
        elif key.startswith("story"):
            yield from (f"{indent}{key}: |", f"{indent}  {inner}")
        else:
            yield f"{indent}{key}: {inner}"


def paths_of(fields: tuple[FieldDescription, ...]) -> list[str]:
    """The path of every text of our own that a record may have."""
    found: list[str] = []
    write_record(fields, "", lambda path: found.append(path) or "甲")
    return found


def plant(fields: tuple[FieldDescription, ...], lie: str, at: str) -> str:
    """A record in YAML in which one text is a lie."""

    def say(path: str) -> str:
        return lie if path == at else "甲" if not path.endswith("_en") else "A"

    return "\n".join(write_yaml(write_record(fields, "", say))) + "\n"


def place(text: str, lie: str, words: str, code: str) -> list[str]:
    """The place of the wrong words of a lie, as a problem prints it."""
    before = text[: text.index(lie) + lie.index(words)]
    return [f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))} {code}"]


def lies_in(paths: list[str]) -> Iterator[Any]:
    """Each text with each lie in its language."""
    for path in paths:
        for lie, words, code in LIES["en" if path.endswith("_en") else "zh"]:
            yield pytest.param(path, lie, words, code, id=f"{path}: {words}")


@pytest.mark.parametrize(("path", "lie", "words", "code"), [*lies_in(paths_of(fields_of(Case)))])
def test_a_lie_in_any_text_of_a_case_is_found(path: str, lie: str, words: str, code: str) -> None:
    text = plant(fields_of(Case), lie, path)
    case = case_of(text)

    assert shown(list(texts_say_what_the_records_hold(case, dataset_of(text)))) == place(
        text, lie, words, code
    )


LISTS = {"vocabulary": Vocabulary, "sources": Source, "refusals": Refusal, "gone": Gone}
PATHS_OF_LISTS = [f"{name}:{path}" for name in LISTS for path in paths_of(fields_of(LISTS[name]))]


def read_project(project: Path) -> Dataset:
    problems: list[Problem] = []
    lists = read_lists(project, problems)
    dataset = replace(
        dataset_of(record()),
        vocabulary=lists.vocabulary,
        sources=lists.sources,
        refusals=read_refusals(project, problems),
        gone=read_gone(project, problems),
    )
    return dataset


@pytest.mark.parametrize(("path", "lie", "words", "code"), [*lies_in(PATHS_OF_LISTS)])
def test_a_lie_in_any_text_of_a_list_is_found(
    path: str, lie: str, words: str, code: str, tmp_path: Path
) -> None:
    name, _, field = path.partition(":")
    text = plant(fields_of(LISTS[name]), lie, field)
    if name != "vocabulary":
        key = "/cases/gone/" if name == "gone" else "entry"
        more = "  spending: case-1.paid\n" if name == "refusals" else ""
        text = f"{key}:\n" + "".join(f"  {line}\n" for line in text.splitlines()) + more
    (tmp_path / "data").mkdir()
    for each in ("vocabulary", "regions", "sources"):
        (tmp_path / f"data/{each}.yaml").write_bytes((TINY / f"data/{each}.yaml").read_bytes())
    (tmp_path / f"data/{name}.yaml").write_text(text, "utf-8")
    found = [
        problem
        for problem in check_lists(tmp_path, KnownNumbers(None, read_project(tmp_path)))
        if problem.path == f"data/{name}.yaml"
    ]

    assert shown(found) == place(text, lie, words, code)


@pytest.mark.parametrize("name", ["SITENAME", "SITENAME_EN", "TAGLINE", "TAGLINE_EN"])
def test_a_lie_in_a_printed_setting_is_found(name: str, tmp_path: Path) -> None:
    lie, words, code = LIES["en" if name.endswith("_EN") else "zh"][0]
    text = f'SITEURL = ""\n{name} = "{lie}"\n'
    (tmp_path / "pelicanconf.py").write_text(text, "utf-8")

    assert shown(list(check_settings(tmp_path, KnownNumbers(None, dataset_of(record()))))) == place(
        text, lie, words, code
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('SITENAME = "36氪"', []),
        ('SITENAME = "五月花账本"', []),
        ('SITENAME_EN = "60 Minutes"', []),
        ('SITENAME_EN = "Five Towns"', []),
        ('SITENAME = "60%的账"', ["1:13 E270"]),
        ('TAGLINE = "36家的账"', ["1:12 E270"]),
    ],
)
def test_a_site_may_have_a_number_in_its_name(
    text: str, expected: list[str], tmp_path: Path
) -> None:
    (tmp_path / "pelicanconf.py").write_text(f"{text}\n", "utf-8")

    assert (
        shown(list(check_settings(tmp_path, KnownNumbers(None, dataset_of(record()))))) == expected
    )


def test_a_setting_in_parts_is_read_and_one_that_is_no_python_is_left(tmp_path: Path) -> None:
    path = tmp_path / "pelicanconf.py"
    path.write_text('TAGLINE = "各地" + "去年的账"\n', "utf-8")
    found = list(check_settings(tmp_path, KnownNumbers(None, dataset_of(record()))))
    path.write_text('TAGLINE = "去年\n', "utf-8")

    assert shown(found) == ["1:19 E272"]
    assert list(check_settings(tmp_path, KnownNumbers(None, dataset_of(record())))) == []


def test_a_title_of_others_and_a_proper_name_are_exempt_by_their_role() -> None:
    paper = "documents:\n  - title: 2011年300项指南\n    state: issued\n    source: gazette-2016\n"
    paper += "    issuer: 第三局\n"
    text = record(rest=paper)

    assert list(texts_say_what_the_records_hold(case_of(text), dataset_of(text))) == []


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        ("海曙：读书会由谁来办", "海曙的读书会", ["4:12 W277"]),
        ("海曙：读书会由谁来办", "Who runs 读书会 in Haishu", ["4:21 W277"]),
        ("海曙：读书会由谁来办", "Who runs reading clubs (读书会) in “海曙”", []),
        ("Who runs the reading clubs", "Who runs the reading clubs", ["1:8 W277"]),
        ("YMCA", "YMCA", []),
    ],
)
def test_a_text_is_in_its_language(zh: str, en: str, expected: list[str]) -> None:
    text = record(rest=f'title_en: "{en}"\n').replace("海曙：读书会由谁来办", zh)
    lines = text.splitlines()
    at = lines.index(f'title_en: "{en}"')
    lines.insert(3, lines.pop(at))
    text = "\n".join(lines) + "\n"

    assert shown(list(texts_say_what_the_records_hold(case_of(text), dataset_of(text)))) == expected


def test_a_field_of_text_without_a_role_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="needs a role"):
        described("bilingual")


def test_a_reference_belongs_in_a_story_only() -> None:
    text = record().replace("summary: 一句话。", "summary: 花了 {{paid}}。")
    found = list(texts_say_what_the_records_hold(case_of(text), dataset_of(text)))

    assert shown(found) == ["4:13 E250"]
    assert "{{paid}}" in found[0].message("zh")


def test_a_place_is_read_from_the_list_only_where_something_is_wrong(tmp_path: Path) -> None:
    lists = tiny_lists()
    sound = replace(dataset_of(record()), vocabulary=lists.vocabulary)

    assert list(check_lists(tmp_path / "nowhere", KnownNumbers(None, sound))) == []
