"""Executors: work in batches, done here, in several processes or on other machines."""

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

# More batches than these under way a process would only fill the memory with results.
_AHEAD = 2
# So few batches a worker would leave one of them alone with the last; more cost their sending.
_BATCHES_EACH = 4
# How often the collector looks for garbage in a process that builds: so many objects are made
# before the youngest are looked at, so many looks at one generation come before one at the next.
# With twenty times as many, what pages leave behind took 60 MiB and a tenth of the time at 1,000
# cases: it no longer fitted into what a processor has at hand.
SELDOM = (10_000, 20, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches(Generic[T]):
    """So many items to be worked on, at most so many at once; a process pays from `worth` on."""

    items: Iterable[T]
    count: int
    most: int
    worth: int

    def cut(self, workers: int) -> Iterator[list[T]]:
        """The items in lists, made as they are asked for, so that no worker waits for another."""
        most = min(self.most, max(1, self.count // (max(1, workers) * _BATCHES_EACH)))
        rest = iter(self.items)
        # Results come a batch at a time: somebody who waits is to see the first ones soon.
        sizes = chain((1 << step for step in range(most.bit_length())), repeat(most))
        while batch := list(islice(rest, min(most, next(sizes)))):
            yield batch


# Gives what a function gives for each item of the batches, in the order of the items.
Executor = Callable[[Callable[[list[Any]], Collection[Any]], Batches[Any]], Iterator[Any]]


def run_locally(
    jobs: int, function: Callable[[list[T]], Collection[R]], batches: Batches[T]
) -> Iterator[R]:
    """Work in this process, or in at most so many where there is work enough for them."""
    processes = min(jobs, batches.count // batches.worth)
    if processes < 2:
        for batch in batches.cut(1):
            yield from function(batch)
        return
    # Only now: what knows how to start processes takes long to import.
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
            # Of the others nobody has to wait for what is under way.
            _end_processes()
            raise failure("build.process_ended") from gone
        finally:
            idle.put(connection)
        if error is not None:
            raise error
        return result

    # A thread for each process waits for it and for nothing else.
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
        # Their time of the processor counts when they have ended.
        for process in started:
            process.join()


IN_PROCESS: Executor = partial(run_locally, 1)


def submit_ahead(
    submit: Callable[[list[T]], Any], batches: Iterator[list[T]], workers: Callable[[], int]
) -> Iterator[Any]:
    """The futures of the batches in their order; not so many are under way that memory grows."""
    running: deque[Any] = deque()
    while True:
        room = max(1, workers()) * _AHEAD - len(running)
        running.extend(map(submit, islice(batches, max(0, room))))
        if not running:
            return
        yield running.popleft()


@contextmanager
def open_executor(jobs: int, scheduler: str = "") -> Iterator[Executor]:
    """The workers of the Dask scheduler at HOST:PORT, or so many processes where none is named.

    At its end nothing of their work is left under way.
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
    """The result of the function; TimeoutError where it takes longer and is left running."""
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
    """A process that answers what it is sent, until the connection to it is closed."""
    from multiprocessing import get_context

    # A forked child would share the lock of the build and the state of other threads.
    spawn = get_context("spawn")
    # Only these two have it: from a queue of all, one that is killed while it sends would leave
    # half a result behind, for the rest of which everybody waits.
    ours, theirs = spawn.Pipe()
    with theirs:
        process = spawn.Process(target=_answer, args=(theirs,), daemon=True)
        process.start()
    connect(ours)
    return process


def _end_processes() -> None:
    """End the processes at once: nobody will ask for their work, which may take a minute."""
    from multiprocessing import active_children

    for process in active_children():
        # One that somebody has halted is not ended by less.
        process.kill()


@contextmanager
def _interrupts_kept_out() -> Iterator[None]:
    """Has processes that are started meanwhile never see Ctrl-C, which is for the first alone.

    A terminal sends it to all of them, and each would show where in its work it was.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # It lifts the block when it starts its own process.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(connection: Connection) -> None:
    """Work for the process that started this one, and end as soon as it is gone."""
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
        # A report of it says where it was raised.
        error.add_note(traceback.format_exc())
        return None, error
