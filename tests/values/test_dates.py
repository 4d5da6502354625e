"""The reading of dates, and the wordings that are refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.problems import WordingError
from casebook.values.dates import parse_period
from casebook.values.periods import Period


def refusal(text: str) -> WordingError:
    """The error with which a wording is refused."""
    with pytest.raises(WordingError) as caught:
        parse_period(text)
    return caught.value


# text, edtf, earliest, latest, precision, lane
ACCEPTED = [
    ("1995", "1995", (1995, 1, 1), (1995, 12, 31), "year", "dated"),
    ("2012-11", "2012-11", (2012, 11, 1), (2012, 11, 30), "month", "dated"),
    ("2012-02", "2012-02", (2012, 2, 1), (2012, 2, 29), "month", "dated"),
    ("2012-12-07", "2012-12-07", (2012, 12, 7), (2012, 12, 7), "day", "dated"),
    ("2012?", "2012?", (2012, 1, 1), (2012, 12, 31), "year", "uncertain"),
    ("2009~", "2009~", (2009, 1, 1), (2009, 12, 31), "year", "uncertain"),
    ("2009%", "2009%", (2009, 1, 1), (2009, 12, 31), "year", "uncertain"),
    ("2012-11?", "2012-11?", (2012, 11, 1), (2012, 11, 30), "month", "uncertain"),
    ("2009/..", "2009/..", (2009, 1, 1), None, "interval", "dated"),
    ("2012?/..", "2012?/..", (2012, 1, 1), None, "interval", "uncertain"),
    ("2010/2012", "2010/2012", (2010, 1, 1), (2012, 12, 31), "interval", "dated"),
    ("2010-05/2012~", "2010-05/2012~", (2010, 5, 1), (2012, 12, 31), "interval", "uncertain"),
    ("[..2012-12-07]", "[..2012-12-07]", None, (2012, 12, 7), "interval", "latest_only"),
    ("[..2011]", "[..2011]", None, (2011, 12, 31), "interval", "latest_only"),
    ("1995年", "1995", (1995, 1, 1), (1995, 12, 31), "year", "dated"),
    ("2012年11月", "2012-11", (2012, 11, 1), (2012, 11, 30), "month", "dated"),
    ("2012年1月7日", "2012-01-07", (2012, 1, 7), (2012, 1, 7), "day", "dated"),
    ("2012 年 12 月 7 日", "2012-12-07", (2012, 12, 7), (2012, 12, 7), "day", "dated"),
    ("2009年起", "2009/..", (2009, 1, 1), None, "interval", "dated"),
    ("自2009年起", "2009/..", (2009, 1, 1), None, "interval", "dated"),
    ("2010年至2012年", "2010/2012", (2010, 1, 1), (2012, 12, 31), "interval", "dated"),
    ("2010—2012年", "2010/2012", (2010, 1, 1), (2012, 12, 31), "interval", "dated"),
    ("2010——2012年", "2010/2012", (2010, 1, 1), (2012, 12, 31), "interval", "dated"),
    ("约2009年", "2009~", (2009, 1, 1), (2009, 12, 31), "year", "uncertain"),
    ("2012年（推断）", "2012?", (2012, 1, 1), (2012, 12, 31), "year", "uncertain"),
    ("2012年(推断)", "2012?", (2012, 1, 1), (2012, 12, 31), "year", "uncertain"),
    ("2012年（推断）起", "2012?/..", (2012, 1, 1), None, "interval", "uncertain"),
    ("2012年起（推断）", "2012?/..", (2012, 1, 1), None, "interval", "uncertain"),
    ("不晚于2012-12-07", "[..2012-12-07]", None, (2012, 12, 7), "interval", "latest_only"),
    ("不晚于2012年12月7日", "[..2012-12-07]", None, (2012, 12, 7), "interval", "latest_only"),
    ("截至2011年", "2011", (2011, 1, 1), (2011, 12, 31), "year", "dated"),
    ("201X", "201X", (2010, 1, 1), (2019, 12, 31), "interval", "uncertain"),
    ("1990年代", "199X", (1990, 1, 1), (1999, 12, 31), "interval", "uncertain"),
    ("199X?", "199X?", (1990, 1, 1), (1999, 12, 31), "interval", "uncertain"),
    ("2012-XX", "2012-XX", (2012, 1, 1), (2012, 12, 31), "interval", "dated"),
]


@pytest.mark.parametrize(
    ("text", "edtf", "earliest", "latest", "precision", "lane"),
    [pytest.param(*row, id=row[0]) for row in ACCEPTED],
)
def test_a_wording_gives_its_period(
    text: str,
    edtf: str,
    earliest: tuple[int, int, int] | None,
    latest: tuple[int, int, int] | None,
    precision: str,
    lane: str,
) -> None:
    period = parse_period(text)

    assert period.edtf == edtf
    assert period.earliest == (earliest and date(*earliest))
    assert period.latest == (latest and date(*latest))
    assert (period.precision, period.lane) == (precision, lane)


@pytest.mark.parametrize("text", [row[0] for row in ACCEPTED])
def test_the_canonical_form_and_the_chinese_words_read_back_as_the_same_period(text: str) -> None:
    period = parse_period(text)

    assert parse_period(period.edtf) == period
    assert parse_period(period.words("zh")) == period


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("", "2012-12-07", id="empty"),
        pytest.param("/2012-12-07", "[..2012-12-07] 或 不晚于2012-12-07", id="no start"),
        pytest.param("../2012", "[..2012] 或 不晚于2012", id="open start"),
        pytest.param("2012/", "2012/..", id="no end"),
        pytest.param("2012-13-45", "01 至 12", id="month 13"),
        pytest.param("2012-00", "01 至 12", id="month 0"),
        pytest.param("2023-02-29", "28 天", id="29 February of a common year"),
        pytest.param("2012年2月30日", "29 天", id="30 February in Chinese"),
        pytest.param("2012-06-00", "30 天", id="day 0"),
        pytest.param("2024-1-2", "2024-01-02", id="one digit"),
        pytest.param("2024-1-45", "31 天", id="one digit and no such day"),
        pytest.param("2024/1/2", "2024-01-02", id="slashes"),
        pytest.param("20121207", "2012-12-07", id="eight digits"),
        pytest.param("41250", "2012-12-07", id="the number of a day in a spreadsheet"),
        pytest.param("201212", "请写 2012-12", id="six digits"),
        pytest.param("12/07/2012", "2012-12-07", id="month or day first"),
        pytest.param("2010年或2011年", "2010/2012", id="one of two years is not the first"),
        pytest.param("2010年、2011年、2012年", "2010/2012", id="three years are not the first"),
        pytest.param("2011/12", "2011-12；若是从那年到那年，请写 2011/2012", id="a year in two"),
        pytest.param("2011/12/05", "请写 2011-12-05", id="a day of December"),
        pytest.param("before 2012", "不晚于2012", id="before a year"),
        pytest.param("until November 2012", "不晚于2012-11", id="until a month"),
        pytest.param("after 2012", "2012年起", id="after a year"),
        pytest.param("不早于2010年", "2010年起", id="no earlier than"),
        pytest.param("20121307", "01 至 12", id="eight digits and no such month"),
        pytest.param("2012-12-07T14:24:00", "只写日期", id="a time"),
        pytest.param("2012-12-07 14:24", "只写日期", id="a time after a space"),
        pytest.param("2012-12-07T14:24:00+08:00", "只写日期", id="a time zone"),
        pytest.param("0999", "2012", id="before 1000"),
        pytest.param("12012", "2012", id="after 9999"),
        pytest.param("Y17000", "2012", id="a long year"),
        pytest.param("2012/2010", "顺序", id="the end before the start"),
        pytest.param("2012年至2010年", "顺序", id="the end before the start in Chinese"),
        pytest.param("不晚于约2012年", "约", id="a latest date in doubt"),
        pytest.param("../..", "2012", id="open on both sides"),
        pytest.param("2012-21", "01 至 12", id="a season"),
        pytest.param("[2010,2011]", "2012", id="a set"),
        pytest.param("今年", "2012", id="this year"),
        pytest.param("2012-12-07\n", "2012", id="a line break"),
        pytest.param("٢٠١٢", "2012", id="digits of another script"),
        pytest.param("2" * 61, "2012", id="61 characters"),
    ],
)
def test_what_is_not_a_date_is_refused_with_its_remedy(text: str, hint: str) -> None:
    error = refusal(text)

    assert hint in error.hint.zh
    assert error.message.zh and error.message.en and error.hint.en


def test_a_day_that_a_month_lacks_is_named() -> None:
    assert refusal("2023-02-29").message.zh == "2023 年 2 月没有 29 日"
    assert refusal("2023-02-29").message.en == "there is no 29 February 2023"


@pytest.mark.parametrize(
    ("edtf", "zh", "en"),
    [
        ("2010", "2010年", "2010"),
        ("2012-11", "2012年11月", "November 2012"),
        ("2012-12-07", "2012年12月7日", "7 December 2012"),
        ("2012?", "2012年（推断）", "2012 (inferred)"),
        ("2009~", "约2009年", "about 2009"),
        ("[..2012-12-07]", "不晚于2012年12月7日", "no later than 7 December 2012"),
        ("[..2011]", "不晚于2011年", "no later than 2011"),
        ("2009/..", "2009年起", "since 2009"),
        ("2010/2012", "2010年至2012年", "2010 to 2012"),
        ("2012?/..", "2012年（推断）起", "since 2012 (inferred)"),
        ("199X", "1990年代", "the 1990s"),
        ("2012-XX", "2012年某月", "a month of 2012"),
    ],
)
def test_a_period_is_said_in_both_languages(edtf: str, zh: str, en: str) -> None:
    period = parse_period(edtf)

    assert (period.words("zh"), period.words("en")) == (zh, en)


@pytest.mark.parametrize(
    ("edtf", "attribute"),
    [
        ("2012", "2012"),
        ("2012-11", "2012-11"),
        ("2012-12-07", "2012-12-07"),
        ("2012?", ""),
        ("2009/..", ""),
        ("[..2012-12-07]", ""),
    ],
)
def test_only_an_exact_date_is_given_to_machines(edtf: str, attribute: str) -> None:
    assert parse_period(edtf).datetime_attribute == attribute


def test_periods_stand_in_the_order_of_their_days_and_a_latest_date_at_its_end() -> None:
    texts = ["[..2012-12-07]", "2009/..", "2012-12-07", "1995", "2010", "2010-01", "[..2011]"]

    ordered = sorted(map(parse_period, texts), key=lambda period: period.sort_key)

    assert [period.edtf for period in ordered] == [
        *("1995", "2009/..", "2010-01", "2010", "[..2011]", "2012-12-07", "[..2012-12-07]")
    ]


FORMS = st.sampled_from(
    [
        *"0123456789年月日-/.[]?~%XTZ:至—约起 （）",
        *("2012", "2010", "-12", "-07", "..", "（推断）", "不晚于", "截至", "[..", "/.."),
    ]
)


@given(st.one_of(st.text(max_size=70), st.lists(FORMS, max_size=9).map("".join)))
def test_any_text_is_a_period_or_a_period_error(text: str) -> None:
    try:
        period = parse_period(text)
    except WordingError as error:
        assert error.message.zh and error.message.en and error.hint.zh and error.hint.en
    else:
        assert parse_period(period.edtf) == period
        assert parse_period(period.words("zh")) == period
        assert period.words("en")


def _library_days(edtf_text: str) -> tuple[object, object]:
    """The first and last day by the edtf library, None where it says infinity."""
    from edtf import parse_edtf

    parsed = parse_edtf(edtf_text)
    return tuple(
        date(*day[:3]) if hasattr(day, "tm_year") else None
        for day in (parsed.lower_strict(), parsed.upper_strict())
    )


def _days(period: Period) -> tuple[object, object]:
    return period.earliest, period.latest


@pytest.mark.parametrize("edtf", sorted({row[1] for row in ACCEPTED}))
def test_every_form_in_use_means_what_the_edtf_library_says(edtf: str) -> None:
    pytest.importorskip("edtf")

    assert _days(parse_period(edtf)) == _library_days(edtf)


@given(
    st.dates(min_value=date(1000, 1, 1)),
    st.sampled_from([4, 7, 10]),
    st.sampled_from(["{}", "{}?", "{}~", "{}%", "{}/..", "{}?/..", "[..{}]"]),
)
def test_any_date_in_a_form_in_use_means_what_the_edtf_library_says(
    day: date, length: int, form: str
) -> None:
    pytest.importorskip("edtf")
    edtf = form.format(day.isoformat()[:length])

    assert _days(parse_period(edtf)) == _library_days(edtf)
