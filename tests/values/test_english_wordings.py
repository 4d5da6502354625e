"""Amounts and times as English sources word them, each with its reading in both languages."""

from __future__ import annotations

import pytest

from casebook.problems import WordingError
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.dates import parse_period
from casebook.values.quantity import in_english, plain, word_quantity

# wording | number (or its two ends) | unit | qualifier | per | Chinese wording
AMOUNTS = """
about 80 million yuan | 80000000 | CNY | approx | | 约8000万元
1.2 million US dollars | 1200000 | USD | exact | | 120万美元
five million dollars | 5000000 | USD | exact | | 500万美元
up to $20,000 | 20000 | USD | at_most | | 至多2万美元
No more than £5 million a year | 5000000 | GBP | at_most | year | 每年至多500万英镑
€5.6 million annually | 5600000 | EUR | exact | year | 每年560万欧元
annual budget of $5.6 million | 5600000 | USD | exact | year | 每年560万美元
between 800 and 1,000 yuan | 800..1000 | CNY | range | | 800元至1000元
from 800 to 1,000 yuan a month | 800..1000 | CNY | range | month | 每月800元至1000元
800 to 900 yuan per person per month | 800..900 | CNY | range | person/month | 每人每月800元至900元
$7.20/hour | 7.2 | USD | exact | hour | 每小时7.2美元
$800-$1,000 | 800..1000 | USD | range | | $800-$1,000
about 60% to 80% | 0.6..0.8 | ratio | range | | 约60%至80%
80 per cent | 0.8 | ratio | exact | | 80%
at least 300 people | 300 | people | at_least | | 至少300
1,500 meetings or more | 1500 | meetings | at_least | | 至少1500
more than 1,500 meetings | 1500 | meetings | more_than | | 超过1500
fewer than 20 bidders | 20 | bidders | at_most | | 不到20
3,600 hours of home care | 3600 | hours of home care | exact | | 3600
eight provinces | 8 | provinces | exact | | 8
three quarters | 0.75 | ratio | exact | | 75%
nearly two-fifths | 0.4 | ratio | approx | | 约40%
more than half | 0.5 | ratio | more_than | | 超过50%
on average 60,000 yuan for each post a year | 60000 | CNY | exact | post/year | 每岗位每年6万元
≥300 people | 300 | people | at_least | | 至少300
>$5 million | 5000000 | USD | more_than | | 超过500万美元
a minimum of 50 people | 50 | people | at_least | | 至少50
planned $5 million | 5000000 | USD | exact | | 将500万美元
under a million yuan | 1000000 | CNY | at_most | | 不到100万元
not exceeding 1 million yuan | 1000000 | CNY | at_most | | 至多100万元
10 million yuan at most | 10000000 | CNY | at_most | | 至多1000万元
just over 1 million yuan | 1000000 | CNY | more_than | | 超过100万元
half a million yuan | 500000 | CNY | exact | | 50万元
one and a half million yuan | 1500000 | CNY | exact | | 150万元
one hundred and twenty thousand yuan | 120000 | CNY | exact | | 12万元
twenty-five yuan | 25 | CNY | exact | | 25元
twenty five million yuan | 25000000 | CNY | exact | | 2500万元
a dozen groups | 12 | groups | exact | | 12
two to three hundred posts | 200..300 | posts | range | | 200至300
120k yuan | 120000 | CNY | exact | | 12万元
1.5m yuan a year | 1500000 | CNY | exact | year | 每年150万元
5m-6m yuan | 5000000..6000000 | CNY | range | | 500万元至600万元
300+ organisations | 300 | organisations | more_than | | 超过300
300-odd groups | 300 | groups | more_than | | 超过300
300 or so posts | 300 | posts | approx | | 约300
1 million-plus yuan | 1000000 | CNY | more_than | | 超过100万元
one in five | 0.2 | ratio | exact | | 20%
3 out of every 10 | 0.3 | ratio | exact | | 30%
two thirds | 0.666667 | ratio | exact | | 约66.67%
several million yuan | 2000000..10000000 | CNY | rough | | 数百万元
a few hundred posts | 200..1000 | posts | rough | | 数百
tens of thousands of yuan | 20000..100000 | CNY | rough | | 数万元
hundreds of millions of yuan | 200000000..1000000000 | CNY | rough | | 数亿元
dozens of groups | 20..100 | groups | rough | | 数十
60,000 yuan p.a. | 60000 | CNY | exact | year | 每年6万元
"""

PERIODS = """
November 2012 | 2012-11
2 November 2012 | 2012-11-02
Dec. 7th, 2012 | 2012-12-07
Sept. 2012 | 2012-09
FY2012 | 2012
FY 2012-13 | 2012/2013
fiscal 2012 | 2012
the 2011–12 school year | 2011/2012
H1 2012 | 2012-01/2012-06
1980s | 198X
2010 - present | 2010/..
from 2010 to now | 2010/..
before the end of 2012 | [..2012-12-31]
November 2nd, 2012 | 2012-11-02
Nov 2012 | 2012-11
in 2012 | 2012
2010 to 2012 | 2010/2012
between 2010 and 2012 | 2010/2012
November 2012 to March 2013 | 2012-11/2013-03
1 January 2012 to 31 December 2012 | 2012-01-01/2012-12-31
since 2009 | 2009/..
from November 2009 onwards | 2009-11/..
about 2009 | 2009~
c. 2009 | 2009~
2012 (inferred) | 2012?
by 7 December 2012 | [..2012-12-07]
no later than November 2012 | [..2012-11]
by the end of 2012 | [..2012-12-31]
as of 31 December 2012 | 2012-12-31
the first half of 2012 | 2012-01/2012-06
the third quarter of 2012 | 2012-07/2012-09
Q3 2012 | 2012-07/2012-09
spring 2012 | 2012-21
early 2012 | 2012-01~
end of November 2012 | 2012-11-30~
the 1990s | 199X
fiscal year 2012 | 2012
June-July 2012 | 2012-06/2012-07
June to July, 2012 | 2012-06/2012-07
first half 2012 | 2012-01/2012-06
third quarter 2012 | 2012-07/2012-09
3Q 2012 | 2012-07/2012-09
Q3 of 2012 | 2012-07/2012-09
2012 spring | 2012-21
year-end 2012 | 2012-12~
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(
    ("wording", "number", "unit", "qualifier", "per", "chinese"),
    [pytest.param(*row, id=row[0]) for row in rows(AMOUNTS)],
)
def test_an_amount_in_english_is_read_and_printed_in_both_languages(
    wording: str, number: str, unit: str, qualifier: str, per: str, chinese: str
) -> None:
    quantity = parse_quantity(wording)

    read = "..".join(plain(each) for each in quantity.numbers if each is not None)
    assert (read, quantity.unit, quantity.qualifier) == (number, unit, qualifier)
    assert "/".join(quantity.per) == per
    assert "".join(one.text for one in quantity.segments) == wording
    assert (word_quantity(quantity).en, word_quantity(quantity).zh) == (wording, chinese)


@pytest.mark.parametrize(
    "wording", ["about money", "$5,000 each", "will exceed", "5m", "$5 in all"]
)
def test_words_that_are_no_amount_are_refused(wording: str) -> None:
    with pytest.raises(WordingError):
        parse_quantity(wording)


@pytest.mark.parametrize(
    ("wording", "english"),
    [
        ("不足百万元", "less than 1 million yuan"),
        ("不到300家", "fewer than 300"),
        ("500元以下", "up to 500 yuan"),
        ("不超过300万元", "up to 3 million yuan"),
        ("三分之一", "about 33.33%"),
        ("增长一倍", "100%"),
        ("翻一番", "2 times"),
    ],
)
def test_what_an_amount_stays_below_is_no_ceiling(wording: str, english: str) -> None:
    assert in_english(parse_quantity(wording)) == english


def test_a_quote_in_english_is_read_with_the_words_before_its_number() -> None:
    (found,) = find_amounts("The city will pay no more than $20,000 a year.")

    assert (found.qualifier, found.planned, found.per) == ("at_most", True, ("year",))


def test_a_long_wording_takes_linear_time() -> None:
    for word in ("about ", "per year ", "a", "one ", "1,000 to ", "no "):
        find_amounts(word * 50_000)


@pytest.mark.parametrize(
    ("wording", "edtf"), [pytest.param(*row, id=row[0]) for row in rows(PERIODS)]
)
def test_a_time_in_english_is_read(wording: str, edtf: str) -> None:
    assert parse_period(wording).edtf == edtf
