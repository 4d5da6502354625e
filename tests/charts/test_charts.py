"""What charts may draw, how they mark figures, and that both widths are readable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
from chart_data import (
    STYLES,
    case,
    dataset,
    event,
    faults_of,
    figure,
    find_faults,
    room_of,
    table_of,
    vocabulary,
)
from conftest import PROJECT, TEN_CASES

from casebook.build.reading import read_dataset
from casebook.build.theme import CHART_ROLES
from casebook.charts import draw_chart, find_charts, paint_panel, tabulate_chart, title_of
from casebook.charts.canvas import WIDE, Shape, Sheet, Style, write_svg
from casebook.charts.chart import ChartTable
from casebook.charts.money import describe_change
from casebook.charts.standalone import PICTURE_KINDS, compose_picture, write_picture
from casebook.charts.symbols import Mark, MarkArea, draw_mark, legend_kinds, mark_of
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case, Conflict, Figure
from casebook.text import Lang, Text
from casebook.values.dates import parse_period


@pytest.fixture(scope="module")
def real() -> Dataset:
    return read_dataset(TEN_CASES)[0]


def names_of(data: Dataset) -> list[str]:
    return [selected.name for selected in find_charts(data)]


def sheets_of(name: str, data: Dataset, lang: Lang = "zh") -> list[Sheet]:
    table = table_of(name, data, lang)
    return [paint_panel(table, panel, style) for panel in table.panels for style in STYLES]


def reach_of(sheet: Sheet, key: str) -> tuple[float, float]:
    """The left and right end of the body of a figure's mark, without its arrow."""
    link = next(part.link for part in sheet.parts if part.link and part.link.href.endswith(key))
    bodies = [part for part in sheet.parts if isinstance(part, Shape) and part.fill]
    xs = [x for part in bodies if part.link == link for x, _ in part.vertices]
    return min(xs), max(xs)


# Marks


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        pytest.param(figure("4277万元"), ("exact",), id="a bare number is exact"),
        pytest.param(figure("约8000万元"), ("approx",), id="about"),
        pytest.param(figure("一万元左右"), ("approx",), id="or so"),
        pytest.param(figure("超过5000万元"), ("more_than",), id="more than"),
        pytest.param(figure("不少于5000万元"), ("at_least",), id="at least"),
        pytest.param(figure("不超过20万元"), ("at_most",), id="at most"),
        pytest.param(figure("800元至1000元"), ("range",), id="a range"),
        pytest.param(
            figure("将突破亿元", "2012?"),
            ("planned", "more_than", "uncertain"),
            id="an announced bound of an uncertain year shows all three",
        ),
        pytest.param(figure("560万元", status="planned"), ("planned",), id="planned by status"),
        pytest.param(
            figure("20万元", measure="payout_cap"), ("at_most",), id="a ceiling in any wording"
        ),
        pytest.param(
            figure("3731万元", measure="programme_total"), ("mixed",), id="mixed use comes first"
        ),
        pytest.param(
            figure("3731万元", measure="programme_total", status="planned"),
            ("mixed", "planned"),
            id="mixed use hides no plan",
        ),
        pytest.param(
            figure("10万元至30万元", measure="payout_cap"),
            ("at_most", "range"),
            id="a range hides no ceiling",
        ),
        pytest.param(figure("5万元", "2009~"), ("exact", "uncertain"), id="an approximate year"),
        pytest.param(figure("5万元", "[..2012-12-07]"), ("exact",), id="only a latest date"),
    ],
)
def test_each_figure_has_one_mark(given: Figure, kinds: tuple[str, ...]) -> None:
    assert mark_of(given, dataset(case([given]))).kinds == kinds


def test_the_words_of_a_mark_name_all_that_it_shows() -> None:
    mark = Mark(end="more_than", planned=True, uncertain=True)

    assert mark.words("zh") == "只是计划；超过此数；日期不确定"
    assert mark.words("en") == "only planned; more than this; date uncertain"


@pytest.mark.parametrize("amount", ["5万元", "约5万元", "2万元至5万元"])
@pytest.mark.parametrize("measure", ["annual_total", "programme_total", "payout_cap"])
def test_every_plan_has_dashes_and_nothing_else_has(measure: str, amount: str) -> None:
    drawn = {}
    for status in ("planned", "reported"):
        given = figure(amount, measure=measure, status=status)
        sheet = Sheet(style=WIDE)
        area = MarkArea(start=0, end=200, top=10, thickness=20, low=80)
        draw_mark(sheet, mark_of(given, dataset(case([given]))), area)
        drawn[status] = [part for part in sheet.parts if isinstance(part, Shape)]

    assert any(part.dash for part in drawn["planned"])
    assert not any(part.dash for part in drawn["reported"])


def test_no_ceiling_is_drawn_as_dark_as_spending() -> None:
    for status in ("planned", "reported"):
        given = figure("2万元至5万元", measure="payout_cap", status=status)
        sheet = Sheet(style=WIDE)
        area = MarkArea(start=0, end=200, top=10, thickness=20, low=80)
        draw_mark(sheet, mark_of(given, dataset(case([given]))), area)

        filled = [part for part in sheet.parts if isinstance(part, Shape) and part.fill]
        assert [part.opacity < 0.5 for part in filled] == [True]


def test_a_legend_leaves_out_what_explains_itself() -> None:
    assert legend_kinds([Mark(end="exact"), Mark(end="approx")]) == ("approx",)


# What may be drawn at all


def test_two_dated_periods_of_one_class_make_a_series() -> None:
    data = dataset(case([figure("1万元", "2010", "a"), figure("2万元", "2011", "b")]))

    assert "one-series" in names_of(data)


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param([], id="no figure"),
        pytest.param([figure()], id="one figure"),
        pytest.param(
            [figure("1万元", "2010", "a"), figure("2万元", "[..2012]", "b")],
            id="one of two has only a latest date",
        ),
        pytest.param(
            [figure("1万元", "2010", "a"), figure("2万元", "2011", "b", status="planned")],
            id="one of two is only planned",
        ),
        pytest.param(
            [figure("1万元", "2010", "a"), figure("2万元", "2011", "b", scope="fund")],
            id="two scopes",
        ),
        pytest.param(
            [figure("1万元", "2010/2014", "a"), figure("2万元", "2010/2015", "b")],
            id="years that overlap",
        ),
        pytest.param(
            [
                figure("1万元", "2010", "a", measure="payout_cap"),
                figure("2万元", "2011", "b", measure="payout_cap"),
            ],
            id="ceilings",
        ),
        pytest.param(
            [
                figure("10项", "2010", "a", measure="count"),
                figure("20项", "2011", "b", measure="count"),
            ],
            id="counts",
        ),
    ],
)
def test_no_series_without_two_dated_amounts_of_one_class(figures: list[Figure]) -> None:
    data = dataset(case(figures))

    assert [name for name in names_of(data) if "series" in name] == []


def test_financial_years_make_a_series_without_calendar_years() -> None:
    figures = [
        figure("1万元", "2012-04/2013-03", "a"),
        figure("2万元", "2013-04/2014-03", "b"),
        figure("3万元", "2014", "calendar"),
        figure("4万元", "2015", "calendar_2"),
        figure("5万元", "2016-04/2017-02", "eleven_months"),
        figure("6万元", "2017-07/2018-06", "from_july"),
        figure("7万元", "2012-04-15/2013-04-14", "from_the_middle"),
    ]
    data = dataset(case(figures))

    series = [selected.figures for selected in find_charts(data) if selected.chart == "series"]
    assert series == [("one.a", "one.b"), ("one.calendar", "one.calendar_2")]
    assert [panel.title for panel in table_of("money", data).panels[:2]] == [
        "年度总额，元，一年的（4月起）",
        "年度总额，元，一年的",
    ]


def test_an_announced_figure_stands_apart_from_the_series() -> None:
    figures = [
        figure("4277万元", "2010", "a"),
        figure("将突破亿元", "2012?", "c", status="planned"),
        figure("约8000万元", "2011", "b"),
    ]

    table = table_of("one-series", dataset(case(figures)))

    bars = table.panels[0].content.bars
    assert [(bar.key, bar.apart) for bar in bars] == [
        ("one.a", False),
        ("one.b", False),
        ("one.c", True),
    ]
    assert (
        table.finding == "甲地：2010年4277万元，2011年约8000万元；“将突破亿元”只是计划，年份不确定"
    )


def test_reports_of_one_period_that_disagree_stand_side_by_side() -> None:
    figures = [
        figure("1万元", "2010", "a"),
        figure("2万元", "2011", "b"),
        figure("3万元", "2011", "c"),
    ]
    conflict = Conflict(about=Text("金额"), note=Text("注"), figures=("b", "c"))

    table = table_of("one-series", dataset(replace(case(figures), conflicts=(conflict,))))

    assert [bar.together for bar in table.panels[0].content.bars] == [0, 1, 1]
    assert table.finding == "甲地：2010年1万元，2011年2万元，2011年3万元；2011年说法不一"


def test_money_of_two_classes_never_shares_a_scale() -> None:
    figures = [
        figure("1万元", id="a"),
        figure("2万元", id="b"),
        figure("3万元", id="c", scope="fund"),
        figure("4万元", id="d", measure="unit_price", per=("post", "year")),
        figure("1万元", id="e", measure="unit_price", part_of="d", per=("post", "year")),
    ]

    table = table_of("money", dataset(case(figures)))

    block, alone = (panel.content for panel in table.panels)
    assert [bar.key for bar in block.bars] == ["one.a", "one.b"]
    assert [[item.key for item in group.items] for group in alone] == [
        ["one.c"],
        ["one.d"],
    ]
    assert table.notes[-1] == "另有1个金额是图中某个金额的一部分，不再画"


def test_the_alt_text_of_a_panel_says_what_is_drawn_and_not_worded() -> None:
    figures = [
        figure("1万元", "2010", "a"),
        figure("2万元", "2011", "b", status="planned"),
        figure("3万元", "2012", "c", measure="payout_cap"),
        figure("4万元", "2013", "d", measure="payout_cap"),
    ]

    totals, caps = table_of("money", dataset(case(figures))).panels

    assert (
        totals.alt == "年度总额，元（甲地，2010年 1万元；甲地，2011年 2万元（词planned） 只是计划）"
    )
    assert caps.alt == "赔付上限，元（甲地，2012年 3万元 上限；甲地，2013年 4万元 上限）"


def test_nothing_but_noughts_has_no_scale() -> None:
    figures = [figure("0元", "2010", "a"), figure("0元", "2011", "b")]

    for sheet in sheets_of("money", dataset(case(figures))):
        assert [words.text for words in sheet.words if words.text in ("0", "0元")] == ["0元", "0元"]


def test_drawings_of_one_class_are_named_by_what_parts_them() -> None:
    set_aside = {"status": "set", "case": "two"}
    figures = [figure("1万元", "2010", "a"), figure("2万元", "2011", "b")]
    others = [
        figure("3万元", "2010", "c", **set_aside),
        figure("4万元", "2011", "d", **set_aside),
        figure("5万元", "2012", "e", status="planned", case="two"),
    ]

    table = table_of("money", dataset(case(figures), case(others, slug="two")), "en")

    assert [panel.title for panel in table.panels] == [
        "Annual total, yuan, Term reported",
        "Annual total, yuan, Term set",
    ]
    # A plan is drawn in the panel with the other figures of its place.
    assert [bar.key for bar in table.panels[1].content.bars] == ["two.c", "two.d", "two.e"]


def test_drawings_of_other_lengths_of_time_are_named_by_them() -> None:
    periods = ["2010", "2011", "2012-03", "2012-04", "2010/2014", "2010/2014"]
    figures = [figure("1万元", period, f"f{n}") for n, period in enumerate(periods)]
    prices = [
        figure("1万元", period, f"p{n}", measure="unit_price", per=("post",))
        for n, period in enumerate(("2010", "2011-05", "2010/2014", "2010/2014"))
    ]

    table = table_of("money", dataset(case([*figures, *prices])))

    assert [panel.title for panel in table.panels] == [
        "年度总额，元，一年的",
        "年度总额，元，一个月的",
        "年度总额，元，2010年至2014年",
        "单价，元/词post",
        "单价，元/词post，2010年至2014年",
    ]


def test_sums_over_other_years_never_share_a_scale() -> None:
    figures = [figure("1万元", "2010/2014", "a"), figure("2万元", "2010/2015", "b")]

    table = table_of("money", dataset(case(figures)))

    assert [len(group.items) for group in table.panels[0].content] == [2]


def test_the_rest_of_a_split_is_computed_and_says_so() -> None:
    figures = [
        figure("6万元", id="whole", measure="unit_price", per=("post", "year")),
        figure("1万元左右", id="run", measure="unit_price", per=("post", "year"), part_of="whole"),
        figure("80%", id="pay", measure="share", part_of="whole"),
    ]

    table = table_of("one-split", dataset(case(figures)))

    _, *parts = table.panels[0].content.bars
    assert [(part.key, part.low, part.value) for part in parts] == [
        ("one.pay", Decimal(0), Decimal("48000")),
        ("one.run", Decimal("48000"), Decimal("58000")),
        ("", Decimal("58000"), Decimal("60000")),
    ]
    assert parts[0].amount == "80%，即4.8万元（本站计算）"
    assert parts[-1].amount == "约2000元（本站计算）"


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        pytest.param({"measure": "programme_total"}, {"measure": "programme_total"}, id="mixed"),
        pytest.param({"status": "set"}, {"status": "planned"}, id="a part that is only planned"),
        pytest.param({"measure": "payout_cap"}, {"measure": "payout_cap"}, id="ceilings"),
        pytest.param({"period": "2010/2014"}, {"period": "2012"}, id="a part for one year of five"),
    ],
)
def test_a_rest_that_no_formula_may_compute_makes_no_split(
    whole: dict[str, str], part: dict[str, str]
) -> None:
    figures = [
        figure("3731万元", id="whole", **whole),
        figure("100万元", id="part", part_of="whole", **part),
    ]

    assert "one-split" not in names_of(dataset(case(figures)))


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        pytest.param("10万元", {"status": "planned"}, id="a part that is only planned"),
        pytest.param("超过10万元", {}, id="a whole of which only a bound is known"),
        pytest.param("8万元至10万元", {}, id="a range"),
    ],
)
def test_parts_that_fill_the_drawing_still_need_a_formula(whole: str, part: dict[str, str]) -> None:
    figures = [
        figure(whole, id="w"),
        figure("6万元", id="p", part_of="w"),
        figure("4万元", id="q", part_of="w", **part),
    ]

    assert "one-split" not in names_of(dataset(case(figures)))


def test_parts_that_make_up_their_whole_leave_no_rest() -> None:
    figures = [
        figure("10万元", id="w"),
        figure("6万元", id="p", part_of="w"),
        figure("4万元", id="q", part_of="w"),
    ]

    table = table_of("one-split", dataset(case(figures)))

    assert table.finding == "甲地：金额10万元，分成2部分"
    assert [bar.key for bar in table.panels[0].content.bars] == ["one.w", "one.p", "one.q"]


def test_a_rest_in_a_list_leads_nowhere() -> None:
    figures = [figure("1000万元", id="w"), figure("5万元", id="p", part_of="w")]

    for sheet in sheets_of("one-split", dataset(case(figures))):
        links = {part.link.href for part in sheet.parts if part.link}
        assert links == {"figure:one.w", "figure:one.p", ""}


def test_parts_that_exceed_their_whole_are_not_drawn() -> None:
    figures = [figure("6万元", id="w"), figure("7万元", id="p", part_of="w")]

    assert "one-split" not in names_of(dataset(case(figures)))


def test_a_plan_and_what_came_of_it_have_their_own_labels() -> None:
    figures = [
        figure("10万元", id="plan", status="planned", label="预算"),
        figure("8万元", id="paid", follows="plan", label="支出"),
    ]

    table = table_of("one-rise", dataset(case(figures)))

    assert table.finding == "甲地：预算10万元（词planned）；支出8万元"
    assert [bar.name for bar in table.panels[0].content.bars] == ["预算", "支出"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param("6万元", "7.2万元", "提高1.2万元，即20%（本站计算）", id="exact"),
        pytest.param("8000万元", "4000万元", "降低4000万元，即50%（本站计算）", id="a decrease"),
        pytest.param("3万元", "约4万元", "提高约1万元，即约33%（本站计算）", id="about"),
        pytest.param("6万元", "超过7万元", "", id="a bound has no difference"),
        pytest.param("6万元", "6万元", "", id="no change"),
        pytest.param("0元", "6万元", "", id="zero before"),
    ],
)
def test_a_change_is_computed_only_between_known_amounts(
    before: str, after: str, words: str
) -> None:
    assert describe_change(figure(before, id="a"), figure(after, id="b"), vocabulary()).zh == words


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"status": "set"}, {"status": "planned"}, id="a plan after a set amount"),
        pytest.param(
            {"measure": "programme_total"}, {"measure": "programme_total"}, id="money of mixed use"
        ),
        pytest.param({"measure": "payout_cap"}, {"measure": "payout_cap"}, id="ceilings"),
        pytest.param(
            {"period": "[..2012]", "per": ("post",)},
            {"period": "2013", "per": ("post",)},
            id="only a latest date",
        ),
    ],
)
def test_a_pair_that_no_formula_may_compute_is_drawn_without_its_change(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    figures = [figure("6万元", id="old", **old), figure("7.2万元", id="new", follows="old", **new)]

    table = table_of("one-rise", dataset(case(figures)))

    told = "7.2万元（词planned）" if new.get("status") == "planned" else "7.2万元"
    assert table.finding == f"甲地：金额从6万元到{told}"
    assert [row[2] for row in table.rows] == ["6万元", "7.2万元"]
    drawn = draw_chart(table)
    assert "本站计算" not in drawn.description + drawn.panels[0].wide + drawn.panels[0].narrow


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_plan_says_so_beside_its_bar_once(lang: Lang) -> None:
    figures = [
        figure("1万元", "2010", "a"),
        figure("2万元", "2011", "b"),
        figure("3万元", "2012", "c", status="planned"),
        figure("计划4万元", "2013", "d", status="planned"),
    ]
    data = dataset(case(figures))

    for name in ("one-series", "money"):
        table = table_of(name, data, lang)
        words = [bar.amount.lower() for bar in table.panels[0].content.bars]
        assert [len(re.findall("计划|plan", each)) for each in words] == [0, 0, 1, 1]
        assert [row[2] for row in table.rows if row[9] == "one.c"] == [
            {"zh": "3万元", "en": "30,000 yuan"}[lang]
        ]


def test_no_title_tells_a_plan_as_done() -> None:
    price = {"measure": "unit_price", "per": ("post",), "status": "planned"}
    figures = [
        figure("800元至1000元", id="pay", **price),
        figure("6万元", id="whole", status="planned"),
        figure("1万元", id="part", status="planned", part_of="whole"),
    ]
    data = dataset(case(figures))

    titles = [table_of(name, data).finding for name in ("one-range", "one-split")]

    assert titles == [
        "甲地：金额800元至1000元（词planned）",
        "甲地：金额6万元（词planned），其中5万元来源没有说明用途",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"period": "2012"}, {"period": "2013/2017"}, id="one year and five years"),
        pytest.param({"period": "[..2012]"}, {"period": "2013"}, id="a total without a known year"),
        pytest.param({"status": "reported"}, {"status": "set"}, id="two states"),
    ],
)
def test_a_pair_shares_a_scale_or_is_not_drawn(old: dict[str, Any], new: dict[str, Any]) -> None:
    figures = [figure("6万元", id="old", **old), figure("9万元", id="new", follows="old", **new)]

    assert "one-rise" not in names_of(dataset(case(figures)))


def test_a_pair_needs_a_figure_that_names_the_former() -> None:
    old, new = figure("6万元", id="old"), figure("7.2万元", id="new", follows="old")
    unrelated = figure("7.2万元", id="new")

    assert "one-rise" in names_of(dataset(case([old, new])))
    assert "one-rise" not in names_of(dataset(case([old, unrelated])))


def test_a_year_without_a_number_is_one_that_no_figure_of_the_class_tells_of() -> None:
    figures = [
        figure("1万元", "2001", "a"),
        figure("2万元", "2004", "planned", status="planned"),
        figure("2万元", "2005", "set", status="set"),
        figure("3万元", "2006?", "uncertain"),
        figure("数万元", "2007", "rough"),
        figure("4万元", "2008/2009", "years"),
        figure("4万元", "2010", "other_class", scope="fund"),
        figure("5万元", "2012", "b"),
    ]

    table = table_of("one-series", dataset(case(figures)))

    (missing,) = (bar.missing for bar in table.panels[0].content.bars if bar.missing)
    assert missing == "2002年至2003年、2010年至2011年：没有数字"
    assert [row[4] for row in table.rows if row[1] == "没有数字"] == [
        "2002年至2003年、2010年至2011年"
    ]


def test_years_all_told_of_by_others_are_no_gap() -> None:
    figures = [
        figure("1万元", "2010", "a"),
        figure("2万元", "2011", "b", status="planned"),
        figure("3万元", "2012", "c"),
    ]

    table = table_of("one-series", dataset(case(figures)))

    assert [bar.missing for bar in table.panels[0].content.bars] == ["", "", ""]


def test_silent_years_are_cut_from_the_axis_and_named() -> None:
    data = dataset(case(events=[event("1998"), event("2009"), event("2010")]))

    table = table_of("timeline", data)

    assert table.panels[0].content.runs == ((1998, 1998), (2009, 2010))
    assert table.finding == "记下的3件事里，最早的是“1998年：发生了一件事”"
    assert table.panels[0].content.captions == ("来源在1999年至2008年没有记载",)


@pytest.mark.parametrize("step", [7, 10, 50])
def test_a_cut_saves_room_and_each_mark_lies_on_the_sheet(step: int) -> None:
    first, last = 2020 - 15 * step, 2020
    data = dataset(case(events=[event(str(year)) for year in range(first, last + 1, step)]))

    assert table_of("timeline", data).panels[0].content.runs == ((first, last),)
    for sheet in sheets_of("timeline", data):
        shapes = [part for part in sheet.parts if isinstance(part, Shape)]
        drawn = [part for part in shapes if part.link and part.fill == "series-1"]
        xs = [x for part in drawn for x, _ in part.vertices]
        strokes = {part.vertices[0][0] for part in shapes if part.stroke == "ink-muted"}

        assert len(drawn) == 16
        assert 0 <= min(xs) < max(xs) <= sheet.width
        assert len(strokes) < sheet.width / 4


@pytest.mark.parametrize("status", ["reported", "planned"])
@pytest.mark.parametrize("date", ["2010?", "199X", "2005?/2008"])
def test_an_uncertain_date_has_a_colour_of_its_own_however_long(date: str, status: str) -> None:
    data = dataset(case(events=[event(date, status=status)]))

    for sheet in sheets_of("timeline", data):
        marks = [part for part in sheet.parts if isinstance(part, Shape) and part.link]
        assert "accent" in {part.stroke for part in marks}
        assert "series-1" not in {role for part in marks for role in (part.stroke, part.fill)}


def test_the_time_before_a_latest_date_has_a_column() -> None:
    data = dataset(case(events=[event("[..2012-01-02]"), event("[..2012-01-02]", "另一件")]))

    assert table_of("timeline", data).panels[0].content.runs == ((2011, 2012),)
    for sheet in sheets_of("timeline", data):
        rooms = [room_of(words) for words in sheet.words if words.text == "甲地"]
        marks = [part for part in sheet.parts if isinstance(part, Shape) and part.link]
        right = max(room[2] for room in rooms)
        drawn = [part for part in marks if part.stroke == "series-1"]
        assert len(drawn) == 4
        assert all(x >= right for part in drawn for x, _ in part.vertices)


def test_an_event_without_a_date_may_be_older_than_the_earliest_dated_one() -> None:
    data = dataset(case(events=[event("1998"), event("[..2012]")]))

    found = [table_of("timeline", data, lang).finding for lang in ("zh", "en")]

    assert found[0] == "记下的2件事里，有年份的以“1998年：发生了一件事”为最早"
    assert found[1].startswith("2 events on record, the earliest of known date “1998: ")


def test_each_of_many_silences_is_named_beneath() -> None:
    data = dataset(case(events=[event("1960"), event("1970"), event("1980"), event("1990")]))

    table = table_of("timeline", data)

    assert table.panels[0].content.captions == (
        "来源在1961年至1969年没有记载",
        "来源在1971年至1979年没有记载",
        "来源在1981年至1989年没有记载",
    )


def test_the_strip_of_all_cases_names_the_gap_of_the_shared_sources() -> None:
    cases = [
        case(events=[event("1998"), event("2009")]),
        case(slug="two", events=[replace(event("2006", case="two"), source="other")]),
    ]
    data = dataset(*cases)
    report = replace(data.sources["s"], published=parse_period("2012-12-07"))
    other = replace(report, id="other", published=None)
    data = replace(data, sources={"s": report, "other": other})
    # Both cases have to use the source, or it is not a shared one.
    two = replace(cases[1], events=(*cases[1].events, event("2010", case="two")))
    data = replace(data, cases=(cases[0], two))

    table = table_of("timeline", data)

    assert table.panels[0].content.captions == (
        "各案例共用的来源在1999年至2008年没有记载；其间1件见于别的来源",
        "1999年至2005年没有任何事件，从轴上剪去",
    )


@pytest.mark.parametrize("status", ["planned", "target"])
@pytest.mark.parametrize(
    ("date", "marker"),
    [
        pytest.param("2011", "年份已写明", id="dated"),
        pytest.param("2011?", "年份靠推断", id="uncertain"),
        pytest.param("[..2011]", "未注明日期", id="no date"),
        pytest.param("2009/2011", "年份已写明", id="a span of years"),
        pytest.param("2009/..", "年份已写明", id="an open end"),
    ],
)
def test_a_plan_is_marked_however_well_its_date_is_known(
    date: str, marker: str, status: str
) -> None:
    def drawn(state: str) -> tuple[ChartTable, str]:
        data = dataset(case(events=[event("2008"), event(date, status=state)]))
        found = table_of("timeline", data)
        return found, "".join(draw_chart(found).panels[0].wide.split("<a ")[-1:])

    table, planned = drawn(status)

    word = {"planned": "词planned", "target": "target"}[status]
    assert [row[3:] for row in table.rows] == [("年份已写明", ""), (marker, word)]
    assert f"{marker}，{word}。" in table.description
    assert f"（{word}）" in planned
    assert "stroke-dasharray" in planned
    assert planned.count("stroke-dasharray") > drawn("reported")[1].count("stroke-dasharray")
    assert "其中1件只是计划" in table.finding
    assert ("known", True, "计划") in table.panels[0].content.key


@pytest.mark.parametrize(
    ("date", "published", "last"),
    [
        pytest.param("2009/..", "2012-12-07", 2012, id="a later source"),
        pytest.param("2012?/..", "2012-12-07", 2012, id="the year of the source"),
        pytest.param("2009/..", "", 2009, id="a source without a date"),
    ],
)
def test_an_open_end_is_drawn_as_far_as_its_source_knows(
    date: str, published: str, last: int
) -> None:
    data = dataset(case(events=[event("2005"), event("2008"), event(date), event("2020")]))
    source = replace(data.sources["s"], published=parse_period(published) if published else None)
    table = table_of("timeline", replace(data, sources={"s": source}))

    moments = (moment for row in table.panels[0].content.rows for moment in row.moments)
    moment = next(moment for moment in moments if moment.goes_on)

    assert int(moment.last) == last
    assert table.panels[0].content.runs[0][1] == last
    assert table.panels[0].content.runs[-1] == (2020, 2020)


def test_every_mark_of_a_timeline_can_be_hit_and_leads_to_its_entry() -> None:
    events = [
        event("2010"),
        event("2010", "又一件事"),
        event("2011?"),
        event("[..2012]"),
        event("2009/.."),
    ]
    data = dataset(case(events=events))

    for sheet in sheets_of("timeline", data):
        shapes = [part for part in sheet.parts if isinstance(part, Shape)]
        # The first shape of a link is its target area.
        rooms = {
            part.link: part.vertices
            for part in reversed(shapes)
            if part.link and "#event-" in part.link.href
        }
        boxes = [(*room[0], *room[2]) for room in rooms.values()]

        assert {link.href for link in rooms} == {f"site:/cases/one/#event-{n}" for n in range(1, 6)}
        assert all(r - x >= 24 and b - y >= 24 for x, y, r, b in boxes)
        for one, other in combinations(boxes, 2):
            assert one[2] <= other[0] or other[2] <= one[0] or one[1] != other[1]


def test_the_finding_of_the_grid_counts_named_modes_only() -> None:
    def answers(*modes: str) -> dict[str, Answer]:
        state = "stated" if modes else "not_stated"
        return {"mode": Answer(question="mode", state=state, terms=modes)}

    data = dataset(
        case(
            answers={
                "provider_type": Answer(question="provider_type", state="stated", terms=("agency",))
            }
        ),
        case(slug="two", answers=answers("tender")),
        case(
            slug="three",
            answers=answers("tender", "posts")
            | {
                "provider_type": Answer(
                    question="provider_type", state="stated", terms=("agency", "company")
                )
            },
        ),
    )

    assert table_of("mode-provider", data).finding == (
        "3个地方里，2个写明怎样购买，办法有2种，只有“词tender”见于不止一处"
    )
    assert table_of("mode-provider", data, "en").finding == (
        "How it is bought is stated for 2 of 3 places, in 2 modes; "
        "only “Term tender” is found in more than one place"
    )


def test_figures_of_one_conflict_are_bracketed_and_say_so() -> None:
    figures = [
        figure("560万元", id="a"),
        figure("600万元", id="b"),
        figure("20万元", id="c", measure="unit_price"),
    ]
    one = replace(
        case(figures),
        conflicts=(
            Conflict(about=Text("金额"), note=Text("注"), figures=("a", "b")),
            Conflict(about=Text("x"), note=Text(""), figures=("c",)),
        ),
    )

    table = table_of("money", dataset(one))

    assert [bar.together for bar in table.panels[0].content.bars] == [1, 1]
    assert [row[3] for row in table.rows] == ["确数；来源说法不一"] * 3
    assert table.legend == ("contradicted",)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"status": "set"}, id="another state"),
        pytest.param({"period": "2012-05"}, id="a month beside a year"),
        pytest.param({"period": "2012-05-03"}, id="a day beside a year"),
        pytest.param({"period": "2012/2016"}, id="five years"),
    ],
)
def test_amounts_of_another_state_or_length_of_time_share_no_scale(others: dict[str, str]) -> None:
    figures = [
        figure("1万元", "2010", "a"),
        figure("2万元", "2011", "b"),
        figure("3万元", id="c", **({"period": "2012"} | others)),
        figure("将突破4万元", "2013", "d", status="planned"),
    ]
    data = dataset(case(figures))

    series, money = table_of("one-series", data), table_of("money", data)

    assert series.figures == ("one.a", "one.b", "one.d")
    assert [bar.key for bar in money.panels[0].content.bars] == ["one.a", "one.b", "one.d"]
    assert [group.items[0].key for group in money.panels[1].content] == ["one.c"]


def test_ranges_of_another_state_share_no_scale() -> None:
    price = {"measure": "unit_price", "per": ("post",)}
    figures = [
        figure("800元至1000元", id="a", **price),
        figure("6000元至9000元", id="b", **(price | {"status": "set"})),
    ]

    assert names_of(dataset(case(figures)))[-2:] == ["one-range", "one-range-2"]


def test_years_without_a_figure_are_marked_between_the_bars_and_in_the_table() -> None:
    figures = [figure("1万元", str(year), f"f{year}") for year in (2010, 2012, 2016)]
    data = dataset(case(figures))

    table = table_of("one-series", data)

    missing = [(row[1], row[4]) for row in table.rows if row[1] != "金额"]
    assert missing == [("没有数字", "2011年"), ("没有数字", "2013年至2015年")]
    assert "甲地：没有数字，2011年。" in table.description
    for sheet in sheets_of("one-series", data):
        (words,) = [each for each in sheet.words if each.text == "2013年至2015年：没有数字"]
        plumb = [
            [y for _, y in part.vertices]
            for part in sheet.parts
            if isinstance(part, Shape) and len({x for x, _ in part.vertices}) == 1
        ]

        # The zero line does not run through the words.
        assert plumb
        assert not any(max(ys) > words.y - 10 and min(ys) < words.y for ys in plumb)


def shapes_seen(sheet: Sheet) -> list[Shape]:
    """The shapes of a drawing without the invisible target areas of links."""
    shapes = (part for part in sheet.parts if isinstance(part, Shape))
    return [shape for shape in shapes if shape.opacity > 0.01]


def test_each_class_of_money_is_a_drawing_with_its_own_printed_scale() -> None:
    figures = [
        figure("1万元", "2010", "a"),
        figure("8万元", "2011", "b"),
        figure("6元", id="c", measure="unit_price", per=("post",)),
        figure("7元", id="d", measure="unit_price", per=("post",)),
        figure("约9万元", id="alone", scope="fund"),
    ]
    data = dataset(case(figures))

    titles = [panel.title for panel in table_of("money", data).panels]

    assert titles[0].startswith("年度总额") and titles[1].startswith("单价")
    sheets = sheets_of("money", data)
    for sheet, end in zip(sheets, ("8万元", "8万元", "7元", "7元"), strict=False):
        assert [words.text for words in sheet.words][-2:] == ["0", end]
    for sheet in sheets[-2:]:
        written = [words.text for words in sheet.words]
        assert written[-2:] == ["约9万元", "金额，约数"]
        assert shapes_seen(sheet) == []


def test_a_table_of_figures_ends_with_the_class_and_the_per_of_each() -> None:
    price = figure("6万元", measure="unit_price", per=("post", "year"), scope="city")

    table = table_of("money", dataset(case([price])))

    assert table.header[table.shown - 2 : table.shown] == ("口径", "每")
    assert table.rows[0][table.shown - 2 :][:2] == (
        "单价（词city），元/词post/词year",
        "词post/词year",
    )


def test_the_file_of_a_chart_holds_numbers_beside_the_wordings() -> None:
    span = figure("2.56亿元至3亿元", "2011", id="span")

    table = table_of("money", dataset(case([figure("约8000万元"), span])))

    assert table.header[table.shown :] == ("记录", "数值", "最低", "最高", "单位", "来源网址")
    assert [row[table.shown :][:5] for row in table.rows] == [
        ("one.f1", "80000000", "", "", "CNY"),
        ("one.span", "", "256000000", "300000000", "CNY"),
    ]


def test_the_matrix_puts_the_questions_answered_most_first() -> None:
    answered = {"mode": Answer(question="mode", state="stated", terms=("tender",))}
    data = dataset(case(answers=answered), case(slug="two", answers=answered))

    table = table_of("disclosure", data)

    assert table.header[:2] == ("地方", "怎样买")
    assert table.rows[-1] == ("已说明", "2/2", "0/2", "0/2", "0/2")
    assert "甲地（题）：怎样买（已说明），谁在买（未说明），" in table.description


@pytest.mark.parametrize(
    ("cases", "stated", "finding"),
    [
        pytest.param(1, 0, "The one place does not fully state “Who buys”, “How” or “From whom”"),
        pytest.param(3, 0, "None of 3 places has “Who buys”, “How” or “From whom” fully stated"),
        pytest.param(
            3, 1, "Only 1 of 3 places has each of “Who buys”, “How” and “From whom” fully stated"
        ),
        pytest.param(
            4, 2, "Only 2 of 4 places have each of “Who buys”, “How” and “From whom” fully stated"
        ),
    ],
)
def test_the_finding_names_the_questions_that_fewest_answer(
    cases: int, stated: int, finding: str
) -> None:
    names = ("purchaser", "mode", "provider_type")
    answers = {name: Answer(question=name, state="stated", terms=("tender",)) for name in names}
    each = [
        case([figure(case=f"c{at}")], slug=f"c{at}", answers=answers if at < stated else {})
        for at in range(cases)
    ]

    assert table_of("disclosure", dataset(*each), "en").finding == finding


def test_questions_without_room_above_their_columns_have_lines_down_to_them() -> None:
    question = vocabulary().questions["mode"]
    names = [f"Beneficiaries of kind {number}" for number in range(10)]
    questions = {name: replace(question, key=name, name=Text(name, name)) for name in names}
    data = replace(dataset(case()), vocabulary=replace(vocabulary(), questions=questions))
    for sheet in sheets_of("disclosure", data, "en"):
        rooms = [room_of(words) for words in sheet.words if words.anchor == "end"]
        shapes = (part for part in sheet.parts if isinstance(part, Shape))
        lines = [part.vertices for part in shapes if part.stroke == "rule"]

        assert len(lines) == len(names)
        for _, (x, top), (_, bottom) in lines:
            assert any(
                0 < x - right < 10 and above < top < below for _, above, right, below in rooms
            )
            assert not any(
                left < x < right and above < bottom and top < below
                for left, above, right, below in rooms
            )


# Lengths against values


def test_a_bar_is_as_long_as_its_value() -> None:
    figures = [
        figure("1000万元", "2010", "a"),
        figure("2000万元", "2011", "b"),
        figure("超过4000万元", "2012", "c"),
        figure("约3000万元", "2013", "d"),
    ]
    for sheet in sheets_of("one-series", dataset(case(figures))):
        a, b, c, d = (end - start for start, end in (reach_of(sheet, f".{key}") for key in "abcd"))

        assert b / a == pytest.approx(2)
        assert c / a == pytest.approx(4)
        # The bar ends in three fading steps of six pixels; the middle of them is the value.
        assert (d - 9) / a == pytest.approx(3)


def test_a_capsule_lies_between_its_ends() -> None:
    figures = [
        figure("800元至1000元", id="range", measure="unit_price", per=("post",)),
        figure("600元至1000元", id="wider", measure="unit_price", per=("post",)),
    ]
    for sheet in sheets_of("one-range", dataset(case(figures))):
        (start, end), (earlier, same) = (reach_of(sheet, f".{key}") for key in ("range", "wider"))

        assert same == pytest.approx(end)
        assert end - earlier == pytest.approx((end - start) * 2)


def test_a_value_of_nothing_is_a_line_without_length() -> None:
    figures = [figure("0元", "2010", "a"), figure("5元", "2011", "b")]
    for sheet in sheets_of("one-series", dataset(case(figures))):
        assert write_svg(sheet, "x", "x").count('fill="var(--series-1)"') == 1
        assert write_svg(sheet, "x", "x").count('stroke="var(--series-1)"') == 1


def test_amounts_far_apart_are_listed_in_words_on_no_scale() -> None:
    amounts = ("0元", "1万元至1亿元", "约5000万元", "超过5000万元", "不超过1亿元", "至少10元")
    figures = [figure(amount, f"{2010 + n}", f"f{n}") for n, amount in enumerate(amounts)]
    data = dataset(case(figures))

    assert table_of("one-series", data).legend == ()
    for sheet in sheets_of("one-series", data):
        written = "".join(words.text for words in sheet.words)
        assert shapes_seen(sheet) == []
        assert all(amount in written for amount in amounts)
        assert all(word in written for word in ("区间", "约数", "超过此数", "上限", "至少此数"))


# Reading at both widths


def test_no_text_of_the_real_charts_is_cut_or_covered(real: Dataset) -> None:
    assert len(find_charts(real)) >= 8
    assert find_faults(real) == []


def test_an_empty_data_set_has_no_charts() -> None:
    assert find_charts(dataset()) == ()


@pytest.mark.parametrize(
    ("name", "least", "most", "made"),
    [
        pytest.param("one-series", 2, 40, lambda n: dataset(case(numbered(n))), id="series"),
        pytest.param("money", 1, 120, lambda n: dataset(case(numbered(n))), id="money"),
        pytest.param(
            "timeline", 1, 150, lambda n: dataset(case(events=[event("2010")] * n)), id="timeline"
        ),
        pytest.param("disclosure", 1, 40, lambda n: dataset(*cases(n)), id="disclosure"),
        pytest.param("disclosure", 1, 40, lambda n: asked(n), id="questions of disclosure"),
        pytest.param(
            "mode-provider", 1, 40, lambda n: dataset(*cases(n, ("tender",))), id="cases of a grid"
        ),
        pytest.param(
            "mode-provider", 1, 20, lambda n: dataset(*cases(20, ("tender",) * n)), id="a grid"
        ),
    ],
)
def test_a_chart_of_more_than_can_be_read_is_left_out(
    name: str, least: int, most: int, made: Callable[[int], Dataset]
) -> None:
    found = [name in names_of(made(count)) for count in (least - 1, least, most, most + 1)]

    assert found == [False, True, True, False]


def numbered(count: int, unit: str = "万元", measure: str = "annual_total") -> list[Figure]:
    return [figure(f"{n + 1}{unit}", str(1900 + n), f"f{n}", measure=measure) for n in range(count)]


def cases(count: int, modes: tuple[str, ...] = ()) -> list[Case]:
    answers = {
        question: Answer(question=question, state="stated", terms=terms)
        for question, terms in (("mode", modes), ("provider_type", modes and ("agency",)))
    }
    return [case(slug=f"case-{n}", answers=answers) for n in range(count)]


def asked(count: int) -> Dataset:
    question = vocabulary().questions["mode"]
    questions = {f"q{n}": replace(question, key=f"q{n}") for n in range(count)}
    return replace(dataset(case()), vocabulary=replace(vocabulary(), questions=questions))


def test_text_on_a_phone_is_never_below_16_px(real: Dataset) -> None:
    for selected in find_charts(real):
        drawn = draw_chart(tabulate_chart(selected, real, "zh"))
        for panel in drawn.panels:
            sizes = re.findall(r'font-size="([0-9.]+)"', panel.narrow)

            assert all(float(size) >= 16 for size in sizes)


# What is written


def test_svg_is_well_formed_and_passes_a_strict_policy(real: Dataset) -> None:
    for selected in find_charts(real):
        drawn = draw_chart(tabulate_chart(selected, real, "zh"))
        drawings = [svg for panel in drawn.panels for svg in (panel.wide, panel.narrow)]
        for svg in [*drawings, *(item.swatch for item in drawn.legend)]:
            ElementTree.fromstring(svg)

            assert "style" not in svg
            assert set(re.findall(r"var\(--([a-z0-9-]+)\)", svg)) <= set(CHART_ROLES)
            assert re.search(r'fill="#|stroke="#|NaN|inf', svg) is None


def test_ids_are_unique_over_all_charts_of_a_page(real: Dataset) -> None:
    ids: list[str] = []
    for selected in find_charts(real):
        drawn = draw_chart(tabulate_chart(selected, real, "zh"))
        svgs = [svg for panel in drawn.panels for svg in (panel.wide, panel.narrow)]
        for svg in (*svgs, *(item.swatch for item in drawn.legend)):
            ids += re.findall(r' id="([^"]+)"', svg)

    assert ids
    assert len(ids) == len(set(ids))


def test_each_bar_is_a_link_to_its_figure_with_its_words() -> None:
    data = dataset(case([figure("1万元", "2010", "a"), figure("约2万元", "2011", "b")]))

    drawn = draw_chart(table_of("one-series", data))

    title = "<title>金额：约2万元（2011年；约数）</title>"
    assert f'<a href="figure:one.b">{title}' in drawn.panels[0].wide


def test_a_chart_hands_on_the_figures_that_it_draws(real: Dataset) -> None:
    many = dataset(case(numbered(50)))
    for data in (real, many):
        for selected in find_charts(data):
            drawn = draw_chart(tabulate_chart(selected, data, "en"))
            links = re.findall('href="figure:([^"]+)"', "".join(p.wide for p in drawn.panels))

            assert set(drawn.figures) == set(links)


def test_a_chart_of_all_cases_has_the_name_of_its_kind_and_a_title(real: Dataset) -> None:
    found = [selected for selected in find_charts(real) if not selected.case]

    assert [selected.name for selected in found] == [selected.chart for selected in found]
    assert title_of(next(chart for chart in found if chart.name == "money")).zh == "图：全部金额"
    assert all(title_of(selected).en.startswith("Chart: ") for selected in found)


def test_hostile_text_comes_out_as_itself() -> None:
    label = '$5 and $\\bad$ %^_ <script>alert("1")</script> & ]]> -- {{ 7*7 }}'
    data = dataset(case([figure("1万元", "2010", label=label)]), place=label, place_en=label)

    drawn = draw_chart(table_of("money", data))

    root = ElementTree.fromstring(drawn.panels[0].wide)
    title = root.find(".//{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text is not None
    assert title.text.startswith(label)
    assert "<script" not in drawn.panels[0].wide


def test_soft_paint_survives_the_backend() -> None:
    sheet = Sheet(style=Style(width=100, size=15, small=14), height=50)
    sheet.rectangle(1, 2, 30, 40.126, fill="accent", opacity=0.5, hatch="")

    svg = write_svg(sheet, "p", 'l"')

    assert '<path d="M1 2h30v40.13h-30z" fill="var(--accent)" fill-opacity="0.5"/>' in svg
    assert 'aria-label="l&quot;"' in svg


def test_a_drawing_that_stands_alone_has_real_colours_and_no_links() -> None:
    sheet = Sheet(style=WIDE, height=30)
    with sheet.link("figure:a.b", "t"):
        sheet.rectangle(0, 0, 5, 5, fill="ink")

    svg = write_svg(sheet, "p", "l", dict.fromkeys(CHART_ROLES, "#123456"))

    ElementTree.fromstring(svg)
    assert "var(" not in svg
    assert "href" not in svg


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_a_picture_with_a_colour_that_has_no_role_is_refused(kind: str) -> None:
    sheet = Sheet(style=WIDE, height=10)
    sheet.rectangle(0, 0, 5, 5, fill="ink")

    with pytest.raises(KeyError, match="ink"):
        write_picture(sheet, kind, {"paper": "#ffffff"})


def test_every_colour_of_a_drawing_is_a_role_of_charts(real: Dataset) -> None:
    drawn = [draw_chart(tabulate_chart(selected, real, "zh")) for selected in find_charts(real)]

    used = {
        role
        for chart in drawn
        for panel in chart.panels
        for role in re.findall(r"var\(--([^)]*)\)", panel.wide + panel.narrow)
    }
    assert "accent" in used
    assert used <= set(CHART_ROLES)


def test_the_alt_text_is_made_of_the_table() -> None:
    data = dataset(case([figure("1万元", "2010", "a"), figure("约2万元", "2011", "b")]))

    table = table_of("one-series", data)

    assert table.description == (
        "甲地：2010年1万元，2011年约2万元。"
        "甲地：金额，1万元，确数，2010年，词reported，来源。"
        "甲地：金额，约2万元，约数，2011年，词reported，来源。"
    )


def test_a_corrected_summary_redraws_nothing(real: Dataset) -> None:
    one = case([figure("1万元", "2010", "a"), figure("2万元", "2011", "b")])
    other = replace(one, summary=replace(one.summary, zh="改过"))

    key = table_of("one-series", dataset(one)).key

    assert table_of("one-series", dataset(other)).key == key


_SCRIPT = """
import sys
from pathlib import Path
from casebook.build.reading import read_dataset
from casebook.charts import draw_chart, find_charts, tabulate_chart
data = read_dataset(Path(sys.argv[1]))[0]
for lang in ("zh", "en"):
    for selected in find_charts(data):
        print(draw_chart(tabulate_chart(selected, data, lang)))
"""


def test_two_processes_draw_the_same_bytes_and_warn_of_nothing() -> None:
    outputs = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", _SCRIPT, str(TEN_CASES)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            check=False,
        )
        assert done.stderr == b""
        outputs.add(done.stdout)

    assert len(outputs) == 1


def test_finding_and_describing_need_no_matplotlib() -> None:
    script = _SCRIPT.replace("draw_chart(tabulate_chart(selected, data, lang))", "1")
    script += "\nassert 'matplotlib' not in sys.modules"

    done = subprocess.run(
        [sys.executable, "-c", script, str(TEN_CASES)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_a_picture_holds_its_finding_and_comes_out_the_same_twice(real: Dataset) -> None:
    table = table_of("beijing-series", real)
    sheet = compose_picture(table, "来源")
    colours = {role: f"#0000{index:02x}" for index, role in enumerate(CHART_ROLES)}

    first, second = (write_picture(sheet, ".png", colours) for _ in range(2))

    assert faults_of(sheet) == []
    assert first.startswith(b"\x89PNG")
    assert first == second
    assert "".join(words.text for words in sheet.words if words.size == 22) == table.finding


def test_the_strip_and_the_list_of_dates_use_the_same_words() -> None:
    macro = (PROJECT / "theme/templates/macros/timeline.html").read_text("utf-8")
    events = [event("2010"), event("2012?"), event("[..2012]"), event("2011", status="planned")]

    table = table_of("timeline", dataset(case(events=events)))

    assert {row[3] for row in table.rows} == {"年份已写明", "年份靠推断", "未注明日期"}
    for row in table.rows:
        assert f"L('{row[3]}'" in macro
