"""The program as a package: a wheel, installed where it cannot see the repository."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path
from typing import IO

import pytest
from conftest import PROJECT, make_tiny_project
from processes import run, tree

# Files outside the modules, whose absence would show only when they are needed.
CARRIED = (
    *("casebook/py.typed", "casebook/messages.yaml", "casebook/values/words.yaml"),
    *(
        "casebook/yaml/mistakes.yaml",
        "casebook/yaml/encoding.yaml",
        "casebook/record/settings.yaml",
    ),
    *("casebook/checks/words.yaml", "casebook/data/tables.yaml", "casebook/record/gb2260.tsv"),
    *("casebook/preview/reload.js", "casebook/preview/overlay.css"),
    *("casebook/theme/templates/base.html", "casebook/theme/static/css/tokens.css"),
    *("casebook/theme/static/js/site.js", "casebook/theme/static/icon.svg"),
    *("casebook/example/pelicanconf.py", "casebook/example/data/vocabulary.yaml"),
    "casebook/example/content/stories/lead.md",
    *("casebook/docs/editing.md", "casebook/docs/editing.zh.md", "casebook/docs/settings.md"),
    "casebook/docs/screens/preview-error.png",
    "casebook/CHANGELOG.md",
    *("casebook/starter/github/workflows/check.yml", "casebook/starter/vscode/tasks.json"),
)
SECONDS = 60


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that is built from the repository without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", str(folder))
    pip("wheel", *options, str(PROJECT))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment with the wheel, which can also import the dependencies."""
    folder = tmp_path_factory.mktemp("installed") / "environment"
    venv.create(folder)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    # The packages of the lock; their reference to this repository works only in their own folder.
    found = importlib.util.find_spec("pelican")
    assert found is not None and found.origin is not None
    packages = Path(found.origin).parent.parent
    installed = next(path.parent for path in folder.rglob("casebook") if path.is_dir())
    (installed / "lock.pth").write_text(f"{packages}\n", encoding="utf-8")
    return scripts / ("casebook.exe" if os.name == "nt" else "casebook")


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, check=True)


def start(program: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The installed command, started in a folder."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.Popen(
        [program, *arguments],
        cwd=folder,
        env=mine | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(program: Path, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The exit status and the output of a command that ends by itself."""
    process = start(program, folder, *arguments)
    out, err = process.communicate(timeout=2 * SECONDS)
    return process.returncode, out, err


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site without any file of the theme."""
    folder = tmp_path / "site"
    make_tiny_project(folder)
    for path in sorted((folder / "theme").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "theme").rmdir()
    return folder


def test_the_wheel_holds_what_the_program_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rooms = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "casebook").rglob("*.py")}
    theme = {
        f"casebook/{path.relative_to(PROJECT).as_posix()}"
        for path in (PROJECT / "theme").rglob("*")
        if path.is_file()
    }

    assert {*CARRIED, *rooms, *theme} - names == set()
    assert [name for name in names if name.startswith(("tests/", "bench/", "theme/"))] == []


def test_the_wheel_has_a_bill_of_the_locked_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (one for one in opened.namelist() if ".dist-info/sboms/" in one)
        bill = json.loads(opened.read(name))
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ;]+)", lock))
    direct = {ref.partition("/")[2] for ref in bill["dependencies"][0]["dependsOn"]}

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {one["name"]: one["version"] for one in bill["components"]} == locked
    assert {one["purl"] for one in bill["components"]} == {
        f"pkg:pypi/{name}@{version}" for name, version in locked.items()
    }
    assert [digest["content"] for one in bill["components"] for digest in one["hashes"]] == (
        re.findall("sha256:([0-9a-f]{64})", lock)
    )
    assert {f"{name}@{locked[name]}" for name in ("pelican", "jinja2", "pyyaml")} < direct
    assert "anyio" not in {one.partition("@")[0] for one in direct}
    assert "://" not in json.dumps(bill)


def test_a_wheel_can_be_built_of_the_source_distribution(tmp_path: Path, wheel: Path) -> None:
    script = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-P", "-c", script, str(tmp_path)], cwd=PROJECT, check=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    pip(
        *("wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir"),
        *(str(tmp_path), str(tmp_path / archive.name.removesuffix(".tar.gz"))),
    )

    (again,) = tmp_path.glob("*.whl")
    assert again.read_bytes() == wheel.read_bytes()


def test_a_site_is_checked_and_built_as_from_the_checkout(program: Path, site: Path) -> None:
    assert finish(program, site, "check") == (0, "no problems\n", "")

    status, out, err = finish(program, site, "build", "--output", "installed")

    assert (status, err) == (0, "")
    assert out.startswith("done: 2 cases")
    done = run(site, "build", "--output", str(site / "checkout"), "--quiet")
    assert done.returncode == 0, done.stderr
    assert tree(site / "installed") == tree(site / "checkout")


def test_a_site_is_begun_checked_and_built(program: Path, tmp_path: Path) -> None:
    begun, _, err = finish(program, tmp_path, "init", "mine", "--yes", "--name", "某站")
    site = tmp_path / "mine"

    assert (begun, err) == (0, "")
    assert finish(program, site, "check") == (0, "no problems\n", "")
    assert finish(program, site, "build", "--output", "installed")[0] == 0
    done = run(site, "build", "--output", str(site / "checkout"), "--quiet")
    assert done.returncode == 0, done.stderr
    assert tree(site / "installed") == tree(site / "checkout")


def test_a_second_build_has_nothing_to_do(program: Path, site: Path) -> None:
    first = finish(program, site)
    manifest = (site / "output" / "manifest.json").stat()

    assert finish(program, site) == first
    assert (site / "output" / "manifest.json").stat() == manifest


def test_outside_of_a_site_it_says_what_a_site_is(program: Path, tmp_path: Path) -> None:
    status, out, err = finish(program, tmp_path, "check", "--lang", "zh")

    assert (status, out) == (2, "")
    assert err.startswith(f"{tmp_path} 里没有 pelicanconf.py")


def test_messages_name_the_command_that_is_installed(program: Path, site: Path) -> None:
    status, out, _ = finish(program, site, "new", "nanjing", "--region", "南京")

    assert status == 0
    assert "casebook check data/cases/nanjing.yaml" in out
    assert "build.py" not in out + (site / "data/cases/nanjing.yaml").read_text("utf-8")


def test_the_preview_serves_what_is_built(program: Path, site: Path) -> None:
    process = start(program, site, "serve", "--port", "0")
    try:
        address = read_address(process.stdout)
        # The server answers at once, and sends the site from its first state on.
        with urllib.request.urlopen(f"{address}__casebook__/events", timeout=SECONDS) as events:
            assert any(b'"generation": 1' in line for line in events)
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            page = answer.read()
    finally:
        process.kill()
        process.communicate()

    finish(program, site)
    title = (site / "output/index.html").read_bytes().split(b"<title>")[1].split(b"</title>")[0]
    assert title in page


def read_address(stream: IO[str] | None) -> str:
    """The address that a preview prints."""
    assert stream is not None
    addresses = (re.search(r"http://[0-9.:]+/", line) for line in stream)
    return next(found[0] for found in addresses if found)
