"""The preview: the site built into a folder of its own, served here, rebuilt when files change."""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import socket
import socketserver
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from casebook.build.steps import BuildOptions, build_pages, build_site
from casebook.preview.inject import (
    EVENTS_PATH,
    SCRIPT,
    SCRIPT_PATH,
    STYLE,
    STYLE_PATH,
    blank_page,
    dress_page,
)
from casebook.problems import CasebookError, ContentError, Exit, Problem
from casebook.report import list_parts, print_problems, show_source
from casebook.text import Lang, Text

FIRST_PORT = 8000
# So many ports are tried where nobody asked for one.
_PORTS = 100
_WATCHED = ("data", "content", "theme")
_SETTINGS = "pelicanconf.py"
# The watch wakes up this often, in milliseconds, to see whether a watched folder was replaced.
_WAKE = 100
_HEARTBEAT = 15.0
# An editor who saves again this soon, in seconds, is not kept waiting for the whole site.
_PAUSE = 0.2
# How long a page that is being swapped may be missing.
_PATIENCE = 1.0
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".yaml": "application/yaml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewState:
    """What browsers are told: how many sites were built, and what keeps the next one away.

    `step` counts every change of the state, `generation` the good ones alone. `built` is the
    generation of the site on disk; where it is behind, `fresh` holds the pages that are open.
    """

    step: int = 0
    generation: int = 0
    built: int = 0
    fresh: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[dict[str, object], ...] = ()
    drafts: tuple[str, ...] = ()


class Preview:
    """The last good site of a project, and the state of the one that is to follow it."""

    def __init__(self, project: Path, site: Path, lang: Lang) -> None:
        self.project = project
        self.site = site
        self.lang: Lang = lang
        self.state = PreviewState()
        self._changed = threading.Condition()
        self._open: Counter[str] = Counter()

    def rebuild(self, changed: threading.Event | None = None) -> None:
        """Build the site with its drafts; where that fails the last good one stays.

        The pages that browsers have open come first. Where more changes by then, the rest is
        left to the next call.
        """
        started = time.perf_counter()
        options = BuildOptions(
            project=self.project,
            output=self.site,
            siteurl="",
            drafts=True,
        )
        open_pages = {*self._open} if self.state.built else set()
        generation = self.state.generation + 1
        try:
            if open_pages:
                built = build_pages(options, open_pages)
                self._tell(
                    replace(
                        self.state,
                        generation=generation,
                        fresh=built.pages,
                        problems=(),
                        drafts=built.drafts,
                    )
                )
                if changed is not None and changed.wait(_PAUSE):
                    return
            result = build_site(options)
        except ContentError as error:
            print_problems(error.problems, self.lang, self.project, sys.stderr)
            shown = [p for p in error.problems if p.severity == "error"] or list(error.problems)
            self._fail([self._describe(problem) for problem in shown])
            return
        except CasebookError as error:
            self._fail_with(error.message(self.lang))
            return
        except Exception as error:
            zh, en = "程序自身出错", "a fault of the program"
            words = zh if self.lang == "zh" else en
            self._fail_with(f"{words} ({type(error).__name__}: {error})"[:400])
            return
        if result.warnings:
            print_problems(result.warnings, self.lang, self.project, sys.stderr)
        took = time.perf_counter() - started
        zh = f"已生成 {result.cases} 个案例、{result.files} 个文件，{took:.2f} 秒"
        en = f"built {result.cases} cases, {result.files} files in {took:.2f} s"
        print(zh if self.lang == "zh" else en, flush=True)
        self._tell(
            PreviewState(
                step=self.state.step,
                generation=generation,
                built=generation,
                fresh={},
                problems=(),
                drafts=result.drafts,
            )
        )

    @contextmanager
    def watched(self, page: str) -> Iterator[None]:
        """Count a page as open for the time of a block."""
        with self._changed:
            self._open[page] += 1
        try:
            yield
        finally:
            with self._changed:
                self._open[page] -= 1
                self._open += Counter()

    def wait_for_step(self, after: int, seconds: float) -> PreviewState | None:
        """The state as soon as it is another than that of a step, or None in good time."""
        with self._changed:
            if self._changed.wait_for(lambda: self.state.step != after, seconds):
                return self.state
        return None

    def _describe(self, problem: Problem) -> dict[str, object]:
        return {
            **list_parts(problem, self.lang),
            "source": "\n".join(show_source(problem, self.project)),
        }

    def _fail_with(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)
        self._fail([{"path": "", "line": 1, "column": 1, "code": "", "message": message}])

    def _fail(self, problems: list[dict[str, object]]) -> None:
        self._tell(replace(self.state, problems=tuple(problems)))

    def _tell(self, state: PreviewState) -> None:
        with self._changed:
            self.state = replace(state, step=state.step + 1)
            self._changed.notify_all()


class PreviewServer(ThreadingHTTPServer):
    """Serves the last good site of a preview to this machine."""

    daemon_threads = True
    # On Windows this would let two servers share one port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, host: str, port: int, preview: Preview) -> None:
        self.preview = preview
        self.host = host
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking the network for the machine's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]  # text here

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up, which it does at every reload."""
        error = sys.exception() if sys.version_info >= (3, 11) else sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def is_own_name(self, host: str) -> bool:
        """Whether a Host header names this server, and not another's name that leads here."""
        name, port = _split_host(host)
        if port not in ("", str(self.server_port)):
            return False
        if name in _LOCAL_NAMES or name == self.host.casefold():
            return True
        if self.host in _LOCAL_NAMES:
            return False
        # Opened to the network, it is called by number or by the machine's own name.
        return _is_address(name) or name == socket.gethostname().casefold()


def _split_host(host: str) -> tuple[str, str]:
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name.casefold(), port.removeprefix(":")
    name, _, port = host.partition(":")
    return name.casefold(), port


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer
    protocol_version = "HTTP/1.1"
    server_version = "casebook"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Leave the terminal to what concerns the editor."""

    def _answer(self, with_body: bool) -> None:
        preview = self.server.preview
        if not self.server.is_own_name(self.headers.get("Host", "")):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, with_body)
            return
        address = self.path.partition("?")[0].partition("#")[0]
        if address == EVENTS_PATH and with_body:
            self._stream_events()
            return
        own = {SCRIPT_PATH: (SCRIPT, ".js"), STYLE_PATH: (STYLE, ".css")}.get(address)
        if own is not None:
            self._send(HTTPStatus.OK, own[0].encode("utf-8"), _TYPES[own[1]], with_body)
            return
        names = split_address(address)
        status, path = HTTPStatus.OK, None
        if names is not None:
            if names and not address.endswith("/") and is_plain_folder(preview.site, names):
                self._redirect("/" + "".join(f"{quote(name)}/" for name in names))
                return
            path = "/".join([*names, "index.html"] if address.endswith("/") else names)
        state = preview.state
        content = state.fresh.get(path or "")
        generation = state.built if content is None else state.generation
        if content is None:
            content = read_page(preview.site, path, patient=state.built > 0)
        if content is None:
            status, path = HTTPStatus.NOT_FOUND, "404.html"
            content = read_page(preview.site, path, patient=False)
        if state.generation == 0 or content is None:
            content, path = blank_page(preview.lang).encode("utf-8"), "404.html"
            status = HTTPStatus.SERVICE_UNAVAILABLE if state.generation == 0 else status
        assert path is not None
        suffix = Path(path).suffix.lower()
        if suffix == ".html":
            html = content.decode("utf-8", errors="replace")
            lang: Lang = "en" if path.startswith("en/") else preview.lang
            html = dress_page(html, path, generation, state.drafts, lang)
            content = html.encode("utf-8")
        self._send(status, content, _TYPES.get(suffix, "application/octet-stream"), with_body)

    def _send(self, status: HTTPStatus, content: bytes, kind: str, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self._send_safe_headers()
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def _send_safe_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "frame-ancestors 'self'")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")

    def _redirect(self, address: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self._send_safe_headers()
        self.end_headers()

    def _refuse(self, status: HTTPStatus, with_body: bool) -> None:
        text = f"{status.value} {status.phrase}\n".encode()
        self.close_connection = True
        self._send(status, text, _TYPES[".txt"], with_body)

    def _stream_events(self) -> None:
        names = split_address(parse_qs(self.path.partition("?")[2]).get("page", [""])[0])
        page = "" if names is None else find_path(names, self.server.preview.site)
        with self.server.preview.watched(page) if page else nullcontext():
            self._tell_events(page)

    def _tell_events(self, page: str) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self._send_safe_headers()
        self.end_headers()
        self.wfile.write(b"retry: 500\n\n")
        step = -1
        while True:
            state = self.server.preview.wait_for_step(step, _HEARTBEAT)
            if state is None:
                self.wfile.write(b": still here\n\n")
                continue
            step = state.step
            if not state.generation and not state.problems:
                # The first build is not done; a page that waits for it must not reload.
                continue
            # A page that was not among those rendered first is to reload when all are.
            is_fresh = page in state.fresh or not page
            told = {
                "generation": state.generation if is_fresh else state.built,
                "problems": state.problems,
                "drafts": state.drafts,
            }
            self.wfile.write(b"data: " + json.dumps(told).encode("ascii") + b"\n\n")


def split_address(address: str) -> list[str] | None:
    """The names of folders and file in an address, or None where it could lead out of the site."""
    if not address.startswith("/"):
        return None
    try:
        text = unquote(address, errors="strict")
    except UnicodeDecodeError:
        return None
    names = [name for name in text.split("/") if name]
    for name in names:
        if name.startswith(".") or any(c in '\\:*?"<>|' or not c.isprintable() for c in name):
            return None
    return names


def find_path(names: list[str], site: Path) -> str:
    """The path of the page that an address without its last slash names."""
    return "/".join([*names, "index.html"] if is_plain_folder(site, names) else names)


def is_plain_folder(site: Path, names: list[str]) -> bool:
    """Whether the names lead to a folder of the site, by no link."""
    return _leads_by_no_link(site, names) and site.joinpath(*names).is_dir()


def _leads_by_no_link(site: Path, names: list[str]) -> bool:
    place = site
    for name in names:
        place = place / name
        if place.is_symlink():
            return False
    return True


def read_page(site: Path, path: str | None, patient: bool) -> bytes | None:
    """The bytes of a regular file of the site, or None.

    Where the site is just being swapped it may be missing for a moment; patience waits for it.
    """
    if path is None:
        return None
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            place = site / path
            if _leads_by_no_link(site, path.split("/")) and place.is_file():
                return place.read_bytes()
        except OSError:
            pass
        if not patient or site.is_dir() or time.monotonic() > ends:
            return None
        time.sleep(0.01)


def open_server(host: str, port: int | None, preview: Callable[[int], Preview]) -> PreviewServer:
    """A server on the port, or where none is asked for on the first free one from 8000 on.

    Raises CasebookError where the port cannot be had.
    """
    ports = range(FIRST_PORT, FIRST_PORT + _PORTS) if port is None else (port,)
    for number in ports:
        try:
            return PreviewServer(host, number, preview(number))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port is None:
                continue
            raise _port_error(host, number, error) from None
    first, last = ports[0], ports[-1]
    raise CasebookError(
        Text(f"端口 {first} 到 {last} 都被占用", f"the ports {first} to {last} are all in use")
    )


def _port_error(host: str, port: int, error: OSError) -> CasebookError:
    free = _find_free_port(host, port)
    zh, en = f"可用 --port {free}", f"--port {free} is free"
    if error.errno == errno.EADDRINUSE:
        return CasebookError(Text(f"端口 {port} 已被占用，{zh}", f"port {port} is in use; {en}"))
    if error.errno in (errno.EACCES, errno.EPERM):
        return CasebookError(
            Text(f"没有权限使用端口 {port}，{zh}", f"port {port} is not permitted; {en}")
        )
    reason = error.strerror or str(error)
    return CasebookError(
        Text(
            f"不能在 {host}:{port} 上预览（{reason}）", f"cannot serve on {host}:{port} ({reason})"
        )
    )


def _find_free_port(host: str, port: int) -> int:
    start = port if port >= 1024 else FIRST_PORT - 1
    for number in range(start + 1, min(start + _PORTS, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host, number))
            except OSError:
                continue
            return number
    return 0


def run_preview(project: Path, host: str, port: int | None, lang: Lang) -> Exit:
    """Serve the project until Ctrl-C, building it again after every change."""
    folder = project / ".cache" / "serve"
    server = open_server(host, port, lambda number: Preview(project, folder / str(number), lang))
    with server:
        preview = server.preview
        shown = f"[{host}]" if ":" in host else host
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        try:
            changed = start_watching(project)
            thread.start()
            address = f"http://{shown}:{server.server_port}/"
            zh, en = f"预览 {address}  按 Ctrl-C 结束", f"preview at {address}  Ctrl-C ends it"
            print(zh if lang == "zh" else en, flush=True)
            if not _is_loopback(host):
                zh = "注意：同一网络里的其他人也能打开这个预览"
                en = "note: others on this network can open the preview"
                print(zh if lang == "zh" else en, file=sys.stderr, flush=True)
            preview.rebuild()
            while True:
                # Without an end to the wait, Ctrl-C is not heard on Windows.
                if changed.wait(1):
                    changed.clear()
                    preview.rebuild(changed)
        except KeyboardInterrupt:
            return Exit.INTERRUPTED
        finally:
            if thread.is_alive():
                server.shutdown()


def _is_loopback(host: str) -> bool:
    return host in _LOCAL_NAMES or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def start_watching(project: Path) -> threading.Event:
    """An event that is set after every burst of changes to what the site is made from.

    The watch is in place when this returns, so that no change goes unseen from then on.
    """
    ready, changed = threading.Event(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(project, ready, changed), daemon=True)
    watcher.start()
    ready.wait(5)
    return changed


def _watch(project: Path, ready: threading.Event, changed: threading.Event) -> None:
    from watchfiles import DefaultFilter, watch

    class SourceFilter(DefaultFilter):
        ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, r"\.bak$", r"^\.", r"~$")

    seen = _identify(project)
    while True:
        folders = [project / name for name in _WATCHED if (project / name).is_dir()]
        bursts = watch(
            *folders,
            watch_filter=SourceFilter(),
            debounce=200,
            step=15,
            rust_timeout=_WAKE,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        try:
            for burst in bursts:
                ready.set()
                before, seen = seen, _identify(project)
                if burst or seen != before:
                    changed.set()
                if seen[:-1] != before[:-1]:
                    # A folder was replaced; the watch still holds the old one.
                    break
        except OSError:
            # A folder went away between the look and the watch.
            time.sleep(_WAKE / 1000)


def _identify(project: Path) -> tuple[object, ...]:
    """Which folders are watched, and the state of the settings, which lie beside them."""
    found: list[object] = []
    for name in _WATCHED:
        try:
            status = (project / name).stat()
            found.append((name, status.st_dev, status.st_ino))
        except OSError:
            found.append(None)
    try:
        status = (project / _SETTINGS).stat()
        found.append((status.st_mtime_ns, status.st_size))
    except OSError:
        found.append(None)
    return tuple(found)
