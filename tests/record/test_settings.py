"""The settings in pelicanconf.py: each is accepted, or reported at its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import PROJECT

from casebook import __version__
from casebook.problems import Problem
from casebook.record.settings import (
    EFFECTIVE,
    Licence,
    MenuLink,
    Settings,
    make_functions,
    read_languages,
)
from casebook.record.settings_reader import GUARD, fixed_settings, read_known, read_settings
from casebook.text import DEFAULT_LANGUAGES, Languages, Text

ENDING = f"""CASEBOOK_VERSION = "{__version__}"
PLUGINS = ["{GUARD}"]
"""
NAMES = """SITENAME = "案例簿"
SITENAME_EN = "Casebook"
"""


def read(
    folder: Path, lines: str, languages: Languages = DEFAULT_LANGUAGES
) -> tuple[Settings, list[Problem]]:
    """The settings of these lines, with the settings that every site needs."""
    (folder / "pelicanconf.py").write_text(lines + NAMES + ENDING, encoding="utf-8")
    problems: list[Problem] = []
    return read_settings(folder, languages, problems), problems


def test_every_setting_of_pelican_is_known_once() -> None:
    from pelican.settings import DEFAULT_CONFIG

    known = read_known()
    names = [*EFFECTIVE, *fixed_settings()]
    names += [name for group in known["unused"].values() for name in group]

    assert sorted(names) == sorted(set(names))
    assert set(DEFAULT_CONFIG) - set(names) == set()


def test_every_setting_that_has_an_effect_is_explained() -> None:
    guide = (PROJECT / "docs/settings.md").read_text(encoding="utf-8")

    assert {*EFFECTIVE} - set(re.findall(r"`([A-Z_]+)`", guide)) == set()


@pytest.mark.parametrize(
    ("lines", "code", "at", "words"),
    [
        pytest.param("SITENAME =\n", "E340", (1, 11), "invalid syntax", id="no Python"),
        pytest.param("\nimport nowhere_at_all\n", "E340", (2, 1), "nowhere_at_all", id="it fails"),
        pytest.param("TAGLINE = '甲',\n", "E341", (1, 11), "comma", id="a comma behind a text"),
        pytest.param("TAGLINE = 3\n", "E341", (1, 11), "quotation marks", id="a number for a text"),
        pytest.param("FOOTER = 名\n", "E340", (1, 10), "not defined", id="no quotation marks"),
        pytest.param("FOOTER = “名”\n", "E340", (1, 10), "is full-width", id="full-width quotes"),
        pytest.param('FOOTER = "名\n', "E340", (1, 10), "is not closed", id="an open quote"),
        pytest.param('FOOTER\u3000= "名"\n', "E340", (1, 7), "U+3000", id="a full-width blank"),
        pytest.param('FOOTER = ("名"\n', "E340", (1, 10), "bracket (", id="an open bracket"),
        pytest.param(
            '\n FOOTER = "名"\n', "E340", (2, 1), "extra spaces at the start", id="indented"
        ),
        pytest.param('FOOTER: "名"\n', "E340", (1, 7), "equals sign", id="a colon as in YAML"),
        pytest.param("FOOTER = true\n", "E340", (1, 10), "True and False", id="no capital"),
        pytest.param(
            "SITEURL = 'example.org'\n",
            "E343",
            (1, 11),
            "example.org",
            id="an address without http",
        ),
        pytest.param(
            "MENUITEMS = [('甲', '/money/'), '/data/']\n", "E341", (1, 32), "pair", id="no pair"
        ),
        pytest.param(
            "LINKS = [('甲', 'javascript:x')]\n", "E343", (1, 10), "javascript", id="a script"
        ),
        pytest.param(
            "MENUITEMS = [('甲', '/a/')]\nMENUITEMS_EN = [('A', '/b/')]\n",
            *("E341", (2, 16), "same addresses"),
            id="another menu in English",
        ),
        pytest.param("LICENCE = 'CC BY 4'\n", "E341", (1, 11), "CC-BY-4.0", id="no licence"),
        pytest.param("CONTACT = 'at home'\n", "E343", (1, 11), "at home", id="no contact"),
        pytest.param(
            "SITEURL = 'https://example.org'\n", "W347", (1, 11), "CONTACT", id="nobody to reach"
        ),
        pytest.param("COLOURS = {'accent': 'red'}\n", "E341", (1, 12), "#b3311b", id="no colour"),
        pytest.param(
            "TIMEZONE = 'Asia/Nowhere'\n", "E341", (1, 12), "time zone", id="no time zone"
        ),
        pytest.param("STATIC_PATHS = 'images'\n", "E341", (1, 16), "list", id="no list"),
        pytest.param("JINJA_FILTERS = {'f': 1}\n", "E341", (1, 18), "function", id="no function"),
        pytest.param("TRUSTED_HOSTS = ['*']\n", "E341", (1, 18), "https", id="every host"),
        pytest.param("THEME = 'simple'\n", "W340", (1, 9), "theme/", id="another theme"),
        pytest.param("DEFAULT_PAGINATION = 10\n", "W340", (1, 22), "cases", id="pagination"),
        pytest.param("MARKDOWN = {}\n", "W340", (1, 12), "Markdown", id="extensions of Markdown"),
        pytest.param("RELATIVE_URLS = True\n", "W340", (1, 17), "pages", id="relative addresses"),
        pytest.param("FEED_ALL_ATOM = 'x'\n", "W340", (1, 17), "/feed.xml", id="another feed"),
        pytest.param("DEFAULT_LANG = 'en'\n", "W340", (1, 16), "LANGUAGES", id="the language"),
        pytest.param("PORT: int = 8001\n", "W340", (1, 13), "--port", id="with its type"),
        pytest.param("GOOGLE_ANALYTICS = 'x'\n", "W340", (1, 20), "analytics.html", id="a service"),
        pytest.param("TAGLNE = 'x'\n", "W341", (1, 10), "TAGLINE", id="a misspelt name"),
        pytest.param(
            "tagline = 'x'\n", "W341", (1, 11), "TAGLINE", id="a setting in small letters"
        ),
    ],
)
def test_what_is_wrong_or_without_effect_is_named_at_its_line(
    lines: str, code: str, at: tuple[int, int], words: str, tmp_path: Path
) -> None:
    _, problems = read(tmp_path, lines)

    assert [(p.code, (p.at.line, p.at.column)) for p in problems] == [(code, at)]
    assert words in problems[0].message("en")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("THEME = 'theme'\nPATH = 'content'\n", id="as the program sets them"),
        pytest.param("PAGE_PATHS = ['pages', 'stories']\nARTICLE_PATHS = []\n", id="as they were"),
        pytest.param("SITEMAP = {'format': 'xml'}\n", id="of a plugin"),
        pytest.param("SITEURL = 'https://a.org'\nCONTACT = 'b@a.org'\n", id="a mailbox"),
        pytest.param("SITEURL = 'https://a.org'\nREPOSITORY = 'https://a.org/r'\n", id="code"),
        pytest.param(
            "import os\nfrom datetime import date\nyear = date.today().year\n", id="Python"
        ),
    ],
)
def test_what_does_no_harm_is_not_named(lines: str, tmp_path: Path) -> None:
    assert read(tmp_path, lines)[1] == []


def test_a_site_says_its_name_in_each_of_its_languages(tmp_path: Path) -> None:
    (tmp_path / "pelicanconf.py").write_text("SITENAME = '甲'\n" + ENDING, encoding="utf-8")
    both: list[Problem] = []
    one: list[Problem] = []
    read_settings(tmp_path, DEFAULT_LANGUAGES, both)
    settings = read_settings(tmp_path, Languages(("zh",)), one)

    assert [(p.code, p.message("en").split(". ")[0]) for p in both] == [
        ("E342", "pelicanconf.py has no SITENAME_EN")
    ]
    assert (one, settings.name) == ([], Text("甲"))


def test_a_text_of_a_language_that_the_site_does_not_have_is_named(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "FOOTER_EN = 'x'\n", Languages(("zh",)))

    assert [(p.code, p.at.line) for p in problems] == [("W340", 1), ("W340", 3)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            "'CC BY-SA 4.0'",
            Licence(
                "CC BY-SA 4.0",
                Text(
                    "https://creativecommons.org/licenses/by-sa/4.0/deed.zh-hans",
                    "https://creativecommons.org/licenses/by-sa/4.0/",
                ),
                "CC-BY-SA-4.0",
            ),
            id="Creative Commons",
        ),
        pytest.param(
            "('OGL', 'https://example.org/ogl')",
            Licence("OGL", Text("https://example.org/ogl", "https://example.org/ogl")),
            id="one of another kind",
        ),
        pytest.param("'ODbL 1.0'", Licence("ODbL 1.0", Text()), id="a name alone"),
        pytest.param("''", None, id="none"),
    ],
)
def test_a_licence_is_named_once(written: str, expected: Licence | None, tmp_path: Path) -> None:
    assert read(tmp_path, f"LICENCE = {written}\n")[0].licence == expected


def test_a_setting_that_is_assigned_twice_counts_as_it_is_written_last(tmp_path: Path) -> None:
    twice = "import sys\nif sys.path:\n    LANGUAGES = ['zh']\nLANGUAGES = ['en', 'zh']\n"
    (tmp_path / "pelicanconf.py").write_text(twice, encoding="utf-8")

    assert read_languages(tmp_path) == Languages(("en", "zh"))


def test_links_have_a_title_in_each_language(tmp_path: Path) -> None:
    settings, problems = read(
        tmp_path,
        "MENUITEMS = [('钱', '/money/'), ('报社', 'https://example.org/')]\n"
        "MENUITEMS_EN = (('Money', '/money/'), ('Paper', 'https://example.org/'))\n"
        "LINKS = [('甲', 'https://example.org/a')]\nSOCIAL = [('乙', 'mailto:a@example.org')]\n",
    )

    assert problems == []
    assert settings.menu == (
        MenuLink(Text("钱", "Money"), "money/"),
        MenuLink(Text("报社", "Paper"), "https://example.org/"),
    )
    assert settings.links == (
        MenuLink(Text("甲"), "https://example.org/a"),
        MenuLink(Text("乙"), "mailto:a@example.org"),
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("CONTACT = 'desk@example.org'\n", "mailto:desk@example.org", id="a mailbox"),
        pytest.param("CONTACT = 'https://example.org/c'\n", "https://example.org/c", id="a form"),
        pytest.param("REPOSITORY = 'https://example.org/r'\n", "https://example.org/r", id="code"),
        pytest.param("", "", id="nowhere"),
    ],
)
def test_errors_are_reported_where_the_settings_say(
    lines: str, expected: str, tmp_path: Path
) -> None:
    assert read(tmp_path, lines)[0].report_address == expected


@pytest.mark.parametrize(
    ("made", "code", "words"),
    [
        pytest.param("", "W342", 'CASEBOOK_VERSION = "', id="not said"),
        pytest.param(
            "'0.0'",
            "W342",
            f"upgrade notes of the versions after 0.0 in {PROJECT / 'CHANGELOG.md'}, then",
            id="an older one",
        ),
        pytest.param("'99.0'", "E344", "Upgrade the program", id="a newer one"),
        pytest.param("'new'", "E341", 'a version number such as "0.2"', id="none"),
        pytest.param("0.1", "E341", 'a version number such as "0.2"', id="a number"),
    ],
)
def test_a_site_that_is_made_for_another_version_says_what_to_do(
    made: str, code: str, words: str, tmp_path: Path
) -> None:
    lines = NAMES + f"PLUGINS = ['{GUARD}']\n" + (f"CASEBOOK_VERSION = {made}\n" if made else "")
    (tmp_path / "pelicanconf.py").write_text(lines, encoding="utf-8")
    problems: list[Problem] = []
    read_settings(tmp_path, DEFAULT_LANGUAGES, problems)

    assert [p.code for p in problems] == [code]
    assert words in problems[0].message("en")


@pytest.mark.parametrize(("plugin", "codes"), [("counts", []), ("nosuch", ["E345"])])
def test_a_plugin_that_is_not_installed_is_named(
    plugin: str, codes: list[str], tmp_path: Path
) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "counts.py").touch()
    lines = f"CASEBOOK_VERSION = '{__version__}'\nPLUGIN_PATHS = ['ours']\n"
    lines = f"{NAMES}{lines}PLUGINS = ['{GUARD}', '{plugin}']\n"
    (tmp_path / "pelicanconf.py").write_text(lines, encoding="utf-8")
    problems: list[Problem] = []
    read_settings(tmp_path, DEFAULT_LANGUAGES, problems)

    assert [p.code for p in problems] == codes


def test_without_the_guard_the_danger_is_named(tmp_path: Path) -> None:
    lines = NAMES + f"CASEBOOK_VERSION = '{__version__}'\nPLUGINS = ['json']\n"
    (tmp_path / "pelicanconf.py").write_text(lines, encoding="utf-8")
    problems: list[Problem] = []
    read_settings(tmp_path, DEFAULT_LANGUAGES, problems)

    assert [(p.code, p.at.line) for p in problems] == [("W343", 4)]


def test_functions_of_templates_are_made_from_the_file_in_any_process(tmp_path: Path) -> None:
    settings, problems = read(
        tmp_path,
        "JINJA_FILTERS = {'shout': lambda words: words.upper()}\nJINJA_GLOBALS = {'answer': 42}\n",
    )
    made = make_functions(settings.functions)

    assert problems == []
    assert made["filters"]["shout"]("a") == "A"
    assert (made["globals"], made["tests"]) == ({"answer": 42}, {})
    assert read(tmp_path, "")[0].functions == b""


def test_today_is_the_day_where_the_site_is_made(tmp_path: Path) -> None:
    east = read(tmp_path, "TIMEZONE = 'Pacific/Kiritimati'\n")[0].today()
    west = read(tmp_path, "TIMEZONE = 'Etc/GMT+12'\n")[0].today()

    assert west < east
