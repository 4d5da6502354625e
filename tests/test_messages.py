"""The catalogue of messages and the code that uses it: every key, every place, both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from conftest import PROJECT

from casebook.charts.chart import COLUMNS as FIGURE_COLUMNS
from casebook.charts.symbols import Kind
from casebook.checks.published import TABLES as LEDGER
from casebook.commands.cli import list_words, make_parser
from casebook.commands.command import COMMANDS
from casebook.data.ocds_export import STANDARD
from casebook.data.tables import CASE_FIGURES, FIXED_WORDS, TABLES
from casebook.messages import CATALOGUE as SOURCE
from casebook.messages import PLACE, problem, read_catalogue, say
from casebook.pages import COMPARE_URLS, FIXED_ADDRESSES
from casebook.problems import START
from casebook.record.description import fields_of
from casebook.record.lanes import Marker
from casebook.record.model import Case, ChangeKind, ShownState
from casebook.record.settings_reader import read_known
from casebook.record.vocabulary import Source
from casebook.text import LANGS, Text

CATALOGUE = read_catalogue()
KEY = re.compile(r"[EW][0-9]{3}(\.[a-z_]+)?|[a-z_]+(\.[a-z_]+)+")
# The functions and methods that take the key of a message and the values of its places.
SPEAKING = {"say", "problem", "failure", "report", "note", "print_message"}
# The arguments of such a call that are not places of the message.
NO_PLACES = {"severity", "hint", "status", "stream"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((PROJECT / "casebook").rglob("*.py")):
        yield path, ast.parse(path.read_bytes())


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def calls_with_keys() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call with the key of a message as a literal, with its place."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or name_of(node) not in SPEAKING:
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and argument.value in CATALOGUE:
                    place = f"{path.relative_to(PROJECT)}:{node.lineno}"
                    yield place, str(argument.value), node


def literals() -> set[str]:
    """The strings in the code, and the words of the lists beside it."""
    lists = (PROJECT / "casebook").glob("*/*.yaml")
    listed = {word for one in lists for word in re.findall(r"[\w.]+", one.read_text("utf-8"))}
    return listed | {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def words_of_templates() -> set[str]:
    """The keys that the program's own templates name."""
    templates = (PROJECT / "casebook").rglob("*.html")
    return {
        key for one in templates for key in re.findall(r"say\(\"([^\"]+)\"", one.read_text("utf-8"))
    }


def words_of_fields() -> set[str]:
    """The keys of the program's own words for a field, which no list names."""
    return {key for key in CATALOGUE if key.startswith("form.words.")}


def find_places(words: str) -> set[str]:
    return {place for place in PLACE.findall(words) if "|" not in place}


def places_of(key: str) -> set[str]:
    places = {place for words in CATALOGUE[key].values() for place in PLACE.findall(words)}
    return {place.partition("|")[0] for place in places}


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_message_is_in_both_languages_with_the_same_places(key: str) -> None:
    entry = CATALOGUE[key]

    assert KEY.fullmatch(key)
    examples = ({"example"}, {"example_zh", "example_en"}, set())
    own = set(entry) - ({"called"} if key.startswith("fields.") else set())
    assert own in ({"zh", "en"} | more for more in ({"hint_zh", "hint_en"}, *examples))
    assert all(isinstance(words, str) and words.strip() for words in entry.values())
    for zh, en in (("zh", "en"), ("hint_zh", "hint_en")):
        assert find_places(entry.get(zh, "")) == find_places(entry.get(en, ""))


def test_a_message_has_one_entry() -> None:
    keys = re.findall(r"^([^\s#][^:]*):", SOURCE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(keys) == sorted(CATALOGUE)


def notes_of_fields() -> set[str]:
    """The keys of the notes of all fields that a case and a source have."""
    classes: list[type] = [Case, Source]
    for cls in classes:
        classes += [one.items for one in fields_of(cls) if one.holds_records]
    return {one.note_key for cls in classes for one in fields_of(cls)}


def labels_of_fields() -> set[str]:
    """The keys of the names of all fields that a case and a source have."""
    classes: list[type] = [Case, Source]
    for cls in classes:
        classes += [one.items for one in fields_of(cls) if one.holds_records]
    return {one.label_key for cls in classes for one in fields_of(cls)}


def notes_of_tables() -> set[str]:
    """The keys of the notes on the tables of open data and on the words in them."""
    tables = (*TABLES, CASE_FIGURES)
    keys = {f"data.{table.name}{part}" for table in tables for part in ("", "_note")}
    for table in tables:
        keys |= {f"data.{column.name}" for column in table.columns}
        keys |= {f"data.{table.name}.{column.name}" for column in table.columns}
        keys |= {f"labels.{column.name}" for column in table.columns}
    return keys | {f"data.{name}.{word.key}" for name in FIXED_WORDS for word in FIXED_WORDS[name]}


def words_of_standard() -> set[str]:
    """The keys of the things with or without a counterpart in OCDS, and of the reasons for none."""
    reasons = {f"data.ocds.unplaced.{name}" for name in STANDARD["reasons"]}
    things = {f"data.ocds.{name}{part}" for name in STANDARD["mapping"] for part in ("", "_note")}
    return reasons | things


def names_of_facts() -> set[str]:
    """The keys of the kinds of facts in the ledger of published content, and of its columns."""
    names = {name for kind, columns in LEDGER.items() for name in (kind, *columns)}
    return {f"checks.published.{name.removesuffix('_*')}" for name in names}


def words_of_languages() -> set[str]:
    """The keys of the words about each language that a site may have."""
    return {f"{key}{lang}" for key in ("languages.", "record.twin_") for lang in LANGS}


def words_of_charts() -> set[str]:
    """The keys of the names of marks, states, lengths of time and columns of charts."""
    marks = {f"charts.{part}.{kind}" for part in ("mark", "legend") for kind in get_args(Kind)}
    states = {f"charts.state.{state}" for state in get_args(ShownState)}
    markers = {f"charts.marker.{marker}" for marker in (*get_args(Marker), "latest_key")}
    spans = {f"values.span.{span}" for span in ("day", "month", "year", "latest_only")}
    columns = {f"charts.figures.{name}" for name in FIGURE_COLUMNS}
    return marks | states | markers | spans | columns


def words_of_sections() -> set[str]:
    """The keys of the beginnings of sections, and of their orders, filters and changes."""
    names = {url.partition("/")[0] for url in FIXED_ADDRESSES if url}
    kinds = {f"pages.corrections.{kind}" for kind in get_args(ChangeKind)}
    orders = {f"pages.compare.by_{order}" for order in COMPARE_URLS}
    filters = {f"pages.filters.{key}" for key in ("kind", "year", "provider", "mode", "measure")}
    titles = {f"pages.{name}{part}" for name in names for part in ("", ".description")}
    return titles | kinds | orders | filters


def words_of_settings() -> set[str]:
    """The keys of the forms that settings must have, and of the reasons why one has no effect."""
    reasons = {*read_known()["fixed"], *read_known()["unused"]}
    kinds = ("bool", "dict", "list", "str")
    return {f"record.settings_why_{reason}" for reason in reasons} | {
        f"record.settings_form_{kind}" for kind in kinds
    }


def words_of_commands() -> set[str]:
    """The keys of the help of every command, and of its options and examples."""
    keys = set()
    for command in COMMANDS:
        about = f"commands.help.{command.name}"
        keys |= {about, f"{about}.examples"}
        keys |= {f"{about}.{name}" for name in list_words(make_parser(command))}
    return keys


def test_every_command_and_option_has_words() -> None:
    assert words_of_commands() - set(CATALOGUE) == set()


def test_every_message_is_used() -> None:
    named = notes_of_fields() | labels_of_fields() | notes_of_tables() | names_of_facts()
    named |= words_of_languages() | words_of_settings() | words_of_commands()
    named |= words_of_templates() | words_of_fields() | words_of_standard()
    named |= words_of_charts() | words_of_sections()

    assert set(CATALOGUE) - literals() - named == set()
    assert names_of_facts() - set(CATALOGUE) == set()


def test_every_field_of_a_case_has_a_note() -> None:
    assert notes_of_fields() - set(CATALOGUE) == set()


def test_every_place_of_a_message_is_filled_and_nothing_else_is_given() -> None:
    wrong = []
    for place, key, call in calls_with_keys():
        names = {keyword.arg for keyword in call.keywords}
        if None in names:
            continue
        given = {name for name in names if name} - NO_PLACES
        needed = places_of(key)
        if "hint" in names:
            needed = set(PLACE.findall(CATALOGUE[key]["zh"]))
        if given != needed:
            wrong.append(f"{place}: {key} needs {sorted(needed)}, is given {sorted(given)}")

    assert wrong == []


def test_a_problem_is_made_of_its_message_only() -> None:
    makers = {
        path.relative_to(PROJECT).as_posix()
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node) == "Problem"
    }

    assert makers == {"casebook/messages.py"}


def test_a_place_is_filled_in_the_language_of_the_message() -> None:
    found = say("new.slug", slug="x", why=Text("错", "wrong"))

    assert found == Text("x：错", "x: wrong")


@pytest.mark.parametrize(
    ("cases", "english"),
    [
        (0, "done: 0 cases, 1 file in output/"),
        (1, "done: 1 case, 1 file in output/"),
        (2, "done: 2 cases, 1 file in output/"),
        (Text("1", "one"), "done: one case, 1 file in output/"),
    ],
)
def test_a_noun_follows_its_number(cases: object, english: str) -> None:
    found = say("build.done", cases=cases, files=1, output="output/")

    assert found.en == english


def test_a_code_with_w_is_a_warning() -> None:
    found = problem("E241", "data/cases/con.yaml", START, slug="con")

    assert (found.code, found.severity) == ("E241", "error")
    assert found.message("en") == "the file name con is reserved by Windows. Choose another name"


def test_no_wording_is_cut_off_at_a_sign_that_begins_a_comment() -> None:
    written = SOURCE.read_text("utf-8")

    assert re.findall(r"^  \w+: (?!['\"]).* #.*", written, re.MULTILINE) == []
