"""Executor on a Dask cluster: workers on one or more machines, all of this program's version."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casebook.build.cache import digest_program
from casebook.build.workers import Batches, Executor, R, T, run_within, submit_ahead
from casebook.messages import failure
from casebook.problems import CasebookError, Exit
from casebook.values.digest import digest

if TYPE_CHECKING:
    from distributed import Client

SCHEME = "dask"
# Seconds that a scheduler may take to answer, and seconds that it may be without workers.
PATIENCE = 10.0
# The total attempts at a task that fails because of its machine.
ATTEMPTS = 3
# The packages that the bytes of pages and pictures depend on, beside the program.
_PACKAGES: tuple[str, ...] = ("jinja2", "markdown", "markupsafe", "matplotlib", "numpy")
_PACKAGES += ("notojp-matplotlib", "pillow")


def parse_address(text: str) -> str:
    """HOST:PORT of an executor that is written dask://HOST:PORT.

    Raises CasebookError with the status for wrong usage if the text has another form.
    """
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme == SCHEME and parts.hostname and parts.port and "@" not in parts.netloc:
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            if not (parts.path or parts.query or parts.fragment):
                return f"{host}:{parts.port}"
    raise failure("build.executor_unknown", status=Exit.USAGE)


@contextmanager
def open_cluster(address: str) -> Iterator[Executor]:
    """An executor on the workers of the scheduler at HOST:PORT.

    If a worker dies, the scheduler runs its batch again, as often as its settings allow. A failure
    of the cluster is raised as a CasebookError. Entering the context raises one if there is no
    scheduler, no worker, or a worker of another version.
    """
    client = _connect(address)
    try:
        _require_same_program(client, address)
        yield partial(_run_on_cluster, client)
    finally:
        # Closing the client removes its tasks from the scheduler, including running ones.
        client.close(timeout=PATIENCE)


def _run_on_cluster(
    client: Client, function: Callable[[list[T]], Collection[R]], batches: Batches[T]
) -> Iterator[R]:
    task = partial(run_task, describe_program(), function)
    submit = partial(client.submit, task, pure=False, retries=ATTEMPTS - 1)
    workers = partial(_count_workers, client)
    for future in submit_ahead(submit, batches.cut(workers()), workers):
        yield from _wait_for(future, workers)


def _count_workers(client: Client) -> int:
    with suppress(Exception):
        return len(client.nthreads())
    return 0


def _wait_for(future: Any, workers: Callable[[], int]) -> Any:
    """The result of a task; CasebookError if all workers are gone for long."""
    were_gone = False
    while True:
        try:
            # The result of a finished task still has to be transferred, which takes time.
            done, error = future.result(timeout=30 * PATIENCE if future.done() else PATIENCE)
        except Exception as error:
            if not isinstance(error, TimeoutError) or future.status == "error":
                raise _explain(error) from error
            are_gone = not workers()
            if were_gone and are_gone:
                raise failure("build.cluster_lost") from error
            were_gone = are_gone
        else:
            if error is not None:
                raise error
            return done


# Tasks use caches of their process, and Python threads would not make them faster.
_ONE_AT_A_TIME = threading.Lock()


def run_task(
    program: str, function: Callable[[Any], Any], batch: Any
) -> tuple[Any, Exception | None]:
    """Run a function on a worker, which has to be of the same program as the asking process.

    An exception of the function is returned beside the result, because any machine would raise it.
    An error that this machine may have caused is raised, so that the scheduler tries another one.
    """
    if describe_program() != program:
        # The worker joined after the build began.
        raise failure("build.worker_strange", worker="")
    with _ONE_AT_A_TIME:
        try:
            return function(batch), None
        except (OSError, MemoryError):
            raise
        except Exception as error:
            return None, error


@lru_cache(maxsize=1)
def describe_program() -> str:
    """A digest of all that decides which bytes this process makes from a task."""
    # Packages that are not installed on this machine are left out.
    found = (distribution for name in _PACKAGES for distribution in distributions(name=name))
    versions = [f"{distribution.name} {distribution.version}" for distribution in found]
    # Python's Unicode tables differ between versions.
    return digest("\n".join([digest_program(), str(sys.version_info[:2]), *versions]).encode())


def _connect(address: str) -> Client:
    host, _, port = address.rpartition(":")
    try:
        # A refused connection is known at once, while the client would try again and again.
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise failure("build.scheduler_absent", address=address, reason=reason) from error
    try:
        import dask

        # Dask would print its own lines, with tracebacks, between ours.
        silent = dict.fromkeys(("distributed", "distributed.client"), "critical")
        with dask.config.set({"logging": silent}):
            from distributed import Client
    except ImportError as error:
        raise failure("build.dask_absent") from error
    try:
        # A client that gets no answer would wait for ever.
        connect = partial(Client, f"tcp://{address}", timeout=PATIENCE, set_as_default=False)
        client: Client = run_within(2 * PATIENCE, connect)
        return client
    except (OSError, ValueError, RuntimeError) as error:
        raise failure("build.scheduler_strange", address=address) from error


def _require_same_program(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, TimeoutError) as error:
        raise failure("build.workers_absent", address=address) from error
    own = describe_program()
    for worker, found in sorted(client.run(describe_program, on_error="return").items()):
        if found != own:
            raise failure("build.worker_strange", worker=worker)


def _explain(error: Exception) -> CasebookError:
    """The failure of a task as an error that ends the build."""
    if isinstance(error, CasebookError):
        return error
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    if isinstance(error, CommClosedError | CancelledError):
        return failure("build.cluster_lost")
    if isinstance(error, KilledWorker):
        return failure("build.workers_killed", deaths=error.allowed_failures + 1)
    reason = f"{type(error).__name__}: {error}"[:300]
    return failure("build.task_failed", attempts=ATTEMPTS, reason=reason)
