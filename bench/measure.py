"""Whole processes, measured from their start to their end with all processes that they start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Often enough for what lasts, seldom enough to cost nothing.
_LOOK = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process: seconds on the wall, seconds of the processor, MiB of its largest process.

    `together` are the MiB of all processes at once at their worst, shared pages counted once; it
    is looked for five times a second and only on Linux, else 0.
    """

    wall: float
    cpu: float
    memory: float
    together: float = 0.0


# By the change and the program, a run each round.
Runs = dict[tuple[str, str], list[Run]]


def measure_process(command: list[str], folder: Path, program: Path) -> Run:
    """The run of a command; one that fails ends the benchmark."""
    environment = os.environ | {"PYTHONPATH": str(program), "PYTHONUTF8": "1", "MPLBACKEND": "svg"}
    # Modules are compiled when a program is installed; where this is set, at each of its runs.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=said
        )
        peak = _Peak(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        together = peak.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            words = said.read().decode("utf-8", "replace")[-2000:]
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{words}")
    # Linux counts in KiB, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    largest = used.ru_maxrss / unit
    return Run(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        memory=largest,
        together=max(together, largest),
    )


class _Peak:
    """Looks again and again at the memory of a process and of all below it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The largest sum that was seen, in MiB."""
        self._done.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._done.wait(_LOOK):
            total = sum(read_memory(pid) for pid in find_family(self._pid))
            self._most = max(self._most, total)


def find_family(pid: int) -> Iterator[int]:
    """A process and all that it started and those started, as far as the system tells."""
    yield pid
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as stream:
            children = [int(child) for child in stream.read().split()]
    except (OSError, ValueError):
        return
    for child in children:
        yield from find_family(child)


def read_memory(pid: int) -> float:
    """The memory of a process in MiB, of pages that are shared only its part."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as stream:
            return sum(int(line.split()[1]) for line in stream if line.startswith("Pss:")) / 1024
    except (OSError, ValueError):
        return 0.0
