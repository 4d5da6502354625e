"""The claims that a text may make about its figures, and in whose voice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from conftest import TEN_CASES
from hypothesis import given
from hypothesis import strategies as st
from records import dataset_of, record
from records import figure as record_figure

from casebook.build.reading import read_dataset
from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.numbers_in_text import find_mentions
from casebook.checks.rules import check_case
from casebook.checks.text_claims import check_passage
from casebook.checks.text_patterns import WORDS
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import WrittenText
from casebook.record.model import Case, Document, Event, Figure
from casebook.record.references import REFERENCE, SITE, split_key
from casebook.text import Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period
from casebook.values.quantity import in_english, with_reading
from casebook.values.words import PLANNED_STATUSES, QUALIFIERS

REAL, REAL_PROBLEMS = read_dataset(TEN_CASES)
SOURCE = "zfcg-2012-12-07"


def figure(
    name: str,
    amount: str,
    period: str = "[..2012-12-07]",
    status: str = "reported",
    unit: str | None = None,
    qualifier: str | None = None,
    *,
    label: tuple[str, str] = ("数", "Number"),
    per: tuple[str, ...] = (),
) -> Figure:
    """A figure of the harbour town; a given unit or qualifier is the editor's reading."""
    quantity = with_reading(parse_quantity(amount), qualifier, unit)  # type: ignore[arg-type]
    return Figure(
        id=name,
        case="harbour",
        label=Text(*label),
        quantity=quantity,
        measure="annual_total",
        per=per,
        period=parse_period(period),
        status=status,
        source=SOURCE,
    )


FIGURES = (
    figure("paid_2010", "4277万元", "2010", label=("2010年的投入", "Outlay in 2010")),
    figure("projects", "300项", "2010", label=("2010年安排的项目", "Projects of 2010")),
    figure("paid_2011", "约8000万元", "2011", label=("2011年的金额", "Amount of 2011")),
    figure("applicants", "748家", "2011", label=("申报的社会组织", "Organisations that applied")),
    figure("fields", "不少于5类", label=("指南列出的方向", "Fields listed in the guide")),
    figure(
        "open_list", "6类", qualifier="at_least", label=("点到名的种类", "Kinds that are named")
    ),
    figure("functions", "130余项", "[..2011]", label=("转移的职能", "Functions handed over")),
    figure("people", "逾百人", label=("领舞的人", "People who lead the dance")),
    figure("orgs", "超过1000家", "2012", label=("申报的组织", "Organisations that applied")),
    figure(
        "pay",
        "800元至1000元",
        status="planned",
        per=("person", "month"),
        label=("领舞人每月所得", "Pay of a dancer"),
    ),
    figure("cap", "不超过20万元", status="set", label=("赔付上限", "Ceiling of a payout")),
    figure("share", "80%", label=("用于薪酬的比例", "Share for pay")),
    figure("forms", "两种", label=("购买的形式", "Forms of purchase")),
    figure("overhead", "一万左右", unit="元", label=("运营费", "For running the agency")),
    figure("announced", "将突破亿元", "2012?", "planned", label=("标题的资金", "The headline")),
    figure("goal", "2000场", "2012?/..", "target", per=("year",), label=("演出", "Performances")),
    figure(
        "outlay",
        "每年将出资560万元",
        status="planned",
        per=("year",),
        label=("区政府的出资", "The district's outlay"),
    ),
    figure("programme", "3731万元", status="allocated", label=("下达的资金", "Allocation")),
    figure("price", "7.2万元", per=("post", "year"), label=("岗位标准", "Price of a post")),
    figure("total", "3.5亿元", "2010/2014", label=("累计金额", "Sum of five years")),
    figure("votes", "60名", label=("票数", "Votes")),
    figure("grant", "超过30万英镑", label=("外国的赠款", "A foreign grant")),
    figure("visits", "80,000 people", label=("来访的人", "Visitors")),
    figure("trial", "six months", label=("试行的时间", "Length of the trial")),
    figure("late", "41%", "2010", label=("逾期支付的发票", "Invoices paid late")),
    figure("term", "23个月", "2010", label=("期限", "Term")),
    figure("wait", "over 12 months", label=("等待的时间", "Time of waiting")),
)
HARBOUR = Case(
    slug="harbour",
    path="data/cases/harbour.yaml",
    title=Text("港城"),
    region="440300",
    topic="culture",
    summary=Text("港城"),
    answers={},
    figures={each.id: each for each in FIGURES},
    events=(
        Event(case="harbour", date=parse_period("1995"), title=Text("开始"), source=SOURCE),
        Event(case="harbour", date=parse_period("2012-03"), title=Text("签约"), source=SOURCE),
        Event(case="harbour", date=parse_period("2012-11-19"), title=Text("报道"), source=SOURCE),
    ),
    documents=(
        Document(
            title=Text("港城2013至2015年买300天服务方案", "Harbour plan for 300 days"),
            state="issued",
            source=SOURCE,
        ),
    ),
)
HARBOURS: Dataset = replace(REAL, cases=(HARBOUR,))


Wording = Literal["story", "summary", "page"]


def check(
    text: str,
    home: Case | None,
    *,
    lang: Lang = "zh",
    at: Position = START,
    dataset: Dataset = REAL,
) -> list[Problem]:
    """The problems of a text of a case or of a page."""
    path = home.path if home is not None else "content/page.md"
    written = WrittenText(words=text, lang=lang, path=path, at=at, has_head=home is None)
    return list(check_passage((written,), KnownNumbers(home, dataset)))


def problems_of(
    text: str, lang: Lang = "zh", wording: Wording = "story", start: Position = START
) -> list[Problem]:
    """The problems of a text of the harbour town, or of a page of its site."""
    home = None if wording == "page" else HARBOUR
    return check(text, home, lang=lang, at=start, dataset=HARBOURS)


def codes(text: str, lang: Lang = "zh", wording: Wording = "story") -> list[str]:
    return [problem.code for problem in problems_of(text, lang, wording)]


# --- Numbers --------------------------------------------------------------------------------

TOLD_RIGHT = [
    ("zh", "投入从4277万元增加到2011年的约8000万元。"),
    ("zh", "2010—2014年五年累计3.5亿元。"),
    ("zh", "来源没有说投入的4277万元含不含税。"),
    ("zh", "2010年和2011年分别投入4277万元和约8000万元。"),
    ("zh", "2010年，港城投入4277万元，安排项目300项。"),
    ("zh", "2010年，港城投入四千二百七十七万元，安排了三百项。"),
    ("zh", "投入４２７７万元。"),
    ("zh", "投入42,770,000元。"),
    ("zh", "投入0.4277亿元。"),
    ("zh", "投入 **4277** 万元。"),
    ("zh", "到2011年，金额约8000万元。"),
    ("zh", "到2011年，金额约八千万元。"),
    ("zh", "到2011年，金额大约为80000000元。"),
    ("zh", "到2011年，金额在8000万元左右。"),
    ("zh", "到2011年，金额接近0.8亿元。"),
    ("zh", "到2011年，金额约 **8000** 万元。"),
    ("zh", "申报的社会组织有748家，申报不等于入选。"),
    ("zh", "指南列出的方向不少于5类。"),
    ("zh", "指南列出的方向至少五类。"),
    ("zh", "指南列出五类以上的方向。"),
    ("zh", "点到名的至少6类。"),
    ("zh", "转移的职能有130余项。"),
    ("zh", "转移的职能超过130项。"),
    ("zh", "转移的职能逾一百三十项。"),
    ("zh", "转移的职能有130多项。"),
    ("zh", "领舞的人逾百人。"),
    ("zh", "领舞的有一百多人。"),
    ("zh", "申报的组织超过1000家。"),
    ("zh", "申报的组织突破一千家。"),
    ("zh", "按计划，领舞人每月得800元至1000元。"),
    ("zh", "按计划，领舞人每月得800—1000元。"),
    ("zh", "领舞人每月将得八百元到一千元。"),
    ("zh", "赔付不超过20万元。"),
    ("zh", "赔付最高20万元。"),
    ("zh", "赔付的上限是20万元。"),
    ("zh", "赔付以20万元为上限。"),
    ("zh", "经费的80%用于薪酬。"),
    ("zh", "经费的百分之八十用于薪酬。"),
    ("zh", "经费的八成用于薪酬。"),
    ("zh", "东莞将80%的经费用于薪酬。"),
    ("zh", "有两种形式，即岗位和项目。"),
    ("zh", "运营费一万元左右。"),
    ("zh", "运营费约1万元。"),
    ("zh", "标题称资金将突破亿元。"),
    ("zh", "标题称资金将超过1亿元。"),
    ("zh", "目标是每年演出2000场。"),
    ("zh", "继续努力，实现每年演出2000场的目标。"),
    ("zh", "计划每年演出两千场。"),
    ("zh", "按正文，每年将出资560万元。"),
    ("zh", "区政府计划每年出资560万元。"),
    ("zh", "下达3731万元。"),
    ("zh", "资金达到3731万元。"),
    ("zh", "标准后来提高到7.2万元。"),
    ("zh", "1995年开始，2012年3月签约，2012年11月19日有报道。"),
    ("zh", "据2012年12月7日的汇编，一九九五年已经开始。"),
    ("zh", "11月19日的报道说了同样的话。"),
    ("zh", "《2016年另一份指南》没有见到。"),
    ("zh", "《港城2013至2015年买300天服务方案》已经印发。"),
    ("zh", "财预〔2017〕87号和 GB/T 2260 都是名称。"),
    ("zh", "一些老百姓说，一般的办法十分简单，四川也一样。"),
    ("zh", "第三方评估，第一步是申报；一个人一项任务。"),
    ("zh", "合约3731万元。"),
    ("zh", "约8000万元，比2010年的4277万元多。"),
    ("zh", "748家以上级单位为主。"),
    ("zh", "赔付最高可获20万元。"),
    ("zh", "赔付的最高资助金额达20万元。"),
    ("zh", "按计划，领舞人每月得800~1000元。"),
    ("zh", "准备下达的资金是3731万元，力争达到。"),
    ("zh", "按计划，领舞人每月得800元到1000元不等。"),
    ("zh", "经过300项审核，其中多数通过。"),
    ("zh", "2010年至2014年累计 {{total}}，见 [报道](https://example.cn/2031/99)。"),
    ("zh", "五年的合同总价没有写。"),
    ("zh", "付款分两次：{{paid_2010}}，{{paid_2011}}。"),
    ("zh", "申报{{applicants}}，超过了300项的目标。"),
    ("en", "In 2010 the town spent 42.77 million yuan on 300 projects."),
    ("en", "A five-year contract was signed."),
    ("en", "In 2010 the town spent RMB 42,770,000 on three hundred projects."),
    ("en", "In 2011 the amount rose to about 80 million yuan."),
    ("en", "In 2011 the amount rose to roughly eighty million yuan."),
    ("en", "In 2011 the amount was around 80m yuan."),
    ("en", "Applications came from 748 organisations."),
    ("en", "The guide lists at least 5 fields."),
    ("en", "Spending in 2010/11 is not told."),
    ("en", "The district is scheduled to pay 5.6 million yuan every year."),
    ("en", "The sum over five years was 350 million yuan from 2010 to 2014."),
    ("en", "The guide lists five fields or more."),
    ("en", "A foreign grant was more than £300,000."),
    ("en", "Some came from abroad; 80,000 people visited."),
    ("en", "The trial went on over six months."),
    ("en", "The time of waiting is over 12 months."),
    ("en", "The measures watch over the 300 projects."),
    ("en", "More than 130 functions were handed over."),
    ("en", "Over one hundred people led the dance."),
    ("en", "More than 1,000 organisations applied."),
    ("en", "As planned, a dancer is to receive 800 to 1,000 yuan a month."),
    ("en", "The plan is a pay of between 800 and 1,000 yuan a month."),
    ("en", "The payout is up to 200,000 yuan."),
    ("en", "The payout is no more than 200,000 yuan."),
    ("en", "The ceiling of the payout is 200,000 yuan."),
    ("en", "Of this, 80% is for pay."),
    ("en", "Of this, 80 per cent is for pay."),
    ("en", "There are two forms of purchase."),
    ("en", "About 10,000 yuan is for running the agency."),
    ("en", "A headline announces more than 100 million yuan."),
    ("en", "The target is 2,000 performances a year."),
    ("en", "The district plans to pay 5.6 million yuan every year."),
    ("en", "The district will pay 5.6 million yuan every year."),
    ("en", "The town allocated 37.31 million yuan."),
    ("en", "The amount rose from 42.77 million to about 80 million yuan."),
    ("en", "It spent 42.77 million yuan, about which some of the 300 projects know more."),
    ("en", "One hundred and thirty-odd functions were handed over."),
    ("en", "It began in 1995; a contract followed in March 2012."),
    ("en", "According to the compilation of 7 December 2012, one of the places is ours."),
    ("en", "The Harbour plan for 300 days was issued."),
    ("en", "The third-party review is part 5 of the guide, under GB/T 2260."),
]


@pytest.mark.parametrize(("lang", "text"), TOLD_RIGHT)
def test_a_number_of_the_case_may_be_told_with_its_words(lang: Lang, text: str) -> None:
    assert [problem.message(lang) for problem in problems_of(text, lang)] == []


UNKNOWN = [
    ("zh", "投入4278万元。"),
    ("zh", "投入4277亿元。"),
    ("zh", "投入4277元。"),
    ("zh", "投入四千二百七十八万元。"),
    ("zh", "安排项目４００项。"),
    ("zh", "金额约800万元。"),
    ("zh", "金额约8000亿元。"),
    ("zh", "申报的有748人。"),
    ("zh", "申报的有748万元。"),
    ("zh", "申报的有数百家。"),
    ("zh", "有三四种形式。"),
    ("zh", "有三种形式。"),
    ("zh", "付款分三次：甲；乙。"),
    ("zh", "付款分三次：\n\n- 甲\n- 乙"),
    ("zh", "合同期三年。"),
    ("zh", "三大任务没有完成。"),
    ("zh", "经费的85%用于薪酬。"),
    ("zh", "经费的一半用于薪酬。"),
    ("zh", "投入增加了1.9倍。"),
    ("zh", "持续了五年。"),
    ("zh", "用于薪酬的比例为0.8。"),
    ("zh", "用于薪酬的比例为80‰。"),
    ("zh", "用于薪酬的比例为80个百分点。"),
    ("zh", "投入翻了将近一番。"),
    ("zh", "申报的有卅家。"),
    ("zh", "申报的有拾贰家。"),
    ("zh", "申报的有玖家。"),
    ("zh", "申报的有九間。"),
    ("zh", "¾的机构没有入选。"),
    ("en", "¾ of them were not selected."),
    ("en", "The lion's share is for pay."),
    ("en", "Pay takes 80 percentage points."),
    ("zh", "2013年又投入了。"),
    ("zh", "一九九六年开始。"),
    ("zh", "2012年11月20日有报道。"),
    ("zh", "2012年4月签约。"),
    ("zh", "20世纪80年代就有。"),
    ("zh", "《2016年买500项的方案》"),
    ("en", "The town spent 42.78 million yuan."),
    ("en", "In 2011 the amount rose to about 8 million yuan."),
    ("en", "In 2011 the amount rose to about 80 billion yuan."),
    ("en", "In 2011 the amount rose to about 8000 yuan."),
    ("en", "There are three forms of purchase."),
    ("en", "Dozens of organisations applied."),
    ("en", "Of this, 85 per cent is for pay."),
    ("en", "Of this, half of the money is for pay."),
    ("en", "It began in 1996."),
    ("en", "A report of 20 November 2012 says so."),
    ("en", "It went on for five years."),
    ("en", "It was signed on August 7th."),
    ("en", "It was signed on the 7th of August."),
    ("en", "It was signed in early August."),
    ("en", "It began in the eighties."),
    ("en", "It began in FY1987."),
    ("zh", "FY1987开始。"),
    ("zh", "世纪之交开始。"),
    ("zh", "一个多月后公布。"),
]


@pytest.mark.parametrize(("lang", "text"), UNKNOWN)
def test_a_number_that_no_record_has_is_refused(lang: Lang, text: str) -> None:
    assert codes(text, lang) == ["E270"]


def test_a_number_is_refused_at_its_place_with_the_nearest_figures() -> None:
    start = Position(60, 3)
    (problem,) = problems_of("第一段没有数。\n\n第二段，投入4278万元。", start=start)

    assert (problem.at, problem.path) == (Position(62, 9), "data/cases/harbour.yaml")
    assert problem.text.zh == "“4278万元”不是这个案例的数字"
    assert problem.hint.zh.startswith("相近的有 {{paid_2010}}（4277万元）、")
    assert problem.text.en == "“4278万元” is not a figure of this case"


@pytest.mark.parametrize(
    ("lang", "amount", "text", "expected"),
    [
        ("zh", "上万人", "服务过的有上万人。", []),
        ("en", "数万人", "It served tens of thousands of people.", []),
        ("en", "数万人", "A report of 20 November 2012 says so.", ["E270"]),
    ],
)
def test_a_rough_figure_is_told_in_rough_words(
    lang: Lang, amount: str, text: str, expected: list[str]
) -> None:
    served = figure("served", amount, label=("服务过的人", "People served"))
    home = replace(HARBOUR, figures={"served": served})

    assert [one.code for one in check(text, home, lang=lang)] == expected


def test_a_wrong_scale_names_the_figure_of_the_same_digits() -> None:
    (problem,) = problems_of("金额约8000亿元。")

    assert "{{paid_2011}}（约8000万元）" in problem.hint.zh


def test_a_wrong_date_names_the_nearest_dates() -> None:
    (problem,) = problems_of("In 1996 it began.", "en")

    assert problem.hint.en == "Similar dates in the records: 1995, 2010, 2011"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        pytest.param("6月开始。", "2012-03、2012-11、2012-12", id="a month"),
        pytest.param("6月8日开始。", "2012-11-19、2012-12-07", id="a day of a month"),
        pytest.param("二〇一二年十二月八日开始。", "2012-12-07、2012-11-19", id="a day"),
        pytest.param("1980年代开始。", "1995、2010、2011", id="a decade"),
    ],
)
def test_dates_that_are_near_are_shown_with_their_years(text: str, near: str) -> None:
    assert problems_of(text)[0].hint.zh == f"记录里相近的有 {near}"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        pytest.param("zh", "花了一个多亿。", id="more than one hundred million"),
        pytest.param("zh", "花了3个多亿。", id="in digits"),
        pytest.param("en", "a quarter-billion yuan", id="a quarter of a scale"),
        pytest.param("en", "half a million yuan", id="half a scale"),
        pytest.param("en", "a half-million yuan", id="half a scale with a hyphen"),
        pytest.param("en", "one and a half million yuan", id="one and a half"),
    ],
)
def test_a_part_of_a_scale_is_a_number(lang: Lang, text: str) -> None:
    assert codes(text, lang)[0] in ("E270", "E271")


# --- Qualifiers -----------------------------------------------------------------------------

MISTOLD = [
    ("zh", "到2011年，金额是8000万元。"),
    ("zh", "到2011年，金额超过8000万元。"),
    ("zh", "到2011年，金额逾8000万元。"),
    ("zh", "到2011年，节约8000万元。"),
    ("zh", "投入约4277万元。"),
    ("zh", "投入4277万元左右。"),
    ("zh", "投入超过4277万元。"),
    ("zh", "投入4277余万元。"),
    ("zh", "安排近300项。"),
    ("zh", "安排300项以上。"),
    ("zh", "安排300多项。"),
    ("zh", "安排至多300项。"),
    ("zh", "指南列出的方向有5类。"),
    ("zh", "指南列出的方向约5类。"),
    ("zh", "点到名的有6类。"),
    ("zh", "转移的职能有130项。"),
    ("zh", "转移的职能约130项。"),
    ("zh", "转移的职能至少130项。"),
    ("zh", "领舞的有百人。"),
    ("zh", "申报的组织有1000家。"),
    ("zh", "申报的组织近1000家。"),
    ("zh", "按计划，领舞人每月得800元。"),
    ("zh", "按计划，领舞人每月得1000元。"),
    ("zh", "领舞人每月得800元至1000元。"),
    ("zh", "赔付20万元。"),
    ("zh", "赔付达20万元。"),
    ("zh", "赔付超过20万元。"),
    ("zh", "经费的约80%用于薪酬。"),
    ("zh", "经费的近八成用于薪酬。"),
    ("zh", "运营费是一万元。"),
    ("zh", "标题称资金突破亿元。"),
    ("zh", "标题称资金将达1亿元。"),
    ("zh", "每年演出2000场。"),
    ("zh", "目标是每年演出超过2000场。"),
    ("zh", "区政府每年出资560万元。"),
    ("zh", "计划投入4277万元。"),
    ("zh", "将投入4277万元。"),
    ("zh", "预计下达3731万元。"),
    ("zh", "投入最多也就4277万元。"),
    ("zh", "投入在4277万元之上。"),
    ("zh", "投入未及4277万元。"),
    ("zh", "投入岂止4277万元。"),
    ("zh", "投入4277万元（约数）。"),
    ("zh", "投入4277万元（保守估计）。"),
    ("zh", "投入连4277万元都没有。"),
    ("zh", "投入怎么也有4277万元。"),
    ("zh", "投入4277万元还要多。"),
    ("en", "In 2010 the town spent 42.77 million yuan, give or take."),
    ("en", "In 2010 the town spent 42.77 million yuan, tops."),
    ("en", "In 2010 the town did not reach 42.77 million yuan."),
    ("en", "In 2010 the town vowed to spend 42.77 million yuan."),
    ("zh", "下达约3731万元。"),
    ("en", "In 2011 the amount rose to 80 million yuan."),
    ("en", "In 2011 the amount rose to more than 80 million yuan."),
    ("en", "In 2010 the town spent about 42.77 million yuan."),
    ("en", "In 2010 the town spent over 42.77 million yuan."),
    ("en", "Nearly 300 projects were arranged."),
    ("en", "Up to 748 organisations applied."),
    ("en", "The guide lists 5 fields."),
    ("en", "The guide lists five fields."),
    ("en", "Handed over were 130 functions."),
    ("en", "About 130 functions were handed over."),
    ("en", "1,000 organisations applied."),
    ("en", "As planned, a dancer is to receive 800 yuan a month."),
    ("en", "A dancer receives 800 to 1,000 yuan a month."),
    ("en", "The payout is 200,000 yuan."),
    ("en", "The payout is more than 200,000 yuan."),
    ("en", "The money for running the agency is 10,000 yuan."),
    ("en", "A headline has more than 100 million yuan."),
    ("en", "A headline announces 100 million yuan."),
    ("en", "The district pays 5.6 million yuan every year."),
    ("en", "The district gives 2,000 performances a year."),
    ("en", "The town plans to spend 42.77 million yuan."),
    ("en", "The town will allocate 37.31 million yuan."),
]


@pytest.mark.parametrize(("lang", "text"), MISTOLD)
def test_a_qualifier_is_neither_lost_nor_gained(lang: Lang, text: str) -> None:
    assert codes(text, lang) == ["E271"]


def test_a_lost_qualifier_is_named() -> None:
    (problem,) = problems_of("到2011年，金额是8000万元。")

    assert problem.text.zh == "“8000万元”丢了限定词“约”：{{paid_2011}} 是“约8000万元”"
    assert problem.text.en == "“8000万元” lost its qualifier “about”: {{paid_2011}} is “约8000万元”"


REFERRED_RIGHT = [
    ("zh", "2011年的金额是 {{paid_2011}}。"),
    ("zh", "申报的有 {{applicants}}，只有 {{site.cases}} 个地方如此。"),
    ("zh", "从 {{paid_2010}} 到 {{paid_2011}}。"),
    ("zh", "五年累计 {{total}}。"),
    ("zh", "投入是{{paid_2010}}~{{paid_2011}}。"),
    ("zh", "节省了 {{paid_2010}}，履约 {{projects}}。"),
    ("zh", "列举的有 {{open_list}}，从 {{price}} 起步。"),
    ("zh", "资金{{announced}}；正文写的是{{outlay}}。"),
    ("zh", "按计划，领舞人每月可得 {{pay}}，音响由区里准备。"),
    ("zh", "方案的目标是每年 {{goal}}。"),
    ("zh", "有 {{orgs}}，没有写 {{missing}}。"),
    ("en", "In 2011 the amount rose to {{paid_2011}}."),
    ("en", "A headline plans {{announced}}."),
    ("en", "The target is {{goal}} performances."),
    ("en", "Of this, {{share}} is for pay."),
]


@pytest.mark.parametrize(("lang", "text"), REFERRED_RIGHT)
def test_a_reference_brings_its_own_words(lang: Lang, text: str) -> None:
    assert [problem.message(lang) for problem in problems_of(text, lang)] == []


def test_a_price_is_told_with_what_it_is_per() -> None:
    assert codes("区政府2012年11月计划出资560万元。") == ["W274"]
    assert codes("每年的出资有计划。区政府计划出资560万元。") == []
    assert codes("区政府计划：{{outlay}}。") == []


def test_what_was_late_was_not_on_time() -> None:
    assert codes("发票的41%按时支付。") == ["W274"]
    assert codes("41% of invoices were paid on time.", "en") == ["W274"]
    assert codes("发票的41%逾期支付。") == []


def test_english_names_the_unit_of_a_time() -> None:
    assert codes("It has a term of {{term}}.", "en") == ["W274"]
    assert codes("It has a term of {{term}} months.", "en") == []
    assert codes("期限是{{term}}。", "zh") == []


REFERRED_WRONG = [
    ("zh", "投入{{paid_2010}}美元。"),
    ("en", "In 2010 the town spent {{paid_2010}} US dollars."),
    ("zh", "2011年的金额约{{paid_2011}}。"),
    ("zh", "2011年的金额约为 {{paid_2011}}。"),
    ("zh", "2011年的金额是 {{paid_2011}} 左右。"),
    ("zh", "超过{{paid_2010}}。"),
    ("zh", "逾 {{orgs}}。"),
    ("zh", "列举的至少 {{open_list}}。"),
    ("zh", "有 {{projects}} 以上。"),
    ("zh", "只有不到 {{site.cases}} 个地方。"),
    ("zh", "领舞人每月可得 {{pay}}。"),
    ("zh", "每年演出 {{goal}}。计划是另一回事。"),
    ("zh", "将{{pay}}付给领舞人。"),
    ("zh", "超过{{projects}}的预算。"),
    ("en", "In 2011 the amount rose to about {{paid_2011}}."),
    ("en", "More than {{orgs}} organisations applied."),
    ("en", "At least {{open_list}} kinds are named."),
    ("en", "Roughly {{paid_2010}} was spent."),
    ("en", "A headline has {{announced}}."),
    ("en", "The district pays {{outlay}} a year."),
]


@pytest.mark.parametrize(("lang", "text"), REFERRED_WRONG)
def test_a_reference_takes_no_second_qualifier_and_a_plan_is_told_as_one(
    lang: Lang, text: str
) -> None:
    assert codes(text, lang) == ["E271"]


# --- Voice ----------------------------------------------------------------------------------

VOICE = [
    ("zh", "今年，港城继续购买。", ["E272"]),
    ("zh", "去年没有买，明年再买。", ["E272", "E272"]),
    ("zh", "近日，港城出台办法。", ["E272"]),
    ("zh", "日前有报道。", ["E272"]),
    ("zh", "目前已有机构入选。", ["E272"]),
    ("zh", "截至目前，没有别的报道。", ["E272"]),
    ("zh", "记者新近了解到，如今已经不同。", ["E272", "E272"]),
    ("zh", "最近的做法现在没有变。", ["E272", "E272"]),
    ("zh", "汇编写的是“今年”“近日”“目前”。", []),
    ("zh", "《今年的办法》没有日期。", []),
    ("zh", "汇编没有说明年份，也没有写明年度。", []),
    ("zh", "此事出现在正文，体现在项目前期，属于项目前景。", []),
    ("zh", "2012年12月7日前的事，附近日照充足，过去年份不明。", []),
    ("en", "Recently the town issued measures.", ["E272"]),
    ("en", "This year the town buys again; currently nothing is known.", ["E272", "E272"]),
    ("en", "To date there is no report.", ["E272"]),
    ("en", "At present the list is open.", ["E272"]),
    ("en", 'The words “this year” and "recently" are the source\'s.', []),
    ("en", "There is no way to date the report.", []),
    ("zh", "港城在全省率先购买。", ["E273"]),
    ("zh", "这是最早的实践。", ["E273"]),
    ("zh", "港城首创了这种办法，是全国的样本和标杆。", ["E273", "E273", "E273"]),
    ("zh", "首个产品属于改革前沿的领先做法。", ["E273", "E273", "E273"]),
    ("zh", "大千故里买了服务。", ["E273"]),
    ("zh", "第一个地方是港城。", ["E273"]),
    ("zh", "这是最早的实践。汇编没有给出依据。", ["E273"]),
    ("zh", "数据显示，港城率先购买，名称不详。", ["E273"]),
    ("zh", "汇编称港城在全省率先购买，没有旁证。", []),
    ("zh", "据报道，这是最早的实践。", []),
    ("zh", "它通常被认为是首例，也有来源不同意。", []),
    ("zh", "文章的标题把它叫做东莞样本。", []),
    ("zh", "样本量不足，数据来源不详。", []),
    ("zh", "《港城样本》没有找到。", []),
    ("zh", "由专家选出优秀项目，看其创新性、可行性，对成效作评估。", []),
    ("zh", "把公开放在第一位，成立后不久签约，于公示结束之日前提交。", []),
    ("zh", "前沿技术、新高地，眼前豁然开朗；看创新性及可推广性。", []),
    ("zh", "项目优秀，取得了良好成效。", ["E273", "E273"]),
    ("en", "The town was the first in the province to buy services.", ["E273"]),
    ("en", "It is a pioneer and a model.", ["E273", "E273"]),
    ("zh", "居民赞不绝口，名次靠前。", ["E273", "E273"]),
    ("en", "Residents were delighted, and the results speak for themselves.", ["E273", "E273"]),
    ("zh", "自公告之日起五日内可以提出。", ["E270"]),
    ("en", "The earliest practice was here.", ["E273"]),
    ("en", "A leading town, it buys services.", ["E273"]),
    ("en", "The compilation calls the town the first in the province.", []),
    ("en", "According to the source, this is the earliest practice.", []),
    ("en", "It is described as a pioneer.", []),
    ("en", "The office of the leading group reviews projects.", []),
    ("en", "On top of that, the town celebrated the anniversary ahead of the meeting.", []),
    ("en", "They make the most of the money.", []),
    ("en", "The best possible use of money is the top priority of leading cadres.", []),
    ("en", "It stood at the top of the agenda as recently as 1995.", []),
    ("en", "It is ahead of the field, a celebrated model.", ["E273", "E273"]),
]


@pytest.mark.parametrize(("lang", "text", "expected"), VOICE)
def test_the_source_speaks_for_itself(lang: Lang, text: str, expected: list[str]) -> None:
    assert codes(text, lang) == expected


# --- Pages ----------------------------------------------------------------------------------

PAGES = [
    ("zh", "金额最大的是4277万元，项目有300项。", []),
    ("zh", "本站每处引文不超过十二个字。", []),
    ("en", "No quotation is longer than twelve characters.", []),
    ("zh", "十二家机构。", ["E270"]),
    ("en", "All of ten places are told.", ["E270"]),
    ("zh", "Title: 方法\nSlug: page-300-a\nDate: 2031-01-01\nSummary: 有77项\n\n正文。", ["E270"]),
    ("zh", "1. 首先\n2. 其次\n\n| 项 | 值 |\n|---|---|\n| 甲 | 300项 |\n", []),
    ("zh", "2031年的事。", ["E270"]),
]


@pytest.mark.parametrize(("lang", "text", "expected"), PAGES)
def test_a_page_may_tell_the_figures_of_any_case(
    lang: Lang, text: str, expected: list[str]
) -> None:
    assert codes(text, lang, "page") == expected


def test_a_page_may_name_the_years_of_which_the_sources_are_silent() -> None:
    text = "汇编没有写1999—2008年的事。"
    found = check(text, None)

    assert found == []


def test_a_page_may_count_its_cases() -> None:
    right, wrong = f"本站有{len(REAL.cases)}个地方。", f"本站有{len(REAL.cases) + 987}个地方。"
    told = [[p.code for p in check(text, None)] for text in (right, wrong)]

    assert told == [[], ["E270"]]


def test_a_page_names_a_figure_with_its_case() -> None:
    (problem,) = problems_of("投入4278万元。", wording="page")

    assert problem.text.zh == "“4278万元”不是任何案例的数字"
    assert "{{harbour.paid_2010}}" in problem.hint.zh


# --- The real content -----------------------------------------------------------------------


def real_texts() -> Iterator[tuple[str, str, Position, Case | None, Lang]]:
    """Every text of the ten cases: name, words, place, case and language."""
    for case in REAL.cases:
        for story in case.stories:
            lang = story.lang
            yield f"{case.slug} story {lang}", story.words, story.at, case, lang
            summary = getattr(case.summary, lang)
            yield f"{case.slug} summary {lang}", summary, START, case, lang
    for path in sorted((TEN_CASES / "content").rglob("*.md")):
        lang = "en" if path.name.endswith(".en.md") else "zh"
        yield path.name, path.read_text(encoding="utf-8"), START, None, lang


@pytest.mark.parametrize(
    ("text", "at", "home", "lang"),
    [pytest.param(*rest, id=name) for name, *rest in real_texts()],
)
def test_the_real_texts_hold(text: str, at: Position, home: Case | None, lang: Lang) -> None:
    found = check(text, home, lang=lang, at=at)

    assert [f"{p.at.line}:{p.at.column}: {p.message('en')}" for p in found] == []


def printed(figure: Figure, lang: Lang) -> str:
    """A figure in plain words, with the qualifier of an editor's reading."""
    return in_english(figure.quantity) if lang == "en" else figure.quantity.words


def render(text: str, home: Case, lang: Lang) -> tuple[str, list[tuple[int, int, Figure]]]:
    """A story with its references as plain worded numbers, and the span and figure of each."""
    out, spans, at = "", [], 0
    for found in REFERENCE.finditer(text):
        out += text[at : found.start()]
        case, name = split_key(found.group(1).strip())
        at = found.end()
        if case == SITE:
            out += REAL.words[name].inside(lang)
            continue
        told = REAL.figures[f"{case or home.slug}.{name}"]
        words = printed(told, lang)
        spans.append((len(out), len(out) + len(words), told))
        out += words
    return out + text[at:], spans


STORIES = [
    pytest.param(case, lang, id=f"{case.slug} {lang}")
    for case in REAL.cases
    for lang in ("zh", "en")
]


def check_story(text: str, home: Case, lang: Lang) -> list[str]:
    found = check(text, home, lang=lang)
    return [f"{p.code} {p.message('en')}" for p in found]


@pytest.mark.parametrize(("home", "lang"), STORIES)
def test_a_real_story_told_in_plain_numbers_holds(home: Case, lang: Lang) -> None:
    text, _ = render(getattr(home.story, lang), home, lang)

    assert check_story(text, home, lang) == []


def without_qualifier(words: str, lang: Lang) -> str:
    """A worded number without the words of its qualifier."""
    if lang == "en":
        return re.sub("^(about|more than|at least|up to) ", "", words)
    return re.sub("约|逾|突破|超过|不低于|至少|至多|左右|余|多", "", words)


def without_plan(sentence: str, lang: Lang) -> str:
    pattern = (
        "计划数?|将|拟|预计|目标"
        if lang == "zh"
        else r"(?i)\b(?:planned|plans?|to be|is to|are to|targets?|will|would)\b"
    )
    return re.sub(pattern, "", sentence)


def other_digit(words: str, home: Case) -> str:
    """The wording with one digit changed, so that no figure of the case has the value."""
    values = {v for f in home.figures.values() for v in (f.quantity.value, f.quantity.low)}
    mention = find_mentions(words)[-1]
    start = mention.start
    numeral = words[start : mention.end]
    for digit in "79385" if numeral[0].isascii() and numeral[0].isdigit() else "七九三八五":
        changed = digit + (numeral if numeral[0] in "十百千万亿" else numeral[1:])
        found = find_mentions(changed)
        if changed != numeral and found and found[0].value not in values:
            return words[:start] + changed + words[mention.end :]
    raise AssertionError(words)


def other_scale(words: str, lang: Lang) -> str:
    """The wording with 万 as 亿 or the reverse; a number without either gains one."""
    if lang == "en":
        if "million" in words:
            return words.replace("million", "billion")
        return re.sub(r"([0-9][0-9,.]*)(?!.*[0-9])", r"\1 million", words)
    if "万" in words or "亿" in words:
        return words.translate(str.maketrans("万亿", "亿万"))
    return re.sub("(.*[0-9两三百])", r"\1万", words)


MUTATED = [
    pytest.param(case, lang, number, id=f"{case.slug} {lang} {figure.id} {number}")
    for case in REAL.cases
    for lang in ("zh", "en")
    for number, (_, _, figure) in enumerate(render(getattr(case.story, lang), case, lang)[1])
]


@pytest.mark.parametrize(("home", "lang", "number"), MUTATED)
def test_no_mutation_of_a_real_number_passes(home: Case, lang: Lang, number: int) -> None:
    text, spans = render(getattr(home.story, lang), home, lang)
    start, end, told = spans[number]
    words = text[start:end]
    mutations = {"digit": other_digit(words, home)}
    if told.quantity.value != 0:
        mutations["scale"] = other_scale(words, lang)
    if told.quantity.qualifier not in ("exact", "range"):
        mutations["qualifier"] = without_qualifier(words, lang)
    passed = []
    for name, changed in mutations.items():
        assert changed != words, (name, words)
        if not check_story(text[:start] + changed + text[end:], home, lang):
            passed.append(f"{name}: {words} as {changed}")

    assert passed == []


@pytest.mark.parametrize(("home", "lang", "number"), MUTATED)
def test_a_real_plan_told_as_done_fails(home: Case, lang: Lang, number: int) -> None:
    text, spans = render(getattr(home.story, lang), home, lang)
    start, end, told = spans[number]
    if told.status not in PLANNED_STATUSES:
        return
    first = max(text.rfind(mark, 0, start) for mark in ("。", "\n", ". "))
    last = min(at for at in (text.find("。", end), text.find(". ", end), len(text)) if at >= 0)
    changed = text[: first + 1] + without_plan(text[first + 1 : last], lang) + text[last:]

    at = first + 1 + len(without_plan(text[first + 1 : start], lang))
    found = check(changed, home, lang=lang)

    assert any(
        problem.code == "E271" and at <= offset_of(changed, problem.at) <= at + end - start
        for problem in found
    ), changed


def offset_of(text: str, at: Position) -> int:
    return sum(len(line) + 1 for line in text.split("\n")[: at.line - 1]) + at.column - 1


def test_every_qualifier_has_its_words_in_both_languages() -> None:
    for lang in ("zh", "en"):
        told = WORDS["qualifiers"][lang]

        assert set(told) == set(QUALIFIERS) - {"exact", "range", "rough"}
        assert all(words["before"] and words["after"] for words in told.values())


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from(
                "0123456789一二两十百千万亿约余多逾至将计划年月日元项家。，； {}《》“”\n"
            ),
            st.sampled_from("abcdefghijklmnopqrstuvwxyz ."),
            st.characters(),
        ),
        max_size=60,
    ),
    st.sampled_from(["zh", "en"]),
    st.sampled_from(["story", "summary", "page"]),
)
def test_any_text_is_read_without_a_fault(text: str, lang: Lang, wording: Wording) -> None:
    lines = text.split("\n")
    for problem in problems_of(text, lang, wording):
        assert 1 <= problem.at.column <= len(lines[problem.at.line - 1]) + 1


def test_a_decrease_is_no_reason_to_stop_where_a_number_is_unknown() -> None:
    text = record(
        record_figure("before", amount="5万元"),
        record_figure("after", amount="3万元", period="2014"),
        "  less:\n    label: 差\n    formula: after - before\n"
        "    measure: annual_total\n    scope: city\n",
        rest="story: |\n  花了7万元。\n",
    )
    dataset = dataset_of(text)

    problems = [each for case in dataset.cases for each in check_case(case, dataset)]

    assert [each.code for each in problems] == ["E270"]
    assert problems[0].hint.zh.startswith("相近的有 {{before}}（5万元）、{{after}}")
