"""The guard: figures that may be compared, and the reasons why others may not."""

from __future__ import annotations

import pytest
from records import case_of, figure, record, tiny_lists

from casebook.record.comparability import class_of, name_class, why_not_comparable
from casebook.record.derived import derive


def pair(other: dict[str, str | None], first: dict[str, str | None] | None = None):  # type: ignore[no-untyped-def]  # two figures
    one = first or {}
    figures = case_of(record(figure("one", **one), figure("other", **other))).figures
    return figures["one"], figures["other"]


def test_figures_of_one_measure_unit_per_and_scope_are_comparable() -> None:
    one, other = pair({"amount": "约8000万元", "period": "2014"})

    assert class_of(one) == class_of(other)
    assert why_not_comparable(one, other, tiny_lists().vocabulary) is None


@pytest.mark.parametrize(
    ("first", "second", "zh", "en"),
    [
        pytest.param({}, {"measure": "unit_price"}, "单价", "unit price", id="measure"),
        pytest.param({}, {"amount": "100万美元"}, "单位不同", "different units", id="currency"),
        pytest.param({}, {"per": "年"}, "每年", "per year", id="per"),
        pytest.param({}, {"scope": "clubs"}, "读书会", "Reading clubs", id="scope"),
        pytest.param(
            {"amount": "5元（含税）"}, {"amount": "5元（不含税）"}, "不含税", "excluded", id="taxes"
        ),
        pytest.param({}, {"amount": "税后5元"}, "没有写", "not told", id="taxes in one alone"),
        pytest.param(
            {"measure": "count", "amount": "17项"},
            {"measure": "count", "amount": "748家"},
            "单位不同",
            "different units",
            id="counts of different things",
        ),
    ],
)
def test_a_refusal_names_both_figures_and_the_difference(
    first: dict[str, str | None], second: dict[str, str | None], zh: str, en: str
) -> None:
    one, other = pair(second | {"label": "另一个数"}, first | {"label": "一个数"})

    reason = why_not_comparable(one, other, tiny_lists().vocabulary)

    assert reason is not None
    assert class_of(one) != class_of(other)
    assert "“一个数”" in reason.zh
    assert "“另一个数”" in reason.zh
    assert zh in reason.zh
    assert en in reason.en


def test_the_order_of_per_makes_no_class() -> None:
    one, other = pair({"per": "年/岗位"}, {"per": "岗位/年"})

    assert class_of(one) == class_of(other)


def test_a_class_is_named_for_readers() -> None:
    one, _ = pair({}, {"per": "岗位/年", "scope": "clubs"})

    name = name_class(class_of(one), tiny_lists().vocabulary)

    assert name.zh == "年度购买总额（读书会），元/岗位/年"
    assert name.en == "Annual total (Reading clubs), yuan per post per year"


def test_taxes_are_in_the_name_of_a_class() -> None:
    one, _ = pair({}, {"amount": "5元（不含税）"})
    found = class_of(one)

    assert name_class(found, tiny_lists().vocabulary).zh == "年度购买总额（全市），元，不含税"
    assert found.key == "annual_total-CNY-city-taxes_excluded"


def test_shares_compare_only_within_their_whole() -> None:
    share = {"measure": "share", "amount": "20%"}
    figures = case_of(
        record(
            figure("one"),
            figure("other", scope="clubs"),
            figure("a", **share, part_of="one"),
            figure("b", **share | {"amount": "30%"}, part_of="one"),
            figure("c", **share | {"amount": "70%"}, part_of="other"),
        )
    ).figures
    vocabulary = tiny_lists().vocabulary

    assert why_not_comparable(figures["a"], figures["b"], vocabulary) is None
    reason = why_not_comparable(figures["a"], figures["c"], vocabulary)
    assert reason is not None
    assert "不同总数" in reason.zh
    assert derive("b - a", figures, vocabulary)[0] is not None
    for formula in ("c - a", "c / a"):
        assert derive(formula, figures, vocabulary)[0] is None
