"""Templates compiled for one language give the same result as plain Jinja."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, TemplateError
from markupsafe import Markup

from casebook.build.render import PageRenderer, words_of
from casebook.build.templates import ENVIRONMENT_OPTIONS
from casebook.build.theme import Theme
from casebook.text import DEFAULT_LANGUAGES, Lang, Text


@dataclass(frozen=True)
class Place:
    name: Text
    code: str = "110000"


GIVEN: dict[str, Any] = {
    "place": Place(Text("甲 & 乙", "A & B <市>")),
    "untranslated": Place(Text("丙 & 丁", "")),
    "plain": {"code": "<1>", "items": "an item under the name of a method"},
    "html": Markup("<b>bold</b>"),
    "number": 1234,
    "nothing": None,
    "rows": [{"n": 1}, {"n": 2}, {"n": 3}],
    "join": lambda one, other="&", **more: f"{one}{other}{sorted(more)}",
    "tag": lambda words: Markup("<i>{}</i>").format(words),
}

TEMPLATES = {
    "an attribute": "{{ place.code }}",
    "text is escaped": "{{ text(place.name) }}{{ '<' ~ text(place.name) }}",
    "text without its English": "{{ text(untranslated.name) }}",
    "both wordings": "{{ L('甲<', 'A<') }}{{ L('%d个', '%d of them') % number }}",
    "the language": "{{ lang }}{% if lang == 'en' %}in English{% else %}in Chinese{% endif %}",
    "an own name for the language": "{% for lang in ['x'] %}{{ lang }}{% endfor %}",
    "an item by its dot": "{{ plain.code }}{{ plain['code'] }}",
    "an attribute before an item": "{{ plain.items is callable }}",
    "what is markup stays": "{{ html }}{{ tag('<') }}{{ tag(html) }}",
    "what is no text": "{{ number }}{{ nothing }}{{ rows }}",
    "what is defined": "{{ place.code is defined }}{{ place.nope is defined }}",
    "a default": "{{ place.nope | default('none') }}",
    "calls with names": "{{ join('<', other='>') }}{{ join('a', b=1, c=number) }}",
    "calls with lists": "{{ join(*['a', 'b'], **{'c': 1}) }}",
    "a method": "{{ place.code.startswith('11') }}{{ place.name.inside(lang) }}",
    "a chain": "{{ place.name.zh.strip().upper() }}",
    "a loop": "{% for row in rows if row.n > 1 %}{{ loop.index }}{{ row.n }}{{ loop.last }}"
    "{% endfor %}",
    "a macro": "{% macro m(a, b='<', c=None) %}{{ a }}{{ b }}{{ c.name.zh if c }}{% endmacro %}"
    "{{ m('&') }}{{ m('&', c=place) }}",
    "a macro and its caller": "{% macro m(a) %}{{ caller(a.code) }}{% endmacro %}"
    "{% call(code) m(place) %}{{ code }}&amp;{% endcall %}",
    "an import": "{% from 'm.html' import shown %}{{ shown(place) }}",
    "a set block": "{% set words %}<i>{{ place.code }}</i>{% endset %}{{ words }}",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("source", TEMPLATES.values(), ids=TEMPLATES)
def test_templates_mean_what_they_mean_to_jinja(source: str, lang: Lang) -> None:
    assert _render(source, lang) == _render_plainly(source, lang)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ place.nope }}", id="a missing attribute"),
        pytest.param("{{ place.nope.nope }}", id="an attribute of a missing attribute"),
        pytest.param("{{ plain.nope }}", id="a missing item"),
        pytest.param("{{ nope.code }}", id="a missing name"),
        pytest.param("{{ nope(1) }}", id="a missing function"),
        pytest.param("{{ text(nope) }}", id="the text of a missing name"),
        pytest.param("{{ place.nope(1) }}", id="a missing method"),
    ],
)
def test_a_misspelt_name_is_the_same_fault(source: str) -> None:
    with pytest.raises(TemplateError) as plain:
        _render_plainly(source, "zh")
    with pytest.raises(TemplateError) as compiled:
        _render(source, "zh")

    assert str(compiled.value) == str(plain.value)


SHARED = "{% macro shown(of) %}{{ text(of.name) }}{{ L('，', ', ') }}{{ lang }}{% endmacro %}"


def _render(source: str, lang: Lang) -> str:
    sources = {"t.html": source.encode(), "m.html": SHARED.encode()}
    environments = PageRenderer(Theme("", sources)).environments
    return environments[lang].get_template("t.html").render(GIVEN)


def _render_plainly(source: str, lang: Lang) -> str:
    sources = DictLoader({"t.html": source, "m.html": SHARED})
    environment = Environment(loader=sources, **ENVIRONMENT_OPTIONS)
    environment.globals |= words_of(lang, DEFAULT_LANGUAGES)
    return environment.get_template("t.html").render(GIVEN)
