"""Work that is done in several processes, in batches, with the results in order."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, get_context, parent_process, resource_tracker
from typing import TypeVar

from casebook.errors import CasebookError

T = TypeVar("T")
R = TypeVar("R")

# More batches than these under way a process would only fill the memory with results.
_AHEAD = 2


@contextmanager
def open_executor(processes: int) -> Iterator[Executor | None]:
    """An executor of this many processes, or None where one process is enough."""
    if processes < 2:
        yield None
        return
    # A forked child would share the lock of the build and the state of other threads.
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _end_with_parent) as executor:
        with _interrupts_kept_out():
            # The first piece of work starts the processes.
            executor.submit(_do_nothing)
        try:
            yield executor
        except BrokenProcessPool as error:
            raise CasebookError(
                "系统终止了一个帮着构建的进程，多半是内存不够。请用 --jobs 1 再试。网站没有改动",
                "the system ended a process that helps to build, most likely for want of memory. "
                "Try again with --jobs 1. The site is unchanged",
            ) from error
        except BaseException:
            # Nobody will ask for what is under way, which may take a minute.
            for process in active_children():
                process.terminate()
            raise


def _do_nothing() -> None:
    pass


@contextmanager
def _interrupts_kept_out() -> Iterator[None]:
    """Has processes that are started meanwhile never see Ctrl-C, which is for the first alone.

    A terminal tells all of them, and each would show where in its work it was.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It lifts the block when it starts its own process.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, be it killed."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def run_batches(
    task: Callable[[T], R], batches: Iterable[T], executor: Executor | None, processes: int = 1
) -> Iterator[R]:
    """The result of the task for each batch, in the order of the batches.

    Only so many batches are under way at once that memory stays flat. Without an executor the
    task runs in this process.
    """
    if executor is None:
        yield from map(task, batches)
        return
    waiting = iter(batches)
    running: deque[Future[R]] = deque(
        executor.submit(task, batch) for batch in islice(waiting, processes * _AHEAD)
    )
    while running:
        yield running.popleft().result()
        running.extend(executor.submit(task, batch) for batch in islice(waiting, 1))


def cut_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most this many, made as they are asked for."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
