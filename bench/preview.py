"""The time from the moment a case is saved until an open page is told to reload.

Casebook tells its page by a stream of events, Hugo's server by a web socket for live reload. After
that the page is requested until it contains the saved words.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench.cases import make_case
from bench.peers import Peer, list_peers

# Seconds; more than a build of ten thousand cases takes on a busy machine.
PATIENCE = 1800.0
_WORDS = "这是测量用的测例"


@dataclass(frozen=True, slots=True)
class Reload:
    """Seconds from saving until the reload message, and until the page has the saved words."""

    told: float
    shown: float


def measure_reloads(
    folder: Path, count: int, rounds: int, program: Path, with_peers: bool = True
) -> dict[str, list[Reload]]:
    """The reloads of Casebook's preview and of Hugo's server, by program."""
    found: dict[str, list[Reload]] = {}
    for peer in list_peers(with_peers, ("Hugo",)):
        place = folder / f"preview-{peer.name.lower()}"
        shutil.rmtree(place, ignore_errors=True)
        peer.write(place, count)
        serve = _serve_casebook if peer.name == "Casebook" else _serve_hugo
        with serve(peer, place, program) as port:
            found[peer.name] = [
                _measure(peer.name, place, port, (count // 2 + round_) % count, round_)
                for round_ in range(rounds)
            ]
        shutil.rmtree(place)
    return found


def make_reload_table(measured: dict[int, dict[str, list[Reload]]]) -> str:
    """The medians as a Markdown table, empty if nothing was measured."""
    if not measured:
        return ""
    from statistics import median

    lines = [
        "| saved to | cases | program | told s | shown s |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    for size, programs in measured.items():
        for name, reloads in programs.items():
            told = median(reload.told for reload in reloads)
            shown = median(reload.shown for reload in reloads)
            lines.append(f"| reload | {size:,} | {name} | {told:.2f} | {shown:.2f} |")
    return "\n".join(lines) + "\n"


def _measure(name: str, place: Path, port: int, number: int, round_: int) -> Reload:
    slug = make_case(number).slug
    page = f"/cases/{slug}/"
    (path,) = [*place.glob(f"data/cases/{slug}.yaml"), *place.glob(f"content/**/{slug}.md")]
    text = path.read_text(encoding="utf-8")
    words = f"这是第{'一二三四五六七八九十'[round_ % 10]}次存盘的测例"
    listen = _listen_to_casebook if name == "Casebook" else _listen_to_hugo
    with listen(port, page) as told:
        beside = path.with_name(f"~{path.name}")
        beside.write_text(text.replace(_WORDS, words), encoding="utf-8")
        start = time.perf_counter()
        os.replace(beside, path)
        if not told.wait(PATIENCE):
            raise SystemExit(f"{name} told nothing of a saved case")
        seconds = time.perf_counter() - start
        while words not in _get(port, page):
            if time.perf_counter() - start > PATIENCE:
                raise SystemExit(f"{name} does not show a saved case")
            time.sleep(0.005)
        return Reload(seconds, time.perf_counter() - start)


@contextmanager
def _serve_casebook(_peer: Peer, place: Path, program: Path) -> Iterator[int]:
    command = [sys.executable, "-P", "-m", "casebook", "--project", str(place), "serve"]
    with _running([*command, "--port", "0"], place, program) as process:
        port = _find_port(process, r"preview at http://127\.0\.0\.1:([0-9]+)/")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        # The first build is finished when the state has a generation.
        connection.request("GET", "/__casebook__/events")
        for line in iter(connection.getresponse().readline, b""):
            if line.startswith(b"data: ") and json.loads(line[6:])["generation"]:
                break
        connection.close()
        yield port


@contextmanager
def _serve_hugo(peer: Peer, place: Path, program: Path) -> Iterator[int]:
    command = [*peer.command(place)]
    command.remove("--quiet")
    command[1:1] = ["server", "--port", str(_find_free_port()), "--bind", "127.0.0.1"]
    with _running(command, place, program) as process:
        yield _find_port(process, r"Web Server is available at \S*:([0-9]+)/")


@contextmanager
def _running(command: list[str], place: Path, program: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(program), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _find_port(process: subprocess.Popen[str], pattern: str) -> int:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(pattern, line):
            # Read the rest, so that a full pipe never blocks the process.
            threading.Thread(target=lambda: [*(process.stdout or ())], daemon=True).start()
            return int(found[1])
    raise SystemExit(f"the preview ended:\n{''.join(said)}")


def _find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _get(port: int, page: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", page)
        return connection.getresponse().read().decode("utf-8", "replace")
    finally:
        connection.close()


@contextmanager
def _listen_to_casebook(port: int, page: str) -> Iterator[threading.Event]:
    """An event that is set when the page would reload."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", f"/__casebook__/events?page={quote(page, safe='')}")
    lines = iter(connection.getresponse().readline, b"")
    states = (json.loads(line[6:]) for line in lines if line.startswith(b"data: "))
    first = next(states)["generation"]
    told = threading.Event()

    def listen() -> None:
        for state in states:
            if state["generation"] != first:
                told.set()
                return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield told


@contextmanager
def _listen_to_hugo(port: int, _page: str) -> Iterator[threading.Event]:
    """An event that is set when the server says `reload` on its web socket."""
    told = threading.Event()
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    key = base64.b64encode(os.urandom(16)).decode("ascii")
    connection.sendall(
        f"GET /livereload HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode("ascii")
    )
    stream = connection.makefile("rb")
    while stream.readline() not in (b"\r\n", b""):
        pass
    protocols = ["http://livereload.com/protocols/official-7"]
    hello = json.dumps({"command": "hello", "protocols": protocols}).encode("ascii")
    # Frames of a client must be masked; a mask of zeros leaves the content unchanged.
    head = bytes([0x81, 0x80 | len(hello)]) if len(hello) < 126 else b""
    connection.sendall(head + b"\0\0\0\0" + hello)

    def listen() -> None:
        # The server does not mask its frames, so it is enough to look for the word.
        seen = b""
        while block := stream.read1(4096):
            seen += block
            if b'"reload"' in seen:
                told.set()
                return

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield told
    finally:
        connection.close()
