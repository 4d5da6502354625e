"""The reading of printed amounts, and the wordings that are refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.problems import WordingError
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.quantity import compact, in_english, plain, with_reading
from casebook.values.words import QUALIFIERS, WORDS


def refusal(text: str) -> WordingError:
    """The error with which a wording is refused."""
    with pytest.raises(WordingError) as caught:
        parse_quantity(text)
    return caught.value


SINGLE = [
    # text, qualifier, value, unit
    ("约8000万元", "approx", "80000000", "CNY"),
    ("4277万元", "exact", "42770000", "CNY"),
    ("300项", "exact", "300", "项"),
    ("130余项", "more_than", "130", "项"),
    ("逾百人", "more_than", "100", "人"),
    ("将突破亿元", "more_than", "100000000", "CNY"),
    ("千元", "exact", "1000", "CNY"),
    ("748家", "exact", "748", "家"),
    ("3亿多元", "more_than", "300000000", "CNY"),
    ("100多人", "more_than", "100", "人"),
    ("8千余万元", "more_than", "80000000", "CNY"),
    ("10多万元", "more_than", "100000", "CNY"),
    ("十余家", "more_than", "10", "家"),
    ("超过130余项", "more_than", "130", "项"),
    ("3千万元", "exact", "30000000", "CNY"),
    ("7.2万元", "exact", "72000", "CNY"),
    ("八千万元", "exact", "80000000", "CNY"),
    ("一万五千元", "exact", "15000", "CNY"),
    ("一百零五人", "exact", "105", "人"),
    ("一千零五十人", "exact", "1050", "人"),
    ("两亿元", "exact", "200000000", "CNY"),
    ("三点五亿元", "exact", "350000000", "CNY"),
    ("1亿2000万元", "exact", "120000000", "CNY"),
    ("2万亿元", "exact", "2000000000000", "CNY"),
    ("一二〇项", "exact", "120", "项"),
    ("１２３元", "exact", "123", "CNY"),
    ("1,000,000元", "exact", "1000000", "CNY"),
    ("1，000，000元", "exact", "1000000", "CNY"),
    ("0元", "exact", "0", "CNY"),
    ("8000 万元", "exact", "80000000", "CNY"),
    ("80%", "exact", "0.8", "ratio"),
    ("８０％", "exact", "0.8", "ratio"),
    ("百分之八十", "exact", "0.8", "ratio"),
    ("500港元", "exact", "500", "HKD"),
    ("港币500元", "exact", "500", "HKD"),
    ("5万美元", "exact", "50000", "USD"),
    ("人民币800元", "exact", "800", "CNY"),
    ("100人民币", "exact", "100", "CNY"),
    ("￥800", "exact", "800", "CNY"),
    ("5家培训机构", "exact", "5", "家培训机构"),
    ("60个文化站点", "exact", "60", "个文化站点"),
    ("2个时段", "exact", "2", "个时段"),
    ("5家第三方机构", "exact", "5", "家第三方机构"),
    ("3名以上专家", "at_least", "3", "名专家"),
    ("100人以上", "at_least", "100", "人"),
    ("不少于500万元", "at_least", "5000000", "CNY"),
    ("至少100人", "at_least", "100", "人"),
    ("不超过20万元", "at_most", "200000", "CNY"),
    ("最高达20万元", "at_most", "200000", "CNY"),
    ("达20万元上限", "at_most", "200000", "CNY"),
    ("20万元以内", "at_most", "200000", "CNY"),
    ("达20万元", "exact", "200000", "CNY"),
    ("共262项", "exact", "262", "项"),
    ("大约60人", "approx", "60", "人"),
    ("60人左右", "approx", "60", "人"),
    ("将近100人", "approx", "100", "人"),
    ("一万左右", "approx", "10000", ""),
    ("10亿", "exact", "1000000000", ""),
    ("90分以上", "at_least", "90", "分"),
    ("3,120万千瓦时", "exact", "31200000", "千瓦时"),
    ("500千伏", "exact", "500", "千伏"),
    ("三千米", "exact", "3000", "米"),
    ("人民币约320万元", "approx", "3200000", "CNY"),
    ("同比增长12.6%", "exact", "0.126", "ratio"),
]


@pytest.mark.parametrize(
    ("text", "qualifier", "value", "unit"), [pytest.param(*row, id=row[0]) for row in SINGLE]
)
def test_a_wording_gives_its_qualifier_value_and_unit(
    text: str, qualifier: str, value: str, unit: str
) -> None:
    quantity = parse_quantity(text)

    assert (quantity.qualifier, quantity.value, quantity.unit) == (qualifier, Decimal(value), unit)


RANGES = [
    ("800元至1000元", "800", "1000", "CNY"),
    ("60—100元", "60", "100", "CNY"),
    ("800～1000元", "800", "1000", "CNY"),
    ("800-1000元", "800", "1000", "CNY"),
    ("800~1000元", "800", "1000", "CNY"),
    ("3到5家", "3", "5", "家"),
    ("3—5万元", "30000", "50000", "CNY"),
    ("人民币3—5万元", "30000", "50000", "CNY"),
    ("800至1万元", "800", "10000", "CNY"),
    ("1元至3万元", "1", "30000", "CNY"),
    ("三至十五家", "3", "15", "家"),
    ("5-6千万元", "50000000", "60000000", "CNY"),
    ("五至六千万元", "50000000", "60000000", "CNY"),
    ("1至3千万", "10000000", "30000000", ""),
    ("2-3千元", "2000", "3000", "CNY"),
    ("2-3百万元", "2000000", "3000000", "CNY"),
    ("二到三百万元", "2000000", "3000000", "CNY"),
    ("3-4百人次", "300", "400", "人次"),
    ("500-6千万元", "5000000", "60000000", "CNY"),
    ("3千—5千万元", "30000000", "50000000", "CNY"),
    ("二十至三十万元", "200000", "300000", "CNY"),
    ("一至二十万元", "10000", "200000", "CNY"),
    ("5千-1万元", "5000", "10000", "CNY"),
    ("百至千元", "100", "1000", "CNY"),
    ("8百至1千元", "800", "1000", "CNY"),
    ("3千至6千5百元", "3000", "6500", "CNY"),
    ("3百至9,000元", "300", "9000", "CNY"),
    ("60%至80%", "0.6", "0.8", "ratio"),
    ("百分之六十至八十", "0.6", "0.8", "ratio"),
    ("800元至1000元不等", "800", "1000", "CNY"),
    ("300元以上500元以下", "300", "500", "CNY"),
    ("不低于300元、不高于500元", "300", "500", "CNY"),
    ("3万以上5万元以内", "30000", "50000", "CNY"),
]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"), [pytest.param(*row, id=row[0]) for row in RANGES]
)
def test_a_range_gives_its_two_ends_and_no_value(text: str, low: str, high: str, unit: str) -> None:
    quantity = parse_quantity(text)

    assert quantity.qualifier == "range"
    assert quantity.value is None
    assert (quantity.low, quantity.high, quantity.unit) == (Decimal(low), Decimal(high), unit)
    assert quantity.magnitude == Decimal(high)


@pytest.mark.parametrize(
    ("text", "per"),
    [
        pytest.param("每年560万元", ("年",), id="a year before"),
        pytest.param("每年将出资560万元", ("年",), id="a year before a plan"),
        pytest.param("每人每月800元至1000元", ("人", "月"), id="two before"),
        pytest.param("每个岗位每年6万元", ("岗位", "年"), id="with a counter"),
        pytest.param("每名社工每月3000元", ("社工", "月"), id="a person's trade"),
        pytest.param("每户20万元", ("户",), id="a household"),
        pytest.param("每户也达20万元", ("户",), id="before 也达"),
        pytest.param("每场5000元", ("场",), id="an event"),
        pytest.param("每人次5元", ("人次",), id="人次 is one word"),
        pytest.param("7.2万元/岗位/年", ("岗位", "年"), id="after slashes"),
        pytest.param("6000元/人·年", ("人", "年"), id="after a middle dot"),
        pytest.param("6万元每年", ("年",), id="after the unit"),
        pytest.param("人均36元", ("人",), id="average by person"),
        pytest.param("月均500元", ("月",), id="average by month"),
        pytest.param("每半天300元", ("半天",), id="half a day"),
        pytest.param("6万元", (), id="none"),
    ],
)
def test_what_an_amount_is_divided_by_is_read_from_the_wording(
    text: str, per: tuple[str, ...]
) -> None:
    assert parse_quantity(text).per == per


@pytest.mark.parametrize("text", ["将突破亿元", "计划投入500万元", "拟投入5元", "预计达1亿元"])
def test_a_wording_that_looks_ahead_is_planned(text: str) -> None:
    assert parse_quantity(text).planned


def test_nearly_is_not_a_plan() -> None:
    assert not parse_quantity("将近100人").planned


@pytest.mark.parametrize(
    ("text", "column"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("  ", 1, id="blank"),
        pytest.param("nan", 1, id="nan"),
        pytest.param("inf", 1, id="inf"),
        pytest.param("Infinity元", 1, id="infinity"),
        pytest.param("1e5", 2, id="scientific notation"),
        pytest.param("0x1F", 2, id="hexadecimal"),
        pytest.param("0512", 1, id="leading zero"),
        pytest.param("1_000元", 2, id="underscore"),
        pytest.param("-5元", 1, id="negative"),
        pytest.param("1,00元", 1, id="separator misplaced"),
        pytest.param("10,0000元", 1, id="separator at four digits"),
        pytest.param("1,2家", 1, id="two numbers"),
        pytest.param("1.5.3", 4, id="two points"),
        pytest.param("1.元", 2, id="nothing after the point"),
        pytest.param(".5元", 1, id="nothing before the point"),
        pytest.param("1234567890123456元", 1, id="sixteen digits"),
        pytest.param("0.12345元", 1, id="five places"),
        pytest.param("999999999999999万亿元", 1, id="beyond all money"),
        pytest.param("约800元以上", 6, id="about and at least"),
        pytest.param("不超过130余项", 7, id="at most and more than"),
        pytest.param("超过800元至1000元", 13, id="a range with a limit"),
        pytest.param("1000至800元", 1, id="a range that falls"),
        pytest.param("800元至1000港元", 1, id="a range in two currencies"),
        pytest.param("800至", 5, id="a range without an end"),
        pytest.param("人民币5美元", 4, id="two currencies"),
        pytest.param("一万五", 3, id="two readings of the last digit"),
        pytest.param("万万元", 2, id="scales that do not fall"),
        pytest.param("5个百分点", 2, id="percentage points"),
        pytest.param("12.5 percentage points", 6, id="percentage points in English"),
        pytest.param("300人以上500元以下", 7, id="limits in two units"),
        pytest.param("500元以上300元以下", 7, id="limits that fall"),
        pytest.param("300元以上500元", 7, id="an upper limit that is lost"),
        pytest.param("3个多月", 4, id="a qualifier inside a noun"),
        pytest.param("12家近年", 4, id="a qualifier in place of a noun"),
        pytest.param("5元/不超过年", 3, id="a qualifier in place of a word to divide by"),
        pytest.param("5家机构和三家企业", 5, id="two amounts"),
        pytest.param("每百人5元", 1, id="a number to divide by"),
        pytest.param("2012年", 5, id="a year"),
        pytest.param("超过数万元", 6, id="a rough number with a limit"),
        pytest.param("三个半天", 2, id="three half days or three and a half"),
        pytest.param("0.123456元", 1, id="six places that are not of fen"),
        pytest.param("壹佰万元整（￥1000.00）", 6, id="two amounts that differ"),
        pytest.param("若干元", 1, id="some"),
        pytest.param("一百二万元", 3, id="1.2 million in speech"),
        pytest.param("两百五万元", 3, id="2.5 million in speech"),
        pytest.param("约  万元", 4, id="a number that was left out"),
        pytest.param("一五元", 1, id="two digits that are no neighbours"),
        pytest.param("每年不过6万元", 1, id="a qualifier that is unknown"),
        pytest.param("每户签约30元", 1, id="约 inside a verb"),
        pytest.param("²元", 1, id="superscript"),
        pytest.param("٣元", 1, id="digits of another script"),
        pytest.param("1" * 81, 81, id="81 characters"),
    ],
)
def test_what_is_not_an_amount_is_refused_at_its_column(text: str, column: int) -> None:
    error = refusal(text)

    assert error.column == column
    assert error.message.zh
    assert error.message.en


def test_a_refusal_of_what_is_free_says_how_to_write_it() -> None:
    assert "0元" in refusal("免费").message.zh


def test_a_refusal_shows_what_was_understood() -> None:
    assert refusal("约800元以上").understood == "约800元"


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        pytest.param("29000元公益金", "“29000元”", id="a noun behind"),
        pytest.param("服务群众1.2万人次", "“1.2万人次”", id="words before"),
        pytest.param("每人予以2-3千元补贴", "写作“每人予以2-3千元”", id="what it is per"),
        pytest.param("5家机构和三家企业", "“5家机构”", id="the first of two"),
    ],
)
def test_a_refusal_offers_the_amount_alone(text: str, nearest: str) -> None:
    assert nearest in refusal(text).message.zh


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1e6元", id="an exponent"),
        pytest.param("1.2×10^6元", id="a power"),
        pytest.param("2.5.1万元", id="two points"),
        pytest.param("1’234’567元", id="apostrophes between thousands"),
        pytest.param("3+2万元", id="a sum"),
        pytest.param("负5万元", id="a negative number in words"),
        pytest.param("卅五家", id="a rare numeral"),
        pytest.param("～300人", id="a sign that qualifies"),
        pytest.param("800或1000元", id="one or the other"),
        pytest.param("800元、1000元", id="two amounts"),
        pytest.param("每两年300万元", id="what it is per"),
        pytest.param("300万元/100人", id="a sum divided"),
        pytest.param("100个岗位，每个6万元", id="a price behind a count"),
        pytest.param("5万元x10", id="a price times a count"),
        pytest.param("five or six projects", id="an English number joined to another"),
        pytest.param("300人+", id="a plus behind the counter"),
        pytest.param("HK $5 million", id="letters of the currency"),
        pytest.param("津巴布韦币300万元", id="a currency that is not known"),
        pytest.param("300万元（美元）", id="the currency behind it"),
        pytest.param("300万元的一半", id="a half of it"),
        pytest.param("差一点300万元", id="not quite"),
        pytest.param("没有300万元", id="denied"),
        pytest.param("各300万元", id="so much for each"),
        pytest.param("300万元余额", id="余 of 余额"),
        pytest.param("300万元往上", id="a limit in other words"),
        pytest.param("〉300万元", id="a bracket for a sign"),
        pytest.param("目标300万元", id="a plan in other words"),
        pytest.param("2?0万元", id="a digit that cannot be read"),
        pytest.param("120。5万元", id="a full stop for a point"),
        pytest.param("twice RMB 3 million", id="a multiple in English"),
        pytest.param("RMB 3 million for three years", id="a time in English"),
    ],
)
def test_a_refusal_offers_no_part_of_a_number(text: str) -> None:
    assert "可写作" not in refusal(text).message.zh


@pytest.mark.parametrize(
    "text", ["between 800 yuan", "介于800元", "从800元", "costs from 800 yuan"]
)
def test_one_number_is_no_range(text: str) -> None:
    assert "区间" in refusal(text).message.zh


def test_a_currency_is_no_counter() -> None:
    assert refusal("80 kln yuan").column == 8


def test_a_dash_alone_is_no_negative_number() -> None:
    assert "负数" in refusal("-5万元").message.zh
    assert "负数" not in refusal("-").message.zh


def test_only_digits_behind_an_e_are_an_exponent() -> None:
    assert "科学记数法" in refusal("1e6元").message.zh
    assert "科学记数法" not in refusal("60,000 yuan each").message.zh


def test_segments_set_qualifier_number_and_unit_apart() -> None:
    found = [(part.role, part.text) for part in parse_quantity("约8000万元").segments]

    assert found == [("qualifier", "约"), ("number", "8000"), ("unit", "万元")]


def test_segments_show_per_and_a_qualifier_inside_the_number() -> None:
    found = [(part.role, part.text) for part in parse_quantity("每年将达8千余万元").segments]

    assert found == [
        ("per", "每年"),
        ("planned", "将"),
        ("qualifier", "达"),
        ("number", "8"),
        ("unit", "千"),
        ("qualifier", "余"),
        ("unit", "万元"),
    ]


PIECES = st.sampled_from(
    [
        *"0123456789一二两三四五十百千万亿零〇点半余多约近超",
        *"逾达将拟每年月人户项家个名元/·,.，%％至—-~ 　",
        *(
            "以上",
            "以下",
            "左右",
            "不超过",
            "至少",
            "岗位",
            "百分之",
            "上万",
            "半",
            "壹佰",
            "成",
            "折",
            "元整",
            "角",
            "million",
            "USD",
            "几",
            "数",
            "来",
            "人民币",
            "港元",
            "美元",
            "上限",
        ),
    ]
)


@given(st.one_of(st.text(max_size=90), st.lists(PIECES, max_size=14).map("".join)))
def test_any_text_is_an_amount_or_a_quantity_error(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except WordingError as error:
        assert error.message.zh and error.message.en and 1 <= error.column <= len(text) + 1
    else:
        assert "".join(part.text for part in quantity.segments) == text
        assert (quantity.value is None) == (quantity.qualifier in ("range", "rough"))
        assert quantity.magnitude >= 0
        assert in_english(quantity)


@given(st.integers(min_value=0, max_value=10**13))
def test_a_compact_value_reads_back_as_itself(value: int) -> None:
    assert parse_quantity(compact(Decimal(value), "CNY", "zh")).value == value


def test_a_reading_gives_the_unit_that_the_wording_lacks() -> None:
    quantity = with_reading(parse_quantity("一万左右"), unit="元")

    assert (quantity.unit, quantity.value, quantity.kind) == ("CNY", Decimal(10000), "money")


def test_a_reading_may_say_whose_yuan_is_meant_and_is_shown() -> None:
    quantity = with_reading(parse_quantity("約9億元"), unit="港元")

    assert (quantity.unit, quantity.value) == ("HKD", Decimal(900000000))
    assert quantity.words == "約9億港元"
    assert in_english(quantity) == "about 900 million Hong Kong dollars"


def test_a_reading_of_per_cent_divides_by_a_hundred() -> None:
    assert with_reading(parse_quantity("80"), unit="%").value == Decimal("0.8")


def test_a_reading_of_a_counter_may_have_a_noun() -> None:
    assert with_reading(parse_quantity("17"), unit="项职能").unit == "项职能"


def test_a_reading_may_call_a_ceiling_what_the_wording_leaves_open() -> None:
    quantity = with_reading(parse_quantity("每人达20万元"), qualifier="at_most")

    assert (quantity.qualifier, quantity.value) == ("at_most", Decimal(200000))


@pytest.mark.parametrize(
    ("text", "qualifier", "unit"),
    [
        pytest.param("6万元", None, "美元", id="another currency"),
        pytest.param("6万港元", None, "元", id="a currency that is printed"),
        pytest.param("人民币6万元", None, "港元", id="a currency that is printed before"),
        pytest.param("6万", None, "石头", id="no unit"),
        pytest.param("6万元", "range", None, id="a range that is none"),
        pytest.param("3到5家", "exact", None, id="a range that is one"),
        pytest.param("6万元", "maybe", None, id="no qualifier"),
    ],
)
def test_a_reading_may_not_contradict_the_wording(
    text: str, qualifier: str | None, unit: str | None
) -> None:
    with pytest.raises(WordingError):
        with_reading(parse_quantity(text), qualifier, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("约8000万元", "about 80 million yuan"),
        ("4277万元", "42.77 million yuan"),
        ("6万元", "60,000 yuan"),
        ("800元至1000元", "800 to 1,000 yuan"),
        ("约800至1000元", "about 800 to 1,000 yuan"),
        ("130余项", "more than 130"),
        ("逾百人", "more than 100"),
        ("将突破亿元", "more than 100 million yuan (planned)"),
        ("每年出资560万元", "5.6 million yuan a year"),
        ("每年将出资560万元", "5.6 million yuan a year (planned)"),
        ("每人每月800元至1000元", "800 to 1,000 yuan a person a month"),
        ("7.2万元/岗位/年", "72,000 yuan a post a year"),
        ("每小时25元", "25 yuan an hour"),
        ("310円/食", "310 yen a meal"),
        ("不超过20万元", "up to 200,000 yuan"),
        ("至少100人", "at least 100"),
        ("80%", "80%"),
        ("60%至80%", "60% to 80%"),
        ("3.5亿元", "350 million yuan"),
        ("10亿", "1 billion"),
        ("2万亿元", "2 trillion yuan"),
        ("1234.5678万元", "12,345,678 yuan"),
        ("1美元", "1 US dollar"),
        ("500港元", "500 Hong Kong dollars"),
        ("5万英镑", "50,000 pounds sterling"),
        ("数万元", "tens of thousands of yuan"),
        ("几百人", "hundreds"),
        ("几个", "several"),
        ("几成", "somewhere between 20% and 100%"),
        ("数十亿元", "billions of yuan"),
        ("每年几百万元", "millions of yuan a year"),
        ("十几万元", "somewhere between 110,000 and 200,000 yuan"),
        ("上百万元", "upwards of 1 million yuan"),
        ("八成", "80%"),
        ("2倍", "2 times"),
        ("不超过310万元（不含税）", "up to 3.1 million yuan (taxes excluded)"),
        ("每月税后5000元", "5,000 yuan a month (after taxes)"),
    ],
)
def test_an_amount_keeps_its_qualifier_in_english(text: str, english: str) -> None:
    assert in_english(parse_quantity(text)) == english


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        ("42770000", "CNY", "4277万元", "42.77 million yuan"),
        ("72000", "CNY", "7.2万元", "72,000 yuan"),
        ("1000", "CNY", "1000元", "1,000 yuan"),
        ("350000000", "CNY", "3.5亿元", "350 million yuan"),
        ("0", "CNY", "0元", "0 yuan"),
        ("12000", "CNY", "1.2万元", "12,000 yuan"),
        ("5000", "HKD", "5000港元", "5,000 Hong Kong dollars"),
        ("0.8", "ratio", "80%", "80%"),
        ("748", "家", "748家", "748"),
        ("-50000", "CNY", "-5万元", "-50,000 yuan"),
    ],
)
def test_a_computed_value_has_the_notation_of_the_site(
    value: str, unit: str, zh: str, en: str
) -> None:
    assert compact(Decimal(value), unit, "zh") == zh
    assert compact(Decimal(value), unit, "en") == en


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+8", "100000000"), ("7.20", "7.2"), ("0.00", "0"), ("-0", "0"), ("0.05", "0.05")],
)
def test_a_plain_value_has_no_exponent_and_no_trailing_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@pytest.mark.parametrize(
    ("text", "kind"), [("6万元", "money"), ("80%", "share"), ("17项", "count"), ("10亿", "count")]
)
def test_the_unit_tells_money_from_shares_and_counts(text: str, kind: str) -> None:
    assert parse_quantity(text).kind == kind


@pytest.mark.parametrize(
    ("text", "names", "english"),
    [
        pytest.param(
            "98元/盏·年", ("lamp", "year"), "98 yuan a lamp a year", id="by the vocabulary"
        ),
        pytest.param("每床每月500元", (), "500 yuan a bed a month", id="a common word"),
        pytest.param("每小时98元", (), "98 yuan an hour", id="an hour"),
        pytest.param("每次3元", ("event",), "3 yuan an event", id="a vowel"),
    ],
)
def test_english_says_what_an_amount_is_per(
    text: str, names: tuple[str, ...], english: str
) -> None:
    assert in_english(replace(parse_quantity(text), per_in_english=names)) == english


def test_every_qualifier_has_a_name_in_both_languages() -> None:
    assert all(words.name.zh and words.name.en for words in QUALIFIERS.values())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("投入4277万元", [("42770000", "exact", "CNY")], id="behind other words"),
        pytest.param("将突破亿元", [("100000000", "more_than", "CNY")], id="a scale alone"),
        pytest.param("约每年将出资560万元", [("5600000", "approx", "CNY")], id="words between"),
        pytest.param("达到130余项", [("130", "more_than", "项")], id="a plus inside"),
        pytest.param(
            "三大类17项职能", [("3", "exact", "大类"), ("17", "exact", "项职能")], id="two amounts"
        ),
        pytest.param("履约保证金6万元", [("60000", "exact", "CNY")], id="a bond is no 约"),
        pytest.param("超范围列支6万元", [("60000", "exact", "CNY")], id="beyond what is allowed"),
        pytest.param("超预算6万元", [("60000", "more_than", "CNY")], id="beyond the budget"),
        pytest.param("最近300项", [("300", "exact", "项")], id="a word that looks like one"),
        pytest.param("不低于8000万", [("80000000", "at_least", "")], id="cut before the unit"),
        pytest.param("支付800元至1000元", [("1000", "range", "CNY")], id="both ends"),
        pytest.param("支付800元至", [], id="a range cut behind"),
        pytest.param("至1000元", [], id="a range cut before"),
        pytest.param("增至1000元", [("1000", "exact", "CNY")], id="raised to"),
        pytest.param("无需缴纳任何费用", [], id="no number"),
        pytest.param("上半年3项", [("3", "exact", "项")], id="half a year that is none"),
        pytest.param("第三季度5场", [("5", "exact", "场")], id="an ordinal"),
        pytest.param("一个半小时课程", [("1.5", "exact", "小时课程")], id="a half and a noun"),
        pytest.param("每户资助数万元", [("0", "rough", "CNY")], id="a rough number"),
        pytest.param("三至五百元", [("500", "range", "CNY")], id="a shared scale"),
    ],
)
def test_the_amounts_inside_a_few_words_are_found(words: str, found: list[object]) -> None:
    amounts = find_amounts(words)

    assert [(plain(a.magnitude), a.qualifier, a.unit) for a in amounts] == found


@pytest.mark.parametrize(
    ("words", "per", "planned"),
    [
        pytest.param("每个岗位每年6万元", ("岗位", "年"), False, id="two before"),
        pytest.param("每年将出资560万元", ("年",), True, id="a year and a plan"),
        pytest.param("将突破亿元", (), True, id="a plan"),
        pytest.param("将近100人", (), False, id="nearly is no plan"),
        pytest.param("下达3731万元", (), False, id="neither"),
        pytest.param("购买服务6万元/年", ("年",), False, id="behind"),
    ],
)
def test_an_amount_inside_words_keeps_its_per_and_its_plan(
    words: str, per: tuple[str, ...], planned: bool
) -> None:
    (amount,) = find_amounts(words)

    assert (amount.per, amount.planned) == (per, planned)


def test_patterns_of_amounts_plans_and_quotes_have_names_of_their_own() -> None:
    groups = [WORDS[f"{name}_patterns"] for name in ("amount", "plan", "quote")]

    assert sum(map(len, groups)) == len({name for group in groups for name in group})
