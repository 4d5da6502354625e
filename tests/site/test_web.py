"""The pages as judged by tools for web developers: html-validate and Lighthouse."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conftest import BROWSERS

WEB = Path(__file__).resolve().parents[1] / "web"
# The lock is not in the folder of packages, because npm empties that folder.
LOCK = WEB / ".npm.lock"
TEXT = (".html", ".css", ".js", ".svg", ".xml", ".txt", ".json", ".csv")

Run = Callable[..., object]


def give_up(reason: str) -> NoReturn:
    """Skip the test, or fail it in CI, where nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def run_node() -> Run:
    """A function that runs a script of tests/web and returns the JSON that it prints."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        give_up("no node, or no npm")
    with one_at_a_time():
        # As in .venv, a copy of the lock file tells which packages are installed.
        installed = WEB / "node_modules" / ".casebook-lock"
        lock = (WEB / "package-lock.json").read_bytes()
        if not installed.exists() or installed.read_bytes() != lock:
            command = [npm, "ci", "--no-audit", "--no-fund", "--prefer-offline"]
            done = subprocess.run(command, cwd=WEB, capture_output=True, encoding="utf-8")
            if done.returncode:
                give_up(f"npm could not install what package-lock.json names:\n{done.stderr}")
            installed.write_bytes(lock)

    def run(script: str, *arguments: str) -> object:
        done = subprocess.run(
            [node, str(WEB / script), *arguments],
            cwd=WEB,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let only one test process at a time install into the folder."""
    if os.name != "posix":
        yield
        return
    import fcntl

    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _HostHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files like a static host: text is compressed, and caching is allowed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path.name))
        if path.suffix in TEXT:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "public, max-age=300, must-revalidate")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing, so that requests do not appear in the output of the tests."""


@contextlib.contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The address of a folder that is served as by a static host."""
    handler = functools.partial(_HostHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_every_page_is_valid(built_site: Path, run_node: Run) -> None:
    told = run_node("validate.mjs", str(built_site))

    assert told == {"pages": len(list(built_site.rglob("*.html"))), "found": []}


def test_the_validator_finds_what_is_wrong(tmp_path: Path, run_node: Run) -> None:
    broken = '<!DOCTYPE html>\n<html lang="en"><head><title>A</title></head><body><ul><p>A</p></ul>'
    (tmp_path / "index.html").write_text(broken, encoding="utf-8")

    told = run_node("validate.mjs", str(tmp_path))

    assert isinstance(told, dict)
    assert any("element-permitted-content" in line for line in told["found"])


@pytest.mark.of_cases("beijing")
@pytest.mark.browser
def test_a_phone_finds_nothing_short_on_the_pages_that_matter(
    built_site: Path, run_node: Run
) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        give_up("no browser found")
    names = ("", "cases/beijing/", "compare/")
    with hosted(built_site) as host:
        told = run_node("lighthouse.mjs", browser, *(f"{host}/{name}" for name in names))

    assert isinstance(told, dict)
    full = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
    assert {url: scores["points"] for url, scores in told.items() if scores["least"] < 100} == {}, (
        told
    )
    assert [scores["points"] for scores in told.values()] == [full] * len(names)
