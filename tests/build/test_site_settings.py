"""The settings of a site change it, and settings that name a missing thing are reported."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PIL import Image
from processes import run

from casebook.build.last_build import list_sources
from casebook.build.steps import BuildOptions, build_site
from casebook.build.theme import check_theme
from casebook.pages.page import write_policy
from casebook.problems import CasebookError, ContentError, Exit
from casebook.record.settings_reader import read_settings
from casebook.text import DEFAULT_LANGUAGES

OF_A_NEWSROOM = """
PUBLISHER = "甲报"
PUBLISHER_EN = "The Paper"
CONTACT = "desk@example.org"
REPOSITORY = "https://example.org/code"
LICENCE = "CC BY-SA 4.0"
MENUITEMS = [("甲报", "https://example.org/"), ("数据", "/data/figures.csv")]
MENUITEMS_EN = [("The Paper", "https://example.org/"), ("Data", "/data/figures.csv")]
SOCIAL = [("通讯", "https://example.org/letter")]
SITELOGO = "logo.svg"
FAVICON = "own.png"
COLOURS = {"accent": ("#005a9c", "#7fb7e6"), "series-1": "#123456"}
TRUSTED_HOSTS = ["https://stats.example.org"]
THEME_TEMPLATES_OVERRIDES = ["over"]
JINJA_FILTERS = {"shout": lambda words: words.upper()}
JINJA_GLOBALS = {"answer": 42}
STATIC_PATHS = ["extra", "CNAME"]
EXTRA_PATH_METADATA = {"extra/a.txt": {"path": "a.txt"}}
STATIC_EXCLUDES = ["extra/left"]
"""


def write(project: Path, **files: str) -> None:
    for name, content in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def add_settings(project: Path, lines: str) -> None:
    path = project / "pelicanconf.py"
    path.write_text(path.read_text("utf-8") + lines, encoding="utf-8")


def build(project: Path) -> Path:
    build_site(BuildOptions(project=project, output=project / "output"))
    return project / "output"


def test_a_newsroom_has_its_own_name_licence_contact_menu_and_looks(tiny_project: Path) -> None:
    add_settings(tiny_project, OF_A_NEWSROOM)
    write(
        tiny_project,
        **{
            "over/partials/analytics.html": "<p>{{ 'counted' | shout }} {{ answer }}</p>",
            "theme/static/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "content/extra/a.txt": "甲",
            "content/extra/left/b.txt": "乙",
            "content/CNAME": "example.org",
        },
    )
    Image.new("RGB", (8, 8)).save(tiny_project / "theme/static/own.png")

    output = build(tiny_project)

    page = (output / "en/about/index.html").read_text("utf-8")
    for words in (
        "Published by The Paper.",
        'Contact: <a href="mailto:desk@example.org">desk@example.org</a>',
        '<a class="to-top__report" href="mailto:desk@example.org?subject=',
        'href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>',
        '<a class="masthead__link" href="https://example.org/" rel="noopener">The Paper</a>',
        '<a class="masthead__link" href="../../data/figures.csv">Data</a>',
        '<a href="https://example.org/letter" rel="noopener"><span lang="zh-Hans">通讯</span></a>',
        '<img class="masthead__logo" src="../../assets/logo.',
        '<link rel="icon" href="../../assets/own.',
        "script-src 'self' https://stats.example.org;",
        "<p>COUNTED 42</p>",
    ):
        assert words in page
    assert (output / "a.txt").read_text("utf-8") == "甲"
    assert (output / "CNAME").is_file()
    assert not (output / "extra").exists()
    assert "https://stats.example.org" in (output / "_headers").read_text("utf-8")
    (sheet,) = (output / "assets").glob("casebook.*.css")
    assert sheet.read_text("utf-8").endswith(
        "@media screen{:root{--accent:#005a9c;--series-1:#123456;}}\n"
        "@media screen and (prefers-color-scheme: dark)"
        "{:root{--accent:#7fb7e6;--series-1:#123456;}}\n"
    )
    manifest = json.loads((output / "manifest.json").read_bytes())
    assert {"over/partials/analytics.html", "content/CNAME"} <= manifest["inputs"].keys()
    assert "license: CC-BY-SA-4.0" in (output / "data/CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize(
    ("lines", "home", "corrections", "report"),
    [
        pytest.param(
            "CONTACT = 'desk@example.org'\n",
            'write to us: <a href="mailto:desk@example.org">desk@example.org</a>',
            'Write to <a href="mailto:desk@example.org">desk@example.org</a>.',
            "mailto:desk@example.org?subject=",
            id="a mailbox",
        ),
        pytest.param(
            "REPOSITORY = 'https://example.org/code'\n",
            'write to us: <a rel="noopener" href="https://example.org/code">code and records</a>',
            'Write to <a rel="noopener" href="https://example.org/code">code and records</a>.',
            "https://example.org/code",
            id="a repository",
        ),
        pytest.param(
            "",
            '<a href="../en/corrections/#report">what to do about an error</a>',
            "This site has not published a way to reach it",
            "../en/corrections/#report",
            id="neither",
        ),
    ],
)
def test_home_and_the_page_of_corrections_say_how_to_reach_the_site(
    lines: str, home: str, corrections: str, report: str, tiny_project: Path
) -> None:
    add_settings(tiny_project, lines)

    output = build(tiny_project)

    first = (output / "en/index.html").read_text("utf-8")
    assert home in first.replace('href="corrections', 'href="../en/corrections')
    assert f'<a class="to-top__report" href="{report}' in first.replace(
        'href="corrections', 'href="../en/corrections'
    )
    page = (output / "en/corrections/index.html").read_text("utf-8")
    assert 'id="report"' in page
    assert corrections in page


@pytest.mark.parametrize(
    ("lines", "siteurl", "codes"),
    [
        pytest.param("", "https://example.org/", ["W347"], id="option"),
        pytest.param("SITEURL = 'https://example.org'\n", None, ["W347"], id="settings"),
        pytest.param("SITEURL = 'https://example.org'\n", "https://b.org", ["W347"], id="both"),
        pytest.param("CONTACT = 'a@example.org'\n", "https://example.org", [], id="a contact"),
        pytest.param("", None, [], id="no address"),
    ],
)
def test_a_site_with_an_address_and_without_a_contact_is_warned_of(
    lines: str, siteurl: str | None, codes: list[str], tiny_project: Path
) -> None:
    settings = tiny_project / "pelicanconf.py"
    kept = settings.read_text("utf-8").replace('SITEURL = ""', "")
    settings.write_text(kept + lines, encoding="utf-8")

    result = build_site(
        BuildOptions(project=tiny_project, output=tiny_project / "output", siteurl=siteurl)
    )

    assert [warning.code for warning in result.warnings] == codes


@pytest.mark.parametrize(
    "siteurl",
    [
        pytest.param("example.org", id="no protocol"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("https://example.org/?a=1", id="a query"),
        pytest.param("https://例子.中国", id="a host that is not in Punycode"),
    ],
)
def test_an_option_with_an_address_of_no_site_is_a_wrong_usage(
    siteurl: str, tiny_project: Path
) -> None:
    options = BuildOptions(project=tiny_project, output=tiny_project / "output", siteurl=siteurl)

    with pytest.raises(CasebookError) as refused:
        build_site(options)

    assert refused.value.exit_status == Exit.USAGE
    assert siteurl in refused.value.text.zh
    assert not (tiny_project / "output").exists()


def test_what_settings_print_is_no_part_of_a_report(tiny_project: Path) -> None:
    with (tiny_project / "pelicanconf.py").open("a", encoding="utf-8") as settings:
        settings.write("print('hello')\n")

    done = run(tiny_project, "check", "--format", "json")

    assert json.loads(done.stdout) is not None


def test_of_settings_that_are_left_out_pelican_says_nothing(tiny_project: Path) -> None:
    least = 'SITENAME = "甲"\nSITENAME_EN = "A"\nPLUGINS = ["casebook.plugin"]\n'
    (tiny_project / "pelicanconf.py").write_text(least, encoding="utf-8")

    done = run(tiny_project, "build", "--quiet")

    assert [line for line in done.stderr.splitlines() if ": W3" not in line] == [
        "0 errors and 1 warning in 1 file"
    ]


@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        pytest.param("SITELOGO = 'none.svg'\n", "E345", "theme/static/", id="a logo"),
        pytest.param("FAVICON = 'none.ico'\n", "E345", "none.ico", id="an icon"),
        pytest.param(
            "THEME_TEMPLATES_OVERRIDES = ['none']\n", "E345", "of the project", id="templates"
        ),
        pytest.param("STATIC_PATHS = ['pages', 'empty']\n", "E345", "empty", id="an empty folder"),
        pytest.param("STATIC_PATHS = ['../data']\n", "E345", "content/", id="outside content"),
        pytest.param("COLOURS = {'acent': '#123456'}\n", "E346", "accent", id="a misspelt colour"),
    ],
)
def test_what_the_settings_name_has_to_be_there(
    lines: str, code: str, words: str, tiny_project: Path
) -> None:
    add_settings(tiny_project, lines)
    (tiny_project / "content/empty").mkdir()
    settings = read_settings(tiny_project, DEFAULT_LANGUAGES, [])

    (found,) = check_theme(tiny_project, settings)

    last = len((tiny_project / "pelicanconf.py").read_text("utf-8").splitlines())
    assert (found.code, found.at.line) == (code, last)
    assert words in found.message("en")


def test_a_build_leaves_no_compiled_settings_among_the_files_of_a_project(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    # Without this change the build would reuse the texts that Pelican read in an earlier test.
    add_settings(tiny_project, "SITESUBTITLE = 'read anew'\n")

    build(tiny_project)

    assert not [*tiny_project.rglob("__pycache__")]


def test_a_menu_leads_to_pages_that_there_are(tiny_project: Path) -> None:
    add_settings(tiny_project, "MENUITEMS = [('甲', '/abuot/')]\n")

    with pytest.raises(ContentError) as raised:
        build(tiny_project)

    (found,) = raised.value.problems
    assert (found.code, found.path) == ("E345", "pelicanconf.py")
    assert "about/" in found.message("en")


def test_a_function_of_the_settings_that_fails_is_named_with_its_line(tiny_project: Path) -> None:
    add_settings(tiny_project, "def fail(words):\n    return words / 2\n")
    add_settings(tiny_project, "JINJA_FILTERS = {'fail': fail}\n")
    write(tiny_project, **{"theme/templates/partials/analytics.html": "{{ 'a' | fail }}"})

    with pytest.raises(ContentError) as raised:
        build(tiny_project)

    found = raised.value.problems[0]
    lines = (tiny_project / "pelicanconf.py").read_text("utf-8").splitlines()
    assert (found.code, found.at.line) == ("E340", lines.index("    return words / 2") + 1)


def test_the_policy_lets_in_the_hosts_that_are_trusted() -> None:
    assert write_policy(("https://a.org",)) == (
        "default-src 'none'; img-src 'self' https://a.org; style-src 'self'; "
        "script-src 'self' https://a.org; connect-src 'self' https://a.org; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("THEME_TEMPLATES_OVERRIDES = ['over', 'b/c']", ("over", "b/c"), id="a list"),
        pytest.param('PLUGIN_PATHS = [\n    "plugins",\n]', ("plugins",), id="on several lines"),
        pytest.param("PLUGIN_PATHS = ['/far/away', '../up', 'theme/x']", ("theme/x",), id="ours"),
    ],
)
def test_folders_that_the_settings_name_are_sources(
    lines: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "pelicanconf.py").write_text(f"SITENAME = ''\n{lines}\n", encoding="utf-8")

    assert list_sources(str(tmp_path))[3:] == expected
