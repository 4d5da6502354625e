"""Lists of the files of a site are sorted and complete, however many files there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from casebook.build.manifest import find_unlisted, list_files
from casebook.data.formats import encode_json

# "-" and "." sort before "/", with which paths go on but the names in a listing do not end.
PATHS = ("a-b/x", "a.html", "a/x", "a/y/z", "aa", "b")


def make_files(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x", encoding="utf-8")


def write_manifest(folder: Path, *paths: str) -> str:
    outputs = {path: "0" * 64 for path in sorted(paths)}
    return encode_json({"generator": "casebook", "outputs": outputs}).decode()


def test_files_are_listed_in_the_order_of_their_paths(tmp_path: Path) -> None:
    make_files(tmp_path, *reversed(PATHS))

    assert list(list_files(tmp_path)) == sorted(PATHS)


def reindent(text: str) -> str:
    return json.dumps(json.loads(text), indent=4)


def reverse(text: str) -> str:
    manifest = json.loads(text)
    manifest["outputs"] = dict(reversed(manifest["outputs"].items()))
    return json.dumps(manifest, indent=1) + "\n"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str, id="as written"),
        pytest.param(reindent, id="indented by another program"),
        pytest.param(reverse, id="in another order"),
    ],
)
def test_a_file_that_the_manifest_does_not_list_is_found(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    ours = (*PATHS, 'quoted"name')
    make_files(tmp_path, *ours)
    text = change(write_manifest(tmp_path, *ours, "z/gone"))
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    before = find_unlisted(tmp_path)
    make_files(tmp_path, "a/y/Thumbs.db", "a/y/note.txt")

    assert before == []
    assert sorted(find_unlisted(tmp_path)) == ["a/y/Thumbs.db", "a/y/note.txt"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="no manifest"),
        pytest.param("", id="empty"),
        pytest.param("[" * 100_000, id="nested too deeply"),
        pytest.param('{\n "generator": "other",\n "outputs": {\n  "b": "0"\n }\n}\n', id="other"),
        pytest.param('{\n "generator": "casebook",\n "outputs": {\n  "b', id="cut off"),
    ],
)
def test_a_manifest_that_is_not_ours_lists_nothing(text: str | None, tmp_path: Path) -> None:
    make_files(tmp_path, "b")
    if text is not None:
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")

    assert "b" in find_unlisted(tmp_path)
