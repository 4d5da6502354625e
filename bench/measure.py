"""Measurements of whole processes, including all processes that they start."""

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

# Seconds between samples: short enough for peaks that last, long enough to cost nothing.
_LOOK = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process: wall seconds, processor seconds, and MiB of its largest process.

    `together` is the peak of the MiB of all processes together, with shared pages counted once. It
    is sampled five times a second on Linux; elsewhere it equals `memory`.
    """

    wall: float
    cpu: float
    memory: float
    together: float = 0.0


# By change and program, a run for each round.
Runs = dict[tuple[str, str], list[Run]]


def measure_process(command: list[str], folder: Path, program: Path) -> Run:
    """The run of a command; a failed command ends the benchmark."""
    environment = os.environ | {"PYTHONPATH": str(program), "PYTHONUTF8": "1", "MPLBACKEND": "svg"}
    # With this variable, modules compiled at installation would be compiled at each run.
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
    # The unit of ru_maxrss is KiB on Linux and bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    largest = used.ru_maxrss / unit
    return Run(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        memory=largest,
        together=max(together, largest),
    )


class _Peak:
    """Samples the memory of a process and its descendants, and keeps the largest sum."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Stop sampling and return the largest sum, in MiB."""
        self._done.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._done.wait(_LOOK):
            total = sum(read_memory(pid) for pid in find_family(self._pid))
            self._most = max(self._most, total)


def find_family(pid: int) -> Iterator[int]:
    """A process and its descendants, as far as the system lists them."""
    yield pid
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as stream:
            children = [int(child) for child in stream.read().split()]
    except (OSError, ValueError):
        return
    for child in children:
        yield from find_family(child)


def read_memory(pid: int) -> float:
    """The memory of a process in MiB, with its proportional part of shared pages."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as stream:
            return sum(int(line.split()[1]) for line in stream if line.startswith("Pss:")) / 1024
    except (OSError, ValueError):
        return 0.0
