"""Records that are loaded on demand are equal to those in memory."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from records import case_of, dataset_of, figure, record, tiny_dataset

from casebook.build.cache import Cache, open_cache
from casebook.build.reading import CaseCache, read_dataset
from casebook.build.state import read_inputs
from casebook.problems import CasebookError, Position, Problem
from casebook.record import dataset as dataset_module
from casebook.record.dataset import Dataset, LazyCases
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.summary import CaseSummary, summarise_case
from tests.conftest import TEN_CASES, make_tiny_project


@pytest.fixture(scope="module")
def in_memory() -> Dataset:
    """The ten cases, read without a store."""
    return read_dataset(TEN_CASES)[0]


def load_lazily(dataset: Dataset) -> tuple[Dataset, list[str]]:
    """The data set with lazy cases, and a list of the slugs of the cases loaded so far."""
    loaded: list[str] = []
    by_slug = {case.slug: case for case in dataset.cases}

    def load(summary: CaseSummary) -> Case:
        loaded.append(summary.slug)
        return by_slug[summary.slug]

    return replace(dataset, cases=LazyCases(dataset.summaries, load)), loaded


@pytest.mark.parametrize(
    "name",
    [
        "summaries",
        "changes",
        "classes",
        "words",
        "documents",
        "timeline",
        "positions",
        "reviews",
        "shared_sources",
        "timeline",
        "used_sources",
    ],
)
def test_a_data_set_of_lazy_cases_says_the_same(in_memory: Dataset, name: str) -> None:
    lazy, _ = load_lazily(in_memory)

    assert getattr(lazy, name) == getattr(in_memory, name)


def test_figures_of_lazy_cases_are_found_by_their_keys(in_memory: Dataset) -> None:
    lazy, _ = load_lazily(in_memory)

    assert list(lazy.figures) == list(in_memory.figures)
    assert dict(lazy.figures) == dict(in_memory.figures)
    assert "beijing.no_such_figure" not in lazy.figures
    assert "no-such-case.paid" not in lazy.figures


def test_what_lists_need_loads_no_record(in_memory: Dataset) -> None:
    lazy, loaded = load_lazily(in_memory)

    _ = (lazy.words, lazy.classes, lazy.reviews, lazy.changes, lazy.timeline)
    _ = (lazy.used_sources, lazy.shared_sources, list(lazy.figures))

    assert loaded == []


@pytest.mark.parametrize(
    ("most", "again"),
    [
        pytest.param(3, [], id="all of a few"),
        pytest.param(2, ["case-2"], id="the last ones of more"),
    ],
)
def test_lazy_cases_hold_a_few_records(
    most: int, again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_module, "_MOST_HELD", most)
    monkeypatch.setattr(dataset_module, "_HELD_OF_MORE", 2)
    lazy, loaded = load_lazily(dataset_of(record(), record(), record()))
    cases = lazy.cases

    _ = cases[0], cases[1], cases[0], cases[2], cases[0], cases[1]

    assert loaded == ["case-1", "case-2", "case-3", *again]


def test_parts_of_lazy_cases_load_each_record_once_between_them() -> None:
    lazy, loaded = load_lazily(dataset_of(record(), record(), record()))
    cases = lazy.cases

    _ = tuple(cases[:2]), tuple(cases[1:]), tuple(cases[:2]), cases[0]

    assert sorted(loaded) == ["case-1", "case-2", "case-3"]


def test_lazy_cases_are_a_sequence() -> None:
    dataset = dataset_of(record(), record(), record())
    lazy, _ = load_lazily(dataset)

    assert len(lazy.cases) == 3
    assert tuple(lazy.cases) == dataset.cases
    assert tuple(lazy.cases[1:]) == dataset.cases[1:]
    assert lazy.by_slug == dataset.by_slug


def test_the_summary_of_a_figure_says_where_it_stands() -> None:
    case = case_of(record(figure(amount="约120万元", quote="约120万元", period="2013?")))
    dataset = tiny_dataset()
    summary = replace(dataset, cases=(case,)).summaries[0].figures[0]
    paid = case.figures["paid"]

    assert summary.lane == "uncertain"
    assert summary.sort_key == paid.period.sort_key
    assert summary.magnitude == 1_200_000
    assert summary.review != "computed"


def test_a_record_that_the_store_lost_is_read_again(tmp_path: Path) -> None:
    make_tiny_project(tmp_path)
    store = Cache(None)
    kept = CaseCache(store, read_inputs(tmp_path, store).digests)
    dataset, _ = read_dataset(tmp_path, cache=kept)

    assert kept.load_case(dataset.summaries[0]) is None
    assert tuple(dataset.cases) == read_dataset(tmp_path)[0].cases


def test_a_record_that_was_written_meanwhile_is_no_other_one(tmp_path: Path) -> None:
    make_tiny_project(tmp_path)
    store = Cache(None)
    kept = CaseCache(store, read_inputs(tmp_path, store).digests)
    dataset, _ = read_dataset(tmp_path, cache=kept)
    path = tmp_path / dataset.summaries[0].path
    path.write_text(path.read_text("utf-8").replace("title: ", "title: 另"), "utf-8")

    with pytest.raises(CasebookError, match="changed during the build"):
        _ = dataset.cases[0]


def test_what_is_kept_of_a_case_falls_with_its_sources(tmp_path: Path) -> None:
    make_tiny_project(tmp_path)

    def find_known() -> set[str]:
        with open_cache(tmp_path / ".cache") as store:
            kept = CaseCache(store, read_inputs(tmp_path, store).digests)
            kept.read_lists(tmp_path, [])
            paths = [f"data/cases/{path.name}" for path in (tmp_path / "data/cases").iterdir()]
            return {path for path in paths if kept.find_cases("", [path])}

    with open_cache(tmp_path / ".cache") as store:
        kept = CaseCache(store, read_inputs(tmp_path, store).digests)
        dataset, _ = read_dataset(tmp_path, cache=kept)
        kept.forget_rest()
    before = find_known()
    source = dataset.summaries[0].sources[0]
    path = tmp_path / "data" / "sources.yaml"
    text = path.read_text("utf-8")
    start = text.index(f"{source}:")
    path.write_text(text[:start] + text[start:].replace("title: ", "title: 另", 1), "utf-8")

    assert before == {summary.path for summary in dataset.summaries}
    assert find_known() == {b.path for b in dataset.summaries if source not in b.sources}


def test_what_is_wrong_with_a_list_is_said_again_each_time(tmp_path: Path) -> None:
    make_tiny_project(tmp_path)
    path = tmp_path / "data" / "sources.yaml"
    path.write_text(path.read_text("utf-8").replace("title: ", "titel: ", 1), "utf-8")

    def read() -> list[str]:
        problems: list[Problem] = []
        with open_cache(tmp_path / ".cache") as store:
            CaseCache(store, read_inputs(tmp_path, store).digests).read_lists(tmp_path, problems)
        return [found.code for found in problems]

    first = read()

    assert first
    assert read() == first


def test_lists_without_fault_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tiny_project(tmp_path)

    def read() -> Lists:
        with open_cache(tmp_path / ".cache") as store:
            return CaseCache(store, read_inputs(tmp_path, store).digests).read_lists(tmp_path, [])

    first = read()

    def refuse(_project: Path, _problems: list[Problem]) -> Lists:
        raise AssertionError("they are known")

    monkeypatch.setattr("casebook.build.reading.read_lists", refuse)

    assert read() == first


def test_another_version_of_the_program_reads_no_summaries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tiny_project(tmp_path)
    with open_cache(tmp_path / ".cache") as store:
        kept = CaseCache(store, read_inputs(tmp_path, store).digests)
        dataset, _ = read_dataset(tmp_path, cache=kept)
        kept.forget_rest()

    def refuse(_content: bytes) -> object:
        raise AssertionError("it may be shaped otherwise")

    monkeypatch.setattr("casebook.build.reading.digest_program", lambda: "another")
    monkeypatch.setattr("casebook.build.reading.pickle.loads", refuse)
    with open_cache(tmp_path / ".cache") as store:
        kept = CaseCache(store, read_inputs(tmp_path, store).digests)
        kept.read_lists(tmp_path, [])

        assert kept.find_cases("", [dataset.summaries[0].path]) == {}


def test_what_was_found_out_of_a_record_is_not_kept_with_it(in_memory: Dataset) -> None:
    case = replace(in_memory.cases[0])
    before = pickle.dumps(case)

    assert case.texts and case.inside and case.sources and case.place_by_path
    assert pickle.dumps(case) == before


def test_a_line_more_changes_no_list(in_memory: Dataset) -> None:
    case = in_memory.cases[0]
    moved = {name: replace(one, at=Position(900, 1)) for name, one in case.figures.items()}
    other = replace(case, figures=moved, positions={}, places="title 7 7", digest="another")
    one, same = (
        summarise_case(each, in_memory.vocabulary, in_memory.sources) for each in (case, other)
    )

    assert (one.listed, one.link) == (same.listed, same.link)
    assert one.version != same.version
