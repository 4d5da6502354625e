"""Answers of sources other than the main one, and the two kinds of silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import case_of, dataset_of, read, record

from casebook.checks.rules import others_answer_where_there_is_a_main_source
from casebook.record.dataset import Dataset
from casebook.text import Text

BUYER = """\
  purchaser:
    state: not_stated
    elsewhere:
      - value: 区文化局
        value_en: The bureau of culture
        source: evening-2015-03-02
        quote: 区文化局
"""
TYPE = """\
  provider_type:
    state: not_stated
    elsewhere:
      - value: [library]
        source: evening-2015-03-02
"""


def answering(words: str) -> str:
    name = words.strip().partition(":")[0]
    text = "".join(line for line in record().splitlines(True) if f"  {name}:" not in line)
    return text.replace("  mode: tender\n", "  mode: tender\n" + words)


def with_main(dataset: Dataset, *names: str) -> Dataset:
    sources = dict(dataset.sources)
    for name in names:
        sources[name] = replace(sources[name], main=Text("汇编", "the compilation"))
    return replace(dataset, sources=sources)


def test_another_source_may_answer_where_the_main_one_is_silent() -> None:
    answer = case_of(answering(BUYER)).answers["purchaser"]
    (other,) = answer.elsewhere

    assert (answer.state, answer.shown) == ("not_stated", "elsewhere")
    assert other.text == Text("区文化局", "The bureau of culture")
    assert (other.source, other.quote) == ("evening-2015-03-02", "区文化局")


def test_another_source_answers_in_the_terms_of_the_question() -> None:
    (other,) = case_of(answering(TYPE)).answers["provider_type"].elsewhere

    assert (other.terms, other.text) == (("library",), Text(""))


def test_a_stated_answer_stays_stated_whatever_others_add() -> None:
    words = BUYER.replace("state: not_stated", "value: 海曙区")
    answer = case_of(answering(words)).answers["purchaser"]

    assert (answer.shown, len(answer.elsewhere)) == ("stated", 1)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("[library]", "[bookshop]", "E205", id="no word of the list"),
        pytest.param("[library]", "not_stated", "E203", id="silence answers nothing"),
        pytest.param("value: [library]", "quote: 某", "E202", id="no answer"),
        pytest.param("evening-2015-03-02", "nobody", "E261", id="no such source"),
    ],
)
def test_a_wrong_answer_of_another_source_is_a_problem(old: str, new: str, code: str) -> None:
    _, problems = read(answering(TYPE.replace(old, new)))

    assert [problem.code for problem in problems if problem.severity == "error"] == [code]


def test_other_sources_are_others_than_the_main_one() -> None:
    dataset = dataset_of(answering(BUYER))
    (case,) = dataset.cases
    check = others_answer_where_there_is_a_main_source
    alone = list(check(case, dataset))
    itself = list(check(case, with_main(dataset, "evening-2015-03-02")))

    assert [found.code for found in alone] == ["E253"]
    assert "没有主要来源" in alone[0].message("zh")
    assert [found.code for found in itself] == ["E253"]
    assert "就是本案例的主要来源" in itself[0].message("zh")


def test_the_words_of_the_site_name_the_places_of_every_kind_of_answer() -> None:
    dataset = dataset_of(answering(BUYER), record(), record())

    assert dataset.words["purchaser_elsewhere"] == Text("1", "one")
    assert dataset.words["purchaser_elsewhere_places"].zh == "宁波海曙"
    assert dataset.words["purchaser_stated"] == Text("2", "two")
    assert dataset.words["purchaser_partial_places"] == Text("没有一个地方", "none")
