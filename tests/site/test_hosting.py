"""Hosts set up as in docs/publishing.md: the headers of each file, and the order of uploads.

nginx and Caddy are started with the configuration in that guide; the commands for a bucket are
run with a substitute for `aws` that keeps the bucket as a folder.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from casebook.build.verify import verify_copy
from tests.conftest import PROJECT

GUIDE = (PROJECT / "docs" / "publishing.md").read_text(encoding="utf-8")
SECONDS = 30.0
# Servers do not compress files of fewer bytes.
LEAST_COMPRESSED = 1500


class Row(NamedTuple):
    """The types and the compression that the guide asks for files of one kind."""

    types: frozenset[str]
    is_compressed: bool


def read_rows() -> dict[str, Row]:
    rows = {}
    for suffixes, kinds, compressed in re.findall(
        r"(?m)^\| (`\.[^|]+) \| ([^|]+) \| (yes|no) \|$", GUIDE
    ):
        row = Row(frozenset(re.findall(r"`([^`]+)`", kinds)), compressed == "yes")
        rows |= {suffix: row for suffix in re.findall(r"`([^`]+)`", suffixes)}
    # The guide lists the types of pictures in one row; each ending has exactly one of them.
    for name in ("png", "jpg", "webp"):
        exact = f"image/{name}".replace("jpg", "jpeg")
        rows[f".{name}"] = Row(rows[f".{name}"].types & {exact}, False)
    return rows


ROWS = read_rows()


def code_of(language: str, start: str) -> str:
    (found,) = re.findall(rf"```{language}\n({re.escape(start)}.*?)```", GUIDE, re.DOTALL)
    return str(found)


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx_command(folder: Path, site: Path, port: int) -> list[str]:
    """The command for nginx with the guide's servers, without HTTPS, which needs a certificate."""
    servers = code_of("nginx", "server {")
    servers = re.sub(r"(?m)^ *ssl_certificate.*\n", "", servers)
    servers = servers.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    servers = servers.replace("listen 80;", f"listen 127.0.0.1:{find_port()};")
    servers = servers.replace("/srv/casebook/current", str(site))
    places = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;"
        f"events {{}} http {{ access_log off; {places}\n{servers}\n}}",
        encoding="utf-8",
    )
    (folder / "casebook-headers.conf").write_text(code_of("nginx", "add_header"), encoding="utf-8")
    shutil.copy("/etc/nginx/mime.types", folder)
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy_command(folder: Path, site: Path, port: int) -> list[str]:
    place = code_of("caddy", "example.org {").replace("/srv/casebook/current", str(site))
    place = place.replace("example.org {", f"http://127.0.0.1:{port} {{", 1)
    options = "{\n\tadmin off\n\tauto_https off\n}\n"
    (folder / "Caddyfile").write_text(options + place, encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


SERVERS: dict[str, Callable[[Path, Path, int], list[str]]] = {
    "nginx": nginx_command,
    "caddy": caddy_command,
}


class Host(NamedTuple):
    """A server, the site that it serves, and the log of its output."""

    address: str
    site: Path
    log: Path


@pytest.fixture(scope="module", params=SERVERS)
def host(
    request: pytest.FixtureRequest, built_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    if shutil.which(request.param, path=f"{os.environ['PATH']}:/usr/sbin") is None:
        missing = f"{request.param} is not installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder, port = tmp_path_factory.mktemp(request.param), find_port()
    command = SERVERS[request.param](folder, built_site, port)
    mine = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    mine["PATH"] = f"{os.environ['PATH']}:/usr/sbin"
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=os.environ | mine, stdout=output, stderr=output)
    try:
        wait_for(port, server, log)
        yield Host(f"http://127.0.0.1:{port}", built_site, log)
    finally:
        server.terminate()
        server.wait(SECONDS)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError(log.read_text(encoding="utf-8"))


def ask(host: Host, path: str) -> tuple[int, Message, bytes]:
    request = Request(host.address + path, headers={"Accept-Encoding": "gzip"})
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=SECONDS) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def files_of(site: Path) -> list[str]:
    """A file of each kind in each folder of the site."""
    found = {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site)
        if path.is_file() and not name.name.startswith("_"):
            found[name.parts[0] if len(name.parts) > 1 else "", path.suffix] = name.as_posix()
    return sorted(found.values())


def headers_for(site: Path, path: str) -> dict[str, str]:
    """The headers of `_headers` for a path, later rules over earlier ones."""
    wanted: dict[str, str] = {}
    for rule in (site / "_headers").read_text(encoding="utf-8").split("\n\n"):
        pattern, *lines = rule.strip().splitlines()
        if f"/{path}".startswith(pattern.removesuffix("*")):
            pairs = (line.split(":", 1) for line in lines if not line.strip().startswith("!"))
            wanted |= {name.strip(): value.strip() for name, value in pairs}
    return wanted


def test_the_guide_knows_the_type_of_every_file_of_the_site(built_site: Path) -> None:
    kinds = {PurePosixPath(name).suffix for name in files_of(built_site)}

    assert kinds - ROWS.keys() == set()
    assert all(row.types for row in ROWS.values())


def test_every_file_comes_with_its_type_compressed_and_free_to_load(host: Host) -> None:
    wrong = {}
    for path in files_of(host.site):
        status, headers, body = ask(host, f"/{path}")
        content = (host.site / path).read_bytes()
        row = ROWS[PurePosixPath(path).suffix]
        asked = headers_for(host.site, path)
        is_packed = headers["Content-Encoding"] == "gzip"
        kind = headers["Content-Type"].replace("charset=UTF-8", "charset=utf-8")
        found = {
            "status": status == 200,
            "type": kind.removesuffix("; charset=utf-8") in row.types or kind in row.types,
            "compression": is_packed is (row.is_compressed and len(content) > LEAST_COMPRESSED)
            or len(content) <= LEAST_COMPRESSED,
            "content": (gzip.decompress(body) if is_packed else body) == content,
            "headers": {name: headers.get_all(name) for name in asked}
            == {name: [value] for name, value in asked.items()},
        }
        if not all(found.values()):
            wrong[path] = [name for name, right in found.items() if not right], headers.items()

    assert wrong == {}
    assert headers_for(host.site, "charts/counts/counts.csv")["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/none/", "/data/none.csv", "/assets/none.js", "/_headers", "/_redirects"]
)
def test_what_is_not_there_is_a_page_that_is_not_kept(host: Host, path: str) -> None:
    status, headers, body = ask(host, path)

    assert status == 404
    assert headers["Content-Type"].lower() == "text/html; charset=utf-8"
    assert headers.get_all("Cache-Control") == ["public, max-age=300, must-revalidate"]
    packed = headers["Content-Encoding"] == "gzip"
    assert (gzip.decompress(body) if packed else body) == (host.site / "404.html").read_bytes()


def test_a_served_site_is_as_its_manifest_says(host: Host) -> None:
    verdict = verify_copy(host.address)

    assert verdict.differences == {}
    assert verdict.files > 100


def test_the_server_warns_of_nothing(host: Host) -> None:
    # The options that the test adds cause these two warnings.
    expected = ("admin endpoint disabled", "automatic HTTPS is completely disabled")
    said = [
        line
        for line in host.log.read_text(encoding="utf-8").splitlines()
        if not any(map(line.count, expected))
    ]

    assert [
        line for line in said if re.search(r"\[(warn|error|emerg)\]|:\"(warn|error)\"", line)
    ] == []


# `aws s3 sync` with a folder as the bucket; it also records every file that it puts there.
BUCKET = """
import argparse, fnmatch, json, os, shutil, sys
options = argparse.ArgumentParser()
options.add_argument("words", nargs="*")
options.add_argument("--exclude", dest="rules", type=lambda text: (False, text), action="append")
options.add_argument("--include", dest="rules", type=lambda text: (True, text), action="append")
options.add_argument("--content-type", default="")
options.add_argument("--cache-control")
options.add_argument("--delete", action="store_true")
given = options.parse_args()
assert given.words[:2] == ["s3", "sync"]
source, target = given.words[2], given.words[3].replace("s3://", os.environ["BUCKETS"] + "/")

def is_meant(name):
    meant = True
    for includes, pattern in given.rules or ():
        if fnmatch.fnmatchcase(name, pattern):
            meant = includes
    return meant

def list_names(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(path, name), folder)

here = sorted(filter(is_meant, list_names(source)))
for name in here:
    place = os.path.join(target, name)
    if not os.path.exists(place) or os.path.getsize(place) != os.path.getsize(f"{source}/{name}"):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copyfile(f"{source}/{name}", place)
        key = os.path.relpath(place, os.environ["BUCKETS"] + "/BUCKET")
        print(json.dumps([key, given.content_type, given.cache_control]))
for name in sorted(filter(is_meant, list_names(target))) if given.delete else ():
    if name not in here:
        os.remove(os.path.join(target, name))
        print(json.dumps([name, "removed", ""]))
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_a_bucket_gets_types_and_times_and_pages_last(built_site: Path, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "aws"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{textwrap.dedent(BUCKET)}", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "output").symlink_to(built_site)
    (tmp_path / "BUCKET").mkdir()
    (tmp_path / "BUCKET" / "gone.html").write_text("x", encoding="utf-8")
    done = subprocess.run(
        ["bash", "-eu", "-c", code_of("sh", "later=")],
        cwd=tmp_path,
        env={"PATH": f"{program.parent}:{os.environ['PATH']}", "BUCKETS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    puts = [json.loads(line) for line in done.stdout.splitlines()]
    names = [name for name, _, _ in puts]

    site = {path.relative_to(built_site).as_posix() for path in built_site.rglob("*.*")}
    assert {*names} == {name for name in site if (built_site / name).is_file()} | {"gone.html"}
    assert names[-1] == "gone.html"
    assert max(map(names.index, filter(lambda name: name.startswith("assets/"), names))) < min(
        map(names.index, filter(lambda name: name.endswith(".html"), names))
    )
    for name, kind, keeps in puts[:-1]:
        assert ("immutable" in keeps) == name.startswith("assets/"), name
        if kind or name.endswith((".csv", ".yaml", ".bib", ".sqlite", ".cff")):
            types = ROWS[PurePosixPath(name).suffix].types
            assert {kind, kind.removesuffix("; charset=utf-8")} & types, name
