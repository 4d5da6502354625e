"""The roles that a number may have in a text: its place, time, `per` and counted things."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import written
from test_innocent import codes, real_dataset

from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.text_claims import check_passage
from casebook.text import Lang


def compare(zh: str, en: str, slug: str) -> list[str]:
    """The codes of a passage in two languages, without those of labels."""
    dataset = real_dataset()
    texts = [written(zh, "zh"), written(en, "en")]
    found = check_passage(texts, KnownNumbers(dataset.by_slug[slug], dataset))
    return [one.code for one in found if one.code != "W274"]


SURE = [
    ("zh", "beijing", "2010年各区各投入4277万元。"),
    ("zh", "beijing", "2010年投入4277万元（平均）。"),
    ("en", "beijing", "In 2010 it spent 42.77 million yuan on average."),
    ("zh", "beijing", "2010年和2011年分别投入{{paid_2011}}和{{paid_2010}}。"),
    ("en", "beijing", "In 2010 and 2011 it spent {{paid_2011}} and {{paid_2010}} respectively."),
    ("zh", "beijing", "“十二五”期间投入{{paid_2010}}。"),
    ("zh", "beijing", "2011年投入{{paid_2010}}。"),
    ("zh", "beijing", "2011年投入4277万元。"),
    ("zh", "beijing", "佛山2010年投入{{paid_2010}}。"),
    ("zh", "beijing", "全国投入{{paid_2010}}。"),
    ("zh", "", "佛山投入{{beijing.paid_2010}}。"),
    ("zh", "", "内江投入4277万元。"),
    ("zh", "beijing", "每月投入{{paid_2010}}。"),
    ("zh", "beijing", "人均{{paid_2010}}。"),
    ("zh", "beijing", "投入{{paid_2010}}/年。"),
    ("zh", "dongguan", "每个岗位每月{{post_price}}。"),
    ("zh", "dongguan", "标准是6万元/岗位/月。"),
    ("zh", "dongguan", "社工岗位月薪6万元。"),
    ("zh", "shanghai-pudong", "到访71.4万人。"),
    ("zh", "shenzhen-baoan", "按计划，领舞人每小时可得{{pay}}。"),
    ("zh", "beijing", "平均{{paid_2010}}。"),
    ("zh", "beijing", "累计{{paid_2010}}。"),
    ("zh", "beijing", "预计{{paid_2010}}。"),
    ("zh", "shanghai-fengxian", "区里已经出资{{outlay_planned}}。"),
    ("zh", "shaanxi", "目标已经实现：每年演出{{performances}}。"),
    ("en", "beijing", "In 2011 Beijing spent {{paid_2010}}."),
    ("en", "beijing", "Foshan spent {{paid_2010}}."),
    ("en", "beijing", "It spent {{paid_2010}} a month."),
    ("en", "beijing", "It spent a monthly {{paid_2010}}."),
    ("en", "beijing", "It spent {{paid_2010}} per head."),
    ("en", "beijing", "It spent an average of {{paid_2010}}."),
    ("en", "beijing", "It spent a planned {{paid_2010}}."),
    ("en", "beijing", "It will spend {{paid_2010}}."),
    ("en", "shanghai-fengxian", "It planned this and has now paid {{outlay_planned}}."),
    ("en", "beijing", "Beijing funded 2010 projects."),
    ("zh", "beijing", "2010年上半年投入{{paid_2010}}。"),
    ("zh", "beijing", "2010年1月至6月投入{{paid_2010}}。"),
    ("zh", "beijing", "2010年第三季度投入4277万元。"),
    ("en", "beijing", "In the first half of 2010 it spent {{paid_2010}}."),
    ("en", "beijing", "It spent {{paid_2010}} in the third quarter of 2010."),
]
UNSURE = [
    ("zh", "neijiang", "全市支出3731万元。"),
    ("en", "neijiang", "The city spent 37.31 million yuan."),
    ("en", "beijing", "{{paid_2010}} was left at the end of 2010."),
    ("zh", "beijing", "2010年投入{{paid_2010}}，含税。"),
    ("en", "dongguan", "About 2015 it bought 7 posts and ran 348 projects."),
    ("zh", "beijing", "2010年追回{{paid_2010}}。"),
    ("zh", "beijing", "2010年欠下{{paid_2010}}。"),
    ("en", "beijing", "In 2010 it owed {{paid_2010}}."),
    ("zh", "beijing", "总共{{paid_2010}}。"),
    ("zh", "beijing", "2011年有{{applicants_2011}}组织得到资助。"),
    ("zh", "beijing", "2011年申报的社会组织，有{{projects_2011}}。"),
    ("zh", "beijing", "投入{{projects_2010}}。"),
    ("zh", "beijing", "金额是{{fund_2011}}，另有{{fund_2011}}。"),
    ("zh", "shanghai-pudong", "1998年，设施建成后交由青年会管理。"),
    ("zh", "neijiang", "据汇编，剧团当年计划可得{{first_purchase}}。"),
    ("en", "beijing", "In 2011 {{applicants_2011}} organisations were selected."),
    ("en", "beijing", "In 2010 it supported {{paid_2010}} projects."),
    ("en", "beijing", "In 2010, {{projects_2010}} organisations were funded."),
    ("zh", "beijing", "2010年预算{{paid_2010}}。"),
    ("zh", "beijing", "2010年决算{{paid_2010}}。"),
    ("zh", "beijing", "2010年投入{{paid_2010}}（不含税）。"),
    ("zh", "beijing", "2010年的合同金额是{{paid_2010}}。"),
    ("en", "beijing", "The 2010 budget was {{paid_2010}}."),
    ("zh", "beijing", "2010年以来投入{{paid_2010}}。"),
    ("zh", "beijing", "截至2010年投入{{paid_2010}}。"),
    ("zh", "beijing", "上半年投入{{paid_2010}}。"),
    ("zh", "foshan", "全省有{{services_permitted}}。"),
    ("zh", "beijing", "“十一五”期间投入{{paid_2010}}。"),
    ("en", "beijing", "Since 2010 Beijing has spent {{paid_2010}}."),
    ("en", "beijing", "By 2010 Beijing had spent {{paid_2010}}."),
]
TRENDS = [
    ("zh", "beijing", "从{{paid_2010}}下降到2011年的{{paid_2011}}。"),
    ("zh", "beijing", "北京的投入逐年上升。"),
    ("zh", "beijing", "北京的资金比上年多。"),
    ("zh", "beijing", "北京比上海花得多。"),
    ("zh", "beijing", "与上海相比，北京买得更多。"),
    ("zh", "beijing", "2010年减少了投入。"),
    ("zh", "foshan", "购买服务的规模不断扩大。"),
    ("en", "beijing", "Spending in Beijing fell."),
    ("en", "beijing", "Beijing pays more than Shanghai."),
    ("en", "foshan", "Foshan cut its spending."),
    ("en", "foshan", "Compared with Shanghai, Foshan spent more."),
]
BORNE_OUT = [
    ("zh", "beijing", "据汇编，北京的投入逐年上升。"),
    ("zh", "beijing", "北京的投入是否上升，没有写。"),
    ("zh", "beijing", "没有数字能说北京比上海花得多，两地也不能比。"),
    ("zh", "dongguan", "岗位的购买标准后来上调。"),
    ("zh", "beijing", "《北京的投入逐年上升》是标题。"),
    ("en", "beijing", "According to the compilation, spending in Beijing rose."),
    ("en", "beijing", "Whether spending in Beijing rose is not told."),
    ("en", "dongguan", "The price of a post was raised later."),
]
RIGHT = [
    ("en", "beijing", "In 2010 it spent 42.77 million yuan; in 2011, about 80 million yuan."),
    ("en", "beijing", "Spending in 2010: 42.77 million yuan."),
    ("zh", "beijing", "由机构申请，2010年投入{{paid_2010}}。"),
    ("zh", "shanghai-fengxian", "交通逃逸、溺水身亡分别赔付至多10万元、至多3万元。"),
    ("zh", "guangdong", "2009年和2011年的职能分别是{{functions_2009}}、{{functions_2011}}。"),
    ("zh", "beijing", "2015年1月的一篇文章说，投入{{paid_2010}}。"),
    ("en", "beijing", "A paper wrote in January 2015 of {{paid_2010}}."),
    ("en", "beijing", "It spent {{paid_2010}} for a resident who needs care."),
    ("zh", "beijing", "2011年投入{{paid_2011}}，是上年的{{multiple_2011}}。"),
    ("zh", "beijing", "2010年和2011年的金额分别为{{paid_2010}}和{{paid_2011}}。"),
    ("zh", "beijing", "从2010年的{{paid_2010}}到2011年的{{paid_2011}}。"),
    ("en", "beijing", "In 2010 and 2011 it spent {{paid_2010}} and {{paid_2011}} respectively."),
    ("zh", "beijing", "报道没有说{{applicants_2011}}里有几家入选。"),
    ("zh", "beijing", "2010年投入{{paid_2010}}，次年{{paid_2011}}。"),
    ("zh", "beijing", "佛山没有写；北京2010年投入{{paid_2010}}。"),
    ("zh", "beijing", "据2012年12月7日的汇编，投入{{paid_2010}}。"),
    ("zh", "beijing", "2010年至2014年累计{{total_2010_2014}}。"),
    ("zh", "dongguan", "参照深圳，东莞每个岗位每年{{post_price}}。"),
    ("zh", "shanghai-fengxian", "计划每年由区里出资{{outlay_planned}}。"),
    ("zh", "beijing", "申报的有{{applicants_2011}}，入选的没有写。"),
    ("zh", "neijiang", "汇编之外另有报道：剧团当年计划可得{{first_purchase}}。"),
    ("en", "beijing", "Beijing spent {{paid_2010}} in 2010 and {{paid_2011}} in 2011."),
    ("en", "beijing", "In 2010 projects were arranged."),
    ("zh", "beijing", "第八届全国书市之后，2010年投入{{paid_2010}}。"),
    ("zh", "beijing", "创建全国文明城市的同时，2010年投入{{paid_2010}}。"),
    ("zh", "beijing", "占国内生产总值多少没有写，2010年投入{{paid_2010}}。"),
    ("en", "beijing", "It spent {{paid_2010}} in 2010, as the total cost is not told."),
    ("en", "dongguan", "Following Shenzhen, Dongguan pays {{post_price}} for a post a year."),
]


def test_a_sum_is_that_of_the_number_behind_it() -> None:
    assert codes("{{later_posts}}合计{{later_total}}。", "zh", "dongguan") == ["W274"]


@pytest.mark.parametrize(("lang", "slug", "text"), SURE)
def test_a_role_that_the_figure_has_not_is_an_error(lang: Lang, slug: str, text: str) -> None:
    assert {code[0] for code in codes(text, lang, slug)} == {"E"}


@pytest.mark.parametrize(("lang", "slug", "text"), UNSURE)
def test_a_role_that_it_may_not_have_is_a_warning(lang: Lang, slug: str, text: str) -> None:
    assert set(codes(text, lang, slug)) == {"W274"}


@pytest.mark.parametrize(("lang", "slug", "text"), RIGHT)
def test_a_number_in_its_own_sentence_passes(lang: Lang, slug: str, text: str) -> None:
    assert codes(text, lang, slug) == []


@pytest.mark.parametrize(
    ("slug", "lang", "text", "expected"),
    [
        ("neijiang", "zh", "东兴区买了演出，当年将下发 {{first_purchase}}。", []),
        ("neijiang", "en", "Dongxing bought it and is to pay {{first_purchase}}.", []),
        ("neijiang", "zh", "东兴区下达 {{programme}}。", ["E274"]),
        ("guangdong", "zh", "东兴区有 {{functions_2009}}。", ["E274"]),
    ],
)
def test_the_figure_of_a_city_is_that_of_a_district_which_it_names(
    slug: str, lang: Lang, text: str, expected: list[str]
) -> None:
    """This holds even if another case is about the district, so that texts know it as a place."""
    dataset = real_dataset()
    beside = replace(dataset.by_slug["neijiang"], slug="dongxing", region="511011")
    dataset = replace(dataset, cases=(*dataset.cases, beside))
    found = check_passage([written(text, lang)], KnownNumbers(dataset.by_slug[slug], dataset))

    assert [one.code for one in found] == expected


@pytest.mark.parametrize(("lang", "slug", "text"), TRENDS)
def test_a_trend_that_no_record_has_is_a_warning(lang: Lang, slug: str, text: str) -> None:
    assert set(codes(text, lang, slug)) == {"W276"}


@pytest.mark.parametrize(("lang", "slug", "text"), BORNE_OUT)
def test_a_trend_of_a_record_or_a_source_passes(lang: Lang, slug: str, text: str) -> None:
    assert codes(text, lang, slug) == []


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        pytest.param("街道建了图书馆。", "It is to build a library.", ["W275"], id="English only"),
        pytest.param("街道计划建图书馆。", "It has built a library.", ["W275"], id="Chinese only"),
        pytest.param("街道计划建图书馆。", "It will build a library.", [], id="both"),
        pytest.param("继续办好图书馆。", "It will run the library well.", [], id="no tense"),
        pytest.param("图书馆建了没有，没有写。", "Built or only planned: not told.", [], id="open"),
        pytest.param("《计划》印发了。", "The document was issued.", [], id="in a title"),
    ],
)
def test_what_is_a_plan_is_one_in_both_languages(zh: str, en: str, expected: list[str]) -> None:
    assert compare(zh, en, "foshan") == expected


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        pytest.param("投入{{paid_2010}}。", "It spent {{paid_2010}}.", [], id="the same"),
        pytest.param("投入4277万元。", "It spent {{paid_2010}}.", [], id="typed in one"),
        pytest.param("投入{{paid_2010}}。", "It spent money.", ["W275"], id="one language only"),
        pytest.param(
            "投入{{paid_2010}}。", "It spent {{fund_2011}}.", ["W275", "W275"], id="another one"
        ),
    ],
)
def test_both_languages_tell_the_same_figures(zh: str, en: str, expected: list[str]) -> None:
    assert compare(zh, en, "beijing") == expected
