"""Quotes are found in their sources, and there are not too many of them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from records import dataset_of, export_dataset, figure, read, record, shown

from casebook.build.checking import check_project
from casebook.checks.quotes import check_quotes, check_shares, list_quotes, measure_quotes
from casebook.record.dataset import Dataset
from casebook.record.description import measure_quote
from casebook.text import Lang
from casebook.values.numerals import fold_text

SOURCE = "evening-2015-03-02"
SNAPSHOT = "读书会\n\n2013 年，区里投入120万元,办读书会（共３0场）。\n次年再投入１５０万元。\n"


def quoting(quote: str, line: int | None = 3) -> Dataset:
    number = "" if line is None else f", line: {line}"
    event = f"{{date: 2013, title: 始, source: {SOURCE}, quote: {json.dumps(quote)}{number}}}"
    return dataset_of(record(rest=f"events:\n  - {event}\n"))


@pytest.mark.parametrize(
    ("quote", "line", "is_found"),
    [
        pytest.param("投入120万元", 3, True, id="as it is"),
        pytest.param("投入１２０万元", 3, True, id="another width"),
        pytest.param("投入 120 万元", 3, True, id="blanks"),
        pytest.param("2013年", 3, True, id="a blank of the source"),
        pytest.param("万元，办", 3, True, id="a comma of another width"),
        pytest.param("(共30场)", 3, True, id="brackets of another width"),
        pytest.param("再投入150万", 4, True, id="the next line"),
        pytest.param("再投入150万", None, True, id="anywhere"),
        pytest.param("投入121万元", 3, False, id="a digit"),
        pytest.param("投入120亿元", 3, False, id="a unit"),
        pytest.param("约120万元", 3, False, id="a qualifier that is not there"),
        pytest.param("再投入150万", 3, False, id="another line"),
        pytest.param("投入120万元", 99, False, id="after the end"),
        pytest.param("拨款120万元", None, False, id="nowhere"),
    ],
)
def test_a_quote_is_in_its_source_at_its_line(quote: str, line: int | None, is_found: bool) -> None:
    problems = list(check_quotes(quoting(quote, line), {SOURCE: SNAPSHOT}))

    assert [problem.code for problem in problems] == ([] if is_found else ["E263"])


def test_the_problem_says_where_the_quote_stands() -> None:
    (problem,) = check_quotes(quoting("再投入150万", 3), {SOURCE: SNAPSHOT})

    assert "不在第 3 行，在第 4 行" in problem.text.zh
    assert "is on line 4, not on line 3" in problem.text.en


def test_one_changed_character_of_the_snapshot_is_found() -> None:
    dataset = quoting("投入120万元")

    assert list(check_quotes(dataset, {SOURCE: SNAPSHOT.replace("120", "128")}))
    assert not list(check_quotes(dataset, {SOURCE: SNAPSHOT.replace("\n", "\r\n")}))


def test_a_source_without_a_snapshot_is_not_looked_at() -> None:
    assert not list(check_quotes(quoting("什么都行"), {}))
    assert not list(check_quotes(quoting("什么都行"), {"another": SNAPSHOT}))


def test_every_quote_of_a_record_is_listed() -> None:
    report = "{source: gazette-2016, says: 同样。, quote: 旁证, confirms: no}"
    rest = (
        f"events:\n  - {{date: 2013, title: 始, source: {SOURCE}, quote: 开始}}\n"
        f"conflicts:\n  - about: 金额\n    note: 并列。\n    reports:\n      - {report}\n"
        f"      - {{source: {SOURCE}, says: 不同。, quote: 另说}}\n"
    )
    text = record(figure(quote="投入120万元", corroborated_by=f"[{report}]"), rest=rest)

    quotes = [quote.quote for _, quote in list_quotes(dataset_of(text))]

    assert quotes == ["投入120万元", "旁证", "开始", "旁证", "另说"]


def test_each_passage_of_a_source_is_counted_once() -> None:
    figures = [
        figure("a", quote="投入120万元", line="3"),
        figure("b", quote="120万元", line="3", scope="clubs"),
        figure("c", quote="投入120万元", line="3", scope="books"),
        figure("d", quote="再投入120万元", line="4", period="2014"),
    ]

    (measured,) = measure_quotes(dataset_of(record(*figures)))

    assert (measured.source, measured.quotes, measured.characters) == (SOURCE, 2, 15)
    assert measured.share is None


@pytest.mark.parametrize(
    ("characters", "share", "codes"),
    [
        pytest.param(1000, "0.007", [], id="little"),
        pytest.param(28, "0.25", [], id="a quarter"),
        pytest.param(27, "0.259", ["E264"], id="more than a quarter"),
    ],
)
def test_too_much_of_one_source_is_refused(characters: int, share: str, codes: list[str]) -> None:
    dataset = quoting("投入120万元")
    source = replace(dataset.sources[SOURCE], characters=characters)
    dataset = replace(dataset, sources={**dataset.sources, SOURCE: source})

    (measured,) = measure_quotes(dataset)

    assert measured.share == Decimal(share)
    assert [problem.code for problem in check_shares(dataset)] == codes


def test_the_share_is_in_the_open_data() -> None:
    files = {file.path: file.content for file in export_dataset(quoting("投入120万元"))}

    quoted = json.loads(files["data/cases.json"])["sources"][SOURCE]["quoted"]

    assert quoted == {"quotes": 1, "characters": 7, "share": ""}


@pytest.mark.parametrize(
    ("quote", "is_allowed"),
    [
        pytest.param("区里共投入资金120万元", True, id="twelve"),
        pytest.param("区里共计投入资金120万元", False, id="thirteen"),
    ],
)
def test_a_quote_has_at_most_twelve_characters(quote: str, is_allowed: bool) -> None:
    _, problems = read(record(figure(quote=quote)))

    assert shown(problems) == ([] if is_allowed else ["17:12 E262"])


@pytest.mark.parametrize(
    ("quote", "lang", "length"),
    [
        pytest.param("the county pays up to $1.2 million", "en", 7, id="words"),
        pytest.param(
            "the county pays up to $1.2 million", "zh", 34, id="English on a Chinese site"
        ),
        pytest.param("区里共投入资金120万元", "en", 12, id="characters"),
        pytest.param("年間約3,000万円", "en", 10, id="characters of Japanese"),
        pytest.param("Donaudampfschifffahrt", "en", 2, id="a word of more than twelve letters"),
    ],
)
def test_a_quote_in_english_is_measured_in_words(quote: str, lang: Lang, length: int) -> None:
    assert measure_quote(quote, lang) == length


def test_width_and_white_space_do_not_count() -> None:
    assert fold_text(" １２０\u3000万元\u00a0（Ａ） ") == "120万元(A)"


def test_snapshots_are_kept_outside_the_project(
    tiny_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / f"{SOURCE}.txt").write_text(
        "一\n二\n三\n共投入１20万元\n约150万元\n逾百个\n", "utf-8"
    )
    monkeypatch.setenv("CASEBOOK_SNAPSHOTS", str(folder))
    assert check_project(tiny_project) == []

    (folder / f"{SOURCE}.txt").write_text(
        "一\n二\n三\n共投入１20亿元\n约150万元\n逾百个\n", "utf-8"
    )
    assert [problem.code for problem in check_project(tiny_project)] == ["E263"]

    monkeypatch.setenv("CASEBOOK_SNAPSHOTS", str(folder / "missing"))
    assert [problem.code for problem in check_project(tiny_project)] == ["E265"]
