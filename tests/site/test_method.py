"""The page on method promises only what tests verify."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from conftest import PROJECT

from casebook.build.reading import read_dataset
from casebook.commands.init_command import fill_blanks
from casebook.text import LANGS, Lang

# The beginning of each promise in Chinese and in English, and the tests that verify it. The
# lists of the page contain exactly these promises.
PROMISES = {
    "records": (
        "本站的每个数字都是一条记录",
        "Every figure of this site is a record",
        ["test_a_figure_without_a_required_field_names_the_field"],
    ),
    "values": (
        "数值由程序从记录的写法读出",
        "Its value is read by the program",
        ["test_a_figure_keeps_its_wording_and_its_parsed_value"],
    ),
    "quotes": (
        "有引文的数字",
        "A figure with a quotation agrees with it",
        [
            "test_an_amount_of_money_that_the_quote_does_not_say_is_refused",
            "test_a_count_that_the_quote_does_not_say_is_refused",
            "test_what_the_quote_plans_is_planned",
            "test_per_is_what_the_quote_says",
            "test_a_figure_without_a_quote_says_why",
        ],
    ),
    "texts": (
        "正文里的数字是指向记录的引用",
        "A number in a text is a link to its record",
        [
            "test_a_reference_becomes_the_wording_linked_to_the_figure",
            "test_a_number_that_no_record_has_is_refused",
            "test_a_lie_in_any_text_of_a_case_is_found",
        ],
    ),
    "qualifiers": (
        "正文不能丢掉数字的限定词",
        "A text may neither lose the qualifier",
        [
            "test_a_qualifier_is_neither_lost_nor_gained",
            "test_a_text_as_it_is_printed_claims_nothing_that_the_records_do_not_hold",
        ],
    ),
    "readings": (
        "编者读出的限定词",
        "A qualifier that the editor reads",
        [
            "test_a_qualifier_that_is_read_is_printed_in_both_languages",
            "test_a_reading_is_marked_and_a_printed_qualifier_is_not",
            "test_a_reading_never_contradicts_a_printed_word",
        ],
    ),
    "classes": (
        "量法、计价单位、币种和范围都相同",
        "Figures of one class have the same measure",
        [
            "test_figures_of_one_measure_unit_per_and_scope_are_comparable",
            "test_money_of_two_classes_never_shares_a_scale",
        ],
    ),
    "refusals": (
        "能不能加、减、除",
        "Whether figures may be added",
        [
            "test_the_guard_refuses_and_says_why",
            "test_what_is_refused_is_shown_with_its_figures_and_the_guards_reasons",
        ],
    ),
    "trends": (
        "没有年份的数字不进入趋势",
        "A figure without a year enters no trend",
        ["test_no_series_without_two_dated_amounts_of_one_class"],
    ),
    "results": (
        "本站算出的数都标",
        "Each computed figure is marked",
        ["test_a_result_is_no_more_certain_than_its_parts"],
    ),
    "plans": (
        "计划不写成已经完成",
        "A plan is not told as done",
        [
            "test_a_real_plan_told_as_done_fails",
            "test_a_reference_takes_no_second_qualifier_and_a_plan_is_told_as_one",
            "test_no_title_tells_a_plan_as_done",
        ],
    ),
    "dates": (
        "日期只记到来源知道的程度",
        "A date is kept only as far",
        ["test_only_an_exact_date_is_given_to_machines"],
    ),
    "lanes": (
        "靠推断的、只知道最晚日期的",
        "What is inferred, and what is known",
        ["test_an_event_stands_in_the_lane_that_its_date_allows"],
    ),
    "silence": (
        "对每个案例都问同样的问题",
        "The same questions are asked of every case",
        [
            "test_another_source_may_answer_where_the_main_one_is_silent",
            "test_other_sources_are_others_than_the_main_one",
            "test_silence_is_spelled_out",
        ],
    ),
    "counts": (
        "网站说到几个地方",
        "In how many places, and in which",
        ["test_the_words_of_the_site_name_the_places_of_every_kind_of_answer"],
    ),
    "conflicts": (
        "同一种口径、同一个时期的数不一样",
        "Figures of one class and one period that differ",
        [
            "test_figures_that_differ_are_a_declared_conflict",
            "test_a_conflict_has_two_sides",
        ],
    ),
    "support": (
        "“有旁证”的数",
        "A figure is marked as corroborated",
        [
            "test_support_comes_from_another_source",
            "test_support_is_what_the_words_of_another_source_allow",
            "test_a_document_that_was_seen_as_a_repost_is_not_primary",
        ],
    ),
    "corrections": (
        "已经发布的数字有改动",
        "A published figure that changes",
        [
            "test_a_change_of_what_was_published_needs_its_reason",
            "test_a_figure_that_was_taken_out_needs_its_reason",
        ],
    ),
    "quotation": (
        "每处引文不超过十二个字",
        "No quotation is longer than twelve characters",
        ["test_a_quote_has_at_most_twelve_characters"],
    ),
}


def points_of(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^- (.*)$", text, re.MULTILINE)


def names_of_tests() -> set[str]:
    """The names of all tests of the project, including those in a browser."""
    return {
        node.name
        for path in (PROJECT / "tests").glob("*/test_*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize(
    ("name", "of_starter", "place"),
    [
        pytest.param("method.md", "method.zh.md", 0, id="zh"),
        pytest.param("method.en.md", "method.en.md", 1, id="en"),
    ],
)
def test_the_page_on_method_promises_what_is_listed_here_in_its_order(
    name: str, of_starter: str, place: int, tmp_path: Path
) -> None:
    beginnings = [promise[place] for promise in PROMISES.values()]
    points = points_of(PROJECT / "content/pages" / name)

    assert [point[: len(start)] for point, start in zip(points, beginnings, strict=True)] == (
        beginnings
    )
    # A new site starts with the same promises, because it runs the same program.
    starter = (PROJECT / "casebook/starter/content/pages" / of_starter).read_text("utf-8")
    (tmp_path / name).write_text(fill_blanks(starter, {"lang": "zh"}), "utf-8")
    assert points_of(tmp_path / name) == points


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_tests_that_exist(promise: str) -> None:
    *_, tests = PROMISES[promise]

    assert tests
    assert set(tests) - names_of_tests() == set()


def texts_of_the_site() -> list[tuple[str, str, Lang]]:
    dataset, _ = read_dataset(PROJECT)
    found = [
        (f"{case.slug} {lang}", f"{case.summary.inside(lang)}\n{case.story.inside(lang)}", lang)
        for case in dataset.cases
        for lang in LANGS
    ]
    for path in sorted((PROJECT / "content").rglob("*.md")):
        lang: Lang = "en" if path.name.endswith(".en.md") else "zh"
        found.append((path.name, path.read_text(encoding="utf-8"), lang))
    return found


def claims_of_one_place(text: str, lang: Lang) -> list[str]:
    """The phrases of a text that call a named place the only one."""
    dataset, _ = read_dataset(PROJECT)
    places = [dataset.place(case).inside(lang).partition(",")[0] for case in dataset.cases]
    names = "|".join([*places, *(["浦东", "奉贤", "宝安"] if lang == "zh" else [])])
    patterns = {
        "zh": rf"(?:只有|仅有|唯有|唯一)[^。；，]{{0,14}}(?:{names})"
        rf"|(?:{names})[^。；，]{{0,6}}(?:独有|唯一)",
        "en": rf"\b(?:only|alone)\b[^.;:]{{0,40}}\b(?:{names})\b"
        rf"|\b(?:{names})\b[^.;:]{{0,20}}\b(?:only|alone)\b",
    }
    return re.findall(patterns[lang], text)


@pytest.mark.parametrize(
    ("text", "lang"),
    [pytest.param(text, lang, id=name) for name, text, lang in texts_of_the_site()],
)
def test_a_text_leaves_it_to_a_reference_which_place_is_the_only_one(text: str, lang: Lang) -> None:
    assert claims_of_one_place(text, lang) == []


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        pytest.param("写明承接方名字的只有浦东。", "zh", id="zh"),
        pytest.param("A report names only Pudong.", "en", id="en"),
    ],
)
def test_a_claim_of_one_place_is_noticed(text: str, lang: Lang) -> None:
    assert claims_of_one_place(text, lang) != []
