"""Numbers in a text, and words that only look like numbers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.checks.numbers_in_text import find_mentions
from casebook.checks.text_patterns import WORDS

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "seed-article.txt"

# Written for this test, with as many traps as a page of a compilation.
HARD_TEXT = """\
## 一、某市怎样买服务

1. 2014年，某市一并安排了两千三百万元，比上一年的1,850万元多，进一步扩大到三大类、21项职能，\
其中一般性事务由老百姓熟悉的五家机构统一承接。
2. 四川和三峡库区的做法不同：第一，第三方评估十分重要，一律公开；第二，每个岗位每年8.4万元，\
百分之六十五用于薪酬，另有一万多元的运营费。

按《2015年度购买服务指南》和财预〔2017〕87号，申报的有１，２０８家，入选近两百家；\
到二〇一六年三月，已办演出1500余场，惠及逾十万人次。万一不够，再追加30%—40%。

一些人说“大千世界，百姓最大”，一位负责人说每月付600至900元，两个时段，一个人也不少；\
编号 GB/T 2260 和 [链接](https://example.cn/2012/300) 都不是数。\
另有一亿元在路上，两回事，不能相加，见 {{paid_2014}}。
"""
HARD_MENTIONS = [
    *("2014年", "两千三百万元", "1,850万元", "三大类", "21项", "五家", "8.4万元", "百分之六十五"),
    *("一万多元", "2015年度", "１，２０８家", "两百家", "二〇一六年三月", "1500余场", "十万人次"),
    *("30%", "40%", "600", "900元", "两个", "一亿元"),
]


def texts_of(text: str) -> list[str]:
    return [mention.text for mention in find_mentions(text)]


def test_a_hard_text_gives_its_numbers_and_no_look_alike() -> None:
    assert texts_of(HARD_TEXT) == HARD_MENTIONS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("佛山花了`9亿元`。", id="code"),
        pytest.param("佛山：\n\n```\n9亿元\n```", id="a block of code"),
        pytest.param('[佛山](/cases/ "9亿元")', id="the title of a link"),
        pytest.param("[佛山][a]\n\n[a]: /cases/ '9亿元'", id="the title of a link below"),
    ],
)
def test_what_is_printed_is_prose(text: str) -> None:
    assert texts_of(text) == ["9亿元"]


def test_the_text_of_a_footnote_is_read_and_its_mark_is_not() -> None:
    assert texts_of("读书会[^1]每月一次。\n\n[^1]: 一次9亿元。") == ["9亿元"]


@pytest.mark.skipif(not SOURCE.exists(), reason="the source article is not kept in the project")
def test_the_source_article_has_41_mentions() -> None:
    lines = SOURCE.read_text(encoding="utf-8").split("\n")
    mentions = find_mentions("\n".join(lines[5:86]))
    arabic = [mention for mention in mentions if any(char.isdigit() for char in mention.text)]

    assert (len(mentions), len(arabic)) == (41, 33)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("8000万元", "80000000", id="ten thousands"),
        pytest.param("八千万元", "80000000", id="Chinese numerals"),
        pytest.param("8千万元", "80000000", id="mixed"),
        pytest.param("８０００万元", "80000000", id="full width"),
        pytest.param("８０，０００，０００元", "80000000", id="full-width separators"),
        pytest.param("80,000,000元", "80000000", id="separators"),
        pytest.param("80000000", "80000000", id="bare"),
        pytest.param("0.8亿元", "80000000", id="hundred millions"),
        pytest.param("八千萬元", "80000000", id="traditional"),
        pytest.param("捌仟万元", "80000000", id="bankers' numerals"),
        pytest.param("约 **8000** 万元", "80000000", id="emphasis inside"),
        pytest.param("80 million yuan", "80000000", id="English"),
        pytest.param("eighty million yuan", "80000000", id="English words"),
        pytest.param("80m yuan", "80000000", id="English short"),
        pytest.param("0.08 billion", "80000000", id="billion"),
        pytest.param("1亿2千万", "120000000", id="two scales"),
        pytest.param("三点五亿元", "350000000", id="Chinese decimal"),
        pytest.param("4000多万元", "40000000", id="plus inside"),
        pytest.param("6770余万元", "67700000", id="rest inside"),
        pytest.param("130余项", "130", id="rest behind"),
        pytest.param("1万多元", "10000", id="plus behind a scale"),
        pytest.param("逾百人", "100", id="a scale with a counter"),
        pytest.param("将突破亿元", "100000000", id="a scale with a currency"),
        pytest.param("一万左右", "10000", id="one with a scale"),
        pytest.param("一元", "1", id="one yuan"),
        pytest.param("三类", "3", id="kinds"),
        pytest.param("三大类", "3", id="great kinds"),
        pytest.param("三大任务", "3", id="great tasks"),
        pytest.param("两个时段", "2", id="two"),
        pytest.param("二人", "2", id="two people"),
        pytest.param("1个综合文化室", "1", id="Arabic one is no article"),
        pytest.param("80%", "0.8", id="per cent sign"),
        pytest.param("８０％", "0.8", id="full-width per cent"),
        pytest.param("百分之八十", "0.8", id="per cent in words"),
        pytest.param("百分之80", "0.8", id="per cent, mixed"),
        pytest.param("八成", "0.8", id="tenths"),
        pytest.param("一半", "0.5", id="half"),
        pytest.param("四分之三", "0.75", id="fraction"),
        pytest.param("80 per cent", "0.8", id="per cent in English"),
        pytest.param("half of it", "0.5", id="half in English"),
        pytest.param("three-quarters of it", "0.75", id="fraction in English"),
        pytest.param("a hundred people", "100", id="a hundred"),
        pytest.param("one hundred people", "100", id="one hundred"),
        pytest.param("two hundred and fifty", "250", id="hundreds and tens"),
        pytest.param("twenty-one projects", "21", id="hyphen"),
        pytest.param("one hundred and twenty thousand", "120000", id="thousands in words"),
        pytest.param("1,000 yuan", "1000", id="thousands in English"),
        pytest.param("RMB 500", "500", id="currency before"),
        pytest.param("007", "7", id="leading zeros"),
        pytest.param("两千余场", "2000", id="two thousand"),
        pytest.param("3万多亿元", "3000000000000", id="more within scales"),
        pytest.param("惠及2亿多，", "200000000", id="more and no counter"),
        pytest.param("讲了6个多小时", "6", id="more than so many hours"),
        pytest.param("发电1200万千瓦", "12000000", id="no thousand but a unit"),
        pytest.param("一万二千多亿元", "1200000000000", id="no saying within a number"),
        pytest.param("$640m year-on-year", "640000000", id="a year behind money"),
        pytest.param("三分之一", "0.333333", id="a part as amounts round it"),
        pytest.param("支出增长2倍", "2", id="growth"),
    ],
)
def test_every_notation_gives_the_value(text: str, value: str) -> None:
    values = [mention.value for mention in find_mentions(text)]

    assert values == [Decimal(value)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("数十家", id="tens"),
        pytest.param("几百个", id="some hundreds"),
        pytest.param("十几个", id="ten and some"),
        pytest.param("三四家", id="three or four"),
        pytest.param("dozens of troupes", id="dozens"),
        pytest.param("hundreds of posts", id="hundreds"),
        pytest.param("several thousand people", id="several thousand"),
        pytest.param("hundreds of millions of yuan", id="hundreds of millions"),
        pytest.param("上亿群众", id="a scale that is reached"),
        pytest.param("数百万民众", id="some millions, and no saying"),
    ],
)
def test_a_rough_number_is_a_mention_without_a_value(text: str) -> None:
    values = [mention.value for mention in find_mentions(text)]

    assert values == [None]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        pytest.param("2012年12月7日", ["2012-12-07"], id="day"),
        pytest.param("2012年12月", ["2012-12"], id="month"),
        pytest.param("2012年", ["2012"], id="year"),
        pytest.param("2012年度", ["2012"], id="budget year"),
        pytest.param("２０１２年", ["2012"], id="full width"),
        pytest.param("二〇一二年十二月七日", ["2012-12-07"], id="Chinese numerals"),
        pytest.param("12月7日", ["--12-07"], id="day without its year"),
        pytest.param("三月", ["--03"], id="month without its year"),
        pytest.param("2012-12-07", ["2012-12-07"], id="ISO"),
        pytest.param("2012/12/7", ["2012-12-07"], id="slashes"),
        pytest.param("2012-12", ["2012-12"], id="ISO month"),
        pytest.param("1999—2008", ["1999", "2008"], id="range of years"),
        pytest.param("2010年至2014年", ["2010", "2014"], id="range in words"),
        pytest.param("20世纪90年代", ["199X"], id="decade"),
        pytest.param("7 December 2012", ["2012-12-07"], id="British"),
        pytest.param("December 7, 2012", ["2012-12-07"], id="American"),
        pytest.param("in October 2012", ["2012-10"], id="month in English"),
        pytest.param("in 2010", ["2010"], id="bare year"),
        pytest.param("the 1990s", ["199X"], id="decade in English"),
        pytest.param("九十年代", ["199X"], id="decade in Chinese numerals"),
        pytest.param("二○一二年", ["2012"], id="a circle for zero"),
        pytest.param("in 2015/16", ["2015"], id="fiscal year"),
        pytest.param("2012/90", [""], id="no fiscal year"),
        pytest.param("在后,2011年,", ["2011"], id="after a half-width comma"),
    ],
)
def test_dates_are_read_as_far_as_they_go(text: str, dates: list[str]) -> None:
    assert [mention.date for mention in find_mentions(text)] == dates


@pytest.mark.parametrize(
    "text",
    [
        *("一些地方", "一并办理", "一般", "一方面", "统一", "唯一", "进一步", "新一轮", "一律"),
        *("同一", "一种说法", "一个人", "一项计划", "这一年", "一位负责人", "万一", "千万别"),
        *("四川", "三峡", "九江市", "三亚市", "三门峡市", "五台山", "百度", "二维码"),
        *("老百姓", "百姓", "大千世界", "千家万户", "千方百计", "成千上万", "四面八方", "十分"),
        *("第一", "第二十条", "第三方", "第12条", "21世纪", "21st Century", "part 5", "No. 5"),
        *("level-3 entries", "third-party", "twenty-first", "one of them", "the one", "not a zero"),
        *("财预〔2017〕87号", "国办发〔2013〕96号", "GB/T 2260", "ISO 8601", "CC BY 4.0", "EDTF"),
        *("A4", "H7N9", "caigou2003.com", "12345热线", "SHA-256", "https://a.cn/2014/300"),
        *("1. 首先", "2、其次", "- 项", "|---|---|", "[页](https://a.cn/300)"),
        *("{{paid_2010}}", "[[chart:beijing-series]]", "<https://a.cn/5>", "[1]: https://a.cn/5"),
        *("两国", "十六世纪", "十四大精神", "9．附则", "十二、附则", "17时散会", "caf&#233;"),
        *("两回事", "两岸", "两者", "队伍", "收拾", "三农", "十二五规划", "五年规划", "may apply"),
    ],
)
def test_what_only_looks_like_a_number_is_left_out(text: str) -> None:
    assert texts_of(text) == []


def test_a_year_in_a_title_is_marked() -> None:
    mentions = find_mentions("《2011年某某指南》有300项")

    assert [(mention.text, mention.titled) for mention in mentions] == [
        ("2011年", True),
        ("300项", False),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        entry
        for name in ("idioms", "names", "names_before_end", "names_before_money")
        for entry in WORDS[name]
    ],
    ids=lambda entry: entry[0][:20],
)
def test_every_exception_has_its_reason(entry: list[str]) -> None:
    assert len(entry[1]) > 5


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from(
                "0123456789０９一二两十百千万亿点年月日多余几数第%％,.，。-—至元项个家"
                " *`[](){}《》\n"
            ),
            st.sampled_from("abcdefghijklmnopqrstuvwxyz AMDJ"),
            st.characters(),
        ),
        max_size=60,
    )
)
def test_any_text_gives_mentions_in_order_and_apart(text: str) -> None:
    mentions = find_mentions(text)
    ends = [0, *(mention.end for mention in mentions)]

    assert all(before <= mention.start for before, mention in zip(ends, mentions, strict=False))
    assert all(text[mention.start : mention.end] == mention.text != "" for mention in mentions)
