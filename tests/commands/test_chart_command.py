"""The command that draws one chart into a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.commands.cli import main


@pytest.mark.parametrize(
    ("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_one_chart_is_drawn_by_command_and_comes_out_the_same_twice(
    tiny_project: Path, tmp_path: Path, kind: str, start: bytes
) -> None:
    made = []
    for number in (1, 2):
        target = tmp_path / f"{number}.{kind}"
        asked = ["chart", "haishu-series", "--out", str(target), "--project", str(tiny_project)]

        assert main(asked) == 0
        made.append(target.read_bytes())

    assert made[0].startswith(start)
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("name", "out", "said"),
    [
        pytest.param("haishu-seris", "x.svg", "是不是 haishu-series？", id="an unknown chart"),
        pytest.param("haishu-series", "x.gif", ".svg .png .pdf", id="an unknown kind of file"),
    ],
)
def test_a_wrong_argument_is_told_and_writes_nothing(
    tiny_project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    out: str,
    said: str,
) -> None:
    target = tmp_path / out
    asked = ["chart", name, "--out", str(target), "--project", str(tiny_project), "--lang", "zh"]

    assert main(asked) == 2
    assert said in capsys.readouterr().err
    assert not target.exists()
