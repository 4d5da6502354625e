"""How long one chart may take: a build that never ends tells nobody which chart it hangs on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from casebook.problems import START, ContentError, Problem

# A chart takes some hundredths of a second; the number of its rows is limited. What takes this
# long never ends, or has been given to a machine that does something else.
SECONDS = 60.0
VARIABLE = "CASEBOOK_CHART_SECONDS"


class _Overrun(BaseException):
    """Ends a drawing; nothing that a drawing catches can swallow it."""


@contextmanager
def limit_chart(name: str, case: str = "") -> Iterator[None]:
    """Raises ContentError where a chart, of one case or of all, is not done in its time."""
    seconds = read_seconds()
    try:
        with _alarmed(seconds) if _has_alarm() else _watched(seconds):
            yield
    except _Overrun:
        raise ContentError([_describe(name, case, seconds)]) from None


def read_seconds() -> float:
    """The limit in seconds: that of the environment where it is a sensible number."""
    words = os.environ.get(VARIABLE, "")
    try:
        asked = float(words)
    except ValueError:
        return SECONDS
    return asked if 0.01 <= asked <= 86_400 else SECONDS


def _has_alarm() -> bool:
    return hasattr(signal, "setitimer") and (threading.current_thread() is threading.main_thread())


@contextmanager
def _alarmed(seconds: float) -> Iterator[None]:
    """Lets the system's timer interrupt this thread, which must be the main one.

    It also ends what waits for the system or is caught inside a regular expression.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise _Overrun

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        # And again every second: an exception that is raised in a finaliser is lost.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _watched(seconds: float) -> Iterator[None]:
    """Has a thread interrupt this one, where there is no timer: on Windows and off the main thread.

    The interruption comes between two steps of Python.
    """
    import ctypes

    drawing = ctypes.c_ulong(threading.get_ident())
    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
    done = threading.Event()

    def watch() -> None:
        pause = seconds
        while not done.wait(pause):
            interrupt(drawing, ctypes.py_object(_Overrun))
            pause = 1

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        # One that was asked for in the very last moment must not hit whatever comes next.
        interrupt(drawing, None)


def _describe(name: str, case: str, seconds: float) -> Problem:
    took = f"{seconds:g}"
    return Problem(
        f"data/cases/{case}.yaml" if case else "data/cases",
        START,
        "E306",
        f"图“{name}”画了 {took} 秒还没有画完",
        f"the chart “{name}” was not drawn within {took} seconds",
        f"请减少它要画的数据，例如分成几个案例；机器太慢时可把环境变量 {VARIABLE} 设为更多秒数",
        "Give it less to draw, for example by splitting the case; where the machine is slow, "
        f"set the environment variable {VARIABLE} to more seconds",
    )
