"""A preview in a separate process, with requests as a browser sends them."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT

# Long enough for a busy machine; only a fault of the program makes a test wait this long.
SECONDS = 60


@dataclass(kw_only=True)
class Running:
    """A preview process and the lines that it has printed so far."""

    process: subprocess.Popen[str]
    project: Path
    port: int = 0
    lines: list[str] = field(default_factory=list)

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", errors="replace")
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body
        finally:
            connection.close()

    def follow(self) -> Iterator[dict[str, Any] | None]:
        """The states sent to a browser, as they arrive."""
        state = None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("GET", "/__casebook__/events")
            answer = connection.getresponse()
            for line in iter(answer.readline, b""):
                if line.startswith(b"data: "):
                    state = json.loads(line[6:])
                # A keep-alive line yields the same state, so that `wait` sees its time end.
                yield state
        finally:
            connection.close()

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        ends = time.monotonic() + SECONDS
        state = None
        for state in self.follow():
            if state is not None and wanted(state):
                return state
            if time.monotonic() > ends:
                break
        pytest.fail(f"waited in vain: {state}\n{''.join(self.lines)}")

    @property
    def case(self) -> Path:
        return self.project / "data" / "cases" / "haishu.yaml"

    def edit(self, old: str, new: str) -> None:
        text = self.case.read_text(encoding="utf-8")
        assert old in text
        beside = self.case.with_name("~new")
        beside.write_text(text.replace(old, new), encoding="utf-8")
        os.replace(beside, self.case)


def start(project: Path, *arguments: str) -> Running:
    process = subprocess.Popen(
        [sys.executable, "-m", "casebook", "--project", str(project), "serve", *arguments],
        cwd=PROJECT,
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    running = Running(process=process, project=project)
    assert process.stdout is not None
    while not running.port:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"the preview ended with {process.wait()}: {running.lines}")
        running.lines.append(line)
        found = re.search(r" http://127\.0\.0\.1:([0-9]+)/", line)
        running.port = int(found[1]) if found else 0
    # The output is read on, so that the process never blocks on a full pipe.
    threading.Thread(target=lambda: running.lines.extend(process.stdout or ()), daemon=True).start()
    return running
