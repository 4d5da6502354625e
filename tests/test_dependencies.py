"""Every locked package may be used with code under the AGPL, and is listed with its reason."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dask.lock", "requirements-test.lock")

# Licences whose terms allow use in a program under AGPL-3.0-or-later, by their SPDX names.
COMPATIBLE = frozenset(
    {
        "0BSD",
        "AGPL-3.0-or-later",
        "Apache-2.0",
        "Artistic-1.0-Perl",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "GPL-2.0-or-later",
        "ISC",
        "MIT",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Public-Domain",
        "Unlicense",
        "Zlib",
    }
)
# The words of packages that do not use SPDX names, in the classifiers or in License.
SPOKEN = {
    "MIT License": "MIT",
    "MIT": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "Apache-2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD 3-Clause OR Apache-2.0": "BSD-3-Clause",
    "Artistic License": "Artistic-1.0-Perl",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License (GPL)": "GPL-2.0-or-later",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "Public-Domain",
    "Python Software Foundation License": "PSF-2.0",
}


def locked_packages() -> list[str]:
    names = set()
    for lock in LOCKS:
        text = (PROJECT / lock).read_text(encoding="utf-8")
        names |= set(re.findall(r"(?m)^([A-Za-z0-9][A-Za-z0-9._-]*)==", text))
    return sorted(names)


def licences_of(name: str) -> list[set[str]]:
    """The licences that a package states: one of each set is chosen, and all sets apply."""
    told = metadata(name)
    expression = told.get("License-Expression")
    if expression:
        return [
            {choice.strip("() ") for choice in part.split(" OR ")}
            for part in expression.split(" AND ")
        ]
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    words = classifiers or [(told.get("License") or "").strip()]
    if words == [""]:
        # Some packages state it only in the first line of the licence itself.
        files = [f"licenses/{name}" for name in told.get_all("License-File") or []]
        texts = [distribution(name).read_text(file) or "" for file in files]
        words = [text.strip().partition("\n")[0] for text in texts]
    return [{SPOKEN.get(word, word) for word in words}]


@pytest.mark.parametrize("name", locked_packages())
def test_the_licence_goes_with_ours(name: str) -> None:
    try:
        licences = licences_of(name)
    except PackageNotFoundError:
        pytest.skip("not needed on this system")

    assert [choices for choices in licences if not choices & COMPATIBLE] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_file_has_a_digest(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]

    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


DOCUMENT = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
CHOSEN, _, BROUGHT = DOCUMENT.partition("## What these bring along")


def rows_of(text: str) -> dict[str, str]:
    """The packages in the tables of a text, with the licence of each."""
    rows = re.findall(r"(?m)^\| ([A-Za-z0-9-]+) \| ([^|]+) \| [^|]+ \|$", text)
    return {name.lower(): licence for name, licence in rows if name != "package"}


def test_the_document_lists_each_direct_dependency_with_its_reason() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["dask"], *extras["test"]]
    names = {re.split(r"[<>=~! ;\[]", line)[0].lower() for line in wanted}

    assert rows_of(CHOSEN).keys() == names


def test_the_document_lists_every_locked_package_once() -> None:
    chosen, brought = rows_of(CHOSEN), rows_of(BROUGHT)

    assert chosen.keys() & brought.keys() == set()
    assert sorted(chosen.keys() | brought.keys()) == locked_packages()


@pytest.mark.parametrize("name", locked_packages())
def test_the_document_tells_the_licence_that_the_package_tells(name: str) -> None:
    try:
        licences = licences_of(name)
    except PackageNotFoundError:
        pytest.skip("not needed on this system")
    told = (rows_of(CHOSEN) | rows_of(BROUGHT))[name]

    assert told == " AND ".join(" OR ".join(sorted(choices)) for choices in licences)


def test_the_document_names_what_the_tests_need_under_node() -> None:
    wanted = json.loads((PROJECT / "tests" / "web" / "package.json").read_text(encoding="utf-8"))
    lock = (PROJECT / "tests" / "web" / "package-lock.json").read_text(encoding="utf-8")

    assert [name for name in wanted["devDependencies"] if f"`{name}`" not in DOCUMENT] == []
    # It would name the host of a registry.
    assert '"resolved"' not in lock
