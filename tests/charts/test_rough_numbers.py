"""A rough number (数万元) is a figure with an order of magnitude and no value: never drawn."""

from __future__ import annotations

import pytest
from chart_data import STYLES, table_of
from records import case_of, dataset_of, figure, read, record, shown

from casebook.charts.bars import paint_listing
from casebook.charts.canvas import Shape, Sheet
from casebook.charts.money import find_changes, find_ranges, find_series, find_splits
from casebook.checks.rules import figures_agree_or_conflict
from casebook.data.tables import figure_row
from casebook.pages.search import number_figure
from casebook.record.model import Figure
from casebook.text import DEFAULT_LANGUAGES
from casebook.values.quantity import in_english


def paid(amount: str) -> Figure:
    return case_of(record(figure(amount=amount))).figures["paid"]


@pytest.mark.parametrize(
    ("amount", "low", "high", "english"),
    [
        pytest.param("数万元", "20000", "100000", "tens of thousands of yuan", id="two bounds"),
        pytest.param("上百万元", "1000000", "", "upwards of 1 million yuan", id="no upper bound"),
    ],
)
def test_its_bounds_are_given_and_no_value(amount: str, low: str, high: str, english: str) -> None:
    rough = paid(amount)

    row = figure_row(rough, DEFAULT_LANGUAGES)
    assert (row["value"], row["min"], row["max"], row["qualifier"]) == ("", low, high, "rough")
    assert in_english(rough.quantity) == english
    assert number_figure(rough, "zh") == ()


def test_no_chart_draws_it_and_two_list_it_in_words() -> None:
    figures = (
        figure("one", amount="数万元", period="2013"),
        figure("two", amount="几十万元", period="2014", follows="one"),
        figure("price", amount="数百元", measure="unit_price", per="人"),
        figure("served", amount="上百万人", measure="count"),
    )
    dataset = dataset_of(record(*figures))
    (case,) = dataset.cases

    finders = (find_series, find_ranges, find_changes, find_splits)
    assert [found for find in finders for found in find(case, dataset)] == []
    (panel,) = table_of("money", dataset).panels
    for style in STYLES:
        sheet = Sheet(style=style)
        paint_listing(panel.content, sheet)
        written = [words.text for words in sheet.words]

        assert {"数万元", "几十万元", "数百元"} <= set(written)
        assert any("概数" in words for words in written)
        shapes = [part for part in sheet.parts if isinstance(part, Shape)]
        assert not {"series-1"} & {role for each in shapes for role in (each.fill, each.stroke)}


def test_it_neither_agrees_nor_conflicts_with_an_amount() -> None:
    dataset = dataset_of(record(figure("one", amount="数万元"), figure("two", amount="5万元")))

    assert list(figures_agree_or_conflict(dataset.cases[0], dataset)) == []


def test_nothing_is_computed_with_it() -> None:
    formula = "  times:\n    label: 倍数\n    formula: one / two\n    measure: annual_total\n"
    figures = (figure("one", amount="数万元"), figure("two", amount="5万元", period="2014"))

    _, problems = read(record(*figures, formula))

    assert shown(problems) == ["30:14 E283"]
    assert "概数" in problems[0].text.zh
