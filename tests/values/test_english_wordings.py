"""Amounts and times as sources in English word them, each with what it says in both languages."""

from __future__ import annotations

import pytest

from casebook.problems import WordingError
from casebook.values.amount_wording import plain, word_quantity
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.dates import parse_period

# wording | number, or its two ends | unit | qualifier | per | in Chinese
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
fewer than 20 bidders | 20 | bidders | at_most | | 至多20
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


@pytest.mark.parametrize("wording", ["about money", "$5,000 each", "will exceed", "5m"])
def test_words_that_are_no_amount_are_refused(wording: str) -> None:
    with pytest.raises(WordingError):
        parse_quantity(wording)


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
