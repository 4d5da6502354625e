"""Texts that lists take from each case come back in the order of the cases."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from casebook.build import case_files
from casebook.build.case_files import CaseTexts


@pytest.mark.parametrize("most", [pytest.param(1, id="on the disk"), pytest.param(99, id="not")])
def test_texts_come_list_by_list_in_the_order_of_the_cases(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "MOST_IN_MEMORY", most)
    with closing(CaseTexts(tmp_path, 5)) as texts:
        texts.add({3: {"figures": b"d\r\n", "events": "四".encode()}})
        texts.add(
            {
                0: {"figures": b"a\r\n", "events": b""},
                2: {"figures": b"c\r\n", "events": "三".encode()},
                4: {"figures": b"e\r\n", "events": b""},
            }
        )
        texts.add({1: {"figures": b"b\r\n", "events": "二".encode()}})

        for _again in range(2):
            assert b"".join(texts.read("figures")) == b"a\r\nb\r\nc\r\nd\r\ne\r\n"
            assert b"".join(texts.read("events")).decode() == "二三四"
            assert b"".join(texts.read("no list")) == b""
