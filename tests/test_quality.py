"""The project passes its own tools, and its files contain nothing private."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

# A private path starts where no address or longer path precedes it. The patterns are written in
# pieces, so that this file does not match itself.
_START = r"(?<![A-Za-z0-9_.:/~}\-])"
PRIVATE = {
    "a home folder": _START + "/(?:ho" + r"me|Us" + r"ers)/[A-Za-z]",
    "the administrator's home": _START + "/ro" + r"ot/",
    "a workplace": _START + "/(?:wo" + r"rk|opt|workspace|builds)/[A-Za-z]",
    "a Windows home": r"(?i)\b[a-z]:[\\/]+us" + r"ers[\\/]+[a-z]",
    "a registry's host": r"(?i)\bpy" + r"pi\.[a-z]|pythonhos" + r"ted\.|arti" + r"factory\.",
    "a registry's index": r"(?i)[a-z0-9/]/sim" + r"ple/?[\s\"']|extra-ind" + r"ex-url",
}


def run_tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def tracked_files() -> list[Path]:
    """The files under version control; skips where there is none."""
    if shutil.which("git") is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("git cannot read this checkout")
    return [PROJECT / name for name in listed.stdout.decode("utf-8").split("\0") if name]


def test_a_docstring_says_what_a_thing_is_and_begins_with_no_question() -> None:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = [
        f"{path.relative_to(PROJECT)}: {words[:60]}"
        for path in sorted((PROJECT / "casebook").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, kinds) and (words := ast.get_docstring(node) or "")
        if words.split()[0] in ("What", "Whether", "How")
    ]

    assert found == []


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check"), id="ruff check"),
        pytest.param(("ruff", "format", "--check"), id="ruff format"),
        pytest.param(("mypy", "--strict", "casebook"), id="mypy --strict"),
        pytest.param(
            ("mypy", "--strict", "--explicit-package-bases", "bench"), id="mypy of the bench"
        ),
    ],
)
def test_the_code_passes(command: tuple[str, ...]) -> None:
    done = run_tool(*command)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PRIVATE)
def test_no_tracked_file_names(name: str) -> None:
    pattern = re.compile(PRIVATE[name])
    found = []
    for path in tracked_files():
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{path.relative_to(PROJECT)}:{number}: {match[0]}")

    assert found == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a home folder", "cd /ho" + "me/wang/site", id="Linux"),
        pytest.param("a home folder", '"/Us' + 'ers/wang/site"', id="macOS"),
        pytest.param("the administrator's home", "=/ro" + "ot/site", id="root"),
        pytest.param("a workplace", "'/op" + "t/tools'", id="tools"),
        pytest.param("a Windows home", "C:\\Us" + "ers\\wang", id="Windows"),
        pytest.param("a registry's host", "https://py" + "pi.org/x", id="host"),
        pytest.param("a registry's index", "--extra-ind" + "ex-url x", id="index"),
    ],
)
def test_a_private_name_is_noticed(name: str, text: str) -> None:
    assert re.search(PRIVATE[name], text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://www.example.gov.cn/home/news/", id="an address"),
        pytest.param("/cases/beijing/", id="a page of the site"),
        pytest.param("../work/x", id="a relative path"),
    ],
)
def test_an_ordinary_path_is_let_be(text: str) -> None:
    assert not any(re.search(pattern, text) for pattern in PRIVATE.values())
