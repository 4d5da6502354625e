"""A build on the workers of a scheduler: the same bytes, and a message for every failure."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT
from processes import run, tree

from casebook.build import cluster as cluster_module
from casebook.build.cluster import open_cluster, parse_address
from casebook.build.workers import Batches, Executor
from casebook.problems import CasebookError, Exit

distributed = pytest.importorskip("distributed")

# Code that a worker runs before it takes work. This worker dies at its first batch of cases.
DIES = """\
import os
from casebook.build import render as casefiles

casefiles.make_batch = lambda context, batch: os._exit(9)
"""
STRANGE = """\
from casebook.build import cluster

cluster.digest_program = lambda: "another version"
"""
WITHOUT = """\
import sys

sys.modules["casebook"] = None
"""


# Functions that workers run; like the program, the workers can import them.
TASKS = """\
import os

def lower(batch):
    return [text.lower() for text in batch]

def decode(batch):
    return [int(text) for text in batch]

def list_folders(batch):
    return [os.listdir(path) for path in batch]

def end_the_worker(batch):
    os._exit(9)
"""


class Cluster:
    """A scheduler on a port that the system chooses, and workers that are started one by one.

    The scheduler reports a task that ended two workers, and does not try a third.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        line = self._start("Scheduler at:", "scheduler", "--port", "0")
        self.address = line.rpartition("tcp://")[2].strip()

    def add_worker(self, preload: str = "") -> subprocess.Popen[str]:
        """A worker of one thread that has joined the scheduler."""
        arguments = [self.address, "--nthreads", "1", "--no-nanny"]
        if preload:
            path = self.folder / f"preload_{len(self.processes)}.py"
            path.write_text(preload, encoding="utf-8")
            arguments += ["--preload", str(path)]
        self._start("Registered to:", "worker", *arguments)
        return self.processes[-1]

    def end_workers(self) -> None:
        """End all workers after the scheduler has retired them."""
        with distributed.Client(self.address, set_as_default=False) as client:
            client.retire_workers()
        for process in self.processes[1:]:
            end(process)

    def _start(self, ready: str, kind: str, *arguments: str) -> str:
        """Start a process and return the line by which it says that it is ready."""
        local = ("--host", "127.0.0.1", "--no-dashboard")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", kind, *local, *arguments],
            cwd=self.folder,
            env=os.environ
            | {
                "PYTHONPATH": str(PROJECT),
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
                "DASK_TEMPORARY_DIRECTORY": str(self.folder),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.processes.append(process)
        said = []
        for line in process.stderr or ():
            said.append(line)
            if ready in line:
                return line
        pytest.fail("".join(said))


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "cluster_tasks.py").write_text(TASKS, encoding="utf-8")
    sys.path.append(str(folder))
    importlib.import_module("cluster_tasks")
    made = Cluster(folder)
    yield made
    sys.path.remove(str(folder))
    for process in made.processes:
        end(process)


@pytest.fixture
def cluster(scheduler: Cluster) -> Iterator[Cluster]:
    """A scheduler without workers."""
    yield scheduler
    scheduler.end_workers()


def run_on(executor: Executor, name: str, item: str) -> Any:
    """The result of a function of TASKS for an item on some worker."""
    batches = Batches(items=[item], count=1, most=1, worth=1)
    return next(executor(getattr(sys.modules["cluster_tasks"], name), batches))


def refusal_of(address: str) -> CasebookError:
    with pytest.raises(CasebookError) as refused, open_cluster(address):
        pytest.fail("the cluster was taken for a sound one")
    return refused.value


def test_a_build_on_two_workers_of_which_one_dies_equals_a_local_one(
    tiny_project: Path, tiny_cache: Path, tmp_path: Path, cluster: Cluster
) -> None:
    there = tmp_path / "there"
    dying = cluster.add_worker(DIES)
    cluster.add_worker()
    place = ("--executor", f"dask://{cluster.address}", "--output", str(there))
    done = run(tiny_project, "build", "--quiet", "--no-cache", *place)

    assert (done.returncode, done.stderr) == (0, "")
    assert tree(there) == tree(tiny_cache.parent / "output")
    assert dying.wait(60) == 9


@pytest.mark.parametrize(
    "preload",
    [pytest.param(STRANGE, id="another version"), pytest.param(WITHOUT, id="no Casebook at all")],
)
def test_a_worker_of_another_version_is_named(cluster: Cluster, preload: str) -> None:
    cluster.add_worker(preload)
    refused = refusal_of(cluster.address)

    assert refused.exit_status == Exit.MACHINE
    assert "has another version" in refused.text.en
    assert "tcp://127.0.0.1:" in refused.text.en
    assert "不是同一版本" in refused.text.zh


def test_a_worker_that_comes_later_is_held_to_the_version_as_well(cluster: Cluster) -> None:
    sound = cluster.add_worker()
    with open_cluster(cluster.address) as executor:
        cluster.add_worker(STRANGE)
        end(sound)

        with pytest.raises(CasebookError, match="has another version"):
            run_on(executor, "lower", "A")


def test_what_a_task_raises_is_raised_here(cluster: Cluster, tmp_path: Path) -> None:
    cluster.add_worker()
    with open_cluster(cluster.address) as executor:
        assert run_on(executor, "lower", "A") == "a"
        with pytest.raises(ValueError, match="invalid literal"):
            run_on(executor, "decode", "three")
        # An error that may be the machine's, such as this OSError, is raised only after retries.
        with pytest.raises(CasebookError, match="failed 3 times"):
            run_on(executor, "list_folders", str(tmp_path / "nowhere"))


def test_a_task_that_ends_its_workers_ends_the_build(cluster: Cluster) -> None:
    cluster.add_worker()
    cluster.add_worker()
    with (
        open_cluster(cluster.address) as executor,
        pytest.raises(CasebookError, match="ended 2 workers"),
    ):
        run_on(executor, "end_the_worker", "")


def test_a_build_does_not_wait_for_ever_for_workers(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "PATIENCE", 1.0)

    assert "has no worker" in refusal_of(cluster.address).text.en

    worker = cluster.add_worker()
    with open_cluster(cluster.address) as executor:
        end(worker)
        with pytest.raises(CasebookError, match="workers are gone"):
            run_on(executor, "lower", "A")


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        not_dask = refusal_of(address)
    nobody = refusal_of(address)

    assert "is not a Dask scheduler" in not_dask.text.en
    assert "no connection to the scheduler" in nobody.text.en
    assert nobody.exit_status == Exit.MACHINE


def test_dask_that_is_not_installed_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, scheduler: Cluster
) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)

    assert "--require-hashes -r requirements-dask.lock" in refusal_of(scheduler.address).text.en


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("dask://192.0.2.7:8786", "192.0.2.7:8786"),
        ("dask://scheduler.example:80", "scheduler.example:80"),
        ("dask://[::1]:8786", "[::1]:8786"),
    ],
)
def test_an_address_is_host_and_port(text: str, address: str) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "threads",
        "dask",
        "dask://",
        "dask://192.0.2.7",
        "dask://192.0.2.7:0",
        "dask://192.0.2.7:99999",
        "dask://192.0.2.7:port",
        "dask://:8786",
        "dask://me@192.0.2.7:8786",
        "dask://192.0.2.7:8786/x",
        "tcp://192.0.2.7:8786",
        "dask://[::1:8786",
    ],
)
def test_an_executor_that_is_written_otherwise_is_wrong_usage(text: str) -> None:
    with pytest.raises(CasebookError) as refused:
        parse_address(text)

    assert refused.value.exit_status == Exit.USAGE
    assert "dask://192.0.2.7:8786" in refused.value.text.zh
