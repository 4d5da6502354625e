"""The contracting processes of an OCDS file of any form, with releases merged by date."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from casebook.data.import_table import MAX_BYTES
from casebook.data.workbook import TableProblems
from casebook.problems import START, Position
from casebook.record.slugs import mend_slug
from casebook.values.digest import digest
from casebook.yaml.encoding import decode

GZIP = b"\x1f\x8b"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One contracting process: its releases by date, and `compiled` with their latest values."""

    ocid: str
    slug: str
    package: Json
    releases: Sequence[Json]
    compiled: Json


def read_processes(data: bytes, problems: TableProblems) -> list[Process]:
    """The processes of a file, each with a slug of its own; none if anything is wrong."""
    found: dict[str, list[tuple[Json, Json]]] = {}
    text = _decode(data, problems)
    for content in _parse(text, problems) if text is not None else ():
        already = len(problems)
        releases = list(_find_releases(content, problems))
        if not releases and len(problems) == already:
            problems.report("E336.no_releases", START)
        for number, release in enumerate(releases):
            ocid = read_text(release, "ocid")
            if ocid:
                found.setdefault(ocid, []).append((content, release))
            else:
                problems.report("E336.no_ocid", START, number=number)
    processes: dict[str, Process] = {}
    for ocid, pairs in found.items() if not problems.has_errors else ():
        # Releases without a date stay in the order of the file.
        releases = sorted((one for _, one in pairs), key=_read_moment)
        slug = _find_slug(ocid, processes)
        if slug != mend_slug(ocid):
            problems.report("W336", START, ocid=ocid[:60], slug=slug)
        compiled: Json = {}
        for release in releases:
            compiled = _merge(compiled, release)
        processes[slug] = Process(
            ocid=ocid, slug=slug, package=pairs[0][0], releases=releases, compiled=compiled
        )
    return list(processes.values())


def read_text(parent: Json, name: str) -> str:
    """The text of a member as one line of visible characters, empty if it is no text."""
    inner = parent.get(name)
    words = " ".join(inner.split()) if isinstance(inner, str) else ""
    return "".join(char for char in words if char.isprintable())


def read_part(parent: Json, *names: str) -> Json:
    """An object inside an object, empty if there is none."""
    for name in names:
        inner = parent.get(name)
        parent = inner if isinstance(inner, dict) else {}
    return parent


def read_state(parent: Json) -> str:
    """The status of a tender, an award or a contract, which some publishers write in capitals."""
    return read_text(parent, "status").lower()


def read_list(parent: Json, name: str) -> list[Json]:
    """The objects of a list inside an object."""
    inner = parent.get(name)
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def _decode(data: bytes, problems: TableProblems) -> str | None:
    """The text of a file, if it can be read."""
    if data.startswith(GZIP):
        try:
            with gzip.open(io.BytesIO(data)) as stream:
                # One byte more than allowed shows a larger file without unpacking all of it.
                data = stream.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            problems.report("E336.no_gzip", START, reason=error)
            return None
    text, faults = decode(data, problems.path, MAX_BYTES)
    # No editor can restore characters that the publisher lost; the rest is worth importing.
    problems += [replace(one, severity="warning") if one.code == "E106" else one for one in faults]
    return text.replace("\ufffd", "?") if text is not None else None


def _parse(text: str, problems: TableProblems) -> Iterator[Json]:
    """The objects of a JSON file, or of a file with one object on each line."""
    contents: list[Any] = []
    try:
        contents = [_load(text)]
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        with suppress(ValueError):
            contents = [_load(line) for line in lines] if len(lines) > 1 else []
        if not contents:
            at = Position(error.lineno, error.colno)
            problems.report("E336.no_json", at, reason=error.msg)
    except (RecursionError, ValueError):
        problems.report("E336.too_deep", START)
    for content in contents:
        for one in content if isinstance(content, list) else [content]:
            if isinstance(one, dict):
                yield one
            else:
                problems.report("E336.no_object", START)


def _load(text: str) -> Any:
    # Decimal keeps a number as it is written; NaN and Infinity are refused.
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _read_moment(release: Json) -> str:
    """The time of a release in UTC, as text that sorts by time."""
    written = read_text(release, "date")
    try:
        moment = datetime.fromisoformat(written)
        # A time without a zone would get the zone of the machine.
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return written


def _find_releases(content: Json, problems: TableProblems) -> Iterator[Json]:
    """The releases of a package of releases or records, or of a file that is one release."""
    yield from read_list(content, "releases")
    for record in read_list(content, "records"):
        # A linked release has only its address.
        whole = [one for one in read_list(record, "releases") if "ocid" in one]
        compiled = read_part(record, "compiledRelease")
        if not (whole or compiled):
            ocid = read_text(record, "ocid")[:60] or "-"
            problems.report("W336.not_whole", START, ocid=ocid)
        yield from whole or ([compiled] if compiled else [])
    if "releases" not in content and "records" not in content and "ocid" in content:
        yield content


def _merge(older: Json, newer: Json) -> Json:
    """Two releases as one, with the newer values; members of lists are merged by their ids."""
    merged = dict(older)
    for name, value in newer.items():
        before = merged.get(name)
        if name == "suppliers":
            # A corrected award lists its suppliers again; a merge by ids would keep former ones.
            merged[name] = value
        elif isinstance(value, dict) and isinstance(before, dict):
            merged[name] = _merge(before, value)
        elif isinstance(value, list) and isinstance(before, list):
            merged[name] = _merge_lists(before, value)
        elif value is None:
            # In the standard, null removes a former value.
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def _merge_lists(older: list[Any], newer: list[Any]) -> list[Any]:
    if not (_are_identified(older) and _are_identified(newer)):
        return newer
    known: dict[Any, Json] = {one["id"]: one for one in older}
    for one in newer:
        known[one["id"]] = _merge(known.get(one["id"], {}), one)
    return list(known.values())


def _are_identified(members: list[Any]) -> bool:
    """True if each member has an id of its own; with equal ids, one would replace the other."""
    ids = [one.get("id") if isinstance(one, dict) else None for one in members]
    named = all(isinstance(identity, str | Decimal) for identity in ids)
    return named and len(set(ids)) == len(ids)


def _find_slug(ocid: str, taken: Container[str]) -> str:
    """A slug for an ocid, also for a Chinese one, that no other process of the file has."""
    plain = "-".join(re.findall(r"[a-z0-9]+", ocid.lower())).removeprefix("ocds-")
    slug = mend_slug(ocid) or mend_slug(f"ocds-{plain}"[:60].strip("-"))
    if slug in taken or slug in ("", "ocds"):
        slug = f"{slug or 'ocds'}-{digest(ocid.encode())[:6]}"
    return slug
