"""Local server of a previewed site: its pages, the script added to them, and reload events."""

from __future__ import annotations

import errno
import io
import ipaddress
import json
import math
import os
import shutil
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote

from casebook.messages import failure, say
from casebook.preview.form import EDIT, NEW, FormAnswer, Forms
from casebook.preview.rebuild import (
    ADDED,
    ADDED_FILES,
    EVENTS,
    Preview,
    find_case,
    find_path,
    find_type,
    inject_preview,
    leads_by_no_link,
    make_blank_page,
    read_page,
)
from casebook.problems import CasebookError
from casebook.text import Lang

FIRST_PORT = 8000
# The number of ports that are tried if none was asked for.
_PORTS = 100
_HEARTBEAT = 15.0
# A browser keeps one stream open for each page; a program that opens more than this is abusive.
_MOST_CONNECTIONS = 400
# Limits of a request: the seconds in which it has to arrive, and the bytes before its body.
_SECONDS, _MOST_HEAD = 30, 64_000
# A record of two hundred figures needs less; URL-encoded, a Chinese character takes nine bytes.
_MOST_FIELDS = 50_000
_MOST_POSTED = 8_000_000
_FORM_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_EVENT_STREAM = "text/event-stream; charset=utf-8"


class PreviewServer(ThreadingHTTPServer):
    """Serves the last good site of a preview to this machine."""

    daemon_threads = True
    # In a shorter queue, streams that browsers open again after a pause would find no place.
    request_queue_size = 128
    # On Windows reusing an address would let two servers share one port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, host: str, port: int, preview: Callable[[int], Preview]) -> None:
        self.host = host
        # The time by which each connection must have sent a whole request.
        self.deadlines: dict[Any, float] = {}
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        # For port 0 the system chooses a free port; each port has a site of its own.
        self.preview = preview(self.server_port)
        self.forms = Forms(self.preview.project, self.preview.lang)

    def server_bind(self) -> None:
        """Bind without asking the network for the machine's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]  # text here

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report no error when a browser hangs up, which it does at every reload."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a request in its own thread, or hang up if too many connections are open."""
        if len(self.deadlines) >= _MOST_CONNECTIONS:
            self.shutdown_request(request)
            return
        self.deadlines[request] = time.monotonic() + _SECONDS
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, and forget its deadline."""
        self.deadlines.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Close the connections that have not sent a whole request in time."""
        # The timeout of a socket would begin again with every byte.
        now = time.monotonic()
        for request in [one for one, ends in [*self.deadlines.items()] if ends < now]:
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def is_own_name(self, host: str) -> bool:
        """True if a Host header names this server, and not another name that resolves to it."""
        name, port = _split_host(host)
        if port not in ("", str(self.server_port)):
            return False
        if name in _LOCAL_NAMES or name == self.host.casefold():
            return True
        if self.host in _LOCAL_NAMES:
            return False
        # A server open to the network is addressed by number or by the machine's own name.
        return _is_address(name) or name == socket.gethostname().casefold()


def _split_host(host: str) -> tuple[str, str]:
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name.casefold(), port.removeprefix(":")
    name, _, port = host.partition(":")
    return name.casefold(), port


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


class _Request(io.BufferedReader):
    """The bytes of a connection, with one limit for all lines before a body."""

    left = _MOST_HEAD

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line; ConnectionError if the lines before a body are too long together."""
        line = super().readline(size)
        self.left -= len(line)
        if self.left < 0:
            raise ConnectionAbortedError
        return line


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer
    rfile: _Request
    protocol_version = "HTTP/1.1"
    server_version = "casebook"
    sys_version = ""
    timeout = _SECONDS

    def setup(self) -> None:
        """Read requests through a stream with limits."""
        super().setup()
        self.rfile = _Request(self.connection.makefile("rb", buffering=0))

    def handle_one_request(self) -> None:
        """Answer one request of a connection."""
        self.rfile.left = _MOST_HEAD
        self.server.deadlines[self.connection] = time.monotonic() + _SECONDS
        super().handle_one_request()

    def _begin_answer(self) -> None:
        self.server.deadlines[self.connection] = math.inf

    def do_GET(self) -> None:
        """Answer with a file of the site, or with a form, a script or the events of the preview."""
        self._begin_answer()
        status = self._judge_get()
        if status is not HTTPStatus.OK:
            self.close_connection = True
            self._refuse(status)
            return
        address = self.path.partition("?")[0].partition("#")[0]
        for place, handle in _HANDLERS.items():
            # People leave out the slash at the end.
            if address == place or (place.endswith("/") and f"{address}/".startswith(place)):
                handle(self, address)
                return
        self._send_page(address)

    do_HEAD = do_GET

    def _judge_get(self) -> HTTPStatus:
        """The status with which a GET request is refused, or OK."""
        headers = self.headers
        if not self._names_us():
            return HTTPStatus.MISDIRECTED_REQUEST
        if "Content-Length" in headers or "Transfer-Encoding" in headers:
            # The body would be read as the next request.
            return HTTPStatus.BAD_REQUEST
        # A page of another site may link to a page or show it in a frame, but must not read it.
        is_own = headers.get("Origin", own := f"http://{headers['Host']}") == own
        is_near = headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
        is_led = headers.get("Sec-Fetch-Mode") == "navigate"
        return HTTPStatus.OK if is_own and (is_near or is_led) else HTTPStatus.FORBIDDEN

    def do_POST(self) -> None:
        """Do what a form asks, if the form is a page of this server."""
        address = self.path.partition("?")[0].partition("#")[0]
        # The unread part of a request would be read as the next request.
        self.close_connection = True
        status = self._judge_post(address)
        if status is not HTTPStatus.OK:
            self._refuse(status)
            return
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
        self._begin_answer()
        try:
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._send_answer(self.server.forms.post(address, pairs))

    def _judge_post(self, address: str) -> HTTPStatus:
        """The status with which a POST request is refused, or OK."""
        host, length = self.headers["Host"], self.headers.get("Content-Length", "")
        if not self._names_us():
            return HTTPStatus.MISDIRECTED_REQUEST
        if not address.startswith((EDIT, NEW)):
            return HTTPStatus.NOT_IMPLEMENTED
        # A page of another site can post a form here, but its Origin header names that site.
        if not self._is_local() or self.headers.get("Origin") != f"http://{host}":
            return HTTPStatus.FORBIDDEN
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.LENGTH_REQUIRED
        is_large = len(length) > 9 or int(length) > _MOST_POSTED
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_large else HTTPStatus.OK

    def _names_us(self) -> bool:
        hosts = self.headers.get_all("Host", [])
        return len(hosts) == 1 and self.server.is_own_name(hosts[0])

    def _is_local(self) -> bool:
        """True if the server serves only this machine, and the request comes from it."""
        return is_loopback(self.server.host) and is_loopback(self.client_address[0])

    def _send_form(self, address: str) -> None:
        if not self._is_local():
            words = say("form.only_here").inside(self.server.preview.lang)
            self._send(HTTPStatus.FORBIDDEN, words.encode(), find_type("x.txt"))
            return
        done = parse_qs(self.path.partition("?")[2]).get("done", [""])[0]
        self._send_answer(self.server.forms.show(f"{address.rstrip('/')}/", done))

    def _send_answer(self, answer: FormAnswer) -> None:
        headers = {"Content-Security-Policy": _FORM_POLICY, "Referrer-Policy": "same-origin"}
        status, kind = HTTPStatus(answer.status), find_type("x.html")
        if answer.location:
            status, headers["Location"] = HTTPStatus.SEE_OTHER, answer.location
        if answer.file_name:
            kind = "text/x-patch; charset=utf-8"
            headers["Content-Disposition"] = f'attachment; filename="{answer.file_name}"'
        self._send(status, answer.page, kind, **headers)

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, f"{status.value} {status.phrase}\n".encode(), find_type("x.txt"))

    def log_message(self, format: str, *args: Any) -> None:
        """Print no requests, so that the terminal shows only what concerns the editor."""

    def _send_page(self, address: str) -> None:
        preview = self.server.preview
        state = preview.state
        path = find_path(address)
        if leads_by_no_link(preview.site, path) and (preview.site / path).is_dir():
            target = {"Location": f"/{quote(path)}/"}
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", find_type("x.html"), **target)
            return
        content, generation = state.fresh.get(path), state.generation
        if content is None:
            content = read_page(preview.site, path, patient=state.built > 0)
            generation = state.built
        status = HTTPStatus.OK
        if content is None:
            status, path = HTTPStatus.NOT_FOUND, "404.html"
            content = read_page(preview.site, path, patient=False)
        if content is None or state.generation == 0:
            # There is no site yet, or the site has no 404.html.
            content, path = make_blank_page(preview.lang).encode("utf-8"), "404.html"
            status = HTTPStatus.SERVICE_UNAVAILABLE if state.generation == 0 else status
        if path.endswith(".html"):
            html = content.decode("utf-8", errors="replace")
            lang: Lang = "en" if path.startswith("en/") else preview.lang
            content = inject_preview(html, path, generation, state, lang).encode("utf-8")
        self._send(status, content, find_type(path))

    def _send_added(self, address: str) -> None:
        name = address.removeprefix(ADDED)
        if name in ADDED_FILES:
            content = Path(__file__).with_name(name).read_bytes()
            self._send(HTTPStatus.OK, content, find_type(name))
        else:
            self._send_page(address)

    def _send(self, status: HTTPStatus, content: bytes, kind: str, **headers: str) -> None:
        headers["Content-Length"] = str(len(content))
        self._send_head(status, {"Content-Type": kind, **headers})
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_head(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in (_SAFE_HEADERS | {**headers}).items():
            self.send_header(name, value)
        self.end_headers()

    def _send_events(self, _address: str) -> None:
        if self.command == "HEAD":
            self._send(HTTPStatus.OK, b"", _EVENT_STREAM)
            return
        page = find_path(parse_qs(self.path.partition("?")[2]).get("page", [""])[0])
        with self.server.preview.watched(page) if page else nullcontext():
            self._stream_states(page)

    def _stream_states(self, page: str) -> None:
        self.close_connection = True
        self._send_head(HTTPStatus.OK, {"Content-Type": _EVENT_STREAM, "Connection": "close"})
        self.wfile.write(b"retry: 500\n\n")
        step = -1
        while True:
            state = self.server.preview.wait_for_step(step, _HEARTBEAT)
            if state is None:
                self.wfile.write(b": still here\n\n")
                continue
            step = state.step
            if not (state.generation or state.problems):
                # The first build is not done; a page that waits for it must not reload.
                continue
            # A page that was not rendered first reloads when all pages are rendered.
            is_fresh = page in state.fresh or not page
            found = state.problems_of(find_case(page) if page else None)
            shown = {
                "generation": state.generation if is_fresh else state.built,
                "problems": found.first,
                "number": found.number,
                "drafts": state.drafts,
                "faults": sorted(state.faults),
            }
            self.wfile.write(b"data: " + json.dumps(shown).encode("ascii") + b"\n\n")


# Handlers of the addresses outside the site; an address that ends with a slash is a folder.
_HANDLERS: Mapping[str, Callable[[_Handler, str], None]] = {
    EVENTS: _Handler._send_events,
    ADDED: _Handler._send_added,
    EDIT: _Handler._send_form,
    NEW: _Handler._send_form,
}


def open_server(host: str, port: int | None, preview: Callable[[int], Preview]) -> PreviewServer:
    """A server on the given port, or for None on the first free port from 8000 on.

    Raises CasebookError if the port cannot be used.
    """
    ports = range(FIRST_PORT, FIRST_PORT + _PORTS) if port is None else (port,)
    for number in ports:
        try:
            return PreviewServer(host, number, preview)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port is None:
                continue
            raise _port_error(host, number, error) from None
    raise failure("preview.ports_in_use", first=ports[0], last=ports[-1])


def _port_error(host: str, port: int, error: OSError) -> CasebookError:
    if error.errno == errno.EADDRINUSE:
        return failure("preview.port_in_use", port=port, free=_find_free_port(host, port))
    if error.errno in (errno.EACCES, errno.EPERM):
        return failure("preview.port_forbidden", port=port, free=_find_free_port(host, port))
    return failure("preview.no_server", host=host, port=port, reason=error.strerror or str(error))


def _find_free_port(host: str, port: int) -> int:
    start = port if port >= 1024 else FIRST_PORT - 1
    ports = range(start + 1, min(start + _PORTS, 65536))
    return next((number for number in ports if _is_free(host, number)), 0)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # Bound like the server itself: a port that was in use a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def clear_others(folder: Path, port: int) -> None:
    """Remove the sites of ended previews, whole or half made, except the site of `port`."""
    everywhere = ("", "::") if socket.has_dualstack_ipv6() else ("",)
    for path in [*folder.glob("*"), *folder.glob(".*")]:
        number = path.name.lstrip(".").partition(".")[0]
        # If the port of a site is free on every address, no server shows the site.
        is_over = number.isdigit() and int(number) != port and int(number) < 65536
        if is_over and all(_is_free(host, int(number)) for host in everywhere):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def is_loopback(host: str) -> bool:
    """True if only this machine can reach an address."""
    return host in _LOCAL_NAMES or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
