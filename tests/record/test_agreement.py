"""A figure agrees with the words of its quote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import dataset_of, figure, read, record, shown

from casebook.record.agreement import find_per
from casebook.record.vocabulary import Term
from casebook.text import Text
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.quantity import units_agree


def codes(**fields: str | None) -> list[str]:
    """The codes of the problems of one figure."""
    _, problems = read(record(figure(**fields)))
    return [problem.code for problem in problems]


# Quotes, each with amounts that it does not support.
CONTRADICTED = {
    "约8000万元": ["8000万元", "超过8000万元", "至少8000万元", "不超过8000万元", "约8000元"],
    "近300元": ["300元", "逾300元", "不到300元", "约3000元"],
    "逾百万元": ["百万元", "约百万元", "不少于百万元", "最高百万元", "逾百元"],
    "超过5000万元": ["5000万元", "约5000万元", "不超过5000万元", "超过5000美元"],
    "不低于8000万元": ["8000万元", "低于8000万元", "约8000万元", "超过8000万元"],
    "不超过300万元": ["300万元", "超过300万元", "约300万元", "不少于300万元"],
    "不到300万元": ["300万元", "近300万元", "逾300万元"],
    "最高1000元": ["1000元", "至少1000元", "约1000元"],
    "6770余万元": ["6770万元", "约6770万元", "6770万元以内", "6770余元"],
    "4000多万元": ["4000万元", "4277万元", "4000万元左右"],
    "1万元左右": ["1万元", "1万元以上", "1万多元"],
    "100万元以上": ["100万元", "100万元以下", "约100万元"],
    "投入4277万元": ["约4277万元", "4277元", "4277亿元", "42.77万元", "4277万美元", "4277万港元"],
    "捐款300万港元": ["300万元", "300万美元"],
    "下达3731万元": ["3731万美元", "3713万元", "每年3731万元", "将安排3731万元"],
    "800元至1000元": ["1000元", "800元", "最高1000元", "约1000元", "800元至1200元", "900元"],
    "约800至1000元": ["800至1000元"],
    "800至1000元": ["约800至1000元"],
    "支付800元至": ["800元"],
    "至1000元": ["1000元"],
    "经费的80%": ["80元", "8%", "约80%"],
    "差不多120万元": ["120万元"],
    "号称120万元": ["120万元"],
    "barely $120": ["$120"],
    "above $120": ["$120", "about $120"],
    "twice $120": ["$120"],
    "$120 tops": ["$120"],
    "c. $120": ["$120"],
    "据称120万元": ["120万元"],
    "120万元打底": ["120万元", "约120万元"],
    "哪有120万元": ["120万元"],
    "120万元出头": ["120万元"],
    "120万元不到": ["120万元"],
    "高达120万元": ["120万元"],
    "顶多120万元": ["120万元", "约120万元"],
    "120万元（含税）": ["120万元", "120万元（不含税）", "税前120万元"],
    "不含税价120万元": ["120万元", "120万元（含税）"],
    "减少120万元": ["120万元"],
    "增加了120万元": ["120万元"],
    "没有120万元": ["120万元"],
    "不是120万元": ["120万元"],
    "是否花120万元": ["120万元"],
    "逾120萬元": ["120万元", "约120万元"],
    "120萬港幣": ["120万元"],
    "什么都没说": ["120万元"],
    "2013年投入": ["2013元"],
}


@pytest.mark.parametrize(
    ("quote", "amount"),
    [
        pytest.param("不含税120万元", "120万元（不含税）", id="taxes excluded"),
        pytest.param("含税价120万元", "120万元（含税）", id="taxes included"),
        pytest.param("300元以上500元以下", "300元至500元", id="a range by its limits"),
        pytest.param("≥300元", "不少于300元", id="a sign for a word"),
        pytest.param("up to $9", "up to $9", id="a limit that begins with up"),
    ],
)
def test_the_same_in_other_words_is_borne_out(quote: str, amount: str) -> None:
    assert codes(amount=amount, quote=quote, measure="unit_price") == []


@pytest.mark.parametrize(
    ("quote", "amount"),
    [
        pytest.param(quote, amount, id=f"{amount} under {quote}")
        for quote, amounts in CONTRADICTED.items()
        for amount in amounts
    ],
)
def test_an_amount_of_money_that_the_quote_does_not_say_is_refused(quote: str, amount: str) -> None:
    measure = "share" if "%" in amount else "unit_price"
    note = "每年"

    _, problems = read(record(figure(amount=amount, quote=quote, measure=measure, note=note)))

    (found,) = [problem for problem in problems if problem.code == "E212"]
    assert (found.at.line, found.at.column) == (12, 13)
    assert amount in found.text.zh and quote in found.text.zh


@pytest.mark.parametrize(
    ("quote", "amount"),
    [
        pytest.param("达到748家", "748项", id="项 under 家"),
        pytest.param("演出2000场", "2000次", id="次 under 场"),
        pytest.param("71.4万人次", "71.4万人", id="people under visits"),
        pytest.param("71.4万人", "71.4万人次", id="visits under people"),
        pytest.param("三大类17项职能", "三类", id="类 under 大类"),
        pytest.param("5家培训机构", "5家社会组织", id="another noun"),
        pytest.param("达到130余项", "130项", id="余 lost"),
        pytest.param("逾百人", "百人", id="逾 lost"),
        pytest.param("近300项", "300项", id="近 lost"),
        pytest.param("申报1600多个", "1600个", id="多 lost"),
        pytest.param("只有12家", "748家", id="another number"),
        pytest.param("安排300", "300项", id="cut before its unit"),
        pytest.param("计划演出2000场", "将演出2000场", id="no amount at all"),
    ],
)
def test_a_count_that_the_quote_does_not_say_is_refused(quote: str, amount: str) -> None:
    assert codes(amount=amount, quote=quote, measure="count", status="planned")


@pytest.mark.parametrize(
    ("quote", "amount"),
    [
        pytest.param("投入120万元", "120万元", id="behind other words"),
        pytest.param("一百二十万元", "120万元", id="in Chinese"),
        pytest.param("１２０万元", "120万元", id="another width"),
        pytest.param("大约120万元", "约120万元", id="about in another word"),
        pytest.param("上升至约8000万元", "约8000万元", id="raised to"),
        pytest.param("减少至120万元", "120万元", id="reduced to"),
        pytest.param("允许支付120万元", "120万元", id="permitted"),
        pytest.param("2011年投入80万元", "80万元", id="a year beside it"),
        pytest.param("4277万元、300项", "4277万元", id="another amount beside it"),
        pytest.param("支付800元至1000元", "800元至1000元", id="a range"),
        pytest.param("160980000.00元人民币", "160980000.00元人民币", id="longer than a quote"),
    ],
)
def test_an_amount_that_the_quote_says_is_taken(quote: str, amount: str) -> None:
    given = quote if len(quote) <= 12 else None

    assert codes(amount=amount, quote=given) == []


@pytest.mark.parametrize(
    ("amount", "quote"),
    [
        pytest.param("$36 million", "$36 million over four years", id="how long"),
        pytest.param("$36 million", "$36 million was paid", id="what was done"),
        pytest.param("12 posts", "12 posts were funded", id="what was done with a count"),
    ],
)
def test_an_amount_in_english_ends_where_its_unit_does(amount: str, quote: str) -> None:
    found = find_amounts(quote)

    assert found[0].value == parse_quantity(amount).value
    assert units_agree(parse_quantity(amount).unit, found[0].unit)
    assert not units_agree("post", "posts were funded")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("每人次3元", {"visit"}, id="a visit is no person"),
        pytest.param("人次均3元", {"visit"}, id="nor a time"),
        pytest.param("每人3元", {"person"}, id="a person"),
        pytest.param("每人每次3元", {"person", "time"}, id="a person and a time"),
        pytest.param("每户次20元", set(), id="a word that the vocabulary lacks"),
        pytest.param("每年度5万元", {"year"}, id="a year by another name"),
        pytest.param("每场次5000元", {"performance"}, id="a performance by another name"),
        pytest.param("每場5000元", {"performance"}, id="a performance in traditional characters"),
    ],
)
def test_what_an_amount_is_per_is_a_whole_word(words: str, expected: set[str]) -> None:
    names = {"visit": "人次", "person": "人", "time": "次", "year": "年", "performance": "场"}
    terms = {key: Term(key=key, name=Text(name)) for key, name in names.items()}

    assert find_per(words, terms) == expected


@pytest.mark.parametrize(
    "word", ["将投入", "將投入", "拟投入", "计划投入", "准备投入", "预计", "預計", "有望达"]
)
@pytest.mark.parametrize("status", ["reported", "set", "planned"])
def test_what_the_quote_plans_is_planned(word: str, status: str) -> None:
    found = codes(quote=f"{word}120万元", status=status)

    assert found == ([] if status == "planned" else ["E237"])


@pytest.mark.parametrize(
    ("quote", "label"),
    [
        pytest.param("将近120万元", "购买金额", id="nearly"),
        pytest.param("模拟投入120万元", "购买金额", id="simulated"),
        pytest.param("该计划投入120万元", "购买金额", id="a plan by its name"),
    ],
)
def test_a_word_that_only_looks_like_a_plan_makes_none(quote: str, label: str) -> None:
    amount = quote.removeprefix("将近").removeprefix("模拟投入").removeprefix("该计划投入")
    about = "将近" if quote.startswith("将近") else ""

    assert codes(quote=quote, amount=about + amount, label=label) == []


@pytest.mark.parametrize(
    ("label", "code"),
    [
        pytest.param("专项资金计划（另一报道）", ["E237"], id="a plan"),
        pytest.param("2016年拟投入的金额", ["E237"], id="to be spent"),
        pytest.param("春雨计划的支出", [], id="a project by its name"),
        pytest.param("目标人群", [], id="a target group"),
    ],
)
def test_a_label_says_what_is_planned(label: str, code: list[str]) -> None:
    assert codes(label=label) == code
    assert codes(label=label, status="planned") == []


def test_a_target_by_its_label_is_no_result() -> None:
    target = {"amount": "1个", "measure": "count", "label": "每个岗位的座位（目标）"}

    assert codes(**target, status="planned") == []
    assert codes(**target, status="reported") == ["E237"]


@pytest.mark.parametrize(
    ("quote", "per", "note", "code"),
    [
        pytest.param("每年出资120万元", "年", None, "", id="the same"),
        pytest.param("每年出资120万元", "月", None, "E219", id="a month for a year"),
        pytest.param("每年出资120万元", None, None, "E219", id="a year that is lost"),
        pytest.param("每月支付120万元", "年", None, "E219", id="a year for a month"),
        pytest.param("每个月付120万元", "月", None, "", id="with a counter"),
        pytest.param("每人120万元", "人", None, "", id="a person"),
        pytest.param("人均120万元", "人", None, "", id="on average"),
        pytest.param("120万元/人", "人", None, "", id="behind a stroke"),
        pytest.param("每周支付120万元", "月", "每月", "E219", id="a week for a month"),
        pytest.param("每个岗位120万元", "岗位", None, "", id="a post"),
        pytest.param("每个岗位120万元", "人", None, "E219", id="a person for a post"),
        pytest.param("每名岗位每年120万元", "岗位/年", None, "", id="with another counter"),
        pytest.param("月工资120万元", "月", None, "", id="a month before what is paid"),
        pytest.param("每家120万元", "岗位", "即每岗位", "", id="a counter that may be of anything"),
        pytest.param("每家120万元", None, None, "E219", id="a counter that is lost"),
        pytest.param("投入120万元", "年", None, "E217", id="nobody says so"),
        pytest.param("投入120万元", "年", "承上文，每年如此。", "", id="the note says so"),
        pytest.param("投入120万元", "年", "承上文，每月如此。", "E217", id="the note says another"),
    ],
)
def test_per_is_what_the_quote_says(
    quote: str, per: str | None, note: str | None, code: str
) -> None:
    found = codes(quote=quote, per=per, note=note, measure="unit_price")

    assert sorted({*found}) == ([code] if code else [])


@pytest.mark.parametrize("reading", ["exact", "more_than", "at_least", "at_most"])
@pytest.mark.parametrize(
    "amount", ["约8000万元", "130余万元", "不超过300元", "至少3万元", "逾百元"]
)
def test_a_reading_never_contradicts_a_printed_word(amount: str, reading: str) -> None:
    own = {"不超过300元": "at_most", "至少3万元": "at_least"}.get(amount, "more_than")
    expected = [] if reading == own and "约" not in amount else ["E210"]

    assert codes(amount=amount, qualifier=reading, note="这样读") == expected


@pytest.mark.parametrize(
    ("quote", "label", "code"),
    [
        pytest.param("增加120万元", "增加的金额", "", id="an increase"),
        pytest.param("增加120万元", "购买金额", "E212", id="an increase taken for the whole"),
        pytest.param("增至120万元", "购买金额", "", id="what it became"),
        pytest.param("增加到120万元", "购买金额", "", id="what it became, too"),
        pytest.param("追加120万元", "购买金额", "E212", id="what was added"),
        pytest.param("up $120", "Amount", "E212", id="an increase in English"),
        pytest.param("没有超过120万元", "购买金额", "E212", id="what it did not exceed"),
    ],
)
def test_a_change_is_no_amount_of_the_thing(quote: str, label: str, code: str) -> None:
    amount = "$120" if "$" in quote else "120万元"

    assert codes(amount=amount, quote=quote, label=label) == ([code] if code else [])


@pytest.mark.parametrize(
    ("quote", "label"),
    [
        ("尚未支付120万元", "未付的金额"),
        ("缺口120万元", "资金缺口"),
        ("结余120万元", "年末剩余的金额"),
        ("超支120万元", "超支的金额"),
        ("首期120万元", "第一批拨款"),
        ("申请120万元", "申报的金额"),
        ("追回120万元", "退还的金额"),
        ("限价120万元", "最高限价"),
        ("各120万元", "各区的金额，各给一笔"),
        ("暂定120万元", "暂定的金额"),
        ("120万元的一半", "120万元的一半"),
        ("deposit $120", "押金，deposit"),
        ("三年共120万元", "三年的金额"),
        ("$120 each", "每个，each"),
    ],
)
def test_a_quote_of_something_else_wants_its_word_in_the_label(quote: str, label: str) -> None:
    amount = "$120" if "$" in quote else "120万元"

    assert codes(amount=amount, quote=quote, label="购买金额") == ["E212"]
    assert codes(amount=amount, quote=quote, label=label) == []
    assert codes(amount=amount, quote=quote, label="购买金额", note=f"引文：{label}") == []


@pytest.mark.parametrize(
    ("measure", "label", "period", "code"),
    [
        pytest.param("unit_price", "每个岗位的标准", "2013", "W219", id="a post in the label"),
        pytest.param("annual_total", "每年的投入", "2013", "", id="a total of each year"),
        pytest.param("annual_total", "投入", "2013年上半年", "W218", id="half a year"),
        pytest.param("annual_total", "投入", "2013-05", "W218", id="a month"),
        pytest.param("annual_total", "投入", "2010/2013", "W218", id="four years"),
        pytest.param("annual_total", "投入", "2013-14财年", "", id="a financial year"),
        pytest.param("annual_total", "投入", "2013-07/2014-06", "", id="twelve months"),
        pytest.param("annual_total", "投入", "2013~", "", id="about a year"),
        pytest.param("annual_total", "投入", "不晚于2013-05-06", "", id="a latest date"),
    ],
)
def test_label_and_period_fit_the_measure(measure: str, label: str, period: str, code: str) -> None:
    assert codes(measure=measure, label=label, period=period) == ([code] if code else [])


def test_a_figure_without_a_quote_says_why() -> None:
    unquoted = figure(quote=None)
    _, problems = read(record(unquoted))

    assert [(p.code, p.at.line) for p in problems] == [("E202", 11)]
    assert codes(quote=None, wording="retold") == []
    assert codes(quote="什么都没说", wording="counted") == []


def test_a_quote_with_an_amount_leaves_nothing_to_excuse() -> None:
    _, problems = read(record(figure(amount="120万元", wording="retold", quote="约120万元")))

    assert shown(problems) == ["17:14 E212"]


@pytest.mark.parametrize(
    ("measure", "amount", "code"),
    [
        pytest.param("annual_total", "120万元", ["E202"], id="a total"),
        pytest.param("count", "120项", ["E202"], id="a count"),
        pytest.param("unit_price", "120元", [], id="a price"),
        pytest.param("share", "12%", [], id="a share"),
    ],
)
def test_totals_and_counts_have_a_scope(measure: str, amount: str, code: list[str]) -> None:
    assert codes(measure=measure, amount=amount, scope=None) == code


def report(quote: str = "", source: str = "gazette-2016", **fields: str) -> str:
    """The words of another source, as an item of `corroborated_by`."""
    words = {"source": source, "says": "另有说法。", "quote": quote} | fields
    return "{" + ", ".join(f"{key}: '{value}'" for key, value in words.items() if value) + "}"


def review(amount: str, words: str, **fields: str) -> str:
    """The support that the words of another source give a figure."""
    given = {"amount": amount, "measure": "count", "corroborated_by": f"[{report(words)}]"}
    dataset = dataset_of(record(figure(**(given | fields))))
    return dataset.review(dataset.cases[0].figures["paid"])


@pytest.mark.parametrize(
    ("amount", "quote", "support"),
    [
        pytest.param("300项", "安排了300项", "corroborated", id="the same number"),
        pytest.param("300项", "共三百项", "corroborated", id="in Chinese"),
        pytest.param("300项", "安排300", "corroborated", id="its unit left out"),
        pytest.param("300项", "近300项", "size", id="nearly it"),
        pytest.param("4277项", "4000多项", "size", id="four thousand and some"),
        pytest.param("约8000项", "约8000项", "corroborated", id="both about"),
        pytest.param("800至1000项", "1000项左右", "size", id="an end of the range"),
        pytest.param("280项", "不到300项", "size", id="less than"),
        pytest.param("300项", "差不多300项", "size", id="about it in other words"),
    ],
)
def test_support_is_what_the_words_of_another_source_allow(
    amount: str, quote: str, support: str
) -> None:
    assert review(amount, quote) == support


@pytest.mark.parametrize(
    ("amount", "quote"),
    [
        pytest.param("748家", "只有12家", id="another number"),
        pytest.param("300项", "不到300项", id="less than it"),
        pytest.param("300项", "超过300项", id="more than it"),
        pytest.param("300项", "约200项", id="about another"),
        pytest.param("4277项", "3000多项", id="three thousand and some"),
        pytest.param("300项", "每年300项", id="a year of it"),
        pytest.param("300项", "300家", id="other things"),
        pytest.param("300项", "将安排300项", id="planned only"),
        pytest.param("300项", "说法相同", id="no number"),
        pytest.param("300项", "", id="no words"),
    ],
)
def test_words_that_do_not_bear_a_figure_out_are_refused_as_its_support(
    amount: str, quote: str
) -> None:
    beside = f"[{report(quote)}]"
    _, problems = read(record(figure(amount=amount, measure="count", corroborated_by=beside)))

    assert [(problem.code, problem.at.line) for problem in problems] == [("E268", 17)]
    related = f"[{report(quote, confirms='no')}]"
    assert codes(amount=amount, measure="count", corroborated_by=related) == []


@pytest.mark.parametrize(
    "reports",
    [
        pytest.param(report("120万元", source="evening-2015-03-02"), id="its own source"),
        pytest.param(f"{report('120万元')}, {report('120万元')}", id="one source twice"),
    ],
)
def test_support_comes_from_another_source(reports: str) -> None:
    assert codes(corroborated_by=f"[{reports}]") == ["E268"]


def test_what_is_free_is_borne_out_by_the_word() -> None:
    free = {"measure": "user_fee", "wording": "retold", "quote": "无需缴费"}

    assert review("0元", "免费开放", **free) == "corroborated"


def test_a_document_that_was_seen_as_a_repost_is_not_primary() -> None:
    dataset = dataset_of(record(figure()))
    paper = dataset.sources["evening-2015-03-02"]
    official = Term(key="official", name=Text("文件"), primary=True)
    vocabulary = replace(dataset.vocabulary, source_kinds={"official": official})

    for repost, expected in ((False, "primary"), (True, "single")):
        seen = replace(paper, kind="official", repost=repost)
        given = replace(dataset, vocabulary=vocabulary, sources={paper.id: seen})
        assert given.review(given.cases[0].figures["paid"]) == expected


@pytest.mark.parametrize(
    ("measure", "label", "quote", "found"),
    [
        pytest.param("unit_price", "见义勇为的赔付", "25万元", ["E218"], id="by its label"),
        pytest.param("unit_price", "见义勇为", "保险金额为25万元", ["E218"], id="by its quote"),
        pytest.param("payout_cap", "见义勇为的赔付", "25万元", [], id="as a cap"),
        pytest.param("unit_price", "保险费", "25万元", [], id="another word"),
    ],
)
def test_a_ceiling_by_its_words_is_no_spending(
    measure: str, label: str, quote: str, found: list[str]
) -> None:
    assert codes(amount="25万元", measure=measure, label=label, quote=quote) == found


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        pytest.param(words.format("120万元"), kind, id=words)
        for kind, every in {
            "approx": "大约{} 大概{} 接近{} 将近{} 近{} {}左右 {}上下 {}前后",
            "more_than": "超出{} 突破{} 多于{} 高于{} 逾{} 超{} 过{} {}有余",
            "at_least": "不少于{} 不低于{} 最少{} 最低{} {}以上 {}及以上 {}起",
            "at_most": "不高于{} 不多于{} 至多{} 最高{} 最多{} 不足{} 少于{} {}以下 {}以内 {}封顶",
        }.items()
        for words in every.split()
    ],
)
def test_every_word_of_a_quote_is_kept_and_none_is_put_in_its_place(said: str, kind: str) -> None:
    amounts = {
        "exact": "120万元",
        "approx": "约120万元",
        "more_than": "超过120万元",
        "at_least": "至少120万元",
        "at_most": "不超过120万元",
    }

    taken = [name for name, amount in amounts.items() if not codes(amount=amount, quote=said)]

    assert taken == [kind]


@pytest.mark.parametrize("quote", ["short-run $1", "fine arts $1", "recovery $1"])
def test_words_that_only_look_like_another_money_ask_for_nothing(quote: str) -> None:
    assert codes(amount="$1", quote=quote, label="购买金额") == []
