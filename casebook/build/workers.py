"""Work that is done in several processes or on several machines, with the results in order."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import active_children, get_context, parent_process, resource_tracker
from typing import TYPE_CHECKING, TypeVar

from casebook.problems import CasebookError

if TYPE_CHECKING:
    from casebook.build.cluster import ClusterExecutor

T = TypeVar("T")
R = TypeVar("R")

# More batches than these under way a process would only fill the memory with results.
_AHEAD = 2
# So few batches a worker would leave one of them alone with the last; more cost their sending.
_BATCHES_EACH = 4


# How often the collector looks for garbage in a process that builds: so many objects are made
# before the youngest are looked at, so many looks at one generation come before one at the next.
SELDOM = (200_000, 20, 100)


@dataclass(frozen=True, slots=True)
class Workers:
    """An executor with the number of its workers, which may change; None means this process."""

    executor: Executor | None
    count: Callable[[], int]

    def run(self, task: Callable[[T], R], batches: Iterable[T]) -> Iterator[R]:
        """The result of the task for each batch, in the order of the batches.

        Only so many batches are under way at once that memory stays flat.
        """
        if self.executor is None:
            yield from map(task, batches)
            return
        waiting = iter(batches)
        running: deque[Future[R]] = deque()
        while True:
            room = max(1, self.count()) * _AHEAD - len(running)
            for batch in islice(waiting, max(0, room)):
                running.append(self.executor.submit(task, batch))
            if not running:
                return
            yield running.popleft().result()

    def size_batches(self, items: int, most: int) -> int:
        """How many items make a batch, so that no worker waits for long for the last one."""
        if self.executor is None:
            return most
        return min(most, max(1, items // (max(1, self.count()) * _BATCHES_EACH)))


@contextmanager
def open_workers(processes: int, cluster: ClusterExecutor | None = None) -> Iterator[Workers]:
    """The workers of a cluster, else so many processes, or this one where one is enough."""
    if cluster is not None:
        yield Workers(cluster, lambda: cluster.size)
        return
    if processes < 2:
        yield Workers(None, lambda: 1)
        return
    # A forked child would share the lock of the build and the state of other threads.
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin) as executor:
        with _interrupts_kept_out():
            # Each piece of work starts one process, as long as none is idle.
            for _ in range(processes):
                executor.submit(_do_nothing)
        try:
            yield Workers(executor, lambda: processes)
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


def _begin() -> None:
    gc.set_threshold(*SELDOM)
    _end_with_parent()


def _end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, be it killed."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def cut_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most this many, made as they are asked for."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
