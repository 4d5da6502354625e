"""The result of reading one case file, and the problems of wrong fields."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import case_of, figure, read, record, shown, tiny_dataset

from casebook.build import reading
from casebook.build.reading import read_dataset
from casebook.build.workers import open_executor
from casebook.problems import Position
from casebook.text import Text


def test_a_sound_record_has_no_problem() -> None:
    case, problems = read(record(figure()))

    assert problems == []
    assert case is not None
    assert case.title == Text("海曙：读书会由谁来办")
    assert case.region == "330203"


def test_the_file_name_is_the_slug() -> None:
    assert case_of(record(), slug="ningbo-haishu").slug == "ningbo-haishu"


def test_a_figure_keeps_its_wording_and_its_parsed_value() -> None:
    paid = case_of(record(figure(amount="约150万元"))).figures["paid"]

    assert paid.quantity.text == "约150万元"
    assert paid.quantity.value == Decimal(1500000)
    assert paid.quantity.qualifier == "approx"
    assert paid.period.edtf == "2013"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("no", "no", id="Norway is not false"),
        pytest.param("0512", "0512", id="a leading zero is no octal"),
        pytest.param("12:30", "12:30", id="a time is no sexagesimal"),
        pytest.param("2012-01-02", "2012-01-02", id="a date stays text"),
        pytest.param("1e3", "1e3", id="an exponent is no float"),
        pytest.param("~", "~", id="a tilde is not null"),
        pytest.param(".nan", ".nan", id="not a number stays text"),
    ],
)
def test_text_is_never_typed_implicitly(written: str, meant: str) -> None:
    case = case_of(record(rest=f"story: {written}\n"))

    assert case.story.zh == meant


@pytest.mark.parametrize("name", ["label", "amount", "measure", "period", "status", "source"])
def test_a_figure_without_a_required_field_names_the_field(name: str) -> None:
    case, problems = read(record(figure(**{name: None})))

    assert case is None
    assert [p.code for p in problems] == ["E202"]
    assert name in problems[0].text.zh
    assert name in problems[0].text.en
    assert problems[0].at.line == 11


@pytest.mark.parametrize("name", ["title", "region", "topic", "summary"])
def test_a_record_without_a_required_field_names_the_field(name: str) -> None:
    text = "".join(
        line for line in record().splitlines(keepends=True) if not line.startswith(f"{name}:")
    )

    case, problems = read(text)

    assert case is None
    assert [(p.code, name in p.text.zh) for p in problems] == [("E202", True)]


@pytest.mark.parametrize(
    ("wrong", "code", "line", "column", "word"),
    [
        pytest.param("titel: x\n", "E201", 9, 1, "title", id="near name is suggested"),
        pytest.param("标题: x\n", "E201", 9, 1, "title", id="Chinese name is suggested"),
        pytest.param("foo: 1\n", "E201", 9, 1, "foo", id="name without neighbour"),
        pytest.param("story: [a]\n", "E203", 9, 8, "story", id="list where text is expected"),
        pytest.param("figures: 3\n", "E203", 9, 10, "figures", id="text where a map is expected"),
        pytest.param("events: x\n", "E203", 9, 9, "events", id="text where a list is expected"),
        pytest.param("paid:\n  measure: count\n", "E201", 9, 1, "figures", id="a figure"),
        pytest.param("state: draftt\n", "E205", 9, 8, "draft", id="unknown word"),
        pytest.param("updated: 2012\n", "E224", 9, 10, "updated", id="a year is no day"),
        pytest.param("updated: 2023-02-29\n", "E220", 9, 10, "2", id="no such day"),
    ],
)
def test_a_wrong_field_is_named_at_its_place(
    wrong: str, code: str, line: int, column: int, word: str
) -> None:
    _, problems = read(record(rest=wrong))

    assert shown(problems) == [f"{line}:{column} {code}"]
    assert word in problems[0].message("zh")
    assert word in problems[0].message("en")


def test_a_name_without_a_near_one_gets_no_suggestion() -> None:
    _, problems = read(record(rest="foo: 1\n"))

    assert problems[0].hint.zh == ""


@pytest.mark.parametrize(
    ("field", "value", "code", "word"),
    [
        pytest.param("amount", "120万兀", "E210", "兀", id="misspelt unit"),
        pytest.param("amount", "120", "E215", "单位", id="number without unit"),
        pytest.param("amount", "60%", "E218", "比例", id="share in a money measure"),
        pytest.param("measure", "annual_totl", "E205", "annual_total", id="near measure"),
        pytest.param("status", "reprted", "E205", "reported", id="near status"),
        pytest.param("status", "报道", "E205", "是不是 reported", id="the name of a status"),
        pytest.param("status", "bestowed", "E205", "的 statuses", id="where a word is added"),
        pytest.param("source", "evening-2015-03-03", "E261", "evening-2015-03-02", id="source"),
        pytest.param("scope", "club", "E205", "clubs", id="near scope"),
        pytest.param("per", "岗位/天", "E205", "天", id="unknown unit of counting"),
        pytest.param("period", "2012-13-45", "E220", "2012-13-45", id="no such month"),
        pytest.param("quote", "一二三四五六七八九十一二三", "E262", "13", id="quote too long"),
        pytest.param("line", "第4行", "E213", "如 line: 4", id="line is a number"),
        pytest.param("part_of", "paid_2 all", "E250", "paid_2", id="two names"),
        pytest.param("period", "[2013]", "E203", "如 period: 2013", id="one item in a list"),
        pytest.param("source", "某晚报", "E261", "是不是 evening-2015-03-02", id="a publisher"),
        pytest.param("source", "某日报", "E261", "先在 data/sources.yaml 里写上", id="no source"),
        pytest.param(
            "status", "reported, set", "E205", "只能写一个：reported, set", id="two words"
        ),
        pytest.param("qualifier", "at_most", "E217", "note", id="reading without a reason"),
    ],
)
def test_a_wrong_value_of_a_figure_is_named(field: str, value: str, code: str, word: str) -> None:
    _, problems = read(record(figure(**{field: value})))

    assert [p.code for p in problems] == [code]
    assert word in problems[0].message("zh")


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        pytest.param("|\n  甲。\n\n  乙。", [], id="a text as it is"),
        pytest.param("甲。", [], id="one line"),
        pytest.param(">\n  甲，\n  乙。", [], id="one paragraph"),
        pytest.param("\n  甲。\n\n  乙。", ["E204"], id="no mark"),
        pytest.param(">\n  甲。\n\n  乙。", ["E204"], id="folded"),
        pytest.param("'甲。\n\n  乙。'", ["E204"], id="in quotes"),
    ],
)
def test_paragraphs_that_would_run_together_are_named(written: str, codes: list[str]) -> None:
    _, problems = read(record(figure(), rest=f"story: {written}\n"))

    assert [p.code for p in problems] == codes


def test_the_column_of_an_amount_points_at_what_was_not_understood() -> None:
    _, problems = read(record(figure(amount="120万兀")))

    # `    amount: ` has twelve columns and 120万 has four.
    assert shown(problems) == ["12:17 E210"]


def test_a_reading_with_its_reason_replaces_the_qualifier() -> None:
    capped = figure(amount="达20万元", measure="payout_cap", qualifier="at_most", note="按上限读")

    assert case_of(record(capped)).figures["paid"].quantity.qualifier == "at_most"


def test_a_unit_may_be_read_in_with_its_reason() -> None:
    bare = figure(amount="一万左右", unit="元", note="来源漏写单位")

    assert case_of(record(bare)).figures["paid"].quantity.unit == "CNY"


def test_zero_is_a_warning_unless_the_measure_means_it() -> None:
    case, problems = read(record(figure(amount="0元")))

    assert case is not None
    assert [(p.code, p.severity) for p in problems] == [("W216", "warning")]
    assert read(record(figure(amount="0元", measure="user_fee")))[1] == []


@pytest.mark.parametrize(
    ("amount", "per", "keys"),
    [
        pytest.param("6万元", "岗位/年", ("post", "year"), id="from the field"),
        pytest.param("6万元", "年/岗位", ("post", "year"), id="in one order"),
        pytest.param("每年560万元", None, ("year",), id="from the wording"),
        pytest.param(
            "每人每月800元至1000元", None, ("person", "month"), id="both from the wording"
        ),
        pytest.param("每月900元", "人/月", ("person", "month"), id="field says more"),
        pytest.param("6万元", "post/year", ("post", "year"), id="by key"),
    ],
)
def test_per_is_told_by_field_or_wording(
    amount: str, per: str | None, keys: tuple[str, ...]
) -> None:
    text = record(figure(amount=amount, per=per, note="每岗位每年"))

    assert case_of(text).figures["paid"].per == keys


def test_a_field_may_not_contradict_the_wording_about_per() -> None:
    _, problems = read(record(figure(amount="每年560万元", per="月", quote="每年560万元")))

    assert [p.code for p in problems] == ["E217"]


def test_an_unknown_region_names_near_ones() -> None:
    text = record().replace("330203", "330299")

    _, problems = read(text)

    assert shown(problems) == ["2:9 E251"]
    assert "330203（海曙区）" in problems[0].hint.zh


def test_an_unanswered_question_is_a_warning_and_counts_as_silence() -> None:
    text = record().replace("  mode: tender\n", "")
    case, problems = read(text)

    assert case is not None
    assert [(p.code, p.severity) for p in problems] == [("W206", "warning")]
    assert "mode" not in case.answers


def test_an_answer_is_a_value_a_list_or_a_silence() -> None:
    text = record().replace("mode: tender", "mode: [tender, entrustment]")
    text = text.replace(
        "purchaser: 海曙区", "purchaser: {value: 海曙区, value_en: Haishu, state: partial}"
    )
    answers = case_of(text.replace("provider_type: library", "provider_type: not_stated")).answers

    assert answers["mode"].terms == ("tender", "entrustment")
    assert answers["purchaser"].text == Text("海曙区", "Haishu")
    assert answers["purchaser"].state == "partial"
    assert answers["provider_type"].state == "not_stated"


@pytest.mark.parametrize(
    "said",
    ["未说明", "来源没有写。", "无", "—", '"?"', "N/A", "Not_Stated", "not stated", "Unknown"],
)
def test_words_for_silence_are_no_answer(said: str) -> None:
    _, problems = read(record().replace("purchaser: 海曙区", f"purchaser: {said}"))

    assert [p.code for p in problems] == ["E205"]
    assert "not_stated" in problems[0].hint.zh


@pytest.mark.parametrize("said", ["无", "N/A", "——", "来源未说明", "not stated", "TODO"])
def test_words_for_silence_are_no_word_of_a_list_either(said: str) -> None:
    _, problems = read(record().replace("provider_type: library", f"provider_type: {said}"))

    assert shown(problems) == ["7:18 E205"]
    assert "就写 not_stated" in problems[0].message("zh")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("tender, entrustment", id="commas"),
        pytest.param("tender、entrustment", id="enumeration commas"),
        pytest.param("【tender，entrustment】", id="full-width brackets"),
        pytest.param("(tender/entrustment)", id="other brackets"),
        pytest.param("[tender entrustment]", id="blanks in brackets"),
    ],
)
def test_several_words_without_a_list_are_offered_as_one(written: str) -> None:
    _, problems = read(record().replace("mode: tender", f"mode: {written}"))

    assert [problem.code for problem in problems] == ["E205"]
    assert problems[0].hint.zh == "有几个词就写成列表：mode: [tender, entrustment]"


@pytest.mark.parametrize(
    ("written", "place", "hint"),
    [
        pytest.param(
            "figures:\n  - label: 甲\n", "10:3", "请去掉每项前面的“- ”", id="a list of names"
        ),
        pytest.param("events:\n  date: 2013\n", "10:3", "每项的第一行前加“- ”", id="no dash"),
    ],
)
def test_a_list_for_names_and_names_for_a_list_are_told_apart(
    written: str, place: str, hint: str
) -> None:
    _, problems = read(record(rest=written))

    assert shown(problems) == [f"{place} E203"]
    assert hint in problems[0].hint.zh


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("- title: 标题\n", "E132", id="a list"),
        pytest.param("|\n", "E107", id="a text without a line"),
        pytest.param('""\n', "E107", id="marks around nothing"),
    ],
)
def test_a_file_that_holds_no_fields_is_no_case(text: str, code: str) -> None:
    assert shown(read(text)[1]) == [f"1:1 {code}"]


def test_a_field_of_a_figure_beside_the_figures_is_told_its_place() -> None:
    _, problems = read(record(rest="amount: 5万元\n"))

    assert shown(problems) == ["9:1 E201"]
    assert "figures" in problems[0].hint.zh


def test_a_list_within_an_answer_answers_nothing() -> None:
    _, problems = read(record().replace("purchaser: 海曙区", "purchaser: [[海曙区]]"))

    assert shown(problems) == ["6:14 E203"]


def test_names_that_are_no_list_are_offered_as_one() -> None:
    conflict = "conflicts:\n  - about: 甲\n    figures: {written}\n    note: 乙\n"
    for written in ("paid_1 paid_2", "paid_1、paid_2", "(paid_1, paid_2)"):
        _, problems = read(record(rest=conflict.format(written=written)))

        assert shown(problems) == ["11:14 E203"]
        assert "figures: [paid_1, paid_2]" in problems[0].hint.zh


def test_a_dash_before_each_line_of_a_record_is_named_and_the_record_read() -> None:
    event = "events:\n  - date: 2013\n  - title: 甲\n  - source: evening-2015-03-02\n"
    _, problems = read(record(rest=event))

    assert shown(problems) == ["11:3 E117", "12:3 E117"]


def test_a_wide_slash_parts_what_an_amount_is_per() -> None:
    written = figure(amount="6万元", measure="unit_price", per="场次／年", quote=None)
    case, _ = read(record(written.replace("source:", "wording: counted\n    source:")))

    assert case is None or case.figures["paid"].per


def test_a_flag_is_yes_or_no() -> None:
    report = "[{source: gazette-2016, says: 相同, says_en: Same, confirms: maybe}]"

    assert [one.code for one in read(record(figure(corroborated_by=report)))[1]] == ["E211"]


def test_answers_that_are_no_names_are_one_problem() -> None:
    text = record().replace("answers:\n", "").replace("\n  ", "\n# ") + "answers: 见下\n"

    assert [problem.code for problem in read(text)[1]] == ["E203"]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        pytest.param("amount: 120万元，measure：annual_total", ["E113", "E202"], id="full-width"),
        pytest.param("amount: 120万元, measure: annual_total", ["E113"], id="plain"),
    ],
)
def test_a_line_of_two_fields_has_no_further_fault(written: str, codes: list[str]) -> None:
    text = record(figure()).replace("amount: 120万元\n    measure: annual_total", written)

    assert sorted(problem.code for problem in read(text)[1]) == codes


def test_a_place_below_a_line_that_was_parted_is_that_in_the_file() -> None:
    text = record(figure(status="reprted")).replace("元\n    measure", "元, measure")

    assert shown(read(text)[1]) == ["12:20 E113", "14:13 E205"]


def test_a_place_behind_a_mended_colon_is_that_in_the_file() -> None:
    text = record().replace("topic: reading", "topic：readin")

    assert shown(read(text)[1]) == ["3:6 E112", "3:7 E205"]


@pytest.mark.parametrize("said", ["没有评估", "无偿提供", "未公开", "None of the residents"])
def test_what_a_source_denies_is_an_answer(said: str) -> None:
    _, problems = read(record().replace("purchaser: 海曙区", f"purchaser: {said}"))

    assert problems == []


def test_a_silence_has_no_value() -> None:
    silent = "purchaser: {state: not_stated, value: 海曙区}"
    _, problems = read(record().replace("purchaser: 海曙区", silent))

    assert [p.code for p in problems] == ["E205"]


def test_all_problems_of_a_file_are_told_in_one_run() -> None:
    text = record(figure(amount="x", measure="y", source="z"), rest="foo: 1\n")

    _, problems = read(text)

    assert sorted(p.code for p in problems) == ["E201", "E205", "E210", "E261"]


def test_the_story_starts_on_the_line_below_its_name() -> None:
    case = case_of(record(rest="story: |\n  第一行\n  第二行\n"))

    assert case.stories[0].at == Position(10, 3)


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = record(figure(), rest="story: |\n  一\n  二\n")

    plain = case_of(text)

    assert case_of("\ufeff" + text) == plain
    assert case_of(text.replace("\n", "\r\n")) == plain


def test_a_draft_is_not_in_the_data_set(tmp_path: Path) -> None:
    project = tmp_path
    cases = project / "data" / "cases"
    cases.mkdir(parents=True)
    for name in ("vocabulary", "regions", "sources"):
        source = Path(__file__).parents[1] / "tiny_site" / "data" / f"{name}.yaml"
        (project / "data" / f"{name}.yaml").write_bytes(source.read_bytes())
    (cases / "draft.yaml").write_text(record(rest="state: draft\n"), encoding="utf-8")
    (cases / "open.yaml").write_text(record(), encoding="utf-8")

    dataset, problems = read_dataset(project)

    assert problems == []
    assert [case.slug for case in dataset.cases] == ["open"]


def test_cases_stand_in_administrative_order() -> None:
    assert [case.slug for case in tiny_dataset().cases] == ["haishu", "guangzhou"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        pytest.param("status", "reportd", id="status"),
        pytest.param("measure", "anual_total", id="measure"),
        pytest.param("source", "nowhere", id="source"),
        pytest.param("period", "someday", id="period"),
        pytest.param("amount", "a lot", id="amount"),
    ],
)
def test_what_is_computed_from_an_unsound_figure_is_left_out(field: str, wrong: str) -> None:
    computed = "  twice:\n    label: 两倍\n    formula: paid * 2\n    measure: annual_total\n"

    _, problems = read(record(figure(**{field: wrong}), computed))

    assert {problem.at.line for problem in problems} == {
        number
        for number, line in enumerate(record(figure(**{field: wrong})).split("\n"), 1)
        if line.strip().startswith(f"{field}:")
    }


def test_a_formula_that_is_no_text_is_a_problem_not_a_fault() -> None:
    _, problems = read(record(figure(), "  twice:\n    label: 两倍\n    formula: [paid]\n"))

    assert "E203" in {problem.code for problem in problems}


@pytest.mark.parametrize("field", ["part_of", "follows"])
@pytest.mark.parametrize(
    ("named", "hint"),
    [
        pytest.param("piad", "Did you mean paid?", id="misspelt"),
        pytest.param("more", "", id="itself"),
    ],
)
def test_a_related_figure_is_another_one_of_the_case(field: str, named: str, hint: str) -> None:
    _, problems = read(record(figure("paid"), figure("more", **{field: named})))

    assert [(p.code, p.at.line, p.hint.en) for p in problems] == [("E250", 26, hint)]
    assert problems[0].at.column == len(f"    {field}: ") + 1


def test_a_conflict_names_figures_of_the_case_each_at_its_place() -> None:
    conflict = "conflicts:\n  - about: 甲\n    figures: [paid, piad, other]\n    note: 乙\n"

    _, problems = read(record(figure("paid"), rest=conflict))

    assert shown(problems) == ["21:21 E250", "21:27 E250"]


def test_a_figure_with_a_fault_brings_no_further_one_to_what_rests_on_it() -> None:
    computed = "  sum:\n    label: 和\n    formula: paid + more\n    measure: annual_total\n"
    faulty = figure("paid", scope="*club")

    _, problems = read(record(faulty, figure("more", period="2014"), computed))

    assert {p.at.line for p in problems} == {17}


@pytest.mark.parametrize("name", ["competition", "title"])
def test_a_question_that_a_site_does_not_ask_is_told_its_questions(name: str) -> None:
    text = record().replace("  purchaser:", f"  {name}: 无\n  purchaser:")
    (found,) = [one for one in read(text)[1] if one.code == "E201"]

    assert (found.at.line, found.at.column) == (6, 3)
    assert "purchaser、provider_type、mode、amount、year" in found.message("zh")
    assert "belongs" not in found.message("en")


def test_a_misspelt_field_is_read_as_the_one_it_is_near_to() -> None:
    _, problems = read(record(figure()).replace("topic: reading", "TOPIC: readin"))

    assert shown(problems) == ["3:1 E201", "3:8 E205"]


def test_a_misspelt_field_of_an_answer_is_read_on() -> None:
    """A fuzzer found that the answer was looked up under the misspelt name."""
    _, problems = read(record().replace("purchaser: 海曙区", "purchaser: {valu': 海曙区}"))

    assert shown(problems) == ["6:15 E201"]


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        pytest.param({"amount": "80%"}, [], id="a part"),
        pytest.param({"amount": "180%"}, ["E214"], id="more than all of it"),
    ],
)
def test_a_part_is_no_more_than_its_whole(fields: dict[str, str], codes: list[str]) -> None:
    part = figure("part", measure="share", part_of="paid", **fields)

    _, problems = read(record(figure("paid"), part))

    assert [p.code for p in problems] == codes


def test_many_files_are_read_in_several_processes_and_come_out_the_same(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny_project / "data" / "cases" / "broken.yaml").write_text("title 甲\n", encoding="utf-8")
    alone = read_dataset(tiny_project)
    monkeypatch.setattr(reading, "_FILES_PER_PROCESS", 1)
    monkeypatch.setattr(reading, "_BATCH", 1)

    with open_executor(2) as executor:
        assert read_dataset(tiny_project, executor=executor) == alone


def test_a_field_that_no_chinese_console_can_show_is_named_by_its_number() -> None:
    """A fuzzer found that the message contained such a name unchanged."""
    _, problems = read(record() + "\u2765源: x\n")

    assert [p.message("zh") for p in problems] == ["不认识字段 U+2765源"]


@settings(max_examples=150)
@given(st.data())
def test_no_field_with_any_text_raises(data: st.DataObject) -> None:
    lines = record(figure(), rest="events:\n  - date: 2013\n    title: 甲\n").split("\n")
    number = data.draw(st.integers(0, len(lines) - 2))
    name, colon, _ = lines[number].partition(": ")
    lines[number] = name + colon + data.draw(st.text(max_size=20).filter(lambda t: "\n" not in t))

    case, problems = read("\n".join(lines).encode("utf-8", "replace").decode())

    assert case is not None or problems
    for problem in problems:
        assert problem.message("zh").isprintable()
        # Signs of money are shown all the same: a console that lacks them prints their number.
        "".join(c for c in problem.message("en") if category(c) != "Sc").encode("gbk")
