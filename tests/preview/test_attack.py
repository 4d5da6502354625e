"""The preview under attack answers only its own pages, leaks nothing, and stays small."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT, copy_parts
from preview.previews import SECONDS, Running, start

# The most memory of a preview; the program and its libraries take half of it.
MOST_MEMORY = 400 * 1024 * 1024

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and links of POSIX")
linux_only = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")


def run_preview(folder: Path) -> Iterator[Running]:
    copy_parts(PROJECT, folder, ("theme", "pelicanconf.py"))
    copy_parts(PROJECT / "tests" / "tiny_site", folder, ("data", "content"))
    running = start(folder, "--port", "0")
    try:
        running.wait(lambda state: state["generation"] == 1)
        yield running
        if running.process.poll() is None:
            assert running.ask("/cases/haishu/")[0] == 200
        assert "Traceback" not in "".join(running.lines)
    finally:
        running.process.kill()
        running.process.wait()


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A preview of a project that does not change; it still answers after each attack."""
    yield from run_preview(tmp_path_factory.mktemp("attacked"))


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Running]:
    yield from run_preview(tmp_path / "site")


def send(running: Running, request: bytes) -> bytes:
    """The answer of the server to raw bytes, until the connection closes."""
    with socket.create_connection(("127.0.0.1", running.port), SECONDS) as connection:
        answer = b""
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            # The server may close the connection before everything is sent.
            pass
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:
            pass
        return answer


def status_of(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d+) ", answer)
    return int(found[1]) if found else 0


def memory_of(running: Running) -> int:
    text = Path(f"/proc/{running.process.pid}/status").read_text(encoding="utf-8")
    (kilobytes,) = re.findall(r"(?m)^VmRSS:\s+(\d+) kB$", text)
    return int(kilobytes) * 1024


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param("Host: evil.example\r\n", 421, id="another name"),
        pytest.param("", 421, id="no name"),
        pytest.param("Host: {own}\r\nHost: evil.example\r\n", 421, id="two names"),
        pytest.param("Host: evil.example\r\nHost: {own}\r\n", 421, id="two names, ours last"),
        pytest.param("Host: {own}@evil.example\r\n", 421, id="a name after ours"),
        pytest.param("Host: {own}\r\nOrigin: https://evil.example\r\n", 403, id="another site"),
        pytest.param("Host: {own}\r\nOrigin: null\r\n", 403, id="an opaque origin"),
        pytest.param("Host: {own}\r\nOrigin: http://localhost:1\r\n", 403, id="another port"),
        pytest.param("Host: {own}\r\nOrigin: http://{own}\r\n", 200, id="our own"),
        pytest.param("Host: {own}\r\nSec-Fetch-Site: cross-site\r\n", 403, id="embedded there"),
        pytest.param(
            "Host: {own}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
            200,
            id="a link there",
        ),
        pytest.param("Host: {own}\r\nContent-Length: 4\r\n", 400, id="a GET with a body"),
        pytest.param("Host: {own}\r\nTransfer-Encoding: chunked\r\n", 400, id="chunked"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/__casebook__/overlay.css"])
def test_it_answers_its_own_pages_alone(
    still: Running, path: str, headers: str, status: int
) -> None:
    named = headers.format(own=f"127.0.0.1:{still.port}")

    answer = send(still, f"GET {path} HTTP/1.1\r\n{named}Connection: close\r\n\r\n".encode())

    assert status_of(answer) == status
    assert b"ccess-control" not in answer.lower()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/%252e%252e/%252e%252e/pelicanconf.py", id="encoded twice"),
        pytest.param("/%25252e%25252e/pelicanconf.py", id="encoded thrice"),
        pytest.param("/..\\..\\pelicanconf.py", id="backslashes"),
        pytest.param("/%5c..%5c..%5cpelicanconf.py", id="encoded backslashes"),
        pytest.param("/%255c..%255cpelicanconf.py", id="backslashes encoded twice"),
        pytest.param("/%c0%ae%c0%ae/pelicanconf.py", id="overlong UTF-8 dots"),
        pytest.param("/%e3%80%82%e3%80%82/pelicanconf.py", id="Chinese full stops"),
        pytest.param("/．．/pelicanconf.py", id="full-width dots"),
        pytest.param("/....//....//pelicanconf.py", id="four dots"),
        pytest.param("/cases/haishu/%2e%2e/%2e%2e/%2e%2e/%2e%2e/pelicanconf.py", id="from a page"),
        pytest.param("http://127.0.0.1/../pelicanconf.py", id="an absolute URL"),
        pytest.param("file:///etc/passwd", id="another scheme"),
        pytest.param("*", id="an asterisk"),
        pytest.param("/" + "a" * 300, id="a name too long"),
        pytest.param("/" + "%e4%b8%9c" * 90, id="too long in bytes"),
        pytest.param("/" + "a/" * 30_000, id="thirty thousand folders"),
        pytest.param("/?" + "a" * 60_000, id="a long query"),
        pytest.param("/__casebook__/" + "../" * 100 + "etc/passwd", id="from our own files"),
        pytest.param("/__casebook__/events%00", id="a null byte"),
        pytest.param("/edit/..%2f..%2fpelicanconf/", id="from a form"),
        pytest.param("/edit/" + "a" * 5_000 + "/", id="a long case"),
        pytest.param("/edit/data/%2e%2e/", id="the form of a list"),
    ],
)
def test_no_address_leads_out_or_tells_where_it_is(still: Running, address: str) -> None:
    head = f"GET {address} HTTP/1.1\r\nHost: localhost:{still.port}\r\nConnection: close\r\n\r\n"

    answer = send(still, head.encode())

    assert status_of(answer) in (200, 400, 404, 414) and (
        status_of(answer) != 200 or address.startswith("/?")
    )
    assert b"SITENAME" not in answer and b"root:" not in answer
    assert str(still.project).encode() not in answer
    assert str(PROJECT).encode() not in answer


@pytest.mark.parametrize(
    "request_line",
    [
        pytest.param(b"GET /\r\n\r\n", id="HTTP/0.9"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", id="a future version"),
        pytest.param(b"GET  /  x HTTP/1.1\r\n\r\n", id="four words"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", id="the start of HTTPS"),
        pytest.param(b"\x00" * 1000, id="zeros"),
        pytest.param(b"\r\n" * 1000, id="empty lines"),
        pytest.param(b"DELETE / HTTP/1.1\r\n\r\n", id="an unsupported method"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", id="a negative length"),
        pytest.param(b"A" * 200_000, id="an endless line"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000, id="endless headers"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"y" * 200_000, id="an endless header"),
    ],
)
def test_what_is_no_request_is_refused(still: Running, request_line: bytes) -> None:
    answer = send(still, request_line)

    assert status_of(answer) >= 400 or not answer.startswith(b"HTTP/1.1 2")
    assert str(PROJECT).encode() not in answer


@linux_only
def test_two_hundred_streams_leave_it_small_and_quick(still: Running) -> None:
    begun = memory_of(still)
    request = f"GET /__casebook__/events?page=/ HTTP/1.1\r\nHost: localhost:{still.port}\r\n\r\n"
    streams = [socket.create_connection(("127.0.0.1", still.port), SECONDS) for _ in range(200)]
    try:
        for stream in streams:
            stream.sendall(request.encode())
        for stream in streams:
            assert stream.recv(12) == b"HTTP/1.1 200"
        started = time.monotonic()
        status = still.ask("/")[0]
        took, grown = time.monotonic() - started, memory_of(still) - begun
    finally:
        for stream in streams:
            stream.close()

    assert (status, took < 5) == (200, True)
    assert grown < 40 * 1024 * 1024


@linux_only
def test_a_flood_of_half_requests_is_held_to_a_number(still: Running) -> None:
    """Each request sends nearly as long a head as it may, and never ends it."""
    half = b"GET / HTTP/1.1\r\n" + b"X-Filler: " + b"y" * 50_000 + b"\r\n"
    opened, refused = [], 0
    try:
        for _ in range(600):
            connection = socket.create_connection(("127.0.0.1", still.port), SECONDS)
            opened.append(connection)
            try:
                connection.sendall(half)
            except OSError:
                refused += 1
        for connection in opened:
            connection.setblocking(False)
            try:
                refused += connection.recv(1) == b""
            except ConnectionError:
                refused += 1
            except BlockingIOError:
                pass
        memory = memory_of(still)
    finally:
        for connection in opened:
            connection.close()

    assert refused >= 150
    assert memory < MOST_MEMORY


def test_who_sends_a_byte_now_and_then_is_hung_up_on(still: Running) -> None:
    from casebook.preview.rebuild import Preview
    from casebook.preview.server import PreviewServer

    def make(_port: int) -> Preview:
        return Preview(still.project, still.project, "en")

    with (
        PreviewServer("127.0.0.1", 0, make) as server,
        socket.create_connection(("127.0.0.1", server.server_port), SECONDS) as client,
    ):
        server.handle_request()
        (request,) = server.deadlines
        client.sendall(b"GET / HTTP/1.1\r\n")
        server.deadlines[request] = time.monotonic() - 1

        server.service_actions()

        assert client.recv(1) == b""


def test_a_storm_of_edits_ends_with_the_last(preview: Running) -> None:
    text = preview.case.read_text(encoding="utf-8")
    for number in range(300):
        changed = text.replace("读书会由谁来办", f"读书会第{number}稿")
        # Half of the saves are cut off in the middle of the file.
        preview.case.write_text(changed[: len(changed) // (1 + number % 2)], encoding="utf-8")
    preview.case.write_text(text.replace("读书会由谁来办", "读书会定稿"), encoding="utf-8")

    state = preview.wait(
        lambda state: not state["problems"] and "读书会定稿" in preview.ask("/cases/haishu/")[2]
    )

    assert state["generation"] < 100
    # A build of an earlier edit may end later, and must not bring its text back.
    assert "读书会定稿" in preview.ask("/cases/haishu/")[2]


@posix_only
def test_what_vanishes_is_missed_and_what_comes_back_is_shown(preview: Running) -> None:
    data, away = preview.project / "data", preview.project / "away"
    data.rename(away)
    told = preview.wait(lambda state: state["problems"])
    shutil.rmtree(preview.project / ".cache")
    missing = preview.ask("/cases/haishu/")
    away.rename(data)
    preview.edit("读书会由谁来办", "读书会又回来了")
    preview.wait(lambda _: "读书会又回来了" in preview.ask("/cases/haishu/")[2])

    assert str(preview.project) not in f"{told}"
    assert missing[0] in (200, 404)
    assert str(preview.project) not in missing[2]


@posix_only
def test_a_loop_of_links_among_the_sources_is_told_and_followed_nowhere(preview: Running) -> None:
    (preview.project / "data/cases/loop").symlink_to(preview.project / "data", True)
    (preview.project / "content/round").symlink_to("round")
    told = preview.wait(lambda state: state["problems"] or state["generation"] > 1)
    (preview.project / "data/cases/loop").unlink()
    (preview.project / "content/round").unlink()
    preview.edit("读书会由谁来办", "没有圈了")
    preview.wait(lambda _: "没有圈了" in preview.ask("/cases/haishu/")[2])

    assert str(preview.project) not in f"{told}"


def left_by(running: Running) -> list[str]:
    """The names in the project, except its sources, its cache and the last good site."""
    project = running.project
    beside = [path.name for path in project.iterdir()]
    served = [path.name for path in (project / ".cache" / "serve").iterdir()]
    mine = {"theme", "pelicanconf.py", "data", "content", ".cache", str(running.port)}
    return sorted({*beside, *served} - mine)


@posix_only
@pytest.mark.parametrize(
    ("number", "status"),
    [
        pytest.param(signal.SIGINT, {130}, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, {143, -signal.SIGTERM}, id="SIGTERM"),
    ],
)
@pytest.mark.parametrize("is_building", [False, True], ids=["at rest", "while it builds"])
def test_it_ends_at_once_with_streams_open_and_leaves_nothing(
    preview: Running, number: signal.Signals, status: set[int], is_building: bool
) -> None:
    states = preview.follow()
    next(states)
    if is_building:
        preview.edit("读书会由谁来办", "读书会换了名字")
        while not list((preview.project / ".cache" / "serve").glob(".*.building")):
            assert preview.process.poll() is None
            if "换了名字" in preview.ask("/cases/haishu/")[2]:
                break
    preview.process.send_signal(number)

    assert preview.process.wait(10) in status
    assert left_by(preview) == []


@posix_only
def test_what_a_killed_preview_left_the_next_one_clears(preview: Running) -> None:
    served = preview.project / ".cache" / "serve"
    preview.process.kill()
    preview.process.wait()
    for name in (f".{preview.port}.building", f".{preview.port}.retired"):
        (served / name).mkdir()
        (served / name / "half.html").write_text("half", encoding="utf-8")
    (served / f".{preview.port}.lock").write_text("1 12:00", encoding="utf-8")

    following = start(preview.project, "--port", "0")
    try:
        following.wait(lambda state: state["generation"] == 1)
        left = {path.name for path in served.iterdir()}
    finally:
        following.process.send_signal(signal.SIGINT)
        following.process.wait(SECONDS)

    assert left == {str(following.port)}
    assert os.listdir(served / str(following.port))
