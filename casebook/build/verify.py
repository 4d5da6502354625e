"""Comparison of a copy of the site, in a folder or served by this machine, with its manifest."""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from casebook.build.manifest import LITTER, MANIFEST, list_files, parse_outputs
from casebook.build.workers import run_within
from casebook.messages import failure, say
from casebook.problems import Exit
from casebook.text import Lang
from casebook.values.digest import digest

DIFFERS, MISSING, EXTRA = "build.verify.differs", "build.verify.missing", "build.verify.extra"
# More than any file of a site of ten thousand cases, and no danger to the memory.
MOST_BYTES = 256 * 1024 * 1024
# For each file that is served.
SECONDS = 30.0
# What another machine gives out depends on who asks it: a copy of that is fetched first.
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, order=True)
class FileDifference:
    """One file that is not as the manifest says, with the key of the message that says so."""

    path: str
    fault: str

    def message(self, lang: Lang) -> str:
        """The difference as a line; control characters of a file's name are shown as escapes."""
        return say(self.fault, path=_escape(self.path)).inside(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many files the manifest lists, and which of them are otherwise.

    `manifest` is the SHA-256 of the manifest itself, which nothing in the copy vouches for. A
    server lists no files, so that those beyond the manifest are not seen: then `extras_told` is
    false.
    """

    files: int
    manifest: str
    differences: tuple[FileDifference, ...]
    extras_told: bool = True


def verify_copy(place: str) -> Verdict:
    """Compare a copy, given as a folder, as file:// or as an address of this machine.

    Raises CasebookError where there is none, or where the address is of another machine.
    """
    if place.lower().startswith("file:/"):
        from urllib.request import url2pathname

        parts = urlsplit(place)
        if parts.netloc not in ("", "localhost") or "%00" in place:
            raise failure("build.verify.no_folder_here", status=Exit.USAGE, place=place)
        return verify_tree(Path(url2pathname(parts.path)))
    if "://" not in place:
        return verify_tree(Path(place))
    return _compare(_open_site(place), None)


def verify_tree(folder: Path) -> Verdict:
    """Compare every file of a folder; raises CasebookError where there is no such folder."""
    if not folder.is_dir():
        raise failure("build.verify.no_folder", status=Exit.USAGE, place=folder)
    found = set(list_files(folder))

    def read(path: str) -> bytes | None:
        # A path that leads out of the folder is not among those that were found in it.
        with suppress(OSError):
            if path in found and stat.S_ISREG((folder / path).lstat().st_mode):
                return (folder / path).read_bytes()
        return None

    return _compare(read, found)


def _compare(read: Callable[[str], bytes | None], found: Collection[str] | None) -> Verdict:
    """Compare what is read of each file; `found` are all files, None where nobody lists them."""
    content = read(MANIFEST)
    listed = parse_outputs(content or b"")
    differences = []
    if listed is None:
        differences.append(FileDifference(MANIFEST, MISSING if content is None else DIFFERS))
    for path, sha in (listed or {}).items():
        data = read(path)
        if data is None or digest(data) != sha:
            is_there = data is not None or path in (found or ())
            differences.append(FileDifference(path, DIFFERS if is_there else MISSING))
    for path in set(found or ()) - {MANIFEST, *listed} if listed is not None else ():
        if path.rpartition("/")[2] not in LITTER:
            differences.append(FileDifference(path, EXTRA))
    return Verdict(
        files=len(listed or ()),
        manifest=digest(content) if content is not None else "",
        differences=tuple(sorted(differences)),
        extras_told=found is not None,
    )


def _open_site(address: str) -> Callable[[str], bytes | None]:
    """A function that reads files of a served copy, and nothing of any other address."""
    with suppress(ValueError):
        parts = urlsplit(address)
        # Of a port that cannot be, ValueError is raised.
        is_plain = parts.port != 0 and address.isprintable() and not set("@?#") & set(address)
        if is_plain and parts.scheme == "http" and parts.hostname in _LOCAL:
            return partial(_fetch, quote(address.rstrip("/") + "/", safe=":/[]%"))
    raise failure("build.verify.no_address", status=Exit.USAGE, address=_escape(address))


def _fetch(site: str, path: str) -> bytes | None:
    """A file of a served copy; None where there is none, or only one that is somewhere else."""
    from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

    class Inside(HTTPRedirectHandler):
        def redirect_request(self, *given: Any) -> Any:
            # Some servers leave out index.html or .html; none needs another place for that.
            return super().redirect_request(*given) if given[-1].startswith(site) else None

    def ask() -> bytes:
        # No proxy is asked, whatever the environment says.
        with build_opener(ProxyHandler({}), Inside()).open(site + quote(path)) as answer:
            content: bytes = answer.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise OSError(f"{MOST_BYTES:,} bytes")
        return content

    if {"", ".", ".."} & set(path.split("/")) or "\\" in path or not path.isprintable():
        return None
    try:
        return run_within(SECONDS, ask)
    except HTTPError:
        return None
    except (OSError, HTTPException) as error:
        why = f"{type(error).__name__} {error}".strip()
        raise failure("build.verify.no_answer", address=site, path=path, why=why) from error


def _escape(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
