"""Worker processes of a build print nothing and end with the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")

# Two workers that never finish, and write their process ids first.
WORKING = """\
import os, signal, sys
from pathlib import Path
from casebook.problems import CasebookError
from casebook.build.workers import Batches, open_executor

def work(folders):
    [folder] = folders
    (Path(folder) / str(os.getpid())).touch()
    # At one stroke: two of them speak at once, and a line may be written in two pieces.
    os.write(1, b"working\\n")
    while True:
        pass

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with open_executor(2) as executor:
            batches = Batches(items=4 * [sys.argv[1]], count=4, most=1, worth=1)
            list(executor(work, batches))
    except CasebookError as error:
        print(error.text.en)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def start(tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a process with two busy workers, and return it with the workers' process ids."""
    (tmp_path / "helpers").mkdir()
    process = run_script(tmp_path, WORKING)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["working\n"] * 2
    return process, [int(path.name) for path in (tmp_path / "helpers").iterdir()]


def run_script(folder: Path, script: str) -> subprocess.Popen[str]:
    """Start a process that runs a script in a process group of its own."""
    (folder / "working.py").write_text(script, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "working.py", "helpers"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )


def read_rest(process: subprocess.Popen[str]) -> str:
    """The output of a process until no process holds the output open."""
    try:
        return process.communicate(timeout=30)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail("a helper outlived the process that started it")


def test_helpers_end_with_the_process_that_is_killed(tmp_path: Path) -> None:
    process, _ = start(tmp_path)
    process.kill()

    assert "Traceback" not in read_rest(process)


def test_helpers_are_not_told_of_an_interruption(tmp_path: Path) -> None:
    process, helpers = start(tmp_path)
    for helper in helpers:
        os.kill(helper, signal.SIGINT)

    assert process.poll() is None

    process.kill()

    assert "Traceback" not in read_rest(process)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_of_all_ends_at_once_and_shows_no_traceback(
    tmp_path: Path, asked: signal.Signals
) -> None:
    process, _ = start(tmp_path)
    os.killpg(process.pid, asked)
    said = read_rest(process)

    assert process.returncode == 130
    assert said == ""


def test_a_helper_that_the_system_ends_is_told_with_the_remedy(tmp_path: Path) -> None:
    process, helpers = start(tmp_path)
    os.kill(helpers[0], signal.SIGKILL)
    said = read_rest(process)

    assert process.returncode == 3
    assert "--jobs 1" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_helper_that_somebody_halted_keeps_nobody_waiting(
    tmp_path: Path, asked: signal.Signals
) -> None:
    process, helpers = start(tmp_path)
    os.kill(helpers[0], signal.SIGSTOP)
    process.send_signal(asked)
    said = read_rest(process)

    assert process.returncode == 130
    assert said == ""


# One of two workers is killed as soon as it begins to send a large result.
SENDING = """\
import os, signal, sys, threading
from pathlib import Path
from casebook.build.workers import Batches, open_executor
from casebook.problems import CasebookError

WRITE, LARGE = "1", 1_000_000

def end():
    while True:
        for thread in Path("/proc/self/task").iterdir():
            call = (thread / "syscall").read_text().split()
            if call[0] == WRITE and int(call[3], 16) > LARGE:
                os.kill(os.getpid(), signal.SIGKILL)

def work(items):
    if items == [3]:
        threading.Thread(target=end, daemon=True).start()
    return [bytes(100 * LARGE if item == 3 else 1) for item in items]

if __name__ == "__main__":
    try:
        with open_executor(2) as executor:
            list(executor(work, Batches(items=range(9), count=9, most=1, worth=1)))
    except CasebookError as error:
        print(error.text.en)
        sys.exit(error.exit_status)
"""


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="Linux tells of its calls")
def test_half_a_result_of_a_helper_that_the_system_ended_keeps_nobody_waiting(
    tmp_path: Path,
) -> None:
    process = run_script(tmp_path, SENDING)
    said = read_rest(process)

    assert process.returncode == 3
    assert "--jobs 1" in said
