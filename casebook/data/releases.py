"""Frozen versions of the data under data/versions/, and the differences between them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from casebook import __version__
from casebook.data.catalogues import describe_dataset, describe_release
from casebook.data.export import freeze_dataset
from casebook.data.formats import DataFile, encode_json, rearm
from casebook.data.tables import version_of_all
from casebook.messages import failure, problem
from casebook.problems import START, Exit, Problem
from casebook.record.dataset import Dataset
from casebook.values.digest import digest
from casebook.yaml.files import name_draft

FOLDER: Final = "data/versions"
MANIFEST: Final = "manifest.json"
# The columns of figures.csv that count as a change of a figure; its label is only its name.
COMPARED: Final = (
    *("amount", "value", "min", "max", "unit", "qualifier"),
    *("measure", "per", "period", "status", "derived", "source"),
)

# The columns that identify figures.csv, also in releases of long ago.
_NEEDED: Final = frozenset({"case", "figure", "period", *COMPARED[:6]})

DifferenceKind = Literal["added", "removed", "changed"]
# The rows of figures.csv by the keys of their figures.
Figures = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column of a figure before and after."""

    column: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDifference:
    """A figure that was added, removed or changed; `amount` is its latest wording."""

    kind: DifferenceKind
    case: str
    figure: str
    label: str
    amount: str
    changes: tuple[ColumnChange, ...] = ()

    @property
    def key(self) -> str:
        """The figure's name across all cases."""
        return f"{self.case}.{self.figure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One frozen version: its date, its files in order, and the rows of its figures by key.

    `version` is the version of the data set; `differences` are those from the previous release.
    """

    date: str
    version: str
    files: tuple[DataFile, ...]
    figures: Figures
    differences: tuple[ReleaseDifference, ...] = ()


def freeze_release(project: Path, dataset: Dataset, day: date) -> Path:
    """Write the present data into a new folder for the day, and return the folder.

    Raises CasebookError if the day has a release already: a release never changes.
    """
    folder = project / FOLDER / day.isoformat()
    if folder.exists():
        raise failure("data.released", status=Exit.USAGE, folder=f"{FOLDER}/{day.isoformat()}")
    # The folder is renamed at the end, so that an interrupted release does not count.
    part = name_draft(folder)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    files = list(freeze_dataset(dataset))
    files += describe_release(describe_dataset(dataset), day.isoformat(), files)
    manifest = {
        "generator": f"casebook {__version__}",
        "date": day.isoformat(),
        "version": version_of_all(dataset),
        "files": {file.path: digest(file.content) for file in files},
    }
    for file in (*files, DataFile(MANIFEST, encode_json(manifest))):
        (part / file.path).write_bytes(file.content)
    os.rename(part, folder)
    return folder


def list_dates(project: Path) -> list[str]:
    """The dates of all releases, oldest first."""
    try:
        names = os.listdir(project / FOLDER)
    except OSError:
        return []
    return sorted(name for name in names if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", name))


def read_releases(project: Path) -> tuple[Release, ...]:
    """Every release with its differences from the one before, oldest first.

    A file that differs from its entry in the manifest is left out; `check_releases` names it.
    """
    releases: list[Release] = []
    for name in list_dates(project):
        version, _, files = _read_files(project / FOLDER / name)
        figures = read_figures(next((f.content for f in files if f.path == "figures.csv"), b""))
        before = releases[-1].figures if releases else figures
        differences = tuple(compare_figures(before, figures))
        release = Release(
            date=name, version=version, files=files, figures=figures, differences=differences
        )
        releases.append(release)
    return tuple(releases)


def check_releases(project: Path) -> Iterator[Problem]:
    """The problems of released files that are missing, changed or not in the manifest."""
    for name in list_dates(project):
        folder = project / FOLDER / name
        _, listed, files = _read_files(folder)
        found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
        wrong = {*listed, MANIFEST, *found} - {file.path for file in files}
        yield from (problem("E296", f"{FOLDER}/{name}/{one}", START) for one in sorted(wrong))


def _read_files(folder: Path) -> tuple[str, Iterable[str], tuple[DataFile, ...]]:
    """The version of a release, the names in its manifest, and its unchanged files.

    A name with a folder is ignored.
    """
    try:
        # From bytes the library would also read UTF-16, which no reader of the release expects.
        manifest = json.loads((folder / MANIFEST).read_bytes().decode("utf-8"))
        known = {str(name): str(sha) for name, sha in manifest["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "", (), ()
    listed = [name for name in known if re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)+", name)]
    files = []
    for name in (*listed, MANIFEST) if listed else ():
        with suppress(OSError):
            content = (folder / name).read_bytes()
            if name == MANIFEST or digest(content) == known[name]:
                files.append(DataFile(name, content))
    return str(manifest.get("version", "")), listed, tuple(files)


def read_figures(content: bytes) -> Figures:
    """The rows of a figures.csv by the keys of their figures, empty for any other file."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    names = rows.fieldnames or ()
    if not {*names} >= _NEEDED:
        return {}
    # A cell that could start a formula was published with an apostrophe before it.
    cells = ({name: rearm(row[name] or "") for name in names} for row in rows)
    return {f"{row['case']}.{row['figure']}": row for row in cells}


def compare_figures(
    before: Figures, now: Figures, columns: Sequence[str] = COMPARED
) -> Iterator[ReleaseDifference]:
    """The differences between two sets of figures, in the order of the later set."""
    for key in dict.fromkeys([*now, *before]):
        row = now.get(key) or before[key]
        old = before.get(key, row)
        pairs = [(name, old.get(name, ""), row.get(name, "")) for name in columns]
        changes = tuple(ColumnChange(*pair) for pair in pairs if pair[1] != pair[2])
        kind: DifferenceKind = "changed" if key in before else "added"
        if key in now and key in before and not changes:
            continue
        yield ReleaseDifference(
            kind=kind if key in now else "removed",
            case=row["case"],
            figure=row["figure"],
            label=row.get("label", ""),
            amount=row["amount"],
            changes=changes,
        )
