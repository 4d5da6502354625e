"""Comparison of a copy of the site, in a folder or served by this machine, with its manifest."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener, url2pathname

from casebook.build.manifest import LITTER, MANIFEST, is_path_of_site, list_files, parse_outputs
from casebook.build.workers import run_within
from casebook.messages import failure
from casebook.problems import Exit
from casebook.values.digest import digest

DIFFERS, MISSING, EXTRA = "build.verify.differs", "build.verify.missing", "build.verify.extra"
# Limits for each served file: more bytes than any file of ten thousand cases has, and seconds.
MOST_BYTES, SECONDS = 256 * 1024 * 1024, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Count of the listed files, SHA-256 of the manifest, and messages by faulty files."""

    files: int
    manifest: str
    differences: Mapping[str, str]
    # False for a server, which lists no files, so files beyond the manifest are not found.
    extras_told: bool


def verify_copy(place: str) -> Verdict:
    """Compare a copy: a folder, given by path or file://, or a site that this machine serves."""
    folder = Path(place)
    if place.lower().startswith("file:/"):
        parts = urlsplit(place)
        if parts.netloc not in ("", "localhost") or "%00" in place:
            raise failure("build.verify.no_folder_here", status=Exit.USAGE, place=place)
        folder = Path(url2pathname(parts.path))
    elif "://" in place:
        return _compare(_open_site(place))
    if not folder.is_dir():
        raise failure("build.verify.no_folder", status=Exit.USAGE, place=folder)
    found = set(list_files(folder))

    def read(path: str) -> bytes | None:
        # `found` holds only paths inside the folder, so a path that leads out of it is not read.
        with suppress(OSError):
            if path in found and stat.S_ISREG((folder / path).lstat().st_mode):
                return (folder / path).read_bytes()
        return None

    return _compare(read, found)


def _compare(read: Callable[[str], bytes | None], found: set[str] | None = None) -> Verdict:
    """Compare the content of each file; `found` are all files, None if they cannot be listed."""
    content = read(MANIFEST)
    listed = parse_outputs(content or b"")
    # Without a manifest of this program only the manifest itself can be judged.
    faults = {MANIFEST: MISSING if content is None else DIFFERS} if listed is None else {}
    for path, sha in (listed or {}).items():
        data = read(path)
        # Few hosts serve the files with instructions for them.
        is_hidden = data is None and found is None and path in ("_headers", "_redirects")
        if not is_hidden and (data is None or digest(data) != sha):
            faults[path] = DIFFERS if data is not None or path in (found or ()) else MISSING
    extras = (found or set()) - {MANIFEST, *listed} if listed is not None else set()
    faults |= {path: EXTRA for path in extras if path.rpartition("/")[2] not in LITTER}
    return Verdict(
        files=len(listed or ()),
        manifest=digest(content) if content is not None else "",
        differences=dict(sorted(faults.items())),
        extras_told=found is not None,
    )


def _open_site(address: str) -> Callable[[str], bytes | None]:
    """A function that reads the files of a served copy, and nothing from other addresses."""
    with suppress(ValueError):  # of a port that cannot be
        parts = urlsplit(address)
        is_plain = parts.port != 0 and address.isprintable() and not set("@?#") & set(address)
        # Another machine may serve each client differently, so its copy is downloaded first.
        is_local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if is_plain and is_local:
            return lambda path: _fetch(quote(address.rstrip("/") + "/", safe=":/[]%"), path)
    raise failure("build.verify.no_address", status=Exit.USAGE, address=ascii(address)[1:-1])


def _fetch(site: str, path: str) -> bytes | None:
    """A file of a served copy; None if there is none, or only a redirect to another place."""
    # A manifest may be forged; no build writes such paths.
    if not (is_path_of_site(path) and path.isprintable()):
        return None

    class Inside(HTTPRedirectHandler):
        def redirect_request(self, *given: Any) -> Any:
            # Some servers redirect to drop index.html or .html, which stays inside the site.
            return super().redirect_request(*given) if given[-1].startswith(site) else None

    def ask() -> bytes:
        # Without a proxy, even if the environment names one.
        with build_opener(ProxyHandler({}), Inside()).open(site + quote(path)) as answer:
            content: bytes = answer.read(MOST_BYTES + 1)
            if len(content) <= MOST_BYTES:
                return content
        raise OSError(f"{MOST_BYTES:,} bytes")

    try:
        return run_within(SECONDS, ask)
    except HTTPError:
        return None
    except (OSError, HTTPException) as error:
        why = f"{type(error).__name__} {error}".strip()
        raise failure("build.verify.no_answer", address=site, path=path, why=why) from error
