"""The bases of several tests: a tiny project, the built site, a server, a browser."""

from __future__ import annotations

import contextlib
import functools
import http.server
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

PROJECT = Path(__file__).resolve().parent.parent
# A copy of ten cases with their texts, for tests of the program that need real ones. It stays the
# same when editors change the cases of the site.
TEN_CASES = PROJECT / "tests" / "ten_cases"
# Twelve made-up cases with problems of editors: cumulative beside annual, parts of a total,
# ceilings, ranges by hour and visit, currencies, sources that differ, three of one district.
TWELVE_MORE = PROJECT / "tests" / "twelve_more"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OF_A_PROJECT = ("casebook", "data", "content", "theme", "pelicanconf.py")

# A background run may ignore these signals; the processes that it starts must not inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# No time limit for a test: machines are busy, and a first example compiles and imports.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

# Only these rules depend on the colour scheme of a page.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Axe = Callable[..., list[Any]]
Serve = Callable[[Path], contextlib.AbstractContextManager[str]]


def copy_parts(source: Path, target: Path, names: tuple[str, ...]) -> None:
    """Copies the named files and folders that exist."""
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        part = source / name
        if part.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(part, target / name, ignore=ignored, dirs_exist_ok=True)
        elif part.is_file():
            shutil.copy2(part, target / name)


def make_tiny_project(target: Path) -> None:
    """Copies the tiny site's data, content and settings and the real theme to a folder."""
    copy_parts(PROJECT, target, ("theme", "pelicanconf.py"))
    copy_parts(PROJECT / "tests" / "tiny_site", target, ("data", "content", "pelicanconf.py"))


def make_project_of_22(target: Path) -> None:
    """Writes the ten cases and twelve more, as an editor would add them, and the real theme."""
    copy_parts(PROJECT, target, ("theme",))
    copy_parts(TEN_CASES, target, ("data", "content", "pelicanconf.py"))
    copy_parts(TWELVE_MORE / "data", target / "data", ("cases",))
    with (target / "data" / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write((TWELVE_MORE / "data" / "sources.yaml").read_text("utf-8"))
    vocabulary = target / "data" / "vocabulary.yaml"
    words = (TWELVE_MORE / "data" / "scopes.yaml").read_text("utf-8")
    text = vocabulary.read_text("utf-8")
    vocabulary.write_text(text.replace("\nscopes:\n", f"\nscopes:\n{words}"), "utf-8")


# The parts of `--soak` in their order; each takes minutes.
SOAK_PARTS = (
    "kills",
    "swap",
    "large",
    "signals",
    "files",
    "calls",
    "disk",
    "permissions",
    "sources",
    "cache",
    "together",
    "surroundings",
    "clock",
    "outputs",
    "strings",
    "widths",
    "edits",
    "commands",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --soak, which tries each fault some hundred times instead of a few."""
    parser.addoption(
        "--soak",
        nargs="?",
        const="all",
        choices=("all", *SOAK_PARTS),
        metavar="PART",
        help=f"try every fault some hundred times, or one part: {', '.join(SOAK_PARTS)}",
    )


NO_CALL = SimpleNamespace(params={})


def find_withdrawn() -> set[str]:
    """The names of those of the ten cases that the site no longer has."""
    known, there = (
        {path.stem for path in (folder / "data" / "cases").glob("*.yaml")}
        for folder in (TEN_CASES, PROJECT)
    )
    return known - there


def still_there(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses of the site without those of cases that were withdrawn or renamed."""
    gone = re.compile(rf"(?:^|/)(?:{'|'.join(find_withdrawn()) or '(?!)'})\b")
    return tuple(address for address in addresses if not gone.search(address))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps only the requested part of the soak, and tests of cases that exist.

    A test names the cases by which it judges the site in its mark or in a parameter.
    """
    gone = find_withdrawn()
    for item in items:
        named = {slug for mark in item.iter_markers("of_cases") for slug in mark.args}
        for value in getattr(item, "callspec", NO_CALL).params.values():
            if isinstance(value, str):
                named |= {slug for slug in gone if re.search(rf"/{slug}\b", value)}
        if withdrawn := sorted(named & gone):
            item.add_marker(pytest.mark.skip(reason=f"withdrawn: {', '.join(withdrawn)}"))
    part = config.getoption("--soak")
    if part in (None, "all"):
        return
    wanted = [item for item in items if any(part in m.args for m in item.iter_markers("soak"))]
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = wanted


_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def note_figures(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Keeps a line for the summary at the end, with --soak."""
    return pytestconfig.stash.setdefault(_FIGURES, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Prints the counts of the soak."""
    figures = config.stash.get(_FIGURES, [])
    if figures and config.getoption("--soak"):
        terminalreporter.section("faults tried")
        for line in figures:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def tiny_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a first build of the tiny site, so that later builds need not draw it again."""
    project = tmp_path_factory.mktemp("tiny-cache") / "tiny"
    make_tiny_project(project)
    subprocess.run(
        [sys.executable, "-m", "casebook", "--project", str(project), "build", "--quiet"],
        cwd=PROJECT,
        check=True,
    )
    return project / ".cache"


@pytest.fixture
def tiny_project(tmp_path: Path, tiny_cache: Path) -> Path:
    """A project of its own with the tiny site's data and content and the real theme."""
    target = tmp_path / "tiny"
    make_tiny_project(target)
    copy_parts(tiny_cache, target / ".cache", ("store.sqlite", "store.key"))
    return target


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real project's site, built cold.

    A copy is built, so that neither a build of the project nor another worker gets in the way.
    """
    folder = tmp_path_factory.mktemp("built")
    project, output = folder / "project", folder / "site"
    copy_parts(PROJECT, project, OF_A_PROJECT)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "casebook", "build", "--quiet", "--output", str(output)],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        pytest.fail(f"the build ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return output


class _SiteHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Keeps requests out of the output of the tests."""


class _SiteServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keeps the error of a browser that hangs up out of the output of the tests."""


@contextlib.contextmanager
def _served(directory: Path) -> Iterator[str]:
    handler = functools.partial(_SiteHandler, directory=str(directory))
    with _SiteServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def serve_directory() -> Serve:
    """Serves a folder: `with serve_directory(path) as url`, the address without its last slash."""
    return _served


def library(name: str) -> ModuleType:
    """A library of the test extra; if it is required and missing, the test fails."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def axe() -> Axe:
    """The findings of axe-core on an open page: each rule with the first elements that break it."""
    library("axe_playwright_python")
    script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

    def find_violations(page: Any, rules: Sequence[str] = AXE_RULES) -> list[Any]:
        page.evaluate(script)
        return page.evaluate(
            """rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(result =>
                result.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html)]))""",
            list(rules),
        )

    return find_violations


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """The system's Chromium under Playwright; if it is required and missing, the test fails."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        missing = f"no browser found; looked for {', '.join(BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield opened
        opened.close()
