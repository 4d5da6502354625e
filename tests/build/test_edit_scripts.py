"""After any edits in any order a build writes the same bytes as a clean build.

Three scripts of nine edits; `python3 build.py test --soak edits` runs two hundred of sixty edits.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.soak("edits")
@pytest.mark.skipif(os.name == "nt", reason="processes that are forked")
def test_random_edits_end_as_a_clean_build_does(
    pytestconfig: pytest.Config, note_figures: Callable[[str], None]
) -> None:
    seeds, steps = ("0-199", "60") if pytestconfig.getoption("--soak") else ("0-2", "9")
    # Each script runs in a fork, so this is a process of its own, without the threads of the tests.
    command = [sys.executable, "-m", "tests.edit_scripts", "--seeds", seeds, "--steps", steps]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    note_figures(done.stdout.splitlines()[-1] if done.stdout else "")

    assert done.returncode == 0, done.stdout + done.stderr
