"""Anything but a plain file is named at once and not read, and the site stays as it was."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import PROJECT

from casebook.build.last_build import stamp_inputs

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")

# Far less than reading any of these files would fill, and more than the program itself needs.
MOST_MEMORY = 400 * 2**20


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    # The path of a socket may have only about a hundred bytes, so a relative one is used.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(path.name)
    finally:
        os.chdir(before)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_large(path: Path) -> None:
    with path.open("wb") as opened:
        opened.truncate(500 * 2**20)


KINDS: tuple[tuple[Callable[[Path], None], str], ...] = (
    (make_pipe, "E141"),
    (make_socket, "E141"),
    (Path.mkdir, "E141"),
    (make_device, "E14"),
    (make_dangling, "E14"),
    (make_loop, "E14"),
    (make_large, "E109"),
)


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def run(project: Path, *words: str) -> tuple[int, str]:
    """The exit status and output of a command on a terminal, where source lines are shown too."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "casebook", "--project", str(project), *words],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=theirs,
            stderr=theirs,
            preexec_fn=limit_memory,
        )
        os.close(theirs)
        printed: list[bytes] = []

        def read() -> None:
            # On Linux, reading a closed terminal raises OSError.
            with suppress(OSError):
                while part := terminal.read(4096):
                    printed.append(part)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            # Only a command that hangs takes this long, even on a busy machine.
            process.wait(timeout=120)
        finally:
            process.kill()
            reader.join()
    return process.returncode, b"".join(printed).decode("utf-8", "replace")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from conftest import make_tiny_project

    project = tmp_path_factory.mktemp("kinds") / "project"
    make_tiny_project(project)
    assert run(project, "record", "--unpublished", str(project / "data/cases/haishu.yaml"))[0] == 0
    assert run(project, "build", "--quiet")[0] == 0
    return project


def list_places(project: Path) -> Iterator[str]:
    """One file of each folder and ending that a build reads, with every list and ledger."""
    seen = set()
    for name in stamp_inputs(str(project)):
        folder, ending = name.rpartition("/")[0], Path(name).suffix
        one_of_many = folder if folder.startswith(("content", "theme", "data/cases")) else name
        # Without pelicanconf.py the folder is not a project, which has a message of its own.
        if name.startswith(("data", "content", "theme")) and (one_of_many, ending) not in seen:
            seen.add((one_of_many, ending))
            yield name


def read_tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(("make", "code"), KINDS)
def test_what_is_no_file_or_too_large_is_named_in_every_place(
    built: Path, make: Callable[[Path], None], code: str
) -> None:
    before, wrong = read_tree(built / "output"), {}
    every = list(list_places(built))
    # Starting processes is slow: each kind is tried in a third of the places, the next kind in
    # another third.
    places = every[[kind for kind, _ in KINDS].index(make) % 3 :: 3]
    for number, place in enumerate(places):
        path = built / place
        kept = path.with_name(f".{path.name}.kept")
        if path.exists():
            path.rename(kept)
        try:
            make(path)
            # Both commands read the same files, so each place is tried with only one.
            command = (["check"], ["build", "--quiet"])[number % 2]
            status, printed = run(built, *command)
            if status != 1 or f"{place}:1:1: {code}" not in printed:
                wrong[place] = (command, status, printed[:300])
        finally:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            if kept.exists():
                kept.rename(path)

    assert len(every) > 15
    assert wrong == {}
    assert read_tree(built / "output") == before


@pytest.mark.parametrize(
    ("place", "status"),
    [
        (".cache/last-build", 0),
        (".cache/store.sqlite", 0),
        (".cache/store.key", 0),
        (".cache/elsewhere", 0),
        (".output.lock", 0),
        ("output/index.html", 0),
        ("output/manifest.json", 2),
        ("data/cases/added.yaml", 1),
        ("content/pages/added.md", 1),
        ("theme/static/css/added.css", 1),
    ],
)
def test_a_pipe_among_what_a_build_made_or_beside_its_sources_holds_up_nothing(
    place: str, status: int, built: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(built, project)
    assert run(project, "build", "--quiet")[0] == 0
    path = project / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)

    ended, printed = run(project, "build", "--quiet")

    assert ended == status, printed
