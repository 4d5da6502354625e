"""What is kept between builds, and that damage is noticed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from casebook.store import open_store


def test_what_was_kept_is_found_by_the_next_build(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put("a", b"one")

    with open_store(tmp_path) as store:
        found = store.get("a")

    assert found == b"one"


def test_a_store_that_is_not_enabled_keeps_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path, enabled=False) as store:
        store.put("a", b"one")
        found = store.get("a")

    assert found is None
    assert list(tmp_path.iterdir()) == []


def test_a_changed_value_counts_as_missing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put("a", b"one")
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("update made set value = ?", (b"two",))

    with open_store(tmp_path) as store:
        found = store.get("a")

    assert found is None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a database at all, not at all", id="other bytes"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 4096, id="broken pages"),
    ],
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "store.sqlite").write_bytes(damage)

    with open_store(tmp_path) as store:
        store.put("a", b"one")
    with open_store(tmp_path) as store:
        found = store.get("a")

    assert found == b"one"


def test_pruning_forgets_what_was_not_used(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        for key in ("chart:a", "chart:b", "page:c"):
            store.put(key, b"x")

    with open_store(tmp_path) as store:
        store.get("chart:a")
        store.prune("chart:")
    with open_store(tmp_path) as store:
        left = [key for key in ("chart:a", "chart:b", "page:c") if store.get(key)]

    assert left == ["chart:a", "page:c"]
