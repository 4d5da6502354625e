"""Compiled templates are kept in the cache for the next build by the same program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest

from casebook.build import templates
from casebook.build.cache import open_cache
from casebook.build.templates import (
    CompiledTemplates,
    check_templates,
    digest_templates,
    make_environment,
)
from casebook.build.theme import Theme
from casebook.text import Lang

SOURCES = {"page.html": "{{ L('案例', 'case') }} {{ number }}".encode()}


def render(folder: Path, sources: dict[str, bytes] = SOURCES, lang: Lang = "zh") -> str:
    """A rendered page, with compiled templates from the cache only, as in a new process."""
    compiled = CompiledTemplates()
    with open_cache(folder) as cache:
        compiled.load(cache)
        environment = make_environment(sources, lang, compiled)
        shown = environment.get_template("page.html").render(number=1)
        compiled.save(cache)
    return shown


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The template sources that are compiled during the test."""
    found: list[str] = []
    compile_template = jinja2.Environment.compile

    def spy(self: jinja2.Environment, source: Any, *rest: Any, **named: Any) -> Any:
        found.append(source)
        return compile_template(self, source, *rest, **named)

    monkeypatch.setattr(jinja2.Environment, "compile", spy)
    return found


def test_a_template_is_compiled_once_for_both_languages(
    tmp_path: Path, compiled: list[str]
) -> None:
    shown = [render(tmp_path, lang=lang) for lang in ("zh", "en", "zh", "en")]

    assert shown == ["案例 1", "case 1", "案例 1", "case 1"]
    assert len(compiled) == 1


def test_a_changed_template_is_compiled_anew(tmp_path: Path, compiled: list[str]) -> None:
    render(tmp_path)

    assert render(tmp_path, {"page.html": b"{{ number }}!"}) == "1!"
    assert len(compiled) == 2


def test_what_another_program_compiled_is_not_run(
    tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    render(tmp_path)
    monkeypatch.setattr(templates, "digest_program", lambda: "another")

    assert render(tmp_path) == "案例 1"
    assert len(compiled) == 2


def test_what_another_checkout_compiled_is_not_run(tmp_path: Path, compiled: list[str]) -> None:
    render(tmp_path)
    (tmp_path / "store.key").unlink()

    assert render(tmp_path) == "案例 1"
    assert len(compiled) == 2


def digests(sources: dict[str, str]) -> dict[str, str]:
    theme = Theme("", {name: source.encode() for name, source in sources.items()})
    return dict(digest_templates(theme, CompiledTemplates()))


@pytest.mark.parametrize(
    ("naming", "changed"),
    [
        pytest.param("{% extends 'a.html' %}", {"page.html", "a.html"}, id="extended"),
        pytest.param(
            "{% from 'b.html' import m %}", {"page.html", "a.html", "b.html"}, id="by another"
        ),
        pytest.param("{% include 'a' ~ '.html' %}", {"page.html", "a.html"}, id="a joined name"),
        pytest.param("{% include name %}", {"page.html", "a.html"}, id="known at run time"),
        pytest.param("{% broken %} a.html", {"page.html", "a.html"}, id="a syntax error"),
        pytest.param("'a.html'", {"a.html"}, id="no reference"),
    ],
)
def test_a_template_changes_with_all_that_it_may_name(naming: str, changed: set[str]) -> None:
    by = "{% include 'a.html' %}" if "b.html" in naming else ""
    before = digests({"page.html": naming, "a.html": "1", "b.html": by})
    after = digests({"page.html": naming, "a.html": "2", "b.html": by})

    assert {name for name in before if before[name] != after[name]} == changed


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        pytest.param(
            "{{ L('甲',\n 'a')|uper }}", "2:7", "没有过滤器 uper。是不是 upper？", id="filter"
        ),
        pytest.param("{% filter trimm %}a{% endfilter %}", "1:11", "没有过滤器 trimm", id="block"),
        pytest.param("甲\r{% if 1 is odds %}{% endif %}", "2:12", "没有 odds 这种判断", id="test"),
        pytest.param("{{ 1|own }}", "1:6", "JINJA_FILTERS 里写上它", id="not in the settings"),
    ],
)
def test_an_unknown_filter_is_named_before_any_page_asks_for_it(
    source: str, place: str, message: str
) -> None:
    (found,) = check_templates(Theme("", {"own.html": source.encode()}), CompiledTemplates())

    assert (found.code, str(found.at)) == ("E320", place)
    assert message in found.message("zh")


def test_a_filter_of_the_settings_is_known() -> None:
    functions = b"JINJA_FILTERS = {'own': str}\nJINJA_TESTS = {'ours': bool}\n"
    theme = Theme("", {"own.html": b"{{ 1|own }}{{ 1 is ours }}"}, functions)

    assert check_templates(theme, CompiledTemplates()) == []
