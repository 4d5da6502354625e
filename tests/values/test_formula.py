"""Numbers computed by this site: allowed formulas, refused ones with the reason, and rounding."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest
from conftest import TEN_CASES
from records import case_of, figure, read, record, shown, tiny_lists

from casebook.problems import Problem, WordingError
from casebook.record.derived import derive, why_not_spending
from casebook.record.lists import read_lists
from casebook.record.model import Figure
from casebook.record.vocabulary import Term, Vocabulary
from casebook.text import Text
from casebook.values.dates import parse_period
from casebook.values.formula import names_of, parse_formula, split_formula
from casebook.values.periods import speak_of_same_time
from casebook.values.quantity import in_english


def vocabulary() -> Vocabulary:
    """The tiny vocabulary, with a scope of things that the money of another scope buys."""
    tiny = tiny_lists().vocabulary
    scopes = {
        **tiny.scopes,
        "money": Term(key="money", name=Text("购书款", "Money for books")),
        "bought": Term(
            key="bought", name=Text("买下的书", "Books bought"), bought_by="money", per="post"
        ),
        "asked": Term(
            key="asked",
            name=Text("申报的人", "Applicants"),
            note=Text("申报不是获得", "not funded"),
        ),
    }
    return replace(tiny, scopes=MappingProxyType(scopes))


def figure_of(name: str, amount: str, **fields: str) -> Figure:
    scope = fields.pop("scope", "")
    part_of = fields.pop("part_of", "")
    read_figure = case_of(record(figure(name, amount=amount, label=name, **fields))).figures[name]
    return replace(read_figure, scope=scope, part_of=part_of)


def figures(**fields: Figure) -> dict[str, Figure]:
    return fields


# The figures of the ten cases that these tests need.
def seed() -> dict[str, Figure]:
    price = {
        "measure": "unit_price",
        "per": "岗位/年",
        "period": "不晚于2012-12-07",
        "status": "set",
    }
    late = {"period": "不晚于2012-12-07"}
    share = late | {"measure": "share", "part_of": "post_price", "status": "set"}
    return figures(
        paid_2010=figure_of("paid_2010", "4277万元", period="2010", scope="money"),
        projects_2010=figure_of(
            "projects_2010", "300项", measure="count", period="2010", scope="bought"
        ),
        paid_2011=figure_of("paid_2011", "约8000万元", period="2011", scope="money"),
        applicants=figure_of("applicants", "748家", measure="count", period="2011", scope="asked"),
        post_price=figure_of("post_price", "6万元", **price),
        overhead=figure_of(
            "overhead", "一万左右", **price, unit="元", note="单位", part_of="post_price"
        ),
        pay_share=figure_of("pay_share", "80%", **share),
        raised=figure_of("raised", "7.2万元", **price),
        pay=figure_of(
            "pay", "800元至1000元", measure="unit_price", per="人/月", note="每人每月", **late
        ),
        workers=figure_of("workers", "逾百人", measure="count", **late),
        programme=figure_of("programme", "3731万元", measure="programme_total", **late),
        cap=figure_of("cap", "达20万元", measure="payout_cap", per="人", **late),
        allowed=figure_of("allowed", "9000万元", period="2011", scope="money", status="set"),
        may_2012=figure_of("may_2012", "900万元", period="2012-05", scope="money"),
        five_years=figure_of("five_years", "3亿元", period="2010/2014", scope="money"),
        one_year=figure_of("one_year", "1亿元", period="2012", scope="money", part_of="five_years"),
        outlay=figure_of("outlay", "每年将出资560万元", status="planned", **late),
    )


@pytest.mark.parametrize(
    ("formula", "words", "english", "value", "per"),
    [
        pytest.param(
            "paid_2010 / projects_2010",
            "约14.26万元",
            "about 142,600 yuan",
            "142600",
            ("post",),
            id="D-01 a total by what it bought",
        ),
        pytest.param(
            "paid_2011 / paid_2010",
            "约1.9倍",
            "about 1.9 times",
            "1.9",
            (),
            id="D-02 an approximate part leaves two digits",
        ),
        pytest.param(
            "raised / post_price - 1", "20%", "20%", "0.2", (), id="D-03 the rate of a raise"
        ),
        pytest.param(
            "raised - post_price",
            "1.2万元",
            "12,000 yuan",
            "12000",
            ("post", "year"),
            id="D-03 the amount of a raise",
        ),
        pytest.param(
            "post_price * pay_share",
            "4.8万元",
            "48,000 yuan",
            "48000",
            ("post", "year"),
            id="D-04 an amount and its own share",
        ),
        pytest.param(
            "post_price - overhead - post_price * pay_share",
            "约2000元",
            "about 2,000 yuan",
            "2000",
            ("post", "year"),
            id="D-05 a whole less its parts",
        ),
        pytest.param(
            "post_price × pay_share", "4.8万元", "48,000 yuan", "48000", ("post", "year"), id="×"
        ),
        pytest.param(
            "（raised－post_price）",
            "1.2万元",
            "12,000 yuan",
            "12000",
            ("post", "year"),
            id="full width",
        ),
        pytest.param("1 - pay_share", "20%", "20%", "0.2", (), id="what a share leaves"),
        pytest.param(
            "overhead / post_price", "约17%", "about 17%", "0.17", (), id="a part's share"
        ),
        pytest.param(
            "paid_2010 + paid_2011",
            "约1.23亿元",
            "about 123 million yuan",
            "123000000",
            (),
            id="two years of one class",
        ),
    ],
)
def test_the_guard_allows(
    formula: str, words: str, english: str, value: str, per: tuple[str, ...]
) -> None:
    derived, reasons = derive(formula, seed(), vocabulary())

    assert reasons == ()
    assert derived is not None
    assert derived.quantity.text == words
    assert in_english(derived.quantity) == english
    assert derived.quantity.value == Decimal(value)
    assert derived.per == per


@pytest.mark.parametrize(
    ("formula", "zh", "en"),
    [
        pytest.param(
            "paid_2011 / applicants",
            "“paid_2011”（约8000万元）与“applicants”（748家）不能相除："
            "“applicants”不是这笔钱买来的（申报不是获得）",
            "was not bought with this money (not funded)",
            id="R-01 applicants are not the funded",
        ),
        pytest.param(
            "pay * 12 * workers",
            "“pay”（800元至1000元）不能与 12 相乘：这个数没有来源",
            "no source gives that number",
            id="R-02 months that no source gives",
        ),
        pytest.param(
            "pay * workers",
            "“pay”是区间，不是一个数；“workers”只是一个界限（逾百人）；没有来源说前者按后者计付",
            "“workers” is only a bound (more than 100)",
            id="R-02 a range by a lower bound",
        ),
        pytest.param(
            "paid_2011 + programme",
            "“programme”是混合用途资金：不可比；量的是不同的东西",
            "measure different things: annual total against mixed programme",
            id="R-04 a sum over measures",
        ),
        pytest.param(
            "programme / paid_2010", "“programme”是混合用途资金", "mixed programme", id="R-06"
        ),
        pytest.param(
            "cap * workers", "“cap”是赔付上限", "payout cap", id="R-07 a cap is not spent"
        ),
        pytest.param("outlay / workers", "“workers”只是一个界限", "only a bound", id="lower bound"),
        pytest.param("outlay + paid_2010", "一个是计划，一个不是", "one is a plan", id="a plan"),
        pytest.param(
            "paid_2011 / post_price", "量的是不同的东西", "measure different", id="classes"
        ),
        pytest.param(
            "paid_2010 * pay_share", "不是这个金额的占比", "not a share of this", id="share"
        ),
        pytest.param(
            "post_price + raised", "单价、比例和倍数不能相加", "cannot be added", id="prices"
        ),
        pytest.param("paid_2010 + paid_2010", "同一段时间", "count it twice", id="twice"),
        pytest.param(
            "paid_2010 / 12", "不能与 12 相除：这个数没有来源", "12 cannot", id="by twelve"
        ),
        pytest.param("2 - pay_share", "不能与 2 相减", "2 cannot be subtracted", id="two"),
        pytest.param(
            "paid_2011 / projects_2010", "两个数的时期不同", "different periods", id="periods"
        ),
        pytest.param(
            "paid_2011 - paid_2011", "比约数的误差还小", "smaller than the error", id="nil"
        ),
        pytest.param("applicants - projects_2010", "单位不同", "different units", id="units"),
        pytest.param(
            "allowed / paid_2010", "状态不同（设定、报道）", "statuses differ", id="states"
        ),
        pytest.param("may_2012 / paid_2010", "时间长短不同", "differ in length", id="a month"),
        pytest.param("five_years - one_year", "时期不同", "different periods", id="a year of five"),
        pytest.param("five_years - paid_2010", "时间长短不同", "differ in length", id="years"),
    ],
)
def test_the_guard_refuses_and_says_why(formula: str, zh: str, en: str) -> None:
    derived, reasons = derive(formula, seed(), vocabulary())

    assert derived is None
    assert any(zh in reason.zh for reason in reasons), reasons
    assert any(en in reason.en for reason in reasons), reasons


def test_accounts_of_several_sources_are_not_computed_with() -> None:
    given = seed()
    given["other"] = replace(given["paid_2011"], id="other", source="gazette-2016")

    derived, reasons = derive("other - paid_2010", given, vocabulary())

    assert derived is None
    assert any(
        "出自几个来源（gazette-2016、evening-2015-03-02）" in reason.zh for reason in reasons
    )


@pytest.mark.parametrize(
    ("formula", "fitting"),
    [
        pytest.param("paid_2010 + paid_2011", ["cumulative"], id="a sum of years"),
        pytest.param("paid_2011 - paid_2010", ["difference"], id="a difference"),
        pytest.param("paid_2011 / paid_2010", ["multiple"], id="a multiple"),
        pytest.param("raised / post_price - 1", ["change"], id="a change"),
        pytest.param("raised - post_price", ["difference"], id="a raise"),
        pytest.param("paid_2010 / projects_2010", ["average"], id="an average"),
        pytest.param("overhead / post_price", ["share"], id="a part of its whole"),
        pytest.param("1 - pay_share", ["share"], id="what a share leaves"),
        pytest.param("post_price * pay_share", ["unit_price"], id="a share of a price"),
        pytest.param("post_price - overhead", ["unit_price"], id="the rest of a price"),
        pytest.param(
            "post_price - overhead - post_price * pay_share", ["unit_price"], id="the last rest"
        ),
    ],
)
def test_a_result_has_the_measure_of_what_it_is(formula: str, fitting: list[str]) -> None:
    problems: list[Problem] = []
    words = replace(vocabulary(), measures=read_lists(TEN_CASES, problems).vocabulary.measures)
    derived, reasons = derive(formula, seed(), words)

    assert derived is not None, reasons
    assert [measure.key for measure in derived.measures] == fitting


@pytest.mark.parametrize(
    ("one", "sign", "other", "expected"),
    [
        pytest.param(
            "超过9000万元", "/", "4277万元", "超过2.104倍", id="more than stays more than"
        ),
        pytest.param("4277万元", "/", "超过9000万元", "至多0.4753倍", id="divided by more than"),
        pytest.param("至少3万元", "/", "3万元", "至少1倍", id="at least"),
        pytest.param("3万元", "/", "不超过3万元", "至少1倍", id="divided by at most"),
        pytest.param("约3万元", "/", "约7万元", "约0.43倍", id="about by about"),
        pytest.param("约3万元", "/", "超过7万元", "", id="about by more than"),
        pytest.param("超过3万元", "/", "超过7万元", "", id="bounds against each other"),
        pytest.param("超过3万元", "+", "至少7万元", "超过10万元", id="bounds of one direction"),
        pytest.param("约3万元", "-", "1万元", "约2万元", id="about less exact"),
        pytest.param("3万元", "/", "7万元", "约0.4286倍", id="a quotient that does not come out"),
        pytest.param("3万元", "/", "8万元", "0.375倍", id="a quotient that comes out"),
        pytest.param("12345元", "+", "7万元", "8.2345万元", id="an exact sum keeps its digits"),
        pytest.param("1至2万元", "+", "7万元", "", id="a range"),
    ],
)
def test_a_result_is_no_more_certain_than_its_parts(
    one: str, sign: str, other: str, expected: str
) -> None:
    pair = figures(
        one=figure_of("one", one, period="2010"), other=figure_of("other", other, period="2011")
    )

    derived, reasons = derive(f"one {sign} other", pair, vocabulary())

    assert (derived.quantity.text if derived else "") == expected
    assert bool(reasons) is not bool(expected)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        pytest.param("paid", 1, id="a single name"),
        pytest.param("paid /", 7, id="breaks off"),
        pytest.param("paid / / clubs", 8, id="two signs"),
        pytest.param("paid % clubs", 6, id="unknown sign"),
        pytest.param("(paid / clubs", 14, id="open bracket"),
        pytest.param("paid / clubs)", 13, id="closed bracket"),
        pytest.param("paid clubs", 6, id="no sign"),
        pytest.param("__import__('os')", 1, id="code"),
        pytest.param("paid ** 2", 7, id="power"),
        pytest.param("1.5 * paid", 2, id="a fraction"),
        pytest.param("甲 / 乙", 1, id="Chinese names"),
        pytest.param("a+" * 150 + "a", 1, id="too long"),
    ],
)
def test_what_is_no_formula_is_refused_at_its_column(text: str, column: int) -> None:
    with pytest.raises(WordingError) as caught:
        parse_formula(text)

    assert caught.value.column == column


def test_a_formula_names_figures_in_its_order() -> None:
    term = parse_formula("(raised - price) / price - 1")

    assert [(name.id, name.column) for name in names_of(term)] == [
        ("raised", 2),
        ("price", 11),
        ("price", 20),
    ]
    assert split_formula("a*b-1") == ("a", "×", "b", "−", "1")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("2011", "2011", True, id="one year"),
        pytest.param("2010", "2011", False, id="two years"),
        pytest.param("2012", "2012-11", True, id="a month of the year"),
        pytest.param("2010/2014", "2010/2015", False, id="two spans"),
        pytest.param("2012?", "2012", True, id="an uncertain year"),
        pytest.param("不晚于2012-12-07", "2010", True, id="only a latest date"),
        pytest.param("不晚于2012-12-07", "2015", False, id="after the latest date"),
        pytest.param("2009/..", "2015", True, id="an open end"),
        pytest.param("2009/..", "2008", False, id="before the start"),
    ],
)
def test_periods_speak_of_the_same_time(one: str, other: str, expected: bool) -> None:
    assert speak_of_same_time(parse_period(one), parse_period(other)) is expected
    assert speak_of_same_time(parse_period(other), parse_period(one)) is expected


def test_only_spending_is_told_as_spending() -> None:
    given = seed()

    assert why_not_spending([given["paid_2010"]], vocabulary()) is None
    for name in ("programme", "cap"):
        reason = why_not_spending([given[name]], vocabulary())
        assert reason is not None and name in reason.zh


def computed(formula: str, **fields: str | None) -> str:
    own: dict[str, str | None] = {
        "formula": formula,
        "amount": None,
        "period": None,
        "status": None,
        "source": None,
    }
    return figure("more", **(own | {"measure": "annual_total"} | fields))


def test_a_record_declares_a_computed_figure() -> None:
    text = record(figure("a", period="2013"), computed("a + b"), figure("b", period="2014"))

    case = case_of(text)

    assert list(case.figures) == ["a", "more", "b"]
    more = case.figures["more"]
    assert more.quantity.text == "240万元"
    assert more.period.edtf == "2013/2014"
    assert more.source == "evening-2015-03-02"
    assert more.formula == "a + b"
    assert [f.id for f in case.printed_figures] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"formula": "paid +"}, ["18:20 E280"], id="breaks off"),
        pytest.param({"formula": "paid + pait"}, ["18:21 E250"], id="unknown figure"),
        pytest.param({"formula": "paid + more"}, ["18:14 E282"], id="itself"),
        pytest.param({"formula": "paid + paid"}, ["18:14 E283"], id="refused"),
        pytest.param({"amount": "240万元", "quote": None}, ["16:13 E281"], id="an amount as well"),
        pytest.param({"measure": "count"}, ["17:14 E218"], id="another measure"),
    ],
)
def test_a_computed_figure_that_is_wrong_is_told_at_its_place(
    fields: dict[str, str | None], expected: list[str]
) -> None:
    formula = fields.pop("formula", None) or "paid + later"
    text = record(figure(), computed(formula, **fields), figure("later", period="2014"))

    _, problems = read(text)

    assert [line.split()[-1] for line in shown(problems)] == [e.split()[-1] for e in expected]


def test_two_computed_figures_may_not_rest_on_each_other() -> None:
    text = record(
        figure(), computed("paid + other"), computed("paid + more").replace("more:", "other:")
    )

    _, problems = read(text)

    assert [problem.code for problem in problems] == ["E282", "E282"]
