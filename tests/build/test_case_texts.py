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
    with closing(CaseTexts(tmp_path, 3)) as texts:
        texts.add(2, {"figures": "c\r\n", "events": "三"})
        texts.add(0, {"figures": "a\r\n", "events": ""})
        texts.add(1, {"figures": "b\r\n", "events": "二"})

        assert list(texts.read("figures")) == [b"a\r\n", b"b\r\n", b"c\r\n"]
        assert b"".join(texts.read("events")).decode() == "二三"
        assert list(texts.read("figures")) == [b"a\r\n", b"b\r\n", b"c\r\n"]
