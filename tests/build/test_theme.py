"""The theme comes with the program; a project holds only the files that it changes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from casebook import packaged
from casebook.build.checking import check_project
from casebook.build.last_build import Look, find_last_build, record_build
from casebook.build.steps import BuildOptions, BuildResult, build_site
from casebook.problems import ContentError
from tests.conftest import PROJECT, copy_parts

THEME = PROJECT / "theme"


def build(project: Path, name: str = "output") -> dict[str, bytes]:
    """The files of the built site, by path."""
    output = project / name
    build_site(BuildOptions(project=project, output=output))
    files = (path for path in output.rglob("*") if path.is_file())
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def bare_project(tiny_project: Path) -> Path:
    """A project without theme files."""
    shutil.rmtree(tiny_project / "theme")
    return tiny_project


def own(project: Path, name: str, change: Callable[[str], str] = lambda text: text) -> Path:
    """Copy a file of the theme into the project, changed, and return its path."""
    path = project / "theme" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(change((THEME / name).read_text("utf-8")), encoding="utf-8")
    return path


def test_a_project_without_a_theme_is_built_with_the_one_that_comes_with_the_program(
    tiny_project: Path,
) -> None:
    whole = build(tiny_project)
    shutil.rmtree(tiny_project / "theme")

    assert build(tiny_project) == whole


def test_what_a_project_has_of_the_theme_takes_the_place_of_ours(bare_project: Path) -> None:
    own(
        bare_project, "templates/macros/footer.html", lambda t: t.replace("<footer", "<footer id=f")
    )
    own(bare_project, "static/icon.svg", lambda t: t + "<!-- own -->\n")
    (bare_project / "theme/static/css").mkdir()
    (bare_project / "theme/static/css/zz-own.css").write_text(
        "main { color: var(--ink); }\n", encoding="utf-8"
    )

    site = build(bare_project)

    (icon,) = (site[name] for name in site if name.startswith("assets/icon."))
    (styles,) = (site[name] for name in site if name.endswith(".css"))
    assert b"<footer id=f" in site["index.html"]
    assert icon.endswith(b"<!-- own -->\n")
    assert styles.endswith(b"main { color: var(--ink); }\n")
    assert (THEME / "static/css/prose.css").read_bytes().strip() in styles


def test_a_template_that_no_page_uses_is_named(bare_project: Path) -> None:
    own(bare_project, "templates/prose.html", lambda text: "{% include 'box.html' %}" + text)
    for name in ("box", "figure"):
        (bare_project / f"theme/templates/{name}.html").write_text("<p>x</p>\n", "utf-8")

    found = [one for one in check_project(bare_project) if one.code == "W348"]

    assert [one.path for one in found] == ["theme/templates/figure.html"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('<script src="https://stats.example.org/a.js"></script>', ""),
        ("<img src='//stats.example.org/a.gif?x=1' alt=''>", ""),
        (
            '<script async src="https://other.example.org/a.js"></script>',
            "other.example.org is not in",
        ),
        ("<script>count()</script>", "inside a page"),
        ('<script type="application/ld+json">{}</script>', ""),
        ('<iframe src="https://stats.example.org/opt-out"></iframe>', "<iframe> cannot load"),
        ('<link rel="stylesheet" href="https://fonts.example.org/a.css">', "<link> cannot load"),
        ('<link rel="me" href="https://social.example.org/us">', ""),
        ("<script defer src=\"asset:{{ site.assets['js/site.js'] }}\"></script>", ""),
        ("{#- <script>count()</script> -#}", ""),
    ],
)
def test_what_browsers_block_in_a_template_is_named(
    line: str, words: str, bare_project: Path
) -> None:
    settings = bare_project / "pelicanconf.py"
    hosts = 'TRUSTED_HOSTS = ["https://stats.example.org"]\n'
    settings.write_text(settings.read_text("utf-8") + hosts, "utf-8")
    (bare_project / "theme/templates/partials").mkdir(parents=True, exist_ok=True)
    own_file = bare_project / "theme/templates/partials/analytics.html"
    own_file.write_text(f"{{% set a = 1 %}}\n  {line}\n", "utf-8")

    found = [one for one in check_project(bare_project) if one.code == "W349"]

    place = ("theme/templates/partials/analytics.html", "2:3")
    assert [(one.path, str(one.at)) for one in found] == ([place] if words else [])
    assert all(words in one.message("en") for one in found)


def test_own_files_that_come_and_go_leave_the_site_as_if_built_anew(bare_project: Path) -> None:
    before = build(bare_project)
    file = own(bare_project, "templates/prose.html", lambda text: text.replace("<article", "<div"))
    recolour = partial(re.sub, r"(--accent: )#\w{6}", r"\1#123456")
    tokens = own(bare_project, "static/css/tokens.css", recolour)

    changed = build(bare_project)

    assert changed == build(bare_project, "anew") != before
    file.unlink()
    tokens.unlink()
    assert build(bare_project) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("theme/static/own.css", "a { color: red; ", id="an incomplete style sheet"),
        pytest.param("pelicanconf.py", "SITELOGO = 'none.svg'\n", id="a missing picture"),
    ],
)
def test_a_fault_of_the_theme_is_found_after_a_build_that_found_none(
    name: str, text: str, bare_project: Path
) -> None:
    build(bare_project)
    path = bare_project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)

    for _attempt in range(2):
        with pytest.raises(ContentError) as refused:
            build(bare_project)

        assert {problem.path for problem in refused.value.problems} == {name}


def test_a_change_of_the_theme_that_comes_with_the_program_is_seen(
    bare_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_parts(PROJECT, tmp_path / "program", ("theme",))
    monkeypatch.setattr(packaged, "CHECKOUT", str(tmp_path / "program"))
    asked = {"command": "", "quiet": "", "lang": "en"}

    def look() -> Look:
        return Look(str(bare_project), str(bare_project / "output"), None, [])

    build(bare_project)
    files = sum(path.is_file() for path in (bare_project / "output").rglob("*"))
    record_build(look(), BuildResult(cases=2, files=files, warnings=()), asked)
    assert find_last_build(look()) is not None

    footer = tmp_path / "program/theme/templates/macros/footer.html"
    footer.write_text(footer.read_text("utf-8").replace("<footer", "<footer id=f"), "utf-8")

    assert find_last_build(look()) is None
    assert b"<footer id=f" in build(bare_project)["about/index.html"]


@pytest.mark.parametrize(
    ("folder", "given", "expected"),
    [
        pytest.param("site", None, "site", id="the current folder that has settings"),
        pytest.param("elsewhere", None, "checkout", id="the checkout from any other"),
        pytest.param("site", "given", "given", id="the option before all others"),
    ],
)
def test_a_project_is_the_folder_that_has_settings(
    folder: str, given: str | None, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("site", "elsewhere", "checkout"):
        (tmp_path / name).mkdir()
    for name in ("site", "checkout"):
        (tmp_path / name / "pelicanconf.py").touch()
    monkeypatch.setattr(packaged, "CHECKOUT", str(tmp_path / "checkout"))
    monkeypatch.chdir(tmp_path / folder)

    found = packaged.find_project(given)

    assert (tmp_path / folder / found).name == expected
