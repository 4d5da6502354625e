"""Work that is done in several processes, in batches, with the results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

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
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as executor:
        yield executor


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
