"""Executors: work in batches, done in this process, in several, or on other machines."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from casebook.messages import failure

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
R = TypeVar("R")

# The batches under way for each process; more would only fill the memory with results.
_AHEAD = 2
# With fewer batches a worker, one worker is left alone with the last; with more, sending costs.
_BATCHES_EACH = 4
# Thresholds of the garbage collector in a process that builds: the objects made before the youngest
# generation is collected, and the collections of one generation before one of the next. With twenty
# times as many objects, the garbage of pages took 60 MiB and a tenth of the time at 1,000 cases,
# because it no longer fitted into the cache of the processor.
SELDOM = (10_000, 20, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches(Generic[T]):
    """`count` items of work, at most `most` in a batch; `worth` items justify a process."""

    items: Iterable[T]
    count: int
    most: int
    worth: int

    def cut(self, workers: int) -> Iterator[list[T]]:
        """The items in batches, made on demand and small enough to share among the workers."""
        most = min(self.most, max(1, self.count // (max(1, workers) * _BATCHES_EACH)))
        rest = iter(self.items)
        # Results come a batch at a time; the first batches are small, so progress shows early.
        sizes = chain((1 << step for step in range(most.bit_length())), repeat(most))
        while batch := list(islice(rest, min(most, next(sizes)))):
            yield batch


# A function that yields the results of a function for all items of the batches, in their order.
Executor = Callable[[Callable[[list[Any]], Collection[Any]], Batches[Any]], Iterator[Any]]


def run_locally(
    jobs: int, function: Callable[[list[T]], Collection[R]], batches: Batches[T]
) -> Iterator[R]:
    """Work in up to `jobs` processes if there is enough work for them, else in this process."""
    processes = min(jobs, batches.count // batches.worth)
    if processes < 2:
        for batch in batches.cut(1):
            yield from function(batch)
        return
    # Imported here because the modules that start processes take long to import.
    from concurrent.futures import ThreadPoolExecutor
    from queue import SimpleQueue

    idle: SimpleQueue[Connection] = SimpleQueue()

    def ask(batch: list[T]) -> Collection[R]:
        connection = idle.get()
        result: Collection[R]
        try:
            connection.send((function, batch))
            result, error = connection.recv()
        except (EOFError, OSError) as gone:
            # Nobody needs the work that the other processes have under way.
            _end_processes()
            raise failure("build.process_ended") from gone
        finally:
            idle.put(connection)
        if error is not None:
            raise error
        return result

    # Each thread waits for one process only.
    with ThreadPoolExecutor(processes) as pool:

        def submit(batch: list[T]) -> Any:
            return pool.submit(ask, batch)

        try:
            with _interrupts_kept_out():
                started = [_start_process(idle.put) for _ in range(processes)]
            for future in submit_ahead(submit, batches.cut(processes), lambda: processes):
                yield from future.result()
        except BaseException:
            _end_processes()
            raise
        for _ in range(processes):
            idle.get().close()
        # The processor time of a process counts only when it has ended and was waited for.
        for process in started:
            process.join()


IN_PROCESS: Executor = partial(run_locally, 1)


def submit_ahead(
    submit: Callable[[list[T]], Any], batches: Iterator[list[T]], workers: Callable[[], int]
) -> Iterator[Any]:
    """The futures of the batches in their order, with a limit on those under way to save memory."""
    running: deque[Any] = deque()
    while True:
        room = max(1, workers()) * _AHEAD - len(running)
        running.extend(map(submit, islice(batches, max(0, room))))
        if not running:
            return
        yield running.popleft()


@contextmanager
def open_executor(jobs: int, scheduler: str = "") -> Iterator[Executor]:
    """An executor on the Dask scheduler at HOST:PORT, or on `jobs` processes if none is named.

    When the block ends, no work is left under way.
    """
    if scheduler:
        from casebook.build.cluster import open_cluster

        with open_cluster(scheduler) as executor:
            yield executor
        return
    try:
        yield partial(run_locally, jobs)
    except BaseException:
        _end_processes()
        raise


def run_within(seconds: float, function: Callable[[], R]) -> R:
    """The result of the function; TimeoutError if it takes longer, and it is left running."""
    from concurrent.futures import Future

    outcome: Future[R] = Future()

    def run() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)


def _start_process(connect: Callable[[Connection], None]) -> BaseProcess:
    """A process that works on the batches it is sent until its connection is closed."""
    from multiprocessing import get_context

    # A forked child would inherit the lock of the build and the state of other threads.
    spawn = get_context("spawn")
    # A pipe for each process: in a queue shared by all, a process that is killed while it sends
    # would leave half a result, and everybody would wait for the other half.
    ours, theirs = spawn.Pipe()
    with theirs:
        process = spawn.Process(target=_answer, args=(theirs,), daemon=True)
        process.start()
    connect(ours)
    return process


def _end_processes() -> None:
    """Kill the processes, because nobody needs their work, which may take a minute."""
    from multiprocessing import active_children

    for process in active_children():
        # A stopped process reacts to no other signal.
        process.kill()


@contextmanager
def _interrupts_kept_out() -> Iterator[None]:
    """Keep Ctrl-C from processes that are started in the block; the first process handles it.

    A terminal sends Ctrl-C to all processes, and each would print a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # Started first, because the tracker unblocks SIGINT when it starts its own process.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(connection: Connection) -> None:
    """Work for the parent process, and end as soon as the parent is gone."""
    import gc
    from multiprocessing import parent_process

    gc.set_threshold(*SELDOM)
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            connection.send(_run(*connection.recv()))


def _run(function: Callable[[Any], Any], batch: Any) -> tuple[Any, Exception | None]:
    try:
        return function(batch), None
    except Exception as error:
        # The note tells a report of the error where it was raised.
        error.add_note(traceback.format_exc())
        return None, error
