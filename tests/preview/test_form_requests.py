"""Requests to write are accepted only from a page of the same preview on the same machine."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from preview.forms import Controls, copy_site

from casebook.preview import server as serve
from casebook.preview.rebuild import Preview
from casebook.preview.server import PreviewServer

HAISHU = "/edit/haishu/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PreviewServer]:
    project = copy_site(tmp_path)

    def make(_port: int) -> Preview:
        return Preview(project, project / "site", "zh")

    with PreviewServer("127.0.0.1", 0, make) as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


def send(
    server: PreviewServer, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """The answer to a request as a browser sends it, with the given headers instead of its own."""
    host = f"127.0.0.1:{server.server_port}"
    usual = {"Host": host, "Origin": f"http://{host}", "Content-Type": FORM}
    if method != "GET":
        usual["Content-Length"] = str(len(body))
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in (usual | given).items():
            if value:
                connection.putheader(name, value.format(port=server.server_port))
        connection.endheaders()
        if body:
            connection.send(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def fill(server: PreviewServer, **values: str) -> bytes:
    """The body that a browser sends to save a form with these values."""
    page = Controls(send(server, "GET", HAISHU)[2])
    return urlencode([*page.with_values(**values), ("do", "save")]).encode()


def case_of(server: PreviewServer) -> bytes:
    return (server.preview.project / "data/cases/haishu.yaml").read_bytes()


@pytest.mark.parametrize("address", ["/edit", "/new", "/edit/haishu", "/edit/data/sources"])
def test_an_address_may_be_typed_without_the_sign_at_its_end(
    server: PreviewServer, address: str
) -> None:
    assert send(server, "GET", address)[2] == send(server, "GET", f"{address}/")[2]


def test_a_page_of_this_preview_saves(server: PreviewServer) -> None:
    status, headers, _ = send(server, "POST", HAISHU, fill(server, title="换了"))

    assert (status, headers["Location"]) == (303, "/edit/haishu/?done=saved")
    assert "title: 换了\n" in case_of(server).decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Origin": "http://evil.example"}, 403, id="another site"),
        pytest.param({"Origin": "null"}, 403, id="an opaque origin"),
        pytest.param({"Origin": ""}, 403, id="no origin"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, 403, id="another port"),
        pytest.param({"Origin": "https://127.0.0.1:{port}"}, 403, id="another scheme"),
        pytest.param({"Host": "evil.example:{port}"}, 421, id="a name that leads here"),
        pytest.param({"Content_Type": "text/plain"}, 415, id="a plain type"),
        pytest.param({"Content_Type": "multipart/form-data; boundary=x"}, 415, id="file upload"),
        pytest.param({"Content_Length": ""}, 411, id="no length"),
        pytest.param({"Content_Length": "-1"}, 411, id="a negative length"),
        pytest.param({"Content_Length": "99999999999"}, 413, id="too long"),
    ],
)
def test_any_other_request_to_write_is_refused(
    server: PreviewServer, headers: dict[str, str], status: int
) -> None:
    before = case_of(server)
    body = fill(server, title="换了")

    assert send(server, "POST", HAISHU, body, **headers)[0] == status
    assert case_of(server) == before


def test_a_request_without_the_token_is_refused(server: PreviewServer) -> None:
    before = case_of(server)
    body = fill(server, title="换了", **{"@token": "x"})

    assert send(server, "POST", HAISHU, body)[0] == 403
    assert case_of(server) == before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", "/", 501, id="POST to a page"),
        pytest.param("POST", "/edit/..%2f..%2fpelicanconf/", 403, id="write outside"),
        pytest.param("GET", "/edit/..%2f..%2fpelicanconf/", 404, id="read outside"),
        pytest.param("GET", "/edit/haishu.yaml/", 404, id="a file name"),
        pytest.param("PUT", HAISHU, 501, id="another method"),
    ],
)
def test_nothing_else_can_be_written_or_read(
    server: PreviewServer, method: str, path: str, status: int
) -> None:
    assert send(server, method, path)[0] == status


def test_many_fields_and_rows_are_refused(
    server: PreviewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_MOST_FIELDS", 10)

    assert send(server, "POST", HAISHU, fill(server, title="换了"))[0] == 413


def test_a_preview_that_is_open_to_others_has_no_form(server: PreviewServer) -> None:
    server.host = "0.0.0.0"

    status, _, words = send(server, "GET", HAISHU)

    assert (status, words.decode()) == (403, "表单只能在运行预览的那台机器上用")
    assert send(server, "POST", HAISHU, b"do=save")[0] == 403


def test_a_form_runs_no_script_of_others_and_is_in_no_frame(server: PreviewServer) -> None:
    _, headers, page = send(server, "GET", HAISHU)

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert b"<script>" not in page
    assert b"style=" not in page
