"""Files that Pelican plugins write are part of the site, are named, and break nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT
from processes import tree

from casebook.build.steps import BuildOptions, BuildResult, build_site
from casebook.build.verify import verify_copy

PLUGIN = """
import os
from pelican import signals

def write(pelican):
    for name, text in {files!r}.items():
        path = os.path.join(pelican.output_path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

def wait(path, context):
    pass

def register():
    signals.finalized.connect(write)
    signals.content_written.connect(wait)
"""


def build(project: Path) -> BuildResult:
    return build_site(BuildOptions(project=project, output=project / "output"))


def add_plugin(project: Path, name: str, **files: str) -> None:
    """Give a project a plugin that writes files at the end of Pelican's run."""
    written = {path.replace("__", "/").replace("_", "."): text for path, text in files.items()}
    (project / "plugins").mkdir()
    (project / "plugins" / f"{name}.py").write_text(PLUGIN.format(files=written), encoding="utf-8")
    settings = (project / "pelicanconf.py").read_text(encoding="utf-8")
    settings = settings.replace('["casebook.plugin"]', f'["casebook.plugin", "{name}"]')
    folder = str(project / "plugins")
    (project / "pelicanconf.py").write_text(f"{settings}PLUGIN_PATHS = [{folder!r}]\n", "utf-8")


def test_what_a_plugin_writes_is_taken_in_and_named(tiny_project: Path) -> None:
    add_plugin(tiny_project, "writes_one", extra__notes_txt="a note")

    result = build(tiny_project)

    assert [(w.path, w.code) for w in result.warnings] == [
        ("pelicanconf.py", "W345"),
        ("pelicanconf.py", "W344"),
    ]
    assert "plugin wrote extra/notes.txt" in result.warnings[1].message("en")
    assert (tiny_project / "output/extra/notes.txt").read_text("utf-8") == "a note"
    assert verify_copy(str(tiny_project / "output")).differences == {}
    assert build(tiny_project) == result


def test_the_site_keeps_a_file_that_a_plugin_writes_as_well(tiny_project: Path) -> None:
    build(tiny_project)
    before = tree(tiny_project / "output")
    add_plugin(tiny_project, "empties_the_map", sitemap_xml="<urlset/>", manifest_json="{}")

    result = build(tiny_project)

    told = [w.message("en") for w in result.warnings if w.code == "W344"]
    assert [words.partition(", but the site has a file of that name")[0] for words in told] == [
        "a plugin wrote manifest.json",
        "a plugin wrote sitemap.xml",
    ]
    after = tree(tiny_project / "output")
    assert after.keys() == before.keys()
    assert after["sitemap.xml"] == before["sitemap.xml"]
    assert verify_copy(str(tiny_project / "output")).differences == {}


def test_a_plugin_that_waits_for_what_never_comes_is_named(tiny_project: Path) -> None:
    add_plugin(tiny_project, "waits")

    (warning,) = build(tiny_project).warnings

    line = (tiny_project / "pelicanconf.py").read_text("utf-8").splitlines().index
    assert (warning.code, warning.at.line) == (
        "W345",
        line('PLUGINS = ["casebook.plugin", "waits"]') + 1,
    )
    assert "the plugin waits waits for content_written" in warning.message("en")


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "C.UTF-8"])
def test_pelican_itself_says_what_builds_the_site(tiny_project: Path, locale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", "output"],
        cwd=tiny_project,
        env={"LC_ALL": locale, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 2
    assert "python3 build.py serve" in done.stderr
    assert ("请运行" in done.stderr) == locale.startswith("zh")
    assert not (tiny_project / "output").exists()
