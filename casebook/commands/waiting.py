"""A sign of life while a command takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

# A build of fewer seconds needs no sign of life.
PATIENCE = 1.0
# So often the sign on a terminal says how far the work has come.
_TURN = 0.2
# A log is read afterwards, so that a line now and then is enough.
INTERVAL = 30.0


@contextmanager
def show_waiting(words: str, stream: TextIO, tell_stage: Callable[[], str] = str) -> Iterator[None]:
    """A sign of life while something takes long: it turns on a terminal, elsewhere it is a line.

    Behind the words it says what `tell_stage` says at the time.
    """
    if not words:
        yield
        return
    done = threading.Event()
    tell = _turn if stream.isatty() else _tell
    sign = threading.Thread(target=tell, args=(words, tell_stage, stream, done), daemon=True)
    sign.start()
    try:
        yield
    finally:
        done.set()
        sign.join()


def _turn(words: str, tell_stage: Callable[[], str], stream: TextIO, done: threading.Event) -> None:
    if done.wait(PATIENCE):
        return
    # Importing it takes longer than many a build.
    from rich.console import Console
    from rich.progress import Progress as Display
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    # The spinner of plain characters, for consoles that have no others.
    columns = SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn()
    with Display(*columns, console=Console(file=stream), transient=True) as display:
        task = display.add_task(words, total=None)
        while not done.wait(_TURN):
            display.update(task, description=f"{words} {tell_stage()}")


def _tell(words: str, tell_stage: Callable[[], str], stream: TextIO, done: threading.Event) -> None:
    waited = 0
    while not done.wait(INTERVAL):
        waited += round(INTERVAL)
        print(f"{words} {tell_stage()} {waited} s", file=stream, flush=True)
