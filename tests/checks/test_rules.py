"""Rules across fields and records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from records import (
    TINY,
    case_of,
    check_rules,
    dataset_of,
    figure,
    record,
    shown,
    tiny_dataset,
    tiny_lists,
)

from casebook.checks.history import check_days_of_sources, check_updated
from casebook.checks.rules import CASE_RULES, RULES, check_case
from casebook.record.dataset import Dataset
from casebook.record.vocabulary import Refusal
from casebook.text import Text


def test_the_tiny_site_keeps_every_rule() -> None:
    assert check_rules(tiny_dataset()) == []


def test_every_rule_is_a_sentence() -> None:
    assert all(rule.__doc__ and rule.__doc__.endswith(".") for rule in (*CASE_RULES, *RULES))


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        pytest.param("东莞", "E240", id="Chinese"),
        pytest.param("Dongguan", "E240", id="capital letter"),
        pytest.param("a--b", "E240", id="two hyphens"),
        pytest.param("a b", "E240", id="blank"),
        pytest.param("..", "E240", id="parent folder"),
        pytest.param("x" * 81, "E240", id="too long"),
        pytest.param("con", "E241", id="a device of Windows"),
        pytest.param("lpt9", "E241", id="a port of Windows"),
        pytest.param("index", "E242", id="the home page"),
        pytest.param("site", "E242", id="the name in references"),
    ],
)
def test_a_slug_that_is_not_safe_is_refused(slug: str, code: str) -> None:
    lists = tiny_lists()
    case = case_of(record(), slug=slug)

    problems = check_rules(
        Dataset(
            cases=(case,), vocabulary=lists.vocabulary, regions=lists.regions, sources=lists.sources
        )
    )

    assert [p.code for p in problems] == [code]


@pytest.mark.parametrize(
    "slug",
    [
        "foshan (1)",
        "foshan（2）",
        "foshan - 副本",
        "foshan 的副本",
        "foshan copy 2",
        "foshan (冲突)",
    ],
)
def test_a_copy_is_named_after_its_original(slug: str) -> None:
    (found,) = check_case(case_of(record(), slug), dataset_of(record()))

    assert found.code == "E240"
    assert "像是 foshan.yaml 的副本" in found.message("zh")


@pytest.mark.parametrize(
    ("story", "at"),
    [
        pytest.param("花去｛｛paid｝｝。", "20:5", id="wide braces"),
        pytest.param("花去{paid}。", "20:5", id="one brace"),
        pytest.param("花去{{paid}。", "20:5", id="a brace too few"),
        pytest.param("花去{{paid。", "20:5", id="never closed"),
        pytest.param("花去{{{paid}}}。", "20:5", id="a brace too many"),
        pytest.param("花去{{case-1.paid｝｝。", "20:5", id="one side wide"),
    ],
)
def test_a_reference_with_other_braces_is_named(story: str, at: str) -> None:
    (found,) = check_rules(dataset_of(record(figure(), rest=f"story: |\n  {story}\n")))

    assert shown([found]) == [f"{at} E250"]
    assert found.hint.zh.endswith("{{case-1.paid}}" if "case" in story else "{{paid}}")


@pytest.mark.parametrize("story", ["用{%和{#不算。", "写作{其他}。", "集合{a, b}。", "｛附注｝"])
def test_braces_that_name_no_figure_are_text(story: str) -> None:
    assert check_rules(dataset_of(record(figure(), rest=f"story: |\n  {story}\n"))) == []


@pytest.mark.parametrize(
    ("story", "at", "hint"),
    [
        pytest.param("花去{{paid_2014}}。", "20:5", "paid", id="unknown figure"),
        pytest.param("共{{case-9.paid}}。", "20:4", "case-1.paid", id="unknown case"),
        pytest.param("共{{paid|safe}}。", "20:4", "", id="no expression"),
        pytest.param("共{{ 7*7 }}。", "20:4", "", id="no arithmetic"),
        pytest.param("共{{site.places}}。", "20:4", "", id="unknown count of the site"),
    ],
)
def test_a_reference_names_a_figure(story: str, at: str, hint: str) -> None:
    dataset = dataset_of(record(figure(), rest=f"story: |\n  {story}\n"))

    problems = check_rules(dataset)

    assert shown(problems) == [f"{at} E250"]
    assert hint in problems[0].hint.zh


def test_a_reference_may_name_another_case_or_a_count_of_the_site() -> None:
    story = "story: |\n  {{paid}} {{case-2.paid}} {{site.cases}}\n"
    dataset = dataset_of(record(figure(), rest=story), record(figure()))

    assert check_rules(dataset) == []


@pytest.mark.parametrize("figures", ["paid", "paid, paid"])
def test_a_conflict_has_two_sides(figures: str) -> None:
    conflict = f"conflicts:\n  - about: 金额\n    figures: [{figures}]\n    note: 只有一种说法。\n"
    dataset = dataset_of(record(figure(), rest=conflict))

    assert shown(check_rules(dataset)) == ["20:5 E236"]


CONFLICT = "conflicts:\n  - about: 金额\n    figures: [paid, said]\n    note: 并列。\n"


@pytest.mark.parametrize(
    ("first", "second", "rest", "code"),
    [
        pytest.param({}, {"amount": "130万元"}, "", "E234", id="another value"),
        pytest.param({}, {"amount": "约120万元"}, "", "E234", id="another qualifier"),
        pytest.param({}, {"status": "planned"}, "", "E234", id="another status"),
        pytest.param({}, {"amount": "130万元", "period": "2013-05"}, "", "E234", id="in that year"),
        pytest.param({}, {"amount": "130万元", "period": "不晚于2015"}, "", "W234", id="no later"),
        pytest.param({}, {"amount": "130万元"}, CONFLICT, "", id="declared"),
        pytest.param({}, {}, "", "", id="the same from two sources"),
        pytest.param({}, {"amount": "130万元", "period": "2014"}, "", "", id="another year"),
        pytest.param({}, {"amount": "130万元", "scope": "clubs"}, "", "", id="another scope"),
        pytest.param({}, {"amount": "130万元", "per": "年"}, "", "", id="per year"),
        pytest.param({}, {"amount": "130万美元"}, "", "", id="another currency"),
        pytest.param({}, {"amount": "130万元", "measure": "unit_price"}, "", "", id="measure"),
        pytest.param({}, {"amount": "130万元", "period": "2013/2013"}, "", "E234", id="the year"),
        pytest.param(
            {}, {"amount": "130万元", "follows": "paid"}, "", "E234", id="came later in the year"
        ),
        pytest.param(
            {"status": "planned"}, {"amount": "130万元", "follows": "paid"}, "", "", id="of a plan"
        ),
        pytest.param(
            {"period": "不晚于2015"},
            {"amount": "130万元", "period": "不晚于2015", "follows": "paid"},
            "",
            "",
            id="came later",
        ),
        pytest.param(
            {}, {"amount": "90万元", "part_of": "paid"}, "", "E234", id="a part of its own scope"
        ),
        pytest.param(
            {"period": "不晚于2015"},
            {"amount": "130万元", "period": "不晚于2015"},
            "",
            "W234",
            id="both undated",
        ),
        pytest.param(
            {"period": "2010/2014"},
            {"amount": "130万元", "period": "2010/2015"},
            "",
            "",
            id="sums of other years",
        ),
    ],
)
def test_figures_that_differ_are_a_declared_conflict(
    first: dict[str, str], second: dict[str, str], rest: str, code: str
) -> None:
    dataset = dataset_of(record(figure("paid", **first), figure("said", **second), rest=rest))

    problems = check_rules(dataset)

    assert [problem.code for problem in problems] == ([code] if code else [])
    if code:
        assert problems[0].severity == ("warning" if code == "W234" else "error")
        assert "第 10 行的 paid" in problems[0].text.zh


@pytest.mark.parametrize(("first", "second"), [("planned", "reported"), ("reported", "planned")])
def test_what_came_of_a_plan_is_asked_to_follow_it(first: str, second: str) -> None:
    figures = figure(first, status=first), figure(second, status=second)

    (found,) = check_rules(dataset_of(record(*figures)))

    assert "reported 是 planned 后来的结果" in found.hint.zh
    assert "follows: planned" in found.hint.zh


def test_a_chain_of_later_figures_is_no_conflict() -> None:
    figures = [
        figure("a", period="不晚于2015"),
        figure("b", amount="130万元", period="不晚于2015", follows="a"),
        figure("c", amount="140万元", period="不晚于2015", follows="b"),
    ]

    assert check_rules(dataset_of(record(*figures))) == []


@pytest.mark.parametrize("field", ["part_of", "follows"])
def test_no_figure_leads_back_to_itself(field: str) -> None:
    figures = [
        figure("a", period="2011", **{field: "c"}),
        figure("b", period="2012", **{field: "a"}),
        figure("c", period="2013", **{field: "b"}),
        figure("d", period="2014", **{field: "c"}),
    ]

    problems = [p for p in check_rules(dataset_of(record(*figures))) if p.code == "E250"]

    assert [(p.at.line, p.text.zh) for p in sorted(problems)] == [
        (10, f"{field} 绕回了自己：a → c → b → a"),
        (20, f"{field} 绕回了自己：b → a → c → b"),
        (30, f"{field} 绕回了自己：c → b → a → c"),
    ]


@pytest.mark.parametrize(
    ("quotes", "lines", "code"),
    [
        pytest.param(("达到748家", "748家"), (3, 3), "E233", id="cut shorter"),
        pytest.param(("达到748家", "组织达到748家"), (3, None), "E233", id="longer"),
        pytest.param(("748家申报", "748家"), (3, 3), "E233", id="cut behind"),
        pytest.param(("达到748家", "748家"), (3, 4), None, id="another line"),
        pytest.param(("申报748家", "入选748家"), (3, 3), None, id="other words before it"),
        pytest.param(("748家申报", "748家入选"), (3, 3), None, id="other words behind it"),
    ],
)
def test_a_number_of_one_place_passes_for_no_other(
    quotes: tuple[str, str], lines: tuple[int | None, int | None], code: str | None
) -> None:
    figures = [
        figure(scope, amount="748家", measure="count", scope=scope, quote=quote, line=line)
        for scope, quote, line in zip(
            ("clubs", "books"), quotes, [line and str(line) for line in lines], strict=True
        )
    ]

    problems = check_rules(dataset_of(record(*figures)))

    assert [(p.code, p.at.line) for p in problems] == ([(code, 20)] if code else [])


def refusing(**fields: object) -> Dataset:
    dataset = dataset_of(
        record(
            figure("paid"),
            figure("later", amount="150万元", period="2014"),
            figure("cap", amount="20万元", measure="payout_cap"),
            figure("clubs", amount="8个", measure="count"),
        )
    )
    refusal = Refusal(id="hasty", title=Text("草率的比较", "A hasty comparison"), **fields)  # type: ignore[arg-type]  # fields of a refusal
    return replace(dataset, refusals=(refusal,))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"compare": ("case-1.paid", "case-1.cap")}, "", id="classes"),
        pytest.param({"spending": ("case-1.cap",)}, "", id="a cap"),
        pytest.param({"case": "case-1", "formula": "paid / clubs"}, "", id="not bought"),
        pytest.param(
            {"case": "case-1", "formula": "paid / people", "unknown": {"people": Text("人口")}},
            "",
            id="unknown",
        ),
        pytest.param({"compare": ("case-1.paid", "case-1.later")}, "E285", id="one class"),
        pytest.param({"spending": ("case-1.paid",)}, "E285", id="spending after all"),
        pytest.param({"spending": ("case-1.cap", "case-1.paid")}, "E285", id="one of them is"),
        pytest.param({"case": "case-1", "formula": "later / paid"}, "E285", id="allowed"),
        pytest.param({"case": "case-1", "formula": "paid / people"}, "E250", id="undeclared"),
        pytest.param({"compare": ("case-1.paid", "case-2.paid")}, "E250", id="no such case"),
        pytest.param({"case": "case-1", "formula": "paid /"}, "E280", id="no formula"),
    ],
)
def test_what_is_listed_as_refused_is_refused(fields: dict[str, object], code: str) -> None:
    problems = check_rules(refusing(**fields))

    assert [problem.code for problem in problems] == ([code] if code else [])
    assert all(problem.path == "data/refusals.yaml" for problem in problems)


def test_a_refusal_waits_for_a_case_that_could_not_be_read() -> None:
    dataset = refusing(compare=("case-1.paid", "broken.paid"))

    assert check_rules(replace(dataset, unread=frozenset({"broken"}))) == []


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        pytest.param("story: |\n  花去120万元。\n", [], id="the figure"),
        pytest.param("story: |\n  花去一百二十万元。\n", [], id="the figure in another notation"),
        pytest.param("story: |\n  花去130万元。\n", ["20:5 E270"], id="no figure"),
        pytest.param("story: |\n  花去约120万元。\n", ["20:6 E271"], id="a qualifier gained"),
        pytest.param("story_en: |\n  It cost 12 million yuan.\n", ["20:11 E270"], id="English"),
        pytest.param("summary_en: It cost 12 million yuan.\n", ["19:21 E270"], id="summary"),
        pytest.param('summary_en: "It cost 12 million yuan"\n', ["19:22 E270"], id="in quotes"),
    ],
)
def test_texts_say_what_the_records_hold(rest: str, expected: list[str]) -> None:
    assert shown(check_rules(dataset_of(record(figure(), rest=rest)))) == expected


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"period": "2016", "status": "reported"}, "E225", id="told before it was"),
        pytest.param({"period": "2016", "status": "planned"}, None, id="a plan"),
        pytest.param({"period": "2015"}, None, id="the year of the source"),
        pytest.param({"period": "2014/2016"}, None, id="under way"),
        pytest.param({"period": "2014/.."}, None, id="going on"),
        pytest.param({"period": "不晚于2015-03-02"}, None, id="known on that day"),
        pytest.param({"period": "不晚于2015-03-03"}, "E225", id="known later"),
        pytest.param({"period": "2020年底前", "status": "planned"}, None, id="to be done by then"),
        pytest.param({"period": "1948"}, "W226", id="long ago"),
    ],
)
def test_a_source_tells_of_no_later_day(fields: dict[str, str], code: str | None) -> None:
    problems = check_rules(dataset_of(record(figure(**fields))))

    assert [(p.code, p.at.line) for p in problems] == ([(code, 10)] if code else [])


def test_an_event_lies_ahead_of_its_source_only_as_a_plan() -> None:
    event = "events:\n  - date: 2016\n    title: 甲\n    source: evening-2015-03-02\n"

    told = check_rules(dataset_of(record(rest=event)))
    planned = check_rules(dataset_of(record(rest=event + "    status: planned\n")))

    assert shown(told) == ["10:5 E225"]
    assert planned == []


@pytest.mark.parametrize(
    ("amounts", "odd"),
    [
        pytest.param(("3万元", "5万元", "4元"), 2, id="元 for 万元"),
        pytest.param(("3万元", "5万元", "4亿元"), 2, id="亿元 for 万元"),
        pytest.param(("3万元", "4元"), None, id="either may be wrong"),
        pytest.param(("3元", "4元", "2990元"), None, id="less than a thousand times"),
    ],
)
def test_an_amount_far_from_all_of_its_kind_is_noticed(
    amounts: tuple[str, ...], odd: int | None
) -> None:
    cases = [record(figure(amount=amount, period=f"201{n}")) for n, amount in enumerate(amounts)]

    problems = [p for p in check_rules(dataset_of(*cases)) if p.code == "W235"]

    far = [] if odd is None else [f"data/cases/case-{odd + 1}.yaml"]
    assert [p.path for p in problems if odd is None or p.path in far] == far


def test_a_part_does_not_contradict_its_whole_nor_another_part() -> None:
    parts = [figure(name, amount=amount, **PART) for name, amount in PARTS.items()]
    whole = figure("paid", measure="unit_price")

    assert check_rules(dataset_of(record(whole, *parts))) == []


PARTS = {"city": "50万元", "district": "69万元"}
PART: dict[str, str | None] = {"part_of": "paid", "measure": "unit_price"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param("10001元", "E239", id="a yuan too much"),
        pytest.param("约9万元", None, id="about"),
        pytest.param("9%", None, id="a share"),
    ],
)
def test_exact_parts_add_up_to_no_more_than_their_whole(more: str, code: str | None) -> None:
    parts = [figure(name, amount=amount, **PART) for name, amount in PARTS.items()]
    measure = "share" if more.endswith("%") else "unit_price"
    last = figure("more", amount=more, part_of="paid", measure=measure)

    problems = check_rules(dataset_of(record(figure("paid", measure="unit_price"), *parts, last)))

    assert [p.code for p in problems] == ([code] if code else [])


def test_a_case_says_when_it_changed() -> None:
    text = record().replace("updated: 2026-01-05\n", "")
    dataset = dataset_of(text)

    found = check_case(dataset.cases[0], dataset)

    assert [(one.code, one.severity) for one in found] == [("W208", "warning")]


@pytest.mark.parametrize(
    ("published", "codes"),
    [
        pytest.param("2026-01-05", [], id="the same day"),
        pytest.param("2026-01-06", ["E225"], id="after its last change"),
    ],
)
def test_a_case_is_published_before_it_changes(published: str, codes: list[str]) -> None:
    dataset = dataset_of(record(rest=f"published: {published}\nupdated: 2026-01-05\n"))

    assert [one.code for one in check_case(dataset.cases[0], dataset)] == codes


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        pytest.param(date(2026, 1, 5), [], id="today"),
        pytest.param(date(2026, 1, 4), [], id="today where the day begins earlier"),
        pytest.param(date(2026, 1, 3), ["E225"], id="still to come"),
    ],
)
def test_a_source_is_not_of_the_future(today: date, codes: list[str]) -> None:
    source = tiny_lists().sources["gazette-2016"]
    dataset = replace(
        dataset_of(record()), sources={"x": replace(source, id="x", accessed="2026-01-05")}
    )
    found = list(check_days_of_sources(TINY, dataset, today))

    assert [one.code for one in found] == codes


def test_a_fact_is_no_later_than_the_day_on_which_its_source_was_read() -> None:
    dataset = dataset_of(record(figure(period="2016"), figure("later", period="2018")))
    undated = replace(tiny_lists().sources["evening-2015-03-02"], published=None)
    read = replace(undated, accessed="2017-05-06")
    dataset = replace(dataset, sources={**dataset.sources, read.id: read})
    found = [one for one in check_case(dataset.cases[0], dataset) if one.code == "E225"]

    assert ["2017-05-06" in one.message("zh") for one in found] == [True]


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        pytest.param(date(2026, 1, 4), [], id="today where the day begins earlier"),
        pytest.param(date(2026, 1, 3), ["E225"], id="still to come"),
    ],
)
def test_a_case_was_not_changed_in_the_future(today: date, codes: list[str]) -> None:
    found = list(check_updated(dataset_of(record()), today))

    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("quote", "label", "status", "codes"),
    [
        pytest.param("预算120万元", "实际支出", "reported", ["E237"], id="a budget as spent"),
        pytest.param("中标价120万元", "预算", "reported", ["E237"], id="a contract as a budget"),
        pytest.param("预算120万元", "预算", "reported", [], id="a budget"),
        pytest.param("预算120万元", "购买金额", "reported", [], id="a label that names no stage"),
        pytest.param("投入120万元", "预算", "reported", [], id="a quote that names no stage"),
    ],
)
def test_a_budget_is_not_what_was_spent(
    quote: str, label: str, status: str, codes: list[str]
) -> None:
    found = check_rules(dataset_of(record(figure(quote=quote, label=label, status=status))))

    assert [one.code for one in found if one.code != "W208"] == codes
