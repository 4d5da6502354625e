"""The workers of a Dask scheduler, on this machine or on many: an executor like any other."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casebook.build.cache import digest_program
from casebook.problems import CasebookError, Exit
from casebook.values.digest import digest

if TYPE_CHECKING:
    from distributed import Client

SCHEME = "dask"
# Seconds that a scheduler may take to answer, and that it may be without any worker.
PATIENCE = 10.0
# A task that fails for a reason of its machine is tried so often in all.
ATTEMPTS = 3
# What the bytes of pages and pictures depend on beside the program.
_PACKAGES: tuple[str, ...] = ("jinja2", "markdown", "markupsafe", "matplotlib", "numpy")
_PACKAGES += ("notojp-matplotlib", "pillow")


def parse_address(text: str) -> str:
    """HOST:PORT of an executor that is written dask://HOST:PORT.

    Raises CasebookError with the status of a wrong usage where it is written otherwise.
    """
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme == SCHEME and parts.hostname and parts.port and "@" not in parts.netloc:
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            if not (parts.path or parts.query or parts.fragment):
                return f"{host}:{parts.port}"
    raise CasebookError(
        "--executor 要写 none、processes 或 dask://主机:端口，例如 dask://192.0.2.7:8786",
        "--executor is none, processes or dask://HOST:PORT, as in dask://192.0.2.7:8786",
        Exit.USAGE,
    )


@contextmanager
def open_cluster(address: str) -> Iterator[ClusterExecutor]:
    """The workers of the scheduler at HOST:PORT, each of which is this very program.

    Raises CasebookError where there is no scheduler, no worker, or one of another version.
    """
    client = _connect(address)
    try:
        executor = ClusterExecutor(client, _require_same_program(client, address))
        try:
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
    finally:
        # With the client its tasks are gone from the scheduler, those under way as well.
        client.close(timeout=PATIENCE)


class ClusterExecutor(Executor):
    """Runs tasks on the workers of a cluster; whatever ends one is told as a CasebookError.

    A task whose worker dies is run again by the scheduler, as often as that one allows.
    """

    def __init__(self, client: Client, program: str) -> None:
        self._client = client
        self._program = program
        self._inner = client.get_executor(pure=False, retries=ATTEMPTS - 1)
        self._running: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self.size = len(client.nthreads())
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a task, which may run on any worker."""
        outcome: Future[Any] = Future()
        with self._lock:
            self._running.add(outcome)
        inner = self._inner.submit(run_task, self._program, fn, *args, **kwargs)
        inner.add_done_callback(lambda done: self._settle(outcome, done))
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks, and give up those under way unless they are waited for."""
        self._closing.set()
        with suppress(Exception):
            self._inner.shutdown(wait=wait and not cancel_futures)

    def _settle(self, outcome: Future[Any], done: Future[Any]) -> None:
        with self._lock:
            self._running.discard(outcome)
        # The watch may have given it up a moment before.
        with suppress(InvalidStateError):
            error = _lost() if done.cancelled() else done.exception()
            if error is not None:
                outcome.set_exception(_explain(error))
            elif isinstance(result := done.result(), Raised):
                outcome.set_exception(result.error)
            else:
                outcome.set_result(result)

    def _watch(self) -> None:
        """Count the workers, and give up where there has been none for too long."""
        seen = time.monotonic()
        while not self._closing.wait(1):
            with suppress(Exception):
                self.size = len(self._client.nthreads())
                if self.size:
                    seen = time.monotonic()
            if time.monotonic() - seen > PATIENCE:
                with self._lock:
                    given_up, self._running = self._running, set()
                for outcome in given_up:
                    with suppress(InvalidStateError):
                        outcome.set_exception(_lost())


@dataclass(frozen=True, slots=True)
class Raised:
    """What a task raised, as its result: it would raise the same on any machine."""

    error: Exception


# Our tasks keep something for each process, and threads of Python gain nothing.
_ONE_AT_A_TIME = threading.Lock()


def run_task(program: str, task: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run a task on a worker, which has to be the same program as the one that asks.

    What may be a fault of this machine is raised, so that the scheduler tries another one.
    """
    if describe_program() != program:
        # One that came after the build began.
        raise _strange_worker("")
    with _ONE_AT_A_TIME:
        try:
            return task(*args, **kwargs)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            return Raised(error)


@lru_cache(maxsize=1)
def describe_program() -> str:
    """A digest of all that decides which bytes this process makes of a task."""
    versions = []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} -")
    # Python's own tables of characters differ from one version to the next.
    parts = [digest_program(), str(sys.version_info[:2]), *versions]
    return digest("\n".join(parts).encode())


def _connect(address: str) -> Client:
    import socket

    host, _, port = address.rpartition(":")
    try:
        # A refusal is told at once, where the client would ask again and again.
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise CasebookError(
            f"连不上调度器 {address}（{reason}）。请检查地址，并看 dask scheduler 是否在运行",
            f"no connection to the scheduler {address} ({reason}). "
            "Check the address, and whether dask scheduler is running",
        ) from error
    client_of = _import_client()
    try:
        return _wait_for(
            lambda: client_of(f"tcp://{address}", timeout=PATIENCE, set_as_default=False)
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise CasebookError(
            f"{address} 上的程序不是 dask 的调度器，或版本与这里的不合",
            f"what answers at {address} is no scheduler of Dask, or one of a version too far "
            "from the one here",
        ) from error


def _wait_for(connect: Callable[[], Client]) -> Client:
    """A client that has been greeted; one that is answered with silence would wait for ever."""
    outcome: Future[Client] = Future()

    def run() -> None:
        try:
            outcome.set_result(connect())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(2 * PATIENCE)


def _import_client() -> Callable[..., Client]:
    try:
        import dask

        # It would write its own lines, with tracebacks, between ours.
        silent = dict.fromkeys(("distributed", "distributed.client"), "critical")
        with dask.config.set({"logging": silent}):
            from distributed import Client
    except ImportError as error:
        command = ".venv/bin/python -m pip install --require-hashes -r requirements-dask.lock"
        raise CasebookError(
            f"没有安装 dask。请运行 {command}", f"Dask is not installed. Run {command}"
        ) from error
    found: Callable[..., Client] = Client
    return found


def _require_same_program(client: Client, address: str) -> str:
    """The program of this process, which every worker is found to be."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, TimeoutError) as error:
        raise CasebookError(
            f"调度器 {address} 没有工作进程。请用 dask worker {address} 启动",
            f"the scheduler {address} has no worker. Start some with dask worker {address}",
        ) from error
    own = describe_program()
    for worker, found in sorted(client.run(describe_program, on_error="return").items()):
        if found != own:
            raise _strange_worker(worker)
    return own


def _strange_worker(worker: str) -> CasebookError:
    return CasebookError(
        f"工作进程 {worker} 的 Casebook、Python 或依赖与这里的不是同一版本。"
        "请在那台机器上换成同一版本，再启动它",
        f"the worker {worker} has another version of Casebook, of Python or of what they stand "
        "on. Bring that machine to the version here and start the worker again",
    )


def _lost() -> CasebookError:
    return CasebookError(
        "与调度器的连接断了，或所有工作进程都没有了。网站没有改动",
        "the connection to the scheduler is lost, or all of its workers are gone. "
        "The site is unchanged",
    )


def _explain(error: BaseException) -> BaseException:
    """What ended a task, as the end of the build."""
    if isinstance(error, CasebookError):
        return error
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    if isinstance(error, CommClosedError):
        return _lost()
    if isinstance(error, KilledWorker):
        deaths = error.allowed_failures + 1
        return CasebookError(
            f"同一件工作先后让 {deaths} 个工作进程终止，多半是内存不够。网站没有改动",
            f"one piece of work ended {deaths} workers one after the other, most likely for want "
            "of memory. The site is unchanged",
        )
    reason = f"{type(error).__name__}: {error}"[:300]
    return CasebookError(
        f"同一件工作试了 {ATTEMPTS} 次都没有做成（{reason}）。网站没有改动",
        f"one piece of work failed {ATTEMPTS} times ({reason}). The site is unchanged",
    )
