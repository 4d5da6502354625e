"""The cache keeps values between builds and notices damage."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from casebook.build.cache import cut_runs, open_cache


def test_what_was_kept_is_found_by_the_next_build(tmp_path: Path) -> None:
    with open_cache(tmp_path) as store:
        store.put("a", b"one")

    with open_cache(tmp_path) as store:
        found = store.get("a")

    assert found == b"one"


def test_a_store_that_is_not_enabled_keeps_until_its_end(tmp_path: Path) -> None:
    with open_cache(tmp_path) as store:
        store.put("a", b"one")
    with open_cache(tmp_path, enabled=False) as store:
        before = store.get("a")
        store.put("a", b"two")
        store.flush()
        meanwhile = store.get("a")
    with open_cache(tmp_path) as store:
        after = store.get("a")

    assert (before, meanwhile, after) == (None, b"two", b"one")


def test_a_store_that_is_not_enabled_leaves_nothing(tmp_path: Path) -> None:
    with open_cache(tmp_path, enabled=False) as store:
        store.put("a", b"one")

    assert list(tmp_path.iterdir()) == []


def test_a_changed_value_counts_as_missing(tmp_path: Path) -> None:
    with open_cache(tmp_path) as store:
        store.put("a", b"one")
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("update made set value = ?", (b"two",))

    with open_cache(tmp_path) as store:
        found = store.get("a")

    assert found is None


def test_a_value_under_another_key_counts_as_missing(tmp_path: Path) -> None:
    with open_cache(tmp_path) as store:
        store.put("a", b"one")
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("update made set key = 'b'")

    with open_cache(tmp_path) as store:
        found = store.get("b")

    assert found is None


def test_a_store_of_another_checkout_is_not_believed(tmp_path: Path) -> None:
    with open_cache(tmp_path / "theirs") as store:
        store.put("a", b"planted")
    (tmp_path / "ours").mkdir()
    shutil.copy(tmp_path / "theirs" / "store.sqlite", tmp_path / "ours")

    with open_cache(tmp_path / "ours") as store:
        found = store.get("a")

    assert found is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of this kind")
def test_only_the_owner_can_read_the_secret(tmp_path: Path) -> None:
    with open_cache(tmp_path):
        mode = (tmp_path / "store.key").stat().st_mode & 0o777

    assert mode == 0o600


def test_a_store_that_is_a_link_is_not_used(tmp_path: Path) -> None:
    work = tmp_path / "years-of-work.sqlite"
    work.write_bytes(b"precious")
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "store.sqlite").symlink_to(work)

    with open_cache(folder) as store:
        store.put("a", b"one")

    assert work.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("create view made as select 'a' key, x'00' value, x'00' seal", id="view"),
        pytest.param("create table made (key, value)", id="other columns"),
        pytest.param(
            "create table made (key, value, seal); insert into made values (1, 2, 3)", id="numbers"
        ),
    ],
)
def test_a_planted_schema_does_no_harm(tmp_path: Path, statement: str) -> None:
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    connection.executescript(statement)
    connection.close()

    with open_cache(tmp_path) as store:
        store.put("a", b"one")
        found = store.get("a")
        store.prune("chart:")

    assert found in (b"one", None)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a database at all, not at all", id="no database"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 4096, id="broken pages"),
    ],
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "store.sqlite").write_bytes(damage)

    with open_cache(tmp_path) as store:
        store.put("a", b"one")
    with open_cache(tmp_path) as store:
        found = store.get("a")

    assert found == b"one"


def test_pruning_forgets_what_was_not_used(tmp_path: Path) -> None:
    with open_cache(tmp_path) as store:
        for key in ("chart:a", "chart:b", "page:c"):
            store.put(key, b"x")

    with open_cache(tmp_path) as store:
        store.get("chart:a")
        store.prune("chart:")
    with open_cache(tmp_path) as store:
        left = [key for key in ("chart:a", "chart:b", "page:c") if store.get(key)]

    assert left == ["chart:a", "page:c"]


def test_with_a_memory_a_value_is_decoded_once_until_it_is_another_or_unused(
    tmp_path: Path,
) -> None:
    memory: dict[str, str] = {}
    decoded: list[bytes] = []

    def decode(content: bytes) -> str:
        decoded.append(content)
        return content.decode()

    def recall() -> str | None:
        with open_cache(tmp_path, memory=memory) as store:
            return store.recall("word:a", decode)

    with open_cache(tmp_path, memory=memory) as store:
        store.put("word:a", b"one")
    found = [recall(), recall()]
    with open_cache(tmp_path, memory=memory) as store:
        store.put("word:a", b"two")
    found += [recall(), recall()]
    with open_cache(tmp_path, memory=memory) as store:
        store.prune("word:")
    found += [recall()]

    assert found == ["one", "one", "two", "two", None]
    assert decoded == [b"one", b"two"]


def test_a_name_that_comes_or_goes_changes_its_own_run_alone() -> None:
    names = [f"case-{number}" for number in range(1000)]
    before = dict(cut_runs(names, str))

    for gone in names[::50]:
        after = dict(cut_runs([name for name in names if name != gone], str))
        changed = [run for run, found in before.items() if after.get(run) != found]
        # If the first name of a run goes, the rest of its run joins the run before.
        assert len(changed) <= 2
        assert {name for run in after.values() for name in run} == {*names} - {gone}
    assert 5 < len(before) < 50


def test_what_was_put_is_forgotten_and_what_was_there_before_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory: dict[str, object] = {}
    with open_cache(tmp_path) as store:
        store.put("a", b"one")
    with open_cache(tmp_path, memory=memory) as store:
        store.put("a", b"two")
        store.recall("a", bytes.decode)
        store.forget_put()
        waiting = store.recall("a", bytes.decode)
        store.put("b", b"three")
        store.flush()
        store.forget_put()
    with open_cache(tmp_path, memory=memory) as store:
        after = store.get("b")

    assert (waiting, after) == ("one", None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
@pytest.mark.parametrize("name", ["store.sqlite", "store.sqlite-journal"])
def test_nobody_waits_for_a_pipe_in_the_place_of_a_store(name: str, tmp_path: Path) -> None:
    with open_cache(tmp_path) as store:
        store.put("a", b"one")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)

    with open_cache(tmp_path) as store:
        store.put("a", b"two")
        found = store.get("a")

    assert found == b"two"
