"""The numbers that the site computes or refuses for the ten cases, as the guard judges them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from conftest import TEN_CASES

from casebook.build.reading import read_dataset
from casebook.record.dataset import Dataset
from casebook.record.refusals import figures_of, judge_refusal


@cache
def real() -> Dataset:
    dataset, problems = read_dataset(TEN_CASES)
    assert not problems
    return dataset


@pytest.mark.parametrize(
    ("key", "amount", "value", "qualifier", "formula"),
    [
        pytest.param(
            "beijing.average_2010",
            "约14.26万元",
            "142600",
            "approx",
            "paid_2010 / projects_2010",
            id="money of a project",
        ),
        pytest.param(
            "beijing.multiple_2011",
            "约1.9倍",
            "1.9",
            "approx",
            "paid_2011 / paid_2010",
            id="growth",
        ),
        pytest.param(
            "dongguan.price_raise_share",
            "20%",
            "0.2",
            "exact",
            "post_price_raised / post_price - 1",
            id="raise",
        ),
        pytest.param(
            "dongguan.price_raise",
            "1.2万元",
            "12000",
            "exact",
            "post_price_raised - post_price",
            id="raise in yuan",
        ),
        pytest.param(
            "dongguan.post_pay", "4.8万元", "48000", "exact", "post_price * pay_share", id="pay"
        ),
        pytest.param(
            "dongguan.post_rest",
            "约2000元",
            "2000",
            "approx",
            "post_price - post_overhead - post_pay",
            id="rest",
        ),
    ],
)
def test_the_ten_cases_compute(
    key: str, amount: str, value: str, qualifier: str, formula: str
) -> None:
    figure = real().figures[key]

    assert figure.quantity.text == amount
    assert str(figure.quantity.value) == value
    assert figure.quantity.qualifier == qualifier
    assert figure.formula == formula


def test_nothing_else_is_computed() -> None:
    assert sum(bool(figure.formula) for figure in real().figures.values()) == 6


@pytest.mark.parametrize(
    ("name", "zh"),
    [
        pytest.param("money-per-applicant", "是申报数，不是获得资助的数目", id="R-01"),
        pytest.param("pay-of-a-year", "“文化钟点工人数”只是一个界限（逾百人）", id="R-02"),
        pytest.param("premium-per-head", "没有来源给出“受保的人口”", id="R-03"),
        pytest.param("all-places", "前者是年度购买总额，后者是每年固定出资", id="R-04"),
        pytest.param("growth-of-functions", "前者是转给社会组织的职能", id="R-05"),
        pytest.param("programme-as-purchases", "购买服务只是用途之一", id="R-06"),
        pytest.param("cap-as-spending", "不是财政支出", id="R-07"),
    ],
)
def test_the_ten_cases_refuse(name: str, zh: str) -> None:
    refusal = next(refusal for refusal in real().refusals if refusal.id == name)

    reasons = judge_refusal(refusal, real())

    assert any(zh in reason.zh for reason in reasons)
    assert all(reason.en for reason in reasons)
    assert figures_of(refusal, real())


def test_one_reason_of_one_measure_is_given_once_for_all_its_figures() -> None:
    refusal = next(refusal for refusal in real().refusals if refusal.id == "cap-as-spending")

    (reason,) = judge_refusal(refusal, real())

    assert len(figures_of(refusal, real())) == 6
    assert all(figure.label.zh in reason.zh for figure in figures_of(refusal, real()))
    assert "都是赔付上限：是保险可能赔付的上限" in reason.zh
    assert "are all of the kind “ceiling of a payout”" in reason.en


def test_a_figure_that_a_refusal_names_twice_is_shown_once() -> None:
    refusal = next(refusal for refusal in real().refusals if refusal.id == "all-places")
    first, *others = refusal.compare
    twice = replace(refusal, compare=(first, first, *others))

    assert figures_of(twice, real()) == figures_of(refusal, real())


def test_nothing_else_is_listed_as_refused() -> None:
    assert len(real().refusals) == 7
