"""Compiled templates wait in the store for the next build of the same program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest

from casebook.build import templates
from casebook.build.cache import open_cache
from casebook.build.templates import StoredTemplates, make_environment
from casebook.text import Lang

SOURCES = {"page.html": "{{ L('案例', 'case') }} {{ number }}".encode()}


def render(folder: Path, sources: dict[str, bytes] = SOURCES, lang: Lang = "zh") -> str:
    with open_cache(folder) as store:
        environment = make_environment(sources, lang, StoredTemplates(store))
        return environment.get_template("page.html").render(number=1)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were compiled since."""
    found: list[str] = []
    compile_template = jinja2.Environment.compile

    def spy(self: jinja2.Environment, source: Any, *rest: Any, **named: Any) -> Any:
        found.append(source)
        return compile_template(self, source, *rest, **named)

    monkeypatch.setattr(jinja2.Environment, "compile", spy)
    return found


def test_a_template_is_compiled_once_for_each_language(tmp_path: Path, compiled: list[str]) -> None:
    shown = [render(tmp_path, lang=lang) for lang in ("zh", "en", "zh", "en")]

    assert shown == ["案例 1", "case 1", "案例 1", "case 1"]
    assert len(compiled) == 2


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
