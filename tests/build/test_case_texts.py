"""The texts of each case for the lists are written and read back in the order of the cases."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from casebook.build import case_texts
from casebook.build.case_texts import NO_TEXTS, CaseTexts, WrittenTexts
from casebook.problems import CasebookError

Texts = Mapping[str, str]


def write_lists(
    folder: Path, cases: Mapping[str, Texts | None], known: WrittenTexts = NO_TEXTS
) -> tuple[dict[str, str], WrittenTexts]:
    """Two written lists of the cases; a case of None keeps its known text."""
    folder.mkdir()
    keyed = [(slug, slug.upper()) for slug in cases]
    with closing(CaseTexts(folder, keyed, known)) as texts:
        for number, of_case in reversed([*enumerate(cases.values())]):
            assert texts.is_known(number) or of_case is not None
            if of_case is not None:
                texts.add(number, {name: text.encode() for name, text in of_case.items()})
        for name, between in (("table", b""), ("index", b",")):
            chunks = [b"head:", *texts.read(name, between), b":end"]
            (folder / name).write_bytes(b"".join(texts.place(name, chunks)))
        assert list(texts.read("another")) == []
        found = texts.locate()
    lists = {name: (f"{folder}/{path}", places) for name, (path, places) in found.lists.items()}
    written = {name: (folder / name).read_bytes().decode() for name in ("table", "index")}
    return written, WrittenTexts(found.cases, lists)


def make(slug: str) -> Texts:
    return {"table": f"{slug}一行\r\n", "index": f"[{slug}]"}


@pytest.mark.parametrize("most", [pytest.param(1, id="disk"), pytest.param(999, id="memory")])
def test_texts_come_list_by_list_in_the_order_of_the_cases(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_texts, "MOST_IN_MEMORY", most)

    lists, _ = write_lists(tmp_path / "site", {slug: make(slug) for slug in "abc"})

    assert lists["table"] == "head:a一行\r\nb一行\r\nc一行\r\n:end"
    assert lists["index"] == "head:[a],[b],[c]:end"


@pytest.mark.parametrize(
    ("slugs", "new"),
    [
        pytest.param("abcde", "", id="nothing changed"),
        pytest.param("abcde", "c", id="a middle one changed"),
        pytest.param("abcde", "a", id="the first changed"),
        pytest.param("abcde", "e", id="the last changed"),
        pytest.param("bcde", "", id="the first is gone"),
        pytest.param("abcd", "", id="the last is gone"),
        pytest.param("xabcde", "x", id="a new first one"),
        pytest.param("abcdex", "x", id="a new last one"),
        pytest.param("edcba", "", id="in reverse order"),
        pytest.param("acxbe", "xb", id="changed, moved and removed"),
        pytest.param("", "", id="none is left"),
    ],
)
def test_texts_that_are_known_are_taken_from_the_lists_before(
    slugs: str, new: str, tmp_path: Path
) -> None:
    _, known = write_lists(tmp_path / "first", {slug: make(slug) for slug in "abcde"})
    changed = {slug: make(slug.upper()) if slug in new else None for slug in slugs}
    words = [slug.upper() if slug in new else slug for slug in slugs]
    expected = "head:" + ",".join(f"[{word}]" for word in words) + ":end"

    lists, then = write_lists(tmp_path / "second", changed, known)
    again, _ = write_lists(tmp_path / "third", dict.fromkeys(slugs), then)

    assert lists["index"] == again["index"] == expected
    assert (
        lists["table"]
        == again["table"]
        == expected.replace("[", "").replace("],", "一行\r\n").replace("]", "一行\r\n")
    )


def test_a_case_of_another_key_is_not_known(tmp_path: Path) -> None:
    _, known = write_lists(tmp_path / "first", {slug: make(slug) for slug in "ab"})

    with closing(CaseTexts(tmp_path, [("a", "A"), ("b", "another")], known)) as texts:
        assert [texts.is_known(number) for number in range(2)] == [True, False]


def test_a_list_that_is_cut_off_while_it_is_read_puts_no_text_into_another_place(
    tmp_path: Path,
) -> None:
    _, known = write_lists(tmp_path / "first", {slug: make(slug) for slug in "abc"})

    with closing(CaseTexts(tmp_path, known.cases, known)) as texts:
        (tmp_path / "first" / "index").write_bytes(b"head:[a],[")
        with pytest.raises(CasebookError):
            list(texts.read("index", b","))
