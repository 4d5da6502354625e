"""Amounts as reports, notices and contracts word them, each with its reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casebook.checks.numbers_in_text import find_mentions
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.quantity import plain
from casebook.values.words import use_currency


@pytest.fixture
def own_currency() -> Iterator[None]:
    """Restores the yuan for the tests that follow."""
    yield
    use_currency("CNY")


# wording | number (or its two ends, or its lower bound) | unit | qualifier | per
WORDINGS = """
金额（元）：987654.00 | 987654 | CNY | exact
预算金额（万元）：98.7654 | 987654 | CNY | exact
中标（成交）金额：98.7654（万元） | 987654 | CNY | exact
投标报价：987654元 | 987654 | CNY | exact
12.5元/m²·月 | 12.5 | CNY | exact | m²/月
每个项目资助额度3万至5万元 | 30000..50000 | CNY | range | 项目
单项最高资助20万元 | 200000 | CNY | at_most | 项
約8,000萬元 | 80000000 | CNY | approx
兩百萬元 | 2000000 | CNY | exact
一百二十八萬四千元 | 1284000 | CNY | exact
不超過500萬元 | 5000000 | CNY | at_most
數百萬元 | 2000000..10000000 | CNY | rough
130餘項 | 130 | 项 | more_than
三十個項目 | 30 | 个项目 | exact
每個崗位每年6萬元 | 60000 | CNY | exact | 岗位/年
每場3000元 | 3000 | CNY | exact | 场
新臺幣伍佰萬元整 | 5000000 | TWD | exact
港幣八百萬元正 | 8000000 | HKD | exact
50萬英鎊 | 500000 | GBP | exact
接近3个亿 | 300000000 | | approx
3个多亿元 | 300000000 | CNY | more_than
1.2个亿 | 120000000 | | exact
半个亿 | 50000000 | | exact
几个亿 | 200000000..1000000000 | | rough
12000多人（次） | 12000 | 人次 | more_than
20台（套） | 20 | 台套 | exact
100万（含）-500万（不含） | 1000000..5000000 | | range
5000元（含）至1万元 | 5000..10000 | CNY | range
50万元（含50万元）以上 | 500000 | CNY | at_least
最少3000元最多8000元 | 3000..8000 | CNY | range
从3000元到8000元不等 | 3000..8000 | CNY | range
自800元起 | 800 | CNY | at_least
800元之上 | 800 | CNY | more_than
800元之下 | 800 | CNY | at_most
≈500,000 yuan | 500000 | CNY | approx
Rmb80 million | 80000000 | CNY | exact
rmb 80 mln | 80000000 | CNY | exact
RMB10m-15m | 10000000..15000000 | CNY | range
RMB 500,000 and above | 500000 | CNY | at_least
from 800 yuan a month | 800 | CNY | at_least | month
from 800 to 1,000 yuan | 800..1000 | CNY | range
₩10,000,000 | 10000000 | KRW | exact
3至5千元 | 3000..5000 | CNY | range
三至五千元 | 3000..5000 | CNY | range
三至五百元 | 300..500 | CNY | range
两到三百元 | 200..300 | CNY | range
２－３千元 | 2000..3000 | CNY | range
2～3千名社工 | 2000..3000 | 名社工 | range
3-4百人次 | 300..400 | 人次 | range
五到八百人 | 500..800 | 人 | range
1—2百万元 | 1000000..2000000 | CNY | range
一到两百万元 | 1000000..2000000 | CNY | range
７至８千万元 | 70000000..80000000 | CNY | range
二至三亿元 | 200000000..300000000 | CNY | range
2.5-3.5万元 | 25000..35000 | CNY | range
六至八十万元 | 60000..800000 | CNY | range
5万至8万元 | 50000..80000 | CNY | range
5000元到8000元 | 5000..8000 | CNY | range
500~800元/人 | 500..800 | CNY | range | 人
￥3-5万 | 30000..50000 | CNY | range
¥5000-20000/年/点 | 5000..20000 | CNY | range | 年/点
RMB 300-500 | 300..500 | CNY | range
$3-5 million | 3000000..5000000 | USD | range
20至30%| 0.2..0.3 | ratio | range
三到五成 | 0.3..0.5 | ratio | range
七至九折 | 0.7..0.9 | ratio | range
2至3倍 | 2..3 | 倍 | range
每人每月2-3百元 | 200..300 | CNY | range | 人/月
月均3-4千元 | 3000..4000 | CNY | range | 月
10-15个社区 | 10..15 | 个社区 | range
三十至五十名志愿者 | 30..50 | 名志愿者 | range
人民币壹佰贰拾万元整 | 1200000 | CNY | exact
壹佰万元整 | 1000000 | CNY | exact
人民币（大写）：叁拾伍万陆仟元整 | 356000 | CNY | exact
大写：贰佰万圆整 | 2000000 | CNY | exact
拾万元整 | 100000 | CNY | exact
壹仟贰佰叁拾肆元伍角陆分 | 1234.56 | CNY | exact
伍万捌仟元正 | 58000 | CNY | exact
玖佰捌拾万零伍仟元整 | 9805000 | CNY | exact
叁仟元/月 | 3000 | CNY | exact | 月
伍元整 | 5 | CNY | exact
壹亿贰仟万元 | 120000000 | CNY | exact
贰佰名学员 | 200 | 名学员 | exact
3萬圓 | 30000 | CNY | exact
五億元 | 500000000 | CNY | exact
1200000元整 | 1200000 | CNY | exact
￥1,200,000.00元整 | 1200000 | CNY | exact
人民币壹佰万元整（￥1,000,000.00） | 1000000 | CNY | exact
￥358000.00（大写：叁拾伍万捌仟元整） | 358000 | CNY | exact
￥73.080000万元（人民币） | 730800 | CNY | exact
￥107.883135万元（人民币） | 1078831.35 | CNY | exact
107.883135 万元 | 1078831.35 | CNY | exact
（人民币）45.6000万元 | 456000 | CNY | exact
12.345678万元 | 123456.78 | CNY | exact
0.500000万元 | 5000 | CNY | exact
￥0.980000亿元 | 98000000 | CNY | exact
¥ 36000 | 36000 | CNY | exact
36000 RMB | 36000 | CNY | exact
36万人民币 | 360000 | CNY | exact
36万元人民币 | 360000 | CNY | exact
RMB36万元 | 360000 | CNY | exact
CNY 500 | 500 | CNY | exact
人民币￥800元 | 800 | CNY | exact
人民币：800元 | 800 | CNY | exact
RMB 60 million | 60000000 | CNY | exact
RMB 1.2m | 1200000 | CNY | exact
60 million yuan | 60000000 | CNY | exact
USD 5 million | 5000000 | USD | exact
US$2.5bn | 2500000000 | USD | exact
$300 | 300 | USD | exact
5万美金 | 50000 | USD | exact
500英镑 | 500 | GBP | exact
£20万 | 200000 | GBP | exact
约300万欧元 | 3000000 | EUR | approx
EUR 25000 | 25000 | EUR | exact
€1.5 million | 1500000 | EUR | exact
新台币6千万元 | 60000000 | TWD | exact
NT$3000 | 3000 | TWD | exact
2000万日元 | 20000000 | JPY | exact
5亿韩元 | 500000000 | KRW | exact
30万加元 | 300000 | CAD | exact
12万澳元 | 120000 | AUD | exact
HK$500 | 500 | HKD | exact
港币三千元 | 3000 | HKD | exact
800万港币 | 8000000 | HKD | exact
澳门币3000元 | 3000 | MOP | exact
20万新加坡元 | 200000 | SGD | exact
1.5万瑞士法郎 | 15000 | CHF | exact
100卢布 | 100 | RUB | exact
八成 | 0.8 | ratio | exact
近八成 | 0.8 | ratio | approx
七成以上 | 0.7 | ratio | at_least
八成五 | 0.85 | ratio | exact
6成左右 | 0.6 | ratio | approx
两成多 | 0.2 | ratio | more_than
七折 | 0.7 | ratio | exact
七五折 | 0.75 | ratio | exact
8.5折 | 0.85 | ratio | exact
85折 | 0.85 | ratio | exact
2倍 | 2 | 倍 | exact
3.5倍 | 3.5 | 倍 | exact
两倍多 | 2 | 倍 | more_than
一倍半 | 1.5 | 倍 | exact
近十倍 | 10 | 倍 | approx
千分之五 | 0.005 | ratio | exact
3‰ | 0.003 | ratio | exact
四分之三 | 0.75 | ratio | exact
百分之六十五 | 0.65 | ratio | exact
一个半小时 | 1.5 | 小时 | exact
2个半小时 | 2.5 | 小时 | exact
两个半月 | 2.5 | 个月 | exact
２个半月 | 2.5 | 个月 | exact
三年半 | 3.5 | 年 | exact
一天半 | 1.5 | 天 | exact
约两个半课时 | 2.5 | 课时 | approx
半个月 | 0.5 | 个月 | exact
半年 | 0.5 | 年 | exact
半小时 | 0.5 | 小时 | exact
1120万人次 | 11200000 | 人次 | exact
月工资3000元 | 3000 | CNY | exact | 月
3600课时 | 3600 | 课时 | exact
48次 | 48 | 次 | exact
120床 | 120 | 床 | exact
一百二十张床位 | 120 | 张床位 | exact
12社区 | 12 | 社区 | exact
36村 | 36 | 村 | exact
3000平方米 | 3000 | 平方米 | exact
１５００吨 | 1500 | 吨 | exact
1.5万吨 | 15000 | 吨 | exact
二十亩 | 20 | 亩 | exact
85户次 | 85 | 户次 | exact
30天 | 30 | 天 | exact
三年 | 3 | 年 | exact
2年 | 2 | 年 | exact
60岁以上 | 60 | 岁 | at_least
14家单位 | 14 | 家单位 | exact
45例 | 45 | 例 | exact
每人资助3000元 | 3000 | CNY | exact | 人
每户节约30元 | 30 | CNY | exact | 户
每人增加50元 | 50 | CNY | exact | 人
每项目50万元 | 500000 | CNY | exact | 项目
每个项目补助５万元 | 50000 | CNY | exact | 项目
每场演出费2万元 | 20000 | CNY | exact | 场
每场演出补贴5000元 | 5000 | CNY | exact | 场
每人次120元 | 120 | CNY | exact | 人次
每课时80元 | 80 | CNY | exact | 课时
每床每年补贴2000元 | 2000 | CNY | exact | 床/年
每张床位补贴一万元 | 10000 | CNY | exact | 床位
每社区3万元 | 30000 | CNY | exact | 社区
每个社区投入五万元 | 50000 | CNY | exact | 社区
每村补助2万元 | 20000 | CNY | exact | 村
每平方米12元 | 12 | CNY | exact | 平方米
每吨补贴75元 | 75 | CNY | exact | 吨
每次收费30元 | 30 | CNY | exact | 次
每年工作经费6万元 | 60000 | CNY | exact | 年
每名社工每月补贴3000元 | 3000 | CNY | exact | 社工/月
每村民补助100元 | 100 | CNY | exact | 村民
每个人200元 | 200 | CNY | exact | 人
每个月3000元 | 3000 | CNY | exact | 月
平均每人每月1500元 | 1500 | CNY | exact | 人/月
每户家庭每年1200元 | 1200 | CNY | exact | 户/年
每年轻人500元 | 500 | CNY | exact | 年轻人
每场馆5万元 | 50000 | CNY | exact | 场馆
人均财政补助标准36元 | 36 | CNY | exact | 人
户均三千元 | 3000 | CNY | exact | 户
20元/人次 | 20 | CNY | exact | 人次
80元／课时 | 80 | CNY | exact | 课时
150元/人·天 | 150 | CNY | exact | 人/天
3000元每月 | 3000 | CNY | exact | 月
3000元一个月 | 3000 | CNY | exact | 月
累计达到7.7亿 | 770000000 | | exact
累计投入资金 3.2亿元 | 320000000 | CNY | exact
约合人民币300万元 | 3000000 | CNY | approx
折合人民币120万元 | 1200000 | CNY | exact
下达3731万元 | 37310000 | CNY | exact
总金额为85万元 | 850000 | CNY | exact
至少两亿多元 | 200000000 | CNY | more_than
三十来个 | 30 | 个 | approx
百来人 | 100 | 人 | approx
20来万元 | 200000 | CNY | approx
有望达到2亿元 | 200000000 | CNY | exact
数万元 | 20000..100000 | CNY | rough
数百人 | 200..1000 | 人 | rough
数千万元 | 20000000..100000000 | CNY | rough
数十亿元 | 2000000000..10000000000 | CNY | rough
十几万元 | 110000..200000 | CNY | rough
十几家机构 | 11..20 | 家机构 | rough
二十几万元 | 210000..300000 | CNY | rough
３０几万元 | 310000..400000 | CNY | rough
几十亿元 | 2000000000..10000000000 | CNY | rough
几十个 | 20..100 | 个 | rough
几百万 | 2000000..10000000 | | rough
几千名志愿者 | 2000..10000 | 名志愿者 | rough
几个 | 2..10 | 个 | rough
每年几十万元 | 200000..1000000 | CNY | rough | 年
三四家 | 3..4 | 家 | rough
两三百人 | 200..300 | 人 | rough
五六千万元 | 50000000..60000000 | CNY | rough
三、四百人 | 300..400 | 人 | rough
十三四万元 | 130000..140000 | CNY | rough
七八成 | 0.7..0.8 | ratio | rough
上百万元 | 1000000.. | CNY | rough
上千万元 | 10000000.. | CNY | rough
数千万元至上亿元 | 20000000.. | CNY | rough
几百到几千元 | 200..10000 | CNY | rough
数以万计 | 10000.. | | rough
上万人次 | 10000 | 人次 | at_least
上亿元 | 100000000 | CNY | at_least
每年上百万元 | 1000000.. | CNY | rough | 年
好几百人 | 200..1000 | 人 | rough
一半 | 0.5 | ratio | exact
过半 | 0.5 | ratio | more_than
半数以上 | 0.5 | ratio | at_least
约占80% | 0.8 | ratio | approx
预算金额：120.000000 万元（人民币） | 1200000 | CNY | exact
中标金额：￥98.5000000万元 | 985000 | CNY | exact
合同金额为35.6万元 | 356000 | CNY | exact
总投资约3.5亿元 | 350000000 | CNY | approx
最高限价50万元 | 500000 | CNY | at_most
单个项目资助金额不超过50万元 | 500000 | CNY | at_most | 项目
一次性补贴5万元 | 50000 | CNY | exact
年投入500万元 | 5000000 | CNY | exact | 年
年服务2万人次 | 20000 | 人次 | exact | 年
提高到每月3000元 | 3000 | CNY | exact | 月
增至3000元 | 3000 | CNY | exact
增长了2倍 | 2 | ratio | exact
提高近一倍 | 1 | ratio | approx
增长到2倍 | 2 | 倍 | exact
30—50万元之间 | 300000..500000 | CNY | range
在30万元至50万元之间 | 300000..500000 | CNY | range
翻一番 | 2 | 倍 | exact
翻了两番 | 4 | 倍 | exact
翻两番以上 | 4 | 倍 | at_least
近翻一番 | 2 | 倍 | approx
120万元（含税） | 1200000 | CNY | exact
￥358,000.00元（含税价） | 358000 | CNY | exact
不超过310万元（不含税） | 3100000 | CNY | at_most
税后5000元 | 5000 | CNY | exact
每人每月税前3000元 | 3000 | CNY | exact | 人/月
含税总价12.5万元 | 125000 | CNY | exact
5000元/月（税后） | 5000 | CNY | exact | 月
$1.2 million | 1200000 | USD | exact
about $1.2 million | 1200000 | USD | approx
Nearly $3,500 | 3500 | USD | approx
more than 1,500 sessions | 1500 | sessions | more_than
over $4 million a year | 4000000 | USD | more_than | year
at least $500 per household | 500 | USD | at_least | household
$500 or more | 500 | USD | at_least
up to $2 million | 2000000 | USD | at_most
not to exceed $40,000 | 40000 | USD | at_most
no more than 12 posts | 12 | posts | at_most
$1.2 million to $1.5 million | 1200000..1500000 | USD | range
$35,000–$40,000 | 35000..40000 | USD | range
$18.50 an hour | 18.5 | USD | exact | hour
$45/hour | 45 | USD | exact | hour
£300,000 annually | 300000 | GBP | exact | year
a total of 2.5 million euros | 2500000 | EUR | exact
60 million dollars | 60000000 | USD | exact
300 people | 300 | people | exact
12 school nurses | 12 | school nurses | exact
約3,000万円 | 30000000 | JPY | approx
3億2000万円 | 320000000 | JPY | exact
年額1,200万円 | 12000000 | JPY | exact | 年
月額25万円 | 250000 | JPY | exact | 月
500万円未満 | 5000000 | JPY | at_most
3000円/人 | 3000 | JPY | exact | 人
三到四十家 | 30..40 | 家 | range
两至三十万元 | 200000..300000 | CNY | range
三到八十人 | 3..80 | 人 | range
5、6万元 | 50000..60000 | CNY | rough
7、8百人 | 700..800 | 人 | rough
300家出头 | 300 | 家 | more_than
300名志愿者开外 | 300 | 名志愿者 | more_than
30万元挂零 | 300000 | CNY | more_than
1.2亿元多一点 | 120000000 | CNY | more_than
200人不到 | 200 | 人 | at_most
80家单位不止 | 80 | 家单位 | more_than
差不多100万元 | 1000000 | CNY | approx
破亿元 | 100000000 | CNY | more_than
何止300项 | 300 | 项 | more_than
略高于80% | 0.8 | ratio | more_than
起码500元 | 500 | CNY | at_least
下限300万元 | 3000000 | CNY | at_least
每年不得低于300万元 | 3000000 | CNY | at_least | 年
5元起步 | 5 | CNY | at_least
不得超过300万元 | 3000000 | CNY | at_most
原则上不超过50万元 | 500000 | CNY | at_most
封顶300万元 | 3000000 | CNY | at_most
300万元为限 | 3000000 | CNY | at_most
顶多3万元 | 30000 | CNY | at_most
300万以上不足500万元 | 3000000..5000000 | CNY | range
三分之一 | 0.333333 | ratio | exact
超过三分之二 | 0.666667 | ratio | more_than
2/3 | 0.666667 | ratio | exact
1/4 | 0.25 | ratio | exact
近半 | 0.5 | ratio | approx
800元（每人每月） | 800 | CNY | exact | 人/月
月人均800元 | 800 | CNY | exact | 月/人
时薪20元 | 20 | CNY | exact | 时
120万元人民币（约合18万美元） | 1200000 | CNY | exact
18万美元（约合人民币120万元） | 180000 | USD | exact
30+家机构 | 30 | 家机构 | more_than
"""


@pytest.mark.parametrize(
    "row",
    [pytest.param(line, id=line.split("|")[0].strip()) for line in WORDINGS.strip().split("\n")],
)
def test_an_amount_is_read_as_people_mean_it(row: str) -> None:
    wording, number, unit, qualifier, *per = (cell.strip() for cell in row.split("|"))

    quantity = parse_quantity(wording)

    ends = ["" if end is None else plain(end) for end in (quantity.low, quantity.high)]
    read = "..".join(ends) if quantity.value is None else plain(quantity.value)
    assert (read, quantity.unit, quantity.qualifier) == (number, unit, qualifier)
    assert "/".join(quantity.per) == "".join(per)


@pytest.mark.parametrize(
    ("wording", "currency", "expected"),
    [
        pytest.param("$4 million", "CAD", "CAD", id="a dollar of Canada"),
        pytest.param("US$4 million", "CAD", "USD", id="a sign of another currency"),
        pytest.param("4 million dollars", "AUD", "AUD", id="dollars in words"),
        pytest.param("¥3,000", "JPY", "JPY", id="yen"),
        pytest.param("¥3,000", "CNY", "CNY", id="yuan"),
        pytest.param("300万元", "HKD", "HKD", id="a dollar of Hong Kong"),
        pytest.param("300万元", "JPY", "CNY", id="元 is no yen"),
        pytest.param("£3,000", "JPY", "GBP", id="a sign that nothing shares"),
    ],
)
def test_what_currencies_share_is_that_of_the_site(
    wording: str, currency: str, expected: str, own_currency: None
) -> None:
    use_currency(currency)

    assert parse_quantity(wording).unit == expected
    assert [amount.unit for amount in find_amounts(wording)] == [expected]
    assert [mention.unit for mention in find_mentions(wording)] == [expected]
