"""A copy of the site that a server of this machine gives out, file by file."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote, urljoin, urlsplit

from casebook.problems import CasebookError, Exit

# More than any file of a site of ten thousand cases, and no danger to the memory.
MOST_BYTES = 256 * 1024 * 1024
# For each file.
SECONDS = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
# Only this machine: what another gives out depends on who asks it, so a copy of it is fetched
# first, with a program made for that.
_LOCAL = ("127.0.0.1", "localhost", "::1")


class ServedCopy:
    """The files below one address of this machine; nothing of any other address is asked for."""

    def __init__(self, address: str) -> None:
        """Raises CasebookError where the address is none of a server of this machine."""
        try:
            parts = urlsplit(address)
            self._host, self._port = parts.hostname or "", parts.port or 80
        except ValueError:
            raise _refuse(address) from None
        # No proxy is asked either, whatever the environment says.
        local = parts.scheme == "http" and self._host in _LOCAL
        foreign = not local or parts.username is not None
        if foreign or parts.query or parts.fragment or not _is_plain(address):
            raise _refuse(address)
        self.address = address if address.endswith("/") else f"{address}/"
        path = quote(parts.path, safe="/%")
        self._path = path if path.endswith("/") else f"{path}/"

    def read(self, path: str) -> bytes | None:
        """The bytes of a file by its path in the site; None where there is none such.

        Raises CasebookError where the server does not answer in time, or with too much.
        """
        if not _is_inside(path):
            return None
        target = self._path + quote(path)
        for _ in range(_MOST_REDIRECTS + 1):
            status, where, content = self._ask(target)
            if status not in _REDIRECTS:
                return content if status == 200 else None
            moved = urlsplit(urljoin(self.address + quote(path), where))
            here = urlsplit(self.address)
            # Some servers leave out index.html or .html; none needs another place for that.
            if (moved.scheme, moved.netloc) != (here.scheme, here.netloc):
                return None
            target = moved.path
            if not target.startswith(self._path) or quote(target, safe="/%") != target:
                return None
        return None

    def _ask(self, target: str) -> tuple[int, str, bytes]:
        """The status of an answer, where it sends to, and its bytes."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        try:
            connection.connect()
            with _cut_off(connection.sock) as late:
                # As it lies there: what a server packs would have to be unpacked without a limit.
                plain = {"Accept-Encoding": "identity", "Connection": "close"}
                connection.request("GET", target, headers=plain)
                with connection.getresponse() as answer:
                    content = answer.read(MOST_BYTES + 1)
                    where = answer.headers.get("Location", "")
        except (OSError, http.client.HTTPException) as error:
            raise self._blame(target, error.__class__.__name__, str(error)) from error
        finally:
            connection.close()
        if late.is_set():
            raise self._blame(target, "TimeoutError", f"{SECONDS:g} s")
        if len(content) > MOST_BYTES:
            raise self._blame(target, "too large", f"{MOST_BYTES:,} bytes")
        return answer.status, where, content

    def _blame(self, target: str, kind: str, reason: str) -> CasebookError:
        why = f"{kind} {reason}".strip()
        return CasebookError(
            f"{self.address} 没有好好回答 {target}（{why}）",
            f"{self.address} does not answer {target} properly ({why})",
        )


@contextmanager
def _cut_off(connection: socket.socket) -> Iterator[threading.Event]:
    """Ends the connection when its time is up, however slowly a server lets an answer drip."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _is_inside(path: str) -> bool:
    """Whether a path of a manifest is one that a build can have written."""
    parts = path.split("/")
    return bool(path) and _is_plain(path) and not {"", ".", ".."} & set(parts) and "\\" not in path


def _is_plain(text: str) -> bool:
    return text.isprintable()


def _refuse(address: str) -> CasebookError:
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in address)
    return CasebookError(
        f"不能核对 {shown}：只核对文件夹、file:// 和本机的 http://127.0.0.1:端口/。"
        "别处的网站请先下载一份，例如 wget --mirror",
        f"cannot verify {shown}: only a folder, file:// and http://127.0.0.1:PORT/ of this machine "
        "can be. Fetch a copy of a site elsewhere first, for example with wget --mirror",
        Exit.USAGE,
    )
